//! Layout: indentation, line breaks, line joining and brackets.

use super::string::Mode;
use super::{Lexer, after, blanks, is_word_byte, split};
use crate::error::LexErrorKind;
use crate::token::{TokenKind, classify_word};
use nom::bytes::complete::take_while;
use tirade_ir::span::Span;

/// How far a mismatched closing bracket looks for its opener.
const BRACKET_SEARCH: usize = 8;

/// The indentation of a line, measured twice: a line is deeper than another only if it is so
/// whatever the width of a tab.
#[derive(Clone, Copy)]
pub(super) struct Width {
    /// Column when tabs fill up to a multiple of 8.
    wide: u32,
    /// Column when a tab is one column.
    narrow: u32,
}

impl Width {
    const ZERO: Width = Width { wide: 0, narrow: 0 };
}

/// An open level of indentation.
#[derive(Clone, Copy)]
pub(super) struct Indent {
    width: Width,
    /// The blanks that opened the level.
    span: Span,
    /// False for the level of a misplaced line, which makes no tokens.
    emitted: bool,
}

/// An open bracket.
#[derive(Clone, Copy)]
pub(super) struct Bracket {
    kind: u8,
    pos: u32,
}

impl Bracket {
    fn span(self) -> Span {
        Span::new(self.pos, self.pos + 1)
    }
}

