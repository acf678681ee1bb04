//! The resolved program: names have become slots, types have become kernels.
//!
//! `resolve` makes it from a `PrimFunc` once; `eval` and `exec` walk it. It says the same as the
//! program: nothing is lowered, and every node keeps the span that a report underlines.

use crate::kernel::{BinaryKernel, NaryKernel, UnaryKernel};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use tirade_ir::{BinOp, DType, ForKind, IterVarKind, Op, PrimFunc, Span, Symbol, Var};

/// All functions that a run can reach; the first is the one to run.
#[derive(Debug)]
pub struct Program {
    /// Functions by number.
    pub funcs: Vec<Func>,
    /// Where each access stands, by its number.
    pub sites: Vec<Span>,
    /// Where each counted statement stands, by its number.
    pub counted: Vec<Span>,
}

/// A function.
#[derive(Debug)]
pub struct Func {
    /// Its name.
    pub name: Symbol,
    /// Parameters in order.
    pub params: Box<[Param]>,
    /// What it was resolved from.
    pub source: Arc<PrimFunc>,
    /// Variables of sizes that follow from the arguments.
    pub sizes: Box<[(Slot, Var)]>,
    /// Buffers by slot.
    pub buffers: Vec<BufferInfo>,
    /// What encloses what, for reports.
    pub scopes: Vec<Scope>,
    /// Numbers of slots in a frame.
    pub n_scalars: usize,
    /// Number of vector variables.
    pub n_vectors: usize,
    /// Number of pointers.
    pub n_pointers: usize,
    /// Blocks by number: the blocks whose parent scope each one is.
    pub blocks: Vec<Box<[usize]>>,
    /// Names of blocks by number.
    pub block_names: Vec<Symbol>,
    /// Blocks outside any other.
    pub root_blocks: Box<[usize]>,
    /// The body.
    pub body: Stmt,
    /// Type of the result.
    pub ret_dtype: DType,
    /// Whether overlapping parameters are an error.
    pub noalias: bool,
}

/// Number of a scalar, vector, pointer or buffer in its table of the frame.
pub type Slot = u32;

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// The variable.
    pub var: Var,
    /// What it is.
    pub kind: ParamKind,
}

/// What a parameter is.
#[derive(Debug)]
pub enum ParamKind {
    /// A scalar.
    Scalar(Slot),
    /// A pointer.
    Pointer(Slot),
    /// A buffer, and the pointers by which its memory is known.
    Buffer {
        /// The buffer.
        buffer: Slot,
        /// `data` of the buffer, and the parameter itself.
        pointers: [Slot; 2],
        /// Whether the function, or what it calls, writes to it.
        written: bool,
    },
}

/// What is known of a buffer before the run.
#[derive(Debug)]
pub struct BufferInfo {
    /// The name.
    pub name: Symbol,
    /// Type of an element.
    pub dtype: DType,
    /// Extents.
    pub shape: Box<[Index]>,
    /// Strides; empty for compact ones.
    pub strides: Box<[Index]>,
    /// Offset of the first element.
    pub offset: Option<Index>,
    /// Who shares an allocation of it.
    pub sharing: Sharing,
    /// Bytes of a cell of its memory.
    pub cell_bytes: usize,
    /// Pointer to its memory.
    pub pointer: Slot,
    /// The offset must be a multiple of this.
    pub offset_factor: i64,
    /// A view must begin at a multiple of so many bytes; 1 if nothing is asked.
    pub align: i64,
    /// Accesses are to be listed.
    pub traced: bool,
    /// Where it is declared.
    pub span: Span,
}

/// Who shares an allocation inside loops over threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Whoever sees the name.
    Global,
    /// The threads of one block.
    Shared,
    /// One thread.
    Local,
}

/// A loop or block, for reports.
#[derive(Debug)]
pub struct Scope {
    /// The scope around it; the function's own scope is its own parent.
    pub parent: usize,
    /// Name of a block; `None` for loops.
    pub block: Option<Symbol>,
    /// Variables and their slots.
    pub vars: Vec<(Var, Slot)>,
}

