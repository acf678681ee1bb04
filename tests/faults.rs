//! What can go wrong around a program: tools, disks, caches, signals. Each has an exit code and one
//! error with its cause, nothing half-written stays, and the cache serves the next run.

mod testkit;

use libtest_mimic::Failed;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::{Outcome, Tirade, root};

type Test = Result<(), Failed>;

fn example() -> PathBuf {
    root().join("examples/prefix_sum.py")
}

/// A folder for a test, with a cache of its own.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Result<Place, Failed> {
        Ok(Place { folder: tempfile::tempdir()? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `tirade VERB examples/prefix_sum.py` with this cache.
    fn tirade(&self, verb: &str) -> Tirade {
        Tirade::new(verb).arg(example()).env("TIRADE_CACHE", self.path("cache"))
    }

    /// An executable shell script.
    fn script(&self, name: &str, text: &str) -> Result<PathBuf, Failed> {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n"))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }

    /// All files of the cache.
    fn cached(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut todo = vec![self.path("cache")];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.path() {
                    path if path.is_dir() => todo.push(path),
                    path => found.push(path),
                }
            }
        }
        found.sort();
        found
    }
}

/// The one error of a run, by its code.
fn expect_error(outcome: &Outcome, code: &str) -> Test {
    match &outcome.errors()[..] {
        [error]
            if error["code"] == code
                && error["message"].as_str().is_some_and(|m| !m.contains('\n')) =>
        {
            Ok(())
        }
        other => Err(format!("expected {code} in one line, found {other:?}").into()),
    }
}

/// `run` and `build` with a compiler fail with `code`, and leave no output.
fn compiler_fails(place: &Place, cc: &Path, code: &str) -> Test {
    let out = place.path("k.so");
    for verb in ["run", "build"] {
        let mut command = place.tirade(verb).arg("--cc").arg(cc).args(["--cc-timeout", "1"]).json();
        if verb == "build" {
            command = command.arg("-o").arg(&out);
        }
        expect_error(&command.expect(2)?, code)?;
    }
    if out.exists() {
        return Err("there is an output".into());
    }
    Ok(())
}

#[test]
fn a_compiler_that_is_missing_or_fails() -> Test {
    let place = Place::new()?;
    compiler_fails(&place, Path::new("no-such-cc"), "TIR0901")?;
    compiler_fails(&place, &place.path("neither"), "TIR0901")?;
    let text = place.path("text");
    fs::write(&text, "not a program")?;
    compiler_fails(&place, &text, "TIR0901")?;
    let cases = [
        ("fails", "echo 'error: out of cheese' >&2; exit 1"),
        ("dies", "kill -9 $$"),
        (
            "writes-half",
            "while [ $# -gt 0 ]; do [ \"$1\" = -o ] && echo half > \"$2\"; shift; done; kill -9 $$",
        ),
        ("writes-nothing", "exit 0"),
    ];
    for (name, script) in cases {
        compiler_fails(&place, &place.script(name, script)?, "TIR0902")?;
    }
    // What such compilers left is not taken for a library.
    place.tirade("run").expect(0)?;
    Ok(())
}

#[test]
fn a_compiler_that_writes_garbage() -> Test {
    let place = Place::new()?;
    let script = "while [ $# -gt 0 ]; do [ \"$1\" = -o ] && echo garbage > \"$2\"; shift; done";
    let cc = place.script("garbage", script)?;
    let outcome = place.tirade("run").arg("--cc").arg(cc).json().expect(2)?;
    expect_error(&outcome, "TIR0905")
}

#[test]
fn a_compiler_that_hangs_is_stopped_with_its_children() -> Test {
    let place = Place::new()?;
    let cc = place.script("hangs", "sleep 987654 & sleep 987654")?;
    let start = Instant::now();
    compiler_fails(&place, &cc, "TIR0903")?;
    assert!(start.elapsed() < Duration::from_secs(30));
    let running = Command::new("ps").args(["-e", "-o", "args"]).output();
    if let Ok(running) = running {
        assert!(!String::from_utf8_lossy(&running.stdout).contains("sleep 987654"));
    }
    Ok(())
}

