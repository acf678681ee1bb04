//! `tirade diff-ir`: compare two programs up to names.

use super::args::DiffIrArgs;
use super::output::Output;
use super::{Exit, Outcome, Script};
use tirade::ir::structural::{FreeVars, structural_equal_with};

/// Runs the verb.
pub fn run(args: &DiffIrArgs, out: &Output) -> Outcome {
    let a = Script::read(&args.a, out)?;
    let b = Script::read(&args.b, out)?;
    match structural_equal_with(a.module()?, b.module()?, FreeVars::Map) {
        Ok(()) => Ok(Exit::Ok),
        Err(mismatch) => {
            out.status(&format!("the programs differ: {mismatch}"));
            Ok(Exit::Finding)
        }
    }
}
