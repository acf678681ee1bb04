//! What must hold for a program: the lanes, and how a failure is told from another one.

use crate::generate::Case;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;
use tirade_aot::RunOptions;
use tirade_frontend as frontend;
use tirade_interp::Options;
use tirade_ir::args::{Arg, array_names};
use tirade_ir::print::{Dialect, PrintOptions, Style, print_module};
use tirade_ir::rewrite::{Rewriter, walk_rewrite_expr, walk_rewrite_func};
use tirade_ir::structural::structural_equal;
use tirade_ir::validate::validate;
use tirade_ir::{
    Callee, Code, Diagnostic, IRModule, PrimExpr, PrimFunc, Scalar, SourceMap, Symbol,
};

/// What went wrong, as far as it tells one failure from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A stage of the toolchain panicked.
    Panic(&'static str),
    /// The validator refused a program.
    Rejected(Code),
    /// The interpreter refused to start a program.
    Refused(Code),
    /// The interpreter reported something of a program that is valid.
    Reported(Code),
    /// Two threads gave another result than one.
    Threads,
    /// What was printed is not read back.
    Unreadable(Code),
    /// What was printed reads back as another program.
    RoundTrip,
    /// Compiled code gave another result.
    Differs(String),
    /// Compiled code reported something, or crashed.
    Failed(String, Code),
    /// The compiler gave an error for the printed C.
    NotCompiled(String, Code),
    /// A planted defect was not reported, or as something else, or elsewhere.
    Planted(Code, Option<Code>),
}

/// A failure.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which one.
    pub kind: Kind,
    /// More for people.
    pub detail: String,
}

impl Failure {
    fn new(kind: Kind, detail: impl Into<String>) -> Failure {
        Failure { kind, detail: detail.into() }
    }

    pub(crate) fn of(kind: impl FnOnce(Code) -> Kind, error: &Diagnostic) -> Failure {
        let notes = error.notes.iter().fold(String::new(), |all, n| all + "\n  " + n);
        Failure::new(kind(error.code), format!("{}: {}{notes}", error.code, error.message))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Panic(stage) => write!(f, "{stage} panicked"),
            Kind::Rejected(code) => write!(f, "the validator refuses it ({code})"),
            Kind::Refused(code) => write!(f, "the interpreter refuses it ({code})"),
            Kind::Reported(code) => write!(f, "a valid program is reported ({code})"),
            Kind::Threads => write!(f, "threads change the result"),
            Kind::Unreadable(code) => write!(f, "what is printed cannot be read ({code})"),
            Kind::RoundTrip => write!(f, "what is printed reads back as another program"),
            Kind::Differs(lane) => write!(f, "{lane} gives another result"),
            Kind::Failed(lane, code) => write!(f, "{lane} fails ({code})"),
            Kind::NotCompiled(lane, code) => write!(f, "{lane} does not compile it ({code})"),
            Kind::Planted(code, None) => write!(f, "{code} is not reported"),
            Kind::Planted(code, Some(found)) if code == found => {
                write!(f, "{code} is reported elsewhere")
            }
            Kind::Planted(code, Some(found)) => write!(f, "{code} is reported as {found}"),
        }
    }
}

/// A C compiler with options.
#[derive(Clone, Debug)]
pub struct CLane {
    /// The name of the lane, such as `gcc -O2`.
    pub name: String,
    /// How to run.
    pub options: RunOptions,
}

impl CLane {
    /// The compiler `cc` at an optimisation level.
    pub fn new(cc: &str, opt_level: u8) -> CLane {
        let mut options = RunOptions { threads: 2, ..RunOptions::default() };
        options.time_limit = Some(Duration::from_secs(5));
        options.compile.cc = Some(PathBuf::from(cc));
        options.compile.opt_level = opt_level;
        options.compile.native = 3 <= opt_level;
        // The programs are small; two lanes print them with all that large ones need.
        options.compile.as_large = cc.contains("tcc") || opt_level == 2;
        options.compile.use_cache = false;
        let name = if cc.contains("tcc") { cc.to_string() } else { format!("{cc} -O{opt_level}") };
        CLane { name, options }
    }

    /// The compilers of this machine, at the levels that differ.
    pub fn available() -> Vec<CLane> {
        let found = |cc: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|dir| dir.join(cc).is_file())
        };
        [("tcc", 0), ("gcc", 0), ("gcc", 2), ("gcc", 3), ("clang", 2)]
            .into_iter()
            .filter(|(cc, _)| found(cc))
            .map(|(cc, opt)| CLane::new(cc, opt))
            .collect()
    }
}

