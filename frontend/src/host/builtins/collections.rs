//! `collections`: named tuples, deques, and the relatives of dicts.

use super::Builtin;
use super::dicts::receiver;
use super::numbers::integer;
use crate::ast::Operator;
use crate::host::chain::drop_as_chain;
use crate::host::dict::{Dict, DictKind};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::object::{Class, ClassFlavour, Field, HostObject, Instance};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, eval::attr, number};
use num_traits::ToPrimitive;
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Every function; the dict types are types.
pub static FUNCTIONS: &[Builtin] =
    &[Builtin::new("deque", deque), Builtin::new("namedtuple", namedtuple)];

/// Methods of ordered dicts.
pub static ORDERED_METHODS: &[Builtin] = &[Builtin::new("move_to_end", |ev, args, span| {
    let [dict, key, last] = args.bind("move_to_end", ["self", "key", "last"], 2)?;
    let (dict, key) = (receiver(&dict.expect("required"))?, key.expect("required"));
    let last = last.map_or(Ok(true), |last| ev.truthy(&last, span))?;
    let Some(value) = ev.dict_remove(&dict, &key)? else {
        return Err(ev.key_error(&key)?);
    };
    let rest = if last { vec![] } else { dict.entries() };
    if !last {
        dict.table_mut().clear();
    }
    ev.dict_set(&dict, key, value)?;
    for (key, value) in rest {
        ev.dict_set(&dict, key, value)?;
    }
    Ok(Value::None)
})];

/// Methods of counters.
pub static COUNTER_METHODS: &[Builtin] = &[
    Builtin::new("elements", |ev, args, _| {
        let [dict] = args.exact("elements")?;
        let mut elements = Vec::new();
        for (key, n) in receiver(&dict)?.entries() {
            let n = n.as_int().unwrap_or(0).max(0) as usize;
            ev.charge_items(elements.len() + n)?;
            elements.extend(std::iter::repeat_n(key, n));
        }
        let elements = crate::host::iter::Iter::Owned(elements.into_iter());
        Ok(Value::iterator("chain", elements))
    }),
    Builtin::new("most_common", |ev, args, _| {
        let values = args.between("most_common", 1, 2)?;
        let mut entries = receiver(&values[0])?.entries();
        entries.sort_by(|a, b| number::compare(&b.1, &a.1).unwrap_or(std::cmp::Ordering::Equal));
        if let Some(n) = values.get(1).and_then(Value::as_int) {
            entries.truncate(usize::try_from(n).unwrap_or(0));
        }
        ev.new_list(entries.into_iter().map(|(key, n)| Value::tuple([key, n])).collect())
    }),
    Builtin::new("subtract", |ev, args, span| {
        let [dict, other] = args.exact("subtract")?;
        let dict = receiver(&dict)?;
        for (key, n) in counts(ev, &other, span)? {
            let old = ev.dict_get(&dict, &key)?.unwrap_or(Value::Int(0));
            let n = ev.binary_op(Operator::Sub, &old, &n, span)?;
            ev.dict_set(&dict, key, n)?;
        }
        Ok(Value::None)
    }),
    Builtin::new("total", |ev, args, span| {
        let [dict] = args.exact("total")?;
        let entries = receiver(&dict)?.entries();
        entries
            .iter()
            .try_fold(Value::Int(0), |total, (_, n)| ev.binary_op(Operator::Add, &total, n, span))
    }),
    Builtin::new("update", |ev, args, span| {
        let values = args.between("update", 1, 2)?;
        let dict = receiver(&values[0])?;
        if let Some(source) = values.get(1) {
            count_into(ev, &dict, source, span)?;
        }
        Ok(Value::None)
    }),
];

/// `Counter(…)`
pub fn counter(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let dict = Rc::new(Dict::new(Default::default(), DictKind::Counter));
    if let Some(source) = args.positional.first() {
        count_into(ev, &dict, &source.value, span)?;
    }
    for k in args.keyword {
        ev.dict_set(&dict, k.name.as_str().into(), k.value)?;
    }
    Ok(Value::Dict(dict))
}

