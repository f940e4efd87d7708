//! Invariant: no bytes make a grammar panic; what one reads it writes back to something that reads
//! as equal, and open types lose no byte.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::values::values(data));
