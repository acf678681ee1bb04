//! Parallel loops: the body becomes a function of a part of the iterations, which the pool's
//! threads call.
//!
//! ```text
//! static void f_parallel(int64_t begin, int64_t end, const float *restrict A, …) { for (…) … }
//! static int32_t f_parallel_run(const void *context, int64_t begin, int64_t end) { … }
//! ```
//! The order in which parts run does not matter to a valid program, so the results have the same
//! bits with any number of threads.

use crate::c::ctype::c_type;
use crate::c::func::FuncPrinter;
use crate::c::memory::Place;
use crate::c::module::Parallel;
use crate::c::names::NameTable;
use crate::error::{AotError, Result};
use crate::pass::index;
use rustc_hash::FxHashSet;
use tirade_ir::visit::{
    BufferSite, Visit, Visitor, for_each_callee, for_each_stmt, walk_buffer_def, walk_expr,
};
use tirade_ir::{Buffer, Callee, DType, For, ForKind, PrimExpr, Stmt, Var, VarId};

/// Loops that do less work than this, in executed expression nodes, are not worth waking a thread.
pub const LEAST_WORK: u64 = 20_000;

/// True if the iterations of `l` are given to threads: those of loops of at least `least_work`.
pub fn is_distributed(l: &For, least_work: u64) -> bool {
    l.kind == ForKind::Parallel
        && l.step.as_ref().is_none_or(|s| s.is_int(1))
        && !leaves(&l.body)
        && work(l).is_none_or(|w| w >= least_work)
}

/// True if the body leaves the loop by `break` or `return`.
fn leaves(body: &Stmt) -> bool {
    let mut found = false;
    for_each_stmt(body, |s| found |= matches!(s, Stmt::Break(_) | Stmt::Return(_)));
    found
}

/// Nodes that a loop evaluates, if all extents around them are constant.
fn work(l: &For) -> Option<u64> {
    let extent = u64::try_from(l.extent.as_int()?.max(0)).ok()?;
    extent.checked_mul(stmt_work(&l.body)?)
}

fn stmt_work(stmt: &Stmt) -> Option<u64> {
    let nodes = |e: &PrimExpr| {
        let mut count = 0;
        tirade_ir::visit::for_each_expr(e, |e| {
            let cost = if matches!(e, PrimExpr::Call(_) | PrimExpr::CallFunc(_)) { 10 } else { 1 };
            count += cost * u64::from(e.dtype().lanes());
        });
        count
    };
    match stmt {
        Stmt::Seq(s) => s.stmts.iter().try_fold(0u64, |n, s| n.checked_add(stmt_work(s)?)),
        Stmt::For(l) => work(l),
        Stmt::While(_) | Stmt::Block(_) => None,
        Stmt::If(s) => {
            let other = s.else_case.as_ref().map_or(Some(0), stmt_work)?;
            Some(nodes(&s.condition) + stmt_work(&s.then_case)?.max(other))
        }
        Stmt::Attr(s) => stmt_work(&s.body),
        Stmt::Store(s) => Some(nodes(&s.value) + s.indices.iter().map(nodes).sum::<u64>()),
        Stmt::Bind(s) => Some(nodes(&s.value)),
        Stmt::Evaluate(s) => match &s.value {
            PrimExpr::CallFunc(_) => None,
            value => Some(nodes(value)),
        },
        Stmt::AllocBuffer(_)
        | Stmt::DeclBuffer(_)
        | Stmt::Assert(_)
        | Stmt::Return(_)
        | Stmt::Break(_)
        | Stmt::Continue(_) => Some(1),
    }
}

/// What the body of a loop uses from outside.
struct Captures<'p, 'a> {
    printer: &'p FuncPrinter<'a>,
    bound: FxHashSet<VarId>,
    scalars: Vec<Var>,
    memory: Vec<VarId>,
    calls: bool,
}

impl Captures<'_, '_> {
    fn pointer(&mut self, data: VarId) {
        let root = self.printer.facts.root(data);
        if !self.bound.contains(&root) && !self.memory.contains(&root) {
            self.memory.push(root);
        }
    }
}

impl Visitor for Captures<'_, '_> {
    fn visit_var(&mut self, var: Var) {
        if var.dtype.is_handle() {
            self.pointer(var.id);
        } else if !self.bound.contains(&var.id) && !self.scalars.contains(&var) {
            self.scalars.push(var);
        }
    }

    fn visit_var_def(&mut self, var: Var) {
        self.bound.insert(var.id);
    }

    fn visit_buffer(&mut self, buffer: &Buffer) {
        self.pointer(buffer.data.id);
    }

