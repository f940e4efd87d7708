//! Invariant: client and server, talking through any splits, with answers in any order and the line cut at any byte, end every request exactly once, and agree on what was said.
#![allow(clippy::pedantic, clippy::type_complexity)]
#![cfg(feature = "std")]

#[path = "support/peer.rs"]
#[allow(dead_code, unreachable_pub)]
mod peer;

use ami_proto::action::*;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Id};
use ami_proto::request::Request;
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A xorshift generator: the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// What the server is about to say.
enum Later {
    Reply(RequestId, &'static str),
    Items(RequestId, usize),
    Outcome(String),
    Event,
}

struct Pair {
    client: Client,
    server: Server,
    now: Instant,
    random: Random,
    later: Vec<Later>,
    /// Bytes from the server after which the line is cut.
    cut: Option<usize>,
    carried: usize,
    endings: BTreeMap<Id, Vec<String>>,
    items: BTreeMap<Id, u64>,
    events: usize,
    told: Vec<String>,
    over: bool,
}

impl Pair {
    fn new(seed: u64, cut: Option<usize>) -> Self {
        let now = Instant::now();
        Self {
            client: Client::new(Config::new().await_booted(Duration::from_secs(5))).seeded(seed),
            server: Server::new(now, server::Config::new()),
            now,
            random: Random(seed * 2 + 1),
            later: Vec::new(),
            cut,
            carried: 0,
            endings: BTreeMap::new(),
            items: BTreeMap::new(),
            events: 0,
            told: Vec::new(),
            over: false,
        }
    }

    /// Moves some bytes each way; says whether any moved.
    fn carry(&mut self) -> bool {
        let mut moved = false;
        if let Some(bytes) = self.client.poll_transmit() {
            let n = 1 + self.random.below(bytes.len().min(80));
            let taken = self.server.handle_input(self.now, &bytes[..n]);
            self.client.transmitted(taken);
            moved |= taken > 0;
            self.serve();
        }
        if let Some(bytes) = self.server.poll_transmit().filter(|_| !self.over) {
            let left = self.cut.map_or(usize::MAX, |cut| cut - self.carried);
            let n = (1 + self.random.below(bytes.len().min(200))).min(left);
            let taken = self.client.handle_input(self.now, &bytes[..n]);
            self.server.transmitted(taken);
            self.carried += taken;
            moved |= taken > 0;
            if self.cut == Some(self.carried) {
                self.client.handle_eof(self.now);
                self.over = true;
            }
            self.listen();
        }
        moved
    }

    fn serve(&mut self) {
        while let Ok(Some(event)) = self.server.poll_event() {
            match event {
                ServerEvent::Login { id, attempt } => {
                    assert!(attempt.verify("s3cret") && !attempt.verify("other"));
                    self.server.accept(id, Classes::ALL).unwrap();
                }
                ServerEvent::Request { id, request } => match request {
                    Request::Ping(_) => self.server.respond(id, "Success", [("Ping", "Pong")]).unwrap(),
                    Request::CoreStatus(_) => self.later.push(Later::Reply(id, "Success")),
                    Request::Status(_) => self.later.push(Later::Items(id, 0)),
                    // Text goes out in turn: its end is found by that.
                    Request::Queues(_) => {
                        self.server
                            .respond_text(id, b"support has 0 calls\r\n\r\nsales has 1\r\n\r\n\r\n\r\n")
                            .unwrap();
                    }
                    Request::Originate(originate) => {
                        let of = originate.frame().get("ActionID").unwrap().to_string();
                        self.server.respond(id, "Success", [("Message", "queued")]).unwrap();
                        self.later.push(Later::Outcome(of));
                    }
                    _ => self.later.push(Later::Reply(id, "Error")),
                },
                ServerEvent::Closed => return,
                other => panic!("{other:?}"),
            }
        }
    }

    /// Says one of the things that are to be said, in any order.
    fn say(&mut self) -> bool {
        if self.later.is_empty() {
            return false;
        }
        let place = self.random.below(self.later.len());
        match self.later.swap_remove(place) {
            Later::Reply(id, kind) => self.server.respond(id, kind, [("Message", "x")]).unwrap(),
            Later::Items(id, 0) => {
                drop(self.server.list(id, "Channel status will follow").unwrap());
                self.later.push(Later::Items(id, 1));
            }
            Later::Items(id, 5) => {
                let list = self.server.resume(id).unwrap();
                list.complete_with("StatusComplete", [("Items", "4")]).unwrap();
            }
            Later::Items(id, n) => {
                drop(self.server.resume(id).unwrap().item("Status", [("Channel", "x")]).unwrap());
                self.later.extend([Later::Items(id, n + 1), Later::Event]);
            }
            Later::Outcome(id) => {
                let headers = [("ActionID", id.as_str()), ("Response", "Failure")];
                assert!(self.server.event(Classes::CALL, "OriginateResponse", headers).unwrap());
            }
            Later::Event => assert!(self.server.event(Classes::CALL, "Hangup", [("Cause", "16")]).unwrap()),
        }
        true
    }

