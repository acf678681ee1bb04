//! Buffers: their types, allocation, declaration, matching, views, and reads of their elements.

use super::convert::describe;
use super::convert::{self, expected, expr, extent, index};
use super::expr::type_error;
use super::loops::distance;
use super::sig::Bound;
use super::stmt::{add_bind, need_func};
use super::table::{Row, row};
use super::values::{BufferOptions, BufferType, DialectValue};
use crate::host::{Arg, Evaluator, HostError, Result, SliceValue, Value};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::buffer::{Buffer, BufferNode, BufferRegion, MatchBufferRegion, Range};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{BinOp, PrimExpr, Var};
use tirade_ir::func::{Attrs, ParamKind};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::{AllocBuffer, AllocOrigin, PointerType, Stmt};
use tirade_ir::symbol::Symbol;
use tirade_ir::validate::validate_view;

const BUFFER: &str = "(shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     byte_offset=None, scope='global', align=0, offset_factor=0, buffer_type='', \
     axis_separators=None, layout=None, type=None, allocated_addr=None)";
const DECL: &str = "(shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     byte_offset=None, scope='global', align=0, offset_factor=0, layout=None, buffer_type='', \
     axis_separators=None, allocated_addr=None)";
const ALLOC: &str = "(shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     byte_offset=None, scope='global', align=-1, offset_factor=0, layout=None, \
     allocated_addr=None, annotations=None, buffer_type='', axis_separators=None)";
const BLOCK_ALLOC: &str = "(shape, dtype='float32', data=None, strides=None, elem_offset=None, \
     scope='global', align=-1, offset_factor=0, buffer_type='', axis_separators=None, \
     layout=None, allocated_addr=None)";
const MATCH: &str = "(param, shape=None, dtype='float32', data=None, strides=None, \
     elem_offset=None, scope='global', align=-1, offset_factor=0, buffer_type='', \
     axis_separators=None, layout=None, type=None)";
const SCALAR: &str = "(dtype='float32')";

pub(super) const ROWS: &[Row] = &[
    row("T.Buffer", BUFFER, declare_type, "A buffer, as an annotation or as a declaration."),
    row("T.buffer", BUFFER, declare_type, "Same as `T.Buffer`."),
    row("T.BufferFrom", "(buffer)", buffer_from, "A parameter like another buffer."),
    row(
        "T.match_buffer",
        MATCH,
        match_buffer,
        "The buffer behind a handle, or a view of a region.",
    ),
    row("T.decl_buffer", DECL, decl_buffer, "A view of memory, or fresh memory without `data`."),
];

pub(super) const MODERN: &[Row] = &[
    row("T.alloc_buffer", ALLOC, |ev, a| alloc(ev, a, None), "Fresh memory for a buffer."),
    row("T.alloc_local", ALLOC, |ev, a| alloc(ev, a, Some("local")), "Fresh local memory."),
    row("T.alloc_shared", ALLOC, |ev, a| alloc(ev, a, Some("shared")), "Fresh shared memory."),
    row("T.smem", ALLOC, |ev, a| alloc(ev, a, Some("shared")), "Fresh shared memory."),
    row(
        "T.sblock_alloc_buffer",
        BLOCK_ALLOC,
        block_alloc,
        "Memory that lives as long as an instance of the block.",
    ),
    row(
        "T.alloc_scalar",
        "(dtype='float32', scope='global')",
        |ev, a| alloc_scalar(ev, a, None),
        "A mutable scalar.",
    ),
    row("T.local_scalar", SCALAR, |ev, a| alloc_scalar(ev, a, Some("local")), "A mutable scalar."),
    row(
        "T.shared_scalar",
        SCALAR,
        |ev, a| alloc_scalar(ev, a, Some("shared")),
        "A mutable scalar in shared memory.",
    ),
    row(
        "T.decl_scalar",
        "(dtype, data, scope='global', elem_offset=None, byte_offset=None)",
        decl_scalar,
        "A mutable scalar in memory that exists.",
    ),
];

pub(super) const CLASSIC: &[Row] = &[row(
    "T.alloc_buffer",
    BLOCK_ALLOC,
    block_alloc,
    "Memory that lives as long as an instance of the block.",
)];

