//! Invariant: whatever guests of a proxy and its server say, whole requests go upstream, and what answers one reaches the guest that asked, once.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::proxy::proxy(data));
