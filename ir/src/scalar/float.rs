//! Floats.

use super::small_float::{
    bf16_to_f32, f16_to_f32, f32_to_bf16, f32_to_f16, f64_to_bf16, f64_to_f16,
};
use super::{Arith, Checked, Element, Exact, Float, bf16, f16};
use crate::dtype::DType;
use crate::op::libm;

macro_rules! native_float {
    ($T:ident, $dtype:ident, $U:ident, $variant:ident, $fma:ident) => {
        impl Element for $T {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn from_raw(bits: u64) -> $T {
                $T::from_bits(bits as $U)
            }

            #[inline(always)]
            fn to_raw(self) -> u64 {
                self.to_bits() as u64
            }

            #[inline(always)]
            fn to_exact(self) -> Exact {
                Exact::$variant(self)
            }

            #[inline(always)]
            fn from_exact(value: Exact) -> Checked<$T> {
                Checked::ok(match value {
                    Exact::Int(v) => v as $T,
                    Exact::UInt(v) => v as $T,
                    Exact::F32(v) => v as $T,
                    Exact::F64(v) => v as $T,
                })
            }
        }

        impl Arith for $T {
            #[inline(always)]
            fn add(self, other: $T) -> Checked<$T> {
                Checked::ok(self + other)
            }

            #[inline(always)]
            fn sub(self, other: $T) -> Checked<$T> {
                Checked::ok(self - other)
            }

            #[inline(always)]
            fn mul(self, other: $T) -> Checked<$T> {
                Checked::ok(self * other)
            }

            #[inline(always)]
            fn truncdiv(self, other: $T) -> Checked<$T> {
                Checked::ok(self / other)
            }

            #[inline(always)]
            fn truncmod(self, other: $T) -> Checked<$T> {
                Checked::ok(self % other)
            }

            #[inline(always)]
            fn neg(self) -> Checked<$T> {
                Checked::ok(-self)
            }

            #[inline(always)]
            fn abs(self) -> Checked<$T> {
                Checked::ok($T::abs(self))
            }
        }

        impl Float for $T {
            type Compute = $T;

            #[inline(always)]
            fn widen(self) -> $T {
                self
            }

            #[inline(always)]
            fn round_from(value: $T) -> $T {
                value
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                $T::is_nan(self)
            }

            #[inline(always)]
            fn is_infinite(self) -> bool {
                $T::is_infinite(self)
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $T::is_finite(self)
            }

            #[inline(always)]
            fn fma(self, b: $T, c: $T) -> $T {
                libm::$fma(self, b, c)
            }
        }
    };
}

native_float!(f32, FLOAT32, u32, F32, fmaf);
native_float!(f64, FLOAT64, u64, F64, fma);

macro_rules! small_float {
    ($T:ident, $dtype:ident, $to_f32:ident, $from_f32:ident, $from_f64:ident) => {
        impl Element for $T {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn from_raw(bits: u64) -> $T {
                $T::from_bits(bits as u16)
            }

            #[inline(always)]
            fn to_raw(self) -> u64 {
                self.to_bits() as u64
            }

            #[inline(always)]
            fn to_exact(self) -> Exact {
                Exact::F32(self.widen())
            }

            #[inline(always)]
            fn from_exact(value: Exact) -> Checked<$T> {
                Checked::ok(match value {
                    Exact::F32(v) => $T::round_from(v),
                    Exact::Int(_) | Exact::UInt(_) | Exact::F64(_) => {
                        $T::from_bits($from_f64(value.to_f64_odd()))
                    }
                })
            }
        }

        impl Arith for $T {
            #[inline(always)]
            fn add(self, other: $T) -> Checked<$T> {
                Checked::ok($T::round_from(self.widen() + other.widen()))
            }

            #[inline(always)]
            fn sub(self, other: $T) -> Checked<$T> {
                Checked::ok($T::round_from(self.widen() - other.widen()))
            }

            #[inline(always)]
            fn mul(self, other: $T) -> Checked<$T> {
                Checked::ok($T::round_from(self.widen() * other.widen()))
            }

            #[inline(always)]
            fn truncdiv(self, other: $T) -> Checked<$T> {
                Checked::ok($T::round_from(self.widen() / other.widen()))
            }

            #[inline(always)]
            fn truncmod(self, other: $T) -> Checked<$T> {
                Checked::ok($T::round_from(self.widen() % other.widen()))
            }

            #[inline(always)]
            fn neg(self) -> Checked<$T> {
                Checked::ok($T::from_bits(self.to_bits() ^ 0x8000))
            }

            #[inline(always)]
            fn abs(self) -> Checked<$T> {
                Checked::ok($T::from_bits(self.to_bits() & 0x7fff))
            }
        }

        impl Float for $T {
            type Compute = f32;

            #[inline(always)]
            fn widen(self) -> f32 {
                $to_f32(self.to_bits())
            }

            #[inline(always)]
            fn round_from(value: f32) -> $T {
                $T::from_bits($from_f32(value))
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                $T::is_nan(self)
            }

            #[inline(always)]
            fn is_infinite(self) -> bool {
                $T::is_infinite(self)
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $T::is_finite(self)
            }

            #[inline(always)]
            fn fma(self, b: $T, c: $T) -> $T {
                let exact = libm::fma(self.widen() as f64, b.widen() as f64, c.widen() as f64);
                $T::from_bits($from_f64(exact))
            }
        }
    };
}

small_float!(f16, FLOAT16, f16_to_f32, f32_to_f16, f64_to_f16);
small_float!(bf16, BFLOAT16, bf16_to_f32, f32_to_bf16, f64_to_bf16);
