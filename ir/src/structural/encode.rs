//! The encoding behind structural equality: which fields of which node count.

use super::{FreeVars, Piece};
use crate::buffer::{Buffer, BufferId, BufferRegion, Range};
use crate::dtype::DType;
use crate::expr::{BufferLoad, CallArg, CallFunc, Callee, PrimExpr, Var, VarId};
use crate::func::{AttrValue, Attrs, IRModule, Param, ParamKind, PrimFunc};
use crate::scalar::Scalar;
use crate::span::Span;
use crate::stmt::{AttrNode, Block, BlockRealize, BufferStore, For, IterVar, PointerType, Stmt};
use crate::symbol::Symbol;
use crate::visit::BufferSite;
use rustc_hash::FxHashMap;

/// A step of the path to a node.
#[derive(Clone, Copy, Debug)]
pub enum Segment {
    Field(&'static str),
    Index(usize),
    Func(Symbol),
    Loop(Symbol),
    Block(Symbol),
}

impl Segment {
    pub fn is_index(self) -> bool {
        matches!(self, Segment::Index(_))
    }
}

impl std::fmt::Display for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Segment::Field(name) => f.write_str(name),
            Segment::Index(i) => write!(f, "[{i}]"),
            Segment::Func(name) => write!(f, "{name}"),
            Segment::Loop(name) => write!(f, "loop {name}"),
            Segment::Block(name) => write!(f, "block {:?}", name.as_str()),
        }
    }
}

/// Where tokens go.
pub trait Sink {
    /// A token: what it is, its value, and its value for people.
    fn token(&mut self, what: &'static str, value: u64, show: impl FnOnce() -> String);
    /// What follows lies below `segment`, until the matching `exit`.
    #[inline]
    fn enter(&mut self, _: Segment) {}
    /// The end of what `enter` began.
    #[inline]
    fn exit(&mut self) {}
    /// What follows up to the next `exit` is `piece`, at `span`.
    #[inline]
    fn node(&mut self, _: Span, _: impl FnOnce() -> Piece) {}
}

/// A node that can be compared and hashed structurally.
pub trait Structural {
    /// Writes the node's tokens.
    #[doc(hidden)]
    fn encode<S: Sink>(&self, e: &mut Encoder<S>);
}

/// The state of an encoding: the numbers of binders seen so far.
pub struct Encoder<S> {
    pub sink: S,
    free_vars: FreeVars,
    vars: FxHashMap<VarId, u32>,
    buffers: FxHashMap<BufferId, u32>,
}

impl<S: Sink> Encoder<S> {
    pub fn new(sink: S, free_vars: FreeVars) -> Self {
        Encoder { sink, free_vars, vars: FxHashMap::default(), buffers: FxHashMap::default() }
    }

    fn put(&mut self, what: &'static str, value: u64) {
        self.sink.token(what, value, || value.to_string());
    }

    fn count(&mut self, what: &'static str, n: usize) {
        self.put(what, n as u64);
    }

    fn flag(&mut self, what: &'static str, value: bool) {
        self.sink.token(what, value as u64, || value.to_string());
    }

    fn dtype(&mut self, dtype: DType) {
        self.sink.token("dtype", dtype.packed() as u64, || dtype.to_string());
    }

    /// A text: its length and its bytes, eight in a token.
    fn text(&mut self, what: &'static str, text: &str) {
        self.sink.token(what, text.len() as u64, || format!("{text:?}"));
        for chunk in text.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.sink.token(what, u64::from_le_bytes(bytes), || format!("{text:?}"));
        }
    }

    fn symbol(&mut self, what: &'static str, name: Symbol) {
        self.text(what, name.as_str());
    }

    fn optional_symbol(&mut self, what: &'static str, name: Option<Symbol>) {
        self.symbol(what, name.unwrap_or_else(|| Symbol::new("")));
    }

    fn below(&mut self, segment: Segment, f: impl FnOnce(&mut Self)) {
        self.sink.enter(segment);
        f(self);
        self.sink.exit();
    }

    fn field<N: Structural + ?Sized>(&mut self, name: &'static str, node: &N) {
        self.below(Segment::Field(name), |e| node.encode(e));
    }

