//! From C text to an object, a library or a program, with the system's C compiler.

use crate::driver::cache::{BUILD_PREFIX, Cache, write_atomic};
use crate::driver::process::run_limited;
use crate::emit::build_files::{GCC_EXACT, exact_options};
use crate::error::{AotError, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What to compile to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArtifactKind {
    /// `.so`
    SharedLibrary,
    /// `.o`
    Object,
    /// `.a`
    Archive,
    /// A program.
    Program,
}

impl ArtifactKind {
    /// The file name's ending, with its dot.
    pub fn extension(self) -> &'static str {
        match self {
            ArtifactKind::SharedLibrary => ".so",
            ArtifactKind::Object => ".o",
            ArtifactKind::Archive => ".a",
            ArtifactKind::Program => ".bin",
        }
    }
}

/// How to compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// The compiler; `None` finds one as the `cc` crate does (`$CC`, then `cc`).
    pub cc: Option<PathBuf>,
    /// 0 to 3.
    pub opt_level: u8,
    /// Use every instruction that this machine has.
    pub native: bool,
    /// Build with the sanitizers for undefined behaviour and addresses.
    pub sanitize: bool,
    /// Print small programs as large ones are: every parallel loop is shared by threads, and every
    /// array lives in the workspace. For tests.
    pub as_large: bool,
    /// More arguments, at the end.
    pub extra_args: Vec<OsString>,
    /// The compiler is killed after this time.
    pub timeout: Duration,
    /// Where compiled files are kept; `None` is [`Cache::default_dir`].
    pub cache_dir: Option<PathBuf>,
    /// Keep compiled files for the next time.
    pub use_cache: bool,
}

impl Default for CompileOptions {
    fn default() -> Self {
        CompileOptions {
            cc: None,
            opt_level: 3,
            native: true,
            sanitize: false,
            as_large: false,
            extra_args: Vec::new(),
            timeout: Duration::from_secs(120),
            cache_dir: None,
            use_cache: true,
        }
    }
}

impl CompileOptions {
    /// Bytes of the vectors that code for this compiler may use; `None` if it has none.
    pub fn vector_bytes(&self) -> Option<u32> {
        let tool = Tool::find(self).ok()?;
        match (tool.is_tcc, self.native) {
            (true, _) => None,
            (false, true) => Some(native_vector_bytes()),
            (false, false) => Some(16),
        }
    }
}

/// Bytes of this machine's vector registers.
#[cfg(target_arch = "x86_64")]
fn native_vector_bytes() -> u32 {
    let has_512 = std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512dq");
    match (has_512, std::is_x86_feature_detected!("avx2")) {
        (true, _) => 64,
        (false, true) => 32,
        (false, false) => 16,
    }
}

/// Bytes of this machine's vector registers.
#[cfg(not(target_arch = "x86_64"))]
fn native_vector_bytes() -> u32 {
    16
}

/// A compiled file. It may be temporary, and then lives as long as this value.
#[derive(Debug)]
pub struct Artifact {
    path: PathBuf,
    /// True if it came from the cache.
    pub cached: bool,
    _scratch: Option<tempfile::TempDir>,
}

impl Artifact {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a copy to `to`, whole or not at all.
    pub fn copy_to(&self, to: &Path) -> Result<()> {
        let mut bytes = fs::read(&self.path).map_err(|e| AotError::io("read", &self.path, e))?;
        if self._scratch.is_none() {
            bytes.truncate(bytes.len().saturating_sub(crate::driver::cache::TRAILER));
        }
        write_atomic(to, &bytes, to.extension().is_some_and(|e| e == "so"))
    }
}

/// Compiles one C file.
pub fn compile(text: &str, kind: ArtifactKind, options: &CompileOptions) -> Result<Artifact> {
    let tool = Tool::find(options)?;
    let args = tool.arguments(kind, options);
    let key = cache_key(text, &tool, &args, options);
    let cache = open_cache(options);
    if let Some(path) = cache.as_ref().and_then(|c| c.get(&key, kind.extension())) {
        return Ok(Artifact { path, cached: true, _scratch: None });
    }
    let scratch = scratch_dir(cache.as_ref())?;
    let output = tool.run(text, kind, &args, scratch.path(), options)?;
    if let Some(path) = cache.and_then(|c| c.put(&key, kind.extension(), &output).ok()) {
        return Ok(Artifact { path, cached: false, _scratch: None });
    }
    Ok(Artifact { path: output, cached: false, _scratch: Some(scratch) })
}

