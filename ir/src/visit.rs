//! Reading traversals: [`Visitor`] with its `walk_*` functions, and closures for the common cases.
//!
//! Nodes come in the order in which a program is read, a parent before its children. Matches over
//! nodes are exhaustive: a new kind of node is a compile error here.
//!
//! Buffers are visited as definitions ([`Visitor::visit_buffer_def`], which goes on to shape,
//! strides and offset) and as uses ([`Visitor::visit_buffer`], which goes nowhere).

use crate::buffer::{Buffer, BufferRegion, MatchBufferRegion, Range};
use crate::expr::{CallArg, Callee, PrimExpr, Var};
use crate::func::{AttrValue, Attrs, IRModule, Param, ParamKind, PrimFunc};
use crate::stmt::{AttrNode, Block, BlockRealize, IterVar, Stmt};
use crate::symbol::Symbol;

/// What introduces a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferSite {
    /// A parameter. Binds `data` and the variables of the buffer that nothing else binds.
    Param,
    /// An allocation. Binds `data`.
    Alloc,
    /// A view of memory. `data` is bound elsewhere.
    Decl,
    /// A view of a region of another buffer. Binds like a parameter.
    Match,
}

/// A reading traversal. Every method may be overridden; the defaults go on to all children.
#[allow(unused_variables)]
pub trait Visitor {
    /// An expression.
    fn visit_expr(&mut self, expr: &PrimExpr) {
        walk_expr(self, expr);
    }

    /// A statement.
    fn visit_stmt(&mut self, stmt: &Stmt) {
        walk_stmt(self, stmt);
    }

    /// A use of a variable, in an expression or as `data` of a view.
    fn visit_var(&mut self, var: Var) {}

    /// A place that binds a variable.
    fn visit_var_def(&mut self, var: Var) {}

    /// A use of a buffer.
    fn visit_buffer(&mut self, buffer: &Buffer) {}

    /// A place that introduces a buffer.
    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        walk_buffer_def(self, buffer, site);
    }

    /// A region of a buffer.
    fn visit_buffer_region(&mut self, region: &BufferRegion) {
        walk_buffer_region(self, region);
    }

    /// An axis of a block or of a thread grid: its domain, then its variable.
    fn visit_iter_var(&mut self, iter_var: &IterVar) {
        walk_iter_var(self, iter_var);
    }

    /// A block, behind the values of its axes.
    fn visit_block(&mut self, block: &Block) {
        walk_block(self, block);
    }

    /// A parameter of a function.
    fn visit_param(&mut self, param: &Param) {
        walk_param(self, param);
    }

    /// A value of an attribute.
    fn visit_attr_value(&mut self, value: &AttrValue) {
        walk_attr_value(self, value);
    }

    /// A function.
    fn visit_func(&mut self, func: &PrimFunc) {
        walk_func(self, func);
    }
}

/// Something that a [`Visitor`] can start from.
pub trait Visit {
    /// Shows this node to `visitor`.
    fn visit_with<V: Visitor + ?Sized>(&self, visitor: &mut V);
}

macro_rules! visit {
    ($($node:ty => $method:ident;)*) => {
        $(impl Visit for $node {
            #[inline]
            fn visit_with<V: Visitor + ?Sized>(&self, visitor: &mut V) {
                visitor.$method(self);
            }
        })*
    };
}

visit! {
    PrimExpr => visit_expr;
    Stmt => visit_stmt;
    Block => visit_block;
    BufferRegion => visit_buffer_region;
    PrimFunc => visit_func;
}

impl Visit for Range {
    fn visit_with<V: Visitor + ?Sized>(&self, visitor: &mut V) {
        walk_range(visitor, self);
    }
}

impl Visit for IRModule {
    fn visit_with<V: Visitor + ?Sized>(&self, visitor: &mut V) {
        self.functions().for_each(|func| visitor.visit_func(func));
    }
}

impl<T: Visit> Visit for [T] {
    fn visit_with<V: Visitor + ?Sized>(&self, visitor: &mut V) {
        self.iter().for_each(|node| node.visit_with(visitor));
    }
}

