//! A first-step branch at the start of a loop body moves in front of the loop.
//!
//! ```text
//! for k in range(8):                      S[i] = 0
//!     if k == 0: S[i] = 0         →       for k in range(8):
//!     S[i] = S[i] + A[i, k]                   S[i] = S[i] + A[i, k]
//! ```
//! The branch is the first thing that the loop does, in its first iteration and in no other, so
//! nothing changes but the cost of asking. Other conditions of the branch stay with it.

use crate::pass::index;
use crate::pass::lower_block::{BLOCK_ATTR, and};
use std::sync::Arc;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{AttrStmt, IfThenElse};
use tirade_ir::subst::{copy_with_fresh_binders, substitute_var};
use tirade_ir::visit::for_each_stmt;
use tirade_ir::{BinOp, For, PrimExpr, PrimFunc, Span, Stmt};

/// Moves first-step branches in front of their loops.
pub fn hoist_init(func: &PrimFunc) -> PrimFunc {
    func.rewrite_or_clone(&mut Hoist)
}

struct Hoist;

impl Rewriter for Hoist {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        // Inner loops first: what leaves an inner loop may go on and leave the outer one.
        let inner = walk_rewrite_stmt(self, stmt);
        let l = match inner.as_ref().unwrap_or(stmt) {
            Stmt::For(l) => l,
            _ => return inner,
        };
        hoist_from(l).or(inner)
    }
}

/// The loop without its first-step branch, behind the branch's content.
fn hoist_from(l: &For) -> Option<Stmt> {
    if !l.kind.is_ordered() {
        return None;
    }
    let (first, body) = split_first(l, &l.body)?;
    if leaves_loop(&first) {
        return None;
    }
    let first = substitute_var(&first, l.loop_var, index::cast(l.loop_var.dtype, l.min.clone()));
    let first = match l.extent.as_int() {
        Some(extent) if extent > 0 => first,
        Some(_) => return None,
        None => {
            let zero = PrimExpr::int(0, l.extent.dtype());
            let runs = PrimExpr::binary(BinOp::Gt, l.extent.clone(), zero, l.span);
            branch(runs, first, l.span)
        }
    };
    let rest = For {
        loop_var: l.loop_var,
        min: l.min.clone(),
        extent: l.extent.clone(),
        step: l.step.clone(),
        kind: l.kind,
        thread_tag: l.thread_tag,
        body,
        annotations: l.annotations.clone(),
        span: l.span,
    };
    Some(Stmt::seq([first, Stmt::For(Arc::new(rest))]))
}

/// Splits `body` into what it does first in the first iteration only, and the rest.
fn split_first(l: &For, body: &Stmt) -> Option<(Stmt, Stmt)> {
    match body {
        Stmt::Attr(a) if a.key.as_str() == BLOCK_ATTR => {
            let (first, rest) = split_first(l, &a.body)?;
            let rest = AttrStmt { body: rest, node: a.node.clone(), value: a.value.clone(), ..**a };
            Some((first, Stmt::Attr(Arc::new(rest))))
        }
        Stmt::If(b) if b.else_case.is_none() && is_cheap(&b.condition) => {
            if let Some(condition) = without_first(l, &b.condition) {
                return Some((branch(condition, b.then_case.clone(), b.span), Stmt::nop()));
            }
            // The predicate of a block stands around its init.
            let (first, rest) = split_first(l, &b.then_case)?;
            let condition = b.condition.clone();
            Some((branch(condition.clone(), first, b.span), branch(condition, rest, b.span)))
        }
        Stmt::Seq(seq) => {
            let at = seq.stmts.iter().position(|s| !matches!(s, Stmt::Bind(_)))?;
            let (binds, rest) = seq.stmts.split_at(at);
            let (first, head) = split_first(l, &rest[0])?;
            // Bindings are needed on both sides, under names of their own.
            let first = Stmt::seq(binds.iter().cloned().chain([first]));
            let first = if binds.is_empty() { first } else { copy_with_fresh_binders(&first) };
            let rest = binds.iter().cloned().chain([head]).chain(rest[1..].iter().cloned());
            Some((first, Stmt::seq(rest)))
        }
        _ => None,
    }
}

/// True if `stmt` may leave the loop it stands in.
fn leaves_loop(stmt: &Stmt) -> bool {
    let mut found = false;
    for_each_stmt(stmt, |s| found |= matches!(s, Stmt::Break(_) | Stmt::Continue(_)));
    found
}

/// If `condition` holds only in the first iteration of `l`: what it asks besides.
fn without_first(l: &For, condition: &PrimExpr) -> Option<PrimExpr> {
    let PrimExpr::Binary(b) = condition else { return None };
    match b.op {
        BinOp::Eq if b.lhs.as_var() == Some(l.loop_var) && b.rhs == l.min => {
            Some(PrimExpr::bool(true))
        }
        BinOp::And => match (without_first(l, &b.lhs), without_first(l, &b.rhs)) {
            (Some(left), None) => Some(and(left, b.rhs.clone())),
            (None, Some(right)) => Some(and(b.lhs.clone(), right)),
            (Some(left), Some(right)) => Some(and(left, right)),
            (None, None) => None,
        },
        _ => None,
    }
}

/// Conditions that may be asked once more: no memory is read, nothing is called.
fn is_cheap(condition: &PrimExpr) -> bool {
    !tirade_ir::visit::any_expr(condition, |e| {
        matches!(e, PrimExpr::Load(_) | PrimExpr::Call(_) | PrimExpr::CallFunc(_))
    })
}

fn branch(condition: PrimExpr, then_case: Stmt, span: Span) -> Stmt {
    if condition.is_int(1) || matches!(&then_case, Stmt::Seq(s) if s.stmts.is_empty()) {
        return then_case;
    }
    Stmt::If(Arc::new(IfThenElse { condition, then_case, else_case: None, span }))
}
