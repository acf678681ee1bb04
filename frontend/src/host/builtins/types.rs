//! Calls of types: `int(…)`, `list(…)` and their kin.

use super::core::on_ir;
use super::numbers::integer;
use crate::host::dict::{Dict, DictKind};
use crate::host::error::{HostError, Result};
use crate::host::types::{Type, type_name, type_of};
use crate::host::value::{RangeValue, SliceValue, Value};
use crate::host::{CallArgs, Evaluator, number};
use num_bigint::BigInt;
use num_traits::{Num, ToPrimitive};
use std::rc::Rc;
use tirade_ir::span::Span;

/// Calls a built-in type.
pub fn construct(ev: &mut Evaluator, ty: Type, mut args: CallArgs, span: Span) -> Result<Value> {
    ev.budget.step(2)?;
    match ty {
        Type::Bool => {
            if args.any_ir() {
                return on_ir(ev, "bool", args, span);
            }
            let values = args.between("bool", 0, 1)?;
            let truth = values.first().map_or(Ok(false), |value| ev.truthy(value, span))?;
            Ok(Value::Bool(truth))
        }
        Type::Int => {
            if args.any_ir() {
                return on_ir(ev, "int", args, span);
            }
            let [value, base] = args.bind("int", ["x", "base"], 0)?;
            to_int(ev, value, base, span)
        }
        Type::Float => {
            if args.any_ir() {
                return on_ir(ev, "float", args, span);
            }
            let values = args.between("float", 0, 1)?;
            values.first().map_or(Ok(Value::float(0.0)), |value| to_float(ev, value, span))
        }
        Type::Str => {
            let values = args.between("str", 0, 1)?;
            match values.first() {
                None => Ok("".into()),
                Some(value) => ev.str_of(value).map(Value::from),
            }
        }
        Type::Bytes => to_bytes(ev, args, span),
        Type::Tuple => {
            let values = args.between("tuple", 0, 1)?;
            match values.first() {
                None => Ok(Value::tuple([])),
                Some(tuple @ Value::Tuple(_)) => Ok(tuple.clone()),
                Some(value) => {
                    let items = ev.iterate(value, span)?;
                    ev.budget.reserve(items.len() * size_of::<Value>())?;
                    Ok(Value::tuple(items))
                }
            }
        }
        Type::List => {
            let values = args.between("list", 0, 1)?;
            let items = values.first().map_or(Ok(vec![]), |value| ev.iterate(value, span))?;
            ev.new_list(items)
        }
        Type::Dict => to_dict(ev, args, DictKind::Plain),
        Type::OrderedDict => to_dict(ev, args, DictKind::Ordered),
        Type::DefaultDict => {
            let factory = match args.positional.is_empty() {
                true => Value::None,
                false => args.positional.remove(0).value,
            };
            to_dict(ev, args, DictKind::Default(factory))
        }
        Type::Counter => super::collections::counter(ev, args, span),
        Type::Set | Type::FrozenSet => {
            let values = args.between(ty.name(), 0, 1)?;
            let items = values.first().map_or(Ok(vec![]), |value| ev.iterate(value, span))?;
            ev.new_set(items, ty == Type::FrozenSet)
        }
        Type::Range => range(ev, args, span),
        Type::Slice => {
            let mut values = args.between("slice", 1, 3)?;
            if values.len() == 1 {
                values.insert(0, Value::None);
            }
            let mut values = values.into_iter();
            let mut next = || values.next().unwrap_or(Value::None);
            let (lower, upper, step) = (next(), next(), next());
            Ok(Value::Slice(Rc::new(SliceValue { lower, upper, step })))
        }
        Type::Object => {
            args.exact::<0>("object")?;
            let class = ev.object_class();
            ev.instantiate(&class, CallArgs::default(), span)
        }
        Type::Type => {
            let [value] = args.exact("type")?;
            Ok(type_value(&value))
        }
        _ => Err(HostError::type_error(format!("cannot create '{}' instances", ty.name()))),
    }
}

/// `type(value)`
fn type_value(value: &Value) -> Value {
    match (value, type_of(value)) {
        (_, Some(ty)) => Value::Type(ty),
        (Value::Instance(instance), None) => Value::Class(instance.class.clone()),
        (_, None) => Value::Type(Type::Object),
    }
}

fn to_int(
    ev: &mut Evaluator,
    value: Option<Value>,
    base: Option<Value>,
    span: Span,
) -> Result<Value> {
    let Some(value) = value else {
        return Ok(Value::Int(0));
    };
    if let Some(base) = base {
        let base = integer(ev, &base)?.to_u32().unwrap_or(u32::MAX);
        let Value::Str(text) = &value else {
            let message = "int() can't convert non-string with explicit base";
            return Err(HostError::type_error(message));
        };
        if base == 1 || base > 36 {
            return Err(HostError::value_error("int() base must be >= 2 and <= 36, or 0"));
        }
        return parse_int(ev, text, base);
    }
    match &value {
        Value::Str(text) => parse_int(ev, text, 10),
        Value::Float(f) => number::truncate(f.value),
        Value::Int(_) | Value::BigInt(_) => Ok(value),
        Value::Bool(v) => Ok(Value::Int(i64::from(*v))),
        _ => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(value) = ev.call_special(&value, name, [], span)? {
                    return Ok(value);
                }
            }
            Err(HostError::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                type_name(&value)
            )))
        }
    }
}

