//! Invariant: any JSON is read as a frame that has just what the object says, or no stream has such
//! a frame and it is refused; a frame that was read comes back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::frame_json::frame_json(data));
