//! Instances of blocks: domains of their axes, duplicates, and inits (SEMANTICS K1-K3).

use crate::machine::Machine;
use crate::tree::{Block, Iter};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::sync::{Arc, Mutex};
use tirade_ir::{Code, Diagnostic, IterVarKind};

/// Values of axes.
type Tuple = SmallVec<[i64; 6]>;

/// What is remembered of a block's instances within one instance of its parent scope.
#[derive(Debug, Default)]
pub struct Record {
    /// Values of all axes that occurred.
    seen: FxHashSet<Tuple>,
    /// For values of the axes that are not reduced: whether init has run.
    inits: FxHashMap<Tuple, bool>,
}

impl<'p> Machine<'p> {
    /// A new instance of a scope begins: nothing is remembered of the blocks in it.
    pub fn forget_instances(&mut self, blocks: &[usize]) {
        for block in blocks {
            self.frame.records[*block] = None;
        }
    }

    fn record(&mut self, block: usize) -> Arc<Mutex<Record>> {
        self.frame.records[block].get_or_insert_with(Arc::default).clone()
    }

    /// Makes the records of `blocks` exist, so that copies of the frame share them.
    pub fn share_records(&mut self, blocks: &[usize]) {
        for block in blocks {
            self.record(*block);
        }
    }

    /// Reports an axis value outside of its domain.
    pub fn check_domain(&mut self, iter: &Iter, value: i64) {
        let min = self.index(&iter.dom_min);
        let extent = self.index(&iter.dom_extent);
        let inside = min <= value && (value as i128) < min as i128 + extent as i128;
        if !inside {
            let end = min.saturating_add(extent);
            let name = iter.var.name;
            let message =
                format!("axis `{name}` is bound to {value}, outside of its domain {min}..{end}");
            self.report(Code::BINDING_DOMAIN, iter.span, message);
        }
    }

    fn axis_values(&self, block: &Block, wanted: impl Fn(&Iter) -> bool) -> Tuple {
        let value = |iter: &Iter| iter.value.widen.apply(self.frame.scalars[iter.slot as usize]);
        block.iters.iter().filter(|i| wanted(i)).map(value).collect()
    }

    /// Reports an instance whose axis values occurred before.
    pub fn check_duplicate(&mut self, block: &'p Block) {
        let values = self.axis_values(block, |_| true);
        let record = self.record(block.id);
        let is_new = record.lock().is_ok_and(|mut r| r.seen.insert(values));
        if !is_new {
            let text = format!(
                "block `{}` runs a second time with {}",
                block.name,
                self.show_axes(block, |_| true)
            );
            let mut diagnostic = Diagnostic::error(Code::BINDING_DUPLICATE, block.span, text);
            for iter in &block.iters {
                diagnostic = diagnostic.with_secondary(iter.span, "bound here");
            }
            self.report_diagnostic(diagnostic);
        }
    }

    /// True if the present instance of a reduction is the one whose init runs.
    pub fn is_first(&mut self, block: &'p Block) -> bool {
        block.iters.iter().filter(|i| i.kind == IterVarKind::CommReduce).all(|iter| {
            let value = iter.value.widen.apply(self.frame.scalars[iter.slot as usize]);
            value == self.index(&iter.dom_min)
        })
    }

    /// Reports an instance of a reduction whose init is missing so far, late, or repeated.
    pub fn check_init(&mut self, block: &'p Block, first: bool) {
        let spatial = |iter: &Iter| iter.kind != IterVarKind::CommReduce;
        let values = self.axis_values(block, spatial);
        let record = self.record(block.id);
        let before = match record.lock() {
            Ok(mut record) => match record.inits.get(&values).copied() {
                None => {
                    record.inits.insert(values, first);
                    None
                }
                before => before,
            },
            Err(_) => None,
        };
        let text = match (before, first) {
            (None, true) | (Some(true), false) => return,
            (None, false) => "runs before its init has run",
            // Once reported, the rest of this reduction is no news.
            (Some(false), false) => return,
            (Some(true), true) => "runs its init a second time",
            (Some(false), true) => "runs its init after other instances",
        };
        let at = self.show_axes(block, spatial);
        let which = if at.is_empty() { String::new() } else { format!(" for {at}") };
        self.report(Code::INIT, block.span, format!("block `{}` {text}{which}", block.name));
    }

    fn show_axes(&self, block: &Block, wanted: impl Fn(&Iter) -> bool) -> String {
        let names = block.iters.iter().filter(|i| wanted(i)).map(|i| i.var.name);
        let values = self.axis_values(block, &wanted);
        let parts: Vec<_> = names.zip(values).map(|(n, v)| format!("`{n}` = {v}")).collect();
        parts.join(", ")
    }

    /// The name of a block of the present function.
    pub fn block_name(&self, block: usize) -> tirade_ir::Symbol {
        self.func.block_names[block]
    }
}
