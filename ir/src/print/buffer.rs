//! Declarations of buffers, and regions.

use super::names::VarText;
use super::precedence::Prec;
use super::{Printer, separated};
use crate::buffer::{Buffer, BufferRegion, MatchBufferRegion, Range};
use crate::dtype::DType;
use crate::expr::{BinOp, PrimExpr, Var};
use crate::visit::for_each_expr;

/// Where a buffer is declared, which decides what must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// `A: T.Buffer(…)`: the type is always written.
    Annotation,
    /// `T.match_buffer(…)`: strides and offset may be bound here.
    Match,
    /// An allocation.
    Alloc,
    /// A view: the pointer is written.
    View,
}

/// The type of indices and offsets of a buffer.
pub(super) fn index_dtype(buffer: &Buffer) -> DType {
    buffer.shape.first().map_or(DType::INT32, PrimExpr::dtype)
}

/// How often `var` occurs in shape, strides and offset of `buffer`.
pub(super) fn occurrences(buffer: &Buffer, var: Var) -> usize {
    let mut n = 0;
    for expr in buffer.shape.iter().chain(&buffer.strides).chain(&buffer.elem_offset) {
        for_each_expr(expr, |e| n += usize::from(e.as_var() == Some(var)));
    }
    n
}

impl Printer<'_> {
    /// Shape, type and the rest of what a declaration says, inside an open call.
    pub(super) fn buffer_args(&mut self, name: &'static str, buffer: &Buffer, site: Site) {
        self.shape(&buffer.shape, site);
        if site == Site::Annotation || !self.is_sugared() || buffer.dtype != DType::FLOAT32 {
            self.w.comma();
            self.dtype_string(buffer.dtype);
        }
        if site == Site::View {
            self.keyword("data");
            self.var(buffer.data);
        }
        if !buffer.strides.is_empty() {
            self.strides(name, buffer, site);
        }
        self.offset(name, buffer, site);
        if buffer.scope.as_str() != "global" {
            self.keyword("scope");
            self.string(buffer.scope.as_str());
        }
        if buffer.align != 64 {
            self.keyword("align");
            self.w.number(buffer.align);
        }
        self.axis_separators(buffer);
    }

    /// `, name=`
    pub(super) fn keyword(&mut self, name: &str) {
        self.w.comma();
        self.w.text(name);
        self.w.text("=");
    }

    fn shape(&mut self, shape: &[PrimExpr], site: Site) {
        self.w.open("(");
        separated!(self, shape, |extent| {
            if site == Site::Annotation {
                self.annotation_dim(extent);
            } else {
                self.expr(extent);
            }
        });
        self.w.close(if shape.len() == 1 { ",)" } else { ")" });
    }

    fn strides(&mut self, name: &'static str, buffer: &Buffer, site: Site) {
        self.keyword("strides");
        self.w.open("(");
        for (dim, stride) in buffer.strides.iter().enumerate() {
            if 0 < dim {
                self.w.comma();
            }
            match stride.as_var() {
                Some(var) if self.binds_stride(buffer, var, site) => {
                    self.string(var.name.as_str());
                    self.names.set_var(var, VarText::Stride(name, dim as u32));
                }
                Some(_) | None => self.expr(stride),
            }
        }
        self.w.close(if buffer.strides.len() == 1 { ",)" } else { ")" });
    }

    /// True if the variable gets its value from this buffer's stride, written `"s0"`.
    pub(super) fn binds_stride(&self, buffer: &Buffer, var: Var, site: Site) -> bool {
        let dtype = match site {
            Site::Annotation => DType::INT32,
            Site::Match => index_dtype(buffer),
            Site::Alloc | Site::View => return false,
        };
        var.dtype == dtype && self.names.var(var).is_none() && occurrences(buffer, var) == 1
    }

    /// True if the variable gets its value from this buffer's offset, of which only the factor is
    /// written.
    pub(super) fn binds_offset(&self, buffer: &Buffer, var: Var, site: Site) -> bool {
        (site == Site::Annotation || site == Site::Match)
            && var.dtype == index_dtype(buffer)
            && self.names.var(var).is_none()
            && occurrences(buffer, var) == 1
    }

    fn offset(&mut self, name: &'static str, buffer: &Buffer, site: Site) {
        let factor = buffer.offset_factor;
        let mut write_factor = 1 < factor;
        match &buffer.elem_offset {
            Some(PrimExpr::Var(var)) if self.binds_offset(buffer, *var, site) => {
                self.names.set_var(*var, VarText::ElemOffset(name));
                write_factor = true;
            }
            Some(offset) if !(offset.is_int(0) && offset.dtype() == DType::INT32) => {
                self.keyword("elem_offset");
                self.expr(offset);
            }
            // A factor without an offset would bind a variable.
            Some(_) | None if write_factor => {
                self.keyword("elem_offset");
                self.expr(&PrimExpr::int(0, index_dtype(buffer)));
            }
            Some(_) | None => {}
        }
        if write_factor {
            self.keyword("offset_factor");
            self.w.number(factor.max(1));
        }
    }

    fn axis_separators(&mut self, buffer: &Buffer) {
        if buffer.axis_separators.is_empty() {
            return;
        }
        if self.is_modern() {
            self.cannot_express("`axis_separators`", buffer.span);
        }
        self.keyword("axis_separators");
        self.w.open("[");
        separated!(self, buffer.axis_separators.iter(), |axis| self.w.number(axis));
        self.w.close("]");
    }

    /// Gives a buffer a name that was taken before; from here on it is in sight.
    pub(super) fn set_buffer(&mut self, buffer: &Buffer, name: &'static str) {
        self.names.set_buffer(buffer, name);
        self.scope.add(buffer);
    }

    /// `A = T.method(…)`
    pub(super) fn declare_buffer(&mut self, method: &str, buffer: &Buffer, site: Site) {
        // The fields are written before the buffer's own name is in sight.
        let name = self.names.take(buffer.name.as_str());
        self.w.text(name);
        self.w.text(" = ");
        self.open_call(method);
        self.buffer_args(name, buffer, site);
        self.set_buffer(buffer, name);
    }

    /// `A = T.match_buffer(B[0:4], (4,), …)`
    pub(super) fn match_buffer(&mut self, view: &MatchBufferRegion) {
        let buffer = &view.buffer;
        self.declare_symbols(buffer);
        let name = self.names.take(buffer.name.as_str());
        self.w.text(name);
        self.w.text(" = ");
        self.open_call("match_buffer");
        self.region(&view.source);
        self.w.comma();
        self.buffer_args(name, buffer, Site::Match);
        self.set_buffer(buffer, name);
        self.w.close(")");
        self.w.end_line();
    }

    /// Lines `n = T.int32()` for the variables that a match of `buffer` binds by their use in it.
    pub(super) fn declare_symbols(&mut self, buffer: &Buffer) {
        let fields = buffer.shape.iter().map(|e| (e, false));
        let bound_by_position = buffer.strides.iter().chain(&buffer.elem_offset).map(|e| (e, true));
        for (expr, by_position) in fields.chain(bound_by_position) {
            if let (true, Some(var)) = (by_position, expr.as_var()) {
                let stride = buffer.strides.iter().any(|s| s.as_var() == Some(var));
                if stride && self.binds_stride(buffer, var, Site::Match)
                    || !stride && self.binds_offset(buffer, var, Site::Match)
                {
                    continue;
                }
            }
            let mut symbols = Vec::new();
            for_each_expr(expr, |e| symbols.extend(e.as_var()));
            for var in symbols {
                if self.names.var(var).is_none() {
                    self.declare_symbol(var);
                }
            }
        }
    }

    /// `n = T.int32()`
    pub(super) fn declare_symbol(&mut self, var: Var) {
        let name = self.names.define_var(var);
        self.w.text(name);
        self.w.text(" = ");
        self.t(&super::expr::dtype_name(var.dtype));
        self.w.line("()");
    }

    /// `A[i, 0:4]`
    pub(super) fn region(&mut self, region: &BufferRegion) {
        self.buffer_name(&region.buffer);
        if self.facts.is_scalar(&region.buffer) {
            return;
        }
        if region.region.is_empty() {
            return self.w.text("[()]");
        }
        self.w.open("[");
        separated!(self, region.region.iter(), |range| self.slice(range));
        self.w.close("]");
    }

    /// A region that is handed to a function: never without a slice, or it would be an element.
    pub(super) fn sliced(&mut self, region: &BufferRegion) {
        let is_element = region.region.iter().all(|range| range.extent.is_int(1));
        let Some((last, outer)) = region.region.split_last().filter(|_| is_element) else {
            return self.region(region);
        };
        self.buffer_name(&region.buffer);
        self.w.open("[");
        for range in outer {
            self.slice(range);
            self.w.comma();
        }
        self.expr(&last.min);
        self.w.text(":");
        self.end_of(last);
        self.w.close("]");
    }

    fn slice(&mut self, range: &Range) {
        self.expr(&range.min);
        if !range.extent.is_int(1) {
            self.w.text(":");
            self.end_of(range);
        }
    }

    /// The end of a range: `min + extent`, computed where both are literals.
    ///
    /// Readers take a sum that begins with `min` apart again, so the extent survives as it is.
    pub(super) fn end_of(&mut self, range: &Range) {
        let Range { min, extent } = range;
        match (min.as_int(), extent.as_int()) {
            (Some(0), _) => self.expr(extent),
            (Some(a), Some(b)) => match i64::try_from(a + b) {
                Ok(end) => self.expr(&PrimExpr::Int { value: end, dtype: min.dtype() }),
                Err(_) => self.sum(min, extent),
            },
            (None, Some(0)) => self.expr(min),
            (Some(_) | None, _) => self.sum(min, extent),
        }
    }

    fn sum(&mut self, a: &PrimExpr, b: &PrimExpr) {
        if a.dtype() != b.dtype() {
            self.w.begin_chain();
            self.operand(a, Prec::Add);
            self.w.operator("+");
            self.operand(b, Prec::Mul);
            return self.w.end_group();
        }
        self.expr(&PrimExpr::binary(BinOp::Add, a.clone(), b.clone(), crate::Span::NONE));
    }
}
