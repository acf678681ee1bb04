//! Expressions: ops of the op table, arithmetic by name, node constructors, methods of expressions.

use super::compute::Combine;
use super::convert::{self, expected, expr, index};
use super::expr::{operand, type_error};
use super::sig::Bound;
use super::table::{Row, row};
use super::values::DialectValue;
use crate::host::{Arg, CallArgs, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::Op;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{BinOp, Let, PrimExpr, Var};
use tirade_ir::func::CommReducer;
use tirade_ir::make::{self, Lanes, Operand};
use tirade_ir::op::{Arity, TypeRule};
use tirade_ir::span::Span;
use tirade_ir::stmt::IterVarKind;

const TWO: &str = "(a, b, span=None)";

pub(super) const ROWS: &[Row] = &[
    row(
        "T.min",
        "(a, b=None, axis=None, where=None, init=None, span=None)",
        |_, a| extremum(a, BinOp::Min),
        "The smaller value; the second one on a tie or NaN.",
    ),
    row(
        "T.max",
        "(a, b=None, axis=None, where=None, init=None, span=None)",
        |_, a| extremum(a, BinOp::Max),
        "The larger value; the second one on a tie or NaN.",
    ),
    row("T.floordiv", TWO, |_, a| infix(a, BinOp::FloorDiv), "Quotient rounded down; `a // b`."),
    row("T.floormod", TWO, |_, a| infix(a, BinOp::FloorMod), "Remainder of `a // b`; `a % b`."),
    row("T.truncdiv", TWO, |_, a| infix(a, BinOp::Div), "Quotient rounded toward zero."),
    row("T.truncmod", TWO, |_, a| infix(a, BinOp::Mod), "Remainder of `T.truncdiv`."),
    row("T.ceildiv", TWO, |_, a| ceildiv(a), "Quotient rounded up."),
    row("T.div", TWO, |_, a| infix(a, BinOp::Div), "Quotient; of integers toward zero."),
    row("T.indexdiv", TWO, |_, a| infix(a, BinOp::FloorDiv), "Quotient of indices."),
    row("T.indexmod", TWO, |_, a| infix(a, BinOp::FloorMod), "Remainder of indices."),
    row("T.shapediv", TWO, |_, a| ceildiv(a), "Quotient of extents, rounded up."),
    row("T.Add", TWO, |_, a| node(a, BinOp::Add), "The node of `a + b`."),
    row("T.Sub", TWO, |_, a| node(a, BinOp::Sub), "The node of `a - b`."),
    row("T.Mul", TWO, |_, a| node(a, BinOp::Mul), "The node of `a * b`."),
    row("T.Div", TWO, |_, a| node(a, BinOp::Div), "The node of `T.truncdiv` and of `/` on floats."),
    row("T.Mod", TWO, |_, a| node(a, BinOp::Mod), "The node of `T.truncmod`."),
    row("T.FloorDiv", TWO, |_, a| node(a, BinOp::FloorDiv), "The node of `a // b`."),
    row("T.FloorMod", TWO, |_, a| node(a, BinOp::FloorMod), "The node of `a % b`."),
    row("T.Min", TWO, |_, a| node(a, BinOp::Min), "The node of `T.min`."),
    row("T.Max", TWO, |_, a| node(a, BinOp::Max), "The node of `T.max`."),
    row("T.EQ", TWO, |_, a| node(a, BinOp::Eq), "The node of `a == b`."),
    row("T.NE", TWO, |_, a| node(a, BinOp::Ne), "The node of `a != b`."),
    row("T.LT", TWO, |_, a| node(a, BinOp::Lt), "The node of `a < b`."),
    row("T.LE", TWO, |_, a| node(a, BinOp::Le), "The node of `a <= b`."),
    row("T.GT", TWO, |_, a| node(a, BinOp::Gt), "The node of `a > b`."),
    row("T.GE", TWO, |_, a| node(a, BinOp::Ge), "The node of `a >= b`."),
    row("T.And", TWO, |_, a| node(a, BinOp::And), "The node of `a and b`."),
    row("T.Or", TWO, |_, a| node(a, BinOp::Or), "The node of `a or b`."),
    row("T.Not", "(a, span=None)", |_, a| not(a), "The node of `not a`."),
    row("T.all", "(*args)", |_, a| fold_logical(a, BinOp::And), "All conditions hold."),
    row("T.any", "(*args)", |_, a| fold_logical(a, BinOp::Or), "One condition holds."),
    row("T.Cast", "(dtype, value, span=None)", |_, a| cast_node(a), "The node of a cast."),
    row("T.cast", "(value, dtype, span=None)", |_, a| cast(a), "Conversion to another type."),
    row(
        "T.Select",
        "(condition, true_value, false_value, span=None)",
        |_, a| select(a),
        "One of two values, both evaluated.",
    ),
    row(
        "T.Ramp",
        "(base, stride, lanes, span=None)",
        |_, a| ramp(a),
        "Vector base, base + stride, …",
    ),
    row("T.ramp", "(base, stride, lanes, span=None)", |_, a| ramp(a), "Same as `T.Ramp`."),
    row("T.Broadcast", "(value, lanes, span=None)", |_, a| broadcast(a), "Vector of equal lanes."),
    row("T.broadcast", "(value, lanes, span=None)", |_, a| broadcast(a), "Same as `T.Broadcast`."),
    row(
        "T.Shuffle",
        "(vectors, indices, span=None)",
        |_, a| shuffle(a),
        "Vector of lanes of others.",
    ),
    row(
        "T.Let",
        "(expr, where, body=None)",
        |_, a| let_expr(a),
        "An expression with a local name.",
    ),
    row(
        "T.BufferLoad",
        "(buffer, indices, predicate=None, span=None)",
        |_, a| buffer_load(a),
        "Read with a list of indices.",
    ),
    row("T.abs", "(x, dtype=None, span=None)", |_, a| abs(a), "Absolute value."),
    row("T.fabs", "(x, dtype=None, span=None)", |_, a| abs(a), "Absolute value."),
    row("T.comm_reducer", "(combiner, identity)", comm_reducer, "A commutative reducer."),
];

pub(super) const METHODS: &[Row] = &[
    row("Expr.astype", "(self, dtype, span=None)", |_, a| astype(a), "Conversion to another type."),
    row("Expr.equal", "(self, other, span=None)", |_, a| equal(a), "`self == other`"),
];

/// A row that is made from the op table.
pub(super) struct GeneratedRow {
    pub(super) row: Row,
    pub(super) op: Option<Op>,
}

/// One row for each name of each op of the op table.
pub(super) fn generated_rows() -> Vec<GeneratedRow> {
    let mut rows = Vec::new();
    for op in Op::ALL {
        let info = op.info();
        let sig = op_signature(*op);
        for name in std::iter::once(&info.name).chain(info.aliases) {
            let name: &'static str = Box::leak(format!("T.{name}").into_boxed_str());
            rows.push(GeneratedRow { row: row(name, sig, call_op, info.doc), op: Some(*op) });
        }
    }
    rows
}

/// Older versions let every op be given its type by keyword.
fn op_signature(op: Op) -> &'static str {
    match (op.info().rule, op.info().arity) {
        (rule, _) if rule.leads_with_dtype() => "(*args, dtype=None, span=None)",
        (TypeRule::IfThenElse, _) => "(cond, t, f, dtype=None, span=None)",
        (TypeRule::AddressOf, _) => "(obj, dtype=None, span=None)",
        (TypeRule::Undefined, _) => "(dtype=None, span=None)",
        (_, Arity::Exactly(0)) => "(*, dtype=None, span=None)",
        (_, Arity::Exactly(1)) => "(x, dtype=None, span=None)",
        (_, Arity::Exactly(2)) => "(x, y, dtype=None, span=None)",
        (_, Arity::Exactly(3)) => "(x, y, z, dtype=None, span=None)",
        (_, Arity::Exactly(4)) => "(x, y, q, s, dtype=None, span=None)",
        _ => "(*args, dtype=None, span=None)",
    }
}

