//! Invariant: no bytes make a grammar panic; what one reads it writes back to something that reads as equal, and open types lose no byte.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::values::values(data));
