//! Types as functions: literals, casts, variables; and the nodes that are named by their class.

use super::convert::{self, expected, expr};
use super::expr::{operand, type_error};
use super::sig::Bound;
use super::table::{Row, row};
use super::values::DialectValue;
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use tirade_ir::diag::Code;
use tirade_ir::dtype::{DType, TypeCode};
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::PointerType;
use tirade_ir::symbol::Symbol;

pub(super) const ROWS: &[Row] = &[
    row("T.boolean", "(expr=None)", |ev, a| scalar_call(ev, a, DType::BOOL), "Same as `T.bool`."),
    row("T.Var", "(name, dtype='int32', ty=None)", var, "A variable."),
    row("T.var", "(dtype='int32', name=None)", old_var, "A variable."),
    row("T.SizeVar", "(name, dtype='int32', ty=None)", var, "A variable that is not negative."),
    row("T.ptr", "(dtype, storage_scope='global')", ptr, "A typed pointer."),
    row("T.Ptr", "(dtype, storage_scope='global')", ptr, "A typed pointer."),
    row("T.TypeVar", "(name)", type_var, "A symbolic size that signatures share by name."),
    row("T.type_annotation", "(dtype)", type_annotation, "A type as an argument."),
    row(
        "T.meta_var",
        "(value)",
        meta_var,
        "A value of the script, without a binding in the program.",
    ),
    row(
        "I.meta_var",
        "(value)",
        meta_var,
        "A value of the script, without a binding in the program.",
    ),
    row("T.min_value", "(dtype, span=None)", |_, a| limit(a, Limit::Min), "Smallest finite value."),
    row("T.max_value", "(dtype, span=None)", |_, a| limit(a, Limit::Max), "Largest finite value."),
    row("T.infinity", "(dtype, span=None)", |_, a| limit(a, Limit::Infinity), "Positive infinity."),
    row("T.reinterpret_bits", "(dtype, value)", reinterpret_bits, "Same as `T.reinterpret`."),
    row("T.StringImm", "(value, span=None)", |_, a| string_imm(a), "A string literal."),
    row("T.IntImm", "(dtype, value, span=None)", imm, "An integer literal."),
    row("T.FloatImm", "(dtype, value, span=None)", imm, "A float literal."),
    row("T.const", "(value, dtype=None, span=None)", constant, "A literal."),
    row("T.Optional", "(annotation)", optional, "A parameter of `T.jit` that may be absent."),
];

/// `T.float32(…)`: a literal, a cast, or a new variable without an argument.
pub(super) fn call_dtype(
    ev: &mut Evaluator,
    dtype: DType,
    args: CallArgs,
    span: Span,
) -> Result<Value> {
    if dtype.is_handle() {
        return handle_call(ev, &args);
    }
    let target = match args.targets.as_slice() {
        [name] => Some(name.name),
        _ => None,
    };
    for keyword in &args.keyword {
        if !matches!(keyword.name.as_str(), "expr" | "is_size_var" | "dtype") {
            let message = format!("`T.{dtype}` has no parameter `{}`", keyword.name);
            return Err(HostError::new(Code::UNKNOWN_KEYWORD, keyword.span, message));
        }
    }
    let keyword = args.keyword.iter().find(|k| k.name.as_str() == "expr");
    let value = keyword.map(|k| (&k.value, k.span));
    let value = value.or_else(|| args.positional.first().map(|a| (&a.value, a.span)));
    if let Some(second) = args.positional.get(1) {
        let message = format!("`T.{dtype}` takes one argument");
        return Err(HostError::new(Code::TOO_MANY_ARGUMENTS, second.span, message));
    }
    match value {
        None | Some((Value::None, _)) => Ok(new_var(ev, dtype, target)),
        Some((value, at)) => literal(dtype, value, at, span),
    }
}

fn scalar_call(ev: &mut Evaluator, args: &Bound, dtype: DType) -> Result<Value> {
    match args.opt("expr") {
        None => Ok(new_var(ev, dtype, args.target().map(|t| t.name))),
        Some(arg) => literal(dtype, &arg.value, arg.span, args.span),
    }
}

