//! `transform_block_layout(block, index_map)`: other axes for a block, and loops for them.

use super::Primitive;
use crate::analysis::context::{analyzer_of, simplified_accesses};
use crate::analysis::index_map::{invert, is_bijective, legalized, map_indices};
use crate::analysis::loops::{check_single_child, check_starts_at_zero, check_trivial_binding};
use crate::analysis::reducer::is_commutative_update;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::diag::Code;
use tirade_ir::stmt::{Block, BlockRealize, For, ForKind, IterVar, IterVarKind, Stmt};
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::{for_each_expr, for_each_stmt};
use tirade_ir::{Attrs, DType, PrimExpr, Range, Span, Symbol, Var, arith};

/// `transform_block_layout`
pub const TRANSFORM_BLOCK_LAYOUT: Primitive = Primitive {
    name: "transform_block_layout",
    kind: "TransformBlockLayout",
    signature: "(block, index_map)",
    attrs: &["index_map"],
    spread: None,
    apply,
    doc: "Gives a block other axes by a bijective map of its axes, and loops over them.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    let Value::IndexMap(map) = args.get("index_map") else {
        return Err(ScheduleError::argument("`index_map` is a map from axes to axes"));
    };
    let loops = place.loops();
    loops.iter().try_for_each(|f| check_starts_at_zero(f))?;
    let scope = place.around.len() - loops.len();
    if !loops.is_empty() {
        check_single_child(&place)?;
    }
    check_trivial_binding(&place)?;
    let block = place.block();
    if map.initial.len() != block.iter_vars.len() {
        let (n, m) = (map.initial.len(), block.iter_vars.len());
        let message = format!("the map takes {n} indices, and `{}` has {m} axes", block.name);
        return Err(ScheduleError::argument(message).at(place.at()));
    }
    if goes_on(block) && !is_commutative_update(block) {
        let message = format!("an instance of block `{}` may read what others write", block.name);
        return Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
            .at(place.at())
            .note("the layout changes the order in which instances run"));
    }
    let dtypes: Vec<_> = block.iter_vars.iter().map(|v| v.var.dtype).collect();
    let map = legalized(map, &dtypes);
    let analyzer = analyzer_of(&place);
    let axes: Vec<PrimExpr> = block.iter_vars.iter().map(|v| v.var.into()).collect();
    let extents: Vec<PrimExpr> = block.iter_vars.iter().map(|v| v.dom.extent.clone()).collect();
    if map.inverse.is_none() && !is_bijective(&map, &extents, &analyzer) {
        let message = "the map is not bijective: it leaves gaps, or maps two tuples to one";
        return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
    }
    let mapped = invert(&map, &extents, &analyzer)?;
    let product = |extents: &[PrimExpr]| {
        let one = PrimExpr::int(1, DType::INT64);
        extents.iter().fold(one, |all, extent| arith::mul(&all, extent))
    };
    if map.inverse.is_none()
        && !analyzer.can_prove_equal(&product(&mapped.shape), &product(&extents))
    {
        let message = "the map gives more instances than the block has";
        return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
    }
    let transformed = map_indices(&map, &axes, &analyzer);
    let mut iter_vars = Vec::new();
    for (i, (index, extent)) in transformed.iter().zip(&mapped.shape).enumerate() {
        let kind = kind_of(index, extent, block).ok_or_else(|| {
            let message = format!("axis {i} of the map mixes axes of different kinds");
            ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(place.at())
                .help("keep spatial and reduction axes apart")
        })?;
        let var = Var::new(Symbol::new(&format!("v{i}")), index.dtype());
        let dom = Range::from_extent(extent.clone());
        iter_vars.push(IterVar { var, dom, kind, thread_tag: None, span: block.span });
    }
    let new: Vec<PrimExpr> = iter_vars.iter().map(|v| v.var.into()).collect();
    let old = map_indices(&mapped.inverse, &new, &analyzer);
    let vars = VarMap::from_iter(block.iter_vars.iter().map(|v| v.var.id).zip(old));
    // Each axis has a loop of its own: the condition on those, in terms of the new axes.
    let by_loop = block.iter_vars.iter().zip(&place.realize().iter_values);
    let by_loop = by_loop
        .filter_map(|(axis, value)| Some((value.as_var()?.id, vars.get(&axis.var.id)?.clone())));
    let predicate = substitute(&place.realize().predicate, &VarMap::from_iter(by_loop));
    let mut inner = Arc::unwrap_or_clone(substitute(block, &vars));
    inner.iter_vars = iter_vars.into();
    inner.inferred = Default::default();
    let stmt = nest(&inner, &mapped.shape, &predicate);
    let stmt = simplified_accesses(&stmt, &analyzer);
    let target = if loops.is_empty() { place.clone() } else { place.ancestor(scope) };
    schedule.replace(&target, stmt);
    Ok(Value::None)
}

/// True if the block reads a buffer that it writes.
fn goes_on(block: &Block) -> bool {
    let mut written = Vec::new();
    for_each_stmt(&block.body, |stmt| {
        if let Stmt::Store(store) = stmt {
            written.push(store.buffer.clone());
        }
    });
    let mut found = false;
    for_each_expr(&block.body, |e| {
        found |= matches!(e, PrimExpr::Load(load) if written.contains(&load.buffer));
    });
    found
}

/// One loop for each axis around the block.
fn nest(block: &Block, shape: &[PrimExpr], predicate: &PrimExpr) -> Stmt {
    let loop_vars: Vec<Var> = block
        .iter_vars
        .iter()
        .enumerate()
        .map(|(i, v)| Var::new(Symbol::new(&format!("ax{i}")), v.var.dtype))
        .collect();
    let by_axis = block.iter_vars.iter().zip(&loop_vars);
    let by_axis = VarMap::from_iter(by_axis.map(|(axis, var)| (axis.var.id, (*var).into())));
    let realize = BlockRealize {
        iter_values: loop_vars.iter().map(|v| (*v).into()).collect(),
        predicate: substitute(predicate, &by_axis),
        block: Arc::new(block.clone()),
    };
    let body = Stmt::Block(Arc::new(realize));
    loop_vars.iter().zip(shape).rev().fold(body, |body, (var, extent)| serial(*var, extent, body))
}

/// A serial loop from 0 on.
pub(super) fn serial(var: Var, extent: &PrimExpr, body: Stmt) -> Stmt {
    Stmt::For(Arc::new(For {
        loop_var: var,
        min: PrimExpr::int(0, extent.dtype()),
        extent: extent.clone(),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span: Span::NONE,
    }))
}

/// The kind of the axes in an index, if they are all of one.
fn kind_of(index: &PrimExpr, extent: &PrimExpr, block: &Block) -> Option<IterVarKind> {
    if extent.is_int(1) {
        return Some(IterVarKind::DataPar);
    }
    let vars = free_vars(index);
    let mut kinds = block.iter_vars.iter().filter(|v| vars.contains(&v.var)).map(|v| v.kind);
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first).filter(|kind| *kind != IterVarKind::Opaque)
}
