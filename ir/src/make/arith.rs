//! Arithmetic, comparison and logic.

use super::fold::fold_binary;
use super::literal::{Operand, adapt, literal, typed_literal};
use super::promote::{literals, match_lanes, match_types};
use super::{Expected, TypeError, TypeErrorKind, call};
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr};
use crate::op::Op;
use crate::scalar::Scalar;
use crate::span::Span;
use crate::subst::copy_with_fresh_binders;

/// `lhs op rhs`, with the promotions of `op`.
///
/// [`BinOp::Div`] is `T.truncdiv` on integers; see [`div`] for the operator `/`.
pub fn binary(
    op: BinOp,
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let (lhs, rhs) = (lhs.into(), rhs.into());
    match op {
        BinOp::And | BinOp::Or => logical(op, lhs, rhs, span),
        BinOp::Eq | BinOp::Ne => equality(op, lhs, rhs, span),
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => order(op, lhs, rhs, span),
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Mod => {
            let (lhs, rhs) = literals(lhs, rhs, span)?;
            let (lhs, rhs) = match_numbers(op, lhs, rhs, span)?;
            if lhs.dtype().is_bool() {
                return Err(TypeErrorKind::BoolArithmetic { what: what(op).into() }.at(span));
            }
            Ok(folded(op, lhs, rhs, span))
        }
        BinOp::FloorDiv | BinOp::FloorMod => {
            let (lhs, rhs) = integers(what(op), lhs, rhs, span)?;
            Ok(folded(op, lhs, rhs, span))
        }
        BinOp::Min | BinOp::Max => {
            let (lhs, rhs) = literals(lhs, rhs, span)?;
            let (lhs, rhs) = match_numbers(op, lhs, rhs, span)?;
            Ok(folded(op, lhs, rhs, span))
        }
    }
}

/// How errors name an operator.
pub(crate) fn what(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "`+`",
        BinOp::Sub => "`-`",
        BinOp::Mul => "`*`",
        BinOp::Div => "`/`",
        BinOp::Mod => "`T.truncmod`",
        BinOp::FloorDiv => "`//`",
        BinOp::FloorMod => "`%`",
        BinOp::Min => "`T.min`",
        BinOp::Max => "`T.max`",
        BinOp::Eq => "`==`",
        BinOp::Ne => "`!=`",
        BinOp::Lt => "`<`",
        BinOp::Le => "`<=`",
        BinOp::Gt => "`>`",
        BinOp::Ge => "`>=`",
        BinOp::And => "`and`",
        BinOp::Or => "`or`",
    }
}

fn folded(op: BinOp, lhs: PrimExpr, rhs: PrimExpr, span: Span) -> PrimExpr {
    fold_binary(op, &lhs, &rhs).unwrap_or_else(|| PrimExpr::binary(op, lhs, rhs, span))
}

/// Numbers or bools, converted to a common type.
fn match_numbers(
    op: BinOp,
    lhs: PrimExpr,
    rhs: PrimExpr,
    span: Span,
) -> Result<(PrimExpr, PrimExpr), TypeError> {
    for found in [lhs.dtype(), rhs.dtype()] {
        if found.is_handle() || found.is_void() {
            let (what, expected) = (what(op).into(), Expected::Number);
            return Err(TypeErrorKind::Operand { what, expected, found }.at(span));
        }
    }
    match_types(what(op), lhs, rhs, span)
}

/// Integers, converted to a common type.
fn integers(
    what: &str,
    lhs: Operand,
    rhs: Operand,
    span: Span,
) -> Result<(PrimExpr, PrimExpr), TypeError> {
    let (lhs, rhs) = literals(lhs, rhs, span)?;
    for side in [&lhs, &rhs] {
        expect(what, Expected::Integer, side, span)?;
    }
    match_types(what, lhs, rhs, span)
}

pub(super) fn expect(
    what: &str,
    expected: Expected,
    value: &PrimExpr,
    span: Span,
) -> Result<(), TypeError> {
    let found = value.dtype();
    match expected.accepts(found) {
        true => Ok(()),
        false => {
            Err(TypeErrorKind::Operand { what: what.into(), expected, found }
                .at(value.span().or(span)))
        }
    }
}

