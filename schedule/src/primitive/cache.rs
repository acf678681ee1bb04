//! `cache_read(block, read_buffer_index, storage_scope, consumer_blocks)` and
//! `cache_write(block, write_buffer_index, storage_scope, consumer_blocks)`: a copy of a buffer,
//! in memory of another scope, that blocks access in its place.

use super::Primitive;
use crate::analysis::buffers::{Access, block_and_buffer, changed, check_scope};
use crate::analysis::cover::{exact_region, facts};
use crate::analysis::honest::expect_honest;
use crate::analysis::kind::{expect_flow_in_blocks, scope_of};
use crate::analysis::scope::{Scope, child_blocks, reads, writes};
use crate::args::Args;
use crate::build::{conditions, copy_block, serial};
use crate::error::{Result, ScheduleError};
use crate::place::{Place, Slot, with_allocations, with_block};
use crate::schedule::Schedule;
use crate::value::Value;
use std::sync::Arc;
use tirade_ir::arith::{Analyzer, IntSet, add, binary, sub};
use tirade_ir::diag::Code;
use tirade_ir::expr::BufferLoad;
use tirade_ir::rewrite::{
    Rewrite, Rewriter, rewrite_slice, walk_rewrite_buffer_region, walk_rewrite_expr,
    walk_rewrite_stmt,
};
use tirade_ir::stmt::BufferStore;
use tirade_ir::visit::{any_stmt, for_each_expr, for_each_stmt, uses_var};
use tirade_ir::{
    BinOp, Block, BlockId, BlockRealize, Buffer, BufferRegion, For, IterVar, IterVarKind, PrimExpr,
    Range, Span, Stmt, Symbol, Var,
};

/// `cache_read`
pub const CACHE_READ: Primitive = Primitive {
    name: "cache_read",
    kind: "CacheRead",
    signature: "(block, read_buffer_index, storage_scope, consumer_blocks=None)",
    attrs: &["read_buffer_index", "storage_scope"],
    spread: Some("consumer_blocks"),
    apply: |schedule, args| cache(schedule, args, Access::Read, "read_buffer_index"),
    doc: "Copies a buffer into memory of another scope, from which blocks read.",
};

/// `cache_write`
pub const CACHE_WRITE: Primitive = Primitive {
    name: "cache_write",
    kind: "CacheWrite",
    signature: "(block, write_buffer_index, storage_scope, consumer_blocks=None)",
    attrs: &["write_buffer_index", "storage_scope"],
    spread: Some("consumer_blocks"),
    apply: |schedule, args| cache(schedule, args, Access::Write, "write_buffer_index"),
    doc: "Lets a block write to memory of another scope, which is copied into the buffer.",
};

