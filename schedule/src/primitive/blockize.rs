//! `blockize(target)`: a subtree as a block of its own, with the block in it inside.

use super::Primitive;
use super::decompose_reduction::{expect_not_mixed, predicate};
use crate::analysis::binding::runs_once;
use crate::analysis::context::{analyzer_of, substitute_simplified};
use crate::analysis::loops::check_single_child;
use crate::analysis::scope::Scope;
use crate::analysis::subspace::{Division, divide};
use crate::args::Args;
use crate::build::{all, conditions};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::{self, Analyzer, DomMap, IntSet};
use tirade_ir::diag::Code;
use tirade_ir::stmt::{Block, BlockRealize, For, InferredRegions, IterVar, IterVarKind, Stmt};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::uses_var;
use tirade_ir::{BlockId, BufferRegion, PrimExpr, Range, Symbol, Var};

/// `blockize`
pub const BLOCKIZE: Primitive = Primitive {
    name: "blockize",
    kind: "Blockize",
    signature: "(target, preserve_unit_iters=True)",
    attrs: &["preserve_unit_iters"],
    spread: None,
    apply,
    doc: "Makes a loop with everything in it, or several blocks, a block of their own.",
};

fn apply(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let keep_unit = args.bool("preserve_unit_iters")?;
    if let Value::List(_) = args.get("target") {
        return super::blockize_several::apply(schedule, args, keep_unit);
    }
    let place = schedule.loop_arg(args, "target")?;
    let outer = blockized(&place, keep_unit)?;
    let id = outer.block.id;
    schedule.replace(&place, Stmt::Block(Arc::new(outer)));
    Ok(schedule.new_block(place.func.name, id).into())
}

/// The only block below a loop, as a place.
pub(super) fn only_block(place: &Place) -> Result<Place> {
    let scope = Scope::of(place);
    let [only] = &scope.children[..] else {
        let n = scope.children.len();
        let message = format!("{n} blocks stand below the loop, where one is needed");
        return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()));
    };
    let below = &only.around[place.around.len()..];
    if below.iter().all(|(stmt, _)| matches!(stmt, Stmt::For(_))) {
        return Ok(only.clone());
    }
    check_single_child(only)?;
    let message = "something else than the block stands below the loop";
    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(place.at()))
}

/// The block that a loop becomes.
pub(super) fn blockized(place: &Place, keep_unit: bool) -> Result<BlockRealize> {
    let block_place = only_block(place)?;
    let realize = block_place.realize();
    expect_own_iterations(&block_place)?;
    let every = block_place.loops();
    let n_inner = block_place.around.len() - place.around.len();
    let (outer, inner) = every.split_at(every.len() - n_inner);
    let mut analyzer = analyzer_of(place);
    let division = divide(realize, outer, inner, &analyzer, keep_unit)
        .ok_or_else(|| not_divisible(&block_place, place))?;
    let axes = Axes::new(&realize.block, &division, keep_unit, None);
    let inner_domains = axes.inner_domains(&mut analyzer);
    let block = substitute_simplified(&realize.block, &axes.values, &analyzer);
    let reduces = |axes: &[IterVar]| axes.iter().any(|axis| axis.kind == IterVarKind::CommReduce);
    let reduces_outside = block.init.is_some() && (reduces(&axes.outer) || !reduces(&axes.inner));
    let inner_realize =
        inner_block(&block, &axes, division.inner_predicate.clone(), reduces_outside);
    let init = match &block.init {
        Some(init) => {
            let spatial = |f: &&Arc<For>| {
                let axes = block_place.block().iter_vars.iter().zip(&realize.iter_values);
                axes.into_iter().any(|(axis, value)| {
                    axis.kind == IterVarKind::DataPar && uses_var(value, f.loop_var)
                })
            };
            let (chosen, discarded): (Vec<_>, Vec<_>) = inner.iter().partition(spatial);
            expect_not_mixed(&block_place, &chosen)?;
            predicate(&block_place, &chosen, &discarded)?;
            Some(outer_init(init, &inner_realize, &chosen, &discarded))
        }
        None => None,
    };
    let body = loop_nest(Stmt::Block(Arc::new(inner_realize)), inner);
    let outer_block = Block {
        id: BlockId::fresh(),
        name: Symbol::new(&format!("{}_o", block.name)),
        iter_vars: axes.outer.into(),
        reads: relaxed(&block.reads, &inner_domains, &analyzer),
        writes: relaxed(&block.writes, &inner_domains, &analyzer),
        inferred: InferredRegions::default(),
        init,
        alloc_buffers: Box::default(),
        match_buffers: Box::default(),
        annotations: Default::default(),
        body,
        span: block.span,
    };
    Ok(BlockRealize {
        iter_values: axes.outer_values.into(),
        predicate: division.outer_predicate,
        block: Arc::new(outer_block),
    })
}

