//! Which buffer parameters a function reads before it writes them.
//!
//! A parameter is an *input* if some path may read an element that the program has not written,
//! else an *output*. The walk follows the program in order and remembers which elements have
//! certainly been written; whatever it cannot show to be written counts as read first.

use crate::buffer::{Buffer, BufferId};
use crate::expr::{BinOp, CallArg, Callee, PrimExpr, Var};
use crate::func::{IRModule, ParamKind, PrimFunc};
use crate::stmt::{AttrNode, BlockRealize, Stmt};
use crate::symbol::Symbol;
use rustc_hash::FxHashSet;

/// How a parameter is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read, never written.
    Input,
    /// Read before it is written, and written.
    InOut,
    /// Written before it is read, or never touched.
    Output,
}

impl Role {
    /// True for [`Role::Input`] and [`Role::InOut`].
    pub fn is_read_first(self) -> bool {
        self != Role::Output
    }

    /// True for [`Role::Output`] and [`Role::InOut`].
    pub fn is_output(self) -> bool {
        self != Role::Input
    }
}

/// The role of every parameter of `func`; scalars are inputs.
pub fn roles(module: &IRModule, func: &PrimFunc) -> Vec<Role> {
    roles_within(module, func, &mut Vec::new())
}

fn roles_within(module: &IRModule, func: &PrimFunc, callers: &mut Vec<Symbol>) -> Vec<Role> {
    callers.push(func.name);
    let mut walk = Walk {
        module,
        callers,
        read: FxHashSet::default(),
        touched: FxHashSet::default(),
        written: Vec::new(),
    };
    walk.stmt(&func.body);
    let (read, touched) = (walk.read, walk.touched);
    callers.pop();
    let role = |var: Var| match (read.contains(&var), touched.contains(&var)) {
        (true, true) => Role::InOut,
        (true, false) => Role::Input,
        (false, _) => Role::Output,
    };
    func.params
        .iter()
        .map(|param| match &param.kind {
            ParamKind::Scalar => Role::Input,
            ParamKind::Pointer(_) => role(param.var),
            // A handle may be used under its own name as well.
            ParamKind::Buffer(buffer) => match (role(buffer.data), role(param.var)) {
                (Role::Output, other) | (other, Role::Output) => other,
                (a, b) if a == b => a,
                _ => Role::InOut,
            },
        })
        .collect()
}

/// The first buffer that `func` declares on the pointer `data`.
pub(super) fn first_view(func: &PrimFunc, data: Var) -> Option<Buffer> {
    fn search(stmt: &Stmt, data: Var) -> Option<Buffer> {
        match stmt {
            Stmt::Seq(s) => s.stmts.iter().find_map(|s| search(s, data)),
            Stmt::DeclBuffer(s) => Some(s.buffer.clone()).filter(|b| b.data == data),
            Stmt::For(s) => search(&s.body, data),
            Stmt::While(s) => search(&s.body, data),
            Stmt::Attr(s) => search(&s.body, data),
            Stmt::Block(s) => search(&s.block.body, data),
            Stmt::If(s) => search(&s.then_case, data)
                .or_else(|| s.else_case.as_ref().and_then(|e| search(e, data))),
            Stmt::Store(_)
            | Stmt::Bind(_)
            | Stmt::AllocBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => None,
        }
    }
    search(&func.body, data)
}

/// A write that has certainly happened.
struct Written {
    data: Var,
    /// `None`: all of the memory.
    element: Option<(Buffer, Box<[PrimExpr]>)>,
    /// Ranges of the variables in the indices that were bound by loops and blocks now closed:
    /// the write happened for all their values.
    closed: Vec<(Var, PrimExpr, PrimExpr)>,
}

struct Walk<'a> {
    module: &'a IRModule,
    callers: &'a mut Vec<Symbol>,
    /// Pointers to memory that may be read before it is written.
    read: FxHashSet<Var>,
    /// Pointers to memory that is written.
    touched: FxHashSet<Var>,
    written: Vec<Written>,
}