fn cache(schedule: &mut Schedule, args: &Args, access: Access, index: &str) -> Result<Value> {
    let storage = check_scope(args.str("storage_scope")?)?;
    let (place, accessed) = block_and_buffer(schedule, args, index, access)?;
    let buffer = accessed.buffer;
    let chosen = consumer_blocks(schedule, args, &place)?;
    let scope = scope_of(&place)?;
    expect_flow_in_blocks(&scope)?;
    place.expect_outside_init()?;
    for child in &scope.children {
        expect_honest(child)?;
    }
    let writer = only_writer(&scope, &place, &buffer, access)?;
    let readers: Vec<&Place> = scope
        .children
        .iter()
        .filter(|child| reads(child.block(), &buffer))
        .filter(|child| writer.is_none_or(|w| w.block().id != child.block().id))
        .collect();
    let is_chosen = |reader: &&&Place| chosen.contains(&reader.block().id);
    // Who accesses the copy, and who makes it stand where it does.
    let (mut users, related): (Vec<BlockId>, Vec<&Place>) = match access {
        Access::Read if chosen.is_empty() => {
            (readers.iter().map(|r| r.block().id).collect(), readers.clone())
        }
        Access::Read => (chosen.clone(), readers.iter().filter(is_chosen).copied().collect()),
        Access::Write => {
            (chosen.clone(), readers.iter().filter(|r| !is_chosen(r)).copied().collect())
        }
    };
    if access == Access::Write {
        users.push(place.block().id);
    }
    let spot = Spot::of(&scope, writer, &related, access)?;
    let region = copied_region(&scope, writer, &spot, &buffer)?;
    expect_inside(&place, &buffer, &region)?;
    if let Some(writer) = writer {
        expect_own_reads(writer, &buffer)?;
        expect_own_predicate(writer, &spot)?;
    }
    if scope.place.block().init.as_ref().is_some_and(|init| accesses(init, &buffer)) {
        let message =
            format!("the init of `{}` accesses `{}`", scope.place.block().name, buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
            .at(scope.place.at())
            .help("decompose the reduction first"));
    }
    // In a loop, the copy has the places of the buffer; outside, only those that are copied.
    let is_whole = spot.in_loop;
    let copy = changed(&buffer, |node| {
        node.name = Symbol::new(&format!("{}_{storage}", buffer.name));
        node.scope = storage;
        (node.strides, node.elem_offset) = (Box::default(), None);
        if !is_whole {
            node.shape = region.iter().map(|range| range.extent.clone()).collect();
        }
    });
    let name = Symbol::new(&format!("{}_{storage}", buffer.name));
    let (stage, id) = match access {
        Access::Read => copy_stage(name, (&buffer, false), (&copy, !is_whole), &region),
        Access::Write => copy_stage(name, (&copy, !is_whole), (&buffer, false), &region),
    };
    let mins = region.iter().map(|range| match is_whole {
        true => PrimExpr::int(0, range.min.dtype()),
        false => range.min.clone(),
    });
    let mins: Vec<PrimExpr> = mins.collect();
    if mins.iter().any(|min| !min.is_int(0)) || copy.shape != buffer.shape {
        let mut by_users = scope.children.iter().filter(|c| users.contains(&c.block().id));
        by_users.try_for_each(|user| expect_plain(user, &buffer))?;
    }
    let swap = Swap { old: buffer.clone(), new: copy.clone(), mins };
    let body = spot.inserted(&scope, stage);
    let mut rewrite = Redirect { scope: scope.place.block().id, users, swap, copy };
    let body = body.rewrite_or_clone(&mut rewrite);
    schedule.set_body(&place.func, body);
    Ok(schedule.new_block(place.func.name, id).into())
}

/// The blocks that are named as consumers, by handle or by name.
fn consumer_blocks(schedule: &Schedule, args: &Args, place: &Place) -> Result<Vec<BlockId>> {
    let given = args.opt("consumer_blocks").map(Value::flat).unwrap_or_default();
    let id = |value: &Value| match value {
        Value::Str(name) => {
            let func = place.func.name;
            schedule.block_named(name, Some(func.as_str())).map(|found| found.block().id)
        }
        Value::Block(rv) => schedule.block(*rv).map(|found| found.block().id),
        other => {
            let message = format!("`consumer_blocks` are blocks, not {}", other.type_name());
            Err(ScheduleError::argument(message))
        }
    };
    given.iter().map(id).collect()
}

/// The block of the scope that writes the buffer, if there is one.
pub(super) fn only_writer<'a>(
    scope: &'a Scope,
    place: &Place,
    buffer: &Buffer,
    access: Access,
) -> Result<Option<&'a Place>> {
    let writers = scope.writers(buffer);
    if let [first, second, ..] = writers[..] {
        let message = format!("several blocks write `{}`", buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
            .at(first.at())
            .at_with(second.at(), "another one"));
    }
    let own =
        access == Access::Read && writers.first().is_some_and(|w| w.block().id == place.block().id);
    if own {
        let message = format!("`{}` reads `{}`, which it writes", place.block().name, buffer.name);
        return Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
            .at(place.at())
            .help("cache what it writes, with `cache_write`"));
    }
    Ok(writers.first().copied())
}

/// Where the copy is made.
pub(super) struct Spot {
    /// The sequence, and the position in it; without one, the beginning or the end of the scope.
    before: Option<(Place, usize)>,
    at_end: bool,
    /// The sequence stands in a loop.
    in_loop: bool,
    /// Statements around the place, outermost first, counted.
    pub(super) depth: usize,
}

