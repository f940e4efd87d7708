//! What must hold for any operations on a server: the body of the fuzz target `server_ops`.

use super::asked::{self, Asked};
use crate::splits::hand;
use ami_proto::client::{self, Client, Credentials};
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{Decoder, FrameKind, Framing, Limits, OwnedFrame};
use arbitrary::{Arbitrary, Unstructured};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One thing that can be done to a server.
#[derive(Arbitrary, Debug)]
enum Op<'a> {
    Input(&'a [u8]),
    /// A whole request.
    Request {
        name: u8,
        id: &'a [u8],
        lines: u8,
    },
    /// A login that answers the challenge, rightly or not.
    Key {
        right: bool,
    },
    /// What is asked to be received, later or at the login.
    Mask {
        login: bool,
        mask: u8,
    },
    Accept(u32),
    Refuse {
        in_use: bool,
    },
    Respond(u8, &'a [u8]),
    List(u8, &'a str),
    Item(u8, &'a [u8]),
    Complete(u8),
    Break(u8),
    Text(u8),
    Raw,
    Event(u32, &'a [u8]),
    /// An event of another connection, of classes or of none.
    Forward(Option<u32>),
    /// What a client upstream is told of a request, to the one that asks or to another.
    Relay {
        number: u8,
        other: bool,
        how: u8,
    },
    Transmit(u8),
    Wait(u16),
    /// To the very time that was asked for.
    Due,
    /// To just before it.
    AlmostDue,
    Close,
    Eof,
}

const REQUESTS: [&str; 11] = [
    "Login",
    "Challenge",
    "Logoff",
    "Ping",
    "Events",
    "Events\r\nEventMask: call,system",
    "Status",
    "Originate",
    "",
    "x: y\r\nAction",
    "Login\r\nAuthType: MD5\r\nKey: 0",
];

const MASKS: [&str; 16] = [
    "",
    "on",
    "off",
    "No",
    "all",
    "3",
    "0",
    "4294967295",
    "99999999999999",
    "3x",
    "system",
    "call,system",
    "system, call",
    "c,",
    "Call,agi",
    " all,nonsense",
];

const OPEN: usize = 4;
const UNSENT: usize = 1000;
const BUFFER: u32 = 4096;
struct Driven {
    server: Server,
    now: Instant,
    /// Received and not taken yet; then the end, if it has come.
    inbox: Vec<u8>,
    eof: bool,
    /// Whether the input comes byte by byte, by way of `space`.
    bytewise: bool,
    /// Open requests, and the items of those that are answered with a list.
    open: BTreeMap<RequestId, u64>,
    login: Option<RequestId>,
    latest: Option<RequestId>,
    most_held: usize,
    /// Bytes transmitted, and bytes of all that was written that have been read back.
    gone: usize,
    read: usize,
    reader: Decoder,
    /// What was taken of the input and not told yet, and what it has asked for: classes, and a
    /// challenge.
    asked: Asked,
    mask: u32,
    readable: u32,
    challenged: bool,
    /// Where requests are passed on to.
    upstream: Option<Client>,
    /// Everything told, where two are compared.
    told: Option<Vec<String>>,
}

/// Whatever is done to a server, and however its input is cut: it writes what it was told to and no
/// more, each message a frame of its own; requests are open until they are answered, once; no more
/// are open, and no more waits for a client that doesn't read, than was set; nothing appears
/// without a cause or before its time.
pub fn server_ops(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<u8>() else { return };
    let compared = flags & 4 != 0;
    let now = Instant::now();
    let mut all = vec![Driven::new(now, false, compared)];
    all.extend(compared.then(|| Driven::new(now, true, true)));
    if flags & 3 != 0 {
        for driven in &mut all {
            driven.step(&Op::Request { name: 0, id: b"", lines: 0 });
            driven.step(&Op::Accept(u32::MAX));
            assert!(driven.server.is_logged_in());
        }
    }
    while let Ok(op) = bytes.arbitrary() {
        all.iter_mut().for_each(|driven| driven.step(&op));
        if let [whole, cut] = &mut all[..] {
            assert_eq!(whole.told.take(), cut.told.take(), "{op:?}: another transcript for another cut");
            assert_eq!(whole.server.poll_transmit(), cut.server.poll_transmit());
            assert_eq!(whole.server.poll_timeout(), cut.server.poll_timeout());
            (whole.told, cut.told) = (Some(Vec::new()), Some(Vec::new()));
        }
        if bytes.is_empty() {
            break;
        }
    }
}

impl Driven {
    fn new(now: Instant, bytewise: bool, compared: bool) -> Self {
        let limits = Limits::new().buffer(BUFFER).frame(BUFFER).line(3000);
        let config = Config::new().max_open(OPEN).ceiling(UNSENT).limits(limits);
        let mut driven = Self {
            most_held: config.most_held(),
            server: Server::new(now, config).with_challenge(7),
            now,
            inbox: Vec::new(),
            eof: false,
            bytewise,
            open: BTreeMap::new(),
            login: None,
            latest: None,
            gone: 0,
            read: 0,
            reader: Decoder::new(Limits::new()),
            asked: Asked::default(),
            mask: 0,
            readable: 0,
            challenged: false,
            upstream: None,
            told: compared.then(Vec::new),
        };
        assert_eq!(driven.written(), [(FrameKind::Banner, String::new())]);
        driven
    }

    fn step(&mut self, op: &Op<'_>) {
        self.apply(op);
        if matches!(op, Op::Wait(_) | Op::Due) {
            assert!(self.server.poll_timeout().is_none_or(|due| due > self.now), "{op:?} left something due");
        }
        self.pump();
    }

    fn pick(&self, number: u8) -> Option<RequestId> {
        self.open.keys().nth(usize::from(number) % self.open.len().max(1)).copied()
    }

    /// The frames written since the last call: kind, and name or message.
    fn written(&mut self) -> Vec<(FrameKind, String)> {
        let unsent = self.server.poll_transmit().unwrap_or_default();
        self.reader.push(&unsent[self.read - self.gone..]);
        self.read = self.gone + unsent.len();
        let mut frames = Vec::new();
        while let Some(frame) = self.reader.next_frame().expect("what it writes can be read") {
            let name = frame.name().unwrap_or_default().to_string();
            frames.push((frame.kind(), name));
        }
        assert_eq!((self.reader.pending().len(), self.reader.blank_lines()), (0, 0), "whole frames and no more");
        frames
    }

    /// One frame was written if it was asked for and could be, none otherwise; nor if it was one
    /// too many for a client that doesn't read.
    fn wrote(&mut self, yes: bool, kind: FrameKind, name: &str) {
        let yes = yes && !self.server.is_over();
        let written = self.written();
        assert_eq!(written, if yes { vec![(kind, name.to_owned())] } else { Vec::new() });
        self.bounded();
    }

    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Input(bytes) => self.receive(bytes),
            Op::Request { name, id, lines } => {
                let name = REQUESTS[usize::from(name) % REQUESTS.len()];
                let lines = "A: b\r\n".repeat(lines.into());
                let text = [b"Action: ", name.as_bytes(), b"\r\nActionID: ", id, b"\r\n", lines.as_bytes(), b"\r\n"];
                self.receive(&text.concat());
            }
            Op::Key { right } => {
                // printf 7s | md5sum
                let key = if right { "a43103fa2c1ea6fb4d78c4e895fcfee4" } else { "A43103fa2c1ea6fb4d78c4e895fcfee4" };
                self.receive(format!("Action: Login\r\nauthtype: md5\r\nKey: {key}\r\n\r\n").as_bytes());
            }
            Op::Mask { login, mask } => {
                let mask = MASKS[usize::from(mask) % MASKS.len()];
                let action = if login { "Login\r\nEvents" } else { "events\r\nEVENTMASK" };
                self.receive(format!("Action: {action}: {mask}\r\n\r\n").as_bytes());
            }
            Op::Accept(classes) => {
                let Some(id) = self.login.take() else { return };
                let classes = Classes::from_bits(classes);
                self.readable = classes.bits();
                self.server.accept(id, classes).expect("it waits, or the session is over");
                let written = self.written();
                if !self.server.is_over() {
                    assert_eq!(written[0], (FrameKind::Response, "Success".into()));
                    let booted = self.mask & self.readable & 1 != 0;
                    assert_eq!(written.len(), 1 + usize::from(booted));
                    assert!(self.server.accept(id, classes).is_err(), "answered once");
                }
            }
            Op::Refuse { in_use } => {
                let Some(id) = self.login.take() else { return };
                let (server, now) = (&mut self.server, self.now);
                let refused = if in_use { server.refuse_in_use(now, id) } else { server.refuse(now, id) };
                refused.expect("it waits, or the session is over");
                assert!(self.written().is_empty(), "it waits");
            }
            Op::Respond(number, value) => {
                let Some(id) = self.pick(number) else { return };
                let done = self.server.respond(id, "Success", [("X", value)]).is_ok();
                self.wrote(done, FrameKind::Response, "Success");
                self.answered(id, done);
            }
            Op::List(number, message) => {
                let Some(id) = self.pick(number) else { return };
                let done = self.server.list(id, message).is_ok();
                self.wrote(done, FrameKind::Response, "Success");
            }
            Op::Item(number, value) => {
                let Some(id) = self.pick(number) else { return };
                let list = self.server.resume(id).expect("it is open");
                let done = list.item("Status", [("A", value)]).is_ok();
                self.wrote(done, FrameKind::Event, "Status");
                *self.open.get_mut(&id).expect("it was picked from there") += u64::from(done);
            }
            Op::Complete(number) => {
                let Some(id) = self.pick(number) else { return };
                let list = self.server.resume(id).expect("it is open");
                list.complete_with("StatusComplete", [("A", "b")]).expect("nothing to refuse");
                let end = self.server.poll_transmit().unwrap_or_default();
                let items = format!("ListItems: {}\r\nA: b\r\n\r\n", self.open[&id]);
                assert!(self.server.is_over() || end.ends_with(items.as_bytes()));
                self.wrote(true, FrameKind::Event, "StatusComplete");
                self.answered(id, true);
            }
            Op::Break(number) => {
                let Some(id) = self.pick(number) else { return };
                let list = self.server.resume(id).expect("it is open");
                list.cancel("StatusComplete").expect("nothing to refuse");
                self.wrote(true, FrameKind::Event, "StatusComplete");
                self.answered(id, true);
            }
            Op::Text(number) => {
                let Some(id) = self.pick(number) else { return };
                self.server.respond_text(id, b"no frame\r\n\r\n").expect("it is open");
                self.wrote(true, FrameKind::Text, "");
                self.answered(id, true);
            }
            Op::Raw => {
                let over = self.server.is_over();
                self.server.raw(b"as it is\r\n\r\n");
                self.wrote(!over, FrameKind::Text, "");
            }
            Op::Forward(classes) => {
                let (privilege, bits) = match classes.map(asked::privilege) {
                    Some((names, bits)) => (format!("Privilege: {names}\r\n"), Some(bits)),
                    None => (String::new(), None),
                };
                let receives = bits.is_some_and(|bits| self.receives(bits));
                let event = frame(Framing::SERVER, &format!("Event: A\r\n{privilege}\r\n"));
                let sent = self.server.forward(event.view());
                assert!(sent == receives || self.server.is_over());
                self.wrote(sent, FrameKind::Event, "A");
            }
            Op::Relay { number, other, how } => {
                let id = self.pick(number).filter(|_| !other);
                let now = self.now;
                let client = self.upstream.get_or_insert_with(|| upstream(now));
                let ping = frame(Framing::PLAIN, "Action: Ping\r\nActionID: a\r\n\r\n");
                let asks = client.forward(now, ping.view()).expect("room for it");
                let name = transmitted(client);
                let kind = if how % 4 == 0 { "Success" } else { "Error" };
                match how % 4 {
                    0 | 1 => {
                        let answer = format!("Response: {kind}\r\nActionID: {name}\r\n\r\n");
                        assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
                    }
                    2 => assert!(client.cancel(asks)),
                    _ => client.handle_timeout(now + Duration::from_secs(3600)),
                }
                let event = client.poll_event().expect("it stands").expect("an ending");
                assert_eq!(event.id(), Some(asks));
                self.server.relay(id, event);
                assert!(matches!(client.poll_event(), Ok(None)));
                self.wrote(id.is_some(), FrameKind::Response, kind);
                if let Some(id) = id {
                    self.answered(id, true);
                }
            }
            Op::Event(classes, value) => {
                let classes = Classes::from_bits(classes);
                let receives = self.receives(classes.bits());
                let sent = self.server.event(classes, "A", [("B", value)]);
                let sent = match sent {
                    Ok(sent) => {
                        assert!(sent == receives || self.server.is_over());
                        sent
                    }
                    Err(_) => {
                        assert!(value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) && receives);
                        false
                    }
                };
                self.wrote(sent, FrameKind::Event, "A");
            }
            Op::Transmit(n) => {
                let n = (usize::from(n) * 8).min(self.server.unsent());
                self.gone += n;
                self.server.transmitted(n);
            }
            Op::Wait(milliseconds) => self.pass(self.now + Duration::from_millis(milliseconds.into())),
            Op::Due => {
                let Some(due) = self.server.poll_timeout() else { return };
                self.pass(self.now.max(due));
            }
            Op::AlmostDue => {
                let almost = self.server.poll_timeout().and_then(|due| due.checked_sub(Duration::from_nanos(1)));
                let Some(almost) = almost.filter(|almost| *almost >= self.now) else { return };
                self.now = almost;
                self.unchanged(|server| server.handle_timeout(almost));
            }
            Op::Close => self.server.close(),
            Op::Eof => self.eof = true,
        }
    }

    /// Whether events of all these classes are received.
    fn receives(&self, bits: u32) -> bool {
        self.server.is_logged_in() && bits & self.mask & self.readable == bits
    }

    /// The messages that were taken with an event: so many that the server has answered itself,
    /// then the one that it tells of, if it does.
    fn follow(&mut self, answered: usize, told: bool) -> Option<asked::Message> {
        for _ in 0..answered {
            let message = self.asked.next().expect("what it answers has been asked");
            match &*message.action() {
                "events" => self.mask = asked::mask(message.get("EventMask")).unwrap_or(self.mask),
                "challenge" => self.challenged |= message.get("AuthType").eq_ignore_ascii_case(b"MD5"),
                "login" | "logoff" => {}
                other => panic!("{other:?} was answered"),
            }
        }
        told.then(|| self.asked.next().expect("what it tells of has been asked"))
    }

    /// Whether a login shows the secret `s`, or knows it.
    fn is_shown(&self, login: &asked::Message) -> bool {
        if !login.get("AuthType").eq_ignore_ascii_case(b"MD5") {
            return login.get("Secret") == b"s";
        }
        self.challenged && login.get("Key") == b"a43103fa2c1ea6fb4d78c4e895fcfee4"
    }

    fn answered(&mut self, id: RequestId, done: bool) {
        if done && !self.server.is_over() {
            self.open.remove(&id);
            assert!(self.server.respond(id, "Success", [("X", "y")]).is_err(), "answered once");
            assert!(self.server.resume(id).is_err());
            assert!(self.written().is_empty());
        }
    }

    fn pass(&mut self, now: Instant) {
        self.now = now;
        let due = self.server.poll_timeout().is_some_and(|due| due <= now);
        let refused = due && self.login.is_none() && self.server.is_over() != due;
        self.server.handle_timeout(now);
        let written = self.written();
        // A login that was refused is told so; one that never came, or waits for the embedder, is
        // not.
        assert!(written.is_empty() || (refused && written == [(FrameKind::Response, "Error".into())]));
        assert!(!due || self.server.is_over());
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
            let taken = hand(&mut self.server, self.now, &self.inbox, self.bytewise);
            if taken == 0 {
                return;
            }
            self.asked.push(&self.inbox[..taken]);
            self.inbox.drain(..taken);
            self.drain();
        }
        if self.eof {
            self.server.handle_eof(self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            let before = self.server.unsent();
            let event = match self.server.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => {
                    let answers = self.answers(before);
                    self.follow(answers, false);
                    break;
                }
                Err(error) => {
                    assert!(self.server.is_over());
                    assert_eq!(self.server.poll_event().err(), Some(error), "the error is sticky");
                    let answers = self.answers(before);
                    self.follow(answers, false);
                    break;
                }
            };
            if let Some(told) = &mut self.told {
                told.push(format!("{event:?}"));
            }
            match event {
                ServerEvent::Login { id, attempt } => {
                    let shown = attempt.verify("s");
                    assert!(self.latest.replace(id) < Some(id));
                    self.login = Some(id);
                    let answers = self.answers(before);
                    let login = self.follow(answers, true).expect("a message");
                    assert_eq!(login.action(), "login");
                    assert_eq!(shown, self.is_shown(&login));
                    self.mask = asked::mask(login.get("Events")).unwrap_or(asked::ALL);
                }
                ServerEvent::Request { id, request } => {
                    let name = request.frame().name().expect("an action").to_string().to_ascii_lowercase();
                    let answers = self.answers(before);
                    assert_eq!(self.follow(answers, true).expect("a message").action(), name);
                    assert!(self.latest.replace(id) < Some(id), "a name of its own");
                    self.open.insert(id, 0);
                    assert!(self.server.is_logged_in());
                    assert!(self.open.len() <= OPEN, "no more requests than may be open");
                }
                ServerEvent::Malformed(_) => {
                    let answers = self.answers(before);
                    self.follow(answers - 1, true);
                }
                ServerEvent::Closed => {
                    let answers = self.answers(before);
                    self.follow(answers, false);
                }
                other => panic!("{other:?}"),
            }
        }
        if self.server.is_over() {
            self.open.clear();
            self.login = None;
        }
        self.unchanged(|_| ());
    }

    /// What `poll_event` has written is answers, and only to one that reads; so many.
    fn answers(&mut self, before: usize) -> usize {
        assert!(self.server.unsent() == before || before <= UNSENT / 2);
        let written = self.written();
        assert!(written.iter().all(|(kind, _)| *kind == FrameKind::Response));
        self.bounded();
        written.len()
    }

    fn bounded(&self) {
        assert!(self.server.unsent() <= UNSENT, "{} unsent", self.server.unsent());
        assert!(self.server.held() <= self.most_held, "{} held", self.server.held());
    }

    /// Nothing new without a cause.
    fn unchanged(&mut self, act: impl FnOnce(&mut Server)) {
        let state = |server: &Server| (server.poll_timeout(), server.unsent(), server.is_over(), server.is_logged_in());
        let before = state(&self.server);
        act(&mut self.server);
        assert_eq!(before, state(&self.server));
        assert!(!matches!(self.server.poll_event(), Ok(Some(_))), "something new without a cause");
        assert_eq!(before, state(&self.server));
        assert!(self.login.is_some() || self.server.mask().bits() == self.mask & self.readable, "another mask");
    }
}

/// The one frame of a text.
fn frame(framing: Framing, text: &str) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing.banner(false));
    decoder.push(text.as_bytes());
    decoder.next_frame().expect("no limit").expect("a frame").to_owned()
}

/// A client that is logged in.
fn upstream(now: Instant) -> Client {
    let mut client = Client::new(client::Config::new().without_keep_alive().await_greeting(false)).seeded(1);
    client.login(now, Credentials::plain("u", "s")).expect("a login");
    let name = transmitted(&mut client);
    let answer = format!("A/1\r\nResponse: Success\r\nActionID: {name}\r\n\r\n");
    assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
    while client.poll_event().expect("it stands").is_some() {}
    client
}

/// Transmits the one request that waits, and gives its `ActionID`.
fn transmitted(client: &mut Client) -> String {
    let sent = String::from_utf8(client.poll_transmit().expect("a request").to_vec()).expect("text");
    client.transmitted(sent.len());
    sent.lines().find_map(|line| line.strip_prefix("ActionID: ")).expect("a name").to_owned()
}
