//! Invariant: ten thousand idle sessions take at most 1 KiB each beyond their receive buffers; a keep-alive allocates nothing; a poll costs the same however many sessions there are.
#![allow(clippy::pedantic, clippy::type_complexity)]
#![cfg(feature = "std")]

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
    // What a reader of the same bytes takes on the heap: its buffer, and the index of its lines.
    let (decoder, reader) = heap(|| {
        let mut decoder = Decoder::new(Limits::new());
        for piece in [&b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: 0123456789-1\r\nMessage: Authentication accepted\r\n\r\n"[..], BOOTED] {
            decoder.push(piece);
            while decoder.next_frame().unwrap().is_some() {}
        }
        decoder
    });
    drop(decoder);
    let each = held.div_ceil(SESSIONS);
    println!(
        "{each} bytes a session: {} in itself, {reader} on the heap to read, {} else",
        size_of::<Client>(),
        each - size_of::<Client>() - reader
    );
    assert!(each - reader <= 1024, "{each} bytes a session, of which {reader} to read");

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

/// A poll looks at nothing but its own session; this is the figure for the record.
#[test]
fn polls() {
    let config = Arc::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    let now = Instant::now();
    let nanos = |sessions: usize| {
        let mut clients: Vec<Client> = (0..sessions).map(|_| log_in(&config, now)).collect();
        let rounds = 20_000 / sessions;
        let start = Instant::now();
        for _ in 0..rounds {
            for client in &mut clients {
                assert!(client.poll_event().unwrap().is_none() && client.poll_timeout().is_some());
            }
        }
        start.elapsed().as_nanos() as usize / (rounds * sessions)
    };
    println!("a poll takes {} ns with 10 sessions, {} with {SESSIONS}", nanos(10), nanos(SESSIONS));
}
