//! Vectors become loops over their lanes.
//!
//! ```text
//! B[T.Ramp(i, 1, 4)] = A[T.Ramp(i, 1, 4)] * T.Broadcast(x, 4)
//! ```
//! becomes
//! ```text
//! for lane in T.vectorized(4):
//!     B[i + lane] = A[i + lane] * x
//! ```
//! The whole right side counts before the store: where a lane may read what another one writes,
//! the values wait in an array (SEMANTICS V2). Lanes that a constant has to pick (`T.Shuffle`) are
//! written out one by one, unless the machine's registers hold the vectors: then it has an
//! instruction for it.

use crate::pass::target::vector_bytes;
use crate::pass::{index, vectorize_loop};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tirade_ir::buffer::BufferNode;
use tirade_ir::expr::{BufferLoad, Call, CallFunc, Select};
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{AllocBuffer, AllocOrigin, BufferStore, DeclBuffer, IfThenElse};
use tirade_ir::visit::any_expr;
use tirade_ir::{
    Attrs, BinOp, Buffer, CallArg, DType, For, ForKind, Op, PrimExpr, PrimFunc, Span, Stmt, Var,
    VarId,
};

/// Replaces vectors by loops. Accesses have to be flat and lets lowered before.
pub fn lower_vector(func: &PrimFunc) -> PrimFunc {
    let register_bytes = vector_bytes(func).unwrap_or(0);
    func.rewrite_or_clone(&mut Lower { register_bytes, ..Lower::default() })
}

#[derive(Default)]
struct Lower {
    /// Arrays that hold the lanes of vector variables.
    vars: FxHashMap<VarId, Buffer>,
    /// Statements to come before the one at hand.
    pre: Vec<Stmt>,
    /// How many bytes a vector register has; 0 if there is none.
    register_bytes: u32,
}

impl Rewriter for Lower {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::Store(s) if shuffles_registers(s, self.register_bytes) => None,
            Stmt::Store(s) if !s.indices.iter().all(|i| i.dtype().is_scalar()) => {
                Some(self.store(s))
            }
            Stmt::Bind(b) if !b.var.dtype.is_scalar() && !b.var.dtype.is_handle() => {
                let array = self.array(b.var.name.as_str(), &b.value, b.span);
                self.vars.insert(b.var.id, array);
                Some(Stmt::seq(std::mem::take(&mut self.pre)))
            }
            Stmt::Seq(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Block(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Attr(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => walk_rewrite_stmt(self, stmt),
            Stmt::Store(_)
            | Stmt::Bind(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_) => {
                let new = walk_rewrite_stmt(self, stmt);
                if self.pre.is_empty() {
                    return new;
                }
                let pre = std::mem::take(&mut self.pre);
                Some(Stmt::seq(pre.into_iter().chain([new.unwrap_or_else(|| stmt.clone())])))
            }
        }
    }

    /// Single lanes of vectors inside scalar expressions.
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let is_pick = match expr {
            PrimExpr::Shuffle(s) => s.dtype.is_scalar(),
            PrimExpr::Call(c) if c.dtype.is_scalar() => {
                c.args.iter().any(|a| !a.dtype().is_scalar())
            }
            _ => false,
        };
        if is_pick {
            return Some(self.lane(expr, &PrimExpr::i32(0)));
        }
        tirade_ir::rewrite::walk_rewrite_expr(self, expr)
    }
}

impl Lower {
    /// A vector store as a loop of scalar ones.
    fn store(&mut self, s: &BufferStore) -> Stmt {
        let data = s.buffer.data;
        // A lane may read what the same lane overwrites, unless a shuffle moves lanes.
        let reads_itself = |e: &PrimExpr| {
            let moves = any_expr(e, needs_constant_lane);
            any_expr(e, |e| match e {
                PrimExpr::Load(l) => l.buffer.data == data && (moves || l.indices != s.indices),
                _ => false,
            })
        };
        let index = s.indices.last().expect("a vector index");
        let lanes = index.dtype().lanes();
        // An index that is read from the memory it stores to is fixed before the first store.
        let fixed = any_expr(index, |e| matches!(e, PrimExpr::Load(l) if l.buffer.data == data));
        let index_array = fixed.then(|| self.array("at", index, s.span));
        let value_array =
            (fixed || reads_itself(&s.value) || s.predicate.as_ref().is_some_and(reads_itself))
                .then(|| self.array("value", &s.value, s.span));
        let stmt = self.for_each_lane(lanes, s, |this, lane| {
            let at = match &index_array {
                Some(array) => load_lane(array, lane),
                None => this.lane(index, lane),
            };
            let value = match &value_array {
                Some(array) => load_lane(array, lane),
                None => this.lane(&s.value, lane),
            };
            let store = BufferStore {
                buffer: s.buffer.clone(),
                value,
                indices: [at].into(),
                predicate: None,
                span: s.span,
            };
            let store = Stmt::Store(Arc::new(store));
            match &s.predicate {
                None => store,
                Some(predicate) => Stmt::If(Arc::new(IfThenElse {
                    condition: this.lane(predicate, lane),
                    then_case: store,
                    else_case: None,
                    span: s.span,
                })),
            }
        });
        let pre = std::mem::take(&mut self.pre);
        Stmt::seq(pre.into_iter().chain([stmt]))
    }

