//! Invariant: what the fuzz targets check holds for every file of the corpus and for every input
//! that ever broke it.

use ami_proto::conference::Command;
use ami_testkit::actions::actions;
use ami_testkit::fold::fold;
use ami_testkit::frame_json::{frame_json, is_read};
use ami_testkit::http_ops::http;
use ami_testkit::invariants::{self, Setup};
use ami_testkit::proxy::proxy;
use ami_testkit::requests::requests;
use ami_testkit::server_ops::server_ops;
use ami_testkit::session_ops::session_ops;
use ami_testkit::typed::typed;
use ami_testkit::values::values;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

type Invariant = fn(&[u8]);

/// The fuzz targets, those of `fuzz/Cargo.toml`.
const TARGETS: &[(&str, Invariant)] = &[
    ("decode", invariants::decode),
    ("chunking", invariants::chunking),
    ("kernels", invariants::kernels),
    ("filtered", invariants::filtered),
    ("differential", invariants::differential),
    ("write_read", invariants::write_read),
    ("typed", typed),
    ("values", values),
    ("actions", actions),
    ("session_ops", session_ops),
    ("server_ops", server_ops),
    ("http", http),
    ("proxy", proxy),
    ("requests", requests),
    ("fold", fold),
    ("frame_json", frame_json),
    ("kazoo_json", ami_testkit::kazoo::kazoo_json),
    ("esl", ami_testkit::esl::esl),
    ("fs_list", ami_testkit::freeswitch::fs_list),
    ("conference_roundtrip", ami_testkit::conference::conference_roundtrip),
    ("answers", ami_testkit::answers::answers),
    ("sipxecs", ami_testkit::sipxecs::sipxecs),
    ("fs_injection", |data| _ = ami_testkit::fs_injection::fs_injection(data)),
];

/// A file in `fuzz/crashes/TARGET/` for each fault that a target found, and in `fuzz/seeds/TARGET/`
/// what the corpus has no example of; see `fuzz/README.md`.
#[test]
fn crashes_and_seeds() {
    let crashes = folders("fuzz/crashes");
    for (target, invariant) in TARGETS {
        // Every target has seeds; not every one has ever found something.
        let crashes = if crashes.contains(*target) { files(&format!("fuzz/crashes/{target}")) } else { Vec::new() };
        for (name, bytes) in crashes.into_iter().chain(files(&format!("fuzz/seeds/{target}"))) {
            println!("{name}");
            invariant(&bytes);
        }
    }
}

/// No target, and no folder of crashes, seeds or words, is left out of the replay.
#[test]
fn every_target_replays() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len());
    let root = ami_testkit::root();
    let manifest = std::fs::read_to_string(root.join("fuzz/Cargo.toml")).expect("a readable file");
    let bins = manifest.split("[[bin]]").skip(1);
    let names = bins.map(|bin| bin.split('"').nth(1).expect("a name in quotation marks").to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), targets, "fuzz/Cargo.toml");
    let stems = |folder: &str, extension: &str| -> BTreeSet<String> {
        files(folder)
            .iter()
            .filter_map(|(name, _)| Some(Path::new(name).file_name()?.to_str()?.strip_suffix(extension)?.to_owned()))
            .collect()
    };
    assert_eq!(stems("fuzz/fuzz_targets", ".rs"), targets, "fuzz/fuzz_targets");
    assert_eq!(stems("fuzz/dicts", ".dict"), targets, "fuzz/dicts");
    assert_eq!(folders("fuzz/seeds"), targets, "fuzz/seeds");
    assert!(folders("fuzz/crashes").is_subset(&targets), "fuzz/crashes");
    let table = std::fs::read_to_string(root.join("fuzz/README.md")).expect("a readable file");
    let told = table.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()));
    assert_eq!(told.collect::<BTreeSet<_>>(), targets, "fuzz/README.md");
}

/// The same for messages of Kazoo.
#[test]
fn corpus_kazoo_json() {
    for (name, bytes) in files("corpus/kazoo") {
        println!("{name}");
        ami_testkit::kazoo::kazoo_json(&bytes);
    }
}

/// The same for commands of the vocabulary: whatever the bytes are, some command comes of them.
#[test]
fn corpus_conference_roundtrip() {
    for (name, bytes) in files("corpus/kazoo").into_iter().chain(files("corpus/sipxecs")) {
        println!("{name}");
        for start in 0..bytes.len().min(64) {
            ami_testkit::conference::conference_roundtrip(&bytes[start..]);
        }
    }
}

/// Each command has an answer to begin with, and each answer is one to the command that it is named
/// for: `COMMAND_WHAT`, blanks as `_`. Those that end in `_event` are events, which answer none.
#[test]
fn every_command_has_a_seed() {
    let seeds = files("fuzz/seeds/answers");
    let named = |command: &Command<'_>| format!("/{}_", command.name().replace(' ', "_"));
    for command in Command::ALL {
        let start = named(command);
        assert!(seeds.iter().any(|(name, _)| name.contains(&start)), "fuzz/seeds/answers has none for {command}");
    }
    for (name, bytes) in seeds.iter().filter(|(name, _)| !name.ends_with("_event")) {
        let command = ami_testkit::answers::asked(bytes).expect("two bytes and the choices");
        assert!(name.contains(&named(&command)), "{name} is an answer to {command}");
    }
}

