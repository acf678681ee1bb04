//! Which instances of a block provide a region: the domains of its axes.

use rustc_hash::FxHashMap;
use tirade_ir::arith::iter_map::{
    IterMap, IterMapLevel, IterSource, IterSum, detect_iter_map_with_units,
};
use tirade_ir::arith::{self, Analyzer, IntSet};
use tirade_ir::{BinOp, Buffer, IterVar, PrimExpr, Range, Var, VarId};

/// The instances along an axis: those of `dom` that lie in `bound`.
#[derive(Clone, Debug, Default)]
pub struct AxisDomain {
    /// What loops run over; nothing is known before it is solved.
    pub dom: Option<IntSet>,
    /// A condition on it, where it does not hold anyway.
    pub bound: Option<IntSet>,
}

/// Boxes of a buffer by what it is.
pub type Regions = Vec<(Buffer, Vec<IntSet>)>;

/// The domains of the axes such that the block, which provides `provided` in one instance, provides
/// all of `required`. `None` where the regions are not understood.
pub fn axis_domains(
    axes: &[IterVar],
    provided: &Regions,
    required: &Regions,
    analyzer: &Analyzer,
) -> Option<Vec<AxisDomain>> {
    let mut domains: FxHashMap<VarId, AxisDomain> =
        axes.iter().map(|axis| (axis.var.id, AxisDomain::default())).collect();
    for (buffer, provided) in provided {
        let Some((_, required)) = required.iter().find(|(b, _)| b == buffer) else { continue };
        let solved = by_inverse(axes, buffer, provided, required, analyzer);
        let solved = match solved {
            Some(solved) => solved,
            None => by_dimension(axes, buffer, provided, required, analyzer)?,
        };
        for (var, found) in solved {
            let domain = domains.get_mut(&var.id)?;
            domain.add(found, analyzer);
        }
    }
    let finish = |axis: &IterVar| {
        let mut domain = domains.remove(&axis.var.id)?;
        let whole = IntSet::from_range(&axis.dom);
        domain.bound = Some(match domain.bound {
            Some(bound) => bound.intersect(&whole, analyzer),
            None => whole,
        });
        domain.simplify(analyzer);
        Some(domain)
    };
    axes.iter().map(finish).collect()
}

impl AxisDomain {
    fn add(&mut self, other: AxisDomain, analyzer: &Analyzer) {
        let join = |a: &mut Option<IntSet>, b: Option<IntSet>| match (a.as_ref(), b) {
            (Some(x), Some(y)) => *a = Some(x.union(&y, analyzer)),
            (None, b) => *a = b,
            (Some(_), None) => {}
        };
        join(&mut self.dom, other.dom);
        join(&mut self.bound, other.bound);
    }

    /// Drops a bound that holds anyway, and takes it for the domain where it is the smaller one.
    fn simplify(&mut self, analyzer: &Analyzer) {
        let Some(bound) = self.bound.take() else { return };
        let Some(dom) = self.dom.take() else {
            self.dom = Some(simplified(&bound, analyzer));
            return;
        };
        let (dom, bound) = (simplified(&dom, analyzer), simplified(&bound, analyzer));
        let both = dom.intersect(&bound, analyzer);
        let same = |a: &Option<PrimExpr>, b: &Option<PrimExpr>| match (a, b) {
            (Some(a), Some(b)) => analyzer.can_prove_equal(a, b),
            (None, None) => true,
            _ => false,
        };
        let is = |a: &IntSet| same(&a.min, &both.min) && same(&a.max, &both.max);
        let is_const = |e: &Option<PrimExpr>| e.as_ref().is_some_and(|e| e.as_int().is_some());
        if is(&dom) {
            self.dom = Some(dom);
        } else if is(&bound) {
            self.dom = Some(bound);
        } else if is_const(&both.min) && is_const(&both.max) {
            self.dom = Some(both);
        } else {
            self.dom = Some(dom);
            self.bound = Some(bound);
        }
    }
}

fn simplified(set: &IntSet, analyzer: &Analyzer) -> IntSet {
    let end = |e: &Option<PrimExpr>| e.as_ref().map(|e| analyzer.simplify(e));
    IntSet { min: end(&set.min), max: end(&set.max) }
}

