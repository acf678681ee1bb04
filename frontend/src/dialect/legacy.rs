//! Names of older versions: raw allocations, flat access through pointers, the blocks of early 2021.

use super::convert::{self, expected, expr, index};
use super::expr::type_error;
use super::loops::range_of;
use super::sig::Bound;
use super::stmt::{add_bind, need_func, within};
use super::table::{Row, row};
use super::values::{Context, DialectValue, LegacyAxis};
use super::{block, buffer};
use crate::ast::{Expr, ExprKind};
use crate::host::{Arg, Body, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::buffer::{Buffer, BufferNode, Range};
use tirade_ir::builder::{BlockFrame, ForFrame, Frame, LoopSpec};
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::{AllocBuffer, AllocOrigin, IterVar, IterVarKind, PointerType, Stmt};
use tirade_ir::symbol::Symbol;

const MATCH_REGION: &str = "(param, strides=None, elem_offset=None, scope='global', align=-1, \
     offset_factor=0, buffer_type='')";
const MATCH: &str = "(param, shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     scope='global', align=-1, offset_factor=0, buffer_type='')";

pub(super) const CLASSIC: &[Row] = &[
    row(
        "T.allocate",
        "(extents, dtype, scope='global', condition=None, annotations=None)",
        allocate,
        "Fresh memory, as a pointer.",
    ),
    row(
        "T.allocate_const",
        "(data, dtype, extents, annotations=None)",
        allocate_const,
        "Constant memory, as a pointer.",
    ),
    row(
        "T.buffer_decl",
        "(shape, dtype='float32', data=None, strides=None, elem_offset=None, scope='global', \
         align=-1, offset_factor=0, buffer_type='', axis_separators=None)",
        buffer::declare_type,
        "A buffer that is declared, not allocated.",
    ),
    row(
        "T.preflattened_buffer",
        "(postflattened, shape, dtype='float32', data=None, strides=None, elem_offset=None, \
         scope='global', align=-1, offset_factor=0, buffer_type='', axis_separators=None)",
        preflattened,
        "The shape that a parameter had before it was flattened; not kept.",
    ),
    row("T.buffer_var", "(dtype, storage_scope='global')", super::types::ptr, "A typed pointer."),
    row("T.load", "(dtype, var, index, predicate=None)", load, "Reads through a pointer."),
    row("T.store", "(var, index, value, predicate=True)", store, "Writes through a pointer."),
    row(
        "T.realize",
        "(region, scope='global', condition=True)",
        realize,
        "Memory for a buffer that was declared.",
    ),
    row(
        "T.match_buffer_region",
        MATCH_REGION,
        buffer::match_buffer,
        "A view of a region of a buffer.",
    ),
];

pub(super) const HYBRID: &[Row] = &[
    row("T.buffer_bind", MATCH, buffer::match_buffer, "The buffer behind a handle."),
    row(
        "T.buffer_allocate",
        MATCH_ALLOC,
        buffer::block_alloc,
        "Memory that lives as long as an instance of the block.",
    ),
    row("T.bind", "(iter_var, value)", bind_axis, "The value of a block axis."),
    row("T.range", "(begin, end)", |_, a| axis(a, IterVarKind::DataPar), "A spatial block axis."),
    row(
        "T.reduce_axis",
        "(begin, end)",
        |_, a| axis(a, IterVarKind::CommReduce),
        "A reduction axis of a block.",
    ),
    row(
        "T.scan_axis",
        "(begin, end)",
        |_, a| axis(a, IterVarKind::Ordered),
        "An ordered block axis.",
    ),
    row(
        "T.opaque_axis",
        "(begin, end)",
        |_, a| axis(a, IterVarKind::Opaque),
        "An opaque block axis.",
    ),
];

const MATCH_ALLOC: &str = "(shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     scope='global', align=-1, offset_factor=0, buffer_type='')";

/// The shape argument of a raw allocation.
fn extents(arg: &Arg) -> Result<Vec<PrimExpr>> {
    convert::items_or_one(&arg.value).iter().map(|v| convert::extent(v, arg.span)).collect()
}

/// The buffer behind a raw allocation; its name is the pointer's.
fn pointer_to(
    ev: &mut Evaluator,
    args: &Bound,
    shape: Vec<PrimExpr>,
    dtype: DType,
    scope: Symbol,
) -> (Var, Buffer) {
    let name = args.target_or("p");
    let data = ev.dialect.fresh_var(name, DType::HANDLE);
    ev.dialect.set_pointer(data, PointerType { element: dtype, scope });
    let node = BufferNode { data, scope, span: args.span, ..BufferNode::new(name, shape, dtype) };
    let buffer = Buffer::from_node(node);
    ev.dialect.set_pointer_buffer(data, buffer.clone());
    (data, buffer)
}

fn allocate(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let shape = extents(args.arg("extents"))?;
    let dtype = convert::dtype(args.arg("dtype"))?;
    let scope = args.opt("scope").map_or(Ok(Symbol::new("global")), convert::symbol)?;
    if let Some(condition) = args.opt("condition")
        && !convert::arg_expr(condition)?.is_int(1)
    {
        let message = "an allocation under a condition is not supported";
        return Err(HostError::new(Code::UNSUPPORTED, condition.span, message));
    }
    let annotations = convert::annotations(args.opt("annotations"))?;
    let (data, buffer) = pointer_to(ev, args, shape, dtype, scope);
    let (origin, span) = (AllocOrigin::Allocate, args.span);
    let node = AllocBuffer { buffer, annotations, constant: None, origin, span };
    ev.builder.add(Stmt::AllocBuffer(Arc::new(node)));
    Ok(Value::Expr(data.into()))
}

fn allocate_const(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let data = args.arg("data");
    let constant = Some(convert::attr_value(&data.value, data.span)?);
    let shape = extents(args.arg("extents"))?;
    let dtype = convert::dtype(args.arg("dtype"))?;
    let annotations = convert::annotations(args.opt("annotations"))?;
    let (data, buffer) = pointer_to(ev, args, shape, dtype, Symbol::new("global"));
    let (origin, span) = (AllocOrigin::Allocate, args.span);
    ev.builder.add(Stmt::AllocBuffer(Arc::new(AllocBuffer {
        buffer,
        annotations,
        constant,
        origin,
        span,
    })));
    Ok(Value::Expr(data.into()))
}

fn preflattened(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let message = "the shape before flattening is not kept";
    let mut warning = Diagnostic::warning(Code::LOST_OPTION, args.span, message);
    warning.expansion = ev.backtrace();
    ev.diagnostics.push(warning);
    Ok(Value::None)
}

/// The buffer that is accessed by a flat index through a pointer. What an untyped pointer points
/// to is told by the type of a stored value.
pub(super) fn pointer_buffer(
    ev: &mut Evaluator,
    data: Var,
    indices: &[Value],
    stored: Option<DType>,
    span: Span,
) -> Result<Buffer> {
    if let Some(buffer) = ev.dialect.pointer_buffer(data) {
        if buffer.rank() == indices.len() {
            return Ok(buffer);
        }
        let size = buffer
            .shape
            .iter()
            .try_fold(PrimExpr::i32(1), |size, e| make::mul(size, e, span).map_err(type_error));
        return Ok(flat_view(ev, data, size?, buffer.dtype, span));
    }
    let known = ev.dialect.pointer(data).map(|p| p.element);
    let Some(element) = known.or(stored) else {
        let message = format!("it is not known what `{}` points to", data.name);
        let error = HostError::new(Code::NOT_ASSIGNABLE, span, message);
        return Err(error.with_help(format!(
            "declare a buffer: `A = T.decl_buffer(shape, dtype, data={})`",
            data.name
        )));
    };
    Ok(flat_view(ev, data, PrimExpr::i32(i32::MAX), element, span))
}

/// A one-dimensional view of what a pointer points to, declared once in each function.
fn flat_view(ev: &mut Evaluator, data: Var, size: PrimExpr, dtype: DType, span: Span) -> Buffer {
    let scope = ev.dialect.pointer(data).map_or(Symbol::new("global"), |p| p.scope);
    let node = BufferNode { data, scope, span, ..BufferNode::new(data.name, [size], dtype) };
    let buffer = Buffer::from_node(node);
    ev.builder.decl(buffer.clone(), span);
    buffer
}

/// A pointer argument with the buffer behind it.
fn pointee(ev: &mut Evaluator, arg: &Arg, dtype: Option<DType>) -> Result<Buffer> {
    if let Value::Buffer(buffer) = &arg.value {
        return Ok(buffer.clone());
    }
    let data = convert::var(arg)?;
    let known = ev.dialect.pointer_buffer(data).filter(|b| b.rank() == 1);
    match (known, dtype) {
        (Some(buffer), Some(dtype)) if buffer.dtype != dtype.element() => {
            Ok(flat_view(ev, data, PrimExpr::i32(i32::MAX), dtype.element(), arg.span))
        }
        (Some(buffer), _) => Ok(buffer),
        (None, Some(dtype)) if ev.dialect.pointer_buffer(data).is_none() => {
            let size = PrimExpr::i32(i32::MAX);
            Ok(flat_view(ev, data, size, dtype.element(), arg.span))
        }
        (None, _) => pointer_buffer(ev, data, &[Value::Int(0)], None, arg.span),
    }
}

fn load(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let dtype = convert::dtype(args.arg("dtype"))?;
    let buffer = pointee(ev, args.arg("var"), Some(dtype))?;
    let at = args.arg("index");
    let load = make::load(&buffer, vec![index(&at.value, at.span)?], args.span);
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    let predicate = predicate.filter(|p| !p.is_int(1));
    Ok(Value::Expr(buffer::with_predicate(load.map_err(type_error)?, predicate)))
}

fn store(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let value = args.arg("value");
    let dtype = expr(&value.value, value.span)?.dtype();
    let buffer = pointee(ev, args.arg("var"), Some(dtype))?;
    let at = args.arg("index");
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    let predicate = predicate.filter(|p| !p.is_int(1));
    let indices = [at.value.clone()];
    super::assign::store(ev, &buffer, &indices, value, predicate, at.span, args.span)?;
    Ok(Value::None)
}

/// Memory for a declared buffer. It is accessed by indices of the whole buffer, so the whole of it
/// is allocated.
fn realize(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let arg = args.arg("region");
    let buffer = convert::region(&arg.value, arg.span)?.buffer;
    ev.builder.take_alloc(buffer.data);
    ev.builder.alloc(buffer, AllocOrigin::AllocBuffer, Default::default(), args.span);
    Ok(block::context(Context::Scope(Value::None)))
}

/// `T.let(x, v)` of the oldest versions: binds a variable that exists. `T.let(x, v, body)` is an
/// expression.
pub(super) fn let_call(ev: &mut Evaluator, args: &[Arg], span: Span) -> Result<Value> {
    if let [var, value, body] = args {
        return super::op::let_parts(&[var, value, body], span);
    }
    let [var, value] = args else {
        let message = "`T.let` takes a variable and its value";
        return Err(HostError::new(Code::LET, span, message));
    };
    let (var, value) = (convert::var(var)?, convert::arg_expr(value)?);
    add_bind(ev, var, value, span)?;
    Ok(block::context(Context::Scope(Value::Expr(var.into()))))
}

fn axis(args: &Bound, kind: IterVarKind) -> Result<Value> {
    let (begin, end) = (args.arg("begin"), args.arg("end"));
    let (min, end) = (index(&begin.value, begin.span)?, index(&end.value, end.span)?);
    let dom = range_of(min, end, args.span)?;
    Ok(Value::Dialect(Rc::new(DialectValue::Axis(LegacyAxis { dom, kind }))))
}

/// `with tir.block([…], "name") as [vi, vj]:`. Axes that no `tir.bind` gives a value follow the
/// loops around the block; without loops, loops are made for them.
pub(super) fn with_block(
    ev: &mut Evaluator,
    name: Symbol,
    axes: &[LegacyAxis],
    target: Option<&Expr>,
    span: Span,
    body: Body,
) -> Result<()> {
    let names = axis_names(axes, target, span)?;
    let around: Vec<Var> = loops_around(ev);
    let made: Vec<LoopSpec> = match around.is_empty() {
        true => names.iter().zip(axes).map(|(n, a)| loop_for(*n, &a.dom)).collect(),
        false => Vec::new(),
    };
    let loop_vars: Vec<Var> =
        if around.is_empty() { made.iter().map(|l| l.var).collect() } else { around };
    let mut frame = BlockFrame::new(name, span);
    let mut vars = Vec::new();
    for (i, (axis, name)) in axes.iter().zip(&names).enumerate() {
        let var = Var::new(*name, axis.dom.extent.dtype());
        vars.push(Value::Expr(var.into()));
        let dom = axis.dom.clone();
        let iter_var = IterVar { var, dom, kind: axis.kind, thread_tag: None, span };
        // One that is bound by name is replaced; one that is missing shows in the validator.
        let value = loop_vars.get(i).map_or(PrimExpr::i32(0), |v| (*v).into());
        frame.add_axis(iter_var, value);
    }
    let bound_before = ev.dialect.axes_bound;
    within(ev, Frame::Block(frame), span, &mut |ev| {
        if let Some(target) = target
            && !vars.is_empty()
        {
            let value = match (&target.kind, vars.as_slice()) {
                (ExprKind::Name(_), [one]) => one.clone(),
                _ => Value::tuple(vars.clone()),
            };
            ev.bind_target(target, value)?;
        }
        body(ev)
    })?;
    let unbound = ev.dialect.axes_bound == bound_before;
    ev.dialect.axes_bound = bound_before;
    if unbound && !made.is_empty() {
        let block = ev.builder.take_last();
        let frame = Frame::For(ForFrame { loops: made, span });
        ev.builder.enter(frame).map_err(|_| super::stmt::too_deep(span))?;
        block.into_iter().for_each(|stmt| ev.builder.add(stmt));
        ev.builder.exit();
    }
    Ok(())
}

fn loop_for(name: Symbol, dom: &Range) -> LoopSpec {
    let mut spec = LoopSpec::serial(Var::new(name, dom.extent.dtype()), dom.extent.clone());
    spec.min = dom.min.clone();
    spec
}

/// Loop variables between the block around and here, outermost first.
fn loops_around(ev: &Evaluator) -> Vec<Var> {
    let frames = ev.builder.frames().take_while(|f| !matches!(f, Frame::Block(_) | Frame::Func(_)));
    let mut vars: Vec<Var> = frames
        .flat_map(|f| match f {
            Frame::For(f) => f.loops.iter().rev().map(|l| l.var).collect(),
            _ => Vec::new(),
        })
        .collect();
    vars.reverse();
    vars
}

fn axis_names(axes: &[LegacyAxis], target: Option<&Expr>, span: Span) -> Result<Vec<Symbol>> {
    let names: Vec<Option<Symbol>> = match target.map(|t| &t.kind) {
        Some(ExprKind::List(items) | ExprKind::Tuple(items)) => {
            items.iter().map(Expr::as_name).collect()
        }
        Some(ExprKind::Name(name)) => vec![Some(*name)],
        _ => Vec::new(),
    };
    if names.len() != axes.len() {
        let message = format!("{} names for {} axes", names.len(), axes.len());
        let span = target.map_or(span, |t| t.span);
        return Err(HostError::new(Code::AXIS_COUNT, span, message));
    }
    Ok(names.into_iter().map(|n| n.unwrap_or_else(|| Symbol::new("v"))).collect())
}

/// `tir.bind(vi, value)`.
fn bind_axis(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (axis, value) = (args.arg("iter_var"), args.arg("value"));
    let var = convert::var(axis)?;
    let value = index(&value.value, value.span)?;
    let block = block::current(ev, args)?;
    let Some(i) = block.iter_vars.iter().position(|v| v.var == var) else {
        return Err(expected("an axis of this block", &axis.value, axis.span));
    };
    block.iter_values[i] = value;
    ev.dialect.axes_bound += 1;
    Ok(Value::None)
}
