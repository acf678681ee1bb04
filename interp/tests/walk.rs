//! Programs built from nodes, run and compared with what they must give.

use std::sync::Arc;
use tirade_interp::{Checks, Options, run};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::stmt::{Block, BlockRealize, BufferStore, SeqStmt};
use tirade_ir::*;

fn var(name: &str) -> Var {
    Var::new(name, DType::INT32)
}

fn buffer(name: &str, shape: &[i32]) -> Buffer {
    let shape: Vec<PrimExpr> = shape.iter().map(|n| PrimExpr::i32(*n)).collect();
    Buffer::new(name, shape, DType::FLOAT32)
}

fn load(buffer: &Buffer, indices: &[Var]) -> PrimExpr {
    let indices: Vec<PrimExpr> = indices.iter().map(|v| (*v).into()).collect();
    PrimExpr::load(buffer.clone(), indices, Span::NONE)
}

fn store(buffer: &Buffer, indices: &[Var], value: PrimExpr) -> Stmt {
    let indices = indices.iter().map(|v| (*v).into()).collect();
    let (buffer, predicate) = (buffer.clone(), None);
    Stmt::Store(Arc::new(BufferStore { buffer, value, indices, predicate, span: Span::NONE }))
}

fn for_loop(loop_var: Var, extent: i32, kind: ForKind, body: Stmt) -> Stmt {
    Stmt::For(Arc::new(For {
        loop_var,
        min: PrimExpr::i32(0),
        extent: PrimExpr::i32(extent),
        step: None,
        kind,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span: Span::NONE,
    }))
}

fn point(buffer: &Buffer, indices: &[Var]) -> BufferRegion {
    let at = |v: &Var| Range::new((*v).into(), PrimExpr::i32(1));
    BufferRegion { buffer: buffer.clone(), region: indices.iter().map(at).collect() }
}

fn func(buffers: &[&Buffer], body: Stmt) -> PrimFunc {
    let params = buffers
        .iter()
        .map(|b| Param {
            var: Var::new(b.name, DType::HANDLE),
            kind: ParamKind::Buffer((*b).clone()),
            span: Span::NONE,
        })
        .collect();
    PrimFunc {
        name: "main".into(),
        params,
        ret_dtype: DType::VOID,
        body,
        attrs: Attrs::new(),
        private: false,
        s_tir: true,
        check_well_formed: true,
        span: Span::NONE,
    }
}

fn array(shape: &[usize], f: impl Fn(usize) -> f32) -> Arg {
    let mut tensor = Tensor::zeros(DType::FLOAT32, shape);
    (0..tensor.len()).for_each(|i| tensor.set(i, Scalar::new(f(i))));
    Arg::Tensor { tensor, initialised: true }
}

fn empty(shape: &[usize]) -> Arg {
    Arg::Tensor { tensor: Tensor::zeros(DType::FLOAT32, shape), initialised: false }
}

/// `C[i, j] += A[i, k] * B[k, j]` with init, as a block.
fn matmul(n: i32, kind: ForKind) -> PrimFunc {
    let (a, b, c) = (buffer("A", &[n, n]), buffer("B", &[n, n]), buffer("C", &[n, n]));
    let loops = [var("i"), var("j"), var("k")];
    let axes = [var("vi"), var("vj"), var("vk")];
    let [vi, vj, vk] = axes;
    let product =
        PrimExpr::binary(BinOp::Mul, load(&a, &[vi, vk]), load(&b, &[vk, vj]), Span::NONE);
    let sum = PrimExpr::binary(BinOp::Add, load(&c, &[vi, vj]), product, Span::NONE);
    let iter = |(i, v): (usize, &Var)| IterVar {
        var: *v,
        dom: Range::from_extent(PrimExpr::i32(n)),
        kind: if i == 2 { IterVarKind::CommReduce } else { IterVarKind::DataPar },
        thread_tag: None,
        span: Span::NONE,
    };
    let block = Block {
        id: BlockId::fresh(),
        name: "C".into(),
        iter_vars: axes.iter().enumerate().map(iter).collect(),
        reads: [point(&a, &[vi, vk]), point(&b, &[vk, vj])].into(),
        writes: [point(&c, &[vi, vj])].into(),
        inferred: Default::default(),
        init: Some(store(&c, &[vi, vj], PrimExpr::float(0.0, DType::FLOAT32))),
        alloc_buffers: Box::default(),
        match_buffers: Box::default(),
        annotations: Attrs::new(),
        body: store(&c, &[vi, vj], sum),
        span: Span::NONE,
    };
    let mut body = Stmt::Block(Arc::new(BlockRealize {
        iter_values: loops.iter().map(|v| (*v).into()).collect(),
        predicate: PrimExpr::bool(true),
        block: Arc::new(block),
    }));
    for (depth, v) in loops.iter().enumerate().rev() {
        let kind = if depth == 0 { kind } else { ForKind::Serial };
        body = for_loop(*v, n, kind, body);
    }
    func(&[&a, &b, &c], body)
}

