//! What the crate is for: from a module to results, files and times.

use crate::c::module::{CModule, Entry, PrintOptions, STATUS_NO_MEMORY, print_module};
use crate::driver::compile::{Artifact, ArtifactKind, CompileOptions, compile};
use crate::driver::worker::{Called, Job, Limits, Sampling, call, call_all};
use crate::error::{AotError, Result};
use crate::load::Library;
use crate::pass;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tirade_ir::args::{Arg, Layout, Sizes, check};
use tirade_ir::scalar::Scalar;
use tirade_ir::visit::for_each_callee;
use tirade_ir::{Code, DType, Diagnostic, IRModule, ParamKind, PrimFunc, Symbol};

/// Largest allocation of a program, in bytes.
pub(crate) const ALLOC_LIMIT: u64 = 1 << 30;

/// How to run compiled code.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How to compile.
    pub compile: CompileOptions,
    /// Threads for parallel loops; 0 means one for every core.
    pub threads: usize,
    /// The run ends after this time with a report.
    pub time_limit: Option<Duration>,
    /// A limit of steps for interpreters; compiled code does not count steps.
    pub max_steps: Option<u64>,
    /// Memory that the program may take besides its arguments, in bytes; 0 is unlimited.
    pub memory_limit: u64,
    /// Largest single allocation, in bytes.
    pub alloc_limit: u64,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            compile: CompileOptions::default(),
            threads: 0,
            time_limit: None,
            max_steps: None,
            memory_limit: 8 << 30,
            alloc_limit: ALLOC_LIMIT,
        }
    }
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// The arguments as they stand after the run.
    pub args: Vec<Arg>,
    /// The function's result.
    pub ret: Option<Scalar>,
    /// Time to lower, print and compile.
    pub compile_time: Duration,
    /// Time of the call.
    pub run_time: Duration,
}

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub struct BenchOptions {
    /// At least so much time is spent.
    pub min_time: Duration,
    /// At most so many samples are taken.
    pub max_samples: usize,
}

impl Default for BenchOptions {
    fn default() -> Self {
        BenchOptions { min_time: Duration::from_millis(500), max_samples: 1000 }
    }
}

/// What measuring gave.
#[derive(Clone, Debug)]
pub struct BenchOutcome {
    /// Seconds of a call.
    pub samples: Vec<f64>,
    /// Time to lower, print and compile.
    pub compile_time: Duration,
}

/// Compiles `func` of `module` and calls it in a process of its own.
pub fn run(
    module: &IRModule,
    func: Symbol,
    args: Vec<Arg>,
    options: &RunOptions,
) -> Result<RunOutcome> {
    let prepared = Prepared::new(module, func, args, options)?;
    let (called, args) = prepared.call(None, options)?;
    Ok(prepared.outcome(called, args))
}

/// Compiles all of `module` at once, and calls each of the functions with its arguments.
///
/// The calls share a process as long as none of them ends it; the ones behind a call that does
/// get a new one.
pub fn run_all(
    module: &IRModule,
    jobs: Vec<(Symbol, Vec<Arg>)>,
    options: &RunOptions,
) -> Result<Vec<Result<RunOutcome>>> {
    let compiled = Rc::new(Compiled::new(module, options)?);
    let prepared: Vec<_> = jobs
        .into_iter()
        .map(|(name, args)| Prepared::with(module, name, args, || Ok(compiled.clone())))
        .collect();
    let mut ready: Vec<Job> = prepared.iter().flatten().map(Prepared::job).collect();
    let called = call_all(&compiled.library, &mut ready, &limits(options), &options.compile);
    let buffers: Vec<_> = ready.into_iter().map(|job| job.buffers).collect();
    let mut called = called.into_iter().zip(buffers);
    let finish = |prepared: Result<Prepared>| {
        let prepared = prepared?;
        let (called, buffers) = called.next().expect("one call a job");
        let (called, args) = prepared.finish(called?, buffers)?;
        Ok(prepared.outcome(called, args))
    };
    Ok(prepared.into_iter().map(finish).collect())
}

fn limits(options: &RunOptions) -> Limits {
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    Limits { time: options.time_limit, memory: options.memory_limit, threads }
}

