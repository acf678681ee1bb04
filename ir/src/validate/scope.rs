//! Definitions and uses.

use super::Report;
use crate::buffer::{Buffer, BufferId};
use crate::diag::{Code, Diagnostic};
use crate::expr::{PrimExpr, Var, VarId};
use crate::func::AttrValue;
use crate::func::PrimFunc;
use crate::span::Span;
use crate::stmt::{AttrNode, AttrStmt, Block, IterVar, Stmt};
use crate::subst::buffer_vars;
use crate::visit::{
    BufferSite, Visitor, walk_block, walk_buffer_def, walk_expr, walk_func, walk_iter_var,
    walk_stmt,
};
use rustc_hash::FxHashMap;

/// Variables and buffers are used where they are defined (TIR0602, TIR0603), and each is defined
/// at one place (TIR0604).
///
/// A thread axis may be launched several times with one variable. Variables in the shape, strides
/// or offset of a parameter or of a view of a region are defined there if they are not yet, and in
/// disjoint blocks more than once.
pub(super) fn definitions(func: &PrimFunc, report: &mut Report) {
    let mut scopes = Scopes {
        report,
        vars: FxHashMap::default(),
        buffers: FxHashMap::default(),
        open: Vec::new(),
    };
    scopes.visit_func(func);
}

#[derive(Clone, Copy)]
struct Definition {
    span: Span,
    /// Still visible.
    live: bool,
    /// May be defined again once it is not visible any more.
    implicit: bool,
}

enum Opened {
    Var(VarId),
    Buffer(BufferId),
}

struct Scopes<'a> {
    report: &'a mut Report,
    vars: FxHashMap<VarId, Definition>,
    buffers: FxHashMap<BufferId, Definition>,
    /// What was defined in the scopes that are open.
    open: Vec<Opened>,
}

impl Scopes<'_> {
    /// What `f` defines is visible until it returns.
    fn scoped(&mut self, f: impl FnOnce(&mut Self)) {
        let mark = self.open.len();
        f(self);
        for opened in self.open.drain(mark..) {
            let definition = match opened {
                Opened::Var(id) => self.vars.get_mut(&id),
                Opened::Buffer(id) => self.buffers.get_mut(&id),
            };
            if let Some(definition) = definition {
                definition.live = false;
            }
        }
    }

    fn at(&mut self, span: Span, f: impl FnOnce(&mut Self)) {
        let outer = self.report.enter(span);
        f(self);
        self.report.span = outer;
    }

    fn define(&mut self, var: Var, implicit: bool) {
        let span = self.report.span;
        let new = Definition { span, live: true, implicit };
        match self.vars.insert(var.id, new) {
            Some(old) if old.live || !(implicit && old.implicit) => {
                self.twice("variable", var.name.as_str(), old.span);
            }
            _ => {}
        }
        self.open.push(Opened::Var(var.id));
    }

    fn twice(&mut self, what: &str, name: &str, first: Span) {
        let message = format!("{what} `{name}` is defined at two places");
        let diagnostic = Diagnostic::error(Code::DUPLICATE_BINDER, self.report.span, message)
            .with_note("every loop, binding, axis and allocation introduces a variable of its own");
        self.report.push(match first.is_none() {
            true => diagnostic,
            false => diagnostic.with_secondary(first, "the other definition"),
        });
    }

    fn undefined(&mut self, code: Code, what: &str, name: &str, old: Option<Definition>) {
        let message = format!("{what} `{name}` is not defined here");
        let diagnostic = Diagnostic::error(code, self.report.span, message);
        self.report.push(match old {
            Some(old) if !old.span.is_none() => {
                diagnostic.with_secondary(old.span, "it is visible only where this reaches")
            }
            _ => diagnostic,
        });
    }

    /// Variables that a parameter or view defines by its shape, strides and offset.
    fn define_sizes(&mut self, buffer: &Buffer) {
        for var in buffer_vars(buffer) {
            if !self.vars.get(&var.id).is_some_and(|d| d.live) {
                self.define(var, true);
            }
        }
    }

    fn launch(&mut self, s: &AttrStmt, iter_var: &IterVar) {
        let var = iter_var.var;
        if self.vars.get(&var.id).is_some_and(|d| d.live) {
            return self.visit_stmt(&s.body);
        }
        self.scoped(|this| {
            this.define(var, true);
            this.visit_stmt(&s.body);
        });
    }
}

