//! The global functions.

use super::{Builtin, iterate, numbers, objects, sort};
use crate::ast::{BoolOperator, CmpOperator, Ident, Operator};
use crate::dialect::hooks;
use crate::host::error::{HostError, Result};
use crate::host::exceptions::ExcKind;
use crate::host::iter::LazyIter;
use crate::host::types::{Type, type_name, type_of};
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, number, text};
use std::cmp::Ordering;
use tirade_ir::diag::Code;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// Every global function.
pub static GLOBALS: &[Builtin] = &[
    Builtin::new("abs", numbers::abs),
    Builtin::new("all", all),
    Builtin::new("any", any),
    Builtin::new("ascii", ascii),
    Builtin::new("bin", numbers::bin),
    Builtin::new("callable", callable),
    Builtin::new("chr", chr),
    Builtin::new("classmethod", objects::classmethod),
    Builtin::new("delattr", delattr),
    Builtin::new("dir", dir),
    Builtin::new("divmod", numbers::divmod),
    Builtin::new("enumerate", iterate::enumerate),
    Builtin::new("filter", iterate::filter),
    Builtin::new("format", format),
    Builtin::new("getattr", getattr),
    Builtin::new("hasattr", hasattr),
    Builtin::new("hash", hash),
    Builtin::new("hex", numbers::hex),
    Builtin::new("id", id),
    Builtin::new("isinstance", isinstance),
    Builtin::new("issubclass", issubclass),
    Builtin::new("iter", iterate::iter),
    Builtin::new("len", len),
    Builtin::new("map", iterate::map),
    Builtin::new("max", max),
    Builtin::new("min", min),
    Builtin::new("next", iterate::next),
    Builtin::new("oct", numbers::oct),
    Builtin::new("ord", ord),
    Builtin::new("pow", numbers::pow),
    Builtin::new("print", print),
    Builtin::new("property", objects::property),
    Builtin::new("repr", repr),
    Builtin::new("reversed", iterate::reversed),
    Builtin::new("round", numbers::round),
    Builtin::new("setattr", setattr),
    Builtin::new("sorted", sort::sorted),
    Builtin::new("staticmethod", objects::staticmethod),
    Builtin::new("sum", sum),
    Builtin::new("super", objects::super_),
    Builtin::new("vars", vars),
    Builtin::new("zip", iterate::zip),
    Builtin::new("breakpoint", refused),
    Builtin::new("compile", refused),
    Builtin::new("eval", refused),
    Builtin::new("exec", refused),
    Builtin::new("globals", refused),
    Builtin::new("input", refused),
    Builtin::new("locals", refused),
    Builtin::new("memoryview", refused),
    Builtin::new("bytearray", refused),
    Builtin::new("complex", refused),
    Builtin::new("open", refused),
    Builtin::new("__import__", refused),
];

fn refused(_: &mut Evaluator, _: CallArgs, span: Span) -> Result<Value> {
    Err(HostError::new(
        Code::HOST_UNSUPPORTED,
        span,
        "this builtin of Python is not available while a script is evaluated",
    ))
}

/// Calls the dialect for a builtin that was given a value of the IR.
pub(super) fn on_ir(
    ev: &mut Evaluator,
    name: &'static str,
    args: CallArgs,
    span: Span,
) -> Result<Value> {
    match hooks::builtin(ev, name, args, span)? {
        Some(value) => Ok(value),
        None => Err(HostError::type_error(format!(
            "{name}() is not defined for values that are known only when the program runs"
        ))),
    }
}

fn all(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    fold_truth(ev, "all", BoolOperator::And, args, span)
}

fn any(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    fold_truth(ev, "any", BoolOperator::Or, args, span)
}

