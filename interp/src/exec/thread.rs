//! Loops over the blocks and threads of a grid (SEMANTICS P3).
//!
//! The threads of a block run together: each statement directly under their loops is run by one
//! thread after the other before the next statement begins. A statement that touches shared
//! memory ends a phase. Only a statement that contains a `T.tvm_storage_sync` is entered by all
//! threads together; then they have to take the same way through it.

use super::Trip;
use crate::instance::Record;
use crate::machine::{BoundAxis, Flow, Frame, Lanes, Machine};
use crate::memory::Memory;
use crate::race::{Iterations, ThreadPath};
use crate::tree::{AllReduce, Alloc, Block, Expr, For, If, Sharing, Stmt, ThreadAxis, While};
use crate::view::View;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex};
use tirade_ir::{Code, Span};

/// A thread of a block.
#[derive(Debug)]
struct Thread {
    path: ThreadPath,
    frame: Frame,
    axes: Vec<BoundAxis>,
    /// The thread returned from the function.
    done: bool,
}

/// The threads of a block that run together.
#[derive(Debug)]
struct Group {
    threads: Vec<Thread>,
    /// Axes bound so far.
    depth: usize,
    phase: u64,
    /// Loops and branches inside of the loops over threads that all threads went into together.
    /// Statements in there do not end a phase, only barriers do.
    nested: usize,
}

impl<'p> Machine<'p> {
    /// Runs a loop that is bound to an axis of the grid.
    pub(super) fn run_bound(&mut self, s: &'p For, trip: Trip) -> Flow {
        let Some(axis) = s.thread else { return self.run_unordered(s, trip) };
        // A loop inside of another one over the same axis goes over the same threads.
        if let Some(bound) = self.axes.iter().find(|a| a.tag == axis.tag).copied() {
            if !(0..trip.count as i64).contains(&bound.value) {
                return Flow::Next;
            }
            self.set_loop_var(s, trip.value(bound.value as u64));
            return self.exec(&s.body);
        }
        if !axis.is_thread || s.independent {
            // What is remembered of blocks outlives the frame of one iteration.
            self.share_all_records(s);
            return self.run_unordered(s, trip);
        }
        if trip.count > ThreadPath::MAX_EXTENT {
            let message = format!("{} threads are more than a block can have", trip.count);
            self.report(Code::ALLOC, s.span, message);
            self.halted = true;
            return Flow::Stop;
        }
        self.strands.enter(Iterations::Threads(vec![axis.tag]));
        let mut group = Group { threads: Vec::new(), depth: 1, phase: 0, nested: 0 };
        self.share_all_records(s);
        for i in 0..trip.count {
            let thread = self.thread(s, axis, trip, i, 0, ThreadPath::default());
            group.threads.push(thread);
        }
        let all: Vec<usize> = (0..group.threads.len()).collect();
        let flow = self.run_group(&s.body, &mut group, &all);
        self.strands.leave();
        if flow == Flow::Stop { Flow::Stop } else { Flow::Next }
    }

    /// An iteration of a loop that is bound to an axis.
    pub(super) fn bound_iteration(
        &mut self,
        s: &'p For,
        axis: ThreadAxis,
        trip: Trip,
        i: u64,
    ) -> Flow {
        let bound = BoundAxis { tag: axis.tag, value: i as i64, extent: trip.count as i64 };
        self.axes.push(bound);
        let outer = std::mem::take(&mut self.block_memory);
        let before = axis.is_block.then(|| self.frame.clone());
        if axis.is_block {
            self.renew(|sharing| sharing != Sharing::Global);
        }
        let flow = self.exec(&s.body);
        if let Some(frame) = before {
            self.frame = frame;
        }
        self.block_memory = outer;
        self.axes.pop();
        flow
    }

