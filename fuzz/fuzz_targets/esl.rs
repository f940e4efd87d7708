//! Invariant: whatever the bytes and however they are cut up, the same frames come out and none of
//! their readers panics; whatever is done to a connection that reads them, each request ends once;
//! and with a server that answers, each step of a session brings the events that a model of it
//! says.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::esl::esl(data));