/// Visits the children of an expression.
pub fn walk_expr<V: Visitor + ?Sized>(v: &mut V, expr: &PrimExpr) {
    match expr {
        PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Str(_) => {}
        PrimExpr::Var(var) => v.visit_var(*var),
        PrimExpr::Cast(e) => v.visit_expr(&e.value),
        PrimExpr::Binary(e) => {
            v.visit_expr(&e.lhs);
            v.visit_expr(&e.rhs);
        }
        PrimExpr::Not(e) => v.visit_expr(&e.value),
        PrimExpr::Select(e) => {
            v.visit_expr(&e.condition);
            v.visit_expr(&e.true_value);
            v.visit_expr(&e.false_value);
        }
        PrimExpr::Load(e) => {
            v.visit_buffer(&e.buffer);
            e.indices.iter().chain(&e.predicate).for_each(|e| v.visit_expr(e));
        }
        PrimExpr::Ramp(e) => {
            v.visit_expr(&e.base);
            v.visit_expr(&e.stride);
        }
        PrimExpr::Broadcast(e) => v.visit_expr(&e.value),
        PrimExpr::Shuffle(e) => e.vectors.iter().chain(&e.indices).for_each(|e| v.visit_expr(e)),
        PrimExpr::Let(e) => {
            v.visit_expr(&e.value);
            v.visit_var_def(e.var);
            v.visit_expr(&e.body);
        }
        PrimExpr::Call(e) => e.args.iter().for_each(|e| v.visit_expr(e)),
        PrimExpr::CallFunc(e) => e.args.iter().for_each(|arg| walk_call_arg(v, arg)),
    }
}

fn walk_call_arg<V: Visitor + ?Sized>(v: &mut V, arg: &CallArg) {
    match arg {
        CallArg::Expr(e) => v.visit_expr(e),
        CallArg::Buffer(buffer) => v.visit_buffer(buffer),
        CallArg::Region(region) => v.visit_buffer_region(region),
        CallArg::DType(_) => {}
        CallArg::Attr(value) => v.visit_attr_value(value),
    }
}

/// Visits the children of a statement.
pub fn walk_stmt<V: Visitor + ?Sized>(v: &mut V, stmt: &Stmt) {
    match stmt {
        Stmt::Seq(s) => s.stmts.iter().for_each(|s| v.visit_stmt(s)),
        Stmt::Store(s) => {
            v.visit_buffer(&s.buffer);
            s.indices.iter().for_each(|e| v.visit_expr(e));
            v.visit_expr(&s.value);
            s.predicate.iter().for_each(|e| v.visit_expr(e));
        }
        Stmt::For(s) => {
            v.visit_expr(&s.min);
            v.visit_expr(&s.extent);
            s.step.iter().for_each(|e| v.visit_expr(e));
            walk_attrs(v, &s.annotations);
            v.visit_var_def(s.loop_var);
            v.visit_stmt(&s.body);
        }
        Stmt::While(s) => {
            v.visit_expr(&s.condition);
            v.visit_stmt(&s.body);
        }
        Stmt::If(s) => {
            v.visit_expr(&s.condition);
            v.visit_stmt(&s.then_case);
            s.else_case.iter().for_each(|s| v.visit_stmt(s));
        }
        Stmt::Block(s) => walk_block_realize(v, s),
        Stmt::Bind(s) => {
            v.visit_expr(&s.value);
            v.visit_var_def(s.var);
        }
        Stmt::AllocBuffer(s) => {
            v.visit_buffer_def(&s.buffer, BufferSite::Alloc);
            walk_attrs(v, &s.annotations);
            s.constant.iter().for_each(|value| v.visit_attr_value(value));
        }
        Stmt::DeclBuffer(s) => v.visit_buffer_def(&s.buffer, BufferSite::Decl),
        Stmt::Assert(s) => v.visit_expr(&s.condition),
        Stmt::Attr(s) => {
            v.visit_expr(&s.value);
            walk_attr_node(v, &s.node);
            v.visit_stmt(&s.body);
        }
        Stmt::Evaluate(s) => v.visit_expr(&s.value),
        Stmt::Return(s) => s.value.iter().for_each(|e| v.visit_expr(e)),
        Stmt::Break(_) | Stmt::Continue(_) => {}
    }
}

