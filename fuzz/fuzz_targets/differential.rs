//! Invariant: the decoder reads what the oracle reads, at the start of a connection and in the middle of one.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::invariants::differential(data));
