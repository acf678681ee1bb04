//! Loops are cut where the conditions in their body change, so that every part runs without them.
//!
//! ```text
//! for j in range(8):                          B[0] = 0
//!     B[j] = T.if_then_else(               →  for j in range(1, 7): B[j] = A[j - 1] + A[j + 1]
//!         0 < j and j < 7,                    B[7] = 0
//!         A[j - 1] + A[j + 1], 0)
//! ```
//! Only comparisons of a loop variable with constants count, only loops without loops of many
//! levels inside are cut, and only where the copies stay few. The iterations and their order stay.

use crate::pass::target::vector_bytes;
use std::collections::BTreeSet;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::subst::{copy_with_fresh_binders, substitute_var};
use tirade_ir::visit::{any_stmt, for_each_expr, for_each_stmt};
use tirade_ir::{BinOp, For, Op, PrimExpr, PrimFunc, Range, Stmt, Var};

/// Most parts that a loop is cut into.
const MOST_PARTS: usize = 5;

/// Most expression nodes of a body that is copied.
const MOST_NODES: usize = 600;

/// Most levels of loops that a loop that is cut has inside.
const MOST_LEVELS: usize = 1;

/// Cuts loops at the conditions in their bodies. Blocks and lets have to be lowered before.
pub fn partition_loop(func: &PrimFunc) -> PrimFunc {
    match vector_bytes(func) {
        Some(_) => func.rewrite_or_clone(&mut Partition),
        None => func.clone(),
    }
}

struct Partition;

impl Rewriter for Partition {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        // Outer loops first: what they decide need not be asked inside.
        let parts = match stmt {
            Stmt::For(l) => parts_of(l),
            _ => None,
        };
        match parts {
            Some(parts) => {
                let parts = parts.into_iter().map(|s| walk_rewrite_stmt(self, &s).unwrap_or(s));
                Some(Stmt::seq(parts.collect::<Vec<_>>()))
            }
            None => walk_rewrite_stmt(self, stmt),
        }
    }
}

/// The parts of a loop with their conditions decided; `None` if it is to stay whole.
fn parts_of(l: &For) -> Option<Vec<Stmt>> {
    let serial = l.kind.is_ordered();
    if !serial || l.step.as_ref().is_some_and(|s| !s.is_int(1)) {
        return None;
    }
    let (min, extent) = (l.min.as_int()?, l.extent.as_int()?);
    let end = min.checked_add(extent)?;
    let leaves = |s: &Stmt| matches!(s, Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_));
    if extent < 4 || MOST_LEVELS < levels(&l.body) || any_stmt(&l.body, leaves) {
        return None;
    }
    let cuts = cuts(l, min, end);
    if cuts.is_empty() || MOST_PARTS <= cuts.len() || MOST_NODES < nodes(&l.body) {
        return None;
    }
    let edges: Vec<i128> = [min].into_iter().chain(cuts).chain([end]).collect();
    let parts = edges.windows(2).map(|part| {
        let first = i64::try_from(part[0]).ok()?;
        let extent = i64::try_from(part[1] - part[0]).ok()?;
        Some(part_of(l, first, extent))
    });
    parts.collect()
}

/// The iterations `first..first + extent`.
fn part_of(l: &For, first: i64, extent: i64) -> Stmt {
    let body = copy_with_fresh_binders(&l.body);
    let min = PrimExpr::int(first, l.loop_var.dtype);
    if extent == 1 {
        let body = substitute_var(&body, l.loop_var, min);
        return body.rewrite_or_clone(&mut Decide { analyzer: Analyzer::new() });
    }
    let loop_var = l.loop_var.fresh_copy();
    let body = substitute_var(&body, l.loop_var, loop_var.into());
    let mut analyzer = Analyzer::new();
    let extent = PrimExpr::int(extent, l.loop_var.dtype);
    analyzer.bind(loop_var, &Range { min: min.clone(), extent: extent.clone() });
    let body = body.rewrite_or_clone(&mut Decide { analyzer });
    Stmt::For(Arc::new(For {
        loop_var,
        min,
        extent,
        step: None,
        kind: l.kind,
        thread_tag: None,
        body,
        annotations: l.annotations.clone(),
        span: l.span,
    }))
}

/// Levels of loops inside a statement.
fn levels(stmt: &Stmt) -> usize {
    let mut deepest = 0;
    for_each_stmt(stmt, |s| match s {
        Stmt::For(l) => deepest = deepest.max(1 + levels(&l.body)),
        Stmt::While(_) => deepest = usize::MAX / 2,
        _ => {}
    });
    deepest
}

fn nodes(stmt: &Stmt) -> usize {
    let mut count = 0;
    for_each_expr(stmt, |_| count += 1);
    count
}

