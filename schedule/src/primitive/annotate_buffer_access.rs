//! `annotate_buffer_access(block, buffer_index, buf_type, gen_new_ranges)`: the region that a block
//! is to be taken to access.

use super::Primitive;
use crate::analysis::buffers::{Access, nth};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::with_block;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::arith::{self as fold, Analyzer};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::{AttrValue, Block, BufferRegion, PrimExpr, Range};

/// `annotate_buffer_access`
pub const ANNOTATE_BUFFER_ACCESS: Primitive = Primitive {
    name: "annotate_buffer_access",
    kind: "AnnotateBufferAccess",
    signature: "(block, buffer_index, buf_type, gen_new_ranges)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Sets the region of a buffer that a block reads or writes, and keeps it.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let access = match args.str("buf_type")? {
        "read" => Access::Read,
        "write" => Access::Write,
        other => {
            let message = format!("`buf_type` is \"read\" or \"write\", not `{other}`");
            return Err(ScheduleError::argument(message));
        }
    };
    let accessed = nth(&place, access, args.int("buffer_index")?)?;
    let block = place.block();
    let Value::IndexMap(map) = args.get("gen_new_ranges") else {
        return Err(ScheduleError::argument("`gen_new_ranges` gives the ranges for the axes"));
    };
    if map.initial.len() != block.iter_vars.len() || map.result.len() != 2 * accessed.buffer.rank()
    {
        let (n, rank) = (block.iter_vars.len(), accessed.buffer.rank());
        let message = format!("the ranges are {rank} pairs in terms of the block's {n} axes");
        return Err(ScheduleError::argument(message).at(place.at()));
    }
    let axes = block.iter_vars.iter().map(|v| PrimExpr::from(v.var));
    let vars = VarMap::from_iter(map.initial.iter().map(|v| v.id).zip(axes));
    let analyzer = Analyzer::new();
    let bounds: Vec<PrimExpr> =
        map.result.iter().map(|e| analyzer.simplify(&substitute(e, &vars))).collect();
    let range = |pair: &[PrimExpr]| {
        Range::new(pair[0].clone(), analyzer.simplify(&fold::sub(&pair[1], &pair[0])))
    };
    let region = bounds.chunks(2).map(range).collect();
    let region = BufferRegion { buffer: accessed.buffer.clone(), region };
    let block = with_region(block, access, accessed.index, region);
    schedule.replace(&place, with_block(place.realize(), block));
    Ok(Value::None)
}

fn with_region(old: &Block, access: Access, index: usize, region: BufferRegion) -> Block {
    let mut block = old.clone();
    let key = match access {
        Access::Read => {
            block.reads[index] = region;
            block.inferred.reads = false;
            "explicit_read_region"
        }
        Access::Write => {
            block.writes[index] = region;
            block.inferred.writes = false;
            "explicit_write_region"
        }
    };
    let mut kept: Vec<AttrValue> = match block.annotations.get(key) {
        Some(AttrValue::List(items)) => items.to_vec(),
        _ => Vec::new(),
    };
    let is_there = |v: &AttrValue| matches!(v, AttrValue::Int(i) if *i == index as i64);
    if !kept.iter().any(is_there) {
        kept.push(AttrValue::Int(index as i64));
    }
    block.annotations = block.annotations.with(key, AttrValue::List(kept.into()));
    block
}
