//! Sequences of statements, and how to go on after one that fails.

use super::MAX_STMT_DEPTH;
use super::stmt::statement;
use crate::ast::Stmt;
use crate::error::{MAX_ERRORS, ParseError, Problem};
use crate::input::Tokens;
use crate::token::TokenKind;
use tirade_ir::diag::Code;

/// Statements up to the end of their block or of the file. Never fails: what goes wrong is
/// reported, and the statement left out.
pub(super) fn statements(i: Tokens<'_>) -> (Tokens<'_>, Vec<Stmt>) {
    let mut body = Vec::new();
    let mut rest = i;
    // Blocks without a statement of their own: under a failed header, or deeper for no reason.
    let mut orphans = 0;
    // A compound statement failed at this many orphans, so its other clauses are no surprise.
    let mut failed_compound = None;
    loop {
        match rest.kind() {
            TokenKind::EndOfFile => return (rest, body),
            TokenKind::Dedent if orphans == 0 => return (rest, body),
            TokenKind::Dedent => {
                orphans -= 1;
                rest = rest.advance();
            }
            TokenKind::Newline => rest = rest.advance(),
            TokenKind::Indent => {
                report(rest, ParseError::here(rest, Problem::UnexpectedIndent));
                orphans += 1;
                rest = rest.advance();
            }
            kind if failed_compound == Some(orphans) && is_clause(kind) => {
                (rest, orphans) = enter_orphan(skip_line(rest), orphans);
            }
            kind => match statement(rest, &mut body) {
                Ok(after) => {
                    failed_compound = failed_compound.filter(|level| *level < orphans);
                    rest = after;
                }
                Err(error) => {
                    if is_compound(kind) {
                        failed_compound = Some(orphans);
                    }
                    (rest, orphans) = resume(rest, inner(error), orphans);
                }
            },
        }
    }
}

/// Reports `error` of the statement at `start` and finds the place to go on.
fn resume<'a>(start: Tokens<'a>, error: ParseError, orphans: u32) -> (Tokens<'a>, u32) {
    let code = report(start, error);
    if start.cx.diagnostics.borrow().len() > MAX_ERRORS {
        return (start.rewind(1), orphans);
    }
    let place = start.rewind((error.left as usize).min(start.len()));
    // The body of a `match` makes no sense without it.
    let is_match = code == Some(Code::UNSUPPORTED_SYNTAX) && start.kind() == TokenKind::Name;
    if is_match || matches!(error.problem, Problem::TooDeep(..)) {
        let in_block = place.kind() == TokenKind::Indent;
        return (skip_block(if in_block { place } else { skip_line(place) }), orphans);
    }
    // An error at the beginning of a later line leaves that line whole.
    let begins_line = place.previous().is_some_and(|t| is_layout(t.kind));
    if place.len() < start.len() && begins_line {
        return (place, orphans);
    }
    enter_orphan(skip_line(place), orphans)
}

fn enter_orphan(i: Tokens<'_>, orphans: u32) -> (Tokens<'_>, u32) {
    match i.kind() {
        TokenKind::Indent => (i.advance(), orphans + 1),
        _ => (i, orphans),
    }
}

/// What is left after the end of this line.
fn skip_line(i: Tokens<'_>) -> Tokens<'_> {
    let mut rest = i;
    while !matches!(rest.kind(), TokenKind::Newline | TokenKind::EndOfFile) {
        rest = rest.advance();
    }
    rest.advance()
}

/// What is left after the block that begins here, if one does.
fn skip_block(i: Tokens<'_>) -> Tokens<'_> {
    let mut rest = i;
    let mut depth = 0;
    loop {
        match rest.kind() {
            TokenKind::Indent => depth += 1,
            TokenKind::Dedent if depth > 0 => depth -= 1,
            _ => {}
        }
        if depth == 0 || rest.kind() == TokenKind::EndOfFile {
            break;
        }
        rest = rest.advance();
    }
    match rest.kind() {
        TokenKind::Dedent if rest.len() < i.len() => rest.advance(),
        _ => rest,
    }
}

/// The value, or `None` after reporting why there is none.
pub(super) fn reported<T>(start: Tokens<'_>, result: Result<T, nom::Err<ParseError>>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            report(start, inner(error));
            None
        }
    }
}

/// Reports `error`, which the statement at `start` fails with; the code it is reported under.
fn report(start: Tokens<'_>, error: ParseError) -> Option<Code> {
    let mut diagnostics = start.cx.diagnostics.borrow_mut();
    if diagnostics.len() > MAX_ERRORS {
        return None;
    }
    let diagnostic = error.diagnostic(start)?;
    let code = diagnostic.code;
    diagnostics.push(diagnostic);
    Some(code)
}

/// The error itself; parsers over whole token sequences are never incomplete.
fn inner(error: nom::Err<ParseError>) -> ParseError {
    match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => error,
        nom::Err::Incomplete(_) => unreachable!("token sequences are complete"),
    }
}

/// An error for a block nested too deeply at `i`.
#[cold]
pub(super) fn block_too_deep(i: Tokens<'_>) -> nom::Err<ParseError> {
    let problem = Problem::TooDeep("statements", MAX_STMT_DEPTH);
    nom::Err::Failure(ParseError::here(i, problem))
}

fn is_layout(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
}

fn is_clause(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Elif | TokenKind::Else | TokenKind::Except | TokenKind::Finally)
}

fn is_compound(kind: TokenKind) -> bool {
    use TokenKind::*;
    is_clause(kind) || matches!(kind, If | For | While | With | Try | Async)
}
