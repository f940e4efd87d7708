//! Invariant: whatever a server sends on its event socket, and however it is cut up, the same
//! frames come out as a naive reader finds; every conference event is typed; a connection gives
//! each command the answer that the recording holds, and exactly one ending whatever happens.

mod connection;
mod decoder;
mod events;
mod filters;
mod memory;
mod oversized;
mod recorded;
mod restore;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use ami_proto::catalogue::Datum;
use ami_proto::error::Limit;
use ami_proto::freeswitch::event::{ConferenceEvent, Event};
use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Decoder, Ending, Frame, LIMITS};
use ami_proto::{ConnectionError, FrameError};
use ami_testkit::esl::{corpus, decode, decode_with, naive, plain, streams};
use ami_testkit::session;
use ami_testkit::splits;

// Frames.

#[test]
fn any_split_gives_the_same_frames() {
    for (name, stream) in streams() {
        let (expected, rest) = naive(&stream);
        let mut plans = splits::splits(stream.len(), stream.len() as u64);
        plans.push(splits::at_line_ends(&stream));
        if stream.len() < 512 {
            plans.extend(splits::halves(stream.len()));
        }
        // All of them take long for long streams, and show nothing that one size of each kind
        // doesn't.
        let plans = plans.into_iter().filter(|plan| stream.len() < 1 << 16 || plan.len() < stream.len() / 4);
        for sizes in plans.filter(|plan| !plan.is_empty()) {
            let mut frames = Vec::new();
            let end = decode(&stream, &sizes, |frame| frames.push(plain(frame)));
            let context = format!("{name}, pieces {:?}", &sizes[..sizes.len().min(6)]);
            assert!(frames == expected, "{context}: {} frames, expected {}", frames.len(), expected.len());
            assert_eq!(end, Ok(rest as u64), "{context}");
        }
    }
}

/// Every event of a stream, as headers and body.
fn events(stream: &[u8], mut each: impl FnMut(Event<'_>)) {
    decode(stream, &[4096], |frame| {
        let is_event = plain(frame).get("Content-Type").is_some_and(|found| found.starts_with(b"text/event"));
        assert!(!is_event || frame.event().is_some(), "an event that can't be read at {}", frame.offset());
        frame.event().into_iter().for_each(&mut each);
    })
    .expect("within the limits");
}

#[test]
fn conference_events_are_typed() {
    let mut actions = HashSet::new();
    for (name, stream) in streams() {
        events(&stream, |event| {
            if !event.subclass().is_some_and(|subclass| subclass == "conference::maintenance") {
                return;
            }
            let typed = ConferenceEvent::from(event);
            let action = event.action().expect("an action").to_string();
            assert_ne!(typed.type_name(), "Other", "{name}: {action}");
            for (field, value) in typed.fields() {
                assert!(value.is_ok(), "{name}: {action}: {field}: {value:?}");
            }
            // Of what a server writes itself only variables are not in the table.
            for (header, _) in typed.rest() {
                let variable = header.as_bytes().starts_with(b"variable_");
                assert!(variable || header == "myvar" || header == "other", "{name}: {action}: {header}");
            }
            actions.insert(action);
        });
    }
    assert!(actions.len() >= 52, "{} actions: {actions:?}", actions.len());
}

#[test]
fn a_member_is_read_alike_from_any_encoding() {
    let plain = "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nConference-Name: it's%20%C3%A9\nMember-ID: 12\nSpeak: false\nEnergy-Level: -5\nOld-ID: none\nX: ARRAY%3A%3Aa%7C%3Ab%20c\nAction: floor-change\n\n";
    let json = r#"{"Event-Subclass":"conference::maintenance","Event-Name":"CUSTOM","Conference-Name":"it's é","Member-ID":"12","Speak":"false","Energy-Level":"-5","Old-ID":"none","X":["a","b c"],"Action":"floor-change"}"#;
    let xml = "<event>\n  <headers>\n    <Event-Subclass>conference%3A%3Amaintenance</Event-Subclass>\n    <Event-Name>CUSTOM</Event-Name>\n    <Conference-Name>it's%20%C3%A9</Conference-Name>\n    <Member-ID>12</Member-ID>\n    <Speak>false</Speak>\n    <Energy-Level>-5</Energy-Level>\n    <Old-ID>none</Old-ID>\n    <X>ARRAY%3A%3Aa%7C%3Ab%20c</X>\n    <Action>floor-change</Action>\n  </headers>\n</event>\n";
    for (encoding, body) in [("plain", plain), ("json", json), ("xml", xml)] {
        let frame = format!("Content-Length: {}\nContent-Type: text/event-{encoding}\n\n{body}", body.len());
        let mut seen = 0;
        events(frame.as_bytes(), |event| {
            seen += 1;
            let ConferenceEvent::FloorChange(change) = ConferenceEvent::from(event) else { panic!("{event:?}") };
            assert_eq!(change.conference_name().unwrap(), "it's é", "{encoding}");
            assert_eq!(change.member_id(), Ok(12));
            assert_eq!(change.speak(), Ok(false));
            assert_eq!(change.energy_level(), Ok(-5));
            assert!(change.old_id().unwrap_err().is_missing(), "`none` is no member");
            let items: Vec<String> = event.get("X").unwrap().items().map(|item| item.to_string()).collect();
            assert_eq!(items, ["a", "b c"], "{encoding}");
        });
        assert_eq!(seen, 1, "{encoding}");
    }
}

/// What `&name;` stands for in an event as XML, by name and by number.
#[test]
fn references_of_xml() {
    for (text, value) in [
        ("&amp;&lt;&gt;&quot;&apos;", Some("&<>\"'")),
        ("&#65;&#x42;&#xe9;", Some("AB\u{e9}")),
        ("&other;", None),
        ("&#xd800;", None),
    ] {
        let body = format!("<event><headers><A>{text}</A></headers></event>");
        let frame = format!("Content-Length: {}\nContent-Type: text/event-xml\n\n{body}", body.len());
        let mut read = None;
        decode(frame.as_bytes(), &[4096], |frame| {
            read = frame.event().and_then(|event| Some(event.get("A")?.to_string()));
        })
        .expect("within the limits");
        assert_eq!(read.as_deref(), value, "{text}");
    }
}

/// A value of another kind is an error of its own field, under the header's name.
#[test]
fn a_member_that_is_no_number() {
    let body = "Event-Subclass: conference%3A%3Amaintenance\nAction: deaf-member\nMember-ID: x\nSpeak: false\n\n";
    let frame = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len());
    let mut seen = 0;
    events(frame.as_bytes(), |event| {
        seen += 1;
        let fields: Vec<_> = ConferenceEvent::from(event).fields().collect();
        let [.., ("speak", Ok(Datum::Bool(false))), ("member_id", Err(error))] = &fields[..] else {
            panic!("{fields:?}")
        };
        assert_eq!((error.prefix(), error.name(), error.is_missing()), ("", "Member-ID", false));
    });
    assert_eq!(seen, 1);
}

