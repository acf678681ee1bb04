//! Sizes of expressions of the IR as trees: a part that stands in two places counts twice.
//!
//! Parts are shared, so a script can double an expression with each step. What comes after the
//! evaluator walks expressions as trees; this is where their size is bounded.

use super::limits;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tirade_ir::expr::PrimExpr;
use tirade_ir::visit::{Visitor, walk_expr};

/// Parts of this size are remembered.
const LARGE: u64 = 48;
/// More parts than this are not remembered.
const MAX_KNOWN: usize = 1 << 14;

/// The sizes of large parts, by their address; the parts are kept alive with them.
#[derive(Default)]
pub(crate) struct TreeSizes(FxHashMap<usize, (PrimExpr, u64)>);

impl TreeSizes {
    /// The number of nodes of `expr`, counted up to the limit.
    pub(crate) fn size(&mut self, expr: &PrimExpr) -> u64 {
        if MAX_KNOWN < self.0.len() {
            self.0.clear();
        }
        let mut counter = Counter { known: &mut self.0, total: 0 };
        counter.visit_expr(expr);
        counter.total
    }
}

struct Counter<'a> {
    known: &'a mut FxHashMap<usize, (PrimExpr, u64)>,
    total: u64,
}

impl Visitor for Counter<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        if limits::MAX_EXPR_NODES < self.total {
            return;
        }
        let address = address(expr);
        if let Some((_, size)) = address.and_then(|at| self.known.get(&at)) {
            self.total += size;
            return;
        }
        let before = self.total;
        self.total += 1;
        walk_expr(self, expr);
        let size = self.total - before;
        if let (Some(at), LARGE..) = (address, size) {
            self.known.insert(at, (expr.clone(), size));
        }
    }
}

/// Where the shared node of an expression lies; leaves have none.
fn address(expr: &PrimExpr) -> Option<usize> {
    Some(match expr {
        PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Var(_) => return None,
        PrimExpr::Str(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Cast(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Binary(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Not(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Select(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Load(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Ramp(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Broadcast(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Shuffle(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Let(e) => Arc::as_ptr(e).addr(),
        PrimExpr::Call(e) => Arc::as_ptr(e).addr(),
        PrimExpr::CallFunc(e) => Arc::as_ptr(e).addr(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tirade_ir::dtype::DType;
    use tirade_ir::expr::{BinOp, Var};
    use tirade_ir::make;
    use tirade_ir::span::Span;

    #[test]
    fn shared_parts_count_as_often_as_they_stand() {
        let mut sizes = TreeSizes::default();
        let mut e: PrimExpr = Var::new("x", DType::FLOAT32).into();
        for doublings in 1..60 {
            e = make::binary(BinOp::Add, e.clone(), e, Span::NONE).expect("floats add");
            let nodes = (1u64 << (doublings + 1)) - 1;
            let counted = sizes.size(&e);
            match nodes <= limits::MAX_EXPR_NODES {
                true => assert_eq!(counted, nodes),
                false => assert!(limits::MAX_EXPR_NODES < counted),
            }
        }
    }
}
