//! Functions: signature, memory, body.

use crate::c::analysis::Facts;
use crate::c::bounds::Bounds;
use crate::c::ctype::{Kind, c_type, is_half, kind_of};
use crate::c::expr::CExpr;
use crate::c::literal::{comment_text, int_literal};
use crate::c::memory::Plan;
use crate::c::module::ModulePrinter;
use crate::c::names::NameTable;
use crate::c::prelude::Needs;
use crate::error::{AotError, Result};
use rustc_hash::{FxHashMap, FxHashSet};
use tirade_ir::subst::buffer_vars;
use tirade_ir::visit::any_expr;
use tirade_ir::{
    AttrValue, Buffer, DType, ParamKind, PrimExpr, PrimFunc, Span, Symbol, Var, VarId,
};

/// What callers of a printed function have to know.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The C name.
    pub c_name: String,
    /// Sizes that are parameters of the C function behind the script's parameters.
    pub sizes: Vec<Var>,
    /// Bytes of workspace, its own and its callees'.
    pub workspace: u64,
    /// It takes more workspace, whose size follows from its arguments.
    pub sized_workspace: bool,
    /// It gives a status: 0, or what went wrong. A result is then written through a pointer.
    pub can_fail: bool,
    /// Type of the result; void if there is none.
    pub ret_dtype: DType,
}

impl Signature {
    /// C type of what the function returns.
    pub fn c_return(&self) -> &'static str {
        match (self.can_fail, c_type(self.ret_dtype)) {
            (true, _) => "int32_t",
            (false, Some(c_type)) => c_type,
            (false, None) => "void",
        }
    }

    /// True if the caller gives it memory to work in.
    pub fn takes_workspace(&self) -> bool {
        self.workspace > 0 || self.sized_workspace
    }

    /// True if the result is written through a pointer.
    pub fn result_by_pointer(&self) -> bool {
        self.can_fail && !self.ret_dtype.is_void()
    }
}

/// Variables in shapes, strides and offsets of buffer parameters that are no parameters.
pub fn size_vars(func: &PrimFunc) -> Vec<Var> {
    let mut sizes: Vec<Var> = Vec::new();
    for var in func.buffers().flat_map(buffer_vars) {
        if !func.params.iter().any(|p| p.var == var) && !sizes.contains(&var) {
            sizes.push(var);
        }
    }
    sizes
}

/// Memory that printed code knows by a name.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The C name of the pointer, array or variable.
    pub name: String,
    /// Type of the elements it is declared with.
    pub element: DType,
    /// A variable, not something with a subscript.
    pub is_scalar: bool,
}

/// Something to free when its scope is left.
#[derive(Clone, Debug)]
pub struct HeapBlock {
    /// The C name of the pointer.
    pub name: String,
    /// How many loops are around it.
    pub loop_depth: usize,
}

/// Prints one function.
pub struct FuncPrinter<'a> {
    pub(super) module: &'a ModulePrinter<'a>,
    pub(super) func: &'a PrimFunc,
    pub(super) facts: &'a Facts,
    pub(super) plan: &'a Plan,
    pub(super) signature: &'a Signature,
    pub(super) needs: Needs,
    pub(super) bounds: Bounds,
    pub(super) names: NameTable,
    pub(super) vars: FxHashMap<VarId, String>,
    pub(super) memory: FxHashMap<VarId, Memory>,
    pub(super) heap: Vec<HeapBlock>,
    pub(super) loop_depth: usize,
    /// Name of the parameter for the workspace and of the one for the result.
    pub(super) workspace: String,
    pub(super) result: String,
    pub(super) out: String,
    pub(super) indent: usize,
    /// Arrays of constants and bodies of parallel loops, printed in front of the function.
    pub(super) constants: String,
    /// Names of arrays of constants: they need not be handed to anybody.
    pub(super) constant_arrays: Vec<String>,
    /// Bytes of the workspace that are its own; callees get what is behind them.
    pub(super) own_workspace: u64,
    /// Inside the body of a loop that threads share.
    pub(super) in_parallel: bool,
    /// The next loop is one that OpenMP shares.
    pub(super) in_openmp: bool,
    /// Inside the offset of an access: arithmetic that passes added to make it does not overflow,
    /// because the access lies in memory.
    pub(super) in_offset: bool,
    /// The script's line that the last comment showed.
    commented: Option<usize>,
    /// Vector stores go past the caches.
    pub(super) streams: bool,
}