/// Values of the loop variable, inside `min..end`, at which a condition changes.
fn cuts(l: &For, min: i128, end: i128) -> BTreeSet<i128> {
    let mut found = BTreeSet::new();
    let mut add = |condition: &PrimExpr| {
        for_each_expr(condition, |e| {
            if let PrimExpr::Binary(b) = e
                && b.op.is_comparison()
            {
                found.extend(changes_at(l.loop_var, b.op, &b.lhs, &b.rhs));
            }
        });
    };
    for_each_stmt(&l.body, |s| {
        if let Stmt::If(branch) = s {
            add(&branch.condition);
        }
    });
    for_each_expr(&l.body, |e| {
        if let PrimExpr::Call(call) = e
            && call.op == Op::IfThenElse
        {
            add(&call.args[0]);
        }
    });
    found.retain(|cut| min < *cut && *cut < end);
    found
}

/// Where `a op b` changes with `var`, if it compares `var`, moved by a constant, with a constant.
fn changes_at(var: Var, op: BinOp, a: &PrimExpr, b: &PrimExpr) -> Vec<i128> {
    let (offset, bound, op) = match (moved(var, a), b.as_int(), moved(var, b), a.as_int()) {
        (Some(offset), Some(bound), _, _) => (offset, bound, op),
        (_, _, Some(offset), Some(bound)) => (offset, bound, mirrored(op)),
        _ => return Vec::new(),
    };
    let at = bound - offset;
    match op {
        BinOp::Lt | BinOp::Ge => vec![at],
        BinOp::Le | BinOp::Gt => vec![at + 1],
        _ => vec![at, at + 1],
    }
}

/// The constant `c` if `expr` is `var + c`.
fn moved(var: Var, expr: &PrimExpr) -> Option<i128> {
    match expr {
        PrimExpr::Var(v) if *v == var => Some(0),
        PrimExpr::Cast(c) if c.dtype.is_int() && c.value.dtype().bits() <= c.dtype.bits() => {
            moved(var, &c.value)
        }
        PrimExpr::Binary(b) if b.op == BinOp::Add => {
            let by = |x: &PrimExpr, y: &PrimExpr| Some(moved(var, x)? + y.as_int()?);
            by(&b.lhs, &b.rhs).or_else(|| by(&b.rhs, &b.lhs))
        }
        PrimExpr::Binary(b) if b.op == BinOp::Sub => Some(moved(var, &b.lhs)? - b.rhs.as_int()?),
        _ => None,
    }
}

fn mirrored(op: BinOp) -> BinOp {
    match op {
        BinOp::Lt => BinOp::Gt,
        BinOp::Le => BinOp::Ge,
        BinOp::Gt => BinOp::Lt,
        BinOp::Ge => BinOp::Le,
        other => other,
    }
}

/// Folds comparisons that are decided, and what hangs on them.
struct Decide {
    analyzer: Analyzer,
}

impl Decide {
    /// The condition, with what is known put in its place.
    fn condition(&mut self, condition: &PrimExpr) -> PrimExpr {
        match condition {
            PrimExpr::Binary(b)
                if b.op.is_comparison() && tirade_ir::arith::is_index(b.lhs.dtype()) =>
            {
                match self.analyzer.as_const(condition) {
                    Some(value) => PrimExpr::bool(value != 0),
                    None => condition.clone(),
                }
            }
            PrimExpr::Binary(b) if b.op.is_logical() => {
                let (x, y) = (self.condition(&b.lhs), self.condition(&b.rhs));
                let deciding = i128::from(b.op == BinOp::Or);
                match (x.as_int(), y.as_int()) {
                    // What stands right of it is not evaluated.
                    (Some(v), _) if v == deciding => PrimExpr::bool(v != 0),
                    (Some(_), _) => y,
                    (None, Some(v)) if v != deciding => x,
                    _ => PrimExpr::binary(b.op, x, y, b.span),
                }
            }
            PrimExpr::Not(n) => {
                let value = self.condition(&n.value);
                match value.as_int() {
                    Some(v) => PrimExpr::bool(v == 0),
                    None => PrimExpr::logical_not(value, n.span),
                }
            }
            PrimExpr::Call(c) if c.op == Op::Likely => self.condition(&c.args[0]),
            other => other.clone(),
        }
    }
}

impl Rewriter for Decide {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let Stmt::If(branch) = stmt else { return walk_rewrite_stmt(self, stmt) };
        match self.condition(&branch.condition).as_int() {
            Some(0) => Some(match &branch.else_case {
                Some(case) => case.rewrite_or_clone(self),
                None => Stmt::nop(),
            }),
            Some(_) => Some(branch.then_case.rewrite_or_clone(self)),
            None => walk_rewrite_stmt(self, stmt),
        }
    }

    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let call = match expr {
            PrimExpr::Call(call) if call.op == Op::IfThenElse => call,
            _ => return walk_rewrite_expr(self, expr),
        };
        let condition = self.condition(&call.args[0]);
        let [_, a, b] = &*call.args else { return None };
        match condition.as_int() {
            Some(0) => Some(b.rewrite_or_clone(self)),
            Some(_) => Some(a.rewrite_or_clone(self)),
            None => {
                let (a, b) = (a.rewrite_or_clone(self), b.rewrite_or_clone(self));
                Some(PrimExpr::call(Op::IfThenElse, [condition, a, b], call.dtype, call.span))
            }
        }
    }
}
