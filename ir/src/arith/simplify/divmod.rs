//! Rules on quotients and remainders.

use super::super::bound::{Bound, floordiv, floormod};
use super::super::modular::gcd;
use super::linear::factors;
use super::{Linear, Simplifier, Term};
use crate::expr::{BinOp, Binary, PrimExpr};

impl Simplifier<'_> {
    pub(super) fn floordiv(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        match b.as_constant() {
            Some(divisor) if divisor > 0 => self.floordiv_const(e, a, divisor),
            Some(_) => self.rebuilt(e, a, b),
            None => self.floordiv_symbolic(e, a, b),
        }
    }

    pub(super) fn floormod(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        match b.as_constant() {
            Some(divisor) if divisor > 0 => self.floormod_const(e, a, divisor),
            Some(_) => self.rebuilt(e, a, b),
            None => self.floormod_symbolic(e, a, b),
        }
    }

    /// `(d * q + r) // d == q + r // d`
    fn floordiv_const(&mut self, e: &Binary, a: Linear, divisor: i128) -> Linear {
        let (quotient, rest) = divisible_parts(a, divisor);
        let rest = self.quotient_of_rest(e, rest, divisor);
        self.sum(quotient, &rest, 1)
    }

    /// `(d * q + r) % d == r % d`
    fn floormod_const(&mut self, e: &Binary, a: Linear, divisor: i128) -> Linear {
        let (_, rest) = divisible_parts(a, divisor);
        let mut rest = rest;
        if let ([term], 0) = (&mut rest.terms[..], rest.constant)
            && term.scale > 0
        {
            term.scale = floormod(term.scale, divisor);
        }
        self.remainder_of_rest(e, rest, divisor)
    }

    fn quotient_of_rest(&mut self, e: &Binary, rest: Linear, divisor: i128) -> Linear {
        let bound = self.linear_bound(&rest);
        let (first, last) = (floordiv(bound.min, divisor), floordiv(bound.max, divisor));
        if first == last {
            return Linear::constant(first);
        }
        if let [term] = &rest.terms[..]
            && term.scale == 1
            && self.term_bound(term) == Bound::new(0, 1)
        {
            // Of two values that lie in different quotients, the term is the difference.
            return self.sum(Linear::constant(first), &Linear::from_term(term.clone()), 1);
        }
        if let [term] = &rest.terms[..]
            && term.scale > 1
            && divisor % term.scale == 0
        {
            // `(s * x + c) // (s * d) == (x + c // s) // d`
            let (scale, divisor) = (term.scale, divisor / term.scale);
            return self.quotient_of_rest(e, reduced(rest, scale), divisor);
        }
        if let [term] = &rest.terms[..]
            && term.scale > divisor
        {
            // `(s * x + c) // d == s // d * x + (s % d * x + c) // d`, where the end is a constant.
            let part = |scale| Linear::from_term(Term { scale, ..term.clone() });
            let end = self.sum(part(term.scale % divisor), &Linear::constant(rest.constant), 1);
            let bound = self.linear_bound(&end);
            let (first, last) = (floordiv(bound.min, divisor), floordiv(bound.max, divisor));
            if first == last {
                return self.sum(part(term.scale / divisor), &Linear::constant(first), 1);
            }
        }
        if let ([term], 0) = (&rest.terms[..], rest.constant)
            && term.scale == 1
            && term.upper.is_none_or(|u| u % (term.lower * divisor) == 0)
        {
            return Linear::from_term(Term { lower: term.lower * divisor, ..term.clone() });
        }
        self.part_of(e, rest, divisor, None)
    }

    fn remainder_of_rest(&mut self, e: &Binary, rest: Linear, divisor: i128) -> Linear {
        let bound = self.linear_bound(&rest);
        let (first, last) = (floordiv(bound.min, divisor), floordiv(bound.max, divisor));
        if first == last {
            return self.sum(rest, &Linear::constant(first * divisor), -1);
        }
        let common = common_factor(&rest, divisor);
        if common > 1 {
            // Below the common factor there is only the constant.
            let below = Linear::constant(floormod(rest.constant, common));
            let rest = reduced(rest, common);
            let digits = self.remainder_of_rest(e, rest, divisor / common);
            return self.sum(digits.scaled_or_zero(common), &below, 1);
        }
        let rest = Linear { constant: floormod(rest.constant, divisor), ..rest };
        if let ([term], 0) = (&rest.terms[..], rest.constant)
            && term.scale == 1
            && term.upper.is_none_or(|u| u % (term.lower * divisor) == 0)
        {
            return Linear::from_term(Term { upper: Some(term.lower * divisor), ..term.clone() });
        }
        self.part_of(e, rest, 1, Some(divisor))
    }

    /// The whole sum as the index of one term.
    fn part_of(&mut self, e: &Binary, rest: Linear, lower: i128, upper: Option<i128>) -> Linear {
        match rest.build(e.lhs.dtype(), e.lhs.span()) {
            Some(index) => Linear::from_term(Term { index, lower, upper, scale: 1 }),
            None => {
                let literal = PrimExpr::int(upper.unwrap_or(lower) as i64, e.lhs.dtype());
                let whole = PrimExpr::binary(e.op, e.lhs.clone(), literal, e.span);
                Linear::from_term(Term::whole(whole))
            }
        }
    }

    /// `(n * q + r) // n == q + r // n`, whatever the sign of `n`.
    fn floordiv_symbolic(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        let Some(divisor) = single_product(&b) else {
            return self.rebuilt(e, a, b);
        };
        let (quotient, rest) = self.parts_divisible_by(a, &divisor);
        let rest = match self.lies_below(&rest, &b) {
            true => Linear::constant(0),
            false => self.rebuilt(e, rest, b),
        };
        self.sum(quotient, &rest, 1)
    }

    /// `(n * q + r) % n == r % n`
    fn floormod_symbolic(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        let Some(divisor) = single_product(&b) else {
            return self.rebuilt(e, a, b);
        };
        let (_, rest) = self.parts_divisible_by(a, &divisor);
        match rest.as_constant() == Some(0) || self.lies_below(&rest, &b) {
            true => rest,
            false => self.rebuilt(e, rest, b),
        }
    }

    /// True if `0 <= rest < divisor` is certain.
    fn lies_below(&mut self, rest: &Linear, divisor: &Linear) -> bool {
        let mut gap = self.sum(divisor.clone(), rest, -1);
        gap.constant -= 1;
        self.proves_at_least_zero(rest) && self.proves_at_least_zero(&gap)
    }

    /// Terms whose factors include those of `divisor`, divided by it, and the other terms.
    fn parts_divisible_by(&mut self, a: Linear, divisor: &[PrimExpr]) -> (Linear, Linear) {
        let mut quotient = Linear::default();
        let mut rest = Linear::constant(a.constant);
        for term in a.terms {
            match without_factors(&term, divisor) {
                Some(factor) => {
                    let part = self.linear(&factor);
                    quotient = self.sum(quotient, &part, term.scale);
                }
                None => rest.terms.push(term),
            }
        }
        (quotient, rest)
    }

    /// Division toward zero: decided where it is exact or on constants.
    pub(super) fn truncdiv(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        match (a.as_constant(), b.as_constant()) {
            (Some(x), Some(y)) if y != 0 => Linear::constant(x / y),
            (_, Some(y)) if y > 0 && divisible_parts(a.clone(), y).1.as_constant() == Some(0) => {
                divisible_parts(a, y).0
            }
            (_, Some(y))
                if y > 0 && self.linear_bound(&a).max < y && self.linear_bound(&a).min > -y =>
            {
                Linear::constant(0)
            }
            _ => self.rebuilt(e, a, b),
        }
    }

    /// Remainder of the division toward zero.
    pub(super) fn truncmod(&mut self, e: &Binary, a: Linear, b: Linear) -> Linear {
        match (a.as_constant(), b.as_constant()) {
            (Some(x), Some(y)) if y != 0 => Linear::constant(x % y),
            (_, Some(y)) if y > 0 && divisible_parts(a.clone(), y).1.as_constant() == Some(0) => {
                Linear::constant(0)
            }
            (_, Some(y))
                if y > 0 && self.linear_bound(&a).max < y && self.linear_bound(&a).min > -y =>
            {
                a
            }
            _ => self.rebuilt(e, a, b),
        }
    }
}

