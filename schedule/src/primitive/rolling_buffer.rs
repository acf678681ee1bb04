//! `rolling_buffer(block, write_buffer_index)`: what the last iteration computed is kept, not
//! computed again, in a buffer that holds one iteration's window and is used round and round.
//!
//! ```text
//! B = T.sblock_alloc_buffer((10,))                B = T.sblock_alloc_buffer((6,))
//! for io in range(2):                             for io in range(2):
//!     for ax in range(6):                             for ax in range(6):
//!         with T.sblock("B"):                             with T.sblock("B"):
//!             vi = T.axis.spatial(10, io * 4 + ax)            T.where(io < 1 or 2 <= ax)
//!             B[vi] = A[vi]                      →            vi = T.axis.opaque(10, io * 4 + ax)
//!     for i in range(4):                                      B[vi % 6] = A[vi]
//!         with T.sblock("C"):                         for i in range(4):
//!             vi = T.axis.spatial(8, io * 4 + i)          with T.sblock("C"):
//!             C[vi] = B[vi] + B[vi + 2]                       vi = T.axis.opaque(8, io * 4 + i)
//!                                                             C[vi] = B[vi % 6] + B[(vi + 2) % 6]
//! ```
//!
//! The loops around the block and all that read the buffer move a window over it: the box that the
//! block writes in one of their iterations. Of several axes along which it moves, the one moved by
//! the outermost loop is rolled; along the others, too, only what is new is computed.
//!
//! - The scope allocates the buffer; the block is the only one that writes it, and others read it
//!   behind, in the same iterations of loops that run in order from 0 on. All that they read was
//!   written in the same iteration.
//! - The window is a box of constant extents along the rolled axis, moved forward by one loop.
//! - What the block writes into a place depends on the place only: each axis that the moving loops
//!   change is an index of the place, the conditions of the block are bounds of its axes, and what
//!   it reads does not change while the window moves.
//!
//! After the RollingBuffer pass of TVM's CASCADER; the rule is that of its schedule primitive.

use super::Primitive;
use super::cache::expect_plain;
use super::split::{expect_zero_start, has_jumps};
use crate::analysis::buffers::{Access, allocation_or_refuse, block_and_buffer, changed};
use crate::analysis::cover::{common_depth, covers, exact_region, facts};
use crate::analysis::honest::expect_honest;
use crate::analysis::kind::{expect_flow_in_blocks, scope_of};
use crate::analysis::scope::{Scope, reads, writes};
use crate::args::Args;
use crate::build::{all, and, conditions};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::{Analyzer, IntSet, add, binary, floormod, sub};
use tirade_ir::diag::Code;
use tirade_ir::expr::BufferLoad;
use tirade_ir::rewrite::{
    Rewrite, Rewriter, rewrite_slice, walk_rewrite_buffer_region, walk_rewrite_expr,
    walk_rewrite_stmt,
};
use tirade_ir::stmt::BufferStore;
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::{for_each_expr, uses_var};
use tirade_ir::{
    BinOp, Block, BlockId, BlockRealize, Buffer, BufferRegion, For, IterVarKind, PrimExpr, Range,
    Stmt, Var,
};

