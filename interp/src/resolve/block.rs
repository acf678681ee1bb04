//! Blocks: what of their rules can be told without running them.

use super::func::FuncResolver;
use super::path::Step;
use crate::tree::{Block, CallRegions, Instances, Iter, Match, Region, RegionCheck, Slot, Stmt};
use rustc_hash::FxHashSet;
use std::sync::Arc;
use tirade_ir::visit::{Visitor, walk_block, walk_expr};
use tirade_ir::{
    BinOp, Block as IrBlock, BlockRealize, Buffer, BufferRegion, IterVarKind, MatchBufferRegion,
    PrimExpr, Range, Span, Var, VarId,
};

/// An enclosing block.
pub(super) struct BlockContext {
    /// Its number.
    id: usize,
    block: Arc<IrBlock>,
    /// Pointers to memory that an instance allocates itself.
    pub(super) allocated: FxHashSet<VarId>,
    /// Some access has to be held against the regions at run time.
    consulted: bool,
    /// Pointers to memory that is listed in `writes` alone, and read in the body nevertheless.
    read_back: FxHashSet<VarId>,
    /// Pointers to memory that a lowered init sets: a branch at the start of a block without axes.
    lowered_init: FxHashSet<VarId>,
    /// Instances may be computed anew by another iteration of the loops around.
    pub(super) recomputes: bool,
}

impl BlockContext {
    /// True if the block's regions say what it accesses. A block without axes that lists neither
    /// reads nor writes says nothing.
    fn lists(&self, is_write: bool) -> bool {
        let b = &self.block;
        let silent = b.reads.is_empty() && b.writes.is_empty() && b.iter_vars.is_empty();
        !silent && !(if is_write { b.inferred.writes } else { b.inferred.reads })
    }
}

/// Ranges of the variables of enclosing loops and axes.
#[derive(Default)]
pub(super) struct Ranges(Vec<(Var, PrimExpr, PrimExpr)>);

