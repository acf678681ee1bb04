//! What the command line accepts.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A TensorIR toolchain: reads TVMScript, interprets it, compiles it through C, and compares.
#[derive(Debug, Parser)]
#[command(name = "tirade", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// Options every verb has.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options every verb has.
#[derive(Debug, Args)]
pub struct Global {
    /// How diagnostics are written
    #[arg(long, value_enum, default_value = "human", global = true)]
    pub message_format: MessageFormat,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub color: ColorChoice,
    /// Only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More detail
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum MessageFormat {
    Human,
    Json,
    Short,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Parse, evaluate and validate
    Check(CheckArgs),
    /// Print the evaluated program as TVMScript
    Fmt(FmtArgs),
    /// Run in the reference interpreter
    Interp(InterpArgs),
    /// Compile through C and run
    Run(RunArgs),
    /// Interpret and run compiled, and compare every bit
    Diff(DiffArgs),
    /// Compare two programs up to names
    DiffIr(DiffIrArgs),
    /// Write C and a header for any toolchain
    EmitC(EmitCArgs),
    /// Compile to a library (.so), an archive (.a) or an object file (.o)
    Build(BuildArgs),
    /// Measure the compiled code
    Bench(BenchArgs),
    /// Show the steps of a script's schedules, with the program before and after each
    Schedule(ScheduleArgs),
    /// Run random programs in every way and compare
    Fuzz(FuzzArgs),
    /// Find a smaller program with the same failure
    Reduce(ReduceArgs),
    /// Explain a diagnostic code
    Explain(ExplainArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Scripts to check; `-` is standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Scripts and folders to print; `-` is standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The dialect to write; the script's own if not given
    #[arg(long, value_enum)]
    pub dialect: Option<DialectArg>,
    /// How much to spell out
    #[arg(long, value_enum, default_value = "sugared")]
    pub style: StyleArg,
    /// Write nothing; exit with 1 if a file would change
    #[arg(long)]
    pub check: bool,
    /// Write here instead of standard output
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// A dialect that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// TVM 0.8 to 0.19
    Classic,
    /// TVM 0.27
    Modern,
}

/// How much the printer spells out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    /// As a person would write it
    Sugared,
    /// Everything
    Explicit,
}

/// Which function runs on what.
#[derive(Clone, Debug, Args)]
pub struct RunOptions {
    /// The function; the only one, or `main`, if not given
    #[arg(long)]
    pub func: Option<String>,
    /// Input arrays by buffer or parameter name
    #[arg(long, value_name = "IN.npz")]
    pub inputs: Option<PathBuf>,
    /// One input array
    #[arg(long = "input", value_name = "NAME=FILE.npy")]
    pub input: Vec<String>,
    /// A scalar parameter or symbolic size
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Where arrays that are not given get their values from
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Write every buffer parameter, as it stands after the run, to this file
    #[arg(long, value_name = "OUT.npz")]
    pub outputs: Option<PathBuf>,
    /// Do not fill this buffer from the seed even if it may be read
    #[arg(long, value_name = "NAME")]
    pub uninit: Vec<String>,
    /// Budget of loop iterations and calls
    #[arg(long, value_name = "N")]
    pub max_steps: Option<u64>,
    /// Seconds until the run is ended
    #[arg(long, value_name = "S")]
    pub timeout: Option<f64>,
}

/// Options of the interpreter.
#[derive(Clone, Debug, Args)]
pub struct InterpOptions {
    /// Checks to make: `all`, `none`, or classes such as `bounds,uninit,race`
    #[arg(long, default_value = "all", value_name = "LIST")]
    pub checks: String,
    /// Go on after a report where the result is still defined, and list distinct ones
    #[arg(long)]
    pub keep_going: bool,
}

/// Arguments of `interp`.
#[derive(Debug, Args)]
pub struct InterpArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub run: RunOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub interp: InterpOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub fp: FpOptions,
    /// Threads; as many as cores if not given
    #[arg(long)]
    pub threads: Option<usize>,
    /// Print every access to these buffers, with its iteration and value
    #[arg(long, value_name = "BUFFER[,BUFFER]", value_delimiter = ',')]
    pub trace: Vec<String>,
    /// Print the source with the number of times that each line ran
    #[arg(long)]
    pub profile: bool,
}

/// How C is compiled.
#[derive(Clone, Debug, Args)]
pub struct CompileOptions {
    /// The C compiler
    #[arg(long)]
    pub cc: Option<String>,
    /// Optimisation level of the C compiler
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub opt: u8,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub fp: FpOptions,
    /// Threads; as many as cores if not given
    #[arg(long)]
    pub threads: Option<usize>,
    /// Seconds until the C compiler is stopped
    #[arg(long, default_value_t = 120.0, value_name = "S")]
    pub cc_timeout: f64,
    /// Compile with the sanitizers for undefined behaviour and addresses
    #[arg(long)]
    pub sanitize: bool,
}

/// What may be changed for speed.
#[derive(Clone, Copy, Debug, Args)]
pub struct FpOptions {
    /// Floating point: what may be rewritten for speed before the program is run or printed
    #[arg(long, value_enum, default_value = "strict")]
    pub fp: FpArg,
}

