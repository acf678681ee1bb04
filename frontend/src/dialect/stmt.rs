//! Statements: attributes, threads, bindings, assertions, stores, branches written as calls.

use super::block::context;
use super::convert::describe;
use super::convert::{self, expected, expr, index};
use super::loops::{range_of, thread_tag};
use super::sig::Bound;
use super::table::{Row, row};
use super::values::{AttrSpec, Context, DialectValue};
use crate::ast::{Expr, ExprKind};
use crate::host::{Arg, Body, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::buffer::Range;
use tirade_ir::builder::{BlockFrame, EnvThread, Frame, IfFrame, WhileFrame};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::AttrValue;
use tirade_ir::span::Span;
use tirade_ir::stmt::{AssertStmt, AttrNode, IterVar, IterVarKind, Stmt};
use tirade_ir::symbol::Symbol;

const BIND: &str = "(value, type_annotation=None, *, var=None)";

pub(super) const ROWS: &[Row] = &[
    row("T.evaluate", "(value)", evaluate, "An expression, for its effects."),
    row(
        "T.Assert",
        "(condition, message, error_kind='RuntimeError')",
        assert_call,
        "Check of a condition.",
    ),
    row(
        "T.attr",
        "(node, attr_key=None, value=None)",
        attr,
        "Attribute of the statements that follow, or of a dict of attributes.",
    ),
    row(
        "T.launch_thread",
        "(thread, extent)",
        launch_thread,
        "Runs the statements that follow on the threads of an axis.",
    ),
    row(
        "T.env_thread",
        "(thread_tag, dtype='int32')",
        env_thread,
        "A thread axis, to be launched.",
    ),
    row(
        "T.buffer_store",
        "(buffer, value, indices, predicate=None)",
        buffer_store,
        "Store with a list of indices.",
    ),
    row("T.LetStmt", BIND, bind, "Immutable binding, over the statements that follow."),
    row("T.ret", "(value=None, dtype=None, span=None)", ret, "Return from the function."),
    row("T.Return", "(value=None, span=None)", ret, "Return from the function."),
    row("T.thread_return", "()", thread_return, "Return from a kernel without a value."),
    row("T.Break", "()", |ev, a| leave_loop(ev, a, Stmt::Break), "Leaves the innermost loop."),
    row("T.break_loop", "()", |ev, a| leave_loop(ev, a, Stmt::Break), "Leaves the innermost loop."),
    row(
        "T.Continue",
        "()",
        |ev, a| leave_loop(ev, a, Stmt::Continue),
        "Goes on with the next iteration of the innermost loop.",
    ),
    row(
        "T.continue_loop",
        "()",
        |ev, a| leave_loop(ev, a, Stmt::Continue),
        "Goes on with the next iteration of the innermost loop.",
    ),
    row("T.If", "(condition)", |_, a| if_frame(a), "Branch; holds `T.Then` and `T.Else`."),
    row("T.Then", "()", |_, a| Ok(context(Context::Then(a.span))), "First case of `T.If`."),
    row("T.Else", "()", |_, a| Ok(context(Context::Else(a.span))), "Second case of `T.If`."),
    row("T.While", "(condition)", |_, a| while_frame(a), "Loop while a condition holds."),
    row("T.iter_var", "(var, dom, iter_type, thread_tag='')", iter_var, "An axis."),
    row("T.Range", "(begin, end=None)", range, "A range of integers."),
    row("I.Range", "(begin, end=None)", range, "A range of integers."),
    row("tvm.ir.Range", "(begin, end=None)", range, "A range of integers."),
    row(
        "T.static_assert",
        "(condition, message='')",
        static_assert,
        "Check while the script is read.",
    ),
];

pub(super) const MODERN: &[Row] = &[
    row("T.bind", BIND, bind, "Immutable binding, over the statements that follow."),
    row("T.Bind", BIND, bind, "Immutable binding, over the statements that follow."),
];

/// Refuses a call outside of any prim_func.
pub(super) fn need_func(ev: &Evaluator, args: &Bound) -> Result<()> {
    match ev.builder.in_func() {
        true => Ok(()),
        false => {
            let message = format!("`{}` stands outside of a prim_func", args.entry.name);
            Err(HostError::new(Code::OUTSIDE_FUNCTION, args.span, message))
        }
    }
}

#[cold]
pub(super) fn too_deep(span: Span) -> HostError {
    let message = format!("statements are nested deeper than {}", tirade_ir::builder::MAX_DEPTH);
    HostError::new(Code::STATEMENT_DEPTH, span, message)
}

/// Runs `body` inside a new frame, in a scope of its own.
pub(super) fn within(ev: &mut Evaluator, frame: Frame, span: Span, body: Body) -> Result<()> {
    let mark = ev.builder.mark();
    ev.builder.enter(frame).map_err(|_| too_deep(span))?;
    let result = ev.scoped(|ev| body(ev));
    ev.builder.close_to(mark);
    result
}

/// `with context as target: body`.
pub(super) fn with_stmt(
    ev: &mut Evaluator,
    target: Option<&Expr>,
    value: &Value,
    span: Span,
    body: Body,
) -> Result<()> {
    let context = match value {
        Value::Dialect(d) => match &**d {
            DialectValue::Context(context) => context.clone(),
            _ => return Err(not_a_context(value, span)),
        },
        Value::Expr(PrimExpr::Var(_)) | Value::Buffer(_) => Context::Scope(value.clone()),
        _ => return Err(not_a_context(value, span)),
    };
    match context {
        Context::Block { name, axes: Some(axes), span } => {
            super::legacy::with_block(ev, name, &axes, target, span, body)
        }
        Context::Block { axes: None, .. } if binds_names(target) => {
            let at = target.map_or(span, |target| target.span);
            let message = "a block has no value to give a name to";
            Err(HostError::new(Code::AXIS_COUNT, at, message)
                .with_help("define its axes in its body: `vi = T.axis.spatial(extent, value)`"))
        }
        Context::Block { name, axes: None, span } => {
            let frame = Frame::Block(BlockFrame::new(name, span));
            within(ev, frame, span, &mut |ev| {
                bind_as(ev, target, Value::None)?;
                body(ev)
            })
        }
        Context::Init(span) => {
            let block = ev.builder.block().ok_or_else(|| {
                HostError::new(Code::OUTSIDE_BLOCK, span, "an init stands outside of a block")
            })?;
            if block.init.is_some() {
                let message = "this block has two inits";
                return Err(HostError::new(Code::DUPLICATE_DECLARATION, span, message));
            }
            within(ev, Frame::Init, span, body)
        }
        Context::Attr(specs) => nested_attrs(ev, &specs, body),
        Context::Launch(spec, var) => within(ev, Frame::Attr(spec.frame()), span, &mut |ev| {
            bind_as(ev, target, Value::Expr(var.into()))?;
            body(ev)
        }),
        Context::Scope(value) => with_value(ev, target, &value, span, body),
        Context::If(condition, span) => {
            within(ev, Frame::If(IfFrame::new(condition, span)), span, body)
        }
        Context::Then(span) => case(ev, Frame::Then, span, body),
        Context::Else(span) => case(ev, Frame::Else, span, body),
        Context::While(condition, span) => {
            within(ev, Frame::While(WhileFrame { condition, span }), span, body)
        }
    }
}

/// `with` over a value that was made already: a scope for its name.
fn with_value(
    ev: &mut Evaluator,
    target: Option<&Expr>,
    value: &Value,
    span: Span,
    body: Body,
) -> Result<()> {
    within(ev, Frame::Seq, span, &mut |ev| {
        bind_as(ev, target, value.clone())?;
        body(ev)
    })
}

/// True if `as target` names something; `as []` names nothing.
fn binds_names(target: Option<&Expr>) -> bool {
    match target.map(|target| &target.kind) {
        Some(ExprKind::List(items) | ExprKind::Tuple(items)) => !items.is_empty(),
        other => other.is_some(),
    }
}

fn bind_as(ev: &mut Evaluator, target: Option<&Expr>, value: Value) -> Result<()> {
    if let Value::Expr(PrimExpr::Var(v)) = &value {
        ev.dialect.take_fresh(*v);
    }
    match target {
        Some(target) if binds_names(Some(target)) => ev.bind_target(target, value),
        _ => Ok(()),
    }
}

fn nested_attrs(ev: &mut Evaluator, specs: &[AttrSpec], body: Body) -> Result<()> {
    match specs {
        [] => body(ev),
        [spec, rest @ ..] => {
            within(ev, Frame::Attr(spec.frame()), spec.span, &mut |ev| nested_attrs(ev, rest, body))
        }
    }
}

/// A case of the `T.If` around it.
fn case(ev: &mut Evaluator, frame: Frame, span: Span, body: Body) -> Result<()> {
    let first = matches!(frame, Frame::Then);
    let branch = ev.builder.branch_mut();
    let Some(branch) = branch else {
        let message = "a case of a branch stands directly inside `T.If`";
        return Err(HostError::new(Code::NOT_A_CONTEXT, span, message));
    };
    let taken = if first { &branch.then_case } else { &branch.else_case };
    if taken.is_some() {
        let message = "this branch has the case twice";
        return Err(HostError::new(Code::DUPLICATE_DECLARATION, span, message));
    }
    within(ev, frame, span, body)
}

#[cold]
fn not_a_context(value: &Value, span: Span) -> HostError {
    let message = format!("`with` cannot take {}", describe(value));
    HostError::new(Code::NOT_A_CONTEXT, span, message).with_help(
        "`with` takes blocks, `T.init()`, `T.attr(…)`, `T.launch_thread(…)` and scopes of bindings",
    )
}

/// A context as a statement of its own: it holds the rest of the statements around it. Gives the
/// value that `as` would bind.
pub(super) fn enter_rest(ev: &mut Evaluator, context: &Context, span: Span) -> Result<Value> {
    match context {
        Context::Attr(specs) => {
            for spec in specs {
                let frame = Frame::Attr(spec.frame());
                ev.builder.enter_concise(frame).map_err(|_| too_deep(span))?;
            }
            Ok(Value::None)
        }
        Context::Launch(spec, var) => {
            ev.dialect.take_fresh(*var);
            let frame = Frame::Attr(spec.frame());
            ev.builder.enter_concise(frame).map_err(|_| too_deep(span))?;
            Ok(Value::Expr((*var).into()))
        }
        Context::Scope(value) => Ok(value.clone()),
        Context::Block { .. }
        | Context::Init(_)
        | Context::If(..)
        | Context::Then(_)
        | Context::Else(_)
        | Context::While(..) => {
            let message = "this needs a body";
            let error = HostError::new(Code::NOT_A_STATEMENT, span, message);
            Err(error.with_help("write `with …:` and indent the body"))
        }
    }
}

fn evaluate(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let arg = args.arg("value");
    if !matches!(arg.value, Value::None) {
        let value = expr(&arg.value, arg.span)?;
        add_evaluate(ev, value, args.span);
    }
    Ok(Value::None)
}

/// Adds an expression statement; calls that are statements of their own become those.
pub(super) fn add_evaluate(ev: &mut Evaluator, value: PrimExpr, span: Span) {
    ev.builder.evaluate(value, span);
}

fn assert_call(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let (test, message) = (args.arg("condition"), args.arg("message"));
    let kind = args.opt("error_kind").map(convert::symbol).transpose()?;
    add_assert(ev, test, kind, message, args.span)?;
    Ok(context(Context::Scope(Value::None)))
}

/// Adds an assertion. The message is a string, a list of parts, or `(kind, parts)`.
pub(super) fn add_assert(
    ev: &mut Evaluator,
    test: &Arg,
    kind: Option<Symbol>,
    message: &Arg,
    span: Span,
) -> Result<()> {
    let condition = super::expr::condition(&test.value, test.span)?;
    let bad = || {
        let text = "an assertion's message is a string, or a pair of a kind and a list of parts";
        HostError::new(Code::ASSERT_MESSAGE, message.span, text)
    };
    let text = |v: &Value| match v {
        Value::Str(text) => Some(Box::from(&**text)),
        Value::Expr(PrimExpr::Str(text)) => Some(text.value.clone()),
        _ => None,
    };
    let (kind, parts) = match &message.value {
        Value::Tuple(pair) if pair.len() == 2 && convert::items(&pair[1]).is_some() => {
            let kind: Box<str> = text(&pair[0]).ok_or_else(bad)?;
            (Some(Symbol::new(&kind)), pair[1].clone())
        }
        other => (kind, other.clone()),
    };
    let parts: Option<Vec<Box<str>>> = convert::items_or_one(&parts).iter().map(text).collect();
    let message = parts.ok_or_else(bad)?.into();
    let kind = kind.unwrap_or_else(|| Symbol::new("RuntimeError"));
    ev.builder.add(Stmt::Assert(Arc::new(AssertStmt { condition, kind, message, span })));
    Ok(())
}

fn attr(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let node = args.arg("node");
    let span = args.span;
    if matches!(node.value, Value::Dict(_)) {
        let spec = |(key, value): (Symbol, Value)| {
            let value = attr_expr(&value, node.span)?;
            Ok(AttrSpec { node: AttrNode::Value(AttrValue::Int(0)), key, value, span })
        };
        let specs = convert::dict(node)?.into_iter().map(spec).collect::<Result<_>>()?;
        return Ok(context(Context::Attr(specs)));
    }
    let (Some(key), Some(value)) = (args.opt("attr_key"), args.opt("value")) else {
        let message = "`T.attr` takes a node, a key and a value, or a dict";
        return Err(HostError::new(Code::MISSING_PARAMETER, span, message));
    };
    let spec = AttrSpec {
        node: attr_node(node)?,
        key: convert::symbol(key)?,
        value: attr_expr(&value.value, value.span)?,
        span,
    };
    Ok(context(Context::Attr(vec![spec])))
}

/// The value of an attribute statement.
fn attr_expr(value: &Value, span: Span) -> Result<PrimExpr> {
    match value {
        Value::DType(dtype) => Ok(PrimExpr::str(&dtype.to_string(), span)),
        other => expr(other, span),
    }
}

fn attr_node(arg: &Arg) -> Result<AttrNode> {
    Ok(match &arg.value {
        Value::Buffer(buffer) | Value::Scalar(buffer) => AttrNode::Buffer(buffer.clone()),
        Value::IterVar(axis) => AttrNode::IterVar(Box::new(IterVar::clone(axis))),
        Value::Expr(PrimExpr::Str(text)) => AttrNode::Value(AttrValue::Str((&*text.value).into())),
        Value::Expr(e) => AttrNode::Expr(e.clone()),
        Value::Dialect(d) => match &**d {
            DialectValue::CommReducer(reducer) => {
                AttrNode::Value(AttrValue::Reducer(Arc::new(reducer.clone())))
            }
            _ => AttrNode::Value(convert::attr_value(&arg.value, arg.span)?),
        },
        other => AttrNode::Value(convert::attr_value(other, arg.span)?),
    })
}

fn launch_thread(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let (thread, size) = (args.arg("thread"), args.arg("extent"));
    let extent = convert::extent(&size.value, size.span)?;
    let (var, tag) = match &thread.value {
        Value::Expr(PrimExpr::Var(v)) => env_axis(ev, *v, &extent, thread.span, size.span)?,
        _ => {
            let tag = thread_tag(thread)?;
            let name = args.target_or(&tag.as_str().replace('.', "_"));
            (ev.dialect.fresh_var(name, extent.dtype()), tag)
        }
    };
    let key = if tag.as_str() == "vthread" { "virtual_thread" } else { "thread_extent" };
    let axis = IterVar {
        var,
        dom: Range::from_extent(extent.clone()),
        kind: IterVarKind::DataPar,
        thread_tag: Some(tag),
        span: args.span,
    };
    let node = AttrNode::IterVar(Box::new(axis));
    let spec = AttrSpec { node, key: Symbol::new(key), value: extent, span: args.span };
    Ok(context(Context::Launch(Box::new(spec), var)))
}

/// The axis of `T.env_thread`, which all its launches give the same extent.
fn env_axis(
    ev: &mut Evaluator,
    var: Var,
    extent: &PrimExpr,
    span: Span,
    extent_span: Span,
) -> Result<(Var, Symbol)> {
    let func = ev.builder.func_mut();
    let axis = func.and_then(|f| f.env_threads.iter_mut().find(|t| t.var == var));
    let Some(axis) = axis else {
        let message = format!("`{}` was not made by `T.env_thread`", var.name);
        return Err(HostError::new(Code::LAUNCH, span, message));
    };
    let first = axis.extent.get_or_insert_with(|| extent.clone());
    if first != extent && (first.as_int().is_some() || extent.as_int().is_some()) {
        let message = format!("`{}` was launched with another extent before", var.name);
        return Err(HostError::new(Code::LAUNCH, extent_span, message)
            .with_secondary(axis.span, "the axis"));
    }
    Ok((var, axis.tag))
}

fn env_thread(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let tag = thread_tag(args.arg("thread_tag"))?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::INT32);
    let var = ev.dialect.fresh_var(args.target_or("t"), dtype);
    let axis = EnvThread { var, tag, span: args.span, extent: None };
    if let Some(func) = ev.builder.func_mut() {
        func.env_threads.push(axis);
    }
    Ok(Value::Expr(var.into()))
}

