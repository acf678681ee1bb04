//! Formatting by a specification: `format(value, spec)`.

use super::error::{HostError, Result};
use super::text::float_repr;
use super::types::type_name;
use super::value::Value;
use super::{Evaluator, number};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use tirade_ir::span::Span;

/// Widths and precisions above this are refused.
pub(super) const MAX_WIDTH: usize = 1 << 20;

/// `[[fill]align][sign][#][0][width][grouping][.precision][type]`
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) sign: Option<char>,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
    pub(super) ty: Option<char>,
}

impl Spec {
    fn parse(text: &str, of: &str) -> Result<Spec> {
        let invalid = || {
            HostError::value_error(format!(
                "Invalid format specifier '{text}' for object of type '{of}'"
            ))
        };
        let mut spec = Spec::default();
        let mut rest: Vec<char> = text.chars().collect();
        let is_align = |c: &char| matches!(c, '<' | '>' | '=' | '^');
        if rest.get(1).is_some_and(is_align) {
            spec.fill = Some(rest[0]);
            spec.align = Some(rest[1]);
            rest.drain(..2);
        } else if rest.first().is_some_and(is_align) {
            spec.align = Some(rest.remove(0));
        }
        let mut rest = rest.into_iter().peekable();
        spec.sign = rest.next_if(|c| matches!(c, '+' | '-' | ' '));
        spec.alternate = rest.next_if_eq(&'#').is_some();
        spec.zero = rest.next_if_eq(&'0').is_some();
        let digits = |rest: &mut std::iter::Peekable<std::vec::IntoIter<char>>| {
            let mut text = String::new();
            while let Some(c) = rest.next_if(char::is_ascii_digit) {
                text.push(c);
            }
            text
        };
        let width = digits(&mut rest);
        if !width.is_empty() {
            spec.width = width.parse().ok().filter(|w| *w <= MAX_WIDTH).ok_or_else(invalid)?;
        }
        spec.grouping = rest.next_if(|c| matches!(c, ',' | '_'));
        if rest.next_if_eq(&'.').is_some() {
            let precision = digits(&mut rest);
            spec.precision =
                Some(precision.parse().ok().filter(|p| *p <= MAX_WIDTH).ok_or_else(invalid)?);
        }
        spec.ty = rest.next();
        match rest.next() {
            None => Ok(spec),
            Some(_) => Err(invalid()),
        }
    }

    /// Fills `sign` + `body` up to the width.
    pub(super) fn pad(&self, sign: &str, body: &str, default_align: char) -> String {
        let n_chars = sign.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(n_chars);
        let zero = self.zero && self.align.is_none();
        let fill = self.fill.unwrap_or(if zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(if zero { '=' } else { default_align });
        let run = |n: usize| String::from_iter(std::iter::repeat_n(fill, n));
        match align {
            '<' => format!("{sign}{body}{}", run(missing)),
            '^' => format!("{}{sign}{body}{}", run(missing / 2), run(missing - missing / 2)),
            '=' => format!("{sign}{}{body}", run(missing)),
            _ => format!("{}{sign}{body}", run(missing)),
        }
    }

    pub(super) fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }

    fn group(&self, digits: &str, size: usize) -> String {
        let Some(separator) = self.grouping else {
            return digits.to_string();
        };
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(size) {
                out.push(separator);
            }
            out.push(c);
        }
        out
    }
}

impl Evaluator {
    /// `format(value, spec)`
    pub(crate) fn format_value(&mut self, value: &Value, spec: &str) -> Result<String> {
        if let Some(text) = self.call_special(value, "__format__", [spec.into()], Span::NONE)? {
            return self.str_of(&text);
        }
        if spec.is_empty() {
            return self.str_of(value);
        }
        let parsed = Spec::parse(spec, &type_name(value))?;
        let text = match value {
            Value::Str(text) => format_str(&parsed, text)?,
            Value::Float(f) => format_float(&parsed, f.value)?,
            _ if value.is_int() => {
                format_int(&parsed, &value.as_bigint().unwrap_or_default(), value)?
            }
            _ => {
                return Err(HostError::type_error(format!(
                    "unsupported format string passed to {}.__format__",
                    type_name(value)
                )));
            }
        };
        self.budget.consume(text.len())?;
        Ok(text)
    }
}

fn unknown_code(ty: char, of: &str) -> HostError {
    HostError::value_error(format!("Unknown format code '{ty}' for object of type '{of}'"))
}

fn format_str(spec: &Spec, text: &str) -> Result<String> {
    match spec.ty {
        None | Some('s') => {}
        Some(ty) => return Err(unknown_code(ty, "str")),
    }
    if spec.sign.is_some() {
        return Err(HostError::value_error("Sign not allowed in string format specifier"));
    }
    if let Some(separator) = spec.grouping {
        return Err(HostError::value_error(format!("Cannot specify '{separator}' with 's'.")));
    }
    if spec.align == Some('=') {
        let message = "'=' alignment not allowed in string format specifier";
        return Err(HostError::value_error(message));
    }
    let shown: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    let padded = Spec { align: spec.align.or(Some('<')), ..spec.clone() };
    let fill = spec.fill.or(if spec.zero { Some('0') } else { None });
    Ok(Spec { fill, ..padded }.pad("", &shown, '<'))
}

