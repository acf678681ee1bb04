//! Errors of the parser.

use super::excerpt;
use super::hint::hint;
use crate::input::Tokens;
use crate::token::{Token, TokenKind};
use nom::Input;
use nom::error::ErrorKind;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::span::Span;

/// Why a parser failed, and where: the error type of all parsers over tokens.
#[derive(Clone, Copy, Debug)]
pub struct ParseError {
    /// How many tokens were left; fewer means further.
    pub left: u32,
    /// What is wrong.
    pub problem: Problem,
    /// Where; [`Span::NONE`] means the next token.
    pub span: Span,
    /// The open bracket or header this belongs to, or [`Span::NONE`].
    pub other: Span,
}

/// What a parser can find wrong.
#[derive(Clone, Copy, Debug)]
pub enum Problem {
    /// Something else must stand here.
    Expected(&'static str),
    /// An indented block must follow the header `other`.
    ExpectedBlock,
    /// The line is deeper than the one before.
    UnexpectedIndent,
    /// An `else` or the like without its statement.
    MisplacedClause,
    /// This expression, described, cannot be a target.
    Target(TargetUse, &'static str),
    /// A rule beyond the grammar is broken.
    Rejected(&'static Rejection),
    /// More levels of this than the limit.
    TooDeep(&'static str, u32),
}

/// What a target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetUse {
    /// `target = value`
    Assign,
    /// `target += value`
    AugAssign,
    /// `target: annotation`
    Annotate,
    /// `for target in`
    Loop,
    /// `with item as target`
    With,
    /// `del target`
    Delete,
}

/// A rule that a program breaks though the grammar allows it.
#[derive(Debug)]
pub struct Rejection {
    /// The code.
    pub code: Code,
    /// What is wrong.
    pub message: &'static str,
    /// What to write, or empty.
    pub help: &'static str,
}

impl ParseError {
    /// An error at the next token.
    pub fn here(i: Tokens<'_>, problem: Problem) -> Self {
        ParseError { left: i.len() as u32, problem, span: Span::NONE, other: Span::NONE }
    }

    /// An error at `span`, which is before or at the next token.
    pub fn at(i: Tokens<'_>, span: Span, problem: Problem) -> Self {
        ParseError { span, ..ParseError::here(i, problem) }
    }

    /// Names the open bracket or header this belongs to.
    pub fn within(self, other: Span) -> Self {
        ParseError { other, ..self }
    }

    /// This error as one that no alternative can mend.
    pub fn cut<T>(self) -> Result<T, nom::Err<ParseError>> {
        Err(nom::Err::Failure(self))
    }
}

impl<'a> nom::error::ParseError<Tokens<'a>> for ParseError {
    fn from_error_kind(input: Tokens<'a>, _: ErrorKind) -> Self {
        ParseError::here(input, Problem::Expected("something else"))
    }

    fn append(_: Tokens<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }

    /// Keeps the error that is further on: its alternative understood more of the text.
    fn or(self, other: Self) -> Self {
        if other.left < self.left { other } else { self }
    }
}

impl ParseError {
    /// The error in words; `start` is where its statement begins. `None` where the lexer has
    /// already reported what stands there.
    pub fn diagnostic(&self, start: Tokens<'_>) -> Option<Diagnostic> {
        let place = start.rewind(self.left as usize);
        if place.kind() == TokenKind::Error || ends_broken(place) {
            return None;
        }
        let span = self.span.or(visible(place));
        let error = match self.problem {
            Problem::Expected(expected) => self.unexpected(expected, span, place, start),
            Problem::ExpectedBlock => self.missing_block(span, place),
            Problem::UnexpectedIndent => {
                Diagnostic::error(Code::UNEXPECTED_INDENT, span, "unexpected indentation")
                    .with_label("deeper than the line before, which opens no block")
            }
            Problem::MisplacedClause => {
                let message = format!("{} does not belong to a statement", place.kind().describe());
                Diagnostic::error(Code::MISPLACED_CLAUSE, span, message)
                    .with_help("align it with the statement it belongs to")
            }
            Problem::Target(target_use, what) => invalid_target(target_use, what, span),
            Problem::Rejected(rejection) => {
                let error = Diagnostic::error(rejection.code, span, rejection.message);
                if rejection.help.is_empty() { error } else { error.with_help(rejection.help) }
            }
            Problem::TooDeep(what, limit) => {
                let message = format!("{what} are nested deeper than {limit} levels");
                Diagnostic::error(Code::NESTING_TOO_DEEP, span, message)
                    .with_note("the limit keeps every later stage within its stack")
            }
        };
        Some(error)
    }

    fn unexpected(
        &self,
        expected: &str,
        span: Span,
        place: Tokens<'_>,
        start: Tokens<'_>,
    ) -> Diagnostic {
        let message = format!("expected {expected}, found {}", found(place));
        let error = Diagnostic::error(Code::UNEXPECTED_TOKEN, span, message)
            .with_label(format!("expected {expected}"));
        let error = match self.other {
            Span::NONE => error,
            open => error.with_secondary(open, "opened here"),
        };
        hint(error, expected, place, start)
    }

    fn missing_block(&self, span: Span, place: Tokens<'_>) -> Diagnostic {
        let message = format!("expected an indented block, found {}", found(place));
        let error = Diagnostic::error(Code::EXPECTED_BLOCK, span, message)
            .with_help("indent the body, or write `pass` for an empty one");
        error.with_secondary(self.other, "the block of this line")
    }
}

/// True if the lexer gave up the brackets of this line further on: where the grammar fails inside
/// them says less than that they are never closed.
fn ends_broken(place: Tokens<'_>) -> bool {
    let line = place.iter_elements().take_while(|t| t.kind != TokenKind::Newline);
    line.last().is_some_and(|t| t.kind == TokenKind::Error && t.span.lo == t.span.hi)
}

/// The next token that has text, if indentation stands before it.
fn visible_token(place: Tokens<'_>) -> Token {
    let mut rest = place;
    while matches!(rest.kind(), TokenKind::Indent | TokenKind::Dedent) {
        rest = rest.advance();
    }
    rest.first()
}

/// Where to point for the next token: for the end of a line, to the place after its last token.
fn visible(place: Tokens<'_>) -> Span {
    let token = visible_token(place);
    match (token.kind, place.previous()) {
        (TokenKind::Newline, Some(previous)) => Span::new(previous.span.hi, previous.span.hi),
        _ => token.span,
    }
}

/// The next token in words.
fn found(place: Tokens<'_>) -> String {
    use TokenKind::*;
    let token = visible_token(place);
    match token.kind {
        Name | Int | Float | String => format!("`{}`", excerpt(place.cx.file, token.span)),
        kind if kind.is_keyword() => format!("keyword {}", kind.describe()),
        kind => kind.describe().to_string(),
    }
}

fn invalid_target(target_use: TargetUse, what: &str, span: Span) -> Diagnostic {
    let message = match target_use {
        TargetUse::Assign => format!("cannot assign to {what}"),
        TargetUse::AugAssign => format!("{what} cannot be the target of an augmented assignment"),
        TargetUse::Annotate => format!("{what} cannot be annotated"),
        TargetUse::Loop => format!("{what} cannot be the target of a loop"),
        TargetUse::With => format!("{what} cannot be bound by `as`"),
        TargetUse::Delete => format!("cannot delete {what}"),
    };
    let error = Diagnostic::error(Code::INVALID_TARGET, span, message);
    match (target_use, what) {
        (TargetUse::Assign, "a comparison" | "a logical operation" | "an operation") => {
            error.with_help("write `==` to compare two values")
        }
        (TargetUse::AugAssign | TargetUse::Annotate, "a tuple" | "a list") => {
            error.with_help("write one statement for each target")
        }
        _ => error,
    }
}
