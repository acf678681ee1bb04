//! Strings and f-strings: where they end. The parser reads what is inside.

use super::layout::line_break_len;
use super::{Lexer, is_line_break, split};
use crate::error::LexErrorKind;
use crate::token::TokenKind;
use nom::bytes::complete::take_till;
use tirade_ir::span::Span;

/// Where inside an f-string the lexer is. Outside of f-strings there is no mode.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// Text up to the closing quote.
    Text(Quote),
    /// The expression of a field, whose `{` is `brackets[base]`.
    Field {
        /// Index of the field's brace.
        base: usize,
        /// The f-string around the field.
        quote: Quote,
    },
    /// A field's format specification, up to its `}`.
    Spec(Quote),
}

/// What opened an f-string.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    byte: u8,
    triple: bool,
    raw: bool,
    /// Prefix and opening quote.
    open: Span,
    /// How many brackets were open before it.
    brackets: usize,
}

impl Quote {
    fn len(self) -> usize {
        if self.triple { 3 } else { 1 }
    }

    fn closes(self, rest: &[u8]) -> bool {
        rest.len() >= self.len() && rest[..self.len()].iter().all(|b| *b == self.byte)
    }
}

/// True for `r`, `b`, `u`, `f` and their allowed pairs.
pub(super) fn is_prefix(word: &[u8]) -> bool {
    match word {
        [a] => matches!(a | 0x20, b'r' | b'b' | b'u' | b'f'),
        [a, b] => matches!(
            (a | 0x20, b | 0x20),
            (b'r', b'b') | (b'b', b'r') | (b'r', b'f') | (b'f', b'r')
        ),
        _ => false,
    }
}

impl<'a> Lexer<'a> {
    /// A string whose prefix begins at `from` and whose quote is the next byte.
    pub(super) fn string(&mut self, from: &'a [u8]) {
        let prefix = &from[..from.len() - self.rest.len()];
        let byte = self.rest[0];
        let triple = self.rest.len() >= 3 && self.rest[1] == byte && self.rest[2] == byte;
        let raw = prefix.iter().any(|b| b | 0x20 == b'r');
        let open = Span::new(self.pos_of(from), self.pos() + if triple { 3 } else { 1 });
        let quote = Quote { byte, triple, raw, open, brackets: self.brackets.len() };
        self.rest = &self.rest[quote.len()..];
        if prefix.iter().any(|b| b | 0x20 == b'f') {
            self.emit_since(TokenKind::FStringStart, from);
            self.modes.push(Mode::Text(quote));
            return;
        }
        if self.skip_string(quote) {
            self.emit_since(TokenKind::String, from);
        } else {
            self.unterminated_string(quote, from);
        }
    }

    /// Skips the text of a string and its closing quote; false if there is none.
    fn skip_string(&mut self, quote: Quote) -> bool {
        let stops = |b: u8| b == quote.byte || b == b'\\' || is_line_break(b);
        loop {
            self.rest = split(take_till(stops), self.rest).0;
            match self.rest.first() {
                None => return false,
                Some(b'\\') => self.skip_escape(),
                Some(_) if quote.closes(self.rest) => {
                    self.rest = &self.rest[quote.len()..];
                    return true;
                }
                Some(b'\n' | b'\r') if !quote.triple => return false,
                Some(_) => self.rest = &self.rest[1..],
            }
        }
    }

    /// Skips a backslash and the byte or line break after it.
    fn skip_escape(&mut self) {
        let len = line_break_len(&self.rest[1..]).max(1);
        self.rest = self.rest.get(1 + len..).unwrap_or(&[]);
    }

    fn unterminated_string(&mut self, quote: Quote, from: &'a [u8]) {
        let span = Span::new(quote.open.lo, self.pos());
        // In `f"{x"` the last quote was meant to end the f-string around it.
        match self.modes.last().copied() {
            Some(Mode::Field { base, quote: outer }) if outer.byte == quote.byte => {
                let brace = self.bracket_span(base);
                self.error(LexErrorKind::UnclosedField, brace, quote.open);
                self.leave_fstring(outer);
            }
            _ if quote.triple => {
                self.error(LexErrorKind::UnterminatedTripleString, quote.open, Span::NONE)
            }
            _ => self.error(LexErrorKind::UnterminatedString, span, Span::NONE),
        }
        self.emit_since(TokenKind::Error, from);
    }

