//! The type of a call, from the types of its arguments.

use super::{Evaluation, Expected, Op, TypeError, TypeErrorKind, TypeRule};
use crate::dtype::DType;
use crate::expr::PrimExpr;
use crate::span::Span;

impl Op {
    /// The type of a call of the op on arguments of types `args`.
    ///
    /// `given` is the type that the call was told, for the rules that have to be. Nothing is
    /// promoted: arguments that have to have one type must have it.
    pub fn result_type(
        self,
        args: &[DType],
        given: Option<DType>,
        span: Span,
    ) -> Result<DType, TypeError> {
        if !self.info().arity.accepts(args.len()) {
            return Err(TypeErrorKind::Arity { op: self, found: args.len() }.at(span));
        }
        let check = Check { op: self, args, given, span };
        match self.info().rule {
            TypeRule::Float | TypeRule::PromotedFloat | TypeRule::Rounding => {
                check.all_of(Expected::Float)
            }
            TypeRule::WideFloat => check.all_of(Expected::WideFloat),
            TypeRule::FloatAndInt32 => {
                check.is(0, Expected::Float)?;
                check.is(1, Expected::Int32)?;
                check.same_lanes()
            }
            TypeRule::FloatToBool => Ok(DType::BOOL.with_lanes_of(check.all_of(Expected::Float)?)),
            TypeRule::Integer | TypeRule::Shift => check.all_of(Expected::Integer),
            TypeRule::IntegerToInt32 => {
                Ok(DType::INT32.with_lanes_of(check.all_of(Expected::Integer)?))
            }
            TypeRule::Bits => check.all_of(Expected::IntegerOrBool),
            TypeRule::IfThenElse => {
                check.is(0, Expected::ScalarBool)?;
                check.same(1, 2)
            }
            TypeRule::Same => Ok(args[0]),
            TypeRule::Condition => check.all_of(Expected::Bool),
            TypeRule::PointerToBool => {
                check.is(0, Expected::Pointer)?;
                Ok(DType::BOOL)
            }
            TypeRule::AddressOf => Ok(DType::HANDLE),
            TypeRule::FixedPoint => check.fixed_point(),
            TypeRule::Reinterpret => check.reinterpret(),
            TypeRule::VectorHalf => check.vector_half(),
            TypeRule::VectorJoin => check.vector_join(),
            TypeRule::LargeUInt => {
                check.all_of(Expected::UInt32)?;
                check.given()
            }
            TypeRule::Undefined => Ok(given.unwrap_or(DType::INT32)),
            TypeRule::Update => check.all_of(Expected::Number),
            TypeRule::IntegerUpdate => check.all_of(Expected::Integer),
            TypeRule::Statement => Ok(DType::VOID),
        }
    }
}

impl Op {
    /// Checks that the first argument is a place, for ops that take one: an element of a buffer,
    /// or for `T.address_of` also a variable.
    pub fn check_place(self, args: &[PrimExpr], span: Span) -> Result<(), TypeError> {
        let Some(place) = args.first().filter(|_| self.info().evaluation == Evaluation::Place)
        else {
            return Ok(());
        };
        match place {
            PrimExpr::Load(_) => Ok(()),
            PrimExpr::Var(_) if self.info().rule == TypeRule::AddressOf => Ok(()),
            _ => {
                let (what, expected) = (format!("`{self}`"), Expected::Element);
                let found = place.dtype();
                Err(TypeErrorKind::Operand { what, expected, found }.at(span))
            }
        }
    }
}

