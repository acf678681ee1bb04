//! The regions of buffers that a block accesses.

use crate::arith::{Analyzer, Bound, DomMap, IntSet, as_const, is_index, of_one_type};
use crate::buffer::{Buffer, BufferId, BufferRegion, MatchBufferRegion, Range};
use crate::expr::{BinOp, Call, CallArg, CallFunc, Callee, PrimExpr, Var, VarId};
use crate::op::Op;
use crate::span::Span;
use crate::stmt::{Block, BlockRealize, Stmt};
use crate::subst::{VarMap, free_vars, substitute};
use crate::visit::{BufferSite, Visitor, any_expr, walk_expr, walk_range, walk_stmt};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a block accesses of the buffers around it.
#[derive(Clone, Debug, Default)]
pub struct AccessRegions {
    /// What it reads, in the order of first accesses. In a block with an init, buffers that it
    /// writes are left out: a reduction's accumulator counts as written.
    pub reads: Vec<BufferRegion>,
    /// What it writes, in the order of first accesses.
    pub writes: Vec<BufferRegion>,
    /// Buffers whose `data` it uses in an unknown way, and where.
    pub opaque: Vec<(Buffer, Span)>,
}

/// What `block` accesses of the buffers that `outer` gives.
///
/// - An index that varies with loops inside the block counts with all its values: its interval.
///   Conditions on the loop variables narrow it.
/// - Several accesses of one buffer count as the smallest box around all of them.
/// - An index whose values cannot be bounded (one that is read from memory and varies) counts as
///   the whole dimension.
/// - An access to a view of [`Block::match_buffers`] is one to the region it views.
/// - Of inner blocks their declared regions count.
pub fn access_regions<'a>(
    block: &Block,
    outer: impl IntoIterator<Item = &'a Buffer>,
) -> AccessRegions {
    let mut scope = Scope::default();
    outer.into_iter().for_each(|buffer| scope.add(buffer));
    access_regions_in(block, &scope)
}

/// The buffers that are defined around a block.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    buffers: FxHashSet<BufferId>,
    by_data: FxHashMap<VarId, Buffer>,
}

impl Scope {
    pub fn add(&mut self, buffer: &Buffer) {
        self.buffers.insert(buffer.id);
        self.by_data.entry(buffer.data.id).or_insert_with(|| buffer.clone());
    }

    /// Takes out a buffer that was added once.
    pub fn remove(&mut self, buffer: &Buffer) {
        self.buffers.remove(&buffer.id);
        if self.by_data.get(&buffer.data.id).is_some_and(|first| first.id == buffer.id) {
            self.by_data.remove(&buffer.data.id);
        }
    }

    fn has(&self, buffer: &Buffer) -> bool {
        self.buffers.contains(&buffer.id)
    }
}

pub(crate) fn access_regions_in(block: &Block, scope: &Scope) -> AccessRegions {
    let mut detector = Detector {
        scope,
        analyzer: Analyzer::new(),
        views: FxHashMap::default(),
        domains: DomMap::default(),
        values: VarMap::default(),
        local_vars: FxHashSet::default(),
        reads: Vec::new(),
        writes: Vec::new(),
        opaque: Vec::new(),
        span: block.span,
    };
    detector.enter(block);
    let writes = detector.regions_of(&detector.writes);
    let mut reads = detector.regions_of(&detector.reads);
    if block.init.is_some() {
        reads.retain(|read| writes.iter().all(|write| write.buffer != read.buffer));
    }
    AccessRegions { reads, writes, opaque: detector.opaque }
}

/// A buffer and what is accessed of it, by dimension.
type Access = (Buffer, Vec<IntSet>);

struct Detector<'a> {
    scope: &'a Scope,
    analyzer: Analyzer,
    views: FxHashMap<BufferId, MatchBufferRegion>,
    /// What the loops inside the block range over.
    domains: DomMap,
    /// What names inside the block stand for.
    values: VarMap,
    /// Variables bound inside the block whose values are not known outside of it.
    local_vars: FxHashSet<VarId>,
    reads: Vec<Access>,
    writes: Vec<Access>,
    opaque: Vec<(Buffer, Span)>,
    /// The innermost place of the source.
    span: Span,
}

