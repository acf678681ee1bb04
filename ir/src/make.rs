//! Checked constructors of expressions: promotion of operands, type errors, constant folding.
//!
//! The constructors of [`PrimExpr`](crate::PrimExpr) build a node as it is. The functions here
//! build what a script means, as TVM's operators do:
//!
//! - **Promotion.** Operands of different types are converted by explicit
//!   [`Cast`](crate::expr::Cast) nodes to a common type ([`promote()`]): float beats integer,
//!   `float*` beats `bfloat16`, wider beats narrower, `uint` beats `int` of the same width, and
//!   anything beats bool. Scalars are broadcast to vectors. Nothing is promoted later.
//! - **Literals of the script** ([`Operand`]) are `int32` (or `int64`, where they do not fit),
//!   `float32` and bool. Next to an expression in `==` and `!=`, and left of it in `<` and its
//!   kin, they take the expression's type; so do integers in shifts and bitwise operations.
//! - **Folding.** Literals are computed at once, where TVM does so, with the bits of
//!   [`scalar`](crate::scalar), and not where the value has a [`Fault`](crate::Fault), which the
//!   program shall report. `x + 0`, `x - 0`, `x * 1` and `x // 1` of integers are `x`; `x * 0`
//!   and `x % 1` are 0 if nothing that could report is lost. There is no algebra on floats.

mod arith;
mod call;
mod cast;
mod fold;
mod literal;
mod memory;
mod promote;
mod vector;

pub use crate::op::{Expected, TypeError, TypeErrorKind};
pub(crate) use arith::what;
pub use arith::{
    abs, add, binary, bit_not, ceildiv, div, floordiv, floormod, max, min, mul, neg, not, sub,
    truncdiv,
};
pub use call::{call, if_then_else, select};
pub use cast::cast;
pub use literal::{Operand, literal, typed_literal};
pub use memory::{load, place, store_value};
pub use promote::{match_types, promote};
pub use vector::{Lanes, broadcast, ramp, shuffle};

#[cfg(test)]
mod tests;
