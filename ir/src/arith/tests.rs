//! Random expressions, evaluated for every value of their variables, against what is said of them.

use super::iter_map::{IterMapLevel, detect_iter_map};
use super::*;
use crate::buffer::Range;
use crate::expr::{BinOp, Select, Var};
use crate::scalar::{Fault, Scalar, binary as eval_binary, convert};
use crate::span::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A small generator of pseudo-random numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }
}

type Values = FxHashMap<crate::expr::VarId, i64>;

/// The value of an expression; `None` where a valid run has none.
fn eval(expr: &PrimExpr, values: &Values) -> Option<Scalar> {
    match expr {
        PrimExpr::Int { .. } => Scalar::from_literal(expr),
        PrimExpr::Var(v) => Scalar::from_i128(v.dtype, values[&v.id] as i128),
        PrimExpr::Cast(e) => convert(eval(&e.value, values)?, e.dtype)?.into_ok(),
        PrimExpr::Not(e) => {
            let value = eval(&e.value, values)?.to_i128()?;
            Scalar::from_i128(DType::BOOL, (value == 0) as i128)
        }
        PrimExpr::Select(e) => {
            let (a, b) = (eval(&e.true_value, values)?, eval(&e.false_value, values)?);
            Some(if eval(&e.condition, values)?.to_i128()? != 0 { a } else { b })
        }
        PrimExpr::Binary(e) if e.op.is_logical() => {
            let lhs = eval(&e.lhs, values)?;
            let decided = (lhs.to_i128()? != 0) == (e.op == BinOp::Or);
            if decided { Some(lhs) } else { eval(&e.rhs, values) }
        }
        PrimExpr::Binary(e) => {
            let result = eval_binary(e.op, eval(&e.lhs, values)?, eval(&e.rhs, values)?)?;
            matches!(result.fault, Fault::None).then_some(result.value)
        }
        other => panic!("not generated: {other:?}"),
    }
}

fn bin(op: BinOp, a: PrimExpr, b: PrimExpr) -> PrimExpr {
    PrimExpr::binary(op, a, b, Span::NONE)
}

struct Generator {
    random: Random,
    vars: Vec<Var>,
    dtype: DType,
    constants: &'static [i64],
}

impl Generator {
    fn constant(&mut self) -> PrimExpr {
        let value = self.random.pick(self.constants);
        match self.dtype.holds_int(value as i128) {
            true => PrimExpr::int(value, self.dtype),
            false => PrimExpr::int(1, self.dtype),
        }
    }

    fn int(&mut self, depth: u32) -> PrimExpr {
        if depth == 0 || self.random.below(8) == 0 {
            return match self.random.below(3) {
                0 => self.constant(),
                _ => self.random.pick(&self.vars).into(),
            };
        }
        const OPS: [BinOp; 12] = [
            BinOp::Add,
            BinOp::Add,
            BinOp::Sub,
            BinOp::Mul,
            BinOp::Mul,
            BinOp::FloorDiv,
            BinOp::FloorDiv,
            BinOp::FloorMod,
            BinOp::FloorMod,
            BinOp::Min,
            BinOp::Max,
            BinOp::Div,
        ];
        match self.random.below(16) {
            0 => PrimExpr::Select(Arc::new(Select {
                condition: self.condition(depth - 1),
                true_value: self.int(depth - 1),
                false_value: self.int(depth - 1),
                span: Span::NONE,
            })),
            1 => bin(BinOp::Mod, self.int(depth - 1), self.constant()),
            2 => {
                let wide = PrimExpr::cast(DType::INT64, self.int(depth - 1), Span::NONE);
                PrimExpr::cast(self.dtype, wide, Span::NONE)
            }
            3..=8 => {
                let op = self.random.pick(&OPS[3..9]);
                bin(op, self.int(depth - 1), self.constant())
            }
            _ => {
                let op = self.random.pick(&OPS);
                bin(op, self.int(depth - 1), self.int(depth - 1))
            }
        }
    }

