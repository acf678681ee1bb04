//! Expressions.

use super::func::FuncResolver;
use crate::kernel;
use crate::tree::{
    AllReduce, Assume, Atomic, Binary, Call, CallArg, Choice, Expr, Index, Let, Load, Logic, Nary,
    OpName, Ramp, Shuffle, Target, Unary, Widen,
};
use tirade_ir::op::{TypeRule, extern_op};
use tirade_ir::{BinOp, CallArg as IrCallArg, Callee, DType, Op, PrimExpr, Scalar, Span, VarId};

impl FuncResolver<'_, '_> {
    /// A scalar expression; `outer` is the span of what it is part of.
    pub(super) fn scalar(&mut self, e: &PrimExpr, outer: Span) -> Expr {
        if !e.dtype().is_scalar() {
            let dtype = e.dtype();
            self.cannot_run(e.span().or(outer), format!("a `{dtype}` in the place of a scalar"));
            return Expr::Const(0);
        }
        self.expr(e, outer)
    }

    /// An expression that is used as an index or size.
    pub(super) fn index(&mut self, e: &PrimExpr, outer: Span) -> Index {
        let dtype = e.dtype();
        if !dtype.element().is_integer() && !dtype.element().is_bool() {
            self.cannot_run(e.span().or(outer), format!("the index of type `{dtype}`"));
        }
        Index { expr: self.expr(e, outer), widen: Widen::of(dtype) }
    }

