//! Campaigns: many seeds on many threads, what was found, and what it took.

use crate::choice::Choices;
use crate::coverage::{Coverage, cover};
use crate::generate::{Case, Policy, generate};
use crate::oracle::{
    CLane, Expected, Failure, Kind, check_compiled, check_planted, check_round_trip, check_threads,
    guarded, interpret,
};
use crate::reduce::{Budget, reduce};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tirade_ir::Code;
use tirade_ir::print::{Dialect, Style};

/// Programs that share one compilation.
const BATCH: u64 = 64;

/// What to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// The first seed; a case is determined by its seed alone.
    pub seed: u64,
    /// How many seeds; `None` for as many as time allows.
    pub cases: Option<u64>,
    /// For how long; `None` for no limit.
    pub time: Option<Duration>,
    /// Batches that run at one time.
    pub jobs: usize,
    /// The C compilers; each batch has one of them, single cases have all.
    pub lanes: Vec<CLane>,
    /// Findings are reduced.
    pub reduce: bool,
    /// The campaign ends after so many findings.
    pub max_findings: usize,
}

/// A program that disagrees with itself.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed of the case.
    pub seed: u64,
    /// What went wrong with the case as given here.
    pub failure: Failure,
    /// The case, reduced if that was asked for.
    pub case: Case,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Programs generated.
    pub programs: u64,
    /// Programs without a defect that validator and interpreter accepted.
    pub valid: u64,
    /// Programs that ran out of steps.
    pub timeouts: u64,
    /// Programs with a planted defect.
    pub planted: u64,
    /// Printed and read back.
    pub round_trips: u64,
    /// Run with one thread and with two.
    pub threads: u64,
    /// Programs and seconds for each C lane, everything counted.
    pub lanes: FxHashMap<String, (u64, f64)>,
    /// Findings.
    pub findings: u64,
    /// What the programs consisted of.
    pub coverage: Coverage,
}

impl Stats {
    fn add(&mut self, other: Stats) {
        self.programs += other.programs;
        self.valid += other.valid;
        self.timeouts += other.timeouts;
        self.planted += other.planted;
        self.round_trips += other.round_trips;
        self.threads += other.threads;
        self.findings += other.findings;
        for (lane, (programs, seconds)) in other.lanes {
            let entry = self.lanes.entry(lane).or_default();
            entry.0 += programs;
            entry.1 += seconds;
        }
        for (key, n) in other.coverage {
            *self.coverage.entry(key).or_default() += n;
        }
    }

    /// Programs meant to be valid that are.
    pub fn valid_share(&self) -> f64 {
        let meant = self.programs - self.planted;
        if meant == 0 { 1.0 } else { self.valid as f64 / meant as f64 }
    }

    fn record(&self, seeds: &Range<u64>) -> Value {
        let lanes: serde_json::Map<String, Value> = self
            .lanes
            .iter()
            .map(|(name, (n, s))| (name.clone(), json!({"programs": n, "seconds": s})))
            .collect();
        json!({
            "seeds": [seeds.start, seeds.end],
            "programs": self.programs,
            "valid": self.valid,
            "timeouts": self.timeouts,
            "planted": self.planted,
            "round_trips": self.round_trips,
            "threads": self.threads,
            "findings": self.findings,
            "lanes": lanes,
        })
    }
}

