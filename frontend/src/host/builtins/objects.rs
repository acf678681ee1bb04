//! Descriptors, `super()`, and attributes that every object has.

use super::Builtin;
use crate::ast::Ident;
use crate::host::chain::{drop_as_chain, drop_chain};
use crate::host::error::{HostError, Result};
use crate::host::object::{Class, Function, HostObject};
use crate::host::types::{Type, type_name, type_of};
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, eval::attr};
use std::any::Any;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// `property`
pub struct Property {
    /// Reads the attribute.
    pub getter: Value,
    /// Writes it.
    pub setter: Option<Value>,
}

drop_as_chain! {
    Property: getter, setter;
    Super: object;
}

/// `staticmethod`
struct StaticMethod(Value);

/// `classmethod`
struct ClassMethod(Value);

impl Drop for StaticMethod {
    fn drop(&mut self) {
        drop_chain(std::mem::take(&mut self.0));
    }
}

impl Drop for ClassMethod {
    fn drop(&mut self) {
        drop_chain(std::mem::take(&mut self.0));
    }
}

/// What an attribute of a class does when it is read.
pub enum Descriptor<'a> {
    /// Calls a function.
    Property(&'a Property),
    /// Gives the function as it is.
    Static(&'a Value),
    /// Binds the function to the class.
    Class(&'a Value),
    /// Binds like a function.
    Cached,
}

impl<'a> Descriptor<'a> {
    /// The descriptor that `object` is.
    pub fn of(object: &'a dyn HostObject) -> Option<Descriptor<'a>> {
        let any = object.as_any();
        if let Some(property) = any.downcast_ref::<Property>() {
            return Some(Descriptor::Property(property));
        }
        if let Some(StaticMethod(function)) = any.downcast_ref() {
            return Some(Descriptor::Static(function));
        }
        if let Some(ClassMethod(function)) = any.downcast_ref() {
            return Some(Descriptor::Class(function));
        }
        any.is::<super::functools::Cached>().then_some(Descriptor::Cached)
    }
}

impl HostObject for Property {
    fn type_name(&self) -> &str {
        "property"
    }

    fn getattr(self: Rc<Self>, _: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let object = Value::Object(self);
        Ok(match name.as_str() {
            "setter" => Some(attr::bind(&object, &SETTER)),
            "getter" => Some(attr::bind(&object, &GETTER)),
            _ => None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for StaticMethod {
    fn type_name(&self) -> &str {
        "staticmethod"
    }

    fn call(
        self: Rc<Self>,
        ev: &mut Evaluator,
        args: CallArgs,
        span: Span,
    ) -> Result<Option<Value>> {
        ev.call(&self.0, args, span).map(Some)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HostObject for ClassMethod {
    fn type_name(&self) -> &str {
        "classmethod"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

static SETTER: Builtin = Builtin::new("setter", |_, args, _| {
    let [property, setter] = args.exact("setter")?;
    Ok(with_property(&property, |p| Property { getter: p.getter.clone(), setter: Some(setter) }))
});

static GETTER: Builtin = Builtin::new("getter", |_, args, _| {
    let [property, getter] = args.exact("getter")?;
    Ok(with_property(&property, |p| Property { getter, setter: p.setter.clone() }))
});

fn with_property(value: &Value, change: impl FnOnce(&Property) -> Property) -> Value {
    match value {
        Value::Object(object) => match object.as_any().downcast_ref::<Property>() {
            Some(property) => Value::Object(Rc::new(change(property))),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// `property`
pub fn property(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [getter, setter] = args.bind("property", ["fget", "fset"], 1)?;
    let property = Property { getter: getter.expect("required"), setter };
    Ok(Value::Object(Rc::new(property)))
}

/// `staticmethod`
pub fn staticmethod(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [function] = args.exact("staticmethod")?;
    Ok(Value::Object(Rc::new(StaticMethod(function))))
}

/// `classmethod`
pub fn classmethod(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [function] = args.exact("classmethod")?;
    Ok(Value::Object(Rc::new(ClassMethod(function))))
}

/// Tells the functions of a class which class they belong to.
pub fn set_owner(value: &Value, class: &Rc<Class>) {
    match value {
        Value::Function(function) => {
            // A function that is an attribute of two classes keeps the first.
            let _ = function.owner.set(Rc::downgrade(class));
        }
        Value::Object(object) => match Descriptor::of(&**object) {
            Some(Descriptor::Property(property)) => {
                set_owner(&property.getter, class);
                property.setter.iter().for_each(|setter| set_owner(setter, class));
            }
            Some(Descriptor::Static(function) | Descriptor::Class(function)) => {
                set_owner(function, class);
            }
            Some(Descriptor::Cached) | None => {}
        },
        _ => {}
    }
}

/// `super()`: an object seen as one of its class's base.
struct Super {
    object: Value,
    class: Rc<Class>,
}

impl HostObject for Super {
    fn type_name(&self) -> &str {
        "super"
    }

    fn getattr(self: Rc<Self>, ev: &mut Evaluator, name: Symbol) -> Result<Option<Value>> {
        let inherited = self.class.base.as_ref().and_then(|base| base.lookup(name));
        if let Some(value) = inherited {
            return ev.bind_class_attr(&self.object, value, Span::NONE).map(Some);
        }
        let exception = self.class.exception_kind().is_some() && name.as_str() == "__init__";
        let method = match exception {
            true => Some(&super::exceptions::INIT),
            false => object_method(name.as_str()),
        };
        Ok(method.map(|method| attr::bind(&self.object, method)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `super`
pub fn super_(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("super", 0, 2)?;
    let (class, object) = match &values[..] {
        [Value::Class(class), object] => (class.clone(), object.clone()),
        [] => current_method(ev).ok_or_else(|| {
            let message = "super(): no arguments";
            HostError::exception(crate::host::ExcKind::RuntimeError, message)
        })?,
        _ => return Err(HostError::type_error("super() argument 1 must be a type")),
    };
    Ok(Value::Object(Rc::new(Super { object, class })))
}

/// The class of the method that runs, and its first argument.
fn current_method(ev: &mut Evaluator) -> Option<(Rc<Class>, Value)> {
    let function: Rc<Function> = ev.frame().function.clone()?;
    let class = function.owner.get()?.upgrade()?;
    let first = function.params().first()?.name.name;
    Some((class, ev.lookup(first)?))
}

/// Methods of `object`.
static OBJECT_METHODS: &[Builtin] = &[
    Builtin::new("__init__", |_, _, _| Ok(Value::None)),
    Builtin::new("__init_subclass__", |_, _, _| Ok(Value::None)),
    Builtin::new("__setattr__", |_, args, _| {
        let [object, name, value] = args.exact("__setattr__")?;
        match (&object, &name) {
            (Value::Instance(instance), Value::Str(name)) => {
                instance.set(Symbol::new(name), value);
                Ok(Value::None)
            }
            _ => Err(HostError::type_error("can't apply this __setattr__ to this object")),
        }
    }),
    Builtin::new("__getattribute__", |ev, args, span| {
        let [object, name] = args.exact("__getattribute__")?;
        let name = Ident { name: Symbol::new(name.as_str().unwrap_or_default()), span };
        ev.getattr(&object, name, span)
    }),
    Builtin::new("__eq__", |ev, args, _| {
        let [a, b] = args.exact("__eq__")?;
        match matches!((&a, &b), (Value::Instance(_), _) | (_, Value::Instance(_))) {
            true if a.is_same(&b) => Ok(Value::Bool(true)),
            true => Ok(Value::NotImplemented),
            false => ev.equal(&a, &b).map(Value::Bool),
        }
    }),
    Builtin::new("__hash__", |ev, args, _| {
        let [object] = args.exact("__hash__")?;
        let address = crate::host::eval::compare::address(&object).unwrap_or(0);
        Ok(Value::Int(ev.id_of(address, &object)))
    }),
    Builtin::new("__repr__", |_, args, _| {
        let [object] = args.exact("__repr__")?;
        Ok(format!("<{} object>", type_name(&object)).into())
    }),
    Builtin::new("__str__", |ev, args, _| {
        let [object] = args.exact("__str__")?;
        ev.repr(&object).map(Value::from)
    }),
];

/// The method `name` of `object`.
pub fn object_method(name: &str) -> Option<&'static Builtin> {
    OBJECT_METHODS.iter().find(|row| row.name == name)
}

/// Attributes of built-in objects that are no methods.
pub fn builtin_attr(ev: &mut Evaluator, object: &Value, name: Symbol) -> Result<Option<Value>> {
    let text = name.as_str();
    Ok(match (object, text) {
        (Value::Slice(slice), "start") => Some(slice.lower.clone()),
        (Value::Slice(slice), "stop") => Some(slice.upper.clone()),
        (Value::Slice(slice), "step") => Some(slice.step.clone()),
        (Value::Range(range), "start") => Some(Value::Int(range.start)),
        (Value::Range(range), "stop") => Some(Value::Int(range.stop)),
        (Value::Range(range), "step") => Some(Value::Int(range.step)),
        (_, "real" | "numerator") if object.is_int() => {
            Some(Value::int(object.as_bigint().unwrap_or_default()))
        }
        (_, "imag") if object.is_number() => Some(Value::Int(0)),
        (_, "denominator") if object.is_int() => Some(Value::Int(1)),
        (Value::Float(_), "real") => Some(object.clone()),
        (Value::Builtin(builtin), "from_iterable") if builtin.name == "chain" => {
            Some(Value::Builtin(&super::itertools::CHAIN_FROM_ITERABLE))
        }
        (Value::Builtin(builtin), "__name__" | "__qualname__") => Some(builtin.name.into()),
        (Value::Type(ty), "__name__" | "__qualname__") => Some(ty.name().into()),
        (Value::Type(ty), _) => type_attr(*ty, name),
        (Value::BoundMethod(bound), "__self__") => Some(bound.receiver.clone()),
        (Value::BoundMethod(bound), "__name__" | "__doc__" | "__func__") => {
            use crate::host::object::Method;
            match (&bound.method, text) {
                (Method::Function(function), "__func__") => Some(function.clone()),
                (Method::Function(function), _) => {
                    let function = function.clone();
                    return ev.opt_getattr(&function, name, Span::NONE);
                }
                (Method::Builtin(builtin), "__name__") => Some(builtin.name.into()),
                (Method::Builtin(_), _) => Some(Value::None),
            }
        }
        (_, "__doc__") => Some(Value::None),
        (_, "__class__") => type_of(object).map(Value::Type),
        (Value::Dict(dict), "default_factory") => match &dict.kind {
            crate::host::dict::DictKind::Default(factory) => Some(factory.clone()),
            _ => None,
        },
        _ => None,
    })
}

/// Methods and alternative constructors of types: `str.upper`, `dict.fromkeys`.
fn type_attr(ty: Type, name: Symbol) -> Option<Value> {
    let found = match (ty, name.as_str()) {
        (Type::Dict | Type::OrderedDict | Type::Counter, "fromkeys") => {
            Some(&super::dicts::FROMKEYS)
        }
        (Type::Str, "maketrans") => Some(&super::strings::MAKETRANS),
        (Type::Float, "fromhex") => None,
        _ => super::method(ty, name),
    };
    found.or_else(|| object_method(name.as_str())).map(Value::Builtin)
}
