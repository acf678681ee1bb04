//! Expressions, a column at a time.
//!
//! [`GiveUp`] says that something needs a closer look: a fault, a value that wraps, an index out of
//! range. The strip is then run iteration by iteration, which finds and reports it.

use super::column::{Affine, Column, Mask};
use super::{GiveUp, Strip};
use crate::kernel::column::Operand;
use crate::machine::Machine;
use crate::tree::{Binary, Choice, Expr, Index, Logic, OpName, Target, Unary, Widen};
use smallvec::SmallVec;
use std::rc::Rc;
use tirade_ir::{BinOp, DType};

type Result<T> = std::result::Result<T, GiveUp>;

/// The bits of an integer of type `dtype`.
fn bits_of(value: i64, dtype: DType) -> u64 {
    let bits = dtype.bits();
    if bits >= 64 { value as u64 } else { value as u64 & ((1 << bits) - 1) }
}

impl Machine<'_> {
    /// The values of an expression; those of iterations outside of the mask do not matter.
    pub(super) fn column(&mut self, e: &Expr, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        match e {
            Expr::Const(bits) => Ok(Column::Uniform(*bits)),
            Expr::Scalar(slot) => Ok(self.variable(*slot, strip)),
            Expr::Unary(e) => self.unary_column(e, strip, mask),
            Expr::Binary(e) => self.binary_column(e, strip, mask),
            Expr::Nary(e) => {
                let mut args = SmallVec::<[Column; 4]>::new();
                for arg in &e.args {
                    args.push(self.column(arg, strip, mask)?);
                }
                let args: Option<SmallVec<[Column; 4]>> =
                    args.into_iter().map(|c| self.spread_affine(c, strip)).collect();
                let args = args.ok_or(GiveUp)?;
                let operands: SmallVec<[Operand<'_>; 4]> = args.iter().map(operand).collect();
                let mut out = self.take_column(strip.shape.n);
                let faulty = e.kernel.map(&operands, &mut out);
                if faulty { Err(GiveUp) } else { Ok(Column::Full(Rc::new(out))) }
            }
            Expr::Logic(e) => self.logic_column(e, strip, mask),
            Expr::Select(e) => self.select_column(e, strip, mask),
            Expr::IfThenElse(e) => self.if_column(e, strip, mask),
            Expr::Load(e) => self.load_column(e, strip, mask),
            Expr::Let(e) => {
                let Target::Scalar(slot) = e.target else { return Err(GiveUp) };
                let value = self.column(&e.value, strip, mask)?;
                strip.set(slot, value);
                self.column(&e.body, strip, mask)
            }
            Expr::Vector(_)
            | Expr::Ramp(_)
            | Expr::Broadcast(_)
            | Expr::Shuffle(_)
            | Expr::Atomic(_)
            | Expr::Call(_)
            | Expr::Assume(_)
            | Expr::StorageSync(_)
            | Expr::AllReduce(_)
            | Expr::IsNull(_) => Err(GiveUp),
        }
    }

    fn variable(&self, slot: u32, strip: &Strip) -> Column {
        match strip.vars.iter().rev().find(|(s, _)| *s == slot) {
            Some((_, column)) => column.clone(),
            None => Column::Uniform(self.frame.scalars[slot as usize]),
        }
    }

    /// The values of an index as integers.
    pub(super) fn index_column(
        &mut self,
        index: &Index,
        strip: &mut Strip,
        mask: &Mask,
    ) -> Result<IndexColumn> {
        Ok(match self.column(&index.expr, strip, mask)? {
            Column::Uniform(bits) => IndexColumn::Uniform(index.widen.apply(bits)),
            Column::Affine(affine) => IndexColumn::Affine(affine),
            Column::Full(bits) => IndexColumn::Full(bits, index.widen),
        })
    }

    fn unary_column(&mut self, e: &Unary, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        let arg = self.column(&e.arg, strip, mask)?;
        if let Column::Affine(affine) = &arg
            && e.is_cast
            && e.dtype.is_integer()
            && fits(affine, e.dtype, strip)
        {
            return Ok(Column::Affine(Affine { dtype: e.dtype, ..*affine }));
        }
        if let Column::Uniform(x) = arg {
            let value = e.kernel.apply(x).into_ok().ok_or(GiveUp)?;
            return Ok(Column::Uniform(value));
        }
        let mut values = self.own(arg, strip)?;
        if mask.is_some() {
            // Values outside of the mask may have faults that do not count.
            let before = values.clone();
            if e.kernel.map(&mut values) {
                let fault = |i: usize| !e.kernel.apply(before[i]).fault.is_none();
                if (0..values.len()).any(|i| is_on(mask, i) && fault(i)) {
                    return Err(GiveUp);
                }
            }
        } else if e.kernel.map(&mut values) {
            return Err(GiveUp);
        }
        Ok(Column::Full(Rc::new(values)))
    }

    fn binary_column(&mut self, e: &Binary, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        let lhs = self.column(&e.lhs, strip, mask)?;
        let rhs = self.column(&e.rhs, strip, mask)?;
        if let (Column::Uniform(x), Column::Uniform(y)) = (&lhs, &rhs) {
            let value = e.kernel.apply(*x, *y).into_ok().ok_or(GiveUp)?;
            return Ok(Column::Uniform(value));
        }
        if let OpName::Infix(op) = e.name
            && let Some(column) = affine_op(op, e.dtype, &lhs, &rhs, strip)
        {
            return Ok(column);
        }
        let lhs = self.spread_affine(lhs, strip).ok_or(GiveUp)?;
        let rhs = self.spread_affine(rhs, strip).ok_or(GiveUp)?;
        let mut out = self.take_column(strip.shape.n);
        let (x, y) = (operand(&lhs), operand(&rhs));
        if e.kernel.map(x, y, &mut out) {
            let at = |o: Operand<'_>, i: usize| match o {
                Operand::Uniform(v) => v,
                Operand::Column(vs) => vs[i],
            };
            let fault = |i: usize| !e.kernel.apply(at(x, i), at(y, i)).fault.is_none();
            if mask.is_none() || (0..out.len()).any(|i| is_on(mask, i) && fault(i)) {
                return Err(GiveUp);
            }
        }
        self.recycle(lhs);
        self.recycle(rhs);
        Ok(Column::Full(Rc::new(out)))
    }

    fn logic_column(&mut self, e: &Logic, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        let lhs = self.column(&e.lhs, strip, mask)?;
        match lhs {
            Column::Uniform(bits) if (bits != 0) == e.decided_by => Ok(Column::Uniform(bits)),
            Column::Uniform(_) => self.column(&e.rhs, strip, mask),
            Column::Affine(_) => Err(GiveUp),
            Column::Full(first) => {
                let open: Vec<bool> = first
                    .iter()
                    .enumerate()
                    .map(|(i, x)| is_on(mask, i) && (*x != 0) != e.decided_by)
                    .collect();
                if !open.contains(&true) {
                    return Ok(Column::Full(first));
                }
                let open: Mask = Some(Rc::new(open));
                let rhs = self.column(&e.rhs, strip, &open)?;
                self.blend(&open, rhs, Column::Full(first), strip)
            }
        }
    }

    fn select_column(&mut self, e: &Choice, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        let condition = self.column(&e.condition, strip, mask)?;
        let then = self.column(&e.then, strip, mask)?;
        let otherwise = self.column(&e.otherwise, strip, mask)?;
        match condition {
            Column::Uniform(bits) => Ok(if bits != 0 { then } else { otherwise }),
            Column::Affine(_) => Err(GiveUp),
            Column::Full(bits) => {
                let on: Mask = Some(Rc::new(bits.iter().map(|b| *b != 0).collect()));
                self.blend(&on, then, otherwise, strip)
            }
        }
    }

    fn if_column(&mut self, e: &Choice, strip: &mut Strip, mask: &Mask) -> Result<Column> {
        match self.column(&e.condition, strip, mask)? {
            Column::Uniform(0) => self.column(&e.otherwise, strip, mask),
            Column::Uniform(_) => self.column(&e.then, strip, mask),
            Column::Affine(_) => Err(GiveUp),
            Column::Full(bits) => {
                let side = |wanted: bool| -> Vec<bool> {
                    let on = |(i, b): (usize, &u64)| (*b != 0) == wanted && is_on(mask, i);
                    bits.iter().enumerate().map(on).collect()
                };
                let (yes, no) = (side(true), side(false));
                if !no.contains(&true) {
                    return self.column(&e.then, strip, mask);
                }
                if !yes.contains(&true) {
                    return self.column(&e.otherwise, strip, mask);
                }
                let yes: Mask = Some(Rc::new(yes));
                let then = self.column(&e.then, strip, &yes)?;
                let otherwise = self.column(&e.otherwise, strip, &Some(Rc::new(no)))?;
                self.blend(&yes, then, otherwise, strip)
            }
        }
    }

    /// `then` where the mask holds, `otherwise` elsewhere.
    fn blend(
        &mut self,
        mask: &Mask,
        then: Column,
        otherwise: Column,
        strip: &Strip,
    ) -> Result<Column> {
        let Some(mask) = mask else { return Ok(then) };
        let then = self.spread_affine(then, strip).ok_or(GiveUp)?;
        let mut out = self.own(otherwise, strip)?;
        match &then {
            Column::Uniform(x) => {
                for (z, on) in out.iter_mut().zip(mask.iter()) {
                    *z = if *on { *x } else { *z };
                }
            }
            Column::Full(xs) => {
                for ((z, x), on) in out.iter_mut().zip(xs.iter()).zip(mask.iter()) {
                    *z = if *on { *x } else { *z };
                }
            }
            Column::Affine(_) => return Err(GiveUp),
        }
        self.recycle(then);
        Ok(Column::Full(Rc::new(out)))
    }

    /// A column whose values may be changed.
    pub(super) fn own(&mut self, column: Column, strip: &Strip) -> Result<Vec<u64>> {
        Ok(match column {
            Column::Uniform(x) => {
                let mut out = self.take_column(strip.shape.n);
                out.fill(x);
                out
            }
            Column::Affine(affine) => {
                let mut out = self.take_column(strip.shape.n);
                strip.shape.for_each(&affine, |i, value| out[i] = bits_of(value, affine.dtype));
                out
            }
            Column::Full(values) => match Rc::try_unwrap(values) {
                Ok(values) => values,
                Err(shared) => {
                    let mut out = self.take_column(strip.shape.n);
                    out.copy_from_slice(&shared);
                    out
                }
            },
        })
    }

    /// The column with a value for each iteration, unless one is for all.
    fn spread_affine(&mut self, column: Column, strip: &Strip) -> Option<Column> {
        match column {
            Column::Affine(_) => self.own(column, strip).ok().map(|v| Column::Full(Rc::new(v))),
            other => Some(other),
        }
    }

    /// Room for a column.
    pub(super) fn take_column(&mut self, n: usize) -> Vec<u64> {
        let mut column = self.columns.pop().unwrap_or_default();
        column.resize(n, 0);
        column
    }

    /// Keeps the room of a column that is no longer needed.
    pub(super) fn recycle(&mut self, column: Column) {
        if let Column::Full(values) = column
            && let Ok(values) = Rc::try_unwrap(values)
        {
            self.columns.push(values);
        }
    }
}

