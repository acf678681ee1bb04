//! `tirade explain`: what a diagnostic code means.

use super::args::ExplainArgs;
use super::output::Output;
use super::{Exit, Outcome, print_data};
use tirade::ir::SourceMap;
use tirade::ir::diag::codes::CODES;
use tirade::ir::diag::{Code, Diagnostic};

/// Runs the verb.
pub fn run(args: &ExplainArgs, out: &Output) -> Outcome {
    let Some(text) = &args.code else {
        let row = |info: &tirade::ir::diag::codes::CodeInfo| {
            let first = info.text.split_inclusive(". ").next().unwrap_or(info.text);
            format!("{} {:<11} {}\n", info.code, info.class, first.trim_end())
        };
        return print_data(&CODES.iter().map(row).collect::<String>());
    };
    match text.parse::<Code>().ok().and_then(Code::info) {
        Some(info) => {
            let class = if info.class.is_empty() { "" } else { " " };
            print_data(&format!("{}{class}{}\n\n{}\n", info.code, info.class, info.text))
        }
        None => {
            let message = format!("there is no code `{text}`");
            let error = Diagnostic::error(Code::BAD_OPTION, tirade::ir::Span::NONE, message)
                .with_help("`tirade explain` lists all codes");
            out.diagnostic(&error, &SourceMap::new());
            Err(Exit::Usage)
        }
    }
}