/// The ends of lines, LF or CR LF, are no part of what they say.
#[test]
fn lines_may_end_in_cr_lf() {
    for end in ["\n", "\r\n"] {
        let mut decoder = Decoder::new(LIMITS);
        let text = "Content-Type: command/reply\nReply-Text: +OK accepted\n\n";
        decoder.push(text.replace('\n', end).as_bytes());
        let frame = decoder.next_frame().expect("within the limits").expect("the whole of it");
        let headers: Vec<_> = frame.headers().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(headers, [header("Content-Type", "command/reply"), header("Reply-Text", "+OK accepted")], "{end:?}");
    }
}

/// Headers, decoded, and body of an event.
type Plain = (Vec<(String, Vec<u8>)>, Vec<u8>);

#[test]
fn recorded_encodings_agree() {
    let all: HashMap<String, Vec<u8>> = corpus("replay").into_iter().collect();
    let read = |encoding: &str| {
        let (_, replay) =
            all.iter().find(|(name, _)| name.contains(&format!("ev_encoding_{encoding}_"))).expect("recorded");
        let stream: Vec<u8> =
            session::replay(replay).into_iter().filter(|turn| !turn.from_client).flat_map(|turn| turn.bytes).collect();
        let mut found = Vec::new();
        events(&stream, |event| {
            let header = |(name, value): (ami_proto::Value<'_>, ami_proto::value::Encoded<'_>)| {
                let name = name.to_string();
                // Which a server can't encode so that it can be decoded.
                (name != "X-Pct20").then(|| (name, value.decode().into_owned()))
            };
            found.push((event.headers().filter_map(header).collect::<Vec<_>>(), event.body().to_vec()));
        });
        assert_eq!(found.len(), 4, "{encoding}");
        found
    };
    let plain = read("plain");
    let flat = |events: &[Plain]| {
        let one = |(headers, body): &Plain| {
            // A list is one header with a mark, or several of one name.
            let single: Vec<_> =
                headers.iter().filter(|(name, _)| !matches!(name.as_str(), "X-Arr" | "X-Multi")).cloned().collect();
            (single, body.clone())
        };
        events.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(flat(&plain), flat(&read("json")));
    let without_length = |events: Vec<Plain>| {
        let one = |(headers, body): Plain| {
            (headers.into_iter().filter(|(name, _)| name != "Content-Length").collect::<Vec<_>>(), body)
        };
        events.into_iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(without_length(flat(&plain)), without_length(flat(&read("xml"))));
}

#[test]
fn odd_frames_are_handed_out() {
    // An event without its blank line, one that isn't what it says, and a length that is none.
    let cases: [(&[u8], Option<&str>); 5] = [
        (b"Content-Length: 15\nContent-Type: text/event-plain\n\nEvent-Name: API", Some("API")),
        (b"Content-Length: 5\nContent-Type: text/event-json\n\n{\"a\":", None),
        (b"Content-Length: 12\nContent-Type: text/event-json\n\n{\"a\":1}     ", None),
        (b"Content-Length: 7\nContent-Type: text/event-xml\n\n<event>", None),
        (b"Content-Length: -1\nContent-Type: text/event-plain\n\n", None),
    ];
    for (stream, name) in cases {
        let mut frames = 0;
        let end = decode(stream, &[1], |frame| {
            frames += 1;
            assert_eq!(frame.event().and_then(Event::name).map(|name| name.to_string()).as_deref(), name);
        });
        assert_eq!((frames, end), (1, Ok(stream.len() as u64)), "{}", stream.escape_ascii());
    }
}

#[test]
fn limits_are_kept_at_any_split() {
    let limits = LIMITS.line(40).lines(3).frame(100).buffer(200);
    let cases: [(&[u8], Limit, u64); 6] = [
        (b"A: b\n\nContent-Type: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n", Limit::Line, 6 + 40),
        (b"A: b\nC: d\nE: f\nG: h\n\n", Limit::Lines, 15),
        (b"Content-Length: 85\n\n", Limit::Frame, 100),
        (b"Content-Length: 99999999999999999999999\n\n", Limit::Frame, 100),
        (b"A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", Limit::Frame, 100),
        (b"Content-Type: text/event-plain\nContent-Length: 22\n\nA: 1\nA: 2\nA: 3\nA: 4\n\n\n", Limit::Lines, 66),
    ];
    for (stream, limit, offset) in cases {
        for size in 1..=stream.len() {
            let mut decoder = Decoder::new(limits);
            let error = decode_with(&mut decoder, stream, &[size], &mut |_| {}).expect_err("a limit");
            let FrameError { limit: found, offset: at, .. } = error;
            assert_eq!((found, at), (limit, offset), "{}, pieces of {size}", stream.escape_ascii());
        }
    }
    // What doesn't fit is told once the frames before it have been taken.
    let mut decoder = Decoder::new(limits);
    decoder.push(b"A: b\n\n");
    decoder.push(&[b'x'; 300]);
    assert!(decoder.next_frame().unwrap().is_some());
    assert_eq!(decoder.next_frame().unwrap_err().limit, Limit::Line);
}
// Connections.

/// Settings of one that has nothing to do by itself.
fn quiet() -> Config {
    Config::new().without_keep_alive()
}

/// One that has logged in.
fn ready(config: Config, now: Instant) -> Connection {
    let mut connection = Connection::new(config).seeded(1);
    login(&mut connection, now);
    connection
}

fn login(connection: &mut Connection, now: Instant) {
    connection.login(now, Credentials::password("ClueCon")).unwrap();
    feed(connection, now, b"Content-Type: auth/request\n\n");
    assert!(connection.poll_event().unwrap().is_none());
    assert_eq!(sent(connection), b"auth ClueCon\n\n");
    feed(connection, now, &reply("+OK accepted"));
    assert!(matches!(connection.poll_event(), Ok(Some(ConnectionEvent::LoggedIn(_)))));
}

fn feed(connection: &mut Connection, now: Instant, bytes: &[u8]) {
    assert_eq!(connection.handle_input(now, bytes), bytes.len());
}

fn sent(connection: &mut Connection) -> Vec<u8> {
    let bytes = connection.poll_transmit().unwrap_or_default().to_vec();
    connection.transmitted(bytes.len());
    bytes
}

fn reply(text: &str) -> Vec<u8> {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n").into_bytes()
}

fn response(text: &str) -> Vec<u8> {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len()).into_bytes()
}

fn job(uuid: &str, output: &str) -> Vec<u8> {
    let event = format!("Event-Name: BACKGROUND_JOB\nJob-UUID: {uuid}\nContent-Length: {}\n\n{output}", output.len());
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len()).into_bytes()
}

