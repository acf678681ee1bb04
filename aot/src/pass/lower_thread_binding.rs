//! Loops over the blocks and threads of a grid become ordinary loops, phase by phase
//! (SEMANTICS P3).
//!
//! ```text
//! for tx in T.thread_binding(32, "threadIdx.x"):        for tx in range(32):
//!     S[tx] = A[tx]                                →        S[tx] = A[tx]
//!     R[tx] = S[31 - tx]                                for tx in range(32):
//!                                                           R[tx] = S[31 - tx]
//! ```
//! A statement directly under the loops that touches shared memory ends a phase, and so does
//! `T.tvm_storage_sync`; loops and branches around a barrier are taken by all threads together, so
//! they come out of the loops over threads. What belongs to one thread (memory of scope `local`,
//! bindings) and lives through several phases gets a place for every thread.

mod allreduce;

use crate::pass::index;
use crate::pass::remove_unused::is_pure;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use tirade_ir::buffer::BufferNode;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_stmt};
use tirade_ir::stmt::{
    AllocBuffer, AllocOrigin, AttrNode, AttrStmt, Bind, BufferStore, DeclBuffer, IfThenElse, While,
};
use tirade_ir::subst::{
    BufferMap, VarMap, copy_with_fresh_binders, substitute, substitute_all, substitute_var,
};
use tirade_ir::visit::{Visitor, any_expr, for_each_stmt};
use tirade_ir::{
    AttrValue, Attrs, BinOp, Buffer, CommReducer, For, ForKind, Op, PrimExpr, PrimFunc, Span, Stmt,
    Symbol, Var, VarId,
};

/// Lowers every loop over blocks and threads. Blocks have to be lowered before.
pub fn lower_thread_binding(func: &PrimFunc) -> PrimFunc {
    let mut lower = Lower { allocs: FxHashMap::default(), axes: Vec::new(), reducer: None };
    let func = func.rewrite_or_clone(&mut LaunchToLoop);
    func.rewrite_or_clone(&mut lower)
}

/// `T.launch_thread` is a loop like any other.
struct LaunchToLoop;

impl Rewriter for LaunchToLoop {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        let walked = walk_rewrite_stmt(self, stmt);
        match walked.as_ref().unwrap_or(stmt) {
            Stmt::Attr(a) => launch_loop(a).or(walked),
            _ => walked,
        }
    }
}

fn launch_loop(a: &AttrStmt) -> Option<Stmt> {
    let ("thread_extent" | "virtual_thread", AttrNode::IterVar(iter)) = (a.key.as_str(), &a.node)
    else {
        return None;
    };
    Some(Stmt::For(Arc::new(For {
        loop_var: iter.var,
        min: PrimExpr::int(0, iter.var.dtype),
        extent: index::cast(iter.var.dtype, a.value.clone()),
        step: None,
        kind: ForKind::ThreadBinding,
        thread_tag: Some(iter.thread_tag.unwrap_or(Symbol::new("vthread"))),
        body: a.body.clone(),
        annotations: Attrs::new(),
        span: a.span,
    })))
}

struct Lower {
    /// Allocations seen so far, by their pointer.
    allocs: FxHashMap<VarId, Buffer>,
    /// Axes that are bound around the statement at hand.
    axes: Vec<Axis>,
    /// The reducer of the `reduce_scope` around.
    reducer: Option<Arc<CommReducer>>,
}

/// A bound axis: which, and the number of the thread along it.
#[derive(Clone, Debug)]
struct Axis {
    tag: Symbol,
    var: Var,
    min: PrimExpr,
    extent: PrimExpr,
    span: Span,
}

impl Axis {
    fn of(l: &For) -> Option<Axis> {
        let tag = l.thread_tag.filter(|_| l.kind == ForKind::ThreadBinding)?;
        let (min, extent) = (l.min.clone(), l.extent.clone());
        Some(Axis { tag, var: l.loop_var, min, extent, span: l.span })
    }

    fn is_thread(&self) -> bool {
        self.tag.as_str().starts_with("threadIdx")
    }

    fn is_virtual(&self) -> bool {
        self.tag.as_str().starts_with("vthread")
    }

    fn serial(&self, body: Stmt) -> Stmt {
        Stmt::For(Arc::new(For {
            loop_var: self.var,
            min: self.min.clone(),
            extent: self.extent.clone(),
            step: None,
            kind: ForKind::Serial,
            thread_tag: None,
            body,
            annotations: Attrs::new(),
            span: self.span,
        }))
    }

