//! Substitution of variables and buffers, fresh copies, and free variables.

use crate::buffer::{Buffer, BufferId, BufferNode};
use crate::expr::{PrimExpr, Var, VarId, fresh_id};
use crate::func::PrimFunc;
use crate::rewrite::{
    BufferRemap, Rewrite, Rewriter, walk_rewrite_block, walk_rewrite_buffer, walk_rewrite_expr,
};
use crate::stmt::{Block, BlockId};
use crate::visit::{BufferSite, Visit, Visitor, walk_buffer_def};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What stands for which variable.
pub type VarMap = FxHashMap<VarId, PrimExpr>;

/// What stands for which buffer.
pub type BufferMap = FxHashMap<BufferId, Buffer>;

/// `node` with every variable of `vars` replaced by its expression, once.
///
/// Every binder of a function is its own variable, so nothing can be captured. Buffers whose
/// shape, strides or offset change keep their id and are replaced wherever they stand in `node`.
pub fn substitute<N: Rewrite>(node: &N, vars: &VarMap) -> N {
    if vars.is_empty() {
        return node.clone();
    }
    node.rewrite_or_clone(&mut Substitution::new(vars, &BufferMap::default()))
}

/// `node` with `var` replaced by `value`.
pub fn substitute_var<N: Rewrite>(node: &N, var: Var, value: PrimExpr) -> N {
    substitute(node, &VarMap::from_iter([(var.id, value)]))
}

/// `node` with variables and buffers replaced, once.
pub fn substitute_all<N: Rewrite>(node: &N, vars: &VarMap, buffers: &BufferMap) -> N {
    node.rewrite_or_clone(&mut Substitution::new(vars, buffers))
}

/// `node` with every buffer of `buffers` replaced.
pub fn substitute_buffers<N: Rewrite>(node: &N, buffers: &BufferMap) -> N {
    substitute_all(node, &VarMap::default(), buffers)
}

struct Substitution<'a> {
    vars: &'a VarMap,
    buffers: &'a BufferMap,
    rewritten: BufferRemap,
}

impl<'a> Substitution<'a> {
    fn new(vars: &'a VarMap, buffers: &'a BufferMap) -> Self {
        Substitution { vars, buffers, rewritten: BufferRemap::new() }
    }
}

impl Rewriter for Substitution<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Var(var) => self.vars.get(&var.id).cloned(),
            other => walk_rewrite_expr(self, other),
        }
    }

    fn rewrite_var(&mut self, var: Var) -> Option<Var> {
        self.vars.get(&var.id).and_then(PrimExpr::as_var)
    }

    fn rewrite_buffer(&mut self, buffer: &Buffer) -> Option<Buffer> {
        if let Some(new) = self.buffers.get(&buffer.id) {
            return Some(new.clone());
        }
        if let Some(known) = self.rewritten.get(buffer) {
            return known;
        }
        let new = walk_rewrite_buffer(self, buffer);
        self.rewritten.record(buffer, new)
    }
}

/// A copy of `node` in which everything that `node` binds is new: loop variables, axes, lets,
/// buffers with their `data`, block ids. What it uses from outside stays.
///
/// Whatever duplicates a subtree has to do it through this function, so that every binder of a
/// function stays one of its own. (Variables that a `match_buffer` binds by its strides or offset
/// are kept: they may as well be bound outside.)
pub fn copy_with_fresh_binders<N: Rewrite + Visit>(node: &N) -> N {
    let mut binders = Binders::default();
    node.visit_with(&mut binders);
    node.rewrite_or_clone(&mut FreshCopy { binders, buffers: BufferRemap::new() })
}

/// A copy of `func` in which all parameters and binders are new.
pub fn fresh_func(func: &PrimFunc) -> PrimFunc {
    let mut binders = Binders::default();
    func.visit_with(&mut binders);
    let bound: FxHashSet<VarId> = binders.vars.keys().copied().collect();
    for var in func.buffers().flat_map(buffer_vars).filter(|v| !bound.contains(&v.id)) {
        binders.vars.entry(var.id).or_insert_with(|| var.fresh_copy());
    }
    func.rewrite_or_clone(&mut FreshCopy { binders, buffers: BufferRemap::new() })
}

/// The variables in shape, strides and offset of a buffer, in this order.
pub fn buffer_vars(buffer: &Buffer) -> Vec<Var> {
    let mut found = FreeVars::default();
    let fields = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
    fields.for_each(|e| found.visit_expr(e));
    found.free
}

/// New variables for those that a node binds, and the buffers it introduces.
#[derive(Default)]
struct Binders {
    vars: FxHashMap<VarId, Var>,
    buffers: FxHashSet<BufferId>,
}

impl Visitor for Binders {
    fn visit_var_def(&mut self, var: Var) {
        self.vars.entry(var.id).or_insert_with(|| var.fresh_copy());
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        self.buffers.insert(buffer.id);
        walk_buffer_def(self, buffer, site);
    }
}

struct FreshCopy {
    binders: Binders,
    buffers: BufferRemap,
}

