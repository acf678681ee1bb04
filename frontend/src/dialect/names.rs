//! Modules and names: what `tvm.script.tir`, `T.axis` and an unbound `T` stand for.

use super::suggest::did_you_mean;
use super::table::{self, Entry};
use super::values::DialectValue;
use super::vendor;
use crate::ast::Ident;
use crate::host::{HostError, Value};
use std::rc::Rc;
use tirade_ir::diag::Code;
use tirade_ir::dtype::{DType, TypeCode};
use tirade_ir::symbol::Symbol;

/// Modules and the prefix that their names have in the tables.
const MODULES: &[(&str, &str)] = &[
    ("tvm.script.tirx", "T"),
    ("tvm.script.tir", "T"),
    ("tvm.script.ty", "T"),
    ("tvm.script.parser.tirx", "T"),
    ("tvm.script.parser.tir", "T"),
    ("tvm.tirx", "T"),
    ("tvm.tir", "T"),
    ("tvm.tirx.op", "T"),
    ("tvm.tir.op", "T"),
    ("tvm.tirx.expr", "T"),
    ("tvm.tir.expr", "T"),
    ("tvm.tirx.stmt", "T"),
    ("tvm.tir.stmt", "T"),
    ("tvm.tirx.layout", "T"),
    ("tvm.script.tirx.axis", "T.axis"),
    ("tvm.script.tir.axis", "T.axis"),
    ("tvm.script.ty.axis", "T.axis"),
    ("tvm.tir.axis", "T.axis"),
    ("tvm.tirx.axis", "T.axis"),
    ("tvm.script.ir", "I"),
    ("tvm.script.parser.ir", "I"),
    ("tvm.script.relax", "R"),
    ("tvm.script", "tvm.script"),
    ("tvm.script.parser", "tvm.script"),
    ("tvm.hybrid", "tvm.hybrid"),
    ("tvm.ir", "tvm.ir"),
    ("tvm.target", "tvm.target"),
    ("tvm", "tvm"),
    ("tvm.ir.Op", "tvm.ir.Op"),
    ("tvm.tir.TensorIntrin", "T.TensorIntrin"),
    ("tvm.tirx.TensorIntrin", "T.TensorIntrin"),
    ("tvm.s_tir.TensorIntrin", "T.TensorIntrin"),
    ("tvm.s_tir", "T"),
    ("tvm.te", "te"),
    ("tvm.s_tir.schedule", "T"),
    ("tvm.s_tir.schedule.schedule", "T"),
    ("tvm.tir.schedule", "T"),
    ("tvm.tir.schedule.schedule", "T"),
    ("tvm.s_tir.schedule.testing", "testing"),
    ("tvm.tir.schedule.testing", "testing"),
    ("tvm.tir.IndexMap", "T.IndexMap"),
    ("tvm.tirx.IndexMap", "T.IndexMap"),
    ("tvm.s_tir.Trace", "T.Trace"),
    ("tvm.tir.Trace", "T.Trace"),
    ("tvm_ffi", "tvm_ffi"),
    ("tirade", "tirade"),
];

fn prefix_of(module: &str) -> Option<&'static str> {
    MODULES.iter().find(|(path, _)| *path == module).map(|(_, prefix)| *prefix)
}

/// True for modules that scripts can import and the dialects know.
pub fn is_module(path: &str) -> bool {
    prefix_of(path).is_some()
}

/// What `module.name` means; `None` if it means nothing.
pub fn module_attr(module: Symbol, name: Symbol) -> Option<Value> {
    let (module, name) = (module.as_str(), name.as_str());
    let Some(prefix) = prefix_of(module) else { return vendor::member(module, name) };
    if let Some(value) = special(prefix, name) {
        return Some(value);
    }
    if let Some(entry) = table::lookup(&format!("{prefix}.{name}")) {
        return Some(Value::Entry(entry));
    }
    let path = format!("{module}.{name}");
    if is_module(&path) {
        return Some(Value::Module(Symbol::new(&path)));
    }
    match prefix {
        "T" => type_named(name).or_else(|| vendor::member(module, name)),
        // What elements are computed with.
        "te" => module_attr(Symbol::new("tvm.tirx"), Symbol::new(name)),
        _ => None,
    }
}

