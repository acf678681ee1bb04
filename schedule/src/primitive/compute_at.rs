//! `compute_at(block, loop)` and `reverse_compute_at(block, loop)`: a block moves below a loop.
//!
//! ```text
//! for i, j in T.grid(128, 128):               for i in range(128):
//!     with T.sblock("B"): …                       for ax0 in range(128):
//! for i, j in T.grid(128, 128):          →            with T.sblock("B"): …
//!     with T.sblock("C"): … reads B               for j in range(128):
//!                                                     with T.sblock("C"): …
//! ```
//!
//! `compute_at` moves a producer to the consumers below the loop, `reverse_compute_at` a consumer to
//! its producers. Its loops are made anew, such that in each iteration of `loop` it provides what is
//! required there.
//!
//! - The block and the loop are in one scope, the loop is not around the block, and the scope is a
//!   stage pipeline.
//! - The block is complete or a reduction, declares what it accesses, and no condition decides which
//!   of its instances run.
//! - `compute_at`: all consumers are below the loop, and the block writes nothing that is seen outside
//!   of the scope. `reverse_compute_at`: all producers are below the loop.
//! - Nothing that the block reads is written, and nothing that it writes is read, between the old place and the new.

use super::Primitive;
use super::compute_inline;
use crate::analysis::binding::{loop_ranges, runs_once};
use crate::analysis::cover::{
    contains, exact_region, expect_stage_pipeline, facts, relaxed_region,
};
use crate::analysis::domain::{AxisDomain, Regions, axis_domains};
use crate::analysis::honest::{expect_honest, expect_reads_inside};
use crate::analysis::kind::{
    expect_complete_or_reduction, expect_flow_in_blocks, expect_no_output, lacks_complete, scope_of,
};
use crate::analysis::moving::{expect_no_overwriting, expect_unconditional, gap, removed};
use crate::analysis::scope::{Scope, child_blocks_of};
use crate::args::Args;
use crate::build::{all, cast, serial};
use crate::error::{Result, ScheduleError};
use crate::handle::LoopRV;
use crate::place::{Place, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::iter_map::{IterMapLevel, detect_iter_map};
use tirade_ir::arith::{Analyzer, DomMap, IntSet, add, binary};
use tirade_ir::diag::Code;
use tirade_ir::visit::uses_var;
use tirade_ir::{
    BinOp, BlockId, BlockRealize, DType, For, IterVarKind, PrimExpr, Range, Stmt, Var,
};

const ROW: Primitive = Primitive {
    name: "",
    kind: "",
    signature: "(block, loop, preserve_unit_loops=False, index=-1)",
    attrs: &["preserve_unit_loops", "index"],
    spread: None,
    apply: compute_at,
    doc: "",
};

/// `compute_at`
pub const COMPUTE_AT: Primitive = Primitive {
    name: "compute_at",
    kind: "ComputeAt",
    apply: compute_at,
    doc: "Moves a producer below a loop of its consumers.",
    ..ROW
};

/// `reverse_compute_at`
pub const REVERSE_COMPUTE_AT: Primitive = Primitive {
    name: "reverse_compute_at",
    kind: "ReverseComputeAt",
    apply: reverse_compute_at,
    doc: "Moves a consumer below a loop of its producers.",
    ..ROW
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To the consumers.
    Forward,
    /// To the producers.
    Backward,
}

fn compute_at(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    move_block(schedule, args, Direction::Forward)
}

fn reverse_compute_at(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    move_block(schedule, args, Direction::Backward)
}

fn move_block(schedule: &mut Schedule, args: &Args, direction: Direction) -> Result<Value> {
    let place = schedule.block_arg(args, "block")?;
    match args.loop_rv("loop")? {
        LoopRV::ROOT => return Ok(Value::None),
        LoopRV::INLINE if direction == Direction::Forward => {
            return compute_inline::inline(schedule, &place);
        }
        LoopRV::INLINE => return compute_inline::reverse_inline(schedule, &place),
        _ => {}
    }
    let target = schedule.loop_arg(args, "loop")?;
    place.expect_outside_init()?;
    target.expect_outside_init()?;
    let keep_units = args.bool("preserve_unit_loops")?;
    let body = moved(&place, &target, direction, keep_units, args.int("index")?)?;
    schedule.set_body(&place.func, body);
    Ok(Value::None)
}

/// True if the block could be moved below the loop.
pub fn can_compute_at(place: &Place, target: &Place) -> bool {
    moved(place, target, Direction::Forward, true, -1).is_ok()
}

/// True if the block could be moved below the loop of its producers.
pub fn can_reverse_compute_at(place: &Place, target: &Place) -> bool {
    moved(place, target, Direction::Backward, true, -1).is_ok()
}

fn moved(
    place: &Place,
    target: &Place,
    direction: Direction,
    keep_units: bool,
    index: i64,
) -> Result<Stmt> {
    let scope = scope_of(place)?;
    expect_flow_in_blocks(&scope)?;
    expect_stage_pipeline(&scope)?;
    expect_complete_or_reduction(&scope, place)?;
    expect_same_scope(place, target)?;
    if direction == Direction::Forward {
        expect_no_output(&scope, place)?;
    }
    // Who depends on whom, and what each needs, is read off the regions of all blocks.
    for child in &scope.children {
        expect_honest(child)?;
    }
    expect_unconditional(place)?;
    expect_no_overwriting(&scope, place)?;
    let without = removed(place)?;
    let (producers, consumers) =
        (scope.producers(place.block().id), scope.consumers(place.block().id));
    let target_body = target.for_loop().body.as_slice();
    let Some(gap) = gap(target_body, &producers, &consumers) else {
        let message = "below the loop, a consumer of the block stands before a producer";
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(target.at()));
    };
    if direction == Direction::Backward {
        expect_consumers_behind(&scope, place, target, &consumers)?;
    }
    let (needed, there, what) = match direction {
        Direction::Forward => (&consumers, gap.n_consumers, "consumer"),
        Direction::Backward => (&producers, gap.n_producers, "producer"),
    };
    if there < needed.len() {
        let message = format!(
            "not every {what} of block `{}` stands below the loop over `{}`",
            place.block().name,
            target.for_loop().loop_var.name
        );
        let error = ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(target.at());
        let blocks = needed.iter().map(|id| crate::error::At::Block(*id));
        return Err(blocks.fold(error, |error, at| error.at_with(at, format!("a {what}"))));
    }
    let position = match index {
        -1 => gap.last,
        -2 => gap.first,
        i if (gap.first as i64..=gap.last as i64).contains(&i) => i as usize,
        _ => {
            let message =
                format!("the index has to be -1, -2, or from {} to {}", gap.first, gap.last);
            return Err(ScheduleError::argument(message).at(target.at()));
        }
    };
    let mut loops = target.all_loops();
    loops.push(target.for_loop().clone());
    let mut analyzer = facts(&place.func, &loops);
    let regions = regions(&scope, place, target, direction, needed, &analyzer);
    let (provided, required) = regions;
    let domains = axis_domains(&place.block().iter_vars, &provided, &required, &analyzer)
        .ok_or_else(|| {
            let message = format!(
                "the instances of block `{}` that the loop requires do not follow from its regions",
                place.block().name
            );
            ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(place.at())
                .at_with(target.at(), "the loop")
        })?;
    let nest = Nest::new(place.realize(), &domains, keep_units, &mut analyzer);
    nest.expect_extents(place)?;
    expect_one_writer(place, target, &nest)?;
    expect_serial_reduction(place, &nest, &loops)?;
    match direction {
        Direction::Forward => {}
        Direction::Backward => {
            expect_finished(&scope, place, target, needed)?;
            expect_exact(&scope, place, target, needed, &analyzer)?;
            expect_produced(place, &nest, &required, &analyzer)?;
            expect_once(&scope, place, target, &nest)?;
            expect_all(place, target, &nest)?;
            required.iter().try_for_each(|(buffer, _)| expect_reads_inside(place, buffer))?;
        }
    }
    let new_target = reinserted(&without, place, target, position, nest.stmt(place))?;
    Ok(new_target)
}

