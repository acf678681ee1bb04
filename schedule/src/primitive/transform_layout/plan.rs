//! How the new elements of a padded layout get their value.

use super::super::transform_block_layout::serial;
use super::{Task, block_of};
use crate::analysis::index_map::map_indices;
use crate::analysis::scope::child_blocks_of;
use crate::value::IndexMap;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{Block, BlockRealize, BufferStore, For, ForKind, IterVar, IterVarKind, Stmt};
use tirade_ir::subst::{VarMap, copy_with_fresh_binders, free_vars, substitute};
use tirade_ir::{
    BinOp, BlockId, BufferRegion, DType, Op, PrimExpr, Range, Span, Symbol, Var, VarId, make,
};

/// How the new elements get their value.
pub enum Plan {
    /// There are none.
    Nothing,
    /// The buffer is an input: this statement in front says what its caller has put there.
    Before(Stmt),
    /// Loops over the old elements become loops over the new ones, by their outermost variable.
    Instead(FxHashMap<VarId, Stmt>),
    /// This statement behind the loop or block fills them.
    After(Anchor, Stmt),
}

/// A statement that something is put behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A loop.
    Loop(VarId),
    /// A block.
    Block(BlockId),
}

/// A store to the buffer.
struct Write {
    store: Arc<BufferStore>,
    block: Option<Arc<BlockRealize>>,
    /// The loops from the outermost to the innermost that its indices depend on.
    loops: Vec<Arc<For>>,
    is_row_major: bool,
}

impl Plan {
    pub fn of(
        task: &Task,
        scope: &Stmt,
        inverse: &IndexMap,
        padding: &PrimExpr,
        pad: &IndexMap,
    ) -> Plan {
        let mut collect = Collect { task, writes: Vec::new(), ..Collect::new(task) };
        collect.stmt(&block_of(scope).block.body);
        let filler = Filler { task, inverse, padding, pad };
        let Some(last) = collect.writes.last() else {
            return Plan::Before(filler.assumption());
        };
        let mut replaced = FxHashMap::default();
        // A loop that has to do with other blocks too is left as it is.
        let alone = |write: &&Write| {
            let outermost = write.loops.first().map(|f| Stmt::For(f.clone()));
            outermost.is_some_and(|stmt| child_blocks_of(&stmt).len() <= 1)
        };
        for write in collect.writes.iter().filter(|w| w.is_row_major).filter(alone) {
            if let Some(stmt) = filler.instead_of(write) {
                // Each of several writers has loops and axes of its own.
                let stmt = match replaced.is_empty() {
                    true => stmt,
                    false => copy_with_fresh_binders(&stmt),
                };
                replaced.insert(write.loops[0].loop_var.id, stmt);
            }
        }
        if !replaced.is_empty() {
            return Plan::Instead(replaced);
        }
        let anchor = match (last.loops.first(), &last.block) {
            (Some(f), _) => Anchor::Loop(f.loop_var.id),
            (None, Some(realize)) => Anchor::Block(realize.block.id),
            (None, None) => return Plan::Nothing,
        };
        Plan::After(anchor, filler.fill())
    }
}

/// Collects the stores to the buffer.
struct Collect<'a> {
    task: &'a Task<'a>,
    writes: Vec<Write>,
    loops: Vec<Arc<For>>,
    block: Option<Arc<BlockRealize>>,
    /// The loops that a variable depends on: from, to.
    depths: FxHashMap<VarId, (usize, usize)>,
    values: VarMap,
}

impl<'a> Collect<'a> {
    fn new(task: &'a Task<'a>) -> Self {
        Collect {
            task,
            writes: Vec::new(),
            loops: Vec::new(),
            block: None,
            depths: FxHashMap::default(),
            values: VarMap::default(),
        }
    }

    fn depth(&self, e: &PrimExpr) -> Option<(usize, usize)> {
        let depths = free_vars(e).into_iter().filter_map(|v| self.depths.get(&v.id).copied());
        depths.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn define(&mut self, var: Var, value: &PrimExpr) {
        if let Some(depth) = self.depth(value) {
            self.depths.insert(var.id, depth);
            let value = substitute(value, &self.values);
            self.values.insert(var.id, value);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::For(f) => {
                self.depths.insert(f.loop_var.id, (self.loops.len(), self.loops.len()));
                self.loops.push(f.clone());
                self.stmt(&f.body);
                self.loops.pop();
            }
            Stmt::Block(realize) => {
                for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
                    self.define(axis.var, value);
                }
                let outer = self.block.replace(realize.clone());
                realize.block.init.iter().for_each(|init| self.stmt(init));
                self.stmt(&realize.block.body);
                self.block = outer;
            }
            Stmt::Bind(bind) => self.define(bind.var, &bind.value),
            Stmt::Store(store) if store.buffer == self.task.old => self.write(store),
            Stmt::Seq(s) => s.stmts.iter().for_each(|s| self.stmt(s)),
            Stmt::While(s) => self.stmt(&s.body),
            Stmt::Attr(s) => self.stmt(&s.body),
            Stmt::If(s) => {
                self.stmt(&s.then_case);
                s.else_case.iter().for_each(|s| self.stmt(s));
            }
            Stmt::Store(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => {}
        }
    }

    fn write(&mut self, store: &Arc<BufferStore>) {
        let depths = store.indices.iter().filter_map(|e| self.depth(e));
        let loops = match depths.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
            Some((first, last)) => self.loops[first..=last].to_vec(),
            None => Vec::new(),
        };
        let old = &self.task.old;
        let is_row_major = !loops.is_empty()
            && loops.len() == old.rank()
            && loops.iter().zip(&store.indices).zip(&old.shape).all(|((f, index), dim)| {
                substitute(index, &self.values).as_var() == Some(f.loop_var)
                    && f.min.is_int(0)
                    && f.extent == *dim
                    && f.kind == ForKind::Serial
            });
        let block = self.block.clone();
        self.writes.push(Write { store: store.clone(), block, loops, is_row_major });
    }
}

