//! Calls of C functions by name become calls of the ops that they are: `T.call_extern("float32",
//! "expf", x)` is `T.exp(x)`. Other names are refused before (SEMANTICS H1).

use tirade_ir::op::extern_op;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_expr};
use tirade_ir::{CallArg, Callee, PrimExpr, PrimFunc};

/// Replaces calls of C functions.
pub fn lower_extern(func: &PrimFunc) -> PrimFunc {
    func.rewrite_or_clone(&mut Lower)
}

struct Lower;

impl Rewriter for Lower {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let walked = walk_rewrite_expr(self, expr);
        let PrimExpr::CallFunc(call) = walked.as_ref().unwrap_or(expr) else { return walked };
        let Callee::Extern { name, .. } = &call.callee else { return walked };
        let Some((op, _)) = extern_op(name.as_str()) else { return walked };
        let value = |arg: &CallArg| match arg {
            CallArg::Expr(e) => Some(e.clone()),
            CallArg::Buffer(_) | CallArg::Region(_) | CallArg::DType(_) | CallArg::Attr(_) => None,
        };
        match call.args.iter().map(value).collect::<Option<Vec<PrimExpr>>>() {
            Some(args) => Some(PrimExpr::call(op, args, call.dtype, call.span)),
            None => walked,
        }
    }
}