/// What a campaign tells while it runs.
pub enum Event<'a> {
    /// A finding.
    Finding(&'a Finding),
    /// A batch is done: a line for the log of results, and everything so far.
    Batch(Value, &'a Stats),
}

/// The policy of a seed: every eighth case has a defect.
pub fn policy_of(seed: u64) -> Policy {
    if seed % 8 == 7 { Policy::Planted } else { Policy::Valid }
}

/// The case of a seed.
pub fn case_of(seed: u64) -> Case {
    generate(Choices::from_seed(seed), policy_of(seed))
}

/// Runs a campaign; `tell` hears of every batch and finding.
pub fn run(config: &Config, tell: &mut dyn FnMut(Event)) -> Stats {
    let next = AtomicU64::new(config.seed);
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let end = config.cases.map_or(u64::MAX, |n| config.seed.saturating_add(n));
    let mut total = Stats::default();
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..config.jobs.max(1) {
            let send = send.clone();
            let (next, stop) = (&next, &stop);
            let work = move || loop {
                let over = config.time.is_some_and(|t| t <= start.elapsed());
                let from = next.fetch_add(BATCH, Ordering::Relaxed);
                if over || end <= from || stop.load(Ordering::Relaxed) {
                    return;
                }
                let seeds = from..end.min(from.saturating_add(BATCH));
                let result = run_batch(seeds.clone(), config);
                if send.send((seeds, result)).is_err() {
                    return;
                }
            };
            // Programs may be deep; walks over them recur.
            let thread = std::thread::Builder::new().stack_size(256 << 20);
            thread.spawn_scoped(scope, work).expect("the system gives threads");
        }
        drop(send);
        for (seeds, (stats, findings)) in receive {
            let record = stats.record(&seeds);
            total.add(stats);
            findings.iter().for_each(|finding| tell(Event::Finding(finding)));
            tell(Event::Batch(record, &total));
            if config.max_findings as u64 <= total.findings {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    total
}

/// Runs the cases of `seeds`.
fn run_batch(seeds: Range<u64>, config: &Config) -> (Stats, Vec<Finding>) {
    let mut stats = Stats::default();
    let mut failures: Vec<(u64, Case, Failure)> = Vec::new();
    let mut ready: Vec<(u64, Case, Expected)> = Vec::new();
    let start = Instant::now();
    for seed in seeds.clone() {
        let case = match guarded("the generator", || case_of(seed)) {
            Ok(case) => case,
            Err(failure) => {
                let empty = generate(Choices::replay(Vec::new()), Policy::Valid);
                failures.push((seed, empty, failure));
                continue;
            }
        };
        stats.programs += 1;
        cover(&case.module, &mut stats.coverage);
        if case.planted.is_some() {
            stats.planted += 1;
            if let Err(failure) = check_planted(&case) {
                failures.push((seed, case, failure));
            }
            continue;
        }
        match interpret(&case) {
            Ok(expected) => {
                stats.valid += 1;
                ready.push((seed, case, expected));
            }
            Err(Failure { kind: Kind::Reported(Code::FUEL), .. }) => stats.timeouts += 1,
            Err(failure) => failures.push((seed, case, failure)),
        }
    }
    let single = seeds.end - seeds.start == 1;
    for (seed, case, expected) in &ready {
        if let Err(failure) = check_itself(*seed, case, expected, single, &mut stats) {
            failures.push((*seed, case.clone(), failure));
        }
    }
    let spent = start.elapsed();
    let n = config.lanes.len() as u64;
    let chosen = (seeds.start / BATCH) % n.max(1);
    for (i, lane) in config.lanes.iter().enumerate() {
        if !single && i as u64 != chosen {
            continue;
        }
        let start = Instant::now();
        let cases: Vec<_> = ready.iter().map(|(_, case, expected)| (case, expected)).collect();
        if cases.is_empty() {
            continue;
        }
        for ((seed, case, _), result) in ready.iter().zip(check_compiled(lane, &cases)) {
            if let Err(failure) = result {
                failures.push((*seed, case.clone(), failure));
            }
        }
        let seconds = (start.elapsed() + spent).as_secs_f64();
        stats.lanes.insert(lane.name.clone(), (seeds.end - seeds.start, seconds));
    }
    stats.findings = failures.len() as u64;
    let findings = failures.into_iter().map(|(seed, case, failure)| {
        let is_generated = failure.kind != Kind::Panic("the generator");
        let (case, failure) = match config.reduce && is_generated {
            true => reduce(case, failure, &config.lanes, Budget::default(), true),
            false => (case, failure),
        };
        Finding { seed, failure, case }
    });
    (stats, findings.collect())
}

/// The lanes without a C compiler. A case that runs alone is read back in every way.
fn check_itself(
    seed: u64,
    case: &Case,
    expected: &Expected,
    single: bool,
    stats: &mut Stats,
) -> Result<(), Failure> {
    const WAYS: [(Dialect, Style); 4] = [
        (Dialect::Modern, Style::Sugared),
        (Dialect::Modern, Style::Explicit),
        (Dialect::Classic, Style::Sugared),
        (Dialect::Classic, Style::Explicit),
    ];
    if single || seed.is_multiple_of(4) {
        stats.threads += 1;
        check_threads(case, expected)?;
    }
    for (i, (dialect, style)) in WAYS.into_iter().enumerate() {
        if single || (seed / 2) % 4 == i as u64 {
            stats.round_trips += 1;
            check_round_trip(&case.module, dialect, style)?;
        }
    }
    Ok(())
}
