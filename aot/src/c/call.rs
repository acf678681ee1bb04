//! Calls of functions: those of the module, and C functions of the allow-list.

use crate::c::ctype::{Kind, c_type, kind_of};
use crate::c::expr::CExpr;
use crate::c::func::{FuncPrinter, Signature};
use crate::error::{AotError, Result};
use rustc_hash::FxHashMap;
use tirade_ir::expr::CallFunc;
use tirade_ir::stmt::Bind;
use tirade_ir::{Buffer, BufferRegion, CallArg, Callee, ParamKind, PrimExpr, VarId};

use crate::pass::index;

impl<'a> FuncPrinter<'a> {
    /// A call whose value is used: of a function that cannot fail.
    pub(super) fn call_func(&mut self, call: &CallFunc) -> Result<CExpr> {
        let kind = if call.dtype.is_void() { Kind::Int } else { kind_of(call.dtype) };
        let (signature, args) = self.call_parts(call)?;
        if signature.can_fail {
            return Err(AotError::unsupported(call.span, "a call inside an expression"));
        }
        Ok(CExpr::primary(format!("{}({})", signature.c_name, args.join(", ")), kind))
    }

    /// A call for its effects.
    pub(super) fn call_statement(&mut self, call: &CallFunc) -> Result<()> {
        if !matches!(call.callee, Callee::Global(_)) {
            let value = self.call_func(call)?;
            self.line(&format!("{};", value.text));
            return Ok(());
        }
        let (signature, mut args) = self.call_parts(call)?;
        let name = signature.c_name.clone();
        if signature.result_by_pointer() {
            let result = self.names.fresh("unused");
            let c_type = signature_type(signature);
            self.line(&format!("{c_type} {result};"));
            args.push(format!("&{result}"));
        }
        let can_fail = signature.can_fail;
        let text = format!("{name}({})", args.join(", "));
        match can_fail {
            true => self.checked_call(&text),
            false => self.line(&format!("{text};")),
        }
        Ok(())
    }

    /// `x = f(…)`
    pub(super) fn bind_call(&mut self, bind: &Bind, call: &CallFunc) -> Result<()> {
        let can_fail = match &call.callee {
            Callee::Global(name) => self.module.signatures.get(name).is_some_and(|s| s.can_fail),
            Callee::Extern { .. } | Callee::Packed(_) | Callee::Opaque(_) => false,
        };
        if !can_fail {
            let value = self.call_func(call)?;
            let declaration = self.declare_var(bind.var, bind.span)?;
            self.line(&format!("{declaration} = {};", value.text));
            return Ok(());
        }
        let (signature, mut args) = self.call_parts(call)?;
        let name = signature.c_name.clone();
        let declaration = self.declare_var(bind.var, bind.span)?;
        let declaration = declaration.trim_start_matches("const ").to_string();
        args.push(format!("&{}", self.vars[&bind.var.id]));
        self.line(&format!("{declaration};"));
        self.checked_call(&format!("{name}({})", args.join(", ")));
        Ok(())
    }

    /// A call that gives a status, which is handed on if it is not 0.
    pub(super) fn checked_call(&mut self, text: &str) {
        self.names.push_scope();
        let status = self.names.fresh("status");
        self.line("{");
        self.indent += 1;
        self.line(&format!("const int32_t {status} = {text};"));
        let frees: Vec<String> =
            self.heap.iter().rev().map(|b| format!("free({});", b.name)).collect();
        if frees.is_empty() {
            self.line(&format!("if ({status} != 0) return {status};"));
        } else {
            self.line(&format!("if ({status} != 0) {{"));
            self.indent += 1;
            frees.iter().for_each(|f| self.line(f));
            self.line(&format!("return {status};"));
            self.indent -= 1;
            self.line("}");
        }
        self.indent -= 1;
        self.line("}");
        self.names.pop_scope();
    }

    /// The callee and the texts of all arguments, workspace included.
    fn call_parts(&mut self, call: &CallFunc) -> Result<(&'a Signature, Vec<String>)> {
        let name = match &call.callee {
            Callee::Global(name) => *name,
            Callee::Packed(name) => {
                let what = format!("the call of `{name}`, a function of TVM's runtime,");
                return Err(AotError::unsupported(call.span, what));
            }
            Callee::Opaque(name) => {
                return Err(AotError::unsupported(call.span, format!("`T.{name}`")));
            }
            Callee::Extern { name, .. } => {
                return Err(AotError::unsupported(call.span, format!("the C function `{name}`")));
            }
        };
        let Some(target) = self.module.module.get(name).cloned() else {
            return Err(AotError::unsupported(call.span, format!("a call of `{name}`")));
        };
        if target.params.len() != call.args.len() {
            let what = format!("a call of `{name}` with {} arguments", call.args.len());
            return Err(AotError::unsupported(call.span, what));
        }
        let module = self.module;
        let signature = &module.signatures[&name];
        let mut args = Vec::new();
        let mut sizes = FxHashMap::default();
        for (param, arg) in target.params.iter().zip(&call.args) {
            args.push(self.argument(call, &param.kind, arg)?);
            if let (ParamKind::Buffer(buffer), Some(given)) = (&param.kind, self.given_view(arg)) {
                given.solve(buffer, &mut sizes);
                given.check(buffer, call)?;
            }
        }
        for var in &signature.sizes {
            let Some(value) = sizes.get(&var.id).cloned() else {
                let what = format!("a call of `{name}` that leaves its size `{}` open", var.name);
                return Err(AotError::unsupported(call.span, what));
            };
            args.push(self.expr(&index::cast(var.dtype, value))?.text);
        }
        if signature.takes_workspace() {
            args.push(match self.own_workspace {
                0 => self.workspace.clone(),
                own => format!("{} + {own}", self.workspace),
            });
        }
        Ok((signature, args))
    }