/// Makes statements that give the new elements their value.
struct Filler<'a> {
    task: &'a Task<'a>,
    inverse: &'a IndexMap,
    padding: &'a PrimExpr,
    pad: &'a IndexMap,
}

impl Filler<'_> {
    /// An axis for each new index.
    fn axes(&self) -> Vec<IterVar> {
        let axis = |(var, extent): (&Var, &PrimExpr)| IterVar {
            var: Var::new(Symbol::new(&format!("v_{}", var.name)), var.dtype),
            dom: Range::from_extent(extent.clone()),
            kind: IterVarKind::DataPar,
            thread_tag: None,
            span: Span::NONE,
        };
        self.inverse.initial.iter().zip(&self.task.new.shape).map(axis).collect()
    }

    fn padding_at(&self, axes: &[PrimExpr]) -> PrimExpr {
        let vars = self.inverse.initial.iter().map(|v| v.id).zip(axes.iter().cloned());
        substitute(self.padding, &VarMap::from_iter(vars))
    }

    fn pad_at(&self, axes: &[PrimExpr]) -> PrimExpr {
        map_indices(self.pad, axes, self.task.analyzer).remove(0)
    }

    fn point(&self, axes: &[PrimExpr]) -> BufferRegion {
        let range = |e: &PrimExpr| Range::new(e.clone(), PrimExpr::int(1, e.dtype()));
        BufferRegion { buffer: self.task.new.clone(), region: axes.iter().map(range).collect() }
    }

    fn nest(&self, body: Stmt) -> Stmt {
        let loops = self.inverse.initial.iter().zip(&self.task.new.shape).rev();
        loops.fold(body, |body, (var, extent)| serial(*var, extent, body))
    }

    fn block(
        &self,
        name: String,
        axes: Vec<IterVar>,
        predicate: PrimExpr,
        (reads, writes): (Vec<BufferRegion>, Vec<BufferRegion>),
        body: Stmt,
    ) -> Stmt {
        let block = Block {
            id: BlockId::fresh(),
            name: Symbol::new(&name),
            iter_vars: axes.into(),
            reads: reads.into(),
            writes: writes.into(),
            inferred: Default::default(),
            init: None,
            alloc_buffers: Box::default(),
            match_buffers: Box::default(),
            annotations: Default::default(),
            body,
            span: Span::NONE,
        };
        let iter_values = self.inverse.initial.iter().map(|v| (*v).into()).collect();
        let block = Arc::new(block);
        self.nest(Stmt::Block(Arc::new(BlockRealize { iter_values, predicate, block })))
    }

    /// The new elements of an input hold the padding.
    fn assumption(&self) -> Stmt {
        let axes = self.axes();
        let indices: Vec<PrimExpr> = axes.iter().map(|v| v.var.into()).collect();
        let new = &self.task.new;
        let load = PrimExpr::load(new.clone(), indices.clone(), Span::NONE);
        let holds = PrimExpr::binary(BinOp::Eq, load, self.pad_at(&indices), Span::NONE);
        let inside = PrimExpr::logical_not(self.padding_at(&indices), Span::NONE);
        let condition = PrimExpr::binary(BinOp::Or, inside, holds, Span::NONE);
        let value = PrimExpr::call(Op::Assume, [condition], DType::BOOL, Span::NONE);
        let body = Stmt::Evaluate(Arc::new(tirade_ir::stmt::Evaluate { value, span: Span::NONE }));
        let name = format!("buffer_{}_assumptions", new.name);
        let regions = (vec![self.point(&indices)], Vec::new());
        self.block(name, axes, PrimExpr::bool(true), regions, body)
    }

    /// A block that stores the padding.
    fn fill(&self) -> Stmt {
        let axes = self.axes();
        let indices: Vec<PrimExpr> = axes.iter().map(|v| v.var.into()).collect();
        let body = store(&self.task.new, &indices, self.pad_at(&indices), None);
        let name = format!("buffer_{}_padding", self.task.new.name);
        let regions = (Vec::new(), vec![self.point(&indices)]);
        self.block(name, axes, self.padding.clone(), regions, body)
    }

    /// The loops around a store as loops over the new elements, if every store in them is like it.
    fn instead_of(&self, write: &Write) -> Option<Stmt> {
        let innermost = write.loops.last()?;
        let mut replace = Replace::new(self, write);
        let body = innermost.body.rewrite_or_clone(&mut replace);
        (!replace.found_other.get()).then(|| self.nest(body))
    }
}

