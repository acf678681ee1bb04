//! What is known of variables, and the questions one can ask about it.

use super::bound::Bound;
use super::fold;
use super::is_index;
use super::modular::Modular;
use super::simplify::Simplifier;
use crate::buffer::Range;
use crate::expr::{BinOp, PrimExpr, Var, VarId};
use crate::visit::any_expr;
use rustc_hash::FxHashMap;

/// Facts about variables, and answers that follow from them.
///
/// A variable that was never bound may have every value of its type. Cloning is cheap enough to
/// enter a scope with a copy.
#[derive(Clone, Debug, Default)]
pub struct Analyzer {
    vars: FxHashMap<VarId, VarInfo>,
    /// Conditions that hold: intervals of expressions in normal form.
    constraints: Vec<(PrimExpr, Bound)>,
}

#[derive(Clone, Debug)]
struct VarInfo {
    bound: Bound,
    modular: Modular,
    /// The values, if their ends are not constant.
    range: Option<Range>,
    /// What the variable stands for.
    value: Option<PrimExpr>,
}

impl Analyzer {
    /// An analyzer that knows nothing.
    pub fn new() -> Analyzer {
        Analyzer::default()
    }

    /// `var` takes the values of `range`: a loop variable or axis in its body.
    pub fn bind(&mut self, var: Var, range: &Range) {
        let (min, extent) = (self.bound(&range.min), self.bound(&range.extent));
        let any = Bound::of_dtype(var.dtype);
        let values = Bound::new(min.min, min.max + extent.max - 1);
        let bound = if values.min <= values.max { values.intersect(any) } else { any };
        let constant = min.as_point().is_some() && extent.as_point().is_some();
        let range = (!constant && is_index(var.dtype)).then(|| range.clone());
        let modular = Modular::ANY;
        self.vars.insert(var.id, VarInfo { bound, modular, range, value: None });
    }

    /// `var` stands for `value`. Simplification puts `value` in its place unless it reads memory.
    pub fn bind_value(&mut self, var: Var, value: &PrimExpr) {
        let value = self.simplify(value);
        let movable = !any_expr(&value, |e| match e {
            PrimExpr::Load(_) | PrimExpr::CallFunc(_) => true,
            PrimExpr::Call(call) => !call.op.is_pure(),
            _ => false,
        });
        let (bound, modular) = (self.bound(&value), self.modular(&value));
        let value = movable.then_some(value);
        self.vars.insert(var.id, VarInfo { bound, modular, range: None, value });
    }

    /// `var` lies in `bound`, besides what is known already.
    pub fn bind_bound(&mut self, var: Var, bound: Bound) {
        let info = self.info_mut(var);
        info.bound = info.bound.intersect(bound);
    }

    /// `var` is of the form that `modular` says.
    pub fn bind_modular(&mut self, var: Var, modular: Modular) {
        self.info_mut(var).modular = modular;
    }

    fn info_mut(&mut self, var: Var) -> &mut VarInfo {
        self.vars.entry(var.id).or_insert_with(|| VarInfo {
            bound: Bound::of_dtype(var.dtype),
            modular: Modular::ANY,
            range: None,
            value: None,
        })
    }

    /// What `f` answers where `condition` holds besides what is known.
    pub fn with_constraint<T>(
        &mut self,
        condition: &PrimExpr,
        f: impl FnOnce(&mut Analyzer) -> T,
    ) -> T {
        let mut inner = self.clone();
        inner.assume(condition);
        f(&mut inner)
    }

    /// From now on `condition` holds. Conjunctions of comparisons of indices are understood.
    pub fn assume(&mut self, condition: &PrimExpr) {
        match condition {
            PrimExpr::Binary(e) if e.op == BinOp::And => {
                self.assume(&e.lhs);
                self.assume(&e.rhs);
            }
            PrimExpr::Call(call) if call.op == crate::op::Op::Likely => self.assume(&call.args[0]),
            PrimExpr::Binary(e) if e.op.is_comparison() && is_index(e.lhs.dtype()) => {
                self.assume_comparison(e.op, &e.lhs, &e.rhs);
            }
            PrimExpr::Not(e) => {
                if let PrimExpr::Binary(c) = &e.value
                    && let Some(op) = negated(c.op)
                    && is_index(c.lhs.dtype())
                {
                    self.assume_comparison(op, &c.lhs, &c.rhs);
                }
            }
            _ => {}
        }
    }

