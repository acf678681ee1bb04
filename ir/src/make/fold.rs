//! Folding of infix operations and of calls.

use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr};
use crate::op::Op;
use crate::scalar::{self, Scalar};
use crate::visit::any_expr;
use std::sync::Arc;

/// What `lhs op rhs` is at once, if it is anything simpler than the operation. The operands have
/// one type.
pub(super) fn fold_binary(op: BinOp, lhs: &PrimExpr, rhs: &PrimExpr) -> Option<PrimExpr> {
    if let (Some(a), Some(b)) = (Scalar::from_literal(lhs), Scalar::from_literal(rhs)) {
        return fold_literals(op, a, b);
    }
    let dtype = lhs.dtype();
    match op {
        BinOp::Min | BinOp::Max => (is_same(lhs, rhs) && is_droppable(lhs)).then(|| lhs.clone()),
        _ if dtype.is_integer() => fold_identity(op, lhs, rhs),
        _ => None,
    }
}

fn fold_literals(op: BinOp, a: Scalar, b: Scalar) -> Option<PrimExpr> {
    if !folds_literals(op, a.dtype()) {
        return None;
    }
    let value = scalar::binary(op, a, b)?.into_ok()?;
    // The bits of a NaN that is computed at run time are not specified: compute it there.
    if value.is_nan() { None } else { value.to_literal() }
}

/// Whether TVM computes `op` on two literals of type `dtype`; where it does not, neither do we, so
/// that the programs stay the same.
fn folds_literals(op: BinOp, dtype: DType) -> bool {
    match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div => {
            !dtype.is_float() || dtype == DType::FLOAT32 || dtype == DType::FLOAT64
        }
        BinOp::Mod => is_index(dtype),
        BinOp::FloorMod => is_index(dtype) || dtype.is_uint(),
        BinOp::FloorDiv
        | BinOp::Min
        | BinOp::Max
        | BinOp::Lt
        | BinOp::Le
        | BinOp::Gt
        | BinOp::Ge => true,
        BinOp::Eq | BinOp::Ne | BinOp::And | BinOp::Or => false,
    }
}

/// Neutral and absorbing elements of integer operations.
///
/// `0 // x` and `0 % x` stay: they report a division by zero where `x` is 0.
fn fold_identity(op: BinOp, lhs: &PrimExpr, rhs: &PrimExpr) -> Option<PrimExpr> {
    match op {
        BinOp::Add if lhs.is_int(0) => Some(rhs.clone()),
        BinOp::Add | BinOp::Sub if rhs.is_int(0) => Some(lhs.clone()),
        BinOp::Mul if lhs.is_int(1) => Some(rhs.clone()),
        BinOp::Mul | BinOp::Div | BinOp::FloorDiv if rhs.is_int(1) => Some(lhs.clone()),
        BinOp::Mul if lhs.is_int(0) && is_droppable(rhs) => Some(lhs.clone()),
        BinOp::Mul if rhs.is_int(0) && is_droppable(lhs) => Some(rhs.clone()),
        BinOp::Mod | BinOp::FloorMod
            if rhs.is_int(1) && is_index(lhs.dtype()) && is_droppable(lhs) =>
        {
            Some(PrimExpr::int(0, lhs.dtype()))
        }
        _ => None,
    }
}

/// What a shift or bitwise operation is at once; TVM computes them on `int32` and `int64`.
pub(super) fn fold_bits(op: Op, lhs: &PrimExpr, rhs: &PrimExpr) -> Option<PrimExpr> {
    let dtype = lhs.dtype();
    if !is_index(dtype) {
        return None;
    }
    if matches!(op, Op::ShiftLeft | Op::ShiftRight) && rhs.is_int(0) {
        return Some(lhs.clone());
    }
    let args = [Scalar::from_literal(lhs)?, Scalar::from_literal(rhs)?];
    op.eval(dtype, &args)?.into_ok()?.to_literal()
}

/// The types of indices, whose arithmetic TVM folds most eagerly.
fn is_index(dtype: DType) -> bool {
    dtype == DType::INT32 || dtype == DType::INT64
}

/// True if the two are one and the same, not only equal.
fn is_same(lhs: &PrimExpr, rhs: &PrimExpr) -> bool {
    match (lhs, rhs) {
        (PrimExpr::Var(a), PrimExpr::Var(b)) => a == b,
        (PrimExpr::Binary(a), PrimExpr::Binary(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Cast(a), PrimExpr::Cast(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Select(a), PrimExpr::Select(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Broadcast(a), PrimExpr::Broadcast(b)) => Arc::ptr_eq(a, b),
        (PrimExpr::Ramp(a), PrimExpr::Ramp(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// True if nothing is lost when the expression is not evaluated: it reads no memory, calls nothing,
/// and cannot divide by zero or cast a float that is out of range.
fn is_droppable(expr: &PrimExpr) -> bool {
    !any_expr(expr, |e| match e {
        PrimExpr::Load(_) | PrimExpr::Call(_) | PrimExpr::CallFunc(_) => true,
        PrimExpr::Binary(e) => match e.op {
            BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod => {
                !e.lhs.dtype().is_float() && e.rhs.as_int().is_none_or(|d| d == 0 || d == -1)
            }
            BinOp::Add
            | BinOp::Sub
            | BinOp::Mul
            | BinOp::Min
            | BinOp::Max
            | BinOp::Eq
            | BinOp::Ne
            | BinOp::Lt
            | BinOp::Le
            | BinOp::Gt
            | BinOp::Ge
            | BinOp::And
            | BinOp::Or => false,
        },
        PrimExpr::Cast(e) => e.value.dtype().is_float() && !e.dtype.is_float(),
        PrimExpr::Int { .. }
        | PrimExpr::Float { .. }
        | PrimExpr::Var(_)
        | PrimExpr::Str(_)
        | PrimExpr::Not(_)
        | PrimExpr::Select(_)
        | PrimExpr::Ramp(_)
        | PrimExpr::Broadcast(_)
        | PrimExpr::Shuffle(_)
        | PrimExpr::Let(_) => false,
    })
}
