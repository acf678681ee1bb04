//! Assignments and stores of prim_funcs.
//!
//! The same `x = e` means an immutable binding in the classic dialect and a mutable scalar in the
//! modern one; in both, a name for a buffer or for a variable that was just made is only a name.

use super::convert::describe;
use super::convert::{self, expr, index, ramp, scalar_load};
use super::expr::{convert_to, operand, type_error};
use super::state::Origin;
use super::stmt::{add_bind, enter_rest};
use super::values::{BufferType, DialectValue};
use super::{buffer, names};
use crate::ast::{Ident, Operator};
use crate::host::{Arg, Evaluator, HostError, Result, Value};
use tirade_ir::buffer::{Buffer, BufferNode};
use tirade_ir::builder::Frame;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var, vector_access_dtype};
use tirade_ir::func::Attrs;
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::{AllocOrigin, BufferStore, Stmt};
use tirade_ir::symbol::Symbol;

/// `target = value`.
pub(super) fn assign_name(ev: &mut Evaluator, target: Ident, value: Arg, span: Span) -> Result<()> {
    if ev.dialect.is_modern() && store_to_scalar(ev, target, &value, span)? {
        return Ok(());
    }
    let bound = match &value.value {
        Value::Expr(PrimExpr::Var(v)) => match definition(ev, target, *v, value.span)? {
            Some(named) => {
                refuse_redefinition(ev, target)?;
                Value::Expr(named.into())
            }
            None => define(ev, target, (*v).into(), span)?,
        },
        Value::Buffer(buffer) if span.contains(buffer.span) => {
            refuse_redefinition(ev, target)?;
            value.value
        }
        Value::Expr(PrimExpr::Str(_)) => value.value,
        Value::Expr(e) => define(ev, target, e.clone(), span)?,
        Value::Scalar(b) => define(ev, target, scalar_load(b, value.span), span)?,
        Value::Int(_) | Value::Bool(_) | Value::Float(_) => {
            let e = expr(&value.value, value.span)?;
            define(ev, target, e, span)?
        }
        Value::Dialect(d) => match &**d {
            DialectValue::MetaVar(inner) => inner.clone(),
            DialectValue::Context(context) => enter_rest(ev, context, span)?,
            DialectValue::BufferType(ty) => {
                refuse_redefinition(ev, target)?;
                Value::Buffer(declare(ev, target, ty, span)?)
            }
            DialectValue::Loops(_) => {
                let message = "loops have no value; write `for … in …:`";
                return Err(HostError::new(Code::NOT_A_STATEMENT, value.span, message));
            }
            _ => value.value,
        },
        _ => value.value,
    };
    ev.bind(target.name, bound);
    Ok(())
}

/// What a statement defines keeps its name to the end of the block. Loops over lists that are known
/// when the script is read may define a name in every round.
fn refuse_redefinition(ev: &Evaluator, target: Ident) -> Result<()> {
    let Some(before) = ev.scope().define(target.name, target.span) else { return Ok(()) };
    let message = format!("`{}` is already defined in this block", target.name);
    Err(HostError::new(Code::REBOUND, target.span, message)
        .with_secondary(before, "defined here first")
        .with_help("use another name"))
}

/// The variable that `target = v` only names: one that was just made, or a symbolic size of the
/// signature, which `n = T.int32()` stands for.
fn definition(ev: &mut Evaluator, target: Ident, v: Var, span: Span) -> Result<Option<Var>> {
    let symbols = ev.dialect.funcs.last().map(|f| &f.symbols);
    let symbol = symbols.and_then(|s| s.get(&target.name)).copied();
    if symbol == Some(v) {
        return Ok(symbol);
    }
    let Some(origin) = ev.dialect.take_fresh(v) else { return Ok(None) };
    match (symbol, origin) {
        (Some(symbol), Origin::Declared) if symbol.dtype == v.dtype => Ok(Some(symbol)),
        (Some(symbol), Origin::Declared) => {
            let message = format!(
                "`{}` is {} in the signature, and {} here",
                target.name, symbol.dtype, v.dtype
            );
            Err(HostError::new(Code::REBOUND, span, message))
        }
        // A declaration that is part of a tuple does not know its name before.
        (None, Origin::Declared) => Ok(Some(Var { name: target.name, ..v })),
        (_, Origin::Bound) => Ok(Some(v)),
    }
}

