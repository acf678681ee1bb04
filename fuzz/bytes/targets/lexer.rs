//! Any text becomes tokens, and every token lies within the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tirade::frontend::lexer::lex;
use tirade::ir::SourceMap;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let Ok(file) = sources.add("input.py", text.to_owned()) else { return };
    for token in &lex(&file).tokens {
        assert!(token.span.lo <= token.span.hi && token.span.hi <= file.end());
    }
});
