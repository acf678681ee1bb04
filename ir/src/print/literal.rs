//! Literals as Python writes them.

use std::fmt::Write;

/// Appends a string literal in double quotes.
pub(super) fn push_string(out: &mut String, value: &str) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() && (c as u32) < 0x100 => {
                write!(out, "\\x{:02x}", c as u32).expect("writing to a string");
            }
            // Line separators would end the line for some readers.
            '\u{2028}' | '\u{2029}' => {
                write!(out, "\\u{:04x}", c as u32).expect("writing to a string");
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A string literal in double quotes.
pub(super) fn string(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    push_string(&mut out, value);
    out
}

/// A float literal: the shortest decimal that reads back as the same double, laid out as
/// Python's `repr` does; a string for values that have no literal.
pub(super) fn push_float(out: &mut String, value: f64) {
    if value.is_nan() {
        return out.push_str("\"nan\"");
    }
    if value.is_infinite() {
        return out.push_str(if value < 0.0 { "\"-inf\"" } else { "\"inf\"" });
    }
    let magnitude = value.abs();
    let fixed = magnitude == 0.0 || (1e-4..1e16).contains(&magnitude);
    if fixed {
        return write!(out, "{value:?}").expect("writing to a string");
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    let sign = if exponent < 0 { '-' } else { '+' };
    write!(out, "{digits}e{sign}{:02}", exponent.abs()).expect("writing to a string");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64) -> String {
        let mut out = String::new();
        push_float(&mut out, value);
        out
    }

    #[test]
    fn floats_are_python_s() {
        let cases = [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e-5, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (1e16, "1e+16"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (f32::MIN as f64, "-3.4028234663852886e+38"),
            (5e-324, "5e-324"),
            (0.0001, "0.0001"),
        ];
        for (value, expected) in cases {
            assert_eq!(float(value), expected);
            assert_eq!(expected.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(float(f64::NEG_INFINITY), "\"-inf\"");
        assert_eq!(float(f64::NAN), "\"nan\"");
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a\"b\\\n\0é"), r#""a\"b\\\n\x00é""#);
    }
}
