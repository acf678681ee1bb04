//! The table is consistent.

use super::*;
use crate::dtype::DType;
use crate::scalar::Scalar;
use crate::span::Span;
use rustc_hash::FxHashSet;

#[test]
fn names_are_unique_and_found() {
    let mut seen = FxHashSet::default();
    for &op in Op::ALL {
        let info = op.info();
        assert_eq!(info.op, op);
        for name in [info.name].iter().chain(info.aliases) {
            assert!(seen.insert(*name), "{name} stands twice");
            assert_eq!(Op::from_name(name), Some(op));
        }
        assert_eq!(Op::from_name(info.tvm_name), Some(op));
        assert_eq!(Op::from_name(&format!("tir.{}", info.name)), Some(op));
    }
    assert_eq!(Op::from_name("expp"), None);
}

#[test]
fn rows_are_documented() {
    for &op in Op::ALL {
        let doc = op.info().doc;
        assert!(doc.ends_with('.') && !doc.contains('\n') && doc == doc.trim(), "{op}: {doc:?}");
        assert!(!op.info().domain.is_empty(), "{op} has no domain");
    }
}

/// Types of arguments that each rule takes, and the type of the result.
fn sample_types(op: Op) -> Option<(Vec<DType>, DType)> {
    let Arity::Exactly(arity) = op.info().arity else { return None };
    let all = |dtype| (vec![dtype; arity], dtype);
    Some(match op.info().rule {
        TypeRule::Float | TypeRule::PromotedFloat | TypeRule::Rounding | TypeRule::WideFloat => {
            all(DType::FLOAT32)
        }
        TypeRule::FloatAndInt32 => (vec![DType::FLOAT32, DType::INT32], DType::FLOAT32),
        TypeRule::FloatToBool => (vec![DType::FLOAT32], DType::BOOL),
        TypeRule::Integer
        | TypeRule::Shift
        | TypeRule::Bits
        | TypeRule::Update
        | TypeRule::IntegerUpdate => all(DType::INT32),
        TypeRule::IntegerToInt32 => (vec![DType::INT64], DType::INT32),
        TypeRule::IfThenElse => (vec![DType::BOOL, DType::INT8, DType::INT8], DType::INT8),
        TypeRule::Same | TypeRule::Condition => all(DType::BOOL),
        TypeRule::PointerToBool => (vec![DType::HANDLE], DType::BOOL),
        TypeRule::AddressOf => (vec![DType::FLOAT32], DType::HANDLE),
        TypeRule::FixedPoint => {
            let mut types = vec![DType::INT32; arity.min(5)];
            types.resize(arity, DType::BOOL);
            (types, DType::INT32)
        }
        TypeRule::Reinterpret => (vec![DType::FLOAT32], DType::INT32),
        TypeRule::VectorHalf => (vec![DType::INT8.with_lanes(4)], DType::INT8.with_lanes(2)),
        TypeRule::VectorJoin => (vec![DType::INT8.with_lanes(2); 2], DType::INT8.with_lanes(4)),
        TypeRule::LargeUInt => (vec![DType::UINT32; 2], DType::UINT64),
        TypeRule::Undefined => (vec![], DType::INT32),
        TypeRule::Statement => return None,
    })
}

#[test]
fn rules_accept_what_they_describe() {
    for &op in Op::ALL {
        let Some((args, result)) = sample_types(op) else { continue };
        assert_eq!(op.result_type(&args, Some(result), Span::NONE), Ok(result), "{op}");
        let mut more = args.clone();
        more.push(DType::INT32);
        let error = op.result_type(&more, Some(result), Span::NONE).unwrap_err();
        assert_eq!(*error.kind, TypeErrorKind::Arity { op, found: more.len() });
        let wrong = vec![DType::VOID; args.len()];
        if !matches!(op.info().rule, TypeRule::Same | TypeRule::AddressOf | TypeRule::Undefined) {
            assert!(op.result_type(&wrong, Some(result), Span::NONE).is_err(), "{op}");
        }
    }
}

