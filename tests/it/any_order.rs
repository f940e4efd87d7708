//! Calls in any order, times that go back, sockets that fail in the middle: what the contract of
//! `conn::Machine` promises of each side holds all the same.

use ami_testkit::splits::Random;
use std::collections::BTreeSet;
use std::io::{Error, ErrorKind, Read, Result as IoResult, Write};
use std::time::{Duration, Instant};

use ami_proto::action::{CoreStatus, Custom, Events, Filter, Originate, Queues, Status};
use ami_proto::client::{self, Client, ClientEvent};
use ami_proto::conn::Machine;
use ami_proto::freeswitch::{self, Connection, ConnectionEvent, EventFormat, Message};
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{ConnectionError, Limits};

/// One side under test, with what its caller knows of its requests.
trait Side {
    type Of: Machine;

    fn machine(&mut self) -> &mut Self::Of;
    /// Polls once; returns whether there was an event.
    fn poll(&mut self) -> Result<bool, ConnectionError>;
    /// Does something that a program does.
    fn command(&mut self, now: Instant, random: &mut Random);
    /// Returns what a peer may say; `sent` is what it was told.
    fn peer(&self, sent: &str, random: &mut Random) -> String;
    /// Returns whether something is open that only the peer or time can end.
    fn waits(&self) -> bool;
    /// Returns bytes held, and the most that may be.
    fn held(&self) -> (usize, usize);
    fn is_over(&self) -> bool;
    /// Begins anew where that can be done.
    fn again(&mut self) -> bool;
    /// Checks what has to hold once the side is over and all has been polled.
    fn has_ended(&mut self);
}

/// A socket that does what sockets do.
struct Odd<'a> {
    random: &'a mut Random,
    says: Vec<u8>,
    sent: Vec<u8>,
}

impl Odd<'_> {
    fn trouble(&mut self) -> IoResult<()> {
        match self.random.below(16) {
            0 => Err(ErrorKind::WouldBlock.into()),
            1 => Err(ErrorKind::Interrupted.into()),
            2 => Err(ErrorKind::TimedOut.into()),
            3 if self.random.below(16) == 0 => Err(Error::from(ErrorKind::ConnectionReset)),
            _ => Ok(()),
        }
    }
}

impl Read for Odd<'_> {
    fn read(&mut self, space: &mut [u8]) -> IoResult<usize> {
        assert!(!space.is_empty(), "a read of nothing looks like the end");
        self.trouble()?;
        if self.says.is_empty() && self.random.below(16) != 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let n = (1 + self.random.below(64)).min(space.len()).min(self.says.len());
        space[..n].copy_from_slice(&self.says[..n]);
        self.says.drain(..n);
        Ok(n)
    }
}

