//! `reindex_cache_read(block, read_buffer_index, storage_scope, index_map)` and
//! `reindex_cache_write(block, write_buffer_index, storage_scope, index_map)`: a copy of what a block
//! accesses, laid out by its axes.
//!
//! ```text
//! for i, j in T.grid(128, 128):             for i, j in T.grid(128, 128):
//!     with T.sblock("C"):                       with T.sblock("B_shared"):
//!         …                                         …
//!         C[vi, vj] = B[vi, vj] + 1     →           B_shared[vj, vi] = B[vi, vj]
//!                                           for i, j in T.grid(128, 128):
//!                                               with T.sblock("C"):
//!                                                   …
//!                                                   C[vi, vj] = B_shared[vj, vi] + 1
//! ```
//!
//! The map takes the axes of the block to the indices of the copy, of which it fills a box.
//!
//! - The block accesses one place of the buffer, always by the same indices, and no condition decides
//!   which of its instances run.
//! - The axes that the place or the map uses are spatial and have one value for each place of the
//!   copy; the block that copies runs each of its instances once.
//! - What is read was written before, in the same iteration, or comes from the caller, and lies inside
//!   of the buffer for all axes.
//! - Between a write and the copy behind it, nothing reads the buffer.

use super::Primitive;
use super::cache::{Redirect, Spot, expect_own_predicate, only_writer};
use super::reindex::{Swap, only_indices};
use crate::analysis::binding::runs_once;
use crate::analysis::buffers::{Access, block_and_buffer, changed, check_scope};
use crate::analysis::cover::expect_stage_pipeline;
use crate::analysis::honest::{expect_honest, expect_reads_inside};
use crate::analysis::index_map::{is_bijective, legalized, map_indices, map_shape};
use crate::analysis::kind::{expect_flow_in_blocks, scope_of};
use crate::analysis::moving::expect_unconditional;
use crate::analysis::scope::Scope;
use crate::args::Args;
use crate::build::{copy_block, serial};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::{IndexMap, Value};
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::diag::Code;
use tirade_ir::rewrite::Rewrite;
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{
    BlockId, BlockRealize, Buffer, IterVar, IterVarKind, PrimExpr, Span, Stmt, Symbol, Var,
};

/// `reindex_cache_read`
pub const REINDEX_CACHE_READ: Primitive = Primitive {
    name: "reindex_cache_read",
    kind: "ReindexCacheRead",
    signature: "(block, read_buffer_index, storage_scope, index_map)",
    attrs: &["index_map", "read_buffer_index", "storage_scope"],
    spread: None,
    apply: |schedule, args| reindex_cache(schedule, args, Access::Read, "read_buffer_index"),
    doc: "Copies what a block reads into memory of another scope, laid out by the block's axes.",
};

/// `reindex_cache_write`
pub const REINDEX_CACHE_WRITE: Primitive = Primitive {
    name: "reindex_cache_write",
    kind: "ReindexCacheWrite",
    signature: "(block, write_buffer_index, storage_scope, index_map)",
    attrs: &["index_map", "write_buffer_index", "storage_scope"],
    spread: None,
    apply: |schedule, args| reindex_cache(schedule, args, Access::Write, "write_buffer_index"),
    doc: "Lets a block write to memory of another scope, laid out by its axes, which is copied back.",
};

fn reindex_cache(
    schedule: &mut Schedule,
    args: &Args,
    access: Access,
    index: &str,
) -> Result<Value> {
    let storage = check_scope(args.str("storage_scope")?)?;
    let (place, accessed) = block_and_buffer(schedule, args, index, access)?;
    let Value::IndexMap(map) = args.get("index_map") else {
        return Err(ScheduleError::argument("`index_map` is a map from axes to indices"));
    };
    let map = schedule.resolved_map(map);
    let buffer = accessed.buffer;
    let scope = scope_of(&place)?;
    expect_flow_in_blocks(&scope)?;
    place.expect_outside_init()?;
    expect_stage_pipeline(&scope)?;
    for child in &scope.children {
        expect_honest(child)?;
    }
    expect_unconditional(&place)?;
    if !place.realize().predicate.is_int(1) {
        return Err(refuse(&place, "a condition decides which of its instances run"));
    }
    expect_single_point(&place, access, &buffer)?;
    let point = only_indices(&place, &buffer)?;
    let layout = Layout::of(&place, &map, &point)?;
    let writer = only_writer(&scope, &place, &buffer, access)?;
    let spot = spot(&scope, &place, writer, &buffer, access)?;
    let name = Symbol::new(&format!("{}_{storage}", buffer.name));
    let copy = changed(&buffer, |node| {
        (node.name, node.scope) = (name, storage);
        node.shape = layout.shape.clone().into();
        (node.strides, node.elem_offset) = (Box::default(), None);
    });
    let (stage, id) = layout.stage(&place, spot.depth, access, (&buffer, &point), &copy)?;
    let body = spot.inserted(&scope, stage);
    let mut rewrite = Redirect {
        scope: scope.place.block().id,
        users: vec![place.block().id],
        swap: Swap { old: &buffer, new: &copy, indices: &layout.indices },
        copy: copy.clone(),
    };
    let new = body.rewrite_or_clone(&mut rewrite);
    schedule.set_body(&place.func, new);
    Ok(schedule.new_block(place.func.name, id).into())
}

