//! Functions, classes, instances, and the trait for values of other crates.

use super::builtins::Builtin;
use super::chain::drop_as_chain;
use super::env::{Scope, ScopeInfo};
use super::error::Result;
use super::exceptions::ExcKind;
use super::limits::Charge;
use super::value::{Tuple, Value};
use super::{CallArgs, Evaluator};
use crate::ast;
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// The code of a function.
#[derive(Clone)]
pub enum FunctionCode {
    /// `def`
    Def(Arc<ast::FunctionDef>),
    /// `lambda`
    Lambda(Arc<ast::Lambda>),
}

/// What a call of a function means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A Python function: its statements are Python's.
    Plain,
    /// `@T.macro`: its statements become statements of the caller.
    Macro {
        /// Free names mean what they mean where the macro is defined, not where it is used.
        hygienic: bool,
    },
    /// `@T.inline`: a macro whose free names are looked up where it is defined, at each call.
    Inline,
}

/// A function of the script: code, defaults, and the scope it was made in.
#[derive(Clone)]
pub struct Function {
    /// The code.
    pub code: FunctionCode,
    /// The name; `<lambda>` for lambdas.
    pub name: Symbol,
    /// Values of the defaults, one per parameter.
    pub defaults: Box<[Option<Value>]>,
    /// Where free names are looked up.
    pub scope: Rc<Scope>,
    /// What a call means.
    pub kind: FunctionKind,
    /// Which names are local.
    pub info: Rc<ScopeInfo>,
    /// Attributes the script set on the function.
    pub attrs: RefCell<Vec<(Symbol, Value)>>,
    /// The class it is a method of.
    pub owner: OnceCell<Weak<Class>>,
    /// Its share in the memory meter.
    pub charge: Charge,
}

impl Function {
    /// Parameters in source order.
    pub fn params(&self) -> &[ast::Param] {
        match &self.code {
            FunctionCode::Def(def) => &def.params,
            FunctionCode::Lambda(lambda) => &lambda.params,
        }
    }

    /// The definition, if this is no lambda.
    pub fn def(&self) -> Option<&Arc<ast::FunctionDef>> {
        match &self.code {
            FunctionCode::Def(def) => Some(def),
            FunctionCode::Lambda(_) => None,
        }
    }

    /// The place of the name, for messages.
    pub fn span(&self) -> Span {
        match &self.code {
            FunctionCode::Def(def) => def.name.span,
            FunctionCode::Lambda(lambda) => lambda.body.span,
        }
    }

    /// The same function with another meaning of calls.
    pub fn with_kind(&self, kind: FunctionKind) -> Function {
        let mut function = self.clone();
        function.kind = kind;
        function
    }
}

/// A method with its receiver.
pub struct BoundMethod {
    /// The first argument.
    pub receiver: Value,
    /// The function.
    pub method: Method,
}

