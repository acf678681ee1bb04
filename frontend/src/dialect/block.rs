//! Blocks: `T.sblock`, their axes, regions, init, predicate and annotations.

use super::convert::{self, expected, extent, index};
use super::loops::range_of;
use super::sig::Bound;
use super::table::{Row, row};
use super::values::{Context, DialectValue, LegacyAxis};
use crate::host::{Arg, Evaluator, HostError, Result, Value};
use std::rc::Rc;
use tirade_ir::buffer::{BufferRegion, Range};
use tirade_ir::builder::BlockFrame;
use tirade_ir::diag::Code;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{PrimExpr, Var};
use tirade_ir::func::{AttrValue, Attrs};
use tirade_ir::span::Span;
use tirade_ir::stmt::{IterVar, IterVarKind};
use tirade_ir::symbol::Symbol;

const AXIS: &str = "(dom, binding, dtype='int32')";

pub(super) const ROWS: &[Row] = &[
    row(
        "T.init",
        "()",
        |_, a| Ok(context(Context::Init(a.span))),
        "What a reduction block does in its first instance.",
    ),
    row("T.where", "(predicate)", where_, "The condition under which a block's instances run."),
    row("T.reads", "(*regions)", reads, "What a block's instances read."),
    row("T.writes", "(*regions)", writes, "What a block's instances write."),
    row(
        "T.axis.spatial",
        AXIS,
        |ev, a| axis(ev, a, IterVarKind::DataPar),
        "Block axis along which instances are independent.",
    ),
    row("T.axis.S", AXIS, |ev, a| axis(ev, a, IterVarKind::DataPar), "Short for `T.axis.spatial`."),
    row(
        "T.axis.reduce",
        AXIS,
        |ev, a| axis(ev, a, IterVarKind::CommReduce),
        "Block axis along which instances contribute to a reduction.",
    ),
    row(
        "T.axis.R",
        AXIS,
        |ev, a| axis(ev, a, IterVarKind::CommReduce),
        "Short for `T.axis.reduce`.",
    ),
    row(
        "T.axis.scan",
        AXIS,
        |ev, a| axis(ev, a, IterVarKind::Ordered),
        "Block axis along which instances run in order.",
    ),
    row(
        "T.axis.opaque",
        AXIS,
        |ev, a| axis(ev, a, IterVarKind::Opaque),
        "Block axis of which nothing is known.",
    ),
    row(
        "T.axis.remap",
        "(kinds, bindings, dtype='int32')",
        remap,
        "Block axes that follow loops; one letter S or R for each.",
    ),
];

pub(super) const MODERN: &[Row] = &[
    row(
        "T.sblock",
        "(name='', no_realize=False, exec_scope='')",
        sblock,
        "The unit that schedules move.",
    ),
    row("T.sblock_attr", "(attrs)", block_attr, "Annotations of a block."),
];

pub(super) const CLASSIC: &[Row] = &[
    row(
        "T.block",
        "(name='', name_hint='', no_realize=False)",
        block,
        "The unit that schedules move.",
    ),
    row("T.block_attr", "(attrs)", block_attr, "Annotations of a block."),
];

pub(super) fn context(context: Context) -> Value {
    Value::Dialect(Rc::new(DialectValue::Context(context)))
}

fn sblock(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let name = args.opt("name").map_or(Ok(Symbol::new("")), convert::symbol)?;
    args.opt("no_realize").map(convert::flag).transpose()?;
    Ok(context(Context::Block { name, axes: None, span: args.span }))
}

/// `T.block("name")`, or `tir.block([128, tir.reduce_axis(0, 128)], "name")` of early 2021.
fn block(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let Some((first, axes)) = args.opt("name").and_then(|a| Some((a, convert::items(&a.value)?)))
    else {
        return sblock(ev, args);
    };
    let name = args.opt("name_hint").map_or(Ok(Symbol::new("")), convert::symbol)?;
    let axes = axes.iter().map(|v| legacy_axis(v, first.span)).collect::<Result<_>>()?;
    Ok(context(Context::Block { name, axes: Some(axes), span: args.span }))
}

