//! Arithmetic on Python's numbers: bools, ints without limit, floats.

use super::error::{HostError, Result};
use super::exceptions::ExcKind;
use super::limits::Budget;
use super::value::{Float, Value};
use crate::ast::{Operator, UnaryOperator};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// `lhs op rhs`; `None` if the two are not both numbers, or the operator is not theirs.
pub fn binary(
    budget: &mut Budget,
    op: Operator,
    lhs: &Value,
    rhs: &Value,
) -> Result<Option<Value>> {
    match (lhs, rhs) {
        (Value::Int(a), Value::Int(b)) => int_binary(budget, op, *a, *b),
        (Value::Bool(a), Value::Bool(b)) => match op {
            Operator::BitAnd => Ok(Some(Value::Bool(a & b))),
            Operator::BitOr => Ok(Some(Value::Bool(a | b))),
            Operator::BitXor => Ok(Some(Value::Bool(a ^ b))),
            _ => int_binary(budget, op, i64::from(*a), i64::from(*b)),
        },
        _ if is_bitwise(op) && !(lhs.is_int() && rhs.is_int()) => Ok(None),
        (Value::Float(a), Value::Float(b)) => float_binary(op, a.value, b.value),
        (Value::Float(a), _) if rhs.is_int() => float_binary(op, a.value, to_f64(rhs)?),
        (_, Value::Float(b)) if lhs.is_int() => float_binary(op, to_f64(lhs)?, b.value),
        _ => match (lhs.as_int(), rhs.as_int()) {
            (Some(a), Some(b)) => int_binary(budget, op, a, b),
            _ => match (lhs.as_bigint(), rhs.as_bigint()) {
                (Some(a), Some(b)) => big_binary(budget, op, &a, &b),
                _ => Ok(None),
            },
        },
    }
}

/// Operators that floats do not have.
fn is_bitwise(op: Operator) -> bool {
    match op {
        Operator::LShift
        | Operator::RShift
        | Operator::BitAnd
        | Operator::BitOr
        | Operator::BitXor
        | Operator::MatMul => true,
        Operator::Add
        | Operator::Sub
        | Operator::Mul
        | Operator::Div
        | Operator::FloorDiv
        | Operator::Mod
        | Operator::Pow => false,
    }
}

fn int_binary(budget: &mut Budget, op: Operator, a: i64, b: i64) -> Result<Option<Value>> {
    let small = match op {
        Operator::Add => a.checked_add(b),
        Operator::Sub => a.checked_sub(b),
        Operator::Mul => a.checked_mul(b),
        Operator::FloorDiv if b != 0 => a.checked_div(b).map(|q| q - floor_fix(a, b)),
        Operator::Mod if b != 0 => {
            a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r })
        }
        Operator::BitAnd => Some(a & b),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        Operator::RShift if b >= 0 => Some(a >> b.min(63)),
        Operator::LShift if (0..63).contains(&b) => {
            Some(a << b).filter(|shifted| shifted >> b == a)
        }
        Operator::Pow if (0..=i64::from(u32::MAX)).contains(&b) => a.checked_pow(b as u32),
        Operator::Div if exact_f64(a) && exact_f64(b) && b != 0 => {
            return Ok(Some(Value::float(a as f64 / b as f64)));
        }
        _ => None,
    };
    match small {
        Some(value) => Ok(Some(Value::Int(value))),
        None => big_binary(budget, op, &BigInt::from(a), &BigInt::from(b)),
    }
}

/// 1 where truncated division must be corrected downwards.
fn floor_fix(a: i64, b: i64) -> i64 {
    i64::from(a % b != 0 && (a < 0) != (b < 0))
}

fn exact_f64(value: i64) -> bool {
    value.unsigned_abs() <= 1 << 53
}

