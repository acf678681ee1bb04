//! `compute_inline(block)` and `reverse_compute_inline(block)`: a block becomes part of another.
//!
//! ```text
//! B[vi] = A[vi] * 2.0          →       C[vi] = A[vi] * 2.0 + 1.0
//! C[vi] = B[vi] + 1.0
//! ```
//!
//! `compute_inline` puts what a producer computes into its consumers, `reverse_compute_inline` puts a
//! consumer into its only producer. The buffer between them is gone.
//!
//! - The block is complete, its body is one store, it has no init, and its scope is a stage pipeline.
//! - The buffer between is allocated in the scope and is used through loads and stores only.
//! - `compute_inline`: the places that the block writes are a one-to-one map of its axes.
//! - `reverse_compute_inline`: the block has no condition, reads one buffer that is written in the scope,
//!   always at the same indices, an affine map of its axes; the producer is a complete block of one store.
//! - Nothing that the block reads is written, and nothing that it writes is read, between the two places.

use super::Primitive;
use crate::analysis::binding::bindings;
use crate::analysis::cover::{expect_stage_pipeline, facts};
use crate::analysis::honest::{expect_honest, expect_reads_inside};
use crate::analysis::kind::{
    expect_complete, expect_flow_in_blocks, expect_no_output, lacks_complete, scope_of,
};
use crate::analysis::moving::{expect_no_overwriting, expect_unconditional, removed};
use crate::analysis::scope::Scope;
use crate::args::Args;
use crate::build::{all, and, conditions};
use crate::error::{Result, ScheduleError};
use crate::place::Place;
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::analysis::access_regions;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map, detect_iter_map_with_units};
use tirade_ir::arith::{Analyzer, DomMap, IntSet, add, binary, is_pure};
use tirade_ir::diag::Code;
use tirade_ir::rewrite::{Rewriter, walk_rewrite_block, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::BufferStore;
use tirade_ir::subst::{VarMap, copy_with_fresh_binders, free_buffers, substitute};
use tirade_ir::visit::{for_each_block, for_each_expr};
use tirade_ir::{BinOp, Block, BlockId, BlockRealize, Buffer, PrimExpr, Range, Stmt, Var};

/// `compute_inline`
pub const COMPUTE_INLINE: Primitive = Primitive {
    name: "compute_inline",
    kind: "ComputeInline",
    signature: "(block)",
    attrs: &[],
    spread: None,
    apply,
    doc: "Puts what a block computes into its consumers.",
};

/// `reverse_compute_inline`
pub const REVERSE_COMPUTE_INLINE: Primitive = Primitive {
    name: "reverse_compute_inline",
    kind: "ReverseComputeInline",
    apply: reverse,
    doc: "Puts a block into its only producer.",
    ..COMPUTE_INLINE
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    inline(schedule, &place)
}

fn reverse(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    reverse_inline(schedule, &place)
}

pub(super) fn pattern(place: &Place, what: &str) -> ScheduleError {
    let message = format!("block `{}` cannot be inlined: {what}", place.block().name);
    ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at())
}

pub(super) fn expect_no_init(place: &Place) -> Result<()> {
    match place.block().init {
        Some(_) => Err(pattern(place, "it has an init")
            .help("make the init a block of its own with `decompose_reduction` first")),
        None => Ok(()),
    }
}

/// Puts the block into its consumers.
pub(super) fn inline(schedule: &mut Schedule, place: &Place) -> Result<Value> {
    let body = inlined(place)?;
    schedule.set_body(&place.func, body);
    Ok(Value::None)
}

/// True if the block could be put into its consumers.
pub fn can_inline(place: &Place) -> bool {
    inlined(place).is_ok()
}

fn inlined(place: &Place) -> Result<Stmt> {
    expect_no_init(place)?;
    let block = place.block();
    let [write] = &block.writes[..] else {
        return Err(pattern(place, "it writes more than one region"));
    };
    let scope = scope_of(place)?;
    expect_stage_pipeline(&scope)?;
    expect_no_output(&scope, place)?;
    expect_complete(&scope, place)?;
    let Stmt::Store(store) = &block.body else {
        return Err(pattern(place, "its body is not one store"));
    };
    if store.buffer != write.buffer || store.predicate.is_some() || !is_pure(&store.value) {
        return Err(pattern(place, "its store is not of a plain value"));
    }
    let (vars, value) = indexed_value(block, store)
        .ok_or_else(|| pattern(place, "where it writes is not a one-to-one map of its axes"))?;
    expect_honest(place)?;
    expect_no_overwriting(&scope, place)?;
    let without = removed(place)?;
    let scope_id = scope.place.block().id;
    let mut inliner =
        Inliner { buffer: write.buffer.clone(), vars, value, scope: scope_id, is_opaque: false };
    let new = inliner.rewrite_stmt(&without).unwrap_or(without);
    match inliner.is_opaque {
        true => Err(pattern(place, "its buffer is used other than by loads")),
        false => Ok(new),
    }
}

