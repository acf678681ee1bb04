//! Values of the evaluator as parts of the IR: expressions, extents, types, attributes.

use super::sig::Bound;
use super::values::{BufferType, DialectValue};
use crate::host::types::type_name;
use crate::host::{Arg, HostError, Result, Value};
use smallvec::SmallVec;
use tirade_ir::buffer::{Buffer, BufferRegion, Range};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::{AttrValue, Attrs};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// What a value is, for messages.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::None => "`None`".into(),
        Value::Bool(true) => "`True`".into(),
        Value::Bool(false) => "`False`".into(),
        Value::Int(_) | Value::BigInt(_) => "an integer".into(),
        Value::Float(_) => "a float".into(),
        Value::Str(_) => "a string".into(),
        Value::Tuple(_) => "a tuple".into(),
        Value::List(_) => "a list".into(),
        Value::Dict(_) => "a dict".into(),
        Value::Slice(_) => "a slice".into(),
        Value::Function(function) => format!("the function `{}`", function.name),
        Value::Expr(e) => format!("an expression of type {}", e.dtype()),
        Value::Scalar(buffer) => format!("the scalar `{}`", buffer.name),
        Value::Buffer(buffer) => format!("the buffer `{}`", buffer.name),
        Value::Region(region) => format!("a region of `{}`", region.buffer.name),
        Value::IterVar(axis) => format!("the axis `{}`", axis.var.name),
        Value::PrimFunc(func) => format!("the prim_func `{}`", func.name),
        Value::GlobalVar(name) => format!("the prim_func `{name}`"),
        Value::IRModule(_) => "a module of functions".into(),
        Value::DType(dtype) => format!("the type {dtype}"),
        Value::Entry(entry) => format!("`{}`", entry.name),
        Value::Module(path) => format!("the module `{path}`"),
        Value::Dialect(d) => d.type_name().into(),
        other => format!("an object of type `{}`", type_name(other)),
    }
}

/// The error for a value of a wrong kind.
#[cold]
pub(super) fn expected(what: &str, found: &Value, span: Span) -> HostError {
    let found = describe(found);
    HostError::new(Code::ARGUMENT_TYPE, span, format!("expected {what}, found {found}"))
}

/// The literal of a Python int: int32, or int64 where that is too narrow.
pub(super) fn int_literal(value: i64) -> PrimExpr {
    let dtype = if i32::try_from(value).is_ok() { DType::INT32 } else { DType::INT64 };
    PrimExpr::int(value, dtype)
}

/// The literal of a Python float: float32.
fn float_literal(value: f64, span: Span) -> Result<PrimExpr> {
    if value.is_finite() && f64::from(f32::MAX) < value.abs() {
        let message = format!("`{value:e}` does not fit float32, the type of float literals");
        let error = HostError::new(Code::LITERAL_RANGE, span, message);
        return Err(error.with_help("write `T.float64(\"inf\")` for an infinity"));
    }
    Ok(PrimExpr::float(value, DType::FLOAT32))
}

/// A value as an expression.
pub(super) fn expr(value: &Value, span: Span) -> Result<PrimExpr> {
    match value {
        Value::Expr(e) => Ok(e.clone()),
        Value::Int(v) => Ok(int_literal(*v)),
        Value::Bool(v) => Ok(PrimExpr::bool(*v)),
        Value::Float(v) => float_literal(v.value, span),
        Value::Scalar(buffer) => Ok(scalar_load(buffer, span)),
        Value::Str(text) => Ok(PrimExpr::str(text, span)),
        Value::Region(region) => vector_load(region, span),
        Value::IterVar(axis) => Ok(axis.var.into()),
        Value::BigInt(v) => Err(HostError::new(
            Code::LITERAL_RANGE,
            span,
            format!("`{v}` does not fit int64, the widest type of integer literals"),
        )),
        Value::Buffer(buffer) => {
            let name = buffer.name;
            let message = format!("the buffer `{name}` stands where a value is expected");
            let error = HostError::new(Code::ARGUMENT_TYPE, span, message);
            let index = vec!["i"; buffer.rank()].join(", ");
            let index = if buffer.rank() == 0 { "()".to_string() } else { index };
            Err(error.with_help(format!("read an element of it: `{name}[{index}]`")))
        }
        Value::Dialect(d) => match &**d {
            DialectValue::MetaVar(value) => expr(value, span),
            _ => Err(expected("an expression", value, span)),
        },
        _ => Err(expected("an expression", value, span)),
    }
}

