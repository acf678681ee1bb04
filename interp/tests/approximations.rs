//! The formulas of the fast floating-point mode against float64, with all checks on.

use std::sync::Arc;
use tirade_interp::{Options, run};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::stmt::BufferStore;
use tirade_ir::*;

/// `B[i] = op(A[i])` for as many elements, in the fast mode.
fn module(op: Op, len: usize) -> IRModule {
    let shape = || [PrimExpr::i32(len as i32)];
    let a = Buffer::new("A", shape(), DType::FLOAT32);
    let b = Buffer::new("B", shape(), DType::FLOAT32);
    let i = Var::new("i", DType::INT32);
    let load = PrimExpr::load(a.clone(), [i.into()], Span::NONE);
    let store = Stmt::Store(Arc::new(BufferStore {
        buffer: b.clone(),
        value: PrimExpr::call(op, [load], DType::FLOAT32, Span::NONE),
        indices: [i.into()].into(),
        predicate: None,
        span: Span::NONE,
    }));
    let body = Stmt::For(Arc::new(For {
        loop_var: i,
        min: PrimExpr::i32(0),
        extent: PrimExpr::i32(len as i32),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body: store,
        annotations: Attrs::new(),
        span: Span::NONE,
    }));
    let param = |b: Buffer| Param {
        var: Var::new(b.name, DType::HANDLE),
        kind: ParamKind::Buffer(b),
        span: Span::NONE,
    };
    let module = IRModule::from_func(PrimFunc {
        name: "main".into(),
        params: [param(a), param(b)].into(),
        ret_dtype: DType::VOID,
        body,
        attrs: Attrs::new(),
        private: false,
        s_tir: true,
        check_well_formed: true,
        span: Span::NONE,
    });
    fp::rewrite(&module, FpMode::Fast)
}

fn results(op: Op, inputs: &[f32]) -> Vec<f32> {
    let mut tensor = Tensor::zeros(DType::FLOAT32, &[inputs.len()]);
    inputs.iter().enumerate().for_each(|(i, x)| tensor.set(i, Scalar::new(*x)));
    let args = vec![Arg::Tensor { tensor, initialised: true }; 2];
    let module = module(op, inputs.len());
    let outcome = run(&module, "main".into(), args, &Options::default()).expect("it runs");
    assert!(outcome.reports.is_empty(), "{op}: {:?}", outcome.reports);
    let Arg::Tensor { tensor, .. } = &outcome.args[1] else { panic!("a buffer") };
    let bits = |b: &[u8]| f32::from_le_bytes(b.try_into().expect("four bytes"));
    tensor.bytes.chunks(4).map(bits).collect()
}

/// Distance in units of the last place of the exact result.
fn ulps(found: f32, exact: f64) -> f64 {
    if f64::from(found) == exact || found.is_nan() && exact.is_nan() {
        return 0.0;
    }
    let nearest = exact as f32;
    if nearest.is_infinite() || found.is_infinite() || found.is_nan() {
        return if found == nearest { 0.0 } else { f64::INFINITY };
    }
    let exponent = exact.abs().max(f64::from(f32::MIN_POSITIVE)).log2().floor();
    (f64::from(found) - exact).abs() / (exponent - 23.0).exp2()
}

/// Floats between two limits, as evenly spread over their bits as over their values.
fn sample(low: f32, high: f32) -> Vec<f32> {
    let mut state = 2026u64;
    let mut inputs = vec![0.0, -0.0, low, high, f32::NAN, 1.0, -1.0, f32::MIN_POSITIVE, 1e-42];
    while inputs.len() < 200_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = (state >> 32) as u32;
        let part = random as f32 / u32::MAX as f32;
        inputs.push(low + (high - low) * part);
        inputs.push(f32::from_bits(random));
    }
    inputs.retain(|x| x.is_nan() || (low..=high).contains(x));
    inputs
}

/// What the table of ops says in float64.
fn exact(op: Op, x: f32) -> f64 {
    let result = op.eval(DType::FLOAT64, &[Scalar::new(f64::from(x))]);
    result.expect("a function of a scalar").value.to_f64()
}

/// The worst error on inputs between two limits stays below `most` units of the last place.
fn check(op: Op, low: f32, high: f32, most: f64) {
    let inputs = sample(low, high);
    let found = results(op, &inputs);
    let mut worst = (0.0, 0.0, 0.0);
    for (x, y) in inputs.iter().zip(found) {
        let error = ulps(y, exact(op, *x));
        if error > worst.0 {
            worst = (error, *x, y);
        }
    }
    println!("{op}: {worst:?}");
    assert!(worst.0 <= most, "{op}({}) = {}, {} units off", worst.1, worst.2, worst.0);
}

#[test]
fn formulas_are_right_to_a_few_units_in_the_last_place() {
    check(Op::Exp, -86.9, 100.0, 1.5);
    check(Op::Exp2, -125.4, 140.0, 1.5);
    check(Op::Log, -10.0, f32::INFINITY, 1.5);
    check(Op::Log2, -10.0, f32::INFINITY, 3.0);
    check(Op::Log10, -10.0, f32::INFINITY, 3.0);
    check(Op::Tanh, f32::NEG_INFINITY, f32::INFINITY, 4.0);
    check(Op::Erf, f32::NEG_INFINITY, f32::INFINITY, 4.0);
    check(Op::Sigmoid, -86.0, f32::INFINITY, 3.0);
}

#[test]
fn powers_that_are_too_small_are_zero() {
    assert_eq!(results(Op::Exp, &[-87.7, -1e30, f32::NEG_INFINITY]), [0.0; 3]);
}
