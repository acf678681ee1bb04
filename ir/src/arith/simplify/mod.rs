//! Simplification: normal forms of index expressions and of conditions on them.
//!
//! An index expression becomes a [`Linear`] form: a constant and terms
//! `scale * ((index % upper) // lower)`, in the order in which they were first seen. Products of
//! variables, minima, loads and the like are the `index` of a term with nothing taken off. Rules
//! on divisions are in `divmod`, on conditions in `compare`.

mod compare;
mod divmod;
mod linear;

use super::analyzer::Analyzer;
use super::bound::Bound;
use super::{fold, is_index, is_pure};
use crate::expr::{BinOp, Binary, Cast, PrimExpr};
use crate::op::Op;
use crate::rewrite::{Rewriter, walk_rewrite_expr};
use crate::span::Span;
pub(super) use linear::{Linear, Term};

pub(super) struct Simplifier<'a> {
    analyzer: &'a Analyzer,
}

/// Larger numbers are not reckoned with, so that products of two fit.
const LIMIT: i128 = 1 << 62;
const HUGE: i128 = 1 << 100;

impl<'a> Simplifier<'a> {
    pub fn new(analyzer: &'a Analyzer) -> Self {
        Simplifier { analyzer }
    }

    pub fn simplify(&mut self, expr: &PrimExpr) -> PrimExpr {
        self.rewrite_expr(expr).unwrap_or_else(|| expr.clone())
    }

    /// The normal form of an index expression; `None` where it has effects.
    fn normal(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        if !is_pure(expr) {
            return walk_rewrite_expr(self, expr);
        }
        let linear = self.linear(expr);
        linear.build(expr.dtype(), expr.span()).filter(|new| new != expr)
    }

    /// The linear form of a pure index expression.
    fn linear(&mut self, expr: &PrimExpr) -> Linear {
        let linear = match expr {
            PrimExpr::Int { value, .. } => Linear::constant(*value as i128),
            PrimExpr::Var(var) => match self.analyzer.var_value(*var) {
                Some(value) if value.dtype() == var.dtype => self.linear(&value.clone()),
                _ => self.atom(expr.clone()),
            },
            PrimExpr::Binary(e) if e.op.is_arithmetic() => self.arithmetic(e),
            PrimExpr::Cast(e) => self.cast(e),
            _ => {
                let simplified = walk_rewrite_expr(self, expr).unwrap_or_else(|| expr.clone());
                match self.chosen(&simplified) {
                    Some(arm) => self.linear(&arm),
                    None => self.atom(simplified),
                }
            }
        };
        match linear.is_within(LIMIT) {
            true => linear,
            false => Linear::from_term(Term::whole(expr.clone())),
        }
    }

    fn atom(&self, expr: PrimExpr) -> Linear {
        match self.analyzer.bound(&expr).as_point() {
            Some(value) => Linear::constant(value),
            None => Linear::from_term(Term::whole(expr)),
        }
    }

    fn arithmetic(&mut self, e: &Binary) -> Linear {
        let (a, b) = (self.linear(&e.lhs), self.linear(&e.rhs));
        match e.op {
            BinOp::Add => self.sum(a, &b, 1),
            BinOp::Sub => self.sum(a, &b, -1),
            BinOp::Mul => self.product(e, a, b),
            BinOp::FloorDiv => self.floordiv(e, a, b),
            BinOp::FloorMod => self.floormod(e, a, b),
            BinOp::Div => self.truncdiv(e, a, b),
            BinOp::Mod => self.truncmod(e, a, b),
            BinOp::Min | BinOp::Max => self.minmax(e, a, b),
            BinOp::Eq
            | BinOp::Ne
            | BinOp::Lt
            | BinOp::Le
            | BinOp::Gt
            | BinOp::Ge
            | BinOp::And
            | BinOp::Or => unreachable!("arithmetic operators only"),
        }
    }

    /// `a + scale * b`
    fn sum(&mut self, mut a: Linear, b: &Linear, scale: i128) -> Linear {
        a.constant += b.constant * scale;
        for term in &b.terms {
            let term = Term { scale: term.scale * scale, ..term.clone() };
            if let Some(whole) = a.add_term(term) {
                // Parts of a sum came together to the whole sum.
                let inner = self.linear(&whole.index);
                a = self.sum(a, &inner, whole.scale);
            }
        }
        self.join_quotients(a)
    }

