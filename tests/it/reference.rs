//! The page `manual::reference` is true: its types are in the crate, its tests are here, and no
//! command, field or event of the public reference pages is left out of it.
//!
//! Methods and modules are links of rustdoc, whose warnings are errors where docs are built.

use std::collections::{BTreeMap, BTreeSet};

/// Names items of the crate: one that isn't there does not compile.
macro_rules! items {
    ($($($part:ident)::+),+ $(,)?) => {
        const ITEMS: &[&str] = &[$(concat!("crate", $("::", stringify!($part)),+)),+];
        mod named {
            $(#[allow(unused_imports, reason = "that it is there is the test")]
            use ami_proto::$($part)::+ as _;)+
        }
    };
}

items! {
    action,
    action::ConfbridgeKick,
    action::ConfbridgeList,
    action::ConfbridgeListRooms,
    action::ConfbridgeLock,
    action::ConfbridgeMute,
    action::ConfbridgeSetSingleVideoSrc,
    action::ConfbridgeStartRecord,
    action::ConfbridgeStopRecord,
    action::ConfbridgeUnlock,
    action::ConfbridgeUnmute,
    action::Custom,
    catalogue::ActionType,
    catalogue::actions,
    catalogue::events,
    client::Ending,
    conference::Command,
    conference::Dialect,
    conference::Happening,
    event,
    event::ConfbridgeList,
    event::ConfbridgeListComplete,
    event::ConfbridgeListRooms,
    event::ConfbridgeListRoomsComplete,
    event::Event::Other,
    freeswitch::command::Bgdial,
    freeswitch::command::Deaf,
    freeswitch::command::Dial,
    freeswitch::command::Dtmf,
    freeswitch::command::Energy,
    freeswitch::command::Hup,
    freeswitch::command::Kick,
    freeswitch::command::Level,
    freeswitch::command::Line,
    freeswitch::command::List,
    freeswitch::command::Lock,
    freeswitch::command::Mute,
    freeswitch::command::NoPin,
    freeswitch::command::NoRecord,
    freeswitch::command::NoRecordAll,
    freeswitch::command::Pin,
    freeswitch::command::Play,
    freeswitch::command::Record,
    freeswitch::command::Relate,
    freeswitch::command::Relation,
    freeswitch::command::Say,
    freeswitch::command::SayMember,
    freeswitch::command::Stop,
    freeswitch::command::Target,
    freeswitch::command::Transfer,
    freeswitch::command::Undeaf,
    freeswitch::command::Unlock,
    freeswitch::command::Unmute,
    freeswitch::command::VolumeIn,
    freeswitch::command::VolumeOut,
    freeswitch::command::XmlList,
    freeswitch::list::Format,
    freeswitch::list::List,
    freeswitch::list::Member,
    freeswitch::reply::Reply,
    kazoo::Account,
    kazoo::Binding,
    kazoo::ChannelVars,
    kazoo::Conference,
    kazoo::ConferenceAction,
    kazoo::Draft,
    kazoo::Happening,
    kazoo::JoinTime,
    kazoo::Participant,
    kazoo::ParticipantAction,
    kazoo::ParticipantEvent,
    kazoo::ParticipantsAction,
    kazoo::Profile,
    kazoo::ProfileField,
    kazoo::Realtime,
    kazoo::Response,
    kazoo::Side,
    kazoo::SideDraft,
    kazoo::SocketMessage,
    kazoo::Subscription,
    kazoo::Tone,
    response,
    sipxecs::Call,
    sipxecs::Challenge,
    sipxecs::Conference,
    sipxecs::Contact,
    sipxecs::ContactDraft,
    sipxecs::Credentials,
    sipxecs::RecordAction,
    sipxecs::Reply,
    sipxecs::ServiceError,
    sipxecs::ServiceErrorKind,
}

/// A row of the page: what the reference says, where that is, and what tests it.
struct Row {
    section: String,
    line: String,
    api: Vec<String>,
    tests: Vec<String>,
}

fn page() -> String {
    std::fs::read_to_string(ami_testkit::root().join("src/manual/reference.md")).expect("the page")
}

/// The texts between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|part| part.split_once(end).expect("an end").0).collect()
}

fn rows(page: &str) -> Vec<Row> {
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            section = title.replace('`', "");
        }
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else { continue };
        let [said, api, tests] = cells.split(" | ").collect::<Vec<_>>()[..] else { panic!("three cells: {line}") };
        if said != "The page" {
            let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
            let (api, tests) = (owned(between(api, "[`", "`]")), owned(tests.split('`').skip(1).step_by(2).collect()));
            rows.push(Row { section: section.clone(), line: said.to_owned(), api, tests });
        }
    }
    rows
}

