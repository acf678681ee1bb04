//! Subscripts: `a[i]` and `a[i:j]`, read, written and deleted.

use crate::ast::{self, Expr, ExprKind, Operator};
use crate::dialect::hooks;
use crate::host::Evaluator;
use crate::host::dict::{Dict, DictKind};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::types::type_name;
use crate::host::value::{RangeValue, SliceValue, Value};
use num_traits::ToPrimitive;
use smallvec::SmallVec;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

type Indices = SmallVec<[Value; 4]>;

impl Evaluator {
    pub(crate) fn eval_subscript(&mut self, node: &ast::Subscript, span: Span) -> Result<Value> {
        let base = self.eval_expr(&node.value)?;
        if indexes_ir(&base) {
            let indices = self.eval_indices(&node.index)?;
            return hooks::getitem(self, &base, &indices, &node.index, span);
        }
        let index = self.eval_expr(&node.index)?;
        self.getitem(&base, &index, span)
    }

    /// The indices between the brackets of an IR subscript: those of a tuple one by one.
    fn eval_indices(&mut self, index: &Expr) -> Result<Indices> {
        match &index.kind {
            ExprKind::Tuple(items) => self.eval_items(items),
            _ => match self.eval_expr(index)? {
                Value::Tuple(items) => Ok(items.iter().cloned().collect()),
                // What a starred target took: `for *i, j in …: A[i]`.
                Value::List(items) => Ok(items.items().iter().cloned().collect()),
                single => Ok(SmallVec::from_iter([single])),
            },
        }
    }

    pub(crate) fn assign_subscript(
        &mut self,
        node: &ast::Subscript,
        value: Value,
        span: Span,
    ) -> Result<()> {
        let base = self.eval_expr(&node.value)?;
        if indexes_ir(&base) {
            let indices = self.eval_indices(&node.index)?;
            return hooks::store_subscript(self, &base, &indices, value, node, span);
        }
        let index = self.eval_expr(&node.index)?;
        self.setitem(&base, &index, value, span)
    }

    pub(crate) fn aug_assign_subscript(
        &mut self,
        node: &ast::Subscript,
        op: Operator,
        value: &Expr,
        span: Span,
    ) -> Result<()> {
        let base = self.eval_expr(&node.value)?;
        if indexes_ir(&base) {
            let indices = self.eval_indices(&node.index)?;
            let value = self.eval_expr(value)?;
            return hooks::aug_store_subscript(self, &base, &indices, op, value, node, span);
        }
        let index = self.eval_expr(&node.index)?;
        let current = self.getitem(&base, &index, span)?;
        let value = self.eval_expr(value)?;
        let value = self.aug_op(op, &current, &value, span)?;
        self.setitem(&base, &index, value, span)
    }

    /// `base[index]` of a host value.
    pub fn getitem(&mut self, base: &Value, index: &Value, span: Span) -> Result<Value> {
        match (base, index) {
            (Value::List(list), Value::Slice(slice)) => {
                let picked = self.slice_positions(slice, list.items().len())?;
                self.charge_items(picked.len() as usize)?;
                let items = picked_items(&list.items(), picked);
                self.new_list(items)
            }
            (Value::Tuple(items), Value::Slice(slice)) => {
                let picked = self.slice_positions(slice, items.len())?;
                self.charge_items(picked.len() as usize)?;
                Ok(Value::tuple(picked_items(items, picked)))
            }
            (Value::Str(text), Value::Slice(slice)) => self.slice_str(text, slice),
            (Value::Bytes(bytes), Value::Slice(slice)) => {
                let picked = self.slice_positions(slice, bytes.len())?;
                self.budget.consume(picked.len() as usize)?;
                let values = (0..picked.len()).map(|i| bytes[picked.get(i) as usize]);
                Ok(Value::Bytes(values.collect()))
            }
            (Value::Range(range), Value::Slice(slice)) => {
                let len = usize::try_from(range.len()).unwrap_or(usize::MAX);
                let picked = self.slice_positions(slice, len)?;
                let at = |i: i64| range.start.saturating_add(i.saturating_mul(range.step));
                let step = range.step.saturating_mul(picked.step);
                let range = RangeValue { start: at(picked.start), stop: at(picked.stop), step };
                Ok(Value::Range(Rc::new(range)))
            }
            (Value::List(list), _) => {
                let items = list.items();
                let at = self.position(index, items.len(), "list")?;
                Ok(items[at].clone())
            }
            (Value::Tuple(items), _) => {
                let at = self.position(index, items.len(), "tuple")?;
                Ok(items[at].clone())
            }
            (Value::Str(text), _) => self.char_at(text, index),
            (Value::Bytes(bytes), _) => {
                let at = self.position(index, bytes.len(), "")?;
                Ok(Value::Int(i64::from(bytes[at])))
            }
            (Value::Range(range), _) => {
                let len = usize::try_from(range.len()).unwrap_or(usize::MAX);
                let at = self.position(index, len, "range object")?;
                Ok(Value::Int(range.get(at as u64)))
            }
            (Value::Dict(dict), _) => self.dict_item(dict, index),
            (Value::IRModule(module), _) => {
                let found = function_name(index).and_then(|n| module.borrow().get(n).cloned());
                match found {
                    Some(func) => Ok(Value::PrimFunc(func)),
                    None => Err(self.key_error(index)?),
                }
            }
            (Value::Instance(instance), _) => match instance.as_tuple() {
                Some(items) if self.special(base, "__getitem__").is_none() => {
                    self.getitem(&Value::Tuple(items), index, span)
                }
                _ => match self.call_special(base, "__getitem__", [index.clone()], span)? {
                    Some(value) => Ok(value),
                    None => Err(not_subscriptable(base)),
                },
            },
            (Value::Object(object), _) => match object.clone().getitem(self, index, span)? {
                Some(value) => Ok(value),
                None => Err(not_subscriptable(base)),
            },
            // `list[int]`, `Optional[int]`: type expressions, which nothing reads.
            (Value::Type(_) | Value::Class(_), _) => Ok(base.clone()),
            (Value::Builtin(builtin), _) if builtin.is_typing() => Ok(base.clone()),
            (Value::Poison, _) | (_, Value::Poison) => Err(HostError::poisoned()),
            _ => Err(not_subscriptable(base)),
        }
    }

