//! Parameter lists of functions and lambdas.

use super::expr::{expression, name};
use super::{expect, expect_close, expected, opt_after, rejected};
use crate::ast::{Param, ParamKind};
use crate::error::rule;
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use rustc_hash::FxHashSet;
use tirade_ir::span::Span;

/// `(a, b: T = c, /, *args, d, **kwargs)`
pub(super) fn function_params(i: Tokens<'_>) -> PResult<'_, Box<[Param]>> {
    let (inside, open) = expect(i, TokenKind::LeftParen)?;
    let (rest, params) = params(inside, TokenKind::RightParen, true)?;
    let (rest, _) = expect_close(rest, TokenKind::RightParen, "`,` or `)`", open.span)?;
    Ok((rest, params))
}

/// The parameters of a lambda, up to its `:`.
pub(super) fn lambda_params(i: Tokens<'_>) -> PResult<'_, Box<[Param]>> {
    params(i, TokenKind::Colon, false)
}

/// A parameter list in the making.
#[derive(Default)]
struct List {
    params: Vec<Param>,
    /// The `*` or `*args` seen.
    star: Option<Span>,
    slash: bool,
}

impl List {
    fn last_kind(&self) -> Option<ParamKind> {
        self.params.last().map(|p| p.kind)
    }
}

fn params(i: Tokens<'_>, end: TokenKind, annotated: bool) -> PResult<'_, Box<[Param]>> {
    let mut list = List::default();
    let mut rest = i;
    while rest.kind() != end {
        if list.last_kind() == Some(ParamKind::KwArgs) {
            return rejected(rest, rest.first().span, &rule::AFTER_KWARGS);
        }
        rest = match rest.kind() {
            TokenKind::Slash => slash(rest, &mut list)?.0,
            TokenKind::Star => star(rest, &mut list, annotated)?.0,
            TokenKind::DoubleStar => {
                let (after, param) = param(rest, ParamKind::KwArgs, annotated)?;
                list.params.push(param);
                after
            }
            TokenKind::Name => plain(rest, &mut list, annotated)?.0,
            _ => return expected(rest, "a parameter"),
        };
        if rest.kind() != TokenKind::Comma {
            break;
        }
        rest = rest.advance();
    }
    check(rest, &list)?;
    Ok((rest, list.params.into()))
}

fn slash<'a>(i: Tokens<'a>, list: &mut List) -> PResult<'a, ()> {
    let span = i.first().span;
    if list.slash {
        return rejected(i, span, &rule::SECOND_SLASH);
    }
    if list.star.is_some() {
        return rejected(i, span, &rule::SLASH_AFTER_STAR);
    }
    if list.params.is_empty() {
        return rejected(i, span, &rule::LEADING_SLASH);
    }
    list.slash = true;
    list.params.iter_mut().for_each(|p| p.kind = ParamKind::PositionalOnly);
    Ok((i.advance(), ()))
}

/// `*` or `*args`
fn star<'a>(i: Tokens<'a>, list: &mut List, annotated: bool) -> PResult<'a, ()> {
    if list.star.is_some() {
        return rejected(i, i.first().span, &rule::SECOND_STAR);
    }
    list.star = Some(i.first().span);
    if i.nth_kind(1) != TokenKind::Name {
        return Ok((i.advance(), ()));
    }
    let (rest, param) = param(i, ParamKind::VarArgs, annotated)?;
    list.params.push(param);
    Ok((rest, ()))
}

fn plain<'a>(i: Tokens<'a>, list: &mut List, annotated: bool) -> PResult<'a, ()> {
    let kind = match list.star {
        Some(_) => ParamKind::KeywordOnly,
        None => ParamKind::Normal,
    };
    let (rest, param) = param(i, kind, annotated)?;
    let needs_default = kind == ParamKind::Normal && param.default.is_none();
    if needs_default && list.params.last().is_some_and(|p| p.default.is_some()) {
        return rejected(rest, param.span, &rule::MISSING_DEFAULT);
    }
    list.params.push(param);
    Ok((rest, ()))
}

/// One parameter from its stars to its default.
fn param(i: Tokens<'_>, kind: ParamKind, annotated: bool) -> PResult<'_, Param> {
    let variadic = matches!(kind, ParamKind::VarArgs | ParamKind::KwArgs);
    let (rest, name) = name(if variadic { i.advance() } else { i })?;
    let (rest, annotation) = match annotated {
        true => opt_after(TokenKind::Colon, expression, rest)?,
        false => (rest, None),
    };
    if variadic && rest.kind() == TokenKind::Eq {
        return rejected(rest, rest.first().span, &rule::VARIADIC_DEFAULT);
    }
    let (rest, default) = opt_after(TokenKind::Eq, expression, rest)?;
    let span = rest.span_from(i);
    Ok((rest, Param { name, kind, annotation, default, span }))
}

/// The rules that only the whole list can break.
fn check<'a>(i: Tokens<'a>, list: &List) -> PResult<'a, ()> {
    if let (Some(span), None | Some(ParamKind::PositionalOnly | ParamKind::Normal)) =
        (list.star, list.last_kind())
    {
        return rejected(i, span, &rule::BARE_STAR);
    }
    let mut seen = FxHashSet::default();
    match list.params.iter().find(|p| !seen.insert(p.name.name)) {
        Some(param) => rejected(i, param.name.span, &rule::DUPLICATE),
        None => Ok((i, ())),
    }
}
