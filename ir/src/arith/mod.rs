//! Integer reasoning: bounds, divisibility, intervals, simplification, proofs.
//!
//! **What is assumed.** Arithmetic on `int32` and `int64`, the types of indices, is exact: a run in
//! which it overflows is reported and not valid, so a rewrite may rely on `(a + b) - b == a`.
//! Narrower and unsigned integers wrap silently, and floats round: on them nothing is rearranged,
//! only constants are folded and intervals kept. A division by zero is reported too, so divisors
//! are taken to be other than 0. Expressions with effects are never dropped, merged or moved.
//!
//! [`Analyzer`] is the entry: it holds what is known of variables and answers questions.

mod analyzer;
mod bound;
mod fold;
mod int_set;
pub mod iter_map;
mod modular;
mod simplify;

pub use analyzer::Analyzer;
pub use bound::Bound;
pub use fold::{add, as_const, binary, floordiv, floormod, max, min, mul, sub};
pub(crate) use int_set::of_one_type;
pub use int_set::{DomMap, IntSet};
pub use modular::Modular;

use crate::dtype::DType;
use crate::expr::{Callee, PrimExpr};
use crate::visit::any_expr;

/// True for `int32` and `int64` scalars, whose arithmetic is exact in valid runs.
pub fn is_index(dtype: DType) -> bool {
    matches!(dtype, DType::INT32 | DType::INT64)
}

/// True if evaluating `expr` changes nothing, so that it may be dropped or repeated.
pub fn is_pure(expr: &PrimExpr) -> bool {
    !any_expr(expr, |e| match e {
        PrimExpr::Call(call) => call.op.info().effect == crate::op::Effect::Opaque,
        PrimExpr::CallFunc(call) => !matches!(call.callee, Callee::Extern { pure: true, .. }),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
