//! `get_sblock(name, func_name)`: a block by its name.

use super::Primitive;
use crate::args::Args;
use crate::error::Result;
use crate::schedule::Schedule;
use crate::value::Value;

/// `get_sblock`, TVM 0.27's name.
pub const GET_SBLOCK: Primitive = Primitive {
    name: "get_sblock",
    kind: "GetSBlock",
    signature: "(name, func_name=None)",
    attrs: &["name", "func_name"],
    spread: None,
    apply,
    doc: "The block of that name.",
};

/// `get_block`, the name before.
pub const GET_BLOCK: Primitive = Primitive { name: "get_block", kind: "GetBlock", ..GET_SBLOCK };

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let func = args.opt("func_name").map(|_| args.str("func_name")).transpose()?;
    let place = schedule.block_named(args.str("name")?, func)?;
    Ok(schedule.new_block(place.func.name, place.block().id).into())
}
