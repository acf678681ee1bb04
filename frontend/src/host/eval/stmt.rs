//! Statements.

use super::{Flow, Mode};
use crate::ast::{self, Expr, ExprKind, Ident, Stmt, StmtKind};
use crate::dialect::hooks;
use crate::host::env::ScopeInfo;
use crate::host::error::{HostError, Result};
use crate::host::value::Value;
use crate::host::{Evaluator, Nest};
use smallvec::SmallVec;
use tirade_ir::diag::Code;
use tirade_ir::span::Span;

impl Evaluator {
    /// Runs statements one after the other. In the body of a prim_func those that fail are
    /// reported, and the next one runs.
    pub fn exec_block(&mut self, body: &[Stmt]) -> Result<Flow> {
        for stmt in body {
            let flow = match self.recovers() {
                true => self.exec_reported(stmt)?,
                false => self.exec_stmt(stmt)?,
            };
            if !matches!(flow, Flow::Normal) {
                return Ok(flow);
            }
        }
        Ok(Flow::Normal)
    }

    /// Statements of the innermost frame report their errors: a prim_func's, except inside loops
    /// that run now, where one mistake would be reported once for every iteration.
    fn recovers(&self) -> bool {
        let frame = self.frame();
        frame.prim_func && !frame.nest.contains(&Nest::HostLoop)
    }

    /// Runs the body of a prim_func.
    pub fn exec_script_body(&mut self, body: &[Stmt]) -> Result<()> {
        self.exec_block(body).map(|_| ())
    }

    /// Runs one statement; an error is reported and poisons the names that the statement would
    /// have bound. Only limits, and errors when there are too many, are returned.
    pub fn exec_reported(&mut self, stmt: &Stmt) -> Result<Flow> {
        match self.exec_stmt(stmt) {
            Ok(flow) => Ok(flow),
            Err(error) if error.is_limit() => Err(error),
            Err(error) => {
                self.report(error);
                for name in ScopeInfo::of_class(std::slice::from_ref(stmt)).locals() {
                    let bound = self.scope.get(name);
                    if !matches!(bound, Some(Value::Scalar(_) | Value::Buffer(_))) {
                        self.bind(name, Value::Poison);
                    }
                }
                match self.gave_up() {
                    true => Err(HostError::limit(Code::HOST_TOO_MANY_ERRORS, "too many errors")),
                    false => Ok(Flow::Normal),
                }
            }
        }
    }

    fn exec_stmt(&mut self, stmt: &Stmt) -> Result<Flow> {
        self.budget.step(1).map_err(|error| self.locate(error, stmt.span))?;
        match self.exec_kind(stmt) {
            Ok(flow) => Ok(flow),
            Err(error) if error.is_located() => Err(error),
            Err(error) => Err(self.locate(error, stmt.span)),
        }
    }

    fn exec_kind(&mut self, stmt: &Stmt) -> Result<Flow> {
        match &stmt.kind {
            StmtKind::Assign(node) => self.exec_assign(node, stmt.span)?,
            StmtKind::Expr(expr) => self.exec_expr(expr)?,
            StmtKind::For(node) => return self.exec_for(node, stmt.span),
            StmtKind::With(node) => return self.exec_with(node, 0, stmt.span),
            StmtKind::If(node) => return self.exec_if(node, 0),
            StmtKind::While(node) => return self.exec_while(node, stmt.span),
            StmtKind::AnnAssign(node) => self.exec_ann_assign(node, stmt.span)?,
            StmtKind::AugAssign(node) => self.exec_aug_assign(node, stmt.span)?,
            StmtKind::FunctionDef(def) => {
                let value = self.define_function(def)?;
                self.bind(def.name.name, value);
            }
            StmtKind::ClassDef(class) => {
                let value = self.define_class(class, stmt.span)?;
                self.bind(class.name.name, value);
            }
            StmtKind::Return(value) => return self.exec_return(value.as_deref(), stmt.span),
            StmtKind::Break | StmtKind::Continue => {
                return self.exec_jump(matches!(stmt.kind, StmtKind::Break), stmt.span);
            }
            StmtKind::Assert(node) => self.exec_assert(node, stmt.span)?,
            StmtKind::Raise(node) => return Err(self.exec_raise(node)?),
            StmtKind::Try(node) => {
                self.refuse_in_prim_func(stmt.span, "`try`")?;
                return self.exec_try(node);
            }
            StmtKind::Import(imports) => self.exec_import(imports)?,
            StmtKind::ImportFrom(node) => self.exec_import_from(node, stmt.span)?,
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => {
                self.refuse_in_prim_func(stmt.span, "`global` and `nonlocal`")?;
            }
            StmtKind::Del(targets) => {
                self.refuse_in_prim_func(stmt.span, "`del`")?;
                targets.iter().try_for_each(|target| self.delete(target))?;
            }
            StmtKind::Pass => {}
        }
        Ok(Flow::Normal)
    }

