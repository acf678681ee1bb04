//! Loops: `T.serial` and its kin, `T.grid`, `T.thread_binding`, `range`.

use super::convert::describe;
use super::convert::{self, expected, index, int_literal};
use super::sig::Bound;
use super::table::{Row, row};
use super::values::{DialectValue, IndexSource, Loops};
use crate::ast::{Expr, ExprKind, For};
use crate::host::{Arg, Body, CallArgs, Evaluator, HostError, RangeValue, Result, Value};
use std::rc::Rc;
use tirade_ir::arith::Analyzer;
use tirade_ir::buffer::Range;
use tirade_ir::builder::{ForFrame, Frame, LoopSpec};
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{BinOp, PrimExpr, Var};
use tirade_ir::func::{AttrValue, Attrs};
use tirade_ir::make;
use tirade_ir::span::Span;
use tirade_ir::stmt::ForKind;
use tirade_ir::symbol::Symbol;

const RANGE: &str = "(start, stop=None, *, annotations=None, step=None, unroll=None, dtype=None)";

pub(super) const ROWS: &[Row] = &[
    row("T.serial", RANGE, |_, a| range(a, ForKind::Serial), "Loop whose iterations run in order."),
    row(
        "T.parallel",
        RANGE,
        |_, a| range(a, ForKind::Parallel),
        "Loop whose iterations run on several cores, in any order.",
    ),
    row(
        "T.vectorized",
        RANGE,
        |_, a| range(a, ForKind::Vectorized),
        "Loop whose iterations run on the lanes of vectors.",
    ),
    row(
        "T.unroll",
        RANGE,
        |_, a| range(a, ForKind::Unrolled),
        "Loop whose body is repeated in the code.",
    ),
    row(
        "T.thread_binding",
        "(start, stop=None, thread=None, *, annotations=None)",
        thread_binding,
        "Loop over the threads or blocks of a grid.",
    ),
    row("T.grid", "(*extents, dtype=None)", grid, "Serial loops, one inside the other."),
];

/// The loop of a `range`-like call.
fn range(args: &Bound, kind: ForKind) -> Result<Value> {
    let start = args.arg("start");
    let (min, end) = match args.opt("stop") {
        Some(stop) => (bound(start)?, bound(stop)?),
        None => from_zero(bound(start)?),
    };
    let dtype = convert::opt_dtype(args, "dtype")?;
    let mut spec = loop_spec(min, end, dtype, args.span)?;
    spec.kind = kind;
    spec.annotations = annotations(args)?;
    spec.step = step(args.opt("step"), spec.var.dtype)?;
    Ok(one_loop(spec))
}

/// The bounds of a loop that gives only its end: the 0 it starts from has the end's type.
fn from_zero(end: PrimExpr) -> (PrimExpr, PrimExpr) {
    (PrimExpr::int(0, end.dtype()), end)
}

fn one_loop(spec: LoopSpec) -> Value {
    loops_value(vec![spec])
}

fn loops_value(specs: Vec<LoopSpec>) -> Value {
    Value::Dialect(Rc::new(DialectValue::Loops(Loops { specs, groups: None })))
}

fn bound(arg: &Arg) -> Result<PrimExpr> {
    index(&arg.value, arg.span)
}

fn annotations(args: &Bound) -> Result<Attrs> {
    let attrs = convert::annotations(args.opt("annotations"))?;
    let Some(unroll) = args.opt("unroll") else { return Ok(attrs) };
    Ok(match &unroll.value {
        Value::Bool(true) => attrs.with("pragma_unroll", AttrValue::Bool(true)),
        Value::Bool(false) => attrs.with("disable_unroll", AttrValue::Bool(true)),
        Value::Int(n) if 0 < *n => attrs.with("pragma_unroll", AttrValue::Int(*n)),
        other => return Err(expected("a bool or a positive integer", other, unroll.span)),
    })
}

/// The step in the loop variable's type; a step of 1 is no step.
fn step(arg: Option<&Arg>, dtype: DType) -> Result<Option<PrimExpr>> {
    let Some(arg) = arg else { return Ok(None) };
    let step = bound(arg)?;
    match step.as_int() {
        Some(1) => return Ok(None),
        Some(n) if n <= 0 => {
            let message = format!("the step {n} is not positive");
            return Err(HostError::new(Code::RANGE, arg.span, message));
        }
        _ => {}
    }
    in_type(step, dtype, arg.span).map(Some)
}

/// A loop over `min..end`. The variable is as wide as the wider bound, unsigned if one of them is.
fn loop_spec(min: PrimExpr, end: PrimExpr, dtype: Option<DType>, span: Span) -> Result<LoopSpec> {
    let (a, b) = (min.dtype(), end.dtype());
    let bits = a.bits().max(b.bits()) as u8;
    let inferred = if a.is_uint() || b.is_uint() { DType::uint(bits) } else { DType::int(bits) };
    let dtype = dtype.unwrap_or(inferred);
    let min = in_type(min, dtype, span)?;
    let end = in_type(end, dtype, span)?;
    let extent = distance(&min, end, span)?;
    // From 5 to 2 there is nothing to do, but an extent of -3 is a mistake.
    if let Some(n) = extent.as_int()
        && n < 0
        && min.is_int(0)
    {
        let message = format!("the loop has a negative extent, {n}");
        return Err(HostError::new(Code::NEGATIVE_EXTENT, span, message));
    }
    let mut spec = LoopSpec::serial(Var::new("i", dtype), extent);
    spec.min = min;
    Ok(spec)
}

