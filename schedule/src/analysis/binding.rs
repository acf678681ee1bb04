//! How the axes of blocks hang on the loops around them.

use crate::error::{Result, ScheduleError};
use crate::place::Place;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{
    IterMapLevel, detect_iter_map, detect_iter_map_with_units, iter_map_simplify,
};
use tirade_ir::arith::{Analyzer, is_index};
use tirade_ir::diag::Code;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::subst::VarMap;
use tirade_ir::visit::{for_each_stmt, uses_var};
use tirade_ir::{BlockRealize, For, PrimExpr, Range, Stmt, Var};

/// The variable of a loop and its values.
pub fn loop_range(f: &For) -> (Var, Range) {
    (f.loop_var, Range::new(f.min.clone(), f.extent.clone()))
}

/// The variables of loops and their values.
pub fn loop_ranges(loops: &[Arc<For>]) -> Vec<(Var, Range)> {
    loops.iter().map(|f| loop_range(f)).collect()
}

/// The value of each axis by its variable.
pub fn bindings(realize: &BlockRealize) -> VarMap {
    let axes = realize.block.iter_vars.iter().map(|axis| axis.var.id);
    axes.zip(realize.iter_values.iter().cloned()).collect()
}

/// True if the axes are an affine map of the iterators: each axis a digit, or digits side by side,
/// of its own.
pub fn is_affine(realize: &BlockRealize, iters: &[(Var, Range)]) -> bool {
    if iters.is_empty() {
        return true;
    }
    let level = IterMapLevel::Surjective;
    let analyzer = Analyzer::new();
    let map = detect_iter_map_with_units(
        &realize.iter_values,
        iters,
        &realize.predicate,
        level,
        &analyzer,
    );
    map.is_ok_and(|map| {
        map.indices.iter().all(|sum| sum.args.first().is_none_or(|split| split.scale.is_int(1)))
    })
}

/// True if the loops certainly run no instance of the block twice. Loops inside of the block do not
/// count.
pub fn runs_once(realize: &BlockRealize, loops: &[Arc<For>]) -> bool {
    let used = |f: &&Arc<For>| {
        let exprs = realize.iter_values.iter().chain([&realize.predicate]);
        exprs.into_iter().any(|e| uses_var(e, f.loop_var))
    };
    let inside = |f: &&Arc<For>| {
        let mut found = false;
        for_each_stmt(&realize.block.body, |stmt| {
            found |= matches!(stmt, Stmt::For(other) if other.loop_var == f.loop_var);
        });
        found
    };
    let mut iters = Vec::new();
    for f in loops.iter().filter(|f| !inside(f)) {
        match used(&f) {
            true => iters.push(loop_range(f)),
            false if f.extent.is_int(1) => {}
            false => return false,
        }
    }
    let level = IterMapLevel::Bijective;
    let analyzer = Analyzer::new();
    let (values, predicate) = (&realize.iter_values, &realize.predicate);
    detect_iter_map(values, &iters, predicate, level, &analyzer).is_ok()
}

/// True if the axes of the block are an affine map of the loops around it.
pub fn has_affine_binding(place: &Place) -> bool {
    if place.scope_index().is_none() {
        return place.block().iter_vars.is_empty();
    }
    is_affine(place.realize(), &loop_ranges(&place.loops()))
}

/// Fails unless the axes are an affine map of the loops around the block, or at least of those of
/// `inner`.
pub fn expect_affine(place: &Place, inner: Option<&[Arc<For>]>) -> Result<()> {
    let partly = || inner.is_some_and(|loops| is_affine(place.realize(), &loop_ranges(loops)));
    if has_affine_binding(place) || partly() {
        return Ok(());
    }
    let name = place.block().name;
    Err(ScheduleError::new(
        Code::SCHEDULE_BINDING,
        format!("the axes of block `{name}` are no affine map of the loops around it"),
    )
    .at(place.at())
    .help("each axis has to be a loop variable, or made of parts of loop variables that no other axis uses"))
}

/// True if every axis is bound to a loop variable of its own, or to a constant.
pub fn is_trivial(realize: &BlockRealize) -> bool {
    realize.iter_values.iter().all(|v| v.as_var().is_some() || v.as_int().is_some())
}

/// `stmt` with the values of axes below it in normal form. `outer` are the loops around it.
/// Values of blocks inside of blocks are left alone, unless the outer one has no axes.
pub fn simplify_bindings(stmt: &Stmt, outer: &[Arc<For>], keep_units: bool) -> Stmt {
    let mut iters = loop_ranges(outer);
    iters.retain(|(var, _)| is_index(var.dtype));
    stmt.rewrite_or_clone(&mut BindingSimplifier { iters, keep_units })
}

struct BindingSimplifier {
    iters: Vec<(Var, Range)>,
    keep_units: bool,
}

impl Rewriter for BindingSimplifier {
    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::For(f) => {
                self.iters.push(loop_range(f));
                let new = walk_rewrite_stmt(self, stmt);
                self.iters.pop();
                new
            }
            Stmt::Block(realize) if !realize.iter_values.is_empty() => {
                let values = iter_map_simplify(
                    &realize.iter_values,
                    &self.iters,
                    &realize.predicate,
                    self.keep_units,
                    &Analyzer::new(),
                );
                if values[..] == realize.iter_values[..] {
                    return None;
                }
                let new = BlockRealize { iter_values: values.into(), ..(**realize).clone() };
                Some(Stmt::Block(Arc::new(new)))
            }
            other => walk_rewrite_stmt(self, other),
        }
    }
}
