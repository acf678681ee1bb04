//! From expressions to sums of digits.

use super::{IterMap, IterMapError, IterMark, IterSource, IterSplit, IterSum, MarkId};
use crate::arith::analyzer::negated;
use crate::arith::{Analyzer, add, binary, floordiv, mul, sub};
use crate::buffer::Range;
use crate::expr::{BinOp, Binary, PrimExpr, Var};
use crate::op::Op;
use crate::visit::any_expr;

type Result<T> = std::result::Result<T, IterMapError>;

pub(super) struct Builder<'a> {
    pub analyzer: Analyzer,
    pub marks: Vec<IterMark>,
    iters: &'a [(Var, Range)],
    /// Iterators of one value stay visible instead of being replaced by that value.
    keep_units: bool,
    /// Sums that were fused, and the iterators that they became. Those that the predicate bounds
    /// come first and have to be used.
    fused: Vec<Fused>,
}

/// `digits + offset` is the iterator `mark`, whose values begin at 0.
struct Fused {
    digits: Vec<IterSplit>,
    mark: MarkId,
    offset: PrimExpr,
    constrained: bool,
}

impl<'a> Builder<'a> {
    pub fn new(iters: &'a [(Var, Range)], keep_units: bool, analyzer: &Analyzer) -> Self {
        let mut analyzer = analyzer.clone();
        let mut marks = Vec::with_capacity(iters.len());
        for (var, range) in iters {
            let extent = analyzer.simplify(&range.extent);
            // A bound that leaves two values keeps the simplifier from putting in the only one.
            let visible = Range::new(range.min.clone(), add(&extent, &extent));
            let is_unit = keep_units && extent.is_int(1);
            analyzer.bind(*var, if is_unit { &visible } else { range });
            marks.push(IterMark { source: IterSource::Var(*var), extent });
        }
        Builder { analyzer, marks, iters, keep_units, fused: Vec::new() }
    }

    pub fn finish(self, indices: Vec<IterSum>) -> IterMap {
        let minimums = self.iters.iter().map(|(v, range)| (v.id, range.min.clone())).collect();
        IterMap { marks: self.marks, indices, minimums }
    }

    pub fn equal(&self, a: &PrimExpr, b: &PrimExpr) -> bool {
        a == b || self.analyzer.can_prove_equal(a, b)
    }

    fn is(&self, a: &PrimExpr, value: i64) -> bool {
        a.is_int(value as i128) || self.equal(a, &PrimExpr::int(value, a.dtype()))
    }

    /// `a / b`, if `b` divides `a`.
    fn exact_quotient(&self, a: &PrimExpr, b: &PrimExpr) -> Option<PrimExpr> {
        let remainder = self.analyzer.simplify(&binary(BinOp::FloorMod, a, b));
        remainder.is_int(0).then(|| self.analyzer.simplify(&floordiv(a, b)))
    }

    fn simplified(&self, op: BinOp, a: &PrimExpr, b: &PrimExpr) -> PrimExpr {
        self.analyzer.simplify(&binary(op, a, b))
    }

    /// The expression as a sum of digits.
    pub fn rewrite(&mut self, expr: &PrimExpr) -> Result<IterSum> {
        let simple = self.analyzer.simplify(expr);
        self.rewrite_simple(&simple)
    }

    fn rewrite_simple(&mut self, expr: &PrimExpr) -> Result<IterSum> {
        if !self.uses_iters(expr) {
            return Ok(IterSum { args: Vec::new(), base: expr.clone() });
        }
        match expr {
            PrimExpr::Var(var) => Ok(self.whole(*var)),
            PrimExpr::Binary(e) => self.rewrite_binary(e, expr),
            PrimExpr::Cast(e) if crate::arith::is_index(e.value.dtype()) => {
                self.rewrite_simple(&e.value)
            }
            _ => Err(IterMapError::NotAffine(expr.clone())),
        }
    }

    fn uses_iters(&self, expr: &PrimExpr) -> bool {
        any_expr(expr, |e| match e {
            PrimExpr::Var(var) => self.iters.iter().any(|(iter, _)| iter == var),
            _ => false,
        })
    }

    fn whole(&self, var: Var) -> IterSum {
        let position = self.iters.iter().position(|(iter, _)| *iter == var);
        let position = position.expect("only called for iterators");
        let one = PrimExpr::int(1, var.dtype);
        let mark = MarkId(position);
        let extent = self.marks[position].extent.clone();
        let split = IterSplit { mark, lower: one.clone(), extent, scale: one };
        IterSum { args: vec![split], base: self.iters[position].1.min.clone() }
    }

