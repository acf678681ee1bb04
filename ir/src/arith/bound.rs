//! Intervals of integers.

use super::analyzer::Analyzer;
use super::is_index;
use crate::dtype::DType;
use crate::expr::{BinOp, Binary, Call, PrimExpr};
use crate::op::Op;

/// The integers from `min` to `max`, both included. What no dtype can hold stands for "any".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Smallest value.
    pub min: i128,
    /// Largest value.
    pub max: i128,
}

impl Bound {
    /// Every value of every integer type.
    pub const ANY: Bound = Bound { min: i64::MIN as i128, max: u64::MAX as i128 };

    /// The one value.
    pub fn point(value: i128) -> Bound {
        Bound { min: value, max: value }
    }

    /// The values from `min` to `max`.
    pub fn new(min: i128, max: i128) -> Bound {
        Bound { min, max }
    }

    /// The values of an integer or bool type; [`Bound::ANY`] for others.
    pub fn of_dtype(dtype: DType) -> Bound {
        match dtype.is_integer() || dtype.is_bool() {
            true => Bound { min: dtype.int_min(), max: dtype.int_max() },
            false => Bound::ANY,
        }
    }

    /// The value, if there is only one.
    pub fn as_point(self) -> Option<i128> {
        (self.min == self.max).then_some(self.min)
    }

    /// True if `self` lies within `other`.
    pub fn is_within(self, other: Bound) -> bool {
        other.min <= self.min && self.max <= other.max
    }

    /// The smallest interval around both.
    pub fn union(self, other: Bound) -> Bound {
        Bound { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    /// What both contain. Of disjoint intervals, which no value satisfies, the result is `other`.
    pub fn intersect(self, other: Bound) -> Bound {
        let both = Bound { min: self.min.max(other.min), max: self.max.min(other.max) };
        if both.min <= both.max { both } else { other }
    }

    /// The exact results of `op` on values of the two intervals, divisions by 0 left out.
    pub fn apply(self, op: BinOp, other: Bound) -> Bound {
        match op {
            BinOp::Add => Bound::new(self.min + other.min, self.max + other.max),
            BinOp::Sub => Bound::new(self.min - other.max, self.max - other.min),
            BinOp::Mul => self.corners(other, i128::saturating_mul),
            BinOp::Div => self.quotients(other, |a, b| a / b),
            BinOp::FloorDiv => self.quotients(other, floordiv),
            BinOp::Mod => self.truncmod(other),
            BinOp::FloorMod => self.floormod(other),
            BinOp::Min => Bound::new(self.min.min(other.min), self.max.min(other.max)),
            BinOp::Max => Bound::new(self.min.max(other.min), self.max.max(other.max)),
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                self.compare(op, other).map_or(Bound::new(0, 1), |b| Bound::point(b as i128))
            }
            BinOp::And => Bound::new(self.min.min(other.min), self.max.min(other.max)),
            BinOp::Or => Bound::new(self.min.max(other.min), self.max.max(other.max)),
        }
    }

    /// The result of a comparison, if it is the same for all values.
    pub fn compare(self, op: BinOp, other: Bound) -> Option<bool> {
        let decide = |yes: bool, no: bool| match (yes, no) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        let disjoint = self.max < other.min || other.max < self.min;
        let same = self.as_point().is_some() && self == other;
        match op {
            BinOp::Lt => decide(self.max < other.min, other.max <= self.min),
            BinOp::Le => decide(self.max <= other.min, other.max < self.min),
            BinOp::Gt => other.compare(BinOp::Lt, self),
            BinOp::Ge => other.compare(BinOp::Le, self),
            BinOp::Eq => decide(same, disjoint),
            BinOp::Ne => decide(disjoint, same),
            _ => None,
        }
    }

    /// Extremes of an operation that is monotone in each operand: they lie in the corners.
    fn corners(self, other: Bound, f: impl Fn(i128, i128) -> i128) -> Bound {
        let values = [
            f(self.min, other.min),
            f(self.min, other.max),
            f(self.max, other.min),
            f(self.max, other.max),
        ];
        let min = values.into_iter().min().expect("four corners");
        Bound { min, max: values.into_iter().max().expect("four corners") }
    }

    /// A quotient is monotone in the divisor on either side of 0.
    fn quotients(self, other: Bound, f: impl Fn(i128, i128) -> i128) -> Bound {
        let negative = Bound::new(other.min, other.max.min(-1));
        let positive = Bound::new(other.min.max(1), other.max);
        let sides = [negative, positive].into_iter().filter(|b| b.min <= b.max);
        sides.map(|side| self.corners(side, &f)).reduce(Bound::union).unwrap_or(Bound::ANY)
    }

    fn floormod(self, other: Bound) -> Bound {
        if let Some(divisor) = other.as_point().filter(|d| *d > 0)
            && floordiv(self.min, divisor) == floordiv(self.max, divisor)
        {
            return Bound::new(self.min.rem_euclid(divisor), self.max.rem_euclid(divisor));
        }
        let max = if self.min >= 0 && other.min > 0 {
            self.max.min(other.max - 1)
        } else {
            (other.max - 1).max(0)
        };
        Bound { min: (other.min + 1).min(0), max }
    }

    fn truncmod(self, other: Bound) -> Bound {
        let largest = (other.min.abs().max(other.max.abs()) - 1).max(0);
        Bound { min: self.min.clamp(-largest, 0), max: self.max.clamp(0, largest) }
    }
}

/// Quotient toward minus infinity.
pub(super) fn floordiv(a: i128, b: i128) -> i128 {
    let q = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q }
}