fn buffer_store(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let buffer = convert::buffer(args.arg("buffer"))?;
    let (value, indices) = (args.arg("value"), args.arg("indices"));
    let items = convert::items_or_one(&indices.value);
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    super::assign::store(ev, &buffer, &items, value, predicate, indices.span, args.span)?;
    Ok(Value::None)
}

fn bind(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let arg = args.arg("value");
    let value = expr(&arg.value, arg.span)?;
    let var = match args.opt("var") {
        Some(var) => convert::var(var)?,
        None => {
            let ty = args.opt("type_annotation").map(convert::dtype).transpose()?;
            ev.dialect.fresh_var(args.target_or("v"), ty.unwrap_or(value.dtype()))
        }
    };
    if let Some(ty) = args.opt("type_annotation")
        && let Value::Expr(PrimExpr::Var(typed)) = &ty.value
        && let Some(pointer) = ev.dialect.pointer(*typed)
    {
        ev.dialect.set_pointer(var, pointer);
    }
    // A buffer that was declared before what it points to is a view, not fresh memory.
    let declared = args.opt("var").and_then(|_| ev.builder.take_alloc(var));
    add_bind(ev, var, value, args.span)?;
    if let Some(buffer) = declared {
        ev.builder.decl(buffer, args.span);
    }
    Ok(Value::Expr(var.into()))
}

