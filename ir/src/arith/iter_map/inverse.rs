//! From results of a map back to its iterators.

use super::{IterMap, IterSource, IterSum};
use crate::arith::{Analyzer, add, floordiv, floormod, mul, sub};
use crate::expr::{PrimExpr, VarId};
use rustc_hash::FxHashMap;

impl IterMap {
    /// The input variables in terms of the map's results. `None` where a result is weighed by
    /// something other than 1, so that not each of its values occurs.
    pub fn inverse(&self, outputs: &[PrimExpr], analyzer: &Analyzer) -> Option<Inverse> {
        let mut spread = Spread::default();
        for (sum, output) in self.indices.iter().zip(outputs) {
            if sum.args.last().is_some_and(|split| !split.scale.is_int(1)) {
                return None;
            }
            spread.sum(sum, output);
        }
        // Sums that were taken apart are complete once all of their parts are known.
        let (mut vars, mut is_exact, mut next) = (FxHashMap::default(), true, 0);
        while next < spread.parts.len() {
            let part = spread.parts[next].clone();
            let mark = &self.marks[part.mark];
            let is_whole = part.is_whole(&mark.extent, analyzer);
            match &mark.source {
                IterSource::Sum(_) if !is_whole => return None,
                IterSource::Sum(inner) => spread.sum(inner, &part.value),
                IterSource::Var(var) => {
                    is_exact &= is_whole;
                    vars.insert(var.id, part.value);
                }
            }
            next += 1;
        }
        for (id, min) in &self.minimums {
            if let Some(value) = vars.get_mut(id) {
                *value = analyzer.simplify(&add(value, min));
            }
        }
        Some(Inverse { vars, is_exact })
    }
}

/// See [`IterMap::inverse`].
#[derive(Clone, Debug)]
pub struct Inverse {
    /// The input variables in terms of the results.
    pub vars: FxHashMap<VarId, PrimExpr>,
    /// The results hold all digits of each of these variables, so that the map leads from them to
    /// the results again.
    pub is_exact: bool,
}

/// A variable or sum that outputs hold in parts.
#[derive(Clone)]
struct Parts {
    mark: usize,
    value: PrimExpr,
    /// `lower` and `extent` of each part.
    digits: Vec<(PrimExpr, PrimExpr)>,
}

impl Parts {
    /// True if the parts are all digits of the sum, each once.
    fn is_whole(&self, extent: &PrimExpr, analyzer: &Analyzer) -> bool {
        let mut left = self.digits.clone();
        let mut reached = PrimExpr::int(1, extent.dtype());
        while let Some(i) = left.iter().position(|(l, _)| analyzer.can_prove_equal(l, &reached)) {
            let (_, size) = left.swap_remove(i);
            reached = analyzer.simplify(&mul(&reached, &size));
        }
        left.is_empty() && analyzer.can_prove_equal(&reached, extent)
    }
}

#[derive(Default)]
struct Spread {
    parts: Vec<Parts>,
}

impl Spread {
    /// Gives the digits of `value` to what the sum is made of.
    fn sum(&mut self, sum: &IterSum, value: &PrimExpr) {
        let value = sub(value, &sum.base);
        for (i, split) in sum.args.iter().enumerate() {
            let mut digit = floordiv(&value, &split.scale);
            // Nothing is above the first digit.
            if i > 0 {
                digit = floormod(&digit, &split.extent);
            }
            let digit = mul(&digit, &split.lower);
            let (mark, size) = (split.mark.0, (split.lower.clone(), split.extent.clone()));
            match self.parts.iter_mut().find(|part| part.mark == mark) {
                Some(part) => {
                    part.value = add(&part.value, &digit);
                    part.digits.push(size);
                }
                None => self.parts.push(Parts { mark, value: digit, digits: vec![size] }),
            }
        }
    }
}