fn refuse(place: &Place, why: &str) -> ScheduleError {
    let message =
        format!("block `{}` cannot be given a copy by its axes: {why}", place.block().name);
    ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at())
}

/// The block declares one place of the buffer.
fn expect_single_point(place: &Place, access: Access, buffer: &Buffer) -> Result<()> {
    let block = place.block();
    let mut own = access.regions(block).iter().filter(|r| r.buffer == *buffer);
    let (Some(region), None) = (own.next(), own.next()) else {
        return Err(refuse(place, "it declares several regions of the buffer"));
    };
    if access == Access::Read && block.writes.iter().any(|w| w.buffer == *buffer) {
        return Err(refuse(place, "it writes what it reads"));
    }
    match region.region.iter().all(|range| range.extent.is_int(1)) {
        true => Ok(()),
        false => Err(refuse(place, "it accesses more than one place of the buffer")),
    }
}

/// Where the copy goes.
fn spot(
    scope: &Scope,
    place: &Place,
    writer: Option<&Place>,
    buffer: &Buffer,
    access: Access,
) -> Result<Spot> {
    let own = place.block().id;
    match access {
        Access::Read => {
            expect_reads_inside(place, buffer)?;
            if writer.is_none() && !place.func.buffers().any(|param| param == buffer) {
                return Err(refuse(place, "what it reads is not known to have been written"));
            }
            let spot = Spot::of(scope, writer, &[place], access)?;
            if let Some(writer) = writer {
                expect_own_predicate(writer, &spot)?;
            }
            Ok(spot)
        }
        Access::Write => {
            let position = |p: &Place| scope.position(p.block().id);
            let readers: Vec<&Place> = scope
                .readers(buffer)
                .into_iter()
                .filter(|reader| reader.block().id != own)
                .collect();
            if let Some(early) = readers.iter().find(|r| position(r) < position(place)) {
                return Err(refuse(place, "a block before it reads the buffer")
                    .at_with(early.at(), "the reader"));
            }
            let init = scope.place.block().init.is_some();
            if init
                || place.block().reads.iter().any(|r| r.buffer == *buffer)
                    && place.block().init.is_none()
            {
                return Err(refuse(place, "it goes on from what the buffer holds"));
            }
            Spot::of(scope, Some(place), &readers, access)
        }
    }
}

/// How the copy is laid out.
struct Layout {
    /// The axes of the block that the place and the map use.
    axes: Vec<IterVar>,
    /// What they are bound to.
    values: Vec<PrimExpr>,
    /// The indices of the copy in terms of the axes.
    indices: Vec<PrimExpr>,
    shape: Vec<PrimExpr>,
}