/// How the bits of an integer become an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widen {
    /// Bits as they stand: 64-bit types, and unsigned ones.
    Zero,
    /// Copies bit 7.
    Sign8,
    /// Copies bit 15.
    Sign16,
    /// Copies bit 31.
    Sign32,
}

impl Widen {
    /// The way of an integer type.
    pub fn of(dtype: DType) -> Widen {
        match (dtype.is_int(), dtype.bits()) {
            (true, 8) => Widen::Sign8,
            (true, 16) => Widen::Sign16,
            (true, 32) => Widen::Sign32,
            _ => Widen::Zero,
        }
    }

    /// The index.
    #[inline(always)]
    pub fn apply(self, bits: u64) -> i64 {
        match self {
            Widen::Zero => bits as i64,
            Widen::Sign8 => bits as i8 as i64,
            Widen::Sign16 => bits as i16 as i64,
            Widen::Sign32 => bits as i32 as i64,
        }
    }
}

/// An integer expression whose value is used as an index or a size.
#[derive(Debug)]
pub struct Index {
    /// The expression.
    pub expr: Expr,
    /// From its type to 64 bits.
    pub widen: Widen,
}

/// An expression. The value is the bits of its type, extended with zeros.
#[derive(Debug)]
pub enum Expr {
    /// Literal.
    Const(u64),
    /// Scalar variable.
    Scalar(Slot),
    /// Vector variable.
    Vector(Slot),
    /// Cast, and ops of one argument.
    Unary(Box<Unary>),
    /// Operators and ops of two arguments.
    Binary(Box<Binary>),
    /// Ops of more arguments.
    Nary(Box<Nary>),
    /// `and`, `or`.
    Logic(Box<Logic>),
    /// `T.Select`: both values are evaluated.
    Select(Box<Choice>),
    /// `T.if_then_else`: one value is evaluated.
    IfThenElse(Box<Choice>),
    /// Read of a buffer.
    Load(Box<Load>),
    /// `T.Let`.
    Let(Box<Let>),
    /// Vector `base + k * stride`.
    Ramp(Box<Ramp>),
    /// Vector of equal lanes.
    Broadcast(Box<Expr>),
    /// Vector of picked lanes.
    Shuffle(Box<Shuffle>),
    /// Atomic update of an element; the value is the old one.
    Atomic(Box<Atomic>),
    /// Call of a function of the program.
    Call(Box<Call>),
    /// `T.assume(condition)`.
    Assume(Box<Assume>),
    /// `T.tvm_storage_sync(scope)`.
    StorageSync(Span),
    /// Reduction over the threads of a block.
    AllReduce(Box<AllReduce>),
    /// True if a pointer is null.
    IsNull(Box<Place>),
}

/// See [`Expr::Unary`].
#[derive(Debug)]
pub struct Unary {
    /// What it computes.
    pub kernel: UnaryKernel,
    /// The argument.
    pub arg: Expr,
    /// Type of the argument.
    pub arg_dtype: DType,
    /// Type of the value.
    pub dtype: DType,
    /// It converts a value to another type.
    pub is_cast: bool,
    /// Where.
    pub span: Span,
}