/// What the interpreter says of a valid case: the result that everything is held against.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The arguments as they stand after the run.
    pub args: Vec<Arg>,
    /// What the function returned.
    pub ret: Option<Scalar>,
}

/// Runs `f`; a panic is a failure of `stage`.
pub fn guarded<T>(stage: &'static str, f: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(panic.downcast_ref::<&str>().copied())
            .unwrap_or("a panic");
        Failure::new(Kind::Panic(stage), text)
    })
}

/// Validates and interprets a case that must be valid.
pub fn interpret(case: &Case) -> Result<Expected, Failure> {
    let rejected = guarded("the validator", || validate(&case.module))?;
    if let Some(error) = rejected.iter().find(|d| d.is_error()) {
        return Err(Failure::of(Kind::Rejected, error));
    }
    let outcome = run(case, 1)?;
    match outcome.reports.first() {
        Some(report) => Err(Failure::of(Kind::Reported, report)),
        None => Ok(Expected { args: outcome.args, ret: outcome.ret }),
    }
}

fn run(case: &Case, threads: usize) -> Result<tirade_interp::Outcome, Failure> {
    let options = Options { threads, max_steps: case.max_steps, ..Options::default() };
    let run = || tirade_interp::run(&case.module, case.func, case.args.clone(), &options);
    guarded("the interpreter", run)?.map_err(|errors| match errors.first() {
        Some(error) => Failure::of(Kind::Refused, error),
        None => Failure::new(Kind::Panic("the interpreter"), "no error is given"),
    })
}

/// The result must not depend on the number of threads.
pub fn check_threads(case: &Case, expected: &Expected) -> Result<(), Failure> {
    let outcome = run(case, 2)?;
    if let Some(report) = outcome.reports.first() {
        return Err(Failure::of(|_| Kind::Threads, report));
    }
    match difference(case, expected, &outcome.args, outcome.ret) {
        Some(detail) => Err(Failure::new(Kind::Threads, detail)),
        None => Ok(()),
    }
}

/// The planted defect must be reported, with one thread and with two.
pub fn check_planted(case: &Case) -> Result<(), Failure> {
    let Some(planted) = case.planted else { return Ok(()) };
    for threads in [1, 2] {
        let outcome = run(case, threads)?;
        let found = outcome.reports.first();
        let right = found.is_some_and(|r| r.code == planted.code && r.span == planted.span);
        if !right {
            let kind = |found| Kind::Planted(planted.code, found);
            return Err(match found {
                Some(report) => Failure::of(|code| kind(Some(code)), report),
                None => Failure::new(kind(None), format!("with {threads} threads")),
            });
        }
    }
    Ok(())
}

/// What is printed must read back as the same program.
pub fn check_round_trip(module: &IRModule, dialect: Dialect, style: Style) -> Result<(), Failure> {
    let options = PrintOptions { dialect, style, ..PrintOptions::default() };
    let printed = guarded("the printer", || print_module(module, &options))?;
    let mut sources = SourceMap::new();
    let Ok(file) = sources.add("printed.py", printed.text.clone()) else { return Ok(()) };
    let read = guarded("the frontend", || {
        frontend::evaluate(&mut sources, &file, &frontend::Options::default())
    })?;
    if let Some(error) = read.diagnostics.iter().find(|d| d.is_error()) {
        let at = file.line_col(error.span.lo);
        let mut failure = Failure::of(Kind::Unreadable, error);
        failure.detail += &format!("\n  {dialect:?} {style:?}: {}", file.line_text(at.line));
        return Err(failure);
    }
    // Where the dialect has no words for something, another program may be the nearest one.
    if !printed.diagnostics.is_empty() {
        return Ok(());
    }
    let Some(back) = &read.module else {
        return Err(Failure::new(Kind::RoundTrip, "nothing was read"));
    };
    let equal = guarded("structural equality", || functions_equal(module, back))?;
    equal.map_err(|m| Failure::new(Kind::RoundTrip, format!("{dialect:?} {style:?}: {m}")))
}

