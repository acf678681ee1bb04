//! Functions and methods of numbers.

use super::Builtin;
use super::core::on_ir;
use crate::ast::{Operator, UnaryOperator};
use crate::host::error::{HostError, Result};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, number};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use tirade_ir::span::Span;

/// Methods of ints and bools.
pub static INT_METHODS: &[Builtin] = &[
    Builtin::new("as_integer_ratio", |ev, args, _| {
        let [value] = args.exact("as_integer_ratio")?;
        Ok(Value::tuple([Value::int(integer(ev, &value)?), Value::Int(1)]))
    }),
    Builtin::new("bit_count", bit_count),
    Builtin::new("bit_length", bit_length),
    Builtin::new("conjugate", identity),
    Builtin::new("is_integer", |_, _, _| Ok(Value::Bool(true))),
    Builtin::new("__index__", identity),
];

/// Methods of floats.
pub static FLOAT_METHODS: &[Builtin] = &[
    Builtin::new("is_integer", is_integer),
    Builtin::new("as_integer_ratio", as_integer_ratio),
    Builtin::new("hex", float_hex),
    Builtin::new("conjugate", identity),
];

fn identity(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("conjugate")?;
    Ok(value.as_bigint().map_or(value, Value::int))
}

/// An integer argument.
pub fn integer(ev: &mut Evaluator, value: &Value) -> Result<BigInt> {
    match value.as_bigint() {
        Some(value) => Ok(value),
        None => match ev.index_value(value)? {
            Some(value) => Ok(BigInt::from(value)),
            None => Err(HostError::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                type_name(value)
            ))),
        },
    }
}

/// `abs`
pub fn abs(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    if args.any_ir() {
        return on_ir(ev, "abs", args, span);
    }
    let [value] = args.exact("abs")?;
    match &value {
        Value::Float(f) => Ok(Value::float(f.value.abs())),
        Value::Int(v) if *v >= 0 => Ok(value),
        _ if value.is_int() => Ok(Value::int(integer(ev, &value)?.abs())),
        _ => match ev.call_special(&value, "__abs__", [], span)? {
            Some(value) => Ok(value),
            None => Err(HostError::type_error(format!(
                "bad operand type for abs(): '{}'",
                type_name(&value)
            ))),
        },
    }
}

/// `divmod`
pub fn divmod(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [a, b] = args.exact("divmod")?;
    let numbers = a.is_number() && b.is_number();
    if !(numbers || a.is_ir() || b.is_ir()) {
        return Err(HostError::type_error(format!(
            "unsupported operand type(s) for divmod(): '{}' and '{}'",
            type_name(&a),
            type_name(&b)
        )));
    }
    let quotient = ev.binary_op(Operator::FloorDiv, &a, &b, span)?;
    let remainder = ev.binary_op(Operator::Mod, &a, &b, span)?;
    Ok(Value::tuple([quotient, remainder]))
}

/// `pow`
pub fn pow(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    if args.any_ir() {
        return on_ir(ev, "pow", args, span);
    }
    let [base, exponent, modulus] = args.bind("pow", ["base", "exp", "mod"], 2)?;
    let (base, exponent) = (base.expect("required"), exponent.expect("required"));
    let modulus = match modulus {
        None | Some(Value::None) => return ev.binary_op(Operator::Pow, &base, &exponent, span),
        Some(modulus) => integer(ev, &modulus)?,
    };
    let (base, exponent) = (integer(ev, &base)?, integer(ev, &exponent)?);
    if modulus.is_zero() {
        return Err(HostError::value_error("pow() 3rd argument cannot be 0"));
    }
    let (base, exponent) = match exponent.is_negative() {
        false => (base, exponent),
        true => match inverse(&base, &modulus) {
            Some(inverse) => (inverse, -exponent),
            None => {
                let message = "base is not invertible for the given modulus";
                return Err(HostError::value_error(message));
            }
        },
    };
    ev.budget.step(exponent.bits() * (1 + modulus.bits() / 64))?;
    let power = base.modpow(&exponent, &modulus);
    Ok(Value::int(number::floor_divmod(&power, &modulus)?.1))
}

/// The inverse of `value` modulo `modulus`.
fn inverse(value: &BigInt, modulus: &BigInt) -> Option<BigInt> {
    let (mut r0, mut r1) = (modulus.abs(), number::floor_divmod(value, &modulus.abs()).ok()?.1);
    let (mut t0, mut t1) = (BigInt::zero(), BigInt::one());
    while !r1.is_zero() {
        let quotient = &r0 / &r1;
        (r0, r1) = (r1.clone(), r0 - &quotient * r1);
        (t0, t1) = (t1.clone(), t0 - quotient * t1);
    }
    r0.is_one().then_some(t0)
}

