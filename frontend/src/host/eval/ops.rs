//! Operators: the binding-time rule, then Python's meaning for each pair of types.

use crate::ast::{Operator, UnaryOperator};
use crate::dialect::hooks;
use crate::host::dict::{Dict, DictKind};
use crate::host::error::{HostError, Result};
use crate::host::types::type_name;
use crate::host::value::{List, Value};
use crate::host::{Evaluator, number};
use std::rc::Rc;
use tirade_ir::span::Span;

/// Nesting of containers that `==`, `<`, `hash` and `repr` follow, and of iterators and partial
/// functions around each other.
const MAX_CONTAINER_DEPTH: usize = 1000;

impl Evaluator {
    /// `lhs op rhs`
    pub fn binary_op(&mut self, op: Operator, l: &Value, r: &Value, span: Span) -> Result<Value> {
        if let Some(value) = number::binary(&mut self.budget, op, l, r)? {
            return Ok(value);
        }
        if matches!((l, r), (Value::Instance(_), _) | (_, Value::Instance(_)))
            && let Some(value) = self.instance_binary(op, l, r, span)?
        {
            return Ok(value);
        }
        if let Value::Object(object) = l
            && let Some(value) = object.clone().binary(self, op, l, r)?
        {
            return Ok(value);
        }
        if let Value::Object(object) = r
            && let Some(value) = object.clone().binary(self, op, l, r)?
        {
            return Ok(value);
        }
        let formats = matches!((op, l), (Operator::Mod, Value::Str(_)));
        if (l.is_ir() || r.is_ir()) && !formats {
            let value = hooks::binary(self, op, l, r, span)?;
            return self.built(value);
        }
        match self.container_binary(op, l, r)? {
            Some(value) => Ok(value),
            None => Err(unsupported_operands(op.as_str(), l, r)),
        }
    }