/// Equality function by function: the module's own name is not part of a program.
fn functions_equal(a: &IRModule, b: &IRModule) -> Result<(), String> {
    for func in a.functions() {
        let Some(other) = b.get(func.name) else {
            return Err(format!("`{}` is missing", func.name));
        };
        structural_equal(&**func, &**other).map_err(|m| {
            let name = func.name;
            format!("`{name}` {:?}: {} / {}", m.path, m.lhs.found, m.rhs.found)
        })?;
    }
    Ok(())
}

/// Runs compiled code of many cases, which share one compilation.
pub fn check_compiled(lane: &CLane, cases: &[(&Case, &Expected)]) -> Vec<Result<(), Failure>> {
    let mut module = IRModule::new();
    let mut jobs = Vec::new();
    for (i, (case, _)) in cases.iter().enumerate() {
        let rename = |name: Symbol| Symbol::new(&format!("p{i}_{name}"));
        for func in case.module.functions() {
            module.insert(renamed(func, &rename));
        }
        jobs.push((rename(case.func), case.args.clone()));
    }
    let all = guarded("the C backend", || tirade_aot::run_all(&module, jobs, &lane.options));
    let one = |failure: Failure| match cases {
        [_] => vec![Err(failure)],
        // Which one is it? Each gets a compilation of its own.
        _ => {
            cases.iter().flat_map(|case| check_compiled(lane, std::slice::from_ref(case))).collect()
        }
    };
    let results = match all {
        Err(failure) => return one(failure),
        Ok(Err(error)) => {
            let error = Diagnostic::from(error);
            let kind = |code| Kind::NotCompiled(lane.name.clone(), code);
            return one(Failure::of(kind, &error));
        }
        Ok(Ok(results)) => results,
    };
    let check = |((case, expected), result): (&(&Case, &Expected), tirade_aot::Result<_>)| {
        let outcome: tirade_aot::RunOutcome = result.map_err(|error| {
            Failure::of(|code| Kind::Failed(lane.name.clone(), code), &Diagnostic::from(error))
        })?;
        match difference(case, expected, &outcome.args, outcome.ret) {
            Some(detail) => Err(Failure::new(Kind::Differs(lane.name.clone()), detail)),
            None => Ok(()),
        }
    };
    cases.iter().zip(results).map(check).collect()
}

/// The first difference of two results; NaNs are equal to each other.
pub fn difference(
    case: &Case,
    expected: &Expected,
    args: &[Arg],
    ret: Option<Scalar>,
) -> Option<String> {
    let func = case.module.get(case.func)?;
    for ((param, a), b) in func.params.iter().zip(&expected.args).zip(args) {
        let (Arg::Tensor { tensor: a, .. }, Arg::Tensor { tensor: b, .. }) = (a, b) else {
            continue;
        };
        if a.bytes == b.bytes {
            continue;
        }
        let first = (0..a.len()).find(|i| !a.get(*i).agrees_with(b.get(*i)));
        if let Some(i) = first {
            let (a, b, name) = (a.get(i), b.get(i), array_names(param)[0]);
            return Some(format!("`{name}` at element {i}: {a:?} interpreted, {b:?} compiled"));
        }
    }
    match (expected.ret, ret) {
        (Some(a), Some(b)) if !a.agrees_with(b) => {
            Some(format!("the result: {a:?} interpreted, {b:?} compiled"))
        }
        _ => None,
    }
}

/// The function under another name, with its calls.
fn renamed(func: &PrimFunc, rename: &dyn Fn(Symbol) -> Symbol) -> PrimFunc {
    let new = walk_rewrite_func(&mut Renamer { rename }, func).unwrap_or_else(|| func.clone());
    PrimFunc { name: rename(func.name), ..new }
}

struct Renamer<'a> {
    rename: &'a dyn Fn(Symbol) -> Symbol,
}

impl Rewriter for Renamer<'_> {
    fn rewrite_expr(&mut self, expr: &PrimExpr) -> Option<PrimExpr> {
        let inner = walk_rewrite_expr(self, expr);
        let PrimExpr::CallFunc(call) = inner.as_ref().unwrap_or(expr) else { return inner };
        let Callee::Global(name) = call.callee else { return inner };
        let call = tirade_ir::expr::CallFunc {
            callee: Callee::Global((self.rename)(name)),
            args: call.args.clone(),
            dtype: call.dtype,
            span: call.span,
        };
        Some(PrimExpr::CallFunc(call.into()))
    }
}
