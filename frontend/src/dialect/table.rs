//! The table of names: what a dialect is.
//!
//! A dialect is a list of [`Row`]s, each `(name, signature, handler, one-line doc)`. Names are
//! written as users write them (`T.axis.remap`), methods with their class (`Buffer.view`). A name
//! that means different things in different dialects has a row in each of their lists; a new TVM
//! version is a new list.

use super::sig::{Bound, Signature};
use super::{
    Dialect, block, buffer, compute, func, legacy, loops, module, op, schedule, stmt, te, testing,
    types, vendor,
};
use crate::host::{Evaluator, Result, Value};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What a call of a name does.
pub type Handler = fn(&mut Evaluator, &Bound) -> Result<Value>;

/// One row of a table.
pub struct Row {
    /// The name as users write it.
    pub name: &'static str,
    /// The signature as Python writes it.
    pub sig: &'static str,
    /// What a call does.
    pub handler: Handler,
    /// One line for the reference.
    pub doc: &'static str,
}

/// A row, for the tables.
pub const fn row(
    name: &'static str,
    sig: &'static str,
    handler: Handler,
    doc: &'static str,
) -> Row {
    Row { name, sig, handler, doc }
}

/// A name with its meaning in one dialect or more.
pub struct Entry {
    /// The name as users write it.
    pub name: &'static str,
    /// By [`Dialect`]; at least one is there.
    variants: [Option<Variant>; 3],
    /// The row of the op table behind the name.
    pub op: Option<tirade_ir::Op>,
}

/// What a name means in a dialect.
#[derive(Clone, Copy)]
pub struct Variant {
    /// The signature.
    pub sig: &'static Signature,
    /// What a call does.
    pub handler: Handler,
    /// One line for the reference.
    pub doc: &'static str,
}

impl Entry {
    /// The name's meaning in `dialect`, or in the nearest dialect that has it: scripts mix them.
    pub fn variant(&self, dialect: Dialect) -> Variant {
        let nearest = match dialect {
            Dialect::Modern => [Dialect::Modern, Dialect::Classic, Dialect::Hybrid],
            Dialect::Classic => [Dialect::Classic, Dialect::Modern, Dialect::Hybrid],
            Dialect::Hybrid => [Dialect::Hybrid, Dialect::Classic, Dialect::Modern],
        };
        let found = nearest.into_iter().find_map(|d| self.variants[d as usize]);
        found.expect("an entry has a variant")
    }

    /// True if `dialect` itself has the name.
    pub fn is_in(&self, dialect: Dialect) -> bool {
        self.variants[dialect as usize].is_some()
    }
}

/// Names that mean the same in every dialect.
const COMMON: &[&[Row]] = &[
    func::ROWS,
    module::ROWS,
    loops::ROWS,
    block::ROWS,
    buffer::ROWS,
    buffer::METHODS,
    stmt::ROWS,
    types::ROWS,
    op::ROWS,
    op::METHODS,
    vendor::ROWS,
    compute::ROWS,
    te::ROWS,
    testing::ROWS,
];

/// Names that TVM 0.24 and later have, or gave another meaning.
const MODERN: &[&[Row]] = &[block::MODERN, buffer::MODERN, stmt::MODERN];

/// Names that TVM 0.8 to 0.23 have, or gave another meaning.
const CLASSIC: &[&[Row]] = &[block::CLASSIC, buffer::CLASSIC, legacy::CLASSIC];

/// Names of the dialects of 2020 and early 2021.
const HYBRID: &[&[Row]] = &[legacy::HYBRID];

static TABLE: LazyLock<FxHashMap<&'static str, Entry>> = LazyLock::new(|| {
    use Dialect::{Classic, Hybrid, Modern};
    let mut table = FxHashMap::default();
    for row in op::generated_rows() {
        let entry = table.entry(row.row.name).or_insert_with(|| Entry::new(row.row.name));
        entry.op = row.op;
        entry.add(&row.row, &[Modern, Classic, Hybrid]);
    }
    for row in schedule::generated_rows() {
        table
            .entry(row.name)
            .or_insert_with(|| Entry::new(row.name))
            .add(&row, &[Modern, Classic, Hybrid]);
    }
    let lists: [(&[&[Row]], &[Dialect]); 5] = [
        (schedule::ROWS, &[Modern, Classic, Hybrid]),
        (COMMON, &[Modern, Classic, Hybrid]),
        (HYBRID, &[Hybrid]),
        (CLASSIC, &[Classic, Hybrid]),
        (MODERN, &[Modern]),
    ];
    for (rows, dialects) in lists {
        for row in rows.iter().copied().flatten() {
            table.entry(row.name).or_insert_with(|| Entry::new(row.name)).add(row, dialects);
        }
    }
    table
});

impl Entry {
    fn new(name: &'static str) -> Entry {
        Entry { name, variants: [None; 3], op: None }
    }

    fn add(&mut self, row: &Row, dialects: &[Dialect]) {
        let sig = Box::leak(Box::new(Signature::new(row.sig)));
        for &dialect in dialects {
            let variant = Variant { sig, handler: row.handler, doc: row.doc };
            self.variants[dialect as usize] = Some(variant);
        }
    }
}

/// The entry of a name such as `T.grid`.
pub fn lookup(name: &str) -> Option<&'static Entry> {
    TABLE.get(name)
}

/// Every entry, sorted by name.
pub fn entries() -> Vec<&'static Entry> {
    let mut all: Vec<_> = TABLE.values().collect();
    all.sort_by_key(|e| e.name);
    all
}

/// Names that follow `prefix` and a dot: `axis.remap` counts as `axis` under `T`.
pub fn names_under(prefix: &str) -> impl Iterator<Item = &'static str> {
    let under = move |name: &'static str| name.strip_prefix(prefix)?.strip_prefix('.');
    TABLE.keys().filter_map(move |name| under(name)).map(|n| n.split('.').next().unwrap_or(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_documented() {
        let all = entries();
        assert!(200 < all.len(), "{}", all.len());
        for entry in all {
            let variant = entry.variant(Dialect::Modern);
            assert!(!variant.doc.is_empty(), "{}", entry.name);
        }
    }
}
