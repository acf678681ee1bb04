//! `rfactor(loop, factor_axis)`: a reduction in two steps, along one of its loops.
//!
//! ```text
//! for k0, k1: B += A[k0, k1]   ─▶   for k0, k1: B_rf[k0] += A[k0, k1];  for k0: B += B_rf[k0]
//! ```
//!
//! The first step has an accumulator for each iteration of the loop, which becomes spatial there;
//! the second combines them. Steps and order of axes are those of TVM's RFactor (Suriana, Adams and
//! Kamil: Parallel associative reductions in Halide, CGO 2017).

use super::Primitive;
use super::decompose_reduction::expect_no_repetition;
use crate::analysis::binding::loop_ranges;
use crate::analysis::cover::{expect_stage_pipeline, met_at};
use crate::analysis::honest::expect_honest;
use crate::analysis::kind::{expect_reduction, scope_of};
use crate::analysis::reduction::{Reduction, reduction_of};
use crate::analysis::scope::child_blocks_of;
use crate::args::Args;
use crate::build::cast;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_allocations, with_block, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::buffer::{BufferNode, Range};
use tirade_ir::diag::Code;
use tirade_ir::stmt::{Bind, BufferStore, InferredRegions};
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{
    Block, BlockId, BlockRealize, Buffer, BufferRegion, For, ForKind, IterVar, IterVarKind,
    PrimExpr, Span, Stmt, Symbol, Var, VarId,
};

/// `rfactor`
pub const RFACTOR: Primitive = Primitive {
    name: "rfactor",
    kind: "RFactor",
    signature: "(loop, factor_axis)",
    attrs: &["factor_axis"],
    spread: None,
    apply,
    doc: "Splits a reduction in two along a loop: one accumulator for each iteration, and their sum.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let target = schedule.loop_arg(args, "loop")?;
    let place = only_block(&target)?;
    let scope = scope_of(&place)?;
    expect_stage_pipeline(&scope)?;
    expect_reduction(&scope, &place)?;
    expect_honest(&place)?;
    expect_serial(&target)?;
    let loops = place.loops();
    expect_no_repetition(&place, &loops)?;
    let touched = Touched::of(&place);
    expect_loops(&place, &target, &loops, &touched)?;
    let reduction = reduction_of(&place)?;
    expect_order_kept(&target, &loops, &touched, &reduction)?;
    let at = axis(args.int("factor_axis")?, &reduction.buffers[0])?;

    let parts = Parts::new(&place, target.for_loop(), reduction, at);
    let first = parts.first_block(&loops);
    let first_id = first.block.id;
    let last = parts.last_block(&loops, &touched)?;
    let first = in_copies(Stmt::Block(Arc::new(first)), &loops);
    let stays =
        |f: &For| f.loop_var == parts.rf_loop.loop_var || !touched.reduce.contains(&f.loop_var.id);
    let outermost = place
        .around
        .iter()
        .position(|(s, _)| matches!(s, Stmt::For(f) if f.loop_var == loops[0].loop_var))
        .expect("the loop is around the block");
    let kept = without_loops(&place, stays);
    let last = kept.replaced_below(outermost, Stmt::Block(Arc::new(last)));
    let scope_at = place.scope_index().expect("the block is in a scope");
    let both = Stmt::seq([first, last]);
    let Stmt::Block(realize) = place.ancestor(outermost).replaced_below(scope_at, both) else {
        unreachable!("the scope is a block")
    };
    let scope_block = with_allocations(&realize.block, &parts.partial);
    schedule.replace(&place.ancestor(scope_at), with_block(&realize, scope_block));
    Ok(schedule.new_block(place.func.name, first_id).into())
}

/// The only block below a loop.
fn only_block(target: &Place) -> Result<Place> {
    let blocks = child_blocks_of(&target.for_loop().body);
    let [only] = &blocks[..] else {
        let message =
            format!("below the loop `{}` are several blocks", target.for_loop().loop_var.name);
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(target.at()));
    };
    let id = only.block.id;
    let found = target.descend(|stmt| matches!(stmt, Stmt::Block(r) if r.block.id == id));
    Ok(found.expect("the block is below the loop"))
}

