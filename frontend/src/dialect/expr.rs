//! Operators on values of the IR.

use super::convert::{self, expected, expr};
use crate::ast::{BoolOperator, CmpOperator, Operator, UnaryOperator};
use crate::host::{HostError, Result, Value};
use tirade_ir::Op;
use tirade_ir::diag::Diagnostic;
use tirade_ir::dtype::DType;
use tirade_ir::expr::{BinOp, PrimExpr};
use tirade_ir::make::{self, Operand};
use tirade_ir::op::TypeError;
use tirade_ir::span::Span;

/// The error of the constructors as one of the evaluator.
pub(super) fn type_error(error: TypeError) -> HostError {
    HostError::diagnostic(Diagnostic::from(error))
}

/// A value as an operand: literals of the script take part in typing as such.
pub(super) fn operand(value: &Value, span: Span) -> Result<Operand> {
    Ok(match value {
        Value::Bool(v) => Operand::Bool(*v),
        Value::Int(v) => Operand::Int((*v).into()),
        Value::Float(v) => Operand::Float(v.value),
        Value::BigInt(v) => match i128::try_from(&**v) {
            Ok(v) => Operand::Int(v),
            Err(_) => Operand::Expr(expr(value, span)?),
        },
        other => Operand::Expr(expr(other, span)?),
    })
}

/// `lhs op rhs`.
pub(super) fn binary(op: Operator, lhs: &Value, rhs: &Value, span: Span) -> Result<Value> {
    let (a, b) = (operand(lhs, span)?, operand(rhs, span)?);
    let result = match op {
        Operator::Add => make::binary(BinOp::Add, a, b, span),
        Operator::Sub => make::binary(BinOp::Sub, a, b, span),
        Operator::Mul => make::binary(BinOp::Mul, a, b, span),
        Operator::Div => make::div(a, b, span),
        Operator::FloorDiv => make::binary(BinOp::FloorDiv, a, b, span),
        Operator::Mod => make::binary(BinOp::FloorMod, a, b, span),
        Operator::LShift => make::call(Op::ShiftLeft, [a, b], None, span),
        Operator::RShift => make::call(Op::ShiftRight, [a, b], None, span),
        Operator::BitAnd => make::call(Op::BitwiseAnd, [a, b], None, span),
        Operator::BitOr => make::call(Op::BitwiseOr, [a, b], None, span),
        Operator::BitXor => make::call(Op::BitwiseXor, [a, b], None, span),
        Operator::Pow | Operator::MatMul => {
            let message = format!("`{}` is not defined for expressions of the IR", op.as_str());
            let error = HostError::new(tirade_ir::diag::Code::UNSUPPORTED, span, message);
            return Err(match op {
                Operator::Pow => error.with_help("write `T.pow(x, y)`, or multiply"),
                _ => error,
            });
        }
    };
    result.map(Value::Expr).map_err(type_error)
}

/// `op value`.
pub(super) fn unary(op: UnaryOperator, value: &Value, span: Span) -> Result<Value> {
    let result = match op {
        UnaryOperator::Pos => return expr(value, span).map(Value::Expr),
        UnaryOperator::Neg => make::neg(operand(value, span)?, span),
        UnaryOperator::Invert => make::call(Op::BitwiseNot, [operand(value, span)?], None, span),
        UnaryOperator::Not => make::not(operand(value, span)?, span),
    };
    result.map(Value::Expr).map_err(type_error)
}

/// `lhs op rhs` for comparisons.
pub(super) fn compare(op: CmpOperator, lhs: &Value, rhs: &Value, span: Span) -> Result<Value> {
    let op = match op {
        CmpOperator::Lt => BinOp::Lt,
        CmpOperator::Le => BinOp::Le,
        CmpOperator::Gt => BinOp::Gt,
        CmpOperator::Ge => BinOp::Ge,
        CmpOperator::Eq => BinOp::Eq,
        CmpOperator::Ne => BinOp::Ne,
        CmpOperator::Is | CmpOperator::IsNot | CmpOperator::In | CmpOperator::NotIn => {
            return Err(expected("a value that is known when the script is read", lhs, span));
        }
    };
    make_binary(op, lhs, rhs, span).map(Value::Expr)
}

