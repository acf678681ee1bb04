//! Loops.

use crate::machine::{Flow, Machine};
use crate::race::Iterations;
use crate::tree::For;
use rayon::prelude::*;
use tirade_ir::{Code, ForKind};

/// Innermost iterations from which on threads are worth their start.
const WORK_FOR_THREADS: u64 = 50_000;

/// The values that a loop variable takes: `min + i * step` for `i` below `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// First value.
    pub min: i64,
    /// Distance of two values.
    pub step: i64,
    /// How many values.
    pub count: u64,
}

impl Trip {
    /// Value number `i`.
    #[inline(always)]
    pub fn value(self, i: u64) -> i64 {
        self.min.wrapping_add((i as i64).wrapping_mul(self.step))
    }
}

impl<'p> Machine<'p> {
    /// Runs a loop.
    pub fn exec_for(&mut self, s: &'p For) -> Flow {
        let Some(trip) = self.trip(s) else { return Flow::Stop };
        let outer = std::mem::replace(&mut self.scope, s.scope);
        let flow = match s.kind {
            ForKind::Serial | ForKind::Unrolled => self.run_serial(s, trip),
            ForKind::Parallel | ForKind::Vectorized => self.run_unordered(s, trip),
            ForKind::ThreadBinding => self.run_bound(s, trip),
        };
        self.scope = outer;
        flow
    }

    /// The values of the loop variable; `None` if the run stops.
    pub(super) fn trip(&mut self, s: &'p For) -> Option<Trip> {
        let min = self.index(&s.min);
        let extent = self.index(&s.extent);
        let step = s.step.as_ref().map_or(1, |e| self.index(e));
        if self.halted {
            return None;
        }
        if step <= 0 {
            let message = format!("the step of `{}` is {step}, it must be positive", s.var.name);
            self.report(Code::ASSERT, s.span, message);
            self.halted = true;
            return None;
        }
        let end = min as i128 + extent as i128;
        if extent > 0 && end > s.var.dtype.int_max() {
            let (name, dtype) = (s.var.name, s.var.dtype);
            let message = format!("the end {end} of the loop over `{name}` does not fit `{dtype}`");
            self.report(Code::OVERFLOW, s.span, message);
            if self.halted {
                return None;
            }
        }
        let count = if extent <= 0 { 0 } else { extent.unsigned_abs().div_ceil(step as u64) };
        Some(Trip { min, step, count })
    }

    pub(super) fn set_loop_var(&mut self, s: &For, value: i64) {
        let bits = s.var.dtype.bits();
        let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
        self.frame.scalars[s.slot as usize] = value as u64 & mask;
    }

    /// One iteration.
    #[inline]
    pub(crate) fn iteration(&mut self, s: &'p For, trip: Trip, i: u64) -> Flow {
        self.set_loop_var(s, trip.value(i));
        self.step(s.span);
        if !s.recomputes.is_empty() {
            self.forget_instances(&s.recomputes);
        }
        match s.thread {
            None => self.exec(&s.body),
            Some(axis) => self.bound_iteration(s, axis, trip, i),
        }
    }

    fn run_serial(&mut self, s: &'p For, trip: Trip) -> Flow {
        if s.independent {
            return self.run_independent(s, trip);
        }
        self.run_iterations(s, trip, 0, trip.count)
    }

    /// Runs iterations `from..to` in their order.
    fn run_iterations(&mut self, s: &'p For, trip: Trip, from: u64, to: u64) -> Flow {
        match self.plan_strip(s) {
            Some(inner) => self.run_strips(s, trip, &inner, from, to),
            None => self.run_one_by_one(s, trip, from, to),
        }
    }

    /// Walks the body once for every iteration.
    pub(crate) fn run_one_by_one(&mut self, s: &'p For, trip: Trip, from: u64, to: u64) -> Flow {
        for i in from..to {
            match self.iteration(s, trip, i) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        Flow::Next
    }

    /// Iterations in any order: in the order of the program, watching for races unless they are
    /// known to be independent.
    pub(super) fn run_unordered(&mut self, s: &'p For, trip: Trip) -> Flow {
        if s.independent {
            return self.run_independent(s, trip);
        }
        self.strands.enter(Iterations::Loop(s.var.name, trip));
        let flow = self.run_strands(s, trip);
        self.strands.leave();
        flow
    }

    /// Independent iterations: on several threads if there is enough to do.
    fn run_independent(&mut self, s: &'p For, trip: Trip) -> Flow {
        let work = trip.count.saturating_mul(s.work);
        let worthwhile = WORK_FOR_THREADS <= work && 1 < trip.count;
        let unwatched = !self.threads_off && !self.watches_races();
        if worthwhile && unwatched && s.kind != ForKind::Vectorized && self.shared.pool().is_some()
        {
            return self.run_on_threads(s, trip);
        }
        self.run_iterations(s, trip, 0, trip.count)
    }

    fn run_strands(&mut self, s: &'p For, trip: Trip) -> Flow {
        for i in 0..trip.count {
            self.strands.begin(i);
            match self.iteration(s, trip, i) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                other => return other,
            }
        }
        Flow::Next
    }

    fn run_on_threads(&mut self, s: &'p For, trip: Trip) -> Flow {
        let Some(pool) = self.shared.pool() else {
            return self.run_iterations(s, trip, 0, trip.count);
        };
        let pieces = (pool.current_num_threads() as u64 * 4).min(trip.count);
        let this = &*self;
        let run_piece = |piece: u64| {
            let mut machine = this.fork();
            let (from, to) = (trip.count * piece / pieces, trip.count * (piece + 1) / pieces);
            let flow = machine.run_iterations(s, trip, from, to);
            machine.join();
            flow
        };
        let flows: Vec<Flow> =
            pool.install(|| (0..pieces).into_par_iter().map(run_piece).collect());
        if self.shared.is_abandoned() {
            self.halted = true;
            return Flow::Stop;
        }
        flows.into_iter().find(|f| *f == Flow::Return || *f == Flow::Stop).unwrap_or(Flow::Next)
    }
}
