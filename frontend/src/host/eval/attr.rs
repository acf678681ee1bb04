//! Attributes.

use crate::ast::Ident;
use crate::dialect::hooks;
use crate::host::builtins::{self, objects};
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::object::{BoundMethod, Class, Function, Instance, Method, set_attr};
use crate::host::types::{Type, type_name, type_of};
use crate::host::value::Value;
use crate::host::{Evaluator, dict::Dict};
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// The attribute that marks a class of `T.meta_class`.
pub(crate) const META_CLASS: &str = "__meta_class__";

impl Evaluator {
    /// `object.name`
    pub fn getattr(&mut self, object: &Value, name: Ident, span: Span) -> Result<Value> {
        if let Value::Module(module) = object {
            return match self.module_attr(*module, name.name) {
                Some(value) => Ok(value),
                None => Err(self.unknown_module_attr(*module, name)),
            };
        }
        match self.opt_getattr(object, name.name, span)? {
            Some(value) => Ok(value),
            None => Err(self.attribute_error(object, name)),
        }
    }

    #[cold]
    fn attribute_error(&mut self, object: &Value, name: Ident) -> HostError {
        let message = match object {
            Value::Class(class) => {
                format!("type object '{}' has no attribute '{}'", class.name, name.name)
            }
            Value::Type(ty) => {
                format!("type object '{}' has no attribute '{}'", ty.name(), name.name)
            }
            _ => format!("'{}' object has no attribute '{}'", type_name(object), name.name),
        };
        let error = HostError::exception(ExcKind::AttributeError, message).at(name.span);
        let known = self.attribute_names(object);
        let known = known.iter().map(|n| n.as_str());
        match crate::dialect::suggest::did_you_mean(name.name.as_str(), known) {
            Some(similar) => error.with_help(format!("did you mean `{similar}`?")),
            None => error,
        }
    }

    /// Names of the attributes that a host value has.
    pub(crate) fn attribute_names(&self, object: &Value) -> Vec<Symbol> {
        let names = |attrs: &[(Symbol, Value)]| attrs.iter().map(|a| a.0).collect::<Vec<_>>();
        let class_names = |class: &Rc<Class>| {
            class.ancestry().flat_map(|c| names(&c.attrs.borrow())).collect::<Vec<_>>()
        };
        match object {
            Value::Instance(instance) => {
                let mut all = names(&instance.attrs.borrow());
                all.extend(class_names(&instance.class));
                all.extend(
                    instance.class.named_fields().iter().flat_map(|f| f.iter()).map(|f| f.name),
                );
                all
            }
            Value::Class(class) => class_names(class),
            Value::Module(module) => match self.imported.get(module) {
                Some(scope) => scope.names(),
                None => builtins::module_names(module.as_str()),
            },
            other => type_of(other).map_or_else(Vec::new, builtins::method_names),
        }
    }

    /// `object.name`, if there is one.
    pub fn opt_getattr(
        &mut self,
        object: &Value,
        name: Symbol,
        span: Span,
    ) -> Result<Option<Value>> {
        match object {
            Value::Module(module) => Ok(self.module_attr(*module, name)),
            Value::Instance(instance) => self.instance_attr(object, instance, name, span),
            Value::Class(class) => self.class_attr(class, name),
            Value::Function(function) => Ok(function_attr(function, name)),
            Value::Object(object) => object.clone().getattr(self, name),
            Value::Poison => Err(HostError::poisoned()),
            _ => {
                if let Some(method) = type_of(object).and_then(|ty| builtins::method(ty, name)) {
                    return Ok(Some(bind(object, method)));
                }
                match builtins::objects::builtin_attr(self, object, name)? {
                    Some(value) => Ok(Some(value)),
                    None => hooks::getattr(self, object, name, span),
                }
            }
        }
    }

    fn module_attr(&mut self, module: Symbol, name: Symbol) -> Option<Value> {
        if !self.imported.is_empty() {
            if let Some(value) = self.imported.get(&module).and_then(|scope| scope.get(name)) {
                return Some(value);
            }
            let path = Symbol::new(&format!("{module}.{name}"));
            if self.imported.contains_key(&path) {
                return Some(Value::Module(path));
            }
            if self.imported.contains_key(&module) {
                return None;
            }
        }
        self.known_attr(module, name)
    }

    #[cold]
    fn unknown_module_attr(&mut self, module: Symbol, name: Ident) -> HostError {
        if hooks::is_module(module.as_str()) {
            return hooks::unknown_name(self, module, name);
        }
        let message = format!("module '{module}' has no attribute '{}'", name.name);
        let error = HostError::exception(ExcKind::AttributeError, message).at(name.span);
        let known = self.attribute_names(&Value::Module(module));
        let known = known.iter().map(|n| n.as_str());
        match crate::dialect::suggest::did_you_mean(name.name.as_str(), known) {
            Some(similar) => error.with_help(format!("did you mean `{similar}`?")),
            None => error,
        }
    }