/// Adds `var = value`; the value has the variable's type.
pub(super) fn add_bind(ev: &mut Evaluator, var: Var, value: PrimExpr, span: Span) -> Result<()> {
    let value = match value.dtype() == var.dtype {
        true => value,
        false => super::expr::convert_to(value, var.dtype, span)?,
    };
    ev.charge_expr(&value)?;
    if var.dtype.is_handle()
        && ev.dialect.pointer(var).is_none()
        && let PrimExpr::Var(source) = &value
        && let Some(pointer) = ev.dialect.pointer(*source)
    {
        ev.dialect.set_pointer(var, pointer);
    }
    let pointer = ev.dialect.pointer(var);
    ev.builder.bind(var, pointer, value, span);
    Ok(())
}

fn ret(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    let value = args.opt("value").cloned();
    return_stmt(ev, value, args.span)?;
    Ok(Value::None)
}

fn thread_return(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    need_func(ev, args)?;
    ev.builder.ret(None, args.span);
    Ok(Value::None)
}

/// `return value`: the value is cast to the declared type of the result.
pub(super) fn return_stmt(ev: &mut Evaluator, value: Option<Arg>, span: Span) -> Result<()> {
    let declared = ev.dialect.funcs.last().map_or(DType::VOID, |f| f.ret_dtype);
    let value = match value {
        Some(Arg { value: Value::None, .. }) | None => None,
        Some(arg) => Some((expr(&arg.value, arg.span)?, arg.span)),
    };
    let value = match value {
        None => None,
        Some((value, _)) if value.dtype() == declared => Some(value),
        Some((value, _)) if declared.is_void() => {
            // Older scripts return a status without declaring it.
            if let Some(func) = ev.dialect.funcs.last_mut() {
                func.inferred_ret.get_or_insert(value.dtype());
            }
            Some(value)
        }
        Some((value, span)) => {
            let message = format!("this function returns {declared}, not {}", value.dtype());
            match value.as_int() {
                Some(_) => Some(super::expr::convert_to(value, declared, span)?),
                None => return Err(HostError::new(Code::RETURN, span, message)),
            }
        }
    };
    ev.builder.ret(value, span);
    Ok(())
}