/// The dimension's last index, or 0 if it is empty.
fn last_index(extent: &PrimExpr) -> PrimExpr {
    let one = PrimExpr::int(1, extent.dtype());
    arith::max(&arith::sub(extent, &one), &PrimExpr::int(0, extent.dtype()))
}

fn point<'a>(set: &'a IntSet, analyzer: &Analyzer) -> Option<&'a PrimExpr> {
    let (min, max) = (set.min.as_ref()?, set.max.as_ref()?);
    analyzer.can_prove_equal(min, max).then_some(min)
}

/// Each dimension by itself.
fn by_dimension(
    axes: &[IterVar],
    buffer: &Buffer,
    provided: &[IntSet],
    required: &[IntSet],
    analyzer: &Analyzer,
) -> Option<Vec<(Var, AxisDomain)>> {
    let mut found = Vec::new();
    for ((provided, required), extent) in provided.iter().zip(required).zip(&buffer.shape) {
        if point(provided, analyzer).is_some_and(|p| p.as_int().is_some()) {
            let same = point(required, analyzer).is_some_and(|r| {
                analyzer.can_prove_equal(r, provided.min.as_ref().expect("a point"))
            });
            if !same {
                return None;
            }
            continue;
        }
        let (var, domain) = solve(provided, required, &last_index(extent), analyzer)?;
        if axes.iter().any(|axis| axis.var == var) {
            found.push((var, domain));
        } else {
            let same = |a: &Option<PrimExpr>, b: &Option<PrimExpr>| matches!((a, b), (Some(a), Some(b)) if analyzer.can_prove_equal(a, b));
            if !same(&provided.min, &required.min) || !same(&provided.max, &required.max) {
                return None;
            }
        }
    }
    Some(found)
}

/// The variable of an expression `v * e`, and `e`.
fn scaled_var(expr: &PrimExpr) -> Option<(Var, PrimExpr)> {
    let PrimExpr::Binary(e) = expr else { return None };
    match (e.op, e.lhs.as_var(), e.rhs.as_var()) {
        (BinOp::Mul, Some(var), _) => Some((var, e.rhs.clone())),
        (BinOp::Mul, _, Some(var)) => Some((var, e.lhs.clone())),
        _ => None,
    }
}

/// The axis that determines a dimension, and its domain.
fn solve(
    provided: &IntSet,
    required: &IntSet,
    dim_max: &PrimExpr,
    analyzer: &Analyzer,
) -> Option<(Var, AxisDomain)> {
    let first = analyzer.simplify(provided.min.as_ref()?);
    let last = analyzer.simplify(provided.max.as_ref()?);
    let low = analyzer.simplify(required.min.as_ref()?);
    let high = required.max.as_ref().map(|e| analyzer.simplify(e));
    let zero = PrimExpr::int(0, first.dtype());
    let domain = |dom: IntSet, bound: IntSet| AxisDomain { dom: Some(dom), bound: Some(bound) };
    if let Some((var, factor)) = scaled_var(&first) {
        let dom =
            IntSet::interval(arith::floordiv(&low, &factor), arith::floordiv(&high?, &factor));
        return Some((var, domain(dom, IntSet::interval(zero, arith::floordiv(dim_max, &factor)))));
    }
    if !analyzer.can_prove_equal(&first, &last) {
        return None;
    }
    if let Some(var) = first.as_var() {
        let bound = IntSet::interval(zero, dim_max.clone());
        return Some((var, domain(IntSet { min: Some(low), max: high }, bound)));
    }
    let PrimExpr::Binary(e) = &first else { return None };
    let one = PrimExpr::int(1, e.rhs.dtype());
    match e.op {
        BinOp::FloorDiv if analyzer.can_prove_at_least(&e.rhs, 1) => {
            let up = |end: &PrimExpr| {
                let whole = arith::add(&arith::mul(end, &e.rhs), &e.rhs);
                analyzer.simplify(&arith::sub(&whole, &one))
            };
            let dom = IntSet::interval(arith::mul(&low, &e.rhs), up(&high?));
            match e.lhs.as_var() {
                Some(var) => Some((var, domain(dom, IntSet::interval(zero, up(dim_max))))),
                None => solve(&IntSet::point(e.lhs.clone()), &dom, dim_max, analyzer),
            }
        }
        // A remainder says nothing of what it is taken of.
        BinOp::FloorMod => Some((e.lhs.as_var()?, AxisDomain::default())),
        _ => None,
    }
}

