//! How the buffers among a function's parameters are written, and the variables they bind.
//!
//! Mostly a buffer is the parameter's annotation. Symbolic sizes in it are quoted and bound by
//! that (`T.Buffer(("n", 4))`) if they are `int32`; `int64` ones are type variables above the
//! function. What an annotation cannot bind is matched in the body:
//!
//! ```text
//! def main(a: T.handle):
//!     n = T.int32()
//!     A = T.match_buffer(a, (n, 4))
//! ```

use super::buffer::{Site, index_dtype, occurrences};
use super::stmt::type_annotation;
use super::{Dialect, Printer, separated};
use crate::buffer::Buffer;
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var};
use crate::func::{Param, ParamKind, PrimFunc};
use crate::visit::for_each_expr;

/// How the parameters of one function are written.
#[derive(Debug, Default)]
pub(super) struct Signature {
    /// Variables that become type variables.
    pub(super) type_vars: Vec<Var>,
    /// Variables that are declared in the body.
    pub(super) declared: Vec<Var>,
    /// For every parameter whether its buffer is matched in the body.
    pub(super) matched: Vec<bool>,
}

/// How a variable gets its value from buffers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    /// By a quoted size.
    Quoted,
    TypeVar,
    /// By the buffer's own offset or stride, and it occurs nowhere else.
    Field,
    /// Only by a match.
    Declared,
}

impl Signature {
    /// The plan for a function. `uses_pointer` tells whether the body uses a parameter's pointer,
    /// which has a name only if the buffer is matched.
    pub(super) fn of(
        func: &PrimFunc,
        dialect: Dialect,
        uses_pointer: impl Fn(Var) -> bool,
    ) -> Signature {
        let buffers: Vec<&Buffer> = func.buffers().collect();
        let symbols = symbols_of(func, &buffers);
        let bindings: Vec<(Var, Binding)> =
            symbols.iter().map(|v| (*v, binding_of(*v, &buffers, dialect))).collect();
        let is = |var: Var, binding| bindings.contains(&(var, binding));
        let needs_match = |param: &Param| match &param.kind {
            ParamKind::Scalar | ParamKind::Pointer(_) => false,
            ParamKind::Buffer(buffer) => {
                let mut declared = uses_pointer(param.var);
                // Only sizes are quoted, and find parameters that come later.
                for expr in buffer.strides.iter().chain(&buffer.elem_offset) {
                    for_each_expr(expr, |e| {
                        let var = e.as_var();
                        declared |= var.is_some_and(|v| func.params.iter().any(|p| p.var == v));
                    });
                }
                for expr in fields(buffer) {
                    for_each_expr(expr, |e| {
                        declared |= e.as_var().is_some_and(|v| is(v, Binding::Declared));
                        // Classic annotations see no parameter.
                        declared |= dialect == Dialect::Classic
                            && e.as_var().is_some_and(|v| !is(v, Binding::Field));
                    });
                }
                declared
            }
        };
        let matched: Vec<bool> = func.params.iter().map(needs_match).collect();
        let quoted_somewhere = |var: Var| {
            func.params.iter().zip(&matched).any(|(param, matched)| {
                !matched && param.buffer().is_some_and(|b| 0 < occurrences(b, var))
            })
        };
        let of_kind = |kind| bindings.iter().filter(move |(_, b)| *b == kind).map(|(v, _)| *v);
        let unquoted = of_kind(Binding::Quoted).filter(|v| !quoted_somewhere(*v));
        Signature {
            type_vars: of_kind(Binding::TypeVar).collect(),
            declared: of_kind(Binding::Declared).chain(unquoted).collect(),
            matched,
        }
    }
}

fn fields(buffer: &Buffer) -> impl Iterator<Item = &PrimExpr> {
    buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset)
}

/// The variables in parameter buffers that are no parameters, in the order they occur.
fn symbols_of(func: &PrimFunc, buffers: &[&Buffer]) -> Vec<Var> {
    let mut symbols: Vec<Var> = Vec::new();
    for expr in buffers.iter().flat_map(|b| fields(b)) {
        if matches!(expr, PrimExpr::Int { .. }) {
            continue;
        }
        for_each_expr(expr, |e| {
            if let Some(var) = e.as_var()
                && !symbols.contains(&var)
                && func.params.iter().all(|p| p.var != var)
            {
                symbols.push(var);
            }
        });
    }
    symbols
}

