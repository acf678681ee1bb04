//! Accesses with many indices become accesses with one: the offset in elements.
//!
//! ```text
//! A = T.match_buffer(a, (16, 8), "float32")         A = T.match_buffer(a, (16, 8), "float32")
//!                                            →      A_flat = T.decl_buffer((128,), data=A.data)
//! A[i, j] = 0                                       A_flat[i * 8 + j] = 0
//! ```
//! Every buffer keeps its declaration, so calls still see its shape; beside it stands a flat view
//! of the same memory. Offsets are `int32` where all extents are constant and the memory has
//! fewer than `2^31` elements, else `int64` (SEMANTICS I6). Elements of vector type become runs of
//! scalar ones.

use crate::pass::index;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tirade_ir::buffer::BufferNode;
use tirade_ir::expr::{Broadcast, BufferLoad, Ramp};
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{BufferStore, DeclBuffer};
use tirade_ir::visit::any_expr;
use tirade_ir::{BinOp, Buffer, BufferId, DType, PrimExpr, PrimFunc, Span, Stmt};

/// Flattens every access. Blocks have to be lowered before.
pub fn flatten_buffer(func: &PrimFunc) -> PrimFunc {
    let mut flatten = Flatten { views: FxHashMap::default() };
    let params: Vec<Stmt> = func.buffers().filter_map(|b| flatten.declare(b)).collect();
    let body = func.body.rewrite_or_clone(&mut flatten);
    PrimFunc { body: Stmt::seq(params.into_iter().chain([body])), ..func.clone() }
}

struct Flatten {
    views: FxHashMap<BufferId, View>,
}

/// How a buffer's accesses are made.
struct View {
    flat: Buffer,
    strides: Box<[PrimExpr]>,
    offset: PrimExpr,
    /// Type of offsets, unless an index is wider.
    index: DType,
    lanes: u32,
}

impl Rewriter for Flatten {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::AllocBuffer(s) => {
                let decl = self.declare(&s.buffer)?;
                Some(Stmt::seq([stmt.clone(), decl]))
            }
            Stmt::DeclBuffer(s) => {
                let decl = self.declare(&s.buffer)?;
                Some(Stmt::seq([stmt.clone(), decl]))
            }
            Stmt::Store(s) => {
                let walked = walk_rewrite_stmt(self, stmt);
                let s = match &walked {
                    Some(Stmt::Store(new)) => new,
                    _ => s,
                };
                self.flatten_store(s).or(walked)
            }
            _ => walk_rewrite_stmt(self, stmt),
        }
    }

    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let walked = walk_rewrite_expr(self, expr);
        match walked.as_ref().unwrap_or(expr) {
            PrimExpr::Load(load) => self.flatten_load(load).or(walked),
            _ => walked,
        }
    }
}

impl Flatten {
    /// Records a flat view of `buffer` and gives its declaration; `None` if `buffer` is flat.
    fn declare(&mut self, buffer: &Buffer) -> Option<Stmt> {
        let lanes = buffer.dtype.lanes();
        let offset = buffer.elem_offset.clone().unwrap_or(PrimExpr::i32(0));
        let is_flat = buffer.rank() == 1
            && lanes == 1
            && offset.is_int(0)
            && buffer.strides.iter().all(|s| s.is_int(1));
        if is_flat || buffer.dtype.is_scalable() {
            return None;
        }
        let strides: Box<[PrimExpr]> = match buffer.strides.is_empty() {
            true => index::compact_strides(&buffer.shape).into(),
            false => buffer.strides.clone(),
        };
        let constant = extent_of(buffer, &strides, &offset);
        let index = match constant.as_int() {
            Some(n) if n.saturating_mul(lanes.into()) <= i32::MAX as i128 => DType::INT32,
            _ => DType::INT64,
        };
        let extent = index::mul(constant, PrimExpr::i32(lanes as i32));
        let flat = Buffer::from_node(BufferNode {
            data: buffer.data,
            scope: buffer.scope,
            align: buffer.align,
            span: buffer.span,
            ..BufferNode::new(buffer.name, [extent], buffer.dtype.element())
        });
        let decl = DeclBuffer { buffer: flat.clone(), span: buffer.span };
        self.views.insert(buffer.id, View { flat, strides, offset, index, lanes });
        Some(Stmt::DeclBuffer(Arc::new(decl)))
    }

    fn flatten_load(&self, load: &BufferLoad) -> Option<PrimExpr> {
        let view = self.views.get(&load.buffer.id)?;
        view.takes(&load.indices)?;
        let load = BufferLoad {
            buffer: view.flat.clone(),
            indices: [view.offset_of(&load.indices)].into(),
            predicate: load.predicate.clone(),
            span: load.span,
        };
        Some(PrimExpr::Load(Arc::new(load)))
    }

