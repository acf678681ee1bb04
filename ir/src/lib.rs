//! TensorIR: the loop-level IR in which Tirade reads, checks, interprets, schedules and compiles
//! tensor programs.
//!
//! Reading order: [`span`], [`diag`], [`symbol`], [`dtype`]; [`scalar`] and [`op`] (what values
//! mean); [`expr`], [`buffer`], [`stmt`], [`func`] (the nodes).

pub mod analysis;
pub mod args;
pub mod arith;
pub mod buffer;
pub mod builder;
pub mod diag;
pub mod dtype;
pub mod expr;
pub mod fp;
pub mod func;
mod identity;
pub mod make;
pub mod op;
pub mod persistent;
pub mod print;
pub mod rewrite;
pub mod scalar;
pub mod span;
pub mod stmt;
pub mod structural;
pub mod subst;
pub mod symbol;
pub mod validate;
pub mod visit;

pub use buffer::{Buffer, BufferId, BufferNode, BufferRegion, MatchBufferRegion, Range};
pub use diag::{Code, Diagnostic};
pub use dtype::{DType, TypeCode};
pub use expr::{BinOp, CallArg, Callee, PrimExpr, Var, VarId};
pub use fp::FpMode;
pub use func::{AttrValue, Attrs, CommReducer, IRModule, Param, ParamKind, PrimFunc};
pub use op::Op;
pub use scalar::{Checked, Fault, Scalar};
pub use span::{SourceMap, Span};
pub use stmt::{
    Block, BlockId, BlockRealize, For, ForKind, IterVar, IterVarKind, PointerType, Stmt,
};
pub use symbol::Symbol;
