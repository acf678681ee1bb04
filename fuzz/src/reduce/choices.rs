//! Shorter and smaller sequences of choices: every edit gives a well-formed program again.

use super::Reduction;
use crate::choice::Choices;
use crate::generate::{Policy, generate};

/// Edits the choices of the case for as long as that helps.
pub fn reduce(r: &mut Reduction) {
    loop {
        let before = r.case.choices.clone();
        drop_stretches(r);
        drop_chunks(r);
        lower_values(r);
        if r.is_over() || r.case.choices == before {
            return;
        }
    }
}

/// Takes the program of `values` if it fails in the same way and is simpler.
fn try_values(r: &mut Reduction, values: Vec<u64>) -> bool {
    let policy = if r.case.planted.is_some() { Policy::Planted } else { Policy::Valid };
    let case = generate(Choices::replay(values), policy);
    let simpler = (case.choices.len(), &case.choices) < (r.case.choices.len(), &r.case.choices);
    simpler && r.try_case(case)
}

/// Leaves out what belongs together, the longest first.
fn drop_stretches(r: &mut Reduction) {
    let mut stretches = r.case.stretches.clone();
    stretches.sort_by_key(|s| std::cmp::Reverse(s.len()));
    let mut at = 0;
    while at < stretches.len() && !r.is_over() {
        let mut values = r.case.choices.clone();
        let (start, end) = (stretches[at].start, stretches[at].end.min(values.len()));
        at += 1;
        if end <= start {
            continue;
        }
        values.drain(start..end);
        if try_values(r, values) {
            stretches = r.case.stretches.clone();
            stretches.sort_by_key(|s| std::cmp::Reverse(s.len()));
            at = 0;
        }
    }
}

/// Leaves out, and sets to zero, runs of choices.
fn drop_chunks(r: &mut Reduction) {
    for len in [32, 8, 3, 1] {
        let mut at = 0;
        while at < r.case.choices.len() && !r.is_over() {
            let end = (at + len).min(r.case.choices.len());
            let mut shorter = r.case.choices.clone();
            shorter.drain(at..end);
            if try_values(r, shorter) {
                continue;
            }
            let mut zeroed = r.case.choices.clone();
            zeroed[at..end].fill(0);
            if r.case.choices[at..end] == zeroed[at..end] || !try_values(r, zeroed) {
                at += len;
            }
        }
    }
}

/// Makes single choices smaller.
fn lower_values(r: &mut Reduction) {
    let mut at = 0;
    while at < r.case.choices.len() && !r.is_over() {
        let value = r.case.choices[at];
        let smaller = [value / 2, value.saturating_sub(1)];
        let lowered = smaller.into_iter().filter(|v| *v < value).any(|v| {
            let mut values = r.case.choices.clone();
            if let Some(place) = values.get_mut(at) {
                *place = v;
            }
            try_values(r, values)
        });
        if !lowered {
            at += 1;
        }
    }
}
