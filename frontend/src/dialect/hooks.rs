//! What the evaluator calls: names, calls, operators and statements that are the dialects' to know.

use super::convert;
use super::convert::describe;
use super::sig::bind;
use super::table::Entry;
use super::values::{Decorator, DialectValue};
use super::{
    assign, buffer, compute, detect, expr as operators, func, getattr as members, legacy, loops,
    module, names, stmt, te, types, vendor,
};
use crate::ast::{self, BoolOperator, ClassDef, CmpOperator, Ident, Operator, UnaryOperator};
use crate::host::{Arg, Body, CallArgs, Evaluator, ExcKind, HostError, Result, Value};
use std::sync::Arc;
use tirade_ir::builder::{Frame, IfFrame, WhileFrame};
use tirade_ir::diag::Code;
use tirade_ir::expr::{BinOp, PrimExpr};
use tirade_ir::func::PrimFunc;
use tirade_ir::span::Span;
use tirade_ir::stmt::Stmt;
use tirade_ir::symbol::Symbol;

pub use names::{default_name, is_module};

// Names ------------------------------------------------------------------------------------------

/// Called before a file is evaluated: decides its dialect.
pub fn begin_file(ev: &mut Evaluator, module: &ast::Module, text: &str) {
    ev.dialect.file = detect::detect(module, text);
}

/// What `module.name` means; `None` if it means nothing.
pub fn module_attr(ev: &mut Evaluator, module: Symbol, name: Symbol) -> Option<Value> {
    // `tvm.TVMError`, `tvm.s_tir.ScheduleError`
    let errors = [ExcKind::TVMError, ExcKind::DiagnosticError, ExcKind::ScheduleError];
    match errors.into_iter().find(|kind| kind.name() == name.as_str()) {
        Some(kind) if is_module(module.as_str()) => Some(Value::Class(ev.exception_class(kind))),
        _ => names::module_attr(module, name),
    }
}

/// The error for a name that a module does not have.
pub fn unknown_name(_: &mut Evaluator, module: Symbol, name: Ident) -> HostError {
    names::unknown_name(module, name)
}

/// Called for each import of a module that the dialects know.
pub fn import_note(_: &mut Evaluator, _path: &str) {}

/// The function under another name.
pub fn renamed(func: &Arc<PrimFunc>, name: Symbol) -> Arc<PrimFunc> {
    module::in_module(func, name)
}

/// True for functions that describe or implement a tensor intrinsic: they are no part of the
/// file's module.
pub fn is_part_of_intrinsic(ev: &Evaluator, func: &Arc<PrimFunc>) -> bool {
    let same = |f: &Arc<PrimFunc>| Arc::ptr_eq(f, func);
    ev.dialect.intrinsics.values().any(|i| same(&i.description) || same(&i.implementation))
}

/// Called at the end of a file.
pub fn finish(_: &mut Evaluator) {}

// Calls ------------------------------------------------------------------------------------------

/// Calls a name of the tables.
pub fn call(
    ev: &mut Evaluator,
    entry: &'static Entry,
    args: CallArgs,
    span: Span,
) -> Result<Value> {
    let variant = entry.variant(ev.dialect.dialect());
    let bound = bind(entry, variant.sig, args, span)?;
    (variant.handler)(ev, &bound)
}

