//! What was probably meant where the grammar expected something else.

use crate::input::Tokens;
use crate::token::TokenKind;
use nom::Input;
use tirade_ir::diag::{Code, Diagnostic};

/// Adds what was probably meant by the statement at `start`, which fails at `place`.
pub(super) fn hint(
    error: Diagnostic,
    expected: &str,
    place: Tokens<'_>,
    start: Tokens<'_>,
) -> Diagnostic {
    if let Some(construct) = soft_keyword(place, start) {
        return unsupported(start, construct);
    }
    match help(expected, place, start) {
        Some(help) => error.with_help(help),
        None if place.kind().is_keyword() && expected.contains("name") => {
            error.with_note(format!("{} is a reserved word", place.kind().describe()))
        }
        None => error,
    }
}

fn help(expected: &str, place: Tokens<'_>, start: Tokens<'_>) -> Option<&'static str> {
    use TokenKind::*;
    let before = place.previous().map_or(EndOfFile, |t| t.kind);
    let first_word = start.cx.text(start.first().span);
    match (place.kind(), before) {
        (If, Else) => Some("write `elif` for `else if`"),
        (Eq, _) if expected == "`:`" => Some("write `==` to compare two values"),
        (Eq, _) if expected.starts_with("`,`") => {
            Some("a keyword argument is a plain name; write `==` to compare two values")
        }
        (ColonEq, _) => Some("write `=` to assign in a statement, or put parentheses around `:=`"),
        (Newline | EndOfFile, Plus) if ends_with_twice(place, Plus) => Some("write `+= 1`"),
        (Newline | EndOfFile, Minus) if ends_with_twice(place, Minus) => Some("write `-= 1`"),
        (Ampersand, Ampersand) => Some("write `and` for `&&`"),
        (Pipe, Pipe) => Some("write `or` for `||`"),
        (Greater, Less) => Some("write `!=` for `<>`"),
        (DoubleSlash, _) if place.len() == start.len() => Some("comments begin with `#`"),
        (Newline | EndOfFile, _) if expected == "`:`" => Some("end this line with `:`"),
        (LeftBrace, _) if expected == "`:`" => Some("write `:` and indent the block"),
        (Arrow, _) => Some("write `.` for an attribute"),
        (Not, _) if expected == "an expression" => Some("put parentheses around `not ...`"),
        (Lambda, _) if expected == "an expression" => Some("put parentheses around the lambda"),
        (RightBracket, LeftBracket) => Some("write `[()]` for no index at all"),
        (_, Name) if is_second(place, start) && matches!(first_word, "print" | "exec") => {
            Some("call it with parentheses")
        }
        (Name | LeftParen, Name) if is_second(place, start) && is_definition(first_word) => {
            Some("write `def` to define a function")
        }
        (kind, _) if expected == "end of line" && begins_compound(kind) => {
            Some("begin this statement on a line of its own")
        }
        (kind, Colon) if begins_compound(kind) => Some("begin this statement on a line of its own"),
        _ => None,
    }
}

/// The construct that a soft keyword begins, if the statement looks like one.
fn soft_keyword(place: Tokens<'_>, start: Tokens<'_>) -> Option<&'static str> {
    if start.kind() != TokenKind::Name {
        return None;
    }
    match start.cx.text(start.first().span) {
        "match" if opens_block(start) => Some("`match` statements"),
        "type" if is_second(place, start) && place.kind() == TokenKind::Name => {
            Some("`type` statements")
        }
        _ => None,
    }
}

fn unsupported(start: Tokens<'_>, construct: &str) -> Diagnostic {
    let message = format!("{construct} are not supported");
    Diagnostic::error(Code::UNSUPPORTED_SYNTAX, start.first().span, message)
}

/// True if the line at `start` ends in `:`.
fn opens_block(start: Tokens<'_>) -> bool {
    let ends_line = |kind| matches!(kind, TokenKind::Newline | TokenKind::EndOfFile);
    let line = start.iter_elements().take_while(|t| !ends_line(t.kind));
    line.last().is_some_and(|t| t.kind == TokenKind::Colon)
}

/// True if `place` is the second token of the statement.
fn is_second(place: Tokens<'_>, start: Tokens<'_>) -> bool {
    place.len() + 1 == start.len()
}

/// True if two tokens of `kind` stand before `place`, as in `i++`.
fn ends_with_twice(place: Tokens<'_>, kind: TokenKind) -> bool {
    place.rewind(place.len() + 2).kind() == kind
}

fn is_definition(word: &str) -> bool {
    matches!(word, "fn" | "func" | "function" | "fun")
}

fn begins_compound(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, If | For | While | With | Try | Def | Class)
}
