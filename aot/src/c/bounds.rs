//! Ranges of integer expressions, to print plain C where it cannot overflow.
//!
//! A range is what the *wrapped* value may be: where the exact result may leave the type, the
//! range is the whole type. So a plain operator is printed only where it computes the same value.

use rustc_hash::FxHashMap;
use tirade_ir::{BinOp, DType, For, Op, PrimExpr, Var, VarId};

/// Inclusive bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Least value.
    pub lo: i128,
    /// Greatest value.
    pub hi: i128,
}

impl Interval {
    /// The one value.
    pub fn point(value: i128) -> Interval {
        Interval { lo: value, hi: value }
    }

    /// All values of an integer type.
    pub fn of_type(dtype: DType) -> Interval {
        Interval { lo: dtype.int_min(), hi: dtype.int_max() }
    }

    /// True if every value belongs to `dtype`.
    pub fn fits(self, dtype: DType) -> bool {
        dtype.holds_int(self.lo) && dtype.holds_int(self.hi)
    }

    fn hull(self, other: Interval) -> Interval {
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    fn of_corners(corners: [i128; 4]) -> Interval {
        let lo = corners.into_iter().min().expect("four corners");
        let hi = corners.into_iter().max().expect("four corners");
        Interval { lo, hi }
    }
}

/// Ranges of the variables in scope.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    vars: FxHashMap<VarId, Interval>,
}

impl Bounds {
    /// Notes the range of a variable.
    pub fn set(&mut self, var: Var, range: Interval) {
        self.vars.insert(var.id, range);
    }

    /// Notes the range of a loop variable.
    pub fn enter_loop(&mut self, l: &For) {
        let (min, extent) = (self.of(&l.min), self.of(&l.extent));
        let all = Interval::of_type(l.loop_var.dtype);
        let hi = (min.hi + extent.hi - 1).clamp(min.lo, all.hi);
        self.set(l.loop_var, Interval { lo: min.lo.max(all.lo), hi });
    }

    /// The range of an integer or bool expression of one lane.
    pub fn of(&self, expr: &PrimExpr) -> Interval {
        let dtype = expr.dtype().element();
        if !dtype.is_integer() && !dtype.is_bool() {
            return Interval { lo: i128::from(i64::MIN), hi: i128::from(u64::MAX) };
        }
        let exact = self.exact(expr);
        if exact.fits(dtype) { exact } else { Interval::of_type(dtype) }
    }

    /// The range of the result before it is wrapped to the type.
    pub fn exact(&self, expr: &PrimExpr) -> Interval {
        let all = Interval::of_type(expr.dtype().element());
        match expr {
            PrimExpr::Int { .. } => expr.as_int().map_or(all, Interval::point),
            PrimExpr::Var(var) => self.vars.get(&var.id).copied().unwrap_or(all),
            PrimExpr::Cast(c) if !c.value.dtype().is_float() => self.of(&c.value),
            PrimExpr::Binary(b) if b.op.is_arithmetic() => self.binary(b.op, &b.lhs, &b.rhs, all),
            PrimExpr::Select(s) => self.of(&s.true_value).hull(self.of(&s.false_value)),
            PrimExpr::Broadcast(b) => self.of(&b.value),
            PrimExpr::Call(call) => match (call.op, &*call.args) {
                (Op::IfThenElse, [_, a, b]) => self.of(a).hull(self.of(b)),
                (Op::Likely, [a]) => self.of(a),
                _ => all,
            },
            PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Cast(_)
            | PrimExpr::Binary(_)
            | PrimExpr::Not(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::CallFunc(_) => all,
        }
    }

    fn binary(&self, op: BinOp, lhs: &PrimExpr, rhs: &PrimExpr, all: Interval) -> Interval {
        let (a, b) = (self.of(lhs), self.of(rhs));
        match op {
            BinOp::Add => Interval { lo: a.lo + b.lo, hi: a.hi + b.hi },
            BinOp::Sub => Interval { lo: a.lo - b.hi, hi: a.hi - b.lo },
            BinOp::Mul => {
                // The square of the largest `uint64` is beyond 128 bits, and far from any type.
                let mul = i128::saturating_mul;
                Interval::of_corners([
                    mul(a.lo, b.lo),
                    mul(a.lo, b.hi),
                    mul(a.hi, b.lo),
                    mul(a.hi, b.hi),
                ])
            }
            BinOp::Min => Interval { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) },
            BinOp::Max => Interval { lo: a.lo.max(b.lo), hi: a.hi.max(b.hi) },
            BinOp::Div | BinOp::FloorDiv if b.lo > 0 => {
                let div = |x: i128, y: i128| match op {
                    BinOp::FloorDiv => x.div_euclid(y),
                    _ => x / y,
                };
                Interval::of_corners([
                    div(a.lo, b.lo),
                    div(a.lo, b.hi),
                    div(a.hi, b.lo),
                    div(a.hi, b.hi),
                ])
            }
            BinOp::FloorMod if b.lo > 0 => {
                if a.lo >= 0 && a.hi < b.lo {
                    return a;
                }
                Interval { lo: 0, hi: b.hi - 1 }
            }
            BinOp::Mod if b.lo > 0 => {
                let (lo, hi) = (a.lo.max(1 - b.hi).min(0), a.hi.min(b.hi - 1).max(0));
                Interval { lo, hi }
            }
            BinOp::Div | BinOp::FloorDiv | BinOp::FloorMod | BinOp::Mod => all,
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => all,
            BinOp::And | BinOp::Or => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tirade_ir::Span;

    fn binary(op: BinOp, a: impl Into<PrimExpr>, b: impl Into<PrimExpr>) -> PrimExpr {
        PrimExpr::binary(op, a.into(), b.into(), Span::NONE)
    }

    #[test]
    fn index_arithmetic_is_bounded() {
        let i = Var::new("i", DType::INT32);
        let mut bounds = Bounds::default();
        bounds.set(i, Interval { lo: 0, hi: 127 });
        let e = binary(BinOp::Add, binary(BinOp::Mul, i, 128), binary(BinOp::FloorMod, i, 8));
        assert_eq!(bounds.of(&e), Interval { lo: 0, hi: 127 * 128 + 7 });
        let wraps = binary(BinOp::Mul, i, i32::MAX);
        assert_eq!(bounds.of(&wraps), Interval::of_type(DType::INT32));
        assert_eq!(bounds.of(&binary(BinOp::FloorDiv, i, -3)), Interval::of_type(DType::INT32));
    }
}