/// `rolling_buffer`
pub const ROLLING_BUFFER: Primitive = Primitive {
    name: "rolling_buffer",
    kind: "RollingBuffer",
    signature: "(block, write_buffer_index)",
    attrs: &["write_buffer_index"],
    spread: None,
    apply,
    doc: "Keeps the part of a moving window that was computed before, in a buffer used round and round.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let (place, accessed) = block_and_buffer(schedule, args, "write_buffer_index", Access::Write)?;
    place.expect_outside_init()?;
    let buffer = accessed.buffer;
    let scope = scope_of(&place)?;
    expect_flow_in_blocks(&scope)?;
    let site = allocation_or_refuse(&place, &buffer)?;
    if site.block().id != scope.place.block().id {
        let message = format!("`{}` is allocated outside of the scope", buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_SCOPE, message).at(place.at()));
    }
    scope.children.iter().try_for_each(expect_honest)?;
    let readers = expect_one_writer(&scope, &place, &buffer)?;
    let depth = readers.iter().map(|r| common_depth(&place, r)).min().unwrap_or(0);
    let moving = place.loops_between(scope.place.around.len() + 1, depth);
    let below = place.loops_between(depth, place.around.len());
    let region = &place.block().writes[accessed.index];
    let within = without_shape(&place, region);
    for reader in &readers {
        let covered =
            |r: &BufferRegion| r.buffer != buffer || covers(&scope, &[&within], reader, r);
        if !reader.block().reads.iter().all(covered) {
            let message = format!(
                "block `{}` may read places of `{}` that the same iteration does not write",
                reader.block().name,
                buffer.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(reader.at())
                .at_with(place.at(), "the writer"));
        }
    }
    let window = Window::of(&place, region, &moving, &below)?;
    let (axis, roll) = window.rolled(&moving, &place)?;
    expect_ordered(&place, &moving)?;
    let changing: Vec<Var> = moving[roll..].iter().map(|f| f.loop_var).collect();
    let shared: Vec<Var> = moving.iter().map(|f| f.loop_var).collect();
    expect_function_of_place(&place, region, &changing, &shared)?;
    expect_bounds_of_axes(&place)?;
    expect_constant_inputs(&scope, &place, &buffer, &moving[roll])?;
    let extent = window.axes[axis].extent;
    let new = changed(&buffer, |node| {
        node.shape[axis] = PrimExpr::int(extent, node.shape[axis].dtype());
        node.strides = Box::default();
    });
    let mut rewrite = Roll {
        old: &buffer,
        new: &new,
        axis,
        extent,
        var: moving[roll].loop_var,
        scope: scope.place.block().id,
        writer: (place.block().id, window.what_is_new(&place, region)),
    };
    let stmt = scope.place.stmt.rewrite_or_clone(&mut rewrite);
    schedule.replace(&scope.place, stmt);
    Ok(Value::None)
}

fn refuse(place: &Place, why: &str) -> ScheduleError {
    let message = format!("what block `{}` writes cannot be rolled: {why}", place.block().name);
    ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at())
}

/// The blocks that read the buffer, which nothing but the block at `place` writes.
fn expect_one_writer<'a>(
    scope: &'a Scope,
    place: &Place,
    buffer: &Buffer,
) -> Result<Vec<&'a Place>> {
    let own = place.block().id;
    if let Some(other) = scope.writers(buffer).into_iter().find(|w| w.block().id != own) {
        let message = format!("another block writes `{}`", buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
            .at(place.at())
            .at_with(other.at(), "the other one"));
    }
    if place.block().writes.len() != 1 {
        return Err(refuse(place, "the block writes several regions"));
    }
    let readers: Vec<&Place> =
        scope.readers(buffer).into_iter().filter(|r| r.block().id != own).collect();
    if readers.is_empty() {
        return Err(refuse(place, "no block reads it"));
    }
    for accessing in readers.iter().copied().chain([place]) {
        expect_plain(accessing, buffer)?;
        let passed = accessing.block().match_buffers.iter().any(|m| m.source.buffer == *buffer);
        if passed || calls(accessing.block()) {
            return Err(refuse(accessing, "a view or a call accesses it"));
        }
    }
    let position = |p: &Place| scope.position(p.block().id);
    if readers.iter().any(|r| position(r) < position(place)) {
        return Err(refuse(place, "a block before it reads it"));
    }
    Ok(readers)
}

/// True if the block calls something that does more than compute a value.
fn calls(block: &Block) -> bool {
    let mut found = false;
    let mut see = |e: &PrimExpr| {
        found |= match e {
            PrimExpr::Call(call) => !call.op.is_pure(),
            PrimExpr::CallFunc(_) => true,
            _ => false,
        }
    };
    for_each_expr(&block.body, &mut see);
    block.init.iter().for_each(|init| for_each_expr(init, &mut see));
    found
}

/// The box that a block writes while the loops below those that move it run.
struct Window {
    axes: Vec<Side>,
}

/// A side of the window.
struct Side {
    min: PrimExpr,
    extent: i64,
    /// The loop that moves it, and by how much.
    moved: Option<(Var, i64)>,
}

impl Side {
    /// How much of the window was in the one before.
    fn overlap(&self) -> i64 {
        self.moved.map_or(0, |(_, stride)| self.extent - stride)
    }
}

