//! Completion: the root block and the regions that a script leaves out.

use super::regions::{Scope, access_regions_in};
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::expr::PrimExpr;
use crate::func::{Attrs, PrimFunc};
use crate::rewrite::{Rewriter, walk_rewrite_block, walk_rewrite_stmt};
use crate::span::Span;
use crate::stmt::{Block, BlockId, BlockRealize, InferredRegions, Stmt};
use crate::symbol::Symbol;
use crate::visit::any_stmt;
use std::sync::Arc;

/// The function with its root block and with the regions that blocks do not declare.
///
/// To be called once for a function as it was written. `root_alloc_buffers` are allocations that
/// stand outside any block.
///
/// - A body that contains blocks is put in a block named `root`, unless it is a block without axes
///   already. Allocations outside blocks become the root block's.
/// - Blocks whose [`InferredRegions`] are set get the regions that they access, see
///   [`access_regions`](super::access_regions). The outermost block keeps none: it stands for the
///   whole function.
///
/// A block that uses a buffer's `data` directly has to declare its regions; those that do not are
/// reported (TIR0601).
pub fn complete_func(
    func: PrimFunc,
    root_alloc_buffers: Vec<Buffer>,
) -> (PrimFunc, Vec<Diagnostic>) {
    let body = match needs_root(&func.body) || !root_alloc_buffers.is_empty() {
        true => root_block(func.body.clone(), root_alloc_buffers, func.span),
        false => func.body.clone(),
    };
    let mut completer = Completer::default();
    func.buffers().for_each(|buffer| completer.define(buffer));
    let body = completer.rewrite_stmt(&body).unwrap_or(body);
    (PrimFunc { body, ..func }, completer.diagnostics)
}

/// True if the body contains a block, and is not a block without axes itself.
fn needs_root(body: &Stmt) -> bool {
    match body {
        Stmt::Block(realize) => !realize.block.iter_vars.is_empty(),
        other => any_stmt(other, |s| matches!(s, Stmt::Block(_))),
    }
}

fn root_block(body: Stmt, alloc_buffers: Vec<Buffer>, span: Span) -> Stmt {
    let block = Block {
        id: BlockId::fresh(),
        name: Symbol::new("root"),
        iter_vars: Box::default(),
        reads: Box::default(),
        writes: Box::default(),
        inferred: InferredRegions { reads: true, writes: true },
        init: None,
        alloc_buffers: alloc_buffers.into(),
        match_buffers: Box::default(),
        annotations: Attrs::new(),
        body,
        span,
    };
    Stmt::Block(Arc::new(BlockRealize {
        iter_values: Box::default(),
        predicate: PrimExpr::bool(true),
        block: Arc::new(block),
    }))
}

#[derive(Default)]
struct Completer {
    scope: Scope,
    /// The buffers of the scope, in the order in which they were added.
    defined: Vec<Buffer>,
    /// How many blocks are open.
    depth: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Completer {
    fn define(&mut self, buffer: &Buffer) {
        self.scope.add(buffer);
        self.defined.push(buffer.clone());
    }
}

impl Rewriter for Completer {
    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }

    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::AllocBuffer(s) => self.define(&s.buffer),
            Stmt::DeclBuffer(s) => self.define(&s.buffer),
            _ => {}
        }
        walk_rewrite_stmt(self, stmt)
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let outside = self.defined.len();
        block.alloc_buffers.iter().for_each(|buffer| self.define(buffer));
        block.match_buffers.iter().for_each(|view| self.define(&view.buffer));
        self.depth += 1;
        let walked = walk_rewrite_block(self, block);
        self.depth -= 1;
        self.defined.drain(outside..).for_each(|buffer| self.scope.remove(&buffer));
        let InferredRegions { reads, writes } = block.inferred;
        if !reads && !writes {
            return walked;
        }
        if self.depth == 0 {
            return walked;
        }
        let mut new = (**walked.as_ref().unwrap_or(block)).clone();
        // What was inferred before says nothing, not even by what its bounds read.
        if reads {
            new.reads = Box::default();
        }
        if writes {
            new.writes = Box::default();
        }
        let found = access_regions_in(&new, &self.scope);
        if let Some((buffer, span)) = found.opaque.first() {
            self.diagnostics.push(opaque_access(&new, buffer, *span));
        }
        if reads {
            new.reads = found.reads.into();
        }
        if writes {
            new.writes = found.writes.into();
        }
        Some(Arc::new(new))
    }
}

fn opaque_access(block: &Block, buffer: &Buffer, span: Span) -> Diagnostic {
    let (name, buffer) = (block.name, buffer.name);
    let missing = match block.inferred {
        InferredRegions { reads: true, writes: true } => "`T.reads` and `T.writes`",
        InferredRegions { reads: true, writes: false } => "`T.reads`",
        InferredRegions { .. } => "`T.writes`",
    };
    let message = format!("block `{name}` uses `{buffer}.data`, so its regions cannot be inferred");
    Diagnostic::error(Code::OPAQUE_ACCESS, span.or(block.span), message)
        .with_secondary(block.span, format!("this block has no {missing}"))
        .with_note("what is accessed through a pointer cannot be seen from outside")
        .with_help(format!("declare what the block accesses with {missing}"))
}
