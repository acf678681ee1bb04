//! Calling compiled code in a process of its own.
//!
//! The worker is a small C program, compiled once and kept in the cache. It maps a file with the
//! arguments, loads the library, limits itself in time and memory, and calls the entry. Whatever
//! the compiled code does then, a crash, an endless loop, an allocation bomb, is an exit status
//! here.

use crate::c::module::Entry;
use crate::driver::compile::{Artifact, ArtifactKind, CompileOptions, compile};
use crate::driver::process::{Finished, run_limited};
use crate::error::{AotError, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tirade_ir::{Code, Diagnostic, Span};

const SOURCE: &str = include_str!("worker.c");
const MAGIC: u64 = 0x3177_6564_6172_6974;
const HEADER: usize = 16;
const PAGE: usize = 4096;

/// What the worker is allowed to.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Wall-clock time; `None` is unlimited.
    pub time: Option<Duration>,
    /// Memory besides the arguments, in bytes; 0 is unlimited.
    pub memory: u64,
    /// Threads for parallel loops.
    pub threads: usize,
}

/// Repeated calls, to be timed.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// At least so much time is spent.
    pub min_time: Duration,
    /// At most so many samples are taken.
    pub max_samples: usize,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Called {
    /// What the entry returned.
    pub status: i32,
    /// The result's bytes.
    pub result: [u8; 8],
    /// Seconds for each sample, if samples were asked for; else for the one call.
    pub samples: Vec<f64>,
}

/// A call to be made.
#[derive(Debug)]
pub struct Job<'a> {
    /// What to call.
    pub entry: &'a Entry,
    /// The memory behind the arguments; the call may change it.
    pub buffers: Vec<Vec<u8>>,
    /// Scalar arguments and sizes.
    pub scalars: &'a [i64],
}

/// Makes a call of `library`, several times if `sampling` says so.
pub fn call(
    library: &Artifact,
    job: &mut Job,
    sampling: Option<Sampling>,
    limits: &Limits,
    options: &CompileOptions,
) -> Result<Called> {
    let worker = compile_worker(options)?;
    let data = DataFile::create(&job.buffers, job.scalars, sampling, limits, options.sanitize)?;
    let mut data = [data];
    let finished = work(&worker, library, &[&*job], &data, limits)?;
    verdict(&finished, limits)?;
    data[0].read_back(&mut job.buffers)
}

/// Makes calls of `library` one after the other, in one process as long as none ends it.
pub fn call_all(
    library: &Artifact,
    jobs: &mut [Job],
    limits: &Limits,
    options: &CompileOptions,
) -> Vec<Result<Called>> {
    let mut results: Vec<Result<Called>> = Vec::new();
    while results.len() < jobs.len() {
        let rest = &mut jobs[results.len()..];
        let before = results.len();
        if let Err(error) = call_some(library, rest, limits, options, &mut results) {
            results.push(Err(error));
        }
        debug_assert!(before < results.len());
    }
    results
}

/// Calls as many jobs as one process lives for, at least one.
fn call_some(
    library: &Artifact,
    jobs: &mut [Job],
    limits: &Limits,
    options: &CompileOptions,
    results: &mut Vec<Result<Called>>,
) -> Result<()> {
    let worker = compile_worker(options)?;
    let create =
        |job: &Job| DataFile::create(&job.buffers, job.scalars, None, limits, options.sanitize);
    let mut data = jobs.iter().map(create).collect::<Result<Vec<_>>>()?;
    let order: Vec<&Job> = jobs.iter().collect();
    let finished = work(&worker, library, &order, &data, limits)?;
    for (job, data) in jobs.iter_mut().zip(&mut data) {
        if !data.has_returned()? {
            verdict(&finished, limits)?;
            return Err(AotError::Load("the worker ended before the call returned".into()));
        }
        results.push(data.read_back(&mut job.buffers));
    }
    Ok(())
}