/// What the moved block gives is read behind the loop only.
fn expect_consumers_behind(
    scope: &Scope,
    place: &Place,
    target: &Place,
    consumers: &[BlockId],
) -> Result<()> {
    let below = child_blocks_of(&target.stmt);
    let last = below.iter().filter_map(|realize| scope.position(realize.block.id)).max();
    let early = consumers.iter().find(|id| scope.position(**id) <= last);
    let Some(early) = early else { return Ok(()) };
    let message = format!(
        "a block that reads what block `{}` writes stands before the end of the loop",
        place.block().name
    );
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
        .at(place.at())
        .at_with(crate::error::At::Block(*early), "the reader")
        .at_with(target.at(), "the loop"))
}

/// The block and the loop are in one scope, and the loop is not around the block.
fn expect_same_scope(place: &Place, target: &Place) -> Result<()> {
    let scope_id = |p: &Place| p.scope().map(|s| s.block().id);
    let var = target.for_loop().loop_var;
    if place.func.name != target.func.name || scope_id(place) != scope_id(target) {
        let message =
            format!("block `{}` and the loop are in different scopes", place.block().name);
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
            .at(place.at())
            .at_with(target.at(), "the loop"));
    }
    if place.loops().iter().any(|f| f.loop_var == var) {
        let message = format!("block `{}` is below the loop already", place.block().name);
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
            .at(place.at())
            .at_with(target.at(), "the loop"));
    }
    Ok(())
}

