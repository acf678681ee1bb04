//! The command line: reads files, calls the libraries, shows what they say.
//!
//! Data goes to standard output, diagnostics and progress to standard error. One file a verb.

mod args;
mod bench;
mod build;
mod check;
mod diff;
mod diff_ir;
mod dump;
mod emit_c;
mod explain;
mod fmt;
mod fuzz;
mod interp;
mod output;
mod reduce;
mod run;
mod schedule;

use args::{Cli, InterpOptions, RunOptions, Verb};
use clap::{CommandFactory, Parser};
use output::Output;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tirade::frontend::{Evaluated, Options};
use tirade::interp::Checks;
use tirade::ir::args::{Arg, Sizes};
use tirade::ir::diag::Code;
use tirade::ir::scalar::Scalar;
use tirade::ir::{Diagnostic, FpMode, IRModule, PrimFunc, SourceMap, Span, fp};
use tirade::{npy, program};

/// How a run of the command line ended: the contract's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Ok = 0,
    /// Results differ, or files are not formatted.
    Finding = 1,
    /// The command line or the arrays do not make sense, or a file or tool cannot be used.
    Usage = 2,
    /// The program was refused before it ran.
    Rejected = 3,
    /// The program has no meaning on this input, or its compiled form died.
    Undefined = 4,
    /// A bug in this program.
    Internal = 101,
}

/// A verb's outcome; errors were already written.
pub type Outcome = Result<Exit, Exit>;

/// Parses the command line, runs the verb.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
            return ExitCode::from(code as u8);
        }
    };
    let out = Output::new(&cli.global);
    // A panic is a bug; it is told as one, with the exit code of the contract.
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(cli.verb, &out)));
    let exit = match outcome {
        Ok(Ok(exit) | Err(exit)) => exit,
        Err(_) => {
            eprintln!("tirade: internal error; this is a bug");
            Exit::Internal
        }
    };
    ExitCode::from(exit as u8)
}

fn dispatch(verb: Verb, out: &Output) -> Outcome {
    match verb {
        Verb::Check(args) => check::run(&args, out),
        Verb::Fmt(args) => fmt::run(&args, out),
        Verb::Interp(args) => interp::run(&args, out),
        Verb::Run(args) => run::run(&args, out),
        Verb::Diff(args) => diff::run(&args, out),
        Verb::DiffIr(args) => diff_ir::run(&args, out),
        Verb::EmitC(args) => emit_c::run(&args, out),
        Verb::Build(args) => build::run(&args, out),
        Verb::Bench(args) => bench::run(&args, out),
        Verb::Schedule(args) => schedule::run(&args, out),
        Verb::Fuzz(args) => fuzz::run(&args, out),
        Verb::Reduce(args) => reduce::run(&args, out),
        Verb::Explain(args) => explain::run(&args, out),
        Verb::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "tirade", &mut script);
            print_data(&String::from_utf8_lossy(&script))
        }
    }
}

/// Writes data to standard output. A reader that has gone away is no error.
fn print_data(text: &str) -> Outcome {
    use std::io::Write;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("tirade: standard output: {e}");
            Err(Exit::Usage)
        }
        _ => Ok(Exit::Ok),
    }
}

/// A script that was read, and everything its diagnostics may point into.
struct Script {
    sources: SourceMap,
    evaluated: Evaluated,
}

impl Script {
    /// Reads and evaluates a script; shows its diagnostics.
    ///
    /// The module is there even after errors in some functions, as far as it could be read.
    fn read(path: &Path, out: &Output) -> Result<Script, Exit> {
        let mut sources = SourceMap::new();
        let loaded = program::load(&mut sources, path, &Options::default());
        let mut evaluated = loaded.map_err(|error| {
            out.diagnostic(&error, &sources);
            Exit::Usage
        })?;
        if evaluated.module.is_none() && !evaluated.has_errors() {
            let span = sources.files().first().map_or(Span::NONE, |f| Span::new(f.start, f.start));
            let message = "the script defines no function";
            let error = Diagnostic::error(Code::NO_FUNCTION, span, message)
                .with_help("write one with the decorator `@T.prim_func`");
            evaluated.diagnostics.push(error);
        }
        for line in evaluated.printed.lines() {
            out.status(line);
        }
        out.diagnostics(&evaluated.diagnostics, &sources);
        Ok(Script { sources, evaluated })
    }

