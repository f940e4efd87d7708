//! Invariant: every file of the corpus reads the same in whatever pieces it comes, as the oracle
//! reads it, and with no error; nothing of it is lost.

use ami_testkit::oracle::Kind;
use ami_testkit::{check, corpus};

fn frames_and_rest(folder: &str) -> Vec<(String, usize, bool)> {
    let read = |(name, input): (String, Vec<u8>)| {
        let as_stream = check(&name, &input, true);
        if input.len() < 65536 {
            check(&name, &input, false);
        }
        (name, as_stream.frames.len(), as_stream.rest == input.len() as u64)
    };
    corpus(folder).into_iter().map(read).collect()
}

#[test]
fn whole_frames() {
    for folder in ["frames", "events", "sessions", "reference", "handmade", "http", "segments"] {
        for (name, _, whole) in frames_and_rest(folder) {
            assert_eq!(whole, !name.contains("truncated"), "{name}");
        }
    }
}

#[test]
fn storm() {
    for (name, frames, whole) in frames_and_rest("storm") {
        assert!(frames > 2000 && whole, "{name}: {frames} frames");
    }
}

/// Requests and the answers to hostile ones: these may end anywhere.
#[test]
fn requests_and_probes() {
    frames_and_rest("requests");
    frames_and_rest("probes");
}

#[test]
fn truncated() {
    for (name, _, whole) in frames_and_rest("truncated") {
        assert!(!whole, "{name} does not end inside a frame");
    }
}

#[test]
fn sessions_begin_with_a_banner() {
    for (name, input) in corpus("sessions").into_iter().filter(|(name, _)| !name.contains("excerpt")) {
        let reading = ami_testkit::oracle::read(&input, true);
        assert_eq!(reading.frames[0].kind, Kind::Banner, "{name}");
    }
}
