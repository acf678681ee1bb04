//! `math`

use super::Builtin;
use super::numbers::integer;
use crate::ast::Operator;
use crate::host::error::{HostError, Result};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator, number};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use tirade_ir::op::libm;
use tirade_ir::span::Span;

/// Constants.
pub const CONSTANTS: [(&str, f64); 5] = [
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
];

/// The constant `name`.
pub fn constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
}

macro_rules! float_functions {
    ($($name:ident $function:expr,)*) => {
        $(fn $name(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
            let [x] = args.exact(stringify!($name))?;
            float_result(float_arg(&x)?, $function)
        })*
    };
}

float_functions! {
    acos libm::acos,
    acosh libm::acosh,
    asin libm::asin,
    asinh libm::asinh,
    atan libm::atan,
    atanh libm::atanh,
    cbrt libm::cbrt,
    cos libm::cos,
    cosh libm::cosh,
    degrees |x| x * (180.0 / std::f64::consts::PI),
    exp libm::exp,
    exp2 libm::exp2,
    expm1 libm::expm1,
    fabs f64::abs,
    log1p libm::log1p,
    radians |x| x * (std::f64::consts::PI / 180.0),
    sin libm::sin,
    sinh libm::sinh,
    sqrt f64::sqrt,
    tan libm::tan,
    tanh libm::tanh,
}

/// Every function.
pub static FUNCTIONS: &[Builtin] = &[
    Builtin::new("acos", acos),
    Builtin::new("acosh", acosh),
    Builtin::new("asin", asin),
    Builtin::new("asinh", asinh),
    Builtin::new("atan", atan),
    Builtin::new("atan2", |_, args, _| two(args, "atan2", libm::atan2)),
    Builtin::new("atanh", atanh),
    Builtin::new("cbrt", cbrt),
    Builtin::new("ceil", |ev, args, span| rounded(ev, args, span, "ceil", f64::ceil)),
    Builtin::new("comb", comb),
    Builtin::new("copysign", |_, args, _| two(args, "copysign", f64::copysign)),
    Builtin::new("cos", cos),
    Builtin::new("cosh", cosh),
    Builtin::new("degrees", degrees),
    Builtin::new("dist", dist),
    Builtin::new("erf", |_, args, _| special(args, "erf", libm::erf)),
    Builtin::new("erfc", |_, args, _| special(args, "erfc", libm::erfc)),
    Builtin::new("exp", exp),
    Builtin::new("exp2", exp2),
    Builtin::new("expm1", expm1),
    Builtin::new("fabs", fabs),
    Builtin::new("factorial", factorial),
    Builtin::new("floor", |ev, args, span| rounded(ev, args, span, "floor", f64::floor)),
    Builtin::new("fmod", fmod),
    Builtin::new("frexp", frexp),
    Builtin::new("fsum", fsum),
    Builtin::new("gcd", gcd),
    Builtin::new("hypot", hypot),
    Builtin::new("isclose", isclose),
    Builtin::new("isfinite", |_, args, _| test(args, "isfinite", f64::is_finite)),
    Builtin::new("isinf", |_, args, _| test(args, "isinf", f64::is_infinite)),
    Builtin::new("isnan", |_, args, _| test(args, "isnan", f64::is_nan)),
    Builtin::new("isqrt", isqrt),
    Builtin::new("lcm", lcm),
    Builtin::new("ldexp", ldexp),
    Builtin::new("log", log),
    Builtin::new("log10", |_, args, _| logarithm(args, "log10", libm::log10)),
    Builtin::new("log1p", log1p),
    Builtin::new("log2", |_, args, _| logarithm(args, "log2", libm::log2)),
    Builtin::new("modf", modf),
    Builtin::new("perm", perm),
    Builtin::new("pow", pow),
    Builtin::new("prod", prod),
    Builtin::new("radians", radians),
    Builtin::new("remainder", remainder),
    Builtin::new("sin", sin),
    Builtin::new("sinh", sinh),
    Builtin::new("sqrt", sqrt),
    Builtin::new("tan", tan),
    Builtin::new("tanh", tanh),
    Builtin::new("trunc", |ev, args, span| rounded(ev, args, span, "trunc", f64::trunc)),
];