    /// `(x + c) // d - x // d == (x % d + c) // d`
    fn join_quotients(&mut self, mut a: Linear) -> Linear {
        let pair = a.terms.iter().enumerate().find_map(|(i, plus)| {
            let is_quotient = |t: &Term| t.lower > 1 && t.upper.is_none();
            let minus = |t: &Term| {
                is_quotient(t) && t.lower == plus.lower && t.scale == -plus.scale && plus.scale > 0
            };
            let j = a.terms.iter().position(minus).filter(|_| is_quotient(plus))?;
            let difference = fold::sub(&plus.index, &a.terms[j].index);
            let offset = self.linear(&difference).as_constant()?;
            Some((i, j, offset))
        });
        let Some((i, j, offset)) = pair else { return a };
        let (lower, scale) = (a.terms[i].lower, a.terms[i].scale);
        let index = a.terms[j].index.clone();
        let dtype = index.dtype();
        if !dtype.holds_int(lower) || !dtype.holds_int(offset) {
            return a;
        }
        let literal = |value: i128| PrimExpr::int(value as i64, dtype);
        let rest = fold::add(&fold::floormod(&index, &literal(lower)), &literal(offset));
        let joined = self.linear(&fold::floordiv(&rest, &literal(lower)));
        a.terms.remove(i.max(j));
        a.terms.remove(i.min(j));
        self.sum(a, &joined, scale)
    }

    fn product(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        let scaled = |l: Linear, factor: i128| match factor {
            0 => Linear::constant(0),
            _ => l.scaled(factor),
        };
        match (a.as_constant(), b.as_constant()) {
            (_, Some(factor)) => scaled(a, factor),
            (Some(factor), _) => scaled(b, factor),
            (None, None) => self.product_of_terms(e, a, b),
        }
    }

    /// Constant factors of two single terms are taken out of their product.
    fn product_of_terms(&mut self, e: &Binary, mut a: Linear, mut b: Linear) -> Linear {
        let mut factor = 1;
        for side in [&mut a, &mut b] {
            if let ([term], 0) = (&mut side.terms[..], side.constant) {
                factor *= std::mem::replace(&mut term.scale, 1);
            }
        }
        if factor.abs() > LIMIT {
            return self.rebuilt(e, a, b);
        }
        self.rebuilt(e, a, b).scaled(factor)
    }

    /// The operation on operands in normal form, as a term of its own.
    fn rebuilt(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        let dtype = e.lhs.dtype();
        let built = match (a.build(dtype, e.lhs.span()), b.build(dtype, e.rhs.span())) {
            (Some(a), Some(b)) => fold::binary(e.op, &a, &b),
            _ => PrimExpr::binary(e.op, e.lhs.clone(), e.rhs.clone(), e.span),
        };
        match fold::as_const(&built) {
            Some(value) => Linear::constant(value),
            None => self.atom(built),
        }
    }

    fn minmax(&mut self, e: &Binary, mut a: Linear, mut b: Linear) -> Linear {
        let difference = self.sum(a.clone(), &b, -1);
        let lhs_is_smaller = self.proves_at_most_zero(&difference);
        let lhs_is_larger = self.proves_at_least_zero(&difference);
        match (e.op == BinOp::Min, lhs_is_smaller, lhs_is_larger) {
            (true, true, _) | (false, _, true) => a,
            (true, _, true) | (false, true, _) => b,
            _ if self.absorbs(e.op, &a, &b) => a,
            _ if self.absorbs(e.op, &b, &a) => b,
            _ => {
                let shared = shared_terms(&mut a, &mut b);
                let rest = self.rebuilt(e, a, b);
                self.sum(rest, &shared, 1)
            }
        }
    }

    /// True if `op` of both is `a`: `b` stands in the chain of the same operation that `a` is, or
    /// `b` is a chain of the opposite one in which `a` stands. Unions of regions rely on this: they
    /// add one operand after the other, the same ones over and over.
    fn absorbs(&self, op: BinOp, a: &Linear, b: &Linear) -> bool {
        let opposite = if op == BinOp::Min { BinOp::Max } else { BinOp::Min };
        match (a.as_whole_term(), b.as_whole_term()) {
            (Some(chain), _) if is_chain(op, chain) => {
                let dtype = chain.dtype();
                b.clone().build(dtype, Span::NONE).is_some_and(|b| stands_in(op, chain, &b))
            }
            (_, Some(chain)) if is_chain(opposite, chain) => {
                let dtype = chain.dtype();
                a.clone().build(dtype, Span::NONE).is_some_and(|a| stands_in(opposite, chain, &a))
            }
            _ => false,
        }
    }

