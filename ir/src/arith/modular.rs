//! Divisibility: sets of the form `coeff * k + base`.

use super::analyzer::Analyzer;
use super::bound::{Bound, floordiv, floormod};
use super::is_index;
use crate::dtype::DType;
use crate::expr::{BinOp, Binary, PrimExpr};
use crate::op::Op;

/// The integers `coeff * k + base` for all integers `k`. `coeff` is 0 for a single value, and
/// otherwise positive with `0 <= base < coeff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modular {
    /// Distance of two values.
    pub coeff: i128,
    /// One of the values.
    pub base: i128,
}

impl Modular {
    /// All integers.
    pub const ANY: Modular = Modular { coeff: 1, base: 0 };

    /// `coeff * k + base`; `coeff` may have any sign.
    pub fn new(coeff: i128, base: i128) -> Modular {
        let coeff = coeff.abs();
        Modular { coeff, base: if coeff == 0 { base } else { base.rem_euclid(coeff) } }
    }

    /// The one value.
    pub fn point(value: i128) -> Modular {
        Modular { coeff: 0, base: value }
    }

    /// True if every value is a multiple of `divisor`, which is not 0.
    pub fn is_multiple_of(self, divisor: i128) -> bool {
        self.coeff % divisor == 0 && self.base % divisor == 0
    }

    /// False only if `value` is certainly not in the set.
    pub fn may_be(self, value: i128) -> bool {
        match self.coeff {
            0 => self.base == value,
            coeff => (value - self.base) % coeff == 0,
        }
    }

    /// The smallest such set around both.
    pub fn union(self, other: Modular) -> Modular {
        let coeff = gcd(gcd(self.coeff, other.coeff), self.base - other.base);
        Modular::new(coeff, self.base)
    }

    /// The exact results of `+`, `-` and `*`; other operators give everything.
    fn apply(self, op: BinOp, other: Modular) -> Modular {
        let (a, b) = (self, other);
        match op {
            BinOp::Add => Modular::new(gcd(a.coeff, b.coeff), a.base + b.base),
            BinOp::Sub => Modular::new(gcd(a.coeff, b.coeff), a.base - b.base),
            BinOp::Mul => a.product(b).unwrap_or(Modular::ANY),
            BinOp::FloorDiv if b.coeff == 0 && b.base != 0 && a.coeff % b.base == 0 => {
                Modular::new(a.coeff / b.base, floordiv(a.base, b.base))
            }
            BinOp::FloorMod if b.coeff == 0 && b.base != 0 => match a.coeff % b.base {
                0 => Modular::point(floormod(a.base, b.base)),
                _ => Modular::new(gcd(a.coeff, b.base), a.base),
            },
            BinOp::Min | BinOp::Max => a.union(b),
            _ => Modular::ANY,
        }
    }

    /// `None` if the numbers become too large.
    fn product(self, other: Modular) -> Option<Modular> {
        let (a, b) = (self, other);
        let coeff = gcd(
            gcd(a.coeff.checked_mul(b.coeff)?, a.coeff.checked_mul(b.base)?),
            b.coeff.checked_mul(a.base)?,
        );
        Some(Modular::new(coeff, a.base.checked_mul(b.base)?))
    }
}

/// Greatest common divisor, not negative; `gcd(0, x)` is `|x|`.
pub(super) fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a as i128
}

impl Analyzer {
    /// A set `coeff * k + base` that holds every value `expr` may have.
    pub fn modular(&self, expr: &PrimExpr) -> Modular {
        match expr {
            PrimExpr::Int { .. } => expr.as_int().map_or(Modular::ANY, Modular::point),
            PrimExpr::Var(var) => self.var_modular(*var),
            PrimExpr::Cast(e) => {
                let from = e.value.dtype();
                match from.is_scalar() && (from.is_integer() || from.is_bool()) {
                    true => self.settle_modular(self.modular(&e.value), &e.value, e.dtype),
                    false => Modular::ANY,
                }
            }
            PrimExpr::Binary(e) => self.binary_modular(e),
            PrimExpr::Select(e) => self.modular(&e.true_value).union(self.modular(&e.false_value)),
            PrimExpr::Call(e) if e.op == Op::Likely => self.modular(&e.args[0]),
            PrimExpr::Call(e) if e.op == Op::IfThenElse => {
                self.modular(&e.args[1]).union(self.modular(&e.args[2]))
            }
            PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Not(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Broadcast(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::Call(_)
            | PrimExpr::CallFunc(_) => Modular::ANY,
        }
    }

    fn binary_modular(&self, e: &Binary) -> Modular {
        let dtype = e.lhs.dtype();
        if !dtype.is_scalar() || !dtype.is_integer() || !e.op.is_arithmetic() {
            return Modular::ANY;
        }
        let set = self.modular(&e.lhs).apply(e.op, self.modular(&e.rhs));
        if is_index(dtype) {
            return set;
        }
        let exact = self.bound(&e.lhs).apply(e.op, self.bound(&e.rhs));
        wrapped(set, exact, dtype)
    }

    fn settle_modular(&self, set: Modular, value: &PrimExpr, dtype: DType) -> Modular {
        match dtype.is_integer() {
            true => wrapped(set, self.bound(value), dtype),
            false => Modular::ANY,
        }
    }
}

/// What is left of `set`, whose values lie in `exact`, once they are wrapped to `dtype`.
fn wrapped(set: Modular, exact: Bound, dtype: DType) -> Modular {
    match exact.is_within(Bound::of_dtype(dtype)) {
        true => set,
        false => Modular::new(gcd(set.coeff, 1 << dtype.bits()), set.base),
    }
}
