//! `tirade interp`: run in the reference interpreter.

use super::args::InterpArgs;
use super::output::Output;
use super::{Exit, Job, Outcome, interp_options};

/// Runs the verb.
pub fn run(args: &InterpArgs, out: &Output) -> Outcome {
    let job = Job::prepare(&args.file, &args.run, out)?;
    let options = interp_options(&args.run, &args.interp, args.threads)
        .map_err(|error| job.script.fail(out, &[error]))?;
    let outcome = tirade::interp::run(job.module()?, job.func.name, job.args.clone(), &options)
        .map_err(|errors| job.script.fail(out, &errors))?;
    out.diagnostics(&outcome.reports, &job.script.sources);
    if outcome.reports.iter().any(|r| r.is_error()) {
        return Ok(Exit::Undefined);
    }
    job.deliver(&outcome.args, outcome.ret, &args.run, out)
}
