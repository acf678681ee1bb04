//! Expressions that C cannot write in place become statements in front of the statement they
//! stand in: `T.Let`, and calls that do something or give a status.
//!
//! ```text
//! B[i] = T.Let(x * x, where={x: A[i] + 1})    →    x = A[i] + 1
//!                                                  B[i] = x * x
//! ```
//! Inside an arm that may not be evaluated (`T.if_then_else`, `and`, `or`) the arm becomes a
//! branch that writes a scalar. Evaluation stays strict and left to right: what an effect could
//! change is read before it.

use crate::pass::remove_unused::is_pure;
use std::sync::Arc;
use tirade_ir::expr::{Binary, Call};
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{
    AllocBuffer, AllocOrigin, AssertStmt, Bind, BufferStore, Evaluate, For, IfThenElse, Return,
    While,
};
use tirade_ir::visit::any_expr;
use tirade_ir::{Attrs, BinOp, Buffer, DType, Op, PrimExpr, PrimFunc, Span, Stmt, Var};

/// Takes lets and effects out of expressions.
pub fn lower_let(func: &PrimFunc) -> PrimFunc {
    func.rewrite_or_clone(&mut Lower)
}

/// True if `expr` cannot be printed in place.
fn needs_statement(expr: &PrimExpr) -> bool {
    any_expr(expr, |e| matches!(e, PrimExpr::Let(_)) || has_effect_itself(e))
}

fn has_effect_itself(expr: &PrimExpr) -> bool {
    match expr {
        PrimExpr::Call(call) => !call.op.is_pure() && call.op != Op::Undef,
        PrimExpr::CallFunc(call) => {
            !matches!(call.callee, tirade_ir::Callee::Extern { pure: true, .. })
        }
        _ => false,
    }
}

struct Lower;

impl Rewriter for Lower {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let mut pre = Vec::new();
        let new = match stmt {
            Stmt::Store(s) => lower_store(s, &mut pre),
            Stmt::Bind(s) => {
                let value = lower_root(&s.value, &mut pre)?;
                Some(Stmt::Bind(Arc::new(Bind { value, ..**s })))
            }
            Stmt::Evaluate(s) => {
                let value = lower_root(&s.value, &mut pre)?;
                Some(Stmt::Evaluate(Arc::new(Evaluate { value, span: s.span })))
            }
            Stmt::Return(s) => {
                let value = lower_whole(s.value.as_ref()?, &mut pre)?;
                Some(Stmt::Return(Arc::new(Return { value: Some(value), span: s.span })))
            }
            Stmt::Assert(s) => {
                let condition = lower_whole(&s.condition, &mut pre)?;
                let (kind, message, span) = (s.kind, s.message.clone(), s.span);
                Some(Stmt::Assert(Arc::new(AssertStmt { condition, kind, message, span })))
            }
            Stmt::If(s) if needs_statement(&s.condition) => {
                let condition = lower(&s.condition, &mut pre);
                let then_case = s.then_case.rewrite_or_clone(self);
                let else_case = s.else_case.as_ref().map(|e| e.rewrite_or_clone(self));
                Some(if_stmt(condition, then_case, else_case, s.span))
            }
            Stmt::While(s) if needs_statement(&s.condition) => Some(self.lower_while(s)),
            Stmt::For(s) if needs_statement(&s.min) || needs_statement(&s.extent) => {
                Some(self.lower_for(s, &mut pre))
            }
            Stmt::Seq(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Block(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Attr(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => return walk_rewrite_stmt(self, stmt),
        };
        new.map(|stmt| Stmt::seq(pre.into_iter().chain([stmt])))
    }

    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }
}

impl Lower {
    /// `while c: body` becomes `while True: …; if not c: break; body`.
    fn lower_while(&mut self, s: &While) -> Stmt {
        let mut stmts = Vec::new();
        let condition = lower(&s.condition, &mut stmts);
        let stop = PrimExpr::logical_not(condition, s.span);
        stmts.push(if_stmt(stop, Stmt::Break(s.span), None, s.span));
        stmts.push(s.body.rewrite_or_clone(self));
        let body = Stmt::seq(stmts);
        Stmt::While(Arc::new(While { condition: PrimExpr::bool(true), body, span: s.span }))
    }