/// The stored value in terms of the indices of the buffer.
fn indexed_value(block: &Block, store: &BufferStore) -> Option<(Vec<Var>, PrimExpr)> {
    let analyzer = Analyzer::new();
    let unit = |range: &Range| range.min.is_int(0) && range.extent.is_int(1);
    if block.iter_vars.len() == store.indices.len() {
        let axes = block.iter_vars.iter().zip(&store.indices);
        let direct = axes.clone().all(|(axis, index)| {
            index.as_var() == Some(axis.var) || index.is_int(0) && unit(&axis.dom)
        });
        if direct {
            return Some((axes.map(|(axis, _)| axis.var).collect(), store.value.clone()));
        }
    }
    let iters: Vec<(Var, Range)> =
        block.iter_vars.iter().map(|axis| (axis.var, axis.dom.clone())).collect();
    let yes = PrimExpr::bool(true);
    let level = IterMapLevel::Bijective;
    // An axis of one value need not be in the indices.
    let map = detect_iter_map_with_units(&store.indices, &iters, &yes, level, &analyzer)
        .or_else(|_| detect_iter_map(&store.indices, &iters, &yes, level, &analyzer))
        .ok()?;
    let name = |i: usize| format!("ph_{i}");
    let vars: Vec<Var> = store
        .indices
        .iter()
        .enumerate()
        .map(|(i, index)| Var::new(name(i).as_str(), index.dtype()))
        .collect();
    let outputs: Vec<PrimExpr> = vars.iter().map(|v| PrimExpr::Var(*v)).collect();
    let mut values: VarMap = map.inverse(&outputs, &analyzer)?.vars.into_iter().collect();
    for axis in &block.iter_vars {
        if axis.dom.extent.is_int(1) && axis.dom.min.as_int().is_some() {
            values.insert(axis.var.id, axis.dom.min.clone());
        }
        let value = values.get(&axis.var.id)?;
        let cast = crate::build::cast(axis.var.dtype, value);
        values.insert(axis.var.id, cast);
    }
    Some((vars, substitute(&store.value, &values)))
}

/// Puts a value in the place of loads of a buffer.
struct Inliner {
    buffer: Buffer,
    vars: Vec<Var>,
    value: PrimExpr,
    scope: BlockId,
    is_opaque: bool,
}

impl Rewriter for Inliner {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let new = walk_rewrite_expr(self, expr);
        match new.as_ref().unwrap_or(expr) {
            PrimExpr::Load(load) if load.buffer == self.buffer => {
                self.is_opaque |= load.predicate.is_some()
                    || load.indices.iter().any(|index| !index.dtype().is_scalar());
                let pairs = self.vars.iter().zip(load.indices.iter());
                let values: VarMap = pairs
                    .map(|(var, index)| (var.id, crate::build::cast(var.dtype, index)))
                    .collect();
                Some(substitute(&copy_with_fresh_binders(&self.value), &values))
            }
            PrimExpr::Var(var) if *var == self.buffer.data => {
                self.is_opaque = true;
                new
            }
            _ => new,
        }
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let new = walk_rewrite_block(self, block);
        self.is_opaque |= uses_otherwise(block, &self.buffer);
        if block.id == self.scope {
            return Some(without_buffer(&new.unwrap_or_else(|| block.clone()), &self.buffer));
        }
        Some(with_regions(&new?, block, &self.buffer))
    }
}

/// True if a block views the buffer.
pub(super) fn uses_otherwise(block: &Block, buffer: &Buffer) -> bool {
    block.match_buffers.iter().any(|view| view.source.buffer == *buffer)
}

/// The block without the allocation of a buffer.
pub(super) fn without_buffer(block: &Arc<Block>, buffer: &Buffer) -> Arc<Block> {
    let mut new = (**block).clone();
    new.alloc_buffers = new.alloc_buffers.iter().filter(|b| *b != buffer).cloned().collect();
    Arc::new(new)
}

