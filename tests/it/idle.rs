//! Invariant: of ten thousand idle sessions none takes more than a KiB beyond its receive buffer; a
//! keep-alive allocates nothing, nor does a poll, however many requests await their answers. That a
//! poll looks at one deadline only is held by the tests of `src/conn/deadlines.rs`.

use ami_proto::action::{CoreStatus, FaxStats, Originate, Ping, Queues, Status};
use ami_proto::client::{AtCeiling, Client, ClientEvent, Config, Credentials, Id};
use ami_proto::conn::Machine as _;
use ami_proto::value::Classes;
use ami_proto::{Decoder, Limits};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::peer::{Peer, quiet};
use ami_testkit::heap::{allocations, held_by};

const SESSIONS: usize = 10_000;

/// The `ActionID` of the only request that waits for transmission, which is then transmitted.
fn transmit(client: &mut Client) -> ([u8; 32], usize) {
    let (mut id, mut len) = ([0; 32], 0);
    while let Some(bytes) = client.poll_transmit() {
        let at = bytes.windows(10).position(|part| part == b"ActionID: ").unwrap() + 10;
        let end = bytes[at..].iter().position(|byte| *byte == b'\r').unwrap();
        id[..end].copy_from_slice(&bytes[at..at + end]);
        len = end;
        let n = bytes.len();
        client.transmitted(n);
    }
    (id, len)
}

fn feed(client: &mut Client, now: Instant, pieces: &[&[u8]]) {
    for piece in pieces {
        assert_eq!(client.handle_input(now, piece), piece.len());
    }
}

const BOOTED: &[u8] =
    b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 100\r\nLastReload: 100\r\nStatus: Fully Booted\r\n\r\n";

fn log_in(config: &Arc<Config>, now: Instant) -> Client {
    let mut client = Client::new(Arc::clone(config));
    client.login(now, Credentials::plain("monitor", "a secret of some length")).unwrap();
    feed(&mut client, now, &[b"Asterisk Call Manager/11.0.0\r\n"]);
    assert!(matches!(client.poll_event(), Ok(Some(ClientEvent::Connected(_)))));
    let (id, len) = transmit(&mut client);
    feed(
        &mut client,
        now,
        &[b"Response: Success\r\nActionID: ", &id[..len], b"\r\nMessage: Authentication accepted\r\n\r\n", BOOTED],
    );
    while let Some(event) = client.poll_event().unwrap() {
        assert!(!matches!(event, ClientEvent::Unclaimed { .. }));
    }
    assert!(client.is_logged_in());
    client
}

#[test]
fn ten_thousand_sessions_hold_what_they_should() {
    let idle = Duration::from_secs(60);
    let config = Arc::new(Config::new().keep_alive(idle, Duration::from_secs(10)).await_booted(Duration::from_secs(5)));
    let mut now = Instant::now();
    let (mut clients, held) = held_by(|| (0..SESSIONS).map(|_| log_in(&config, now)).collect::<Vec<Client>>());
    // What the receive buffer takes that has had the same bytes in the same pieces.
    let (decoder, buffer) = held_by(|| {
        let mut decoder = Decoder::new(Limits::new());
        for piece in [
            &b"Asterisk Call Manager/11.0.0\r\n"[..],
            b"Response: Success\r\nActionID: ",
            b"0123456789-1",
            b"\r\nMessage: Authentication accepted\r\n\r\n",
            BOOTED,
        ] {
            decoder.push(piece);
        }
        decoder
    });
    drop(decoder);
    let each = held.div_ceil(SESSIONS) - buffer;
    println!("{each} bytes a session, {} of them in itself, and {buffer} of receive buffer", size_of::<Client>());
    assert!(each <= 1024, "{each} bytes a session");

    // Nor does it take more for having asked something, once that is answered.
    let client = &mut clients[0];
    let (_, more) = held_by(|| {
        client.send(now, &Ping::new()).unwrap();
        let (id, len) = transmit(client);
        feed(client, now, &[b"Response: Success\r\nActionID: ", &id[..len], b"\r\nPing: Pong\r\n\r\n"]);
        assert!(matches!(client.poll_event(), Ok(Some(ClientEvent::Ended { .. }))));
        assert!(client.poll_event().unwrap().is_none());
    });
    assert_eq!(more, 0);

    // Nobody has anything to do until a minute has passed.
    assert!(clients.iter().all(|client| client.poll_timeout() == Some(now + idle)));
    now += idle;
    for round in 0..3 {
        let before = allocations();
        for client in &mut clients {
            client.handle_timeout(now);
            let (id, len) = transmit(client);
            assert!(len > 0);
            feed(
                client,
                now,
                &[
                    b"Response: Success\r\nActionID: ",
                    &id[..len],
                    b"\r\nPing: Pong\r\nTimestamp: 1795225606.123456\r\n\r\n",
                ],
            );
            assert!(client.poll_event().unwrap().is_none());
            assert_eq!(client.poll_timeout(), Some(now + idle));
        }
        let allocated = allocations() - before;
        assert_eq!(allocated, 0, "in round {round}");
        now += idle;
    }
}

