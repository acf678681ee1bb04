//! Declared regions of blocks (SEMANTICS K4).
//!
//! An access is held against the regions by the memory it touches, so that it does not matter by
//! which view it goes. Accesses that are inside by their form alone were told apart when the
//! program was resolved and do not come here.

use crate::eval::{Indices, Value};
use crate::machine::Machine;
use crate::options::Class;
use crate::race::AccessKind;
use crate::report::{show_indices, show_shape};
use crate::tree::{Access, Block, Call, Region};
use crate::view::{Dim, View};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex};
use tirade_ir::{Code, Diagnostic, Symbol};

/// Cells of memories, by the address of the memory.
pub type CellSet = FxHashSet<(usize, usize)>;

/// A declared region with its bounds in one instance of the block.
#[derive(Clone, Debug)]
pub struct RegionBox {
    /// Listed in `T.writes`.
    is_write: bool,
    /// Number of the buffer.
    buffer: u32,
    /// Its name.
    name: Symbol,
    /// The buffer that the region is a part of.
    view: View,
    /// Minimum and extent of each dimension.
    ranges: Box<[(i64, i64)]>,
}

/// A block around a call, while the callee runs.
#[derive(Clone, Debug)]
pub struct OuterRegions {
    /// Name of the block.
    block: Symbol,
    /// It says what it reads.
    lists_reads: bool,
    /// It says what it writes.
    lists_writes: bool,
    /// Reading the accumulator under `writes` alone is allowed.
    reads_writes: bool,
    /// Its regions in the present instance.
    boxes: Arc<[RegionBox]>,
    /// Addresses of the memories that the callee was given.
    memories: SmallVec<[usize; 4]>,
    /// Cells of them that the callee has written.
    own_writes: Arc<Mutex<CellSet>>,
}

impl OuterRegions {
    /// True if the block allows an access to the cells from `cell` on.
    fn allow(&self, view: &View, cell: i128, kind: AccessKind) -> bool {
        let is_read = kind == AccessKind::Read;
        let listed = if is_read { self.lists_reads } else { self.lists_writes };
        let memory = address(view);
        if !listed || !self.memories.contains(&memory) {
            return true;
        }
        let counts = |b: &RegionBox| {
            if is_read { !b.is_write || self.reads_writes } else { b.is_write }
        };
        let cells = view.cells as i128;
        self.boxes.iter().any(|b| counts(b) && b.holds_cells(view, cell, cells))
            || is_read
                && self.own_writes.lock().is_ok_and(|own| own.contains(&(memory, cell as usize)))
    }
}

/// What tells one memory from another.
fn address(view: &View) -> usize {
    Arc::as_ptr(&view.memory) as usize
}

impl RegionBox {
    /// True if the box holds the element at `indices` of the buffer itself.
    fn holds(&self, indices: &[i64]) -> bool {
        self.ranges.iter().zip(indices).all(|((min, n), i)| min <= i && i - min < *n)
    }

    /// True if the box holds the cells from `cell` on.
    fn holds_cells(&self, view: &View, cell: i128, cells: i128) -> bool {
        if !Arc::ptr_eq(&self.view.memory, &view.memory) {
            return false;
        }
        let (width, size) = (view.memory.width as i128, self.view.cells as i128);
        let base = self.view.byte as i128 / width;
        let first = (cell - base).div_euclid(size);
        let last = (cell + cells - 1 - base).div_euclid(size);
        (first..=last).all(|flat| self.holds_flat(flat - self.view.offset as i128))
    }

    /// True if some indices of the box lead to flat offset `flat`.
    fn holds_flat(&self, flat: i128) -> bool {
        let mut dims: Vec<(Dim, (i64, i64))> =
            self.view.dims.iter().copied().zip(self.ranges.iter().copied()).collect();
        let start: i128 = dims.iter().map(|(d, (min, _))| d.stride as i128 * *min as i128).sum();
        dims.sort_by_key(|(d, _)| std::cmp::Reverse(d.stride.unsigned_abs()));
        let steps: Vec<(i128, i128)> =
            dims.iter().map(|(d, (_, n))| (d.stride as i128, *n as i128)).collect();
        reaches(&steps, flat - start)
    }
}

/// True if `distance` is a sum of `stride * i` with `0 <= i < n` over all dimensions, which come
/// with falling strides.
fn reaches(dims: &[(i128, i128)], distance: i128) -> bool {
    let Some(((stride, n), rest)) = dims.split_first() else { return distance == 0 };
    if *n <= 0 {
        return false;
    }
    if *stride == 0 {
        return reaches(rest, distance);
    }
    let (mut lo, mut hi) = (0, 0);
    for (s, n) in rest {
        let far = s * (n - 1);
        if far < 0 { lo += far } else { hi += far }
    }
    // The index must bring the rest of the way into `lo..=hi`.
    let (a, b) = ((distance - hi) as f64 / *stride as f64, (distance - lo) as f64 / *stride as f64);
    let first = (a.min(b).floor() as i128).max(0);
    let last = (a.max(b).ceil() as i128).min(n - 1);
    (first..=last).any(|i| reaches(rest, distance - stride * i))
}

impl<'p> Machine<'p> {
    /// Evaluates the regions of a block for its present instance.
    pub fn enter_regions(&mut self, block: &'p Block) {
        self.frame.own_writes[block.id] = block.remembers_writes.then(Default::default);
        if block.regions.is_empty() {
            return;
        }
        // What a region reads is read again by the body, which reports it.
        self.quiet += 1;
        let boxes = block.regions.iter().map(|r| self.region_box(r)).collect();
        self.quiet -= 1;
        self.frame.regions[block.id] = boxes;
    }

