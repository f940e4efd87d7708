//! Invariant: a frame is written whole, exactly as asked, and reads back as written; or it is refused for the first field that breaks a rule, and nothing is written.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::invariants::write_read(data));
