//! Classes: definition and instantiation.

use crate::ast::{self, ClassDef, ExprKind, FunctionDef, Stmt, StmtKind};
use crate::dialect::hooks;
use crate::host::Evaluator;
use crate::host::args::CallArgs;
use crate::host::builtins::{dataclasses, objects};
use crate::host::env::{Scope, ScopeInfo, ScopeKind};
use crate::host::error::{HostError, Result};
use crate::host::object::{Class, ClassFlavour, Field, Instance};
use crate::host::types::Type;
use crate::host::value::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// What a class is derived from.
enum Base {
    Object,
    Class(Rc<Class>),
    NamedTuple,
}

impl Evaluator {
    /// The value that a `def` with its decorators gives.
    pub(crate) fn define_function(&mut self, def: &Arc<FunctionDef>) -> Result<Value> {
        let decorators = self.eval_decorators(&def.decorators)?;
        let mut value = Value::Function(self.make_function(def)?);
        for (decorator, expr) in decorators.iter().zip(&def.decorators).rev() {
            let result = self.call_with(decorator, [value], expr.span);
            value = result.map_err(|e| self.locate(e, expr.span))?;
        }
        Ok(value)
    }

    fn eval_decorators(&mut self, decorators: &[ast::Expr]) -> Result<Vec<Value>> {
        decorators.iter().map(|expr| self.eval_expr(expr)).collect()
    }

    /// The value that a `class` with its decorators gives.
    pub(crate) fn define_class(&mut self, def: &Arc<ClassDef>, span: Span) -> Result<Value> {
        let decorators = self.eval_decorators(&def.decorators)?;
        if let Some(value) = hooks::define_class(self, def, &decorators, span)? {
            return Ok(value);
        }
        let mut value = Value::Class(self.make_class(def)?);
        for (decorator, expr) in decorators.iter().zip(&def.decorators).rev() {
            let result = self.call_with(decorator, [value], expr.span);
            value = result.map_err(|e| self.locate(e, expr.span))?;
        }
        Ok(value)
    }

    /// Runs `f` in the scope of a module class, which functions defined inside see.
    pub fn class_scope<T>(&mut self, def: &Arc<ClassDef>, f: impl FnOnce(&mut Self) -> T) -> T {
        self.in_class_scope(ScopeKind::ModuleClass, def, f).0
    }

    fn in_class_scope<T>(
        &mut self,
        kind: ScopeKind,
        def: &ClassDef,
        f: impl FnOnce(&mut Self) -> T,
    ) -> (T, Rc<Scope>) {
        let info = Rc::new(ScopeInfo::of_class(&def.body));
        let scope = Rc::new(Scope::new(kind, info, Some(self.capture_scope())));
        let outer = std::mem::replace(&mut self.scope, scope.clone());
        self.capture_scope();
        let result = f(self);
        self.scope = outer;
        (result, scope)
    }

    fn make_class(&mut self, def: &Arc<ClassDef>) -> Result<Rc<Class>> {
        let base = self.class_base(def)?;
        let (result, scope) =
            self.in_class_scope(ScopeKind::Class, def, |ev| ev.exec_class_body(&def.body));
        let order = result?;
        let attrs: Vec<(Symbol, Value)> =
            order.iter().filter_map(|name| Some((*name, scope.get(*name)?))).collect();
        let has = |name: &str| attrs.iter().any(|(n, _)| n.as_str() == name);
        let unhashable = has("__eq__") && !has("__hash__");
        let annotated = annotated_names(&def.body);
        let annotated = annotated.into_iter().map(|name| (name, scope.get(name))).collect();
        let flavour = match &base {
            Base::Class(base) => match &*base.flavour.borrow() {
                ClassFlavour::Exception(kind) => ClassFlavour::Exception(*kind),
                _ => ClassFlavour::Plain,
            },
            Base::Object | Base::NamedTuple => ClassFlavour::Plain,
        };
        let class = Rc::new(Class {
            name: def.name.name,
            base: match &base {
                Base::Class(base) => Some(base.clone()),
                Base::Object | Base::NamedTuple => None,
            },
            attrs: RefCell::new(attrs),
            annotated,
            flavour: RefCell::new(flavour),
            unhashable: Cell::new(unhashable),
            span: def.name.span,
        });
        if matches!(base, Base::NamedTuple) {
            let fields =
                class.annotated.iter().map(|(name, default)| Field::plain(*name, default.clone()));
            *class.flavour.borrow_mut() = ClassFlavour::NamedTuple(fields.collect());
        }
        for (_, value) in class.attrs.borrow().iter() {
            objects::set_owner(value, &class);
        }
        Ok(class)
    }