pub(super) const METHODS: &[Row] = &[
    row(
        "Buffer.view",
        "(self, *shape, layout=None)",
        view,
        "The same memory in another shape or type.",
    ),
    row("Buffer.vload", "(self, begin, dtype=None, predicate=None)", vload, "Reads a vector."),
    row("Buffer.vstore", "(self, begin, value, predicate=None)", vstore, "Writes a vector."),
    row(
        "Buffer.access_ptr",
        "(self, access_mask, ptr_type='handle', content_lanes=1, offset=0, extent=None)",
        access_ptr,
        "A pointer to a part of the buffer, with how it is used.",
    ),
    row("Buffer.ptr_to", "(self, indices)", ptr_to, "A pointer to an element."),
    row("Buffer.offset_of", "(self, indices)", offset_of, "Offset of an element in memory."),
    row("Buffer.scope", "(self)", |_, a| scope_of(a), "The storage scope."),
    row(
        "Buffer.get_flattened_buffer",
        "(self)",
        flattened,
        "A view of the same memory with one dimension.",
    ),
];

/// Registers what a new buffer's pointer points to, and finishes the buffer.
pub(super) fn register(ev: &mut Evaluator, node: BufferNode) -> Buffer {
    let pointer = PointerType { element: node.dtype, scope: node.scope };
    ev.dialect.set_pointer(node.data, pointer);
    Buffer::from_node(node)
}

/// The options of a call, those that its signature has.
fn options(args: &Bound) -> Result<BufferOptions> {
    let value = |name| args.opt(name).map(|a| (a.value.clone(), a.span));
    let number = |name, default| args.opt(name).map_or(Ok(default), convert::int);
    let strides = args.opt("strides").map(|a| {
        convert::items(&a.value)
            .map(|items| items.into_iter().map(|v| (v, a.span)).collect())
            .ok_or_else(|| expected("a list of strides", &a.value, a.span))
    });
    let separators = args.opt("axis_separators").map_or(Ok(Vec::new()), |a| {
        let item = |v: &Value| convert::int(&Arg { value: v.clone(), span: a.span });
        convert::items_or_one(&a.value).iter().map(item).collect()
    });
    let scope = args.opt("scope").map(convert::symbol).transpose()?;
    Ok(BufferOptions {
        data: value("data"),
        strides: strides.transpose()?,
        elem_offset: value("elem_offset"),
        exact_offset: false,
        byte_offset: value("byte_offset"),
        scope: scope.filter(|s| !s.as_str().is_empty()),
        align: small(number("align", 0)?),
        offset_factor: small(number("offset_factor", 0)?),
        axis_separators: separators?,
    })
}

/// Alignments and factors are small; anything else saturates and is refused by the validator.
fn small(value: i64) -> i32 {
    value.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// The extents of a shape argument, not yet resolved.
fn shape_values(arg: &Arg) -> Vec<(Value, Span)> {
    convert::items_or_one(&arg.value).into_iter().map(|v| (v, arg.span)).collect()
}

/// The buffer type that a call describes.
fn type_of_call(args: &Bound) -> Result<BufferType> {
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::FLOAT32);
    let shape = args.opt("shape").map(shape_values).unwrap_or_default();
    Ok(BufferType { span: args.span, shape, dtype, options: options(args)?, like: None })
}

pub(super) fn declare_type(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    Ok(Value::Dialect(Rc::new(DialectValue::BufferType(type_of_call(args)?))))
}

/// `T.Buffer[(16, 16), "float32"]`, `T.Buffer[16]`.
pub(super) fn buffer_subscript(indices: &[Value], span: Span) -> Result<Value> {
    let (shape, dtype) = match indices {
        [shape, dtype @ (Value::Str(_) | Value::DType(_))] => {
            (convert::items_or_one(shape), convert::dtype_of(dtype, span)?)
        }
        [shape] => (convert::items_or_one(shape), DType::FLOAT32),
        shape => (shape.iter().cloned().collect(), DType::FLOAT32),
    };
    let shape = shape.into_iter().map(|v| (v, span)).collect();
    let ty = BufferType { span, shape, dtype, options: BufferOptions::default(), like: None };
    Ok(Value::Dialect(Rc::new(DialectValue::BufferType(ty))))
}

fn buffer_from(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("buffer");
    if convert::as_buffer_type(&arg.value).is_some() {
        return Ok(arg.value.clone());
    }
    let like = convert::buffer(arg)?;
    Ok(Value::Dialect(Rc::new(DialectValue::BufferType(like_type(like, args.span)))))
}

