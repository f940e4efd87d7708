//! Time per operation with n, 4n and 16n of something held or sent, for each path that must not
//! grow with it.
//!
//! `cargo bench --bench scaling` prints a table; nothing is asserted, for the clock of a busy
//! machine lies. The last column is how much dearer an operation is at 16n than at n: near 1, or
//! near the growth of a logarithm, is right; near 16 is quadratic. `cargo bench --bench scaling --
//! merg` takes the rows whose name has that word. A second table is of [`live`] channels, for which
//! the word is `live`. Under `cargo test --benches` each row runs once with few.

mod live;

use ami_proto::action::{Ping, QueueStatus, Queues};
use ami_proto::calls::{CallLimits, Tracker};
use ami_proto::client::{Client, Config, Credentials};
use ami_proto::event::Event;
use ami_proto::freeswitch as fs;
use ami_proto::freeswitch::list::List;
use ami_proto::http::Body;
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::sipxecs::Contact;
use ami_proto::value::Classes;
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::heap::Counting;
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One path: prepares for `n`, and says how long how many operations took.
type Row = (&'static str, usize, fn(usize) -> (usize, Duration));

const ROWS: &[Row] = &[
    ("client: send, many in flight", 1000, |n| client_sends(n).1),
    ("client: answers in order", 1000, |n| client_answers(n, |ids| _ = ids)),
    ("client: answers in random order", 1000, |n| client_answers(n, shuffle)),
    ("client: text, many in flight", 500, client_text),
    ("client: items without ActionID, many lists", 60, client_items),
    ("FreeSWITCH: send, many in flight", 1000, |n| fs_sends(n).1),
    ("FreeSWITCH: all time out", 1000, fs_times_out),
    ("FreeSWITCH: all cancelled", 1000, fs_cancels),
    ("server: answers in random order", 1000, server_answers),
    ("xml_list: attributes of an element", 500, xml_attributes),
    ("sipXecs: Contact::fields", 500, contact_fields),
    ("mxml: documents", 20, mxml_documents),
    ("calls: merging", 500, merging),
    ("calls: hangups of one call", 500, hanging_up),
    ("Debug of a long UpdateConfig", 500, debug_of_a_frame),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    if has("--list") {
        return;
    }
    let measured = has("--bench") && !has("--test");
    let words: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let rows = || ROWS.iter().filter(|(name, ..)| words.iter().all(|word| name.contains(word.as_str())));
    if measured && rows().next().is_some() {
        println!("CPU time of an operation, the fastest of 3 rounds\n");
        println!("{:44} {:>6} {:>10} {:>10} {:>10} {:>7}", "", "n", "n", "4n", "16n", "16n / n");
    }
    for (name, n, run) in rows() {
        if !measured {
            assert!(run(4).0 > 0, "{name}");
            continue;
        }
        let [one, four, sixteen] = [1, 4, 16].map(|times| fastest(*run, n * times));
        let nanoseconds = |time: f64| format!("{:.0} ns", time * 1e9);
        let [first, second, third] = [one, four, sixteen].map(nanoseconds);
        println!("{name:44} {n:6} {first:>10} {second:>10} {third:>10} {:7.1}", sixteen / one);
    }
    if words.iter().all(|word| *word == "live") {
        live::table(measured);
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of operations")]
fn fastest(run: fn(usize) -> (usize, Duration), n: usize) -> f64 {
    let rounds = (0..3).map(|_| run(n)).map(|(operations, time)| time.as_secs_f64() / operations as f64);
    rounds.fold(f64::INFINITY, f64::min)
}

/// What `run` takes of this thread's processor time, for so many operations.
fn timed(operations: usize, run: impl FnOnce()) -> (usize, Duration) {
    let before = thread_time();
    run();
    (operations, thread_time().saturating_sub(before))
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "the standard library has no clock for a thread's time")]
fn thread_time() -> Duration {
    /// A `timespec` as 64-bit Linux has it.
    #[repr(C)]
    struct Time {
        seconds: i64,
        nanoseconds: i64,
    }
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: *mut Time) -> i32;
    }
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = Time { seconds: 0, nanoseconds: 0 };
    // SAFETY: the pointer is to a whole `timespec` that lives until after the call.
    let result = unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0, "a clock that every Linux has");
    Duration::new(time.seconds.unsigned_abs(), u32::try_from(time.nanoseconds).expect("less than a second"))
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn thread_time() -> Duration {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn each(n: usize, text: impl FnMut(usize) -> String) -> String {
    (0..n).map(text).collect()
}

/// Puts a list in an order that is the same each time, and no order.
fn shuffle<T>(list: &mut [T]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for place in (1..list.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).expect("31 bits") % (place + 1);
        list.swap(place, other);
    }
}

// The client.