/// Iterations that run at the same time have instances of their own: the same places may be written
/// by several only where one block does it.
fn expect_own_iterations(place: &Place) -> Result<()> {
    let concurrent = |f: &&Arc<For>| !f.kind.is_ordered() && !f.extent.is_int(1);
    let Some(f) = place.loops().iter().find(concurrent).cloned() else { return Ok(()) };
    if runs_once(place.realize(), &place.loops()) {
        return Ok(());
    }
    let message = format!(
        "iterations of the loop over `{}` may run the same instances of block `{}` at the same time",
        f.loop_var.name,
        place.block().name
    );
    Err(ScheduleError::new(Code::SCHEDULE_DEPENDENCE, message)
        .at(place.at())
        .at_with(crate::error::At::Loop(f.loop_var.id), "the loop"))
}

pub(super) fn not_divisible(block: &Place, outside: &Place) -> ScheduleError {
    let name = block.block().name;
    let message = format!("the axes of `{name}` cannot be divided at this loop");
    ScheduleError::new(Code::SCHEDULE_BINDING, message)
        .at(block.at())
        .at_with(outside.at(), "outer loops end here")
        .note("each axis has to be a multiple of an outer part plus an inner part")
}

/// The axes of the outer and of the inner block.
pub(super) struct Axes {
    pub outer: Vec<IterVar>,
    pub outer_values: Vec<PrimExpr>,
    pub inner: Vec<IterVar>,
    pub inner_values: Vec<PrimExpr>,
    /// The old axes in terms of the new ones.
    pub values: VarMap,
}

impl Axes {
    /// With `known` outer axes, those are used.
    pub fn new(
        block: &Block,
        division: &Division,
        keep_unit: bool,
        known: Option<&[IterVar]>,
    ) -> Axes {
        let mut axes = Axes {
            outer: Vec::new(),
            outer_values: Vec::new(),
            inner: Vec::new(),
            inner_values: Vec::new(),
            values: VarMap::default(),
        };
        for (i, (axis, (outer, inner))) in block.iter_vars.iter().zip(&division.axes).enumerate() {
            let part = |suffix: &str, extent: &PrimExpr| IterVar {
                var: Var::new(Symbol::new(&format!("{}_{suffix}", axis.var.name)), axis.var.dtype),
                dom: Range::from_extent(extent.clone()),
                kind: axis.kind,
                thread_tag: None,
                span: axis.span,
            };
            let outer_axis = known
                .and_then(|known| known.get(i).cloned())
                .unwrap_or_else(|| part("o", &outer.extent));
            let outer_var = PrimExpr::from(outer_axis.var);
            axes.outer.push(outer_axis);
            axes.outer_values.push(outer.value.clone());
            let value = if inner.extent.is_int(1) {
                match outer.extent.is_int(1) && !keep_unit {
                    true => PrimExpr::int(0, axis.var.dtype),
                    false => outer_var,
                }
            } else {
                let inner_axis = part("i", &inner.extent);
                let inner_var = PrimExpr::from(inner_axis.var);
                axes.inner.push(inner_axis);
                axes.inner_values.push(inner.value.clone());
                match outer.extent.is_int(1) {
                    true => inner_var,
                    false => arith::add(&arith::mul(&outer_var, &inner.extent), &inner_var),
                }
            };
            axes.values.insert(axis.var.id, value);
        }
        axes
    }

