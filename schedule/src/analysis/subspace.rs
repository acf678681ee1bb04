//! Taking the axes of a block apart into what outer loops and what inner loops say.

use rustc_hash::FxHashSet;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map};
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::stmt::{BlockRealize, For};
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::{BinOp, PrimExpr, Range, Span, Var, VarId};

/// A part of an axis: its value and how many there are.
#[derive(Clone, Debug)]
pub struct Part {
    /// In terms of the loops of its side.
    pub value: PrimExpr,
    /// How many values.
    pub extent: PrimExpr,
}

/// The axes of a block, each `outer * inner.extent + inner`.
#[derive(Clone, Debug)]
pub struct Division {
    /// The outer and the inner part of each axis.
    pub axes: Vec<(Part, Part)>,
    /// The predicate on outer loops.
    pub outer_predicate: PrimExpr,
    /// The predicate on inner loops.
    pub inner_predicate: PrimExpr,
}

/// Divides the bindings of a block; `None` if a binding or the predicate mixes the loops of both
/// sides. Unit loops are taken as 0 unless they are to be kept.
pub fn divide(
    realize: &BlockRealize,
    outer: &[Arc<For>],
    inner: &[Arc<For>],
    analyzer: &Analyzer,
    keep_unit: bool,
) -> Option<Division> {
    let divider = Divider {
        outer: Side::of(outer),
        inner: Side::of(inner),
        analyzer,
        constrained: !realize.predicate.is_int(1),
        units: match keep_unit {
            true => VarMap::default(),
            false => units(outer.iter().chain(inner)),
        },
    };
    let mut axes = Vec::new();
    for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
        axes.push(divider.axis(value, &axis.dom)?);
    }
    let mut predicates = [PrimExpr::bool(true), PrimExpr::bool(true)];
    for conjunct in conjuncts(&realize.predicate) {
        let side = match (divider.outer.is_in(&conjunct), divider.inner.is_in(&conjunct)) {
            (true, true) => return None,
            (false, true) => 1,
            (_, false) => 0,
        };
        let all = std::mem::replace(&mut predicates[side], PrimExpr::bool(true));
        predicates[side] = match all.is_int(1) {
            true => conjunct,
            false => PrimExpr::binary(BinOp::And, all, conjunct, Span::NONE),
        };
    }
    let [outer_predicate, inner_predicate] = predicates;
    Some(Division { axes, outer_predicate, inner_predicate })
}

fn units<'a>(loops: impl Iterator<Item = &'a Arc<For>>) -> VarMap {
    let units = loops.filter(|f| f.extent.is_int(1));
    VarMap::from_iter(units.map(|f| (f.loop_var.id, f.min.clone())))
}

/// The conditions that `and` joins.
pub fn conjuncts(predicate: &PrimExpr) -> Vec<PrimExpr> {
    match predicate {
        PrimExpr::Binary(e) if e.op == BinOp::And => {
            let mut all = conjuncts(&e.lhs);
            all.extend(conjuncts(&e.rhs));
            all
        }
        other if other.is_int(1) => Vec::new(),
        other => vec![other.clone()],
    }
}

struct Side {
    iters: Vec<(Var, Range)>,
    ids: FxHashSet<VarId>,
}

impl Side {
    fn of(loops: &[Arc<For>]) -> Side {
        let range = |f: &Arc<For>| (f.loop_var, Range::new(f.min.clone(), f.extent.clone()));
        let iters: Vec<_> = loops.iter().map(range).collect();
        let ids = iters.iter().map(|(var, _)| var.id).collect();
        Side { iters, ids }
    }

    fn is_in(&self, e: &PrimExpr) -> bool {
        free_vars(e).iter().any(|var| self.ids.contains(&var.id))
    }

    /// The expression with every loop of this side at its start.
    fn at_start(&self, e: &PrimExpr) -> PrimExpr {
        let mins = self.iters.iter().map(|(var, range)| (var.id, range.min.clone()));
        substitute(e, &VarMap::from_iter(mins))
    }
}

struct Divider<'a> {
    outer: Side,
    inner: Side,
    analyzer: &'a Analyzer,
    constrained: bool,
    units: VarMap,
}

impl Divider<'_> {
    fn axis(&self, value: &PrimExpr, dom: &Range) -> Option<(Part, Part)> {
        let value = self.analyzer.simplify(&substitute(value, &self.units));
        let dtype = value.dtype();
        let int = |n: i64| PrimExpr::int(n, dtype);
        let unit = || Part { value: int(0), extent: int(1) };
        match (self.outer.is_in(&value), self.inner.is_in(&value)) {
            (true, false) => {
                let extent = self.extent(&value, &self.outer, dom)?;
                Some((Part { value, extent }, unit()))
            }
            (false, true) => {
                let extent = self.extent(&value, &self.inner, dom)?;
                Some((unit(), Part { value, extent }))
            }
            (false, false) => {
                let inner = Part { value: value.clone(), extent: int(1) };
                Some((unit(), inner))
            }
            (true, true) => self.mixed(&value),
        }
    }

    /// How many values the expression takes from 0 on; a predicate leaves as many as the axis has.
    fn extent(&self, value: &PrimExpr, side: &Side, dom: &Range) -> Option<PrimExpr> {
        if !self.analyzer.simplify(&side.at_start(value)).is_int(0) || !dom.min.is_int(0) {
            return None;
        }
        let count = || self.count(value, side).filter(|_| !self.constrained);
        Some(count().unwrap_or_else(|| dom.extent.clone()))
    }

    fn count(&self, value: &PrimExpr, side: &Side) -> Option<PrimExpr> {
        let values = std::slice::from_ref(value);
        let always = PrimExpr::bool(true);
        let level = IterMapLevel::Surjective;
        let found = detect_iter_map(values, &side.iters, &always, level, self.analyzer).ok()?;
        let extent = found.extent_of(0)?;
        found.indices[0].args[0].scale.is_int(1).then(|| self.analyzer.simplify(extent))
    }

    fn mixed(&self, value: &PrimExpr) -> Option<(Part, Part)> {
        let analyzer = self.analyzer;
        let start = analyzer.simplify(&self.outer.at_start(&self.inner.at_start(value)));
        if !start.is_int(0) {
            return None;
        }
        let inner = analyzer.simplify(&self.outer.at_start(value));
        let outer = analyzer.simplify(&self.inner.at_start(value));
        let together = arith::add(&outer, &inner);
        if !analyzer.can_prove_equal(&together, value) {
            return None;
        }
        let extent = self.count(&inner, &self.inner)?;
        let quotient = analyzer.simplify(&arith::floordiv(&outer, &extent));
        if !analyzer.can_prove_equal(&arith::mul(&quotient, &extent), &outer) {
            return None;
        }
        let n_outer = self.count(&quotient, &self.outer)?;
        Some((Part { value: quotient, extent: n_outer }, Part { value: inner, extent }))
    }
}
