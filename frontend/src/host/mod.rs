//! Parse-time evaluation: the script runs as Python runs it, in a sandbox, and builds IR.
//!
//! **The binding-time rule.** An expression whose inputs are all host values is computed now, with
//! Python's meaning; as soon as one input is a value of the IR, the expression builds IR instead.
//! Statements of a prim_func or macro (*script mode*) go to the IR builder, except for those that
//! the rule decides now: an `if` on a host value, a `for` over a host list. Statements of module
//! level and of host functions (*host mode*) run now, except for those that the rule makes IR: a
//! store to a buffer, an `if` on an expression of the IR.
//!
//! The evaluator knows Python; what `T.*` names mean stands in [`crate::dialect`], which it calls
//! through [`crate::dialect::hooks`].
//!
//! Reading order: [`value`], [`object`], [`mod@env`], [`error`], [`limits`]; [`eval`]; [`builtins`].

pub mod args;
pub mod builtins;
pub mod chain;
pub mod dict;
pub mod env;
pub mod error;
pub mod eval;
pub mod exceptions;
pub mod format;
pub mod iter;
pub mod library;
pub mod limits;
pub mod module;
pub mod number;
pub mod object;
pub mod percent;
pub mod pystr;
pub mod sequence;
pub mod template;
pub mod text;
mod tree;
pub mod types;
pub mod value;
pub mod walk;

pub use args::{Arg, CallArgs, KeywordArg};
pub use error::{ErrorKind, HostError, Result};
pub use eval::{Flow, Mode};
pub use exceptions::ExcKind;
pub use limits::Limits;
pub use object::{Function, FunctionCode, FunctionKind, HostObject};
pub use value::{Float, RangeValue, SliceValue, Value};

use crate::ast;
use crate::dialect;
use env::{Lookup, Scope, ScopeInfo, ScopeKind};
use limits::Budget;
use object::Class;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use tirade_ir::builder::IRBuilder;
use tirade_ir::diag::{Diagnostic, Expansion};
use tirade_ir::expr::PrimExpr;
use tirade_ir::span::{SourceMap, Span};
use tirade_ir::symbol::Symbol;

/// The nested statements of a construct, to be run by the dialect inside the frame it opened.
pub type Body<'a> = &'a mut dyn FnMut(&mut Evaluator) -> Result<()>;

/// After this many errors a file is given up.
const MAX_ERRORS: usize = 100;
/// At most this many calls of a backtrace are kept.
const MAX_BACKTRACE: usize = 40;

/// The state of one evaluation.
pub struct Evaluator {
    /// What statements of prim_funcs are added to.
    pub builder: IRBuilder,
    /// What the dialects remember.
    pub dialect: dialect::State,
    /// All source files; evaluation may add files (imported scripts, quoted expressions).
    pub sources: SourceMap,
    /// Errors and warnings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// What the script printed.
    pub printed: String,
    /// Steps and memory that are left.
    pub budget: Budget,
    /// The scope of the code that runs.
    pub(crate) scope: Rc<Scope>,
    /// Calls that are under way, outermost first.
    pub(crate) frames: Vec<Frame>,
    caches: Caches,
    /// Files imported by the script, by their dotted path.
    pub(crate) imported: FxHashMap<Symbol, Rc<Scope>>,
    /// Functions that others call, by name.
    pub(crate) called: FxHashMap<Symbol, Arc<tirade_ir::PrimFunc>>,
    /// Each function that is called, and as what: another function may have its name.
    pub(crate) call_names:
        FxHashMap<*const tirade_ir::PrimFunc, (Arc<tirade_ir::PrimFunc>, Arc<tirade_ir::PrimFunc>)>,
    /// Scopes that functions were made in; emptied at the end, for they hold each other.
    captured: Vec<Weak<Scope>>,
    /// Expressions of the IR that were built.
    n_built: u64,
    sizes: tree::TreeSizes,
    /// Containers that `repr` is inside of.
    pub(crate) repr_stack: Vec<usize>,
    /// Containers inside each other that `==` or `repr` is in.
    pub(crate) container_depth: usize,
    stack_base: usize,
}

