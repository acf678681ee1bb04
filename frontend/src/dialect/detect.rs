//! Which dialect a file is written in.

use super::Dialect;
use crate::ast::Module;

/// Words that only the modern dialect has.
const MODERN: &[&str] = &[
    "tirx",
    "s_tir",
    ".sblock(",
    ".sblock_alloc_buffer",
    ".sblock_attr",
    ": T.let",
    ".local_scalar",
];

/// Words that only the dialects of 2020 and early 2021 have.
const HYBRID: &[&str] = &[
    "@tvm.hybrid.script",
    "@hybrid.script",
    "@tvm.script.tir\n",
    "@tvm.script.tir\r",
    "@script.tir\n",
    "import ty\n",
    ".buffer_bind(",
    " ty.handle",
    "@tvm.script.prim_func",
];

/// Words that only the classic dialect has, or had first.
const CLASSIC: &[&str] = &[
    "tvm.script import tir",
    "tvm.script.tir",
    "import tir as T",
    "T.block(",
    "T.block_attr(",
    "T.Buffer[",
    "T.allocate(",
    "T.LetStmt(",
    "T.var(",
    "T.buffer_decl(",
    "T.preflattened_buffer",
    "T.allocate_const",
    "T.ret(",
    "T.Ptr[",
    "\"tir.noalias\"",
    "tvm.tir",
];

/// The dialect of a file, by its imports, decorators and names. Comments count: printed programs
/// have their imports in comments.
pub fn detect(_module: &Module, text: &str) -> Dialect {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    if has(HYBRID) {
        Dialect::Hybrid
    } else if has(MODERN) {
        Dialect::Modern
    } else if has(CLASSIC) {
        Dialect::Classic
    } else {
        Dialect::Modern
    }
}
