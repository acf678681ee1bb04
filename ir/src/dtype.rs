//! Data types: a type code, a width in bits, and a number of lanes, packed in 4 bytes.

use std::fmt;
use std::str::FromStr;

/// The family of a [`DType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum TypeCode {
    /// Signed two's complement integer.
    Int,
    /// Unsigned integer.
    UInt,
    /// Truth value: one byte, 0 or 1.
    Bool,
    /// IEEE-754 binary float.
    Float,
    /// bfloat16: the upper half of a float32.
    BFloat,
    /// Opaque pointer.
    Handle,
    /// No value.
    Void,
    /// 8-bit and narrower float formats that can be written down, but not run.
    SmallFloat(SmallFloat),
}

/// Float formats below 16 bits: read and printed, never computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum SmallFloat {
    E3m4,
    E4m3,
    E4m3b11fnuz,
    E4m3fn,
    E4m3fnuz,
    E5m2,
    E5m2fnuz,
    E8m0fnu,
    E2m3fn,
    E3m2fn,
    E2m1fn,
}

impl SmallFloat {
    const ALL: [(SmallFloat, &'static str, u8); 11] = [
        (SmallFloat::E3m4, "float8_e3m4", 8),
        (SmallFloat::E4m3, "float8_e4m3", 8),
        (SmallFloat::E4m3b11fnuz, "float8_e4m3b11fnuz", 8),
        (SmallFloat::E4m3fn, "float8_e4m3fn", 8),
        (SmallFloat::E4m3fnuz, "float8_e4m3fnuz", 8),
        (SmallFloat::E5m2, "float8_e5m2", 8),
        (SmallFloat::E5m2fnuz, "float8_e5m2fnuz", 8),
        (SmallFloat::E8m0fnu, "float8_e8m0fnu", 8),
        (SmallFloat::E2m3fn, "float6_e2m3fn", 6),
        (SmallFloat::E3m2fn, "float6_e3m2fn", 6),
        (SmallFloat::E2m1fn, "float4_e2m1fn", 4),
    ];
}

/// A data type: code, bits and lanes in 4 bytes.
///
/// Lanes are 1 for scalars, `n > 1` for vectors `dtype x n`, and `-n` for scalable vectors of
/// `vscale * n` lanes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DType {
    tag: u8,
    bits: u8,
    lanes: i16,
}

const _: () = assert!(size_of::<DType>() == 4);

/// A name that is no dtype.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDType(pub String);

#[allow(missing_docs)]
impl DType {
    pub const BOOL: DType = DType::scalar(TypeCode::Bool, 8);
    pub const INT8: DType = DType::scalar(TypeCode::Int, 8);
    pub const INT16: DType = DType::scalar(TypeCode::Int, 16);
    pub const INT32: DType = DType::scalar(TypeCode::Int, 32);
    pub const INT64: DType = DType::scalar(TypeCode::Int, 64);
    pub const UINT8: DType = DType::scalar(TypeCode::UInt, 8);
    pub const UINT16: DType = DType::scalar(TypeCode::UInt, 16);
    pub const UINT32: DType = DType::scalar(TypeCode::UInt, 32);
    pub const UINT64: DType = DType::scalar(TypeCode::UInt, 64);
    pub const FLOAT16: DType = DType::scalar(TypeCode::Float, 16);
    pub const BFLOAT16: DType = DType::scalar(TypeCode::BFloat, 16);
    pub const FLOAT32: DType = DType::scalar(TypeCode::Float, 32);
    pub const FLOAT64: DType = DType::scalar(TypeCode::Float, 64);
    pub const HANDLE: DType = DType::scalar(TypeCode::Handle, 64);
    pub const VOID: DType = DType::scalar(TypeCode::Void, 0);
}

impl DType {
    /// The thirteen scalar types that programs can compute with.
    pub const COMPUTABLE: [DType; 13] = [
        DType::BOOL,
        DType::INT8,
        DType::INT16,
        DType::INT32,
        DType::INT64,
        DType::UINT8,
        DType::UINT16,
        DType::UINT32,
        DType::UINT64,
        DType::FLOAT16,
        DType::BFLOAT16,
        DType::FLOAT32,
        DType::FLOAT64,
    ];

    const fn tag_of(code: TypeCode) -> u8 {
        match code {
            TypeCode::Int => 0,
            TypeCode::UInt => 1,
            TypeCode::Bool => 2,
            TypeCode::Float => 3,
            TypeCode::BFloat => 4,
            TypeCode::Handle => 5,
            TypeCode::Void => 6,
            TypeCode::SmallFloat(kind) => 16 + kind as u8,
        }
    }

