//! `a * b + c` becomes `T.fma(a, b, c)`.

use crate::expr::{Binary, Broadcast};
use crate::rewrite::{Rewriter, walk_rewrite_expr};
use crate::{BinOp, DType, Op, PrimExpr, Span};
use std::sync::Arc;

/// Fuses products of float32 and float64 with the sum or difference that they are part of.
pub(super) struct Contract;

impl Rewriter for Contract {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let walked = walk_rewrite_expr(self, expr);
        let fused = match walked.as_ref().unwrap_or(expr) {
            PrimExpr::Binary(b) => fuse(b),
            _ => None,
        };
        fused.or(walked)
    }
}

fn fuse(b: &Binary) -> Option<PrimExpr> {
    let dtype = b.lhs.dtype();
    if !matches!(dtype.element(), DType::FLOAT32 | DType::FLOAT64) {
        return None;
    }
    let fma = |x, y, z| PrimExpr::call(Op::Fma, [x, y, z], dtype, b.span);
    match (b.op, product(&b.lhs), product(&b.rhs)) {
        (BinOp::Add, Some(p), _) => Some(fma(p.lhs.clone(), p.rhs.clone(), b.rhs.clone())),
        (BinOp::Add, None, Some(p)) => Some(fma(p.lhs.clone(), p.rhs.clone(), b.lhs.clone())),
        (BinOp::Sub, Some(p), _) => Some(fma(p.lhs.clone(), p.rhs.clone(), minus(&b.rhs))),
        (BinOp::Sub, None, Some(p)) => Some(fma(minus(&p.lhs), p.rhs.clone(), b.lhs.clone())),
        _ => None,
    }
}

fn product(expr: &PrimExpr) -> Option<&Binary> {
    match expr {
        PrimExpr::Binary(b) if b.op == BinOp::Mul => Some(b),
        _ => None,
    }
}

/// `x * -1`, which is exact and keeps the sign of zero right.
fn minus(x: &PrimExpr) -> PrimExpr {
    let dtype = x.dtype();
    let one = PrimExpr::float(-1.0, dtype.element());
    let factor = match dtype.is_scalar() {
        true => one,
        false => PrimExpr::Broadcast(Arc::new(Broadcast { value: one, dtype, span: Span::NONE })),
    };
    PrimExpr::binary(BinOp::Mul, x.clone(), factor, x.span())
}
