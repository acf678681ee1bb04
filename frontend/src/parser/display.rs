//! What stands in brackets: tuples, lists, sets, dicts and comprehensions.

use super::expr::{Precedence, expression, named_expression, operand, starred_or};
use super::{comma_list, expect_as, expect_close, expected, rejected, target};
use crate::ast::{Comprehension, DictComprehension, DictItem, Expr, ExprKind, ForClause};
use crate::error::{TargetUse, rule};
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use tirade_ir::span::Span;

/// `(...)`: an expression, a tuple or a generator.
pub(super) fn paren(i: Tokens<'_>) -> PResult<'_, Expr> {
    let open = i.first().span;
    let inside = i.advance();
    if inside.kind() == TokenKind::RightParen {
        let rest = inside.advance();
        return Ok((rest, Expr::new(ExprKind::Tuple(Box::new([])), rest.span_from(i))));
    }
    let (rest, first) = element(inside)?;
    match rest.kind() {
        TokenKind::Comma => {
            let (rest, elements) = elements(rest, first, TokenKind::RightParen, open)?;
            Ok((rest, Expr::new(ExprKind::Tuple(elements), rest.span_from(i))))
        }
        kind if begins_clause(kind) => {
            let (rest, comprehension) = comprehension(rest, first)?;
            let (rest, _) = expect_close(rest, TokenKind::RightParen, "`)`", open)?;
            Ok((rest, Expr::new(ExprKind::Generator(comprehension), rest.span_from(i))))
        }
        _ => {
            let (rest, _) = expect_close(rest, TokenKind::RightParen, "`,` or `)`", open)?;
            match first.kind {
                ExprKind::Starred(_) => rejected(rest, first.span, &rule::STARRED_PAREN),
                _ => Ok((rest, first)),
            }
        }
    }
}

/// `[...]`: a list or a list comprehension.
pub(super) fn list(i: Tokens<'_>) -> PResult<'_, Expr> {
    let open = i.first().span;
    let inside = i.advance();
    if inside.kind() == TokenKind::RightBracket {
        let rest = inside.advance();
        return Ok((rest, Expr::new(ExprKind::List(Box::new([])), rest.span_from(i))));
    }
    let (rest, first) = element(inside)?;
    let (rest, kind) = if begins_clause(rest.kind()) {
        let (rest, comprehension) = comprehension(rest, first)?;
        let (rest, _) = expect_close(rest, TokenKind::RightBracket, "`]`", open)?;
        (rest, ExprKind::ListComp(comprehension))
    } else {
        let (rest, elements) = elements(rest, first, TokenKind::RightBracket, open)?;
        (rest, ExprKind::List(elements))
    };
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// `{...}`: a set, a dict or a comprehension of either.
pub(super) fn set_or_dict(i: Tokens<'_>) -> PResult<'_, Expr> {
    let open = i.first().span;
    let inside = i.advance();
    let (rest, kind) = match inside.kind() {
        TokenKind::RightBrace => (inside.advance(), ExprKind::Dict(Box::new([]))),
        TokenKind::DoubleStar => {
            let (rest, value) = operand(inside.advance(), Precedence::BitOr)?;
            dict(rest, DictItem::Spread(value), open)?
        }
        _ => {
            let (rest, first) = element(inside)?;
            match rest.kind() {
                TokenKind::Colon if inside.nth_kind(1) != TokenKind::ColonEq => {
                    dict_from(rest, first, open)?
                }
                kind if begins_clause(kind) => {
                    let (rest, comprehension) = comprehension(rest, first)?;
                    let (rest, _) = expect_close(rest, TokenKind::RightBrace, "`}`", open)?;
                    (rest, ExprKind::SetComp(comprehension))
                }
                _ => {
                    let (rest, elements) = elements(rest, first, TokenKind::RightBrace, open)?;
                    (rest, ExprKind::Set(elements))
                }
            }
        }
    };
    Ok((rest, Expr::new(kind, rest.span_from(i))))
}

/// The rest of a dict or dict comprehension from the `:` after its first key.
fn dict_from(i: Tokens<'_>, key: Expr, open: Span) -> PResult<'_, ExprKind> {
    let (rest, value) = expression(i.advance())?;
    if !begins_clause(rest.kind()) {
        return dict(rest, DictItem::Pair(key, value), open);
    }
    let (rest, clauses) = clauses(rest)?;
    let (rest, _) = expect_close(rest, TokenKind::RightBrace, "`}`", open)?;
    let comprehension = DictComprehension { key, value, clauses };
    Ok((rest, ExprKind::DictComp(Box::new(comprehension))))
}

/// The rest of a dict display after its first entry.
fn dict(i: Tokens<'_>, first: DictItem, open: Span) -> PResult<'_, ExprKind> {
    let (rest, items) = comma_list(i, first, |kind| kind != TokenKind::RightBrace, dict_item)?;
    let (rest, _) = expect_close(rest, TokenKind::RightBrace, "`,` or `}`", open)?;
    Ok((rest, ExprKind::Dict(items.into())))
}

fn dict_item(i: Tokens<'_>) -> PResult<'_, DictItem> {
    if i.kind() == TokenKind::DoubleStar {
        let (rest, value) = operand(i.advance(), Precedence::BitOr)?;
        return Ok((rest, DictItem::Spread(value)));
    }
    let (rest, key) = expression(i)?;
    let (rest, _) = expect_as(rest, TokenKind::Colon, "`:` after a dict key")?;
    let (rest, value) = expression(rest)?;
    Ok((rest, DictItem::Pair(key, value)))
}

fn element(i: Tokens<'_>) -> PResult<'_, Expr> {
    starred_or(i, named_expression)
}

/// The elements after `first` and the bracket that closes them.
fn elements<'a>(
    i: Tokens<'a>,
    first: Expr,
    close: TokenKind,
    open: Span,
) -> PResult<'a, Box<[Expr]>> {
    let (rest, elements) = comma_list(i, first, |kind| kind != close, element)?;
    let what = match close {
        TokenKind::RightParen => "`,` or `)`",
        TokenKind::RightBracket => "`,` or `]`",
        _ => "`,` or `}`",
    };
    let (rest, _) = expect_close(rest, close, what, open)?;
    Ok((rest, elements.into()))
}

/// True where the clauses of a comprehension begin.
pub(super) fn begins_clause(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::For | TokenKind::Async)
}

/// The clauses after `element`.
pub(super) fn comprehension(i: Tokens<'_>, element: Expr) -> PResult<'_, Box<Comprehension>> {
    if let ExprKind::Starred(_) = element.kind {
        return rejected(i, element.span, &rule::STARRED_ELEMENT);
    }
    let (rest, clauses) = clauses(i)?;
    Ok((rest, Box::new(Comprehension { element, clauses })))
}

fn clauses(i: Tokens<'_>) -> PResult<'_, Box<[ForClause]>> {
    let mut clauses = Vec::with_capacity(1);
    let mut rest = i;
    while begins_clause(rest.kind()) {
        let (after, clause) = clause(rest)?;
        clauses.push(clause);
        rest = after;
    }
    Ok((rest, clauses.into()))
}

/// `for target in iter if cond`
fn clause(i: Tokens<'_>) -> PResult<'_, ForClause> {
    if i.kind() == TokenKind::Async {
        return rejected(i, i.first().span, &rule::ASYNC_FOR);
    }
    let (rest, target) = target::target_list(i.advance(), TargetUse::Loop)?;
    if rest.kind() != TokenKind::In {
        return expected(rest, "`in`");
    }
    let (mut rest, iter) = operand(rest.advance(), Precedence::Or)?;
    let mut conds = Vec::new();
    while rest.kind() == TokenKind::If {
        let (after, cond) = condition(rest.advance())?;
        conds.push(cond);
        rest = after;
    }
    Ok((rest, ForClause { target, iter, conds: conds.into() }))
}

/// A condition of a comprehension: no conditional expression, whose `if` would be ambiguous.
fn condition(i: Tokens<'_>) -> PResult<'_, Expr> {
    if i.kind() == TokenKind::Name && i.nth_kind(1) == TokenKind::ColonEq {
        return named_expression(i);
    }
    operand(i, Precedence::Or)
}
