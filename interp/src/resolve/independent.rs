//! Loops whose iterations do not meet in any element: they need no watching for races, and can
//! run on several threads.
//!
//! An iteration is independent of the others if for all memory that the body writes, the elements
//! it touches are told apart by the loop variable: by indices that are the same for all accesses
//! and determine the variable, or by an index `c * variable + rest` with `rest` in a range shorter
//! than `c`. Memory that an iteration allocates is its own. Everything else (calls, pointers,
//! atomics, barriers, ways out of the loop) counts as dependent.

use super::affine::{Meanings, Sum, determines};
use super::func::FuncResolver;
use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::op::Effect;
use tirade_ir::visit::{Visitor, walk_expr, walk_stmt};
use tirade_ir::{
    Block, BlockRealize, Buffer, BufferId, BufferRegion, CallArg, Callee, For, ForKind, Op,
    PrimExpr, Stmt, Symbol, Var, VarId,
};

/// An access in the body of a loop.
struct Touch {
    buffer: Buffer,
    /// Indices in normal form, and the number of lanes of each; `None` for one that has none.
    indices: Vec<Option<(Sum, i128)>>,
    writes: bool,
}

/// What a loop body does, as far as independence is concerned.
struct Body {
    meanings: Meanings,
    touches: Vec<Touch>,
    /// Pointers to memory that an iteration allocates itself.
    own: FxHashSet<VarId>,
    /// Variables that take several values in one iteration, with the span of their values.
    inner: Vec<(VarId, Option<i128>)>,
    /// Views of regions, with the region.
    views: FxHashMap<BufferId, BufferRegion>,
    /// The function does something that is not looked into.
    opaque: bool,
    /// Loops between the loop and the present place.
    depth: usize,
    shared_is_own: bool,
}

impl FuncResolver<'_, '_> {
    /// True if iterations of the loop are known not to meet in any element.
    pub(super) fn is_independent(&self, s: &For) -> bool {
        if s.step.as_ref().is_some_and(|e| !e.is_int(1)) {
            return false;
        }
        let bound = s.kind == ForKind::ThreadBinding;
        // Each block of the grid has shared and local memory of its own.
        let is_block = s.thread_tag.is_some_and(|tag| tag.as_str().starts_with("blockIdx"));
        let mut body = Body {
            meanings: self.meanings.clone(),
            touches: Vec::new(),
            own: FxHashSet::default(),
            inner: Vec::new(),
            views: self.views.clone(),
            opaque: false,
            depth: 0,
            shared_is_own: !bound || is_block,
        };
        body.visit_stmt(&s.body);
        if body.opaque || (bound && !is_block && body.touches_scoped()) {
            return false;
        }
        let written: FxHashSet<VarId> = body
            .touches
            .iter()
            .filter(|t| t.writes)
            .filter(|t| !(is_block && is_scoped(t.buffer.scope)))
            .map(|t| self.root_of(&t.buffer))
            .filter(|root| !body.own.contains(root))
            .collect();
        if !self.noalias && !written.is_empty() {
            return false;
        }
        written.into_iter().all(|root| {
            let touches: Vec<&Touch> =
                body.touches.iter().filter(|t| self.root_of(&t.buffer) == root).collect();
            body.are_apart(&touches, s.loop_var)
        })
    }

    fn root_of(&self, buffer: &Buffer) -> VarId {
        self.root(buffer.data)
    }
}

impl Body {
    /// True if an access is to memory that loops over threads treat in a way of their own.
    fn touches_scoped(&self) -> bool {
        self.touches.iter().any(|t| {
            let scope = t.buffer.scope;
            let own = self.own.contains(&t.buffer.data.id);
            is_scoped(scope) && (!own || scope.as_str().starts_with("shared"))
        })
    }

    /// True if accesses of different iterations are to different elements.
    fn are_apart(&self, touches: &[&Touch], loop_var: Var) -> bool {
        let Some(first) = touches.first() else { return true };
        if touches.iter().any(|t| t.buffer != first.buffer) {
            return false;
        }
        let free: Vec<VarId> = self.inner.iter().map(|(v, _)| *v).collect();
        let span = |var: VarId| self.inner.iter().find(|(v, _)| *v == var)?.1;
        let same: Vec<Sum> = (0..first.indices.len())
            .filter_map(|d| {
                let (sum, lanes) = first.indices[d].clone()?;
                let equal = touches.iter().all(|t| t.indices.get(d) == first.indices.get(d));
                (equal && lanes == 1).then_some(sum)
            })
            .collect();
        if determines(&same, &[loop_var.id], &free, &span) {
            return true;
        }
        (0..first.indices.len()).any(|d| self.is_strip(touches, d, loop_var))
    }

    /// True if index `d` of every access is `c * loop_var + outer + rest` with `rest` in a range
    /// shorter than `c`, and `outer` the same for all.
    fn is_strip(&self, touches: &[&Touch], d: usize, loop_var: Var) -> bool {
        let mut common: Option<(i128, Sum)> = None;
        let (mut lo, mut hi) = (i128::MAX, i128::MIN);
        for touch in touches {
            let Some(Some((sum, lanes))) = touch.indices.get(d) else { return false };
            let Some((strip, others)) = sum.split(&|v| v == loop_var.id) else { return false };
            let [(super::affine::Atom::Var(_), factor)] = strip.terms[..] else { return false };
            let is_inner = |v: VarId| self.inner.iter().any(|(i, _)| *i == v);
            let Some((inner, mut outer)) = others.split(&is_inner) else { return false };
            let offset = std::mem::take(&mut outer.constant);
            let range = |v: VarId| {
                let span = self.inner.iter().find(|(i, _)| *i == v)?.1?;
                // Only loops that start at 0 have a known span.
                Some((0, span))
            };
            let Some((a, b)) = inner.bounds(&range) else { return false };
            lo = lo.min(a + offset);
            hi = hi.max(b + offset + lanes - 1);
            match &common {
                None => common = Some((factor, outer)),
                Some(c) if *c == (factor, outer) => {}
                Some(_) => return false,
            }
        }
        common.is_some_and(|(factor, _)| hi - lo < factor.abs())
    }

