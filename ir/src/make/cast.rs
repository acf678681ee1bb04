//! Casts.

use super::vector::broadcast_to;
use super::{Expected, TypeError, TypeErrorKind};
use crate::dtype::DType;
use crate::expr::{Broadcast, PrimExpr, Ramp};
use crate::scalar::{self, Scalar};
use crate::span::Span;
use std::sync::Arc;

/// `value` as type `dtype`: itself if it has that type, a literal if it is one, else a cast node.
///
/// A scalar is broadcast where `dtype` is a vector. A cast of a broadcast, or of a ramp to an
/// integer type, moves inside.
pub fn cast(dtype: DType, value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    let from = value.dtype();
    if from == dtype {
        return Ok(value);
    }
    for side in [from, dtype] {
        if side.is_handle() || side.is_void() {
            let (what, expected) = (format!("a cast to `{dtype}`"), Expected::Number);
            return Err(TypeErrorKind::Operand { what, expected, found: side }.at(span));
        }
    }
    if from.is_scalar() && !dtype.is_scalar() {
        return Ok(broadcast_to(dtype, cast(dtype.element(), value, span)?, span));
    }
    if from.with_lanes_of(dtype) != from {
        let what = "a cast".into();
        return Err(TypeErrorKind::Lanes { what, lhs: from, rhs: dtype }.at(span));
    }
    match &value {
        PrimExpr::Broadcast(node) => {
            let value = cast(dtype.element(), node.value.clone(), span)?;
            Ok(PrimExpr::Broadcast(Arc::new(Broadcast { value, dtype, span: node.span })))
        }
        PrimExpr::Ramp(node) if dtype.is_integer() => {
            let base = cast(dtype.element(), node.base.clone(), span)?;
            let stride = cast(dtype.element(), node.stride.clone(), span)?;
            Ok(PrimExpr::Ramp(Arc::new(Ramp { base, stride, dtype, span: node.span })))
        }
        _ => Ok(fold_cast(dtype, &value).unwrap_or_else(|| PrimExpr::cast(dtype, value, span))),
    }
}

/// The literal that a cast of a literal gives, unless there is a fault to report.
fn fold_cast(dtype: DType, value: &PrimExpr) -> Option<PrimExpr> {
    let folded = scalar::convert(Scalar::from_literal(value)?, dtype)?.into_ok()?;
    match exact_digits(value).filter(|_| dtype.is_float() && folded.to_f64().is_finite()) {
        Some(digits) => Some(PrimExpr::float(digits, dtype)),
        None => folded.to_literal(),
    }
}

/// The value of a literal if that is what is written: the digits then mean the same in a narrower
/// float type, where they are rounded as often, and read better.
fn exact_digits(literal: &PrimExpr) -> Option<f64> {
    match literal {
        PrimExpr::Float { value, dtype: DType::FLOAT64 } => Some(*value),
        PrimExpr::Int { .. } => literal.as_int().filter(|v| v.abs() < 1 << 53).map(|v| v as f64),
        _ => None,
    }
}