/// What is worked out once.
#[derive(Default)]
struct Caches {
    module_attrs: FxHashMap<(Symbol, Symbol), Value>,
    default_names: FxHashMap<Symbol, Option<Value>>,
    infos: FxHashMap<*const (), Rc<ScopeInfo>>,
    /// Keeps alive what the addresses in `infos` belong to.
    kept: Vec<object::FunctionCode>,
    generators: FxHashMap<*const ast::Comprehension, Rc<ast::Comprehension>>,
    exception_classes: FxHashMap<ExcKind, Rc<Class>>,
    /// The class of `object()`, and that of the keys of `cmp_to_key`.
    object_class: Option<Rc<Class>>,
    comparison_class: Option<Rc<Class>>,
    ids: FxHashMap<usize, (i64, Value)>,
    no_locals: Rc<ScopeInfo>,
}

/// A call that is under way.
pub(crate) struct Frame {
    /// Name of the function or macro.
    pub(crate) name: Symbol,
    /// The call; none for the file itself.
    pub(crate) span: Span,
    /// What statements mean in it.
    pub(crate) mode: Mode,
    /// The body of a prim_func: statements that fail are reported, and the next one runs.
    pub(crate) prim_func: bool,
    /// The function, for `super()`.
    pub(crate) function: Option<Rc<Function>>,
    /// Loops and branches that are open in it, outermost first.
    pub(crate) nest: SmallVec<[Nest; 8]>,
    /// Exceptions being handled, for `raise` alone.
    pub(crate) handling: Vec<HostError>,
}

/// A loop or branch around a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nest {
    /// A loop that runs now.
    HostLoop,
    /// A loop of the IR.
    IrLoop,
    /// A branch, block or attribute of the IR.
    IrBranch,
}

impl Evaluator {
    /// An evaluator that has read nothing yet.
    pub fn new(sources: SourceMap, limits: Limits) -> Self {
        let info = Rc::new(ScopeInfo::default());
        let scope = Rc::new(Scope::new(ScopeKind::Module, info, None));
        Evaluator {
            builder: IRBuilder::default(),
            dialect: dialect::State::default(),
            sources,
            diagnostics: Vec::new(),
            printed: String::new(),
            budget: Budget::new(limits),
            scope,
            frames: vec![Frame::file()],
            caches: Caches::default(),
            imported: FxHashMap::default(),
            called: FxHashMap::default(),
            call_names: FxHashMap::default(),
            captured: Vec::new(),
            n_built: 0,
            sizes: tree::TreeSizes::default(),
            repr_stack: Vec::new(),
            container_depth: 0,
            stack_base: stack_position(),
        }
    }

    /// Statements that are running are those of a prim_func or macro.
    pub fn in_script(&self) -> bool {
        self.frame().mode == Mode::Script
    }

    /// A prim_func is being built, if only by a host function that it called.
    pub fn in_prim_func(&self) -> bool {
        self.frames.iter().any(|frame| frame.prim_func)
    }

    pub(crate) fn frame(&self) -> &Frame {
        self.frames.last().expect("the file's frame is never popped")
    }