#[test]
fn polls_of_a_waiting_client_allocate_nothing() {
    let config =
        Arc::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)).max_in_flight(1000));
    let now = Instant::now();
    let mut client = log_in(&config, now);
    for _ in 0..900 {
        client.send_within(now, &Ping::new(), Duration::from_secs(5)).unwrap();
    }
    let before = allocations();
    for second in 0..5 {
        let now = now + Duration::from_secs(second);
        client.handle_timeout(now);
        assert!(client.poll_event().unwrap().is_none());
        assert_eq!(client.read_timeout(now), Some(Duration::from_secs(5 - second)));
    }
    assert_eq!(allocations() - before, 0);
}

/// Bytes of capacity that an outbox keeps, and what the rest of a session may need besides.
const KEPT: usize = (1 << 16) + (1 << 13);

/// Seven megabytes went to the server at once; then it only sends events.
#[test]
fn a_client_gives_back_what_giant_requests_needed() {
    let mut peer = Peer::ready(Config::new());
    let action = (0..100).fold(Originate::new("Local/1").application("Wait"), |action, number| {
        action.variable(format!("v{number}"), "x".repeat(900))
    });
    let ((), grown) = held_by(|| {
        for _ in 0..80 {
            peer.client.send(peer.now, &action).unwrap();
        }
        assert!(peer.client.held() > 7_000_000);
        assert_eq!(peer.sent().len(), 80);
        peer.sent = String::new();
        for id in std::mem::take(&mut peer.ids) {
            let answer = format!("Response: Success\r\nActionID: {id}\r\n\r\n");
            assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
            assert_eq!(peer.events(), ["reply"]);
        }
        assert_eq!((peer.client.held(), peer.client.open()), (0, 0));
        for _ in 0..400 {
            let event = b"Event: Reload\r\nPrivilege: system,all\r\n\r\n";
            assert_eq!(peer.client.handle_input(peer.now, event), event.len());
            assert_eq!(peer.events(), ["event Reload"]);
        }
    });
    assert!(grown <= KEPT, "{grown} bytes are kept");
}

/// Seven megabytes of events went to a client at once, then small ones.
#[test]
fn a_server_gives_back_what_giant_events_needed() {
    use crate::server::{logged_in, sent};
    use ami_proto::value::Classes;
    let (mut server, _) = logged_in(Classes::ALL);
    let ((), grown) = held_by(|| {
        for (size, times) in [(70_000, 1), (10, 400)] {
            for _ in 0..times {
                let repeated = if size > 10 { 100 } else { 1 };
                for _ in 0..repeated {
                    let fields = [("Text", "x".repeat(size))];
                    server.event(Classes::USER, "UserEvent", fields).unwrap();
                }
                assert_eq!(server.held(), server.unsent());
                assert!(sent(&mut server).len() > size * repeated);
            }
        }
        assert_eq!(server.held(), 0);
    });
    assert!(grown <= KEPT, "{grown} bytes are kept");
}