impl Write for Odd<'_> {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.trouble()?;
        let n = self.random.below(200).min(bytes.len());
        if n == 0 && self.random.below(8) != 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.sent.extend(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

struct Run<S> {
    side: S,
    now: Instant,
    random: Random,
    sent: Vec<u8>,
    error: Option<ConnectionError>,
    log: Vec<String>,
}

impl<S: Side> Run<S> {
    fn new(side: S, now: Instant, seed: u64) -> Self {
        Self { side, now, random: Random::new(seed), sent: Vec::new(), error: None, log: Vec::new() }
    }

    fn says(&mut self) -> Vec<u8> {
        let tail = self.sent.len().saturating_sub(2000);
        let sent = String::from_utf8_lossy(&self.sent[tail..]).into_owned();
        let mut bytes = self.side.peer(&sent, &mut self.random).into_bytes();
        if self.random.below(32) == 0 {
            let at = self.random.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = self.random.below(256) as u8;
            }
        }
        bytes
    }

    /// Polls until there is nothing; then there is nothing.
    fn drain(&mut self) {
        let end = loop {
            match self.side.poll() {
                Ok(true) => assert!(self.error.is_none(), "an event after the end: {:#?}", self.log),
                Ok(false) => break None,
                Err(error) => break Some(error),
            }
        };
        if self.error.is_some() {
            assert_eq!(end, self.error, "{:#?}", self.log);
        }
        self.error = end;
        let again = match self.side.poll() {
            Ok(told) => {
                assert!(!told, "nothing was the cause of this: {:#?}", self.log);
                None
            }
            Err(error) => Some(error),
        };
        assert_eq!(again, end);
    }

    fn step(&mut self) {
        let what = self.random.below(12);
        self.log.push(format!("{what}"));
        let (now, random) = (self.now, &mut self.random);
        match what {
            0 | 1 => self.side.command(now, random),
            2 | 3 => {
                let says = self.says();
                self.log.push(String::from_utf8_lossy(&says).into_owned());
                let mut says = &says[..];
                for _ in 0..2 {
                    let taken = self.side.machine().handle_input(now, says);
                    says = &says[taken..];
                }
            }
            4 => {
                let says = self.says();
                self.log.push(String::from_utf8_lossy(&says).into_owned());
                let min = self.random.below(100);
                if let Some(space) = self.side.machine().space(min) {
                    let n = space.len().min(says.len());
                    space[..n].copy_from_slice(&says[..n]);
                    self.side.machine().advance(now, n);
                }
            }
            5 | 6 => {
                let waits = self.side.machine().poll_transmit().map_or(&b""[..], |bytes| bytes).to_vec();
                let n = self.random.below(2 * waits.len() + 1).min(waits.len());
                self.sent.extend(&waits[..n]);
                self.side.machine().transmitted(n);
            }
            7 => {
                let says = if self.random.below(2) == 0 { Vec::new() } else { self.says() };
                let mut socket = Odd { random: &mut self.random, says, sent: Vec::new() };
                let moved = self.side.machine().exchange(&mut socket, || now);
                let sent = socket.sent;
                self.sent.extend(sent);
                if moved.is_err() {
                    assert!(!self.side.machine().wants_input());
                }
            }
            8 => {
                self.now += Duration::from_millis(random.below(4000) as u64);
                self.side.machine().handle_timeout(self.now);
            }
            9 => {
                let back = Duration::from_millis(random.below(4000) as u64);
                self.side.machine().handle_timeout(now.checked_sub(back).unwrap_or(now));
            }
            10 => {
                self.drain();
                if let Some(due) = self.side.machine().poll_timeout() {
                    self.now = self.now.max(due);
                    self.side.machine().handle_timeout(self.now);
                    self.drain();
                    let next = self.side.machine().poll_timeout();
                    assert!(next.is_none_or(|next| next > self.now), "due once more: {:#?}", self.log);
                }
            }
            _ => match random.below(40) {
                0 => self.side.machine().handle_eof(now),
                1 => assert_eq!(self.side.machine().handle_input(now, b""), 0),
                2 => self.side.machine().transmitted(0),
                // Debug builds panic, see `machine.rs`.
                3 if !cfg!(debug_assertions) => {
                    let waits = self.side.machine().poll_transmit().map_or(0, <[u8]>::len);
                    self.side.machine().transmitted(waits + 1 + random.below(1000));
                    assert_eq!(self.side.machine().poll_transmit(), None);
                }
                4 if !cfg!(debug_assertions) => self.side.machine().advance(now, usize::MAX),
                _ => {}
            },
        }
        if self.random.below(3) != 0 {
            self.drain();
            let (held, most) = self.side.held();
            assert!(held <= most, "{held} held of {most}: {:#?}", self.log);
            if !self.side.is_over() && self.side.waits() {
                assert!(self.side.machine().poll_timeout().is_some(), "for ever: {:#?}", self.log);
            }
            let wants = self.side.machine().wants_input();
            assert_eq!(self.side.machine().space(1).is_some(), wants);
        }
        if self.side.is_over() && self.random.below(4) == 0 {
            self.drain();
            self.side.has_ended();
            if self.side.again() {
                (self.error, self.sent) = (None, Vec::new());
                self.log.push("again".to_owned());
            }
        }
    }
}