/// A printed function.
pub struct PrintedFunc {
    /// Declaration without the semicolon.
    pub prototype: String,
    /// Declaration of the function that gives its workspace's size, if that is not a constant.
    pub workspace_size: Option<String>,
    /// Constants and definition.
    pub definition: String,
    /// What it needs in front of it.
    pub needs: Needs,
}

/// Longest line that a signature is printed on.
const LINE: usize = 100;

impl<'a> FuncPrinter<'a> {
    /// A printer for `func`, which has been lowered.
    pub fn new(module: &'a ModulePrinter<'a>, func: &'a PrimFunc) -> FuncPrinter<'a> {
        FuncPrinter {
            module,
            func,
            facts: &module.facts.functions[&func.name],
            plan: &module.plans[&func.name],
            signature: &module.signatures[&func.name],
            needs: Needs::default(),
            bounds: Bounds::default(),
            names: NameTable::new(module.signatures.values().map(|s| s.c_name.clone())),
            vars: FxHashMap::default(),
            memory: FxHashMap::default(),
            heap: Vec::new(),
            loop_depth: 0,
            workspace: String::new(),
            result: String::new(),
            out: String::new(),
            indent: 1,
            constants: String::new(),
            constant_arrays: Vec::new(),
            own_workspace: module.plans[&func.name].workspace,
            in_parallel: false,
            in_openmp: false,
            in_offset: false,
            commented: None,
            streams: false,
        }
    }

    /// A printer for a part of this function that becomes a function of its own.
    pub(super) fn nested_printer(&self, names: NameTable) -> FuncPrinter<'a> {
        FuncPrinter {
            needs: Needs::default(),
            bounds: self.bounds.clone(),
            names,
            vars: self.vars.clone(),
            memory: self.memory.clone(),
            constant_arrays: self.constant_arrays.clone(),
            in_parallel: true,
            streams: self.streams,
            ..FuncPrinter::new(self.module, self.func)
        }
    }

    /// Prints the function.
    pub fn print(mut self) -> Result<PrintedFunc> {
        let params = self.parameters()?;
        let prototype = self.prototype(&params);
        self.names.push_scope();
        self.body()?;
        self.unused_parameters();
        let size = self.workspace_size()?;
        let mut definition = self.constants.clone();
        definition += size.as_ref().map_or("", |(_, text)| text);
        definition += &self.header_comment();
        definition += &format!("{prototype} {{\n{}}}\n", self.out);
        let workspace_size = size.map(|(prototype, _)| prototype);
        Ok(PrintedFunc { prototype, workspace_size, definition, needs: self.needs })
    }

    /// The C declarations of all parameters, which get their names here.
    pub(super) fn parameters(&mut self) -> Result<Vec<String>> {
        let mut declarations = Vec::new();
        let func = self.func;
        for param in &func.params {
            let declaration = match &param.kind {
                ParamKind::Scalar => self.scalar_parameter(param.var, param.span)?,
                ParamKind::Buffer(b) => {
                    self.pointer_parameter(b.data, b.name, b.dtype.element(), param.span)?
                }
                ParamKind::Pointer(pointer) => {
                    let seen = self.facts.accessed_as.get(&param.var.id);
                    let one = seen.filter(|t| t.len() == 1).map(|t| t[0]);
                    let element = pointer.map(|p| p.element.element()).or(one);
                    let element = element.unwrap_or(DType::UINT8);
                    self.pointer_parameter(param.var, param.var.name, element, param.span)?
                }
            };
            // The parameter of a buffer is its pointer too.
            if let Some(memory) = param.buffer().and_then(|b| self.memory.get(&b.data.id)) {
                self.memory.insert(param.var.id, memory.clone());
            }
            declarations.push(declaration);
        }
        for var in self.signature.sizes.clone() {
            declarations.push(self.scalar_parameter(var, func.span)?);
        }
        if self.signature.takes_workspace() {
            self.workspace = self.names.fresh("workspace");
            let restrict = if self.noalias() { "restrict " } else { "" };
            declarations.push(format!("unsigned char *{restrict}{}", self.workspace));
        }
        if self.signature.result_by_pointer() {
            self.result = self.names.fresh("result");
            let c_type = c_type(self.signature.ret_dtype).expect("a result with a C type");
            declarations.push(format!("{c_type} *{}", self.result));
        }
        Ok(declarations)
    }

