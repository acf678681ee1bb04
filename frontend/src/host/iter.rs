//! Iteration: over containers, and lazily over what `zip`, `map`, generators and `itertools` give.

use super::builtins::dicts::View;
use super::chain::drop_as_chain;
use super::dict::{Dict, Set};
use super::error::{HostError, Result};
use super::exceptions::ExcKind;
use super::limits::Charge;
use super::types::type_name;
use super::value::{List, RangeValue, Tuple, Value};
use super::{CallArgs, Evaluator};
use crate::dialect::hooks;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::span::Span;

/// Something that gives values one at a time.
pub trait LazyIter {
    /// The next value; `None` at the end, and from then on.
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>>;
}

/// The shared part of an iterator value.
pub struct IterCell {
    /// The name of its type.
    pub name: &'static str,
    state: RefCell<Option<Box<dyn LazyIter>>>,
    /// Kept for the memory meter.
    _charge: Charge,
}

drop_as_chain! {
    IterCell: state;
}

impl IterCell {
    /// The next value.
    pub fn next(&self, ev: &mut Evaluator) -> Result<Option<Value>> {
        match self.state.try_borrow_mut() {
            Ok(mut state) => {
                ev.nested(|ev| state.as_mut().map_or(Ok(None), |state| state.next(ev)))
            }
            Err(_) => Err(HostError::value_error(format!("{} already executing", self.name))),
        }
    }
}

impl Value {
    /// An iterator.
    pub fn iterator(name: &'static str, state: impl LazyIter + 'static) -> Value {
        let (state, _charge) = (RefCell::new(Some(Box::new(state) as _)), Charge::of(256));
        Value::Iterator(Rc::new(IterCell { name, state, _charge }))
    }
}

/// Iteration over one value.
pub enum Iter {
    /// Numbers.
    Range {
        /// The range.
        range: RangeValue,
        /// How many were given.
        at: u64,
        /// How many there are.
        len: u64,
    },
    /// The items of a list, which may change meanwhile.
    List(Rc<List>, usize),
    /// Items that do not change.
    Tuple(Tuple, usize),
    /// The characters of a string, from a byte on.
    Str(Arc<str>, usize),
    /// The numbers of a bytes object.
    Bytes(Rc<[u8]>, usize),
    /// Keys, values or items of a dict: the next slot, and the size that must not change.
    Dict(Rc<Dict>, DictView, usize, usize),
    /// The elements of a set: the next slot, and the size that must not change.
    Set(Rc<Set>, usize, usize),
    /// Values that were made for the purpose.
    Owned(std::vec::IntoIter<Value>),
    /// Another iterator value.
    Shared(Rc<IterCell>),
    /// An instance with `__next__`.
    Next(Value),
    /// An instance with `__getitem__` only.
    GetItem(Value, i64),
}

/// What iterating over a dict gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictView {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs.
    Items,
}

impl LazyIter for Iter {
    fn next(&mut self, ev: &mut Evaluator) -> Result<Option<Value>> {
        ev.budget.step(1)?;
        Ok(match self {
            Iter::Range { range, at, len } => (*at < *len).then(|| {
                *at += 1;
                Value::Int(range.get(*at - 1))
            }),
            Iter::List(list, at) => {
                let item = list.items().get(*at).cloned();
                *at = if item.is_some() { *at + 1 } else { usize::MAX };
                item
            }
            Iter::Tuple(items, at) => {
                let item = items.get(*at).cloned();
                *at += usize::from(item.is_some());
                item
            }
            Iter::Str(text, at) => text[*at..].chars().next().map(|c| {
                *at += c.len_utf8();
                Value::str(c.encode_utf8(&mut [0; 4]) as &str)
            }),
            Iter::Bytes(bytes, at) => bytes.get(*at).map(|byte| {
                *at += 1;
                Value::Int(i64::from(*byte))
            }),
            Iter::Dict(dict, view, at, len) => {
                let table = dict.table();
                if table.len() != *len {
                    return Err(changed_size("dictionary"));
                }
                table.next_from(*at).map(|(next, (key, value))| {
                    *at = next;
                    match view {
                        DictView::Keys => key.clone(),
                        DictView::Values => value.clone(),
                        DictView::Items => Value::tuple([key.clone(), value.clone()]),
                    }
                })
            }
            Iter::Set(set, at, len) => {
                let table = set.table();
                if table.len() != *len {
                    return Err(changed_size("Set"));
                }
                table.next_from(*at).map(|(next, (key, ()))| {
                    *at = next;
                    key.clone()
                })
            }
            Iter::Owned(values) => values.next(),
            Iter::Shared(iterator) => return iterator.clone().next(ev),
            Iter::Next(object) => {
                return match ev.call_special(object, "__next__", [], Span::NONE) {
                    Err(error) if error.is_exception(ExcKind::StopIteration) => Ok(None),
                    result => result,
                };
            }
            Iter::GetItem(object, at) => {
                *at += 1;
                let index = Value::Int(*at - 1);
                return match ev.call_special(object, "__getitem__", [index], Span::NONE) {
                    Err(error) if error.is_exception(ExcKind::IndexError) => Ok(None),
                    result => result,
                };
            }
        })
    }
}

