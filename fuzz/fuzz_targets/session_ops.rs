//! Invariant: whatever is done to a client, each request ends once, what is held stays under the ceiling, nothing appears without a cause, time moves on.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::session_ops::session_ops(data));
