//! `tirade bench`: how fast the compiled code is.

use super::args::{BenchArgs, MessageFormat};
use super::output::Output;
use super::run::run_options;
use super::{Job, Outcome, interp_options, print_data};
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use tirade::aot;
use tirade::ir::args::{Arg, Role, roles};

/// How long compiled code is measured.
const MIN_TIME: Duration = Duration::from_millis(500);

/// Runs the verb.
pub fn run(args: &BenchArgs, out: &Output) -> Outcome {
    let job = Job::prepare(&args.file, &args.run, args.compile.fp.mode(), out)?;
    let module = job.module()?;
    let options = run_options(&args.run, &args.compile);
    let bench = aot::BenchOptions { min_time: MIN_TIME, ..Default::default() };
    let measured = aot::bench(module, job.func.name, job.args.clone(), &options, &bench)
        .map_err(|error| job.script.fail(out, &[error.into()]))?;
    let compiled = Samples::new(measured.samples);
    let bytes = bytes_touched(&job.args, &roles(module, &job.func));
    let flops = tirade::work::count_flops(&job.func, &job.sizes);
    let mut object = Map::new();
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n,
    };
    object.insert("compiled".into(), compiled.to_json(threads));
    object.insert("compile_s".into(), measured.compile_time.as_secs_f64().into());
    object.insert("flops".into(), flops.map_or(Value::Null, Value::from));
    object.insert("bytes".into(), bytes.into());
    if args.interp {
        let interpreted = time_interpreter(&job, args, out)?;
        object.insert("interp".into(), interpreted.to_json(threads));
    }
    if out.format == MessageFormat::Json {
        return print_data(&format!("{}\n", Value::Object(object)));
    }
    let seconds = compiled.median;
    let mut text = format!(
        "{}: {} (median of {}, best {}), compiled in {}\n",
        job.func.name,
        human_time(seconds),
        compiled.sorted.len(),
        human_time(compiled.sorted[0]),
        human_time(measured.compile_time.as_secs_f64())
    );
    if let Some(flops) = flops.filter(|n| *n > 0) {
        text += &format!("{:.2} GFLOP/s, ", flops as f64 / seconds / 1e9);
    }
    text += &format!("{:.2} GB/s\n", bytes as f64 / seconds / 1e9);
    if let Some(interp) = object.get("interp").and_then(|i| i["median_s"].as_f64()) {
        text += &format!("interpreted: {}\n", human_time(interp));
    }
    print_data(&text)
}

struct Samples {
    sorted: Vec<f64>,
    median: f64,
}

impl Samples {
    fn new(mut samples: Vec<f64>) -> Samples {
        samples.sort_by(f64::total_cmp);
        let median = samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN);
        Samples { sorted: samples, median }
    }

    fn to_json(&self, threads: usize) -> Value {
        json!({
            "median_s": self.median,
            "min_s": self.sorted.first(),
            "samples": self.sorted.len(),
            "threads": threads,
        })
    }
}

fn time_interpreter(job: &Job, args: &BenchArgs, out: &Output) -> Result<Samples, super::Exit> {
    let options = interp_options(&args.run, &args.interp_options, args.compile.threads)
        .map_err(|error| job.script.fail(out, &[error]))?;
    let mut samples = Vec::new();
    let start = Instant::now();
    while samples.len() < 3 || (start.elapsed() < MIN_TIME && samples.len() < 100) {
        let args = job.args.clone();
        let before = Instant::now();
        let _ = tirade::interp::run(job.module()?, job.func.name, args, &options);
        samples.push(before.elapsed().as_secs_f64());
        if start.elapsed() > 20 * MIN_TIME {
            break;
        }
    }
    Ok(Samples::new(samples))
}

/// Bytes that have to move: every input once, every output once.
fn bytes_touched(args: &[Arg], roles: &[Role]) -> u64 {
    let size = |arg: &Arg| match arg {
        Arg::Tensor { tensor, .. } => tensor.bytes.len() as u64,
        Arg::Scalar(_) => 0,
    };
    let times = |role: &Role| u64::from(role.is_read_first()) + u64::from(role.is_output());
    args.iter().zip(roles).map(|(arg, role)| size(arg) * times(role)).sum()
}

fn human_time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} us", s * 1e6),
        s if s < 1.0 => format!("{:.3} ms", s * 1e3),
        s => format!("{s:.3} s"),
    }
}
