//! `tirade fuzz`: random programs, run in every way, compared bit by bit.

use super::args::FuzzArgs;
use super::output::Output;
use super::{Exit, Outcome, print_data};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tirade::fuzz::campaign::case_of;
use tirade::fuzz::{CLane, Case, Config, Event, Finding, Stats, campaign};
use tirade::ir::args::{Arg, array_names};
use tirade::ir::diag::Code;
use tirade::ir::print::{PrintOptions, print_module};
use tirade::ir::{Diagnostic, SourceMap, Span};
use tirade::npy;

/// Runs the verb.
pub fn run(args: &FuzzArgs, out: &Output) -> Outcome {
    if args.show {
        return print_data(&script_of(&case_of(args.seed.unwrap_or(0))));
    }
    let lanes = lanes(args.lanes.as_deref()).map_err(|error| fail(out, error))?;
    let folder = args.output.as_deref();
    let mut log = folder.map(open_log).transpose().map_err(|error| fail(out, error))?;
    let resumed = log.as_ref().and_then(|(_, end)| *end);
    let config = Config {
        seed: args.seed.or(resumed).unwrap_or_else(seed_of_the_clock),
        cases: args.cases,
        time: match (args.time, args.cases) {
            (Some(seconds), _) => Some(Duration::try_from_secs_f64(seconds).unwrap_or_default()),
            (None, Some(_)) => None,
            (None, None) => Some(Duration::from_secs(60)),
        },
        jobs: args.jobs,
        lanes,
        reduce: !args.no_reduce,
        max_findings: 100,
    };
    out.status(&format!("seeds from {} on", config.seed));
    // A panic of a stage is a finding, which is told once, in its report.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let start = Instant::now();
    let mut shown = Instant::now();
    let mut trouble = None;
    let stats = campaign::run(&config, &mut |event| match event {
        Event::Finding(finding) => {
            out.status(&format!(
                "seed {}: {}\n  {}",
                finding.seed, finding.failure.kind, finding.failure.detail
            ));
            let written = folder.map_or(Ok(()), |dir| write_finding(dir, finding));
            trouble = trouble.take().or(written.err());
        }
        Event::Batch(record, stats) => {
            if let Some((file, _)) = &mut log {
                let written = writeln!(file, "{record}")
                    .map_err(|e| unwritable(Path::new("results.jsonl"), &e));
                trouble = trouble.take().or(written.err());
            }
            let pause = if std::io::stderr().is_terminal() { 1 } else { 10 };
            if Duration::from_secs(pause) <= shown.elapsed() {
                shown = Instant::now();
                out.status(&progress(stats, start.elapsed()));
            }
        }
    });
    std::panic::set_hook(hook);
    if let Some(error) = trouble {
        return Err(fail(out, error));
    }
    out.status(&progress(&stats, start.elapsed()));
    for line in summary(&stats) {
        out.status(&line);
    }
    Ok(if stats.findings == 0 { Exit::Ok } else { Exit::Finding })
}

/// The compilers asked for.
fn lanes(names: Option<&[String]>) -> Result<Vec<CLane>, Diagnostic> {
    let available = CLane::available();
    let Some(names) = names else { return Ok(available) };
    if names == ["none"] {
        return Ok(Vec::new());
    }
    let known: Vec<&str> = available.iter().map(|lane| lane.name.as_str()).collect();
    let find = |name: &String| {
        available.iter().find(|lane| lane.name == *name).cloned().ok_or_else(|| {
            let message = format!("there is no C compiler `{name}`");
            Diagnostic::error(Code::BAD_OPTION, Span::NONE, message)
                .with_help(format!("write `none`, or some of: {}", known.join(", ")))
        })
    };
    names.iter().map(find).collect()
}

fn seed_of_the_clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // Far from small seeds, and a multiple of the batches.
    (since.unwrap_or_default().as_micros() as u64) << 10
}

