//! Running a tool with a time limit.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How a child process ended.
pub struct Finished {
    /// `None` if it was killed because its time was over.
    pub status: Option<ExitStatus>,
    /// The first part of what it wrote to stderr.
    pub stderr: String,
}

/// At most this much of a child's stderr is kept.
const STDERR_LIMIT: u64 = 64 << 10;

/// Runs `command` in a process group of its own; kills the group after `limit`.
///
/// Stdin is empty and stdout is dropped.
pub fn run_limited(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    let mut child = spawn(command)?;
    let mut pipe = child.stderr.take().expect("stderr is piped");
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = pipe.by_ref().take(STDERR_LIMIT).read_to_end(&mut text);
        // The rest is read and dropped, or the child would wait for its pipe.
        let _ = io::copy(&mut pipe, &mut io::sink());
        String::from_utf8_lossy(&text).into_owned()
    });
    let status = wait_limited(&mut child, limit)?;
    let stderr = reader.join().unwrap_or_default();
    Ok(Finished { status, stderr })
}

/// Starts a child. A program that was just written may be busy for a moment: another thread that
/// starts a child at this time holds the file open until its own program runs.
fn spawn(command: &mut Command) -> io::Result<Child> {
    for _ in 0..50 {
        match command.spawn() {
            Err(e) if e.kind() == io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(2));
            }
            result => return result,
        }
    }
    command.spawn()
}

/// Waits with short sleeps, which grow from 50 us to 2 ms.
fn wait_limited(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            kill_group(child);
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(2));
    }
}

/// A compiler driver has children of its own, which would outlive it.
fn kill_group(child: &mut Child) {
    if let Some(pid) = rustix::process::Pid::from_raw(child.id() as i32) {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}
