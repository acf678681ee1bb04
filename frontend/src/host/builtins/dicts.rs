//! Dicts: lookups and changes by the evaluator, and methods.

use super::Builtin;
use crate::host::dict::{Dict, DictKind, Table};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::iter::DictView;
use crate::host::object::HostObject;
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use smallvec::SmallVec;
use std::any::Any;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Methods of dicts.
pub static METHODS: &[Builtin] = &[
    Builtin::new("clear", clear),
    Builtin::new("copy", copy),
    Builtin::new("get", get),
    Builtin::new("items", items),
    Builtin::new("keys", keys),
    Builtin::new("pop", pop),
    Builtin::new("popitem", popitem),
    Builtin::new("setdefault", setdefault),
    Builtin::new("update", update),
    Builtin::new("values", values),
];

/// `dict.fromkeys`
pub static FROMKEYS: Builtin = Builtin::new("fromkeys", |ev, args, span| {
    let values = args.between("fromkeys", 1, 2)?;
    let dict = Rc::new(Dict::default());
    let value = values.get(1).cloned().unwrap_or(Value::None);
    for key in ev.iterate(&values[0], span)? {
        ev.dict_set(&dict, key, value.clone())?;
    }
    Ok(Value::Dict(dict))
});

impl Evaluator {
    /// The hash of `key`, and the slot among the candidates with this hash whose key equals it.
    pub(super) fn find_key(
        &mut self,
        key: &Value,
        candidates: impl FnOnce(u64) -> SmallVec<[(usize, Value); 1]>,
    ) -> Result<(u64, Option<usize>)> {
        self.budget.step(2)?;
        let hash = self.hash(key)?;
        for (at, candidate) in candidates(hash) {
            if candidate.is_same(key) || self.equal(&candidate, key)? {
                return Ok((hash, Some(at)));
            }
        }
        Ok((hash, None))
    }

    fn dict_find(&mut self, dict: &Dict, key: &Value) -> Result<(u64, Option<usize>)> {
        self.find_key(key, |hash| dict.table().candidates(hash))
    }

    /// The value of `key`.
    pub fn dict_get(&mut self, dict: &Dict, key: &Value) -> Result<Option<Value>> {
        let (_, at) = self.dict_find(dict, key)?;
        Ok(at.and_then(|at| dict.table().get(at).map(|(_, value)| value.clone())))
    }

    /// Sets the value of `key`.
    pub fn dict_set(&mut self, dict: &Dict, key: Value, value: Value) -> Result<()> {
        let (hash, at) = self.dict_find(dict, &key)?;
        let mut table = dict.table_mut();
        match at.and_then(|at| table.value_mut(at)) {
            Some(slot) => {
                let old = std::mem::replace(slot, value);
                drop(table);
                drop(old);
            }
            None => {
                table.push(hash, key, value);
                let grown = table.len().is_power_of_two();
                drop(table);
                if grown {
                    dict.recharge();
                    self.budget.reserve(0)?;
                }
            }
        }
        Ok(())
    }

    /// Removes `key`; gives its value.
    pub fn dict_remove(&mut self, dict: &Dict, key: &Value) -> Result<Option<Value>> {
        let (_, at) = self.dict_find(dict, key)?;
        let removed = at.and_then(|at| dict.table_mut().remove(at));
        Ok(removed.map(|(_, value)| value))
    }

    /// Key-value pairs of a dict, an object with `keys`, or an iterable of pairs.
    pub(crate) fn mapping_entries(&mut self, value: &Value) -> Result<Vec<(Value, Value)>> {
        if let Value::Dict(dict) = value {
            self.budget.step(dict.table().len() as u64)?;
            return Ok(dict.entries());
        }
        if let Value::Object(object) = value
            && let Some(view) = object.as_any().downcast_ref::<View>()
            && view.what == DictView::Items
        {
            return Ok(view.dict.entries());
        }
        Err(HostError::type_error(format!("'{}' object is not a mapping", type_name(value))))
    }

    /// Pairs that `dict(…)` and `update` take.
    pub(crate) fn pairs_of(&mut self, value: &Value) -> Result<Vec<(Value, Value)>> {
        if let Value::Dict(dict) = value {
            return Ok(dict.entries());
        }
        let mut pairs = Vec::new();
        for (at, item) in self.iterate(value, Span::NONE)?.into_iter().enumerate() {
            let pair = self.iterate(&item, Span::NONE).map_err(|_| {
                let text = format!(
                    "cannot convert dictionary update sequence element #{at} to a sequence"
                );
                HostError::type_error(text)
            })?;
            match <[Value; 2]>::try_from(pair) {
                Ok([key, value]) => pairs.push((key, value)),
                Err(pair) => {
                    return Err(HostError::value_error(format!(
                        "dictionary update sequence element #{at} has length {}; 2 is required",
                        pair.len()
                    )));
                }
            }
        }
        Ok(pairs)
    }
}

/// The dict that a method was called on.
pub(super) fn receiver(value: &Value) -> Result<Rc<Dict>> {
    match value {
        Value::Dict(dict) => Ok(dict.clone()),
        _ => Err(HostError::type_error(format!(
            "this method of 'dict' objects doesn't apply to a '{}' object",
            type_name(value)
        ))),
    }
}

fn clear(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [dict] = args.exact("clear")?;
    let dict = receiver(&dict)?;
    let old: Table<Value> = std::mem::take(&mut *dict.table_mut());
    drop(old);
    dict.recharge();
    Ok(Value::None)
}