impl Rewriter for FreshCopy {
    fn rewrite_var(&mut self, var: Var) -> Option<Var> {
        self.binders.vars.get(&var.id).copied()
    }

    fn rewrite_buffer(&mut self, buffer: &Buffer) -> Option<Buffer> {
        if let Some(known) = self.buffers.get(buffer) {
            return known;
        }
        let mut new = walk_rewrite_buffer(self, buffer);
        if self.binders.buffers.contains(&buffer.id) {
            let node = (**new.as_ref().unwrap_or(buffer)).clone();
            let id = BufferId(fresh_id());
            new = Some(Buffer::from_node(BufferNode { id, ..node }));
        }
        self.buffers.record(buffer, new)
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let mut new = walk_rewrite_block(self, block).unwrap_or_else(|| block.clone());
        Arc::make_mut(&mut new).id = BlockId::fresh();
        Some(new)
    }
}

/// The variables that `node` uses and does not bind, each once, in the order of their first use.
///
/// Variables in the fields of buffers count where the buffer is introduced, not where it is used.
pub fn free_vars<N: Visit + ?Sized>(node: &N) -> Vec<Var> {
    let mut visitor = FreeVars::default();
    node.visit_with(&mut visitor);
    visitor.free
}

/// Binders are unique within a function, so no scopes have to be kept.
#[derive(Default)]
struct FreeVars {
    known: FxHashSet<VarId>,
    free: Vec<Var>,
}

impl Visitor for FreeVars {
    fn visit_var(&mut self, var: Var) {
        if self.known.insert(var.id) {
            self.free.push(var);
        }
    }

    fn visit_var_def(&mut self, var: Var) {
        self.known.insert(var.id);
    }
}

/// The buffers that `node` uses and does not introduce, each once, in the order of their first use.
pub fn free_buffers<N: Visit + ?Sized>(node: &N) -> Vec<Buffer> {
    #[derive(Default)]
    struct FreeBuffers {
        known: FxHashSet<BufferId>,
        free: Vec<Buffer>,
    }
    impl Visitor for FreeBuffers {
        fn visit_buffer(&mut self, buffer: &Buffer) {
            if self.known.insert(buffer.id) {
                self.free.push(buffer.clone());
            }
        }

        fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
            self.known.insert(buffer.id);
            walk_buffer_def(self, buffer, site);
        }
    }
    let mut visitor = FreeBuffers::default();
    node.visit_with(&mut visitor);
    visitor.free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::expr::BinOp;
    use crate::span::Span;
    use crate::stmt::{AllocBuffer, AllocOrigin, BufferStore, Stmt};

    fn sum(a: impl Into<PrimExpr>, b: impl Into<PrimExpr>) -> PrimExpr {
        PrimExpr::binary(BinOp::Add, a.into(), b.into(), Span::NONE)
    }

    fn store(buffer: &Buffer, value: PrimExpr) -> Stmt {
        Stmt::Store(Arc::new(BufferStore {
            buffer: buffer.clone(),
            value,
            indices: [0.into()].into(),
            predicate: None,
            span: Span::NONE,
        }))
    }

    #[test]
    fn what_is_unchanged_is_shared() {
        let (x, y) = (Var::new("x", DType::INT32), Var::new("y", DType::INT32));
        let (left, right) = (sum(x, 1), sum(y, 2));
        let both = sum(left, right.clone());
        let PrimExpr::Binary(new) = substitute_var(&both, x, 7.into()) else { panic!("a sum") };
        assert_eq!(new.lhs, sum(7, 1));
        let (PrimExpr::Binary(a), PrimExpr::Binary(b)) = (&new.rhs, &right) else { panic!("sums") };
        assert!(Arc::ptr_eq(a, b));
    }

    #[test]
    fn a_buffer_changes_at_all_its_places() {
        let n = Var::new("n", DType::INT32);
        let buffer = Buffer::new("B", [n.into()], DType::INT32);
        let alloc = Stmt::AllocBuffer(Arc::new(AllocBuffer {
            buffer: buffer.clone(),
            annotations: crate::Attrs::new(),
            constant: None,
            origin: AllocOrigin::AllocBuffer,
            span: Span::NONE,
        }));
        let seq = Stmt::seq([alloc, store(&buffer, n.into())]);
        let new = substitute_var(&seq, n, 8.into());
        let [Stmt::AllocBuffer(a), Stmt::Store(s)] = new.as_slice() else { panic!("{new:?}") };
        assert!(a.buffer.ptr_eq(&s.buffer) && a.buffer == buffer);
        assert!(a.buffer.shape[0].is_int(8) && s.value.is_int(8));
        let fresh = copy_with_fresh_binders(&seq);
        let [Stmt::AllocBuffer(a), Stmt::Store(s)] = fresh.as_slice() else { panic!("{fresh:?}") };
        assert!(a.buffer == s.buffer && a.buffer != buffer && a.buffer.data != buffer.data);
        assert_eq!(free_vars(&fresh), [n]);
        assert_eq!(free_buffers(&seq.as_slice()[1]), [buffer]);
    }
}
