//! `T.match_buffer` of a region becomes a plain view: `T.decl_buffer` with the source's `data`,
//! its strides, and the region's offset.
//!
//! ```text
//! B = T.match_buffer(A[i * 4 : i * 4 + 4, 0:4], (4, 4), strides=[s, 1], offset_factor=1)
//! ```
//! becomes, for an `A` of shape `(16, 16)`,
//! ```text
//! s = 16
//! B = T.decl_buffer((4, 4), data=A.data, strides=[s, 1], elem_offset=i * 4 * 16)
//! ```

use crate::pass::index;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use tirade_ir::buffer::BufferNode;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_block};
use tirade_ir::stmt::{Bind, DeclBuffer};
use tirade_ir::subst::{BufferMap, VarMap, substitute_all};
use tirade_ir::visit::{BufferSite, Visit, Visitor, walk_buffer_def};
use tirade_ir::{Block, Buffer, MatchBufferRegion, PrimExpr, PrimFunc, Span, Stmt, Var, VarId};

/// Lowers every `match_buffer` of blocks.
pub fn lower_match_buffer(func: &PrimFunc) -> PrimFunc {
    let mut bound = BoundVars::default();
    func.visit_with(&mut bound);
    func.rewrite_or_clone(&mut Lower { bound: bound.0 })
}

/// Every variable that something else than a `match_buffer` binds.
#[derive(Default)]
struct BoundVars(FxHashSet<VarId>);

impl Visitor for BoundVars {
    fn visit_var_def(&mut self, var: Var) {
        self.0.insert(var.id);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        if site == BufferSite::Param {
            let fields = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
            self.0.extend(fields.filter_map(PrimExpr::as_var).map(|v| v.id));
        }
        walk_buffer_def(self, buffer, site);
    }
}

struct Lower {
    bound: FxHashSet<VarId>,
}

impl Rewriter for Lower {
    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let block = walk_rewrite_block(self, block).unwrap_or_else(|| block.clone());
        if block.match_buffers.is_empty() {
            return Some(block);
        }
        let mut lowered = (*block).clone();
        // A later view may view an earlier one, so each is replaced in those that follow.
        let mut views = std::mem::take(&mut lowered.match_buffers).into_vec();
        let mut prologue = Vec::new();
        while !views.is_empty() {
            let view = views.remove(0);
            let (stmts, plain) = self.lower_view(&view);
            prologue.extend(stmts);
            let vars = VarMap::from_iter([(view.buffer.data.id, view.source.buffer.data.into())]);
            let buffers = BufferMap::from_iter([(view.buffer.id, plain)]);
            lowered.body = substitute_all(&lowered.body, &vars, &buffers);
            lowered.init = lowered.init.map(|s| substitute_all(&s, &vars, &buffers));
            for later in &mut views {
                later.source = substitute_all(&later.source, &vars, &buffers);
            }
        }
        if let Some(init) = lowered.init.take() {
            // The init sees the views too, and views are introduced once.
            let copy = Stmt::seq(prologue.iter().cloned().chain([init]));
            lowered.init = Some(tirade_ir::subst::copy_with_fresh_binders(&copy));
        }
        lowered.body = Stmt::seq(prologue.into_iter().chain([lowered.body]));
        Some(Arc::new(lowered))
    }
}

impl Lower {
    /// The statements that introduce a view, and the view as a plain buffer.
    fn lower_view(&mut self, view: &MatchBufferRegion) -> (Vec<Stmt>, Buffer) {
        let MatchBufferRegion { buffer, source, span } = view;
        let origin = &source.buffer;
        let strides = match origin.strides.is_empty() {
            true => index::compact_strides(&origin.shape),
            false => origin.strides.to_vec(),
        };
        let mut offset = origin.elem_offset.clone().unwrap_or(PrimExpr::i32(0));
        for (range, stride) in source.region.iter().zip(&strides) {
            offset = index::add(offset, index::mul(range.min.clone(), stride.clone()));
        }
        // Leading dimensions of extent 1 may be dropped by the view.
        let dropped = strides.len().saturating_sub(buffer.rank());
        let strides = &strides[dropped..];
        let mut stmts = Vec::new();
        for (field, value) in buffer.strides.iter().zip(strides) {
            self.bind(field, value, *span, &mut stmts);
        }
        for (field, range) in buffer.shape.iter().zip(&source.region[dropped..]) {
            self.bind(field, &range.extent, *span, &mut stmts);
        }
        if let Some(field) = &buffer.elem_offset {
            self.bind(field, &offset, *span, &mut stmts);
        }
        let plain = Buffer::from_node(BufferNode {
            data: origin.data,
            strides: if buffer.strides.is_empty() {
                strides.into()
            } else {
                buffer.strides.clone()
            },
            elem_offset: Some(buffer.elem_offset.clone().unwrap_or(offset)),
            ..(**buffer).clone()
        });
        stmts.push(Stmt::DeclBuffer(Arc::new(DeclBuffer { buffer: plain.clone(), span: *span })));
        (stmts, plain)
    }

    /// Binds the variable that a field of the view is, unless something else binds it.
    fn bind(&mut self, field: &PrimExpr, value: &PrimExpr, span: Span, stmts: &mut Vec<Stmt>) {
        if let PrimExpr::Var(var) = field
            && self.bound.insert(var.id)
        {
            let value = index::cast(var.dtype, value.clone());
            stmts.push(Stmt::Bind(Arc::new(Bind { var: *var, pointer: None, value, span })));
        }
    }
}