    /// The body of a loop over this axis inside of another one over it: the same threads, as far
    /// as there are iterations.
    fn same_threads(&self, outer: &Axis, body: &Stmt) -> Stmt {
        let number = index::sub(outer.var.into(), outer.min.clone());
        let value = index::cast(self.var.dtype, index::add(self.min.clone(), number.clone()));
        let body = substitute_var(body, self.var, value);
        if self.extent == outer.extent {
            return body;
        }
        let extent = index::cast(number.dtype(), self.extent.clone());
        let takes_part = PrimExpr::binary(BinOp::Lt, number, extent, self.span);
        if_stmt(takes_part, body, None, self.span)
    }
}

impl Rewriter for Lower {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        match stmt {
            Stmt::AllocBuffer(a) => {
                self.allocs.insert(a.buffer.data.id, a.buffer.clone());
                None
            }
            Stmt::For(l) => match Axis::of(l) {
                Some(axis) => Some(self.bound_loop(l, axis)),
                None => walk_rewrite_stmt(self, stmt),
            },
            Stmt::Attr(a) if a.key.as_str() == "reduce_scope" => {
                let around = self.reducer.take();
                self.reducer = reducer_of(a);
                let body = a.body.rewrite_or_clone(self);
                self.reducer = around;
                Some(body)
            }
            Stmt::Evaluate(e) => allreduce::of_one_thread(&e.value, self.reducer.as_deref()),
            _ => walk_rewrite_stmt(self, stmt),
        }
    }

    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }
}

fn reducer_of(a: &AttrStmt) -> Option<Arc<CommReducer>> {
    match &a.node {
        AttrNode::Value(AttrValue::Reducer(reducer)) => Some(reducer.clone()),
        _ => None,
    }
}

impl Lower {
    fn bound_loop(&mut self, l: &For, axis: Axis) -> Stmt {
        if let Some(outer) = self.axes.iter().find(|a| a.tag == axis.tag && !a.is_virtual()) {
            let body = axis.same_threads(outer, &l.body);
            return body.rewrite_or_clone(self);
        }
        if axis.is_thread() && needs_phases(&l.body) {
            return self.phases(l, axis);
        }
        self.axes.push(axis.clone());
        let body = l.body.rewrite_or_clone(self);
        self.axes.pop();
        axis.serial(body)
    }

    /// The threads of a block, phase by phase.
    fn phases(&mut self, l: &For, axis: Axis) -> Stmt {
        for_each_stmt(&l.body, |s| {
            if let Stmt::AllocBuffer(a) = s {
                self.allocs.insert(a.buffer.data.id, a.buffer.clone());
            }
        });
        let mut group = Group {
            outer: self.axes.clone(),
            axes: vec![axis],
            allocs: &self.allocs,
            own: Vec::new(),
            views: Vec::new(),
            binds: Vec::new(),
            out: Vec::new(),
            pending: Vec::new(),
            reducer: self.reducer.clone(),
        };
        let mut stmts = group.adopt_outer_locals(&l.body);
        group.run(&l.body);
        group.flush();
        stmts.append(&mut group.out);
        Stmt::seq(stmts)
    }
}

/// True if threads meet somewhere in `stmt`, or hand values to each other through shared memory.
fn needs_phases(stmt: &Stmt) -> bool {
    meets(stmt) || touches_shared(stmt)
}

/// True if all threads have to come to a point inside of `stmt` together.
fn meets(stmt: &Stmt) -> bool {
    let mut found = false;
    for_each_stmt(stmt, |s| {
        found |= match s {
            Stmt::Evaluate(e) => is_barrier(&e.value),
            _ => false,
        };
    });
    found
}

fn is_barrier(value: &PrimExpr) -> bool {
    matches!(value, PrimExpr::Call(c) if matches!(c.op, Op::StorageSync | Op::ThreadAllreduce))
}

fn touches_shared(stmt: &Stmt) -> bool {
    struct Touches(bool);
    impl Visitor for Touches {
        fn visit_buffer(&mut self, buffer: &Buffer) {
            self.0 |= !is_own(buffer);
        }
    }
    let mut touches = Touches(false);
    touches.visit_stmt(stmt);
    touches.0
}