    fn visit_buffer_def(&mut self, buffer: &Buffer, site: BufferSite) {
        if site == BufferSite::Alloc {
            walk_buffer_def(self, buffer, site);
        }
    }

    fn visit_expr(&mut self, expr: &PrimExpr) {
        if let PrimExpr::CallFunc(call) = expr {
            self.calls |= matches!(call.callee, Callee::Global(_));
        }
        walk_expr(self, expr);
    }
}

impl<'a> FuncPrinter<'a> {
    /// Prints a parallel loop; `false` if it is to be printed as an ordinary one.
    pub(super) fn parallel_loop(&mut self, l: &For) -> Result<bool> {
        let stays = self.in_parallel || self.plan.serial.contains(&l.loop_var.id);
        if stays || !is_distributed(l, self.module.options.parallel_work) {
            return Ok(false);
        }
        match self.module.options.parallel {
            Parallel::None => Ok(false),
            Parallel::OpenMp => {
                if !self.body_can_fail(l) && self.thread_workspace(l) == 0 {
                    self.line("#pragma omp parallel for");
                    self.in_openmp = true;
                }
                Ok(false)
            }
            Parallel::Pthreads => self.distribute(l),
        }
    }

    /// True if something in the loop gives a status.
    fn body_can_fail(&self, l: &For) -> bool {
        let mut fails = false;
        for_each_stmt(&l.body, |s| {
            fails |= match s {
                Stmt::Assert(_) => true,
                Stmt::AllocBuffer(a) => self.plan.place(&a.buffer) == Place::Heap,
                _ => false,
            };
        });
        for_each_callee(&l.body, |name| {
            fails |= self.module.signatures.get(&name).is_some_and(|s| s.can_fail);
        });
        fails
    }

    fn distribute(&mut self, l: &For) -> Result<bool> {
        let (scalars, memory) = self.captures(l);
        if memory.is_empty() {
            return Ok(false);
        }
        let name = self.module.fresh_global(&format!("{}_parallel", self.signature.c_name));
        let can_fail = self.body_can_fail(l);
        let restrict = if self.noalias() { "restrict " } else { "" };
        let mut fields = Vec::new();
        for root in &memory {
            let known = &self.memory[root];
            let c_type = c_type(known.element).unwrap_or("unsigned char");
            let konst = if self.facts.written.contains(root) { "" } else { "const " };
            fields.push((format!("{konst}{c_type} *"), restrict, known.name.clone()));
        }
        for var in &scalars {
            let c_type = c_type(var.dtype).unwrap_or("int64_t");
            fields.push((format!("{c_type} "), "", self.vars[&var.id].clone()));
        }
        let body = self.body_function(l, &name, &fields, can_fail)?;
        self.constants += &body;
        self.call_pool(l, &name, &fields, can_fail || self.thread_workspace(l) > 0)?;
        Ok(true)
    }

