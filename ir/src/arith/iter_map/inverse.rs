//! From results of a map back to its iterators.

use super::{IterMap, IterSource, IterSum};
use crate::arith::{Analyzer, add, floordiv, floormod, mul, sub};
use crate::expr::{PrimExpr, VarId};
use rustc_hash::FxHashMap;

impl IterMap {
    /// The input variables in terms of the map's results. `None` where a result is weighed by
    /// something other than 1, so that not each of its values occurs.
    pub fn inverse(
        &self,
        outputs: &[PrimExpr],
        analyzer: &Analyzer,
    ) -> Option<FxHashMap<VarId, PrimExpr>> {
        let mut found = FxHashMap::default();
        for (sum, output) in self.indices.iter().zip(outputs) {
            if sum.args.first().is_some_and(|split| !split.scale.is_int(1)) {
                return None;
            }
            self.spread(sum, output, analyzer, &mut found)?;
        }
        for (id, min) in &self.minimums {
            if let Some(value) = found.get_mut(id) {
                *value = analyzer.simplify(&add(value, min));
            }
        }
        Some(found)
    }

    fn spread(
        &self,
        sum: &IterSum,
        value: &PrimExpr,
        analyzer: &Analyzer,
        found: &mut FxHashMap<VarId, PrimExpr>,
    ) -> Option<()> {
        let value = sub(value, &sum.base);
        for (i, split) in sum.args.iter().enumerate() {
            let mut digit = floordiv(&value, &split.scale);
            // Nothing is above the first digit.
            if i > 0 {
                digit = floormod(&digit, &split.extent);
            }
            let digit = mul(&digit, &split.lower);
            let mark = &self.marks[split.mark.0];
            match &mark.source {
                IterSource::Sum(inner) => {
                    let is_whole = split.lower.is_int(1)
                        && analyzer.can_prove_equal(&split.extent, &mark.extent);
                    if !is_whole {
                        return None;
                    }
                    self.spread(inner, &digit, analyzer, found)?;
                }
                IterSource::Var(var) => {
                    let sum = match found.get(&var.id) {
                        Some(known) => add(known, &digit),
                        None => digit,
                    };
                    found.insert(var.id, sum);
                }
            }
        }
        Some(())
    }
}
