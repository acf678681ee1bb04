//! Scalar arithmetic: the one definition of what a computation on values means.
//!
//! Constant folding and the interpreter run this code; the C backend prints C that computes the
//! same bits. The rules are:
//!
//! - **Integers** wrap modulo `2^bits` at every node. A signed 32- or 64-bit result that does not
//!   fit is [`Fault::Overflow`] besides; narrow and unsigned types wrap silently. Division by zero
//!   is [`Fault::DivisionByZero`]; `MIN ÷ -1` is [`Fault::Overflow`] with quotient `MIN` and
//!   remainder 0, at every width. A shift count is taken as unsigned; from `bits` on it is
//!   [`Fault::Shift`], and the shift is by the count modulo `bits`.
//! - **Floats** are IEEE-754, rounded to nearest even at every node; `float16` and `bfloat16` are
//!   computed in `float32` and rounded. Minimum and maximum are `(a < b) ? a : b` and
//!   `(a > b) ? a : b`: NaNs and ties give `b`. No float operation has a fault.
//! - **Casts** round once from the exact value. Float to integer truncates; NaN and values out of
//!   range are [`Fault::Cast`], with value 0 and the nearest bound.
//!
//! Two layers: traits over Rust types ([`Element`], [`Arith`], [`Integer`], [`Float`]) that inline
//! to a few instructions, and [`Scalar`], a value that carries its type. Every operation gives a
//! *value*, also where it has a [`Fault`]: the value that compiled code goes on with.

mod cast;
mod dynamic;
mod float;
mod int;
mod small_float;
#[cfg(test)]
mod tests;

use crate::diag::Code;
use crate::dtype::DType;
pub use cast::{Exact, cast};
pub use dynamic::{Scalar, binary, convert};
pub use half::{bf16, f16};
use std::fmt::Debug;
use std::ops::{BitAnd, BitOr, BitXor, Not};

/// Why the value of an operation is not what mathematics says; 1 byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[must_use]
pub enum Fault {
    /// Nothing to report.
    None,
    /// A signed 32- or 64-bit result does not fit, or `MIN ÷ -1`.
    Overflow,
    /// Integer division by zero. The value is 0; compiled code may trap instead.
    DivisionByZero,
    /// A shift count is not below the width.
    Shift,
    /// A float that is NaN or out of range was cast to an integer.
    Cast,
    /// A bool was read from a byte that is neither 0 nor 1.
    Bool,
    /// Leading or trailing zeros of 0 were counted.
    Clz,
}

impl Fault {
    /// The code to report; `None` if there is nothing to report.
    pub const fn code(self) -> Option<Code> {
        match self {
            Fault::None => None,
            Fault::Overflow => Some(Code::OVERFLOW),
            Fault::DivisionByZero => Some(Code::DIVISION_BY_ZERO),
            Fault::Shift => Some(Code::SHIFT),
            Fault::Cast => Some(Code::CAST),
            Fault::Bool => Some(Code::BOOL),
            Fault::Clz => Some(Code::CLZ),
        }
    }

    /// True for [`Fault::None`].
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        matches!(self, Fault::None)
    }

    /// `self` if `condition` holds, else no fault.
    #[inline(always)]
    pub const fn when(self, condition: bool) -> Fault {
        if condition { self } else { Fault::None }
    }

    /// This fault, or `later` if there is none: the first fault of a sequence.
    #[inline(always)]
    pub const fn or(self, later: Fault) -> Fault {
        if self.is_none() { later } else { self }
    }
}

/// A value, and whether there is something to report about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked<T> {
    /// The value; where there is a fault, the value that compiled code goes on with.
    pub value: T,
    /// What to report.
    pub fault: Fault,
}

impl<T> Checked<T> {
    /// A value with nothing to report.
    #[inline(always)]
    pub const fn ok(value: T) -> Checked<T> {
        Checked { value, fault: Fault::None }
    }

    /// A value with `fault` if `condition` holds.
    #[inline(always)]
    pub fn faulty_if(value: T, fault: Fault, condition: bool) -> Checked<T> {
        Checked { value, fault: fault.when(condition) }
    }

    /// The same fault with `f` of the value.
    #[inline(always)]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Checked<U> {
        Checked { value: f(self.value), fault: self.fault }
    }

    /// The value if there is nothing to report.
    #[inline(always)]
    pub fn into_ok(self) -> Option<T> {
        if self.fault.is_none() { Some(self.value) } else { None }
    }
}

