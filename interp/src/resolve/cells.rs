//! How wide the cells of each memory are: as the narrowest element by which it may be viewed.
//!
//! Pointers that may lead to one memory are one class: those bound to each other, and those passed
//! from a call to a parameter.

use rustc_hash::FxHashMap;
use tirade_ir::visit::{BufferSite, Visitor, walk_buffer_def, walk_expr, walk_stmt};
use tirade_ir::{
    Buffer, CallArg, Callee, IRModule, MatchBufferRegion, ParamKind, PrimExpr, Stmt, Var, VarId,
};

/// Bytes of a cell for each pointer of the module that a buffer goes through.
pub fn cell_bytes(module: &IRModule) -> FxHashMap<VarId, usize> {
    let mut classes = Classes { module, parent: FxHashMap::default(), uses: Vec::new() };
    for func in module.functions() {
        for param in &func.params {
            if let ParamKind::Buffer(buffer) = &param.kind {
                classes.join(param.var, buffer.data);
            }
        }
        classes.visit_func(func);
    }
    let mut narrowest: FxHashMap<VarId, usize> = FxHashMap::default();
    for (pointer, bytes) in classes.uses.clone() {
        let root = classes.root(pointer);
        let least = narrowest.entry(root).or_insert(bytes);
        *least = bytes.min(*least);
    }
    let pointers: Vec<VarId> = classes.uses.iter().map(|(p, _)| *p).collect();
    pointers.into_iter().filter_map(|p| Some((p, *narrowest.get(&classes.root(p))?))).collect()
}

/// Classes of pointers, as trees of parents.
struct Classes<'m> {
    module: &'m IRModule,
    parent: FxHashMap<VarId, VarId>,
    /// Pointers with the element sizes of their buffers.
    uses: Vec<(VarId, usize)>,
}

impl Classes<'_> {
    fn root(&mut self, mut pointer: VarId) -> VarId {
        while let Some(up) = self.parent.get(&pointer) {
            pointer = *up;
        }
        pointer
    }

    fn join(&mut self, a: Var, b: Var) {
        let (a, b) = (self.root(a.id), self.root(b.id));
        if a != b {
            self.parent.insert(a, b);
        }
    }

    fn note(&mut self, buffer: &Buffer) {
        let bytes = match buffer.dtype.bytes() {
            n @ (1 | 2 | 4 | 8) => n,
            _ => 1,
        };
        self.uses.push((buffer.data.id, bytes));
    }

    /// Joins every pointer in an expression with `target`.
    fn join_all(&mut self, target: Var, expr: &PrimExpr) {
        struct Pointers(Vec<Var>);
        impl Visitor for Pointers {
            fn visit_var(&mut self, var: Var) {
                if var.dtype.is_handle() {
                    self.0.push(var);
                }
            }

            fn visit_buffer(&mut self, buffer: &Buffer) {
                self.0.push(buffer.data);
            }
        }
        let mut found = Pointers(Vec::new());
        found.visit_expr(expr);
        found.0.into_iter().for_each(|p| self.join(target, p));
    }
}

impl Visitor for Classes<'_> {
    fn visit_buffer(&mut self, buffer: &Buffer) {
        self.note(buffer);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        self.note(buffer);
        walk_buffer_def(self, buffer, site);
    }

    fn visit_block(&mut self, block: &tirade_ir::Block) {
        for MatchBufferRegion { buffer, source, .. } in &block.match_buffers {
            self.join(buffer.data, source.buffer.data);
        }
        tirade_ir::visit::walk_block(self, block);
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        if let Stmt::Bind(bind) = stmt
            && bind.var.dtype.is_handle()
        {
            self.join_all(bind.var, &bind.value);
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        if let PrimExpr::CallFunc(call) = expr
            && let Callee::Global(name) = &call.callee
            && let Some(callee) = self.module.get(*name).cloned()
        {
            for (param, arg) in callee.params.iter().zip(&call.args) {
                match arg {
                    CallArg::Expr(e) if param.var.dtype.is_handle() => self.join_all(param.var, e),
                    CallArg::Buffer(buffer) => self.join(param.var, buffer.data),
                    CallArg::Region(region) => self.join(param.var, region.buffer.data),
                    CallArg::Expr(_) | CallArg::DType(_) | CallArg::Attr(_) => {}
                }
            }
        }
        walk_expr(self, expr);
    }
}