/// The block with its regions inferred anew if it declared some of the buffer.
pub(super) fn with_regions(new: &Arc<Block>, old: &Block, buffer: &Buffer) -> Arc<Block> {
    let declared = old.reads.iter().chain(&old.writes).any(|region| region.buffer == *buffer);
    if !declared {
        return new.clone();
    }
    let mut block = (**new).clone();
    // Regions that mention the buffer must not count as uses of it.
    block.reads = Box::default();
    block.writes = Box::default();
    let outer = free_buffers(&block);
    let found = access_regions(&block, &outer);
    block.reads = found.reads.into();
    block.writes = found.writes.into();
    Arc::new(block)
}

/// Puts the block into its producer.
pub(super) fn reverse_inline(schedule: &mut Schedule, place: &Place) -> Result<Value> {
    let body = reverse_inlined(place)?;
    schedule.set_body(&place.func, body);
    Ok(Value::None)
}

fn reverse_inlined(place: &Place) -> Result<Stmt> {
    expect_no_init(place)?;
    let scope = scope_of(place)?;
    expect_flow_in_blocks(&scope)?;
    expect_stage_pipeline(&scope)?;
    let buffer = single_read(&scope, place)?;
    expect_complete(&scope, place)?;
    let producer = single_producer(&scope, place, &buffer)?;
    expect_honest(place)?;
    expect_honest(&producer)?;
    expect_no_overwriting(&scope, place)?;
    if !place.realize().predicate.is_int(1) {
        return Err(pattern(place, "a condition decides which of its instances run"));
    }
    expect_unconditional(place)?;
    expect_reads_inside(place, &buffer)?;
    let plan = Plan::new(place, &producer, &buffer, &scope)?;
    let without = removed(place)?;
    let mut inliner = ReverseInliner { plan, is_opaque: false };
    let new = inliner.rewrite_stmt(&without).unwrap_or(without);
    match inliner.is_opaque {
        true => Err(pattern(place, "the buffer between is used other than by loads and stores")),
        false => Ok(new),
    }
}

/// The only buffer that the block reads and a block of the scope writes.
pub(super) fn single_read(scope: &Scope, place: &Place) -> Result<Buffer> {
    let mut found: Vec<&Buffer> = Vec::new();
    for region in &place.block().reads {
        if !scope.writers(&region.buffer).is_empty() && !found.contains(&&region.buffer) {
            found.push(&region.buffer);
        }
    }
    match found[..] {
        [buffer] => Ok(buffer.clone()),
        [] => Err(pattern(place, "nothing that it reads is written in its scope")),
        _ => Err(pattern(place, "it reads more than one buffer that is written in its scope")),
    }
}

/// The only block that writes the buffer, which only `place` reads.
fn single_producer(scope: &Scope, place: &Place, buffer: &Buffer) -> Result<Place> {
    let mut writers = Vec::new();
    let mut readers = Vec::new();
    let id = place.block().id;
    for_each_block(&scope.place.stmt, |realize| {
        let block = &realize.block;
        let is_leaf = crate::analysis::scope::child_blocks(&block.body).is_empty()
            && !matches!(block.body, Stmt::Block(_));
        if is_leaf && crate::analysis::scope::writes(block, buffer) {
            writers.push(block.id);
        }
        if is_leaf && block.id != id && crate::analysis::scope::reads(block, buffer) {
            readers.push(block.id);
        }
    });
    let [writer] = writers[..] else {
        return Err(pattern(place, "what it reads has not one producer"));
    };
    if let Some(reader) = readers.first() {
        return Err(pattern(place, "the buffer that it reads has another reader")
            .at_with(crate::error::At::Block(*reader), "reads it too"));
    }
    let producer = Place::of_block(&place.func, writer).expect("found in the scope");
    let own_scope = scope_of(&producer)?;
    if lacks_complete(&own_scope, &producer).is_some() {
        return Err(
            pattern(place, "its producer is not complete").at_with(producer.at(), "the producer")
        );
    }
    if !scope.place.block().alloc_buffers.contains(buffer) {
        return Err(pattern(place, "the buffer that it reads is seen outside of the scope"));
    }
    Ok(producer)
}

/// How a consumer is put into its producer.
struct Plan {
    buffer: Buffer,
    producer: BlockId,
    scope: BlockId,
    consumer: Arc<BufferStore>,
    /// The consumer's axes in terms of the producer's.
    axes: VarMap,
    /// That the consumer's axes lie in their domains, in terms of the producer's axes.
    in_domain: PrimExpr,
}