fn leave_loop(ev: &mut Evaluator, args: &Bound, stmt: fn(Span) -> Stmt) -> Result<Value> {
    need_func(ev, args)?;
    loop_exit(ev, stmt(args.span), args.span)?;
    Ok(Value::None)
}

/// `break` or `continue`.
pub(super) fn loop_exit(ev: &mut Evaluator, stmt: Stmt, span: Span) -> Result<()> {
    if !ev.builder.in_loop() {
        let message = "there is no loop here to leave or to go on with";
        return Err(HostError::new(Code::OUTSIDE_LOOP, span, message));
    }
    ev.builder.add(stmt);
    Ok(())
}

fn if_frame(args: &Bound) -> Result<Value> {
    let arg = args.arg("condition");
    Ok(context(Context::If(super::expr::condition(&arg.value, arg.span)?, args.span)))
}

fn while_frame(args: &Bound) -> Result<Value> {
    let arg = args.arg("condition");
    Ok(context(Context::While(super::expr::condition(&arg.value, arg.span)?, args.span)))
}

fn iter_var(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("var");
    let name = match &arg.value {
        Value::Str(text) => Some(Symbol::new(text)),
        _ => None,
    };
    let dom = match args.opt("dom") {
        None => Range::from_extent(PrimExpr::i32(0)),
        Some(dom) => match &dom.value {
            Value::Dialect(d) => match &**d {
                DialectValue::Range(range) => range.clone(),
                _ => return Err(expected("a range", &dom.value, dom.span)),
            },
            value => match convert::items(value).as_deref() {
                Some([min, end]) => {
                    range_of(index(min, dom.span)?, index(end, dom.span)?, dom.span)?
                }
                _ => return Err(expected("a range", value, dom.span)),
            },
        },
    };
    let var = match name {
        Some(name) => ev.dialect.fresh_var(name, dom.extent.dtype()),
        None => convert::var(arg)?,
    };
    let kind_arg = args.arg("iter_type");
    let kind = match convert::text(kind_arg)? {
        "CommReduce" => IterVarKind::CommReduce,
        "Ordered" => IterVarKind::Ordered,
        "Opaque" => IterVarKind::Opaque,
        "DataPar" | "ThreadIndex" | "DimInfo" | "Unrolled" | "Vectorized" | "Parallelized"
        | "Tensorized" => IterVarKind::DataPar,
        other => {
            let message = format!("`{other}` is no kind of axis");
            return Err(HostError::new(Code::ARGUMENT_TYPE, kind_arg.span, message));
        }
    };
    let tag = args.opt("thread_tag").map(convert::symbol).transpose()?;
    let thread_tag = tag.filter(|t| !t.as_str().is_empty());
    let axis = IterVar { var, dom, kind, thread_tag, span: args.span };
    Ok(Value::IterVar(Rc::new(axis)))
}

fn range(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let begin = args.arg("begin");
    let range = match args.opt("end") {
        None => Range::from_extent(convert::extent(&begin.value, begin.span)?),
        Some(end) => {
            let (min, end) = (index(&begin.value, begin.span)?, index(&end.value, end.span)?);
            range_of(min, end, args.span)?
        }
    };
    Ok(Value::Dialect(Rc::new(DialectValue::Range(range))))
}

fn static_assert(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let condition = args.arg("condition");
    if ev.truthy(&condition.value, condition.span)? {
        return Ok(Value::None);
    }
    let message = args.opt("message").map_or(Ok("a static assertion is false"), convert::text)?;
    Err(HostError::new(Code::HOST_ASSERTION, condition.span, message))
}
