//! Whether digits are used independently and completely.

use super::build::Builder;
use super::{IterMapError, IterMapLevel, IterSource, IterSplit, IterSum, MarkId};
use crate::arith::{floormod, mul};
use crate::buffer::Range;
use crate::expr::{PrimExpr, Var};
use std::collections::BTreeMap;

/// Every iterator that the sums use is covered by digits that do not overlap, and for a bijective
/// map all of it, and every input is used.
pub(super) fn digits(
    builder: &Builder,
    sums: &[IterSum],
    iters: &[(Var, Range)],
    level: IterMapLevel,
) -> Result<(), IterMapError> {
    if level == IterMapLevel::NoCheck {
        return Ok(());
    }
    let mut uses: BTreeMap<MarkId, Vec<IterSplit>> = BTreeMap::new();
    sums.iter().for_each(|sum| collect(builder, sum, &mut uses));
    let covered = uses.iter().all(|(mark, splits)| covers(builder, *mark, splits.clone(), level));
    let complete = level != IterMapLevel::Bijective
        || (0..iters.len()).all(|i| {
            let one = PrimExpr::int(1, builder.marks[i].extent.dtype());
            uses.contains_key(&MarkId(i)) || builder.equal(&builder.marks[i].extent, &one)
        });
    if covered && complete { Ok(()) } else { Err(IterMapError::NotIndependent) }
}

fn collect(builder: &Builder, sum: &IterSum, uses: &mut BTreeMap<MarkId, Vec<IterSplit>>) {
    for split in &sum.args {
        let first = !uses.contains_key(&split.mark);
        uses.entry(split.mark).or_default().push(split.clone());
        if let (true, IterSource::Sum(inner)) = (first, &builder.marks[split.mark.0].source) {
            collect(builder, inner, uses);
        }
    }
}

/// True if the digits of an iterator stand side by side. Where the map need not be bijective, lower
/// digits may be missing, and the highest one.
fn covers(
    builder: &Builder,
    mark: MarkId,
    mut splits: Vec<IterSplit>,
    level: IterMapLevel,
) -> bool {
    let extent = &builder.marks[mark.0].extent;
    let mut expected = PrimExpr::int(1, extent.dtype());
    while !splits.is_empty() {
        let next = splits.iter().position(|split| builder.equal(&split.lower, &expected));
        let skipping = || {
            splits.iter().position(|split| {
                let above = floormod(&split.lower, &expected);
                let lowest = splits.iter().all(|other| {
                    builder.analyzer.simplify(&floormod(&other.lower, &split.lower)).is_int(0)
                });
                lowest && builder.analyzer.simplify(&above).is_int(0)
            })
        };
        let position = match (next, level) {
            (Some(i), _) => Some(i),
            (None, IterMapLevel::Bijective) => None,
            (None, IterMapLevel::Surjective | IterMapLevel::NoCheck) => skipping(),
        };
        let Some(position) = position else { return false };
        let split = splits.remove(position);
        expected = builder.analyzer.simplify(&mul(&split.lower, &split.extent));
    }
    match level {
        IterMapLevel::Bijective => builder.equal(&expected, extent),
        IterMapLevel::Surjective | IterMapLevel::NoCheck => {
            builder.analyzer.simplify(&floormod(extent, &expected)).is_int(0)
        }
    }
}
