//! Invariant: with the feature `serde`, frames and events serialise as `ami inspect` prints them,
//! secrets masked unless somebody asks for them.

use ami_proto::describe::{Replies, describe};
use ami_proto::event::Event;
use ami_proto::redact::WithSecrets;
use ami_proto::wire::OwnedFrame;
use ami_proto::{Decoder, Framing, Limits, Value};
use ami_testkit::json::object;
use ami_testkit::{corpus, oracle};
use serde_json::{json, to_string, to_value};
use std::collections::BTreeMap;

fn frame(bytes: &[u8]) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(bytes);
    decoder.next_frame().expect("within limits").expect("whole").to_owned()
}

#[test]
fn frames_as_the_oracle_reads_them() {
    let mut hidden = BTreeMap::new();
    for (name, input) in ["frames", "handmade", "sessions", "requests"].into_iter().flat_map(corpus) {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        for expected in &oracle::read(&input, true).frames {
            let frame = decoder.next_frame().expect("within limits").expect("a frame more");
            let shown = object(expected).to_string();
            assert_eq!(to_string(&WithSecrets(frame)).unwrap(), shown, "{name}");
            let masked = to_string(&frame).unwrap();
            count_masked(&to_value(WithSecrets(frame)).unwrap(), &to_value(frame).unwrap(), &mut hidden);
            let kept = frame.to_owned();
            assert_eq!(without_bytes(&to_string(&kept).unwrap()), masked, "{name}");
            assert_eq!(without_bytes(&to_string(&WithSecrets(&kept)).unwrap()), shown, "{name}");
        }
    }
    let hidden: Vec<(&str, usize)> = hidden.iter().map(|(name, count)| (&**name, *count)).collect();
    assert_eq!(hidden, HIDDEN);
}

/// What a kept frame has more, which stands at the end.
fn without_bytes(json: &str) -> String {
    let mut object: serde_json::Value = serde_json::from_str(json).unwrap();
    object.as_object_mut().unwrap().remove("bytes");
    object.to_string()
}

/// The headers of those recordings that are secrets, by name, and how many of each. Nothing else is
/// masked.
///
/// An option named by digits whose value has a digit is a mailbox with its password, as in
/// voicemail.conf: one of the four `JSON` is that file. The keys of a menu in confbridge.conf
/// (`1=toggle_mute`) are none.
const HIDDEN: &[(&str, usize)] = &[
    ("3-peers.peer.secret", 1),
    ("4-peers.peer.secret", 1),
    ("ExpectedResponse", 4),
    ("JSON", 4),
    ("Key", 8),
    ("Line-000001-000000", 1),
    ("Line-000002-000000", 2),
    ("Line-000002-000001", 1),
    ("Line-000002-000002", 1),
    ("Line-000003-000000", 2),
    ("Line-000004-000000", 1),
    ("Line-000005-000000", 1),
    ("Line-000006-000000", 1),
    ("Line-000006-000003", 1),
    ("Line-000007-000000", 1),
    ("Line-000009-000003", 1),
    ("NewPassword", 1),
    ("Password", 27),
    ("Response", 14),
    ("Secret", 71),
];

/// Counts the headers whose value is masked, by name; all else is the same.
fn count_masked(shown: &serde_json::Value, masked: &serde_json::Value, hidden: &mut BTreeMap<String, usize>) {
    let (mut shown, mut masked) = (shown.clone(), masked.clone());
    let [shown_headers, masked_headers] = [&mut shown, &mut masked].map(|frame| frame["headers"].take());
    assert_eq!(shown, masked, "but for the headers");
    let headers = |frame: serde_json::Value| frame.as_array().cloned().unwrap_or_default();
    let (shown, masked) = (headers(shown_headers), headers(masked_headers));
    assert_eq!(shown.len(), masked.len());
    for (shown, masked) in shown.iter().zip(&masked).filter(|(shown, masked)| shown != masked) {
        assert_eq!(masked[0], shown[0]);
        let prefix = masked[1].as_str().and_then(|value| value.strip_suffix("***")).expect("the end is masked");
        assert!(shown[1].as_str().is_some_and(|value| value.starts_with(prefix)), "{shown} as {masked}");
        *hidden.entry(shown[0].as_str().expect("a name").to_owned()).or_default() += 1;
    }
}

#[test]
fn values_are_text_or_hexadecimal() {
    assert_eq!(to_value(Value::new(b"caf\xc3\xa9")).unwrap(), json!("caf\u{e9}"));
    assert_eq!(to_value(Value::new(b"\x00\xff")).unwrap(), json!({"hex": "00ff"}));
}

#[test]
fn events_have_their_type_and_fields() {
    let kept = frame(
        b"Event: Hangup\r\nChannel: PJSIP/100-00000001\r\nPriority: \r\nCause: 16\r\nChannelState: up\r\nX-Odd: \xff\r\nChanVariable: A=1\r\n\r\n",
    );
    assert_eq!(
        to_string(&Event::from(kept.view())).unwrap(),
        r#"{"type":"Hangup","fields":{"event":"Hangup","channel":"PJSIP/100-00000001","cause":16,"chan_variable":["A=1"]},"uncovered":["X-Odd"],"invalid":[{"header":"ChannelState","value":"up"}]}"#
    );

    let kept = frame(b"Event: Nobody\nPrivilege: user,all\nA: 1\nSecret: s3cret\n\n");
    let event = Event::from(kept.view());
    assert_eq!(
        to_value(event).unwrap(),
        json!({"type": "Other",
            "fields": {"event": "Nobody", "privilege": "user,all", "rest": [["A", "1"], ["Secret", "***"]]},
            "uncovered": [], "invalid": []})
    );
    assert_eq!(to_value(WithSecrets(event)).unwrap()["fields"]["rest"][1], json!(["Secret", "s3cret"]));

    let kept = frame(b"Event: AuthDetail\nOauthSecret: s3cret\n\n");
    assert!(!to_string(&Event::from(kept.view())).unwrap().contains("s3cret"));
    assert!(to_string(&WithSecrets(Event::from(kept.view()))).unwrap().contains("s3cret"));
    assert!(!format!("{:?}", WithSecrets(kept.view())).contains("s3cret"));
}

/// The whole corpus, and what the descriptions of events and responses have in common with the
/// headers.
#[test]
fn descriptions_have_what_headers_have() {
    let replies = Replies::new();
    for (name, input) in ["frames", "events", "handmade"].into_iter().flat_map(corpus) {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("within limits") {
            let Some(described) = describe(frame).or_else(|| replies.describe(frame)) else { continue };
            let object = to_value(&described).unwrap();
            assert_eq!(object["type"], described.type_name(), "{name}");
            assert_eq!(object["fields"].as_object().expect("an object").len(), described.fields().len(), "{name}");
            if describe(frame).is_some() {
                assert_eq!(to_value(Event::from(frame)).unwrap(), object, "{name}");
            }
        }
    }
}

/// Lines that are no headers hide what they tell, too.
#[test]
fn lines_with_secrets() {
    let text = frame(b"X: 1\r\nSecret: s3cret\r\nplain\r\n\r\n");
    assert_eq!(to_value(&text).unwrap()["lines"], json!(["X: 1", "***", "plain"]));
    assert_eq!(to_value(WithSecrets(&text)).unwrap()["lines"], json!(["X: 1", "Secret: s3cret", "plain"]));
}
