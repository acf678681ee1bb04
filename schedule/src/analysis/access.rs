//! What a statement really accesses: loads and stores, not what blocks declare.

use super::binding::{bindings, loop_range};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use tirade_ir::arith::{Analyzer, DomMap, IntSet, is_index};
use tirade_ir::op::Effect;
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::{Visitor, any_expr, walk_expr, walk_stmt};
use tirade_ir::{
    Block, BlockId, BlockRealize, Buffer, BufferId, BufferRegion, For, MatchBufferRegion, PrimExpr,
    Range, Stmt, VarId,
};

/// One access, or several of one statement.
#[derive(Clone, Debug)]
pub struct Access {
    /// The buffer.
    pub buffer: Buffer,
    /// Whether it is written.
    pub is_write: bool,
    /// A box around the places, in terms of variables outside of the statement.
    pub dims: Vec<IntSet>,
    /// The innermost block around it.
    pub block: Option<BlockId>,
}

/// The accesses of a statement in the order of the text.
#[derive(Debug, Default)]
pub struct Accesses {
    /// All of them, those to buffers that the statement allocates left out.
    pub list: Vec<Access>,
    /// Block instances in the statement, with the values of their axes put in.
    pub blocks: FxHashMap<BlockId, Arc<BlockRealize>>,
    /// Something in it can have effects that are not seen: calls of functions.
    pub is_opaque: bool,
}

impl Accesses {
    /// The accesses of `stmt`, which stands below the loops `outer`.
    pub fn of(stmt: &Stmt, outer: &[Arc<For>]) -> Accesses {
        let mut analyzer = Analyzer::new();
        for f in outer {
            let (var, range) = loop_range(f);
            analyzer.bind(var, &range);
        }
        Accesses::of_with(stmt, analyzer)
    }

    /// The accesses of `stmt`, where `analyzer` knows the variables outside of it.
    pub fn of_with(stmt: &Stmt, analyzer: Analyzer) -> Accesses {
        let mut collector = Collector {
            analyzer,
            found: Accesses::default(),
            domains: DomMap::default(),
            values: VarMap::default(),
            unknown: FxHashSet::default(),
            private: FxHashSet::default(),
            views: FxHashMap::default(),
            block: Vec::new(),
        };
        collector.visit_stmt(stmt);
        let private = collector.private;
        collector.found.list.retain(|access| !private.contains(&access.buffer.id));
        collector.found
    }

    /// The buffers that are written, each once.
    pub fn written(&self) -> Vec<Buffer> {
        let mut found: Vec<Buffer> = Vec::new();
        for access in self.list.iter().filter(|access| access.is_write) {
            if !found.contains(&access.buffer) {
                found.push(access.buffer.clone());
            }
        }
        found
    }

    /// A box around all accesses of a buffer.
    pub fn hull(&self, buffer: &Buffer, analyzer: &Analyzer) -> Vec<IntSet> {
        let own = self.list.iter().filter(|access| access.buffer == *buffer);
        let dims = own.map(|access| access.dims.clone());
        let union = |a: Vec<IntSet>, b: Vec<IntSet>| {
            a.iter().zip(&b).map(|(a, b)| a.union(b, analyzer)).collect()
        };
        dims.reduce(union).unwrap_or_default()
    }
}

struct Collector {
    analyzer: Analyzer,
    found: Accesses,
    domains: DomMap,
    values: VarMap,
    /// Variables of which nothing is known outside.
    unknown: FxHashSet<VarId>,
    private: FxHashSet<BufferId>,
    views: FxHashMap<BufferId, MatchBufferRegion>,
    block: Vec<Arc<Block>>,
}

impl Collector {
    fn resolved(&self, expr: &PrimExpr) -> PrimExpr {
        match self.values.is_empty() {
            true => expr.clone(),
            false => substitute(expr, &self.values),
        }
    }

    fn set(&self, expr: &PrimExpr) -> IntSet {
        let expr = self.analyzer.simplify(&self.resolved(expr));
        let set = IntSet::eval(&expr, &self.domains, &self.analyzer);
        let visible = |end: Option<PrimExpr>| {
            end.filter(|e| {
                !any_expr(e, |e| match e {
                    PrimExpr::Var(v) => self.unknown.contains(&v.id),
                    PrimExpr::Load(_) => true,
                    _ => false,
                })
            })
        };
        IntSet { min: visible(set.min), max: visible(set.max) }
    }