impl Walk<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Seq(s) => s.stmts.iter().for_each(|s| self.stmt(s)),
            Stmt::Store(s) => {
                s.indices.iter().for_each(|e| self.expr(e));
                self.expr(&s.value);
                s.predicate.iter().for_each(|e| self.expr(e));
                self.touched.insert(s.buffer.data);
                if s.predicate.is_none() {
                    let element = Some((s.buffer.clone(), s.indices.clone()));
                    self.written.push(Written { data: s.buffer.data, element, closed: Vec::new() });
                }
            }
            Stmt::For(s) => {
                self.expr(&s.min);
                self.expr(&s.extent);
                let before = self.written.len();
                self.stmt(&s.body);
                let full = s.step.as_ref().is_none_or(|e| e.is_int(1));
                self.close(before, full, s.loop_var, &s.min, &s.extent);
            }
            Stmt::While(s) => {
                self.expr(&s.condition);
                let before = self.written.len();
                self.stmt(&s.body);
                self.written.truncate(before);
            }
            Stmt::If(s) => {
                self.expr(&s.condition);
                let before = self.written.len();
                self.stmt(&s.then_case);
                let then_writes = self.written.split_off(before);
                if let Some(e) = &s.else_case {
                    self.stmt(e);
                    let else_writes = self.written.split_off(before);
                    let both =
                        then_writes.into_iter().filter(|w| else_writes.iter().any(|o| w.same(o)));
                    self.written.extend(both.collect::<Vec<_>>());
                }
            }
            Stmt::Block(s) => self.block(s),
            Stmt::Bind(s) => self.expr(&s.value),
            Stmt::AllocBuffer(_) | Stmt::DeclBuffer(_) => {}
            Stmt::Assert(s) => self.expr(&s.condition),
            Stmt::Attr(s) => {
                self.expr(&s.value);
                let before = self.written.len();
                self.stmt(&s.body);
                if let AttrNode::IterVar(iter) = &s.node {
                    let zero = PrimExpr::int(0, iter.var.dtype);
                    self.close(before, true, iter.var, &zero, &s.value);
                }
            }
            Stmt::Evaluate(s) => self.expr(&s.value),
            Stmt::Return(s) => s.value.iter().for_each(|e| self.expr(e)),
            Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn block(&mut self, realize: &BlockRealize) {
        realize.iter_values.iter().for_each(|e| self.expr(e));
        self.expr(&realize.predicate);
        let block = &realize.block;
        let before = self.written.len();
        block.init.iter().for_each(|s| self.stmt(s));
        self.stmt(&block.body);
        for view in &block.match_buffers {
            let (view, source) = (view.buffer.data, view.source.buffer.data);
            for set in [&mut self.read, &mut self.touched] {
                if set.contains(&view) {
                    set.insert(source);
                }
            }
        }
        for iter in &block.iter_vars {
            self.close(before, true, iter.var, &iter.dom.min, &iter.dom.extent);
        }
    }

    /// The binder of `var` ends: the writes since `before` happened for all its values.
    fn close(&mut self, before: usize, full: bool, var: Var, min: &PrimExpr, extent: &PrimExpr) {
        if !full {
            self.written.truncate(before);
        }
        for write in &mut self.written[before..] {
            write.closed.push((var, min.clone(), extent.clone()));
        }
    }

    fn load(&mut self, buffer: &Buffer, indices: &[PrimExpr]) {
        let covered = |w: &Written| w.data == buffer.data && w.covers(buffer, indices);
        if !self.written.iter().any(covered) {
            self.read.insert(buffer.data);
        }
    }

    fn expr(&mut self, expr: &PrimExpr) {
        match expr {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_) => {}
            // A pointer that stands alone goes to a call, which may do anything with it.
            PrimExpr::Var(var) => {
                if var.dtype.is_handle() {
                    self.read.insert(*var);
                    self.touched.insert(*var);
                }
            }
            PrimExpr::Load(e) => {
                e.indices.iter().for_each(|i| self.expr(i));
                e.predicate.iter().for_each(|p| self.expr(p));
                self.load(&e.buffer, &e.indices);
            }
            PrimExpr::CallFunc(e) => self.call(&e.callee, &e.args),
            other => for_each_operand(other, &mut |e| self.expr(e)),
        }
    }

    fn call(&mut self, callee: &Callee, args: &[CallArg]) {
        let callee = match callee {
            Callee::Global(name) if !self.callers.contains(name) => self.module.get(*name),
            _ => None,
        };
        let roles = callee.map(|f| roles_within(self.module, f, self.callers));
        for (i, arg) in args.iter().enumerate() {
            let role = roles.as_ref().and_then(|r| r.get(i).copied()).unwrap_or(Role::InOut);
            let (data, whole) = match arg {
                CallArg::Buffer(buffer) => (buffer.data, true),
                CallArg::Region(region) => (region.buffer.data, false),
                CallArg::Expr(PrimExpr::Var(var)) if var.dtype.is_handle() => (*var, true),
                CallArg::Expr(e) => {
                    self.expr(e);
                    continue;
                }
                CallArg::DType(_) | CallArg::Attr(_) => continue,
            };
            let full = |w: &Written| w.data == data && w.is_full();
            if role.is_read_first() && !self.written.iter().any(full) {
                self.read.insert(data);
            }
            if role.is_output() {
                self.touched.insert(data);
                if whole && role == Role::Output {
                    self.written.push(Written { data, element: None, closed: Vec::new() });
                }
            }
        }
    }
}

