//! Invariant: a public type's name stands for one notion. Within a room it stands once; of two
//! rooms that an example of the docs uses together, it stands once, or for one notion in two roles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names that stand twice within a room, and why they may.
const IN_A_ROOM: [(&str, &str, &str); 2] = [
    ("freeswitch", "Member", "`list` has who is in a conference, `record` who was in one that has ended"),
    ("kazoo", "Envelope", "the answer's is exported as `ResponseEnvelope`"),
];

/// Names that rooms share which examples use together, and the one notion that they stand for.
const OF_TWO_ROOMS: [(&str, &str); 9] = [
    ("Asked", "a request, by the one who sent it and by a script that was sent it"),
    ("Conference", "a conference, as the common vocabulary and each dialect knows it"),
    ("Config", "settings of a client, a server or a connection"),
    ("Credentials", "what a program logs in with, at each server"),
    ("FieldError", "a field that can't be read, of a frame and of a document"),
    ("Happening", "an event of a conference, in the common vocabulary and in Kazoo's words"),
    ("Participant", "a participant, as the common vocabulary and each dialect knows one"),
    ("Reply", "the answer to a conference command, over the socket and over HTTP"),
    ("Side", "one of the two sides of a participant or a conference"),
];

/// Returns the files of Rust below a folder, or the file itself.
fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            sources(&entry.expect("an entry").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

/// Returns the names of types that a source makes public at its top: declared, or re-exported.
fn types_in(source: &str) -> (Vec<String>, Vec<String>) {
    let (mut declared, mut exported) = (Vec::new(), Vec::new());
    let mut rest = source;
    while let Some((_, item)) = rest.split_once("\npub ") {
        rest = item;
        let (kind, after) = item.split_once(' ').unwrap_or_default();
        let name: String = after.chars().take_while(|char| char.is_alphanumeric()).collect();
        match kind {
            "struct" | "enum" | "trait" | "type" => declared.push(name),
            // Of another room, it is the same type.
            "use" if !after.starts_with("crate::") => {
                let names = after.split(';').next().unwrap_or_default();
                let names = names.rsplit_once("::").map_or(names, |(_, names)| names);
                let names = names.trim_matches(|char| matches!(char, '{' | '}' | '\n' | ' ')).split(',');
                let names = names.map(|name| name.rsplit(" as ").next().unwrap_or_default().trim().to_owned());
                exported.extend(names.filter(|name| name.starts_with(char::is_uppercase)));
            }
            _ => {}
        }
    }
    (declared, exported)
}

/// Returns the rooms that each example of a page uses, those of its imports.
fn rooms_of_examples(page: &str) -> Vec<BTreeSet<String>> {
    let mut examples = vec![BTreeSet::new()];
    for line in page.lines() {
        let line = line.trim_start().trim_start_matches("//!").trim_start_matches("///").trim_start();
        let line = line.strip_prefix("# ").unwrap_or(line).trim_start();
        if line.starts_with("```") {
            examples.push(BTreeSet::new());
        } else if let Some(path) = line.strip_prefix("use ami_proto::") {
            let room = path.split("::").next().unwrap_or_default();
            if room.starts_with(char::is_lowercase) {
                examples.last_mut().expect("one").insert(room.to_owned());
            }
        }
    }
    examples
}

/// The public types of each room, each with the files that declare one of this name.
type Rooms = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn rooms() -> Rooms {
    let src = ami_testkit::root().join("src");
    let (mut files, mut rooms) = (Vec::new(), Rooms::new());
    sources(&src, &mut files);
    for path in files.iter().filter(|path| !path.ends_with("tests.rs") && !path.ends_with("lib.rs")) {
        let file = path.strip_prefix(&src).expect("below it").to_str().expect("text").to_owned();
        let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let (declared, exported) = types_in(&std::fs::read_to_string(path).expect("a file"));
        let types = rooms.entry(room).or_default();
        for name in declared {
            types.entry(name).or_default().insert(file.clone());
        }
        for name in exported {
            types.entry(name).or_default();
        }
    }
    rooms
}

#[test]
fn a_name_stands_once_in_a_room() {
    let mut found = Vec::new();
    for (room, types) in rooms() {
        let twice = types.into_iter().filter(|(_, files)| files.len() > 1);
        found.extend(twice.map(|(name, files)| (room.clone(), name, files)));
    }
    let allowed: Vec<_> = IN_A_ROOM.iter().map(|(room, name, _)| (*room, *name)).collect();
    let names: Vec<_> = found.iter().map(|(room, name, _)| (room.as_str(), name.as_str())).collect();
    assert_eq!(names, allowed, "rename one of the two, or say why they may share it: {found:#?}");
}

#[test]
fn a_name_is_one_notion_in_each_example() {
    let root = ami_testkit::root();
    let mut files = vec![root.join("README.md")];
    for folder in ["src", "examples/src"] {
        sources(&root.join(folder), &mut files);
    }
    let (rooms, mut found, mut examples) = (rooms(), BTreeSet::new(), 0);
    for path in files {
        for used in rooms_of_examples(&std::fs::read_to_string(&path).expect("a file")) {
            examples += usize::from(used.len() > 1);
            let mut seen = BTreeMap::new();
            for room in &used {
                for name in rooms.get(room).into_iter().flat_map(BTreeMap::keys) {
                    if let Some(other) = seen.insert(name, room) {
                        found.insert((name.as_str(), [String::clone(other), room.clone()]));
                    }
                }
            }
        }
    }
    assert!(examples > 20, "{examples} examples use two rooms");
    let unknown: Vec<_> =
        found.iter().filter(|(name, _)| !OF_TWO_ROOMS.iter().any(|(known, _)| known == name)).collect();
    assert!(unknown.is_empty(), "rename one of the two, or say which notion they share: {unknown:#?}");
    for (name, _) in OF_TWO_ROOMS {
        assert!(found.iter().any(|(shared, _)| *shared == name), "{name} is no longer shared");
    }
}

#[test]
fn types_and_rooms_are_found() {
    let source = "mod a;\npub use a::{B, C as D, e};\npub use crate::z::Z;\npub use f::G;\n\npub struct H<'a>(u8);\n    pub enum I {}\npub enum J {\n";
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(types_in(source), (owned(&["H", "J"]), owned(&["B", "D", "G"])));
    let page = "/// ```\n/// use ami_proto::state::{self, Mirror};\n/// # use ami_proto::client::Client;\n/// ```\n//! use ami_proto::Limits;";
    let found: Vec<Vec<String>> =
        rooms_of_examples(page).into_iter().map(|rooms| rooms.into_iter().collect()).collect();
    assert_eq!(found, [owned(&[]), owned(&["client", "state"]), owned(&[])]);
}
