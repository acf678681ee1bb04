//! `decompose_reduction(block, loop)`: the init of a reduction as a block of its own, before a loop.

use super::Primitive;
use crate::analysis::binding::runs_once;
use crate::analysis::kind::{expect_reduction, scope_of};
use crate::args::Args;
use crate::build::{all, conditions};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_block, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::stmt::InferredRegions;
use tirade_ir::subst::{VarMap, copy_with_fresh_binders, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{
    Block, BlockId, BlockRealize, BufferRegion, For, IterVar, IterVarKind, PrimExpr, Stmt, Symbol,
    Var,
};

/// `decompose_reduction`
pub const DECOMPOSE_REDUCTION: Primitive = Primitive {
    name: "decompose_reduction",
    kind: "DecomposeReduction",
    signature: "(block, loop)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Makes the init of a reduction a block of its own that stands before a loop.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let target = schedule.loop_arg(args, "loop")?;
    let loops = place.loops();
    let from = place.position_of_loop(&target)?;
    expect_reduction(&scope_of(&place)?, &place)?;
    expect_above_reduction(&place, &target, &loops[..from])?;

    expect_no_repetition(&place, &loops)?;
    let init = Init::of(&place, &loops[from..])?;
    let update = update_block(place.block());
    let changed = Place { stmt: with_block(place.realize(), update), ..place.clone() };
    let loop_at = place
        .around
        .iter()
        .position(|(s, _)| matches!(s, Stmt::For(f) if f.loop_var == loops[from].loop_var))
        .expect("the loop is around the block");
    let rest = changed.replaced_below(loop_at, changed.stmt.clone());
    schedule.replace(&target, Stmt::seq([init.stmt, rest]));
    Ok(schedule.new_block(place.func.name, init.id).into())
}

/// Loops outside of the one before which the init stands do not belong to the reduction: otherwise
/// the init would run again between its parts.
fn expect_above_reduction(place: &Place, target: &Place, outer: &[Arc<For>]) -> Result<()> {
    let realize = place.realize();
    let axes = place.block().iter_vars.iter().zip(&realize.iter_values);
    for (axis, value) in axes.filter(|(axis, _)| axis.kind == IterVarKind::CommReduce) {
        if let Some(f) = outer.iter().find(|f| uses_var(value, f.loop_var)) {
            let message = format!(
                "the loop over `{}` belongs to the reduction axis `{}`, and stands further out",
                f.loop_var.name, axis.var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
                .at(target.at())
                .at_with(place.at(), "the reduction")
                .help("choose that loop, or one around it"));
        }
    }
    Ok(())
}

/// No instance of the block runs again: without the init at its start, it would go on from where it
/// was.
pub(super) fn expect_no_repetition(place: &Place, loops: &[Arc<For>]) -> Result<()> {
    if runs_once(place.realize(), loops) {
        return Ok(());
    }
    let message =
        format!("its loops run instances of the reduction `{}` again", place.block().name);
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
        .at(place.at())
        .note("where it is computed for another block, with which it shares a loop"))
}

struct Init {
    stmt: Stmt,
    id: BlockId,
}

