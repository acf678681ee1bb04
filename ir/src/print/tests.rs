//! Golden texts of programs that are built by hand; round trips of whole programs are tested
//! where there is a reader.

use super::*;
use crate::buffer::{Buffer, BufferNode, BufferRegion, Range};
use crate::builder::{BlockFrame, ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
use crate::expr::{BinOp, CallArg, CallFunc, Callee};
use crate::func::{AttrValue, Attrs, Param, ParamKind};
use crate::stmt::{AllocOrigin, IterVar, IterVarKind};
use crate::{DType, Op};
use std::sync::Arc;

const NONE: Span = Span::NONE;

fn i32(value: i32) -> PrimExpr {
    PrimExpr::i32(value)
}

fn f32(value: f64) -> PrimExpr {
    PrimExpr::float(value, DType::FLOAT32)
}

fn bin(op: BinOp, a: impl Into<PrimExpr>, b: impl Into<PrimExpr>) -> PrimExpr {
    PrimExpr::binary(op, a.into(), b.into(), NONE)
}

fn var(name: &str) -> Var {
    Var::new(name, DType::INT32)
}

fn options(dialect: Dialect, style: Style) -> PrintOptions {
    PrintOptions { dialect, style, imports: false, ..PrintOptions::default() }
}

fn sugared() -> PrintOptions {
    options(Dialect::Modern, Style::Sugared)
}

#[track_caller]
fn expect_expr(expr: PrimExpr, expected: &str) {
    assert_eq!(print_expr(&expr, &sugared()).text, expected);
}

#[track_caller]
fn expect_func(func: &PrimFunc, options: &PrintOptions, expected: &str) {
    let printed = print_func(func, options);
    assert_eq!(printed.text, expected.strip_prefix('\n').unwrap_or(expected));
}

#[test]
fn parentheses_are_as_few_as_python_needs() {
    use BinOp::*;
    let [i, j, k] = ["i", "j", "k"].map(var);
    let sum = || bin(Add, i, j);
    expect_expr(bin(Sub, sum(), k), "i + j - k");
    expect_expr(bin(Sub, k, sum()), "k - (i + j)");
    expect_expr(bin(Mul, sum(), k), "(i + j) * k");
    expect_expr(bin(FloorDiv, bin(Mul, i, j), bin(FloorMod, j, k)), "i * j // (j % k)");
    let less = || bin(Lt, i, j);
    expect_expr(bin(Eq, less(), less()), "(i < j) == (i < j)");
    expect_expr(bin(And, bin(Or, less(), less()), less()), "(i < j or i < j) and i < j");
    expect_expr(PrimExpr::logical_not(less(), NONE), "not i < j");
    let not = PrimExpr::logical_not(less(), NONE);
    expect_expr(bin(Ne, not, less()), "(not i < j) != (i < j)");
    let shift = PrimExpr::call(Op::ShiftLeft, [i.into(), bin(Sub, j, k)], DType::INT32, NONE);
    let xor = PrimExpr::call(Op::BitwiseXor, [i.into(), shift], DType::INT32, NONE);
    expect_expr(xor, "i ^ i << j - k");
    expect_expr(bin(Mul, i, -1), "i * -1");
}

#[test]
fn nodes_that_readers_would_fold_are_named() {
    use BinOp::*;
    let i = var("i");
    expect_expr(bin(Add, 1, 2), "T.Add(1, 2)");
    expect_expr(bin(FloorDiv, 1, 0), "T.FloorDiv(1, 0)");
    expect_expr(bin(Add, i, 0), "T.Add(i, 0)");
    expect_expr(bin(Sub, 0, i), "0 - i");
    expect_expr(bin(Lt, 1, 2), "T.LT(1, 2)");
    expect_expr(bin(Div, i, i), "T.Div(i, i)");
    expect_expr(bin(Mod, i, 3), "T.truncmod(i, 3)");
    expect_expr(bin(Max, i, 3), "T.max(i, 3)");
    expect_expr(bin(Min, 1, 3), "T.Min(1, 3)");
    expect_expr(PrimExpr::logical_not(PrimExpr::bool(true), NONE), "T.Not(T.bool(True))");
}

#[test]
fn literals_keep_their_types() {
    expect_expr(i32(-3), "-3");
    expect_expr(PrimExpr::int(3, DType::INT64), "T.int64(3)");
    expect_expr(PrimExpr::int(-1, DType::UINT64), "T.uint64(18446744073709551615)");
    expect_expr(PrimExpr::bool(false), "T.bool(False)");
    expect_expr(f32(1e-5), "T.float32(1e-05)");
    expect_expr(PrimExpr::float(f64::INFINITY, DType::FLOAT16), "T.float16(\"inf\")");
    let cast = PrimExpr::cast(DType::INT64, i32(3), NONE);
    expect_expr(cast, "T.Cast(\"int64\", 3)");
}

#[test]
fn long_expressions_are_broken() {
    let [a, b] = ["first_operand", "second_operand"].map(var);
    let term = || bin(BinOp::Mul, bin(BinOp::Max, a, b), bin(BinOp::Add, a, b));
    let buffer = Buffer::new("A", [i32(8)], DType::INT32);
    let mut builder = IRBuilder::new();
    builder.enter(Frame::Func(FuncFrame::new("f", NONE))).unwrap();
    builder.store(buffer, bin(BinOp::Sub, term(), term()), [a.into()], NONE);
    let body = builder.exit_func().func.body;
    let options = PrintOptions { line_width: 60, ..sugared() };
    let expected = "\
A[first_operand] = (
    T.max(first_operand, second_operand)
    * (first_operand + second_operand)
    - T.max(first_operand, second_operand)
    * (first_operand + second_operand)
)
";
    assert_eq!(print_stmt(&body, &options).text, expected);
}