    fn rewrite_binary(&mut self, e: &Binary, expr: &PrimExpr) -> Result<IterSum> {
        let not_affine = || Err(IterMapError::NotAffine(expr.clone()));
        match e.op {
            BinOp::Add => {
                let (a, b) = (self.rewrite_simple(&e.lhs)?, self.rewrite_simple(&e.rhs)?);
                Ok(self.added(a, b, 1))
            }
            BinOp::Sub => {
                let (a, b) = (self.rewrite_simple(&e.lhs)?, self.rewrite_simple(&e.rhs)?);
                Ok(self.added(a, b, -1))
            }
            BinOp::Mul => match (self.uses_iters(&e.lhs), self.uses_iters(&e.rhs)) {
                (true, false) => Ok(self.scaled(&e.lhs, &e.rhs)?),
                (false, true) => Ok(self.scaled(&e.rhs, &e.lhs)?),
                _ => not_affine(),
            },
            BinOp::FloorDiv | BinOp::FloorMod if !self.uses_iters(&e.rhs) => {
                let sum = self.rewrite_simple(&e.lhs)?;
                let sum = self.fused(sum, &e.lhs)?;
                let divisor = e.rhs.clone();
                match e.op {
                    BinOp::FloorDiv => self.quotient(sum, &divisor),
                    _ => self.remainder(sum, &divisor),
                }
            }
            _ => not_affine(),
        }
    }

    fn added(&self, mut a: IterSum, b: IterSum, sign: i64) -> IterSum {
        let op = if sign > 0 { BinOp::Add } else { BinOp::Sub };
        a.base = self.simplified(op, &a.base, &b.base);
        for split in b.args {
            let same = a.args.iter().position(|other| self.same_digit(other, &split));
            match same {
                Some(i) => {
                    a.args[i].scale = self.simplified(op, &a.args[i].scale, &split.scale);
                    if a.args[i].scale.is_int(0) {
                        a.args.remove(i);
                    }
                }
                None => {
                    let sign = PrimExpr::int(sign, split.scale.dtype());
                    let scale = self.simplified(BinOp::Mul, &split.scale, &sign);
                    a.args.push(IterSplit { scale, ..split });
                }
            }
        }
        a
    }

    fn scaled(&mut self, sum: &PrimExpr, factor: &PrimExpr) -> Result<IterSum> {
        let mut sum = self.rewrite_simple(sum)?;
        sum.base = self.simplified(BinOp::Mul, &sum.base, factor);
        for split in &mut sum.args {
            split.scale = self.analyzer.simplify(&mul(&split.scale, factor));
        }
        Ok(sum)
    }

    fn same_digit(&self, a: &IterSplit, b: &IterSplit) -> bool {
        a.mark == b.mark && self.equal(&a.lower, &b.lower) && self.equal(&a.extent, &b.extent)
    }

    /// The sum as a base and at most one digit. `expr` is what is shown in errors.
    pub fn fused(&mut self, sum: IterSum, expr: &PrimExpr) -> Result<IterSum> {
        let mut args = sum.args;
        // A digit of one value is always 0.
        if !self.keep_units {
            args.retain(|split| !self.is(&split.extent, 1));
        }
        if let Some(fused) = self.fused_before(&args) {
            return Ok(self.iter_of_fused(fused, &args, sum.base));
        }
        if args.len() <= 1 {
            return Ok(IterSum { args, base: sum.base });
        }
        let (digits, scale, extent) = self.side_by_side(args, expr)?;
        let mark = self.add_fused(digits.clone(), extent.clone(), None);
        let one = PrimExpr::int(1, scale.dtype());
        let split = IterSplit { mark, lower: one, extent, scale };
        Ok(IterSum { args: vec![split], base: sum.base })
    }