/// An axis of a block of early 2021: an extent is a spatial axis.
fn legacy_axis(value: &Value, span: Span) -> Result<LegacyAxis> {
    if let Value::Dialect(d) = value {
        match &**d {
            DialectValue::Axis(axis) => return Ok(axis.clone()),
            DialectValue::Range(dom) => {
                return Ok(LegacyAxis { dom: dom.clone(), kind: IterVarKind::DataPar });
            }
            _ => {}
        }
    }
    let dom = Range::from_extent(extent(value, span)?);
    Ok(LegacyAxis { dom, kind: IterVarKind::DataPar })
}

/// The block that the call stands directly inside of.
pub(super) fn current<'a>(ev: &'a mut Evaluator, args: &Bound) -> Result<&'a mut BlockFrame> {
    let name = args.entry.name;
    let in_func = ev.builder.in_func();
    ev.builder.block_mut().ok_or_else(|| {
        let (code, place) = match in_func {
            true => (Code::OUTSIDE_BLOCK, "a block"),
            false => (Code::OUTSIDE_FUNCTION, "a prim_func"),
        };
        HostError::new(code, args.span, format!("`{name}` stands outside of {place}"))
    })
}

fn declared_twice(args: &Bound) -> HostError {
    let message = format!("this block has `{}` twice", args.entry.name);
    HostError::new(Code::DUPLICATE_DECLARATION, args.span, message)
}

fn where_(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let arg = args.arg("predicate");
    let predicate = match &arg.value {
        Value::Int(v @ (0 | 1)) => PrimExpr::bool(*v == 1),
        value => super::expr::condition(value, arg.span)?,
    };
    let block = current(ev, args)?;
    if block.predicate.is_some() {
        return Err(declared_twice(args));
    }
    block.predicate = Some(predicate);
    Ok(Value::None)
}

/// Regions given one by one, or as one list.
fn regions(args: &Bound) -> Result<Vec<BufferRegion>> {
    let mut regions = Vec::with_capacity(args.rest.len());
    for arg in &args.rest {
        match convert::items(&arg.value) {
            Some(items) => {
                for item in items {
                    regions.push(convert::region(&item, arg.span)?);
                }
            }
            None => regions.push(convert::region(&arg.value, arg.span)?),
        }
    }
    Ok(regions)
}

fn reads(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let regions = regions(args)?;
    let block = current(ev, args)?;
    if block.reads.is_some() {
        return Err(declared_twice(args));
    }
    block.reads = Some(regions);
    Ok(Value::None)
}

fn writes(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let regions = regions(args)?;
    let block = current(ev, args)?;
    if block.writes.is_some() {
        return Err(declared_twice(args));
    }
    block.writes = Some(regions);
    Ok(Value::None)
}

fn block_attr(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let attrs = convert::annotations(Some(args.arg("attrs")))?;
    let block = current(ev, args)?;
    let differs = |(key, new): &&(Symbol, AttrValue)| {
        let old = block.annotations.get(key.as_str());
        let dicts = matches!((old, new), (Some(AttrValue::Dict(_)), AttrValue::Dict(_)));
        !dicts && old.is_some_and(|old| old != new)
    };
    if let Some((key, _)) = attrs.iter().find(differs) {
        let message = format!("this block has two values for the annotation `{key}`");
        return Err(HostError::new(Code::DUPLICATE_DECLARATION, args.span, message));
    }
    block.annotations = merge(&block.annotations, &attrs);
    Ok(Value::None)
}

/// Both sets of annotations; dicts under one key are joined, other values replaced.
pub(super) fn merge(old: &Attrs, new: &Attrs) -> Attrs {
    let mut merged = old.clone();
    for (key, value) in new.iter() {
        let value = match (old.get(key.as_str()), value) {
            (Some(AttrValue::Dict(a)), AttrValue::Dict(b)) => {
                let kept = a.iter().filter(|(k, _)| b.iter().all(|(l, _)| k != l));
                AttrValue::Dict(kept.chain(b.iter()).cloned().collect())
            }
            (_, value) => value.clone(),
        };
        merged = merged.with(*key, value);
    }
    merged
}

