//! Members of values of the IR: `A.shape`, `x.dtype`, `Module.f`.

use super::table::lookup;
use super::values::DialectValue;
use super::{convert, module, vendor};
use crate::host::value::BoundEntry;
use crate::host::{Evaluator, Result, Value};
use std::rc::Rc;
use tirade_ir::buffer::{Buffer, Range};
use tirade_ir::builder::LoopSpec;
use tirade_ir::dtype::DType;
use tirade_ir::expr::PrimExpr;
use tirade_ir::func::{Param, PrimFunc};
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// `value.name`; `None` if there is no such member.
pub(super) fn getattr(
    ev: &mut Evaluator,
    value: &Value,
    name: Symbol,
    span: Span,
) -> Result<Option<Value>> {
    let text = name.as_str();
    let class = match value {
        Value::Buffer(buffer) | Value::Scalar(buffer) => {
            if let Some(member) = buffer_member(value, buffer, text) {
                return Ok(Some(member));
            }
            "Buffer"
        }
        Value::Expr(e) => {
            if let Some(member) = expr_member(e, text) {
                return Ok(Some(member));
            }
            "Expr"
        }
        Value::Region(region) => {
            return Ok(match text {
                "buffer" | "source" => Some(Value::Buffer(region.buffer.clone())),
                "region" => Some(Value::list(region.region.iter().map(range).collect())),
                "dtype" => Some(dtype(region.buffer.dtype)),
                _ => None,
            });
        }
        Value::IterVar(axis) => {
            return Ok(match text {
                "var" => Some(Value::Expr(axis.var.into())),
                "dom" => Some(range(&axis.dom)),
                "dtype" => Some(dtype(axis.var.dtype)),
                "thread_tag" => Some(Value::str(axis.thread_tag.map_or("", Symbol::as_str))),
                _ => None,
            });
        }
        Value::PrimFunc(func) => {
            if let Some(member) = func_member(func, text) {
                return Ok(Some(member));
            }
            "PrimFunc"
        }
        Value::GlobalVar(global) => {
            return Ok((text == "name_hint").then(|| Value::str(global.as_str())));
        }
        Value::IRModule(found) => {
            let found = found.borrow();
            if let Some(func) = found.get(name) {
                return Ok(Some(Value::PrimFunc(func.clone())));
            }
            "IRModule"
        }
        // `tvm.IRModule.from_expr`
        Value::Entry(entry) => {
            let member = || lookup(&format!("{}.{text}", entry.name)).map(Value::Entry);
            return Ok(super::names::special(entry.name, text).or_else(member));
        }
        Value::DType(dt) => {
            return Ok(match text {
                "dtype" | "name" => Some(dtype(*dt)),
                "bits" => Some(Value::Int(i64::from(dt.bits()))),
                "lanes" => Some(Value::Int(i64::from(dt.lanes()))),
                _ => None,
            });
        }
        Value::Dialect(d) => return dialect_member(ev, value, d, name, span),
        _ => return Ok(None),
    };
    Ok(method(value, class, text))
}

/// A method of the tables, bound to its receiver.
fn method(value: &Value, class: &str, name: &str) -> Option<Value> {
    let entry = lookup(&format!("{class}.{name}"))?;
    Some(Value::BoundEntry(Rc::new(BoundEntry { receiver: value.clone(), entry })))
}

fn dtype(dtype: DType) -> Value {
    Value::str(dtype.to_string())
}

fn range(range: &Range) -> Value {
    Value::Dialect(Rc::new(DialectValue::Range(range.clone())))
}

/// A part of a shape: plain literals are values that are known now.
fn size(e: &PrimExpr) -> Value {
    match e {
        PrimExpr::Int { value, dtype: DType::INT32 } => Value::Int(*value),
        other => Value::Expr(other.clone()),
    }
}

fn sizes(items: &[PrimExpr]) -> Value {
    Value::tuple(items.iter().map(size).collect::<Vec<_>>())
}

fn buffer_member(value: &Value, buffer: &Buffer, name: &str) -> Option<Value> {
    Some(match name {
        "data" => Value::Expr(buffer.data.into()),
        "shape" => sizes(&buffer.shape),
        "strides" => sizes(&buffer.strides),
        "elem_offset" => size(&super::buffer::offset_expr(buffer)),
        "byte_offset" => Value::Int(0),
        "dtype" => dtype(buffer.dtype),
        "name" => Value::str(buffer.name.as_str()),
        "ndim" => Value::Int(buffer.rank() as i64),
        "data_alignment" => Value::Int(i64::from(buffer.align)),
        "offset_factor" => Value::Int(i64::from(buffer.offset_factor)),
        "axis_separators" => {
            Value::list(buffer.axis_separators.iter().map(|v| Value::Int(*v)).collect())
        }
        // Versions differ in whether these belong to the buffer or to its type.
        "ty" | "type" => value.clone(),
        "buffer" | "source" => Value::Buffer(buffer.clone()),
        _ => return None,
    })
}

