//! Client, server and FreeSWITCH's connection under one driver: what the contract promises of one
//! holds for all.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Result as IoResult, Write};
use std::time::{Duration, Instant};

use ami_proto::client::{self, Client, ClientEvent};
use ami_proto::conn::Machine;
use ami_proto::server::{self, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{ConnectionError, Limits};

/// A non-blocking socket that writes so many bytes at a time.
struct Socket {
    received: VecDeque<u8>,
    sent: Vec<u8>,
    most: usize,
    closed: bool,
}

impl Socket {
    fn new(most: usize) -> Self {
        Self { received: VecDeque::new(), sent: Vec::new(), most, closed: false }
    }

    /// What this side has sent is what the other receives.
    fn pass_to(&mut self, other: &mut Self) -> bool {
        other.received.extend(&self.sent);
        !std::mem::take(&mut self.sent).is_empty()
    }
}

impl Read for Socket {
    fn read(&mut self, space: &mut [u8]) -> IoResult<usize> {
        match self.received.read(space)? {
            0 if !self.closed => Err(ErrorKind::WouldBlock.into()),
            n => Ok(n),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let n = bytes.len().min(self.most);
        self.sent.extend(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// The one driver: runs a machine until nothing moves.
fn run<M: Machine>(
    machine: &mut M,
    socket: &mut Socket,
    now: Instant,
    mut on_event: impl FnMut(M::Event<'_>),
) -> Result<(), ConnectionError> {
    loop {
        while let Some(event) = machine.poll_event()? {
            on_event(event);
        }
        if !machine.exchange(socket, || now).expect("the socket never fails") {
            return Ok(());
        }
    }
}

/// What is left of a machine whose stream has ended.
fn has_ended<M: Machine>(machine: &mut M, now: Instant) -> ConnectionError {
    machine.handle_eof(now);
    assert!(!machine.wants_input() && machine.space(1).is_none() && machine.handle_input(now, b"x") == 0);
    loop {
        match machine.poll_event() {
            Ok(_) => {}
            Err(error) => return error,
        }
    }
}

/// All that waits moves at once into a buffer of the driver's own.
fn says<M: Machine>(machine: &mut M) -> String {
    let mut own = Vec::new();
    let moved = machine.transmit_into(&mut own).unwrap();
    assert_eq!((moved, machine.poll_transmit()), (own.len(), None));
    String::from_utf8(own).unwrap()
}

#[test]
fn one_driver_serves_client_and_server() {
    let now = Instant::now();
    let mut client = Client::new(client::Config::new().without_keep_alive()).seeded(1);
    let mut server = Server::new(now, server::Config::new().fully_booted(false));
    let (mut near, mut far) = (Socket::new(7), Socket::new(1000));
    client.login(now, client::Credentials::plain("u", "s")).unwrap();
    let mut heard = Vec::new();
    loop {
        let mut login = None;
        run(&mut server, &mut far, now, |event| {
            if let ServerEvent::Login { id, .. } = event {
                login = Some(id);
            }
        })
        .unwrap();
        login.map(|id| server.accept(id, Classes::ALL)).transpose().unwrap();
        run(&mut server, &mut far, now, |_| {}).unwrap();
        run(&mut client, &mut near, now, |event| {
            heard.push(match event {
                ClientEvent::Connected(_) => "connected",
                ClientEvent::LoggedIn(_) => "logged in",
                ClientEvent::Ready(_) => "ready",
                other => panic!("{other:?}"),
            });
        })
        .unwrap();
        if !(near.pass_to(&mut far) | far.pass_to(&mut near)) {
            break;
        }
    }
    assert_eq!(heard, ["connected", "logged in", "ready"]);
    assert_eq!((client.read_timeout(now), server.read_timeout(now)), (None, None));
    // The end of one is the end of the other.
    client.close(now);
    assert!(says(&mut client).starts_with("Action: Logoff\r\n"));
    near.closed = true;
    let mut closed = false;
    run(&mut client, &mut near, now, |event| closed = matches!(event, ClientEvent::Closed)).unwrap();
    assert!(closed);
}

#[test]
fn a_stream_that_has_ended_takes_nothing_more() {
    let now = Instant::now();
    let closed = ConnectionError::Closed { truncated: 0 };
    let mut client = Client::new(client::Config::new());
    assert_eq!(has_ended(&mut client, now), closed);
    let mut server = Server::new(now, server::Config::new());
    assert_eq!(server.handle_input(now, b"Act"), 3);
    assert_eq!(has_ended(&mut server, now), ConnectionError::Closed { truncated: 3 });
}

/// The login and its answer had arrived in time; they are polled too late.
#[test]
fn what_was_received_comes_before_what_time_does() {
    let now = Instant::now();
    let mut client = Client::new(client::Config::new().await_greeting(false)).seeded(1);
    client.login(now, client::Credentials::plain("u", "s")).unwrap();
    let asked = says(&mut client);
    let id = asked.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap();
    let answer = format!("Response: Success\r\nActionID: {id}\r\n\r\n");
    assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
    client.handle_timeout(client.poll_timeout().unwrap());
    assert!(matches!(client.poll_event(), Ok(Some(ClientEvent::LoggedIn(_)))));

    let mut server = Server::new(now, server::Config::new());
    let asked = b"Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n";
    assert_eq!(server.handle_input(now, asked), asked.len());
    server.handle_timeout(server.poll_timeout().unwrap());
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).unwrap();
    assert!(matches!(server.poll_event(), Ok(None)) && server.is_logged_in());
    // Where nobody decides on it, time does.
    let mut server = Server::new(now, server::Config::new());
    assert_eq!(server.handle_input(now, asked), asked.len());
    server.handle_timeout(server.poll_timeout().unwrap());
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Login { .. }))));
    assert!(matches!(server.poll_event(), Ok(Some(ServerEvent::Closed))));
}

#[test]
fn a_read_may_wait_a_millisecond_at_least() {
    let now = Instant::now();
    let server = Server::new(now, server::Config::new().auth_timeout(Duration::from_secs(30)));
    assert_eq!(server.read_timeout(now), Some(Duration::from_secs(30)));
    assert_eq!(server.read_timeout(now + Duration::from_secs(31)), Some(Duration::from_millis(1)));
}

mod freeswitch {
    use super::*;
    use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Ending};

    fn asks(connection: &mut Connection, now: Instant) {
        connection.login(now, Credentials::password("ClueCon")).unwrap();
        assert_eq!(connection.handle_input(now, b"Content-Type: auth/request\n\n"), 28);
        assert!(matches!(connection.poll_event(), Ok(None)));
    }

    const ACCEPTED: &[u8] = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n";

    #[test]
    fn one_driver_serves_a_connection_to_freeswitch_too() {
        let now = Instant::now();
        let mut connection = Connection::new(Config::new().without_keep_alive());
        let mut socket = Socket::new(3);
        asks(&mut connection, now);
        run(&mut connection, &mut socket, now, |event| panic!("{event:?}")).unwrap();
        assert_eq!(socket.sent, b"auth ClueCon\n\n");
        assert_eq!(connection.read_timeout(now), Some(Duration::from_secs(10)));
        socket.received.extend(ACCEPTED);
        let mut logged_in = false;
        run(&mut connection, &mut socket, now, |event| logged_in = matches!(event, ConnectionEvent::LoggedIn(_)))
            .unwrap();
        assert!(logged_in && connection.wants_input());
        assert_eq!(connection.read_timeout(now), None);
        assert_eq!(has_ended(&mut connection, now), ConnectionError::Closed { truncated: 0 });
    }

    #[test]
    fn what_was_received_comes_before_what_time_does() {
        let now = Instant::now();
        let mut connection = Connection::new(Config::new());
        asks(&mut connection, now);
        assert_eq!(says(&mut connection), "auth ClueCon\n\n");
        assert_eq!(connection.handle_input(now, ACCEPTED), ACCEPTED.len());
        connection.handle_timeout(connection.poll_timeout().unwrap());
        assert!(matches!(connection.poll_event(), Ok(Some(ConnectionEvent::LoggedIn(_)))));

        let first = connection.api(now, "version").unwrap();
        let second = connection.api(now, "status").unwrap();
        says(&mut connection);
        let answer = b"Content-Type: api/response\nContent-Length: 2\n\n+O";
        assert_eq!(connection.handle_input(now, answer), answer.len());
        connection.handle_timeout(connection.poll_timeout().unwrap());
        let Ok(Some(ConnectionEvent::Ended { id, ending: Ending::Reply(_) })) = connection.poll_event() else {
            panic!("a reply")
        };
        assert_eq!(id, first);
        let Ok(Some(ConnectionEvent::Ended { id, ending: Ending::TimedOut(_) })) = connection.poll_event() else {
            panic!("its time is up")
        };
        assert_eq!(id, second);
    }
}