    /// Widening is exact; narrowing is where every part fits the narrow type.
    fn cast(&mut self, e: &Cast) -> Linear {
        let from = e.value.dtype();
        if !is_index(from) {
            let expr = walk_rewrite_expr(self, &PrimExpr::cast(e.dtype, e.value.clone(), e.span));
            let expr = expr.unwrap_or_else(|| PrimExpr::cast(e.dtype, e.value.clone(), e.span));
            return self.atom(expr);
        }
        let inner = self.linear(&e.value);
        let fits = |bound: Bound| bound.is_within(Bound::of_dtype(e.dtype));
        let every_part_fits = from.bits() <= e.dtype.bits()
            || fits(Bound::point(inner.constant))
                && inner.terms.iter().all(|t| {
                    let whole = self.analyzer.bound(&t.index);
                    fits(whole) && fits(Bound::point(t.scale))
                })
                && fits(self.linear_bound(&inner));
        if !every_part_fits {
            let value = inner.build(from, e.value.span()).unwrap_or_else(|| e.value.clone());
            return self.atom(fold::cast(e.dtype, &value));
        }
        let mut result = Linear::constant(inner.constant);
        for term in inner.terms {
            let index = fold::cast(e.dtype, &term.index);
            let part = Linear::from_term(Term { index, ..term });
            result = self.sum(result, &part, 1);
        }
        result
    }

    /// The value of a choice whose condition is decided, or whose values are the same.
    fn chosen(&self, expr: &PrimExpr) -> Option<PrimExpr> {
        let (condition, yes, no) = match expr {
            PrimExpr::Select(e) => (&e.condition, &e.true_value, &e.false_value),
            PrimExpr::Call(e) if e.op == Op::IfThenElse => (&e.args[0], &e.args[1], &e.args[2]),
            _ => return None,
        };
        match condition.as_int() {
            Some(0) => Some(no.clone()),
            Some(_) => Some(yes.clone()),
            None => (yes == no && is_pure(expr)).then(|| yes.clone()),
        }
    }

    fn linear_bound(&self, linear: &Linear) -> Bound {
        let start = Bound::point(0);
        let terms = linear.terms.iter().map(|t| self.term_bound(t));
        let mut sum = terms.fold(start, |sum, term| sum.apply(BinOp::Add, term));
        if self.analyzer.has_constraints()
            && let Some(first) = linear.terms.first()
        {
            let free = Linear { constant: 0, ..linear.clone() };
            let dtype = first.index.dtype();
            if let Some(known) =
                free.build(dtype, Span::NONE).and_then(|expr| self.analyzer.constraint_on(&expr))
            {
                sum = sum.intersect(known);
            }
        }
        sum.apply(BinOp::Add, Bound::point(linear.constant))
    }

    fn term_bound(&self, term: &Term) -> Bound {
        let mut bound = self.analyzer.bound(&term.index);
        if let Some(upper) = term.upper {
            bound = bound.apply(BinOp::FloorMod, Bound::point(upper));
        }
        bound = bound.apply(BinOp::FloorDiv, Bound::point(term.lower));
        bound = bound.apply(BinOp::Mul, Bound::point(term.scale));
        // Far beyond every type, so that sums of many terms do not overflow.
        Bound::new(bound.min.clamp(-HUGE, HUGE), bound.max.clamp(-HUGE, HUGE))
    }

    fn proves_at_least_zero(&mut self, linear: &Linear) -> bool {
        self.linear_bound(linear).min >= 0 || self.relaxed_at_least_zero(linear.clone(), 8)
    }

    fn proves_at_most_zero(&mut self, linear: &Linear) -> bool {
        self.linear_bound(linear).max <= 0
            || self.relaxed_at_least_zero(linear.clone().scaled(-1), 8)
    }

