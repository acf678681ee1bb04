//! Sets: lookups and changes by the evaluator, and methods.

use super::Builtin;
use crate::ast::Operator;
use crate::host::dict::{Set, Table};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use std::rc::Rc;
use tirade_ir::span::Span;

/// Methods of sets and frozensets.
pub static METHODS: &[Builtin] = &[
    Builtin::new("copy", copy),
    Builtin::new("difference", |ev, args, _| combine(ev, args, Operator::Sub)),
    Builtin::new("intersection", |ev, args, _| combine(ev, args, Operator::BitAnd)),
    Builtin::new("isdisjoint", isdisjoint),
    Builtin::new("issubset", issubset),
    Builtin::new("issuperset", issuperset),
    Builtin::new("symmetric_difference", |ev, args, _| combine(ev, args, Operator::BitXor)),
    Builtin::new("union", |ev, args, _| combine(ev, args, Operator::BitOr)),
];

/// Methods that change a set.
pub static CHANGING_METHODS: &[Builtin] = &[
    Builtin::new("add", add),
    Builtin::new("clear", clear),
    Builtin::new("difference_update", |ev, args, _| combine_in_place(ev, args, Operator::Sub)),
    Builtin::new("discard", discard),
    Builtin::new("intersection_update", |ev, args, _| combine_in_place(ev, args, Operator::BitAnd)),
    Builtin::new("pop", pop),
    Builtin::new("remove", remove),
    Builtin::new("update", |ev, args, _| combine_in_place(ev, args, Operator::BitOr)),
];

impl Evaluator {
    /// A set of these elements.
    pub(crate) fn set_of(
        &mut self,
        items: impl IntoIterator<Item = Value>,
        frozen: bool,
    ) -> Result<Rc<Set>> {
        let set = Rc::new(Set::new(Table::default(), frozen));
        for item in items {
            self.set_add(&set, item)?;
        }
        Ok(set)
    }

    /// A set value of these elements.
    pub(crate) fn new_set(
        &mut self,
        items: impl IntoIterator<Item = Value>,
        frozen: bool,
    ) -> Result<Value> {
        self.set_of(items, frozen).map(Value::Set)
    }

    fn set_find(&mut self, set: &Set, element: &Value) -> Result<(u64, Option<usize>)> {
        self.find_key(element, |hash| set.table().candidates(hash))
    }

    /// `element in set`
    pub(crate) fn set_contains(&mut self, set: &Set, element: &Value) -> Result<bool> {
        self.budget.step(1)?;
        Ok(self.set_find(set, element)?.1.is_some())
    }

    /// Adds an element.
    pub(crate) fn set_add(&mut self, set: &Set, element: Value) -> Result<()> {
        self.budget.step(1)?;
        let (hash, at) = self.set_find(set, &element)?;
        if at.is_none() {
            let n_elements = {
                let mut table = set.table_mut();
                table.push(hash, element, ());
                table.len()
            };
            if n_elements.is_power_of_two() {
                set.recharge();
                self.budget.reserve(0)?;
            }
        }
        Ok(())
    }

    fn set_remove(&mut self, set: &Set, element: &Value) -> Result<bool> {
        let (_, at) = self.set_find(set, element)?;
        let removed = at.and_then(|at| set.table_mut().remove(at));
        Ok(removed.is_some())
    }

