//! Invariant: whatever text stands wherever an action takes one, it is refused and nothing is
//! written, or the server reads exactly what was given.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::actions::actions(data));
