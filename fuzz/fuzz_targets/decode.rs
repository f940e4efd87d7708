//! Invariant: no bytes make the decoder panic or lose one of them; getters agree with one another;
//! limits cut the stream where they say, and change nothing before.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::decode(data));
