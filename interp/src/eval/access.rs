//! Accesses to buffers, with their checks in the order of SEMANTICS D14: bounds, regions,
//! initialised elements, bools, races.

use super::Mask;
use crate::machine::{Lanes, Machine};
use crate::options::Class;
use crate::race::{AccessKind, Conflict};
use crate::report::{show, show_indices, show_shape};
use crate::tree::{Access, Load, Sharing, Store};
use crate::view::View;
use smallvec::SmallVec;
use tirade_ir::{Code, Diagnostic};

/// Indices of one element.
pub type Indices = SmallVec<[i64; 6]>;

/// An element that may be accessed.
#[derive(Clone, Copy, Debug)]
struct Element {
    /// Its first cell.
    cell: usize,
}

impl Machine<'_> {
    /// The value that a scalar load gives.
    ///
    /// Not inlined: its indices would make the frames of all recursive evaluation larger.
    #[inline(never)]
    pub fn load(&mut self, e: &Load) -> u64 {
        if let Some(predicate) = &e.predicate
            && !self.truth(predicate)
        {
            return 0;
        }
        let mut indices = Indices::new();
        self.push_indices(&e.access, &mut indices);
        self.read_lane(&e.access, &indices, 0, e.is_bool)
    }

    /// The values that a vector load gives; lanes that are off read nothing and are 0.
    pub fn load_lanes(&mut self, e: &Load, lanes: u32, mask: Mask<'_>) -> Lanes {
        let off = e.predicate.as_ref().map(|p| self.mask(p, lanes));
        let is_on =
            |lane: usize| mask.is_none_or(|m| m[lane]) && off.as_ref().is_none_or(|m| m[lane]);
        let mut indices = self.indices(&e.access);
        let Some(index_lanes) = e.access.index_lanes else {
            let on: SmallVec<[bool; 16]> = (0..lanes as usize).map(is_on).collect();
            return self.read_element(e, &indices, &on);
        };
        let last = self.last_indices(&e.access, index_lanes, mask);
        let per_index = lanes / index_lanes.max(1);
        let mut values = Lanes::new();
        for (i, at) in last.into_iter().enumerate() {
            if let Some(last) = indices.last_mut() {
                *last = at;
            }
            for part in 0..per_index {
                let lane = i * per_index as usize + part as usize;
                let on = is_on(lane);
                values.push(if on {
                    self.read_lane(&e.access, &indices, part, e.is_bool)
                } else {
                    0
                });
            }
        }
        values
    }

    fn read_element(&mut self, e: &Load, indices: &[i64], on: &[bool]) -> Lanes {
        let read = |(lane, on): (usize, &bool)| match on {
            true => self.read_lane(&e.access, indices, lane as u32, e.is_bool),
            false => 0,
        };
        on.iter().enumerate().map(read).collect()
    }

    /// Runs a store.
    pub fn store(&mut self, s: &Store) {
        let mut indices = Indices::new();
        self.push_indices(&s.access, &mut indices);
        if s.lanes == 1 && s.access.index_lanes.is_none() {
            let value = self.eval(&s.value);
            let on = s.predicate.as_ref().is_none_or(|p| self.truth(p));
            if on && !self.halted {
                self.write_lane(&s.access, &indices, 0, value);
            }
            return;
        }
        let last = s.access.index_lanes.map(|n| self.last_indices(&s.access, n, None));
        let values = self.vector(&s.value, s.lanes, None);
        let on = s.predicate.as_ref().map(|p| self.mask(p, s.lanes));
        if self.halted {
            return;
        }
        if let (Some(last), true) = (&last, self.checks(Class::Lanes)) {
            self.check_lanes(&s.access, last, s.lanes, on.as_deref());
        }
        let per_index = s.lanes / s.access.index_lanes.unwrap_or(1).max(1);
        for (lane, value) in values.into_iter().enumerate() {
            if on.as_ref().is_some_and(|m| !m[lane]) {
                continue;
            }
            if let (Some(last), Some(index)) = (&last, indices.last_mut()) {
                *index = last[lane / per_index as usize];
            }
            self.write_lane(&s.access, &indices, lane as u32 % per_index, value);
            if self.halted {
                return;
            }
        }
    }

    /// Makes the elements of an access count as never written.
    pub fn undefine(&mut self, access: &Access) {
        let mut indices = self.indices(access);
        let last = match access.index_lanes {
            Some(lanes) => self.last_indices(access, lanes, None),
            None => indices.last().copied().into_iter().collect(),
        };
        for at in last.iter().copied().chain(indices.is_empty().then_some(0)) {
            if let Some(index) = indices.last_mut() {
                *index = at;
            }
            if let Some(element) = self.locate(access, &indices, AccessKind::Write) {
                let view = self.view(access.buffer);
                (0..view.cells).for_each(|i| view.memory.mark_unwritten(element.cell + i));
            }
        }
    }

    /// Writes a scalar to the element of an access.
    pub fn store_bits(&mut self, access: &Access, bits: u64) {
        let indices = self.indices(access);
        self.write_lane(access, &indices, 0, bits);
    }

    /// The indices of an access; 0 for the last one where it is a vector.
    fn indices(&mut self, access: &Access) -> Indices {
        let mut indices = Indices::new();
        self.push_indices(access, &mut indices);
        indices
    }

    /// [`Machine::indices`] in place: moving them costs as much as computing them.
    fn push_indices(&mut self, access: &Access, indices: &mut Indices) {
        let scalars = access.indices.len() - access.index_lanes.is_some() as usize;
        for index in &access.indices[..scalars] {
            let value = self.index(index);
            indices.push(value);
        }
        if access.index_lanes.is_some() {
            indices.push(0);
        }
    }

    fn last_indices(&mut self, access: &Access, lanes: u32, mask: Mask<'_>) -> Indices {
        let Some(last) = access.indices.last() else { return Indices::new() };
        // A mask over lanes of the access masks its indices only if there are as many.
        let mask = mask.filter(|m| m.len() == lanes as usize);
        let values = self.vector(&last.expr, lanes, mask);
        values.into_iter().map(|bits| last.widen.apply(bits)).collect()
    }

    /// Two enabled lanes of a store must not have one address (V2).
    fn check_lanes(&mut self, access: &Access, last: &[i64], lanes: u32, on: Option<&[bool]>) {
        let stride = self.view(access.buffer).dims.last().map_or(1, |d| d.stride);
        let per_index = (lanes as usize / last.len().max(1)).max(1);
        let is_on = |i: usize| on.is_none_or(|m| m[i * per_index..][..per_index].contains(&true));
        let mut seen = rustc_hash::FxHashMap::default();
        for (i, at) in last.iter().enumerate().filter(|(i, _)| is_on(*i)) {
            if let Some((first, other)) = seen.insert(at.wrapping_mul(stride), (i, *at)) {
                let name = self.func.buffers[access.buffer as usize].name;
                let what = match other == *at {
                    true => format!("index {at}"),
                    false => format!("one address, as indices {other} and {at} with stride 0"),
                };
                let message =
                    format!("lanes {first} and {i} of a store to `{name}` both write {what}");
                self.report(Code::LANES, access.span, message);
                return;
            }
        }
    }

    /// Lane `lane` of the element at `indices`, checked.
    fn read_lane(&mut self, access: &Access, indices: &[i64], lane: u32, is_bool: bool) -> u64 {
        let view = self.view(access.buffer);
        if let Some(cell) = self.plain_cell(access, view, indices)
            && lane == 0
            && !is_bool
            && view.memory.is_written(cell)
        {
            return view.memory.cells.load(cell);
        }
        let Some(element) = self.locate(access, indices, AccessKind::Read) else { return 0 };
        let view = self.view(access.buffer);
        let cell = element.cell + lane as usize * view.lane_cells;
        let bits = view.load_lane(cell);
        let written = view.lane_is_written(cell);
        if !written && self.checks(Class::Uninit) {
            self.report_access(
                Code::UNINITIALISED,
                access,
                indices,
                "is read before it is written",
            );
        }
        if is_bool && bits > 1 && self.checks(Class::Bool) {
            let text = format!("is read as a bool, but its byte is {bits}");
            self.report_access(Code::BOOL, access, indices, &text);
        }
        if self.watches_races() {
            self.watch(access, indices, cell, AccessKind::Read);
        }
        if self.func.buffers[access.buffer as usize].traced {
            self.trace_access("read", access, indices, bits);
        }
        if is_bool { (bits != 0) as u64 } else { bits }
    }

    fn write_lane(&mut self, access: &Access, indices: &[i64], lane: u32, bits: u64) {
        let view = self.view(access.buffer);
        if let Some(cell) = self.plain_cell(access, view, indices)
            && lane == 0
        {
            view.memory.cells.store(cell, bits);
            view.memory.mark_written(cell);
            return;
        }
        let Some(element) = self.locate(access, indices, AccessKind::Write) else { return };
        let view = self.view(access.buffer);
        let cell = element.cell + lane as usize * view.lane_cells;
        if self.watches_races() {
            let kind = if access.recomputes { AccessKind::Recompute } else { AccessKind::Write };
            self.watch(access, indices, cell, kind);
            if self.halted {
                return;
            }
        }
        self.view(access.buffer).store_lane(cell, bits);
        if !access.remembered_by.is_empty() || !self.outer_regions.is_empty() {
            self.remember_write(access, cell);
        }
        if self.func.buffers[access.buffer as usize].traced {
            self.trace_access("write", access, indices, bits);
        }
    }

    /// The cell of an access within the shape and the allocation that no check looks at further;
    /// `None` for all other accesses, which [`Machine::locate`] decides.
    #[inline(always)]
    fn plain_cell(&self, access: &Access, view: &View, indices: &[i64]) -> Option<usize> {
        let is_watched = !self.outer_regions.is_empty() || self.watches_races();
        if !access.is_plain || is_watched || view.lane_cells != 1 {
            return None;
        }
        let mut flat = view.offset;
        let mut inside = true;
        for (index, dim) in indices.iter().zip(&view.dims) {
            inside &= 0 <= *index && *index < dim.extent;
            flat = flat.wrapping_add(index.wrapping_mul(dim.stride));
        }
        let base = view.safe_base().filter(|_| inside)?;
        Some((base + flat * view.cells as i64) as usize)
    }

    /// The element at `indices`, if it is inside of the shape and the allocation; reports the
    /// access otherwise, and if it is outside of declared regions.
    fn locate(&mut self, access: &Access, indices: &[i64], kind: AccessKind) -> Option<Element> {
        let view = self.view(access.buffer);
        let mut flat = view.offset;
        let mut inside = true;
        for (index, dim) in indices.iter().zip(&view.dims) {
            inside &= 0 <= *index && *index < dim.extent;
            flat = flat.wrapping_add(index.wrapping_mul(dim.stride));
        }
        if !inside && self.checks(Class::Oob) {
            self.report_outside(access, indices);
            return None;
        }
        let cell = if inside { view.cell(flat) } else { view.cell_checked(flat) };
        let Some(cell) = cell else {
            self.report_outside_memory(access, indices);
            return None;
        };
        let ruled = !access.regions.is_empty() || !self.outer_regions.is_empty();
        if ruled && self.checks(Class::Region) {
            self.check_regions(access, indices, flat, kind);
        }
        (!self.halted).then_some(Element { cell })
    }

    /// The element of an access that is not a plain read or write: its first cell and flat offset.
    pub(super) fn locate_place(
        &mut self,
        access: &Access,
        kind: AccessKind,
    ) -> Option<(usize, Indices)> {
        let indices = self.indices(access);
        self.locate(access, &indices, kind).map(|e| (e.cell, indices))
    }

    /// Flat offset of an access whose element is not touched: the address may lie one past the end.
    pub(super) fn flat_of(&mut self, access: &Access) -> i64 {
        let indices = self.indices(access);
        let view = self.view(access.buffer);
        indices.iter().zip(&view.dims).fold(view.offset, |flat, (index, dim)| {
            flat.wrapping_add(index.wrapping_mul(dim.stride))
        })
    }

    /// The present view of a buffer.
    #[inline(always)]
    pub fn view(&self, buffer: u32) -> &View {
        match &self.frame.views[buffer as usize] {
            Some(view) => view,
            None => unreachable!("resolving puts a buffer's definition before its uses"),
        }
    }

    /// Notes an access and reports the race it is part of.
    pub fn watch(&mut self, access: &Access, indices: &[i64], cell: usize, kind: AccessKind) {
        let info = &self.func.buffers[access.buffer as usize];
        let shared = info.sharing == Sharing::Shared;
        let view = self.view(access.buffer);
        let (first, cells) = (cell, view.lane_cells);
        let memory = view.memory.clone();
        let mut conflict = None;
        for cell in first..first + cells {
            let found = self.strands.touch(memory.races(), cell, kind, access.site, shared);
            conflict = conflict.or(found);
        }
        if let Some(conflict) = conflict {
            self.report_race(access, indices, kind, conflict);
        }
    }

    #[cold]
    fn report_race(&mut self, access: &Access, at: &[i64], kind: AccessKind, other: Conflict) {
        let name = self.func.buffers[access.buffer as usize].name;
        let (now, then) = self.strands.describe(other.level, other.iteration);
        let verb = match kind {
            AccessKind::Read => "reads",
            AccessKind::Write | AccessKind::Recompute => "writes",
            AccessKind::Atomic => "updates",
        };
        let indices = show_indices(at);
        let earlier = if other.wrote { "writes" } else { "reads" };
        let message =
            format!("iteration {now} {verb} `{name}{indices}`, which iteration {then} {earlier}");
        let place = self.shared.program.sites[other.site as usize];
        let label = format!("iteration {then} {earlier} it here");
        let diagnostic =
            Diagnostic::error(Code::RACE, access.span, message).with_secondary(place, label);
        self.report_diagnostic(diagnostic);
    }

    #[cold]
    fn report_outside(&mut self, access: &Access, indices: &[i64]) {
        let info = &self.func.buffers[access.buffer as usize];
        let dims = self.view(access.buffer).dims.clone();
        let wrong = indices.iter().zip(&dims).position(|(i, d)| *i < 0 || d.extent <= *i);
        let d = wrong.unwrap_or(0);
        let shape = show_shape(dims.iter().map(|d| d.extent));
        let message = format!(
            "`{}{}` is outside of `{}`, whose shape is {shape}",
            info.name,
            show_indices(indices),
            info.name
        );
        let label = match dims[d].extent {
            extent if extent <= 0 => format!("dimension {d} has no elements"),
            extent => format!("index {d} is {}, it must be in 0..{extent}", indices[d]),
        };
        let diagnostic =
            Diagnostic::error(Code::OUT_OF_BOUNDS, access.span, message).with_label(label);
        self.report_diagnostic(diagnostic);
    }

    #[cold]
    fn report_outside_memory(&mut self, access: &Access, indices: &[i64]) {
        let info = &self.func.buffers[access.buffer as usize];
        let bytes = self.view(access.buffer).memory.bytes();
        let message = format!(
            "`{}{}` is inside of the shape, but outside of the memory behind `{}`",
            info.name,
            show_indices(indices),
            info.name
        );
        let diagnostic = Diagnostic::error(Code::OUT_OF_BOUNDS, access.span, message)
            .with_note(format!("the memory has {bytes} bytes"));
        self.report_diagnostic(diagnostic);
    }

    #[cold]
    pub(crate) fn report_access(&mut self, code: Code, access: &Access, at: &[i64], what: &str) {
        let info = &self.func.buffers[access.buffer as usize];
        let shape = show_shape(self.view(access.buffer).dims.iter().map(|d| d.extent));
        let message = format!("`{}{}` {what}", info.name, show_indices(at));
        let note = format!("`{}` is `{}` with shape {shape}", info.name, info.dtype);
        let diagnostic = Diagnostic::error(code, access.span, message)
            .with_secondary(info.span, format!("`{}` is declared here", info.name))
            .with_note(note);
        self.report_diagnostic(diagnostic);
    }

    #[cold]
    fn trace_access(&mut self, verb: &str, access: &Access, indices: &[i64], bits: u64) {
        if self.quiet > 0 {
            return;
        }
        let info = &self.func.buffers[access.buffer as usize];
        let value = show(bits, info.dtype);
        let mut line = format!("{verb} {}{} = {value}", info.name, show_indices(indices));
        for note in self.where_it_happened() {
            line += &format!(", {note}");
        }
        self.trace.push(line);
    }
}
