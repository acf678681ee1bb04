//! The state of a run: what all threads share, and what each has of its own.

use crate::instance::Record;
use crate::memory::Memory;
use crate::options::{Class, Options};
use crate::race::Strands;
use crate::region::{CellSet, OuterRegions, RegionBox};
use crate::tree::{Func, Program};
use crate::view::{Pointer, View};
use rayon::{ThreadPool, ThreadPoolBuilder};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;
use tirade_ir::{Code, Diagnostic, Span};

/// The lanes of a vector.
pub type Lanes = SmallVec<[u64; 16]>;

/// What all threads of a run share.
#[derive(Debug)]
pub struct Shared<'p> {
    /// The program.
    pub program: &'p Program,
    /// How to run it.
    pub options: &'p Options,
    /// Bytes in use.
    pub live: Arc<AtomicU64>,
    /// Steps that no thread has taken for itself yet.
    steps: AtomicU64,
    /// When to stop.
    deadline: Option<Instant>,
    /// Threads that loops may use.
    threads: usize,
    /// The threads, once a loop has used them.
    pool: OnceLock<Option<ThreadPool>>,
    /// Something has to be reported after threads were used. Then all is run again in one thread,
    /// for reports must not depend on timing.
    abandoned: AtomicBool,
    /// How often each counted statement ran.
    pub counts: Vec<AtomicU64>,
}

/// Threads need stacks for programs nested as deep as the limits allow.
pub const STACK_BYTES: usize = 512 << 20;

/// Steps that a thread takes for itself at a time.
const STEPS_AT_A_TIME: u64 = 1 << 12;

impl<'p> Shared<'p> {
    /// The state at the start of a pass.
    pub fn new(program: &'p Program, options: &'p Options, threads: usize) -> Self {
        Shared {
            program,
            options,
            live: Arc::default(),
            steps: AtomicU64::new(options.max_steps.unwrap_or(u64::MAX)),
            deadline: options.time_limit.and_then(|t| Instant::now().checked_add(t)),
            threads,
            pool: OnceLock::new(),
            abandoned: AtomicBool::new(false),
            counts: program.counted.iter().map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// True if the pass met something that a serial pass has to report.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned.load(Relaxed)
    }

    /// Threads for the iterations of an independent loop; `None` if there is only one.
    pub fn pool(&self) -> Option<&ThreadPool> {
        let make = || {
            let builder = ThreadPoolBuilder::new().num_threads(self.threads);
            builder.stack_size(STACK_BYTES).build().ok()
        };
        if self.threads <= 1 { None } else { self.pool.get_or_init(make).as_ref() }
    }

    /// True if `class` is to be reported.
    #[inline(always)]
    pub fn checks(&self, class: Class) -> bool {
        self.options.checks.has(class)
    }

    /// True if reports with `code` are wanted: its class is checked, or cannot be left out.
    pub fn reports(&self, code: Code) -> bool {
        match Class::of(code) {
            Some(class) => self.checks(class) || class.is_always_on(),
            None => true,
        }
    }

    /// Adds a report of `machine` and halts it if the run cannot or shall not go on.
    pub fn file(&self, machine: &mut Machine<'_>, diagnostic: Diagnostic) {
        if self.pool.get().is_some() {
            self.abandoned.store(true, Relaxed);
            machine.halted = true;
            return;
        }
        machine.threads_off = true;
        let goes_on = Class::of(diagnostic.code).is_some_and(Class::has_fallback);
        machine.halted |= !(self.options.keep_going && goes_on);
        let known = |d: &Diagnostic| d.code == diagnostic.code && d.span == diagnostic.span;
        if !machine.reports.iter().any(known) {
            machine.reports.push(diagnostic);
        }
    }

    fn take_steps(&self, wanted: u64) -> u64 {
        let take = |left: u64| Some(left - left.min(wanted));
        let before = self.steps.fetch_update(Relaxed, Relaxed, take).unwrap_or_default();
        before.min(wanted)
    }
}

/// The variables of one call of a function.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Scalars.
    pub scalars: Vec<u64>,
    /// Vectors.
    pub vectors: Vec<Lanes>,
    /// Pointers.
    pub pointers: Vec<Option<Pointer>>,
    /// Buffers.
    pub views: Vec<Option<View>>,
    /// What is remembered of the instances of each block; shared with other threads of the block
    /// that run in the same instance of the parent scope.
    pub records: Vec<Option<Arc<Mutex<Record>>>>,
    /// Regions of the present instance of each block.
    pub regions: Vec<Arc<[RegionBox]>>,
    /// Cells that the present instance of each block has written, where it remembers them.
    pub own_writes: Vec<Option<Arc<Mutex<CellSet>>>>,
}

impl Frame {
    /// An empty frame for a call of `func`.
    pub fn new(func: &Func) -> Frame {
        Frame {
            scalars: vec![0; func.n_scalars],
            vectors: vec![Lanes::new(); func.n_vectors],
            pointers: vec![None; func.n_pointers],
            views: vec![None; func.buffers.len()],
            records: vec![None; func.blocks.len()],
            regions: vec![Arc::from([]); func.blocks.len()],
            own_writes: vec![None; func.blocks.len()],
        }
    }
}

