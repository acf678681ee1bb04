//! Rewriting traversals: [`Rewriter`] with its `walk_rewrite_*` functions.
//!
//! `None` means *unchanged*, and whatever is unchanged is shared with the old tree: rewriting one
//! block of a function copies the path to it and nothing else. Matches over nodes are exhaustive: a
//! new kind of node is a compile error here.
//!
//! A replaced node keeps its span and its identity (loop variables, block ids), so handles of
//! schedules survive.

use crate::buffer::{Buffer, BufferId, BufferNode, BufferRegion, MatchBufferRegion, Range};
use crate::expr::{
    Binary, Broadcast, BufferLoad, Call, CallArg, CallFunc, Cast, Let, Not, PrimExpr, Ramp, Select,
    Shuffle, Var,
};
use crate::func::{AttrValue, Attrs, CommReducer, Param, ParamKind, PrimFunc};
use crate::stmt::{
    AllocBuffer, AssertStmt, AttrNode, AttrStmt, Bind, Block, BlockRealize, BufferStore,
    DeclBuffer, Evaluate, For, IfThenElse, IterVar, Return, Stmt, While,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A rewriting traversal. Every method may be overridden; the defaults go on to all children.
///
/// [`rewrite_buffer`](Rewriter::rewrite_buffer) is called at every place where a buffer stands:
/// loads, stores, regions, views, allocations, parameters, attributes. It has to give the same
/// answer at each of them, see [`BufferRemap`].
#[allow(unused_variables)]
pub trait Rewriter {
    /// An expression.
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        walk_rewrite_expr(self, expr)
    }

    /// A statement. A sequence that is put in the place of a statement becomes part of the
    /// sequence around it.
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        walk_rewrite_stmt(self, stmt)
    }

    /// A variable, at the places that bind one and at those that use one.
    fn rewrite_var(&mut self, var: Var) -> Option<Var> {
        None
    }

    /// A buffer, at the places that introduce one and at those that use one.
    fn rewrite_buffer(&mut self, buffer: &Buffer) -> Option<Buffer> {
        None
    }

    /// A region of a buffer.
    fn rewrite_buffer_region(&mut self, region: &BufferRegion) -> Option<BufferRegion> {
        walk_rewrite_buffer_region(self, region)
    }

    /// An axis of a block or of a thread grid.
    fn rewrite_iter_var(&mut self, iter_var: &IterVar) -> Option<IterVar> {
        walk_rewrite_iter_var(self, iter_var)
    }

    /// A block, behind the values of its axes.
    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        walk_rewrite_block(self, block)
    }

    /// A value of an attribute.
    fn rewrite_attr_value(&mut self, value: &AttrValue) -> Option<AttrValue> {
        walk_rewrite_attr_value(self, value)
    }
}

/// Something that a [`Rewriter`] can start from.
pub trait Rewrite: Clone {
    /// The rewritten node; `None` if it is unchanged.
    fn rewrite_with<R: Rewriter + ?Sized>(&self, rewriter: &mut R) -> Option<Self>;

    /// The rewritten node, or a copy of this one if it is unchanged.
    fn rewrite_or_clone<R: Rewriter + ?Sized>(&self, rewriter: &mut R) -> Self {
        self.rewrite_with(rewriter).unwrap_or_else(|| self.clone())
    }
}

macro_rules! rewrite {
    ($($node:ty => |$r:ident, $this:ident| $body:expr;)*) => {
        $(impl Rewrite for $node {
            #[inline]
            fn rewrite_with<R: Rewriter + ?Sized>(&self, $r: &mut R) -> Option<Self> {
                let $this = self;
                $body
            }
        })*
    };
}

rewrite! {
    PrimExpr => |r, this| r.rewrite_expr(this);
    Stmt => |r, this| r.rewrite_stmt(this);
    Arc<Block> => |r, this| r.rewrite_block(this);
    BufferRegion => |r, this| r.rewrite_buffer_region(this);
    Range => |r, this| rewrite_range(r, this);
    PrimFunc => |r, this| walk_rewrite_func(r, this);
}