/// See [`Expr::Binary`].
#[derive(Debug)]
pub struct Binary {
    /// What it computes.
    pub kernel: BinaryKernel,
    /// For messages.
    pub name: OpName,
    /// Left operand.
    pub lhs: Expr,
    /// Right operand.
    pub rhs: Expr,
    /// Type of an operand's lane.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// An operator or op, for messages.
#[derive(Clone, Copy, Debug)]
pub enum OpName {
    /// An operator.
    Infix(BinOp),
    /// An op of the table.
    Op(Op),
}

/// See [`Expr::Nary`].
#[derive(Debug)]
pub struct Nary {
    /// What it computes.
    pub kernel: NaryKernel,
    /// The arguments.
    pub args: Box<[Expr]>,
    /// Where.
    pub span: Span,
}

/// See [`Expr::Logic`].
#[derive(Debug)]
pub struct Logic {
    /// The value of the left operand that decides: true for `or`.
    pub decided_by: bool,
    /// Left operand.
    pub lhs: Expr,
    /// Right operand.
    pub rhs: Expr,
}

/// See [`Expr::Select`] and [`Expr::IfThenElse`].
#[derive(Debug)]
pub struct Choice {
    /// A bool; a vector if `by_lane`.
    pub condition: Expr,
    /// The condition is a vector.
    pub by_lane: bool,
    /// The value where it holds.
    pub then: Expr,
    /// The value where it does not.
    pub otherwise: Expr,
}

/// Place of an access in a buffer.
#[derive(Debug)]
pub struct Access {
    /// The buffer.
    pub buffer: Slot,
    /// One index per dimension.
    pub indices: Box<[Index]>,
    /// The last index is a vector of so many lanes.
    pub index_lanes: Option<u32>,
    /// Blocks around the access whose regions have to be consulted at run time, innermost first.
    pub regions: Box<[RegionCheck]>,
    /// Blocks around a write that remember what their instances write.
    pub remembered_by: Box<[usize]>,
    /// A write of something that other iterations may compute anew.
    pub recomputes: bool,
    /// The access is held against no region, and neither remembered nor traced.
    pub is_plain: bool,
    /// Number of the access in the program.
    pub site: u32,
    /// Where.
    pub span: Span,
}

/// A block whose declared regions an access has to be held against.
#[derive(Clone, Debug)]
pub struct RegionCheck {
    /// Number of the block.
    pub block: usize,
    /// Reading the accumulator under `writes` alone is allowed.
    pub reads_writes: bool,
    /// The block remembers what its instance writes; reading that again needs no `reads`.
    pub own_writes: bool,
}

/// See [`Expr::Load`].
#[derive(Debug)]
pub struct Load {
    /// What is read.
    pub access: Access,
    /// Lanes that are false read nothing.
    pub predicate: Option<Expr>,
    /// The element is a bool, whose byte has to be 0 or 1.
    pub is_bool: bool,
    /// The element is the one that the store around writes.
    pub is_echo: bool,
}

/// See [`Expr::Let`].
#[derive(Debug)]
pub struct Let {
    /// The variable.
    pub target: Target,
    /// Its value.
    pub value: Expr,
    /// The result.
    pub body: Expr,
}

/// A variable that a value is given to.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A scalar.
    Scalar(Slot),
    /// A vector of so many lanes.
    Vector(Slot, u32),
}

