//! Invariant: whatever a server sends on its event socket, and however it is cut up, the same frames come out as a naive reader finds; every conference event is typed; a connection gives each
//! command the answer that the recording holds, and exactly one ending whatever happens.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::support::esl::{Naive, Turn, corpus, decode, decode_with, naive, plain, scenarios, streams, turns};
use crate::support::splits;
use ami_proto::error::{ApiMisuse, Limit, LoginRefusal, LoginStage, SendError};
use ami_proto::freeswitch::event::{ConferenceEvent, Event};
use ami_proto::freeswitch::{
    Config, Connection, ConnectionEvent, Credentials, Decoder, Ending, EventFormat, Id, LIMITS, Message, Progress,
};
use ami_proto::{ConnectionError, FrameError};

// Frames.

#[test]
fn any_split() {
    for (name, stream) in streams() {
        let (expected, rest) = naive(&stream);
        let mut plans = splits::splits(stream.len(), stream.len() as u64);
        plans.push(splits::at_line_ends(&stream));
        if stream.len() < 512 {
            plans.extend(splits::halves(stream.len()));
        }
        // All of them take long for long streams, and show nothing that one size of each kind doesn't.
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
        let readable = cfg!(feature = "xml") || !plain(frame).is("text/event-xml");
        assert!(
            !(is_event && readable) || frame.event().is_some(),
            "an event that can't be read at {}",
            frame.offset()
        );
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
    let mut all = vec![("plain", plain), ("json", json)];
    if cfg!(feature = "xml") {
        all.push(("xml", xml));
    }
    for (encoding, body) in all {
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

/// Headers, decoded, and body of an event.
type Plain = (Vec<(String, Vec<u8>)>, Vec<u8>);

#[test]
fn recorded_encodings_agree() {
    let all: HashMap<String, Vec<u8>> = corpus("replay").into_iter().collect();
    let read = |encoding: &str| {
        let (_, replay) =
            all.iter().find(|(name, _)| name.contains(&format!("ev_encoding_{encoding}_"))).expect("recorded");
        let stream: Vec<u8> =
            turns(replay).into_iter().filter(|turn| !turn.from_client).flat_map(|turn| turn.bytes).collect();
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
    if cfg!(feature = "xml") {
        let without_length = |events: Vec<Plain>| {
            let one = |(headers, body): Plain| {
                (headers.into_iter().filter(|(name, _)| name != "Content-Length").collect::<Vec<_>>(), body)
            };
            events.into_iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(without_length(flat(&plain)), without_length(flat(&read("xml"))));
    }
}

#[test]
fn odd_frames() {
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
    let limits = LIMITS.line(40).headers(3).frame(100).buffer(200);
    let cases: [(&[u8], Limit, u64); 6] = [
        (b"A: b\n\nContent-Type: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n", Limit::Line, 6 + 40),
        (b"A: b\nC: d\nE: f\nG: h\n\n", Limit::Headers, 15),
        (b"Content-Length: 85\n\n", Limit::Frame, 100),
        (b"Content-Length: 99999999999999999999999\n\n", Limit::Frame, 100),
        (b"A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", Limit::Frame, 100),
        (b"Content-Type: text/event-plain\nContent-Length: 22\n\nA: 1\nA: 2\nA: 3\nA: 4\n\n\n", Limit::Headers, 66),
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

/// One that has logged in.
fn ready(config: Config, now: Instant) -> Connection {
    let mut connection = Connection::new(config).seeded(1);
    connection.login(now, Credentials::password("ClueCon")).unwrap();
    feed(&mut connection, now, b"Content-Type: auth/request\n\n");
    assert!(connection.poll_event().unwrap().is_none());
    assert_eq!(sent(&mut connection), b"auth ClueCon\n\n");
    feed(&mut connection, now, b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
    assert!(matches!(connection.poll_event(), Ok(Some(ConnectionEvent::LoggedIn(_)))));
    connection
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
    let answer = |frame: ami_proto::freeswitch::Frame<'_>| {
        String::from_utf8_lossy(&frame.answer().unwrap_or_default()).into_owned()
    };
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

#[test]
fn logins_that_fail() {
    let rejection = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n";
    let request = b"Content-Type: auth/request\n\n";
    let cases = [
        (rejection.to_vec(), LoginRefusal::Address),
        ([&request[..], &reply("-ERR invalid")].concat(), LoginRefusal::Credentials),
        ([&request[..], &reply("-ERR command not found")].concat(), LoginRefusal::Other),
    ];
    for (stream, why) in cases {
        let now = Instant::now();
        let mut connection = Connection::new(Config::new());
        connection.login(now, Credentials::user("1000", "lab.invalid", "s3cret")).unwrap();
        assert_eq!(connection.login(now, Credentials::password("x")), Err(ApiMisuse::NotNew));
        assert!(matches!(connection.api(now, "status"), Err(SendError::NotLoggedIn)));
        let mut all = Vec::new();
        for byte in &stream {
            feed(&mut connection, now, &[*byte]);
            let (events, error) = drain(&mut connection);
            all.extend(events);
            if error.is_none() {
                let sent = sent(&mut connection);
                assert!(sent.is_empty() || sent == b"userauth 1000@lab.invalid:s3cret\n\n");
            }
            assert!(!format!("{connection:?}").contains("s3cret"));
        }
        assert_eq!(all, ["LoginRefused"]);
        assert_eq!(connection.poll_event().err(), Some(ConnectionError::LoginRefused(why)));
        assert!(connection.reconnect().is_ok());
    }
    for (greeted, stage) in [(false, LoginStage::Greeting), (true, LoginStage::Login)] {
        let mut now = Instant::now();
        let mut connection = Connection::new(Config::new());
        connection.login(now, Credentials::password("x")).unwrap();
        if greeted {
            feed(&mut connection, now, request);
            assert_eq!(drain(&mut connection), (vec![], None));
        }
        let deadline = connection.poll_timeout().unwrap();
        now = deadline - Duration::from_nanos(1);
        connection.handle_timeout(now);
        assert_eq!(drain(&mut connection), (vec![], None));
        connection.handle_timeout(deadline);
        assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::LoginTimedOut(stage))));
    }
}

#[test]
fn answers_keep_their_order_whatever_was_given_up() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    let slow = connection.send_within(now, &Message::api("msleep 5000"), Duration::from_secs(1)).unwrap();
    let cancelled = connection.api(now, "version").unwrap();
    let last = connection.api(now, "conference board list").unwrap();
    assert!(connection.cancel(cancelled) && !connection.cancel(cancelled));
    sent(&mut connection);
    connection.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(drain(&mut connection).0, [format!("{cancelled:?} Cancelled"), format!("{slow:?} TimedOut")]);
    for text in ["+OK", "1.11", "-ERR no reply\n"] {
        feed(&mut connection, now, &response(text));
    }
    let expected = [
        format!("Some({slow:?}) unclaimed +OK"),
        format!("Some({cancelled:?}) unclaimed 1.11"),
        format!("{last:?} reply -ERR no reply\n"),
    ];
    assert_eq!(drain(&mut connection).0, expected);
    assert_eq!(connection.in_flight(), 0);
    // An answer to nothing.
    feed(&mut connection, now, &response("?"));
    assert_eq!(drain(&mut connection).0, ["None unclaimed ?"]);
}

#[test]
fn jobs() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    let first = connection.bgapi(now, "status").unwrap();
    let second = connection.send(now, &Message::bgapi("version").header("Job-UUID", "mine")).unwrap();
    let third = connection.bgapi(now, "conference").unwrap();
    let text = String::from_utf8(sent(&mut connection)).unwrap();
    assert!(text.starts_with("event plain BACKGROUND_JOB\n\nbgapi status\nJob-UUID: "), "{text}");
    assert_eq!(text.matches("event plain").count(), 1);
    let ours = text.lines().find_map(|line| line.strip_prefix("Job-UUID: ")).unwrap().to_owned();
    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
    // The output may come before the answer; another's is an event.
    feed(&mut connection, now, &job(&ours, "UP\n"));
    feed(&mut connection, now, &job("another", "x"));
    feed(&mut connection, now, &reply(&format!("+OK Job-UUID: {ours}\nJob-UUID: {ours}")));
    feed(&mut connection, now, &reply("+OK Job-UUID: mine\nJob-UUID: mine"));
    feed(&mut connection, now, &reply("-ERR permission denied"));
    feed(&mut connection, now, &job("mine", ""));
    let expected = [
        format!("{first:?} job UP\\n"),
        "event BACKGROUND_JOB".to_owned(),
        format!("Some({first:?}) unclaimed +OK Job-UUID: {ours}"),
        format!("{second:?} started"),
        format!("{third:?} refused -ERR permission denied"),
        format!("{second:?} job "),
    ];
    assert_eq!(drain(&mut connection).0, expected);
    // A job that never ends.
    let lost = connection.bgapi(now, "msleep").unwrap();
    assert!(sent(&mut connection).starts_with(b"bgapi "), "subscribed already");
    feed(&mut connection, now, &reply("+OK Job-UUID: u\nJob-UUID: u"));
    assert_eq!(drain(&mut connection).0, [format!("{lost:?} started")]);
    connection.handle_timeout(connection.poll_timeout().unwrap());
    assert_eq!(drain(&mut connection).0, [format!("{lost:?} TimedOut")]);
}

/// Many at once, however they end: each ends in its own way, once, and nothing is left.
#[test]
fn many_in_flight() {
    const MANY: usize = 1600;
    let shuffled = |at: usize| at * 7919 % MANY;
    let now = Instant::now();
    let mut connection = ready(Config::new().max_in_flight(2 * MANY), now);
    let ids: Vec<Id> = (0..MANY)
        .map(|at| {
            let message = Message::bgapi("status").header("Job-UUID", format!("job-{at}"));
            let within = Duration::from_secs(1 + shuffled(at) as u64);
            connection.send_within(now, &message, within).unwrap()
        })
        .collect();
    assert_eq!(connection.poll_timeout(), Some(now + Duration::from_secs(1)));
    assert_eq!(connection.in_flight(), MANY + 1, "with the subscription");
    sent(&mut connection);
    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
    // A quarter is cancelled, a quarter times out, the others are accepted.
    let (cancelled, rest) = ids.split_at(MANY / 4);
    assert!(cancelled.iter().rev().all(|id| connection.cancel(*id)));
    let expected: Vec<String> = cancelled.iter().rev().map(|id| format!("{id:?} Cancelled")).collect();
    assert_eq!(drain(&mut connection), (expected, None));
    let later = now + Duration::from_secs(MANY as u64 / 4);
    connection.handle_timeout(later);
    let mut late: Vec<(usize, Id)> =
        (MANY / 4..).zip(rest.iter().copied()).map(|(at, id)| (shuffled(at), id)).collect();
    late.sort();
    late.retain(|(within, _)| *within < MANY / 4);
    let expected: Vec<String> = late.iter().map(|(_, id)| format!("{id:?} TimedOut")).collect();
    assert!(expected.len() > MANY / 8, "{} time out", expected.len());
    assert_eq!(drain(&mut connection), (expected, None));
    for (at, id) in ids.iter().enumerate() {
        let text = format!("+OK Job-UUID: job-{at}\nJob-UUID: job-{at}");
        feed(&mut connection, later, &reply(&text));
        let ended = at < MANY / 4 || late.iter().any(|(_, ended)| ended == id);
        let expected =
            if ended { format!("Some({id:?}) unclaimed +OK Job-UUID: job-{at}") } else { format!("{id:?} started") };
        assert_eq!(drain(&mut connection), (vec![expected], None));
    }
    let open = MANY - MANY / 4 - late.len();
    assert_eq!(connection.in_flight(), open);
    // Their outputs, in any order, among those of another's.
    let mut ended = 0;
    for at in (0..MANY).map(shuffled) {
        feed(&mut connection, later, &[job(&format!("other-{at}"), "x"), job(&format!("job-{at}"), "y")].concat());
        let (events, error) = drain(&mut connection);
        let ours = format!("{:?} job y", ids[at]);
        ended += usize::from(events[1] == ours);
        assert!(events[0] == "event BACKGROUND_JOB" && (events[1] == ours || events[1] == events[0]), "{events:?}");
        assert_eq!((events.len(), error), (2, None));
    }
    assert_eq!((ended, connection.in_flight(), connection.poll_timeout()), (open, 0, None));
}

#[test]
fn nothing_can_be_injected() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    for bad in ["conference a list\n\napi shutdown", "a\rb", "a\0b"] {
        assert!(matches!(connection.api(now, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.bgapi(now, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.subscribe(now, EventFormat::Plain, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.filter(now, "Action", bad), Err(SendError::Encode(_))));
        assert!(matches!(
            connection.send(now, &Message::new("sendevent X").header("A", bad)),
            Err(SendError::Encode(_))
        ));
        assert!(matches!(
            connection.send(now, &Message::new("sendevent X").header(bad, "a")),
            Err(SendError::Encode(_))
        ));
        let mut other = Connection::new(Config::new());
        assert!(matches!(other.login(now, Credentials::password(bad)), Err(ApiMisuse::Encode(_))));
        let mut other = Connection::new(Config::new().events(EventFormat::Json, bad));
        assert!(matches!(other.login(now, Credentials::password("x")), Err(ApiMisuse::Encode(_))));
    }
    assert_eq!(connection.poll_transmit(), None);
    assert_eq!(connection.in_flight(), 0);
    assert!(!format!("{:?}", Message::api("conference board pin 1234")).contains("1234"));
}

#[test]
fn goodbyes() {
    let notice = "Content-Type: text/disconnect-notice\nContent-Length: 8\n\ngoodbye\n";
    let linger =
        "Content-Type: text/disconnect-notice\nContent-Disposition: linger\nLinger-Time: 2\nContent-Length: 0\n\n";
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    feed(&mut connection, now, linger.as_bytes());
    let asked = connection.api(now, "status").unwrap();
    sent(&mut connection);
    feed(&mut connection, now, &response("UP"));
    feed(&mut connection, now, notice.as_bytes());
    connection.handle_eof(now);
    let expected = vec!["Lingering".to_owned(), format!("{asked:?} reply UP"), "Disconnecting".to_owned()];
    assert_eq!(drain(&mut connection), (expected, Some(ConnectionError::Disconnected)));

    // Asked for: what was asked before is answered.
    let mut connection = ready(Config::new(), now);
    let asked = connection.api(now, "status").unwrap();
    connection.close(now);
    assert_eq!(sent(&mut connection), b"api status\n\nexit\n\n");
    feed(&mut connection, now, &[response("UP"), reply("+OK bye"), notice.into()].concat());
    connection.handle_eof(now);
    assert_eq!(
        drain(&mut connection),
        (vec![format!("{asked:?} reply UP"), "Disconnecting".into(), "Closed".into()], None)
    );

    // Without an answer it is closed all the same.
    let mut connection = ready(Config::new(), now);
    connection.close(now);
    connection.handle_timeout(connection.poll_timeout().unwrap());
    assert_eq!(drain(&mut connection), (vec!["Closed".into()], None));
}

// A server, small: it answers line by line, and keeps what was said to it.
#[derive(Default)]
struct Mock {
    unread: Vec<u8>,
    said: Vec<String>,
}

impl Mock {
    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.unread.extend_from_slice(bytes);
        let mut out = Vec::new();
        while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
            let message: Vec<u8> = self.unread.drain(..end + 2).collect();
            let message = String::from_utf8(message).unwrap().trim_end().to_owned();
            let uuid = message.lines().find_map(|line| line.strip_prefix("Job-UUID: ")).unwrap_or_default().to_owned();
            let line = message.lines().next().unwrap_or_default();
            match line.split(' ').next().unwrap() {
                "auth" => out.extend(reply("+OK accepted")),
                "api" => out.extend(response(&format!("answer to {line}"))),
                "bgapi" => {
                    out.extend(reply(&format!("+OK Job-UUID: {uuid}\nJob-UUID: {uuid}")));
                    out.extend(job(&uuid, line));
                }
                _ => out.extend(reply("+OK done")),
            }
            self.said.push(message);
        }
        out
    }
}

/// Login, a subscription, a filter, commands and a job, cut after so many bytes of one direction; then a second connection that does the rest.
fn cut(after: usize, to_client: bool) -> bool {
    let now = Instant::now();
    let config = Config::new().events(EventFormat::Plain, "CUSTOM conference::maintenance");
    let mut connection = Connection::new(config).seeded(3);
    let mut endings: HashMap<Id, Vec<String>> = HashMap::new();
    let mut whole = false;
    for attempt in 0..2 {
        let mut mock = Mock::default();
        let mut wire = b"Content-Type: auth/request\n\n".to_vec();
        let (mut up, mut down) = (0, 0);
        connection.login(now, Credentials::password("ClueCon")).unwrap();
        let mut to_send = vec![
            Message::api("status"),
            Message::new("filter Action mute-member"),
            Message::bgapi("conference board list"),
            Message::api("version"),
        ];
        to_send.reverse();
        loop {
            let mut progressed = false;
            if connection.is_logged_in() {
                if let Some(message) = to_send.pop() {
                    endings.insert(connection.send(now, &message).unwrap(), Vec::new());
                    progressed = true;
                }
            }
            let bytes = sent(&mut connection);
            let allowed = if attempt == 0 && !to_client { bytes.len().min(after - up) } else { bytes.len() };
            up += allowed;
            wire.extend(mock.answer(&bytes[..allowed]));
            let cut_up = allowed < bytes.len() || attempt == 0 && !to_client && up == after;
            let allowed = if attempt == 0 && to_client { wire.len().min(after - down) } else { wire.len() };
            let piece: Vec<u8> = wire.drain(..allowed.min(17)).collect();
            down += piece.len();
            feed(&mut connection, now, &piece);
            progressed |= !piece.is_empty() || !bytes.is_empty();
            if attempt == 0 && (cut_up && wire.is_empty() || to_client && down == after) {
                connection.handle_eof(now);
            }
            while let Ok(Some(event)) = connection.poll_event() {
                if let ConnectionEvent::Ended { id, ending } = event {
                    endings.get_mut(&id).expect("a request of ours").push(format!("{ending:?}"));
                }
            }
            if connection.is_over() || !progressed {
                break;
            }
        }
        if attempt == 0 {
            if !connection.is_over() {
                whole = true;
                connection.handle_eof(now);
                while let Ok(Some(_)) = connection.poll_event() {}
            }
            let lost: HashSet<Id> = endings
                .iter()
                .filter(|(_, all)| all.iter().any(|one| one.starts_with("Lost")))
                .map(|(id, _)| *id)
                .collect();
            let report = connection.reconnect().unwrap();
            assert_eq!(report.unanswered.iter().map(|unanswered| unanswered.id).collect::<HashSet<_>>(), lost);
            assert!(report.restored >= 1, "what was configured is kept");
        } else {
            assert!(!connection.is_over() && to_send.is_empty());
            assert_eq!(mock.said[1], "event plain CUSTOM conference::maintenance", "restored right after the login");
        }
    }
    for (id, all) in &endings {
        assert_eq!(all.len(), 1, "{id:?} after {after}, to client {to_client}: {all:?}");
    }
    whole
}

#[test]
fn cut_at_any_byte() {
    for to_client in [false, true] {
        let whole = (1..5000).find(|after| cut(*after, to_client));
        assert!(whole.is_some_and(|after| after > 100), "the session is longer than {whole:?}");
    }
}

#[test]
fn lost_requests_tell_how_far_they_had_come() {
    let now = Instant::now();
    let mut connection = ready(Config::new().events(EventFormat::Plain, "ALL"), now);
    assert_eq!(sent(&mut connection), b"event plain ALL\n\n");
    let started = connection.bgapi(now, "a").unwrap();
    let asked = connection.api(now, "b").unwrap();
    sent(&mut connection);
    let unsent = connection.api(now, "c").unwrap();
    feed(&mut connection, now, &[reply("+OK"), reply("+OK Job-UUID: u\nJob-UUID: u"), b"Content-".to_vec()].concat());
    connection.handle_eof(now);
    let (_, error) = drain(&mut connection);
    assert_eq!(error, Some(ConnectionError::Closed { truncated: 8 }));
    let report = connection.reconnect().unwrap();
    let found: Vec<_> = report.unanswered.iter().map(|one| (one.id, one.progress)).collect();
    assert_eq!(found, [(started, Progress::Started), (asked, Progress::Sent), (unsent, Progress::NotSent)]);
    assert_eq!(report.restored, 1);
}

#[test]
fn ceilings() {
    let now = Instant::now();
    let mut connection = ready(Config::new().ceiling(100).max_in_flight(4), now);
    assert!(matches!(connection.api(now, "x".repeat(200)), Err(SendError::Ceiling { max: 100 })));
    for _ in 0..3 {
        connection.api(now, "a").unwrap();
    }
    assert!(matches!(connection.api(now, "a"), Err(SendError::InFlight { max: 4 })));
    assert!(connection.held() <= 100);
}

// Recorded sessions.

/// A session's commands, if each can be sent just so.
fn commands(turns: &[Turn]) -> Option<Vec<(usize, Message)>> {
    let mut all = Vec::new();
    let mut unread: Vec<u8> = Vec::new();
    for (number, turn) in turns.iter().enumerate().filter(|(_, turn)| turn.from_client) {
        unread.extend_from_slice(&turn.bytes);
        while let Some(end) = unread.windows(2).position(|two| two == b"\n\n") {
            let raw: Vec<u8> = unread.drain(..end + 2).collect();
            let mut lines = raw[..end].split(|byte| *byte == b'\n');
            let mut message = Message::new(lines.next()?);
            for line in lines {
                let colon = line.windows(2).position(|two| two == b": ")?;
                message = message.header(&line[..colon], &line[colon + 2..]);
            }
            let mut again = Vec::new();
            message.encode(&mut again).ok().filter(|()| again == raw)?;
            all.push((number, message));
        }
    }
    unread.is_empty().then_some(all)
}

/// Says what the client said, hears what the server answered; the answers have to go to the commands in order. `false`: what this client said, no connection says.
fn replayed(name: &str, turns: &[Turn]) -> bool {
    let Some(commands) = commands(turns) else { return false };
    let stream: Vec<u8> = turns.iter().filter(|turn| !turn.from_client).flat_map(|turn| turn.bytes.clone()).collect();
    let line = |message: &Message| {
        let mut out = Vec::new();
        message.encode(&mut out).unwrap();
        String::from_utf8_lossy(&out).lines().next().unwrap_or_default().to_owned()
    };
    let Some((_, first)) = commands.first() else { return false };
    let now = Instant::now();
    let mut connection = Connection::new(Config::new().max_in_flight(usize::MAX));
    let first = line(first);
    if let Some(password) = first.strip_prefix("auth ") {
        connection.login(now, Credentials::password(password)).unwrap();
    } else if let Some((user, domain, password)) = first.strip_prefix("userauth ").and_then(|rest| {
        let (user, password) = rest.split_once(':')?;
        let (user, domain) = user.split_once('@')?;
        Some((user, domain, password))
    }) {
        connection.login(now, Credentials::user(user, domain, password)).unwrap();
    } else if first == "connect" {
        connection.connect(now).unwrap();
    } else {
        return false;
    }
    let is_answer = |frame: &Naive| frame.is("command/reply") || frame.is("api/response");
    let answers: Vec<Naive> = naive(&stream).0.into_iter().filter(is_answer).skip(1).collect();
    let mut queue: std::collections::VecDeque<(usize, Message)> = commands.into_iter().skip(1).collect();
    let mut asked = Vec::new();
    let mut found: HashMap<Id, Vec<u8>> = HashMap::new();
    // What the connection says on its own is answered on its own.
    let mut own = 0_usize;
    let mut waiting = Vec::new();
    for (number, turn) in turns.iter().enumerate() {
        if turn.from_client {
            continue;
        }
        for byte in turn.bytes.iter() {
            if connection.is_logged_in() && own == 0 && waiting.is_empty() {
                while queue.front().is_some_and(|(at, _)| *at < number) {
                    let (_, message) = queue.pop_front().unwrap();
                    let at = asked.len();
                    asked.push(connection.send(now, &message).unwrap());
                    let text = sent(&mut connection);
                    if text.starts_with(b"event ") && line(&message).to_lowercase().starts_with("bgapi") {
                        // It has to be answered before this one, behind those that are not answered yet.
                        own = 1;
                        waiting.push(at);
                        break;
                    }
                }
            }
            if own > 0 && waiting.iter().all(|at| asked[..*at].iter().all(|id| found.contains_key(id))) {
                feed(&mut connection, now, &reply("+OK event listener enabled plain"));
                own = 0;
                waiting.clear();
            }
            sent(&mut connection);
            feed(&mut connection, now, &[*byte]);
            while let Ok(Some(event)) = connection.poll_event() {
                let answer = |frame: ami_proto::freeswitch::Frame<'_>| frame.as_bytes().to_vec();
                match event {
                    ConnectionEvent::Started { id, frame } => drop(found.insert(id, answer(frame))),
                    ConnectionEvent::Ended { id, ending: Ending::Reply(frame) | Ending::Refused(frame) } => {
                        assert!(found.insert(id, answer(frame)).is_none(), "{name}: {id:?} ends twice");
                    }
                    ConnectionEvent::Ended { id, ending: Ending::Job(event) } => {
                        let started = String::from_utf8_lossy(&found[&id]).into_owned();
                        let uuid = event.get("Job-UUID").unwrap().to_string();
                        assert!(started.contains(&uuid), "{name}: {uuid} is not of {started}");
                    }
                    ConnectionEvent::Unclaimed { frame, .. } => panic!("{name}: unclaimed {frame:?}"),
                    _ => {}
                }
            }
        }
    }
    for (place, (id, answer)) in asked.iter().zip(&answers).enumerate() {
        let expected = &stream[answer.offset..answer.offset + answer.len];
        assert_eq!(found.get(id).map(Vec::as_slice), Some(expected), "{name}: answer {place}");
    }
    assert!(asked.len() >= answers.len(), "{name}: {} asked, {} answered", asked.len(), answers.len());
    true
}

#[test]
fn recorded_sessions() {
    let all = corpus("replay");
    let replays = all.iter().filter(|(name, replay)| replayed(name, &turns(replay))).count();
    assert!(replays >= 10, "{replays} of {} sessions", all.len());
    // Which this build has only in some places.
    let mut more = 0;
    for (name, turns) in recordings() {
        more += usize::from(replayed(&name, &turns));
    }
    println!("{replays} of the corpus, {more} of all recordings");
}

/// All recordings, where they are there.
fn recordings() -> Vec<(String, Vec<Turn>)> {
    let mut all = Vec::new();
    for scenario in scenarios() {
        for entry in std::fs::read_dir(&scenario).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "jsonl") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let turn = |line: &str| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                let from_client = match row["dir"].as_str() {
                    Some("c2s") => true,
                    Some("s2c") => false,
                    _ => return None,
                };
                Some(Turn { from_client, bytes: base64(row["b64"].as_str().unwrap()) })
            };
            all.push((path.display().to_string(), text.lines().filter_map(turn).collect()));
        }
    }
    all
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> =
        text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte)).map(|at| at as u32).collect();
    let group = |four: &[u32]| {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    digits.chunks(4).flat_map(group).collect()
}