/// `lhs and rhs`, `lhs or rhs`.
pub(super) fn bool_op(op: BoolOperator, lhs: &Value, rhs: &Value, span: Span) -> Result<Value> {
    let op = match op {
        BoolOperator::And => BinOp::And,
        BoolOperator::Or => BinOp::Or,
    };
    make_binary(op, lhs, rhs, span).map(Value::Expr)
}

/// An infix node with promotion and folding.
pub(super) fn make_binary(op: BinOp, lhs: &Value, rhs: &Value, span: Span) -> Result<PrimExpr> {
    let (a, b) = (operand(lhs, span)?, operand(rhs, span)?);
    make::binary(op, a, b, span).map_err(type_error)
}

/// `body if test else orelse`, where `test` is IR.
pub(super) fn if_exp(test: &Value, body: &Value, orelse: &Value, span: Span) -> Result<Value> {
    let args = [operand(test, span)?, operand(body, span)?, operand(orelse, span)?];
    make::call(Op::IfThenElse, args, None, span).map(Value::Expr).map_err(type_error)
}

/// A condition: a bool, or an integer that counts as true where it is not 0.
pub(super) fn condition(value: &Value, span: Span) -> Result<PrimExpr> {
    let e = expr(value, span)?;
    if e.dtype().is_bool() {
        return Ok(e);
    }
    if e.dtype().is_integer() && e.dtype().is_scalar() {
        return convert_to(e, DType::BOOL, span);
    }
    let message = format!("a condition is a bool, but this is {}", e.dtype());
    Err(HostError::new(tirade_ir::diag::Code::ARGUMENT_TYPE, span, message))
}

/// `value` cast to `dtype`; literals are folded.
pub(super) fn convert_to(value: PrimExpr, dtype: DType, span: Span) -> Result<PrimExpr> {
    make::cast(dtype, value, span).map_err(type_error)
}

/// Functions of Python on values of the IR.
pub(super) fn builtin(name: &str, args: &[crate::host::Arg], span: Span) -> Result<Option<Value>> {
    let operands = || args.iter().map(|a| operand(&a.value, a.span)).collect::<Result<Vec<_>>>();
    let dtype = match (name, args.len()) {
        ("int", 1) => DType::INT32,
        ("float", 1) => DType::FLOAT32,
        ("bool", 1) => DType::BOOL,
        ("abs", 1) => {
            return abs(&args[0].value, span).map(Some);
        }
        ("min" | "max", 2..) => {
            let op = if name == "min" { BinOp::Min } else { BinOp::Max };
            let mut operands = operands()?.into_iter();
            let Some(mut result) = operands.next() else { return Ok(None) };
            for next in operands {
                let folded = make::binary(op, result, next, span).map_err(type_error)?;
                result = Operand::Expr(folded);
            }
            return match result {
                Operand::Expr(e) => Ok(Some(Value::Expr(e))),
                _ => Ok(None),
            };
        }
        ("round", 1) => {
            let call = make::call(Op::Round, operands()?, None, span);
            return call.map(|e| Some(Value::Expr(e))).map_err(type_error);
        }
        ("pow", 2) => {
            let call = make::call(Op::Pow, operands()?, None, span);
            return call.map(|e| Some(Value::Expr(e))).map_err(type_error);
        }
        _ => return Ok(None),
    };
    let value = convert::arg_expr(&args[0])?;
    convert_to(value, dtype, span).map(|e| Some(Value::Expr(e)))
}

/// The absolute value: a select for integers.
pub(super) fn abs(value: &Value, span: Span) -> Result<Value> {
    make::abs(operand(value, span)?, span).map(Value::Expr).map_err(type_error)
}