/// The type of a buffer with the type of another one.
pub(super) fn like_type(like: Buffer, span: Span) -> BufferType {
    let (dtype, options) = (like.dtype, BufferOptions::default());
    BufferType { span, shape: Vec::new(), dtype, options, like: Some(like) }
}

/// A new buffer of the type. Strings among the strides make variables of `stride_dtype`.
pub(super) fn make(
    ev: &mut Evaluator,
    name: Symbol,
    ty: &BufferType,
    stride_dtype: DType,
) -> Result<Buffer> {
    if let Some(like) = &ty.like {
        let fresh = BufferNode::new(name, like.shape.clone(), like.dtype);
        let (id, data) = (fresh.id, fresh.data);
        let node = BufferNode { id, name, data, span: ty.span, ..BufferNode::clone(like) };
        return Ok(register(ev, node));
    }
    let shape: Result<Vec<_>> = ty.shape.iter().map(|(v, span)| extent(v, *span)).collect();
    let shape = shape?;
    let index_dtype = index_dtype(&shape);
    let options = &ty.options;
    let mut node = BufferNode::new(name, shape, ty.dtype);
    node.span = ty.span;
    if let Some((data, span)) = &options.data {
        node.data = data_var(ev, name, data, *span)?;
        node.scope = ev.dialect.pointer(node.data).map_or(node.scope, |p| p.scope);
    }
    if let (Some(scope), None) = (options.scope, &options.data) {
        node.scope = scope;
    }
    if let Some(strides) = &options.strides {
        let stride = |(v, span): &(Value, Span)| match v {
            Value::Str(text) => Ok(Var::new(Symbol::new(text), stride_dtype).into()),
            v => index(v, *span),
        };
        node.strides = strides.iter().map(stride).collect::<Result<_>>()?;
    }
    node.elem_offset = offset(&node, options, index_dtype)?;
    if 0 < options.align {
        node.align = options.align;
    }
    if options.offset_factor != 0 {
        node.offset_factor = options.offset_factor;
    }
    node.axis_separators = options.axis_separators.clone().into();
    Ok(register(ev, node))
}

/// The offset of the first element: as written, or a new variable if only its factor is.
fn offset(
    node: &BufferNode,
    options: &BufferOptions,
    index_dtype: DType,
) -> Result<Option<PrimExpr>> {
    if let Some((value, span)) = &options.elem_offset {
        let offset = index(value, *span)?;
        return Ok(match options.exact_offset {
            true => Some(offset),
            false => plain_offset(offset, &node.shape),
        });
    }
    if let Some((value, span)) = &options.byte_offset {
        let bytes = index(value, *span)?;
        let bits = make::binary(BinOp::Mul, bytes, 8, *span).map_err(type_error)?;
        let width = node.dtype.bits().max(1) as i32;
        let offset = make::binary(BinOp::FloorDiv, bits, width, *span).map_err(type_error)?;
        return Ok(plain_offset(offset, &node.shape));
    }
    let fresh = || Var::new(format!("{}_elem_offset", node.name).as_str(), index_dtype).into();
    Ok((options.offset_factor != 0).then(fresh))
}

/// Type of a buffer's indices where nothing else says it: that of its first extent.
fn index_dtype(shape: &[PrimExpr]) -> DType {
    shape.first().map_or(DType::INT32, PrimExpr::dtype)
}

/// An offset as buffers keep it: none for the 0 that a buffer of this shape has anyway. A 0 of
/// another type is kept, for it makes another buffer to TVM.
fn plain_offset(offset: PrimExpr, shape: &[PrimExpr]) -> Option<PrimExpr> {
    Some(offset).filter(|o| !(o.is_int(0) && o.dtype() == index_dtype(shape)))
}

/// The offset of a buffer as an expression.
pub(super) fn offset_expr(buffer: &Buffer) -> PrimExpr {
    buffer.elem_offset.clone().unwrap_or_else(|| PrimExpr::int(0, index_dtype(&buffer.shape)))
}

/// The pointer behind `data=`; what is no variable gets a name first.
fn data_var(ev: &mut Evaluator, name: Symbol, data: &Value, span: Span) -> Result<Var> {
    let pointer = match data {
        Value::Buffer(buffer) => return Ok(buffer.data),
        value => expr(value, span)?,
    };
    if !pointer.dtype().is_handle() {
        let message = format!("`data` is a pointer, but this is {}", pointer.dtype());
        return Err(HostError::new(Code::ARGUMENT_TYPE, span, message));
    }
    if let PrimExpr::Var(v) = pointer {
        return Ok(v);
    }
    let var = Var::new(format!("{name}_data").as_str(), DType::HANDLE);
    add_bind(ev, var, pointer, span)?;
    Ok(var)
}

