//! Scalar arithmetic against independent references: mathematical integers, and rounding written
//! with exact scaling instead of bits.

mod cases;
mod casts;
mod integers;
mod small_floats;

use super::*;
use crate::expr::BinOp;

/// The `i`-th number of a fixed pseudo-random sequence.
fn random(i: u64) -> u64 {
    let mut x = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A binary float format.
#[derive(Clone, Copy)]
struct Format {
    /// Bits of the significand with the leading one.
    precision: i32,
    /// Least exponent of a normal number.
    least: i32,
    /// Greatest exponent.
    greatest: i32,
}

const F16: Format = Format { precision: 11, least: -14, greatest: 15 };
const BF16: Format = Format { precision: 8, least: -126, greatest: 127 };
const F32: Format = Format { precision: 24, least: -126, greatest: 127 };

/// `2^exponent`; 0 or infinity where that is no number.
fn power(exponent: i32) -> f64 {
    match exponent {
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        _ => 2f64.powi(exponent),
    }
}

impl Format {
    /// `x` rounded to nearest even, by counting units in the last place.
    fn round(self, x: f64) -> f64 {
        if x == 0.0 || !x.is_finite() {
            return x;
        }
        let mut exponent = x.abs().log2().floor() as i32;
        exponent += (power(exponent + 1) <= x.abs()) as i32;
        exponent -= (x.abs() < power(exponent)) as i32;
        let exponent = exponent.max(self.least);
        let unit = exponent - self.precision + 1;
        // Scaling by a power of two is exact; in two steps, as the power may not be a number.
        let count = (x * power(-unit / 2)) * power(-unit + unit / 2);
        let rounded = (count.round_ties_even() * power(unit / 2)) * power(unit - unit / 2);
        match rounded.abs() < power(self.greatest) * 2.0 {
            true => rounded,
            false => f64::INFINITY.copysign(x),
        }
    }

    /// An integer rounded to nearest even, in integer arithmetic.
    fn round_int(self, value: i128) -> f64 {
        let magnitude = value.unsigned_abs();
        let extra = (128 - magnitude.leading_zeros() as i32 - self.precision).max(0) as u32;
        let (kept, cut) = (magnitude >> extra, magnitude & ((1 << extra) - 1));
        let half = (1u128 << extra) >> 1;
        let up = cut > half || (cut == half && cut != 0 && kept % 2 == 1);
        let rounded = (kept + up as u128) as f64 * power(extra as i32);
        let rounded = if rounded < power(self.greatest) * 2.0 { rounded } else { f64::INFINITY };
        if value < 0 { -rounded } else { rounded }
    }
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}
