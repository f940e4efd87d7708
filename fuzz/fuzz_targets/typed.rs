//! Invariant: a frame is described by the headers it has, whatever they are; no bytes make a reader panic.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::typed::typed(data));