fn any_order<S: Side>(name: &str, runs: u64, side: impl Fn(Instant) -> S) {
    let now = Instant::now() + Duration::from_secs(3600);
    for seed in 1..=runs {
        let mut run = Run::new(side(now), now, seed);
        for _ in 0..200 {
            run.step();
        }
        run.log.push(format!("{name}, seed {seed}"));
        run.side.machine().handle_eof(run.now);
        run.drain();
    }
}

const SECOND: Duration = Duration::from_secs(1);

struct OfClient {
    client: Client,
    most: usize,
    sent: Vec<client::Id>,
    open: BTreeSet<client::Id>,
}

impl Side for OfClient {
    type Of = Client;

    fn machine(&mut self) -> &mut Client {
        &mut self.client
    }

    fn poll(&mut self) -> Result<bool, ConnectionError> {
        Ok(match self.client.poll_event()? {
            None => false,
            Some(ClientEvent::Ended { id, .. }) => {
                assert!(self.open.remove(&id), "it ended before");
                true
            }
            Some(_) => true,
        })
    }

    fn command(&mut self, now: Instant, random: &mut Random) {
        let client = &mut self.client;
        let sent = match random.below(14) {
            0..=3 => {
                let credentials = match random.below(3) {
                    0 => client::Credentials::plain("u", "s"),
                    _ => client::Credentials::md5("u", "s").or_plain(),
                };
                let _ = client.login(now, credentials);
                return;
            }
            4 => client.send(now, &Status::new()).map(client::Id::from),
            5 => client.send(now, &CoreStatus::new()).map(client::Id::from),
            6 => client.send(now, &Queues::new()).map(client::Id::from),
            7 => client.send(now, &Events::new("call")).map(client::Id::from),
            8 => client.send(now, &Filter::new("x")).map(client::Id::from),
            9 => client.send(now, &Originate::new("a").asynchronous(true)).map(client::Id::from),
            10 => client
                .send(now, &Custom::new("Nonsense").header("A", "b".repeat(random.below(400))))
                .map(client::Id::from),
            11 => {
                let id = self.sent.get(random.below(self.sent.len())).copied();
                if let Some(id) = id {
                    assert!(!client.cancel(id) || self.open.contains(&id));
                }
                return;
            }
            12 => {
                if random.below(10) == 0 {
                    client.close(now);
                }
                return;
            }
            _ => {
                if let Some(id) = self.sent.get(random.below(self.sent.len())).copied() {
                    match random.below(2) {
                        0 => _ = client.collect(id, random.below(4)),
                        _ => _ = client.take_items(id),
                    }
                }
                return;
            }
        };
        if let Ok(id) = sent {
            assert!(self.open.insert(id));
            self.sent.push(id);
        }
    }

    fn peer(&self, sent: &str, random: &mut Random) -> String {
        let ids: Vec<&str> = sent.lines().filter_map(|line| line.strip_prefix("ActionID: ")).collect();
        let id = ids.get(ids.len().saturating_sub(1 + random.below(4))).copied().unwrap_or("x");
        let says = match random.below(14) {
            0 => return "Asterisk Call Manager/5.0\r\n".to_owned(),
            1..=4 => "Response: Success",
            5 => "Response: Error\r\nMessage: no",
            6 => "Response: Success\r\nChallenge: 1",
            7 => "Response: Success\r\nEventList: start",
            8 => "Event: Status",
            9 => "Event: StatusComplete\r\nEventList: Complete",
            10 => return "Event: Hangup\r\nPrivilege: call,all\r\n\r\n".to_owned(),
            11 => "Event: OriginateResponse",
            12 => return "text\r\n\r\n".to_owned(),
            _ => return "\r\n".to_owned(),
        };
        format!("{says}\r\nActionID: {id}\r\n\r\n")
    }

    fn waits(&self) -> bool {
        self.client.open() > 0
    }

    fn held(&self) -> (usize, usize) {
        (self.client.held(), self.most)
    }