/// What one instance of the block provides, and what is required below the loop.
fn regions(
    scope: &Scope,
    place: &Place,
    target: &Place,
    direction: Direction,
    dependent: &[tirade_ir::BlockId],
    analyzer: &Analyzer,
) -> (Regions, Regions) {
    let block = place.block();
    let own = match direction {
        Direction::Forward => &block.writes,
        Direction::Backward => &block.reads,
    };
    let mut axes = analyzer.clone();
    block.iter_vars.iter().for_each(|axis| axes.bind(axis.var, &axis.dom));
    let mut provided: Regions = Vec::new();
    for region in own {
        let sets: Vec<IntSet> = region.region.iter().map(IntSet::from_range).collect();
        merge(&mut provided, &region.buffer, sets, &axes);
    }
    let mut required: Regions = Vec::new();
    for child in scope.children.iter().filter(|c| dependent.contains(&c.block().id)) {
        let theirs = match direction {
            Direction::Forward => &child.block().reads,
            Direction::Backward => &child.block().writes,
        };
        for region in theirs.iter().filter(|r| own.iter().any(|o| o.buffer == r.buffer)) {
            let relaxed = loops_below(child, target, &region.buffer, direction);
            let sets = relaxed_region(child.realize(), region, &relaxed, analyzer);
            merge(&mut required, &region.buffer, sets, analyzer);
        }
    }
    (provided, required)
}

fn merge(
    regions: &mut Regions,
    buffer: &tirade_ir::Buffer,
    sets: Vec<IntSet>,
    analyzer: &Analyzer,
) {
    match regions.iter_mut().find(|(b, _)| b == buffer) {
        Some((_, known)) => {
            for (known, set) in known.iter_mut().zip(&sets) {
                *known = known.union(set, analyzer);
            }
        }
        None => regions.push((buffer.clone(), sets)),
    }
}

