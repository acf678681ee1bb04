//! Expressions by binding powers.

use super::call::{call, subscript};
use super::{
    comma_list, display, expect, expect_as, expected, grow, nested, number, param, rejected, string,
};
use crate::ast::{
    Attribute, BinOp, BoolOp, BoolOperator, CmpOperator, Compare, Expr, ExprKind, Ident, IfExp,
    Lambda, Named, Operator, UnaryOp, UnaryOperator,
};
use crate::error::rule;
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use std::sync::Arc;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// How tightly an operator binds, loosest first. Conditional expressions, lambdas and `:=` bind
/// looser than all of these and have parsers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// `or`, a flat chain.
    Or,
    /// `and`, a flat chain.
    And,
    /// `not x`
    Not,
    /// `<`, `in`, `is not`, ...: one flat chain.
    Compare,
    /// `|`, to the left.
    BitOr,
    /// `^`, to the left.
    BitXor,
    /// `&`, to the left.
    BitAnd,
    /// `<<` and `>>`, to the left.
    Shift,
    /// `+` and `-`, to the left.
    Sum,
    /// `*`, `/`, `//`, `%` and `@`, to the left.
    Product,
    /// `-x`, `+x` and `~x`.
    Unary,
    /// `**`, to the right; its right operand may be a [`Precedence::Unary`].
    Power,
}

/// What an infix operator makes.
enum Infix {
    Binary(Operator),
    Logical(BoolOperator),
    Compare,
}