/// `C = A @ B` with a reduction block, allocations and an annotation.
fn matmul() -> PrimFunc {
    let shape = || [i32(8), i32(8)];
    let [a, b, c] = ["A", "B", "C"].map(|name| Buffer::new(name, shape(), DType::FLOAT32));
    let t = Buffer::new("t", shape(), DType::FLOAT16);
    let mut func = FuncFrame::new("main", NONE);
    [&a, &b, &c].into_iter().for_each(|buffer| func.add_buffer(buffer.clone()));
    func.attrs = Attrs::new().with("tirx.noalias", AttrValue::Bool(true));
    let loops: Vec<LoopSpec> =
        ["i", "j", "k"].map(|n| LoopSpec::serial(var(n), i32(8))).into_iter().collect();
    let loop_vars = [0, 1, 2].map(|n: usize| loops[n].var);
    let axes = ["vi", "vj", "vk"].map(var);
    let [vi, vj, vk] = axes.map(PrimExpr::from);
    let mut block = BlockFrame::new("mm", NONE);
    for (n, axis) in axes.into_iter().enumerate() {
        let kind = if n < 2 { IterVarKind::DataPar } else { IterVarKind::CommReduce };
        let dom = Range::from_extent(i32(8));
        let iter_var = IterVar { var: axis, dom, kind, thread_tag: None, span: NONE };
        block.add_axis(iter_var, loop_vars[n].into());
    }
    let point = |buffer: &Buffer, at: [&PrimExpr; 2]| BufferRegion {
        buffer: buffer.clone(),
        region: at.map(|e| Range::new(e.clone(), i32(1))).into(),
    };
    block.reads = Some(vec![point(&a, [&vi, &vk]), point(&b, [&vk, &vj])]);
    block.writes = Some(vec![point(&c, [&vi, &vj])]);
    block.annotations = Attrs::new().with("k", AttrValue::Str("v".into()));
    let at = |buffer: &Buffer, x: &PrimExpr, y: &PrimExpr| {
        PrimExpr::load(buffer.clone(), [x.clone(), y.clone()], NONE)
    };
    let mut builder = IRBuilder::new();
    builder.enter(Frame::Func(func)).unwrap();
    builder.enter(Frame::Block(BlockFrame::new("root", NONE))).unwrap();
    builder.block_alloc(t);
    builder.enter(Frame::For(ForFrame { loops, span: NONE })).unwrap();
    builder.enter(Frame::Block(block)).unwrap();
    builder.enter(Frame::Init).unwrap();
    builder.store(c.clone(), f32(0.0), [vi.clone(), vj.clone()], NONE);
    builder.exit();
    let product = bin(BinOp::Mul, at(&a, &vi, &vk), at(&b, &vk, &vj));
    let sum = bin(BinOp::Add, at(&c, &vi, &vj), product);
    builder.store(c, sum, [vi, vj], NONE);
    builder.exit_func().func
}

