//! The layout: lines of text, and what happens to a line that is too long.
//!
//! A line is written flat, straight into the output, with marks at its brackets, commas and
//! operators. Nearly all lines fit and need no more. One that does not is laid out again from its
//! marks: a group that does not fit is broken at all of its own marks, groups inside it that fit
//! stay flat. Every mark is looked at once, so layout is linear in the length of the text.

use super::NodeKey;
use std::ops::Range;

/// Columns of one level of indentation.
const INDENT: usize = 4;

/// The text so far, and the line that is being written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    width: usize,
    depth: usize,
    /// Where the line that is being written begins.
    line_start: usize,
    marks: Vec<Mark>,
    /// Indices of the marks of groups that are still open.
    open: Vec<u32>,
    /// Lines that must stand before the one being written.
    before: String,
    /// The flat text of a line that is laid out again.
    flat: String,
    recorded: Option<Vec<(NodeKey, Range<usize>)>>,
    /// Entries of `recorded` that began before this line.
    recorded_before_line: usize,
}

/// A place in the flat line where layout may do something.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Offset from the beginning of the line.
    at: u32,
    kind: MarkKind,
    /// For beginnings of groups: the index of the mark that ends it.
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MarkKind {
    /// Behind an opening bracket, or before the closing one.
    Bracket,
    /// A group that gets parentheses if it is broken.
    Paren,
    /// Operands of operators of one precedence.
    Chain,
    /// The end of any group.
    End,
    /// Behind a comma, before its space.
    Comma,
    /// Before the space before an operator.
    Operator,
}

/// A group that was broken.
struct Broken {
    kind: MarkKind,
    /// Columns before its lines.
    inside: usize,
    /// Columns before the line that closes it.
    outside: usize,
    has_comma: bool,
}

impl Writer {
    /// An empty text whose lines are kept within `width` columns, at level `depth`.
    pub(super) fn new(width: usize, depth: usize, record: bool) -> Writer {
        let recorded = record.then(Vec::new);
        let mut writer = Writer { width, depth, recorded, ..Writer::default() };
        writer.begin_line();
        writer
    }

    fn begin_line(&mut self) {
        self.line_start = self.out.len();
        self.recorded_before_line = self.recorded.as_ref().map_or(0, Vec::len);
        self.marks.clear();
        self.open.clear();
    }

    /// Raises the level of the lines that follow.
    pub(super) fn indent(&mut self) {
        self.depth += 1;
    }

    /// Lowers the level of the lines that follow.
    pub(super) fn dedent(&mut self) {
        self.depth -= 1;
    }

    /// Adds text to the line.
    pub(super) fn text(&mut self, text: &str) {
        if self.out.len() == self.line_start {
            push_spaces(&mut self.out, self.depth * INDENT);
        }
        self.out.push_str(text);
    }

    /// Adds a number to the line.
    pub(super) fn number(&mut self, value: impl std::fmt::Display) {
        use std::fmt::Write;
        self.text("");
        write!(self.out, "{value}").expect("writing to a string");
    }

    fn mark(&mut self, kind: MarkKind) {
        let at = (self.out.len() - self.line_start) as u32;
        self.marks.push(Mark { at, kind, end: 0 });
    }

    fn begin(&mut self, kind: MarkKind) {
        self.open.push(self.marks.len() as u32);
        self.mark(kind);
    }

    fn end(&mut self) {
        let begin = self.open.pop().expect("an open group");
        self.marks[begin as usize].end = self.marks.len() as u32;
        self.mark(MarkKind::End);
    }

    /// Opens a bracket; `open` ends in `(`, `[` or `{`.
    pub(super) fn open(&mut self, open: &str) {
        self.text(open);
        self.begin(MarkKind::Bracket);
    }

    /// Closes a bracket; `close` begins with `)`, `]` or `}`.
    pub(super) fn close(&mut self, close: &str) {
        self.end();
        self.out.push_str(close);
    }

    /// `, ` between the items of a bracket.
    pub(super) fn comma(&mut self) {
        self.out.push(',');
        self.mark(MarkKind::Comma);
        self.out.push(' ');
    }

    /// Begins an expression that gets parentheses if it does not fit on its line.
    pub(super) fn begin_paren(&mut self) {
        self.text("");
        self.begin(MarkKind::Paren);
    }

    /// Begins operands that are separated by [`Writer::operator`].
    pub(super) fn begin_chain(&mut self) {
        self.text("");
        self.begin(MarkKind::Chain);
    }

    /// Ends what `begin_paren` or `begin_chain` began.
    pub(super) fn end_group(&mut self) {
        self.end();
    }

    /// An operator between two operands of a chain.
    pub(super) fn operator(&mut self, token: &str) {
        self.mark(MarkKind::Operator);
        self.out.push(' ');
        self.out.push_str(token);
        self.out.push(' ');
    }

