//! Comments of the source, each kept with the statement it stands at.
//!
//! A comment on a line of its own belongs to the next thing in the source that is printed, one
//! behind something to the last thing before it. What metaprogramming prints several times has its
//! comment once.

use super::{Comment, Printer};
use crate::buffer::Buffer;
use crate::func::{IRModule, Param, PrimFunc};
use crate::span::Span;
use crate::stmt::{Block, IterVar, Stmt};
use crate::visit::{BufferSite, Visit, Visitor, walk_block, walk_stmt};
use rustc_hash::FxHashMap;

/// Comments that are not written yet, by the position of what they belong to.
#[derive(Debug, Default)]
pub(super) struct Comments<'a> {
    before: FxHashMap<u32, Vec<&'a str>>,
    behind: FxHashMap<u32, Vec<&'a str>>,
    /// Own-line comments behind everything that is printed.
    last: Vec<&'a str>,
}

impl<'a> Comments<'a> {
    /// Attaches comments to what is printed of a module.
    pub(super) fn attach(comments: &'a [Comment], module: &IRModule) -> Comments<'a> {
        let mut attached = Comments::default();
        if comments.is_empty() {
            return attached;
        }
        let mut places = Places::default();
        module.visit_with(&mut places);
        let mut places = places.0;
        places.sort_unstable();
        places.dedup();
        for comment in comments.iter().filter(|c| !is_printed_anyway(&c.text)) {
            let next = places.partition_point(|at| *at <= comment.pos);
            let text = &*comment.text;
            match (comment.own_line, places.get(next), next.checked_sub(1)) {
                (true, Some(at), _) => attached.before.entry(*at).or_default().push(text),
                (false, _, Some(last)) => {
                    attached.behind.entry(places[last]).or_default().push(text);
                }
                (false, Some(at), None) => attached.before.entry(*at).or_default().push(text),
                (_, None, _) => attached.last.push(text),
            }
        }
        attached
    }

    /// True if comments stand before `span`.
    pub(super) fn any_before(&self, span: Span) -> bool {
        !span.is_none() && self.before.contains_key(&span.lo)
    }

    /// True if comments stand behind `span`.
    pub(super) fn any_behind(&self, span: Span) -> bool {
        !span.is_none() && self.behind.contains_key(&span.lo)
    }
}

/// True for lines that the printer writes itself: TVM's note of the root block, and imports that
/// TVM writes as comments.
fn is_printed_anyway(text: &str) -> bool {
    matches!(
        text.trim(),
        "with T.sblock(\"root\"):"
            | "with T.block(\"root\"):"
            | "from typing import TypeVar"
            | "from tvm.script import ir as I"
            | "from tvm.script import tir as T"
            | "from tvm.script import tirx as T"
            | "from tvm.tirx.layout import Axis"
    )
}

/// Positions of everything that comments may belong to.
#[derive(Default)]
struct Places(Vec<u32>);

impl Places {
    fn add(&mut self, span: Span) {
        if !span.is_none() {
            self.0.push(span.lo);
        }
    }
}

impl Visitor for Places {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        self.add(stmt.span());
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _: &crate::PrimExpr) {}

    fn visit_iter_var(&mut self, iter_var: &IterVar) {
        self.add(iter_var.span);
    }

    fn visit_block(&mut self, block: &Block) {
        self.add(block.span);
        block.match_buffers.iter().for_each(|view| self.add(view.span));
        walk_block(self, block);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        if site == BufferSite::Alloc {
            self.add(buffer.span);
        }
    }

    fn visit_param(&mut self, param: &Param) {
        self.add(param.span);
    }

    fn visit_func(&mut self, func: &PrimFunc) {
        self.add(func.span);
        crate::visit::walk_func(self, func);
    }
}

impl Printer<'_> {
    /// Writes the comments that stand before something, on lines of their own.
    pub(super) fn comments_before(&mut self, span: Span) {
        if self.comments.before.is_empty() || span.is_none() {
            return;
        }
        for text in self.comments.before.remove(&span.lo).unwrap_or_default() {
            self.w.text("#");
            self.w.line(text.trim_end());
        }
    }

    /// Writes the comments that stand behind something, at the end of the line just ended.
    pub(super) fn comments_behind(&mut self, span: Span) {
        if self.comments.behind.is_empty() || span.is_none() {
            return;
        }
        for text in self.comments.behind.remove(&span.lo).unwrap_or_default() {
            self.w.append_to_last_line("  #");
            self.w.append_to_last_line(text.trim_end());
        }
    }

    /// Writes the comments behind everything.
    pub(super) fn last_comments(&mut self) {
        for text in std::mem::take(&mut self.comments.last) {
            self.w.text("#");
            self.w.line(text.trim_end());
        }
    }
}
