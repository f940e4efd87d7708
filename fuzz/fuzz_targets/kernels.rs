//! Invariant: every kernel that the machine has finds what the portable one finds, however the input is cut and wherever it lies.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::invariants::kernels(data));