impl Spot {
    pub(super) fn of(
        scope: &Scope,
        writer: Option<&Place>,
        related: &[&Place],
        access: Access,
    ) -> Result<Spot> {
        let top = scope.place.around.len() + 1;
        let nowhere =
            Spot { before: None, at_end: access == Access::Write, in_loop: false, depth: top };
        let Some(writer) = writer else { return Ok(nowhere) };
        let position = |p: &Place| scope.position(p.block().id);
        let Some(first) = related.iter().find(|r| position(r) > position(writer)) else {
            return match access {
                Access::Write if related.is_empty() => Ok(nowhere),
                _ => {
                    let message = "no block behind the one that writes reads the copy";
                    Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message).at(writer.at()))
                }
            };
        };
        let shared = writer.around.iter().zip(&first.around).take_while(|(a, b)| a.1 == b.1);
        let at = shared.count();
        let Some((Stmt::Seq(_), Slot::Seq(item))) = first.around.get(at) else {
            let message = "the blocks do not stand one after the other";
            return Err(ScheduleError::new(Code::SCHEDULE_STRUCTURE, message)
                .at(writer.at())
                .at_with(first.at(), "the reader"));
        };
        let parent = first.around[..at].iter().rev().find_map(|(stmt, _)| match stmt {
            Stmt::For(_) => Some(true),
            Stmt::Block(_) => Some(false),
            _ => None,
        });
        let sequence = first.ancestor(at);
        let in_loop = parent == Some(true);
        Ok(Spot { before: Some((sequence, *item)), at_end: false, in_loop, depth: at })
    }

    /// The function's body with the copy in this place.
    pub(super) fn inserted(&self, scope: &Scope, stage: Stmt) -> Stmt {
        if let Some((sequence, item)) = &self.before {
            let mut stmts = sequence.stmt.as_slice().to_vec();
            stmts.insert(*item, stage);
            return sequence.replaced(Stmt::seq(stmts));
        }
        let mut block = Block::clone(scope.place.block());
        block.body = match self.at_end {
            true => Stmt::seq([block.body, stage]),
            false => Stmt::seq([stage, block.body]),
        };
        scope.place.replaced(with_block(scope.place.realize(), block))
    }
}

/// The part of the buffer that is copied: all that the writer writes below the place, which must be
/// known exactly; of a buffer that comes from outside, what the scope reads.
fn copied_region(
    scope: &Scope,
    writer: Option<&Place>,
    spot: &Spot,
    buffer: &Buffer,
) -> Result<Vec<Range>> {
    let Some(writer) = writer else {
        let declared = scope.place.block().reads.iter().find(|r| r.buffer == *buffer);
        let region: Vec<Range> = match declared {
            Some(region) => region.region.to_vec(),
            None => buffer.shape.iter().map(|n| Range::from_extent(n.clone())).collect(),
        };
        expect_read(scope, buffer, &region)?;
        return Ok(region);
    };
    let below = writer.loops_between(spot.depth, writer.around.len());
    let above = writer.loops_between(0, spot.depth);
    let analyzer = facts(&writer.func, &above);
    let written = writer.block().writes.iter().find(|w| w.buffer == *buffer);
    let written = written.expect("the writer writes the buffer");
    let Some(sets) = exact_region(writer.realize(), written, &below, &analyzer) else {
        let message = format!(
            "which part of `{}` block `{}` writes is not known exactly",
            buffer.name,
            writer.block().name
        );
        return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
            .at(writer.at())
            .note("the copy would take over places that were not written"));
    };
    expect_filled(writer, written)?;
    Ok(sets.iter().zip(&buffer.shape).map(|(set, n)| range_of(set, n, &analyzer)).collect())
}

/// Nothing is copied that the buffer does not have.
fn expect_inside(place: &Place, buffer: &Buffer, region: &[Range]) -> Result<()> {
    let mut analyzer = facts(&place.func, &place.all_loops());
    for (stmt, _) in &place.around {
        if let Stmt::Block(realize) = stmt {
            realize.block.iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
        }
    }
    let inside = region.iter().zip(&buffer.shape).all(|(range, extent)| {
        analyzer.can_prove_at_least(&range.min, 0)
            && analyzer.can_prove(&binary(BinOp::Le, &add(&range.min, &range.extent), extent))
    });
    match inside {
        true => Ok(()),
        false => {
            let message = format!("the region of `{}` reaches outside of it", buffer.name);
            Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(place.at())
                .note("only a condition in the block keeps accesses inside"))
        }
    }
}