fn big_binary(budget: &mut Budget, op: Operator, a: &BigInt, b: &BigInt) -> Result<Option<Value>> {
    let size = a.bits().max(b.bits());
    let (m, n) = (a.bits() / 64 + 1, b.bits() / 64 + 1);
    budget.step(match op {
        Operator::Mul | Operator::FloorDiv | Operator::Mod | Operator::Div => 1 + m * n / 64,
        _ => 1 + (m + n) / 16,
    })?;
    let value = match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mul => {
            budget.check_int_bits(a.bits() + b.bits())?;
            a * b
        }
        Operator::Div => return true_divide(a, b).map(Value::float).map(Some),
        Operator::FloorDiv => floor_divmod(a, b)?.0,
        Operator::Mod if b.is_zero() => return Err(zero_division("integer modulo by zero")),
        Operator::Mod => floor_divmod(a, b)?.1,
        Operator::Pow => return big_pow(budget, a, b).map(Some),
        Operator::MatMul => return Ok(None),
        Operator::LShift => {
            let count = shift_count(b)?;
            if a.is_zero() {
                return Ok(Some(Value::Int(0)));
            }
            budget.check_int_bits(size.saturating_add(count))?;
            a << count
        }
        Operator::RShift => a >> shift_count(b)?.min(a.bits() + 1),
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
    };
    budget.check_int_bits(value.bits())?;
    Ok(Some(Value::int(value)))
}

fn shift_count(count: &BigInt) -> Result<u64> {
    match count.sign() {
        Sign::Minus => Err(HostError::value_error("negative shift count")),
        _ => Ok(count.to_u64().unwrap_or(u64::MAX)),
    }
}

fn big_pow(budget: &mut Budget, base: &BigInt, exponent: &BigInt) -> Result<Value> {
    if exponent.is_negative() {
        let (base, exponent) = (big_to_f64(base)?, big_to_f64(exponent)?);
        return float_binary(Operator::Pow, base, exponent).map(|v| v.expect("floats have **"));
    }
    if base.bits() <= 1 {
        let odd = exponent.bit(0);
        return Ok(match base.to_i64().expect("one bit") {
            0 => Value::Int(i64::from(exponent.is_zero())),
            -1 if odd => Value::Int(-1),
            _ => Value::Int(1),
        });
    }
    let exponent = exponent.to_u64().unwrap_or(u64::MAX);
    budget.check_int_bits((base.bits() - 1).saturating_mul(exponent))?;
    let n_words = base.bits() * exponent / 64 + 1;
    budget.step(n_words * n_words / 64)?;
    let exponent = u32::try_from(exponent).unwrap_or(u32::MAX);
    Ok(Value::int(base.pow(exponent)))
}

/// Quotient toward minus infinity and remainder with the sign of the divisor.
pub fn floor_divmod(a: &BigInt, b: &BigInt) -> Result<(BigInt, BigInt)> {
    if b.is_zero() {
        return Err(zero_division("integer division or modulo by zero"));
    }
    let (quotient, remainder) = (a / b, a % b);
    match !remainder.is_zero() && remainder.is_negative() != b.is_negative() {
        true => Ok((quotient - 1, remainder + b)),
        false => Ok((quotient, remainder)),
    }
}

/// `a / b`, rounded once.
fn true_divide(a: &BigInt, b: &BigInt) -> Result<f64> {
    if b.is_zero() {
        return Err(zero_division("division by zero"));
    }
    let negative = a.is_negative() != b.is_negative();
    let (a, b) = (a.abs(), b.abs());
    // A quotient of at least 66 bits, whose last bit also stands for all that follow.
    let shift = (b.bits() as i64 + 66 - a.bits() as i64).max(0);
    let (numerator, denominator) = (a << shift as u64, b);
    let mut quotient = &numerator / &denominator;
    if !(numerator % denominator).is_zero() {
        quotient |= BigInt::from(1);
    }
    let value = scale(&quotient, -shift);
    match value.is_infinite() {
        true => Err(overflow("integer division result too large for a float")),
        false => Ok(if negative { -value } else { value }),
    }
}