fn store(
    buffer: &tirade_ir::Buffer,
    indices: &[PrimExpr],
    value: PrimExpr,
    old: Option<&BufferStore>,
) -> Stmt {
    Stmt::Store(Arc::new(BufferStore {
        buffer: buffer.clone(),
        indices: indices.into(),
        value,
        predicate: old.and_then(|old| old.predicate.clone()),
        span: old.map_or(Span::NONE, |old| old.span),
    }))
}

/// Rewrites the loops around a store.
struct Replace<'a> {
    filler: &'a Filler<'a>,
    write: &'a Write,
    /// The new axes of the block, where the indices are axes; else the new loop variables.
    indices: Vec<PrimExpr>,
    axes: Option<(Vec<IterVar>, Vec<PrimExpr>)>,
    vars: VarMap,
    found_other: Cell<bool>,
}

impl<'a> Replace<'a> {
    fn new(filler: &'a Filler<'a>, write: &'a Write) -> Self {
        let inverse = filler.inverse;
        let loops = write.loops.iter().map(|f| f.loop_var.id);
        let mut replace = Replace {
            filler,
            write,
            indices: inverse.initial.iter().map(|v| (*v).into()).collect(),
            axes: None,
            vars: VarMap::from_iter(loops.zip(inverse.result.iter().cloned())),
            found_other: Cell::new(false),
        };
        if let Some(realize) = &write.block
            && let Some(first) = first_axis(&write.store, &realize.block)
        {
            replace.renew_axes(realize, first);
        }
        replace
    }

    fn renew_axes(&mut self, realize: &BlockRealize, first: usize) {
        let rank = self.write.store.indices.len();
        let block = &realize.block;
        let new = self.filler.axes();
        self.indices = new.iter().map(|v| v.var.into()).collect();
        let virtual_of = self.filler.inverse.initial.iter().map(|v| v.id);
        let virtual_of = VarMap::from_iter(virtual_of.zip(self.indices.iter().cloned()));
        let old = block.iter_vars[first..first + rank].iter();
        for (axis, value) in old.zip(&self.filler.inverse.result) {
            self.vars.insert(axis.var.id, substitute(value, &virtual_of));
        }
        let mut axes = block.iter_vars[..first].to_vec();
        let mut values = realize.iter_values[..first].to_vec();
        axes.extend(new);
        values.extend(self.filler.inverse.initial.iter().map(|v| PrimExpr::from(*v)));
        axes.extend_from_slice(&block.iter_vars[first + rank..]);
        values.extend_from_slice(&realize.iter_values[first + rank..]);
        self.axes = Some((axes, values));
    }
}

/// Where the indices of a store stand among the axes of its block, in order, all spatial.
fn first_axis(store: &BufferStore, block: &Block) -> Option<usize> {
    let rank = store.indices.len();
    let first = store.indices.first()?.as_var()?;
    let at = block.iter_vars.iter().position(|axis| axis.var == first)?;
    let axes = block.iter_vars.get(at..at + rank)?;
    let fits = |(axis, index): (&IterVar, &PrimExpr)| {
        index.as_var() == Some(axis.var) && axis.kind == IterVarKind::DataPar
    };
    axes.iter().zip(&store.indices).all(fits).then_some(at)
}

impl Rewriter for Replace<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Var(var) => self.vars.get(&var.id).cloned(),
            other => walk_rewrite_expr(self, other),
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Store(old) => {
                let same = old.buffer == self.write.store.buffer
                    && old.indices == self.write.store.indices;
                if !same {
                    self.found_other.set(true);
                    return walk_rewrite_stmt(self, stmt);
                }
                let value = self.rewrite_expr(&old.value).unwrap_or_else(|| old.value.clone());
                let padding = self.filler.padding_at(&self.indices);
                let pad = self.filler.pad_at(&self.indices);
                let value = make::if_then_else(padding, pad, value, old.span).ok()?;
                Some(store(&self.filler.task.new, &self.indices, value, Some(old)))
            }
            Stmt::Block(realize)
                if self.write.block.as_ref().is_some_and(|b| b.block.id == realize.block.id) =>
            {
                let new = walk_rewrite_stmt(self, stmt);
                let Some((axes, values)) = &self.axes else { return new };
                let Stmt::Block(realize) = new.as_ref().unwrap_or(stmt) else { return new };
                let mut block = Block::clone(&realize.block);
                block.iter_vars = axes.clone().into();
                let realize = BlockRealize {
                    iter_values: values.clone().into(),
                    predicate: realize.predicate.clone(),
                    block: Arc::new(block),
                };
                Some(Stmt::Block(Arc::new(realize)))
            }
            _ => walk_rewrite_stmt(self, stmt),
        }
    }
}
