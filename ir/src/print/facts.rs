//! What must be known of a function before its first line is written.

use crate::buffer::{Buffer, BufferId};
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var, VarId};
use crate::stmt::{AllocBuffer, AllocOrigin, AttrNode, BlockId, IterVar, Stmt};
use crate::symbol::Symbol;
use crate::visit::{Visitor, walk_expr, walk_stmt};
use rustc_hash::{FxHashMap, FxHashSet};

/// Facts about one function.
#[derive(Debug, Default)]
pub(super) struct FuncFacts {
    /// Whether there is a block.
    pub(super) has_block: bool,
    /// The block that stands for the whole function: readers infer no regions for it.
    pub(super) outermost: Option<BlockId>,
    /// Buffers that are written as mutable scalars.
    scalars: FxHashSet<BufferId>,
    /// Allocations whose buffer is read, written or passed, not only pointed to.
    accessed: FxHashSet<BufferId>,
    /// Thread axes with their tag and how often they are launched, in the order they are met.
    launches: Vec<(Var, Symbol, u32)>,
    /// Pointer variables that occur in the body.
    pointers: FxHashSet<VarId>,
}

impl FuncFacts {
    /// The facts about a function's body. Only some dialects have mutable scalars.
    pub(super) fn of(body: &Stmt, has_scalars: bool) -> FuncFacts {
        let mut collector = Collector { has_scalars, ..Collector::default() };
        collector.visit_stmt(body);
        if let Stmt::Block(realize) = body
            && realize.block.iter_vars.is_empty()
        {
            collector.facts.outermost = Some(realize.block.id);
        }
        collector.facts
    }

    /// True if `x = value` and `x` write and read the buffer's one element.
    pub(super) fn is_scalar(&self, buffer: &Buffer) -> bool {
        !self.scalars.is_empty() && self.scalars.contains(&buffer.id)
    }

    /// True if something reads, writes or passes the allocated buffer itself.
    pub(super) fn is_accessed(&self, buffer: &Buffer) -> bool {
        self.accessed.contains(&buffer.id)
    }

    /// True if several statements launch the thread axis.
    pub(super) fn is_launched_again(&self, axis: Var) -> bool {
        self.launches.iter().any(|(var, _, n)| *var == axis && 1 < *n)
    }

    /// Thread axes that are launched several times.
    pub(super) fn env_threads(&self) -> Vec<(Var, Symbol)> {
        let again = self.launches.iter().filter(|(_, _, n)| 1 < *n);
        again.map(|(var, tag, _)| (*var, *tag)).collect()
    }

    /// True if the pointer occurs in the body.
    pub(super) fn uses_pointer(&self, var: Var) -> bool {
        self.pointers.contains(&var.id)
    }
}

#[derive(Default)]
struct Collector {
    facts: FuncFacts,
    has_scalars: bool,
    /// Buffers of `T.allocate`.
    allocated: FxHashSet<BufferId>,
    /// Pointers to the elements of `facts.scalars`.
    scalar_data: FxHashMap<VarId, BufferId>,
}

impl Collector {
    fn alloc(&mut self, alloc: &AllocBuffer) {
        let is_scalar = self.has_scalars
            && alloc.origin == AllocOrigin::Scalar
            && alloc.annotations.is_empty()
            && is_one_element(&alloc.buffer);
        if is_scalar {
            self.facts.scalars.insert(alloc.buffer.id);
            self.scalar_data.insert(alloc.buffer.data.id, alloc.buffer.id);
        }
        if alloc.origin == AllocOrigin::Allocate {
            self.allocated.insert(alloc.buffer.id);
        }
    }

    fn launch(&mut self, axis: &IterVar) {
        let known = self.facts.launches.iter_mut().find(|(var, _, _)| *var == axis.var);
        match known {
            Some((_, _, n)) => *n += 1,
            None => {
                let tag = axis.thread_tag.unwrap_or_else(|| Symbol::new(""));
                self.facts.launches.push((axis.var, tag, 1));
            }
        }
    }

    /// True for `x[0]` where `x` may be a scalar.
    fn is_scalar_access(&self, buffer: &Buffer, indices: &[PrimExpr]) -> bool {
        self.facts.is_scalar(buffer)
            && matches!(indices, [index] if index.is_int(0) && index.dtype() == DType::INT32)
    }
}

/// True for what `x: T.int32 = value` allocates.
fn is_one_element(buffer: &Buffer) -> bool {
    matches!(&buffer.shape[..], [extent] if extent.is_int(1))
        && buffer.strides.is_empty()
        && buffer.elem_offset.is_none()
        && buffer.scope.as_str() == "local"
}

impl Visitor for Collector {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Block(_) => self.facts.has_block = true,
            Stmt::AllocBuffer(s) => self.alloc(s),
            Stmt::Store(s)
                if s.predicate.is_none() && self.is_scalar_access(&s.buffer, &s.indices) =>
            {
                return self.visit_expr(&s.value);
            }
            Stmt::Attr(s) => {
                if let AttrNode::IterVar(axis) = &s.node {
                    self.launch(axis);
                }
            }
            Stmt::Seq(_)
            | Stmt::Store(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Bind(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        if let PrimExpr::Load(load) = expr
            && load.predicate.is_none()
            && self.is_scalar_access(&load.buffer, &load.indices)
        {
            return;
        }
        walk_expr(self, expr);
    }

    fn visit_var(&mut self, var: Var) {
        if !var.dtype.is_handle() {
            return;
        }
        self.facts.pointers.insert(var.id);
        if let Some(buffer) = self.scalar_data.get(&var.id) {
            self.facts.scalars.remove(buffer);
        }
    }

    fn visit_buffer(&mut self, buffer: &Buffer) {
        if !self.facts.scalars.is_empty() {
            self.facts.scalars.remove(&buffer.id);
        }
        if self.allocated.contains(&buffer.id) {
            self.facts.accessed.insert(buffer.id);
        }
    }
}
