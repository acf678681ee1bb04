//! Reductions: the operation that a block accumulates with.

use tirade_ir::op::Op;
use tirade_ir::stmt::BufferStore;
use tirade_ir::{BinOp, Block, Buffer, PrimExpr, Stmt};

/// An operation that may be applied in any order, but for rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combiner {
    /// An infix operator.
    Binary(BinOp),
    /// A bitwise operation.
    Call(Op),
}

impl Combiner {
    /// The operation on two values.
    pub fn apply(self, a: PrimExpr, b: PrimExpr) -> PrimExpr {
        let span = a.span().to(b.span());
        match self {
            Combiner::Binary(op) => PrimExpr::binary(op, a, b, span),
            Combiner::Call(op) => {
                let dtype = a.dtype();
                PrimExpr::call(op, [a, b], dtype, span)
            }
        }
    }
}

/// `buffer[indices] = combine(buffer[indices], value)`
#[derive(Clone, Debug)]
pub struct Update {
    /// The operation.
    pub combiner: Combiner,
    /// The accumulator.
    pub buffer: Buffer,
    /// Where.
    pub indices: Box<[PrimExpr]>,
    /// What is combined with it.
    pub value: PrimExpr,
    /// Whether the accumulator is the left operand.
    pub is_left: bool,
}

/// The store as an update, if it is one by an operation whose order does not matter.
pub fn as_update(store: &BufferStore) -> Option<Update> {
    let is_own = |e: &PrimExpr| match e {
        PrimExpr::Load(load) => load.buffer == store.buffer && load.indices == store.indices,
        _ => false,
    };
    let (combiner, a, b) = match &store.value {
        PrimExpr::Binary(e)
            if matches!(
                e.op,
                BinOp::Add | BinOp::Mul | BinOp::Min | BinOp::Max | BinOp::And | BinOp::Or
            ) =>
        {
            (Combiner::Binary(e.op), &e.lhs, &e.rhs)
        }
        PrimExpr::Call(call)
            if matches!(call.op, Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor) =>
        {
            (Combiner::Call(call.op), &call.args[0], &call.args[1])
        }
        _ => return None,
    };
    let reads_it = |e: &PrimExpr| {
        tirade_ir::visit::any_expr(
            e,
            |e| matches!(e, PrimExpr::Load(load) if load.buffer == store.buffer),
        )
    };
    let update = |value: &PrimExpr, is_left| Update {
        combiner,
        buffer: store.buffer.clone(),
        indices: store.indices.clone(),
        value: value.clone(),
        is_left,
    };
    if store.predicate.is_some() {
        None
    } else if is_own(a) && !reads_it(b) {
        Some(update(b, true))
    } else if is_own(b) && !reads_it(a) {
        Some(update(a, false))
    } else {
        None
    }
}

/// True if all that the block does is such an update, possibly below conditions and loops.
pub fn is_commutative_update(block: &Block) -> bool {
    fn only_updates(stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Store(store) => as_update(store).is_some(),
            Stmt::Seq(s) => s.stmts.len() == 1 && s.stmts.iter().all(only_updates),
            Stmt::For(f) => only_updates(&f.body),
            Stmt::If(s) => only_updates(&s.then_case) && s.else_case.is_none(),
            Stmt::Block(_)
            | Stmt::While(_)
            | Stmt::Bind(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Attr(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => false,
        }
    }
    only_updates(&block.body)
}
