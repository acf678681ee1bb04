//! Schedules of TensorIR: primitives that preserve the result exactly, or refuse with a reason.
//!
//! A [`Schedule`] is a value: a module, a table of handles, a [`Trace`]. Cloning it is O(1), so a
//! clone is a fork and undo is keeping one. Blocks are identified by their `BlockId`, loops by
//! their variable; handles ([`BlockRV`], [`LoopRV`], [`ExprRV`]) resolve to those and survive
//! rewriting.
//!
//! ```
//! use tirade_ir::IRModule;
//! use tirade_schedule::{Schedule, Value};
//!
//! let mut sch = Schedule::new(IRModule::new());
//! let error = sch.call("get_sblock", [Value::str("C")], []).unwrap_err();
//! assert_eq!(error.code.to_string(), "TIR0801");
//! ```
//!
//! # How to add a primitive
//!
//! 1. Write `src/primitive/NAME.rs`: a `pub const NAME: Primitive` with TVM's method name, the name
//!    of the instruction in traces, the signature as Python writes it, which parameters are
//!    attributes of the instruction, one line of documentation, and the function that applies it.
//! 2. The function takes the schedule and [`Args`] (one value for each parameter, defaults filled
//!    in). It finds places with [`Schedule::block_arg`], [`Schedule::loop_arg`] and
//!    [`Schedule::block_or_loop_arg`], checks the preconditions with what is in [`analysis`], builds
//!    the new statement, puts it in with [`Schedule::replace`] or [`Schedule::set_body`], and returns
//!    handles made by [`Schedule::new_block`] and [`Schedule::new_loop`]. On an error the caller
//!    restores the schedule, so nothing is left behind.
//! 3. A refusal is a [`ScheduleError`] with one of the codes 08xx, the places it is about
//!    ([`At`]), and what would make the step legal.
//! 4. Add the row to `TABLE` in `src/primitive/mod.rs`. Binding in scripts, traces in all their
//!    forms and the documentation follow from the row.
//!
//! A primitive that samples reads [`Schedule::decision`] and calls [`Schedule::set_decision`]; its
//! parameter `decision` is not stored with the arguments of the instruction. A number that it
//! gives out is [`Schedule::new_sample`], as `Value::Expr(PrimExpr::Var(rv.0))`.

pub mod analysis;
pub mod args;
mod build;
pub mod error;
pub mod handle;
pub mod intrinsic;
pub mod json;
mod map_args;
pub mod outline;
pub mod place;
pub mod primitive;
pub mod random;
mod schedule;
pub mod trace;
pub mod value;

pub use args::Args;
pub use error::{At, Result, ScheduleError};
pub use handle::{BlockRV, ExprRV, LoopRV};
pub use intrinsic::{Intrinsics, TensorIntrin};
pub use place::Place;
pub use primitive::Primitive;
pub use schedule::{Schedule, Step};
pub use trace::{Instruction, Trace};
pub use value::{IndexMap, Value};