    /// Digits that stand side by side, highest first and weighed in units of the lowest one's
    /// scale, with that scale and the extent of all together.
    fn side_by_side(
        &self,
        mut args: Vec<IterSplit>,
        expr: &PrimExpr,
    ) -> Result<(Vec<IterSplit>, PrimExpr, PrimExpr)> {
        let gap = || IterMapError::NotFused(expr.clone());
        let unit = self.lowest_scale(&args).ok_or_else(gap)?;
        let mut digits = Vec::with_capacity(args.len());
        let mut expected = unit.clone();
        while !args.is_empty() {
            let fits = |split: &IterSplit| self.equal(&split.scale, &expected);
            // Of several, one of a single value comes first: it leaves room for the others.
            let single = args.iter().position(|split| split.extent.is_int(1) && fits(split));
            let next = single.or_else(|| args.iter().position(fits));
            let split = args.remove(next.ok_or_else(gap)?);
            expected = self.analyzer.simplify(&mul(&expected, &split.extent));
            let scale = self.exact_quotient(&split.scale, &unit).ok_or_else(gap)?;
            digits.push(IterSplit { scale, ..split });
        }
        digits.reverse();
        let extent = self.exact_quotient(&expected, &unit).ok_or_else(gap)?;
        Ok((digits, unit, extent))
    }

    /// The scale that all others are multiples of.
    fn lowest_scale(&self, args: &[IterSplit]) -> Option<PrimExpr> {
        let scales = args.iter().map(|split| &split.scale);
        let constants = scales.clone().filter(|s| s.as_int().is_some_and(|v| v > 0));
        if let Some(lowest) = constants.min_by_key(|s| s.as_int()) {
            return Some(lowest.clone());
        }
        let divides_all =
            |s: &&PrimExpr| args.iter().all(|other| self.exact_quotient(&other.scale, s).is_some());
        scales.clone().find(divides_all).cloned()
    }

    fn add_fused(
        &mut self,
        digits: Vec<IterSplit>,
        extent: PrimExpr,
        offset: Option<PrimExpr>,
    ) -> MarkId {
        let mark = MarkId(self.marks.len());
        let constrained = offset.is_some();
        let offset = offset.unwrap_or_else(|| PrimExpr::int(0, extent.dtype()));
        let sum = IterSum { args: digits.clone(), base: offset.clone() };
        self.marks.push(IterMark { source: IterSource::Sum(sum), extent });
        self.fused.push(Fused { digits, mark, offset, constrained });
        mark
    }

    /// The iterator that these digits were fused to, and the factor that their scales differ by.
    fn fused_before(&self, args: &[IterSplit]) -> Option<(usize, PrimExpr)> {
        self.fused.iter().enumerate().find_map(|(i, fused)| {
            if fused.digits.len() != args.len() {
                return None;
            }
            let (first, rest) = fused.digits.split_first()?;
            let own = args.iter().find(|split| self.same_digit(split, first))?;
            let factor = self.exact_quotient(&own.scale, &first.scale)?;
            let others_agree = rest.iter().all(|digit| {
                let expected = self.simplified(BinOp::Mul, &digit.scale, &factor);
                args.iter().any(|split| {
                    self.same_digit(split, digit) && self.equal(&split.scale, &expected)
                })
            });
            others_agree.then_some((i, factor))
        })
    }

    fn iter_of_fused(
        &self,
        (position, scale): (usize, PrimExpr),
        args: &[IterSplit],
        base: PrimExpr,
    ) -> IterSum {
        if args.is_empty() {
            return IterSum { args: Vec::new(), base };
        }
        let Fused { mark, offset, .. } = &self.fused[position];
        let one = PrimExpr::int(1, scale.dtype());
        let shift = mul(offset, &scale);
        let base = self.simplified(BinOp::Sub, &base, &shift);
        let extent = self.marks[mark.0].extent.clone();
        IterSum { args: vec![IterSplit { mark: *mark, lower: one, extent, scale }], base }
    }

    fn quotient(&self, sum: IterSum, divisor: &PrimExpr) -> Result<IterSum> {
        let IterSum { args, base } = sum;
        let not_divisible = || IterMapError::NotDivisible(divisor.clone());
        let Some(split) = args.first() else {
            return Ok(IterSum { args, base: self.simplified(BinOp::FloorDiv, &base, divisor) });
        };
        let base = self.quotient_of_base(split, &base, divisor).ok_or_else(not_divisible)?;
        if let Some(scale) = self.exact_quotient(&split.scale, divisor) {
            return Ok(IterSum { args: vec![IterSplit { scale, ..split.clone() }], base });
        }
        let step = self.exact_quotient(divisor, &split.scale).ok_or_else(not_divisible)?;
        if self.at_most(&split.extent, &step) {
            return Ok(IterSum { args: Vec::new(), base });
        }
        let extent = self.exact_quotient(&split.extent, &step).ok_or_else(not_divisible)?;
        let lower = self.analyzer.simplify(&mul(&split.lower, &step));
        let scale = PrimExpr::int(1, split.scale.dtype());
        let split = IterSplit { mark: split.mark, lower, extent, scale };
        Ok(IterSum { args: vec![split], base })
    }

