//! The programs in the documentation: every ```python block is a whole script that must pass
//! `check`, or carry the directives of a test program.

mod testkit;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use testkit::directives::Directives;
use testkit::{Tirade, root};

fn main() {
    let args = Arguments::from_args();
    let mut pages = vec![root().join("README.md")];
    pages.extend(pages_below(&root().join("docs")));
    let mut trials = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        for (line, script) in scripts_in(&text) {
            let name = page.strip_prefix(root()).unwrap_or(&page).display();
            trials.push(Trial::test(format!("{name}:{line}"), move || test_script(&script)));
        }
    }
    trials.push(Trial::test("every code has its programs", every_code_has_its_programs));
    libtest_mimic::run(&args, trials).exit();
}

/// The page of diagnostics has a section for each code: two programs of which the first shows the
/// code, or a sentence why no script can show it.
fn every_code_has_its_programs() -> Result<(), Failed> {
    let page = std::fs::read_to_string(root().join("docs/diagnostics.md"))?;
    let mut sections: Vec<&str> = page.split("\n### ").skip(1).collect();
    for info in tirade::ir::diag::codes::CODES {
        let code = info.code.to_string();
        let at = sections.iter().position(|s| s.starts_with(&code));
        let section = sections.remove(at.ok_or_else(|| format!("{code} has no section"))?);
        let wrong = match info.class {
            "" => format!("\n# ERROR {code}"),
            class => format!("\n# REPORT {class}"),
        };
        let fits = match section.matches("```python").count() {
            0 => 20 < section.len(),
            2 => section.contains(&wrong),
            _ => false,
        };
        if !fits {
            return Err(format!("{code} needs a wrong and a right program").into());
        }
    }
    match sections.first() {
        Some(section) => Err(format!("{section}: no such code").into()),
        None => Ok(()),
    }
}

fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(pages_below(&path)),
            false if path.extension().is_some_and(|e| e == "md") => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

/// The ```python blocks of a page, with the line they begin on.
fn scripts_in(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (i, line) in text.lines().enumerate() {
        match (&mut open, line.trim_end()) {
            (None, "```python") => open = Some((i + 2, String::new())),
            (Some(_), "```") => found.extend(open.take()),
            (Some((_, script)), _) => {
                script.push_str(line);
                script.push('\n');
            }
            (None, _) => {}
        }
    }
    found
}

fn test_script(script: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("script.py");
    std::fs::write(&path, script)?;
    let directives = Directives::parse(script)?;
    if !directives.errors.is_empty() {
        let verb = if directives.runs("check") { "check" } else { "interp" };
        let found = Tirade::new(verb).arg(&path).json().expect(3)?.errors();
        let first = found.first().ok_or("nothing was reported")?;
        return directives.errors[0].check(first);
    }
    if let Some(report) = &directives.report {
        let inputs = tempfile::tempdir()?;
        let outcome = directives.command("interp", &path, inputs.path())?.json().expect(4)?;
        return report.check_first(&outcome);
    }
    Tirade::new("check").arg(&path).expect(0)?;
    match directives.has_outputs() {
        true => directives.check_outputs("interp", &path),
        false => Ok(()),
    }
}