/// The counts in a mapping, or of the elements of an iterable.
fn counts(ev: &mut Evaluator, source: &Value, span: Span) -> Result<Vec<(Value, Value)>> {
    match source {
        Value::Dict(dict) => Ok(dict.entries()),
        _ => {
            let elements = ev.iterate(source, span)?;
            Ok(elements.into_iter().map(|element| (element, Value::Int(1))).collect())
        }
    }
}

fn count_into(ev: &mut Evaluator, dict: &Rc<Dict>, source: &Value, span: Span) -> Result<()> {
    for (key, n) in counts(ev, source, span)? {
        let total = added(ev, dict, &key, &n)?;
        ev.dict_set(dict, key, total)?;
    }
    Ok(())
}

/// The count of `key` after `n` were added.
pub fn added(ev: &mut Evaluator, dict: &Rc<Dict>, key: &Value, n: &Value) -> Result<Value> {
    let old = ev.dict_get(dict, key)?.unwrap_or(Value::Int(0));
    ev.binary_op(Operator::Add, &old, n, Span::NONE)
}

impl Evaluator {
    /// `+`, `-`, `&`, `|` of counters: only positive counts are kept.
    pub(crate) fn counter_binary(
        &mut self,
        op: Operator,
        a: &Rc<Dict>,
        b: &Rc<Dict>,
    ) -> Result<Option<Value>> {
        let counters = matches!((&a.kind, &b.kind), (DictKind::Counter, DictKind::Counter));
        if !counters || !matches!(op, Operator::Add | Operator::Sub | Operator::BitAnd) {
            return Ok(None);
        }
        let result = Rc::new(Dict::new(Default::default(), DictKind::Counter));
        let mut keys: Vec<Value> = a.entries().into_iter().map(|(key, _)| key).collect();
        for (key, _) in b.entries() {
            if self.dict_get(a, &key)?.is_none() {
                keys.push(key);
            }
        }
        for key in keys {
            let x = self.dict_get(a, &key)?.unwrap_or(Value::Int(0));
            let y = self.dict_get(b, &key)?.unwrap_or(Value::Int(0));
            let n = match op {
                Operator::BitAnd if self.less_than(&y, &x, Span::NONE)? => y,
                Operator::BitAnd => x,
                op => self.binary_op(op, &x, &y, Span::NONE)?,
            };
            if self.less_than(&Value::Int(0), &n, Span::NONE)? {
                self.dict_set(&result, key, n)?;
            }
        }
        Ok(Some(Value::Dict(result)))
    }
}

/// A class of named tuples.
pub fn named_tuple_class(
    name: &str,
    names: impl IntoIterator<Item = Symbol>,
    defaults: &[Value],
) -> Rc<Class> {
    let mut fields: Vec<Field> = names.into_iter().map(|name| Field::plain(name, None)).collect();
    let first = fields.len().saturating_sub(defaults.len());
    for (field, default) in fields[first..].iter_mut().zip(defaults) {
        field.default = Some(default.clone());
    }
    Rc::new(Class::builtin(name, None, ClassFlavour::NamedTuple(fields.into())))
}

fn namedtuple(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let defaults = args.take_keyword("defaults").filter(|d| !matches!(d, Value::None));
    args.take_keyword("module");
    let [name, fields] = args.exact("namedtuple")?;
    let defaults = defaults.map_or(Ok(vec![]), |defaults| ev.iterate(&defaults, span))?;
    let names: Vec<String> = match &fields {
        Value::Str(text) => text.replace(',', " ").split_whitespace().map(String::from).collect(),
        other => {
            let names = ev.iterate(other, span)?;
            names.iter().map(|name| ev.str_of(name)).collect::<Result<_>>()?
        }
    };
    checked_class(&ev.str_of(&name)?, &names, &defaults)
}

fn checked_class(name: &str, names: &[String], defaults: &[Value]) -> Result<Value> {
    for (at, field) in names.iter().enumerate() {
        if names[..at].contains(field) {
            let message = format!("Encountered duplicate field name: '{field}'");
            return Err(HostError::value_error(message));
        }
        if field.starts_with('_') {
            let message = format!("Field names cannot start with an underscore: '{field}'");
            return Err(HostError::value_error(message));
        }
    }
    if defaults.len() > names.len() {
        return Err(HostError::type_error("Got more default values than field names"));
    }
    let names = names.iter().map(|name| Symbol::new(name));
    Ok(Value::Class(named_tuple_class(name, names, defaults)))
}

