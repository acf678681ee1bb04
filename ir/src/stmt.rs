//! Statements.
//!
//! `Bind`, `AllocBuffer` and `DeclBuffer` are flat: they scope over the rest of the sequence they
//! stand in, and end with it.

use crate::buffer::{Buffer, BufferRegion, MatchBufferRegion, Range};
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var, fresh_id};
use crate::func::{AttrValue, Attrs};
use crate::span::Span;
use crate::symbol::Symbol;
use std::sync::Arc;

/// A statement; 16 bytes.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// Statements one after the other.
    Seq(Arc<SeqStmt>),
    /// Write of one element, or of a vector of elements, of a buffer.
    Store(Arc<BufferStore>),
    /// Loop.
    For(Arc<For>),
    /// Loop while a condition holds.
    While(Arc<While>),
    /// Branch.
    If(Arc<IfThenElse>),
    /// Instance of a block.
    Block(Arc<BlockRealize>),
    /// Immutable name for a value, over the rest of the sequence.
    Bind(Arc<Bind>),
    /// Fresh memory, over the rest of the sequence.
    AllocBuffer(Arc<AllocBuffer>),
    /// A view of memory that exists, over the rest of the sequence.
    DeclBuffer(Arc<DeclBuffer>),
    /// Check of a condition.
    Assert(Arc<AssertStmt>),
    /// A statement with an attribute.
    Attr(Arc<AttrStmt>),
    /// An expression, for its effects.
    Evaluate(Arc<Evaluate>),
    /// Return from the function.
    Return(Arc<Return>),
    /// Leave the innermost loop.
    Break(Span),
    /// Next iteration of the innermost loop.
    Continue(Span),
}

const _: () = assert!(size_of::<Stmt>() == 16);

/// Statements one after the other. No element is itself a sequence; may be empty.
#[derive(Debug)]
pub struct SeqStmt {
    /// The statements.
    pub stmts: Box<[Stmt]>,
}

/// A write of a buffer. One index per dimension; the last one may be a vector.
#[derive(Debug)]
pub struct BufferStore {
    /// The buffer.
    pub buffer: Buffer,
    /// The value; has the type of the access.
    pub value: PrimExpr,
    /// One index per dimension.
    pub indices: Box<[PrimExpr]>,
    /// A bool per lane: lanes that are false write nothing.
    pub predicate: Option<PrimExpr>,
    /// Where.
    pub span: Span,
}

/// How the iterations of a loop run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ForKind {
    /// One after the other.
    Serial,
    /// In any order, on several cores.
    Parallel,
    /// In any order, on the lanes of vectors.
    Vectorized,
    /// One after the other; the code is to be repeated.
    Unrolled,
    /// On the threads or blocks of a grid.
    ThreadBinding,
}

impl ForKind {
    /// True if the iterations run one after the other.
    pub const fn is_ordered(self) -> bool {
        matches!(self, ForKind::Serial | ForKind::Unrolled)
    }

    /// A word for people; see the printer for what programs write.
    pub const fn name(self) -> &'static str {
        match self {
            ForKind::Serial => "serial",
            ForKind::Parallel => "parallel",
            ForKind::Vectorized => "vectorized",
            ForKind::Unrolled => "unrolled",
            ForKind::ThreadBinding => "thread",
        }
    }
}

/// A loop: `for loop_var in range(min, min + extent, step)`.
#[derive(Debug)]
pub struct For {
    /// Immutable in the body; identifies the loop.
    pub loop_var: Var,
    /// First value.
    pub min: PrimExpr,
    /// Distance from `min` to the end; no iteration if it is not positive.
    pub extent: PrimExpr,
    /// Distance of two values; `None` means 1.
    pub step: Option<PrimExpr>,
    /// How the iterations run.
    pub kind: ForKind,
    /// `threadIdx.x` and the like; only for [`ForKind::ThreadBinding`].
    pub thread_tag: Option<Symbol>,
    /// What is repeated.
    pub body: Stmt,
    /// Annotations.
    pub annotations: Attrs,
    /// The loop's header.
    pub span: Span,
}

