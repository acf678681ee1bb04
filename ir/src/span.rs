//! Source positions: one position space over all files of a run, so a span needs no file id.

use std::sync::Arc;

/// A half-open byte range `lo..hi` in the global position space of a [`SourceMap`].
///
/// Position 0 belongs to no file; [`Span::NONE`] marks a node that was generated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

const _: () = assert!(size_of::<Span>() == 8);

impl Span {
    /// The span of a node that has no source.
    pub const NONE: Span = Span { lo: 0, hi: 0 };

    /// A span over the global positions `lo..hi`.
    pub fn new(lo: u32, hi: u32) -> Self {
        Span { lo, hi }
    }

    /// True for [`Span::NONE`].
    pub fn is_none(self) -> bool {
        self.lo == 0
    }

    /// The smallest span that covers both; a span that is `NONE` is ignored.
    pub fn to(self, other: Span) -> Span {
        if self.is_none() {
            return other;
        }
        if other.is_none() {
            return self;
        }
        Span { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// True if `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// This span, or `other` where this one is `NONE`.
    pub fn or(self, other: Span) -> Span {
        if self.is_none() { other } else { self }
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.lo, self.hi)
    }
}

/// One source file and its place in the global position space.
#[derive(Debug)]
pub struct SourceFile {
    /// The name as the user gave it; `<stdin>` for standard input.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Global position of the first byte.
    pub start: u32,
    /// Byte offset in `text` of each line's first byte.
    line_starts: Vec<u32>,
}

/// A place for people: line and column count from 1, columns in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode characters, from 1.
    pub column: u32,
}

impl SourceFile {
    fn new(name: String, text: String, start: u32) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(i, _)| i as u32 + 1)).collect();
        SourceFile { name, text, start, line_starts }
    }

    /// Global position one past the last byte.
    pub fn end(&self) -> u32 {
        self.start + self.text.len() as u32
    }

    /// Byte range of `span` inside this file's text, clamped to it.
    pub fn local_range(&self, span: Span) -> std::ops::Range<usize> {
        let len = self.text.len();
        let lo = (span.lo.saturating_sub(self.start) as usize).min(len);
        let hi = (span.hi.saturating_sub(self.start) as usize).min(len);
        lo..hi.max(lo)
    }

    /// Line and column of a global position.
    pub fn line_col(&self, pos: u32) -> LineCol {
        let offset = (pos.saturating_sub(self.start) as usize).min(self.text.len());
        let line = self.line_starts.partition_point(|&s| s as usize <= offset) - 1;
        let before = &self.text.as_bytes()[self.line_starts[line] as usize..offset];
        let column = before.iter().filter(|b| (**b & 0xC0) != 0x80).count() as u32 + 1;
        LineCol { line: line as u32 + 1, column }
    }

    /// The text of line `line` (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &str {
        let lo = self.line_starts[line as usize - 1] as usize;
        let hi = self.line_starts.get(line as usize).map_or(self.text.len(), |&s| s as usize);
        self.text[lo..hi].trim_end_matches(['\n', '\r'])
    }
}

/// All files of a run. Files are added, never removed; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
}

/// The text of all files together does not fit the 32-bit position space.
#[derive(Debug)]
pub struct SourceTooLarge;

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        SourceMap::default()
    }

    /// Adds a file after the ones already there. Fails when positions would pass `u32::MAX`.
    pub fn add(&mut self, name: &str, text: String) -> Result<Arc<SourceFile>, SourceTooLarge> {
        let start = self.files.last().map_or(1, |f| f.end() + 1);
        if text.len() as u64 + start as u64 + 1 >= u32::MAX as u64 {
            return Err(SourceTooLarge);
        }
        let file = Arc::new(SourceFile::new(name.to_string(), text, start));
        self.files.push(file.clone());
        Ok(file)
    }

    /// The file that holds `span`'s first byte; `None` for [`Span::NONE`].
    pub fn file_of(&self, span: Span) -> Option<&Arc<SourceFile>> {
        if span.is_none() {
            return None;
        }
        let idx = self.files.partition_point(|f| f.start <= span.lo);
        self.files[..idx].last().filter(|f| span.lo <= f.end())
    }

    /// The source text under `span`, empty for [`Span::NONE`].
    pub fn text(&self, span: Span) -> &str {
        self.file_of(span).map_or("", |f| &f.text[f.local_range(span)])
    }

    /// All files in the order they were added.
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut map = SourceMap::new();
        map.add("a", "x\n".into()).unwrap();
        let f = map.add("b", "é = 1\nyy".into()).unwrap();
        let span = Span::new(f.start + 3, f.start + 4);
        assert_eq!(map.text(span), "=");
        assert_eq!(f.line_col(span.lo), LineCol { line: 1, column: 3 });
        assert_eq!(f.line_col(f.end()), LineCol { line: 2, column: 3 });
        assert_eq!(f.line_text(2), "yy");
    }
}