fn copy(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [dict] = args.exact("copy")?;
    let dict = receiver(&dict)?;
    ev.charge_items(dict.table().len() * 2)?;
    let table = dict.table().clone();
    Ok(Value::Dict(Rc::new(Dict::new(table, dict.kind.clone()))))
}

fn get(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("get", 2, 3)?;
    let dict = receiver(&values[0])?;
    let default = || values.get(2).cloned().unwrap_or(Value::None);
    Ok(ev.dict_get(&dict, &values[1])?.unwrap_or_else(default))
}

fn pop(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("pop", 2, 3)?;
    let dict = receiver(&values[0])?;
    match (ev.dict_remove(&dict, &values[1])?, values.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(ev.key_error(&values[1])?),
    }
}

fn popitem(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [dict, last] = args.bind("popitem", ["self", "last"], 1)?;
    let dict = receiver(&dict.expect("required"))?;
    let last = last.map_or(Ok(true), |last| ev.truthy(&last, span))?;
    let item = match last {
        true => dict.table_mut().pop_last(),
        false => dict.table_mut().pop_first(),
    };
    match item {
        Some((key, value)) => Ok(Value::tuple([key, value])),
        None => {
            let message = "popitem(): dictionary is empty";
            Err(HostError::exception_with(
                ExcKind::KeyError,
                format!("'{message}'"),
                message.into(),
            ))
        }
    }
}

fn setdefault(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("setdefault", 2, 3)?;
    let dict = receiver(&values[0])?;
    if let Some(value) = ev.dict_get(&dict, &values[1])? {
        return Ok(value);
    }
    let default = values.get(2).cloned().unwrap_or(Value::None);
    ev.dict_set(&dict, values[1].clone(), default.clone())?;
    Ok(default)
}

fn update(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let Some(dict) = args.positional.first() else {
        return Err(HostError::type_error("update() needs a dict"));
    };
    let dict = receiver(&dict.value)?;
    if args.positional.len() > 2 {
        return Err(HostError::type_error("update expected at most 1 argument"));
    }
    if let Some(other) = args.positional.get(1) {
        for (key, value) in ev.pairs_of(&other.value)? {
            let value = match &dict.kind {
                DictKind::Counter => super::collections::added(ev, &dict, &key, &value)?,
                _ => value,
            };
            ev.dict_set(&dict, key, value)?;
        }
    }
    for k in args.keyword {
        ev.dict_set(&dict, k.name.as_str().into(), k.value)?;
    }
    Ok(Value::None)
}

/// `d.keys()`, `d.values()`, `d.items()`: what the dict holds whenever it is looked at.
pub struct View {
    dict: Rc<Dict>,
    what: DictView,
}

fn view(args: CallArgs, name: &str, what: DictView) -> Result<Value> {
    let [dict] = args.exact(name)?;
    Ok(Value::Object(Rc::new(View { dict: receiver(&dict)?, what })))
}

fn keys(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    view(args, "keys", DictView::Keys)
}

fn values(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    view(args, "values", DictView::Values)
}

fn items(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    view(args, "items", DictView::Items)
}

impl View {
    fn collect(&self) -> Vec<Value> {
        let table = self.dict.table();
        let pick = |(key, value): &(Value, Value)| match self.what {
            DictView::Keys => key.clone(),
            DictView::Values => value.clone(),
            DictView::Items => Value::tuple([key.clone(), value.clone()]),
        };
        table.iter().map(pick).collect()
    }

    /// An iteration that notices when the dict changes.
    pub fn iter(&self) -> crate::host::iter::Iter {
        let len = self.dict.table().len();
        crate::host::iter::Iter::Dict(self.dict.clone(), self.what, 0, len)
    }
}

impl HostObject for View {
    fn type_name(&self) -> &str {
        match self.what {
            DictView::Keys => "dict_keys",
            DictView::Values => "dict_values",
            DictView::Items => "dict_items",
        }
    }

    fn iterate(self: Rc<Self>, ev: &mut Evaluator) -> Result<Option<Vec<Value>>> {
        ev.charge_items(self.dict.table().len())?;
        Ok(Some(self.collect()))
    }

    fn length(&self) -> Option<usize> {
        Some(self.dict.table().len())
    }

    /// Views of keys and items are sets to operators.
    fn binary(
        self: Rc<Self>,
        ev: &mut Evaluator,
        op: crate::ast::Operator,
        lhs: &Value,
        rhs: &Value,
    ) -> Result<Option<Value>> {
        let mut as_set = |value: &Value| match value {
            Value::Set(set) => Ok(set.clone()),
            other => ev.iterate(other, Span::NONE).and_then(|items| ev.set_of(items, false)),
        };
        let (lhs, rhs) = (as_set(lhs)?, as_set(rhs)?);
        ev.set_binary(op, &lhs, &rhs)
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        match name.as_str() {
            "isdisjoint" => {
                let elements = self.collect();
                let set = Value::Set(ev.set_of(elements, true)?);
                ev.opt_getattr(&set, name, Span::NONE)
            }
            _ => Ok(None),
        }
    }

    fn repr(self: Rc<Self>, ev: &mut Evaluator) -> Result<String> {
        let list = Value::list(self.collect());
        let items = ev.nested(|ev| ev.repr(&list))?;
        Ok(format!("{}({items})", self.type_name()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
