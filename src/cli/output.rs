//! Where diagnostics and data go: diagnostics to standard error in the form asked for.

use super::args::{ColorChoice, Global, MessageFormat};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Write};
use tirade_ir::diag::render::{Style, render};
use tirade_ir::diag::{Diagnostic, Level};
use tirade_ir::{SourceMap, Span};

/// Writes diagnostics as the user asked for them, and remembers whether there was an error.
pub struct Output {
    /// How diagnostics are written.
    pub format: MessageFormat,
    color: bool,
    quiet: bool,
    /// Extra detail was asked for.
    pub verbose: bool,
}

impl Output {
    /// From the options every verb has.
    pub fn new(global: &Global) -> Output {
        let color = match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                    && std::io::stderr().is_terminal()
            }
        };
        Output {
            format: global.message_format,
            color,
            quiet: global.quiet,
            verbose: global.verbose > 0,
        }
    }

    /// Writes one diagnostic. Errors are written even when the run is quiet.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &SourceMap) {
        if self.quiet && diagnostic.level != Level::Error {
            return;
        }
        let text = match self.format {
            MessageFormat::Human => render(diagnostic, sources, Style::Human { color: self.color }),
            MessageFormat::Short => render(diagnostic, sources, Style::Short),
            MessageFormat::Json => format!("{}\n", to_json(diagnostic, sources)),
        };
        // A closed standard error is no reason to fail.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Writes several diagnostics; true if one of them is an error.
    pub fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) -> bool {
        diagnostics.iter().for_each(|d| self.diagnostic(d, sources));
        diagnostics.iter().any(Diagnostic::is_error)
    }

    /// A line about progress or the outcome, on standard error; not when quiet or for machines.
    pub fn status(&self, text: &str) {
        if !self.quiet && self.format != MessageFormat::Json {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }
}

/// One JSON object a diagnostic; lines and columns count from 1, ends are exclusive.
pub fn to_json(d: &Diagnostic, sources: &SourceMap) -> Value {
    let mut object = Map::new();
    let level = match d.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    object.insert("level".into(), level.into());
    object.insert("code".into(), d.code.to_string().into());
    if let Some(class) = d.code.class() {
        object.insert("class".into(), class.into());
    }
    object.insert("message".into(), d.message.as_str().into());
    insert_place(&mut object, d.span, sources, true);
    let labels = d.labels.iter().map(|l| {
        let mut label = Map::new();
        insert_place(&mut label, l.span, sources, true);
        label.insert("message".into(), l.message.as_str().into());
        Value::Object(label)
    });
    object.insert("labels".into(), labels.collect());
    object.insert("notes".into(), json!(d.notes));
    object.insert("help".into(), json!(d.help));
    let expansion = d.expansion.iter().map(|e| {
        let mut step = Map::new();
        step.insert("name".into(), e.name.as_str().into());
        insert_place(&mut step, e.span, sources, false);
        Value::Object(step)
    });
    object.insert("expansion".into(), expansion.collect());
    Value::Object(object)
}

fn insert_place(object: &mut Map<String, Value>, span: Span, sources: &SourceMap, with_end: bool) {
    let Some(file) = sources.file_of(span) else { return };
    let (start, end) = (file.line_col(span.lo), file.line_col(span.hi));
    object.insert("file".into(), file.name.as_str().into());
    object.insert("line".into(), start.line.into());
    object.insert("column".into(), start.column.into());
    if with_end {
        object.insert("end_line".into(), end.line.into());
        object.insert("end_column".into(), end.column.into());
    }
}
