//! Maps of indices: applying them, the shape they give, and their inverse.

use crate::error::{Result, ScheduleError};
use crate::value::IndexMap;
use rustc_hash::FxHashMap;
use tirade_ir::arith::iter_map::{IterMap, IterMapLevel, IterSource, IterSplit, detect_iter_map};
use tirade_ir::arith::{self as fold, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::for_each_expr;
use tirade_ir::{BinOp, DType, PrimExpr, Range, Span, Symbol, Var, VarId, make};

/// An expression with its index variables replaced by expressions that may have another type; the
/// literals beside them follow.
pub fn substitute_typed(expr: &PrimExpr, vars: &VarMap) -> PrimExpr {
    match expr {
        PrimExpr::Var(var) => vars.get(&var.id).cloned().unwrap_or_else(|| expr.clone()),
        PrimExpr::Binary(e) => {
            let (lhs, rhs) = (substitute_typed(&e.lhs, vars), substitute_typed(&e.rhs, vars));
            make::binary(e.op, lhs, rhs, e.span).unwrap_or_else(|_| substitute(expr, vars))
        }
        other => substitute(other, vars),
    }
}

/// The map over variables of the given types.
pub fn legalized(map: &IndexMap, dtypes: &[DType]) -> IndexMap {
    let same = map.initial.iter().zip(dtypes).all(|(var, dtype)| var.dtype == *dtype);
    if same || map.initial.len() != dtypes.len() {
        return map.clone();
    }
    let initial: Box<[Var]> =
        map.initial.iter().zip(dtypes).map(|(var, dtype)| Var::new(var.name, *dtype)).collect();
    let vars = map.initial.iter().map(|v| v.id).zip(initial.iter().map(|v| (*v).into()));
    let vars = VarMap::from_iter(vars);
    let dtype = dtypes.first().copied().unwrap_or(DType::INT32);
    let result = map.result.iter().map(|e| match e {
        PrimExpr::Int { value, .. } => PrimExpr::int(*value, dtype),
        other => substitute_typed(other, &vars),
    });
    IndexMap { initial, result: result.collect(), ..map.clone() }
}

/// The new indices for old ones.
pub fn map_indices(map: &IndexMap, indices: &[PrimExpr], analyzer: &Analyzer) -> Vec<PrimExpr> {
    let vars = VarMap::from_iter(map.initial.iter().map(|v| v.id).zip(indices.iter().cloned()));
    let dtype = indices.first().map(PrimExpr::dtype);
    let mapped = map.result.iter().map(|e| match (e, dtype) {
        (PrimExpr::Int { value, .. }, Some(dtype)) => PrimExpr::int(*value, dtype),
        _ => simplify_unless_constant(&substitute_typed(e, &vars), analyzer),
    });
    mapped.collect()
}

/// The expression simplified, but not to a number: what varies along an axis of one step still names
/// the axis.
pub fn simplify_unless_constant(expr: &PrimExpr, analyzer: &Analyzer) -> PrimExpr {
    match analyzer.simplify(expr) {
        PrimExpr::Int { .. } => expr.clone(),
        simple => simple,
    }
}

/// What a map does to a box of indices from 0 on.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The extents of the new box.
    pub shape: Vec<PrimExpr>,
    /// The old indices in terms of the new ones, which are its variables.
    pub inverse: IndexMap,
    /// Where the new box holds no old element, in terms of the new indices; false if nowhere.
    pub padding: PrimExpr,
}

/// The shape that a map gives for a box of the extents `shape`. Where the map rounds up, the new
/// box is larger than the old one.
pub fn map_shape(map: &IndexMap, shape: &[PrimExpr], analyzer: &Analyzer) -> Vec<PrimExpr> {
    let (iters, _) = padded(map, shape, analyzer);
    match detect(map, &iters, IterMapLevel::NoCheck, analyzer) {
        Some(found) => (0..map.result.len()).map(|i| extent_of(&found, i, map, analyzer)).collect(),
        None => map.result.iter().map(|e| interval_extent(map, e, shape, analyzer)).collect(),
    }
}

