//! Invariant: the sessions know no action and no event by its name; all that they go by is an
//! attribute of an entry in the spec.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ami_proto::catalogue::{self, Field};

use crate::floors::lexer::{Kind, tokens};

/// The rooms that are held to it.
const ROOMS: [&str; 4] = ["client", "conn", "server", "proxy.rs"];

/// Strings that are spelled like an action or an event and are something else.
const OTHERS: [(&str, &str, &str); 7] = [
    ("client/session/route.rs", "Challenge", "a header"),
    ("client/state.rs", "challenge", "a step of the login"),
    ("client/state.rs", "login", "a step of the login"),
    ("server/answer.rs", "Challenge", "a header"),
    ("server/answer.rs", "Events", "a header"),
    ("server/answer.rs", "Status", "a header"),
    ("server/event.rs", "login", "a kind of event"),
];

/// Returns the names of all actions and events in lower case, and those of their types.
fn known() -> (BTreeSet<String>, BTreeSet<&'static str>) {
    let (mut names, mut types) = (BTreeSet::new(), BTreeSet::new());
    for event in catalogue::events() {
        names.extend(event.aliases().chain([event.name()]).map(str::to_ascii_lowercase));
        types.insert(event.rust_name());
    }
    for action in catalogue::actions() {
        names.extend(action.aliases().chain([action.name()]).map(str::to_ascii_lowercase));
        types.insert(action.rust_name());
    }
    (names, types)
}

/// Returns the names in this source outside its tests, each with its line: strings that are a name
/// or the header that says one, their types where they are matched or looked at (`TYPE`, `view`),
/// and the variants that stand for them.
fn names_in(source: &str) -> Vec<(usize, String)> {
    let (names, types) = known();
    let tests = ["#[cfg(test)]\nmod tests {", "#[cfg(test)]\npub(super) mod tests {"];
    let source = tests.iter().fold(source, |source, tests| source.split(tests).next().unwrap_or_default());
    let tokens = tokens(source);
    let mut found = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Text) {
        let text = token.text.trim_start_matches(['b', 'r', '#']).trim_end_matches('#').trim_matches('"');
        for line in text.split("\\n") {
            let line = line.trim_end_matches("\\r");
            let name = ["Action: ", "Event: "].iter().find_map(|header| line.strip_prefix(header)).unwrap_or(line);
            if names.contains(&name.to_ascii_lowercase()) {
                found.push((token.line, name.to_owned()));
            }
        }
    }
    // A part of a name, where that is looked for at an end of something.
    for three in tokens.windows(3) {
        let [method, open, text] = three else { continue };
        let part = text.text.trim_start_matches(['b', 'r', '#']).trim_end_matches('#').trim_matches('"');
        let part = part.to_ascii_lowercase();
        let named = part.len() > 2 && names.iter().any(|name| name.starts_with(&part) || name.ends_with(&part));
        let looks = ["starts_with", "ends_with", "strip_prefix", "strip_suffix", "contains"];
        let looks = looks.iter().any(|name| method.is(name));
        if looks && open.is("(") && text.kind == Kind::Text && named {
            found.push((text.line, part));
        }
    }
    for three in tokens.windows(3) {
        let [left, colons, right] = three else { continue };
        let [is_type, is_variant] = [left, right].map(|name| types.contains(name.text.as_str()));
        let looks = is_type && (right.is("TYPE") || right.is("view"));
        let matches = is_variant && (left.is("Request") || left.is("Event"));
        if colons.is("::") && (looks || matches) {
            found.push((left.line, format!("{}::{}", left.text, right.text)));
        }
    }
    found
}

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            sources(&entry.expect("an entry").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
        found.push(path.to_owned());
    }
}

#[test]
fn sessions_know_no_action_and_no_event_by_name() {
    let src = ami_testkit::root().join("src");
    let mut files = Vec::new();
    ROOMS.iter().for_each(|room| sources(&src.join(room), &mut files));
    assert!(files.len() > 30, "{files:?}");
    let mut others: Vec<_> = OTHERS.iter().collect();
    let mut wrong = Vec::new();
    for path in files {
        let file = path.strip_prefix(&src).expect("below it").to_str().expect("text");
        for (line, name) in names_in(&std::fs::read_to_string(&path).expect("a file")) {
            let known = OTHERS.iter().any(|(other, text, _)| *other == file && *text == name);
            others.retain(|(other, text, _)| *other != file || *text != name);
            if !known {
                wrong.push(format!("{file}:{line}: `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "names that belong in the spec:\n{}", wrong.join("\n"));
    assert!(others.is_empty(), "no longer there: {others:?}");
}

#[test]
fn a_name_is_found() {
    let found =
        |source: &str| names_in(source).into_iter().map(|(line, name)| format!("{line} {name}")).collect::<Vec<_>>();
    assert_eq!(found("let a = 1;\nif name == \"originate\" {}"), ["2 originate"]);
    assert_eq!(found("f(b\"Action: Filter\\r\\nActionID: 1\")"), ["1 Filter"]);
    assert_eq!(found("matches!(self.end, Some(\"DevicelistComplete\" | \"none\"))"), ["1 DevicelistComplete"]);
    assert_eq!(found("match action { Originate::TYPE => 1, A::TYPE => 2, action::WaitEvent::TYPE => 3 }").len(), 2);
    assert_eq!(found("match it { Request::Login(login) => 1, Session::Login => 2 }"), ["1 Request::Login"]);
    assert_eq!(found("FullyBooted::view(frame).or(Event::Hangup)").len(), 2);
    assert_eq!(found("if name.starts_with(\"PJSIP\") || name.ends_with(b\"ListComplete\") {}").len(), 2);
    assert!(found("line.strip_prefix(b\": \").or(id.strip_prefix(\"x-y\"))").is_empty());
    assert!(found("Event::from(frame)").is_empty());
    assert!(found("// \"Originate\"\nlet plan = \"reply\";\n#[cfg(test)]\nmod tests {\n\"Originate\"").is_empty());
}

/// One notion has one method in all events of queues, under each of its names on the wire.
#[test]
fn one_notion_of_queues_has_one_method() {
    const NOTIONS: [(&str, &[&str]); 4] = [
        ("interface", &["Interface", "Location", "Member", "AgentCalled"]),
        ("member_name", &["MemberName", "Name", "AgentName"]),
        ("paused_reason", &["PausedReason"]),
        ("in_call", &["InCall", "IsInCall"]),
    ];
    let mut seen = BTreeSet::new();
    for event in catalogue::events() {
        let of_a_member = event.name().starts_with("QueueMember");
        if !of_a_member
            && !["AgentCalled", "AgentConnect", "AgentComplete", "AgentDump", "AgentRingNoAnswer"]
                .contains(&event.name())
        {
            continue;
        }
        for (method, names) in NOTIONS {
            for name in names.iter().copied().chain((method == "paused_reason" && of_a_member).then_some("Reason")) {
                if let Some(found) = event.field_of(name.as_bytes()) {
                    assert_eq!(found.method(), method, "{}: {name}", event.name());
                    seen.insert(name);
                }
            }
        }
    }
    assert_eq!(seen.len(), 11, "{seen:?}");
    let member = catalogue::event("QueueMember").unwrap();
    assert_eq!(member.field_of(b"IsInCall").map(Field::name), Some("InCall"));
}