/// Memory that every thread has one of.
struct OwnMemory {
    /// The buffer that stands for it in the program.
    buffer: Buffer,
    /// The pointer to the memory of all threads.
    data: Var,
    /// Bytes of one thread.
    bytes: PrimExpr,
}

/// The threads of a block that run together.
struct Group<'a> {
    outer: Vec<Axis>,
    /// Loops over threads, outermost first.
    axes: Vec<Axis>,
    allocs: &'a FxHashMap<VarId, Buffer>,
    own: Vec<OwnMemory>,
    /// Views declared under the loops.
    views: Vec<Buffer>,
    /// Bindings under the loops that can be evaluated again.
    binds: Vec<Stmt>,
    out: Vec<Stmt>,
    /// Statements of the present phase.
    pending: Vec<Stmt>,
    /// The reducer of the `reduce_scope` around.
    reducer: Option<Arc<CommReducer>>,
}

impl Group<'_> {
    /// Memory of scope `local` that is declared outside of the loops belongs to a thread all the
    /// same; gives the allocations that make room for all threads.
    fn adopt_outer_locals(&mut self, body: &Stmt) -> Vec<Stmt> {
        let mut inside = FxHashSet::default();
        for_each_stmt(body, |s| {
            if let Stmt::AllocBuffer(a) = s {
                inside.insert(a.buffer.data.id);
            }
        });
        let mut used: Vec<VarId> = Vec::new();
        for buffer in tirade_ir::subst::free_buffers(body) {
            let data = buffer.data.id;
            if !inside.contains(&data) && !used.contains(&data) {
                used.push(data);
            }
        }
        let mut stmts = Vec::new();
        for data in used {
            let Some(buffer) = self.allocs.get(&data).cloned() else { continue };
            if is_own(&buffer) && buffer.scope.as_str() != "global" {
                stmts.push(self.own_memory(&buffer));
            }
        }
        stmts
    }

    /// Room for all threads; the program's buffer becomes a view of a part of it.
    fn own_memory(&mut self, buffer: &Buffer) -> Stmt {
        let width = buffer.dtype.element().bytes() as i32 * buffer.dtype.lanes() as i32;
        let len = buffer.shape.iter().fold(PrimExpr::i32(1), |n, e| index::mul(n, e.clone()));
        let all = self.axes.iter().fold(len.clone(), |n, a| index::mul(n, a.extent.clone()));
        let memory = Buffer::from_node(BufferNode {
            scope: buffer.scope,
            span: buffer.span,
            ..BufferNode::new(buffer.name, [all], buffer.dtype)
        });
        self.own.push(OwnMemory {
            buffer: buffer.clone(),
            data: memory.data,
            bytes: index::mul(len, PrimExpr::i32(width)),
        });
        alloc_stmt(memory)
    }

    /// Number of the thread in the group.
    fn thread_number(&self) -> PrimExpr {
        self.axes.iter().fold(PrimExpr::i32(0), |n, axis| {
            let own = index::sub(axis.var.into(), axis.min.clone());
            index::add(index::mul(n, axis.extent.clone()), own)
        })
    }

    /// Runs a statement directly under the loops.
    fn run(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Seq(s) => s.stmts.iter().for_each(|s| self.run(s)),
            Stmt::Attr(a) if a.key.as_str() == "reduce_scope" => {
                let around = std::mem::replace(&mut self.reducer, reducer_of(a));
                self.run(&a.body);
                self.reducer = around;
            }
            Stmt::Attr(a) if meets(stmt) || touches_shared(stmt) => self.run(&a.body),
            Stmt::AllocBuffer(a) if !is_own(&a.buffer) => {
                self.flush();
                self.out.push(stmt.clone());
            }
            Stmt::AllocBuffer(a) => {
                self.flush();
                let alloc = self.own_memory(&a.buffer);
                self.out.push(alloc);
            }
            Stmt::DeclBuffer(d) => self.views.push(d.buffer.clone()),
            Stmt::Bind(b) => self.bind(b),
            Stmt::For(l) => self.run_for(l, stmt),
            Stmt::While(l) if meets(stmt) => {
                self.flush();
                let condition = self.for_first_thread(&l.condition);
                let body = self.nested(&l.body);
                self.out.push(Stmt::While(Arc::new(While { condition, body, span: l.span })));
            }
            Stmt::If(b) if meets(stmt) => {
                self.flush();
                let condition = self.for_first_thread(&b.condition);
                let then_case = self.nested(&b.then_case);
                let else_case = b.else_case.as_ref().map(|s| self.nested(s));
                self.out.push(if_stmt(condition, then_case, else_case, b.span));
            }
            Stmt::Evaluate(e) if is_sync(&e.value) => self.flush(),
            Stmt::Evaluate(e) if is_barrier(&e.value) => self.allreduce(&e.value),
            Stmt::Store(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Block(_)
            | Stmt::Assert(_)
            | Stmt::Attr(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => self.one_by_one(stmt),
        }
    }

    fn run_for(&mut self, l: &For, stmt: &Stmt) {
        let Some(axis) = Axis::of(l).filter(Axis::is_thread) else {
            if !meets(stmt) {
                return self.one_by_one(stmt);
            }
            self.flush();
            let (min, extent) = (self.for_first_thread(&l.min), self.for_first_thread(&l.extent));
            let body = self.nested(&l.body);
            self.out.push(Stmt::For(Arc::new(For {
                loop_var: l.loop_var,
                min,
                extent,
                step: l.step.clone(),
                kind: ForKind::Serial,
                thread_tag: None,
                body,
                annotations: l.annotations.clone(),
                span: l.span,
            })));
            return;
        };
        let bound = self.axes.iter().chain(&self.outer).find(|a| a.tag == axis.tag).cloned();
        match bound {
            Some(outer) => self.run(&axis.same_threads(&outer, &l.body)),
            None => {
                self.flush();
                self.axes.push(axis);
                let body = self.nested(&l.body);
                self.axes.pop();
                self.out.push(body);
            }
        }
    }

    /// A statement that all threads run before the next one.
    fn one_by_one(&mut self, stmt: &Stmt) {
        self.pending.push(stmt.clone());
        if touches_shared(stmt) {
            self.flush();
        }
    }

    /// What stands inside a loop or branch that all threads take together.
    fn nested(&mut self, body: &Stmt) -> Stmt {
        let outer = std::mem::take(&mut self.out);
        let (own, views, binds) = (self.own.len(), self.views.len(), self.binds.len());
        self.run(body);
        self.flush();
        self.own.truncate(own);
        self.views.truncate(views);
        self.binds.truncate(binds);
        Stmt::seq(std::mem::replace(&mut self.out, outer))
    }

    /// A binding is evaluated again in every phase, or kept in memory if it reads any.
    fn bind(&mut self, bind: &Bind) {
        let reads = any_expr(&bind.value, |e| matches!(e, PrimExpr::Load(_)));
        if is_pure(&bind.value) && !reads || bind.var.dtype.is_handle() {
            self.binds.push(Stmt::Bind(Arc::new(Bind {
                var: bind.var,
                pointer: bind.pointer,
                value: bind.value.clone(),
                span: bind.span,
            })));
            return;
        }
        self.flush();
        let cell = Buffer::new(bind.var.name, [PrimExpr::i32(1)], bind.var.dtype);
        let alloc = self.own_memory(&cell);
        self.out.push(alloc);
        let zero: Box<[PrimExpr]> = [PrimExpr::i32(0)].into();
        self.pending.push(Stmt::Store(Arc::new(BufferStore {
            buffer: cell.clone(),
            value: bind.value.clone(),
            indices: zero.clone(),
            predicate: None,
            span: bind.span,
        })));
        self.flush();
        let value = PrimExpr::load(cell, zero, bind.span);
        let bind = Bind { var: bind.var, pointer: None, value, span: bind.span };
        self.binds.push(Stmt::Bind(Arc::new(bind)));
    }

    /// Ends a phase: its statements in loops over the threads.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let body = Stmt::seq(std::mem::take(&mut self.pending));
        let body = self.in_thread(body);
        let body = body.rewrite_or_clone(&mut Inner { axes: self.all_axes() });
        let loops = self.axes.iter().rev().fold(body, |body, axis| axis.serial(body));
        self.out.push(copy_with_fresh_binders(&loops));
    }

    fn all_axes(&self) -> Vec<Axis> {
        self.outer.iter().chain(&self.axes).cloned().collect()
    }

    /// `body` with what it sees of its thread: views of its own memory, and bindings.
    fn in_thread(&self, body: Stmt) -> Stmt {
        let mut buffers = BufferMap::default();
        let mut vars = VarMap::default();
        let mut prologue = Vec::new();
        let number = self.thread_number();
        for own in &self.own {
            let old = own.buffer.data.id;
            vars.insert(old, own.data.into());
            let views = self.views.iter().filter(|v| v.data.id == old);
            for view in [&own.buffer].into_iter().chain(views) {
                let shifted = shifted_view(view, own, &number);
                buffers.insert(view.id, shifted.clone());
                let decl = DeclBuffer { buffer: shifted, span: view.span };
                prologue.push(Stmt::DeclBuffer(Arc::new(decl)));
            }
        }
        for view in self.views.iter().filter(|v| !buffers.contains_key(&v.id)) {
            let decl = DeclBuffer { buffer: view.clone(), span: view.span };
            prologue.push(Stmt::DeclBuffer(Arc::new(decl)));
        }
        let inner = Stmt::seq(self.binds.iter().cloned().chain([body]));
        let inner = substitute_all(&inner, &vars, &buffers);
        Stmt::seq(prologue.into_iter().chain([inner]))
    }

    /// A value on which all threads agree, as the first of them computes it.
    fn for_first_thread(&self, value: &PrimExpr) -> PrimExpr {
        let mut vars: VarMap =
            self.axes.iter().map(|a| (a.var.id, index::cast(a.var.dtype, a.min.clone()))).collect();
        for bind in &self.binds {
            if let Stmt::Bind(b) = bind {
                let known = substitute(&b.value, &vars);
                vars.insert(b.var.id, known);
            }
        }
        let mut buffers = BufferMap::default();
        for own in &self.own {
            let first = shifted_view(&own.buffer, own, &PrimExpr::i32(0));
            buffers.insert(own.buffer.id, first);
        }
        substitute_all(value, &vars, &buffers)
    }
}