    /// True if every element of `small` is in `large`.
    pub(crate) fn is_subset(&mut self, small: &Set, large: &Set) -> Result<bool> {
        for element in small.elements() {
            if !self.set_contains(large, &element)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `a | b`, `a & b`, `a - b`, `a ^ b`
    pub(crate) fn set_binary(&mut self, op: Operator, a: &Set, b: &Set) -> Result<Option<Value>> {
        let mut kept = Vec::new();
        match op {
            Operator::BitOr => kept.extend(a.elements().into_iter().chain(b.elements())),
            Operator::BitAnd | Operator::Sub => {
                for element in a.elements() {
                    if self.set_contains(b, &element)? == (op == Operator::BitAnd) {
                        kept.push(element);
                    }
                }
            }
            Operator::BitXor => {
                for (from, other) in [(a, b), (b, a)] {
                    for element in from.elements() {
                        if !self.set_contains(other, &element)? {
                            kept.push(element);
                        }
                    }
                }
            }
            _ => return Ok(None),
        }
        self.new_set(kept, a.frozen).map(Some)
    }
}

fn receiver(value: &Value) -> Result<Rc<Set>> {
    match value {
        Value::Set(set) => Ok(set.clone()),
        _ => Err(HostError::type_error(format!(
            "this method of 'set' objects doesn't apply to a '{}' object",
            type_name(value)
        ))),
    }
}

/// The receiver of a method and its arguments, each as a set.
fn operands(ev: &mut Evaluator, args: CallArgs) -> Result<(Rc<Set>, Vec<Rc<Set>>)> {
    args.no_keywords("set method")?;
    let mut values = args.positional.into_iter().map(|arg| arg.value);
    let set = receiver(&values.next().unwrap_or(Value::None))?;
    let mut others = Vec::new();
    for value in values {
        others.push(match value {
            Value::Set(set) => set,
            other => {
                let items = ev.iterate(&other, Span::NONE)?;
                ev.set_of(items, false)?
            }
        });
    }
    Ok((set, others))
}

fn combined(
    ev: &mut Evaluator,
    set: &Rc<Set>,
    others: &[Rc<Set>],
    op: Operator,
) -> Result<Rc<Set>> {
    let mut result = Rc::new(Set::new(set.table().clone(), set.frozen));
    for other in others {
        if let Some(Value::Set(next)) = ev.set_binary(op, &result, other)? {
            result = next;
        }
    }
    Ok(result)
}

fn combine(ev: &mut Evaluator, args: CallArgs, op: Operator) -> Result<Value> {
    let (set, others) = operands(ev, args)?;
    combined(ev, &set, &others, op).map(Value::Set)
}

fn combine_in_place(ev: &mut Evaluator, args: CallArgs, op: Operator) -> Result<Value> {
    let (set, others) = operands(ev, args)?;
    let result = combined(ev, &set, &others, op)?;
    let table = result.table().clone();
    let old = std::mem::replace(&mut *set.table_mut(), table);
    drop(old);
    set.recharge();
    Ok(Value::None)
}

fn copy(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set] = args.exact("copy")?;
    let set = receiver(&set)?;
    let table = set.table().clone();
    Ok(Value::Set(Rc::new(Set::new(table, set.frozen))))
}

fn isdisjoint(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let (set, others) = operands(ev, args)?;
    for element in others.iter().flat_map(|other| other.elements()) {
        if ev.set_contains(&set, &element)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

fn issubset(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let (set, others) = operands(ev, args)?;
    match &others[..] {
        [other] => ev.is_subset(&set, other).map(Value::Bool),
        _ => Err(HostError::type_error("issubset() takes exactly one argument")),
    }
}

fn issuperset(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let (set, others) = operands(ev, args)?;
    match &others[..] {
        [other] => ev.is_subset(other, &set).map(Value::Bool),
        _ => Err(HostError::type_error("issuperset() takes exactly one argument")),
    }
}

fn add(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set, element] = args.exact("add")?;
    ev.set_add(&*receiver(&set)?, element)?;
    Ok(Value::None)
}

fn clear(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set] = args.exact("clear")?;
    let set = receiver(&set)?;
    let old = std::mem::take(&mut *set.table_mut());
    drop(old);
    set.recharge();
    Ok(Value::None)
}

fn discard(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set, element] = args.exact("discard")?;
    ev.set_remove(&*receiver(&set)?, &element)?;
    Ok(Value::None)
}

fn remove(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set, element] = args.exact("remove")?;
    match ev.set_remove(&*receiver(&set)?, &element)? {
        true => Ok(Value::None),
        false => Err(ev.key_error(&element)?),
    }
}

fn pop(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [set] = args.exact("pop")?;
    let first = receiver(&set)?.table_mut().pop_first();
    match first {
        Some((element, ())) => Ok(element),
        None => Err(HostError::exception(ExcKind::KeyError, "'pop from an empty set'")),
    }
}