fn expr_member(e: &PrimExpr, name: &str) -> Option<Value> {
    Some(match (name, e) {
        ("dtype", e) => dtype(e.dtype()),
        ("ty", e) => Value::DType(e.dtype()),
        ("name" | "name_hint", PrimExpr::Var(v)) => Value::str(v.name.as_str()),
        ("var", PrimExpr::Var(v)) => Value::Expr((*v).into()),
        // TVM 0.9 gives a buffer where others give its pointer.
        ("data", PrimExpr::Var(v)) if v.dtype.is_handle() => Value::Expr((*v).into()),
        ("value", PrimExpr::Int { value, .. }) => Value::Int(*value),
        ("value", PrimExpr::Float { value, .. }) => Value::float(*value),
        ("value", PrimExpr::Str(text)) => Value::str(&*text.value),
        ("value", PrimExpr::Cast(cast)) => Value::Expr(cast.value.clone()),
        ("a", PrimExpr::Binary(binary)) => Value::Expr(binary.lhs.clone()),
        ("b", PrimExpr::Binary(binary)) => Value::Expr(binary.rhs.clone()),
        ("buffer" | "source", PrimExpr::Load(load)) => Value::Buffer(load.buffer.clone()),
        ("indices", PrimExpr::Load(load)) => sizes(&load.indices),
        _ => return None,
    })
}

fn param(param: &Param) -> Value {
    param.buffer().map_or(Value::Expr(param.var.into()), |b| Value::Buffer(b.clone()))
}

fn func_member(func: &PrimFunc, name: &str) -> Option<Value> {
    Some(match name {
        "__name__" | "name" => Value::str(func.name.as_str()),
        "params" => Value::list(func.params.iter().map(param).collect()),
        _ => return None,
    })
}

fn dialect_member(
    ev: &mut Evaluator,
    value: &Value,
    dialect: &DialectValue,
    name: Symbol,
    span: Span,
) -> Result<Option<Value>> {
    Ok(match (dialect, name.as_str()) {
        (DialectValue::Opaque(family), _) => Some(vendor::nested(*family, name)),
        (DialectValue::ModuleRef(module), _) => Some(module::member(ev, *module, name, span)?),
        (DialectValue::MetaVar(inner), "value") => Some(inner.clone()),
        (DialectValue::MetaVar(inner), _) => return getattr(ev, &inner.clone(), name, span),
        (DialectValue::Range(range), "min") => Some(size(&range.min)),
        (DialectValue::Range(range), "extent") => Some(size(&range.extent)),
        (DialectValue::Jit(_), "specialize") => method(value, "Jit", "specialize"),
        (DialectValue::BufferType(ty), "dtype") => Some(dtype(ty.dtype)),
        (DialectValue::BufferType(ty), "shape") => {
            Some(Value::tuple(ty.shape.iter().map(|(v, _)| v.clone()).collect::<Vec<_>>()))
        }
        _ => None,
    })
}

/// Items of a value of the IR, for unpacking and loops of the script. A single axis counts as one
/// item: what holds for any number of axes holds for one.
pub(super) fn iterate(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Expr(PrimExpr::Var(v)) if v.dtype.is_integer() => Some(vec![value.clone()]),
        Value::Dialect(d) => match &**d {
            // Each part stays a name only, as the whole is.
            DialectValue::MetaVar(inner) => {
                let part = |value| Value::Dialect(Rc::new(DialectValue::MetaVar(value)));
                convert::items(inner).map(|items| items.into_iter().map(part).collect())
            }
            DialectValue::Loops(loops) => literal_range(&loops.specs),
            _ => None,
        },
        _ => None,
    }
}

/// The values of a loop with literal bounds, where the script runs over it: `[f(i) for i in …]`.
fn literal_range(loops: &[LoopSpec]) -> Option<Vec<Value>> {
    let [spec] = loops else { return None };
    let (min, extent) = (spec.min.as_int()?, spec.extent.as_int()?);
    let step = spec.step.as_ref().map_or(Some(1), PrimExpr::as_int)?;
    let count = usize::try_from(extent.max(0).checked_add(step - 1)? / step).ok()?;
    let at = |i: usize| PrimExpr::int((min + i as i128 * step) as i64, spec.var.dtype);
    (count <= MAX_UNROLLED).then(|| (0..count).map(|i| Value::Expr(at(i))).collect())
}

/// More values than this are not listed.
const MAX_UNROLLED: usize = 1 << 16;
