//! Scopes and Python's scoping rules.
//!
//! A scope is shared: a closure keeps the scope it was made in, so capturing costs one count and
//! binds late, as in Python. Which names are local to a function is decided once per `def` by
//! looking at its statements ([`ScopeInfo`]).

use super::chain::drop_as_chain;
use super::limits::Charge;
use super::value::Value;
use crate::ast::{self, Expr, ExprKind, Stmt, StmtKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// A file.
    Module,
    /// A call of a function.
    Function,
    /// The body of a prim_func or macro: no name is local before it is bound.
    Script,
    /// The body of a class; functions inside do not see it.
    Class,
    /// The body of a module class; functions inside see it.
    ModuleClass,
    /// A comprehension.
    Comprehension,
}

/// Names and what they mean, with the scope around them.
pub struct Scope {
    /// What it belongs to.
    pub kind: ScopeKind,
    /// Which names are local, for functions.
    pub info: Rc<ScopeInfo>,
    /// The scope around it.
    pub parent: Option<Rc<Scope>>,
    vars: RefCell<FxHashMap<Symbol, Value>>,
    /// Names in the order they were first bound, for files.
    order: RefCell<Vec<Symbol>>,
    /// How many nested blocks of a prim_func are open.
    blocks: Cell<u32>,
    /// The number of the innermost open block; names may be defined once in each.
    block: Cell<u32>,
    /// How many numbers of blocks were given out.
    opened: Cell<u32>,
    /// The block and the place in which a statement of a prim_func defined a name.
    defined: RefCell<FxHashMap<Symbol, (u32, Span)>>,
    /// What names meant before the open blocks bound them.
    undo: RefCell<Vec<(Symbol, Option<Value>)>>,
    /// Kept for the memory meter.
    _charge: Charge,
}

/// What is restored when a block closes.
pub struct BlockMark {
    undo: usize,
    block: u32,
}

/// Bytes that a scope counts for in the memory meter.
const SCOPE_BYTES: usize = 450;

/// What looking up a name gives.
pub enum Lookup {
    /// The value.
    Found(Value),
    /// A local name that has no value yet.
    Unbound {
        /// Local to the function that runs, not to one around it.
        own: bool,
    },
    /// No scope has the name.
    Missing,
}

drop_as_chain! {
    Scope: vars, parent;
}

impl Scope {
    /// An empty scope.
    pub fn new(kind: ScopeKind, info: Rc<ScopeInfo>, parent: Option<Rc<Scope>>) -> Scope {
        let (vars, order, undo, defined) = Default::default();
        let (blocks, block, opened) = Default::default();
        let _charge = Charge::of(SCOPE_BYTES);
        Scope { kind, info, parent, vars, order, blocks, block, opened, defined, undo, _charge }
    }

    /// The value of `name` in this scope alone.
    pub fn get(&self, name: Symbol) -> Option<Value> {
        self.vars.borrow().get(&name).cloned()
    }

    /// Binds `name` in this scope.
    pub fn set(&self, name: Symbol, value: Value) {
        let old = self.vars.borrow_mut().insert(name, value);
        if self.kind == ScopeKind::Module && old.is_none() {
            self.order.borrow_mut().push(name);
        }
        if self.blocks.get() > 0 {
            self.undo.borrow_mut().push((name, old));
        }
    }

    /// Names of a file in the order they were first bound.
    pub fn ordered(&self) -> Vec<Symbol> {
        self.order.borrow().clone()
    }

    /// Removes `name` from this scope.
    pub fn remove(&self, name: Symbol) -> Option<Value> {
        let old = self.vars.borrow_mut().remove(&name);
        if self.blocks.get() > 0 && old.is_some() {
            self.undo.borrow_mut().push((name, old.clone()));
        }
        old
    }

    /// Opens a block: names bound from now on are forgotten when it closes.
    pub fn open_block(&self) -> BlockMark {
        self.blocks.set(self.blocks.get() + 1);
        let mark = BlockMark { undo: self.undo.borrow().len(), block: self.block.get() };
        self.renew_block();
        mark
    }

