//! Values of parse-time evaluation: Python's and the IR's.
//!
//! A [`Value`] is 24 bytes and cheap to clone: everything larger is shared. Identity (`is`) is
//! identity of the shared part.

use super::builtins::Builtin;
use super::chain::drop_as_chain;
use super::dict::{Dict, Set};
use super::iter::IterCell;
use super::object::{BoundMethod, Class, Function, HostObject, Instance};
pub use super::sequence::{List, RangeValue, SliceValue, Tuple};
use super::types::Type;
use crate::dialect::{DialectValue, Entry};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::buffer::{Buffer, BufferRegion};
use tirade_ir::dtype::DType;
use tirade_ir::expr::PrimExpr;
use tirade_ir::func::{IRModule, PrimFunc};
use tirade_ir::stmt::IterVar;
use tirade_ir::symbol::Symbol;

/// A value of parse-time evaluation.
#[derive(Clone, Default)]
pub enum Value {
    /// What a name holds whose definition failed; reading it ends the statement silently.
    Poison,
    /// `None`
    #[default]
    None,
    /// `...`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// An integer that does not fit 64 bits.
    BigInt(Rc<BigInt>),
    /// A float.
    Float(Float),
    /// A string.
    Str(Arc<str>),
    /// A bytes object.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Tuple),
    /// A list.
    List(Rc<List>),
    /// A dict, or one of its relatives from `collections`.
    Dict(Rc<Dict>),
    /// A set or frozenset.
    Set(Rc<Set>),
    /// `range(…)` with integer bounds.
    Range(Rc<RangeValue>),
    /// `slice(…)`, or `a:b:c` in a subscript.
    Slice(Rc<SliceValue>),
    /// A function or lambda of the script; a macro.
    Function(Rc<Function>),
    /// A function that is built in.
    Builtin(&'static Builtin),
    /// A method with its receiver.
    BoundMethod(Rc<BoundMethod>),
    /// A built-in type.
    Type(Type),
    /// A class of the script, or an exception class.
    Class(Rc<Class>),
    /// An instance of a [`Class`].
    Instance(Rc<Instance>),
    /// An iterator.
    Iterator(Rc<IterCell>),
    /// A module, by its canonical dotted path.
    Module(Symbol),
    /// An expression of the IR.
    Expr(PrimExpr),
    /// A mutable scalar of the modern dialect: a buffer of one element that is read by its name.
    Scalar(Buffer),
    /// A buffer.
    Buffer(Buffer),
    /// A part of a buffer.
    Region(Rc<BufferRegion>),
    /// An axis.
    IterVar(Rc<IterVar>),
    /// A finished function.
    PrimFunc(Arc<PrimFunc>),
    /// A module of functions; mutable as in TVM.
    IRModule(Rc<RefCell<IRModule>>),
    /// A function of the module under construction, by name.
    GlobalVar(Symbol),
    /// A data type object.
    DType(DType),
    /// A name of the dialect tables.
    Entry(&'static Entry),
    /// A method of the dialect tables with its receiver.
    BoundEntry(Rc<BoundEntry>),
    /// Any other value of the dialects: frames, annotations, decorators.
    Dialect(Rc<DialectValue>),
    /// A value of another crate.
    Object(Rc<dyn HostObject>),
}

const _: () = assert!(size_of::<Value>() == 24);

/// A float; one that was written as a literal remembers its digits.
#[derive(Clone, Copy, Debug)]
pub struct Float {
    /// The value.
    pub value: f64,
    /// The decimal text of the literal's absolute value; the sign is that of `value`.
    pub text: Option<Symbol>,
}

/// A method of the dialect tables with its receiver.
pub struct BoundEntry {
    /// The receiver; becomes the first positional argument.
    pub receiver: Value,
    /// The method.
    pub entry: &'static Entry,
}

drop_as_chain! {
    BoundEntry: receiver;
}

impl Value {
    /// A string.
    pub fn str(text: impl Into<Arc<str>>) -> Value {
        Value::Str(text.into())
    }

    /// A float that was computed.
    pub fn float(value: f64) -> Value {
        Value::Float(Float { value, text: None })
    }

    /// An integer of any size.
    pub fn int(value: impl Into<BigInt>) -> Value {
        let value = value.into();
        match value.to_i64() {
            Some(small) => Value::Int(small),
            None => Value::BigInt(Rc::new(value)),
        }
    }

    /// A tuple.
    pub fn tuple(items: impl Into<Tuple>) -> Value {
        Value::Tuple(items.into())
    }

    /// True for values that hold other values: the links of chains.
    pub(crate) fn is_link(&self) -> bool {
        matches!(
            self,
            Value::Tuple(_)
                | Value::List(_)
                | Value::Dict(_)
                | Value::Set(_)
                | Value::Slice(_)
                | Value::Function(_)
                | Value::BoundMethod(_)
                | Value::BoundEntry(_)
                | Value::Class(_)
                | Value::Instance(_)
                | Value::Iterator(_)
                | Value::Dialect(_)
                | Value::Object(_)
        )
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(List::from(items)))
    }

    /// True for values on which operators build IR.
    pub fn is_ir(&self) -> bool {
        match self {
            Value::Expr(_)
            | Value::Scalar(_)
            | Value::Buffer(_)
            | Value::Region(_)
            | Value::IterVar(_)
            | Value::Dialect(_) => true,
            Value::Object(object) => object.is_ir(),
            _ => false,
        }
    }

    /// The integer behind an int or bool.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// The integer behind an int or bool, of any size.
    pub fn as_bigint(&self) -> Option<BigInt> {
        match self {
            Value::BigInt(value) => Some(BigInt::clone(value)),
            other => other.as_int().map(BigInt::from),
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// True for ints and bools.
    pub fn is_int(&self) -> bool {
        matches!(self, Value::Int(_) | Value::BigInt(_) | Value::Bool(_))
    }

    /// True for ints, bools and floats.
    pub fn is_number(&self) -> bool {
        self.is_int() || matches!(self, Value::Float(_))
    }

    /// `is`: the same object. Small values are the same when they are equal.
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None)
            | (Value::Ellipsis, Value::Ellipsis)
            | (Value::NotImplemented, Value::NotImplemented) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => Rc::ptr_eq(a, b),
            (Value::Float(a), Value::Float(b)) => a.value.to_bits() == b.value.to_bits(),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => Rc::ptr_eq(a, b),
            (Value::Tuple(a), Value::Tuple(b)) => a.ptr_eq(b) || (a.is_empty() && b.is_empty()),
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Dict(a), Value::Dict(b)) => Rc::ptr_eq(a, b),
            (Value::Set(a), Value::Set(b)) => Rc::ptr_eq(a, b),
            (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b),
            (Value::Slice(a), Value::Slice(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Builtin(a), Value::Builtin(b)) => std::ptr::eq(*a, *b),
            (Value::BoundMethod(a), Value::BoundMethod(b)) => Rc::ptr_eq(a, b),
            (Value::Type(a), Value::Type(b)) => a == b,
            (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
            (Value::Instance(a), Value::Instance(b)) => Rc::ptr_eq(a, b),
            (Value::Iterator(a), Value::Iterator(b)) => Rc::ptr_eq(a, b),
            (Value::Module(a), Value::Module(b)) => a == b,
            (Value::Scalar(a), Value::Scalar(b)) | (Value::Buffer(a), Value::Buffer(b)) => a == b,
            (Value::Expr(a), Value::Expr(b)) => same_expr(a, b),
            (Value::Region(a), Value::Region(b)) => Rc::ptr_eq(a, b),
            (Value::IterVar(a), Value::IterVar(b)) => a.var == b.var,
            (Value::PrimFunc(a), Value::PrimFunc(b)) => Arc::ptr_eq(a, b),
            (Value::IRModule(a), Value::IRModule(b)) => Rc::ptr_eq(a, b),
            (Value::GlobalVar(a), Value::GlobalVar(b)) => a == b,
            (Value::DType(a), Value::DType(b)) => a == b,
            (Value::Entry(a), Value::Entry(b)) => std::ptr::eq(*a, *b),
            (Value::BoundEntry(a), Value::BoundEntry(b)) => Rc::ptr_eq(a, b),
            (Value::Dialect(a), Value::Dialect(b)) => Rc::ptr_eq(a, b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// Identity of expressions: the same node, or equal leaves.
fn same_expr(a: &PrimExpr, b: &PrimExpr) -> bool {
    match (a, b) {
        (PrimExpr::Var(a), PrimExpr::Var(b)) => a == b,
        (PrimExpr::Int { value: x, dtype: s }, PrimExpr::Int { value: y, dtype: t }) => {
            x == y && s == t
        }
        (PrimExpr::Float { value: x, dtype: s }, PrimExpr::Float { value: y, dtype: t }) => {
            x.to_bits() == y.to_bits() && s == t
        }
        (PrimExpr::Str(a), PrimExpr::Str(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Cast(a), PrimExpr::Cast(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Binary(a), PrimExpr::Binary(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Not(a), PrimExpr::Not(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Select(a), PrimExpr::Select(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Load(a), PrimExpr::Load(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Ramp(a), PrimExpr::Ramp(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Broadcast(a), PrimExpr::Broadcast(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Shuffle(a), PrimExpr::Shuffle(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Let(a), PrimExpr::Let(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Call(a), PrimExpr::Call(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::CallFunc(a), PrimExpr::CallFunc(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Value::Int(value as i64)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::float(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::str(text)
    }
}

impl From<PrimExpr> for Value {
    fn from(expr: PrimExpr) -> Self {
        Value::Expr(expr)
    }
}

impl From<Buffer> for Value {
    fn from(buffer: Buffer) -> Self {
        Value::Buffer(buffer)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::list(items)
    }
}
