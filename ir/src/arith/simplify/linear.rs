//! Linear forms.

use super::super::fold;
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr};
use crate::span::Span;
use smallvec::SmallVec;
use std::cmp::Reverse;

/// `scale * ((index % upper) // lower)` with floor semantics.
///
/// `lower` is positive and divides `upper`; without `upper` nothing is taken off above.
#[derive(Clone, Debug)]
pub struct Term {
    pub index: PrimExpr,
    pub lower: i128,
    pub upper: Option<i128>,
    pub scale: i128,
}

/// A sum of terms and a constant.
#[derive(Clone, Debug, Default)]
pub struct Linear {
    pub terms: SmallVec<[Term; 4]>,
    pub constant: i128,
}

impl Term {
    /// `1 * index`
    pub fn whole(index: PrimExpr) -> Term {
        Term { index, lower: 1, upper: None, scale: 1 }
    }

    /// True if nothing is taken off the index.
    pub fn is_whole(&self) -> bool {
        self.lower == 1 && self.upper.is_none()
    }

    /// True if both take the same digits off the same index.
    pub fn same_part(&self, other: &Term) -> bool {
        self.lower == other.lower
            && self.upper == other.upper
            && same_product(&self.index, &other.index)
    }

    /// One term that is the sum of both, if there is one.
    fn joined(&self, other: &Term) -> Option<Term> {
        if !same_product(&self.index, &other.index) {
            return None;
        }
        let sum =
            |lower, upper, scale| Some(Term { index: self.index.clone(), lower, upper, scale });
        if self.same_part(other) {
            return sum(self.lower, self.upper, self.scale + other.scale);
        }
        self.joined_above(other)
            .or_else(|| other.joined_above(self))
            .or_else(|| self.cut_above(other))
            .or_else(|| other.cut_above(self))
            .or_else(|| self.cut_below(other))
            .or_else(|| other.cut_below(self))
            .and_then(|(lower, upper, scale)| sum(lower, upper, scale))
    }

    /// `x // 4 * 4 + x % 4 == x`: `self` holds the digits above those of `other`.
    fn joined_above(&self, other: &Term) -> Option<(i128, Option<i128>, i128)> {
        let adjacent = other.upper == Some(self.lower);
        let same_weight = self.scale * other.lower == other.scale * self.lower;
        (adjacent && same_weight).then_some((other.lower, self.upper, other.scale))
    }

    /// `x - x // 4 * 4 == x % 4`: `other` takes away the upper digits of `self`.
    fn cut_above(&self, other: &Term) -> Option<(i128, Option<i128>, i128)> {
        let upper_digits = self.upper == other.upper && other.lower % self.lower == 0;
        let taken_away = self.scale * other.lower == -other.scale * self.lower;
        (upper_digits && taken_away).then_some((self.lower, Some(other.lower), self.scale))
    }

    /// `x - x % 4 == x // 4 * 4`: `other` takes away the lower digits of `self`.
    fn cut_below(&self, other: &Term) -> Option<(i128, Option<i128>, i128)> {
        let cut = other.upper?;
        let lower_digits =
            self.lower == other.lower && self.upper.is_none_or(|u| cut < u && u % cut == 0);
        (lower_digits && self.scale == -other.scale).then_some((
            cut,
            self.upper,
            self.scale * (cut / self.lower),
        ))
    }

    /// The term without its scale.
    fn build_part(&self, dtype: DType) -> Option<PrimExpr> {
        let mut expr = self.index.clone();
        if let Some(upper) = self.upper {
            expr = fold::floormod(&expr, &literal(upper, dtype)?);
        }
        Some(fold::floordiv(&expr, &literal(self.lower, dtype)?))
    }
}

fn literal(value: i128, dtype: DType) -> Option<PrimExpr> {
    dtype.holds_int(value).then(|| PrimExpr::int(value as i64, dtype))
}

impl Linear {
    pub fn constant(value: i128) -> Linear {
        Linear { terms: SmallVec::new(), constant: value }
    }

    pub fn from_term(term: Term) -> Linear {
        Linear { terms: SmallVec::from_iter([term]), constant: 0 }
    }

    /// The value, if there are no terms.
    pub fn as_constant(&self) -> Option<i128> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The expression that the form is, if it is one term with nothing taken off or added.
    pub fn as_whole_term(&self) -> Option<&PrimExpr> {
        match (&self.terms[..], self.constant) {
            ([term], 0) if term.is_whole() && term.scale == 1 => Some(&term.index),
            _ => None,
        }
    }

    /// True if all numbers in the form are at most `limit`.
    pub fn is_within(&self, limit: i128) -> bool {
        let numbers = self.terms.iter().flat_map(|t| [t.scale, t.lower, t.upper.unwrap_or(0)]);
        numbers.chain([self.constant]).all(|n| n.abs() <= limit)
    }

