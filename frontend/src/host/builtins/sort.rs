//! Sorting: stable, with comparisons that may run code of the script.

use crate::host::error::Result;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use tirade_ir::span::Span;

/// `sorted`
pub fn sorted(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let key = args.take_keyword("key");
    let reverse = args.take_keyword("reverse");
    let [iterable] = args.exact("sorted")?;
    let values = ev.iterate(&iterable, span)?;
    let values = sort_values(ev, values, key, reverse, span)?;
    ev.new_list(values)
}

/// Sorts values as `list.sort` does.
pub fn sort_values(
    ev: &mut Evaluator,
    values: Vec<Value>,
    key: Option<Value>,
    reverse: Option<Value>,
    span: Span,
) -> Result<Vec<Value>> {
    let reverse = match reverse {
        Some(value) => ev.truthy(&value, span)?,
        None => false,
    };
    let key = key.filter(|key| !matches!(key, Value::None));
    let mut rows: Vec<(Value, Value)> = Vec::with_capacity(values.len());
    for value in values {
        let measure = match &key {
            Some(key) => ev.call_with(key, [value.clone()], span)?,
            None => value.clone(),
        };
        rows.push((measure, value));
    }
    // Equal values keep their order in both directions.
    if reverse {
        rows.reverse();
    }
    let mut rows = merge_sort(ev, rows, span)?;
    if reverse {
        rows.reverse();
    }
    Ok(rows.into_iter().map(|(_, value)| value).collect())
}

type Row = (Value, Value);

/// Merges sorted runs of doubling length.
fn merge_sort(ev: &mut Evaluator, mut rows: Vec<Row>, span: Span) -> Result<Vec<Row>> {
    let mut width = 1;
    while width < rows.len() {
        let mut merged = Vec::with_capacity(rows.len());
        for pair in rows.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(ev, left, right, &mut merged, span)?;
        }
        rows = merged;
        width *= 2;
    }
    Ok(rows)
}

fn merge(
    ev: &mut Evaluator,
    mut left: &[Row],
    mut right: &[Row],
    merged: &mut Vec<Row>,
    span: Span,
) -> Result<()> {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if ev.less_than(&b.0, &a.0, span)? {
            merged.push(b.clone());
            right = right_rest;
        } else {
            merged.push(a.clone());
            left = left_rest;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}