/// A value of each argument within the row's domain.
fn sample_values(op: Op, types: &[DType], at: f64) -> Vec<Scalar> {
    let domain = op.info().domain;
    let sample = |(i, dtype): (usize, &DType)| {
        let (low, high) = domain[i.min(domain.len() - 1)];
        let value = low + (high - low) * at;
        Scalar::from_f64(*dtype, value).expect("a computable type").value
    };
    types.iter().enumerate().map(sample).collect()
}

#[test]
fn kernels_compute_without_faults_in_their_domain() {
    let computes = |op: &&Op| !matches!(op.info().kernel, Kernel::None);
    for &op in Op::ALL.iter().filter(computes) {
        let (types, dtype) = sample_types(op).expect("ops with a kernel have a fixed arity");
        for at in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let args = sample_values(op, &types, at);
            let result = op.eval(dtype, &args).unwrap_or_else(|| panic!("{op}{args:?}"));
            assert_eq!(result.value.dtype(), dtype, "{op}{args:?}");
            assert!(result.fault.is_none(), "{op}{args:?}: {:?}", result.fault);
            assert!(!result.value.is_nan(), "{op}{args:?}");
        }
        assert_eq!(op.eval(dtype, &[]), None, "{op} without arguments");
    }
}

#[test]
fn float_ops_are_defined_on_all_float_types() {
    let is_float = |op: &&Op| matches!(op.info().rule, TypeRule::Float | TypeRule::Rounding);
    for &op in Op::ALL.iter().filter(is_float) {
        for dtype in [DType::FLOAT16, DType::BFLOAT16, DType::FLOAT32, DType::FLOAT64] {
            let (types, _) = sample_types(op).expect("a fixed arity");
            let args = sample_values(op, &vec![dtype; types.len()], 0.5);
            let result = op.eval(dtype, &args).map(|r| r.value.dtype());
            assert_eq!(result, Some(dtype), "{op}");
        }
    }
}

#[test]
fn functions_are_within_their_tolerance() {
    for &op in Op::ALL {
        let (Kernel::Unary(kernel), Tolerance::Ulp(ulps)) = (op.info().kernel, op.info().tolerance)
        else {
            continue;
        };
        for i in 0..=10000 {
            let x = sample_values(op, &[DType::FLOAT32], i as f64 / 10000.0)[0];
            let x: f32 = x.get().expect("a float32");
            let (result, exact) = ((kernel.f32)(x) as f64, (kernel.f64)(x as f64));
            let near = (exact as f32).abs();
            let unit = (near.next_up() - near) as f64;
            assert!((result - exact).abs() <= ulps as f64 * unit, "{op}({x:e}) = {result:e}");
        }
    }
}

#[test]
fn fixed_point_multiplication_rounds_half_up() {
    let eval = |x: i32, y: i32, q: i32, s: i32| {
        let args = [x, y, q, s].map(Scalar::new);
        let result = Op::QMultiplyShift.eval(DType::INT32, &args).expect("defined");
        assert!(result.fault.is_none());
        result.value.get::<i32>().expect("an int32")
    };
    for x in [-1000, -101, -3, -1, 0, 1, 2, 3, 100, 12345, i32::MAX] {
        for (y, s) in [(1 << 30, 0), (1 << 30, 1), (1 << 30, -3), (1395864371, -9), (3, 4)] {
            let exact = x as f64 * y as f64 * 2f64.powi(s - 31);
            assert_eq!(eval(x, y, 31, s) as f64, (exact + 0.5).floor(), "{x} {y} {s}");
        }
    }
    let per_axis = [5, 1 << 30, 2, 1, 31].map(Scalar::new);
    let flags = [Scalar::new(true), Scalar::new(true)];
    let args: Vec<Scalar> = per_axis.into_iter().chain(flags).collect();
    let result = Op::QMultiplyShiftPerAxis.eval(DType::INT32, &args).expect("defined");
    assert_eq!(result.value.get::<i32>(), Some(5));
}