impl Detector<'_> {
    fn enter(&mut self, block: &Block) {
        for view in &block.match_buffers {
            self.views.insert(view.buffer.id, view.clone());
        }
        block.iter_vars.iter().for_each(|axis| walk_range(self, &axis.dom));
        let declared = block.reads.iter().chain(&block.writes);
        let viewed = block.match_buffers.iter().map(|view| &view.source);
        for region in declared.chain(viewed) {
            region.region.iter().for_each(|range| walk_range(self, range));
        }
        block.init.iter().for_each(|init| self.visit_stmt(init));
        self.visit_stmt(&block.body);
    }

    fn read(&mut self, buffer: &Buffer, sets: Vec<IntSet>) {
        if let Some((buffer, sets)) = self.seen_from_outside(buffer, sets) {
            merge(&mut self.reads, buffer, sets, &self.analyzer);
        }
    }

    fn write(&mut self, buffer: &Buffer, sets: Vec<IntSet>) {
        if let Some((buffer, sets)) = self.seen_from_outside(buffer, sets) {
            merge(&mut self.writes, buffer, sets, &self.analyzer);
        }
    }

    /// The access as one to a buffer outside of the block, if it is one.
    fn seen_from_outside(&self, buffer: &Buffer, sets: Vec<IntSet>) -> Option<Access> {
        if let Some(view) = self.views.get(&buffer.id) {
            let sets = self.viewed_sets(view, sets);
            return self.seen_from_outside(&view.source.buffer, sets);
        }
        if self.scope.has(buffer) {
            return Some((buffer.clone(), sets));
        }
        // A view that is declared inside, of memory outside: any part of it.
        let outer = self.scope.by_data.get(&buffer.data.id)?;
        Some((outer.clone(), vec![IntSet::everything(); outer.rank()]))
    }

    fn viewed_sets(&self, view: &MatchBufferRegion, sets: Vec<IntSet>) -> Vec<IntSet> {
        let source = &view.source.region;
        // A rank above the source's is an error that the validator reports.
        let dropped = source.len().saturating_sub(sets.len());
        let whole = |range: &Range| IntSet::eval_range(range, &self.domains, &self.analyzer);
        let mut result: Vec<IntSet> = source[..dropped].iter().map(whole).collect();
        for (range, (set, extent)) in
            source[dropped..].iter().zip(sets.iter().zip(&view.buffer.shape))
        {
            let part = set.cover_range(&Range::from_extent(extent.clone()), &self.analyzer);
            let (start, min) = of_one_type(&range.min, &part.min);
            result.push(whole(&Range::new(crate::arith::add(&start, &min), part.extent)));
        }
        result
    }

    fn index_set(&self, index: &PrimExpr) -> IntSet {
        let index = self.resolved(index);
        self.hide_locals(IntSet::eval(&index, &self.domains, &self.analyzer))
    }

    fn range_set(&self, range: &Range) -> IntSet {
        let range = Range::new(self.resolved(&range.min), self.resolved(&range.extent));
        self.hide_locals(IntSet::eval_range(&range, &self.domains, &self.analyzer))
    }

    /// The expression with names inside the block replaced by their values.
    fn resolved(&self, expr: &PrimExpr) -> PrimExpr {
        match self.values.is_empty() {
            true => expr.clone(),
            false => substitute(expr, &self.values),
        }
    }

    /// Ends that mean nothing outside of the block are dropped.
    fn hide_locals(&self, set: IntSet) -> IntSet {
        let visible = |end: Option<PrimExpr>| {
            end.filter(|e| {
                !any_expr(e, |e| match e {
                    PrimExpr::Var(var) => self.local_vars.contains(&var.id),
                    PrimExpr::Load(load) => !self.scope.has(&load.buffer),
                    _ => false,
                })
            })
        };
        IntSet { min: visible(set.min), max: visible(set.max) }
    }

    fn regions_of(&self, accesses: &[Access]) -> Vec<BufferRegion> {
        let region = |(buffer, sets): &Access| BufferRegion {
            buffer: buffer.clone(),
            region: sets.iter().zip(&buffer.shape).map(|(s, e)| self.range_of(s, e)).collect(),
        };
        accesses.iter().map(region).collect()
    }

    fn range_of(&self, set: &IntSet, extent: &PrimExpr) -> Range {
        if let (Some(min), Some(max)) = (&set.min, &set.max)
            && self.analyzer.can_prove_equal(min, max)
        {
            return Range::new(min.clone(), PrimExpr::int(1, min.dtype().element()));
        }
        // The minimum of a whole dimension is the `int32` 0 whatever the index type, as in TVM.
        set.cover_range(&Range::new(0.into(), extent.clone()), &self.analyzer)
    }

    fn inner_block(&mut self, realize: &BlockRealize) {
        let axes = realize.block.iter_vars.iter().map(|axis| axis.var.id);
        let values: VarMap = axes.zip(realize.iter_values.iter().cloned()).collect();
        let sets = |this: &Self, region: &BufferRegion| {
            let ranges = region.region.iter();
            let ranges = ranges.map(|range| this.range_set(&substitute_range(range, &values)));
            ranges.collect::<Vec<_>>()
        };
        for region in &realize.block.reads {
            let sets = sets(self, region);
            self.read(&region.buffer, sets);
        }
        for region in &realize.block.writes {
            let sets = sets(self, region);
            self.write(&region.buffer, sets);
        }
    }

    /// Runs `f` where `condition` holds.
    fn within(&mut self, condition: &PrimExpr, f: impl FnOnce(&mut Self)) {
        let Some(narrowed) = self.narrowed_domains(condition) else {
            return f(self);
        };
        let outer = std::mem::replace(&mut self.domains, narrowed);
        f(self);
        self.domains = outer;
    }

    /// The domains where `condition` holds, if it is a conjunction of comparisons each of which
    /// bounds one variable by constants.
    fn narrowed_domains(&self, condition: &PrimExpr) -> Option<DomMap> {
        let condition = self.analyzer.simplify(condition);
        let mut comparisons = Vec::new();
        simple_comparisons(&condition, &mut comparisons);
        if comparisons.is_empty() {
            return None;
        }
        let mut bounds: FxHashMap<VarId, (Var, Bound)> = FxHashMap::default();
        for comparison in comparisons {
            let (var, bound) = self.analyzer.bound_on_var(&comparison)?;
            let known = bounds.entry(var.id).or_insert((var, Bound::of_dtype(var.dtype)));
            known.1 = known.1.intersect(bound);
        }
        let mut narrowed = self.domains.clone();
        for (var, bound) in bounds.into_values() {
            let any = Bound::of_dtype(var.dtype);
            let literal = |v: i128| PrimExpr::int(v as i64, var.dtype);
            let min = (bound.min > any.min).then(|| literal(bound.min));
            let max = (bound.max < any.max).then(|| literal(bound.max));
            match narrowed.get_mut(&var.id) {
                Some(set) => *set = set.intersect(&IntSet { min, max }, &self.analyzer),
                // A free variable that is bounded on one side only: nothing is concluded.
                None if min.is_none() || max.is_none() => return None,
                None => {}
            }
        }
        Some(narrowed)
    }

    fn use_data(&mut self, var: Var) {
        if let Some(buffer) = self.scope.by_data.get(&var.id) {
            self.opaque.push((buffer.clone(), self.span));
        }
    }

    /// `T.tvm_access_ptr(type, data, offset, extent, mask)`: the whole buffer, as the mask says.
    fn access_ptr(&mut self, call: &CallFunc) -> Option<()> {
        let [_, CallArg::Expr(PrimExpr::Var(data)), _, _, CallArg::Expr(mask)] = &*call.args else {
            return None;
        };
        let mask = as_const(mask)?;
        let by_data = self.views.values().map(|view| &view.buffer);
        let view = by_data.into_iter().find(|b| b.data == *data).cloned();
        let Some(buffer) = view.or_else(|| self.scope.by_data.get(&data.id).cloned()) else {
            return Some(());
        };
        let sets: Vec<IntSet> = buffer.shape.iter().map(|_| IntSet::everything()).collect();
        match mask & 3 {
            1 => self.read(&buffer, sets),
            2 => self.write(&buffer, sets),
            3 => self.use_data(*data),
            _ => {}
        }
        Some(())
    }

    fn choice(&mut self, call: &Call) {
        let condition = &call.args[0];
        self.visit_expr(condition);
        self.within(condition, |this| this.visit_expr(&call.args[1]));
        let opposite = PrimExpr::logical_not(condition.clone(), call.span);
        self.within(&opposite, |this| this.visit_expr(&call.args[2]));
    }

    fn bind(&mut self, var: Var, value: &PrimExpr) {
        match is_index(value.dtype()) {
            true => {
                let value = self.resolved(value);
                self.values.insert(var.id, value);
            }
            false => {
                self.local_vars.insert(var.id);
            }
        }
    }
}

