//! Invariant: a verdict is for the login that waits, an answer for a request that is open, and
//! once: what is answered gives its place and its bytes back.

use crate::server::{feed, logged_in, sent, server};
use ami_proto::client::{ClientEvent, Credentials};
use ami_proto::error::{ApiMisuse, LoginRefusal};
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{ConnectionError, Decoder, Limits};
use std::time::{Duration, Instant};

#[test]
fn a_verdict_is_for_the_login_that_waits() {
    let (mut asker, other_now) = logged_in(Classes::ALL);
    feed(&mut asker, other_now, b"Action: Ping\r\n\r\n");
    let Ok(Some(ServerEvent::Request { id: request, .. })) = asker.poll_event() else { panic!("a request") };
    // Nobody waits in a session that is logged in.
    assert_eq!(asker.accept(request, Classes::NONE), Err(ApiMisuse::NotOpen));
    assert_eq!(asker.refuse(other_now, request), Err(ApiMisuse::NotOpen));
    assert_eq!(asker.refuse_in_use(other_now, request), Err(ApiMisuse::NotOpen));
    assert!(asker.is_logged_in() && asker.mask() == Classes::ALL && asker.poll_timeout().is_none());

    let (mut server, now) = server(Config::new());
    assert_eq!(server.accept(request, Classes::ALL), Err(ApiMisuse::NotOpen), "nobody has asked yet");
    feed(&mut server, now, b"Action: Login\r\nActionID: 1\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    assert_ne!(id, request);
    assert_eq!(server.accept(request, Classes::ALL), Err(ApiMisuse::NotOpen));
    assert_eq!(server.refuse(now, request), Err(ApiMisuse::NotOpen));
    // Nor is a login answered as a request is.
    let pong = [("Ping", "Pong")];
    assert_eq!(server.respond(id, "Success", pong), Err(ApiMisuse::NotOpen.into()));
    assert_eq!(server.respond_text(id, b"x"), Err(ApiMisuse::NotOpen));
    assert_eq!((sent(&mut server).as_str(), server.is_logged_in()), ("", false));
    server.refuse(now, id).unwrap();
    assert_eq!(server.accept(id, Classes::ALL), Err(ApiMisuse::NotOpen), "it has been refused");
    server.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(sent(&mut server), "Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n");
    // Once the session is over a verdict goes nowhere.
    assert_eq!(server.accept(id, Classes::ALL), Ok(()));
    assert_eq!(server.refuse_in_use(now, id), Ok(()));
    assert_eq!((sent(&mut server).as_str(), server.is_logged_in(), server.is_over()), ("", false, true));
}

/// The client knows it by these words.
#[test]
fn a_user_that_is_logged_in_already() {
    let (mut server, now) = server(Config::new());
    let mut peer = crate::peer::Peer::new(ami_proto::client::Config::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    feed(&mut server, now, peer.sent.as_bytes());
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.refuse_in_use(now, id).unwrap();
    server.handle_timeout(now + Duration::from_secs(1));
    let refusal = sent(&mut server);
    let expected = format!("Response: Error\r\nActionID: {}\r\nMessage: Login Already In Use\r\n\r\n", peer.ids[0]);
    assert_eq!(refusal, expected);
    peer.feed("Asterisk Call Manager/11.0.0\r\n");
    peer.feed(&refusal);
    assert_eq!(peer.error, Some(ConnectionError::LoginRefused(LoginRefusal::AlreadyInUse)));
}

/// A session in which one request may be open, and the first that is.
fn one_open() -> (Server, Instant, RequestId) {
    let now = Instant::now();
    let mut server = Server::new(now, Config::new().banner("").fully_booted(false).max_open(1));
    feed(&mut server, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    sent(&mut server);
    feed(&mut server, now, b"Action: Ping\r\nActionID: 1\r\n\r\nAction: Ping\r\nActionID: 2\r\n\r\n");
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
    assert!(matches!(server.poll_event(), Ok(None)), "the second waits for its place");
    (server, now, id)
}

/// It can't be answered again, and the next has its place.
fn is_answered(server: &mut Server, id: RequestId) {
    assert_eq!(server.respond(id, "Success", [("Ping", "Pong")]), Err(ApiMisuse::NotOpen.into()));
    assert_eq!(server.respond_text(id, b"x"), Err(ApiMisuse::NotOpen));
    assert_eq!(server.list(id, "x").err(), Some(ApiMisuse::NotOpen.into()));
    assert_eq!(server.resume(id).err(), Some(ApiMisuse::NotOpen));
    assert_eq!(sent(server), "");
    let Ok(Some(ServerEvent::Request { id: next, request })) = server.poll_event() else { panic!("the next request") };
    assert!(next > id && request.action_id().is_some_and(|id| id == "2"));
}

#[test]
fn an_answer_ends_its_request() {
    let (mut server, _, id) = one_open();
    server.respond(id, "Success", [("Ping", "Pong")]).unwrap();
    assert_eq!(sent(&mut server), "Response: Success\r\nActionID: 1\r\nPing: Pong\r\n\r\n");
    is_answered(&mut server, id);

    let (mut server, _, id) = one_open();
    server.respond_text(id, b"support has 0 calls\r\n\r\n").unwrap();
    assert_eq!(sent(&mut server), "support has 0 calls\r\n\r\n");
    is_answered(&mut server, id);

    let (mut server, _, id) = one_open();
    server.list(id, "m").unwrap().item("A", [("B", "c")]).unwrap().cancel("AComplete").unwrap();
    assert!(
        sent(&mut server).ends_with("Event: AComplete\r\nActionID: 1\r\nEventList: cancelled\r\nListItems: 1\r\n\r\n")
    );
    is_answered(&mut server, id);
}

#[test]
fn an_ending_without_a_frame_ends_its_request() {
    let ping = ami_proto::action::Ping::new();
    type End = fn(&mut crate::peer::Peer, ami_proto::client::Id);
    let ends: [(End, &str); 3] = [
        (|peer, _| peer.client.handle_timeout(peer.now + Duration::from_secs(30)), "timed out before it was answered"),
        (|peer, id| assert!(peer.client.cancel(id)), "cancelled"),
        (|peer, _| peer.client.handle_eof(peer.now), "connection lost before it was answered"),
    ];
    for (end, words) in ends {
        let (mut server, _, id) = one_open();
        let mut peer = crate::peer::Peer::ready(ami_proto::client::Config::new());
        let asked = peer.send(&ping).id();
        end(&mut peer, asked);
        let event = peer.client.poll_event().unwrap().expect("its ending");
        assert_eq!(event.id(), Some(asked));
        // To others it is nothing.
        server.relay(None, event);
        assert_eq!(sent(&mut server), "");
        server.relay(Some(id), event);
        assert_eq!(sent(&mut server), format!("Response: Error\r\nActionID: 1\r\nMessage: {words}\r\n\r\n"));
        server.relay(Some(id), event);
        is_answered(&mut server, id);
    }
}

/// The outcome of a request that was given up is still what all sessions receive; the rest of its
/// list is for no other session.
#[test]
fn an_outcome_that_comes_late_is_an_event_like_others() {
    let (mut server, ..) = one_open();
    let mut peer = crate::peer::Peer::ready(ami_proto::client::Config::new());
    let originate = peer.send(&ami_proto::action::Originate::new("PJSIP/100").asynchronous(true)).id();
    let status = peer.send(&ami_proto::action::Status::new()).id();
    for id in [originate, status] {
        assert!(peer.client.cancel(id));
        assert!(peer.client.poll_event().unwrap().is_some());
    }
    let late = [
        ("Response: Success\r\nActionID: $0\r\nMessage: queued\r\n\r\n", false),
        ("Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $0\r\nResponse: Failure\r\n\r\n", true),
        ("Event: OriginateResponse\r\nActionID: $0\r\nResponse: Failure\r\n\r\n", false),
        ("Event: Status\r\nPrivilege: Call\r\nActionID: $1\r\nChannel: a\r\n\r\n", false),
    ];
    for (text, told) in late {
        let answer = text.replace("$0", &peer.ids[0]).replace("$1", &peer.ids[1]);
        assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
        let event = peer.client.poll_event().unwrap().expect("something is told");
        assert!(matches!(event, ClientEvent::Unclaimed { .. }), "{event:?}");
        server.relay(None, event);
        let expected = if told { text.replace("ActionID: $0\r\n", "") } else { String::new() };
        assert_eq!(sent(&mut server), expected);
    }
}

/// An answer keeps one `ActionID`, which is the guest's; none of the client's own comes through.
#[test]
fn an_answer_is_readdressed_once() {
    let relayed = |answer: &str| {
        let (mut server, _, id) = one_open();
        let mut peer = crate::peer::Peer::ready(ami_proto::client::Config::new());
        let asked = peer.send(&ami_proto::action::Command::new("x")).id();
        let answer = answer.replace("$0", &peer.ids[0]);
        assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
        let event = peer.client.poll_event().unwrap().expect("its answer");
        assert_eq!(event.id(), Some(asked));
        server.relay(Some(id), event);
        sent(&mut server).replace(&peer.ids[0], "$0")
    };
    for (answer, expected) in [
        (
            "Response: Success\r\nActionID: $0\r\nPing: Pong\r\nactionid: $0\r\nActionID: $0\r\n\r\n",
            "Response: Success\r\nActionID: 1\r\nPing: Pong\r\n\r\n",
        ),
        // Text of a command is no header, whatever it says.
        (
            "Response: Follows\r\nPrivilege: Command\r\nActionID: $0\r\nActionID: a\n--END COMMAND--\r\n\r\n",
            "Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nActionID: a\n--END COMMAND--\r\n\r\n",
        ),
    ] {
        assert_eq!(relayed(answer), expected);
    }
}

#[test]
fn what_forward_says() {
    let event = b"Event: A\r\nPrivilege: call,all\r\n\r\n";
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(event);
    let event = decoder.next_frame().unwrap().unwrap().to_owned();
    let (mut before, _) = server(Config::new());
    assert!(!before.forward(event.view()), "nobody is logged in");
    assert_eq!(sent(&mut before), "");
    let (mut deaf, _) = logged_in(Classes::AGI);
    assert!(!deaf.forward(event.view()));
    assert_eq!(sent(&mut deaf), "");
    let (mut hears, _) = logged_in(Classes::CALL);
    assert!(hears.forward(event.view()));
    assert_eq!(sent(&mut hears).as_bytes(), event.view().as_bytes());
    for other in ["Response: Success\r\nPrivilege: call,all\r\n\r\n", "Event: A\r\n\r\n"] {
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(other.as_bytes());
        assert!(!hears.forward(decoder.next_frame().unwrap().unwrap()), "{other}");
        assert_eq!(sent(&mut hears), "");
    }
    // One that doesn't fit is the end.
    let now = Instant::now();
    let mut full = Server::new(now, Config::new().banner("").fully_booted(false).ceiling(60));
    feed(&mut full, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = full.poll_event() else { panic!("a login") };
    full.accept(id, Classes::ALL).unwrap();
    assert!(!full.forward(event.view()) && full.is_over());
}

/// What is open is counted by what it is, in whatever order it is answered, and is given back.
#[test]
fn thousands_open_are_counted_and_given_back() {
    const OPEN: usize = 20_000;
    let now = Instant::now();
    let config = Config::new().banner("").fully_booted(false).max_open(OPEN);
    let mut server = Server::new(now, config);
    feed(&mut server, now, b"Action: Login\r\n\r\n");
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    sent(&mut server);
    assert_eq!(server.held(), 0);
    let mut open = Vec::new();
    let mut each = 0;
    for number in 0..OPEN {
        feed(&mut server, now, format!("Action: Ping\r\nActionID: {number:05}\r\n\r\n").as_bytes());
        let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
        open.push((number, id));
        each = if each == 0 { server.held() } else { each };
        assert_eq!(server.held(), (number + 1) * each);
    }
    feed(&mut server, now, b"Action: Ping\r\n\r\n");
    assert!(matches!(server.poll_event(), Ok(None)), "no more may be open");
    let waits = "Action: Ping\r\n\r\n".len();
    // In an order far from that in which they came: 7,919 is prime to their number.
    for step in 0..OPEN {
        let (number, id) = open[step * 7919 % OPEN];
        server.respond(id, "Success", [("A", "b")]).unwrap();
        assert_eq!(server.held(), (OPEN - 1 - step) * each + waits + server.unsent());
        assert_eq!(sent(&mut server), format!("Response: Success\r\nActionID: {number:05}\r\nA: b\r\n\r\n"));
    }
    let Ok(Some(ServerEvent::Request { .. })) = server.poll_event() else { panic!("the one that has waited") };
    assert_eq!(server.held(), each - 5, "one that has no ActionID");
    server.close();
    assert_eq!((server.held(), server.is_over()), (0, true));
}

/// Limits of nothing let nothing in: no panic, and the session ends, by an error or for want of a
/// login.
#[test]
fn limits_of_nothing() {
    let login = b"Action: Login\r\nUsername: u\r\n\r\n";
    for (name, limits) in [
        ("line", Limits::new().line(0)),
        ("headers", Limits::new().lines(0)),
        ("frame", Limits::new().frame(0)),
        ("buffer", Limits::new().buffer(0)),
    ] {
        let (mut server, now) = server(Config::new().limits(limits).max_open(0).auth_timeout(Duration::ZERO));
        let taken = server.handle_input(now, login);
        assert!(taken == login.len() || limits.max_buffer() == 0, "{name}");
        match server.poll_event() {
            Err(ConnectionError::Frame(_)) => {}
            Ok(None) => {
                assert_eq!(server.poll_timeout(), Some(now), "{name}");
                server.handle_timeout(now);
                assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Closed))), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
        assert!(server.is_over() && server.poll_timeout().is_none(), "{name}");
    }
    let now = Instant::now();
    let mut server = Server::new(now, Config::new().ceiling(0));
    assert_eq!(server.poll_event().err(), Some(ConnectionError::NotRead { max: 0 }), "not even the greeting fits");
}

/// A list says how it ends, and of how many items.
#[test]
fn a_list_ends_with_its_count() {
    for (cancelled, how) in [(false, "Complete"), (true, "cancelled")] {
        let (mut server, now) = logged_in(Classes::ALL);
        feed(&mut server, now, b"Action: Status\r\nActionID: 7\r\n\r\n");
        let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("a request") };
        sent(&mut server);
        let list = server.list(id, "x").unwrap().item("Status", [("Channel", "a")]).unwrap();
        if cancelled {
            list.cancel("StatusComplete").unwrap();
        } else {
            list.complete_with("StatusComplete", [("Items", "1")]).unwrap();
        }
        let said = sent(&mut server);
        let end = said.split_inclusive("\r\n\r\n").last().unwrap();
        let more = if cancelled { "" } else { "Items: 1\r\n" };
        assert_eq!(
            end,
            format!("Event: StatusComplete\r\nActionID: 7\r\nEventList: {how}\r\nListItems: 1\r\n{more}\r\n")
        );
    }
}

/// A verdict that comes after the end is heard by nobody, and no mistake.
#[test]
fn a_verdict_after_the_end() {
    for number in 0..3 {
        let (mut server, now) = server(Config::new());
        feed(&mut server, now, b"Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n");
        let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
        server.close();
        let verdict = match number {
            0 => server.accept(id, Classes::ALL),
            1 => server.refuse(now, id),
            _ => server.refuse_in_use(now, id),
        };
        assert_eq!(verdict, Ok(()));
        assert!(server.is_over() && !server.is_logged_in());
        assert_eq!((sent(&mut server).as_str(), server.poll_timeout()), ("", None));
    }
}

/// What has no end would take the next event's headers for its own.
#[test]
fn half_an_event_is_not_passed_on() {
    let (mut server, _) = logged_in(Classes::ALL);
    let mut decoder = Decoder::new(Limits::new().lines(3)).with_framing(ami_proto::Framing::PLAIN);
    decoder.push(b"Event: A\r\nPrivilege: call,all\r\nB: 1\r\nC: 2\r\n\r\n");
    decoder.next_frame().unwrap_err();
    let head = decoder.skip_frame().unwrap();
    assert!(head.get("Privilege").is_some());
    assert!(!server.forward(head) && ami_proto::server::EncodedEvent::from_frame(head).is_none());
    assert_eq!(sent(&mut server), "");
    for end in ["\r\n", "\n"] {
        let text = format!("Event: A{end}Privilege: call,all{end}{end}");
        let mut decoder = Decoder::new(Limits::new()).with_framing(ami_proto::Framing::PLAIN);
        decoder.push(text.as_bytes());
        assert!(server.forward(decoder.next_frame().unwrap().unwrap()));
        assert_eq!(sent(&mut server), text);
    }
}

/// Nothing of what is given ends a line.
#[test]
fn an_encoded_event_is_one_event() {
    use ami_proto::server::EncodedEvent;
    let made = |name: &str, header: &str, value: &str| EncodedEvent::new(Classes::CALL, name, [(header, value)]);
    for bad in ["x\r\nSecret: y", "x\n", "x\r", "x\0"] {
        assert!(
            made(bad, "a", "b").is_err() && made("a", bad, "b").is_err() && made("a", "b", bad).is_err(),
            "{bad:?}"
        );
    }
    for name in ["Event", "event", "Privilege", "", "a:b"] {
        assert!(made("A", name, "b").is_err(), "{name:?}");
    }
}
