//! Preconditions on the loops around a block.

use crate::error::{At, Result, ScheduleError};
use crate::place::Place;
use tirade_ir::diag::Code;
use tirade_ir::stmt::{For, Stmt};

/// The loop counts from 0 on, one by one.
pub fn check_starts_at_zero(f: &For) -> Result<()> {
    if f.min.is_int(0) && f.step.as_ref().is_none_or(|step| step.is_int(1)) {
        return Ok(());
    }
    let message = format!("the loop `{}` does not count from 0 on, one by one", f.loop_var.name);
    Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(At::Loop(f.loop_var.id)))
}

/// Nothing but the block stands in the loops around it.
pub fn check_single_child(place: &Place) -> Result<()> {
    let first = place.scope_index().map_or(0, |i| i + 1);
    // What stands outside of the outermost loop does not matter.
    let outermost = place.around[first..].iter().position(|(s, _)| matches!(s, Stmt::For(_)));
    let Some(outermost) = outermost else { return Ok(()) };
    let chain = &place.around[first + outermost..];
    match chain.iter().find(|(stmt, _)| !matches!(stmt, Stmt::For(_))) {
        None => Ok(()),
        Some(_) => {
            let message = format!("`{}` is not all that stands in its loops", place.block().name);
            Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()))
        }
    }
}

/// Each axis of the block is a loop variable of its own.
pub fn check_trivial_binding(place: &Place) -> Result<()> {
    let loops = place.loops();
    let realize = place.realize();
    let is_trivial = loops.len() == realize.iter_values.len()
        && loops
            .iter()
            .zip(&realize.iter_values)
            .all(|(f, value)| value.as_var() == Some(f.loop_var));
    match is_trivial {
        true => Ok(()),
        false => {
            let name = place.block().name;
            let message = format!("the axes of `{name}` are not the loops around it, in order");
            Err(ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(place.at())
                .help("transform the block before its loops are split, fused or reordered"))
        }
    }
}
