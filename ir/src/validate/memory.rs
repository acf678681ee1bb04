//! Buffers and allocations.

use super::blocks::not_negative;
use super::{Report, types};
use crate::arith::as_const;
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::func::AttrValue;
use crate::stmt::AllocBuffer;

/// Shape, strides and offset of a buffer are integers (TIR0429), no extent is a negative constant
/// (TIR0611), its elements have a type, its data is a pointer and its offset factor is not negative
/// (TIR0615).
pub(super) fn buffer(buffer: &Buffer, report: &mut Report) {
    let name = buffer.name;
    for extent in &buffer.shape {
        types::integer(format_args!("an extent of `{name}`"), extent, report);
        not_negative(format_args!("an extent of `{name}`"), extent, report);
    }
    for stride in &buffer.strides {
        types::integer(format_args!("a stride of `{name}`"), stride, report);
    }
    if let Some(offset) = &buffer.elem_offset {
        types::integer(format_args!("the offset of `{name}`"), offset, report);
    }
    let wrong = |message: String| Diagnostic::error(Code::BUFFER_FORM, buffer.span, message);
    if buffer.dtype.is_void() {
        report.push(wrong(format!("`{name}` has elements without a type")));
    }
    if buffer.offset_factor < 0 {
        let factor = buffer.offset_factor;
        report.push(wrong(format!("the offset of `{name}` cannot be a multiple of {factor}")));
    }
    if !buffer.data.dtype.is_handle() {
        let dtype = buffer.data.dtype;
        report.push(wrong(format!("the data of `{name}` is a `{dtype}`, no pointer")));
    }
    if buffer.scope.as_str().is_empty() || buffer.scope.as_str().contains(char::is_whitespace) {
        report.push(wrong(format!("`{name}` has the storage scope {:?}", buffer.scope.as_str())));
    }
}

/// Constant data has as many numbers as the buffer has elements (TIR0616).
pub(super) fn constant(s: &AllocBuffer, report: &mut Report) {
    let Some(data) = &s.constant else { return };
    let elements: Option<i128> = s
        .buffer
        .shape
        .iter()
        .try_fold(1i128, |product, extent| product.checked_mul(as_const(extent)?));
    let wrong = match data {
        AttrValue::List(items) => {
            let numbers = items.iter().all(is_number);
            match elements {
                _ if !numbers => Some("the data holds something else than numbers".to_string()),
                Some(n) if n == items.len() as i128 => None,
                Some(n) => Some(format!("{} numbers for {n} elements", items.len())),
                None => Some("the shape of constant data is not constant".into()),
            }
        }
        _ => Some("the data is no list of numbers".into()),
    };
    if let Some(what) = wrong {
        let message = format!("constant `{}`: {what}", s.buffer.name);
        report.push(Diagnostic::error(Code::CONSTANT_DATA, s.span, message));
    }
}

fn is_number(value: &AttrValue) -> bool {
    match value {
        AttrValue::Bool(_) | AttrValue::Int(_) | AttrValue::Float(_) => true,
        AttrValue::Expr(e) => as_const(e).is_some() || e.as_int().is_some() || is_float(e),
        AttrValue::None
        | AttrValue::Str(_)
        | AttrValue::Buffer(_)
        | AttrValue::List(_)
        | AttrValue::Dict(_)
        | AttrValue::Reducer(_)
        | AttrValue::Target(_)
        | AttrValue::Opaque(_) => false,
    }
}

fn is_float(e: &crate::PrimExpr) -> bool {
    matches!(e, crate::PrimExpr::Float { .. })
}
