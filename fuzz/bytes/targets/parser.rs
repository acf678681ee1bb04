//! Any text becomes a syntax tree and diagnostics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tirade::frontend::parser::parse_file;
use tirade::ir::SourceMap;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let Ok(file) = sources.add("input.py", text.to_owned()) else { return };
    drop(parse_file(&file));
});