/// `all` and `any`: host values decide at once, values of the IR are joined.
fn fold_truth(
    ev: &mut Evaluator,
    name: &str,
    op: BoolOperator,
    args: CallArgs,
    span: Span,
) -> Result<Value> {
    let [iterable] = args.exact(name)?;
    let deciding = op == BoolOperator::Or;
    let mut joined: Option<Value> = None;
    let mut iter = ev.iter(&iterable)?;
    while let Some(value) = iter.next(ev)? {
        if value.is_ir() {
            joined = Some(match joined {
                None => value,
                Some(so_far) => hooks::bool_op(ev, op, &so_far, &value, span)?,
            });
        } else if ev.truthy(&value, span)? == deciding {
            return Ok(Value::Bool(deciding));
        }
    }
    Ok(joined.unwrap_or(Value::Bool(!deciding)))
}

fn ascii(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("ascii")?;
    Ok(text::escape_non_ascii(&ev.repr(&value)?).into())
}

fn callable(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("callable")?;
    Ok(Value::Bool(ev.is_callable(&value)))
}

fn chr(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("chr")?;
    if !value.is_int() {
        return Err(integer_needed(&value));
    }
    let Some(code) = value.as_int().filter(|code| i32::try_from(*code).is_ok()) else {
        return Err(number::overflow("Python int too large to convert to C int"));
    };
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => Ok(c.to_string().into()),
        None => Err(HostError::value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("ord")?;
    let Value::Str(text) = &value else {
        return Err(HostError::type_error(format!(
            "ord() expected string of length 1, but {} found",
            type_name(&value)
        )));
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
        _ => Err(HostError::type_error(format!(
            "ord() expected a character, but string of length {} found",
            text.chars().count()
        ))),
    }
}

pub(super) fn integer_needed(value: &Value) -> HostError {
    let message = format!("'{}' object cannot be interpreted as an integer", type_name(value));
    HostError::type_error(message)
}

fn attr_ident(value: &Value, span: Span) -> Result<Ident> {
    match value {
        Value::Str(name) => Ok(Ident { name: Symbol::new(name), span }),
        _ => Err(HostError::type_error(format!(
            "attribute name must be string, not '{}'",
            type_name(value)
        ))),
    }
}

fn getattr(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let values = args.between("getattr", 2, 3)?;
    let name = attr_ident(&values[1], span)?;
    match values.get(2) {
        None => ev.getattr(&values[0], name, span),
        Some(default) => match ev.opt_getattr(&values[0], name.name, span) {
            Ok(value) => Ok(value.unwrap_or_else(|| default.clone())),
            Err(error) if error.is_exception(ExcKind::AttributeError) => Ok(default.clone()),
            Err(error) => Err(error),
        },
    }
}

fn hasattr(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [object, name] = args.exact("hasattr")?;
    let name = attr_ident(&name, span)?;
    match ev.opt_getattr(&object, name.name, span) {
        Ok(value) => Ok(Value::Bool(value.is_some())),
        Err(error) if error.is_exception(ExcKind::AttributeError) => Ok(Value::Bool(false)),
        Err(error) => Err(error),
    }
}

fn setattr(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [object, name, value] = args.exact("setattr")?;
    let name = attr_ident(&name, span)?;
    ev.setattr(&object, name, value, span).map(|()| Value::None)
}

fn delattr(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [object, name] = args.exact("delattr")?;
    let name = attr_ident(&name, span)?;
    ev.delattr(&object, name).map(|()| Value::None)
}

fn dir(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [object] = args.exact("dir")?;
    let mut names: Vec<&str> = ev.attribute_names(&object).iter().map(|n| n.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    ev.new_list(names.into_iter().map(Value::from).collect())
}

fn vars(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [object] = args.exact("vars")?;
    let name = Ident { name: Symbol::new("__dict__"), span };
    ev.getattr(&object, name, span)
}

fn format(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("format", 1, 2)?;
    let spec = match values.get(1) {
        None => "",
        Some(Value::Str(spec)) => spec,
        Some(other) => {
            return Err(HostError::type_error(format!(
                "format() argument 2 must be str, not {}",
                type_name(other)
            )));
        }
    };
    ev.format_value(&values[0], spec).map(Value::from)
}

fn repr(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("repr")?;
    ev.repr(&value).map(Value::from)
}

fn hash(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("hash")?;
    match number::python_hash(&value) {
        Some(hash) => Ok(Value::Int(hash)),
        None => Ok(Value::Int(ev.hash(&value)? as i64 >> 3)),
    }
}

fn id(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("id")?;
    let address = match crate::host::eval::compare::address(&value) {
        Some(address) => address,
        // Values without a shared part are told apart by what they are; addresses are even.
        None => (ev.hash(&value)? as usize) | 1,
    };
    Ok(Value::Int(ev.id_of(address, &value)))
}

fn isinstance(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [object, class] = args.exact("isinstance")?;
    is_instance(ev, &object, &class).map(Value::Bool)
}

fn is_instance(ev: &mut Evaluator, object: &Value, class: &Value) -> Result<bool> {
    match class {
        Value::Type(ty) => Ok(match (type_of(object), object) {
            (Some(own), _) => own.is_a(*ty),
            (None, Value::Instance(instance)) if *ty == Type::Tuple => {
                instance.as_tuple().is_some()
            }
            (None, _) => *ty == Type::Object,
        }),
        Value::None => Ok(matches!(object, Value::None)),
        Value::Class(class) => Ok(match object {
            Value::Instance(instance) => instance.class.is_a(class),
            _ => false,
        }),
        Value::Entry(entry) => hooks::isinstance(ev, object, entry),
        Value::Tuple(classes) => {
            for class in classes.iter() {
                if is_instance(ev, object, class)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Builtin(builtin) => match super::typing::is_instance(builtin.name, object) {
            Some(answer) => Ok(answer || (builtin.name == "Callable" && ev.is_callable(object))),
            None => Err(not_a_class()),
        },
        _ => Err(not_a_class()),
    }
}

fn not_a_class() -> HostError {
    HostError::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")
}

fn issubclass(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [class, base] = args.exact("issubclass")?;
    is_subclass(&class, &base).map(Value::Bool)
}

fn is_subclass(class: &Value, base: &Value) -> Result<bool> {
    Ok(match (class, base) {
        (Value::Class(a), Value::Class(b)) => a.is_a(b),
        (Value::Type(a), Value::Type(b)) => a.is_a(*b),
        (Value::Class(_), Value::Type(b)) => *b == Type::Object,
        (Value::Type(_), Value::Class(_)) => false,
        (_, Value::Tuple(bases)) => {
            for base in bases.iter() {
                if is_subclass(class, base)? {
                    return Ok(true);
                }
            }
            false
        }
        _ => return Err(HostError::type_error("issubclass() arg 1 must be a class")),
    })
}

fn len(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [value] = args.exact("len")?;
    match ev.length(&value, span)? {
        Some(n) => Ok(n.into()),
        None => Err(HostError::type_error(format!(
            "object of type '{}' has no len()",
            type_name(&value)
        ))),
    }
}

impl Evaluator {
    /// The length of a value; `None` if it has none.
    pub fn length(&mut self, value: &Value, span: Span) -> Result<Option<usize>> {
        Ok(match value {
            Value::Str(text) => Some(text.chars().count()),
            Value::Bytes(bytes) => Some(bytes.len()),
            Value::Tuple(items) => Some(items.len()),
            Value::List(list) => Some(list.items().len()),
            Value::Dict(dict) => Some(dict.table().len()),
            Value::Set(set) => Some(set.table().len()),
            Value::Range(range) => match usize::try_from(range.len()) {
                Ok(n) if i64::try_from(n).is_ok() => Some(n),
                _ => return Err(number::overflow("Python int too large to convert to C ssize_t")),
            },
            Value::IRModule(module) => Some(module.borrow().len()),
            Value::Object(object) => object.length(),
            Value::Instance(instance) => match self.call_special(value, "__len__", [], span)? {
                Some(n) => match n.as_int().map(usize::try_from) {
                    Some(Ok(n)) => Some(n),
                    Some(Err(_)) => {
                        return Err(HostError::value_error("__len__() should return >= 0"));
                    }
                    None => return Err(integer_needed(&n)),
                },
                None => instance.as_tuple().map(|items| items.len()),
            },
            other if other.is_ir() || matches!(other, Value::Entry(_)) => {
                hooks::len(self, other, span)?
            }
            _ => None,
        })
    }
}

fn min(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    extreme(ev, "min", Ordering::Less, args, span)
}

fn max(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    extreme(ev, "max", Ordering::Greater, args, span)
}

fn extreme(
    ev: &mut Evaluator,
    name: &'static str,
    wanted: Ordering,
    mut args: CallArgs,
    span: Span,
) -> Result<Value> {
    let key = args.take_keyword("key").filter(|key| !matches!(key, Value::None));
    let default = args.take_keyword("default");
    args.no_keywords(name)?;
    let values: Vec<Value> = match args.positional.len() {
        0 => {
            return Err(HostError::type_error(format!(
                "{name} expected at least 1 argument, got 0"
            )));
        }
        1 => ev.iterate(&args.positional[0].value, args.positional[0].span)?,
        _ => args.positional.into_iter().map(|arg| arg.value).collect(),
    };
    let mut best: Option<(Value, Value)> = None;
    for value in values {
        let measured = match &key {
            None => value.clone(),
            Some(key) => ev.call_with(key, [value.clone()], span)?,
        };
        let Some((best_measure, best_value)) = &best else {
            best = Some((measured, value));
            continue;
        };
        if key.is_none() && (measured.is_ir() || best_measure.is_ir()) {
            let pair = CallArgs::positional([best_value.clone(), value]);
            let joined = on_ir(ev, name, pair, span)?;
            best = Some((joined.clone(), joined));
            continue;
        }
        let op = if wanted == Ordering::Less { CmpOperator::Lt } else { CmpOperator::Gt };
        let better = ev.compare_op(op, &measured, best_measure, span)?;
        if ev.truthy(&better, span)? {
            best = Some((measured, value));
        }
    }
    match (best, default) {
        (Some((_, value)), _) => Ok(value),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(HostError::value_error(format!("{name}() arg is an empty sequence"))),
    }
}

fn sum(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [iterable, start] = args.bind("sum", ["iterable", "start"], 1)?;
    let mut total = start.unwrap_or(Value::Int(0));
    if matches!(total, Value::Str(_)) {
        let message = "sum() can't sum strings [use ''.join(seq) instead]";
        return Err(HostError::type_error(message));
    }
    let mut iter = ev.iter(&iterable.expect("required"))?;
    while let Some(value) = iter.next(ev)? {
        total = ev.binary_op(Operator::Add, &total, &value, span)?;
    }
    Ok(total)
}

fn print(ev: &mut Evaluator, mut args: CallArgs, _: Span) -> Result<Value> {
    let separator = print_text(ev, args.take_keyword("sep"), " ")?;
    let end = print_text(ev, args.take_keyword("end"), "\n")?;
    args.take_keyword("flush");
    args.no_keywords("print")?;
    let mut line = String::new();
    for (i, arg) in args.positional.iter().enumerate() {
        if i > 0 {
            line.push_str(&separator);
        }
        line.push_str(&ev.str_of(&arg.value)?);
    }
    line.push_str(&end);
    ev.budget.consume(line.len())?;
    ev.printed.push_str(&line);
    Ok(Value::None)
}

fn print_text(ev: &mut Evaluator, value: Option<Value>, default: &str) -> Result<String> {
    match value {
        None | Some(Value::None) => Ok(default.to_string()),
        Some(value) => ev.str_of(&value),
    }
}
