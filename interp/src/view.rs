//! Buffers at run time: a window on memory with a shape.

use crate::memory::Memory;
use smallvec::SmallVec;
use std::sync::Arc;
use tirade_ir::DType;

/// One dimension of a [`View`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dim {
    /// Number of indices.
    pub extent: i64,
    /// Distance of neighbours, in elements.
    pub stride: i64,
}

/// A place in memory.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// The allocation.
    pub memory: Arc<Memory>,
    /// Distance from its start, in bytes.
    pub byte: i64,
}

/// A buffer: element `(i0, i1, …)` lies `offset + i0 * stride0 + i1 * stride1 + …` elements from
/// the pointer.
#[derive(Clone, Debug)]
pub struct View {
    /// The allocation.
    pub memory: Arc<Memory>,
    /// Distance of the pointer from the start of the allocation, in bytes.
    pub byte: i64,
    /// Distance of the first element from the pointer, in elements.
    pub offset: i64,
    /// Dimensions, outermost first.
    pub dims: SmallVec<[Dim; 4]>,
    /// Type of an element; may be a vector type.
    pub dtype: DType,
    /// Cells that one element takes.
    pub cells: usize,
    /// Cells that one lane of an element takes.
    pub lane_cells: usize,
    /// First cell, if every index within the shape leads to cells of the allocation.
    safe_base: Option<i64>,
}

impl View {
    /// A view through `pointer`.
    pub fn new(pointer: &Pointer, dtype: DType, offset: i64, dims: SmallVec<[Dim; 4]>) -> View {
        let width = pointer.memory.width;
        let lane_cells = dtype.bytes().div_ceil(width).max(1);
        let cells = lane_cells * dtype.lanes() as usize;
        let mut view = View {
            memory: pointer.memory.clone(),
            byte: pointer.byte,
            offset,
            dims,
            dtype,
            cells,
            lane_cells,
            safe_base: None,
        };
        view.safe_base = view.find_safe_base();
        view
    }

    /// Bytes of one element, with all lanes.
    pub fn element_bytes(&self) -> usize {
        self.cells * self.memory.width
    }

    /// The pointer that the view goes through.
    pub fn pointer(&self) -> Pointer {
        Pointer { memory: self.memory.clone(), byte: self.byte }
    }

    /// A pointer to element `flat`.
    pub fn pointer_to(&self, flat: i64) -> Pointer {
        let byte = flat.wrapping_mul(self.element_bytes() as i64).wrapping_add(self.byte);
        Pointer { memory: self.memory.clone(), byte }
    }

    /// The same elements, those in the box of `(min, extent)` of each dimension.
    pub fn region(&self, ranges: &[(i64, i64)]) -> View {
        let mut offset = self.offset;
        let mut dims = SmallVec::new();
        for ((min, extent), dim) in ranges.iter().zip(&self.dims) {
            offset = offset.wrapping_add(min.wrapping_mul(dim.stride));
            dims.push(Dim { extent: *extent, stride: dim.stride });
        }
        View::new(&self.pointer(), self.dtype, offset, dims)
    }

    /// The same elements with fewer dimensions, where leading extents of 1 allow it.
    pub fn without_leading_ones(self, rank: usize) -> View {
        let dropped = self.dims.len().saturating_sub(rank);
        if dropped == 0 || self.dims[..dropped].iter().any(|d| d.extent != 1) {
            return self;
        }
        let dims = self.dims[dropped..].iter().copied().collect();
        View::new(&self.pointer(), self.dtype, self.offset, dims)
    }

    /// True if some byte belongs to both.
    pub fn overlaps(&self, other: &View) -> bool {
        if !Arc::ptr_eq(&self.memory, &other.memory) {
            return false;
        }
        let bytes = |view: &View| {
            let size = view.element_bytes() as i128;
            let (lo, hi) = view.flat_range()?;
            Some((view.byte as i128 + lo * size, view.byte as i128 + (hi + 1) * size))
        };
        let (Some(a), Some(b)) = (bytes(self), bytes(other)) else { return false };
        if a.1 <= b.0 || b.1 <= a.0 {
            return false;
        }
        if self.is_dense() && other.is_dense() {
            return true;
        }
        match (self.cell_set(), other.cell_set()) {
            (Some(x), Some(y)) => !x.is_disjoint(&y),
            _ => true,
        }
    }

    fn elements(&self) -> i128 {
        self.dims.iter().fold(1i128, |n, d| n.saturating_mul(d.extent.max(0) as i128))
    }

    /// True if there are no gaps between the first element and the last.
    fn is_dense(&self) -> bool {
        self.flat_range().is_none_or(|(lo, hi)| hi - lo < self.elements())
    }