/// A cache that cannot be used costs time, not correctness: the run goes on without it.
fn open_cache(options: &CompileOptions) -> Option<Cache> {
    if !options.use_cache {
        return None;
    }
    let dir = options.cache_dir.clone().or_else(Cache::default_dir)?;
    Cache::open(&dir).ok()
}

fn scratch_dir(cache: Option<&Cache>) -> Result<tempfile::TempDir> {
    let make = |dir: &Path| tempfile::Builder::new().prefix(BUILD_PREFIX).tempdir_in(dir);
    let temp = std::env::temp_dir();
    match cache.map(|c| make(c.dir())) {
        Some(Ok(dir)) => Ok(dir),
        Some(Err(_)) | None => {
            make(&temp).map_err(|e| AotError::io("create a folder in", &temp, e))
        }
    }
}

/// A C compiler.
struct Tool {
    path: PathBuf,
    /// Tiny C takes few of the usual flags.
    is_tcc: bool,
}

impl Tool {
    /// Finds the compiler's file without running anything, so that a cached result costs nothing.
    fn find(options: &CompileOptions) -> Result<Tool> {
        let from_env = || std::env::var_os("CC").filter(|v| !v.is_empty()).map(PathBuf::from);
        let name = options.cc.clone().or_else(from_env).unwrap_or_else(|| PathBuf::from("cc"));
        let path = which(&name).ok_or_else(|| AotError::CompilerMissing {
            tool: name.display().to_string(),
            reason: "no such program".into(),
        })?;
        let is_tcc = name.file_name().is_some_and(|n| n.to_string_lossy().contains("tcc"));
        Ok(Tool { path, is_tcc })
    }

