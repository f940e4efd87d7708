//! Invariant: any bytes as the answer to any command, in each dialect's form: what was not asked
//! for does not come, a refusal by the status is one, whoever is listed can be named again; and of
//! events each getter has the value of its field.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::answers::answers(data));
