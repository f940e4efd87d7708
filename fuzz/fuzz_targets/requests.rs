//! Invariant: whatever a client sends, the getters of its requests give what stands in the frame.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::requests::requests(data));