fn float_arg(value: &Value) -> Result<f64> {
    match number::to_f64(value) {
        Ok(x) => Ok(x),
        Err(error) if value.is_ir() => {
            Err(error.with_help("for values known only at run time use the functions of `T`"))
        }
        Err(error) => Err(error),
    }
}

/// Python's rules for results outside of the domain or range.
fn float_result(x: f64, function: impl Fn(f64) -> f64) -> Result<Value> {
    let y = function(x);
    if y.is_nan() && !x.is_nan() {
        return Err(HostError::value_error("math domain error"));
    }
    if y.is_infinite() && x.is_finite() {
        return Err(match x.abs() <= 1.0 {
            true => HostError::value_error("math domain error"),
            false => number::overflow("math range error"),
        });
    }
    Ok(Value::float(y))
}

fn two(args: CallArgs, name: &str, function: fn(f64, f64) -> f64) -> Result<Value> {
    let [a, b] = args.exact(name)?;
    Ok(Value::float(function(float_arg(&a)?, float_arg(&b)?)))
}

fn special(args: CallArgs, name: &str, function: fn(f64) -> f64) -> Result<Value> {
    let [x] = args.exact(name)?;
    Ok(Value::float(function(float_arg(&x)?)))
}

fn test(args: CallArgs, name: &str, function: fn(f64) -> bool) -> Result<Value> {
    let [x] = args.exact(name)?;
    Ok(Value::Bool(function(float_arg(&x)?)))
}

fn rounded(
    ev: &mut Evaluator,
    args: CallArgs,
    span: Span,
    name: &str,
    function: fn(f64) -> f64,
) -> Result<Value> {
    let [x] = args.exact(name)?;
    if x.is_int() {
        return Ok(Value::int(x.as_bigint().unwrap_or_default()));
    }
    match ev.call_special(&x, &format!("__{name}__"), [], span)? {
        Some(value) => Ok(value),
        None => number::truncate(function(float_arg(&x)?)),
    }
}

fn whole(value: &Value) -> Result<BigInt> {
    value.as_bigint().ok_or_else(|| {
        HostError::type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(value)
        ))
    })
}

/// Logarithms of ints work for those that no float holds.
fn logarithm(args: CallArgs, name: &str, function: fn(f64) -> f64) -> Result<Value> {
    let [x] = args.exact(name)?;
    log_of(&x, function).map(Value::float)
}

fn log_of(x: &Value, function: fn(f64) -> f64) -> Result<f64> {
    let domain = || HostError::value_error("math domain error");
    if let Value::BigInt(big) = x {
        if big.is_negative() {
            return Err(domain());
        }
        let shift = big.bits().saturating_sub(512);
        let head = (&**big >> shift).to_f64().unwrap_or(f64::INFINITY);
        return Ok(function(head) + shift as f64 * function(2.0));
    }
    let x = float_arg(x)?;
    match x <= 0.0 {
        true => Err(domain()),
        false => Ok(function(x)),
    }
}

fn log(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("log", 1, 2)?;
    let numerator = log_of(&values[0], libm::log)?;
    match values.get(1) {
        None => Ok(Value::float(numerator)),
        Some(base) => match log_of(base, libm::log)? {
            0.0 => Err(number::zero_division("division by zero")),
            denominator => Ok(Value::float(numerator / denominator)),
        },
    }
}

fn pow(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [a, b] = args.exact("pow")?;
    let (a, b) = (float_arg(&a)?, float_arg(&b)?);
    let value = libm::pow(a, b);
    if value.is_nan() && !a.is_nan() && !b.is_nan() || (a == 0.0 && b < 0.0 && b.is_finite()) {
        return Err(HostError::value_error("math domain error"));
    }
    match value.is_infinite() && a.is_finite() && b.is_finite() {
        true => Err(number::overflow("math range error")),
        false => Ok(Value::float(value)),
    }
}

