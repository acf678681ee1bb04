//! What a resolved statement touches.

use crate::tree::{Access, Block, CallArg, Expr, Index, Place, Slot, Stmt};

type Test<'t> = &'t mut dyn FnMut(Slot) -> bool;

impl Stmt {
    /// True if `test` holds for a buffer that the statement may access.
    pub fn any_access(&self, test: Test<'_>) -> bool {
        match self {
            Stmt::Seq(stmts) => stmts.iter().any(|s| s.any_access(test)),
            Stmt::Store(s) => {
                s.access.any_access(test)
                    || s.value.any_access(test)
                    || s.predicate.as_ref().is_some_and(|e| e.any_access(test))
            }
            Stmt::For(s) => {
                s.min.any_access(test) || s.extent.any_access(test) || s.body.any_access(test)
            }
            Stmt::While(s) => s.condition.any_access(test) || s.body.any_access(test),
            Stmt::If(s) => {
                s.condition.any_access(test)
                    || s.then.any_access(test)
                    || s.otherwise.as_ref().is_some_and(|s| s.any_access(test))
            }
            Stmt::Block(s) => {
                s.iters.iter().any(|i| i.value.any_access(test))
                    || s.predicate.as_ref().is_some_and(|e| e.any_access(test))
                    || s.matches.iter().any(|m| test(m.source))
                    || s.init.as_ref().is_some_and(|s| s.any_access(test))
                    || s.body.any_access(test)
            }
            Stmt::Undefine(access) => access.any_access(test),
            Stmt::Bind(s) => s.1.any_access(test),
            Stmt::BindPointer(s) => s.1.any_access(test),
            Stmt::Assert(s) => s.condition.any_access(test),
            Stmt::Evaluate(e) => e.any_access(test),
            Stmt::Return(e) => e.as_ref().is_some_and(|e| e.any_access(test)),
            Stmt::Counted(_, s) => s.any_access(test),
            Stmt::Alloc(_) | Stmt::Decl(_) | Stmt::Break | Stmt::Continue => false,
        }
    }
}

impl Stmt {
    /// True if `test` holds for a block in the statement that is in no other block of it.
    pub fn any_outermost_block(&self, test: &mut dyn FnMut(&Block) -> bool) -> bool {
        match self {
            Stmt::Seq(stmts) => stmts.iter().any(|s| s.any_outermost_block(test)),
            Stmt::For(s) => s.body.any_outermost_block(test),
            Stmt::While(s) => s.body.any_outermost_block(test),
            Stmt::If(s) => {
                s.then.any_outermost_block(test)
                    || s.otherwise.as_ref().is_some_and(|s| s.any_outermost_block(test))
            }
            Stmt::Block(s) => test(s),
            Stmt::Counted(_, s) => s.any_outermost_block(test),
            Stmt::Evaluate(_)
            | Stmt::Store(_)
            | Stmt::Undefine(_)
            | Stmt::Bind(_)
            | Stmt::BindPointer(_)
            | Stmt::Alloc(_)
            | Stmt::Decl(_)
            | Stmt::Assert(_)
            | Stmt::Return(_)
            | Stmt::Break
            | Stmt::Continue => false,
        }
    }
}

impl Access {
    fn any_access(&self, test: Test<'_>) -> bool {
        test(self.buffer) || self.indices.iter().any(|i| i.any_access(test))
    }
}

impl Index {
    fn any_access(&self, test: Test<'_>) -> bool {
        self.expr.any_access(test)
    }
}

impl Place {
    fn any_access(&self, test: Test<'_>) -> bool {
        match self {
            Place::AddressOf(access) => access.any_access(test),
            Place::Var(_) | Place::Null => false,
        }
    }
}

impl Expr {
    fn any_access(&self, test: Test<'_>) -> bool {
        match self {
            Expr::Const(_) | Expr::Scalar(_) | Expr::Vector(_) | Expr::StorageSync(_) => false,
            Expr::Unary(e) => e.arg.any_access(test),
            Expr::Binary(e) => e.lhs.any_access(test) || e.rhs.any_access(test),
            Expr::Nary(e) => e.args.iter().any(|e| e.any_access(test)),
            Expr::Logic(e) => e.lhs.any_access(test) || e.rhs.any_access(test),
            Expr::Select(e) | Expr::IfThenElse(e) => {
                e.condition.any_access(test)
                    || e.then.any_access(test)
                    || e.otherwise.any_access(test)
            }
            Expr::Load(e) => {
                e.access.any_access(test)
                    || e.predicate.as_ref().is_some_and(|e| e.any_access(test))
            }
            Expr::Let(e) => e.value.any_access(test) || e.body.any_access(test),
            Expr::Ramp(e) => e.base.any_access(test) || e.stride.any_access(test),
            Expr::Broadcast(e) => e.any_access(test),
            Expr::Shuffle(e) => e.vectors.iter().any(|(e, _)| e.any_access(test)),
            Expr::Atomic(e) => e.access.any_access(test) || e.value.any_access(test),
            Expr::Call(e) => e.args.iter().any(|arg| match arg {
                CallArg::Scalar(e) => e.any_access(test),
                CallArg::Pointer(place) => place.any_access(test),
                CallArg::Buffer(buffer) | CallArg::Region(buffer, _) => test(*buffer),
            }),
            Expr::Assume(e) => e.condition.any_access(test),
            Expr::AllReduce(e) => {
                e.values.iter().any(|e| e.any_access(test))
                    || e.condition.any_access(test)
                    || e.results.iter().any(|a| a.any_access(test))
            }
            Expr::IsNull(place) => place.any_access(test),
        }
    }
}
