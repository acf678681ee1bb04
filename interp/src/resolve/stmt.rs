//! Statements.

use super::affine::Sum;
use super::func::FuncResolver;
use super::path::{LoopStep, Step};
use super::place::base_pointer;
use super::strip;
use crate::tree::{Alloc, Assert, Expr, For, If, Instances, Stmt, Store, ThreadAxis, While};
use tirade_ir::expr::vector_access_dtype;
use tirade_ir::stmt::{AllocBuffer, AttrNode, AttrStmt, Bind, BufferStore};
use tirade_ir::visit::Visitor;
use tirade_ir::{
    AttrValue, DType, For as IrFor, ForKind, Op, PrimExpr, Scalar, Span, Stmt as IrStmt, Symbol,
};

impl FuncResolver<'_, '_> {
    /// A statement.
    pub(super) fn stmt(&mut self, stmt: &IrStmt) -> Stmt {
        let resolved = self.stmt_alone(stmt);
        let mut parts = self.take_undeclared();
        let resolved = match (self.r.options.profile, stmt) {
            (false, _) | (_, IrStmt::Seq(_)) => resolved,
            (true, _) => {
                self.r.counted.push(stmt.span());
                Stmt::Counted(self.r.counted.len() - 1, Box::new(resolved))
            }
        };
        if parts.is_empty() {
            return resolved;
        }
        parts.push(resolved);
        Stmt::Seq(parts.into())
    }

    fn stmt_alone(&mut self, stmt: &IrStmt) -> Stmt {
        match stmt {
            IrStmt::Seq(s) => Stmt::Seq(s.stmts.iter().map(|s| self.stmt(s)).collect()),
            IrStmt::Store(s) => self.store(s),
            IrStmt::For(s) => self.for_loop(s),
            IrStmt::While(s) => {
                let condition = self.scalar(&s.condition, s.span);
                self.path.push(Step::While);
                let body = self.stmt(&s.body);
                self.path.pop();
                Stmt::While(Box::new(While { condition, body, span: s.span }))
            }
            IrStmt::If(s) => {
                let condition = self.scalar(&s.condition, s.span);
                self.path.push(Step::If);
                let then = self.stmt(&s.then_case);
                let otherwise = s.else_case.as_ref().map(|s| self.stmt(s));
                self.path.pop();
                Stmt::If(Box::new(If { condition, then, otherwise }))
            }
            IrStmt::Block(s) => self.block(s),
            IrStmt::Bind(s) => self.bind(s),
            IrStmt::AllocBuffer(s) => self.alloc_stmt(s),
            IrStmt::DeclBuffer(s) => {
                if self.pointer(s.buffer.data).is_none() {
                    let what = format!("the view `{}`, which has no memory,", s.buffer.name);
                    self.cannot_run(s.span, what);
                }
                Stmt::Decl(self.define_buffer(&s.buffer))
            }
            IrStmt::Assert(s) => {
                let condition = self.scalar(&s.condition, s.span);
                let message = match s.message.concat() {
                    text if text.is_empty() => "the assertion is false".into(),
                    text => text,
                };
                Stmt::Assert(Box::new(Assert { condition, message, span: s.span }))
            }
            IrStmt::Attr(s) => self.attr(s),
            IrStmt::Evaluate(s) => match &s.value {
                PrimExpr::Int { .. } => Stmt::Seq(Box::default()),
                value => Stmt::Evaluate(self.scalar_or_void(value, s.span)),
            },
            IrStmt::Return(s) => Stmt::Return(s.value.as_ref().map(|e| self.scalar(e, s.span))),
            IrStmt::Break(_) => Stmt::Break,
            IrStmt::Continue(_) => Stmt::Continue,
        }
    }

    fn scalar_or_void(&mut self, e: &PrimExpr, span: Span) -> crate::tree::Expr {
        if e.dtype().is_void() || e.dtype().is_handle() {
            return self.expr(e, span);
        }
        self.scalar(e, span)
    }

    fn store(&mut self, s: &BufferStore) -> Stmt {
        let dtype = vector_access_dtype(&s.buffer, &s.indices);
        if dtype != s.value.dtype() {
            let (want, got) = (dtype, s.value.dtype());
            self.cannot_run(s.span, format!("a store of `{got}` to a `{want}`"));
        }
        if let PrimExpr::Call(call) = &s.value
            && call.op == Op::Undef
        {
            let access = self.access(&s.buffer, &s.indices, s.span, true);
            return Stmt::Undefine(Box::new(access));
        }
        let access = self.access(&s.buffer, &s.indices, s.span, true);
        let value = self.expr(&s.value, s.span);
        let predicate = s.predicate.as_ref().map(|e| self.expr(e, s.span));
        let mut store =
            Store { access, value, lanes: dtype.lanes(), predicate, fold: None, is_echo: false };
        strip::find_fold(&mut store);
        Stmt::Store(Box::new(store))
    }