    fn is_over(&self) -> bool {
        self.client.is_over()
    }

    fn again(&mut self) -> bool {
        self.client.reconnect().is_ok()
    }

    fn has_ended(&mut self) {
        assert!(self.open.is_empty(), "{:?} have no ending", self.open);
    }
}

#[test]
fn a_client_takes_its_calls_in_any_order() {
    any_order("client", 400, |now| {
        let config = client::Config::new()
            .limits(Limits::new().buffer(1500).line(600).frame(900))
            .ceiling(3000)
            .max_in_flight(8)
            .response_timeout(3 * SECOND)
            .events(Classes::CALL);
        let _ = now;
        let most = config.most_held();
        OfClient { client: Client::new(config), most, sent: Vec::new(), open: BTreeSet::new() }
    });
}

struct OfServer {
    server: Server,
    most: usize,
    logins: Vec<RequestId>,
    open: Vec<RequestId>,
}

impl Side for OfServer {
    type Of = Server;

    fn machine(&mut self) -> &mut Server {
        &mut self.server
    }

    fn poll(&mut self) -> Result<bool, ConnectionError> {
        Ok(match self.server.poll_event()? {
            None => return Ok(false),
            Some(ServerEvent::Login { id, .. }) => {
                self.logins.push(id);
                true
            }
            Some(ServerEvent::Request { id, .. }) => {
                self.open.push(id);
                true
            }
            Some(_) => true,
        })
    }

    fn command(&mut self, now: Instant, random: &mut Random) {
        let server = &mut self.server;
        let login = self.logins.last().copied();
        let open = self.open.get(random.below(self.open.len())).copied();
        match (random.below(9), login, open) {
            (0..=2, Some(id), _) => _ = server.accept(id, Classes::ALL),
            (3, Some(id), _) if random.below(4) == 0 => _ = server.refuse(now, id),
            (4, _, Some(id)) => _ = server.respond(id, "Success", [("A", "b".repeat(random.below(300)))]),
            (5, _, Some(id)) => {
                if let Ok(list) = server.list(id, "x") {
                    let _ = list.item("Status", [("A", "b")]).and_then(|list| list.complete("StatusComplete"));
                }
            }
            (6, _, Some(id)) => _ = server.respond_text(id, b"text\r\n"),
            (7, ..) => _ = server.event(Classes::CALL, "Hangup", [("A", "b")]),
            (8, ..) if random.below(60) == 0 => server.close(),
            _ => {}
        }
    }

    fn peer(&self, _: &str, random: &mut Random) -> String {
        match random.below(8) {
            0 => "\r\n".to_owned(),
            1 => "Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n".to_owned(),
            2 => "Action: Challenge\r\nAuthType: MD5\r\n\r\n".to_owned(),
            3 if random.below(20) == 0 => "Action: Logoff\r\n\r\n".to_owned(),
            4 => "Action: Events\r\nEventMask: on\r\n\r\n".to_owned(),
            5 => format!("Action: Ping\r\nActionID: {}\r\n\r\n", "i".repeat(random.below(1100))),
            _ => "Action: Status\r\nActionID: 7\r\n\r\n".to_owned(),
        }
    }

    fn waits(&self) -> bool {
        // What is open once the client is let in is the program's to answer.
        !self.server.is_logged_in()
    }

    fn held(&self) -> (usize, usize) {
        (self.server.held(), self.most)
    }

    fn is_over(&self) -> bool {
        self.server.is_over()
    }

    fn again(&mut self) -> bool {
        false
    }

    fn has_ended(&mut self) {
        assert_eq!(self.server.poll_timeout(), None);
        for id in &self.open {
            assert!(self.server.respond(*id, "Success", [("A", "b")]).is_ok());
        }
    }
}

#[test]
fn a_server_takes_its_calls_in_any_order() {
    any_order("server", 400, |now| {
        let config = server::Config::new()
            .limits(Limits::new().buffer(3000).line(2000).frame(2500))
            .ceiling(2000)
            .max_open(4)
            .auth_timeout(60 * SECOND);
        let most = config.most_held();
        OfServer { server: Server::new(now, config), most, logins: Vec::new(), open: Vec::new() }
    });
}

