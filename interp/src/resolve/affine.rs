//! Index arithmetic in normal form, and what values of variables follow from it.

use rustc_hash::FxHashMap;
use tirade_ir::{BinOp, PrimExpr, Var, VarId};

/// What variables stand for: axes of blocks for the values they are bound to, names for values.
#[derive(Clone, Debug, Default)]
pub(super) struct Meanings(FxHashMap<VarId, PrimExpr>);

impl Meanings {
    /// `var` stands for `value`.
    pub(super) fn set(&mut self, var: Var, value: &PrimExpr) {
        self.0.insert(var.id, value.clone());
    }

    fn of(&self, var: Var) -> Option<&PrimExpr> {
        self.0.get(&var.id)
    }
}

/// Something that index arithmetic treats as a unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A variable.
    Var(VarId),
    /// `sum // n`
    Div(Box<Sum>, i128),
    /// `sum % n`
    Mod(Box<Sum>, i128),
}

/// `constant + factor * atom + …`, each atom once, sorted, no factor 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) constant: i128,
    pub(super) terms: Vec<(Atom, i128)>,
}

impl Sum {
    fn constant(constant: i128) -> Sum {
        Sum { constant, terms: Vec::new() }
    }

    fn atom(atom: Atom) -> Sum {
        Sum { constant: 0, terms: vec![(atom, 1)] }
    }