    /// Adds a line that must stand before the one that is being written.
    pub(super) fn line_before(&mut self, text: &str) {
        push_spaces(&mut self.before, self.depth * INDENT);
        self.before.push_str(text);
        self.before.push('\n');
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) {
        if self.width < self.out.len() - self.line_start && !self.marks.is_empty() {
            self.lay_out();
        }
        if !self.before.is_empty() {
            self.insert_lines_before();
        }
        self.out.push('\n');
        self.begin_line();
    }

    /// A whole line.
    pub(super) fn line(&mut self, text: &str) {
        self.text(text);
        self.end_line();
    }

    /// An empty line.
    pub(super) fn blank_line(&mut self) {
        self.out.push('\n');
        self.begin_line();
    }

    /// Adds text behind the last line that was ended; nothing if there is none.
    pub(super) fn append_to_last_line(&mut self, text: &str) {
        if self.out.pop().is_none() {
            return;
        }
        self.out.push_str(text);
        self.out.push('\n');
        self.begin_line();
    }

    /// Columns before the lines that follow.
    pub(super) fn columns(&self) -> usize {
        self.depth * INDENT
    }

    /// How much was written.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Inserts whole lines at `at`, which is the beginning of a line.
    pub(super) fn insert(&mut self, at: usize, lines: &str) {
        self.out.insert_str(at, lines);
        if let Some(recorded) = &mut self.recorded {
            for (_, range) in recorded.iter_mut() {
                if at <= range.start {
                    range.start += lines.len();
                }
                if at < range.end {
                    range.end += lines.len();
                }
            }
        }
        self.begin_line();
    }

    /// Begins the text of a node; the result goes to [`Writer::end_node`].
    pub(super) fn begin_node(&mut self, key: NodeKey) -> usize {
        let Some(recorded) = &mut self.recorded else { return 0 };
        let at = self.out.len();
        // Indentation is not part of the node.
        let at = if at == self.line_start { at + self.depth * INDENT } else { at };
        recorded.push((key, at..at));
        recorded.len() - 1
    }

    /// Ends the text of a node.
    pub(super) fn end_node(&mut self, node: usize) {
        if let Some(recorded) = &mut self.recorded {
            let trimmed = self.out.trim_end_matches('\n').len();
            recorded[node].1.end = trimmed;
        }
    }

    /// The text, and where the nodes stand in it.
    pub(super) fn finish(self) -> (String, Vec<(NodeKey, Range<usize>)>) {
        (self.out, self.recorded.unwrap_or_default())
    }

    fn insert_lines_before(&mut self) {
        let before = std::mem::take(&mut self.before);
        self.out.insert_str(self.line_start, &before);
        if let Some(recorded) = &mut self.recorded {
            for (_, range) in &mut recorded[self.recorded_before_line..] {
                *range = range.start + before.len()..range.end + before.len();
            }
        }
    }

    /// Lays the line out again from its marks.
    fn lay_out(&mut self) {
        let mut flat = std::mem::take(&mut self.flat);
        flat.clear();
        flat.push_str(&self.out[self.line_start..]);
        self.out.truncate(self.line_start);
        let indent = self.depth * INDENT;
        let mut layout = Layout {
            flat: &flat,
            out: &mut self.out,
            width: self.width,
            cursor: 0,
            row_start: self.line_start,
            pieces: Vec::new(),
        };
        layout.run(&self.marks, indent);
        let pieces = layout.pieces;
        if let Some(recorded) = &mut self.recorded {
            let line_start = self.line_start;
            for (_, range) in &mut recorded[self.recorded_before_line..] {
                let end = moved(&pieces, line_start, range.end.saturating_sub(1)) + 1;
                range.start = moved(&pieces, line_start, range.start);
                range.end = end.max(range.start);
            }
        }
        self.flat = flat;
    }
}

/// Where the byte `at` of the flat line stands after layout.
fn moved(pieces: &[(usize, usize)], line_start: usize, at: usize) -> usize {
    let at = at.saturating_sub(line_start);
    let piece = pieces.partition_point(|(flat, _)| *flat <= at).saturating_sub(1);
    pieces.get(piece).map_or(line_start + at, |(flat, out)| out + (at - flat))
}

/// One line that is being laid out again.
struct Layout<'a> {
    flat: &'a str,
    out: &'a mut String,
    width: usize,
    /// How much of `flat` was copied.
    cursor: usize,
    /// Where the current row begins in `out`.
    row_start: usize,
    /// Offsets in `flat` and `out` of the pieces that were copied.
    pieces: Vec<(usize, usize)>,
}

