//! `tirade build`: compile to a library, an archive or an object file.

use super::args::BuildArgs;
use super::output::Output;
use super::run::compile_options;
use super::{Exit, Outcome, Script};
use std::ffi::OsStr;
use tirade::aot::{self, ArtifactKind};
use tirade::ir::diag::Code;
use tirade::ir::{Diagnostic, Span};

/// Runs the verb.
pub fn run(args: &BuildArgs, out: &Output) -> Outcome {
    let script = Script::read(&args.file, out)?.with_fp(args.compile.fp.mode());
    let kind = match args.output.extension().and_then(OsStr::to_str) {
        Some("so") => ArtifactKind::SharedLibrary,
        Some("a") => ArtifactKind::Archive,
        Some("o") => ArtifactKind::Object,
        _ => {
            let message = format!("`{}` ends in none of .so, .a, .o", args.output.display());
            let error = Diagnostic::error(Code::BAD_OPTION, Span::NONE, message);
            return Err(script.fail(out, &[error]));
        }
    };
    aot::build(script.module()?, kind, &compile_options(&args.compile))
        .and_then(|artifact| artifact.copy_to(&args.output))
        .map_err(|error| script.fail(out, &[error.into()]))?;
    Ok(Exit::Ok)
}
