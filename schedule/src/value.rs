//! Arguments and results of primitives.

use crate::error::ScheduleError;
use crate::handle::{BlockRV, LoopRV};
use std::sync::Arc;
use tirade_ir::{AttrValue, Buffer, PrimExpr, Var};

/// A map of indices: `lambda i, j: (j, i)`.
#[derive(Clone, Debug)]
pub struct IndexMap {
    /// The old indices.
    pub initial: Box<[Var]>,
    /// The new indices, in terms of the old ones.
    pub result: Box<[PrimExpr]>,
    /// Positions between results at which a physical axis ends.
    pub axis_separators: Box<[i64]>,
    /// The inverse, if it was given.
    pub inverse: Option<Arc<IndexMap>>,
}

/// An argument or result of a primitive.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string: a name, a scope, a key.
    Str(Arc<str>),
    /// A block.
    Block(BlockRV),
    /// A loop.
    Loop(LoopRV),
    /// An expression over sampled numbers and symbolic sizes.
    Expr(PrimExpr),
    /// A list or tuple.
    List(Arc<[Value]>),
    /// A dictionary with string keys.
    Dict(Arc<[(Arc<str>, Value)]>),
    /// A map of indices.
    IndexMap(Arc<IndexMap>),
    /// A buffer of the program.
    Buffer(Buffer),
}

impl Value {
    /// A string.
    pub fn str(text: &str) -> Value {
        Value::Str(text.into())
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(items.into_iter().collect())
    }

    /// What the value is, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool(_) => "a bool",
            Value::Int(_) => "an int",
            Value::Float(_) => "a float",
            Value::Str(_) => "a string",
            Value::Block(_) => "a block",
            Value::Loop(_) => "a loop",
            Value::Expr(_) => "an expression",
            Value::List(_) => "a list",
            Value::Dict(_) => "a dictionary",
            Value::IndexMap(_) => "an index map",
            Value::Buffer(_) => "a buffer",
        }
    }

    /// The value with every block, loop and expression in it replaced by what `f` gives.
    pub fn map(&self, f: &mut impl FnMut(&Value) -> Option<Value>) -> Value {
        if let Some(new) = f(self) {
            return new;
        }
        match self {
            Value::List(items) => Value::List(items.iter().map(|item| item.map(f)).collect()),
            Value::Dict(items) => {
                Value::Dict(items.iter().map(|(k, item)| (k.clone(), item.map(f))).collect())
            }
            other => other.clone(),
        }
    }

    /// The values of a list; one value stands for itself, `None` for nothing.
    pub fn flat(&self) -> Vec<Value> {
        match self {
            Value::None => Vec::new(),
            Value::List(items) => items.to_vec(),
            other => vec![other.clone()],
        }
    }

    /// The value as one of an annotation.
    pub fn to_attr(&self) -> Result<AttrValue, ScheduleError> {
        Ok(match self {
            Value::None => AttrValue::None,
            Value::Bool(value) => AttrValue::Bool(*value),
            Value::Int(value) => AttrValue::Int(*value),
            Value::Float(value) => AttrValue::Float(*value),
            Value::Str(text) => AttrValue::Str(text.clone()),
            Value::Expr(e) => AttrValue::Expr(e.clone()),
            Value::Buffer(buffer) => AttrValue::Buffer(buffer.clone()),
            Value::List(items) => {
                let items: Result<Vec<_>, _> = items.iter().map(Value::to_attr).collect();
                AttrValue::List(items?.into())
            }
            Value::Dict(items) => {
                let item = |(k, v): &(Arc<str>, Value)| Ok((k.clone(), v.to_attr()?));
                let items: Result<Vec<_>, ScheduleError> = items.iter().map(item).collect();
                AttrValue::Dict(items?.into())
            }
            Value::Block(_) | Value::Loop(_) | Value::IndexMap(_) => {
                let what = self.type_name();
                return Err(ScheduleError::argument(format!("{what} cannot be an annotation")));
            }
        })
    }
}

impl From<BlockRV> for Value {
    fn from(block: BlockRV) -> Value {
        Value::Block(block)
    }
}

impl From<LoopRV> for Value {
    fn from(loop_rv: LoopRV) -> Value {
        Value::Loop(loop_rv)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::str(text)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::list(items.into_iter().map(Into::into))
    }
}
