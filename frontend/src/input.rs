//! The parser's input: a slice of tokens that nom can walk over.

use crate::error::ParseError;
use crate::token::{Token, TokenKind};
use nom::{IResult, Input, Needed};
use std::cell::{Cell, RefCell};
use std::iter::{Copied, Enumerate};
use tirade_ir::diag::Diagnostic;
use tirade_ir::span::{SourceFile, Span};

/// The result of a parser: the tokens left and what was made of those before.
pub type PResult<'a, T> = IResult<Tokens<'a>, T, ParseError>;

/// What all parsers of one file share.
pub struct Context<'a> {
    /// The source.
    pub file: &'a SourceFile,
    /// All tokens, the last of which is the end of the file.
    pub tokens: &'a [Token],
    /// Expressions being parsed around this place.
    pub depth: Cell<u32>,
    /// Height of the highest expression parsed so far at this depth.
    pub height: Cell<u32>,
    /// Blocks around this place.
    pub blocks: Cell<u32>,
    /// What went wrong so far.
    pub diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'a> Context<'a> {
    /// The context before anything is parsed.
    pub fn new(file: &'a SourceFile, tokens: &'a [Token]) -> Self {
        Context {
            file,
            tokens,
            depth: Cell::new(0),
            height: Cell::new(0),
            blocks: Cell::new(0),
            diagnostics: RefCell::new(Vec::new()),
        }
    }

    /// The source text under `span`.
    pub fn text(&self, span: Span) -> &'a str {
        let text: &'a str = &self.file.text;
        &text[self.file.local_range(span)]
    }
}

/// Tokens still to be read, with the context. Cheap to copy; positions are compared by length.
#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    rest: &'a [Token],
    /// What all parsers of the file share.
    pub cx: &'a Context<'a>,
}

impl<'a> Tokens<'a> {
    /// All tokens of the context.
    pub fn all(cx: &'a Context<'a>) -> Self {
        Tokens { rest: cx.tokens, cx }
    }

    /// The next token; the end of the file stays the next one forever.
    pub fn first(&self) -> Token {
        match self.rest.first() {
            Some(token) => *token,
            None => Token { kind: TokenKind::EndOfFile, span: Span::NONE },
        }
    }

    /// Kind of the next token.
    pub fn kind(&self) -> TokenKind {
        self.nth_kind(0)
    }

    /// Kind of the token after the next `n`.
    pub fn nth_kind(&self, n: usize) -> TokenKind {
        self.rest.get(n).map_or(TokenKind::EndOfFile, |t| t.kind)
    }

    /// How many tokens are left.
    pub fn len(&self) -> usize {
        self.rest.len()
    }

    /// True when no token is left, not even the end of the file.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tokens after the next one.
    pub fn advance(self) -> Self {
        match self.rest {
            [_, rest @ ..] if !rest.is_empty() => Tokens { rest, cx: self.cx },
            _ => self,
        }
    }

    /// The tokens from where `left` of them were left.
    pub fn rewind(self, left: usize) -> Self {
        let idx = self.cx.tokens.len().saturating_sub(left);
        Tokens { rest: &self.cx.tokens[idx..], cx: self.cx }
    }

    /// The token before the next one.
    pub fn previous(&self) -> Option<Token> {
        let idx = self.cx.tokens.len() - self.rest.len();
        idx.checked_sub(1).map(|i| self.cx.tokens[i])
    }

    /// From the first token of `start` to the last token before these.
    pub fn span_from(&self, start: Tokens<'a>) -> Span {
        let lo = start.first().span.lo;
        let hi = self.previous().map_or(lo, |t| t.span.hi);
        Span::new(lo, hi.max(lo))
    }
}

impl<'a> Input for Tokens<'a> {
    type Item = Token;
    type Iter = Copied<std::slice::Iter<'a, Token>>;
    type IterIndices = Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Tokens { rest: &self.rest[..index], cx: self.cx }
    }

    fn take_from(&self, index: usize) -> Self {
        Tokens { rest: &self.rest[index..], cx: self.cx }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Token) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(|t| predicate(*t))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match self.rest.len() {
            len if count <= len => Ok(count),
            len => Err(Needed::new(count - len)),
        }
    }
}