    fn container_binary(&mut self, op: Operator, l: &Value, r: &Value) -> Result<Option<Value>> {
        match (op, l, r) {
            (Operator::Add, Value::Str(a), Value::Str(b)) => {
                self.budget.consume(a.len() + b.len() + 32)?;
                Ok(Some(Value::str([&**a, &**b].concat())))
            }
            (Operator::Add, Value::Bytes(a), Value::Bytes(b)) => {
                self.budget.consume(a.len() + b.len() + 32)?;
                Ok(Some(Value::Bytes([&**a, &**b].concat().into())))
            }
            (Operator::Add, Value::List(a), Value::List(b)) => {
                let items = [&**a.items(), &**b.items()].concat();
                self.charge_items(items.len())?;
                self.new_list(items).map(Some)
            }
            (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => {
                self.charge_items(a.len() + b.len())?;
                Ok(Some(Value::tuple([&**a, &**b].concat())))
            }
            (Operator::Mul, sequence, count) if count.is_int() => self.repeat(sequence, count),
            (Operator::Mul, count, sequence) if count.is_int() => self.repeat(sequence, count),
            (Operator::Mod, Value::Str(text), _) => {
                self.percent_format(text, r).map(Value::from).map(Some)
            }
            (Operator::BitOr, Value::Dict(a), Value::Dict(b)) => {
                let merged = Dict::new(a.table().clone(), a.kind.clone());
                let merged = Rc::new(merged);
                for (key, value) in b.entries() {
                    self.dict_set(&merged, key, value)?;
                }
                Ok(Some(Value::Dict(merged)))
            }
            (_, Value::Dict(a), Value::Dict(b)) => self.counter_binary(op, a, b),
            (_, Value::Set(a), Value::Set(b)) => self.set_binary(op, a, b),
            // `int | None` and its kin: type expressions, which nothing reads.
            (Operator::BitOr, a, b)
                if (is_type_expr(a) && (is_type_expr(b) || matches!(b, Value::None)))
                    || (matches!(a, Value::None) && is_type_expr(b)) =>
            {
                Ok(Some(a.clone()))
            }
            _ => Ok(None),
        }
    }

    /// `sequence * count`
    fn repeat(&mut self, sequence: &Value, count: &Value) -> Result<Option<Value>> {
        let Some(count) = count.as_int() else {
            return Err(number::overflow("cannot fit 'int' into an index-sized integer"));
        };
        let count = count.max(0) as usize;
        let total = |len: usize| len.saturating_mul(count);
        Ok(Some(match sequence {
            Value::Str(text) => {
                self.budget.consume(total(text.len()).saturating_add(32))?;
                Value::str(text.repeat(count))
            }
            Value::Bytes(bytes) => {
                self.budget.consume(total(bytes.len()).saturating_add(32))?;
                Value::Bytes(bytes.repeat(count).into())
            }
            Value::List(list) => {
                self.charge_items(total(list.items().len()))?;
                let items = repeated(&list.items(), count);
                self.new_list(items)?
            }
            Value::Tuple(items) => {
                self.charge_items(total(items.len()))?;
                Value::tuple(repeated(items, count))
            }
            _ => return Ok(None),
        }))
    }

    fn instance_binary(
        &mut self,
        op: Operator,
        l: &Value,
        r: &Value,
        span: Span,
    ) -> Result<Option<Value>> {
        let (name, reflected) = special_names(op);
        if let Some(value) = self.call_special(l, name, [r.clone()], span)?
            && !matches!(value, Value::NotImplemented)
        {
            return Ok(Some(value));
        }
        if let Some(value) = self.call_special(r, reflected, [l.clone()], span)?
            && !matches!(value, Value::NotImplemented)
        {
            return Ok(Some(value));
        }
        // Named tuples are tuples.
        match (as_plain_tuple(l), as_plain_tuple(r)) {
            (None, None) => Ok(None),
            (a, b) => self.container_binary(op, &a.unwrap_or(l.clone()), &b.unwrap_or(r.clone())),
        }
    }

    /// `target op= value`: changes lists, sets and dicts in place.
    pub fn aug_op(&mut self, op: Operator, l: &Value, r: &Value, span: Span) -> Result<Value> {
        match (op, l) {
            (Operator::Add, Value::List(list)) => {
                self.list_extend(list, r, span)?;
                return Ok(l.clone());
            }
            (Operator::Mul, Value::List(list)) if r.is_int() => {
                if let Some(Value::List(repeated)) = self.repeat(l, r)? {
                    let items = repeated.items().clone();
                    *list.items_mut() = items;
                    list.recharge();
                }
                return Ok(l.clone());
            }
            (Operator::BitOr, Value::Dict(dict)) if matches!(dict.kind, DictKind::Plain) => {
                for (key, value) in self.mapping_entries(r)? {
                    self.dict_set(dict, key, value)?;
                }
                return Ok(l.clone());
            }
            (_, Value::Set(set)) if !set.frozen => {
                if let Value::Set(other) = r
                    && let Some(Value::Set(result)) = self.set_binary(op, set, other)?
                {
                    let table = result.table().clone();
                    *set.table_mut() = table;
                    set.recharge();
                    return Ok(l.clone());
                }
            }
            (_, Value::Instance(_)) => {
                let name = special_names(op).0.replacen("__", "__i", 1);
                if let Some(value) = self.call_special(l, &name, [r.clone()], span)?
                    && !matches!(value, Value::NotImplemented)
                {
                    return Ok(value);
                }
            }
            _ => {}
        }
        self.binary_op(op, l, r, span)
    }

    /// `op operand`
    pub fn unary_op(&mut self, op: UnaryOperator, operand: &Value, span: Span) -> Result<Value> {
        if op != UnaryOperator::Not {
            if let Some(value) = number::unary(op, operand) {
                return Ok(value);
            }
            let name = match op {
                UnaryOperator::Neg => "__neg__",
                UnaryOperator::Pos => "__pos__",
                UnaryOperator::Invert | UnaryOperator::Not => "__invert__",
            };
            if let Some(value) = self.call_special(operand, name, [], span)? {
                return Ok(value);
            }
        }
        match operand.is_ir() {
            true => {
                let value = hooks::unary(self, op, operand, span)?;
                self.built(value)
            }
            false if op == UnaryOperator::Not => {
                self.truthy(operand, span).map(|t| Value::Bool(!t))
            }
            false => Err(HostError::type_error(format!(
                "bad operand type for unary {}: '{}'",
                op.as_str(),
                type_name(operand)
            ))),
        }
    }

    /// Runs `f` one level of containers deeper.
    pub(crate) fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.container_depth += 1;
        let result = match self.container_depth > MAX_CONTAINER_DEPTH {
            true => Err(self.too_deep()),
            false => self.check_stack().and_then(|()| f(self)),
        };
        self.container_depth -= 1;
        result
    }

