//! Memory of buffers: cells that any thread may read and write, each with a note of which of its
//! bytes were written.
//!
//! Cells are atomics with relaxed order: a program with a race then has *some* result instead of
//! undefined behaviour in the interpreter, and the race can be found. An allocation's cells are as
//! wide as the narrowest element by which it is viewed, so that every access is a whole number
//! of cells.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::race::RaceCells;

/// The cells of one allocation.
#[derive(Debug)]
pub enum Cells {
    /// One byte each.
    B1(Box<[AtomicU8]>),
    /// Two bytes each.
    B2(Box<[AtomicU16]>),
    /// Four bytes each.
    B4(Box<[AtomicU32]>),
    /// Eight bytes each.
    B8(Box<[AtomicU64]>),
}

/// Runs `$body` with `$cells` bound to the slice of cells, whatever their width.
macro_rules! each_width {
    ($self:expr, $cells:ident => $body:expr) => {
        match $self {
            Cells::B1($cells) => $body,
            Cells::B2($cells) => $body,
            Cells::B4($cells) => $body,
            Cells::B8($cells) => $body,
        }
    };
}

impl Cells {
    fn zeros(len: usize, width: usize) -> Cells {
        match width {
            1 => Cells::B1((0..len).map(|_| AtomicU8::new(0)).collect()),
            2 => Cells::B2((0..len).map(|_| AtomicU16::new(0)).collect()),
            4 => Cells::B4((0..len).map(|_| AtomicU32::new(0)).collect()),
            _ => Cells::B8((0..len).map(|_| AtomicU64::new(0)).collect()),
        }
    }

    fn from_bytes(bytes: &[u8], width: usize) -> Cells {
        fn cells<const N: usize, A>(bytes: &[u8], make: fn([u8; N]) -> A) -> Box<[A]> {
            bytes.chunks_exact(N).map(|c| make(c.try_into().expect("a chunk of N"))).collect()
        }
        match width {
            1 => Cells::B1(cells::<1, _>(bytes, |c| AtomicU8::new(u8::from_ne_bytes(c)))),
            2 => Cells::B2(cells::<2, _>(bytes, |c| AtomicU16::new(u16::from_ne_bytes(c)))),
            4 => Cells::B4(cells::<4, _>(bytes, |c| AtomicU32::new(u32::from_ne_bytes(c)))),
            _ => Cells::B8(cells::<8, _>(bytes, |c| AtomicU64::new(u64::from_ne_bytes(c)))),
        }
    }

    /// The contents, in the machine's byte order.
    fn to_bytes(&self) -> Vec<u8> {
        each_width!(self, cells => cells.iter().flat_map(|c| c.load(Relaxed).to_ne_bytes()).collect())
    }

    /// The bits of cell `i`.
    #[inline(always)]
    pub fn load(&self, i: usize) -> u64 {
        match self {
            Cells::B1(cells) => cells[i].load(Relaxed) as u64,
            Cells::B2(cells) => cells[i].load(Relaxed) as u64,
            Cells::B4(cells) => cells[i].load(Relaxed) as u64,
            Cells::B8(cells) => cells[i].load(Relaxed),
        }
    }

    /// Replaces cell `i` by the low bits of `bits`.
    #[inline(always)]
    pub fn store(&self, i: usize, bits: u64) {
        match self {
            Cells::B1(cells) => cells[i].store(bits as u8, Relaxed),
            Cells::B2(cells) => cells[i].store(bits as u16, Relaxed),
            Cells::B4(cells) => cells[i].store(bits as u32, Relaxed),
            Cells::B8(cells) => cells[i].store(bits, Relaxed),
        }
    }

    fn len(&self) -> usize {
        each_width!(self, cells => cells.len())
    }

    fn width(&self) -> usize {
        match self {
            Cells::B1(_) => 1,
            Cells::B2(_) => 2,
            Cells::B4(_) => 4,
            Cells::B8(_) => 8,
        }
    }

    fn clear(&self) {
        (0..self.len()).for_each(|i| self.store(i, 0));
    }
}

/// One allocation.
#[derive(Debug)]
pub struct Memory {
    /// The contents.
    pub cells: Cells,
    /// Bytes of a cell.
    pub width: usize,
    /// Number of cells.
    pub len: usize,
    /// 1 for each cell that was written; `None` if all were from the start.
    written: Option<Box<[AtomicU8]>>,
    /// Who accessed each cell last; made when a loop needs it.
    races: OnceLock<RaceCells>,
    /// Bytes in use, to be reduced when this memory is freed.
    live: Arc<AtomicU64>,
}

/// Bytes of memory that a cell costs with its shadow.
fn footprint(len: usize, width: usize) -> u64 {
    len as u64 * (width as u64 + 1)
}

impl Memory {
    /// Fresh memory that nothing was written to. It reads as zeros where that goes unreported.
    pub fn uninitialised(bytes: usize, width: usize, live: &Arc<AtomicU64>) -> Memory {
        let len = bytes.div_ceil(width);
        let written = (0..len).map(|_| AtomicU8::new(0)).collect();
        Memory::new(Cells::zeros(len, width), Some(written), live)
    }

    /// Memory with contents; the length of `bytes` is a multiple of `width`.
    pub fn initialised(bytes: &[u8], width: usize, live: &Arc<AtomicU64>) -> Memory {
        Memory::new(Cells::from_bytes(bytes, width), None, live)
    }

    fn new(cells: Cells, written: Option<Box<[AtomicU8]>>, live: &Arc<AtomicU64>) -> Memory {
        let (len, width) = (cells.len(), cells.width());
        live.fetch_add(footprint(len, width), Relaxed);
        Memory { cells, width, len, written, races: OnceLock::new(), live: live.clone() }
    }

    /// Makes the memory as good as new.
    pub fn reset(&mut self) {
        self.cells.clear();
        self.written.iter().flatten().for_each(|w| w.store(0, Relaxed));
        self.races = OnceLock::new();
    }

    /// Size in bytes.
    pub fn bytes(&self) -> usize {
        self.len * self.width
    }

    /// The contents, in the machine's byte order.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.cells.to_bytes()
    }

    /// True if cell `i` was written.
    #[inline(always)]
    pub fn is_written(&self, i: usize) -> bool {
        self.written.as_ref().is_none_or(|w| w[i].load(Relaxed) != 0)
    }

    /// True if the memory had contents from the start.
    #[inline(always)]
    pub fn is_always_written(&self) -> bool {
        self.written.is_none()
    }

    /// Notes that cell `i` was written.
    #[inline(always)]
    pub fn mark_written(&self, i: usize) {
        if let Some(written) = &self.written {
            written[i].store(1, Relaxed);
        }
    }

    /// Notes that cell `i` counts as never written. Memory that had contents keeps them.
    pub fn mark_unwritten(&self, i: usize) {
        if let Some(written) = &self.written {
            written[i].store(0, Relaxed);
        }
    }

    /// The notes of who accessed each cell.
    pub fn races(&self) -> &RaceCells {
        self.races.get_or_init(|| RaceCells::new(self.len))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.live.fetch_sub(footprint(self.len, self.width), Relaxed);
    }
}