/// A loop that runs while `condition` holds, which is evaluated before each iteration.
#[derive(Debug)]
pub struct While {
    /// A bool.
    pub condition: PrimExpr,
    /// What is repeated.
    pub body: Stmt,
    /// The loop's header.
    pub span: Span,
}

/// A branch.
#[derive(Debug)]
pub struct IfThenElse {
    /// A bool.
    pub condition: PrimExpr,
    /// Runs if the condition holds.
    pub then_case: Stmt,
    /// Runs if it does not.
    pub else_case: Option<Stmt>,
    /// The header.
    pub span: Span,
}

/// What a block may do along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IterVarKind {
    /// Instances are independent: `spatial`, `S`.
    DataPar,
    /// Instances contribute to a reduction: `reduce`, `R`.
    CommReduce,
    /// Instances run in order: `scan`.
    Ordered,
    /// Nothing is known: `opaque`.
    Opaque,
}

/// An axis of a block, or a thread axis.
#[derive(Clone, Debug)]
pub struct IterVar {
    /// The variable.
    pub var: Var,
    /// Its values.
    pub dom: Range,
    /// What may be done along it.
    pub kind: IterVarKind,
    /// `threadIdx.x` and the like, for thread axes.
    pub thread_tag: Option<Symbol>,
    /// Where.
    pub span: Span,
}

/// Identity of a block, unique in the process; kept by rewrites that change the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

impl BlockId {
    /// A new id.
    pub fn fresh() -> BlockId {
        BlockId(fresh_id())
    }
}

/// Which regions of a block were inferred, not written by the user. Ignored by equality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InferredRegions {
    /// `reads` was inferred.
    pub reads: bool,
    /// `writes` was inferred.
    pub writes: bool,
}

/// A block: the unit that schedules move. Its body sees the outside only through `iter_vars`.
#[derive(Clone, Debug)]
pub struct Block {
    /// Identity.
    pub id: BlockId,
    /// The name in the source.
    pub name: Symbol,
    /// Axes.
    pub iter_vars: Box<[IterVar]>,
    /// What an instance reads.
    pub reads: Box<[BufferRegion]>,
    /// What an instance writes.
    pub writes: Box<[BufferRegion]>,
    /// Whether the regions were inferred.
    pub inferred: InferredRegions,
    /// Runs before the body in the first instance of a reduction (SEMANTICS K3).
    pub init: Option<Stmt>,
    /// Memory that lives as long as an instance.
    pub alloc_buffers: Box<[Buffer]>,
    /// Views of regions of other buffers.
    pub match_buffers: Box<[MatchBufferRegion]>,
    /// Annotations.
    pub annotations: Attrs,
    /// What an instance does.
    pub body: Stmt,
    /// The block's header.
    pub span: Span,
}

/// One place where a block runs, with the values of its axes.
#[derive(Clone, Debug)]
pub struct BlockRealize {
    /// One value per axis.
    pub iter_values: Box<[PrimExpr]>,
    /// The instance runs only if this holds; a true literal if there is no condition.
    pub predicate: PrimExpr,
    /// The block.
    pub block: Arc<Block>,
}

/// `var = value`, evaluated once, over the rest of the sequence.
#[derive(Debug)]
pub struct Bind {
    /// The name.
    pub var: Var,
    /// What it points to, for pointers whose type is known.
    pub pointer: Option<PointerType>,
    /// The value.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

/// Type of what a typed pointer points to: `T.handle("float32", "shared")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PointerType {
    /// Type of an element.
    pub element: DType,
    /// Storage scope.
    pub scope: Symbol,
}

/// Fresh, uninitialised memory for `buffer`, over the rest of the sequence.
///
/// `buffer.data` is introduced here; other views of the memory may be declared on it.
#[derive(Debug)]
pub struct AllocBuffer {
    /// The buffer.
    pub buffer: Buffer,
    /// Annotations.
    pub annotations: Attrs,
    /// The contents, for constants (`T.allocate_const`): a list of numbers in row-major order.
    pub constant: Option<AttrValue>,
    /// How the allocation was written.
    pub origin: AllocOrigin,
    /// Where.
    pub span: Span,
}