    /// Every number times `factor`, which is not 0.
    pub fn scaled(mut self, factor: i128) -> Linear {
        self.constant *= factor;
        self.terms.iter_mut().for_each(|t| t.scale *= factor);
        self
    }

    /// Every number times `factor`.
    pub fn scaled_or_zero(self, factor: i128) -> Linear {
        if factor == 0 { Linear::default() } else { self.scaled(factor) }
    }

    /// Adds a term, joining it with others of its index. If the result is a whole sum, it is not
    /// added but returned: it has terms of its own.
    #[must_use]
    pub fn add_term(&mut self, mut term: Term) -> Option<Term> {
        let mut place = self.terms.len();
        let mut joined = false;
        while let Some((i, sum)) =
            self.terms.iter().enumerate().find_map(|(i, other)| Some((i, other.joined(&term)?)))
        {
            self.terms.remove(i);
            joined = true;
            place = place.min(i);
            if sum.scale == 0 {
                return None;
            }
            term = sum;
        }
        if joined && term.is_whole() && is_sum(&term.index) {
            return Some(term);
        }
        self.terms.insert(place, term);
        None
    }

    /// The terms in the order in which they are written, which is TVM's: large scales first, then
    /// upper digits, then those of which nothing is taken off above, then minima and maxima.
    fn sorted_terms(&self) -> SmallVec<[&Term; 4]> {
        let mut terms: SmallVec<[&Term; 4]> = self.terms.iter().collect();
        let upper = |t: &Term| t.upper.unwrap_or(i128::MAX);
        terms.sort_by_key(|t| Reverse((t.scale, t.lower, upper(t), is_minmax(&t.index))));
        terms
    }

    /// The expression: positive terms, then negative ones. `None` if a number does not fit.
    pub fn build(&self, dtype: DType, span: Span) -> Option<PrimExpr> {
        let terms = self.sorted_terms();
        let mut result: Option<PrimExpr> = None;
        let mut append = |op: BinOp, part: PrimExpr| {
            result = Some(match (&result, op) {
                (None, BinOp::Sub) => PrimExpr::binary(op, PrimExpr::int(0, dtype), part, span),
                (None, _) => part,
                (Some(sum), _) => PrimExpr::binary(op, sum.clone(), part, span),
            });
        };
        for term in terms.iter().filter(|t| t.scale > 0) {
            append(BinOp::Add, fold::mul(&term.build_part(dtype)?, &literal(term.scale, dtype)?));
        }
        if self.constant > 0 {
            append(BinOp::Add, literal(self.constant, dtype)?);
        }
        for term in terms.iter().filter(|t| t.scale < 0) {
            let scale = literal(-term.scale, dtype)?;
            append(BinOp::Sub, fold::mul(&term.build_part(dtype)?, &scale));
        }
        if self.constant < 0 {
            match self.terms.is_empty() {
                true => append(BinOp::Add, literal(self.constant, dtype)?),
                false => append(BinOp::Sub, literal(-self.constant, dtype)?),
            }
        }
        Some(result.unwrap_or_else(|| PrimExpr::int(0, dtype)))
    }
}

fn is_minmax(expr: &PrimExpr) -> bool {
    matches!(expr, PrimExpr::Binary(e) if matches!(e.op, BinOp::Min | BinOp::Max))
}

/// True for sums, differences and products by a constant: what is no term by itself.
fn is_sum(expr: &PrimExpr) -> bool {
    match expr {
        PrimExpr::Binary(e) => match e.op {
            BinOp::Add | BinOp::Sub => true,
            BinOp::Mul => fold::as_const(&e.lhs).is_some() || fold::as_const(&e.rhs).is_some(),
            _ => false,
        },
        _ => false,
    }
}

/// The factors of a product.
pub fn factors(expr: &PrimExpr) -> Vec<PrimExpr> {
    match expr {
        PrimExpr::Binary(e) if e.op == BinOp::Mul => {
            let mut all = factors(&e.lhs);
            all.extend(factors(&e.rhs));
            all
        }
        _ => vec![expr.clone()],
    }
}

/// Equality up to the order of factors.
fn same_product(a: &PrimExpr, b: &PrimExpr) -> bool {
    if a == b {
        return true;
    }
    let is_product = |e: &PrimExpr| matches!(e, PrimExpr::Binary(e) if e.op == BinOp::Mul);
    if !is_product(a) || !is_product(b) {
        return false;
    }
    let (left, mut right) = (factors(a), factors(b));
    left.len() == right.len()
        && left.iter().all(|f| match right.iter().position(|g| f == g) {
            Some(i) => {
                right.swap_remove(i);
                true
            }
            None => false,
        })
}
