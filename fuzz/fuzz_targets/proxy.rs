//! Invariant: whatever guests of a proxy and its server say, whole requests go upstream, and what
//! answers one reaches the guest that asked, once.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::proxy::proxy(data));