impl Plan {
    fn new(place: &Place, producer: &Place, buffer: &Buffer, scope: &Scope) -> Result<Plan> {
        let block = place.block();
        let Stmt::Store(consumer) = &block.body else {
            return Err(pattern(place, "its body is not one store"));
        };
        let indices = same_indices(consumer, buffer)
            .ok_or_else(|| pattern(place, "it reads the buffer at different indices"))?;
        let store = producer_store(producer)
            .ok_or_else(|| pattern(place, "the body of its producer is not one store"))?;
        let iters: Vec<(Var, Range)> =
            block.iter_vars.iter().map(|axis| (axis.var, axis.dom.clone())).collect();
        let (yes, level) = (PrimExpr::bool(true), IterMapLevel::NoCheck);
        let analyzer = Analyzer::new();
        let not_affine = || pattern(place, "where it reads is no one-to-one map of its axes");
        let map = detect_iter_map_with_units(&indices, &iters, &yes, level, &analyzer)
            .map_err(|_| not_affine())?;
        let mut axes: VarMap = VarMap::default();
        for axis in &block.iter_vars {
            if axis.dom.extent.is_int(1) && axis.dom.min.as_int().is_some() {
                axes.insert(axis.var.id, axis.dom.min.clone());
            }
        }
        let inverse = map.inverse(&store.indices, &analyzer).ok_or_else(not_affine)?;
        let is_exact = inverse.is_exact;
        axes.extend(inverse.vars);
        let mut in_domain = PrimExpr::bool(true);
        for axis in &block.iter_vars {
            let value = axes.get(&axis.var.id).ok_or_else(not_affine)?;
            let value = crate::build::cast(axis.var.dtype, value);
            let end = add(&axis.dom.min, &axis.dom.extent);
            let within =
                and(&binary(BinOp::Ge, &value, &axis.dom.min), &binary(BinOp::Lt, &value, &end));
            in_domain = and(&in_domain, &within);
            axes.insert(axis.var.id, value);
        }
        // The consumer reads where the producer writes: the inverse has to lead back there.
        let there: Vec<PrimExpr> =
            indices.iter().map(|i| analyzer.simplify(&substitute(i, &axes))).collect();
        let mut domains = Analyzer::new();
        producer.block().iter_vars.iter().for_each(|axis| domains.bind(axis.var, &axis.dom));
        domains.assume(&in_domain);
        let leads_back =
            || there.iter().zip(&store.indices).all(|(a, b)| domains.can_prove_equal(a, b));
        if !is_exact && !leads_back() {
            return Err(not_affine());
        }
        let level = IterMapLevel::Bijective;
        let is_bijective = detect_iter_map(&indices, &iters, &yes, level, &analyzer).is_ok();
        if !is_bijective && !leads_forth(block, &indices, &store.indices, &axes) {
            return Err(not_affine());
        }
        expect_covered(place, producer, &axes)?;
        let plan = Plan {
            buffer: buffer.clone(),
            producer: producer.block().id,
            scope: scope.place.block().id,
            consumer: consumer.clone(),
            axes,
            in_domain,
        };
        Ok(plan)
    }
}

/// What reads at `indices` is the one instance whose axes the inverse finds there: no two instances
/// read one place. Seen where the producer writes at its axes, one by one.
fn leads_forth(
    consumer: &Block,
    indices: &[PrimExpr],
    written: &[PrimExpr],
    axes: &VarMap,
) -> bool {
    let by_axis: Option<Vec<_>> =
        written.iter().zip(indices).map(|(w, at)| Some((w.as_var()?.id, at.clone()))).collect();
    let Some(by_axis) = by_axis else { return false };
    let by_axis = VarMap::from_iter(by_axis);
    let mut domains = Analyzer::new();
    consumer.iter_vars.iter().for_each(|axis| domains.bind(axis.var, &axis.dom));
    consumer.iter_vars.iter().all(|axis| {
        let found = axes.get(&axis.var.id).map(|value| substitute(value, &by_axis));
        found.is_some_and(|found| domains.can_prove_equal(&found, &axis.var.into()))
    })
}

/// The indices at which the buffer is read, if they are always the same.
fn same_indices(store: &Arc<BufferStore>, buffer: &Buffer) -> Option<Vec<PrimExpr>> {
    let mut found: Vec<Box<[PrimExpr]>> = Vec::new();
    for_each_expr(&Stmt::Store(store.clone()), |e| match e {
        PrimExpr::Load(load) if load.buffer == *buffer => found.push(load.indices.clone()),
        _ => {}
    });
    let (first, rest) = found.split_first()?;
    rest.iter().all(|indices| indices == first).then(|| first.to_vec())
}

/// The store that is the producer's body, possibly below a condition.
fn producer_store(producer: &Place) -> Option<Arc<BufferStore>> {
    let body = match &producer.block().body {
        Stmt::If(branch) if branch.else_case.is_none() => &branch.then_case,
        other => other,
    };
    match body {
        Stmt::Store(store) if store.predicate.is_none() => Some(store.clone()),
        _ => None,
    }
}