    fn listen(&mut self) {
        loop {
            let event = match self.client.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => return,
                Err(_) => {
                    self.over = true;
                    return;
                }
            };
            let words = peer::words(event);
            match event {
                ClientEvent::Item { id, .. } | ClientEvent::Text { id, .. } => *self.items.entry(id).or_default() += 1,
                ClientEvent::Ended { id, .. } => self.endings.entry(id).or_default().push(words),
                ClientEvent::Event(_) => self.events += 1,
                ClientEvent::Started { .. } => {}
                _ => self.told.push(words),
            }
        }
    }

    /// Until nothing moves.
    fn run(&mut self) {
        loop {
            let moved = self.carry();
            let said = self.random.below(3) == 0 && self.say();
            if !moved && !said && !self.say() {
                return;
            }
        }
    }
}

/// A whole session: sends everything at once, gives the requests and how they have to end.
fn session(seed: u64, cut: Option<usize>) -> (Pair, Vec<(Id, &'static str, u64)>) {
    let mut pair = Pair::new(seed, cut);
    pair.client.login(pair.now, Credentials::plain("u", "s3cret")).unwrap();
    pair.run();
    let mut sent = Vec::new();
    if pair.client.is_logged_in() && !pair.over {
        let (client, now) = (&mut pair.client, pair.now);
        for _ in 0..3 {
            sent.push((client.send(now, &CoreStatus::new()).unwrap().id(), "reply", 0));
            sent.push((client.send(now, &Status::new()).unwrap().id(), "list 4", 4));
            sent.push((
                client.send(now, &Originate::new("x").asynchronous(true)).unwrap().id(),
                "outcome OriginateResponse",
                0,
            ));
            sent.push((client.send(now, &Queues::new()).unwrap().id(), "end of text 2", 2));
            sent.push((client.send(now, &Custom::new("Nonsense")).unwrap().id(), "refused", 0));
        }
        pair.run();
    }
    (pair, sent)
}

#[test]
fn any_split_and_any_order() {
    for seed in 0..200 {
        let (pair, sent) = session(seed, None);
        assert_eq!(pair.told, ["connected", "logged in", "booted"], "seed {seed}");
        for (id, ending, items) in &sent {
            assert_eq!(pair.endings[id], [*ending], "seed {seed}");
            assert_eq!(pair.items.get(id).copied().unwrap_or(0), *items, "seed {seed}");
        }
        assert_eq!((pair.events, pair.client.in_flight(), pair.client.held()), (12, 0, 0), "seed {seed}");
    }
}

#[test]
fn the_line_is_cut_at_any_byte() {
    let whole = session(5, None).0.carried;
    assert!(whole > 1000);
    let mut lost = 0;
    for cut in 1..whole {
        let (pair, sent) = session(5, Some(cut));
        assert!(pair.over, "cut at {cut}");
        for (id, ending, items) in &sent {
            let endings = &pair.endings[id];
            assert_eq!(endings.len(), 1, "cut at {cut}: {endings:?}");
            let is_lost = endings[0].starts_with("lost");
            assert!(is_lost || endings[0] == *ending, "cut at {cut}: {endings:?}");
            assert!(pair.items.get(id).copied().unwrap_or(0) <= *items);
            lost += usize::from(is_lost);
        }
    }
    assert!(lost > whole);
}

#[test]
fn the_clock_alone() {
    let mut pair = Pair::new(1, None);
    pair.client.login(pair.now, Credentials::plain("u", "s3cret")).unwrap();
    pair.run();
    let handle = pair.client.send(pair.now, &CoreStatus::new()).unwrap();
    while pair.carry() {}
    // The server never answers.
    let due = pair.client.poll_timeout().unwrap();
    pair.client.handle_timeout(due.checked_sub(Duration::from_nanos(1)).unwrap());
    assert!(matches!(pair.client.poll_event(), Ok(None)));
    assert_eq!(pair.client.poll_timeout(), Some(due));
    pair.client.handle_timeout(due);
    pair.listen();
    assert_eq!(pair.endings[&handle.id()], ["timed out"]);
    assert_eq!(pair.client.poll_timeout(), None);
}
