//! Functions and their calls.

use super::Report;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::expr::{CallArg, CallFunc, Callee, PrimExpr};
use crate::func::{IRModule, Param, ParamKind, PrimFunc};
use crate::print::is_keyword;
use crate::stmt::Return;

/// A function's name is made of letters, digits and `_`, and is no word of the language (TIR0623).
pub(super) fn symbol(func: &PrimFunc, report: &mut Report) {
    let name = func.name.as_str();
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_name = starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_name || is_keyword(name) {
        let message = format!("{name:?} cannot be the name of a function");
        report.push(
            Diagnostic::error(Code::SYMBOL_NAME, func.span, message)
                .with_help("use letters, digits and `_`"),
        );
    }
}

/// Scalar parameters are numbers or bools, buffers come as pointers, and the result is a scalar or
/// nothing (TIR0618).
pub(super) fn params(func: &PrimFunc, report: &mut Report) {
    for param in &func.params {
        let dtype = param.var.dtype;
        let fits = match &param.kind {
            ParamKind::Scalar => dtype.is_scalar() && !dtype.is_void(),
            ParamKind::Pointer(_) | ParamKind::Buffer(_) => dtype.is_handle(),
        };
        if !fits {
            let message = format!("parameter `{}` cannot be of type `{dtype}`", param.var.name);
            report.push(Diagnostic::error(Code::FUNCTION_TYPE, param.span, message));
        }
    }
    if !func.ret_dtype.is_scalar() {
        let message = format!("`{}` returns the vector `{}`", func.name, func.ret_dtype);
        report.push(Diagnostic::error(Code::FUNCTION_TYPE, func.span, message));
    }
}

/// What is returned has the type that the function declares, or there is nothing (TIR0618).
pub(super) fn returned(s: &Return, func: &PrimFunc, report: &mut Report) {
    let found = s.value.as_ref().map_or(DType::VOID, PrimExpr::dtype);
    if found == func.ret_dtype {
        return;
    }
    let name = func.name;
    let message = match (&s.value, func.ret_dtype.is_void()) {
        (Some(_), true) => format!("`{name}` returns nothing, but here a `{found}`"),
        (Some(_), false) => format!("`{name}` returns `{}`, but here `{found}`", func.ret_dtype),
        (None, _) => format!("`{name}` returns `{}`, but here nothing", func.ret_dtype),
    };
    report.push(
        Diagnostic::error(Code::FUNCTION_TYPE, s.span, message)
            .with_secondary(func.span, "the function")
            .with_help("the type of the result stands behind `->` in the header"),
    );
}

/// A function of the module exists (TIR0619) and takes the arguments (TIR0620); the name of a C
/// function is an identifier of C (TIR0621).
pub(super) fn call(e: &CallFunc, module: Option<&IRModule>, report: &mut Report) {
    match e.callee {
        Callee::Global(name) => {
            let Some(module) = module else { return };
            match module.get(name) {
                Some(func) => arguments(e, func, report),
                None => {
                    let message = format!("the module has no function `{name}`");
                    report.push(Diagnostic::error(Code::UNKNOWN_CALLEE, e.span, message));
                }
            }
        }
        Callee::Extern { name, .. } => {
            if !is_c_name(name.as_str()) {
                let message = format!("{:?} is no name of a C function", name.as_str());
                report.push(
                    Diagnostic::error(Code::EXTERN_NAME, e.span, message)
                        .with_note("a name has letters, digits and `_`, and begins with no digit"),
                );
            }
        }
        Callee::Packed(_) | Callee::Opaque(_) => {}
    }
}

/// `[A-Za-z_][A-Za-z0-9_]*`
fn is_c_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn arguments(e: &CallFunc, func: &PrimFunc, report: &mut Report) {
    let name = func.name;
    let wrong = |message: String| {
        let error = Diagnostic::error(Code::CALL_ARGUMENTS, e.span, message);
        error.with_secondary(func.span, "the function that is called")
    };
    if e.args.len() != func.params.len() {
        let (expected, found) = (func.params.len(), e.args.len());
        report.push(wrong(format!("`{name}` takes {expected} arguments, not {found}")));
        return;
    }
    if e.dtype != func.ret_dtype {
        let (found, expected) = (e.dtype, func.ret_dtype);
        report.push(wrong(format!("`{name}` returns `{expected}`, but is called for `{found}`")));
    }
    for (param, arg) in func.params.iter().zip(&e.args) {
        if let Some(message) = misfit(param, arg) {
            report.push(wrong(format!("parameter `{}` of `{name}` {message}", param_name(param))));
        }
    }
}

fn param_name(param: &Param) -> crate::Symbol {
    param.buffer().map_or(param.var.name, |buffer| buffer.name)
}

/// What the parameter takes, if `arg` is not that.
fn misfit(param: &Param, arg: &CallArg) -> Option<String> {
    match (&param.kind, arg) {
        (ParamKind::Scalar, CallArg::Expr(value)) => {
            let (expected, found) = (param.var.dtype, value.dtype());
            (expected != found).then(|| format!("takes a `{expected}`, not a `{found}`"))
        }
        (ParamKind::Scalar, _) => Some(format!("takes a `{}`", param.var.dtype)),
        (ParamKind::Pointer(_), CallArg::Buffer(_)) => None,
        (ParamKind::Pointer(_) | ParamKind::Buffer(_), CallArg::Expr(value)) => {
            let found = value.dtype();
            (!found.is_handle()).then(|| format!("takes a pointer, not a `{found}`"))
        }
        (ParamKind::Buffer(buffer), CallArg::Buffer(given)) => {
            if buffer.dtype != given.dtype {
                return Some(format!("has elements of `{}`, not `{}`", buffer.dtype, given.dtype));
            }
            let (expected, found) = (buffer.rank(), given.rank());
            (expected != found).then(|| format!("has {expected} dimensions, not {found}"))
        }
        (ParamKind::Buffer(buffer), CallArg::Region(given)) => {
            let same = buffer.dtype == given.buffer.dtype;
            let (expected, found) = (buffer.dtype, given.buffer.dtype);
            (!same).then(|| format!("has elements of `{expected}`, not `{found}`"))
        }
        (ParamKind::Pointer(_), CallArg::Region(_)) => Some("takes a pointer".into()),
        (ParamKind::Pointer(_) | ParamKind::Buffer(_), CallArg::DType(_) | CallArg::Attr(_)) => {
            Some("takes a pointer or buffer".into())
        }
    }
}
