//! What can go wrong between a module and its compiled code.

use std::path::{Path, PathBuf};
use std::time::Duration;
use tirade_ir::{Code, Diagnostic, Span};

/// A failure of the C backend. Converts into a [`Diagnostic`].
#[derive(Debug)]
pub enum AotError {
    /// The program uses something that has no C form.
    Unsupported(Box<Diagnostic>),
    /// No C compiler could be started.
    CompilerMissing {
        /// What was tried.
        tool: String,
        /// Why it failed.
        reason: String,
    },
    /// The C compiler refused the code.
    CompilerFailed {
        /// What was run.
        tool: String,
        /// How it ended.
        status: String,
        /// What it wrote, shortened.
        stderr: String,
    },
    /// The C compiler did not end in time.
    CompilerTimeout {
        /// What was run.
        tool: String,
        /// The limit.
        limit: Duration,
    },
    /// A file could not be read or written.
    Io {
        /// What was to be done, as in `write`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// A compiled library could not be loaded, or the worker not be started.
    Load(String),
    /// Arguments do not fit the function, or the run ended in a report.
    Report(Box<Diagnostic>),
}

/// Result of the backend.
pub type Result<T> = std::result::Result<T, AotError>;

impl AotError {
    /// The program uses `what`, which has no C form.
    pub fn unsupported(span: Span, what: impl std::fmt::Display) -> AotError {
        let message = format!("{what} cannot be compiled to C");
        AotError::Unsupported(Box::new(Diagnostic::error(Code::NO_C_FORM, span, message)))
    }

    /// A failed file operation.
    pub fn io(what: &'static str, path: &Path, error: impl std::fmt::Display) -> AotError {
        AotError::Io { what, path: path.to_path_buf(), reason: error.to_string() }
    }
}

impl From<AotError> for Diagnostic {
    fn from(error: AotError) -> Diagnostic {
        let plain = |code, message| Diagnostic::error(code, Span::NONE, message);
        match error {
            AotError::Unsupported(diagnostic) | AotError::Report(diagnostic) => *diagnostic,
            AotError::CompilerMissing { tool, reason } => {
                plain(Code::CC_MISSING, format!("the C compiler `{tool}` cannot be run: {reason}"))
                    .with_help("install a C compiler, or name one with `--cc` or the variable `CC`")
            }
            AotError::CompilerFailed { tool, status, stderr } => {
                let mut lines = stderr.lines().map(str::trim).filter(|l| !l.is_empty());
                let cause = lines.clone().find(|l| l.contains("error")).or(lines.next());
                let message = match cause {
                    Some(line) => format!("the C compiler `{tool}` failed ({status}): {line}"),
                    None => format!("the C compiler `{tool}` failed ({status})"),
                };
                plain(Code::CC_FAILED, message)
            }
            AotError::CompilerTimeout { tool, limit } => {
                let seconds = limit.as_secs_f64();
                let message = format!("the C compiler `{tool}` did not end within {seconds} s");
                plain(Code::CC_TIMEOUT, message)
            }
            AotError::Io { what, path, reason } => {
                let message = format!("cannot {what} `{}`: {reason}", path.display());
                plain(Code::OUTPUT_FAILED, message)
            }
            AotError::Load(reason) => {
                plain(Code::LOAD_FAILED, format!("compiled code cannot be loaded: {reason}"))
            }
        }
    }
}