/// Applies `f` to every item; `None` if `f` changed none.
pub fn rewrite_slice<T: Clone>(
    items: &[T],
    mut f: impl FnMut(&T) -> Option<T>,
) -> Option<Box<[T]>> {
    let (first, changed) = items.iter().enumerate().find_map(|(i, x)| Some((i, f(x)?)))?;
    let mut new = Vec::with_capacity(items.len());
    new.extend_from_slice(&items[..first]);
    new.push(changed);
    new.extend(items[first + 1..].iter().map(|x| f(x).unwrap_or_else(|| x.clone())));
    Some(new.into())
}

/// Applies `f` to the item, if there is one; the outer `None` means unchanged.
fn rewrite_option<T>(item: &Option<T>, f: impl FnOnce(&T) -> Option<T>) -> Option<Option<T>> {
    item.as_ref().and_then(f).map(Some)
}

fn rewrite_exprs<R: Rewriter + ?Sized>(r: &mut R, exprs: &[PrimExpr]) -> Option<Box<[PrimExpr]>> {
    rewrite_slice(exprs, |e| r.rewrite_expr(e))
}

/// `$new` is a tuple of optional new fields, `$old` the fields they replace: gives the tuple of all
/// fields with unchanged ones cloned, or returns `None` from the function if all are unchanged.
macro_rules! changed_or_return {
    ($($new:ident = $rewrite:expr, $old:expr;)+) => {
        $(let $new = $rewrite;)+
        if $($new.is_none())&&+ {
            return None;
        }
        $(let $new = $new.unwrap_or_else(|| $old.clone());)+
    };
}

/// Rewrites the children of an expression.
pub fn walk_rewrite_expr<R: Rewriter + ?Sized>(r: &mut R, expr: &PrimExpr) -> Option<PrimExpr> {
    match expr {
        PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_) => None,
        PrimExpr::Var(var) => r.rewrite_var(*var).map(PrimExpr::Var),
        PrimExpr::Cast(e) => {
            let value = r.rewrite_expr(&e.value)?;
            Some(PrimExpr::Cast(Arc::new(Cast { dtype: e.dtype, value, span: e.span })))
        }
        PrimExpr::Binary(e) => {
            changed_or_return! {
                lhs = r.rewrite_expr(&e.lhs), e.lhs;
                rhs = r.rewrite_expr(&e.rhs), e.rhs;
            }
            Some(PrimExpr::Binary(Arc::new(Binary { op: e.op, lhs, rhs, span: e.span })))
        }
        PrimExpr::Not(e) => {
            let value = r.rewrite_expr(&e.value)?;
            Some(PrimExpr::Not(Arc::new(Not { value, span: e.span })))
        }
        PrimExpr::Select(e) => {
            changed_or_return! {
                condition = r.rewrite_expr(&e.condition), e.condition;
                true_value = r.rewrite_expr(&e.true_value), e.true_value;
                false_value = r.rewrite_expr(&e.false_value), e.false_value;
            }
            let select = Select { condition, true_value, false_value, span: e.span };
            Some(PrimExpr::Select(Arc::new(select)))
        }
        PrimExpr::Load(e) => {
            changed_or_return! {
                buffer = r.rewrite_buffer(&e.buffer), e.buffer;
                indices = rewrite_exprs(r, &e.indices), e.indices;
                predicate = rewrite_option(&e.predicate, |p| r.rewrite_expr(p)), e.predicate;
            }
            let load = BufferLoad { buffer, indices, predicate, span: e.span };
            Some(PrimExpr::Load(Arc::new(load)))
        }
        PrimExpr::Ramp(e) => {
            changed_or_return! {
                base = r.rewrite_expr(&e.base), e.base;
                stride = r.rewrite_expr(&e.stride), e.stride;
            }
            let ramp = Ramp { base, stride, dtype: e.dtype, span: e.span };
            Some(PrimExpr::Ramp(Arc::new(ramp)))
        }
        PrimExpr::Broadcast(e) => {
            let value = r.rewrite_expr(&e.value)?;
            let broadcast = Broadcast { value, dtype: e.dtype, span: e.span };
            Some(PrimExpr::Broadcast(Arc::new(broadcast)))
        }
        PrimExpr::Shuffle(e) => {
            changed_or_return! {
                vectors = rewrite_exprs(r, &e.vectors), e.vectors;
                indices = rewrite_exprs(r, &e.indices), e.indices;
            }
            let shuffle = Shuffle { vectors, indices, dtype: e.dtype, span: e.span };
            Some(PrimExpr::Shuffle(Arc::new(shuffle)))
        }
        PrimExpr::Let(e) => {
            changed_or_return! {
                value = r.rewrite_expr(&e.value), e.value;
                var = r.rewrite_var(e.var), e.var;
                body = r.rewrite_expr(&e.body), e.body;
            }
            Some(PrimExpr::Let(Arc::new(Let { var, value, body, span: e.span })))
        }
        PrimExpr::Call(e) => {
            let args = rewrite_exprs(r, &e.args)?;
            let call = Call { op: e.op, args, dtype: e.dtype, span: e.span };
            Some(PrimExpr::Call(Arc::new(call)))
        }
        PrimExpr::CallFunc(e) => {
            let args = rewrite_slice(&e.args, |arg| rewrite_call_arg(r, arg))?;
            let call = CallFunc { callee: e.callee.clone(), args, dtype: e.dtype, span: e.span };
            Some(PrimExpr::CallFunc(Arc::new(call)))
        }
    }
}

