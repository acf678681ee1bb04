//! What the builder is inside of: one [`Frame`] for every statement that has a body.

use crate::buffer::{Buffer, BufferRegion, MatchBufferRegion, Range};
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var};
use crate::func::{Attrs, Param, ParamKind};
use crate::span::Span;
use crate::stmt::{
    AttrNode, AttrStmt, Block, BlockId, BlockRealize, For, ForKind, IfThenElse, InferredRegions,
    IterVar, Stmt, While,
};
use crate::symbol::Symbol;
use std::sync::Arc;

/// A statement, block or function that is being built.
#[derive(Debug)]
pub enum Frame {
    /// A function.
    Func(FuncFrame),
    /// A block.
    Block(BlockFrame),
    /// The init of the block around it.
    Init,
    /// One loop, or several that are nested without anything between them.
    For(ForFrame),
    /// A loop that runs while a condition holds.
    While(WhileFrame),
    /// A branch; its cases are built inside [`Frame::Then`] and [`Frame::Else`].
    If(IfFrame),
    /// The first case of the branch around it.
    Then,
    /// The second case of the branch around it.
    Else,
    /// A statement with an attribute.
    Attr(AttrFrame),
    /// A sequence: a scope for bindings and allocations.
    Seq,
}

impl Frame {
    /// What the frame is, for messages: "a block", "a loop".
    pub fn describe(&self) -> &'static str {
        match self {
            Frame::Func(_) => "a function",
            Frame::Block(_) => "a block",
            Frame::Init => "an init",
            Frame::For(_) | Frame::While(_) => "a loop",
            Frame::If(_) => "a branch",
            Frame::Then => "the first case of a branch",
            Frame::Else => "the second case of a branch",
            Frame::Attr(_) => "an attribute",
            Frame::Seq => "a scope",
        }
    }
}

/// A function that is being built.
#[derive(Debug)]
pub struct FuncFrame {
    /// The name in its module.
    pub name: Symbol,
    /// Parameters so far.
    pub params: Vec<Param>,
    /// Type of the result.
    pub ret_dtype: DType,
    /// Attributes so far, without `global_symbol`.
    pub attrs: Attrs,
    /// Not visible outside its module.
    pub private: bool,
    /// Written in the TensorIR dialect.
    pub s_tir: bool,
    /// Whether the function must be well-formed.
    pub check_well_formed: bool,
    /// Allocations outside any block, which belong to the root block.
    pub alloc_buffers: Vec<Buffer>,
    /// Thread axes made by `T.env_thread`, whose extent comes from `T.launch_thread`.
    pub env_threads: Vec<EnvThread>,
    /// The name in its definition.
    pub span: Span,
}

/// A thread axis before it is launched.
#[derive(Clone, Debug)]
pub struct EnvThread {
    /// The axis.
    pub var: Var,
    /// `threadIdx.x` and the like.
    pub tag: Symbol,
    /// Where it was declared.
    pub span: Span,
    /// The extent of its first launch.
    pub extent: Option<PrimExpr>,
}

impl FuncFrame {
    /// A public function without parameters and result.
    pub fn new(name: impl Into<Symbol>, span: Span) -> FuncFrame {
        FuncFrame {
            name: name.into(),
            params: Vec::new(),
            ret_dtype: DType::VOID,
            attrs: Attrs::new(),
            private: false,
            s_tir: true,
            check_well_formed: true,
            alloc_buffers: Vec::new(),
            env_threads: Vec::new(),
            span,
        }
    }

    /// The parameter that `var` stands for.
    pub fn param_mut(&mut self, var: Var) -> Option<&mut Param> {
        self.params.iter_mut().find(|p| p.var == var)
    }

    /// Adds a parameter that is a buffer; its handle is named after it.
    pub fn add_buffer(&mut self, buffer: Buffer) {
        let var = Var::new(format!("{}_handle", buffer.name).as_str(), DType::HANDLE);
        let span = buffer.span;
        self.params.push(Param { var, kind: ParamKind::Buffer(buffer), span });
    }
}

/// A block that is being built.
#[derive(Debug)]
pub struct BlockFrame {
    /// The name in the source.
    pub name: Symbol,
    /// Axes so far.
    pub iter_vars: Vec<IterVar>,
    /// The value of each axis.
    pub iter_values: Vec<PrimExpr>,
    /// Declared reads; `None` while there is no declaration.
    pub reads: Option<Vec<BufferRegion>>,
    /// Declared writes; `None` while there is no declaration.
    pub writes: Option<Vec<BufferRegion>>,
    /// The init, once it is built.
    pub init: Option<Stmt>,
    /// Allocations so far.
    pub alloc_buffers: Vec<Buffer>,
    /// Views so far.
    pub match_buffers: Vec<MatchBufferRegion>,
    /// Annotations so far.
    pub annotations: Attrs,
    /// The condition under which instances run, if there is one.
    pub predicate: Option<PrimExpr>,
    /// The block's header.
    pub span: Span,
}

