//! Invariant: what real servers sent, the catalogue knows: every event by its name, every header by its field, every value by its kind. Only what was forged, through a line end in a value, is unknown.

use ami_proto::catalogue::{Described, Field, Replies, Reply, actions, describe, events};
use ami_proto::{Decoder, Frame, FrameKind, Limits};
use std::collections::HashSet;

const FOLDERS: [&str; 4] = ["sessions", "events", "frames", "storm"];

/// Hands every frame of the corpus to `each`, with the name of its file.
fn frames(mut each: impl FnMut(&str, Frame<'_>)) {
    for (name, input) in FOLDERS.into_iter().flat_map(crate::support::corpus) {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("a file within the limits") {
            each(&name, frame);
        }
    }
}

/// How many headers a frame has that the tables cover, and how many at all; none of its values is another than the tables say.
fn covered(name: &str, described: &Described<'_>) -> (usize, usize) {
    let (frame, all) = (described.frame(), described.frame().headers().count());
    if let Some(found) = described.invalid().next() {
        panic!("{name}: frame at {}: {:?}: {}", frame.offset(), found.header, found.error);
    }
    (all - described.uncovered().count(), all)
}

#[test]
fn every_event() {
    let (mut known, mut all) = (0, 0);
    frames(|name, frame| {
        if frame.kind() != FrameKind::Event {
            return;
        }
        let Some(described) = describe(frame) else {
            assert!(name.contains("forge"), "{name}: event {:?} at {}", frame.name(), frame.offset());
            assert_eq!(frame.name().unwrap(), "Fake", "{name}: at {}", frame.offset());
            return;
        };
        let (covered, headers) = covered(name, &described);
        assert!(
            covered == headers || name.contains("forge"),
            "{name}: {:?} has {:?}",
            described.type_name(),
            described.uncovered().collect::<Vec<_>>()
        );
        known += covered;
        all += headers;
    });
    assert!(all > 100_000 && known * 1000 >= all * 999, "{known} of {all} headers");
}

#[test]
fn every_response() {
    let replies = Replies::new();
    let mut types = HashSet::new();
    frames(|name, frame| {
        if frame.kind() != FrameKind::Response {
            return;
        }
        match replies.describe(frame) {
            Some(described) => {
                let (covered, headers) = covered(name, &described);
                assert_eq!(covered, headers, "{name}: {:?}", described.type_name());
                types.insert(described.type_name());
            }
            // The value asked for had a line end in it.
            None => assert!(frame.get("Event").is_some(), "{name}: response at {}", frame.offset()),
        }
    });
    for wanted in ["Response", "Command", "Ping", "Getvar", "GetConfig", "ListCommands", "CoreSettings", "QueueRule"] {
        assert!(types.contains(wanted), "{wanted} is not among {types:?}");
    }
}

/// A reply with headers of its own is found by them, and every key stands for one field.
#[test]
fn keys_are_unique() {
    let check = |name: &str, fields: &mut dyn Iterator<Item = Field>| {
        let mut keys = HashSet::from(["rest".to_owned()]);
        for field in fields {
            let shadowed = !keys.insert(field.key());
            assert!(!shadowed, "{name}: two fields have the key {}", field.key());
        }
    };
    for event in events() {
        check(event.name(), &mut event.fields());
    }
    for action in actions() {
        check(action.name(), &mut Reply::common_fields().chain(action.reply().fields()));
    }
}