    /// A thread of the group that runs the loop `s`, from the present frame.
    fn thread(
        &mut self,
        s: &'p For,
        axis: ThreadAxis,
        trip: Trip,
        i: u64,
        depth: usize,
        path: ThreadPath,
    ) -> Thread {
        self.step(s.span);
        let saved = self.frame.clone();
        self.set_loop_var(s, trip.value(i));
        self.renew(|sharing| sharing == Sharing::Local);
        let mut axes = self.axes.clone();
        axes.push(BoundAxis { tag: axis.tag, value: i as i64, extent: trip.count as i64 });
        let frame = std::mem::replace(&mut self.frame, saved);
        Thread { path: path.with(depth, i), frame, axes, done: false }
    }

    /// Gives fresh memory to buffers of some sharing that were allocated outside.
    fn renew(&mut self, which: impl Fn(Sharing) -> bool) {
        let func = self.func;
        for (slot, info) in func.buffers.iter().enumerate() {
            let Some(view) = &self.frame.views[slot] else { continue };
            if !which(info.sharing) || view.memory.is_always_written() {
                continue;
            }
            let old = view.memory.clone();
            let live = &self.shared.live;
            let fresh = Arc::new(Memory::uninitialised(old.bytes(), old.width, live));
            self.replace_memory(&old, &fresh);
        }
    }

    fn replace_memory(&mut self, old: &Arc<Memory>, fresh: &Arc<Memory>) {
        for view in self.frame.views.iter_mut().flatten() {
            if Arc::ptr_eq(&view.memory, old) {
                let mut pointer = view.pointer();
                pointer.memory = fresh.clone();
                *view = View::new(&pointer, view.dtype, view.offset, view.dims.clone());
            }
        }
        for pointer in self.frame.pointers.iter_mut().flatten() {
            if Arc::ptr_eq(&pointer.memory, old) {
                pointer.memory = fresh.clone();
            }
        }
    }

    /// The memory of a buffer that the threads of the present block share, wherever it is declared.
    pub(super) fn existing_shared(&mut self, alloc: &'p Alloc) -> Option<Arc<Memory>> {
        let info = &self.func.buffers[alloc.buffer as usize];
        let inside = info.sharing == Sharing::Shared && !self.axes.is_empty();
        inside.then(|| self.block_memory.get(&alloc.buffer).cloned()).flatten()
    }

    fn share_all_records(&mut self, s: &'p For) {
        let mut blocks = Vec::new();
        s.body.any_outermost_block(&mut |block| {
            blocks.push(block.id);
            false
        });
        self.share_records(&blocks);
    }