    /// The script with its module in a floating-point mode.
    fn with_fp(mut self, mode: FpMode) -> Script {
        self.evaluated.module = self.evaluated.module.map(|m| fp::rewrite(&m, mode));
        self
    }

    /// The module, or the exit code of a program that was rejected.
    fn module(&self) -> Result<&IRModule, Exit> {
        let rejected = self.evaluated.diagnostics.iter().any(Diagnostic::is_error);
        match &self.evaluated.module {
            Some(module) if !rejected => Ok(module),
            _ => Err(Exit::Rejected),
        }
    }

    fn fail(&self, out: &Output, errors: &[Diagnostic]) -> Exit {
        out.diagnostics(errors, &self.sources);
        errors.iter().map(exit_of).next().unwrap_or(Exit::Internal)
    }
}

/// The exit code that an error asks for.
fn exit_of(error: &Diagnostic) -> Exit {
    match error.code {
        code if code.class().is_some() => Exit::Undefined,
        // Files, and the C compiler, that cannot be used.
        Code(0..100 | 901..=905) => Exit::Usage,
        Code::CRASHED => Exit::Undefined,
        _ => Exit::Rejected,
    }
}

/// One function with arguments, ready to run.
struct Job {
    script: Script,
    func: Arc<PrimFunc>,
    args: Vec<Arg>,
    sizes: Sizes,
}

impl Job {
    fn prepare(path: &Path, options: &RunOptions, mode: FpMode, out: &Output) -> Result<Job, Exit> {
        let script = Script::read(path, out)?.with_fp(mode);
        let module = script.module()?;
        let func = program::select_function(module, options.func.as_deref())
            .map_err(|error| script.fail(out, &[error]))?;
        let inputs = program::Inputs {
            archive: options.inputs.clone(),
            files: options.input.clone(),
            sets: options.set.clone(),
            seed: options.seed,
            uninit: options.uninit.clone(),
        };
        let (args, sizes) = program::arguments(module, &func, &inputs)
            .map_err(|errors| script.fail(out, &errors))?;
        Ok(Job { script, func, args, sizes })
    }

    fn module(&self) -> Result<&IRModule, Exit> {
        self.script.module()
    }

    /// Writes the arrays to the file asked for, or shows the ones the program may have written.
    fn deliver(
        &self,
        args: &[Arg],
        result: Option<Scalar>,
        options: &RunOptions,
        out: &Output,
    ) -> Outcome {
        if let Some(path) = &options.outputs {
            let arrays: Vec<_> = program::named_buffers(&self.func, args).collect();
            return match npy::write_npz(path, arrays) {
                Ok(()) => Ok(Exit::Ok),
                Err(e) => {
                    let message = format!("`{}` could not be written: {e}", path.display());
                    let error = Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message);
                    Err(self.script.fail(out, &[error]))
                }
            };
        }
        let roles = tirade::ir::args::roles(self.module()?, &self.func);
        let mut text = String::new();
        for ((param, arg), role) in self.func.params.iter().zip(args).zip(roles) {
            if let (Arg::Tensor { tensor, .. }, true) = (arg, role.is_output()) {
                let name = tirade::ir::args::array_names(param)[0];
                text += &format!("{name}: {}\n", tirade::show::tensor_to_string(tensor));
            }
        }
        if let Some(result) = result {
            text += &format!("result: {} = {result}\n", result.dtype());
        }
        print_data(&text)
    }
}

/// The interpreter's options from the command line.
fn interp_options(
    run: &RunOptions,
    interp: &InterpOptions,
    threads: Option<usize>,
) -> Result<tirade::interp::Options, Diagnostic> {
    let checks = Checks::parse(&interp.checks).map_err(|word| {
        let message = format!("`{word}` is no check");
        Diagnostic::error(Code::BAD_OPTION, Span::NONE, message)
            .with_help(format!("write `all`, `none`, or some of: {}", Checks::NAMES))
    })?;
    Ok(tirade::interp::Options {
        checks,
        threads: threads.unwrap_or(0),
        max_steps: run.max_steps,
        time_limit: run.timeout.map(Duration::from_secs_f64),
        keep_going: interp.keep_going,
        ..Default::default()
    })
}