impl Written {
    fn same(&self, other: &Written) -> bool {
        let same_element = match (&self.element, &other.element) {
            (None, None) => true,
            (Some((a, i)), Some((b, j))) => a == b && same_all(i, j),
            _ => false,
        };
        self.data == other.data && same_element && self.closed.len() == other.closed.len()
    }

    fn covers(&self, buffer: &Buffer, indices: &[PrimExpr]) -> bool {
        match &self.element {
            Some((written, at)) if written == buffer && same_all(at, indices) => true,
            _ => self.is_full(),
        }
    }

    /// True if every element of the memory has been written.
    fn is_full(&self) -> bool {
        let Some((buffer, indices)) = &self.element else { return true };
        let mut used = Vec::new();
        indices.iter().zip(&buffer.shape).all(|(index, extent)| {
            let (index, lanes) = match index {
                PrimExpr::Ramp(r) if r.stride.is_int(1) => (&r.base, r.dtype.lanes() as i128),
                other => (other, 1),
            };
            self.spans(index, extent, lanes, &mut used)
        })
    }

    /// True if `index..index + lanes` takes every value below `extent` as the closed variables
    /// run, with no variable used twice.
    fn spans(&self, index: &PrimExpr, extent: &PrimExpr, lanes: i128, used: &mut Vec<Var>) -> bool {
        if extent.is_int(lanes) && index.is_int(0) {
            return true;
        }
        if let (PrimExpr::Var(var), 1) = (index, lanes)
            && !used.contains(var)
            && let Some((_, min, range)) = self.range(*var)
        {
            used.push(*var);
            return min.is_int(0) && same(range, extent);
        }
        let Some(extent) = extent.as_int() else { return false };
        let mut terms = Vec::new();
        let Some(0) = self.terms(index, 1, &mut terms) else { return false };
        terms.sort_by_key(|(factor, _, _)| *factor);
        let mut reach = lanes;
        for (factor, n, var) in terms {
            if used.contains(&var) || factor < 1 || reach < factor {
                return false;
            }
            used.push(var);
            reach = reach.saturating_add(factor.saturating_mul(n - 1));
        }
        reach >= extent
    }

    fn range(&self, var: Var) -> Option<&(Var, PrimExpr, PrimExpr)> {
        self.closed.iter().find(|(v, _, _)| *v == var)
    }

    /// Adds `scale * expr` as (factor, number of values, variable); the constant part is returned.
    fn terms(
        &self,
        expr: &PrimExpr,
        scale: i128,
        out: &mut Vec<(i128, i128, Var)>,
    ) -> Option<i128> {
        match expr {
            PrimExpr::Int { .. } => scale.checked_mul(expr.as_int()?),
            PrimExpr::Var(var) => {
                let (_, min, extent) = self.range(*var)?;
                out.push((scale, extent.as_int()?.max(1), *var));
                scale.checked_mul(min.as_int()?)
            }
            PrimExpr::Cast(c) if c.dtype.is_integer() => self.terms(&c.value, scale, out),
            PrimExpr::Binary(b) if b.op == BinOp::Add => {
                self.terms(&b.lhs, scale, out)?.checked_add(self.terms(&b.rhs, scale, out)?)
            }
            PrimExpr::Binary(b) if b.op == BinOp::Mul => {
                self.terms(&b.lhs, scale.checked_mul(b.rhs.as_int()?)?, out)
            }
            _ => None,
        }
    }
}

