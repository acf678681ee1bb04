//! C types of TIR types.

use tirade_ir::{DType, TypeCode};

/// The C type that holds one element of a scalar TIR type.
///
/// Bool is a byte, because a buffer may hold other bytes than 0 and 1 and reading them as C's
/// `bool` would be undefined. The 16-bit floats are their bits.
pub fn c_type(dtype: DType) -> Option<&'static str> {
    Some(match (dtype.code(), dtype.bits()) {
        (TypeCode::Bool, _) => "uint8_t",
        (TypeCode::Int, 8) => "int8_t",
        (TypeCode::Int, 16) => "int16_t",
        (TypeCode::Int, 32) => "int32_t",
        (TypeCode::Int, 64) => "int64_t",
        (TypeCode::UInt, 8) => "uint8_t",
        (TypeCode::UInt, 16) => "uint16_t",
        (TypeCode::UInt, 32) => "uint32_t",
        (TypeCode::UInt, 64) => "uint64_t",
        (TypeCode::Float, 16) | (TypeCode::BFloat, _) => "uint16_t",
        (TypeCode::Float, 32) => "float",
        (TypeCode::Float, 64) => "double",
        _ => return None,
    })
}

/// How helpers are named after a type: `i32`, `u8`, `f16`, `bf16`.
pub fn suffix(dtype: DType) -> String {
    match dtype.code() {
        TypeCode::Bool => "bool".into(),
        TypeCode::Int => format!("i{}", dtype.bits()),
        TypeCode::UInt => format!("u{}", dtype.bits()),
        TypeCode::BFloat => "bf16".into(),
        _ => format!("f{}", dtype.bits()),
    }
}

/// float16 or bfloat16: held as bits, computed in `float`.
pub fn is_half(dtype: DType) -> bool {
    dtype.is_float() && dtype.bits() == 16
}

/// What C makes of an expression's value before the context converts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `int`, or something that is promoted to it.
    Int,
    /// `uint32_t`
    UInt,
    /// `int64_t`
    Int64,
    /// `uint64_t`
    UInt64,
    /// `float`, or the bits of a 16-bit float if the TIR type is one.
    Float,
    /// `double`
    Double,
    /// A pointer.
    Pointer,
}

/// The kind of a value of type `dtype` in a variable or in memory.
pub fn kind_of(dtype: DType) -> Kind {
    match (dtype.code(), dtype.bits()) {
        (TypeCode::Int, 64) => Kind::Int64,
        (TypeCode::UInt, 32) => Kind::UInt,
        (TypeCode::UInt, 64) => Kind::UInt64,
        (TypeCode::Float, 32) => Kind::Float,
        (TypeCode::Float, 64) => Kind::Double,
        (TypeCode::Handle | TypeCode::Void, _) => Kind::Pointer,
        _ => Kind::Int,
    }
}
