//! Loads and stores of a strip.

use super::column::{Affine, Column, Mask, Shape};
use super::eval::{IndexColumn, is_on};
use super::{GiveUp, Strip};
use crate::machine::Machine;
use crate::memory::{Cells, Memory};
use crate::options::Class;
use crate::tree::{Access, Load};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tirade_ir::DType;

type Result<T> = std::result::Result<T, GiveUp>;

/// The cells that an access goes to.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Cells that follow the loops.
    Affine(Affine),
    /// A cell for each iteration.
    Full(Vec<i64>),
}

impl Place {
    /// Calls `f` with every iteration that takes part and its cell.
    #[inline(always)]
    pub(super) fn for_each(&self, shape: &Shape, mask: &Mask, mut f: impl FnMut(usize, usize)) {
        match (self, mask) {
            (Place::Affine(affine), None) => shape.for_each(affine, |i, cell| f(i, cell as usize)),
            (Place::Affine(affine), Some(mask)) => shape.for_each(affine, |i, cell| {
                if mask[i] {
                    f(i, cell as usize);
                }
            }),
            (Place::Full(cells), _) => {
                for (i, cell) in cells.iter().enumerate() {
                    if is_on(mask, i) {
                        f(i, *cell as usize);
                    }
                }
            }
        }
    }

    /// True if no two iterations go to one cell: certain only for one loop.
    pub(super) fn is_distinct(&self, shape: &Shape) -> bool {
        match self {
            Place::Full(_) => false,
            Place::Affine(affine) => {
                // Steps like those of an array in row-major order, or gaps between them.
                let mut dims: Vec<(u64, u64)> = affine
                    .steps
                    .iter()
                    .zip(shape.counts)
                    .filter(|(_, n)| *n > 1)
                    .map(|(s, n)| (s.unsigned_abs(), n as u64))
                    .collect();
                dims.sort_unstable();
                let mut reach = 0u64;
                dims.iter().all(|(step, n)| {
                    let apart = *step > reach;
                    reach = reach.saturating_add(step.saturating_mul(n - 1));
                    apart
                })
            }
        }
    }
}

