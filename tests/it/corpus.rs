//! Invariant: every file of the corpus reads the same in whatever pieces it comes, as the oracle
//! reads it, and with no error; nothing of it is lost.

use ami_testkit::oracle::Kind;
use ami_testkit::{check, corpus};
use std::path::{Path, PathBuf};

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
fn whole_frames_end_each_file() {
    for folder in ["frames", "events", "sessions", "reference", "handmade", "http", "segments"] {
        for (name, _, whole) in frames_and_rest(folder) {
            assert_eq!(whole, !name.contains("truncated"), "{name}");
        }
    }
}

#[test]
fn the_storm_is_read_to_its_end() {
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
fn truncated_files_end_inside_a_frame() {
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

/// The tables of `corpus/README.md` have a row for each file, and no other row.
#[test]
fn the_readme_names_each_file() {
    let root = ami_testkit::root().join("corpus");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a readable file");
    let rows = readme.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()));
    let mut named: Vec<String> = rows.collect();
    named.sort();
    let own = |path: &Path| ["README.md", ".gitattributes"].iter().any(|name| path == root.join(name));
    let files = ami_testkit::below(&root, |path| !own(path));
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("a file of the corpus").display().to_string();
    let mut files: Vec<String> = files.iter().map(name).collect();
    files.sort();
    let lacking: Vec<_> = files.iter().filter(|file| !named.contains(file)).collect();
    assert!(lacking.is_empty(), "corpus/README.md has no row for {lacking:?}");
    assert_eq!(named, files, "corpus/README.md has a row for a file that is not there, or two for one");
}
