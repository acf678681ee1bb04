//! Small constructors that primitives share.

use std::sync::Arc;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{BufferStore, InferredRegions};
use tirade_ir::{
    Attrs, BinOp, Block, BlockId, BlockRealize, Buffer, BufferRegion, DType, For, ForKind, IterVar,
    PrimExpr, Range, Span, Stmt, Symbol, Var,
};

/// `a and b`, without literals that are true.
pub fn and(a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
    match (a.as_int(), b.as_int()) {
        (Some(1), _) => b.clone(),
        (_, Some(1)) => a.clone(),
        _ => PrimExpr::binary(BinOp::And, a.clone(), b.clone(), a.span().to(b.span())),
    }
}

/// The conjunction of conditions; a true literal if there are none.
pub fn all<'a>(conditions: impl IntoIterator<Item = &'a PrimExpr>) -> PrimExpr {
    conditions.into_iter().fold(PrimExpr::bool(true), |all, condition| and(&all, condition))
}

/// The conditions of a conjunction.
pub fn conditions(predicate: &PrimExpr) -> Vec<PrimExpr> {
    match predicate {
        PrimExpr::Binary(e) if e.op == BinOp::And => {
            let mut found = conditions(&e.lhs);
            found.extend(conditions(&e.rhs));
            found
        }
        other if other.is_int(1) => Vec::new(),
        other => vec![other.clone()],
    }
}

/// The index expression in another index type.
pub fn cast(dtype: DType, value: &PrimExpr) -> PrimExpr {
    match value.as_int().filter(|v| dtype.holds_int(*v)) {
        _ if value.dtype() == dtype => value.clone(),
        Some(v) => PrimExpr::int(v as i64, dtype),
        None => PrimExpr::cast(dtype, value.clone(), value.span()),
    }
}

/// A serial loop from 0.
pub fn serial(var: Var, extent: PrimExpr, body: Stmt, span: Span) -> Stmt {
    Stmt::For(Arc::new(For {
        loop_var: var,
        min: PrimExpr::int(0, var.dtype),
        extent: cast(var.dtype, &extent),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span,
    }))
}

/// One place of a buffer as a region.
pub fn point(buffer: &Buffer, indices: &[PrimExpr]) -> BufferRegion {
    let range = |e: &PrimExpr| Range::new(e.clone(), PrimExpr::int(1, e.dtype()));
    BufferRegion { buffer: buffer.clone(), region: indices.iter().map(range).collect() }
}

/// A block that copies one element, from a place of one buffer to a place of another.
pub fn copy_block(
    name: Symbol,
    axes: Vec<IterVar>,
    (source, from): (&Buffer, Vec<PrimExpr>),
    (target, to): (&Buffer, Vec<PrimExpr>),
) -> Block {
    let (reads, writes) = (Box::new([point(source, &from)]), Box::new([point(target, &to)]));
    let body = Stmt::Store(Arc::new(BufferStore {
        buffer: target.clone(),
        indices: to.into(),
        value: PrimExpr::load(source.clone(), from, Span::NONE),
        predicate: None,
        span: Span::NONE,
    }));
    Block {
        id: BlockId::fresh(),
        name,
        iter_vars: axes.into(),
        reads,
        writes,
        inferred: InferredRegions::default(),
        init: None,
        alloc_buffers: Box::default(),
        match_buffers: Box::default(),
        annotations: Attrs::new(),
        body,
        span: Span::NONE,
    }
}

/// `stmt` with another condition on the blocks directly below it.
pub fn add_predicate(stmt: &Stmt, condition: &PrimExpr) -> Stmt {
    struct Appender<'a>(&'a PrimExpr);
    impl Rewriter for Appender<'_> {
        fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
            None
        }

        fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
            match stmt {
                Stmt::Block(realize) => {
                    let predicate = and(&realize.predicate, self.0);
                    let new = BlockRealize { predicate, ..(**realize).clone() };
                    Some(Stmt::Block(Arc::new(new)))
                }
                other => walk_rewrite_stmt(self, other),
            }
        }
    }
    stmt.rewrite_or_clone(&mut Appender(condition))
}

/// A variable with a longer name, of type `dtype`.
pub fn suffixed(var: Var, suffix: &str, dtype: DType) -> Var {
    Var::new(format!("{}{suffix}", var.name).as_str(), dtype)
}