/// An argument as an expression.
pub(super) fn arg_expr(arg: &Arg) -> Result<PrimExpr> {
    expr(&arg.value, arg.span)
}

/// The element of a mutable scalar.
pub(super) fn scalar_load(buffer: &Buffer, span: Span) -> PrimExpr {
    PrimExpr::load(buffer.clone(), [PrimExpr::i32(0)], span)
}

/// A region as a vector: every dimension but the last is a point.
fn vector_load(region: &BufferRegion, span: Span) -> Result<PrimExpr> {
    let mut indices = Vec::with_capacity(region.region.len());
    for range in &region.region {
        indices.push(match range.extent.as_int() {
            Some(1) => range.min.clone(),
            Some(lanes) => ramp(range.min.clone(), 1, lanes, span)?,
            None => {
                let message = "a slice whose length is not constant cannot be a vector";
                return Err(HostError::new(Code::SLICE, span, message));
            }
        });
    }
    make::load(&region.buffer, indices, span).map_err(super::expr::type_error)
}

/// The vector of `lanes` integers from `base` on.
pub(super) fn ramp(base: PrimExpr, stride: i64, lanes: i128, span: Span) -> Result<PrimExpr> {
    let stride = PrimExpr::int(stride, base.dtype());
    let lanes = u32::try_from(lanes).unwrap_or(u32::MAX);
    make::ramp(base, stride, lanes, span).map_err(super::expr::type_error)
}

/// An integer expression: an index, extent or bound.
pub(super) fn index(value: &Value, span: Span) -> Result<PrimExpr> {
    let e = expr(value, span)?;
    match e.dtype().is_integer() {
        true => Ok(e),
        false => {
            let message = format!("an index or extent is an integer, but this is {}", e.dtype());
            Err(HostError::new(Code::INDEX_TYPE, span, message))
        }
    }
}

/// The extent of a dimension, loop or axis: an integer that is no negative constant.
pub(super) fn extent(value: &Value, span: Span) -> Result<PrimExpr> {
    let e = index(value, span)?;
    check_extent(&e, span)?;
    Ok(e)
}

/// Refuses negative constants.
pub(super) fn check_extent(e: &PrimExpr, span: Span) -> Result<()> {
    match e.as_int() {
        Some(n) if n < 0 => {
            let message = format!("the extent {n} is negative");
            Err(HostError::new(Code::NEGATIVE_EXTENT, span, message))
        }
        _ => Ok(()),
    }
}

/// The items of a tuple or list.
pub(super) fn items(value: &Value) -> Option<SmallVec<[Value; 8]>> {
    match value {
        Value::Tuple(items) => Some(items.iter().cloned().collect()),
        Value::List(list) => Some(list.items().iter().cloned().collect()),
        _ => None,
    }
}

/// The items of a tuple or list, or the value alone.
pub(super) fn items_or_one(value: &Value) -> SmallVec<[Value; 8]> {
    items(value).unwrap_or_else(|| std::iter::once(value.clone()).collect())
}

/// A tuple or list of expressions, or one expression.
pub(super) fn exprs(arg: &Arg) -> Result<Vec<PrimExpr>> {
    items_or_one(&arg.value).iter().map(|v| expr(v, arg.span)).collect()
}

