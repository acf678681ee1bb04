//! The C backend: lowering passes, the C printer, and the driver that compiles and calls it.
//!
//! ```text
//! IRModule ─ pass::lower ─▶ IRModule ─ c::module::print_module ─▶ C ─ driver::compile ─▶ .so ─▶ call
//! ```

pub mod c;
pub mod driver;
pub mod error;
pub mod load;
pub mod pass;
mod run;

pub use driver::compile::{Artifact, ArtifactKind, CompileOptions};
pub use error::{AotError, Result};
pub use run::{
    BenchOptions, BenchOutcome, EmitOptions, RunOptions, RunOutcome, bench, build, emit_c, load,
    run, run_all,
};