    /// What was defined so far may be defined again from here on.
    pub fn renew_block(&self) {
        self.opened.set(self.opened.get() + 1);
        self.block.set(self.opened.get());
    }

    /// Notes that a statement defines `name` at `span`. Gives the place of another statement of
    /// the same block that does so too.
    pub fn define(&self, name: Symbol, span: Span) -> Option<Span> {
        let block = self.block.get();
        let before = self.defined.borrow_mut().insert(name, (block, span));
        before.filter(|(within, at)| *within == block && *at != span).map(|(_, at)| at)
    }

    /// Closes the block that [`Scope::open_block`] opened.
    pub fn close_block(&self, mark: BlockMark) {
        self.blocks.set(self.blocks.get() - 1);
        self.block.set(mark.block);
        let undone = self.undo.borrow_mut().split_off(mark.undo);
        let mut vars = self.vars.borrow_mut();
        for (name, old) in undone.into_iter().rev() {
            match old {
                Some(value) => vars.insert(name, value),
                None => vars.remove(&name),
            };
        }
    }

    /// Looks `name` up here and in the scopes around.
    pub fn lookup(&self, name: Symbol) -> Lookup {
        let mut scope = self;
        let mut own = true;
        loop {
            if own || scope.kind != ScopeKind::Class {
                if let Some(value) = scope.get(name) {
                    return Lookup::Found(value);
                }
                if scope.kind == ScopeKind::Function && scope.info.is_local(name) {
                    return Lookup::Unbound { own };
                }
            }
            own &= scope.kind == ScopeKind::Comprehension;
            match &scope.parent {
                Some(parent) => scope = parent,
                None => return Lookup::Missing,
            }
        }
    }

    /// The scope of the file.
    pub fn module(self: &Rc<Scope>) -> Rc<Scope> {
        let mut scope = self;
        while let Some(parent) = &scope.parent {
            scope = parent;
        }
        scope.clone()
    }

    /// The scope that an assignment to `name` in this scope changes.
    pub fn target_of(self: &Rc<Scope>, name: Symbol) -> Rc<Scope> {
        if self.info.globals.contains(&name) {
            return self.module();
        }
        if self.info.nonlocals.contains(&name) {
            let mut scope = self.parent.as_ref();
            while let Some(outer) = scope {
                let function = matches!(outer.kind, ScopeKind::Function | ScopeKind::Script);
                if function && (outer.info.is_local(name) || outer.get(name).is_some()) {
                    return outer.clone();
                }
                scope = outer.parent.as_ref();
            }
        }
        self.clone()
    }

    /// All names bound in this scope, in no order.
    pub fn names(&self) -> Vec<Symbol> {
        self.vars.borrow().keys().copied().collect()
    }

    /// Forgets everything; ends the cycles between closures and their scopes.
    pub fn clear(&self) {
        let vars = std::mem::take(&mut *self.vars.borrow_mut());
        self.undo.borrow_mut().clear();
        drop(vars);
    }
}

/// Which names a function binds.
#[derive(Debug, Default)]
pub struct ScopeInfo {
    locals: FxHashSet<Symbol>,
    /// Names declared `global`.
    pub globals: FxHashSet<Symbol>,
    /// Names declared `nonlocal`.
    pub nonlocals: FxHashSet<Symbol>,
}

impl ScopeInfo {
    /// What `body` binds, with the parameters.
    pub fn of_function(params: &[ast::Param], body: &[Stmt]) -> ScopeInfo {
        let mut info = ScopeInfo::default();
        info.locals.extend(params.iter().map(|p| p.name.name));
        info.block(body);
        info.locals.retain(|n| !info.globals.contains(n) && !info.nonlocals.contains(n));
        info
    }