fn rewrite_call_arg<R: Rewriter + ?Sized>(r: &mut R, arg: &CallArg) -> Option<CallArg> {
    match arg {
        CallArg::Expr(e) => r.rewrite_expr(e).map(CallArg::Expr),
        CallArg::Buffer(buffer) => r.rewrite_buffer(buffer).map(CallArg::Buffer),
        CallArg::Region(region) => r.rewrite_buffer_region(region).map(CallArg::Region),
        CallArg::DType(_) => None,
        CallArg::Attr(value) => r.rewrite_attr_value(value).map(CallArg::Attr),
    }
}

/// Rewrites the children of a statement.
pub fn walk_rewrite_stmt<R: Rewriter + ?Sized>(r: &mut R, stmt: &Stmt) -> Option<Stmt> {
    match stmt {
        Stmt::Seq(s) => rewrite_slice(&s.stmts, |s| r.rewrite_stmt(s)).map(Stmt::seq),
        Stmt::Store(s) => rewrite_store(r, s),
        Stmt::For(s) => rewrite_for(r, s),
        Stmt::While(s) => {
            changed_or_return! {
                condition = r.rewrite_expr(&s.condition), s.condition;
                body = r.rewrite_stmt(&s.body), s.body;
            }
            Some(Stmt::While(Arc::new(While { condition, body, span: s.span })))
        }
        Stmt::If(s) => {
            changed_or_return! {
                condition = r.rewrite_expr(&s.condition), s.condition;
                then_case = r.rewrite_stmt(&s.then_case), s.then_case;
                else_case = rewrite_option(&s.else_case, |e| r.rewrite_stmt(e)), s.else_case;
            }
            let branch = IfThenElse { condition, then_case, else_case, span: s.span };
            Some(Stmt::If(Arc::new(branch)))
        }
        Stmt::Block(s) => walk_rewrite_block_realize(r, s).map(|s| Stmt::Block(Arc::new(s))),
        Stmt::Bind(s) => {
            changed_or_return! {
                value = r.rewrite_expr(&s.value), s.value;
                var = r.rewrite_var(s.var), s.var;
            }
            Some(Stmt::Bind(Arc::new(Bind { var, pointer: s.pointer, value, span: s.span })))
        }
        Stmt::AllocBuffer(s) => rewrite_alloc_buffer(r, s),
        Stmt::DeclBuffer(s) => {
            let buffer = r.rewrite_buffer(&s.buffer)?;
            Some(Stmt::DeclBuffer(Arc::new(DeclBuffer { buffer, span: s.span })))
        }
        Stmt::Assert(s) => {
            let condition = r.rewrite_expr(&s.condition)?;
            let (kind, message, span) = (s.kind, s.message.clone(), s.span);
            Some(Stmt::Assert(Arc::new(AssertStmt { condition, kind, message, span })))
        }
        Stmt::Attr(s) => {
            changed_or_return! {
                value = r.rewrite_expr(&s.value), s.value;
                node = rewrite_attr_node(r, &s.node), s.node;
                body = r.rewrite_stmt(&s.body), s.body;
            }
            Some(Stmt::Attr(Arc::new(AttrStmt { node, key: s.key, value, body, span: s.span })))
        }
        Stmt::Evaluate(s) => {
            let value = r.rewrite_expr(&s.value)?;
            Some(Stmt::Evaluate(Arc::new(Evaluate { value, span: s.span })))
        }
        Stmt::Return(s) => {
            let value = rewrite_option(&s.value, |e| r.rewrite_expr(e))?;
            Some(Stmt::Return(Arc::new(Return { value, span: s.span })))
        }
        Stmt::Break(_) | Stmt::Continue(_) => None,
    }
}

