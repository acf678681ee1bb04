//! Small programs built by hand, compiled and called.

use std::sync::Arc;
use tirade_aot::{CompileOptions, EmitOptions, RunOptions, emit_c, run};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::builder::{BlockFrame, ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
use tirade_ir::{
    BinOp, Buffer, DType, IRModule, IterVar, IterVarKind, PrimExpr, PrimFunc, Range, Span, Symbol,
    Var,
};

fn buffer(name: &str, shape: &[i32], dtype: DType) -> Buffer {
    let shape: Vec<PrimExpr> = shape.iter().map(|n| PrimExpr::i32(*n)).collect();
    Buffer::new(name, shape, dtype)
}

fn load(b: &Buffer, indices: &[Var]) -> PrimExpr {
    let indices: Vec<PrimExpr> = indices.iter().map(|v| (*v).into()).collect();
    PrimExpr::load(b.clone(), indices, Span::NONE)
}

fn axis(name: &str, extent: i32, kind: IterVarKind) -> IterVar {
    let var = Var::new(name, DType::INT32);
    let dom = Range::from_extent(PrimExpr::i32(extent));
    IterVar { var, dom, kind, thread_tag: None, span: Span::NONE }
}

/// `C[i, j] += A[i, k] * B[k, j]` with a block and an init.
fn matmul(n: i32) -> PrimFunc {
    let mut b = IRBuilder::new();
    let [x, y, z] = ["A", "B", "C"].map(|name| buffer(name, &[n, n], DType::FLOAT32));
    let mut func = FuncFrame::new("matmul", Span::NONE);
    [&x, &y, &z].into_iter().for_each(|b| func.add_buffer(b.clone()));
    b.enter(Frame::Func(func)).unwrap();
    let vars = ["i", "j", "k"].map(|name| Var::new(name, DType::INT32));
    let loops = vars.iter().map(|v| LoopSpec::serial(*v, PrimExpr::i32(n))).collect();
    b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
    let mut block = BlockFrame::new("C", Span::NONE);
    let kinds = [IterVarKind::DataPar, IterVarKind::DataPar, IterVarKind::CommReduce];
    let axes = ["vi", "vj", "vk"].iter().zip(kinds).map(|(name, kind)| axis(name, n, kind));
    let axes: Vec<IterVar> = axes.collect();
    axes.iter().zip(vars).for_each(|(a, v)| block.add_axis(a.clone(), v.into()));
    let [i, j, k] = [0, 1, 2].map(|d| axes[d].var);
    b.enter(Frame::Block(block)).unwrap();
    b.enter(Frame::Init).unwrap();
    b.store(z.clone(), PrimExpr::float(0.0, DType::FLOAT32), [i.into(), j.into()], Span::NONE);
    b.exit();
    let product = PrimExpr::binary(BinOp::Mul, load(&x, &[i, k]), load(&y, &[k, j]), Span::NONE);
    let sum = PrimExpr::binary(BinOp::Add, load(&z, &[i, j]), product, Span::NONE);
    b.store(z.clone(), sum, [i.into(), j.into()], Span::NONE);
    b.exit_func().func
}

fn tensor(values: &[f32], shape: &[usize]) -> Arg {
    let bytes = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
    let tensor = Tensor { dtype: DType::FLOAT32, shape: shape.to_vec(), bytes };
    Arg::Tensor { tensor, initialised: true }
}

fn floats(arg: &Arg) -> Vec<f32> {
    let Arg::Tensor { tensor, .. } = arg else { panic!("an array") };
    tensor.bytes.chunks(4).map(|c| f32::from_ne_bytes(c.try_into().unwrap())).collect()
}

fn options() -> RunOptions {
    RunOptions {
        compile: CompileOptions {
            extra_args: vec!["-Wall".into(), "-Wextra".into(), "-Werror".into()],
            ..Default::default()
        },
        ..Default::default()
    }
}

#[test]
fn matmul_is_exact() {
    let n = 16;
    let module = IRModule::from_func(matmul(n as i32));
    let files = emit_c(&module, &EmitOptions::default()).unwrap();
    println!("{}", files[0].text);
    let a: Vec<f32> = (0..n * n).map(|v| 1.0 / (v as f32 + 3.0)).collect();
    let b: Vec<f32> = (0..n * n).map(|v| (v as f32).sqrt()).collect();
    let args = vec![tensor(&a, &[n, n]), tensor(&b, &[n, n]), tensor(&vec![9.0; n * n], &[n, n])];
    let outcome = run(&module, Symbol::new("matmul"), args, &options()).unwrap();
    let mut expected = vec![0.0f32; n * n];
    for i in 0..n {
        for j in 0..n {
            for k in 0..n {
                expected[i * n + j] += a[i * n + k] * b[k * n + j];
            }
        }
    }
    assert_eq!(floats(&outcome.args[2]), expected);
    let _ = Arc::new(());
}
