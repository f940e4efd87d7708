//! Invariant: whatever events come, a call begins once and ends once; calls and mirror stay within
//! their limits; a part of the mirror is complete only by a list that came whole.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::fold::fold(data));
