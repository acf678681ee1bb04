//! Vectors: every operation lane by lane, in the order of the lanes.

use crate::machine::{Lanes, Machine};
use crate::tree::OpName;
use crate::tree::{Binary, Choice, Expr, Logic, Nary, Ramp, Shuffle, Unary};
use smallvec::{SmallVec, smallvec};
use tirade_ir::{BinOp, Checked, DType, Fault};

/// Lanes to look at; `None` for all. The others have any value, and nothing is reported of them.
pub type Mask<'m> = Option<&'m [bool]>;

fn is_on(mask: Mask<'_>, lane: usize) -> bool {
    mask.is_none_or(|m| m[lane])
}

impl Machine<'_> {
    /// The lanes of a vector expression.
    pub fn vector(&mut self, expr: &Expr, lanes: u32, mask: Mask<'_>) -> Lanes {
        match expr {
            Expr::Vector(slot) => self.frame.vectors[*slot as usize].clone(),
            Expr::Broadcast(value) => {
                let value = self.eval(value);
                smallvec![value; lanes as usize]
            }
            Expr::Ramp(e) => self.ramp(e, lanes, mask),
            Expr::Shuffle(e) => self.shuffle(e),
            Expr::Unary(e) => self.unary_lanes(e, lanes, mask),
            Expr::Binary(e) => self.binary_lanes(e, lanes, mask),
            Expr::Nary(e) => self.nary_lanes(e, lanes, mask),
            Expr::Logic(e) => self.logic_lanes(e, lanes, mask),
            Expr::Select(e) => self.select_lanes(e, lanes, mask),
            Expr::IfThenElse(e) => match self.truth(&e.condition) {
                true => self.vector(&e.then, lanes, mask),
                false => self.vector(&e.otherwise, lanes, mask),
            },
            Expr::Load(e) => self.load_lanes(e, lanes, mask),
            Expr::Let(e) => {
                self.bind(e.target, &e.value);
                self.vector(&e.body, lanes, mask)
            }
            Expr::Const(_)
            | Expr::Scalar(_)
            | Expr::Atomic(_)
            | Expr::Call(_)
            | Expr::Assume(_)
            | Expr::StorageSync(_)
            | Expr::AllReduce(_)
            | Expr::IsNull(_) => {
                let value = self.eval(expr);
                smallvec![value; lanes as usize]
            }
        }
    }

    /// The lanes of a vector of bools.
    pub fn mask(&mut self, expr: &Expr, lanes: u32) -> SmallVec<[bool; 16]> {
        self.vector(expr, lanes, None).iter().map(|bits| *bits != 0).collect()
    }

    fn ramp(&mut self, e: &Ramp, lanes: u32, mask: Mask<'_>) -> Lanes {
        let base = self.eval(&e.base);
        let stride = self.eval(&e.stride);
        let mut values = Lanes::new();
        for lane in 0..lanes as usize {
            let step = e.mul.apply(lane as u64, stride);
            let Checked { value, fault } = e.add.apply(base, step.value);
            let fault = step.fault.or(fault);
            if !fault.is_none() && is_on(mask, lane) {
                let operands = [base, step.value];
                let name = OpName::Infix(BinOp::Add);
                self.binary_fault(name, e.dtype, e.span, fault, operands, Some(lane));
            }
            values.push(value);
        }
        values
    }

    fn shuffle(&mut self, e: &Shuffle) -> Lanes {
        let mut all = Lanes::new();
        for (vector, lanes) in &e.vectors {
            let part = match lanes {
                1 => smallvec![self.eval(vector)],
                _ => self.vector(vector, *lanes, None),
            };
            all.extend(part);
        }
        e.indices.iter().map(|i| all[*i]).collect()
    }

    fn unary_lanes(&mut self, e: &Unary, lanes: u32, mask: Mask<'_>) -> Lanes {
        let mut values = self.vector(&e.arg, lanes, mask);
        for (lane, x) in values.iter_mut().enumerate() {
            let Checked { value, fault } = e.kernel.apply(*x);
            if !fault.is_none() && is_on(mask, lane) {
                self.unary_fault(e, fault, *x, Some(lane));
            }
            *x = value;
        }
        values
    }

    fn binary_lanes(&mut self, e: &Binary, lanes: u32, mask: Mask<'_>) -> Lanes {
        let mut values = self.vector(&e.lhs, lanes, mask);
        let rhs = self.vector(&e.rhs, lanes, mask);
        for (lane, (x, y)) in values.iter_mut().zip(rhs).enumerate() {
            let Checked { value, fault } = e.kernel.apply(*x, y);
            if !fault.is_none() && is_on(mask, lane) {
                self.binary_fault(e.name, e.dtype, e.span, fault, [*x, y], Some(lane));
            }
            *x = value;
        }
        values
    }

    fn nary_lanes(&mut self, e: &Nary, lanes: u32, mask: Mask<'_>) -> Lanes {
        let args: Vec<Lanes> = e.args.iter().map(|arg| self.vector(arg, lanes, mask)).collect();
        let mut values = Lanes::new();
        for lane in 0..lanes as usize {
            let operands: SmallVec<[u64; 4]> = args.iter().map(|arg| arg[lane]).collect();
            let Checked { value, fault } = e.kernel.apply(&operands);
            if fault != Fault::None && is_on(mask, lane) {
                let what = format!("lane {lane} cannot be computed");
                self.report_fault(fault, e.span, what, DType::INT64);
            }
            values.push(value);
        }
        values
    }

    fn logic_lanes(&mut self, e: &Logic, lanes: u32, mask: Mask<'_>) -> Lanes {
        let mut values = self.vector(&e.lhs, lanes, mask);
        let open: SmallVec<[bool; 16]> = values
            .iter()
            .enumerate()
            .map(|(lane, x)| is_on(mask, lane) && (*x != 0) != e.decided_by)
            .collect();
        if open.contains(&true) {
            let rhs = self.vector(&e.rhs, lanes, Some(&open));
            for (lane, (x, y)) in values.iter_mut().zip(rhs).enumerate() {
                if open[lane] {
                    *x = y;
                }
            }
        }
        values
    }

    fn select_lanes(&mut self, e: &Choice, lanes: u32, mask: Mask<'_>) -> Lanes {
        let condition = match e.by_lane {
            true => self.mask(&e.condition, lanes),
            false => smallvec![self.truth(&e.condition); lanes as usize],
        };
        let then = self.vector(&e.then, lanes, mask);
        let otherwise = self.vector(&e.otherwise, lanes, mask);
        let pick = |(lane, c): (usize, &bool)| if *c { then[lane] } else { otherwise[lane] };
        condition.iter().enumerate().map(pick).collect()
    }
}
