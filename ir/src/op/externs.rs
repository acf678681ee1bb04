//! The C functions that programs may call by name: those that ops of the table stand for.

use super::{CSpelling, Op};
use crate::dtype::DType;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The op that the C function `name` computes, and the type it computes on: `expf` is
/// [`Op::Exp`] on `float32`, `exp` on `float64`.
///
/// This is the whole list of functions that `T.call_extern` and `T.call_pure_extern` may run.
pub fn extern_op(name: &str) -> Option<(Op, DType)> {
    static NAMES: LazyLock<FxHashMap<String, (Op, DType)>> = LazyLock::new(|| {
        let mut names = FxHashMap::default();
        for &op in Op::ALL {
            if let CSpelling::Libm(name) = op.info().c {
                names.entry(name.to_string()).or_insert((op, DType::FLOAT64));
                names.entry(format!("{name}f")).or_insert((op, DType::FLOAT32));
            }
        }
        names
    });
    NAMES.get(name).copied()
}