impl Window {
    fn of(
        place: &Place,
        region: &BufferRegion,
        moving: &[Arc<For>],
        below: &[Arc<For>],
    ) -> Result<Window> {
        let analyzer = facts(&place.func, &[&loops_above(place, moving)[..], moving].concat());
        // Where its conditions hold, the block writes a part of the box.
        let everywhere =
            BlockRealize { predicate: PrimExpr::bool(true), ..(**place.realize()).clone() };
        let sets = exact_region(&everywhere, region, below, &analyzer)
            .ok_or_else(|| refuse(place, "what an iteration writes is not known to be a box"))?;
        let side = |set: &IntSet| {
            let (min, max) = (set.min.clone()?, set.max.as_ref()?);
            let extent = analyzer.simplify(&add(&sub(max, &min), &PrimExpr::int(1, min.dtype())));
            let extent = i64::try_from(extent.as_int()?).ok()?;
            let min = analyzer.simplify(&min);
            let moved = moved_by(&min, moving, &analyzer);
            Some(Side { min, extent, moved })
        };
        let axes: Option<Vec<Side>> = sets.iter().map(side).collect();
        let axes = axes.ok_or_else(|| refuse(place, "the window has no constant extents"))?;
        Ok(Window { axes })
    }

    /// The axis that is rolled, and the position of the loop that moves it.
    fn rolled(&self, moving: &[Arc<For>], place: &Place) -> Result<(usize, usize)> {
        for (position, f) in moving.iter().enumerate() {
            let moves = |side: &Side| side.moved.is_some_and(|(var, _)| var == f.loop_var);
            let moved: Vec<usize> =
                (0..self.axes.len()).filter(|i| moves(&self.axes[*i])).collect();
            let Some(&axis) = moved.iter().find(|i| self.axes[**i].overlap() > 0) else { continue };
            return match moved.len() {
                1 => Ok((axis, position)),
                _ => Err(refuse(place, "a loop moves several axes at once")),
            };
        }
        let why = "no loop around it and its readers moves a window that overlaps the one before";
        Err(refuse(place, why).help("put the block under a loop of its readers with `compute_at`"))
    }

    /// The conditions under which a place of the window was not in the one before.
    fn what_is_new(&self, place: &Place, region: &BufferRegion) -> Vec<PrimExpr> {
        let analyzer = facts(&place.func, &place.all_loops());
        let values = crate::analysis::binding::bindings(place.realize());
        let mut conditions = Vec::new();
        for (side, range) in self.axes.iter().zip(&region.region) {
            let (Some((var, _)), overlap @ 1..) = (side.moved, side.overlap()) else { continue };
            let first = binary(BinOp::Lt, &var.into(), &PrimExpr::int(1, var.dtype));
            let offset = analyzer.simplify(&sub(&substitute(&range.min, &values), &side.min));
            let new = binary(BinOp::Le, &PrimExpr::int(overlap, offset.dtype()), &offset);
            conditions.push(binary(BinOp::Or, &first, &new));
        }
        conditions
    }
}

fn loops_above(place: &Place, moving: &[Arc<For>]) -> Vec<Arc<For>> {
    let all = place.all_loops();
    let first = moving.first().map(|f| f.loop_var);
    all.into_iter().take_while(|f| Some(f.loop_var) != first).collect()
}

/// The only one of the loops that `min` depends on, if each iteration moves it forward by a
/// constant.
fn moved_by(min: &PrimExpr, moving: &[Arc<For>], analyzer: &Analyzer) -> Option<(Var, i64)> {
    let [var] = free_vars(min)[..] else { return None };
    moving.iter().find(|f| f.loop_var == var)?;
    let next = add(&var.into(), &PrimExpr::int(1, var.dtype));
    let next = substitute(min, &VarMap::from_iter([(var.id, next)]));
    let stride = i64::try_from(analyzer.simplify(&sub(&next, min)).as_int()?).ok()?;
    (stride > 0).then_some((var, stride))
}

/// The loops run in order, from 0 on, to their end.
fn expect_ordered(place: &Place, moving: &[Arc<For>]) -> Result<()> {
    for f in moving {
        let at = Place::of_loop(&place.func, f.loop_var.id).unwrap_or_else(|| place.clone());
        expect_zero_start(&at)?;
        let steps = f.step.as_ref().is_some_and(|step| !step.is_int(1));
        if !f.kind.is_ordered() || f.thread_tag.is_some() || steps || has_jumps(&f.body) {
            let message = format!(
                "the loop over `{}` has to run in order, one by one, to its end",
                f.loop_var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_LOOP, message).at(at.at()));
        }
    }
    Ok(())
}