fn rewrite_store<R: Rewriter + ?Sized>(r: &mut R, s: &BufferStore) -> Option<Stmt> {
    changed_or_return! {
        buffer = r.rewrite_buffer(&s.buffer), s.buffer;
        indices = rewrite_exprs(r, &s.indices), s.indices;
        value = r.rewrite_expr(&s.value), s.value;
        predicate = rewrite_option(&s.predicate, |p| r.rewrite_expr(p)), s.predicate;
    }
    Some(Stmt::Store(Arc::new(BufferStore { buffer, value, indices, predicate, span: s.span })))
}

fn rewrite_for<R: Rewriter + ?Sized>(r: &mut R, s: &For) -> Option<Stmt> {
    changed_or_return! {
        min = r.rewrite_expr(&s.min), s.min;
        extent = r.rewrite_expr(&s.extent), s.extent;
        step = rewrite_option(&s.step, |e| r.rewrite_expr(e)), s.step;
        annotations = rewrite_attrs(r, &s.annotations), s.annotations;
        loop_var = r.rewrite_var(s.loop_var), s.loop_var;
        body = r.rewrite_stmt(&s.body), s.body;
    }
    let (kind, thread_tag, span) = (s.kind, s.thread_tag, s.span);
    let new = For { loop_var, min, extent, step, kind, thread_tag, body, annotations, span };
    Some(Stmt::For(Arc::new(new)))
}

fn rewrite_alloc_buffer<R: Rewriter + ?Sized>(r: &mut R, s: &AllocBuffer) -> Option<Stmt> {
    changed_or_return! {
        buffer = r.rewrite_buffer(&s.buffer), s.buffer;
        annotations = rewrite_attrs(r, &s.annotations), s.annotations;
        constant = rewrite_option(&s.constant, |v| r.rewrite_attr_value(v)), s.constant;
    }
    let (origin, span) = (s.origin, s.span);
    let new = AllocBuffer { buffer, annotations, constant, origin, span };
    Some(Stmt::AllocBuffer(Arc::new(new)))
}

/// Rewrites the values of the axes, the predicate and the block.
pub fn walk_rewrite_block_realize<R: Rewriter + ?Sized>(
    r: &mut R,
    realize: &BlockRealize,
) -> Option<BlockRealize> {
    changed_or_return! {
        iter_values = rewrite_exprs(r, &realize.iter_values), realize.iter_values;
        predicate = r.rewrite_expr(&realize.predicate), realize.predicate;
        block = r.rewrite_block(&realize.block), realize.block;
    }
    Some(BlockRealize { iter_values, predicate, block })
}

/// Rewrites the children of a block, in the order in which a visitor sees them.
pub fn walk_rewrite_block<R: Rewriter + ?Sized>(
    r: &mut R,
    block: &Arc<Block>,
) -> Option<Arc<Block>> {
    let b = &**block;
    changed_or_return! {
        iter_vars = rewrite_slice(&b.iter_vars, |v| r.rewrite_iter_var(v)), b.iter_vars;
        alloc_buffers = rewrite_slice(&b.alloc_buffers, |x| r.rewrite_buffer(x)), b.alloc_buffers;
        match_buffers =
            rewrite_slice(&b.match_buffers, |m| rewrite_match_buffer(r, m)), b.match_buffers;
        reads = rewrite_slice(&b.reads, |x| r.rewrite_buffer_region(x)), b.reads;
        writes = rewrite_slice(&b.writes, |x| r.rewrite_buffer_region(x)), b.writes;
        annotations = rewrite_attrs(r, &b.annotations), b.annotations;
        init = rewrite_option(&b.init, |s| r.rewrite_stmt(s)), b.init;
        body = r.rewrite_stmt(&b.body), b.body;
    }
    Some(Arc::new(Block {
        id: b.id,
        name: b.name,
        iter_vars,
        reads,
        writes,
        inferred: b.inferred,
        init,
        alloc_buffers,
        match_buffers,
        annotations,
        body,
        span: b.span,
    }))
}

