//! Blocks.

use super::{Report, types};
use crate::arith::{Analyzer, as_const};
use crate::buffer::{BufferRegion, MatchBufferRegion, Range};
use crate::diag::{Code, Diagnostic};
use crate::expr::{PrimExpr, Var, VarId};
use crate::func::PrimFunc;
use crate::span::Span;
use crate::stmt::{Block, BlockRealize, IterVar, Stmt};
use crate::symbol::Symbol;
use crate::visit::{Visitor, walk_block, walk_expr, walk_stmt};
use rustc_hash::FxHashMap;
use std::fmt::Display;

/// A block has one integer for each axis (TIR0607, TIR0429), and a scalar bool as predicate
/// (TIR0502). That the integer has the axis's type is asked only of what is run.
pub(super) fn bindings(s: &BlockRealize, report: &mut Report) {
    let (axes, values) = (s.block.iter_vars.len(), s.iter_values.len());
    if axes != values {
        let message =
            format!("block `{}` has {axes} axes, but {values} values for them", s.block.name);
        report.push(Diagnostic::error(Code::BLOCK_BINDINGS, s.block.span, message));
    }
    for (axis, value) in s.block.iter_vars.iter().zip(&s.iter_values) {
        let outer = report.enter(axis.span);
        types::integer(format_args!("the value of axis `{}`", axis.var.name), value, report);
        report.span = outer;
    }
    types::condition(&s.predicate, true, report);
}

/// The domain of an axis has the axis's type (TIR0605) and no negative extent (TIR0611).
pub(super) fn axis(axis: &IterVar, report: &mut Report) {
    let IterVar { var, dom, .. } = axis;
    for end in [&dom.min, &dom.extent] {
        types::integer_of(
            format_args!("the domain of axis `{}`", var.name),
            var.dtype,
            end,
            report,
        );
    }
    not_negative(format_args!("the extent of axis `{}`", var.name), &dom.extent, report);
}

/// A size is not a negative constant (TIR0611).
pub(super) fn not_negative(what: impl Display, extent: &PrimExpr, report: &mut Report) {
    if let Some(value) = as_const(extent).filter(|value| *value < 0) {
        let message = format!("{what} is {value}");
        report.push(
            Diagnostic::error(Code::NEGATIVE_SIZE, report.at(extent), message)
                .with_help("sizes are 0 or more"),
        );
    }
}

/// A region has one range of integers for each dimension (TIR0609).
pub(super) fn region(region: &BufferRegion, report: &mut Report) {
    let buffer = &region.buffer;
    if region.region.len() != buffer.rank() {
        let (rank, found) = (buffer.rank(), region.region.len());
        let message =
            format!("`{}` has {rank} dimensions, but its region {found} ranges", buffer.name);
        report.push(Diagnostic::error(Code::REGION_RANK, report.span, message));
    }
    for Range { min, extent } in &region.region {
        types::integer(format_args!("a region of `{}`", buffer.name), min, report);
        types::integer(format_args!("a region of `{}`", buffer.name), extent, report);
    }
}

/// A view of a region has its element type and its extents; leading extents of 1 may be dropped
/// (TIR0610).
pub fn validate_view(view: &MatchBufferRegion) -> Vec<Diagnostic> {
    let (buffer, source) = (&view.buffer, &view.source);
    let mut diagnostics = Vec::new();
    let mut wrong = |message: String| {
        diagnostics.push(Diagnostic::error(Code::VIEW_SHAPE, view.span, message).with_note(
            "the shape of a view is that of its region; leading extents of 1 may be left out",
        ));
    };
    if buffer.dtype != source.buffer.dtype {
        let (new, old) = (buffer.dtype, source.buffer.dtype);
        wrong(format!("`{}` has elements of `{new}`, the buffer it views `{old}`", buffer.name));
    }
    let Some(dropped) = source.region.len().checked_sub(buffer.rank()) else {
        wrong(format!("`{}` has more dimensions than the region it views", buffer.name));
        return diagnostics;
    };
    if let Some(range) =
        source.region[..dropped].iter().find(|r| as_const(&r.extent).is_some_and(|e| e != 1))
    {
        let extent = as_const(&range.extent).unwrap_or(0);
        wrong(format!("`{}` leaves out a dimension of extent {extent}", buffer.name));
    }
    let analyzer = Analyzer::new();
    for (extent, range) in buffer.shape.iter().zip(&source.region[dropped..]) {
        let extents = (analyzer.as_const(extent), analyzer.as_const(&range.extent));
        if let (Some(new), Some(old)) = extents
            && new != old
        {
            wrong(format!("`{}` has extent {new} where its region has {old}", buffer.name));
        }
    }
    diagnostics
}

/// A block with axes sees loops outside of it only through the values of its axes (TIR0608).
pub(super) fn outer_loop_vars(func: &PrimFunc, report: &mut Report) {
    let span = report.span;
    let mut visitor = OuterLoops { report, loops: FxHashMap::default(), blocks: Vec::new() };
    visitor.visit_func(func);
    report.span = span;
}

struct OuterLoops<'a> {
    report: &'a mut Report,
    /// How many blocks with axes there are around each loop variable's loop.
    loops: FxHashMap<VarId, (usize, Span)>,
    /// Blocks with axes, outermost first.
    blocks: Vec<(Symbol, Span)>,
}

impl Visitor for OuterLoops<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        let outer = self.report.enter(expr.span());
        walk_expr(self, expr);
        self.report.span = outer;
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        let outer = self.report.enter(stmt.span());
        if let Stmt::For(s) = stmt {
            self.loops.insert(s.loop_var.id, (self.blocks.len(), s.span));
        }
        walk_stmt(self, stmt);
        self.report.span = outer;
    }

    fn visit_block(&mut self, block: &Block) {
        let has_axes = !block.iter_vars.is_empty();
        if has_axes {
            self.blocks.push((block.name, block.span));
        }
        // The domains of the axes may depend on outer loops.
        let inside = Block { iter_vars: Box::default(), ..block.clone() };
        walk_block(self, &inside);
        if has_axes {
            self.blocks.pop();
        }
    }

    fn visit_var(&mut self, var: Var) {
        let Some(&(depth, loop_span)) = self.loops.get(&var.id) else { return };
        if depth == self.blocks.len() {
            return;
        }
        let Some(&(name, span)) = self.blocks.last() else { return };
        let message =
            format!("block `{name}` uses `{}`, the variable of a loop around it", var.name);
        self.report.push(
            Diagnostic::error(Code::OUTER_LOOP_VARIABLE, self.report.span, message)
                .with_secondary(loop_span, "the loop")
                .with_secondary(span, "the block")
                .with_note("a block with axes sees the outside only through them")
                .with_help(format!("bind an axis to it: `T.axis.spatial(extent, {})`", var.name)),
        );
    }
}
