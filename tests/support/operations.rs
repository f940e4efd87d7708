// What must hold for any operations on a session: the bodies of the fuzz targets `session_ops` and `server_ops`.

use ami_proto::Limits;
use ami_proto::action::{
    CoreStatus, Custom, Events, FAXStats, Filter, IaxPeers, Originate, Ping, Queues, SkinnyLines, Status,
};
use ami_proto::client::{AtCeiling, Client, ClientEvent, Config, Credentials, Ending, Id};
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use arbitrary::{Arbitrary, Unstructured};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// One thing that a driver, a caller or a server can do to a client.
#[derive(Arbitrary, Debug)]
enum ClientOp<'a> {
    Login {
        challenge: bool,
    },
    Send(u8),
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

struct Driven {
    client: Client,
    most_held: usize,
    now: Instant,
    /// `ActionID`s that were seen on the wire.
    ids: Vec<String>,
    sent: Vec<Id>,
    endings: HashMap<Id, u32>,
}

/// Whatever is done to a client: each request ends once and not before it was sent, what is held stays under the ceiling, nothing appears without a cause, time moves on.
pub fn session_ops(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<[u8; 4]>() else { return };
    let policy = if flags[0] & 1 == 0 { AtCeiling::StopReading } else { AtCeiling::FailList };
    let limits = Limits::new().buffer(600 + u32::from(flags[1])).line(400).frame(500);
    let mut config = Config::new()
        .limits(limits)
        .ceiling(300 + 8 * usize::from(flags[2]), usize::from(flags[3] & 15))
        .at_ceiling(policy)
        .max_in_flight(8)
        .keep_alive(Duration::from_millis(500), Duration::from_millis(200))
        .response_timeout(Duration::from_millis(300));
    if flags[0] & 2 != 0 {
        config = config.await_booted(Duration::from_millis(100)).events(Classes::SYSTEM);
    }
    let now = Instant::now();
    let mut driven = Driven {
        most_held: config.most_held(),
        client: Client::new(config).seeded(1),
        now,
        ids: Vec::new(),
        sent: Vec::new(),
        endings: HashMap::new(),
    };
    // Most runs begin where most sessions are.
    if flags[0] % 4 != 0 {
        driven.apply(&ClientOp::Login { challenge: false });
        driven.apply(&ClientOp::Transmit(255));
        driven.apply(&ClientOp::Answer { to: 0, what: 0, glued: false });
        assert!(driven.client.is_logged_in());
    }
    while let Ok(op) = bytes.arbitrary() {
        driven.apply(&op);
        driven.drain();
        if bytes.is_empty() {
            break;
        }
    }
    driven.finish();
}

impl Driven {
    fn pick(&self, number: u8) -> Option<Id> {
        self.sent.get(usize::from(number) % self.sent.len().max(1)).copied()
    }

    fn apply(&mut self, op: &ClientOp<'_>) {
        match *op {
            ClientOp::Login { challenge } => {
                #[cfg(feature = "md5")]
                let credentials =
                    if challenge { Credentials::md5("u", "s").or_plain() } else { Credentials::plain("u", "s") };
                #[cfg(not(feature = "md5"))]
                let credentials = Credentials::plain("u", if challenge { "s" } else { "t" });
                _ = self.client.login(self.now, credentials);
            }
            ClientOp::Send(kind) => self.send(kind),
            ClientOp::SendCustom(name, value) => {
                let sent = self.client.send(self.now, &Custom::new(name).header("X", value));
                self.sent.extend(sent.map(Id::from));
            }
            ClientOp::Cancel(number) => _ = self.pick(number).map(|id| self.client.cancel(id)),
            ClientOp::Collect(number, limit) => {
                _ = self.pick(number).map(|id| self.client.collect(id, limit.into()));
            }
            ClientOp::Take(number) => _ = self.pick(number).map(|id| self.client.take_items(id)),
            ClientOp::Input(bytes) => self.input(bytes),
            ClientOp::Answer { to, what, glued } => {
                let id = self.ids.get(usize::from(to) % self.ids.len().max(1));
                let id = id.map(|id| format!("ActionID: {id}\r\n")).unwrap_or_default();
                let mut text = format!("{}{id}", ANSWERS[usize::from(what) % ANSWERS.len()]);
                if !glued {
                    text.push_str("\r\n");
                }
                self.input(text.as_bytes());
            }
            ClientOp::Transmit(n) => self.transmit(n.into()),
            ClientOp::Wait(milliseconds) => {
                self.now += Duration::from_millis(milliseconds.into());
                self.client.handle_timeout(self.now);
            }
            ClientOp::Due => {
                let Some(due) = self.client.poll_timeout() else { return };
                self.now = self.now.max(due);
                self.client.handle_timeout(self.now);
            }
            ClientOp::Close => self.client.close(self.now),
            ClientOp::Eof => self.client.handle_eof(self.now),
            ClientOp::Reconnect => {
                if self.client.reconnect().is_ok() {
                    self.ids.clear();
                }
            }
        }
        // What is due has been done.
        if matches!(op, ClientOp::Wait(_) | ClientOp::Due) {
            assert!(self.client.poll_timeout().is_none_or(|due| due > self.now), "{op:?} left something due");
        }
    }