/// Each axis that the loops change is an index of the place that is written, and reductions run to
/// their end in each iteration: the same place is written from the same axes, whenever it is.
fn expect_function_of_place(
    place: &Place,
    region: &BufferRegion,
    changing: &[Var],
    shared: &[Var],
) -> Result<()> {
    let block = place.block();
    let uses = |e: &PrimExpr, vars: &[Var]| vars.iter().any(|v| uses_var(e, *v));
    for (axis, value) in block.iter_vars.iter().zip(&place.realize().iter_values) {
        let is_index = region.region.iter().any(|range| {
            range.extent.is_int(1) && matches!(&range.min, PrimExpr::Var(v) if *v == axis.var)
        });
        let is_sum = axis.kind == IterVarKind::CommReduce;
        if is_sum && uses(value, shared) || !is_index && uses(value, changing) {
            let why =
                format!("axis `{}` changes from window to window, and is no index", axis.var.name);
            return Err(refuse(place, &why));
        }
    }
    let mut raw = false;
    let mut see = |e: &PrimExpr| raw |= matches!(e, PrimExpr::Var(v) if changing.contains(v));
    for_each_expr(&block.body, &mut see);
    block.init.iter().for_each(|init| for_each_expr(init, &mut see));
    if raw {
        return Err(refuse(place, "it uses a loop variable that is no axis"));
    }
    if reads(block, &region.buffer) && block.init.is_none() {
        return Err(refuse(place, "it goes on from what the buffer holds"));
    }
    Ok(())
}

/// Each condition of the block compares an axis with a constant.
fn expect_bounds_of_axes(place: &Place) -> Result<()> {
    let analyzer = facts(&place.func, &place.all_loops());
    let values = &place.realize().iter_values;
    for part in conditions(&place.realize().predicate) {
        if !values.iter().any(|value| is_bound_of(&part, value, &analyzer)) {
            return Err(refuse(place, "a condition of the block is no bound of an axis"));
        }
    }
    Ok(())
}

/// The block without the conditions that only keep it within the shape of the buffer: what lies
/// outside, nothing reads.
fn without_shape(place: &Place, region: &BufferRegion) -> Place {
    let realize = place.realize();
    let analyzer = facts(&place.func, &place.all_loops());
    let is_shape = |part: &PrimExpr| {
        let PrimExpr::Binary(e) = part else { return false };
        let axes = realize.block.iter_vars.iter().zip(&realize.iter_values);
        let mut sides = region.region.iter().zip(&region.buffer.shape);
        e.op == BinOp::Lt
            && sides.any(|(range, n)| {
                let value = axes.clone().find(|(axis, _)| range.min == axis.var.into());
                value.is_some_and(|(_, value)| analyzer.can_prove_equal(&e.lhs, value))
                    && analyzer.can_prove(&binary(BinOp::Ge, &e.rhs, n))
            })
    };
    let kept: Vec<PrimExpr> =
        conditions(&realize.predicate).into_iter().filter(|part| !is_shape(part)).collect();
    let new = BlockRealize { predicate: all(&kept), ..(**realize).clone() };
    Place { stmt: Stmt::Block(Arc::new(new)), ..place.clone() }
}

fn is_bound_of(condition: &PrimExpr, value: &PrimExpr, analyzer: &Analyzer) -> bool {
    let PrimExpr::Binary(e) = condition else { return false };
    let is_order = matches!(e.op, BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge);
    let constant = |x: &PrimExpr| {
        x.dtype() == value.dtype() && analyzer.simplify(&sub(x, value)).as_int().is_some()
    };
    is_order
        && (e.rhs.as_int().is_some() && constant(&e.lhs)
            || e.lhs.as_int().is_some() && constant(&e.rhs))
}

