//! Calls and subscripts.

use super::display::{begins_clause, comprehension};
use super::expr::{begins_expression, expression, ident, named_expression, starred_or};
use super::{comma_list, expect_close, expected, nested, rejected};
use crate::ast::{Call, Expr, ExprKind, Keyword, Slice, Subscript};
use crate::error::rule;
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;

/// Arguments of a call or class: positional ones and keywords.
pub(super) type Arguments = (Box<[Expr]>, Box<[Keyword]>);

/// The call of `func` with the arguments at `i`.
pub(super) fn call(i: Tokens<'_>, func: Expr) -> PResult<'_, ExprKind> {
    let (rest, (args, keywords)) = arguments(i)?;
    Ok((rest, ExprKind::Call(Box::new(Call { func, args, keywords }))))
}

/// `(a, *b, c=d, **e)`
pub(super) fn arguments(i: Tokens<'_>) -> PResult<'_, Arguments> {
    let open = i.first().span;
    let mut args = Vec::new();
    let mut keywords: Vec<Keyword> = Vec::new();
    let mut rest = i.advance();
    while rest.kind() != TokenKind::RightParen {
        rest = argument(rest, &mut args, &mut keywords)?.0;
        if rest.kind() != TokenKind::Comma {
            break;
        }
        rest = rest.advance();
    }
    let (rest, _) = expect_close(rest, TokenKind::RightParen, "`,` or `)`", open)?;
    Ok((rest, (args.into(), keywords.into())))
}

fn argument<'a>(
    i: Tokens<'a>,
    args: &mut Vec<Expr>,
    keywords: &mut Vec<Keyword>,
) -> PResult<'a, ()> {
    match (i.kind(), i.nth_kind(1)) {
        (TokenKind::Name, TokenKind::Eq) => {
            let (rest, value) = expression(i.advance().advance())?;
            let name = Some(ident(i, i.first().span));
            keywords.push(Keyword { name, value, span: rest.span_from(i) });
            Ok((rest, ()))
        }
        (TokenKind::DoubleStar, _) => {
            let (rest, value) = expression(i.advance())?;
            keywords.push(Keyword { name: None, value, span: rest.span_from(i) });
            Ok((rest, ()))
        }
        (TokenKind::Star, _) => {
            let (rest, value) = nested(i.advance(), expression)?;
            let span = rest.span_from(i);
            if keywords.iter().any(|k| k.name.is_none()) {
                return rejected(rest, span, &rule::STAR_AFTER_DOUBLE_STAR);
            }
            args.push(Expr::new(ExprKind::Starred(Box::new(value)), span));
            Ok((rest, ()))
        }
        _ => positional(i, args, keywords),
    }
}

fn positional<'a>(i: Tokens<'a>, args: &mut Vec<Expr>, keywords: &[Keyword]) -> PResult<'a, ()> {
    let (rest, value) = named_expression(i)?;
    if begins_clause(rest.kind()) {
        let (rest, generator) = nested(rest, |rest| comprehension(rest, value))?;
        let span = rest.span_from(i);
        if !args.is_empty() || !keywords.is_empty() || rest.kind() == TokenKind::Comma {
            return rejected(rest, span, &rule::BARE_GENERATOR);
        }
        args.push(Expr::new(ExprKind::Generator(generator), span));
        return Ok((rest, ()));
    }
    if !keywords.is_empty() && rest.kind() != TokenKind::Eq {
        return rejected(rest, value.span, &rule::POSITIONAL_AFTER_KEYWORD);
    }
    args.push(value);
    Ok((rest, ()))
}

/// The subscript of `value` with the indices at `i`.
pub(super) fn subscript(i: Tokens<'_>, value: Expr) -> PResult<'_, ExprKind> {
    let open = i.first().span;
    let (rest, index) = nested(i.advance(), indices)?;
    let (rest, _) = expect_close(rest, TokenKind::RightBracket, "`,` or `]`", open)?;
    Ok((rest, ExprKind::Subscript(Box::new(Subscript { value, index }))))
}

/// One index, or several with commas: a tuple.
fn indices(i: Tokens<'_>) -> PResult<'_, Expr> {
    let (rest, first) = index(i)?;
    let starred = matches!(first.kind, ExprKind::Starred(_));
    if rest.kind() != TokenKind::Comma && !starred {
        return Ok((rest, first));
    }
    let ends = TokenKind::RightBracket;
    let (rest, elements) = comma_list(rest, first, |kind| kind != ends, index)?;
    Ok((rest, Expr::new(ExprKind::Tuple(elements.into()), rest.span_from(i))))
}

/// `value`, `*value` or `lower:upper:step`
fn index(i: Tokens<'_>) -> PResult<'_, Expr> {
    if i.kind() != TokenKind::Colon {
        let (rest, value) = starred_or(i, named_expression)?;
        if rest.kind() != TokenKind::Colon {
            return Ok((rest, value));
        }
        return slice(i, rest, Some(value));
    }
    slice(i, i, None)
}

/// The rest of a slice from its first `:` at `i`.
fn slice<'a>(start: Tokens<'a>, i: Tokens<'a>, lower: Option<Expr>) -> PResult<'a, Expr> {
    let (rest, upper) = opt_bound(i.advance())?;
    let (rest, step) = match rest.kind() {
        TokenKind::Colon => opt_bound(rest.advance())?,
        _ => (rest, None),
    };
    if let Some(Expr { kind: ExprKind::Starred(_), .. }) = lower {
        return expected(i, "`,` or `]`");
    }
    let kind = ExprKind::Slice(Box::new(Slice { lower, upper, step }));
    Ok((rest, Expr::new(kind, rest.span_from(start))))
}

fn opt_bound(i: Tokens<'_>) -> PResult<'_, Option<Expr>> {
    match begins_expression(i.kind()) {
        true => expression(i).map(|(rest, bound)| (rest, Some(bound))),
        false => Ok((i, None)),
    }
}