/// Which spelling introduced an allocation. All mean the same; the printer keeps the spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocOrigin {
    /// `A = T.alloc_buffer(…)` as a statement.
    AllocBuffer,
    /// `p = T.allocate(…)`: a pointer, no buffer.
    Allocate,
    /// `x = value` in the modern dialect: a mutable scalar is a buffer of one element.
    Scalar,
    /// `A = T.decl_buffer(…)` without `data`.
    DeclBuffer,
}

/// A view of existing memory, over the rest of the sequence.
#[derive(Debug)]
pub struct DeclBuffer {
    /// The view; `buffer.data` is defined elsewhere.
    pub buffer: Buffer,
    /// Where.
    pub span: Span,
}

/// `assert condition, message`.
#[derive(Debug)]
pub struct AssertStmt {
    /// A bool.
    pub condition: PrimExpr,
    /// The kind of error, `RuntimeError` if not given.
    pub kind: Symbol,
    /// What to report; parts are joined.
    pub message: Box<[Box<str>]>,
    /// Where.
    pub span: Span,
}

/// What an attribute is about.
#[derive(Clone, Debug)]
pub enum AttrNode {
    /// A value or variable.
    Expr(PrimExpr),
    /// A buffer.
    Buffer(Buffer),
    /// An axis of a thread grid.
    IterVar(Box<IterVar>),
    /// Anything else.
    Value(AttrValue),
}

/// `with T.attr(node, key, value): body`.
#[derive(Debug)]
pub struct AttrStmt {
    /// What the attribute is about.
    pub node: AttrNode,
    /// Its name.
    pub key: Symbol,
    /// Its value.
    pub value: PrimExpr,
    /// The statement that has the attribute.
    pub body: Stmt,
    /// Where.
    pub span: Span,
}

/// `T.evaluate(value)`.
#[derive(Debug)]
pub struct Evaluate {
    /// The expression.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

/// `return value`.
#[derive(Debug)]
pub struct Return {
    /// The result of the function.
    pub value: Option<PrimExpr>,
    /// Where.
    pub span: Span,
}

impl Stmt {
    /// A sequence; nested sequences are flattened, a single statement stands for itself.
    pub fn seq(stmts: impl IntoIterator<Item = Stmt>) -> Stmt {
        let mut flat = Vec::new();
        for stmt in stmts {
            match stmt {
                Stmt::Seq(s) => flat.extend(s.stmts.iter().cloned()),
                other => flat.push(other),
            }
        }
        match flat.len() {
            1 => flat.remove(0),
            _ => Stmt::Seq(Arc::new(SeqStmt { stmts: flat.into() })),
        }
    }

    /// The statement that does nothing: an empty sequence.
    pub fn nop() -> Stmt {
        Stmt::seq([])
    }

    /// The statements of a sequence, or this one statement.
    pub fn as_slice(&self) -> &[Stmt] {
        match self {
            Stmt::Seq(s) => &s.stmts,
            other => std::slice::from_ref(other),
        }
    }

    /// Where the statement stands (its header, for those with a body).
    pub fn span(&self) -> Span {
        match self {
            Stmt::Seq(s) => s.stmts.first().map_or(Span::NONE, Stmt::span),
            Stmt::Store(s) => s.span,
            Stmt::For(s) => s.span,
            Stmt::While(s) => s.span,
            Stmt::If(s) => s.span,
            Stmt::Block(s) => s.block.span,
            Stmt::Bind(s) => s.span,
            Stmt::AllocBuffer(s) => s.span,
            Stmt::DeclBuffer(s) => s.span,
            Stmt::Assert(s) => s.span,
            Stmt::Attr(s) => s.span,
            Stmt::Evaluate(s) => s.span,
            Stmt::Return(s) => s.span,
            Stmt::Break(span) | Stmt::Continue(span) => *span,
        }
    }
}