impl Init {
    /// The block that runs the init of `place` for all iterations of `loops`.
    fn of(place: &Place, loops: &[Arc<For>]) -> Result<Init> {
        let (block, realize) = (place.block(), place.realize());
        let mut vars = VarMap::default();
        let (mut axes, mut values) = (Vec::new(), Vec::new());
        let spatial = block.iter_vars.iter().zip(&realize.iter_values);
        for (axis, value) in spatial.filter(|(axis, _)| axis.kind == IterVarKind::DataPar) {
            let var = Var::new(axis.var.name, axis.var.dtype);
            vars.insert(axis.var.id, var.into());
            axes.push(IterVar { var, ..axis.clone() });
            values.push(value.clone());
        }
        let is_chosen = |f: &&Arc<For>| values.iter().any(|value| uses_var(value, f.loop_var));
        let (chosen, discarded): (Vec<_>, Vec<_>) = loops.iter().partition(is_chosen);
        expect_not_mixed(place, &chosen)?;
        let predicate = predicate(place, &chosen, &discarded)?;
        let id = BlockId::fresh();
        let own = Block {
            id,
            name: Symbol::new(&format!("{}_init", block.name)),
            iter_vars: axes.into(),
            reads: Box::default(),
            writes: block.writes.iter().map(|region| substitute(region, &vars)).collect(),
            inferred: InferredRegions::default(),
            init: None,
            alloc_buffers: Box::default(),
            match_buffers: Box::default(),
            annotations: block.annotations.clone(),
            body: block.init.as_ref().map(|init| substitute(init, &vars)).unwrap_or(Stmt::nop()),
            span: block.span,
        };
        let realize = BlockRealize { iter_values: values.into(), predicate, block: Arc::new(own) };
        let mut loop_vars = VarMap::default();
        let mut stmt = Stmt::Block(Arc::new(realize));
        for f in chosen.into_iter().rev() {
            let name = format!("{}_init", f.loop_var.name);
            let var = Var::new(name.as_str(), f.loop_var.dtype);
            loop_vars.insert(f.loop_var.id, var.into());
            stmt = Stmt::For(Arc::new(For { loop_var: var, ..with_body(f, stmt) }));
        }
        Ok(Init { stmt: substitute(&fresh_inside(&stmt), &loop_vars), id })
    }
}

/// The init with buffers and variables of its own below its block.
fn fresh_inside(stmt: &Stmt) -> Stmt {
    match stmt {
        Stmt::For(f) => Stmt::For(Arc::new(with_body(f, fresh_inside(&f.body)))),
        Stmt::Block(realize) => {
            let mut block = Block::clone(&realize.block);
            block.body = copy_with_fresh_binders(&block.body);
            with_block(realize, block)
        }
        other => other.clone(),
    }
}

/// The conditions under which the init runs: those that do not speak of loops that are left out. A
/// condition on both a loop that is kept and one that is left out may hold for no iteration of the
/// latter, so that the init must not run.
/// No loop goes along a spatial axis and the reduction at once: the init would run again and again.
pub(super) fn expect_not_mixed(place: &Place, chosen: &[&Arc<For>]) -> Result<()> {
    let reduce = place.block().iter_vars.iter().zip(&place.realize().iter_values);
    let reduce = reduce.filter(|(axis, _)| axis.kind == IterVarKind::CommReduce);
    for (axis, value) in reduce {
        if let Some(f) = chosen.iter().find(|f| uses_var(value, f.loop_var)) {
            let message = format!(
                "the loop over `{}` goes along spatial axes of block `{}` and its reduction axis `{}` at once",
                f.loop_var.name,
                place.block().name,
                axis.var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(place.at())
                .help("split the loop first"));
        }
    }
    Ok(())
}

pub(super) fn predicate(
    place: &Place,
    chosen: &[&Arc<For>],
    discarded: &[&Arc<For>],
) -> Result<PrimExpr> {
    let uses = |condition: &PrimExpr, loops: &[&Arc<For>]| {
        loops.iter().any(|f| uses_var(condition, f.loop_var))
    };
    let mut kept = Vec::new();
    for condition in conditions(&place.realize().predicate) {
        if !uses(&condition, discarded) {
            kept.push(condition);
        } else if uses(&condition, chosen) {
            let message = format!(
                "a condition of block `{}` is about its spatial axes and its reduction at once",
                place.block().name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(place.at())
                .note("whether the init has to run does not follow from the spatial axes"));
        }
    }
    Ok(all(&kept))
}

/// The block without its init; what it adds to counts as read.
fn update_block(block: &Arc<Block>) -> Block {
    let mut update = Block::clone(block);
    update.name = Symbol::new(&format!("{}_update", block.name));
    update.init = None;
    let is_read = |region: &&BufferRegion| block.reads.iter().any(|r| r.buffer == region.buffer);
    let added = block.writes.iter().filter(|region| !is_read(region));
    update.reads = added.chain(&block.reads).cloned().collect();
    update.inferred = InferredRegions::default();
    update
}
