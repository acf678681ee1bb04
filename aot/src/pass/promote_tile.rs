//! Small local arrays with constant indices become variables, one for each element or vector.
//!
//! ```text
//! acc = T.alloc_buffer((32,), scope="local")        acc_0 = T.alloc_buffer((1,), "float32x16")
//! for k in range(64):                               acc_1 = T.alloc_buffer((1,), "float32x16")
//!     acc[0:16] = acc[0:16] + A[k, 0:16]      →     for k in range(64):
//!     acc[16:32] = acc[16:32] + A[k, 16:32]             acc_0[0] = acc_0[0] + A[k, 0:16]
//!                                                       acc_1[0] = acc_1[0] + A[k, 16:32]
//! ```
//! A buffer of one element is printed as a variable, which a compiler keeps in a register; the
//! array it leaves in memory.

use crate::pass::target::vector_bytes;
use crate::pass::unroll_tile::is_small;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::op::Evaluation;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::{AllocBuffer, BufferStore};
use tirade_ir::visit::{BufferSite, Visit, Visitor, walk_expr, walk_stmt};
use tirade_ir::{Buffer, CallArg, ForKind, PrimExpr, PrimFunc, Stmt, Var, VarId};

/// Makes variables of small arrays. Vectors and the loops over tiles have to be lowered before.
pub fn promote_tile(func: &PrimFunc) -> PrimFunc {
    if vector_bytes(func).is_none() {
        return func.clone();
    }
    let mut find = Find::default();
    func.visit_with(&mut find);
    let tiles: FxHashMap<VarId, BTreeMap<u64, Buffer>> =
        find.tiles.into_iter().filter_map(|(id, tile)| Some((id, tile.variables()?))).collect();
    match tiles.is_empty() {
        true => func.clone(),
        false => func.rewrite_or_clone(&mut Promote { tiles }),
    }
}

#[derive(Default)]
struct Find {
    tiles: FxHashMap<VarId, Tile>,
    /// Parallel loops around the node at hand.
    parallel: usize,
}

/// An array that may be promoted.
struct Tile {
    buffer: Buffer,
    /// Accessed parts: first element and number of lanes.
    parts: BTreeMap<u64, u32>,
    /// Parallel loops around the allocation. Threads share memory, not variables.
    parallel: usize,
    good: bool,
}

impl Tile {
    /// A variable for each part, if no two parts overlap.
    fn variables(self) -> Option<BTreeMap<u64, Buffer>> {
        let mut end = 0;
        let disjoint = self.parts.iter().all(|(&first, &lanes)| {
            let free = end <= first;
            end = first + u64::from(lanes);
            free
        });
        if !self.good || !disjoint || self.parts.len() < 2 && end <= 1 {
            return None;
        }
        let element = self.buffer.dtype.element();
        let many = self.parts.len() > 1;
        let variable = |(i, (&first, &lanes)): (usize, (&u64, &u32))| {
            let name = match many {
                true => format!("{}_{i}", self.buffer.name),
                false => self.buffer.name.to_string(),
            };
            let dtype = element.with_lanes(lanes);
            (first, Buffer::new(name.as_str(), [PrimExpr::i32(1)], dtype))
        };
        Some(self.parts.iter().enumerate().map(variable).collect())
    }
}

/// First element and lanes of a flat access with a constant index.
fn part(index: &PrimExpr) -> Option<(u64, u32)> {
    let (base, lanes) = match index {
        PrimExpr::Ramp(r) if r.stride.is_int(1) => (&r.base, r.dtype.lanes()),
        PrimExpr::Ramp(_) => return None,
        scalar if scalar.dtype().is_scalar() => (scalar, 1),
        _ => return None,
    };
    let base = Analyzer::new().as_const(base)?;
    Some((u64::try_from(base).ok()?, lanes))
}

impl Find {
    /// What is handed on stays memory.
    fn escape(&mut self, data: Var) {
        if let Some(tile) = self.tiles.get_mut(&data.id) {
            tile.good = false;
        }
    }