    /// `base[index] = value` of a host value.
    pub fn setitem(&mut self, base: &Value, index: &Value, value: Value, span: Span) -> Result<()> {
        match (base, index) {
            (Value::List(list), Value::Slice(slice)) => {
                let values = self.iterate(&value, span)?;
                self.assign_slice(list, slice, values)
            }
            (Value::List(list), _) => {
                let len = list.items().len();
                let at = self.position(index, len, "list assignment")?;
                list.items_mut()[at] = value;
                Ok(())
            }
            (Value::Dict(dict), _) => self.dict_set(dict, index.clone(), value),
            (Value::IRModule(module), _) => match (function_name(index), value) {
                (Some(name), Value::PrimFunc(func)) => {
                    let renamed = tirade_ir::PrimFunc { name, ..(*func).clone() };
                    module.borrow_mut().insert(renamed);
                    Ok(())
                }
                _ => Err(HostError::type_error("a module maps names to prim_funcs")),
            },
            (Value::Object(object), _) => match object.clone().setitem(self, index, value)? {
                true => Ok(()),
                false => Err(no_item_assignment(base, "assignment")),
            },
            _ => {
                let args = [index.clone(), value];
                match self.call_special(base, "__setitem__", args, span)? {
                    Some(_) => Ok(()),
                    None => Err(no_item_assignment(base, "assignment")),
                }
            }
        }
    }

    pub(crate) fn delete_subscript(&mut self, node: &ast::Subscript) -> Result<()> {
        let base = self.eval_expr(&node.value)?;
        let index = self.eval_expr(&node.index)?;
        match (&base, &index) {
            (Value::List(list), Value::Slice(slice)) => {
                let picked = self.slice_positions(slice, list.items().len())?;
                let mut at: Vec<usize> =
                    (0..picked.len()).map(|i| picked.get(i) as usize).collect();
                at.sort_unstable();
                let mut items = list.items_mut();
                at.into_iter().rev().for_each(|at| drop(items.remove(at)));
                Ok(())
            }
            (Value::List(list), _) => {
                let at = self.position(&index, list.items().len(), "list assignment")?;
                list.items_mut().remove(at);
                Ok(())
            }
            (Value::Dict(dict), _) => match self.dict_remove(dict, &index)? {
                Some(_) => Ok(()),
                None => Err(self.key_error(&index)?),
            },
            _ => match self.call_special(&base, "__delitem__", [index.clone()], node.value.span)? {
                Some(_) => Ok(()),
                None => Err(no_item_assignment(&base, "deletion")),
            },
        }
    }

    fn dict_item(&mut self, dict: &Rc<Dict>, key: &Value) -> Result<Value> {
        if let Some(value) = self.dict_get(dict, key)? {
            return Ok(value);
        }
        match &dict.kind {
            DictKind::Default(factory) if !matches!(factory, Value::None) => {
                let value = self.call_with(factory, [], Span::NONE)?;
                self.dict_set(dict, key.clone(), value.clone())?;
                Ok(value)
            }
            DictKind::Counter => Ok(Value::Int(0)),
            _ => Err(self.key_error(key)?),
        }
    }

    /// `KeyError`
    pub(crate) fn key_error(&mut self, key: &Value) -> Result<HostError> {
        let text = self.repr(key)?;
        Ok(HostError::exception_with(ExcKind::KeyError, text, key.clone()))
    }

