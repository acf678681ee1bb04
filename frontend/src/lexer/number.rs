//! Number literals: their shape. The parser computes the values.

use super::{Lexer, Recognised, is_word_byte, split};
use crate::error::LexErrorKind;
use crate::token::{TokenKind, classify_word};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::one_of;
use nom::combinator::{opt, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{pair, preceded};

impl Lexer<'_> {
    /// A number that begins at the next byte.
    pub(super) fn number(&mut self) {
        let (rest, digits) = split(take_while(|b: u8| b.is_ascii_digit()), self.rest);
        let plain = rest.first().is_none_or(|b| !is_word_byte(*b) && *b != b'.');
        if plain && (digits[0] != b'0' || digits.len() == 1) {
            return self.emit(TokenKind::Int, digits.len());
        }
        match alt((radix_int, float, decimal_int)).parse(self.rest) {
            Ok((rest, kind)) => self.end_number(rest, kind),
            Err(_) => self.invalid_number(0),
        }
    }

    /// Checks what follows a number whose literal ends at `rest`.
    fn end_number(&mut self, rest: &[u8], kind: TokenKind) {
        let len = self.rest.len() - rest.len();
        let (_, word) = split(take_while(is_word_byte), rest);
        match word {
            [b'j' | b'J'] => self.invalid(LexErrorKind::ImaginaryNumber, len + 1),
            [_, ..] if !may_follow_number(classify_word(word)) => self.invalid_number(len),
            _ if kind == TokenKind::Int && has_leading_zero(&self.rest[..len]) => {
                self.invalid(LexErrorKind::LeadingZero, len)
            }
            _ => self.emit(kind, len),
        }
    }

    fn invalid_number(&mut self, len: usize) {
        let (_, tail) = split(take_while(is_word_byte), &self.rest[len..]);
        self.invalid(LexErrorKind::InvalidNumber, (len + tail.len()).max(1));
    }
}

/// Python reads `1if x else y` as if there were a blank, and so do we.
fn may_follow_number(word: TokenKind) -> bool {
    use TokenKind::*;
    matches!(word, And | Else | For | If | In | Is | Not | Or)
}

fn has_leading_zero(digits: &[u8]) -> bool {
    let decimal = digits.iter().all(|b| b.is_ascii_digit() || *b == b'_');
    decimal && digits[0] == b'0' && digits.iter().any(|b| matches!(b, b'1'..=b'9'))
}

/// Digits of one radix with single underscores between them.
fn digits<'a>(is_digit: fn(u8) -> bool) -> impl FnMut(&'a [u8]) -> Recognised<'a> {
    move |input| {
        let group = || take_while1::<_, &[u8], ()>(is_digit);
        recognize(pair(group(), many0_count(pair(tag("_"), group())))).parse(input)
    }
}

fn decimal_digits(input: &[u8]) -> Recognised<'_> {
    digits(|b| b.is_ascii_digit())(input)
}

/// `0x_ff`, `0o17`, `0b1`
fn radix_int(input: &[u8]) -> Recognised<'_, TokenKind> {
    let radix = |prefix, is_digit| {
        preceded((tag_no_case::<_, &[u8], ()>(prefix), opt(tag("_"))), digits(is_digit))
    };
    value(
        TokenKind::Int,
        alt((
            radix("0x", |b| b.is_ascii_hexdigit()),
            radix("0o", |b| matches!(b, b'0'..=b'7')),
            radix("0b", |b| matches!(b, b'0' | b'1')),
        )),
    )
    .parse(input)
}

/// `1.`, `.5`, `1.5e3`, `1e3`
fn float(input: &[u8]) -> Recognised<'_, TokenKind> {
    let fraction = || preceded(tag::<_, &[u8], ()>("."), opt(decimal_digits));
    let with_point = alt((
        recognize((decimal_digits, fraction(), opt(exponent))),
        recognize((tag("."), decimal_digits, opt(exponent))),
    ));
    let without_point = recognize((decimal_digits, exponent));
    value(TokenKind::Float, alt((with_point, without_point))).parse(input)
}

fn exponent(input: &[u8]) -> Recognised<'_> {
    recognize((one_of("eE"), opt(one_of("+-")), decimal_digits)).parse(input)
}

fn decimal_int(input: &[u8]) -> Recognised<'_, TokenKind> {
    value(TokenKind::Int, decimal_digits).parse(input)
}
