//! Blocks become statements: axes are replaced by their values, the predicate becomes an `if`,
//! the init an `if` on the reduction's first step, allocations become statements.
//!
//! ```text
//! for i, k in T.grid(8, 8):
//!     with T.sblock("s"):
//!         vi, vk = T.axis.remap("SR", [i, k])
//!         with T.init(): S[vi] = 0
//!         S[vi] = S[vi] + A[vi, vk]
//! ```
//! becomes
//! ```text
//! for i, k in T.grid(8, 8):
//!     with T.attr("s", "tirade.block", 0):
//!         if k == 0: S[i] = 0
//!         S[i] = S[i] + A[i, k]
//! ```
//! The attribute keeps the block's name for readers. An axis whose value is more than a variable
//! or a literal becomes a binding, so that it is evaluated once.

use crate::pass::index;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{AllocBuffer, AllocOrigin, AttrNode, AttrStmt, Bind, IfThenElse};
use tirade_ir::subst::{VarMap, substitute};
use tirade_ir::{
    AttrValue, Attrs, BinOp, BlockRealize, For, IterVarKind, PrimExpr, PrimFunc, Span, Stmt, Var,
    VarId,
};

/// Key of the attribute that a lowered block leaves behind.
pub const BLOCK_ATTR: &str = "tirade.block";

/// Lowers every block. `match_buffer`s have to be lowered before.
pub fn lower_block(func: &PrimFunc) -> PrimFunc {
    func.rewrite_or_clone(&mut Lower { loops: FxHashMap::default() })
}

/// First value of the loop variables in scope, and whether they take no other.
struct Lower {
    loops: FxHashMap<VarId, LoopInfo>,
}

#[derive(Clone, Copy)]
struct LoopInfo {
    first: i128,
    once: bool,
}

impl Rewriter for Lower {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Block(realize) => Some(self.lower(realize)),
            Stmt::For(l) => {
                self.enter_loop(l);
                walk_rewrite_stmt(self, stmt)
            }
            _ => walk_rewrite_stmt(self, stmt),
        }
    }
}

impl Lower {
    fn enter_loop(&mut self, l: &For) {
        if let Some(first) = l.min.as_int() {
            self.loops.insert(l.loop_var.id, LoopInfo { first, once: l.extent.is_int(1) });
        }
    }

    fn lower(&mut self, realize: &BlockRealize) -> Stmt {
        let block = &*realize.block;
        let first_step = self.first_step(realize);
        let (values, binds) = axis_values(realize);
        let init = block.init.as_ref().map(|init| {
            let init = substitute(init, &values);
            let init = init.rewrite_or_clone(self);
            guard(first_step, init, block.span)
        });
        let body = substitute(&block.body, &values).rewrite_or_clone(self);
        let allocs = block.alloc_buffers.iter().map(|buffer| {
            let buffer = tirade_ir::subst::substitute_all(
                &tirade_ir::BufferRegion { buffer: buffer.clone(), region: Box::default() },
                &values,
                &Default::default(),
            )
            .buffer;
            Stmt::AllocBuffer(Arc::new(AllocBuffer {
                span: buffer.span,
                buffer,
                annotations: Attrs::new(),
                constant: None,
                origin: AllocOrigin::AllocBuffer,
            }))
        });
        let stmts: Vec<Stmt> = allocs.chain(init).chain([body]).collect();
        let predicate = substitute(&realize.predicate, &values);
        let guarded = guard(predicate, Stmt::seq(stmts), block.span);
        let stmt = Stmt::seq(binds.into_iter().chain([guarded]));
        match block.name.as_str() {
            "" | "root" => stmt,
            name => Stmt::Attr(Arc::new(AttrStmt {
                node: AttrNode::Value(AttrValue::Str(name.into())),
                key: BLOCK_ATTR.into(),
                value: PrimExpr::i32(0),
                body: stmt,
                span: block.span,
            })),
        }
    }