fn changed_size(what: &str) -> HostError {
    let message = format!("{what} changed size during iteration");
    HostError::exception(ExcKind::RuntimeError, message)
}

impl Evaluator {
    /// An iteration over `value`.
    pub fn iter(&mut self, value: &Value) -> Result<Iter> {
        self.iter_for(value, || format!("'{}' object is not iterable", type_name(value)))
    }

    /// An iteration over `value`; `refusal` is the message where there is none.
    pub(crate) fn iter_for(
        &mut self,
        value: &Value,
        refusal: impl FnOnce() -> String,
    ) -> Result<Iter> {
        Ok(match value {
            Value::Range(range) => Iter::Range { range: **range, at: 0, len: range.len() },
            Value::List(list) => Iter::List(list.clone(), 0),
            Value::Tuple(items) => Iter::Tuple(items.clone(), 0),
            Value::Str(text) => Iter::Str(text.clone(), 0),
            Value::Bytes(bytes) => Iter::Bytes(bytes.clone(), 0),
            Value::Dict(dict) => {
                let len = dict.table().len();
                Iter::Dict(dict.clone(), DictView::Keys, 0, len)
            }
            Value::Set(set) => {
                let len = set.table().len();
                Iter::Set(set.clone(), 0, len)
            }
            Value::Iterator(iterator) => Iter::Shared(iterator.clone()),
            Value::IRModule(module) => {
                let names = module.borrow().functions().map(|f| Value::GlobalVar(f.name)).collect();
                Iter::Owned(Vec::into_iter(names))
            }
            Value::Instance(instance) => match instance.as_tuple() {
                Some(items) => Iter::Tuple(items, 0),
                None => return self.iter_instance(value, refusal),
            },
            Value::Object(object) if object.as_any().is::<View>() => {
                object.as_any().downcast_ref::<View>().expect("checked").iter()
            }
            Value::Object(object) => match object.clone().iterate(self)? {
                Some(items) => Iter::Owned(items.into_iter()),
                None => return Err(HostError::type_error(refusal())),
            },
            Value::Poison => return Err(HostError::poisoned()),
            other if other.is_ir() || matches!(other, Value::Entry(_)) => {
                match hooks::iterate(self, other, Span::NONE)? {
                    Some(items) => Iter::Owned(items.into_iter()),
                    None => return Err(HostError::type_error(refusal())),
                }
            }
            _ => return Err(HostError::type_error(refusal())),
        })
    }

    fn iter_instance(&mut self, value: &Value, refusal: impl FnOnce() -> String) -> Result<Iter> {
        if let Some(iterator) = self.call_special(value, "__iter__", [], Span::NONE)? {
            let has_next = |ev: &mut Self, v: &Value| ev.special(v, "__next__").is_some();
            return match &iterator {
                Value::Instance(_) if has_next(self, &iterator) => Ok(Iter::Next(iterator)),
                Value::Iterator(inner) => Ok(Iter::Shared(inner.clone())),
                other => Err(HostError::type_error(format!(
                    "iter() returned non-iterator of type '{}'",
                    type_name(other)
                ))),
            };
        }
        match self.special(value, "__getitem__") {
            Some(_) => Ok(Iter::GetItem(value.clone(), 0)),
            None => Err(HostError::type_error(refusal())),
        }
    }

    /// All values of an iterable.
    pub fn iterate(&mut self, value: &Value, span: Span) -> Result<Vec<Value>> {
        match value {
            Value::Tuple(items) => {
                self.budget.step(items.len() as u64)?;
                return Ok(items.to_vec());
            }
            Value::List(list) => {
                self.budget.step(list.items().len() as u64)?;
                return Ok(list.items().clone());
            }
            Value::Range(range) => {
                let len = usize::try_from(range.len()).unwrap_or(usize::MAX);
                self.budget.reserve(len.saturating_mul(size_of::<Value>()))?;
            }
            _ => {}
        }
        let mut iter = self.iter(value).map_err(|error| error.at(span))?;
        self.drain(&mut iter)
    }

    /// What is left of an iteration.
    pub(crate) fn drain(&mut self, iter: &mut dyn LazyIter) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        while let Some(value) = iter.next(self)? {
            if values.len() == values.capacity() {
                self.budget.reserve((2 * values.len() + 4) * size_of::<Value>())?;
            }
            values.push(value);
        }
        Ok(values)
    }

    /// Calls a special method of an instance; `None` if its class has none.
    pub(crate) fn call_special<const N: usize>(
        &mut self,
        object: &Value,
        name: &str,
        args: [Value; N],
        span: Span,
    ) -> Result<Option<Value>> {
        match self.special(object, name) {
            None => Ok(None),
            Some(method) => {
                let args = CallArgs::positional(args).with_receiver(object.clone());
                self.call(&method, args, span).map(Some)
            }
        }
    }

    /// A special method, looked up in the class of an instance.
    pub(crate) fn special(&mut self, object: &Value, name: &str) -> Option<Value> {
        match object {
            Value::Instance(instance) => instance.class.lookup(name.into()),
            _ => None,
        }
    }
}
