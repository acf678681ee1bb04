//! Vector loops become vector statements, as wide as the machine's registers.
//!
//! ```text
//! for j in T.vectorized(32):                 B[i * 32:i * 32 + 16] = A[…] * T.Broadcast(x, 16)
//!     B[i * 32 + j] = A[i * 32 + j] * x  →   B[i * 32 + 16:i * 32 + 32] = …
//! ```
//! The iterations of such a loop are independent (SEMANTICS V3), so they may run statement by
//! statement, and in strips of any width; loops inside come out of it. What has no vector form (a
//! call of the C library, a condition for each lane that guards memory) leaves its loop as it is.

use crate::pass::index;
use crate::pass::target::vector_bytes;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tirade_ir::arith::Analyzer;
use tirade_ir::expr::{Broadcast, BufferLoad, Ramp, Select};
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{AttrStmt, Bind, BufferStore, IfThenElse};
use tirade_ir::subst::{copy_with_fresh_binders, substitute_var};
use tirade_ir::visit::{any_expr, for_each_expr, for_each_stmt};
use tirade_ir::{
    BinOp, DType, For, ForKind, Op, PrimExpr, PrimFunc, Range, Span, Stmt, Var, VarId,
};

/// Strips that are written out one after the other; more become a loop.
const MOST_STRIPS: i64 = 8;

/// Makes vector statements of vector loops. Accesses have to be flat, explicit vectors lowered.
pub fn vectorize_loop(func: &PrimFunc) -> PrimFunc {
    match vector_bytes(func) {
        Some(width) => func.rewrite_or_clone(&mut Vectorize { width, analyzer: Analyzer::new() }),
        None => func.clone(),
    }
}

struct Vectorize {
    width: u32,
    analyzer: Analyzer,
}

impl Rewriter for Vectorize {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let Stmt::For(l) = stmt else { return walk_rewrite_stmt(self, stmt) };
        let range = Range { min: l.min.clone(), extent: l.extent.clone() };
        self.analyzer.bind(l.loop_var, &range);
        match l.kind {
            ForKind::Vectorized => self.strips(l).or_else(|| walk_rewrite_stmt(self, stmt)),
            _ => walk_rewrite_stmt(self, stmt),
        }
    }
}

impl Vectorize {
    /// A loop as vector statements; `None` if it has to stay.
    fn strips(&self, l: &For) -> Option<Stmt> {
        let extent = i64::try_from(l.extent.as_int()?).ok()?;
        if extent < 2 || l.step.as_ref().is_some_and(|s| !s.is_int(1)) {
            return None;
        }
        let most = i64::from((self.width / widest(&l.body)?).max(1));
        let at = |first: PrimExpr| index::add(index::cast(first.dtype(), l.min.clone()), first);
        let literal = |n: i64| PrimExpr::int(n, l.loop_var.dtype);
        let (mut out, mut done) = (Vec::new(), 0);
        if most >= 2 && MOST_STRIPS < extent / most {
            let strip = Var::new(l.loop_var.name, l.loop_var.dtype);
            let first = index::mul(strip.into(), literal(most));
            let body = self.strip(l, at(first), most)?;
            out.push(serial(strip, extent / most, body, l.span));
            done = extent / most * most;
        }
        while done < extent {
            let left = extent - done;
            let lanes = if left < most { 1 << left.ilog2() } else { most };
            out.push(self.strip(l, at(literal(done)), lanes)?);
            done += lanes;
        }
        Some(Stmt::seq(out))
    }

    /// The `lanes` iterations from `first` on.
    fn strip(&self, l: &For, first: PrimExpr, lanes: i64) -> Option<Stmt> {
        let body = copy_with_fresh_binders(&l.body);
        if lanes == 1 {
            return Some(substitute_var(&body, l.loop_var, first));
        }
        let mut strip = Strip {
            var: l.loop_var,
            first,
            lanes: lanes as u32,
            vectors: FxHashMap::default(),
            analyzer: self.analyzer.clone(),
        };
        strip.stmt(&body)
    }
}

fn serial(loop_var: Var, extent: i64, body: Stmt, span: Span) -> Stmt {
    Stmt::For(Arc::new(For {
        loop_var,
        min: PrimExpr::int(0, loop_var.dtype),
        extent: PrimExpr::int(extent, loop_var.dtype),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body,
        annotations: Default::default(),
        span,
    }))
}