/// `mantissa * 2**exponent`, rounded once to the nearest float.
fn scale(mantissa: &BigInt, exponent: i64) -> f64 {
    if mantissa.is_zero() {
        return 0.0;
    }
    let top = mantissa.bits() as i64 + exponent;
    // The last place that the float keeps: 53 bits, fewer for subnormal numbers.
    let last = (top - 53).max(-1074);
    let drop = last - exponent;
    if drop <= 0 {
        return mantissa.to_f64().unwrap_or(f64::INFINITY) * exp2(exponent);
    }
    let kept = mantissa >> drop as u64;
    let rest = mantissa - (&kept << drop as u64);
    let half = BigInt::from(1) << (drop - 1) as u64;
    let up = rest > half || (rest == half && kept.bit(0));
    let kept = kept + BigInt::from(i32::from(up));
    kept.to_f64().unwrap_or(f64::INFINITY) * exp2(last)
}

/// `2**exponent` for exponents of floats, subnormal ones included.
fn exp2(exponent: i64) -> f64 {
    match exponent {
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        -1074..-1022 => f64::from_bits(1 << (exponent + 1074)),
        ..-1074 => 0.0,
        _ => f64::INFINITY,
    }
}

fn float_binary(op: Operator, a: f64, b: f64) -> Result<Option<Value>> {
    let value = match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mul => a * b,
        Operator::Div if b == 0.0 => return Err(zero_division("float division by zero")),
        Operator::Div => a / b,
        Operator::FloorDiv if b == 0.0 => {
            return Err(zero_division("float floor division by zero"));
        }
        Operator::FloorDiv => float_divmod(a, b)?.0,
        Operator::Mod if b == 0.0 => return Err(zero_division("float modulo")),
        Operator::Mod => float_divmod(a, b)?.1,
        Operator::Pow => float_pow(a, b)?,
        _ => return Ok(None),
    };
    Ok(Some(Value::float(value)))
}

fn float_pow(a: f64, b: f64) -> Result<f64> {
    if a == 0.0 && b < 0.0 {
        return Err(zero_division("0.0 cannot be raised to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Err(HostError::value_error("the result is a complex number"));
    }
    let value = tirade_ir::op::libm::pow(a, b);
    match value.is_infinite() && a.is_finite() && b.is_finite() {
        true => Err(overflow("(34, 'Numerical result out of range')")),
        false => Ok(value),
    }
}

/// `divmod` of floats as Python computes it.
pub fn float_divmod(a: f64, b: f64) -> Result<(f64, f64)> {
    if b == 0.0 {
        return Err(zero_division("division by zero"));
    }
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0f64.copysign(b);
    }
    let floored = match quotient == 0.0 {
        true => 0.0f64.copysign(a / b),
        false => {
            let floor = quotient.floor();
            if quotient - floor > 0.5 { floor + 1.0 } else { floor }
        }
    };
    Ok((floored, remainder))
}

/// `-x`, `+x`, `~x` of a number; `None` if it is none.
pub fn unary(op: UnaryOperator, operand: &Value) -> Option<Value> {
    match (op, operand) {
        (UnaryOperator::Neg, Value::Float(f)) => {
            Some(Value::Float(Float { value: -f.value, text: f.text }))
        }
        (UnaryOperator::Pos, Value::Float(_)) => Some(operand.clone()),
        (UnaryOperator::Pos, _) => operand.as_bigint().map(Value::int),
        (UnaryOperator::Neg, Value::Int(v)) if *v != i64::MIN => Some(Value::Int(-v)),
        (UnaryOperator::Neg, _) => operand.as_bigint().map(|v| Value::int(-v)),
        (UnaryOperator::Invert, _) => operand.as_bigint().map(|v| Value::int(!v)),
        (UnaryOperator::Not, _) => None,
    }
}

/// A number as a float.
pub fn to_f64(value: &Value) -> Result<f64> {
    match value {
        Value::Float(f) => Ok(f.value),
        Value::Int(v) => Ok(*v as f64),
        Value::Bool(v) => Ok(f64::from(u8::from(*v))),
        Value::BigInt(v) => big_to_f64(v),
        _ => Err(HostError::type_error(format!(
            "must be real number, not {}",
            super::types::type_name(value)
        ))),
    }
}

fn big_to_f64(value: &BigInt) -> Result<f64> {
    let magnitude = scale(&value.abs(), 0);
    match magnitude.is_infinite() {
        true => Err(overflow("int too large to convert to float")),
        false => Ok(if value.is_negative() { -magnitude } else { magnitude }),
    }
}

/// The integer part of a finite float.
pub fn truncate(value: f64) -> Result<Value> {
    if value.is_nan() {
        return Err(HostError::value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(overflow("cannot convert float infinity to integer"));
    }
    Ok(Value::int(float_to_bigint(value.trunc())))
}

fn float_to_bigint(value: f64) -> BigInt {
    if value.abs() < 9.0e18 {
        return BigInt::from(value as i64);
    }
    let bits = value.to_bits();
    let mantissa = BigInt::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1075;
    let magnitude = mantissa << exponent as u64;
    if value < 0.0 { -magnitude } else { magnitude }
}

/// Order of two numbers; `None` if one is NaN or no number.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.value.partial_cmp(&b.value),
        (Value::Float(a), _) => compare_float(a.value, b),
        (_, Value::Float(b)) => compare_float(b.value, a).map(Ordering::reverse),
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => Some(a.as_bigint()?.cmp(&b.as_bigint()?)),
        },
    }
}

