//! The TVMScript frontend: text to module.
//!
//! [`evaluate`] lexes and parses a file ([`lexer`], [`parser`], [`ast`]), runs it as a script
//! ([`host`]), whose `T.*` names build IR ([`dialect`]), and validates what comes out. It never
//! panics, and ends within fixed budgets of steps and memory, whatever the text.

pub mod ast;
pub mod dialect;
pub mod error;
pub mod host;
pub mod input;
pub mod lexer;
pub mod parser;
pub mod token;

use dialect::Dialect;
use host::{Evaluator, Limits};
use std::sync::Arc;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::func::IRModule;
use tirade_ir::print::Comment;
use tirade_ir::span::{SourceFile, SourceMap, Span};
use tirade_ir::validate::{validate, validate_func};
use tirade_schedule::Schedule;

/// Stack of the thread that evaluates: enough for the deepest recursion that the limits allow.
pub(crate) const STACK_BYTES: usize = 256 << 20;

/// How to evaluate.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Budgets of the evaluation.
    pub limits: Limits,
    /// Whether the result is validated.
    pub validate: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { limits: Limits::default(), validate: true }
    }
}

/// What a file stands for.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The functions that were understood; `None` if there are none.
    pub module: Option<IRModule>,
    /// The dialect of the file.
    pub dialect: Dialect,
    /// Everything that is wrong with the file, in the order it was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Comments of the file, for printing them back.
    pub comments: Vec<Comment>,
    /// What the script printed.
    pub printed: String,
    /// The schedules that the script made, in order.
    pub schedules: Vec<Schedule>,
}

impl Evaluated {
    /// True if the file was rejected.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Evaluates a file, which must be one of `sources`. Scripts that it imports are added to them.
pub fn evaluate(sources: &mut SourceMap, file: &Arc<SourceFile>, options: &Options) -> Evaluated {
    let taken = std::mem::take(sources);
    let run = |taken: SourceMap| evaluate_here(taken, file, options);
    let (evaluated, returned) = std::thread::scope(|scope| {
        let kept = taken.clone();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        match thread.spawn_scoped(scope, move || run(taken)).map(|handle| handle.join()) {
            Ok(Ok(result)) => result,
            // Evaluation does not panic, and a thread can be started; should either fail after
            // all, the caller still gets an answer.
            Ok(Err(_)) => (failed("evaluation stopped by an internal error"), kept),
            Err(_) => (failed("the thread for evaluation cannot be started"), kept),
        }
    });
    *sources = returned;
    evaluated
}

fn failed(message: &str) -> Evaluated {
    let diagnostic = Diagnostic::error(Code::INTERNAL, Span::NONE, message);
    Evaluated {
        module: None,
        dialect: Dialect::default(),
        diagnostics: vec![diagnostic],
        comments: Vec::new(),
        printed: String::new(),
        schedules: Vec::new(),
    }
}

/// [`evaluate`] on a thread whose stack is large enough.
fn evaluate_here(
    sources: SourceMap,
    file: &Arc<SourceFile>,
    options: &Options,
) -> (Evaluated, SourceMap) {
    let (ast, mut diagnostics) = parser::parse_file(file);
    let comments = ast.comments.iter().map(|comment| printable(file, comment)).collect();
    if diagnostics.iter().any(Diagnostic::is_error) {
        let dialect = dialect::detect(&ast, &file.text);
        let (printed, schedules) = (String::new(), Vec::new());
        let nothing =
            Evaluated { module: None, dialect, diagnostics, comments, printed, schedules };
        return (nothing, sources);
    }
    let limits = options.limits.for_source(file.text.len());
    let mut evaluator = Evaluator::new(sources, limits);
    evaluator.run_file(&ast, &file.text);
    let module = evaluator.result();
    let made = std::mem::take(&mut evaluator.dialect.schedules);
    let schedules = made.iter().map(|made| made.schedule.borrow().clone()).collect();
    evaluator.release();
    diagnostics.append(&mut evaluator.diagnostics);
    if let Some(module) = module.as_ref().filter(|_| options.validate) {
        // Where functions are missing because of errors, calls of them are not the caller's fault.
        let found = match diagnostics.iter().any(Diagnostic::is_error) {
            false => validate(module),
            true => module.functions().flat_map(|f| validate_func(f)).collect(),
        };
        diagnostics.extend(found);
    }
    let dialect = evaluator.dialect.file;
    let (printed, sources) = (evaluator.printed, evaluator.sources);
    (Evaluated { module, dialect, diagnostics, comments, printed, schedules }, sources)
}

fn printable(file: &SourceFile, comment: &ast::Comment) -> Comment {
    let text = &file.text[file.local_range(comment.span)];
    Comment {
        pos: comment.span.lo,
        text: text.strip_prefix('#').unwrap_or(text).into(),
        own_line: comment.own_line,
    }
}