    fn range_set(&self, range: &Range) -> IntSet {
        let min = self.set(&range.min);
        let last = tirade_ir::arith::add(&range.min, &range.extent);
        let one = PrimExpr::int(1, last.dtype());
        let max = self.set(&tirade_ir::arith::sub(&last, &one));
        IntSet { min: min.min, max: max.max }
    }

    fn add(&mut self, buffer: &Buffer, is_write: bool, dims: Vec<IntSet>) {
        let block = self.block.last().map(|block| block.id);
        if let Some(view) = self.views.get(&buffer.id).cloned() {
            // Any part of the region that is viewed.
            let dims = view.source.region.iter().map(|range| self.range_set(range)).collect();
            return self.add(&view.source.buffer, is_write, dims);
        }
        self.found.list.push(Access { buffer: buffer.clone(), is_write, dims, block });
    }

    fn access(&mut self, buffer: &Buffer, is_write: bool, indices: &[PrimExpr]) {
        let dims = indices.iter().map(|index| self.set(index)).collect();
        self.add(buffer, is_write, dims);
    }

    fn region(&mut self, region: &BufferRegion, is_write: bool) {
        let dims = region.region.iter().map(|range| self.range_set(range)).collect();
        self.add(&region.buffer, is_write, dims);
    }

    /// What a block declares counts where it calls something that cannot be looked into.
    fn declared(&mut self) {
        self.found.is_opaque = true;
        let Some(block) = self.block.last().cloned() else { return };
        block.reads.iter().for_each(|region| self.region(region, false));
        block.writes.iter().for_each(|region| self.region(region, true));
    }

    fn realize(&mut self, realize: &Arc<BlockRealize>) {
        realize.iter_values.iter().for_each(|value| self.visit_expr(value));
        self.visit_expr(&realize.predicate);
        let values: Vec<_> = realize.iter_values.iter().map(|v| self.resolved(v)).collect();
        let predicate = self.resolved(&realize.predicate);
        let seen =
            BlockRealize { iter_values: values.into(), predicate, block: realize.block.clone() };
        self.values.extend(bindings(&seen));
        let block = realize.block.clone();
        self.found.blocks.insert(block.id, Arc::new(seen));
        self.private.extend(block.alloc_buffers.iter().map(|buffer| buffer.id));
        for view in &block.match_buffers {
            self.views.insert(view.buffer.id, view.clone());
        }
        self.block.push(block.clone());
        block.init.iter().for_each(|init| self.visit_stmt(init));
        self.visit_stmt(&block.body);
        self.block.pop();
    }
}

impl Visitor for Collector {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        match expr {
            PrimExpr::Load(load) => self.access(&load.buffer, false, &load.indices),
            PrimExpr::CallFunc(_) => self.declared(),
            PrimExpr::Call(call) if call.op.info().effect == Effect::Opaque => self.declared(),
            PrimExpr::Let(e) if is_index(e.var.dtype) => {
                let value = self.resolved(&e.value);
                self.values.insert(e.var.id, value);
            }
            PrimExpr::Let(e) => drop(self.unknown.insert(e.var.id)),
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Store(s) => {
                // A value is read before the place is written.
                walk_stmt(self, stmt);
                self.access(&s.buffer, true, &s.indices);
            }
            Stmt::For(s) => {
                self.visit_expr(&s.min);
                self.visit_expr(&s.extent);
                let range = Range::new(self.resolved(&s.min), self.resolved(&s.extent));
                self.analyzer.bind(s.loop_var, &range);
                self.domains.insert(s.loop_var.id, IntSet::from_range(&range));
                self.visit_stmt(&s.body);
            }
            Stmt::Block(realize) => self.realize(realize),
            Stmt::Bind(s) => {
                self.visit_expr(&s.value);
                match is_index(s.var.dtype) {
                    true => {
                        let value = self.resolved(&s.value);
                        self.values.insert(s.var.id, value);
                    }
                    false => drop(self.unknown.insert(s.var.id)),
                }
            }
            Stmt::AllocBuffer(s) => drop(self.private.insert(s.buffer.id)),
            Stmt::Seq(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Attr(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => walk_stmt(self, stmt),
        }
    }
}