    fn refuse_in_prim_func(&self, span: Span, what: &str) -> Result<()> {
        match self.in_script() {
            false => Ok(()),
            true => {
                Err(HostError::unsupported(span, format!("{what} cannot stand in a prim_func"))
                    .with_help("move it to a host function, which a prim_func can call"))
            }
        }
    }

    fn exec_expr(&mut self, expr: &Expr) -> Result<()> {
        let script = self.in_script();
        match &expr.kind {
            // A docstring.
            ExprKind::Str(_) => Ok(()),
            ExprKind::Call(node) => {
                let result = self.eval_call(node, expr.span, SmallVec::new());
                let (value, emits) = result.map_err(|e| self.locate(e, expr.span))?;
                match script || (emits && self.in_prim_func()) {
                    true => hooks::expr_stmt(self, value, expr.span),
                    false => Ok(()),
                }
            }
            _ => {
                let value = self.eval_expr(expr)?;
                match script {
                    true => hooks::expr_stmt(self, value, expr.span),
                    false => Ok(()),
                }
            }
        }
    }

    /// Evaluates the right-hand side of an assignment to `targets`.
    fn eval_for(&mut self, value: &Expr, targets: SmallVec<[Ident; 2]>) -> Result<Value> {
        match &value.kind {
            ExprKind::Call(node) => {
                self.budget.step(1)?;
                let result = self.eval_call(node, value.span, targets);
                result.map(|(value, _)| value).map_err(|e| self.locate(e, value.span))
            }
            _ => self.eval_expr(value),
        }
    }

    fn exec_assign(&mut self, node: &ast::Assign, span: Span) -> Result<()> {
        let names = match &*node.targets {
            [target] => target_names(target),
            _ => SmallVec::new(),
        };
        let value = self.eval_for(&node.value, names)?;
        for target in &node.targets[1..] {
            self.assign(target, value.clone(), node.value.span, span)?;
        }
        // The first target last, so that the value is moved where there is but one.
        self.assign(&node.targets[0], value, node.value.span, span)
    }

    fn exec_ann_assign(&mut self, node: &ast::AnnAssign, span: Span) -> Result<()> {
        let value = match &node.value {
            Some(value) => Some(self.eval_for(value, target_names(&node.target))?),
            None => None,
        };
        let value_span = node.value.as_ref().map_or(span, |value| value.span);
        match (&node.target.kind, self.frame().mode) {
            (ExprKind::Name(name), Mode::Script) => {
                let target = Ident { name: *name, span: node.target.span };
                let annotation = self.eval_expr(&node.annotation)?;
                let annotation = Some((annotation, node.annotation.span));
                hooks::assign_name(self, target, value, value_span, annotation, span)
            }
            _ => match value {
                Some(value) => self.assign(&node.target, value, value_span, span),
                None => Ok(()),
            },
        }
    }

    fn exec_if(&mut self, node: &ast::If, idx: usize) -> Result<Flow> {
        let Some(branch) = node.branches.get(idx) else {
            return self.exec_block(&node.orelse);
        };
        let test = self.eval_expr(&branch.test)?;
        if self.builds_ir(&test) {
            let mut then = |ev: &mut Evaluator| ev.exec_ir_body(Nest::IrBranch, &branch.body);
            let mut orelse = |ev: &mut Evaluator| {
                ev.in_ir(Nest::IrBranch, branch.span, |ev| ev.exec_if(node, idx + 1))
            };
            let has_else = idx + 1 < node.branches.len() || !node.orelse.is_empty();
            let orelse: Option<crate::host::Body> = if has_else { Some(&mut orelse) } else { None };
            hooks::if_stmt(self, test, &mut then, orelse, branch.test.span)?;
            return Ok(Flow::Normal);
        }
        match self.truthy(&test, branch.test.span).map_err(|e| e.at(branch.test.span))? {
            true => self.exec_block(&branch.body),
            false => self.exec_if(node, idx + 1),
        }
    }

