//! The validator: what a program must fulfil so that later stages need not check it again.
//!
//! Promise: if [`validate`] reports nothing, later stages may return errors, but never panic. Every
//! rule is one function with its codes; all rules are tried, and everything found is reported.
//!
//! - `depth`: nesting is bounded (TIR0622).
//! - `scope`: what is used is defined, and what is defined is defined once (TIR0602 - TIR0604).
//! - `types`: operands, indices, conditions and values have the types they must have (TIR0605 and
//!   the codes 05xx and 04xx of the same errors in scripts).
//! - `blocks`: axes, bindings, regions and views fit (TIR0607 - TIR0610).
//! - `loops`: extents, thread axes, jumps (TIR0611, TIR0613, TIR0617).
//! - `memory`: shapes, strides, constant data (TIR0611, TIR0615, TIR0616).
//! - `calls`: callees exist, arguments and results fit (TIR0618 - TIR0621, TIR0623).
//!
//! What is well-formed can always be printed. Some of it cannot be run: see [`check_runnable`].

mod blocks;
mod calls;
mod depth;
mod loops;
mod memory;
mod runnable;
mod scope;
mod types;

use crate::buffer::{Buffer, BufferRegion};
use crate::diag::{Code, Diagnostic, Level};
use crate::expr::PrimExpr;
use crate::func::{IRModule, PrimFunc};
use crate::span::Span;
use crate::stmt::{Block, IterVar, Stmt};
use crate::visit::{
    BufferSite, Visitor, walk_buffer_def, walk_buffer_region, walk_expr, walk_func, walk_stmt,
};
pub use blocks::validate_view;
pub use runnable::check_runnable;

/// Limits that a valid program stays within.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Expressions inside each other.
    pub expr_depth: usize,
    /// Statements inside each other.
    pub stmt_depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { expr_depth: 512, stmt_depth: 512 }
    }
}

/// Everything that is wrong with a module, function by function.
pub fn validate(module: &IRModule) -> Vec<Diagnostic> {
    validate_with(module, &Limits::default())
}

/// [`validate`] with other limits.
pub fn validate_with(module: &IRModule, limits: &Limits) -> Vec<Diagnostic> {
    let found = |func| tolerated(func, violations(func, Some(module), limits));
    module.functions().flat_map(|func| found(func)).collect()
}

/// Everything that is wrong with a function by itself. Calls of functions of a module are taken to
/// be right.
pub fn validate_func(func: &PrimFunc) -> Vec<Diagnostic> {
    tolerated(func, violations(func, None, &Limits::default()))
}

/// What `check_well_formed=False` allows are warnings: such a function is read and printed, and
/// [`check_runnable`] refuses it. Types and limits hold for it, too.
fn tolerated(func: &PrimFunc, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let allowed = [
        Code::UNDEFINED_VARIABLE,
        Code::UNDEFINED_BUFFER,
        Code::DUPLICATE_BINDER,
        Code::OUTER_LOOP_VARIABLE,
    ];
    for diagnostic in
        found.iter_mut().filter(|d| !func.check_well_formed && allowed.contains(&d.code))
    {
        diagnostic.level = Level::Warning;
        diagnostic.notes.push("`check_well_formed=False` allows it, but it cannot be run".into());
    }
    found
}

/// What breaks a rule in a function, whether it must be well-formed or not.
fn violations(func: &PrimFunc, module: Option<&IRModule>, limits: &Limits) -> Vec<Diagnostic> {
    if let Some(diagnostic) = depth::nesting(func, limits) {
        return vec![diagnostic];
    }
    let mut report = Report { diagnostics: Vec::new(), span: func.span };
    scope::definitions(func, &mut report);
    blocks::outer_loop_vars(func, &mut report);
    calls::symbol(func, &mut report);
    let mut checker = Checker { report, func, module, loops: 0, buffers: Default::default() };
    checker.visit_func(func);
    let mut found = checker.report.diagnostics;
    found.sort_by_key(|diagnostic| diagnostic.span);
    found
}

/// Where rules report to, and where in the source they are.
struct Report {
    diagnostics: Vec<Diagnostic>,
    /// The innermost place around what is being checked.
    span: Span,
}

impl Report {
    fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        let mut diagnostic = diagnostic.into();
        diagnostic.span = diagnostic.span.or(self.span);
        self.diagnostics.push(diagnostic);
    }

    fn check<T, E: Into<Diagnostic>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// From now on `span` is the innermost place, if it is one; gives the one before.
    fn enter(&mut self, span: Span) -> Span {
        let inner = span.or(self.span);
        std::mem::replace(&mut self.span, inner)
    }

    /// The place of an expression: its own, or the one around it.
    fn at(&self, expr: &PrimExpr) -> Span {
        expr.span().or(self.span)
    }
}

