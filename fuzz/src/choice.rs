//! The choice sequence: every decision of the generator is a number drawn here.
//!
//! A program *is* its sequence of choices. Drawing from a seed records the sequence; replaying an
//! edited one gives another program, which is how programs are made smaller: numbers become
//! smaller, stretches are left out. Alternative 0 of every decision is the simplest one, and a
//! sequence that ends early goes on with zeros, so every sequence gives a program that ends.

use std::ops::Range;

/// Draws after which everything is 0: generation ends soon.
const LIMIT: usize = 6000;

/// A source of decisions that remembers what it gave.
#[derive(Clone, Debug)]
pub struct Choices {
    values: Vec<u64>,
    at: usize,
    /// The generator's state; `None` when a sequence is replayed.
    random: Option<u64>,
    stretches: Vec<Range<usize>>,
    open: Vec<usize>,
}

impl Choices {
    /// Random choices, determined by `seed`.
    pub fn from_seed(seed: u64) -> Choices {
        Choices::new(Vec::new(), Some(mix(seed.wrapping_add(0x5851_F42D_4C95_7F2D))))
    }

    /// The choices of a recorded sequence.
    pub fn replay(values: Vec<u64>) -> Choices {
        Choices::new(values, None)
    }

    fn new(values: Vec<u64>, random: Option<u64>) -> Choices {
        Choices { values, at: 0, random, stretches: Vec::new(), open: Vec::new() }
    }

    /// What was drawn.
    pub fn drawn(&self) -> &[u64] {
        &self.values[..self.at.min(self.values.len())]
    }

    /// Stretches of the sequence that belong together, such as a statement's.
    pub fn stretches(&self) -> &[Range<usize>] {
        &self.stretches
    }

    /// Marks what `f` draws as one stretch.
    pub fn begin(&mut self) {
        self.open.push(self.at);
    }

    /// Ends the stretch of the last [`Choices::begin`].
    pub fn end(&mut self) {
        if let Some(start) = self.open.pop().filter(|start| *start < self.at) {
            self.stretches.push(start..self.at);
        }
    }

    /// True when little room is left: generation should come to an end.
    pub fn is_low(&self) -> bool {
        self.at > LIMIT / 2
    }

    /// A number below `n`, which is at least 1; smaller is simpler.
    pub fn below(&mut self, n: u64) -> u64 {
        if n <= 1 || LIMIT <= self.at {
            return 0;
        }
        let value = match (&mut self.random, self.values.get(self.at)) {
            (_, Some(value)) => (*value).min(n - 1),
            (Some(state), None) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let value = ((mix(*state) as u128 * n as u128) >> 64) as u64;
                self.values.push(value);
                value
            }
            (None, None) => 0,
        };
        self.at += 1;
        value
    }

    /// A 64-bit number.
    pub fn bits(&mut self) -> u64 {
        self.below(u64::MAX)
    }

    /// True in about `numerator` of `denominator` cases; false is simpler.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        denominator - numerator <= self.below(denominator)
    }

    /// A number in `lo..=hi`; `lo` is simplest.
    pub fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + self.below((hi - lo + 1).max(1) as u64) as i64
    }

    /// One of the items; the first is simplest.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// The place of one of the weights, with a probability in proportion to it.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut rest = self.below(weights.iter().map(|w| *w as u64).sum());
        for (i, weight) in weights.iter().enumerate() {
            match rest.checked_sub(*weight as u64) {
                Some(less) => rest = less,
                None => return i,
            }
        }
        0
    }

    /// A random order of `0..n`; the natural order is simplest.
    pub fn order(&mut self, n: usize) -> Vec<usize> {
        let mut rest: Vec<usize> = (0..n).collect();
        (0..n).map(|_| rest.remove(self.below(rest.len() as u64) as usize)).collect()
    }
}

/// The output step of the splitmix64 generator.
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replayed_sequence_gives_the_same_choices() {
        let mut a = Choices::from_seed(7);
        let first: Vec<u64> = (1..50).map(|n| a.below(n * n)).collect();
        let mut b = Choices::replay(a.drawn().to_vec());
        let second: Vec<u64> = (1..50).map(|n| b.below(n * n)).collect();
        assert_eq!(first, second);
        assert_eq!(b.below(1000), 0, "a sequence goes on with zeros");
    }
}