/// The producer must not fall short of what the consumer ranges over.
fn expect_covered(place: &Place, producer: &Place, axes: &VarMap) -> Result<()> {
    let mut domains = DomMap::default();
    let mut analyzer = facts(&place.func, &[]);
    for axis in &producer.block().iter_vars {
        domains.insert(axis.var.id, IntSet::from_range(&axis.dom));
        analyzer.bind(axis.var, &axis.dom);
    }
    for axis in &place.block().iter_vars {
        let Some(value) = axes.get(&axis.var.id) else { continue };
        let set = IntSet::eval(&analyzer.simplify(value), &domains, &analyzer);
        let end = add(&axis.dom.min, &axis.dom.extent);
        let last = tirade_ir::arith::sub(&end, &PrimExpr::int(1, end.dtype()));
        let short = |a: &Option<PrimExpr>, op, b: &PrimExpr| {
            a.as_ref().is_some_and(|a| analyzer.can_prove(&binary(op, a, b)))
        };
        if short(&set.min, BinOp::Gt, &axis.dom.min) || short(&set.max, BinOp::Lt, &last) {
            return Err(pattern(place, "it ranges over more than its producer"));
        }
    }
    Ok(())
}

struct ReverseInliner {
    plan: Plan,
    is_opaque: bool,
}

impl ReverseInliner {
    /// The consumer's store with the producer's value in the place of the load.
    fn stored(&self, producer: &BufferStore) -> Stmt {
        let Plan { buffer, consumer, axes, .. } = &self.plan;
        let mut puts = PutValue { buffer, value: &producer.value };
        let with_value = |e: &PrimExpr| {
            let e = substitute(e, axes);
            puts.rewrite_expr(&e).unwrap_or(e)
        };
        let mut with_value = with_value;
        let indices: Vec<PrimExpr> = consumer.indices.iter().map(&mut with_value).collect();
        Stmt::Store(Arc::new(BufferStore {
            buffer: consumer.buffer.clone(),
            value: with_value(&consumer.value),
            indices: indices.into(),
            predicate: None,
            span: consumer.span,
        }))
    }

    /// The producer's instance, with the condition that the consumer's axes lie in their domains.
    fn conditioned(&self, realize: &BlockRealize) -> BlockRealize {
        let mut analyzer = Analyzer::new();
        let block = &realize.block;
        block.iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
        let mut condition = analyzer.simplify(&self.plan.in_domain);
        if condition.is_int(1) {
            return realize.clone();
        }
        let mut block = block.clone();
        if let Stmt::If(branch) = &block.body {
            let own = analyzer.simplify(&branch.condition);
            if own != condition {
                condition = analyzer.simplify(&and(&condition, &branch.condition));
                let body = branch.then_case.clone();
                Arc::make_mut(&mut block).body = body;
            }
        }
        let condition = substitute(&condition, &bindings(realize));
        let known = conditions(&realize.predicate);
        let mut new = conditions(&analyzer.simplify(&condition));
        new.retain(|part| !known.contains(part));
        let predicate = and(&all(&new), &realize.predicate);
        BlockRealize { predicate, block, iter_values: realize.iter_values.clone() }
    }
}

struct PutValue<'a> {
    buffer: &'a Buffer,
    value: &'a PrimExpr,
}

impl Rewriter for PutValue<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Load(load) if load.buffer == *self.buffer => {
                Some(copy_with_fresh_binders(self.value))
            }
            other => walk_rewrite_expr(self, other),
        }
    }
}

impl Rewriter for ReverseInliner {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        self.is_opaque |= expr.as_var() == Some(self.plan.buffer.data);
        walk_rewrite_expr(self, expr)
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Store(store) if store.buffer == self.plan.buffer => Some(self.stored(store)),
            Stmt::Block(realize) if realize.block.id == self.plan.producer => {
                let new = walk_rewrite_stmt(self, stmt)?;
                match &new {
                    Stmt::Block(realize) => Some(Stmt::Block(Arc::new(self.conditioned(realize)))),
                    _ => Some(new),
                }
            }
            other => walk_rewrite_stmt(self, other),
        }
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let new = walk_rewrite_block(self, block);
        self.is_opaque |= uses_otherwise(block, &self.plan.buffer);
        if block.id == self.plan.scope {
            return Some(without_buffer(&new.unwrap_or_else(|| block.clone()), &self.plan.buffer));
        }
        Some(with_regions(&new?, block, &self.plan.buffer))
    }
}
