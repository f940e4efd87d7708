//! Invariant: `ami catalogue`, run as a user runs it, shows what the crate's catalogue has, in
//! words and as JSON of a fixed shape.

use std::process::{Command, Stdio};

use ami_proto::catalogue;
use ami_testkit::programs::Run;
use serde_json::{Value, json};

/// The program.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ami"));
    command.arg("catalogue").env("COLUMNS", "200");
    command
}

fn run(args: &[&str]) -> Run {
    let output = command().args(args).output().expect("the example starts");
    output.into()
}

/// The output of a run that went well.
fn shown(args: &[&str]) -> String {
    let run = run(args);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
    run.stdout
}

fn everything() -> Value {
    serde_json::from_str(&shown(&["--json"])).expect("one object")
}

/// The entry of this name.
fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let list = list.as_array().expect("a list");
    list.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|entry| entry["name"].as_str().expect("a name")).collect()
}

#[test]
fn the_list_has_every_name() {
    let list = shown(&[]);
    let (actions, events) = list.split_once("\n\n").expect("two tables");
    for (table, names) in [
        (actions, catalogue::actions().map(catalogue::ActionType::name).collect::<Vec<_>>()),
        (events, catalogue::events().map(catalogue::EventType::name).collect()),
    ] {
        assert_eq!(table.trim_end().lines().count(), names.len() + 2, "a line each");
        for name in names {
            assert!(table.contains(&format!("\n| {name} ")), "{name}");
        }
    }
    let line = |start: &str| list.lines().find(|line| line.starts_with(start)).expect("a line").to_owned();
    assert!(line("| Originate ").contains(" 1.4 on "), "{}", line("| Originate "));
    assert!(line("| PlayDTMF ").contains(" | call "), "{}", line("| PlayDTMF "));
}

