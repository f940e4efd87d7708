//! Invariant: what the fuzz targets check holds for every file of the corpus and for every input that ever broke it.

use crate::support::fold::fold;
use crate::support::http_ops::http;
use crate::support::invariants::{self, Setup};
use crate::support::proxy::proxy;
use crate::support::requests::requests;
use crate::support::server_ops::server_ops;
use crate::support::session_ops::session_ops;
use std::path::{Path, PathBuf};

type Invariant = fn(&[u8]);

/// A file in `fuzz/crashes/<target>/` for each fault that a target found, and in `fuzz/seeds/<target>/` what the corpus has no example of; see `fuzz/README.md`.
#[test]
fn crashes_and_seeds() {
    let targets: &[(&str, Invariant)] = &[
        ("decode", invariants::decode),
        ("chunking", invariants::chunking),
        ("kernels", invariants::kernels),
        ("filtered", invariants::filtered),
        ("differential", invariants::differential),
        ("write_read", invariants::write_read),
        ("session_ops", session_ops),
        ("server_ops", server_ops),
        ("proxy", proxy),
        ("requests", requests),
        ("http", http),
        ("fold", fold),
    ];
    for (target, invariant) in targets {
        let crashes = files(&format!("fuzz/crashes/{target}"));
        for (name, bytes) in crashes.into_iter().chain(files(&format!("fuzz/seeds/{target}"))) {
            println!("{name}");
            invariant(&bytes);
        }
    }
}

/// The same for messages of Kazoo.
#[cfg(feature = "kazoo")]
#[test]
fn kazoo_json() {
    for folder in ["corpus/kazoo", "fuzz/crashes/kazoo_json", "fuzz/seeds/kazoo_json"] {
        for (name, bytes) in files(folder) {
            println!("{name}");
            crate::support::kazoo::kazoo_json(&bytes);
        }
    }
}

/// The same for commands of the vocabulary: whatever the bytes are, some command comes of them.
#[cfg(feature = "conference")]
#[test]
fn conference_roundtrip() {
    let seeds = files("fuzz/seeds/conference_roundtrip");
    assert!(seeds.len() >= 29, "a seed for each command");
    let crashes = files("fuzz/crashes/conference_roundtrip");
    for (name, bytes) in seeds.into_iter().chain(crashes) {
        println!("{name}");
        crate::support::conference::conference_roundtrip(&bytes);
    }
    for folder in ["corpus/kazoo", "corpus/sipxecs"] {
        for (name, bytes) in files(folder) {
            println!("{name}");
            for start in 0..bytes.len().min(64) {
                crate::support::conference::conference_roundtrip(&bytes[start..]);
            }
        }
    }
}

/// The same for answers of conference servers: two bytes of a status, 24 of choices for the command, then the answer.
#[cfg(feature = "conference")]
#[test]
fn answers() {
    let seeds = files("fuzz/seeds/answers");
    assert!(seeds.len() >= 29, "a seed for each command");
    for (name, bytes) in seeds.into_iter().chain(files("fuzz/crashes/answers")) {
        println!("{name}");
        for end in 0..=bytes.len() {
            crate::support::answers::answers(&bytes[..end]);
        }
    }
}

/// The same for the service of sipXecs: two bytes of a status, then the answer; or any text.
#[cfg(feature = "sipxecs")]
#[test]
fn sipxecs() {
    let seeds = files("fuzz/seeds/sipxecs");
    assert!(seeds.len() >= 10, "answers, challenges and contacts");
    for (name, bytes) in seeds.into_iter().chain(files("fuzz/crashes/sipxecs")) {
        println!("{name}");
        for end in 0..=bytes.len() {
            crate::support::sipxecs::sipxecs(&bytes[..end]);
        }
    }
    for (name, bytes) in files("corpus/sipxecs") {
        println!("{name}");
        crate::support::sipxecs::sipxecs(&bytes);
        crate::support::sipxecs::sipxecs(&[b"\xc8\0", &bytes[..]].concat());
    }
}

/// The same for the event socket; eight bytes of sizes and steps go before a recording.
#[cfg(feature = "freeswitch")]
#[test]
fn esl() {
    for folder in ["fuzz/crashes/esl", "fuzz/seeds/esl"] {
        for (name, bytes) in files(folder) {
            println!("{name}");
            crate::support::esl::esl(&bytes);
        }
    }
    for (name, bytes) in files("corpus/freeswitch") {
        println!("{name}");
        for setup in [b"\0\0\0\0\0\0\0\0", b"\x0b\x52\x8c\xf1\x03\x40\x77\xd9"] {
            // Of a long one its beginning.
            let bytes = &bytes[..bytes.len().min(1 << 15)];
            crate::support::esl::esl(&[setup, bytes].concat());
        }
    }
}

#[test]
fn corpus_decode() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::decode(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_chunking() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::chunking(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_kernels() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::kernels(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_filtered() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::filtered(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_differential() {
    corpus(invariants::differential);
}

#[test]
fn corpus_write_read() {
    corpus(invariants::write_read);
}

/// Framing and limits put before a file: flags, line, headers, frame, sizes of pieces, choices.
const SETUPS: [&[u8]; 5] = [
    &[0; Setup::LEN],
    &[0, 0, 0, 0, 0, 0, 59, 9, 0, 191, 2, 62, 0x12, 0x9c, 0x55, 0x3f],
    &[3, 0, 0, 0, 0, 0, 6, 199, 63, 0, 1, 120, 0xff, 0x00, 0xf0, 0x42],
    &[4, 80, 0, 20, 0, 2, 63, 64, 62, 0, 12, 30, 0x81, 0x18, 0x00, 0x93],
    &[4, 60, 0, 9, 60, 0, 6, 30, 0, 12, 99, 4, 0x24, 0x81, 0x42, 0x18],
];

fn corpus(invariant: impl Fn(&[u8])) {
    let files = files("corpus");
    assert!(files.len() > 100, "the corpus is there");
    for (name, bytes) in files {
        // Shown when the invariant breaks.
        println!("{name}");
        invariant(&bytes);
    }
}

/// Every file below a folder of the repository, in order; none where there is no such folder.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("a readable file"))).collect()
}

/// Structure from noise: many short runs of operations, the same ones each time.
fn noise(invariant: Invariant) {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as u8
    };
    for length in (0..4000).map(|run| 40 + run % 400) {
        let data: Vec<u8> = (0..length).map(|_| byte()).collect();
        invariant(&data);
    }
}

#[test]
fn noise_session_ops() {
    noise(session_ops);
}

#[test]
fn noise_server_ops() {
    noise(server_ops);
}

#[test]
fn noise_proxy() {
    noise(proxy);
}

#[test]
fn noise_requests() {
    noise(requests);
}

#[test]
fn noise_http() {
    noise(http);
}

#[test]
fn noise_fold() {
    noise(fold);
}