    /// Charges steps and memory for a bulk operation on `n` items.
    pub(crate) fn charge_items(&mut self, n: usize) -> Result<()> {
        self.budget.reserve(n.saturating_mul(size_of::<Value>()))?;
        self.budget.step(n as u64)
    }

    /// A list, charged to the budgets.
    pub(crate) fn new_list(&mut self, items: Vec<Value>) -> Result<Value> {
        let list = List::from(items);
        self.budget.reserve(0)?;
        Ok(Value::List(Rc::new(list)))
    }
}

fn repeated(items: &[Value], count: usize) -> Vec<Value> {
    items.iter().cycle().take(items.len() * count).cloned().collect()
}

fn as_plain_tuple(value: &Value) -> Option<Value> {
    match value {
        Value::Instance(instance) => instance.as_tuple().map(Value::Tuple),
        _ => None,
    }
}

fn is_type_expr(value: &Value) -> bool {
    matches!(value, Value::Type(_) | Value::Class(_) | Value::Entry(_))
        || matches!(value, Value::Builtin(b) if b.is_typing())
}

/// The special methods of an operator: its own and the reflected one.
fn special_names(op: Operator) -> (&'static str, &'static str) {
    match op {
        Operator::Add => ("__add__", "__radd__"),
        Operator::Sub => ("__sub__", "__rsub__"),
        Operator::Mul => ("__mul__", "__rmul__"),
        Operator::Div => ("__truediv__", "__rtruediv__"),
        Operator::FloorDiv => ("__floordiv__", "__rfloordiv__"),
        Operator::Mod => ("__mod__", "__rmod__"),
        Operator::Pow => ("__pow__", "__rpow__"),
        Operator::MatMul => ("__matmul__", "__rmatmul__"),
        Operator::LShift => ("__lshift__", "__rlshift__"),
        Operator::RShift => ("__rshift__", "__rrshift__"),
        Operator::BitAnd => ("__and__", "__rand__"),
        Operator::BitOr => ("__or__", "__ror__"),
        Operator::BitXor => ("__xor__", "__rxor__"),
    }
}

fn unsupported_operands(op: &str, l: &Value, r: &Value) -> HostError {
    let message = match (op, l, r) {
        ("+", Value::Str(_), _) => {
            format!("can only concatenate str (not \"{}\") to str", type_name(r))
        }
        ("+", Value::List(_), _) => {
            format!("can only concatenate list (not \"{}\") to list", type_name(r))
        }
        ("+", Value::Tuple(_), _) => {
            format!("can only concatenate tuple (not \"{}\") to tuple", type_name(r))
        }
        ("*", Value::Str(_) | Value::List(_) | Value::Tuple(_), _) => {
            format!("can't multiply sequence by non-int of type '{}'", type_name(r))
        }
        ("**", ..) => format!(
            "unsupported operand type(s) for ** or pow(): '{}' and '{}'",
            type_name(l),
            type_name(r)
        ),
        _ => format!(
            "unsupported operand type(s) for {op}: '{}' and '{}'",
            type_name(l),
            type_name(r)
        ),
    };
    HostError::type_error(message)
}
