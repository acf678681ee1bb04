//! A script, ready to run: its module, the function asked for, and arguments for it.

use crate::npy::{self, NamedTensors};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tirade_frontend::{Evaluated, Options, evaluate};
use tirade_ir::args::{Arg, Request, Sizes, Tensor, array_names, prepare};
use tirade_ir::diag::Code;
use tirade_ir::{Diagnostic, IRModule, ParamKind, PrimFunc, SourceMap, Span, Symbol};

/// Reads a file, or standard input for `-`, and evaluates it.
pub fn load(
    sources: &mut SourceMap,
    path: &Path,
    options: &Options,
) -> Result<Evaluated, Diagnostic> {
    let unreadable = |why: String| {
        Diagnostic::error(Code::FILE_UNREADABLE, Span::NONE, format!("`{}`: {why}", path.display()))
    };
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
            .map_err(|e| unreadable(e.to_string()))?;
        ("<stdin>".to_string(), bytes)
    } else {
        let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
        (path.display().to_string(), bytes)
    };
    let text = String::from_utf8(bytes).map_err(|e| {
        unreadable(format!("not UTF-8 from byte {} on", e.utf8_error().valid_up_to()))
    })?;
    let file = sources.add(&name, text).map_err(|_| {
        let message = format!("`{name}` is larger than 4 GiB together with the files before it");
        Diagnostic::error(Code::SOURCE_TOO_LARGE, Span::NONE, message)
    })?;
    Ok(evaluate(sources, &file, options))
}

/// The function of that name; without a name the only one, or `main`.
pub fn select_function(module: &IRModule, name: Option<&str>) -> Result<Arc<PrimFunc>, Diagnostic> {
    let error = |message: String| Diagnostic::error(Code::NO_SUCH_FUNCTION, Span::NONE, message);
    let names: Vec<&str> = module.functions().map(|f| f.name.as_str()).collect();
    let listed = || format!("the functions are: {}", names.join(", "));
    if let Some(name) = name {
        let found = module.get(Symbol::new(name)).cloned();
        return found
            .ok_or_else(|| error(format!("there is no function `{name}`")).with_note(listed()));
    }
    let mut public = module.functions().filter(|f| !f.private);
    match (public.next(), public.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ => match module.get(Symbol::new("main")) {
            Some(main) => Ok(main.clone()),
            None => Err(error("the script defines several functions".into())
                .with_note(listed())
                .with_help("name one with `--func`")),
        },
    }
}

/// What the user gives for a run, as text and paths.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// An `.npz` file.
    pub archive: Option<PathBuf>,
    /// `NAME=FILE.npy`.
    pub files: Vec<String>,
    /// `NAME=VALUE`.
    pub sets: Vec<String>,
    /// For what is not given.
    pub seed: u64,
    /// Buffers that are not to be filled.
    pub uninit: Vec<String>,
}

/// Reads the arrays and completes them to one argument a parameter.
pub fn arguments(
    module: &IRModule,
    func: &PrimFunc,
    inputs: &Inputs,
) -> Result<(Vec<Arg>, Sizes), Vec<Diagnostic>> {
    let request = read_request(inputs).map_err(|e| vec![e])?;
    prepare(module, func, &request)
}

fn read_request(inputs: &Inputs) -> Result<Request, Diagnostic> {
    let unreadable = |path: &Path, why: std::io::Error| {
        let message = format!("`{}`: {why}", path.display());
        Diagnostic::error(Code::ARRAYS_UNREADABLE, Span::NONE, message)
    };
    let mut arrays: NamedTensors = Vec::new();
    if let Some(path) = &inputs.archive {
        arrays = npy::read_npz(path).map_err(|e| unreadable(path, e))?;
    }
    for text in &inputs.files {
        let (name, path) = split_assignment("--input", text)?;
        let tensor = npy::read_npy(Path::new(path)).map_err(|e| unreadable(Path::new(path), e))?;
        arrays.retain(|(n, _)| n != name);
        arrays.push((name.to_string(), tensor));
    }
    let mut sets = Vec::new();
    for text in &inputs.sets {
        let (name, value) = split_assignment("--set", text)?;
        sets.push((name.to_string(), value.to_string()));
    }
    Ok(Request { arrays, sets, seed: inputs.seed, uninit: inputs.uninit.clone() })
}

fn split_assignment<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Diagnostic> {
    text.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty()).ok_or_else(
        || {
            let message = format!("`{option} {text}` is not of the form NAME=VALUE");
            Diagnostic::error(Code::BAD_ASSIGNMENT, Span::NONE, message)
        },
    )
}

/// The buffer parameters of a function with their arrays, by the buffer's name.
pub fn named_buffers<'a>(
    func: &'a PrimFunc,
    args: &'a [Arg],
) -> impl Iterator<Item = (&'static str, &'a Tensor)> {
    func.params.iter().zip(args).filter_map(|(param, arg)| match (&param.kind, arg) {
        (ParamKind::Buffer(_) | ParamKind::Pointer(_), Arg::Tensor { tensor, .. }) => {
            Some((array_names(param)[0], tensor))
        }
        _ => None,
    })
}
