//! Limits of parse-time evaluation: steps, memory, depth.
//!
//! A script is a program and need not end. Every expression and statement costs a step, bulk
//! operations one step per element; containers and strings are charged to a meter of bytes. Both
//! budgets grow with the source, so that they bound what a script *computes*, not what it says.
//! All counts are the same on every machine.

use super::error::{HostError, Result};
use std::cell::Cell;
use tirade_ir::diag::Code;

/// Budgets of one evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps of evaluation.
    pub fuel: u64,
    /// Bytes of values that are alive, counted on the high side.
    pub memory: usize,
    /// Calls inside each other.
    pub depth: usize,
    /// Bits of one integer.
    pub int_bits: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { fuel: 16_000_000, memory: 192 << 20, depth: 1000, int_bits: 1 << 21 }
    }
}

impl Limits {
    /// These limits, widened for a source of `bytes` bytes.
    pub fn for_source(self, bytes: usize) -> Limits {
        Limits {
            fuel: self.fuel.saturating_add(bytes as u64 * 16),
            memory: self.memory.saturating_add(bytes.saturating_mul(64)),
            ..self
        }
    }
}

/// Nesting of expressions of the IR; what the validator allows.
pub const MAX_EXPR_DEPTH: usize = 512;
/// Nodes of one expression of the IR, as a tree.
pub const MAX_EXPR_NODES: u64 = 1 << 17;
/// Steps that a function of the program costs.
pub const FUNC_STEPS: u64 = 160;
/// Steps and bytes that a node of the IR costs.
pub const IR_STEPS: u64 = 6;
/// See [`IR_STEPS`].
pub const IR_BYTES: usize = 80;

thread_local! {
    /// Bytes charged by the evaluation that runs on this thread.
    static METER: Cell<usize> = const { Cell::new(0) };
}

/// Share of one container in the memory meter; given back when the container goes.
#[derive(Default)]
pub struct Charge(Cell<usize>);

impl Charge {
    /// Sets the container's size to `bytes`.
    pub fn set(&self, bytes: usize) {
        let old = self.0.replace(bytes);
        METER.with(|meter| meter.set((meter.get() + bytes).saturating_sub(old)));
    }
}

impl Charge {
    /// The charge of something that takes `bytes` as long as it lives.
    pub fn of(bytes: usize) -> Charge {
        let charge = Charge::default();
        charge.set(bytes);
        charge
    }
}

impl Clone for Charge {
    fn clone(&self) -> Charge {
        Charge::of(self.0.get())
    }
}

/// Tells the meter that `bytes` were allocated.
pub fn allocated(bytes: usize) {
    METER.with(|meter| meter.set(meter.get() + bytes));
}

/// Tells the meter that `bytes` were given back.
pub fn released(bytes: usize) {
    METER.with(|meter| meter.set(meter.get().saturating_sub(bytes)));
}

impl Drop for Charge {
    fn drop(&mut self) {
        let bytes = self.0.get();
        METER.with(|meter| meter.set(meter.get().saturating_sub(bytes)));
    }
}

/// What is left of the budgets.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    fuel: u64,
}

impl Budget {
    /// A full budget. Starts the memory meter of this thread.
    pub fn new(limits: Limits) -> Budget {
        METER.with(|meter| meter.set(0));
        Budget { limits, fuel: limits.fuel }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Takes `steps` steps.
    #[inline]
    pub fn step(&mut self, steps: u64) -> Result<()> {
        match self.fuel.checked_sub(steps) {
            Some(rest) => {
                self.fuel = rest;
                Ok(())
            }
            None => Err(self.out_of_fuel()),
        }
    }

    #[cold]
    fn out_of_fuel(&mut self) -> HostError {
        self.fuel = 0;
        let message = format!("evaluation takes more than {} steps", self.limits.fuel);
        HostError::limit(Code::HOST_FUEL, message)
            .with_help("loops over run-time values are written with `T.serial` or `T.grid`")
    }

    /// Checks the meter before `bytes` more are allocated.
    #[inline]
    pub fn reserve(&self, bytes: usize) -> Result<()> {
        let used = METER.with(Cell::get);
        match used.checked_add(bytes) {
            Some(total) if total <= self.limits.memory => Ok(()),
            _ => Err(self.out_of_memory()),
        }
    }

    /// Charges `bytes` that are never given back (strings, IR).
    #[inline]
    pub fn consume(&self, bytes: usize) -> Result<()> {
        self.reserve(bytes)?;
        METER.with(|meter| meter.set(meter.get() + bytes));
        Ok(())
    }

    #[cold]
    fn out_of_memory(&self) -> HostError {
        let megabytes = self.limits.memory >> 20;
        HostError::limit(
            Code::HOST_MEMORY,
            format!("evaluation needs more than {megabytes} MB for its values"),
        )
    }

    /// Checks the size of an integer before it is computed.
    pub fn check_int_bits(&self, bits: u64) -> Result<()> {
        if bits <= self.limits.int_bits {
            return Ok(());
        }
        let limit = self.limits.int_bits;
        Err(HostError::limit(Code::HOST_MEMORY, format!("an integer of more than {limit} bits")))
    }
}