/// An expression without a comma, star or `:=` at its top.
pub(super) fn expression(i: Tokens<'_>) -> PResult<'_, Expr> {
    nested(i, |i| {
        if i.kind() == TokenKind::Lambda {
            return lambda(i);
        }
        let (rest, body) = operation(i, Precedence::Or)?;
        match rest.kind() {
            TokenKind::If => conditional(i, rest, body),
            _ => Ok((rest, body)),
        }
    })
}

/// An [`expression`], or `name := expression`.
pub(super) fn named_expression(i: Tokens<'_>) -> PResult<'_, Expr> {
    if i.kind() != TokenKind::Name || i.nth_kind(1) != TokenKind::ColonEq {
        return expression(i);
    }
    let (rest, target) = name(i)?;
    let (rest, value) = nested(rest.advance(), expression)?;
    let kind = ExprKind::Named(Box::new(Named { target, value }));
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// One expression, or several with commas: a tuple. Elements may be starred.
pub(super) fn expression_list(i: Tokens<'_>) -> PResult<'_, Expr> {
    nested(i, |i| {
        let (rest, first) = starred_or(i, expression)?;
        if rest.kind() != TokenKind::Comma {
            return match first.kind {
                ExprKind::Starred(_) => rejected(rest, first.span, &rule::LONE_STAR),
                _ => Ok((rest, first)),
            };
        }
        let element = |i| starred_or(i, expression);
        let (rest, elements) = comma_list(rest, first, begins_expression, element)?;
        Ok((rest, Expr::new(ExprKind::Tuple(elements.into()), rest.span_from(i))))
    })
}

/// `*operand`, or what `other` parses.
pub(super) fn starred_or<'a>(
    i: Tokens<'a>,
    other: fn(Tokens<'a>) -> PResult<'a, Expr>,
) -> PResult<'a, Expr> {
    if i.kind() != TokenKind::Star {
        return other(i);
    }
    let (rest, value) = operand(i.advance(), Precedence::BitOr)?;
    let kind = ExprKind::Starred(Box::new(value));
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// An operand one level deeper.
pub(super) fn operand(i: Tokens<'_>, min: Precedence) -> PResult<'_, Expr> {
    nested(i, |i| operation(i, min))
}

/// Operators that bind at least as tightly as `min`, and their operands.
fn operation(i: Tokens<'_>, min: Precedence) -> PResult<'_, Expr> {
    let (mut rest, mut left) = prefix(i, min)?;
    while let Some((precedence, infix)) = infix(rest) {
        if precedence < min {
            break;
        }
        (rest, left) = match infix {
            Infix::Binary(op) => binary(i, rest, left, op, precedence)?,
            Infix::Logical(op) => logical(i, rest, left, op)?,
            Infix::Compare => comparison(i, rest, left)?,
        };
        grow(rest)?;
    }
    Ok((rest, left))
}

fn infix(i: Tokens<'_>) -> Option<(Precedence, Infix)> {
    use TokenKind as T;
    let (precedence, op) = match i.kind() {
        T::Or => return Some((Precedence::Or, Infix::Logical(BoolOperator::Or))),
        T::And => return Some((Precedence::And, Infix::Logical(BoolOperator::And))),
        T::Less | T::LessEq | T::Greater | T::GreaterEq | T::EqEq | T::NotEq | T::In | T::Is => {
            return Some((Precedence::Compare, Infix::Compare));
        }
        T::Not if i.nth_kind(1) == T::In => return Some((Precedence::Compare, Infix::Compare)),
        T::Pipe => (Precedence::BitOr, Operator::BitOr),
        T::Caret => (Precedence::BitXor, Operator::BitXor),
        T::Ampersand => (Precedence::BitAnd, Operator::BitAnd),
        T::LeftShift => (Precedence::Shift, Operator::LShift),
        T::RightShift => (Precedence::Shift, Operator::RShift),
        T::Plus => (Precedence::Sum, Operator::Add),
        T::Minus => (Precedence::Sum, Operator::Sub),
        T::Star => (Precedence::Product, Operator::Mul),
        T::Slash => (Precedence::Product, Operator::Div),
        T::DoubleSlash => (Precedence::Product, Operator::FloorDiv),
        T::Percent => (Precedence::Product, Operator::Mod),
        T::At => (Precedence::Product, Operator::MatMul),
        T::DoubleStar => (Precedence::Power, Operator::Pow),
        _ => return None,
    };
    Some((precedence, Infix::Binary(op)))
}

fn binary<'a>(
    start: Tokens<'a>,
    i: Tokens<'a>,
    left: Expr,
    op: Operator,
    precedence: Precedence,
) -> PResult<'a, Expr> {
    let right_min = match precedence {
        Precedence::BitOr => Precedence::BitXor,
        Precedence::BitXor => Precedence::BitAnd,
        Precedence::BitAnd => Precedence::Shift,
        Precedence::Shift => Precedence::Sum,
        Precedence::Sum => Precedence::Product,
        _ => Precedence::Unary,
    };
    let (rest, right) = operand(i.advance(), right_min)?;
    let kind = ExprKind::BinOp(Box::new(BinOp { op, op_span: i.first().span, left, right }));
    Ok((rest, Expr::new(kind, rest.span_from(start))))
}

fn logical<'a>(
    start: Tokens<'a>,
    i: Tokens<'a>,
    first: Expr,
    op: BoolOperator,
) -> PResult<'a, Expr> {
    let token = i.kind();
    let min = match op {
        BoolOperator::Or => Precedence::And,
        BoolOperator::And => Precedence::Not,
    };
    let mut values = vec![first];
    let mut rest = i;
    while rest.kind() == token {
        let (after, value) = operand(rest.advance(), min)?;
        values.push(value);
        rest = after;
    }
    let kind = ExprKind::BoolOp(Box::new(BoolOp { op, values: values.into() }));
    Ok((rest, Expr::new(kind, rest.span_from(start))))
}

fn comparison<'a>(start: Tokens<'a>, i: Tokens<'a>, first: Expr) -> PResult<'a, Expr> {
    let mut links = Vec::with_capacity(1);
    let mut rest = i;
    while let Some((after, op)) = opt_comparator(rest) {
        let (after, value) = operand(after, Precedence::BitOr)?;
        links.push((op, value));
        rest = after;
    }
    let kind = ExprKind::Compare(Box::new(Compare { first, rest: links.into() }));
    Ok((rest, Expr::new(kind, rest.span_from(start))))
}

fn opt_comparator(i: Tokens<'_>) -> Option<(Tokens<'_>, CmpOperator)> {
    let (len, op) = match (i.kind(), i.nth_kind(1)) {
        (TokenKind::Less, _) => (1, CmpOperator::Lt),
        (TokenKind::LessEq, _) => (1, CmpOperator::Le),
        (TokenKind::Greater, _) => (1, CmpOperator::Gt),
        (TokenKind::GreaterEq, _) => (1, CmpOperator::Ge),
        (TokenKind::EqEq, _) => (1, CmpOperator::Eq),
        (TokenKind::NotEq, _) => (1, CmpOperator::Ne),
        (TokenKind::In, _) => (1, CmpOperator::In),
        (TokenKind::Not, TokenKind::In) => (2, CmpOperator::NotIn),
        (TokenKind::Is, TokenKind::Not) => (2, CmpOperator::IsNot),
        (TokenKind::Is, _) => (1, CmpOperator::Is),
        _ => return None,
    };
    let rest = i.advance();
    Some((if len == 2 { rest.advance() } else { rest }, op))
}

/// Prefix operators, or a [`primary`]. `not` binds looser than most places allow.
fn prefix(i: Tokens<'_>, min: Precedence) -> PResult<'_, Expr> {
    let (op, precedence) = match i.kind() {
        TokenKind::Minus => (UnaryOperator::Neg, Precedence::Unary),
        TokenKind::Plus => (UnaryOperator::Pos, Precedence::Unary),
        TokenKind::Tilde => (UnaryOperator::Invert, Precedence::Unary),
        TokenKind::Not if min <= Precedence::Not => (UnaryOperator::Not, Precedence::Not),
        _ => return primary(i),
    };
    let (rest, operand) = operand(i.advance(), precedence)?;
    let kind = ExprKind::UnaryOp(Box::new(UnaryOp { op, operand }));
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// An atom with its attributes, calls and subscripts.
fn primary(i: Tokens<'_>) -> PResult<'_, Expr> {
    let (mut rest, mut value) = atom(i)?;
    loop {
        let (after, kind) = match rest.kind() {
            TokenKind::Dot => attribute(rest, value)?,
            TokenKind::LeftParen => call(rest, value)?,
            TokenKind::LeftBracket => subscript(rest, value)?,
            _ => return Ok((rest, value)),
        };
        grow(after)?;
        value = Expr::new(kind, after.span_from(i));
        rest = after;
    }
}

fn attribute(i: Tokens<'_>, value: Expr) -> PResult<'_, ExprKind> {
    let (rest, token) = expect_as(i.advance(), TokenKind::Name, "the name of an attribute")?;
    let attr = ident(i, token.span);
    Ok((rest, ExprKind::Attribute(Box::new(Attribute { value, attr }))))
}

fn atom(i: Tokens<'_>) -> PResult<'_, Expr> {
    let token = i.first();
    let kind = match token.kind {
        TokenKind::Name => ExprKind::Name(Symbol::new(i.cx.text(token.span))),
        TokenKind::Int => return number::int(i),
        TokenKind::Float => number::float(i.cx.text(token.span)),
        TokenKind::NoneKeyword => ExprKind::None,
        TokenKind::TrueKeyword => ExprKind::Bool(true),
        TokenKind::FalseKeyword => ExprKind::Bool(false),
        TokenKind::Ellipsis => ExprKind::Ellipsis,
        TokenKind::String | TokenKind::FStringStart => return string::strings(i),
        TokenKind::LeftParen => return display::paren(i),
        TokenKind::LeftBracket => return display::list(i),
        TokenKind::LeftBrace => return display::set_or_dict(i),
        TokenKind::Await => return rejected(i, token.span, &rule::AWAIT),
        TokenKind::Yield => return rejected(i, token.span, &rule::YIELD),
        _ => return expected(i, "an expression"),
    };
    Ok((i.advance(), Expr::new(kind, token.span)))
}

/// The rest of `body if test else orelse`, from the `if` at `i`.
fn conditional<'a>(start: Tokens<'a>, i: Tokens<'a>, body: Expr) -> PResult<'a, Expr> {
    let (rest, test) = operand(i.advance(), Precedence::Or)?;
    let (rest, _) = expect_as(rest, TokenKind::Else, "`else` of a conditional expression")?;
    let (rest, orelse) = expression(rest)?;
    grow(rest)?;
    let kind = ExprKind::IfExp(Box::new(IfExp { test, body, orelse }));
    Ok((rest, Expr::new(kind, rest.span_from(start))))
}

fn lambda(i: Tokens<'_>) -> PResult<'_, Expr> {
    let (rest, params) = param::lambda_params(i.advance())?;
    let (rest, _) = expect(rest, TokenKind::Colon)?;
    let (rest, body) = expression(rest)?;
    let kind = ExprKind::Lambda(Arc::new(Lambda { params, body }));
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// A name.
pub(super) fn name(i: Tokens<'_>) -> PResult<'_, Ident> {
    let (rest, token) = expect(i, TokenKind::Name)?;
    Ok((rest, ident(i, token.span)))
}

/// The name at `span`.
pub(super) fn ident(i: Tokens<'_>, span: Span) -> Ident {
    Ident { name: Symbol::new(i.cx.text(span)), span }
}

/// True for the tokens that an element of a list of expressions can begin with.
pub(super) fn begins_expression(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Name | Int
            | Float
            | String
            | FStringStart
            | NoneKeyword
            | TrueKeyword
            | FalseKeyword
            | Ellipsis
            | LeftParen
            | LeftBracket
            | LeftBrace
            | Minus
            | Plus
            | Tilde
            | Not
            | Lambda
            | Star
            | Await
            | Yield
            | Error
    )
}
