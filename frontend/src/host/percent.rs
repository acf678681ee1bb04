//! `text % values`

use super::error::{HostError, Result};
use super::format::{MAX_WIDTH, Spec, format_float};
use super::types::type_name;
use super::value::Value;
use super::{Evaluator, number};
use num_bigint::BigInt;
use num_traits::Signed;

impl Evaluator {
    /// `text % args`
    pub(crate) fn percent_format(&mut self, text: &str, args: &Value) -> Result<String> {
        let mut values: Vec<Value> = match args {
            Value::Tuple(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        values.reverse();
        // Whatever has items may be looked up by name, and need not be used up.
        let by_name =
            matches!(args, Value::Dict(_) | Value::List(_) | Value::Range(_) | Value::Bytes(_));
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
        spec.width = self.percent_count(chars, next)?.unwrap_or(0);
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
