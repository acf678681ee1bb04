//! `typing`: names that stand in annotations, which nothing reads.

use super::Builtin;
use crate::host::error::{HostError, Result};
use crate::host::types::{Type, type_of};
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use tirade_ir::span::Span;

/// Every name; `TypeVar` belongs to the dialects.
pub static NAMES: &[Builtin] = &[
    Builtin::typing("AbstractSet", refused),
    Builtin::typing("Annotated", refused),
    Builtin::typing("Any", refused),
    Builtin::typing("Callable", refused),
    Builtin::typing("ClassVar", refused),
    Builtin::typing("Collection", refused),
    Builtin::typing("Dict", |ev, args, span| super::types::construct(ev, Type::Dict, args, span)),
    Builtin::typing("Final", refused),
    Builtin::typing("FrozenSet", refused),
    Builtin::typing("Generic", refused),
    Builtin::typing("Hashable", refused),
    Builtin::typing("Iterable", refused),
    Builtin::typing("Iterator", refused),
    Builtin::typing("List", |ev, args, span| super::types::construct(ev, Type::List, args, span)),
    Builtin::typing("Literal", refused),
    Builtin::typing("Mapping", refused),
    Builtin::typing("NamedTuple", super::collections::typing_named_tuple),
    Builtin::typing("NewType", |_, args, _| {
        let [_, base] = args.exact("NewType")?;
        Ok(base)
    }),
    Builtin::typing("NoReturn", refused),
    Builtin::typing("Optional", refused),
    Builtin::typing("Protocol", refused),
    Builtin::typing("Sequence", refused),
    Builtin::typing("Set", |ev, args, span| super::types::construct(ev, Type::Set, args, span)),
    Builtin::typing("Tuple", |ev, args, span| super::types::construct(ev, Type::Tuple, args, span)),
    Builtin::typing("Type", refused),
    Builtin::typing("TypeAlias", refused),
    Builtin::typing("Union", refused),
    Builtin::new("cast", |_, args, _| {
        let [_, value] = args.exact("cast")?;
        Ok(value)
    }),
    Builtin::new("final", same),
    Builtin::new("no_type_check", same),
    Builtin::new("overload", same),
    Builtin::new("override", same),
    Builtin::new("runtime_checkable", same),
];

fn refused(_: &mut Evaluator, _: CallArgs, _: Span) -> Result<Value> {
    Err(HostError::type_error("a name of `typing` cannot be called"))
}

fn same(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("decorator")?;
    Ok(value)
}

/// `isinstance(value, name)`; `None` where that is an error.
pub fn is_instance(name: &str, value: &Value) -> Option<bool> {
    let ty = type_of(value);
    let is = |wanted: Type| ty.is_some_and(|ty| ty.is_a(wanted));
    Some(match name {
        "List" => is(Type::List),
        "Dict" | "Mapping" => is(Type::Dict),
        "Tuple" => is(Type::Tuple),
        "Set" => is(Type::Set),
        "FrozenSet" => is(Type::FrozenSet),
        "Sequence" => {
            [Type::List, Type::Tuple, Type::Str, Type::Range, Type::Bytes].iter().any(|t| is(*t))
        }
        "Iterable" | "Collection" => {
            let kinds = [
                Type::List,
                Type::Tuple,
                Type::Str,
                Type::Range,
                Type::Bytes,
                Type::Dict,
                Type::Set,
                Type::FrozenSet,
            ];
            kinds.iter().any(|t| is(*t)) || (name == "Iterable" && is(Type::Iterator))
        }
        "Iterator" => is(Type::Iterator),
        "Callable" => matches!(
            value,
            Value::Function(_) | Value::Builtin(_) | Value::BoundMethod(_) | Value::Class(_)
        ),
        "Hashable" => !matches!(value, Value::List(_) | Value::Dict(_)),
        _ => return None,
    })
}
