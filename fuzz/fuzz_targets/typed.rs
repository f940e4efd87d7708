//! Invariant: a frame is described by the headers it has, whatever they are; no bytes make a reader
//! panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::typed::typed(data));