    fn condition(&mut self, depth: u32) -> PrimExpr {
        const COMPARISONS: [BinOp; 6] =
            [BinOp::Eq, BinOp::Ne, BinOp::Lt, BinOp::Le, BinOp::Gt, BinOp::Ge];
        match self.random.below(8) {
            0 if depth > 0 => PrimExpr::logical_not(self.condition(depth - 1), Span::NONE),
            1 if depth > 0 => {
                let op = self.random.pick(&[BinOp::And, BinOp::Or]);
                bin(op, self.condition(depth - 1), self.condition(depth - 1))
            }
            _ => {
                let op = self.random.pick(&COMPARISONS);
                bin(op, self.int(depth), self.int(depth))
            }
        }
    }
}

fn assignments(vars: &[(Var, std::ops::Range<i64>)]) -> Vec<Values> {
    vars.iter().fold(vec![Values::default()], |all, (var, range)| {
        all.iter()
            .flat_map(|values| {
                range.clone().map(|v| {
                    let mut values = values.clone();
                    values.insert(var.id, v);
                    values
                })
            })
            .collect()
    })
}

fn check_dtype(dtype: DType, cases: u32, seed: u64) {
    let names = ["x", "y", "z"];
    let unsigned = dtype.is_uint();
    let ranges = if unsigned { [0..7, 0..12, 0..4] } else { [0..7, -5..6, 0..4] };
    let vars: Vec<(Var, std::ops::Range<i64>)> =
        names.iter().map(|n| Var::new(*n, dtype)).zip(ranges).collect();
    let mut analyzer = Analyzer::new();
    for (var, range) in &vars {
        analyzer.bind_bound(*var, Bound::new(range.start as i128, range.end as i128 - 1));
    }
    let all = assignments(&vars);
    let mut generator = Generator {
        random: Random(seed),
        vars: vars.iter().map(|v| v.0).collect(),
        dtype,
        constants: &[0, 1, 2, 3, 4, 6, 8, 12, -1, -2, -3, -4, 5, 7, 100],
    };
    for case in 0..cases {
        let depth = 1 + case % 4;
        let expr = match case % 3 {
            0 => generator.condition(depth),
            _ => generator.int(depth),
        };
        let simple = analyzer.simplify(&expr);
        let (bound, modular) = (analyzer.bound(&expr), analyzer.modular(&expr));
        assert_eq!(simple.dtype(), expr.dtype());
        for values in &all {
            let Some(value) = eval(&expr, values) else { continue };
            let found = eval(&simple, values);
            let print = crate::print::print_expr;
            let context = || {
                let options = crate::print::PrintOptions::default();
                let (a, b) = (print(&expr, &options).text, print(&simple, &options).text);
                format!("case {case}: {a}  =>  {b}   at {values:?}")
            };
            assert_eq!(found, Some(value), "{}", context());
            let value = value.to_i128().unwrap();
            assert!(bound.min <= value && value <= bound.max, "{bound:?} {}", context());
            assert!(modular.may_be(value), "{modular:?} {}", context());
        }
    }
}

#[test]
fn simplification_keeps_values_of_indices() {
    check_dtype(DType::INT32, 8_000, 1);
    check_dtype(DType::INT64, 2_000, 2);
}

#[test]
fn simplification_keeps_values_of_wrapping_types() {
    for (i, dtype) in [DType::INT8, DType::UINT8, DType::INT16, DType::UINT16, DType::UINT32]
        .into_iter()
        .enumerate()
    {
        check_dtype(dtype, 1_500, 10 + i as u64);
    }
}

#[test]
fn intervals_hold_all_values() {
    let dtype = DType::INT32;
    let (x, y, z) = (Var::new("x", dtype), Var::new("y", dtype), Var::new("z", dtype));
    let vars = [(x, 0..6), (y, 2..7), (z, -4..5)];
    let all = assignments(&vars);
    let analyzer = Analyzer::new();
    let mut domains = DomMap::default();
    let range = |min: i32, extent: i32| Range::new(min.into(), extent.into());
    domains.insert(x.id, IntSet::from_range(&range(0, 6)));
    domains.insert(y.id, IntSet::from_range(&range(2, 5)));
    let mut generator = Generator {
        random: Random(99),
        vars: vec![x, y, z],
        dtype,
        constants: &[0, 1, 2, 3, 4, 8, -1, -2, -3, 5],
    };
    for case in 0..5_000 {
        let expr = generator.int(1 + case % 3);
        let set = IntSet::eval(&expr, &domains, &analyzer);
        for values in &all {
            let Some(value) = eval(&expr, values) else { continue };
            let end = |e: &Option<PrimExpr>| e.as_ref().and_then(|e| eval(e, values));
            let value = value.to_i128().unwrap();
            if let Some(min) = end(&set.min) {
                assert!(min.to_i128().unwrap() <= value, "{expr:?} {set:?}");
            }
            if let Some(max) = end(&set.max) {
                assert!(value <= max.to_i128().unwrap(), "{expr:?} {set:?}");
            }
        }
    }
}