impl Ranges {
    pub(super) fn push(&mut self, var: Var, min: &PrimExpr, extent: &PrimExpr) {
        self.0.push((var, min.clone(), extent.clone()));
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    fn get(&self, var: Var) -> Option<&(Var, PrimExpr, PrimExpr)> {
        self.0.iter().rev().find(|(v, _, _)| *v == var)
    }

    /// First and last value of a variable whose range is constant and not empty.
    pub(super) fn constant(&self, var: Var) -> Option<(i128, i128)> {
        let (_, min, extent) = self.get(var)?;
        let (min, extent) = (min.as_int()?, extent.as_int()?);
        (extent > 0).then_some((min, min + extent - 1))
    }

    /// Smallest and largest value of an integer expression over variables of constant range.
    pub(super) fn bounds(&self, e: &PrimExpr) -> Option<(i128, i128)> {
        let (lo, hi) = match e {
            PrimExpr::Int { .. } => (e.as_int()?, e.as_int()?),
            PrimExpr::Var(var) => self.constant(*var)?,
            PrimExpr::Cast(c) if c.dtype.is_integer() && c.value.dtype().is_integer() => {
                self.bounds(&c.value)?
            }
            PrimExpr::Binary(b) => {
                let (a, b, op) = (self.bounds(&b.lhs)?, self.bounds(&b.rhs)?, b.op);
                match op {
                    BinOp::Add => (a.0 + b.0, a.1 + b.1),
                    BinOp::Sub => (a.0 - b.1, a.1 - b.0),
                    BinOp::Mul => {
                        let all = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
                        (*all.iter().min()?, *all.iter().max()?)
                    }
                    BinOp::FloorDiv if b.0 == b.1 && b.0 > 0 => {
                        (a.0.div_euclid(b.0), a.1.div_euclid(b.0))
                    }
                    BinOp::FloorMod if b.0 == b.1 && b.0 > 0 => {
                        if a.0.div_euclid(b.0) == a.1.div_euclid(b.0) {
                            (a.0.rem_euclid(b.0), a.1.rem_euclid(b.0))
                        } else {
                            (0, b.0 - 1)
                        }
                    }
                    BinOp::Min => (a.0.min(b.0), a.1.min(b.1)),
                    BinOp::Max => (a.0.max(b.0), a.1.max(b.1)),
                    _ => return None,
                }
            }
            _ => return None,
        };
        // A value that its type cannot hold wraps: nothing is known of it.
        let dtype = e.dtype();
        (dtype.holds_int(lo) && dtype.holds_int(hi)).then_some((lo, hi))
    }

    /// True if `index` lies in `range` by its form: for every value of the enclosing variables.
    fn is_inside(&self, index: &PrimExpr, range: &Range) -> bool {
        if range.extent.is_int(1) {
            return *index == range.min;
        }
        let rest = match index {
            _ if range.min.is_int(0) => index.clone(),
            PrimExpr::Binary(b) if b.op == BinOp::Add && b.lhs == range.min => b.rhs.clone(),
            PrimExpr::Binary(b) if b.op == BinOp::Add && b.rhs == range.min => b.lhs.clone(),
            _ if *index == range.min => PrimExpr::int(0, index.dtype()),
            _ => match (self.bounds(index), self.bounds(&range.min), range.extent.as_int()) {
                (Some(i), Some(m), Some(n)) => return m.1 <= i.0 && i.1 < m.0 + n,
                _ => return false,
            },
        };
        if let PrimExpr::Var(var) = &rest
            && let Some((_, min, extent)) = self.get(*var)
            && min.is_int(0)
            && *extent == range.extent
        {
            return true;
        }
        match (self.bounds(&rest), range.extent.as_int()) {
            (Some((lo, hi)), Some(n)) => 0 <= lo && hi < n,
            _ => false,
        }
    }
}

impl FuncResolver<'_, '_> {
    /// A block with the values of its axes.
    pub(super) fn block(&mut self, realize: &BlockRealize) -> Stmt {
        let block = &realize.block;
        let id = self.block_children.len();
        self.block_children.push(Vec::new());
        self.block_names.push(block.name);
        match self.blocks.last() {
            Some(outer) => self.block_children[outer.id].push(id),
            None => self.root_blocks.push(id),
        }
        let span = block.span;
        let values: Vec<_> = realize.iter_values.iter().map(|e| self.index(e, span)).collect();
        let has_predicate = !realize.predicate.is_int(1);
        let predicate = has_predicate.then(|| self.scalar(&realize.predicate, span));
        let mut vars = Vec::new();
        let mut iters = Vec::new();
        for ((iter, value), bound) in block.iter_vars.iter().zip(values).zip(&realize.iter_values) {
            let in_domain = self.is_in_domain(bound, &iter.dom);
            let dom_min = self.index(&iter.dom.min, iter.span.or(span));
            let dom_extent = self.index(&iter.dom.extent, iter.span.or(span));
            let slot = self.define_scalar(iter.var, iter.span.or(span));
            vars.push((iter.var, slot));
            let (var, kind, span) = (iter.var, iter.kind, iter.span.or(span));
            iters.push(Iter { var, slot, value, dom_min, dom_extent, kind, in_domain, span });
        }
        let scope = self.open_scope(Some(block.name), vars);
        for iter in &block.iter_vars {
            self.ranges.push(iter.var, &iter.dom.min, &iter.dom.extent);
        }
        let instances = self.instances(realize);
        if instances != Instances::default() {
            // The step before is the loop whose iterations may compute the block anew.
            let at = self.recompute_scope(realize).checked_sub(1);
            let at = at.filter(|at| matches!(self.path[*at], Step::Loop(_)));
            self.recomputed.extend(at.map(|at| (at, id)));
        }
        for (iter, value) in block.iter_vars.iter().zip(&realize.iter_values) {
            self.meanings.set(iter.var, value);
        }
        for m in &block.match_buffers {
            self.views.insert(m.buffer.id, m.source.clone());
        }
        self.path.push(Step::Block);
        let context = BlockContext {
            id,
            block: block.clone(),
            allocated: Default::default(),
            consulted: false,
            read_back: self.read_back(block),
            lowered_init: self.lowered_init(block),
            recomputes: self.is_recomputed(realize),
        };
        let remembers_writes = !context.read_back.is_empty();
        self.blocks.push(context);
        let allocs = block.alloc_buffers.iter().map(|b| self.alloc(b, b.span)).collect();
        let matches = block.match_buffers.iter().map(|m| self.match_buffer(m)).collect();
        let init = block.init.as_ref().map(|s| self.stmt(s));
        let body = self.stmt(&block.body);
        let consulted = self.blocks.pop().is_some_and(|c| c.consulted);
        let regions = if consulted { self.regions(block) } else { Box::default() };
        block.iter_vars.iter().for_each(|_| self.ranges.pop());
        self.close_scope();
        self.path.pop();
        let mut resolved = Block {
            id,
            name: block.name,
            iters: iters.into(),
            predicate,
            scope,
            regions,
            remembers_writes,
            allocs,
            matches,
            init,
            body,
            instances,
            span,
        };
        super::strip::find_init(&mut resolved);
        Stmt::Block(Box::new(resolved))
    }

