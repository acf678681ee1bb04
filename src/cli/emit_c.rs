//! `tirade emit-c`: write C and a header for any toolchain.

use super::args::EmitCArgs;
use super::output::Output;
use super::{Exit, Outcome, Script};
use std::path::Path;
use tirade::aot;
use tirade::ir::diag::Code;
use tirade::ir::{Diagnostic, Span};

/// Runs the verb.
pub fn run(args: &EmitCArgs, out: &Output) -> Outcome {
    let script = Script::read(&args.file, out)?;
    let options = aot::EmitOptions { sources: Some(&script.sources) };
    let files = aot::emit_c(script.module()?, &options)
        .map_err(|error| script.fail(out, &[error.into()]))?;
    match write_all(&args.output, &files) {
        Ok(()) => {
            for (name, _) in &files {
                out.status(&args.output.join(name).display().to_string());
            }
            Ok(Exit::Ok)
        }
        Err(e) => {
            let message = format!("`{}` could not be written: {e}", args.output.display());
            Err(script.fail(out, &[Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message)]))
        }
    }
}

/// Writes all files, or none: each is complete under another name before the first is renamed.
fn write_all(folder: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let partial = |name: &str| folder.join(format!(".{name}.partial{}", std::process::id()));
    let written = files.iter().try_for_each(|(name, text)| std::fs::write(partial(name), text));
    let renamed = written.and_then(|()| {
        files.iter().try_for_each(|(name, _)| std::fs::rename(partial(name), folder.join(name)))
    });
    if renamed.is_err() {
        for (name, _) in files {
            let _ = std::fs::remove_file(partial(name));
        }
    }
    renamed
}
