//! Calls of ops, and choices.

use super::arith::{abs, bool_like, expect, is_finite, is_inf};
use super::fold::fold_bits;
use super::literal::{Operand, adapt, literal};
use super::promote::{self, match_types};
use super::{Expected, TypeError, TypeErrorKind, cast};
use crate::dtype::DType;
use crate::expr::{PrimExpr, Select};
use crate::op::{Op, TypeRule};
use crate::scalar::Scalar;
use crate::span::Span;
use std::sync::Arc;

/// A call of `op`, with the promotions of its type rule. `given` is the type that the script
/// tells, for ops that are told one.
///
/// Some ops are not calls in the end: `T.floor` of an integer is that integer, `T.abs` of one is a
/// select, `T.likely` of a literal is the literal, and `T.isinf` is written out.
pub fn call<A: Into<Operand>>(
    op: Op,
    args: impl IntoIterator<Item = A>,
    given: Option<DType>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let args: Vec<Operand> = args.into_iter().map(Into::into).collect();
    if !op.info().arity.accepts(args.len()) {
        return Err(TypeErrorKind::Arity { op, found: args.len() }.at(span));
    }
    let args = match op.info().rule {
        TypeRule::Bits | TypeRule::Shift => return bits(op, args, span),
        TypeRule::Float | TypeRule::WideFloat | TypeRule::Update | TypeRule::IntegerUpdate => {
            adapt_all(args, span)?
        }
        TypeRule::FloatAndInt32
        | TypeRule::PromotedFloat
        | TypeRule::Rounding
        | TypeRule::FloatToBool
        | TypeRule::Integer
        | TypeRule::IntegerToInt32
        | TypeRule::IfThenElse
        | TypeRule::Same
        | TypeRule::Condition
        | TypeRule::PointerToBool
        | TypeRule::AddressOf
        | TypeRule::FixedPoint
        | TypeRule::Reinterpret
        | TypeRule::VectorHalf
        | TypeRule::VectorJoin
        | TypeRule::LargeUInt
        | TypeRule::Undefined
        | TypeRule::Statement => literals(args, span)?,
    };
    typed_call(op, args, given, span)
}

fn typed_call(
    op: Op,
    args: Vec<PrimExpr>,
    given: Option<DType>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    match (op, &args[..]) {
        (Op::Fabs, [x]) => abs(x, span),
        (Op::IsNan, [x]) => is_nan(x.clone(), span),
        (Op::IsInf, [x]) if x.dtype().is_integer() => bool_like(false, x.dtype(), span),
        (Op::IsInf, [x]) => {
            expect("`T.isinf`", Expected::Float, x, span)?;
            is_inf(x.clone(), span)
        }
        (Op::IsFinite, [x]) if x.dtype().is_integer() => bool_like(true, x.dtype(), span),
        (Op::IsFinite, [x]) => {
            expect("`T.isfinite`", Expected::Float, x, span)?;
            is_finite(x.clone(), span)
        }
        (Op::IfThenElse, [condition, true_value, false_value]) => {
            if_then_else(condition, true_value, false_value, span)
        }
        (Op::Likely, [x]) if x.as_int().is_some() => Ok(x.clone()),
        (Op::Pow, [x, y]) => {
            let (x, y) = match_types("`T.pow`", x.clone(), y.clone(), span)?;
            plain_call(op, vec![x, y], given, span)
        }
        (Op::Reinterpret, [x]) if given == Some(x.dtype()) => Ok(x.clone()),
        (_, [x]) if op.info().rule == TypeRule::Rounding => {
            match x.dtype().is_float() || x.dtype().is_handle() || x.dtype().is_void() {
                true => float_call(op, x.clone(), span),
                false => Ok(x.clone()),
            }
        }
        _ => plain_call(op, args, given, span),
    }
}

/// The call as it stands, if its types are right.
fn plain_call(
    op: Op,
    args: Vec<PrimExpr>,
    given: Option<DType>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    op.check_place(&args, span)?;
    let dtypes: Vec<DType> = args.iter().map(PrimExpr::dtype).collect();
    let dtype = op.result_type(&dtypes, given, span)?;
    Ok(PrimExpr::call(op, args, dtype, span))
}

fn literals(args: Vec<Operand>, span: Span) -> Result<Vec<PrimExpr>, TypeError> {
    args.into_iter().map(|arg| literal(arg, span)).collect()
}

/// Literals take the type of the first argument that is an expression.
fn adapt_all(args: Vec<Operand>, span: Span) -> Result<Vec<PrimExpr>, TypeError> {
    let anchor = args.iter().find_map(|arg| match arg {
        Operand::Expr(expr) => Some(expr.dtype()),
        Operand::Bool(_) | Operand::Int(_) | Operand::Float(_) => None,
    });
    let Some(anchor) = anchor else { return literals(args, span) };
    let adapt_one = |arg| match arg {
        Operand::Expr(expr) => Ok(expr),
        arg => cast(anchor, adapt(arg, anchor, span)?, span),
    };
    args.into_iter().map(adapt_one).collect()
}