fn binding_of(var: Var, buffers: &[&Buffer], dialect: Dialect) -> Binding {
    let homes: Vec<&&Buffer> = buffers.iter().filter(|b| 0 < occurrences(b, var)).collect();
    if let [buffer] = homes[..]
        && occurrences(buffer, var) == 1
    {
        let is_it = |e: &PrimExpr| e.as_var() == Some(var);
        let as_offset =
            buffer.elem_offset.as_ref().is_some_and(is_it) && var.dtype == index_dtype(buffer);
        let as_stride = buffer.strides.iter().any(is_it) && var.dtype == DType::INT32;
        if as_offset || as_stride {
            return Binding::Field;
        }
    }
    if dialect == Dialect::Classic {
        return Binding::Declared;
    }
    let mut sizes_that_use_it = 0;
    for extent in buffers.iter().flat_map(|b| &b.shape) {
        for_each_expr(extent, |e| sizes_that_use_it += usize::from(e.as_var() == Some(var)));
    }
    match var.dtype {
        DType::INT32 if 0 < sizes_that_use_it => Binding::Quoted,
        DType::INT64 => Binding::TypeVar,
        _ => Binding::Declared,
    }
}

impl Printer<'_> {
    /// A size in an annotation, quoted if it names anything that Python does not know there.
    pub(super) fn annotation_dim(&mut self, extent: &PrimExpr) {
        let mut vars = Vec::new();
        if !matches!(extent, PrimExpr::Int { .. }) {
            for_each_expr(extent, |e| vars.extend(e.as_var()));
        }
        let is_type_var = extent.as_var().is_some_and(|v| self.type_vars.contains(&v));
        if vars.is_empty() || is_type_var {
            return self.expr(extent);
        }
        for var in vars {
            if self.names.var(var).is_none() {
                self.names.define_var(var);
            }
        }
        let text = self.expr_text(extent);
        self.string(&text);
    }

    /// The parameters of a function, each with its annotation; on lines of their own if comments
    /// stand at them.
    pub(super) fn params(&mut self, func: &PrimFunc, signature: &Signature) {
        // Sizes may name scalar parameters that come behind them.
        for param in &func.params {
            if matches!(param.kind, ParamKind::Scalar) {
                self.names.define_var(param.var);
            }
        }
        if self.has_inner_comments(func) {
            return self.param_lines(func, signature);
        }
        self.w.open("(");
        let params = func.params.iter().zip(&signature.matched);
        separated!(self, params, |(param, matched)| self.param(param, *matched));
        self.w.close(")");
    }

    /// True if comments stand at parameters, not counting those behind the last one.
    fn has_inner_comments(&self, func: &PrimFunc) -> bool {
        let Some((last, others)) = func.params.split_last() else { return false };
        self.comments.any_before(last.span)
            || others
                .iter()
                .any(|p| self.comments.any_before(p.span) || self.comments.any_behind(p.span))
    }

    fn param_lines(&mut self, func: &PrimFunc, signature: &Signature) {
        self.w.line("(");
        self.comments_behind(func.span);
        self.w.indent();
        for (param, matched) in func.params.iter().zip(&signature.matched) {
            self.comments_before(param.span);
            self.param(param, *matched);
            self.w.line(",");
            self.comments_behind(param.span);
        }
        self.w.dedent();
        self.w.text(")");
    }

    /// `A: T.Buffer((8,), "float32")`
    fn param(&mut self, param: &Param, matched: bool) {
        let (annotation, name) = match &param.kind {
            ParamKind::Buffer(buffer) if !matched => return self.annotated_buffer(buffer),
            ParamKind::Buffer(_) => (None, self.names.define_var(param.var)),
            ParamKind::Pointer(pointer) => {
                (type_annotation(DType::HANDLE, *pointer), self.names.define_var(param.var))
            }
            ParamKind::Scalar => {
                self.var(param.var);
                (type_annotation(param.var.dtype, None), "")
            }
        };
        self.w.text(name);
        self.w.text(": ");
        self.w.text(annotation.as_deref().unwrap_or("T.handle"));
    }

    fn annotated_buffer(&mut self, buffer: &Buffer) {
        let name = self.names.take(buffer.name.as_str());
        self.w.text(name);
        self.w.text(": ");
        self.open_call("Buffer");
        self.buffer_args(name, buffer, Site::Annotation);
        self.w.close(")");
        self.set_buffer(buffer, name);
    }

    /// Declarations of variables and matches of buffers, at the beginning of the body.
    pub(super) fn param_matches(&mut self, func: &PrimFunc, signature: &Signature) {
        for var in &signature.declared {
            if self.names.var(*var).is_none() {
                self.declare_symbol(*var);
            }
        }
        for (param, matched) in func.params.iter().zip(&signature.matched) {
            let Some(buffer) = param.buffer().filter(|_| *matched) else { continue };
            self.declare_symbols(buffer);
            let name = self.names.take(buffer.name.as_str());
            self.w.text(name);
            self.w.text(" = ");
            self.open_call("match_buffer");
            self.var(param.var);
            self.w.comma();
            self.buffer_args(name, buffer, Site::Match);
            self.w.close(")");
            self.w.end_line();
            self.set_buffer(buffer, name);
        }
    }
}