/// A block that reads the buffer that it writes is a reduction with its init, which reads where it
/// writes.
fn expect_own_reads(writer: &Place, buffer: &Buffer) -> Result<()> {
    let block = writer.block();
    let refuse = |what: &str| {
        let message = format!("block `{}` {what} `{}`", block.name, buffer.name);
        Err(ScheduleError::new(Code::SCHEDULE_BLOCK_KIND, message)
            .at(writer.at())
            .note("the copy does not hold what was there before"))
    };
    // A block with blocks inside may read what those have written.
    if !child_blocks(&block.body).is_empty() {
        let touches = |c: &&Place| reads(c.block(), buffer) || writes(c.block(), buffer);
        let inside = Scope::of(writer);
        let first = inside.children.iter().find(touches);
        let goes_on = block.init.is_none() && first.is_some_and(|c| reads(c.block(), buffer));
        return if goes_on { refuse("goes on from what is in") } else { Ok(()) };
    }
    let mut loads: Vec<Box<[PrimExpr]>> = Vec::new();
    for_each_expr(&block.body, |e| match e {
        PrimExpr::Load(load) if load.buffer == *buffer => loads.push(load.indices.clone()),
        _ => {}
    });
    if loads.is_empty() {
        return Ok(());
    }
    if block.init.is_none() {
        return refuse("goes on from what is in");
    }
    let mut stores: Vec<Box<[PrimExpr]>> = Vec::new();
    for_each_stmt(&block.body, |s| match s {
        Stmt::Store(store) if store.buffer == *buffer => stores.push(store.indices.clone()),
        _ => {}
    });
    match loads.iter().all(|load| stores.contains(load)) {
        true => Ok(()),
        false => refuse("reads other places than it writes of"),
    }
}

/// Of a buffer that the function allocates, nothing is copied that the scope does not read: it may
/// never have been written.
fn expect_read(scope: &Scope, buffer: &Buffer, region: &[Range]) -> Result<()> {
    let func = &scope.place.func;
    if func.buffers().any(|param| param == buffer) {
        return Ok(());
    }
    let reads_all = |child: &Place| {
        let Some(own) = child.block().reads.iter().find(|r| r.buffer == *buffer) else {
            return false;
        };
        let loops = child.loops();
        let mut analyzer = facts(func, &scope.place.all_loops());
        scope.place.block().iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
        let exact = exact_region(child.realize(), own, &loops, &analyzer);
        exact.is_some_and(|sets| is_region(&sets, region, buffer, &analyzer))
    };
    if scope.children.iter().any(reads_all) {
        return Ok(());
    }
    let message = format!(
        "whether block `{}` reads all of the region of `{}` is not known",
        scope.place.block().name,
        buffer.name
    );
    Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
        .at(scope.place.at())
        .note("the copy would read places that nothing may have written"))
}

/// What a block declares to write, the blocks inside of it write, all of it.
fn expect_filled(writer: &Place, declared: &BufferRegion) -> Result<()> {
    let mut inside = Scope::of(writer);
    inside.children.retain(|child| writes(child.block(), &declared.buffer));
    for child in &inside.children {
        let region = child.block().writes.iter().find(|w| w.buffer == declared.buffer);
        let region = region.expect("the child writes the buffer");
        let below =
            child.around[writer.around.len() + 1..].iter().filter_map(|(stmt, _)| match stmt {
                Stmt::For(f) => Some(f.clone()),
                _ => None,
            });
        let below: Vec<Arc<For>> = below.collect();
        let mut analyzer = facts(&writer.func, &writer.all_loops());
        writer.block().iter_vars.iter().for_each(|axis| analyzer.bind(axis.var, &axis.dom));
        let exact = exact_region(child.realize(), region, &below, &analyzer);
        let fills = exact
            .is_some_and(|sets| is_region(&sets, &declared.region, &declared.buffer, &analyzer));
        if !fills {
            let message = format!(
                "whether block `{}` writes all of `{}` that it declares is not known",
                writer.block().name,
                declared.buffer.name
            );
            return Err(ScheduleError::new(Code::SCHEDULE_REGION, message)
                .at(writer.at())
                .at_with(child.at(), "what writes it"));
        }
        expect_filled(child, region)?;
    }
    Ok(())
}