    /// `body` for every lane: as a loop, or one by one where a shuffle needs constants.
    fn for_each_lane(
        &mut self,
        lanes: u32,
        s: &BufferStore,
        mut body: impl FnMut(&mut Lower, &PrimExpr) -> Stmt,
    ) -> Stmt {
        let picks = |e: &PrimExpr| any_expr(e, needs_constant_lane);
        let one_by_one = picks(&s.value)
            || s.indices.iter().any(picks)
            || s.predicate.as_ref().is_some_and(picks);
        lanes_loop(lanes, one_by_one, s.span, |lane| body(self, lane))
    }

    /// An array with the lanes of `value`, filled in `pre`.
    fn array(&mut self, name: &str, value: &PrimExpr, span: Span) -> Buffer {
        let dtype = value.dtype();
        let array = Buffer::new(name, [PrimExpr::i32(dtype.lanes() as i32)], dtype.element());
        let alloc = AllocBuffer {
            buffer: array.clone(),
            annotations: Attrs::new(),
            constant: None,
            origin: AllocOrigin::AllocBuffer,
            span,
        };
        let one_by_one = any_expr(value, needs_constant_lane);
        let fill = lanes_loop(dtype.lanes(), one_by_one, span, |lane| {
            let value = self.lane(value, lane);
            let indices = [lane.clone()].into();
            let buffer = array.clone();
            Stmt::Store(Arc::new(BufferStore { buffer, value, indices, predicate: None, span }))
        });
        self.pre.push(Stmt::AllocBuffer(Arc::new(alloc)));
        self.pre.push(fill);
        array
    }

    /// One lane of a vector; a scalar is each of its lanes.
    fn lane(&mut self, expr: &PrimExpr, lane: &PrimExpr) -> PrimExpr {
        match expr {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_) => expr.clone(),
            PrimExpr::Var(v) => match self.vars.get(&v.id) {
                Some(array) => load_lane(array, lane),
                None => expr.clone(),
            },
            PrimExpr::Cast(c) => {
                PrimExpr::cast(c.dtype.element(), self.lane(&c.value, lane), c.span)
            }
            PrimExpr::Binary(b) => {
                let (x, y) = (self.lane(&b.lhs, lane), self.lane(&b.rhs, lane));
                PrimExpr::binary(b.op, x, y, b.span)
            }
            PrimExpr::Not(n) => PrimExpr::logical_not(self.lane(&n.value, lane), n.span),
            PrimExpr::Select(s) => PrimExpr::Select(Arc::new(Select {
                condition: self.lane(&s.condition, lane),
                true_value: self.lane(&s.true_value, lane),
                false_value: self.lane(&s.false_value, lane),
                span: s.span,
            })),
            PrimExpr::Load(load) => self.load_lane(load, lane),
            PrimExpr::Ramp(r) => {
                let (base, stride) = (self.lane(&r.base, lane), self.lane(&r.stride, lane));
                let dtype = base.dtype();
                let lane = index::cast(dtype, lane.clone());
                if stride.is_int(1) {
                    return index::cast(dtype, index::add(base, lane));
                }
                let steps = match lane.as_int() {
                    Some(_) => index::cast(dtype, index::mul(lane, stride)),
                    None => PrimExpr::binary(BinOp::Mul, lane, stride, r.span),
                };
                index::cast(dtype, index::add(base, steps))
            }
            PrimExpr::Broadcast(b) => self.lane(&b.value, lane),
            PrimExpr::Shuffle(s) => {
                let at = lane.as_int().unwrap_or(0) as usize;
                let mut from = s.indices.get(at).and_then(PrimExpr::as_int).unwrap_or(0);
                for vector in &s.vectors {
                    let lanes = i128::from(vector.dtype().lanes());
                    if from < lanes {
                        return self.lane(vector, &PrimExpr::i32(from as i32));
                    }
                    from -= lanes;
                }
                expr.clone()
            }
            PrimExpr::Let(_) => expr.clone(),
            PrimExpr::Call(call) => self.call_lane(call, lane),
            PrimExpr::CallFunc(call) => {
                let arg = |this: &mut Lower, arg: &CallArg| match arg {
                    CallArg::Expr(e) => CallArg::Expr(this.lane(e, lane)),
                    other => other.clone(),
                };
                let args = call.args.iter().map(|a| arg(self, a)).collect();
                let (callee, dtype) = (call.callee.clone(), call.dtype.element());
                PrimExpr::CallFunc(Arc::new(CallFunc { callee, args, dtype, span: call.span }))
            }
        }
    }

    fn load_lane(&mut self, load: &BufferLoad, lane: &PrimExpr) -> PrimExpr {
        if load.dtype().is_scalar() {
            return PrimExpr::Load(Arc::new(BufferLoad {
                buffer: load.buffer.clone(),
                indices: load.indices.clone(),
                predicate: load.predicate.clone(),
                span: load.span,
            }));
        }
        let indices: Vec<PrimExpr> = load.indices.iter().map(|i| self.lane(i, lane)).collect();
        let value = PrimExpr::load(load.buffer.clone(), indices, load.span);
        let Some(predicate) = &load.predicate else { return value };
        let enabled = self.lane(predicate, lane);
        let dtype = value.dtype();
        let nothing = match dtype.is_float() {
            true => PrimExpr::float(0.0, dtype),
            false => PrimExpr::int(0, dtype),
        };
        PrimExpr::call(Op::IfThenElse, [enabled, value, nothing], dtype, load.span)
    }

    fn call_lane(&mut self, call: &Call, lane: &PrimExpr) -> PrimExpr {
        let lanes_of = |e: &PrimExpr| e.dtype().lanes();
        let shifted = |by: u32| index::add(lane.clone(), PrimExpr::i32(by as i32));
        match call.op {
            Op::VectorLow => self.lane(&call.args[0], lane),
            Op::VectorHigh => self.lane(&call.args[0], &shifted(call.dtype.lanes())),
            Op::VectorCombine => {
                let half = lanes_of(&call.args[0]);
                match lane.as_int() {
                    Some(at) if at >= half.into() => {
                        self.lane(&call.args[1], &PrimExpr::i32(at as i32 - half as i32))
                    }
                    _ => self.lane(&call.args[0], lane),
                }
            }
            Op::Reinterpret if lanes_of(&call.args[0]) != call.dtype.lanes() => {
                let array = self.array("bits", &call.args[0], call.span);
                let view = Buffer::from_node(BufferNode {
                    data: array.data,
                    ..BufferNode::new(
                        "view",
                        [PrimExpr::i32(call.dtype.lanes() as i32)],
                        call.dtype.element(),
                    )
                });
                let decl = DeclBuffer { buffer: view.clone(), span: call.span };
                self.pre.push(Stmt::DeclBuffer(Arc::new(decl)));
                load_lane(&view, lane)
            }
            _ => {
                let args: Vec<PrimExpr> = call.args.iter().map(|a| self.lane(a, lane)).collect();
                PrimExpr::call(call.op, args, call.dtype.element(), call.span)
            }
        }
    }
}

