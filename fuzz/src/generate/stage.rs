//! Stages: each fills one buffer completely.

use super::body::{Place, store};
use super::int::ramp;
use super::value::{Fact, Value, binary, call, cast};
use super::{Dim, Generator, Source, alloc, buffer_param, extents_of};
use tirade_ir::buffer::BufferNode;
use tirade_ir::expr::CallFunc;
use tirade_ir::op::Op;
use tirade_ir::stmt::{AllocOrigin, BufferStore, DeclBuffer, Evaluate, For, Return};
use tirade_ir::{
    Attrs, BinOp, Buffer, CallArg, Callee, DType, ForKind, Param, ParamKind, PrimExpr, PrimFunc,
    Span, Stmt, Symbol, Var,
};

impl Generator {
    /// The statements of the function.
    pub(super) fn stages(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let n = 1 + self.c.weighted(&[3, 3, 2]);
        for _ in 0..n {
            self.c.begin();
            if self.c.chance(1, 5) {
                stmts.extend(self.view());
            }
            let dims = self.dims();
            let dtype = self.dtype();
            let intermediate = self.c.chance(1, 3);
            let (buffer, plain) = match intermediate {
                true => {
                    let (buffer, alloc) = self.intermediate(dtype, &dims);
                    stmts.extend(alloc);
                    (buffer, true)
                }
                false => self.output(&dims, dtype),
            };
            let (stage, fact) = self.stage(&buffer, &dims, plain);
            stmts.extend(stage);
            let extents = extents_of(&dims);
            self.sources.push(Source { buffer, extents, fact, used: !intermediate, plain: false });
            self.c.end();
        }
        self.deliver(&mut stmts);
        stmts
    }

    /// Copies what nothing has read to outputs.
    fn deliver(&mut self, stmts: &mut Vec<Stmt>) {
        for at in 0..self.sources.len() {
            let source = self.sources[at].clone();
            let is_input = self
                .params
                .iter()
                .any(|p| p.buffer().is_some_and(|b| b.data == source.buffer.data));
            if source.used || is_input || source.buffer.scope.as_str() != "global" {
                continue;
            }
            let dims: Vec<Dim> = std::iter::zip(source.buffer.shape.iter(), &source.extents)
                .map(|(expr, value)| Dim { expr: expr.clone(), value: *value })
                .collect();
            let (output, _) = self.output(&dims, source.buffer.dtype);
            let nest = self.nest(&dims, &vec![false; dims.len()]);
            let indices = nest.indices.clone();
            let value = PrimExpr::load(source.buffer, indices.clone(), Span::NONE);
            stmts.push(nest.around_guarded(store(&output, &indices, value)));
        }
    }

    /// Statements that fill `buffer`, and what it then holds.
    fn stage(&mut self, buffer: &Buffer, dims: &[Dim], plain: bool) -> (Vec<Stmt>, Fact) {
        match self.c.weighted(&[5, 6, 4, 4, 1, 1, 1, 1]) {
            1 => self.spatial_block(buffer, dims),
            2 => self.reduction_block(buffer, dims),
            3 => self.vector_stage(buffer, dims),
            4 => self.atomic_stage(buffer, dims),
            5 if plain => self.call_stage(buffer, dims),
            6 => self.shared_stage(buffer, dims),
            7 => self.scalar_call_stage(buffer, dims),
            _ => self.nest_stage(buffer, dims),
        }
    }