    fn flatten_store(&self, store: &BufferStore) -> Option<Stmt> {
        let view = self.views.get(&store.buffer.id)?;
        view.takes(&store.indices)?;
        let store = BufferStore {
            buffer: view.flat.clone(),
            value: store.value.clone(),
            indices: [view.offset_of(&store.indices)].into(),
            predicate: store.predicate.clone(),
            span: store.span,
        };
        Some(Stmt::Store(Arc::new(store)))
    }
}

/// Elements from the start of the memory to the last element of the buffer.
fn extent_of(buffer: &Buffer, strides: &[PrimExpr], offset: &PrimExpr) -> PrimExpr {
    let wide = |e: &PrimExpr| match e {
        PrimExpr::Int { .. } => e.clone(),
        _ => index::cast(DType::INT64, e.clone()),
    };
    if buffer.strides.is_empty() {
        let product = buffer.shape.iter().fold(PrimExpr::i32(1), |n, e| index::mul(n, wide(e)));
        return index::add(wide(offset), product);
    }
    let one = PrimExpr::i32(1);
    let mut last = index::add(wide(offset), one.clone());
    for (extent, stride) in buffer.shape.iter().zip(strides) {
        let steps = index::sub(wide(extent), one.clone());
        last = index::add(last, index::mul(steps, wide(stride)));
    }
    last
}

impl View {
    /// A vector of vector elements has no flat form; the printer refuses it.
    fn takes(&self, indices: &[PrimExpr]) -> Option<()> {
        (self.lanes == 1 || indices.iter().all(|i| i.dtype().is_scalar())).then_some(())
    }

    /// The offset of the element at `indices`; a vector if the last index is one.
    fn offset_of(&self, indices: &[PrimExpr]) -> PrimExpr {
        let fits = |t: DType| t == DType::INT32 || t.bits() < 32;
        // What is read from memory is small in valid programs only: the offset may not wrap.
        let known = |i: &PrimExpr| !any_expr(i, |e| matches!(e, PrimExpr::Load(_)));
        let narrow =
            self.index == DType::INT32 && indices.iter().all(|i| fits(i.dtype()) && known(i));
        let dtype = if narrow { DType::INT32 } else { DType::INT64 };
        let mut base = index::cast(dtype, self.offset.clone());
        let mut vector = None;
        for (at, stride) in indices.iter().zip(&self.strides) {
            let stride = index::cast(dtype, stride.clone());
            match at.dtype().is_scalar() {
                true => {
                    let at = index::cast(dtype, at.clone());
                    base = index::add(base, index::mul(at, stride));
                }
                false => vector = Some((at, stride)),
            }
        }
        let lanes = PrimExpr::int(self.lanes as i64, dtype);
        if let Some((at, stride)) = vector {
            return self.vector_offset(dtype, base, at, index::mul(stride, lanes));
        }
        if self.lanes == 1 {
            return base;
        }
        ramp(index::mul(base, lanes), PrimExpr::int(1, dtype), self.lanes)
    }

    /// `base + at * stride` for a vector of indices.
    fn vector_offset(
        &self,
        dtype: DType,
        base: PrimExpr,
        at: &PrimExpr,
        stride: PrimExpr,
    ) -> PrimExpr {
        let base = index::mul(base, PrimExpr::int(self.lanes as i64, dtype));
        if let PrimExpr::Ramp(r) = at
            && self.lanes == 1
        {
            let first = index::mul(index::cast(dtype, r.base.clone()), stride.clone());
            let step = index::mul(index::cast(dtype, r.stride.clone()), stride);
            return ramp(index::add(base, first), step, r.dtype.lanes());
        }
        let wide = dtype.with_lanes_of(at.dtype());
        let splat = |value: PrimExpr| {
            PrimExpr::Broadcast(Arc::new(Broadcast { value, dtype: wide, span: Span::NONE }))
        };
        let at = index::cast(wide, at.clone());
        let scaled = match stride.is_int(1) {
            true => at,
            false => PrimExpr::binary(BinOp::Mul, at, splat(stride), Span::NONE),
        };
        match base.is_int(0) {
            true => scaled,
            false => PrimExpr::binary(BinOp::Add, splat(base), scaled, Span::NONE),
        }
    }
}

fn ramp(base: PrimExpr, stride: PrimExpr, lanes: u32) -> PrimExpr {
    let dtype = base.dtype().with_lanes(lanes);
    PrimExpr::Ramp(Arc::new(Ramp { base, stride, dtype, span: Span::NONE }))
}