    /// Variables and memory that the loop uses from outside, with C names of their own.
    fn captures(&self, l: &For) -> (Vec<Var>, Vec<VarId>) {
        let mut captures = Captures {
            printer: self,
            bound: FxHashSet::from_iter([l.loop_var.id]),
            scalars: Vec::new(),
            memory: Vec::new(),
            calls: false,
        };
        l.body.visit_with(&mut captures);
        let Captures { mut scalars, mut memory, calls, .. } = captures;
        if calls {
            // Sizes of the callees may follow from any of the caller's.
            scalars.extend(
                self.signature
                    .sizes
                    .iter()
                    .filter(|v| !scalars.contains(v))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
        scalars.retain(|v| self.vars.contains_key(&v.id));
        memory.retain(|root| {
            let known = self.memory.get(root);
            known.is_some_and(|m| !self.constant_arrays.contains(&m.name))
        });
        (scalars, memory)
    }

    /// The structure, the body, and the function that the pool calls.
    fn body_function(
        &mut self,
        l: &For,
        name: &str,
        fields: &[(String, &str, String)],
        can_fail: bool,
    ) -> Result<String> {
        let c_return = if can_fail { "int32_t" } else { "void" };
        let globals = self.module.signatures.values().map(|s| s.c_name.clone());
        let mut names = NameTable::new(globals.chain(fields.iter().map(|f| f.2.clone())));
        let (begin, end) = (names.fresh("begin"), names.fresh("end"));
        let mut params = vec![format!("int64_t {begin}"), format!("int64_t {end}")];
        params.extend(fields.iter().map(|(ty, restrict, name)| format!("{ty}{restrict}{name}")));
        let mut inner = self.nested_printer(names);
        inner.own_workspace = self.scratch(l);
        inner.workspace.clear();
        let bytes = self.thread_workspace(l);
        if bytes > 0 {
            inner.workspace = inner.names.fresh("workspace");
            params.push(format!(
                "unsigned char *{}{}",
                if self.noalias() { "restrict " } else { "" },
                inner.workspace
            ));
        }
        inner.chunk_loop(l, &begin, &end)?;
        if can_fail {
            inner.line("return 0;");
        }
        let FuncPrinter { out, constants, needs, .. } = inner;
        self.needs.merge(&needs);
        let mut text = constants;
        text += &format!("struct {name} {{\n");
        fields.iter().for_each(|(ty, _, name)| text += &format!("  {ty}{name};\n"));
        text += &format!("}};\n\nstatic {c_return} {name}({}) {{\n{out}}}\n\n", params.join(", "));
        text += &format!(
            "static int32_t {name}_run(const void *context, int64_t begin, int64_t end) {{\n  \
             const struct {name} *const c = (const struct {name} *)context;\n"
        );
        let mut args = vec!["begin".to_string(), "end".to_string()];
        args.extend(fields.iter().map(|f| format!("c->{}", f.2)));
        if bytes > 0 {
            self.needs.helper("tir_scratch");
            text +=
                &format!("  unsigned char *const workspace = tir_scratch(UINT64_C({bytes}));\n");
            text += "  if (workspace == 0) return -1;\n";
            args.push("workspace".into());
        }
        let call = format!("{name}({})", args.join(", "));
        let done = if bytes > 0 { "  --tir_scratch_depth;\n" } else { "" };
        text += &match can_fail {
            true => format!("  const int32_t status = {call};\n{done}  return status;\n}}\n\n"),
            false => format!("  {call};\n{done}  return 0;\n}}\n\n"),
        };
        Ok(text)
    }

    /// Bytes of workspace that a thread needs in a parallel loop for allocations of the body.
    fn scratch(&self, l: &For) -> u64 {
        self.plan.scratch.get(&l.loop_var.id).copied().unwrap_or(0)
    }

    /// Bytes of workspace that a thread needs in a parallel loop, for called functions as well.
    fn thread_workspace(&self, l: &For) -> u64 {
        let mut callees = 0;
        for_each_callee(&l.body, |name| {
            let signature = self.module.signatures.get(&name);
            callees = callees.max(signature.map_or(0, |s| s.workspace));
        });
        self.scratch(l) + callees
    }

    /// The loop over a part of the iterations.
    fn chunk_loop(&mut self, l: &For, begin: &str, end: &str) -> Result<()> {
        self.bounds.enter_loop(l);
        let Some(c_type) = c_type(l.loop_var.dtype) else {
            let what = format!("a loop variable of type `{}`", l.loop_var.dtype);
            return Err(AotError::unsupported(l.span, what));
        };
        self.names.push_scope();
        let name = self.names.fresh(l.loop_var.name.as_str());
        self.vars.insert(l.loop_var.id, name.clone());
        let cast =
            |v: &str| if c_type == "int64_t" { v.to_string() } else { format!("({c_type}){v}") };
        let (first, last) = (cast(begin), cast(end));
        self.line(&format!("for ({c_type} {name} = {first}; {name} < {last}; ++{name}) {{"));
        let result = self.loop_body(&l.body);
        self.names.pop_scope();
        // Each thread waits for its own stores.
        if self.streams {
            let fence = self.needs.helper("tir_stream_end");
            self.line(&format!("{fence}();"));
        }
        result
    }

    fn call_pool(
        &mut self,
        l: &For,
        name: &str,
        fields: &[(String, &str, String)],
        can_fail: bool,
    ) -> Result<()> {
        let pool = self.needs.helper("tir_parallel_for");
        let min = self.expr(&l.min)?.text;
        let wide = |e: &PrimExpr| index::cast(DType::INT64, e.clone());
        let end = self.expr(&index::add(wide(&l.min), wide(&l.extent)))?.text;
        let values: Vec<&str> = fields.iter().map(|f| f.2.as_str()).collect();
        self.line("{");
        self.indent += 1;
        self.names.push_scope();
        let context = self.names.fresh("context");
        self.line(&format!("const struct {name} {context} = {{{}}};", values.join(", ")));
        let call = format!("{pool}({name}_run, &{context}, {min}, {end})");
        match can_fail {
            true => self.checked_call(&call),
            false => self.line(&format!("{call};")),
        }
        self.names.pop_scope();
        self.indent -= 1;
        self.line("}");
        Ok(())
    }
}