/// Literals take the other side's type; nothing else is converted, and nothing is folded.
fn equality(op: BinOp, lhs: Operand, rhs: Operand, span: Span) -> Result<PrimExpr, TypeError> {
    let (lhs, rhs) = match (lhs, rhs) {
        (Operand::Expr(lhs), rhs) => (lhs.clone(), adapt(rhs, lhs.dtype(), span)?),
        (lhs, Operand::Expr(rhs)) => (adapt(lhs, rhs.dtype(), span)?, rhs),
        (lhs, rhs) => match_types(what(op), literal(lhs, span)?, literal(rhs, span)?, span)?,
    };
    compare(op, lhs, rhs, span)
}

/// A literal on the left takes the other side's type; everything else is promoted.
fn order(op: BinOp, lhs: Operand, rhs: Operand, span: Span) -> Result<PrimExpr, TypeError> {
    if let (Operand::Bool(_) | Operand::Int(_) | Operand::Float(_), Operand::Expr(rhs)) =
        (&lhs, &rhs)
    {
        let lhs = adapt(lhs, rhs.dtype(), span)?;
        return compare(op, lhs, rhs.clone(), span);
    }
    let (lhs, rhs) = literals(lhs, rhs, span)?;
    let (lhs, rhs) = match_numbers(op, lhs, rhs, span)?;
    Ok(folded(op, lhs, rhs, span))
}

/// A comparison of operands that must have one element type.
fn compare(op: BinOp, lhs: PrimExpr, rhs: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    let (left, right) = (lhs.dtype(), rhs.dtype());
    if left.element() != right.element() {
        let what = what(op).into();
        return Err(TypeErrorKind::Operands { what, lhs: left, rhs: right }.at(span));
    }
    if left.is_handle() || left.is_void() {
        let (what, expected) = (what(op).into(), Expected::Number);
        return Err(TypeErrorKind::Operand { what, expected, found: left }.at(span));
    }
    let (lhs, rhs) = match_lanes(what(op), lhs, rhs, span)?;
    Ok(PrimExpr::binary(op, lhs, rhs, span))
}

/// `and`, `or`: nodes for scalars, bit by bit for vectors. A plain bool on the left that decides is
/// the result.
fn logical(op: BinOp, lhs: Operand, rhs: Operand, span: Span) -> Result<PrimExpr, TypeError> {
    if let Operand::Bool(decided) = lhs
        && decided == (op == BinOp::Or)
    {
        return Ok(PrimExpr::bool(decided));
    }
    let (lhs, rhs) = (literal(lhs, span)?, literal(rhs, span)?);
    for side in [&lhs, &rhs] {
        expect(what(op), Expected::Bool, side, span)?;
    }
    if lhs.dtype().is_scalar() && rhs.dtype().is_scalar() {
        return Ok(PrimExpr::binary(op, lhs, rhs, span));
    }
    let bits = if op == BinOp::And { Op::BitwiseAnd } else { Op::BitwiseOr };
    call(bits, [lhs, rhs], None, span)
}

/// `lhs + rhs`
pub fn add(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::Add, lhs, rhs, span)
}

/// `lhs - rhs`
pub fn sub(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::Sub, lhs, rhs, span)
}

/// `lhs * rhs`
pub fn mul(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::Mul, lhs, rhs, span)
}

/// `lhs / rhs`, which is an error on integers.
pub fn div(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let (lhs, rhs) = (literal(lhs, span)?, literal(rhs, span)?);
    if !lhs.dtype().is_float() && !rhs.dtype().is_float() {
        match_numbers(BinOp::Div, lhs, rhs, span)?;
        return Err(TypeErrorKind::IntegerDivision.at(span));
    }
    binary(BinOp::Div, lhs, rhs, span)
}

/// `T.truncdiv(lhs, rhs)`, which takes integers only.
pub fn truncdiv(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let (lhs, rhs) = integers("`T.truncdiv`", lhs.into(), rhs.into(), span)?;
    Ok(folded(BinOp::Div, lhs, rhs, span))
}

/// `lhs // rhs`
pub fn floordiv(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::FloorDiv, lhs, rhs, span)
}

/// `lhs % rhs`
pub fn floormod(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::FloorMod, lhs, rhs, span)
}

/// `T.min(lhs, rhs)`
pub fn min(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::Min, lhs, rhs, span)
}

/// `T.max(lhs, rhs)`
pub fn max(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    binary(BinOp::Max, lhs, rhs, span)
}