    /// Puts the end of its range in the place of a variable, the end that makes the sum smallest,
    /// until the bounds tell.
    fn relaxed_at_least_zero(&mut self, linear: Linear, depth: u32) -> bool {
        let relaxable = linear.terms.iter().position(|t| self.relaxable(t).is_some());
        let Some(position) = relaxable.filter(|_| depth > 0) else {
            return self.linear_bound(&linear).min >= 0;
        };
        let mut rest = linear;
        let term = rest.terms.remove(position);
        let (end, others) = self.relaxable(&term).expect("found above");
        let product = others.iter().fold(end, |product, f| fold::mul(&product, f));
        let smallest = self.distributed(&product);
        let relaxed = self.sum(rest, &smallest, term.scale);
        relaxed.is_within(LIMIT)
            && (self.linear_bound(&relaxed).min >= 0
                || self.relaxed_at_least_zero(relaxed, depth - 1))
    }

    /// The end of the range of a variable that is a factor of `term`, and the other factors, none
    /// of which is negative.
    fn relaxable(&self, term: &Term) -> Option<(PrimExpr, Vec<PrimExpr>)> {
        if !term.is_whole() {
            return None;
        }
        let factors = linear::factors(&term.index);
        let position = factors
            .iter()
            .position(|f| f.as_var().is_some_and(|v| self.analyzer.var_range(v).is_some()))?;
        let range = self.analyzer.var_range(factors[position].as_var()?)?;
        let end = match term.scale > 0 {
            true => range.min.clone(),
            false => {
                let end = fold::add(&range.min, &range.extent);
                fold::sub(&end, &PrimExpr::int(1, end.dtype()))
            }
        };
        let mut others = factors;
        others.remove(position);
        let end = fold::cast(term.index.dtype(), &end);
        others.iter().all(|f| self.analyzer.bound(f).min >= 0).then_some((end, others))
    }

    /// The linear form of a product, multiplied out.
    fn distributed(&mut self, expr: &PrimExpr) -> Linear {
        let PrimExpr::Binary(e) = expr else { return self.linear(expr) };
        if e.op != BinOp::Mul {
            return self.linear(expr);
        }
        let (a, b) = (self.distributed(&e.lhs), self.linear(&e.rhs));
        let mut result = b.clone().scaled_or_zero(a.constant);
        for term in &a.terms {
            let whole = Linear::from_term(Term { scale: 1, ..term.clone() });
            let product = self.product(e, whole, b.clone());
            result = self.sum(result, &product, term.scale);
        }
        result
    }
}

fn is_chain(op: BinOp, expr: &PrimExpr) -> bool {
    matches!(expr, PrimExpr::Binary(e) if e.op == op)
}

/// True if `operand` is one of those that `op` joins in `chain`.
fn stands_in(op: BinOp, chain: &PrimExpr, operand: &PrimExpr) -> bool {
    chain == operand
        || matches!(chain, PrimExpr::Binary(e)
            if e.op == op && (stands_in(op, &e.lhs, operand) || stands_in(op, &e.rhs, operand)))
}

/// Takes the terms that are in both forms out of them: `min(x + y, x + z)` is `min(y, z) + x`.
fn shared_terms(a: &mut Linear, b: &mut Linear) -> Linear {
    let mut shared = Linear::default();
    a.terms.retain(|term| {
        let same = |other: &Term| other.scale == term.scale && other.same_part(term);
        let Some(i) = b.terms.iter().position(same) else { return true };
        shared.terms.push(b.terms.remove(i));
        false
    });
    shared
}

impl Rewriter for Simplifier<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_) => None,
            PrimExpr::Binary(e) if e.op.is_comparison() => self.rewrite_comparison(e),
            PrimExpr::Binary(e) if e.op.is_logical() => self.rewrite_logical(e),
            PrimExpr::Not(e) => self.rewrite_not(e),
            _ if is_index(expr.dtype()) => self.normal(expr),
            PrimExpr::Var(_)
            | PrimExpr::Binary(_)
            | PrimExpr::Cast(_)
            | PrimExpr::Select(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Broadcast(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::Call(_)
            | PrimExpr::CallFunc(_) => {
                let walked = walk_rewrite_expr(self, expr);
                self.chosen(walked.as_ref().unwrap_or(expr)).or(walked)
            }
        }
    }
}
