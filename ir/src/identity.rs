//! `==` and `Hash` of expressions: the same tree.
//!
//! Variables and buffers are compared by id, floats by bits, names and spans not at all. This is
//! the equality of maps and of the simplifier; equality up to names of binders is
//! [`structural`](crate::structural).

use crate::buffer::{BufferRegion, Range};
use crate::expr::{CallArg, PrimExpr};
use crate::func::{AttrValue, Attrs};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

impl PartialEq for PrimExpr {
    fn eq(&self, other: &PrimExpr) -> bool {
        use PrimExpr as E;
        match (self, other) {
            (E::Int { value: a, dtype: s }, E::Int { value: b, dtype: t }) => a == b && s == t,
            (E::Float { value: a, dtype: s }, E::Float { value: b, dtype: t }) => {
                a.to_bits() == b.to_bits() && s == t
            }
            (E::Var(a), E::Var(b)) => a == b,
            (E::Str(a), E::Str(b)) => a.value == b.value,
            (E::Cast(a), E::Cast(b)) => {
                Arc::ptr_eq(a, b) || a.dtype == b.dtype && a.value == b.value
            }
            (E::Binary(a), E::Binary(b)) => {
                Arc::ptr_eq(a, b) || a.op == b.op && a.lhs == b.lhs && a.rhs == b.rhs
            }
            (E::Not(a), E::Not(b)) => Arc::ptr_eq(a, b) || a.value == b.value,
            (E::Select(a), E::Select(b)) => {
                Arc::ptr_eq(a, b)
                    || a.condition == b.condition
                        && a.true_value == b.true_value
                        && a.false_value == b.false_value
            }
            (E::Load(a), E::Load(b)) => {
                Arc::ptr_eq(a, b)
                    || a.buffer == b.buffer && a.indices == b.indices && a.predicate == b.predicate
            }
            (E::Ramp(a), E::Ramp(b)) => {
                Arc::ptr_eq(a, b) || a.dtype == b.dtype && a.base == b.base && a.stride == b.stride
            }
            (E::Broadcast(a), E::Broadcast(b)) => {
                Arc::ptr_eq(a, b) || a.dtype == b.dtype && a.value == b.value
            }
            (E::Shuffle(a), E::Shuffle(b)) => {
                Arc::ptr_eq(a, b)
                    || a.dtype == b.dtype && a.vectors == b.vectors && a.indices == b.indices
            }
            (E::Let(a), E::Let(b)) => {
                Arc::ptr_eq(a, b) || a.var == b.var && a.value == b.value && a.body == b.body
            }
            (E::Call(a), E::Call(b)) => {
                Arc::ptr_eq(a, b) || a.op == b.op && a.dtype == b.dtype && a.args == b.args
            }
            (E::CallFunc(a), E::CallFunc(b)) => {
                Arc::ptr_eq(a, b) || a.callee == b.callee && a.dtype == b.dtype && a.args == b.args
            }
            (
                E::Int { .. }
                | E::Float { .. }
                | E::Var(_)
                | E::Str(_)
                | E::Cast(_)
                | E::Binary(_)
                | E::Not(_)
                | E::Select(_)
                | E::Load(_)
                | E::Ramp(_)
                | E::Broadcast(_)
                | E::Shuffle(_)
                | E::Let(_)
                | E::Call(_)
                | E::CallFunc(_),
                _,
            ) => false,
        }
    }
}

impl Eq for PrimExpr {}

impl Hash for PrimExpr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            PrimExpr::Int { value, dtype } => (value, dtype).hash(state),
            PrimExpr::Float { value, dtype } => (value.to_bits(), dtype).hash(state),
            PrimExpr::Var(var) => var.hash(state),
            PrimExpr::Str(e) => e.value.hash(state),
            PrimExpr::Cast(e) => (e.dtype, &e.value).hash(state),
            PrimExpr::Binary(e) => (e.op, &e.lhs, &e.rhs).hash(state),
            PrimExpr::Not(e) => e.value.hash(state),
            PrimExpr::Select(e) => (&e.condition, &e.true_value, &e.false_value).hash(state),
            PrimExpr::Load(e) => (&e.buffer, &e.indices, &e.predicate).hash(state),
            PrimExpr::Ramp(e) => (e.dtype, &e.base, &e.stride).hash(state),
            PrimExpr::Broadcast(e) => (e.dtype, &e.value).hash(state),
            PrimExpr::Shuffle(e) => (e.dtype, &e.vectors, &e.indices).hash(state),
            PrimExpr::Let(e) => (e.var, &e.value, &e.body).hash(state),
            PrimExpr::Call(e) => (e.op, e.dtype, &e.args).hash(state),
            PrimExpr::CallFunc(e) => (&e.callee, e.dtype, &e.args).hash(state),
        }
    }
}

