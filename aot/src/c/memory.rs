//! Where allocations live.
//!
//! - one element that is only loaded and stored: a C variable;
//! - small constant size: an array in its scope;
//! - large constant size: a place in the workspace that the caller gives, reused by allocations
//!   whose lives do not overlap;
//! - size that follows from the function's arguments, where the heap is not wanted: a place in the
//!   workspace behind the others;
//! - size known at run time only, or large in a function that calls itself: the heap.

use crate::c::analysis::Facts;
use crate::c::func::size_vars;
use crate::c::parallel::is_distributed;
use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::stmt::AllocBuffer;
use tirade_ir::visit::{Visit, Visitor, any_expr, for_each_callee};
use tirade_ir::{Buffer, For, PrimExpr, PrimFunc, Stmt, Symbol, Var, VarId};

/// Alignment of places in the workspace: a cache line, and the widest vectors.
pub const ALIGNMENT: u64 = 64;

/// How much memory of which kind printed code may use.
#[derive(Clone, Copy, Debug)]
pub struct MemoryOptions {
    /// Largest array that is put on the stack, in bytes.
    pub stack_array: u64,
    /// Most that a function's arrays may take of the stack together, in bytes.
    pub stack_total: u64,
    /// Memory whose size is known at run time only comes from `malloc`. Else it has its place in
    /// the workspace if its size follows from the function's arguments, and is refused if not.
    pub heap: bool,
    /// Threads that share a loop get memory of their own for what does not fit on their stacks.
    /// Else a loop that needs it stays with one thread.
    pub thread_scratch: bool,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        MemoryOptions {
            stack_array: 16 << 10,
            stack_total: 128 << 10,
            heap: true,
            thread_scratch: true,
        }
    }
}

/// Where an allocation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: it is never accessed.
    Nothing,
    /// A variable.
    Scalar,
    /// An array of so many elements.
    Stack(u64),
    /// At this offset of the workspace.
    Workspace(u64),
    /// In the workspace, behind everything of constant size: the number in [`Plan::sized`].
    Sized(usize),
    /// Allocated and freed in its scope.
    Heap,
    /// A constant: an initialised array outside the function.
    Constant,
}

/// Places of a function's allocations.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    places: FxHashMap<VarId, Place>,
    /// Bytes of workspace.
    pub workspace: u64,
    /// Bytes that each thread needs for itself in a parallel loop, by loop variable. Places inside
    /// such a loop count from the start of these.
    pub scratch: FxHashMap<VarId, u64>,
    /// Parallel loops that stay with one thread, by loop variable.
    pub serial: FxHashSet<VarId>,
    /// Functions that are called inside shared loops: their workspace is the thread's as well.
    pub shared_callees: Vec<Symbol>,
    /// Allocations in the workspace whose size follows from the function's arguments.
    pub sized: Vec<Buffer>,
}

impl Plan {
    /// The place of an allocation.
    pub fn place(&self, buffer: &Buffer) -> Place {
        self.places.get(&buffer.data.id).copied().unwrap_or(Place::Nothing)
    }

    /// True if something lives on the heap.
    pub fn uses_heap(&self) -> bool {
        self.places.values().any(|p| *p == Place::Heap)
    }
}

/// Elements of an allocation, if they are constant; `None` also where the size passes `u64`.
pub fn constant_len(buffer: &Buffer) -> Option<u64> {
    let extent = |e: &PrimExpr| e.as_int().map(|n| n.max(0) as u64);
    let lanes = u64::from(buffer.dtype.lanes());
    if buffer.strides.is_empty() {
        let product = buffer.shape.iter().try_fold(lanes, |n, e| n.checked_mul(extent(e)?))?;
        let offset = buffer.elem_offset.as_ref().map_or(Some(0), extent)?;
        return product.checked_add(offset.checked_mul(lanes)?);
    }
    let mut last = buffer.elem_offset.as_ref().map_or(Some(0), extent)?;
    for (shape, stride) in buffer.shape.iter().zip(&buffer.strides) {
        let steps = extent(shape)?.checked_sub(1)?;
        last = last.checked_add(steps.checked_mul(extent(stride)?)?)?;
    }
    last.checked_add(1)?.checked_mul(lanes)
}

/// Decides where every allocation of `func` lives. `is_called` if other functions call it,
/// `recursive` if it calls itself. Threads share parallel loops of at least the work `shared`; none
/// if it is `None`.
pub fn plan(
    func: &PrimFunc,
    facts: &Facts,
    options: &MemoryOptions,
    is_called: bool,
    recursive: bool,
    shared: Option<u64>,
) -> Plan {
    let arguments: FxHashSet<VarId> =
        func.params.iter().map(|p| p.var).chain(size_vars(func)).map(|v| v.id).collect();
    let mut planner = Planner {
        facts,
        options,
        arguments,
        is_called,
        recursive,
        shared,
        plan: Plan::default(),
        stack: 0,
        live: Vec::new(),
    };
    planner.visit_stmt(&func.body);
    planner.plan
}

struct Planner<'a> {
    facts: &'a Facts,
    options: &'a MemoryOptions,
    /// Scalar parameters and sizes.
    arguments: FxHashSet<VarId>,
    /// Another function calls it, which could not tell how much workspace it takes.
    is_called: bool,
    recursive: bool,
    /// Least work of parallel loops that threads share, outside of such a loop.
    shared: Option<u64>,
    plan: Plan,
    stack: u64,
    /// Parts of the workspace that are in use: offset and size.
    live: Vec<(u64, u64)>,
}