fn format_int(spec: &Spec, value: &BigInt, original: &Value) -> Result<String> {
    if spec.precision.is_some() && !matches!(spec.ty, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%'))
    {
        return Err(HostError::value_error("Precision not allowed in integer format specifier"));
    }
    let sign = spec.sign(value.is_negative());
    let magnitude = value.abs();
    let radix = |radix: u32, prefix: &str| {
        let digits = magnitude.to_str_radix(radix);
        (digits, if spec.alternate { prefix.to_string() } else { String::new() }, 4)
    };
    let (digits, prefix, group) = match spec.ty {
        None | Some('d' | 'n') => {
            if value.bits() > 14_290 {
                return Err(super::text::too_many_digits());
            }
            (magnitude.to_string(), String::new(), 3)
        }
        Some('b') => radix(2, "0b"),
        Some('o') => radix(8, "0o"),
        Some('x') => radix(16, "0x"),
        Some('X') => {
            let (digits, prefix, group) = radix(16, "0X");
            (digits.to_uppercase(), prefix, group)
        }
        Some('c') => {
            let c = value.to_u32().and_then(char::from_u32);
            let c = c.ok_or_else(|| number::overflow("%c arg not in range(0x110000)"))?;
            return Ok(spec.pad("", &c.to_string(), '<'));
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return format_float(spec, number::to_f64(original)?);
        }
        Some(ty) => return Err(unknown_code(ty, "int")),
    };
    let mut body = spec.group(&digits, group);
    if spec.zero && spec.align.is_none() && spec.grouping.is_some() {
        body = zero_grouped(spec, &digits, group, sign.len() + prefix.len());
    }
    Ok(spec.pad(&format!("{sign}{prefix}"), &body, '>'))
}

/// Leading zeros that are grouped like the digits.
fn zero_grouped(spec: &Spec, digits: &str, group: usize, used: usize) -> String {
    let mut digits = digits.to_string();
    while spec.group(&digits, group).len() + used < spec.width {
        digits.insert(0, '0');
    }
    let grouped = spec.group(&digits, group);
    match grouped.len() + used > spec.width && digits.starts_with('0') && digits.len() > 1 {
        true => spec.group(&digits[1..], group),
        false => grouped,
    }
}

pub(super) fn format_float(spec: &Spec, value: f64) -> Result<String> {
    let sign = spec.sign(value.is_sign_negative() && !value.is_nan());
    let magnitude = value.abs();
    let ty = spec.ty.unwrap_or('\0');
    let precision = spec.precision.unwrap_or(6);
    let body = if !magnitude.is_finite() {
        let text = if magnitude.is_nan() { "nan" } else { "inf" };
        let percent = if ty == '%' { "%" } else { "" };
        let text = if ty.is_ascii_uppercase() { text.to_uppercase() } else { text.into() };
        format!("{text}{percent}")
    } else {
        match ty {
            'f' | 'F' => point(spec, format!("{magnitude:.precision$}"), precision),
            '%' => {
                let scaled = magnitude * 100.0;
                format!("{}%", point(spec, format!("{scaled:.precision$}"), precision))
            }
            'e' | 'E' => {
                let text = exponent_form(magnitude, precision, spec.alternate);
                if ty == 'E' { text.to_uppercase() } else { text }
            }
            'g' | 'G' | 'n' => {
                let text = general(magnitude, precision.max(1), spec.alternate, false);
                if ty == 'G' { text.to_uppercase() } else { text }
            }
            '\0' => match spec.precision {
                None => float_repr(magnitude),
                Some(precision) => general(magnitude, precision.max(1), spec.alternate, true),
            },
            other => return Err(unknown_code(other, "float")),
        }
    };
    let (whole, rest) = match body.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => body.split_at(at),
        None => (&*body, ""),
    };
    let grouped = match spec.zero && spec.align.is_none() && spec.grouping.is_some() {
        true => zero_grouped(spec, whole, 3, sign.len() + rest.len()),
        false => spec.group(whole, 3),
    };
    Ok(spec.pad(sign, &format!("{grouped}{rest}"), '>'))
}

fn point(spec: &Spec, text: String, precision: usize) -> String {
    if precision == 0 && spec.alternate { format!("{text}.") } else { text }
}

fn exponent_form(value: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    let dot = if precision == 0 && alternate { "." } else { "" };
    format!("{mantissa}{dot}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// `%g`: `precision` significant digits, trailing zeros dropped. `repr_like` keeps one digit after
/// the point, and turns to exponents one digit earlier.
fn general(value: f64, precision: usize, alternate: bool, repr_like: bool) -> String {
    let scientific = format!("{value:.*e}", precision - 1);
    let (mantissa, exponent) = scientific.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    let limit = precision as i32 - i32::from(repr_like);
    let trim = |text: &str| match alternate || !text.contains('.') {
        true => text.to_string(),
        false => text.trim_end_matches('0').trim_end_matches('.').to_string(),
    };
    if exponent < -4 || exponent >= limit.max(i32::from(!repr_like)) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim(mantissa), exponent.abs());
    }
    let decimals = (precision as i32 - 1 - exponent).max(0) as usize;
    let text = trim(&format!("{value:.decimals$}"));
    if repr_like && !text.contains('.') { format!("{text}.0") } else { text }
}
