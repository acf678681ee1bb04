//! The lexer: text to tokens, with nom recognising the pieces.
//!
//! One pass over the bytes, dispatching on the first byte of each token. It keeps Python's layout
//! rules: an indentation stack makes `Indent` and `Dedent`, lines join inside brackets and after
//! a backslash. F-strings become several tokens, so the expressions inside them are ordinary
//! tokens with ordinary spans, and quotes may nest. Comments go to a list of their own.
//!
//! An error is recorded and leaves an [`TokenKind::Error`] token in its place, on which the parser
//! gives up its statement without a word of its own.

mod layout;
mod number;
mod string;

use crate::ast::Comment;
use crate::error::{LexError, LexErrorKind, MAX_ERRORS};
use crate::token::{Token, TokenKind, classify_word};
use nom::IResult;
use nom::bytes::complete::{take_till, take_while};
use string::Mode;
use tirade_ir::span::{SourceFile, Span};

/// What the lexer makes of a file.
#[derive(Debug)]
pub struct Lexed {
    /// All tokens; the last one is the only [`TokenKind::EndOfFile`].
    pub tokens: Vec<Token>,
    /// All comments in order.
    pub comments: Vec<Comment>,
    /// The first errors in order, never more than [`MAX_ERRORS`] + 1.
    pub errors: Vec<LexError>,
}

/// The result of a recogniser. The error is `()`: all that matters is that it did not match.
type Recognised<'a, T = &'a [u8]> = IResult<&'a [u8], T, ()>;

/// Splits `file` into tokens. Never fails and takes time linear in the text.
pub fn lex(file: &SourceFile) -> Lexed {
    let text = file.text.as_str();
    let mut lexer = Lexer {
        text,
        rest: text.as_bytes(),
        start: file.start,
        tokens: Vec::with_capacity(text.len() / 4 + 8),
        comments: Vec::new(),
        errors: Vec::new(),
        indents: Vec::new(),
        brackets: Vec::new(),
        modes: Vec::new(),
    };
    lexer.run();
    Lexed { tokens: lexer.tokens, comments: lexer.comments, errors: lexer.errors }
}

struct Lexer<'a> {
    text: &'a str,
    /// What is still to be read, a suffix of `text`.
    rest: &'a [u8],
    start: u32,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    errors: Vec<LexError>,
    indents: Vec<layout::Indent>,
    brackets: Vec<layout::Bracket>,
    modes: Vec<Mode>,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        if let Some(rest) = self.rest.strip_prefix("\u{feff}".as_bytes()) {
            self.rest = rest;
        }
        self.begin_line();
        while !self.rest.is_empty() {
            match self.modes.last() {
                Some(Mode::Text(quote) | Mode::Spec(quote)) => self.fstring_text(*quote),
                Some(Mode::Field { .. }) | None => self.token(),
            }
        }
        self.end_file();
    }

    /// Reads one token, or the blanks, line break or comment at this place.
    fn token(&mut self) {
        match self.rest[0] {
            b' ' | b'\t' | b'\x0c' => self.rest = after(blanks, self.rest),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.rest.get(1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'"' | b'\'' => self.string(self.rest),
            b'#' => self.comment(),
            b'\n' | b'\r' => self.line_break(),
            b'\\' => self.continuation(),
            b'(' | b'[' | b'{' => self.open_bracket(),
            b')' | b']' | b'}' => self.close_bracket(),
            0x80.. => self.unicode_word(self.rest),
            _ => self.operator(),
        }
    }

    /// A name, a keyword, or the prefix of a string.
    fn word(&mut self) {
        let from = self.rest;
        let (rest, word) = split(take_while(is_word_byte), from);
        match rest.first() {
            Some(0x80..) => return self.unicode_word(from),
            Some(b'"' | b'\'') if string::is_prefix(word) => {
                self.rest = rest;
                return self.string(from);
            }
            _ => {}
        }
        self.emit(classify_word(word), word.len());
    }

    /// A name with characters outside ASCII, or characters that no name has. `from` is its start.
    fn unicode_word(&mut self, from: &'a [u8]) {
        let text = &self.text[self.text.len() - from.len()..];
        let is_name = |c: char| c == '_' || c.is_alphanumeric();
        let (_, name) = split_str(take_while(is_name), text);
        if name.is_empty() {
            let is_foreign = |c: char| !c.is_ascii() && !is_name(c);
            let (_, foreign) = split_str(take_while(is_foreign), text);
            return self.invalid(LexErrorKind::InvalidCharacter, foreign.len());
        }
        self.rest = from;
        self.emit(TokenKind::Name, name.len());
    }

    fn comment(&mut self) {
        let before = &self.text.as_bytes()[..self.text.len() - self.rest.len()];
        let own_line = match before.iter().rfind(|b| !is_blank(**b)) {
            None | Some(b'\n' | b'\r') => true,
            Some(_) => self.tokens.is_empty() && before.starts_with("\u{feff}".as_bytes()),
        };
        let (rest, comment) = split(take_till(is_line_break), self.rest);
        let span = self.span_here(comment.len());
        self.comments.push(Comment { span, own_line });
        self.rest = rest;
    }

    fn operator(&mut self) {
        if self.field_delimiter() {
            return;
        }
        match operator(self.rest) {
            Some((kind, len)) => self.emit(kind, len),
            None => self.invalid(LexErrorKind::InvalidCharacter, 1),
        }
    }

    /// Position of the next byte.
    fn pos(&self) -> u32 {
        self.pos_of(self.rest)
    }

    /// Position where `suffix`, a suffix of the text, begins.
    fn pos_of(&self, suffix: &[u8]) -> u32 {
        self.start + (self.text.len() - suffix.len()) as u32
    }

    fn span_here(&self, len: usize) -> Span {
        Span::new(self.pos(), self.pos() + len as u32)
    }

    /// Emits a token of the next `len` bytes.
    fn emit(&mut self, kind: TokenKind, len: usize) {
        let span = self.span_here(len);
        self.tokens.push(Token { kind, span });
        self.rest = &self.rest[len..];
    }

    /// Emits a token from `from` to the next byte.
    fn emit_since(&mut self, kind: TokenKind, from: &[u8]) {
        let span = Span::new(self.pos_of(from), self.pos());
        self.tokens.push(Token { kind, span });
    }

    /// Records an error about the next `len` bytes and emits them as an error token.
    fn invalid(&mut self, kind: LexErrorKind, len: usize) {
        self.error(kind, self.span_here(len), Span::NONE);
        self.emit(TokenKind::Error, len);
    }

    /// Records an error. `other` is a second place that matters, or `NONE`.
    fn error(&mut self, kind: LexErrorKind, span: Span, other: Span) {
        if self.errors.len() <= MAX_ERRORS {
            self.errors.push(LexError { kind, span, other });
        }
    }
}

