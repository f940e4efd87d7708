//! Invariant: the hook is told each frame that comes or goes, each change of the stage with its
//! reason, and each limit that is met, as one masked line each; it changes nothing, and one that
//! looks at nothing allocates nothing.

use ami_proto::Limits;
use ami_proto::action::{CoreStatus, Events, Originate, Ping, Queues, SetVar, Status};
use ami_proto::client::{self, AtCeiling, Client, Credentials};
use ami_proto::conn::Trace;
use ami_proto::event::EventSet;
use ami_proto::freeswitch::{self, Connection, ConnectionEvent, Message};
use ami_proto::server::{self, Server, ServerEvent};
use ami_proto::testing::{ByteScript, Link};
use ami_proto::value::Classes;
use ami_testkit::heap::allocations;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::peer::Peer;

/// The lines that a hook was told.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn hook(&self) -> impl FnMut(Trace<'_>) + Send + Sync + 'static {
        let lines = Arc::clone(&self.0);
        move |trace| {
            assert_eq!(trace.to_string(), format!("{trace:?}"));
            lines.lock().expect("it only pushes").push(trace.to_string());
        }
    }

    /// The lines since the last look.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("it only pushes"))
    }
}

/// Gives each side what the other has to transmit, and keeps that in `wire`, until nothing moves.
fn talk(client: &mut Client, server: &mut Server, now: Instant, wire: &mut Vec<u8>) -> Vec<&'static str> {
    let mut told = Vec::new();
    loop {
        while let Some(event) = client.poll_event().expect("a server that keeps the rules") {
            told.push(event.kind());
        }
        while let Some(event) = server.poll_event().expect("a client that keeps the rules") {
            match event {
                ServerEvent::Login { id, attempt } if attempt.verify("s3cret") => {
                    server.accept(id, Classes::ALL).unwrap()
                }
                ServerEvent::Login { id, .. } => server.refuse(now, id).unwrap(),
                ServerEvent::Request { id, .. } => server.respond(id, "Success", [("Secret", "0ther")]).unwrap(),
                _ => {}
            }
        }
        let mut moved = false;
        if let Some(bytes) = client.poll_transmit() {
            wire.extend_from_slice(bytes);
            let taken = server.handle_input(now, bytes);
            client.transmitted(taken);
            moved |= taken > 0;
        }
        if let Some(bytes) = server.poll_transmit() {
            wire.extend_from_slice(bytes);
            let taken = client.handle_input(now, bytes);
            server.transmitted(taken);
            moved |= taken > 0;
        }
        if !moved {
            return told;
        }
    }
}

/// The values of these headers in what went over the wire.
fn values<'a>(wire: &'a str, names: &[&str]) -> Vec<&'a str> {
    wire.lines()
        .filter_map(|line| line.split_once(": ").filter(|(name, _)| names.contains(name)).map(|(_, value)| value))
        .collect()
}

