use super::*;
use crate::arith;
use crate::buffer::{Buffer, BufferRegion, MatchBufferRegion, Range};
use crate::builder::{BlockFrame, ForFrame, Frame, FuncFrame, IRBuilder, IfFrame, LoopSpec};
use crate::expr::{BinOp, CallArg, CallFunc, Callee, PrimExpr, Var};
use crate::stmt::{Block, IterVar, IterVarKind};
use crate::visit::for_each_block;
use crate::{Code, DType, PrimFunc, Span};
use std::sync::Arc;

fn buffer(name: &str, n: i32, dtype: DType) -> Buffer {
    Buffer::new(name, [n.into()], dtype)
}

fn load(b: &Buffer, index: impl Into<PrimExpr>) -> PrimExpr {
    PrimExpr::load(b.clone(), [index.into()], Span::NONE)
}

struct Case {
    builder: IRBuilder,
    a: Buffer,
    indices: Buffer,
    out: Buffer,
    /// The axis of the block.
    vi: Var,
}

/// `for i in range(16): with T.block("B"): vi = T.axis.spatial(16, i)` around what `body` builds.
fn completed(body: impl FnOnce(&mut Case)) -> (PrimFunc, Vec<crate::Diagnostic>) {
    let a = buffer("A", 64, DType::FLOAT32);
    let indices = buffer("X", 64, DType::INT32);
    let out = buffer("R", 16, DType::FLOAT32);
    let mut builder = IRBuilder::new();
    let mut func = FuncFrame::new("main", Span::NONE);
    [&a, &indices, &out].into_iter().for_each(|b| func.add_buffer(b.clone()));
    builder.enter(Frame::Func(func)).unwrap();
    let (i, vi) = (Var::new("i", DType::INT32), Var::new("vi", DType::INT32));
    let loops = vec![LoopSpec::serial(i, 16.into())];
    builder.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
    let mut block = BlockFrame::new("B", Span::NONE);
    let axis = IterVar {
        var: vi,
        dom: Range::from_extent(16.into()),
        kind: IterVarKind::DataPar,
        thread_tag: None,
        span: Span::NONE,
    };
    block.add_axis(axis, i.into());
    builder.enter(Frame::Block(block)).unwrap();
    let mut case = Case { builder, a, indices, out, vi };
    body(&mut case);
    let built = case.builder.exit_func();
    complete_func(built.func, built.root_alloc_buffers)
}

fn in_loop(case: &mut Case, extent: i32, body: impl FnOnce(&mut Case, Var)) {
    let k = Var::new("k", DType::INT32);
    let loops = vec![LoopSpec::serial(k, extent.into())];
    case.builder.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
    body(case, k);
    case.builder.exit();
}

fn store(case: &mut Case, value: PrimExpr) {
    let (out, vi) = (case.out.clone(), case.vi);
    case.builder.store(out, value, [vi.into()], Span::NONE);
}

fn show(regions: &[BufferRegion]) -> String {
    let print = |e: &PrimExpr| crate::print::print_expr(e, &Default::default()).text;
    let range = |r: &Range| match arith::as_const(&r.extent) {
        Some(1) => print(&r.min),
        _ => format!("{}:+{}", print(&r.min), print(&r.extent)),
    };
    let region = |r: &BufferRegion| {
        let ranges: Vec<String> = r.region.iter().map(range).collect();
        format!("{}[{}]", r.buffer.name, ranges.join(", "))
    };
    regions.iter().map(region).collect::<Vec<_>>().join(" ")
}

/// Reads and writes of the block that `body` fills.
fn regions(body: impl FnOnce(&mut Case)) -> (String, String) {
    let (func, diagnostics) = completed(body);
    assert_eq!(diagnostics, []);
    let mut found = None;
    for_each_block(&func, |realize| {
        let block: &Block = &realize.block;
        if block.name.as_str() == "B" {
            found = Some((show(&block.reads), show(&block.writes)));
        }
    });
    found.expect("the block")
}

