//! Invariant: a public type's name stands for one notion. Within a room it stands once; of two
//! rooms that an example of the docs uses together, it stands once, or for one notion in two roles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names that stand twice within a room, and why they may.
const IN_A_ROOM: [(&str, &str, &str); 4] = [
    ("freeswitch", "List", "`list` is the answer to the command of this name"),
    ("freeswitch", "Member", "`list` has who is in a conference, `record` who was in one that has ended"),
    ("freeswitch", "Record", "`record` is what the server posts of a conference, the command records its sound"),
    ("kazoo", "Envelope", "the answer's is exported as `ResponseEnvelope`"),
];

/// Names that rooms share which examples use together, and the one notion that they stand for.
const OF_TWO_ROOMS: [(&str, &str); 17] = [
    ("Asked", "a request, by the one who sent it and by a script that was sent it"),
    ("Bridge", "a bridge, in the mirror and as the event"),
    ("Conference", "a conference, as the common vocabulary and each dialect knows it"),
    ("Config", "settings of a client, a server or a connection"),
    ("ContactList", "contacts, as an event that tells one and as a value that lists them"),
    ("Credentials", "what a program logs in with, at each server"),
    ("Dial", "a channel that dials another, in a call's story and as the event"),
    ("ExtensionState", "the state of an extension, as a value and as the action that asks for it"),
    ("FieldError", "a field that can't be read, of a frame and of a document"),
    ("Happening", "an event of a conference, in the common vocabulary and in Kazoo's words"),
    ("ParkedCall", "a call that is parked, in the mirror and as the event"),
    ("ParkingLot", "a parking lot, in the mirror and as the event"),
    ("Participant", "a participant, as the common vocabulary and each dialect knows one"),
    ("PresenceState", "the state of somebody's presence, as a value and as the action that asks for it"),
    ("Reply", "the answer to a conference command, over the socket and over HTTP"),
    ("Side", "one of the two sides of a participant or a conference"),
    ("Transfer", "a transfer, in a call's story and as the event"),
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

/// Returns the macros that declare types in the words of their calls.
fn declaring_macros(source: &str) -> Vec<String> {
    let declares = |body: &&str| body.contains("pub struct $") || body.contains("pub enum $");
    macro_bodies(source).filter(declares).map(|body| word(body).to_owned()).collect()
}

/// Returns the macros of a source, each from its name on.
fn macro_bodies(source: &str) -> impl Iterator<Item = &str> {
    source.split("macro_rules! ").skip(1).map(|rest| rest.split("\n}\n").next().unwrap_or_default())
}

/// Returns the word of Rust that a text begins with.
fn word(text: &str) -> &str {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default()
}

/// Returns the types that calls of these macros declare, the words that their lines begin with, and
/// those that macros of the source declare in words of their own.
fn types_of_macros(source: &str, macros: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in source.lines() {
        let item = line.strip_prefix("    ").filter(|item| item.starts_with(char::is_uppercase));
        found.extend(item.filter(|_| inside).map(|item| word(item).to_owned()));
        inside &= !line.starts_with(['}', ')']);
        inside |= line.split_once('!').is_some_and(|(name, end)| macros.contains(name) && matches!(end, " {" | "("));
    }
    for declared in macro_bodies(source).flat_map(str::lines).filter_map(|line| line.trim_start().strip_prefix("pub "))
    {
        let (kind, name) = declared.split_once(' ').unwrap_or_default();
        if matches!(kind, "struct" | "enum" | "trait" | "type") && name.starts_with(char::is_uppercase) {
            found.push(word(name).to_owned());
        }
    }
    found
}

/// Returns what a list of imports names, each by its path: `a::{b, c::{d}}` is `a::b` and
/// `a::c::d`.
fn paths(imports: &str) -> Vec<String> {
    let (mut found, mut prefixes, mut path) = (Vec::new(), vec![String::new()], String::new());
    for char in imports.chars().chain([',']) {
        match char {
            '{' => prefixes.push(std::mem::take(&mut path)),
            ',' | '}' => {
                if !path.trim().is_empty() {
                    found.push(prefixes.iter().map(|part| part.trim()).chain([path.trim()]).collect());
                }
                path.clear();
                if char == '}' && prefixes.len() > 1 {
                    prefixes.pop();
                }
            }
            char => path.push(char),
        }
    }
    found
}

/// Returns the rooms that each example of a page uses, those of its imports.
fn rooms_of_examples(page: &str) -> Vec<BTreeSet<String>> {
    let mut examples = vec![BTreeSet::new()];
    let mut import = None;
    for line in page.lines() {
        let line = line.trim_start().trim_start_matches("//!").trim_start_matches("///").trim_start();
        let line = line.strip_prefix("# ").unwrap_or(line).trim_start();
        if line.starts_with("```") {
            examples.push(BTreeSet::new());
        }
        if let Some(path) = line.strip_prefix("use ami_proto::") {
            import = Some(String::new());
            import.as_mut().expect("one").push_str(path);
        } else if let Some(import) = &mut import {
            import.push_str(line);
        }
        let Some(whole) = import.take_if(|import| import.contains(';')) else { continue };
        for path in paths(whole.split(';').next().unwrap_or_default()) {
            let room = path.split("::").next().unwrap_or_default();
            if room.starts_with(char::is_lowercase) {
                examples.last_mut().expect("one").insert(room.to_owned());
            }
        }
    }
    examples
}

/// The public types of each room, each with the files that declare one of this name. Those that the
/// generator makes have the server's own names, which is one notion: an action and the event of one
/// name, a command and the event of one name. So all generated files of the crate count as one.
type Rooms = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Stands for the generated files.
const GENERATED: &str = "the generator";

fn rooms() -> Rooms {
    let src = ami_testkit::root().join("src");
    let (mut files, mut rooms) = (Vec::new(), Rooms::new());
    sources(&src, &mut files);
    files.retain(|path| !path.ends_with("tests.rs") && !path.ends_with("lib.rs"));
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a file");
    let macros = files.iter().flat_map(|path| declaring_macros(&text(path))).collect();
    let generated: BTreeMap<_, _> = crate::generator::all().into_iter().collect();
    for path in &files {
        let file = path.strip_prefix(&src).expect("below it").to_str().expect("text").to_owned();
        let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let source = text(path);
        let (mut declared, exported) = types_in(&source);
        declared.extend(types_of_macros(&source, &macros));
        let types = rooms.entry(room).or_default();
        for name in declared {
            types.entry(name).or_default().insert(file.clone());
        }
        for name in exported {
            types.entry(name).or_default();
        }
        for include in source.split("include!(concat!(env!(\"OUT_DIR\"), \"/").skip(1) {
            let made = include.split('"').next().unwrap_or_default();
            for name in types_in(&format!("\n{}", generated[made])).0 {
                types.entry(name).or_default().insert(GENERATED.to_owned());
            }
        }
    }
    rooms
}

/// Returns whether the generator alone declares a name in both rooms.
fn is_generated(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    [a, b].into_iter().all(|files| files.iter().eq([GENERATED]))
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
                for (name, files) in rooms.get(room).into_iter().flatten() {
                    match seen.insert(name, (room, files)) {
                        Some((other, others)) if !is_generated(others, files) => {
                            found.insert((name.as_str(), [String::clone(other), room.clone()]));
                        }
                        _ => {}
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
    let source = "macro_rules! kind {\n    ($name:ident) => {\n        pub struct $name;\n    };\n}\nmacro_rules! other {\n    () => {};\n}\n\nkind! {\n    /// Text.\n    #[a]\n    K\n}\nkind! {\n    L, M\n}\nother! {\n    N\n}\nkind!(\n    O\n);\nmacro_rules! own {\n    () => {\n        pub enum P {}\n    };\n}\n";
    let macros: BTreeSet<String> = declaring_macros(source).into_iter().collect();
    assert_eq!(types_of_macros(source, &macros), owned(&["K", "L", "O", "P"]));
    assert_eq!(paths("a::{b, c::{D, e::F},}, g"), ["a::b", "a::c::D", "a::c::e::F", "g"]);
    let page = "/// ```\n/// use ami_proto::state::{self, Mirror};\n/// # use ami_proto::client::Client;\n/// ```\n//! use ami_proto::{Limits,\n//!     action::{A, B}, calls::Call};";
    let found: Vec<Vec<String>> =
        rooms_of_examples(page).into_iter().map(|rooms| rooms.into_iter().collect()).collect();
    assert_eq!(found, [owned(&[]), owned(&["client", "state"]), owned(&["action", "calls"])]);
}
