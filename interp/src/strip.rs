//! Strips: many iterations of innermost loops at a time.
//!
//! Walking the tree costs more than the arithmetic at its leaves. Where a loop nest ends in one
//! store, the tree is walked once for some hundred iterations instead: every expression gives a
//! *column* of values, computed by the same kernels. Index arithmetic mostly stays a formula and
//! costs nothing per iteration.
//!
//! This is not a second semantics. A strip computes everything before it writes anything, and it
//! gives up as soon as an iteration does something else than compute a value without a fault,
//! read initialised elements inside of a shape, and stay inside of domains and regions. The walk
//! then runs these iterations one by one and reports what there is to report.

mod access;
mod column;
mod eval;

use crate::exec::Trip;
use crate::machine::{Flow, Machine};
use crate::memory::Memory;
use crate::options::Class;
use crate::tree::{Access, Block, Expr, Fold, For, If, Stmt, Store, Target, Widen};
use access::Place;
use column::{Affine, Column, MAX_LEVELS, Mask, Shape, Vars};
use smallvec::SmallVec;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tirade_ir::IterVarKind;

/// A strip has to be run iteration by iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GiveUp;

type Result<T> = std::result::Result<T, GiveUp>;

/// Iterations that a strip should have, and may have.
const WANTED: u64 = 256;
const MOST: u64 = 1024;

/// A loop whose strips failed so often in a row is not tried again.
const PATIENCE: u32 = 16;

/// A strip while it runs.
struct Strip {
    shape: Shape,
    vars: Vars,
    /// The memory that the strip writes.
    target: Arc<Memory>,
    /// Loads of the element that the same iteration writes are allowed.
    echoes: bool,
    /// Blocks that were entered: their regions are not evaluated.
    entered: SmallVec<[usize; 4]>,
    /// The iterations in which the init of the block runs, and the value it gives.
    init: Option<(When, Column)>,
}

/// The iterations in which an init runs.
enum When {
    /// Every so many, from the first one on.
    Every(usize),
    /// Those that are true.
    Flags(Vec<bool>),
}

impl When {
    fn holds(&self, i: usize) -> bool {
        match self {
            When::Every(n) => i.is_multiple_of(*n),
            When::Flags(flags) => flags[i],
        }
    }
}

impl Strip {
    fn set(&mut self, slot: u32, value: Column) {
        self.vars.push((slot, value));
    }
}