impl Expected {
    /// True if a value of type `dtype` is what is expected.
    pub fn accepts(self, dtype: DType) -> bool {
        match self {
            Expected::Bool => dtype.is_bool(),
            Expected::ScalarBool => dtype == DType::BOOL,
            Expected::Integer => dtype.is_integer(),
            Expected::IntegerOrBool => dtype.is_integer() || dtype.is_bool(),
            Expected::Float => dtype.is_float(),
            Expected::WideFloat => matches!(dtype.element(), DType::FLOAT32 | DType::FLOAT64),
            Expected::Number => dtype.is_integer() || dtype.is_float(),
            Expected::Int32 => dtype.element() == DType::INT32,
            Expected::UInt32 => dtype.element() == DType::UINT32,
            Expected::Pointer => dtype.is_handle(),
            Expected::Scalar => dtype.is_scalar(),
            Expected::Vector => dtype.lanes().is_multiple_of(2),
            Expected::IntegerType => dtype.is_integer(),
            Expected::Element => true,
            Expected::Type(expected) => dtype == expected,
        }
    }
}

struct Check<'a> {
    op: Op,
    args: &'a [DType],
    given: Option<DType>,
    span: Span,
}

impl Check<'_> {
    fn what(&self) -> String {
        format!("`{}`", self.op)
    }

    /// Argument `i` has to be of a kind.
    fn is(&self, i: usize, expected: Expected) -> Result<DType, TypeError> {
        let found = self.args[i];
        match expected.accepts(found) {
            true => Ok(found),
            false => {
                Err(TypeErrorKind::Operand { what: self.what(), expected, found }.at(self.span))
            }
        }
    }

    /// Arguments `i` and `j` have to have one type.
    fn same(&self, i: usize, j: usize) -> Result<DType, TypeError> {
        let (lhs, rhs) = (self.args[i], self.args[j]);
        match lhs == rhs {
            true => Ok(lhs),
            false => Err(TypeErrorKind::Operands { what: self.what(), lhs, rhs }.at(self.span)),
        }
    }

    /// Every argument has to be of a kind, and all of one type.
    fn all_of(&self, expected: Expected) -> Result<DType, TypeError> {
        for i in 0..self.args.len() {
            self.is(i, expected)?;
            self.same(0, i)?;
        }
        Ok(self.args[0])
    }

    /// All arguments have to have the lanes of the first one.
    fn same_lanes(&self) -> Result<DType, TypeError> {
        let lhs = self.args[0];
        match self.args.iter().find(|rhs| rhs.with_lanes_of(lhs) != **rhs) {
            None => Ok(lhs),
            Some(&rhs) => Err(TypeErrorKind::Lanes { what: self.what(), lhs, rhs }.at(self.span)),
        }
    }

    fn given(&self) -> Result<DType, TypeError> {
        self.given.ok_or_else(|| TypeErrorKind::MissingDType(self.op).at(self.span))
    }

    fn fixed_point(&self) -> Result<DType, TypeError> {
        for i in 0..self.args.len().min(5) {
            self.is(i, Expected::Int32)?;
        }
        for i in 5..self.args.len() {
            self.is(i, Expected::IntegerOrBool)?;
        }
        self.same_lanes()
    }

    fn reinterpret(&self) -> Result<DType, TypeError> {
        let (from, to) = (self.args[0], self.given()?);
        let bits = |dtype: DType| dtype.bits() * dtype.lanes();
        match bits(from) == bits(to) && from.is_scalable() == to.is_scalable() {
            true => Ok(to),
            false => Err(TypeErrorKind::Width { from, to }.at(self.span)),
        }
    }

    fn vector_half(&self) -> Result<DType, TypeError> {
        let whole = self.is(0, Expected::Vector)?;
        self.given_as(whole.with_lanes(whole.lanes() / 2))
    }

    fn vector_join(&self) -> Result<DType, TypeError> {
        let half = self.same(0, 1)?;
        let lanes = half.lanes() * 2;
        if i16::MAX as u32 <= lanes {
            return Err(TypeErrorKind::LaneCount(lanes as i128).at(self.span));
        }
        self.given_as(half.with_lanes(lanes))
    }

    /// The type that follows from the arguments; the one that was given has to be the same.
    fn given_as(&self, found: DType) -> Result<DType, TypeError> {
        match self.given {
            Some(given) if given != found => {
                let (what, expected) = (self.what(), Expected::Type(found));
                Err(TypeErrorKind::Operand { what, expected, found: given }.at(self.span))
            }
            _ => Ok(found),
        }
    }
}
