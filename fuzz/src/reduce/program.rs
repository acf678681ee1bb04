//! Smaller programs: statements left out, loops and blocks replaced by what is in them,
//! expressions by their operands or by constants, and parameters that nothing uses.

use super::Reduction;
use crate::generate::Case;
use tirade_ir::rewrite::{Rewriter, walk_rewrite_expr, walk_rewrite_stmt};
use tirade_ir::stmt::For;
use tirade_ir::subst::{VarMap, substitute, substitute_var};
use tirade_ir::visit::{Visitor, for_each_callee, walk_expr};
use tirade_ir::{DType, IRModule, PrimExpr, PrimFunc, Stmt, Symbol};

/// Edits the program of the case for as long as that helps.
pub fn reduce(r: &mut Reduction) {
    loop {
        drop_functions(r);
        drop_params(r);
        let names: Vec<Symbol> = r.case.module.functions().map(|f| f.name).collect();
        let mut changed = false;
        for name in names {
            changed |= edit(r, name);
        }
        if r.is_over() || !changed {
            drop_params(r);
            drop_functions(r);
            return;
        }
    }
}

/// Tries every alternative of every place of a function; true if one was taken.
fn edit(r: &mut Reduction, name: Symbol) -> bool {
    let mut changed = false;
    let mut target = 0;
    while !r.is_over() {
        let Some(func) = r.case.module.get(name).cloned() else { return changed };
        let mut edit = Edit { target, seen: 0, done: false };
        let body = edit.rewrite_stmt(&func.body);
        let (true, Some(body)) = (edit.done, body) else { return changed };
        let func = PrimFunc { body, ..(*func).clone() };
        let mut module = r.case.module.clone();
        module.insert(func);
        match r.try_case(Case { module, ..r.case.clone() }) {
            true => changed = true,
            false => target += 1,
        }
    }
    changed
}

/// Applies the alternative number `target`, counted over the whole tree.
struct Edit {
    target: usize,
    seen: usize,
    done: bool,
}

impl Edit {
    fn pick<T>(&mut self, alternatives: Vec<T>) -> Option<T> {
        let n = alternatives.len();
        if self.target < self.seen + n {
            self.done = true;
            return alternatives.into_iter().nth(self.target - self.seen);
        }
        self.seen += n;
        None
    }
}

impl Rewriter for Edit {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        if self.done {
            return None;
        }
        self.pick(smaller_stmts(stmt)).or_else(|| match self.done {
            true => None,
            false => walk_rewrite_stmt(self, stmt),
        })
    }

    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        if self.done {
            return None;
        }
        self.pick(smaller_exprs(expr)).or_else(|| match self.done {
            true => None,
            false => walk_rewrite_expr(self, expr),
        })
    }
}

/// What may stand in the place of a statement.
fn smaller_stmts(stmt: &Stmt) -> Vec<Stmt> {
    let nothing = Stmt::nop();
    match stmt {
        Stmt::Seq(s) => {
            let half = s.stmts.len() / 2;
            if half < 2 {
                return Vec::new();
            }
            let part = |stmts: &[Stmt]| Stmt::seq(stmts.iter().cloned());
            vec![part(&s.stmts[..half]), part(&s.stmts[half..])]
        }
        Stmt::For(l) => {
            let mut smaller = vec![nothing, substitute_var(&l.body, l.loop_var, l.min.clone())];
            if let Some(n) = l.extent.as_int().filter(|n| 1 < *n) {
                smaller.extend([1, n / 2].map(|extent| shorter(l, extent as i64)));
            }
            smaller
        }
        Stmt::While(l) => vec![nothing, l.body.clone()],
        Stmt::If(b) => [Some(nothing), Some(b.then_case.clone()), b.else_case.clone()]
            .into_iter()
            .flatten()
            .collect(),
        Stmt::Block(b) => {
            let axes = b.block.iter_vars.iter().zip(&b.iter_values);
            let values: VarMap = axes.map(|(axis, v)| (axis.var.id, v.clone())).collect();
            let inlined = match b.block.alloc_buffers.is_empty() && b.block.match_buffers.is_empty()
            {
                true => Some(substitute(&b.block.body, &values)),
                false => None,
            };
            [Some(nothing), inlined].into_iter().flatten().collect()
        }
        Stmt::Attr(a) => vec![nothing, a.body.clone()],
        Stmt::Store(_)
        | Stmt::Bind(_)
        | Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Evaluate(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => vec![nothing],
    }
}

fn shorter(l: &For, extent: i64) -> Stmt {
    let node = For {
        loop_var: l.loop_var,
        min: l.min.clone(),
        extent: PrimExpr::int(extent, l.extent.dtype()),
        step: l.step.clone(),
        kind: l.kind,
        thread_tag: l.thread_tag,
        body: l.body.clone(),
        annotations: l.annotations.clone(),
        span: l.span,
    };
    Stmt::For(node.into())
}

/// What may stand in the place of an expression.
fn smaller_exprs(expr: &PrimExpr) -> Vec<PrimExpr> {
    let dtype = expr.dtype();
    let is_literal =
        matches!(expr, PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_));
    if is_literal || !dtype.is_computable() {
        return Vec::new();
    }
    let mut smaller = children(expr);
    smaller.retain(|child| child.dtype() == dtype);
    smaller.extend([0, 1].map(|value| constant(value, dtype)));
    smaller
}

fn constant(value: i64, dtype: DType) -> PrimExpr {
    let element = dtype.element();
    let literal = match element.is_float() {
        true => PrimExpr::float(value as f64, element),
        false => PrimExpr::int(value, element),
    };
    crate::generate::value::splat(literal, dtype)
}

/// The expressions directly below.
fn children(expr: &PrimExpr) -> Vec<PrimExpr> {
    struct Children(Vec<PrimExpr>);
    impl Visitor for Children {
        fn visit_expr(&mut self, expr: &PrimExpr) {
            self.0.push(expr.clone());
        }
    }
    if let PrimExpr::Let(l) = expr {
        return vec![substitute_var(&l.body, l.var, l.value.clone())];
    }
    let mut children = Children(Vec::new());
    walk_expr(&mut children, expr);
    children.0
}

/// Leaves out functions that nothing calls.
fn drop_functions(r: &mut Reduction) {
    let mut called = vec![r.case.func];
    for func in r.case.module.functions() {
        for_each_callee(&**func, |name| called.push(name));
    }
    let mut module = IRModule::new();
    module.name = r.case.module.name;
    for func in r.case.module.functions().filter(|f| called.contains(&f.name)) {
        module.insert(func.clone());
    }
    if module.len() < r.case.module.len() {
        r.try_case(Case { module, ..r.case.clone() });
    }
}

/// Leaves out parameters of the function that is run.
fn drop_params(r: &mut Reduction) {
    let mut at = 0;
    while !r.is_over() {
        let Some(func) = r.case.module.get(r.case.func).cloned() else { return };
        if func.params.len() <= at {
            return;
        }
        let keep = |i: usize| i != at;
        let params = func.params.iter().enumerate().filter(|(i, _)| keep(*i));
        let params = params.map(|(_, p)| p.clone()).collect();
        let args = r.case.args.iter().enumerate().filter(|(i, _)| keep(*i));
        let args = args.map(|(_, a)| a.clone()).collect();
        let mut module = r.case.module.clone();
        module.insert(PrimFunc { params, ..(*func).clone() });
        if !r.try_case(Case { module, args, ..r.case.clone() }) {
            at += 1;
        }
    }
}
