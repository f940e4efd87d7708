//! Invariant: no bytes make the decoder panic or lose one of them; getters agree with one another; limits cut the stream where they say, and change nothing before.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::invariants::decode(data));