pub(super) fn match_buffer(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let param = args.arg("param");
    let mut ty = type_of_call(args)?;
    let handle = match &param.value {
        Value::Expr(PrimExpr::Var(v)) if v.dtype.is_handle() => Some(*v),
        _ => None,
    };
    let source = match handle {
        Some(_) => None,
        None => Some(match_source(&param.value, param.span)?),
    };
    ty.options.exact_offset = source.is_some();
    if args.opt("shape").is_none() {
        let Some(source) = &source else {
            let message = "the shape of a parameter's buffer must be given";
            return Err(HostError::new(Code::MISSING_PARAMETER, args.span, message));
        };
        ty.dtype = source.buffer.dtype;
        let extents = source.region.iter().map(|r| Value::Expr(r.extent.clone()));
        ty.shape = extents.map(|v| (v, args.span)).collect();
    }
    let stride_dtype = match ty.shape.first() {
        Some((Value::Expr(e), _)) => e.dtype(),
        _ => DType::INT32,
    };
    let buffer = make(ev, args.target_or("buffer"), &ty, stride_dtype)?;
    match (handle, source) {
        (Some(handle), _) => bind_param(ev, handle, &buffer, param.span)?,
        (None, Some(source)) => {
            let view = MatchBufferRegion { buffer: buffer.clone(), source, span: args.span };
            if let Some(wrong) = validate_view(&view).into_iter().next() {
                return Err(HostError::diagnostic(wrong));
            }
            super::block::current(ev, args)?.match_buffers.push(view);
        }
        (None, None) => {}
    }
    Ok(Value::Buffer(buffer))
}

fn match_source(value: &Value, span: Span) -> Result<BufferRegion> {
    convert::region(value, span).map_err(|_| {
        let message = format!("`T.match_buffer` cannot match {}", describe(value));
        HostError::new(Code::NOT_A_PARAMETER, span, message)
    })
}

/// Makes `buffer` what the handle parameter `handle` points to.
fn bind_param(ev: &mut Evaluator, handle: Var, buffer: &Buffer, span: Span) -> Result<()> {
    let param = ev.builder.func_mut().and_then(|f| f.param_mut(handle));
    let Some(param) = param else {
        let message = format!("`{}` is no parameter of this function", handle.name);
        return Err(HostError::new(Code::NOT_A_PARAMETER, span, message));
    };
    if let Some(first) = param.buffer() {
        let message = format!("`{}` is already matched to `{}`", handle.name, first.name);
        return Err(HostError::new(Code::DUPLICATE_DECLARATION, span, message)
            .with_secondary(first.span, "the first match"));
    }
    param.kind = ParamKind::Buffer(buffer.clone());
    Ok(())
}

fn decl_buffer(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let ty = type_of_call(args)?;
    let buffer = make(ev, args.target_or("buffer"), &ty, DType::INT32)?;
    match ty.options.data.is_some() {
        true => ev.builder.decl(buffer.clone(), args.span),
        false => {
            let (origin, none) = (AllocOrigin::DeclBuffer, Attrs::new());
            ev.builder.alloc(buffer.clone(), origin, none, args.span);
        }
    }
    Ok(Value::Buffer(buffer))
}

fn alloc(ev: &mut Evaluator, args: &Bound, scope: Option<&str>) -> Result<Value> {
    need_func(ev, args)?;
    let mut ty = type_of_call(args)?;
    if let Some(scope) = scope {
        ty.options.scope.get_or_insert(Symbol::new(scope));
    }
    let buffer = make(ev, args.target_or("buffer"), &ty, DType::INT32)?;
    let annotations = convert::annotations(args.opt("annotations"))?;
    let origin = AllocOrigin::AllocBuffer;
    let span = args.span;
    let node = AllocBuffer { buffer: buffer.clone(), annotations, constant: None, origin, span };
    ev.builder.add(Stmt::AllocBuffer(Arc::new(node)));
    Ok(Value::Buffer(buffer))
}

