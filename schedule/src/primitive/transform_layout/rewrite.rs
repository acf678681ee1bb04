//! Rewriting the accesses to a buffer for its new layout.

use super::Task;
use super::plan::{Anchor, Plan};
use crate::analysis::context::bind_all;
use crate::analysis::index_map::map_indices;
use std::sync::Arc;
use tirade_ir::analysis::access_regions;
use tirade_ir::arith::Analyzer;
use tirade_ir::rewrite::{
    Rewrite, Rewriter, walk_rewrite_block, walk_rewrite_expr, walk_rewrite_stmt,
};
use tirade_ir::stmt::{Block, BufferStore, Stmt};
use tirade_ir::{BufferRegion, PrimExpr};

/// The defining block with the buffer in its new layout.
pub fn run(task: &Task, plan: &Plan, stmt: &Stmt) -> Stmt {
    let mut analyzer = task.analyzer.clone();
    match plan {
        Plan::Nothing => {}
        Plan::Before(stmt) | Plan::After(_, stmt) => bind_all(&mut analyzer, stmt),
        Plan::Instead(replaced) => replaced.values().for_each(|s| bind_all(&mut analyzer, s)),
    }
    let mut rewrite = Accesses { task, plan, analyzer: &analyzer };
    let mut stmt = stmt.rewrite_or_clone(&mut rewrite);
    if let Stmt::Block(realize) = &stmt {
        let mut block = Block::clone(&realize.block);
        for buffer in &mut block.alloc_buffers {
            if *buffer == task.old {
                *buffer = task.new.clone();
            }
        }
        if let Plan::Before(first) = plan {
            block.body = Stmt::seq([first.clone(), block.body.clone()]);
        }
        stmt = crate::place::with_block(realize, block);
    }
    stmt
}

struct Accesses<'a> {
    task: &'a Task<'a>,
    plan: &'a Plan,
    analyzer: &'a Analyzer,
}

impl Accesses<'_> {
    fn indices(&self, old: &[PrimExpr]) -> Box<[PrimExpr]> {
        map_indices(self.task.map, old, self.analyzer).into()
    }

    fn behind(&self, stmt: &Stmt, anchor: Anchor, new: Option<Stmt>) -> Option<Stmt> {
        let Plan::After(at, added) = self.plan else { return new };
        match *at == anchor {
            true => Some(Stmt::seq([new.unwrap_or_else(|| stmt.clone()), added.clone()])),
            false => new,
        }
    }

    /// The regions with those of the old buffer replaced by what is accessed now.
    fn regions(&self, old: &[BufferRegion], now: &[BufferRegion]) -> Option<Box<[BufferRegion]>> {
        if !old.iter().any(|region| region.buffer == self.task.old) {
            return None;
        }
        let found = now.iter().find(|region| region.buffer == self.task.new);
        let whole = || self.task.new.full_region();
        let new = old.iter().map(|region| match region.buffer == self.task.old {
            true => found.cloned().unwrap_or_else(whole),
            false => region.clone(),
        });
        Some(new.collect())
    }
}

impl Rewriter for Accesses<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let new = walk_rewrite_expr(self, expr);
        match new.as_ref().unwrap_or(expr) {
            PrimExpr::Load(load) if load.buffer == self.task.old => {
                let indices = self.indices(&load.indices);
                Some(PrimExpr::load(self.task.new.clone(), indices, load.span))
            }
            _ => new,
        }
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::For(f) => {
                if let Plan::Instead(replaced) = self.plan
                    && let Some(new) = replaced.get(&f.loop_var.id)
                {
                    return Some(walk_rewrite_stmt(self, new).unwrap_or_else(|| new.clone()));
                }
                let new = walk_rewrite_stmt(self, stmt);
                self.behind(stmt, Anchor::Loop(f.loop_var.id), new)
            }
            Stmt::Block(realize) => {
                let new = walk_rewrite_stmt(self, stmt);
                self.behind(stmt, Anchor::Block(realize.block.id), new)
            }
            Stmt::Store(_) => {
                let new = walk_rewrite_stmt(self, stmt);
                match new.as_ref().unwrap_or(stmt) {
                    Stmt::Store(store) if store.buffer == self.task.old => {
                        Some(Stmt::Store(Arc::new(BufferStore {
                            buffer: self.task.new.clone(),
                            indices: self.indices(&store.indices),
                            value: store.value.clone(),
                            predicate: store.predicate.clone(),
                            span: store.span,
                        })))
                    }
                    _ => new,
                }
            }
            _ => walk_rewrite_stmt(self, stmt),
        }
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let new = walk_rewrite_block(self, block);
        let current = new.as_ref().unwrap_or(block);
        let views = current.match_buffers.iter().any(|m| m.source.buffer == self.task.old);
        let mut block = Block::clone(current);
        if views {
            for view in &mut block.match_buffers {
                if view.source.buffer == self.task.old {
                    view.source.buffer = self.task.new.clone();
                }
            }
        }
        let now = access_regions(&block, [&self.task.new]);
        let reads = self.regions(&block.reads, &now.reads);
        let writes = self.regions(&block.writes, &now.writes);
        if !views && reads.is_none() && writes.is_none() {
            return new;
        }
        block.inferred.reads &= reads.is_none();
        block.inferred.writes &= writes.is_none();
        block.reads = reads.unwrap_or(block.reads);
        block.writes = writes.unwrap_or(block.writes);
        Some(Arc::new(block))
    }

    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        // Those of the old buffer are worked out again from the body.
        if region.buffer == self.task.old {
            return None;
        }
        tirade_ir::rewrite::walk_rewrite_buffer_region(self, region)
    }
}
