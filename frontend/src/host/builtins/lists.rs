//! Methods of lists, tuples, ranges and slices.

use super::{Builtin, numbers, sort};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::types::type_name;
use crate::host::value::{List, Value};
use crate::host::{CallArgs, Evaluator};
use num_traits::ToPrimitive;
use std::rc::Rc;
use tirade_ir::span::Span;

/// Methods of lists.
pub static METHODS: &[Builtin] = &[
    Builtin::new("append", append),
    Builtin::new("clear", clear),
    Builtin::new("copy", copy),
    Builtin::new("count", count),
    Builtin::new("extend", extend),
    Builtin::new("index", index),
    Builtin::new("insert", insert),
    Builtin::new("pop", pop),
    Builtin::new("remove", remove),
    Builtin::new("reverse", reverse),
    Builtin::new("sort", sort_method),
];

/// Methods of tuples and ranges.
pub static TUPLE_METHODS: &[Builtin] =
    &[Builtin::new("count", count), Builtin::new("index", index)];

/// Methods of slices.
pub static SLICE_METHODS: &[Builtin] = &[Builtin::new("indices", slice_indices)];

fn receiver(value: &Value, method: &str) -> Result<Rc<List>> {
    match value {
        Value::List(list) => Ok(list.clone()),
        _ => Err(HostError::type_error(format!(
            "descriptor '{method}' for 'list' objects doesn't apply to a '{}' object",
            type_name(value)
        ))),
    }
}

impl Evaluator {
    /// Adds the items of an iterable to a list.
    pub(crate) fn list_extend(&mut self, list: &Rc<List>, items: &Value, span: Span) -> Result<()> {
        let values = self.iterate(items, span)?;
        self.charge_items(values.len())?;
        list.items_mut().extend(values);
        list.recharge();
        Ok(())
    }
}

fn append(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list, value] = args.exact("append")?;
    let list = receiver(&list, "append")?;
    let full = {
        let mut items = list.items_mut();
        let full = items.len() == items.capacity();
        if full {
            ev.budget.reserve((items.len() * 2 + 4) * size_of::<Value>())?;
        }
        items.push(value);
        full
    };
    if full {
        list.recharge();
    }
    Ok(Value::None)
}

fn clear(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list] = args.exact("clear")?;
    let list = receiver(&list, "clear")?;
    let items = std::mem::take(&mut *list.items_mut());
    drop(items);
    list.recharge();
    Ok(Value::None)
}

fn copy(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list] = args.exact("copy")?;
    let items = receiver(&list, "copy")?.items().clone();
    ev.charge_items(items.len())?;
    ev.new_list(items)
}

fn count(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [sequence, value] = args.exact("count")?;
    let mut n = 0;
    for item in ev.iterate(&sequence, span)? {
        n += i64::from(item.is_same(&value) || ev.equal(&item, &value)?);
    }
    Ok(Value::Int(n))
}

fn extend(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [list, items] = args.exact("extend")?;
    let list = receiver(&list, "extend")?;
    ev.list_extend(&list, &items, span)?;
    Ok(Value::None)
}

fn index(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let values = args.between("index", 2, 4)?;
    let items = ev.iterate(&values[0], span)?;
    let bound = |ev: &mut Evaluator, value: Option<&Value>, default: usize| match value {
        None => Ok(default),
        Some(value) => {
            let at = numbers::integer(ev, value)?.to_i64().unwrap_or(i64::MAX);
            let at = if at < 0 { at.saturating_add(items.len() as i64).max(0) } else { at };
            Result::Ok((at as usize).min(items.len()))
        }
    };
    let start = bound(ev, values.get(2), 0)?;
    let stop = bound(ev, values.get(3), items.len())?.max(start);
    for (at, item) in items[start..stop].iter().enumerate() {
        if item.is_same(&values[1]) || ev.equal(item, &values[1])? {
            return Ok((start + at).into());
        }
    }
    Err(HostError::value_error(match &values[0] {
        Value::Tuple(_) => "tuple.index(x): x not in tuple".to_string(),
        Value::Range(_) => format!("{} is not in range", ev.repr(&values[1])?),
        _ => format!("{} is not in list", ev.repr(&values[1])?),
    }))
}

fn insert(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list, at, value] = args.exact("insert")?;
    let list = receiver(&list, "insert")?;
    let at = numbers::integer(ev, &at)?.to_i64().unwrap_or(i64::MAX);
    let len = list.items().len() as i64;
    let at = if at < 0 { at.saturating_add(len).max(0) } else { at.min(len) };
    ev.charge_items(1 + (len - at) as usize / 64)?;
    list.items_mut().insert(at as usize, value);
    list.recharge();
    Ok(Value::None)
}

fn pop(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("pop", 1, 2)?;
    let list = receiver(&values[0], "pop")?;
    let len = list.items().len();
    if len == 0 {
        return Err(HostError::exception(ExcKind::IndexError, "pop from empty list"));
    }
    let at = match values.get(1) {
        None => len - 1,
        Some(at) => ev.position(at, len, "pop")?,
    };
    ev.budget.step((len - at) as u64 / 64)?;
    let value = list.items_mut().remove(at);
    Ok(value)
}

fn remove(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list, value] = args.exact("remove")?;
    let list = receiver(&list, "remove")?;
    let mut at = 0;
    loop {
        let Some(item) = list.items().get(at).cloned() else {
            return Err(HostError::value_error("list.remove(x): x not in list"));
        };
        if item.is_same(&value) || ev.equal(&item, &value)? {
            break;
        }
        at += 1;
    }
    if at < list.items().len() {
        let removed = list.items_mut().remove(at);
        drop(removed);
    }
    Ok(Value::None)
}

fn reverse(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [list] = args.exact("reverse")?;
    let list = receiver(&list, "reverse")?;
    ev.budget.step(list.items().len() as u64 / 8)?;
    list.items_mut().reverse();
    Ok(Value::None)
}

fn sort_method(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let (key, reverse) = (args.take_keyword("key"), args.take_keyword("reverse"));
    let [list] = args.exact("sort")?;
    let list = receiver(&list, "sort")?;
    let values = list.items().clone();
    let sorted = sort::sort_values(ev, values, key, reverse, span)?;
    let old = std::mem::replace(&mut *list.items_mut(), sorted);
    drop(old);
    Ok(Value::None)
}

fn slice_indices(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [slice, len] = args.exact("indices")?;
    let (Value::Slice(slice), Some(len)) = (&slice, len.as_int()) else {
        return Err(HostError::type_error("slice.indices() takes a length"));
    };
    let len = usize::try_from(len)
        .map_err(|_| HostError::value_error("length should not be negative"))?;
    let range = ev.slice_positions(slice, len)?;
    Ok(Value::tuple([range.start, range.stop, range.step].map(Value::Int)))
}