/// The values of an index.
pub(super) enum IndexColumn {
    Uniform(i64),
    Affine(Affine),
    Full(Rc<Vec<u64>>, Widen),
}

pub(super) fn is_on(mask: &Mask, i: usize) -> bool {
    mask.as_ref().is_none_or(|m| m[i])
}

fn operand(column: &Column) -> Operand<'_> {
    match column {
        Column::Uniform(x) => Operand::Uniform(*x),
        Column::Full(xs) => Operand::Column(xs),
        Column::Affine(_) => unreachable!("columns are spread before they are operands"),
    }
}

/// True if no value wraps in type `dtype`.
fn fits(affine: &Affine, dtype: DType, strip: &Strip) -> bool {
    strip
        .shape
        .bounds(affine)
        .is_some_and(|(lo, hi)| dtype.holds_int(lo as i128) && dtype.holds_int(hi as i128))
}

/// Integer arithmetic that leads from values that follow the loops to such values.
fn affine_op(op: BinOp, dtype: DType, lhs: &Column, rhs: &Column, strip: &Strip) -> Option<Column> {
    if !dtype.is_int() {
        return None;
    }
    let integers = |column: &Column| match column {
        Column::Uniform(bits) => Some(Affine::constant(Widen::of(dtype).apply(*bits), dtype)),
        Column::Affine(affine) => Some(*affine),
        Column::Full(_) => None,
    };
    let (x, y) = (integers(lhs)?, integers(rhs)?);
    let shape = &strip.shape;
    let value = match op {
        BinOp::Add => x.plus(&y, 1)?,
        BinOp::Sub => x.plus(&y, -1)?,
        BinOp::Mul if y.is_constant(shape) => x.times(y.base)?,
        BinOp::Mul if x.is_constant(shape) => y.times(x.base)?,
        BinOp::FloorDiv | BinOp::FloorMod if y.is_constant(shape) && y.base > 0 => {
            let (lo, hi) = shape.bounds(&x)?;
            let quotient = lo.div_euclid(y.base);
            if quotient != hi.div_euclid(y.base) {
                return None;
            }
            match op {
                BinOp::FloorDiv => Affine::constant(quotient, dtype),
                _ => x.plus(&Affine::constant(quotient.checked_mul(y.base)?, dtype), -1)?,
            }
        }
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
            let (x, y) = (shape.bounds(&x)?, shape.bounds(&y)?);
            return decided(op, x, y).map(|holds| Column::Uniform(holds as u64));
        }
        _ => return None,
    };
    if !fits(&value, dtype, strip) {
        return None;
    }
    Some(match value.is_constant(shape) {
        true => Column::Uniform(bits_of(value.base, dtype)),
        false => Column::Affine(Affine { dtype, ..value }),
    })
}

/// The truth of a comparison, if it is the same for all values of the two ranges.
fn decided(op: BinOp, x: (i64, i64), y: (i64, i64)) -> Option<bool> {
    let (always, never) = match op {
        BinOp::Lt => (x.1 < y.0, x.0 >= y.1),
        BinOp::Le => (x.1 <= y.0, x.0 > y.1),
        BinOp::Gt => (x.0 > y.1, x.1 <= y.0),
        BinOp::Ge => (x.0 >= y.1, x.1 < y.0),
        _ => return None,
    };
    if always { Some(true) } else { never.then_some(false) }
}