pub(super) fn block_alloc(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let ty = type_of_call(args)?;
    let buffer = make(ev, args.target_or("buffer"), &ty, DType::INT32)?;
    ev.builder.block_alloc(buffer.clone());
    Ok(Value::Buffer(buffer))
}

fn alloc_scalar(ev: &mut Evaluator, args: &Bound, scope: Option<&str>) -> Result<Value> {
    need_func(ev, args)?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::FLOAT32);
    let scope = match scope {
        Some(scope) => Symbol::new(scope),
        None => args.opt("scope").map_or(Ok(Symbol::new("global")), convert::symbol)?,
    };
    let shape = [PrimExpr::i32(1)];
    let node = BufferNode::new(args.target_or("scalar"), shape, dtype);
    let buffer = register(ev, BufferNode { scope, span: args.span, ..node });
    let origin = match scope.as_str() {
        "local" => AllocOrigin::Scalar,
        _ => AllocOrigin::AllocBuffer,
    };
    ev.builder.alloc(buffer.clone(), origin, Attrs::new(), args.span);
    Ok(Value::Dialect(Rc::new(DialectValue::MetaVar(Value::Scalar(buffer)))))
}

fn decl_scalar(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let mut ty = type_of_call(args)?;
    ty.shape = vec![(Value::Int(1), args.span)];
    let buffer = make(ev, args.target_or("scalar"), &ty, DType::INT32)?;
    ev.builder.decl(buffer.clone(), args.span);
    Ok(Value::Dialect(Rc::new(DialectValue::MetaVar(Value::Scalar(buffer)))))
}

/// Refuses an access with too many or too few indices.
pub(super) fn check_rank(buffer: &Buffer, n: usize, span: Span) -> Result<()> {
    if buffer.rank() == n {
        return Ok(());
    }
    let rank = buffer.rank();
    let message = format!(
        "`{}` has {rank} dimension{}, but here {} {n} {}",
        buffer.name,
        if rank == 1 { "" } else { "s" },
        if n == 1 { "is" } else { "are" },
        if n == 1 { "index" } else { "indices" },
    );
    let error = HostError::new(Code::RANK, span, message)
        .with_secondary(buffer.span, format!("`{}` is declared here", buffer.name));
    Err(match rank {
        0 => error.with_help(format!("write `{}[()]`", buffer.name)),
        _ => error,
    })
}

/// The indices of an access; `A[axes]` with one list or tuple is `A[*axes]`.
pub(super) fn flat_indices(indices: &[Value]) -> Cow<'_, [Value]> {
    let axes = match indices {
        [only] => convert::items(only),
        _ => None,
    };
    axes.map_or(Cow::Borrowed(indices), |axes| Cow::Owned(axes.into_vec()))
}

/// First index, extent and step of a slice of the dimension it stands in.
pub(super) fn slice_parts(
    buffer: &Buffer,
    slice: &SliceValue,
    span: Span,
) -> Result<(PrimExpr, PrimExpr, i64)> {
    slice_of(slice, buffer.shape.last(), span)
}

fn slice_of(
    slice: &SliceValue,
    size: Option<&PrimExpr>,
    span: Span,
) -> Result<(PrimExpr, PrimExpr, i64)> {
    let part = |v: &Value| match v {
        Value::None => Ok(None),
        v => index(v, span).map(Some),
    };
    let step = match &slice.step {
        Value::None => 1,
        v => convert::int(&Arg { value: v.clone(), span })?,
    };
    if step <= 0 {
        let message = format!("the step {step} is not positive");
        return Err(HostError::new(Code::SLICE, span, message));
    }
    let end = match part(&slice.upper)? {
        Some(end) => end,
        None => size.cloned().unwrap_or(PrimExpr::i32(0)),
    };
    let min = part(&slice.lower)?.unwrap_or(PrimExpr::int(0, end.dtype()));
    let length = distance(&min, end, span)?;
    let length = match step {
        1 => length,
        _ => {
            let up = make::binary(BinOp::Add, length, step - 1, span).map_err(type_error)?;
            make::binary(BinOp::FloorDiv, up, step, span).map_err(type_error)?
        }
    };
    Ok((min, length, step))
}

