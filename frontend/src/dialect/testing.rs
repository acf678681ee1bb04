//! Comparing programs in a script: `tvm.ir.assert_structural_equal` and its kin.

use super::convert::expected;
use super::schedule::StmtObject;
use super::sig::Bound;
use super::table::{Row, row};
use crate::host::{Arg, Evaluator, ExcKind, HostError, HostObject, Result, Value};
use std::rc::Rc;
use tirade_ir::print::{print_expr, print_func, print_module};
use tirade_ir::structural::{FreeVars, Mismatch, Structural, structural_equal_with};

const PAIR: &str = "(lhs, rhs, map_free_vars=False)";

pub(super) const ROWS: &[Row] = &[
    row("tvm.ir.assert_structural_equal", PAIR, assert_equal, "Two programs must be the same."),
    row("tvm.ir.structural_equal", PAIR, equal, "Whether two programs are the same."),
    row("tvm_ffi.structural_equal", PAIR, equal, "Whether two programs are the same."),
    row(
        "testing.assert_structural_equal_ignore_global_symbol",
        PAIR,
        assert_equal,
        "Two functions must be the same, whatever their names.",
    ),
];

fn free_vars(args: &Bound) -> Result<FreeVars> {
    Ok(match args.opt("map_free_vars").map_or(Ok(false), super::convert::flag)? {
        true => FreeVars::Map,
        false => FreeVars::Same,
    })
}

/// The first difference of the two arguments. A function compared by itself may have any name.
fn mismatch(args: &Bound) -> Result<Option<String>> {
    let (lhs, rhs, free) = (args.arg("lhs"), args.arg("rhs"), free_vars(args)?);
    Ok(match (&lhs.value, &rhs.value) {
        (Value::PrimFunc(a), Value::PrimFunc(b)) => difference(&**a, &**b, free),
        (Value::IRModule(a), Value::IRModule(b)) => difference(&*a.borrow(), &*b.borrow(), free),
        (Value::PrimFunc(_) | Value::IRModule(_), other) => {
            return Err(expected("a program of the same kind", other, rhs.span));
        }
        (Value::Object(a), Value::Object(b)) => {
            let stmt = |o: &Rc<dyn HostObject>| {
                o.as_any().downcast_ref::<StmtObject>().map(|found| found.0.clone())
            };
            match (stmt(a), stmt(b)) {
                (Some(a), Some(b)) => difference(&a, &b, free),
                _ => return Err(expected("a program", &lhs.value, lhs.span)),
            }
        }
        _ => difference(&super::convert::arg_expr(lhs)?, &super::convert::arg_expr(rhs)?, free),
    })
}

fn difference<N: Structural + ?Sized>(lhs: &N, rhs: &N, free: FreeVars) -> Option<String> {
    structural_equal_with(lhs, rhs, free).err().map(|found: Box<Mismatch>| found.to_string())
}

fn text_of(arg: &Arg) -> Option<String> {
    match &arg.value {
        Value::PrimFunc(func) => Some(print_func(func, &Default::default()).text),
        Value::IRModule(module) => Some(print_module(&module.borrow(), &Default::default()).text),
        Value::Expr(e) => Some(print_expr(e, &Default::default()).text),
        _ => None,
    }
}

fn assert_equal(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    let Some(found) = mismatch(args)? else { return Ok(Value::None) };
    let message = format!("the two are not structurally equal: {found}");
    let mut error = HostError::exception(ExcKind::AssertionError, message).at(args.span);
    for (side, name) in [("left", "lhs"), ("right", "rhs")] {
        if let Some(text) = text_of(args.arg(name)) {
            error = error.with_note(format!("the {side} side is\n{text}"));
        }
    }
    Err(error)
}

fn equal(_: &mut Evaluator, args: &Bound) -> Result<Value> {
    mismatch(args).map(|found| Value::Bool(found.is_none()))
}
