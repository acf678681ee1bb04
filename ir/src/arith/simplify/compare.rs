//! Rules on comparisons and logic.

use super::super::analyzer::negated;
use super::super::bound::{Bound, floordiv};
use super::super::modular::{Modular, gcd};
use super::super::{is_index, is_pure};
use super::{Linear, Simplifier, Term};
use crate::dtype::DType;
use crate::expr::{BinOp, Binary, Not, PrimExpr};
use crate::span::Span;

impl Simplifier<'_> {
    pub(super) fn rewrite_comparison(&mut self, e: &Binary) -> Option<PrimExpr> {
        let dtype = e.lhs.dtype();
        if !dtype.is_scalar() || !(dtype.is_integer() || dtype.is_bool()) || !is_pure_pair(e) {
            return self.rewrite_operands(e);
        }
        if !is_index(dtype) {
            let (a, b) = (self.analyzer.bound(&e.lhs), self.analyzer.bound(&e.rhs));
            return match a.compare(e.op, b) {
                Some(result) => Some(PrimExpr::bool(result)),
                None => self.rewrite_operands(e),
            };
        }
        // `a > b` is written `b < a`.
        let (op, lhs, rhs) = match e.op {
            BinOp::Gt => (BinOp::Lt, &e.rhs, &e.lhs),
            BinOp::Ge => (BinOp::Le, &e.rhs, &e.lhs),
            op => (op, &e.lhs, &e.rhs),
        };
        let (a, b) = (self.linear(lhs), self.linear(rhs));
        let difference = self.sum(a.clone(), &b, -1);
        if !difference.is_within(super::LIMIT) {
            return self.rewrite_operands(e);
        }
        if let Some(result) = self.decide(op, &difference) {
            return Some(PrimExpr::bool(result));
        }
        let op = match op {
            // What is never negative is at most 0 only as 0.
            BinOp::Le if self.linear_bound(&difference).min == 0 => BinOp::Eq,
            op => op,
        };
        let rebuilt = match a.terms.is_empty() || b.terms.is_empty() {
            true => against_constant(op, difference, dtype, e.span),
            false => two_sided(op, a, b, dtype, e.span),
        };
        rebuilt.filter(|new| !same_node(new, e))
    }

    fn rewrite_operands(&mut self, e: &Binary) -> Option<PrimExpr> {
        let (lhs, rhs) = (self.simplify(&e.lhs), self.simplify(&e.rhs));
        let unchanged = lhs == e.lhs && rhs == e.rhs;
        (!unchanged).then(|| PrimExpr::binary(e.op, lhs, rhs, e.span))
    }

    /// Whether `difference <op> 0` holds, if that is certain.
    fn decide(&mut self, op: BinOp, difference: &Linear) -> Option<bool> {
        if let Some(known) = self.linear_bound(difference).compare(op, Bound::point(0)) {
            return Some(known);
        }
        let shifted = |by: i128| {
            let mut linear = difference.clone();
            linear.constant += by;
            linear
        };
        match op {
            BinOp::Lt if self.proves_at_most_zero(&shifted(1)) => Some(true),
            BinOp::Lt if self.proves_at_least_zero(difference) => Some(false),
            BinOp::Le if self.proves_at_most_zero(difference) => Some(true),
            BinOp::Le if self.proves_at_least_zero(&shifted(-1)) => Some(false),
            BinOp::Eq | BinOp::Ne => {
                let differs = !self.linear_modular(difference).may_be(0)
                    || self.proves_at_most_zero(&shifted(1))
                    || self.proves_at_least_zero(&shifted(-1));
                differs.then_some(op == BinOp::Ne)
            }
            _ => None,
        }
    }

    fn linear_modular(&self, linear: &Linear) -> Modular {
        let start = Modular::point(linear.constant);
        linear.terms.iter().fold(start, |sum, term| {
            let part =
                if term.is_whole() { self.analyzer.modular(&term.index) } else { Modular::ANY };
            let coeff = gcd(sum.coeff, part.coeff.saturating_mul(term.scale));
            match part.base.checked_mul(term.scale) {
                Some(base) => Modular::new(coeff, sum.base + base),
                None => Modular::ANY,
            }
        })
    }

    /// A comparison that holds, as an interval of an expression in normal form without constant.
    pub fn comparison_as_bound(
        &mut self,
        op: BinOp,
        lhs: &PrimExpr,
        rhs: &PrimExpr,
    ) -> Option<(PrimExpr, Bound)> {
        if !is_pure(lhs) || !is_pure(rhs) {
            return None;
        }
        let dtype = lhs.dtype();
        let (a, b) = (self.linear(lhs), self.linear(rhs));
        let mut difference = self.sum(a, &b, -1);
        let common = difference.terms.iter().fold(0, |common, t| gcd(common, t.scale));
        if common == 0 || !difference.is_within(super::LIMIT) {
            return None;
        }
        let sign = if difference.terms[0].scale < 0 { -common } else { common };
        let any = Bound::new(-super::LIMIT, super::LIMIT);
        let constant = std::mem::take(&mut difference.constant);
        difference.terms.iter_mut().for_each(|t| t.scale /= sign);
        // `sign * t + constant <op> 0`
        let at_most = |limit: i128| match sign > 0 {
            true => Bound::new(any.min, floordiv(limit, common)),
            false => Bound::new(-floordiv(limit, common), any.max),
        };
        let at_least = |limit: i128| match sign > 0 {
            true => Bound::new(-floordiv(-limit, common), any.max),
            false => Bound::new(any.min, floordiv(-limit, common)),
        };
        let bound = match op {
            BinOp::Lt => at_most(-constant - 1),
            BinOp::Le => at_most(-constant),
            BinOp::Gt => at_least(-constant + 1),
            BinOp::Ge => at_least(-constant),
            BinOp::Eq if constant % sign == 0 => Bound::point(-constant / sign),
            _ => return None,
        };
        Some((difference.build(dtype, Span::NONE)?, bound))
    }

    pub(super) fn rewrite_logical(&mut self, e: &Binary) -> Option<PrimExpr> {
        let (lhs, rhs) = (self.simplify(&e.lhs), self.simplify(&e.rhs));
        let deciding = (e.op == BinOp::Or) as i128;
        if e.lhs.dtype().is_scalar() {
            if lhs.is_int(deciding) || rhs.is_int(deciding) && is_pure(&lhs) {
                return Some(PrimExpr::bool(e.op == BinOp::Or));
            }
            if lhs.as_int().is_some() || lhs == rhs && is_pure(&lhs) {
                return Some(rhs);
            }
            if rhs.as_int().is_some() {
                return Some(lhs);
            }
        }
        let unchanged = lhs == e.lhs && rhs == e.rhs;
        (!unchanged).then(|| PrimExpr::binary(e.op, lhs, rhs, e.span))
    }

    /// `not (a < b)` is `b <= a` on integers; on floats it is not, because of NaN.
    pub(super) fn rewrite_not(&mut self, e: &Not) -> Option<PrimExpr> {
        let value = self.simplify(&e.value);
        if let Some(known) = value.as_int() {
            return Some(PrimExpr::bool(known == 0));
        }
        match &value {
            PrimExpr::Not(inner) => return Some(inner.value.clone()),
            PrimExpr::Binary(c) if c.op.is_logical() => {
                let op = if c.op == BinOp::And { BinOp::Or } else { BinOp::And };
                let not = |e: &PrimExpr| PrimExpr::logical_not(e.clone(), e.span().or(c.span));
                let opposite = PrimExpr::binary(op, not(&c.lhs), not(&c.rhs), e.span);
                return Some(self.simplify(&opposite));
            }
            PrimExpr::Binary(c) if c.lhs.dtype().is_integer() => {
                if let Some(op) = negated(c.op) {
                    let opposite = PrimExpr::binary(op, c.lhs.clone(), c.rhs.clone(), e.span);
                    return Some(self.simplify(&opposite));
                }
            }
            _ => {}
        }
        (value != e.value).then(|| PrimExpr::logical_not(value, e.span))
    }
}