    /// The normal form of an integer expression; `None` if it is something else than sums,
    /// constant multiples, and division and remainder by constants.
    ///
    /// Integers are taken as mathematical: a report says where they are not.
    pub(super) fn of(e: &PrimExpr, meanings: &Meanings) -> Option<Sum> {
        match e {
            PrimExpr::Int { .. } => Some(Sum::constant(e.as_int()?)),
            PrimExpr::Var(var) => match meanings.of(*var) {
                Some(value) => Sum::of(value, meanings),
                None => Some(Sum::atom(Atom::Var(var.id))),
            },
            PrimExpr::Cast(c) => {
                let widens = c.dtype.is_int() && c.value.dtype().is_integer();
                let widens = widens && c.dtype.bits() >= c.value.dtype().bits();
                if widens { Sum::of(&c.value, meanings) } else { None }
            }
            PrimExpr::Binary(b) if b.lhs.dtype().is_int() => {
                let (x, y) = (Sum::of(&b.lhs, meanings)?, Sum::of(&b.rhs, meanings)?);
                match b.op {
                    BinOp::Add => x.plus(&y, 1),
                    BinOp::Sub => x.plus(&y, -1),
                    BinOp::Mul if y.terms.is_empty() => x.times(y.constant),
                    BinOp::Mul if x.terms.is_empty() => y.times(x.constant),
                    BinOp::FloorDiv if y.terms.is_empty() && y.constant > 0 => {
                        Some(x.divided(y.constant))
                    }
                    BinOp::FloorMod if y.terms.is_empty() && y.constant > 0 => {
                        Some(x.modulo(y.constant))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn plus(mut self, other: &Sum, sign: i128) -> Option<Sum> {
        self.constant = self.constant.checked_add(other.constant.checked_mul(sign)?)?;
        for (atom, factor) in &other.terms {
            let factor = factor.checked_mul(sign)?;
            match self.terms.binary_search_by(|(a, _)| a.cmp(atom)) {
                Ok(i) => {
                    self.terms[i].1 = self.terms[i].1.checked_add(factor)?;
                    if self.terms[i].1 == 0 {
                        self.terms.remove(i);
                    }
                }
                Err(i) => self.terms.insert(i, (atom.clone(), factor)),
            }
        }
        Some(self)
    }

    /// The sum of the two.
    pub(super) fn plus_sum(self, other: &Sum) -> Option<Sum> {
        self.plus(other, 1)
    }

    fn times(mut self, n: i128) -> Option<Sum> {
        if n == 0 {
            return Some(Sum::default());
        }
        self.constant = self.constant.checked_mul(n)?;
        for (_, factor) in &mut self.terms {
            *factor = factor.checked_mul(n)?;
        }
        Some(self)
    }

    fn divided(self, n: i128) -> Sum {
        if self.terms.is_empty() {
            return Sum::constant(self.constant.div_euclid(n));
        }
        if n == 1 { self } else { Sum::atom(Atom::Div(Box::new(self), n)) }
    }

    fn modulo(self, n: i128) -> Sum {
        if self.terms.is_empty() {
            return Sum::constant(self.constant.rem_euclid(n));
        }
        Sum::atom(Atom::Mod(Box::new(self), n))
    }

    /// The variables in it.
    pub(super) fn vars(&self, out: &mut Vec<VarId>) {
        for (atom, _) in &self.terms {
            match atom {
                Atom::Var(var) => out.push(*var),
                Atom::Div(sum, _) | Atom::Mod(sum, _) => sum.vars(out),
            }
        }
    }

    /// The value where every variable has the value that `value` gives.
    pub(super) fn eval(&self, value: &dyn Fn(VarId) -> Option<i128>) -> Option<i128> {
        self.terms.iter().try_fold(self.constant, |total, (atom, factor)| {
            let x = match atom {
                Atom::Var(var) => value(*var)?,
                Atom::Div(sum, n) => sum.eval(value)?.div_euclid(*n),
                Atom::Mod(sum, n) => sum.eval(value)?.rem_euclid(*n),
            };
            total.checked_add(x.checked_mul(*factor)?)
        })
    }

    /// Smallest and largest value, with every variable anywhere in its range.
    pub(super) fn bounds(
        &self,
        range: &dyn Fn(VarId) -> Option<(i128, i128)>,
    ) -> Option<(i128, i128)> {
        self.terms.iter().try_fold((self.constant, self.constant), |(lo, hi), (atom, factor)| {
            let (a, b) = atom.bounds(range)?;
            let (x, y) = (a.checked_mul(*factor)?, b.checked_mul(*factor)?);
            Some((lo.checked_add(x.min(y))?, hi.checked_add(x.max(y))?))
        })
    }

    /// The parts of the sum whose variables satisfy `test`, and the rest.
    pub(super) fn split(&self, test: &dyn Fn(VarId) -> bool) -> Option<(Sum, Sum)> {
        let mut inside = Sum::default();
        let mut outside = Sum::constant(self.constant);
        for (atom, factor) in &self.terms {
            let mut vars = Vec::new();
            Sum::atom(atom.clone()).vars(&mut vars);
            let n = vars.iter().filter(|v| test(**v)).count();
            match n {
                0 => outside.terms.push((atom.clone(), *factor)),
                _ if n == vars.len() => inside.terms.push((atom.clone(), *factor)),
                _ => return None,
            }
        }
        Some((inside, outside))
    }
}

impl Atom {
    fn bounds(&self, range: &dyn Fn(VarId) -> Option<(i128, i128)>) -> Option<(i128, i128)> {
        match self {
            Atom::Var(var) => range(*var),
            Atom::Div(sum, n) => {
                let (lo, hi) = sum.bounds(range)?;
                Some((lo.div_euclid(*n), hi.div_euclid(*n)))
            }
            Atom::Mod(_, n) => Some((0, n - 1)),
        }
    }
}

/// True if the values of `sums` determine all of `wanted`: different values of these variables
/// give different tuples. Other variables count as fixed, except the ones in `free`, which may
/// take any value.
///
/// `span` is the difference of a variable's largest and smallest value, if it is known.
pub(super) fn determines(
    sums: &[Sum],
    wanted: &[VarId],
    free: &[VarId],
    span: &dyn Fn(VarId) -> Option<i128>,
) -> bool {
    let mut sums = sums.to_vec();
    join_divisions(&mut sums);
    let mut open: Vec<VarId> = wanted.iter().chain(free).copied().collect();
    loop {
        let before = open.len();
        for sum in &sums {
            if let Some(found) = solve(sum, &open, span) {
                open.retain(|v| !found.contains(v));
            }
        }
        if !wanted.iter().any(|v| open.contains(v)) {
            return true;
        }
        if open.len() == before {
            return false;
        }
    }
}

/// The open variables that a sum's value determines: all of them, if their terms are digits of a
/// number in mixed radix.
fn solve(sum: &Sum, open: &[VarId], span: &dyn Fn(VarId) -> Option<i128>) -> Option<Vec<VarId>> {
    let mut digits = Vec::new();
    for (atom, factor) in &sum.terms {
        match atom {
            Atom::Var(var) if open.contains(var) => digits.push((factor.abs(), *var)),
            Atom::Var(_) => {}
            Atom::Div(inner, _) | Atom::Mod(inner, _) => {
                let mut vars = Vec::new();
                inner.vars(&mut vars);
                if vars.iter().any(|v| open.contains(v)) {
                    return None;
                }
            }
        }
    }
    digits.sort_by_key(|(factor, _)| *factor);
    let mut reach = 0i128;
    for (i, (factor, var)) in digits.iter().enumerate() {
        if *factor <= reach {
            return None;
        }
        // The most significant digit may have any range.
        if i + 1 < digits.len() {
            reach = reach.checked_add(factor.checked_mul(span(*var)?)?)?;
        }
    }
    Some(digits.into_iter().map(|(_, var)| var).collect())
}

/// Adds `x` wherever both `x // n` and `x % n` are there.
fn join_divisions(sums: &mut Vec<Sum>) {
    let mut i = 0;
    while i < sums.len() {
        if let [(Atom::Div(x, n), 1)] = &sums[i].terms[..]
            && has_remainder(sums, x, *n)
            && !sums.contains(x)
        {
            let whole = (**x).clone();
            sums.push(whole);
            i = 0;
            continue;
        }
        i += 1;
    }
}

/// True if `x % n` is among the sums, or is one of them for another reason: with `x = y % m` and
/// `m` a multiple of `n`, `y % n` is the same.
fn has_remainder(sums: &[Sum], x: &Sum, n: i128) -> bool {
    let is = |inner: &Sum| {
        sums.iter().any(|s| match &s.terms[..] {
            [(Atom::Mod(y, k), 1)] => **y == *inner && *k == n,
            _ => false,
        })
    };
    is(x)
        || matches!(&x.terms[..], [(Atom::Mod(y, m), 1)] if x.constant == 0 && m % n == 0 && is(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tirade_ir::{DType, Span};

    fn bin(op: BinOp, a: PrimExpr, b: impl Into<PrimExpr>) -> PrimExpr {
        PrimExpr::binary(op, a, b.into(), Span::NONE)
    }

    #[test]
    fn digits_and_divisions() {
        let [i, j, f] = ["i", "j", "f"].map(|n| Var::new(n, DType::INT32));
        let none = Meanings::default();
        let sum = |e: &PrimExpr| Sum::of(e, &none).unwrap();
        let span = |v: VarId| Some(if v == i.id { 3 } else { 7 });
        let row_major = bin(BinOp::Add, bin(BinOp::Mul, i.into(), 8), j);
        assert!(determines(&[sum(&row_major)], &[i.id, j.id], &[], &span));
        let overlapping = bin(BinOp::Add, bin(BinOp::Mul, i.into(), 7), j);
        assert!(!determines(&[sum(&overlapping)], &[i.id, j.id], &[], &span));
        let high = bin(BinOp::FloorDiv, f.into(), 64);
        let mid = bin(BinOp::FloorDiv, bin(BinOp::FloorMod, f.into(), 64), 8);
        let low = bin(BinOp::FloorMod, f.into(), 8);
        let parts = [sum(&high), sum(&mid), sum(&low)];
        assert!(!determines(&parts[..2], &[f.id], &[], &span));
        assert!(!determines(&[sum(&high), sum(&low)], &[f.id], &[], &span));
        let with_64 = [sum(&high), sum(&bin(BinOp::FloorMod, f.into(), 64))];
        assert!(determines(&with_64, &[f.id], &[], &span));
    }
}
