// What must hold for any operations on a client: the body of the fuzz target `session_ops`.

use ami_proto::Limits;
use ami_proto::action::{
    CoreStatus, Custom, Events, FAXStats, Filter, IaxPeers, Originate, Ping, Queues, SkinnyLines, Status,
};
use ami_proto::client::{AtCeiling, Client, ClientEvent, Config, Credentials, Ending, Id, Progress};
use ami_proto::value::Classes;
use arbitrary::{Arbitrary, Unstructured};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One thing that a driver, a caller or a server can do to a client.
#[derive(Arbitrary, Debug)]
enum Op<'a> {
    Login {
        challenge: bool,
    },
    Send(u8),
    /// A request that reaches the server, and what that answers.
    Ask {
        kind: u8,
        collect: bool,
        answers: [u8; 5],
    },
    SendCustom(&'a [u8], &'a [u8]),
    Cancel(u8),
    Collect(u8, u8),
    Take(u8),
    /// Bytes as they are.
    Input(&'a [u8]),
    /// A line of a frame, with the `ActionID` of a request that was sent where there is one.
    Answer {
        to: u8,
        what: u8,
        glued: bool,
    },
    Transmit(u8),
    Wait(u16),
    /// To the very time that was asked for.
    Due,
    /// To just before it.
    AlmostDue,
    Close,
    Eof,
    Reconnect,
}

/// What a server says, without the `ActionID`.
const ANSWERS: [&str; 20] = [
    "Response: Success\r\n",
    "Response: Success\r\nEventList: start\r\n",
    "Response: Success\r\nMessage: Things will follow\r\n",
    "Response: Success\r\nChallenge: 123\r\n",
    "Response: Error\r\n",
    "Response: Error\r\nMessage: Login Already In Use\r\n",
    "Response: Goodbye\r\n",
    "Event: Status\r\n",
    "Event: LineEntry\r\n",
    "Event: PeerEntry\r\n",
    "Event: FAXStats\r\n",
    "Event: StatusComplete\r\nEventList: Complete\r\n",
    "Event: LinelistComplete\r\n",
    "Event: PeerlistComplete\r\nEventList: cancelled\r\n",
    "Event: OriginateResponse\r\nResponse: Failure\r\n",
    "Event: FullyBooted\r\n",
    "Event: Hangup\r\nPrivilege: call,all\r\n",
    "text\r\n",
    "\r\n",
    "Response: Follows\r\nPrivilege: Command\r\n",
];

const IN_FLIGHT: usize = 8;

/// What the harness has seen of one request.
#[derive(Default)]
struct Seen {
    collects: bool,
    started: bool,
    /// Items and paragraphs that were lent, and items that were taken.
    items: u64,
    /// What the ending says of them.
    said: Option<u64>,
    ended: bool,
}

struct Driven {
    client: Client,
    policy: AtCeiling,
    most_held: usize,
    now: Instant,
    /// Received and not taken yet; then the end, if it has come.
    inbox: Vec<u8>,
    eof: bool,
    /// Whether the input comes byte by byte, by way of `space`.
    bytewise: bool,
    /// `ActionID`s that were seen on the wire.
    ids: Vec<String>,
    sent: BTreeMap<Id, Seen>,
    /// Of this connection: requests it has cost, whether it was accepted, and whether it was to be closed.
    lost: Vec<(Id, Progress)>,
    logged_in: bool,
    ready: bool,
    closing: bool,
    filters: usize,
    /// Everything told, where two are compared.
    told: Option<Vec<String>>,
}