/// Names that stand for a value, not for something to be called.
pub(super) fn special(prefix: &str, name: &str) -> Option<Value> {
    let value = match (prefix, name) {
        ("T", "let" | "LetAnnotation") => DialectValue::Let(None),
        ("T.IndexMap" | "te" | "tvm.te", "AXIS_SEPARATOR") => {
            return Some(super::schedule::axis_separator());
        }
        ("T", "constexpr") => DialectValue::Constexpr,
        ("T", "axis") => return Some(Value::Module(Symbol::new("tvm.script.tir.axis"))),
        _ => return None,
    };
    Some(Value::Dialect(Rc::new(value)))
}

/// `T.float32`, `T.int8x4`, `T.handle`, and the short names `T.f32`.
fn type_named(name: &str) -> Option<Value> {
    let long = match name {
        "f16" => "float16",
        "f32" => "float32",
        "f64" => "float64",
        "bf16" => "bfloat16",
        "i8" => "int8",
        "i16" => "int16",
        "i32" => "int32",
        "i64" => "int64",
        "u8" => "uint8",
        "u16" => "uint16",
        "u32" => "uint32",
        "u64" => "uint64",
        "int" | "uint" | "float" | "" => return None,
        other => other,
    };
    long.parse::<DType>().ok().map(Value::DType)
}

/// What a name means that the script does not define: `T`, `I`, `tvm`, `tir` and their like.
pub fn default_name(name: Symbol) -> Option<Value> {
    let module = match name.as_str() {
        "T" | "tirx" => "tvm.script.tirx",
        "tir" => "tvm.script.tir",
        "ty" => "tvm.script.ty",
        "I" => "tvm.script.ir",
        "R" => "tvm.script.relax",
        "tvm" => "tvm",
        "grid" => return table::lookup("T.grid").map(Value::Entry),
        "TypeVar" => return table::lookup("T.TypeVar").map(Value::Entry),
        _ => return None,
    };
    Some(Value::Module(Symbol::new(module)))
}

/// The error for a name that a module does not have.
pub fn unknown_name(module: Symbol, name: Ident) -> HostError {
    let prefix = prefix_of(module.as_str()).unwrap_or(module.as_str());
    let shown = prefix;
    let message = format!("`{shown}` has no `{}`", name.name);
    let error = HostError::new(Code::UNKNOWN_NAME, name.span, message);
    let mut known: Vec<&str> = table::names_under(prefix).collect();
    if prefix == "T" {
        known.extend(DTYPE_NAMES);
    }
    match did_you_mean(name.name.as_str(), known) {
        Some(near) => error.with_help(format!("did you mean `{shown}.{near}`?")),
        None => error,
    }
}

const DTYPE_NAMES: [&str; 15] = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
    "bfloat16", "float32", "float64", "handle", "void",
];

/// The data type whose name is nearest to `text`.
pub(super) fn similar_dtype(text: &str) -> Option<&'static str> {
    did_you_mean(text, DTYPE_NAMES)
}

/// True if the value is the entry of `name`.
pub(super) fn is_entry(value: &Value, name: &str) -> bool {
    matches!(value, Value::Entry(entry) if entry.name == name)
}

/// The name of an entry without what stands before the last dot.
pub(super) fn short_name(entry: &Entry) -> &'static str {
    entry.name.rsplit('.').next().unwrap_or(entry.name)
}

/// True for types whose values are computed with in registers.
pub(super) fn is_scalar_type(dtype: DType) -> bool {
    !matches!(dtype.code(), TypeCode::Handle | TypeCode::Void)
}