/// Shifts and bitwise operations: a plain integer takes the other side's type.
fn bits(op: Op, args: Vec<Operand>, span: Span) -> Result<PrimExpr, TypeError> {
    let expected = match op.info().rule {
        TypeRule::Shift => Expected::Integer,
        _ => Expected::IntegerOrBool,
    };
    let mut args = args.into_iter();
    let what = format!("`{op}`");
    let (lhs, rhs) = match (args.next(), args.next()) {
        (Some(lhs), Some(rhs)) => match (lhs, rhs) {
            (Operand::Expr(lhs), Operand::Int(rhs)) => {
                let rhs = adapt(Operand::Int(rhs), lhs.dtype(), span)?;
                (lhs, rhs)
            }
            (Operand::Int(lhs), Operand::Expr(rhs)) => {
                (adapt(Operand::Int(lhs), rhs.dtype(), span)?, rhs)
            }
            (lhs, rhs) => (literal(lhs, span)?, literal(rhs, span)?),
        },
        (only, _) => {
            let args = only.into_iter().map(|x| literal(x, span)).collect::<Result<_, _>>()?;
            return plain_call(op, args, None, span);
        }
    };
    expect(&what, expected, &lhs, span)?;
    expect(&what, expected, &rhs, span)?;
    let (lhs, rhs) = match_types(&what, lhs, rhs, span)?;
    match fold_bits(op, &lhs, &rhs) {
        Some(folded) => Ok(folded),
        None => plain_call(op, vec![lhs, rhs], None, span),
    }
}

/// A call of an exact function of one float; computed at once on a literal.
pub(super) fn float_call(op: Op, value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    if let Some(x) = Scalar::from_literal(&value)
        && let Some(result) = op.eval(x.dtype(), &[x])
        && !result.value.is_nan()
        && let Some(folded) = result.value.to_literal()
    {
        return Ok(folded);
    }
    plain_call(op, vec![value], None, span)
}

/// `T.isnan(value)`: false for integers; 16-bit floats are converted to `float32`.
pub(super) fn is_nan(value: PrimExpr, span: Span) -> Result<PrimExpr, TypeError> {
    let dtype = value.dtype();
    if dtype.is_integer() {
        return bool_like(false, dtype, span);
    }
    if let Some(x) = Scalar::from_literal(&value).filter(|_| dtype.is_float()) {
        return bool_like(x.is_nan(), dtype, span);
    }
    if dtype.is_float() && dtype.bits() == 16 {
        let value = cast(DType::FLOAT32.with_lanes_of(dtype), value, span)?;
        return plain_call(Op::IsNan, vec![value], None, span);
    }
    plain_call(Op::IsNan, vec![value], None, span)
}

/// `T.if_then_else(condition, true_value, false_value)`: the values are promoted, and one of them
/// is taken at once where the condition is a literal.
pub fn if_then_else(
    condition: impl Into<Operand>,
    true_value: impl Into<Operand>,
    false_value: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let what = "`T.if_then_else`";
    let condition = literal(condition, span)?;
    expect(what, Expected::ScalarBool, &condition, span)?;
    let (true_value, false_value) = promote::literals(true_value.into(), false_value.into(), span)?;
    let (true_value, false_value) = match_types(what, true_value, false_value, span)?;
    match condition.as_int() {
        Some(0) => Ok(false_value),
        Some(_) => Ok(true_value),
        None => plain_call(Op::IfThenElse, vec![condition, true_value, false_value], None, span),
    }
}

/// `T.Select(condition, true_value, false_value)`: nothing is converted, nothing is folded.
pub fn select(
    condition: impl Into<Operand>,
    true_value: impl Into<Operand>,
    false_value: impl Into<Operand>,
    span: Span,
) -> Result<PrimExpr, TypeError> {
    let what = "`T.Select`";
    let condition = literal(condition, span)?;
    expect(what, Expected::Bool, &condition, span)?;
    let (true_value, false_value) = (literal(true_value, span)?, literal(false_value, span)?);
    let (lhs, rhs) = (true_value.dtype(), false_value.dtype());
    if lhs != rhs {
        return Err(TypeErrorKind::Operands { what: what.into(), lhs, rhs }.at(span));
    }
    let lanes = condition.dtype();
    if !lanes.is_scalar() && lanes.with_lanes_of(lhs) != lanes {
        return Err(TypeErrorKind::Lanes { what: what.into(), lhs: lanes, rhs: lhs }.at(span));
    }
    Ok(PrimExpr::Select(Arc::new(Select { condition, true_value, false_value, span })))
}