/// Memory that is not shared by the threads of a block when it is declared under their loops.
fn is_own(buffer: &Buffer) -> bool {
    let scope = buffer.scope.as_str();
    !scope.starts_with("shared") && !scope.starts_with("warp")
}

/// A view of a thread's own part of the memory of all threads.
fn shifted_view(view: &Buffer, own: &OwnMemory, number: &PrimExpr) -> Buffer {
    let width = view.dtype.element().bytes() as i128 * i128::from(view.dtype.lanes());
    let step = match own.bytes.as_int() {
        Some(bytes) => PrimExpr::i32((bytes / width) as i32),
        None => {
            let width = PrimExpr::int(width as i64, own.bytes.dtype());
            PrimExpr::binary(BinOp::FloorDiv, own.bytes.clone(), width, Span::NONE)
        }
    };
    let offset = view.elem_offset.clone().unwrap_or(PrimExpr::i32(0));
    let offset = index::add(index::mul(number.clone(), step), offset);
    let fresh = Buffer::new(view.name, view.shape.clone(), view.dtype);
    Buffer::from_node(BufferNode {
        id: fresh.id,
        data: own.data,
        elem_offset: Some(offset),
        ..(**view).clone()
    })
}

/// Loops over bound axes inside of a phase.
struct Inner {
    axes: Vec<Axis>,
}

