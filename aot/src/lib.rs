//! The C backend: lowering passes, the C printer, and the driver that compiles and calls it.
//!
//! ```text
//! IRModule ─ pass::lower ─▶ IRModule ─ c::module::print_module ─▶ C ─ driver::compile ─▶ .so ─▶ call
//! ```

pub mod c;
pub mod driver;
pub mod emit;
pub mod error;
pub mod load;
pub mod pass;
mod run;

pub use c::module::Parallel;
pub use driver::compile::{Artifact, ArtifactKind, CompileOptions};
pub use emit::{EmitOptions, EmittedFile, Profile, Workspace, emit_c};
pub use error::{AotError, Result};
pub use run::{
    BenchOptions, BenchOutcome, RunOptions, RunOutcome, bench, build, load, reachable, run, run_all,
};