    /// Whether a condition becomes a branch of the program: it is a value of the IR, and there is
    /// a program to add it to. Host code decides constants itself.
    pub(super) fn builds_ir(&self, condition: &Value) -> bool {
        let constant = matches!(condition, Value::Expr(e) if e.as_int().is_some());
        match condition {
            Value::Expr(_) | Value::Scalar(_) | Value::IterVar(_) | Value::Object(_) => {
                condition.is_ir() && self.in_prim_func() && (self.in_script() || !constant)
            }
            _ => false,
        }
    }

    /// Runs statements inside an IR construct that the dialect has opened.
    fn exec_ir_body(&mut self, nest: Nest, body: &[Stmt]) -> Result<()> {
        let span = body.first().map_or(Span::NONE, |stmt| stmt.span);
        self.in_ir(nest, span, |ev| ev.exec_block(body))
    }

    fn in_ir(
        &mut self,
        nest: Nest,
        span: Span,
        f: impl FnOnce(&mut Self) -> Result<Flow>,
    ) -> Result<()> {
        self.frame_mut().nest.push(nest);
        let flow = match self.in_script() {
            true => self.scoped(f),
            false => f(self),
        };
        self.frame_mut().nest.pop();
        match flow? {
            Flow::Normal => Ok(()),
            Flow::Break | Flow::Continue | Flow::Return(_) => Err(leaves_ir(span)),
        }
    }

    fn exec_for(&mut self, node: &ast::For, span: Span) -> Result<Flow> {
        let iterable = self.eval_expr(&node.iter)?;
        let ir_loop = match &iterable {
            Value::Range(_) => self.in_script(),
            Value::Dialect(_) | Value::Entry(_) => true,
            _ => false,
        };
        if ir_loop {
            self.refuse_else(&node.orelse)?;
            let mut body = |ev: &mut Evaluator| ev.exec_ir_body(Nest::IrLoop, &node.body);
            let header = Span::new(span.lo, node.iter.span.hi);
            hooks::for_stmt(self, node, iterable, &mut body, header)?;
            return Ok(Flow::Normal);
        }
        let mut iter = self.iter(&iterable).map_err(|e| self.locate(e, node.iter.span))?;
        self.frame_mut().nest.push(Nest::HostLoop);
        let flow = self.run_host_loop(node, &mut iter);
        self.frame_mut().nest.pop();
        self.scope().renew_block();
        match flow? {
            // `break`
            None => Ok(Flow::Normal),
            Some(Flow::Normal) => self.exec_block(&node.orelse),
            Some(flow) => Ok(flow),
        }
    }

    fn run_host_loop(
        &mut self,
        node: &ast::For,
        iter: &mut crate::host::iter::Iter,
    ) -> Result<Option<Flow>> {
        use crate::host::iter::LazyIter;
        while let Some(item) = iter.next(self).map_err(|e| self.locate(e, node.iter.span))? {
            self.bind_target(&node.target, item)?;
            self.scope().renew_block();
            match self.exec_block(&node.body)? {
                Flow::Normal | Flow::Continue => {}
                Flow::Break => return Ok(None),
                Flow::Return(value) => return Ok(Some(Flow::Return(value))),
            }
        }
        Ok(Some(Flow::Normal))
    }

    fn refuse_else(&self, orelse: &[Stmt]) -> Result<()> {
        match orelse.first() {
            None => Ok(()),
            Some(stmt) => Err(HostError::unsupported(
                stmt.span,
                "a loop of the program cannot have an `else`",
            )),
        }
    }

    fn exec_while(&mut self, node: &ast::While, span: Span) -> Result<Flow> {
        let test = self.eval_expr(&node.test)?;
        if self.in_script() || self.builds_ir(&test) {
            self.refuse_else(&node.orelse)?;
            let mut body = |ev: &mut Evaluator| ev.exec_ir_body(Nest::IrLoop, &node.body);
            let header = Span::new(span.lo, node.test.span.hi);
            hooks::while_stmt(self, test, &mut body, header)?;
            return Ok(Flow::Normal);
        }
        self.frame_mut().nest.push(Nest::HostLoop);
        let flow = self.run_while(node, test);
        self.frame_mut().nest.pop();
        self.scope().renew_block();
        match flow? {
            None => Ok(Flow::Normal),
            Some(Flow::Normal) => self.exec_block(&node.orelse),
            Some(flow) => Ok(flow),
        }
    }

