//! Columns: the values of an expression in all iterations of a strip.

use smallvec::SmallVec;
use std::rc::Rc;
use tirade_ir::DType;

/// Loops that a strip may span.
pub const MAX_LEVELS: usize = 4;

/// The iterations of a strip: those of up to [`MAX_LEVELS`] nested loops, the last one innermost.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Iterations of each loop; 1 for levels that are not used.
    pub counts: [usize; MAX_LEVELS],
    /// Number of all iterations.
    pub n: usize,
}

impl Shape {
    /// The iterations of loops with so many iterations each.
    pub fn new(counts: &[usize]) -> Shape {
        let mut all = [1; MAX_LEVELS];
        all[MAX_LEVELS - counts.len()..].copy_from_slice(counts);
        Shape { counts: all, n: counts.iter().product() }
    }

    /// Calls `f` with every iteration's number and its value of `affine`.
    #[inline(always)]
    pub fn for_each(&self, affine: &Affine, mut f: impl FnMut(usize, i64)) {
        let [a, b, c, d] = self.counts;
        let [sa, sb, sc, sd] = affine.steps;
        let mut lane = 0;
        let mut at_a = affine.base;
        for _ in 0..a {
            let mut at_b = at_a;
            for _ in 0..b {
                let mut at_c = at_b;
                for _ in 0..c {
                    let mut at = at_c;
                    for _ in 0..d {
                        f(lane, at);
                        lane += 1;
                        at = at.wrapping_add(sd);
                    }
                    at_c = at_c.wrapping_add(sc);
                }
                at_b = at_b.wrapping_add(sb);
            }
            at_a = at_a.wrapping_add(sa);
        }
    }

    /// Iterations of the innermost loops on which `affine` does not depend.
    pub fn row_of(&self, affine: &Affine) -> usize {
        let levels = self.counts.iter().zip(affine.steps).rev();
        levels.take_while(|(n, step)| **n == 1 || *step == 0).map(|(n, _)| n).product()
    }

    /// Calls `f` with the first iteration of each row of `row` iterations, and the value there.
    #[inline(always)]
    pub fn for_each_row(&self, affine: &Affine, row: usize, mut f: impl FnMut(usize, i64)) {
        self.rows(row).for_each(affine, |i, value| f(i * row, value));
    }

    /// The first iterations of rows of `row` iterations, which are those of the innermost loops.
    pub fn rows(&self, row: usize) -> Shape {
        let mut outer = *self;
        let mut left = row;
        for n in outer.counts.iter_mut().rev() {
            if left == 1 {
                break;
            }
            left /= *n;
            *n = 1;
        }
        outer.n = self.n / row;
        outer
    }

    /// Copies the elements at `affine` from `cells`, in the order of iterations.
    #[inline(always)]
    pub fn gather<C>(
        &self,
        affine: &Affine,
        cells: &[C],
        out: &mut [u64],
        load: impl Fn(&C) -> u64,
    ) {
        let n = self.counts[MAX_LEVELS - 1];
        let step = affine.steps[MAX_LEVELS - 1];
        let Ok(stride) = usize::try_from(step) else {
            return self.for_each(affine, |i, at| out[i] = load(&cells[at as usize]));
        };
        let mut rows = out.chunks_exact_mut(n);
        self.for_each_row(affine, n, |_, at| {
            let Some(row) = rows.next() else { return };
            let from = &cells[at as usize..];
            match stride {
                0 => row.fill(load(&from[0])),
                1 => row.iter_mut().zip(from).for_each(|(x, cell)| *x = load(cell)),
                _ => {
                    let picked = from.iter().step_by(stride);
                    row.iter_mut().zip(picked).for_each(|(x, cell)| *x = load(cell));
                }
            }
        });
    }

    /// Smallest and largest value of `affine`.
    pub fn bounds(&self, affine: &Affine) -> Option<(i64, i64)> {
        let (mut lo, mut hi) = (affine.base, affine.base);
        for (count, step) in self.counts.iter().zip(affine.steps) {
            let far = step.checked_mul(*count as i64 - 1)?;
            if far < 0 {
                lo = lo.checked_add(far)?;
            } else {
                hi = hi.checked_add(far)?;
            }
        }
        Some((lo, hi))
    }
}

/// Integers `base + step * number of the iteration`, summed over the loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affine {
    /// Value in the first iteration.
    pub base: i64,
    /// What an iteration of each loop adds.
    pub steps: [i64; MAX_LEVELS],
    /// Type of the integers.
    pub dtype: DType,
}

impl Affine {
    /// The same value in all iterations.
    pub fn constant(base: i64, dtype: DType) -> Affine {
        Affine { base, steps: [0; MAX_LEVELS], dtype }
    }

    /// True if the value is the same in all iterations.
    pub fn is_constant(&self, shape: &Shape) -> bool {
        self.steps.iter().zip(shape.counts).all(|(step, count)| *step == 0 || count == 1)
    }

    /// Sum, with the other one times `sign`.
    pub fn plus(&self, other: &Affine, sign: i64) -> Option<Affine> {
        let mut sum = *self;
        sum.base = self.base.checked_add(other.base.checked_mul(sign)?)?;
        for (step, more) in sum.steps.iter_mut().zip(other.steps) {
            *step = step.checked_add(more.checked_mul(sign)?)?;
        }
        Some(sum)
    }

    /// Product with a number.
    pub fn times(&self, factor: i64) -> Option<Affine> {
        let mut product = *self;
        product.base = self.base.checked_mul(factor)?;
        for step in &mut product.steps {
            *step = step.checked_mul(factor)?;
        }
        Some(product)
    }
}

/// The values of an expression in all iterations of a strip, as bits of its type.
#[derive(Clone, Debug)]
pub enum Column {
    /// One value for all.
    Uniform(u64),
    /// Integers that follow the loops.
    Affine(Affine),
    /// A value for each.
    Full(Rc<Vec<u64>>),
}

/// Iterations that take part; `None` for all.
pub type Mask = Option<Rc<Vec<bool>>>;

/// Values of variables that differ between iterations.
pub type Vars = SmallVec<[(u32, Column); 8]>;
