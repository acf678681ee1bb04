//! Expressions: immutable trees behind `Arc`, small leaves inline.
//!
//! Cloning an expression increments one count. Nodes hold no parent pointers and no interior
//! mutability, so a tree can be shared between versions of a program and between threads.

use crate::buffer::{Buffer, BufferRegion};
use crate::dtype::DType;
use crate::func::AttrValue;
use crate::op::Op;
use crate::span::Span;
use crate::symbol::Symbol;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An expression; 16 bytes.
///
/// Equality (`==`) is identity of meaning by tree: variables and buffers by id, floats by bits,
/// spans ignored. See `structural` for equality up to names.
#[derive(Clone, Debug)]
pub enum PrimExpr {
    /// Integer, unsigned or bool literal.
    Int {
        /// The value; for `uint64` the bit pattern.
        value: i64,
        /// A scalar integer type or bool.
        dtype: DType,
    },
    /// Float literal. `value` may hold more digits than `dtype`: the meaning is `value` rounded
    /// once to `dtype`.
    Float {
        /// The value as it was written.
        value: f64,
        /// A scalar float type.
        dtype: DType,
    },
    /// Variable.
    Var(Var),
    /// String literal, an argument of calls.
    Str(Arc<StringImm>),
    /// Conversion of a value to another type (SEMANTICS 4).
    Cast(Arc<Cast>),
    /// Infix arithmetic, comparison, logic, minimum and maximum.
    Binary(Arc<Binary>),
    /// Logical negation of a bool.
    Not(Arc<Not>),
    /// Choice between two values, both evaluated.
    Select(Arc<Select>),
    /// Read of one element, or of a vector of elements, of a buffer.
    Load(Arc<BufferLoad>),
    /// Vector `base + k * stride`.
    Ramp(Arc<Ramp>),
    /// Vector of equal lanes.
    Broadcast(Arc<Broadcast>),
    /// Vector of lanes picked from other vectors.
    Shuffle(Arc<Shuffle>),
    /// Value with a local name: `T.Let(body, where={var: value})`.
    Let(Arc<Let>),
    /// Call of an op of the op table.
    Call(Arc<Call>),
    /// Call of something outside the op table: a function of the module, a C function, an
    /// intrinsic of a vendor.
    CallFunc(Arc<CallFunc>),
}

const _: () = assert!(size_of::<PrimExpr>() == 16);
const _: () = assert!(size_of::<Var>() == 12);

/// Identity of a variable, unique in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// A variable: identity, a name for people, a type. 12 bytes, `Copy`.
///
/// Every binder (loop, let, axis, parameter) introduces its own variable; two variables are the
/// same exactly when their ids are.
#[derive(Clone, Copy, Debug)]
pub struct Var {
    /// Identity.
    pub id: VarId,
    /// The name in the source; need not be unique.
    pub name: Symbol,
    /// Type of the value; [`DType::HANDLE`] for pointers.
    pub dtype: DType,
}

/// A fresh number for ids of variables, buffers and blocks.
pub(crate) fn fresh_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Var {
    /// A new variable, different from all others.
    pub fn new(name: impl Into<Symbol>, dtype: DType) -> Var {
        Var { id: VarId(fresh_id()), name: name.into(), dtype }
    }

    /// A new variable with this one's name and type.
    pub fn fresh_copy(self) -> Var {
        Var { id: VarId(fresh_id()), ..self }
    }
}

impl PartialEq for Var {
    fn eq(&self, other: &Var) -> bool {
        self.id == other.id
    }
}

impl Eq for Var {}

