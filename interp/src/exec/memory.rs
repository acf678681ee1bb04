//! Allocations and views.

use crate::eval::dims_of;
use crate::machine::Machine;
use crate::memory::Memory;
use crate::tree::{Alloc, BufferInfo, Match};
use crate::view::{Dim, Pointer, View};
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tirade_ir::{Code, Diagnostic, Span};

type Dims = SmallVec<[Dim; 4]>;

impl<'p> Machine<'p> {
    /// Shape and strides of a buffer, from the present values of its sizes.
    fn dims(&mut self, info: &BufferInfo) -> Dims {
        let shape: SmallVec<[i64; 4]> = info.shape.iter().map(|e| self.index(e)).collect();
        let strides: SmallVec<[i64; 4]> = info.strides.iter().map(|e| self.index(e)).collect();
        dims_of(&shape, &strides)
    }

    /// Gives a buffer memory of its own, with no contents (M3).
    pub fn allocate(&mut self, alloc: &'p Alloc) {
        let info = &self.func.buffers[alloc.buffer as usize];
        if let Some(memory) = self.existing_shared(alloc) {
            let dims = self.dims(info);
            self.define(alloc.buffer, memory, dims, 0);
            return;
        }
        let dims = self.dims(info);
        let offset = info.offset.as_ref().map_or(0, |e| self.index(e));
        let Some(bytes) = self.allocation_size(info, &dims, offset, alloc.span) else { return };
        let memory = match &alloc.constant {
            Some(values) => Arc::new(self.constant_memory(info, values, bytes)),
            None => self.fresh_memory(alloc.buffer, bytes),
        };
        self.define(alloc.buffer, memory, dims, offset);
    }

    /// Memory without contents for a buffer; that of the scope's last entry if nothing refers to it.
    fn fresh_memory(&mut self, buffer: u32, bytes: usize) -> Arc<Memory> {
        let info = &self.func.buffers[buffer as usize];
        let old = self.frame.views[buffer as usize].take().map(|v| v.memory);
        self.frame.pointers[info.pointer as usize] = None;
        if let Some(mut old) = old
            && old.bytes() == bytes.next_multiple_of(info.cell_bytes)
            && old.width == info.cell_bytes
            && !old.is_always_written()
            && let Some(memory) = Arc::get_mut(&mut old)
        {
            memory.reset();
            return old;
        }
        Arc::new(Memory::uninitialised(bytes, info.cell_bytes, &self.shared.live))
    }

    fn constant_memory(&self, info: &BufferInfo, values: &[u64], bytes: usize) -> Memory {
        let lane = info.dtype.bytes();
        let mut contents = vec![0; bytes.next_multiple_of(info.cell_bytes)];
        for (place, bits) in contents.chunks_exact_mut(lane.max(1)).zip(values) {
            let raw = bits.to_ne_bytes();
            let low = if cfg!(target_endian = "little") { 0 } else { 8 - lane };
            place.copy_from_slice(&raw[low..low + lane]);
        }
        Memory::initialised(&contents, info.cell_bytes, &self.shared.live)
    }

    fn define(&mut self, buffer: u32, memory: Arc<Memory>, dims: Dims, offset: i64) {
        let info = &self.func.buffers[buffer as usize];
        let pointer = Pointer { memory, byte: 0 };
        self.frame.views[buffer as usize] = Some(View::new(&pointer, info.dtype, offset, dims));
        self.frame.pointers[info.pointer as usize] = Some(pointer);
    }

    /// Bytes that a buffer needs; reports what is too much.
    fn allocation_size(
        &mut self,
        info: &BufferInfo,
        dims: &Dims,
        offset: i64,
        span: Span,
    ) -> Option<usize> {
        if let Some(dim) = dims.iter().find(|d| d.extent < 0) {
            let message = format!("`{}` has the negative extent {}", info.name, dim.extent);
            self.report(Code::ALLOC, span, message);
            self.halted = true;
            return None;
        }
        let last = dims.iter().try_fold(offset.max(0) as i128, |at, d| {
            at.checked_add((d.extent as i128 - 1).checked_mul(d.stride as i128)?.max(0))
        });
        let empty = dims.iter().any(|d| d.extent == 0);
        let elements = if empty { Some(0) } else { last.and_then(|l| l.checked_add(1)) };
        let size = info.dtype.bytes() as i128 * info.dtype.lanes() as i128;
        let bytes = elements.and_then(|n| n.checked_mul(size)).unwrap_or(i128::MAX);
        let limits = &self.shared.options;
        let live = self.shared.live.load(Relaxed) as i128;
        let message = if bytes > limits.max_allocation as i128 {
            let limit = limits.max_allocation;
            format!("`{}` needs {bytes} bytes, more than the limit of {limit}", info.name)
        } else if live + bytes > limits.max_memory as i128 {
            let limit = limits.max_memory;
            format!("`{}` and other buffers need more than the limit of {limit} bytes", info.name)
        } else {
            return Some(bytes as usize);
        };
        self.report(Code::ALLOC, span, message);
        self.halted = true;
        None
    }

