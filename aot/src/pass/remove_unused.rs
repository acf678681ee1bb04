//! Views and bindings that nothing uses are dropped, if evaluating them has no effect.

use rustc_hash::FxHashSet;
use tirade_ir::buffer::BufferId;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::visit::{Visit, Visitor, any_expr};
use tirade_ir::{Buffer, PrimExpr, PrimFunc, Stmt, Var, VarId};

/// Drops unused views and bindings.
pub fn remove_unused(func: &PrimFunc) -> PrimFunc {
    let mut func = func.clone();
    loop {
        let mut used = Used::default();
        func.visit_with(&mut used);
        match func.rewrite_with(&mut Remove { used }) {
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

/// Variables and buffers that are used.
#[derive(Default)]
struct Used {
    vars: FxHashSet<VarId>,
    buffers: FxHashSet<BufferId>,
}

impl Visitor for Used {
    fn visit_var(&mut self, var: Var) {
        self.vars.insert(var.id);
    }

    fn visit_buffer(&mut self, buffer: &Buffer) {
        self.vars.insert(buffer.data.id);
        self.buffers.insert(buffer.id);
    }
}

struct Remove {
    used: Used,
}

impl Rewriter for Remove {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Bind(b) if !self.used.vars.contains(&b.var.id) && is_pure(&b.value) => {
                Some(Stmt::nop())
            }
            Stmt::DeclBuffer(d) if !self.used.buffers.contains(&d.buffer.id) => Some(Stmt::nop()),
            _ => walk_rewrite_stmt(self, stmt),
        }
    }
}
