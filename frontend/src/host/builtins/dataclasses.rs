//! `dataclasses`, and binding of arguments to fields.

use super::Builtin;
use crate::host::dict::Dict;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::object::{Class, ClassFlavour, DataclassInfo, Field, HostObject, Instance};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use std::any::Any;
use std::rc::Rc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Every function.
pub static FUNCTIONS: &[Builtin] = &[
    Builtin::new("asdict", |ev, args, _| {
        let [object] = args.exact("asdict")?;
        convert(ev, &object, true)
    }),
    Builtin::new("astuple", |ev, args, _| {
        let [object] = args.exact("astuple")?;
        convert(ev, &object, false)
    }),
    Builtin::new("dataclass", dataclass),
    Builtin::new("field", field),
    Builtin::new("fields", fields),
    Builtin::new("is_dataclass", |_, args, _| {
        let [object] = args.exact("is_dataclass")?;
        Ok(Value::Bool(class_of(&object).is_some_and(|class| class.dataclass().is_some())))
    }),
    Builtin::new("replace", replace),
];

impl Field {
    /// A field that is part of everything: `__init__`, `repr` and `==`.
    pub fn plain(name: Symbol, default: Option<Value>) -> Field {
        Field {
            name,
            default,
            factory: None,
            init: true,
            repr: true,
            compare: true,
            kw_only: false,
        }
    }
}

/// `field(default=…, default_factory=…, …)`
struct FieldSpec(Field);

