//! `tirade schedule`: the steps of a script's schedules, with the program before and after each.

use super::args::ScheduleArgs;
use super::output::Output;
use super::{Exit, Outcome, Script, print_data};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use tirade::ir::diag::Code;
use tirade::ir::print::{PrintOptions, print_module};
use tirade::ir::{Diagnostic, IRModule, Span};
use tirade::schedule::outline::{Item, Line, outline};
use tirade::schedule::{Schedule, Step};

/// The page; `DATA` stands for the schedules as JSON.
const PAGE: &str = include_str!("schedule.html");
/// Lines around a change that text shows.
const CONTEXT: usize = 3;

/// Runs the verb.
pub fn run(args: &ScheduleArgs, out: &Output) -> Outcome {
    let script = Script::read(&args.file, out)?;
    let dialect = script.evaluated.dialect.printable();
    let options = PrintOptions { dialect, imports: false, ..PrintOptions::default() };
    let print = |module: &IRModule| print_module(module, &options).text;
    let made = &script.evaluated.schedules;
    let scheduled: Vec<&Schedule> = made.iter().filter(|s| s.steps().next().is_some()).collect();
    if scheduled.is_empty() {
        script.module()?;
        out.status("the script applies no schedule primitives");
    }
    // A script that fails in a step is shown up to there, and keeps its exit code.
    let end = script.module().map(|_| Exit::Ok);
    let Some(path) = &args.html else {
        print_data(&scheduled.iter().map(|s| text(s, &print)).collect::<String>())?;
        return end;
    };
    let data: Vec<Value> = scheduled.iter().map(|s| page_data(s, &print)).collect();
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy();
    let data = json!({ "file": name, "schedules": data }).to_string();
    // Inside of a script element, only a closing tag could be mistaken.
    let page = PAGE.replacen("DATA", &data.replace('<', "\\u003c"), 1);
    std::fs::write(path, page).map_err(|e| {
        let message = format!("`{}` could not be written: {e}", path.display());
        script.fail(out, &[Diagnostic::error(Code::FILE_UNWRITABLE, Span::NONE, message)])
    })?;
    end
}

/// The steps as a script would write them, beside each the module after it.
fn steps<'s>(schedule: &'s Schedule) -> impl Iterator<Item = (String, Step<'s>)> {
    schedule.trace().to_python().into_iter().zip(schedule.steps())
}

/// The first program, then each step with what it changes.
fn text(schedule: &Schedule, print: &impl Fn(&IRModule) -> String) -> String {
    let mut text = String::new();
    let mut program = None;
    for (number, (line, step)) in steps(schedule).enumerate() {
        let before = program.take().unwrap_or_else(|| print(step.before));
        if number == 0 {
            text += &format!("{before}\n");
        }
        text += &format!("# {}: {line}\n", number + 1);
        if step.instruction.primitive.is_pure() {
            program = Some(before);
            continue;
        }
        let after = print(step.after);
        let diff = TextDiff::from_lines(&before, &after);
        text += &diff.unified_diff().context_radius(CONTEXT).to_string();
        text.push('\n');
        program = Some(after);
    }
    text
}

/// What the page shows of a schedule.
fn page_data(schedule: &Schedule, print: &impl Fn(&IRModule) -> String) -> Value {
    let first = schedule.steps().next().map(|step| step.before.clone());
    let start = first.unwrap_or_else(|| schedule.module().clone());
    let mut program = print(&start);
    let mut nest = nest_of(&start);
    let mut shown =
        vec![json!({ "call": "the program as it was", "rows": rows(&program, &program),
        "before": nest, "after": nest, "changes": false })];
    for (line, step) in steps(schedule) {
        let pure = step.instruction.primitive.is_pure();
        let (after, nest_after) = match pure {
            true => (program.clone(), nest.clone()),
            false => (print(step.after), nest_of(step.after)),
        };
        shown.push(json!({
            "call": line,
            "doc": step.instruction.primitive.doc,
            "rows": rows(&program, &after),
            "before": nest,
            "after": nest_after,
            "changes": !pure,
        }));
        (program, nest) = (after, nest_after);
    }
    json!({ "steps": shown })
}

/// Two texts line by line, side by side: `[left, right, whether they differ]`.
fn rows(before: &str, after: &str) -> Vec<Value> {
    let diff = TextDiff::from_lines(before, after);
    let (mut rows, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    let flush = |gone: &mut Vec<String>, come: &mut Vec<String>, rows: &mut Vec<Value>| {
        for i in 0..gone.len().max(come.len()) {
            rows.push(json!([gone.get(i), come.get(i), true]));
        }
        gone.clear();
        come.clear();
    };
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches('\n').to_string();
        match change.tag() {
            ChangeTag::Delete => gone.push(line),
            ChangeTag::Insert => come.push(line),
            ChangeTag::Equal => {
                flush(&mut gone, &mut come, &mut rows);
                rows.push(json!([line, line, false]));
            }
        }
    }
    flush(&mut gone, &mut come, &mut rows);
    rows
}

/// The loops and blocks of all functions.
fn nest_of(module: &IRModule) -> Value {
    let functions = module.functions().map(|func| {
        let lines: Vec<Value> = outline(func).iter().map(nest_line).collect();
        json!({ "name": func.name.as_str(), "lines": lines })
    });
    Value::Array(functions.collect())
}

fn nest_line(line: &Line) -> Value {
    match &line.item {
        Item::Block { name } => {
            json!({ "depth": line.depth, "what": "block", "name": name.as_str() })
        }
        Item::Loop { var, kind, thread, trips, total, footprint } => json!({
            "depth": line.depth,
            "what": "loop",
            "name": var.as_str(),
            "kind": kind.name(),
            "thread": thread.map(|t| t.as_str()),
            "trips": trips,
            "total": total,
            "footprint": footprint.map(human_bytes),
        }),
    }
}

fn human_bytes(bytes: u64) -> String {
    const UNITS: &[&str] = &["B", "KiB", "MiB", "GiB", "TiB"];
    let power = (bytes.max(1).ilog2() / 10).min(4);
    match power {
        0 => format!("{bytes} B"),
        _ => format!("{:.1} {}", bytes as f64 / 1024f64.powi(power as i32), UNITS[power as usize]),
    }
}