/// A store to the mutable scalar, or buffer of one element, that `target` already stands for.
fn store_to_scalar(ev: &mut Evaluator, target: Ident, value: &Arg, span: Span) -> Result<bool> {
    let buffer = match ev.lookup(target.name) {
        Some(Value::Scalar(buffer)) => buffer,
        Some(Value::Buffer(buffer)) if buffer.rank() == 1 && buffer.shape[0].is_int(1) => buffer,
        _ => return Ok(false),
    };
    let is_value = match &value.value {
        Value::Expr(e) => !e.as_var().is_some_and(|v| ev.dialect.is_fresh(v)),
        Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Scalar(_) | Value::Region(_) => {
            true
        }
        _ => false,
    };
    if is_value {
        store(ev, &buffer, &[Value::Int(0)], value, None, target.span, span)?;
    }
    Ok(is_value)
}

/// `object.name = value`, where the attribute of a `T.meta_class` is a mutable scalar: a store to
/// it. False if `value` takes the attribute's place instead.
pub(super) fn store_to_attribute(
    ev: &mut Evaluator,
    buffer: &Buffer,
    value: &Value,
    span: Span,
) -> Result<bool> {
    let is_value = match value {
        Value::Expr(e) => !e.as_var().is_some_and(|v| ev.dialect.is_fresh(v)),
        Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Scalar(_) => true,
        _ => false,
    };
    if is_value {
        let value = Arg { value: value.clone(), span };
        store(ev, buffer, &[Value::Int(0)], &value, None, span, span)?;
    }
    Ok(is_value)
}

/// `target = e`: a mutable scalar in the modern dialect, an immutable binding in the others.
fn define(ev: &mut Evaluator, target: Ident, e: PrimExpr, span: Span) -> Result<Value> {
    refuse_loop_variable(ev, target)?;
    if ev.dialect.is_modern() && names::is_scalar_type(e.dtype()) {
        ev.charge_expr(&e)?;
        let buffer = scalar(ev, target, e.dtype(), span);
        ev.builder.store(buffer.clone(), e, [PrimExpr::i32(0)], span);
        return Ok(Value::Scalar(buffer));
    }
    let var = Var::new(target.name, e.dtype());
    add_bind(ev, var, e, span)?;
    Ok(Value::Expr(var.into()))
}

/// Loop variables do not change: directly in a loop's body, its variable's name has one meaning.
fn refuse_loop_variable(ev: &mut Evaluator, target: Ident) -> Result<()> {
    let Some(Frame::For(frame)) = ev.builder.last() else { return Ok(()) };
    let Some(var) = frame.loops.iter().map(|l| l.var).find(|v| v.name == target.name) else {
        return Ok(());
    };
    let current = ev.lookup(target.name);
    if !matches!(current, Some(Value::Expr(PrimExpr::Var(v))) if v == var) {
        return Ok(());
    }
    let message = format!("the loop variable `{}` cannot be given another value", target.name);
    Err(HostError::new(Code::REBOUND, target.span, message)
        .with_help("use another name, or a `while` loop over a scalar"))
}

/// A new mutable scalar: a buffer of one element.
fn scalar(ev: &mut Evaluator, target: Ident, dtype: DType, span: Span) -> Buffer {
    let shape = [PrimExpr::i32(1)];
    let scope = Symbol::new("local");
    let node =
        BufferNode { scope, span: target.span, ..BufferNode::new(target.name, shape, dtype) };
    let buffer = buffer::register(ev, node);
    ev.builder.alloc(buffer.clone(), AllocOrigin::Scalar, Attrs::new(), span);
    buffer
}

/// `A = T.Buffer(…)` in a body: a view of `data`, or fresh memory.
fn declare(ev: &mut Evaluator, target: Ident, ty: &BufferType, span: Span) -> Result<Buffer> {
    let made = buffer::make(ev, target.name, ty, DType::INT32)?;
    match ty.options.data.is_some() {
        true => ev.builder.decl(made.clone(), span),
        false => {
            ev.builder.alloc(made.clone(), AllocOrigin::DeclBuffer, Attrs::new(), span);
        }
    }
    Ok(made)
}