    fn access(&mut self, buffer: &Buffer, indices: &[PrimExpr], plain: bool) {
        let Some(tile) = self.tiles.get_mut(&buffer.data.id) else { return };
        tile.good &= tile.parallel == self.parallel;
        let part = match indices {
            [index] if plain && buffer.dtype == tile.buffer.dtype.element() => part(index),
            _ => None,
        };
        match part {
            Some((first, lanes)) => {
                tile.good &= *tile.parts.entry(first).or_insert(lanes) == lanes;
            }
            None => tile.good = false,
        }
    }
}

impl Visitor for Find {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::AllocBuffer(a) if a.constant.is_none() && is_small(&a.buffer) => {
                let (buffer, parallel) = (a.buffer.clone(), self.parallel);
                let tile = Tile { buffer, parts: BTreeMap::new(), parallel, good: true };
                self.tiles.insert(a.buffer.data.id, tile);
            }
            Stmt::Store(s) => {
                self.access(&s.buffer, &s.indices, s.predicate.is_none());
                walk_stmt(self, stmt);
            }
            Stmt::For(l) if l.kind == ForKind::Parallel => {
                self.parallel += 1;
                walk_stmt(self, stmt);
                self.parallel -= 1;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        match expr {
            PrimExpr::Load(load) => {
                self.access(&load.buffer, &load.indices, load.predicate.is_none());
                walk_expr(self, expr);
            }
            // The address of an element, an atomic update, a buffer that is handed on.
            PrimExpr::Call(call) if call.op.info().evaluation == Evaluation::Place => {
                if let Some(PrimExpr::Load(load)) = call.args.first() {
                    self.escape(load.buffer.data);
                }
                walk_expr(self, expr);
            }
            PrimExpr::CallFunc(call) => {
                for arg in &call.args {
                    match arg {
                        CallArg::Buffer(b) => self.escape(b.data),
                        CallArg::Region(r) => self.escape(r.buffer.data),
                        CallArg::Expr(_) | CallArg::DType(_) | CallArg::Attr(_) => {}
                    }
                }
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_buffer_def(&mut self, _: &Buffer, _: BufferSite) {}

    /// Buffers outside of loads and stores, which are seen above.
    fn visit_buffer(&mut self, _: &Buffer) {}

    fn visit_var(&mut self, var: Var) {
        self.escape(var);
    }
}

struct Promote {
    tiles: FxHashMap<VarId, BTreeMap<u64, Buffer>>,
}

impl Promote {
    fn variable(&self, buffer: &Buffer, indices: &[PrimExpr]) -> Option<Buffer> {
        let parts = self.tiles.get(&buffer.data.id)?;
        let (first, _) = part(indices.first()?)?;
        parts.get(&first).cloned()
    }
}

impl Rewriter for Promote {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::AllocBuffer(a) => {
                let parts = self.tiles.get(&a.buffer.data.id)?;
                let allocs = parts.values().map(|buffer| {
                    Stmt::AllocBuffer(Arc::new(AllocBuffer {
                        buffer: buffer.clone(),
                        annotations: a.annotations.clone(),
                        constant: None,
                        origin: a.origin,
                        span: a.span,
                    }))
                });
                Some(Stmt::seq(allocs))
            }
            // Views of the array go with it.
            Stmt::DeclBuffer(d) if self.tiles.contains_key(&d.buffer.data.id) => Some(Stmt::nop()),
            Stmt::Store(s) => match self.variable(&s.buffer, &s.indices) {
                Some(buffer) => Some(Stmt::Store(Arc::new(BufferStore {
                    buffer,
                    value: s.value.rewrite_or_clone(self),
                    indices: [PrimExpr::i32(0)].into(),
                    predicate: None,
                    span: s.span,
                }))),
                None => walk_rewrite_stmt(self, stmt),
            },
            _ => walk_rewrite_stmt(self, stmt),
        }
    }

    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        match expr {
            PrimExpr::Load(load) => match self.variable(&load.buffer, &load.indices) {
                Some(buffer) => Some(PrimExpr::load(buffer, [PrimExpr::i32(0)], load.span)),
                None => walk_rewrite_expr(self, expr),
            },
            _ => walk_rewrite_expr(self, expr),
        }
    }
}
