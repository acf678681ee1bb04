//! What programs consist of: which operation on which type in which context.

use rustc_hash::FxHashMap;
use tirade_ir::visit::{Visitor, walk_expr, walk_stmt};
use tirade_ir::{DType, IRModule, PrimExpr, Stmt};

/// How often each combination occurred: operation, type, innermost construct around it.
pub type Coverage = FxHashMap<(&'static str, DType, &'static str), u64>;

/// Counts what `module` consists of.
pub fn cover(module: &IRModule, coverage: &mut Coverage) {
    let mut counter = Counter { coverage, context: "function" };
    for func in module.functions() {
        counter.visit_stmt(&func.body);
    }
}

struct Counter<'c> {
    coverage: &'c mut Coverage,
    context: &'static str,
}

impl Visitor for Counter<'_> {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        let (name, dtype) = match expr {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Var(_) | PrimExpr::Str(_) => {
                return;
            }
            PrimExpr::Cast(e) => (source_name(e.value.dtype()), e.dtype),
            PrimExpr::Binary(e) => (binary_name(e.op), e.lhs.dtype()),
            PrimExpr::Not(e) => ("not", e.value.dtype()),
            PrimExpr::Select(e) => ("select", e.true_value.dtype()),
            PrimExpr::Load(e) => ("load", e.dtype()),
            PrimExpr::Ramp(e) => ("ramp", e.dtype),
            PrimExpr::Broadcast(e) => ("broadcast", e.dtype),
            PrimExpr::Shuffle(e) => ("shuffle", e.dtype),
            PrimExpr::Let(e) => ("let", e.var.dtype),
            PrimExpr::Call(e) => (e.op.name(), e.dtype),
            PrimExpr::CallFunc(e) => ("call", e.dtype),
        };
        // Vectors count once, however many lanes they have.
        let dtype = if dtype.is_scalar() { dtype } else { dtype.element().with_lanes(2) };
        *self.coverage.entry((name, dtype, self.context)).or_default() += 1;
        walk_expr(self, expr);
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        let context = match stmt {
            Stmt::For(l) => l.kind.name(),
            Stmt::While(_) => "while",
            Stmt::If(_) => "if",
            Stmt::Block(_) => "block",
            Stmt::Seq(_)
            | Stmt::Store(_)
            | Stmt::Bind(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Attr(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => self.context,
        };
        let outer = std::mem::replace(&mut self.context, context);
        walk_stmt(self, stmt);
        self.context = outer;
    }
}

/// The name of a cast, by what it is from.
fn source_name(from: DType) -> &'static str {
    if from.is_float() {
        "cast from float"
    } else if from.is_bool() {
        "cast from bool"
    } else if from.is_uint() {
        "cast from uint"
    } else {
        "cast from int"
    }
}

fn binary_name(op: tirade_ir::BinOp) -> &'static str {
    use tirade_ir::BinOp::*;
    match op {
        Add => "add",
        Sub => "sub",
        Mul => "mul",
        Div => "div",
        Mod => "mod",
        FloorDiv => "floordiv",
        FloorMod => "floormod",
        Min => "min",
        Max => "max",
        Eq => "eq",
        Ne => "ne",
        Lt => "lt",
        Le => "le",
        Gt => "gt",
        Ge => "ge",
        And => "and",
        Or => "or",
    }
}