/// `e` in the loop variable's type: literals are made anew, everything else is cast.
fn in_type(e: PrimExpr, dtype: DType, span: Span) -> Result<PrimExpr> {
    if e.dtype() == dtype {
        return Ok(e);
    }
    match e.as_int() {
        Some(value) if dtype.holds_int(value) => Ok(PrimExpr::int(value as i64, dtype)),
        Some(value) => {
            let message = format!("the bound {value} does not fit {dtype}");
            Err(HostError::new(Code::LITERAL_RANGE, span, message))
        }
        None => Ok(PrimExpr::cast(dtype, e, span)),
    }
}

/// `end - min`, simplified. `min + extent` gives back exactly `extent`: that is how ranges are
/// printed.
pub(super) fn distance(min: &PrimExpr, end: PrimExpr, span: Span) -> Result<PrimExpr> {
    if min.is_int(0) && min.dtype() == end.dtype() {
        return Ok(end);
    }
    if let PrimExpr::Binary(sum) = &end
        && sum.op == BinOp::Add
        && sum.lhs == *min
    {
        return Ok(sum.rhs.clone());
    }
    let difference = make::binary(BinOp::Sub, end, min.clone(), span);
    Ok(Analyzer::new().simplify(&difference.map_err(super::expr::type_error)?))
}

/// The values `min..end` as a range.
pub(super) fn range_of(min: PrimExpr, end: PrimExpr, span: Span) -> Result<Range> {
    let extent = distance(&min, end, span)?;
    convert::check_extent(&extent, span)?;
    Ok(Range::new(min, extent))
}

fn thread_binding(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let start = args.arg("start");
    let (min, end, thread) = match (args.opt("stop"), args.opt("thread")) {
        (Some(stop), Some(thread)) => (bound(start)?, bound(stop)?, thread),
        (None, Some(thread)) | (Some(thread), None) => (int_literal(0), bound(start)?, thread),
        (None, None) => {
            let message = "a thread binding names its thread";
            let error = HostError::new(Code::MISSING_PARAMETER, args.span, message);
            return Err(error.with_help("write `thread=\"threadIdx.x\"`"));
        }
    };
    let mut spec = loop_spec(min, end, None, args.span)?;
    spec.kind = ForKind::ThreadBinding;
    spec.thread_tag = Some(thread_tag(thread)?);
    spec.annotations = convert::annotations(args.opt("annotations"))?;
    Ok(one_loop(spec))
}

/// The name of a thread axis.
pub(super) fn thread_tag(arg: &Arg) -> Result<Symbol> {
    let tag = convert::text(arg)?;
    let base = tag.strip_suffix(['x', 'y', 'z']);
    let known = match base.unwrap_or(tag) {
        "blockIdx." | "threadIdx." | "vthread." | "clusterIdx." | "clusterCtaIdx." => true,
        _ => matches!(tag, "vthread" | "cthread" | "pipeline" | "virtual_thread"),
    };
    if known {
        return Ok(Symbol::new(tag));
    }
    let message = format!("`{tag}` is no thread axis");
    let error = HostError::new(Code::THREAD_TAG, arg.span, message);
    let tags = ["blockIdx.x", "blockIdx.y", "threadIdx.x", "threadIdx.y", "vthread.x", "vthread"];
    Err(match super::suggest::did_you_mean(tag, tags) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error,
    })
}

fn grid(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let dtype = convert::opt_dtype(args, "dtype")?;
    let specs = args.rest.iter().map(|arg| grid_loop(arg, dtype));
    Ok(loops_value(specs.collect::<Result<_>>()?))
}

/// One loop of a grid: an extent, or `(min, extent)`.
fn grid_loop(arg: &Arg, dtype: Option<DType>) -> Result<LoopSpec> {
    let pair = convert::items(&arg.value);
    let (min, extent) = match pair.as_deref() {
        Some([min, extent]) => (index(min, arg.span)?, index(extent, arg.span)?),
        Some(_) => {
            return Err(expected("an extent or a pair (start, extent)", &arg.value, arg.span));
        }
        None => {
            let extent = bound(arg)?;
            (PrimExpr::int(0, extent.dtype()), extent)
        }
    };
    convert::check_extent(&extent, arg.span)?;
    let dtype = dtype.unwrap_or(min.dtype());
    let mut spec = LoopSpec::serial(Var::new("i", dtype), in_type(extent, dtype, arg.span)?);
    spec.min = in_type(min, dtype, arg.span)?;
    Ok(spec)
}