    fn nest_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let nest = self.nest(dims, &vec![false; dims.len()]);
        let place = Place { buffer: buffer.clone(), indices: nest.indices.clone().into() };
        let (body, fact) = self.inside(&nest.loops, |g| g.produce(&place));
        (vec![nest.around_guarded(Stmt::seq(body))], fact)
    }

    /// Stores of whole vectors along the last dimension.
    fn vector_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let Some((last, outer)) = dims.split_last() else { return self.nest_stage(buffer, dims) };
        let constant = last.expr.as_int().is_some();
        let lanes: Vec<i64> =
            [2, 4, 8, 16, 3, 5].into_iter().filter(|n| last.value % n == 0).collect();
        if !constant || last.value == 0 || lanes.is_empty() {
            return self.nest_stage(buffer, dims);
        }
        let lanes = self.c.pick(&lanes);
        let chunks = last.value / lanes;
        let mut dims: Vec<Dim> = outer.to_vec();
        dims.push(Dim { expr: PrimExpr::i32(chunks as i32), value: chunks });
        let nest = self.nest(&dims, &vec![false; dims.len()]);
        let dtype = buffer.dtype.with_lanes(lanes as u32);
        let (value, masked) = self.inside(&nest.loops, |g| {
            let value = g.expr(dtype, 3);
            let masked = g.c.chance(1, 4).then(|| {
                let mask = g.expr(DType::BOOL.with_lanes_of(dtype), 2);
                (mask.expr, g.expr(dtype, 2))
            });
            (value, masked)
        });
        let mut indices = nest.indices.clone();
        let chunk = indices.pop().expect("the last dimension");
        let base = binary(BinOp::Mul, cast(DType::INT32, chunk), PrimExpr::i32(lanes as i32));
        indices.push(match self.c.chance(1, 4) {
            false => ramp(base, 1, dtype),
            true => {
                let end = binary(BinOp::Add, base, PrimExpr::i32(lanes as i32 - 1));
                ramp(end, -1, dtype)
            }
        });
        let mut fact = value.fact;
        let mut body = vec![store(buffer, &indices, value.expr)];
        if let Some((mask, second)) = masked {
            fact = fact.join(second.fact);
            let again = BufferStore {
                buffer: buffer.clone(),
                value: second.expr,
                indices: indices.into(),
                predicate: Some(mask),
                span: Span::NONE,
            };
            body.push(Stmt::Store(again.into()));
        }
        (vec![nest.around_guarded(Stmt::seq(body))], fact)
    }

    /// Zeros, then updates of elements that different iterations may share.
    fn atomic_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let dtype = buffer.dtype;
        let extents = extents_of(dims);
        if !dtype.is_integer() || extents.contains(&0) || dtype == DType::INT64 {
            return self.nest_stage(buffer, dims);
        }
        let nest = self.nest(dims, &vec![false; dims.len()]);
        let zero = Value::int(0, dtype).expr;
        let clear = nest.around_guarded(store(buffer, &nest.indices, zero));
        let trips = 1 + self.c.below(40) as i64;
        let over = [Dim { expr: PrimExpr::i32(trips as i32), value: trips }];
        let nest = self.nest(&over, &[false]);
        let (op, indices, value) = self.inside(&nest.loops, |g| {
            let op = g.c.pick(&[
                Op::AtomicAdd,
                Op::AtomicMax,
                Op::AtomicMin,
                Op::AtomicOr,
                Op::AtomicXor,
                Op::AtomicAnd,
            ]);
            let indices: Vec<_> = extents.iter().map(|e| g.index(*e)).collect();
            let value = g.expr(dtype, 2);
            (op, indices, g.narrowed_by_type(value, 1 << 20))
        });
        let place = PrimExpr::load(buffer.clone(), indices, Span::NONE);
        let update = call(op, [place, value.expr], dtype);
        let update = Stmt::Evaluate(Evaluate { value: update, span: Span::NONE }.into());
        (vec![clear, nest.around_guarded(update)], Fact::any(dtype))
    }

    /// Narrowed where the type's arithmetic must not overflow.
    fn narrowed_by_type(&mut self, value: Value, limit: i128) -> Value {
        match super::value::overflows(value.dtype()) {
            true => self.narrowed(value, limit),
            false => value,
        }
    }

    /// A function of the module that fills the buffer from another one.
    fn call_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let fits = |s: &Source| s.plain && s.buffer.strides.is_empty();
        let found: Vec<usize> =
            (0..self.sources.len()).filter(|i| fits(&self.sources[*i])).collect();
        if found.is_empty() || dims.iter().any(|d| d.expr.as_int().is_none()) {
            return self.nest_stage(buffer, dims);
        }
        let at = self.c.pick(&found);
        self.sources[at].used = true;
        let given = self.sources[at].clone();
        if given.buffer.shape.iter().any(|e| e.as_int().is_none()) {
            return self.nest_stage(buffer, dims);
        }
        let from = Buffer::new(self.name("X"), given.buffer.shape.clone(), given.buffer.dtype);
        let to = Buffer::new(self.name("Y"), buffer.shape.clone(), buffer.dtype);
        let inner = Source { buffer: from.clone(), plain: false, ..given.clone() };
        let outside =
            (std::mem::replace(&mut self.sources, vec![inner]), std::mem::take(&mut self.scalars));
        let (body, fact) = self.nest_stage(&to, dims);
        (self.sources, self.scalars) = outside;
        let params = [&from, &to].map(buffer_param);
        let name = self.name("fill");
        self.functions.push(function(name, params.into(), DType::VOID, body));
        let args = [CallArg::Buffer(given.buffer), CallArg::Buffer(buffer.clone())];
        let call = call_global(name, args.into(), DType::VOID);
        (vec![Stmt::Evaluate(Evaluate { value: call, span: Span::NONE }.into())], fact)
    }

    /// A function of the module that computes a scalar from scalars.
    fn scalar_call_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let (dtype, of) = (buffer.dtype, self.dtype());
        let var = Var::new(self.name("x"), of);
        let outside = (
            std::mem::take(&mut self.sources),
            std::mem::replace(&mut self.scalars, vec![(var, Fact::any(of))]),
        );
        let result = self.expr(dtype, 3);
        (self.sources, self.scalars) = outside;
        let ret = Return { value: Some(result.expr), span: Span::NONE };
        let param = Param { var, kind: ParamKind::Scalar, span: Span::NONE };
        let name = self.name("compute");
        self.functions.push(function(name, vec![param], dtype, vec![Stmt::Return(ret.into())]));
        let nest = self.nest(dims, &vec![false; dims.len()]);
        let arg = self.inside(&nest.loops, |g| g.expr(of, 2));
        let call = call_global(name, [CallArg::Expr(arg.expr)].into(), dtype);
        let body = store(buffer, &nest.indices, call);
        (vec![nest.around_guarded(body)], result.fact)
    }

    /// Threads that hand elements to each other through shared memory.
    fn shared_stage(&mut self, buffer: &Buffer, dims: &[Dim]) -> (Vec<Stmt>, Fact) {
        let [outer @ .., last] = dims else { return self.nest_stage(buffer, dims) };
        let fits = last.expr.as_int().is_some() && (1..=16).contains(&last.value);
        if !fits
            || 1 < outer.len()
            || outer.iter().any(|d| d.expr.as_int().is_none() || d.value == 0)
        {
            return self.nest_stage(buffer, dims);
        }
        let node = BufferNode::new(self.name("S"), [last.expr.clone()], buffer.dtype);
        let shared = Buffer::from_node(BufferNode { scope: Symbol::new("shared"), ..node });
        let block = Var::new(self.name("bx"), DType::INT32);
        let thread = Var::new(self.name("tx"), DType::INT32);
        let blocks = outer.first().map_or(1, |d| d.value);
        let range = |n: i64| Fact::range(0, n as i128 - 1);
        self.scalars.extend([(block, range(blocks)), (thread, range(last.value))]);
        let value = self.expr(buffer.dtype, 3);
        self.scalars.truncate(self.scalars.len() - 2);
        let mirrored = binary(BinOp::Sub, PrimExpr::i32(last.value as i32 - 1), thread.into());
        let read = PrimExpr::load(shared.clone(), [mirrored], Span::NONE);
        let mut indices: Vec<PrimExpr> = outer.iter().map(|_| block.into()).collect();
        indices.push(thread.into());
        let phases = [store(&shared, &[thread.into()], value.expr), store(buffer, &indices, read)];
        let threads = bound_loop(thread, last.value, "threadIdx.x", Stmt::seq(phases));
        let body = Stmt::seq([alloc(shared, AllocOrigin::AllocBuffer), threads]);
        (vec![bound_loop(block, blocks, "blockIdx.x", body)], value.fact)
    }

    /// Another way to see the memory of an input.
    fn view(&mut self) -> Option<Stmt> {
        let fits = |s: &Source| s.plain && !s.extents.contains(&0) && !s.extents.is_empty();
        let constant = |s: &Source| s.buffer.shape.iter().all(|e| e.as_int().is_some());
        let found: Vec<usize> = (0..self.sources.len())
            .filter(|i| fits(&self.sources[*i]) && constant(&self.sources[*i]))
            .collect();
        if found.is_empty() {
            return None;
        }
        let at = self.c.pick(&found);
        let source = self.sources[at].clone();
        let len: i64 = source.extents.iter().product();
        let dtype = source.buffer.dtype;
        let lit = |v: i64| PrimExpr::i32(v as i32);
        let mut node = BufferNode::new(self.name("V"), [lit(len)], dtype);
        node.data = source.buffer.data;
        let mut fact = source.fact;
        match (self.c.below(3), &source.extents[..]) {
            (0, &[rows, columns]) => {
                node.shape = [lit(columns), lit(rows)].into();
                node.strides = [lit(1), lit(columns)].into();
            }
            (1, _) if 2 < len => {
                node.shape = [lit(len / 2)].into();
                node.strides = [lit(2)].into();
                node.elem_offset = Some(lit(1));
            }
            (2, _) if !dtype.is_bool() => {
                let to = self.c.pick(&[DType::UINT8, DType::INT16, DType::UINT32, DType::INT64]);
                let bytes = len * dtype.bytes() as i64;
                if bytes % to.bytes() as i64 == 0 {
                    node.shape = [lit(bytes / to.bytes() as i64)].into();
                    node.dtype = to;
                    fact = Fact::any(to);
                }
            }
            _ => {}
        }
        let extents = node.shape.iter().filter_map(PrimExpr::as_int).map(|e| e as i64).collect();
        let buffer = Buffer::from_node(node);
        self.sources.push(Source {
            buffer: buffer.clone(),
            extents,
            fact,
            used: true,
            plain: false,
        });
        Some(Stmt::DeclBuffer(DeclBuffer { buffer, span: Span::NONE }.into()))
    }
}

/// A loop over the threads or blocks of a grid.
fn bound_loop(var: Var, extent: i64, tag: &str, body: Stmt) -> Stmt {
    let node = For {
        loop_var: var,
        min: PrimExpr::i32(0),
        extent: PrimExpr::i32(extent as i32),
        step: None,
        kind: ForKind::ThreadBinding,
        thread_tag: Some(Symbol::new(tag)),
        body,
        annotations: Attrs::new(),
        span: Span::NONE,
    };
    Stmt::For(node.into())
}

fn function(name: Symbol, params: Vec<Param>, ret_dtype: DType, body: Vec<Stmt>) -> PrimFunc {
    PrimFunc {
        name,
        params: params.into(),
        ret_dtype,
        body: Stmt::seq(body),
        attrs: Attrs::new(),
        private: true,
        s_tir: true,
        check_well_formed: true,
        span: Span::NONE,
    }
}

fn call_global(name: Symbol, args: Box<[CallArg]>, dtype: DType) -> PrimExpr {
    let call = CallFunc { callee: Callee::Global(name), args, dtype, span: Span::NONE };
    PrimExpr::CallFunc(call.into())
}