/// See [`Expr::Ramp`].
#[derive(Debug)]
pub struct Ramp {
    /// First lane.
    pub base: Expr,
    /// Distance of lanes.
    pub stride: Expr,
    /// `base + x` and `x * stride`.
    pub add: BinaryKernel,
    /// Multiplication.
    pub mul: BinaryKernel,
    /// Type of a lane.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// See [`Expr::Shuffle`].
#[derive(Debug)]
pub struct Shuffle {
    /// Vectors with their numbers of lanes.
    pub vectors: Box<[(Expr, u32)]>,
    /// Lane numbers in the concatenation.
    pub indices: Box<[usize]>,
}

/// See [`Expr::Atomic`].
#[derive(Debug)]
pub struct Atomic {
    /// The element.
    pub access: Access,
    /// Type of the element.
    pub dtype: DType,
    /// From the old value and the operand to the new value.
    pub kernel: BinaryKernel,
    /// For messages.
    pub name: OpName,
    /// The operand.
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// An expression whose value is a pointer.
#[derive(Debug)]
pub enum Place {
    /// A pointer variable.
    Var(Slot),
    /// `T.address_of(A[…])`.
    AddressOf(Box<Access>),
    /// The null pointer.
    Null,
}

/// See [`Expr::Call`].
#[derive(Debug)]
pub struct Call {
    /// Number of the function.
    pub func: usize,
    /// Its arguments.
    pub args: Box<[CallArg]>,
    /// Blocks around the call whose regions have to hold what the callee accesses, innermost first.
    pub regions: Box<[CallRegions]>,
    /// Where.
    pub span: Span,
}

/// A block around a call, for the accesses of the callee.
#[derive(Debug)]
pub struct CallRegions {
    /// Number of the block.
    pub block: usize,
    /// The block says what it reads.
    pub lists_reads: bool,
    /// The block says what it writes.
    pub lists_writes: bool,
    /// Reading the accumulator under `writes` alone is allowed.
    pub reads_writes: bool,
    /// Arguments, by number, that lead to memory from outside of the block.
    pub args: Box<[usize]>,
}

/// An argument of a call.
#[derive(Debug)]
pub enum CallArg {
    /// A scalar.
    Scalar(Expr),
    /// A pointer.
    Pointer(Place),
    /// A whole buffer.
    Buffer(Slot),
    /// A part of a buffer: minimum and extent of each dimension.
    Region(Slot, Box<[(Index, Index)]>),
}

/// See [`Expr::Assume`].
#[derive(Debug)]
pub struct Assume {
    /// A bool.
    pub condition: Expr,
    /// Where.
    pub span: Span,
}

/// See [`Expr::AllReduce`].
#[derive(Debug)]
pub struct AllReduce {
    /// What combines the values `lhs` and `rhs`.
    pub reducer: Reducer,
    /// What a thread contributes.
    pub values: Box<[Expr]>,
    /// Whether it contributes.
    pub condition: Expr,
    /// Where every thread finds the result.
    pub results: Box<[Access]>,
    /// Variables of loops over threads that are not reduced over.
    pub kept: Box<[Slot]>,
}

/// A commutative reducer of one or more values.
#[derive(Debug)]
pub struct Reducer {
    /// Variables of the left values.
    pub lhs: Box<[Slot]>,
    /// Variables of the right values.
    pub rhs: Box<[Slot]>,
    /// The combined values.
    pub result: Box<[Expr]>,
    /// What combines with everything without changing it.
    pub identity: Box<[Expr]>,
}

/// A statement.
#[derive(Debug)]
pub enum Stmt {
    /// One after the other.
    Seq(Box<[Stmt]>),
    /// Write of a buffer.
    Store(Box<Store>),
    /// `buffer[…] = T.undef()`: the element counts as never written.
    Undefine(Box<Access>),
    /// Loop.
    For(Box<For>),
    /// Loop while a condition holds.
    While(Box<While>),
    /// Branch.
    If(Box<If>),
    /// Block.
    Block(Box<Block>),
    /// Variable with a value.
    Bind(Box<(Target, Expr)>),
    /// Pointer with a value.
    BindPointer(Box<(Slot, Place)>),
    /// Fresh memory.
    Alloc(Box<Alloc>),
    /// View of memory.
    Decl(Slot),
    /// Assertion.
    Assert(Box<Assert>),
    /// Expression for its effects.
    Evaluate(Expr),
    /// Return from the function.
    Return(Option<Expr>),
    /// Leave the innermost loop.
    Break,
    /// Next iteration of the innermost loop.
    Continue,
    /// A statement whose executions are counted, by number.
    Counted(usize, Box<Stmt>),
}

/// See [`Stmt::Store`].
#[derive(Debug)]
pub struct Store {
    /// What is written.
    pub access: Access,
    /// The value.
    pub value: Expr,
    /// Lanes of the value.
    pub lanes: u32,
    /// Lanes that are false write nothing.
    pub predicate: Option<Expr>,
    /// The value is the old value of the element combined with another one.
    pub fold: Option<Fold>,
    /// The store stands in an init and writes the element that the block's body writes.
    pub is_echo: bool,
}

/// On which side of a combination the old value of an element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// `element = element op rest`
    Left,
    /// `element = rest op element`
    Right,
}

/// See [`Stmt::For`].
#[derive(Debug)]
pub struct For {
    /// The variable.
    pub slot: Slot,
    /// The variable, for messages.
    pub var: Var,
    /// First value.
    pub min: Index,
    /// Distance to the end.
    pub extent: Index,
    /// Distance of two values.
    pub step: Option<Index>,
    /// How the iterations run.
    pub kind: ForKind,
    /// Which thread axis the loop is bound to.
    pub thread: Option<ThreadAxis>,
    /// Number of its scope.
    pub scope: usize,
    /// Iterations are known not to touch each other's elements, nor each other's bookkeeping.
    pub independent: bool,
    /// Statements that an iteration runs, as far as that can be told.
    pub work: u64,
    /// Blocks that every iteration may compute anew.
    pub recomputes: Box<[usize]>,
    /// The loop, and those inside of it, can be run in strips.
    pub strip: Option<StripPlan>,
    /// What is repeated.
    pub body: Stmt,
    /// The header.
    pub span: Span,
}

/// What is remembered of the strips of a loop.
#[derive(Debug, Default)]
pub struct StripPlan {
    /// Strips that failed since the last one that did not.
    pub failures: AtomicU32,
}

/// A thread axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadAxis {
    /// `threadIdx.x` and the like.
    pub tag: Symbol,
    /// Threads of one block (`threadIdx`), as opposed to blocks of the grid and virtual threads.
    pub is_thread: bool,
    /// `blockIdx`.
    pub is_block: bool,
}