/// Floating-point modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FpArg {
    /// Nothing
    Strict,
    /// Products that are added are rounded once (`T.fma`)
    Contract,
    /// That, and float32 `exp`, `log`, `erf`, `tanh` and their kin become formulas that vectorise
    Fast,
}

impl FpOptions {
    /// What the rewrite is asked for.
    pub fn mode(self) -> tirade::ir::FpMode {
        match self.fp {
            FpArg::Strict => tirade::ir::FpMode::Strict,
            FpArg::Contract => tirade::ir::FpMode::Contract,
            FpArg::Fast => tirade::ir::FpMode::Fast,
        }
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub run: RunOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compile: CompileOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub dump: DumpOptions,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    /// Interpret the program after every lowering pass too, and name the first that changes it
    #[arg(long)]
    pub bisect: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub dump: DumpOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub run: RunOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub interp: InterpOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compile: CompileOptions,
}

/// Arguments of `diff-ir`.
#[derive(Debug, Args)]
pub struct DiffIrArgs {
    /// The one script
    pub a: PathBuf,
    /// The other script
    pub b: PathBuf,
}

/// Arguments of `emit-c`.
#[derive(Debug, Args)]
pub struct EmitCArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    /// The folder to write to; made if it is not there
    #[arg(short, long, required_unless_present = "dump_after")]
    pub output: Option<PathBuf>,
    /// What the files are called, without their endings
    #[arg(long, default_value = "kernel")]
    pub name: String,
    /// What the code may count on: the C library, or only what C compilers bring themselves
    #[arg(long, value_enum, default_value = "hosted")]
    pub profile: ProfileArg,
    /// Who gives the memory that is too large for the stack
    #[arg(long, value_enum, default_value = "caller")]
    pub workspace: WorkspaceArg,
    /// Bytes of the stack that the arrays of a function may take
    #[arg(long, default_value_t = 16384, value_name = "BYTES")]
    pub max_stack: u64,
    /// Allow `malloc` for memory whose size only the running program knows
    #[arg(long)]
    pub heap: bool,
    /// What runs parallel loops: one thread, a pool of threads printed with the code, or OpenMP
    #[arg(long, value_enum, default_value = "none")]
    pub parallel: ParallelArg,
    /// Write an example `main.c` that calls every function
    #[arg(long)]
    pub main: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub fp: FpOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub dump: DumpOptions,
}

/// What runs parallel loops of emitted C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ParallelArg {
    /// One thread
    None,
    /// A pool of threads, printed with the code
    Pthreads,
    /// OpenMP
    Openmp,
}

/// What emitted C may count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// The C library
    Hosted,
    /// What C compilers bring themselves, and the math functions that are called
    Freestanding,
}

/// Where emitted C has its large memory from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WorkspaceArg {
    /// The caller hands it over
    Caller,
    /// The checked entries share a static array
    Static,
}

/// A look at the program between the lowering passes.
#[derive(Clone, Debug, Args)]
pub struct DumpOptions {
    /// Print the program as it is after this lowering pass, or after each with `all`, and do no more
    #[arg(long, value_name = "PASS")]
    pub dump_after: Option<String>,
}

/// Arguments of `build`.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    /// What to build; the ending says which kind
    #[arg(short, long)]
    pub output: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compile: CompileOptions,
}

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub run: RunOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub compile: CompileOptions,
    /// Time the interpreter too
    #[arg(long)]
    pub interp: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub interp_options: InterpOptions,
}

/// Arguments of `schedule`.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    /// Write a page for the browser here instead of text to standard output
    #[arg(long, value_name = "OUT.html")]
    pub html: Option<PathBuf>,
}

/// Arguments of `fuzz`.
#[derive(Debug, Args)]
pub struct FuzzArgs {
    /// Seconds to run; a minute if neither this nor `--cases` is given
    #[arg(long)]
    pub time: Option<f64>,
    /// Programs to run
    #[arg(long)]
    pub cases: Option<u64>,
    /// The first seed; each program has the next one. Taken from the clock if not given, or from
    /// where the campaign in the output folder ended
    #[arg(long)]
    pub seed: Option<u64>,
    /// Programs at a time
    #[arg(long, default_value_t = 1)]
    pub jobs: usize,
    /// Only these C compilers, as in `gcc -O0,tcc`; `none` for no compiler
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub lanes: Option<Vec<String>>,
    /// Leave findings as they are
    #[arg(long)]
    pub no_reduce: bool,
    /// Print the program of `--seed` and do nothing else
    #[arg(long)]
    pub show: bool,
    /// A folder for findings and the log of results
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// Arguments of `reduce`.
#[derive(Debug, Args)]
pub struct ReduceArgs {
    /// The script; `-` is standard input
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub run: RunOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub fp: FpOptions,
    /// The C compiler; all that are found if not given
    #[arg(long)]
    pub cc: Option<String>,
    /// Optimisation level of the C compiler
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub opt: u8,
    /// Write here instead of standard output
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code, such as TIR1000; all codes are listed if it is not given
    pub code: Option<String>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
