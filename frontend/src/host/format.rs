//! Formatting: `format(value, spec)`, `str.format`, and `%`.

use super::error::{HostError, Result};
use super::text::float_repr;
use super::types::type_name;
use super::value::Value;
use super::{CallArgs, Evaluator, number};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use tirade_ir::span::Span;

/// Widths and precisions above this are refused.
const MAX_WIDTH: usize = 1 << 20;

/// `[[fill]align][sign][#][0][width][grouping][.precision][type]`
#[derive(Clone, Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    ty: Option<char>,
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
    fn pad(&self, sign: &str, body: &str, default_align: char) -> String {
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

    fn sign(&self, negative: bool) -> &'static str {
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

    /// `text % args`
    pub(crate) fn percent_format(&mut self, text: &str, args: &Value) -> Result<String> {
        let mut values: Vec<Value> = match args {
            Value::Tuple(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        values.reverse();
        let by_name = matches!(args, Value::Dict(_));
        let mut used_name = false;
        let mut out = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut named = None;
            if chars.next_if_eq(&'(').is_some() {
                let key: String = chars.by_ref().take_while(|c| *c != ')').collect();
                let Value::Dict(dict) = args else {
                    return Err(HostError::type_error("format requires a mapping"));
                };
                let key = Value::from(key);
                let value = self.dict_get(dict, &key)?;
                named = Some(
                    value
                        .map_or_else(|| Err(self.key_error(&key)), Ok)
                        .map_err(|error| error.unwrap_or_else(|e| e))?,
                );
                used_name = true;
            }
            let mut next = |_: &mut Self| match named.take() {
                Some(value) => Ok(value),
                None => values
                    .pop()
                    .ok_or_else(|| HostError::type_error("not enough arguments for format string")),
            };
            let piece = self.percent_field(&mut chars, &mut next)?;
            out.push_str(&piece);
        }
        if !values.is_empty() && !by_name && !used_name {
            let message = "not all arguments converted during string formatting";
            return Err(HostError::type_error(message));
        }
        self.budget.consume(out.len())?;
        Ok(out)
    }

    fn percent_field(
        &mut self,
        chars: &mut std::iter::Peekable<std::str::Chars>,
        next: &mut dyn FnMut(&mut Self) -> Result<Value>,
    ) -> Result<String> {
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "#0- +".contains(*c)) {
            match flag {
                '#' => spec.alternate = true,
                '0' => spec.zero = true,
                '-' => spec.align = Some('<'),
                flag if spec.sign != Some('+') => spec.sign = Some(flag),
                _ => {}
            }
        }
        spec.width = match self.percent_count(chars, next)? {
            Some(width) => width,
            None => 0,
        };
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(self.percent_count(chars, next)?.unwrap_or(0));
        }
        while chars.next_if(|c| "hlL".contains(*c)).is_some() {}
        let Some(kind) = chars.next() else {
            return Err(HostError::value_error("incomplete format"));
        };
        if kind == '%' {
            return Ok("%".into());
        }
        let value = next(self)?;
        self.percent_value(spec, kind, &value)
    }

    fn percent_count(
        &mut self,
        chars: &mut std::iter::Peekable<std::str::Chars>,
        next: &mut dyn FnMut(&mut Self) -> Result<Value>,
    ) -> Result<Option<usize>> {
        if chars.next_if_eq(&'*').is_some() {
            let value = next(self)?;
            let count = value.as_int().and_then(|n| usize::try_from(n).ok());
            return match count.filter(|n| *n <= MAX_WIDTH) {
                Some(n) => Ok(Some(n)),
                None => Err(HostError::type_error("* wants int")),
            };
        }
        let mut text = String::new();
        while let Some(c) = chars.next_if(char::is_ascii_digit) {
            text.push(c);
        }
        if text.is_empty() {
            return Ok(None);
        }
        let count = text.parse().ok().filter(|n| *n <= MAX_WIDTH);
        count.map(Some).ok_or_else(|| HostError::value_error("width too big"))
    }

    fn percent_value(&mut self, mut spec: Spec, kind: char, value: &Value) -> Result<String> {
        let needs_number = |what: &str| {
            HostError::type_error(format!(
                "%{kind} format: {what} is required, not {}",
                type_name(value)
            ))
        };
        match kind {
            'd' | 'i' | 'u' => {
                let value = match value {
                    Value::Float(f) => number::truncate(f.value)?,
                    value if value.is_int() => value.clone(),
                    _ => return Err(needs_number("a real number")),
                };
                percent_int(&spec, 'd', &value.as_bigint().unwrap_or_default())
            }
            'x' | 'X' | 'o' => match value.as_bigint() {
                Some(value) => percent_int(&spec, kind, &value),
                None => Err(needs_number("an integer")),
            },
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                if !value.is_number() {
                    return Err(HostError::type_error(format!(
                        "must be real number, not {}",
                        type_name(value)
                    )));
                }
                spec.ty = Some(kind);
                format_float(&spec, number::to_f64(value)?)
            }
            'c' => {
                let text = match value {
                    Value::Int(code) => {
                        u32::try_from(*code).ok().and_then(char::from_u32).map(String::from)
                    }
                    Value::Str(text) if text.chars().count() == 1 => Some(text.to_string()),
                    _ => None,
                };
                let message = "%c requires int or char";
                let text = text.ok_or_else(|| HostError::type_error(message))?;
                spec.zero = false;
                Ok(spec.pad("", &text, '>'))
            }
            's' | 'r' | 'a' => {
                let text = match kind {
                    's' => self.str_of(value)?,
                    'r' => self.repr(value)?,
                    _ => super::text::escape_non_ascii(&self.repr(value)?),
                };
                let n_chars = spec.precision.unwrap_or(usize::MAX);
                spec.zero = false;
                Ok(spec.pad("", &text.chars().take(n_chars).collect::<String>(), '>'))
            }
            _ => Err(HostError::value_error(format!("unsupported format character '{kind}'"))),
        }
    }

    /// `text.format(…)`
    pub(crate) fn str_format(&mut self, text: &str, args: &CallArgs) -> Result<String> {
        let mut auto = 0;
        self.format_fields(text, args, &mut auto, 0)
    }

    fn format_fields(
        &mut self,
        text: &str,
        args: &CallArgs,
        auto: &mut usize,
        depth: usize,
    ) -> Result<String> {
        if depth > 2 {
            return Err(HostError::value_error("Max string recursion exceeded"));
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            if rest[at + 1..].starts_with(brace) {
                out.push_str(brace);
                rest = &rest[at + 2..];
                continue;
            }
            if brace == "}" {
                let message = "Single '}' encountered in format string";
                return Err(HostError::value_error(message));
            }
            let end = field_end(&rest[at + 1..])
                .ok_or_else(|| HostError::value_error("expected '}' before end of string"))?;
            let field = &rest[at + 1..at + 1 + end];
            out.push_str(&self.format_field(field, args, auto, depth)?);
            rest = &rest[at + 2 + end..];
        }
        out.push_str(rest);
        self.budget.consume(out.len())?;
        Ok(out)
    }

    fn format_field(
        &mut self,
        field: &str,
        args: &CallArgs,
        auto: &mut usize,
        depth: usize,
    ) -> Result<String> {
        let (target, spec) = match field.find(':') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, ""),
        };
        let (path, conversion) = match target.rsplit_once('!') {
            Some((path, conversion)) => (path, Some(conversion)),
            None => (target, None),
        };
        let mut value = self.field_value(path, args, auto)?;
        match conversion {
            None => {}
            Some("r") => value = self.repr(&value)?.into(),
            Some("s") => value = self.str_of(&value)?.into(),
            Some("a") => value = super::text::escape_non_ascii(&self.repr(&value)?).into(),
            Some(other) => {
                let message = format!("Unknown conversion specifier {other}");
                return Err(HostError::value_error(message));
            }
        }
        let spec = self.format_fields(spec, args, auto, depth + 1)?;
        self.format_value(&value, &spec)
    }

    /// The value of `name`, `0`, `name.attr`, `name[key]`.
    fn field_value(&mut self, path: &str, args: &CallArgs, auto: &mut usize) -> Result<Value> {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let mut value = match first.parse::<usize>() {
            Ok(at) => positional(args, at)?,
            Err(_) if first.is_empty() => {
                *auto += 1;
                positional(args, *auto - 1)?
            }
            Err(_) => match args.keyword.iter().find(|k| k.name.as_str() == first) {
                Some(k) => k.value.clone(),
                None => return Err(self.key_error(&first.into())?),
            },
        };
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('.') {
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let name = crate::ast::Ident { name: tail[..end].into(), span: Span::NONE };
                value = self.getattr(&value, name, Span::NONE)?;
                rest = &tail[end..];
            } else {
                let Some(end) = rest.find(']') else {
                    return Err(HostError::value_error("Missing ']' in format string"));
                };
                let key = &rest[1..end];
                let index = key.parse::<i64>().map_or_else(|_| key.into(), Value::Int);
                value = self.getitem(&value, &index, Span::NONE)?;
                rest = &rest[end + 1..];
            }
        }
        Ok(value)
    }
}