/// Runs a recogniser that matches everywhere, if only the empty text.
fn split<'a>(
    mut recognise: impl FnMut(&'a [u8]) -> Recognised<'a>,
    input: &'a [u8],
) -> (&'a [u8], &'a [u8]) {
    recognise(input).unwrap_or((input, &[]))
}

/// [`split`] over characters.
fn split_str<'a>(
    mut recognise: impl FnMut(&'a str) -> IResult<&'a str, &'a str, ()>,
    input: &'a str,
) -> (&'a str, &'a str) {
    recognise(input).unwrap_or((input, ""))
}

/// What is left of `input` after what `recognise` matches.
fn after<'a>(recognise: impl FnMut(&'a [u8]) -> Recognised<'a>, input: &'a [u8]) -> &'a [u8] {
    split(recognise, input).0
}

/// Spaces, tabs and form feeds.
fn blanks(input: &[u8]) -> Recognised<'_> {
    take_while(is_blank)(input)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_word_byte(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
            byte += 1;
        }
        table
    };
    TABLE[byte as usize]
}

/// The longest operator at the start of `input` and its length.
fn operator(input: &[u8]) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    Some(match input {
        [b',', ..] => (Comma, 1),
        [b':', b'=', ..] => (ColonEq, 2),
        [b':', ..] => (Colon, 1),
        [b'.', b'.', b'.', ..] => (Ellipsis, 3),
        [b'.', ..] => (Dot, 1),
        [b'=', b'=', ..] => (EqEq, 2),
        [b'=', ..] => (Eq, 1),
        [b'+', b'=', ..] => (PlusEq, 2),
        [b'+', ..] => (Plus, 1),
        [b'-', b'>', ..] => (Arrow, 2),
        [b'-', b'=', ..] => (MinusEq, 2),
        [b'-', ..] => (Minus, 1),
        [b'*', b'*', b'=', ..] => (DoubleStarEq, 3),
        [b'*', b'*', ..] => (DoubleStar, 2),
        [b'*', b'=', ..] => (StarEq, 2),
        [b'*', ..] => (Star, 1),
        [b'/', b'/', b'=', ..] => (DoubleSlashEq, 3),
        [b'/', b'/', ..] => (DoubleSlash, 2),
        [b'/', b'=', ..] => (SlashEq, 2),
        [b'/', ..] => (Slash, 1),
        [b'@', b'=', ..] => (AtEq, 2),
        [b'@', ..] => (At, 1),
        [b'%', b'=', ..] => (PercentEq, 2),
        [b'%', ..] => (Percent, 1),
        [b'<', b'<', b'=', ..] => (LeftShiftEq, 3),
        [b'<', b'<', ..] => (LeftShift, 2),
        [b'<', b'=', ..] => (LessEq, 2),
        [b'<', ..] => (Less, 1),
        [b'>', b'>', b'=', ..] => (RightShiftEq, 3),
        [b'>', b'>', ..] => (RightShift, 2),
        [b'>', b'=', ..] => (GreaterEq, 2),
        [b'>', ..] => (Greater, 1),
        [b'!', b'=', ..] => (NotEq, 2),
        [b'&', b'=', ..] => (AmpersandEq, 2),
        [b'&', ..] => (Ampersand, 1),
        [b'|', b'=', ..] => (PipeEq, 2),
        [b'|', ..] => (Pipe, 1),
        [b'^', b'=', ..] => (CaretEq, 2),
        [b'^', ..] => (Caret, 1),
        [b'~', ..] => (Tilde, 1),
        [b';', ..] => (Semicolon, 1),
        _ => return None,
    })
}
