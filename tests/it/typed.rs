//! Invariant: what real servers sent, the catalogue knows: every event by its name, every header by
//! its field, every value by its kind. Only what was forged, through a line end in a value, is
//! unknown.

use ami_proto::catalogue::{Datum, Field, ReplySpec, actions, events};
use ami_proto::describe::{Content, Described, Replies, describe};
use ami_proto::event::Event;
use ami_proto::response::Response;
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits, OwnedFrame, Value};
use std::collections::HashSet;

const FOLDERS: [&str; 4] = ["sessions", "events", "frames", "storm"];

/// Hands every frame of the corpus to `each`, with the name of its file.
fn frames(mut each: impl FnMut(&str, Frame<'_>)) {
    for (name, input) in FOLDERS.into_iter().flat_map(ami_testkit::corpus) {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("a file within the limits") {
            each(&name, frame);
        }
    }
}

/// How many headers a frame has that the tables cover, and how many at all; none of its values is
/// another than the tables say.
fn covered(name: &str, described: &Described<'_>) -> (usize, usize) {
    let (frame, all) = (described.frame(), described.frame().headers().count());
    if let Some(found) = described.invalid().next() {
        panic!("{name}: frame at {}: {:?}: {}", frame.offset(), found.header, found.error);
    }
    (all - described.uncovered().count(), all)
}

#[test]
fn every_event_is_described_whole() {
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

/// What no server sends in the frames that were written by hand: the event and the header.
const MADE_UP: [(&str, &str); 2] = [("ContactStatus", "UserAgent"), ("Newchannel", "Priority")];

/// What the catalogue doesn't know of an event, or can't read.
fn odd(frame: Frame<'_>) -> Option<String> {
    let event = frame.name().map(|name| name.to_string()).unwrap_or_default();
    let Some(described) = describe(frame) else { return Some(format!("{event} is no event")) };
    let odd = described.uncovered().chain(described.invalid().map(|found| found.header));
    let made_up = |header: &Value<'_>| MADE_UP.iter().any(|(name, made)| event == *name && *header == *made);
    let odd: Vec<Value<'_>> = odd.filter(|header| !made_up(header)).collect();
    (!odd.is_empty()).then(|| format!("{event}: {odd:?}"))
}

/// The same of the recordings in the folder of `AMI_CAPTURES`, and of frames kept there as `.ami`.
#[test]
fn events_of_captures_are_described_whole() {
    let Some(folder) = ami_testkit::captures::folder() else { return };
    let fits = |path: &std::path::Path| {
        path.extension().is_some_and(|kind| kind == "ami")
            || path.ends_with("server.bin") && !path.to_string_lossy().contains("freeswitch")
    };
    let (mut events, mut faults) = (0, Vec::new());
    for path in ami_testkit::captures::files(&folder, "streams of Asterisk", fits) {
        let name = path.display().to_string();
        let input = std::fs::read(&path).expect("a readable file");
        let mut decoder = Decoder::new(Limits::new());
        for piece in input.chunks(1 << 16) {
            decoder.push(piece);
            while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
                if frame.kind() == FrameKind::Event && !name.contains("forge") {
                    events += 1;
                    faults.extend(odd(frame).map(|odd| format!("{name}: {odd}")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    println!("{events} events");
    assert!(events > 0, "no events in {}", folder.display());
}

/// Old servers' events, headers that only the C code has, values at the edge of their kinds.
#[test]
fn every_event_made_by_hand() {
    let mut events = 0;
    for (name, input) in ami_testkit::corpus("handmade") {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(name.contains("banner")));
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("a file within the limits") {
            if frame.kind() != FrameKind::Event {
                continue;
            }
            let Some(described) = describe(frame) else { panic!("{name}: event {:?}", frame.name()) };
            let (known, all) = covered(&name, &described);
            assert!(known == all, "{name}: {:?}", described.uncovered().collect::<Vec<_>>());
            events += 1;
        }
    }
    assert!(events >= 160, "{events}");
}

#[test]
fn every_response_is_described_whole() {
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
    for wanted in ["Response", "Command", "Ping", "GetVar", "GetConfig", "ListCommands", "CoreSettings", "QueueRule"] {
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
        check(action.name(), &mut ReplySpec::common_fields().chain(action.reply().fields()));
    }
}

fn frame(text: &str) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(text.as_bytes());
    decoder.next_frame().expect("within the limits").expect("the whole of it").to_owned()
}

/// An empty `ActionID` is none.
#[test]
fn an_empty_action_id_is_none() {
    for (header, id) in [("ActionID: 7\r\n", Some("7")), ("ActionID: \r\n", None), ("", None)] {
        let id = id.map(Value::from);
        let event = frame(&format!("Event: Hangup\r\n{header}\r\n"));
        assert_eq!(Event::from(event.view()).action_id(), id, "{header:?}");
        let response = frame(&format!("Response: Success\r\n{header}\r\n"));
        assert_eq!(Response::from(response.view()).action_id(), id, "{header:?}");
    }
}

/// A field that is there once has its first value; if that is none, or can't be read, it has none.
#[test]
fn the_first_value_counts() {
    for (headers, cause, invalid) in [
        ("Cause: 16\r\nCause: 17\r\n", Some(16), 0),
        ("Cause: \r\nCause: 17\r\n", None, 0),
        ("Cause: x\r\nCause: 17\r\n", None, 1),
    ] {
        let frame = frame(&format!("Event: Hangup\r\nUniqueid: 1.1\r\n{headers}\r\n"));
        let described = describe(frame.view()).expect("an event of the catalogue");
        let fields = described.fields();
        let found = fields.iter().find(|(key, _)| key == "cause").map(|(_, content)| content);
        assert_eq!(found, cause.map(|cause| Content::One(Datum::Int(cause))).as_ref(), "{headers:?}");
        assert_eq!(described.invalid().count(), invalid, "{headers:?}");
    }
}

/// What headers of no reply are: names of actions if most of them are, else nothing that is known.
#[test]
fn most_headers_tell_a_list_of_actions() {
    let replies = Replies::new();
    for (headers, type_name) in [
        ("Ping: a\r\nOriginate: b\r\nX-Odd: c\r\n", Some("ListCommands")),
        ("Ping: a\r\nX-Odd: c\r\n", None),
        ("X-Odd: c\r\n", None),
        ("", Some("Response")),
    ] {
        let frame = frame(&format!("Response: Success\r\nActionID: 1\r\n{headers}\r\n"));
        assert_eq!(replies.describe(frame.view()).map(|described| described.type_name()), type_name, "{headers:?}");
    }
}

/// What is no action is no request that the catalogue knows, whatever it is called.
#[test]
fn only_actions_are_requests() {
    for (lines, known) in
        [("Action: Ping", true), ("Action: Nothing", false), ("Event: Ping", false), ("Response: Ping", false)]
    {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(format!("{lines}\r\nActionID: 3\r\n\r\n").as_bytes());
        let frame = decoder.next_frame().unwrap().unwrap();
        let request = ami_proto::request::Request::from(frame);
        assert_eq!(request.action_type().map(|action| action.name()), known.then_some("Ping"), "{lines}");
        assert_eq!(matches!(request, ami_proto::request::Request::Other(_)), !known, "{lines}");
        assert_eq!(request.action_id(), Some(Value::from("3")));
    }
}

/// What is said of any event, response or action without its type.
#[test]
fn whatever_the_type() {
    let event = frame("Event: Hangup\r\nUniqueid: 1\r\n\r\n");
    let event = Event::from(event.view());
    assert_eq!((event.name(), event.frame().name()), (Some("Hangup".into()), Some("Hangup".into())));
    assert_eq!(event.event_type().map(|event| event.name()), Some("Hangup"));
    assert_eq!(event.role(), Some(ami_proto::catalogue::Role::Unsolicited));
    assert_eq!(event.classes(), Some(ami_proto::value::Classes::CALL));
    let event = frame("Event: Other\r\n\r\n");
    let event = Event::from(event.view());
    assert_eq!((event.name(), event.event_type(), event.role()), (Some("Other".into()), None, None));
    for (lines, kind, success, message, list) in [
        ("Response: Success\r\nMessage: m\r\nEventList: start", "Success", true, Some("m"), true),
        ("Response: Error\r\nMessage: \r\nEventList: Complete", "Error", false, Some(""), false),
        ("Response: Goodbye", "Goodbye", true, None, false),
        ("Response: x", "x", true, None, false),
    ] {
        let response = frame(&format!("{lines}\r\n\r\n"));
        let response = Response::from(response.view());
        assert_eq!((response.kind(), response.is_success()), (Some(kind.into()), success), "{lines}");
        assert_eq!((response.message(), response.starts_list()), (message.map(Value::from), list), "{lines}");
    }
}

/// What any event may carry is read under the names without a prefix.
#[test]
fn what_any_event_may_carry() {
    let event = frame(
        "Event: Hangup\r\nPrivilege: call,all\r\nSequenceNumber: 5\r\nFile: a.c\r\nLine: 7\r\nSystemName: s\r\nXFile: b\r\n\r\n",
    );
    let common = Event::from(event.view()).common();
    assert_eq!((common.sequence_number().unwrap(), common.line().unwrap()), (5, 7));
    assert_eq!((common.file().unwrap(), common.system_name().unwrap()), ("a.c".into(), "s".into()));
    assert_eq!(common.privilege().unwrap().classes(), ami_proto::value::Classes::CALL);
    assert!(common.action_id().is_err());
}

/// The lines of a category end where the next one begins, whatever their numbers.
#[test]
fn lines_of_a_category() {
    let answer = frame(
        "Response: Success\r\nLine-000000-000009: z=0\r\nCategory-000000: a\r\nIsTemplate-000000: 1\r\nLine-000000-000000: a=1\r\nLine-000001-000000: b=2\r\nCategory-000001: c\r\nLine-000000-000001: d=4\r\nLine-000001-000001: c=3\r\n\r\n",
    );
    let config = ami_proto::response::GetConfig::from(answer.view());
    let read: Vec<_> = config
        .categories()
        .map(|category| {
            let lines: Vec<_> = category.lines().map(|line| line.to_string()).collect();
            (category.name().to_string(), category.number(), category.is_template(), lines)
        })
        .collect();
    let category =
        |name: &str, number, template, line: &str| (name.to_owned(), Some(number), template, vec![line.to_owned()]);
    assert_eq!(read, [category("a", 0, true, "a=1"), category("c", 1, false, "c=3")]);
}