/// Visits the values of the axes, the predicate and the block.
pub fn walk_block_realize<V: Visitor + ?Sized>(v: &mut V, realize: &BlockRealize) {
    realize.iter_values.iter().for_each(|e| v.visit_expr(e));
    v.visit_expr(&realize.predicate);
    v.visit_block(&realize.block);
}

/// Visits the children of a block: axes, buffers it introduces, regions, annotations, init, body.
pub fn walk_block<V: Visitor + ?Sized>(v: &mut V, block: &Block) {
    block.iter_vars.iter().for_each(|iter_var| v.visit_iter_var(iter_var));
    block.alloc_buffers.iter().for_each(|b| v.visit_buffer_def(b, BufferSite::Alloc));
    block.match_buffers.iter().for_each(|m| walk_match_buffer(v, m));
    block.reads.iter().chain(&block.writes).for_each(|region| v.visit_buffer_region(region));
    walk_attrs(v, &block.annotations);
    block.init.iter().for_each(|s| v.visit_stmt(s));
    v.visit_stmt(&block.body);
}

/// Visits the region that is viewed, then the view.
pub fn walk_match_buffer<V: Visitor + ?Sized>(v: &mut V, view: &MatchBufferRegion) {
    v.visit_buffer_region(&view.source);
    v.visit_buffer_def(&view.buffer, BufferSite::Match);
}

/// Visits `data`, shape, strides and offset of a buffer.
pub fn walk_buffer_def<V: Visitor + ?Sized>(v: &mut V, buffer: &Buffer, site: BufferSite) {
    match site {
        BufferSite::Param | BufferSite::Alloc | BufferSite::Match => v.visit_var_def(buffer.data),
        BufferSite::Decl => v.visit_var(buffer.data),
    }
    let fields = buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset);
    fields.for_each(|e| v.visit_expr(e));
}

/// Visits the buffer of a region, then the ranges.
pub fn walk_buffer_region<V: Visitor + ?Sized>(v: &mut V, region: &BufferRegion) {
    v.visit_buffer(&region.buffer);
    region.region.iter().for_each(|range| walk_range(v, range));
}

/// Visits minimum and extent.
pub fn walk_range<V: Visitor + ?Sized>(v: &mut V, range: &Range) {
    v.visit_expr(&range.min);
    v.visit_expr(&range.extent);
}

/// Visits the domain of an axis, then its variable.
pub fn walk_iter_var<V: Visitor + ?Sized>(v: &mut V, iter_var: &IterVar) {
    walk_range(v, &iter_var.dom);
    v.visit_var_def(iter_var.var);
}

fn walk_attr_node<V: Visitor + ?Sized>(v: &mut V, node: &AttrNode) {
    match node {
        AttrNode::Expr(e) => v.visit_expr(e),
        AttrNode::Buffer(buffer) => v.visit_buffer(buffer),
        AttrNode::IterVar(iter_var) => v.visit_iter_var(iter_var),
        AttrNode::Value(value) => v.visit_attr_value(value),
    }
}

/// Visits the values of attributes.
pub fn walk_attrs<V: Visitor + ?Sized>(v: &mut V, attrs: &Attrs) {
    attrs.iter().for_each(|(_, value)| v.visit_attr_value(value));
}

/// Visits expressions and buffers inside an attribute's value.
pub fn walk_attr_value<V: Visitor + ?Sized>(v: &mut V, value: &AttrValue) {
    match value {
        AttrValue::None
        | AttrValue::Bool(_)
        | AttrValue::Int(_)
        | AttrValue::Float(_)
        | AttrValue::Str(_)
        | AttrValue::Opaque(_) => {}
        AttrValue::Expr(e) => v.visit_expr(e),
        AttrValue::Buffer(buffer) => v.visit_buffer(buffer),
        AttrValue::List(items) => items.iter().for_each(|item| v.visit_attr_value(item)),
        AttrValue::Dict(items) => items.iter().for_each(|(_, item)| v.visit_attr_value(item)),
        AttrValue::Reducer(reducer) => {
            reducer.lhs.iter().chain(&reducer.rhs).for_each(|var| v.visit_var_def(*var));
            reducer.result.iter().chain(&reducer.identity).for_each(|e| v.visit_expr(e));
        }
        AttrValue::Target(value) => v.visit_attr_value(value),
    }
}