/// Exact order of a float and an int.
fn compare_float(a: f64, b: &Value) -> Option<Ordering> {
    let b = b.as_bigint()?;
    if a.is_nan() {
        return None;
    }
    if a.is_infinite() {
        return Some(if a > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let whole = float_to_bigint(a.trunc());
    let fraction = a - a.trunc();
    Some(whole.cmp(&b).then(fraction.partial_cmp(&0.0)?))
}

/// A hash that is equal for numbers that are equal.
pub fn hash(value: &Value) -> Option<u64> {
    let mix = |v: u64| (v ^ (v >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let big = |v: &BigInt| {
        let digits = v.iter_u64_digits();
        digits.fold(v.is_negative() as u64, |hash, digit| mix(hash.rotate_left(5) ^ digit))
    };
    Some(match value {
        Value::Float(f) if f.value.fract() == 0.0 => {
            let whole = float_to_bigint(f.value);
            whole.to_i64().map_or_else(|| big(&whole), |v| mix(v as u64))
        }
        Value::Float(f) => mix(f.value.to_bits()),
        Value::BigInt(v) => big(v),
        other => mix(other.as_int()? as u64),
    })
}

/// What Python's `hash` gives for a number: its value modulo `2**61 - 1`.
pub fn python_hash(value: &Value) -> Option<i64> {
    const MODULUS: i64 = (1 << 61) - 1;
    let hash = match value {
        Value::Float(f) if f.value.is_infinite() => 314_159 * f.value.signum() as i64,
        Value::Float(f) if f.value.is_nan() => 0,
        Value::Float(f) if f.value.fract() != 0.0 => {
            // `value` is `mantissa / 2**down`, and the inverse of 2 is `2**60`.
            let bits = f.value.to_bits();
            let exponent = (bits >> 52) & 0x7ff;
            let hidden = u64::from(exponent != 0) << 52;
            let mantissa = (bits & ((1 << 52) - 1)) | hidden;
            let down = 1075 - exponent.max(1);
            let power = (61 - down % 61) % 61;
            let hash = (u128::from(mantissa) << power) % MODULUS as u128;
            if f.value < 0.0 { -(hash as i64) } else { hash as i64 }
        }
        Value::Float(f) => (float_to_bigint(f.value) % MODULUS).to_i64()?,
        Value::BigInt(v) => (&**v % MODULUS).to_i64()?,
        other => other.as_int()? % MODULUS,
    };
    Some(if hash == -1 { -2 } else { hash })
}

/// `ZeroDivisionError`
pub fn zero_division(message: &str) -> HostError {
    HostError::exception(ExcKind::ZeroDivisionError, message)
}

/// `OverflowError`
pub fn overflow(message: &str) -> HostError {
    HostError::exception(ExcKind::OverflowError, message)
}