    fn bind(&mut self, s: &Bind) -> Stmt {
        if !s.var.dtype.is_handle() {
            let value = self.expr(&s.value, s.span);
            if Sum::of(&s.value, &self.meanings).is_some() {
                self.meanings.set(s.var, &s.value);
            }
            return Stmt::Bind(Box::new((self.define(s.var), value)));
        }
        let place = self.place(&s.value, s.span);
        if let Some(base) = base_pointer(&s.value) {
            self.set_root(s.var, base);
        }
        Stmt::BindPointer(Box::new((self.define_pointer(s.var), place)))
    }

    fn alloc_stmt(&mut self, s: &AllocBuffer) -> Stmt {
        let constant = s.constant.as_ref().map(|values| {
            let mut bits = Vec::new();
            if !constant_bits(values, s.buffer.dtype.element(), &mut bits) {
                self.cannot_run(s.span, format!("the contents of `{}`", s.buffer.name));
            }
            bits.into()
        });
        let alloc = self.alloc(&s.buffer, s.span);
        Stmt::Alloc(Box::new(Alloc { constant, ..alloc }))
    }

    /// An allocation of `buffer`.
    pub(super) fn alloc(&mut self, buffer: &tirade_ir::Buffer, span: Span) -> Alloc {
        self.refuse_large(buffer, span);
        self.allocated.insert(buffer.data.id);
        for block in &mut self.blocks {
            block.allocated.insert(buffer.data.id);
        }
        Alloc { buffer: self.define_buffer(buffer), constant: None, span: span.or(buffer.span) }
    }

    /// An allocation of constant size over the limit is refused before the program runs.
    fn refuse_large(&mut self, buffer: &tirade_ir::Buffer, span: Span) {
        let element = buffer.dtype.bytes() as i128 * buffer.dtype.lanes() as i128;
        let bytes = buffer
            .shape
            .iter()
            .try_fold(element, |bytes, extent| Some(bytes.saturating_mul(extent.as_int()?)));
        let limit = self.r.options.max_allocation;
        if let Some(bytes) = bytes.filter(|b| *b > limit as i128) {
            let message =
                format!("`{}` needs {bytes} bytes, more than the limit of {limit}", buffer.name);
            let span = span.or(buffer.span);
            let error = tirade_ir::Diagnostic::error(tirade_ir::Code::ALLOC, span, message);
            self.r.errors.push(error.with_help("allocate less, or raise the limit"));
        }
    }

    fn for_loop(&mut self, s: &IrFor) -> Stmt {
        let axis = s.thread_tag.filter(|_| s.kind == ForKind::ThreadBinding).map(thread_axis);
        let apart = self.is_independent(s);
        let min = self.index(&s.min, s.span);
        let extent = self.index(&s.extent, s.span);
        let step = s.step.as_ref().map(|e| self.index(e, s.span));
        let slot = self.define_scalar(s.loop_var, s.span);
        let scope = self.open_scope(None, vec![(s.loop_var, slot)]);
        self.ranges.push(s.loop_var, &s.min, &s.extent);
        self.path.push(Step::Loop(LoopStep {
            var: s.loop_var,
            min: s.min.as_int(),
            count: s.extent.as_int().filter(|_| s.step.is_none()),
            step: 1,
            is_shared: has_several_blocks(&s.body),
        }));
        if axis.is_some_and(|a| a.is_thread) {
            self.thread_vars.push((s.loop_var, slot));
        }
        let body = self.stmt(&s.body);
        if axis.is_some_and(|a| a.is_thread) {
            self.thread_vars.pop();
        }
        self.path.pop();
        let place = self.path.len();
        let (here, outer) = self.recomputed.drain(..).partition(|(at, _)| *at == place);
        self.recomputed = outer;
        let here: Vec<(usize, usize)> = here;
        self.ranges.pop();
        self.close_scope();
        // Records of instances are kept by one thread.
        let independent = apart && !keeps_records(&body);
        let mut resolved = For {
            slot,
            var: s.loop_var,
            min,
            extent,
            step,
            kind: s.kind,
            thread: axis,
            scope,
            independent,
            work: work(&body),
            recomputes: here.into_iter().map(|(_, block)| block).collect(),
            strip: None,
            body,
            span: s.span,
        };
        resolved.strip = strip::plan(&resolved);
        Stmt::For(Box::new(resolved))
    }