/// `range(…)` of Python, with a bound that is IR.
pub(super) fn python_range(args: &CallArgs, span: Span) -> Result<Value> {
    let bounds = args.positional.iter().map(bound).collect::<Result<Vec<_>>>()?;
    let ((min, end), by) = match bounds.as_slice() {
        [end] => (from_zero(end.clone()), None),
        [min, end] => ((min.clone(), end.clone()), None),
        [min, end, _] => ((min.clone(), end.clone()), args.positional.get(2)),
        _ => return Err(HostError::new(Code::RANGE, span, "`range` takes 1 to 3 arguments")),
    };
    let mut spec = loop_spec(min, end, None, span)?;
    spec.step = step(by, spec.var.dtype)?;
    Ok(one_loop(spec))
}

/// The IR loop over a Python range.
fn host_range(range: &RangeValue, span: Span) -> Result<LoopSpec> {
    if range.step <= 0 {
        let message = format!("the step {} is not positive", range.step);
        return Err(HostError::new(Code::RANGE, span, message));
    }
    let mut spec = loop_spec(int_literal(range.start), int_literal(range.stop), None, span)?;
    if range.step != 1 {
        spec.step = Some(PrimExpr::int(range.step, spec.var.dtype));
    }
    Ok(spec)
}

/// `for targets in loops: body`.
pub(super) fn for_stmt(ev: &mut Evaluator, node: &For, iter: &Value, body: Body) -> Result<()> {
    let span = node.target.span.to(node.iter.span);
    let (mut specs, groups) = match iter {
        Value::Range(range) => (vec![host_range(range, node.iter.span)?], None),
        Value::Dialect(d) => match &**d {
            DialectValue::Loops(l) => (l.specs.clone(), l.groups.as_ref()),
            _ => return Err(not_a_loop(iter, node.iter.span)),
        },
        _ => return Err(not_a_loop(iter, node.iter.span)),
    };
    let names = match groups {
        None => target_names(&node.target, specs.len())?,
        Some(_) => numbered(Symbol::new("i"), specs.len()),
    };
    for (spec, name) in specs.iter_mut().zip(names) {
        spec.var = Var::new(name, spec.var.dtype);
    }
    let value = match (specs.as_slice(), &node.target.kind, groups) {
        (specs, _, Some(groups)) => grouped(specs, groups),
        ([spec], ExprKind::Name(_), None) => Value::Expr(spec.var.into()),
        (specs, _, None) => {
            Value::tuple(specs.iter().map(|s| Value::Expr(s.var.into())).collect::<Vec<_>>())
        }
    };
    super::stmt::within(ev, Frame::For(ForFrame { loops: specs, span }), span, &mut |ev| {
        ev.bind_target(&node.target, value.clone())?;
        body(ev)
    })
}

#[cold]
fn not_a_loop(iter: &Value, span: Span) -> HostError {
    let message = format!("a loop cannot run over {}", describe(iter));
    HostError::new(Code::NOT_A_LOOP, span, message).with_help(
        "loops run over `range`, `T.serial`, `T.grid`, `T.parallel`, `T.vectorized`, `T.unroll` \
         or `T.thread_binding`",
    )
}

/// `base_0`, `base_1`, …
fn numbered(base: Symbol, n: usize) -> Vec<Symbol> {
    (0..n).map(|i| Symbol::new(&format!("{base}_{i}"))).collect()
}

/// The indices of each target of `T.broadcast_grid`.
fn grouped(specs: &[LoopSpec], groups: &[Vec<IndexSource>]) -> Value {
    let index = |source: &IndexSource| match source {
        IndexSource::Loop(i) => Value::Expr(specs[*i].var.into()),
        IndexSource::Zero => Value::Int(0),
    };
    let tuples = groups.iter().map(|g| Value::tuple(g.iter().map(index).collect::<Vec<_>>()));
    Value::tuple(tuples.collect::<Vec<_>>())
}

/// Names for the variables of `n` loops, from the targets.
fn target_names(target: &Expr, n: usize) -> Result<Vec<Symbol>> {
    let items = match &target.kind {
        ExprKind::Name(name) if n == 1 => return Ok(vec![*name]),
        ExprKind::Name(name) => return Ok(numbered(*name, n)),
        ExprKind::Tuple(items) | ExprKind::List(items) => items,
        _ => return Ok(numbered(Symbol::new("i"), n)),
    };
    let starred = items.iter().filter(|e| matches!(e.kind, ExprKind::Starred(_))).count();
    let fits = if starred == 1 { items.len() - 1 <= n } else { items.len() == n };
    if !fits || 1 < starred {
        let message = format!(
            "{} name{} for {n} loop{}",
            items.len(),
            if items.len() == 1 { "" } else { "s" },
            if n == 1 { "" } else { "s" },
        );
        return Err(HostError::new(Code::LOOP_TARGETS, target.span, message));
    }
    let mut names = Vec::with_capacity(n);
    for item in items.iter() {
        match &item.kind {
            ExprKind::Name(name) => names.push(*name),
            ExprKind::Starred(inner) => {
                let base = inner.as_name().unwrap_or_else(|| Symbol::new("i"));
                names.extend(numbered(base, n + 1 - items.len()));
            }
            _ => names.push(Symbol::new("i")),
        }
    }
    Ok(names)
}