    /// Runs a statement on some threads of a group, all together where they have to meet.
    fn run_group(&mut self, stmt: &'p Stmt, group: &mut Group, active: &[usize]) -> Flow {
        if self.halted {
            return Flow::Stop;
        }
        match stmt {
            Stmt::Seq(stmts) => {
                for stmt in stmts {
                    match self.run_group(stmt, group, active) {
                        Flow::Next => {}
                        other => return other,
                    }
                }
                Flow::Next
            }
            Stmt::Counted(_, stmt) => self.run_group(stmt, group, active),
            Stmt::Block(block) => self.group_block(block, group, active),
            Stmt::For(s) if self.opens_axis(s) => self.group_axis(s, group, active),
            Stmt::Evaluate(Expr::StorageSync(span)) => self.group_sync(*span, group, active),
            Stmt::Evaluate(Expr::AllReduce(e)) => self.group_reduce(e, group, active),
            Stmt::For(_) | Stmt::While(_) | Stmt::If(_) if meets(stmt) => {
                self.run_nested(stmt, group, active)
            }
            Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Store(_)
            | Stmt::Undefine(_)
            | Stmt::Bind(_)
            | Stmt::BindPointer(_)
            | Stmt::Alloc(_)
            | Stmt::Decl(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break
            | Stmt::Continue => self.one_by_one(stmt, group, active),
        }
    }

    /// A loop or branch in which the threads meet.
    fn run_nested(&mut self, stmt: &'p Stmt, group: &mut Group, active: &[usize]) -> Flow {
        group.nested += 1;
        let flow = match stmt {
            Stmt::For(s) => self.group_for(s, group, active),
            Stmt::While(s) => self.group_while(s, group, active),
            Stmt::If(s) => self.group_if(s, group, active),
            _ => self.one_by_one(stmt, group, active),
        };
        group.nested -= 1;
        self.end_statement(stmt, group);
        flow
    }

    /// A statement directly under the loops over threads ends a phase if it touches shared memory.
    fn end_statement(&self, stmt: &Stmt, group: &mut Group) {
        if group.nested == 0 && self.touches_shared(stmt) {
            group.phase += 1;
        }
    }

    /// Runs `f` as one thread of the group.
    fn as_thread<R>(
        &mut self,
        group: &mut Group,
        thread: usize,
        f: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let (path, phase) = (group.threads[thread].path, group.phase);
        let swap = |machine: &mut Self, thread: &mut Thread| {
            std::mem::swap(&mut machine.frame, &mut thread.frame);
            std::mem::swap(&mut machine.axes, &mut thread.axes);
        };
        swap(self, &mut group.threads[thread]);
        self.strands.resume(path.0, phase);
        let result = f(self);
        swap(self, &mut group.threads[thread]);
        result
    }

    fn one_by_one(&mut self, stmt: &'p Stmt, group: &mut Group, active: &[usize]) -> Flow {
        for &thread in active {
            if group.threads[thread].done {
                continue;
            }
            match self.as_thread(group, thread, |m| m.exec(stmt)) {
                Flow::Return => group.threads[thread].done = true,
                Flow::Stop => return Flow::Stop,
                Flow::Next | Flow::Continue | Flow::Break => {}
            }
        }
        self.end_statement(stmt, group);
        Flow::Next
    }

    fn group_block(&mut self, block: &'p Block, group: &mut Group, active: &[usize]) -> Flow {
        let outer = self.scope;
        let mut inside = Vec::new();
        for &thread in active.iter().filter(|t| !group.threads[**t].done).collect::<Vec<_>>() {
            self.scope = outer;
            let runs =
                self.as_thread(group, thread, |m| m.enter_block(block) && m.begin_instance(block));
            if self.halted {
                return Flow::Stop;
            }
            if runs {
                inside.push(thread);
            }
        }
        self.scope = block.scope;
        let flow = self.run_group(&block.body, group, &inside);
        self.scope = outer;
        flow
    }

    /// True if `s` is bound to an axis of threads that is not bound yet.
    fn opens_axis(&self, s: &For) -> bool {
        // Inside of a group its threads know the axes; any of them will do.
        s.thread.is_some_and(|axis| axis.is_thread)
    }

    fn group_axis(&mut self, s: &'p For, group: &mut Group, active: &[usize]) -> Flow {
        let Some(axis) = s.thread else { return Flow::Next };
        let bound = active
            .first()
            .is_some_and(|t| group.threads[*t].axes.iter().any(|a| a.tag == axis.tag));
        if bound {
            return self.group_same_axis(s, axis, group, active);
        }
        let outer = std::mem::replace(&mut self.scope, s.scope);
        let (depth, phase, nested) = (group.depth + 1, group.phase, group.nested);
        let mut inner = Group { threads: Vec::new(), depth, phase, nested };
        self.strands.add_axis(axis.tag);
        for &thread in active {
            let (path, depth) = (group.threads[thread].path, group.depth);
            if group.threads[thread].done {
                continue;
            }
            let threads = self.as_thread(group, thread, |m| {
                let Some(trip) = m.trip(s) else { return Vec::new() };
                m.share_all_records(s);
                (0..trip.count).map(|i| m.thread(s, axis, trip, i, depth, path)).collect()
            });
            inner.threads.extend(threads);
        }
        let all: Vec<usize> = (0..inner.threads.len()).collect();
        let flow = self.run_group(&s.body, &mut inner, &all);
        group.phase = inner.phase;
        self.scope = outer;
        flow
    }

    /// A loop over an axis that the threads are already numbered along.
    fn group_same_axis(
        &mut self,
        s: &'p For,
        axis: ThreadAxis,
        group: &mut Group,
        active: &[usize],
    ) -> Flow {
        let outer = std::mem::replace(&mut self.scope, s.scope);
        let mut inside = Vec::new();
        for &thread in active {
            let takes_part = self.as_thread(group, thread, |m| {
                let trip = m.trip(s)?;
                let bound = m.axes.iter().find(|a| a.tag == axis.tag)?.value;
                (bound < trip.count as i64).then(|| m.set_loop_var(s, trip.value(bound as u64)))
            });
            if takes_part.is_some() {
                inside.push(thread);
            }
        }
        let flow = self.run_group(&s.body, group, &inside);
        self.scope = outer;
        flow
    }

    fn group_sync(&mut self, span: Span, group: &mut Group, active: &[usize]) -> Flow {
        let waiting = group.threads.iter().filter(|t| !t.done).count();
        let here = active.iter().filter(|t| !group.threads[**t].done).count();
        if here < group.threads.len() || here < waiting {
            let all = group.threads.len();
            self.report_divergence(span, &format!("{here} of {all} threads reach it"));
        }
        group.phase += 1;
        if self.halted { Flow::Stop } else { Flow::Next }
    }

    #[cold]
    fn report_divergence(&mut self, span: Span, what: &str) {
        let message = format!("not all threads of the block meet at this barrier: {what}");
        self.report(Code::RACE, span, message);
    }

    /// A serial loop that all threads have to run the same number of times.
    fn group_for(&mut self, s: &'p For, group: &mut Group, active: &[usize]) -> Flow {
        let outer = std::mem::replace(&mut self.scope, s.scope);
        let trips: Vec<Option<Trip>> =
            active.iter().map(|t| self.as_thread(group, *t, |m| m.trip(s))).collect();
        let Some(Some(trip)) = trips.first().copied() else { return Flow::Stop };
        if trips.iter().any(|t| t.is_none_or(|t| t.count != trip.count)) {
            self.report_divergence(s.span, "their loops around it differ");
            return Flow::Stop;
        }
        for i in 0..trip.count {
            for block in &s.recomputes {
                let record: Arc<Mutex<Record>> = Arc::default();
                for thread in &mut group.threads {
                    thread.frame.records[*block] = Some(record.clone());
                }
            }
            for (&thread, own) in active.iter().zip(&trips) {
                let Some(own) = own else { continue };
                self.as_thread(group, thread, |m| {
                    m.step(s.span);
                    m.set_loop_var(s, own.value(i));
                });
            }
            match self.run_group(&s.body, group, active) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        self.scope = outer;
        Flow::Next
    }

    fn group_while(&mut self, s: &'p While, group: &mut Group, active: &[usize]) -> Flow {
        loop {
            match self.common_truth(&s.condition, group, active) {
                Some(true) => {}
                Some(false) => return Flow::Next,
                None => {
                    self.report_divergence(s.span, "their conditions around it differ");
                    return Flow::Stop;
                }
            }
            self.step(s.span);
            match self.run_group(&s.body, group, active) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                other => return other,
            }
        }
    }

    fn group_if(&mut self, s: &'p If, group: &mut Group, active: &[usize]) -> Flow {
        let mut sides: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
        for &thread in active {
            let side = self.as_thread(group, thread, |m| m.truth(&s.condition));
            sides[side as usize].push(thread);
        }
        let [no, yes] = sides;
        if !yes.is_empty() {
            let flow = self.run_group(&s.then, group, &yes);
            if flow != Flow::Next {
                return flow;
            }
        }
        match &s.otherwise {
            Some(otherwise) if !no.is_empty() => self.run_group(otherwise, group, &no),
            _ => Flow::Next,
        }
    }

    /// The value of a condition on which all threads agree.
    fn common_truth(&mut self, e: &Expr, group: &mut Group, active: &[usize]) -> Option<bool> {
        let values: SmallVec<[bool; 32]> =
            active.iter().map(|t| self.as_thread(group, *t, |m| m.truth(e))).collect();
        let first = *values.first()?;
        values.iter().all(|v| *v == first).then_some(first)
    }

    /// A barrier outside of loops over threads orders nothing.
    pub(super) fn lone_sync(&mut self, _span: Span) {}

    /// A reduction over the only thread there is.
    pub(super) fn lone_all_reduce(&mut self, e: &'p AllReduce) {
        let values = self.contribution(e);
        self.receive(e, &values);
    }

    /// What the present thread contributes to a reduction.
    fn contribution(&mut self, e: &'p AllReduce) -> Lanes {
        let values: Lanes = e.values.iter().map(|v| self.eval(v)).collect();
        match self.truth(&e.condition) {
            true => values,
            false => e.reducer.identity.iter().map(|v| self.eval(v)).collect(),
        }
    }

    fn combine(&mut self, e: &'p AllReduce, lhs: &[u64], rhs: &[u64]) -> Lanes {
        for (slots, values) in [(&e.reducer.lhs, lhs), (&e.reducer.rhs, rhs)] {
            for (slot, value) in slots.iter().zip(values) {
                self.frame.scalars[*slot as usize] = *value;
            }
        }
        e.reducer.result.iter().map(|v| self.eval(v)).collect()
    }

    /// Stores the result of a reduction for the present thread.
    fn receive(&mut self, e: &'p AllReduce, values: &[u64]) {
        for (access, value) in e.results.iter().zip(values) {
            if !self.halted {
                self.store_bits(access, *value);
            }
        }
    }

    /// Reduces over the threads that differ in the reduced axes only, in their order.
    fn group_reduce(&mut self, e: &'p AllReduce, group: &mut Group, active: &[usize]) -> Flow {
        let mut totals: Vec<(Lanes, Lanes)> = Vec::new();
        let mut places = Vec::new();
        for &thread in active {
            let (key, values) = self.as_thread(group, thread, |m| {
                let key = e.kept.iter().map(|slot| m.frame.scalars[*slot as usize]).collect();
                (key, m.contribution(e))
            });
            match totals.iter().position(|(k, _)| *k == key) {
                None => {
                    places.push(totals.len());
                    totals.push((key, values));
                }
                Some(place) => {
                    let total = totals[place].1.clone();
                    let sum = self.as_thread(group, thread, |m| m.combine(e, &total, &values));
                    totals[place].1 = sum;
                    places.push(place);
                }
            }
        }
        for (&thread, place) in active.iter().zip(places) {
            let total = totals[place].1.clone();
            self.as_thread(group, thread, |m| m.receive(e, &total));
        }
        group.phase += 1;
        if self.halted { Flow::Stop } else { Flow::Next }
    }

    /// True if a statement may touch memory that the threads of a block share.
    fn touches_shared(&self, stmt: &Stmt) -> bool {
        let func = self.func;
        stmt.any_access(&mut |buffer| func.buffers[buffer as usize].sharing == Sharing::Shared)
    }
}

/// True if threads have to meet inside of the statement.
fn meets(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Seq(stmts) => stmts.iter().any(meets),
        Stmt::For(s) => meets(&s.body),
        Stmt::While(s) => meets(&s.body),
        Stmt::If(s) => meets(&s.then) || s.otherwise.as_ref().is_some_and(meets),
        Stmt::Block(s) => meets(&s.body),
        Stmt::Counted(_, s) => meets(s),
        Stmt::Evaluate(e) => matches!(e, Expr::StorageSync(_) | Expr::AllReduce(_)),
        Stmt::Store(_)
        | Stmt::Undefine(_)
        | Stmt::Bind(_)
        | Stmt::BindPointer(_)
        | Stmt::Alloc(_)
        | Stmt::Decl(_)
        | Stmt::Assert(_)
        | Stmt::Return(_)
        | Stmt::Break
        | Stmt::Continue => false,
    }
}