/// `a == divisor * q + r`: the terms that `divisor` divides, divided by it, and the others. The
/// constant goes with the rest unless it is divisible.
fn divisible_parts(a: Linear, divisor: i128) -> (Linear, Linear) {
    let (mut quotient, mut rest) = (Linear::default(), Linear::default());
    for term in a.terms {
        match term.scale % divisor {
            0 => quotient.terms.push(Term { scale: term.scale / divisor, ..term }),
            _ => rest.terms.push(term),
        }
    }
    match a.constant % divisor {
        0 => quotient.constant = a.constant / divisor,
        _ => rest.constant = a.constant,
    }
    (quotient, rest)
}

/// The largest divisor of `divisor` that all scales are multiples of.
fn common_factor(rest: &Linear, divisor: i128) -> i128 {
    rest.terms.iter().fold(divisor, |common, t| gcd(common, t.scale))
}

/// `rest // common`, where `common` divides all scales.
fn reduced(rest: Linear, common: i128) -> Linear {
    let constant = (rest.constant - floormod(rest.constant, common)) / common;
    let terms = rest.terms.into_iter().map(|t| Term { scale: t.scale / common, ..t });
    Linear { terms: terms.collect(), constant }
}

/// The factors of a divisor that is one product of variables.
fn single_product(divisor: &Linear) -> Option<Vec<PrimExpr>> {
    match (&divisor.terms[..], divisor.constant) {
        ([term], 0) if term.scale == 1 && term.is_whole() => Some(factors(&term.index)),
        _ => None,
    }
}

/// The product of the term's factors that are left without those of `divisor`.
fn without_factors(term: &Term, divisor: &[PrimExpr]) -> Option<PrimExpr> {
    if !term.is_whole() {
        return None;
    }
    let mut left = factors(&term.index);
    for factor in divisor {
        let i = left.iter().position(|f| f == factor)?;
        left.remove(i);
    }
    let product = left.into_iter().reduce(|a, b| {
        let span = a.span().to(b.span());
        PrimExpr::binary(BinOp::Mul, a, b, span)
    });
    Some(product.unwrap_or_else(|| PrimExpr::int(1, term.index.dtype())))
}
