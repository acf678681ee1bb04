//! `tirade check`: parse, evaluate, validate.

use super::args::CheckArgs;
use super::output::Output;
use super::{Exit, Outcome, Script};

/// Runs the verb.
pub fn run(args: &CheckArgs, out: &Output) -> Outcome {
    let mut worst = Exit::Ok;
    for path in &args.files {
        let exit = match Script::read(path, out) {
            Ok(script) => script.module().err().unwrap_or(Exit::Ok),
            Err(exit) => exit,
        };
        if worst == Exit::Ok {
            worst = exit;
        }
    }
    Ok(worst)
}