/// All dimensions together, where the places that the block provides are a one-to-one map of its
/// axes.
fn by_inverse(
    axes: &[IterVar],
    buffer: &Buffer,
    provided: &[IntSet],
    required: &[IntSet],
    analyzer: &Analyzer,
) -> Option<Vec<(Var, AxisDomain)>> {
    if axes.iter().any(|axis| !axis.dom.min.is_int(0)) {
        return None;
    }
    let indices: Option<Vec<PrimExpr>> =
        provided.iter().map(|set| point(set, analyzer).cloned()).collect();
    let iters: Vec<(Var, Range)> = axes.iter().map(|a| (a.var, a.dom.clone())).collect();
    let yes = PrimExpr::bool(true);
    let level = IterMapLevel::Bijective;
    let map = detect_iter_map_with_units(&indices?, &iters, &yes, level, analyzer).ok()?;
    let whole = buffer
        .shape
        .iter()
        .map(|extent| IntSet::interval(PrimExpr::int(0, extent.dtype()), last_index(extent)));
    let whole: Vec<IntSet> = whole.collect();
    let doms = inverse(&map, required, analyzer)?;
    let mut bounds = inverse(&map, &whole, analyzer)?;
    let pair = |(var, dom): (Var, IntSet)| {
        let bound = bounds.remove(&var.id).map(|(_, bound)| bound);
        (var, AxisDomain { dom: Some(dom), bound })
    };
    Some(doms.into_values().map(pair).collect())
}

/// The values of the inputs for which the map's results lie in a box: intervals around them.
fn inverse(
    map: &IterMap,
    outputs: &[IntSet],
    analyzer: &Analyzer,
) -> Option<FxHashMap<VarId, (Var, IntSet)>> {
    let mut found: FxHashMap<VarId, (Var, IntSet)> = FxHashMap::default();
    for (sum, output) in map.indices.iter().zip(outputs) {
        let (low, high) = (output.min.as_ref()?, output.max.as_ref()?);
        spread(map, sum, low, high, analyzer, &mut found)?;
    }
    for (_, set) in found.values_mut() {
        *set = simplified(set, analyzer);
    }
    Some(found)
}

/// Takes a sum's interval apart into those of its digits.
fn spread(
    map: &IterMap,
    sum: &IterSum,
    low: &PrimExpr,
    high: &PrimExpr,
    analyzer: &Analyzer,
    found: &mut FxHashMap<VarId, (Var, IntSet)>,
) -> Option<()> {
    let mut low = analyzer.simplify(&arith::sub(low, &sum.base));
    let mut high = analyzer.simplify(&arith::sub(high, &sum.base));
    let n = sum.args.len();
    for (i, split) in sum.args.iter().enumerate() {
        let one = PrimExpr::int(1, split.extent.dtype());
        let digit = |e: &PrimExpr| analyzer.simplify(&arith::floordiv(e, &split.scale));
        let (first, last) = (digit(&low), digit(&high));
        let below = |e: &PrimExpr| analyzer.simplify(&arith::floormod(e, &split.scale));
        if i + 1 < n {
            (low, high) = match analyzer.can_prove_equal(&first, &last) {
                true => (below(&low), below(&high)),
                // Several values of this digit: of the lower ones each may occur.
                false => {
                    let zero = PrimExpr::int(0, split.scale.dtype());
                    (zero, analyzer.simplify(&arith::sub(&split.scale, &one)))
                }
            };
        }
        let mark = &map.marks[split.mark.0];
        match &mark.source {
            IterSource::Sum(inner) => {
                if !split.lower.is_int(1) || !analyzer.can_prove_equal(&split.extent, &mark.extent)
                {
                    return None;
                }
                spread(map, inner, &first, &last, analyzer, found)?;
            }
            IterSource::Var(var) => {
                let weigh = |e: &PrimExpr| arith::mul(e, &split.lower);
                let part = IntSet::interval(weigh(&first), weigh(&last));
                let sum = |a: &Option<PrimExpr>, b: &Option<PrimExpr>| {
                    Some(arith::add(a.as_ref()?, b.as_ref()?))
                };
                let total = match found.get(&var.id) {
                    Some((_, known)) => {
                        IntSet { min: sum(&known.min, &part.min), max: sum(&known.max, &part.max) }
                    }
                    None => part,
                };
                found.insert(var.id, (*var, total));
            }
        }
    }
    Some(())
}