    pub(crate) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the file's frame is never popped")
    }

    /// The scope of the code that runs.
    pub fn scope(&self) -> &Rc<Scope> {
        &self.scope
    }

    /// Binds `name` in the scope that an assignment at this place changes.
    pub fn bind(&mut self, name: Symbol, value: Value) {
        self.scope.target_of(name).set(name, value);
    }

    /// The value of `name` in the scope of the function that runs.
    pub fn local(&self, name: Symbol) -> Option<Value> {
        self.scope.get(name)
    }

    /// The value of `name`, if it has one.
    pub fn lookup(&mut self, name: Symbol) -> Option<Value> {
        match self.scope.lookup(name) {
            Lookup::Found(value) => Some(value),
            Lookup::Unbound { .. } => None,
            Lookup::Missing => self.lookup_default(name),
        }
    }

    /// What a name means that no scope binds: a builtin, or a default of the dialects.
    pub(crate) fn lookup_default(&mut self, name: Symbol) -> Option<Value> {
        if let Some(known) = self.caches.default_names.get(&name) {
            return known.clone();
        }
        let value = match ExcKind::ALL.iter().find(|kind| kind.name() == name.as_str()) {
            Some(kind) => Some(Value::Class(self.exception_class(*kind))),
            None => builtins::global(name.as_str()).or_else(|| dialect::hooks::default_name(name)),
        };
        self.caches.default_names.insert(name, value.clone());
        value
    }

    /// The attribute `name` of a module of Python's library or of the dialects.
    pub(crate) fn known_attr(&mut self, module: Symbol, name: Symbol) -> Option<Value> {
        if let Some(value) = self.caches.module_attrs.get(&(module, name)) {
            return Some(value.clone());
        }
        let value = builtins::module_attr(module.as_str(), name.as_str());
        let value = match value {
            Some(value) => value,
            None => dialect::hooks::module_attr(self, module, name)?,
        };
        self.caches.module_attrs.insert((module, name), value.clone());
        Some(value)
    }

    /// The class object of a built-in exception.
    pub fn exception_class(&mut self, kind: ExcKind) -> Rc<Class> {
        if let Some(class) = self.caches.exception_classes.get(&kind) {
            return class.clone();
        }
        let base = kind.parent().map(|parent| self.exception_class(parent));
        let flavour = object::ClassFlavour::Exception(kind);
        let class = Rc::new(Class::builtin(kind.name(), base, flavour));
        self.caches.exception_classes.insert(kind, class.clone());
        class
    }

    /// The class of `object()`.
    pub(crate) fn object_class(&mut self) -> Rc<Class> {
        let new = || Rc::new(Class::builtin("object", None, Default::default()));
        self.caches.object_class.get_or_insert_with(new).clone()
    }

    /// The class of the keys that `functools.cmp_to_key` makes.
    pub(crate) fn comparison_class(&mut self) -> Rc<Class> {
        let new = || {
            let class = Class::builtin("K", None, Default::default());
            let less = Value::Builtin(&builtins::functools::COMPARISON_LT);
            class.set(Symbol::new("__lt__"), less);
            Rc::new(class)
        };
        self.caches.comparison_class.get_or_insert_with(new).clone()
    }

    /// Which names are local to a function.
    pub(crate) fn scope_info(&mut self, code: &FunctionCode) -> Rc<ScopeInfo> {
        let address: *const () = match code {
            FunctionCode::Def(def) => Arc::as_ptr(def).cast(),
            FunctionCode::Lambda(lambda) => Arc::as_ptr(lambda).cast(),
        };
        if let Some(info) = self.caches.infos.get(&address) {
            return info.clone();
        }
        let info = Rc::new(match code {
            FunctionCode::Def(def) => ScopeInfo::of_function(&def.params, &def.body),
            FunctionCode::Lambda(lambda) => ScopeInfo::of_lambda(lambda),
        });
        self.caches.infos.insert(address, info.clone());
        self.caches.kept.push(code.clone());
        info
    }

    /// A generator's syntax, shared with the iterator that runs it later.
    pub(crate) fn shared_generator(&mut self, node: &ast::Comprehension) -> Rc<ast::Comprehension> {
        let entry = self.caches.generators.entry(std::ptr::from_ref(node));
        entry.or_insert_with(|| Rc::new(node.clone())).clone()
    }

    /// `ScopeInfo` of scopes that declare nothing.
    pub(crate) fn no_locals(&self) -> Rc<ScopeInfo> {
        self.caches.no_locals.clone()
    }

    /// A number that is the same for one object and differs between objects that are alive.
    pub(crate) fn id_of(&mut self, address: usize, value: &Value) -> i64 {
        let next = 0x10000 + 16 * self.caches.ids.len() as i64;
        self.caches.ids.entry(address).or_insert_with(|| (next, value.clone())).0
    }

    /// Remembers that closures hold the current scope.
    pub(crate) fn capture_scope(&mut self) -> Rc<Scope> {
        let weak = Rc::downgrade(&self.scope);
        if !self.captured.last().is_some_and(|last| last.ptr_eq(&weak)) {
            self.captured.push(weak);
        }
        self.scope.clone()
    }

    /// Host calls and macro expansions that are under way, innermost first.
    pub fn backtrace(&self) -> Vec<Expansion> {
        let calls = || self.frames.iter().rev().filter(|f| !f.span.is_none() && !f.prim_func);
        let n_calls = calls().count();
        let kept = |i: usize| i < MAX_BACKTRACE / 2 || n_calls - i <= MAX_BACKTRACE / 2;
        let expansion = |f: &Frame| Expansion { name: f.name.to_string(), span: f.span };
        calls().enumerate().filter(|(i, _)| kept(*i)).map(|(_, f)| expansion(f)).collect()
    }

    /// Gives an error its place and backtrace, unless it has them.
    #[cold]
    pub(crate) fn locate(&self, error: HostError, span: Span) -> HostError {
        error.locate(span, || self.backtrace())
    }

    /// Reports an error, unless just this was reported before: loops that run now repeat it.
    pub fn report(&mut self, error: HostError) {
        let error = self.locate(error, Span::NONE);
        let diagnostic = error.into_diagnostic();
        self.diagnostics.extend(diagnostic.filter(|new| !self.diagnostics.contains(new)));
    }

    /// Adds a warning, with the backtrace.
    pub fn warn(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.expansion = self.backtrace();
        self.diagnostics.push(diagnostic);
    }

    /// How many errors were reported so far.
    pub fn error_count(&self) -> usize {
        self.diagnostics.iter().filter(|d| d.is_error()).count()
    }

    /// True when the file has so many errors that more would not help.
    pub fn gave_up(&self) -> bool {
        self.error_count() >= MAX_ERRORS
    }

    /// Charges for a value of the IR that was just built. Now and then its nesting is checked: a
    /// script that adds to one expression for ever is stopped before the tree is too deep to be
    /// walked. The interval is prime, so that no loop can keep in step with it.
    pub(crate) fn built(&mut self, value: Value) -> Result<Value> {
        let Value::Expr(expr) = &value else {
            return Ok(value);
        };
        self.budget.step(limits::IR_STEPS)?;
        self.budget.consume(limits::IR_BYTES)?;
        self.n_built += 1;
        if self.n_built.is_multiple_of(7) {
            self.check_size(expr)?;
        }
        if self.n_built.is_multiple_of(251) && walk::is_deeper(expr, limits::MAX_EXPR_DEPTH) {
            let limit = limits::MAX_EXPR_DEPTH;
            let message = format!("this builds an expression that is nested deeper than {limit}");
            return Err(HostError::new(tirade_ir::Code::NESTING_LIMIT, Span::NONE, message)
                .with_help("store a part of it in a buffer, or make the loop one of the program"));
        }
        Ok(value)
    }

    /// Charges for an expression that becomes part of a statement, by its size as a tree.
    pub(crate) fn charge_expr(&mut self, expr: &PrimExpr) -> Result<()> {
        let size = self.check_size(expr)?;
        self.budget.step(size / 4)
    }

    /// The size of an expression; an error if a script has doubled it too often.
    fn check_size(&mut self, expr: &PrimExpr) -> Result<u64> {
        let size = self.sizes.size(expr);
        if size <= limits::MAX_EXPR_NODES {
            return Ok(size);
        }
        let limit = limits::MAX_EXPR_NODES;
        let message = format!("this builds an expression of more than {limit} nodes");
        Err(HostError::limit(tirade_ir::Code::HOST_MEMORY, message)
            .with_help("a part that stands in several places is computed in each: bind it first"))
    }

    /// Refuses to go deeper when the stack is nearly used up. The limits on calls and on nesting
    /// come first for all but the strangest programs.
    #[inline]
    pub(crate) fn check_stack(&self) -> Result<()> {
        match self.stack_base.abs_diff(stack_position()) < crate::STACK_BYTES - (16 << 20) {
            true => Ok(()),
            false => Err(self.too_deep()),
        }
    }

    #[cold]
    pub(crate) fn too_deep(&self) -> HostError {
        let limit = self.budget.limits().depth;
        let message = format!("calls are nested more than {limit} deep");
        HostError::limit(tirade_ir::Code::HOST_DEPTH, message)
    }

    /// Ends the cycles between scopes and closures, so that everything is freed.
    pub(crate) fn release(&mut self) {
        for scope in std::mem::take(&mut self.captured) {
            scope.upgrade().inspect(|scope| scope.clear());
        }
        self.imported.drain().for_each(|(_, scope)| scope.clear());
        self.scope.module().clear();
    }
}

impl Frame {
    fn new(name: Symbol, span: Span, mode: Mode, function: Option<Rc<Function>>) -> Frame {
        let (nest, handling) = Default::default();
        Frame { name, span, mode, prim_func: false, function, nest, handling }
    }

    fn call(function: &Rc<Function>, span: Span, mode: Mode) -> Frame {
        Frame::new(function.name, span, mode, Some(function.clone()))
    }

    fn file() -> Frame {
        Frame::new(Symbol::new("<module>"), Span::NONE, Mode::Host, None)
    }
}

/// The address of a local variable: how much stack is in use, up to a constant.
#[inline(always)]
fn stack_position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}