impl PartialEq for CallArg {
    fn eq(&self, other: &CallArg) -> bool {
        match (self, other) {
            (CallArg::Expr(a), CallArg::Expr(b)) => a == b,
            (CallArg::Buffer(a), CallArg::Buffer(b)) => a == b,
            (CallArg::Region(a), CallArg::Region(b)) => a == b,
            (CallArg::DType(a), CallArg::DType(b)) => a == b,
            (CallArg::Attr(a), CallArg::Attr(b)) => a == b,
            (
                CallArg::Expr(_)
                | CallArg::Buffer(_)
                | CallArg::Region(_)
                | CallArg::DType(_)
                | CallArg::Attr(_),
                _,
            ) => false,
        }
    }
}

impl Eq for CallArg {}

impl Hash for CallArg {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            CallArg::Expr(e) => e.hash(state),
            CallArg::Buffer(buffer) => buffer.hash(state),
            CallArg::Region(region) => region.hash(state),
            CallArg::DType(dtype) => dtype.hash(state),
            CallArg::Attr(value) => value.hash(state),
        }
    }
}

impl PartialEq for Range {
    fn eq(&self, other: &Range) -> bool {
        self.min == other.min && self.extent == other.extent
    }
}

impl Eq for Range {}

impl Hash for Range {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.min, &self.extent).hash(state);
    }
}

impl PartialEq for BufferRegion {
    fn eq(&self, other: &BufferRegion) -> bool {
        self.buffer == other.buffer && self.region == other.region
    }
}

impl Eq for BufferRegion {}

impl Hash for BufferRegion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.buffer, &self.region).hash(state);
    }
}

impl PartialEq for AttrValue {
    fn eq(&self, other: &AttrValue) -> bool {
        use AttrValue as A;
        match (self, other) {
            (A::None, A::None) => true,
            (A::Bool(a), A::Bool(b)) => a == b,
            (A::Int(a), A::Int(b)) => a == b,
            (A::Float(a), A::Float(b)) => a.to_bits() == b.to_bits(),
            (A::Str(a), A::Str(b)) | (A::Opaque(a), A::Opaque(b)) => a == b,
            (A::Expr(a), A::Expr(b)) => a == b,
            (A::Buffer(a), A::Buffer(b)) => a == b,
            (A::List(a), A::List(b)) => a == b,
            (A::Dict(a), A::Dict(b)) => a == b,
            (A::Reducer(a), A::Reducer(b)) => a == b,
            (A::Target(a), A::Target(b)) => a == b,
            (
                A::None
                | A::Bool(_)
                | A::Int(_)
                | A::Float(_)
                | A::Str(_)
                | A::Opaque(_)
                | A::Expr(_)
                | A::Buffer(_)
                | A::List(_)
                | A::Dict(_)
                | A::Reducer(_)
                | A::Target(_),
                _,
            ) => false,
        }
    }
}

impl Eq for AttrValue {}

impl Hash for AttrValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            AttrValue::None => {}
            AttrValue::Bool(value) => value.hash(state),
            AttrValue::Int(value) => value.hash(state),
            AttrValue::Float(value) => value.to_bits().hash(state),
            AttrValue::Str(text) | AttrValue::Opaque(text) => text.hash(state),
            AttrValue::Expr(e) => e.hash(state),
            AttrValue::Buffer(buffer) => buffer.hash(state),
            AttrValue::List(items) => items.hash(state),
            AttrValue::Dict(items) => items.hash(state),
            AttrValue::Reducer(reducer) => reducer.hash(state),
            AttrValue::Target(value) => value.hash(state),
        }
    }
}

impl PartialEq for Attrs {
    fn eq(&self, other: &Attrs) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Attrs {}

impl Hash for Attrs {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|item| item.hash(state));
    }
}
