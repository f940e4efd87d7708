//! Measures an event to each of a thousand sessions of a server: encoded anew, passed on, and
//! encoded once; and how often each asks for memory.
//!
//! `cargo bench --bench server` prints nanoseconds a session, copy and transmission included, as
//! the fastest of rounds in which all take their turn. Under `cargo test --benches` everything runs
//! once.

use ami_proto::server::{Config, EncodedEvent, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::heap::{self, Counting};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// An event of 370 bytes, about as long as those of calls are.
const HEADERS: [(&str, &str); 14] = [
    ("Channel", "PJSIP/alice-0000002a"),
    ("ChannelState", "6"),
    ("ChannelStateDesc", "Up"),
    ("CallerIDNum", "100"),
    ("CallerIDName", "Alice"),
    ("ConnectedLineNum", "200"),
    ("ConnectedLineName", "Bob"),
    ("Language", "en"),
    ("Context", "default"),
    ("Exten", "200"),
    ("Priority", "3"),
    ("Uniqueid", "1596546373.84"),
    ("Linkedid", "1596546373.84"),
    ("Cause", "16"),
];

type Send = Box<dyn FnMut(&mut Server)>;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if has("--list") {
        return;
    }
    let (sessions, rounds) = if has("--bench") && !has("--test") { (1000, 201) } else { (3, 2) };
    let encoded = EncodedEvent::new(Classes::CALL, "Hangup", HEADERS).expect("an event");
    let text = encoded.as_bytes().to_vec();
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(&text);
    let frame = decoder.next_frame().expect("within the limits").expect("an event").to_owned();
    let mut rows: [(&str, Send); 4] = [
        ("event", Box::new(|server| assert_eq!(server.event(Classes::CALL, "Hangup", black_box(HEADERS)), Ok(true)))),
        ("forward", Box::new(move |server| assert!(server.forward(frame.view())))),
        ("send_event", Box::new(move |server| assert!(server.send_event(&encoded)))),
        ("raw", Box::new(move |server| server.raw(&text))),
    ];
    let config = Arc::new(Config::new().banner("").fully_booted(false));
    let mut all: Vec<Server> = (0..sessions).map(|_| logged_in(&config)).collect();
    let mut fastest = [f64::INFINITY; 4];
    let mut allocated = [0; 4];
    for _ in 0..rounds {
        for (place, (_, send)) in rows.iter_mut().enumerate() {
            let (start, before) = (Instant::now(), heap::allocations());
            for server in &mut all {
                send(server);
                let unsent = server.unsent();
                server.transmitted(unsent);
            }
            fastest[place] = fastest[place].min(start.elapsed().as_secs_f64());
            allocated[place] = heap::allocations() - before;
        }
    }
    println!("an event to {sessions} sessions; the fastest of {rounds} rounds");
    for ((name, _), (time, allocations)) in rows.iter().zip(fastest.iter().zip(allocated)) {
        println!(
            "{name:12} {:6.1} ns a session, {allocations} allocations in the last round",
            time * 1e9 / f64::from(sessions)
        );
    }
}

fn logged_in(config: &Arc<Config>) -> Server {
    let now = Instant::now();
    let mut server = Server::new(now, Arc::clone(config));
    let login = b"Action: Login\r\n\r\n";
    assert_eq!(server.handle_input(now, login), login.len());
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).expect("it waits");
    let unsent = server.unsent();
    server.transmitted(unsent);
    server
}
