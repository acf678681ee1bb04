//! Bindings that nothing uses are dropped, if evaluating them has no effect.

use rustc_hash::FxHashSet;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::visit::{BufferSite, Visit, Visitor, any_expr};
use tirade_ir::{Buffer, PrimExpr, PrimFunc, Stmt, Var, VarId};

/// Drops unused bindings.
pub fn remove_unused(func: &PrimFunc) -> PrimFunc {
    let mut func = func.clone();
    loop {
        let mut used = Used::default();
        func.visit_with(&mut used);
        match func.rewrite_with(&mut Remove { used: used.0 }) {
            Some(smaller) => func = smaller,
            None => return func,
        }
    }
}

/// True if evaluating `value` changes nothing.
pub fn is_pure(value: &PrimExpr) -> bool {
    !any_expr(value, |e| match e {
        PrimExpr::Call(call) => !call.op.is_pure(),
        PrimExpr::CallFunc(_) => true,
        _ => false,
    })
}

/// Variables that code uses. Shapes do not count: accesses are flat by now.
#[derive(Default)]
struct Used(FxHashSet<VarId>);

impl Visitor for Used {
    fn visit_var(&mut self, var: Var) {
        self.0.insert(var.id);
    }

    fn visit_buffer(&mut self, buffer: &Buffer) {
        self.0.insert(buffer.data.id);
        for field in buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset) {
            self.visit_expr(field);
        }
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        if site == BufferSite::Alloc {
            self.visit_buffer(buffer);
        }
    }
}

struct Remove {
    used: FxHashSet<VarId>,
}

impl Rewriter for Remove {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Bind(b) if !self.used.contains(&b.var.id) && is_pure(&b.value) => {
                Some(Stmt::nop())
            }
            _ => walk_rewrite_stmt(self, stmt),
        }
    }
}