/// Whatever is done to a client, and however its input is cut: each request ends once and not before it was sent, with the items it says, a list that is collected lends none, what is held stays under the
/// ceiling, nothing appears without a cause or before its time, and after the end the report is of what was lost.
pub fn session_ops(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<[u8; 4]>() else { return };
    let policy = if flags[0] & 1 == 0 { AtCeiling::StopReading } else { AtCeiling::FailList };
    let mut config = Config::new()
        .limits(Limits::new().buffer(600 + u32::from(flags[1])).line(400).frame(500))
        .ceiling(300 + 8 * usize::from(flags[2]), usize::from(flags[3] & 15))
        .at_ceiling(policy)
        .max_in_flight(IN_FLIGHT)
        .response_timeout(Duration::from_millis(300));
    // A reader that stops hears later, so that cuts would show in when it asks for a sign of life.
    let keeps_alive = flags[0] & 4 == 0 || policy == AtCeiling::FailList;
    if keeps_alive {
        config = config.keep_alive(Duration::from_millis(500), Duration::from_millis(200));
    }
    if flags[0] & 2 != 0 {
        config = config.await_booted(Duration::from_millis(100)).events(Classes::SYSTEM);
    }
    let compared = flags[0] & 4 != 0;
    let now = Instant::now();
    let mut all = vec![Driven::new(config.clone(), policy, now, false, compared)];
    all.extend(compared.then(|| Driven::new(config, policy, now, true, true)));
    // Most runs begin where most sessions are.
    if flags[0] % 4 != 0 {
        for driven in &mut all {
            driven.step(&Op::Login { challenge: false });
            driven.step(&Op::Transmit(255));
            driven.step(&Op::Answer { to: 0, what: 0, glued: false });
            assert!(driven.client.is_logged_in());
        }
    }
    while let Ok(op) = bytes.arbitrary() {
        all.iter_mut().for_each(|driven| driven.step(&op));
        if let [whole, cut] = &mut all[..] {
            assert_eq!(whole.told.take(), cut.told.take(), "{op:?}: another transcript for another cut");
            assert_eq!(whole.client.poll_transmit(), cut.client.poll_transmit());
            assert_eq!(whole.client.poll_timeout(), cut.client.poll_timeout(), "{op:?}");
            (whole.told, cut.told) = (Some(Vec::new()), Some(Vec::new()));
        }
        if bytes.is_empty() {
            break;
        }
    }
    all.into_iter().for_each(Driven::finish);
}

impl Driven {
    fn new(config: Config, policy: AtCeiling, now: Instant, bytewise: bool, compared: bool) -> Self {
        Self {
            policy,
            most_held: config.most_held(),
            client: Client::new(config).seeded(1),
            now,
            inbox: Vec::new(),
            eof: false,
            bytewise,
            ids: Vec::new(),
            sent: BTreeMap::new(),
            lost: Vec::new(),
            logged_in: false,
            ready: false,
            closing: false,
            filters: 0,
            told: compared.then(Vec::new),
        }
    }

    fn step(&mut self, op: &Op<'_>) {
        self.apply(op);
        self.pump();
        // What is due has been done.
        if matches!(op, Op::Wait(_) | Op::Due) {
            assert!(self.client.poll_timeout().is_none_or(|due| due > self.now), "{op:?} left something due");
        }
    }