    /// The base divided by the divisor, if that comes out even and the digit counts upwards.
    fn quotient_of_base(
        &self,
        split: &IterSplit,
        base: &PrimExpr,
        divisor: &PrimExpr,
    ) -> Option<PrimExpr> {
        let upwards = self.analyzer.can_prove_at_least(divisor, 1)
            && self.analyzer.can_prove_at_least(&split.scale, 1);
        self.exact_quotient(base, divisor).filter(|_| upwards)
    }

    fn remainder(&self, sum: IterSum, divisor: &PrimExpr) -> Result<IterSum> {
        let IterSum { args, base } = sum;
        let not_divisible = || IterMapError::NotDivisible(divisor.clone());
        let Some(split) = args.first() else {
            return Ok(IterSum { args, base: self.simplified(BinOp::FloorMod, &base, divisor) });
        };
        let zero = PrimExpr::int(0, base.dtype());
        self.quotient_of_base(split, &base, divisor).ok_or_else(not_divisible)?;
        if self.exact_quotient(&split.scale, divisor).is_some() {
            return Ok(IterSum { args: Vec::new(), base: zero });
        }
        let step = self.exact_quotient(divisor, &split.scale).ok_or_else(not_divisible)?;
        if self.at_most(&split.extent, &step) {
            return Ok(IterSum { args, base: zero });
        }
        self.exact_quotient(&split.extent, &step).ok_or_else(not_divisible)?;
        let split = IterSplit { extent: step, ..split.clone() };
        Ok(IterSum { args: vec![split], base: zero })
    }

    fn at_most(&self, a: &PrimExpr, b: &PrimExpr) -> bool {
        self.analyzer.can_prove(&binary(BinOp::Le, a, b))
    }

    /// Takes a condition on the iterators into account: a conjunction of bounds of sums.
    pub fn constrain(&mut self, predicate: &PrimExpr) -> Result<()> {
        let simple = self.analyzer.simplify(predicate);
        let mut bounds = Vec::new();
        self.collect_bounds(&simple, &mut bounds)?;
        // Sums of few digits first: those of more may contain them.
        bounds.sort_by_key(|bound| bound.digits.len());
        for bound in bounds {
            self.add_bound(bound, &simple)?;
        }
        Ok(())
    }

    fn collect_bounds(&mut self, condition: &PrimExpr, bounds: &mut Vec<BoundedSum>) -> Result<()> {
        let refused = || Err(IterMapError::Predicate(condition.clone()));
        match condition {
            _ if condition.is_int(1) || !self.uses_iters(condition) => Ok(()),
            PrimExpr::Call(call) if call.op == Op::Likely => {
                self.collect_bounds(&call.args[0], bounds)
            }
            PrimExpr::Binary(e) if e.op == BinOp::And => {
                self.collect_bounds(&e.lhs, bounds)?;
                self.collect_bounds(&e.rhs, bounds)
            }
            PrimExpr::Not(e) => match &e.value {
                PrimExpr::Binary(c) if negated(c.op).is_some() => {
                    let op = negated(c.op).unwrap_or(c.op);
                    self.collect_comparison(op, &c.lhs, &c.rhs, condition, bounds)
                }
                _ => refused(),
            },
            PrimExpr::Binary(e) if e.op.is_comparison() => {
                self.collect_comparison(e.op, &e.lhs, &e.rhs, condition, bounds)
            }
            _ => refused(),
        }
    }

