//! `get_loops(block)`: the loops around a block, outermost first, up to the block around them.

use super::Primitive;
use crate::args::Args;
use crate::error::Result;
use crate::schedule::Schedule;
use crate::value::Value;

/// `get_loops`
pub const GET_LOOPS: Primitive = Primitive {
    name: "get_loops",
    kind: "GetLoops",
    signature: "(block)",
    attrs: &[],
    spread: None,
    apply,
    doc: "The loops around a block, outermost first.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    Ok(schedule.loop_values(place.func.name, &place.loops()))
}