#[test]
fn a_session_shows_no_secret() {
    for credentials in [Credentials::plain("u", "s3cret"), Credentials::md5("u", "s3cret")] {
        let (now, ours, theirs) = (Instant::now(), Log::default(), Log::default());
        let mut client = Client::new(client::Config::new()).seeded(1).traced(ours.hook());
        let mut server = Server::new(now, server::Config::new()).with_challenge(123_456_789).traced(theirs.hook());
        let mut wire = Vec::new();
        client.login(now, credentials).unwrap();
        talk(&mut client, &mut server, now, &mut wire);
        assert!(client.is_logged_in());
        client.send(now, &SetVar::new("PIN", "0ther")).unwrap();
        client.send(now, &Originate::new("Local/1").exten("1").variable("password", "0ther")).unwrap();
        client.send(now, &Queues::new()).unwrap();
        server.event(Classes::CALL, "VarSet", [("Variable", "PIN"), ("Value", "0ther")]).unwrap();
        server.event(Classes::CALL, "Hangup", [("Channel", "sip:u:0ther@h\u{1b}[2J")]).unwrap();
        talk(&mut client, &mut server, now, &mut wire);
        client.close(now);
        assert_eq!(talk(&mut client, &mut server, now, &mut wire).last(), Some(&"closed"));

        let wire = String::from_utf8(wire).unwrap();
        let secrets = values(&wire, &["Secret", "Key"]);
        assert!(secrets.len() >= 4 && secrets.contains(&"0ther"), "{wire}");
        let (ours, theirs) = (ours.take(), theirs.take());
        for line in ours.iter().chain(&theirs) {
            assert!(!secrets.iter().chain(&["s3cret", "0ther"]).any(|secret| line.contains(secret)), "{line}");
            assert!(!line.contains(char::is_control) && line.len() < 1100, "{line}");
        }
        // Each frame of either direction is told once by either side, but for the greeting, which
        // was written before the server had a hook.
        let frames = wire.matches("\r\n\r\n").count();
        let told = |lines: &[String], verb: &str| lines.iter().filter(|line| line.starts_with(verb)).count();
        assert_eq!(told(&ours, "received ") + told(&ours, "sent "), frames + 1, "{ours:#?}");
        assert_eq!(told(&theirs, "received ") + told(&theirs, "sent "), frames, "{theirs:#?}");
        assert_eq!(ours[1], "received banner \"Asterisk Call Manager/11.0.0\"");
        let stages: Vec<&str> = ours.iter().filter_map(|line| line.strip_prefix("stage ")).collect();
        let login = stages[2..stages.len() - 4].to_vec();
        let login = login.iter().map(|line| line.split(':').next().unwrap()).collect::<Vec<_>>();
        let expected: &[&str] = if secrets.contains(&"s3cret") {
            &["greeted to login"]
        } else {
            &["greeted to challenge", "challenge to login"]
        };
        assert_eq!(login, expected, "{stages:#?}");
        assert_eq!(
            stages[stages.len() - 4..],
            [
                "login to booting: the server has accepted it",
                "booting to ready: its time is up, or needs none",
                "ready to closing: the program closes",
                "closing to over: the server has accepted it",
            ]
        );
        let stages: Vec<&str> = theirs.iter().filter_map(|line| line.strip_prefix("stage ")).collect();
        assert_eq!(
            stages,
            [
                "new to asked: a login has come",
                "asked to ready: the embedder has accepted the login",
                "ready to over: the client says goodbye",
            ]
        );
    }
}

