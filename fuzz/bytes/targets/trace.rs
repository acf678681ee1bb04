//! Any text is a trace that applies to a schedule, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tirade::frontend::{Options, evaluate};
use tirade::ir::{IRModule, SourceMap};
use tirade::schedule::{Schedule, Trace};

const PROGRAM: &str = r#"
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8, 8), "float32")):
    for i, j in T.grid(8, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vi, vj] + T.float32(1)
"#;

static MODULE: LazyLock<IRModule> = LazyLock::new(|| {
    let mut sources = SourceMap::new();
    let file = sources.add("program.py", PROGRAM.to_owned()).expect("a small text");
    let evaluated = evaluate(&mut sources, &file, &Options::default());
    assert!(!evaluated.has_errors(), "{:?}", evaluated.diagnostics);
    evaluated.module.expect("a valid program")
});

fuzz_target!(|text: &str| {
    let _ = Trace::apply_json(text, &mut Schedule::new(MODULE.clone()));
});