fn parse_int(ev: &mut Evaluator, text: &str, base: u32) -> Result<Value> {
    let invalid = |ev: &mut Evaluator| -> Result<Value> {
        let shown = ev.repr(&Value::from(text))?;
        let message = format!("invalid literal for int() with base {base}: {shown}");
        Err(HostError::value_error(message))
    };
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let lower = digits.to_ascii_lowercase();
    let prefix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find(|(p, _)| lower.starts_with(p));
    let (radix, digits) = match (base, prefix) {
        (0, Some((_, radix))) => (radix, lower[2..].trim_start_matches('_')),
        (0, None) => (10, &*lower),
        (given, Some((_, radix))) if given == radix => (radix, lower[2..].trim_start_matches('_')),
        (given, _) => (given, &*lower),
    };
    let underscores = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    let octal_like = base == 0 && radix == 10 && digits.len() > 1 && digits.starts_with('0');
    let clean = digits.replace('_', "");
    if underscores
        || clean.starts_with(['+', '-'])
        || (octal_like && !clean.trim_matches('0').is_empty())
    {
        return invalid(ev);
    }
    if clean.len() > crate::host::text::MAX_INT_DIGITS && !radix.is_power_of_two() {
        return Err(crate::host::text::too_many_digits());
    }
    match BigInt::from_str_radix(&clean, radix) {
        Ok(value) => Ok(Value::int(if negative { -value } else { value })),
        Err(_) => invalid(ev),
    }
}

fn to_float(ev: &mut Evaluator, value: &Value, span: Span) -> Result<Value> {
    match value {
        Value::Float(_) => Ok(value.clone()),
        Value::Str(text) => {
            let clean = text.trim().replace('_', "");
            let lower = clean.to_ascii_lowercase();
            let unsigned = lower.trim_start_matches(['+', '-']);
            let plain = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            let named = matches!(unsigned, "inf" | "infinity" | "nan");
            match clean.parse::<f64>() {
                Ok(value) if plain || named => Ok(Value::float(value)),
                _ => {
                    let shown = ev.repr(value)?;
                    let message = format!("could not convert string to float: {shown}");
                    Err(HostError::value_error(message))
                }
            }
        }
        _ if value.is_number() => number::to_f64(value).map(Value::float),
        _ => match ev.call_special(value, "__float__", [], span)? {
            Some(value) => Ok(value),
            None => Err(HostError::type_error(format!(
                "float() argument must be a string or a real number, not '{}'",
                type_name(value)
            ))),
        },
    }
}

fn to_bytes(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let values = args.between("bytes", 0, 2)?;
    match values.first() {
        None => Ok(Value::Bytes(Rc::from([]))),
        Some(Value::Str(text)) if values.len() == 2 => Ok(Value::Bytes(text.as_bytes().into())),
        Some(Value::Str(_)) => Err(HostError::type_error("string argument without an encoding")),
        Some(Value::Int(n)) => {
            let n = usize::try_from(*n).map_err(|_| HostError::value_error("negative count"))?;
            ev.budget.consume(n)?;
            Ok(Value::Bytes(vec![0; n].into()))
        }
        Some(value) => {
            let mut bytes = Vec::new();
            for item in ev.iterate(value, span)? {
                let byte = item.as_int().and_then(|v| u8::try_from(v).ok());
                let message = "bytes must be in range(0, 256)";
                bytes.push(byte.ok_or_else(|| HostError::value_error(message))?);
            }
            Ok(Value::Bytes(bytes.into()))
        }
    }
}

fn to_dict(ev: &mut Evaluator, args: CallArgs, kind: DictKind) -> Result<Value> {
    let dict = Rc::new(Dict::new(Default::default(), kind));
    if args.positional.len() > 1 {
        let n_given = args.positional.len();
        let message = format!("dict expected at most 1 argument, got {n_given}");
        return Err(HostError::type_error(message));
    }
    if let Some(source) = args.positional.first() {
        for (key, value) in ev.pairs_of(&source.value)? {
            ev.dict_set(&dict, key, value)?;
        }
    }
    for k in args.keyword {
        ev.dict_set(&dict, k.name.as_str().into(), k.value)?;
    }
    Ok(Value::Dict(dict))
}

fn range(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    // In a prim_func the type of a literal bound is the type of the loop.
    let in_script = ev.in_script();
    let literal = |v: &Value| !in_script && matches!(v, Value::Expr(e) if e.as_int().is_some());
    if args.positional.iter().any(|a| a.value.is_ir() && !literal(&a.value))
        || !args.keyword.is_empty()
    {
        return on_ir(ev, "range", args, span);
    }
    let values = args.between("range", 1, 3)?;
    let mut bounds = Vec::with_capacity(3);
    for value in &values {
        let bound = integer(ev, value)?;
        bounds
            .push(bound.to_i64().ok_or_else(|| number::overflow("range() of more than 64 bits"))?);
    }
    let (start, stop, step) = match bounds[..] {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        _ => (bounds[0], bounds[1], bounds[2]),
    };
    match step {
        0 => Err(HostError::value_error("range() arg 3 must not be zero")),
        _ => Ok(Value::Range(Rc::new(RangeValue { start, stop, step }))),
    }
}