/// Counts more than there was, which debug builds tell the caller.
fn overdoes<M: Machine>(machine: &mut M, now: Instant) {
    let waits = machine.poll_transmit().map_or(0, <[u8]>::len);
    let told = |run: &mut dyn FnMut()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
    assert_eq!(told(&mut || machine.transmitted(waits + 1)), cfg!(debug_assertions));
    let room = machine.space(1).expect("room").len();
    assert_eq!(told(&mut || machine.advance(now, room + 1)), cfg!(debug_assertions));
    machine.handle_eof(now);
    assert_eq!(told(&mut || machine.advance(now, 1)), cfg!(debug_assertions));
}

#[test]
fn counting_more_than_there_was_is_told() {
    let now = Instant::now();
    overdoes(&mut Client::new(client::Config::new()), now);
    overdoes(&mut Server::new(now, server::Config::new()), now);
    overdoes(&mut ami_proto::freeswitch::Connection::new(ami_proto::freeswitch::Config::new()), now);
}

/// Receives nothing, which is no sign of life and nothing to poll: what is due is done at once.
fn hears_nothing<M: Machine>(machine: &mut M) {
    let due = machine.poll_timeout().expect("a deadline");
    machine.advance(due, 0);
    assert_eq!((machine.handle_input(due, b""), machine.poll_timeout()), (0, Some(due)));
    machine.handle_timeout(due);
    assert_ne!(machine.poll_timeout(), Some(due));
}