/// `NamedTuple("Point", [("x", int), ("y", int)])`
pub fn typing_named_tuple(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [name, fields] = args.exact("NamedTuple")?;
    let mut names = Vec::new();
    for pair in ev.iterate(&fields, span)? {
        let pair = ev.iterate(&pair, span)?;
        names.push(ev.str_of(pair.first().unwrap_or(&Value::None))?);
    }
    checked_class(&ev.str_of(&name)?, &names, &[])
}

fn named_tuple(value: &Value) -> Result<(Rc<Instance>, Rc<[Field]>)> {
    if let Value::Instance(instance) = value
        && let Some(fields) = instance.class.named_fields()
    {
        return Ok((instance.clone(), fields));
    }
    Err(HostError::type_error(format!("'{}' is no named tuple", type_name(value))))
}

static NAMED_TUPLE_METHODS: &[Builtin] = &[
    Builtin::new("_asdict", |ev, args, _| {
        let [object] = args.exact("_asdict")?;
        let (instance, fields) = named_tuple(&object)?;
        let dict = Rc::new(Dict::default());
        let items = instance.items.borrow().clone();
        for (field, item) in fields.iter().zip(items.iter()) {
            ev.dict_set(&dict, field.name.as_str().into(), item.clone())?;
        }
        Ok(Value::Dict(dict))
    }),
    Builtin::new("_make", |ev, args, span| {
        let [class, iterable] = args.exact("_make")?;
        let Value::Class(class) = &class else {
            return Err(HostError::type_error("_make() is a class method"));
        };
        let items = ev.iterate(&iterable, span)?;
        ev.instantiate(class, CallArgs::positional(items), span)
    }),
    Builtin::new("_replace", |ev, mut args, span| {
        let object = match args.positional.len() {
            1 => args.positional.remove(0).value,
            _ => return Err(HostError::type_error("_replace() takes keyword arguments only")),
        };
        let (instance, fields) = named_tuple(&object)?;
        let items = instance.items.borrow().clone();
        for (field, item) in fields.iter().zip(items.iter()) {
            if !args.keyword.iter().any(|k| k.name == field.name) {
                let (name, value) = (field.name, item.clone());
                args.keyword.push(crate::host::KeywordArg { name, value, span });
            }
        }
        ev.instantiate(&instance.class, args, span)
    }),
];

/// The method `name` of named tuples.
pub fn named_tuple_method(name: &str) -> Option<&'static Builtin> {
    NAMED_TUPLE_METHODS.iter().find(|row| row.name == name)
}

/// `deque`
struct Deque {
    items: RefCell<VecDeque<Value>>,
    maxlen: Option<usize>,
}

drop_as_chain! {
    Deque: items;
}

fn deque(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [iterable, maxlen] = args.bind("deque", ["iterable", "maxlen"], 0)?;
    let maxlen = match maxlen {
        None | Some(Value::None) => None,
        Some(n) => Some(integer(ev, &n)?.to_usize().unwrap_or(0)),
    };
    let deque = Deque { items: RefCell::default(), maxlen };
    if let Some(iterable) = iterable {
        for item in ev.iterate(&iterable, span)? {
            deque.push(ev, item, false)?;
        }
    }
    Ok(Value::Object(Rc::new(deque)))
}

impl Deque {
    fn push(&self, ev: &mut Evaluator, item: Value, left: bool) -> Result<()> {
        ev.budget.consume(size_of::<Value>())?;
        let mut items = self.items.borrow_mut();
        match left {
            true => items.push_front(item),
            false => items.push_back(item),
        }
        if self.maxlen.is_some_and(|max| items.len() > max) {
            let dropped = if left { items.pop_back() } else { items.pop_front() };
            drop(items);
            drop(dropped);
        }
        Ok(())
    }
}

fn with_deque<T>(value: &Value, f: impl FnOnce(&Deque) -> T) -> Result<T> {
    let deque = match value {
        Value::Object(object) => object.as_any().downcast_ref::<Deque>(),
        _ => None,
    };
    deque.map(f).ok_or_else(|| HostError::type_error("this is no deque"))
}