    fn pick(&self, number: u8) -> Option<Id> {
        self.sent.keys().nth(usize::from(number) % self.sent.len().max(1)).copied()
    }

    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Login { challenge } => {
                #[cfg(feature = "md5")]
                let credentials =
                    if challenge { Credentials::md5("u", "s").or_plain() } else { Credentials::plain("u", "s") };
                #[cfg(not(feature = "md5"))]
                let credentials = Credentials::plain("u", if challenge { "s" } else { "t" });
                _ = self.client.login(self.now, credentials);
            }
            Op::Send(kind) => _ = self.send(kind),
            Op::Ask { kind, collect, answers } => {
                let Some(id) = self.send(kind) else { return };
                if collect {
                    self.client.collect(id, usize::MAX).expect("it is in flight");
                    self.sent.get_mut(&id).expect("it was sent").collects = true;
                }
                self.transmit(usize::MAX);
                let to = self.ids.len() - 1;
                for what in answers {
                    // Where a ping has followed it, that may be meant.
                    self.receive(&self.answer(to - usize::from(what >> 7).min(to), what & 0x7f, "\r\n"));
                    self.pump();
                }
            }
            Op::SendCustom(name, value) => {
                if let Ok(handle) = self.client.send(self.now, &Custom::new(name).header("X", value)) {
                    self.began(handle.id());
                }
                // It may have been one by its name.
                self.filters += 1;
            }
            Op::Cancel(number) => {
                let Some(id) = self.pick(number) else { return };
                assert_eq!(self.client.cancel(id), !self.sent[&id].ended, "what hasn't ended can be cancelled");
            }
            Op::Collect(number, limit) => {
                let Some(id) = self.pick(number) else { return };
                let collects = self.client.collect(id, usize::from(limit).max(1)).is_ok();
                let seen = self.sent.get_mut(&id).expect("it was picked from there");
                assert_eq!(collects, !seen.ended);
                seen.collects |= collects;
            }
            Op::Take(number) => {
                let Some(id) = self.pick(number) else { return };
                self.take(id);
            }
            Op::Input(bytes) => self.receive(bytes),
            Op::Answer { to, what, glued } => {
                let to = usize::from(to) % self.ids.len().max(1);
                self.receive(&self.answer(to, what, if glued { "" } else { "\r\n" }));
            }
            Op::Transmit(n) => self.transmit(n.into()),
            Op::Wait(milliseconds) => {
                self.now += Duration::from_millis(milliseconds.into());
                self.client.handle_timeout(self.now);
            }
            Op::Due => {
                let Some(due) = self.client.poll_timeout() else { return };
                self.now = self.now.max(due);
                self.client.handle_timeout(self.now);
            }
            Op::AlmostDue => {
                let almost = self.client.poll_timeout().and_then(|due| due.checked_sub(Duration::from_nanos(1)));
                let Some(almost) = almost.filter(|almost| *almost >= self.now) else { return };
                self.now = almost;
                self.unchanged(|client| client.handle_timeout(almost));
            }
            Op::Close => {
                self.closing = true;
                self.client.close(self.now);
            }
            Op::Eof => self.eof = true,
            Op::Reconnect => self.reconnect(),
        }
    }

    fn began(&mut self, id: Id) {
        assert!(self.sent.keys().all(|other| *other < id), "a name of its own");
        self.sent.insert(id, Seen::default());
    }

    fn send(&mut self, kind: u8) -> Option<Id> {
        let (client, now) = (&mut self.client, self.now);
        let sent = match kind % 11 {
            0 => client.send(now, &Ping::new()).map(Id::from),
            1 => client.send(now, &CoreStatus::new()).map(Id::from),
            2 => client.send(now, &Status::new()).map(Id::from),
            3 => client.send(now, &SkinnyLines::new()).map(Id::from),
            4 => client.send(now, &IaxPeers::new()).map(Id::from),
            5 => client.send(now, &Originate::new("x").asynchronous(true)).map(Id::from),
            6 => client.send(now, &Originate::new("x")).map(Id::from),
            7 => client.send(now, &Queues::new()).map(Id::from),
            8 => client.send(now, &FAXStats::new()).map(Id::from),
            9 => client.send(now, &Events::new("call")).map(Id::from),
            _ => client.send(now, &Filter::new("Add").filter("x")).map(Id::from),
        };
        self.filters += usize::from(kind % 11 == 10);
        let id = sent.ok()?;
        self.began(id);
        Some(id)
    }

    /// Something that a server says, to the request that was seen so many before.
    fn answer(&self, to: usize, what: u8, end: &str) -> Vec<u8> {
        let id = self.ids.get(to).map(|id| format!("ActionID: {id}\r\n")).unwrap_or_default();
        format!("{}{id}{end}", ANSWERS[usize::from(what) % ANSWERS.len()]).into_bytes()
    }

    fn take(&mut self, id: Id) {
        let taken = self.client.take_items(id).len() as u64;
        let seen = self.sent.get_mut(&id).expect("it was sent");
        assert!(taken == 0 || seen.collects);
        seen.items += taken;
    }

    fn receive(&mut self, bytes: &[u8]) {
        if !self.eof {
            self.inbox.extend_from_slice(bytes);
        }
    }

    /// Gives what has been received, as far as it is taken, and takes the events.
    fn pump(&mut self) {
        self.drain();
        while !self.inbox.is_empty() {
            let taken = if self.bytewise {
                match self.client.space(1).map(|space| space.first_mut().expect("room is never empty")) {
                    None => 0,
                    Some(byte) => {
                        *byte = self.inbox[0];
                        self.client.advance(self.now, 1);
                        1
                    }
                }
            } else {
                self.client.handle_input(self.now, &self.inbox)
            };
            self.bounded();
            // A reader that is told to stop stops.
            if taken == 0 {
                return;
            }
            self.inbox.drain(..taken);
            self.drain();
        }
        if self.eof {
            self.client.handle_eof(self.now);
            self.drain();
        }
    }

    fn transmit(&mut self, n: usize) {
        let Some(bytes) = self.client.poll_transmit() else { return };
        let n = n.min(bytes.len());
        let text = String::from_utf8_lossy(&bytes[..n]).into_owned();
        self.ids.extend(text.lines().filter_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned)));
        self.client.transmitted(n);
    }

    fn drain(&mut self) {
        loop {
            let event = match self.client.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => {
                    assert!(self.client.is_over());
                    assert_eq!(self.client.poll_event().err(), Some(error), "the error is sticky");
                    break;
                }
            };
            if let Some(told) = &mut self.told {
                told.push(format!("{event:?}"));
            }
            match event {
                ClientEvent::LoggedIn(_) => assert!(!std::mem::replace(&mut self.logged_in, true)),
                ClientEvent::Ready(_) => assert!(self.logged_in && !std::mem::replace(&mut self.ready, true)),
                ClientEvent::Closed => assert!(self.closing),
                ClientEvent::Full { id } => {
                    assert_eq!(self.policy, AtCeiling::StopReading);
                    assert!(open(&mut self.sent, id).collects);
                }
                ClientEvent::Started { id, .. } => {
                    let seen = open(&mut self.sent, id);
                    assert!(!seen.started, "a list is announced once");
                    seen.started = true;
                }
                ClientEvent::Item { id, .. } => {
                    let seen = open(&mut self.sent, id);
                    assert!(!seen.collects, "what is collected isn't lent");
                    seen.items += 1;
                }
                ClientEvent::Text { id, .. } => open(&mut self.sent, id).items += 1,
                ClientEvent::Ended { id, ending } => {
                    let seen = open(&mut self.sent, id);
                    seen.ended = true;
                    seen.said = match ending {
                        Ending::List { items, .. } => Some(items),
                        Ending::Text { paragraphs } => Some(paragraphs),
                        Ending::Lost(progress) => {
                            self.lost.push((id, progress));
                            match progress {
                                Progress::Started { items } => Some(items),
                                _ => None,
                            }
                        }
                        _ => None,
                    };
                }
                _ => {}
            }
            self.bounded();
        }
        self.bounded();
        self.unchanged(|_| ());
    }

    fn bounded(&self) {
        assert!(self.client.held() <= self.most_held, "{} held", self.client.held());
        assert!(self.client.in_flight() <= IN_FLIGHT + self.filters, "{} in flight", self.client.in_flight());
    }

    /// Nothing new without a cause. What is due may only move away: the clock that has stopped with the reading goes on from the first time that is told again.
    fn unchanged(&mut self, act: impl FnOnce(&mut Client)) {
        let state = |client: &Client| (client.poll_transmit().map(<[u8]>::len), client.in_flight(), client.held());
        let (before, due) = (state(&self.client), self.client.poll_timeout());
        act(&mut self.client);
        assert_eq!(before, state(&self.client));
        let later = self.client.poll_timeout();
        assert!(later.is_some() == due.is_some() && later >= due, "{later:?} before {due:?}");
        assert!(!matches!(self.client.poll_event(), Ok(Some(_))), "something new without a cause");
        assert_eq!((before, later), (state(&self.client), self.client.poll_timeout()));
    }

    /// A new connection, if the last one is over.
    fn reconnect(&mut self) {
        let Ok(report) = self.client.reconnect() else { return };
        let unanswered: Vec<_> = report.unanswered.iter().map(|request| (request.id, request.progress)).collect();
        assert_eq!(unanswered, std::mem::take(&mut self.lost));
        assert!(self.sent.values().all(|seen| seen.ended));
        assert_eq!((self.client.in_flight(), self.client.poll_timeout()), (0, None));
        assert!(self.client.poll_transmit().is_none() && !self.client.is_logged_in());
        self.ids.clear();
        self.inbox.clear();
        (self.eof, self.logged_in, self.ready, self.closing) = (false, false, false, false);
    }

    /// The end of the connection ends whatever hasn't ended.
    fn finish(mut self) {
        let sent: Vec<Id> = self.sent.keys().copied().collect();
        self.eof = true;
        self.pump();
        sent.into_iter().for_each(|id| self.take(id));
        for (id, seen) in &self.sent {
            assert!(seen.ended, "{id:?} has no ending");
            assert!(
                seen.said.is_none_or(|said| said == seen.items),
                "{id:?}: {:?} said, {} came",
                seen.said,
                seen.items
            );
        }
        assert!(self.client.is_over());
        assert_eq!((self.client.in_flight(), self.client.poll_timeout(), self.client.held_items()), (0, None, 0));
    }
}

/// A request that was sent and has not ended: only of such is anything told, and only one ending.
fn open(sent: &mut BTreeMap<Id, Seen>, id: Id) -> &mut Seen {
    let seen = sent.get_mut(&id).expect("of a request that was sent");
    assert!(!seen.ended, "nothing after the ending");
    seen
}
