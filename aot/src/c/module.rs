//! Modules: one C file for all functions, and what a caller has to know about it.

use crate::c::analysis::ModuleFacts;
use crate::c::checked::{ARENA, CheckedEntry};
use crate::c::ctype::{c_type, suffix};
use crate::c::func::{FuncPrinter, PrintedFunc, Signature, size_vars};
use crate::c::memory::{MemoryOptions, Plan, plan};
use crate::c::names::{NameTable, sanitize_function};
use crate::c::parallel::LEAST_WORK;
use crate::c::prelude::Needs;
use crate::error::{AotError, Result};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;
use tirade_ir::stmt::AssertStmt;
use tirade_ir::visit::for_each_stmt;
use tirade_ir::{
    Buffer, Code, DType, Diagnostic, IRModule, ParamKind, PrimFunc, SourceMap, Span, Stmt, Symbol,
    Var, VarId,
};

/// Status of a function that found no memory; assertions count from 1.
pub const STATUS_NO_MEMORY: i32 = -1;

/// What printed functions and the entries that check arguments return.
#[derive(Clone, Copy, Debug)]
pub struct Status;

impl Status {
    /// Names in C and values. Assertions count from 1.
    pub const ALL: &[(&str, i32)] = &[
        ("TIR_OK", 0),
        ("TIR_NO_MEMORY", STATUS_NO_MEMORY),
        ("TIR_NULL", -2),
        ("TIR_TOO_SMALL", -3),
        ("TIR_MISALIGNED", -4),
        ("TIR_OVERLAP", -5),
    ];
}

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
    /// Parallel loops of less work are ordinary ones; in executed expression nodes.
    pub parallel_work: u64,
    /// Print entries with a uniform interface, see [`Entry`].
    pub entries: bool,
    /// Largest allocation in bytes.
    pub alloc_limit: u64,
    /// The scripts, for comments.
    pub sources: Option<&'a SourceMap>,
    /// A header of the module's own, which brings the headers of the C library and declares the
    /// public functions.
    pub header: Option<&'a str>,
    /// Do without the C library, `<math.h>` and what C compilers bring themselves aside.
    pub freestanding: bool,
    /// What memory may be used.
    pub memory: MemoryOptions,
    /// Constants of at least so many bytes go to a file of their own.
    pub data_file: Option<u64>,
    /// Entries that check arguments share a static array as workspace.
    pub static_workspace: bool,
}

impl PrintOptions<'_> {
    /// For this machine: what [`Entry`] says, with all that GNU C offers.
    pub fn native(alloc_limit: u64) -> PrintOptions<'static> {
        PrintOptions {
            gnu: true,
            parallel: Parallel::Pthreads,
            parallel_work: LEAST_WORK,
            entries: true,
            alloc_limit,
            sources: None,
            header: None,
            freestanding: false,
            memory: MemoryOptions::default(),
            data_file: None,
            static_workspace: false,
        }
    }
}

/// A constant that is defined in a file of its own.
#[derive(Clone, Debug)]
pub struct DataArray {
    /// For the file that uses it.
    pub declaration: String,
    /// For the file that has it.
    pub definition: String,
}

/// What a caller has to know about a public function.
#[derive(Clone, Debug)]
pub struct Prototype {
    /// The function in the script.
    pub func: Symbol,
    /// Declaration without the semicolon.
    pub text: String,
    /// Declaration of the function that tells how much workspace it takes, if that is no constant.
    pub workspace_size: Option<String>,
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
    /// The public functions.
    pub prototypes: Vec<Prototype>,
    /// Headers of the C library that it uses.
    pub headers: BTreeSet<&'static str>,
    /// Constants that the file leaves to another one.
    pub data: Vec<DataArray>,
    /// The file with the entries that check arguments; empty without a header of its own.
    pub checked_text: String,
    /// Those entries.
    pub checked: Vec<CheckedEntry>,
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
    data: RefCell<Vec<DataArray>>,
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
            let shared = (options.parallel != Parallel::None).then_some(options.parallel_work);
            let is_called = facts.is_called(func.name);
            let own = &facts.functions[&func.name];
            let plan = plan(func, own, &options.memory, is_called, recursive, shared);
            let wanted =
                if func.name.as_str() == "main" { "main_kernel" } else { func.name.as_str() };
            let signature = Signature {
                c_name: globals.fresh(&sanitize_function(wanted)),
                sizes: size_vars(func),
                workspace: 0,
                sized_workspace: !plan.sized.is_empty(),
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
            data: RefCell::default(),
        };
        for func in module.functions() {
            let bytes = printer.workspace_of(func.name, 0);
            let callees = &printer.plans[&func.name].shared_callees;
            let shares = callees.iter().any(|callee| printer.workspace_of(*callee, 0) > 0);
            let signature = printer.signatures.get_mut(&func.name).expect("every function has one");
            signature.workspace = bytes;
            // A thread may find no memory for what it calls.
            signature.can_fail |= shares;
        }
        printer.propagate_failure();
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