#[test]
fn a_block_sugared() {
    let expected = r#"
@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((8, 8), "float32"),
    B: T.Buffer((8, 8), "float32"),
    C: T.Buffer((8, 8), "float32"),
):
    T.func_attr({"tirx.noalias": True})
    # with T.sblock("root"):
    t = T.sblock_alloc_buffer((8, 8), "float16")
    for i, j, k in T.grid(8, 8, 8):
        with T.sblock("mm"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            T.sblock_attr({"k": "v"})
            with T.init():
                C[vi, vj] = T.float32(0.0)
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
"#;
    expect_func(&matmul(), &sugared(), expected);
}

#[test]
fn a_block_explicit_and_classic() {
    let expected = r#"
@T.prim_func
def main(
    A: T.Buffer((8, 8), "float32"),
    B: T.Buffer((8, 8), "float32"),
    C: T.Buffer((8, 8), "float32"),
):
    T.func_attr({"tir.noalias": True})
    with T.block("root"):
        T.reads()
        T.writes()
        t = T.alloc_buffer((8, 8), "float16")
        for i in T.serial(0, 8):
            for j in T.serial(0, 8):
                for k in T.serial(0, 8):
                    with T.block("mm"):
                        vi = T.axis.spatial(8, i)
                        vj = T.axis.spatial(8, j)
                        vk = T.axis.reduce(8, k)
                        T.reads(A[vi, vk], B[vk, vj])
                        T.writes(C[vi, vj])
                        T.block_attr({"k": "v"})
                        with T.init():
                            C[vi, vj] = T.float32(0.0)
                        C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
"#;
    expect_func(&matmul(), &options(Dialect::Classic, Style::Explicit), expected);
}

/// A function over buffers, with one store into the first.
fn store_into(buffers: &[Buffer], scalars: &[Var], value: PrimExpr) -> PrimFunc {
    let mut func = FuncFrame::new("main", NONE);
    buffers.iter().for_each(|b| func.add_buffer(b.clone()));
    for var in scalars {
        func.params.push(Param { var: *var, kind: ParamKind::Scalar, span: NONE });
    }
    let mut builder = IRBuilder::new();
    builder.enter(Frame::Func(func)).unwrap();
    let zeros: Vec<PrimExpr> = buffers[0].shape.iter().map(|_| i32(0)).collect();
    builder.store(buffers[0].clone(), value, zeros, NONE);
    builder.exit_func().func
}

#[test]
fn symbolic_sizes() {
    let (n, m, s) = (var("n"), Var::new("m", DType::INT64), var("s"));
    let doubled = PrimExpr::binary(BinOp::Mul, m.into(), PrimExpr::int(2, DType::INT64), NONE);
    let a = Buffer::new("A", [n.into(), m.into(), doubled], DType::INT32);
    let mut node = BufferNode::new("B", [n.into(), i32(4)], DType::INT32);
    node.strides = [s.into(), i32(1)].into();
    node.elem_offset = Some(var("o").into());
    node.offset_factor = 8;
    let b = Buffer::from_node(node);
    let offset = b.elem_offset.clone().unwrap();
    let func = store_into(&[a, b], &[], bin(BinOp::Add, bin(BinOp::Mul, offset, n), s));
    let modern = r#"
m = TypeVar("m")

@T.prim_func(s_tir=True)
def main(
    A: T.Buffer(("n", m, "m * T.int64(2)"), "int32"),
    B: T.Buffer(("n", 4), "int32", strides=("s", 1), offset_factor=8),
):
    A[0, 0, 0] = B.elem_offset * n + B.strides[0]
"#;
    expect_func(&func, &sugared(), modern);
    let classic = r#"
@T.prim_func
def main(A_handle: T.handle, B_handle: T.handle):
    n = T.int32()
    m = T.int64()
    A = T.match_buffer(A_handle, (n, m, m * T.int64(2)), "int32")
    B = T.match_buffer(B_handle, (n, 4), "int32", strides=("s", 1), offset_factor=8)
    A[0, 0, 0] = B.elem_offset * n + B.strides[0]
"#;
    expect_func(&func, &options(Dialect::Classic, Style::Sugared), classic);
}

