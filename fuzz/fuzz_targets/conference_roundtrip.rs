//! Invariant: whatever a command is made of, its request says just that to its server, taken apart
//! the server's own way, or there is none.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::conference::conference_roundtrip(data));