impl Planner<'_> {
    fn decide(&mut self, alloc: &AllocBuffer) -> Place {
        let buffer = &alloc.buffer;
        let data = buffer.data.id;
        if alloc.constant.is_some() {
            return Place::Constant;
        }
        if !self.facts.used.contains(&data) {
            return Place::Nothing;
        }
        let one_type = self.facts.accessed_as.get(&data).is_some_and(|t| t.len() == 1);
        let len = constant_len(buffer);
        let one = len == Some(u64::from(buffer.dtype.lanes()));
        let is_scalar = one && one_type && self.facts.read.contains(&data);
        if is_scalar && !self.facts.not_scalar.contains(&data) {
            return Place::Scalar;
        }
        let width = buffer.dtype.element().bytes() as u64;
        let Some((len, bytes)) = len.and_then(|n| Some((n.max(1), n.checked_mul(width)?))) else {
            return self.sized(buffer);
        };
        let on_stack = bytes.next_multiple_of(ALIGNMENT);
        let fits = self.stack + on_stack <= self.options.stack_total;
        if bytes <= self.options.stack_array && fits {
            self.stack += on_stack;
            return Place::Stack(len);
        }
        if self.recursive || bytes > isize::MAX as u64 / 2 {
            return Place::Heap;
        }
        Place::Workspace(self.fit(on_stack))
    }

    /// The place of memory whose size is not constant.
    fn sized(&mut self, buffer: &Buffer) -> Place {
        let compact = buffer.strides.is_empty() && buffer.elem_offset.iter().all(|o| o.is_int(0));
        let known = !any_expr(&*buffer.shape, |e| match e {
            PrimExpr::Var(v) => !self.arguments.contains(&v.id),
            PrimExpr::Load(_) | PrimExpr::Call(_) | PrimExpr::CallFunc(_) => true,
            _ => false,
        });
        if self.options.heap || self.is_called || self.recursive || !compact || !known {
            return Place::Heap;
        }
        self.plan.sized.push(buffer.clone());
        Place::Sized(self.plan.sized.len() - 1)
    }

    /// The lowest free part of the workspace that takes `size` bytes.
    fn fit(&mut self, size: u64) -> u64 {
        self.live.sort_unstable();
        let mut offset = 0;
        for &(start, taken) in &self.live {
            if offset + size <= start {
                break;
            }
            offset = offset.max(start + taken);
        }
        self.live.push((offset, size));
        self.plan.workspace = self.plan.workspace.max(offset + size);
        offset
    }

    /// Plans the body of a loop that threads share: each has stack and workspace of its own.
    fn parallel(&mut self, l: &For) {
        if !self.options.thread_scratch && self.needs_scratch(l) {
            self.plan.serial.insert(l.loop_var.id);
            return self.visit_stmt(&l.body);
        }
        let outer = (std::mem::take(&mut self.live), self.stack, self.plan.workspace);
        let shared = self.shared.take();
        (self.stack, self.plan.workspace) = (0, 0);
        self.visit_stmt(&l.body);
        let scratch = self.plan.workspace;
        if scratch > 0 {
            self.plan.scratch.insert(l.loop_var.id, scratch);
        }
        (self.live, self.stack, self.plan.workspace) = outer;
        self.shared = shared;
        for_each_callee(&l.body, |name| self.plan.shared_callees.push(name));
    }

    /// True if the threads of a loop need memory besides their stacks. What is called may need some.
    fn needs_scratch(&self, l: &For) -> bool {
        let mut trial = Planner {
            arguments: self.arguments.clone(),
            plan: Plan::default(),
            stack: 0,
            shared: None,
            live: Vec::new(),
            ..*self
        };
        trial.visit_stmt(&l.body);
        let Plan { places, workspace, sized, .. } = trial.plan;
        let mut calls = false;
        for_each_callee(&l.body, |_| calls = true);
        calls || workspace > 0 || !sized.is_empty() || places.values().any(|p| *p == Place::Heap)
    }

    /// Plans a sequence; an allocation dies behind the last statement that uses it.
    fn sequence(&mut self, stmts: &[Stmt]) {
        let outer = self.live.clone();
        let mut mine: Vec<(&Buffer, (u64, u64))> = Vec::new();
        for (at, stmt) in stmts.iter().enumerate() {
            mine.retain(|(buffer, part)| {
                let lives = uses_memory(self.facts, &stmts[at..], buffer);
                if !lives {
                    self.live.retain(|p| p != part);
                }
                lives
            });
            let Stmt::AllocBuffer(alloc) = stmt else {
                self.visit_stmt(stmt);
                continue;
            };
            let before = self.live.len();
            let place = self.decide(alloc);
            self.plan.places.insert(alloc.buffer.data.id, place);
            if self.live.len() > before {
                mine.push((&alloc.buffer, *self.live.last().expect("just pushed")));
            }
        }
        self.live = outer;
    }
}

/// True if `stmts` access the memory of `buffer`, under whatever name.
fn uses_memory(facts: &Facts, stmts: &[Stmt], buffer: &Buffer) -> bool {
    struct Uses<'a> {
        facts: &'a Facts,
        data: VarId,
        found: bool,
    }
    impl Visitor for Uses<'_> {
        fn visit_buffer(&mut self, buffer: &Buffer) {
            self.found |= self.facts.root(buffer.data.id) == self.data;
        }

        fn visit_var(&mut self, var: Var) {
            self.found |= self.facts.root(var.id) == self.data;
        }
    }
    let mut uses = Uses { facts, data: buffer.data.id, found: false };
    stmts.visit_with(&mut uses);
    uses.found
}

impl Visitor for Planner<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Seq(s) => self.sequence(&s.stmts),
            Stmt::AllocBuffer(_) => self.sequence(std::slice::from_ref(stmt)),
            Stmt::For(l) if self.shared.is_some_and(|work| is_distributed(l, work)) => {
                self.parallel(l);
            }
            _ => tirade_ir::visit::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &PrimExpr) {}
}