/// What a map says of its indices against their values on all iterators.
fn check_map(
    indices: &[PrimExpr],
    iters: &[(Var, Range)],
    predicate: &PrimExpr,
    level: IterMapLevel,
) -> bool {
    let analyzer = Analyzer::new();
    let Ok(map) = detect_iter_map(indices, iters, predicate, level, &analyzer) else {
        return false;
    };
    let ranges: Vec<(Var, std::ops::Range<i64>)> = iters
        .iter()
        .map(|(var, range)| {
            let (min, extent) =
                (range.min.as_int().unwrap() as i64, range.extent.as_int().unwrap() as i64);
            (*var, min..min + extent)
        })
        .collect();
    let mut tuples = std::collections::BTreeMap::new();
    for values in assignments(&ranges) {
        let int = |e: &PrimExpr| eval(e, &values).and_then(Scalar::to_i128).expect("a value");
        if int(predicate) == 0 {
            continue;
        }
        let tuple: Vec<i128> = indices.iter().map(int).collect();
        for (i, value) in tuple.iter().enumerate() {
            assert_eq!(int(&map.index_expr(i)), *value, "{:?}", indices[i]);
        }
        *tuples.entry(tuple).or_insert(0) += 1;
    }
    if level == IterMapLevel::NoCheck || tuples.is_empty() {
        return true;
    }
    let boxes: i128 = (0..indices.len())
        .map(|i| map.extent_of(i).map_or(1, |e| e.as_int().expect("constant")))
        .product();
    assert_eq!(tuples.len() as i128, boxes, "{level:?} {indices:?} {iters:?} {predicate:?}");
    if level == IterMapLevel::Bijective {
        assert!(tuples.values().all(|n| *n == 1), "{indices:?} {iters:?} {predicate:?}");
    }
    true
}

fn simplify_all(indices: Vec<PrimExpr>) -> Vec<PrimExpr> {
    indices.iter().map(|e| Analyzer::new().simplify(e)).collect()
}

#[test]
fn iteration_maps_are_what_they_say() {
    let mut random = Random(7);
    let mut found = [0; 3];
    for case in 0..1500 {
        let iters: Vec<(Var, Range)> = ["i", "j", "k"]
            .iter()
            .take(1 + case % 3)
            .map(|name| {
                let extent = random.pick(&[1, 2, 3, 4, 6, 8, 12]);
                let min = random.pick(&[0, 0, 0, 2]);
                (Var::new(*name, DType::INT32), Range::new(min.into(), extent.into()))
            })
            .collect();
        let mut parts: Vec<PrimExpr> = iters.iter().map(|(v, _)| PrimExpr::Var(*v)).collect();
        let mut extents: Vec<i32> =
            iters.iter().map(|(_, r)| r.extent.as_int().unwrap() as i32).collect();
        for _ in 0..random.below(5) {
            let i = random.below(parts.len() as u64) as usize;
            match random.below(4) {
                0 | 1 if parts.len() > 1 => {
                    let (a, n) = (parts.remove(i), extents.remove(i));
                    let j = random.below(parts.len() as u64) as usize;
                    let by = if random.below(8) == 0 { n + 1 } else { n };
                    parts[j] = add(&mul(&parts[j], &by.into()), &a);
                    extents[j] *= n;
                }
                2 => {
                    let by = random.pick(&[2, 3, 4, 6]);
                    let (a, n) = (parts.remove(i), extents.remove(i));
                    parts.extend([floordiv(&a, &by.into()), floormod(&a, &by.into())]);
                    extents.extend([n.div_euclid(by).max(1), by]);
                }
                _ => {
                    parts[i] = add(&parts[i], &random.pick(&[0, 0, 1, 4]).into());
                }
            }
        }
        let predicate = match random.below(3) {
            0 => {
                let limit = random.pick(&[2, 5, 7, 10, 20]);
                let bounded = parts[random.below(parts.len() as u64) as usize].clone();
                bin(random.pick(&[BinOp::Lt, BinOp::Ge]), bounded, limit.into())
            }
            _ => PrimExpr::bool(true),
        };
        let levels = [IterMapLevel::Bijective, IterMapLevel::Surjective, IterMapLevel::NoCheck];
        for (count, level) in found.iter_mut().zip(levels) {
            *count += check_map(&parts, &iters, &predicate, level) as u32;
            *count += check_map(&simplify_all(parts.clone()), &iters, &predicate, level) as u32;
        }
    }
    // Most of what was generated is a map; the test would prove little if few were found.
    assert!(found.iter().all(|n| *n > 750), "{found:?}");
}