/// The loops around a block that are below the target; for memory shared by threads also the
/// thread loops around the target.
fn loops_below(
    child: &Place,
    target: &Place,
    buffer: &tirade_ir::Buffer,
    direction: Direction,
) -> Vec<Arc<For>> {
    let var = target.for_loop().loop_var;
    let loops = child.all_loops();
    let position = loops.iter().position(|f| f.loop_var == var).map_or(0, |i| i + 1);
    let (around, below) = loops.split_at(position);
    let scope = buffer.scope.as_str();
    let shared = |f: &&Arc<For>| {
        let tag = f.thread_tag.map_or("", |tag| tag.as_str());
        let is_thread = tag.starts_with("threadIdx.") || tag.starts_with("vthread");
        direction == Direction::Forward
            && match scope {
                "shared" | "shared.dyn" => is_thread,
                "warp" | "wmma.matrix_a" | "wmma.matrix_b" | "wmma.accumulator" => {
                    tag == "threadIdx.x"
                }
                _ => false,
            }
    };
    around.iter().filter(shared).chain(below).cloned().collect()
}

/// The new loops of a block and the values of its axes.
struct Nest {
    vars: Vec<(Var, PrimExpr)>,
    realize: BlockRealize,
}

impl Nest {
    fn new(
        realize: &BlockRealize,
        domains: &[AxisDomain],
        keep_units: bool,
        analyzer: &mut Analyzer,
    ) -> Nest {
        let (mut vars, mut values, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (axis, domain) in realize.block.iter_vars.iter().zip(domains) {
            let dom = domain.dom.clone().unwrap_or_else(IntSet::everything);
            let range = dom.cover_range(&axis.dom, analyzer);
            let value = if keep_units || !range.extent.is_int(1) {
                let wide =
                    range.min.dtype() == DType::INT64 || range.extent.dtype() == DType::INT64;
                let dtype = if wide { DType::INT64 } else { DType::INT32 };
                let var = Var::new(format!("ax{}", vars.len()).as_str(), dtype);
                let extent = analyzer.simplify(&cast(dtype, &range.extent));
                analyzer.bind(var, &Range::from_extent(extent.clone()));
                vars.push((var, extent));
                add(&range.min, &PrimExpr::Var(var))
            } else {
                range.min.clone()
            };
            if let Some(bound) = &domain.bound {
                let one = |e: &PrimExpr| PrimExpr::int(1, e.dtype());
                let least = bound.min.as_ref().map(|min| binary(BinOp::Ge, &value, min));
                let past = |max: &PrimExpr| binary(BinOp::Lt, &value, &add(max, &one(max)));
                let most = bound.max.as_ref().map(past);
                let needed = least.into_iter().chain(most).filter(|c| !analyzer.can_prove(c));
                conditions.extend(needed);
            }
            values.push(cast(axis.var.dtype, &value));
        }
        let predicate = analyzer.simplify(&all(&conditions));
        let realize =
            BlockRealize { iter_values: values.into(), predicate, block: realize.block.clone() };
        Nest { vars, realize }
    }

    /// The domains that were found are some.
    fn expect_extents(&self, place: &Place) -> Result<()> {
        if self.vars.iter().all(|(_, extent)| extent.as_int().is_none_or(|n| n >= 0)) {
            return Ok(());
        }
        let message = format!(
            "which instances of block `{}` the loop requires is not found",
            place.block().name
        );
        Err(ScheduleError::new(Code::SCHEDULE_REGION, message).at(place.at()))
    }

    fn loops(&self, place: &Place) -> Vec<Arc<For>> {
        let one = |(var, extent): &(Var, PrimExpr)| match serial(
            *var,
            extent.clone(),
            Stmt::nop(),
            place.stmt.span(),
        ) {
            Stmt::For(f) => f,
            _ => unreachable!("a loop"),
        };
        self.vars.iter().map(one).collect()
    }

    fn stmt(&self, place: &Place) -> Stmt {
        let inner = Stmt::Block(Arc::new(self.realize.clone()));
        let vars = self.vars.iter().rev();
        vars.fold(inner, |body, (var, extent)| {
            serial(*var, extent.clone(), body, place.stmt.span())
        })
    }
}

/// The loops around the new place that a reduction goes along run one iteration after the other.
fn expect_serial_reduction(place: &Place, nest: &Nest, loops: &[Arc<For>]) -> Result<()> {
    // A reduction along threads is what lowering for GPUs makes a tree of.
    let is_thread =
        |f: &For| f.thread_tag.is_some_and(|tag| tag.as_str().starts_with("threadIdx."));
    let concurrent = |f: &&Arc<For>| !f.kind.is_ordered() && !is_thread(f);
    for f in loops.iter().filter(concurrent) {
        if reduces_along(&nest.realize, f.loop_var) {
            let message = format!(
                "the reduction `{}` would go along the loop over `{}`, whose iterations run at the same time",
                place.block().name,
                f.loop_var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
                .at(place.at())
                .at_with(crate::error::At::Loop(f.loop_var.id), "the loop"));
        }
    }
    Ok(())
}

/// A block that is computed again by iterations that run at the same time is a single one.
fn expect_one_writer(place: &Place, target: &Place, nest: &Nest) -> Result<()> {
    if child_blocks_of(&place.block().body).is_empty() {
        return Ok(());
    }
    let mut loops = target.loops_to_here();
    let concurrent = |f: &&Arc<For>| !f.kind.is_ordered() && !f.extent.is_int(1);
    let Some(f) = loops.iter().find(concurrent).cloned() else { return Ok(()) };
    loops.extend(nest.loops(place));
    if runs_once(&nest.realize, &loops) {
        return Ok(());
    }
    let message = format!(
        "iterations of the loop over `{}` would run block `{}`, with what is in it, at the same time",
        f.loop_var.name,
        place.block().name
    );
    Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
        .at(place.at())
        .at_with(crate::error::At::Loop(f.loop_var.id), "the loop"))
}

