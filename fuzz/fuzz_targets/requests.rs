//! Invariant: whatever a client sends, the getters of its requests give what stands in the frame.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::requests::requests(data));