impl std::hash::Hash for Var {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// A string literal.
#[derive(Debug)]
pub struct StringImm {
    /// The text.
    pub value: Box<str>,
    /// Where.
    pub span: Span,
}

/// Conversion of a value to another type.
#[derive(Debug)]
pub struct Cast {
    /// Target type; has as many lanes as `value`.
    pub dtype: DType,
    /// The value.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

/// The infix operators of TIR that are nodes of their own.
///
/// Bitwise operators and shifts are calls of ops, as in TVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BinOp {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// Division of floats, and division of integers toward zero (`T.truncdiv`, `T.Div`).
    Div,
    /// Remainder with the sign of `a` (`T.truncmod`).
    Mod,
    /// `a // b`, toward minus infinity.
    FloorDiv,
    /// `a % b`, with the sign of `b`.
    FloorMod,
    /// `(a < b) ? a : b`
    Min,
    /// `(a > b) ? a : b`
    Max,
    /// `a == b`
    Eq,
    /// `a != b`
    Ne,
    /// `a < b`
    Lt,
    /// `a <= b`
    Le,
    /// `a > b`
    Gt,
    /// `a >= b`
    Ge,
    /// `a and b`, short-circuit.
    And,
    /// `a or b`, short-circuit.
    Or,
}

impl BinOp {
    /// Every operator.
    pub const ALL: [BinOp; 17] = [
        BinOp::Add,
        BinOp::Sub,
        BinOp::Mul,
        BinOp::Div,
        BinOp::Mod,
        BinOp::FloorDiv,
        BinOp::FloorMod,
        BinOp::Min,
        BinOp::Max,
        BinOp::Eq,
        BinOp::Ne,
        BinOp::Lt,
        BinOp::Le,
        BinOp::Gt,
        BinOp::Ge,
        BinOp::And,
        BinOp::Or,
    ];

    /// `== != < <= > >=`: operands of one type, result bool.
    pub fn is_comparison(self) -> bool {
        matches!(self, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
    }

    /// `and`, `or`.
    pub fn is_logical(self) -> bool {
        matches!(self, BinOp::And | BinOp::Or)
    }

    /// Operators whose result has the type of their operands.
    pub fn is_arithmetic(self) -> bool {
        !self.is_comparison() && !self.is_logical()
    }
}

/// An infix operation; both operands have the same type.
#[derive(Debug)]
pub struct Binary {
    /// The operator.
    pub op: BinOp,
    /// Left operand.
    pub lhs: PrimExpr,
    /// Right operand.
    pub rhs: PrimExpr,
    /// Where.
    pub span: Span,
}

/// Logical negation.
#[derive(Debug)]
pub struct Not {
    /// A bool, scalar or vector.
    pub value: PrimExpr,
    /// Where.
    pub span: Span,
}

/// `T.Select(condition, true_value, false_value)`: both values are evaluated.
#[derive(Debug)]
pub struct Select {
    /// A bool.
    pub condition: PrimExpr,
    /// The value where the condition holds.
    pub true_value: PrimExpr,
    /// The value where it does not; same type.
    pub false_value: PrimExpr,
    /// Where.
    pub span: Span,
}

/// A read of a buffer. One index per dimension; the last one may be a vector.
#[derive(Debug)]
pub struct BufferLoad {
    /// The buffer.
    pub buffer: Buffer,
    /// One index per dimension.
    pub indices: Box<[PrimExpr]>,
    /// A bool per lane: lanes that are false read nothing.
    pub predicate: Option<PrimExpr>,
    /// Where.
    pub span: Span,
}

/// The vector `base, base + stride, …, base + (lanes - 1) * stride`.
#[derive(Debug)]
pub struct Ramp {
    /// First lane.
    pub base: PrimExpr,
    /// Distance of lanes, same type as `base`.
    pub stride: PrimExpr,
    /// The vector's type: `base`'s element type with the number of lanes.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// The vector whose lanes all are `value`.
#[derive(Debug)]
pub struct Broadcast {
    /// The value of each lane.
    pub value: PrimExpr,
    /// The vector's type.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// The vector whose lanes are picked by `indices` from the concatenation of `vectors`.
#[derive(Debug)]
pub struct Shuffle {
    /// Vectors or scalars of one element type.
    pub vectors: Box<[PrimExpr]>,
    /// Constant lane numbers.
    pub indices: Box<[PrimExpr]>,
    /// The vector's type.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// `body` with `var` bound to `value`, which is evaluated once.
#[derive(Debug)]
pub struct Let {
    /// The binder.
    pub var: Var,
    /// Its value.
    pub value: PrimExpr,
    /// The result.
    pub body: PrimExpr,
    /// Where.
    pub span: Span,
}

/// A call of an op of the table.
#[derive(Debug)]
pub struct Call {
    /// The op.
    pub op: Op,
    /// Arguments, as many as the op's row says.
    pub args: Box<[PrimExpr]>,
    /// Type of the result.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

/// What a [`CallFunc`] calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// A function of the same module.
    Global(Symbol),
    /// A C function: `T.call_extern`, or `T.call_pure_extern` if `pure`.
    Extern {
        /// The C name.
        name: Symbol,
        /// Whether it has no effects.
        pure: bool,
    },
    /// A function of TVM's runtime: `T.call_packed(name, …)` and its kin, by the `T.` name.
    Packed(Symbol),
    /// An intrinsic that Tirade reads and prints but does not run, by the name behind `T.`.
    Opaque(Symbol),
}

/// An argument of a [`CallFunc`].
#[derive(Clone, Debug)]
pub enum CallArg {
    /// A value.
    Expr(PrimExpr),
    /// A whole buffer.
    Buffer(Buffer),
    /// A part of a buffer.
    Region(BufferRegion),
    /// A type, as in `T.type_annotation("float32")`.
    DType(DType),
    /// Anything else a vendor intrinsic takes.
    Attr(AttrValue),
}

/// A call of something outside the op table.
#[derive(Debug)]
pub struct CallFunc {
    /// What is called.
    pub callee: Callee,
    /// Arguments.
    pub args: Box<[CallArg]>,
    /// Type of the result; void for statements.
    pub dtype: DType,
    /// Where.
    pub span: Span,
}

impl PrimExpr {
    /// Integer or bool literal. `value` must fit `dtype` (for `uint64`: its bit pattern).
    pub fn int(value: i64, dtype: DType) -> PrimExpr {
        debug_assert!(dtype.is_integer() || dtype.is_bool());
        PrimExpr::Int { value, dtype }
    }