/// Bytes of the widest value that the body computes, indices aside; `None` if there is none.
fn widest(body: &Stmt) -> Option<u32> {
    let mut bytes = None;
    let mut see = |dtype: DType| {
        if dtype.is_float() || dtype.is_integer() {
            bytes = Some(bytes.unwrap_or(1).max(dtype.element().bytes() as u32));
        }
    };
    for_each_stmt(body, |s| match s {
        Stmt::Store(s) => {
            see(s.buffer.dtype);
            values(&s.value, &mut see);
        }
        Stmt::Bind(b) if !b.var.dtype.is_handle() => see(b.var.dtype),
        _ => {}
    });
    bytes
}

/// Shows the type of every value in `expr`, but not those of indices.
fn values(expr: &PrimExpr, see: &mut impl FnMut(DType)) {
    match expr {
        PrimExpr::Load(load) => see(load.buffer.dtype),
        PrimExpr::Cast(c) => {
            see(c.dtype);
            values(&c.value, see);
        }
        PrimExpr::Binary(b) => {
            values(&b.lhs, see);
            values(&b.rhs, see);
        }
        PrimExpr::Not(n) => values(&n.value, see),
        PrimExpr::Select(s) => {
            [&s.condition, &s.true_value, &s.false_value].into_iter().for_each(|e| values(e, see))
        }
        PrimExpr::Call(call) => call.args.iter().for_each(|e| values(e, see)),
        other => see(other.dtype()),
    }
}

/// A strip of a vector loop.
struct Strip {
    var: Var,
    first: PrimExpr,
    lanes: u32,
    /// Bindings that have become vectors.
    vectors: FxHashMap<VarId, Var>,
    analyzer: Analyzer,
}

impl Strip {
    fn varies(&self, expr: &PrimExpr) -> bool {
        any_expr(
            expr,
            |e| matches!(e, PrimExpr::Var(v) if *v == self.var || self.vectors.contains_key(&v.id)),
        )
    }