    /// The position that an index means in a sequence of `len` items.
    pub(crate) fn position(&mut self, index: &Value, len: usize, what: &str) -> Result<usize> {
        let index = match index.as_int() {
            Some(index) => index,
            None if index.is_int() => i64::MAX,
            None => match self.index_value(index)? {
                Some(index) => index,
                None => {
                    let noun = what.trim_end_matches(" assignment").trim_end_matches(" object");
                    let noun = if noun.is_empty() { "byte" } else { noun };
                    return Err(HostError::type_error(format!(
                        "{noun} indices must be integers or slices, not {}",
                        type_name(index)
                    )));
                }
            },
        };
        let at = if index < 0 { index.saturating_add(len as i64) } else { index };
        match usize::try_from(at) {
            Ok(at) if at < len => Ok(at),
            _ => {
                let text = format!("{what} index out of range");
                Err(HostError::exception(ExcKind::IndexError, text.trim_start()))
            }
        }
    }

    /// An index: an int, an integer literal of the IR, or an object with `__index__`.
    pub(crate) fn index_value(&mut self, value: &Value) -> Result<Option<i64>> {
        Ok(match value {
            Value::Expr(expr) => expr.as_int().and_then(|v| i64::try_from(v).ok()),
            Value::Instance(_) => {
                let index = self.call_special(value, "__index__", [], Span::NONE)?;
                index.and_then(|index| index.as_int())
            }
            _ => value.as_int(),
        })
    }

    /// The positions that a slice picks from a sequence of `len` items.
    pub(crate) fn slice_positions(&mut self, slice: &SliceValue, len: usize) -> Result<RangeValue> {
        let mut part = |value: &Value| -> Result<Option<i64>> {
            match value {
                Value::None => Ok(None),
                Value::BigInt(big) => {
                    Ok(Some(if big.to_f64() < Some(0.0) { i64::MIN } else { i64::MAX }))
                }
                _ => self.index_value(value)?.map(Some).ok_or_else(|| {
                    HostError::type_error(
                        "slice indices must be integers or None or have an __index__ method",
                    )
                }),
            }
        };
        let step = part(&slice.step)?.unwrap_or(1);
        if step == 0 {
            return Err(HostError::value_error("slice step cannot be zero"));
        }
        let (lower, upper) = (part(&slice.lower)?, part(&slice.upper)?);
        let len = len as i64;
        let (least, most) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let clamp = |value: Option<i64>, default: i64| match value {
            None => default,
            Some(v) if v < 0 => v.saturating_add(len).max(least),
            Some(v) => v.min(most),
        };
        let (start, stop) = match step > 0 {
            true => (clamp(lower, 0), clamp(upper, len)),
            false => (clamp(lower, len - 1), clamp(upper, -1)),
        };
        Ok(RangeValue { start, stop, step: step.max(-i64::MAX) })
    }

    fn assign_slice(
        &mut self,
        list: &Rc<crate::host::value::List>,
        slice: &SliceValue,
        values: Vec<Value>,
    ) -> Result<()> {
        let picked = self.slice_positions(slice, list.items().len())?;
        self.charge_items(values.len())?;
        if picked.step == 1 {
            let (start, stop) = (picked.start as usize, picked.stop.max(picked.start) as usize);
            list.items_mut().splice(start..stop, values);
            list.recharge();
            return Ok(());
        }
        if picked.len() != values.len() as u64 {
            return Err(HostError::value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                values.len(),
                picked.len()
            )));
        }
        let mut items = list.items_mut();
        for (i, value) in values.into_iter().enumerate() {
            items[picked.get(i as u64) as usize] = value;
        }
        Ok(())
    }
}

/// Whether the dialect gives subscripts of this value their meaning.
fn indexes_ir(base: &Value) -> bool {
    match base {
        Value::Entry(_) | Value::BoundEntry(_) | Value::DType(_) | Value::GlobalVar(_) => true,
        Value::Object(_) => false,
        other => other.is_ir(),
    }
}

fn picked_items(items: &[Value], picked: RangeValue) -> Vec<Value> {
    (0..picked.len()).map(|i| items[picked.get(i) as usize].clone()).collect()
}

/// The function that a subscript of a module names.
pub(crate) fn function_name(index: &Value) -> Option<Symbol> {
    match index {
        Value::Str(name) => Some(Symbol::new(name)),
        Value::GlobalVar(name) => Some(*name),
        _ => None,
    }
}

fn not_subscriptable(base: &Value) -> HostError {
    HostError::type_error(format!("'{}' object is not subscriptable", type_name(base)))
}

fn no_item_assignment(base: &Value, what: &str) -> HostError {
    let message = format!("'{}' object does not support item {what}", type_name(base));
    HostError::type_error(message)
}
