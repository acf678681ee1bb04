//! Any text is rejected, or stands for a program that survives being printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tirade::fuzz::bytes::check;

fuzz_target!(|text: &str| {
    if let Err(failure) = check(text) {
        panic!("{failure:?}");
    }
});
