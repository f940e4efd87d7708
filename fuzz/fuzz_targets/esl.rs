//! Invariant: whatever the bytes and however they are cut up, the same frames come out and none of their readers panics; whatever is done to a connection that reads them, each request ends once.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::esl::esl(data));