fn fmod(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [a, b] = args.exact("fmod")?;
    let (a, b) = (float_arg(&a)?, float_arg(&b)?);
    match (a.is_infinite() || b == 0.0) && !a.is_nan() && !b.is_nan() {
        true => Err(HostError::value_error("math domain error")),
        false => Ok(Value::float(a % b)),
    }
}

fn remainder(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [a, b] = args.exact("remainder")?;
    let (a, b) = (float_arg(&a)?, float_arg(&b)?);
    if (a.is_infinite() || b == 0.0) && !a.is_nan() && !b.is_nan() {
        return Err(HostError::value_error("math domain error"));
    }
    if b.is_infinite() {
        return Ok(Value::float(a));
    }
    // The remainder nearest to zero; a tie goes to the even quotient.
    let (x, y) = (a.abs(), b.abs());
    let m = x % y;
    let c = y - m;
    let r = match m.partial_cmp(&c) {
        Some(std::cmp::Ordering::Less) => m,
        Some(std::cmp::Ordering::Greater) => -c,
        _ => m - 2.0 * ((0.5 * (x - m)) % y),
    };
    Ok(Value::float(if a.is_sign_negative() { -r } else { r }))
}

fn factorial(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [n] = args.exact("factorial")?;
    let n = integer(ev, &n)?;
    if n.is_negative() {
        return Err(HostError::value_error("factorial() not defined for negative values"));
    }
    let n = n.to_u64().unwrap_or(u64::MAX);
    ev.budget.check_int_bits(n.saturating_mul(64 - u64::from(n.leading_zeros())))?;
    ev.budget.step(n.saturating_mul(1 + n / 128))?;
    Ok(Value::int((1..=n).fold(BigInt::one(), |product, k| product * k)))
}

fn falling(ev: &mut Evaluator, n: &BigInt, k: &BigInt) -> Result<Option<BigInt>> {
    if n.is_negative() || k.is_negative() {
        return Err(HostError::value_error("n must be a non-negative integer"));
    }
    if k > n {
        return Ok(None);
    }
    let steps = k.to_u64().unwrap_or(u64::MAX);
    ev.budget.step(steps)?;
    ev.budget.check_int_bits(steps.saturating_mul(n.bits()))?;
    let mut product = BigInt::one();
    for i in 0..steps {
        product *= n - i;
    }
    Ok(Some(product))
}

fn perm(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let values = args.between("perm", 1, 2)?;
    match values.get(1) {
        None | Some(Value::None) => factorial(ev, CallArgs::positional([values[0].clone()]), span),
        Some(k) => {
            let product = falling(ev, &whole(&values[0])?, &whole(k)?)?;
            Ok(Value::int(product.unwrap_or_default()))
        }
    }
}

fn comb(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [n, k] = args.exact("comb")?;
    let (n, k) = (whole(&n)?, whole(&k)?);
    if k > n && !k.is_negative() && !n.is_negative() {
        return Ok(Value::Int(0));
    }
    let k = if k.is_negative() { k } else { k.clone().min(&n - &k) };
    let product = falling(ev, &n, &k)?.unwrap_or_default();
    let divisor = (1..=k.to_u64().unwrap_or(0)).fold(BigInt::one(), |d, i| d * i);
    Ok(Value::int(product / divisor))
}

fn gcd_of(mut a: BigInt, mut b: BigInt) -> BigInt {
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a.abs()
}

fn gcd(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let mut result = BigInt::zero();
    for arg in &args.positional {
        result = gcd_of(result, whole(&arg.value)?);
    }
    Ok(Value::int(result))
}

fn lcm(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let mut result = BigInt::one();
    for arg in &args.positional {
        let value = whole(&arg.value)?;
        if value.is_zero() {
            return Ok(Value::Int(0));
        }
        ev.budget.check_int_bits(result.bits() + value.bits())?;
        result = (&result / gcd_of(result.clone(), value.clone()) * value).abs();
    }
    Ok(Value::int(result))
}

