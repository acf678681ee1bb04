//! What is built in: functions, types, methods, and the modules that scripts can import.
//!
//! One row of a table for each; a function's row names the Rust function that does it. Adding a
//! builtin is adding a row.

pub mod collections;
pub mod core;
pub mod dataclasses;
pub mod dicts;
pub mod exceptions;
pub mod functools;
pub mod iterate;
pub mod itertools;
pub mod lists;
pub mod math;
pub mod numbers;
pub mod objects;
pub mod sets;
pub mod sort;
pub mod strings;
pub mod types;
pub mod typing;

use super::error::Result;
use super::types::Type;
use super::value::Value;
use super::{CallArgs, Evaluator};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// The Rust function behind a builtin.
pub type BuiltinFn = fn(&mut Evaluator, CallArgs, Span) -> Result<Value>;

/// A function or method that is built in.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What a call does; the receiver of a method is the first argument.
    pub call: BuiltinFn,
    typing: bool,
}

impl Builtin {
    /// A row.
    pub const fn new(name: &'static str, call: BuiltinFn) -> Builtin {
        Builtin { name, call, typing: false }
    }

    /// A row for a name of `typing`, which may be subscripted and joined with `|`.
    pub const fn typing(name: &'static str, call: BuiltinFn) -> Builtin {
        Builtin { name, call, typing: true }
    }

    /// True for names of `typing`.
    pub fn is_typing(&self) -> bool {
        self.typing
    }
}

/// Types that are known by a global name.
const TYPES: [Type; 15] = [
    Type::Object,
    Type::Type,
    Type::Bool,
    Type::Int,
    Type::Float,
    Type::Str,
    Type::Bytes,
    Type::Tuple,
    Type::List,
    Type::Dict,
    Type::Set,
    Type::FrozenSet,
    Type::Range,
    Type::Slice,
    Type::None,
];

/// The value of a global name.
pub fn global(name: &str) -> Option<Value> {
    if let Some(ty) = TYPES.iter().find(|ty| ty.name() == name && **ty != Type::None) {
        return Some(Value::Type(*ty));
    }
    match name {
        "NotImplemented" => return Some(Value::NotImplemented),
        "Ellipsis" => return Some(Value::Ellipsis),
        "__name__" => return Some(Value::from("__main__")),
        "__file__" => return Some(Value::from("<script>")),
        _ => {}
    }
    core::GLOBALS.iter().find(|row| row.name == name).map(Value::Builtin)
}

/// Names of all globals.
pub fn global_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|ty| ty.name()).chain(core::GLOBALS.iter().map(|row| row.name))
}

/// The methods of each type.
const METHODS: [(Type, &[Builtin]); 14] = [
    (Type::Str, strings::METHODS),
    (Type::Bytes, strings::BYTES_METHODS),
    (Type::List, lists::METHODS),
    (Type::Tuple, lists::TUPLE_METHODS),
    (Type::Range, lists::TUPLE_METHODS),
    (Type::Dict, dicts::METHODS),
    (Type::OrderedDict, collections::ORDERED_METHODS),
    (Type::Counter, collections::COUNTER_METHODS),
    (Type::Set, sets::METHODS),
    (Type::Set, sets::CHANGING_METHODS),
    (Type::FrozenSet, sets::METHODS),
    (Type::Int, numbers::INT_METHODS),
    (Type::Float, numbers::FLOAT_METHODS),
    (Type::Slice, lists::SLICE_METHODS),
];

static METHOD_INDEX: LazyLock<FxHashMap<(Type, Symbol), &'static Builtin>> = LazyLock::new(|| {
    let rows = METHODS.iter().flat_map(|(ty, rows)| rows.iter().map(move |row| (ty, row)));
    rows.map(|(ty, row)| ((*ty, Symbol::new(row.name)), row)).collect()
});

/// The method `name` of a type, its own or inherited.
pub fn method(ty: Type, name: Symbol) -> Option<&'static Builtin> {
    let own = METHOD_INDEX.get(&(ty, name));
    let inherited = || METHOD_INDEX.get(&(base_of(ty)?, name));
    own.or_else(inherited).copied()
}

fn base_of(ty: Type) -> Option<Type> {
    match ty {
        Type::Bool => Some(Type::Int),
        Type::OrderedDict | Type::DefaultDict | Type::Counter => Some(Type::Dict),
        _ => None,
    }
}

/// The types that have methods, each once, in the order of the table.
pub fn types_with_methods() -> Vec<Type> {
    let mut types: Vec<Type> = METHODS.iter().map(|(ty, _)| *ty).collect();
    types.dedup();
    types
}

/// Names of the methods of a type.
pub fn method_names(ty: Type) -> Vec<Symbol> {
    let of = |wanted: Type| METHODS.iter().filter(move |(ty, _)| *ty == wanted);
    let tables = of(ty).chain(base_of(ty).into_iter().flat_map(of));
    tables.flat_map(|(_, rows)| rows.iter()).map(|row| Symbol::new(row.name)).collect()
}

/// The modules of the standard library that can be imported, with their functions.
const MODULES: [(&str, &[Builtin]); 6] = [
    ("math", math::FUNCTIONS),
    ("functools", functools::FUNCTIONS),
    ("itertools", itertools::FUNCTIONS),
    ("collections", collections::FUNCTIONS),
    ("dataclasses", dataclasses::FUNCTIONS),
    ("typing", typing::NAMES),
];

/// True if `path` is a module of the standard library that can be imported.
pub fn is_module(path: &str) -> bool {
    path == "__future__" || path == "collections.abc" || MODULES.iter().any(|(m, _)| *m == path)
}

/// The value of `module.name`.
pub fn module_attr(module: &str, name: &str) -> Option<Value> {
    match (module, name) {
        ("math", _) => math::constant(name).map(Value::float),
        ("collections", "OrderedDict") => Some(Value::Type(Type::OrderedDict)),
        ("collections", "defaultdict") => Some(Value::Type(Type::DefaultDict)),
        ("collections", "Counter") => Some(Value::Type(Type::Counter)),
        ("collections", "abc") => Some(Value::Module(Symbol::new("collections.abc"))),
        ("dataclasses", "MISSING") => Some(Value::Ellipsis),
        ("typing", "TYPE_CHECKING") => Some(Value::Bool(false)),
        _ => None,
    }
    .or_else(|| {
        let module = if module == "collections.abc" { "typing" } else { module };
        let (_, rows) = MODULES.iter().find(|(m, _)| *m == module)?;
        rows.iter().find(|row| row.name == name).map(Value::Builtin)
    })
}

/// Names in a module of the standard library.
pub fn module_names(module: &str) -> Vec<Symbol> {
    let rows = MODULES.iter().filter(|(m, _)| *m == module).flat_map(|(_, rows)| rows.iter());
    let constants = math::CONSTANTS.iter().filter(|_| module == "math").map(|(name, _)| *name);
    rows.map(|row| row.name).chain(constants).map(Symbol::new).collect()
}
