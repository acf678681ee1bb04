//! The loops and blocks of a function as an outline, with trip counts and footprints.

use rustc_hash::FxHashMap;
use tirade_ir::arith::{Analyzer, DomMap, IntSet};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::visit::{Visitor, walk_stmt};
use tirade_ir::{
    BlockRealize, Buffer, BufferId, BufferRegion, For, ForKind, PrimExpr, PrimFunc, Range, Stmt,
    Symbol, VarId,
};

/// A loop or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many loops and blocks are around it.
    pub depth: usize,
    /// What it is.
    pub item: Item,
}

/// What a line of an outline stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A block with a name; the root has none of its own here.
    Block {
        /// Its name.
        name: Symbol,
    },
    /// A loop.
    Loop {
        /// Its variable.
        var: Symbol,
        /// What runs its iterations.
        kind: ForKind,
        /// The thread that runs them, of a thread-bound loop.
        thread: Option<Symbol>,
        /// Iterations each time it is entered; `None` if that is not constant.
        trips: Option<u64>,
        /// Iterations in one run of the function; `None` if that is not constant.
        total: Option<u64>,
        /// Bytes of buffers that one run through all its iterations touches, by the regions that
        /// its blocks declare; `None` if that is not constant.
        footprint: Option<u64>,
    },
}

/// The outline of a function, from outside to inside, in the order of the text.
pub fn outline(func: &PrimFunc) -> Vec<Line> {
    let mut outliner = Outliner::default();
    let body = match &func.body {
        Stmt::Block(root) => &root.block.body,
        body => body,
    };
    outliner.visit_stmt(body);
    outliner.lines
}

#[derive(Default)]
struct Outliner {
    lines: Vec<Line>,
    depth: usize,
    /// The loops around the place at hand.
    open: Vec<Open>,
    /// Axes of the blocks around it, in terms of those loops.
    values: VarMap,
    /// Blocks seen so far.
    blocks: usize,
    analyzer: Analyzer,
}

/// A loop around the place at hand.
struct Open {
    var: VarId,
    values: IntSet,
    total: Option<u64>,
    touched: FxHashMap<BufferId, (Buffer, Vec<IntSet>)>,
}

impl Visitor for Outliner {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::For(l) => self.enter_loop(l),
            Stmt::Block(realize) => self.enter_block(realize),
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &PrimExpr) {}
}

impl Outliner {
    fn enter_loop(&mut self, l: &For) {
        let trips = l.extent.as_int().map(|n| u64::try_from(n).unwrap_or(0));
        let around = self.open.last().map_or(Some(1), |open| open.total);
        let total = trips.zip(around).and_then(|(n, m)| n.checked_mul(m));
        let at = self.lines.len();
        let (var, thread) = (l.loop_var.name, l.thread_tag);
        let item = Item::Loop { var, kind: l.kind, thread, trips, total, footprint: None };
        self.lines.push(Line { depth: self.depth, item });
        let range = Range::new(l.min.clone(), l.extent.clone());
        self.analyzer.bind(l.loop_var, &range);
        let values = IntSet::from_range(&range);
        let touched = FxHashMap::default();
        self.open.push(Open { var: l.loop_var.id, values, total, touched });
        self.depth += 1;
        self.visit_stmt(&l.body);
        self.depth -= 1;
        let open = self.open.pop().expect("pushed above");
        let bytes = self.bytes(&open);
        if let Item::Loop { footprint, .. } = &mut self.lines[at].item {
            *footprint = bytes;
        }
    }

    fn enter_block(&mut self, realize: &BlockRealize) {
        let block = &realize.block;
        for (axis, value) in block.iter_vars.iter().zip(&realize.iter_values) {
            let value = substitute(value, &self.values);
            self.values.insert(axis.var.id, value);
        }
        self.lines.push(Line { depth: self.depth, item: Item::Block { name: block.name } });
        self.blocks += 1;
        let blocks = self.blocks;
        self.depth += 1;
        self.visit_stmt(&block.body);
        self.depth -= 1;
        // Outer blocks declare what inner ones do.
        if self.blocks == blocks {
            block.reads.iter().chain(&block.writes).for_each(|region| self.touch(region));
        }
    }

    /// Notes for every loop around what its iterations touch.
    fn touch(&mut self, region: &BufferRegion) {
        let ranges: Vec<Range> = region
            .region
            .iter()
            .map(|r| {
                let part = |e: &PrimExpr| substitute(e, &self.values);
                Range::new(part(&r.min), part(&r.extent))
            })
            .collect();
        let mut domains = DomMap::default();
        for open in self.open.iter_mut().rev() {
            domains.insert(open.var, open.values.clone());
            let set = |r: &Range| IntSet::eval_range(r, &domains, &self.analyzer);
            let sets: Vec<IntSet> = ranges.iter().map(set).collect();
            match open.touched.get_mut(&region.buffer.id) {
                Some((_, known)) => {
                    for (known, set) in known.iter_mut().zip(&sets) {
                        *known = known.union(set, &self.analyzer);
                    }
                }
                None => {
                    open.touched.insert(region.buffer.id, (region.buffer.clone(), sets));
                }
            }
        }
    }

    fn bytes(&self, open: &Open) -> Option<u64> {
        let sizes = open.touched.values().map(|(buffer, sets)| {
            let elements = buffer.shape.iter().zip(sets).map(|(extent, set)| {
                let whole = Range::new(PrimExpr::int(0, extent.dtype()), extent.clone());
                let touched = set.cover_range(&whole, &self.analyzer).extent.as_int()?;
                // A predicate may cut off what is outside.
                let most = extent.as_int().unwrap_or(touched);
                u64::try_from(touched.min(most)).ok()
            });
            let bytes = u64::from(buffer.dtype.lanes()) * buffer.dtype.element().bytes() as u64;
            elements.into_iter().try_fold(bytes, |product, n| product.checked_mul(n?))
        });
        match open.touched.is_empty() {
            true => None,
            false => sizes.into_iter().try_fold(0u64, |sum, bytes| sum.checked_add(bytes?)),
        }
    }
}
