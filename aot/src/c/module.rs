//! Modules: one C file for all functions, and what a caller has to know about it.

use crate::c::analysis::ModuleFacts;
use crate::c::ctype::{c_type, suffix};
use crate::c::func::{FuncPrinter, PrintedFunc, Signature, size_vars};
use crate::c::memory::{Plan, plan};
use crate::c::names::{NameTable, sanitize_function};
use crate::c::prelude::Needs;
use crate::error::{AotError, Result};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use tirade_ir::stmt::AssertStmt;
use tirade_ir::visit::for_each_stmt;
use tirade_ir::{
    Buffer, Code, DType, Diagnostic, IRModule, ParamKind, PrimFunc, SourceMap, Span, Stmt, Symbol,
    Var, VarId,
};

/// Status of a function that found no memory; assertions count from 1.
pub const STATUS_NO_MEMORY: i32 = -1;

/// What runs parallel loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Parallel {
    /// One thread.
    None,
    /// A pool of threads that is printed with the code.
    #[default]
    Pthreads,
    /// OpenMP.
    OpenMp,
}

/// How to print.
#[derive(Clone, Debug)]
pub struct PrintOptions<'a> {
    /// For GNU C: loop pragmas.
    pub gnu: bool,
    /// What runs parallel loops.
    pub parallel: Parallel,
    /// Print entries with a uniform interface, see [`Entry`].
    pub entries: bool,
    /// Largest allocation in bytes.
    pub alloc_limit: u64,
    /// The scripts, for comments.
    pub sources: Option<&'a SourceMap>,
}

/// An assertion of the program: what a status means.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Where.
    pub span: Span,
    /// What to report.
    pub message: String,
}

/// How to call a function by its entry, whose C type is
/// `int32_t (void *const *buffers, const int64_t *scalars, void *result)`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The symbol.
    pub symbol: String,
    /// How many buffers and pointers it takes.
    pub buffers: usize,
    /// Scalar parameters and sizes in the order of `scalars`: integers as they are, floats by
    /// their bits.
    pub scalars: Vec<Var>,
    /// Type of `*result`; void if there is none.
    pub ret_dtype: DType,
}

/// A printed module.
#[derive(Clone, Debug)]
pub struct CModule {
    /// The C file.
    pub text: String,
    /// Declarations of the public functions.
    pub prototypes: Vec<String>,
    /// Entries by function.
    pub entries: FxHashMap<Symbol, Entry>,
    /// Signatures by function.
    pub signatures: FxHashMap<Symbol, Signature>,
    /// Assertions in the order of their status, from 1.
    pub assertions: Vec<Assertion>,
}

/// Prints a module.
pub struct ModulePrinter<'a> {
    /// The module, lowered.
    pub module: &'a IRModule,
    /// Facts about its functions.
    pub facts: ModuleFacts,
    /// Places of allocations.
    pub plans: FxHashMap<Symbol, Plan>,
    /// What callers have to know.
    pub signatures: FxHashMap<Symbol, Signature>,
    /// How to print.
    pub options: &'a PrintOptions<'a>,
    globals: RefCell<NameTable>,
    assertions: RefCell<Vec<Assertion>>,
}

/// Prints a lowered module as C.
pub fn print_module(module: &IRModule, options: &PrintOptions) -> Result<CModule> {
    let printer = ModulePrinter::new(module, options);
    printer.check_allocations()?;
    printer.print()
}