fn expect_serial(target: &Place) -> Result<()> {
    let f = target.for_loop();
    if f.kind == ForKind::Serial {
        return Ok(());
    }
    let message = format!("the loop `{}` is not serial", f.loop_var.name);
    Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
        .at(target.at())
        .help("change the kind of the loops of the new blocks afterwards"))
}

/// Loop variables that the axes of a block are bound to.
struct Touched {
    spatial: Vec<VarId>,
    reduce: Vec<VarId>,
}

impl Touched {
    fn of(place: &Place) -> Touched {
        let realize = place.realize();
        let mut touched = Touched { spatial: Vec::new(), reduce: Vec::new() };
        for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
            let vars = free_vars(value).into_iter().map(|var| var.id);
            match axis.kind {
                IterVarKind::DataPar => touched.spatial.extend(vars),
                _ => touched.reduce.extend(vars),
            }
        }
        touched
    }
}

/// No loop belongs to both kinds of axes, the chosen one belongs to the reduction, and nothing but
/// the block stands below the loops of the reduction.
fn expect_loops(
    place: &Place,
    target: &Place,
    loops: &[Arc<For>],
    touched: &Touched,
) -> Result<()> {
    let refuse = |f: &For, message: String| {
        Err(ScheduleError::new(Code::SCHEDULE_LOOP, message)
            .at(crate::error::At::Loop(f.loop_var.id))
            .at_with(place.at(), "the reduction"))
    };
    let chosen = target.for_loop();
    let mut in_reduction = false;
    for f in loops {
        let name = f.loop_var.name;
        let spatial = touched.spatial.contains(&f.loop_var.id);
        let reduce = touched.reduce.contains(&f.loop_var.id);
        if spatial && (reduce || f.loop_var == chosen.loop_var) {
            return refuse(f, format!("a spatial axis of the block depends on the loop `{name}`"));
        }
        if !spatial && !reduce && in_reduction && !f.extent.is_int(1) {
            let message = format!(
                "the loop `{name}` stands inside the reduction and no axis depends on it, so the block runs again with the same values"
            );
            return refuse(f, message);
        }
        in_reduction |= reduce;
    }
    // What stands beside the block in a loop that is left out would run another number of times.
    let first = place.scope_index().map_or(0, |i| i + 1);
    let reducing = place.around[first..].iter().skip_while(
        |(stmt, _)| !matches!(stmt, Stmt::For(f) if touched.reduce.contains(&f.loop_var.id)),
    );
    let mut beside = reducing.filter(|(stmt, _)| !matches!(stmt, Stmt::For(_)));
    if beside.next().is_some() {
        let message = format!("`{}` is not all that stands in the reduction", place.block().name);
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()));
    }
    // Partial results are made before everything in the outermost loop.
    let outermost = child_blocks_of(&Stmt::For(loops[0].clone()));
    if outermost.first().is_none_or(|first| first.block.id != place.block().id) {
        let message = format!(
            "`{}` is not the first block in the loop `{}`",
            place.block().name,
            loops[0].loop_var.name
        );
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()));
    }
    Ok(())
}

/// Where the order of values shows in the result, partial results are combined in that order: only
/// along the outermost loop of the reduction.
fn expect_order_kept(
    target: &Place,
    loops: &[Arc<For>],
    touched: &Touched,
    reduction: &Reduction,
) -> Result<()> {
    let chosen = target.for_loop().loop_var;
    let first = loops.iter().find(|f| touched.reduce.contains(&f.loop_var.id));
    if reduction.combine.is_commutative() || first.is_some_and(|f| f.loop_var == chosen) {
        return Ok(());
    }
    let message = "which of two equal values is taken depends on their order, and the order of the values changes";
    Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(target.at()).help(
        "choose the outermost loop of the reduction, or compare the indices of equal values, too",
    ))
}

