//! Errors of the lexer and of the parser, and the sentences they become.
//!
//! Both are small `Copy` values: a failing branch allocates nothing, and text is put together only
//! for the errors that are shown.

mod hint;
mod lex;
mod parse;
pub(crate) mod rule;

pub use lex::{LexError, LexErrorKind};
pub use parse::{ParseError, Problem, Rejection, TargetUse};

use tirade_ir::diag::{Code, Diagnostic, Level};
use tirade_ir::span::{SourceFile, Span};

/// How many errors of one file are reported.
pub const MAX_ERRORS: usize = 20;

/// Brings the errors of lexer and parser into the order of the text, cut off at [`MAX_ERRORS`].
pub(crate) fn merge(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|d| d.span);
    if diagnostics.len() > MAX_ERRORS {
        let message = format!("only the first {MAX_ERRORS} syntax errors of this file are shown");
        let last = diagnostics[MAX_ERRORS].span;
        diagnostics.truncate(MAX_ERRORS);
        let note = Diagnostic::error(Code::TOO_MANY_ERRORS, last, message);
        diagnostics.push(Diagnostic { level: Level::Note, ..note });
    }
    diagnostics
}

/// The text under `span` for a message: one line, not too long.
fn excerpt(file: &SourceFile, span: Span) -> String {
    const MAX_CHARS: usize = 40;
    let text = file.text.get(file.local_range(span)).unwrap_or("");
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None if line.len() < text.len() => format!("{line}..."),
        None => line.to_string(),
    }
}