fn rewrite_match_buffer<R: Rewriter + ?Sized>(
    r: &mut R,
    m: &MatchBufferRegion,
) -> Option<MatchBufferRegion> {
    changed_or_return! {
        source = r.rewrite_buffer_region(&m.source), m.source;
        buffer = r.rewrite_buffer(&m.buffer), m.buffer;
    }
    Some(MatchBufferRegion { buffer, source, span: m.span })
}

/// Rewrites the buffer of a region and its ranges.
pub fn walk_rewrite_buffer_region<R: Rewriter + ?Sized>(
    r: &mut R,
    region: &BufferRegion,
) -> Option<BufferRegion> {
    changed_or_return! {
        buffer = r.rewrite_buffer(&region.buffer), region.buffer;
        ranges = rewrite_slice(&region.region, |range| rewrite_range(r, range)), region.region;
    }
    Some(BufferRegion { buffer, region: ranges })
}

fn rewrite_range<R: Rewriter + ?Sized>(r: &mut R, range: &Range) -> Option<Range> {
    changed_or_return! {
        min = r.rewrite_expr(&range.min), range.min;
        extent = r.rewrite_expr(&range.extent), range.extent;
    }
    Some(Range { min, extent })
}

/// Rewrites the domain of an axis and its variable.
pub fn walk_rewrite_iter_var<R: Rewriter + ?Sized>(r: &mut R, v: &IterVar) -> Option<IterVar> {
    changed_or_return! {
        dom = rewrite_range(r, &v.dom), v.dom;
        var = r.rewrite_var(v.var), v.var;
    }
    Some(IterVar { var, dom, kind: v.kind, thread_tag: v.thread_tag, span: v.span })
}

fn rewrite_attr_node<R: Rewriter + ?Sized>(r: &mut R, node: &AttrNode) -> Option<AttrNode> {
    match node {
        AttrNode::Expr(e) => r.rewrite_expr(e).map(AttrNode::Expr),
        AttrNode::Buffer(buffer) => r.rewrite_buffer(buffer).map(AttrNode::Buffer),
        AttrNode::IterVar(v) => r.rewrite_iter_var(v).map(|v| AttrNode::IterVar(Box::new(v))),
        AttrNode::Value(value) => r.rewrite_attr_value(value).map(AttrNode::Value),
    }
}

/// Rewrites the values of attributes.
pub fn rewrite_attrs<R: Rewriter + ?Sized>(r: &mut R, attrs: &Attrs) -> Option<Attrs> {
    if attrs.is_empty() {
        return None;
    }
    let items = rewrite_slice(attrs.iter().as_slice(), |(key, value)| {
        r.rewrite_attr_value(value).map(|value| (*key, value))
    })?;
    Some(items.into_vec().into_iter().collect())
}

