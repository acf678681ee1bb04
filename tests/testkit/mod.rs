//! What the harnesses share: finding programs, running the command line, reading what it says.
#![allow(dead_code)]

pub mod directives;

use libtest_mimic::Failed;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The operator corpus, if it is there.
pub fn operator_corpus() -> Option<PathBuf> {
    let folder = match std::env::var_os("TIRADE_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => root().join("../shared/corpus"),
    };
    folder.join("manifest.jsonl").is_file().then_some(folder)
}

/// All scripts below a folder, sorted.
pub fn scripts_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("py")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A call of the command line.
pub struct Tirade {
    command: Command,
}

/// What a call did.
pub struct Outcome {
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Tirade {
    /// `tirade VERB`.
    pub fn new(verb: &str) -> Tirade {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tirade"));
        command.arg(verb).env_remove("NO_COLOR");
        Tirade { command }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Tirade {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Tirade {
        self.command.args(args);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Tirade {
        self.command.env(name, value);
        self
    }

    /// Starts it, with nobody listening.
    pub fn spawn(mut self) -> std::io::Result<std::process::Child> {
        let null = std::process::Stdio::null;
        self.command.stdin(null()).stdout(null()).stderr(null()).spawn()
    }

    /// Asks for diagnostics as JSON.
    pub fn json(self) -> Tirade {
        self.args(["--message-format", "json"])
    }

    /// Runs it.
    pub fn run(mut self) -> Result<Outcome, Failed> {
        let output = self.command.stdin(std::process::Stdio::null()).output()?;
        Ok(Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs it and asks for an exit code.
    pub fn expect(self, code: i32) -> Result<Outcome, Failed> {
        let shown = format!("{:?}", self.command);
        let outcome = self.run()?;
        if outcome.code == Some(code) {
            return Ok(outcome);
        }
        let found = outcome.code;
        Err(format!("{shown}\nexit {found:?}, expected {code}\n{}", outcome.stderr).into())
    }
}

impl Outcome {
    /// The diagnostics on standard error, for calls with `json`.
    pub fn diagnostics(&self) -> Vec<Value> {
        self.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The errors among them.
    pub fn errors(&self) -> Vec<Value> {
        self.diagnostics().into_iter().filter(|d| d["level"] == "error").collect()
    }
}