impl BlockFrame {
    /// A block without axes.
    pub fn new(name: impl Into<Symbol>, span: Span) -> BlockFrame {
        BlockFrame {
            name: name.into(),
            iter_vars: Vec::new(),
            iter_values: Vec::new(),
            reads: None,
            writes: None,
            init: None,
            alloc_buffers: Vec::new(),
            match_buffers: Vec::new(),
            annotations: Attrs::new(),
            predicate: None,
            span,
        }
    }

    /// Adds an axis with its value.
    pub fn add_axis(&mut self, iter_var: IterVar, value: PrimExpr) {
        self.iter_vars.push(iter_var);
        self.iter_values.push(value);
    }

    pub(super) fn finish(self, body: Stmt) -> Stmt {
        let inferred =
            InferredRegions { reads: self.reads.is_none(), writes: self.writes.is_none() };
        let block = Block {
            id: BlockId::fresh(),
            name: self.name,
            iter_vars: self.iter_vars.into(),
            reads: self.reads.unwrap_or_default().into(),
            writes: self.writes.unwrap_or_default().into(),
            inferred,
            init: self.init,
            alloc_buffers: self.alloc_buffers.into(),
            match_buffers: self.match_buffers.into(),
            annotations: self.annotations,
            body,
            span: self.span,
        };
        Stmt::Block(Arc::new(BlockRealize {
            iter_values: self.iter_values.into(),
            predicate: self.predicate.unwrap_or(PrimExpr::bool(true)),
            block: Arc::new(block),
        }))
    }
}

/// Loops that are being built, outermost first.
#[derive(Debug)]
pub struct ForFrame {
    /// The loops; a grid of rank 0 has none.
    pub loops: Vec<LoopSpec>,
    /// The header.
    pub span: Span,
}

/// One loop without its body.
#[derive(Clone, Debug)]
pub struct LoopSpec {
    /// The loop variable.
    pub var: Var,
    /// First value.
    pub min: PrimExpr,
    /// Distance from `min` to the end.
    pub extent: PrimExpr,
    /// Distance of two values; `None` means 1.
    pub step: Option<PrimExpr>,
    /// How the iterations run.
    pub kind: ForKind,
    /// `threadIdx.x` and the like.
    pub thread_tag: Option<Symbol>,
    /// Annotations.
    pub annotations: Attrs,
}

impl LoopSpec {
    /// `for var in range(extent)`.
    pub fn serial(var: Var, extent: PrimExpr) -> LoopSpec {
        LoopSpec {
            var,
            min: PrimExpr::int(0, var.dtype),
            extent,
            step: None,
            kind: ForKind::Serial,
            thread_tag: None,
            annotations: Attrs::new(),
        }
    }

    /// The values of the loop variable, steps not counted.
    pub fn range(&self) -> Range {
        Range::new(self.min.clone(), self.extent.clone())
    }
}

impl ForFrame {
    pub(super) fn finish(self, body: Stmt) -> Stmt {
        let span = self.span;
        self.loops.into_iter().rev().fold(body, |body, l| {
            Stmt::For(Arc::new(For {
                loop_var: l.var,
                min: l.min,
                extent: l.extent,
                step: l.step,
                kind: l.kind,
                thread_tag: l.thread_tag,
                body,
                annotations: l.annotations,
                span,
            }))
        })
    }
}

/// A `while` loop that is being built.
#[derive(Debug)]
pub struct WhileFrame {
    /// A bool.
    pub condition: PrimExpr,
    /// The header.
    pub span: Span,
}

impl WhileFrame {
    pub(super) fn finish(self, body: Stmt) -> Stmt {
        Stmt::While(Arc::new(While { condition: self.condition, body, span: self.span }))
    }
}

/// A branch that is being built.
#[derive(Debug)]
pub struct IfFrame {
    /// A bool.
    pub condition: PrimExpr,
    /// The first case, once it is built.
    pub then_case: Option<Stmt>,
    /// The second case, once it is built.
    pub else_case: Option<Stmt>,
    /// The header.
    pub span: Span,
}

impl IfFrame {
    /// A branch without cases.
    pub fn new(condition: PrimExpr, span: Span) -> IfFrame {
        IfFrame { condition, then_case: None, else_case: None, span }
    }

    pub(super) fn finish(self) -> Stmt {
        Stmt::If(Arc::new(IfThenElse {
            condition: self.condition,
            then_case: self.then_case.unwrap_or_else(Stmt::nop),
            else_case: self.else_case,
            span: self.span,
        }))
    }
}

/// A statement with an attribute that is being built.
#[derive(Debug)]
pub struct AttrFrame {
    /// What the attribute is about.
    pub node: AttrNode,
    /// Its name.
    pub key: Symbol,
    /// Its value.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

impl AttrFrame {
    pub(super) fn finish(self, body: Stmt) -> Stmt {
        Stmt::Attr(Arc::new(AttrStmt {
            node: self.node,
            key: self.key,
            value: self.value,
            body,
            span: self.span,
        }))
    }
}