    /// What a lambda binds.
    pub fn of_lambda(lambda: &ast::Lambda) -> ScopeInfo {
        let mut info = ScopeInfo::default();
        info.locals.extend(lambda.params.iter().map(|p| p.name.name));
        info.expr(&lambda.body);
        info
    }

    /// What a class body declares.
    pub fn of_class(body: &[Stmt]) -> ScopeInfo {
        ScopeInfo::of_function(&[], body)
    }

    /// True if the function binds `name` itself.
    pub fn is_local(&self, name: Symbol) -> bool {
        self.locals.contains(&name)
    }

    /// The names that are local.
    pub fn locals(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.locals.iter().copied()
    }

    fn block(&mut self, body: &[Stmt]) {
        body.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::FunctionDef(def) => {
                self.locals.insert(def.name.name);
                self.exprs(&def.decorators);
                self.exprs(def.params.iter().filter_map(|p| p.default.as_ref()));
            }
            StmtKind::ClassDef(class) => {
                self.locals.insert(class.name.name);
                self.exprs(class.decorators.iter().chain(&class.bases));
            }
            StmtKind::If(node) => {
                for branch in &node.branches {
                    self.expr(&branch.test);
                    self.block(&branch.body);
                }
                self.block(&node.orelse);
            }
            StmtKind::For(node) => {
                self.target(&node.target);
                self.expr(&node.iter);
                self.block(&node.body);
                self.block(&node.orelse);
            }
            StmtKind::While(node) => {
                self.expr(&node.test);
                self.block(&node.body);
                self.block(&node.orelse);
            }
            StmtKind::With(node) => {
                for item in &node.items {
                    self.expr(&item.context);
                    item.target.iter().for_each(|target| self.target(target));
                }
                self.block(&node.body);
            }
            StmtKind::Try(node) => self.try_stmt(node),
            StmtKind::Assign(node) => {
                node.targets.iter().for_each(|target| self.target(target));
                self.expr(&node.value);
            }
            StmtKind::AugAssign(node) => {
                self.target(&node.target);
                self.expr(&node.value);
            }
            StmtKind::AnnAssign(node) => {
                self.target(&node.target);
                self.exprs(&node.value);
            }
            StmtKind::Return(value) => self.exprs(value.as_deref()),
            StmtKind::Assert(node) => {
                self.expr(&node.test);
                self.exprs(&node.message);
            }
            StmtKind::Raise(node) => self.exprs(node.exception.iter().chain(&node.cause)),
            StmtKind::Import(imports) => {
                self.locals.extend(imports.iter().map(|i| i.alias.unwrap_or(i.path[0]).name));
            }
            StmtKind::ImportFrom(node) => match &node.names {
                ast::ImportNames::Star(_) => {}
                ast::ImportNames::List(names) => {
                    self.locals.extend(names.iter().map(|n| n.alias.unwrap_or(n.name).name));
                }
            },
            StmtKind::Global(names) => self.globals.extend(names.iter().map(|n| n.name)),
            StmtKind::Nonlocal(names) => self.nonlocals.extend(names.iter().map(|n| n.name)),
            StmtKind::Del(targets) => targets.iter().for_each(|target| self.target(target)),
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Break | StmtKind::Continue | StmtKind::Pass => {}
        }
    }

    fn try_stmt(&mut self, node: &ast::Try) {
        self.block(&node.body);
        for handler in &node.handlers {
            self.locals.extend(handler.name.map(|n| n.name));
            self.exprs(&handler.exception);
            self.block(&handler.body);
        }
        self.block(&node.orelse);
        self.block(&node.finalbody);
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => {
                self.locals.insert(*name);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().for_each(|item| self.target(item));
            }
            ExprKind::Starred(inner) => self.target(inner),
            _ => self.expr(target),
        }
    }

    fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    /// Finds the names that `:=` binds.
    fn expr(&mut self, expr: &Expr) {
        super::walk::for_each_own_expr(expr, &mut |e| {
            if let ExprKind::Named(named) = &e.kind {
                self.locals.insert(named.target.name);
            }
        });
    }
}