impl Machine<'_> {
    /// The cells of an access, which all lie inside of the shape and the allocation.
    pub(super) fn place_of(
        &mut self,
        access: &Access,
        strip: &mut Strip,
        mask: &Mask,
    ) -> Result<Place> {
        if access.index_lanes.is_some() {
            return Err(GiveUp);
        }
        let mut affine = Affine::constant(0, DType::INT64);
        let mut full: Option<Vec<i64>> = None;
        for (d, index) in access.indices.iter().enumerate() {
            let column = self.index_column(index, strip, mask)?;
            let dim = self.view(access.buffer).dims[d];
            match column {
                IndexColumn::Uniform(i) => {
                    if !(0..dim.extent).contains(&i) {
                        return Err(GiveUp);
                    }
                    affine.base = affine.base.wrapping_add(i.wrapping_mul(dim.stride));
                }
                IndexColumn::Affine(index) => {
                    let (lo, hi) = strip.shape.bounds(&index).ok_or(GiveUp)?;
                    if lo < 0 || dim.extent <= hi {
                        check_each(&index, strip, mask, dim.extent)?;
                    }
                    let scaled = index.times(dim.stride).ok_or(GiveUp)?;
                    affine = affine.plus(&scaled, 1).ok_or(GiveUp)?;
                }
                IndexColumn::Full(bits, widen) => {
                    let total = full.get_or_insert_with(|| vec![0; strip.shape.n]);
                    for (i, (at, bits)) in total.iter_mut().zip(bits.iter()).enumerate() {
                        let index = widen.apply(*bits);
                        if is_on(mask, i) {
                            if !(0..dim.extent).contains(&index) {
                                return Err(GiveUp);
                            }
                            *at += index * dim.stride;
                        }
                    }
                }
            }
        }
        let view = self.view(access.buffer);
        let base = view.safe_base().filter(|_| view.lane_cells == 1 && view.cells == 1);
        affine.base = affine.base.wrapping_add(view.offset).wrapping_add(base.ok_or(GiveUp)?);
        Ok(match full {
            None => Place::Affine(affine),
            Some(mut cells) => {
                strip.shape.for_each(&affine, |i, more| cells[i] += more);
                Place::Full(cells)
            }
        })
    }

    /// The values of a load.
    pub(super) fn load_column(
        &mut self,
        e: &Load,
        strip: &mut Strip,
        mask: &Mask,
    ) -> Result<Column> {
        if e.predicate.is_some() || !self.regions_hold(&e.access, strip) {
            return Err(GiveUp);
        }
        let memory = self.view(e.access.buffer).memory.clone();
        if Arc::ptr_eq(&memory, &strip.target) && !(e.is_echo && strip.echoes) {
            return Err(GiveUp);
        }
        let place = self.place_of(&e.access, strip, mask)?;
        self.check_written(&memory, &place, strip, mask)?;
        if let Place::Affine(affine) = &place
            && affine.is_constant(&strip.shape)
            && mask.is_none()
        {
            let bits = memory.cells.load(affine.base as usize);
            return if e.is_bool && bits > 1 { Err(GiveUp) } else { Ok(Column::Uniform(bits)) };
        }
        let mut out = self.take_column(strip.shape.n);
        match (&place, mask, &memory.cells) {
            (Place::Affine(affine), None, Cells::B1(cells)) => {
                strip.shape.gather(affine, cells, &mut out, |c| c.load(Relaxed) as u64);
            }
            (Place::Affine(affine), None, Cells::B2(cells)) => {
                strip.shape.gather(affine, cells, &mut out, |c| c.load(Relaxed) as u64);
            }
            (Place::Affine(affine), None, Cells::B4(cells)) => {
                strip.shape.gather(affine, cells, &mut out, |c| c.load(Relaxed) as u64);
            }
            (Place::Affine(affine), None, Cells::B8(cells)) => {
                strip.shape.gather(affine, cells, &mut out, |c| c.load(Relaxed));
            }
            (_, _, Cells::B1(cells)) => place.for_each(&strip.shape, mask, |i, at| {
                out[i] = cells[at].load(Relaxed) as u64;
            }),
            (_, _, Cells::B2(cells)) => place.for_each(&strip.shape, mask, |i, at| {
                out[i] = cells[at].load(Relaxed) as u64;
            }),
            (_, _, Cells::B4(cells)) => place.for_each(&strip.shape, mask, |i, at| {
                out[i] = cells[at].load(Relaxed) as u64;
            }),
            (_, _, Cells::B8(cells)) => place.for_each(&strip.shape, mask, |i, at| {
                out[i] = cells[at].load(Relaxed);
            }),
        }
        if e.is_bool && out.iter().enumerate().any(|(i, b)| *b > 1 && is_on(mask, i)) {
            return Err(GiveUp);
        }
        Ok(Column::Full(Rc::new(out)))
    }

    fn check_written(
        &self,
        memory: &Memory,
        place: &Place,
        strip: &Strip,
        mask: &Mask,
    ) -> Result<()> {
        if memory.is_always_written() || !self.checks(Class::Uninit) {
            return Ok(());
        }
        let mut all = true;
        if let Place::Affine(affine) = place
            && affine.is_constant(&strip.shape)
        {
            all = memory.is_written(affine.base as usize);
        } else {
            place.for_each(&strip.shape, mask, |_, at| all &= memory.is_written(at));
        }
        if all { Ok(()) } else { Err(GiveUp) }
    }

    /// Writes a value for every iteration.
    pub(super) fn store_column(
        &mut self,
        memory: &Memory,
        place: &Place,
        value: &Column,
        strip: &Strip,
        mask: &Mask,
    ) {
        let values = match value {
            Column::Uniform(bits) => {
                place.for_each(&strip.shape, mask, |_, at| {
                    memory.cells.store(at, *bits);
                    memory.mark_written(at);
                });
                return;
            }
            Column::Full(values) => values,
            Column::Affine(_) => unreachable!("a value that is stored is spread"),
        };
        match &memory.cells {
            Cells::B1(cells) => place.for_each(&strip.shape, mask, |i, at| {
                cells[at].store(values[i] as u8, Relaxed);
            }),
            Cells::B2(cells) => place.for_each(&strip.shape, mask, |i, at| {
                cells[at].store(values[i] as u16, Relaxed);
            }),
            Cells::B4(cells) => place.for_each(&strip.shape, mask, |i, at| {
                cells[at].store(values[i] as u32, Relaxed);
            }),
            Cells::B8(cells) => place.for_each(&strip.shape, mask, |i, at| {
                cells[at].store(values[i], Relaxed);
            }),
        }
        if !memory.is_always_written() {
            place.for_each(&strip.shape, mask, |_, at| memory.mark_written(at));
        }
    }
}

/// Indices that leave the shape must be those of iterations that take no part.
fn check_each(index: &Affine, strip: &Strip, mask: &Mask, extent: i64) -> Result<()> {
    let Some(mask) = mask else { return Err(GiveUp) };
    let mut inside = true;
    strip.shape.for_each(index, |i, at| inside &= !mask[i] || (0..extent).contains(&at));
    if inside { Ok(()) } else { Err(GiveUp) }
}
