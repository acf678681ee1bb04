//! Expressions together with what is known of their values.

use tirade_ir::op::Op;
use tirade_ir::{BinOp, DType, PrimExpr, Span};

/// An expression, and bounds of what it can evaluate to for the inputs of the case.
#[derive(Clone, Debug)]
pub struct Value {
    /// The expression.
    pub expr: PrimExpr,
    /// What its values are.
    pub fact: Fact,
}

/// What is known of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Integers and bools: no value is less.
    pub lo: i128,
    /// Integers and bools: no value is greater.
    pub hi: i128,
    /// Floats: may be a NaN that arithmetic made, whose sign and payload are nobody's business.
    pub nan: bool,
}

impl Fact {
    /// Nothing is known.
    pub fn any(dtype: DType) -> Fact {
        Fact { lo: dtype.element().int_min(), hi: dtype.element().int_max(), nan: true }
    }

    /// Integers in `lo..=hi`.
    pub fn range(lo: i128, hi: i128) -> Fact {
        Fact { lo, hi, nan: false }
    }

    /// Floats.
    pub fn float(nan: bool) -> Fact {
        Fact { lo: 0, hi: 0, nan }
    }

    /// Holds for the values of both.
    pub fn join(self, other: Fact) -> Fact {
        Fact { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi), nan: self.nan || other.nan }
    }

    /// True if `dtype` holds every value.
    pub fn fits(self, dtype: DType) -> bool {
        dtype.holds_int(self.lo) && dtype.holds_int(self.hi)
    }

    /// This fact if `dtype` holds every value, else nothing is known: arithmetic wraps.
    pub fn wrapped(self, dtype: DType) -> Fact {
        if self.fits(dtype) { self } else { Fact { nan: self.nan, ..Fact::any(dtype) } }
    }

    /// The greatest distance from 0.
    pub fn magnitude(self) -> i128 {
        self.lo.abs().max(self.hi.abs())
    }
}

impl Value {
    /// An expression with its fact.
    pub fn new(expr: PrimExpr, fact: Fact) -> Value {
        Value { expr, fact }
    }

    /// An integer or bool literal; a vector of them if the type has lanes.
    pub fn int(value: i128, dtype: DType) -> Value {
        let literal = PrimExpr::int(value as i64, dtype.element());
        Value::new(splat(literal, dtype), Fact::range(value, value))
    }

    /// Type of the value.
    pub fn dtype(&self) -> DType {
        self.expr.dtype()
    }
}

/// True for the types whose arithmetic must not overflow.
pub fn overflows(dtype: DType) -> bool {
    dtype.is_int() && 32 <= dtype.bits()
}

/// A scalar as it is, or a vector of it if `dtype` has lanes.
pub fn splat(value: PrimExpr, dtype: DType) -> PrimExpr {
    if dtype.is_scalar() {
        return value;
    }
    let broadcast = tirade_ir::expr::Broadcast { value, dtype, span: Span::NONE };
    PrimExpr::Broadcast(broadcast.into())
}

/// `lhs op rhs`, as it is.
pub fn binary(op: BinOp, lhs: PrimExpr, rhs: PrimExpr) -> PrimExpr {
    PrimExpr::binary(op, lhs, rhs, Span::NONE)
}

/// A call of an op, as it is.
pub fn call(op: Op, args: impl Into<Box<[PrimExpr]>>, dtype: DType) -> PrimExpr {
    PrimExpr::call(op, args, dtype, Span::NONE)
}

/// `T.Select`.
pub fn select(condition: PrimExpr, true_value: PrimExpr, false_value: PrimExpr) -> PrimExpr {
    let node = tirade_ir::expr::Select { condition, true_value, false_value, span: Span::NONE };
    PrimExpr::Select(node.into())
}

/// A cast, or the expression itself if it has the type.
pub fn cast(dtype: DType, value: PrimExpr) -> PrimExpr {
    match value.dtype() == dtype {
        true => value,
        false => PrimExpr::cast(dtype, value, Span::NONE),
    }
}

/// `a + b` of `int32`s or `int64`s, without the noise of adding 0.
pub fn add(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    if b.is_int(0) {
        return a;
    }
    if a.is_int(0) {
        return b;
    }
    binary(BinOp::Add, a, b)
}