fn take(args: CallArgs, name: &str, left: bool) -> Result<Value> {
    let [object] = args.exact(name)?;
    let item = with_deque(&object, |deque| {
        let mut items = deque.items.borrow_mut();
        if left { items.pop_front() } else { items.pop_back() }
    })?;
    item.ok_or_else(|| HostError::exception(ExcKind::IndexError, "pop from an empty deque"))
}

fn put(ev: &mut Evaluator, args: CallArgs, name: &str, left: bool) -> Result<Value> {
    let [object, item] = args.exact(name)?;
    with_deque(&object, |deque| deque.push(ev, item, left))??;
    Ok(Value::None)
}

fn put_all(ev: &mut Evaluator, args: CallArgs, name: &str, left: bool) -> Result<Value> {
    let [object, iterable] = args.exact(name)?;
    for item in ev.iterate(&iterable, Span::NONE)? {
        with_deque(&object, |deque| deque.push(ev, item, left))??;
    }
    Ok(Value::None)
}

static DEQUE_METHODS: &[Builtin] = &[
    Builtin::new("append", |ev, args, _| put(ev, args, "append", false)),
    Builtin::new("appendleft", |ev, args, _| put(ev, args, "appendleft", true)),
    Builtin::new("clear", |_, args, _| {
        let [object] = args.exact("clear")?;
        let old = with_deque(&object, |deque| std::mem::take(&mut *deque.items.borrow_mut()))?;
        drop(old);
        Ok(Value::None)
    }),
    Builtin::new("extend", |ev, args, _| put_all(ev, args, "extend", false)),
    Builtin::new("extendleft", |ev, args, _| put_all(ev, args, "extendleft", true)),
    Builtin::new("pop", |_, args, _| take(args, "pop", false)),
    Builtin::new("popleft", |_, args, _| take(args, "popleft", true)),
    Builtin::new("rotate", |ev, args, _| {
        let values = args.between("rotate", 1, 2)?;
        let n = values.get(1).and_then(Value::as_int).unwrap_or(1);
        ev.budget.step(1)?;
        with_deque(&values[0], |deque| {
            let mut items = deque.items.borrow_mut();
            if !items.is_empty() {
                let n = n.rem_euclid(items.len() as i64) as usize;
                items.rotate_right(n);
            }
            Value::None
        })
    }),
];

impl HostObject for Deque {
    fn type_name(&self) -> &str {
        "collections.deque"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        if name.as_str() == "maxlen" {
            return Ok(Some(self.maxlen.map_or(Value::None, Value::from)));
        }
        let method = DEQUE_METHODS.iter().find(|row| row.name == name.as_str());
        let object = Value::Object(self);
        Ok(method.map(|method| attr::bind(&object, method)))
    }

    fn getitem(
        self: Rc<Self>,
        ev: &mut Evaluator,
        index: &Value,
        _: Span,
    ) -> Result<Option<Value>> {
        let at = ev.position(index, self.items.borrow().len(), "deque")?;
        Ok(self.items.borrow().get(at).cloned())
    }

    fn setitem(self: Rc<Self>, ev: &mut Evaluator, index: &Value, value: Value) -> Result<bool> {
        let at = ev.position(index, self.items.borrow().len(), "deque")?;
        let old = std::mem::replace(&mut self.items.borrow_mut()[at], value);
        drop(old);
        Ok(true)
    }

    fn iterate(self: Rc<Self>, ev: &mut Evaluator) -> Result<Option<Vec<Value>>> {
        ev.charge_items(self.items.borrow().len())?;
        Ok(Some(self.items.borrow().iter().cloned().collect()))
    }

    fn length(&self) -> Option<usize> {
        Some(self.items.borrow().len())
    }

    fn repr(self: Rc<Self>, ev: &mut Evaluator) -> Result<String> {
        let list = Value::list(self.items.borrow().iter().cloned().collect());
        let items = ev.nested(|ev| ev.repr(&list))?;
        Ok(match self.maxlen {
            None => format!("deque({items})"),
            Some(n) => format!("deque({items}, maxlen={n})"),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