impl<'p> Machine<'p> {
    /// Loops that a strip over iterations of `s` spans, with the trips of the inner ones; `None` if
    /// they are not to be run in strips.
    pub(crate) fn plan_strip(&mut self, s: &'p For) -> Option<SmallVec<[(&'p For, Trip); 4]>> {
        let plan = s.strip.as_ref()?;
        let unwatched = !self.watches_races()
            && self.outer_regions.is_empty()
            && self.shared.options.trace.is_empty();
        if !unwatched || plan.failures.load(Relaxed) >= PATIENCE {
            return None;
        }
        let mut inner = SmallVec::new();
        let mut total = 1u64;
        let mut body = &s.body;
        while let Some(next) = single_loop(body) {
            if inner.len() + 2 > MAX_LEVELS {
                return None;
            }
            let trip = self.quiet_trip(next)?;
            total = total.checked_mul(trip.count)?;
            inner.push((next, trip));
            body = &next.body;
        }
        // With enough iterations inside, those loops are run in strips of their own.
        (1..WANTED).contains(&total).then_some(inner)
    }

    /// Runs iterations `from..to` of `s`, in strips where that is possible.
    pub(crate) fn run_strips(
        &mut self,
        s: &'p For,
        trip: Trip,
        inner: &[(&'p For, Trip)],
        from: u64,
        to: u64,
    ) -> Flow {
        let per_iteration: u64 = inner.iter().map(|(_, t)| t.count).product();
        let at_once = (MOST / per_iteration).max(1);
        let mut i = from;
        while i < to {
            let n = at_once.min(to - i);
            let steps = strip_steps(n, inner);
            let mut hopeless = false;
            if n * per_iteration >= 4 && self.reserve_steps(steps) {
                if self.try_strip(s, trip, inner, i, n).is_ok() {
                    self.use_steps(steps);
                    let _ = note(s, true);
                    i += n;
                    continue;
                }
                hopeless = note(s, false);
            }
            let end = i + n;
            while i < end {
                match self.iteration(s, trip, i) {
                    Flow::Next | Flow::Continue => i += 1,
                    other => return other,
                }
            }
            if hopeless {
                return self.run_one_by_one(s, trip, i, to);
            }
        }
        Flow::Next
    }

    /// The values of a loop variable; `None` if there is something to report about them.
    fn quiet_trip(&mut self, s: &'p For) -> Option<Trip> {
        self.quiet += 1;
        let (min, extent) = (self.index(&s.min), self.index(&s.extent));
        self.quiet -= 1;
        let end = min as i128 + extent as i128;
        let count = if extent <= 0 { 0 } else { extent as u64 };
        (end <= s.var.dtype.int_max()).then_some(Trip { min, step: 1, count })
    }

    fn try_strip(
        &mut self,
        s: &'p For,
        trip: Trip,
        inner: &[(&'p For, Trip)],
        first: u64,
        n: u64,
    ) -> Result<()> {
        let counts: SmallVec<[usize; 4]> = std::iter::once(n)
            .chain(inner.iter().map(|(_, t)| t.count))
            .map(|n| n as usize)
            .collect();
        let shape = Shape::new(&counts);
        let mut body = &s.body;
        while let Some(next) = single_loop(body) {
            body = &next.body;
        }
        let store = find_store(body).ok_or(GiveUp)?;
        let target = self.frame.views[store.access.buffer as usize].as_ref().ok_or(GiveUp)?;
        let mut strip = Strip {
            shape,
            vars: Vars::new(),
            target: target.memory.clone(),
            echoes: true,
            entered: SmallVec::new(),
            init: None,
        };
        let levels = MAX_LEVELS - counts.len();
        let outer = Trip { min: trip.value(first), ..trip };
        let loops = std::iter::once((s, outer)).chain(inner.iter().copied());
        for (level, (s, trip)) in (levels..).zip(loops) {
            let mut affine = Affine::constant(trip.min, s.var.dtype);
            affine.steps[level] = trip.step;
            strip.set(s.slot, Column::Affine(affine));
        }
        self.strip_stmt(body, &mut strip, &None)
    }

    fn strip_stmt(&mut self, stmt: &'p Stmt, strip: &mut Strip, mask: &Mask) -> Result<()> {
        match stmt {
            Stmt::Block(block) => self.strip_block(block, strip, mask),
            Stmt::If(s) => self.strip_if(s, strip, mask),
            Stmt::Seq(stmts) => {
                for stmt in stmts {
                    match stmt {
                        Stmt::Bind(bind) => {
                            let Target::Scalar(slot) = bind.0 else { return Err(GiveUp) };
                            let value = self.column(&bind.1, strip, mask)?;
                            strip.set(slot, value);
                        }
                        other => self.strip_stmt(other, strip, mask)?,
                    }
                }
                Ok(())
            }
            Stmt::Store(s) => self.strip_store(s, strip, mask),
            Stmt::Undefine(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::Bind(_)
            | Stmt::BindPointer(_)
            | Stmt::Alloc(_)
            | Stmt::Decl(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break
            | Stmt::Continue
            | Stmt::Counted(..) => Err(GiveUp),
        }
    }

    /// Goes on with the iterations in which a condition holds.
    fn narrow(&mut self, condition: &Expr, strip: &mut Strip, mask: &Mask) -> Result<Narrowed> {
        Ok(match self.column(condition, strip, mask)? {
            Column::Uniform(0) => Narrowed::None,
            Column::Uniform(_) => Narrowed::Same,
            Column::Affine(_) => return Err(GiveUp),
            Column::Full(bits) => {
                let on = |(i, b): (usize, &u64)| *b != 0 && eval::is_on(mask, i);
                let on: Vec<bool> = bits.iter().enumerate().map(on).collect();
                match on.contains(&true) {
                    true => Narrowed::Some(Some(Rc::new(on))),
                    false => Narrowed::None,
                }
            }
        })
    }

    fn strip_if(&mut self, s: &'p If, strip: &mut Strip, mask: &Mask) -> Result<()> {
        match self.narrow(&s.condition, strip, mask)? {
            Narrowed::None => Ok(()),
            Narrowed::Same => self.strip_stmt(&s.then, strip, mask),
            Narrowed::Some(mask) => self.strip_stmt(&s.then, strip, &mask),
        }
    }

    fn strip_block(&mut self, block: &'p Block, strip: &mut Strip, mask: &Mask) -> Result<()> {
        for iter in &block.iters {
            let value = self.column(&iter.value.expr, strip, mask)?;
            strip.set(iter.slot, value);
        }
        let narrowed = match &block.predicate {
            Some(predicate) => self.narrow(predicate, strip, mask)?,
            None => Narrowed::Same,
        };
        let own;
        let mask = match narrowed {
            Narrowed::None => return Ok(()),
            Narrowed::Same => mask,
            Narrowed::Some(narrow) => {
                own = narrow;
                &own
            }
        };
        if self.checks(Class::BindDom) {
            self.check_domains(block, strip, mask)?;
        }
        strip.entered.push(block.id);
        if let Some(init) = &block.init
            && let Some(first) = self.first_iterations(block, strip)?
        {
            let Stmt::Store(init) = init else { return Err(GiveUp) };
            if strip.init.is_some() || !init.is_echo {
                return Err(GiveUp);
            }
            let value = self.column(&init.value, strip, mask)?;
            strip.init = Some((first, self.spread(value, strip)?));
        }
        self.strip_stmt(&block.body, strip, mask)
    }

    fn check_domains(&mut self, block: &'p Block, strip: &mut Strip, mask: &Mask) -> Result<()> {
        for iter in block.iters.iter().filter(|i| !i.in_domain) {
            let min = self.index_column(&iter.dom_min, strip, mask)?;
            let extent = self.index_column(&iter.dom_extent, strip, mask)?;
            let (eval::IndexColumn::Uniform(min), eval::IndexColumn::Uniform(extent)) =
                (min, extent)
            else {
                return Err(GiveUp);
            };
            let end = min.checked_add(extent).ok_or(GiveUp)?;
            let value = self.variable_of(iter.slot, strip);
            let inside = match value {
                Column::Uniform(bits) => (min..end).contains(&iter.value.widen.apply(bits)),
                Column::Affine(affine) => {
                    let (lo, hi) = strip.shape.bounds(&affine).ok_or(GiveUp)?;
                    min <= lo && hi < end
                }
                Column::Full(bits) => bits.iter().enumerate().all(|(i, b)| {
                    !eval::is_on(mask, i) || (min..end).contains(&iter.value.widen.apply(*b))
                }),
            };
            if !inside {
                return Err(GiveUp);
            }
        }
        Ok(())
    }

    fn variable_of(&self, slot: u32, strip: &Strip) -> Column {
        let found = strip.vars.iter().rev().find(|(s, _)| *s == slot);
        found.map_or(Column::Uniform(self.frame.scalars[slot as usize]), |(_, c)| c.clone())
    }

    /// The iterations in which all reduce axes are at the minimum of their domains; `None` if there
    /// are none.
    fn first_iterations(&mut self, block: &'p Block, strip: &mut Strip) -> Result<Option<When>> {
        let mut axes: SmallVec<[(Column, i64, Widen); 4]> = SmallVec::new();
        for iter in block.iters.iter().filter(|i| i.kind == IterVarKind::CommReduce) {
            let min = self.index_column(&iter.dom_min, strip, &None)?;
            let eval::IndexColumn::Uniform(min) = min else { return Err(GiveUp) };
            match self.variable_of(iter.slot, strip) {
                Column::Uniform(bits) if iter.value.widen.apply(bits) == min => {}
                Column::Uniform(_) => return Ok(None),
                Column::Affine(affine)
                    if strip.shape.bounds(&affine).is_some_and(|(lo, _)| min < lo) =>
                {
                    return Ok(None);
                }
                value => axes.push((value, min, iter.value.widen)),
            }
        }
        if axes.is_empty() {
            return Ok(Some(When::Every(1)));
        }
        if let Some(period) = period_of_minimum(&axes, &strip.shape) {
            return Ok(Some(When::Every(period)));
        }
        let mut flags = vec![true; strip.shape.n];
        for (value, min, widen) in &axes {
            match value {
                Column::Affine(affine) => {
                    strip.shape.for_each(affine, |i, at| flags[i] &= at == *min);
                }
                Column::Full(bits) => {
                    for (flag, bits) in flags.iter_mut().zip(bits.iter()) {
                        *flag &= widen.apply(*bits) == *min;
                    }
                }
                Column::Uniform(_) => {}
            }
        }
        Ok(flags.contains(&true).then_some(When::Flags(flags)))
    }

    /// True if the declared regions around an access hold all elements of the strip.
    fn regions_hold(&mut self, access: &Access, _strip: &Strip) -> bool {
        access.regions.is_empty() || !self.checks(Class::Region)
    }

    fn strip_store(&mut self, s: &'p Store, strip: &mut Strip, mask: &Mask) -> Result<()> {
        if !self.regions_hold(&s.access, strip) {
            return Err(GiveUp);
        }
        let place = self.place_of(&s.access, strip, mask)?;
        let distinct = place.is_distinct(&strip.shape);
        if strip.init.is_none() && distinct {
            let value = self.column(&s.value, strip, mask)?;
            return self.finish_store(&place, value, strip, mask);
        }
        strip.echoes = false;
        if let (Some(fold), Expr::Binary(e)) = (&s.fold, &s.value) {
            let rest = match fold {
                Fold::Left => &e.rhs,
                Fold::Right => &e.lhs,
            };
            let rest = self.column(rest, strip, mask)?;
            let rest = self.own(rest, strip)?;
            let result = self.accumulate(e.kernel, *fold, &place, &rest, strip, mask);
            self.columns.push(rest);
            return result;
        }
        if strip.init.is_some() {
            return Err(GiveUp);
        }
        let value = self.column(&s.value, strip, mask)?;
        self.finish_store(&place, value, strip, mask)
    }

    /// The column with one value for all iterations or a value for each of them.
    fn spread(&mut self, column: Column, strip: &Strip) -> Result<Column> {
        Ok(match column {
            Column::Affine(_) => Column::Full(Rc::new(self.own(column, strip)?)),
            other => other,
        })
    }

    fn finish_store(
        &mut self,
        place: &Place,
        value: Column,
        strip: &Strip,
        mask: &Mask,
    ) -> Result<()> {
        let value = self.spread(value, strip)?;
        let memory = strip.target.clone();
        self.store_column(&memory, place, &value, strip, mask);
        self.recycle(value);
        Ok(())
    }

    /// Combines elements with values, iteration by iteration, and puts elements back as they were
    /// if a combination has a fault.
    fn accumulate(
        &mut self,
        kernel: crate::kernel::BinaryKernel,
        fold: Fold,
        place: &Place,
        values: &[u64],
        strip: &Strip,
        mask: &Mask,
    ) -> Result<()> {
        let memory = &strip.target;
        if let (Place::Affine(affine), true, Fold::Left) = (place, mask.is_none(), fold) {
            let row = strip.shape.row_of(affine);
            if row == strip.shape.n || 8 <= row {
                return self.fold_rows(kernel, affine, row, values, strip);
            }
        }
        let checked = self.checks(Class::Uninit);
        let mut undo: Vec<(usize, u64, bool)> = Vec::new();
        let mut failed = false;
        place.for_each(&strip.shape, mask, |i, cell| {
            if failed {
                return;
            }
            let (old, written) = (memory.cells.load(cell), memory.is_written(cell));
            let init =
                strip.init.as_ref().and_then(|(first, value)| first.holds(i).then(|| at(value, i)));
            failed |= init.is_none() && checked && !written;
            let before = init.unwrap_or(old);
            let result = match fold {
                Fold::Left => kernel.apply(before, values[i]),
                Fold::Right => kernel.apply(values[i], before),
            };
            failed |= !result.fault.is_none();
            if !failed {
                undo.push((cell, old, written));
                memory.cells.store(cell, result.value);
                memory.mark_written(cell);
            }
        });
        if !failed {
            return Ok(());
        }
        for (cell, old, written) in undo.into_iter().rev() {
            memory.cells.store(cell, old);
            if !written {
                memory.mark_unwritten(cell);
            }
        }
        Err(GiveUp)
    }

    /// Combines elements with `row` values each.
    fn fold_rows(
        &mut self,
        kernel: crate::kernel::BinaryKernel,
        place: &Affine,
        row: usize,
        values: &[u64],
        strip: &Strip,
    ) -> Result<()> {
        let memory = &strip.target;
        if !Place::Affine(*place).is_distinct(&strip.shape.rows(row)) {
            return Err(GiveUp);
        }
        let mut totals: SmallVec<[(usize, u64); 16]> = SmallVec::new();
        let mut failed = false;
        strip.shape.for_each_row(place, row, |start, cell| {
            let cell = cell as usize;
            let init = match &strip.init {
                // Only the first of an element's instances may set it.
                Some((first, value)) => {
                    let later = match first {
                        When::Every(n) => *n < row,
                        When::Flags(flags) => flags[start + 1..start + row].contains(&true),
                    };
                    failed |= later;
                    first.holds(start).then(|| at(value, start))
                }
                None => None,
            };
            failed |= init.is_none() && self.checks(Class::Uninit) && !memory.is_written(cell);
            if failed {
                return;
            }
            let before = init.unwrap_or_else(|| memory.cells.load(cell));
            match kernel.fold(before, &values[start..start + row]) {
                Some(total) => totals.push((cell, total)),
                None => failed = true,
            }
        });
        if failed {
            return Err(GiveUp);
        }
        for (cell, total) in totals {
            memory.cells.store(cell, total);
            memory.mark_written(cell);
        }
        Ok(())
    }
}

/// How often all axes are at the minima of their domains, if that is every so many iterations:
/// the axes do not depend on outer loops of the strip, and grow with each of the inner ones.
fn period_of_minimum(axes: &[(Column, i64, Widen)], shape: &Shape) -> Option<usize> {
    let mut grows = [false; MAX_LEVELS];
    for (value, min, _) in axes {
        let Column::Affine(affine) = value else { return None };
        if affine.base != *min || affine.steps.iter().any(|s| *s < 0) {
            return None;
        }
        for (grows, step) in grows.iter_mut().zip(affine.steps) {
            *grows |= step > 0;
        }
    }
    let used = |level: &usize| shape.counts[*level] > 1;
    let inner = (0..MAX_LEVELS).filter(used).skip_while(|level| !grows[*level]);
    let mut period = 1;
    for level in inner {
        if !grows[level] {
            return None;
        }
        period *= shape.counts[level];
    }
    Some(period)
}

/// The value of a column in iteration `i`; the column is not affine.
fn at(column: &Column, i: usize) -> u64 {
    match column {
        Column::Uniform(bits) => *bits,
        Column::Full(values) => values[i],
        Column::Affine(_) => unreachable!("columns are spread before their values are taken"),
    }
}

enum Narrowed {
    /// No iteration.
    None,
    /// All iterations that took part so far.
    Same,
    /// These.
    Some(Mask),
}

/// Iterations of all loops of a strip.
fn strip_steps(n: u64, inner: &[(&For, Trip)]) -> u64 {
    let mut at_level = n;
    let mut steps = n;
    for (_, trip) in inner {
        at_level *= trip.count;
        steps += at_level;
    }
    steps
}

/// Remembers how a strip ended; true if no more are to be tried.
fn note(s: &For, worked: bool) -> bool {
    let Some(plan) = &s.strip else { return true };
    if worked {
        plan.failures.store(0, Relaxed);
        return false;
    }
    plan.failures.fetch_add(1, Relaxed) + 1 >= PATIENCE
}

/// The loop that is all of a body.
fn single_loop(stmt: &Stmt) -> Option<&For> {
    match stmt {
        Stmt::For(s) => Some(s),
        Stmt::Seq(stmts) => match &stmts[..] {
            [one] => single_loop(one),
            _ => None,
        },
        _ => None,
    }
}

/// The only store of a body that strips are made of.
fn find_store(stmt: &Stmt) -> Option<&Store> {
    match stmt {
        Stmt::Store(s) => Some(s),
        Stmt::Block(s) => find_store(&s.body),
        Stmt::If(s) => find_store(&s.then),
        Stmt::Seq(stmts) => stmts.last().and_then(find_store),
        _ => None,
    }
}
