//! What the benchmarks share.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;
use tirade::ir::args::{Arg, Request, prepare};
use tirade::ir::{IRModule, PrimFunc, SourceMap};
use tirade::{frontend, program};

/// The module of a script given as text.
pub fn module_of(text: &str) -> IRModule {
    let mut sources = SourceMap::new();
    let file = sources.add("bench.py", text.to_string()).expect("a small script");
    let evaluated = frontend::evaluate(&mut sources, &file, &frontend::Options::default());
    assert!(!evaluated.diagnostics.iter().any(|d| d.is_error()), "{:?}", evaluated.diagnostics);
    evaluated.module.expect("a module")
}

/// The text of an example.
pub fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    std::fs::read_to_string(path).expect("an example")
}

/// The function to run and arguments for it, filled from a seed.
pub fn job(module: &IRModule) -> (Arc<PrimFunc>, Vec<Arg>) {
    let func = program::select_function(module, None).expect("one function");
    let (args, _) = prepare(module, &func, &Request::default()).expect("arguments");
    (func, args)
}

/// A square matrix product of 32-bit floats.
pub fn matmul(n: usize) -> String {
    format!(
        "from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def matmul(A: T.Buffer(({n}, {n})), B: T.Buffer(({n}, {n})), C: T.Buffer(({n}, {n}))):
    for i, j, k in T.grid({n}, {n}, {n}):
        with T.sblock(\"C\"):
            vi, vj, vk = T.axis.remap(\"SSR\", [i, j, k])
            with T.init():
                C[vi, vj] = T.float32(0)
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
"
    )
}

/// A module of about `lines` lines: one function after the other, as a printer would write them.
pub fn large_module(lines: usize) -> String {
    let mut text =
        String::from("from tvm.script import ir as I\nfrom tvm.script import tirx as T\n");
    text += "\n\n@I.ir_module(s_tir=True)\nclass Module:\n";
    for i in 0..lines / 14 {
        text += &format!(
            "    @T.prim_func(s_tir=True)
    def f{i}(A: T.Buffer((128, 128), \"float32\"), B: T.Buffer((128, 128), \"float32\")):
        T.func_attr({{\"tirx.noalias\": True}})
        C = T.sblock_alloc_buffer((128, 128))
        for i, j in T.grid(128, 128):
            with T.sblock(\"C\"):
                vi, vj = T.axis.remap(\"SS\", [i, j])
                T.reads(A[vi, vj])
                T.writes(C[vi, vj])
                C[vi, vj] = T.max(A[vi, vj] * T.float32(2.0) + T.float32(1.0), T.float32(0.0))
        for i, j in T.grid(128, 128):
            with T.sblock(\"B\"):
                vi, vj = T.axis.remap(\"SS\", [i, j])
                B[vi, vj] = T.exp(C[vi, vj] - C[vi, 0]) / T.Cast(\"float32\", vj + 1)
"
        );
    }
    text
}