/// `target: annotation = value`.
pub(super) fn assign_annotated(
    ev: &mut Evaluator,
    target: Ident,
    annotation: Arg,
    value: Option<Arg>,
    span: Span,
) -> Result<()> {
    refuse_redefinition(ev, target)?;
    if let Value::Dialect(d) = &annotation.value {
        match &**d {
            DialectValue::Let(ty) => {
                let ty = ty.clone().map(|v| Arg { value: v, span: annotation.span });
                return bind_let(ev, target, ty, value, span);
            }
            DialectValue::Vector(dtype, shape) => {
                return local_vector(ev, target, *dtype, shape, annotation.span, value, span);
            }
            _ => {}
        }
    }
    if !ev.dialect.is_modern() {
        return bind_let(ev, target, Some(annotation), value, span);
    }
    let dtype = annotated_dtype(&annotation)?;
    if !names::is_scalar_type(dtype) {
        let message = format!("a mutable scalar cannot be of type {dtype}");
        let error = HostError::new(Code::LET, annotation.span, message);
        return Err(error.with_help("write `x: T.let[T.handle(…)] = …` for an immutable pointer"));
    }
    let buffer = scalar(ev, target, dtype, span);
    if let Some(value) = value {
        store(ev, &buffer, &[Value::Int(0)], &value, None, target.span, span)?;
    }
    ev.bind(target.name, Value::Scalar(buffer));
    Ok(())
}

/// The type that an annotation names.
fn annotated_dtype(annotation: &Arg) -> Result<DType> {
    match &annotation.value {
        Value::Type(ty) => match ty.name() {
            "int" => Ok(DType::INT32),
            "float" => Ok(DType::FLOAT32),
            "bool" => Ok(DType::BOOL),
            _ => convert::dtype(annotation),
        },
        _ => convert::dtype(annotation),
    }
}

/// `x: T.let[type] = value`, and `x: type = value` of the classic dialect.
fn bind_let(
    ev: &mut Evaluator,
    target: Ident,
    annotation: Option<Arg>,
    value: Option<Arg>,
    span: Span,
) -> Result<()> {
    let Some(value) = value else {
        let message = format!("the immutable binding `{}` has no value", target.name);
        return Err(HostError::new(Code::LET, span, message));
    };
    let typed = annotation.as_ref().map(|a| annotated_dtype(a).map(|d| (d, a))).transpose()?;
    let e = expr(&value.value, value.span)?;
    let (dtype, e) = match &typed {
        None => (e.dtype(), e),
        Some((dtype, _)) if *dtype == e.dtype() => (*dtype, e),
        Some((dtype, a)) if literal_adapts(&e, *dtype) => (*dtype, convert_to(e, *dtype, a.span)?),
        Some((dtype, a)) => {
            let message =
                format!("`{}` is declared {dtype}, but its value is {}", target.name, e.dtype());
            return Err(HostError::new(Code::LET, value.span, message)
                .with_secondary(a.span, "the declared type"));
        }
    };
    let var = Var::new(target.name, dtype);
    if let Some((_, Arg { value: Value::Expr(PrimExpr::Var(ty)), .. })) = &typed {
        ev.dialect.take_fresh(*ty);
        if let Some(pointer) = ev.dialect.pointer(*ty) {
            ev.dialect.set_pointer(var, pointer);
        }
    }
    add_bind(ev, var, e, span)?;
    ev.bind(target.name, Value::Expr(var.into()));
    Ok(())
}

/// True for literals, which take the declared type.
fn literal_adapts(e: &PrimExpr, dtype: DType) -> bool {
    let number = !dtype.is_handle() && !dtype.is_void() && dtype.is_scalar();
    number && matches!(e, PrimExpr::Int { .. } | PrimExpr::Float { .. })
}

/// `x: T.float32[4]`: a local buffer.
fn local_vector(
    ev: &mut Evaluator,
    target: Ident,
    dtype: DType,
    shape: &[Value],
    shape_span: Span,
    value: Option<Arg>,
    span: Span,
) -> Result<()> {
    if let Some(value) = value {
        let message = "a local buffer cannot be given a value where it is declared";
        return Err(HostError::new(Code::LET, value.span, message));
    }
    let extents: Result<Vec<_>> = shape.iter().map(|v| convert::extent(v, shape_span)).collect();
    let scope = Symbol::new("local");
    let node =
        BufferNode { scope, span: target.span, ..BufferNode::new(target.name, extents?, dtype) };
    let buffer = buffer::register(ev, node);
    ev.builder.alloc(buffer.clone(), AllocOrigin::AllocBuffer, Attrs::new(), span);
    ev.bind(target.name, Value::Buffer(buffer));
    Ok(())
}

