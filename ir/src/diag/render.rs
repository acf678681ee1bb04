//! Diagnostics as text, for people.

use super::{Diagnostic, Level};
use crate::span::{LineCol, SourceMap, Span};
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Renderer, Snippet};

/// How to lay out a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Source excerpts with underlines; `color` adds ANSI escapes.
    Human {
        /// Whether to write ANSI escapes.
        color: bool,
    },
    /// One line: `file:line:column: error[TIR0123]: message`.
    Short,
}

/// `file:line:column` of a span's first byte; `None` where the span has no source.
pub fn location(sources: &SourceMap, span: Span) -> Option<(String, LineCol)> {
    let file = sources.file_of(span)?;
    Some((file.name.clone(), file.line_col(span.lo)))
}

/// Renders one diagnostic, ending in a line break.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    match style {
        Style::Short => render_short(diagnostic, sources),
        Style::Human { color } => render_human(diagnostic, sources, color),
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn render_short(d: &Diagnostic, sources: &SourceMap) -> String {
    let place = location(sources, d.span)
        .map_or(String::new(), |(file, at)| format!("{file}:{}:{}: ", at.line, at.column));
    format!("{place}{}[{}]: {}\n", level_name(d.level), d.code, d.message)
}

fn render_human(d: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let severity = match d.level {
        Level::Error => Severity::ERROR,
        Level::Warning => Severity::WARNING,
        Level::Note => Severity::NOTE,
    };
    let code = d.code.to_string();
    let title = severity.clone().primary_title(d.message.as_str()).id(code.as_str());
    let mut group = Group::with_title(title);
    let mut snippets: Vec<(u32, Snippet<'_, annotate_snippets::Annotation<'_>>)> = Vec::new();
    let primary = (d.span, AnnotationKind::Primary, d.label.as_deref());
    let others =
        d.labels.iter().map(|l| (l.span, AnnotationKind::Context, Some(l.message.as_str())));
    for (span, kind, text) in std::iter::once(primary).chain(others) {
        let Some(file) = sources.file_of(span) else { continue };
        let annotation = kind.span(file.local_range(span)).label(text);
        let position = snippets.iter().position(|(start, _)| *start == file.start);
        let snippet = match position {
            Some(i) => snippets.remove(i).1,
            None => Snippet::source(file.text.as_str()).path(file.name.as_str()).fold(true),
        };
        let at = position.unwrap_or(snippets.len());
        snippets.insert(at, (file.start, snippet.annotation(annotation)));
    }
    for (_, snippet) in snippets {
        group = group.element(snippet);
    }
    let expansions: Vec<String> = d
        .expansion
        .iter()
        .map(|e| match location(sources, e.span) {
            Some((file, at)) => {
                format!("in `{}`, called at {file}:{}:{}", e.name, at.line, at.column)
            }
            None => format!("in `{}`", e.name),
        })
        .collect();
    for text in d.notes.iter().chain(&expansions) {
        group = group.element(Severity::NOTE.message(text.as_str()));
    }
    for text in &d.help {
        group = group.element(Severity::HELP.message(text.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", renderer.render(&[group]))
}
