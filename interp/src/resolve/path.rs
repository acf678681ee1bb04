//! What stands between the present place and the block around it, and what follows for the
//! bookkeeping of blocks (SEMANTICS K2, K3).

use super::affine::{Meanings, Sum, determines};
use super::func::FuncResolver;
use crate::tree::Instances;
use tirade_ir::{Block, BlockRealize, BufferRegion, IterVarKind, PrimExpr, Var, VarId};

/// A construct around the present place.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A loop.
    Loop(LoopStep),
    /// A `while` loop.
    While,
    /// A branch.
    If,
    /// A block.
    Block,
}

/// A loop around the present place.
#[derive(Clone, Debug)]
pub(super) struct LoopStep {
    pub(super) var: Var,
    /// First value, if it is constant.
    pub(super) min: Option<i128>,
    /// Number of values, if it is constant.
    pub(super) count: Option<i128>,
    /// Distance of values.
    pub(super) step: i128,
    /// Other blocks stand in the loop besides the ones around the present place.
    pub(super) is_shared: bool,
}

impl LoopStep {
    /// Difference of the largest and the smallest value.
    pub(super) fn span(&self) -> Option<i128> {
        self.count?.checked_sub(1)?.max(0).checked_mul(self.step)
    }
}

impl FuncResolver<'_, '_> {
    /// What has to be remembered of the instances of a block.
    pub(super) fn instances(&self, realize: &BlockRealize) -> Instances {
        let iters = &realize.block.iter_vars;
        let reduces = iters.iter().any(|i| i.kind == IterVarKind::CommReduce);
        let opaque = iters.iter().any(|i| i.kind == IterVarKind::Opaque);
        let counted = !iters.is_empty() && !opaque;
        let from = self.recompute_scope(realize);
        let distinct = self.are_distinct(realize, from);
        let orderly = distinct && self.is_init_first(realize, from);
        Instances {
            duplicates: counted && !distinct,
            init: realize.block.init.is_some() && reduces && !orderly,
        }
    }

    /// Place in the path behind the block around the present place.
    fn scope_start(&self) -> usize {
        self.path.iter().rposition(|s| matches!(s, Step::Block)).map_or(0, |i| i + 1)
    }

    fn loops(&self, from: usize) -> impl Iterator<Item = &LoopStep> {
        self.path[from..].iter().filter_map(|s| match s {
            Step::Loop(l) => Some(l),
            Step::While | Step::If | Step::Block => None,
        })
    }

    /// Place in the path behind which the instances of a block must be distinct: the block around
    /// it or, if it may be computed anew, the innermost loop in which it stands together with
    /// other blocks (see `docs/decisions/011-recomputation.md`).
    pub(super) fn recompute_scope(&self, realize: &BlockRealize) -> usize {
        let start = self.scope_start();
        let shared = |s: &Step| matches!(s, Step::Loop(l) if l.is_shared);
        let Some(at) = self.path[start..].iter().rposition(shared) else { return start };
        let from = start + at + 1;
        if self.may_recompute(realize, from) { from } else { start }
    }

    /// True if another iteration of the loops around a block may compute its instances anew.
    pub(super) fn is_recomputed(&self, realize: &BlockRealize) -> bool {
        // The block is already the last step.
        let steps = &self.path[..self.path.len() - 1];
        let start = steps.iter().rposition(|s| matches!(s, Step::Block)).map_or(0, |i| i + 1);
        let shared = |s: &Step| matches!(s, Step::Loop(l) if l.is_shared);
        let at = steps[start..].iter().rposition(shared);
        at.is_some_and(|at| self.may_recompute(realize, start + at + 1))
    }

