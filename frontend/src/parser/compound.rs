//! Statements with blocks.

use super::call::arguments;
use super::expr::{Precedence, expression, expression_list, name, named_expression, operand};
use super::recover::{block_too_deep, statements};
use super::stmt::line;
use super::target::{check_target, target_list};
use super::{
    MAX_STMT_DEPTH, comma_list, expect, expect_close, expected, opt_after, param, rejected, token,
};
use crate::ast::{
    Branch, ClassDef, ExceptHandler, Expr, For, FunctionDef, If, Stmt, StmtKind, Try, While, With,
    WithItem,
};
use crate::error::{ParseError, Problem, TargetUse, rule};
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use nom::Parser;
use nom::combinator::map;
use nom::error::ParseError as _;
use nom::multi::many1;
use nom::sequence::delimited;
use std::sync::Arc;
use tirade_ir::span::Span;

/// The statements of a block and where the last one ends.
struct Block {
    body: Vec<Stmt>,
    hi: u32,
}

/// `:` and an indented block, or simple statements on the same line. `header` is where the
/// statement begins.
fn block<'a>(header: Tokens<'a>, i: Tokens<'a>) -> PResult<'a, Block> {
    let (rest, colon) = expect(i, TokenKind::Colon)?;
    let mut body = Vec::new();
    let rest = match (rest.kind(), rest.nth_kind(1)) {
        (TokenKind::Newline, TokenKind::Indent) => {
            let rest = rest.advance();
            let blocks = rest.cx.blocks.get();
            if blocks >= MAX_STMT_DEPTH {
                return Err(block_too_deep(rest));
            }
            rest.cx.blocks.set(blocks + 1);
            let (rest, stmts) = statements(rest.advance());
            rest.cx.blocks.set(blocks);
            body = stmts;
            if rest.kind() == TokenKind::Dedent { rest.advance() } else { rest }
        }
        (TokenKind::Newline, _) => {
            let span = Span::new(header.first().span.lo, colon.span.hi);
            return ParseError::here(rest.advance(), Problem::ExpectedBlock).within(span).cut();
        }
        _ => line(rest, &mut body)?,
    };
    let hi = body.last().map_or(colon.span.hi, |s| s.span.hi);
    Ok((rest, Block { body, hi }))
}

/// A statement from the first token of `start` to `hi`.
fn stmt(start: Tokens<'_>, hi: u32, kind: StmtKind) -> Stmt {
    Stmt { span: Span::new(start.first().span.lo, hi), kind }
}

