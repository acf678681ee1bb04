//! `reorder_block_iter_var(block, new_order)`: the axes of a block in another order.

use super::Primitive;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::with_block;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::{Block, BlockRealize};

/// `reorder_block_iter_var`
pub const REORDER_BLOCK_ITER_VAR: Primitive = Primitive {
    name: "reorder_block_iter_var",
    kind: "ReorderBlockIterVar",
    signature: "(block, new_order)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Puts the axes of a block in another order; the loops around it stay.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let order = args.ints("new_order")?;
    let (realize, block) = (place.realize(), place.block());
    let n = block.iter_vars.len();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..n as i64) {
        return Err(ScheduleError::argument(format!(
            "`{}` has {n} axes, and {order:?} does not name each of them once",
            block.name
        ))
        .at(place.at()));
    }
    let picked = || order.iter().map(|&i| i as usize);
    let iter_vars = picked().map(|i| block.iter_vars[i].clone()).collect();
    let iter_values = picked().map(|i| realize.iter_values[i].clone()).collect();
    let reordered = BlockRealize { iter_values, ..BlockRealize::clone(realize) };
    let block = Block { iter_vars, ..Block::clone(block) };
    let changed = with_block(&reordered, block);
    schedule.replace(&place, changed);
    Ok(Value::None)
}