    /// The condition under which every reduction axis is at its domain's minimum, in terms of
    /// loop variables where that is possible.
    fn first_step(&self, realize: &BlockRealize) -> PrimExpr {
        let axes = realize.block.iter_vars.iter().zip(&realize.iter_values);
        let mut condition = PrimExpr::bool(true);
        for (axis, value) in axes.filter(|(axis, _)| axis.kind == IterVarKind::CommReduce) {
            match self.all_first(value, &axis.dom.min) {
                Some(vars) => {
                    for var in vars {
                        let first = PrimExpr::int(self.loops[&var.id].first as i64, var.dtype);
                        condition = and(condition, equal(var.into(), first));
                    }
                }
                None => {
                    let value = index::cast(axis.var.dtype, value.clone());
                    let min = index::cast(axis.var.dtype, axis.dom.min.clone());
                    condition = and(condition, equal(value, min));
                }
            }
        }
        condition
    }

    /// If `value` is `min` exactly when certain loop variables have their first value: those.
    ///
    /// That is so for sums of loop variables with positive factors.
    fn all_first(&self, value: &PrimExpr, min: &PrimExpr) -> Option<Vec<Var>> {
        let mut vars = Vec::new();
        let lowest = self.lowest(value, 1, &mut vars)?;
        (Some(lowest) == min.as_int()).then_some(vars)
    }

    /// The least value of `factor * value`, attained where all of `vars` have their first value.
    fn lowest(&self, value: &PrimExpr, factor: i128, vars: &mut Vec<Var>) -> Option<i128> {
        match value {
            PrimExpr::Int { .. } => value.as_int()?.checked_mul(factor),
            PrimExpr::Var(var) => {
                let info = self.loops.get(&var.id)?;
                if !info.once && !vars.contains(var) {
                    vars.push(*var);
                }
                info.first.checked_mul(factor)
            }
            PrimExpr::Cast(c) if c.dtype.is_int() && c.dtype.bits() >= c.value.dtype().bits() => {
                self.lowest(&c.value, factor, vars)
            }
            PrimExpr::Binary(b) if b.op == BinOp::Add => {
                let left = self.lowest(&b.lhs, factor, vars)?;
                left.checked_add(self.lowest(&b.rhs, factor, vars)?)
            }
            PrimExpr::Binary(b) if b.op == BinOp::Mul => {
                let c = b.rhs.as_int().filter(|c| *c > 0)?;
                self.lowest(&b.lhs, factor.checked_mul(c)?, vars)
            }
            _ => None,
        }
    }
}

/// Axes with simple values, to be substituted; bindings for the others.
fn axis_values(realize: &BlockRealize) -> (VarMap, Vec<Stmt>) {
    let mut values = VarMap::default();
    let mut binds = Vec::new();
    for (axis, value) in realize.block.iter_vars.iter().zip(&realize.iter_values) {
        let value = index::cast(axis.var.dtype, value.clone());
        match value {
            PrimExpr::Var(_) | PrimExpr::Int { .. } => {
                values.insert(axis.var.id, value);
            }
            value => {
                let bind = Bind { var: axis.var, pointer: None, value, span: axis.span };
                binds.push(Stmt::Bind(Arc::new(bind)));
            }
        }
    }
    (values, binds)
}

/// `stmt` under `condition`; as it is if the condition is literally true.
fn guard(condition: PrimExpr, stmt: Stmt, span: Span) -> Stmt {
    if condition.is_int(1) {
        return stmt;
    }
    Stmt::If(Arc::new(IfThenElse { condition, then_case: stmt, else_case: None, span }))
}

pub(crate) fn and(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    match (a.is_int(1), b.is_int(1)) {
        (true, _) => b,
        (_, true) => a,
        _ => PrimExpr::binary(BinOp::And, a, b, Span::NONE),
    }
}

fn equal(a: PrimExpr, b: PrimExpr) -> PrimExpr {
    PrimExpr::binary(BinOp::Eq, a, b, Span::NONE)
}
