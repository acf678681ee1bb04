//! Blocks: axes, predicate, regions, annotations, buffers, init, body.

use super::buffer::Site;
use super::names::VarText;
use super::{NodeKey, Printer, separated};
use crate::analysis::regions::access_regions_in;
use crate::buffer::{BufferRegion, Range};
use crate::expr::PrimExpr;
use crate::stmt::{Block, BlockRealize, IterVar, IterVarKind};
use crate::visit::any_expr;

impl Printer<'_> {
    /// `with T.sblock("name"):`
    pub(super) fn block(&mut self, realize: &BlockRealize) {
        let block = &*realize.block;
        let node = self.w.begin_node(NodeKey::Block(block.id));
        self.w.text("with ");
        self.open_call(self.spelling("block", "sblock"));
        self.string(block.name.as_str());
        self.w.close("):");
        self.w.end_node(node);
        self.w.end_line();
        let scope = self.names.enter();
        self.w.indent();
        self.comments_behind(block.span);
        self.axes(realize);
        if !realize.predicate.is_int(1) {
            self.open_call("where");
            self.expr(&realize.predicate);
            self.w.close(")");
            self.w.end_line();
        }
        self.block_signature(block);
        self.block_body(block);
        self.w.dedent();
        self.names.leave(scope);
    }

    fn axes(&mut self, realize: &BlockRealize) {
        let axes = &realize.block.iter_vars;
        let mut first = 0;
        while first < axes.len() {
            let mut end = first;
            while self.is_sugared() && end < axes.len() && self.takes_domain_from_loop(realize, end)
            {
                end += 1;
            }
            self.comments_before(axes[first].span);
            if first + 1 < end {
                self.remap(realize, first, end);
            } else {
                end = first + 1;
                self.axis(&axes[first], &realize.iter_values[first]);
            }
            self.comments_behind(axes[first].span);
            first = end;
        }
    }

    /// True if the axis may stand in `T.axis.remap`: bound to a loop variable whose loop has the
    /// axis' domain.
    fn takes_domain_from_loop(&self, realize: &BlockRealize, index: usize) -> bool {
        let axis = &realize.block.iter_vars[index];
        let kind = matches!(axis.kind, IterVarKind::DataPar | IterVarKind::CommReduce);
        let value = realize.iter_values[index].as_var();
        let domain = value.and_then(|var| self.loops.get(&var.id));
        kind && domain.is_some_and(|d| d.min == axis.dom.min && d.extent == axis.dom.extent)
            && value.is_some_and(|var| var.dtype == axis.var.dtype)
    }

    /// `vi, vj = T.axis.remap("SR", [i, j])`
    fn remap(&mut self, realize: &BlockRealize, first: usize, end: usize) {
        let axes = &realize.block.iter_vars[first..end];
        separated!(self, axes, |axis| {
            let name = self.names.define_var(axis.var);
            self.w.text(name);
        });
        self.w.text(" = ");
        self.open_call("axis.remap");
        let kind = |axis: &IterVar| if axis.kind == IterVarKind::DataPar { 'S' } else { 'R' };
        self.string(&axes.iter().map(kind).collect::<String>());
        self.w.comma();
        self.expr_list(&realize.iter_values[first..end]);
        self.w.close(")");
        self.w.end_line();
    }

    /// `vi = T.axis.spatial(8, i)`
    fn axis(&mut self, axis: &IterVar, value: &PrimExpr) {
        let method = match axis.kind {
            IterVarKind::DataPar => "axis.spatial",
            IterVarKind::CommReduce => "axis.reduce",
            IterVarKind::Ordered => "axis.scan",
            IterVarKind::Opaque => "axis.opaque",
        };
        let name = self.names.take(axis.var.name.as_str());
        self.w.text(name);
        self.w.text(" = ");
        self.open_call(method);
        self.domain(&axis.dom);
        self.w.comma();
        self.expr(value);
        if axis.var.dtype.bits() > axis.dom.extent.dtype().bits().max(32) {
            self.keyword("dtype");
            self.dtype_string(axis.var.dtype);
        }
        self.w.close(")");
        self.w.end_line();
        self.names.set_var(axis.var, VarText::Name(name));
    }

    fn domain(&mut self, dom: &Range) {
        if dom.min.is_int(0) {
            return self.expr(&dom.extent);
        }
        self.w.open("(");
        self.expr(&dom.min);
        self.w.comma();
        self.end_of(dom);
        self.w.close(")");
    }

    /// Regions, annotations, allocations and views, in TVM's order.
    fn block_signature(&mut self, block: &Block) {
        let written = self.written_regions(block);
        // A region of a buffer that the block itself introduces can only stand behind it.
        let regions = block.reads.iter().chain(&block.writes);
        let regions_last = regions.into_iter().any(|r| self.names.buffer(&r.buffer).is_none());
        if !regions_last {
            self.reads_and_writes(block, written);
        }
        if !block.annotations.is_empty() {
            self.open_call(self.spelling("block_attr", "sblock_attr"));
            self.attrs(&block.annotations);
            self.w.close(")");
            self.w.end_line();
        }
        self.block_allocs(block);
        for view in &block.match_buffers {
            self.comments_before(view.span);
            self.match_buffer(view);
            self.comments_behind(view.span);
        }
        if regions_last {
            self.reads_and_writes(block, written);
        }
    }

    /// Whether reads and writes must be written: those that readers do not find by themselves.
    fn written_regions(&self, block: &Block) -> (bool, bool) {
        if !self.is_sugared() {
            return (true, true);
        }
        if self.facts.outermost == Some(block.id) {
            return (!block.reads.is_empty(), !block.writes.is_empty());
        }
        // What a region reads to say where it is counts only where it is written.
        let regions_read = block.reads.iter().chain(&block.writes).any(reads_memory);
        let found = match regions_read {
            true => {
                let (reads, writes) = Default::default();
                access_regions_in(&Block { reads, writes, ..block.clone() }, &self.scope)
            }
            false => access_regions_in(block, &self.scope),
        };
        if !found.opaque.is_empty() {
            return (true, true);
        }
        let reads = !same_regions(&found.reads, &block.reads);
        let writes = !same_regions(&found.writes, &block.writes);
        match regions_read {
            true => (reads || writes, reads || writes),
            false => (reads, writes),
        }
    }

    fn reads_and_writes(&mut self, block: &Block, (reads, writes): (bool, bool)) {
        if reads {
            self.regions("reads", &block.reads);
        }
        if writes {
            self.regions("writes", &block.writes);
        }
    }

    /// `A = T.sblock_alloc_buffer(…)` for every allocation of the block.
    pub(super) fn block_allocs(&mut self, block: &Block) {
        let method = self.spelling("alloc_buffer", "sblock_alloc_buffer");
        for buffer in &block.alloc_buffers {
            self.comments_before(buffer.span);
            self.declare_buffer(method, buffer, Site::Alloc);
            self.w.close(")");
            self.w.end_line();
            self.comments_behind(buffer.span);
        }
    }

    fn regions(&mut self, method: &str, regions: &[BufferRegion]) {
        self.open_call(method);
        separated!(self, regions, |region| self.region(region));
        self.w.close(")");
        self.w.end_line();
    }

    fn block_body(&mut self, block: &Block) {
        if let Some(init) = &block.init {
            self.w.line("with T.init():");
            let scope = self.names.enter();
            self.indented_body(init);
            self.names.leave(scope);
        }
        self.body(&block.body);
    }
}

/// True if the ends of the region are read from memory.
fn reads_memory(region: &BufferRegion) -> bool {
    let is_load = |e: &PrimExpr| matches!(e, PrimExpr::Load(_));
    region.region.iter().any(|r| any_expr(&r.min, is_load) || any_expr(&r.extent, is_load))
}

fn same_regions(a: &[BufferRegion], b: &[BufferRegion]) -> bool {
    let same_range = |(a, b): (&Range, &Range)| a.min == b.min && a.extent == b.extent;
    let same = |(a, b): (&BufferRegion, &BufferRegion)| {
        a.buffer == b.buffer && a.region.iter().zip(&b.region).all(same_range)
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}
