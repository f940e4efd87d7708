//! Invariant: of ten thousand idle sessions none takes more than a KiB beyond its receive buffer; a keep-alive allocates nothing, nor does a poll, however many requests await their answers. That a poll looks at one
//! deadline only is held by the tests of `src/deadlines.rs`.

use ami_proto::action::Ping;
use ami_proto::client::{Client, ClientEvent, Config, Credentials};
use ami_proto::{Decoder, Limits};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::heap::{allocations, held_by};

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
    let (id, len) = transmit(&mut client);
    feed(
        &mut client,
        now,
        &[
            b"Asterisk Call Manager/11.0.0\r\n",
            b"Response: Success\r\nActionID: ",
            &id[..len],
            b"\r\nMessage: Authentication accepted\r\n\r\n",
            BOOTED,
        ],
    );
    while let Some(event) = client.poll_event().unwrap() {
        assert!(!matches!(event, ClientEvent::Unclaimed { .. }));
    }
    assert!(client.is_logged_in());
    client
}

#[test]
fn ten_thousand() {
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
fn polls() {
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
        assert_eq!(client.wait(now), Some(Duration::from_secs(5 - second)));
    }
    assert_eq!(allocations() - before, 0);
}
