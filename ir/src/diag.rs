//! Diagnostics: what went wrong, where, and what to write instead.
//!
//! Every problem a user can cause has a stable [`Code`]; `tirade explain CODE` tells more. This
//! module holds the data; [`render`] is the only place that turns it into text.

pub mod codes;
pub mod render;

use crate::span::Span;
pub use codes::Code;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The program cannot be used.
    Error,
    /// The program can be used, but probably does not say what was meant.
    Warning,
    /// More about another diagnostic.
    Note,
}

/// A second place that matters, with a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// One host call or macro expansion on the way to the failing expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// Name of the host function or macro.
    pub name: String,
    /// The call.
    pub span: Span,
}

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave.
    pub level: Level,
    /// The stable code.
    pub code: Code,
    /// One sentence that names the user's entities in backticks.
    pub message: String,
    /// The innermost expression that failed.
    pub span: Span,
    /// What stands under the primary span, if more than the message is needed.
    pub label: Option<String>,
    /// Other places.
    pub labels: Vec<Label>,
    /// Why the rule exists.
    pub notes: Vec<String>,
    /// What to write.
    pub help: Vec<String>,
    /// Host calls and macro expansions around the failing expression, innermost first.
    pub expansion: Vec<Expansion>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            level: Level::Error,
            code,
            message: message.into(),
            span,
            label: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            expansion: Vec::new(),
        }
    }

    /// A warning.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { level: Level::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// Adds the text under the primary span.
    pub fn with_label(mut self, message: impl Into<String>) -> Self {
        self.label = Some(message.into());
        self
    }

    /// Adds a secondary place.
    pub fn with_secondary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a note.
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a hint.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// True for [`Level::Error`].
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}