    fn list<N: Structural>(&mut self, name: &'static str, nodes: &[N]) {
        self.below(Segment::Field(name), |e| {
            e.count("number of items", nodes.len());
            for (i, node) in nodes.iter().enumerate() {
                e.below(Segment::Index(i), |e| node.encode(e));
            }
        });
    }

    fn optional<N: Structural>(&mut self, name: &'static str, node: Option<&N>) {
        self.below(Segment::Field(name), |e| {
            let present = node.is_some() as u64;
            e.sink.token("presence", present, || ["absent", "present"][present as usize].into());
            node.iter().for_each(|node| node.encode(e));
        });
    }

    /// A place that binds `var`. Binding it once more (a thread axis launched twice) is a use.
    fn bind_var(&mut self, var: Var) {
        let next = self.vars.len() as u32;
        let number = *self.vars.entry(var.id).or_insert(next);
        self.sink.token("variable", (number as u64) << 2, || format!("variable {}", var.name));
        self.dtype(var.dtype);
    }

    fn use_var(&mut self, var: Var) {
        let show = || format!("variable {}", var.name);
        match (self.vars.get(&var.id), self.free_vars) {
            (Some(&number), _) => self.sink.token("variable", (number as u64) << 2 | 1, show),
            (None, FreeVars::Same) => {
                self.sink.token("variable", (var.id.0 as u64) << 2 | 2, show);
            }
            (None, FreeVars::Map) => {
                let number = self.vars.len() as u32;
                self.vars.insert(var.id, number);
                self.sink.token("variable", (number as u64) << 2 | 3, show);
                self.dtype(var.dtype);
            }
        }
    }

    /// A variable in the fields of a parameter or view binds itself if nothing else does.
    fn bind_vars_of(&mut self, buffer: &Buffer) {
        for var in crate::subst::buffer_vars(buffer) {
            if !self.vars.contains_key(&var.id) {
                self.bind_var(var);
            }
        }
    }

    fn define_buffer(&mut self, buffer: &Buffer, site: BufferSite) {
        match site {
            BufferSite::Param | BufferSite::Match => {
                self.bind_var(buffer.data);
                self.bind_vars_of(buffer);
            }
            BufferSite::Alloc => self.bind_var(buffer.data),
            BufferSite::Decl => self.use_var(buffer.data),
        }
        let next = self.buffers.len() as u32;
        self.buffers.insert(buffer.id, next);
        self.buffer_fields(buffer);
    }

    fn buffer_fields(&mut self, b: &Buffer) {
        self.sink.node(b.span, || Piece::Buffer(b.clone()));
        self.dtype(b.dtype);
        self.list("shape", &b.shape);
        self.list("strides", &b.strides);
        match &b.elem_offset {
            Some(offset) => self.field("elem_offset", offset),
            None => self.field("elem_offset", &PrimExpr::i32(0)),
        }
        self.symbol("storage scope", b.scope);
        self.put("alignment", b.align as u64);
        self.put("offset_factor", b.offset_factor as u64);
        self.count("number of axis separators", b.axis_separators.len());
        b.axis_separators.iter().for_each(|&axis| self.put("axis separator", axis as u64));
    }

    fn use_buffer(&mut self, b: &Buffer) {
        let show = || format!("buffer {}", b.name);
        match (self.buffers.get(&b.id), self.free_vars) {
            (Some(&number), _) => self.sink.token("buffer", (number as u64) << 2, show),
            (None, FreeVars::Same) => self.sink.token("buffer", (b.id.0 as u64) << 2 | 1, show),
            (None, FreeVars::Map) => {
                let number = self.buffers.len() as u32;
                self.buffers.insert(b.id, number);
                self.sink.token("buffer", (number as u64) << 2 | 2, show);
                self.use_var(b.data);
                self.buffer_fields(b);
            }
        }
    }

    fn pointer(&mut self, pointer: Option<PointerType>) {
        self.flag("pointer type", pointer.is_some());
        if let Some(p) = pointer {
            self.dtype(p.element);
            self.symbol("storage scope", p.scope);
        }
    }

    fn attrs(&mut self, attrs: &Attrs) {
        self.below(Segment::Field("attrs"), |e| {
            e.count("number of attributes", attrs.iter().len());
            for (key, value) in attrs.iter() {
                e.symbol("attribute name", *key);
                value.encode(e);
            }
        });
    }