#[test]
fn inner_loops_are_relaxed() {
    let found = regions(|case| {
        in_loop(case, 4, |case, k| {
            let index = arith::add(&arith::mul(&case.vi.into(), &4.into()), &k.into());
            let value = load(&case.a, index);
            store(case, value);
        });
    });
    assert_eq!(found, ("A[vi * 4:+4]".into(), "R[vi]".into()));
}

#[test]
fn accesses_are_joined_to_a_box() {
    let found = regions(|case| {
        let before = load(&case.a, arith::sub(&case.vi.into(), &1.into()));
        let after = load(&case.a, arith::add(&case.vi.into(), &1.into()));
        let sum = PrimExpr::binary(BinOp::Add, before, after, Span::NONE);
        store(case, sum);
    });
    assert_eq!(found.0, "A[vi - 1:+3]");
}

#[test]
fn indices_from_memory() {
    let found = regions(|case| {
        let value = load(&case.a, load(&case.indices, case.vi));
        store(case, value);
    });
    assert_eq!(found.0, "A[X[vi]] X[vi]");
    let found = regions(|case| {
        in_loop(case, 4, |case, k| {
            let value = load(&case.a, load(&case.indices, k));
            store(case, value);
        });
    });
    assert_eq!(found.0, "A[0:+64] X[0:+4]");
}

#[test]
fn conditions_narrow_loops() {
    let found = regions(|case| {
        in_loop(case, 16, |case, k| {
            let below = arith::binary(BinOp::Lt, &k.into(), &5.into());
            let branch = IfFrame::new(below, Span::NONE);
            case.builder.enter(Frame::If(branch)).unwrap();
            case.builder.enter(Frame::Then).unwrap();
            let value = load(&case.a, k);
            store(case, value);
            case.builder.exit();
            case.builder.enter(Frame::Else).unwrap();
            let value = load(&case.a, arith::add(&k.into(), &32.into()));
            let out = case.out.clone();
            case.builder.store(out, value, [0.into()], Span::NONE);
            case.builder.exit();
            case.builder.exit();
        });
    });
    // 0..5 and 37..48
    assert_eq!(found.0, "A[0:+48]");
}

#[test]
fn an_accumulator_is_not_read() {
    let accumulate = |case: &mut Case| {
        in_loop(case, 4, |case, k| {
            let old = load(&case.out, case.vi);
            let sum = PrimExpr::binary(BinOp::Add, old, load(&case.a, k), Span::NONE);
            store(case, sum);
        });
    };
    assert_eq!(regions(accumulate).0, "R[vi] A[0:+4]");
    let found = regions(|case| {
        case.builder.enter(Frame::Init).unwrap();
        store(case, PrimExpr::float(0.0, DType::FLOAT32));
        case.builder.exit();
        accumulate(case);
    });
    assert_eq!(found, ("A[0:+4]".into(), "R[vi]".into()));
}

#[test]
fn views_count_as_their_source() {
    let found = regions(|case| {
        let view = buffer("V", 4, DType::FLOAT32);
        let region = Range::new(arith::mul(&case.vi.into(), &4.into()), 4.into());
        let source = BufferRegion { buffer: case.a.clone(), region: [region].into() };
        let matched = MatchBufferRegion { buffer: view.clone(), source, span: Span::NONE };
        case.builder.block_mut().unwrap().match_buffers.push(matched);
        in_loop(case, 2, |case, k| {
            let value = load(&view, arith::add(&k.into(), &1.into()));
            store(case, value);
        });
    });
    assert_eq!(found.0, "A[vi * 4 + 1:+2]");
}

#[test]
fn pointers_need_declared_regions() {
    let (_, diagnostics) = completed(|case| {
        let callee = Callee::Extern { name: "f".into(), pure: false };
        let args = [CallArg::Expr(case.a.data.into())].into();
        let call = CallFunc { callee, args, dtype: DType::VOID, span: Span::NONE };
        case.builder.evaluate(PrimExpr::CallFunc(Arc::new(call)), Span::NONE);
    });
    let codes: Vec<Code> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::OPAQUE_ACCESS]);
}
