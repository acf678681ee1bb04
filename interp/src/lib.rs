//! The reference interpreter: what a TensorIR program means, and where it means nothing.
//!
//! [`run`] runs a program as it is written (blocks, regions, inits, vector loops, loops over
//! threads); nothing is lowered. A program and its input either give arrays, or a *report*: the
//! operation that has no meaning, its place in the source, the iteration, the buffer and index
//! (the classes are [`Class`]). If there is no report, every correct compiler gives these bytes.
//!
//! Reading order: [`options`]; `tree`, what a program is resolved to; `memory` and `view`;
//! `machine`, the state of a run; `eval` and `exec`, the walk; `region`, `instance` and `race`,
//! the rules that need a memory of their own.
//!
//! Architecture invariant: there is one semantics. What makes runs fast is told from the program
//! when it is resolved (slots, kernels, checks that hold by form); nothing is computed by another
//! rule for the sake of speed.

pub mod arrays;
mod eval;
mod exec;
mod instance;
mod kernel;
mod machine;
mod memory;
pub mod options;
mod race;
mod region;
mod report;
mod resolve;
mod run;
mod strip;
mod tree;
mod view;
mod walk;

pub use options::{Checks, Class, Options};
pub use run::{Outcome, run};