    /// Text of an f-string or of a format specification, and the delimiter after it.
    pub(super) fn fstring_text(&mut self, quote: Quote) {
        let in_spec = matches!(self.modes.last(), Some(Mode::Spec(_)));
        let from = self.rest;
        self.skip_fstring_text(quote, in_spec);
        if self.rest.len() < from.len() {
            self.emit_since(TokenKind::FStringText, from);
        }
        match self.rest.first() {
            Some(b'{') => self.open_field(quote),
            Some(b'}') if in_spec => {
                self.modes.pop();
                self.close_bracket();
            }
            Some(b'}') => self.invalid(LexErrorKind::SingleBrace, 1),
            Some(_) if quote.closes(self.rest) && in_spec => self.unclosed_spec(quote),
            Some(_) if quote.closes(self.rest) => {
                self.modes.pop();
                self.emit(TokenKind::FStringEnd, quote.len());
            }
            _ => self.unterminated_fstring(quote),
        }
    }

    fn skip_fstring_text(&mut self, quote: Quote, in_spec: bool) {
        let stops = |b: u8| matches!(b, b'{' | b'}' | b'\\' | b'\n' | b'\r') || b == quote.byte;
        loop {
            self.rest = split(take_till(stops), self.rest).0;
            match self.rest {
                [b'{', b'{', ..] | [b'}', b'}', ..] if !in_spec => self.rest = &self.rest[2..],
                [] | [b'{' | b'}', ..] => return,
                [b'\\', b'{' | b'}', ..] => self.rest = &self.rest[1..],
                [b'\\', b'N', b'{', ..] if !quote.raw => {
                    let name = split(take_till(|b| b == b'}' || is_line_break(b)), self.rest).0;
                    self.rest = name.strip_prefix(b"}").unwrap_or(name);
                }
                [b'\\', ..] => self.skip_escape(),
                _ if quote.closes(self.rest) => return,
                [b'\n' | b'\r', ..] if !quote.triple => return,
                _ => self.rest = &self.rest[1..],
            }
        }
    }

    fn open_field(&mut self, quote: Quote) {
        self.modes.push(Mode::Field { base: self.brackets.len(), quote });
        self.open_bracket();
    }

    /// A `:` or `!` that ends the expression of a field; false where it is an ordinary operator.
    pub(super) fn field_delimiter(&mut self) -> bool {
        let Some(Mode::Field { base, quote }) = self.modes.last().copied() else {
            return false;
        };
        if self.brackets.len() != base + 1 {
            return false;
        }
        match self.rest {
            [b':', ..] => {
                self.emit(TokenKind::Colon, 1);
                self.modes.push(Mode::Spec(quote));
                true
            }
            [b'!', next, ..] if *next != b'=' => {
                self.emit(TokenKind::Bang, 1);
                true
            }
            _ => false,
        }
    }

    /// Index of the brace of the f-string field around this place.
    pub(super) fn field_base(&self) -> Option<usize> {
        match self.modes.last() {
            Some(Mode::Field { base, .. }) => Some(*base),
            _ => None,
        }
    }

    /// Leaves the field whose brace has been closed.
    pub(super) fn leave_fields(&mut self) {
        let open = self.brackets.len();
        self.modes.pop_if(|m| matches!(m, Mode::Field { base, .. } if *base >= open));
    }

    /// The quote closes the f-string inside a format specification.
    fn unclosed_spec(&mut self, quote: Quote) {
        let brace = self.bracket_span(self.brackets.len().saturating_sub(1));
        self.error(LexErrorKind::UnclosedField, brace, self.span_here(quote.len()));
        self.emit(TokenKind::Error, quote.len());
        self.leave_fstring(quote);
    }

    /// The line or the file ends inside the text of an f-string.
    pub(super) fn unterminated_fstring(&mut self, quote: Quote) {
        let (kind, hi) = match quote.triple {
            true => (LexErrorKind::UnterminatedTripleString, quote.open.hi),
            false => (LexErrorKind::UnterminatedString, self.pos()),
        };
        self.error(kind, Span::new(quote.open.lo, hi), Span::NONE);
        self.emit(TokenKind::Error, 0);
        self.leave_fstring(quote);
    }

    /// Forgets the f-string that `quote` opened with everything inside it.
    fn leave_fstring(&mut self, quote: Quote) {
        self.brackets.truncate(quote.brackets);
        while let Some(mode) = self.modes.pop() {
            if matches!(mode, Mode::Text(q) if q.open == quote.open) {
                return;
            }
        }
    }
}