/// Calls any other value of the dialects; `None` if it cannot be called.
pub fn call_value(
    ev: &mut Evaluator,
    callee: &Value,
    args: CallArgs,
    span: Span,
) -> Result<Option<Value>> {
    match callee {
        Value::DType(dtype) => types::call_dtype(ev, *dtype, args, span).map(Some),
        Value::GlobalVar(name) => module::call_global(ev, *name, None, &args, span).map(Some),
        Value::PrimFunc(func) => {
            let result = Some(func.ret_dtype);
            module::call_global(ev, func.name, result, &args, span).map(Some)
        }
        Value::Buffer(buffer) => te::call_tensor(ev, buffer, &args, span),
        // The first dialects wrote `@tvm.script.tir`.
        Value::Module(path) if path.as_str() == "tvm.script.tir" => match args.positional.first() {
            Some(function) => {
                func::decorate(ev, &Decorator::PrimFunc(Default::default()), function).map(Some)
            }
            None => Ok(None),
        },
        Value::Dialect(d) => match &**d {
            DialectValue::Decorator(Decorator::Relax) => match args.positional.first() {
                Some(function) => Err(module::refuse_relax(function)),
                None => Ok(None),
            },
            DialectValue::Decorator(decorator) => match args.positional.first() {
                Some(function) => func::decorate(ev, decorator, function).map(Some),
                None => Ok(None),
            },
            DialectValue::Opaque(name) => vendor::call_opaque(*name, args, span).map(Some),
            DialectValue::CommReducer(reducer) => {
                compute::call_reducer(reducer, &args, span).map(Some)
            }
            DialectValue::LazyReducer(reducer) => {
                te::call_reducer(ev, reducer, &args, span).map(Some)
            }
            DialectValue::Let(None) => legacy::let_call(ev, &args.positional, span).map(Some),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// A function of Python on a value of the IR; `None` if it is not defined there.
pub fn builtin(
    ev: &mut Evaluator,
    name: &str,
    args: CallArgs,
    span: Span,
) -> Result<Option<Value>> {
    let _ = ev;
    if name == "range" {
        return loops::python_range(&args, span).map(Some);
    }
    operators::builtin(name, &args.positional, span)
}

/// `isinstance(value, T.Buffer)` and the like.
pub fn isinstance(_: &mut Evaluator, value: &Value, class: &'static Entry) -> Result<bool> {
    let name = names::short_name(class);
    Ok(match value {
        Value::Buffer(_) => matches!(name, "Buffer" | "buffer"),
        Value::Region(_) => matches!(name, "BufferRegion" | "TensorRegion"),
        Value::PrimFunc(_) => name == "PrimFunc",
        Value::IRModule(_) => name == "IRModule",
        Value::IterVar(_) => name == "IterVar",
        Value::Expr(e) => {
            let is_size = matches!(e, PrimExpr::Var(_)) && name == "SizeVar";
            is_size || matches!(name, "PrimExpr" | "Expr") || name == node_class(e)
        }
        Value::Scalar(_) => matches!(name, "BufferLoad" | "PrimExpr" | "Expr"),
        _ => false,
    })
}

/// TVM's name for the class of an expression.
fn node_class(e: &PrimExpr) -> &'static str {
    match e {
        PrimExpr::Int { .. } => "IntImm",
        PrimExpr::Float { .. } => "FloatImm",
        PrimExpr::Var(_) => "Var",
        PrimExpr::Str(_) => "StringImm",
        PrimExpr::Cast(_) => "Cast",
        PrimExpr::Binary(binary) => match binary.op {
            BinOp::Add => "Add",
            BinOp::Sub => "Sub",
            BinOp::Mul => "Mul",
            BinOp::Div => "Div",
            BinOp::Mod => "Mod",
            BinOp::FloorDiv => "FloorDiv",
            BinOp::FloorMod => "FloorMod",
            BinOp::Min => "Min",
            BinOp::Max => "Max",
            BinOp::Eq => "EQ",
            BinOp::Ne => "NE",
            BinOp::Lt => "LT",
            BinOp::Le => "LE",
            BinOp::Gt => "GT",
            BinOp::Ge => "GE",
            BinOp::And => "And",
            BinOp::Or => "Or",
        },
        PrimExpr::Not(_) => "Not",
        PrimExpr::Select(_) => "Select",
        PrimExpr::Load(_) => "BufferLoad",
        PrimExpr::Ramp(_) => "Ramp",
        PrimExpr::Broadcast(_) => "Broadcast",
        PrimExpr::Shuffle(_) => "Shuffle",
        PrimExpr::Let(_) => "Let",
        PrimExpr::Call(_) | PrimExpr::CallFunc(_) => "Call",
    }
}

// Expressions ------------------------------------------------------------------------------------

/// `lhs op rhs`
pub fn binary(
    ev: &mut Evaluator,
    op: Operator,
    lhs: &Value,
    rhs: &Value,
    span: Span,
) -> Result<Value> {
    let _ = ev;
    if op == Operator::BitOr && (is_annotation(lhs) || is_annotation(rhs)) {
        // `T.Buffer(…) | None`
        return Ok(if is_annotation(lhs) { lhs.clone() } else { rhs.clone() });
    }
    operators::binary(op, lhs, rhs, span)
}

fn is_annotation(value: &Value) -> bool {
    match value {
        Value::Dialect(d) => matches!(
            &**d,
            DialectValue::BufferType(_) | DialectValue::Constexpr | DialectValue::Optional(_)
        ),
        _ => false,
    }
}

/// `op operand`
pub fn unary(ev: &mut Evaluator, op: UnaryOperator, operand: &Value, span: Span) -> Result<Value> {
    let _ = ev;
    operators::unary(op, operand, span)
}

/// `lhs op rhs` for one comparison.
pub fn compare(
    ev: &mut Evaluator,
    op: CmpOperator,
    lhs: &Value,
    rhs: &Value,
    span: Span,
) -> Result<Value> {
    let _ = ev;
    operators::compare(op, lhs, rhs, span)
}

/// `lhs and rhs`, `lhs or rhs`
pub fn bool_op(
    ev: &mut Evaluator,
    op: BoolOperator,
    lhs: &Value,
    rhs: &Value,
    span: Span,
) -> Result<Value> {
    let _ = ev;
    operators::bool_op(op, lhs, rhs, span)
}

/// `body if test else orelse`
pub fn if_exp(
    ev: &mut Evaluator,
    test: &Value,
    body: &Value,
    orelse: &Value,
    span: Span,
) -> Result<Value> {
    let _ = ev;
    operators::if_exp(test, body, orelse, span)
}

/// `value.name`; `None` if there is no such member.
pub fn getattr(
    ev: &mut Evaluator,
    value: &Value,
    name: Symbol,
    span: Span,
) -> Result<Option<Value>> {
    members::getattr(ev, value, name, span)
}

/// `value[indices]`
pub fn getitem(
    ev: &mut Evaluator,
    value: &Value,
    indices: &[Value],
    index_node: &ast::Expr,
    span: Span,
) -> Result<Value> {
    match value {
        Value::Buffer(b) => buffer::getitem(b, indices, index_node.span, span),
        Value::Scalar(b) => buffer::getitem(b, indices, index_node.span, span),
        Value::Expr(PrimExpr::Var(v)) if v.dtype.is_handle() => {
            let flat = legacy::pointer_buffer(ev, *v, indices, None, span)?;
            buffer::getitem(&flat, indices, index_node.span, span)
        }
        Value::Entry(entry) if matches!(entry.name, "T.Buffer" | "T.buffer") => {
            buffer::buffer_subscript(indices, span)
        }
        Value::Entry(entry) if matches!(entry.name, "T.Ptr" | "T.ptr") => {
            types::ptr_subscript(ev, indices, index_node.span)
        }
        Value::DType(dtype) if dtype.is_handle() => {
            types::ptr_subscript(ev, indices, index_node.span)
        }
        Value::DType(dtype) => Ok(dialect(DialectValue::Vector(*dtype, indices.to_vec()))),
        Value::IRModule(found) => {
            let [index] = indices else {
                return Err(convert::expected("the name of a function", value, index_node.span));
            };
            let name = match index {
                Value::GlobalVar(name) => *name,
                other => convert::symbol(&Arg { value: other.clone(), span: index_node.span })?,
            };
            found.borrow().get(name).cloned().map(Value::PrimFunc).ok_or_else(|| {
                let message = format!("the module has no function `{name}`");
                HostError::new(Code::UNKNOWN_FUNCTION, index_node.span, message)
            })
        }
        Value::Dialect(d) => match &**d {
            DialectValue::Let(None) => match indices {
                [ty] => Ok(dialect(DialectValue::Let(Some(ty.clone())))),
                _ => Err(HostError::new(Code::LET, index_node.span, "`T.let` takes one type")),
            },
            DialectValue::MetaVar(inner) => getitem(ev, &inner.clone(), indices, index_node, span),
            _ => Err(not_subscriptable(value, span)),
        },
        _ => Err(not_subscriptable(value, span)),
    }
}

fn dialect(value: DialectValue) -> Value {
    Value::Dialect(std::rc::Rc::new(value))
}

#[cold]
fn not_subscriptable(value: &Value, span: Span) -> HostError {
    let message = format!("{} has no elements", describe(value));
    HostError::new(Code::ARGUMENT_TYPE, span, message)
}

/// The items of a value of the IR; `None` if it has none.
pub fn iterate(_: &mut Evaluator, value: &Value, _span: Span) -> Result<Option<Vec<Value>>> {
    Ok(members::iterate(value))
}

/// The number of items of a value of the IR; `None` if it has none.
pub fn len(_: &mut Evaluator, value: &Value, _span: Span) -> Result<Option<usize>> {
    Ok(members::iterate(value).map(|items| items.len()))
}

/// The text of a value of the IR, for messages and f-strings.
pub fn text(_: &mut Evaluator, value: &Value) -> String {
    match value {
        Value::Expr(PrimExpr::Var(v)) => v.name.to_string(),
        Value::Expr(PrimExpr::Int { value, .. }) => value.to_string(),
        Value::Expr(PrimExpr::Float { value, .. }) => format!("{value:?}"),
        Value::Expr(PrimExpr::Str(text)) => text.value.to_string(),
        Value::Expr(e) => tirade_ir::print::print_expr(e, &Default::default()).text,
        Value::Buffer(b) | Value::Scalar(b) => b.name.to_string(),
        Value::DType(dtype) => dtype.to_string(),
        Value::GlobalVar(name) => name.to_string(),
        Value::Entry(entry) => entry.name.to_string(),
        Value::PrimFunc(func) => func.name.to_string(),
        other => format!("<{}>", describe(other)),
    }
}

// Statements -------------------------------------------------------------------------------------

/// `target = value`, `target: annotation = value` in a prim_func.
pub fn assign_name(
    ev: &mut Evaluator,
    target: Ident,
    value: Option<Value>,
    value_span: Span,
    annotation: Option<(Value, Span)>,
    span: Span,
) -> Result<()> {
    let value = value.map(|value| Arg { value, span: value_span });
    match (annotation, value) {
        (Some((value, at)), given) => {
            assign::assign_annotated(ev, target, Arg { value, span: at }, given, span)
        }
        (None, Some(value)) => assign::assign_name(ev, target, value, span),
        (None, None) => Ok(()),
    }
}

/// `target op= value` in a prim_func.
pub fn aug_assign_name(
    ev: &mut Evaluator,
    target: Ident,
    current: Value,
    op: Operator,
    value: Value,
    span: Span,
) -> Result<()> {
    assign::aug_assign_name(ev, target, &current, op, &value, span)
}

/// `base[indices] = value`
pub fn store_subscript(
    ev: &mut Evaluator,
    base: &Value,
    indices: &[Value],
    value: Value,
    node: &ast::Subscript,
    span: Span,
) -> Result<()> {
    let value = Arg { value, span };
    let (at, base_span) = (node.index.span, node.value.span);
    assign::store_subscript(ev, base, indices, &value, at, base_span, span)
}

/// `base[indices] op= value`
pub fn aug_store_subscript(
    ev: &mut Evaluator,
    base: &Value,
    indices: &[Value],
    op: Operator,
    value: Value,
    node: &ast::Subscript,
    span: Span,
) -> Result<()> {
    let current = getitem(ev, base, indices, &node.index, span)?;
    let value = binary(ev, op, &current, &value, span)?;
    store_subscript(ev, base, indices, value, node, span)
}

/// `object.name = value`, where the attribute of an object of the script holds a mutable scalar;
/// false if that is an assignment like any other.
pub fn store_attribute(
    ev: &mut Evaluator,
    current: &Value,
    value: &Value,
    span: Span,
) -> Result<bool> {
    match current {
        Value::Scalar(buffer) if ev.builder.in_func() => {
            assign::store_to_attribute(ev, buffer, value, span)
        }
        _ => Ok(false),
    }
}

/// `base.name = value`
pub fn setattr(
    _: &mut Evaluator,
    base: &Value,
    name: Ident,
    _value: Value,
    _span: Span,
) -> Result<()> {
    let message = format!("`{}` of {} cannot be set", name.name, describe(base));
    Err(HostError::new(Code::NOT_ASSIGNABLE, name.span, message))
}

/// An expression as a statement.
pub fn expr_stmt(ev: &mut Evaluator, value: Value, span: Span) -> Result<()> {
    match &value {
        Value::None | Value::Str(_) | Value::Ellipsis | Value::Buffer(_) | Value::Tuple(_) => {
            Ok(())
        }
        // What a binding or a block axis gives when nobody wants its name.
        Value::Expr(PrimExpr::Var(_)) => Ok(()),
        Value::Expr(e) => {
            stmt::add_evaluate(ev, e.clone(), span);
            Ok(())
        }
        Value::Int(_) | Value::Bool(_) | Value::Scalar(_) => {
            let e = convert::expr(&value, span)?;
            stmt::add_evaluate(ev, e, span);
            Ok(())
        }
        Value::Dialect(d) => match &**d {
            DialectValue::Context(context) => stmt::enter_rest(ev, context, span).map(drop),
            DialectValue::Done | DialectValue::MetaVar(_) => Ok(()),
            _ => Err(not_a_statement(&value, span)),
        },
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Float(_) => {
            Err(not_a_statement(&value, span))
        }
        Value::Entry(entry) => {
            let message = format!("`{}` is named, but not called", entry.name);
            Err(HostError::new(Code::NOT_A_STATEMENT, span, message)
                .with_help(format!("write `{}(…)`", entry.name)))
        }
        Value::Region(_) | Value::GlobalVar(_) | Value::DType(_) => {
            Err(not_a_statement(&value, span))
        }
        _ => Ok(()),
    }
}

#[cold]
fn not_a_statement(value: &Value, span: Span) -> HostError {
    let message = format!("{} has no meaning as a statement", describe(value));
    HostError::new(Code::NOT_A_STATEMENT, span, message)
}

/// `if condition: then else: orelse`, where the condition is IR.
pub fn if_stmt(
    ev: &mut Evaluator,
    condition: Value,
    then: Body,
    orelse: Option<Body>,
    span: Span,
) -> Result<()> {
    let condition = operators::condition(&condition, span)?;
    let frame = Frame::If(IfFrame::new(condition, span));
    let mark = ev.builder.mark();
    ev.builder.enter(frame).map_err(|_| stmt::too_deep(span))?;
    let mut result = stmt::within(ev, Frame::Then, span, then);
    if let (Ok(()), Some(orelse)) = (&result, orelse) {
        result = stmt::within(ev, Frame::Else, span, orelse);
    }
    ev.builder.close_to(mark);
    result
}

/// `while condition: body`
pub fn while_stmt(ev: &mut Evaluator, condition: Value, body: Body, span: Span) -> Result<()> {
    let condition = operators::condition(&condition, span)?;
    stmt::within(ev, Frame::While(WhileFrame { condition, span }), span, body)
}

/// `for target in iter: body`, over loops of the dialect or a range that becomes one.
pub fn for_stmt(
    ev: &mut Evaluator,
    node: &ast::For,
    iter: Value,
    body: Body,
    _span: Span,
) -> Result<()> {
    loops::for_stmt(ev, node, &iter, body)
}

/// `with context as target: body`
pub fn with_stmt(
    ev: &mut Evaluator,
    item: &ast::WithItem,
    context: Value,
    body: Body,
    _span: Span,
) -> Result<()> {
    stmt::with_stmt(ev, item.target.as_ref(), &context, item.context.span, body)
}

/// `assert test, message`
pub fn assert_stmt(
    ev: &mut Evaluator,
    test: Value,
    message: Option<Value>,
    span: Span,
) -> Result<()> {
    let Some(message) = message else {
        let text = "an assertion of a prim_func has a message";
        let error = HostError::new(Code::ASSERT_MESSAGE, span, text);
        return Err(error.with_help("write `assert condition, \"what is wrong\"`"));
    };
    let (test, message) = (Arg { value: test, span }, Arg { value: message, span });
    stmt::add_assert(ev, &test, None, &message, span)
}

/// `return value` of a prim_func.
pub fn return_stmt(ev: &mut Evaluator, value: Option<Value>, span: Span) -> Result<()> {
    stmt::return_stmt(ev, value.map(|value| Arg { value, span }), span)
}

/// `break`
pub fn break_stmt(ev: &mut Evaluator, span: Span) -> Result<()> {
    stmt::loop_exit(ev, Stmt::Break(span), span)
}

/// `continue`
pub fn continue_stmt(ev: &mut Evaluator, span: Span) -> Result<()> {
    stmt::loop_exit(ev, Stmt::Continue(span), span)
}

// Definitions ------------------------------------------------------------------------------------

/// `class C:` with decorators; `None` if none of them is the dialects'.
pub fn define_class(
    ev: &mut Evaluator,
    class: &Arc<ClassDef>,
    decorators: &[Value],
    _span: Span,
) -> Result<Option<Value>> {
    module::define_class(ev, class, decorators)
}
