//! Races: who accessed each element last, and what is ordered with what (SEMANTICS P1-P3).
//!
//! One serial pass over the program is exact. It numbers *strands*: stretches of execution
//! between the begins and ends of iterations of parallel loops. Of an earlier strand, all that
//! matters is its number: it is unordered with the present one exactly if some active loop began
//! before it, and the present iteration of that loop after it.
//!
//! Each cell remembers the last writer, one or two readers and the last atomic access. A writer
//! stands for all writers before it: had they not been ordered, there would have been a report.
//! One reader is enough for nested parallel loops, which run depth first; threads of a block run
//! phase by phase, and then readers of two different threads stand for all others.

use crate::exec::Trip;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tirade_ir::Symbol;

/// A past access: number of the strand above, number of the place in the program below.
type Stamp = u64;

const SITE_BITS: u32 = 23;
const RECOMPUTE: u64 = 1 << SITE_BITS;
const TIME_SHIFT: u32 = SITE_BITS + 1;

fn stamp(time: u64, kind: AccessKind, site: u32) -> Stamp {
    let flag = if kind == AccessKind::Recompute { RECOMPUTE } else { 0 };
    time << TIME_SHIFT | flag | site as u64
}

fn time_of(stamp: Stamp) -> u64 {
    stamp >> TIME_SHIFT
}

/// What is remembered about each cell of an allocation.
#[derive(Debug)]
pub struct RaceCells(Box<[RaceCell]>);

/// Stamps of past accesses, 0 for none.
#[derive(Debug, Default)]
struct RaceCell {
    writer: AtomicU64,
    readers: [AtomicU64; 2],
    atomic: AtomicU64,
}

/// What an access does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Writes what another iteration may compute anew: a block that `compute_at` moved under the
    /// loops of its consumer. Such writes do not race with each other, nor with reads of what such
    /// a write gave: a reader that did not see a write of its own iteration is found when it reads.
    Recompute,
    /// Reads and writes in one step.
    Atomic,
}

/// The access that another one races with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its place in the program.
    pub site: u32,
    /// Whether it wrote.
    pub wrote: bool,
    /// The loop whose iterations are unordered, by number of active parallel loops around it.
    pub level: usize,
    /// Number of its iteration of that loop.
    pub iteration: u64,
}

impl RaceCells {
    /// For so many cells.
    pub fn new(len: usize) -> RaceCells {
        RaceCells((0..len).map(|_| RaceCell::default()).collect())
    }
}

/// What the iterations of a parallel loop are called.
#[derive(Clone, Debug)]
pub enum Iterations {
    /// Values of a loop variable.
    Loop(Symbol, Trip),
    /// Threads of a block, by [`ThreadPath`]; the names of their axes.
    Threads(Vec<Symbol>),
}

impl Iterations {
    fn is_threads(&self) -> bool {
        matches!(self, Iterations::Threads(_))
    }

