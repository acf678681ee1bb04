//! Walks over syntax trees that the evaluator needs.

use crate::ast::{self, DictItem, Expr, ExprKind, FStringPart, Stmt, StmtKind};
use rustc_hash::FxHashSet;
use tirade_ir::expr::PrimExpr;
use tirade_ir::symbol::Symbol;
use tirade_ir::visit::{Visitor, walk_expr};

/// Calls `visit` on `expr` and every expression inside it that belongs to the same scope or to a
/// comprehension in it; bodies of lambdas are left out, their defaults are not.
pub fn for_each_own_expr(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(expr);
    if let ExprKind::Lambda(lambda) = &expr.kind {
        lambda.params.iter().filter_map(|p| p.default.as_ref()).for_each(|default| {
            for_each_own_expr(default, visit);
        });
        return;
    }
    for_each_child(expr, &mut |child| for_each_own_expr(child, visit));
}

/// Calls `visit` on the direct children of `expr`.
pub fn for_each_child<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Ellipsis
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_)
        | ExprKind::Name(_) => {}
        ExprKind::FString(parts) => fstring(parts, visit),
        ExprKind::Attribute(node) => visit(&node.value),
        ExprKind::Subscript(node) => {
            visit(&node.value);
            visit(&node.index);
        }
        ExprKind::Slice(node) => {
            [&node.lower, &node.upper, &node.step].into_iter().flatten().for_each(visit);
        }
        ExprKind::Call(node) => {
            visit(&node.func);
            node.args.iter().for_each(&mut *visit);
            node.keywords.iter().for_each(|k| visit(&k.value));
        }
        ExprKind::BinOp(node) => {
            visit(&node.left);
            visit(&node.right);
        }
        ExprKind::UnaryOp(node) => visit(&node.operand),
        ExprKind::BoolOp(node) => node.values.iter().for_each(visit),
        ExprKind::Compare(node) => {
            visit(&node.first);
            node.rest.iter().for_each(|(_, e)| visit(e));
        }
        ExprKind::IfExp(node) => {
            visit(&node.test);
            visit(&node.body);
            visit(&node.orelse);
        }
        ExprKind::Lambda(lambda) => {
            lambda.params.iter().filter_map(|p| p.default.as_ref()).for_each(&mut *visit);
            visit(&lambda.body);
        }
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
            items.iter().for_each(visit);
        }
        ExprKind::Dict(items) => items.iter().for_each(|item| match item {
            DictItem::Pair(key, value) => {
                visit(key);
                visit(value);
            }
            DictItem::Spread(value) => visit(value),
        }),
        ExprKind::ListComp(node) | ExprKind::SetComp(node) | ExprKind::Generator(node) => {
            visit(&node.element);
            clauses(&node.clauses, visit);
        }
        ExprKind::DictComp(node) => {
            visit(&node.key);
            visit(&node.value);
            clauses(&node.clauses, visit);
        }
        ExprKind::Starred(inner) => visit(inner),
        ExprKind::Named(node) => visit(&node.value),
    }
}

fn clauses<'a>(clauses: &'a [ast::ForClause], visit: &mut dyn FnMut(&'a Expr)) {
    for clause in clauses {
        visit(&clause.target);
        visit(&clause.iter);
        clause.conds.iter().for_each(&mut *visit);
    }
}

fn fstring<'a>(parts: &'a [FStringPart], visit: &mut dyn FnMut(&'a Expr)) {
    for part in parts {
        match part {
            FStringPart::Text(_) => {}
            FStringPart::Field(field) => {
                visit(&field.value);
                fstring(field.spec.as_deref().unwrap_or(&[]), visit);
            }
        }
    }
}