    /// True if a block may run again in another iteration of the loops before `from`: it writes
    /// memory of the function only, and starts from nothing that it wrote before.
    fn may_recompute(&self, realize: &BlockRealize, from: usize) -> bool {
        let block = &realize.block;
        let own = |r: &BufferRegion| self.is_allocated(self.root(r.buffer.data));
        if block.writes.is_empty() || !block.writes.iter().all(own) {
            return false;
        }
        let inner: Vec<VarId> = self.loops(from).map(|l| l.var.id).collect();
        let reduced = block.iter_vars.iter().zip(&realize.iter_values);
        let reduced = reduced.filter(|(iter, _)| iter.kind == IterVarKind::CommReduce);
        let mut reduces = false;
        for (_, value) in reduced {
            reduces = true;
            let mut vars = Vec::new();
            match Sum::of(value, &self.meanings) {
                Some(sum) => sum.vars(&mut vars),
                None => return false,
            }
            if vars.iter().any(|v| !inner.contains(v)) {
                return false;
            }
        }
        if reduces { block.init.is_some() } else { !self.reads_what_it_writes(block) }
    }

    fn reads_what_it_writes(&self, block: &Block) -> bool {
        let root = |r: &BufferRegion| self.root(r.buffer.data);
        block.reads.iter().any(|r| block.writes.iter().any(|w| root(w) == root(r)))
    }

    fn binding_sums(&self, realize: &BlockRealize) -> Option<Vec<Sum>> {
        realize.iter_values.iter().map(|e| Sum::of(e, &self.meanings)).collect()
    }

    /// True if every iteration of the loops around a block has axis values of its own.
    fn are_distinct(&self, realize: &BlockRealize, from: usize) -> bool {
        if self.path[from..].iter().any(|s| matches!(s, Step::While)) {
            return false;
        }
        let Some(sums) = self.binding_sums(realize) else { return false };
        let wanted: Vec<VarId> =
            self.loops(from).filter(|l| l.count != Some(1)).map(|l| l.var.id).collect();
        let span = |var: VarId| self.loops(from).find(|l| l.var.id == var)?.span();
        determines(&sums, &wanted, &[], &span)
    }

    /// True if for all values of the other axes, the first instance has all reduce axes at the
    /// minimum of their domains.
    fn is_init_first(&self, realize: &BlockRealize, from: usize) -> bool {
        let skips = self.path[from..].iter().any(|s| !matches!(s, Step::Loop(_)));
        if skips || self.has_jumps {
            return false;
        }
        let Some(sums) = self.binding_sums(realize) else { return false };
        let (mut spatial, mut reduced) = (Vec::new(), Vec::new());
        for (iter, sum) in realize.block.iter_vars.iter().zip(&sums) {
            let reduces = iter.kind == IterVarKind::CommReduce;
            sum.vars(if reduces { &mut reduced } else { &mut spatial });
        }
        let inner: Vec<VarId> = self.loops(from).map(|l| l.var.id).collect();
        reduced.retain(|v| inner.contains(v));
        spatial.retain(|v| inner.contains(v));
        if reduced.iter().any(|v| spatial.contains(v)) {
            return false;
        }
        // A loop that no axis depends on would come into the order of instances.
        let used = |var: &VarId| spatial.contains(var) || reduced.contains(var);
        if self.loops(from).any(|l| l.count != Some(1) && !used(&l.var.id)) {
            return false;
        }
        if !realize.predicate.is_int(1) && depends_on(&realize.predicate, &reduced, &self.meanings)
        {
            return false;
        }
        let first = |var: VarId| self.loops(from).find(|l| l.var.id == var)?.min;
        realize.block.iter_vars.iter().zip(&sums).all(|(iter, sum)| {
            iter.kind != IterVarKind::CommReduce
                || (sum.eval(&first).is_some() && sum.eval(&first) == iter.dom.min.as_int())
        })
    }
}

/// True unless the expression surely has the same value for all values of `vars`.
fn depends_on(e: &PrimExpr, vars: &[VarId], meanings: &Meanings) -> bool {
    match e {
        PrimExpr::Int { .. } => false,
        PrimExpr::Not(n) => depends_on(&n.value, vars, meanings),
        PrimExpr::Binary(b) if b.op.is_logical() || b.op.is_comparison() => {
            depends_on(&b.lhs, vars, meanings) || depends_on(&b.rhs, vars, meanings)
        }
        _ => match Sum::of(e, meanings) {
            Some(sum) => {
                let mut found = Vec::new();
                sum.vars(&mut found);
                found.iter().any(|v| vars.contains(v))
            }
            None => true,
        },
    }
}