/// A new variable; a name that the signature introduced stands for that variable.
fn new_var(ev: &mut Evaluator, dtype: DType, target: Option<Symbol>) -> Value {
    let symbols = ev.dialect.funcs.last().map(|f| &f.symbols);
    if let Some(known) = target.and_then(|name| symbols?.get(&name))
        && known.dtype == dtype
    {
        return Value::Expr((*known).into());
    }
    let name = target.unwrap_or_else(|| Symbol::new("v"));
    Value::Expr(ev.dialect.declared_var(name, dtype).into())
}

/// `T.int8(3)`, `T.float32("inf")`, `T.int32(x)`.
fn literal(dtype: DType, value: &Value, at: Span, span: Span) -> Result<Value> {
    let e = match value {
        Value::Str(text) => {
            let special = match text.trim().to_ascii_lowercase().as_str() {
                "inf" | "infinity" | "+inf" => Some(f64::INFINITY),
                "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
                "nan" => Some(f64::NAN),
                other => other.parse().ok(),
            };
            let Some(number) = special else {
                return Err(expected("a number, \"inf\", \"-inf\" or \"nan\"", value, at));
            };
            make::typed_literal(dtype, number, at)
        }
        Value::DType(_) => return Err(expected("a number or an expression", value, at)),
        value => make::typed_literal(dtype, operand(value, at)?, span),
    };
    e.map(Value::Expr).map_err(type_error)
}

/// `T.handle()`, `T.handle("float32", "shared")`: a pointer.
fn handle_call(ev: &mut Evaluator, args: &CallArgs) -> Result<Value> {
    let keyword = |name: &str| {
        let found = args.keyword.iter().find(|k| k.name.as_str() == name);
        found.map(|k| Arg { value: k.value.clone(), span: k.span })
    };
    let dtype = args.positional.first().cloned().or_else(|| keyword("dtype"));
    let scope = args.positional.get(1).cloned().or_else(|| keyword("storage_scope"));
    let dtype = dtype.filter(|a| !matches!(a.value, Value::None));
    let target = args.targets.first().filter(|_| args.targets.len() == 1).map(|t| t.name);
    let name = target.unwrap_or_else(|| Symbol::new("p"));
    let var = ev.dialect.declared_var(name, DType::HANDLE);
    if let Some(dtype) = dtype {
        if let Value::Expr(_) = dtype.value {
            let message =
                "`T.handle` takes a data type; write `T.reinterpret(\"handle\", x)` for a cast";
            return Err(HostError::new(Code::ARGUMENT_TYPE, dtype.span, message));
        }
        let element = pointee(&dtype)?;
        let scope = scope.as_ref().map_or(Ok(Symbol::new("global")), convert::symbol)?;
        ev.dialect.set_pointer(var, PointerType { element, scope });
    }
    Ok(Value::Expr(var.into()))
}

/// The element type of a pointer; opaque structures count as void.
fn pointee(arg: &Arg) -> Result<DType> {
    match &arg.value {
        Value::Str(text) if matches!(&**text, "tensormap" | "TensorMap" | "CUtensorMap") => {
            Ok(DType::VOID)
        }
        _ => convert::dtype(arg),
    }
}

pub(super) fn ptr(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let element = pointee(args.arg("dtype"))?;
    let scope = args.opt("storage_scope").map_or(Ok(Symbol::new("global")), convert::symbol)?;
    let var = ev.dialect.fresh_var(args.target_or("p"), DType::HANDLE);
    ev.dialect.set_pointer(var, PointerType { element, scope });
    Ok(Value::Expr(var.into()))
}

/// `T.Ptr[T.float32]`, `T.Ptr["float32", "shared"]`.
pub(super) fn ptr_subscript(ev: &mut Evaluator, indices: &[Value], span: Span) -> Result<Value> {
    let Some((first, rest)) = indices.split_first() else {
        return Err(HostError::new(Code::ARGUMENT_TYPE, span, "a pointer needs an element type"));
    };
    let element = pointee(&Arg { value: first.clone(), span })?;
    let scope = match rest.first() {
        Some(scope) => convert::symbol(&Arg { value: scope.clone(), span })?,
        None => Symbol::new("global"),
    };
    let var = ev.dialect.fresh_var(Symbol::new("p"), DType::HANDLE);
    ev.dialect.set_pointer(var, PointerType { element, scope });
    Ok(Value::Expr(var.into()))
}