    /// A scalar type. Bool counts as 8 bits wide: that is what it takes in memory.
    pub const fn scalar(code: TypeCode, bits: u8) -> DType {
        DType { tag: DType::tag_of(code), bits, lanes: 1 }
    }

    /// The integer type of `bits` bits.
    pub const fn int(bits: u8) -> DType {
        DType::scalar(TypeCode::Int, bits)
    }

    /// The unsigned type of `bits` bits.
    pub const fn uint(bits: u8) -> DType {
        DType::scalar(TypeCode::UInt, bits)
    }

    /// The type as a number; different types have different numbers.
    pub const fn packed(self) -> u32 {
        (self.tag as u32) << 24 | (self.bits as u32) << 16 | self.lanes as u16 as u32
    }

    /// The family.
    pub const fn code(self) -> TypeCode {
        match self.tag {
            0 => TypeCode::Int,
            1 => TypeCode::UInt,
            2 => TypeCode::Bool,
            3 => TypeCode::Float,
            4 => TypeCode::BFloat,
            5 => TypeCode::Handle,
            6 => TypeCode::Void,
            tag => TypeCode::SmallFloat(SmallFloat::ALL[tag as usize - 16].0),
        }
    }

    /// Width of one lane in bits; 8 for bool, 64 for handles, 0 for void.
    pub const fn bits(self) -> u32 {
        self.bits as u32
    }

    /// Bytes that one lane takes in memory.
    pub const fn bytes(self) -> usize {
        (self.bits as usize).div_ceil(8)
    }

    /// Number of lanes; 1 for scalars. For scalable vectors this is the factor of `vscale`.
    pub const fn lanes(self) -> u32 {
        self.lanes.unsigned_abs() as u32
    }

    /// True for vectors whose lane count is a multiple of `vscale`.
    pub const fn is_scalable(self) -> bool {
        self.lanes < 0
    }

    /// True for a single lane.
    pub const fn is_scalar(self) -> bool {
        self.lanes == 1
    }

    /// The type of one lane.
    pub const fn element(self) -> DType {
        DType { lanes: 1, ..self }
    }

    /// This type with `lanes` lanes; `lanes` must be in `1..=32767`.
    pub const fn with_lanes(self, lanes: u32) -> DType {
        assert!(lanes >= 1 && lanes <= i16::MAX as u32);
        DType { lanes: lanes as i16, ..self }
    }

    /// The type that has `other`'s lanes and this type's elements.
    pub const fn with_lanes_of(self, other: DType) -> DType {
        DType { lanes: other.lanes, ..self }
    }

    /// This type with `vscale * lanes` lanes.
    pub const fn with_scalable_lanes(self, lanes: u32) -> DType {
        assert!(lanes >= 1 && lanes <= i16::MAX as u32);
        DType { lanes: -(lanes as i16), ..self }
    }

    /// Bool, scalar or vector.
    pub const fn is_bool(self) -> bool {
        self.tag == DType::tag_of(TypeCode::Bool)
    }

    /// Signed integer, scalar or vector.
    pub const fn is_int(self) -> bool {
        self.tag == DType::tag_of(TypeCode::Int)
    }

    /// Unsigned integer, scalar or vector; bool is not one.
    pub const fn is_uint(self) -> bool {
        self.tag == DType::tag_of(TypeCode::UInt)
    }

    /// Signed or unsigned integer; bool is not one.
    pub const fn is_integer(self) -> bool {
        self.is_int() || self.is_uint()
    }

    /// float16/32/64, bfloat16, or a small float.
    pub const fn is_float(self) -> bool {
        matches!(self.code(), TypeCode::Float | TypeCode::BFloat | TypeCode::SmallFloat(_))
    }

    /// An opaque pointer.
    pub const fn is_handle(self) -> bool {
        self.tag == DType::tag_of(TypeCode::Handle)
    }

    /// No value.
    pub const fn is_void(self) -> bool {
        self.tag == DType::tag_of(TypeCode::Void)
    }

    /// True for types that programs can compute with (see [`DType::COMPUTABLE`]).
    pub fn is_computable(self) -> bool {
        !self.is_scalable() && DType::COMPUTABLE.contains(&self.element())
    }

    /// Smallest value of an integer or bool type, as a mathematical integer.
    pub fn int_min(self) -> i128 {
        if self.is_int() { -(1i128 << (self.bits - 1)) } else { 0 }
    }

