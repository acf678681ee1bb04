//! Errors in the types of expressions.

use super::{Arity, Op};
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::span::Span;
use crate::symbol::Symbol;

/// An expression that has no type, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// What is wrong.
    pub kind: Box<TypeErrorKind>,
    /// The operation.
    pub span: Span,
}

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A bool.
    Bool,
    /// A scalar bool.
    ScalarBool,
    /// An integer.
    Integer,
    /// An integer or a bool.
    IntegerOrBool,
    /// A float.
    Float,
    /// `float32` or `float64`.
    WideFloat,
    /// A number or a bool.
    Number,
    /// `int32`.
    Int32,
    /// `uint32`.
    UInt32,
    /// A pointer.
    Pointer,
    /// A scalar.
    Scalar,
    /// A vector of an even number of lanes.
    Vector,
    /// An element of a buffer, such as `A[i]`.
    Element,
    /// An integer type.
    IntegerType,
    /// This type.
    Type(DType),
}

/// What is wrong with the types of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeErrorKind {
    /// Two operands whose types do not go together.
    Operands {
        /// The operation.
        what: String,
        /// Type of the left operand.
        lhs: DType,
        /// Type of the right operand.
        rhs: DType,
    },
    /// Vectors of different lengths.
    Lanes {
        /// The operation.
        what: String,
        /// Type of the left operand.
        lhs: DType,
        /// Type of the right operand.
        rhs: DType,
    },
    /// An operand of a type that the operation does not take.
    Operand {
        /// The operation.
        what: String,
        /// What it takes.
        expected: Expected,
        /// What it was given.
        found: DType,
    },
    /// Arithmetic on bools.
    BoolArithmetic {
        /// The operation.
        what: String,
    },
    /// `/` on integers.
    IntegerDivision,
    /// `-x` on an unsigned integer or a bool.
    Negation(DType),
    /// A literal that its type does not hold.
    Literal {
        /// The literal.
        value: String,
        /// The type.
        dtype: DType,
    },
    /// A wrong number of arguments.
    Arity {
        /// The op.
        op: Op,
        /// How many were given.
        found: usize,
    },
    /// An op that has to be told its type.
    MissingDType(Op),
    /// Reinterpretation as a type of another width.
    Width {
        /// Type of the value.
        from: DType,
        /// Type asked for.
        to: DType,
    },
    /// A number of lanes that no vector has.
    LaneCount(i128),
    /// More or fewer indices than dimensions.
    Rank {
        /// The buffer.
        buffer: Symbol,
        /// How many dimensions it has.
        rank: usize,
        /// How many indices there are.
        found: usize,
    },
    /// An index that is no integer, or a vector before the last dimension.
    Index {
        /// The buffer.
        buffer: Symbol,
        /// Type of the index.
        found: DType,
    },
    /// A stored value with other lanes than its place.
    StoreLanes {
        /// Type of the place.
        access: DType,
        /// Type of the value.
        value: DType,
    },
    /// A lane number of a shuffle that is no literal or out of range.
    LaneIndex {
        /// How many lanes there are.
        lanes: u32,
    },
}

impl TypeErrorKind {
    /// The error at a place.
    pub fn at(self, span: Span) -> TypeError {
        TypeError { kind: Box::new(self), span }
    }
}

impl Expected {
    fn text(self) -> String {
        match self {
            Expected::Bool => "a bool".into(),
            Expected::ScalarBool => "a scalar bool".into(),
            Expected::Integer => "an integer".into(),
            Expected::IntegerOrBool => "an integer or a bool".into(),
            Expected::Float => "a float".into(),
            Expected::WideFloat => "a float32 or float64".into(),
            Expected::Number => "a number".into(),
            Expected::Int32 => "an int32".into(),
            Expected::UInt32 => "a uint32".into(),
            Expected::Pointer => "a pointer".into(),
            Expected::Scalar => "a scalar".into(),
            Expected::Vector => "a vector with an even number of lanes".into(),
            Expected::Element => "an element of a buffer, such as `A[i]`".into(),
            Expected::IntegerType => "an integer type".into(),
            Expected::Type(dtype) => format!("the type `{dtype}`"),
        }
    }

    fn code(self) -> Code {
        match self {
            Expected::Bool | Expected::ScalarBool => Code::BOOL_EXPECTED,
            Expected::Integer
            | Expected::IntegerOrBool
            | Expected::Int32
            | Expected::UInt32
            | Expected::IntegerType => Code::INTEGER_EXPECTED,
            Expected::Float | Expected::WideFloat => Code::FLOAT_EXPECTED,
            Expected::Number
            | Expected::Pointer
            | Expected::Scalar
            | Expected::Vector
            | Expected::Element
            | Expected::Type(_) => Code::OPERAND_KIND,
        }
    }