/// A Python int.
pub(super) fn int(arg: &Arg) -> Result<i64> {
    match &arg.value {
        Value::Int(v) => Ok(*v),
        Value::Bool(v) => Ok(i64::from(*v)),
        Value::Expr(e) => {
            let int = e.as_int().and_then(|v| i64::try_from(v).ok());
            int.ok_or_else(|| expected("an integer constant", &arg.value, arg.span))
        }
        other => Err(expected("an integer constant", other, arg.span)),
    }
}

/// A Python bool.
pub(super) fn flag(arg: &Arg) -> Result<bool> {
    match &arg.value {
        Value::Bool(v) => Ok(*v),
        Value::Int(v @ (0 | 1)) => Ok(*v == 1),
        other => Err(expected("`True` or `False`", other, arg.span)),
    }
}

/// A string.
pub(super) fn text(arg: &Arg) -> Result<&str> {
    match &arg.value {
        Value::Str(text) => Ok(text),
        Value::Expr(PrimExpr::Str(text)) => Ok(&text.value),
        other => Err(expected("a string", other, arg.span)),
    }
}

/// A name as a symbol.
pub(super) fn symbol(arg: &Arg) -> Result<Symbol> {
    text(arg).map(Symbol::new)
}

/// A data type: a string, `T.float32`, or an expression that stands for its type.
pub(super) fn dtype(arg: &Arg) -> Result<DType> {
    dtype_of(&arg.value, arg.span)
}

/// See [`dtype`].
pub(super) fn dtype_of(value: &Value, span: Span) -> Result<DType> {
    match value {
        Value::DType(dtype) => Ok(*dtype),
        Value::Str(text) => parse_dtype(text, span),
        Value::Expr(PrimExpr::Var(v)) => Ok(v.dtype),
        Value::Dialect(d) => match &**d {
            DialectValue::TypeAnnotation(dtype) => Ok(*dtype),
            _ => Err(expected("a data type", value, span)),
        },
        _ => Err(expected("a data type", value, span)),
    }
}

/// The data type that `text` names.
pub(super) fn parse_dtype(text: &str, span: Span) -> Result<DType> {
    text.parse().map_err(|_| {
        let error = HostError::new(Code::UNKNOWN_DTYPE, span, format!("`{text}` is no data type"));
        match super::names::similar_dtype(text) {
            Some(name) => error.with_help(format!("did you mean `{name}`?")),
            None => error.with_help("data types are written like `float32`, `int8x4` or `bool`"),
        }
    })
}

/// The optional data type argument `name`.
pub(super) fn opt_dtype(args: &Bound, name: &str) -> Result<Option<DType>> {
    args.opt(name).map(dtype).transpose()
}

/// A variable.
pub(super) fn var(arg: &Arg) -> Result<Var> {
    let e = match &arg.value {
        Value::Expr(e) => e.as_var(),
        Value::IterVar(axis) => Some(axis.var),
        _ => None,
    };
    e.ok_or_else(|| expected("a variable", &arg.value, arg.span))
}

/// A buffer.
pub(super) fn buffer(arg: &Arg) -> Result<Buffer> {
    match &arg.value {
        Value::Buffer(buffer) | Value::Scalar(buffer) => Ok(buffer.clone()),
        other => Err(expected("a buffer", other, arg.span)),
    }
}

/// A region of a buffer: `A[0:4, i]`, `A[i, j]`, or the whole buffer `A`.
pub(super) fn region(value: &Value, span: Span) -> Result<BufferRegion> {
    match value {
        Value::Region(region) => Ok(BufferRegion::clone(region)),
        Value::Buffer(buffer) => Ok(buffer.full_region()),
        Value::Scalar(buffer) => Ok(buffer.full_region()),
        Value::Expr(PrimExpr::Load(load)) => {
            let ranges = load.indices.iter().map(point).collect::<Result<_>>()?;
            Ok(BufferRegion { buffer: load.buffer.clone(), region: ranges })
        }
        _ => Err(expected("a region of a buffer", value, span)),
    }
}