/// A call that waits for another one to return.
#[derive(Debug)]
pub struct Caller<'p> {
    /// The calling function.
    pub func: &'p Func,
    /// Its variables.
    pub frame: Frame,
    /// The scope around the call.
    pub scope: usize,
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next statement follows.
    Next,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return`
    Return,
    /// The run has to stop.
    Stop,
}

/// One thread of a run.
#[derive(Debug)]
pub struct Machine<'p> {
    /// What all threads share.
    pub shared: &'p Shared<'p>,
    /// The function that runs.
    pub func: &'p Func,
    /// Its variables.
    pub frame: Frame,
    /// The innermost loop or block.
    pub scope: usize,
    /// Functions that wait, outermost first.
    pub callers: Vec<Caller<'p>>,
    /// Blocks around the calls of the functions that wait, outermost first.
    pub outer_regions: Vec<OuterRegions>,
    /// Unordered iterations.
    pub strands: Strands,
    /// Thread axes of the grid that are bound, with their values and extents.
    pub axes: Vec<BoundAxis>,
    /// Memory that the threads of the present block share, by buffer.
    pub block_memory: FxHashMap<u32, Arc<Memory>>,
    /// Room for columns of strips.
    pub columns: Vec<Vec<u64>>,
    /// What `return` gave.
    pub returned: Option<u64>,
    /// What was reported.
    pub reports: Vec<Diagnostic>,
    /// Lines of the trace.
    pub trace: Vec<String>,
    /// The run has to stop.
    pub halted: bool,
    /// Loops may not use more threads: the machine is one of several, or has reported something.
    pub threads_off: bool,
    /// More than 0: an expression is evaluated again for a message, and reports nothing.
    pub quiet: u32,
    /// Steps left of those that were taken from the shared ones.
    steps: u64,
}

/// A thread axis inside a loop that is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundAxis {
    /// `threadIdx.x` and the like.
    pub tag: tirade_ir::Symbol,
    /// The present thread's number.
    pub value: i64,
    /// Number of threads.
    pub extent: i64,
}

impl<'p> Machine<'p> {
    /// A thread at the start of `func`.
    pub fn new(shared: &'p Shared<'p>, func: &'p Func) -> Machine<'p> {
        Machine {
            shared,
            func,
            frame: Frame::new(func),
            scope: 0,
            callers: Vec::new(),
            outer_regions: Vec::new(),
            strands: Strands::default(),
            axes: Vec::new(),
            block_memory: FxHashMap::default(),
            columns: Vec::new(),
            returned: None,
            reports: Vec::new(),
            trace: Vec::new(),
            halted: false,
            threads_off: false,
            quiet: 0,
            steps: 0,
        }
    }

    /// Another thread at the same place, for some iterations of an independent loop.
    ///
    /// Callers are left behind: they matter for reports only, which a serial pass makes.
    pub fn fork(&self) -> Machine<'p> {
        Machine {
            frame: self.frame.clone(),
            scope: self.scope,
            threads_off: true,
            outer_regions: self.outer_regions.clone(),
            axes: self.axes.clone(),
            block_memory: self.block_memory.clone(),
            ..Machine::new(self.shared, self.func)
        }
    }

    /// Ends a fork: steps that it did not use go back.
    pub fn join(self) {
        self.shared.steps.fetch_add(self.steps, Relaxed);
    }

    /// True if `class` is to be reported.
    #[inline(always)]
    pub fn checks(&self, class: Class) -> bool {
        self.shared.checks(class)
    }

    /// Pays for one iteration or call at `span`.
    #[inline(always)]
    pub fn step(&mut self, span: Span) {
        if self.steps == 0 {
            self.refill(span);
        } else {
            self.steps -= 1;
        }
    }

    /// True if `n` steps can be paid without a report.
    pub fn reserve_steps(&mut self, n: u64) -> bool {
        if self.steps < n {
            let late = self.shared.deadline.is_some_and(|d| Instant::now() >= d);
            if late || self.shared.is_abandoned() {
                return false;
            }
            self.steps += self.shared.take_steps(n.max(STEPS_AT_A_TIME));
        }
        self.steps >= n
    }

    /// Pays for `n` steps that were reserved.
    pub fn use_steps(&mut self, n: u64) {
        self.steps -= n;
    }

    #[cold]
    fn refill(&mut self, span: Span) {
        if self.halted {
            return;
        }
        if self.shared.is_abandoned() {
            self.halted = true;
            return;
        }
        if self.shared.deadline.is_some_and(|d| Instant::now() >= d) {
            let limit = self.shared.options.time_limit.unwrap_or_default();
            let message = format!("the run took longer than {:.3} s", limit.as_secs_f64());
            self.report(Code::FUEL, span, message);
            self.halted = true;
            return;
        }
        self.steps = self.shared.take_steps(STEPS_AT_A_TIME);
        if self.steps == 0 {
            let limit = self.shared.options.max_steps.unwrap_or(u64::MAX);
            self.report(Code::FUEL, span, format!("the run took more than {limit} steps"));
            self.halted = true;
        } else {
            self.steps -= 1;
        }
    }
}
