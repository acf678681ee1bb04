//! The generator that sampling draws from: a linear congruential engine, so that one seed gives the
//! same schedule everywhere.

use crate::schedule::Schedule;

const MULTIPLIER: i64 = 48271;
const MODULUS: i64 = 2147483647;

/// A generator: its state is a number from 1 to `MODULUS - 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random(i64);

impl Random {
    /// The generator that `seed` stands for. 0 is no state; it gives that of 1.
    pub fn new(seed: i64) -> Random {
        Random(seed.rem_euclid(MODULUS).max(1))
    }

    /// The next number, from 1 to 2147483646.
    fn draw(&mut self) -> i64 {
        self.0 = self.0 * MULTIPLIER % MODULUS;
        self.0
    }

    /// The seed of another generator that goes its own way.
    pub fn fork(&mut self) -> i64 {
        self.draw() * 32767 % 1999999973
    }

    /// A number from `min` to `max - 1`; nothing is drawn where there is no choice.
    pub fn int(&mut self, min: i64, max: i64) -> i64 {
        let n = max - min;
        if n <= 1 {
            return min;
        }
        // Numbers beyond the last whole multiple would make some results more likely.
        let scale = (MODULUS - 1) / n;
        loop {
            let drawn = self.draw();
            if drawn < n * scale {
                return min + drawn / scale;
            }
        }
    }

    /// `k` different numbers below `n`.
    pub fn distinct(&mut self, n: i64, k: usize) -> Vec<i64> {
        match k {
            1 => vec![self.int(0, n)],
            2 => {
                let first = self.int(0, n);
                let second = self.int(0, n - 1);
                vec![first, second + i64::from(second >= first)]
            }
            _ => {
                let mut order: Vec<i64> = (0..n).collect();
                for i in 0..k {
                    let j = self.int(i as i64, n) as usize;
                    order.swap(i, j);
                }
                order.truncate(k);
                order
            }
        }
    }

    /// A number from 0 to 1, 1 excluded: two draws make its 53 bits.
    pub fn unit(&mut self) -> f64 {
        let range = MODULUS as f64;
        let (low, high) = (self.draw() as f64, self.draw() as f64);
        let drawn = (low + high * range) / (range * range);
        drawn.min(1.0 - f64::EPSILON / 2.0)
    }

    /// An index, drawn with the given weights.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        if weights.len() < 2 {
            return 0;
        }
        let total: f64 = weights.iter().sum();
        let drawn = self.unit();
        let mut sum = 0.0;
        let below = weights.iter().take(weights.len() - 1).take_while(|weight| {
            sum += **weight / total;
            sum < drawn
        });
        below.count()
    }
}

impl Schedule {
    /// Sets what sampling draws from.
    pub fn seed(&mut self, seed: i64) {
        self.random = Random::new(seed);
    }

    /// A seed for another schedule.
    pub fn fork_seed(&mut self) -> i64 {
        self.random.fork()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_within_their_bounds() {
        let mut random = Random::new(42);
        assert_eq!(random.draw(), 42 * 48271);
        for n in 1..200 {
            let drawn = random.int(-3, n - 3);
            assert!((-3..n - 3).contains(&drawn), "{drawn}");
            let mut several = random.distinct(n, (n as usize).min(4));
            several.sort_unstable();
            several.dedup();
            assert_eq!(several.len(), (n as usize).min(4));
        }
        assert_eq!(random.weighted(&[0.0, 1.0, 0.0]), 1);
        assert!((0..100).all(|_| (0.0..1.0).contains(&random.unit())));
    }
}
