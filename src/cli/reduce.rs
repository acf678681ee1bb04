//! `tirade reduce`: a smaller program with the same failure.

use super::args::ReduceArgs;
use super::fuzz::script_of;
use super::output::Output;
use super::{Exit, Job, Outcome, print_data};
use tirade::fuzz::reduce::{Budget, failure_of, reduce};
use tirade::fuzz::{CLane, Case};
use tirade::ir::diag::Code;
use tirade::ir::{Diagnostic, Span};

/// Runs the verb.
pub fn run(args: &ReduceArgs, out: &Output) -> Outcome {
    let job = Job::prepare(&args.file, &args.run, args.fp.mode(), out)?;
    let lanes = match &args.cc {
        Some(cc) => vec![CLane::new(cc, args.opt)],
        None => CLane::available(),
    };
    let case =
        Case::given(job.module()?.clone(), job.func.name, job.args.clone(), args.run.max_steps);
    let Some(failure) = failure_of(&case, &lanes) else {
        out.status("nothing fails: the program agrees with itself in every way");
        return Ok(Exit::Usage);
    };
    out.status(&format!("{}\n  {}", failure.kind, failure.detail));
    let (case, failure) = reduce(case, failure, &lanes, Budget::default(), false);
    out.status(&format!(
        "reduced to {} lines\n  {}",
        script_of(&case).lines().count(),
        failure.detail
    ));
    let text = script_of(&case);
    let Some(path) = &args.output else { return print_data(&text) };
    std::fs::write(path, text).map_err(|e| {
        let message = format!("`{}` could not be written: {e}", path.display());
        job.script.fail(out, &[Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message)])
    })?;
    Ok(Exit::Ok)
}
