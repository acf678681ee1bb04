//! `set_axis_separator(block, buffer, axis_separators)`: where the physical axes of a buffer end.
//!
//! Nothing is moved: the separators say which indices are flattened together where a buffer is
//! stored in several physical dimensions. What views the buffer is given the same ones, counted from
//! its own first dimension.

use super::Primitive;
use super::transform_layout::{defining_block, with_parameter};
use crate::analysis::buffers::{Access, buffer_arg, changed, replace_buffer};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::{Buffer, Stmt};

/// `set_axis_separator`
pub const SET_AXIS_SEPARATOR: Primitive = Primitive {
    name: "set_axis_separator",
    kind: "SetAxisSeparator",
    signature: "(block, buffer, axis_separators)",
    attrs: &["buffer", "axis_separators"],
    spread: None,
    apply,
    doc: "Says where the physical axes of a buffer end.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let old = buffer_arg(&place, args, "buffer", Access::Write, false)?.buffer;
    let separators = separators(args, &old, &place)?;
    let site = defining_block(&place, &old)?;
    let new = changed(&old, |node| node.axis_separators = separators.clone());
    let stmt = separated(&site.stmt, &old, &new);
    schedule.replace(&site, stmt);
    if !site.block().alloc_buffers.contains(&old) {
        let func = schedule.function(Some(place.func.name.as_str()))?;
        schedule.set_func(with_parameter(func, &old, &new));
    }
    Ok(Value::None)
}

/// The statement of a block with the buffer `new` in the place of `old`, whose separators go over to
/// what views it.
pub(super) fn separated(stmt: &Stmt, old: &Buffer, new: &Buffer) -> Stmt {
    let view = |view: &Buffer| {
        let dropped = new.rank().saturating_sub(view.rank()) as i64;
        changed(view, |node| {
            let own = new.axis_separators.iter().map(|s| (s - dropped).max(0));
            node.axis_separators = own.collect();
        })
    };
    replace_buffer(stmt, old, new, view).0
}

/// The separators: positions between dimensions, in ascending order.
fn separators(args: &Args, buffer: &Buffer, place: &Place) -> Result<Box<[i64]>> {
    let refuse = |message: String| ScheduleError::argument(message).at(place.at());
    let Value::List(items) = args.get("axis_separators") else {
        return Err(refuse("`axis_separators` is a list of positions".into()));
    };
    let position = |value: &Value| match value {
        Value::Int(position) if (0..=buffer.rank() as i64).contains(position) => Ok(*position),
        Value::Int(position) => {
            let (name, rank) = (buffer.name, buffer.rank());
            Err(refuse(format!("`{name}` has {rank} dimensions, and none ends at {position}")))
        }
        other => Err(refuse(format!("a separator is a position, not {}", other.type_name()))),
    };
    let found: Vec<i64> = items.iter().map(position).collect::<Result<_>>()?;
    match found.is_sorted() {
        true => Ok(found.into()),
        false => Err(refuse("separators stand in ascending order".into())),
    }
}
