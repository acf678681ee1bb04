//! What stands between the present place and the block around it, and what follows for the
//! bookkeeping of blocks (SEMANTICS K2, K3).

use super::affine::{Meanings, Sum, determines};
use super::func::FuncResolver;
use crate::tree::Instances;
use tirade_ir::{BlockRealize, IterVarKind, PrimExpr, Var, VarId};

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
        let distinct = self.are_distinct(realize);
        let orderly = distinct && self.is_init_first(realize);
        Instances {
            duplicates: counted && !distinct,
            init: realize.block.init.is_some() && reduces && !orderly,
        }
    }

    /// Steps from the block around the present place to it, outermost first.
    fn steps(&self) -> &[Step] {
        let start = self.path.iter().rposition(|s| matches!(s, Step::Block)).map_or(0, |i| i + 1);
        &self.path[start..]
    }

    fn loops(&self) -> impl Iterator<Item = &LoopStep> {
        self.steps().iter().filter_map(|s| match s {
            Step::Loop(l) => Some(l),
            Step::While | Step::If | Step::Block => None,
        })
    }

    fn binding_sums(&self, realize: &BlockRealize) -> Option<Vec<Sum>> {
        realize.iter_values.iter().map(|e| Sum::of(e, &self.meanings)).collect()
    }

    /// True if every iteration of the loops around a block has axis values of its own.
    fn are_distinct(&self, realize: &BlockRealize) -> bool {
        if self.steps().iter().any(|s| matches!(s, Step::While)) {
            return false;
        }
        let Some(sums) = self.binding_sums(realize) else { return false };
        let wanted: Vec<VarId> =
            self.loops().filter(|l| l.count != Some(1)).map(|l| l.var.id).collect();
        let span = |var: VarId| self.loops().find(|l| l.var.id == var)?.span();
        determines(&sums, &wanted, &[], &span)
    }

    /// True if for all values of the other axes, the first instance has all reduce axes at the
    /// minimum of their domains.
    fn is_init_first(&self, realize: &BlockRealize) -> bool {
        let skips = self.steps().iter().any(|s| !matches!(s, Step::Loop(_)));
        if skips || self.has_jumps {
            return false;
        }
        let Some(sums) = self.binding_sums(realize) else { return false };
        let (mut spatial, mut reduced) = (Vec::new(), Vec::new());
        for (iter, sum) in realize.block.iter_vars.iter().zip(&sums) {
            let reduces = iter.kind == IterVarKind::CommReduce;
            sum.vars(if reduces { &mut reduced } else { &mut spatial });
        }
        let inner: Vec<VarId> = self.loops().map(|l| l.var.id).collect();
        reduced.retain(|v| inner.contains(v));
        spatial.retain(|v| inner.contains(v));
        if reduced.iter().any(|v| spatial.contains(v)) {
            return false;
        }
        // A loop that no axis depends on would come into the order of instances.
        if self.loops().any(|l| l.count != Some(1) && !spatial.contains(&l.var.id) && !reduced.contains(&l.var.id)) {
            return false;
        }
        if !realize.predicate.is_int(1) && depends_on(&realize.predicate, &reduced, &self.meanings) {
            return false;
        }
        let first = |var: VarId| self.loops().find(|l| l.var.id == var)?.min;
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
