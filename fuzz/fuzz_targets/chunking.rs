//! Invariant: however the input is cut, whoever holds the buffer, and whenever frames are taken,
//! the same frames and the same error come out as for the whole.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::chunking(data));
