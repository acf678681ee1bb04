//! Fuzzing of what reads text: whatever the text is, there is an answer, and no panic.
//!
//! [`input`] makes texts of three kinds: arbitrary bytes, sequences of tokens, and programs with a
//! few places changed. [`check`] takes one through everything that does not run it: the frontend,
//! the printers of diagnostics, of scripts and of C, and back.

use crate::choice::Choices;
use crate::oracle::{Failure, Kind, check_round_trip, guarded};
use std::sync::LazyLock;
use tirade_aot::emit::{EmitOptions, emit_c};
use tirade_frontend::dialect::table;
use tirade_frontend::host::Limits;
use tirade_frontend::token::SPELLINGS;
use tirade_frontend::{Options, evaluate};
use tirade_ir::diag::render;
use tirade_ir::print::Style;
use tirade_ir::structural::structural_hash;
use tirade_ir::{Code, SourceMap};

/// Budgets of the evaluation: small, so that endless loops end soon.
const LIMITS: Limits = Limits { fuel: 100_000, memory: 32 << 20, depth: 200, int_bits: 1 << 12 };

/// Names that scripts use, numbers at the ends of their types, strings, and layout.
const WORDS: &[&str] = &[
    "A",
    "B",
    "C",
    "i",
    "j",
    "n",
    "vi",
    "vj",
    "main",
    "T",
    "I",
    "tir",
    "tvm",
    "0",
    "1",
    "2",
    "16",
    "-1",
    "0.5",
    "1e400",
    "0x1p-3",
    "2147483648",
    "9223372036854775808",
    "1_0",
    "\"float32\"",
    "\"int8\"",
    "\"S\"",
    "\"\"",
    "'''",
    "f\"{A}\"",
    "b''",
    "\\",
    "#",
    "\t",
    "\n",
    "\n    ",
    "\n        ",
    "\n            ",
    " ",
    "\u{e9}",
    "\u{1f600}",
    "\0",
    "T.Buffer((16,), \"float32\")",
    "@T.prim_func\ndef f(",
    "for i in T.serial(4):\n        ",
    "with T.block(\"b\"):\n        ",
    "lambda *a: ",
    "[x for x in range(3)]",
    "T.handle",
];

/// Every name of the dialects.
static NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::entries().iter().map(|entry| entry.name).collect());

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is no script, or one with errors.
    Rejected,
    /// It stands for a module.
    Accepted,
}

/// A text that may be anything; `seeds` are programs it may be made from.
pub fn input(choices: &mut Choices, seeds: &[String]) -> String {
    match choices.below(8) {
        0 => arbitrary(choices),
        1 => tokens(choices),
        _ if seeds.is_empty() => tokens(choices),
        _ => mutant(choices, seeds),
    }
}

fn arbitrary(choices: &mut Choices) -> String {
    let length = choices.below(200);
    let bytes: Vec<u8> = (0..length)
        .map(|_| match choices.below(4) {
            0 => choices.below(256) as u8,
            _ => 32 + choices.below(96) as u8,
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn word(choices: &mut Choices) -> &'static str {
    match choices.below(4) {
        0 => choices.pick(WORDS),
        1 => choices.pick(&NAMES),
        _ => choices.pick(SPELLINGS),
    }
}

fn tokens(choices: &mut Choices) -> String {
    let mut text = String::new();
    for _ in 0..choices.below(120) {
        text += word(choices);
        if choices.chance(3, 4) {
            text.push(' ');
        }
    }
    text
}

/// A program with one to four places changed.
fn mutant(choices: &mut Choices, seeds: &[String]) -> String {
    let seed = |choices: &mut Choices| &seeds[choices.below(seeds.len() as u64) as usize];
    let mut text = seed(choices).clone();
    for _ in 0..1 + choices.below(4) {
        let start = place(choices, &text);
        let end = floor(&text, start + choices.below(40) as usize);
        match choices.below(8) {
            0 => text.replace_range(start..end, ""),
            1 => text.replace_range(start..end, &text[start..end].repeat(2)),
            2 => text.insert_str(start, word(choices)),
            3 | 4 => replace_token(choices, &mut text, start),
            5 => change_line(choices, &mut text),
            6 => {
                let other = seed(choices);
                let from = place(choices, other);
                let to = floor(other, from + 60);
                text.insert_str(start, &other[from..to]);
            }
            _ => text.truncate(floor(&text, start.max(1))),
        }
    }
    text
}

/// A place between two characters of the text.
fn place(choices: &mut Choices, text: &str) -> usize {
    floor(text, choices.below(text.len() as u64 + 1) as usize)
}

/// The last place between two characters that is not after `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Puts another word in the place of the name, number or operator that begins at or after `at`.
fn replace_token(choices: &mut Choices, text: &mut String, at: usize) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let Some(start) = text[at..].find(|c: char| !c.is_whitespace()).map(|n| at + n) else { return };
    let first = text[start..].chars().next().unwrap_or(' ');
    let length = match is_word(first) {
        true => text[start..].find(|c| !is_word(c)).unwrap_or(text.len() - start),
        false => first.len_utf8(),
    };
    text.replace_range(start..start + length, word(choices));
}

/// Deletes, doubles, moves or indents a line.
fn change_line(choices: &mut Choices, text: &mut String) {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let (a, b) = (choices.below(lines.len() as u64), choices.below(lines.len() as u64));
    let (a, b) = (a as usize, b as usize);
    match choices.below(5) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a].clone()),
        2 => lines.swap(a, b),
        3 => lines[a].insert_str(0, "    "),
        _ => lines[a] = lines[a].trim_start().to_owned(),
    }
    *text = lines.join("\n");
}

/// Takes a text through everything that reads or prints programs.
pub fn check(text: &str) -> Result<Verdict, Failure> {
    let mut sources = SourceMap::new();
    let Ok(file) = sources.add("input.py", text.to_owned()) else { return Ok(Verdict::Rejected) };
    let options = Options { limits: LIMITS, validate: true };
    let read = guarded("the frontend", || evaluate(&mut sources, &file, &options))?;
    guarded("the renderer", || {
        let rendered =
            read.diagnostics.iter().map(|d| render::render(d, &sources, render::Style::Short));
        rendered.map(|text| text.len()).sum::<usize>()
    })?;
    if let Some(internal) = read.diagnostics.iter().find(|d| d.code == Code::INTERNAL) {
        return Err(Failure::of(|_| Kind::Panic("the frontend"), internal));
    }
    let Some(module) = read.module.as_ref().filter(|_| !read.has_errors()) else {
        return Ok(Verdict::Rejected);
    };
    let dialect = read.dialect.printable();
    // Variables that nothing defines are equal to themselves alone.
    if module.functions().all(|func| func.check_well_formed) {
        check_round_trip(module, dialect, Style::Sugared)?;
        check_round_trip(module, dialect, Style::Explicit)?;
    }
    guarded("the hash", || structural_hash(module))?;
    // Programs that have no form in C are refused, which is an answer.
    guarded("the printer of C", || emit_c(module, &EmitOptions::default()).is_ok())?;
    Ok(Verdict::Accepted)
}