    fn kind(&mut self, number: u64, name: &'static str) {
        self.sink.token("kind of node", number, || name.into());
    }
}

impl Structural for PrimExpr {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.sink.node(self.span(), || Piece::Expr(self.clone()));
        match self {
            PrimExpr::Int { value, dtype } => {
                e.kind(0, "integer");
                e.dtype(*dtype);
                e.sink.token("value", *value as u64, || value.to_string());
            }
            PrimExpr::Float { value, dtype } => {
                e.kind(1, "float");
                e.dtype(*dtype);
                let bits = float_bits(*value, *dtype);
                e.sink.token("value", bits, || value.to_string());
            }
            PrimExpr::Var(var) => {
                e.kind(2, "variable");
                e.use_var(*var);
            }
            PrimExpr::Str(s) => {
                e.kind(3, "string");
                e.text("value", &s.value);
            }
            PrimExpr::Cast(x) => {
                e.kind(4, "cast");
                e.dtype(x.dtype);
                e.field("value", &x.value);
            }
            PrimExpr::Binary(x) => {
                e.kind(5, "infix operation");
                e.sink.token("operator", x.op as u64, || format!("{:?}", x.op));
                e.field("lhs", &x.lhs);
                e.field("rhs", &x.rhs);
            }
            PrimExpr::Not(x) => {
                e.kind(6, "not");
                e.field("value", &x.value);
            }
            PrimExpr::Select(x) => {
                e.kind(7, "Select");
                e.field("condition", &x.condition);
                e.field("true_value", &x.true_value);
                e.field("false_value", &x.false_value);
            }
            PrimExpr::Load(x) => load(e, x),
            PrimExpr::Ramp(x) => {
                e.kind(9, "Ramp");
                e.dtype(x.dtype);
                e.field("base", &x.base);
                e.field("stride", &x.stride);
            }
            PrimExpr::Broadcast(x) => {
                e.kind(10, "Broadcast");
                e.dtype(x.dtype);
                e.field("value", &x.value);
            }
            PrimExpr::Shuffle(x) => {
                e.kind(11, "Shuffle");
                e.dtype(x.dtype);
                e.list("vectors", &x.vectors);
                e.list("indices", &x.indices);
            }
            PrimExpr::Let(x) => {
                e.kind(12, "Let");
                e.field("value", &x.value);
                e.bind_var(x.var);
                e.field("body", &x.body);
            }
            PrimExpr::Call(x) => {
                e.kind(13, "call of an op");
                e.sink.token("op", x.op as u64, || format!("{:?}", x.op));
                e.dtype(x.dtype);
                e.list("args", &x.args);
            }
            PrimExpr::CallFunc(x) => call_func(e, x),
        }
    }
}

/// The bits of the rounded value; one number for all NaNs.
fn float_bits(value: f64, dtype: DType) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    match Scalar::from_literal(&PrimExpr::Float { value, dtype }) {
        Some(rounded) => rounded.bits(),
        None => value.to_bits(),
    }
}

fn load<S: Sink>(e: &mut Encoder<S>, x: &BufferLoad) {
    e.kind(8, "load");
    e.use_buffer(&x.buffer);
    e.list("indices", &x.indices);
    e.optional("predicate", x.predicate.as_ref());
}

fn call_func<S: Sink>(e: &mut Encoder<S>, x: &CallFunc) {
    e.kind(14, "call of a function");
    match x.callee {
        Callee::Global(name) => {
            e.put("kind of callee", 0);
            e.symbol("callee", name);
        }
        Callee::Extern { name, pure } => {
            e.put("kind of callee", 1 + pure as u64);
            e.symbol("callee", name);
        }
        Callee::Packed(name) => {
            e.put("kind of callee", 3);
            e.symbol("callee", name);
        }
        Callee::Opaque(name) => {
            e.put("kind of callee", 4);
            e.symbol("callee", name);
        }
    }
    e.dtype(x.dtype);
    e.list("args", &x.args);
}

impl Structural for CallArg {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        match self {
            CallArg::Expr(expr) => {
                e.put("kind of argument", 0);
                expr.encode(e);
            }
            CallArg::Buffer(buffer) => {
                e.put("kind of argument", 1);
                e.use_buffer(buffer);
            }
            CallArg::Region(region) => {
                e.put("kind of argument", 2);
                region.encode(e);
            }
            CallArg::DType(dtype) => {
                e.put("kind of argument", 3);
                e.dtype(*dtype);
            }
            CallArg::Attr(value) => {
                e.put("kind of argument", 4);
                value.encode(e);
            }
        }
    }
}

