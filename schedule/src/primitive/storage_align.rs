//! `storage_align(block, buffer_index, axis, factor, offset)`: padding of a dimension's stride.

use super::Primitive;
use crate::analysis::buffers::{Access, allocation_or_refuse, annotated, block_and_buffer};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::with_block;
use crate::schedule::Schedule;
use crate::value::Value;
use tirade_ir::AttrValue;
use tirade_ir::diag::Code;

/// `storage_align`
pub const STORAGE_ALIGN: Primitive = Primitive {
    name: "storage_align",
    kind: "StorageAlign",
    signature: "(block, buffer_index, axis, factor, offset)",
    attrs: &["buffer_index", "axis", "factor", "offset"],
    spread: None,
    apply,
    doc: "Asks that the stride of a dimension be a multiple of a number, plus an offset.",
};

const KEY: &str = "buffer_dim_align";

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let (place, accessed) = block_and_buffer(schedule, args, "buffer_index", Access::Write)?;
    let (factor, offset) = (args.int("factor")?, args.int("offset")?);
    if factor <= 0 {
        let message = format!("the factor of an alignment is positive, and {factor} is not");
        return Err(ScheduleError::argument(message));
    }
    let (axis, rank) = (args.int("axis")?, accessed.buffer.rank() as i64);
    if !(-rank..rank).contains(&axis) {
        let message = format!("`{}` has {rank} dimensions, and no {axis}", accessed.buffer.name);
        return Err(ScheduleError::argument(message).at(place.at()));
    }
    let axis = if axis < 0 { axis + rank } else { axis };
    allocation_or_refuse(&place, &accessed.buffer)?;
    let mut rows: Vec<Vec<i64>> = match place.block().annotations.get(KEY) {
        None => Vec::new(),
        Some(value) => rows_of(value).ok_or_else(|| {
            let message = format!("the annotation `{KEY}` is no list of four numbers each");
            ScheduleError::new(Code::SCHEDULE_PATTERN, message)
                .at(place.at())
                .help("a row is (buffer_index, axis, factor, offset)")
        })?,
    };
    let row = vec![accessed.index as i64, axis, factor, offset];
    match rows.iter_mut().find(|old| old[..2] == row[..2]) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
    let list = |row: Vec<i64>| AttrValue::List(row.into_iter().map(AttrValue::Int).collect());
    let value = AttrValue::List(rows.into_iter().map(list).collect());
    let block = annotated(place.block(), KEY, value);
    schedule.replace(&place, with_block(place.realize(), block));
    Ok(Value::None)
}

fn rows_of(value: &AttrValue) -> Option<Vec<Vec<i64>>> {
    let AttrValue::List(rows) = value else { return None };
    let row = |row: &AttrValue| {
        let AttrValue::List(numbers) = row else { return None };
        let numbers: Option<Vec<i64>> = numbers.iter().map(number).collect();
        numbers.filter(|numbers| numbers.len() == 4)
    };
    rows.iter().map(row).collect()
}

fn number(value: &AttrValue) -> Option<i64> {
    match value {
        AttrValue::Int(value) => Some(*value),
        AttrValue::Expr(e) => e.as_int().and_then(|value| i64::try_from(value).ok()),
        _ => None,
    }
}