    fn send(&mut self, kind: u8) {
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
        self.sent.extend(sent);
    }

    fn input(&mut self, mut bytes: &[u8]) {
        loop {
            let taken = self.client.handle_input(self.now, bytes);
            bytes = &bytes[taken..];
            self.drain();
            // A reader that is told to stop stops.
            if taken == 0 || bytes.is_empty() {
                return;
            }
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
            match self.client.poll_event() {
                Ok(Some(ClientEvent::Ended { id, ending })) => {
                    if let Ending::Reply(response) | Ending::Refused(response) = ending {
                        assert!(response.kind().is_some());
                    }
                    assert!(self.sent.contains(&id), "the ending of a request that was never sent");
                    *self.endings.entry(id).or_default() += 1;
                    assert_eq!(self.endings[&id], 1, "one ending a request");
                }
                Ok(Some(
                    ClientEvent::Started { id, .. } | ClientEvent::Item { id, .. } | ClientEvent::Text { id, .. },
                )) => {
                    assert!(self.sent.contains(&id) && !self.endings.contains_key(&id), "nothing after the ending");
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    assert!(self.client.is_over());
                    assert_eq!(self.client.poll_event().err(), Some(error), "the error is sticky");
                    break;
                }
            }
        }
        assert!(self.client.held() <= self.most_held, "{} held", self.client.held());
        assert!(self.client.in_flight() <= 8 + self.sent.len());
        // Nothing new without a cause.
        let before =
            (self.client.poll_timeout(), self.client.poll_transmit().map(<[u8]>::len), self.client.in_flight());
        assert!(!matches!(self.client.poll_event(), Ok(Some(_))), "something new without a cause");
        let after = (self.client.poll_timeout(), self.client.poll_transmit().map(<[u8]>::len), self.client.in_flight());
        assert_eq!(before, after);
    }

    /// The end of the connection ends whatever hasn't ended.
    fn finish(&mut self) {
        for id in self.sent.clone() {
            self.client.take_items(id);
        }
        self.client.handle_eof(self.now);
        // A list that doesn't fit anywhere keeps even the end waiting, until somebody gives up on it.
        for id in self.sent.clone() {
            self.drain();
            self.client.take_items(id);
            self.client.cancel(id);
        }
        self.drain();
        for id in &self.sent {
            assert_eq!(self.endings.get(id), Some(&1), "{id:?} has no ending");
        }
        assert!(self.client.is_over());
        assert_eq!((self.client.in_flight(), self.client.poll_timeout()), (0, None));
    }
}