    /// The values that the inner axes take, also told to the analyzer.
    pub fn inner_domains(&self, analyzer: &mut Analyzer) -> DomMap {
        let axes = self.inner.iter().map(|axis| {
            analyzer.bind(axis.var, &axis.dom);
            (axis.var.id, IntSet::from_range(&axis.dom))
        });
        axes.collect()
    }
}

/// The block inside; where the outer block reduces, it reads what it writes.
pub(super) fn inner_block(
    block: &Arc<Block>,
    axes: &Axes,
    predicate: PrimExpr,
    reduces_outside: bool,
) -> BlockRealize {
    let mut inner = Block::clone(block);
    inner.iter_vars = axes.inner.clone().into();
    inner.init = None;
    inner.inferred = InferredRegions::default();
    if reduces_outside {
        inner.reads = block.writes.iter().chain(&block.reads).cloned().collect();
    }
    let iter_values = axes.inner_values.clone().into();
    BlockRealize { iter_values, predicate, block: Arc::new(inner) }
}

/// The regions for all values of the inner axes.
pub(super) fn relaxed(
    regions: &[BufferRegion],
    domains: &DomMap,
    analyzer: &Analyzer,
) -> Box<[BufferRegion]> {
    let relax = |region: &BufferRegion| {
        let ranges = region.region.iter().zip(&region.buffer.shape);
        let ranges = ranges.map(|(range, extent)| {
            let whole = Range::from_extent(extent.clone());
            IntSet::eval_range(range, domains, analyzer).cover_range(&whole, analyzer)
        });
        BufferRegion { buffer: region.buffer.clone(), region: ranges.collect() }
    };
    regions.iter().map(relax).collect()
}

/// The statement in loops, outermost first.
pub(super) fn loop_nest(body: Stmt, loops: &[Arc<For>]) -> Stmt {
    loops.iter().rev().fold(body, |body, f| Stmt::For(Arc::new(with_body(f, body))))
}

/// The init of the outer block: the old init in a block of its own, in loops of its own.
fn outer_init(
    init: &Stmt,
    inner: &BlockRealize,
    loops: &[&Arc<For>],
    discarded: &[&Arc<For>],
) -> Stmt {
    let mut vars = VarMap::default();
    let mut axes = Vec::new();
    let mut values = Vec::new();
    for (axis, value) in inner.block.iter_vars.iter().zip(&inner.iter_values) {
        if axis.kind == IterVarKind::DataPar && uses_var(init, axis.var) {
            let var = Var::new(Symbol::new(&format!("{}_init", axis.var.name)), axis.var.dtype);
            vars.insert(axis.var.id, var.into());
            axes.push(IterVar { var, ..axis.clone() });
            values.push(value.clone());
        }
    }
    let block = Block {
        id: BlockId::fresh(),
        name: Symbol::new(&format!("{}_init", inner.block.name)),
        iter_vars: axes.into(),
        reads: Box::default(),
        writes: inner.block.writes.clone(),
        inferred: InferredRegions::default(),
        init: None,
        alloc_buffers: Box::default(),
        match_buffers: Box::default(),
        annotations: Default::default(),
        body: init.clone(),
        span: inner.block.span,
    };
    // What a condition says of the reduction does not concern the init.
    let concerns = |part: &PrimExpr| !discarded.iter().any(|f| uses_var(part, f.loop_var));
    let kept: Vec<PrimExpr> = conditions(&inner.predicate).into_iter().filter(concerns).collect();
    let predicate = all(&kept);
    let predicate_of_init = predicate.clone();
    let iter_values: Box<[PrimExpr]> = values.clone().into();
    let realize = BlockRealize { iter_values, predicate, block: Arc::new(block) };
    let mut stmt = Stmt::Block(Arc::new(realize));
    for f in loops.iter().rev() {
        let is_used = values.iter().any(|value| uses_var(value, f.loop_var));
        if is_used || uses_var(&predicate_of_init, f.loop_var) {
            let copy = f.loop_var.fresh_copy();
            vars.insert(f.loop_var.id, copy.into());
            stmt = Stmt::For(Arc::new(For { loop_var: copy, ..with_body(f, stmt) }));
        }
    }
    substitute(&stmt, &vars)
}