    fn lower_for(&mut self, s: &For, pre: &mut Vec<Stmt>) -> Stmt {
        let min = lower(&s.min, pre);
        let extent = lower(&s.extent, pre);
        Stmt::For(Arc::new(For {
            loop_var: s.loop_var,
            min,
            extent,
            step: s.step.clone(),
            kind: s.kind,
            thread_tag: s.thread_tag,
            body: s.body.rewrite_or_clone(self),
            annotations: s.annotations.clone(),
            span: s.span,
        }))
    }
}

/// Index before value, both before the store.
fn lower_store(s: &BufferStore, pre: &mut Vec<Stmt>) -> Option<Stmt> {
    let parts = s.indices.iter().chain([&s.value]).chain(&s.predicate);
    let exprs: Vec<PrimExpr> = parts.cloned().collect();
    if !exprs.iter().any(needs_statement) {
        return None;
    }
    let mut exprs = lower_all(&exprs, pre).into_iter();
    let indices = exprs.by_ref().take(s.indices.len()).collect();
    let value = exprs.next()?;
    let (buffer, predicate) = (s.buffer.clone(), exprs.next());
    Some(Stmt::Store(Arc::new(BufferStore { buffer, value, indices, predicate, span: s.span })))
}

/// A call that is the whole value of a statement may stay; its arguments may not.
fn lower_root(expr: &PrimExpr, pre: &mut Vec<Stmt>) -> Option<PrimExpr> {
    if !needs_statement(expr) {
        return None;
    }
    if !has_effect_itself(expr) {
        return Some(lower(expr, pre));
    }
    lower_children(expr, pre)
}

fn lower_whole(expr: &PrimExpr, pre: &mut Vec<Stmt>) -> Option<PrimExpr> {
    needs_statement(expr).then(|| lower(expr, pre))
}

/// `expr` with its lets and effects put into `pre`.
fn lower(expr: &PrimExpr, pre: &mut Vec<Stmt>) -> PrimExpr {
    if !needs_statement(expr) {
        return expr.clone();
    }
    match expr {
        PrimExpr::Let(l) => {
            let value = lower(&l.value, pre);
            let bind = Bind { var: l.var, pointer: None, value, span: l.span };
            pre.push(Stmt::Bind(Arc::new(bind)));
            lower(&l.body, pre)
        }
        PrimExpr::Call(call) if call.op == Op::IfThenElse => lower_lazy(call, pre),
        // Of vectors both sides are evaluated.
        PrimExpr::Binary(b)
            if b.op.is_logical() && expr.dtype().is_scalar() && needs_statement(&b.rhs) =>
        {
            lower_logical(b, pre)
        }
        _ => {
            let new = lower_children(expr, pre).unwrap_or_else(|| expr.clone());
            if !has_effect_itself(&new) || new.dtype().is_void() {
                return new;
            }
            bind(new, "value", pre)
        }
    }
}

/// Evaluates `value` now, under a name.
fn bind(value: PrimExpr, name: &str, pre: &mut Vec<Stmt>) -> PrimExpr {
    let var = Var::new(name, value.dtype());
    let span = value.span();
    pre.push(Stmt::Bind(Arc::new(Bind { var, pointer: None, value, span })));
    var.into()
}

/// The children in order; those that read memory before a later effect are evaluated in `pre`.
fn lower_all(exprs: &[PrimExpr], pre: &mut Vec<Stmt>) -> Vec<PrimExpr> {
    let mut out = Vec::new();
    for (i, expr) in exprs.iter().enumerate() {
        let effect_follows = exprs[i + 1..].iter().any(|e| !is_pure(e));
        let reads = any_expr(expr, |e| matches!(e, PrimExpr::Load(_)));
        let lowered = lower(expr, pre);
        out.push(match effect_follows && reads {
            true => bind(lowered, "value", pre),
            false => lowered,
        });
    }
    out
}

/// `expr` with its children lowered, left to right.
fn lower_children(expr: &PrimExpr, pre: &mut Vec<Stmt>) -> Option<PrimExpr> {
    /// Collects the children, or puts new ones in their place.
    struct Children<'a> {
        seen: Vec<PrimExpr>,
        replace: Option<&'a mut dyn Iterator<Item = PrimExpr>>,
    }
    impl Rewriter for Children<'_> {
        fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
            match &mut self.replace {
                Some(new) => new.next(),
                None => {
                    self.seen.push(expr.clone());
                    None
                }
            }
        }
    }
    // The place of an atomic update is not read: only its indices are values.
    if let PrimExpr::Call(call) = expr
        && let Some(PrimExpr::Load(_)) = call.args.first()
        && call.op.info().evaluation == tirade_ir::op::Evaluation::Place
    {
        return lower_update(call, pre);
    }
    let mut children = Children { seen: Vec::new(), replace: None };
    walk_rewrite_expr(&mut children, expr);
    let seen = std::mem::take(&mut children.seen);
    let mut lowered = lower_all(&seen, pre).into_iter();
    children.replace = Some(&mut lowered);
    walk_rewrite_expr(&mut children, expr).or_else(|| Some(expr.clone()))
}