/// Tells why a connection ended, and what is asked again after it.
#[test]
fn the_end_and_the_next_beginning() {
    let log = Log::default();
    let config =
        client::Config::new().await_greeting(false).keep_alive(Duration::from_secs(60), Duration::from_secs(10));
    let mut peer = Peer::of(Client::new(config).traced(log.hook()));
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    peer.send(&Events::new("call"));
    let events = peer.ids[1].clone();
    peer.feed("Response: Success\r\nActionID: $1\r\n\r\n");
    log.take();
    peer.pass(Duration::from_secs(60));
    peer.sent();
    let ping = format!("sent action Ping ActionID=\"{}\"", peer.ids[2]);
    assert_eq!(log.take(), [ping]);
    peer.pass(Duration::from_secs(10));
    assert_eq!(log.take(), ["stage ready to over: no sign of life from the peer"]);
    peer.client.reconnect().unwrap();
    assert_eq!(
        log.take(),
        ["stage over to new: the program connects again", "stage new to greeted: the server has greeted, or need not",]
    );
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    let lines = log.take();
    assert!(lines[0].contains(r#" Events="call""#) && !lines[0].contains(&events), "{lines:?}");
    peer.error = None;
    peer.eof();
    assert_eq!(log.take(), ["stage login to over: the peer closed the connection"]);

    let log = Log::default();
    let mut client = Client::new(client::Config::new()).traced(log.hook());
    client.login(Instant::now(), Credentials::plain("u", "s3cret")).unwrap();
    assert_eq!(client.handle_input(Instant::now(), b"SSH-2.0-OpenSSH_9.6"), 19);
    client.poll_event().unwrap_err();
    let lines = log.take();
    assert_eq!(lines[0], "stage new to greeting: the program logs in");
    assert!(lines[1].starts_with("stage greeting to over: the peer speaks SSH"), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

/// Told as a limit, since it is no frame that was received.
#[test]
fn a_frame_that_is_skipped() {
    let log = Log::default();
    let config = client::Config::new().await_greeting(false).limits(ami_proto::Limits::new().lines(4));
    let mut peer = Peer::of(Client::new(config).traced(log.hook()));
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    log.take();
    peer.feed(&format!("Event: A\r\n{}\r\n", "Secret: s3cret\r\n".repeat(9)));
    let lines = log.take();
    assert!(lines.len() == 1 && lines[0].starts_with("limit: ") && !lines[0].contains("s3cret"), "{lines:?}");

    let mut connection =
        Connection::new(freeswitch::Config::new().limits(freeswitch::LIMITS.frame(99))).traced(log.hook());
    let now = Instant::now();
    connection.connect(now).unwrap();
    let sent = connection.poll_transmit().unwrap().len();
    connection.transmitted(sent);
    let input = "Content-Type: command/reply\nReply-Text: +OK\n\nContent-Type: log/data\nContent-Length: 200\n\n";
    assert_eq!(connection.handle_input(now, input.as_bytes()), input.len());
    while let Ok(Some(_)) = connection.poll_event() {}
    let lines = log.take();
    assert!(lines.last().unwrap().starts_with("limit: "), "{lines:?}");
}

#[test]
fn limits_that_are_met() {
    for (policy, told) in [
        (AtCeiling::StopReading, "limit: no room for the next item of request 4: nothing is read until there is"),
        (AtCeiling::FailList, "limit: no room for the next item of request 4, which fails"),
    ] {
        let log = Log::default();
        let config = client::Config::new().await_greeting(false).max_in_flight(1).at_ceiling(policy);
        let mut peer = Peer::of(Client::new(config).traced(log.hook()));
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        peer.feed("A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
        peer.ids.clear();
        peer.send(&Ping::new());
        log.take();
        let refused = peer.client.send(peer.now, &Ping::new()).unwrap_err();
        assert_eq!(log.take(), [format!("limit: {refused}")]);
        peer.feed("Response: Success\r\nActionID: $0\r\n\r\n");
        log.take();
        peer.client.send(peer.now, &Originate::new("\n")).unwrap_err();
        assert_eq!(log.take(), [""; 0], "a mistake is no limit");
        let list = peer.send(&Status::new());
        peer.client.collect(list, 1).unwrap();
        peer.feed("Response: Success\r\nActionID: $1\r\nEventList: start\r\n\r\n");
        let item = "Event: Status\r\nActionID: $1\r\n\r\n";
        peer.feed(&item.repeat(2));
        let lines = log.take();
        assert_eq!(lines.iter().filter(|line| line.starts_with("limit")).collect::<Vec<_>>(), [told]);
        let received = lines.iter().filter(|line| line.starts_with("received event Status")).count();
        peer.client.take_items(list);
        peer.events();
        let again = log.take().len();
        assert_eq!((received, again), (2, 0), "an item that has waited is not told again");
    }

    let (now, log) = (Instant::now(), Log::default());
    let mut server = Server::new(now, server::Config::new().fully_booted(false).max_open(1)).traced(log.hook());
    let text = b"Action: Login\r\n\r\nAction: Ping\r\n\r\nAction: Ping\r\n\r\n";
    assert_eq!(server.handle_input(now, text), text.len());
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("no login") };
    server.accept(id, Classes::ALL).unwrap();
    let Ok(Some(ServerEvent::Request { id, .. })) = server.poll_event() else { panic!("no request") };
    log.take();
    for _ in 0..3 {
        assert!(matches!(server.poll_event(), Ok(None)));
    }
    assert_eq!(log.take(), ["limit: 1 requests are open: no further one is handed out"]);
    server.respond::<&str, &str>(id, "Success", []).unwrap();
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Request { .. }))));
    assert_eq!(log.take(), ["sent response Success", "received action Ping"]);
    server.raw(b"a line");
    server.handle_eof(now);
    assert_eq!(log.take(), ["sent 6 bytes that are no frame"]);
}

