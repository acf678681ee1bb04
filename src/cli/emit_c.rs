//! `tirade emit-c`: write a folder of C for any toolchain.

use super::args::{Cli, EmitCArgs, ParallelArg, ProfileArg, WorkspaceArg};
use super::output::Output;
use super::{Exit, Outcome, Script, dump};
use clap::CommandFactory;
use clap::error::ErrorKind;
use std::io;
use std::path::Path;
use tirade::aot::{self, EmittedFile, Parallel, Profile, Workspace};
use tirade::ir::diag::Code;
use tirade::ir::{Diagnostic, Span};

/// Runs the verb.
pub fn run(args: &EmitCArgs, out: &Output) -> Outcome {
    if args.profile == ProfileArg::Freestanding && args.parallel != ParallelArg::None {
        let message =
            "threads come from the C library, which `--profile freestanding` goes without";
        let _ = Cli::command().error(ErrorKind::ArgumentConflict, message).print();
        return Err(Exit::Usage);
    }
    if let Some(pass) = &args.dump.dump_after {
        return dump::run(&args.file, None, args.fp.mode(), pass, out);
    }
    let script = Script::read(&args.file, out)?.with_fp(args.fp.mode());
    let options = aot::EmitOptions {
        sources: Some(&script.sources),
        name: args.name.clone(),
        profile: match args.profile {
            ProfileArg::Hosted => Profile::Hosted,
            ProfileArg::Freestanding => Profile::Freestanding,
        },
        workspace: match args.workspace {
            WorkspaceArg::Caller => Workspace::Caller,
            WorkspaceArg::Static => Workspace::Static,
        },
        max_stack: args.max_stack,
        heap: args.heap,
        parallel: match args.parallel {
            ParallelArg::None => Parallel::None,
            ParallelArg::Pthreads => Parallel::Pthreads,
            ParallelArg::Openmp => Parallel::OpenMp,
        },
        example: args.main,
    };
    let files = aot::emit_c(script.module()?, &options)
        .map_err(|error| script.fail(out, &[error.into()]))?;
    let folder = args.output.as_deref().unwrap_or(Path::new("."));
    match write_all(folder, &files) {
        Ok(()) => {
            for file in &files {
                out.status(&folder.join(&file.name).display().to_string());
            }
            Ok(Exit::Ok)
        }
        Err(e) => {
            let message = format!("`{}` could not be written: {e}", folder.display());
            Err(script.fail(out, &[Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message)]))
        }
    }
}

/// Writes all files, or none: a folder beside the final place is filled, then renamed as a whole
/// if that place is free, else file by file.
fn write_all(folder: &Path, files: &[EmittedFile]) -> io::Result<()> {
    let exists = folder.try_exists()?;
    let parent = match folder.parent() {
        _ if exists => folder,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent)?;
    let scratch = tempfile::Builder::new().prefix(".tirade-").tempdir_in(parent)?;
    for file in files {
        std::fs::write(scratch.path().join(&file.name), &file.text)?;
    }
    if !exists {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(scratch.path(), std::fs::Permissions::from_mode(0o755))?;
        if std::fs::rename(scratch.path(), folder).is_ok() {
            return Ok(());
        }
        std::fs::create_dir_all(folder)?;
    }
    files.iter().try_for_each(|file| {
        std::fs::rename(scratch.path().join(&file.name), folder.join(&file.name))
    })
}