/// `A[indices]`: an element; a vector for slices with a step; a region for other slices.
///
/// What is wrong with an index is reported at `at_indices`; the element itself stands at `whole`.
pub(super) fn getitem(
    buffer: &Buffer,
    indices: &[Value],
    at_indices: Span,
    whole: Span,
) -> Result<Value> {
    let span = at_indices;
    let indices = &flat_indices(indices);
    check_rank(buffer, indices.len(), span)?;
    let slices = indices.iter().filter_map(|v| match v {
        Value::Slice(slice) => Some(slice),
        _ => None,
    });
    let (mut any, mut stepped) = (false, false);
    for slice in slices {
        any = true;
        stepped |= !matches!(slice.step, Value::None);
    }
    if any && !stepped {
        return region(buffer, indices, span);
    }
    let mut at = Vec::with_capacity(indices.len());
    for (value, size) in indices.iter().zip(&buffer.shape) {
        at.push(match value {
            Value::Slice(slice) => {
                let (min, length, step) = slice_of(slice, Some(size), span)?;
                let Some(lanes) = length.as_int() else {
                    let message = "a slice with a step needs a constant length";
                    return Err(HostError::new(Code::SLICE, span, message));
                };
                if lanes == 1 { min } else { convert::ramp(min, step, lanes, span)? }
            }
            value => index(value, span)?,
        });
    }
    make::place(buffer, &at, span).map_err(type_error)?;
    Ok(Value::Expr(PrimExpr::load(buffer.clone(), at, whole)))
}

/// The region of slices and points.
fn region(buffer: &Buffer, indices: &[Value], span: Span) -> Result<Value> {
    let mut ranges = Vec::with_capacity(indices.len());
    for (value, size) in indices.iter().zip(&buffer.shape) {
        ranges.push(match value {
            Value::Slice(slice) => {
                let (min, length, _) = slice_of(slice, Some(size), span)?;
                Range::new(min, length)
            }
            value => {
                let min = index(value, span)?;
                let one = PrimExpr::int(1, min.dtype().element());
                Range::new(min, one)
            }
        });
    }
    let region = BufferRegion { buffer: buffer.clone(), region: ranges.into() };
    Ok(Value::Region(Rc::new(region)))
}

fn receiver(args: &Bound) -> Result<Buffer> {
    convert::buffer(args.arg("self"))
}

/// A view with the memory, offset and alignment of `base`.
fn redeclare(
    ev: &mut Evaluator,
    args: &Bound,
    base: &Buffer,
    shape: Vec<PrimExpr>,
    dtype: DType,
    elem_offset: PrimExpr,
) -> Value {
    let elem_offset = plain_offset(elem_offset, &shape);
    let fresh = BufferNode::new(args.target_or("view"), shape, dtype);
    let node = BufferNode {
        data: base.data,
        strides: base.strides.clone(),
        elem_offset,
        scope: base.scope,
        align: base.align,
        offset_factor: base.offset_factor,
        span: args.span,
        ..fresh
    };
    let buffer = Buffer::from_node(node);
    ev.builder.decl(buffer.clone(), args.span);
    Value::Buffer(buffer)
}

/// `A.view(4, 8)`, `A.view(-1)`, `A.view("int32")`.
fn view(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let base = receiver(args)?;
    if let [one] = args.rest.as_slice()
        && matches!(one.value, Value::Str(_) | Value::DType(_))
    {
        return view_as(ev, args, &base, convert::dtype(one)?, one.span);
    }
    let mut shape = Vec::new();
    for arg in &args.rest {
        for value in convert::items_or_one(&arg.value) {
            shape.push(index(&value, arg.span)?);
        }
    }
    let span = args.span;
    let size = |extents: &[PrimExpr]| -> Result<PrimExpr> {
        let mut product = PrimExpr::i32(1);
        for e in extents {
            product = make::binary(BinOp::Mul, product, e.clone(), span).map_err(type_error)?;
        }
        Ok(product)
    };
    if let Some(open) = shape.iter().position(|e| e.is_int(-1)) {
        let known: Vec<_> = shape.iter().filter(|e| !e.is_int(-1)).cloned().collect();
        let rest = make::binary(BinOp::FloorDiv, size(&base.shape)?, size(&known)?, span);
        shape[open] = rest.map_err(type_error)?;
    }
    let (new, old) = (size(&shape)?.as_int(), size(&base.shape)?.as_int());
    if let (Some(new), Some(old)) = (new, old)
        && old < new
    {
        let message = format!("the view has {new} elements, but `{}` has {old}", base.name);
        return Err(HostError::new(Code::VIEW, span, message));
    }
    Ok(redeclare(ev, args, &base, shape, base.dtype, offset_expr(&base)))
}

