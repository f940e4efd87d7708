//! Invariant: of ten thousand idle sessions none takes more than 640 bytes beyond its receive buffer and the index of that, which leaves 384 of a KiB for the index; a keep-alive allocates nothing, nor does a poll, however
//! many requests await their answers. That a poll looks at one deadline only is held by the tests of `client/deadlines.rs`.
#![allow(clippy::pedantic, clippy::type_complexity)]
#![cfg(feature = "std")]

use ami_proto::action::Ping;
use ami_proto::client::{Client, ClientEvent, Config, Credentials};
use ami_proto::{Decoder, Limits};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[allow(unsafe_code)]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        let _ = LIVE.try_with(|live| live.set(live.get() + layout.size()));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = LIVE.try_with(|live| live.set(live.get().saturating_sub(layout.size())));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SESSIONS: usize = 10_000;

fn heap<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.with(Cell::get);
    let made = run();
    (made, LIVE.with(Cell::get) - before)
}

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
    let (mut clients, held) = heap(|| (0..SESSIONS).map(|_| log_in(&config, now)).collect::<Vec<Client>>());
    // What a reader of the same bytes in the same pieces takes on the heap: its buffer, and the index of its lines.
    let (decoder, reader) = heap(|| {
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
        while decoder.next_frame().unwrap().is_some() {}
        decoder
    });
    drop(decoder);
    let each = held.div_ceil(SESSIONS);
    println!(
        "{each} bytes a session: {} in itself, {reader} on the heap to read, {} else",
        size_of::<Client>(),
        each - size_of::<Client>() - reader
    );
    assert!(each - reader <= 640, "{each} bytes a session, of which {reader} to read");

    // Nor does it take more for having asked something, once that is answered.
    let client = &mut clients[0];
    let (_, more) = heap(|| {
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
        let before = COUNT.with(Cell::get);
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
        let allocated = COUNT.with(Cell::get) - before;
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
    let before = COUNT.with(Cell::get);
    for second in 0..5 {
        let now = now + Duration::from_secs(second);
        client.handle_timeout(now);
        assert!(client.poll_event().unwrap().is_none());
        assert_eq!(client.wait(now), Some(Duration::from_secs(5 - second)));
    }
    assert_eq!(COUNT.with(Cell::get) - before, 0);
}
