//! Literals.

use tirade_ir::DType;
use tirade_ir::scalar::Scalar;

/// An integer literal that is exactly `value`, in a C type that holds `dtype`.
pub fn int_literal(value: i128, dtype: DType) -> String {
    match (dtype.is_uint(), dtype.bits()) {
        (true, 64) if value > u32::MAX as i128 => format!("UINT64_C({value})"),
        (true, 32 | 64) => format!("{value}u"),
        (false, 64) if value == i64::MIN as i128 => "INT64_MIN".into(),
        (false, 64) if value.unsigned_abs() > i32::MAX as u128 => format!("INT64_C({value})"),
        (false, 32) if value == i32::MIN as i128 => "INT32_MIN".into(),
        _ => value.to_string(),
    }
}

/// A literal of a float of type `double` or `float`, exactly: short decimals where they are
/// exact, else hexadecimal. NaN has no literal.
pub fn float_literal(value: f64, is_double: bool) -> Option<String> {
    let end = if is_double { "" } else { "f" };
    if value.is_nan() {
        return None;
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        let cast = if is_double { "(double)" } else { "" };
        return Some(format!("{sign}{cast}INFINITY"));
    }
    let magnitude = value.abs();
    Some(match short_decimal(magnitude) {
        Some(text) => format!("{sign}{text}{end}"),
        None => format!("{sign}{}{end}", hex_float(magnitude)),
    })
}

/// `0.5`, `12.25`: only where the decimal digits are the exact value.
fn short_decimal(value: f64) -> Option<String> {
    let scaled = value * 1024.0;
    let is_short = value == 0.0 || ((1.0 / 1024.0..=1e6).contains(&value) && scaled.fract() == 0.0);
    let text = format!("{value:?}");
    (is_short && text.len() <= 9).then_some(text)
}

fn hex_float(value: f64) -> String {
    let bits = value.to_bits();
    let (exponent, mantissa) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (lead, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    let digits = format!("{mantissa:013x}");
    match digits.trim_end_matches('0') {
        "" => format!("0x{lead}p{exponent:+}"),
        digits => format!("0x{lead}.{digits}p{exponent:+}"),
    }
}

/// The literal of a scalar for an initialiser of its C type.
pub fn initializer(value: Scalar) -> String {
    let dtype = value.dtype();
    if !dtype.is_float() {
        return int_literal(value.to_i128().unwrap_or(0), dtype);
    }
    if dtype.bits() == 16 {
        return format!("0x{:04x}", value.bits());
    }
    float_literal(value.to_f64(), dtype.bits() == 64).unwrap_or_else(|| "NAN".into())
}

/// A C string literal: letters, digits and a few marks as they are, everything else in octal.
pub fn string_literal(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(byte as char),
            b' ' | b'_' | b'-' | b'+' | b'.' | b',' | b':' | b';' | b'(' | b')' | b'[' | b']'
            | b'<' | b'>' | b'=' | b'*' | b'/' | b'!' | b'\'' | b'`' => out.push(byte as char),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}

/// One line of the user's text, fit to stand in a comment.
pub fn comment_text(text: &str) -> String {
    let keep = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let mut out: String = text.trim().chars().map(keep).collect();
    // No end of comment, no start of one, no trigraph, no continued line.
    for (bad, good) in [("*/", "* /"), ("/*", "/ *"), ("??", "? ?"), ("\\", "|")] {
        while out.contains(bad) {
            out = out.replace(bad, good);
        }
    }
    if out.len() > 96 {
        out.truncate(93);
        out.push_str("...");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_exact() {
        let text = |v| float_literal(v, true).unwrap();
        assert_eq!(text(0.0), "0.0");
        assert_eq!(text(-0.0), "-0.0");
        assert_eq!(text(1.5), "1.5");
        assert_eq!(text(0.1), "0x1.999999999999ap-4");
        assert_eq!(text(f64::MIN_POSITIVE / 2.0), "0x0.8p-1022");
        assert_eq!(float_literal(f64::NEG_INFINITY, false).unwrap(), "-INFINITY");
        assert_eq!(float_literal(f32::MIN as f64, false).unwrap(), "-0x1.fffffep+127f");
    }

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(string_literal("a\"\n?"), "\"a\\042\\012\\077\"");
        assert_eq!(comment_text("x **/ y \\"), "x ** / y |");
        assert_eq!(comment_text("/*/"), "/ * /");
    }

    #[test]
    fn integers_have_a_fitting_type() {
        assert_eq!(int_literal(-5, DType::INT32), "-5");
        assert_eq!(int_literal(i32::MIN.into(), DType::INT32), "INT32_MIN");
        assert_eq!(int_literal(1 << 40, DType::INT64), "INT64_C(1099511627776)");
        assert_eq!(int_literal(7, DType::UINT64), "7u");
    }
}
