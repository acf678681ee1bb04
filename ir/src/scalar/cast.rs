//! Casts between all types.

use super::{Checked, Element};

/// A value of any computable type, held exactly; the way of a cast from type to type.
///
/// Casting is one rounding from here, so there is no detour through a third type. With both types
/// known the variant is known too, and nothing of it is left in the machine code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Exact {
    /// A signed integer.
    Int(i64),
    /// An unsigned integer or a bool.
    UInt(u64),
    /// A `float32`, `float16` or `bfloat16`.
    F32(f32),
    /// A `float64`.
    F64(f64),
}

impl Exact {
    /// The value as `f64`; 64-bit integers beyond `2^53` are rounded to odd, so that rounding
    /// the result to a 16-bit float is rounding once.
    #[inline(always)]
    pub(super) fn to_f64_odd(self) -> f64 {
        match self {
            Exact::Int(v) => magnitude_odd(v.unsigned_abs()).copysign(v as f64),
            Exact::UInt(v) => magnitude_odd(v),
            Exact::F32(v) => v as f64,
            Exact::F64(v) => v,
        }
    }
}

#[inline(always)]
fn magnitude_odd(v: u64) -> f64 {
    if v < 1 << 53 {
        return v as f64;
    }
    let sticky = (v & 0x7ff != 0) as u64;
    ((v >> 11) | sticky) as f64 * 2048.0
}

/// The value of type `B` nearest to `value`.
///
/// Integer to integer keeps the low bits; to float is one rounding to nearest even; float to
/// integer truncates and saturates, with [`Fault::Cast`](super::Fault::Cast) out of range; to bool
/// is `value != 0`.
#[inline(always)]
pub fn cast<A: Element, B: Element>(value: A) -> Checked<B> {
    B::from_exact(value.to_exact())
}
