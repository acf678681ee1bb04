//! Values of a script as arguments of primitives, and results of primitives as values.

use super::super::convert::expected;
use super::super::values::DialectValue;
use super::index_map::{self, MapObject};
use super::object::{BlockObject, LoopObject, object};
use crate::host::dict::Dict;
use crate::host::{Arg, Evaluator, Result, Value};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::func::AttrValue;
use tirade_ir::{DType, PrimExpr};
use tirade_schedule::{BlockRV, LoopRV, Value as Item};

/// The block behind a value of a script.
pub(super) fn block_of(value: &Value) -> Option<BlockRV> {
    let Value::Object(found) = value else { return None };
    found.as_any().downcast_ref::<BlockObject>().map(|block| block.0)
}

/// The loop behind a value of a script.
pub(super) fn loop_of(value: &Value) -> Option<LoopRV> {
    let Value::Object(found) = value else { return None };
    found.as_any().downcast_ref::<LoopObject>().map(|loop_rv| loop_rv.0)
}

/// How a function of the script becomes a map of indices: how many there are, if it does not say,
/// and their type.
#[derive(Clone, Copy, Debug)]
pub(super) struct MapDomain {
    pub(super) rank: Option<usize>,
    pub(super) dtype: DType,
    /// Each result is a range: a pair of its ends, or a point.
    pub(super) pairs: bool,
}

impl MapDomain {
    /// Where no map is asked for.
    pub(super) const NONE: MapDomain = MapDomain { rank: None, dtype: DType::INT32, pairs: false };
}

/// An argument of a primitive.
pub(super) fn item(ev: &mut Evaluator, arg: &Arg, domain: MapDomain) -> Result<Item> {
    let span = arg.span;
    Ok(match &arg.value {
        Value::None => Item::None,
        Value::Bool(value) => Item::Bool(*value),
        Value::Int(value) => Item::Int(*value),
        Value::Float(value) => Item::Float(value.value),
        Value::Str(text) => Item::Str(text.clone()),
        Value::DType(dtype) => Item::str(&dtype.to_string()),
        Value::GlobalVar(name) => Item::str(name.as_str()),
        Value::Expr(PrimExpr::Str(text)) => Item::str(&text.value),
        Value::Expr(e) => Item::Expr(e.clone()),
        Value::IterVar(axis) => Item::Expr(axis.var.into()),
        Value::Buffer(buffer) | Value::Scalar(buffer) => Item::Buffer(buffer.clone()),
        Value::Tuple(_) | Value::List(_) => {
            let items = super::super::convert::items(&arg.value).unwrap_or_default();
            let items: Result<Vec<_>> =
                items.into_iter().map(|value| item(ev, &Arg { value, span }, domain)).collect();
            Item::list(items?)
        }
        Value::Dict(dict) => {
            let mut entries: Vec<(Arc<str>, Item)> = Vec::new();
            for (key, value) in dict.entries() {
                let Value::Str(key) = key else {
                    return Err(expected("a string as key", &key, span));
                };
                entries.push((key, item(ev, &Arg { value, span }, domain)?));
            }
            Item::Dict(entries.into())
        }
        Value::Object(found) => {
            let any = found.as_any();
            if let Some(block) = any.downcast_ref::<BlockObject>() {
                Item::Block(block.0)
            } else if let Some(loop_rv) = any.downcast_ref::<LoopObject>() {
                Item::Loop(loop_rv.0)
            } else if let Some(map) = any.downcast_ref::<MapObject>() {
                Item::IndexMap(map.0.clone())
            } else {
                return Err(expected("an argument of a schedule's step", &arg.value, span));
            }
        }
        Value::Function(_) | Value::BoundMethod(_) | Value::Builtin(_) => {
            let map = index_map::from_function(ev, arg, domain, None)?;
            Item::IndexMap(Arc::new(map))
        }
        other => return Err(expected("an argument of a schedule's step", other, span)),
    })
}

/// A result of a primitive.
pub(super) fn value(ev: &mut Evaluator, item: &Item) -> Result<Value> {
    Ok(match item {
        Item::None => Value::None,
        Item::Bool(value) => Value::Bool(*value),
        Item::Int(value) => Value::Int(*value),
        Item::Float(value) => Value::float(*value),
        Item::Str(text) => Value::Str(text.clone()),
        Item::Block(rv) => object(BlockObject(*rv)),
        Item::Loop(rv) => object(LoopObject(*rv)),
        Item::Expr(e) => Value::Expr(e.clone()),
        Item::List(items) => {
            let items: Result<Vec<_>> = items.iter().map(|item| value(ev, item)).collect();
            Value::list(items?)
        }
        Item::Dict(items) => {
            let mut found = Vec::new();
            for (key, item) in items.iter() {
                found.push((Value::Str(key.clone()), value(ev, item)?));
            }
            dict(ev, found)?
        }
        Item::IndexMap(map) => object(MapObject(map.clone())),
        Item::Buffer(buffer) => Value::Buffer(buffer.clone()),
    })
}

/// A dict of a script.
pub(super) fn dict(ev: &mut Evaluator, items: Vec<(Value, Value)>) -> Result<Value> {
    let dict = Rc::new(Dict::default());
    for (key, value) in items {
        ev.dict_set(&dict, key, value)?;
    }
    Ok(Value::Dict(dict))
}

/// The value of an annotation.
pub(super) fn of_attr(ev: &mut Evaluator, attr: &AttrValue) -> Result<Value> {
    Ok(match attr {
        AttrValue::None => Value::None,
        AttrValue::Bool(value) => Value::Bool(*value),
        AttrValue::Int(value) => Value::Int(*value),
        AttrValue::Float(value) => Value::float(*value),
        AttrValue::Str(text) => Value::Str(text.clone()),
        AttrValue::Expr(e) => Value::Expr(e.clone()),
        AttrValue::Buffer(buffer) => Value::Buffer(buffer.clone()),
        AttrValue::List(items) => {
            let items: Result<Vec<_>> = items.iter().map(|item| of_attr(ev, item)).collect();
            Value::list(items?)
        }
        AttrValue::Dict(items) => {
            let mut found = Vec::new();
            for (key, item) in items.iter() {
                found.push((Value::Str(key.clone()), of_attr(ev, item)?));
            }
            dict(ev, found)?
        }
        AttrValue::Reducer(_) | AttrValue::Target(_) | AttrValue::Opaque(_) => {
            Value::Dialect(Rc::new(DialectValue::Attr(attr.clone())))
        }
    })
}