    fn scalar_parameter(&mut self, var: Var, span: Span) -> Result<String> {
        let Some(c_type) = c_type(var.dtype) else {
            let what = format!("a parameter of type `{}`", var.dtype);
            return Err(AotError::unsupported(span, what));
        };
        let name = self.names.fresh(var.name.as_str());
        self.vars.insert(var.id, name.clone());
        Ok(format!("{c_type} {name}"))
    }

    fn pointer_parameter(
        &mut self,
        data: Var,
        name: Symbol,
        element: DType,
        span: Span,
    ) -> Result<String> {
        let Some(c_type) = c_type(element) else {
            let what = format!("a buffer of type `{element}`");
            return Err(AotError::unsupported(span, what));
        };
        let name = self.names.fresh(name.as_str());
        let konst = if self.facts.written.contains(&data.id) { "" } else { "const " };
        let restrict = if self.noalias() { "restrict " } else { "" };
        self.vars.insert(data.id, name.clone());
        self.memory.insert(data.id, Memory { name: name.clone(), element, is_scalar: false });
        Ok(format!("{konst}{c_type} *{restrict}{name}"))
    }

    /// Whether C may rely on buffers not overlapping: yes, unless the function says no, or a call
    /// hands it parts of the same memory.
    pub(super) fn noalias(&self) -> bool {
        noalias(self.func) && !self.module.facts.shared.contains(&self.func.name)
    }

    fn prototype(&self, params: &[String]) -> String {
        let linkage = if self.func.private { "static " } else { "" };
        let start = format!("{linkage}{} {}(", self.signature.c_return(), self.signature.c_name);
        match params.is_empty() {
            true => format!("{start}void)"),
            false => self.break_list(start, params),
        }
    }

    /// `start` and parameters behind it, on as many lines as that takes.
    pub(super) fn break_list(&self, start: String, params: &[String]) -> String {
        let list = params.join(", ");
        if start.len() + list.len() < LINE {
            return format!("{start}{list})");
        }
        let mut text = start;
        let mut width = text.len();
        for (i, param) in params.iter().enumerate() {
            let end = if i + 1 == params.len() { ")" } else { "," };
            if i > 0 && width + param.len() + 2 > LINE {
                text += "\n    ";
                width = 4;
            } else if i > 0 {
                text.push(' ');
            }
            text += param;
            text += end;
            width += param.len() + 2;
        }
        text
    }

    /// `(void)x;` in front of the body for parameters that it does not mention.
    fn unused_parameters(&mut self) {
        let code = self.out.lines().filter(|line| !line.trim_start().starts_with("/*"));
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words: FxHashSet<&str> =
            code.flat_map(|line| line.split(move |c| !is_name(c))).collect();
        let params = self.func.params.iter().map(|p| p.buffer().map_or(p.var, |b| b.data));
        let mut unused = String::new();
        for var in params.chain(self.signature.sizes.iter().copied()) {
            let name = &self.vars[&var.id];
            if !words.contains(name.as_str()) {
                unused += &format!("  (void){name};\n");
            }
        }
        let named = [&self.workspace, &self.result];
        for name in named.into_iter().filter(|n| !n.is_empty()) {
            if !words.contains(name.as_str()) {
                unused += &format!("  (void){name};\n");
            }
        }
        self.out.insert_str(0, &unused);
    }

