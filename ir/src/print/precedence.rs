//! Precedence of Python's operators, and which nodes are written with them.

use crate::expr::{BinOp, Binary, PrimExpr};

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prec {
    /// Anything may stand here.
    Lowest,
    /// `or`
    Or,
    /// `and`
    And,
    /// `not`
    Not,
    /// `== != < <= > >=`, which Python chains: `a < b < c` is `a < b and b < c`.
    Compare,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `&`
    BitAnd,
    /// `<< >>`
    Shift,
    /// `+ -`
    Add,
    /// `* / // %`
    Mul,
    /// `-x ~x`
    Unary,
    /// Names, calls, subscripts.
    Atom,
}

impl Prec {
    /// The next tighter level.
    pub(super) fn tighter(self) -> Prec {
        match self {
            Prec::Lowest => Prec::Or,
            Prec::Or => Prec::And,
            Prec::And => Prec::Not,
            Prec::Not => Prec::Compare,
            Prec::Compare => Prec::BitOr,
            Prec::BitOr => Prec::BitXor,
            Prec::BitXor => Prec::BitAnd,
            Prec::BitAnd => Prec::Shift,
            Prec::Shift => Prec::Add,
            Prec::Add => Prec::Mul,
            Prec::Mul => Prec::Unary,
            Prec::Unary | Prec::Atom => Prec::Atom,
        }
    }

    /// What the left operand of an operator of this level must have at least.
    pub(super) fn of_left_operand(self) -> Prec {
        if self == Prec::Compare { Prec::BitOr } else { self }
    }
}

/// An expression that is written with an infix operator.
pub(super) struct Infix<'e> {
    pub(super) token: &'static str,
    pub(super) prec: Prec,
    pub(super) lhs: &'e PrimExpr,
    pub(super) rhs: &'e PrimExpr,
}

impl<'e> Infix<'e> {
    /// The infix form of a binary node, if reading it back gives the node.
    pub(super) fn of_binary(node: &'e Binary) -> Option<Infix<'e>> {
        let dtype = node.lhs.dtype();
        let (token, prec) = match node.op {
            BinOp::Add => ("+", Prec::Add),
            BinOp::Sub => ("-", Prec::Add),
            BinOp::Mul => ("*", Prec::Mul),
            BinOp::Div if dtype.is_float() => ("/", Prec::Mul),
            BinOp::FloorDiv => ("//", Prec::Mul),
            BinOp::FloorMod => ("%", Prec::Mul),
            BinOp::Eq => ("==", Prec::Compare),
            BinOp::Ne => ("!=", Prec::Compare),
            BinOp::Lt => ("<", Prec::Compare),
            BinOp::Le => ("<=", Prec::Compare),
            BinOp::Gt => (">", Prec::Compare),
            BinOp::Ge => (">=", Prec::Compare),
            // On vectors these words mean the bitwise operators.
            BinOp::And if dtype.is_scalar() => ("and", Prec::And),
            BinOp::Or if dtype.is_scalar() => ("or", Prec::Or),
            BinOp::Div | BinOp::Mod | BinOp::Min | BinOp::Max | BinOp::And | BinOp::Or => {
                return None;
            }
        };
        // Arithmetic on bools is done in int32.
        if (node.op.is_arithmetic() && dtype.is_bool()) || folds(node) {
            return None;
        }
        Some(Infix { token, prec, lhs: &node.lhs, rhs: &node.rhs })
    }
}

/// True if the operation is written as one, `a + b` or `T.min(a, b)`, which readers evaluate, and
/// not by the name of its node, `T.Add(a, b)`.
pub fn is_written_as_operation(node: &Binary) -> bool {
    let by_function = matches!(node.op, BinOp::Mod | BinOp::Min | BinOp::Max) && !folds(node);
    by_function || Infix::of_binary(node).is_some()
}

/// True if readers compute or simplify the operation on sight, so that only the node's own name
/// (`T.Add`) gives it back.
pub(super) fn folds(node: &Binary) -> bool {
    if node.op.is_logical() {
        return false;
    }
    let (a, b) = (Literal::of(&node.lhs), Literal::of(&node.rhs));
    match (a, b) {
        (Literal::No, Literal::No) => {
            matches!(node.op, BinOp::Min | BinOp::Max) && node.lhs == node.rhs
        }
        (Literal::No, _) | (_, Literal::No) => {
            node.lhs.dtype().is_integer() && has_identity(node.op, a, b)
        }
        (_, _) => true,
    }
}

/// True if one operand is one that makes the operation trivial.
fn has_identity(op: BinOp, a: Literal, b: Literal) -> bool {
    let is = |literal: Literal| a == literal || b == literal;
    match op {
        BinOp::Add => is(Literal::Zero),
        BinOp::Sub => b == Literal::Zero,
        BinOp::Mul => is(Literal::Zero) || is(Literal::One),
        BinOp::Div | BinOp::FloorDiv | BinOp::Mod | BinOp::FloorMod => b == Literal::One,
        BinOp::And
        | BinOp::Or
        | BinOp::Min
        | BinOp::Max
        | BinOp::Eq
        | BinOp::Ne
        | BinOp::Lt
        | BinOp::Le
        | BinOp::Gt
        | BinOp::Ge => false,
    }
}

/// What folding asks of an operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Literal {
    No,
    Zero,
    One,
    Other,
}

impl Literal {
    fn of(expr: &PrimExpr) -> Literal {
        match expr {
            PrimExpr::Int { value: 0, .. } => Literal::Zero,
            PrimExpr::Int { value: 1, .. } => Literal::One,
            PrimExpr::Int { .. } => Literal::Other,
            PrimExpr::Float { .. } => Literal::Other,
            PrimExpr::Var(_)
            | PrimExpr::Str(_)
            | PrimExpr::Cast(_)
            | PrimExpr::Binary(_)
            | PrimExpr::Not(_)
            | PrimExpr::Select(_)
            | PrimExpr::Load(_)
            | PrimExpr::Ramp(_)
            | PrimExpr::Broadcast(_)
            | PrimExpr::Shuffle(_)
            | PrimExpr::Let(_)
            | PrimExpr::Call(_)
            | PrimExpr::CallFunc(_) => Literal::No,
        }
    }
}
