//! Errors of the lexer.

use super::excerpt;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::span::{SourceFile, Span};

/// Something in the text that makes no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LexError {
    /// What is wrong.
    pub kind: LexErrorKind,
    /// Where.
    pub span: Span,
    /// A second place that matters, see [`LexErrorKind`]; else [`Span::NONE`].
    pub other: Span,
}

/// What the lexer can find wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexErrorKind {
    /// A character that no token begins with.
    InvalidCharacter,
    /// Indentation that depends on the width of a tab; `other` is the indentation it differs from.
    MixedIndentation,
    /// A line less indented than the one before, but at no earlier level.
    UnmatchedDedent,
    /// A string that its line does not end.
    UnterminatedString,
    /// A triple-quoted string that the file does not end; the span is its opening.
    UnterminatedTripleString,
    /// A `}` alone in the text of an f-string.
    SingleBrace,
    /// A field of an f-string without its `}`; the span is the `{`, `other` where it was noticed.
    UnclosedField,
    /// An opening bracket never closed; `other` is where it was noticed.
    UnclosedBracket,
    /// A closing bracket with nothing open.
    UnmatchedBracket,
    /// A closing bracket that does not fit; `other` is the open one.
    MismatchedBracket,
    /// A malformed number.
    InvalidNumber,
    /// A decimal number that begins with 0.
    LeadingZero,
    /// A number that ends in `j`.
    ImaginaryNumber,
    /// A backslash that does not end its line, or ends the last one.
    LineContinuation,
}

impl LexError {
    /// The error in words.
    pub fn diagnostic(self, file: &SourceFile) -> Diagnostic {
        use LexErrorKind::*;
        let error = |code, message: &str| Diagnostic::error(code, self.span, message);
        let found = excerpt(file, self.span);
        match self.kind {
            InvalidCharacter => self.invalid_character(&found),
            MixedIndentation => {
                let message = "indentation mixes tabs and spaces inconsistently";
                let error = error(Code::MIXED_INDENTATION, message)
                    .with_note(
                        "whether this line is deeper than the other depends on the width of a tab",
                    )
                    .with_help("indent with spaces only");
                labelled(error, self.other, "differs from this indentation")
            }
            UnmatchedDedent => {
                error(Code::UNMATCHED_DEDENT, "unindent does not match any outer indentation level")
                    .with_help("align this line with the statement it follows")
            }
            UnterminatedString => {
                let error = error(Code::UNTERMINATED_STRING, "unterminated string");
                error
                    .with_label("the line ends before the closing quote")
                    .with_help("close the string, or use triple quotes for one of several lines")
            }
            UnterminatedTripleString => {
                error(Code::UNTERMINATED_STRING, "unterminated triple-quoted string")
                    .with_label("opened here and never closed")
            }
            SingleBrace => error(Code::FSTRING_BRACE, "single `}` in an f-string")
                .with_help("write `}}` for a brace"),
            UnclosedField => {
                let error = error(Code::FSTRING_BRACE, "unclosed `{` in an f-string")
                    .with_help("write `{{` for a brace");
                labelled(error, self.other, "no `}` up to here")
            }
            UnclosedBracket => {
                let message = format!("unclosed `{found}`");
                let error = Diagnostic::error(Code::UNCLOSED_BRACKET, self.span, message);
                labelled(error.with_label("opened here"), self.other, "not closed up to here")
            }
            UnmatchedBracket => error(Code::UNMATCHED_BRACKET, &format!("unmatched `{found}`"))
                .with_label("no bracket is open here"),
            MismatchedBracket => {
                let open = excerpt(file, self.other);
                let message = format!("closing bracket `{found}` does not match `{open}`");
                labelled(error(Code::UNMATCHED_BRACKET, &message), self.other, "opened here")
            }
            InvalidNumber => {
                let error = error(Code::INVALID_NUMBER, &format!("invalid number `{found}`"));
                number_hint(error, &found)
            }
            LeadingZero => {
                let digits = found.trim_start_matches(['0', '_']);
                error(Code::INVALID_NUMBER, &format!("decimal number `{found}` begins with a zero"))
                    .with_help(format!("write `{digits}`, or `0o{digits}` for an octal number"))
            }
            ImaginaryNumber => error(
                Code::IMAGINARY_NUMBER,
                &format!("imaginary number `{found}` is not supported"),
            ),
            LineContinuation => error(Code::LINE_CONTINUATION, "misplaced line continuation")
                .with_label("this `\\` must end its line, and another line must follow"),
        }
    }

    fn invalid_character(self, found: &str) -> Diagnostic {
        let first = found.chars().next().unwrap_or('\0');
        let shown = match first {
            c if c.is_control() || c.is_whitespace() => format!("U+{:04X}", u32::from(c)),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => {
                format!("U+{:04X}", u32::from(first))
            }
            c => c.to_string(),
        };
        let message = format!("invalid character `{shown}`");
        let error = Diagnostic::error(Code::INVALID_CHARACTER, self.span, message);
        let help = match first {
            '“' | '”' | '‘' | '’' | '«' | '»' => "write `\"` or `'` around strings",
            '–' | '—' | '−' => "write `-` for minus",
            '×' => "write `*` for multiplication",
            '≤' => "write `<=`",
            '≥' => "write `>=`",
            '≠' => "write `!=`",
            '!' => "write `not` to negate a condition",
            '?' => "write `a if condition else b` for a conditional expression",
            c if c.is_whitespace() => "write an ordinary space",
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => "remove this invisible character",
            _ => return error,
        };
        error.with_help(help)
    }
}

/// Adds a second place, if there is one.
fn labelled(error: Diagnostic, other: Span, message: &str) -> Diagnostic {
    if other.is_none() { error } else { error.with_secondary(other, message) }
}

fn number_hint(error: Diagnostic, found: &str) -> Diagnostic {
    let lower = found.to_ascii_lowercase();
    let help = if found.contains("__") || found.ends_with('_') {
        "write single underscores between digits"
    } else if lower.starts_with("0x") {
        "the digits after `0x` are `0` to `9` and `a` to `f`"
    } else if lower.starts_with("0b") {
        "the digits after `0b` are `0` and `1`"
    } else if lower.starts_with("0o") {
        "the digits after `0o` are `0` to `7`"
    } else if lower.ends_with('e') {
        "digits are missing after the exponent's `e`"
    } else if lower.ends_with(['f', 'l', 'u']) {
        "numbers have no suffix; write `T.float32(1.5)` or `T.int64(1)`"
    } else {
        "a name cannot begin with a digit"
    };
    error.with_help(help)
}