/// A Rust type that holds the values of one of the thirteen computable [`DType`]s.
///
/// `==` and `<` of the Rust type are those of TIR: false if unordered, `!=` true if unordered.
pub trait Element: Copy + Debug + Default + PartialEq + PartialOrd + Send + Sync + 'static {
    /// The type.
    const DTYPE: DType;

    /// The value whose bits are the low [`DType::bits`] bits of `bits`; a bool is the lowest bit.
    fn from_raw(bits: u64) -> Self;

    /// The bits of the value, extended with zeros.
    fn to_raw(self) -> u64;

    /// The value, exactly.
    fn to_exact(self) -> Exact;

    /// The nearest value of this type: the definition of a cast.
    fn from_exact(value: Exact) -> Checked<Self>;

    /// `(self < other) ? self : other`
    #[inline(always)]
    fn select_min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// `(self > other) ? self : other`
    #[inline(always)]
    fn select_max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

/// Types with arithmetic: integers and floats.
pub trait Arith: Element {
    /// `self + other`
    fn add(self, other: Self) -> Checked<Self>;
    /// `self - other`
    fn sub(self, other: Self) -> Checked<Self>;
    /// `self * other`
    fn mul(self, other: Self) -> Checked<Self>;
    /// Division; of integers toward zero.
    fn truncdiv(self, other: Self) -> Checked<Self>;
    /// Remainder with the sign of `self`; exact on floats, NaN for divisor 0.
    fn truncmod(self, other: Self) -> Checked<Self>;
    /// `-self`
    fn neg(self) -> Checked<Self>;
    /// Absolute value.
    fn abs(self) -> Checked<Self>;
}

/// Types with bitwise operators: integers and bool, whose `!` is logical.
pub trait Bitwise:
    Element
    + Eq
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
}

/// The eight integer types.
pub trait Integer: Arith + Bitwise {
    /// Division toward minus infinity.
    fn floordiv(self, other: Self) -> Checked<Self>;
    /// Remainder with the sign of `other`.
    fn floormod(self, other: Self) -> Checked<Self>;
    /// `self << count`; bits shifted out are lost, without a fault.
    fn shl(self, count: Self) -> Checked<Self>;
    /// `self >> count`; copies the sign bit of signed types.
    fn shr(self, count: Self) -> Checked<Self>;
    /// Number of one bits.
    fn popcount(self) -> u32;
    /// Number of zero bits above the highest one bit; [`Fault::Clz`] for 0.
    fn clz(self) -> Checked<u32>;
    /// Number of zero bits below the lowest one bit; [`Fault::Clz`] for 0.
    fn ctz(self) -> Checked<u32>;
}

/// The four float types.
pub trait Float: Arith {
    /// The type that the operation is computed in before rounding: `f32`, or `f64` for `f64`.
    type Compute: Float;

    /// The value in the type of computation, exactly.
    fn widen(self) -> Self::Compute;

    /// The nearest value of this type.
    fn round_from(value: Self::Compute) -> Self;

    /// Quiet or signalling NaN.
    fn is_nan(self) -> bool;

    /// Plus or minus infinity.
    fn is_infinite(self) -> bool;

    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;

    /// `self * b + c` rounded once; of 16-bit types in `f64`, then rounded.
    fn fma(self, b: Self, c: Self) -> Self;
}

/// Runs `$body` with `$T` as the Rust type of the integer type `$dtype`, else `$other`.
#[macro_export]
macro_rules! with_integer {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::DType::INT8 => {
                type $T = i8;
                $body
            }
            $crate::DType::INT16 => {
                type $T = i16;
                $body
            }
            $crate::DType::INT32 => {
                type $T = i32;
                $body
            }
            $crate::DType::INT64 => {
                type $T = i64;
                $body
            }
            $crate::DType::UINT8 => {
                type $T = u8;
                $body
            }
            $crate::DType::UINT16 => {
                type $T = u16;
                $body
            }
            $crate::DType::UINT32 => {
                type $T = u32;
                $body
            }
            $crate::DType::UINT64 => {
                type $T = u64;
                $body
            }
            _ => $other,
        }
    };
}

/// Runs `$body` with `$T` as the Rust type of the float type `$dtype`, else `$other`.
#[macro_export]
macro_rules! with_float {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::DType::FLOAT16 => {
                type $T = $crate::scalar::f16;
                $body
            }
            $crate::DType::BFLOAT16 => {
                type $T = $crate::scalar::bf16;
                $body
            }
            $crate::DType::FLOAT32 => {
                type $T = f32;
                $body
            }
            $crate::DType::FLOAT64 => {
                type $T = f64;
                $body
            }
            _ => $other,
        }
    };
}

/// Runs `$body` with `$T` as the Rust type of the integer or float type `$dtype`, else `$other`.
#[macro_export]
macro_rules! with_arith {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        $crate::with_integer!($dtype, $T => $body, else
            $crate::with_float!($dtype, $T => $body, else $other))
    };
}

/// Runs `$body` with `$T` as the Rust type of the computable type `$dtype`, else `$other`.
#[macro_export]
macro_rules! with_element {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::DType::BOOL => { type $T = bool; $body }
            other => $crate::with_arith!(other, $T => $body, else $other),
        }
    };
}
