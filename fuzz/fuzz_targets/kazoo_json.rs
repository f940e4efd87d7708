//! Invariant: no bytes make a reader of Kazoo's messages panic; nothing of what is JSON is lost;
//! what is made of it to be sent is JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::kazoo::kazoo_json(data));