    fn instance_attr(
        &mut self,
        object: &Value,
        instance: &Rc<Instance>,
        name: Symbol,
        span: Span,
    ) -> Result<Option<Value>> {
        let in_class = instance.class.lookup(name);
        if let Some(Value::Object(found)) = &in_class
            && let Some(property) = found.as_any().downcast_ref::<objects::Property>()
        {
            let getter = property.getter.clone();
            return self.call_with(&getter, [object.clone()], span).map(Some);
        }
        if let Some(value) = instance.get(name) {
            return Ok(Some(value));
        }
        if let Some(value) = in_class {
            return self.bind_class_attr(object, value, span).map(Some);
        }
        if let Some(value) = self.native_attr(instance, name)? {
            return Ok(Some(value));
        }
        match name.as_str() {
            "__class__" => Ok(Some(Value::Class(instance.class.clone()))),
            "__dict__" => {
                let dict = Rc::new(Dict::default());
                for (name, value) in instance.attrs.borrow().clone() {
                    self.dict_set(&dict, Value::from(name.as_str()), value)?;
                }
                Ok(Some(Value::Dict(dict)))
            }
            text => match self.special(object, "__getattr__") {
                Some(method) => {
                    let args = [object.clone(), Value::from(text)];
                    self.call_with(&method, args, span).map(Some)
                }
                None => Ok(None),
            },
        }
    }

    /// What an attribute of the class is when it is read from an instance.
    pub(crate) fn bind_class_attr(
        &mut self,
        object: &Value,
        value: Value,
        span: Span,
    ) -> Result<Value> {
        match &value {
            Value::Function(_) | Value::Builtin(_) => {
                let (receiver, method) = (object.clone(), Method::Function(value));
                Ok(Value::BoundMethod(Rc::new(BoundMethod { receiver, method })))
            }
            Value::Object(found) => match objects::Descriptor::of(&**found) {
                Some(objects::Descriptor::Property(property)) => {
                    let getter = property.getter.clone();
                    self.call_with(&getter, [object.clone()], span)
                }
                Some(objects::Descriptor::Static(function)) => Ok(function.clone()),
                Some(objects::Descriptor::Class(function)) => {
                    let class = match object {
                        Value::Instance(instance) => Value::Class(instance.class.clone()),
                        other => other.clone(),
                    };
                    let method = Method::Function(function.clone());
                    Ok(Value::BoundMethod(Rc::new(BoundMethod { receiver: class, method })))
                }
                Some(objects::Descriptor::Cached) => {
                    let (receiver, method) = (object.clone(), Method::Function(value));
                    Ok(Value::BoundMethod(Rc::new(BoundMethod { receiver, method })))
                }
                None => Ok(value),
            },
            _ => Ok(value),
        }
    }

    /// Attributes of named tuples and exceptions.
    fn native_attr(&mut self, instance: &Rc<Instance>, name: Symbol) -> Result<Option<Value>> {
        if let Some(fields) = instance.class.named_fields() {
            if let Some(at) = fields.iter().position(|field| field.name == name) {
                return Ok(instance.items.borrow().get(at).cloned());
            }
            let object = Value::Instance(instance.clone());
            if let Some(method) = builtins::collections::named_tuple_method(name.as_str()) {
                return Ok(Some(bind(&object, method)));
            }
            if let Some(method) = builtins::method(Type::Tuple, name) {
                let items = Value::Tuple(instance.items.borrow().clone());
                return Ok(Some(bind(&items, method)));
            }
            return self.class_attr(&instance.class, name);
        }
        if instance.class.exception_kind().is_some() {
            let items = instance.items.borrow().clone();
            return Ok(match name.as_str() {
                "args" => Some(Value::Tuple(items)),
                "value" => Some(items.first().cloned().unwrap_or(Value::None)),
                "__cause__" | "__context__" | "__traceback__" => Some(Value::None),
                _ => None,
            });
        }
        Ok(None)
    }

    fn class_attr(&mut self, class: &Rc<Class>, name: Symbol) -> Result<Option<Value>> {
        if let Some(value) = class.lookup(name) {
            return match &value {
                Value::Object(found) => match objects::Descriptor::of(&**found) {
                    Some(objects::Descriptor::Static(function)) => Ok(Some(function.clone())),
                    Some(objects::Descriptor::Class(_)) => {
                        let object = Value::Class(class.clone());
                        self.bind_class_attr(&object, value, Span::NONE).map(Some)
                    }
                    Some(objects::Descriptor::Property(_) | objects::Descriptor::Cached) | None => {
                        Ok(Some(value))
                    }
                },
                _ => Ok(Some(value)),
            };
        }
        Ok(match name.as_str() {
            "__name__" | "__qualname__" => Some(Value::from(class.name.as_str())),
            "__module__" => Some(Value::from("__main__")),
            "__doc__" => Some(Value::None),
            "__base__" => Some(match &class.base {
                Some(base) => Value::Class(base.clone()),
                None => Value::Type(Type::Object),
            }),
            "__mro__" => {
                let mut classes: Vec<Value> = class.ancestry().map(Value::Class).collect();
                classes.push(Value::Type(Type::Object));
                Some(Value::tuple(classes))
            }
            "_fields" => class.named_fields().map(|fields| {
                Value::tuple(
                    fields.iter().map(|f| Value::from(f.name.as_str())).collect::<Vec<_>>(),
                )
            }),
            "_make" => builtins::collections::named_tuple_method("_make")
                .filter(|_| class.named_fields().is_some())
                .map(|method| bind(&Value::Class(class.clone()), method)),
            "__init__" if class.exception_kind().is_some() => {
                Some(Value::Builtin(&builtins::exceptions::INIT))
            }
            text => builtins::objects::object_method(text).map(Value::Builtin),
        })
    }

