//! Detection of iteration maps: index expressions that rearrange the values of iterators.
//!
//! An iterator counts from 0 up to its extent. An *affine* map takes iterators apart into digits
//! ([`IterSplit`]: `(x // lower) % extent`), weighs them and adds them up ([`IterSum`]); sums whose
//! digits stand side by side, like `i * 16 + j` with `j < 16`, are iterators themselves
//! ([`IterMark`]) and can be taken apart again. A map is *bijective* if every digit of every
//! iterator is used exactly once: then the values it takes are all different and fill a box.

mod build;
mod check;
mod inverse;

use super::Analyzer;
use crate::buffer::Range;
use crate::expr::{PrimExpr, Var, VarId};
use build::Builder;

/// Index of an [`IterMark`] in its [`IterMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarkId(pub usize);

/// An iterator: the integers from 0 to `extent - 1`.
#[derive(Clone, Debug)]
pub struct IterMark {
    /// What it counts.
    pub source: IterSource,
    /// How many values it has.
    pub extent: PrimExpr,
}

/// What an iterator counts.
#[derive(Clone, Debug)]
pub enum IterSource {
    /// An input variable, less its minimum.
    Var(Var),
    /// A sum of digits that stand side by side, highest first, less an offset if the values are
    /// bounded from below.
    Sum(IterSum),
}

/// `(mark // lower) % extent * scale`; `lower * extent` divides the mark's extent.
#[derive(Clone, Debug)]
pub struct IterSplit {
    /// The iterator.
    pub mark: MarkId,
    /// What is below the digit.
    pub lower: PrimExpr,
    /// How many values the digit has.
    pub extent: PrimExpr,
    /// What it is multiplied by.
    pub scale: PrimExpr,
}

/// `base` and weighed digits.
#[derive(Clone, Debug)]
pub struct IterSum {
    /// The digits.
    pub args: Vec<IterSplit>,
    /// What is added.
    pub base: PrimExpr,
}

/// How much of a map is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IterMapLevel {
    /// All values are different, and all iterators are used up.
    Bijective,
    /// The values fill a box; iterators, or their lower digits, may be left out.
    Surjective,
    /// Any affine map.
    NoCheck,
}

/// Why indices are no such map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IterMapError {
    /// This expression is not affine in the iterators.
    NotAffine(PrimExpr),
    /// The digits of this expression overlap or leave gaps.
    NotFused(PrimExpr),
    /// This divisor does not divide the iterator's extent.
    NotDivisible(PrimExpr),
    /// This condition is no bound of a sum of iterators.
    Predicate(PrimExpr),
    /// Digits are used twice, or not at all.
    NotIndependent,
}

/// An affine map: one sum for each index.
#[derive(Clone, Debug)]
pub struct IterMap {
    /// The iterators; input variables come first.
    pub marks: Vec<IterMark>,
    /// One for each index: a base and at most one digit.
    pub indices: Vec<IterSum>,
    /// The minimum of each input variable.
    minimums: Vec<(VarId, PrimExpr)>,
}

/// The map that `indices` are of the iterators `iters` where `predicate` holds.
///
/// The result says that, as far as `level` asks: the tuple of indices takes every value of the box
/// of its sums' extents, and with [`IterMapLevel::Bijective`] each for exactly one tuple of
/// iterators.
pub fn detect_iter_map(
    indices: &[PrimExpr],
    iters: &[(Var, Range)],
    predicate: &PrimExpr,
    level: IterMapLevel,
    analyzer: &Analyzer,
) -> Result<IterMap, IterMapError> {
    detect(indices, iters, predicate, level, false, analyzer)
}

/// [`detect_iter_map`] in which iterators of one value count as any other, so that they stay
/// visible in the indices.
pub fn detect_iter_map_with_units(
    indices: &[PrimExpr],
    iters: &[(Var, Range)],
    predicate: &PrimExpr,
    level: IterMapLevel,
    analyzer: &Analyzer,
) -> Result<IterMap, IterMapError> {
    detect(indices, iters, predicate, level, true, analyzer)
}

/// The indices in normal form where they are a surjective map of `iters`; unchanged where not.
/// `keep_units` says whether iterators of one value stay.
pub fn iter_map_simplify(
    indices: &[PrimExpr],
    iters: &[(Var, Range)],
    predicate: &PrimExpr,
    keep_units: bool,
    analyzer: &Analyzer,
) -> Vec<PrimExpr> {
    let level = IterMapLevel::Surjective;
    let detected = detect(indices, iters, predicate, level, keep_units, analyzer);
    // What holds without the condition holds with it.
    let detected = detected.or_else(|error| match predicate.is_int(1) {
        true => Err(error),
        false => detect(indices, iters, &PrimExpr::bool(true), level, keep_units, analyzer),
    });
    let Ok(map) = detected else { return indices.to_vec() };
    let simplified = |(i, old): (usize, &PrimExpr)| {
        let new = map.index_expr(i);
        if new.dtype() == old.dtype() { new } else { old.clone() }
    };
    indices.iter().enumerate().map(simplified).collect()
}

fn detect(
    indices: &[PrimExpr],
    iters: &[(Var, Range)],
    predicate: &PrimExpr,
    level: IterMapLevel,
    keep_units: bool,
    analyzer: &Analyzer,
) -> Result<IterMap, IterMapError> {
    let mut builder = Builder::new(iters, keep_units, analyzer);
    builder.constrain(predicate)?;
    let mut sums = Vec::with_capacity(indices.len());
    for index in indices {
        let sum = builder.rewrite(index)?;
        sums.push(match level {
            IterMapLevel::NoCheck => sum,
            IterMapLevel::Bijective | IterMapLevel::Surjective => builder.fused(sum, index)?,
        });
    }
    builder.all_constraints_used(&sums)?;
    check::digits(&builder, &sums, iters, level)?;
    Ok(builder.finish(sums))
}

impl IterMap {
    /// How many values an index takes; `None` if it is no single digit with a known weight.
    pub fn extent_of(&self, index: usize) -> Option<&PrimExpr> {
        match &self.indices[index].args[..] {
            [split] => Some(&split.extent),
            _ => None,
        }
    }

    /// An index as an expression of the input variables, in normal form.
    pub fn index_expr(&self, index: usize) -> PrimExpr {
        self.sum_expr(&self.indices[index])
    }

    fn sum_expr(&self, sum: &IterSum) -> PrimExpr {
        let digits = sum.args.iter().map(|split| self.split_expr(split));
        let parts = digits.reduce(|a, b| super::add(&a, &b));
        match parts {
            Some(parts) => super::add(&parts, &sum.base),
            None => sum.base.clone(),
        }
    }

    fn split_expr(&self, split: &IterSplit) -> PrimExpr {
        let mark = &self.marks[split.mark.0];
        let mut value = match &mark.source {
            IterSource::Var(var) => {
                let min = self.minimums.iter().find(|(id, _)| *id == var.id);
                let var = PrimExpr::Var(*var);
                min.map_or(var.clone(), |(_, min)| super::sub(&var, min))
            }
            IterSource::Sum(sum) => self.sum_expr(sum),
        };
        let past = super::mul(&split.lower, &split.extent);
        if past != mark.extent {
            value = super::floormod(&value, &past);
        }
        super::mul(&super::floordiv(&value, &split.lower), &split.scale)
    }
}