/// Calls an op of the op table.
fn call_op(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let op = args.entry.op.expect("a row of the op table");
    let rule = op.info().rule;
    let mut given: Vec<&Arg> = args.in_order(&["dtype", "span"]);
    let mut dtype = args.opt("dtype");
    if rule.leads_with_dtype() && dtype.is_none() && !given.is_empty() {
        dtype = Some(given.remove(0));
    }
    let takes_dtype = rule.leads_with_dtype() || rule == TypeRule::Undefined;
    let dtype = match dtype.filter(|_| takes_dtype) {
        Some(arg) => Some(convert::dtype(arg)?),
        None => None,
    };
    let operands = given.iter().map(|a| match (&a.value, rule) {
        (Value::Buffer(buffer), TypeRule::AddressOf | TypeRule::Statement) => {
            first_element(buffer, a.span).map(Operand::Expr)
        }
        (value, _) => operand(value, a.span),
    });
    let operands = operands.collect::<Result<Vec<_>>>()?;
    make::call(op, operands, dtype, args.span).map(Value::Expr).map_err(type_error)
}

/// The first element of a buffer, for the address of the buffer.
fn first_element(buffer: &tirade_ir::Buffer, span: Span) -> Result<PrimExpr> {
    let zeros = buffer.shape.iter().map(|e| PrimExpr::int(0, e.dtype())).collect();
    make::load(buffer, zeros, span).map_err(type_error)
}