#[test]
fn matmul_gives_the_product() {
    for (kind, threads) in [(ForKind::Serial, 1), (ForKind::Parallel, 1), (ForKind::Parallel, 2)] {
        let n = 8;
        let module = IRModule::from_func(matmul(n as i32, kind));
        let args =
            [array(&[n, n], |i| i as f32), array(&[n, n], |i| (i % 7) as f32), empty(&[n, n])];
        let options = Options { threads, ..Options::default() };
        let outcome = run(&module, "main".into(), args.to_vec(), &options).unwrap();
        assert_eq!(outcome.reports, []);
        let Arg::Tensor { tensor, initialised: true } = &outcome.args[2] else { panic!() };
        for i in 0..n {
            for j in 0..n {
                let want: f32 = (0..n).map(|k| (i * n + k) as f32 * ((k * n + j) % 7) as f32).sum();
                assert_eq!(tensor.get(i * n + j), Scalar::new(want));
            }
        }
    }
}

#[test]
fn races_and_bounds_are_reported() {
    let (a, i) = (buffer("A", &[4]), var("i"));
    let zero = PrimExpr::float(0.0, DType::FLOAT32);
    let same = Stmt::Store(Arc::new(BufferStore {
        buffer: a.clone(),
        value: zero.clone(),
        indices: [PrimExpr::i32(0)].into(),
        predicate: None,
        span: Span::NONE,
    }));
    let racy = func(&[&a], for_loop(i, 4, ForKind::Parallel, same));
    for threads in [1, 2] {
        let options = Options { threads, ..Options::default() };
        let module = IRModule::from_func(racy.clone());
        let outcome = run(&module, "main".into(), vec![empty(&[4])], &options).unwrap();
        assert_eq!(outcome.reports.len(), 1);
        assert_eq!(outcome.reports[0].code, Code::RACE);
    }
    let outside = func(&[&a], for_loop(i, 5, ForKind::Serial, store(&a, &[i], zero)));
    let module = IRModule::from_func(outside);
    let outcome = run(&module, "main".into(), vec![empty(&[4])], &Options::default()).unwrap();
    assert_eq!(outcome.reports[0].code, Code::OUT_OF_BOUNDS);
    assert!(outcome.reports[0].notes[0].contains("i = 4"), "{:?}", outcome.reports[0]);
}

#[test]
fn unwritten_elements_are_reported() {
    let (a, b, i) = (buffer("A", &[4]), buffer("B", &[4]), var("i"));
    let copy = for_loop(i, 4, ForKind::Serial, store(&b, &[i], load(&a, &[i])));
    let stmts = Stmt::Seq(Arc::new(SeqStmt { stmts: [copy].into() }));
    let module = IRModule::from_func(func(&[&a, &b], stmts));
    let args = [empty(&[4]), empty(&[4])];
    let outcome = run(&module, "main".into(), args.to_vec(), &Options::default()).unwrap();
    assert_eq!(outcome.reports[0].code, Code::UNINITIALISED);
    let options = Options { checks: Checks::NONE, ..Options::default() };
    assert_eq!(run(&module, "main".into(), args.to_vec(), &options).unwrap().reports, []);
}

/// Not a test of speed, but a place to look at it: `cargo test --release -- --nocapture speed`.
#[test]
fn speed_of_matmul() {
    let n = if cfg!(debug_assertions) { 16 } else { 128 };
    let module = IRModule::from_func(matmul(n as i32, ForKind::Serial));
    let args = [array(&[n, n], |i| i as f32), array(&[n, n], |i| (i % 7) as f32), empty(&[n, n])];
    for checks in ["none", "bounds", "all"] {
        let checks = Checks::parse(checks).unwrap();
        let options = Options { threads: 1, checks, ..Options::default() };
        let start = std::time::Instant::now();
        let outcome = run(&module, "main".into(), args.to_vec(), &options).unwrap();
        let ns = start.elapsed().as_nanos() as f64 / (n * n * n) as f64;
        assert_eq!(outcome.reports, []);
        println!("{checks:?}: {ns:.1} ns per iteration");
    }
}