/// The links of the page, by what is shown of them.
fn links(page: &str) -> BTreeMap<&str, &str> {
    page.lines().filter_map(|line| line.strip_prefix("[`")?.split_once("`]: ")).collect()
}

#[test]
fn each_item_is_in_the_crate() {
    let page = page();
    let links = links(&page);
    let used: BTreeSet<String> = rows(&page).into_iter().flat_map(|row| row.api).collect();
    assert_eq!(used, links.keys().map(|label| (*label).to_owned()).collect(), "each link is used, and has its place");
    let lower = |part: &str| part.starts_with(|first: char| first.is_ascii_lowercase());
    // Of a method its type.
    let item = |path: &str| match path.rsplit_once("::") {
        Some((of, name)) if lower(name) && !of.rsplit("::").next().is_some_and(lower) => of.to_owned(),
        _ => path.to_owned(),
    };
    let named: BTreeSet<String> = links.values().map(|path| item(path)).collect();
    assert_eq!(named, ITEMS.iter().map(|path| (*path).to_owned()).collect(), "`items!` above has what the page names");
}

#[test]
fn each_line_has_a_test_that_is_here() {
    let folder = ami_testkit::root().join("tests/it");
    for row in rows(&page()) {
        assert!(!row.api.is_empty() && !row.tests.is_empty(), "{}: {}", row.section, row.line);
        for test in row.tests {
            let (module, name) = test.rsplit_once("::").unwrap_or_else(|| panic!("{test}: a module and a name"));
            let file = folder.join(module.replace("::", "/")).with_extension("rs");
            let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{test}: {error}"));
            let (before, _) = text.split_once(&format!("fn {name}(")).unwrap_or_else(|| panic!("{test} is not there"));
            let attribute = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
            assert!(attribute.contains("#[test]"), "{test} is no test");
        }
    }
}

#[test]
fn nothing_of_the_pages_is_left_out() {
    let rows = rows(&page());
    let said = |section: &str| -> BTreeSet<String> {
        let rows = rows.iter().filter(|row| row.section.contains(section));
        let words = rows.flat_map(|row| row.line.split('`').skip(1).step_by(2).map(str::to_owned));
        words.collect()
    };
    let mut missing = Vec::new();
    let mut look = |section: &str, names: BTreeSet<String>, at_least: usize| {
        assert!(names.len() >= at_least, "{section}: {}", names.len());
        missing.extend(names.difference(&said(section)).map(|name| format!("{section}: {name}")));
    };

    // The samples of the page are in the corpus, one an action.
    let folder = ami_testkit::root().join("corpus/reference");
    let samples = ami_testkit::below(&folder, |path| path.to_string_lossy().ends_with(".request.ami"));
    let action = |path: &std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.strip_prefix("000_")?.strip_suffix(".request.ami")?;
        Some(name.to_owned())
    };
    look("ConfBridge AMI Actions", samples.iter().filter_map(action).collect(), 10);

    // Its commands, in its order, and what its examples show besides.
    let commands = "bgdial deaf dial dtmf energy hup kick list lock mute norecord nopin pin play record relate say \
        saymember stop transfer unmute undeaf unlock volume_in volume_out xml_list invite inviteim callcontroller \
        contact-information";
    look("Freeswitch Conference Commands", commands.split(' ').map(str::to_owned).collect(), 30);

    // Its parameters, and each name of its samples.
    let mut names: BTreeSet<String> = "bridge_password bridge_username caller_controls conference_numbers focus \
        max_members_media max_participants moderator_controls play_welcome profile require_moderator wait_for_moderator \
        add-member del-member stop-talking start-talking mute-member unmute-member deaf-member undeaf-member"
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    for sample in ["reference_document", "reference_list", "reference_event"] {
        let path = ami_testkit::root().join(format!("corpus/kazoo/{sample}.json"));
        let text = std::fs::read(path).expect("a sample");
        keys(&serde_json::from_slice(&text).expect("JSON"), &mut names);
    }
    names.remove("ui");
    look("Conferences API", names, 60);
    assert_eq!(missing, [""; 0]);
}

/// Every key in a value of JSON.
fn keys(json: &serde_json::Value, into: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                into.insert(name.clone());
                keys(value, into);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        _ => {}
    }
}
