//! Loops of one iteration become their body.
//!
//! ```text
//! for n, i in T.grid(1, 8):            for i in range(8):
//!     B[n, i] = A[n, i]          →         B[0, i] = A[0, i]
//! ```

use crate::pass::index;
use crate::pass::target::vector_bytes;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::subst::substitute_var;
use tirade_ir::visit::any_stmt;
use tirade_ir::{ForKind, PrimFunc, Stmt};

/// Replaces loops of one iteration by their body. Blocks have to be lowered before.
pub fn fold_unit_loop(func: &PrimFunc) -> PrimFunc {
    match vector_bytes(func) {
        Some(_) => func.rewrite_or_clone(&mut Fold),
        None => func.clone(),
    }
}

struct Fold;

impl Rewriter for Fold {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let walked = walk_rewrite_stmt(self, stmt);
        let Stmt::For(l) = walked.as_ref().unwrap_or(stmt) else { return walked };
        let leaves = || any_stmt(&l.body, |s| matches!(s, Stmt::Break(_) | Stmt::Continue(_)));
        if l.kind == ForKind::ThreadBinding || !l.extent.is_int(1) || leaves() {
            return walked;
        }
        let value = index::cast(l.loop_var.dtype, l.min.clone());
        Some(substitute_var(&l.body, l.loop_var, value))
    }
}
