//! Comparison, equality, order, hashing and membership.

use crate::ast::CmpOperator;
use crate::dialect::hooks;
use crate::host::dict::Dict;
use crate::host::error::{HostError, Result};
use crate::host::iter::LazyIter;
use crate::host::object::{Instance, Method};
use crate::host::types::type_name;
use crate::host::value::{SliceValue, Tuple, Value};
use crate::host::{Evaluator, number};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use tirade_ir::span::Span;

impl Evaluator {
    /// `lhs op rhs` for one comparison.
    pub fn compare_op(
        &mut self,
        op: CmpOperator,
        l: &Value,
        r: &Value,
        span: Span,
    ) -> Result<Value> {
        match op {
            CmpOperator::Is => return Ok(Value::Bool(l.is_same(r))),
            CmpOperator::IsNot => return Ok(Value::Bool(!l.is_same(r))),
            CmpOperator::In | CmpOperator::NotIn => {
                return self.compare_in(op, l, r).map(Value::Bool);
            }
            _ => {}
        }
        let special = match op {
            CmpOperator::Eq => ("__eq__", "__eq__"),
            CmpOperator::Ne => ("__ne__", "__ne__"),
            CmpOperator::Lt => ("__lt__", "__gt__"),
            CmpOperator::Le => ("__le__", "__ge__"),
            CmpOperator::Gt => ("__gt__", "__lt__"),
            _ => ("__ge__", "__le__"),
        };
        for (object, other, name) in [(l, r, special.0), (r, l, special.1)] {
            if let Some(value) = self.call_special(object, name, [other.clone()], span)?
                && !matches!(value, Value::NotImplemented)
            {
                return Ok(value);
            }
        }
        let equality = matches!(op, CmpOperator::Eq | CmpOperator::Ne);
        let builds = |a: &Value, b: &Value| {
            compares_as_ir(a) && (!equality || compares_as_ir(b) || b.is_number())
        };
        if builds(l, r) || builds(r, l) {
            let value = hooks::compare(self, op, l, r, span)?;
            return self.built(value);
        }
        match op {
            CmpOperator::Eq => self.equal(l, r).map(Value::Bool),
            CmpOperator::Ne => self.equal(l, r).map(|equal| Value::Bool(!equal)),
            _ => match self.order(op, l, r, span)? {
                Some(holds) => Ok(Value::Bool(holds)),
                None => Err(HostError::type_error(format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    op.as_str(),
                    type_name(l),
                    type_name(r)
                ))),
            },
        }
    }

    /// `<`, `<=`, `>`, `>=` of host values; `None` if they have no order.
    fn order(&mut self, op: CmpOperator, l: &Value, r: &Value, span: Span) -> Result<Option<bool>> {
        let holds = |order: Option<Ordering>| {
            order.is_some_and(|order| match op {
                CmpOperator::Lt => order.is_lt(),
                CmpOperator::Le => order.is_le(),
                CmpOperator::Gt => order.is_gt(),
                _ => order.is_ge(),
            })
        };
        Ok(match (l, r) {
            _ if l.is_number() && r.is_number() => Some(holds(number::compare(l, r))),
            (Value::Str(a), Value::Str(b)) => Some(holds(Some(a.cmp(b)))),
            (Value::Bytes(a), Value::Bytes(b)) => Some(holds(Some(a.cmp(b)))),
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.items().clone(), b.items().clone());
                Some(self.order_items(op, &a, &b, span)?)
            }
            (Value::Set(a), Value::Set(b)) => {
                let (small, large, strict) = match op {
                    CmpOperator::Lt => (a, b, true),
                    CmpOperator::Le => (a, b, false),
                    CmpOperator::Gt => (b, a, true),
                    _ => (b, a, false),
                };
                let fits = small.table().len() <= large.table().len();
                let equal_len = small.table().len() == large.table().len();
                Some(fits && !(strict && equal_len) && self.is_subset(small, large)?)
            }
            _ => match (tuple_items(l), tuple_items(r)) {
                (Some(a), Some(b)) => Some(self.order_items(op, &a, &b, span)?),
                _ => self.dataclass_order(op, l, r, span)?,
            },
        })
    }

    fn dataclass_order(
        &mut self,
        op: CmpOperator,
        l: &Value,
        r: &Value,
        span: Span,
    ) -> Result<Option<bool>> {
        let (Value::Instance(a), Value::Instance(b)) = (l, r) else {
            return Ok(None);
        };
        match a.class.dataclass() {
            Some(info) if info.order && Rc::ptr_eq(&a.class, &b.class) => {
                let fields = info.fields.iter().filter(|field| field.compare);
                let values = |i: &Rc<Instance>| {
                    fields.clone().map(|f| i.get(f.name).unwrap_or(Value::None)).collect::<Vec<_>>()
                };
                let (a, b) = (values(a), values(b));
                self.order_items(op, &a, &b, span).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn order_items(
        &mut self,
        op: CmpOperator,
        a: &[Value],
        b: &[Value],
        span: Span,
    ) -> Result<bool> {
        for (x, y) in a.iter().zip(b) {
            if !x.is_same(y) && !self.equal(x, y)? {
                let value = self.nested(|ev| ev.compare_op(op, x, y, span))?;
                return self.truthy(&value, span);
            }
        }
        Ok(match op {
            CmpOperator::Lt => a.len() < b.len(),
            CmpOperator::Le => a.len() <= b.len(),
            CmpOperator::Gt => a.len() > b.len(),
            _ => a.len() >= b.len(),
        })
    }

    /// `lhs < rhs` as a bool: what sorting asks.
    pub(crate) fn less_than(&mut self, l: &Value, r: &Value, span: Span) -> Result<bool> {
        self.budget.step(1)?;
        match (l, r) {
            (Value::Int(a), Value::Int(b)) => Ok(a < b),
            (Value::Str(a), Value::Str(b)) => Ok(a < b),
            _ => {
                let value = self.compare_op(CmpOperator::Lt, l, r, span)?;
                self.truthy(&value, span)
            }
        }
    }

    /// `==` as a host bool. Values of the IR are equal when they are the same.
    pub fn equal(&mut self, a: &Value, b: &Value) -> Result<bool> {
        Ok(match (a, b) {
            _ if a.is_number() && b.is_number() => number::compare(a, b) == Some(Ordering::Equal),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.items().clone(), b.items().clone());
                self.equal_items(&a, &b)?
            }
            (Value::Dict(a), Value::Dict(b)) => self.equal_dicts(a, b)?,
            (Value::Set(a), Value::Set(b)) => {
                let same_size = a.table().len() == b.table().len();
                same_size && self.is_subset(a, b)?
            }
            (Value::Range(a), Value::Range(b)) => {
                let one = a.len() == 1 || a.step == b.step;
                a.len() == b.len() && (a.is_empty() || (a.start == b.start && one))
            }
            (Value::Slice(a), Value::Slice(b)) => {
                let parts = |s: &SliceValue| [s.lower.clone(), s.upper.clone(), s.step.clone()];
                self.equal_items(&parts(a), &parts(b))?
            }
            (Value::BoundMethod(a), Value::BoundMethod(b)) => {
                let same_method = match (&a.method, &b.method) {
                    (Method::Builtin(a), Method::Builtin(b)) => std::ptr::eq(*a, *b),
                    (Method::Function(a), Method::Function(b)) => a.is_same(b),
                    _ => false,
                };
                same_method && a.receiver.is_same(&b.receiver)
            }
            (Value::Expr(a), Value::Expr(b)) => a == b,
            (Value::DType(dtype), Value::Str(text)) | (Value::Str(text), Value::DType(dtype)) => {
                text.parse() == Ok(*dtype)
            }
            (Value::Object(object), other) | (other, Value::Object(object)) => {
                object.equal(other).unwrap_or_else(|| a.is_same(b))
            }
            (Value::Instance(_), _) | (_, Value::Instance(_)) => self.equal_instances(a, b)?,
            _ => match (tuple_items(a), tuple_items(b)) {
                (Some(a), Some(b)) => self.equal_items(&a, &b)?,
                _ => a.is_same(b),
            },
        })
    }

    fn equal_instances(&mut self, a: &Value, b: &Value) -> Result<bool> {
        for (object, other) in [(a, b), (b, a)] {
            let answer = self.call_special(object, "__eq__", [other.clone()], Span::NONE)?;
            match answer {
                Some(Value::NotImplemented) | None => {}
                Some(value) => return self.truthy(&value, Span::NONE),
            }
        }
        if let (Some(a), Some(b)) = (tuple_items(a), tuple_items(b)) {
            return self.equal_items(&a, &b);
        }
        if let (Value::Instance(x), Value::Instance(y)) = (a, b)
            && let Some(info) = x.class.dataclass()
            && info.eq
            && Rc::ptr_eq(&x.class, &y.class)
        {
            for field in info.fields.iter().filter(|field| field.compare) {
                let (p, q) = (x.get(field.name), y.get(field.name));
                let (p, q) = (p.unwrap_or(Value::None), q.unwrap_or(Value::None));
                if !p.is_same(&q) && !self.nested(|ev| ev.equal(&p, &q))? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        Ok(a.is_same(b))
    }

    fn equal_items(&mut self, a: &[Value], b: &[Value]) -> Result<bool> {
        if a.len() != b.len() {
            return Ok(false);
        }
        self.budget.step(a.len() as u64)?;
        for (x, y) in a.iter().zip(b) {
            if !x.is_same(y) && !self.nested(|ev| ev.equal(x, y))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_dicts(&mut self, a: &Rc<Dict>, b: &Rc<Dict>) -> Result<bool> {
        if a.table().len() != b.table().len() {
            return Ok(false);
        }
        for (key, value) in a.entries() {
            match self.dict_get(b, &key)? {
                Some(other) if other.is_same(&value) => {}
                Some(other) if self.nested(|ev| ev.equal(&value, &other))? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// A hash that is equal for values that are equal.
    pub fn hash(&mut self, value: &Value) -> Result<u64> {
        if let Some(hash) = number::hash(value) {
            return Ok(hash);
        }
        let mut hasher = rustc_hash::FxHasher::default();
        match value {
            Value::Str(text) => text.hash(&mut hasher),
            Value::Bytes(bytes) => bytes.hash(&mut hasher),
            Value::Tuple(items) => {
                for item in items.iter() {
                    self.nested(|ev| ev.hash(item))?.hash(&mut hasher);
                }
            }
            Value::List(_) | Value::Dict(_) | Value::Slice(_) => return Err(unhashable(value)),
            Value::Set(set) if !set.frozen => return Err(unhashable(value)),
            Value::Set(set) => {
                let mut sum = 0u64;
                for element in set.elements() {
                    sum = sum.wrapping_add(self.hash(&element)?);
                }
                sum.hash(&mut hasher);
            }
            Value::Range(range) => (range.len(), range.start).hash(&mut hasher),
            Value::Instance(instance) => return self.hash_instance(value, instance),
            Value::DType(dtype) => dtype.to_string().as_str().hash(&mut hasher),
            Value::Type(ty) => ty.hash(&mut hasher),
            Value::Module(name) | Value::GlobalVar(name) => name.hash(&mut hasher),
            Value::Buffer(buffer) | Value::Scalar(buffer) => buffer.hash(&mut hasher),
            Value::Expr(expr) => expr.hash(&mut hasher),
            Value::IterVar(axis) => axis.var.hash(&mut hasher),
            // Equality of the rest is identity.
            _ => address(value).unwrap_or(0).hash(&mut hasher),
        }
        Ok(hasher.finish())
    }

    fn hash_instance(&mut self, value: &Value, instance: &Rc<Instance>) -> Result<u64> {
        if let Some(hash) = self.call_special(value, "__hash__", [], Span::NONE)? {
            return number::hash(&hash)
                .ok_or_else(|| HostError::type_error("__hash__ method should return an integer"));
        }
        if let Some(items) = instance.as_tuple() {
            return self.hash(&Value::Tuple(items));
        }
        if let Some(info) = instance.class.dataclass().filter(|info| info.eq) {
            if !info.frozen {
                return Err(unhashable(value));
            }
            let fields = info.fields.iter().filter(|field| field.compare);
            let values = fields.map(|field| instance.get(field.name).unwrap_or(Value::None));
            let key = Value::tuple(values.collect::<Vec<_>>());
            return self.hash(&key);
        }
        if instance.class.ancestry().any(|class| class.unhashable.get()) {
            return Err(unhashable(value));
        }
        let mut hasher = rustc_hash::FxHasher::default();
        Rc::as_ptr(instance).addr().hash(&mut hasher);
        Ok(hasher.finish())
    }

    /// `item in container`
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        match container {
            Value::Str(text) => match item {
                Value::Str(part) => Ok(text.contains(&**part)),
                _ => Err(HostError::type_error(format!(
                    "'in <string>' requires string as left operand, not {}",
                    type_name(item)
                ))),
            },
            Value::Bytes(bytes) => match item {
                Value::Bytes(part) => {
                    Ok(part.is_empty() || bytes.windows(part.len()).any(|found| *found == **part))
                }
                _ => Ok(item.as_int().is_some_and(|v| bytes.iter().any(|b| i64::from(*b) == v))),
            },
            Value::Dict(dict) => Ok(self.dict_get(dict, item)?.is_some()),
            Value::Set(set) => self.set_contains(set, item),
            Value::Range(range) if item.is_int() => {
                Ok(item.as_int().is_some_and(|value| range.contains(value)))
            }
            Value::IRModule(module) => {
                let name = crate::host::eval::subscript::function_name(item);
                Ok(name.is_some_and(|name| module.borrow().get(name).is_some()))
            }
            _ => {
                let answer =
                    self.call_special(container, "__contains__", [item.clone()], Span::NONE);
                if let Some(value) = answer? {
                    return self.truthy(&value, Span::NONE);
                }
                let mut iter = self.iter_for(container, || {
                    format!("argument of type '{}' is not iterable", type_name(container))
                })?;
                while let Some(element) = iter.next(self)? {
                    if element.is_same(item) || self.equal(&element, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

/// Whether `==` and `<` of this value build IR.
fn compares_as_ir(value: &Value) -> bool {
    match value {
        Value::Expr(_) | Value::Scalar(_) | Value::Region(_) | Value::IterVar(_) => true,
        Value::Object(object) => object.is_ir(),
        _ => false,
    }
}

/// Items of a tuple or named tuple.
pub(crate) fn tuple_items(value: &Value) -> Option<Tuple> {
    match value {
        Value::Tuple(items) => Some(items.clone()),
        Value::Instance(instance) => instance.as_tuple(),
        _ => None,
    }
}

/// Where the shared part of a value lies.
pub(crate) fn address(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Bytes(v) => Rc::as_ptr(v).addr(),
        Value::Str(v) => v.as_ptr().addr(),
        Value::Tuple(v) => v.addr(),
        Value::List(v) => Rc::as_ptr(v).addr(),
        Value::Dict(v) => Rc::as_ptr(v).addr(),
        Value::Set(v) => Rc::as_ptr(v).addr(),
        Value::Range(v) => Rc::as_ptr(v).addr(),
        Value::Slice(v) => Rc::as_ptr(v).addr(),
        Value::Function(v) => Rc::as_ptr(v).addr(),
        Value::Builtin(v) => std::ptr::from_ref(*v).addr(),
        Value::BoundMethod(v) => Rc::as_ptr(v).addr(),
        Value::Class(v) => Rc::as_ptr(v).addr(),
        Value::Instance(v) => Rc::as_ptr(v).addr(),
        Value::Iterator(v) => Rc::as_ptr(v).addr(),
        Value::Region(v) => Rc::as_ptr(v).addr(),
        Value::IterVar(v) => Rc::as_ptr(v).addr(),
        Value::PrimFunc(v) => std::sync::Arc::as_ptr(v).addr(),
        Value::IRModule(v) => Rc::as_ptr(v).addr(),
        Value::Entry(v) => std::ptr::from_ref(*v).addr(),
        Value::BoundEntry(v) => Rc::as_ptr(v).addr(),
        Value::Dialect(v) => Rc::as_ptr(v).addr(),
        Value::Object(v) => Rc::as_ptr(v).cast::<()>().addr(),
        _ => return None,
    })
}

fn unhashable(value: &Value) -> HostError {
    HostError::type_error(format!("unhashable type: '{}'", type_name(value)))
}