impl Layout {
    fn of(place: &Place, map: &IndexMap, point: &[PrimExpr]) -> Result<Layout> {
        let block = place.block();
        if map.initial.len() != block.iter_vars.len() {
            let (n, m) = (map.initial.len(), block.iter_vars.len());
            let message = format!("the map takes {n} indices, and `{}` has {m} axes", block.name);
            return Err(ScheduleError::argument(message).at(place.at()));
        }
        let dtypes: Vec<_> = block.iter_vars.iter().map(|axis| axis.var.dtype).collect();
        let map = legalized(map, &dtypes);
        let used = |i: usize| {
            let axis = block.iter_vars[i].var;
            point.iter().any(|e| uses_var(e, axis))
                || map.result.iter().any(|e| uses_var(e, map.initial[i]))
        };
        let used: Vec<usize> = (0..block.iter_vars.len()).filter(|i| used(*i)).collect();
        let axes: Vec<IterVar> = used.iter().map(|i| block.iter_vars[*i].clone()).collect();
        let is_plain = |axis: &IterVar| axis.kind == IterVarKind::DataPar && axis.dom.min.is_int(0);
        if !axes.iter().all(is_plain) {
            return Err(refuse(
                place,
                "the place or the map uses an axis that is not spatial from 0 on",
            ));
        }
        let known: Vec<Var> = axes.iter().map(|axis| axis.var).collect();
        let known = |e: &PrimExpr| {
            free_vars(e).iter().all(|var| {
                known.contains(var) || !place.all_loops().iter().any(|f| f.loop_var == *var)
            })
        };
        if !point.iter().all(known) {
            return Err(refuse(place, "the place depends on more than the axes"));
        }
        let map = IndexMap { initial: used.iter().map(|i| map.initial[*i]).collect(), ..map };
        let extents: Vec<PrimExpr> = axes.iter().map(|axis| axis.dom.extent.clone()).collect();
        let mut analyzer = Analyzer::new();
        axes.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
        if !is_bijective(&map, &extents, &analyzer) {
            let message = "the map leaves gaps in the copy, or gives it two values for one place";
            return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
        }
        let vars: Vec<PrimExpr> = axes.iter().map(|axis| axis.var.into()).collect();
        let values = used.iter().map(|i| place.realize().iter_values[*i].clone()).collect();
        Ok(Layout {
            indices: map_indices(&map, &vars, &analyzer),
            shape: map_shape(&map, &extents, &analyzer),
            axes,
            values,
        })
    }

    /// The block that copies, in loops like those around `place` below `depth`.
    fn stage(
        &self,
        place: &Place,
        depth: usize,
        access: Access,
        (buffer, point): (&Buffer, &[PrimExpr]),
        copy: &Buffer,
    ) -> Result<(Stmt, BlockId)> {
        let mut below = place.loops_between(depth, place.around.len());
        below.retain(|f| self.values.iter().any(|v| uses_var(v, f.loop_var)));
        if !below.iter().all(|f| f.min.is_int(0) && f.step.as_ref().is_none_or(|s| s.is_int(1))) {
            return Err(refuse(place, "a loop around it does not count from 0 on"));
        }
        let renamed: Vec<Var> =
            below.iter().map(|f| Var::new(f.loop_var.name, f.loop_var.dtype)).collect();
        let by_loop = below.iter().zip(&renamed).map(|(f, var)| (f.loop_var.id, (*var).into()));
        let by_loop = VarMap::from_iter(by_loop);
        let axes: Vec<IterVar> = self
            .axes
            .iter()
            .map(|axis| IterVar { var: Var::new(axis.var.name, axis.var.dtype), ..axis.clone() })
            .collect();
        let by_axis = self.axes.iter().zip(&axes).map(|(old, new)| (old.var.id, new.var.into()));
        let by_axis = VarMap::from_iter(by_axis);
        let renew = |indices: &[PrimExpr]| -> Vec<PrimExpr> {
            indices.iter().map(|e| substitute(e, &by_axis)).collect()
        };
        let (outside, inside) = ((buffer, renew(point)), (copy, renew(&self.indices)));
        let ((source, from), (target, to)) = match access {
            Access::Read => (outside, inside),
            Access::Write => (inside, outside),
        };
        let block = copy_block(copy.name, axes, (source, from), (target, to));
        let id = block.id;
        let realize = BlockRealize {
            iter_values: self.values.iter().map(|v| substitute(v, &by_loop)).collect(),
            predicate: PrimExpr::bool(true),
            block: Arc::new(block),
        };
        let nest: Vec<(Var, PrimExpr)> = renamed
            .iter()
            .zip(&below)
            .map(|(var, f)| (*var, substitute(&f.extent, &by_loop)))
            .collect();
        let stmt = Stmt::Block(Arc::new(realize.clone()));
        let stmt = nest
            .into_iter()
            .rev()
            .fold(stmt, |body, (var, extent)| serial(var, extent, body, Span::NONE));
        let mut around = place.loops_between(place.scope_index().map_or(0, |i| i + 1), depth);
        let mut body = &stmt;
        while let Stmt::For(f) = body {
            around.push(f.clone());
            body = &f.body;
        }
        match runs_once(&realize, &around) {
            true => Ok((stmt, id)),
            false => Err(refuse(place, "the block that copies would run an instance twice")),
        }
    }
}