/// The same bytes as elements of another type: the last dimension grows or shrinks.
fn view_as(
    ev: &mut Evaluator,
    args: &Bound,
    base: &Buffer,
    dtype: DType,
    span: Span,
) -> Result<Value> {
    let (new, old) = (dtype.bits() * dtype.lanes(), base.dtype.bits() * base.dtype.lanes());
    let fits = new != 0 && old != 0 && (new % old == 0 || old % new == 0) && base.rank() != 0;
    if !fits {
        let message = format!("`{}` of {} cannot be viewed as {dtype}", base.name, base.dtype);
        return Err(HostError::new(Code::VIEW, span, message));
    }
    let (op, ratio) = match old < new {
        true => (BinOp::FloorDiv, new / old),
        false => (BinOp::Mul, old / new),
    };
    let scale = |e: &PrimExpr| make::binary(op, e.clone(), ratio as i32, span).map_err(type_error);
    let mut shape = base.shape.to_vec();
    if let Some(last) = shape.last_mut() {
        *last = scale(last)?;
    }
    let elem_offset = scale(&offset_expr(base))?;
    Ok(redeclare(ev, args, base, shape, dtype, elem_offset))
}

/// Indices of `vload` and `vstore`: the last one becomes a vector of `lanes`.
fn vector_indices(begin: &Arg, buffer: &Buffer, lanes: u32) -> Result<Vec<PrimExpr>> {
    let items = convert::items_or_one(&begin.value);
    check_rank(buffer, items.len(), begin.span)?;
    let mut indices = items.iter().map(|v| index(v, begin.span)).collect::<Result<Vec<_>>>()?;
    if let Some(last) = indices.last_mut()
        && 1 < lanes
        && last.dtype().is_scalar()
    {
        *last = convert::ramp(last.clone(), 1, i128::from(lanes), begin.span)?;
    }
    Ok(indices)
}

fn vload(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let buffer = receiver(args)?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(buffer.dtype);
    if dtype.element() != buffer.dtype.element() {
        let message = format!("`{}` holds {}, not {dtype}", buffer.name, buffer.dtype);
        return Err(HostError::new(Code::ARGUMENT_TYPE, args.span, message));
    }
    let lanes = dtype.lanes() / buffer.dtype.lanes().max(1);
    let indices = match dtype.is_scalable() {
        true => scalable_indices(args.arg("begin"), &buffer, lanes, args.span)?,
        false => vector_indices(args.arg("begin"), &buffer, lanes)?,
    };
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    let load = make::load(&buffer, indices, args.span).map_err(type_error)?;
    Ok(Value::Expr(with_predicate(load, predicate)))
}

fn scalable_indices(begin: &Arg, buffer: &Buffer, lanes: u32, span: Span) -> Result<Vec<PrimExpr>> {
    let mut indices = vector_indices(begin, buffer, 1)?;
    if let Some(last) = indices.last_mut()
        && last.dtype().is_scalar()
    {
        let lanes = make::Lanes::Scalable(lanes);
        *last = make::ramp(last.clone(), PrimExpr::int(1, last.dtype()), lanes, span)
            .map_err(type_error)?;
    }
    Ok(indices)
}

/// The load with a condition for each lane.
pub(super) fn with_predicate(load: PrimExpr, predicate: Option<PrimExpr>) -> PrimExpr {
    match load {
        PrimExpr::Load(load) if predicate.is_some() => {
            let (buffer, indices) = (load.buffer.clone(), load.indices.clone());
            let span = load.span;
            PrimExpr::Load(Arc::new(tirade_ir::expr::BufferLoad {
                buffer,
                indices,
                predicate,
                span,
            }))
        }
        other => other,
    }
}

fn vstore(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let buffer = receiver(args)?;
    let (begin, value) = (args.arg("begin"), args.arg("value"));
    let dtype = convert::arg_expr(value)?.dtype();
    let lanes = dtype.lanes() / buffer.dtype.lanes().max(1);
    let indices = match dtype.is_scalable() {
        true => scalable_indices(begin, &buffer, lanes, args.span)?,
        false => vector_indices(begin, &buffer, lanes)?,
    };
    let indices: Vec<Value> = indices.into_iter().map(Value::Expr).collect();
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    super::assign::store(ev, &buffer, &indices, value, predicate, begin.span, args.span)?;
    Ok(Value::Dialect(Rc::new(DialectValue::Done)))
}

