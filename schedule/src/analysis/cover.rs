//! Whether what is read in a scope was written before, in the scope: region cover, and the stage
//! pipeline that follows from it.

use super::binding::{bindings, loop_ranges};
use super::scope::Scope;
use crate::build::{all, conditions};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map};
use tirade_ir::arith::{Analyzer, Bound, DomMap, IntSet, add, binary, max, min, mul, sub};
use tirade_ir::diag::Code;
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{BinOp, BlockRealize, BufferRegion, For, PrimExpr, PrimFunc, Range, Stmt, Var};

/// What is known of the sizes of a function, and of loops around a place.
pub fn facts(func: &PrimFunc, loops: &[Arc<For>]) -> Analyzer {
    let mut analyzer = Analyzer::new();
    for var in func.buffers().flat_map(tirade_ir::subst::buffer_vars) {
        analyzer.bind_bound(var, Bound::new(0, var.dtype.int_max()));
    }
    for (var, range) in loop_ranges(loops) {
        analyzer.bind(var, &range);
    }
    analyzer
}

/// Fails unless all that a block of the scope reads from other blocks of the scope was produced
/// before, so that blocks are stages of a pipeline.
pub fn expect_stage_pipeline(scope: &Scope) -> Result<()> {
    for (i, consumer) in scope.children.iter().enumerate() {
        for region in &consumer.block().reads {
            let producers: Vec<&Place> = scope.children[..i]
                .iter()
                .filter(|p| p.block().writes.iter().any(|w| w.buffer == region.buffer))
                .collect();
            if producers.is_empty() {
                continue;
            }
            if !covers(scope, &producers, consumer, region) {
                let (name, buffer) = (consumer.block().name, region.buffer.name);
                let message = format!(
                    "block `{name}` may read places of `{buffer}` that the blocks before it in the scope do not write"
                );
                let error = ScheduleError::new(Code::SCHEDULE_SCOPE, message)
                    .at(consumer.at())
                    .note("blocks can be moved in a scope in which all that is read was produced before");
                return Err(producers.iter().fold(error, |error, producer| {
                    error.at_with(producer.at(), format!("writes `{buffer}`"))
                }));
            }
        }
    }
    Ok(())
}

/// The number of statements around that two places share.
pub fn common_depth(a: &Place, b: &Place) -> usize {
    let same = |(x, y): (&(Stmt, crate::place::Slot), &(Stmt, crate::place::Slot))| {
        let is_same_stmt = match (&x.0, &y.0) {
            (Stmt::For(f), Stmt::For(g)) => f.loop_var == g.loop_var,
            (Stmt::Block(f), Stmt::Block(g)) => f.block.id == g.block.id,
            _ => true,
        };
        is_same_stmt && x.1 == y.1
    };
    let shared = a.around.iter().zip(&b.around).take_while(|(x, y)| same((x, y))).count();
    // A sequence in which they part is shared, but is no loop.
    shared
}

fn loops_below(place: &Place, depth: usize) -> Vec<Arc<For>> {
    place.loops_between(depth, place.around.len())
}

/// True if all that `consumer` reads of the region is written by `producers` in the same iteration
/// of the loops around all of them.
pub fn covers(
    scope: &Scope,
    producers: &[&Place],
    consumer: &Place,
    region: &BufferRegion,
) -> bool {
    let depth = producers.iter().map(|p| common_depth(p, consumer)).min().unwrap_or(0);
    let depth = depth.max(scope.place.around.len() + 1);
    let shared = consumer.loops_between(0, depth);
    let analyzer = facts(&consumer.func, &shared);
    let mut produced: Option<Vec<IntSet>> = None;
    for producer in producers {
        for written in producer.block().writes.iter().filter(|w| w.buffer == region.buffer) {
            let loops = loops_below(producer, depth);
            let Some(part) = exact_region(producer.realize(), written, &loops, &analyzer) else {
                continue;
            };
            produced = Some(match produced {
                None => part,
                Some(known) => joined(&known, &part, &analyzer),
            });
        }
    }
    let Some(produced) = produced else { return false };
    let consumed =
        relaxed_region(consumer.realize(), region, &loops_below(consumer, depth), &analyzer);
    contains(&produced, &consumed, &region.buffer.shape, &analyzer)
}

/// The larger of two regions, or one that holds both where they overlap or touch.
fn joined(a: &[IntSet], b: &[IntSet], analyzer: &Analyzer) -> Vec<IntSet> {
    a.iter().zip(b).map(|(a, b)| a.union(b, analyzer)).collect()
}

/// A box around what is accessed of a region while the loops run.
pub fn relaxed_region(
    realize: &BlockRealize,
    region: &BufferRegion,
    loops: &[Arc<For>],
    analyzer: &Analyzer,
) -> Vec<IntSet> {
    let values = bindings(realize);
    let mut domains = DomMap::default();
    for f in loops {
        let range = Range::new(f.min.clone(), f.extent.clone());
        domains.insert(f.loop_var.id, IntSet::from_range(&range));
    }
    let mut inner = analyzer.clone();
    for (var, range) in loop_ranges(loops) {
        inner.bind(var, &range);
    }
    region
        .region
        .iter()
        .map(|range| {
            let range = Range::new(
                inner.simplify(&substitute(&range.min, &values)),
                inner.simplify(&substitute(&range.extent, &values)),
            );
            IntSet::eval_range(&range, &domains, &inner)
        })
        .collect()
}

