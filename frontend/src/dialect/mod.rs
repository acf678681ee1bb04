//! The dialects: what every `T.*`, `I.*`, `tir.*` and `tvm.*` name does.
//!
//! Three dialects are read, mixed if need be: `hybrid` (2020), `classic` (TVM 0.8 to 0.23) and
//! `modern` (TVM 0.24 on). Each is a table of names ([`table`]); arguments are bound to parameters
//! in one place ([`sig`]); the evaluator calls in through [`hooks`].
//!
//! Reading order: [`table`] and [`sig`]; [`values`] (what names give); [`hooks`]; then a file for
//! each family of names.

pub mod hooks;
pub mod sig;
pub mod suggest;
pub mod table;
pub mod values;

mod assign;
mod block;
mod buffer;
mod compute;
mod convert;
mod detect;
mod expr;
mod func;
mod getattr;
mod legacy;
mod loops;
mod module;
mod names;
mod op;
mod param;
mod schedule;
mod state;
mod stmt;
mod te;
mod testing;
mod types;
mod vendor;

pub use detect::detect;
pub use schedule::ScheduleObject;
pub use state::State;
pub use table::Entry;
pub use values::DialectValue;

/// A family of TVM versions with one meaning of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// TVM 0.24 and later: `from tvm.script import tirx as T`, `T.sblock`.
    #[default]
    Modern,
    /// TVM 0.8 to 0.23: `from tvm.script import tir as T`, `T.block`.
    Classic,
    /// Before TVM 0.8: `@tvm.hybrid.script`, `@tvm.script.tir`.
    Hybrid,
}

impl Dialect {
    /// The dialect in which a program of this one is printed; nothing is printed in `hybrid`.
    pub fn printable(self) -> tirade_ir::print::Dialect {
        match self {
            Dialect::Modern => tirade_ir::print::Dialect::Modern,
            Dialect::Classic | Dialect::Hybrid => tirade_ir::print::Dialect::Classic,
        }
    }

    /// `modern`, `classic`, `hybrid`.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::Modern => "modern",
            Dialect::Classic => "classic",
            Dialect::Hybrid => "hybrid",
        }
    }
}
