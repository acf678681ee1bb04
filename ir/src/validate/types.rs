//! Types of expressions, and of values against the places they are given to.

use super::Report;
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::expr::{
    BinOp, Binary, Broadcast, Call, Cast, PrimExpr, Ramp, Select, Shuffle, vector_access_dtype,
};
use crate::make;
use crate::op::{Expected, TypeError, TypeErrorKind};
use crate::span::Span;
use crate::stmt::BufferStore;
use std::fmt::{Arguments, Display};

fn operand(what: &str, expected: Expected, found: DType, span: Span) -> TypeError {
    TypeErrorKind::Operand { what: what.into(), expected, found }.at(span)
}

/// Literals fit their type (TIR0426).
pub(super) fn literal(expr: &PrimExpr, report: &mut Report) {
    let fits = match expr {
        PrimExpr::Int { dtype, .. } => {
            let scalar = dtype.is_scalar() && (dtype.is_integer() || dtype.is_bool());
            scalar && expr.as_int().is_some_and(|value| dtype.holds_int(value))
        }
        PrimExpr::Float { dtype, .. } => dtype.is_scalar() && dtype.is_float(),
        _ => true,
    };
    if !fits {
        let value = match expr {
            PrimExpr::Float { value, .. } => value.to_string(),
            _ => expr.as_int().map_or_else(String::new, |value| value.to_string()),
        };
        report.push(TypeErrorKind::Literal { value, dtype: expr.dtype() }.at(report.span));
    }
}

/// Casts are between numbers and keep the number of lanes (TIR0510, TIR0501).
pub(super) fn cast(e: &Cast, report: &mut Report) {
    let from = e.value.dtype();
    let what = format!("a cast to `{}`", e.dtype);
    if let Some(found) = [from, e.dtype].into_iter().find(|d| !is_value(*d)) {
        report.push(operand(&what, Expected::Number, found, report.span));
    } else if from.with_lanes_of(e.dtype) != from {
        report.push(TypeErrorKind::Lanes { what, lhs: from, rhs: e.dtype }.at(report.span));
    }
}

/// A number or bool, scalar or vector.
fn is_value(dtype: DType) -> bool {
    !dtype.is_handle() && !dtype.is_void()
}

/// Operands of an infix operation have one type that the operation takes (TIR0500 - TIR0505).
pub(super) fn binary(e: &Binary, report: &mut Report) {
    let (lhs, rhs) = (e.lhs.dtype(), e.rhs.dtype());
    let what = make::what(e.op).to_string();
    if lhs != rhs {
        return report.push(TypeErrorKind::Operands { what, lhs, rhs }.at(report.span));
    }
    let expected = match e.op {
        BinOp::And | BinOp::Or if !lhs.is_bool() => Expected::Bool,
        BinOp::FloorDiv | BinOp::FloorMod if !lhs.is_integer() => Expected::Integer,
        BinOp::Eq | BinOp::Ne if lhs.is_handle() => return,
        _ if !is_value(lhs) => Expected::Number,
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Mod if lhs.is_bool() => {
            return report.push(TypeErrorKind::BoolArithmetic { what }.at(report.span));
        }
        BinOp::Add
        | BinOp::Sub
        | BinOp::Mul
        | BinOp::Div
        | BinOp::Mod
        | BinOp::FloorDiv
        | BinOp::FloorMod
        | BinOp::Min
        | BinOp::Max
        | BinOp::Eq
        | BinOp::Ne
        | BinOp::Lt
        | BinOp::Le
        | BinOp::Gt
        | BinOp::Ge
        | BinOp::And
        | BinOp::Or => return,
    };
    report.push(operand(&what, expected, lhs, report.span));
}

/// Conditions are bools (TIR0502); those that decide what runs are scalars.
pub(super) fn condition(e: &PrimExpr, scalar: bool, report: &mut Report) {
    let expected = if scalar { Expected::ScalarBool } else { Expected::Bool };
    if !expected.accepts(e.dtype()) {
        report.push(operand("a condition", expected, e.dtype(), report.at(e)));
    }
}

/// Both values of a choice have one type, and the condition one lane or as many (TIR0500).
pub(super) fn select(e: &Select, report: &mut Report) {
    condition(&e.condition, false, report);
    let (lhs, rhs) = (e.true_value.dtype(), e.false_value.dtype());
    let what = "`T.Select`".to_string();
    if lhs != rhs {
        return report.push(TypeErrorKind::Operands { what, lhs, rhs }.at(report.span));
    }
    let chooser = e.condition.dtype();
    if !chooser.is_scalar() && chooser.with_lanes_of(lhs) != chooser {
        report.push(TypeErrorKind::Lanes { what, lhs: chooser, rhs: lhs }.at(report.span));
    }
}