    fn attr(&mut self, s: &AttrStmt) -> Stmt {
        match (s.key.as_str(), &s.node) {
            ("thread_extent" | "virtual_thread", AttrNode::IterVar(iter)) => {
                let tag = iter.thread_tag.unwrap_or(Symbol::new("vthread"));
                let as_loop = IrFor {
                    loop_var: iter.var,
                    min: PrimExpr::int(0, iter.var.dtype),
                    extent: s.value.clone(),
                    step: None,
                    kind: ForKind::ThreadBinding,
                    thread_tag: Some(tag),
                    body: s.body.clone(),
                    annotations: Default::default(),
                    span: s.span,
                };
                self.for_loop(&as_loop)
            }
            ("reduce_scope", AttrNode::Value(AttrValue::Reducer(reducer))) => {
                let outer = self.reducer.replace(reducer.clone());
                let body = self.stmt(&s.body);
                self.reducer = outer;
                body
            }
            _ => self.stmt(&s.body),
        }
    }
}

/// Iterations of a loop whose extent is not known, for an estimate.
const UNKNOWN_EXTENT: u64 = 16;

/// How many statements a statement runs, roughly.
fn work(stmt: &Stmt) -> u64 {
    match stmt {
        Stmt::Seq(stmts) => stmts.iter().map(work).fold(0, u64::saturating_add),
        Stmt::For(s) => {
            let count = match &s.extent.expr {
                Expr::Const(n) => *n,
                _ => UNKNOWN_EXTENT,
            };
            count.saturating_mul(s.work)
        }
        Stmt::While(s) => work(&s.body).saturating_mul(UNKNOWN_EXTENT),
        Stmt::If(s) => work(&s.then).max(s.otherwise.as_ref().map_or(0, work)),
        Stmt::Block(s) => work(&s.body),
        Stmt::Counted(_, s) => work(s),
        Stmt::Store(_)
        | Stmt::Undefine(_)
        | Stmt::Bind(_)
        | Stmt::BindPointer(_)
        | Stmt::Alloc(_)
        | Stmt::Decl(_)
        | Stmt::Assert(_)
        | Stmt::Evaluate(_)
        | Stmt::Return(_)
        | Stmt::Break
        | Stmt::Continue => 1,
    }
}

/// True if there is more than one block that is in no other block of the statement.
fn has_several_blocks(stmt: &IrStmt) -> bool {
    struct Blocks(usize);
    impl Visitor for Blocks {
        fn visit_block(&mut self, _: &tirade_ir::Block) {
            self.0 += 1;
        }
    }
    let mut blocks = Blocks(0);
    blocks.visit_stmt(stmt);
    blocks.0 > 1
}

/// True if instances of a block in the statement, which is in no other block of it, have to be
/// remembered.
fn keeps_records(stmt: &Stmt) -> bool {
    stmt.any_outermost_block(&mut |block| block.instances != Instances::default())
}

fn thread_axis(tag: Symbol) -> ThreadAxis {
    let name = tag.as_str();
    ThreadAxis {
        tag,
        is_thread: name.starts_with("threadIdx"),
        is_block: name.starts_with("blockIdx"),
    }
}

/// Adds the bits of a constant's numbers; false if one is no number of type `dtype`.
fn constant_bits(value: &AttrValue, dtype: DType, bits: &mut Vec<u64>) -> bool {
    let scalar = match value {
        AttrValue::List(items) => {
            return items.iter().all(|item| constant_bits(item, dtype, bits));
        }
        AttrValue::Bool(b) => Scalar::from_i128(dtype, *b as i128),
        AttrValue::Int(i) => Scalar::from_i128(dtype, *i as i128),
        AttrValue::Float(f) => Scalar::from_f64(dtype, *f).map(|v| v.value),
        AttrValue::Expr(e) => match (Scalar::from_literal(e), e.as_int()) {
            (Some(v), _) if v.dtype() == dtype => Some(v),
            (_, Some(i)) => Scalar::from_i128(dtype, i),
            (Some(v), _) => Scalar::from_f64(dtype, v.to_f64()).map(|v| v.value),
            (None, None) => None,
        },
        AttrValue::None
        | AttrValue::Str(_)
        | AttrValue::Buffer(_)
        | AttrValue::Dict(_)
        | AttrValue::Reducer(_)
        | AttrValue::Target(_)
        | AttrValue::Opaque(_) => None,
    };
    scalar.map(|s| bits.push(s.bits())).is_some()
}
