//! Taking a block out of its scope, and where it may be put in again.

use super::binding::runs_once;
use super::scope::{Scope, reads, writes};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, Slot};
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::visit::{any_stmt, for_each_stmt};
use tirade_ir::{BlockId, BlockRealize, For, PrimExpr, Stmt};

/// The function's body without the block and the loops that would be left with nothing.
pub fn removed(place: &Place) -> Result<Stmt> {
    for (i, (stmt, slot)) in place.around.iter().enumerate().rev() {
        match (stmt, slot) {
            (Stmt::Seq(seq), Slot::Seq(position)) if seq.stmts.len() > 1 => {
                let rest = seq.stmts.iter().enumerate().filter(|(i, _)| i != position);
                let rest = Stmt::seq(rest.map(|(_, stmt)| stmt.clone()));
                expect_not_left_alone(place, i, &rest)?;
                return Ok(place.ancestor(i).replaced(rest));
            }
            (Stmt::If(branch), Slot::Then) if branch.else_case.is_some() => break,
            (Stmt::If(_), Slot::Else) | (Stmt::Block(_), _) => break,
            _ => {}
        }
    }
    let message = format!("block `{}` is the only one of its scope", place.block().name);
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()))
}

/// A block may be computed again for the sake of another that it shares a loop with. Left alone in
/// that loop, it would repeat itself for nothing, which no program may.
fn expect_not_left_alone(place: &Place, at: usize, rest: &Stmt) -> Result<()> {
    let left = super::scope::child_blocks_of(rest);
    let [only] = &left[..] else { return Ok(()) };
    let loops = place.around[..at].iter().rev().map_while(|(stmt, _)| match stmt {
        Stmt::For(f) => Some(f),
        _ => None,
    });
    let mut loops: Vec<Arc<For>> = loops.cloned().collect();
    if loops.is_empty() {
        return Ok(());
    }
    loops.reverse();
    for_each_stmt(rest, |stmt| {
        if let Stmt::For(f) = stmt {
            loops.push(f.clone());
        }
    });
    if runs_once(only, &loops) {
        return Ok(());
    }
    let message = format!(
        "without block `{}`, loops would run the same instances of block `{}` again",
        place.block().name,
        only.block.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
        .at(place.at())
        .at_with(crate::error::At::Block(only.block.id), "what would be left"))
}

/// Where a statement may be put in among `stmts`: behind all producers and before all consumers.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// First position.
    pub first: usize,
    /// Last position.
    pub last: usize,
    /// How many of the producers stand among the statements.
    pub n_producers: usize,
    /// How many of the consumers.
    pub n_consumers: usize,
}

/// The gap between producers and consumers among statements.
pub fn gap(stmts: &[Stmt], producers: &[BlockId], consumers: &[BlockId]) -> Option<Gap> {
    let count = |stmt: &Stmt, ids: &[BlockId]| {
        let below = super::scope::child_blocks_of(stmt);
        below.iter().filter(|r| ids.contains(&r.block.id)).count()
    };
    let mut gap = Gap { first: 0, last: stmts.len(), n_producers: 0, n_consumers: 0 };
    for (i, stmt) in stmts.iter().enumerate() {
        let (produced, consumed) = (count(stmt, producers), count(stmt, consumers));
        gap.n_producers += produced;
        gap.n_consumers += consumed;
        if produced > 0 {
            gap.first = i + 1;
        }
        if consumed > 0 && gap.last == stmts.len() {
            gap.last = i;
        }
    }
    (gap.first <= gap.last).then_some(gap)
}

/// Fails if a block of the scope behind `place` writes what the block reads, or one before it reads
/// what it writes: then it sees or gives other values elsewhere.
pub fn expect_no_overwriting(scope: &Scope, place: &Place) -> Result<()> {
    let block = place.block();
    let Some(position) = scope.position(block.id) else { return Ok(()) };
    let (before, behind) = (&scope.children[..position], &scope.children[position + 1..]);
    let overwriter = behind.iter().find_map(|other| {
        let region = block.reads.iter().find(|r| writes(other.block(), &r.buffer))?;
        Some((other, region.buffer.name, "writes", "reads"))
    });
    let reader = || {
        before.iter().find_map(|other| {
            let region = block.writes.iter().find(|w| reads(other.block(), &w.buffer))?;
            Some((other, region.buffer.name, "reads", "writes"))
        })
    };
    let Some((other, buffer, does, did)) = overwriter.or_else(reader) else { return Ok(()) };
    let message = format!(
        "block `{}` {did} `{buffer}`, which block `{}` {does} at another time",
        block.name,
        other.block().name
    );
    Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
        .at(place.at())
        .at_with(other.at(), format!("{does} `{buffer}`"))
        .note("moved, the block would see or give other values"))
}

/// Fails if a condition decides whether instances of the block run, other than that their axes lie
/// in their domains.
pub fn expect_unconditional(place: &Place) -> Result<()> {
    let realize = place.realize();
    let conditional = place.scope_index().is_some_and(|scope| {
        place.around[scope..].iter().any(|(s, _)| matches!(s, Stmt::If(_) | Stmt::While(_)))
    });
    if !conditional && predicate_follows(place, realize) {
        return Ok(());
    }
    let message = format!(
        "a condition decides which instances of block `{}` run, and would be lost",
        realize.block.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at()))
}

fn predicate_follows(place: &Place, realize: &BlockRealize) -> bool {
    if realize.predicate.is_int(1) {
        return true;
    }
    let mut analyzer = super::cover::facts(&place.func, &place.all_loops());
    for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
        let end = tirade_ir::arith::add(&axis.dom.min, &axis.dom.extent);
        analyzer.assume(&tirade_ir::arith::binary(tirade_ir::BinOp::Le, &axis.dom.min, value));
        analyzer.assume(&tirade_ir::arith::binary(tirade_ir::BinOp::Lt, value, &end));
    }
    crate::build::conditions(&realize.predicate).iter().all(|c: &PrimExpr| analyzer.can_prove(c))
}

/// True if the statement holds the block.
pub fn holds_block(stmt: &Stmt, id: BlockId) -> bool {
    any_stmt(stmt, |s| matches!(s, Stmt::Block(r) if r.block.id == id))
}
