//! `--dump-after`: the program between the lowering passes.

use super::output::Output;
use super::{Outcome, Script, print_data};
use std::path::Path;
use tirade::aot::{self, pass};
use tirade::ir::diag::Code;
use tirade::ir::print::{PrintOptions, print_module};
use tirade::ir::{Diagnostic, FpMode, IRModule, Span};

/// Prints the program after the pass asked for, or after each if that is `all`.
///
/// With a function's name, only what it needs is printed.
pub fn run(path: &Path, func: Option<&str>, mode: FpMode, wanted: &str, out: &Output) -> Outcome {
    let script = Script::read(path, out)?.with_fp(mode);
    let whole = script.module()?;
    let fail = |error: Diagnostic| script.fail(out, &[error]);
    if wanted != "all" && !pass::PASSES.iter().any(|p| p.name == wanted) {
        let names: Vec<&str> = pass::PASSES.iter().map(|p| p.name).collect();
        let message = format!("there is no lowering pass `{wanted}`");
        return Err(fail(
            Diagnostic::error(Code::BAD_OPTION, Span::NONE, message)
                .with_help(format!("the passes are, in order: {}", names.join(", "))),
        ));
    }
    let module = match func {
        None => whole.clone(),
        Some(name) => {
            let func = tirade::program::select_function(whole, Some(name)).map_err(&fail)?;
            aot::reachable(whole, func.name)
        }
    };
    let stages = pass::stages(&module).map_err(|error| fail(error.into()))?;
    let mut text = String::new();
    for (pass, module) in stages {
        match wanted {
            "all" => text += &format!("# after {}\n{}\n", pass.name, printed(&module)),
            name if name == pass.name => text = printed(&module),
            _ => {}
        }
    }
    print_data(&text)
}

fn printed(module: &IRModule) -> String {
    print_module(module, &PrintOptions::default()).text
}