/// `round`
pub fn round(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    if args.any_ir() {
        return on_ir(ev, "round", args, span);
    }
    let [value, digits] = args.bind("round", ["number", "ndigits"], 1)?;
    let value = value.expect("required");
    let digits = match digits {
        None | Some(Value::None) => None,
        Some(digits) => Some(integer(ev, &digits)?.to_i64().unwrap_or(i64::MAX)),
    };
    match (&value, digits) {
        (Value::Float(f), None) => number::truncate(f.value.round_ties_even()),
        (Value::Float(f), Some(digits)) => Ok(Value::float(round_float(f.value, digits))),
        (_, None | Some(0..)) if value.is_int() => Ok(Value::int(integer(ev, &value)?)),
        (_, Some(digits)) if value.is_int() => {
            let value = integer(ev, &value)?;
            if value.bits() / 3 < digits.unsigned_abs() {
                return Ok(Value::Int(0));
            }
            Ok(Value::int(round_int(&value, digits.unsigned_abs() as u32)?))
        }
        _ => match ev.call_special(&value, "__round__", [], span)? {
            Some(value) => Ok(value),
            None => Err(HostError::type_error(format!(
                "type {} doesn't define __round__ method",
                type_name(&value)
            ))),
        },
    }
}

/// Rounds a float to `digits` decimal places, half to even on its exact value.
fn round_float(value: f64, digits: i64) -> f64 {
    if !value.is_finite() || value == 0.0 || digits > 330 {
        return value;
    }
    if digits < -310 {
        return 0.0f64.copysign(value);
    }
    if digits >= 0 {
        return format!("{value:.*}", digits as usize).parse().unwrap_or(value);
    }
    // The exact integer part decides, together with whether anything follows it.
    let scale = BigInt::from(10).pow(digits.unsigned_abs() as u32);
    let Ok(whole) = number::truncate(value.trunc()) else {
        return value;
    };
    let whole = whole.as_bigint().unwrap_or_default();
    let (quotient, remainder) = (&whole / &scale, (&whole % &scale).abs());
    let order = (remainder * 2u32).cmp(&scale);
    let more = value.fract() != 0.0;
    let up = match order {
        Ordering::Less => false,
        Ordering::Equal => more || quotient.bit(0),
        Ordering::Greater => true,
    };
    let sign = if value < 0.0 { -1 } else { 1 };
    let rounded = (quotient + BigInt::from(if up { sign } else { 0 })) * scale;
    rounded.to_f64().unwrap_or(value)
}

/// Rounds an int to a multiple of `10**digits`, half to even.
fn round_int(value: &BigInt, digits: u32) -> Result<BigInt> {
    let scale = BigInt::from(10).pow(digits);
    let (quotient, remainder) = number::floor_divmod(value, &scale)?;
    let up = match (&remainder * 2u32).cmp(&scale) {
        Ordering::Less => false,
        Ordering::Equal => quotient.bit(0),
        Ordering::Greater => true,
    };
    Ok((quotient + i32::from(up)) * scale)
}

fn radix(
    ev: &mut Evaluator,
    args: CallArgs,
    name: &str,
    radix: u32,
    prefix: &str,
) -> Result<Value> {
    let [value] = args.exact(name)?;
    let value = integer(ev, &value)?;
    let sign = if value.is_negative() { "-" } else { "" };
    Ok(format!("{sign}{prefix}{}", value.abs().to_str_radix(radix)).into())
}

/// `bin`
pub fn bin(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    radix(ev, args, "bin", 2, "0b")
}

/// `oct`
pub fn oct(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    radix(ev, args, "oct", 8, "0o")
}

/// `hex`
pub fn hex(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    radix(ev, args, "hex", 16, "0x")
}

fn bit_length(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("bit_length")?;
    Ok(Value::Int(integer(ev, &value)?.bits() as i64))
}

fn bit_count(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("bit_count")?;
    let digits = integer(ev, &value)?.abs();
    Ok(Value::Int(digits.iter_u64_digits().map(|d| i64::from(d.count_ones())).sum()))
}

fn is_integer(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("is_integer")?;
    let value = number::to_f64(&value)?;
    Ok(Value::Bool(value.is_finite() && value.fract() == 0.0))
}

fn as_integer_ratio(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("as_integer_ratio")?;
    let mut value = number::to_f64(&value)?;
    if value.is_nan() {
        return Err(HostError::value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(number::overflow("cannot convert Infinity to integer ratio"));
    }
    let mut denominator = BigInt::one();
    while value.fract() != 0.0 {
        value *= 2.0;
        denominator *= 2;
    }
    Ok(Value::tuple([number::truncate(value)?, Value::int(denominator)]))
}

fn float_hex(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [value] = args.exact("hex")?;
    let value = number::to_f64(&value)?;
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_nan() {
        return Ok("nan".into());
    }
    if value.is_infinite() {
        return Ok(format!("{sign}inf").into());
    }
    let bits = value.to_bits();
    let (mantissa, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i64);
    Ok(match (exponent, mantissa) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{mantissa:013x}p-1022"),
        _ => format!("{sign}0x1.{mantissa:013x}p{:+}", exponent - 1023),
    }
    .into())
}

/// `-value`, for formats.
pub fn negated(value: &Value) -> Value {
    number::unary(UnaryOperator::Neg, value).unwrap_or_else(|| value.clone())
}