impl Structural for Range {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.field("min", &self.min);
        e.field("extent", &self.extent);
    }
}

impl Structural for BufferRegion {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.use_buffer(&self.buffer);
        e.list("region", &self.region);
    }
}

impl Structural for IterVar {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.field("dom", &self.dom);
        e.sink.token("kind of axis", self.kind as u64, || format!("{:?}", self.kind));
        e.optional_symbol("thread tag", self.thread_tag);
        e.bind_var(self.var);
    }
}

impl Structural for AttrValue {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        let mut kind = |number| e.put("kind of attribute", number);
        match self {
            AttrValue::None => kind(0),
            AttrValue::Bool(value) => {
                kind(1);
                e.flag("value", *value);
            }
            AttrValue::Int(value) => {
                kind(2);
                e.sink.token("value", *value as u64, || value.to_string());
            }
            AttrValue::Float(value) => {
                kind(3);
                let bits = float_bits(*value, DType::FLOAT64);
                e.sink.token("value", bits, || value.to_string());
            }
            AttrValue::Str(text) => {
                kind(4);
                e.text("value", text);
            }
            AttrValue::Expr(expr) => {
                kind(5);
                expr.encode(e);
            }
            AttrValue::Buffer(buffer) => {
                kind(6);
                e.use_buffer(buffer);
            }
            AttrValue::List(items) => {
                kind(7);
                e.count("number of items", items.len());
                items.iter().for_each(|item| item.encode(e));
            }
            AttrValue::Dict(items) => {
                kind(8);
                e.count("number of items", items.len());
                for (key, item) in items.iter() {
                    e.text("key", key);
                    item.encode(e);
                }
            }
            AttrValue::Target(value) => {
                kind(9);
                value.encode(e);
            }
            AttrValue::Opaque(text) => {
                kind(10);
                e.text("value", text);
            }
            AttrValue::Reducer(reducer) => {
                kind(11);
                e.count("number of values", reducer.lhs.len());
                reducer.lhs.iter().chain(&reducer.rhs).for_each(|v| e.bind_var(*v));
                reducer.result.iter().chain(&reducer.identity).for_each(|v| v.encode(e));
            }
        }
    }
}

impl Structural for Stmt {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.sink.node(self.span(), || Piece::Stmt(self.clone()));
        match self {
            Stmt::Seq(s) => {
                e.kind(0, "sequence");
                e.count("number of statements", s.stmts.len());
                for (i, stmt) in s.stmts.iter().enumerate() {
                    e.below(Segment::Index(i), |e| stmt.encode(e));
                }
            }
            Stmt::Store(s) => store(e, s),
            Stmt::For(s) => e.below(Segment::Loop(s.loop_var.name), |e| for_loop(e, s)),
            Stmt::While(s) => {
                e.kind(3, "while");
                e.field("condition", &s.condition);
                e.field("body", &s.body);
            }
            Stmt::If(s) => {
                e.kind(4, "if");
                e.field("condition", &s.condition);
                e.field("then", &s.then_case);
                e.optional("else", s.else_case.as_ref());
            }
            Stmt::Block(s) => e.below(Segment::Block(s.block.name), |e| s.encode(e)),
            Stmt::Bind(s) => {
                e.kind(6, "binding");
                e.field("value", &s.value);
                e.bind_var(s.var);
                e.pointer(s.pointer);
            }
            Stmt::AllocBuffer(s) => {
                e.kind(7, "allocation");
                e.define_buffer(&s.buffer, BufferSite::Alloc);
                e.attrs(&s.annotations);
                e.optional("constant", s.constant.as_ref());
            }
            Stmt::DeclBuffer(s) => {
                e.kind(8, "declaration of a buffer");
                e.define_buffer(&s.buffer, BufferSite::Decl);
            }
            Stmt::Assert(s) => {
                e.kind(9, "assert");
                e.field("condition", &s.condition);
                e.symbol("kind of error", s.kind);
                e.count("number of message parts", s.message.len());
                s.message.iter().for_each(|part| e.text("message", part));
            }
            Stmt::Attr(s) => {
                e.kind(10, "attribute");
                e.symbol("attribute name", s.key);
                e.field("value", &s.value);
                e.field("node", &s.node);
                e.field("body", &s.body);
            }
            Stmt::Evaluate(s) => {
                e.kind(11, "evaluation");
                e.field("value", &s.value);
            }
            Stmt::Return(s) => {
                e.kind(12, "return");
                e.optional("value", s.value.as_ref());
            }
            Stmt::Break(_) => e.kind(13, "break"),
            Stmt::Continue(_) => e.kind(14, "continue"),
        }
    }
}