/// The axis as a position among the dimensions of the partial result.
fn axis(axis: i64, buffer: &Buffer) -> Result<usize> {
    let rank = buffer.rank() as i64;
    let from_front = if axis < 0 { axis + rank + 1 } else { axis };
    match usize::try_from(from_front) {
        Ok(at) if from_front <= rank => Ok(at),
        _ => Err(ScheduleError::argument(format!(
            "`{}` has {rank} dimensions, so `factor_axis` is one of {} to {rank}, not {axis}",
            buffer.name,
            -rank - 1
        ))),
    }
}

/// What both blocks are made from.
struct Parts<'a> {
    place: &'a Place,
    rf_loop: &'a For,
    reduction: Reduction,
    /// The partial results.
    partial: Vec<Buffer>,
    /// Where the new dimension stands.
    at: usize,
    /// The new axis of the first block.
    rf_axis: Var,
}

impl<'a> Parts<'a> {
    fn new(place: &'a Place, rf_loop: &'a For, reduction: Reduction, at: usize) -> Parts<'a> {
        let partial = reduction.buffers.iter().map(|buffer| {
            let mut shape = buffer.shape.to_vec();
            let dtype = shape.first().map_or(rf_loop.extent.dtype(), PrimExpr::dtype);
            shape.insert(at, cast(dtype, &rf_loop.extent));
            Buffer::from_node(BufferNode {
                scope: buffer.scope,
                span: buffer.span,
                ..BufferNode::new(Symbol::new(&format!("{}_rf", buffer.name)), shape, buffer.dtype)
            })
        });
        let partial = partial.collect();
        let rf_axis = axis_var(rf_loop);
        Parts { place, rf_loop, reduction, partial, at, rf_axis }
    }

    /// Indices of the partial results.
    fn partial_indices(&self) -> Box<[PrimExpr]> {
        let mut indices = self.reduction.indices.to_vec();
        indices.insert(self.at, self.rf_axis.into());
        indices.into()
    }

    /// The block that makes the partial results.
    fn first_block(&self, loops: &[Arc<For>]) -> BlockRealize {
        let (realize, block) = (self.place.realize(), self.place.block());
        let rf = self.rf_loop;
        let mut axes = vec![loop_axis(rf, self.rf_axis, IterVarKind::DataPar)];
        let mut values = vec![PrimExpr::from(rf.loop_var)];
        let mut axis_of: VarMap = VarMap::default();
        axis_of.insert(rf.loop_var.id, self.rf_axis.into());
        let mut vars = VarMap::default();
        for (axis, value) in block.iter_vars.iter().zip(&realize.iter_values) {
            if axis.kind == IterVarKind::DataPar || !uses_var(value, rf.loop_var) {
                let var = Var::new(axis.var.name, axis.var.dtype);
                vars.insert(axis.var.id, var.into());
                axes.push(IterVar { var, ..axis.clone() });
                values.push(value.clone());
                continue;
            }
            // An axis that the loop is a part of is taken apart into its loops.
            for var in free_vars(value) {
                let Some(f) = loops.iter().find(|f| f.loop_var == var) else { continue };
                if let Entry::Vacant(entry) = axis_of.entry(var.id) {
                    let own = axis_var(f);
                    entry.insert(own.into());
                    axes.push(loop_axis(f, own, IterVarKind::CommReduce));
                    values.push(var.into());
                }
            }
            vars.insert(axis.var.id, substitute(value, &axis_of));
        }
        let indices = self.partial_indices();
        let loads = self.loads(&self.partial, &indices);
        let reduces = axes.iter().any(|axis| axis.kind == IterVarKind::CommReduce);
        let (body, init) = match reduces {
            true => (
                self.combined(&self.partial, &indices, &loads, &self.reduction.values),
                Some(stores(&self.partial, &indices, &self.reduction.init)),
            ),
            false => (stores(&self.partial, &indices, &self.reduction.values), None),
        };
        let with_axis = |region: &BufferRegion| {
            let of = self.reduction.buffers.iter().position(|b| *b == region.buffer);
            let mut ranges = region.region.to_vec();
            let one = PrimExpr::int(1, self.rf_axis.dtype);
            ranges.insert(self.at, Range::new(self.rf_axis.into(), one));
            let buffer = of.map_or(&region.buffer, |i| &self.partial[i]).clone();
            substitute(&BufferRegion { buffer, region: ranges.into() }, &vars)
        };
        let own = |region: &&BufferRegion| self.reduction.buffers.contains(&region.buffer);
        let block = Block {
            id: BlockId::fresh(),
            name: Symbol::new(&format!("{}_rf", block.name)),
            iter_vars: axes.into(),
            reads: block
                .reads
                .iter()
                .filter(|region| !own(region))
                .map(|region| substitute(region, &vars))
                .collect(),
            writes: block.writes.iter().map(with_axis).collect(),
            init: init.map(|init| substitute(&init, &vars)),
            body: substitute(&body, &vars),
            ..self.blank()
        };
        let predicate = realize.predicate.clone();
        BlockRealize { iter_values: values.into(), predicate, block: Arc::new(block) }
    }

    /// The block that combines the partial results.
    fn last_block(&self, loops: &[Arc<For>], touched: &Touched) -> Result<BlockRealize> {
        let (realize, block) = (self.place.realize(), self.place.block());
        let var = axis_var(self.rf_loop);
        let mut axes = vec![loop_axis(self.rf_loop, var, IterVarKind::CommReduce)];
        let mut values = vec![PrimExpr::from(self.rf_loop.loop_var)];
        let mut vars = VarMap::default();
        vars.insert(self.rf_axis.id, var.into());
        let own = block.iter_vars.iter().zip(&realize.iter_values);
        for (axis, value) in own.filter(|(axis, _)| axis.kind == IterVarKind::DataPar) {
            let var = Var::new(axis.var.name, axis.var.dtype);
            vars.insert(axis.var.id, var.into());
            axes.push(IterVar { var, ..axis.clone() });
            values.push(value.clone());
        }
        let (buffers, indices) = (&self.reduction.buffers, &self.reduction.indices);
        let partial_indices = self.partial_indices();
        let rhs = self.loads(&self.partial, &partial_indices);
        let lhs = self.loads(buffers, indices);
        let region = |buffer: &Buffer, indices: &[PrimExpr]| {
            let one = |index: &PrimExpr| Range::new(index.clone(), PrimExpr::int(1, index.dtype()));
            let region = indices.iter().map(one).collect();
            substitute(&BufferRegion { buffer: buffer.clone(), region }, &vars)
        };
        let block = Block {
            id: block.id,
            name: block.name,
            iter_vars: axes.into(),
            reads: self.partial.iter().map(|b| region(b, &partial_indices)).collect(),
            writes: buffers.iter().map(|b| region(b, indices)).collect(),
            init: Some(substitute(&stores(buffers, indices, &self.reduction.init), &vars)),
            body: substitute(&self.combined(buffers, indices, &lhs, &rhs), &vars),
            ..self.blank()
        };
        let predicate = self.last_predicate(loops, touched)?;
        Ok(BlockRealize { iter_values: values.into(), predicate, block: Arc::new(block) })
    }

    /// The conditions on loops that stay. Those on loops of the reduction that are left out must
    /// hold for the first iteration of each, or a partial result may be there that was never made.
    fn last_predicate(&self, loops: &[Arc<For>], touched: &Touched) -> Result<PrimExpr> {
        let left_out = loops.iter().filter(|f| {
            f.loop_var != self.rf_loop.loop_var && touched.reduce.contains(&f.loop_var.id)
        });
        let first: VarMap =
            left_out.map(|f| (f.loop_var.id, cast(f.loop_var.dtype, &f.min))).collect();
        let mut analyzer = Analyzer::new();
        for (var, range) in loop_ranges(loops) {
            analyzer.bind(var, &range);
        }
        met_at(&self.place.realize().predicate, &first, &analyzer).ok_or_else(|| {
            let message = format!(
                "a condition of block `{}` may leave out an iteration of `{}` as a whole",
                self.place.block().name,
                self.rf_loop.loop_var.name
            );
            ScheduleError::new(Code::SCHEDULE_BINDING, message)
                .at(self.place.at())
                .note("its partial result would be read, and was never written")
        })
    }

    fn loads(&self, buffers: &[Buffer], indices: &[PrimExpr]) -> Vec<PrimExpr> {
        let load = |b: &Buffer| PrimExpr::load(b.clone(), indices.to_vec(), Span::NONE);
        buffers.iter().map(load).collect()
    }

    /// Combines and stores; several values are all computed before the first is stored.
    fn combined(
        &self,
        buffers: &[Buffer],
        indices: &[PrimExpr],
        lhs: &[PrimExpr],
        rhs: &[PrimExpr],
    ) -> Stmt {
        let values = self.reduction.combine.apply(lhs, rhs);
        if buffers.len() == 1 {
            return stores(buffers, indices, &values);
        }
        let names = buffers
            .iter()
            .zip(&values)
            .map(|(buffer, value)| Var::new(format!("v_{}", buffer.name).as_str(), value.dtype()));
        let names: Vec<Var> = names.collect();
        let binds = names.iter().zip(values).map(|(var, value)| {
            let (pointer, span) = (None, self.place.block().span);
            Stmt::Bind(Arc::new(Bind { var: *var, pointer, value, span }))
        });
        let named: Vec<PrimExpr> = names.iter().map(|var| (*var).into()).collect();
        Stmt::seq(binds.chain([stores(buffers, indices, &named)]))
    }

    /// A block without anything of its own.
    fn blank(&self) -> Block {
        let block = self.place.block();
        Block {
            id: block.id,
            name: block.name,
            iter_vars: Box::default(),
            reads: Box::default(),
            writes: Box::default(),
            inferred: InferredRegions::default(),
            init: None,
            alloc_buffers: Box::default(),
            match_buffers: Box::default(),
            annotations: block.annotations.clone(),
            body: Stmt::nop(),
            span: block.span,
        }
    }
}

