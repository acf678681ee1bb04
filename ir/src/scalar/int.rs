//! Integers and bool.

use super::{Arith, Bitwise, Checked, Element, Exact, Fault, Integer};
use crate::dtype::DType;

/// Whether an operation's result that does not fit is reported: only for index-sized signed types.
trait Width {
    const REPORTS_OVERFLOW: bool;
}

#[inline(always)]
fn wrapped<T: Width>((value, overflow): (T, bool)) -> Checked<T> {
    Checked::faulty_if(value, Fault::Overflow, T::REPORTS_OVERFLOW && overflow)
}

/// A float truncated to `$T`, saturating; `$rounded` says that `MIN - 1` is no `$F` but rounds to
/// `MIN`, which is inside.
macro_rules! from_float {
    ($v:ident: $F:ident => $T:ident, $rounded:expr) => {{
        const LOWER: $F = <$T>::MIN as $F - 1.0;
        const UPPER: $F = (<$T>::MAX / 2 + 1) as $F * 2.0;
        let above = if $rounded { $v >= LOWER } else { $v > LOWER };
        Checked::faulty_if($v as $T, Fault::Cast, !(above && $v < UPPER))
    }};
}

macro_rules! integer {
    (
        $T:ident, $U:ident, $dtype:ident, $variant:ident as $wide:ident,
        reports: $reports:literal, signed: $signed:literal
    ) => {
        impl Width for $T {
            const REPORTS_OVERFLOW: bool = $reports;
        }

        impl Element for $T {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn from_raw(bits: u64) -> $T {
                bits as $T
            }

            #[inline(always)]
            fn to_raw(self) -> u64 {
                self as $U as u64
            }

            #[inline(always)]
            fn to_exact(self) -> Exact {
                Exact::$variant(self as $wide)
            }

            #[inline(always)]
            fn from_exact(value: Exact) -> Checked<$T> {
                match value {
                    Exact::Int(v) => Checked::ok(v as $T),
                    Exact::UInt(v) => Checked::ok(v as $T),
                    Exact::F32(v) => from_float!(v: f32 => $T, $signed && <$T>::BITS >= 32),
                    Exact::F64(v) => from_float!(v: f64 => $T, $signed && <$T>::BITS == 64),
                }
            }
        }

        impl Bitwise for $T {}

        impl Arith for $T {
            #[inline(always)]
            fn add(self, other: $T) -> Checked<$T> {
                wrapped(self.overflowing_add(other))
            }

            #[inline(always)]
            fn sub(self, other: $T) -> Checked<$T> {
                wrapped(self.overflowing_sub(other))
            }

            #[inline(always)]
            fn mul(self, other: $T) -> Checked<$T> {
                wrapped(self.overflowing_mul(other))
            }

            #[inline(always)]
            fn truncdiv(self, other: $T) -> Checked<$T> {
                if other == 0 {
                    return Checked { value: 0, fault: Fault::DivisionByZero };
                }
                let (value, overflow) = self.overflowing_div(other);
                Checked::faulty_if(value, Fault::Overflow, overflow)
            }

            #[inline(always)]
            fn truncmod(self, other: $T) -> Checked<$T> {
                if other == 0 {
                    return Checked { value: 0, fault: Fault::DivisionByZero };
                }
                let (value, overflow) = self.overflowing_rem(other);
                Checked::faulty_if(value, Fault::Overflow, overflow)
            }

            #[inline(always)]
            fn neg(self) -> Checked<$T> {
                wrapped(self.overflowing_neg())
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn abs(self) -> Checked<$T> {
                if self < 0 { self.neg() } else { Checked::ok(self) }
            }
        }

        impl Integer for $T {
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floordiv(self, other: $T) -> Checked<$T> {
                let quotient = self.truncdiv(other);
                let remainder = self.truncmod(other).value;
                // Only a nonzero remainder of the other sign moves the quotient down.
                let down = remainder != 0 && (remainder < 0) != (other < 0);
                quotient.map(|q| q.wrapping_sub(down as $T))
            }

            #[inline(always)]
            #[allow(unused_comparisons)]
            fn floormod(self, other: $T) -> Checked<$T> {
                let remainder = self.truncmod(other);
                let down = remainder.value != 0 && (remainder.value < 0) != (other < 0);
                remainder.map(|r| if down { r.wrapping_add(other) } else { r })
            }

            #[inline(always)]
            fn shl(self, count: $T) -> Checked<$T> {
                let too_far = count as $U >= <$T>::BITS as $U;
                Checked::faulty_if(self.wrapping_shl(count as u32), Fault::Shift, too_far)
            }

            #[inline(always)]
            fn shr(self, count: $T) -> Checked<$T> {
                let too_far = count as $U >= <$T>::BITS as $U;
                Checked::faulty_if(self.wrapping_shr(count as u32), Fault::Shift, too_far)
            }

            #[inline(always)]
            fn popcount(self) -> u32 {
                self.count_ones()
            }

            #[inline(always)]
            fn clz(self) -> Checked<u32> {
                Checked::faulty_if(self.leading_zeros(), Fault::Clz, self == 0)
            }

            #[inline(always)]
            fn ctz(self) -> Checked<u32> {
                Checked::faulty_if(self.trailing_zeros(), Fault::Clz, self == 0)
            }
        }
    };
}

integer!(i8, u8, INT8, Int as i64, reports: false, signed: true);
integer!(i16, u16, INT16, Int as i64, reports: false, signed: true);
integer!(i32, u32, INT32, Int as i64, reports: true, signed: true);
integer!(i64, u64, INT64, Int as i64, reports: true, signed: true);
integer!(u8, u8, UINT8, UInt as u64, reports: false, signed: false);
integer!(u16, u16, UINT16, UInt as u64, reports: false, signed: false);
integer!(u32, u32, UINT32, UInt as u64, reports: false, signed: false);
integer!(u64, u64, UINT64, UInt as u64, reports: false, signed: false);

impl Element for bool {
    const DTYPE: DType = DType::BOOL;

    #[inline(always)]
    fn from_raw(bits: u64) -> bool {
        bits & 1 != 0
    }

    #[inline(always)]
    fn to_raw(self) -> u64 {
        self as u64
    }

    #[inline(always)]
    fn to_exact(self) -> Exact {
        Exact::UInt(self as u64)
    }

    /// `value != 0`: true for NaN, false for `-0.0`.
    #[inline(always)]
    fn from_exact(value: Exact) -> Checked<bool> {
        Checked::ok(match value {
            Exact::Int(v) => v != 0,
            Exact::UInt(v) => v != 0,
            Exact::F32(v) => v != 0.0,
            Exact::F64(v) => v != 0.0,
        })
    }
}

impl Bitwise for bool {}
