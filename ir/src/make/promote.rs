//! Promotion of operands to a common type.

use super::cast::cast;
use super::literal::{Operand, literal, typed_literal};
use super::vector::broadcast_to;
use super::{TypeError, TypeErrorKind};
use crate::dtype::{DType, TypeCode};
use crate::expr::PrimExpr;
use crate::span::Span;

/// The common type of operands with the element types `lhs` and `rhs`, without lanes; `None` for
/// pointers and the like.
pub fn promote(lhs: DType, rhs: DType) -> Option<DType> {
    let (lhs, rhs) = (lhs.element(), rhs.element());
    if lhs == rhs {
        return Some(lhs);
    }
    let (left, right) = (rank(lhs)?, rank(rhs)?);
    Some(match left.cmp(&right) {
        std::cmp::Ordering::Greater => lhs,
        std::cmp::Ordering::Less => rhs,
        std::cmp::Ordering::Equal if lhs.bits() == rhs.bits() && rhs.is_uint() => rhs,
        std::cmp::Ordering::Equal if lhs.bits() < rhs.bits() => rhs,
        std::cmp::Ordering::Equal => lhs,
    })
}

/// The higher rank wins whatever the widths.
fn rank(dtype: DType) -> Option<u32> {
    match dtype.code() {
        TypeCode::Float => Some(5),
        TypeCode::BFloat => Some(4),
        TypeCode::SmallFloat(_) => Some(if dtype.bits() == 8 { 3 } else { 2 }),
        TypeCode::Int | TypeCode::UInt => Some(1),
        TypeCode::Bool => Some(0),
        TypeCode::Handle | TypeCode::Void => None,
    }
}

/// Both operands, converted to a common type; `what` names the operation in errors.
pub fn match_types(
    what: &str,
    lhs: PrimExpr,
    rhs: PrimExpr,
    span: Span,
) -> Result<(PrimExpr, PrimExpr), TypeError> {
    if lhs.dtype() == rhs.dtype() {
        return Ok((lhs, rhs));
    }
    let (lhs, rhs) = match_lanes(what, lhs, rhs, span)?;
    let (left, right) = (lhs.dtype(), rhs.dtype());
    let Some(common) = promote(left, right) else {
        return Err(TypeErrorKind::Operands { what: what.into(), lhs: left, rhs: right }.at(span));
    };
    let common = common.with_lanes_of(left);
    Ok((cast(common, lhs, span)?, cast(common, rhs, span)?))
}

/// Both operands as expressions. A plain number must fit the type that it will be promoted to: -1
/// does not go with an unsigned operand, nor 100000 with a `float16`.
pub(super) fn literals(
    lhs: Operand,
    rhs: Operand,
    span: Span,
) -> Result<(PrimExpr, PrimExpr), TypeError> {
    let plain = |operand: &Operand| match operand {
        Operand::Int(value) => Some(*value),
        Operand::Bool(_) | Operand::Float(_) | Operand::Expr(_) => None,
    };
    let numbers = [plain(&lhs), plain(&rhs)];
    let (lhs, rhs) = (literal(lhs, span)?, literal(rhs, span)?);
    if let Some(common) = promote(lhs.dtype(), rhs.dtype()) {
        for number in numbers.into_iter().flatten() {
            typed_literal(common, number, span)?;
        }
    }
    Ok((lhs, rhs))
}

/// Both operands with the same lanes: a scalar next to a vector is broadcast.
pub(super) fn match_lanes(
    what: &str,
    lhs: PrimExpr,
    rhs: PrimExpr,
    span: Span,
) -> Result<(PrimExpr, PrimExpr), TypeError> {
    let (left, right) = (lhs.dtype(), rhs.dtype());
    if left.with_lanes_of(right) == left {
        return Ok((lhs, rhs));
    }
    if left.is_scalar() && !left.is_handle() && !left.is_void() {
        return Ok((broadcast_to(left.with_lanes_of(right), lhs, span), rhs));
    }
    if right.is_scalar() && !right.is_handle() && !right.is_void() {
        let rhs = broadcast_to(right.with_lanes_of(left), rhs, span);
        return Ok((lhs, rhs));
    }
    Err(TypeErrorKind::Lanes { what: what.into(), lhs: left, rhs: right }.at(span))
}
