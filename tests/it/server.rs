//! Invariant: the server lets in whom the embedder lets in, filters events by all bits of their
//! classes, and refuses what Asterisk refuses, in Asterisk's words.

use ami_proto::error::{ConnectionError, Refusal, SendError};
use ami_proto::request::Request;
use ami_proto::server::{Config, EncodedEvent, Fault, Server, ServerEvent};
use ami_proto::value::{AmiVersion, Classes};
use ami_proto::{Decoder, Framing, Limits};
use std::time::{Duration, Instant};

pub(crate) fn server(config: Config) -> (Server, Instant) {
    let now = Instant::now();
    (Server::new(now, config.banner("").fully_booted(false)), now)
}

pub(crate) fn sent(server: &mut Server) -> String {
    let bytes = server.poll_transmit().unwrap_or_default().to_vec();
    server.transmitted(bytes.len());
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn feed(server: &mut Server, now: Instant, input: &[u8]) {
    assert_eq!(server.handle_input(now, input), input.len());
}

pub(crate) fn logged_in(readable: Classes) -> (Server, Instant) {
    let (mut server, now) = server(Config::new());
    feed(&mut server, now, b"Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, readable).unwrap();
    sent(&mut server);
    (server, now)
}

#[test]
fn a_login_is_the_embedders_decision() {
    let (mut server, now) = server(Config::new());
    feed(&mut server, now, b"Action: Ping\r\nActionID: 1\r\n\r\nAction: login\r\nUSERNAME:  Admin\r\nSecret: s\r\n\r\nAction: Ping\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Malformed(Fault::NotLoggedIn)))));
    assert_eq!(sent(&mut server), "Response: Error\r\nActionID: 1\r\nMessage: Permission denied\r\n\r\n");
    let id = match server.poll_event() {
        Ok(Some(ServerEvent::Login { id, attempt })) => {
            assert!(attempt.username().eq_ignore_case("admin") && attempt.verify(b"s") && !attempt.verify("S"));
            assert!(!format!("{attempt:?}").contains("\"s\""));
            id
        }
        other => panic!("{other:?}"),
    };
    // What follows waits for the verdict.
    assert!(matches!(server.poll_event(), Ok(None)));
    server.refuse(now, id).unwrap();
    assert!(server.poll_transmit().is_none());
    assert_eq!(server.poll_timeout(), Some(now + Duration::from_secs(1)));
    server.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(sent(&mut server), "Response: Error\r\nMessage: Authentication failed\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Closed))));
    assert!(matches!(server.poll_event(), Ok(None)));
}

#[test]
fn a_greeting_is_one_line_or_none() {
    let greeted = |config: Config| sent(&mut Server::new(Instant::now(), config));
    assert_eq!(greeted(Config::new().banner("Mine/1.0\r\nEvent: Forged\0\n\r\n")), "Mine/1.0Event: Forged\r\n");
    assert_eq!(greeted(Config::new().banner("\r\n")), "");
    assert!(greeted(Config::new()).starts_with("Asterisk Call Manager/"));
}

#[test]
fn nobody_logs_in() {
    let (mut server, now) = server(Config::new());
    assert_eq!(server.poll_timeout(), Some(now + Duration::from_secs(30)));
    server.handle_timeout(now + Duration::from_secs(29));
    assert!(!server.is_over());
    server.handle_timeout(now + Duration::from_secs(30));
    assert!(server.is_over() && server.poll_transmit().is_none());
}

/// The times of a login are those of the settings.
#[test]
fn times_of_a_login() {
    let second = Duration::from_secs(1);
    let (mut server, now) = server(Config::new().auth_timeout(7 * second).refusal_delay(3 * second));
    assert_eq!(server.poll_timeout(), Some(now + 7 * second));
    feed(&mut server, now, b"Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.refuse_in_use(now + second, id).unwrap();
    assert_eq!(server.poll_timeout(), Some(now + 4 * second));
    server.handle_timeout(now + 4 * second);
    assert_eq!(sent(&mut server), "Response: Error\r\nMessage: Login Already In Use\r\n\r\n");
}

#[test]
fn a_challenge_is_answered_by_its_key() {
    let (server, now) = server(Config::new());
    let mut server = server.with_challenge(840_415_273);
    feed(&mut server, now, b"Action: Challenge\r\nActionID: 1\r\n\r\nAction: Challenge\r\nAuthType: md5\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(None)));
    let expected = "Response: Error\r\nActionID: 1\r\nMessage: Must specify AuthType\r\n\r\nResponse: Success\r\nChallenge: 840415273\r\n\r\n";
    assert_eq!(sent(&mut server), expected);
    // printf 840415273mysecret | md5sum
    let login = "Action: Login\r\nAuthType: MD5\r\nUsername: u\r\nKey: 72ee2809cbf69e9bdb27bdd924cda8e3\r\n\r\n";
    feed(&mut server, now, login.as_bytes());
    let Ok(Some(ServerEvent::Login { attempt, .. })) = server.poll_event() else { panic!("a login") };
    assert!(attempt.is_challenged() && attempt.verify("mysecret") && !attempt.verify("other"));
}

#[test]
fn events_need_all_their_classes() {
    let (mut server, now) = logged_in(Classes::CALL | Classes::AGI | Classes::SYSTEM);
    let none: [(&str, &str); 0] = [];
    assert_eq!(server.event(Classes::CALL | Classes::AGI, "A", none), Ok(true));
    assert_eq!(server.event(Classes::CALL | Classes::DTMF, "B", none), Ok(false));
    assert_eq!(sent(&mut server), "Event: A\r\nPrivilege: call,agi,all\r\n\r\n");
    assert_eq!(server.event(Classes::NONE, "C", [("D", "e")]), Ok(true));
    assert_eq!(sent(&mut server), "Event: C\r\nPrivilege: <none>\r\nD: e\r\n\r\n");
    feed(
        &mut server,
        now,
        b"Action: Events\r\nActionID: 1\r\nEventMask: call,dtmf\r\n\r\nAction: Events\r\nEventMask:\r\n\r\n",
    );
    assert!(matches!(server.poll_event(), Ok(None)));
    assert_eq!(
        sent(&mut server),
        "Response: Success\r\nActionID: 1\r\nEvents: On\r\n\r\nResponse: Error\r\nMessage: Invalid event mask\r\n\r\n"
    );
    assert_eq!(server.mask(), Classes::CALL);
    assert_eq!(server.event(Classes::CALL | Classes::AGI, "A", none), Ok(false));
    feed(&mut server, now, b"Action: Events\r\nEventMask: off\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(None)));
    assert_eq!(sent(&mut server), "Response: Success\r\nEvents: Off\r\n\r\n");
}

#[test]
fn what_asterisk_refuses() {
    let long = |n: usize| format!("Action: Ping\r\nActionID: 7\r\nX: {}\r\n\r\n", "x".repeat(n - 3));
    let many = |n: usize| format!("Action: Ping\r\nActionID: 7\r\n{}\r\n", "X: 1\r\n".repeat(n - 2));
    let error = |id: &str, message: &str| Some(format!("Response: Error\r\n{id}Message: {message}\r\n\r\n"));
    let id = "ActionID: 7\r\n";
    let cases = [
        ("blank", "\r\n".to_owned(), error("", "Missing action in request")),
        ("no action", "ActionID: 7\r\nFoo: 1\r\n\r\n".into(), error(id, "Missing action in request")),
        ("empty action", "Action: \r\nActionID: 7\r\n\r\n".into(), error(id, "Missing action in request")),
        ("an action of blanks", "Action:  \t\r\n\r\n".into(), error("", "Missing action in request")),
        ("an action of controls", "Action:\x07\x1f\n\n".into(), error("", "Missing action in request")),
        ("an action of a CR", "action: \r\r\n\r\n".into(), error("", "Missing action in request")),
        ("not a header", "nonsense\r\n\r\n".into(), error("", "Missing action in request")),
        ("a blank in front", " Action: Ping\r\n\r\n".into(), error("", "Missing action in request")),
        ("a blank behind", "Action : Ping\r\n\r\n".into(), error("", "Missing action in request")),
        ("longest line", long(1022), None),
        ("line too long", long(1023), error(id, "Failed to parse message: line too long")),
        ("far too long", long(100_000), error(id, "Failed to parse message: line too long")),
        ("most lines", many(128), None),
        ("too many lines", many(129), error(id, "Too many lines in message or allocation failure")),
        ("most short lines", format!("Action: Ping\n{}\n", "a\n".repeat(127)), None),
        (
            "too many short lines",
            format!("Action: Ping\n{}\n", "a\n".repeat(128)),
            error("", "Too many lines in message or allocation failure"),
        ),
        ("action last", "Foo: 1\r\nactionid:\t 7\r\naction:Ping\r\n\r\n".into(), None),
        ("two actions", "Action:\r\nAction: Ping\r\nAction: Hangup\r\n\r\n".into(), None),
        ("controls before a value", "Action:\x01\x1f Ping\r\n\r\n".into(), None),
        ("LF", "Action: Ping\nActionID: 7\n\n".into(), None),
        ("NUL", "Action: Ping\0x\r\n\r\n".into(), None),
    ];
    for (name, input, refusal) in cases {
        let (mut server, now) = logged_in(Classes::ALL);
        feed(&mut server, now, input.as_bytes());
        match (server.poll_event(), &refusal) {
            (Ok(Some(ServerEvent::Request { request: Request::Ping(_), .. })), None)
            | (Ok(Some(ServerEvent::Malformed(_))), Some(_)) => {}
            (other, _) => panic!("{name}: {other:?}"),
        }
        assert_eq!(sent(&mut server), refusal.unwrap_or_default(), "{name}");
        assert!(matches!(server.poll_event(), Ok(None)), "{name}");
    }
}

/// Blanks and control bytes before a value are skipped also where the message is as long as the
/// limits allow.
#[test]
fn blanks_before_a_value_at_the_limits() {
    let input = b"ActionID:  7\nAction:\x07Ping\nX:0123456789\n\n";
    for limits in [Limits::new(), Limits::new().line(12), Limits::new().frame(40), Limits::new().buffer(40)] {
        let (mut server, now) = server(Config::new().limits(limits));
        feed(&mut server, now, b"Action:Login\n\n");
        let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
        server.accept(id, Classes::ALL).unwrap();
        sent(&mut server);
        feed(&mut server, now, input);
        let Ok(Some(ServerEvent::Request { request: Request::Ping(ping), .. })) = server.poll_event() else {
            panic!("a ping within {limits:?}")
        };
        let get = |name: &str| ping.frame().get(name).unwrap();
        assert_eq!((get("ActionID"), get("X")), ("7".into(), "0123456789".into()));
    }
}

/// Asterisk reads `Events` of a login, and `EventMask` of `Events` alone.
#[test]
fn the_event_mask_of_a_login() {
    for (headers, mask) in [
        ("Events: off\r\n", Classes::NONE),
        ("EventMask: off\r\n", Classes::ALL),
        ("EventMask: off\r\nEvents: call\r\n", Classes::CALL),
    ] {
        let (mut server, now) = server(Config::new());
        feed(&mut server, now, format!("Action: Login\r\n{headers}\r\n").as_bytes());
        let Ok(Some(ServerEvent::Login { id, attempt })) = server.poll_event() else { panic!("a login") };
        assert_eq!(attempt.request().events().ok(), attempt.request().frame().get("Events"));
        server.accept(id, Classes::ALL).unwrap();
        assert_eq!(server.mask(), mask, "{headers}");
    }
}

/// What the server writes itself can't be given a second time; what a message may have, it may.
#[test]
fn headers_that_a_message_has_already() {
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Status\r\nActionID: 1\r\n\r\n");
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    let refused = |made: Result<(), SendError>, name: &str| match made {
        Err(SendError::Encode(error)) => {
            assert!(matches!(error.refusal(), Refusal::Given { .. }) && error.field() == name, "{error}");
        }
        other => panic!("{name}: {other:?}"),
    };
    for name in ["Response", "actionid"] {
        refused(server.respond(id, "Success", [(name, "x")]), name);
    }
    for name in ["EVENT", "Privilege"] {
        refused(server.event(Classes::CALL, "A", [(name, "x")]).map(|_| ()).map_err(SendError::from), name);
    }
    for name in ["Event", "ActionID"] {
        refused(server.resume(id).unwrap().item("Status", [(name, "x")]).map(|_| ()), name);
    }
    for name in ["Event", "ActionID", "EventList", "listitems"] {
        refused(server.resume(id).unwrap().complete_with("StatusComplete", [(name, "x")]), name);
    }
    assert_eq!(sent(&mut server), "");
    assert_eq!(
        server.event(Classes::CALL, "OriginateResponse", [("ActionID", "9"), ("Response", "Failure")]),
        Ok(true)
    );
    server.respond(id, "Success", [("EventList", "start"), ("Event", "x")]).unwrap();
    assert!(sent(&mut server).ends_with("Response: Success\r\nActionID: 1\r\nEventList: start\r\nEvent: x\r\n\r\n"));
}

#[test]
fn an_action_id_that_would_end_the_line_is_not_echoed() {
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Ping\r\nActionID: 7\r8\r\n\r\n");
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    server.respond(id, "Success", [("Ping", "Pong")]).unwrap();
    assert_eq!(sent(&mut server), "Response: Success\r\nPing: Pong\r\n\r\n");
}

#[test]
fn a_request_that_waits_behind_blank_lines_is_not_lost() {
    let now = Instant::now();
    let mut server = Server::new(now, Config::new().banner("").fully_booted(false).ceiling(60));
    let blank = "\n".repeat(30);
    let input = format!(
        "Action: Login\r\n\r\n{blank}Action: Ping\r\nActionID: 1\r\n\r\n{blank}Action: Ping\r\nActionID: 2\r\n\r\n"
    );
    feed(&mut server, now, input.as_bytes());
    let mut ids = Vec::new();
    while ids.len() < 2 {
        // A driver that offers what it has, though nothing is taken at present.
        assert!(server.handle_input(now, b"") == 0);
        match server.poll_event().unwrap() {
            Some(ServerEvent::Login { id, .. }) => server.accept(id, Classes::ALL).unwrap(),
            Some(ServerEvent::Request { request, .. }) => ids.push(request.action_id().unwrap().to_string()),
            Some(ServerEvent::Malformed(Fault::NoAction)) => {}
            Some(other) => panic!("{other:?}"),
            None => _ = sent(&mut server),
        }
    }
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn goodbye_and_the_end() {
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Logoff\r\nActionID: 9\r\n\r\nAction: Ping\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Closed))));
    assert_eq!(sent(&mut server), "Response: Goodbye\r\nActionID: 9\r\nMessage: Thanks for all the fish.\r\n\r\n");
    // Half-closed: what had arrived is answered first.
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Ping\r\n\r\nAct");
    server.handle_eof(now);
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    server.respond(id, "Success", [("Ping", "Pong")]).unwrap();
    assert_eq!(server.poll_event().unwrap_err(), ConnectionError::Closed { truncated: 3 });
}

/// What is encoded once is what each session would have been sent.
#[test]
fn an_event_encoded_once_is_sent_to_those_who_receive_it() {
    let headers = [("Channel", "PJSIP/1"), ("Cause", "16")];
    for (classes, readable, expected) in [
        (Classes::CALL, Classes::ALL, true),
        (Classes::CALL, Classes::SYSTEM, false),
        (Classes::CALL | Classes::SYSTEM, Classes::CALL, false),
        (Classes::NONE, Classes::SYSTEM, true),
    ] {
        let event = EncodedEvent::new(classes, "Hangup", headers).unwrap();
        let (mut one, _) = logged_in(readable);
        let (mut other, _) = logged_in(readable);
        assert_eq!(one.send_event(&event), expected);
        assert_eq!(other.event(classes, "Hangup", headers), Ok(expected));
        let text = sent(&mut one);
        assert_eq!((text.is_empty(), &text), (!expected, &sent(&mut other)));
        assert!(!expected || text.as_bytes() == event.as_bytes() && event.classes() == classes);
        // As it came, of another connection.
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(event.as_bytes());
        let copy = EncodedEvent::from_frame(decoder.next_frame().unwrap().unwrap()).unwrap();
        assert_eq!(copy, event);
        assert!(!format!("{copy:?}").contains("PJSIP"));
    }
    assert_eq!(
        EncodedEvent::new(Classes::CALL, "A", [("Event", "B")]).unwrap_err().refusal(),
        Refusal::Given { by: "`name`" }
    );
    for none in ["Event: Status\r\nActionID: 1\r\n\r\n", "Response: Success\r\nPrivilege: call,all\r\n\r\n"] {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(none.as_bytes());
        assert_eq!(EncodedEvent::from_frame(decoder.next_frame().unwrap().unwrap()), None, "{none}");
    }
    let event = EncodedEvent::new(Classes::NONE, "A", headers).unwrap();
    let (mut server, _) = server(Config::new());
    assert!(!server.send_event(&event), "not before the login");
    let (mut server, _) = logged_in(Classes::ALL);
    server.close();
    assert!(!server.send_event(&event) && sent(&mut server).is_empty());
}

/// What follows a login, by the release that the banner names.
#[test]
fn fully_booted_by_release() {
    const OLD: &str = "Status: Fully Booted\r\n";
    const NEW: &str = "Uptime: 90\r\nLastReload: 90\r\nStatus: Fully Booted\r\n";
    let start = Instant::now();
    let now = start + Duration::from_secs(90);
    let config = || Config::new().started(start);
    for (config, banner, booted) in [
        (config(), "Asterisk Call Manager/11.0.0", NEW),
        (config().asterisk(23), "Asterisk Call Manager/12.0.0", NEW),
        (config().asterisk(14), "Asterisk Call Manager/3.2.2", NEW),
        (config().asterisk(13), "Asterisk Call Manager/2.10.6", OLD),
        (config().asterisk(11), "Asterisk Call Manager/1.3", OLD),
        (config().asterisk(1), "Asterisk Call Manager/1.1", OLD),
        (config().asterisk(13).asterisk(5), "Asterisk Call Manager/2.10.6", OLD),
        (config().banner("Gateway/2.8.0"), "Gateway/2.8.0", OLD),
        (config().banner("Gateway"), "Gateway", NEW),
    ] {
        let mut server = Server::new(now, config);
        feed(&mut server, now, b"Action: Login\r\n\r\n");
        let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
        server.accept(id, Classes::ALL).unwrap();
        let expected = format!(
            "{banner}\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\nEvent: FullyBooted\r\nPrivilege: system,all\r\n{booted}\r\n"
        );
        assert_eq!(sent(&mut server), expected);
    }
    // Without a start of its own the server is as old as the session, by the time that was told.
    let mut server = Server::new(start, Config::new().banner(""));
    feed(&mut server, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    assert!(sent(&mut server).ends_with(&format!("{NEW}\r\n")));
}

/// Each release says of itself which it is.
#[test]
fn a_version_for_each_release() {
    for release in [1].into_iter().chain(10..=30) {
        assert_eq!(AmiVersion::of_asterisk(release).and_then(AmiVersion::asterisk_major), Some(release));
    }
    assert!([0, 2, 9].into_iter().all(|release| AmiVersion::of_asterisk(release).is_none()));
}

#[test]
fn a_full_send_buffer_stops_reading() {
    let (mut server, now) = server(Config::new().ceiling(200).limits(Limits::new().buffer(1 << 16)));
    feed(&mut server, now, &b"\r\n".repeat(1000));
    let mut answered = 0;
    while let Ok(Some(ServerEvent::Malformed(_))) = server.poll_event() {
        answered += 1;
    }
    assert!(server.unsent() < 300 && answered < 10, "reading stops");
    sent(&mut server);
    assert!(matches!(server.poll_event(), Ok(Some(_))), "and goes on");
}

#[test]
fn an_end_between_requests_is_no_error() {
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Ping\r\nActionID: 5\r\n\r\n");
    server.handle_eof(now);
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    // Who has said all still hears the answer.
    assert!(matches!(server.poll_event(), Ok(None)) && !server.is_over());
    server.respond(id, "Success", [("Ping", "Pong")]).unwrap();
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Closed))));
    assert!(matches!(server.poll_event(), Ok(None)) && server.is_over());
    assert_eq!(sent(&mut server), "Response: Success\r\nActionID: 5\r\nPing: Pong\r\n\r\n");
    // What is said after that goes nowhere.
    assert_eq!(server.respond(id, "Success", [("Ping", "Pong")]), Ok(()));
    assert!(server.list(id, "x").and_then(|list| list.item("A", [("B", "c")])?.complete("AComplete")).is_ok());
    assert_eq!(sent(&mut server), "");
}

#[test]
fn a_client_that_does_not_read_is_dropped() {
    let config = Config::new().ceiling(1000).limits(Limits::new().buffer(4096).frame(4096));
    let most = config.most_held();
    let (mut server, now) = server(config);
    feed(&mut server, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    feed(&mut server, now, &b"Action: Status\r\nActionID: 1\r\n\r\n".repeat(40));
    let mut open = Vec::new();
    while let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() {
        open.push(id);
        assert!(server.held() <= most);
    }
    assert_eq!(open.len(), 40);
    let mut told = 0;
    while server.event(Classes::CALL, "Hangup", [("Channel", "PJSIP/100-00000001")]) == Ok(true) {
        told += 1;
        assert!(server.unsent() <= 1000 && server.held() <= most);
    }
    assert!(told > 10 && server.is_over());
    assert_eq!(server.poll_event().unwrap_err(), ConnectionError::NotRead { max: 1000 });
    assert_eq!(server.respond(open[0], "Success", [("A", "b")]), Ok(()));
    // What had fitted is whole.
    assert!(sent(&mut server).ends_with("Channel: PJSIP/100-00000001\r\n\r\n"));
}

/// What has been transmitted leaves room at once, though its bytes are moved away later.
#[test]
fn only_what_has_not_gone_counts_against_the_ceiling() {
    let now = Instant::now();
    let mut server = Server::new(now, Config::new().banner("").fully_booted(false).ceiling(1000));
    feed(&mut server, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    sent(&mut server);
    let event = |server: &mut Server, value: usize| {
        server.event(Classes::CALL, "Hangup", [("Channel", "x".repeat(value).as_str())])
    };
    assert_eq!(event(&mut server, 850), Ok(true));
    let whole = server.unsent();
    server.transmitted(440);
    assert_eq!(server.unsent(), whole - 440);
    assert_eq!(event(&mut server, 200), Ok(true));
    assert!(!server.is_over(), "{} bytes wait", server.unsent());
}

#[test]
fn an_action_id_that_cannot_be_echoed_is_left_out() {
    let (mut server, now) = logged_in(Classes::ALL);
    feed(&mut server, now, b"Action: Ping\r\nActionID: a\rb\r\n\r\n");
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    assert_eq!(server.respond(id, "Success", [("Ping", "Pong")]), Ok(()));
    assert_eq!(sent(&mut server), "Response: Success\r\nPing: Pong\r\n\r\n");
}

/// Two sessions and a client upstream: what is said of a request comes back byte for byte, but for
/// the `ActionID`.
#[test]
fn a_request_passes_through() {
    let (mut asker, now) = logged_in(Classes::ALL);
    let (mut other, _) = logged_in(Classes::SYSTEM | Classes::CALL);
    let mut upstream = crate::peer::Peer::ready(ami_proto::client::Config::new());
    let mut asked = Vec::new();
    let ask = |asker: &mut Server, upstream: &mut crate::peer::Peer, request: &str| {
        feed(asker, now, request.as_bytes());
        let Ok(Some(ServerEvent::Request { id, request })) = asker.poll_event() else { panic!("a request") };
        let asks = upstream.client.forward(upstream.now, request.frame()).unwrap();
        upstream.sent();
        (asks, id)
    };
    asked.push(ask(
        &mut asker,
        &mut upstream,
        "ACTION: status\r\nX-Odd: 1\r\nActionID: a-1\r\nVariable: b\r\nVariable: a: c \r\n\r\n",
    ));
    let id = upstream.ids[0].clone();
    assert_eq!(
        upstream.sent,
        format!("Action: status\r\nActionID: {id}\r\nX-Odd: 1\r\nVariable: b\r\nVariable: a: c \r\n\r\n")
    );
    // Without an ActionID, and one that ends without a frame.
    asked.push(ask(&mut asker, &mut upstream, "Action: Command\r\nCommand: x\r\n\r\n"));
    asked.push(ask(&mut asker, &mut upstream, "Action: Originate\r\nAsync: 1\r\nActionID: a-3\r\n\r\n"));
    asked.push(ask(&mut asker, &mut upstream, "Action: CoreStatus\r\nActionID: a-4\r\n\r\n"));
    let said = [
        (
            "Response: Success\r\nActionID: $0\r\nEventList: start\r\nMessage: Channel status will follow\r\n\r\n",
            "a-1",
            "",
        ),
        ("Event: Status\r\nPrivilege: Call\r\nChannel: x\r\nActionID: $0\r\nActionID: $0\r\n\r\n", "a-1", ""),
        ("Event: Hangup\r\nPrivilege: call,all\r\nCause: 16\r\n\r\n", "event", "event"),
        ("Event: VarSet\r\nPrivilege: dialplan,all\r\nValue: 1\r\n\r\n", "event", ""),
        ("Event: StatusComplete\r\nactionid:$0\r\nEventList: Complete\nListItems: 1\r\n\r\n", "a-1", ""),
        ("Response: Follows\r\nPrivilege: Command\r\nActionID: $1\r\nActionID: $1\n\nx--END COMMAND--\r\n\r\n", "", ""),
        ("Response: Success\r\nActionID: $2\r\nMessage: queued\r\n\r\n", "a-3", ""),
        (
            "Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $2\r\nResponse: Failure\r\n\r\n",
            "a-3",
            "event",
        ),
    ];
    for (text, to_asker, to_other) in said {
        let mut text = text.to_owned();
        for (number, id) in upstream.ids.iter().enumerate() {
            text = text.replace(&format!("${number}"), id);
        }
        assert_eq!(upstream.client.handle_input(now, text.as_bytes()), text.len());
        let event = upstream.client.poll_event().unwrap().expect("something is told");
        let request = event.id().and_then(|id| asked.iter().find(|(asks, _)| *asks == id));
        asker.relay(request.map(|(_, request)| *request), event);
        other.relay(None, event);
        let id = upstream.ids.iter().find(|id| text.contains(&**id)).map_or("", |id| id);
        let expected = match to_asker {
            "event" => text.clone(),
            // One ActionID is kept of those in the head; text is what it is.
            "" => text.replacen(&format!("ActionID: {id}\r\n"), "", 1),
            own => text
                .replacen(&format!("actionid:{id}"), &format!("ActionID: {id}"), 1)
                .replacen(id, own, 1)
                .replace(&format!("ActionID: {id}\r\n"), ""),
        };
        assert_eq!(sent(&mut asker), expected);
        // What names a request upstream is for nobody else to see.
        let told = text.replacen(&format!("ActionID: {id}\r\n"), "", 1);
        assert_eq!(sent(&mut other), if to_other == "event" { told } else { String::new() });
    }
    upstream.client.handle_eof(now);
    let event = upstream.client.poll_event().unwrap().unwrap();
    asker.relay(Some(asked[3].1), event);
    let lost = "Response: Error\r\nActionID: a-4\r\nMessage: connection lost before it was answered\r\n\r\n";
    assert_eq!(sent(&mut asker), lost);
    // It has been answered.
    assert!(asker.respond(asked[3].1, "Success", [("A", "b")]).is_err());
}

/// Input is wanted where some would be taken, and nowhere else.
#[test]
fn input_is_wanted_where_it_is_taken() {
    fn is_open(server: &mut Server, now: Instant) -> bool {
        let wanted = server.wants_input();
        assert_eq!(server.space(1).is_some(), wanted);
        if !wanted {
            assert_eq!(server.handle_input(now, b"x"), 0);
        }
        wanted
    }
    let (mut server, now) = server(Config::new().limits(Limits::new().frame(64).buffer(64)));
    assert!(is_open(&mut server, now));
    // A buffer that is full of what was not polled.
    assert_eq!(server.handle_input(now, &b"\r\n\r\nAction: Ping\r\n\r\n".repeat(10)), 64);
    assert!(!is_open(&mut server, now));
    while let Ok(Some(ServerEvent::Malformed(_))) = server.poll_event() {}
    assert!(is_open(&mut server, now));
    // A request waits behind a blank line that was told.
    feed(&mut server, now, b"\r\nAction: Ping\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Malformed(Fault::NoAction)))));
    assert!(!is_open(&mut server, now));
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Malformed(Fault::NotLoggedIn)))));
    assert!(is_open(&mut server, now));
    server.handle_eof(now);
    assert!(!is_open(&mut server, now));
}

/// The parts of the most that is held: lines of one request, each open one, what is unsent, and the
/// buffer.
#[test]
fn most_held_is_a_sum() {
    let most = |open: usize, unsent: usize, buffer: u32| {
        Config::new().limits(Limits::new().buffer(buffer)).max_open(open).ceiling(unsent).most_held()
    };
    let (lines, buffer) = (128 * 1024, 1 << 16);
    let one = most(1, 0, buffer) - lines - buffer as usize;
    assert!((1022 + 32..1022 + 100).contains(&one), "{one} bytes for an ActionID and what is known of its request");
    assert_eq!(most(0, 0, buffer), lines + one + buffer as usize);
    assert_eq!(most(10, 77, buffer), lines + 10 * one + 77 + buffer as usize);
    assert_eq!(most(usize::MAX, 77, buffer), usize::MAX);
    assert_eq!(most(1, usize::MAX, buffer), usize::MAX);
    let default = Config::new().limits(Limits::new().buffer(buffer)).most_held();
    assert_eq!(default, most(256, 8 << 20, buffer));
}