impl<'a> ModulePrinter<'a> {
    fn new(module: &'a IRModule, options: &'a PrintOptions<'a>) -> ModulePrinter<'a> {
        let facts = ModuleFacts::of(module);
        let mut globals = NameTable::new([]);
        let mut plans = FxHashMap::default();
        let mut signatures = FxHashMap::default();
        for func in module.functions() {
            let recursive = facts.recursive.contains(&func.name);
            let distribute = options.parallel != Parallel::None;
            let plan = plan(func, &facts.functions[&func.name], recursive, distribute);
            let wanted =
                if func.name.as_str() == "main" { "main_kernel" } else { func.name.as_str() };
            let signature = Signature {
                c_name: globals.fresh(&sanitize_function(wanted)),
                sizes: size_vars(func),
                workspace: 0,
                can_fail: facts.functions[&func.name].asserts
                    || plan.uses_heap()
                    || !plan.scratch.is_empty(),
                ret_dtype: func.ret_dtype,
            };
            plans.insert(func.name, plan);
            signatures.insert(func.name, signature);
        }
        let mut printer = ModulePrinter {
            module,
            facts,
            plans,
            signatures,
            options,
            globals: RefCell::new(globals),
            assertions: RefCell::default(),
        };
        printer.propagate_failure();
        for func in module.functions() {
            let bytes = printer.workspace_of(func.name, 0);
            printer.signatures.get_mut(&func.name).expect("every function has one").workspace =
                bytes;
        }
        printer
    }

    /// A function that calls one that can fail can fail.
    fn propagate_failure(&mut self) {
        loop {
            let mut changed = false;
            for func in self.module.functions() {
                let calls = &self.facts.functions[&func.name].calls;
                let fails =
                    |callee: &Symbol| self.signatures.get(callee).is_some_and(|s| s.can_fail);
                let can_fail = calls.iter().any(|(callee, _)| fails(callee));
                let signature =
                    self.signatures.get_mut(&func.name).expect("every function has one");
                if can_fail && !signature.can_fail {
                    signature.can_fail = true;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Own workspace and the largest of the callees'. Recursive functions have none of their own.
    fn workspace_of(&self, name: Symbol, depth: usize) -> u64 {
        let own = self.plans.get(&name).map_or(0, |p| p.workspace);
        if depth > self.module.len() {
            return own;
        }
        let calls = self.facts.functions.get(&name).map_or(&[][..], |f| &f.calls);
        let callees = calls.iter().map(|(callee, _)| self.workspace_of(*callee, depth + 1));
        own + callees.max().unwrap_or(0)
    }

    /// Allocations of constant size are held against the limit before anything runs.
    fn check_allocations(&self) -> Result<()> {
        let mut error = None;
        let limit = self.options.alloc_limit;
        for func in self.module.functions() {
            for_each_stmt(&**func, |stmt| {
                let Stmt::AllocBuffer(alloc) = stmt else { return };
                let constant = alloc.buffer.shape.iter().all(|e| e.as_int().is_some());
                let bytes = crate::c::memory::constant_len(&alloc.buffer)
                    .and_then(|n| n.checked_mul(alloc.buffer.dtype.element().bytes() as u64));
                if constant && bytes.is_none_or(|b| b > limit) {
                    let name = alloc.buffer.name;
                    let size = bytes.map_or("more than 2^64".to_string(), |b| b.to_string());
                    let message = format!(
                        "`{name}` takes {size} bytes, the limit of an allocation is {limit}"
                    );
                    error.get_or_insert(Diagnostic::error(Code::ALLOC, alloc.span, message));
                }
            });
        }
        match error {
            Some(diagnostic) => Err(AotError::Unsupported(Box::new(diagnostic))),
            None => Ok(()),
        }
    }

    /// The script's line on which `span` begins.
    pub fn source_line(&self, span: Span) -> Option<String> {
        let file = self.options.sources?.file_of(span)?;
        Some(file.line_text(file.line_col(span.lo).line).to_string())
    }

    /// A name of its own for something outside functions.
    pub fn fresh_global(&self, wanted: &str) -> String {
        self.globals.borrow_mut().fresh(wanted)
    }

    /// The status for an assertion.
    pub fn assertion(&self, assert: &AssertStmt) -> i32 {
        let mut all = self.assertions.borrow_mut();
        all.push(Assertion { span: assert.span, message: assert.message.concat() });
        all.len() as i32
    }

    /// The buffer that introduces the memory of a pointer.
    pub fn buffer_of(&self, func: &PrimFunc, data: VarId) -> Option<Buffer> {
        let param = func
            .params
            .iter()
            .find_map(|p| p.buffer().filter(|b| b.data.id == data || p.var.id == data));
        let mut found = param.cloned();
        for_each_stmt(&func.body, |stmt| match stmt {
            Stmt::AllocBuffer(s) if s.buffer.data.id == data && found.is_none() => {
                found = Some(s.buffer.clone());
            }
            _ => {}
        });
        found
    }

    fn print(self) -> Result<CModule> {
        let mut needs = Needs::default();
        let mut printed: Vec<(&PrimFunc, PrintedFunc)> = Vec::new();
        for func in self.module.functions() {
            let func: &PrimFunc = func;
            let result = FuncPrinter::new(&self, func).print()?;
            needs.merge(&result.needs);
            printed.push((func, result));
        }
        let mut entries = FxHashMap::default();
        let mut entry_text = String::new();
        if self.options.entries {
            for func in self.module.functions() {
                let (entry, text) = self.entry(func, &mut needs)?;
                entries.insert(func.name, entry);
                entry_text += &text;
            }
        }
        let mut text = needs.includes();
        text.push('\n');
        let helpers = needs.definitions();
        if !helpers.is_empty() {
            text += &helpers;
            text.push('\n');
        }
        let mut prototypes = Vec::new();
        // Functions may call each other in any order; public ones are declared in the header.
        for (func, result) in &printed {
            if !func.private {
                prototypes.push(result.prototype.clone());
            }
            if printed.len() > 1 && (func.private || self.options.entries) {
                text += &format!("{};\n", result.prototype);
            }
        }
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        let definitions: Vec<&str> = printed.iter().map(|(_, r)| r.definition.as_str()).collect();
        text += &definitions.join("\n");
        text += &entry_text;
        let assertions = self.assertions.into_inner();
        Ok(CModule { text, prototypes, entries, signatures: self.signatures, assertions })
    }

    /// The uniform entry of a function.
    fn entry(&self, func: &PrimFunc, needs: &mut Needs) -> Result<(Entry, String)> {
        let signature = &self.signatures[&func.name];
        let symbol = format!("tir_entry_{}", signature.c_name);
        let mut scalars: Vec<Var> = Vec::new();
        let mut args: Vec<String> = Vec::new();
        let mut buffers = 0;
        for param in &func.params {
            match &param.kind {
                ParamKind::Scalar => {
                    args.push(scalar_argument(param.var.dtype, scalars.len(), needs, param.span)?);
                    scalars.push(param.var);
                }
                ParamKind::Buffer(_) | ParamKind::Pointer(_) => {
                    args.push(format!("buffers[{buffers}]"));
                    buffers += 1;
                }
            }
        }
        for var in &signature.sizes {
            args.push(scalar_argument(var.dtype, scalars.len(), needs, func.span)?);
            scalars.push(*var);
        }
        let mut body = String::new();
        if buffers == 0 {
            body += "  (void)buffers;\n";
        }
        if scalars.is_empty() {
            body += "  (void)scalars;\n";
        }
        if signature.ret_dtype.is_void() {
            body += "  (void)result;\n";
        }
        if signature.workspace > 0 {
            let helper = needs.helper("tir_workspace");
            body += &format!(
                "  unsigned char *const workspace = {helper}(UINT64_C({}));\n  \
                 if (workspace == 0) return {STATUS_NO_MEMORY};\n",
                signature.workspace
            );
            args.push("workspace".into());
        }
        let c_name = &signature.c_name;
        let result = c_type(signature.ret_dtype).map(|t| format!("*({t} *)result"));
        let call = |args: &[String]| format!("{c_name}({})", args.join(", "));
        body += &match (signature.can_fail, result) {
            (true, Some(result)) => {
                args.push(result.trim_start_matches('*').to_string());
                format!("  return {};\n", call(&args))
            }
            (true, None) => format!("  return {};\n", call(&args)),
            (false, Some(result)) => format!("  {result} = {};\n  return 0;\n", call(&args)),
            (false, None) => format!("  {};\n  return 0;\n", call(&args)),
        };
        let parameters = "(void *const *buffers, const int64_t *scalars, void *result)";
        let text =
            format!("\nint32_t {symbol}{parameters};\nint32_t {symbol}{parameters} {{\n{body}}}\n");
        let entry = Entry { symbol, buffers, scalars, ret_dtype: signature.ret_dtype };
        Ok((entry, text))
    }
}

/// `scalars[i]` as a value of `dtype`.
fn scalar_argument(dtype: DType, i: usize, needs: &mut Needs, span: Span) -> Result<String> {
    let Some(c_type) = c_type(dtype) else {
        return Err(AotError::unsupported(span, format!("a parameter of type `{dtype}`")));
    };
    if dtype == DType::FLOAT32 || dtype == DType::FLOAT64 {
        let helper = needs.helper(format!("tir_from_bits_{}", suffix(dtype)));
        return Ok(format!("{helper}((uint{}_t)scalars[{i}])", dtype.bits()));
    }
    Ok(format!("({c_type})scalars[{i}]"))
}