fn var(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let name = convert::symbol(args.arg("name"))?;
    let ty = if args.opt("ty").is_some() { "ty" } else { "dtype" };
    let dtype = convert::opt_dtype(args, ty)?.unwrap_or(DType::INT32);
    let name = args.target().map_or(name, |t| t.name);
    let var = ev.dialect.fresh_var(name, dtype);
    copy_pointer(ev, args.opt(ty), var);
    Ok(Value::Expr(var.into()))
}

/// A variable whose type is given as a typed pointer is one.
fn copy_pointer(ev: &mut Evaluator, ty: Option<&Arg>, var: Var) {
    if let Some(Arg { value: Value::Expr(PrimExpr::Var(typed)), .. }) = ty
        && let Some(pointer) = ev.dialect.pointer(*typed)
    {
        ev.dialect.set_pointer(var, pointer);
    }
}

fn old_var(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::INT32);
    Ok(new_var(ev, dtype, args.target().map(|t| t.name)))
}

fn type_var(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let name = convert::symbol(args.arg("name"))?;
    Ok(Value::Dialect(Rc::new(DialectValue::TypeVar(name))))
}

fn type_annotation(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    Ok(Value::Dialect(Rc::new(DialectValue::TypeAnnotation(dtype))))
}

fn meta_var(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let value = args.arg("value").value.clone();
    Ok(Value::Dialect(Rc::new(DialectValue::MetaVar(value))))
}

fn optional(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let annotation = args.arg("annotation").value.clone();
    Ok(Value::Dialect(Rc::new(DialectValue::Optional(annotation))))
}

enum Limit {
    Min,
    Max,
    Infinity,
}

fn limit(args: &Bound, limit: Limit) -> Result<Value> {
    let arg = args.arg("dtype");
    let dtype = convert::dtype(arg)?;
    if !dtype.is_scalar() || !dtype.is_computable() {
        return Err(expected("a scalar number type", &arg.value, arg.span));
    }
    Ok(Value::Expr(match limit {
        Limit::Min => smallest(dtype),
        Limit::Max => largest(dtype),
        Limit::Infinity if dtype.is_float() => PrimExpr::float(f64::INFINITY, dtype),
        Limit::Infinity => return Err(expected("a float type", &arg.value, arg.span)),
    }))
}

/// The largest finite value of a type that can be computed with.
pub(super) fn largest(dtype: DType) -> PrimExpr {
    match largest_float(dtype) {
        Some(value) => PrimExpr::float(value, dtype),
        None => PrimExpr::int(dtype.int_max() as i64, dtype),
    }
}

/// The smallest finite value of a type that can be computed with.
pub(super) fn smallest(dtype: DType) -> PrimExpr {
    match largest_float(dtype) {
        Some(value) => PrimExpr::float(-value, dtype),
        None => PrimExpr::int(dtype.int_min() as i64, dtype),
    }
}

fn largest_float(dtype: DType) -> Option<f64> {
    match (dtype.code(), dtype.bits()) {
        (TypeCode::BFloat, _) => Some(f64::from(f32::from_bits(0x7F7F_0000))),
        (TypeCode::Float, 16) => Some(65504.0),
        (TypeCode::Float, 32) => Some(f64::from(f32::MAX)),
        (TypeCode::Float, _) => Some(f64::MAX),
        _ => None,
    }
}

fn reinterpret_bits(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    let value = convert::arg_expr(args.arg("value"))?;
    let call = make::call(tirade_ir::Op::Reinterpret, [value], Some(dtype), args.span);
    call.map(Value::Expr).map_err(type_error)
}

fn string_imm(args: &Bound) -> Result<Value> {
    let arg = args.arg("value");
    Ok(Value::Expr(PrimExpr::str(convert::text(arg)?, arg.span)))
}

fn imm(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    let arg = args.arg("value");
    literal(dtype, &arg.value, arg.span, args.span)
}

fn constant(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("value");
    match convert::opt_dtype(args, "dtype")? {
        Some(dtype) => literal(dtype, &arg.value, arg.span, args.span),
        None => expr(&arg.value, arg.span).map(Value::Expr),
    }
}
