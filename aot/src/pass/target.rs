//! What passes know of the machine that runs the code: an attribute of the function.
//!
//! Without it lowering gives plain scalar code for any C99 compiler. With it, passes may use the
//! vectors of GNU C and spend code size on speed.

use tirade_ir::{AttrValue, PrimFunc};

/// Key of the attribute: bytes of a vector register.
pub const VECTOR_BYTES: &str = "tirade.vector_bytes";

/// `func` for a machine with vectors of `bytes` bytes.
pub fn with_vector_bytes(func: &PrimFunc, bytes: u32) -> PrimFunc {
    let attrs = func.attrs.with(VECTOR_BYTES, AttrValue::Int(i64::from(bytes)));
    PrimFunc { attrs, ..func.clone() }
}

/// Bytes of a vector register, if the code is for GNU C.
pub fn vector_bytes(func: &PrimFunc) -> Option<u32> {
    match func.attrs.get(VECTOR_BYTES) {
        Some(AttrValue::Int(bytes)) => u32::try_from(*bytes).ok(),
        _ => None,
    }
}
