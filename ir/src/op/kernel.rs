//! What ops compute on scalars.

use super::{Op, libm};
use crate::dtype::DType;
use crate::expr::BinOp;
use crate::scalar::{Arith, Checked, Fault, Float, Integer, Scalar, bf16, binary, cast, f16};
use crate::{with_float, with_integer};

/// One function for each of the float types.
#[derive(Clone, Copy, Debug)]
pub struct PerFloat<F16, BF16, F32, F64> {
    /// On `float16`.
    pub f16: F16,
    /// On `bfloat16`.
    pub bf16: BF16,
    /// On `float32`.
    pub f32: F32,
    /// On `float64`.
    pub f64: F64,
}

/// A function of one float.
pub type Unary = PerFloat<fn(f16) -> f16, fn(bf16) -> bf16, fn(f32) -> f32, fn(f64) -> f64>;

/// A function of two floats.
pub type Binary =
    PerFloat<fn(f16, f16) -> f16, fn(bf16, bf16) -> bf16, fn(f32, f32) -> f32, fn(f64, f64) -> f64>;

/// A function of three floats.
pub type Ternary = PerFloat<
    fn(f16, f16, f16) -> f16,
    fn(bf16, bf16, bf16) -> bf16,
    fn(f32, f32, f32) -> f32,
    fn(f64, f64, f64) -> f64,
>;

/// A function of any scalars: the type of the result, and the arguments.
///
/// `None` if the op is not defined on arguments of these types.
pub type Custom = fn(DType, &[Scalar]) -> Option<Checked<Scalar>>;

/// How an op computes its value from the values of its arguments, lane by lane.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// Float to float of the same type.
    Unary(Unary),
    /// Two floats to a float of the same type.
    Binary(Binary),
    /// Three floats to a float of the same type.
    Ternary(Ternary),
    /// Anything else on scalars.
    Custom(Custom),
    /// Not a function of scalars: the op works on whole vectors, on memory, or lazily.
    None,
}

/// Picks the function for a float type.
pub trait FloatKernel: Float {
    /// The function of `kernel` on this type.
    fn unary(kernel: &Unary) -> fn(Self) -> Self;
    /// The function of `kernel` on this type.
    fn binary(kernel: &Binary) -> fn(Self, Self) -> Self;
    /// The function of `kernel` on this type.
    fn ternary(kernel: &Ternary) -> fn(Self, Self, Self) -> Self;
}

macro_rules! float_kernel {
    ($($T:ident)*) => {
        $(impl FloatKernel for $T {
            fn unary(kernel: &Unary) -> fn($T) -> $T {
                kernel.$T
            }

            fn binary(kernel: &Binary) -> fn($T, $T) -> $T {
                kernel.$T
            }

            fn ternary(kernel: &Ternary) -> fn($T, $T, $T) -> $T {
                kernel.$T
            }
        })*
    };
}

float_kernel!(f16 bf16 f32 f64);

/// The kernel of a function that is defined on `f32` and `f64`; 16-bit types go through `f32`.
macro_rules! via_f32 {
    ($f32:path, $f64:path; $($arg:ident)*) => {
        PerFloat {
            f16: |$($arg: f16),*| Float::round_from($f32($(Float::widen($arg)),*)),
            bf16: |$($arg: bf16),*| Float::round_from($f32($(Float::widen($arg)),*)),
            f32: $f32,
            f64: $f64,
        }
    };
}

/// The kernel of a function that is generic over the float type.
macro_rules! generic {
    ($function:ident) => {
        PerFloat {
            f16: $function::<f16>,
            bf16: $function::<bf16>,
            f32: $function::<f32>,
            f64: $function::<f64>,
        }
    };
}

pub(super) use {generic, via_f32};

impl Op {
    /// The op's value on `args`, with `dtype` the element type of the result.
    ///
    /// `None` if the op has no kernel, or is not defined on arguments of these types.
    pub fn eval(self, dtype: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
        let float = args.first()?.dtype();
        match (&self.info().kernel, args) {
            (Kernel::Unary(kernel), [x]) => with_float!(float, T => {
                Some(Checked::ok(Scalar::new(T::unary(kernel)(x.get()?))))
            }, else None),
            (Kernel::Binary(kernel), [x, y]) => with_float!(float, T => {
                Some(Checked::ok(Scalar::new(T::binary(kernel)(x.get()?, y.get()?))))
            }, else None),
            (Kernel::Ternary(kernel), [x, y, z]) => with_float!(float, T => {
                Some(Checked::ok(Scalar::new(T::ternary(kernel)(x.get()?, y.get()?, z.get()?))))
            }, else None),
            (Kernel::Custom(kernel), _) => kernel(dtype, args),
            (Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Ternary(_) | Kernel::None, _) => None,
        }
    }
}

/// `1 / (1 + exp(-x))`, rounded at every node.
pub(super) fn sigmoid<T: FloatKernel>(x: T) -> T {
    let exp: Unary = via_f32!(libm::expf, libm::exp; x);
    let one: T = cast(1i32).value;
    one.truncdiv(one.add(T::unary(&exp)(x.neg().value)).value).value
}

/// `1 / sqrt(x)`, rounded at every node.
pub(super) fn rsqrt<T: FloatKernel>(x: T) -> T {
    let sqrt: Unary = via_f32!(f32::sqrt, f64::sqrt; x);
    let one: T = cast(1i32).value;
    one.truncdiv(T::unary(&sqrt)(x)).value
}

pub(super) fn fabs<T: Float>(x: T) -> T {
    x.abs().value
}

pub(super) fn fmod<T: Float>(x: T, y: T) -> T {
    x.truncmod(y).value
}

