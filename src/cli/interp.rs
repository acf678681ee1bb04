//! `tirade interp`: run in the reference interpreter.

use super::args::InterpArgs;
use super::output::Output;
use super::{Exit, Job, Outcome, interp_options, print_data};
use std::collections::BTreeMap;
use tirade::ir::{SourceMap, Span};

/// Runs the verb.
pub fn run(args: &InterpArgs, out: &Output) -> Outcome {
    let job = Job::prepare(&args.file, &args.run, args.fp.mode(), out)?;
    let mut options = interp_options(&args.run, &args.interp, args.threads)
        .map_err(|error| job.script.fail(out, &[error]))?;
    options.trace = args.trace.clone();
    options.profile = args.profile;
    let outcome = tirade::interp::run(job.module()?, job.func.name, job.args.clone(), &options)
        .map_err(|errors| job.script.fail(out, &errors))?;
    let mut listing: String = outcome.trace.iter().map(|line| format!("{line}\n")).collect();
    if args.profile {
        listing += &profile(&outcome.profile, &job.script.sources);
    }
    print_data(&listing)?;
    out.diagnostics(&outcome.reports, &job.script.sources);
    if outcome.reports.iter().any(|r| r.is_error()) {
        return Ok(Exit::Undefined);
    }
    job.deliver(&outcome.args, outcome.ret, &args.run, out)
}

/// The source, and beside each line how often what begins on it ran.
fn profile(counts: &[(Span, u64)], sources: &SourceMap) -> String {
    let mut text = String::new();
    for file in sources.files() {
        let mut by_line: BTreeMap<u32, u64> = BTreeMap::new();
        for (span, n) in counts.iter().filter(|(span, _)| !span.is_none()) {
            if sources.file_of(*span).is_some_and(|f| std::sync::Arc::ptr_eq(f, file)) {
                let most = by_line.entry(file.line_col(span.lo).line).or_default();
                *most = (*most).max(*n);
            }
        }
        let Some((last, _)) = by_line.last_key_value() else { continue };
        for line in 1..=*last {
            let source = file.line_text(line);
            text += &match by_line.get(&line) {
                Some(n) => format!("{n:>12} | {source}\n"),
                None => format!("{:>12} | {source}\n", ""),
            };
        }
    }
    text
}