/// A client that is logged in and has no limits to speak of.
fn client() -> (Client, Instant) {
    let now = Instant::now();
    let all = usize::MAX >> 8;
    let limits = Limits::new().buffer(1 << 30);
    let mut client = Client::new(
        Config::new().limits(limits).max_in_flight(all).max_open(all).ceiling(all).max_items(0).await_greeting(false),
    )
    .seeded(1);
    client.login(now, Credentials::plain("u", "s")).expect("nothing to refuse");
    let id = ids(&sent(&mut client)).remove(0);
    client_takes(
        &mut client,
        now,
        &format!("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: {id}\r\n\r\n"),
    );
    (client, now)
}

fn sent(client: &mut Client) -> String {
    let sent = String::from_utf8_lossy(client.poll_transmit().unwrap_or_default()).into_owned();
    client.transmitted(sent.len());
    sent
}

fn ids(sent: &str) -> Vec<String> {
    sent.lines().filter_map(|line| line.strip_prefix("ActionID: ")).map(str::to_owned).collect()
}

fn client_takes(client: &mut Client, now: Instant, input: &str) {
    assert_eq!(client.handle_input(now, input.as_bytes()), input.len(), "a buffer that is large enough");
    while let Some(event) = client.poll_event().expect("a connection") {
        black_box(event);
    }
}

fn client_sends(n: usize) -> ((Client, Instant, Vec<String>), (usize, Duration)) {
    let (mut client, now) = client();
    let time = timed(n, || {
        for _ in 0..n {
            client.send(now, &Ping::new()).expect("a request");
            let bytes = client.poll_transmit().expect("a request").len();
            black_box(client.poll_timeout());
            black_box(bytes);
        }
    });
    let ids = ids(&sent(&mut client));
    ((client, now, ids), time)
}

fn client_answers(n: usize, order: fn(&mut [String])) -> (usize, Duration) {
    let ((mut client, now, mut ids), _) = client_sends(n);
    order(&mut ids);
    let answer = |id: &String| format!("Response: Success\r\nActionID: {id}\r\nPing: Pong\r\n\r\n");
    let answers: String = ids.iter().map(answer).collect();
    let time = timed(n, || client_takes(&mut client, now, &answers));
    assert_eq!(client.in_flight(), 0);
    time
}

/// Answers without a frame, with as many requests behind them.
fn client_text(n: usize) -> (usize, Duration) {
    let (mut client, now) = client();
    client.send(now, &Queues::new()).expect("a request");
    for _ in 0..n {
        client.send(now, &Ping::new()).expect("a request");
    }
    let text = "q has 0 calls\r\n\r\n".repeat(n);
    timed(n, || client_takes(&mut client, now, &text))
}

fn client_items(n: usize) -> (usize, Duration) {
    let (mut client, now) = client();
    for _ in 0..n {
        client.send(now, &QueueStatus::new()).expect("a request");
    }
    let ids = ids(&sent(&mut client));
    let follows = |id: &String| {
        format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\nMessage: Queue status will follow\r\n\r\n")
    };
    client_takes(&mut client, now, &ids.iter().map(follows).collect::<String>());
    let items = "Event: PeerEntry\r\n\r\n".repeat(1000);
    timed(1000, || client_takes(&mut client, now, &items))
}

// FreeSWITCH's event socket.

fn fs_takes(connection: &mut fs::Connection, now: Instant, input: &str) {
    assert_eq!(connection.handle_input(now, input.as_bytes()), input.len(), "a buffer that is large enough");
    while let Some(event) = connection.poll_event().expect("a connection") {
        black_box(event);
    }
}

