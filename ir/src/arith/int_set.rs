//! Intervals whose ends are expressions, and the evaluation of expressions on them.

use super::analyzer::Analyzer;
use super::bound::Bound;
use super::{fold, is_index};
use crate::buffer::Range;
use crate::dtype::DType;
use crate::expr::{BinOp, Binary, PrimExpr, Ramp, VarId};
use crate::visit::any_expr;
use rustc_hash::FxHashMap;

/// The integers from `min` to `max`, both included; a missing end means that there is none.
#[derive(Clone, Debug)]
pub struct IntSet {
    /// The smallest value.
    pub min: Option<PrimExpr>,
    /// The largest value.
    pub max: Option<PrimExpr>,
}

/// The values that variables range over.
pub type DomMap = FxHashMap<VarId, IntSet>;

impl IntSet {
    /// Every integer.
    pub fn everything() -> IntSet {
        IntSet { min: None, max: None }
    }

    /// The one value.
    pub fn point(value: PrimExpr) -> IntSet {
        IntSet { min: Some(value.clone()), max: Some(value) }
    }

    /// The values from `min` to `max`.
    pub fn interval(min: PrimExpr, max: PrimExpr) -> IntSet {
        IntSet { min: Some(min), max: Some(max) }
    }

    /// The values of a range.
    pub fn from_range(range: &Range) -> IntSet {
        if range.extent.is_int(1) {
            return IntSet::point(range.min.clone());
        }
        let end = fold::add(&range.extent, &range.min);
        let one = PrimExpr::int(1, end.dtype());
        IntSet::interval(range.min.clone(), fold::sub(&end, &one))
    }

    /// The value, if both ends are the same expression.
    pub fn as_point(&self) -> Option<&PrimExpr> {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) if min == max => Some(min),
            _ => None,
        }
    }

    /// True if there is no end on either side.
    pub fn is_everything(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// The smallest interval around both, simplified.
    pub fn union(&self, other: &IntSet, analyzer: &Analyzer) -> IntSet {
        let end = |f: fn(&PrimExpr, &PrimExpr) -> PrimExpr, a: &Option<_>, b: &Option<_>| {
            let (a, b) = of_one_type(a.as_ref()?, b.as_ref()?);
            Some(analyzer.simplify(&f(&a, &b)))
        };
        IntSet {
            min: end(fold::min, &self.min, &other.min),
            max: end(fold::max, &self.max, &other.max),
        }
    }

    /// What both contain, simplified. A missing end does not restrict.
    pub fn intersect(&self, other: &IntSet, analyzer: &Analyzer) -> IntSet {
        let end =
            |f: fn(&PrimExpr, &PrimExpr) -> PrimExpr, a: &Option<_>, b: &Option<_>| match (a, b) {
                (Some(a), Some(b)) => {
                    let (a, b) = of_one_type(a, b);
                    Some(analyzer.simplify(&f(&a, &b)))
                }
                (a, b) => a.clone().or_else(|| b.clone()),
            };
        IntSet {
            min: end(fold::max, &self.min, &other.min),
            max: end(fold::min, &self.max, &other.max),
        }
    }

    /// The set as a range, simplified; `whole` if an end is missing.
    pub fn cover_range(&self, whole: &Range, analyzer: &Analyzer) -> Range {
        let (Some(min), Some(max)) = (&self.min, &self.max) else {
            return whole.clone();
        };
        let (min, max) = of_one_type(min, max);
        let past = fold::add(&max, &PrimExpr::int(1, max.dtype()));
        let extent = analyzer.simplify(&fold::sub(&past, &min));
        Range::new(analyzer.simplify(&min), extent)
    }

    /// An interval around the values that `expr` has while the variables of `domains` range over
    /// theirs. Other variables stay in its ends. `expr` is a scalar, or a vector whose lanes count
    /// each.
    pub fn eval(expr: &PrimExpr, domains: &DomMap, analyzer: &Analyzer) -> IntSet {
        Evaluator { domains, analyzer, depth: 0 }.eval(expr)
    }

    /// An interval around the values of a range whose ends vary with the variables of `domains`.
    pub fn eval_range(range: &Range, domains: &DomMap, analyzer: &Analyzer) -> IntSet {
        if analyzer.can_prove_equal(&range.extent, &PrimExpr::int(1, range.extent.dtype())) {
            return IntSet::eval(&range.min, domains, analyzer);
        }
        let end = fold::add(&range.min, &range.extent);
        // Simplified first, so that what minimum and extent share cancels.
        let last = analyzer.simplify(&fold::sub(&end, &PrimExpr::int(1, end.dtype())));
        IntSet {
            min: IntSet::eval(&range.min, domains, analyzer).min,
            max: IntSet::eval(&last, domains, analyzer).max,
        }
    }
}

struct Evaluator<'a> {
    domains: &'a DomMap,
    analyzer: &'a Analyzer,
    /// How many domains that vary with other variables are being followed.
    depth: usize,
}

