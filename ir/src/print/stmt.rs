//! Statements other than loops and blocks.

use super::buffer::{Site, index_dtype};
use super::expr::dtype_name;
use super::{NodeKey, Printer, separated};
use crate::arith::as_const;
use crate::buffer::Buffer;
use crate::dtype::DType;
use crate::expr::{PrimExpr, Var};
use crate::func::AttrValue;
use crate::stmt::{
    AllocBuffer, AllocOrigin, AssertStmt, AttrNode, AttrStmt, Bind, BufferStore, DeclBuffer,
    IfThenElse, IterVar, PointerType, Return, Stmt,
};
use crate::visit::for_each_expr;

impl Printer<'_> {
    /// The statements of a body; `pass` if there are none.
    pub(super) fn body(&mut self, body: &Stmt) {
        let stmts = body.as_slice();
        if stmts.is_empty() {
            return self.w.line("pass");
        }
        let mut i = 0;
        while i < stmts.len() {
            match (&stmts[i], stmts.get(i + 1)) {
                (Stmt::AllocBuffer(alloc), Some(Stmt::Store(store)))
                    if self.initialises(alloc, store) =>
                {
                    self.comments_before(alloc.span);
                    self.comments_before(store.span);
                    self.scalar(alloc, Some(&store.value));
                    self.comments_behind(alloc.span);
                    self.comments_behind(store.span);
                    i += 2;
                }
                (stmt, next) => {
                    self.stmt(stmt, next.is_none());
                    i += 1;
                }
            }
        }
    }

    /// A body on lines of its own, one level deeper.
    pub(super) fn indented_body(&mut self, body: &Stmt) {
        self.w.indent();
        self.body(body);
        self.w.dedent();
    }

    /// A body in a scope of its own.
    fn scoped_body(&mut self, body: &Stmt) {
        let scope = self.names.enter();
        self.indented_body(body);
        self.names.leave(scope);
    }

    fn stmt(&mut self, stmt: &Stmt, is_last: bool) {
        let span = stmt.span();
        self.comments_before(span);
        let node = self.w.begin_node(NodeKey::Span(span));
        match stmt {
            Stmt::Seq(s) => s.stmts.iter().for_each(|s| self.stmt(s, false)),
            Stmt::Store(s) => self.store(s),
            Stmt::For(s) => self.for_loop(s),
            Stmt::While(s) => {
                self.w.text("while ");
                self.wrapping_expr(&s.condition);
                self.w.line(":");
                self.comments_behind(span);
                self.scoped_body(&s.body);
            }
            Stmt::If(s) => self.if_then_else("if ", s),
            Stmt::Block(s) => self.block(s),
            Stmt::Bind(s) => self.bind(s),
            Stmt::AllocBuffer(s) => self.alloc_buffer(s),
            Stmt::DeclBuffer(s) => self.decl_buffer(s),
            Stmt::Assert(s) => self.assert(s),
            Stmt::Attr(s) => self.attr(s, is_last),
            Stmt::Evaluate(s) => self.evaluate(&s.value),
            Stmt::Return(s) => self.return_stmt(s),
            Stmt::Break(span) => self.jump("break", *span),
            Stmt::Continue(span) => self.jump("continue", *span),
        }
        self.w.end_node(node);
        self.comments_behind(span);
    }

    fn store(&mut self, store: &BufferStore) {
        self.buffer_name(&store.buffer);
        if let Some(predicate) = &store.predicate {
            self.w.open(".vstore(");
            self.expr_list(&store.indices);
            self.w.comma();
            self.expr(&store.value);
            self.keyword("predicate");
            self.expr(predicate);
            self.w.close(")");
            return self.w.end_line();
        }
        if !self.facts.is_scalar(&store.buffer) {
            self.store_indices(&store.indices);
        }
        self.w.text(" = ");
        self.wrapping_expr(&store.value);
        self.w.end_line();
    }

    /// Indices of a store, where a vector of neighbours is a slice.
    fn store_indices(&mut self, indices: &[PrimExpr]) {
        let Some((PrimExpr::Ramp(ramp), front)) = indices.split_last() else {
            return self.indices(indices);
        };
        if !self.is_sugared() || !ramp.stride.is_int(1) || ramp.dtype.is_scalable() {
            return self.indices(indices);
        }
        self.w.open("[");
        self.exprs(front);
        if !front.is_empty() {
            self.w.comma();
        }
        let lanes = PrimExpr::int(ramp.dtype.lanes() as i64, ramp.base.dtype());
        let range = crate::buffer::Range::new(ramp.base.clone(), lanes);
        self.expr(&range.min);
        self.w.text(":");
        self.end_of(&range);
        self.w.close("]");
    }

    fn if_then_else(&mut self, keyword: &str, branch: &IfThenElse) {
        self.w.text(keyword);
        self.wrapping_expr(&branch.condition);
        self.w.line(":");
        self.comments_behind(branch.span);
        self.scoped_body(&branch.then_case);
        match &branch.else_case {
            None => {}
            Some(Stmt::If(inner)) if self.is_sugared() => {
                self.comments_before(inner.span);
                self.if_then_else("elif ", inner);
            }
            Some(case) => {
                self.w.line("else:");
                self.scoped_body(case);
            }
        }
    }

    /// `x: T.let[T.int32] = value`, in classic `x: T.int32 = value`.
    fn bind(&mut self, bind: &Bind) {
        // The value is outside the variable's scope.
        let name = self.names.take(bind.var.name.as_str());
        self.w.text(name);
        if self.is_modern() {
            self.w.text(": T.let");
            if let Some(annotation) = type_annotation(bind.var.dtype, bind.pointer) {
                self.w.text("[");
                self.w.text(&annotation);
                self.w.text("]");
            }
        } else if let Some(annotation) = type_annotation(bind.var.dtype, bind.pointer) {
            self.w.text(": ");
            self.w.text(&annotation);
        }
        self.w.text(" = ");
        self.wrapping_expr(&bind.value);
        self.w.end_line();
        self.names.set_var(bind.var, super::names::VarText::Name(name));
    }

    /// True if `x: T.int32 = value` stands for both statements.
    fn initialises(&self, alloc: &AllocBuffer, store: &BufferStore) -> bool {
        let mut reads_itself = false;
        if alloc.buffer != store.buffer
            || !self.facts.is_scalar(&alloc.buffer)
            || store.predicate.is_some()
        {
            return false;
        }
        for_each_expr(&store.value, |e| {
            reads_itself |= matches!(e, PrimExpr::Load(l) if l.buffer == alloc.buffer);
        });
        !reads_itself
    }

    /// `x: T.int32 = value`
    fn scalar(&mut self, alloc: &AllocBuffer, value: Option<&PrimExpr>) {
        let name = self.names.take(alloc.buffer.name.as_str());
        self.w.text(name);
        self.w.text(": T.");
        self.w.text(&dtype_name(alloc.buffer.dtype));
        if let Some(value) = value {
            self.w.text(" = ");
            self.wrapping_expr(value);
        }
        self.w.end_line();
        self.set_buffer(&alloc.buffer, name);
    }

    fn alloc_buffer(&mut self, alloc: &AllocBuffer) {
        if alloc.constant.is_some() {
            return self.allocate_const(alloc);
        }
        if self.facts.is_scalar(&alloc.buffer) {
            return self.scalar(alloc, None);
        }
        let only_pointer =
            alloc.origin == AllocOrigin::Allocate && !self.facts.is_accessed(&alloc.buffer);
        // Classic annotations stand at raw allocations, whose pointer is accessed directly.
        let annotated = alloc.origin == AllocOrigin::Allocate && !alloc.annotations.is_empty();
        if !self.is_modern() && (only_pointer || annotated) {
            return self.allocate(alloc);
        }
        if !self.is_modern() && !alloc.annotations.is_empty() {
            self.cannot_express("annotations on `T.decl_buffer`", alloc.span);
        }
        // A classic `T.alloc_buffer` belongs to a block.
        let method = self.spelling("decl_buffer", "alloc_buffer");
        self.declare_buffer(method, &alloc.buffer, Site::Alloc);
        self.alloc_annotations(alloc);
        self.w.close(")");
        self.w.end_line();
    }

    fn alloc_annotations(&mut self, alloc: &AllocBuffer) {
        if !alloc.annotations.is_empty() {
            self.keyword("annotations");
            self.attrs(&alloc.annotations);
        }
    }

    /// `p = T.allocate([n], "float32", "global")`: the name is the pointer's.
    fn allocate(&mut self, alloc: &AllocBuffer) {
        let buffer = &alloc.buffer;
        let name = self.raw_allocation_name(buffer);
        self.w.text(name);
        self.w.text(" = ");
        self.open_call("allocate");
        self.expr_list(&buffer.shape);
        self.w.comma();
        self.dtype_string(buffer.dtype);
        self.w.comma();
        self.string(buffer.scope.as_str());
        self.alloc_annotations(alloc);
        self.w.close(")");
        self.w.end_line();
    }

    /// The name of a raw allocation: that of its pointer, through which it is accessed.
    fn raw_allocation_name(&mut self, buffer: &Buffer) -> &'static str {
        let name = self.names.define_var(buffer.data);
        self.set_buffer(buffer, name);
        name
    }

    /// `p = T.allocate_const([1, 2], "int32", [2])`
    fn allocate_const(&mut self, alloc: &AllocBuffer) {
        if self.is_modern() {
            self.cannot_express("constant allocation", alloc.span);
        }
        let buffer = &alloc.buffer;
        let name = self.raw_allocation_name(buffer);
        self.w.text(name);
        self.w.text(" = ");
        self.open_call("allocate_const");
        if let Some(constant) = &alloc.constant {
            self.attr_value(constant);
        }
        self.w.comma();
        self.dtype_string(buffer.dtype);
        self.w.comma();
        self.expr_list(&buffer.shape);
        self.alloc_annotations(alloc);
        self.w.close(")");
        self.w.end_line();
    }

    fn decl_buffer(&mut self, decl: &DeclBuffer) {
        if self.is_modern() && self.is_sugared() && self.view(&decl.buffer) {
            return;
        }
        self.declare_buffer("decl_buffer", &decl.buffer, Site::View);
        self.w.close(")");
        self.w.end_line();
    }

    /// `B = A.view(16)` or `B = A.view("int32")`, if the view differs from the buffer it points into
    /// in nothing but its shape or its type.
    fn view(&mut self, view: &Buffer) -> bool {
        let Some(owner) = self.names.owner(view.data).cloned() else { return false };
        let is_same_memory = owner.strides == view.strides
            && owner.elem_offset == view.elem_offset
            && index_dtype(&owner) == index_dtype(view)
            && owner.scope == view.scope
            && owner.align == view.align
            && owner.offset_factor == view.offset_factor
            && owner.axis_separators == view.axis_separators;
        let (same_type, same_shape) = (owner.dtype == view.dtype, owner.shape == view.shape);
        let is_reshape =
            same_type && !same_shape && !view.shape.is_empty() && !is_larger(view, &owner);
        let bits = |b: &Buffer| (b.dtype.bits(), b.dtype.lanes(), b.dtype.is_scalable());
        // TVM refuses views of another type in the TensorIR dialect.
        let is_cast = same_shape
            && !same_type
            && !view.shape.is_empty()
            && bits(&owner) == bits(view)
            && !self.s_tir;
        if !is_same_memory || !(is_reshape || is_cast) || self.facts.is_scalar(&owner) {
            return false;
        }
        let name = self.names.take(view.name.as_str());
        self.w.text(name);
        self.w.text(" = ");
        self.buffer_name(&owner);
        self.w.open(".view(");
        if is_reshape {
            self.exprs(&view.shape);
        } else {
            self.dtype_string(view.dtype);
        }
        self.w.close(")");
        self.w.end_line();
        self.set_buffer(view, name);
        true
    }

    /// `assert condition, message`
    fn assert(&mut self, assert: &AssertStmt) {
        self.w.text("assert ");
        self.wrapping_expr(&assert.condition);
        let plain = assert.kind.as_str() == "RuntimeError" && assert.message.len() == 1;
        if !plain && !self.is_modern() {
            self.cannot_express("assertion with a kind of error or several parts", assert.span);
        }
        self.w.text(", ");
        if plain && (self.is_sugared() || !self.is_modern()) {
            self.string(&assert.message[0]);
            return self.w.end_line();
        }
        self.w.open("(");
        self.string(assert.kind.as_str());
        self.w.comma();
        self.w.open("[");
        separated!(self, assert.message.iter(), |part| self.string(part));
        self.w.close("]");
        self.w.close(")");
        self.w.end_line();
    }

    /// `T.attr(node, key, value)`, over the rest of the body if it is the last statement there.
    fn attr(&mut self, attr: &AttrStmt, is_last: bool) {
        let concise = is_last && self.is_sugared();
        let scope = self.names.enter();
        let mut body = &attr.body;
        let mut axis_to_name = None;
        let thread = thread_axis(attr);
        if concise && thread.is_some_and(|axis| !self.facts.is_launched_again(axis.var)) {
            let axis = thread.expect("a thread axis");
            let name = self.names.define_var(axis.var);
            self.w.text(name);
            self.w.text(" = ");
        } else if !concise {
            self.w.text("with ");
        }
        if let Some(axis) = thread {
            self.launch_thread(axis, attr, concise, &mut axis_to_name);
        } else if is_about_nothing(attr) {
            body = self.attr_dict(attr);
        } else {
            self.open_call("attr");
            self.attr_node(&attr.node);
            self.w.comma();
            self.string(attr.key.as_str());
            self.w.comma();
            self.expr(&attr.value);
            self.w.close(")");
        }
        if concise {
            self.w.end_line();
            self.comments_behind(attr.span);
            return self.body(body);
        }
        if let Some(axis) = axis_to_name {
            let name = self.names.define_var(axis);
            self.w.text(" as ");
            self.w.text(name);
        }
        self.w.line(":");
        self.comments_behind(attr.span);
        self.indented_body(body);
        self.names.leave(scope);
    }

    /// `T.launch_thread("threadIdx.x", 32)`; a variable that is launched several times stands in
    /// place of the name of the axis.
    fn launch_thread(
        &mut self,
        axis: &IterVar,
        attr: &AttrStmt,
        concise: bool,
        axis_to_name: &mut Option<Var>,
    ) {
        self.open_call("launch_thread");
        if self.facts.is_launched_again(axis.var) {
            self.var(axis.var);
        } else {
            self.string(axis.thread_tag.map_or("", |tag| tag.as_str()));
            *axis_to_name = (!concise).then_some(axis.var);
        }
        self.w.comma();
        self.expr(&attr.value);
        self.w.close(")");
    }

    /// `T.attr({"key": value})` for attributes about nothing; returns the body of the innermost.
    fn attr_dict<'s>(&mut self, attr: &'s AttrStmt) -> &'s Stmt {
        self.open_call("attr");
        self.w.open("{");
        let mut innermost = attr;
        loop {
            self.string(innermost.key.as_str());
            self.w.text(": ");
            self.expr(&innermost.value);
            match &innermost.body {
                Stmt::Attr(next) if is_about_nothing(next) && self.is_sugared() => {
                    self.w.comma();
                    innermost = next;
                }
                _ => break,
            }
        }
        self.w.close("}");
        self.w.close(")");
        &innermost.body
    }

    fn attr_node(&mut self, node: &AttrNode) {
        match node {
            AttrNode::Expr(PrimExpr::Int { value, dtype: DType::INT32 }) => {
                self.typed_int(*value, DType::INT32);
            }
            AttrNode::Expr(e) => self.expr(e),
            AttrNode::Buffer(buffer) => self.buffer_name(buffer),
            AttrNode::Value(value) => self.attr_value(value),
            AttrNode::IterVar(axis) => {
                self.open_call("iter_var");
                self.var(axis.var);
                self.w.comma();
                self.open_call("Range");
                self.expr(&axis.dom.min);
                self.w.comma();
                self.end_of(&axis.dom);
                self.w.close(")");
                self.w.comma();
                self.string("ThreadIndex");
                self.w.comma();
                self.string(axis.thread_tag.map_or("", |tag| tag.as_str()));
                self.w.close(")");
            }
        }
    }

    fn evaluate(&mut self, value: &PrimExpr) {
        // Other expressions would be names or docstrings if they stood by themselves.
        let bare =
            matches!(value, PrimExpr::Call(_) | PrimExpr::CallFunc(_)) && !self.is_infix(value);
        if bare {
            self.expr(value);
        } else {
            self.open_call("evaluate");
            self.expr(value);
            self.w.close(")");
        }
        self.w.end_line();
    }

    fn return_stmt(&mut self, stmt: &Return) {
        match &stmt.value {
            None => self.w.text("return"),
            Some(value) if self.is_modern() => {
                self.w.text("return ");
                self.wrapping_expr(value);
            }
            Some(value) => {
                self.open_call("ret");
                self.expr(value);
                self.w.close(")");
            }
        }
        self.w.end_line();
    }

    fn jump(&mut self, keyword: &str, span: crate::Span) {
        if !self.is_modern() {
            self.cannot_express(&format!("`{keyword}`"), span);
        }
        self.w.line(keyword);
    }
}

