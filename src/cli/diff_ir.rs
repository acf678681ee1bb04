//! `tirade diff-ir`: compare two programs up to names.

use super::args::DiffIrArgs;
use super::output::Output;
use super::{Exit, Outcome, Script};

/// Runs the verb.
pub fn run(args: &DiffIrArgs, out: &Output) -> Outcome {
    let a = Script::read(&args.a, out)?;
    let b = Script::read(&args.b, out)?;
    match tirade::ir::structural::structural_equal(a.module()?, b.module()?) {
        Ok(()) => Ok(Exit::Ok),
        Err(mismatch) => {
            out.status(&format!("the programs differ: {mismatch}"));
            Ok(Exit::Finding)
        }
    }
}