fn two(args: &Bound) -> Result<(Operand, Operand)> {
    let (a, b) = (args.arg("a"), args.arg("b"));
    Ok((operand(&a.value, a.span)?, operand(&b.value, b.span)?))
}

fn infix(args: &Bound, op: BinOp) -> Result<Value> {
    let (a, b) = two(args)?;
    make::binary(op, a, b, args.span).map(Value::Expr).map_err(type_error)
}

/// `T.max(a, b)`, or the reduction `T.max(a, axis=k)`.
fn extremum(args: &Bound, op: BinOp) -> Result<Value> {
    let over = |arg: &&Arg| {
        convert::items_or_one(&arg.value)
            .iter()
            .any(|v| matches!(v, Value::IterVar(axis) if axis.kind == IterVarKind::CommReduce))
    };
    if let Some(axis) = args.opt("axis").or(args.opt("b").filter(over)) {
        return super::compute::reduce(args, args.arg("a"), axis, Combine::Infix(op));
    }
    let (Some(b), a) = (args.opt("b"), args.arg("a")) else {
        let message = format!("`{}` takes two values, or one and `axis=`", args.entry.name);
        return Err(HostError::new(Code::MISSING_PARAMETER, args.span, message));
    };
    super::expr::make_binary(op, &a.value, &b.value, args.span).map(Value::Expr)
}

fn ceildiv(args: &Bound) -> Result<Value> {
    let (a, b) = two(args)?;
    make::ceildiv(a, b, args.span).map(Value::Expr).map_err(type_error)
}

/// The node as it is: no promotion, no folding. A literal takes the other operand's type.
fn node(args: &Bound, op: BinOp) -> Result<Value> {
    let (a, b) = (args.arg("a"), args.arg("b"));
    let is_literal = |v: &Value| matches!(v, Value::Int(_) | Value::Float(_) | Value::Bool(_));
    let typed = |arg: &Arg, other: &Arg| -> Result<PrimExpr> {
        if !is_literal(&arg.value) || is_literal(&other.value) {
            return expr(&arg.value, arg.span);
        }
        let dtype = expr(&other.value, other.span)?.dtype();
        let literal = operand(&arg.value, arg.span)?;
        make::typed_literal(dtype, literal, arg.span).map_err(type_error)
    };
    let (lhs, rhs) = (typed(a, b)?, typed(b, a)?);
    if lhs.dtype() != rhs.dtype() {
        let name = args.entry.name;
        let message =
            format!("`{name}` takes operands of one type, not {} and {}", lhs.dtype(), rhs.dtype());
        return Err(HostError::new(Code::ARGUMENT_TYPE, args.span, message));
    }
    if op.is_logical() && !lhs.dtype().is_bool() {
        return Err(expected("a bool", &a.value, a.span));
    }
    Ok(Value::Expr(PrimExpr::binary(op, lhs, rhs, args.span)))
}

fn not(args: &Bound) -> Result<Value> {
    let a = args.arg("a");
    make::not(operand(&a.value, a.span)?, args.span).map(Value::Expr).map_err(type_error)
}

