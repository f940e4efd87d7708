//! Invariant: with a filter come out the frames that it lets through of those without, and the same
//! error; however the input is cut, whoever holds the buffer, whenever frames are taken and
//! whichever kernel looks for them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::filtered(data));