struct OfFreeswitch {
    connection: Connection,
    most: usize,
    sent: Vec<freeswitch::Id>,
    open: BTreeSet<freeswitch::Id>,
}

impl Side for OfFreeswitch {
    type Of = Connection;

    fn machine(&mut self) -> &mut Connection {
        &mut self.connection
    }

    fn poll(&mut self) -> Result<bool, ConnectionError> {
        Ok(match self.connection.poll_event()? {
            None => false,
            Some(ConnectionEvent::Ended { id, .. }) => {
                assert!(self.open.remove(&id), "it ended before");
                true
            }
            Some(_) => true,
        })
    }

    fn command(&mut self, now: Instant, random: &mut Random) {
        let connection = &mut self.connection;
        let sent = match random.below(10) {
            0..=2 => {
                let _ = connection.login(now, freeswitch::Credentials::password("x"));
                return;
            }
            3 if random.below(8) == 0 => {
                let _ = connection.connect(now);
                return;
            }
            4 => connection.api(now, "a".repeat(random.below(300))),
            5 | 6 => connection.bgapi(now, "status"),
            7 => connection.subscribe(now, EventFormat::Plain, ["API", "ALL", "CUSTOM x"][random.below(3)]),
            8 => match self.sent.get(random.below(self.sent.len())).copied() {
                Some(id) => {
                    assert!(!connection.cancel(id) || self.open.contains(&id));
                    return;
                }
                None => connection.send(now, &Message::new("noevents")),
            },
            _ => {
                if random.below(20) == 0 {
                    connection.close(now);
                }
                return;
            }
        };
        if let Ok(id) = sent {
            assert!(self.open.insert(id));
            self.sent.push(id);
        }
    }

    fn peer(&self, sent: &str, random: &mut Random) -> String {
        let jobs: Vec<&str> = sent.lines().filter_map(|line| line.strip_prefix("Job-UUID: ")).collect();
        match random.below(9) {
            0 => "Content-Type: auth/request\n\n".to_owned(),
            1 | 2 => "Content-Type: command/reply\nReply-Text: +OK\n\n".to_owned(),
            3 => "Content-Type: command/reply\nReply-Text: -ERR no\n\n".to_owned(),
            4 => "Content-Type: api/response\nContent-Length: 3\n\n+OK".to_owned(),
            5 => {
                let job = jobs.get(random.below(jobs.len())).copied().unwrap_or("x");
                let event = format!("Event-Name: BACKGROUND_JOB\nJob-UUID: {job}\n\n");
                format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len())
            }
            6 if random.below(20) == 0 => "Content-Type: text/rude-rejection\n\n".to_owned(),
            7 => "Content-Length: 17\nContent-Type: text/event-plain\n\nEvent-Name: API\n\n".to_owned(),
            _ => "\n".to_owned(),
        }
    }

    fn waits(&self) -> bool {
        self.connection.open() > 0
    }

    fn held(&self) -> (usize, usize) {
        (self.connection.held(), self.most)
    }

    fn is_over(&self) -> bool {
        self.connection.is_over()
    }

    fn again(&mut self) -> bool {
        self.connection.reconnect().is_ok()
    }

    fn has_ended(&mut self) {
        assert!(self.open.is_empty(), "{:?} have no ending", self.open);
    }
}

#[test]
fn a_connection_to_freeswitch() {
    any_order("freeswitch", 400, |_| {
        let config = freeswitch::Config::new()
            .limits(Limits::new().buffer(1500).line(600).frame(900))
            .events(EventFormat::Plain, "API")
            .ceiling(1000)
            .max_in_flight(8)
            .response_timeout(5 * SECOND);
        let most = config.most_held();
        OfFreeswitch { connection: Connection::new(config), most, sent: Vec::new(), open: BTreeSet::new() }
    });
}
