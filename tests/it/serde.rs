//! Invariant: with the feature `serde`, frames and events serialise as the example `inspect` prints them, secrets masked unless somebody asks for them.

use crate::json::object;
use crate::support::{corpus, oracle};
use ami_proto::catalogue::{Replies, describe};
use ami_proto::event::Event;
use ami_proto::wire::{OwnedFrame, WithSecrets, is_secret};
use ami_proto::{Decoder, Framing, Limits, Value};
use serde_json::{json, to_string, to_value};

fn frame(bytes: &[u8]) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
    decoder.push(bytes);
    decoder.next_frame().expect("within limits").expect("whole").to_owned()
}

#[test]
fn frames_as_the_oracle_reads_them() {
    for (name, input) in ["frames", "handmade", "sessions", "requests"].into_iter().flat_map(corpus) {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        for expected in &oracle::read(&input, true).frames {
            let frame = decoder.next_frame().expect("within limits").expect("a frame more");
            let shown = object(expected).to_string();
            assert_eq!(to_string(&WithSecrets(frame)).unwrap(), shown, "{name}");
            let masked = to_string(&frame).unwrap();
            assert_eq!(masked == shown, !frame.headers().any(|header| is_secret(frame, header)), "{name}");
            let kept = frame.to_owned();
            assert_eq!((to_string(&kept).unwrap(), to_string(&WithSecrets(&kept)).unwrap()), (masked, shown), "{name}");
        }
    }
}

#[test]
fn values() {
    assert_eq!(to_value(Value::new(b"caf\xc3\xa9")).unwrap(), json!("caf\u{e9}"));
    assert_eq!(to_value(Value::new(b"\x00\xff")).unwrap(), json!({"hex": "00ff"}));
}

#[test]
fn events() {
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

/// The whole corpus, and what the descriptions of events and responses have in common with the headers.
#[test]
fn descriptions() {
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
