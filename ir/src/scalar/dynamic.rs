//! Values that carry their type.

use super::{Arith, Checked, Element, Exact, Float, Integer, bf16, cast, f16};
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr};
use crate::{with_arith, with_element, with_float, with_integer};
use std::fmt;

/// A value of one of the computable types.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scalar {
    dtype: DType,
    bits: u64,
}

impl Scalar {
    /// A value of a Rust type.
    pub fn new<T: Element>(value: T) -> Scalar {
        Scalar { dtype: T::DTYPE, bits: value.to_raw() }
    }

    /// The value of type `dtype` with the given bits; bits beyond its width are dropped.
    /// `None` unless `dtype` is a computable scalar type.
    pub fn from_raw(dtype: DType, bits: u64) -> Option<Scalar> {
        with_element!(dtype, T => Some(Scalar::new(T::from_raw(bits))), else None)
    }

    /// The integer, float or bool nearest to `value`: integers wrap, floats are rounded once.
    pub fn from_i128(dtype: DType, value: i128) -> Option<Scalar> {
        if dtype.is_bool() {
            return Some(Scalar::new(value != 0));
        }
        with_integer!(dtype, T => Some(Scalar::new(T::from_raw(value as u64))), else {
            let exact = match i64::try_from(value) {
                Ok(v) => Exact::Int(v),
                Err(_) => u64::try_from(value).map_or(Exact::F64(value as f64), Exact::UInt),
            };
            with_float!(dtype, T => Some(Scalar::new(T::from_exact(exact).value)), else None)
        })
    }

    /// `value` cast to `dtype`; floats are rounded once.
    pub fn from_f64(dtype: DType, value: f64) -> Option<Checked<Scalar>> {
        convert(Scalar::new(value), dtype)
    }

    /// The meaning of a literal: an integer as it stands, a float rounded once to its type.
    /// `None` if `expr` is no literal of a computable type.
    pub fn from_literal(expr: &PrimExpr) -> Option<Scalar> {
        match expr {
            PrimExpr::Int { value, dtype } => Scalar::from_raw(*dtype, *value as u64),
            PrimExpr::Float { value, dtype } => Scalar::from_f64(*dtype, *value).map(|s| s.value),
            _ => None,
        }
    }

    /// The literal that means this value.
    ///
    /// `None` for a NaN that a literal cannot carry: other than the default one of its type.
    pub fn to_literal(self) -> Option<PrimExpr> {
        if !self.dtype.is_float() {
            return Some(PrimExpr::Int { value: self.to_i64(), dtype: self.dtype });
        }
        let literal = PrimExpr::Float { value: self.to_f64(), dtype: self.dtype };
        (Scalar::from_literal(&literal) == Some(self)).then_some(literal)
    }

    /// The type.
    pub fn dtype(self) -> DType {
        self.dtype
    }

    /// The bits, extended with zeros.
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The value as a Rust type; `None` if it has another type.
    pub fn get<T: Element>(self) -> Option<T> {
        (T::DTYPE == self.dtype).then(|| T::from_raw(self.bits))
    }

    /// The value of an integer or bool as a literal holds it: `uint64` as its bit pattern.
    /// Floats are truncated.
    pub fn to_i64(self) -> i64 {
        with_element!(self.dtype, T => match T::from_raw(self.bits).to_exact() {
            Exact::Int(v) => v,
            Exact::UInt(v) => v as i64,
            Exact::F32(v) => v as i64,
            Exact::F64(v) => v as i64,
        }, else 0)
    }

    /// The value of an integer or bool; `None` for floats.
    pub fn to_i128(self) -> Option<i128> {
        with_element!(self.dtype, T => match T::from_raw(self.bits).to_exact() {
            Exact::Int(v) => Some(v as i128),
            Exact::UInt(v) => Some(v as i128),
            Exact::F32(_) | Exact::F64(_) => None,
        }, else None)
    }

    /// The value as `f64`; exact except for 64-bit integers beyond `2^53`.
    pub fn to_f64(self) -> f64 {
        with_element!(self.dtype, T => cast::<T, f64>(T::from_raw(self.bits)).value, else 0.0)
    }

    /// `value != 0`
    pub fn is_true(self) -> bool {
        with_element!(self.dtype, T => cast::<T, bool>(T::from_raw(self.bits)).value, else false)
    }

    /// True for a float NaN.
    pub fn is_nan(self) -> bool {
        with_float!(self.dtype, T => Float::is_nan(T::from_raw(self.bits)), else false)
    }