/// The quotient rounded up.
///
/// For a divisor that is positive by its form this is `(lhs + rhs - 1) // rhs`, as TVM writes it;
/// for others, where that is wrong, `0 - (0 - lhs) // rhs`.
pub fn ceildiv(
    lhs: impl Into<Operand>,
    rhs: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let (lhs, rhs) = integers("`T.ceildiv`", lhs.into(), rhs.into(), span)?;
    let constant = |value| typed_literal(lhs.dtype(), value, span);
    if is_positive(&rhs) {
        let sum = sub(add(&lhs, &rhs, span)?, constant(1)?, span)?;
        return floordiv(sum, rhs, span);
    }
    let negated = sub(constant(0)?, &lhs, span)?;
    sub(constant(0)?, floordiv(negated, rhs, span)?, span)
}

/// True if the expression can be seen to be positive without knowing its variables.
fn is_positive(expr: &PrimExpr) -> bool {
    match expr {
        PrimExpr::Binary(e) if matches!(e.op, BinOp::Add | BinOp::Mul) => {
            is_positive(&e.lhs) && is_positive(&e.rhs)
        }
        PrimExpr::Broadcast(e) => is_positive(&e.value),
        // `vscale`, the only other thing that stands for a size by itself.
        PrimExpr::CallFunc(e) => e.args.is_empty(),
        _ => expr.dtype().is_uint() || expr.as_int().is_some_and(|value| value > 0),
    }
}

/// `-value`, which is `value * -1`.
pub fn neg(value: impl Into<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    let value = literal(value, span)?;
    let dtype = value.dtype();
    if dtype.is_uint() || dtype.is_bool() {
        return Err(TypeErrorKind::Negation(dtype).at(span));
    }
    expect("`-`", Expected::Number, &value, span)?;
    let minus_one = typed_literal(dtype, -1, span)?;
    mul(value, minus_one, span)
}

/// `not value`
pub fn not(value: impl Into<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    let value = literal(value, span)?;
    expect("`not`", Expected::Bool, &value, span)?;
    Ok(PrimExpr::logical_not(value, span))
}

/// `~value`
pub fn bit_not(value: impl Into<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    call(Op::BitwiseNot, [value.into()], None, span)
}

/// `T.abs(value)`: a call for floats, `T.Select(value >= 0, value, 0 - value)` for signed
/// integers, the value itself for unsigned ones.
pub fn abs(value: impl Into<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    let value = literal(value, span)?;
    let dtype = value.dtype();
    if dtype.is_uint() {
        return Ok(value);
    }
    if !dtype.is_int() {
        return call::float_call(Op::Fabs, value, span);
    }
    let zero = || typed_literal(dtype, 0, span);
    let negated = sub(zero()?, copy_with_fresh_binders(&value), span)?;
    if let Some(number) = value.as_int()
        && negated.as_int().is_some()
    {
        return Ok(if number < 0 { negated } else { value });
    }
    let is_positive = binary(BinOp::Ge, copy_with_fresh_binders(&value), zero()?, span)?;
    call::select(is_positive, value, negated, span)
}

/// `T.isinf(value)`, written out as TVM does: `T.fabs(value) == inf and not T.isnan(value)`.
pub(super) fn is_inf(value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    let dtype = value.dtype();
    if let Some(number) = Scalar::from_literal(&value) {
        return bool_like(number.to_f64().is_infinite(), dtype, span);
    }
    let infinity = typed_literal(dtype, f64::INFINITY, span)?;
    let is_infinite =
        binary(BinOp::Eq, abs(copy_with_fresh_binders(&value), span)?, infinity, span)?;
    let is_number = not(call::is_nan(value, span)?, span)?;
    binary(BinOp::And, is_infinite, is_number, span)
}

/// `T.isfinite(value)`, written out as TVM does: neither infinite nor a NaN.
pub(super) fn is_finite(value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    if let Some(number) = Scalar::from_literal(&value) {
        return bool_like(number.to_f64().is_finite(), value.dtype(), span);
    }
    let is_finite = not(is_inf(copy_with_fresh_binders(&value), span)?, span)?;
    binary(BinOp::And, is_finite, not(call::is_nan(value, span)?, span)?, span)
}

/// A bool literal with the lanes of `like`.
pub(super) fn bool_like(value: bool, like: DType, span: Span) -> Result<PrimExpr, TypeError> {
    typed_literal(DType::BOOL.with_lanes_of(like), value, span)
}
