//! Invariant: a frame is written whole, exactly as asked, and reads back as written; or it is
//! refused for the first field that breaks a rule, and nothing is written.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::invariants::write_read(data));