/// `target op= value`.
pub(super) fn aug_assign_name(
    ev: &mut Evaluator,
    target: Ident,
    current: &Value,
    op: Operator,
    value: &Value,
    span: Span,
) -> Result<()> {
    let value = super::hooks::binary(ev, op, current, value, span)?;
    assign_name(ev, target, Arg { value, span }, span)
}

/// `base[indices] = value`.
pub(super) fn store_subscript(
    ev: &mut Evaluator,
    base: &Value,
    indices: &[Value],
    value: &Arg,
    index_span: Span,
    base_span: Span,
    span: Span,
) -> Result<()> {
    let buffer = match base {
        Value::Buffer(buffer) | Value::Scalar(buffer) => buffer.clone(),
        Value::Expr(PrimExpr::Var(v)) if v.dtype.is_handle() => {
            let param = ev.builder.func_mut().and_then(|f| f.param_mut(*v));
            if let Some(matched) = param.and_then(|param| param.buffer()) {
                let message = format!("the pointer `{}` cannot be stored to", v.name);
                return Err(HostError::new(Code::NOT_ASSIGNABLE, base_span, message)
                    .with_help(format!("store to its buffer, `{}`", matched.name)));
            }
            let stored = operand(&value.value, value.span)
                .and_then(|value_of| make::literal(value_of, value.span).map_err(type_error));
            let dtype = stored?.dtype().element();
            super::legacy::pointer_buffer(ev, *v, indices, Some(dtype), base_span)?
        }
        other => {
            let message = format!("{} cannot be stored to", describe(other));
            return Err(HostError::new(Code::NOT_ASSIGNABLE, base_span, message));
        }
    };
    store(ev, &buffer, indices, value, None, index_span, span)
}

/// Adds a store. Slices are vectors; the value is cast to the type of the access.
pub(super) fn store(
    ev: &mut Evaluator,
    buffer: &Buffer,
    indices: &[Value],
    value: &Arg,
    predicate: Option<PrimExpr>,
    index_span: Span,
    span: Span,
) -> Result<()> {
    if !ev.builder.in_func() {
        let message = format!("the buffer `{}` is stored to outside of a prim_func", buffer.name);
        return Err(HostError::new(Code::OUTSIDE_FUNCTION, span, message));
    }
    let indices = buffer::flat_indices(indices);
    buffer::check_rank(buffer, indices.len(), index_span)?;
    let indices: Result<Vec<_>> =
        indices.iter().map(|v| store_index(buffer, v, index_span)).collect();
    let indices = indices?;
    make::place(buffer, &indices, index_span).map_err(type_error)?;
    let access = vector_access_dtype(buffer, &indices);
    let operand = operand(&value.value, value.span)?;
    let value = make::store_value(access, operand, value.span).map_err(type_error)?;
    ev.charge_expr(&value)?;
    let store =
        BufferStore { buffer: buffer.clone(), value, indices: indices.into(), predicate, span };
    ev.builder.add(Stmt::Store(std::sync::Arc::new(store)));
    Ok(())
}

/// An index of a store: an integer, or a slice of constant length as a vector.
fn store_index(buffer: &Buffer, value: &Value, span: Span) -> Result<PrimExpr> {
    let Value::Slice(slice) = value else { return index(value, span) };
    let (min, extent, step) = buffer::slice_parts(buffer, slice, span)?;
    match (extent.as_int(), super::op::lanes_of(&extent)) {
        (Some(1), _) => Ok(min),
        (Some(lanes), _) => ramp(min, step, lanes, span),
        (None, Some(lanes)) => {
            let stride = PrimExpr::int(step, min.dtype());
            make::ramp(min, stride, lanes, span).map_err(type_error)
        }
        (None, None) => {
            let message = "a store to a slice needs a slice of constant length";
            Err(HostError::new(Code::SLICE, span, message))
        }
    }
}