/// A connection with a request for each way to end, eight of them collected; all that it has held
/// is given back. Says how many requests it was.
fn each_ending(peer: &mut Peer) -> usize {
    fn say(peer: &mut Peer, text: &str) -> Vec<String> {
        let mut text = text.to_owned();
        for (number, id) in peer.ids.iter().enumerate().rev() {
            text = text.replace(&format!("${number}"), id);
        }
        assert_eq!(peer.client.handle_input(peer.now, text.as_bytes()), text.len());
        peer.events()
    }
    let item = "Event: Status\r\nActionID: $0\r\n\r\n";
    let end = "Event: StatusComplete\r\nActionID: $0\r\nEventList: Complete\r\n\r\n";
    let response = |end: &str| format!("Response: Success\r\nActionID: $0\r\n{end}\r\n");
    let start = response("EventList: start\r\n");
    let call = Originate::new("Local/1").application("Wait").asynchronous(true);
    let answers = [
        (0, 0, response("CoreCurrentCalls: 0\r\n"), "reply"),
        (0, 0, "Response: Error\r\nActionID: $0\r\n\r\n".to_owned(), "refused"),
        (1, 0, format!("{start}{item}{item}{end}"), "list 2"),
        (1, 3, format!("{start}{item}{item}{end}"), "list 2"),
        (1, 1, format!("{start}{item}{item}"), "overflowed"),
        (1, 3, format!("{start}{item}Response: Error\r\nActionID: $0\r\n\r\n"), "refused"),
        (2, 3, response("") + "Event: OriginateResponse\r\nActionID: $0\r\n\r\n", "outcome OriginateResponse"),
        (3, 3, "a\r\n\r\nResponse: Success\r\nActionID: $1\r\n\r\n".to_owned(), "end of text 1"),
        (
            4,
            3,
            response("Message: event will follow\r\n") + "Event: FAXStats\r\nActionID: $0\r\n\r\n",
            "outcome FAXStats",
        ),
        (0, 0, response(&"X: 1\r\n".repeat(70)), "oversized Success: Lines"),
        (1, 3, format!("{start}{item}"), "timed out Started { items: 1 }"),
        (1, 3, format!("{start}{item}"), "cancelled"),
        (1, 3, format!("{start}{item}"), "lost Started { items: 1 }"),
    ];
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    assert_eq!(say(peer, "Response: Success\r\nActionID: $0\r\n\r\n"), ["logged in", "ready"]);
    for (action, collect, answer, ending) in &answers {
        peer.ids.clear();
        let now = peer.now;
        let id: Id = match action {
            0 => peer.client.send(now, &CoreStatus::new()).unwrap().into(),
            1 => peer.client.send(now, &Status::new()).unwrap().into(),
            2 => peer.client.send(now, &call).unwrap().into(),
            3 => peer.client.send(now, &Queues::new()).unwrap().into(),
            _ => peer.client.send(now, &FaxStats::new()).unwrap().into(),
        };
        peer.sent();
        if *collect > 0 {
            peer.client.collect(id, *collect).unwrap();
        }
        let mut told = say(peer, answer);
        match *ending {
            "timed out Started { items: 1 }" => told.extend(peer.pass(Duration::from_secs(30))),
            "cancelled" => {
                assert!(peer.client.cancel(id));
                told.extend(peer.events());
            }
            "lost Started { items: 1 }" => {
                told.extend(peer.eof());
                assert_eq!(told.pop().as_deref(), Some("over: the peer closed the connection"));
            }
            _ => {}
        }
        assert_eq!(told.last().map(String::as_str), Some(*ending));
        assert_eq!(told.iter().filter(|told| *told == ending).count(), 1, "{told:?}");
        let items = answer.matches(item).count().min(*collect);
        assert_eq!(peer.client.take_items(id).len(), items, "{ending}");
        assert_eq!((peer.client.open(), peer.client.held_items()), (0, 0), "{ending}");
        if !peer.client.is_over() {
            assert_eq!(peer.client.held(), 0, "{ending}");
        }
    }
    assert_eq!(peer.client.reconnect().unwrap().unanswered.len(), 1);
    (peer.error, peer.ids) = (None, Vec::new());
    assert_eq!(peer.client.held(), 0);
    answers.len()
}

/// A hundred thousand requests later a client takes up what it took up after ten thousand.
#[test]
fn a_hundred_thousand_endings() {
    let mut peer = Peer::new(Config::new().at_ceiling(AtCeiling::FailList).limits(Limits::new().lines(64)));
    let mut run = |requests: usize| {
        let mut ended = 0;
        while ended < requests {
            ended += each_ending(&mut peer);
        }
    };
    let ((), some) = held_by(|| run(10_000));
    let ((), more) = held_by(|| run(90_000));
    assert!(some < 4096, "{some} bytes are kept after ten thousand requests");
    assert_eq!(more, 0, "bytes are kept of ninety thousand more");

    // Outcomes that the mask keeps away.
    let mut peer = Peer::ready(quiet().events(Classes::NONE));
    let mut run = |requests: usize| {
        for _ in 0..requests {
            peer.send(&Originate::new("Local/1").application("Wait").asynchronous(true));
            assert_eq!(peer.feed("Response: Success\r\nActionID: $0\r\n\r\n"), ["unseen"]);
            peer.ids.clear();
        }
    };
    run(10_000);
    assert_eq!(held_by(|| run(20_000)).1, 0, "bytes are kept of requests whose outcome is not seen");
}