/// See [`Stmt::While`].
#[derive(Debug)]
pub struct While {
    /// A bool.
    pub condition: Expr,
    /// What is repeated.
    pub body: Stmt,
    /// The header.
    pub span: Span,
}

/// See [`Stmt::If`].
#[derive(Debug)]
pub struct If {
    /// A bool.
    pub condition: Expr,
    /// Runs if it holds.
    pub then: Stmt,
    /// Runs if it does not.
    pub otherwise: Option<Stmt>,
}

/// See [`Stmt::Alloc`].
#[derive(Debug)]
pub struct Alloc {
    /// The buffer.
    pub buffer: Slot,
    /// Contents of a constant.
    pub constant: Option<Box<[u64]>>,
    /// Where.
    pub span: Span,
}

/// See [`Stmt::Assert`].
#[derive(Debug)]
pub struct Assert {
    /// A bool.
    pub condition: Expr,
    /// What to report.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// See [`Stmt::Block`].
#[derive(Debug)]
pub struct Block {
    /// Number in the function.
    pub id: usize,
    /// Its name.
    pub name: Symbol,
    /// Axes.
    pub iters: Box<[Iter]>,
    /// The instance runs only if this holds.
    pub predicate: Option<Expr>,
    /// Number of its scope.
    pub scope: usize,
    /// Declared regions that are consulted at run time.
    pub regions: Box<[Region]>,
    /// Instances remember which elements they write.
    pub remembers_writes: bool,
    /// Memory that lives as long as an instance.
    pub allocs: Box<[Alloc]>,
    /// Views of regions.
    pub matches: Box<[Match]>,
    /// Runs first in the first instance of a reduction.
    pub init: Option<Stmt>,
    /// The body.
    pub body: Stmt,
    /// How instances are told apart (K2, K3).
    pub instances: Instances,
    /// The header.
    pub span: Span,
}

/// An axis of a block.
#[derive(Debug)]
pub struct Iter {
    /// The variable.
    pub var: Var,
    /// Its slot.
    pub slot: Slot,
    /// Its value.
    pub value: Index,
    /// First value of the domain.
    pub dom_min: Index,
    /// Extent of the domain.
    pub dom_extent: Index,
    /// What may be done along it.
    pub kind: IterVarKind,
    /// The value is known to lie in the domain.
    pub in_domain: bool,
    /// Where.
    pub span: Span,
}

/// What has to be remembered about the instances of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    /// Axis values have to be remembered to find duplicates.
    pub duplicates: bool,
    /// Reductions have to be remembered to find missing, late and repeated inits.
    pub init: bool,
}

/// A declared region of a block.
#[derive(Debug)]
pub struct Region {
    /// The buffer.
    pub buffer: Slot,
    /// Listed in `T.writes`, as opposed to `T.reads`.
    pub is_write: bool,
    /// Minimum and extent of each dimension.
    pub ranges: Box<[(Index, Index)]>,
}

/// A match_buffer.
#[derive(Debug)]
pub struct Match {
    /// The new view.
    pub buffer: Slot,
    /// The buffer it views.
    pub source: Slot,
    /// Minimum and extent of each dimension of the source.
    pub ranges: Box<[(Index, Index)]>,
    /// Variables that take their values from the source.
    pub shape_vars: Box<[Option<Slot>]>,
    /// As above, for strides.
    pub stride_vars: Box<[Option<Slot>]>,
    /// As above, for the offset.
    pub offset_var: Option<Slot>,
    /// Where.
    pub span: Span,
}