#[test]
fn scalars_and_bindings() {
    let a = Buffer::new("A", [i32(8)], DType::INT32);
    let mut node = BufferNode::new("x", [i32(1)], DType::INT32);
    node.scope = "local".into();
    let x = Buffer::from_node(node);
    let load_x = || PrimExpr::load(x.clone(), [i32(0)], NONE);
    let mut func = FuncFrame::new("main", NONE);
    func.add_buffer(a.clone());
    func.s_tir = false;
    let mut b = IRBuilder::new();
    b.enter(Frame::Func(func)).unwrap();
    b.alloc(x.clone(), AllocOrigin::Scalar, Attrs::new(), NONE);
    b.store(x.clone(), i32(3), [i32(0)], NONE);
    b.store(x.clone(), bin(BinOp::Add, load_x(), 1), [i32(0)], NONE);
    let y = var("x");
    b.bind(y, None, load_x(), NONE);
    b.store(a, y.into(), [load_x()], NONE);
    let func = b.exit_func().func;
    let modern = r#"
@T.prim_func
def main(A: T.Buffer((8,), "int32")):
    x: T.int32 = 3
    x = x + 1
    x_1: T.let[T.int32] = x
    A[x] = x_1
"#;
    expect_func(&func, &sugared(), modern);
    let classic = r#"
@T.prim_func
def main(A: T.Buffer((8,), "int32")):
    x = T.decl_buffer((1,), "int32", scope="local")
    x[0] = 3
    x[0] = x[0] + 1
    x_1: T.int32 = x[0]
    A[x[0]] = x_1
"#;
    expect_func(&func, &options(Dialect::Classic, Style::Sugared), classic);
}

#[test]
fn calls() {
    let call = |callee: Callee, args: Vec<CallArg>, dtype: DType| {
        PrimExpr::CallFunc(Arc::new(CallFunc { callee, args: args.into(), dtype, span: NONE }))
    };
    let buffer = Buffer::new("A", [i32(8)], DType::INT32);
    let extern_f = Callee::Extern { name: "f".into(), pure: false };
    let args = vec![CallArg::Expr(buffer.data.into()), CallArg::DType(DType::INT8)];
    expect_expr(
        call(Callee::Opaque("tvm_access_ptr".into()), args, DType::HANDLE),
        "T.tvm_access_ptr(A, T.type_annotation(\"int8\"))",
    );
    let args = vec![CallArg::Expr(f32(1.0))];
    expect_expr(
        call(extern_f, args, DType::FLOAT32),
        "T.call_extern(\"float32\", \"f\", T.float32(1.0))",
    );
    let value = call(Callee::Global("helper".into()), Vec::new(), DType::INT32);
    let func = store_into(&[buffer], &[var("n")], value);
    let module = IRModule::from_func(func);
    let expected = r#"@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "int32"), n: T.int32):
        A[0] = Module.helper()
"#;
    assert_eq!(print_module(&module, &sugared()).text, expected);
}

#[test]
fn what_a_dialect_cannot_say_is_reported() {
    let printed = print_stmt(&Stmt::Break(NONE), &options(Dialect::Classic, Style::Sugared));
    assert_eq!(printed.text, "break\n");
    assert_eq!(printed.diagnostics[0].code, Code::NOT_IN_CLASSIC);
}

#[test]
fn comments_stay_with_their_statements() {
    let a = Buffer::new("A", [i32(8)], DType::INT32);
    let mut func = FuncFrame::new("main", Span::new(20, 24));
    func.add_buffer(a.clone());
    let mut b = IRBuilder::new();
    b.enter(Frame::Func(func)).unwrap();
    b.store(a.clone(), i32(1), [i32(0)], Span::new(50, 60));
    b.store(a, i32(2), [i32(0)], Span::new(80, 90));
    let module = IRModule::from_func(b.exit_func().func);
    let comment = |pos, text: &str, own_line| Comment { pos, text: text.into(), own_line };
    let comments = vec![
        comment(1, " above", true),
        comment(30, " with T.sblock(\"root\"):", true),
        comment(40, "first", true),
        comment(65, " behind", false),
        comment(95, " last", true),
    ];
    let options = PrintOptions { comments, ..sugared() };
    let expected = r#"# above
@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32")):
    #first
    A[0] = 1  # behind
    A[0] = 2
# last
"#;
    assert_eq!(print_module(&module, &options).text, expected);
}

#[test]
fn nodes_are_found_in_the_text() {
    let func = matmul();
    let Stmt::Block(root) = &func.body else { panic!("a root block") };
    let Stmt::For(i) = &root.block.body else { panic!("a loop") };
    let options = PrintOptions { record_nodes: true, ..sugared() };
    let printed = print_func(&func, &options);
    let range = printed.node(NodeKey::Loop(i.loop_var.id)).unwrap();
    assert_eq!(&printed.text[range], "for i, j, k in T.grid(8, 8, 8):");
}