    fn collect_comparison(
        &mut self,
        op: BinOp,
        lhs: &PrimExpr,
        rhs: &PrimExpr,
        condition: &PrimExpr,
        bounds: &mut Vec<BoundedSum>,
    ) -> Result<()> {
        let refused = || IterMapError::Predicate(condition.clone());
        if !crate::arith::is_index(lhs.dtype()) {
            return Err(refused());
        }
        // `a < b` is `a - b <= -1`, and so on.
        let (lhs, rhs, strict) = match op {
            BinOp::Lt => (lhs, rhs, true),
            BinOp::Le => (lhs, rhs, false),
            BinOp::Gt => (rhs, lhs, true),
            BinOp::Ge => (rhs, lhs, false),
            _ => return Err(refused()),
        };
        let sum = self.rewrite(&sub(lhs, rhs)).map_err(|_| refused())?;
        let zero = PrimExpr::int(-(strict as i64), sum.base.dtype());
        let limit = self.simplified(BinOp::Sub, &zero, &sum.base);
        let negative = sum.args.iter().all(|s| s.scale.as_int().is_some_and(|v| v < 0));
        let positive = sum.args.iter().all(|s| self.analyzer.can_prove_at_least(&s.scale, 1));
        let (sign, min, max) = match (positive, negative) {
            (true, _) => (1, None, Some(limit)),
            (_, true) => {
                let minus_one = PrimExpr::int(-1, limit.dtype());
                (-1, Some(self.simplified(BinOp::Mul, &limit, &minus_one)), None)
            }
            _ => return Err(refused()),
        };
        let digits: Vec<IterSplit> = sum
            .args
            .into_iter()
            .map(|split| {
                let sign = PrimExpr::int(sign, split.scale.dtype());
                let scale = self.simplified(BinOp::Mul, &split.scale, &sign);
                IterSplit { scale, ..split }
            })
            .collect();
        self.merge_bound(BoundedSum { digits, min, max }, bounds);
        Ok(())
    }

    /// Two bounds of one sum are one condition.
    fn merge_bound(&self, new: BoundedSum, bounds: &mut Vec<BoundedSum>) {
        let same = |old: &&mut BoundedSum| {
            old.digits.len() == new.digits.len()
                && new.digits.iter().all(|digit| {
                    old.digits.iter().any(|other| {
                        self.same_digit(digit, other) && self.equal(&digit.scale, &other.scale)
                    })
                })
        };
        let tighter = |op, a: &Option<PrimExpr>, b: &Option<PrimExpr>| match (a, b) {
            (Some(a), Some(b)) => Some(self.simplified(op, a, b)),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        match bounds.iter_mut().find(same) {
            Some(old) => {
                old.min = tighter(BinOp::Max, &old.min, &new.min);
                old.max = tighter(BinOp::Min, &old.max, &new.max);
            }
            None => bounds.push(new),
        }
    }

    /// Makes an iterator of a bounded sum.
    fn add_bound(&mut self, bound: BoundedSum, predicate: &PrimExpr) -> Result<()> {
        let refused = |_| IterMapError::Predicate(predicate.clone());
        let (digits, unit, extent) = self.side_by_side(bound.digits, predicate).map_err(refused)?;
        let dtype = extent.dtype();
        let (zero, one) = (PrimExpr::int(0, dtype), PrimExpr::int(1, dtype));
        // In units of the lowest digit: `first <= digits < past`.
        let first = match &bound.min {
            Some(min) => {
                let up = sub(&add(min, &unit), &one);
                let least = self.analyzer.simplify(&floordiv(&up, &unit));
                self.simplified(BinOp::Max, &least, &zero)
            }
            None => zero.clone(),
        };
        let past = match &bound.max {
            Some(max) => {
                let last = floordiv(max, &unit);
                let past = self.analyzer.simplify(&add(&last, &one));
                self.simplified(BinOp::Min, &past, &extent)
            }
            None => extent.clone(),
        };
        if self.equal(&first, &zero) && self.equal(&past, &extent) {
            return Ok(());
        }
        let extent = self.simplified(BinOp::Sub, &past, &first);
        let offset = self.simplified(BinOp::Sub, &zero, &first);
        self.add_fused(digits, extent, Some(offset));
        Ok(())
    }

    /// A condition bounds values of its own iterator only; a map that uses the digits in another
    /// way is not understood.
    pub fn all_constraints_used(&self, sums: &[IterSum]) -> Result<()> {
        let mut used = vec![false; self.marks.len()];
        for sum in sums {
            self.mark_used(sum, &mut used);
        }
        let lost = self.fused.iter().any(|fused| fused.constrained && !used[fused.mark.0]);
        if lost { Err(IterMapError::NotIndependent) } else { Ok(()) }
    }

    fn mark_used(&self, sum: &IterSum, used: &mut [bool]) {
        for split in &sum.args {
            if !std::mem::replace(&mut used[split.mark.0], true)
                && let IterSource::Sum(inner) = &self.marks[split.mark.0].source
            {
                self.mark_used(inner, used);
            }
        }
    }
}

/// `min <= digits <= max`
struct BoundedSum {
    digits: Vec<IterSplit>,
    min: Option<PrimExpr>,
    max: Option<PrimExpr>,
}