    /// `int32` literal.
    pub fn i32(value: i32) -> PrimExpr {
        PrimExpr::int(value as i64, DType::INT32)
    }

    /// Bool literal.
    pub fn bool(value: bool) -> PrimExpr {
        PrimExpr::int(value as i64, DType::BOOL)
    }

    /// Float literal.
    pub fn float(value: f64, dtype: DType) -> PrimExpr {
        debug_assert!(dtype.is_float());
        PrimExpr::Float { value, dtype }
    }

    /// String literal.
    pub fn str(value: &str, span: Span) -> PrimExpr {
        PrimExpr::Str(Arc::new(StringImm { value: value.into(), span }))
    }

    /// Infix operation on operands of one type; no checks, no folding.
    pub fn binary(op: BinOp, lhs: PrimExpr, rhs: PrimExpr, span: Span) -> PrimExpr {
        debug_assert_eq!(lhs.dtype(), rhs.dtype(), "{op:?}");
        PrimExpr::Binary(Arc::new(Binary { op, lhs, rhs, span }))
    }

    /// Cast node; no checks, no folding.
    pub fn cast(dtype: DType, value: PrimExpr, span: Span) -> PrimExpr {
        PrimExpr::Cast(Arc::new(Cast { dtype, value, span }))
    }

    /// Logical negation.
    pub fn logical_not(value: PrimExpr, span: Span) -> PrimExpr {
        PrimExpr::Not(Arc::new(Not { value, span }))
    }

    /// Read of `buffer` at `indices`.
    pub fn load(buffer: Buffer, indices: impl Into<Box<[PrimExpr]>>, span: Span) -> PrimExpr {
        let indices = indices.into();
        PrimExpr::Load(Arc::new(BufferLoad { buffer, indices, predicate: None, span }))
    }