/// The box that is accessed of a region while the loops run, if every place of it is.
pub fn exact_region(
    realize: &BlockRealize,
    region: &BufferRegion,
    loops: &[Arc<For>],
    analyzer: &Analyzer,
) -> Option<Vec<IntSet>> {
    let values = bindings(realize);
    let mins: Vec<PrimExpr> =
        region.region.iter().map(|range| substitute(&range.min, &values)).collect();
    let extents: Vec<PrimExpr> = region
        .region
        .iter()
        .map(|range| analyzer.simplify(&substitute(&range.extent, &values)))
        .collect();
    let all = loop_ranges(loops);
    if extents.iter().any(|e| all.iter().any(|(v, _)| uses_var(e, *v))) {
        return None;
    }
    let is_place = |v: Var| mins.iter().any(|m| uses_var(m, v));
    let predicate = met_somewhere(&realize.predicate, &all, is_place, analyzer);
    let is_used = |v: Var| is_place(v) || uses_var(&predicate, v);
    let iters: Vec<(Var, Range)> = all.iter().filter(|(v, _)| is_used(*v)).cloned().collect();
    if iters.is_empty() && !predicate.is_int(1) && !analyzer.can_prove(&predicate) {
        return None;
    }
    let level = IterMapLevel::Surjective;
    let map = detect_iter_map(&mins, &iters, &predicate, level, analyzer).ok()?;
    let sides = map.indices.iter().zip(&extents).map(|(sum, extent)| {
        let first = analyzer.simplify(&sum.base);
        let one = PrimExpr::int(1, extent.dtype());
        let Some(split) = sum.args.first() else {
            let last = sub(&add(&first, extent), &one);
            return Some(IntSet::interval(first, analyzer.simplify(&last)));
        };
        let dense =
            split.scale.is_int(1) || analyzer.can_prove(&binary(BinOp::Le, &split.scale, extent));
        let positive = analyzer.can_prove_at_least(&split.scale, 1);
        let steps = mul(&sub(&split.extent, &one), &split.scale);
        let last = sub(&add(&add(&first, &steps), extent), &one);
        (dense && positive).then(|| IntSet::interval(first, analyzer.simplify(&last)))
    });
    sides.collect()
}

/// The predicate without conditions that the first iterations of loops meet on which the accessed
/// place does not depend: one iteration is enough for the place to be accessed.
fn met_somewhere(
    predicate: &PrimExpr,
    loops: &[(Var, Range)],
    is_place: impl Fn(Var) -> bool,
    analyzer: &Analyzer,
) -> PrimExpr {
    let mut inner = analyzer.clone();
    let mut first = VarMap::default();
    for (var, range) in loops {
        if !is_place(*var) && inner.can_prove_at_least(&range.extent, 1) {
            first.insert(var.id, range.min.clone());
        } else {
            inner.bind(*var, range);
        }
    }
    met_at(predicate, &first, &inner).unwrap_or_else(|| predicate.clone())
}

/// What is left of a predicate where variables have the given values: its conditions on none of
/// them. Nothing, if the others are not known to hold there.
pub fn met_at(predicate: &PrimExpr, values: &VarMap, analyzer: &Analyzer) -> Option<PrimExpr> {
    let mut left = Vec::new();
    for condition in conditions(predicate) {
        if analyzer.can_prove(&substitute(&condition, values)) {
            continue;
        }
        if free_vars(&condition).iter().any(|var| values.contains_key(&var.id)) {
            return None;
        }
        left.push(condition);
    }
    Some(all(&left))
}

/// True if the box `inner`, cut to the buffer, certainly lies in `outer`.
pub fn contains(
    outer: &[IntSet],
    inner: &[IntSet],
    shape: &[PrimExpr],
    analyzer: &Analyzer,
) -> bool {
    outer.iter().zip(inner).zip(shape).all(|((outer, inner), extent)| {
        let (Some(first), Some(last)) = (&outer.min, &outer.max) else { return false };
        let zero = PrimExpr::int(0, extent.dtype());
        let end = sub(extent, &PrimExpr::int(1, extent.dtype()));
        // Where nothing is known, all of the buffer is meant.
        let low = inner.min.as_ref().map_or(zero.clone(), |m| max(m, &zero));
        let high = inner.max.as_ref().map_or(end.clone(), |m| min(m, &end));
        let raw = |a: &PrimExpr, b: &PrimExpr| analyzer.can_prove(&binary(BinOp::Le, a, b));
        let below = raw(first, &analyzer.simplify(&low))
            || inner.min.as_ref().is_some_and(|m| raw(first, m));
        let above = raw(&analyzer.simplify(&high), last)
            || inner.max.as_ref().is_some_and(|m| raw(m, last));
        below && above
    })
}