    fn describe(&self, iteration: u64) -> String {
        match self {
            Iterations::Loop(name, trip) => format!("{name} = {}", trip.value(iteration)),
            Iterations::Threads(names) => {
                let at = ThreadPath(iteration).indices();
                let parts = names.iter().zip(at).filter_map(|(n, i)| Some(format!("{n} = {}", i?)));
                parts.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// The thread of a block that something belongs to: its index along each axis that is bound,
/// outermost first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadPath(pub u64);

impl ThreadPath {
    const BITS: u32 = 20;
    const AXES: u32 = 3;
    /// Threads that an axis may have.
    pub const MAX_EXTENT: u64 = (1 << ThreadPath::BITS) - 1;

    /// The thread number `index` along the axis `depth` of this thread.
    pub fn with(self, depth: usize, index: u64) -> ThreadPath {
        ThreadPath(self.0 | (index + 1) << (depth as u32 * ThreadPath::BITS))
    }

    fn indices(self) -> [Option<u64>; ThreadPath::AXES as usize] {
        std::array::from_fn(|depth| {
            let part = self.0 >> (depth as u32 * ThreadPath::BITS) & ThreadPath::MAX_EXTENT;
            part.checked_sub(1)
        })
    }

    /// True if no axis tells the two apart.
    fn is_same(self, other: ThreadPath) -> bool {
        self.indices().iter().zip(other.indices()).all(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => *a == b,
            _ => true,
        })
    }
}

/// An active parallel loop.
#[derive(Clone, Debug)]
struct Level {
    /// Number of the loop's first strand.
    begin: u64,
    /// Number of the present iteration's first strand.
    iteration: u64,
    /// First strand and number of each iteration so far; with threads, of each stretch of one.
    stretches: Vec<Stretch>,
    iterations: Iterations,
}

/// Strands of one iteration that follow each other.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    begin: u64,
    iteration: u64,
    phase: u64,
}

/// The strands of a serial execution.
#[derive(Clone, Debug, Default)]
pub struct Strands {
    time: u64,
    levels: Vec<Level>,
}

impl Strands {
    /// True inside loops whose iterations are unordered.
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        !self.levels.is_empty()
    }

    /// A parallel loop begins.
    pub fn enter(&mut self, iterations: Iterations) {
        self.time += 1;
        let begin = self.time;
        self.levels.push(Level { begin, iteration: begin, stretches: Vec::new(), iterations });
    }

    /// What the present iteration and another one of a loop are called.
    pub fn describe(&self, level: usize, iteration: u64) -> (String, String) {
        let level = &self.levels[level];
        let now = level.stretches.last().map_or(0, |s| s.iteration);
        (level.iterations.describe(now), level.iterations.describe(iteration))
    }

    /// A new axis of threads begins inside of the innermost loop, which is over threads.
    pub fn add_axis(&mut self, name: Symbol) {
        if let Some(Level { iterations: Iterations::Threads(names), .. }) = self.levels.last_mut()
            && !names.contains(&name)
        {
            names.push(name);
        }
    }

    /// An iteration of the innermost parallel loop begins.
    pub fn begin(&mut self, iteration: u64) {
        self.resume(iteration, 0);
    }

    /// A thread of the innermost loop runs its part of a phase.
    pub fn resume(&mut self, iteration: u64, phase: u64) {
        self.time += 1;
        let begin = self.time;
        if let Some(level) = self.levels.last_mut() {
            level.iteration = begin;
            level.stretches.push(Stretch { begin, iteration, phase });
        }
    }

    /// The innermost parallel loop ends.
    pub fn leave(&mut self) {
        self.time += 1;
        self.levels.pop();
    }

    /// The loop, and the iteration of it, by which a past strand is unordered with the present
    /// one; `None` if it is ordered.
    fn unordered(&self, time: u64, shared: bool) -> Option<(usize, u64)> {
        for (i, level) in self.levels.iter().enumerate() {
            if time < level.begin {
                return None;
            }
            if time >= level.iteration {
                continue;
            }
            let at = level.stretches.partition_point(|s| s.begin <= time);
            let past = level.stretches.get(at.checked_sub(1)?)?;
            if !level.iterations.is_threads() {
                return Some((i, past.iteration));
            }
            let now = level.stretches.last()?;
            let same = ThreadPath(past.iteration).is_same(ThreadPath(now.iteration));
            let ordered = same || (shared && past.phase != now.phase);
            return (!ordered).then_some((i, past.iteration));
        }
        None
    }

    /// Notes an access to a cell; gives an earlier one that it races with.
    ///
    /// `shared` says that the memory is shared by the threads of a block.
    pub fn touch(
        &self,
        cells: &RaceCells,
        cell: usize,
        kind: AccessKind,
        site: u32,
        shared: bool,
    ) -> Option<Conflict> {
        let cell = &cells.0[cell];
        let now = stamp(self.time, kind, site);
        let against = |past: &AtomicU64, wrote: bool| {
            let past = past.load(Relaxed);
            let found = (past != 0).then(|| self.unordered(time_of(past), shared)).flatten();
            let site = (past & ((1 << SITE_BITS) - 1)) as u32;
            found.map(|(level, iteration)| Conflict { site, wrote, level, iteration })
        };
        let writer = cell.writer.load(Relaxed);
        let anew = kind == AccessKind::Recompute && writer & RECOMPUTE != 0;
        let mut conflict = if anew { None } else { against(&cell.writer, true) };
        if kind != AccessKind::Read && !anew {
            conflict = conflict
                .or_else(|| against(&cell.readers[0], false))
                .or_else(|| against(&cell.readers[1], false));
        }
        if kind != AccessKind::Atomic {
            conflict = conflict.or_else(|| against(&cell.atomic, true));
        }
        match kind {
            AccessKind::Read => self.note_reader(cell, now, shared),
            AccessKind::Write | AccessKind::Recompute => cell.writer.store(now, Relaxed),
            AccessKind::Atomic => cell.atomic.store(now, Relaxed),
        }
        conflict
    }

    /// Keeps the readers that no later writer can be ordered with unless it is with all.
    fn note_reader(&self, cell: &RaceCell, now: Stamp, shared: bool) {
        let [first, second] = &cell.readers;
        let parallel = |past: &AtomicU64| {
            let past = past.load(Relaxed);
            (past != 0).then(|| self.unordered(time_of(past), shared)).flatten()
        };
        match (parallel(first), parallel(second)) {
            (None, None) => {
                first.store(now, Relaxed);
                second.store(0, Relaxed);
            }
            (None, Some(_)) => first.store(now, Relaxed),
            (Some(_), None) => second.store(now, Relaxed),
            // Both stay, unless they are of one thread and this one is of another.
            (Some(a), Some(b)) => {
                if a == b && self.levels[a.0].iterations.is_threads() {
                    second.store(now, Relaxed);
                }
            }
        }
    }
}
