//! The parser: tokens to syntax tree, with nom over tokens.
//!
//! Statements are told apart by their first token (`stmt`), expressions by binding powers
//! (`expr`). No parser looks ahead without bound except for the parentheses of a `with`, so time
//! is linear in the text. A parser named `opt_x` may find nothing; any other must succeed, and its
//! failure is final for the statement. After a failure `recover` goes on with the next line.

mod call;
mod compound;
mod display;
mod escape;
mod expr;
mod import;
mod number;
mod param;
mod recover;
mod stmt;
mod string;
mod target;

use crate::ast::{Expr, Module};
use crate::error::{self, ParseError, Problem, Rejection};
use crate::input::{Context, PResult, Tokens};
use crate::lexer::{self, Lexed};
use crate::token::{Token, TokenKind};
use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;
use tirade_ir::diag::Diagnostic;
use tirade_ir::span::{SourceFile, Span};

/// How deep expressions may nest, brackets, operands and chains of postfix or infix operators
/// counted alike; no expression tree is higher.
pub const MAX_EXPR_DEPTH: u32 = 512;

/// How deep blocks may nest.
pub const MAX_STMT_DEPTH: u32 = 256;

/// Parses a file. With an error among the diagnostics the module holds the statements that were
/// understood, and must not be evaluated.
pub fn parse_file(file: &SourceFile) -> (Module, Vec<Diagnostic>) {
    let Lexed { tokens, comments, errors } = lexer::lex(file);
    let cx = Context::new(file, &tokens);
    let (_, body) = recover::statements(Tokens::all(&cx));
    let mut diagnostics = cx.diagnostics.into_inner();
    diagnostics.extend(errors.iter().map(|e| e.diagnostic(file)));
    let span = Span::new(file.start, file.end());
    (Module { body, comments, span }, error::merge(diagnostics))
}

/// Parses a file that holds one expression, such as the text of a quoted annotation. There is no
/// expression only where there is an error.
pub fn parse_expression(file: &SourceFile) -> (Option<Expr>, Vec<Diagnostic>) {
    let Lexed { tokens, errors, .. } = lexer::lex(file);
    let cx = Context::new(file, &tokens);
    let start = Tokens::all(&cx);
    let start = if start.kind() == TokenKind::Indent { start.advance() } else { start };
    let expr = expr::expression_list(start)
        .and_then(|(rest, expr)| expect(rest, TokenKind::Newline).map(|(rest, _)| (rest, expr)))
        .and_then(|(rest, expr)| {
            let rest = if rest.kind() == TokenKind::Dedent { rest.advance() } else { rest };
            expect(rest, TokenKind::EndOfFile).map(|_| expr)
        });
    let expr = recover::reported(start, expr);
    let mut diagnostics = cx.diagnostics.into_inner();
    diagnostics.extend(errors.iter().map(|e| e.diagnostic(file)));
    let expr = expr.filter(|_| diagnostics.is_empty());
    (expr, error::merge(diagnostics))
}

/// The next token, which must be of this kind.
fn expect(i: Tokens<'_>, kind: TokenKind) -> PResult<'_, Token> {
    expect_as(i, kind, kind.describe())
}

/// [`expect`] with other words for what may stand here.
fn expect_as<'a>(i: Tokens<'a>, kind: TokenKind, what: &'static str) -> PResult<'a, Token> {
    let token = i.first();
    match token.kind == kind {
        true => Ok((i.advance(), token)),
        false => expected(i, what),
    }
}

/// The bracket that closes `open`, or whatever else `what` names.
fn expect_close<'a>(
    i: Tokens<'a>,
    kind: TokenKind,
    what: &'static str,
    open: Span,
) -> PResult<'a, Token> {
    match i.kind() == kind {
        true => Ok((i.advance(), i.first())),
        false => ParseError::here(i, Problem::Expected(what)).within(open).cut(),
    }
}

/// A parser of one token, for nom's combinators: an alternative may mend its failure.
fn token<'a>(kind: TokenKind) -> impl Fn(Tokens<'a>) -> PResult<'a, Token> {
    move |i| match i.kind() == kind {
        true => Ok((i.advance(), i.first())),
        false => Err(nom::Err::Error(ParseError::here(i, Problem::Expected(kind.describe())))),
    }
}

/// What `parse` makes of the tokens after `introducer`; nothing where that does not stand here.
fn opt_after<'a, T>(
    introducer: TokenKind,
    parse: impl Fn(Tokens<'a>) -> PResult<'a, T>,
    i: Tokens<'a>,
) -> PResult<'a, Option<T>> {
    opt(preceded(token(introducer), parse)).parse(i)
}

/// The items after `first`, each after a comma. A comma where no item `begins` ends the list.
fn comma_list<'a, T>(
    i: Tokens<'a>,
    first: T,
    begins: impl Fn(TokenKind) -> bool,
    item: impl Fn(Tokens<'a>) -> PResult<'a, T>,
) -> PResult<'a, Vec<T>> {
    let mut items = vec![first];
    let mut rest = i;
    while rest.kind() == TokenKind::Comma {
        rest = rest.advance();
        if !begins(rest.kind()) {
            break;
        }
        let (after, next) = item(rest)?;
        items.push(next);
        rest = after;
    }
    Ok((rest, items))
}

/// Fails at the next token.
fn expected<'a, T>(i: Tokens<'a>, what: &'static str) -> PResult<'a, T> {
    ParseError::here(i, Problem::Expected(what)).cut()
}

/// Fails because `span` breaks a rule.
fn rejected<'a, T>(i: Tokens<'a>, span: Span, why: &'static Rejection) -> PResult<'a, T> {
    ParseError::at(i, span, Problem::Rejected(why)).cut()
}

/// Runs `parse` one level deeper. Every path from an expression into a part of it goes through
/// here, and [`Context::height`] then knows the height of the part.
fn nested<'a, T>(
    i: Tokens<'a>,
    parse: impl FnOnce(Tokens<'a>) -> PResult<'a, T>,
) -> PResult<'a, T> {
    let cx = i.cx;
    let depth = cx.depth.get();
    if depth >= MAX_EXPR_DEPTH {
        return too_deep(i);
    }
    cx.depth.set(depth + 1);
    let siblings = cx.height.replace(0);
    let result = parse(i);
    cx.depth.set(depth);
    cx.height.set(siblings.max(cx.height.get() + 1));
    result
}

/// Makes room for a node on top of what this level holds so far, as each link of `a.b.c.d` is.
fn grow<'a>(i: Tokens<'a>) -> Result<(), nom::Err<ParseError>> {
    let height = i.cx.height.get() + 1;
    if height >= MAX_EXPR_DEPTH {
        return too_deep::<()>(i).map(|_| ());
    }
    i.cx.height.set(height);
    Ok(())
}

#[cold]
fn too_deep<'a, T>(i: Tokens<'a>) -> PResult<'a, T> {
    ParseError::here(i, Problem::TooDeep("expressions", MAX_EXPR_DEPTH)).cut()
}