/// The shape, inverse and padding of a map over a box of the extents `shape`.
pub fn invert(map: &IndexMap, shape: &[PrimExpr], analyzer: &Analyzer) -> Result<Mapped> {
    let (iters, steps) = padded(map, shape, analyzer);
    let not_affine = || {
        ScheduleError::new(Code::SCHEDULE_BINDING, "the index map cannot be inverted")
            .note("each new index has to be affine in the old ones: sums, products and quotients")
    };
    if let Some(inverse) = &map.inverse {
        let shape = map_shape(map, shape, analyzer);
        let inverse = IndexMap::clone(inverse);
        return Ok(Mapped { shape, inverse, padding: PrimExpr::bool(false) });
    }
    let found = detect(map, &iters, IterMapLevel::NoCheck, analyzer).ok_or_else(not_affine)?;
    let shape_of = |i| extent_of(&found, i, map, analyzer);
    let new_shape: Vec<PrimExpr> = (0..map.result.len()).map(shape_of).collect();
    let outputs: Box<[Var]> = map.result.iter().enumerate().map(|(i, e)| output(i, e)).collect();
    let values = inverse_values(&found, &outputs, analyzer).ok_or_else(not_affine)?;
    let mut bounded = Analyzer::new();
    for (var, extent) in outputs.iter().zip(&new_shape) {
        bounded.bind(*var, &Range::from_extent(extent.clone()));
    }
    let mut result = Vec::new();
    for (var, extent) in map.initial.iter().zip(shape) {
        let value = match values.get(&var.id) {
            Some(value) => value.clone(),
            None if extent.is_int(1) => {
                let passed_on = map.result.iter().position(|e| e.as_var() == Some(*var));
                passed_on.map_or(PrimExpr::int(0, var.dtype), |at| outputs[at].into())
            }
            None => return Err(not_affine()),
        };
        result.push(simplify_unless_constant(&value, analyzer));
    }
    let mut padding: Option<PrimExpr> = None;
    for ((value, extent), step) in result.iter().zip(shape).zip(&steps) {
        let Some(step) = step else { continue };
        let outside = past_the_end(value, extent, *step, &bounded);
        padding = match padding {
            None => Some(outside),
            Some(p) => Some(PrimExpr::binary(BinOp::Or, p, outside, Span::NONE)),
        };
    }
    let padding = padding.unwrap_or_else(|| PrimExpr::bool(false));
    let inverse = IndexMap {
        initial: outputs,
        result: result.into(),
        axis_separators: Box::default(),
        inverse: None,
    };
    Ok(Mapped { shape: new_shape, inverse, padding })
}

/// True if every element of the new box is one of the old, and the other way round.
pub fn is_bijective(map: &IndexMap, shape: &[PrimExpr], analyzer: &Analyzer) -> bool {
    let iters: Vec<(Var, Range)> =
        map.initial.iter().zip(shape).map(|(v, e)| (*v, Range::from_extent(e.clone()))).collect();
    detect(map, &iters, IterMapLevel::Bijective, analyzer).is_some()
}

fn detect(
    map: &IndexMap,
    iters: &[(Var, Range)],
    level: IterMapLevel,
    analyzer: &Analyzer,
) -> Option<IterMap> {
    detect_iter_map(&map.result, iters, &PrimExpr::bool(true), level, analyzer).ok()
}

/// The variables of a map, their extents rounded up to what their divisors need, and to which
/// multiple where that adds something.
fn padded(
    map: &IndexMap,
    shape: &[PrimExpr],
    analyzer: &Analyzer,
) -> (Vec<(Var, Range)>, Vec<Option<i64>>) {
    let mut steps: FxHashMap<VarId, i64> = FxHashMap::default();
    for result in &map.result {
        for_each_expr(result, |e| {
            if let Some((var, step)) = divided(e) {
                let known = steps.entry(var.id).or_insert(1);
                *known = lcm(*known, step);
            }
        });
    }
    let mut iters = Vec::new();
    let mut rounded = Vec::new();
    for (var, extent) in map.initial.iter().zip(shape) {
        let step = steps.get(&var.id).copied().unwrap_or(1);
        let divisor = PrimExpr::int(step, extent.dtype());
        let rest = analyzer.simplify(&fold::floormod(extent, &divisor));
        if rest.is_int(0) {
            iters.push((*var, Range::from_extent(extent.clone())));
            rounded.push(None);
            continue;
        }
        let past = PrimExpr::int(step - 1, extent.dtype());
        let blocks = fold::floordiv(&fold::add(extent, &past), &divisor);
        let extent = analyzer.simplify(&fold::mul(&blocks, &divisor));
        iters.push((*var, Range::from_extent(extent)));
        rounded.push(Some(step));
    }
    (iters, rounded)
}

/// For `v // c`, `v % c` and `(v // a) % c`: the variable, and of what its extent has to be a
/// multiple.
fn divided(e: &PrimExpr) -> Option<(Var, i64)> {
    let PrimExpr::Binary(e) = e else { return None };
    if !matches!(e.op, BinOp::FloorDiv | BinOp::FloorMod | BinOp::Mod) {
        return None;
    }
    let step = i64::try_from(e.rhs.as_int()?).ok().filter(|step| 0 < *step)?;
    match &e.lhs {
        PrimExpr::Var(var) => Some((*var, step)),
        PrimExpr::Binary(inner) => {
            let (var, below) = divided(&e.lhs)?;
            match inner.op {
                BinOp::FloorDiv => Some((var, below.checked_mul(step)?)),
                _ => Some((var, below)),
            }
        }
        _ => None,
    }
}