impl HostObject for FieldSpec {
    fn type_name(&self) -> &str {
        "Field"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn field(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let mut spec = Field::plain(Symbol::new(""), args.take_keyword("default"));
    spec.factory = args.take_keyword("default_factory");
    let mut flag = |args: &mut CallArgs, name: &str, default: bool| match args.take_keyword(name) {
        None | Some(Value::None) => Ok(default),
        Some(value) => ev.truthy(&value, span),
    };
    spec.init = flag(&mut args, "init", true)?;
    spec.repr = flag(&mut args, "repr", true)?;
    spec.compare = flag(&mut args, "compare", true)?;
    spec.kw_only = flag(&mut args, "kw_only", false)?;
    flag(&mut args, "hash", true)?;
    args.take_keyword("metadata");
    args.exact::<0>("field")?;
    if spec.default.is_some() && spec.factory.is_some() {
        return Err(HostError::value_error("cannot specify both default and default_factory"));
    }
    Ok(Value::Object(Rc::new(FieldSpec(spec))))
}

/// The options of `@dataclass(…)`.
#[derive(Clone, Copy)]
struct Options {
    frozen: bool,
    eq: bool,
    order: bool,
    repr: bool,
    init: bool,
    kw_only: bool,
}

struct Decorator(Options);

impl HostObject for Decorator {
    fn type_name(&self) -> &str {
        "function"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _: &mut Evaluator, args: CallArgs, _: Span) -> Result<Option<Value>> {
        let [class] = args.exact("dataclass")?;
        make(class, self.0).map(Some)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `@dataclass` and `@dataclass(…)`
fn dataclass(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let mut flag = |name: &str, default: bool| match args.take_keyword(name) {
        None => Ok(default),
        Some(value) => ev.truthy(&value, span),
    };
    let options = Options {
        frozen: flag("frozen", false)?,
        eq: flag("eq", true)?,
        order: flag("order", false)?,
        repr: flag("repr", true)?,
        init: flag("init", true)?,
        kw_only: flag("kw_only", false)?,
    };
    for name in ["slots", "unsafe_hash", "match_args", "weakref_slot"] {
        flag(name, false)?;
    }
    let class = args.between("dataclass", 0, 1)?;
    match class.into_iter().next() {
        Some(class) => make(class, options),
        None => Ok(Value::Object(Rc::new(Decorator(options)))),
    }
}

fn make(value: Value, options: Options) -> Result<Value> {
    let Value::Class(class) = &value else {
        return Err(HostError::type_error("dataclass() should be called with a class"));
    };
    let inherited = class.base.as_ref().and_then(|base| base.dataclass());
    let mut fields: Vec<Field> = inherited.map_or(vec![], |info| info.fields.to_vec());
    for (name, default) in &class.annotated {
        let mut new = own_field(class, *name, default.as_ref())?;
        new.kw_only |= options.kw_only;
        match fields.iter_mut().find(|field| field.name == *name) {
            Some(slot) => *slot = new,
            None => fields.push(new),
        }
    }
    let mut optional: Option<Symbol> = None;
    for field in fields.iter().filter(|field| field.init && !field.kw_only) {
        match (field.default.is_some() || field.factory.is_some(), optional) {
            (true, _) => optional = Some(field.name),
            (false, Some(before)) => {
                return Err(HostError::type_error(format!(
                    "non-default argument '{}' follows default argument '{before}'",
                    field.name
                )));
            }
            (false, None) => {}
        }
    }
    let has = |name: &str| class.attrs.borrow().iter().any(|(n, _)| n.as_str() == name);
    let info = DataclassInfo {
        fields: fields.into(),
        frozen: options.frozen,
        eq: options.eq && !has("__eq__"),
        order: options.order,
        repr: options.repr && !has("__repr__"),
        init: options.init,
    };
    *class.flavour.borrow_mut() = ClassFlavour::Dataclass(info);
    Ok(value)
}

/// A field from what stood after `=` in the class.
fn own_field(class: &Rc<Class>, name: Symbol, default: Option<&Value>) -> Result<Field> {
    let spec = match default {
        Some(Value::Object(object)) => object.as_any().downcast_ref::<FieldSpec>(),
        _ => None,
    };
    if let Some(FieldSpec(spec)) = spec {
        // The class attribute is the default, as in Python.
        match &spec.default {
            Some(default) => class.set(name, default.clone()),
            None => class.attrs.borrow_mut().retain(|(n, _)| *n != name),
        }
        return Ok(Field { name, ..spec.clone() });
    }
    if let Some(value @ (Value::List(_) | Value::Dict(_) | Value::Set(_))) = default {
        return Err(HostError::value_error(format!(
            "mutable default {} for field {name} is not allowed: use default_factory",
            type_name(value)
        )));
    }
    Ok(Field::plain(name, default.cloned()))
}

/// Binds arguments to fields, defaults filled in.
pub fn bind_fields(
    ev: &mut Evaluator,
    class: Symbol,
    fields: &[Field],
    mut args: CallArgs,
) -> Result<Vec<Value>> {
    let mut positional = std::mem::take(&mut args.positional).into_iter();
    let n_positional = positional.len();
    let n_max = fields.iter().filter(|field| field.init && !field.kw_only).count();
    let mut values = Vec::with_capacity(fields.len());
    let mut missing = Vec::new();
    for field in fields {
        let by_position = if field.init && !field.kw_only { positional.next() } else { None };
        let named = match field.init {
            true => args.take_keyword(field.name.as_str()),
            false => None,
        };
        let value = match (by_position, named, &field.default, &field.factory) {
            (Some(_), Some(_), ..) => {
                return Err(HostError::type_error(format!(
                    "{class}.__init__() got multiple values for argument '{}'",
                    field.name
                )));
            }
            (Some(arg), None, ..) => arg.value,
            (None, Some(value), ..) => value,
            (None, None, Some(default), _) => default.clone(),
            (None, None, None, Some(factory)) => ev.call_with(factory, [], Span::NONE)?,
            (None, None, None, None) if !field.init => Value::None,
            (None, None, None, None) => {
                missing.push(format!("'{}'", field.name));
                continue;
            }
        };
        values.push(value);
    }
    if positional.len() > 0 {
        return Err(HostError::type_error(format!(
            "{class}.__init__() takes {} positional arguments but {} were given",
            n_max + 1,
            n_positional + 1
        )));
    }
    args.no_keywords(&format!("{class}.__init__"))?;
    match missing.len() {
        0 => Ok(values),
        n => Err(HostError::type_error(format!(
            "{class}.__init__() missing {n} required positional argument{}: {}",
            if n == 1 { "" } else { "s" },
            missing.join(" and ")
        ))),
    }
}

fn class_of(value: &Value) -> Option<&Rc<Class>> {
    match value {
        Value::Instance(instance) => Some(&instance.class),
        Value::Class(class) => Some(class),
        _ => None,
    }
}

fn instance_fields(value: &Value, function: &str) -> Result<(Rc<Instance>, Rc<[Field]>)> {
    let Value::Instance(instance) = value else {
        let message = format!("{function}() should be called on dataclass instances");
        return Err(HostError::type_error(message));
    };
    match instance.class.dataclass() {
        Some(info) => Ok((instance.clone(), info.fields)),
        None => {
            let message = format!("{function}() should be called on dataclass instances");
            Err(HostError::type_error(message))
        }
    }
}

/// `asdict` and `astuple`, which go into lists, tuples, dicts and dataclasses.
fn convert(ev: &mut Evaluator, value: &Value, to_dict: bool) -> Result<Value> {
    let (instance, fields) = instance_fields(value, if to_dict { "asdict" } else { "astuple" })?;
    let dict = Rc::new(Dict::default());
    let mut values = Vec::new();
    for field in fields.iter() {
        let value = instance.get(field.name).unwrap_or(Value::None);
        let value = ev.nested(|ev| convert_inner(ev, &value, to_dict))?;
        match to_dict {
            true => ev.dict_set(&dict, field.name.as_str().into(), value)?,
            false => values.push(value),
        }
    }
    Ok(if to_dict { Value::Dict(dict) } else { Value::tuple(values) })
}

fn convert_inner(ev: &mut Evaluator, value: &Value, to_dict: bool) -> Result<Value> {
    let all = |ev: &mut Evaluator, items: &[Value]| -> Result<Vec<Value>> {
        items.iter().map(|item| ev.nested(|ev| convert_inner(ev, item, to_dict))).collect()
    };
    match value {
        Value::Instance(instance) if instance.class.dataclass().is_some() => {
            convert(ev, value, to_dict)
        }
        Value::List(list) => {
            let items = list.items().clone();
            let items = all(ev, &items)?;
            ev.new_list(items)
        }
        Value::Tuple(items) => Ok(Value::tuple(all(ev, items)?)),
        Value::Dict(source) => {
            let dict = Rc::new(Dict::default());
            for (key, value) in source.entries() {
                let value = ev.nested(|ev| convert_inner(ev, &value, to_dict))?;
                ev.dict_set(&dict, key, value)?;
            }
            Ok(Value::Dict(dict))
        }
        _ => Ok(value.clone()),
    }
}

fn fields(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [object] = args.exact("fields")?;
    let Some(info) = class_of(&object).and_then(|class| class.dataclass()) else {
        return Err(HostError::type_error("must be called with a dataclass type or instance"));
    };
    let class = super::collections::named_tuple_class("Field", ["name"].map(Symbol::new), &[]);
    let names = info.fields.iter().map(|field| {
        let args = CallArgs::positional([Value::from(field.name.as_str())]);
        ev.instantiate(&class, args, span)
    });
    let names: Vec<Value> = names.collect::<Result<_>>()?;
    Ok(Value::tuple(names))
}

fn replace(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    if args.positional.len() != 1 {
        return Err(HostError::type_error("replace() takes one dataclass instance"));
    }
    let object = args.positional.remove(0).value;
    let (instance, fields) = instance_fields(&object, "replace")?;
    for field in fields.iter() {
        let given = args.keyword.iter().any(|k| k.name == field.name);
        if !field.init {
            if given {
                let message = format!("field {} is declared with init=False", field.name);
                return Err(HostError::exception(ExcKind::ValueError, message));
            }
            continue;
        }
        if !given {
            let value = instance.get(field.name).unwrap_or(Value::None);
            let name = field.name;
            args.keyword.push(crate::host::KeywordArg { name, value, span });
        }
    }
    ev.instantiate(&instance.class, args, span)
}
