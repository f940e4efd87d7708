//! Invariant: whatever a web server answers, one request is polled at a time and none after the end; nothing is due before its time; what is sent breaks no line and shows no secret; a body's frames are within it.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::http_ops::http(data));