/// A frame that is skipped is told by its first lines, with the limit; one that ends the connection
/// by its error.
#[test]
fn frames_over_a_limit() {
    let log = Log::default();
    let config = client::Config::new().await_greeting(false).limits(Limits::new().lines(8));
    let mut peer = Peer::of(Client::new(config).traced(log.hook()));
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    log.take();
    let long = "a: b\r\n".repeat(8);
    let event = format!("Event: Odd\r\nPrivilege: call,all\r\nSecret: s3cret\r\n{long}\r\n");
    assert_eq!(peer.feed(&event), ["oversized Odd: Lines"]);
    peer.send(&Ping::new());
    assert_eq!(peer.feed(&format!("Response: Success\r\nActionID: $1\r\n{long}\r\n")), ["oversized Success: Lines"]);
    let lines = log.take();
    let pairs = r#" a="b""#;
    let id = &peer.ids[1];
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let head = format!(r#"limit: skipped event Odd Privilege="call,all" Secret="***"{}: frame"#, pairs.repeat(5));
    assert!(lines[0].starts_with(&format!("{head} with more than the limit of 8 lines")), "{lines:#?}");
    let head = format!(r#"limit: skipped response Success ActionID="{id}"{}: frame"#, pairs.repeat(6));
    assert!(lines[2].starts_with(&head), "{lines:#?}");
    // One that may belong to any request is not skipped: the connection is over.
    peer.send(&Ping::new());
    log.take();
    peer.feed(&format!("Response: Success\r\n{long}\r\n"));
    let lines = log.take();
    assert!(lines.len() == 1 && lines[0].starts_with("stage ready to over: frame with more than"), "{lines:#?}");

    let log = Log::default();
    let config = freeswitch::Config::new().limits(freeswitch::LIMITS.frame(200));
    let mut connection = Connection::new(config).seeded(1).traced(log.hook());
    let now = Instant::now();
    connection.login(now, freeswitch::Credentials::password("ClueCon")).unwrap();
    let mut told = Vec::new();
    let body = "x".repeat(300);
    for (bytes, kind) in [
        ("Content-Type: auth/request\n\n".to_owned(), ""),
        ("Content-Type: command/reply\nReply-Text: +OK accepted\n\n".to_owned(), "logged-in"),
        (format!("Content-Type: log/data\nContent-Length: 300\n\n{body}"), "oversized"),
        (format!("Content-Type: api/response\nContent-Length: 300\n\n{body}"), "ended"),
    ] {
        if kind == "ended" {
            connection.api(now, "status").unwrap();
        }
        while let Some(n) = connection.poll_transmit().map(<[u8]>::len) {
            connection.transmitted(n);
        }
        assert_eq!(connection.handle_input(now, bytes.as_bytes()), bytes.len());
        while let Some(event) = connection.poll_event().unwrap() {
            told.push(event.kind());
            assert_eq!(event.kind(), kind);
        }
    }
    assert_eq!(told, ["logged-in", "oversized", "ended"]);
    let lines = log.take();
    let skipped: Vec<_> = lines.iter().filter(|line| line.starts_with("limit")).collect();
    assert_eq!(skipped.len(), 2, "{lines:#?}");
    let error = "frame longer than the limit of 200 bytes";
    assert!(skipped[0].starts_with(&format!(r#"limit: skipped log/data Content-Length="300": {error}"#)), "{lines:#?}");
    assert!(skipped[1].starts_with(&format!(r#"limit: skipped api/response Content-Length="300": {error}"#)));

    // A server skips none.
    let log = Log::default();
    let config = server::Config::new().limits(Limits::new().lines(8));
    let mut server = Server::new(now, config).traced(log.hook());
    let text = format!("Action: Login\r\n{long}\r\n");
    assert_eq!(server.handle_input(now, text.as_bytes()), text.len());
    server.poll_event().unwrap_err();
    let lines = log.take();
    assert!(lines.len() == 1 && lines[0].starts_with("stage new to over: frame with more than"), "{lines:#?}");
}

#[test]
fn a_connection_of_freeswitch_is_traced() {
    let log = Log::default();
    let ok = |more: &str| format!("Content-Type: command/reply\nReply-Text: +OK {more}\n\n");
    let mut server = ByteScript::new("Content-Type: auth/request\n\n")
        .on("auth ClueCon\n\n", ok("accepted"))
        .on("event plain BACKGROUND_JOB\n\n", ok("event listener enabled"))
        .on("\n\n", ok("Job-UUID: 1"));
    let mut link = Link::new();
    let config = freeswitch::Config::new().max_in_flight(1);
    let mut connection = Connection::new(config).seeded(1).traced(log.hook());
    connection.login(link.now(), freeswitch::Credentials::password("ClueCon")).unwrap();
    let mut lost = false;
    while !lost && link.turn(&mut connection, &mut server) {
        loop {
            match connection.poll_event() {
                Ok(Some(ConnectionEvent::LoggedIn(_))) => {
                    connection.bgapi(link.now(), "conference room pin 4711").unwrap();
                    connection.send(link.now(), &Message::new("noevents")).unwrap_err();
                }
                Ok(Some(ConnectionEvent::Started { .. })) => connection.handle_eof(link.now()),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => {
                    lost = true;
                    break;
                }
            }
        }
    }
    connection.reconnect().unwrap();
    let lines = log.take();
    assert!(!lines.iter().any(|line| line.contains("ClueCon") || line.contains("4711")), "{lines:#?}");
    let starts = [
        "stage new to greeting: the program logs in",
        "received auth/request",
        "stage greeting to greeted: the server asks for the password",
        "sent command auth ***",
        "stage greeted to login: the program logs in",
        "received command/reply Reply-Text=\"+OK accepted\"",
        "stage login to ready: the login was accepted",
        "sent command event plain BACKGROUND_JOB",
        "sent command bgapi conference room pin ***",
        "limit: ",
        "received command/reply Reply-Text=\"+OK event listener enabled\"",
        "received command/reply ",
        "stage ready to over: the peer closed the connection",
        "stage over to new: the program connects again",
    ];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}\n{start}");
    }
}

/// A client tells as much with a hook as without; the hook is told of unwanted events too.
#[test]
fn a_hook_changes_nothing() {
    let log = Log::default();
    let config = client::Config::new().await_greeting(false).interest(EventSet::NONE.with_name("Wanted"));
    let stream = "A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\nEvent: Other\r\nPrivilege: call,all\r\n\r\n\
        Event: Wanted\r\n\r\nResponse: Success\r\n\r\nodd\r\n\r\n";
    let run = |client: Client| {
        let mut peer = Peer::of(client);
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        peer.feed(stream)
    };
    let told = run(Client::new(config.clone()));
    assert_eq!(run(Client::new(config).traced(log.hook())), told);
    assert!(log.take().contains(&r#"received event Other Privilege="call,all""#.to_owned()));
}

/// A line that a log leaves out costs no memory.
#[test]
fn a_hook_that_looks_at_nothing_allocates_nothing() {
    let run = |traced: bool| {
        let mut client = Client::new(client::Config::new().await_greeting(false)).seeded(7);
        if traced {
            client = client.traced(|_| {});
        }
        let mut peer = Peer::of(client);
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        peer.feed("A/1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
        let before = allocations();
        for _ in 0..10 {
            peer.client.send(peer.now, &CoreStatus::new()).unwrap();
            let event = b"Event: Hangup\r\nChannel: PJSIP/1\r\n\r\n";
            assert_eq!(peer.client.handle_input(peer.now, event), event.len());
            while peer.client.poll_event().unwrap().is_some() {}
        }
        peer.eof();
        allocations() - before
    };
    assert_eq!(run(true), run(false));
}
