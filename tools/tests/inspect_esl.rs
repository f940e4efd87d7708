//! Invariant: `ami inspect` shows of a recording of the event socket what a naive reader finds,
//! whatever the size of the pieces; it keeps PINs and passwords to itself.
#![allow(clippy::pedantic)]

use std::process::Command;

use ami_testkit::esl::{Naive, corpus, naive};
use ami_testkit::programs::fed;
use ami_testkit::session;
use serde_json::{Value, json};

/// Exit code, output and messages of the program.
fn inspect(stdin: &[u8], args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ami"));
    let run = fed(command.args(["inspect", "--protocol", "esl"]).args(args), stdin);
    (run.code, run.stdout, run.stderr)
}

fn objects(stdin: &[u8], args: &[&str]) -> Vec<Value> {
    let (code, out, errors) = inspect(stdin, args);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    out.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({"hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()}),
    }
}

/// What a server has said, file by file.
fn streams() -> Vec<(String, Vec<u8>)> {
    let replays = corpus("replay").into_iter().map(|(name, replay)| {
        let said = session::replay(&replay).into_iter().filter(|turn| !turn.from_client);
        (name, said.flat_map(|turn| turn.bytes).collect())
    });
    replays.chain(corpus("esl")).collect()
}

#[test]
fn every_frame_is_shown() {
    for (name, stream) in streams() {
        let expected = |frame: &Naive| {
            json!({
                "offset": frame.offset,
                "len": frame.len,
                "content_type": frame.get("Content-Type").map(text),
                "headers": frame.headers.iter().map(|(name, value)| [text(name), text(value)]).collect::<Vec<_>>(),
                "body": text(&frame.body),
            })
        };
        let frames: Vec<Value> = naive(&stream).0.iter().map(expected).collect();
        for chunk in ["1", "1000", "65536"] {
            let mut found = objects(&stream, &["--json", "--show-secrets", "--chunk", chunk]);
            for object in &mut found {
                let event = object.as_object_mut().expect("an object").remove("event").expect("a key");
                let content = object["content_type"].as_str().unwrap_or_default();
                let has = content.starts_with("text/event");
                // The answer to `connect` is one too.
                assert!(event.is_object() == has || content == "command/reply", "{name}: {object}");
            }
            assert_eq!(found, frames, "{name}, pieces of {chunk}");
        }
    }
}

#[test]
fn an_event_is_printed_decoded_and_typed() {
    let event = "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nConference-Name: board%20room\nMember-ID: 12\nHear: maybe\nmyvar: a\nContent-Length: 2\nAction: mute-member\n\nhi";
    let stream = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len());
    let found = objects(stream.as_bytes(), &["--json", "--typed"]).remove(0);
    let headers = json!([
        ["Event-Subclass", "conference::maintenance"],
        ["Event-Name", "CUSTOM"],
        ["Conference-Name", "board room"],
        ["Member-ID", "12"],
        ["Hear", "maybe"],
        ["myvar", "a"],
        ["Content-Length", "2"],
        ["Action", "mute-member"],
    ]);
    let expected = json!({"name": "CUSTOM", "subclass": "conference::maintenance", "action": "mute-member", "headers": headers, "body": "hi"});
    assert_eq!(found["event"], expected);
    assert_eq!(found["body"], json!(event));
    let typed = json!({
        "type": "MuteMember",
        "fields": {"event_subclass": "conference::maintenance", "event_name": "CUSTOM", "action": "mute-member",
            "conference_name": "board room", "member_id": 12},
        "rest": [["myvar", "a"], ["Content-Length", "2"]],
        "invalid": [{"header": "Hear", "value": "maybe"}],
    });
    assert_eq!(found["typed"], typed);
    let found = objects(b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n", &["--json", "--typed"]).remove(0);
    assert_eq!(found["typed"]["fields"]["refused"], json!(true));
}

#[test]
fn secrets_are_masked() {
    for (name, stream) in streams().into_iter().filter(|(name, _)| name.contains("conf_lock_pin")) {
        let (_, shown, _) = inspect(&stream, &["--json", "--show-secrets", "--typed"]);
        let (_, masked, _) = inspect(&stream, &["--json", "--typed"]);
        for pin in ["set: 1234", "set: 99", "pin 1234"] {
            assert!(!masked.contains(pin), "{name}: {pin}");
        }
        assert_eq!(shown.contains("set: 1234"), masked.contains("set: ***"), "{name}");
        assert_eq!(shown.lines().count(), masked.lines().count());
    }
    let client = b"auth ClueCon\n\nuserauth 1000@lab.invalid:s3cret\n\napi conference g pin 4711\n\nbgapi conference g list\nJob-UUID: x\n\n";
    let (code, out, _) = inspect(client, &["--json"]);
    assert_eq!(code, Some(0));
    assert!(!["ClueCon", "s3cret", "4711"].iter().any(|secret| out.contains(secret)), "{out}");
    assert!(out.contains("api conference g pin ***") && out.contains("bgapi conference g list"), "{out}");
    assert!(inspect(client, &["--json", "--show-secrets"]).1.contains("auth ClueCon"));
    // Also in what is encoded, in any encoding.
    let job = "Event-Name: BACKGROUND_JOB\nJob-Command-Arg: g%20pin%204711\n\n";
    let json = r#"{"Event-Name":"API","variable_sip_auth_password":"4711"}"#;
    for (encoding, event) in [("plain", job), ("json", json)] {
        let stream = format!("Content-Length: {}\nContent-Type: text/event-{encoding}\n\n{event}", event.len());
        assert!(!inspect(stream.as_bytes(), &["--json"]).1.contains("4711"), "{event}");
    }
}

#[test]
fn summaries_and_endings() {
    let (_, stream) = streams().into_iter().find(|(name, _)| name.ends_with("events_1.11.2.esl")).expect("the corpus");
    let (code, out, _) = inspect(&stream, &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("| text/event-plain ") && out.contains("CUSTOM conference::maintenance mute-member"), "{out}");
    let (code, _, errors) = inspect(b"Content-Type: auth/requ", &["--json"]);
    assert!(code == Some(0) && errors.contains("stream ended inside a frame"), "{errors}");
    let (code, _, errors) = inspect(b"Content-Length: 999999999\n\n", &["--json"]);
    assert!(code == Some(1) && errors.contains("frame longer than the limit"), "{errors}");
    let (code, out, _) = inspect(b"Content-Type: api/response\nContent-Length: abc\n\n", &[]);
    assert!(code == Some(0) && out.contains("Content-Length is no number"), "{out}");
    assert_eq!(inspect(b"", &["--calls"]).0, Some(2));
}

/// A recording can name as many things as it has frames: a thousand names are told apart.
#[test]
fn more_names_than_are_told_apart() {
    let frames: Vec<_> = (0..60_000).map(|number| format!("Content-Type: {number:05}\n\n")).collect();
    let frames = frames.concat();
    let (code, summary, errors) = inspect(frames.as_bytes(), &[]);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(summary.lines().nth(1), Some("  frames 60,000, bytes 1,260,000, framing errors 0"));
    // Two lines of head before them.
    assert_eq!(summary.lines().filter(|line| line.starts_with("| ")).count(), 1 + 1000);
    assert!(
        summary.ends_with("\n  and frames of other names 59,000, bytes 1,239,000\n\n"),
        "{}",
        &summary[summary.len() - 100..]
    );
}