/// Whether the block runs is not decided by loops around the place of the copy.
pub(super) fn expect_own_predicate(writer: &Place, spot: &Spot) -> Result<()> {
    let above = writer.around[..spot.depth].iter().filter_map(|(stmt, _)| match stmt {
        Stmt::For(f) => Some(f.loop_var),
        _ => None,
    });
    let above: Vec<_> = above.collect();
    let analyzer = facts(&writer.func, &writer.all_loops());
    let decides = conditions(&writer.realize().predicate)
        .into_iter()
        .any(|part| above.iter().any(|var| uses_var(&part, *var)) && !analyzer.can_prove(&part));
    match decides {
        false => Ok(()),
        true => {
            let message = format!(
                "a condition on loops around decides whether block `{}` runs",
                writer.block().name
            );
            Err(ScheduleError::new(Code::SCHEDULE_REGION, message).at(writer.at()))
        }
    }
}

fn accesses(stmt: &Stmt, buffer: &Buffer) -> bool {
    let loads = |e: &PrimExpr| matches!(e, PrimExpr::Load(load) if load.buffer == *buffer);
    let mut found = false;
    for_each_expr(stmt, |e| found |= loads(e));
    found || any_stmt(stmt, |s| matches!(s, Stmt::Store(store) if store.buffer == *buffer))
}

/// True if the sets are certainly that region of the buffer.
fn is_region(sets: &[IntSet], region: &[Range], buffer: &Buffer, analyzer: &Analyzer) -> bool {
    sets.iter().zip(region).zip(&buffer.shape).all(|((set, range), n)| {
        let found = range_of(set, n, analyzer);
        analyzer.can_prove_equal(&found.min, &range.min)
            && analyzer.can_prove_equal(&found.extent, &range.extent)
    })
}

/// The set as a range; an end that is not known, or cut off by a predicate, is that of the buffer.
fn range_of(set: &IntSet, extent: &PrimExpr, analyzer: &Analyzer) -> Range {
    let (zero, one) = (PrimExpr::int(0, extent.dtype()), PrimExpr::int(1, extent.dtype()));
    let low = analyzer.simplify(set.min.as_ref().unwrap_or(&zero));
    let end = set.max.as_ref().map_or(extent.clone(), |last| add(last, &one));
    let end = match analyzer.can_prove_less(extent, &end) {
        true => extent.clone(),
        false => end,
    };
    let extent = analyzer.simplify(&sub(&end, &low));
    Range::new(low, extent)
}

/// The block uses the buffer by its elements only.
pub(super) fn expect_plain(place: &Place, buffer: &Buffer) -> Result<()> {
    let mut is_opaque = false;
    for_each_expr(&place.block().body, |e| {
        is_opaque |= matches!(e, PrimExpr::Var(var) if *var == buffer.data);
    });
    match is_opaque {
        false => Ok(()),
        true => {
            let message = format!("`{}` is accessed by its address", buffer.name);
            Err(ScheduleError::new(Code::SCHEDULE_PATTERN, message).at(place.at()))
        }
    }
}

