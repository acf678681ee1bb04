//! Runs every executor over `tests/corpus/` and `examples/`, through the command line.
//!
//! See `tests/README.md` for the directives.

mod testkit;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use testkit::directives::Directives;
use testkit::{Tirade, root, scripts_below};

fn main() {
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    for folder in ["tests/corpus", "examples"] {
        for path in scripts_below(&root().join(folder)) {
            let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
            trials.push(Trial::test(name, move || test_program(&path)));
        }
    }
    libtest_mimic::run(&args, trials).exit();
}

fn test_program(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let directives = Directives::parse(&text)?;
    if !directives.errors.is_empty() {
        return test_rejected(path, &directives);
    }
    if directives.runs("check") {
        Tirade::new("check").arg(path).expect(0)?;
    }
    if directives.runs("fmt") {
        test_fmt(path)?;
    }
    if let Some(report) = &directives.report {
        let folder = tempfile::tempdir()?;
        let outcome = directives.command("interp", path, folder.path())?.json().expect(4)?;
        report.check_first(&outcome)?;
        // Every operation has a defined value even where there is a report (SEMANTICS S2).
        return match directives.has_outputs() && directives.runs("run") {
            true => directives.check_outputs("run", path),
            false => Ok(()),
        };
    }
    for verb in ["interp", "run"] {
        if directives.runs(verb) {
            directives.check_outputs(verb, path)?;
        }
    }
    if directives.runs("diff") {
        let folder = tempfile::tempdir()?;
        // Every lowering pass keeps what the program does, too.
        directives.command("diff", path, folder.path())?.arg("--bisect").expect(0)?;
    }
    Ok(())
}

fn test_rejected(path: &Path, directives: &Directives) -> Result<(), Failed> {
    // What is refused only when it is to be run names the verb.
    let verb = if directives.runs("check") { "check" } else { "interp" };
    let outcome = Tirade::new(verb).arg(path).json().expect(3)?;
    let found = outcome.errors();
    for (i, expected) in directives.errors.iter().enumerate() {
        match found.get(i) {
            Some(error) => expected.check(error)?,
            None => return Err(format!("{expected:?} was not reported").into()),
        }
    }
    match found.get(directives.errors.len()) {
        Some(extra) => Err(format!("an error that was not expected: {extra}").into()),
        None => Ok(()),
    }
}

/// `fmt` is a fixpoint in both styles, and what it prints is the same program.
fn test_fmt(path: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for style in ["sugared", "explicit"] {
        let once = Tirade::new("fmt").arg(path).args(["--style", style]).expect(0)?.stdout;
        let printed: PathBuf = folder.path().join(format!("{style}.py"));
        std::fs::write(&printed, &once)?;
        let twice = Tirade::new("fmt").arg(&printed).args(["--style", style]).expect(0)?.stdout;
        if once != twice {
            return Err(
                format!("fmt --style {style} is not a fixpoint:\n{once}\n---\n{twice}").into()
            );
        }
        Tirade::new("diff-ir").arg(path).arg(&printed).expect(0)?;
    }
    Ok(())
}
