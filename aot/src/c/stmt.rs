//! Statements.

use crate::c::ctype::{c_type, is_half};
use crate::c::expr::CExpr;
use crate::c::func::{FuncPrinter, HeapBlock, Memory};
use crate::c::literal::{comment_text, initializer};
use crate::c::memory::Place;
use crate::error::{AotError, Result};
use crate::pass::index;
use crate::pass::lower_block::BLOCK_ATTR;
use crate::pass::remove_unused::is_pure;
use tirade_ir::scalar::Scalar;
use tirade_ir::stmt::{
    AllocBuffer, AssertStmt, AttrNode, AttrStmt, Bind, DeclBuffer, IfThenElse, Return,
};
use tirade_ir::visit::any_expr;
use tirade_ir::{AttrValue, BinOp, For, ForKind, PrimExpr, Stmt};

/// Annotation of loops whose vector stores go past the caches, because what they write is larger
/// than those and is not read soon.
const STREAMS: &str = "tirade.stream";

impl FuncPrinter<'_> {
    /// A statement.
    pub(super) fn stmt(&mut self, stmt: &Stmt) -> Result<()> {
        if let Stmt::Store(_) | Stmt::Assert(_) | Stmt::Evaluate(_) | Stmt::Return(_) = stmt {
            self.source_comment(stmt.span());
        }
        match stmt {
            Stmt::Seq(seq) => self.sequence(&seq.stmts),
            Stmt::Store(store) => self.store(store),
            Stmt::For(l) => self.for_loop(l),
            Stmt::While(l) => {
                let condition = self.expr(&l.condition)?;
                self.line(&format!("while ({}) {{", condition.text));
                self.loop_body(&l.body)
            }
            Stmt::If(branch) => self.branch(branch),
            Stmt::Block(realize) => {
                Err(AotError::unsupported(realize.block.span, "a block that was not lowered"))
            }
            Stmt::Bind(bind) => self.bind(bind),
            Stmt::AllocBuffer(alloc) => self.alloc(alloc),
            Stmt::DeclBuffer(decl) => self.decl(decl),
            Stmt::Assert(assert) => self.assert(assert),
            Stmt::Attr(attr) => self.attr(attr),
            Stmt::Evaluate(e) => self.evaluate(&e.value),
            Stmt::Return(ret) => self.ret(ret),
            Stmt::Break(_) => {
                self.free_heap(self.loop_depth);
                self.line("break;");
                Ok(())
            }
            Stmt::Continue(_) => {
                self.free_heap(self.loop_depth);
                self.line("continue;");
                Ok(())
            }
        }
    }

    fn sequence(&mut self, stmts: &[Stmt]) -> Result<()> {
        let heap = self.heap.len();
        stmts.iter().try_for_each(|s| self.stmt(s))?;
        let ended =
            matches!(stmts.last(), Some(Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_)));
        while self.heap.len() > heap {
            let block = self.heap.pop().expect("longer than before");
            if !ended {
                self.line(&format!("free({});", block.name));
            }
        }
        Ok(())
    }

    /// A nested C block, up to its closing brace, which the caller prints.
    fn nested(&mut self, body: &Stmt) -> Result<()> {
        self.names.push_scope();
        self.indent += 1;
        let result = self.stmt(body);
        self.indent -= 1;
        self.names.pop_scope();
        result
    }

    pub(super) fn loop_body(&mut self, body: &Stmt) -> Result<()> {
        self.loop_depth += 1;
        let result = self.nested(body);
        self.loop_depth -= 1;
        self.line("}");
        result
    }

    fn for_loop(&mut self, l: &For) -> Result<()> {
        let outer = self.streams;
        self.streams |= l.annotations.get(STREAMS).is_some();
        let result = self.any_loop(l);
        if self.streams && !outer {
            let fence = self.needs.helper("tir_stream_end");
            self.line(&format!("{fence}();"));
        }
        self.streams = outer;
        result
    }

    fn any_loop(&mut self, l: &For) -> Result<()> {
        if self.parallel_loop(l)? {
            return Ok(());
        }
        let shared = std::mem::take(&mut self.in_openmp);
        // Bounds are evaluated once: what reads memory gets a name in front of the loop.
        let min = self.evaluated_once(&l.min, "begin")?;
        let end_expr = match &l.extent {
            PrimExpr::Binary(b) if b.op == BinOp::Sub && b.rhs == l.min => b.lhs.clone(),
            extent => index::add(l.min.clone(), extent.clone()),
        };
        let end_expr = index::cast(l.loop_var.dtype, end_expr);
        let end = self.evaluated_once(&end_expr, "end")?;
        let step = match &l.step {
            Some(step) if !step.is_int(1) => Some((step, self.evaluated_once(step, "step")?)),
            _ => None,
        };
        self.bounds.enter_loop(l);
        let Some(c_type) = c_type(l.loop_var.dtype) else {
            let what = format!("a loop variable of type `{}`", l.loop_var.dtype);
            return Err(AotError::unsupported(l.span, what));
        };
        self.pragma(l);
        self.names.push_scope();
        let name = self.names.fresh(l.loop_var.name.as_str());
        self.vars.insert(l.loop_var.id, name.clone());
        let advance = match step {
            None => format!("++{name}"),
            Some((step, text)) => self.advance(l, step, &name, &end.text, &text),
        };
        let (min, end) = (min.text, end.at(crate::c::expr::Prec::Shift));
        self.line(&format!("for ({c_type} {name} = {min}; {name} < {end}; {advance}) {{"));
        let outer = self.in_parallel;
        self.in_parallel |= shared;
        let result = self.loop_body(&l.body);
        self.in_parallel = outer;
        self.names.pop_scope();
        result
    }

    /// What a loop with a step does behind each iteration; it must not pass the type's end.
    fn advance(&self, l: &For, step: &PrimExpr, name: &str, end: &str, text: &CExpr) -> String {
        let dtype = l.loop_var.dtype;
        let var = self.bounds.of(&l.loop_var.into());
        if dtype.holds_int(var.hi + self.bounds.of(step).hi) && dtype.bits() >= 32 {
            return format!("{name} += {}", text.text);
        }
        let c_type = c_type(dtype).unwrap_or("int64_t");
        let (step, rest) = (&text.text, format!("(uint64_t)({end}) - (uint64_t){name}"));
        format!("{name} = ({c_type})({rest} > (uint64_t)({step}) ? {name} + ({step}) : ({end}))")
    }

    /// The value as it is if it cannot change, else by a name.
    fn evaluated_once(&mut self, value: &PrimExpr, hint: &str) -> Result<CExpr> {
        let text = self.expr(value)?;
        let changes = any_expr(value, |e| {
            matches!(e, PrimExpr::Load(_) | PrimExpr::Call(_) | PrimExpr::CallFunc(_))
        });
        if !changes {
            return Ok(text);
        }
        let name = self.names.fresh(hint);
        let c_type = c_type(value.dtype()).unwrap_or("int64_t");
        self.line(&format!("const {c_type} {name} = {};", text.text));
        Ok(CExpr::primary(name, text.kind))
    }

    /// What the compiler may assume of a loop.
    fn pragma(&mut self, l: &For) {
        match l.kind {
            ForKind::Vectorized if self.module.options.gnu => self.line("#pragma GCC ivdep"),
            ForKind::Unrolled if self.module.options.gnu => {
                if let Some(n) = l.extent.as_int().filter(|n| (2..=64).contains(n)) {
                    self.line(&format!("#pragma GCC unroll {n}"));
                }
            }
            ForKind::Serial
            | ForKind::Parallel
            | ForKind::Vectorized
            | ForKind::Unrolled
            | ForKind::ThreadBinding => {}
        }
    }

    fn branch(&mut self, branch: &IfThenElse) -> Result<()> {
        let condition = self.expr(&branch.condition)?;
        self.line(&format!("if ({}) {{", condition.text));
        self.nested(&branch.then_case)?;
        let mut rest = branch.else_case.as_ref();
        while let Some(case) = rest {
            rest = None;
            match case {
                Stmt::If(next) => {
                    let condition = self.expr(&next.condition)?;
                    self.line(&format!("}} else if ({}) {{", condition.text));
                    self.nested(&next.then_case)?;
                    rest = next.else_case.as_ref();
                }
                other => {
                    self.line("} else {");
                    self.nested(other)?;
                }
            }
        }
        self.line("}");
        Ok(())
    }

    fn bind(&mut self, bind: &Bind) -> Result<()> {
        if bind.var.dtype.is_handle() {
            return self.bind_pointer(bind);
        }
        if let PrimExpr::CallFunc(call) = &bind.value {
            return self.bind_call(bind, call);
        }
        // Shapes of views mention variables that no code needs.
        if !self.facts.used.contains(&bind.var.id) && is_pure(&bind.value) {
            return Ok(());
        }
        if !bind.var.dtype.is_scalar() {
            let value = self.expr(&bind.value)?;
            let name = self.names.fresh(bind.var.name.as_str());
            let vector = self.vector_type(bind.var.dtype);
            self.vars.insert(bind.var.id, name.clone());
            self.line(&format!("const {vector} {name} = {};", value.text));
            return Ok(());
        }
        let value = self.expr(&bind.value)?;
        if bind.var.dtype.is_integer() || bind.var.dtype.is_bool() {
            let range = self.bounds.of(&bind.value);
            self.bounds.set(bind.var, range);
        }
        let declaration = self.declare_var(bind.var, bind.span)?;
        self.line(&format!("{declaration} = {};", value.text));
        Ok(())
    }

    /// A pointer: another name for memory, or the address of an element.
    fn bind_pointer(&mut self, bind: &Bind) -> Result<()> {
        if let PrimExpr::Var(var) = &bind.value {
            let root = self.facts.root(var.id);
            if let Some(memory) = self.memory.get(&root).or_else(|| self.memory.get(&var.id)) {
                let memory = memory.clone();
                self.memory.insert(bind.var.id, memory);
                return Ok(());
            }
        }
        let value = self.expr(&bind.value)?;
        let seen = self.facts.accessed_as.get(&bind.var.id).filter(|t| t.len() == 1).map(|t| t[0]);
        let element = bind.pointer.map(|p| p.element.element()).or(seen);
        let element = element.unwrap_or(tirade_ir::DType::UINT8);
        let c_type = c_type(element)
            .ok_or_else(|| AotError::unsupported(bind.span, format!("a pointer to `{element}`")))?;
        let name = self.names.fresh(bind.var.name.as_str());
        self.line(&format!(
            "{c_type} *const {name} = ({c_type} *){};",
            value.at(crate::c::expr::Prec::Unary)
        ));
        self.vars.insert(bind.var.id, name.clone());
        self.memory.insert(bind.var.id, Memory { name, element, is_scalar: false });
        Ok(())
    }

    fn alloc(&mut self, alloc: &AllocBuffer) -> Result<()> {
        let buffer = &alloc.buffer;
        let element = buffer.dtype.element();
        let Some(c_type) = c_type(element) else {
            let what = format!("a buffer of type `{}`", buffer.dtype);
            return Err(AotError::unsupported(alloc.span, what));
        };
        let place = self.plan.place(buffer);
        if matches!(place, Place::Nothing | Place::Sized(_)) {
            return Ok(());
        }
        let name = match place {
            Place::Constant => self.constant_array(alloc, c_type)?,
            _ => self.names.fresh(buffer.name.as_str()),
        };
        let memory = Memory { name: name.clone(), element, is_scalar: place == Place::Scalar };
        self.vars.insert(buffer.data.id, name.clone());
        self.memory.insert(buffer.data.id, memory);
        match place {
            Place::Scalar if !buffer.dtype.is_scalar() => {
                let vector = self.vector_type(buffer.dtype);
                self.line(&format!("{vector} {name};"));
            }
            Place::Scalar => self.line(&format!("{c_type} {name};")),
            Place::Stack(len) => self.line(&format!("{c_type} {name}[{len}];")),
            Place::Workspace(offset) => {
                let at = match offset {
                    0 => self.workspace.clone(),
                    _ => format!("({} + {offset})", self.workspace),
                };
                self.line(&format!("{c_type} *const {name} = ({c_type} *)(void *){at};"));
            }
            Place::Heap => self.heap_alloc(alloc, c_type, &name)?,
            Place::Constant | Place::Sized(_) | Place::Nothing => {}
        }
        Ok(())
    }

    /// `malloc` in the scope, with a check of the size.
    fn heap_alloc(&mut self, alloc: &AllocBuffer, c_type: &str, name: &str) -> Result<()> {
        let buffer = &alloc.buffer;
        let compact = buffer.strides.is_empty() && buffer.elem_offset.iter().all(|o| o.is_int(0));
        if !compact {
            let what = "an allocation with strides or an offset whose size is not constant";
            return Err(AotError::unsupported(alloc.span, what));
        }
        if !self.module.options.memory.heap {
            let what = format!("`{}`, whose size only a heap can serve,", buffer.name);
            return Err(AotError::unsupported(alloc.span, what));
        }
        self.needs.header("stdlib.h");
        let len = self.run_time_len(buffer)?;
        let helper = self.needs.helper("tir_alloc");
        let width = buffer.dtype.element().bytes();
        let limit = self.module.options.alloc_limit;
        self.line(&format!(
            "{c_type} *const {name} = ({c_type} *){helper}({len}, {width}, UINT64_C({limit}));"
        ));
        self.line(&format!("if ({name} == 0) {{"));
        self.indent += 1;
        self.fail(crate::c::module::STATUS_NO_MEMORY)?;
        self.indent -= 1;
        self.line("}");
        self.heap.push(HeapBlock { name: name.to_string(), loop_depth: self.loop_depth });
        Ok(())
    }

    /// Leaves the function with a status.
    fn fail(&mut self, status: i32) -> Result<()> {
        self.free_heap(0);
        self.line(&format!("return {status};"));
        Ok(())
    }

    /// Frees what was allocated inside at least `loop_depth` loops, because they are left.
    fn free_heap(&mut self, loop_depth: usize) {
        let inside: Vec<String> = self
            .heap
            .iter()
            .rev()
            .filter(|b| b.loop_depth >= loop_depth)
            .map(|b| format!("free({});", b.name))
            .collect();
        inside.iter().for_each(|line| self.line(line));
    }

    /// An initialised array in front of the function; gives its name.
    fn constant_array(&mut self, alloc: &AllocBuffer, c_type: &str) -> Result<String> {
        let dtype = alloc.buffer.dtype.element();
        let mut values = Vec::new();
        if let Some(constant) = &alloc.constant {
            flatten_constant(constant, dtype, &mut values);
        }
        let wanted = format!("{}_{}", self.signature.c_name, alloc.buffer.name);
        let name = self.module.fresh_global(&wanted);
        let bytes = (values.len() * dtype.bytes()) as u64;
        let apart = self.module.options.data_file.is_some_and(|least| bytes >= least);
        let linkage = if apart { "" } else { "static " };
        let declaration = format!("const {c_type} {name}[{}]", values.len().max(1));
        let mut text = format!("{linkage}{declaration} = {{");
        for (i, value) in values.iter().enumerate() {
            text += if i % 12 == 0 { "\n  " } else { " " };
            let mut literal = initializer(*value);
            if self.module.options.freestanding {
                literal =
                    literal.replace("INFINITY", "(1.0f / 0.0f)").replace("NAN", "(0.0f / 0.0f)");
            } else if literal.contains("INFINITY") || literal == "NAN" {
                self.needs.header("math.h");
            }
            text += &literal;
            text.push(',');
        }
        text += if values.is_empty() { " 0 };\n" } else { "\n};\n" };
        match apart {
            true => self.module.add_data(format!("extern {declaration};\n"), text),
            false => self.constants += &text,
        }
        self.constant_arrays.push(name.clone());
        Ok(name)
    }

    fn decl(&mut self, decl: &DeclBuffer) -> Result<()> {
        // Accesses go by the pointer, whatever views there are of its memory.
        if self.facts.accessed_as.contains_key(&self.facts.root(decl.buffer.data.id)) {
            self.memory_of(&decl.buffer, decl.span)?;
        }
        Ok(())
    }

    fn assert(&mut self, assert: &AssertStmt) -> Result<()> {
        let condition = self.expr(&assert.condition)?;
        let status = self.module.assertion(assert);
        self.line(&format!("if (!({})) {{", condition.text));
        self.indent += 1;
        self.fail(status)?;
        self.indent -= 1;
        self.line("}");
        Ok(())
    }

    fn attr(&mut self, attr: &AttrStmt) -> Result<()> {
        if attr.key.as_str() == BLOCK_ATTR
            && let AttrNode::Value(AttrValue::Str(name)) = &attr.node
        {
            // With the script at hand, each statement shows its line.
            if self.module.options.sources.is_none() {
                let text = comment_text(&format!("block {name}"));
                self.line(&format!("/* {text} */"));
            }
        }
        self.stmt(&attr.body)
    }

    fn evaluate(&mut self, value: &PrimExpr) -> Result<()> {
        match value {
            PrimExpr::CallFunc(call) => self.call_statement(call),
            PrimExpr::Call(call) if call.op == tirade_ir::Op::Assume => Ok(()),
            _ => {
                let effect = any_expr(value, |e| match e {
                    PrimExpr::Call(call) => !call.op.is_pure(),
                    PrimExpr::CallFunc(_) => true,
                    _ => false,
                });
                if effect {
                    let value = self.expr(value)?;
                    self.line(&format!("(void){};", value.at(crate::c::expr::Prec::Unary)));
                }
                Ok(())
            }
        }
    }

    fn ret(&mut self, ret: &Return) -> Result<()> {
        let value = match &ret.value {
            Some(value) => Some(self.expr(value)?.text),
            None => None,
        };
        if self.signature.can_fail {
            if let Some(value) = value {
                let result = self.result.clone();
                self.line(&format!("*{result} = {value};"));
            }
            self.free_heap(0);
            self.line("return 0;");
            return Ok(());
        }
        debug_assert!(self.heap.is_empty(), "a function with a heap can fail");
        match value {
            Some(value) => self.line(&format!("return {value};")),
            None => self.line("return;"),
        }
        Ok(())
    }
}

/// The numbers of a constant in row-major order, as values of `dtype`.
fn flatten_constant(value: &AttrValue, dtype: tirade_ir::DType, out: &mut Vec<Scalar>) {
    let scalar = match value {
        AttrValue::List(items) => {
            return items.iter().for_each(|i| flatten_constant(i, dtype, out));
        }
        AttrValue::Bool(b) => Scalar::from_i128(dtype, i128::from(*b)),
        AttrValue::Int(i) => Scalar::from_i128(dtype, i128::from(*i)),
        AttrValue::Float(f) => Scalar::from_f64(dtype, *f).map(|v| v.value),
        AttrValue::Expr(e) => Scalar::from_literal(e)
            .and_then(|v| tirade_ir::scalar::convert(v, dtype).map(|c| c.value)),
        _ => None,
    };
    debug_assert!(!is_half(dtype) || scalar.is_none_or(|s| s.bits() <= 0xffff));
    out.extend(scalar);
}
