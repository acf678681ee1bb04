//! `sample_perfect_tile(loop, n)` and `sample_partitioned_tile(…)`: factors whose product is the
//! extent of a loop.

use super::Primitive;
use super::sample_categorical::integer;
use crate::args::Args;
use crate::error::{Result, ScheduleError};
use crate::random::Random;
use crate::schedule::Schedule;
use crate::value::Value;

/// `sample_perfect_tile`
pub const SAMPLE_PERFECT_TILE: Primitive = Primitive {
    name: "sample_perfect_tile",
    kind: "SamplePerfectTile",
    signature: "(loop, n, max_innermost_factor=16, decision=None)",
    attrs: &["n", "max_innermost_factor"],
    spread: None,
    apply: perfect,
    doc: "Factors of a loop's extent, drawn at random.",
};

/// `sample_partitioned_tile`
pub const SAMPLE_PARTITIONED_TILE: Primitive = Primitive {
    name: "sample_partitioned_tile",
    kind: "SamplePartitionedTile",
    signature: "(loop, n, partition_pos=0, innerpart_factor=1, decision=None)",
    attrs: &["n", "partition_pos", "innerpart_factor"],
    spread: None,
    apply: partitioned,
    doc: "Factors of a loop's extent, the inner ones together a multiple of a number.",
};

/// More draws than this are not made for factors that fit.
const MAX_DRAWS: usize = 1 << 20;

fn perfect(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let n = count(args)?;
    let limit = args.int("max_innermost_factor")?;
    let tile = match (constant_extent(schedule, args)?, decision(schedule, args)?) {
        (None, _) => unknown_extent(n),
        (Some(extent), Some(old)) => adapted(extent, old),
        (Some(extent), None) => {
            let fits = |tile: &[i64]| limit == -1 || tile[tile.len() - 1] <= limit;
            draw(&mut schedule.random, extent, n, fits)?
        }
    };
    outcome(schedule, tile)
}

fn partitioned(schedule: &mut Schedule, args: &Args) -> Result<Value> {
    let n = count(args)?;
    let factor = args.int("innerpart_factor")?;
    let position = usize::try_from(args.int("partition_pos")?).unwrap_or(usize::MAX);
    if factor < 1 || n <= position {
        let message = format!("there is no part of {n} factors at {position} with {factor}");
        return Err(ScheduleError::argument(message));
    }
    let fits = |tile: &[i64]| tile[position..].iter().product::<i64>() % factor == 0;
    let tile = match (constant_extent(schedule, args)?, decision(schedule, args)?) {
        (Some(extent), Some(old)) if extent % factor == 0 && position < old.len() => {
            match fits(&old) {
                true => adapted(extent, old),
                false => {
                    let mut tile = vec![1; old.len()];
                    tile[0] = extent / factor;
                    tile[position] = factor;
                    tile
                }
            }
        }
        (Some(extent), _) if extent % factor == 0 => draw(&mut schedule.random, extent, n, fits)?,
        _ => unknown_extent(n),
    };
    outcome(schedule, tile)
}

fn count(args: &Args) -> Result<usize> {
    match args.int("n")? {
        n @ 1..=1024 => Ok(n as usize),
        n => Err(ScheduleError::argument(format!("a loop cannot be tiled into {n} loops"))),
    }
}

fn constant_extent(schedule: &Schedule, args: &Args) -> Result<Option<i64>> {
    let place = schedule.loop_arg(args, "loop")?;
    let extent = place.for_loop().extent.as_int().and_then(|n| i64::try_from(n).ok());
    match extent {
        Some(n) if n < 1 => {
            Err(ScheduleError::argument("a loop without iterations has no factors").at(place.at()))
        }
        other => Ok(other),
    }
}

fn decision(schedule: &Schedule, args: &Args) -> Result<Option<Vec<i64>>> {
    let given = schedule.decision().or_else(|| args.opt("decision"));
    let numbers = |value: &Value| value.flat().iter().map(integer).collect::<Result<Vec<_>>>();
    let Some(given) = given.map(numbers).transpose()? else { return Ok(None) };
    match given.len() < 2 || given[1..].iter().any(|factor| *factor < 1) {
        true => Err(ScheduleError::argument("a decision of this step is a list of factors")),
        false => Ok(Some(given)),
    }
}

/// What split infers: the outermost factor is whatever is needed.
fn unknown_extent(n: usize) -> Vec<i64> {
    let mut tile = vec![1; n];
    tile[0] = -1;
    tile
}

/// An old decision for a loop that may have another extent now.
fn adapted(extent: i64, mut tile: Vec<i64>) -> Vec<i64> {
    let mut left = extent;
    for factor in tile[1..].iter_mut().rev() {
        if left % *factor != 0 {
            *factor = left;
        }
        left /= *factor;
    }
    tile[0] = left;
    tile
}

fn draw(
    random: &mut Random,
    extent: i64,
    n: usize,
    fits: impl Fn(&[i64]) -> bool,
) -> Result<Vec<i64>> {
    let mut tiles = (0..MAX_DRAWS).map(|_| factors(random, extent, n));
    tiles
        .find(|tile| fits(tile))
        .ok_or_else(|| ScheduleError::argument(format!("no {n} factors of {extent} fit the limit")))
}

/// `n` factors of `extent`, every choice as likely as any other.
fn factors(random: &mut Random, extent: i64, n: usize) -> Vec<i64> {
    let mut tile = vec![1; n];
    if n == 1 {
        tile[0] = extent;
        return tile;
    }
    for (prime, power) in prime_powers(extent) {
        if n == 2 && power > 0 && !(prime >= MAX_SMALL && power == 1) {
            let first = random.int(0, power + 1);
            tile[0] *= prime.pow(first as u32);
            tile[1] *= prime.pow((power - first) as u32);
        } else if power == 1 {
            tile[random.int(0, n as i64) as usize] *= prime;
        } else {
            // Bars among stars: where the bars stand says how many stars each part gets.
            let stars = power + n as i64 - 1;
            let mut bars = random.distinct(stars, n - 1);
            bars.sort_unstable();
            bars.push(stars);
            let mut last = -1;
            for (factor, bar) in tile.iter_mut().zip(bars) {
                *factor *= prime.pow((bar - last - 1) as u32);
                last = bar;
            }
        }
    }
    tile
}

/// Primes from here on are found by division alone.
const MAX_SMALL: i64 = 65536;

/// The prime factors of `n` with their powers. The order is part of what a seed means.
fn prime_powers(mut n: i64) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    let mut prime = 2;
    while 1 < n {
        if n < prime * prime {
            found.push((n, 1));
            break;
        }
        let mut power = 0;
        while n % prime == 0 {
            n /= prime;
            power += 1;
        }
        if power > 0 {
            found.push((prime, power));
        }
        prime += 1;
    }
    found
}

fn outcome(schedule: &mut Schedule, tile: Vec<i64>) -> Result<Value> {
    schedule.set_decision(tile.clone().into());
    let sample = |factor: i64| {
        let sample = schedule.new_sample("v", factor);
        Value::Expr(sample.0.into())
    };
    Ok(Value::list(tile.into_iter().map(sample)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_multiply_to_the_extent() {
        let mut random = Random::new(7);
        for extent in 1..300 {
            for n in 1..5 {
                let tile = factors(&mut random, extent, n);
                assert_eq!((tile.len(), tile.iter().product()), (n, extent));
            }
        }
        assert_eq!(prime_powers(2 * 2 * 3 * 65537), [(2, 2), (3, 1), (65537, 1)]);
        assert_eq!(adapted(60, vec![9, 4, 7]), [1, 1, 60]);
    }
}