fn lcm(a: i64, b: i64) -> i64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).saturating_mul(b)
}

fn extent_of(found: &IterMap, index: usize, map: &IndexMap, analyzer: &Analyzer) -> PrimExpr {
    let sum = &found.indices[index];
    let largest = sum.args.iter().map(|split| fold::mul(&split.extent, &split.scale));
    let extent = largest.reduce(|a, b| fold::max(&a, &b));
    let one = || PrimExpr::int(1, map.result[index].dtype());
    analyzer.simplify(&extent.unwrap_or_else(one))
}

fn interval_extent(
    map: &IndexMap,
    index: &PrimExpr,
    shape: &[PrimExpr],
    analyzer: &Analyzer,
) -> PrimExpr {
    let mut bounded = Analyzer::new();
    for (var, extent) in map.initial.iter().zip(shape) {
        bounded.bind(*var, &Range::from_extent(extent.clone()));
    }
    let bound = bounded.bound(index);
    match i64::try_from(bound.max - bound.min + 1) {
        Ok(extent) => PrimExpr::int(extent, index.dtype()),
        Err(_) => analyzer.simplify(index),
    }
}

/// The variable for a new index: an old one that is passed on keeps its name.
fn output(i: usize, index: &PrimExpr) -> Var {
    match index {
        PrimExpr::Var(var) => Var::new(var.name, var.dtype),
        other => Var::new(Symbol::new(&format!("axis{i}")), other.dtype()),
    }
}

/// The value of each input variable: digits are put back where they came from, sums of digits
/// before what they are sums of.
fn inverse_values(
    found: &IterMap,
    outputs: &[Var],
    analyzer: &Analyzer,
) -> Option<FxHashMap<VarId, PrimExpr>> {
    let mut marks: Vec<Option<PrimExpr>> = vec![None; found.marks.len()];
    let add = |marks: &mut Vec<Option<PrimExpr>>, split: &IterSplit, value: PrimExpr| {
        let part = fold::mul(&value, &split.lower);
        let slot = &mut marks[split.mark.0];
        *slot = Some(match slot.take() {
            None => part,
            Some(sum) => fold::add(&sum, &part),
        });
    };
    for (sum, output) in found.indices.iter().zip(outputs) {
        let value = fold::sub(&PrimExpr::Var(*output), &sum.base);
        for (i, split) in sum.args.iter().enumerate() {
            let mut part = fold::floordiv(&value, &split.scale);
            // What is above a digit belongs to the digit before it.
            if i > 0 {
                part = fold::floormod(&part, &split.extent);
            }
            add(&mut marks, split, part);
        }
    }
    // A sum stands behind the digits it is made of.
    for id in (0..found.marks.len()).rev() {
        let IterSource::Sum(sum) = &found.marks[id].source else { continue };
        let Some(value) = marks[id].clone() else { continue };
        let value = fold::sub(&value, &sum.base);
        for (i, split) in sum.args.iter().enumerate() {
            let mut part = fold::floordiv(&value, &split.scale);
            if i > 0 {
                part = fold::floormod(&part, &split.extent);
            }
            add(&mut marks, split, part);
        }
    }
    let mut values = FxHashMap::default();
    for (mark, value) in found.marks.iter().zip(marks) {
        if let (IterSource::Var(var), Some(value)) = (&mark.source, value) {
            values.insert(var.id, analyzer.simplify(&value));
        }
    }
    Some(values)
}

/// Where `value` is not below `extent`, of values below the next multiple of `step`.
fn past_the_end(value: &PrimExpr, extent: &PrimExpr, step: i64, analyzer: &Analyzer) -> PrimExpr {
    let step = PrimExpr::int(step, value.dtype());
    let last = analyzer.simplify(&fold::floordiv(extent, &step));
    let rest = analyzer.simplify(&fold::floormod(extent, &step));
    let block = analyzer.simplify(&fold::floordiv(value, &step));
    let within = analyzer.simplify(&fold::floormod(value, &step));
    let in_last = PrimExpr::binary(BinOp::Eq, block, last, Span::NONE);
    let behind = PrimExpr::binary(BinOp::Le, rest, within, Span::NONE);
    let (in_last, behind) = (analyzer.simplify(&in_last), analyzer.simplify(&behind));
    match (in_last.as_int(), behind.as_int()) {
        (Some(1), _) => behind,
        (_, Some(1)) => in_last,
        _ => PrimExpr::binary(BinOp::And, in_last, behind, Span::NONE),
    }
}
