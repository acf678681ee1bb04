//! Texts that are no programs: whatever they are, there is an answer, and no panic.
//!
//! `TIRADE_BYTES=10000000 cargo test --release --test bytes` tries ten million; `TIRADE_SEED` says
//! where to begin.

use std::path::Path;
use tirade_fuzz::{Choices, bytes};

/// How many failures a thread looks for before it stops.
const FAILURES: usize = 20;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Programs that inputs are made from: the examples and the small ones of the corpus.
fn seeds() -> Vec<String> {
    let mut seeds = Vec::new();
    let mut folders = vec!["examples".into(), Path::new("tests/corpus").to_path_buf()];
    while let Some(folder) = folders.pop() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = std::fs::read_dir(root).expect("a folder of the project");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "py") {
                let text = std::fs::read_to_string(&path).expect("a script");
                seeds.extend(Some(text).filter(|text| text.len() < 3000));
            }
        }
    }
    seeds
}

#[test]
fn any_text_has_an_answer() {
    let (count, first) = (number("TIRADE_BYTES", 3000), number("TIRADE_SEED", 1));
    let seeds = seeds();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let lane = |lane: u64| {
        let (mut accepted, mut failures) = (0, Vec::new());
        for seed in (first..first + count).filter(|seed| seed % threads == lane) {
            let text = bytes::input(&mut Choices::from_seed(seed), &seeds);
            match bytes::check(&text) {
                Ok(verdict) => accepted += u64::from(verdict == bytes::Verdict::Accepted),
                Err(failure) => failures.push(format!("seed {seed}: {failure:?}\n{text}")),
            }
            if failures.len() == FAILURES {
                break;
            }
        }
        (accepted, failures)
    };
    let (accepted, failures): (Vec<u64>, Vec<_>) = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..threads).map(|n| scope.spawn(move || lane(n))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("no panic outside of a guard")).unzip()
    });
    let failures = failures.concat();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let accepted: u64 = accepted.iter().sum();
    // Changed programs are often still programs, or the test would say little.
    assert!(count / 50 < accepted, "{accepted} of {count} inputs are accepted");
}
