//! The values of string literals and the parts of f-strings.

use super::escape::{decode, decode_bytes};
use super::expr::expression_list;
use super::{expect, expect_as, nested, opt_after, rejected};
use crate::ast::{Conversion, Expr, ExprKind, FStringField, FStringPart};
use crate::error::{ParseError, Rejection, rule};
use crate::input::{PResult, Tokens};
use crate::token::{Token, TokenKind};
use std::sync::Arc;
use tirade_ir::span::Span;

/// Adjacent literals, joined: `"a" b'...' f"{x}"`.
pub(super) fn strings(i: Tokens<'_>) -> PResult<'_, Expr> {
    let mut pieces = Pieces::default();
    let mut rest = i;
    loop {
        rest = match rest.kind() {
            TokenKind::String => plain(rest, &mut pieces)?,
            TokenKind::FStringStart => fstring(rest, &mut pieces)?,
            _ => break,
        };
    }
    Ok((rest, Expr::new(pieces.finish(), rest.span_from(i))))
}

/// Adjacent literals in the making.
#[derive(Default)]
struct Pieces {
    /// Text since the last field.
    text: String,
    /// Fields and the text between them.
    parts: Vec<FStringPart>,
    bytes: Vec<u8>,
    /// Whether the literals are bytes; `None` before the first one.
    is_bytes: Option<bool>,
    is_fstring: bool,
}

impl Pieces {
    fn finish(mut self) -> ExprKind {
        if self.is_fstring {
            self.end_text();
            return ExprKind::FString(self.parts.into());
        }
        match self.is_bytes {
            Some(true) => ExprKind::Bytes(self.bytes.into()),
            _ => ExprKind::Str(self.text.into()),
        }
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(FStringPart::Text(Arc::from(self.text.as_str())));
            self.text.clear();
        }
    }

    /// Notes the kind of one more literal; false if it differs from the ones before.
    fn join(&mut self, is_bytes: bool) -> bool {
        *self.is_bytes.get_or_insert(is_bytes) == is_bytes
    }
}

type Step<'a> = Result<Tokens<'a>, nom::Err<ParseError>>;

fn fail<'a>(i: Tokens<'a>, span: Span, why: &'static Rejection) -> Step<'a> {
    rejected(i, span, why).map(|(rest, ())| rest)
}

fn plain<'a>(i: Tokens<'a>, pieces: &mut Pieces) -> Step<'a> {
    let span = i.first().span;
    let (prefix, body, body_lo) = parts_of_literal(i.cx.text(span), span.lo);
    let raw = prefix.contains(['r', 'R']);
    let is_bytes = prefix.contains(['b', 'B']);
    if !pieces.join(is_bytes) {
        return fail(i, span, &rule::MIXED);
    }
    let result = match is_bytes {
        true => decode_bytes(body, raw, &mut pieces.bytes),
        false => decode(body, raw, &mut pieces.text),
    };
    match result {
        Ok(()) => Ok(i.advance()),
        Err(error) => fail(i, error.span(body, body_lo), error.why),
    }
}

/// Prefix, text between the quotes, and where that text begins.
fn parts_of_literal(literal: &str, lo: u32) -> (&str, &str, u32) {
    let prefix_len = literal.find(['"', '\'']).unwrap_or(0);
    let (prefix, quoted) = literal.split_at(prefix_len);
    let triple = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
    let quote = if triple && quoted.len() >= 6 { 3 } else { 1 };
    let body = quoted.get(quote..quoted.len() - quote).unwrap_or("");
    (prefix, body, lo + (prefix_len + quote) as u32)
}

fn fstring<'a>(i: Tokens<'a>, pieces: &mut Pieces) -> Step<'a> {
    let start = i.first();
    if !pieces.join(false) {
        return fail(i, start.span, &rule::MIXED);
    }
    pieces.is_fstring = true;
    let raw = i.cx.text(start.span).contains(['r', 'R']);
    let mut rest = i.advance();
    loop {
        rest = match rest.kind() {
            TokenKind::FStringText => fstring_text(rest, raw, false, &mut pieces.text)?,
            TokenKind::LeftBrace => {
                let (after, field) = field(rest, raw, &mut pieces.text)?;
                pieces.end_text();
                pieces.parts.push(FStringPart::Field(Box::new(field)));
                after
            }
            _ => return expect(rest, TokenKind::FStringEnd).map(|(rest, _)| rest),
        };
    }
}

/// Text between fields. Outside of format specifications doubled braces stand for one.
fn fstring_text<'a>(i: Tokens<'a>, raw: bool, in_spec: bool, out: &mut String) -> Step<'a> {
    let span = i.first().span;
    let mut rest = i.cx.text(span);
    while !rest.is_empty() {
        let doubled = if in_spec { None } else { rest.find(['{', '}']) };
        let (text, after) = rest.split_at(doubled.map_or(rest.len(), |at| at + 1));
        if let Err(error) = decode(text, raw, out) {
            return fail(i, error.span(text, span.hi - rest.len() as u32), error.why);
        }
        rest = after.strip_prefix(['{', '}']).unwrap_or(after);
    }
    Ok(i.advance())
}

/// `{value!conversion:spec}`. The text of a self-documenting field is added to `text`.
fn field<'a>(i: Tokens<'a>, raw: bool, text: &mut String) -> PResult<'a, FStringField> {
    nested(i, |i| {
        let brace = i.first();
        let (rest, value) = expression_list(i.advance())?;
        let documented = rest.kind() == TokenKind::Eq;
        let rest = if documented { document(rest, brace, text) } else { rest };
        let (rest, conversion) = opt_conversion(rest)?;
        let (rest, spec) = opt_after(TokenKind::Colon, |i| spec(i, raw), rest)?;
        let (rest, _) = expect_as(rest, TokenKind::RightBrace, "`}` of an f-string field")?;
        let conversion = match (documented, &spec) {
            (true, None) => conversion.or(Some(Conversion::Repr)),
            _ => conversion,
        };
        Ok((rest, FStringField { value, conversion, spec, span: rest.span_from(i) }))
    })
}

/// Adds the source between the brace and what follows the `=` at `i`.
fn document<'a>(i: Tokens<'a>, brace: Token, text: &mut String) -> Tokens<'a> {
    let rest = i.advance();
    text.push_str(i.cx.text(Span::new(brace.span.hi, rest.first().span.lo)));
    rest
}

fn opt_conversion(i: Tokens<'_>) -> PResult<'_, Option<Conversion>> {
    if i.kind() != TokenKind::Bang {
        return Ok((i, None));
    }
    let rest = i.advance();
    let conversion = match i.cx.text(rest.first().span) {
        "r" => Conversion::Repr,
        "s" => Conversion::Str,
        "a" => Conversion::Ascii,
        _ => return rejected(rest, rest.first().span, &rule::CONVERSION),
    };
    Ok((rest.advance(), Some(conversion)))
}

/// The parts of a format specification, up to its `}`.
fn spec(i: Tokens<'_>, raw: bool) -> PResult<'_, Box<[FStringPart]>> {
    let mut pieces = Pieces::default();
    let mut rest = i;
    loop {
        rest = match rest.kind() {
            TokenKind::FStringText => fstring_text(rest, raw, true, &mut pieces.text)?,
            TokenKind::LeftBrace => {
                let (after, field) = field(rest, raw, &mut pieces.text)?;
                pieces.end_text();
                pieces.parts.push(FStringPart::Field(Box::new(field)));
                after
            }
            _ => break,
        };
    }
    pieces.end_text();
    Ok((rest, pieces.parts.into()))
}