/// True for a store of lanes that a shuffle picks from one or two vectors, all of them contiguous in
/// memory and as large as each other, at most as large as a register.
fn shuffles_registers(s: &BufferStore, register_bytes: u32) -> bool {
    let PrimExpr::Shuffle(shuffle) = &s.value else { return false };
    let element = shuffle.dtype.element();
    let is_register = |dtype: DType| {
        dtype == shuffle.dtype
            && dtype.lanes().is_power_of_two()
            && dtype.lanes() * element.bits() / 8 <= register_bytes
    };
    let is_contiguous = |buffer: &Buffer, indices: &[PrimExpr]| {
        let [PrimExpr::Ramp(ramp)] = indices else { return false };
        buffer.dtype == element
            && ramp.stride.is_int(1)
            && !any_expr(&ramp.base, |e| !e.dtype().is_scalar() || needs_constant_lane(e))
    };
    let is_loaded = |vector: &PrimExpr| match vector {
        PrimExpr::Load(load) => {
            load.predicate.is_none()
                && is_register(load.dtype())
                && is_contiguous(&load.buffer, &load.indices)
        }
        _ => false,
    };
    vectorize_loop::is_element(element)
        && s.predicate.is_none()
        && is_register(shuffle.dtype)
        && is_contiguous(&s.buffer, &s.indices)
        && shuffle.vectors.len() <= 2
        && shuffle.vectors.iter().all(is_loaded)
}

/// Ops whose lanes are not those of their arguments in the same place.
fn needs_constant_lane(expr: &PrimExpr) -> bool {
    match expr {
        PrimExpr::Shuffle(_) => true,
        PrimExpr::Call(call) => call.op == Op::VectorCombine,
        _ => false,
    }
}

fn load_lane(array: &Buffer, lane: &PrimExpr) -> PrimExpr {
    PrimExpr::load(array.clone(), [lane.clone()], Span::NONE)
}

/// A loop over lanes, or its iterations one after the other.
fn lanes_loop(
    lanes: u32,
    one_by_one: bool,
    span: Span,
    mut body: impl FnMut(&PrimExpr) -> Stmt,
) -> Stmt {
    if one_by_one {
        return Stmt::seq((0..lanes).map(|l| body(&PrimExpr::i32(l as i32))));
    }
    let loop_var = Var::new("lane", DType::INT32);
    let body = body(&loop_var.into());
    Stmt::For(Arc::new(For {
        loop_var,
        min: PrimExpr::i32(0),
        extent: PrimExpr::i32(lanes as i32),
        step: None,
        kind: ForKind::Vectorized,
        thread_tag: None,
        body,
        annotations: Attrs::new(),
        span,
    }))
}
