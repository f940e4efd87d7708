//! Invariant: the decoder reads what the oracle reads, at the start of a connection and in the
//! middle of one.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::differential(data));
