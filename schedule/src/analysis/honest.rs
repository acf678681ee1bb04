//! Whether what a block declares holds what it accesses.

use super::access::Accesses;
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use tirade_ir::arith::{Analyzer, IntSet, add, binary, sub};
use tirade_ir::diag::Code;
use tirade_ir::{BinOp, Buffer, BufferRegion, PrimExpr, Range};

/// Fails unless every access of the block lies in a region that it declares. Blocks that call
/// functions are believed.
pub fn expect_honest(place: &Place) -> Result<()> {
    let block = place.block();
    let mut analyzer = Analyzer::new();
    for axis in &block.iter_vars {
        analyzer.bind(axis.var, &axis.dom);
    }
    let mut accesses = Accesses::default();
    if let Some(init) = &block.init {
        accesses.list.extend(Accesses::of(init, &[]).list);
    }
    let body = Accesses::of_with(&block.body, analyzer.clone());
    if body.is_opaque {
        return Ok(());
    }
    accesses.list.extend(body.list);
    accesses.list.retain(|access| !block.alloc_buffers.contains(&access.buffer));
    for view in &block.match_buffers {
        accesses.list.retain(|access| access.buffer != view.buffer);
    }
    for access in &accesses.list {
        // What a reduction reads of its accumulator counts as written.
        let declared: Vec<&BufferRegion> = block
            .writes
            .iter()
            .chain(block.reads.iter().filter(|_| !access.is_write))
            .filter(|region| region.buffer == access.buffer)
            .collect();
        let holds = |region: &&BufferRegion| {
            contains(&region.region, &access.dims, &access.buffer.shape, &analyzer)
        };
        if !declared.iter().any(holds) {
            let (verb, list) = match access.is_write {
                true => ("writes", "T.writes"),
                false => ("reads", "T.reads"),
            };
            let (name, buffer) = (block.name, access.buffer.name);
            let message = match declared.is_empty() {
                true => format!("block `{name}` {verb} `{buffer}`, which it does not declare"),
                false => format!("block `{name}` {verb} more of `{buffer}` than it declares"),
            };
            return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(place.at())
                .note("where the block runs and what is computed for it follow from its regions")
                .help(format!("leave `{list}` out to have it inferred")));
        }
    }
    Ok(())
}

/// Fails unless every instance of the block really reads the buffer, inside of its shape, wherever
/// a load of it stands: an instance that a condition keeps from reading outside needs nobody who
/// writes there, and would be lost if it went along with the writer. The regions of blocks that
/// call functions are believed.
pub fn expect_reads_inside(place: &Place, buffer: &Buffer) -> Result<()> {
    let block = place.block();
    let mut analyzer = Analyzer::new();
    block.iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
    let body = Accesses::of_with(&block.body, analyzer.clone());
    let sets = |region: &BufferRegion| region.region.iter().map(IntSet::from_range).collect();
    let read: Vec<Vec<IntSet>> = match body.is_opaque {
        true => block.reads.iter().filter(|r| r.buffer == *buffer).map(sets).collect(),
        false => {
            let own = body.list.into_iter().filter(|a| !a.is_write && a.buffer == *buffer);
            own.map(|access| access.dims).collect()
        }
    };
    let inside = |(set, extent): (&IntSet, &PrimExpr)| {
        let (Some(min), Some(max)) = (&set.min, &set.max) else { return false };
        analyzer.can_prove_at_least(min, 0) && analyzer.can_prove(&binary(BinOp::Lt, max, extent))
    };
    match read.iter().all(|dims| dims.iter().zip(&buffer.shape).all(inside)) {
        true => Ok(()),
        false => {
            let message = format!(
                "not every instance of block `{}` is known to read inside of `{}`",
                block.name, buffer.name
            );
            Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(place.at())
                .note("what reads nothing there would be lost if it went along with the writer"))
        }
    }
}

/// True if the box certainly lies in the region, or in the buffer where the region is all of it.
fn contains(region: &[Range], dims: &[IntSet], shape: &[PrimExpr], analyzer: &Analyzer) -> bool {
    region.len() == dims.len()
        && region.iter().zip(dims).zip(shape).all(|((range, set), extent)| {
            let is_whole = range.min.is_int(0) && analyzer.can_prove_equal(&range.extent, extent);
            let within = || {
                let (Some(min), Some(max)) = (&set.min, &set.max) else { return false };
                let last =
                    sub(&add(&range.min, &range.extent), &PrimExpr::int(1, range.min.dtype()));
                analyzer.can_prove(&binary(BinOp::Le, &range.min, min))
                    && analyzer.can_prove(&binary(BinOp::Le, max, &last))
            };
            is_whole || within()
        })
}