/// Rewrites expressions and buffers inside an attribute's value.
pub fn walk_rewrite_attr_value<R: Rewriter + ?Sized>(
    r: &mut R,
    value: &AttrValue,
) -> Option<AttrValue> {
    match value {
        AttrValue::None
        | AttrValue::Bool(_)
        | AttrValue::Int(_)
        | AttrValue::Float(_)
        | AttrValue::Str(_)
        | AttrValue::Opaque(_) => None,
        AttrValue::Expr(e) => r.rewrite_expr(e).map(AttrValue::Expr),
        AttrValue::Buffer(buffer) => r.rewrite_buffer(buffer).map(AttrValue::Buffer),
        AttrValue::List(items) => {
            let items = rewrite_slice(items, |item| r.rewrite_attr_value(item))?;
            Some(AttrValue::List(items.into()))
        }
        AttrValue::Dict(items) => {
            let items = rewrite_slice(items, |(key, item)| {
                r.rewrite_attr_value(item).map(|item| (key.clone(), item))
            })?;
            Some(AttrValue::Dict(items.into()))
        }
        AttrValue::Reducer(reducer) => {
            changed_or_return! {
                lhs = rewrite_slice(&reducer.lhs, |v| r.rewrite_var(*v)), reducer.lhs;
                rhs = rewrite_slice(&reducer.rhs, |v| r.rewrite_var(*v)), reducer.rhs;
                result = rewrite_exprs(r, &reducer.result), reducer.result;
                identity = rewrite_exprs(r, &reducer.identity), reducer.identity;
            }
            Some(AttrValue::Reducer(Arc::new(CommReducer { lhs, rhs, result, identity })))
        }
        AttrValue::Target(value) => {
            r.rewrite_attr_value(value).map(|value| AttrValue::Target(Arc::new(value)))
        }
    }
}

/// Rewrites parameters, attributes and body of a function.
pub fn walk_rewrite_func<R: Rewriter + ?Sized>(r: &mut R, func: &PrimFunc) -> Option<PrimFunc> {
    changed_or_return! {
        params = rewrite_slice(&func.params, |param| rewrite_param(r, param)), func.params;
        attrs = rewrite_attrs(r, &func.attrs), func.attrs;
        body = r.rewrite_stmt(&func.body), func.body;
    }
    Some(PrimFunc {
        name: func.name,
        params,
        ret_dtype: func.ret_dtype,
        body,
        attrs,
        private: func.private,
        s_tir: func.s_tir,
        check_well_formed: func.check_well_formed,
        span: func.span,
    })
}

fn rewrite_param<R: Rewriter + ?Sized>(r: &mut R, param: &Param) -> Option<Param> {
    let buffer = param.buffer().and_then(|b| r.rewrite_buffer(b)).map(ParamKind::Buffer);
    changed_or_return! {
        var = r.rewrite_var(param.var), param.var;
        kind = buffer, param.kind;
    }
    Some(Param { var, kind, span: param.span })
}

/// Rewrites `data`, shape, strides and offset of a buffer. The new buffer keeps the id: it is the
/// same buffer, so it has to be replaced at every place where it stands.
pub fn walk_rewrite_buffer<R: Rewriter + ?Sized>(r: &mut R, buffer: &Buffer) -> Option<Buffer> {
    changed_or_return! {
        data = r.rewrite_var(buffer.data), buffer.data;
        shape = rewrite_exprs(r, &buffer.shape), buffer.shape;
        strides = rewrite_exprs(r, &buffer.strides), buffer.strides;
        elem_offset =
            rewrite_option(&buffer.elem_offset, |e| r.rewrite_expr(e)), buffer.elem_offset;
    }
    let old: BufferNode = (**buffer).clone();
    Some(Buffer::from_node(BufferNode { data, shape, strides, elem_offset, ..old }))
}

/// What each buffer became, so that all its places agree. The usual
/// [`Rewriter::rewrite_buffer`] looks here first:
///
/// ```text
/// fn rewrite_buffer(&mut self, buffer: &Buffer) -> Option<Buffer> {
///     if let Some(known) = self.buffers.get(buffer) {
///         return known;
///     }
///     let new = walk_rewrite_buffer(self, buffer);
///     self.buffers.record(buffer, new)
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct BufferRemap(FxHashMap<BufferId, Option<Buffer>>);

impl BufferRemap {
    /// A map that knows no buffer.
    pub fn new() -> BufferRemap {
        BufferRemap::default()
    }

    /// What `buffer` became (`Some(None)`: it is unchanged), if that is known.
    pub fn get(&self, buffer: &Buffer) -> Option<Option<Buffer>> {
        self.0.get(&buffer.id).cloned()
    }

    /// Remembers what `buffer` became, and gives it back.
    pub fn record(&mut self, buffer: &Buffer, new: Option<Buffer>) -> Option<Buffer> {
        self.0.insert(buffer.id, new.clone());
        new
    }
}