/// The same for answers of conference servers: two bytes of a status, 24 of choices for the
/// command, then the answer.
#[test]
fn answers_cut_anywhere_break_no_invariant() {
    let seeds = files("fuzz/seeds/answers");
    for (name, bytes) in seeds.into_iter().chain(files("fuzz/crashes/answers")) {
        println!("{name}");
        for end in 0..=bytes.len() {
            ami_testkit::answers::answers(&bytes[..end]);
        }
    }
}

/// The same for the service of sipXecs: two bytes of a status, then the answer; or any text.
#[test]
fn sipxecs_answers_cut_anywhere_break_no_invariant() {
    let seeds = files("fuzz/seeds/sipxecs");
    assert!(seeds.len() >= 10, "answers, challenges and contacts");
    for (name, bytes) in seeds.into_iter().chain(files("fuzz/crashes/sipxecs")) {
        println!("{name}");
        for end in 0..=bytes.len() {
            ami_testkit::sipxecs::sipxecs(&bytes[..end]);
        }
    }
    for (name, bytes) in files("corpus/sipxecs") {
        println!("{name}");
        ami_testkit::sipxecs::sipxecs(&bytes);
        ami_testkit::sipxecs::sipxecs(&[b"\xc8\0", &bytes[..]].concat());
    }
}

/// The same for the event socket; eight bytes of sizes and steps go before a recording.
#[test]
fn corpus_esl_breaks_no_invariant() {
    for (name, bytes) in files("corpus/freeswitch") {
        println!("{name}");
        for setup in [b"\0\0\0\0\0\0\0\0", b"\x0b\x52\x8c\xf1\x03\x40\x77\xd9"] {
            // Of a long one its beginning.
            let bytes = &bytes[..bytes.len().min(1 << 15)];
            ami_testkit::esl::esl(&[setup, bytes].concat());
        }
    }
}

/// Each value of the recordings.
#[test]
fn corpus_values_break_no_invariant() {
    let mut seen = std::collections::HashSet::new();
    corpus(|bytes| {
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let colon = line.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 1);
            let value = line[colon..].trim_ascii_start();
            if value.len() < 100 && seen.insert(value.to_vec()) {
                values(value);
            }
        }
    });
    assert!(seen.len() > 1000, "{} values", seen.len());
}

#[test]
fn corpus_decode_breaks_no_invariant() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::decode(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_chunking_breaks_no_invariant() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::chunking(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_kernels_break_no_invariant() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::kernels(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_filtered_breaks_no_invariant() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::filtered(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_differential_breaks_no_invariant() {
    corpus(|bytes| {
        for setup in SETUPS {
            invariants::differential(&[setup, bytes].concat());
        }
    });
}

#[test]
fn corpus_write_read() {
    corpus(invariants::write_read);
}

/// Framing and limits put before a file: flags, line, headers, frame, sizes of pieces, choices,
/// buffer.
const SETUPS: [&[u8]; 6] = [
    &[0; Setup::LEN],
    &[0, 0, 0, 0, 0, 0, 59, 9, 0, 191, 2, 62, 0x12, 0x9c, 0x55, 0x3f, 0, 0],
    &[3, 0, 0, 0, 0, 0, 6, 199, 63, 0, 1, 120, 0xff, 0x00, 0xf0, 0x42, 0, 0],
    &[20, 80, 0, 20, 0, 2, 63, 64, 62, 0, 12, 30, 0x81, 0x18, 0x00, 0x93, 0, 0],
    &[4, 60, 0, 9, 60, 0, 6, 30, 0, 12, 99, 4, 0x24, 0x81, 0x42, 0x18, 0, 0],
    &[24, 0, 0, 0, 0, 0, 40, 3, 90, 192, 0, 7, 0x55, 0x21, 0x90, 0x0c, 0, 1],
];

fn corpus(mut invariant: impl FnMut(&[u8])) {
    let files = files("corpus");
    assert!(files.len() > 100, "the corpus is there");
    for (name, bytes) in files {
        // Shown when the invariant breaks.
        println!("{name}");
        invariant(&bytes);
    }
}

/// Every file below a folder of the repository, in order: there is one at the least.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![ami_testkit::root().join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(!files.is_empty(), "{folder} is empty");
    files.sort();
    files.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("a readable file"))).collect()
}

/// Names of the folders in a folder of the repository.
fn folders(folder: &str) -> BTreeSet<String> {
    let entries = ami_testkit::root().join(folder).read_dir().expect("a readable folder");
    let entries = entries.map(|entry| entry.expect("a readable folder").path()).filter(|path| path.is_dir());
    entries.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
}

#[test]
#[should_panic(expected = "fuzz/nowhere")]
fn a_missing_folder_is_an_error() {
    files("fuzz/nowhere");
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
fn noise_proxy_breaks_no_invariant() {
    noise(proxy);
}

#[test]
fn noise_requests_break_no_invariant() {
    noise(requests);
}

#[test]
fn noise_http_breaks_no_invariant() {
    noise(http);
}

#[test]
fn noise_fold_breaks_no_invariant() {
    noise(fold);
}

#[test]
fn noise_typed_breaks_no_invariant() {
    noise(typed);
}

#[test]
fn noise_actions_break_no_invariant() {
    noise(actions);
}

/// Neither reading nor refusing is the rare case.
#[test]
fn noise_frame_json() {
    static READ: AtomicUsize = AtomicUsize::new(0);
    noise(|data| _ = READ.fetch_add(is_read(data).into(), Relaxed));
    let read = READ.load(Relaxed);
    assert!((1000..3000).contains(&read), "{read} of 4000 read");
}