fn positional(args: &CallArgs, at: usize) -> Result<Value> {
    args.positional.get(at).map(|arg| arg.value.clone()).ok_or_else(|| {
        let message = format!("Replacement index {at} out of range for positional args tuple");
        HostError::exception(super::ExcKind::IndexError, message)
    })
}

/// Where the field that starts before `text` ends: at its `}`.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
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

fn percent_int(spec: &Spec, kind: char, value: &BigInt) -> Result<String> {
    let sign = spec.sign(value.is_negative());
    let magnitude = value.abs();
    let (digits, prefix) = match kind {
        'x' => (magnitude.to_str_radix(16), "0x"),
        'X' => (magnitude.to_str_radix(16).to_uppercase(), "0X"),
        'o' => (magnitude.to_str_radix(8), "0o"),
        _ if value.bits() > 14_290 => return Err(super::text::too_many_digits()),
        _ => (magnitude.to_string(), ""),
    };
    let missing = spec.precision.unwrap_or(0).saturating_sub(digits.len());
    let body = format!("{}{digits}", "0".repeat(missing));
    let prefix = if spec.alternate { prefix } else { "" };
    let left = spec.align == Some('<');
    let spec = Spec { zero: spec.zero && !left, ..spec.clone() };
    Ok(spec.pad(&format!("{sign}{prefix}"), &body, '>'))
}

fn format_float(spec: &Spec, value: f64) -> Result<String> {
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