#[test]
fn nothing_received_is_no_news() {
    let now = Instant::now();
    let minute = Duration::from_secs(60);
    hears_nothing(&mut crate::peer::Peer::ready(client::Config::new().keep_alive(minute, minute)).client);
    hears_nothing(&mut Server::new(now, server::Config::new()));
    let mut connection = ami_proto::freeswitch::Connection::new(ami_proto::freeswitch::Config::new());
    connection.login(now, ami_proto::freeswitch::Credentials::password("ClueCon")).unwrap();
    hears_nothing(&mut connection);
}

/// A socket that a signal interrupts at each call before it does anything, once.
struct Interrupted {
    socket: Socket,
    signal: bool,
}

impl Interrupted {
    fn call<T>(&mut self, done: impl FnOnce(&mut Socket) -> IoResult<T>) -> IoResult<T> {
        self.signal = !self.signal;
        if self.signal { Err(ErrorKind::Interrupted.into()) } else { done(&mut self.socket) }
    }
}

impl Read for Interrupted {
    fn read(&mut self, space: &mut [u8]) -> IoResult<usize> {
        self.call(|socket| socket.read(space))
    }
}

impl Write for Interrupted {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.call(|socket| socket.write(bytes))
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// A poller that tells once that a socket is ready tells nothing more until that has blocked.
#[test]
fn a_signal_is_no_reason_to_wait() {
    let now = Instant::now();
    let mut client = Client::new(client::Config::new().await_greeting(false));
    let mut socket = Interrupted { socket: Socket::new(7), signal: false };
    client.login(now, client::Credentials::plain("u", "s")).unwrap();
    let waits = client.poll_transmit().unwrap().len();
    socket.socket.received.extend(b"Asterisk Call Manager/11.0.0\r\n");
    while client.exchange(&mut socket, || now).unwrap() {}
    assert_eq!((socket.socket.sent.len(), client.poll_transmit()), (waits, None));
    assert!(matches!(client.poll_event(), Ok(Some(ClientEvent::Connected(_)))));
}

/// A socket whose peer has gone: nothing can be written, what it said last can still be read.
struct Broken {
    socket: Socket,
    kind: ErrorKind,
}

impl Read for Broken {
    fn read(&mut self, space: &mut [u8]) -> IoResult<usize> {
        let most = space.len().min(self.socket.most);
        self.socket.read(&mut space[..most])
    }
}

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> IoResult<usize> {
        Err(self.kind.into())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// Meets a connection that was broken off after these words, with something to write; counts the
/// events that come of them.
fn hears_last<M: Machine>(machine: &mut M, now: Instant, words: &[u8], kind: ErrorKind) -> usize {
    assert!(machine.poll_transmit().is_some());
    let mut socket = Socket::new(7);
    socket.received.extend(words);
    socket.closed = true;
    let error = machine.exchange(&mut Broken { socket, kind }, || now).unwrap_err();
    assert!(error.kind() == kind && !machine.wants_input());
    let mut events = 0;
    while let Ok(Some(_)) = machine.poll_event() {
        events += 1;
    }
    events
}

#[test]
fn what_the_peer_said_before_it_broke_off_is_heard() {
    let now = Instant::now();
    let banner = b"Asterisk Call Manager/11.0.0\r\nEvent: Shutdown\r\n\r\n";
    for kind in [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted] {
        let mut client = Client::new(client::Config::new().await_greeting(false));
        client.login(now, client::Credentials::plain("u", "s")).unwrap();
        assert_eq!(hears_last(&mut client, now, banner, kind), 2);
        let mut server = Server::new(now, server::Config::new());
        assert_eq!(hears_last(&mut server, now, b"Action: Login\r\n\r\n", kind), 1);
        let mut connection = ami_proto::freeswitch::Connection::new(ami_proto::freeswitch::Config::new());
        connection.connect(now).unwrap();
        let words = b"Content-Type: text/rude-rejection\nContent-Length: 3\n\nno\n";
        assert_eq!(hears_last(&mut connection, now, words, kind), 1);
    }
    // Another failure says nothing of what can be read.
    let mut client = Client::new(client::Config::new().await_greeting(false));
    client.login(now, client::Credentials::plain("u", "s")).unwrap();
    assert_eq!(hears_last(&mut client, now, banner, ErrorKind::Other), 0);
    // No more is read than there is room for.
    let limits = Limits::new().frame(64).line(64).buffer(64);
    let mut client = Client::new(client::Config::new().await_greeting(false).limits(limits));
    client.login(now, client::Credentials::plain("u", "s")).unwrap();
    assert_eq!(hears_last(&mut client, now, &banner.repeat(100), ErrorKind::BrokenPipe), 2);
}

/// A socket whose reads fail with this error, and whose writes, where there is one, with the other.
struct Failing {
    reads: ErrorKind,
    writes: Option<ErrorKind>,
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> IoResult<usize> {
        Err(self.reads.into())
    }
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.writes.map_or(Ok(bytes.len()), |kind| Err(kind.into()))
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

/// An error of the socket is told as it is, and is the end; what says that nothing moved is none.
#[test]
fn what_an_error_of_the_socket_means() {
    use ErrorKind::{BrokenPipe, ConnectionReset, Other, TimedOut, WouldBlock};
    let cases = [
        (WouldBlock, None, None),
        (TimedOut, None, None),
        (ConnectionReset, None, Some(ConnectionReset)),
        (Other, None, Some(Other)),
        (WouldBlock, Some(BrokenPipe), Some(BrokenPipe)),
        // The first counts.
        (ConnectionReset, Some(BrokenPipe), Some(BrokenPipe)),
        (WouldBlock, Some(TimedOut), None),
    ];
    for (reads, writes, expected) in cases {
        let mut peer = crate::peer::Peer::ready(client::Config::new());
        peer.client.send(peer.now, &ami_proto::action::Ping::new()).unwrap();
        let result = peer.client.exchange(&mut Failing { reads, writes }, || peer.now);
        assert_eq!(result.err().map(|error| error.kind()), expected, "{reads} {writes:?}");
        let told = peer.events();
        if expected.is_none() {
            assert!(told.is_empty() && !peer.client.is_over(), "{told:?}");
            continue;
        }
        let reached = if writes.is_some() { "NotSent" } else { "Sent" };
        let lost = [format!("lost {reached}"), "over: the peer closed the connection".to_owned()];
        assert_eq!(told, lost, "{reads} {writes:?}");
        // The next connection is for the client to begin.
        assert!(peer.client.is_over() && peer.client.reconnect().is_ok());
    }
}