    /// The cells of all elements, unless there are very many.
    fn cell_set(&self) -> Option<rustc_hash::FxHashSet<i64>> {
        if self.elements() > 1 << 20 {
            return None;
        }
        let mut flats = vec![self.offset];
        for dim in &self.dims {
            flats = flats
                .iter()
                .flat_map(|at| (0..dim.extent).map(move |i| at + i * dim.stride))
                .collect();
        }
        let (size, width) = (self.element_bytes() as i64, self.memory.width as i64);
        let cells = flats.into_iter().flat_map(|at| {
            let first = (self.byte + at * size) / width;
            first..first + self.cells as i64
        });
        Some(cells.collect())
    }

    /// Smallest and largest flat element offset of indices within the shape; `None` if the shape
    /// has no element, or an offset is absurd.
    pub fn flat_range(&self) -> Option<(i128, i128)> {
        let (mut lo, mut hi) = (self.offset as i128, self.offset as i128);
        for dim in &self.dims {
            if dim.extent <= 0 {
                return None;
            }
            let far = (dim.extent as i128 - 1).checked_mul(dim.stride as i128)?;
            if far < 0 { lo += far } else { hi += far }
        }
        Some((lo, hi))
    }

    fn find_safe_base(&self) -> Option<i64> {
        let (lo, hi) = self.flat_range()?;
        let width = self.memory.width as i128;
        if self.byte as i128 % width != 0 {
            return None;
        }
        let base = self.byte as i128 / width;
        let cells = self.cells as i128;
        let inside = base + lo * cells >= 0 && base + (hi + 1) * cells <= self.memory.len as i128;
        inside.then_some(base as i64)
    }

    /// The first cell of the element at flat offset `flat`, if all of it lies in the allocation.
    ///
    /// `flat` comes from indices within the shape.
    #[inline(always)]
    pub fn cell(&self, flat: i64) -> Option<usize> {
        match self.safe_base {
            Some(base) => Some((base + flat * self.cells as i64) as usize),
            None => self.cell_checked(flat),
        }
    }

    /// As [`View::cell`], for indices that need not be within the shape.
    #[cold]
    pub fn cell_checked(&self, flat: i64) -> Option<usize> {
        let width = self.memory.width as i128;
        if self.byte as i128 % width != 0 {
            return None;
        }
        let first = self.byte as i128 / width + flat as i128 * self.cells as i128;
        let inside = 0 <= first && first + self.cells as i128 <= self.memory.len as i128;
        inside.then_some(first as usize)
    }

    /// The first cell, if every index within the shape leads into the allocation.
    pub fn safe_base(&self) -> Option<i64> {
        self.safe_base
    }

    /// The bits of the lane that starts at `cell`.
    #[inline(always)]
    pub fn load_lane(&self, cell: usize) -> u64 {
        match self.lane_cells {
            1 => self.memory.cells.load(cell),
            n => load_wide(&self.memory, cell, n),
        }
    }

    /// Writes the lane that starts at `cell`, and notes that it was written.
    #[inline(always)]
    pub fn store_lane(&self, cell: usize, bits: u64) {
        match self.lane_cells {
            1 => {
                self.memory.cells.store(cell, bits);
                self.memory.mark_written(cell);
            }
            n => store_wide(&self.memory, cell, n, bits),
        }
    }

    /// True if the cells of the lane that starts at `cell` were all written.
    #[inline(always)]
    pub fn lane_is_written(&self, cell: usize) -> bool {
        self.memory.is_always_written()
            || (cell..cell + self.lane_cells).all(|c| self.memory.is_written(c))
    }
}

/// Composes a lane of several cells, first cell at the lowest address.
fn load_wide(memory: &Memory, cell: usize, n: usize) -> u64 {
    let width = memory.width;
    let mut bytes = [0; 8];
    for i in 0..n {
        let bits = memory.cells.load(cell + i).to_ne_bytes();
        let low = if cfg!(target_endian = "little") { 0 } else { 8 - width };
        bytes[i * width..][..width].copy_from_slice(&bits[low..low + width]);
    }
    raw_from_bytes(&bytes, n * width)
}

fn store_wide(memory: &Memory, cell: usize, n: usize, bits: u64) {
    let width = memory.width;
    let bytes = raw_to_bytes(bits, n * width);
    for i in 0..n {
        let mut part = [0; 8];
        part[..width].copy_from_slice(&bytes[i * width..][..width]);
        memory.cells.store(cell + i, raw_from_bytes(&part, width));
        memory.mark_written(cell + i);
    }
}

/// The number whose `len` bytes in memory are the first ones of `bytes`.
fn raw_from_bytes(bytes: &[u8; 8], len: usize) -> u64 {
    match cfg!(target_endian = "little") {
        true => u64::from_le_bytes(*bytes) & mask(len),
        false => u64::from_be_bytes(*bytes) >> (64 - 8 * len),
    }
}

fn raw_to_bytes(bits: u64, len: usize) -> [u8; 8] {
    match cfg!(target_endian = "little") {
        true => bits.to_le_bytes(),
        false => (bits << (64 - 8 * len)).to_be_bytes(),
    }
}

fn mask(len: usize) -> u64 {
    if len >= 8 { u64::MAX } else { (1 << (8 * len)) - 1 }
}