/// Remainder with the sign of `b`.
pub(super) fn floormod(a: i128, b: i128) -> i128 {
    a - b * floordiv(a, b)
}

impl Analyzer {
    /// An interval that holds every value `expr` may have; of vectors, every lane.
    pub fn bound(&self, expr: &PrimExpr) -> Bound {
        let found = self.structural_bound(expr);
        match self.constraint_on(expr) {
            Some(known) => found.intersect(known),
            None => found,
        }
    }

    fn structural_bound(&self, expr: &PrimExpr) -> Bound {
        let any = Bound::of_dtype(expr.dtype());
        match expr {
            PrimExpr::Int { .. } => expr.as_int().map_or(any, Bound::point),
            PrimExpr::Var(var) => self.var_bound(*var).unwrap_or(any),
            PrimExpr::Cast(e) => {
                let from = e.value.dtype();
                let value = self.bound(&e.value);
                let kept = (from.is_integer() || from.is_bool()) && value.is_within(any);
                if kept { value } else { any }
            }
            PrimExpr::Binary(e) => self.binary_bound(e, any),
            PrimExpr::Select(e) => self.bound(&e.true_value).union(self.bound(&e.false_value)),
            PrimExpr::Ramp(e) if !e.dtype.is_scalable() => {
                let steps = Bound::new(0, e.dtype.lanes() as i128 - 1);
                let offset = self.bound(&e.stride).apply(BinOp::Mul, steps);
                settle(self.bound(&e.base).apply(BinOp::Add, offset), expr.dtype())
            }
            PrimExpr::Broadcast(e) => self.bound(&e.value),
            PrimExpr::Let(e) => self.bound(&e.body),
            PrimExpr::Call(e) => self.call_bound(e, any),
            PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Not(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::CallFunc(_) => any,
        }
    }

    fn binary_bound(&self, e: &Binary, any: Bound) -> Bound {
        let operand = e.lhs.dtype();
        if !operand.is_integer() && !operand.is_bool() {
            return any;
        }
        let exact = self.bound(&e.lhs).apply(e.op, self.bound(&e.rhs));
        match e.op.is_arithmetic() {
            true => settle(exact, operand),
            false => exact,
        }
    }

    fn call_bound(&self, e: &Call, any: Bound) -> Bound {
        match e.op {
            Op::Likely | Op::IgnoreLoopPartition => self.bound(&e.args[0]),
            Op::IfThenElse => self.bound(&e.args[1]).union(self.bound(&e.args[2])),
            Op::BitwiseAnd => {
                let masks = e.args.iter().map(|a| self.bound(a)).filter(|b| b.min >= 0);
                masks.map(|b| Bound::new(0, b.max)).reduce(Bound::intersect).unwrap_or(any)
            }
            Op::ShiftRight => {
                let (value, count) = (self.bound(&e.args[0]), self.bound(&e.args[1]));
                match count.as_point() {
                    Some(n) if 0 <= n && n < e.dtype.bits() as i128 => {
                        Bound::new(value.min >> n, value.max >> n)
                    }
                    _ => any,
                }
            }
            Op::Popcount | Op::Clz | Op::Ctz => {
                Bound::new(0, e.args[0].dtype().bits() as i128).intersect(any)
            }
            _ => any,
        }
    }
}

/// The values that a computation of type `dtype` has whose exact results are `exact`.
fn settle(exact: Bound, dtype: DType) -> Bound {
    let any = Bound::of_dtype(dtype);
    match exact.is_within(any) {
        true => exact,
        false if is_index(dtype.element()) => exact.intersect(any),
        false => any,
    }
}