/// The axis that an attribute launches.
fn thread_axis(attr: &AttrStmt) -> Option<&IterVar> {
    let launches = matches!(attr.key.as_str(), "thread_extent" | "virtual_thread");
    match &attr.node {
        AttrNode::IterVar(axis) if launches => Some(axis),
        AttrNode::IterVar(_) | AttrNode::Expr(_) | AttrNode::Buffer(_) | AttrNode::Value(_) => None,
    }
}

/// True for attributes that are about 0, which is how TVM writes that they are about nothing.
fn is_about_nothing(attr: &AttrStmt) -> bool {
    matches!(&attr.node, AttrNode::Value(AttrValue::Int(0)))
}

/// The annotation that gives a variable its type; `None` for vectors that have no name in TVM.
pub(super) fn type_annotation(dtype: DType, pointer: Option<PointerType>) -> Option<String> {
    if let Some(pointer) = pointer {
        let element = dtype_name(pointer.element);
        return Some(match pointer.scope.as_str() {
            "global" | "" => format!("T.handle(\"{element}\")"),
            scope => format!("T.handle(\"{element}\", {})", super::literal::string(scope)),
        });
    }
    let has_name = dtype.is_scalar()
        || (!dtype.is_scalable() && matches!(dtype.lanes(), 2 | 4 | 8 | 16 | 32 | 64));
    has_name.then(|| format!("T.{}", dtype_name(dtype)))
}

/// True if a buffer has more elements than another, both numbers being known.
fn is_larger(buffer: &Buffer, than: &Buffer) -> bool {
    let n_elements = |b: &Buffer| {
        b.shape.iter().try_fold(1i128, |product, extent| product.checked_mul(as_const(extent)?))
    };
    matches!((n_elements(buffer), n_elements(than)), (Some(n), Some(m)) if m < n)
}
