//! Vectors.

use super::literal::{Operand, literal};
use super::{Expected, TypeError, TypeErrorKind, cast};
use crate::dtype::DType;
use crate::expr::{Broadcast, PrimExpr, Ramp, Shuffle};
use crate::span::Span;
use std::sync::Arc;

/// A number of lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    /// So many.
    Fixed(u32),
    /// So many times `vscale`.
    Scalable(u32),
}

impl From<u32> for Lanes {
    fn from(lanes: u32) -> Lanes {
        Lanes::Fixed(lanes)
    }
}

impl Lanes {
    fn of(self, element: DType, span: Span) -> Result<DType, TypeError> {
        let (count, least) = match self {
            Lanes::Fixed(count) => (count, 2),
            Lanes::Scalable(count) => (count, 1),
        };
        if count < least || i16::MAX as u32 <= count {
            return Err(TypeErrorKind::LaneCount(count.into()).at(span));
        }
        Ok(match self {
            Lanes::Fixed(_) => element.with_lanes(count),
            Lanes::Scalable(_) => element.with_scalable_lanes(count),
        })
    }
}

/// The vector of type `dtype` whose lanes are the scalar `value`, which has its element type.
pub(super) fn broadcast_to(dtype: DType, value: PrimExpr, span: Span) -> PrimExpr {
    PrimExpr::Broadcast(Arc::new(Broadcast { value, dtype, span }))
}

/// The vector `base, base + stride, …`; the stride is cast to the base's type.
pub fn ramp(
    base: impl Into<Operand>,
    stride: impl Into<Operand>,
    lanes: impl Into<Lanes>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let base = scalar_number("`T.Ramp`", literal(base, span)?, span)?;
    let stride = scalar_number("`T.Ramp`", literal(stride, span)?, span)?;
    let dtype = lanes.into().of(base.dtype(), span)?;
    let stride = cast(base.dtype(), stride, span)?;
    Ok(PrimExpr::Ramp(Arc::new(Ramp { base, stride, dtype, span })))
}

/// The vector whose lanes all are `value`.
pub fn broadcast(
    value: impl Into<Operand>,
    lanes: impl Into<Lanes>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let value = literal(value, span)?;
    let found = value.dtype();
    if !found.is_scalar() || found.is_void() {
        let (what, expected) = ("`T.Broadcast`".into(), Expected::Scalar);
        return Err(TypeErrorKind::Operand { what, expected, found }.at(span));
    }
    Ok(broadcast_to(lanes.into().of(found, span)?, value, span))
}

/// The lanes numbered `indices` of the concatenation of `vectors`; a scalar if there is one index.
pub fn shuffle(
    vectors: Vec<PrimExpr>,
    indices: Vec<PrimExpr>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let what = || "`T.Shuffle`".to_string();
    let Some(first) = vectors.first().map(PrimExpr::dtype) else {
        return Err(TypeErrorKind::LaneCount(0).at(span));
    };
    let mut lanes = 0;
    for rhs in vectors.iter().map(PrimExpr::dtype) {
        if rhs.is_handle() || rhs.is_void() || rhs.is_scalable() {
            let expected = Expected::Number;
            return Err(TypeErrorKind::Operand { what: what(), expected, found: rhs }.at(span));
        }
        if rhs.element() != first.element() {
            return Err(TypeErrorKind::Operands { what: what(), lhs: first, rhs }.at(span));
        }
        lanes += rhs.lanes();
    }
    if !indices.iter().all(|i| i.as_int().is_some_and(|i| 0 <= i && i < lanes as i128)) {
        return Err(TypeErrorKind::LaneIndex { lanes }.at(span));
    }
    let dtype = match indices.len() {
        1 => first.element(),
        n => Lanes::Fixed(n.try_into().unwrap_or(u32::MAX)).of(first.element(), span)?,
    };
    let (vectors, indices) = (vectors.into(), indices.into());
    Ok(PrimExpr::Shuffle(Arc::new(Shuffle { vectors, indices, dtype, span })))
}

fn scalar_number(what: &str, value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    let found = value.dtype();
    let expected = if found.is_scalar() { Expected::Number } else { Expected::Scalar };
    match expected == Expected::Number && Expected::Number.accepts(found) {
        true => Ok(value),
        false => Err(TypeErrorKind::Operand { what: what.into(), expected, found }.at(span)),
    }
}