pub(super) fn fma<T: Float>(x: T, y: T, z: T) -> T {
    x.fma(y, z)
}

pub(super) fn ldexp(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x, exponent] = args else { return None };
    let exponent: i32 = exponent.get()?;
    let value = match x.dtype() {
        DType::FLOAT64 => Scalar::new(libm::ldexp(x.get()?, exponent)),
        float => with_float!(float, T => {
            let wide: f32 = cast(x.get::<T>()?).value;
            Scalar::new(cast::<f32, T>(libm::ldexpf(wide, exponent)).value)
        }, else return None),
    };
    Some(Checked::ok(value))
}

macro_rules! classify {
    ($($name:ident)*) => {
        $(pub(super) fn $name(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
            let [x] = args else { return None };
            with_float!(x.dtype(), T => {
                Some(Checked::ok(Scalar::new(Float::$name(x.get::<T>()?))))
            }, else None)
        })*
    };
}

classify!(is_nan is_infinite is_finite);

pub(super) fn popcount(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x] = args else { return None };
    with_integer!(x.dtype(), T => {
        Some(cast::<u32, T>(x.get::<T>()?.popcount()).map(Scalar::new))
    }, else None)
}

pub(super) fn clz(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x] = args else { return None };
    with_integer!(x.dtype(), T => {
        Some(x.get::<T>()?.clz().map(|n| Scalar::new(n as i32)))
    }, else None)
}

pub(super) fn ctz(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x] = args else { return None };
    with_integer!(x.dtype(), T => {
        Some(x.get::<T>()?.ctz().map(|n| Scalar::new(n as i32)))
    }, else None)
}

/// Applies `f` to the bits of integers or bools of one type.
fn bitwise(args: &[Scalar], f: impl Fn(u64, u64) -> u64) -> Option<Checked<Scalar>> {
    let (a, b) = (args.first()?, args.last()?);
    if a.dtype() != b.dtype() || a.dtype().is_float() {
        return None;
    }
    Scalar::from_raw(a.dtype(), f(a.bits(), b.bits())).map(Checked::ok)
}

pub(super) fn bitwise_and(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    bitwise(args, |a, b| a & b)
}

pub(super) fn bitwise_or(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    bitwise(args, |a, b| a | b)
}

pub(super) fn bitwise_xor(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    bitwise(args, |a, b| a ^ b)
}

pub(super) fn bitwise_not(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    bitwise(args, |a, _| !a)
}

pub(super) fn shift_left(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [a, b] = args else { return None };
    with_integer!(a.dtype(), T => Some(a.get::<T>()?.shl(b.get()?).map(Scalar::new)), else None)
}

pub(super) fn shift_right(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [a, b] = args else { return None };
    with_integer!(a.dtype(), T => Some(a.get::<T>()?.shr(b.get()?).map(Scalar::new)), else None)
}

/// The argument itself: hints to the compiler.
pub(super) fn identity(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x] = args else { return None };
    Some(Checked::ok(*x))
}

pub(super) fn reinterpret(dtype: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x] = args else { return None };
    if x.dtype().bits() != dtype.bits() {
        return None;
    }
    // A bool has to be 0 or 1; any other byte is what a load of it would report.
    let fault = Fault::Bool.when(dtype.is_bool() && x.bits() > 1);
    let value = Scalar::from_raw(dtype, if fault.is_none() { x.bits() } else { 1 })?;
    Some(Checked { value, fault })
}

pub(super) fn large_uint_imm(dtype: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [low, high] = args else { return None };
    Scalar::from_raw(dtype, high.bits() << 32 | low.bits() & 0xffff_ffff).map(Checked::ok)
}

/// `q_multiply_shift(x, y, q, s)`: `x * y * 2^(s - q)`, rounded half up.
pub(super) fn q_multiply_shift(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x, y, q, s] = args else { return None };
    let s = int64(*s)?;
    fixed_point(int64(*x)?, int64(*y)?, s.max(0), (-s).max(0), int64(*q)?)
}

/// `q_multiply_shift_per_axis(x, y, left, right, q, is_left, is_right)`: the shifts are given one
/// by one, and the left one counts only if `is_left` holds.
pub(super) fn q_per_axis(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
    let [x, y, left, right, q, is_left, _is_right] = args else { return None };
    let left = if is_left.is_true() { int64(*left)? } else { 0 };
    fixed_point(int64(*x)?, int64(*y)?, left, int64(*right)?, int64(*q)?)
}

fn int64(x: Scalar) -> Option<i64> {
    x.to_i128().map(|v| v as i64)
}

/// `((x << left) * y + (1 << (right + q - 1))) >> (right + q)` in `int64`, cast to `int32`.
fn fixed_point(x: i64, y: i64, left: i64, right: i64, q: i64) -> Option<Checked<Scalar>> {
    let shift = right.wrapping_add(q);
    let shifted = x.shl(left);
    let product = shifted.value.mul(y);
    let half = 1i64.shl(shift.wrapping_sub(1));
    let sum = product.value.add(half.value);
    let result = sum.value.shr(shift);
    let fault = shifted.fault.or(product.fault).or(half.fault).or(sum.fault).or(result.fault);
    Some(Checked { value: Scalar::new(result.value as i32), fault })
}

macro_rules! atomic {
    ($($name:ident $op:ident)*) => {
        $(
            /// The new value of an element, from the old one and the operand.
            pub(super) fn $name(_: DType, args: &[Scalar]) -> Option<Checked<Scalar>> {
                let [old, operand] = args else { return None };
                binary(BinOp::$op, *old, *operand)
            }
        )*
    };
}

atomic! {
    atomic_add Add
    atomic_min Min
    atomic_max Max
}