    fn is_in_domain(&self, value: &PrimExpr, dom: &Range) -> bool {
        if let PrimExpr::Var(var) = value
            && let Some((_, min, extent)) = self.ranges.get(*var)
            && *min == dom.min
            && *extent == dom.extent
        {
            return true;
        }
        match (self.ranges.bounds(value), dom.min.as_int(), dom.extent.as_int()) {
            (Some((lo, hi)), Some(min), Some(n)) => min <= lo && hi < min + n,
            _ => false,
        }
    }

    fn regions(&mut self, block: &IrBlock) -> Box<[Region]> {
        let reads = block.reads.iter().map(|r| (r, false));
        let writes = block.writes.iter().map(|r| (r, true));
        reads.chain(writes).map(|(r, w)| self.region(r, w, block.span)).collect()
    }

    fn region(&mut self, region: &BufferRegion, is_write: bool, span: Span) -> Region {
        let buffer = self.buffer(&region.buffer, span);
        Region { buffer, is_write, ranges: self.index_ranges(&region.region, span) }
    }

    /// The enclosing blocks whose regions an access has to be held against when it runs.
    pub(super) fn region_checks(
        &mut self,
        buffer: &Buffer,
        indices: &[PrimExpr],
        is_write: bool,
    ) -> Box<[RegionCheck]> {
        let root = self.root(buffer.data);
        let mut checks = Vec::new();
        for n in (0..self.blocks.len()).rev() {
            let context = &self.blocks[n];
            if context.allocated.contains(&root) {
                break;
            }
            if !context.lists(is_write) {
                continue;
            }
            let block = context.block.clone();
            let reduces = block.iter_vars.iter().any(|i| i.kind == IterVarKind::CommReduce);
            let reads_writes = !is_write && (reduces || context.lowered_init.contains(&root));
            let listed = |regions: &[BufferRegion]| {
                regions.iter().any(|r| {
                    r.buffer == *buffer
                        && r.region.len() == indices.len()
                        && indices.iter().zip(&r.region).zip(&buffer.shape).all(
                            |((i, range), n)| is_whole(range, n) || self.ranges.is_inside(i, range),
                        )
                })
            };
            let inside = match is_write {
                true => listed(&block.writes),
                false => listed(&block.reads) || (reads_writes && listed(&block.writes)),
            };
            if !inside {
                let own_writes = self.blocks[n].read_back.contains(&root);
                checks.push(RegionCheck { block: self.blocks[n].id, reads_writes, own_writes });
                self.blocks[n].consulted = true;
            }
        }
        checks.into()
    }

