//! Loops over a small local tile are written out, so that every access to it has a constant index.
//!
//! ```text
//! acc = T.alloc_buffer((2,), scope="local")       acc = T.alloc_buffer((2,), scope="local")
//! for k in range(64):                             for k in range(64):
//!     for i in T.unroll(2):                 →         acc[0] = acc[0] + A[k, 0]
//!         acc[i] = acc[i] + A[k, i]                   acc[1] = acc[1] + A[k, 1]
//! ```
//! [`promote_tile`](crate::pass::promote_tile) makes variables of such a tile: compilers leave an
//! array with variable indices in memory. Loops that index a tile are written out whether the
//! script asks for it or not; a loop that would take too much code stays.

use crate::pass::index;
use crate::pass::target::vector_bytes;
use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::subst::{copy_with_fresh_binders, free_vars, substitute_var};
use tirade_ir::visit::{Visit, Visitor, any_stmt, walk_expr, walk_stmt};
use tirade_ir::{Buffer, For, ForKind, PrimExpr, PrimFunc, Stmt, Var, VarId};

/// Largest tile in bytes: twice the registers of the largest register file.
const MOST_BYTES: u64 = 4096;

/// Most copies of the innermost statements.
const MOST_COPIES: i128 = 256;

/// Writes out loops over small tiles. Accesses have to be flat.
pub fn unroll_tile(func: &PrimFunc) -> PrimFunc {
    if vector_bytes(func).is_none() {
        return func.clone();
    }
    let mut find = FindTiles::default();
    func.visit_with(&mut find);
    let unrolled = find.loops_of_good_tiles();
    match unrolled.is_empty() {
        true => func.clone(),
        false => func.rewrite_or_clone(&mut Unroll { unrolled }),
    }
}

/// True if an allocation is small enough to live in registers.
pub(super) fn is_small(buffer: &Buffer) -> bool {
    let len = crate::c::memory::constant_len(buffer);
    len.is_some_and(|n| n * buffer.dtype.element().bytes() as u64 <= MOST_BYTES)
}

/// Tiles, and the loops whose variables index them.
#[derive(Default)]
struct FindTiles {
    /// Loops around the node at hand: variable, constant extent, and whether it may be unrolled.
    loops: Vec<(VarId, Option<i128>)>,
    /// For each candidate: how many loops are around its allocation.
    tiles: FxHashMap<VarId, Tile>,
}

struct Tile {
    depth: usize,
    /// Loops to write out, with their extents.
    loops: FxHashMap<VarId, i128>,
    copies: i128,
    good: bool,
}

impl FindTiles {
    fn access(&mut self, buffer: &Buffer, indices: &[PrimExpr]) {
        let Some(tile) = self.tiles.get_mut(&buffer.data.id) else { return };
        let mut copies = 1;
        for var in indices.iter().flat_map(free_vars) {
            let at = self.loops.iter().position(|(id, _)| *id == var.id);
            match at.map(|at| (at, self.loops[at].1)) {
                Some((at, Some(extent))) if tile.depth <= at => {
                    tile.loops.insert(var.id, extent);
                    copies *= extent.max(1);
                }
                _ => tile.good = false,
            }
        }
        tile.copies = tile.copies.max(copies);
        tile.good &= tile.copies <= MOST_COPIES;
    }

    fn loops_of_good_tiles(self) -> FxHashSet<VarId> {
        let good = self.tiles.into_values().filter(|t| t.good);
        good.flat_map(|t| t.loops.into_keys()).collect()
    }
}

impl Visitor for FindTiles {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::AllocBuffer(a) if a.constant.is_none() && is_small(&a.buffer) => {
                let tile = Tile {
                    depth: self.loops.len(),
                    loops: FxHashMap::default(),
                    copies: 1,
                    good: true,
                };
                self.tiles.insert(a.buffer.data.id, tile);
            }
            Stmt::Store(s) => {
                self.access(&s.buffer, &s.indices);
                walk_stmt(self, stmt);
            }
            Stmt::For(l) => {
                self.loops.push((l.loop_var.id, unrollable(l)));
                walk_stmt(self, stmt);
                self.loops.pop();
            }
            Stmt::DeclBuffer(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        if let PrimExpr::Load(load) = expr {
            self.access(&load.buffer, &load.indices);
        }
        walk_expr(self, expr);
    }

    /// A pointer used as a value: its memory stays memory.
    fn visit_var(&mut self, var: Var) {
        if let Some(tile) = self.tiles.get_mut(&var.id) {
            tile.good = false;
        }
    }
}

/// The extent of a loop that could be written out. Vector loops are written out as vectors.
fn unrollable(l: &For) -> Option<i128> {
    let leaves = || any_stmt(&l.body, |s| matches!(s, Stmt::Break(_) | Stmt::Continue(_)));
    let simple = matches!(l.kind, ForKind::Serial | ForKind::Unrolled | ForKind::Vectorized)
        && l.min.as_int().is_some()
        && l.step.as_ref().is_none_or(|s| s.is_int(1));
    if !simple || leaves() {
        return None;
    }
    l.extent.as_int()
}

struct Unroll {
    unrolled: FxHashSet<VarId>,
}

impl Rewriter for Unroll {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let walked = walk_rewrite_stmt(self, stmt);
        let Stmt::For(l) = walked.as_ref().unwrap_or(stmt) else { return walked };
        if l.kind == ForKind::Vectorized || !self.unrolled.contains(&l.loop_var.id) {
            return walked;
        }
        let (Some(min), Some(extent)) = (l.min.as_int(), l.extent.as_int()) else { return walked };
        let copies = (min..min + extent).map(|value| {
            let value = PrimExpr::int(value as i64, l.loop_var.dtype);
            let value = index::cast(l.loop_var.dtype, value);
            substitute_var(&copy_with_fresh_binders(&l.body), l.loop_var, value)
        });
        Some(Stmt::seq(copies))
    }
}
