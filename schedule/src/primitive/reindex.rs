//! `reindex(block, buffer)`: a copy of a buffer that a block accesses by its axes.

use super::Primitive;
use super::transform_block_layout::serial;
use crate::analysis::binding::loop_ranges;
use crate::analysis::buffers::{Access, Accessed, buffer_arg};
use crate::analysis::index_map::simplify_unless_constant;
use crate::args::Args;
use crate::build::{copy_block, point};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_allocations, with_block};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMap, IterMapLevel, detect_iter_map};
use tirade_ir::arith::{self, Analyzer};
use tirade_ir::diag::Code;
use tirade_ir::rewrite::{
    Rewrite, Rewriter, walk_rewrite_buffer_region, walk_rewrite_expr, walk_rewrite_stmt,
};
use tirade_ir::stmt::{Block, BlockRealize, BufferStore, InferredRegions, IterVar, IterVarKind};
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::{for_each_block, for_each_expr, for_each_stmt};
use tirade_ir::{BlockId, Buffer, BufferRegion, PrimExpr, Range, Span, Stmt, Symbol, Var};

/// `reindex`
pub const REINDEX: Primitive = Primitive {
    name: "reindex",
    kind: "ReIndex",
    signature: "(block, buffer)",
    attrs: &["buffer"],
    spread: None,
    apply,
    doc: "Copies a buffer into one that the block accesses by its axes alone.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    place.expect_outside_init()?;
    // A buffer that is named, read and written is the result of a reduction.
    let preferred = match args.get("buffer") {
        Value::Int(_) => Access::Read,
        _ => Access::Write,
    };
    let accessed = buffer_arg(&place, args, "buffer", preferred, false)?;
    let block = place.block().clone();
    let mut analyzer = Analyzer::new();
    block.iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
    let indices = only_indices(&place, &accessed.buffer)?;
    let simple = |e: &PrimExpr| simplify_unless_constant(e, &analyzer);
    let indices: Vec<PrimExpr> = indices.iter().map(simple).collect();
    let used: Vec<Var> = indices.iter().flat_map(free_vars).collect();
    let axes: Vec<&IterVar> = block.iter_vars.iter().filter(|v| used.contains(&v.var)).collect();
    check_copy_is_whole(&place, &accessed, &axes, &indices, &analyzer)?;
    let extent = |axis: &&IterVar| analyzer.simplify(&arith::add(&axis.dom.min, &axis.dom.extent));
    let old = &accessed.buffer;
    let name = Symbol::new(&format!("{}_reindex", old.name));
    let new = Buffer::new(name, axes.iter().map(extent).collect::<Vec<_>>(), old.dtype);
    let (scope_at, outer_at) = chain(&place)?;
    let (stage, id) = copy_stage(&accessed, &new, &axes, &indices);
    let own: Vec<PrimExpr> = axes.iter().map(|axis| axis.var.into()).collect();
    let changed = accessing(&place, old, &new, &own);
    let outer = match outer_at < place.around.len() {
        true => place.replaced_below(outer_at, changed),
        false => changed,
    };
    let both = match accessed.access {
        Access::Read => Stmt::seq([stage, outer]),
        Access::Write => Stmt::seq([outer, stage]),
    };
    let outer_place = Place {
        func: place.func.clone(),
        around: place.around[..outer_at].to_vec(),
        stmt: place.stmt.clone(),
    };
    let scope = place.ancestor(scope_at);
    let Stmt::Block(realize) = outer_place.replaced_below(scope_at, both) else {
        unreachable!("the scope is a block")
    };
    let scope_block = with_allocations(&realize.block, &[new]);
    schedule.replace(&scope, with_block(&realize, scope_block));
    Ok(schedule.new_block(place.func.name, id).into())
}

