//! Handles: what a schedule gives out for blocks, loops and sampled numbers.
//!
//! A handle is a small number that the schedule's table resolves to the identity of a block or
//! loop. Identities survive rewriting, so a handle stays good until what it stands for is gone.

use std::sync::atomic::{AtomicU32, Ordering};
use tirade_ir::{BlockId, Symbol, Var, VarId};

/// A block of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockRV(pub u32);

/// A loop of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoopRV(pub u32);

/// A number that was sampled: a variable whose value the schedule knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExprRV(pub Var);

impl LoopRV {
    /// Stands for "inline the block" where a loop is asked for, as a result of sampling.
    pub const INLINE: LoopRV = LoopRV(0);
    /// Stands for "leave the block where it is".
    pub const ROOT: LoopRV = LoopRV(1);
}

/// The identity behind a [`BlockRV`] or [`LoopRV`], with the function it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// A block.
    Block(Symbol, BlockId),
    /// A loop, by its variable.
    Loop(Symbol, VarId),
}

/// A number for a new handle, unique in the process: a handle of one schedule is never taken for
/// one of another.
pub fn fresh() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(16);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