/// What a [`BoundMethod`] calls.
#[derive(Clone)]
pub enum Method {
    /// A method of a built-in type.
    Builtin(&'static Builtin),
    /// A method of a class of the script.
    Function(Value),
}

/// One field of a dataclass or named tuple.
#[derive(Clone)]
pub struct Field {
    /// The name.
    pub name: Symbol,
    /// The default, if there is one.
    pub default: Option<Value>,
    /// A function that makes the default.
    pub factory: Option<Value>,
    /// A parameter of `__init__`.
    pub init: bool,
    /// Shown by `repr`.
    pub repr: bool,
    /// Part of `==`.
    pub compare: bool,
    /// Only by keyword in `__init__`.
    pub kw_only: bool,
}

/// What a class does on its own, besides its attributes.
#[derive(Clone, Default)]
pub enum ClassFlavour {
    /// Nothing.
    #[default]
    Plain,
    /// An exception class; the built-in one it is or is derived from.
    Exception(ExcKind),
    /// `@dataclass`
    Dataclass(DataclassInfo),
    /// A named tuple.
    NamedTuple(Rc<[Field]>),
}

/// Options of a dataclass.
#[derive(Clone)]
pub struct DataclassInfo {
    /// Fields, inherited ones first.
    pub fields: Rc<[Field]>,
    /// Instances cannot be changed, and can be hashed.
    pub frozen: bool,
    /// `==` compares fields.
    pub eq: bool,
    /// `<` and its kin compare fields.
    pub order: bool,
    /// `__repr__` is made.
    pub repr: bool,
    /// `__init__` is made.
    pub init: bool,
}

/// A class of the script.
pub struct Class {
    /// The name.
    pub name: Symbol,
    /// The base class, unless it is `object`.
    pub base: Option<Rc<Class>>,
    /// Attributes in the order they were defined.
    pub attrs: RefCell<Vec<(Symbol, Value)>>,
    /// Names with annotations, in order, with what stood after `=`.
    pub annotated: Vec<(Symbol, Option<Value>)>,
    /// What it does on its own.
    pub flavour: RefCell<ClassFlavour>,
    /// Whether `__hash__` was switched off by defining `__eq__` alone.
    pub unhashable: Cell<bool>,
    /// Where it is defined.
    pub span: Span,
}

impl Class {
    /// A class that no script defines.
    pub fn builtin(name: &str, base: Option<Rc<Class>>, flavour: ClassFlavour) -> Class {
        Class {
            name: Symbol::new(name),
            base,
            attrs: RefCell::default(),
            annotated: Vec::new(),
            flavour: RefCell::new(flavour),
            unhashable: Cell::new(false),
            span: Span::NONE,
        }
    }

    /// The class itself, then its bases.
    pub fn ancestry(self: &Rc<Class>) -> impl Iterator<Item = Rc<Class>> + use<> {
        std::iter::successors(Some(self.clone()), |class| class.base.clone())
    }

    /// The attribute `name` of the class or the nearest base that has it.
    pub fn lookup(&self, name: Symbol) -> Option<Value> {
        let own = self.attrs.borrow().iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
        own.or_else(|| self.base.as_ref()?.lookup(name))
    }

    /// Sets an attribute of the class.
    pub fn set(&self, name: Symbol, value: Value) {
        set_attr(&mut self.attrs.borrow_mut(), name, value);
    }

    /// True if this is `other` or derived from it.
    pub fn is_a(self: &Rc<Class>, other: &Rc<Class>) -> bool {
        self.ancestry().any(|class| Rc::ptr_eq(&class, other))
    }

    /// The built-in exception class behind this one.
    pub fn exception_kind(&self) -> Option<ExcKind> {
        match &*self.flavour.borrow() {
            ClassFlavour::Exception(kind) => Some(*kind),
            ClassFlavour::Plain | ClassFlavour::Dataclass(_) | ClassFlavour::NamedTuple(_) => None,
        }
    }

    /// Dataclass options, own or inherited.
    pub fn dataclass(&self) -> Option<DataclassInfo> {
        match &*self.flavour.borrow() {
            ClassFlavour::Dataclass(info) => Some(info.clone()),
            _ => self.base.as_ref()?.dataclass(),
        }
    }

    /// Fields of a named tuple, own or inherited.
    pub fn named_fields(&self) -> Option<Rc<[Field]>> {
        match &*self.flavour.borrow() {
            ClassFlavour::NamedTuple(fields) => Some(fields.clone()),
            _ => self.base.as_ref()?.named_fields(),
        }
    }
}

/// Sets `name` in an ordered attribute list.
pub fn set_attr(attrs: &mut Vec<(Symbol, Value)>, name: Symbol, value: Value) {
    match attrs.iter_mut().find(|(n, _)| *n == name) {
        Some(slot) => slot.1 = value,
        None => attrs.push((name, value)),
    }
}

/// An instance of a class.
pub struct Instance {
    /// Its class.
    pub class: Rc<Class>,
    /// Its own attributes in the order they were set.
    pub attrs: RefCell<Vec<(Symbol, Value)>>,
    /// Items of a named tuple, or `args` of an exception.
    pub items: RefCell<Tuple>,
    /// Its share in the memory meter.
    charge: Charge,
}

impl Instance {
    /// A new instance without attributes.
    pub fn new(class: Rc<Class>, items: Tuple) -> Instance {
        let (attrs, charge) = (RefCell::default(), Charge::of(160));
        Instance { class, attrs, items: RefCell::new(items), charge }
    }