/// `f` of two ends, if there are two.
fn lift(
    f: fn(&PrimExpr, &PrimExpr) -> PrimExpr,
    a: &Option<PrimExpr>,
    b: &Option<PrimExpr>,
) -> Option<PrimExpr> {
    Some(f(a.as_ref()?, b.as_ref()?))
}

impl Evaluator<'_> {
    /// As TVM does, calls are not looked into: their value is unknown even if it does not vary.
    /// Neither are loads at an index that binds a variable: ends are used in several places, and a
    /// variable is bound in one.
    fn eval(&mut self, expr: &PrimExpr) -> IntSet {
        let element = expr.dtype().element();
        match expr {
            PrimExpr::Int { .. } => IntSet::point(expr.clone()),
            PrimExpr::Var(var) => match self.domains.get(&var.id) {
                Some(set) => self.follow(set.clone()),
                None => IntSet::point(expr.clone()),
            },
            PrimExpr::Binary(e) => self.binary(e, expr),
            PrimExpr::Select(e) => {
                let (a, b) = (self.eval(&e.false_value), self.eval(&e.true_value));
                IntSet {
                    min: lift(fold::min, &a.min, &b.min),
                    max: lift(fold::max, &a.max, &b.max),
                }
            }
            PrimExpr::Cast(e) => self.cast(&e.value, expr),
            PrimExpr::Load(e) if element.is_integer() && !self.varies_or_binds(&e.indices) => {
                IntSet::point(expr.clone())
            }
            PrimExpr::Ramp(e) if !e.dtype.is_scalable() && is_index(element) => self.ramp(e),
            PrimExpr::Broadcast(e) => self.eval(&e.value),
            PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Not(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::Call(_)
            | PrimExpr::CallFunc(_) => IntSet::everything(),
        }
    }

    fn varies_or_binds(&self, exprs: &[PrimExpr]) -> bool {
        any_expr(exprs, |e| match e {
            PrimExpr::Var(var) => self.domains.contains_key(&var.id),
            PrimExpr::Let(_) => true,
            _ => false,
        })
    }

    /// The ends of a domain may vary themselves.
    fn follow(&mut self, set: IntSet) -> IntSet {
        if self.depth >= self.domains.len() {
            return set;
        }
        self.depth += 1;
        let min = set.min.and_then(|e| self.eval(&e).min);
        let max = set.max.and_then(|e| self.eval(&e).max);
        self.depth -= 1;
        IntSet { min, max }
    }

    fn binary(&mut self, e: &Binary, expr: &PrimExpr) -> IntSet {
        let (a, b) = (self.eval(&e.lhs), self.eval(&e.rhs));
        if let (Some(x), Some(y)) = (a.as_point(), b.as_point()) {
            return IntSet::point(match *x == e.lhs && *y == e.rhs {
                true => expr.clone(),
                false => fold::binary(e.op, x, y),
            });
        }
        if !is_index(e.lhs.dtype().element()) {
            return IntSet::everything();
        }
        match e.op {
            BinOp::Add => IntSet {
                min: lift(fold::add, &a.min, &b.min),
                max: lift(fold::add, &a.max, &b.max),
            },
            BinOp::Sub => IntSet {
                min: lift(fold::sub, &a.min, &b.max),
                max: lift(fold::sub, &a.max, &b.min),
            },
            BinOp::Min => IntSet {
                min: lift(fold::min, &a.min, &b.min),
                max: lift(fold::min, &a.max, &b.max),
            },
            BinOp::Max => IntSet {
                min: lift(fold::max, &a.min, &b.min),
                max: lift(fold::max, &a.max, &b.max),
            },
            BinOp::Mul => match (a.as_point(), b.as_point()) {
                (_, Some(factor)) => self.monotone(e.op, &a, factor),
                (Some(factor), _) => self.monotone(e.op, &b, factor),
                (None, None) => IntSet::everything(),
            },
            BinOp::FloorDiv | BinOp::Div => match b.as_point() {
                Some(divisor) => self.monotone(e.op, &a, divisor),
                None => IntSet::everything(),
            },
            BinOp::FloorMod => self.floormod(e, &a, &b),
            BinOp::Mod => match b.as_point() {
                Some(divisor) => self.truncmod(&a, divisor),
                None => IntSet::everything(),
            },
            BinOp::Eq
            | BinOp::Ne
            | BinOp::Lt
            | BinOp::Le
            | BinOp::Gt
            | BinOp::Ge
            | BinOp::And
            | BinOp::Or => IntSet::everything(),
        }
    }

    /// `set <op> operand` for an operation that grows with `set` if `operand` is positive and
    /// falls if it is negative.
    fn monotone(&self, op: BinOp, set: &IntSet, operand: &PrimExpr) -> IntSet {
        let end = |x: &Option<PrimExpr>| Some(fold::binary(op, x.as_ref()?, operand));
        let (min, max) = (end(&set.min), end(&set.max));
        if self.analyzer.can_prove_at_least(operand, 0) {
            return IntSet { min, max };
        }
        let minus = fold::sub(&PrimExpr::int(0, operand.dtype()), operand);
        if self.analyzer.can_prove_at_least(&minus, 1) {
            return IntSet { min: max, max: min };
        }
        match (min, max) {
            (Some(a), Some(b)) => IntSet::interval(fold::min(&a, &b), fold::max(&a, &b)),
            _ => IntSet::everything(),
        }
    }

    fn floormod(&self, e: &Binary, a: &IntSet, b: &IntSet) -> IntSet {
        let Some(divisor) = b.as_point() else { return IntSet::everything() };
        let dtype = divisor.dtype();
        let zero = PrimExpr::int(0, dtype);
        let last = fold::sub(divisor, &PrimExpr::int(1, dtype));
        if !self.analyzer.can_prove_at_least(divisor, 1) {
            return match fold::as_const(divisor).filter(|d| *d < 0) {
                Some(_) => IntSet::interval(fold::add(divisor, &PrimExpr::int(1, dtype)), zero),
                None => IntSet::everything(),
            };
        }
        if let (Some(d), Some(min), Some(max)) = (fold::as_const(divisor), &a.min, &a.max) {
            let (first, last) = (fold::floordiv(min, divisor), fold::floordiv(max, divisor));
            if self.analyzer.can_prove_equal(&first, &last) {
                let start = fold::mul(divisor, &first);
                return IntSet::interval(fold::sub(min, &start), fold::sub(max, &start));
            }
            if let Some(last) = self.last_multiple(&e.lhs, d, dtype) {
                return IntSet::interval(zero, last);
            }
        }
        IntSet::interval(zero, last)
    }

    /// The largest remainder of a value of which something is known modulo a part of `divisor`.
    fn last_multiple(&self, value: &PrimExpr, divisor: i128, dtype: DType) -> Option<PrimExpr> {
        let set = self.analyzer.modular(value);
        let step = super::modular::gcd(set.coeff, divisor);
        let last = (divisor / step - 1) * step + set.base.rem_euclid(step);
        (set.coeff > 0 && step > 1).then(|| PrimExpr::int(last as i64, dtype))
    }

    fn truncmod(&self, a: &IntSet, divisor: &PrimExpr) -> IntSet {
        let Some(d) = fold::as_const(divisor).map(i128::abs).filter(|d| *d > 0) else {
            return IntSet::everything();
        };
        let literal = |v: i128| PrimExpr::int(v as i64, divisor.dtype());
        let never_negative =
            a.min.as_ref().is_some_and(|min| self.analyzer.can_prove_at_least(min, 0));
        let first = if never_negative { 0 } else { 1 - d };
        IntSet::interval(literal(first), literal(d - 1))
    }

    fn cast(&mut self, value: &PrimExpr, expr: &PrimExpr) -> IntSet {
        let (from, dtype) = (value.dtype(), expr.dtype().element());
        let set = self.eval(value);
        if set.as_point() == Some(value) {
            return IntSet::point(expr.clone());
        }
        let kept = (from.is_integer() || from.is_bool())
            && self.analyzer.bound(value).is_within(Bound::of_dtype(dtype));
        let widened = is_index(from.element()) && from.bits() <= dtype.bits();
        if !kept && !widened {
            return IntSet::everything();
        }
        let cast = |end: PrimExpr| match is_index(end.dtype()) {
            true => fold::cast(dtype, &end),
            false => PrimExpr::cast(dtype, end.clone(), end.span()),
        };
        IntSet { min: set.min.map(cast), max: set.max.map(cast) }
    }

    fn ramp(&mut self, e: &Ramp) -> IntSet {
        let Some(stride) = fold::as_const(&e.stride) else { return IntSet::everything() };
        let dtype = e.base.dtype();
        let last = stride * (e.dtype.lanes() as i128 - 1);
        if !dtype.holds_int(last) {
            return IntSet::everything();
        }
        let (first, last) = (last.min(0) as i64, last.max(0) as i64);
        let base = self.eval(&e.base);
        let shift = |end: Option<PrimExpr>, by: i64| {
            end.map(|end| fold::add(&end, &PrimExpr::int(by, dtype)))
        };
        IntSet { min: shift(base.min, first), max: shift(base.max, last) }
    }
}

/// Both values in the wider of their types, or in `int64` if one is unsigned: indices of one buffer
/// may have different types.
pub(crate) fn of_one_type(a: &PrimExpr, b: &PrimExpr) -> (PrimExpr, PrimExpr) {
    let (x, y) = (a.dtype(), b.dtype());
    if x == y {
        return (a.clone(), b.clone());
    }
    let dtype = match x.is_int() && y.is_int() {
        true if x.bits() < y.bits() => y,
        true => x,
        false => DType::INT64,
    };
    let cast = |value: &PrimExpr| match value.as_int().and_then(|v| i64::try_from(v).ok()) {
        _ if value.dtype() == dtype => value.clone(),
        Some(v) if dtype.holds_int(v.into()) => PrimExpr::int(v, dtype),
        _ => PrimExpr::cast(dtype, value.clone(), value.span()),
    };
    (cast(a), cast(b))
}