    /// Declares a view of memory that a pointer leads to.
    pub fn declare(&mut self, buffer: u32) {
        let info = &self.func.buffers[buffer as usize];
        let Some(pointer) = self.frame.pointers[info.pointer as usize].clone() else {
            let message = format!("`{}` is declared on a null pointer", info.name);
            self.report(Code::OUT_OF_BOUNDS, info.span, message);
            self.halted = true;
            return;
        };
        let dims = self.dims(info);
        let offset = info.offset.as_ref().map_or(0, |e| self.index(e));
        self.frame.views[buffer as usize] = Some(View::new(&pointer, info.dtype, offset, dims));
    }

    /// Makes a buffer the view of a region of another one (M6).
    pub fn match_region(&mut self, m: &'p Match) {
        let ranges: Vec<_> =
            m.ranges.iter().map(|(min, n)| (self.index(min), self.index(n))).collect();
        let source = self.view(m.source).clone();
        let region = source.region(&ranges);
        // Leading extents of 1 may be left out.
        let rank = m.shape_vars.len();
        let dropped = region.dims.len().saturating_sub(rank);
        let is_region_unit = ranges[..dropped.min(ranges.len())].iter().all(|(_, n)| *n == 1);
        if region.dims.len() < rank || !is_region_unit {
            let message = format!("has {rank} dimensions, the region has {}", region.dims.len());
            return self.report_match(m, &message);
        }
        let actual: Dims = region.dims[dropped..].iter().copied().collect();
        for (d, dim) in actual.iter().enumerate() {
            self.set_size(m.shape_vars[d], dim.extent);
            if let Some(var) = m.stride_vars.get(d) {
                self.set_size(*var, dim.stride);
            }
        }
        self.set_size(m.offset_var, region.offset);
        if let Some(message) = self.match_error(m, &ranges, &source, &actual, region.offset) {
            return self.report_match(m, &message);
        }
        let info = &self.func.buffers[m.buffer as usize];
        self.frame.pointers[info.pointer as usize] = Some(region.pointer());
        let view = View::new(&region.pointer(), info.dtype, region.offset, actual);
        self.frame.views[m.buffer as usize] = Some(view);
    }

    fn set_size(&mut self, slot: Option<u32>, value: i64) {
        if let Some(slot) = slot {
            self.frame.scalars[slot as usize] = value as u64;
        }
    }

    fn match_error(
        &mut self,
        m: &'p Match,
        ranges: &[(i64, i64)],
        source: &View,
        actual: &Dims,
        offset: i64,
    ) -> Option<String> {
        let info = &self.func.buffers[m.buffer as usize];
        for (d, ((min, n), dim)) in ranges.iter().zip(&source.dims).enumerate() {
            if *n < 0 || *min < 0 || *min as i128 + *n as i128 > dim.extent as i128 {
                let end = min.saturating_add(*n);
                let extent = dim.extent;
                return Some(format!("views {min}:{end} in dimension {d}, which has {extent}"));
            }
        }
        let declared = self.dims(info);
        for (d, (want, got)) in declared.iter().zip(actual).enumerate() {
            if want.extent != got.extent {
                let (want, got) = (want.extent, got.extent);
                return Some(format!("has extent {want} in dimension {d}, the region has {got}"));
            }
            if !info.strides.is_empty() && got.extent > 1 && want.stride != got.stride {
                let (want, got) = (want.stride, got.stride);
                return Some(format!("has stride {want} in dimension {d}, the region has {got}"));
            }
        }
        if let Some(declared) = &info.offset {
            let want = self.index(declared);
            if want != offset {
                return Some(format!("has offset {want}, the region begins at {offset}"));
            }
        }
        if info.dtype != source.dtype {
            return Some(format!("holds `{}`, the region `{}`", info.dtype, source.dtype));
        }
        if info.offset_factor > 1 && offset % info.offset_factor != 0 {
            let factor = info.offset_factor;
            return Some(format!("has an offset that is a multiple of {factor}, not {offset}"));
        }
        let start = source.pointer_to(offset).byte;
        if info.align > 1 && start % info.align != 0 {
            let align = info.align;
            return Some(format!("is aligned to {align} bytes, the region begins at byte {start}"));
        }
        None
    }

    #[cold]
    fn report_match(&mut self, m: &'p Match, message: &str) {
        let info = &self.func.buffers[m.buffer as usize];
        let source = &self.func.buffers[m.source as usize];
        let text = format!("`{}` {message}", info.name);
        let diagnostic = Diagnostic::error(Code::MATCH, m.span, text)
            .with_secondary(source.span, format!("`{}` is declared here", source.name));
        self.report_diagnostic(diagnostic);
        self.halted = true;
    }
}