/// Runs the command line where no file may grow beyond 512 bytes, as on a disk that is full.
fn on_a_full_disk(place: &Place, args: &[&str]) -> Result<Outcome, Failed> {
    let output = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash"])
        .arg(env!("CARGO_BIN_EXE_tirade"))
        .args(args)
        .args(["--message-format", "json"])
        .env("TIRADE_CACHE", place.path("cache"))
        .output()?;
    Ok(Outcome {
        code: output.status.code(),
        stdout: String::new(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

#[test]
fn a_full_disk() -> Test {
    let place = Place::new()?;
    let script = example().display().to_string();
    let library = place.path("k.so").display().to_string();
    let folder = place.path("c").display().to_string();
    let outputs = place.path("out.npz").display().to_string();
    // Before and after the library is in the cache.
    for _ in 0..2 {
        for args in [
            vec!["build", &script, "-o", &library],
            vec!["emit-c", &script, "-o", &folder],
            vec!["run", &script, "--outputs", &outputs],
        ] {
            let outcome = on_a_full_disk(&place, &args)?;
            assert_eq!(outcome.code, Some(2), "{args:?}: {}", outcome.stderr);
            assert_eq!(outcome.errors().len(), 1, "{args:?}: {}", outcome.stderr);
            let left: Vec<_> = [&library, &folder, &outputs]
                .into_iter()
                .filter(|p| Path::new(p).exists())
                .collect();
            assert!(left.is_empty(), "{left:?}");
        }
        place.tirade("run").expect(0)?;
        place.tirade("build").arg("-o").arg(place.path("good.so")).expect(0)?;
    }
    Ok(())
}

#[test]
fn folders_that_cannot_be_written() -> Test {
    // Nobody, not even root, may make files there.
    let closed = Path::new("/proc/tirade");
    let place = Place::new()?;
    let outcome = place.tirade("build").arg("-o").arg(closed.join("k.so")).json().expect(2)?;
    expect_error(&outcome, "TIR0904")?;
    let outcome = place.tirade("emit-c").arg("-o").arg(closed).json().expect(2)?;
    expect_error(&outcome, "TIR0003")?;
    let file = place.path("file");
    fs::write(&file, "")?;
    let outcome = place.tirade("emit-c").arg("-o").arg(&file).json().expect(2)?;
    expect_error(&outcome, "TIR0003")?;
    let outcome =
        place.tirade("run").arg("--outputs").arg(closed.join("o.npz")).json().expect(2)?;
    expect_error(&outcome, "TIR0003")?;
    // A cache that cannot be used costs time, nothing else.
    Tirade::new("run").arg(example()).env("TIRADE_CACHE", closed).expect(0)?;
    Tirade::new("run").arg(example()).env("TIRADE_CACHE", &file).expect(0)?;
    Ok(())
}

#[test]
fn corrupt_cache_entries_are_made_again() -> Test {
    let place = Place::new()?;
    let expected = place.tirade("run").expect(0)?.stdout;
    let entries = place.cached();
    assert!(entries.len() >= 2, "the library and the worker");
    for entry in &entries {
        let bytes = fs::read(entry)?;
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        for bad in [
            Vec::new(),
            flipped,
            bytes[..bytes.len() / 2].to_vec(),
            b"#!/bin/sh\nexit 3\n".to_vec(),
        ] {
            fs::remove_file(entry)?;
            fs::write(entry, bad)?;
            assert_eq!(place.tirade("run").expect(0)?.stdout, expected);
        }
        assert_eq!(fs::read(entry)?.len(), bytes.len(), "the entry was made again");
    }
    // An entry that is no file at all.
    fs::remove_file(&entries[0])?;
    fs::create_dir(&entries[0])?;
    assert_eq!(place.tirade("run").expect(0)?.stdout, expected);
    Ok(())
}

#[test]
fn processes_share_a_cold_cache() -> Test {
    let place = Place::new()?;
    let results: Vec<_> = std::thread::scope(|scope| {
        let start = || scope.spawn(|| place.tirade("run").expect(0).map(|o| o.stdout));
        let running: Vec<_> = (0..4).map(|_| start()).collect();
        running.into_iter().map(|r| r.join().expect("no panic")).collect()
    });
    let outputs = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert!(outputs.windows(2).all(|w| w[0] == w[1]));
    Ok(())
}

#[test]
fn killed_at_any_time_nothing_is_half_done() -> Test {
    let place = Place::new()?;
    let good = place.path("good.so");
    place.tirade("build").arg("-o").arg(&good).expect(0)?;
    let expected = fs::read(&good)?;
    let rounds = std::env::var("TIRADE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(9);
    for round in 0..rounds {
        // Every third round begins with a cold cache.
        if round % 3 == 0 {
            let _ = fs::remove_dir_all(place.path("cache"));
        }
        let (library, folder) = (place.path("k.so"), place.path("c"));
        let pause = Duration::from_millis(5 + 37 * round % 220);
        let mut build = place.tirade("build").arg("-o").arg(&library).spawn()?;
        let mut emit = place.tirade("emit-c").arg("-o").arg(&folder).spawn()?;
        std::thread::sleep(pause);
        for child in [&mut build, &mut emit] {
            let _ = child.kill();
            child.wait()?;
        }
        if library.exists() {
            assert_eq!(fs::read(&library)?, expected, "round {round}");
            fs::remove_file(&library)?;
        }
        if folder.exists() {
            assert!(folder.join("manifest.json").exists(), "round {round}");
            fs::remove_dir_all(&folder)?;
        }
        place.tirade("build").arg("-o").arg(&library).expect(0)?;
        assert_eq!(fs::read(&library)?, expected, "round {round}");
        fs::remove_file(&library)?;
    }
    place.tirade("run").expect(0)?;
    Ok(())
}

/// A script whose compiled code goes wrong.
fn goes_wrong(body: &str, args: &[&str], class: &str) -> Test {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("wrong.py");
    let text = format!(
        "from tvm.script import tirx as T\n\n\n@T.prim_func(s_tir=True)\n\
         def main(N: T.Buffer((1,), \"int64\"), R: T.Buffer((1,), \"int64\")):\n{body}"
    );
    fs::write(&path, text)?;
    let outcome = Tirade::new("run").arg(&path).args(args).json().expect(4)?;
    match outcome.errors().first() {
        Some(error) if error["class"] == class || error["code"] == class => Ok(()),
        other => Err(format!("expected {class}, found {other:?}").into()),
    }
}

#[test]
fn compiled_code_that_goes_wrong_is_reported() -> Test {
    let endless = "    while N[0] == N[0]:\n        R[0] = R[0] + T.int64(1)\n";
    goes_wrong(endless, &["--timeout", "1"], "E-FUEL")?;
    let far = "    R[(N[0] & T.int64(1)) + T.int64(1000000000000)] = T.int64(1)\n";
    goes_wrong(far, &[], "TIR0906")?;
    let bomb = "    X = T.alloc_buffer(((N[0] & T.int64(1)) + T.int64(1000000000000),), \"int64\")\n    \
                X[0] = N[0]\n    R[0] = X[0]\n";
    goes_wrong(bomb, &[], "E-ALLOC")
}
