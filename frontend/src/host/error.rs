//! Errors of parse-time evaluation: Python exceptions, diagnostics, limits.
//!
//! An error is made without a place; the innermost expression that fails on the way up gives it
//! its span and the host backtrace ([`HostError::locate`]).

use super::exceptions::ExcKind;
use super::object::Instance;
use super::value::Value;
use std::rc::Rc;
use tirade_ir::diag::{Code, Diagnostic, Expansion};
use tirade_ir::span::Span;

/// Result of evaluation.
pub type Result<T> = std::result::Result<T, HostError>;

/// An error on its way up; one pointer.
#[derive(Clone)]
pub struct HostError(Box<ErrorData>);

/// What is on its way up.
#[derive(Clone)]
pub enum ErrorKind {
    /// An exception of the evaluator: class, message, and the argument where it is no message.
    Exception(ExcKind, String, Option<Value>),
    /// An exception object that the script raised.
    Raised(Rc<Instance>),
    /// An error of the dialects, with its own span.
    Diagnostic(Code, String),
    /// A limit; cannot be caught.
    Limit(Code, String),
    /// Something that was reported before.
    Poisoned,
}

#[derive(Clone)]
struct ErrorData {
    kind: ErrorKind,
    span: Span,
    /// Labels, notes and help; the other fields are filled in at the end.
    extra: Option<Box<Diagnostic>>,
    expansion: Vec<Expansion>,
    located: bool,
}

impl HostError {
    fn of(kind: ErrorKind) -> HostError {
        let (span, expansion) = (Span::NONE, Vec::new());
        HostError(Box::new(ErrorData { kind, span, extra: None, expansion, located: false }))
    }

    /// A coded error at `span`.
    #[cold]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> HostError {
        let mut error = HostError::of(ErrorKind::Diagnostic(code, message.into()));
        error.0.span = span;
        error
    }

    /// A ready diagnostic; the backtrace is added to it.
    #[cold]
    pub fn diagnostic(diagnostic: Diagnostic) -> HostError {
        let mut error =
            HostError::new(diagnostic.code, diagnostic.span, diagnostic.message.clone());
        error.0.extra = Some(Box::new(diagnostic));
        error
    }

    /// A Python exception.
    #[cold]
    pub fn exception(kind: ExcKind, message: impl Into<String>) -> HostError {
        HostError::of(ErrorKind::Exception(kind, message.into(), None))
    }

    /// A Python exception whose argument is not its message: `KeyError`, `StopIteration`.
    #[cold]
    pub fn exception_with(kind: ExcKind, message: String, argument: Value) -> HostError {
        HostError::of(ErrorKind::Exception(kind, message, Some(argument)))
    }

    /// `TypeError`
    #[cold]
    pub fn type_error(message: impl Into<String>) -> HostError {
        HostError::exception(ExcKind::TypeError, message)
    }

    /// `ValueError`
    #[cold]
    pub fn value_error(message: impl Into<String>) -> HostError {
        HostError::exception(ExcKind::ValueError, message)
    }

    /// An exception object that the script raised.
    #[cold]
    pub fn raised(exception: Rc<Instance>) -> HostError {
        HostError::of(ErrorKind::Raised(exception))
    }

    /// A limit.
    #[cold]
    pub fn limit(code: Code, message: impl Into<String>) -> HostError {
        HostError::of(ErrorKind::Limit(code, message.into()))
    }

    /// Something that was reported before.
    #[cold]
    pub fn poisoned() -> HostError {
        HostError::of(ErrorKind::Poisoned)
    }

    /// A construct of Python that has no meaning here.
    #[cold]
    pub fn unsupported(span: Span, message: impl Into<String>) -> HostError {
        HostError::new(Code::HOST_UNSUPPORTED, span, message)
    }

    /// What it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it is, if known yet.
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// True for an exception of class `kind` or derived from it.
    pub fn is_exception(&self, kind: ExcKind) -> bool {
        match &self.0.kind {
            ErrorKind::Exception(own, ..) => own.is_a(kind),
            ErrorKind::Raised(exception) => {
                exception.class.exception_kind().is_some_and(|own| own.is_a(kind))
            }
            ErrorKind::Diagnostic(code, _) => ExcKind::of_code(*code).is_a(kind),
            ErrorKind::Limit(..) | ErrorKind::Poisoned => false,
        }
    }

    /// True for limits, which unwind everything.
    pub fn is_limit(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Limit(..))
    }

    /// True for what was reported before.
    pub fn is_poisoned(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Poisoned)
    }

    /// Gives the error its place; only the first call counts.
    #[cold]
    pub fn at(mut self, span: Span) -> HostError {
        if !self.0.located {
            self.0.span = self.0.span.or(span);
        }
        self
    }

    /// Moves the error to another place: that of the text it came from.
    #[cold]
    pub fn moved_to(mut self, span: Span) -> HostError {
        self.0.span = span;
        self
    }

    /// Gives the error its place and backtrace; only the first call counts.
    #[cold]
    pub fn locate(mut self, span: Span, backtrace: impl FnOnce() -> Vec<Expansion>) -> HostError {
        if !self.0.located {
            self.0.located = true;
            self.0.span = self.0.span.or(span);
            self.0.expansion = backtrace();
        }
        self
    }

    /// True once it has a place and backtrace.
    pub fn is_located(&self) -> bool {
        self.0.located
    }

    fn extra(&mut self) -> &mut Diagnostic {
        let blank = || Box::new(Diagnostic::error(Code(0), Span::NONE, String::new()));
        self.0.extra.get_or_insert_with(blank)
    }

    /// Adds a hint.
    #[cold]
    pub fn with_help(mut self, help: impl Into<String>) -> HostError {
        self.extra().help.push(help.into());
        self
    }

    /// Adds a note.
    #[cold]
    pub fn with_note(mut self, note: impl Into<String>) -> HostError {
        self.extra().notes.push(note.into());
        self
    }

    /// Adds a secondary place.
    #[cold]
    pub fn with_secondary(mut self, span: Span, message: impl Into<String>) -> HostError {
        let diagnostic =
            std::mem::replace(self.extra(), Diagnostic::error(Code(0), Span::NONE, String::new()));
        *self.extra() = diagnostic.with_secondary(span, message);
        self
    }

    /// The diagnostic that reports this error; `None` for what was reported before.
    pub fn into_diagnostic(self) -> Option<Diagnostic> {
        let data = *self.0;
        let (code, message) = match data.kind {
            ErrorKind::Exception(kind, message, _) => (kind.code(), kind.describe(&message)),
            ErrorKind::Raised(exception) => exception.describe_exception(),
            ErrorKind::Diagnostic(code, message) | ErrorKind::Limit(code, message) => {
                (code, message)
            }
            ErrorKind::Poisoned => return None,
        };
        let blank = || Box::new(Diagnostic::error(code, Span::NONE, String::new()));
        let mut diagnostic = *data.extra.unwrap_or_else(blank);
        diagnostic.code = code;
        diagnostic.message = message;
        diagnostic.span = data.span;
        diagnostic.expansion.extend(data.expansion);
        Some(diagnostic)
    }
}

impl std::fmt::Debug for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.clone().into_diagnostic())
    }
}
