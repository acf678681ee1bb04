//! How much arithmetic a function does: what a rate in GFLOP/s refers to.

use tirade_ir::args::{Sizes, eval_size};
use tirade_ir::stmt::AttrNode;
use tirade_ir::{CallArg, Op, PrimExpr, PrimFunc, Stmt};

/// Float operations of one run, counted from the text: every `+ - * /`, minimum, maximum and call
/// on floats is one per lane, `T.fma` two; branches count as taken; an init counts once per reduction.
///
/// `None` if a loop's extent does not follow from the sizes, or if there is a `while` loop.
pub fn count_flops(func: &PrimFunc, sizes: &Sizes) -> Option<u64> {
    stmt_flops(&func.body, sizes)
}

fn stmt_flops(stmt: &Stmt, sizes: &Sizes) -> Option<u64> {
    let expr = |e: &PrimExpr| expr_flops(e);
    match stmt {
        Stmt::Seq(s) => s.stmts.iter().map(|s| stmt_flops(s, sizes)).sum(),
        Stmt::Store(s) => Some(expr(&s.value)),
        Stmt::For(s) => {
            let extent = eval_size(&s.extent, sizes)?;
            let step = s.step.as_ref().map_or(Some(1), |step| eval_size(step, sizes))?.max(1);
            let iterations = u64::try_from((extent.max(0) + step - 1) / step).ok()?;
            iterations.checked_mul(stmt_flops(&s.body, sizes)?)
        }
        Stmt::While(_) => None,
        Stmt::If(s) => {
            let orelse = s.else_case.as_ref().map_or(Some(0), |e| stmt_flops(e, sizes))?;
            Some(expr(&s.condition) + stmt_flops(&s.then_case, sizes)?.max(orelse))
        }
        Stmt::Block(s) => stmt_flops(&s.block.body, sizes),
        Stmt::Bind(s) => Some(expr(&s.value)),
        Stmt::Attr(s) => {
            let body = stmt_flops(&s.body, sizes)?;
            match (&s.node, s.key.as_str()) {
                (AttrNode::IterVar(_), "thread_extent" | "virtual_thread") => {
                    body.checked_mul(u64::try_from(eval_size(&s.value, sizes)?).ok()?)
                }
                _ => Some(body),
            }
        }
        Stmt::Evaluate(s) => Some(expr(&s.value)),
        Stmt::Return(s) => Some(s.value.as_ref().map_or(0, expr)),
        Stmt::AllocBuffer(_) | Stmt::DeclBuffer(_) | Stmt::Assert(_) => Some(0),
        Stmt::Break(_) | Stmt::Continue(_) => Some(0),
    }
}

fn expr_flops(e: &PrimExpr) -> u64 {
    let lanes = |e: &PrimExpr| if e.dtype().is_float() { e.dtype().lanes() as u64 } else { 0 };
    let sum = |items: &[PrimExpr]| items.iter().map(expr_flops).sum::<u64>();
    match e {
        PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Var(_) | PrimExpr::Str(_) => 0,
        PrimExpr::Cast(c) => expr_flops(&c.value),
        PrimExpr::Binary(b) => lanes(&b.lhs) + expr_flops(&b.lhs) + expr_flops(&b.rhs),
        PrimExpr::Not(n) => expr_flops(&n.value),
        PrimExpr::Select(s) => {
            expr_flops(&s.condition) + expr_flops(&s.true_value) + expr_flops(&s.false_value)
        }
        PrimExpr::Load(l) => sum(&l.indices),
        PrimExpr::Ramp(r) => expr_flops(&r.base) + expr_flops(&r.stride),
        PrimExpr::Broadcast(b) => expr_flops(&b.value),
        PrimExpr::Shuffle(s) => sum(&s.vectors),
        PrimExpr::Let(l) => expr_flops(&l.value) + expr_flops(&l.body),
        PrimExpr::Call(c) if c.op == Op::Fma => 2 * lanes(e) + sum(&c.args),
        PrimExpr::Call(c) => lanes(e) + sum(&c.args),
        PrimExpr::CallFunc(c) => {
            let values = c.args.iter().filter_map(|a| match a {
                CallArg::Expr(e) => Some(expr_flops(e)),
                CallArg::Buffer(_) | CallArg::Region(_) | CallArg::DType(_) | CallArg::Attr(_) => {
                    None
                }
            });
            values.sum()
        }
    }
}