    fn class_base(&mut self, def: &ClassDef) -> Result<Base> {
        if let Some(keyword) = def.keywords.first() {
            let text = "classes take no keyword arguments here";
            return Err(HostError::unsupported(keyword.span, text));
        }
        let mut base = Base::Object;
        for (idx, expr) in def.bases.iter().enumerate() {
            let value = self.eval_expr(expr)?;
            let this = match value {
                Value::Type(Type::Object) => Base::Object,
                Value::Class(class) => Base::Class(class),
                Value::Builtin(b) if b.name == "NamedTuple" => Base::NamedTuple,
                Value::Builtin(b) if b.is_typing() => Base::Object,
                Value::Poison => return Err(HostError::poisoned()),
                _ => {
                    return Err(HostError::unsupported(
                        expr.span,
                        "only classes of the script and exceptions can be derived from",
                    ));
                }
            };
            match (&base, &this) {
                (_, Base::Object) => {}
                (Base::Object, _) if idx == 0 || matches!(base, Base::Object) => base = this,
                _ => {
                    return Err(HostError::unsupported(
                        expr.span,
                        "a class can be derived from one class only",
                    ));
                }
            }
        }
        Ok(base)
    }

    /// Runs the body; gives the names it binds in the order they were first bound.
    fn exec_class_body(&mut self, body: &[Stmt]) -> Result<Vec<Symbol>> {
        let mut order: Vec<Symbol> = Vec::new();
        for stmt in body {
            self.exec_block(std::slice::from_ref(stmt))?;
            let info = ScopeInfo::of_class(std::slice::from_ref(stmt));
            let mut new: Vec<Symbol> = info.locals().filter(|name| !order.contains(name)).collect();
            new.sort();
            order.extend(new);
        }
        Ok(order)
    }

    /// Calls a class.
    pub(crate) fn instantiate(
        &mut self,
        class: &Rc<Class>,
        args: CallArgs,
        span: Span,
    ) -> Result<Value> {
        self.budget.step(2)?;
        self.budget.reserve(0)?;
        if let Some(fields) = class.named_fields() {
            let items = dataclasses::bind_fields(self, class.name, &fields, args)?;
            let instance = Instance::new(class.clone(), items.into());
            return Ok(Value::Instance(Rc::new(instance)));
        }
        let init = class.lookup(Symbol::new("__init__"));
        if class.exception_kind().is_some() {
            let values: Vec<Value> = args.positional.iter().map(|a| a.value.clone()).collect();
            let object = Value::Instance(Rc::new(Instance::new(class.clone(), values.into())));
            match init {
                Some(init) => drop(self.call(&init, args.with_receiver(object.clone()), span)?),
                None => args.no_keywords(class.name.as_str())?,
            }
            return Ok(object);
        }
        let instance = Rc::new(Instance::new(class.clone(), Default::default()));
        let object = Value::Instance(instance.clone());
        let own_init = class.attrs.borrow().iter().any(|(n, _)| n.as_str() == "__init__");
        match class.dataclass() {
            Some(info) if info.init && !own_init => {
                let values = dataclasses::bind_fields(self, class.name, &info.fields, args)?;
                for (field, value) in info.fields.iter().zip(values) {
                    instance.set(field.name, value);
                }
                self.call_special(&object, "__post_init__", [], span)?;
            }
            _ => match init {
                Some(init) => {
                    let result = self.call(&init, args.with_receiver(object.clone()), span)?;
                    if !matches!(result, Value::None) {
                        return Err(HostError::type_error("__init__() should return None"));
                    }
                }
                None if args.is_empty() => {}
                None => {
                    return Err(HostError::type_error(format!(
                        "{}() takes no arguments",
                        class.name
                    )));
                }
            },
        }
        Ok(object)
    }
}

/// Names with annotations at the top of a class body, `ClassVar`s left out.
fn annotated_names(body: &[Stmt]) -> Vec<Symbol> {
    let mut names: Vec<Symbol> = Vec::new();
    for stmt in body {
        if let StmtKind::AnnAssign(node) = &stmt.kind
            && let Some(name) = node.target.as_name()
            && !names.contains(&name)
            && !is_class_var(&node.annotation)
        {
            names.push(name);
        }
    }
    names
}

fn is_class_var(annotation: &ast::Expr) -> bool {
    match &annotation.kind {
        ExprKind::Name(name) => name.as_str() == "ClassVar",
        ExprKind::Attribute(node) => node.attr.name.as_str() == "ClassVar",
        ExprKind::Subscript(node) => is_class_var(&node.value),
        _ => false,
    }
}
