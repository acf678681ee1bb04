//! Constructors of integer expressions that fold constants and drop neutral operands, as TVM's
//! operators do. Operands of different index types are widened to the wider one.

use super::bound::{floordiv as exact_floordiv, floormod as exact_floormod};
use super::is_index;
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr};

/// The value of a scalar integer literal.
pub fn as_const(expr: &PrimExpr) -> Option<i128> {
    expr.as_int().filter(|_| !expr.dtype().is_bool())
}

/// `a + b`
pub fn add(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::Add, a, b)
}

/// `a - b`
pub fn sub(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::Sub, a, b)
}

/// `a * b`
pub fn mul(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::Mul, a, b)
}

/// `a // b`
pub fn floordiv(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::FloorDiv, a, b)
}

/// `a % b`
pub fn floormod(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::FloorMod, a, b)
}

/// The smaller one.
pub fn min(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::Min, a, b)
}

/// The larger one.
pub fn max(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    binary(BinOp::Max, a, b)
}

/// An arithmetic operation on integers, or a comparison of integers.
///
/// Index types are folded; other types are combined without a change.
pub fn binary(op: BinOp, a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    let (a, b) = same_type(a, b);
    if is_index(a.dtype())
        && let Some(folded) = fold(op, &a, &b)
    {
        return folded;
    }
    let span = a.span().to(b.span());
    PrimExpr::binary(op, a, b, span)
}

/// Both operands in the wider of two index types.
pub(super) fn same_type(a: &PrimExpr, b: &PrimExpr) -> (PrimExpr, PrimExpr) {
    let (s, t) = (a.dtype(), b.dtype());
    if s == t || !is_index(s) || !is_index(t) {
        return (a.clone(), b.clone());
    }
    (cast(DType::INT64, a), cast(DType::INT64, b))
}

/// `value` in another index type. Literals are converted if they fit.
pub(super) fn cast(dtype: DType, value: &PrimExpr) -> PrimExpr {
    match as_const(value).filter(|v| dtype.holds_int(*v)) {
        _ if value.dtype() == dtype => value.clone(),
        Some(v) => PrimExpr::int(v as i64, dtype),
        None => PrimExpr::cast(dtype, value.clone(), value.span()),
    }
}

fn fold(op: BinOp, a: &PrimExpr, b: &PrimExpr) -> Option<PrimExpr> {
    let dtype = a.dtype();
    let literal = |v: i128| dtype.holds_int(v).then(|| PrimExpr::int(v as i64, dtype));
    let (x, y) = (as_const(a), as_const(b));
    if let (Some(x), Some(y)) = (x, y) {
        return match op {
            BinOp::Add => literal(x + y),
            BinOp::Sub => literal(x - y),
            BinOp::Mul => literal(x * y),
            BinOp::Div if y != 0 => literal(x / y),
            BinOp::Mod if y != 0 => literal(x % y),
            BinOp::FloorDiv if y != 0 => literal(exact_floordiv(x, y)),
            BinOp::FloorMod if y != 0 => literal(exact_floormod(x, y)),
            BinOp::Min => literal(x.min(y)),
            BinOp::Max => literal(x.max(y)),
            BinOp::Eq => Some(PrimExpr::bool(x == y)),
            BinOp::Ne => Some(PrimExpr::bool(x != y)),
            BinOp::Lt => Some(PrimExpr::bool(x < y)),
            BinOp::Le => Some(PrimExpr::bool(x <= y)),
            BinOp::Gt => Some(PrimExpr::bool(x > y)),
            BinOp::Ge => Some(PrimExpr::bool(x >= y)),
            BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod => None,
            BinOp::And | BinOp::Or => None,
        };
    }
    match (op, x, y) {
        (BinOp::Add, Some(0), _) | (BinOp::Mul, Some(1), _) => Some(b.clone()),
        (BinOp::Add | BinOp::Sub, _, Some(0)) => Some(a.clone()),
        (BinOp::Mul | BinOp::Div | BinOp::FloorDiv, _, Some(1)) => Some(a.clone()),
        (BinOp::Mul, Some(0), _) if super::is_pure(b) => literal(0),
        (BinOp::Mul, _, Some(0)) if super::is_pure(a) => literal(0),
        (BinOp::Div | BinOp::FloorDiv | BinOp::Mod | BinOp::FloorMod, Some(0), _)
            if super::is_pure(b) =>
        {
            literal(0)
        }
        (BinOp::Mod | BinOp::FloorMod, _, Some(1)) if super::is_pure(a) => literal(0),
        (BinOp::Min | BinOp::Max, ..) if a == b && super::is_pure(a) => Some(a.clone()),
        _ => None,
    }
}
