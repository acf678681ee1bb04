//! `tirade run`: compile through C and run.

use super::args::{CompileOptions, RunArgs, RunOptions};
use super::output::Output;
use super::{Job, Outcome, dump};
use std::time::Duration;
use tirade::aot;

/// Runs the verb.
pub fn run(args: &RunArgs, out: &Output) -> Outcome {
    if let Some(pass) = &args.dump.dump_after {
        return dump::run(&args.file, args.run.func.as_deref(), args.compile.fp.mode(), pass, out);
    }
    let job = Job::prepare(&args.file, &args.run, args.compile.fp.mode(), out)?;
    let options = run_options(&args.run, &args.compile);
    let outcome = aot::run(job.module()?, job.func.name, job.args.clone(), &options)
        .map_err(|error| job.script.fail(out, &[error.into()]))?;
    if out.verbose {
        out.status(&format!(
            "compiled in {:.1} ms, ran in {:.3} ms",
            outcome.compile_time.as_secs_f64() * 1e3,
            outcome.run_time.as_secs_f64() * 1e3
        ));
    }
    job.deliver(&outcome.args, outcome.ret, &args.run, out)
}

/// The backend's options for compiling.
pub fn compile_options(compile: &CompileOptions) -> aot::CompileOptions {
    aot::CompileOptions {
        cc: compile.cc.as_ref().map(Into::into),
        opt_level: compile.opt,
        sanitize: compile.sanitize,
        timeout: Duration::try_from_secs_f64(compile.cc_timeout).unwrap_or(Duration::MAX),
        ..aot::CompileOptions::default()
    }
}

/// The backend's options for running.
pub fn run_options(run: &RunOptions, compile: &CompileOptions) -> aot::RunOptions {
    aot::RunOptions {
        compile: compile_options(compile),
        threads: compile.threads.unwrap_or(0),
        time_limit: run.timeout.map(Duration::from_secs_f64),
        max_steps: run.max_steps,
        ..aot::RunOptions::default()
    }
}