    /// Remembers a write for the blocks around it that have to know.
    pub fn remember_write(&mut self, access: &Access, cell: usize) {
        let view = self.view(access.buffer);
        let memory = address(view);
        let cells = cell..cell + view.lane_cells;
        for outer in self.outer_regions.iter().filter(|o| o.memories.contains(&memory)) {
            if let Ok(mut set) = outer.own_writes.lock() {
                set.extend(cells.clone().map(|c| (memory, c)));
            }
        }
        for block in &access.remembered_by {
            if let Some(set) = &self.frame.own_writes[*block]
                && let Ok(mut set) = set.lock()
            {
                set.extend(cells.clone().map(|c| (memory, c)));
            }
        }
    }

    /// True if the present instance of a block has written the cell.
    fn wrote(&self, block: usize, view: &View, cell: usize) -> bool {
        let set = self.frame.own_writes[block].as_ref();
        set.is_some_and(|s| s.lock().is_ok_and(|s| s.contains(&(address(view), cell))))
    }

    /// A call begins: the blocks around it go on to rule what happens to the memory that the
    /// callee is given.
    pub fn enter_callee(&mut self, call: &Call, args: &[Value]) {
        if !self.checks(Class::Region) {
            return;
        }
        for rule in &call.regions {
            let memory = |i: &usize| match &args[*i] {
                Value::Buffer(view) => Some(address(view)),
                Value::Pointer(Some(pointer)) => Some(Arc::as_ptr(&pointer.memory) as usize),
                Value::Pointer(None) | Value::Scalar(_) => None,
            };
            self.outer_regions.push(OuterRegions {
                block: self.block_name(rule.block),
                lists_reads: rule.lists_reads,
                lists_writes: rule.lists_writes,
                reads_writes: rule.reads_writes,
                boxes: self.frame.regions[rule.block].clone(),
                memories: rule.args.iter().filter_map(memory).collect(),
                own_writes: Arc::default(),
            });
        }
    }

    fn region_box(&mut self, region: &Region) -> RegionBox {
        let ranges =
            region.ranges.iter().map(|(min, n)| (self.index(min), self.index(n))).collect();
        let view = self.view(region.buffer).clone();
        let name = self.func.buffers[region.buffer as usize].name;
        RegionBox { is_write: region.is_write, buffer: region.buffer, name, view, ranges }
    }

    /// Reports an access outside of the declared regions of a block around it.
    pub fn check_regions(&mut self, access: &Access, indices: &[i64], flat: i64, kind: AccessKind) {
        for check in &access.regions {
            let boxes = self.frame.regions[check.block].clone();
            let view = self.view(access.buffer);
            let cells = view.cells as i128;
            let first = view.byte as i128 / view.memory.width as i128 + flat as i128 * cells;
            let inside = boxes.iter().any(|b| {
                let listed = match kind {
                    AccessKind::Read => !b.is_write || check.reads_writes,
                    AccessKind::Write | AccessKind::Recompute | AccessKind::Atomic => b.is_write,
                };
                let holds = match b.buffer == access.buffer {
                    true => b.holds(indices),
                    false => b.holds_cells(view, first, cells),
                };
                listed && holds
            });
            let own = check.own_writes && kind == AccessKind::Read;
            let inside = inside || own && self.wrote(check.block, view, first as usize);
            if !inside {
                let block = self.block_name(check.block);
                self.report_region(access, indices.into(), kind, block, &boxes);
                return;
            }
        }
        self.check_outer_regions(access, indices, flat, kind);
    }

    /// Reports an access of a callee outside of the declared regions of a block around its call.
    fn check_outer_regions(
        &mut self,
        access: &Access,
        indices: &[i64],
        flat: i64,
        kind: AccessKind,
    ) {
        if self.outer_regions.is_empty() {
            return;
        }
        let view = self.view(access.buffer);
        let first =
            view.byte as i128 / view.memory.width as i128 + flat as i128 * view.cells as i128;
        let wrong = self.outer_regions.iter().rev().find(|o| !o.allow(view, first, kind));
        if let Some(OuterRegions { block, boxes, .. }) = wrong {
            let (block, boxes) = (*block, boxes.clone());
            self.report_region(access, indices.into(), kind, block, &boxes);
        }
    }

    #[cold]
    fn report_region(
        &mut self,
        access: &Access,
        indices: Indices,
        kind: AccessKind,
        block: Symbol,
        boxes: &[RegionBox],
    ) {
        let (verb, list) = match kind {
            AccessKind::Read => ("read", "T.reads"),
            AccessKind::Write | AccessKind::Recompute => ("written", "T.writes"),
            AccessKind::Atomic => ("updated", "T.writes"),
        };
        let name = self.func.buffers[access.buffer as usize].name;
        let indices = show_indices(&indices);
        let message =
            format!("`{name}{indices}` is {verb}, but not in the `{list}` of block `{block}`");
        let mut diagnostic = Diagnostic::error(Code::REGION, access.span, message);
        for b in boxes.iter().filter(|b| b.is_write == (kind != AccessKind::Read)) {
            let ranges: Vec<_> = b
                .ranges
                .iter()
                .map(|(min, n)| format!("{min}:{}", min.saturating_add(*n)))
                .collect();
            let shape = show_shape(b.view.dims.iter().map(|d| d.extent));
            diagnostic = diagnostic.with_note(format!(
                "`{list}` lists `{}[{}]`, a part of shape {shape}",
                b.name,
                ranges.join(", ")
            ));
        }
        self.report_diagnostic(diagnostic);
    }
}
