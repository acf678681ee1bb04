//! Targets: the expressions that can be assigned to, deleted or bound.

use super::expr::{Precedence, begins_expression, operand, starred_or};
use super::{comma_list, nested};
use crate::ast::{Expr, ExprKind};
use crate::error::{ParseError, Problem, TargetUse};
use crate::input::{PResult, Tokens};
use crate::token::TokenKind;

/// The targets of a loop or `del`: one, or several with commas.
pub(super) fn target_list(i: Tokens<'_>, target_use: TargetUse) -> PResult<'_, Expr> {
    let (rest, target) = nested(i, |i| {
        let (rest, first) = element(i)?;
        if rest.kind() != TokenKind::Comma {
            return Ok((rest, first));
        }
        let (rest, elements) = comma_list(rest, first, begins_expression, element)?;
        Ok((rest, Expr::new(ExprKind::Tuple(elements.into()), rest.span_from(i))))
    })?;
    check_target(rest, &target, target_use)?;
    Ok((rest, target))
}

fn element(i: Tokens<'_>) -> PResult<'_, Expr> {
    starred_or(i, |i| operand(i, Precedence::BitOr))
}

/// Fails unless `expr`, which stands before `i`, can be a target.
pub(super) fn check_target<'a>(
    i: Tokens<'a>,
    expr: &Expr,
    target_use: TargetUse,
) -> Result<(), nom::Err<ParseError>> {
    use TargetUse::*;
    match (&expr.kind, target_use) {
        (ExprKind::Name(_) | ExprKind::Attribute(_) | ExprKind::Subscript(_), _) => Ok(()),
        (ExprKind::Tuple(elements) | ExprKind::List(elements), Assign | Loop | With | Delete) => {
            elements.iter().try_for_each(|e| match &e.kind {
                ExprKind::Starred(value) if target_use != Delete => {
                    check_target(i, value, target_use)
                }
                _ => check_target(i, e, target_use),
            })
        }
        _ => {
            let problem = Problem::Target(target_use, expr.describe());
            Err(nom::Err::Failure(ParseError::at(i, expr.span, problem)))
        }
    }
}