    /// The enclosing blocks whose regions have to hold what a callee accesses through `pointers`.
    pub(super) fn call_regions(&mut self, pointers: &[Option<VarId>]) -> Box<[CallRegions]> {
        let mut all = Vec::new();
        for n in (0..self.blocks.len()).rev() {
            let context = &self.blocks[n];
            let (lists_reads, lists_writes) = (context.lists(false), context.lists(true));
            let local =
                |root: VarId| self.blocks[n..].iter().any(|inner| inner.allocated.contains(&root));
            let outside = pointers.iter().enumerate();
            let args: Box<[usize]> =
                outside.filter_map(|(i, p)| p.filter(|p| !local(*p)).map(|_| i)).collect();
            if args.is_empty() || !(lists_reads || lists_writes) {
                continue;
            }
            let reads_writes =
                context.block.iter_vars.iter().any(|i| i.kind == IterVarKind::CommReduce);
            let block = context.id;
            all.push(CallRegions { block, lists_reads, lists_writes, reads_writes, args });
            self.blocks[n].consulted = true;
        }
        all.into()
    }

    /// Blocks around a write to `buffer` whose instances remember it.
    pub(super) fn remembering_blocks(&self, buffer: &Buffer) -> Box<[usize]> {
        let root = self.root(buffer.data);
        let remembers = |b: &&BlockContext| b.read_back.contains(&root);
        self.blocks.iter().filter(remembers).map(|b| b.id).collect()
    }

    /// Memory that a block lists in `writes` alone, while its body reads it. An instance may read
    /// what it wrote itself. (A block with a reduce axis may read what it writes anyway.)
    fn read_back(&self, block: &IrBlock) -> FxHashSet<VarId> {
        let reduces = block.iter_vars.iter().any(|i| i.kind == IterVarKind::CommReduce);
        if reduces || block.inferred.reads {
            return FxHashSet::default();
        }
        let mut loads = Loads(FxHashSet::default());
        loads.visit_stmt(&block.body);
        let read: FxHashSet<VarId> = loads.0.into_iter().map(|var| self.root(var)).collect();
        let written = block.writes.iter().map(|r| self.root(r.buffer.data));
        written.filter(|root| read.contains(root)).collect()
    }

    /// Memory that the branch at the start of a block without axes writes. Lowering a block takes
    /// its axes away and leaves `if k == 0: C[…] = 0` of its init; like with a reduce axis, the
    /// accumulator may then be read under `writes` alone.
    fn lowered_init(&self, block: &IrBlock) -> FxHashSet<VarId> {
        let mut stored = FxHashSet::default();
        if let (true, Some(tirade_ir::Stmt::If(branch))) =
            (block.iter_vars.is_empty(), block.body.as_slice().first())
            && branch.else_case.is_none()
        {
            for stmt in branch.then_case.as_slice() {
                let tirade_ir::Stmt::Store(store) = stmt else { return FxHashSet::default() };
                stored.insert(self.root(store.buffer.data));
            }
        }
        stored
    }

    fn match_buffer(&mut self, m: &MatchBufferRegion) -> Match {
        let span = m.span;
        let source = self.buffer(&m.source.buffer, span);
        let ranges = self.index_ranges(&m.source.region, span);
        let mut bind = |e: &PrimExpr| -> Option<Slot> {
            let var = e.as_var().filter(|v| self.target(*v).is_none())?;
            Some(self.define_scalar(var, span))
        };
        let shape_vars = m.buffer.shape.iter().map(&mut bind).collect();
        let stride_vars = m.buffer.strides.iter().map(&mut bind).collect();
        let offset_var = m.buffer.elem_offset.as_ref().and_then(bind);
        self.set_root(m.buffer.data, m.source.buffer.data);
        let buffer = self.define_buffer(&m.buffer);
        Match { buffer, source, ranges, shape_vars, stride_vars, offset_var, span }
    }
}

/// Collects pointers to memory that is read.
struct Loads(FxHashSet<Var>);

impl Visitor for Loads {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        if let PrimExpr::Load(load) = expr {
            self.0.insert(load.buffer.data);
        }
        walk_expr(self, expr);
    }

    fn visit_block(&mut self, block: &IrBlock) {
        // A view is read as what it views.
        for m in &block.match_buffers {
            self.0.insert(m.source.buffer.data);
        }
        walk_block(self, block);
    }
}

/// True if a range is all of a dimension.
fn is_whole(range: &Range, extent: &PrimExpr) -> bool {
    range.min.is_int(0)
        && (range.extent == *extent
            || range.extent.as_int().is_some_and(|n| extent.as_int() == Some(n)))
}
