//! Literals of the script.

use super::TypeErrorKind;
use super::vector::broadcast_to;
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var};
use crate::op::{Expected, TypeError};
use crate::scalar::Scalar;
use crate::span::Span;

/// An operand as a script has it: a value that is known while the script is read, or an expression.
#[derive(Clone, Debug)]
pub enum Operand {
    /// `True`, `False`
    Bool(bool),
    /// A plain integer.
    Int(i128),
    /// A plain float.
    Float(f64),
    /// An expression.
    Expr(PrimExpr),
}

impl From<bool> for Operand {
    fn from(value: bool) -> Self {
        Operand::Bool(value)
    }
}

impl From<i32> for Operand {
    fn from(value: i32) -> Self {
        Operand::Int(value.into())
    }
}

impl From<i64> for Operand {
    fn from(value: i64) -> Self {
        Operand::Int(value.into())
    }
}

impl From<i128> for Operand {
    fn from(value: i128) -> Self {
        Operand::Int(value)
    }
}

impl From<f64> for Operand {
    fn from(value: f64) -> Self {
        Operand::Float(value)
    }
}

impl From<PrimExpr> for Operand {
    fn from(expr: PrimExpr) -> Self {
        Operand::Expr(expr)
    }
}

impl From<&PrimExpr> for Operand {
    fn from(expr: &PrimExpr) -> Self {
        Operand::Expr(expr.clone())
    }
}

impl From<Var> for Operand {
    fn from(var: Var) -> Self {
        Operand::Expr(var.into())
    }
}

/// The operand as an expression: plain integers are `int32`, or `int64` where they do not fit,
/// plain floats `float32`.
pub fn literal(value: impl Into<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    match value.into() {
        Operand::Bool(value) => Ok(PrimExpr::bool(value)),
        Operand::Int(value) if DType::INT32.holds_int(value) => {
            Ok(PrimExpr::int(value as i64, DType::INT32))
        }
        Operand::Int(value) => typed_literal(DType::INT64, value, span),
        Operand::Float(value) => typed_literal(DType::FLOAT32, value, span),
        Operand::Expr(expr) => Ok(expr),
    }
}

/// A literal of type `dtype`, as `T.int8(3)` makes one; a vector type repeats it. Floats become
/// integers by truncation. An expression is cast.
pub fn typed_literal(
    dtype: DType,
    value: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let value = value.into();
    if let Operand::Expr(expr) = value {
        return super::cast(dtype, expr, span);
    }
    if !dtype.is_scalar() {
        return Ok(broadcast_to(dtype, typed_literal(dtype.element(), value, span)?, span));
    }
    let out_of_range = |value: String| TypeErrorKind::Literal { value, dtype }.at(span);
    match value {
        Operand::Bool(value) => typed_literal(dtype, value as i128, span),
        Operand::Int(value) if dtype.is_float() => {
            typed_literal(dtype, value as f64, span).map_err(|_| out_of_range(value.to_string()))
        }
        Operand::Int(value) if dtype.is_integer() || dtype.is_bool() => {
            match dtype.holds_int(value) {
                true => Ok(PrimExpr::int(value as i64, dtype)),
                false => Err(out_of_range(value.to_string())),
            }
        }
        Operand::Float(value) if dtype.is_float() => {
            // A finite number must not become infinite.
            let rounded = Scalar::from_f64(dtype, value).map_or(value, |s| s.value.to_f64());
            match value.is_finite() && !rounded.is_finite() {
                true => Err(out_of_range(format!("{value:?}"))),
                false => Ok(PrimExpr::float(value, dtype)),
            }
        }
        Operand::Float(value) if dtype.is_bool() => Ok(PrimExpr::bool(value != 0.0)),
        Operand::Float(value) if dtype.is_integer() => {
            let truncated = value.trunc();
            // Floats within these bounds are exact in `i128`, and so are the bounds.
            match truncated.abs() < 1e30 && dtype.holds_int(truncated as i128) {
                true => Ok(PrimExpr::int(truncated as i128 as i64, dtype)),
                false => Err(out_of_range(format!("{value:?}"))),
            }
        }
        Operand::Int(_) | Operand::Float(_) | Operand::Expr(_) => {
            let what = "a literal".to_string();
            Err(TypeErrorKind::Operand { what, expected: Expected::Number, found: dtype }.at(span))
        }
    }
}

/// The operand as an expression that stands next to one of type `dtype`: plain numbers take its
/// element type, except that a float never becomes an integer.
pub(super) fn adapt(value: Operand, dtype: DType, span: Span) -> Result<PrimExpr, TypeError> {
    let element = dtype.element();
    match value {
        Operand::Float(_) if !element.is_float() => literal(value, span),
        Operand::Bool(_) | Operand::Int(_) | Operand::Float(_)
            if element.is_integer() || element.is_bool() || element.is_float() =>
        {
            typed_literal(element, value, span)
        }
        _ => literal(value, span),
    }
}
