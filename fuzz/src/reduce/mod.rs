//! Making a failing case small: first its choices, then its program, keeping the same failure.

mod choices;
mod program;

use crate::generate::Case;
use crate::oracle::{
    CLane, Failure, Kind, check_compiled, check_planted, check_round_trip, check_threads, interpret,
};
use std::time::{Duration, Instant};
use tirade_ir::print::{Dialect, Style};

/// How much may be spent on one reduction.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Time.
    pub time: Duration,
    /// Smaller cases to try.
    pub trials: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { time: Duration::from_secs(20), trials: 3000 }
    }
}

/// The failure of a case among those that a campaign looks for, by `lanes` of C.
pub fn failure_of(case: &Case, lanes: &[CLane]) -> Option<Failure> {
    if case.planted.is_some() {
        return check_planted(case).err();
    }
    let expected = match interpret(case) {
        Ok(expected) => expected,
        Err(failure) => return Some(failure),
    };
    let first_of_c = || {
        let check = |lane| check_compiled(lane, &[(case, &expected)]).pop();
        lanes.iter().filter_map(check).find_map(Result::err)
    };
    first_of_c().or_else(|| check_threads(case, &expected).err()).or_else(|| round_trips(case))
}

fn round_trips(case: &Case) -> Option<Failure> {
    let ways = [Dialect::Modern, Dialect::Classic]
        .into_iter()
        .flat_map(|d| [Style::Sugared, Style::Explicit].map(|s| (d, s)));
    ways.into_iter().find_map(|(d, s)| check_round_trip(&case.module, d, s).err())
}

/// The failure of `kind`, if the case has it; only what tells is run.
fn fails_as(case: &Case, kind: &Kind, lanes: &[CLane]) -> Option<Failure> {
    let lane_named = |name: &str| lanes.iter().find(|lane| lane.name == name);
    let found = match kind {
        Kind::Planted(..) => check_planted(case).err(),
        Kind::Rejected(_) | Kind::Refused(_) | Kind::Reported(_) => interpret(case).err(),
        Kind::Unreadable(_) | Kind::RoundTrip => {
            interpret(case).ok()?;
            round_trips(case)
        }
        Kind::Threads => check_threads(case, &interpret(case).ok()?).err(),
        Kind::Differs(lane) | Kind::Failed(lane, _) | Kind::NotCompiled(lane, _) => {
            let expected = interpret(case).ok()?;
            let checked = check_compiled(lane_named(lane)?, &[(case, &expected)]);
            checked.into_iter().find_map(Result::err)
        }
        Kind::Panic(_) => failure_of(case, lanes),
    };
    found.filter(|failure| failure.kind == *kind)
}

/// A reduction in progress: the smallest case so far.
pub struct Reduction<'a> {
    case: Case,
    failure: Failure,
    lanes: &'a [CLane],
    until: Instant,
    trials: usize,
}

impl Reduction<'_> {
    /// Takes `case` if it fails in the same way.
    fn try_case(&mut self, case: Case) -> bool {
        if self.is_over() {
            return false;
        }
        self.trials -= 1;
        match fails_as(&case, &self.failure.kind, self.lanes) {
            Some(failure) => {
                self.failure = failure;
                self.case = case;
                true
            }
            None => false,
        }
    }

    fn is_over(&self) -> bool {
        self.trials == 0 || self.until <= Instant::now()
    }
}

/// The smallest case found that fails as `case` does.
///
/// `from_choices` says that the case was generated, so that its choices can be edited.
pub fn reduce(
    case: Case,
    failure: Failure,
    lanes: &[CLane],
    budget: Budget,
    from_choices: bool,
) -> (Case, Failure) {
    let until = Instant::now() + budget.time;
    let mut reduction = Reduction { case, failure, lanes, until, trials: budget.trials };
    if from_choices {
        choices::reduce(&mut reduction);
    }
    program::reduce(&mut reduction);
    (reduction.case, reduction.failure)
}