/// One thing that can be done to a server.
#[derive(Arbitrary, Debug)]
enum ServerOp<'a> {
    Input(&'a [u8]),
    /// A whole request.
    Request {
        name: u8,
        id: &'a [u8],
        lines: u8,
    },
    Accept(u32),
    Refuse {
        in_use: bool,
    },
    Respond(u8, &'a [u8]),
    List(u8),
    Item(u8),
    Complete(u8),
    Event(u32),
    Transmit(u8),
    Wait(u16),
    Eof,
}

const REQUESTS: [&str; 10] = [
    "Login",
    "Challenge",
    "Logoff",
    "Ping",
    "Events",
    "Status",
    "Originate",
    "",
    "x: y\r\nAction",
    "Login\r\nAuthType: MD5\r\nKey: 0",
];

/// Whatever is done to a server: it doesn't panic, what it writes reads back as frames of its own making, requests are open until they are answered, and nothing appears without a cause.
pub fn server_ops(data: &[u8]) {
    let now = Instant::now();
    let config =
        server::Config::new().max_open(4).max_unsent(500).limits(Limits::new().buffer(4096).frame(4096).line(3000));
    let mut server = Server::new(now, config).with_challenge(7);
    let mut bytes = Unstructured::new(data);
    let mut open: Vec<RequestId> = Vec::new();
    let mut waiting: Option<RequestId> = None;
    let mut elapsed = Duration::ZERO;
    if data.first().is_some_and(|flags| flags & 3 != 0) {
        let _ = server.handle_input(now, b"Action: Login\r\n\r\n");
        let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
        server.accept(id, Classes::ALL).expect("it waits");
    }
    while let Ok(op) = bytes.arbitrary::<ServerOp<'_>>() {
        let pick = |number: u8| open.get(usize::from(number) % open.len().max(1)).copied();
        match op {
            ServerOp::Input(bytes) => _ = server.handle_input(now, bytes),
            ServerOp::Request { name, id, lines } => {
                let name = REQUESTS[usize::from(name) % REQUESTS.len()];
                let lines = "A: b\r\n".repeat(lines.into());
                let text =
                    [b"Action: ", name.as_bytes(), b"\r\nActionID: ", id, b"\r\n", lines.as_bytes(), b"\r\n"].concat();
                _ = server.handle_input(now, &text);
            }
            ServerOp::Accept(classes) => {
                if let Some(id) = waiting.take() {
                    let accepted = server.accept(id, Classes::from_bits(classes));
                    assert!(accepted.is_ok() || server.is_over() || !server.is_logged_in());
                }
            }
            ServerOp::Refuse { in_use } => {
                if let Some(id) = waiting.take() {
                    _ = if in_use { server.refuse_in_use(now + elapsed, id) } else { server.refuse(now + elapsed, id) };
                }
            }
            ServerOp::Respond(number, value) => {
                if let Some(id) = pick(number) {
                    if server.respond(id, "Success", [("X", value)]).is_ok() {
                        open.retain(|other| *other != id);
                        let again = server.respond(id, "Success", [("X", "y")]);
                        assert!(again.is_err() || server.is_over(), "answered once");
                    }
                }
            }
            ServerOp::List(number) => _ = pick(number).map(|id| server.list(id, "follows").is_ok()),
            ServerOp::Item(number) => {
                _ = pick(number).and_then(|id| server.resume(id).ok()?.item("Status", [("A", "b")]).ok().map(drop));
            }
            ServerOp::Complete(number) => {
                if let Some(id) = pick(number) {
                    let done = server.resume(id).and_then(|list| list.complete_with("StatusComplete", [("A", "b")]));
                    if done.is_ok() {
                        open.retain(|other| *other != id);
                    }
                }
            }
            ServerOp::Event(classes) => {
                let classes = Classes::from_bits(classes);
                let sent = server.event(classes, "A", [("B", "c")]).expect("nothing to refuse");
                assert_eq!(sent, server.is_logged_in() && server.mask().contains(classes));
            }
            ServerOp::Transmit(n) => server.transmitted(n.into()),
            ServerOp::Wait(milliseconds) => {
                elapsed += Duration::from_millis(milliseconds.into());
                server.handle_timeout(now + elapsed);
                assert!(server.poll_timeout().is_none_or(|due| due > now + elapsed));
            }
            ServerOp::Eof => server.handle_eof(now),
        }
        loop {
            match server.poll_event() {
                Ok(Some(ServerEvent::Login { id, attempt })) => {
                    _ = attempt.verify("s");
                    waiting = Some(id);
                }
                Ok(Some(ServerEvent::Request { id, request })) => {
                    _ = request.action_type();
                    assert!(!open.contains(&id));
                    open.push(id);
                    assert!(open.len() <= 4, "no more requests than may be open");
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => {
                    assert!(server.is_over());
                    break;
                }
            }
        }
        let before = server.unsent();
        assert!(!matches!(server.poll_event(), Ok(Some(_))), "something new without a cause");
        assert_eq!(server.unsent(), before);
        if server.is_over() {
            open.clear();
            waiting = None;
        }
        if bytes.is_empty() {
            break;
        }
    }
}
