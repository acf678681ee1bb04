//! `blockize([blocks])`: neighbouring subtrees as one block.

use super::blockize::{Axes, inner_block, not_divisible, relaxed};
use crate::analysis::context::{analyzer_of, substitute_simplified};
use crate::analysis::subspace::divide;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::place::{Place, Slot, with_body};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::{Analyzer, IntSet};
use tirade_ir::diag::Code;
use tirade_ir::stmt::{Block, BlockRealize, For, InferredRegions, IterVar, IterVarKind, Stmt};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::{BlockId, BufferRegion, PrimExpr, Range, Symbol};

pub(super) fn apply(schedule: &mut Schedule, args: &Args, keep_unit: bool) -> Result<Value> {
    let blocks = args.blocks("target")?;
    let places: Result<Vec<Place>> = blocks.iter().map(|rv| schedule.block(*rv)).collect();
    let places = places?;
    let refuse = |message: &str| {
        let error = ScheduleError::new(Code::SCHEDULE_STRUCTURE, message.to_string());
        places.iter().fold(error, |error, place| error.at(place.at()))
    };
    let Some(first) = places.first() else { return Err(refuse("there is no block to blockize")) };
    let shared = common_depth(&places);
    let positions: Option<Vec<usize>> =
        places.iter().map(|place| seq_slot(place, shared)).collect();
    let mut positions =
        positions.ok_or_else(|| refuse("the blocks do not stand in one sequence of statements"))?;
    positions.sort_unstable();
    if positions.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
        return Err(refuse("the blocks do not stand directly behind each other"));
    }
    let mut joined = Joined::default();
    for place in &places {
        joined.add(place, shared, keep_unit)?;
    }
    let outer = joined.finish(first.block().span);
    let id = outer.block.id;
    let sequence = first.ancestor(shared);
    let Stmt::Seq(seq) = &sequence.stmt else { return Err(refuse("the blocks stand alone")) };
    let new = seq.stmts.iter().enumerate().filter_map(|(i, stmt)| match positions.contains(&i) {
        true if i == positions[0] => Some(Stmt::Block(Arc::new(outer.clone()))),
        true => None,
        false => Some(stmt.clone()),
    });
    let new = Stmt::seq(new);
    schedule.replace(&sequence, new);
    Ok(schedule.new_block(first.func.name, id).into())
}

/// How many statements all places have around them.
fn common_depth(places: &[Place]) -> usize {
    let depth = |a: &Place, b: &Place| {
        let same = a.around.iter().zip(&b.around).take_while(|(x, y)| x.1 == y.1);
        same.count()
    };
    let first = &places[0];
    places.iter().map(|place| depth(first, place)).min().unwrap_or(0)
}

fn seq_slot(place: &Place, depth: usize) -> Option<usize> {
    match place.around.get(depth)? {
        (_, Slot::Seq(i)) => Some(*i),
        _ => None,
    }
}

/// What the blocks become together.
#[derive(Default)]
struct Joined {
    axes: Option<(Vec<IterVar>, Vec<PrimExpr>)>,
    predicate: Option<PrimExpr>,
    loop_vars: VarMap,
    reads: Vec<BufferRegion>,
    writes: Vec<BufferRegion>,
    name: String,
    body: Vec<Stmt>,
    analyzer: Option<Analyzer>,
}

impl Joined {
    fn add(&mut self, place: &Place, shared: usize, keep_unit: bool) -> Result<()> {
        let mut analyzer = self.analyzer.take().unwrap_or_else(|| analyzer_of(place));
        let realize = place.realize();
        let all = place.loops();
        let is_for = |(stmt, _): &&(Stmt, Slot)| matches!(stmt, Stmt::For(_));
        let n_inner = place.around[shared..].iter().filter(is_for).count();
        let (outer, inner) = all.split_at(all.len() - n_inner.min(all.len()));
        let division = divide(realize, outer, inner, &analyzer, keep_unit)
            .ok_or_else(|| not_divisible(place, place))?;
        let known = self.axes.as_ref().map(|(axes, _)| &axes[..]);
        if known.is_some_and(|known| known.len() != division.axes.len()) {
            let message = "the blocks do not have the same number of axes";
            return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
        }
        let axes = Axes::new(&realize.block, &division, keep_unit, known);
        let reduces = realize.block.init.is_some()
            && axes.outer.iter().any(|axis| axis.kind == IterVarKind::CommReduce);
        if reduces {
            let message = "the outer loops of several blocks cannot reduce";
            return Err(ScheduleError::new(Code::SCHEDULE_BINDING, message).at(place.at()));
        }
        for (axis, value) in axes.outer.iter().zip(&axes.outer_values) {
            if let PrimExpr::Var(var) = value {
                self.loop_vars.insert(var.id, axis.var.into());
            }
        }
        let domains = axes.inner_domains(&mut analyzer);
        let block = substitute_simplified(&realize.block, &axes.values, &analyzer);
        self.reads.extend(relaxed(&block.reads, &domains, &analyzer));
        self.writes.extend(relaxed(&block.writes, &domains, &analyzer));
        self.name += &format!("{}_", block.name);
        let mut inner_realize = inner_block(&block, &axes, division.inner_predicate.clone(), false);
        Arc::make_mut(&mut inner_realize.block).init = block.init.clone();
        let mut stmt = Stmt::Block(Arc::new(inner_realize));
        for f in inner.iter().rev() {
            let extent = substitute(&f.extent, &self.loop_vars);
            stmt = Stmt::For(Arc::new(For { extent, ..with_body(f, stmt) }));
        }
        self.body.push(stmt);
        self.predicate.get_or_insert(division.outer_predicate);
        self.axes.get_or_insert((axes.outer, axes.outer_values));
        self.analyzer = Some(analyzer);
        Ok(())
    }

    fn finish(self, span: tirade_ir::Span) -> BlockRealize {
        let analyzer = self.analyzer.unwrap_or_default();
        let (axes, values) = self.axes.unwrap_or_default();
        let block = Block {
            id: BlockId::fresh(),
            name: Symbol::new(&format!("outer_{}", self.name)),
            iter_vars: axes.into(),
            reads: united(&self.reads, &analyzer),
            writes: united(&self.writes, &analyzer),
            inferred: InferredRegions::default(),
            init: None,
            alloc_buffers: Box::default(),
            match_buffers: Box::default(),
            annotations: Default::default(),
            body: Stmt::seq(self.body),
            span,
        };
        BlockRealize {
            iter_values: values.into(),
            predicate: self.predicate.unwrap_or_else(|| PrimExpr::bool(true)),
            block: Arc::new(block),
        }
    }
}

/// One region for each buffer.
fn united(regions: &[BufferRegion], analyzer: &Analyzer) -> Box<[BufferRegion]> {
    let mut found: Vec<BufferRegion> = Vec::new();
    for region in regions {
        match found.iter_mut().find(|other| other.buffer == region.buffer) {
            None => found.push(region.clone()),
            Some(other) => {
                let pairs = other.region.iter().zip(&region.region).zip(&region.buffer.shape);
                let united = pairs.map(|((a, b), extent)| {
                    let both = IntSet::from_range(a).union(&IntSet::from_range(b), analyzer);
                    both.cover_range(&Range::from_extent(extent.clone()), analyzer)
                });
                other.region = united.collect();
            }
        }
    }
    found.into()
}
