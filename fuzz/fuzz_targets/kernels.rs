//! Invariant: every kernel that the machine has finds what the portable one finds, however the
//! input is cut and wherever it lies.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::kernels(data));
