//! Index arithmetic for passes: types are made equal, literals folded, neutral operands dropped.

use tirade_ir::scalar::{self, Scalar};
use tirade_ir::{BinOp, DType, PrimExpr, Span};

/// `a op b` on integers, in the wider of the two types.
fn binary(op: BinOp, a: PrimExpr, b: PrimExpr) -> PrimExpr {
    let dtype = common_type(a.dtype(), b.dtype());
    let (a, b) = (cast(dtype, a), cast(dtype, b));
    if let (Some(x), Some(y)) = (Scalar::from_literal(&a), Scalar::from_literal(&b))
        && let Some(value) = scalar::binary(op, x, y).and_then(|r| r.into_ok())
        && let Some(literal) = value.to_literal()
    {
        return literal;
    }
    PrimExpr::binary(op, a, b, Span::NONE)
}

/// The type in which indices of types `a` and `b` meet: `int64` if one is wider than 32 bits or
/// unsigned, else `int32`.
fn common_type(a: DType, b: DType) -> DType {
    let narrow = |t: DType| t.is_bool() || t.bits() < 32 || t == DType::INT32;
    if narrow(a) && narrow(b) { DType::INT32 } else { DType::INT64 }
}

/// `value` as `dtype`; literals that fit are converted at once.
pub fn cast(dtype: DType, value: PrimExpr) -> PrimExpr {
    if value.dtype() == dtype {
        return value;
    }
    if let Some(v) = value.as_int()
        && dtype.is_integer()
        && dtype.holds_int(v)
    {
        return PrimExpr::int(v as i64, dtype);
    }
    PrimExpr::cast(dtype, value, Span::NONE)
}

/// `a + b`
pub fn add(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    match (a.is_int(0), b.is_int(0)) {
        (true, _) => widen_like(b, &a),
        (_, true) => widen_like(a, &b),
        _ => match &b {
            // `a + (b + c)` reads better as `a + b + c`, and is the same modulo `2^bits`.
            PrimExpr::Binary(s) if s.op == BinOp::Add && a.dtype() == b.dtype() => {
                binary(BinOp::Add, add(a, s.lhs.clone()), s.rhs.clone())
            }
            _ => binary(BinOp::Add, a, b),
        },
    }
}

/// `a - b`
pub fn sub(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    if b.is_int(0) { widen_like(a, &b) } else { binary(BinOp::Sub, a, b) }
}

/// `a * b`
pub fn mul(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    match (a.is_int(1), b.is_int(1)) {
        (true, _) => widen_like(b, &a),
        (_, true) => widen_like(a, &b),
        _ if a.is_int(0) || b.is_int(0) => PrimExpr::int(0, common_type(a.dtype(), b.dtype())),
        _ => binary(BinOp::Mul, a, b),
    }
}

/// `value` in the type in which it meets `other`, so that dropping a neutral operand does not
/// narrow an expression.
fn widen_like(value: PrimExpr, other: &PrimExpr) -> PrimExpr {
    let dtype = common_type(value.dtype(), other.dtype());
    cast(dtype, value)
}

/// Distances of neighbours in a row-major compact buffer of `shape`.
pub fn compact_strides(shape: &[PrimExpr]) -> Vec<PrimExpr> {
    let mut strides = vec![PrimExpr::i32(1); shape.len()];
    for d in (0..shape.len().saturating_sub(1)).rev() {
        strides[d] = mul(strides[d + 1].clone(), shape[d + 1].clone());
    }
    strides
}