/// Visits the variable of a parameter, then its buffer.
pub fn walk_param<V: Visitor + ?Sized>(v: &mut V, param: &Param) {
    v.visit_var_def(param.var);
    match &param.kind {
        ParamKind::Scalar | ParamKind::Pointer(_) => {}
        ParamKind::Buffer(buffer) => v.visit_buffer_def(buffer, BufferSite::Param),
    }
}

/// Visits parameters, attributes and body.
pub fn walk_func<V: Visitor + ?Sized>(v: &mut V, func: &PrimFunc) {
    func.params.iter().for_each(|param| v.visit_param(param));
    walk_attrs(v, &func.attrs);
    v.visit_stmt(&func.body);
}

/// Calls `f` for every expression below and including `node`.
pub fn for_each_expr<N: Visit + ?Sized>(node: &N, f: impl FnMut(&PrimExpr)) {
    struct ForEach<F>(F);
    impl<F: FnMut(&PrimExpr)> Visitor for ForEach<F> {
        fn visit_expr(&mut self, expr: &PrimExpr) {
            (self.0)(expr);
            walk_expr(self, expr);
        }
    }
    node.visit_with(&mut ForEach(f));
}

/// Calls `f` with the name of every function of the module that `node` calls.
pub fn for_each_callee<N: Visit + ?Sized>(node: &N, mut f: impl FnMut(Symbol)) {
    for_each_expr(node, |e| {
        if let PrimExpr::CallFunc(call) = e
            && let Callee::Global(name) = call.callee
        {
            f(name);
        }
    });
}

/// Calls `f` for every statement below and including `node`.
pub fn for_each_stmt<N: Visit + ?Sized>(node: &N, f: impl FnMut(&Stmt)) {
    struct ForEach<F>(F);
    impl<F: FnMut(&Stmt)> Visitor for ForEach<F> {
        fn visit_expr(&mut self, _: &PrimExpr) {}

        fn visit_stmt(&mut self, stmt: &Stmt) {
            (self.0)(stmt);
            walk_stmt(self, stmt);
        }
    }
    node.visit_with(&mut ForEach(f));
}

/// Calls `f` for every block below and including `node`, an outer block before the inner ones.
pub fn for_each_block<N: Visit + ?Sized>(node: &N, mut f: impl FnMut(&BlockRealize)) {
    for_each_stmt(node, |stmt| {
        if let Stmt::Block(realize) = stmt {
            f(realize);
        }
    });
}

/// True if `test` holds for some expression below or including `node`.
pub fn any_expr<N: Visit + ?Sized>(node: &N, test: impl FnMut(&PrimExpr) -> bool) -> bool {
    struct Any<F> {
        test: F,
        found: bool,
    }
    impl<F: FnMut(&PrimExpr) -> bool> Visitor for Any<F> {
        fn visit_expr(&mut self, expr: &PrimExpr) {
            if !self.found {
                self.found = (self.test)(expr);
                walk_expr(self, expr);
            }
        }

        fn visit_stmt(&mut self, stmt: &Stmt) {
            if !self.found {
                walk_stmt(self, stmt);
            }
        }
    }
    let mut visitor = Any { test, found: false };
    node.visit_with(&mut visitor);
    visitor.found
}

/// True if `test` holds for some statement below or including `node`.
pub fn any_stmt<N: Visit + ?Sized>(node: &N, mut test: impl FnMut(&Stmt) -> bool) -> bool {
    let mut found = false;
    for_each_stmt(node, |stmt| found = found || test(stmt));
    found
}

/// True if `var` is used below `node`.
pub fn uses_var<N: Visit + ?Sized>(node: &N, var: Var) -> bool {
    any_expr(node, |e| matches!(e, PrimExpr::Var(v) if *v == var))
}
