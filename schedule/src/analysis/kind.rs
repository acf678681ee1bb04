//! Kinds of blocks: complete, reduction; and scopes in which data flows through such blocks only.

use super::access::{Access, Accesses};
use super::binding::has_affine_binding;
use super::scope::Scope;
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use tirade_ir::diag::Code;
use tirade_ir::visit::uses_var;
use tirade_ir::{Block, IterVarKind, Stmt};

/// What a block lacks to be of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// An axis is of a kind that is not allowed.
    AxisKind,
    /// Another block writes the same buffer.
    OnlyWriter,
    /// It reads a buffer that it writes.
    ReadsItsOutput,
    /// It has no init.
    Init,
    /// Its axes are no affine map of the loops.
    Affine,
    /// A place that it writes depends on a reduction axis.
    ReductionIndexesOutput,
}

impl Lack {
    fn text(self) -> &'static str {
        match self {
            Lack::AxisKind => "an axis is of another kind",
            Lack::OnlyWriter => "another block writes the same buffer",
            Lack::ReadsItsOutput => "it reads a buffer that it writes",
            Lack::Init => "it has no init",
            Lack::Affine => "its axes are no affine map of the loops around it",
            Lack::ReductionIndexesOutput => "where it writes depends on a reduction axis",
        }
    }
}

/// True if the block is the only one of the scope that writes its buffers.
pub fn is_dominant(scope: &Scope, block: &Block) -> bool {
    // Below a loop, as below a block: writers that stand in blocks further down do not count.
    match &scope.place.stmt {
        Stmt::Block(_) => block.writes.iter().all(|w| scope.writers(&w.buffer).len() <= 1),
        _ => true,
    }
}

/// What the block lacks to be complete: all axes spatial, the only writer, no read of what it
/// writes.
pub fn lacks_complete(scope: &Scope, place: &Place) -> Option<Lack> {
    let block = place.block();
    if block.iter_vars.iter().any(|axis| axis.kind != IterVarKind::DataPar) {
        return Some(Lack::AxisKind);
    }
    if !is_dominant(scope, block) {
        return Some(Lack::OnlyWriter);
    }
    let own = block.reads.iter().any(|r| block.writes.iter().any(|w| w.buffer == r.buffer));
    own.then_some(Lack::ReadsItsOutput)
}

/// What the block lacks to be a reduction: an init, affine axes, spatial and reduction axes only,
/// the only writer, places to write that depend on spatial axes only.
pub fn lacks_reduction(scope: &Scope, place: &Place) -> Option<Lack> {
    let block = place.block();
    if block.init.is_none() {
        return Some(Lack::Init);
    }
    if !has_affine_binding(place) {
        return Some(Lack::Affine);
    }
    let allowed = |kind| matches!(kind, IterVarKind::DataPar | IterVarKind::CommReduce);
    if !block.iter_vars.iter().all(|axis| allowed(axis.kind)) {
        return Some(Lack::AxisKind);
    }
    if !is_dominant(scope, block) {
        return Some(Lack::OnlyWriter);
    }
    reduction_indexes_output(block).then_some(Lack::ReductionIndexesOutput)
}

/// True if a reduction axis stands in the indices of a store to a buffer that the block writes.
pub fn reduction_indexes_output(block: &Block) -> bool {
    let reduction: Vec<_> = block
        .iter_vars
        .iter()
        .filter(|axis| axis.kind == IterVarKind::CommReduce)
        .map(|axis| axis.var)
        .collect();
    let uses = |region: &tirade_ir::BufferRegion| {
        region.region.iter().any(|range| {
            reduction.iter().any(|v| uses_var(&range.min, *v) || uses_var(&range.extent, *v))
        })
    };
    if block.writes.iter().any(uses) {
        return true;
    }
    let mut found = false;
    tirade_ir::visit::for_each_stmt(&block.body, |stmt| {
        if let Stmt::Store(store) = stmt
            && block.writes.iter().any(|w| w.buffer == store.buffer)
        {
            found |= store.indices.iter().any(|i| reduction.iter().any(|v| uses_var(i, *v)));
        }
    });
    found
}

/// Fails unless the block is complete.
pub fn expect_complete(scope: &Scope, place: &Place) -> Result<()> {
    match lacks_complete(scope, place) {
        None => Ok(()),
        Some(lack) => Err(not_of_kind(place, &format!("is not complete: {}", lack.text()))),
    }
}

/// Fails unless the block is a reduction.
pub fn expect_reduction(scope: &Scope, place: &Place) -> Result<()> {
    match lacks_reduction(scope, place) {
        None => Ok(()),
        Some(lack) => Err(not_of_kind(place, &format!("is no reduction: {}", lack.text()))),
    }
}

/// Fails unless the block is complete or a reduction.
pub fn expect_complete_or_reduction(scope: &Scope, place: &Place) -> Result<()> {
    let Some(complete) = lacks_complete(scope, place) else { return Ok(()) };
    let Some(reduction) = lacks_reduction(scope, place) else { return Ok(()) };
    let what =
        format!("is neither complete ({}) nor a reduction ({})", complete.text(), reduction.text());
    Err(not_of_kind(place, &what))
}

fn not_of_kind(place: &Place, what: &str) -> ScheduleError {
    let message = format!("block `{}` {what}", place.block().name);
    ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message).at(place.at())
}

/// Fails unless every block directly below the loop or block is complete or a reduction there.
pub fn expect_compact_dataflow(root: &Place) -> Result<()> {
    let scope = Scope::of(root);
    scope.children.iter().try_for_each(|child| expect_complete_or_reduction(&scope, child))
}

/// Fails if the block writes what is seen outside of its scope.
pub fn expect_no_output(scope: &Scope, place: &Place) -> Result<()> {
    if !scope.is_output(place.block()) {
        return Ok(());
    }
    let message =
        format!("block `{}` writes a buffer that is seen outside of its scope", place.block().name);
    Err(ScheduleError::new(Code::SCHEDULE_SCOPE, message).at(place.at()))
}

/// The scope around a block.
pub fn scope_of(place: &Place) -> Result<Scope> {
    match place.scope() {
        Some(scope) => Ok(Scope::of(&scope)),
        None => Err(ScheduleError::new(
            Code::SCHEDULE_SCOPE,
            "the root block stands for the whole function and cannot be moved or changed",
        )
        .at(place.at())),
    }
}

/// Fails if a statement or condition outside of the scope's blocks accesses what blocks write, or
/// writes itself: how data flows in a scope is read off its blocks.
pub fn expect_flow_in_blocks(scope: &Scope) -> Result<()> {
    let Stmt::Block(around) = &scope.place.stmt else { return Ok(()) };
    let accesses = Accesses::of(&around.block.body, &[]);
    let is_stray = |access: &&Access| {
        let is_outside = access.block.is_none();
        is_outside && (access.is_write || !scope.writers(&access.buffer).is_empty())
    };
    let Some(stray) = accesses.list.iter().find(is_stray) else { return Ok(()) };
    let message = format!("what stands outside of blocks accesses `{}`", stray.buffer.name);
    Err(ScheduleError::new(Code::SCHEDULE_SCOPE, message)
        .at(scope.place.at())
        .help("put it into a block"))
}
