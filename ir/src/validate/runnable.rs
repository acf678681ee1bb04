//! What can be read and printed, but not run.

use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::expr::{CallArg, CallFunc, Callee, PrimExpr, Var};
use crate::func::PrimFunc;
use crate::op::{Op, extern_op};
use crate::span::Span;
use crate::stmt::Stmt;
use crate::visit::{BufferSite, Visitor, walk_buffer_def, walk_expr, walk_stmt};

/// What keeps a valid function from being run (TIR0630): types that are not computed with,
/// intrinsics of vendors, and C functions that are not on the list.
///
/// Whoever runs or compiles a function asks this first. Functions that it calls are asked by
/// themselves.
pub fn check_runnable(func: &PrimFunc) -> Vec<Diagnostic> {
    let mut visitor = Runnable { span: func.span, found: Vec::new() };
    visitor.visit_func(func);
    visitor.found
}

struct Runnable {
    span: Span,
    found: Vec<Diagnostic>,
}

impl Runnable {
    fn push(&mut self, span: Span, message: String) -> &mut Diagnostic {
        let span = span.or(self.span);
        self.found.push(Diagnostic::error(Code::NOT_RUNNABLE, span, message));
        self.found.last_mut().expect("just pushed")
    }

    fn dtype(&mut self, dtype: DType) {
        if dtype.is_computable() || dtype.is_handle() || dtype.is_void() {
            return;
        }
        let message = match dtype.is_scalable() {
            true => format!("vectors of unknown length such as `{dtype}` cannot be run"),
            false => format!("`{dtype}` can be read and printed, but not computed with"),
        };
        if self.found.last().is_none_or(|last| last.span != self.span) {
            self.push(self.span, message);
        }
    }

    fn call(&mut self, e: &CallFunc) {
        match e.callee {
            Callee::Global(_) => {}
            Callee::Extern { name, .. } => self.extern_call(e, name.as_str()),
            Callee::Packed(name) => {
                let message = format!("`T.{name}` calls TVM's runtime, which is not here");
                self.push(e.span, message);
            }
            Callee::Opaque(name) => {
                let message = format!("`T.{name}` can be read and printed, but not run");
                self.push(e.span, message);
            }
        }
    }

    /// C functions are those of the op table, called with the types of the C function.
    fn extern_call(&mut self, e: &CallFunc, name: &str) {
        let Some((op, dtype)) = extern_op(name) else {
            let message = format!("the C function `{name}` is not one that programs may call");
            self.push(e.span, message)
                .notes
                .push("only functions of `<math.h>` that the op table knows may be called".into());
            return;
        };
        let args: Option<Vec<DType>> = e.args.iter().map(arg_dtype).collect();
        let result = args.and_then(|args| op.result_type(&args, None, e.span).ok());
        if result != Some(dtype) || e.dtype != dtype {
            let message = format!("the C function `{name}` is called with other types than it has");
            self.push(e.span, message).help.push(format!("it computes `{op}` on `{dtype}`"));
        }
    }
}

fn arg_dtype(arg: &CallArg) -> Option<DType> {
    match arg {
        CallArg::Expr(e) => Some(e.dtype()),
        CallArg::Buffer(_) | CallArg::Region(_) | CallArg::DType(_) | CallArg::Attr(_) => None,
    }
}

impl Visitor for Runnable {
    fn visit_expr(&mut self, expr: &PrimExpr) {
        let outer = self.span;
        self.span = expr.span().or(outer);
        match expr {
            PrimExpr::CallFunc(e) => self.call(e),
            PrimExpr::Call(e) if e.op == Op::ThreadAllreduce => {
                self.push(e.span, format!("`{}` can be read and printed, but not run", e.op));
            }
            _ => self.dtype(expr.dtype()),
        }
        walk_expr(self, expr);
        self.span = outer;
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        let outer = self.span;
        self.span = stmt.span().or(outer);
        walk_stmt(self, stmt);
        self.span = outer;
    }

    fn visit_var_def(&mut self, var: Var) {
        self.dtype(var.dtype);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        let outer = self.span;
        self.span = buffer.span.or(outer);
        self.dtype(buffer.dtype);
        walk_buffer_def(self, buffer, site);
        self.span = outer;
    }
}
