//! Refusals: why a step is not taken, where, and what would make it legal.

use tirade_ir::diag::{Code, Diagnostic, Label};
use tirade_ir::print::{NodeKey, PrintOptions, print_func};
use tirade_ir::{BlockId, IRModule, SourceMap, Span, Symbol, VarId};

/// A place of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The header of a block.
    Block(BlockId),
    /// The header of a loop.
    Loop(VarId),
    /// The header of a function.
    Func(Symbol),
}

impl At {
    fn key(self) -> NodeKey {
        match self {
            At::Block(id) => NodeKey::Block(id),
            At::Loop(var) => NodeKey::Loop(var),
            At::Func(name) => NodeKey::Func(name),
        }
    }
}

/// Why a primitive refuses. The schedule is as it was before.
#[derive(Clone, Debug)]
pub struct ScheduleError {
    /// The stable code, one of 08xx.
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// Where; the first one is underlined, the others are labels with a word about them.
    pub places: Vec<(At, String)>,
    /// Why the rule exists.
    pub notes: Vec<String>,
    /// What would make the step legal.
    pub help: Vec<String>,
    /// The primitive that refuses.
    pub primitive: &'static str,
    /// The program before the step, to which the places belong.
    pub module: Option<IRModule>,
}

/// What primitives and analyses give.
pub type Result<T, E = ScheduleError> = std::result::Result<T, E>;

impl ScheduleError {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> ScheduleError {
        ScheduleError {
            code,
            message: message.into(),
            places: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            primitive: "",
            module: None,
        }
    }

    /// An argument is not what the primitive takes.
    pub fn argument(message: impl Into<String>) -> ScheduleError {
        ScheduleError::new(Code::SCHEDULE_ARGUMENT, message)
    }

    /// Adds a place; the first one added is the one that is underlined.
    pub fn at(self, at: At) -> ScheduleError {
        self.at_with(at, "")
    }

    /// Adds a place with a word about it.
    pub fn at_with(mut self, at: At, label: impl Into<String>) -> ScheduleError {
        self.places.push((at, label.into()));
        self
    }

    /// Adds a reason.
    pub fn note(mut self, note: impl Into<String>) -> ScheduleError {
        self.notes.push(note.into());
        self
    }

    /// Adds what to do instead.
    pub fn help(mut self, help: impl Into<String>) -> ScheduleError {
        self.help.push(help.into());
        self
    }

    /// The error as a diagnostic that underlines its places in the printed program. The print is
    /// added to `sources` as a file of its own; `call` is the step in a script, where it is known,
    /// and gets a label.
    pub fn into_diagnostic(self, sources: &mut SourceMap, call: Span) -> Diagnostic {
        let spans = self.place_spans(sources);
        let mut diagnostic = Diagnostic::error(self.code, Span::NONE, self.message);
        for (span, label) in spans {
            if diagnostic.span.is_none() {
                diagnostic.span = span;
                diagnostic.label = (!label.is_empty()).then_some(label);
            } else {
                diagnostic.labels.push(Label { span, message: label });
            }
        }
        if diagnostic.span.is_none() {
            diagnostic.span = call;
        } else if !call.is_none() {
            diagnostic = diagnostic.with_secondary(call, "this step of the schedule");
        }
        diagnostic.notes = self.notes;
        diagnostic.help = self.help;
        diagnostic
    }

    fn place_spans(&self, sources: &mut SourceMap) -> Vec<(Span, String)> {
        let Some(module) = self.module.as_ref().filter(|_| !self.places.is_empty()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for func in module.functions() {
            let options = PrintOptions { record_nodes: true, ..PrintOptions::default() };
            let printed = print_func(func, &options);
            let ranges = self.places.iter().filter_map(|(at, label)| {
                printed.node(at.key()).map(|range| (range, label.clone()))
            });
            let ranges: Vec<_> = ranges.collect();
            if ranges.is_empty() {
                continue;
            }
            let name = format!("<{} before {}>", func.name, self.primitive);
            let Ok(file) = sources.add(&name, printed.text) else { continue };
            found.extend(ranges.into_iter().map(|(range, label)| {
                let at = |offset: usize| file.start + offset as u32;
                (Span::new(at(range.start), at(range.end)), label)
            }));
        }
        found
    }
}

impl std::fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ScheduleError {}
