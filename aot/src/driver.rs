//! Compiling and calling C.

pub mod cache;
pub mod compile;
mod process;
pub mod worker;