    fn stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Seq(s) => {
                let stmts: Option<Vec<Stmt>> = s.stmts.iter().map(|s| self.stmt(s)).collect();
                Some(Stmt::seq(stmts?))
            }
            Stmt::Store(s) => self.store(s),
            Stmt::Bind(b) if b.var.dtype.is_scalar() && !b.var.dtype.is_handle() => {
                if !self.varies(&b.value) {
                    return Some(stmt.clone());
                }
                let value = self.value(&b.value)?;
                let var = Var::new(b.var.name, value.dtype());
                self.vectors.insert(b.var.id, var);
                let bind = Bind { var, pointer: None, value, span: b.span };
                Some(Stmt::Bind(Arc::new(bind)))
            }
            Stmt::For(l) if l.kind.is_ordered() => {
                let step = l.step.iter();
                if [&l.min, &l.extent].into_iter().chain(step).any(|e| self.varies(e)) {
                    return None;
                }
                self.analyzer
                    .bind(l.loop_var, &Range { min: l.min.clone(), extent: l.extent.clone() });
                Some(Stmt::For(Arc::new(For {
                    loop_var: l.loop_var,
                    min: l.min.clone(),
                    extent: l.extent.clone(),
                    step: l.step.clone(),
                    kind: l.kind,
                    thread_tag: None,
                    body: self.stmt(&l.body)?,
                    annotations: l.annotations.clone(),
                    span: l.span,
                })))
            }
            Stmt::If(branch) if !self.varies(&branch.condition) => {
                let else_case = match &branch.else_case {
                    Some(case) => Some(self.stmt(case)?),
                    None => None,
                };
                Some(Stmt::If(Arc::new(IfThenElse {
                    condition: branch.condition.clone(),
                    then_case: self.stmt(&branch.then_case)?,
                    else_case,
                    span: branch.span,
                })))
            }
            Stmt::Attr(a) => Some(Stmt::Attr(Arc::new(AttrStmt {
                node: a.node.clone(),
                key: a.key,
                value: a.value.clone(),
                body: self.stmt(&a.body)?,
                span: a.span,
            }))),
            Stmt::Bind(_)
            | Stmt::For(_)
            | Stmt::If(_)
            | Stmt::While(_)
            | Stmt::Block(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => None,
        }
    }

    fn store(&mut self, s: &BufferStore) -> Option<Stmt> {
        let [at] = &*s.indices else { return None };
        let dtype = s.buffer.dtype;
        if s.predicate.is_some() || !dtype.is_scalar() || !is_element(dtype) {
            return None;
        }
        let (index, stride) = self.ramp(at)?;
        if stride != 1 {
            return None;
        }
        let value = self.value(&s.value)?;
        Some(Stmt::Store(Arc::new(BufferStore {
            buffer: s.buffer.clone(),
            value,
            indices: [index].into(),
            predicate: None,
            span: s.span,
        })))
    }

    /// An index as a vector with a constant distance of lanes.
    fn ramp(&self, at: &PrimExpr) -> Option<(PrimExpr, i128)> {
        if any_expr(at, |e| matches!(e, PrimExpr::Load(_) | PrimExpr::Call(_)) && self.varies(e)) {
            return None;
        }
        let stride = coefficient(at, self.var, &self.vectors).or_else(|| {
            let simple = self.analyzer.simplify(at);
            coefficient(&simple, self.var, &self.vectors)
        })?;
        let first = substitute_var(at, self.var, self.first.clone());
        let base = self.analyzer.simplify(&first);
        let stride_literal = PrimExpr::int(i64::try_from(stride).ok()?, base.dtype());
        let dtype = base.dtype().with_lanes(self.lanes);
        let ramp = Ramp { base, stride: stride_literal, dtype, span: Span::NONE };
        Some((PrimExpr::Ramp(Arc::new(ramp)), stride))
    }

    /// A value with as many lanes as the strip; `None` if it has no vector form.
    fn value(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let dtype = expr.dtype();
        if !dtype.is_scalar() || !(is_element(dtype) || dtype.is_bool()) {
            return None;
        }
        if !self.varies(expr) {
            return Some(self.splat(expr.clone()));
        }
        let vector = dtype.with_lanes(self.lanes);
        match expr {
            PrimExpr::Var(var) => match self.vectors.get(&var.id) {
                Some(vector) => Some((*vector).into()),
                None => self.ramp(expr).map(|(ramp, _)| ramp),
            },
            PrimExpr::Cast(c) => {
                let value = self.value(&c.value)?;
                (has_vector_cast(c.value.dtype(), dtype))
                    .then(|| PrimExpr::cast(vector, value, c.span))
            }
            PrimExpr::Binary(b) => {
                if !has_vector_form(b.op, b.lhs.dtype()) {
                    return None;
                }
                let (x, y) = (self.value(&b.lhs)?, self.value(&b.rhs)?);
                Some(PrimExpr::binary(b.op, x, y, b.span))
            }
            PrimExpr::Select(s) => {
                let select = Select {
                    condition: self.condition(&s.condition, dtype)?,
                    true_value: self.value(&s.true_value)?,
                    false_value: self.value(&s.false_value)?,
                    span: s.span,
                };
                Some(PrimExpr::Select(Arc::new(select)))
            }
            PrimExpr::Load(load) => {
                let [at] = &*load.indices else { return None };
                if load.predicate.is_some() || !is_element(load.buffer.dtype) {
                    return None;
                }
                let (index, stride) = self.ramp(at)?;
                if stride != 1 {
                    return None;
                }
                Some(PrimExpr::Load(Arc::new(BufferLoad {
                    buffer: load.buffer.clone(),
                    indices: [index].into(),
                    predicate: None,
                    span: load.span,
                })))
            }
            PrimExpr::Call(call) => {
                let same = call.args.iter().all(|a| a.dtype().bits() == dtype.bits());
                if !same || !has_vector_call(call.op, dtype) {
                    return None;
                }
                let args: Option<Vec<PrimExpr>> = call.args.iter().map(|a| self.value(a)).collect();
                Some(PrimExpr::call(call.op, args?, vector, call.span))
            }
            PrimExpr::Int { .. }
            | PrimExpr::Float { .. }
            | PrimExpr::Str(_)
            | PrimExpr::Not(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Broadcast(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::CallFunc(_) => None,
        }
    }

    /// A comparison of values as wide as those it chooses between.
    fn condition(&mut self, condition: &PrimExpr, dtype: DType) -> Option<PrimExpr> {
        match condition {
            PrimExpr::Binary(b) if b.op.is_comparison() && b.lhs.dtype().bits() == dtype.bits() => {
                let is_value = is_element(b.lhs.dtype()) && has_vector_form(b.op, b.lhs.dtype());
                if !is_value {
                    return None;
                }
                let (x, y) = (self.value(&b.lhs)?, self.value(&b.rhs)?);
                Some(PrimExpr::binary(b.op, x, y, b.span))
            }
            _ => None,
        }
    }

    fn splat(&self, value: PrimExpr) -> PrimExpr {
        let dtype = value.dtype().with_lanes(self.lanes);
        PrimExpr::Broadcast(Arc::new(Broadcast { value, dtype, span: Span::NONE }))
    }
}

/// Types of elements that vectors are made of.
pub(super) fn is_element(dtype: DType) -> bool {
    dtype.is_integer() || dtype == DType::FLOAT32 || dtype == DType::FLOAT64
}

/// Conversions that a vector does as C does them, lane by lane.
fn has_vector_cast(from: DType, to: DType) -> bool {
    is_element(from) && is_element(to) && (to.is_float() || from.is_integer())
}

/// Operators that exist for vectors of `dtype`.
fn has_vector_form(op: BinOp, dtype: DType) -> bool {
    if !is_element(dtype) {
        return false;
    }
    match op {
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Min | BinOp::Max => true,
        BinOp::Div => dtype.is_float(),
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => true,
        BinOp::Mod | BinOp::FloorDiv | BinOp::FloorMod | BinOp::And | BinOp::Or => false,
    }
}

/// Calls that exist for vectors of `dtype`.
fn has_vector_call(op: Op, dtype: DType) -> bool {
    match op {
        Op::Fma | Op::Sqrt | Op::Rsqrt | Op::Fabs | Op::Floor | Op::Ceil | Op::Trunc => {
            dtype.is_float()
        }
        Op::Round | Op::Nearbyint => dtype.is_float(),
        Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor | Op::BitwiseNot => dtype.is_integer(),
        Op::ShiftLeft | Op::ShiftRight => dtype.is_integer(),
        Op::Reinterpret => true,
        _ => false,
    }
}

/// By how much `expr` grows with `var`, if that is constant. Arithmetic of indices is exact in
/// valid programs.
fn coefficient(expr: &PrimExpr, var: Var, vectors: &FxHashMap<VarId, Var>) -> Option<i128> {
    let of = |e: &PrimExpr| coefficient(e, var, vectors);
    match expr {
        PrimExpr::Var(v) if *v == var => Some(1),
        PrimExpr::Var(v) => (!vectors.contains_key(&v.id)).then_some(0),
        PrimExpr::Cast(c) if keeps_value(c.value.dtype(), c.dtype) => of(&c.value),
        PrimExpr::Binary(b) => match b.op {
            BinOp::Add => of(&b.lhs)?.checked_add(of(&b.rhs)?),
            BinOp::Sub => of(&b.lhs)?.checked_sub(of(&b.rhs)?),
            BinOp::Mul => match (b.lhs.as_int(), b.rhs.as_int()) {
                (_, Some(c)) => of(&b.lhs)?.checked_mul(c),
                (Some(c), _) => of(&b.rhs)?.checked_mul(c),
                _ => constant(expr, var, vectors),
            },
            _ => constant(expr, var, vectors),
        },
        _ => constant(expr, var, vectors),
    }
}

/// True for casts of signed integers to at least as wide ones.
fn keeps_value(from: DType, to: DType) -> bool {
    from.is_int() && to.is_int() && from.bits() <= to.bits()
}

/// 0 if `expr` does not depend on the strip.
fn constant(expr: &PrimExpr, var: Var, vectors: &FxHashMap<VarId, Var>) -> Option<i128> {
    let mut varies = false;
    for_each_expr(expr, |e| {
        varies |= matches!(e, PrimExpr::Var(v) if *v == var || vectors.contains_key(&v.id));
    });
    (!varies).then_some(0)
}