impl Lexer<'_> {
    /// Skips blank lines and comment lines, then turns the indentation of the next line into
    /// tokens.
    pub(super) fn begin_line(&mut self) {
        loop {
            let line = self.rest;
            let (rest, indentation) = split(blanks, line);
            self.rest = rest;
            match rest.first() {
                None => return,
                Some(b'\n' | b'\r') => self.skip_line_break(),
                Some(b'#') => self.comment(),
                Some(_) => {
                    let span = Span::new(self.pos_of(line), self.pos());
                    return self.indentation(width(indentation), span);
                }
            }
        }
    }

    fn indentation(&mut self, found: Width, span: Span) {
        let top = self.indents.last().map_or(Width::ZERO, |i| i.width);
        if found.wide == top.wide {
            if found.narrow != top.narrow {
                self.mixed_indentation(span);
            }
            return;
        }
        if found.wide > top.wide {
            if found.narrow <= top.narrow {
                self.mixed_indentation(span);
            }
            self.indents.push(Indent { width: found, span, emitted: true });
            return self.emit(TokenKind::Indent, 0);
        }
        while let Some(level) = self.indents.pop_if(|i| i.width.wide > found.wide) {
            if level.emitted {
                self.emit(TokenKind::Dedent, 0);
            }
        }
        let top = self.indents.last().map_or(Width::ZERO, |i| i.width);
        if found.wide != top.wide {
            self.error(LexErrorKind::UnmatchedDedent, span, Span::NONE);
            self.indents.push(Indent { width: found, span, emitted: false });
        } else if found.narrow != top.narrow {
            self.mixed_indentation(span);
        }
    }

    fn mixed_indentation(&mut self, span: Span) {
        let other = self.indents.last().map_or(Span::NONE, |i| i.span);
        self.error(LexErrorKind::MixedIndentation, span, other);
    }

    /// A line break outside of text: the end of a statement, or nothing inside brackets.
    pub(super) fn line_break(&mut self) {
        if self.brackets.is_empty() {
            let len = line_break_len(self.rest);
            self.emit(TokenKind::Newline, len);
            return self.begin_line();
        }
        self.skip_line_break();
        let (_, word) = split(take_while(is_word_byte), after(blanks, self.rest));
        if begins_statement(classify_word(word)) {
            self.abandon_brackets();
            self.emit(TokenKind::Newline, 0);
            self.begin_line();
        }
    }

    fn skip_line_break(&mut self) {
        self.rest = &self.rest[line_break_len(self.rest)..];
    }

    /// A backslash outside of strings: the line goes on after the break.
    pub(super) fn continuation(&mut self) {
        match line_break_len(&self.rest[1..]) {
            0 => self.invalid(LexErrorKind::LineContinuation, 1),
            len if self.rest.len() == 1 + len => self.invalid(LexErrorKind::LineContinuation, 1),
            len => self.rest = &self.rest[1 + len..],
        }
    }

    pub(super) fn open_bracket(&mut self) {
        let kind = self.rest[0];
        self.brackets.push(Bracket { kind, pos: self.pos() });
        let token = match kind {
            b'(' => TokenKind::LeftParen,
            b'[' => TokenKind::LeftBracket,
            _ => TokenKind::LeftBrace,
        };
        self.emit(token, 1);
    }

    pub(super) fn close_bracket(&mut self) {
        let (open, token) = match self.rest[0] {
            b')' => (b'(', TokenKind::RightParen),
            b']' => (b'[', TokenKind::RightBracket),
            _ => (b'{', TokenKind::RightBrace),
        };
        if self.brackets.last().is_some_and(|b| b.kind == open) {
            self.brackets.pop();
            self.leave_fields();
            return self.emit(token, 1);
        }
        self.mismatched_bracket(open);
    }

    /// A closing bracket that does not fit the innermost open one. An opener a little further out
    /// is taken to be meant, else the innermost one; brackets around an f-string stay untouched.
    fn mismatched_bracket(&mut self, open: u8) {
        let here = self.span_here(1);
        let Some(innermost) = self.brackets.last().copied() else {
            return self.invalid(LexErrorKind::UnmatchedBracket, 1);
        };
        self.error(LexErrorKind::MismatchedBracket, here, innermost.span());
        let field = self.field_base();
        let depth = self.brackets.len();
        let lowest = field.unwrap_or(0).max(depth.saturating_sub(BRACKET_SEARCH));
        let found = self.brackets[lowest..].iter().rposition(|b| b.kind == open);
        // The brace of an f-string's field is left to a `}`.
        let keep = field.map_or(0, |base| base + 1);
        self.brackets.truncate(found.map_or((depth - 1).max(keep), |idx| lowest + idx));
        self.emit(TokenKind::Error, 1);
        self.leave_fields();
    }

    /// Gives up all open brackets and f-strings: what follows cannot stand inside them.
    fn abandon_brackets(&mut self) {
        if let Some(innermost) = self.brackets.last().copied() {
            let next = self.pos_of(after(blanks, self.rest));
            let kind = match self.field_base() {
                Some(base) if base + 1 == self.brackets.len() => LexErrorKind::UnclosedField,
                _ => LexErrorKind::UnclosedBracket,
            };
            self.error(kind, innermost.span(), Span::new(next, next));
        }
        self.brackets.clear();
        self.modes.clear();
        self.emit(TokenKind::Error, 0);
    }

    /// Where the open bracket at `idx` stands.
    pub(super) fn bracket_span(&self, idx: usize) -> Span {
        self.brackets.get(idx).map_or(Span::NONE, |b| b.span())
    }

    /// Closes whatever the end of the file leaves open.
    pub(super) fn end_file(&mut self) {
        if let Some(Mode::Text(quote) | Mode::Spec(quote)) = self.modes.last().copied() {
            self.unterminated_fstring(quote);
        }
        if !self.brackets.is_empty() {
            self.abandon_brackets();
        }
        let ended = self.tokens.last().is_none_or(|t| {
            matches!(t.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
        });
        if !ended {
            self.emit(TokenKind::Newline, 0);
        }
        while let Some(level) = self.indents.pop() {
            if level.emitted {
                self.emit(TokenKind::Dedent, 0);
            }
        }
        self.emit(TokenKind::EndOfFile, 0);
    }
}

fn width(indentation: &[u8]) -> Width {
    indentation.iter().fold(Width::ZERO, |w, byte| match byte {
        b' ' => Width { wide: w.wide + 1, narrow: w.narrow + 1 },
        b'\t' => Width { wide: (w.wide / 8 + 1) * 8, narrow: w.narrow + 1 },
        _ => Width::ZERO,
    })
}

/// Length of the line break at the start of `input`, 0 if there is none.
pub(super) fn line_break_len(input: &[u8]) -> usize {
    match input {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// True for keywords that never begin a line inside brackets: a bracket was left open before.
fn begins_statement(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Assert
            | Break
            | Class
            | Continue
            | Def
            | Del
            | Elif
            | Except
            | Finally
            | Global
            | Import
            | Nonlocal
            | Pass
            | Raise
            | Return
            | Try
            | While
            | With
    )
}