fn stores(buffers: &[Buffer], indices: &[PrimExpr], values: &[PrimExpr]) -> Stmt {
    Stmt::seq(buffers.iter().zip(values).map(|(buffer, value)| {
        Stmt::Store(Arc::new(BufferStore {
            buffer: buffer.clone(),
            value: value.clone(),
            indices: indices.into(),
            predicate: None,
            span: Span::NONE,
        }))
    }))
}

fn axis_var(f: &For) -> Var {
    Var::new(format!("v{}", f.loop_var.name).as_str(), f.loop_var.dtype)
}

fn loop_axis(f: &For, var: Var, kind: IterVarKind) -> IterVar {
    let dom = Range::new(f.min.clone(), f.extent.clone());
    IterVar { var, dom, kind, thread_tag: None, span: f.span }
}

/// `stmt` in copies of loops, with variables of their own.
fn in_copies(stmt: Stmt, loops: &[Arc<For>]) -> Stmt {
    let mut vars = VarMap::default();
    let mut stmt = stmt;
    for f in loops.iter().rev() {
        let var = Var::new(f.loop_var.name, f.loop_var.dtype);
        vars.insert(f.loop_var.id, var.into());
        stmt = Stmt::For(Arc::new(For { loop_var: var, ..with_body(f, stmt) }));
    }
    substitute(&stmt, &vars)
}

/// The place as if loops of its scope that do not stay were not there. They stand inside of the
/// outermost one, or are it.
fn without_loops(place: &Place, stays: impl Fn(&For) -> bool) -> Place {
    let scope_at = place.scope_index().unwrap_or(0);
    let way = place.around.iter().enumerate();
    let kept = way.filter(|(i, (stmt, _))| match stmt {
        Stmt::For(f) => *i <= scope_at || stays(f),
        _ => true,
    });
    Place { around: kept.map(|(_, step)| step.clone()).collect(), ..place.clone() }
}