/// The indices of all accesses of the block to the buffer, which must be the same.
pub(super) fn only_indices(place: &Place, buffer: &Buffer) -> Result<Vec<PrimExpr>> {
    let block = place.block();
    let refuse =
        |message: String| Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at()));
    let mut n_inner = 0;
    for_each_block(&block.body, |_| n_inner += 1);
    if n_inner > 0 {
        return refuse(format!("`{}` has blocks inside", block.name));
    }
    let mut found: Vec<Box<[PrimExpr]>> = Vec::new();
    let mut is_opaque = false;
    for part in block.init.iter().chain([&block.body]) {
        for_each_expr(part, |e| match e {
            PrimExpr::Load(load) if load.buffer == *buffer => found.push(load.indices.clone()),
            PrimExpr::Var(var) if *var == buffer.data => is_opaque = true,
            _ => {}
        });
        for_each_stmt(part, |stmt| {
            if let Stmt::Store(store) = stmt
                && store.buffer == *buffer
            {
                found.push(store.indices.clone());
            }
        });
    }
    let name = buffer.name;
    match found.split_first() {
        _ if is_opaque => refuse(format!("`{name}` is accessed by its address")),
        None => refuse(format!("`{}` does not access `{name}`", block.name)),
        Some((first, rest)) if rest.iter().all(|other| other == first) => Ok(first.to_vec()),
        Some(_) => refuse(format!("`{name}` is accessed at several places")),
    }
}

/// What the copy holds is what the buffer holds: each element is copied once, and none that was not
/// written.
fn check_copy_is_whole(
    place: &Place,
    accessed: &Accessed,
    axes: &[&IterVar],
    indices: &[PrimExpr],
    analyzer: &Analyzer,
) -> Result<()> {
    let (block, buffer) = (place.block(), &accessed.buffer);
    let refuse =
        |message: String| Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at()));
    if let Some(axis) = axes.iter().find(|axis| !axis.dom.min.is_int(0)) {
        return refuse(format!("the axis `{}` does not start at 0", axis.var.name));
    }
    // The copy is as large as the axes: the loops of the scope have to go along all of each.
    let iters = loop_ranges(&place.loops());
    let values = block.iter_vars.iter().zip(&place.realize().iter_values);
    let values = values.filter(|(axis, _)| axes.iter().any(|other| other.var == axis.var));
    let covers = values.into_iter().all(|(axis, value)| {
        let value = std::slice::from_ref(value);
        let level = IterMapLevel::Surjective;
        let found = detect_iter_map(value, &iters, &place.realize().predicate, level, analyzer);
        let start = |m: &IterMap| analyzer.can_prove_equal(&m.indices[0].base, &axis.dom.min);
        let end = |m: &IterMap| match m.extent_of(0) {
            Some(extent) => analyzer.can_prove_equal(extent, &axis.dom.extent),
            None => axis.dom.extent.is_int(1),
        };
        found.is_ok_and(|map| start(&map) && end(&map))
    });
    if !covers {
        let message = format!("the loops do not go along all of the axes of `{}`", block.name);
        return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
    }
    let mut axes_known = analyzer.clone();
    axes.iter().for_each(|axis| axes_known.bind(axis.var, &axis.dom));
    let inside = indices.iter().zip(&buffer.shape).all(|(index, extent)| {
        axes_known.can_prove_at_least(index, 0) && axes_known.can_prove_less(index, extent)
    });
    if !inside {
        return refuse(format!(
            "along its axes, `{}` may reach outside of `{}`, which only a condition prevents",
            block.name, buffer.name
        ));
    }
    let mut is_stored = false;
    for_each_stmt(&block.body, |s| {
        is_stored |= matches!(s, Stmt::Store(store) if store.buffer == *buffer);
    });
    if accessed.access == Access::Read {
        return match is_stored {
            true => refuse(format!("`{}` also writes `{}`", block.name, buffer.name)),
            false => Ok(()),
        };
    }
    let mut is_loaded = false;
    for_each_expr(&block.body, |e| {
        is_loaded |= matches!(e, PrimExpr::Load(load) if load.buffer == *buffer);
    });
    if is_loaded && block.init.is_none() {
        return refuse(format!("`{}` also reads `{}`", block.name, buffer.name));
    }
    if !place.realize().predicate.is_int(1) {
        return refuse(format!("`{}` does not write all of its domain", block.name));
    }
    let iters: Vec<(Var, Range)> = axes.iter().map(|v| (v.var, v.dom.clone())).collect();
    let always = PrimExpr::bool(true);
    match detect_iter_map(indices, &iters, &always, IterMapLevel::Bijective, analyzer) {
        Ok(_) => Ok(()),
        Err(_) => refuse(format!("`{}` writes some places more than once", block.name)),
    }
}

