//! The tables of the language reference are written from the tables of the code.
//!
//! `BLESS=1 cargo test --test reference` writes the pages anew; otherwise they must be as written.

mod testkit;

use std::fmt::Write;
use testkit::root;
use tirade::frontend::dialect::Dialect;
use tirade::frontend::dialect::table::{Entry, entries};
use tirade::frontend::host::builtins;
use tirade::ir::Op;
use tirade::ir::op::{Arity, CSpelling, Effect, Evaluation, OpInfo, Tolerance};

const GENERATED: &str = "<!-- Written by `BLESS=1 cargo test --test reference`. -->\n\n";

/// Compares a page with what it must be, or writes it.
fn check(name: &str, text: &str) {
    let path = root().join("docs/reference").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(root().join("docs/reference")).expect("a writable folder");
        std::fs::write(&path, text).expect("a writable page");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "docs/reference/{name} is out of date: run with BLESS=1");
}

/// Text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn names_of_the_dialects() {
    let mut page = format!("# Names\n\n{GENERATED}");
    page.push_str(
        "Every name of `T`, `I` and the methods of buffers, as the dialects know them.\n\
         A name is understood in every dialect, so that scripts can mix them; the column says which \
         dialects have it themselves.\n\
         Ops stand in [ops.md](ops.md).\n",
    );
    let mut family = "";
    for entry in entries().into_iter().filter(|e| e.op.is_none()) {
        let first = entry.name.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        if first != family {
            family = first;
            write!(page, "\n## `{first}`\n\n").expect("a string");
            page.push_str("| name | dialects | signature | meaning |\n|---|---|---|---|\n");
        }
        page.push_str(&names_row(entry));
    }
    check("names.md", &page);
}

fn names_row(entry: &Entry) -> String {
    let dialects = [Dialect::Modern, Dialect::Classic, Dialect::Hybrid];
    let own: Vec<Dialect> = dialects.into_iter().filter(|d| entry.is_in(*d)).collect();
    let shown = match own.len() {
        3 => "all".to_string(),
        _ => own.iter().map(|d| d.as_str()).collect::<Vec<_>>().join(", "),
    };
    let variant = entry.variant(own.first().copied().unwrap_or(Dialect::Modern));
    let (sig, doc) = (cell(variant.sig.text), cell(variant.doc));
    format!("| `{}` | {shown} | `{sig}` | {doc} |\n", entry.name)
}

#[test]
fn ops() {
    let mut page = format!("# Ops\n\n{GENERATED}");
    page.push_str(
        "Every op that is a call, from the one table that the parser, the printer, the validator, \
         the interpreter and the C backend read.\n\
         *Exact* means that the interpreter and compiled C give the same bits on every machine; \
         where a function of the C library is called, both call the same one.\n\n\
         | op | arguments | types | effect | in C | accuracy | meaning |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for op in Op::ALL {
        page.push_str(&op_row(op.info()));
    }
    check("ops.md", &page);
}

fn op_row(info: &OpInfo) -> String {
    let mut name = format!("`T.{}`", info.name);
    for alias in info.aliases {
        write!(name, ", `T.{alias}`").expect("a string");
    }
    if info.extension {
        name.push_str(" (not in TVM)");
    }
    let arity = match info.arity {
        Arity::Exactly(n) => n.to_string(),
        Arity::AtLeast(n) => format!("{n} or more"),
    };
    let effect = match (info.effect, info.evaluation) {
        (Effect::Pure, Evaluation::Lazy) => "none; lazy",
        (Effect::Pure, _) => "none",
        (Effect::ReadsState, _) => "reads memory",
        (Effect::Opaque, _) => "changes memory, or more",
    };
    let in_c = match info.c {
        CSpelling::Libm(name) => format!("`{name}`"),
        CSpelling::Operator(token) => format!("`{}`", cell(token)),
        CSpelling::Helper(_) => "a helper".to_string(),
        CSpelling::Special => "written out".to_string(),
    };
    let accuracy = match info.tolerance {
        Tolerance::Exact => "exact".to_string(),
        Tolerance::Ulp(n) => format!("{n} ulp"),
    };
    let (rule, doc) = (info.rule, cell(info.doc));
    format!("| {name} | {arity} | {rule:?} | {effect} | {in_c} | {accuracy} | {doc} |\n")
}

#[test]
fn host_language() {
    let mut page = format!("# Host language\n\n{GENERATED}");
    page.push_str(
        "What scripts can use of Python when they are evaluated.\n\
         Anything else is refused with the place where it stands.\n\n## Builtins\n\n",
    );
    page.push_str(&sorted_list(builtins::global_names()));
    let modules = ["collections", "dataclasses", "functools", "itertools", "math", "typing"];
    for module in modules {
        let names = builtins::module_names(module);
        let names = sorted_list(names.iter().map(|n| n.as_str()));
        write!(page, "\n## `{module}`\n\n{names}").expect("a string");
    }
    for ty in builtins::types_with_methods() {
        let names = builtins::method_names(ty);
        let names = sorted_list(names.iter().map(|n| n.as_str()));
        write!(page, "\n## Methods of `{}`\n\n{names}", ty.name()).expect("a string");
    }
    check("host.md", &page);
}

/// Names as a line, sorted, each once.
fn sorted_list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: std::collections::BTreeSet<String> = names.map(|n| format!("`{n}`")).collect();
    names.into_iter().collect::<Vec<_>>().join(", ") + "\n"
}