/// Runs the worker on all jobs.
fn work(
    worker: &Artifact,
    library: &Artifact,
    jobs: &[&Job],
    data: &[DataFile],
    limits: &Limits,
) -> Result<Finished> {
    let mut command = Command::new(worker.path());
    command.arg(library.path());
    for (job, data) in jobs.iter().zip(data) {
        command.arg(&job.entry.symbol).arg(&data.path);
    }
    command.env("TIRADE_THREADS", limits.threads.to_string());
    // The worker ends itself; this is for a worker that cannot.
    let n = jobs.len() as u32;
    let patience = limits.time.map_or(Duration::MAX, |t| t * n + Duration::from_secs(5));
    run_limited(&mut command, patience)
        .map_err(|e| AotError::Load(format!("the worker process cannot be started: {e}")))
}

/// The worker's program. Its optimisation does not matter, its sanitizer has to be the library's.
fn compile_worker(options: &CompileOptions) -> Result<Artifact> {
    let plain = CompileOptions {
        cc: if is_tcc(options) { None } else { options.cc.clone() },
        opt_level: 1,
        native: false,
        extra_args: Vec::new(),
        use_cache: true,
        ..options.clone()
    };
    compile(SOURCE, ArtifactKind::Program, &plain)
}

fn is_tcc(options: &CompileOptions) -> bool {
    options.cc.as_ref().is_some_and(|cc| cc.to_string_lossy().contains("tcc"))
}

/// An error unless the worker ended in the ordinary way.
fn verdict(finished: &Finished, limits: &Limits) -> Result<()> {
    let report = |code, message: String| {
        Err(AotError::Report(Box::new(Diagnostic::error(code, Span::NONE, message))))
    };
    let timed_out = || {
        let limit = limits.time.unwrap_or_default().as_secs_f64();
        report(Code::FUEL, format!("the compiled program did not end within {limit} s"))
    };
    let Some(status) = finished.status else { return timed_out() };
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(120), _) => Err(AotError::Load(finished.stderr.trim().to_string())),
        (Some(code), _) => {
            let lines = finished.stderr.lines().filter(|l| !l.trim().is_empty());
            let cause = lines.take(2).collect::<Vec<_>>().join(" ");
            report(Code::CRASHED, format!("the compiled program ended with status {code}: {cause}"))
        }
        (None, Some(14)) => timed_out(),
        (None, Some(8)) => {
            report(Code::DIVISION_BY_ZERO, "the compiled program divided by zero".into())
        }
        (None, signal) => {
            let signal = signal.unwrap_or(0);
            let what = match signal {
                6 => "aborted",
                7 | 11 => "accessed memory that is not its own, or ran out of stack",
                9 => "was killed, perhaps because memory ran out",
                _ => "was ended by a signal",
            };
            report(Code::CRASHED, format!("the compiled program {what} (signal {signal})"))
        }
    }
}

/// The file that carries arguments there and results back.
///
/// It has no name, where the system can do without: then nothing is left of it, however this
/// process ends.
struct DataFile {
    file: File,
    path: PathBuf,
    /// Removes the file when dropped, if it has a name.
    _name: Option<tempfile::TempPath>,
    offsets: Vec<usize>,
    samples_at: usize,
}