fn lower_update(call: &Call, pre: &mut Vec<Stmt>) -> Option<PrimExpr> {
    let place = lower_children(&call.args[0], pre)?;
    let rest = lower_all(&call.args[1..], pre);
    let args: Vec<PrimExpr> = [place].into_iter().chain(rest).collect();
    Some(PrimExpr::call(call.op, args, call.dtype, call.span))
}

/// A scalar that the arms of a branch write.
fn result_cell(dtype: DType, span: Span, pre: &mut Vec<Stmt>) -> Buffer {
    let cell = Buffer::new("result", [PrimExpr::i32(1)], dtype);
    pre.push(Stmt::AllocBuffer(Arc::new(AllocBuffer {
        buffer: cell.clone(),
        annotations: Attrs::new(),
        constant: None,
        origin: AllocOrigin::Scalar,
        span,
    })));
    cell
}

/// The statements that evaluate `value` and write it to `cell`.
fn write_cell(cell: &Buffer, value: &PrimExpr, span: Span) -> Stmt {
    let mut stmts = Vec::new();
    let value = lower(value, &mut stmts);
    let indices = [PrimExpr::i32(0)].into();
    let store = BufferStore { buffer: cell.clone(), value, indices, predicate: None, span };
    stmts.push(Stmt::Store(Arc::new(store)));
    Stmt::seq(stmts)
}

fn lower_lazy(call: &Call, pre: &mut Vec<Stmt>) -> PrimExpr {
    let [condition, a, b] = &*call.args else { unreachable!("three arguments") };
    let condition = lower(condition, pre);
    if !needs_statement(a) && !needs_statement(b) {
        let args = [condition, a.clone(), b.clone()];
        return PrimExpr::call(call.op, args, call.dtype, call.span);
    }
    let cell = result_cell(call.dtype, call.span, pre);
    let (a, b) = (write_cell(&cell, a, call.span), write_cell(&cell, b, call.span));
    pre.push(if_stmt(condition, a, Some(b), call.span));
    PrimExpr::load(cell, [PrimExpr::i32(0)], call.span)
}

fn lower_logical(b: &Binary, pre: &mut Vec<Stmt>) -> PrimExpr {
    let condition = lower(&b.lhs, pre);
    let cell = result_cell(DType::BOOL, b.span, pre);
    let right = write_cell(&cell, &b.rhs, b.span);
    let known = write_cell(&cell, &PrimExpr::bool(b.op == BinOp::Or), b.span);
    let (yes, no) = if b.op == BinOp::And { (right, known) } else { (known, right) };
    pre.push(if_stmt(condition, yes, Some(no), b.span));
    PrimExpr::load(cell, [PrimExpr::i32(0)], b.span)
}

fn if_stmt(condition: PrimExpr, then_case: Stmt, else_case: Option<Stmt>, span: Span) -> Stmt {
    Stmt::If(Arc::new(IfThenElse { condition, then_case, else_case, span }))
}