/// What an event says, short.
fn words(event: ConnectionEvent<'_>) -> String {
    let answer = |frame: Frame<'_>| String::from_utf8_lossy(&frame.answer().unwrap_or_default()).into_owned();
    match event {
        ConnectionEvent::Ended { id, ending: Ending::Reply(frame) } => format!("{id:?} reply {}", answer(frame)),
        ConnectionEvent::Ended { id, ending: Ending::Refused(frame) } => format!("{id:?} refused {}", answer(frame)),
        ConnectionEvent::Ended { id, ending: Ending::Job(event) } => {
            format!("{id:?} job {}", event.body().escape_ascii())
        }
        ConnectionEvent::Ended { id, ending } => format!("{id:?} {ending:?}"),
        ConnectionEvent::Started { id, .. } => format!("{id:?} started"),
        ConnectionEvent::Unclaimed { id, frame } => format!("{id:?} unclaimed {}", answer(frame)),
        ConnectionEvent::Event(event) => format!("event {}", event.name().unwrap()),
        ConnectionEvent::NotRestored(frame) => format!("not restored {}", answer(frame)),
        other => format!("{other:?}").split('(').next().unwrap().to_owned(),
    }
}

fn drain(connection: &mut Connection) -> (Vec<String>, Option<ConnectionError>) {
    let mut all = Vec::new();
    loop {
        match connection.poll_event() {
            Ok(Some(event)) => all.push(words(event)),
            Ok(None) => return (all, None),
            Err(error) => return (all, Some(error)),
        }
    }
}