/// Calls `visit` on each expression that stands directly in `stmt`, and `nested` on each
/// statement inside it.
pub fn for_each_part<'a>(
    stmt: &'a Stmt,
    visit: &mut dyn FnMut(&'a Expr),
    nested: &mut dyn FnMut(&'a Stmt),
) {
    match &stmt.kind {
        StmtKind::FunctionDef(def) => {
            def.decorators.iter().for_each(&mut *visit);
            for param in &def.params {
                param.default.iter().chain(&param.annotation).for_each(&mut *visit);
            }
            def.returns.iter().for_each(visit);
            def.body.iter().for_each(nested);
        }
        StmtKind::ClassDef(class) => {
            class.decorators.iter().chain(&class.bases).for_each(&mut *visit);
            class.keywords.iter().for_each(|k| visit(&k.value));
            class.body.iter().for_each(nested);
        }
        StmtKind::If(node) => {
            for branch in &node.branches {
                visit(&branch.test);
                branch.body.iter().for_each(&mut *nested);
            }
            node.orelse.iter().for_each(nested);
        }
        StmtKind::For(node) => {
            visit(&node.target);
            visit(&node.iter);
            node.body.iter().chain(&node.orelse).for_each(nested);
        }
        StmtKind::While(node) => {
            visit(&node.test);
            node.body.iter().chain(&node.orelse).for_each(nested);
        }
        StmtKind::With(node) => {
            for item in &node.items {
                visit(&item.context);
                item.target.iter().for_each(&mut *visit);
            }
            node.body.iter().for_each(nested);
        }
        StmtKind::Try(node) => {
            node.body.iter().for_each(&mut *nested);
            for handler in &node.handlers {
                handler.exception.iter().for_each(&mut *visit);
                handler.body.iter().for_each(&mut *nested);
            }
            node.orelse.iter().chain(&node.finalbody).for_each(nested);
        }
        StmtKind::Assign(node) => {
            node.targets.iter().for_each(&mut *visit);
            visit(&node.value);
        }
        StmtKind::AugAssign(node) => {
            visit(&node.target);
            visit(&node.value);
        }
        StmtKind::AnnAssign(node) => {
            visit(&node.target);
            visit(&node.annotation);
            node.value.iter().for_each(visit);
        }
        StmtKind::Return(value) => value.iter().for_each(|v| visit(v)),
        StmtKind::Assert(node) => {
            visit(&node.test);
            node.message.iter().for_each(visit);
        }
        StmtKind::Raise(node) => node.exception.iter().chain(&node.cause).for_each(visit),
        StmtKind::Del(targets) => targets.iter().for_each(visit),
        StmtKind::Expr(expr) => visit(expr),
        StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Pass
        | StmtKind::Import(_)
        | StmtKind::ImportFrom(_)
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_) => {}
    }
}

/// Every name that is read or written anywhere in `body`.
pub fn names_in(body: &[Stmt]) -> FxHashSet<Symbol> {
    let mut names = FxHashSet::default();
    body.iter().for_each(|stmt| names_in_stmt(stmt, &mut names));
    names
}

fn names_in_stmt(stmt: &Stmt, names: &mut FxHashSet<Symbol>) {
    let mut nested = Vec::new();
    for_each_part(stmt, &mut |expr| names_in_expr(expr, names), &mut |inner| nested.push(inner));
    nested.into_iter().for_each(|inner| names_in_stmt(inner, names));
}

/// Every name in `expr`.
pub fn names_in_expr(expr: &Expr, names: &mut FxHashSet<Symbol>) {
    if let ExprKind::Name(name) = &expr.kind {
        names.insert(*name);
    }
    for_each_child(expr, &mut |child| names_in_expr(child, names));
}

/// True if `expr` is nested deeper than `limit`.
pub fn is_deeper(expr: &PrimExpr, limit: usize) -> bool {
    struct Depth {
        left: usize,
        exceeded: bool,
    }

    impl Visitor for Depth {
        fn visit_expr(&mut self, expr: &PrimExpr) {
            self.exceeded |= self.left == 0;
            if !self.exceeded {
                self.left -= 1;
                walk_expr(self, expr);
                self.left += 1;
            }
        }
    }

    let mut depth = Depth { left: limit, exceeded: false };
    depth.visit_expr(expr);
    depth.exceeded
}

/// Calls `visit` on every name in `expr`, in the order they stand.
pub fn for_each_name(expr: &Expr, visit: &mut dyn FnMut(Symbol)) {
    if let ExprKind::Name(name) = &expr.kind {
        visit(*name);
    }
    for_each_child(expr, &mut |child| for_each_name(child, visit));
}