impl Visitor for Detector<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        let outer = self.span;
        self.span = expr.span().or(outer);
        match expr {
            PrimExpr::Load(load) => {
                let sets = load.indices.iter().map(|i| self.index_set(i)).collect();
                self.read(&load.buffer, sets);
                walk_expr(self, expr);
            }
            PrimExpr::Call(call) if call.op == Op::IfThenElse => self.choice(call),
            PrimExpr::CallFunc(call) if is_access_ptr(call) => {
                if self.access_ptr(call).is_none() {
                    walk_expr(self, expr);
                }
            }
            PrimExpr::Let(e) => {
                self.visit_expr(&e.value);
                self.bind(e.var, &e.value);
                self.visit_expr(&e.body);
            }
            _ => walk_expr(self, expr),
        }
        self.span = outer;
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        let outer = self.span;
        self.span = stmt.span().or(outer);
        match stmt {
            Stmt::Store(s) => {
                let sets = s.indices.iter().map(|i| self.index_set(i)).collect();
                self.write(&s.buffer, sets);
                self.visit_expr(&s.value);
                s.indices.iter().chain(&s.predicate).for_each(|e| self.visit_expr(e));
            }
            Stmt::For(s) => {
                let range = Range::new(self.resolved(&s.min), self.resolved(&s.extent));
                self.domains.insert(s.loop_var.id, IntSet::from_range(&range));
                walk_stmt(self, stmt);
                self.domains.remove(&s.loop_var.id);
            }
            Stmt::If(s) => {
                self.visit_expr(&s.condition);
                self.within(&s.condition, |this| this.visit_stmt(&s.then_case));
                if let Some(else_case) = &s.else_case {
                    let opposite = PrimExpr::logical_not(s.condition.clone(), s.span);
                    self.within(&opposite, |this| this.visit_stmt(else_case));
                }
            }
            // Inner blocks were completed before; what they declare is what counts.
            Stmt::Block(realize) => self.inner_block(realize),
            Stmt::Bind(s) => {
                self.visit_expr(&s.value);
                self.bind(s.var, &s.value);
            }
            Stmt::Seq(_)
            | Stmt::While(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Attr(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => walk_stmt(self, stmt),
        }
        self.span = outer;
    }

    fn visit_var(&mut self, var: Var) {
        self.use_data(var);
    }

    fn visit_var_def(&mut self, var: Var) {
        // Loop variables have a domain; of thread axes nothing is known outside.
        if !self.domains.contains_key(&var.id) {
            self.local_vars.insert(var.id);
        }
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, _: BufferSite) {
        // The pointer that a view is declared on is not an access.
        let fields = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
        fields.for_each(|e| self.visit_expr(e));
    }

    fn visit_buffer(&mut self, _: &Buffer) {}
}