#[test]
fn an_action_is_shown_with_its_parameters_and_answer() {
    let text = shown(&["action", "originate"]);
    assert!(text.starts_with("Action Originate\n"), "{text}");
    for part in ["class: originate\n", "| Channel* ", "| 18, 20 on ", "\nLater the event OriginateResponse tells"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = shown(&["action", "QueueStatus"]);
    assert!(
        text.contains("\nThen come the events QueueParams, QueueMember, QueueEntry, then QueueStatusComplete."),
        "{text}"
    );
    assert!(shown(&["action", "GetConfig"]).contains("| Line-{i:6}-{j:6} "));
    assert!(shown(&["action", "Login"]).contains("text, secret"));
}

#[test]
fn an_event_is_shown_with_its_headers_and_what_it_answers() {
    let text = shown(&["event", "HANGUP"]);
    assert!(text.starts_with("Event Hangup\n"), "{text}");
    for part in ["class: call\n", "| Channel  ", "| Cause-txt ", "| ActionID ", "assignment, repeats"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(shown(&["event", "DialBegin"]).contains("| DestUniqueid "), "blocks are expanded");
    assert!(shown(&["event", "QueueParams"]).contains("answers: QueueStatus\n"));
}

#[test]
fn an_unknown_name_is_told_with_the_one_that_was_meant() {
    for (args, message) in [
        (["event", "Hangupp"], "no event is called `Hangupp`; do you mean Hangup?"),
        (["action", "Orginate"], "no action is called `Orginate`; do you mean Originate?"),
        (["action", "newchannel"], "no action is called `newchannel`; try `catalogue event Newchannel`"),
        (["event", "Originate"], "no event is called `Originate`; try `catalogue action Originate`"),
        (["event", "zzzzzzzz"], "no event is called `zzzzzzzz`; `catalogue` alone lists all names"),
    ] {
        let run = run(&args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert_eq!(run.stderr, format!("catalogue: {message}\n"));
    }
}

#[test]
fn a_wrong_use_ends_with_code_two_and_says_why() {
    for args in
        [&["--no-such-flag"][..], &["action"], &["event", "A", "B"], &["--json", "action", "Ping"], &["channel"]]
    {
        let run = run(args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn json_has_everything() {
    let all = everything();
    assert_eq!(all.as_object().expect("an object").keys().collect::<Vec<_>>(), ["actions", "events"]);
    let mut actions: Vec<&str> = catalogue::actions().map(catalogue::ActionType::name).collect();
    let mut events: Vec<&str> = catalogue::events().map(catalogue::EventType::name).collect();
    actions.sort_by_key(|name| name.to_lowercase());
    events.sort_by_key(|name| name.to_lowercase());
    assert_eq!(names(&all["actions"]), actions);
    assert_eq!(names(&all["events"]), events);
    for event in catalogue::events() {
        let listed = names(&named(&all["events"], event.name())["headers"]);
        for field in event.fields() {
            assert!(listed.iter().any(|name| name.eq_ignore_ascii_case(&field.wire_name())), "{event:?} {field:?}");
        }
    }
}

/// The keys that tools rely on, and what stands behind them.
#[test]
fn json_has_its_shape() {
    let all = everything();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let strings = |value: &Value| assert!(list(value).iter().all(Value::is_string), "{value}");
    let version = |value: &Value| {
        let is_branch = |text: &str| text.split('.').all(|part| part.parse::<u8>().is_ok());
        assert!(value.is_null() || value.as_str().is_some_and(is_branch), "{value}");
    };
    let header = |row: &Value| {
        assert!(row["name"].as_str().is_some_and(|name| !name.is_empty()), "{row}");
        assert!(row["type"].is_string() && row["repeat"].is_boolean() && row["doc"].is_string(), "{row}");
        strings(&row["aliases"]);
        for name in list(&row["names"]) {
            assert!(name["name"].is_string(), "{row}");
            version(&name["since"]);
            version(&name["until"]);
            strings(&name["without"]);
        }
        version(&row["since"]);
        version(&row["until"]);
    };
    for action in list(&all["actions"]) {
        strings(&action["privileges"]);
        strings(&action["items"]);
        version(&action["since"]);
        version(&action["until"]);
        assert!(action["end"].is_null() || action["end"].is_string(), "{action}");
        list(&action["response"]).iter().for_each(header);
        for param in list(&action["params"]) {
            header(&param);
            assert!(param["required"].is_boolean(), "{param}");
        }
    }
    for event in list(&all["events"]) {
        strings(&event["aliases"]);
        strings(&event["class"]);
        version(&event["since"]);
        version(&event["until"]);
        list(&event["headers"]).iter().for_each(header);
        let names = names(&event["headers"]);
        let mut lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        lower.sort_unstable();
        lower.dedup();
        assert_eq!(lower.len(), names.len(), "no header twice: {names:?}");
    }
}

#[test]
fn json_by_example() {
    let all = everything();
    let status = named(&all["actions"], "QueueStatus");
    assert_eq!(status["items"], json!(["QueueParams", "QueueMember", "QueueEntry"]));
    assert_eq!(status["end"], "QueueStatusComplete");
    let login = named(&all["actions"], "Login");
    assert_eq!((&login["privileges"], &login["since"], &login["until"]), (&json!([]), &json!("1.4"), &Value::Null));
    let username = named(&login["params"], "Username");
    assert_eq!(
        (&username["required"], &username["repeat"], &username["type"]),
        (&json!(true), &json!(false), &json!("text"))
    );
    let send = named(&all["actions"], "JabberSend");
    assert_eq!(named(&send["params"], "JID")["aliases"], json!(["ScreenName"]));
    let config = named(&all["actions"], "GetConfig");
    assert_eq!(named(&config["response"], "Line-{i:6}-{j:6}")["type"], "assignment");
    let dial = named(&all["events"], "DialBegin");
    assert_eq!((&dial["class"], &dial["since"]), (&json!(["call"]), &json!("12")));
    assert_eq!(named(&dial["headers"], "DestChannel")["type"], "channel");
    assert_eq!(names(&dial["headers"]).first(), Some(&"Channel"));
    assert!(names(&dial["headers"]).contains(&"Privilege"), "what any event may carry is there too");
}

/// Which versions have a header is told for each of its names.
#[test]
fn versions_of_headers() {
    let text = shown(&["event", "QueueMemberStatus"]);
    let row = |name: &str| {
        text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
    };
    assert!(row("Interface / Location").contains("12 on / 1.4 to 11"), "{text}");
    assert!(row("| InCall ").contains("11, 13 on"), "{text}");
    assert!(shown(&["event", "ParkedCall"]).lines().any(|line| line.contains("ParkerExten") && line.contains("never")));
    let all = everything();
    let login = named(&named(&all["events"], "QueueMember")["headers"], "LoginTime");
    assert_eq!(login["names"], json!([{"name": "LoginTime", "since": "16", "until": null, "without": ["17"]}]));
}

/// As in `catalogue --json | head -c 100`.
#[test]
fn a_reader_that_has_seen_enough() {
    let mut child =
        command().arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the example starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the example ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
