//! Arrays from a seed: the same on every machine, plausible for what the program does with them.

use super::role::{ReadContext, reads_with_context};
use super::{Sizes, Tensor, eval_size};
use crate::dtype::{DType, TypeCode};
use crate::expr::BinOp;
use crate::func::PrimFunc;
use crate::scalar::Scalar;

/// Which values an array is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Floats in `-1..=1`, multiples of 1/128; signed integers in `-8..8`, unsigned in `0..16`.
    Any,
    /// Integers in `1..8`: divisors and shift counts.
    Positive,
    /// Integers in `0..n`: indices into a dimension of extent `n`.
    Below(u64),
}

/// What to fill the buffer of parameter `index` with, by what its elements are used for.
pub fn sampling(func: &PrimFunc, index: usize, sizes: &Sizes) -> Sampling {
    let Some(buffer) = func.params[index].buffer().filter(|b| b.dtype.element().is_integer())
    else {
        return Sampling::Any;
    };
    let mut sampling = Sampling::Any;
    let mut below = |extent: Option<i128>| {
        let extent = extent.unwrap_or(1).clamp(1, 1 << 20) as u64;
        sampling = match sampling {
            Sampling::Below(n) => Sampling::Below(n.min(extent)),
            Sampling::Any | Sampling::Positive => Sampling::Below(extent),
        };
    };
    let mut positive = false;
    for context in reads_with_context(func, buffer.id) {
        match context {
            ReadContext::Index { extent } => below(eval_size(&extent, sizes)),
            ReadContext::Operand(BinOp::Div | BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod) => {
                positive = true;
            }
            ReadContext::Operand(_) => {}
        }
    }
    match sampling {
        Sampling::Any if positive => Sampling::Positive,
        other => other,
    }
}

/// An array of `shape` whose elements follow from `seed` and the parameter's index.
pub fn fill(dtype: DType, shape: &[usize], sampling: Sampling, seed: u64, index: usize) -> Tensor {
    let mut tensor = Tensor::zeros(dtype, shape);
    let mut state = mix(seed ^ mix(index as u64 + 1));
    for i in 0..tensor.len() {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        if let Some(value) = sample(dtype.element(), sampling, mix(state)) {
            tensor.set(i, value);
        }
    }
    tensor
}

fn sample(dtype: DType, sampling: Sampling, random: u64) -> Option<Scalar> {
    let pick = |n: u64| (((random >> 32) * n) >> 32) as i128;
    match (dtype.code(), sampling) {
        (TypeCode::Float | TypeCode::BFloat, _) => {
            Scalar::from_f64(dtype, (pick(257) - 128) as f64 / 128.0).map(|v| v.value)
        }
        (TypeCode::Bool, _) => Scalar::from_i128(dtype, pick(2)),
        (_, Sampling::Positive) => Scalar::from_i128(dtype, 1 + pick(7)),
        (_, Sampling::Below(n)) => {
            let n = n.min(dtype.int_max().min(1 << 31) as u64 + 1);
            Scalar::from_i128(dtype, pick(n))
        }
        (TypeCode::Int, Sampling::Any) => Scalar::from_i128(dtype, pick(16) - 8),
        (_, Sampling::Any) => Scalar::from_i128(dtype, pick(16)),
    }
}

/// The output step of the splitmix64 generator.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
