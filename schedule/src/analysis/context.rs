//! What is known of the variables around and inside a place.

use super::index_map::simplify_unless_constant;
use crate::place::Place;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::rewrite::{Rewrite, Rewriter, rewrite_slice, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{BufferStore, Stmt};
use tirade_ir::subst::VarMap;
use tirade_ir::visit::{for_each_block, for_each_stmt};
use tirade_ir::{Buffer, BufferRegion, PrimExpr, Range};

/// An analyzer that knows the range of every loop variable and axis of the function, and that sizes
/// of buffers are not negative. Every variable is bound once, so one analyzer serves all places.
pub fn analyzer_of(place: &Place) -> Analyzer {
    let mut analyzer = Analyzer::new();
    let size = |analyzer: &mut Analyzer, buffer: &Buffer| {
        for extent in &buffer.shape {
            if let PrimExpr::Var(var) = extent {
                let bound = tirade_ir::arith::Bound::of_dtype(var.dtype);
                analyzer.bind_bound(*var, tirade_ir::arith::Bound::new(0, bound.max));
            }
        }
    };
    place.func.buffers().for_each(|buffer| size(&mut analyzer, buffer));
    bind_all(&mut analyzer, &place.func.body);
    analyzer
}

/// Tells the analyzer the ranges of the loops and axes in a statement.
pub fn bind_all(analyzer: &mut Analyzer, stmt: &Stmt) {
    for_each_stmt(stmt, |stmt| {
        if let Stmt::For(f) = stmt {
            analyzer.bind(f.loop_var, &Range::new(f.min.clone(), f.extent.clone()));
        }
    });
    for_each_block(stmt, |realize| {
        for axis in &realize.block.iter_vars {
            analyzer.bind(axis.var, &axis.dom);
        }
    });
}

/// The statement with simplified indices of buffer accesses and regions.
pub fn simplified_accesses(stmt: &Stmt, analyzer: &Analyzer) -> Stmt {
    let mut known = analyzer.clone();
    bind_all(&mut known, stmt);
    stmt.rewrite_or_clone(&mut Accesses { analyzer: &known })
}

struct Accesses<'a> {
    analyzer: &'a Analyzer,
}

impl Accesses<'_> {
    fn simplify(&self, e: &PrimExpr) -> Option<PrimExpr> {
        let new = simplify_unless_constant(e, self.analyzer);
        (new != *e).then_some(new)
    }
}

impl Rewriter for Accesses<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let inner = walk_rewrite_expr(self, expr);
        match inner.as_ref().unwrap_or(expr) {
            PrimExpr::Load(load) => match rewrite_slice(&load.indices, |e| self.simplify(e)) {
                Some(indices) => Some(PrimExpr::load(load.buffer.clone(), indices, load.span)),
                None => inner,
            },
            _ => inner,
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let inner = walk_rewrite_stmt(self, stmt);
        match inner.as_ref().unwrap_or(stmt) {
            Stmt::Store(store) => match rewrite_slice(&store.indices, |e| self.simplify(e)) {
                Some(indices) => Some(Stmt::Store(Arc::new(BufferStore {
                    buffer: store.buffer.clone(),
                    indices,
                    value: store.value.clone(),
                    predicate: store.predicate.clone(),
                    span: store.span,
                }))),
                None => inner,
            },
            _ => inner,
        }
    }

    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        let ranges = rewrite_slice(&region.region, |range| {
            let (min, extent) = (self.simplify(&range.min), self.simplify(&range.extent));
            if min.is_none() && extent.is_none() {
                return None;
            }
            Some(Range::new(
                min.unwrap_or_else(|| range.min.clone()),
                extent.unwrap_or_else(|| range.extent.clone()),
            ))
        })?;
        Some(BufferRegion { buffer: region.buffer.clone(), region: ranges })
    }
}

/// Replaces variables, and simplifies the integer expressions that change.
pub fn substitute_simplified<N: Rewrite>(node: &N, vars: &VarMap, analyzer: &Analyzer) -> N {
    node.rewrite_or_clone(&mut Substitution { vars, analyzer })
}

struct Substitution<'a> {
    vars: &'a VarMap,
    analyzer: &'a Analyzer,
}

impl Rewriter for Substitution<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Var(var) => self.vars.get(&var.id).cloned(),
            other => {
                let new = walk_rewrite_expr(self, other)?;
                let is_integer = new.dtype().is_integer() || new.dtype().is_bool();
                Some(if is_integer { self.analyzer.simplify(&new) } else { new })
            }
        }
    }
}
