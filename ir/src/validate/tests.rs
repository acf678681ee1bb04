use super::*;
use crate::buffer::Range;
use crate::builder::{BlockFrame, ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
use crate::diag::Code;
use crate::expr::{BinOp, CallFunc, Callee, Var};
use crate::stmt::{AllocOrigin, IterVar, IterVarKind};
use crate::{Attrs, DType};
use std::sync::Arc;

fn float_buffer(name: &str, shape: &[i32]) -> Buffer {
    let shape: Vec<PrimExpr> = shape.iter().map(|&n| n.into()).collect();
    Buffer::new(name, shape, DType::FLOAT32)
}

fn zero() -> PrimExpr {
    PrimExpr::float(0.0, DType::FLOAT32)
}

/// A function with one buffer parameter `A` of 8 floats.
fn func(build: impl FnOnce(&mut IRBuilder, &Buffer)) -> PrimFunc {
    let a = float_buffer("A", &[8]);
    let mut b = IRBuilder::new();
    let mut frame = FuncFrame::new("f", Span::NONE);
    frame.add_buffer(a.clone());
    b.enter(Frame::Func(frame)).unwrap();
    build(&mut b, &a);
    b.exit_func().func
}

fn codes(func: &PrimFunc) -> Vec<Code> {
    validate_func(func).iter().map(|d| d.code).collect()
}

fn in_loop(b: &mut IRBuilder, extent: i32, body: impl FnOnce(&mut IRBuilder, Var)) {
    let i = Var::new("i", DType::INT32);
    let loops = vec![LoopSpec::serial(i, extent.into())];
    b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
    body(b, i);
    b.exit();
}

fn spatial(name: &str, extent: i32) -> IterVar {
    IterVar {
        var: Var::new(name, DType::INT32),
        dom: Range::from_extent(extent.into()),
        kind: IterVarKind::DataPar,
        thread_tag: None,
        span: Span::NONE,
    }
}

#[test]
fn a_valid_function_has_no_diagnostics() {
    let f = func(|b, a| {
        in_loop(b, 8, |b, i| {
            let axis = spatial("vi", 8);
            let vi = axis.var;
            let mut block = BlockFrame::new("B", Span::NONE);
            block.add_axis(axis, i.into());
            b.enter(Frame::Block(block)).unwrap();
            b.store(a.clone(), zero(), [vi.into()], Span::NONE);
            b.exit();
        });
    });
    assert_eq!(codes(&f), []);
    let (f, diagnostics) = crate::analysis::complete_func(f, Vec::new());
    assert_eq!(diagnostics, []);
    assert_eq!(codes(&f), []);
    assert_eq!(check_runnable(&f), []);
}

#[test]
fn outer_loop_variables_stay_outside_of_blocks_with_axes() {
    let build = |axes: usize| {
        func(|b, a| {
            in_loop(b, 8, |b, i| {
                let mut block = BlockFrame::new("B", Span::NONE);
                (0..axes).for_each(|_| block.add_axis(spatial("vi", 8), i.into()));
                b.enter(Frame::Block(block)).unwrap();
                b.store(a.clone(), zero(), [i.into()], Span::NONE);
                b.exit();
            });
        })
    };
    assert_eq!(codes(&build(0)), []);
    assert_eq!(codes(&build(1)), [Code::OUTER_LOOP_VARIABLE]);
}

#[test]
fn uses_need_definitions() {
    let stray = Var::new("stray", DType::INT32);
    let f = func(|b, a| b.store(a.clone(), zero(), [stray.into()], Span::NONE));
    assert_eq!(codes(&f), [Code::UNDEFINED_VARIABLE]);
    let other = float_buffer("other", &[8]);
    let f = func(|b, _| b.store(other, zero(), [0.into()], Span::NONE));
    assert_eq!(codes(&f), [Code::UNDEFINED_BUFFER]);
    let f = func(|b, a| {
        let mut escaped = None;
        in_loop(b, 8, |_, i| escaped = Some(i));
        b.store(a.clone(), zero(), [escaped.unwrap().into()], Span::NONE);
    });
    assert_eq!(codes(&f), [Code::UNDEFINED_VARIABLE]);
}

#[test]
fn binders_are_unique() {
    let f = func(|b, a| {
        in_loop(b, 8, |b, i| b.store(a.clone(), zero(), [i.into()], Span::NONE));
    });
    let twice = Stmt::seq([f.body.clone(), f.body.clone()]);
    let f = PrimFunc { body: twice, ..f };
    assert_eq!(codes(&f), [Code::DUPLICATE_BINDER]);
    let fresh = crate::subst::copy_with_fresh_binders(&f.body.as_slice()[0]);
    let f = PrimFunc { body: Stmt::seq([f.body.as_slice()[0].clone(), fresh]), ..f };
    assert_eq!(codes(&f), []);
}

#[test]
fn accesses_and_values_have_types() {
    let f = func(|b, a| b.store(a.clone(), 1.into(), [0.into()], Span::NONE));
    assert_eq!(codes(&f), [Code::VALUE_TYPE]);
    let f = func(|b, a| b.store(a.clone(), zero(), [0.into(), 0.into()], Span::NONE));
    assert_eq!(codes(&f), [Code::RANK]);
    let f = func(|b, a| b.store(a.clone(), zero(), [zero()], Span::NONE));
    assert_eq!(codes(&f), [Code::INDEX_TYPE]);
    let sum = PrimExpr::Binary(Arc::new(crate::expr::Binary {
        op: BinOp::Add,
        lhs: zero(),
        rhs: 1.into(),
        span: Span::NONE,
    }));
    let f = func(|b, a| b.store(a.clone(), sum, [0.into()], Span::NONE));
    assert_eq!(codes(&f), [Code::OPERAND_TYPES]);
}

#[test]
fn sizes_are_bounded() {
    let f = func(|b, _| in_loop(b, -1, |_, _| {}));
    assert_eq!(codes(&f), [Code::NEGATIVE_SIZE]);
    let huge = float_buffer("huge", &[1 << 20, 1 << 20]);
    let alloc = |b: &mut IRBuilder| {
        b.alloc(huge, AllocOrigin::AllocBuffer, Attrs::new(), Span::NONE);
    };
    // It can be printed, but not run.
    let f = func(|b, _| alloc(b));
    assert_eq!(codes(&f), []);
    let found: Vec<Code> = check_runnable(&f).iter().map(|d| d.code).collect();
    assert_eq!(found, [Code::ALLOCATION_LIMIT]);
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let x = Var::new("x", DType::INT32);
    let mut sum: PrimExpr = x.into();
    for _ in 0..5000 {
        sum = PrimExpr::binary(BinOp::Add, sum, x.into(), Span::NONE);
    }
    let f = func(|b, _| b.evaluate(sum, Span::NONE));
    assert_eq!(codes(&f), [Code::NESTING_LIMIT]);
}

#[test]
fn calls_fit_their_functions() {
    let call = |callee, args: Vec<crate::CallArg>| {
        let call = CallFunc { callee, args: args.into(), dtype: DType::VOID, span: Span::NONE };
        PrimExpr::CallFunc(Arc::new(call))
    };
    let module = |callee: Callee, args| {
        let mut module = IRModule::from_func(func(|_, _| {}));
        let mut main = func(|b, _| b.evaluate(call(callee, args), Span::NONE));
        main.name = "main".into();
        module.insert(main);
        validate(&module).iter().map(|d| d.code).collect::<Vec<_>>()
    };
    let a = crate::CallArg::Expr(Var::new("p", DType::HANDLE).into());
    assert_eq!(module(Callee::Global("g".into()), vec![]), [Code::UNKNOWN_CALLEE]);
    assert_eq!(module(Callee::Global("f".into()), vec![]), [Code::CALL_ARGUMENTS]);
    assert_eq!(module(Callee::Global("f".into()), vec![a]), [Code::UNDEFINED_VARIABLE]);
    let bad = Callee::Extern { name: "x(); y".into(), pure: false };
    assert_eq!(module(bad, vec![]), [Code::EXTERN_NAME]);
}

#[test]
fn only_listed_c_functions_are_run() {
    let call = |name: &str, dtype| {
        let callee = Callee::Extern { name: name.into(), pure: true };
        let args = [crate::CallArg::Expr(PrimExpr::float(1.0, dtype))].into();
        let call = PrimExpr::CallFunc(Arc::new(CallFunc { callee, args, dtype, span: Span::NONE }));
        let f = func(|b, _| b.evaluate(call, Span::NONE));
        assert_eq!(codes(&f), []);
        check_runnable(&f).len()
    };
    assert_eq!(call("expf", DType::FLOAT32), 0);
    assert_eq!(call("exp", DType::FLOAT64), 0);
    assert_eq!(call("expf", DType::FLOAT64), 1);
    assert_eq!(call("system", DType::FLOAT32), 1);
    assert_eq!(call("expf", "float8_e4m3fn".parse().unwrap()), 1);
}