    /// Call of an op; no checks, no folding.
    pub fn call(op: Op, args: impl Into<Box<[PrimExpr]>>, dtype: DType, span: Span) -> PrimExpr {
        PrimExpr::Call(Arc::new(Call { op, args: args.into(), dtype, span }))
    }

    /// Type of the value.
    pub fn dtype(&self) -> DType {
        match self {
            PrimExpr::Int { dtype, .. } | PrimExpr::Float { dtype, .. } => *dtype,
            PrimExpr::Var(v) => v.dtype,
            PrimExpr::Str(_) => DType::HANDLE,
            PrimExpr::Cast(e) => e.dtype,
            PrimExpr::Binary(e) if e.op.is_arithmetic() => e.lhs.dtype(),
            PrimExpr::Binary(e) => DType::BOOL.with_lanes_of(e.lhs.dtype()),
            PrimExpr::Not(e) => e.value.dtype(),
            PrimExpr::Select(e) => e.true_value.dtype(),
            PrimExpr::Load(e) => e.dtype(),
            PrimExpr::Ramp(e) => e.dtype,
            PrimExpr::Broadcast(e) => e.dtype,
            PrimExpr::Shuffle(e) => e.dtype,
            PrimExpr::Let(e) => e.body.dtype(),
            PrimExpr::Call(e) => e.dtype,
            PrimExpr::CallFunc(e) => e.dtype,
        }
    }

    /// Where the expression stands; [`Span::NONE`] for leaves, which have no place of their own.
    pub fn span(&self) -> Span {
        match self {
            PrimExpr::Int { .. } | PrimExpr::Float { .. } | PrimExpr::Var(_) => Span::NONE,
            PrimExpr::Str(e) => e.span,
            PrimExpr::Cast(e) => e.span,
            PrimExpr::Binary(e) => e.span,
            PrimExpr::Not(e) => e.span,
            PrimExpr::Select(e) => e.span,
            PrimExpr::Load(e) => e.span,
            PrimExpr::Ramp(e) => e.span,
            PrimExpr::Broadcast(e) => e.span,
            PrimExpr::Shuffle(e) => e.span,
            PrimExpr::Let(e) => e.span,
            PrimExpr::Call(e) => e.span,
            PrimExpr::CallFunc(e) => e.span,
        }
    }

    /// The literal's value if this is a scalar integer or bool literal.
    pub fn as_int(&self) -> Option<i128> {
        match self {
            PrimExpr::Int { value, dtype: DType::UINT64 } => Some(*value as u64 as i128),
            PrimExpr::Int { value, .. } => Some(*value as i128),
            _ => None,
        }
    }

    /// True for the integer or bool literal `value`.
    pub fn is_int(&self, value: i128) -> bool {
        self.as_int() == Some(value)
    }

    /// The variable, if this is one.
    pub fn as_var(&self) -> Option<Var> {
        match self {
            PrimExpr::Var(v) => Some(*v),
            _ => None,
        }
    }
}

impl BufferLoad {
    /// The buffer's element type, with the lanes of the last index.
    pub fn dtype(&self) -> DType {
        vector_access_dtype(&self.buffer, &self.indices)
    }
}

/// Type of an access to `buffer` at `indices`: a vector index multiplies the lanes.
pub fn vector_access_dtype(buffer: &Buffer, indices: &[PrimExpr]) -> DType {
    let element = buffer.dtype;
    let Some(last) = indices.last().map(PrimExpr::dtype).filter(|d| !d.is_scalar()) else {
        return element;
    };
    let lanes = element.lanes() * last.lanes();
    match last.is_scalable() || element.is_scalable() {
        true => element.with_scalable_lanes(lanes),
        false => element.with_lanes(lanes),
    }
}

impl From<Var> for PrimExpr {
    fn from(var: Var) -> Self {
        PrimExpr::Var(var)
    }
}

impl From<i32> for PrimExpr {
    fn from(value: i32) -> Self {
        PrimExpr::i32(value)
    }
}