/// What producers reduce is finished within an iteration of the loop.
fn expect_finished(
    scope: &Scope,
    place: &Place,
    target: &Place,
    producers: &[BlockId],
) -> Result<()> {
    let loops = target.loops_to_here();
    for child in scope.children.iter().filter(|c| producers.contains(&c.block().id)) {
        if let Some(f) = loops.iter().find(|f| reduces_along(child.realize(), f.loop_var)) {
            let message = format!(
                "below the loop, block `{}` would read what `{}` has not finished: it reduces along `{}`",
                place.block().name,
                child.block().name,
                f.loop_var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
                .at(place.at())
                .at_with(child.at(), "the reduction"));
        }
    }
    Ok(())
}

fn reduces_along(realize: &BlockRealize, var: Var) -> bool {
    let axes = realize.block.iter_vars.iter().zip(&realize.iter_values);
    axes.into_iter()
        .any(|(axis, value)| axis.kind == IterVarKind::CommReduce && uses_var(value, var))
}

/// Which places an iteration produces is known exactly.
fn expect_exact(
    scope: &Scope,
    place: &Place,
    target: &Place,
    producers: &[BlockId],
    analyzer: &Analyzer,
) -> Result<()> {
    let reads =
        |buffer: &tirade_ir::Buffer| place.block().reads.iter().any(|r| r.buffer == *buffer);
    for child in scope.children.iter().filter(|c| producers.contains(&c.block().id)) {
        for region in child.block().writes.iter().filter(|w| reads(&w.buffer)) {
            let below = loops_below(child, target, &region.buffer, Direction::Backward);
            if exact_region(child.realize(), region, &below, analyzer).is_none() {
                let message = format!(
                    "which places of `{}` block `{}` writes in an iteration of the loop is not known",
                    region.buffer.name,
                    child.block().name
                );
                return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                    .at(place.at())
                    .at_with(child.at(), "the producer"));
            }
        }
    }
    Ok(())
}

/// A consumer that moves to its producers must not read what later iterations produce.
fn expect_produced(
    place: &Place,
    nest: &Nest,
    required: &Regions,
    analyzer: &Analyzer,
) -> Result<()> {
    let loops = nest.loops(place);
    for region in &place.block().reads {
        let Some((buffer, produced)) = required.iter().find(|(b, _)| *b == region.buffer) else {
            continue;
        };
        let mut read = relaxed_region(&nest.realize, region, &loops, analyzer);
        narrow(&mut read, nest, region, analyzer);
        if !contains(produced, &read, &buffer.shape, analyzer) {
            let message = format!(
                "below the loop, block `{}` would read places of `{}` that later iterations write",
                place.block().name,
                buffer.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message).at(place.at()));
        }
    }
    Ok(())
}