/// The log of results, and where the campaign in it ended.
fn open_log(dir: &Path) -> Result<(File, Option<u64>), Diagnostic> {
    fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))?;
    let path = dir.join("results.jsonl");
    let end = File::open(&path).ok().and_then(|file| {
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        let end_of = |line: String| {
            serde_json::from_str::<serde_json::Value>(&line).ok()?["seeds"][1].as_u64()
        };
        lines.filter_map(end_of).max()
    });
    let file = OpenOptions::new().create(true).append(true).open(&path);
    Ok((file.map_err(|e| unwritable(&path, &e))?, end))
}

/// The program of a case.
pub fn script_of(case: &Case) -> String {
    print_module(&case.module, &PrintOptions::default()).text
}

/// Writes a finding: script, inputs, report.
fn write_finding(dir: &Path, finding: &Finding) -> Result<(), Diagnostic> {
    let path =
        |extension: &str| -> PathBuf { dir.join(format!("finding-{}.{extension}", finding.seed)) };
    let text = script_of(&finding.case);
    let script = path("py");
    fs::write(&script, &text).map_err(|e| unwritable(&script, &e))?;
    let inputs = path("npz");
    let sets = write_inputs(&finding.case, &inputs)?;
    let report = format!(
        "# {}\n\n{}\n\nSeed {}; the program below is reduced. To see it:\n\n\
         ```text\ntirade fuzz --seed {} --cases 1\ntirade diff {} --func {} --inputs {}{sets}\n```\n\n```python\n{text}```\n",
        finding.failure.kind,
        finding.failure.detail,
        finding.seed,
        finding.seed,
        script.display(),
        finding.case.func,
        inputs.display(),
    );
    let report_path = path("md");
    fs::write(&report_path, report).map_err(|e| unwritable(&report_path, &e))
}

/// Writes the arrays that a case gives; the options that give its scalars.
pub fn write_inputs(case: &Case, path: &Path) -> Result<String, Diagnostic> {
    let Some(func) = case.module.get(case.func) else { return Ok(String::new()) };
    let mut arrays = Vec::new();
    let mut sets = String::new();
    for (param, arg) in func.params.iter().zip(&case.args) {
        let name = array_names(param)[0];
        match arg {
            Arg::Scalar(value) => sets += &format!(" --set {name}={value}"),
            Arg::Tensor { tensor, initialised: true } => arrays.push((name, tensor)),
            // The shape of an output may be what tells a size.
            Arg::Tensor { .. } => {}
        }
    }
    npy::write_npz(path, arrays).map_err(|e| unwritable(path, &e))?;
    Ok(sets)
}

fn progress(stats: &Stats, elapsed: Duration) -> String {
    let rate = stats.programs as f64 / elapsed.as_secs_f64().max(1e-9);
    format!(
        "{} programs, {rate:.0}/s, {:.2} % valid, {} combinations covered, {} findings",
        stats.programs,
        100.0 * stats.valid_share(),
        stats.coverage.len(),
        stats.findings
    )
}

fn summary(stats: &Stats) -> Vec<String> {
    let mut lines = vec![format!(
        "{} planted defects, {} read back, {} with one thread and two, {} out of steps",
        stats.planted, stats.round_trips, stats.threads, stats.timeouts
    )];
    let mut lanes: Vec<_> = stats.lanes.iter().collect();
    lanes.sort_by_key(|(name, _)| name.as_str());
    lines.extend(lanes.into_iter().map(|(name, (programs, seconds))| {
        format!(
            "{name}: {programs} programs, {:.0}/s for each job",
            *programs as f64 / seconds.max(1e-9)
        )
    }));
    lines
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let message = format!("`{}` could not be written: {error}", path.display());
    Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message)
}

fn fail(out: &Output, error: Diagnostic) -> Exit {
    out.diagnostic(&error, &SourceMap::new());
    Exit::Usage
}