fn is_pure_pair(e: &Binary) -> bool {
    is_pure(&e.lhs) && is_pure(&e.rhs)
}

fn same_node(new: &PrimExpr, old: &Binary) -> bool {
    matches!(new, PrimExpr::Binary(b) if b.op == old.op && b.lhs == old.lhs && b.rhs == old.rhs)
}

/// `terms + constant <op> 0` with the terms on the left of the constant, or on the right if they
/// all are negative. A factor that all terms have is taken out.
fn against_constant(op: BinOp, difference: Linear, dtype: DType, span: Span) -> Option<PrimExpr> {
    let common = difference.terms.first()?.scale.abs();
    let common = match difference.terms.iter().all(|t| t.scale.abs() == common) {
        true => common,
        false => 1,
    };
    // `common * t + constant <op> 0` becomes `t <op> limit`.
    let constant = difference.constant;
    let limit = match op {
        BinOp::Lt => -floordiv(constant, common),
        BinOp::Le => floordiv(-constant, common),
        BinOp::Eq | BinOp::Ne if constant % common == 0 => -constant / common,
        BinOp::Eq => return Some(PrimExpr::bool(false)),
        BinOp::Ne => return Some(PrimExpr::bool(true)),
        _ => return None,
    };
    let negative = difference.terms.iter().all(|t| t.scale < 0);
    let sign = if negative { -common } else { common };
    let terms = difference.terms.into_iter().map(|t| Term { scale: t.scale / sign, ..t });
    let terms = Linear { terms: terms.collect(), constant: 0 }.build(dtype, span)?;
    let limit = Linear::constant(if negative { -limit } else { limit }).build(dtype, span)?;
    Some(match negative && matches!(op, BinOp::Lt | BinOp::Le) {
        true => PrimExpr::binary(op, limit, terms, span),
        false => PrimExpr::binary(op, terms, limit, span),
    })
}

/// `a <op> b` with both constants on one side, where they are positive together.
fn two_sided(
    op: BinOp,
    mut a: Linear,
    mut b: Linear,
    dtype: DType,
    span: Span,
) -> Option<PrimExpr> {
    move_subtractions(&mut a, &mut b)?;
    move_subtractions(&mut b, &mut a)?;
    let constant = a.constant - b.constant;
    let (op, constant) = match (op, constant) {
        (BinOp::Le, 1) => (BinOp::Lt, 0),
        other => other,
    };
    a.constant = constant.max(0);
    b.constant = (-constant).max(0);
    Some(PrimExpr::binary(op, a.build(dtype, span)?, b.build(dtype, span)?, span))
}

/// A side with nothing but subtractions has them become additions on the other side; `None` if
/// parts of a sum came together there.
fn move_subtractions(from: &mut Linear, to: &mut Linear) -> Option<()> {
    if from.terms.iter().all(|t| t.scale < 0) {
        for term in std::mem::take(&mut from.terms) {
            let whole = to.add_term(Term { scale: -term.scale, ..term });
            whole.is_none().then_some(())?;
        }
    }
    Some(())
}