    fn touch(&mut self, buffer: &Buffer, indices: &[PrimExpr], writes: bool) {
        let mut sums: Vec<Option<(Sum, i128)>> = indices
            .iter()
            .map(|e| match e {
                PrimExpr::Ramp(r) if r.stride.is_int(1) => {
                    Some((Sum::of(&r.base, &self.meanings)?, r.dtype.lanes() as i128))
                }
                e if e.dtype().is_scalar() => Some((Sum::of(e, &self.meanings)?, 1)),
                _ => None,
            })
            .collect();
        let mut buffer = buffer.clone();
        // An access through a view of a region is one to the buffer behind it.
        while let Some(region) = self.views.get(&buffer.id) {
            let dropped = region.region.len().saturating_sub(sums.len());
            let shifted = region.region.iter().enumerate().map(|(d, range)| {
                let min = Sum::of(&range.min, &self.meanings)?;
                match d.checked_sub(dropped) {
                    None => Some((min, 1)),
                    Some(d) => {
                        let (sum, lanes) = sums.get(d)?.clone()?;
                        Some((sum.plus_sum(&min)?, lanes))
                    }
                }
            });
            sums = shifted.collect();
            buffer = region.buffer.clone();
        }
        self.touches.push(Touch { buffer, indices: sums, writes });
    }
}

fn is_scoped(scope: Symbol) -> bool {
    let scope = scope.as_str();
    scope.starts_with("shared") || scope.starts_with("local") || scope.starts_with("warp")
}

impl Visitor for Body {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Store(s) => {
                self.touch(&s.buffer, &s.indices, true);
                walk_stmt(self, stmt);
            }
            Stmt::For(s) => {
                let starts_at_0 = s.min.is_int(0) && s.step.is_none();
                let span = s.extent.as_int().map(|n| (n - 1).max(0)).filter(|_| starts_at_0);
                self.inner.push((s.loop_var.id, span));
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
            }
            Stmt::While(_) => {
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
            }
            Stmt::Block(s) => self.realize(s),
            Stmt::Bind(s) => {
                if s.var.dtype.is_handle() {
                    self.opaque = true;
                }
                if Sum::of(&s.value, &self.meanings).is_some() {
                    self.meanings.set(s.var, &s.value);
                } else {
                    self.inner.push((s.var.id, None));
                }
                walk_stmt(self, stmt);
            }
            Stmt::AllocBuffer(s) => {
                self.allocate(&s.buffer);
            }
            Stmt::DeclBuffer(_) => {}
            Stmt::Attr(s) => {
                // Loops over threads in this form are rare enough not to be looked into.
                self.opaque |=
                    s.key.as_str() == "thread_extent" || s.key.as_str() == "virtual_thread";
                self.visit_stmt(&s.body);
            }
            Stmt::Return(_) => self.opaque = true,
            Stmt::Break(_) => self.opaque |= self.depth == 0,
            Stmt::Seq(_)
            | Stmt::If(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Continue(_) => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        match expr {
            PrimExpr::Load(l) => self.touch(&l.buffer, &l.indices, false),
            PrimExpr::Let(l) => self.inner.push((l.var.id, None)),
            PrimExpr::Var(var) if var.dtype.is_handle() => self.opaque = true,
            PrimExpr::Call(c) => {
                let harmless = c.op.info().effect == Effect::Pure && c.op != Op::AddressOf;
                self.opaque |= !harmless && c.op != Op::Assume;
            }
            PrimExpr::CallFunc(c) => {
                let pure = matches!(c.callee, Callee::Extern { .. });
                let values = c.args.iter().all(|a| matches!(a, CallArg::Expr(_)));
                self.opaque |= !(pure && values);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

impl Body {
    fn allocate(&mut self, buffer: &Buffer) {
        // Threads of a block share what has this scope wherever it is allocated.
        if self.shared_is_own || !buffer.scope.as_str().starts_with("shared") {
            self.own.insert(buffer.data.id);
        }
    }

    fn realize(&mut self, s: &BlockRealize) {
        s.iter_values.iter().for_each(|e| self.visit_expr(e));
        self.visit_expr(&s.predicate);
        for (iter, value) in s.block.iter_vars.iter().zip(&s.iter_values) {
            match Sum::of(value, &self.meanings) {
                Some(_) => self.meanings.set(iter.var, value),
                None => self.inner.push((iter.var.id, None)),
            }
        }
        s.block.alloc_buffers.iter().for_each(|b| self.allocate(b));
        for m in &s.block.match_buffers {
            self.views.insert(m.buffer.id, m.source.clone());
            let sizes = m.buffer.shape.iter().chain(&m.buffer.strides).chain(&m.buffer.elem_offset);
            self.inner.extend(sizes.filter_map(|e| Some((e.as_var()?.id, None))));
        }
        self.block_body(&s.block);
    }

    fn block_body(&mut self, block: &Block) {
        if block.match_buffers.iter().any(|m| m.buffer.dtype != m.source.buffer.dtype) {
            self.opaque = true;
        }
        block.init.iter().for_each(|s| self.visit_stmt(s));
        self.visit_stmt(&block.body);
    }
}