fn is_access_ptr(call: &CallFunc) -> bool {
    matches!(call.callee, Callee::Opaque(name) if name.as_str() == "tvm_access_ptr")
}

fn substitute_range(range: &Range, values: &VarMap) -> Range {
    match values.is_empty() {
        true => range.clone(),
        false => Range::new(substitute(&range.min, values), substitute(&range.extent, values)),
    }
}

/// Adds an access to those of the same buffer.
fn merge(accesses: &mut Vec<Access>, buffer: Buffer, sets: Vec<IntSet>, analyzer: &Analyzer) {
    match accesses.iter_mut().find(|(b, _)| *b == buffer) {
        Some((_, known)) => {
            for (known, set) in known.iter_mut().zip(&sets) {
                *known = known.union(set, analyzer);
            }
        }
        None => accesses.push((buffer, sets)),
    }
}

/// The comparisons of a conjunction that consist of integer variables, literals and arithmetic.
fn simple_comparisons(condition: &PrimExpr, found: &mut Vec<PrimExpr>) {
    match condition {
        PrimExpr::Binary(e) if e.op == BinOp::And => {
            simple_comparisons(&e.lhs, found);
            simple_comparisons(&e.rhs, found);
        }
        PrimExpr::Call(call) if call.op == Op::Likely => simple_comparisons(&call.args[0], found),
        PrimExpr::Binary(e) if e.op.is_comparison() => {
            let complex = any_expr(condition, |e| match e {
                PrimExpr::Int { .. } => false,
                PrimExpr::Var(var) => !var.dtype.is_integer(),
                PrimExpr::Binary(e) => {
                    !matches!(
                        e.op,
                        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::FloorDiv | BinOp::FloorMod
                    ) && !e.op.is_comparison()
                }
                _ => true,
            });
            if !complex && !free_vars(condition).is_empty() {
                found.push(condition.clone());
            }
        }
        _ => {}
    }
}