fn fold_logical(args: &Bound, op: BinOp) -> Result<Value> {
    let mut operands = args.rest.iter().map(|a| operand(&a.value, a.span));
    let Some(first) = operands.next() else { return Ok(Value::Bool(op == BinOp::And)) };
    let mut result = first?;
    for next in operands {
        let joined = make::binary(op, result, next?, args.span).map_err(type_error)?;
        result = Operand::Expr(joined);
    }
    make::literal(result, args.span).map(Value::Expr).map_err(type_error)
}

fn cast_node(args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    let arg = args.arg("value");
    let value = convert::arg_expr(arg)?;
    if value.dtype().with_lanes_of(dtype) != value.dtype() {
        let message = format!("a cast keeps the lanes: {} cannot become {dtype}", value.dtype());
        return Err(HostError::new(Code::ARGUMENT_TYPE, arg.span, message));
    }
    if matches!(value, PrimExpr::Str(_)) || dtype.is_void() {
        return Err(expected("a number", &arg.value, arg.span));
    }
    Ok(Value::Expr(PrimExpr::cast(dtype, value, args.span)))
}

fn cast(args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    let value = convert::arg_expr(args.arg("value"))?;
    make::cast(dtype, value, args.span).map(Value::Expr).map_err(type_error)
}

fn astype(args: &Bound) -> Result<Value> {
    let dtype = convert::dtype(args.arg("dtype"))?;
    let value = convert::arg_expr(args.arg("self"))?;
    make::cast(dtype, value, args.span).map(Value::Expr).map_err(type_error)
}

fn equal(args: &Bound) -> Result<Value> {
    let (a, b) = (args.arg("self"), args.arg("other"));
    super::expr::make_binary(BinOp::Eq, &a.value, &b.value, args.span).map(Value::Expr)
}

fn select(args: &Bound) -> Result<Value> {
    let part = |name: &str| -> Result<Operand> {
        let arg = args.arg(name);
        operand(&arg.value, arg.span)
    };
    let (c, t, f) = (part("condition")?, part("true_value")?, part("false_value")?);
    make::select(c, t, f, args.span).map(Value::Expr).map_err(type_error)
}

/// A number of lanes: a constant, or a constant times `T.vscale()`.
pub(super) fn lanes_of(e: &PrimExpr) -> Option<Lanes> {
    if let PrimExpr::Binary(product) = e
        && product.op == BinOp::Mul
    {
        for (a, b) in [(&product.lhs, &product.rhs), (&product.rhs, &product.lhs)] {
            if let Some(n) = a.as_int().and_then(|n| u32::try_from(n).ok())
                && super::vendor::is_vscale(b)
            {
                return Some(Lanes::Scalable(n));
            }
        }
    }
    if super::vendor::is_vscale(e) {
        return Some(Lanes::Scalable(1));
    }
    e.as_int().and_then(|n| u32::try_from(n).ok()).map(Lanes::from)
}

fn lanes(arg: &Arg) -> Result<Lanes> {
    let n = convert::index(&arg.value, arg.span)?;
    lanes_of(&n).ok_or_else(|| expected("a constant number of lanes", &arg.value, arg.span))
}

fn ramp(args: &Bound) -> Result<Value> {
    let (base, stride) = (args.arg("base"), args.arg("stride"));
    let (base, stride) = (operand(&base.value, base.span)?, operand(&stride.value, stride.span)?);
    let lanes = lanes(args.arg("lanes"))?;
    make::ramp(base, stride, lanes, args.span).map(Value::Expr).map_err(type_error)
}

fn broadcast(args: &Bound) -> Result<Value> {
    let value = args.arg("value");
    let value = operand(&value.value, value.span)?;
    let lanes = lanes(args.arg("lanes"))?;
    make::broadcast(value, lanes, args.span).map(Value::Expr).map_err(type_error)
}

fn shuffle(args: &Bound) -> Result<Value> {
    let vectors = convert::exprs(args.arg("vectors"))?;
    let indices = convert::exprs(args.arg("indices"))?;
    make::shuffle(vectors, indices, args.span).map(Value::Expr).map_err(type_error)
}

