//! The values of number literals, whose shape the lexer has checked.

use super::rejected;
use crate::ast::{Expr, ExprKind, Float, Int};
use crate::error::rule;
use crate::input::{PResult, Tokens};
use num_bigint::BigInt;
use num_traits::Num;
use std::borrow::Cow;
use tirade_ir::symbol::Symbol;

/// Longer decimal integers take quadratic time to read; Python has the same limit.
const MAX_DECIMAL_DIGITS: usize = 4300;

pub(super) fn int(i: Tokens<'_>) -> PResult<'_, Expr> {
    let span = i.first().span;
    let text = without_underscores(i.cx.text(span));
    let (digits, radix) = match text.get(..2) {
        Some("0x" | "0X") => (&text[2..], 16),
        Some("0o" | "0O") => (&text[2..], 8),
        Some("0b" | "0B") => (&text[2..], 2),
        _ => (&*text, 10),
    };
    let value = match i64::from_str_radix(digits, radix) {
        Ok(value) => Int::Small(value),
        Err(_) if radix == 10 && digits.len() > MAX_DECIMAL_DIGITS => {
            return rejected(i, span, &rule::TOO_LONG);
        }
        Err(_) => Int::Big(Box::new(BigInt::from_str_radix(digits, radix).unwrap_or_default())),
    };
    Ok((i.advance(), Expr::new(ExprKind::Int(value), span)))
}

pub(super) fn float(text: &str) -> ExprKind {
    let text = without_underscores(text);
    let value = text.parse().unwrap_or(f64::NAN);
    ExprKind::Float(Float { value, text: Symbol::new(&text) })
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    match text.contains('_') {
        true => Cow::Owned(text.replace('_', "")),
        false => Cow::Borrowed(text),
    }
}
