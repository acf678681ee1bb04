//! The characters and bytes that the text of a literal stands for.

use crate::error::{Rejection, rule};
use nom::bytes::complete::{take_till, take_while_m_n};
use nom::combinator::map_opt;
use nom::{IResult, Parser};
use tirade_ir::span::Span;

/// An escape that stands for nothing: how much text was left when it began, and its length.
pub(super) struct BadEscape {
    left: usize,
    len: usize,
    pub(super) why: &'static Rejection,
}

impl BadEscape {
    /// Where in the source, if `body` begins at `body_lo`.
    pub(super) fn span(&self, body: &str, body_lo: u32) -> Span {
        let lo = body_lo + (body.len() - self.left) as u32;
        Span::new(lo, lo + self.len as u32)
    }
}

/// Adds the characters that `body` stands for.
pub(super) fn decode(body: &str, raw: bool, out: &mut String) -> Result<(), BadEscape> {
    let is_special = |c: char| c == '\r' || (c == '\\' && !raw);
    let mut rest = body;
    while !rest.is_empty() {
        let (after, plain) = text_till(is_special, rest);
        out.push_str(plain);
        rest = match after.as_bytes() {
            [] => break,
            [b'\r', ..] => {
                out.push('\n');
                after_line_break(after)
            }
            _ => escape(after, out)?,
        };
    }
    Ok(())
}

/// The escape at the start of `input`; the text after it.
fn escape<'a>(input: &'a str, out: &mut String) -> Result<&'a str, BadEscape> {
    let bad = |len, why| BadEscape { left: input.len(), len, why };
    let Some(kind) = input[1..].chars().next() else {
        out.push('\\');
        return Ok("");
    };
    let rest = &input[1 + kind.len_utf8()..];
    let (rest, c) = match kind {
        '\n' | '\r' => return Ok(after_line_break(&input[1..])),
        'N' => return Err(bad(2, &rule::NAMED)),
        '0'..='7' => octal(&input[1..]).map_err(|_| bad(2, &rule::NO_CHARACTER))?,
        'x' | 'u' | 'U' => {
            let digits = match kind {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            match hex(digits, rest) {
                Ok((rest, value)) => match char::from_u32(value) {
                    Some(c) => (rest, c),
                    None => return Err(bad(2 + digits, &rule::NO_CHARACTER)),
                },
                Err(_) => return Err(bad(2, &rule::BAD_HEX)),
            }
        }
        _ => match simple_escape(kind) {
            Some(c) => (rest, c),
            None => {
                out.push('\\');
                (rest, kind)
            }
        },
    };
    out.push(c);
    Ok(rest)
}

/// Adds the bytes that `body` stands for.
pub(super) fn decode_bytes(body: &str, raw: bool, out: &mut Vec<u8>) -> Result<(), BadEscape> {
    let is_special = |c: char| c == '\r' || !c.is_ascii() || (c == '\\' && !raw);
    let mut rest = body;
    while !rest.is_empty() {
        let (after, plain) = text_till(is_special, rest);
        out.extend_from_slice(plain.as_bytes());
        rest = match after.as_bytes() {
            [] => break,
            [b'\r', ..] => {
                out.push(b'\n');
                after_line_break(after)
            }
            [b'\\', ..] => byte_escape(after, out)?,
            _ => {
                let len = after.chars().next().map_or(0, char::len_utf8);
                return Err(BadEscape { left: after.len(), len, why: &rule::NOT_ASCII });
            }
        };
    }
    Ok(())
}

fn byte_escape<'a>(input: &'a str, out: &mut Vec<u8>) -> Result<&'a str, BadEscape> {
    let bad = |len, why| BadEscape { left: input.len(), len, why };
    let Some(kind) = input[1..].chars().next() else {
        out.push(b'\\');
        return Ok("");
    };
    let rest = &input[1 + kind.len_utf8()..];
    let (rest, value) = match kind {
        '\n' | '\r' => return Ok(after_line_break(&input[1..])),
        '0'..='7' => octal(&input[1..])
            .map(|(rest, c)| (rest, u32::from(c)))
            .map_err(|_| bad(2, &rule::BIG_OCTAL))?,
        'x' => hex(2, rest).map_err(|_| bad(2, &rule::BAD_HEX))?,
        _ => match simple_escape(kind) {
            Some(c) => (rest, u32::from(c)),
            None => {
                // The backslash stands for itself; what follows is ordinary text.
                out.push(b'\\');
                return Ok(&input[1..]);
            }
        },
    };
    match u8::try_from(value) {
        Ok(byte) => out.push(byte),
        Err(_) => return Err(bad(4, &rule::BIG_OCTAL)),
    }
    Ok(rest)
}

fn simple_escape(kind: char) -> Option<char> {
    Some(match kind {
        '\\' | '\'' | '"' => kind,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        _ => return None,
    })
}

fn octal(input: &str) -> IResult<&str, char, ()> {
    let digits = take_while_m_n(1, 3, |c: char| matches!(c, '0'..='7'));
    map_opt(digits, |d: &str| u32::from_str_radix(d, 8).ok().and_then(char::from_u32)).parse(input)
}

fn hex(len: usize, input: &str) -> IResult<&str, u32, ()> {
    let digits = take_while_m_n(len, len, |c: char| c.is_ascii_hexdigit());
    map_opt(digits, |d: &str| u32::from_str_radix(d, 16).ok()).parse(input)
}

fn text_till(stop: impl Fn(char) -> bool, input: &str) -> (&str, &str) {
    take_till::<_, &str, ()>(stop)(input).unwrap_or((input, ""))
}

/// The text after the line break that `input` begins with.
fn after_line_break(input: &str) -> &str {
    input.strip_prefix("\r\n").unwrap_or(&input[1..])
}
