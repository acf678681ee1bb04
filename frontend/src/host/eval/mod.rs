//! The evaluator proper: one file per family of constructs.

pub mod attr;
pub(crate) use attr::META_CLASS;
pub mod call;
pub mod class;
pub mod compare;
pub mod comprehension;
pub mod exception;
pub mod expr;
pub mod fstring;
pub mod func;
pub mod import;
pub mod ops;
pub mod stmt;
pub mod subscript;
pub mod target;

use super::value::Value;

/// What statements mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Module level and host functions: what Python says.
    Host,
    /// Prim_funcs and macros: they become statements of the IR.
    Script,
}

/// How a statement ended.
#[derive(Clone)]
pub enum Flow {
    /// The next statement follows.
    Normal,
    /// A `break` of a loop that runs now.
    Break,
    /// A `continue` of a loop that runs now.
    Continue,
    /// A `return` of a host function or macro.
    Return(Value),
}