/// What the block reads has the same values as long as the loop at `roll` runs: nothing below it
/// writes them, or what writes them does it from places alone.
fn expect_constant_inputs(
    scope: &Scope,
    place: &Place,
    own: &Buffer,
    roll: &Arc<For>,
) -> Result<()> {
    let is_below = |p: &Place| {
        p.around.iter().any(|(s, _)| matches!(s, Stmt::For(f) if f.loop_var == roll.loop_var))
    };
    for region in &place.block().reads {
        let buffer = &region.buffer;
        if buffer == own {
            continue;
        }
        for writer in scope.children.iter().filter(|c| is_below(c) && writes(c.block(), buffer)) {
            let changing: Vec<Var> = writer.all_loops().iter().map(|f| f.loop_var).collect();
            let inside = changing.iter().position(|v| *v == roll.loop_var).unwrap_or(0);
            let alone = scope.writers(buffer).len() == 1 && writer.block().writes.len() == 1;
            let before = scope.position(writer.block().id) < scope.position(place.block().id);
            let is_local = scope.place.block().alloc_buffers.contains(buffer);
            if !alone || !before || !is_local || calls(writer.block()) {
                return Err(refuse(place, "what it reads is written while the window moves"));
            }
            let region = &writer.block().writes[0];
            expect_function_of_place(writer, region, &changing[inside..], &changing[inside..])?;
            expect_constant_inputs(scope, writer, buffer, roll)?;
        }
    }
    Ok(())
}

/// Accesses of the buffer, with one index taken modulo the window.
struct Roll<'a> {
    old: &'a Buffer,
    new: &'a Buffer,
    axis: usize,
    extent: i64,
    var: Var,
    scope: BlockId,
    /// The block that writes, and what else has to hold for it to run.
    writer: (BlockId, Vec<PrimExpr>),
}

impl Roll<'_> {
    fn wrapped(&self, index: &PrimExpr) -> PrimExpr {
        floormod(index, &PrimExpr::int(self.extent, index.dtype()))
    }

    fn indices(&mut self, indices: &[PrimExpr]) -> Box<[PrimExpr]> {
        let mut indices =
            rewrite_slice(indices, |e| self.rewrite_expr(e)).unwrap_or(indices.into());
        indices[self.axis] = self.wrapped(&indices[self.axis]);
        indices
    }
}

impl Rewriter for Roll<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Load(load) if load.buffer == *self.old => {
                Some(PrimExpr::Load(Arc::new(BufferLoad {
                    buffer: self.new.clone(),
                    indices: self.indices(&load.indices),
                    predicate: load.predicate.clone(),
                    span: load.span,
                })))
            }
            other => walk_rewrite_expr(self, other),
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let inner = walk_rewrite_stmt(self, stmt);
        match inner.as_ref().unwrap_or(stmt) {
            Stmt::Store(store) if store.buffer == *self.old => {
                // Its value has been rewritten; the indices come from the old statement.
                let Stmt::Store(old) = stmt else { return inner };
                Some(Stmt::Store(Arc::new(BufferStore {
                    buffer: self.new.clone(),
                    indices: self.indices(&old.indices),
                    value: store.value.clone(),
                    predicate: store.predicate.clone(),
                    span: store.span,
                })))
            }
            Stmt::Block(realize) => {
                let mut new = BlockRealize::clone(realize);
                let mut block = Block::clone(&realize.block);
                if block.id == self.scope {
                    for buffer in block.alloc_buffers.iter_mut().filter(|b| *b == self.old) {
                        *buffer = self.new.clone();
                    }
                }
                let accesses = reads(&block, self.new) || writes(&block, self.new);
                if accesses && block.id != self.scope {
                    for (axis, value) in block.iter_vars.iter_mut().zip(&realize.iter_values) {
                        if uses_var(value, self.var) {
                            axis.kind = IterVarKind::Opaque;
                        }
                    }
                }
                if block.id == self.writer.0 {
                    new.predicate =
                        self.writer.1.iter().fold(new.predicate, |all, part| and(&all, part));
                }
                new.block = Arc::new(block);
                Some(Stmt::Block(Arc::new(new)))
            }
            _ => inner,
        }
    }

    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        if region.buffer != *self.old {
            return walk_rewrite_buffer_region(self, region);
        }
        let mut ranges = region.region.clone();
        let side = &region.region[self.axis];
        ranges[self.axis] = match side.extent.is_int(1) {
            true => Range::new(self.wrapped(&side.min), side.extent.clone()),
            // More than one place: all that the window holds.
            false => Range::new(
                PrimExpr::int(0, side.min.dtype()),
                PrimExpr::int(self.extent, side.min.dtype()),
            ),
        };
        Some(BufferRegion { buffer: self.new.clone(), region: ranges })
    }
}