/// Walks over a function and tries the rules that look at one node each.
struct Checker<'a> {
    report: Report,
    func: &'a PrimFunc,
    module: Option<&'a IRModule>,
    /// Loops around the current statement, inside the innermost block.
    loops: usize,
    /// Buffers checked already.
    buffers: rustc_hash::FxHashSet<crate::BufferId>,
}

impl Checker<'_> {
    fn at(&mut self, span: Span, f: impl FnOnce(&mut Self)) {
        let outer = self.report.enter(span);
        f(self);
        self.report.span = outer;
    }
}

impl Visitor for Checker<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        self.at(expr.span(), |this| {
            let report = &mut this.report;
            match expr {
                PrimExpr::Int { .. } | PrimExpr::Float { .. } => types::literal(expr, report),
                PrimExpr::Var(_) | PrimExpr::Str(_) => {}
                PrimExpr::Cast(e) => types::cast(e, report),
                PrimExpr::Binary(e) => types::binary(e, report),
                PrimExpr::Not(e) => types::condition(&e.value, false, report),
                PrimExpr::Select(e) => types::select(e, report),
                PrimExpr::Load(e) => {
                    types::access(&e.buffer, &e.indices, e.predicate.as_ref(), report);
                }
                PrimExpr::Ramp(e) => types::ramp(e, report),
                PrimExpr::Broadcast(e) => types::broadcast(e, report),
                PrimExpr::Shuffle(e) => types::shuffle(e, report),
                PrimExpr::Let(e) => types::value_of("the binding", e.var.dtype, &e.value, report),
                PrimExpr::Call(e) => types::op_call(e, report),
                PrimExpr::CallFunc(e) => calls::call(e, this.module, report),
            }
            walk_expr(this, expr);
        });
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        self.at(stmt.span(), |this| {
            let report = &mut this.report;
            match stmt {
                Stmt::Store(s) => types::store(s, report),
                Stmt::For(s) => loops::for_loop(s, report),
                Stmt::While(s) => types::condition(&s.condition, true, report),
                Stmt::If(s) => types::condition(&s.condition, true, report),
                Stmt::Block(s) => blocks::bindings(s, report),
                Stmt::Bind(s) => types::value_of("the binding", s.var.dtype, &s.value, report),
                Stmt::AllocBuffer(s) => memory::constant(s, report),
                Stmt::Assert(s) => types::condition(&s.condition, true, report),
                Stmt::Attr(s) => loops::thread_axis(s, report),
                Stmt::Return(s) => calls::returned(s, this.func, report),
                Stmt::Break(span) | Stmt::Continue(span) => {
                    loops::jump(*span, this.loops, report);
                }
                Stmt::Seq(_) | Stmt::DeclBuffer(_) | Stmt::Evaluate(_) => {}
            }
            this.walk_nested(stmt);
        });
    }

    fn visit_block(&mut self, block: &Block) {
        let loops = std::mem::take(&mut self.loops);
        block.match_buffers.iter().flat_map(validate_view).for_each(|d| self.report.push(d));
        crate::visit::walk_block(self, block);
        self.loops = loops;
    }

    fn visit_iter_var(&mut self, iter_var: &IterVar) {
        self.at(iter_var.span, |this| {
            blocks::axis(iter_var, &mut this.report);
            crate::visit::walk_iter_var(this, iter_var);
        });
    }

    fn visit_buffer_region(&mut self, region: &BufferRegion) {
        blocks::region(region, &mut self.report);
        walk_buffer_region(self, region);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        self.at(buffer.span, |this| {
            if this.buffers.insert(buffer.id) {
                memory::buffer(buffer, &mut this.report);
            }
            walk_buffer_def(this, buffer, site);
        });
    }

    fn visit_func(&mut self, func: &PrimFunc) {
        calls::params(func, &mut self.report);
        walk_func(self, func);
    }
}

impl Checker<'_> {
    fn walk_nested(&mut self, stmt: &Stmt) {
        let is_loop = matches!(stmt, Stmt::For(_) | Stmt::While(_));
        self.loops += is_loop as usize;
        walk_stmt(self, stmt);
        self.loops -= is_loop as usize;
    }
}

#[cfg(test)]
mod tests;