impl Visitor for Scopes<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        self.at(expr.span(), |this| match expr {
            PrimExpr::Let(e) => {
                this.visit_expr(&e.value);
                this.scoped(|this| {
                    this.define(e.var, false);
                    this.visit_expr(&e.body);
                });
            }
            _ => walk_expr(this, expr),
        });
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        self.at(stmt.span(), |this| match stmt {
            // Loops, branches and bodies end the scope of what they define.
            Stmt::Seq(_) | Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::Block(_) => {
                this.scoped(|this| walk_stmt(this, stmt))
            }
            Stmt::Attr(s) => {
                this.visit_expr(&s.value);
                match &s.node {
                    AttrNode::IterVar(iter_var) => {
                        this.visit_expr(&iter_var.dom.min);
                        this.visit_expr(&iter_var.dom.extent);
                        this.launch(s, iter_var);
                    }
                    AttrNode::Expr(e) => {
                        this.visit_expr(e);
                        this.visit_stmt(&s.body);
                    }
                    AttrNode::Buffer(buffer) => {
                        this.visit_buffer(buffer);
                        this.visit_stmt(&s.body);
                    }
                    AttrNode::Value(value) => {
                        this.scoped(|this| {
                            let AttrValue::Reducer(reducer) = value else {
                                return this.visit_attr_value(value);
                            };
                            let vars = reducer.lhs.iter().chain(&reducer.rhs);
                            vars.for_each(|v| this.define(*v, false));
                            let exprs = reducer.result.iter().chain(&reducer.identity);
                            exprs.for_each(|e| this.visit_expr(e));
                        });
                        this.visit_stmt(&s.body);
                    }
                }
            }
            Stmt::Store(_)
            | Stmt::Bind(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => walk_stmt(this, stmt),
        });
    }

    fn visit_block(&mut self, block: &Block) {
        self.scoped(|this| walk_block(this, block));
    }

    fn visit_iter_var(&mut self, iter_var: &IterVar) {
        self.at(iter_var.span, |this| walk_iter_var(this, iter_var));
    }

    fn visit_var(&mut self, var: Var) {
        match self.vars.get(&var.id).copied() {
            Some(definition) if definition.live => {}
            old => {
                self.undefined(Code::UNDEFINED_VARIABLE, "variable", var.name.as_str(), old);
                // Once is enough.
                let span = self.report.span;
                self.vars.insert(var.id, Definition { span, live: true, implicit: true });
            }
        }
    }

    fn visit_var_def(&mut self, var: Var) {
        self.define(var, false);
    }

    fn visit_buffer(&mut self, buffer: &Buffer) {
        match self.buffers.get(&buffer.id).copied() {
            Some(definition) if definition.live => {}
            old => {
                self.undefined(Code::UNDEFINED_BUFFER, "buffer", buffer.name.as_str(), old);
                let span = self.report.span;
                self.buffers.insert(buffer.id, Definition { span, live: true, implicit: true });
            }
        }
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        self.at(buffer.span, |this| {
            if matches!(site, BufferSite::Param | BufferSite::Match) {
                this.define_sizes(buffer);
            }
            walk_buffer_def(this, buffer, site);
            let new = Definition { span: this.report.span, live: true, implicit: false };
            if let Some(old) = this.buffers.insert(buffer.id, new) {
                this.twice("buffer", buffer.name.as_str(), old.span);
            }
            this.open.push(Opened::Buffer(buffer.id));
        });
    }

    fn visit_func(&mut self, func: &PrimFunc) {
        // Scalar parameters may stand behind the buffers whose shapes they are.
        for param in &func.params {
            self.at(param.span, |this| this.define(param.var, false));
        }
        for param in &func.params {
            if let Some(buffer) = param.buffer() {
                self.at(param.span, |this| this.visit_buffer_def(buffer, BufferSite::Param));
            }
        }
        let without_params = PrimFunc { params: Box::default(), ..func.clone() };
        walk_func(self, &without_params);
    }
}
