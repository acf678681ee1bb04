//! Kernels on columns: the values of an expression in several iterations or lanes.
//!
//! These are the scalar kernels in a loop, with the loop inside of the function: one call for a
//! column instead of one for each value.

use super::{BinaryKernel, Lane1, Lane2, NaryKernel, UnaryKernel};
use smallvec::SmallVec;
use tirade_ir::scalar::{Checked, Element, bf16, f16};

/// An operand of a kernel on columns.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'c> {
    /// One value for all.
    Uniform(u64),
    /// A value for each.
    Column(&'c [u64]),
}

impl Operand<'_> {
    fn at(self, i: usize) -> u64 {
        match self {
            Operand::Uniform(x) => x,
            Operand::Column(xs) => xs[i],
        }
    }
}

/// A function of one value, on columns.
#[derive(Clone, Copy, Debug)]
pub struct Columns1 {
    map: fn(&mut [u64]) -> bool,
}

/// A function of two values, on columns.
#[derive(Clone, Copy, Debug)]
pub struct Columns2 {
    map: fn(Operand<'_>, Operand<'_>, &mut [u64]) -> bool,
    fold: fn(u64, &[u64]) -> Option<u64>,
}

impl Columns1 {
    /// The function `L`.
    pub const fn of<L: Lane1>() -> Columns1 {
        Columns1 { map: map1::<L> }
    }
}

impl Columns2 {
    /// The function `L`.
    pub const fn of<L: Lane2>() -> Columns2 {
        Columns2 { map: map2::<L>, fold: fold::<L> }
    }
}

fn map1<L: Lane1>(xs: &mut [u64]) -> bool {
    let mut faulty = false;
    for x in xs {
        let Checked { value, fault } = L::run(*x);
        faulty |= !fault.is_none();
        *x = value;
    }
    faulty
}

fn map2<L: Lane2>(xs: Operand<'_>, ys: Operand<'_>, out: &mut [u64]) -> bool {
    let mut faulty = false;
    match (xs, ys) {
        (Operand::Column(xs), Operand::Column(ys)) => {
            for ((x, y), z) in xs.iter().zip(ys).zip(out) {
                let Checked { value, fault } = L::run(*x, *y);
                faulty |= !fault.is_none();
                *z = value;
            }
        }
        (Operand::Column(xs), Operand::Uniform(y)) => {
            for (x, z) in xs.iter().zip(out) {
                let Checked { value, fault } = L::run(*x, y);
                faulty |= !fault.is_none();
                *z = value;
            }
        }
        (Operand::Uniform(x), Operand::Column(ys)) => {
            for (y, z) in ys.iter().zip(out) {
                let Checked { value, fault } = L::run(x, *y);
                faulty |= !fault.is_none();
                *z = value;
            }
        }
        (Operand::Uniform(x), Operand::Uniform(y)) => {
            let Checked { value, fault } = L::run(x, y);
            faulty = !fault.is_none();
            out.fill(value);
        }
    }
    faulty
}

fn fold<L: Lane2>(first: u64, xs: &[u64]) -> Option<u64> {
    let mut faulty = false;
    let mut total = first;
    for x in xs {
        let Checked { value, fault } = L::run(total, *x);
        faulty |= !fault.is_none();
        total = value;
    }
    (!faulty).then_some(total)
}

/// Applies `f`, which has no fault, to every value.
fn each<T: Element>(xs: &mut [u64], f: impl Fn(T) -> T) -> bool {
    xs.iter_mut().for_each(|x| *x = f(T::from_raw(*x)).to_raw());
    false
}

impl UnaryKernel {
    /// Replaces every value by the function of it; true if some value has a fault.
    pub fn map(self, xs: &mut [u64]) -> bool {
        match self {
            UnaryKernel::Bits(_, columns) => (columns.map)(xs),
            UnaryKernel::F16(f) => each::<f16>(xs, f),
            UnaryKernel::Bf16(f) => each::<bf16>(xs, f),
            UnaryKernel::F32(f) => each::<f32>(xs, f),
            UnaryKernel::F64(f) => each::<f64>(xs, f),
            UnaryKernel::Op(..) => {
                let mut faulty = false;
                for x in xs {
                    let Checked { value, fault } = self.apply(*x);
                    faulty |= !fault.is_none();
                    *x = value;
                }
                faulty
            }
        }
    }
}

impl BinaryKernel {
    /// Puts the function of every pair of values to `out`; true if some value has a fault.
    pub fn map(self, xs: Operand<'_>, ys: Operand<'_>, out: &mut [u64]) -> bool {
        if let BinaryKernel::Bits(_, columns) = self {
            return (columns.map)(xs, ys, out);
        }
        let mut faulty = false;
        for (i, z) in out.iter_mut().enumerate() {
            let Checked { value, fault } = self.apply(xs.at(i), ys.at(i));
            faulty |= !fault.is_none();
            *z = value;
        }
        faulty
    }

    /// The function of `first` and all values, from left to right; `None` if it has a fault.
    pub fn fold(self, first: u64, xs: &[u64]) -> Option<u64> {
        match self {
            BinaryKernel::Bits(_, columns) => (columns.fold)(first, xs),
            _ => xs.iter().try_fold(first, |total, x| self.apply(total, *x).into_ok()),
        }
    }
}

impl NaryKernel {
    /// Puts the function of every tuple of values to `out`; true if some value has a fault.
    pub fn map(&self, args: &[Operand<'_>], out: &mut [u64]) -> bool {
        let mut faulty = false;
        for (i, z) in out.iter_mut().enumerate() {
            let values: SmallVec<[u64; 8]> = args.iter().map(|a| a.at(i)).collect();
            let Checked { value, fault } = self.apply(&values);
            faulty |= !fault.is_none();
            *z = value;
        }
        faulty
    }
}