/// Where an axis is a dimension's index, a condition on the axis bounds what is read.
fn narrow(read: &mut [IntSet], nest: &Nest, region: &tirade_ir::BufferRegion, analyzer: &Analyzer) {
    for (set, range) in read.iter_mut().zip(&region.region) {
        let Some(var) = range.min.as_var().filter(|_| range.extent.is_int(1)) else { continue };
        let axes = nest.realize.block.iter_vars.iter();
        if let Some(axis) = axes.into_iter().find(|axis| axis.var == var) {
            *set = set.intersect(&IntSet::from_range(&axis.dom), analyzer);
        }
    }
}

/// Every instance of a consumer still runs, those too that need nothing of the producers.
fn expect_all(place: &Place, target: &Place, nest: &Nest) -> Result<()> {
    let loops = target.loops_to_here();
    let mut domains = DomMap::default();
    let mut analyzer = facts(&place.func, &[]);
    for f in loops.iter().chain(&nest.loops(place)) {
        let (var, range) = (f.loop_var, Range::new(f.min.clone(), f.extent.clone()));
        analyzer.bind(var, &range);
        domains.insert(var.id, IntSet::from_range(&range));
    }
    let axes = nest.realize.block.iter_vars.iter().zip(&nest.realize.iter_values);
    for (axis, value) in axes {
        let found = IntSet::eval(value, &domains, &analyzer);
        let whole = IntSet::from_range(&axis.dom);
        let covers = |(known, wanted): (&PrimExpr, &PrimExpr), op| {
            analyzer.can_prove(&binary(op, known, wanted))
        };
        let low = found.min.as_ref().zip(whole.min.as_ref());
        let high = found.max.as_ref().zip(whole.max.as_ref());
        if !low.is_some_and(|pair| covers(pair, BinOp::Le))
            || !high.is_some_and(|pair| covers(pair, BinOp::Ge))
        {
            let message = format!(
                "below the loop, not all instances of block `{}` along `{}` would run",
                place.block().name,
                axis.var.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(place.at())
                .at_with(target.at(), "the loop"));
        }
    }
    Ok(())
}

/// Instances that are not idempotent must run once.
fn expect_once(scope: &Scope, place: &Place, target: &Place, nest: &Nest) -> Result<()> {
    // What callers see is written once, too.
    if lacks_complete(scope, place).is_none() && !scope.is_output(place.block()) {
        return Ok(());
    }
    let mut loops = target.loops_to_here();
    loops.extend(nest.loops(place));
    let iters = loop_ranges(&loops);
    let level = IterMapLevel::Bijective;
    let realize = &nest.realize;
    let analyzer = facts(&place.func, &[]);
    let once = detect_iter_map(&realize.iter_values, &iters, &realize.predicate, level, &analyzer);
    match once {
        Ok(_) => Ok(()),
        Err(_) => {
            let message = format!(
                "below the loop, instances of block `{}` might run more than once",
                place.block().name
            );
            Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
                .at(place.at())
                .at_with(target.at(), "the loop"))
        }
    }
}

/// The function's body with the block's new nest at a position below the target loop.
fn reinserted(
    without: &Stmt,
    place: &Place,
    target: &Place,
    position: usize,
    nest: Stmt,
) -> Result<Stmt> {
    let func = tirade_ir::PrimFunc { body: without.clone(), ..(*place.func).clone() };
    let target = Place::of_loop(&Arc::new(func), target.for_loop().loop_var.id)
        .expect("the loop is not around the block");
    let mut stmts = target.for_loop().body.as_slice().to_vec();
    stmts.insert(position, nest);
    let new = with_body(target.for_loop(), Stmt::seq(stmts));
    Ok(target.replaced(Stmt::For(Arc::new(new))))
}