/// Where the scope and the outermost loop of the block stand; nothing else is in the loops.
fn chain(place: &Place) -> Result<(usize, usize)> {
    let refuse = |message: &str| {
        ScheduleError::new(Code::SCHEDULE_STRUCTURE, message.to_string()).at(place.at())
    };
    let scope = place.scope_index().ok_or_else(|| refuse("the outermost block has no scope"))?;
    let has_sequence = matches!(place.around.get(scope + 1), Some((Stmt::Seq(_), _)));
    let outer = scope + 1 + usize::from(has_sequence);
    match place.around[outer..].iter().all(|(stmt, _)| matches!(stmt, Stmt::For(_))) {
        true => Ok((scope, outer)),
        false => Err(refuse("something else than the block stands in its loops")),
    }
}

/// The block that copies, in loops of its own.
fn copy_stage(
    accessed: &Accessed,
    new: &Buffer,
    axes: &[&IterVar],
    indices: &[PrimExpr],
) -> (Stmt, BlockId) {
    let own = axes.iter().enumerate().map(|(i, axis)| IterVar {
        var: Var::new(Symbol::new(&format!("v{i}")), axis.var.dtype),
        dom: axis.dom.clone(),
        kind: IterVarKind::DataPar,
        thread_tag: None,
        span: Span::NONE,
    });
    let own: Vec<IterVar> = own.collect();
    let map = axes.iter().map(|a| a.var.id).zip(own.iter().map(|v| v.var.into()));
    let map = VarMap::from_iter(map);
    let ours: Vec<PrimExpr> = own.iter().map(|v| v.var.into()).collect();
    let theirs: Vec<PrimExpr> = indices.iter().map(|e| substitute(e, &map)).collect();
    let old = &accessed.buffer;
    let ((source, from), (target, to)) = match accessed.access {
        Access::Read => ((old, theirs), (new, ours)),
        Access::Write => ((new, ours), (old, theirs)),
    };
    let name = Symbol::new(&format!("{}_reindex", target.name));
    let block = copy_block(name, own.clone(), (source, from), (target, to));
    let id = block.id;
    let loops: Vec<Var> = own
        .iter()
        .enumerate()
        .map(|(i, v)| Var::new(Symbol::new(&format!("ax{i}")), v.var.dtype))
        .collect();
    let realize = BlockRealize {
        iter_values: loops.iter().map(|v| (*v).into()).collect(),
        predicate: PrimExpr::bool(true),
        block: Arc::new(block),
    };
    let nest = loops.iter().zip(&own).rev();
    let stmt = nest.fold(Stmt::Block(Arc::new(realize)), |body, (var, axis)| {
        serial(*var, &axis.dom.extent, body)
    });
    (stmt, id)
}

/// The block with the new buffer in the place of the old one.
fn accessing(place: &Place, old: &Buffer, new: &Buffer, indices: &[PrimExpr]) -> Stmt {
    let stmt = place.stmt.rewrite_or_clone(&mut Swap { old, new, indices });
    let Stmt::Block(realize) = &stmt else { return stmt };
    let mut block = Block::clone(&realize.block);
    block.inferred = InferredRegions::default();
    with_block(realize, block)
}

pub(super) struct Swap<'a> {
    pub(super) old: &'a Buffer,
    pub(super) new: &'a Buffer,
    pub(super) indices: &'a [PrimExpr],
}

impl Rewriter for Swap<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Load(load) if load.buffer == *self.old => {
                Some(PrimExpr::load(self.new.clone(), self.indices.to_vec(), load.span))
            }
            other => walk_rewrite_expr(self, other),
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let inner = walk_rewrite_stmt(self, stmt);
        match inner.as_ref().unwrap_or(stmt) {
            Stmt::Store(store) if store.buffer == *self.old => {
                Some(Stmt::Store(Arc::new(BufferStore {
                    buffer: self.new.clone(),
                    indices: self.indices.into(),
                    value: store.value.clone(),
                    predicate: store.predicate.clone(),
                    span: store.span,
                })))
            }
            _ => inner,
        }
    }
    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        match region.buffer == *self.old {
            true => Some(point(self.new, self.indices)),
            false => walk_rewrite_buffer_region(self, region),
        }
    }
}