impl Rewriter for Inner {
    fn rewrite_stmt(&mut self, stmt: &Stmt) -> Option<Stmt> {
        if let Stmt::For(l) = stmt
            && let Some(axis) = Axis::of(l)
        {
            if let Some(outer) = self.axes.iter().find(|a| a.tag == axis.tag && !a.is_virtual()) {
                return Some(axis.same_threads(outer, &l.body).rewrite_or_clone(self));
            }
            self.axes.push(axis.clone());
            let body = l.body.rewrite_or_clone(self);
            self.axes.pop();
            return Some(axis.serial(body));
        }
        walk_rewrite_stmt(self, stmt)
    }

    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }
}

fn is_sync(value: &PrimExpr) -> bool {
    matches!(value, PrimExpr::Call(c) if c.op == Op::StorageSync)
}

fn alloc_stmt(buffer: Buffer) -> Stmt {
    let span = buffer.span;
    Stmt::AllocBuffer(Arc::new(AllocBuffer {
        buffer,
        annotations: Attrs::new(),
        constant: None,
        origin: AllocOrigin::AllocBuffer,
        span,
    }))
}

fn if_stmt(condition: PrimExpr, then_case: Stmt, else_case: Option<Stmt>, span: Span) -> Stmt {
    Stmt::If(Arc::new(IfThenElse { condition, then_case, else_case, span }))
}
