//! Invariant: whatever is done to a server, requests are open until they are answered, and nothing
//! appears without a cause.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::server_ops::server_ops(data));
