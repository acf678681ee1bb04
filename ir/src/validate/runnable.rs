//! What can be read and printed, but not run.

use super::{Limits, Report, types, violations};
use crate::analysis::Allreduce;
use crate::arith::as_const;
use crate::buffer::Buffer;
use crate::diag::{Code, Diagnostic};
use crate::dtype::DType;
use crate::expr::{CallArg, CallFunc, Callee, PrimExpr, Var};
use crate::func::{AttrValue, CommReducer, PrimFunc};
use crate::op::{Op, extern_op};
use crate::span::Span;
use crate::stmt::{AttrNode, BlockRealize, For, Stmt};
use crate::visit::{BufferSite, Visitor, walk_buffer_def, walk_expr, walk_stmt};
use std::sync::Arc;

/// Bytes that one allocation of constant size may take.
const ALLOCATION_LIMIT: i128 = 1 << 30;

/// What keeps a valid function from being run:
///
/// - It need not be well-formed (`check_well_formed=False`), and is not: the codes of
///   [`validate`](super::validate).
/// - Types that are not computed with, intrinsics of vendors, C functions that are not on the list
///   (TIR0630).
/// - A loop whose step is no positive constant (TIR0612), an axis whose value has another type
///   (TIR0605), a buffer whose strides are not one for each dimension (TIR0615), an allocation of
///   constant size above the limit (TIR0614).
///
/// Whoever runs or compiles a function asks this first. Functions that it calls are asked by
/// themselves.
pub fn check_runnable(func: &PrimFunc) -> Vec<Diagnostic> {
    if !func.check_well_formed {
        let found = violations(func, None, &Limits::default());
        if !found.is_empty() {
            return found;
        }
    }
    let report = Report { diagnostics: Vec::new(), span: func.span };
    let mut visitor = Runnable { report, reducer: None };
    visitor.visit_func(func);
    visitor.report.diagnostics
}

struct Runnable {
    report: Report,
    /// The reducer of the `reduce_scope` around.
    reducer: Option<Arc<CommReducer>>,
}

impl Runnable {
    fn push(&mut self, span: Span, message: String) -> &mut Diagnostic {
        self.report.push(Diagnostic::error(Code::NOT_RUNNABLE, span, message));
        self.report.diagnostics.last_mut().expect("just pushed")
    }

    fn allreduce(&mut self, span: Span) {
        let message = format!("`{}` of this form cannot be run", Op::ThreadAllreduce);
        self.push(span, message).help.push(
            "it takes a number n, n values, a condition, n elements for the results and thread \
             axes, below `with T.attr(T.comm_reducer(…), \"reduce_scope\", …)`"
                .into(),
        );
    }

    fn dtype(&mut self, dtype: DType) {
        if dtype.is_computable() || dtype.is_handle() || dtype.is_void() {
            return;
        }
        let message = match dtype.is_scalable() {
            true => format!("vectors of unknown length such as `{dtype}` cannot be run"),
            false => format!("`{dtype}` can be read and printed, but not computed with"),
        };
        let span = self.report.span;
        if self.report.diagnostics.last().is_none_or(|last| last.span != span) {
            self.push(span, message);
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

impl Runnable {
    fn step(&mut self, s: &For) {
        let Some(step) = &s.step else { return };
        if as_const(step).is_none_or(|step| step <= 0) {
            let message = format!("the step of loop `{}` is no positive constant", s.loop_var.name);
            let span = self.report.at(step);
            self.report.push(Diagnostic::error(Code::LOOP_STEP, span, message));
        }
    }

    fn axis_values(&mut self, s: &BlockRealize) {
        for (axis, value) in s.block.iter_vars.iter().zip(&s.iter_values) {
            let outer = self.report.enter(axis.span);
            let place = format_args!("axis `{}`", axis.var.name);
            types::value_of(place, axis.var.dtype, value, &mut self.report);
            self.report.span = outer;
        }
    }

    fn strides(&mut self, buffer: &Buffer) {
        let (name, rank, strides) = (buffer.name, buffer.rank(), buffer.strides.len());
        if strides != 0 && strides != rank {
            let message = format!("`{name}` has {rank} dimensions, but {strides} strides");
            self.report.push(Diagnostic::error(Code::BUFFER_FORM, buffer.span, message));
        }
    }

    fn allocation(&mut self, buffer: &Buffer) {
        let element = buffer.dtype.bytes() as i128 * buffer.dtype.lanes() as i128;
        let sizes = buffer.shape.iter().map(as_const);
        let Some(extents) = sizes.collect::<Option<Vec<_>>>() else { return };
        if extents.iter().any(|extent| *extent <= 0) {
            return;
        }
        let bytes = extents.iter().fold(element, |bytes, extent| bytes.saturating_mul(*extent));
        if ALLOCATION_LIMIT < bytes {
            let name = buffer.name;
            let message =
                format!("`{name}` takes {bytes} bytes, more than the limit of {ALLOCATION_LIMIT}");
            self.report.push(Diagnostic::error(Code::ALLOCATION_LIMIT, buffer.span, message));
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
        let outer = self.report.enter(expr.span());
        match expr {
            PrimExpr::CallFunc(e) => self.call(e),
            PrimExpr::Call(e) if e.op == Op::ThreadAllreduce => {
                if Allreduce::of(e, self.reducer.as_deref()).is_none() {
                    self.allreduce(e.span);
                }
            }
            _ => self.dtype(expr.dtype()),
        }
        walk_expr(self, expr);
        self.report.span = outer;
    }

    fn visit_stmt(&mut self, stmt: &Stmt) {
        let outer = self.report.enter(stmt.span());
        match stmt {
            Stmt::For(s) => self.step(s),
            Stmt::Block(s) => self.axis_values(s),
            Stmt::Attr(s) if s.key.as_str() == "reduce_scope" => {
                if let AttrNode::Value(AttrValue::Reducer(reducer)) = &s.node {
                    let around = self.reducer.replace(reducer.clone());
                    walk_stmt(self, stmt);
                    self.reducer = around;
                    self.report.span = outer;
                    return;
                }
            }
            Stmt::Seq(_)
            | Stmt::Store(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::Bind(_)
            | Stmt::AllocBuffer(_)
            | Stmt::DeclBuffer(_)
            | Stmt::Attr(_)
            | Stmt::Assert(_)
            | Stmt::Evaluate(_)
            | Stmt::Return(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => {}
        }
        walk_stmt(self, stmt);
        self.report.span = outer;
    }

    fn visit_var_def(&mut self, var: Var) {
        self.dtype(var.dtype);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        let outer = self.report.enter(buffer.span);
        self.dtype(buffer.dtype);
        self.strides(buffer);
        if site == BufferSite::Alloc {
            self.allocation(buffer);
        }
        walk_buffer_def(self, buffer, site);
        self.report.span = outer;
    }
}