fn isqrt(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [n] = args.exact("isqrt")?;
    let n = integer(ev, &n)?;
    match n.is_negative() {
        true => Err(HostError::value_error("isqrt() argument must be nonnegative")),
        false => Ok(Value::int(n.sqrt())),
    }
}

fn hypot(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let mut total = 0.0f64;
    for arg in &args.positional {
        total = libm::hypot(total, float_arg(&arg.value)?);
    }
    Ok(Value::float(total))
}

fn dist(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [p, q] = args.exact("dist")?;
    let (p, q) = (ev.iterate(&p, span)?, ev.iterate(&q, span)?);
    if p.len() != q.len() {
        let message = "both points must have the same number of dimensions";
        return Err(HostError::value_error(message));
    }
    let mut total = 0.0f64;
    for (a, b) in p.iter().zip(&q) {
        total = libm::hypot(total, float_arg(a)? - float_arg(b)?);
    }
    Ok(Value::float(total))
}

fn isclose(_: &mut Evaluator, mut args: CallArgs, _: Span) -> Result<Value> {
    let mut option = |name: &str, default: f64| match args.take_keyword(name) {
        None => Ok(default),
        Some(value) => float_arg(&value),
    };
    let (rel_tol, abs_tol) = (option("rel_tol", 1e-9)?, option("abs_tol", 0.0)?);
    let [a, b] = args.exact("isclose")?;
    let (a, b) = (float_arg(&a)?, float_arg(&b)?);
    let distance = (a - b).abs();
    let close = distance <= (rel_tol * a.abs().max(b.abs())).max(abs_tol);
    Ok(Value::Bool(a == b || (close && distance.is_finite())))
}

fn ldexp(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [x, exponent] = args.exact("ldexp")?;
    let (x, exponent) = (float_arg(&x)?, integer(ev, &exponent)?);
    let limit = if exponent.is_negative() { -5000 } else { 5000 };
    let exponent = exponent.to_i32().unwrap_or(limit).clamp(-5000, 5000);
    let value = libm::ldexp(x, exponent);
    match x.is_finite() && value.is_infinite() {
        true => Err(number::overflow("math range error")),
        false => Ok(Value::float(value)),
    }
}

fn frexp(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [x] = args.exact("frexp")?;
    let x = float_arg(&x)?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::tuple([Value::float(x), Value::Int(0)]));
    }
    let (scaled, extra) =
        if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), -54) } else { (x, 0) };
    let exponent = ((scaled.to_bits() >> 52) & 0x7ff) as i64 - 1022;
    let mantissa = f64::from_bits((scaled.to_bits() & !(0x7ff << 52)) | (1022 << 52));
    Ok(Value::tuple([Value::float(mantissa), Value::Int(exponent + extra)]))
}

fn modf(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [x] = args.exact("modf")?;
    let x = float_arg(&x)?;
    let fraction = if x.is_infinite() { 0.0f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
    Ok(Value::tuple([Value::float(fraction), Value::float(x.trunc())]))
}

fn prod(ev: &mut Evaluator, mut args: CallArgs, span: Span) -> Result<Value> {
    let mut product = args.take_keyword("start").unwrap_or(Value::Int(1));
    let [iterable] = args.exact("prod")?;
    for value in ev.iterate(&iterable, span)? {
        product = ev.binary_op(Operator::Mul, &product, &value, span)?;
    }
    Ok(product)
}

/// The exact sum, rounded once.
fn fsum(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [iterable] = args.exact("fsum")?;
    let mut partials: Vec<f64> = Vec::new();
    for value in ev.iterate(&iterable, span)? {
        let mut x = float_arg(&value)?;
        let mut kept = 0;
        for i in 0..partials.len() {
            let mut y = partials[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    let Some(mut high) = partials.pop() else {
        return Ok(Value::float(0.0));
    };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Round half to even where what is left decides.
    if let Some(next) = partials.last()
        && ((low < 0.0 && *next < 0.0) || (low > 0.0 && *next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    Ok(Value::float(high))
}