    /// `object.name = value`
    pub fn setattr(&mut self, object: &Value, name: Ident, value: Value, span: Span) -> Result<()> {
        match object {
            Value::Instance(instance) => {
                if let Some(Value::Object(found)) = instance.class.lookup(name.name)
                    && let Some(property) = found.as_any().downcast_ref::<objects::Property>()
                {
                    return match property.setter.clone() {
                        Some(setter) => {
                            self.call_with(&setter, [object.clone(), value], span).map(|_| ())
                        }
                        None => Err(HostError::exception(
                            ExcKind::AttributeError,
                            format!(
                                "property '{}' of '{}' object has no setter",
                                name.name, instance.class.name
                            ),
                        )),
                    };
                }
                if let Some(method) = self.special(object, "__setattr__") {
                    let args = [object.clone(), Value::from(name.name.as_str()), value];
                    return self.call_with(&method, args, span).map(|_| ());
                }
                if instance.class.dataclass().is_some_and(|info| info.frozen) {
                    let text = format!("cannot assign to field '{}'", name.name);
                    return Err(HostError::exception(ExcKind::FrozenInstanceError, text));
                }
                if instance.class.named_fields().is_some() {
                    return Err(self.no_attribute_assignment(object, name));
                }
                self.budget.reserve(0)?;
                if instance.class.lookup(Symbol::new(META_CLASS)).is_some()
                    && let Some(current) = instance.get(name.name)
                    && hooks::store_attribute(self, &current, &value, span)?
                {
                    return Ok(());
                }
                instance.set(name.name, value);
                Ok(())
            }
            Value::Class(class) => {
                class.set(name.name, value);
                Ok(())
            }
            Value::Function(function) => {
                set_attr(&mut function.attrs.borrow_mut(), name.name, value);
                Ok(())
            }
            Value::Object(object_) => match object_.clone().setattr(self, name.name, value)? {
                true => Ok(()),
                false => Err(self.no_attribute_assignment(object, name)),
            },
            other if other.is_ir() => hooks::setattr(self, other, name, value, span),
            _ => Err(self.no_attribute_assignment(object, name)),
        }
    }

    fn no_attribute_assignment(&mut self, object: &Value, name: Ident) -> HostError {
        let message = format!(
            "'{}' object has no attribute '{}' that can be assigned to",
            type_name(object),
            name.name
        );
        HostError::exception(ExcKind::AttributeError, message).at(name.span)
    }

    pub(crate) fn delattr(&mut self, object: &Value, name: Ident) -> Result<()> {
        let attrs = match object {
            Value::Instance(instance) => &instance.attrs,
            Value::Class(class) => &class.attrs,
            Value::Function(function) => &function.attrs,
            _ => return Err(self.attribute_error(object, name)),
        };
        let at = attrs.borrow().iter().position(|(n, _)| *n == name.name);
        match at {
            Some(at) => {
                attrs.borrow_mut().remove(at);
                Ok(())
            }
            None => Err(self.attribute_error(object, name)),
        }
    }
}

/// A built-in method with its receiver.
pub(crate) fn bind(object: &Value, method: &'static builtins::Builtin) -> Value {
    let (receiver, method) = (object.clone(), Method::Builtin(method));
    Value::BoundMethod(Rc::new(BoundMethod { receiver, method }))
}

fn function_attr(function: &Rc<Function>, name: Symbol) -> Option<Value> {
    let own = function.attrs.borrow().iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    own.or_else(|| match name.as_str() {
        "__name__" | "__qualname__" => Some(Value::from(function.name.as_str())),
        "__doc__" => Some(match function.def().and_then(|def| def.body.first()) {
            Some(stmt) => stmt.as_docstring().map_or(Value::None, Value::from),
            None => Value::None,
        }),
        "__module__" => Some(Value::from("__main__")),
        "__defaults__" => {
            let given: Vec<Value> = function.defaults.iter().flatten().cloned().collect();
            Some(if given.is_empty() { Value::None } else { Value::tuple(given) })
        }
        _ => None,
    })
}