/// An access has one index for each dimension (TIR0411), integers, of which only the last may be a
/// vector (TIR0429), and a predicate with its lanes (TIR0502).
pub(super) fn access(
    buffer: &Buffer,
    indices: &[PrimExpr],
    predicate: Option<&PrimExpr>,
    report: &mut Report,
) {
    if report.check(make::place(buffer, indices, report.span)).is_none() {
        return;
    }
    if let Some(predicate) = predicate {
        let expected = DType::BOOL.with_lanes_of(vector_access_dtype(buffer, indices));
        if predicate.dtype() != expected {
            let span = report.at(predicate);
            let expected = Expected::Type(expected);
            report.push(operand("the predicate", expected, predicate.dtype(), span));
        }
    }
}

/// Base and stride of a ramp are scalars of its element type (TIR0510, TIR0511).
pub(super) fn ramp(e: &Ramp, report: &mut Report) {
    lanes(e.dtype, report);
    let element = e.dtype.element();
    for part in [&e.base, &e.stride] {
        if part.dtype() != element || !is_value(element) {
            let expected = Expected::Type(element);
            report.push(operand("`T.Ramp`", expected, part.dtype(), report.at(part)));
        }
    }
}

/// The value of a broadcast is a scalar of its element type (TIR0510, TIR0511).
pub(super) fn broadcast(e: &Broadcast, report: &mut Report) {
    lanes(e.dtype, report);
    let element = e.dtype.element();
    if e.value.dtype() != element {
        let expected = Expected::Type(element);
        report.push(operand("`T.Broadcast`", expected, e.value.dtype(), report.span));
    }
}

fn lanes(dtype: DType, report: &mut Report) {
    if dtype.is_scalar() {
        report.push(TypeErrorKind::LaneCount(1).at(report.span));
    }
}

/// Shuffles pick lanes by constant numbers in range from vectors of one element type (TIR0511).
pub(super) fn shuffle(e: &Shuffle, report: &mut Report) {
    let built = make::shuffle(e.vectors.to_vec(), e.indices.to_vec(), report.span);
    let Some(built) = report.check(built) else { return };
    if built.dtype() != e.dtype {
        let expected = Expected::Type(built.dtype());
        report.push(operand("`T.Shuffle`", expected, e.dtype, report.span));
    }
}

/// A call of an op has the arguments and the type that the op's row asks for (TIR0502 - TIR0510).
pub(super) fn op_call(e: &Call, report: &mut Report) {
    let args: Vec<DType> = e.args.iter().map(PrimExpr::dtype).collect();
    let Some(found) = report.check(e.op.result_type(&args, Some(e.dtype), report.span)) else {
        return;
    };
    if found != e.dtype {
        let expected = Expected::Type(found);
        report.push(operand(&format!("`{}`", e.op), expected, e.dtype, report.span));
    }
    report.check(e.op.check_place(&e.args, report.span));
}

/// A stored value has the type of its place (TIR0605).
pub(super) fn store(s: &BufferStore, report: &mut Report) {
    access(&s.buffer, &s.indices, s.predicate.as_ref(), report);
    if s.indices.len() == s.buffer.rank() {
        let place = vector_access_dtype(&s.buffer, &s.indices);
        value_of(format_args!("the place in `{}`", s.buffer.name), place, &s.value, report);
    }
}

/// A value has the type of what it is given to (TIR0605).
pub(super) fn value_of(place: impl Display, dtype: DType, value: &PrimExpr, report: &mut Report) {
    let found = value.dtype();
    if found != dtype {
        let message = format!("{place} is of type `{dtype}`, the value of type `{found}`");
        report.push(
            Diagnostic::error(Code::VALUE_TYPE, report.at(value), message)
                .with_help(format!("convert the value: `T.Cast(\"{dtype}\", x)`")),
        );
    }
}

/// A value is an integer of the type of what it is given to (TIR0429, TIR0605).
pub(super) fn integer_of(place: Arguments, dtype: DType, value: &PrimExpr, report: &mut Report) {
    if integer(place, value, report) {
        value_of(place, dtype, value, report);
    }
}

/// A value is a scalar integer (TIR0429).
pub(super) fn integer(what: impl Display, value: &PrimExpr, report: &mut Report) -> bool {
    let dtype = value.dtype();
    let is_integer = dtype.is_integer() && dtype.is_scalar();
    if !is_integer {
        let message = format!("{what} is of type `{dtype}`, no integer");
        report.push(
            Diagnostic::error(Code::INDEX_TYPE, report.at(value), message)
                .with_help("convert it: `T.Cast(\"int32\", x)`"),
        );
    }
    is_integer
}
