//! The C printer: lowered IR to C text.

mod access;
mod analysis;
mod bounds;
mod call;
pub mod checked;
pub(crate) mod ctype;
mod expr;
mod func;
mod literal;
pub mod memory;
pub mod module;
pub mod names;
mod op;
pub(crate) mod parallel;
mod prelude;
mod stmt;
mod vector;