impl Layout<'_> {
    fn run(&mut self, marks: &[Mark], indent: usize) {
        let mut broken: Vec<Broken> = Vec::new();
        let mut i = 0;
        while i < marks.len() {
            let mark = marks[i];
            self.copy_to(mark.at as usize);
            match mark.kind {
                MarkKind::Bracket | MarkKind::Paren | MarkKind::Chain => {
                    let end = mark.end as usize;
                    if end == i + 1 || self.fits(marks, end) {
                        self.copy_to(marks[end].at as usize);
                        i = end;
                    } else {
                        let outside = broken.last().map_or(indent, |b| b.inside);
                        broken.push(self.break_group(mark.kind, outside));
                    }
                }
                MarkKind::End => {
                    let group = broken.pop().expect("ends of flat groups are skipped");
                    self.end_group(&group);
                }
                MarkKind::Comma | MarkKind::Operator => {
                    // Outside of brackets, as in `for i, j in`, a line cannot be broken.
                    let Some(group) = broken.last_mut() else {
                        i += 1;
                        continue;
                    };
                    group.has_comma |= mark.kind == MarkKind::Comma;
                    let inside = group.inside;
                    self.cursor += 1;
                    self.new_row(inside);
                }
            }
            i += 1;
        }
        self.copy_to(self.flat.len());
    }

    /// True if the text up to the next mark behind the group fits on the row.
    fn fits(&self, marks: &[Mark], end: usize) -> bool {
        let stop = marks.get(end + 1).map_or(self.flat.len(), |m| m.at as usize);
        self.out.len() - self.row_start + (stop - self.cursor) <= self.width
    }

    fn break_group(&mut self, kind: MarkKind, outside: usize) -> Broken {
        let inside = if kind == MarkKind::Chain { outside } else { outside + INDENT };
        if kind == MarkKind::Paren {
            self.out.push('(');
        }
        if kind != MarkKind::Chain {
            self.new_row(inside);
        }
        Broken { kind, inside, outside, has_comma: false }
    }

    fn end_group(&mut self, group: &Broken) {
        if group.has_comma {
            self.out.push(',');
        }
        if group.kind != MarkKind::Chain {
            self.new_row(group.outside);
        }
        if group.kind == MarkKind::Paren {
            self.out.push(')');
        }
    }

    fn new_row(&mut self, columns: usize) {
        self.out.push('\n');
        self.row_start = self.out.len();
        push_spaces(self.out, columns);
    }

    fn copy_to(&mut self, at: usize) {
        if self.cursor < at {
            self.pieces.push((self.cursor, self.out.len()));
            self.out.push_str(&self.flat[self.cursor..at]);
            self.cursor = at;
        }
    }
}

fn push_spaces(out: &mut String, mut columns: usize) {
    const SPACES: &str = "                                                                ";
    while SPACES.len() < columns {
        out.push_str(SPACES);
        columns -= SPACES.len();
    }
    out.push_str(&SPACES[..columns]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(w: &mut Writer, name: &str, args: &[&str]) {
        w.open(&format!("{name}("));
        for (i, arg) in args.iter().enumerate() {
            if 0 < i {
                w.comma();
            }
            w.text(arg);
        }
        w.close(")");
    }

    fn text(width: usize, write: impl FnOnce(&mut Writer)) -> String {
        let mut w = Writer::new(width, 0, false);
        write(&mut w);
        w.end_line();
        w.finish().0
    }

    #[test]
    fn a_line_that_fits_stays() {
        assert_eq!(text(20, |w| call(w, "f", &["aaaa", "bbbb"])), "f(aaaa, bbbb)\n");
    }

    #[test]
    fn a_bracket_breaks_at_its_commas() {
        let broken = text(10, |w| call(w, "f", &["aaaa", "bbbb"]));
        assert_eq!(broken, "f(\n    aaaa,\n    bbbb,\n)\n");
    }

    #[test]
    fn a_chain_gets_parentheses() {
        let broken = text(14, |w| {
            w.text("x = ");
            w.begin_paren();
            w.begin_chain();
            w.text("aaaa");
            w.operator("+");
            call(w, "f", &["b", "c"]);
            w.end_group();
            w.end_group();
        });
        assert_eq!(broken, "x = (\n    aaaa\n    + f(b, c)\n)\n");
    }

    #[test]
    fn ranges_follow_their_nodes() {
        let mut w = Writer::new(10, 1, true);
        w.open("f(");
        w.text("aaaa");
        w.comma();
        let node = w.begin_node(NodeKey::Span(crate::Span::new(1, 2)));
        w.text("bbbb");
        w.end_node(node);
        w.close(")");
        w.line_before("x = 1");
        w.end_line();
        let (text, ranges) = w.finish();
        assert_eq!(text, "    x = 1\n    f(\n        aaaa,\n        bbbb,\n    )\n");
        assert_eq!(&text[ranges[0].1.clone()], "bbbb");
    }
}