    /// Equal bits, or both NaN of one type: what executions of one program must agree on.
    pub fn agrees_with(self, other: Scalar) -> bool {
        self == other || (self.dtype == other.dtype && self.is_nan() && other.is_nan())
    }
}

impl fmt::Display for Scalar {
    /// As Python prints the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dtype {
            DType::BOOL => f.write_str(if self.bits == 0 { "False" } else { "True" }),
            DType::FLOAT16 => write_float(f, f16::from_raw(self.bits).widen(), self.to_f64()),
            DType::BFLOAT16 => write_float(f, bf16::from_raw(self.bits).widen(), self.to_f64()),
            DType::FLOAT32 => write_float(f, f32::from_raw(self.bits), self.to_f64()),
            DType::FLOAT64 => write_float(f, self.to_f64(), self.to_f64()),
            _ => write!(f, "{}", self.to_i128().unwrap_or_default()),
        }
    }
}

fn write_float(f: &mut fmt::Formatter<'_>, digits: impl fmt::Debug, value: f64) -> fmt::Result {
    if value.is_nan() { f.write_str("nan") } else { write!(f, "{digits:?}") }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self}: {:#x})", self.dtype, self.bits)
    }
}

/// `value` cast to `dtype`; `None` unless both types are computable scalar types.
pub fn convert(value: Scalar, dtype: DType) -> Option<Checked<Scalar>> {
    let exact =
        with_element!(value.dtype, T => T::from_raw(value.bits).to_exact(), else return None);
    with_element!(dtype, T => Some(T::from_exact(exact).map(Scalar::new)), else None)
}

/// `a op b`; `None` if the operands' types differ or the operator is not defined on them.
pub fn binary(op: BinOp, a: Scalar, b: Scalar) -> Option<Checked<Scalar>> {
    if a.dtype != b.dtype {
        return None;
    }
    let dtype = a.dtype;
    match op {
        BinOp::Add => with_arith!(dtype, T => apply::<T>(T::add, a, b), else None),
        BinOp::Sub => with_arith!(dtype, T => apply::<T>(T::sub, a, b), else None),
        BinOp::Mul => with_arith!(dtype, T => apply::<T>(T::mul, a, b), else None),
        BinOp::Div => with_arith!(dtype, T => apply::<T>(T::truncdiv, a, b), else None),
        BinOp::Mod => with_arith!(dtype, T => apply::<T>(T::truncmod, a, b), else None),
        BinOp::FloorDiv => with_integer!(dtype, T => apply::<T>(T::floordiv, a, b), else None),
        BinOp::FloorMod => with_integer!(dtype, T => apply::<T>(T::floormod, a, b), else None),
        BinOp::Min => with_element!(dtype, T => select::<T>(T::select_min, a, b), else None),
        BinOp::Max => with_element!(dtype, T => select::<T>(T::select_max, a, b), else None),
        BinOp::Eq => with_element!(dtype, T => compare::<T>(T::eq, a, b), else None),
        BinOp::Ne => with_element!(dtype, T => compare::<T>(T::ne, a, b), else None),
        BinOp::Lt => with_element!(dtype, T => compare::<T>(T::lt, a, b), else None),
        BinOp::Le => with_element!(dtype, T => compare::<T>(T::le, a, b), else None),
        BinOp::Gt => with_element!(dtype, T => compare::<T>(T::gt, a, b), else None),
        BinOp::Ge => with_element!(dtype, T => compare::<T>(T::ge, a, b), else None),
        BinOp::And if dtype.is_bool() => select::<bool>(|a, b| a && b, a, b),
        BinOp::Or if dtype.is_bool() => select::<bool>(|a, b| a || b, a, b),
        BinOp::And | BinOp::Or => None,
    }
}

fn apply<T: Arith>(f: fn(T, T) -> Checked<T>, a: Scalar, b: Scalar) -> Option<Checked<Scalar>> {
    Some(f(T::from_raw(a.bits), T::from_raw(b.bits)).map(Scalar::new))
}

fn select<T: Element>(f: fn(T, T) -> T, a: Scalar, b: Scalar) -> Option<Checked<Scalar>> {
    Some(Checked::ok(Scalar::new(f(T::from_raw(a.bits), T::from_raw(b.bits)))))
}

fn compare<T: Element>(f: fn(&T, &T) -> bool, a: Scalar, b: Scalar) -> Option<Checked<Scalar>> {
    Some(Checked::ok(Scalar::new(f(&T::from_raw(a.bits), &T::from_raw(b.bits)))))
}
