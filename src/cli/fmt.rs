//! `tirade fmt`: print the evaluated program as TVMScript.

use super::args::{DialectArg, FmtArgs, StyleArg};
use super::output::Output;
use super::{Exit, Outcome, Script, print_data};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tirade::ir::diag::Code;
use tirade::ir::print::{Dialect, PrintOptions, Style, print_module};
use tirade::ir::{Diagnostic, SourceMap, Span};

/// Runs the verb.
pub fn run(args: &FmtArgs, out: &Output) -> Outcome {
    let files = scripts_of(&args.files);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<String, Exit>>>> = Mutex::new(vec![None; files.len()]);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(files.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(i) else { break };
                    let text = format_file(path, args, out);
                    results.lock().expect("no panic holds the lock")[i] = Some(text);
                }
            });
        }
    });
    let results = results.into_inner().expect("no panic holds the lock");
    let mut exit = Exit::Ok;
    for (path, result) in files.iter().zip(results) {
        let one = match result.unwrap_or(Err(Exit::Internal)) {
            Ok(text) => deliver(path, &text, args, files.len(), out),
            Err(exit) => exit,
        };
        if exit == Exit::Ok {
            exit = one;
        }
    }
    Ok(exit)
}

/// The files named, and the scripts in the folders named.
fn scripts_of(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut folders = vec![path.clone()];
        let mut inside = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if path.extension().is_some_and(|e| e == "py") => inside.push(path),
                    false => {}
                }
            }
        }
        inside.sort();
        found.extend(inside);
    }
    found
}

fn format_file(path: &Path, args: &FmtArgs, out: &Output) -> Result<String, Exit> {
    let script = Script::read(path, out)?;
    let module = script.module()?;
    let options = PrintOptions {
        dialect: match args.dialect {
            Some(DialectArg::Classic) => Dialect::Classic,
            Some(DialectArg::Modern) => Dialect::Modern,
            None => script.evaluated.dialect.printable(),
        },
        style: match args.style {
            StyleArg::Sugared => Style::Sugared,
            StyleArg::Explicit => Style::Explicit,
        },
        comments: script.evaluated.comments.clone(),
        ..PrintOptions::default()
    };
    let printed = print_module(module, &options);
    match out.diagnostics(&printed.diagnostics, &script.sources) {
        true => Err(Exit::Rejected),
        false => Ok(printed.text),
    }
}

fn deliver(path: &Path, text: &str, args: &FmtArgs, n_files: usize, out: &Output) -> Exit {
    if args.check {
        let same = std::fs::read_to_string(path).is_ok_and(|old| old == text);
        if !same {
            out.status(&format!("{}: would change", path.display()));
        }
        return if same { Exit::Ok } else { Exit::Finding };
    }
    let Some(output) = &args.output else {
        return print_data(text).unwrap_or_else(|exit| exit);
    };
    let target = match (n_files, path.file_name()) {
        (1, _) | (_, None) => output.clone(),
        (_, Some(name)) => output.join(name),
    };
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty());
    let written = folder.map_or(Ok(()), std::fs::create_dir_all);
    match written.and_then(|()| std::fs::write(&target, text)) {
        Ok(()) => Exit::Ok,
        Err(e) => {
            let message = format!("`{}` could not be written: {e}", target.display());
            let error = Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message);
            out.diagnostic(&error, &SourceMap::new());
            Exit::Usage
        }
    }
}
