//! The op table: everything that is known of the operations that are calls, one row each.
//!
//! Parser, printer, validator, folding, interpreter, C backend, fuzzer and the reference page read
//! these rows. Adding an op is one row in `table.rs`, and a kernel in `kernel.rs` if none of those
//! there computes it. Infix arithmetic, comparison and logic are not ops but nodes, see
//! [`BinOp`](crate::BinOp).

mod error;
mod externs;
mod kernel;
pub mod libm;
mod table;
mod typing;

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

pub use error::{Expected, TypeError, TypeErrorKind};
pub use externs::extern_op;
pub use kernel::{Binary, Custom, FloatKernel, Kernel, PerFloat, Ternary, Unary};
pub use table::Op;

/// A row of the op table.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// The op.
    pub op: Op,
    /// The name behind `T.`.
    pub name: &'static str,
    /// Other names behind `T.` that mean the same.
    pub aliases: &'static [&'static str],
    /// TVM's name, such as `tirx.exp`.
    pub tvm_name: &'static str,
    /// True for ops that scripts of TVM cannot name.
    pub extension: bool,
    /// How many arguments it takes.
    pub arity: Arity,
    /// Types of the arguments and of the result.
    pub rule: TypeRule,
    /// What it does besides computing a value.
    pub effect: Effect,
    /// How its arguments are evaluated.
    pub evaluation: Evaluation,
    /// The value on scalars; of an atomic update the new value of the element.
    pub kernel: Kernel,
    /// How the C backend spells it.
    pub c: CSpelling,
    /// How far the value may lie from the exact one.
    pub tolerance: Tolerance,
    /// For each argument the values to sample in tests; where there are fewer ranges than
    /// arguments the last one counts for the rest.
    pub domain: &'static [(f64, f64)],
    /// One line for people.
    pub doc: &'static str,
}

/// How many arguments an op takes, a leading dtype not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// So many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

impl Arity {
    /// True if `n` arguments are right.
    pub fn accepts(self, n: usize) -> bool {
        match self {
            Arity::Exactly(count) => n == count,
            Arity::AtLeast(count) => n >= count,
        }
    }
}

/// Types of an op's arguments and of its result. All arguments have the same lanes, which are
/// those of the result, except where noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeRule {
    /// Floats of one type; the result has it too.
    Float,
    /// As [`TypeRule::Float`], and operands are promoted to a common type first.
    PromotedFloat,
    /// As [`TypeRule::Float`], but only for `float32` and `float64`.
    WideFloat,
    /// A float; integers and bools are their own result, and no call is built for them.
    Rounding,
    /// A float and an `int32`; the result has the first one's type.
    FloatAndInt32,
    /// A float; the result is a bool.
    FloatToBool,
    /// An integer; the result has its type.
    Integer,
    /// An integer; the result is an `int32`.
    IntegerToInt32,
    /// Integers or bools, promoted to a common type.
    Bits,
    /// Integers, promoted to a common type.
    Shift,
    /// A scalar bool, and two values that are promoted to a common type, which is the result's.
    IfThenElse,
    /// Any value; the result has its type.
    Same,
    /// A bool; so is the result.
    Condition,
    /// A pointer; the result is a bool.
    PointerToBool,
    /// An element of a buffer; the result is a pointer.
    AddressOf,
    /// `int32`s, and two flags where there are seven arguments; the result is an `int32`.
    FixedPoint,
    /// A type and a value of as many bits.
    Reinterpret,
    /// A vector type and one or two vectors of its element type; lanes halve or add up.
    VectorHalf,
    /// See [`TypeRule::VectorHalf`].
    VectorJoin,
    /// `uint64`, and the low and high halves as `uint32` literals.
    LargeUInt,
    /// No arguments; the type is given, `int32` if not.
    Undefined,
    /// An element of a buffer and a value of its type, which is the result's.
    Update,
    /// As [`TypeRule::Update`], only for integers.
    IntegerUpdate,
    /// Any arguments; no value.
    Statement,
}

impl TypeRule {
    /// True if the call's first argument in a script is the type of the result.
    pub fn leads_with_dtype(self) -> bool {
        matches!(
            self,
            TypeRule::Reinterpret
                | TypeRule::VectorHalf
                | TypeRule::VectorJoin
                | TypeRule::LargeUInt
        )
    }
}

/// What an op does besides computing a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing.
    Pure,
    /// It depends on memory.
    ReadsState,
    /// It changes memory, or more.
    Opaque,
}

/// How an op's arguments are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// All of them, left to right.
    Strict,
    /// Only those that decide the value.
    Lazy,
    /// The first one names a place in memory and is not read; the others are strict.
    Place,
}

/// How the C backend spells an op; the code around it is the backend's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CSpelling {
    /// A function of `<math.h>`, by its name for `double`; `float` has the suffix `f`, and 16-bit
    /// floats are computed in `float`.
    Libm(&'static str),
    /// An operator of C.
    Operator(&'static str),
    /// A family of helper functions of the prelude, one for each type.
    Helper(&'static str),
    /// Code of its own in the backend.
    Special,
}

/// How far an op's value may lie from the exact value rounded to the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// Not at all.
    Exact,
    /// So many units in the last place of `float32`.
    Ulp(u32),
}

impl Op {
    /// The op's row.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &table::TABLE[self as usize]
    }

    /// The name behind `T.`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The op of a name behind `T.`, or of TVM's name such as `tirx.exp` or `tir.exp`.
    pub fn from_name(name: &str) -> Option<Op> {
        static NAMES: LazyLock<FxHashMap<&'static str, Op>> = LazyLock::new(|| {
            let names = |op: Op| [op.name()].into_iter().chain(op.info().aliases.iter().copied());
            Op::ALL.iter().flat_map(|&op| names(op).map(move |name| (name, op))).collect()
        });
        let name = name.strip_prefix("tirx.").or(name.strip_prefix("tir.")).unwrap_or(name);
        NAMES.get(name).copied()
    }

    /// True if the op does nothing but compute a value from its arguments.
    pub fn is_pure(self) -> bool {
        self.info().effect == Effect::Pure
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "T.{}", self.name())
    }
}

#[cfg(test)]
mod tests;
