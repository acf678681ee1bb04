//! Reads of buffers, and the values of stores.

use super::literal::{Operand, literal};
use super::{Expected, TypeError, TypeErrorKind, cast, typed_literal};
use crate::buffer::Buffer;
use crate::dtype::DType;
use crate::expr::PrimExpr;
use crate::span::Span;

/// Checks that `indices` name an element, or a vector of elements, of `buffer`.
pub fn place(buffer: &Buffer, indices: &[PrimExpr], span: Span) -> Result<(), TypeError> {
    if indices.len() != buffer.rank() {
        let (buffer, rank) = (buffer.name, buffer.rank());
        return Err(TypeErrorKind::Rank { buffer, rank, found: indices.len() }.at(span));
    }
    let lanes = indices.last().map_or(1, |index| index.dtype().lanes()) * buffer.dtype.lanes();
    if i16::MAX as u32 <= lanes {
        return Err(TypeErrorKind::LaneCount(lanes.into()).at(span));
    }
    for (i, index) in indices.iter().enumerate() {
        let found = index.dtype();
        let is_last = i + 1 == indices.len();
        if !found.is_integer() || !is_last && !found.is_scalar() {
            let place = index.span().or(span);
            return Err(TypeErrorKind::Index { buffer: buffer.name, found }.at(place));
        }
    }
    Ok(())
}

/// `buffer[indices]`
pub fn load(buffer: &Buffer, indices: Vec<PrimExpr>, span: Span) -> Result<PrimExpr, TypeError> {
    place(buffer, &indices, span)?;
    Ok(PrimExpr::load(buffer.clone(), indices, span))
}

/// The value that a store of `value` to a place of type `access` writes: converted to that type.
///
/// Plain numbers must fit the type; expressions are cast. A scalar is not spread over a vector
/// access, nor the other way round. See
/// [`vector_access_dtype`](crate::expr::vector_access_dtype) for the type of a place.
pub fn store_value(
    access: DType,
    value: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let value = match value.into() {
        Operand::Expr(expr) => expr,
        number if is_number(access) => typed_literal(access.element(), number, span)?,
        number => literal(number, span)?,
    };
    let found = value.dtype();
    if found == access {
        return Ok(value);
    }
    if found.is_handle() || found.is_void() {
        let (what, expected) = ("a store".into(), Expected::Type(access));
        return Err(TypeErrorKind::Operand { what, expected, found }.at(value.span().or(span)));
    }
    if found.with_lanes_of(access) != found {
        return Err(TypeErrorKind::StoreLanes { access, value: found }.at(value.span().or(span)));
    }
    cast(access, value, span)
}

fn is_number(dtype: DType) -> bool {
    dtype.is_integer() || dtype.is_bool() || dtype.is_float()
}
