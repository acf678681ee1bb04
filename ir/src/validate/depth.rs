//! Nesting.

use super::Limits;
use crate::diag::{Code, Diagnostic};
use crate::expr::PrimExpr;
use crate::func::PrimFunc;
use crate::span::Span;
use crate::stmt::Stmt;
use crate::visit::{Visitor, walk_expr, walk_stmt};

/// Expressions and statements are nested at most so deep that every pass may walk by recursion
/// (TIR0622).
pub fn nesting(func: &PrimFunc, limits: &Limits) -> Option<Diagnostic> {
    let mut visitor = Depth { limits, exprs: 0, stmts: 0, found: None, span: func.span };
    visitor.visit_func(func);
    let (what, limit, span) = visitor.found?;
    let message = format!("{what} are nested deeper than {limit} in `{}`", func.name);
    Some(
        Diagnostic::error(Code::NESTING_LIMIT, span, message)
            .with_help("give a name to a part of it, or move a part into a loop"),
    )
}

struct Depth<'a> {
    limits: &'a Limits,
    exprs: usize,
    stmts: usize,
    found: Option<(&'static str, usize, Span)>,
    span: Span,
}

impl Visitor for Depth<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        if self.found.is_some() {
            return;
        }
        if self.exprs >= self.limits.expr_depth {
            let span = expr.span().or(self.span);
            self.found = Some(("expressions", self.limits.expr_depth, span));
            return;
        }
        self.exprs += 1;
        walk_expr(self, expr);
        self.exprs -= 1;
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        if self.found.is_some() {
            return;
        }
        self.span = stmt.span().or(self.span);
        if self.stmts >= self.limits.stmt_depth {
            self.found = Some(("statements", self.limits.stmt_depth, self.span));
            return;
        }
        self.stmts += 1;
        walk_stmt(self, stmt);
        self.stmts -= 1;
    }
}