    fn body(&mut self) -> Result<()> {
        let func = self.func;
        self.sized_places()?;
        self.stmt(&func.body)?;
        let returns = matches!(func.body.as_slice().last(), Some(tirade_ir::Stmt::Return(_)));
        if !returns && (self.signature.can_fail || !self.signature.ret_dtype.is_void()) {
            self.line("return 0;");
        }
        Ok(())
    }

    /// Pointers to memory in the workspace whose size follows from the arguments, one behind the
    /// other.
    fn sized_places(&mut self) -> Result<()> {
        let plan = self.plan;
        let mut at = match self.signature.workspace {
            0 => self.workspace.clone(),
            own => format!("{} + {own}", self.workspace),
        };
        for buffer in &plan.sized {
            let element = buffer.dtype.element();
            let Some(c_type) = c_type(element) else {
                let what = format!("a buffer of type `{}`", buffer.dtype);
                return Err(AotError::unsupported(buffer.span, what));
            };
            let name = self.names.fresh(buffer.name.as_str());
            let pointer = if at.contains(' ') { format!("({at})") } else { at };
            self.line(&format!("{c_type} *const {name} = ({c_type} *)(void *){pointer};"));
            at = format!("(unsigned char *){name} + {}", self.room(buffer)?);
            self.vars.insert(buffer.data.id, name.clone());
            self.memory.insert(buffer.data.id, Memory { name, element, is_scalar: false });
        }
        Ok(())
    }

    /// The bytes that memory of a size known at run time takes of the workspace.
    fn room(&mut self, buffer: &Buffer) -> Result<String> {
        let len = self.run_time_len(buffer)?;
        let room = self.needs.helper("tir_room");
        Ok(format!("{room}({len}, {})", buffer.dtype.element().bytes()))
    }

    /// The number of elements of a compact buffer, as C that cannot overflow.
    pub(super) fn run_time_len(&mut self, buffer: &Buffer) -> Result<String> {
        let constants = buffer.shape.iter().filter_map(PrimExpr::as_int);
        let constant = constants.fold(i128::from(buffer.dtype.lanes()), |n, e| {
            n.saturating_mul(e.clamp(0, i64::MAX.into()))
        });
        let constant = constant.min(u64::MAX.into());
        let mut len = match i32::try_from(constant) {
            Ok(small) => small.to_string(),
            Err(_) => int_literal(constant, DType::UINT64),
        };
        for extent in buffer.shape.iter().filter(|e| e.as_int().is_none()) {
            let extent = self.expr(extent)?;
            let helper = self.needs.helper("tir_extent");
            len = format!("{helper}({len}, {})", extent.text);
        }
        Ok(len)
    }

    /// The function that tells how much workspace this one takes, if that is not a constant:
    /// declaration and definition.
    fn workspace_size(&mut self) -> Result<Option<(String, String)>> {
        let plan = self.plan;
        if plan.sized.is_empty() {
            return Ok(None);
        }
        let scalars = self.func.params.iter().filter(|p| matches!(p.kind, ParamKind::Scalar));
        let vars: Vec<Var> =
            scalars.map(|p| p.var).chain(self.signature.sizes.iter().copied()).collect();
        let mut body = String::new();
        let mut params = Vec::new();
        for var in &vars {
            let name = self.vars[&var.id].clone();
            let c_type = c_type(var.dtype).unwrap_or("int64_t");
            params.push(format!("{c_type} {name}"));
            let used = |b: &Buffer| any_expr(&*b.shape, |e| *e == PrimExpr::from(*var));
            if !plan.sized.iter().any(used) {
                body += &format!("  (void){name};\n");
            }
        }
        let own = self.signature.workspace;
        let mut parts = if own > 0 { vec![own.to_string()] } else { Vec::new() };
        for buffer in &plan.sized {
            parts.push(self.room(buffer)?);
        }
        let sum = parts.join(" + ");
        let prototype =
            format!("uint64_t {}_workspace_size({})", self.signature.c_name, params.join(", "));
        let lines = wrap_line(&sum, LINE - 10).join("\n      ");
        let text = format!("{prototype} {{\n{body}  return {lines};\n}}\n\n");
        Ok(Some((prototype, text)))
    }