impl DataFile {
    fn create(
        buffers: &[Vec<u8>],
        scalars: &[i64],
        sampling: Option<Sampling>,
        limits: &Limits,
        sanitize: bool,
    ) -> Result<DataFile> {
        let words = HEADER + 2 * buffers.len() + scalars.len();
        let max_samples = sampling.map_or(0, |s| s.max_samples);
        let samples_at = (words * 8).next_multiple_of(PAGE);
        let mut at = (samples_at + 8 * max_samples.max(1)).next_multiple_of(PAGE);
        let mut offsets = Vec::new();
        for buffer in buffers {
            offsets.push(at);
            // A page between buffers: neighbours do not share cache sets.
            at = (at + buffer.len().max(1)).next_multiple_of(PAGE) + 128;
            at = at.next_multiple_of(64);
        }
        let total = at as u64;
        let millis = limits.time.map_or(0, |t| (t.as_millis() as u64).max(1));
        let memory = if sanitize || limits.memory == 0 { 0 } else { limits.memory + 2 * total };
        let mut header = vec![MAGIC, buffers.len() as u64, scalars.len() as u64, millis, memory];
        header.push(sampling.map_or(0, |s| (s.min_time.as_nanos() as u64).max(1)));
        header.extend([max_samples as u64, samples_at as u64]);
        header.resize(HEADER, 0);
        for (offset, buffer) in offsets.iter().zip(buffers) {
            header.extend([*offset as u64, buffer.len() as u64]);
        }
        header.extend(scalars.iter().map(|s| *s as u64));
        let (file, path, name) = scratch_file()?;
        let mut data = DataFile { file, path, _name: name, offsets, samples_at };
        let bytes: Vec<u8> = header.iter().flat_map(|w| w.to_ne_bytes()).collect();
        data.write(0, &bytes)?;
        for (i, buffer) in buffers.iter().enumerate() {
            data.write(data.offsets[i], buffer)?;
        }
        data.file.set_len(total).map_err(|e| AotError::io("write", &data.path, e))?;
        Ok(data)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        let seek = self.file.seek(SeekFrom::Start(at as u64));
        let done = seek.and_then(|_| self.file.write_all(bytes));
        done.map_err(|e| AotError::io("write", &self.path, e))
    }

    fn read(&mut self, at: usize, bytes: &mut [u8]) -> Result<()> {
        let seek = self.file.seek(SeekFrom::Start(at as u64));
        let done = seek.and_then(|_| self.file.read_exact(bytes));
        done.map_err(|e| AotError::io("read", &self.path, e))
    }

    fn read_words(&mut self, at: usize, n: usize) -> Result<Vec<u64>> {
        let mut bytes = vec![0; 8 * n];
        self.read(at, &mut bytes)?;
        let word = |c: &[u8]| u64::from_ne_bytes(c.try_into().expect("chunks of eight"));
        Ok(bytes.chunks_exact(8).map(word).collect())
    }

    /// True if the call was made and returned.
    fn has_returned(&mut self) -> Result<bool> {
        Ok(self.read_words(0, HEADER)?[8] == 2)
    }

    fn read_back(&mut self, buffers: &mut [Vec<u8>]) -> Result<Called> {
        let header = self.read_words(0, HEADER)?;
        if header[8] != 2 {
            return Err(AotError::Load("the worker ended before the call returned".into()));
        }
        for (i, buffer) in buffers.iter_mut().enumerate() {
            let at = self.offsets[i];
            let mut bytes = std::mem::take(buffer);
            self.read(at, &mut bytes)?;
            *buffer = bytes;
        }
        let taken = header[11] as usize;
        let samples = self.read_words(self.samples_at, taken)?;
        Ok(Called {
            status: header[9] as i64 as i32,
            result: header[10].to_ne_bytes(),
            samples: samples.into_iter().map(|s| f64::from_bits(s) * 1e-9).collect(),
        })
    }
}

/// A new file, in memory where the system offers that, and the path to open it by.
fn scratch_file() -> Result<(File, PathBuf, Option<tempfile::TempPath>)> {
    let memory = Path::new("/dev/shm");
    let make = |dir: &Path| tempfile::Builder::new().prefix("tirade-").tempfile_in(dir);
    let temp = std::env::temp_dir();
    let (file, name) = make(memory)
        .or_else(|_| make(&temp))
        .map_err(|e| AotError::io("create a file in", &temp, e))?
        .into_parts();
    let path = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
    match path.exists() {
        true => Ok((file, path, None)),
        false => Ok((file, name.to_path_buf(), Some(name))),
    }
}
