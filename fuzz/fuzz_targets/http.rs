//! Invariant: whatever a web server answers, one request is polled at a time and none after the
//! end; nothing is due before its time; what is sent breaks no line and shows no secret; a body's
//! frames are within it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::http_ops::http(data));