/// `T.Let(body, where={var: value})`; older versions wrote `T.Let(var, value, body)`.
fn let_expr(args: &Bound) -> Result<Value> {
    let (first, second) = (args.arg("expr"), args.arg("where"));
    if let Some(body) = args.opt("body") {
        return let_parts(&[first, second, body], args.span);
    }
    let Value::Dict(dict) = &second.value else {
        return Err(expected("a dict of variables", &second.value, second.span));
    };
    let mut result = convert::arg_expr(first)?;
    for (var, value) in dict.entries().into_iter().rev() {
        let (var, value) =
            (Arg { value: var, span: second.span }, Arg { value, span: second.span });
        result = let_node(&var, &value, result, args.span)?;
    }
    Ok(Value::Expr(result))
}

/// `T.let(var, value, body)`.
pub(super) fn let_parts(parts: &[&Arg; 3], span: Span) -> Result<Value> {
    let [var, value, body] = parts;
    let_node(var, value, convert::arg_expr(body)?, span).map(Value::Expr)
}

/// `body` with `var` bound to `value`; a literal takes the variable's type.
fn let_node(var: &Arg, value: &Arg, body: PrimExpr, span: Span) -> Result<PrimExpr> {
    let var = convert::var(var)?;
    let at = value.span;
    let value = match operand(&value.value, at)? {
        Operand::Expr(e) => e,
        literal => make::typed_literal(var.dtype, literal, at).map_err(type_error)?,
    };
    if value.dtype() != var.dtype {
        let message =
            format!("`{}` is {}, but its value is {}", var.name, var.dtype, value.dtype());
        return Err(HostError::new(Code::LET, at, message));
    }
    Ok(PrimExpr::Let(Arc::new(Let { var, value, body, span })))
}

fn buffer_load(args: &Bound) -> Result<Value> {
    let buffer = convert::buffer(args.arg("buffer"))?;
    let at = args.arg("indices");
    let items = convert::items_or_one(&at.value);
    super::buffer::check_rank(&buffer, items.len(), at.span)?;
    let indices = items.iter().map(|v| index(v, at.span)).collect::<Result<Vec<_>>>()?;
    let predicate = args.opt("predicate").map(convert::arg_expr).transpose()?;
    let load = make::load(&buffer, indices, args.span).map_err(type_error)?;
    Ok(Value::Expr(super::buffer::with_predicate(load, predicate)))
}

fn abs(args: &Bound) -> Result<Value> {
    super::expr::abs(&args.arg("x").value, args.span)
}

/// `T.comm_reducer(lambda x0, x1, y0, y1: (…, …), [identity0, identity1])`.
fn comm_reducer(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (combiner, identity) = (args.arg("combiner"), args.arg("identity"));
    let identity = convert::exprs(identity)?;
    let Value::Function(function) = &combiner.value else {
        return Err(expected("a lambda", &combiner.value, combiner.span));
    };
    let names: Vec<_> = function.params().iter().map(|p| p.name.name).collect();
    if names.len() != 2 * identity.len() {
        let message = format!(
            "a reducer of {} value{} has a lambda of {} parameters, not {}",
            identity.len(),
            if identity.len() == 1 { "" } else { "s" },
            2 * identity.len(),
            names.len()
        );
        return Err(HostError::new(Code::ARGUMENT_TYPE, combiner.span, message));
    }
    let dtypes: Vec<DType> = identity.iter().map(PrimExpr::dtype).collect();
    let vars: Vec<Var> =
        names.iter().enumerate().map(|(i, n)| Var::new(*n, dtypes[i % dtypes.len()])).collect();
    let values = vars.iter().map(|v| Value::Expr((*v).into()));
    let result = ev.call(&combiner.value, CallArgs::positional(values), args.span)?;
    let result = convert::exprs(&Arg { value: result, span: combiner.span })?;
    let (lhs, rhs) = vars.split_at(identity.len());
    let reducer = CommReducer {
        lhs: lhs.into(),
        rhs: rhs.into(),
        result: result.into(),
        identity: identity.into(),
    };
    Ok(Value::Dialect(Rc::new(DialectValue::CommReducer(reducer))))
}
