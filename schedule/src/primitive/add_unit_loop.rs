//! `add_unit_loop(block_or_loop)`: a loop of one iteration around a block or loop.

use super::Primitive;
use crate::args::Args;
use crate::build::serial;
use crate::error::{Result, ScheduleError};
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::diag::Code;
use tirade_ir::{DType, PrimExpr, Var};

/// `add_unit_loop`
pub const ADD_UNIT_LOOP: Primitive = Primitive {
    name: "add_unit_loop",
    kind: "AddUnitLoop",
    signature: "(block_or_loop)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Puts a loop of one iteration around a block or loop.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_or_loop_arg(args, "block_or_loop")?;
    if place.scope_index().is_none() {
        let message = "no loop can stand around the root block";
        return Err(ScheduleError::new(Code::SCHEDULE_SCOPE, message).at(place.at()));
    }
    let var = Var::new("u", DType::INT32);
    let new = serial(var, PrimExpr::i32(1), place.stmt.clone(), place.stmt.span());
    schedule.replace(&place, new);
    Ok(schedule.new_loop(place.func.name, var.id).into())
}
