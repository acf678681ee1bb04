//! Any bytes are arrays, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use tirade::npy::{decode_npy, decode_npz};

fuzz_target!(|bytes: &[u8]| {
    let _ = decode_npz(Cursor::new(bytes));
    let _ = decode_npy(bytes);
});