fn same_all(a: &[PrimExpr], b: &[PrimExpr]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Equality of index arithmetic; anything else counts as different.
fn same(a: &PrimExpr, b: &PrimExpr) -> bool {
    match (a, b) {
        (PrimExpr::Int { .. }, PrimExpr::Int { .. }) => a.as_int() == b.as_int(),
        (PrimExpr::Var(a), PrimExpr::Var(b)) => a == b,
        (PrimExpr::Cast(a), PrimExpr::Cast(b)) => a.dtype == b.dtype && same(&a.value, &b.value),
        (PrimExpr::Binary(a), PrimExpr::Binary(b)) => {
            a.op == b.op && same(&a.lhs, &b.lhs) && same(&a.rhs, &b.rhs)
        }
        (PrimExpr::Ramp(a), PrimExpr::Ramp(b)) => {
            a.dtype == b.dtype && same(&a.base, &b.base) && same(&a.stride, &b.stride)
        }
        _ => false,
    }
}

/// Calls `f` with the direct operands of an expression.
fn for_each_operand(expr: &PrimExpr, f: &mut dyn FnMut(&PrimExpr)) {
    match expr {
        PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Var(_) | PrimExpr::Str(_) => {}
        PrimExpr::Cast(e) => f(&e.value),
        PrimExpr::Binary(e) => {
            f(&e.lhs);
            f(&e.rhs);
        }
        PrimExpr::Not(e) => f(&e.value),
        PrimExpr::Select(e) => {
            f(&e.condition);
            f(&e.true_value);
            f(&e.false_value);
        }
        PrimExpr::Load(e) => {
            e.indices.iter().for_each(&mut *f);
            e.predicate.iter().for_each(f);
        }
        PrimExpr::Ramp(e) => {
            f(&e.base);
            f(&e.stride);
        }
        PrimExpr::Broadcast(e) => f(&e.value),
        PrimExpr::Shuffle(e) => e.vectors.iter().for_each(f),
        PrimExpr::Let(e) => {
            f(&e.value);
            f(&e.body);
        }
        PrimExpr::Call(e) => e.args.iter().for_each(f),
        PrimExpr::CallFunc(e) => {
            for arg in &e.args {
                if let CallArg::Expr(arg) = arg {
                    f(arg);
                }
            }
        }
    }
}

/// What a value read from a buffer is used for.
pub(super) enum ReadContext {
    /// An index into a dimension of this extent.
    Index {
        /// The extent.
        extent: PrimExpr,
    },
    /// Right operand of an operator.
    Operand(BinOp),
}

/// What the elements of `buffer` are directly used for, casts aside.
pub(super) fn reads_with_context(func: &PrimFunc, buffer: BufferId) -> Vec<ReadContext> {
    let mut found = Vec::new();
    for_each_expr(&func.body, &mut |e| contexts(e, buffer, &mut found));
    found
}

fn is_read_of(expr: &PrimExpr, buffer: BufferId) -> bool {
    match expr {
        PrimExpr::Load(e) => e.buffer.id == buffer,
        PrimExpr::Cast(e) => is_read_of(&e.value, buffer),
        _ => false,
    }
}

fn index_contexts(
    at: &Buffer,
    indices: &[PrimExpr],
    buffer: BufferId,
    found: &mut Vec<ReadContext>,
) {
    for (index, extent) in indices.iter().zip(&at.shape) {
        if is_read_of(index, buffer) {
            found.push(ReadContext::Index { extent: extent.clone() });
        }
    }
}

fn contexts(expr: &PrimExpr, buffer: BufferId, found: &mut Vec<ReadContext>) {
    match expr {
        PrimExpr::Load(e) => index_contexts(&e.buffer, &e.indices, buffer, found),
        PrimExpr::Binary(e) if is_read_of(&e.rhs, buffer) => found.push(ReadContext::Operand(e.op)),
        _ => {}
    }
    for_each_operand(expr, &mut |e| contexts(e, buffer, found));
}

/// Calls `f` with every expression that a statement evaluates, outermost ones only. A store's
/// target counts as a load.
fn for_each_expr(stmt: &Stmt, f: &mut dyn FnMut(&PrimExpr)) {
    match stmt {
        Stmt::Seq(s) => s.stmts.iter().for_each(|s| for_each_expr(s, f)),
        Stmt::Store(s) => {
            f(&PrimExpr::load(s.buffer.clone(), s.indices.clone(), s.span));
            f(&s.value);
        }
        Stmt::For(s) => {
            f(&s.min);
            f(&s.extent);
            for_each_expr(&s.body, f);
        }
        Stmt::While(s) => {
            f(&s.condition);
            for_each_expr(&s.body, f);
        }
        Stmt::If(s) => {
            f(&s.condition);
            for_each_expr(&s.then_case, f);
            s.else_case.iter().for_each(|e| for_each_expr(e, f));
        }
        Stmt::Block(s) => {
            s.iter_values.iter().for_each(&mut *f);
            f(&s.predicate);
            s.block.init.iter().for_each(|s| for_each_expr(s, f));
            for_each_expr(&s.block.body, f);
        }
        Stmt::Bind(s) => f(&s.value),
        Stmt::Assert(s) => f(&s.condition),
        Stmt::Attr(s) => {
            f(&s.value);
            for_each_expr(&s.body, f);
        }
        Stmt::Evaluate(s) => f(&s.value),
        Stmt::Return(s) => s.value.iter().for_each(f),
        Stmt::AllocBuffer(_) | Stmt::DeclBuffer(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
    }
}