    /// The script's line on which `span` begins: its number and its text.
    pub fn source_line(&self, span: Span) -> Option<(usize, String)> {
        let file = self.options.sources?.file_of(span)?;
        let line = file.line_col(span.lo).line;
        Some((line as usize, file.line_text(line).to_string()))
    }

    /// Leaves a constant to the file for data.
    pub fn add_data(&self, declaration: String, definition: String) {
        self.data.borrow_mut().push(DataArray { declaration, definition });
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
        let (checked, checked_text) = self.checked_entries()?;
        let mut entries = FxHashMap::default();
        let mut entry_text = String::new();
        if self.options.entries {
            for func in self.module.functions() {
                let (entry, text) = self.entry(func, &mut needs)?;
                entries.insert(func.name, entry);
                entry_text += &text;
            }
        }
        if self.options.freestanding {
            needs = needs.freestanding();
        }
        let headers = needs.headers();
        let includes: Vec<String> = match self.options.header {
            Some(own) => {
                let others = headers.iter().filter(|h| **h != "stdint.h");
                let own = std::iter::once(format!("#include \"{own}\"\n"));
                own.chain(others.map(|h| format!("#include <{h}>\n"))).collect()
            }
            None => headers.iter().map(|h| format!("#include <{h}>\n")).collect(),
        };
        let mut text = includes.concat() + "\n";
        if self.options.header.is_some() {
            text += needs.no_contraction();
        }
        let data = self.data.into_inner();
        data.iter().for_each(|array| text += &array.declaration);
        let helpers = needs.definitions();
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        if !helpers.is_empty() {
            text += &helpers;
            text.push('\n');
        }
        let mut prototypes = Vec::new();
        // Functions may call each other in any order; public ones are declared in the header.
        for (func, result) in &printed {
            if !func.private {
                prototypes.push(Prototype {
                    func: func.name,
                    text: result.prototype.clone(),
                    workspace_size: result.workspace_size.clone(),
                });
            }
            if printed.len() > 1 && (func.private || self.options.header.is_none()) {
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
        let signatures = self.signatures;
        Ok(CModule {
            text,
            prototypes,
            headers,
            data,
            checked_text,
            checked,
            entries,
            signatures,
            assertions,
        })
    }

    /// The entries that check arguments, and the file with them.
    fn checked_entries(&self) -> Result<(Vec<CheckedEntry>, String)> {
        let Some(header) = self.options.header else { return Ok(Default::default()) };
        let mut needs = Needs::default();
        let mut entries = Vec::new();
        for func in self.module.functions().filter(|f| !f.private) {
            let (entry, needed) = FuncPrinter::new(self, func).checked_entry()?;
            needs.merge(&needed);
            entries.push(entry);
        }
        let mut text = format!("#include \"{header}\"\n\n");
        let helpers = needs.definitions();
        if !helpers.is_empty() {
            text += &format!("{helpers}\n");
        }
        let constant = self.signatures.values().filter(|s| !s.sized_workspace);
        let arena = constant.map(|s| s.workspace).max().unwrap_or(0);
        if self.options.static_workspace && arena > 0 {
            text += &format!(
                "/* Memory that the functions work in, one at a time. */\nstatic union {{\n  \
                 unsigned char bytes[{arena}];\n  uint64_t alignment;\n}} {ARENA};\n\n"
            );
        }
        let definitions: Vec<&str> = entries.iter().map(|e| e.text.as_str()).collect();
        text += &definitions.join("\n");
        Ok((entries, text))
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
        debug_assert!(!signature.sized_workspace, "entries go with a heap");
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
