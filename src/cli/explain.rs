//! `tirade explain`: what a diagnostic code means, with a wrong and a right program.

use super::args::ExplainArgs;
use super::output::Output;
use super::{Exit, Outcome, print_data};
use tirade::ir::SourceMap;
use tirade::ir::diag::codes::{CODES, CodeInfo};
use tirade::ir::diag::{Code, Diagnostic};

/// The page with the programs; its headings are the codes.
const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// Runs the verb.
pub fn run(args: &ExplainArgs, out: &Output) -> Outcome {
    let Some(text) = &args.code else {
        let row = |info: &CodeInfo| {
            let first = info.text.split_inclusive(". ").next().unwrap_or(info.text);
            format!("{} {:<11} {}\n", info.code, info.class, first.trim_end())
        };
        return print_data(&CODES.iter().map(row).collect::<String>());
    };
    match text.parse::<Code>().ok().and_then(Code::info) {
        Some(info) => print_data(&explanation(info)),
        None => {
            let message = format!("there is no code `{text}`");
            let error = Diagnostic::error(Code::BAD_OPTION, tirade::ir::Span::NONE, message)
                .with_help("`tirade explain` lists all codes");
            out.diagnostic(&error, &SourceMap::new());
            Err(Exit::Usage)
        }
    }
}

/// Heading, meaning, and the section of the page without what only its tests read.
fn explanation(info: &CodeInfo) -> String {
    let class = if info.class.is_empty() { "" } else { " " };
    let mut text = format!("{}{class}{}\n\n{}\n", info.code, info.class, info.text);
    let heading = format!("### {}", info.code);
    let lines = PAGE.lines().skip_while(|line| !line.starts_with(&heading)).skip(1);
    let directives = ["# ERROR ", "# REPORT ", "# SET: ", "# OPTIONS: ", "# RUN: "];
    for line in lines.take_while(|line| !line.starts_with("##")) {
        if line.starts_with("```") || directives.iter().any(|d| line.starts_with(d)) {
            continue;
        }
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
