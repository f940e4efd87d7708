//! Invariant: whatever is done to a client, each request ends once, what is held stays under the
//! ceiling, nothing appears without a cause, time moves on, what is kept is what was told.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::session_ops::session_ops(data));