    /// An expression.
    pub(super) fn expr(&mut self, e: &PrimExpr, outer: Span) -> Expr {
        let span = e.span().or(outer);
        let dtype = e.dtype();
        if dtype.is_scalable() {
            self.cannot_run(span, format!("the scalable vector type `{dtype}`"));
            return Expr::Const(0);
        }
        match e {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } => match Scalar::from_literal(e) {
                Some(value) => Expr::Const(value.bits()),
                None => self.not_run(span, format!("a literal of type `{dtype}`")),
            },
            PrimExpr::Var(var) => match self.target(*var) {
                Some(Target::Scalar(slot)) => Expr::Scalar(slot),
                Some(Target::Vector(slot, _)) => Expr::Vector(slot),
                None => {
                    self.not_run(span, format!("the variable `{}`, which has no value,", var.name))
                }
            },
            PrimExpr::Str(_) => self.not_run(span, "a string as a value".into()),
            PrimExpr::Cast(c) => self.cast(&c.value, c.dtype, span),
            PrimExpr::Binary(b) if b.op.is_logical() => {
                let lhs = self.expr(&b.lhs, span);
                let rhs = self.expr(&b.rhs, span);
                Expr::Logic(Box::new(Logic { decided_by: b.op == BinOp::Or, lhs, rhs }))
            }
            PrimExpr::Binary(b) => match kernel::infix(b.op, b.lhs.dtype()) {
                Some(kernel) => {
                    let lhs = self.expr(&b.lhs, span);
                    let rhs = self.expr(&b.rhs, span);
                    let dtype = b.lhs.dtype().element();
                    let name = OpName::Infix(b.op);
                    Expr::Binary(Box::new(Binary { kernel, name, lhs, rhs, dtype, span }))
                }
                None => self.not_run(span, format!("`{:?}` on `{}`", b.op, b.lhs.dtype())),
            },
            PrimExpr::Not(n) => {
                let arg = self.expr(&n.value, span);
                let kernel = kernel::not_kernel();
                Expr::Unary(Box::new(Unary {
                    kernel,
                    arg,
                    arg_dtype: dtype,
                    dtype,
                    is_cast: false,
                    span,
                }))
            }
            PrimExpr::Select(s) => Expr::Select(Box::new(Choice {
                condition: self.expr(&s.condition, span),
                by_lane: !s.condition.dtype().is_scalar(),
                then: self.expr(&s.true_value, span),
                otherwise: self.expr(&s.false_value, span),
            })),
            PrimExpr::Load(l) => {
                let predicate = l.predicate.as_ref().map(|p| self.expr(p, span));
                let access = self.access(&l.buffer, &l.indices, span, false);
                let is_bool = l.buffer.dtype.is_bool();
                Expr::Load(Box::new(Load { access, predicate, is_bool, is_echo: false }))
            }
            PrimExpr::Ramp(r) => self.ramp(&r.base, &r.stride, span),
            PrimExpr::Broadcast(b) => Expr::Broadcast(Box::new(self.scalar(&b.value, span))),
            PrimExpr::Shuffle(s) => self.shuffle(&s.vectors, &s.indices, span),
            PrimExpr::Let(l) => {
                if l.var.dtype.is_handle() {
                    return self
                        .not_run(span, "a pointer with a name inside of an expression".into());
                }
                let value = self.expr(&l.value, span);
                let target = self.define(l.var);
                let body = self.expr(&l.body, span);
                Expr::Let(Box::new(Let { target, value, body }))
            }
            PrimExpr::Call(c) => self.call_op(c.op, &c.args, c.dtype, span),
            PrimExpr::CallFunc(c) => self.call_func(&c.callee, &c.args, c.dtype, span),
        }
    }

    /// Files that something cannot be run; the value stands in until the errors are given.
    fn not_run(&mut self, span: Span, what: String) -> Expr {
        self.cannot_run(span, what);
        Expr::Const(0)
    }

    fn cast(&mut self, value: &PrimExpr, dtype: DType, span: Span) -> Expr {
        let from = value.dtype();
        if from == dtype {
            return self.expr(value, span);
        }
        match kernel::cast_kernel(from, dtype) {
            Some(kernel) => {
                let arg = self.expr(value, span);
                let unary = Unary { kernel, arg, arg_dtype: from, dtype, is_cast: true, span };
                Expr::Unary(Box::new(unary))
            }
            None => self.not_run(span, format!("a cast from `{from}` to `{dtype}`")),
        }
    }

    fn ramp(&mut self, base: &PrimExpr, stride: &PrimExpr, span: Span) -> Expr {
        let dtype = base.dtype();
        let kernels = (kernel::infix(BinOp::Add, dtype), kernel::infix(BinOp::Mul, dtype));
        let (Some(add), Some(mul)) = kernels else {
            return self.not_run(span, format!("a ramp of `{dtype}`"));
        };
        let base = self.scalar(base, span);
        let stride = self.scalar(stride, span);
        Expr::Ramp(Box::new(Ramp { base, stride, add, mul, dtype, span }))
    }

    fn shuffle(&mut self, vectors: &[PrimExpr], indices: &[PrimExpr], span: Span) -> Expr {
        let total: u32 = vectors.iter().map(|v| v.dtype().lanes()).sum();
        let vectors = vectors.iter().map(|v| (self.expr(v, span), v.dtype().lanes())).collect();
        let picks: Option<Box<[usize]>> = indices
            .iter()
            .map(|i| usize::try_from(i.as_int()?).ok().filter(|i| *i < total as usize))
            .collect();
        match picks {
            Some(indices) => Expr::Shuffle(Box::new(Shuffle { vectors, indices })),
            None => self.not_run(span, "a shuffle with indices that are not lanes".into()),
        }
    }

    fn call_op(&mut self, op: Op, args: &[PrimExpr], dtype: DType, span: Span) -> Expr {
        match (op, args) {
            (Op::IfThenElse, [condition, then, otherwise]) => Expr::IfThenElse(Box::new(Choice {
                condition: self.scalar(condition, span),
                by_lane: false,
                then: self.expr(then, span),
                otherwise: self.expr(otherwise, span),
            })),
            (Op::Likely | Op::IgnoreLoopPartition, [value]) => self.expr(value, span),
            (Op::Assume, [condition]) => {
                let condition = self.scalar(condition, span);
                Expr::Assume(Box::new(Assume { condition, span }))
            }
            (Op::IsNullptr, [pointer]) => Expr::IsNull(Box::new(self.place(pointer, span))),
            (Op::VectorLow, [vector]) => self.half(vector, 0, span),
            (Op::VectorHigh, [vector]) => self.half(vector, vector.dtype().lanes() / 2, span),
            (Op::VectorCombine, [low, high]) => {
                let lanes = low.dtype().lanes() + high.dtype().lanes();
                let vectors = [low, high].map(|v| (self.expr(v, span), v.dtype().lanes()));
                let indices = (0..lanes as usize).collect();
                Expr::Shuffle(Box::new(Shuffle { vectors: vectors.into(), indices }))
            }
            (Op::StorageSync, _) => Expr::StorageSync(span),
            (Op::ThreadAllreduce, _) => self.all_reduce(args, span),
            (Op::Undef, _) => self.not_run(span, "`T.undef()` outside of a store".into()),
            (Op::AddressOf, _) => self.not_run(span, "an address as a number".into()),
            (_, [place, value]) if is_update(op) => self.update(op, place, value, span),
            _ => self.kernel_op(op, args, dtype, span),
        }
    }

    fn half(&mut self, vector: &PrimExpr, from: u32, span: Span) -> Expr {
        let lanes = vector.dtype().lanes();
        let vectors = Box::new([(self.expr(vector, span), lanes)]);
        let indices = (from as usize..(from + lanes / 2) as usize).collect();
        Expr::Shuffle(Box::new(Shuffle { vectors, indices }))
    }

    /// An op that computes its value lane by lane with a kernel.
    fn kernel_op(&mut self, op: Op, args: &[PrimExpr], dtype: DType, span: Span) -> Expr {
        let dtypes: Vec<DType> = args.iter().map(PrimExpr::dtype).collect();
        let lanes = dtype.lanes();
        let resolved = match args {
            [arg] => kernel::unary_op(op, dtypes[0], dtype).map(|kernel| {
                let arg = self.lane_arg(arg, lanes, span);
                let (arg_dtype, dtype) = (dtypes[0].element(), dtype.element());
                let is_cast = false;
                Expr::Unary(Box::new(Unary { kernel, arg, arg_dtype, dtype, is_cast, span }))
            }),
            [lhs, rhs] => kernel::binary_op(op, [dtypes[0], dtypes[1]], dtype).map(|kernel| {
                let lhs = self.lane_arg(lhs, lanes, span);
                let rhs = self.lane_arg(rhs, lanes, span);
                let (name, dtype) = (OpName::Op(op), dtypes[0].element());
                Expr::Binary(Box::new(Binary { kernel, name, lhs, rhs, dtype, span }))
            }),
            _ => kernel::nary_op(op, &dtypes, dtype).map(|kernel| {
                let args = args.iter().map(|arg| self.lane_arg(arg, lanes, span)).collect();
                Expr::Nary(Box::new(Nary { kernel, args, span }))
            }),
        };
        resolved.unwrap_or_else(|| {
            let types: Vec<_> = dtypes.iter().map(DType::to_string).collect();
            self.not_run(span, format!("`{op}` on `{}`", types.join("`, `")))
        })
    }

    /// An argument of an op with `lanes` lanes; scalars go with every lane.
    fn lane_arg(&mut self, arg: &PrimExpr, lanes: u32, span: Span) -> Expr {
        let value = self.expr(arg, span);
        if lanes > 1 && arg.dtype().is_scalar() { Expr::Broadcast(Box::new(value)) } else { value }
    }

    fn update(&mut self, op: Op, place: &PrimExpr, value: &PrimExpr, span: Span) -> Expr {
        let PrimExpr::Load(load) = place else {
            return self.not_run(span, format!("`{op}` on something that is no element"));
        };
        let dtype = load.buffer.dtype;
        let kernel = match op {
            Op::AtomicAdd => kernel::infix(BinOp::Add, dtype),
            Op::AtomicMin => kernel::infix(BinOp::Min, dtype),
            Op::AtomicMax => kernel::infix(BinOp::Max, dtype),
            _ => kernel::binary_op(op, [dtype, dtype], dtype),
        };
        let Some(kernel) = kernel.filter(|_| dtype.is_scalar()) else {
            return self.not_run(span, format!("`{op}` on `{dtype}`"));
        };
        let access = self.access(&load.buffer, &load.indices, load.span.or(span), true);
        let value = self.scalar(value, span);
        let name = OpName::Op(op);
        Expr::Atomic(Box::new(Atomic { access, dtype, kernel, name, value, span }))
    }

    /// `tvm_thread_allreduce(n, values…, condition, results…, thread variables…)`.
    fn all_reduce(&mut self, args: &[PrimExpr], span: Span) -> Expr {
        let n = args.first().and_then(PrimExpr::as_int).unwrap_or(0) as usize;
        let shape = "a reduction over threads of this form".to_string();
        let Some(reducer) = self.resolve_reducer(span).filter(|r| r.result.len() == n) else {
            return self.not_run(span, format!("{shape}, without a `reduce_scope`,"));
        };
        if args.len() < 2 * n + 2 {
            return self.not_run(span, shape);
        }
        let values = args[1..=n].iter().map(|e| self.scalar(e, span)).collect();
        let condition = self.scalar(&args[n + 1], span);
        let mut results = Vec::new();
        for e in &args[n + 2..2 * n + 2] {
            match e {
                PrimExpr::Load(load) => {
                    results.push(self.access(&load.buffer, &load.indices, load.span, true));
                }
                _ => return self.not_run(span, shape),
            }
        }
        let reduced: Vec<VarId> =
            args[2 * n + 2..].iter().filter_map(PrimExpr::as_var).map(|v| v.id).collect();
        let kept = self.thread_vars.iter().filter(|(var, _)| !reduced.contains(&var.id));
        let kept = kept.map(|(_, slot)| *slot).collect();
        let results = results.into();
        Expr::AllReduce(Box::new(AllReduce { reducer, values, condition, results, kept }))
    }

    fn call_func(&mut self, callee: &Callee, args: &[IrCallArg], dtype: DType, span: Span) -> Expr {
        match callee {
            Callee::Global(name) => self.call_global(*name, args, span),
            Callee::Extern { name, .. } => self.call_extern(name.as_str(), args, dtype, span),
            Callee::Packed(name) => self.not_run(span, format!("the runtime call `T.{name}`")),
            Callee::Opaque(name) => self.not_run(span, format!("the intrinsic `T.{name}`")),
        }
    }

    fn call_global(&mut self, name: tirade_ir::Symbol, args: &[IrCallArg], span: Span) -> Expr {
        let Some(callee) = self.r.module.get(name).cloned() else {
            return self
                .not_run(span, format!("the call of `{name}`, which is not in the module,"));
        };
        if callee.params.len() != args.len() {
            let (want, got) = (callee.params.len(), args.len());
            let what = format!("a call of `{name}` with {got} arguments, not {want},");
            return self.not_run(span, what);
        }
        let mut pointers = Vec::new();
        let mut resolved = Vec::new();
        for (param, arg) in callee.params.iter().zip(args) {
            let (arg, pointer) = self.call_arg(param, arg, span);
            resolved.push(arg);
            pointers.push(pointer);
        }
        let func = self.r.number_of(name);
        let regions = self.call_regions(&pointers);
        self.calls.push((func, pointers));
        Expr::Call(Box::new(Call { func, args: resolved.into(), regions, span }))
    }

    fn call_arg(
        &mut self,
        param: &tirade_ir::Param,
        arg: &IrCallArg,
        span: Span,
    ) -> (CallArg, Option<VarId>) {
        match arg {
            IrCallArg::Expr(e) if param.var.dtype.is_handle() => {
                let pointer = super::place::base_pointer(e).map(|p| self.root(p));
                (CallArg::Pointer(self.place(e, span)), pointer)
            }
            IrCallArg::Expr(e) => {
                if e.dtype() != param.var.dtype {
                    let (want, got) = (param.var.dtype, e.dtype());
                    let what = format!("a call with a `{got}` for `{}: {want}`", param.var.name);
                    self.cannot_run(e.span().or(span), what);
                }
                (CallArg::Scalar(self.scalar(e, span)), None)
            }
            IrCallArg::Buffer(buffer) => {
                let root = self.root(buffer.data);
                (CallArg::Buffer(self.buffer(buffer, span)), Some(root))
            }
            IrCallArg::Region(region) => {
                let slot = self.buffer(&region.buffer, span);
                let ranges = self.index_ranges(&region.region, span);
                (CallArg::Region(slot, ranges), Some(self.root(region.buffer.data)))
            }
            IrCallArg::DType(_) | IrCallArg::Attr(_) => {
                self.cannot_run(span, "an argument that is no value".into());
                (CallArg::Scalar(Expr::Const(0)), None)
            }
        }
    }

    /// A C function is called as the op that it is the spelling of.
    fn call_extern(&mut self, name: &str, args: &[IrCallArg], dtype: DType, span: Span) -> Expr {
        let values: Option<Vec<PrimExpr>> = args
            .iter()
            .map(|arg| match arg {
                IrCallArg::Expr(e) => Some(e.clone()),
                _ => None,
            })
            .collect();
        match (extern_op(name), values) {
            (Some((op, of)), Some(values)) if of == dtype => {
                self.kernel_op(op, &values, dtype, span)
            }
            _ => self.not_run(span, format!("the C function `{name}`")),
        }
    }
}

fn is_update(op: Op) -> bool {
    matches!(op.info().rule, TypeRule::Update | TypeRule::IntegerUpdate)
}