fn store<S: Sink>(e: &mut Encoder<S>, s: &BufferStore) {
    e.kind(1, "store");
    e.use_buffer(&s.buffer);
    e.list("indices", &s.indices);
    e.field("value", &s.value);
    e.optional("predicate", s.predicate.as_ref());
}

fn for_loop<S: Sink>(e: &mut Encoder<S>, s: &For) {
    e.kind(2, "loop");
    e.field("min", &s.min);
    e.field("extent", &s.extent);
    match &s.step {
        Some(step) => e.field("step", step),
        None => e.field("step", &PrimExpr::int(1, s.loop_var.dtype)),
    }
    e.sink.token("kind of loop", s.kind as u64, || format!("{:?}", s.kind));
    e.optional_symbol("thread tag", s.thread_tag);
    e.attrs(&s.annotations);
    e.bind_var(s.loop_var);
    e.field("body", &s.body);
}

impl Structural for BlockRealize {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.kind(5, "block");
        e.list("iter_values", &self.iter_values);
        e.field("predicate", &self.predicate);
        self.block.encode(e);
    }
}

impl Structural for Block {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.list("iter_vars", &self.iter_vars);
        e.count("number of allocations", self.alloc_buffers.len());
        for buffer in &self.alloc_buffers {
            e.below(Segment::Field("alloc_buffers"), |e| {
                e.define_buffer(buffer, BufferSite::Alloc);
            });
        }
        e.count("number of matched buffers", self.match_buffers.len());
        for view in &self.match_buffers {
            e.below(Segment::Field("match_buffers"), |e| {
                e.field("source", &view.source);
                e.define_buffer(&view.buffer, BufferSite::Match);
            });
        }
        e.list("reads", &self.reads);
        e.list("writes", &self.writes);
        e.attrs(&self.annotations);
        e.optional("init", self.init.as_ref());
        e.field("body", &self.body);
    }
}

impl Structural for AttrNode {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        match self {
            AttrNode::Expr(expr) => {
                e.put("kind of attribute", 0);
                expr.encode(e);
            }
            AttrNode::Buffer(buffer) => {
                e.put("kind of attribute", 1);
                e.use_buffer(buffer);
            }
            AttrNode::IterVar(iter_var) => {
                e.put("kind of attribute", 2);
                iter_var.encode(e);
            }
            AttrNode::Value(value) => {
                e.put("kind of attribute", 3);
                value.encode(e);
            }
        }
    }
}

impl Structural for Param {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.bind_var(self.var);
        match &self.kind {
            ParamKind::Scalar => e.put("kind of parameter", 0),
            ParamKind::Pointer(pointer) => {
                e.put("kind of parameter", 1);
                e.pointer(*pointer);
            }
            ParamKind::Buffer(buffer) => {
                e.put("kind of parameter", 2);
                e.define_buffer(buffer, BufferSite::Param);
            }
        }
    }
}

impl Structural for PrimFunc {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        e.below(Segment::Func(self.name), |e| {
            e.list("params", &self.params);
            e.sink.token("return type", self.ret_dtype.packed() as u64, || {
                self.ret_dtype.to_string()
            });
            e.flag("private", self.private);
            e.attrs(&self.attrs);
            e.field("body", &self.body);
        });
    }
}

impl Structural for IRModule {
    fn encode<S: Sink>(&self, e: &mut Encoder<S>) {
        let mut functions: Vec<_> = self.functions().collect();
        functions.sort_by_key(|func| func.name.as_str());
        e.count("number of functions", functions.len());
        for func in &functions {
            e.symbol("function name", func.name);
        }
        e.attrs(&self.attrs);
        e.attrs(&self.global_infos);
        functions.iter().for_each(|func| func.encode(e));
    }
}
