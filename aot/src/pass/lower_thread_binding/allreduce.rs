//! `T.tvm_thread_allreduce`: the threads add to a total one after the other, then each takes it.
//!
//! ```text
//! phase 1:   total = value           the first thread along the reduced axes
//!            total = total ⊕ value   the others
//! phase 2:   result = total
//! ```
//! There is one total for every combination of the axes that are not reduced over.

use super::{Group, alloc_stmt, if_stmt};
use crate::pass::index;
use std::sync::Arc;
use tirade_ir::analysis::Allreduce;
use tirade_ir::expr::BufferLoad;
use tirade_ir::stmt::{Bind, BufferStore};
use tirade_ir::subst::{VarMap, free_vars, substitute};
use tirade_ir::{BinOp, Buffer, CommReducer, PrimExpr, Span, Stmt, Var, make};

/// A reduction over the only thread there is; `None` for other calls.
pub(super) fn of_one_thread(value: &PrimExpr, reducer: Option<&CommReducer>) -> Option<Stmt> {
    let PrimExpr::Call(call) = value else { return None };
    let reduce = Allreduce::of(call, reducer)?;
    let (binds, values) = contribution(&reduce, call.span);
    let stores = reduce.results.iter().zip(values).map(|(r, v)| store(r, v.into(), call.span));
    Some(Stmt::seq(binds.into_iter().chain(stores)))
}

impl Group<'_> {
    /// Runs a reduction directly under the loops over threads.
    pub(super) fn allreduce(&mut self, value: &PrimExpr) {
        let reducer = self.reducer.clone();
        let PrimExpr::Call(call) = value else { return };
        let Some(reduce) = Allreduce::of(call, reducer.as_deref()) else { return };
        self.flush();
        let span = call.span;
        let reduced: Vec<_> = reduce.threads.iter().flat_map(free_vars).map(|v| v.id).collect();
        let (reduced, kept): (Vec<_>, Vec<_>) =
            self.axes.iter().partition(|axis| reduced.contains(&axis.var.id));

        // One total for each combination of the axes that are kept.
        let count = kept.iter().fold(PrimExpr::i32(1), |n, a| index::mul(n, a.extent.clone()));
        let place = kept.iter().fold(PrimExpr::i32(0), |n, axis| {
            let number = index::sub(axis.var.into(), axis.min.clone());
            index::add(index::mul(n, axis.extent.clone()), number)
        });
        let is_first = reduced
            .iter()
            .map(|axis| PrimExpr::binary(BinOp::Eq, axis.var.into(), axis.min.clone(), span));
        let is_first = is_first.reduce(|a, b| PrimExpr::binary(BinOp::And, a, b, span));
        let total = |v: &PrimExpr| Buffer::new("total", [count.clone()], v.dtype());
        let totals: Vec<Buffer> = reduce.values.iter().map(total).collect();
        let at = |total: &Buffer| BufferLoad {
            buffer: total.clone(),
            indices: [place.clone()].into(),
            predicate: None,
            span,
        };

        let (binds, values) = contribution(&reduce, span);
        let begin: Vec<Stmt> =
            totals.iter().zip(&values).map(|(t, v)| store(&at(t), (*v).into(), span)).collect();
        let mut operands = VarMap::default();
        for (var, total) in reduce.reducer.lhs.iter().zip(&totals) {
            operands.insert(var.id, PrimExpr::Load(Arc::new(at(total))));
        }
        for (var, value) in reduce.reducer.rhs.iter().zip(&values) {
            operands.insert(var.id, (*value).into());
        }
        // All are computed before the first is replaced.
        let combined: Vec<(Var, Stmt)> = reduce
            .reducer
            .result
            .iter()
            .map(|e| bind("sum", substitute(e, &operands), span))
            .collect();
        let replace =
            totals.iter().zip(&combined).map(|(t, (v, _))| store(&at(t), (*v).into(), span));
        let go_on = combined.iter().map(|(_, bind)| bind.clone()).chain(replace);
        let add = match is_first {
            Some(first) => if_stmt(first, Stmt::seq(begin), Some(Stmt::seq(go_on)), span),
            None => Stmt::seq(begin),
        };

        self.out.extend(totals.iter().cloned().map(alloc_stmt));
        self.pending.extend(binds);
        self.pending.push(add);
        self.flush();
        for (result, total) in reduce.results.iter().zip(&totals) {
            let total = PrimExpr::Load(Arc::new(at(total)));
            self.pending.push(store(result, total, span));
        }
        self.flush();
    }
}

/// What a thread contributes: its values, or the identity if the condition does not hold.
fn contribution(reduce: &Allreduce<'_>, span: Span) -> (Vec<Stmt>, Vec<Var>) {
    let values = reduce.values.iter().zip(&reduce.reducer.identity).map(|(value, identity)| {
        let condition = reduce.condition.clone();
        let chosen = make::select(condition, value.clone(), identity.clone(), span);
        bind("value", chosen.unwrap_or_else(|_| value.clone()), span)
    });
    values.map(|(var, bind)| (bind, var)).unzip()
}

fn bind(name: &str, value: PrimExpr, span: Span) -> (Var, Stmt) {
    let var = Var::new(name, value.dtype());
    (var, Stmt::Bind(Arc::new(Bind { var, pointer: None, value, span })))
}

fn store(place: &BufferLoad, value: PrimExpr, span: Span) -> Stmt {
    Stmt::Store(Arc::new(BufferStore {
        buffer: place.buffer.clone(),
        value,
        indices: place.indices.clone(),
        predicate: None,
        span,
    }))
}