    fn run_while(&mut self, node: &ast::While, mut test: Value) -> Result<Option<Flow>> {
        while self.truthy(&test, node.test.span)? {
            self.scope().renew_block();
            match self.exec_block(&node.body)? {
                Flow::Normal | Flow::Continue => {}
                Flow::Break => return Ok(None),
                Flow::Return(value) => return Ok(Some(Flow::Return(value))),
            }
            test = self.eval_expr(&node.test)?;
        }
        Ok(Some(Flow::Normal))
    }

    pub(super) fn exec_with(&mut self, node: &ast::With, idx: usize, span: Span) -> Result<Flow> {
        let Some(item) = node.items.get(idx) else {
            return self.exec_block(&node.body);
        };
        let names = item.target.as_ref().map_or_else(SmallVec::new, target_names);
        let context = self.eval_for(&item.context, names)?;
        if matches!(context, Value::Instance(_)) {
            return self.with_instance(node, idx, context, span);
        }
        let mut body = |ev: &mut Evaluator| {
            ev.in_ir(Nest::IrBranch, item.context.span, |ev| ev.exec_with(node, idx + 1, span))
        };
        hooks::with_stmt(self, item, context, &mut body, item.context.span)?;
        Ok(Flow::Normal)
    }

    fn exec_return(&mut self, returned: Option<&Expr>, span: Span) -> Result<Flow> {
        let value = match returned {
            Some(expr) => Some(self.eval_expr(expr)?),
            None => None,
        };
        if self.frame().prim_func {
            if let (Some(expr), Some(Value::None)) = (returned, &value)
                && !matches!(expr.kind, ast::ExprKind::None)
            {
                let message = "this has no value that could be returned";
                return Err(HostError::new(Code::RETURN, expr.span, message));
            }
            hooks::return_stmt(self, value, span)?;
            return Ok(Flow::Normal);
        }
        if self.frame().nest.iter().any(|nest| *nest != Nest::HostLoop) {
            return Err(leaves_ir(span));
        }
        Ok(Flow::Return(value.unwrap_or(Value::None)))
    }

    fn exec_jump(&mut self, is_break: bool, span: Span) -> Result<Flow> {
        let nest = &self.frame().nest;
        let innermost = nest.iter().rposition(|nest| *nest != Nest::IrBranch);
        match innermost.map(|at| (nest[at], at + 1 == nest.len())) {
            Some((Nest::HostLoop, true)) if is_break => Ok(Flow::Break),
            Some((Nest::HostLoop, true)) => Ok(Flow::Continue),
            Some((Nest::HostLoop, false)) => Err(leaves_ir(span)),
            Some(_) if is_break => hooks::break_stmt(self, span).map(|()| Flow::Normal),
            Some(_) => hooks::continue_stmt(self, span).map(|()| Flow::Normal),
            None => Err(HostError::new(
                Code::HOST_CONTROL_FLOW,
                span,
                format!("`{}` outside of a loop", if is_break { "break" } else { "continue" }),
            )),
        }
    }
}

/// The names of a target that is a name, or a tuple or list of names.
fn target_names(target: &Expr) -> SmallVec<[Ident; 2]> {
    let ident = |e: &Expr| Some(Ident { name: e.as_name()?, span: e.span });
    match &target.kind {
        ExprKind::Name(_) => ident(target).into_iter().collect(),
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            let names: Option<SmallVec<_>> = items.iter().map(ident).collect();
            names.unwrap_or_default()
        }
        _ => SmallVec::new(),
    }
}

/// A `return` or `break` of host code depends on a run-time value.
fn leaves_ir(span: Span) -> HostError {
    HostError::new(
        Code::HOST_CONTROL_FLOW,
        span,
        "this leaves code that is evaluated now from inside a branch or loop of the program",
    )
    .with_note("whether the branch is taken is known only when the program runs")
}