fn access_ptr(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let buffer = receiver(args)?;
    let mask = access_mask(args.arg("access_mask"))?;
    let span = args.span;
    let offset = args.opt("offset").map_or(Ok(PrimExpr::i32(0)), |a| index(&a.value, a.span))?;
    let lanes = args.opt("content_lanes").map_or(Ok(1), convert::int)?;
    let binary = |op, a: PrimExpr, b: PrimExpr| make::binary(op, a, b, span).map_err(type_error);
    let mut extent = match args.opt("extent") {
        Some(arg) => index(&arg.value, arg.span)?,
        None => {
            let mut size = PrimExpr::i32(1);
            match (buffer.strides.first(), buffer.shape.first()) {
                (Some(stride), Some(n)) => size = binary(BinOp::Mul, stride.clone(), n.clone())?,
                _ => {
                    for n in &buffer.shape {
                        size = binary(BinOp::Mul, size, n.clone())?;
                    }
                }
            }
            binary(BinOp::Sub, size, offset.clone())?
        }
    };
    let base = offset_expr(&buffer);
    let mut start = binary(BinOp::Add, base, offset)?;
    let mut dtype = buffer.dtype;
    if let Ok(lanes) = u32::try_from(lanes)
        && 1 < lanes
        && lanes <= 1024
    {
        dtype = dtype.with_lanes(lanes);
        let lanes = PrimExpr::i32(lanes as i32);
        extent = binary(BinOp::FloorDiv, extent, lanes.clone())?;
        start = binary(BinOp::FloorDiv, start, lanes)?;
    }
    Ok(Value::Expr(super::vendor::access_ptr(dtype, buffer.data, start, extent, mask, span)))
}

/// 1 for reading, 2 for writing; or the words.
fn access_mask(arg: &Arg) -> Result<i64> {
    let Value::Str(text) = &arg.value else { return convert::int(arg) };
    let mut mask = 0;
    for letter in text.chars() {
        mask |= match letter {
            'r' => 1,
            'w' => 2,
            _ => return Err(expected("an access mask of `r` and `w`", &arg.value, arg.span)),
        };
    }
    Ok(mask)
}

fn ptr_to(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let buffer = receiver(args)?;
    let at = args.arg("indices");
    let indices: Vec<Value> = convert::items_or_one(&at.value).into_vec();
    let element = getitem(&buffer, &indices, at.span, at.span)?;
    let element = expr(&element, at.span)?;
    let pointer = make::call(tirade_ir::Op::AddressOf, [element], None, args.span);
    pointer.map(Value::Expr).map_err(type_error)
}

/// Offset in elements of `indices`, by strides or row-major.
pub(super) fn flat_index(buffer: &Buffer, indices: &[PrimExpr], span: Span) -> Result<PrimExpr> {
    let binary = |op, a: PrimExpr, b: PrimExpr| make::binary(op, a, b, span).map_err(type_error);
    let mut offset = PrimExpr::i32(0);
    for (i, at) in indices.iter().enumerate() {
        offset = match buffer.strides.get(i) {
            Some(stride) => {
                let part = binary(BinOp::Mul, at.clone(), stride.clone())?;
                binary(BinOp::Add, offset, part)?
            }
            None if i == 0 => at.clone(),
            None => {
                let scaled = binary(BinOp::Mul, offset, buffer.shape[i].clone())?;
                binary(BinOp::Add, scaled, at.clone())?
            }
        };
    }
    match &buffer.elem_offset {
        Some(base) => binary(BinOp::Add, base.clone(), offset),
        None => Ok(offset),
    }
}

fn offset_of(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let buffer = receiver(args)?;
    let at = args.arg("indices");
    let indices = convert::exprs(at)?;
    check_rank(&buffer, indices.len(), at.span)?;
    let offset = flat_index(&buffer, &indices, args.span)?;
    Ok(Value::list(vec![Value::Expr(offset)]))
}

fn scope_of(args: &Bound) -> Result<Value> {
    Ok(Value::str(receiver(args)?.scope.as_str()))
}

fn flattened(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let base = receiver(args)?;
    let mut size = PrimExpr::i32(1);
    for e in &base.shape {
        size = make::binary(BinOp::Mul, size, e.clone(), args.span).map_err(type_error)?;
    }
    Ok(redeclare(ev, args, &base, vec![size], base.dtype, offset_expr(&base)))
}