/// The block of the clause that `keyword` begins, if it is there.
fn opt_clause(i: Tokens<'_>, keyword: TokenKind) -> PResult<'_, Option<Block>> {
    opt_after(keyword, |rest| block(i, rest), i)
}

/// The statements of an optional clause; `hi` moves to its end.
fn clause_body(clause: Option<Block>, hi: &mut u32) -> Vec<Stmt> {
    match clause {
        Some(block) => {
            *hi = block.hi;
            block.body
        }
        None => Vec::new(),
    }
}

pub(super) fn if_statement(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let mut branches = Vec::with_capacity(1);
    let mut rest = i;
    let mut hi = 0;
    loop {
        let header = rest;
        let (after, test) = named_expression(header.advance())?;
        let (after, block) = block(header, after)?;
        hi = block.hi.max(hi);
        let span = Span::new(header.first().span.lo, block.hi);
        branches.push(Branch { test, body: block.body, span });
        rest = after;
        if rest.kind() != TokenKind::Elif {
            break;
        }
    }
    let (rest, orelse) = opt_clause(rest, TokenKind::Else)?;
    let orelse = clause_body(orelse, &mut hi);
    Ok((rest, stmt(i, hi, StmtKind::If(Box::new(If { branches, orelse })))))
}

pub(super) fn for_statement(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let (rest, target) = target_list(i.advance(), TargetUse::Loop)?;
    let (rest, _) = expect(rest, TokenKind::In)?;
    let (rest, iter) = expression_list(rest)?;
    let (rest, Block { body, mut hi }) = block(i, rest)?;
    let (rest, orelse) = opt_clause(rest, TokenKind::Else)?;
    let orelse = clause_body(orelse, &mut hi);
    Ok((rest, stmt(i, hi, StmtKind::For(Box::new(For { target, iter, body, orelse })))))
}

pub(super) fn while_statement(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let (rest, test) = named_expression(i.advance())?;
    let (rest, Block { body, mut hi }) = block(i, rest)?;
    let (rest, orelse) = opt_clause(rest, TokenKind::Else)?;
    let orelse = clause_body(orelse, &mut hi);
    Ok((rest, stmt(i, hi, StmtKind::While(Box::new(While { test, body, orelse })))))
}

pub(super) fn with_statement(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let (rest, items) = with_header(i.advance())?;
    let (rest, Block { body, hi }) = block(i, rest)?;
    Ok((rest, stmt(i, hi, StmtKind::With(Box::new(With { items, body })))))
}

/// The items of a `with`. Parentheses may belong to all items or to the first expression: if they
/// reach up to the `:`, they are tried as the former first.
fn with_header(i: Tokens<'_>) -> PResult<'_, Box<[WithItem]>> {
    if !parens_before_colon(i) {
        return with_items(i, TokenKind::Colon);
    }
    match parenthesised_items(i) {
        Ok(items) => Ok(items),
        Err(nom::Err::Failure(first)) => {
            with_items(i, TokenKind::Colon).map_err(|error| error.map(|second| first.or(second)))
        }
        Err(error) => Err(error),
    }
}

/// True if `i` is at a parenthesis whose partner stands before a `:`.
fn parens_before_colon(i: Tokens<'_>) -> bool {
    let mut depth = 0u32;
    let mut rest = i;
    loop {
        match rest.kind() {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth = depth.saturating_sub(1),
            TokenKind::Newline | TokenKind::EndOfFile => return false,
            _ => {}
        }
        rest = rest.advance();
        if depth == 0 {
            return rest.len() + 1 < i.len() && rest.kind() == TokenKind::Colon;
        }
    }
}

fn parenthesised_items(i: Tokens<'_>) -> PResult<'_, Box<[WithItem]>> {
    let open = i.first().span;
    let (rest, items) = with_items(i.advance(), TokenKind::RightParen)?;
    let (rest, _) = expect_close(rest, TokenKind::RightParen, "`,` or `)`", open)?;
    Ok((rest, items))
}

/// Items up to `end`; before a parenthesis a trailing comma is allowed.
fn with_items(i: Tokens<'_>, end: TokenKind) -> PResult<'_, Box<[WithItem]>> {
    let begins = |kind| kind != end || end != TokenKind::RightParen;
    let (rest, first) = with_item(i)?;
    let (rest, items) = comma_list(rest, first, begins, with_item)?;
    Ok((rest, items.into()))
}

fn with_item(i: Tokens<'_>) -> PResult<'_, WithItem> {
    let (rest, context) = expression(i)?;
    let (rest, target) = opt_after(TokenKind::As, with_target, rest)?;
    Ok((rest, WithItem { context, target }))
}

fn with_target(i: Tokens<'_>) -> PResult<'_, Expr> {
    let (rest, target) = operand(i, Precedence::BitOr)?;
    check_target(rest, &target, TargetUse::With)?;
    Ok((rest, target))
}

pub(super) fn try_statement(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let (mut rest, Block { body, mut hi }) = block(i, i.advance())?;
    let mut handlers = Vec::new();
    while rest.kind() == TokenKind::Except {
        let (after, handler) = handler(rest)?;
        hi = handler.span.hi;
        handlers.push(handler);
        rest = after;
    }
    let (rest, orelse) = match handlers.is_empty() {
        true => (rest, None),
        false => opt_clause(rest, TokenKind::Else)?,
    };
    let orelse = clause_body(orelse, &mut hi);
    let (rest, finalbody) = opt_clause(rest, TokenKind::Finally)?;
    if handlers.is_empty() && finalbody.is_none() {
        return expected(rest, "`except` or `finally`");
    }
    let finalbody = clause_body(finalbody, &mut hi);
    let kind = StmtKind::Try(Box::new(Try { body, handlers, orelse, finalbody }));
    Ok((rest, stmt(i, hi, kind)))
}

/// `except exception as name: body`
fn handler(i: Tokens<'_>) -> PResult<'_, ExceptHandler> {
    let rest = i.advance();
    let (rest, exception) = match rest.kind() {
        TokenKind::Colon => (rest, None),
        TokenKind::Star => return rejected(rest, rest.first().span, &rule::EXCEPT_STAR),
        _ => map(expression, Some).parse(rest)?,
    };
    if rest.kind() == TokenKind::Comma {
        return rejected(rest, rest.first().span, &rule::EXCEPT_COMMA);
    }
    let (rest, name) = match exception {
        Some(_) => opt_after(TokenKind::As, name, rest)?,
        None => (rest, None),
    };
    let (rest, Block { body, hi }) = block(i, rest)?;
    let span = Span::new(i.first().span.lo, hi);
    Ok((rest, ExceptHandler { exception, name, body, span }))
}

/// Decorators and the definition under them.
pub(super) fn decorated(i: Tokens<'_>) -> PResult<'_, Stmt> {
    let end = |i| expect(i, TokenKind::Newline);
    let decorator = delimited(token(TokenKind::At), named_expression, end);
    let (rest, decorators) = many1(decorator).parse(i)?;
    match rest.kind() {
        TokenKind::Def => function(i, rest, decorators.into()),
        TokenKind::Class => class(i, rest, decorators.into()),
        _ => expected(rest, "`def` or `class` after a decorator"),
    }
}

/// The function whose `def` is at `i`; `start` is its first decorator.
pub(super) fn function<'a>(
    start: Tokens<'a>,
    i: Tokens<'a>,
    decorators: Box<[Expr]>,
) -> PResult<'a, Stmt> {
    let (rest, name) = name(i.advance())?;
    refuse_type_parameters(rest)?;
    let (rest, params) = param::function_params(rest)?;
    let (rest, returns) = opt_after(TokenKind::Arrow, expression, rest)?;
    let header = Span::new(i.first().span.lo, rest.first().span.hi);
    let (rest, Block { body, hi }) = block(i, rest)?;
    let def = FunctionDef { name, decorators, params, returns, body, header };
    Ok((rest, stmt(start, hi, StmtKind::FunctionDef(Arc::new(def)))))
}

/// The class whose `class` is at `i`; `start` is its first decorator.
pub(super) fn class<'a>(
    start: Tokens<'a>,
    i: Tokens<'a>,
    decorators: Box<[Expr]>,
) -> PResult<'a, Stmt> {
    let (rest, name) = name(i.advance())?;
    refuse_type_parameters(rest)?;
    let (rest, (bases, keywords)) = match rest.kind() {
        TokenKind::LeftParen => arguments(rest)?,
        _ => (rest, Default::default()),
    };
    let header = Span::new(i.first().span.lo, rest.first().span.hi);
    let (rest, Block { body, hi }) = block(i, rest)?;
    let def = ClassDef { name, decorators, bases, keywords, body, header };
    Ok((rest, stmt(start, hi, StmtKind::ClassDef(Arc::new(def)))))
}

fn refuse_type_parameters<'a>(i: Tokens<'a>) -> Result<(), nom::Err<ParseError>> {
    match i.kind() {
        TokenKind::LeftBracket => {
            rejected(i, i.first().span, &rule::TYPE_PARAMETERS).map(|(_, ())| ())
        }
        _ => Ok(()),
    }
}