    /// The text of one argument.
    fn argument(&mut self, call: &CallFunc, param: &ParamKind, arg: &CallArg) -> Result<String> {
        let value = match arg {
            CallArg::Expr(e) => self.expr(e)?.text,
            CallArg::Buffer(b) => self.buffer_pointer(b, call)?,
            CallArg::Region(r) => self.region_pointer(r, call)?,
            CallArg::DType(_) | CallArg::Attr(_) => {
                return Err(AotError::unsupported(call.span, "this argument"));
            }
        };
        // Pointers to other types than the parameter's are legal to pass, not to mix silently.
        let element = match param {
            ParamKind::Buffer(b) => Some(b.dtype.element()),
            ParamKind::Pointer(p) => p.map(|p| p.element.element()),
            ParamKind::Scalar => None,
        };
        let given = self.given_buffer(arg).map(|b| b.dtype.element());
        match element.and_then(c_type) {
            Some(wanted) if given.and_then(c_type) != Some(wanted) => {
                Ok(format!("({wanted} *)(void *)({value})"))
            }
            _ => Ok(value),
        }
    }

    /// The buffer behind an argument, if it is known.
    fn given_buffer(&self, arg: &CallArg) -> Option<Buffer> {
        match arg {
            CallArg::Buffer(b) => Some(b.clone()),
            CallArg::Region(r) => Some(r.buffer.clone()),
            CallArg::Expr(PrimExpr::Var(v)) => {
                let root = self.facts.root(v.id);
                self.module.buffer_of(self.func, root)
            }
            CallArg::Expr(_) | CallArg::DType(_) | CallArg::Attr(_) => None,
        }
    }

    /// Shape and strides of the memory behind an argument, if they are known.
    fn given_view(&self, arg: &CallArg) -> Option<GivenView> {
        let buffer = self.given_buffer(arg)?;
        let strides = match buffer.strides.is_empty() {
            true => index::compact_strides(&buffer.shape),
            false => buffer.strides.to_vec(),
        };
        let shape = match arg {
            CallArg::Region(r) => r.region.iter().map(|range| range.extent.clone()).collect(),
            _ => buffer.shape.to_vec(),
        };
        Some(GivenView { shape, strides })
    }

    fn buffer_pointer(&mut self, buffer: &Buffer, call: &CallFunc) -> Result<String> {
        let memory = self.memory_of(buffer, call.span)?;
        match &buffer.elem_offset {
            Some(offset) if !offset.is_int(0) => {
                let offset = self.expr(offset)?;
                Ok(format!("{} + {}", memory.name, offset.at(crate::c::expr::Prec::Multiplicative)))
            }
            _ => Ok(memory.name),
        }
    }

    fn region_pointer(&mut self, region: &BufferRegion, call: &CallFunc) -> Result<String> {
        let buffer = &region.buffer;
        let memory = self.memory_of(buffer, call.span)?;
        let strides = match buffer.strides.is_empty() {
            true => index::compact_strides(&buffer.shape),
            false => buffer.strides.to_vec(),
        };
        let mut offset = buffer.elem_offset.clone().unwrap_or(PrimExpr::i32(0));
        for (range, stride) in region.region.iter().zip(strides) {
            offset = index::add(offset, index::mul(range.min.clone(), stride));
        }
        if offset.is_int(0) {
            return Ok(memory.name);
        }
        let offset = self.expr(&offset)?;
        Ok(format!("{} + {}", memory.name, offset.at(crate::c::expr::Prec::Multiplicative)))
    }
}

fn signature_type(signature: &Signature) -> &'static str {
    c_type(signature.ret_dtype).expect("a result with a C type")
}

/// Shape and strides of what an argument names.
struct GivenView {
    shape: Vec<PrimExpr>,
    strides: Vec<PrimExpr>,
}

impl GivenView {
    /// Leading dimensions of extent 1 that the callee's buffer does not have are dropped.
    fn dropped(&self, param: &Buffer) -> usize {
        self.shape.len().saturating_sub(param.rank())
    }

    /// Sizes of the callee that are plain variables in its buffer, from what it is given.
    fn solve(&self, param: &Buffer, sizes: &mut FxHashMap<VarId, PrimExpr>) {
        let dropped = self.dropped(param);
        let shape = param.shape.iter().zip(&self.shape[dropped..]);
        for (want, have) in shape.chain(param.strides.iter().zip(&self.strides[dropped..])) {
            if let PrimExpr::Var(var) = want {
                sizes.entry(var.id).or_insert_with(|| have.clone());
            }
        }
        if let Some(PrimExpr::Var(var)) = &param.elem_offset {
            sizes.entry(var.id).or_insert(PrimExpr::int(0, var.dtype));
        }
    }

    /// A buffer without strides has to be given memory without gaps.
    fn check(&self, param: &Buffer, call: &CallFunc) -> Result<()> {
        if !param.strides.is_empty() {
            return Ok(());
        }
        let dropped = self.dropped(param);
        let shape = &self.shape[dropped..];
        let compact = index::compact_strides(shape);
        for ((extent, have), want) in shape.iter().zip(&self.strides[dropped..]).zip(&compact) {
            let differ = match (have.as_int(), want.as_int()) {
                (Some(have), Some(want)) => have != want,
                (None, None) => false,
                _ => true,
            };
            if differ && !extent.is_int(1) {
                let what =
                    format!("handing memory with gaps to the compact buffer `{}`", param.name);
                return Err(AotError::unsupported(call.span, what));
            }
        }
        Ok(())
    }
}
