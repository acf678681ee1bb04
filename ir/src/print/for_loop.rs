//! Loops.

use super::{NodeKey, Printer, separated};
use crate::buffer::Range;
use crate::expr::{PrimExpr, Var};
use crate::stmt::{For, ForKind, Stmt};
use crate::visit::for_each_expr;

impl Printer<'_> {
    /// A loop, or the grid that begins with it.
    pub(super) fn for_loop(&mut self, outer: &For) {
        let grid = if self.is_sugared() { grid_of(outer) } else { Vec::new() };
        let scope = self.names.enter();
        if 1 < grid.len() {
            self.grid_header(&grid);
            self.loop_body(scope, &grid);
        } else {
            self.loop_header(outer);
            self.loop_body(scope, &[outer]);
        }
    }

    fn grid_header(&mut self, grid: &[&For]) {
        let nodes: Vec<_> =
            grid.iter().map(|l| self.w.begin_node(NodeKey::Loop(l.loop_var.id))).collect();
        self.w.text("for ");
        separated!(self, grid, |l| {
            let name = self.names.define_var(l.loop_var);
            self.w.text(name);
        });
        self.w.text(" in ");
        self.open_call("grid");
        self.exprs(grid.iter().map(|l| &l.extent));
        self.w.close("):");
        nodes.into_iter().for_each(|node| self.w.end_node(node));
        self.w.end_line();
    }

    fn loop_header(&mut self, l: &For) {
        let node = self.w.begin_node(NodeKey::Loop(l.loop_var.id));
        self.w.text("for ");
        // Bounds are outside the variable's scope, but nothing in sight may hide them.
        let name = self.names.define_var(l.loop_var);
        self.w.text(name);
        self.w.text(" in ");
        let plain = l.kind == ForKind::Serial && l.annotations.is_empty();
        let is_range = plain && self.is_sugared();
        if is_range {
            self.w.open("range(");
        } else {
            self.open_call(loop_method(l.kind));
        }
        self.bounds(l);
        self.loop_options(l, is_range);
        self.w.close("):");
        self.w.end_node(node);
        self.w.end_line();
    }

    fn bounds(&mut self, l: &For) {
        let range = Range::new(l.min.clone(), l.extent.clone());
        if l.min.is_int(0) && l.step.is_none() && self.is_sugared() {
            return self.expr(&l.extent);
        }
        self.expr(&l.min);
        self.w.comma();
        self.end_of(&range);
    }

    fn loop_options(&mut self, l: &For, is_range: bool) {
        if let Some(step) = &l.step {
            if !self.is_modern() {
                self.cannot_express("loop with a step", l.span);
            }
            if is_range {
                self.w.comma();
            } else {
                self.keyword("step");
            }
            self.expr(step);
        }
        if let Some(tag) = l.thread_tag {
            self.keyword("thread");
            self.string(tag.as_str());
        }
        if !l.annotations.is_empty() {
            self.keyword("annotations");
            self.attrs(&l.annotations);
        }
    }

    fn loop_body(&mut self, scope: usize, loops: &[&For]) {
        loops.iter().for_each(|l| self.comments_behind(l.span));
        for l in loops {
            let range = Range::new(l.min.clone(), l.extent.clone());
            self.loops.insert(l.loop_var.id, range);
        }
        self.indented_body(&loops[loops.len() - 1].body);
        self.names.leave(scope);
        for l in loops {
            self.loops.remove(&l.loop_var.id);
        }
    }
}

fn loop_method(kind: ForKind) -> &'static str {
    match kind {
        ForKind::Serial => "serial",
        ForKind::Parallel => "parallel",
        ForKind::Vectorized => "vectorized",
        ForKind::Unrolled => "unroll",
        ForKind::ThreadBinding => "thread_binding",
    }
}

/// The loops that `T.grid` stands for: serial from 0, nested without anything between them, and
/// none with an extent that depends on another.
fn grid_of(outer: &For) -> Vec<&For> {
    let mut grid: Vec<&For> = Vec::new();
    let mut next = Some(outer);
    while let Some(l) = next {
        let plain = l.kind == ForKind::Serial
            && l.min.is_int(0)
            && l.step.is_none()
            && l.annotations.is_empty();
        if !plain || depends_on(&l.extent, &grid) {
            break;
        }
        grid.push(l);
        next = match &l.body {
            Stmt::For(inner) => Some(inner),
            _ => None,
        };
    }
    grid
}

fn depends_on(extent: &PrimExpr, loops: &[&For]) -> bool {
    let is_loop_var = |v: Var| loops.iter().any(|l| l.loop_var == v);
    let mut found = false;
    if !matches!(extent, PrimExpr::Int { .. }) {
        for_each_expr(extent, |e| found |= e.as_var().is_some_and(is_loop_var));
    }
    found
}