    /// Largest value of an integer or bool type, as a mathematical integer.
    pub fn int_max(self) -> i128 {
        match self.code() {
            TypeCode::Bool => 1,
            TypeCode::Int => (1i128 << (self.bits - 1)) - 1,
            _ => (1i128 << self.bits) - 1,
        }
    }

    /// True if an integer or bool type holds `value`.
    pub fn holds_int(self, value: i128) -> bool {
        self.int_min() <= value && value <= self.int_max()
    }

    /// Name of the element type, without lanes.
    fn base_name(self) -> String {
        match self.code() {
            TypeCode::Int => format!("int{}", self.bits),
            TypeCode::UInt => format!("uint{}", self.bits),
            TypeCode::Bool => "bool".into(),
            TypeCode::Float => format!("float{}", self.bits),
            TypeCode::BFloat => "bfloat16".into(),
            TypeCode::Handle => "handle".into(),
            TypeCode::Void => "void".into(),
            TypeCode::SmallFloat(kind) => SmallFloat::ALL[kind as usize].1.into(),
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base_name())?;
        match self.lanes {
            1 => Ok(()),
            n if n < 0 => write!(f, "xvscalex{}", -n),
            n => write!(f, "x{n}"),
        }
    }
}

impl fmt::Debug for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for UnknownDType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a dtype", self.0)
    }
}

impl FromStr for DType {
    type Err = UnknownDType;

    /// Reads `float32`, `int8x4`, `float32xvscalex4`, `bool`, `uint1` (an old spelling of bool),
    /// `handle`, `void` and the empty string (void).
    fn from_str(text: &str) -> Result<DType, UnknownDType> {
        let unknown = || UnknownDType(text.to_string());
        let (base, lanes) = split_lanes(text).ok_or_else(unknown)?;
        let element = match base {
            "" | "void" => DType::VOID,
            "handle" => DType::HANDLE,
            "bool" | "boolean" | "uint1" | "int1" => DType::BOOL,
            "bfloat16" => DType::BFLOAT16,
            "e4m3_float8" => DType::scalar(TypeCode::SmallFloat(SmallFloat::E4m3fn), 8),
            "e5m2_float8" => DType::scalar(TypeCode::SmallFloat(SmallFloat::E5m2), 8),
            "int" => DType::INT32,
            "uint" => DType::UINT32,
            "float" => DType::FLOAT32,
            _ => match SmallFloat::ALL.iter().find(|(_, name, _)| *name == base) {
                Some(&(kind, _, bits)) => DType::scalar(TypeCode::SmallFloat(kind), bits),
                None => numbered_type(base).ok_or_else(unknown)?,
            },
        };
        Ok(match lanes {
            1 => element,
            n if n < 0 => element.with_scalable_lanes(-n as u32),
            n => element.with_lanes(n as u32),
        })
    }
}

/// Splits `float32x4` into `("float32", 4)`; scalable lanes come back negative.
fn split_lanes(text: &str) -> Option<(&str, i32)> {
    if let Some((base, lanes)) = text.split_once("xvscalex") {
        return Some((base, -lanes.parse::<i16>().ok().filter(|n| *n > 0).map(i32::from)?));
    }
    match text.rsplit_once('x') {
        Some((base, lanes)) if !lanes.is_empty() && lanes.bytes().all(|b| b.is_ascii_digit()) => {
            Some((base, lanes.parse::<i16>().ok().filter(|n| *n > 0).map(i32::from)?))
        }
        _ => Some((text, 1)),
    }
}

fn numbered_type(base: &str) -> Option<DType> {
    let digits = base.find(|c: char| c.is_ascii_digit())?;
    let bits: u8 = base[digits..].parse().ok()?;
    match &base[..digits] {
        "int" if matches!(bits, 4 | 8 | 16 | 32 | 64) => Some(DType::int(bits)),
        "uint" if matches!(bits, 4 | 8 | 16 | 32 | 64) => Some(DType::uint(bits)),
        "float" if matches!(bits, 16 | 32 | 64) => Some(DType::scalar(TypeCode::Float, bits)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        let vectors = [DType::INT8.with_lanes(64), DType::FLOAT32.with_scalable_lanes(4)];
        let small = SmallFloat::ALL.iter().map(|s| DType::scalar(TypeCode::SmallFloat(s.0), s.2));
        for dtype in DType::COMPUTABLE.into_iter().chain(vectors).chain(small) {
            assert_eq!(dtype.to_string().parse(), Ok(dtype));
        }
        for bad in ["float31", "float32x", "float32x0", "int32x99999", "float8"] {
            assert!(bad.parse::<DType>().is_err(), "{bad}");
        }
    }
}
