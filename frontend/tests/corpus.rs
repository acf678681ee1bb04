//! Every program of the operator corpus is read without an error.
//!
//! The corpus is looked for in `TIRADE_CORPUS`, or in `../shared/corpus` beside the repository.

use std::path::{Path, PathBuf};
use tirade_frontend::{Options, evaluate};
use tirade_ir::SourceMap;
use tirade_ir::diag::render::{Style, render};

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let dir = std::env::var_os("TIRADE_CORPUS").map_or_else(beside, PathBuf::from);
    dir.is_dir().then_some(dir)
}

/// Programs of a folder: Python files, except for the folder's own scripts.
fn programs(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a readable folder");
    let files = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path());
    let mut files: Vec<_> = files
        .filter(|p| p.extension().is_some_and(|e| e == "py"))
        .filter(|p| p.file_stem().is_some_and(|s| s != "check"))
        .collect();
    files.sort();
    files
}

#[test]
fn operator_corpus_is_read() {
    let Some(dir) = corpus() else {
        eprintln!("the operator corpus is not here; set TIRADE_CORPUS to its folder");
        return;
    };
    let files = programs(&dir);
    let mut failed = Vec::new();
    for path in &files {
        let mut sources = SourceMap::new();
        let text = std::fs::read_to_string(path).expect("a readable program");
        let file = sources.add(&path.display().to_string(), text).expect("room for one file");
        let result = evaluate(&mut sources, &file, &Options::default());
        let errors = result.diagnostics.iter().filter(|d| d.is_error());
        if let Some(first) = errors.into_iter().next() {
            failed.push(render(first, &sources, Style::Short));
        } else if result.module.is_none_or(|m| m.is_empty()) {
            failed.push(format!("{}: no function", path.display()));
        }
    }
    println!("corpus parses {}/{}", files.len() - failed.len(), files.len());
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), files.len(), failed.join("\n"));
}