/// The domain of an axis: a range, `(begin, end)`, or an extent.
fn domain(arg: &Arg) -> Result<Range> {
    if let Value::Dialect(d) = &arg.value
        && let DialectValue::Range(range) = &**d
    {
        return Ok(range.clone());
    }
    match convert::items(&arg.value).as_deref() {
        Some([min, end]) => range_of(index(min, arg.span)?, index(end, arg.span)?, arg.span),
        Some(_) => Err(expected("a pair (begin, end)", &arg.value, arg.span)),
        None => Ok(Range::from_extent(extent(&arg.value, arg.span)?)),
    }
}

fn axis(ev: &mut Evaluator, args: &Bound, kind: IterVarKind) -> Result<Value> {
    let dom = domain(args.arg("dom"))?;
    let binding = args.arg("binding");
    let value = index(&binding.value, binding.span)?;
    let dtype = convert::opt_dtype(args, "dtype")?.unwrap_or(DType::INT32);
    let widest = [dom.min.dtype(), dom.extent.dtype(), dtype].into_iter().max_by_key(|d| d.bits());
    let bits = widest.unwrap_or(dtype).bits() as u8;
    let dtype = if dtype.is_uint() { DType::uint(bits) } else { DType::int(bits) };
    let var = ev.dialect.fresh_var(args.target_or("v"), dtype);
    add_axis(ev, args, var, dom, kind, value)?;
    Ok(Value::Expr(var.into()))
}

fn add_axis(
    ev: &mut Evaluator,
    args: &Bound,
    var: Var,
    dom: Range,
    kind: IterVarKind,
    value: PrimExpr,
) -> Result<()> {
    let span = args.span;
    let iter_var = IterVar { var, dom, kind, thread_tag: None, span };
    current(ev, args)?.add_axis(iter_var, value);
    Ok(())
}

fn remap(ev: &mut Evaluator, args: &Bound) -> Result<Value> {
    let (kinds, bindings) = (args.arg("kinds"), args.arg("bindings"));
    let letters = convert::text(kinds)?;
    convert::opt_dtype(args, "dtype")?;
    let values = convert::items_or_one(&bindings.value);
    if letters.chars().count() != values.len() {
        let message = format!(
            "{} letter{} for {} binding{}",
            letters.len(),
            if letters.len() == 1 { "" } else { "s" },
            values.len(),
            if values.len() == 1 { "" } else { "s" },
        );
        return Err(HostError::new(Code::REMAP, kinds.span, message)
            .with_secondary(bindings.span, "the bindings"));
    }
    let mut vars = Vec::with_capacity(values.len());
    for (i, (letter, value)) in letters.chars().zip(&values).enumerate() {
        let kind = match letter {
            'S' => IterVarKind::DataPar,
            'R' => IterVarKind::CommReduce,
            _ => {
                let message = format!("`{letter}` is no kind of axis; write `S` or `R`");
                return Err(HostError::new(Code::REMAP, kinds.span, message));
            }
        };
        let (loop_var, dom) = enclosing_loop(ev, value, bindings.span)?;
        let name = match args.targets.as_slice() {
            targets if targets.len() == values.len() => targets[i].name,
            [one] => Symbol::new(&format!("{}_{i}", one.name)),
            _ => Symbol::new(&format!("v{}", loop_var.name)),
        };
        let var = ev.dialect.fresh_var(name, loop_var.dtype);
        add_axis(ev, args, var, dom, kind, loop_var.into())?;
        vars.push(Value::Expr(var.into()));
    }
    Ok(match vars.len() {
        1 if args.targets.len() == 1 => vars.remove(0),
        _ => Value::tuple(vars),
    })
}

/// The loop variable behind a binding of `T.axis.remap`, with its loop's range.
fn enclosing_loop(ev: &Evaluator, value: &Value, span: Span) -> Result<(Var, Range)> {
    let not_a_loop = |message: String| {
        Err(HostError::new(Code::REMAP, span, message).with_help(
            "bind other values with `T.axis.spatial(extent, value)` or `T.axis.reduce(extent, value)`",
        ))
    };
    let var = match value {
        Value::Expr(PrimExpr::Var(v)) => *v,
        Value::Expr(_) => return not_a_loop("`T.axis.remap` takes loop variables only".into()),
        other => return Err(expected("a loop variable", other, span)),
    };
    match ev.builder.loop_range(var) {
        Some(range) => Ok((var, range)),
        None => {
            not_a_loop(format!("`{}` is not the variable of a loop around this block", var.name))
        }
    }
}