#[test]
fn symbolic_extents_are_understood() {
    let dtype = DType::INT32;
    let n = Var::new("n", dtype);
    let (i, j) = (Var::new("i", dtype), Var::new("j", dtype));
    let zero = || PrimExpr::i32(0);
    let iters = [(i, Range::new(zero(), n.into())), (j, Range::new(zero(), 16.into()))];
    let fused = add(&mul(&i.into(), &16.into()), &j.into());
    let yes = PrimExpr::bool(true);
    let analyzer = Analyzer::new();
    let indices = [floordiv(&fused, &16.into()), floormod(&fused, &16.into())];
    let map = detect_iter_map(&indices, &iters, &yes, IterMapLevel::Bijective, &analyzer).unwrap();
    assert_eq!(map.extent_of(0), Some(&n.into()));
    let swapped = add(&mul(&j.into(), &n.into()), &i.into());
    detect_iter_map(&[swapped], &iters, &yes, IterMapLevel::Bijective, &analyzer).unwrap();
    let overlapping = add(&mul(&i.into(), &8.into()), &j.into());
    let error = detect_iter_map(&[overlapping], &iters, &yes, IterMapLevel::Bijective, &analyzer);
    assert!(matches!(error, Err(iter_map::IterMapError::NotFused(_))));
}

#[test]
fn symbolic_bounds_are_proved() {
    let dtype = DType::INT32;
    let (n, m) = (Var::new("n", dtype), Var::new("m", dtype));
    let (i, j) = (Var::new("i", dtype), Var::new("j", dtype));
    let mut analyzer = Analyzer::new();
    analyzer.bind_bound(n, Bound::new(1, 1 << 20));
    analyzer.bind_bound(m, Bound::new(1, 1 << 20));
    analyzer.bind(i, &Range::from_extent(n.into()));
    analyzer.bind(j, &Range::from_extent(m.into()));
    let flat = add(&mul(&i.into(), &m.into()), &j.into());
    let total = mul(&n.into(), &m.into());
    assert!(analyzer.can_prove_less(&flat, &total));
    assert!(!analyzer.can_prove_less(&add(&flat, &1.into()), &total));
    assert_eq!(analyzer.simplify(&floordiv(&flat, &m.into())), i.into());
    assert_eq!(analyzer.simplify(&floormod(&flat, &m.into())), j.into());
    let same = sub(&mul(&n.into(), &m.into()), &mul(&m.into(), &n.into()));
    assert!(analyzer.simplify(&same).is_int(0));
}

#[test]
fn quotients_of_scaled_terms_are_found() {
    let (i, mut analyzer) = (Var::new("i", DType::INT32), Analyzer::new());
    analyzer.bind(i, &Range::new(0.into(), 8.into()));
    let sum = |scale: i32, constant: i32| add(&mul(&i.into(), &scale.into()), &constant.into());
    let half = floordiv(&i.into(), &2.into());
    assert_eq!(analyzer.simplify(&floordiv(&sum(8, 7), &16.into())), half);
    let next = floordiv(&add(&i.into(), &1.into()), &2.into());
    assert_eq!(analyzer.simplify(&floordiv(&sum(8, 9), &16.into())), next);
    analyzer.bind(i, &Range::new(0.into(), 2.into()));
    assert_eq!(analyzer.simplify(&floordiv(&sum(360, 0), &16.into())), mul(&i.into(), &22.into()));
    let undecided = floordiv(&sum(360, 8), &16.into());
    assert_eq!(analyzer.simplify(&undecided), undecided);
}