    /// Its own attribute `name`.
    pub fn get(&self, name: Symbol) -> Option<Value> {
        self.attrs.borrow().iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone())
    }

    /// Sets its attribute `name`.
    pub fn set(&self, name: Symbol, value: Value) {
        let mut attrs = self.attrs.borrow_mut();
        set_attr(&mut attrs, name, value);
        self.charge.set(160 + 32 * attrs.capacity());
    }

    /// Items, if the class is a named tuple.
    pub fn as_tuple(&self) -> Option<Tuple> {
        self.class.named_fields().map(|_| self.items.borrow().clone())
    }

    /// Code and message with which this exception is reported when nothing catches it.
    pub fn describe_exception(&self) -> (Code, String) {
        let kind = self.class.exception_kind().unwrap_or(ExcKind::Exception);
        let name = self.class.name;
        let text = match &**self.items.borrow() {
            [] => String::new(),
            [Value::Str(text)] if kind != ExcKind::KeyError => text.to_string(),
            [value] => super::text::simple_repr(value),
            many => super::text::simple_repr(&Value::tuple(many)),
        };
        match text.is_empty() {
            true => (kind.code(), format!("`{name}` was raised")),
            false => (kind.code(), format!("{name}: {text}")),
        }
    }
}

drop_as_chain! {
    Function: attrs, defaults;
    BoundMethod: receiver;
    Instance: attrs, items;
}

/// A value of another crate: a schedule, a tensor of a compute definition.
///
/// Every method has a default that refuses.
pub trait HostObject: Any {
    /// Name of the type, for messages.
    fn type_name(&self) -> &str;

    /// True if operators on it build IR.
    fn is_ir(&self) -> bool {
        false
    }

    /// The attribute `name`.
    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let _ = (ev, name);
        Ok(None)
    }

    /// Sets the attribute `name`; false if it cannot be set.
    fn setattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol, value: Value) -> Result<bool> {
        let _ = (ev, name, value);
        Ok(false)
    }

    /// The item at `index`.
    fn getitem(
        self: Rc<Self>,
        ev: &mut Evaluator,
        index: &Value,
        span: Span,
    ) -> Result<Option<Value>> {
        let _ = (ev, index, span);
        Ok(None)
    }

    /// Sets the item at `index`; false if it cannot be set.
    fn setitem(self: Rc<Self>, ev: &mut Evaluator, index: &Value, value: Value) -> Result<bool> {
        let _ = (ev, index, value);
        Ok(false)
    }

    /// Calls the object; `None` if it cannot be called.
    fn call(
        self: Rc<Self>,
        ev: &mut Evaluator,
        args: CallArgs,
        span: Span,
    ) -> Result<Option<Value>> {
        let _ = (ev, args, span);
        Ok(None)
    }

    /// True if it can be called.
    fn is_callable(&self) -> bool {
        false
    }

    /// `lhs op rhs`, where this object is one of the two.
    fn binary(
        self: Rc<Self>,
        ev: &mut Evaluator,
        op: ast::Operator,
        lhs: &Value,
        rhs: &Value,
    ) -> Result<Option<Value>> {
        let _ = (ev, op, lhs, rhs);
        Ok(None)
    }

    /// Its items, if it can be iterated over.
    fn iterate(self: Rc<Self>, ev: &mut Evaluator) -> Result<Option<Vec<Value>>> {
        let _ = ev;
        Ok(None)
    }

    /// Its length.
    fn length(&self) -> Option<usize> {
        None
    }

    /// `==`; identity if `None`.
    fn equal(&self, other: &Value) -> Option<bool> {
        let _ = other;
        None
    }

    /// The text of `repr`.
    fn repr(self: Rc<Self>, ev: &mut Evaluator) -> Result<String> {
        let _ = ev;
        Ok(format!("<{}>", self.type_name()))
    }

    /// For downcasts.
    fn as_any(&self) -> &dyn Any;
}