/// Compiles `func` of `module` and times calls of it, warm, in a process of its own.
pub fn bench(
    module: &IRModule,
    func: Symbol,
    args: Vec<Arg>,
    options: &RunOptions,
    bench: &BenchOptions,
) -> Result<BenchOutcome> {
    let prepared = Prepared::new(module, func, args, options)?;
    let sampling = Sampling { min_time: bench.min_time, max_samples: bench.max_samples };
    let (called, _) = prepared.call(Some(sampling), options)?;
    Ok(BenchOutcome { samples: called.samples, compile_time: prepared.compiled.time })
}

/// Compiles all functions of `module` to a library, an archive or an object.
pub fn build(module: &IRModule, kind: ArtifactKind, options: &CompileOptions) -> Result<Artifact> {
    let printed = print_gnu(module, ALLOC_LIMIT, options)?;
    compile(&printed.text, kind, options)
}

/// Compiles all functions of `module` and loads them into this process; the entries by function.
pub fn load(
    module: &IRModule,
    options: &CompileOptions,
) -> Result<(Library, FxHashMap<Symbol, Entry>)> {
    let printed = print_gnu(module, ALLOC_LIMIT, options)?;
    let library = compile(&printed.text, ArtifactKind::SharedLibrary, options)?;
    Ok((Library::open(library)?, printed.entries))
}

fn print_gnu(module: &IRModule, alloc_limit: u64, options: &CompileOptions) -> Result<CModule> {
    let lowered = pass::lower_for(module, options.vector_bytes())?;
    let mut print = PrintOptions::native(alloc_limit);
    if options.as_large {
        print.parallel_work = 0;
        print.memory.stack_array = 0;
    }
    print_module(&lowered, &print)
}

/// `func` and what it calls: what is compiled to run it.
pub fn reachable(module: &IRModule, func: Symbol) -> IRModule {
    let mut found = IRModule::new();
    let mut todo = vec![func];
    while let Some(name) = todo.pop() {
        let Some(func) = module.get(name) else { continue };
        if found.insert(func.clone()).is_some() {
            continue;
        }
        for_each_callee(&**func, |name| todo.push(name));
    }
    found
}

/// A compiled function with arguments that fit it.
struct Prepared<'a> {
    func: &'a PrimFunc,
    args: Vec<Arg>,
    layouts: Vec<Option<Layout>>,
    scalars: Vec<i64>,
    compiled: Rc<Compiled>,
}

/// A compiled module.
struct Compiled {
    printed: CModule,
    library: Artifact,
    time: Duration,
}

impl Compiled {
    fn new(module: &IRModule, options: &RunOptions) -> Result<Compiled> {
        let start = Instant::now();
        let printed = print_gnu(module, options.alloc_limit, &options.compile)?;
        let library = compile(&printed.text, ArtifactKind::SharedLibrary, &options.compile)?;
        Ok(Compiled { printed, library, time: start.elapsed() })
    }
}

