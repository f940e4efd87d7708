//! Invariant: no text becomes a command of FreeSWITCH: a model of the server's parsers reads just
//! the texts that a typed command was given, or nothing is written.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ami_testkit::fs_injection::fs_injection(data);
});