fn fs_sends(n: usize) -> ((fs::Connection, Instant, Vec<fs::Id>), (usize, Duration)) {
    let now = Instant::now();
    let all = usize::MAX >> 8;
    let mut connection = fs::Connection::new(fs::Config::new().max_in_flight(all).ceiling(all)).seeded(1);
    connection.login(now, fs::Credentials::password("s")).expect("nothing to refuse");
    fs_takes(&mut connection, now, "Content-Type: auth/request\n\n");
    let bytes = connection.poll_transmit().expect("a login").len();
    connection.transmitted(bytes);
    fs_takes(&mut connection, now, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
    let mut ids = Vec::new();
    let time = timed(n, || {
        for _ in 0..n {
            ids.push(connection.api(now, "status").expect("a command"));
            black_box(connection.poll_timeout());
        }
    });
    let bytes = connection.poll_transmit().expect("commands").len();
    connection.transmitted(bytes);
    ((connection, now, ids), time)
}

fn fs_times_out(n: usize) -> (usize, Duration) {
    let ((mut connection, now, _), _) = fs_sends(n);
    timed(n, || {
        connection.handle_timeout(now + Duration::from_secs(3600));
        while let Ok(Some(event)) = connection.poll_event() {
            black_box(event);
        }
    })
}

fn fs_cancels(n: usize) -> (usize, Duration) {
    let ((mut connection, _, mut ids), _) = fs_sends(n);
    shuffle(&mut ids);
    timed(n, || {
        for id in ids {
            connection.cancel(id);
        }
        while let Ok(Some(event)) = connection.poll_event() {
            black_box(event);
        }
    })
}

// The server.

fn server_answers(n: usize) -> (usize, Duration) {
    let now = Instant::now();
    let config = server::Config::new().banner("").fully_booted(false).ceiling(1 << 30).max_open(usize::MAX >> 8);
    let mut server = Server::new(now, config.limits(Limits::new().buffer(1 << 30)));
    let mut requests: Vec<RequestId> = Vec::new();
    let mut input = "Action: Login\r\n\r\n".to_owned();
    for id in 0..n {
        write!(input, "Action: Ping\r\nActionID: {id}\r\n\r\n").expect("a string takes all");
    }
    let mut rest = input.as_bytes();
    loop {
        rest = &rest[server.handle_input(now, rest)..];
        match server.poll_event().expect("a session") {
            Some(ServerEvent::Login { id, .. }) => server.accept(id, Classes::ALL).expect("a login"),
            Some(ServerEvent::Request { id, .. }) => requests.push(id),
            Some(other) => _ = black_box(other),
            None if rest.is_empty() => break,
            None => {}
        }
    }
    assert_eq!(requests.len(), n);
    shuffle(&mut requests);
    timed(n, || {
        for id in requests {
            server.respond(id, "Success", [("Ping", "Pong")]).expect("an open request");
        }
    })
}

// Readers.

fn xml_attributes(n: usize) -> (usize, Duration) {
    let attributes = each(n, |number| format!(" a{number}=\"\""));
    let text = format!("<conferences><conference{attributes} /></conferences>");
    timed(n, || _ = black_box(List::from_xml(text.as_bytes())))
}

fn contact_fields(n: usize) -> (usize, Duration) {
    let text = format!("<contact-information><x{name}>{name}</contact-information>", name = "</x".repeat(n));
    timed(n, || {
        let contact = Contact::parse(&text).expect("contact information");
        black_box(contact.fields().count());
    })
}

fn mxml_documents(n: usize) -> (usize, Duration) {
    let xml = b"<ajax-response>\n<response type='object' id='unknown'><generic event='Hangup' cause_txt='Normal Clearing' /></response>\n</ajax-response>\n";
    timed(n, || {
        for _ in 0..n {
            let mut body = Body::mxml(xml, Limits::new()).expect("a document");
            black_box(body.next_frame().expect("a frame"));
        }
    })
}

fn debug_of_a_frame(n: usize) -> (usize, Duration) {
    // No request of ours is so long; a peer's may be.
    let assign = |number| format!("Var-{number:06}: name{number}\r\nValue-{number:06}: value\r\n");
    let frame = format!("Action: UpdateConfig\r\n{}\r\n", each(n, assign));
    let limits = Limits::new().lines(1 << 20).buffer(1 << 30);
    let mut decoder = Decoder::new(limits).with_framing(Framing::PLAIN);
    decoder.push(frame.as_bytes());
    let frame = decoder.next_frame().expect("a frame").expect("a whole one");
    timed(n, || _ = black_box(format!("{frame:?}")))
}

// Calls and the mirror.

fn each_event(events: &str, mut each: impl FnMut(&Event<'_>)) {
    let mut decoder = Decoder::new(Limits::new().buffer(1 << 30)).with_framing(Framing::PLAIN);
    decoder.push(events.as_bytes());
    while let Some(frame) = decoder.next_frame().expect("events") {
        each(&Event::from(frame));
    }
}

/// A tracker with `n` channels, each in a call of its own.
fn tracker(n: usize) -> Tracker {
    let all = usize::MAX >> 8;
    let mut tracker = Tracker::new(CallLimits::new().calls(all).legs(all).marks(all).bytes(all));
    let channel = |id| format!("Event: Newchannel\r\nChannel: C/{id}\r\nUniqueid: {id}\r\nLinkedid: {id}\r\n\r\n");
    let channels = each(n, channel);
    each_event(&channels, |event| tracker.handle(event, Duration::ZERO));
    tracker
}

fn merges(n: usize) -> String {
    let merge = |id| format!("Event: Newstate\r\nUniqueid: {id}\r\nLinkedid: {}\r\n\r\n", id - 1);
    (1..n).rev().map(merge).collect()
}

fn merging(n: usize) -> (usize, Duration) {
    let (mut tracker, merges) = (tracker(n), merges(n));
    let time = timed(n, || each_event(&merges, |event| tracker.handle(event, Duration::ZERO)));
    assert_eq!(tracker.active().len(), 1);
    time
}

fn hanging_up(n: usize) -> (usize, Duration) {
    let mut tracker = tracker(n);
    each_event(&merges(n), |event| tracker.handle(event, Duration::ZERO));
    let hangups = each(n, |id| format!("Event: Hangup\r\nUniqueid: {id}\r\n\r\n"));
    let time = timed(n, || each_event(&hangups, |event| tracker.handle(event, Duration::ZERO)));
    assert!(tracker.poll_ended().is_some());
    time
}