    /// The script's line that defines the function.
    fn header_comment(&self) -> String {
        match self.module.source_line(self.func.span) {
            Some((_, line)) => format!("/* {} */\n", comment_text(&line)),
            None => String::new(),
        }
    }

    /// Adds a line; where people are to read it, as several if it is long.
    pub(super) fn line(&mut self, text: &str) {
        let wrap = self.module.options.sources.is_some();
        let lines = if wrap {
            wrap_line(text, LINE.saturating_sub(2 * self.indent).max(LINE / 2))
        } else {
            vec![text]
        };
        for (i, text) in lines.into_iter().enumerate() {
            let indent = if i == 0 { self.indent } else { self.indent + 2 };
            (0..indent).for_each(|_| self.out.push_str("  "));
            self.out.push_str(text);
            self.out.push('\n');
        }
    }

    /// The script's line of a statement as a comment, unless the statement before came from it too.
    pub(super) fn source_comment(&mut self, span: Span) {
        let Some((line, text)) = self.module.source_line(span) else { return };
        if self.commented != Some(line) {
            self.commented = Some(line);
            let text = comment_text(&text);
            self.out.push_str(&"  ".repeat(self.indent));
            self.out.push_str(&format!("/* {text} */\n"));
        }
    }

    /// The C value of a variable.
    pub(super) fn variable(&mut self, var: Var) -> Result<CExpr> {
        if var.dtype.is_handle() {
            let root = self.facts.root(var.id);
            if let Some(memory) = self.memory.get(&var.id).or(self.memory.get(&root)) {
                return Ok(CExpr::primary(memory.name.clone(), Kind::Pointer));
            }
        }
        match self.vars.get(&var.id) {
            Some(name) => Ok(CExpr::primary(name.clone(), kind_of(var.dtype))),
            None => {
                let what = format!("the variable `{}`, which nothing defines here,", var.name);
                Err(AotError::unsupported(self.func.span, what))
            }
        }
    }

    /// Declares a constant of `var`'s type with a name of its own.
    pub(super) fn declare_var(&mut self, var: Var, span: Span) -> Result<String> {
        let Some(c_type) = c_type(var.dtype) else {
            let what = format!("a variable of type `{}`", var.dtype);
            return Err(AotError::unsupported(span, what));
        };
        let name = self.names.fresh(var.name.as_str());
        self.vars.insert(var.id, name.clone());
        debug_assert!(!is_half(var.dtype) || c_type == "uint16_t");
        Ok(format!("const {c_type} {name}"))
    }
}

/// A statement on lines of at most `width` columns where that can be: it is broken at spaces,
/// preferably where it is nested least.
fn wrap_line(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.len() > width && !rest.starts_with(['#', '/']) {
        let (mut depth, mut quoted) = (0, false);
        let mut best: Option<(i32, usize)> = None;
        for (at, byte) in rest.bytes().enumerate().take(width) {
            match byte {
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                b' ' if at > width / 3 && best.is_none_or(|(least, _)| depth <= least) => {
                    best = Some((depth, at));
                }
                _ => {}
            }
        }
        let Some((_, at)) = best else { break };
        lines.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    lines.push(rest);
    lines
}

/// Whether a function promises that its buffers do not overlap: yes, unless it says no.
pub fn noalias(func: &PrimFunc) -> bool {
    let said = ["tirx.noalias", "tir.noalias"].iter().find_map(|key| func.attrs.get(key));
    match said {
        Some(AttrValue::Bool(value)) => *value,
        Some(AttrValue::Int(value)) => *value != 0,
        Some(AttrValue::Expr(e)) => !e.is_int(0),
        _ => true,
    }
}
