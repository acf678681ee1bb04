//! Statements, told apart by their first token; here those that fit on one line.

use super::expr::{begins_expression, expression, expression_list, name};
use super::target::{check_target, target_list};
use super::{compound, expect_as, expected, import, opt_after, rejected, token};
use crate::ast::{
    AnnAssign, Assert, Assign, AugAssign, Expr, ExprKind, Ident, Operator, Raise, Stmt, StmtKind,
};
use crate::error::{ParseError, Problem, TargetUse, rule};
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;
use nom::Parser;
use nom::combinator::map;
use nom::multi::separated_list1;

/// One line of statements, or one statement with its blocks, added to `body`.
pub(super) fn statement<'a>(
    i: Tokens<'a>,
    body: &mut Vec<Stmt>,
) -> Result<Tokens<'a>, nom::Err<ParseError>> {
    use TokenKind::*;
    let (rest, stmt) = match i.kind() {
        If => compound::if_statement(i)?,
        For => compound::for_statement(i)?,
        While => compound::while_statement(i)?,
        With => compound::with_statement(i)?,
        Try => compound::try_statement(i)?,
        Def => compound::function(i, i, Box::new([]))?,
        Class => compound::class(i, i, Box::new([]))?,
        At => compound::decorated(i)?,
        Async => return rejected(i, i.first().span, &rule::ASYNC).map(|(rest, ())| rest),
        Elif | Else | Except | Finally => {
            return ParseError::here(i, Problem::MisplacedClause).cut();
        }
        _ => return line(i, body),
    };
    body.push(stmt);
    Ok(rest)
}

/// Simple statements with `;` between them, and the end of their line.
pub(super) fn line<'a>(
    i: Tokens<'a>,
    body: &mut Vec<Stmt>,
) -> Result<Tokens<'a>, nom::Err<ParseError>> {
    let mut rest = i;
    loop {
        let (after, kind) = simple(rest)?;
        body.push(Stmt { span: after.span_from(rest), kind });
        rest = after;
        if rest.kind() == TokenKind::Semicolon {
            rest = rest.advance();
            if rest.kind() != TokenKind::Newline {
                continue;
            }
        }
        return expect_as(rest, TokenKind::Newline, "end of line").map(|(rest, _)| rest);
    }
}

fn simple(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    use TokenKind::*;
    let rest = i.advance();
    match i.kind() {
        Pass => Ok((rest, StmtKind::Pass)),
        Break => Ok((rest, StmtKind::Break)),
        Continue => Ok((rest, StmtKind::Continue)),
        Return => returned(rest),
        Assert => assertion(rest),
        Raise => raised(rest),
        Del => deleted(rest),
        Global => names(rest).map(|(rest, names)| (rest, StmtKind::Global(names))),
        Nonlocal => names(rest).map(|(rest, names)| (rest, StmtKind::Nonlocal(names))),
        Import => import::import(rest),
        From => import::import_from(rest),
        _ => expression_statement(i),
    }
}

/// An expression, or an assignment of any kind.
fn expression_statement(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    if !begins_expression(i.kind()) {
        return expected(i, "a statement");
    }
    let (rest, first) = expression_list(i)?;
    match rest.kind() {
        TokenKind::Eq => assignment(rest, first),
        TokenKind::Colon => annotated(rest, first),
        kind => match augmented(kind) {
            Some(op) => augmented_assignment(rest, first, op),
            None => Ok((rest, StmtKind::Expr(Box::new(first)))),
        },
    }
}

/// The rest of an assignment from its first `=` at `i`.
fn assignment(i: Tokens<'_>, first: Expr) -> PResult<'_, StmtKind> {
    let mut targets = Vec::with_capacity(1);
    let mut rest = i;
    let mut last = first;
    while rest.kind() == TokenKind::Eq {
        check_target(rest, &last, TargetUse::Assign)?;
        let (after, value) = expression_list(rest.advance())?;
        targets.push(std::mem::replace(&mut last, value));
        rest = after;
    }
    let assign = Assign { targets: targets.into(), value: last };
    Ok((rest, StmtKind::Assign(Box::new(assign))))
}

/// The rest of `target: annotation = value` from the `:` at `i`.
fn annotated(i: Tokens<'_>, target: Expr) -> PResult<'_, StmtKind> {
    check_target(i, &target, TargetUse::Annotate)?;
    let (rest, annotation) = expression(i.advance())?;
    let (rest, value) = opt_after(TokenKind::Eq, expression_list, rest)?;
    Ok((rest, StmtKind::AnnAssign(Box::new(AnnAssign { target, annotation, value }))))
}

fn augmented_assignment(i: Tokens<'_>, target: Expr, op: Operator) -> PResult<'_, StmtKind> {
    check_target(i, &target, TargetUse::AugAssign)?;
    let (rest, value) = expression_list(i.advance())?;
    Ok((rest, StmtKind::AugAssign(Box::new(AugAssign { target, op, value }))))
}

/// The operator of an augmented assignment.
fn augmented(kind: TokenKind) -> Option<Operator> {
    Some(match kind {
        TokenKind::PlusEq => Operator::Add,
        TokenKind::MinusEq => Operator::Sub,
        TokenKind::StarEq => Operator::Mul,
        TokenKind::SlashEq => Operator::Div,
        TokenKind::DoubleSlashEq => Operator::FloorDiv,
        TokenKind::PercentEq => Operator::Mod,
        TokenKind::DoubleStarEq => Operator::Pow,
        TokenKind::AtEq => Operator::MatMul,
        TokenKind::LeftShiftEq => Operator::LShift,
        TokenKind::RightShiftEq => Operator::RShift,
        TokenKind::AmpersandEq => Operator::BitAnd,
        TokenKind::PipeEq => Operator::BitOr,
        TokenKind::CaretEq => Operator::BitXor,
        _ => return None,
    })
}

fn returned(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    if !begins_expression(i.kind()) {
        return Ok((i, StmtKind::Return(None)));
    }
    let (rest, value) = expression_list(i)?;
    Ok((rest, StmtKind::Return(Some(Box::new(value)))))
}

fn assertion(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    let (rest, test) = expression(i)?;
    let (rest, message) = opt_after(TokenKind::Comma, expression, rest)?;
    Ok((rest, StmtKind::Assert(Box::new(Assert { test, message }))))
}

fn raised(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    if !begins_expression(i.kind()) {
        return Ok((i, StmtKind::Raise(Box::new(Raise { exception: None, cause: None }))));
    }
    let (rest, exception) = map(expression, Some).parse(i)?;
    let (rest, cause) = opt_after(TokenKind::From, expression, rest)?;
    Ok((rest, StmtKind::Raise(Box::new(Raise { exception, cause }))))
}

fn deleted(i: Tokens<'_>) -> PResult<'_, StmtKind> {
    let bracketed = matches!(i.kind(), TokenKind::LeftParen | TokenKind::LeftBracket);
    let (rest, targets) = target_list(i, TargetUse::Delete)?;
    let targets = match targets.kind {
        ExprKind::Tuple(elements) if !bracketed => elements,
        _ => Box::new([targets]),
    };
    Ok((rest, StmtKind::Del(targets)))
}

fn names(i: Tokens<'_>) -> PResult<'_, Box<[Ident]>> {
    let (rest, names) = separated_list1(token(TokenKind::Comma), name).parse(i)?;
    Ok((rest, names.into()))
}
