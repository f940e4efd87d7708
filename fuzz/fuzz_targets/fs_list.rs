//! Invariant: no bytes make a reader of FreeSWITCH's replies and lists panic; every line of a list
//! is a conference, a member or unread, its columns are those that an independent reader counts,
//! and every conference of a JSON list is there.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ami_testkit::freeswitch::fs_list(data));
