//! `transform_layout(block, buffer, index_map, pad_value)`: another layout of a buffer.

mod plan;
mod rewrite;

use super::Primitive;
use super::set_axis_separator::separated;
use crate::analysis::buffers::{Access, Accessed, buffer_arg, changed};
use crate::analysis::context::analyzer_of;
use crate::analysis::index_map::{Mapped, invert, legalized, map_shape};
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::{IndexMap, Value};
use plan::Plan;
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::func::ParamKind;
use tirade_ir::stmt::Stmt;
use tirade_ir::visit::any_expr;
use tirade_ir::{Buffer, DType, PrimExpr, PrimFunc};

/// `transform_layout`
pub const TRANSFORM_LAYOUT: Primitive = Primitive {
    name: "transform_layout",
    kind: "TransformLayout",
    signature: "(block, buffer, index_map, pad_value=None, *, assume_injective_transform=False)",
    attrs: &["buffer", "pad_value", "assume_injective_transform"],
    spread: None,
    apply,
    doc: "Stores a buffer in another layout, and rewrites every access to it.",
};

/// What is to be done.
struct Task<'a> {
    old: Buffer,
    new: Buffer,
    map: &'a IndexMap,
    analyzer: &'a Analyzer,
}

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let Accessed { buffer: old, .. } = buffer_arg(&place, args, "buffer", Access::Read, false)?;
    let Value::IndexMap(map) = args.get("index_map") else {
        return Err(ScheduleError::argument("`index_map` is a map from indices to indices"));
    };
    if map.initial.len() != old.rank() {
        let (n, rank) = (map.initial.len(), old.rank());
        let message = format!("the map takes {n} indices, and `{}` has {rank}", old.name);
        return Err(ScheduleError::argument(message).at(place.at()));
    }
    let dtypes: Vec<_> = old.shape.iter().map(PrimExpr::dtype).collect();
    let map = legalized(&schedule.resolved_map(map), &dtypes);
    let pad = pad_value(args, &old, &map, &place)?;
    let site = defining_block(&place, &old)?;
    let analyzer = analyzer_of(&place);
    let mapped = match args.bool("assume_injective_transform")? {
        true => None,
        false => Some(invert(&map, &old.shape, &analyzer)?),
    };
    let has_padding = mapped.as_ref().is_some_and(|m| !m.padding.is_int(0));
    if has_padding && pad.is_none() {
        let message = format!("the new layout of `{}` has more elements than the old", old.name);
        return Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message)
            .at(place.at())
            .help("give `pad_value`, or `assume_injective_transform=True`"));
    }
    let shape = match &mapped {
        Some(mapped) => mapped.shape.clone(),
        None => map_shape(&map, &old.shape, &analyzer),
    };
    let product = |extents: &[PrimExpr]| {
        let one = PrimExpr::int(1, DType::INT64);
        extents.iter().fold(one, |all, extent| arith::mul(&all, extent))
    };
    if mapped.is_some() && analyzer.can_prove_less(&product(&shape), &product(&old.shape)) {
        let message = format!("the new layout of `{}` has fewer elements than the old", old.name);
        return Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at()));
    }
    let new = changed(&old, |node| {
        node.shape = shape.into();
        node.strides = Box::default();
        node.axis_separators = map.axis_separators.clone();
    });
    let task = Task { old, new, map: &map, analyzer: &analyzer };
    let plan = match (mapped, pad) {
        (Some(Mapped { inverse, padding, .. }), Some(pad)) if has_padding => {
            Plan::of(&task, &site.stmt, &inverse, &padding, &pad)
        }
        _ => Plan::Nothing,
    };
    let mut stmt = rewrite::run(&task, &plan, &site.stmt);
    if !map.axis_separators.is_empty() {
        stmt = separated(&stmt, &task.new, &task.new);
    }
    schedule.replace(&site, stmt);
    if !site.block().alloc_buffers.contains(&task.old) {
        let func = schedule.function(Some(place.func.name.as_str()))?;
        schedule.set_func(with_parameter(func, &task.old, &task.new));
    }
    Ok(Value::None)
}

/// The block that allocates the buffer, or the function's root block for a parameter.
pub(super) fn defining_block(place: &Place, buffer: &Buffer) -> Result<Place> {
    let mut current = place.clone();
    loop {
        let block = current.block();
        if block.alloc_buffers.contains(buffer) {
            return Ok(current);
        }
        if block.match_buffers.iter().any(|view| view.buffer == *buffer) {
            let message = format!("`{}` is a view of another buffer", buffer.name);
            return Err(ScheduleError::new(Code::SCHEDULE_SCOPE, message)
                .at(current.at())
                .help("change the layout of the buffer that it views"));
        }
        match current.scope() {
            Some(outer) => current = outer,
            None => return Ok(current),
        }
    }
}

/// The function with another buffer as its parameter.
pub(super) fn with_parameter(func: &PrimFunc, old: &Buffer, new: &Buffer) -> PrimFunc {
    let mut func = func.clone();
    for param in &mut func.params {
        if let ParamKind::Buffer(buffer) = &mut param.kind
            && buffer == old
        {
            *buffer = new.clone();
        }
    }
    func
}

/// What stands in the new elements: a map from the new indices to one value.
fn pad_value(
    args: &Args,
    buffer: &Buffer,
    map: &IndexMap,
    place: &Place,
) -> Result<Option<IndexMap>> {
    let dtype = buffer.dtype;
    let constant = |value: PrimExpr| {
        let vars = map.result.iter().enumerate();
        let vars = vars.map(|(i, e)| tirade_ir::Var::new(format!("i{i}").as_str(), e.dtype()));
        IndexMap {
            initial: vars.collect(),
            result: Box::new([value]),
            axis_separators: Box::default(),
            inverse: None,
        }
    };
    let pad = match args.get("pad_value") {
        Value::None => return Ok(None),
        Value::IndexMap(map) => IndexMap::clone(map),
        Value::Int(value) if dtype.is_integer() && dtype.holds_int(i128::from(*value)) => {
            constant(PrimExpr::int(*value, dtype))
        }
        Value::Float(value) if dtype.is_float() => constant(PrimExpr::float(*value, dtype)),
        Value::Int(value) => constant(PrimExpr::int(*value, tirade_ir::DType::INT32)),
        Value::Float(value) => constant(PrimExpr::float(*value, tirade_ir::DType::FLOAT32)),
        Value::Expr(e) => constant(e.clone()),
        other => {
            let message = format!("`pad_value` is {}, not a value", other.type_name());
            return Err(ScheduleError::argument(message));
        }
    };
    let refuse = |message: String| Err(ScheduleError::argument(message).at(place.at()));
    let [value] = &pad.result[..] else {
        return refuse(format!("`pad_value` gives {} values, not one", pad.result.len()));
    };
    if value.dtype() != dtype {
        let (found, name) = (value.dtype(), buffer.name);
        return refuse(format!("the elements of `{name}` are {dtype}, and the padding is {found}"));
    }
    let reads_other =
        any_expr(value, |e| matches!(e, PrimExpr::Load(load) if load.buffer != *buffer));
    if reads_other {
        return refuse(format!("the padding may read `{}` and no other buffer", buffer.name));
    }
    Ok(Some(pad))
}

/// The statement is a block; see [`defining_block`].
fn block_of(stmt: &Stmt) -> &tirade_ir::stmt::BlockRealize {
    match stmt {
        Stmt::Block(realize) => realize,
        other => unreachable!("a defining block, found {other:?}"),
    }
}
