//! Maps of indices in stored traces.
//!
//! A map is `{"index_map": [initial, results, separators, inverse]}`: names and types of the old
//! indices, and expressions of them. A number is `[value, dtype]`, an index `["name"]`, an operation
//! `[operator, lhs, rhs]`.

use crate::error::{Result, ScheduleError};
use crate::value::{IndexMap, Value};
use std::sync::Arc;
use tirade_ir::{BinOp, DType, Op, PrimExpr, Span, Var, make};

const KEY: &str = "index_map";

/// Names of sampled numbers by variable, and the other way round.
pub(super) type NameOf<'a> = &'a dyn Fn(&PrimExpr) -> Option<String>;
pub(super) type NumberOf<'a> = &'a dyn Fn(&str) -> Option<PrimExpr>;

/// The map as a plain value.
pub(super) fn encode(map: &IndexMap, name_of: NameOf) -> Result<Value> {
    let initial = map
        .initial
        .iter()
        .map(|v| Value::list([Value::str(v.name.as_str()), Value::str(&v.dtype.to_string())]));
    let results: Result<Vec<_>> = map.result.iter().map(|e| expr(e, map, name_of)).collect();
    let separators = map.axis_separators.iter().map(|s| Value::Int(*s));
    let inverse = match &map.inverse {
        Some(inverse) => encode(inverse, name_of)?,
        None => Value::None,
    };
    let parts = [Value::list(initial), Value::list(results?), Value::list(separators), inverse];
    Ok(Value::Dict(Arc::from([(KEY.into(), Value::list(parts))])))
}

fn expr(e: &PrimExpr, map: &IndexMap, name_of: NameOf) -> Result<Value> {
    let dtype = |dtype: DType| Value::str(&dtype.to_string());
    Ok(match e {
        PrimExpr::Var(var) => match map.initial.iter().position(|v| v == var) {
            Some(_) => Value::list([Value::str(var.name.as_str())]),
            None => match name_of(e) {
                Some(name) => Value::list([Value::str(&name)]),
                None => return Err(no_form()),
            },
        },
        PrimExpr::Int { value, dtype: ty } => Value::list([Value::Int(*value), dtype(*ty)]),
        PrimExpr::Float { value, dtype: ty } => Value::list([Value::Float(*value), dtype(*ty)]),
        PrimExpr::Binary(node) => Value::list([
            Value::str(&format!("{:?}", node.op)),
            expr(&node.lhs, map, name_of)?,
            expr(&node.rhs, map, name_of)?,
        ]),
        PrimExpr::Cast(node) => {
            Value::list([Value::str("cast"), dtype(node.dtype), expr(&node.value, map, name_of)?])
        }
        PrimExpr::Call(node) if node.args.len() == 3 && node.op == Op::IfThenElse => {
            let args: Result<Vec<_>> = node.args.iter().map(|a| expr(a, map, name_of)).collect();
            let args = args?;
            Value::list([Value::str("if"), args[0].clone(), args[1].clone(), args[2].clone()])
        }
        _ => return Err(no_form()),
    })
}

fn no_form() -> ScheduleError {
    ScheduleError::argument("an index map of this form cannot be stored in a trace")
}

/// The map behind a plain value, if it is one.
pub(super) fn decode(value: &Value, number_of: NumberOf) -> Result<Option<IndexMap>> {
    let Value::Dict(items) = value else { return Ok(None) };
    let [(key, parts)] = &items[..] else { return Ok(None) };
    if &**key != KEY {
        return Ok(None);
    }
    let Value::List(parts) = parts else { return Err(malformed()) };
    let [initial, results, separators, inverse] = &parts[..] else { return Err(malformed()) };
    let initial: Result<Box<[Var]>> = initial.flat().iter().map(index).collect();
    let initial = initial?;
    let read = |value: &Value| read_expr(value, &initial, number_of);
    let result: Result<Box<[PrimExpr]>> = results.flat().iter().map(read).collect();
    let separators = separators.flat();
    let separators = separators.iter().map(|s| match s {
        Value::Int(s) => Ok(*s),
        _ => Err(malformed()),
    });
    let axis_separators: Result<Box<[i64]>> = separators.collect();
    let inverse = decode(inverse, number_of)?.map(Arc::new);
    Ok(Some(IndexMap { result: result?, axis_separators: axis_separators?, inverse, initial }))
}

fn malformed() -> ScheduleError {
    ScheduleError::argument("the text is not that of an index map")
}

fn index(value: &Value) -> Result<Var> {
    let [Value::Str(name), Value::Str(dtype)] = &value.flat()[..] else { return Err(malformed()) };
    Ok(Var::new(&**name, dtype.parse::<DType>().map_err(|_| malformed())?))
}

fn read_expr(value: &Value, initial: &[Var], number_of: NumberOf) -> Result<PrimExpr> {
    let Value::List(items) = value else { return Err(malformed()) };
    let inner = |value: &Value| read_expr(value, initial, number_of);
    let dtype = |text: &str| text.parse::<DType>().map_err(|_| malformed());
    match &items[..] {
        [Value::Str(name)] => match initial.iter().find(|v| v.name.as_str() == &**name) {
            Some(var) => Ok((*var).into()),
            None => number_of(name).ok_or_else(malformed),
        },
        [Value::Int(value), Value::Str(ty)] => {
            let ty = dtype(ty)?;
            match ty.is_float() {
                true => Ok(PrimExpr::float(*value as f64, ty)),
                false if ty.holds_int(i128::from(*value)) || ty.is_bool() => {
                    Ok(PrimExpr::int(*value, ty))
                }
                false => Err(malformed()),
            }
        }
        [Value::Float(value), Value::Str(ty)] => match dtype(ty)? {
            ty if ty.is_float() => Ok(PrimExpr::float(*value, ty)),
            _ => Err(malformed()),
        },
        [Value::Str(name), Value::Str(ty), value] if &**name == "cast" => {
            make::cast(dtype(ty)?, inner(value)?, Span::NONE).map_err(|_| malformed())
        }
        [Value::Str(name), c, a, b] if &**name == "if" => {
            make::if_then_else(inner(c)?, inner(a)?, inner(b)?, Span::NONE).map_err(|_| malformed())
        }
        [Value::Str(name), a, b] => {
            let op =
                BinOp::ALL.iter().find(|op| format!("{op:?}") == **name).ok_or_else(malformed)?;
            let (a, b) = (inner(a)?, inner(b)?);
            match a.dtype() == b.dtype() {
                true => Ok(PrimExpr::binary(*op, a, b, Span::NONE)),
                false => Err(malformed()),
            }
        }
        _ => Err(malformed()),
    }
}
