//! `tirade diff`: interpret and run compiled, and compare every bit.

use super::args::DiffArgs;
use super::output::Output;
use super::run::run_options;
use super::{Exit, Job, Outcome, dump, interp_options};
use tirade::interp::{Options, Outcome as Interpreted};
use tirade::ir::args::{Arg, Tensor, array_names};
use tirade::ir::diag::Code;
use tirade::ir::{Diagnostic, PrimFunc};

/// Runs the verb.
pub fn run(args: &DiffArgs, out: &Output) -> Outcome {
    if let Some(pass) = &args.dump.dump_after {
        return dump::run(&args.file, args.run.func.as_deref(), args.compile.fp.mode(), pass, out);
    }
    let job = Job::prepare(&args.file, &args.run, args.compile.fp.mode(), out)?;
    let interp_options = interp_options(&args.run, &args.interp, args.compile.threads)
        .map_err(|error| job.script.fail(out, &[error]))?;
    let expected =
        tirade::interp::run(job.module()?, job.func.name, job.args.clone(), &interp_options)
            .map_err(|errors| job.script.fail(out, &errors))?;
    out.diagnostics(&expected.reports, &job.script.sources);
    if expected.reports.iter().any(Diagnostic::is_error) {
        out.status("the program has no meaning on this input: there is nothing to compare");
        return Ok(Exit::Undefined);
    }
    if args.bisect
        && let Some((pass, difference)) = first_change(&job, &expected, &interp_options, out)?
    {
        let message = format!("the lowering pass `{pass}` changes what `{}` does", job.func.name);
        let mut error = Diagnostic::error(Code::RESULTS_DIFFER, job.func.span, message);
        error.notes = difference;
        error.help.push(format!("`--dump-after {pass}` prints the program after it"));
        out.diagnostic(&error, &job.script.sources);
        return Ok(Exit::Finding);
    }
    let options = run_options(&args.run, &args.compile);
    let found = tirade::aot::run(job.module()?, job.func.name, job.args.clone(), &options)
        .map_err(|error| job.script.fail(out, &[error.into()]))?;
    let mut differences = differences(&job.func, &expected.args, &found.args);
    if let (Some(a), Some(b)) = (expected.ret, found.ret)
        && !a.agrees_with(b)
    {
        differences.push(format!("the result is {a} interpreted and {b} compiled"));
    }
    if differences.is_empty() {
        out.status("equal, bit for bit");
        return job.deliver(&expected.args, expected.ret, &args.run, out);
    }
    let message = format!("`{}` gives different results interpreted and compiled", job.func.name);
    let mut error = Diagnostic::error(Code::RESULTS_DIFFER, job.func.span, message);
    error.notes = differences;
    if args.bisect {
        error.notes.push(
            "interpreted after every lowering pass it gives the same: \
             the C that is printed, or the C compiler, changes it"
                .into(),
        );
    }
    out.diagnostic(&error, &job.script.sources);
    Ok(Exit::Finding)
}

/// The first lowering pass after which the interpreter finds something else, and what.
fn first_change(
    job: &Job,
    expected: &Interpreted,
    options: &Options,
    out: &Output,
) -> Result<Option<(&'static str, Vec<String>)>, Exit> {
    let module = tirade::aot::reachable(job.module()?, job.func.name);
    let stages = tirade::aot::pass::stages(&module)
        .map_err(|error| job.script.fail(out, &[error.into()]))?;
    for (pass, module) in stages {
        let found = tirade::interp::run(&module, job.func.name, job.args.clone(), options);
        let difference = match found {
            Ok(found) => match found.reports.iter().find(|r| r.is_error()) {
                Some(report) => vec![format!("the interpreter reports: {}", report.message)],
                None => differences(&job.func, &expected.args, &found.args),
            },
            Err(errors) => errors.iter().take(1).map(|e| e.message.clone()).collect(),
        };
        if !difference.is_empty() {
            return Ok(Some((pass.name, difference)));
        }
    }
    Ok(None)
}

/// One sentence for every buffer that differs. NaNs are equal to each other.
fn differences(func: &PrimFunc, expected: &[Arg], found: &[Arg]) -> Vec<String> {
    let mut sentences = Vec::new();
    for ((param, a), b) in func.params.iter().zip(expected).zip(found) {
        let (Arg::Tensor { tensor: a, .. }, Arg::Tensor { tensor: b, .. }) = (a, b) else {
            continue;
        };
        let name = array_names(param)[0];
        let different: Vec<usize> = match a.bytes == b.bytes {
            true => Vec::new(),
            false => (0..a.len()).filter(|&i| !a.get(i).agrees_with(b.get(i))).collect(),
        };
        if let Some(&first) = different.first() {
            let index = index_of(a, first);
            sentences.push(format!(
                "`{name}` differs in {} of {} elements, first at {index:?}: {} interpreted, {} compiled",
                different.len(),
                a.len(),
                a.get(first),
                b.get(first)
            ));
        }
    }
    sentences
}

/// The index of element `i` in row-major order.
fn index_of(tensor: &Tensor, mut i: usize) -> Vec<usize> {
    let mut index = vec![0; tensor.shape.len()];
    for (place, &extent) in index.iter_mut().zip(&tensor.shape).rev() {
        *place = i % extent;
        i /= extent;
    }
    index
}