/// The block that copies a region, in loops of its own. A buffer that is packed has the region's
/// first element at 0.
fn copy_stage(
    name: Symbol,
    (source, source_packed): (&Buffer, bool),
    (target, target_packed): (&Buffer, bool),
    region: &[Range],
) -> (Stmt, BlockId) {
    let is_packed = source_packed || target_packed;
    let full = if source_packed { target } else { source };
    let mut axes = Vec::new();
    let mut values: Vec<PrimExpr> = Vec::new();
    let mut loops = Vec::new();
    for (i, range) in region.iter().enumerate() {
        let dtype = range.extent.dtype();
        let loop_var = Var::new(format!("ax{i}").as_str(), dtype);
        let extent = if is_packed { &range.extent } else { &full.shape[i] };
        axes.push(IterVar {
            var: Var::new(format!("v{i}").as_str(), dtype),
            dom: Range::from_extent(extent.clone()),
            kind: IterVarKind::DataPar,
            thread_tag: None,
            span: Span::NONE,
        });
        values.push(if is_packed { loop_var.into() } else { add(&range.min, &loop_var.into()) });
        loops.push((loop_var, range.extent.clone()));
    }
    let indices = |packed: bool| -> Vec<PrimExpr> {
        let shifted = |(axis, range): (&IterVar, &Range)| match is_packed && !packed {
            true => add(&range.min, &axis.var.into()),
            false => axis.var.into(),
        };
        axes.iter().zip(region).map(shifted).collect()
    };
    let (from, to) = (indices(source_packed), indices(target_packed));
    let block = copy_block(name, axes, (source, from), (target, to));
    let id = block.id;
    let realize = BlockRealize {
        iter_values: values.into(),
        predicate: PrimExpr::bool(true),
        block: Arc::new(block),
    };
    let block = Stmt::Block(Arc::new(realize));
    let nest = loops.into_iter().rev();
    let stmt = nest.fold(block, |body, (var, extent)| serial(var, extent, body, Span::NONE));
    (stmt, id)
}

/// Blocks access the copy, and their scope allocates it.
pub(super) struct Redirect<S> {
    pub(super) scope: BlockId,
    pub(super) users: Vec<BlockId>,
    pub(super) swap: S,
    pub(super) copy: Buffer,
}

impl<S: Rewriter> Rewriter for Redirect<S> {
    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let Stmt::Block(realize) = stmt else { return walk_rewrite_stmt(self, stmt) };
        if self.users.contains(&realize.block.id) {
            return stmt.rewrite_with(&mut self.swap);
        }
        if realize.block.id != self.scope {
            return walk_rewrite_stmt(self, stmt);
        }
        let mut block = with_allocations(&realize.block, std::slice::from_ref(&self.copy));
        block.body = block.body.rewrite_or_clone(self);
        Some(with_block(realize, block))
    }
}

/// The copy in the place of the buffer.
struct Swap {
    old: Buffer,
    new: Buffer,
    mins: Vec<PrimExpr>,
}

impl Swap {
    fn shifted(&mut self, indices: &[PrimExpr]) -> Box<[PrimExpr]> {
        let indices = rewrite_slice(indices, |e| self.rewrite_expr(e)).unwrap_or(indices.into());
        let analyzer = Analyzer::new();
        let shift = |(index, min): (&PrimExpr, &PrimExpr)| match min.is_int(0) {
            true => index.clone(),
            false => analyzer.simplify(&sub(index, min)),
        };
        indices.iter().zip(&self.mins).map(shift).collect()
    }
}

impl Rewriter for Swap {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Load(load) if load.buffer == self.old => {
                let indices = self.shifted(&load.indices);
                Some(PrimExpr::Load(Arc::new(BufferLoad {
                    buffer: self.new.clone(),
                    indices,
                    predicate: load.predicate.clone(),
                    span: load.span,
                })))
            }
            PrimExpr::Var(var) if *var == self.old.data => Some(self.new.data.into()),
            other => walk_rewrite_expr(self, other),
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let inner = walk_rewrite_stmt(self, stmt);
        match inner.as_ref().unwrap_or(stmt) {
            Stmt::Store(store) if store.buffer == self.old => {
                Some(Stmt::Store(Arc::new(BufferStore {
                    buffer: self.new.clone(),
                    indices: self.shifted(&store.indices),
                    value: store.value.clone(),
                    predicate: store.predicate.clone(),
                    span: store.span,
                })))
            }
            _ => inner,
        }
    }

    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        if region.buffer != self.old {
            return walk_rewrite_buffer_region(self, region);
        }
        let mins: Vec<PrimExpr> = region.region.iter().map(|r| r.min.clone()).collect();
        let mins = self.shifted(&mins);
        let ranges = mins.iter().zip(&region.region);
        let region = ranges.map(|(min, r)| Range::new(min.clone(), r.extent.clone())).collect();
        Some(BufferRegion { buffer: self.new.clone(), region })
    }
}
