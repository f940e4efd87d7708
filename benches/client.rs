//! What a client costs beside the decoder alone: the storm through both in turn within one process,
//! with events told apart by type; and how often each asks for memory.
//!
//! `cargo bench --bench client` prints a table of ratios first, then criterion's own figures;
//! `cargo bench --bench client -- ratios` stops behind the table. Under `cargo test --benches`
//! everything runs once.
#![allow(clippy::type_complexity)]

use ami_benches::STORM;
use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials};
use ami_proto::event::Event;
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::heap::{self, Counting};
use criterion::{Criterion, Throughput};
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const READ: usize = 8192;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let measured = has("--bench") && !has("--test");
    let (times, rounds) = if measured { (5, 41) } else { (1, 1) };
    let storm = std::fs::read(STORM).expect("the storm of the corpus").repeat(times);
    if !has("--list") {
        ratios(&storm, rounds);
    }
    if has("ratios") {
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("storm at reads of 8192");
    group.throughput(Throughput::Bytes(storm.len() as u64));
    let mut decoder = decoder();
    group.bench_function("decoder", |bencher| bencher.iter(|| bare(&mut decoder, &storm)));
    for (name, pending) in [("client, typed", false), ("client, typed, a request in flight", true)] {
        let mut client = ready(pending);
        let now = Instant::now();
        group.bench_function(name, |bencher| bencher.iter(|| typed(&mut client, now, &storm)));
    }
    group.finish();
    criterion.final_summary();
}

fn decoder() -> Decoder {
    Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false))
}

/// A client that is logged in, perhaps with a request that is never answered.
fn ready(pending: bool) -> Client {
    let now = Instant::now();
    let mut client = Client::new(Config::new().await_greeting(false)).seeded(1);
    client.login(now, Credentials::plain("u", "s")).expect("nothing to refuse");
    let sent = String::from_utf8_lossy(client.poll_transmit().expect("a login")).into_owned();
    client.transmitted(sent.len());
    let id = sent.lines().find_map(|line| line.strip_prefix("ActionID: ")).expect("an ActionID");
    let answer = format!("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: {id}\r\n\r\n");
    assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
    while client.poll_event().expect("a connection").is_some() {}
    if pending {
        client.send(now, &CoreStatus::new()).expect("a request");
    }
    client
}

// Contenders. Each gives the number of frames.

fn bare(decoder: &mut Decoder, bytes: &[u8]) -> usize {
    let mut frames = 0;
    for piece in bytes.chunks(READ) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
            black_box(frame);
            frames += 1;
        }
    }
    frames
}

/// The decoder and a type for each event: what there is to do in any case.
fn bare_typed(decoder: &mut Decoder, bytes: &[u8]) -> usize {
    let mut frames = 0;
    for piece in bytes.chunks(READ) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
            dispatch(Event::from(frame));
            frames += 1;
        }
    }
    frames
}

fn typed(client: &mut Client, now: Instant, bytes: &[u8]) -> usize {
    let mut frames = 0;
    for piece in bytes.chunks(READ) {
        assert_eq!(client.handle_input(now, piece), piece.len());
        while let Some(event) = client.poll_event().expect("a connection") {
            // The storm has the responses to what somebody else had sent, too.
            match event {
                ClientEvent::Event(event) => dispatch(event),
                other => _ = black_box(other),
            }
            frames += 1;
        }
    }
    frames
}

/// What a program does with events: a field or two of those that it knows.
fn dispatch(event: Event<'_>) {
    match event {
        Event::Hangup(hangup) => _ = black_box(hangup.cause()),
        Event::Newchannel(new) => _ = black_box(new.channel()),
        Event::DialEnd(dial) => _ = black_box(dial.dial_status()),
        other => _ = black_box(other),
    }
}

fn ratios(storm: &[u8], rounds: usize) {
    type Row<'a> = (&'static str, Box<dyn FnMut() -> usize + 'a>);
    let now = Instant::now();
    let (mut one, mut two) = (decoder(), decoder());
    let (mut idle, mut busy) = (ready(false), ready(true));
    let frames = bare(&mut one, storm);
    let mut rows: [Row<'_>; 4] = [
        ("decoder", Box::new(move || bare(&mut one, storm))),
        ("decoder, typed", Box::new(move || bare_typed(&mut two, storm))),
        ("client, typed", Box::new(move || typed(&mut idle, now, storm))),
        ("client, typed, a request in flight", Box::new(move || typed(&mut busy, now, storm))),
    ];
    let mut times = [const { Vec::new() }; 4];
    let mut allocated = [0; 4];
    for _ in 0..=rounds {
        for (place, (name, work)) in rows.iter_mut().enumerate() {
            let before = heap::allocations();
            let start = Instant::now();
            assert_eq!(work(), frames, "{name}");
            times[place].push(start.elapsed().as_secs_f64());
            allocated[place] = heap::allocations() - before;
        }
    }
    println!("{} bytes of storm, {frames} frames, reads of {READ}; the fastest of {rounds} rounds", storm.len());
    // What else the machine does can only add to a round. The first warms up.
    let fastest = times.each_ref().map(|times| times[1..].iter().copied().fold(f64::INFINITY, f64::min));
    #[expect(clippy::cast_precision_loss, reason = "numbers of bytes and frames")]
    for (place, (name, _)) in rows.iter().enumerate() {
        let time = fastest[place];
        println!(
            "{name:36} {:6.0} MB/s {:6.1} ns a frame, {:5.1} % of the decoder's rate, {} allocations in the last round",
            storm.len() as f64 / time / 1e6,
            time * 1e9 / frames as f64,
            100.0 * fastest[0] / time,
            allocated[place],
        );
    }
    println!();
}

// Allocations.