impl<'a> Prepared<'a> {
    fn new(
        module: &'a IRModule,
        name: Symbol,
        args: Vec<Arg>,
        options: &RunOptions,
    ) -> Result<Prepared<'a>> {
        let reachable = reachable(module, name);
        Prepared::with(module, name, args, || Ok(Rc::new(Compiled::new(&reachable, options)?)))
    }

    /// The arguments are checked before anything is compiled.
    fn with(
        module: &'a IRModule,
        name: Symbol,
        args: Vec<Arg>,
        compiled: impl FnOnce() -> Result<Rc<Compiled>>,
    ) -> Result<Prepared<'a>> {
        let Some(func) = module.get(name) else {
            return Err(AotError::Load(format!("there is no function `{name}`")));
        };
        let report = |d: Diagnostic| AotError::Report(Box::new(d));
        let sizes = check(func, &args, Sizes::default()).map_err(report)?;
        let compiled = compiled()?;
        let layout = |param: &tirade_ir::Param| match &param.kind {
            ParamKind::Buffer(buffer) => Layout::of(param, buffer, &sizes).map(Some),
            ParamKind::Scalar | ParamKind::Pointer(_) => Ok(None),
        };
        let layouts: std::result::Result<Vec<_>, _> = func.params.iter().map(layout).collect();
        let layouts = layouts.map_err(report)?;
        let scalars = scalar_values(func, &args, &sizes, &compiled.printed)?;
        Ok(Prepared { func, args, layouts, scalars, compiled })
    }

    /// The entry, the memory behind the arguments, and the scalars.
    fn job(&self) -> Job<'_> {
        let mut buffers = Vec::new();
        for (arg, layout) in self.args.iter().zip(&self.layouts) {
            if let Arg::Tensor { tensor, .. } = arg {
                buffers.push(match layout {
                    Some(layout) => layout.scatter(tensor),
                    None => tensor.bytes.clone(),
                });
            }
        }
        let entry = &self.compiled.printed.entries[&self.func.name];
        Job { entry, buffers, scalars: &self.scalars }
    }

    fn call(&self, sampling: Option<Sampling>, options: &RunOptions) -> Result<(Called, Vec<Arg>)> {
        let mut job = self.job();
        let library = &self.compiled.library;
        let called = call(library, &mut job, sampling, &limits(options), &options.compile)?;
        self.finish(called, job.buffers)
    }

    /// The arguments as they stand after the call.
    fn finish(&self, called: Called, buffers: Vec<Vec<u8>>) -> Result<(Called, Vec<Arg>)> {
        self.check_status(called.status)?;
        let mut buffers = buffers.into_iter();
        let mut args = self.args.clone();
        for (arg, layout) in args.iter_mut().zip(&self.layouts) {
            if let Arg::Tensor { tensor, .. } = arg {
                let memory = buffers.next().expect("one buffer an array");
                tensor.bytes = match layout {
                    Some(layout) => layout.gather(&memory),
                    None => memory,
                };
            }
        }
        Ok((called, args))
    }

    fn outcome(&self, called: Called, args: Vec<Arg>) -> RunOutcome {
        let ret = prepared_result(self, &called);
        let run_time = Duration::from_secs_f64(called.samples.first().copied().unwrap_or(0.0));
        RunOutcome { args, ret, compile_time: self.compiled.time, run_time }
    }

    /// An error for every status but 0.
    fn check_status(&self, status: i32) -> Result<()> {
        let diagnostic = match status {
            0 => return Ok(()),
            STATUS_NO_MEMORY => {
                let message =
                    format!("an allocation of `{}` failed or is over the limit", self.func.name);
                Diagnostic::error(Code::ALLOC, self.func.span, message)
            }
            n => match self.compiled.printed.assertions.get((n - 1) as usize) {
                Some(assertion) => {
                    let message = format!("assertion failed: {}", assertion.message);
                    Diagnostic::error(Code::ASSERT, assertion.span, message)
                }
                None => {
                    let message = format!("`{}` gave the unknown status {n}", self.func.name);
                    Diagnostic::error(Code::CRASHED, self.func.span, message)
                }
            },
        };
        Err(AotError::Report(Box::new(diagnostic)))
    }
}

/// The function's result from its bytes.
fn prepared_result(prepared: &Prepared, called: &Called) -> Option<Scalar> {
    let dtype = prepared.func.ret_dtype;
    if dtype == DType::VOID {
        return None;
    }
    let width = dtype.bytes();
    let mut raw = [0; 8];
    let low = if cfg!(target_endian = "little") { 0 } else { 8 - width };
    raw[low..low + width].copy_from_slice(&called.result[..width]);
    Scalar::from_raw(dtype, u64::from_ne_bytes(raw))
}

/// Values for the entry's scalars: parameters and sizes.
fn scalar_values(
    func: &PrimFunc,
    args: &[Arg],
    sizes: &Sizes,
    printed: &CModule,
) -> Result<Vec<i64>> {
    let entry = &printed.entries[&func.name];
    let value = |var: &tirade_ir::Var| {
        let at = func.params.iter().position(|p| p.var == *var);
        match at.map(|i| &args[i]) {
            Some(Arg::Scalar(value)) if !value.dtype().is_float() => Some(value.to_i64()),
            Some(Arg::Scalar(value)) => Some(value.bits() as i64),
            _ => sizes.get(*var).map(|v| v as i64),
        }
    };
    let missing = |var: &tirade_ir::Var| {
        let message = format!("nothing determines the size `{}`", var.name);
        AotError::Report(Box::new(Diagnostic::error(Code::ARGUMENT, func.span, message)))
    };
    entry.scalars.iter().map(|var| value(var).ok_or_else(|| missing(var))).collect()
}