    fn assume_comparison(&mut self, op: BinOp, lhs: &PrimExpr, rhs: &PrimExpr) {
        let Some((expr, bound)) = Simplifier::new(self).comparison_as_bound(op, lhs, rhs) else {
            return;
        };
        match expr.as_var() {
            Some(var) => self.bind_bound(var, bound),
            None => {
                let opposite = fold::sub(&PrimExpr::int(0, expr.dtype()), &expr);
                let opposite = self.simplify(&opposite);
                self.constraints.push((opposite, Bound::new(-bound.max, -bound.min)));
                self.constraints.push((expr, bound));
            }
        }
    }

    /// The variable that a comparison bounds by constants, and its values where it holds.
    pub fn bound_on_var(&self, comparison: &PrimExpr) -> Option<(Var, Bound)> {
        let PrimExpr::Binary(e) = comparison else { return None };
        if !e.op.is_comparison() || !is_index(e.lhs.dtype()) {
            return None;
        }
        let (expr, bound) = Simplifier::new(self).comparison_as_bound(e.op, &e.lhs, &e.rhs)?;
        Some((expr.as_var()?, bound))
    }

    pub(super) fn constraint_on(&self, expr: &PrimExpr) -> Option<Bound> {
        let known = self.constraints.iter().filter(|(e, _)| e == expr).map(|(_, bound)| *bound);
        known.reduce(Bound::intersect)
    }

    pub(super) fn has_constraints(&self) -> bool {
        !self.constraints.is_empty()
    }

    pub(super) fn var_bound(&self, var: Var) -> Option<Bound> {
        self.vars.get(&var.id).map(|info| info.bound)
    }

    pub(super) fn var_modular(&self, var: Var) -> Modular {
        self.vars.get(&var.id).map_or(Modular::ANY, |info| info.modular)
    }

    pub(super) fn var_range(&self, var: Var) -> Option<&Range> {
        self.vars.get(&var.id)?.range.as_ref()
    }

    pub(super) fn var_value(&self, var: Var) -> Option<&PrimExpr> {
        self.vars.get(&var.id)?.value.as_ref()
    }

    /// An expression with the same value in normal form: sums are sorted out, constants folded,
    /// divisions split, comparisons decided where that is possible.
    pub fn simplify(&self, expr: &PrimExpr) -> PrimExpr {
        match self.is_normal_leaf(expr) {
            true => expr.clone(),
            false => Simplifier::new(self).simplify(expr),
        }
    }

    /// True for what nothing could be simpler than: a literal, a variable nothing is known of.
    fn is_normal_leaf(&self, expr: &PrimExpr) -> bool {
        match expr {
            PrimExpr::Int { .. } => true,
            PrimExpr::Var(var) => !self.vars.contains_key(&var.id),
            _ => false,
        }
    }

    /// True only if `condition` certainly holds.
    pub fn can_prove(&self, condition: &PrimExpr) -> bool {
        self.simplify(condition).is_int(1)
    }

    /// True only if `a` and `b` certainly have the same value.
    pub fn can_prove_equal(&self, a: &PrimExpr, b: &PrimExpr) -> bool {
        a == b || self.can_prove(&fold::binary(BinOp::Eq, a, b))
    }

    /// True only if `a < b` certainly holds.
    pub fn can_prove_less(&self, a: &PrimExpr, b: &PrimExpr) -> bool {
        self.can_prove(&fold::binary(BinOp::Lt, a, b))
    }

    /// True only if `a >= value` certainly holds.
    pub fn can_prove_at_least(&self, a: &PrimExpr, value: i64) -> bool {
        self.bound(a).min >= value as i128
            || (is_index(a.dtype())
                && self.can_prove(&fold::binary(BinOp::Ge, a, &PrimExpr::int(value, a.dtype()))))
    }

    /// The value of `expr`, if it is certainly one.
    pub fn as_const(&self, expr: &PrimExpr) -> Option<i128> {
        fold::as_const(expr).or_else(|| fold::as_const(&self.simplify(expr)))
    }
}

/// The comparison of integers that holds where `op` does not.
pub(super) fn negated(op: BinOp) -> Option<BinOp> {
    match op {
        BinOp::Eq => Some(BinOp::Ne),
        BinOp::Ne => Some(BinOp::Eq),
        BinOp::Lt => Some(BinOp::Ge),
        BinOp::Le => Some(BinOp::Gt),
        BinOp::Gt => Some(BinOp::Le),
        BinOp::Ge => Some(BinOp::Lt),
        BinOp::Add
        | BinOp::Sub
        | BinOp::Mul
        | BinOp::Div
        | BinOp::Mod
        | BinOp::FloorDiv
        | BinOp::FloorMod
        | BinOp::Min
        | BinOp::Max
        | BinOp::And
        | BinOp::Or => None,
    }
}