/// The range of one index; a vector with stride 1 covers its lanes.
fn point(index: &PrimExpr) -> Result<Range> {
    match index {
        PrimExpr::Ramp(ramp) if ramp.stride.is_int(1) => {
            let extent = PrimExpr::int(i64::from(ramp.dtype.lanes()), ramp.base.dtype());
            Ok(Range::new(ramp.base.clone(), extent))
        }
        other if other.dtype().is_scalar() => {
            Ok(Range::new(other.clone(), PrimExpr::int(1, other.dtype())))
        }
        other => {
            let message = "a region cannot be a vector of scattered elements";
            Err(HostError::new(Code::SLICE, other.span(), message))
        }
    }
}

/// A value of an attribute.
pub(super) fn attr_value(value: &Value, span: Span) -> Result<AttrValue> {
    Ok(match value {
        Value::None => AttrValue::None,
        Value::Bool(v) => AttrValue::Bool(*v),
        Value::Int(v) => AttrValue::Int(*v),
        Value::Float(v) => AttrValue::Float(v.value),
        Value::Str(text) => AttrValue::Str(text.clone()),
        Value::DType(dtype) => AttrValue::Str(dtype.to_string().into()),
        Value::Expr(PrimExpr::Str(text)) => AttrValue::Str((&*text.value).into()),
        Value::Expr(e) => AttrValue::Expr(e.clone()),
        Value::Scalar(buffer) => AttrValue::Expr(scalar_load(buffer, span)),
        Value::Buffer(buffer) => AttrValue::Buffer(buffer.clone()),
        Value::Tuple(_) | Value::List(_) => {
            let items = items(value).unwrap_or_default();
            let list: Result<Vec<_>> = items.iter().map(|v| attr_value(v, span)).collect();
            AttrValue::List(list?.into())
        }
        Value::Dict(dict) => {
            let mut entries = Vec::new();
            for (key, value) in dict.entries() {
                let key = key.as_str().ok_or_else(|| expected("a string key", &key, span))?;
                entries.push((key.into(), attr_value(&value, span)?));
            }
            AttrValue::Dict(entries.into())
        }
        Value::PrimFunc(func) => AttrValue::Opaque(func.name.as_str().into()),
        Value::GlobalVar(name) => AttrValue::Opaque(name.as_str().into()),
        Value::Function(_) => return Err(not_an_attribute(value, span)),
        Value::Dialect(d) => match &**d {
            DialectValue::Target(target) => AttrValue::Target(target.clone().into()),
            DialectValue::Attr(attr) => attr.clone(),
            DialectValue::MetaVar(value) => attr_value(value, span)?,
            _ => return Err(not_an_attribute(value, span)),
        },
        _ => return Err(not_an_attribute(value, span)),
    })
}

fn not_an_attribute(value: &Value, span: Span) -> HostError {
    let message = format!("{} cannot be the value of an attribute", describe(value));
    HostError::new(Code::ATTRIBUTE_VALUE, span, message)
}

/// The entries of a dict with string keys.
pub(super) fn dict(arg: &Arg) -> Result<Vec<(Symbol, Value)>> {
    let Value::Dict(dict) = &arg.value else {
        return Err(expected("a dict with string keys", &arg.value, arg.span));
    };
    let key = |key: &Value| match key.as_str() {
        Some(text) => Ok(Symbol::new(text)),
        None => Err(expected("a string as key", key, arg.span)),
    };
    dict.entries().iter().map(|(k, v)| Ok((key(k)?, v.clone()))).collect()
}

/// Annotations of a loop, block or allocation.
pub(super) fn annotations(arg: Option<&Arg>) -> Result<Attrs> {
    let Some(arg) = arg else { return Ok(Attrs::new()) };
    let entries = dict(arg)?.into_iter();
    entries.map(|(key, value)| Ok((key, attr_value(&value, arg.span)?))).collect()
}

/// The buffer type that an annotation names.
pub(super) fn as_buffer_type(value: &Value) -> Option<&BufferType> {
    match value {
        Value::Dialect(d) => match &**d {
            DialectValue::BufferType(ty) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