    /// What to write where `found` stands.
    fn help(self, found: DType) -> Option<String> {
        match self {
            Expected::Bool | Expected::ScalarBool if found.is_integer() || found.is_float() => {
                Some("compare it: `x != 0`".into())
            }
            Expected::Float | Expected::WideFloat if found.is_scalar() => {
                Some("convert it: `T.Cast(\"float32\", x)`".into())
            }
            Expected::Integer | Expected::IntegerOrBool | Expected::Int32
                if found.is_scalar() && !found.is_handle() =>
            {
                Some("convert it: `T.Cast(\"int32\", x)`".into())
            }
            _ => None,
        }
    }
}

impl From<TypeError> for Diagnostic {
    fn from(error: TypeError) -> Diagnostic {
        let new = |code, message: String| Diagnostic::error(code, error.span, message);
        match *error.kind {
            TypeErrorKind::Operands { what, lhs, rhs } => {
                let (left, right) =
                    (format!("T.Cast(\"{rhs}\", x)"), format!("T.Cast(\"{lhs}\", y)"));
                new(Code::OPERAND_TYPES, format!("{what} of `{lhs}` and `{rhs}`"))
                    .with_help(format!("convert one side: `{left}` or `{right}`"))
            }
            TypeErrorKind::Lanes { what, lhs, rhs } => {
                new(Code::LANES_MISMATCH, format!("{what} of `{lhs}` and `{rhs}`"))
                    .with_note("vectors go together if they have the same number of lanes")
            }
            TypeErrorKind::Operand { what, expected, found } => {
                let text = format!("{what} takes {}, not `{found}`", expected.text());
                let diagnostic = new(expected.code(), text);
                match expected.help(found) {
                    Some(help) => diagnostic.with_help(help),
                    None => diagnostic,
                }
            }
            TypeErrorKind::BoolArithmetic { what } => {
                new(Code::BOOL_ARITHMETIC, format!("{what} of two bools"))
                    .with_help("use `and`, `or` or `^`, or convert: `T.Cast(\"int32\", x)`")
            }
            TypeErrorKind::IntegerDivision => {
                new(Code::INTEGER_DIVISION, "`/` of two integers is ambiguous".into()).with_help(
                    "write `//` to round down, `T.truncdiv` to round toward zero, or use floats",
                )
            }
            TypeErrorKind::Negation(dtype) => {
                new(Code::NEGATION, format!("`-` of `{dtype}`, which has no negative values"))
                    .with_help("convert it to a signed type, or write `0 - x` to wrap around")
            }
            TypeErrorKind::Literal { value, dtype } => {
                new(Code::LITERAL_RANGE, format!("`{dtype}` does not hold `{value}`"))
            }
            TypeErrorKind::Arity { op, found } => {
                let expected = match op.info().arity {
                    Arity::Exactly(1) => "1 argument".to_string(),
                    Arity::Exactly(n) => format!("{n} arguments"),
                    Arity::AtLeast(n) => format!("at least {n} arguments"),
                };
                new(Code::OP_ARITY, format!("`{op}` takes {expected}, not {found}"))
            }
            TypeErrorKind::MissingDType(op) => {
                new(Code::OP_ARITY, format!("`{op}` needs the type of its result"))
                    .with_help(format!("write it first: `{op}(\"int32\", …)`"))
            }
            TypeErrorKind::Width { from, to } => {
                let text = format!("`{from}` and `{to}` do not have the same number of bits");
                new(Code::REINTERPRET_WIDTH, text)
                    .with_help(format!("to convert the value, write `T.Cast(\"{to}\", x)`"))
            }
            TypeErrorKind::LaneCount(lanes) => {
                new(Code::LANE_COUNT, format!("a vector cannot have {lanes} lanes"))
                    .with_note("vectors have from 2 to 32767 lanes")
            }
            TypeErrorKind::Rank { buffer, rank, found } => {
                let plural = if rank == 1 { "" } else { "s" };
                let given = if found == 1 { "index is" } else { "indices are" };
                let dimensions = format!("`{buffer}` has {rank} dimension{plural}");
                new(Code::RANK, format!("{dimensions}, but {found} {given} given"))
            }
            TypeErrorKind::Index { buffer, found } if found.is_integer() => {
                new(Code::INDEX_TYPE, format!("an index of `{buffer}` is the vector `{found}`"))
                    .with_note("only the last index may be a vector")
            }
            TypeErrorKind::Index { buffer, found } => {
                new(Code::INDEX_TYPE, format!("an index of `{buffer}` is `{found}`, no integer"))
                    .with_help("convert it: `T.Cast(\"int32\", x)`")
            }
            TypeErrorKind::StoreLanes { access, value } => {
                let text = format!("a value of type `{value}` is stored to `{access}`");
                let diagnostic = new(Code::STORE_LANES, text);
                match value.is_scalar() {
                    true => diagnostic
                        .with_help(format!("repeat it: `T.Broadcast(x, {})`", access.lanes())),
                    false => diagnostic,
                }
            }
            TypeErrorKind::LaneIndex { lanes } => new(
                Code::LANE_COUNT,
                format!("a lane number has to be a literal from 0 to {}", lanes.saturating_sub(1)),
            ),
        }
    }
}
