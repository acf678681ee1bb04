//! Conversions of 16-bit floats, in integer arithmetic.
//!
//! They keep the payload of a NaN and do not depend on the machine.

/// `float16` to `float32`, exactly.
#[inline(always)]
pub(super) fn f16_to_f32(bits: u16) -> f32 {
    let sign = (bits as u32 & 0x8000) << 16;
    let rest = (bits as u32 & 0x7fff) << 13;
    let magnitude = match bits & 0x7c00 {
        0x7c00 => f32::from_bits(rest | 0x7f80_0000),
        // Zero and subnormals: an integer times 2^-24.
        0 => (bits & 0x03ff) as f32 * f32::from_bits(0x3380_0000),
        // The exponent's bias changes from 15 to 127.
        _ => f32::from_bits(rest + (112 << 23)),
    };
    f32::from_bits(magnitude.to_bits() | sign)
}

/// `bfloat16` to `float32`, exactly.
#[inline(always)]
pub(super) fn bf16_to_f32(bits: u16) -> f32 {
    f32::from_bits((bits as u32) << 16)
}

/// `float32` to the nearest `float16`, ties to even.
#[inline(always)]
pub(super) fn f32_to_f16(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let abs = bits & 0x7fff_ffff;
    let magnitude = if abs >= 0x4780_0000 {
        // From 2^16 on: infinity or NaN.
        if abs > 0x7f80_0000 { 0x7e00 | (abs >> 13) as u16 & 0x03ff } else { 0x7c00 }
    } else if abs < 0x3880_0000 {
        // Below 2^-14: adding 0.5 leaves the number of units of 2^-24, rounded by the machine.
        let rounded = f32::from_bits(abs) + 0.5;
        (rounded.to_bits() - 0.5f32.to_bits()) as u16
    } else {
        // Adding half a unit, less one bit if the result would be even, carries into the rest.
        let odd = (abs >> 13) & 1;
        ((abs - (112 << 23) + 0x0fff + odd) >> 13) as u16
    };
    magnitude | sign
}

/// `float32` to the nearest `bfloat16`, ties to even.
#[inline(always)]
pub(super) fn f32_to_bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    if value.is_nan() {
        return (bits >> 16) as u16 | 0x0040;
    }
    let odd = (bits >> 16) & 1;
    ((bits + 0x7fff + odd) >> 16) as u16
}

/// `float64` to the nearest `float16`, ties to even, in one rounding.
#[inline(always)]
pub(super) fn f64_to_f16(value: f64) -> u16 {
    f32_to_f16(f64_to_f32_odd(value))
}

/// `float64` to the nearest `bfloat16`, ties to even, in one rounding.
#[inline(always)]
pub(super) fn f64_to_bf16(value: f64) -> u16 {
    f32_to_bf16(f64_to_f32_odd(value))
}

/// `float64` to `float32` such that rounding further to 16 bits is rounding once: truncated, with
/// the last bit set if anything was cut off.
#[inline(always)]
fn f64_to_f32_odd(value: f64) -> f32 {
    let nearest = value as f32;
    let back = nearest as f64;
    if back == value || value.is_nan() {
        return nearest;
    }
    let bits = nearest.to_bits();
    // Rounded away from zero, also to infinity: step back, then make the last bit odd.
    let truncated = if back.abs() > value.abs() { bits - 1 } else { bits };
    f32::from_bits(truncated | 1)
}
