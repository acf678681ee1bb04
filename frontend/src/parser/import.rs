//! `import` and `from ... import`.

use super::expr::name;
use super::{comma_list, expect, expect_close, expected, opt_after, rejected, token};
use crate::ast::{Ident, Import, ImportFrom, ImportName, ImportNames, StmtKind};
use crate::error::rule;
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use nom::Parser;
use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::{pair, preceded};

/// The rest of `import a.b as c, d`.
pub(super) fn import(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    let (rest, modules) = separated_list1(token(TokenKind::Comma), module).parse(i)?;
    Ok((rest, StmtKind::Import(modules.into())))
}

/// `a.b as c`
fn module(i: Tokens<'_>) -> PResult<'_, Import> {
    let (rest, path) = dotted(i)?;
    let (rest, alias) = opt_after(TokenKind::As, name, rest)?;
    Ok((rest, Import { path, alias, span: rest.span_from(i) }))
}

/// The rest of `from ..a.b import c as d, e`.
pub(super) fn import_from(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    let mut level = 0;
    let mut rest = i;
    loop {
        level += match rest.kind() {
            TokenKind::Dot => 1,
            TokenKind::Ellipsis => 3,
            _ => break,
        };
        rest = rest.advance();
    }
    let (rest, path) = match rest.kind() {
        TokenKind::Import if level > 0 => (rest, Vec::new().into()),
        _ => dotted(rest)?,
    };
    let path_span = rest.span_from(i);
    let (rest, _) = expect(rest, TokenKind::Import)?;
    let (rest, names) = imported(rest)?;
    let import = ImportFrom { level, path, path_span, names };
    Ok((rest, StmtKind::ImportFrom(Box::new(import))))
}

fn imported(i: Tokens<'_>) -> PResult<'_, ImportNames> {
    match i.kind() {
        TokenKind::Star => Ok((i.advance(), ImportNames::Star(i.first().span))),
        TokenKind::LeftParen => {
            let (rest, names) = import_names(i.advance())?;
            let what = "`,` or `)`";
            let (rest, _) = expect_close(rest, TokenKind::RightParen, what, i.first().span)?;
            Ok((rest, names))
        }
        _ => {
            let (rest, names) = import_names(i)?;
            match rest.previous() {
                Some(t) if t.kind == TokenKind::Comma => {
                    rejected(rest, t.span, &rule::TRAILING_COMMA)
                }
                _ => Ok((rest, names)),
            }
        }
    }
}

/// At least one name; a trailing comma is for the caller to judge.
fn import_names(i: Tokens<'_>) -> PResult<'_, ImportNames> {
    let (rest, first) = import_name(i)?;
    let ends = |kind| matches!(kind, TokenKind::RightParen | TokenKind::Newline);
    let (rest, names) = comma_list(rest, first, |kind| !ends(kind), import_name)?;
    Ok((rest, ImportNames::List(names.into())))
}

/// `c as d`
fn import_name(i: Tokens<'_>) -> PResult<'_, ImportName> {
    let alias = opt(preceded(token(TokenKind::As), name));
    map(pair(name, alias), |(name, alias)| ImportName { name, alias }).parse(i)
}

/// `a.b.c`
fn dotted(i: Tokens<'_>) -> PResult<'_, Box<[Ident]>> {
    if i.kind() != TokenKind::Name {
        return expected(i, "the name of a module");
    }
    let (rest, path) = separated_list1(token(TokenKind::Dot), name).parse(i)?;
    Ok((rest, path.into()))
}