    /// The arguments before the files.
    ///
    /// None of them lets the compiler change a value: no contraction, no built-in folding of math
    /// functions, no assumptions on types behind pointers.
    fn arguments(&self, kind: ArtifactKind, options: &CompileOptions) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        let add = |args: &mut Vec<OsString>, list: &[&str]| {
            args.extend(list.iter().map(OsString::from));
        };
        match kind {
            ArtifactKind::SharedLibrary => add(&mut args, &["-shared", "-fPIC"]),
            ArtifactKind::Object | ArtifactKind::Archive => add(&mut args, &["-c", "-fPIC"]),
            ArtifactKind::Program => {}
        }
        if self.is_tcc {
            args.extend(options.extra_args.iter().cloned());
            return args;
        }
        add(
            &mut args,
            &["-std=gnu11", "-w", "-ffp-contract=off", "-fno-fast-math", "-fno-strict-aliasing"],
        );
        add(&mut args, &["-fno-math-errno", "-fno-ident"]);
        args.extend(exact_options().into_iter().map(OsString::from));
        if options.native {
            add(&mut args, &["-march=native"]);
        }
        if options.sanitize {
            add(&mut args, &["-fsanitize=undefined,address", "-fno-sanitize-recover=all"]);
        }
        args.extend(options.extra_args.iter().cloned());
        args
    }

    /// Runs the compiler on `text` in the folder `scratch`; returns the file it made.
    fn run(
        &self,
        text: &str,
        kind: ArtifactKind,
        args: &[OsString],
        scratch: &Path,
        options: &CompileOptions,
    ) -> Result<PathBuf> {
        let source = scratch.join("kernel.c");
        fs::write(&source, text).map_err(|e| AotError::io("write", &source, e))?;
        let compiled = match kind {
            ArtifactKind::Archive => scratch.join("kernel.o"),
            _ => scratch.join(format!("kernel{}", kind.extension())),
        };
        let mut command = self.command(options)?;
        command.args(args).arg("-o").arg(&compiled).arg(&source).env("TMPDIR", scratch);
        if matches!(kind, ArtifactKind::SharedLibrary | ArtifactKind::Program) {
            command.args(["-lm", "-ldl", "-lpthread"]);
        }
        self.run_command(command, options)?;
        if !compiled.is_file() {
            return Err(AotError::CompilerFailed {
                tool: self.path.display().to_string(),
                status: "exit status: 0".into(),
                stderr: "error: it wrote no file".into(),
            });
        }
        if kind != ArtifactKind::Archive {
            return Ok(compiled);
        }
        let archive = scratch.join("kernel.a");
        let mut command = Command::new("ar");
        command.arg("rcsD").arg(&archive).arg(&compiled);
        self.run_command(command, options)?;
        Ok(archive)
    }

    /// The compiler with the flags that the `cc` crate finds for this machine.
    fn command(&self, options: &CompileOptions) -> Result<Command> {
        if self.is_tcc {
            return Ok(Command::new(&self.path));
        }
        // The `cc` crate asks the compiler what it is, and would wait for an answer for ever.
        let tool = || self.path.display().to_string();
        let asked = run_limited(Command::new(&self.path).arg("--version"), options.timeout);
        let asked =
            asked.map_err(|e| AotError::CompilerMissing { tool: tool(), reason: e.to_string() })?;
        if asked.status.is_none() {
            return Err(AotError::CompilerTimeout { tool: tool(), limit: options.timeout });
        }
        let target = env!("TIRADE_TARGET");
        let mut build = cc::Build::new();
        build.target(target).host(target).opt_level(options.opt_level.min(3).into());
        build.cargo_metadata(false).cargo_warnings(false).debug(false).inherit_rustflags(false);
        build.out_dir(std::env::temp_dir()).compiler(&self.path).pic(true);
        let tool = build.try_get_compiler().map_err(|e| AotError::CompilerMissing {
            tool: self.path.display().to_string(),
            reason: e.to_string(),
        })?;
        let mut command = tool.to_command();
        if tool.is_like_gnu() {
            command.arg(GCC_EXACT);
        }
        Ok(command)
    }

    fn run_command(&self, mut command: Command, options: &CompileOptions) -> Result<()> {
        let tool = command.get_program().to_string_lossy().into_owned();
        let finished = run_limited(&mut command, options.timeout)
            .map_err(|e| AotError::CompilerMissing { tool: tool.clone(), reason: e.to_string() })?;
        match finished.status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(AotError::CompilerFailed {
                tool,
                status: status.to_string(),
                stderr: finished.stderr,
            }),
            None => Err(AotError::CompilerTimeout { tool, limit: options.timeout }),
        }
    }
}

/// The file of a program, looked up in `PATH` if `name` is a bare name.
fn which(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name.canonicalize().ok().filter(|p| p.is_file());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|p| p.is_file())
}

/// Everything that decides what the compiler writes.
fn cache_key(text: &str, tool: &Tool, args: &[OsString], options: &CompileOptions) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(text.as_bytes());
    let real = tool.path.canonicalize().unwrap_or_else(|_| tool.path.clone());
    add(real.as_os_str().as_encoded_bytes());
    if let Ok(meta) = fs::metadata(&real) {
        let modified =
            meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        add(&meta.len().to_le_bytes());
        add(&modified.unwrap_or_default().as_nanos().to_le_bytes());
    }
    add(&[options.opt_level]);
    for arg in args {
        add(arg.as_encoded_bytes());
    }
    add(std::env::var_os("CFLAGS").unwrap_or_default().as_encoded_bytes());
    if options.native {
        add(cpu_identity().as_bytes());
    }
    hasher.finalize()
}

/// What `-march=native` depends on: the processor's name and features.
fn cpu_identity() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let first = info.split("\n\n").next().unwrap_or_default();
    let wanted = ["model", "flags", "Features", "isa", "vendor_id", "cpu family"];
    let lines = first.lines().filter(|l| wanted.iter().any(|w| l.starts_with(w)));
    lines.collect::<Vec<_>>().join("\n")
}
