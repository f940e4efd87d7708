//! A server for the tests: the scripts of `ami-proto`, each connection driven by a thread.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ami_blocking::conn::Backoff;
use ami_blocking::{Connector, Credentials, Halves};
use ami_proto::conn::Machine;
use ami_proto::server::{Config, Server};
use ami_proto::testing::ServerScript;
use ami_proto::value::Classes;

/// Has something done to a server while it runs. `false`: it breaks the connection off.
type Deed<M> = Box<dyn FnOnce(&mut M) -> bool + Send>;

/// A maker of a server for a connection.
pub(crate) type Script<M> = Box<dyn Fn() -> M + Send>;

/// A server that a connector reaches: each connection is the next of its scripts.
pub(crate) struct Peer<M: 'static> {
    deeds: Mutex<Option<Sender<Deed<M>>>>,
    scripts: Mutex<VecDeque<Script<M>>>,
    pub(crate) dialled: Mutex<usize>,
}

impl<M: Machine + Send + 'static> Peer<M> {
    pub(crate) fn new(scripts: impl IntoIterator<Item = Script<M>>) -> Arc<Self> {
        let scripts = Mutex::new(scripts.into_iter().collect());
        Arc::new(Self { deeds: Mutex::default(), scripts, dialled: Mutex::default() })
    }

    /// Makes a connection to the next of the scripts; without one it is refused.
    pub(crate) fn dial(&self) -> std::io::Result<Halves> {
        *self.dialled.lock().unwrap() += 1;
        let script = self.scripts.lock().unwrap().pop_front().ok_or(ErrorKind::ConnectionRefused)?;
        let (near, far) = pair();
        let (deeds, todo) = channel();
        *self.deeds.lock().unwrap() = Some(deeds);
        thread::spawn(move || serve(script(), far, &todo));
        Halves::tcp(near)
    }

    pub(crate) fn then(&self, script: impl Fn() -> M + Send + 'static) {
        self.scripts.lock().unwrap().push_back(Box::new(script));
    }

    /// Does this to the server that is connected.
    pub(crate) fn deed(&self, deed: impl FnOnce(&mut M) + Send + 'static) {
        self.send(Box::new(|server| {
            deed(server);
            true
        }));
    }

    /// Breaks the connection off.
    pub(crate) fn cut(&self) {
        self.send(Box::new(|_| false));
    }

    fn send(&self, deed: Deed<M>) {
        let deeds = self.deeds.lock().unwrap();
        let _ = deeds.as_ref().expect("a connection").send(deed);
    }
}

/// Two ends of a connection.
pub(crate) fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// Drives one side over a socket.
fn serve<M: Machine>(mut machine: M, mut socket: TcpStream, todo: &Receiver<Deed<M>>) {
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut space = [0; 4096];
    loop {
        while let Ok(deed) = todo.try_recv() {
            if !deed(&mut machine) {
                let _ = socket.shutdown(Shutdown::Both);
                return;
            }
        }
        while machine.poll_event().is_ok_and(|event| event.is_some()) {}
        while let Some(bytes) = machine.poll_transmit() {
            let Ok(n) = socket.write(bytes) else { return };
            machine.transmitted(n);
        }
        if machine.is_over() {
            return;
        }
        match socket.read(&mut space) {
            Ok(n) if n > 0 => {
                let mut left = &space[..n];
                while !left.is_empty() {
                    let taken = machine.handle_input(Instant::now(), left);
                    left = &left[taken..];
                    while machine.poll_event().is_ok_and(|event| event.is_some()) {}
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => machine.handle_eof(Instant::now()),
        }
        machine.handle_timeout(Instant::now());
    }
}

/// A PBX.
pub(crate) type Pbx = Peer<ServerScript>;

/// A script that knows what the tests ask for:
///
/// - `CoreStatus` has three calls; `MailboxCount` is never answered;
/// - `CoreShowChannels` lists two, `SIPpeers` begins a list and never ends it;
/// - `Originate` is accepted, and its outcome comes at once: busy where the channel says so;
/// - `Command` prints what it was, `Queues` a text, `QueuePause` is refused.
pub(crate) fn script() -> ServerScript {
    ServerScript::new(Server::new(Instant::now(), Config::new()))
        .secret("s3cret")
        .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]))
        .on("MailboxCount", |_| Ok(()))
        .on("CoreShowChannels", |asked| {
            let list = asked.server.list(asked.id, "Channels will follow")?;
            let list = list.item("CoreShowChannel", [("Channel", "PJSIP/1-1")])?;
            list.item("CoreShowChannel", [("Channel", "PJSIP/2-2")])?.complete("CoreShowChannelsComplete")
        })
        .on("SIPpeers", |asked| {
            let list = asked.server.list(asked.id, "Peer status list will follow")?;
            let _ = list.item("PeerEntry", [("ObjectName", "1")])?;
            Ok(())
        })
        .on("Originate", |asked| {
            let get = |name| asked.request.get(name).unwrap_or_default().to_string();
            let (id, channel) = (get("ActionID"), get("Channel"));
            asked.server.respond(asked.id, "Success", [("Message", "Originate successfully queued")])?;
            let (response, reason) = if channel.contains("busy") { ("Failure", "5") } else { ("Success", "4") };
            if !channel.contains("silent") {
                let outcome = [("ActionID", id.as_str()), ("Response", response), ("Reason", reason)];
                asked.server.event(Classes::CALL, "OriginateResponse", outcome)?;
            }
            Ok(())
        })
        .on("Command", |asked| {
            let output = asked.request.get("Command").unwrap_or_default().to_string();
            asked.server.respond(asked.id, "Success", [("Output", output.as_str())])
        })
        .on("Queues", |asked| {
            asked.server.raw(b"support has 0 calls\r\n   No Members\r\n\r\n");
            Ok(())
        })
        .on("QueuePause", |asked| asked.server.respond(asked.id, "Error", [("Message", "Interface not found")]))
}

/// A PBX with that script for so many connections.
pub(crate) fn pbx(connections: usize) -> Arc<Pbx> {
    Pbx::new((0..connections).map(|_| Box::new(script) as Script<_>))
}

/// A connector to it, which is fast to come back.
pub(crate) fn connector(pbx: &Arc<Pbx>) -> Connector {
    let pbx = Arc::clone(pbx);
    let backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(100)).seeded(1);
    Connector::new("pbx:5038", Credentials::plain("admin", "s3cret")).reconnect(backoff).over(move |_| pbx.dial())
}

/// Has the server tell an event of the class `call`.
pub(crate) fn event(pbx: &Pbx, name: &'static str, channel: impl Into<String>) {
    let channel = channel.into();
    pbx.deed(move |pbx| _ = pbx.server.event(Classes::CALL, name, [("Channel", &*channel)]).unwrap());
}

/// Waits until it is so; a minute means that it will never be.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never is");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until no thread of a connection is left that could dial.
pub(crate) fn all_threads_end(pbx: &Arc<Pbx>) {
    until(|| Arc::strong_count(pbx) == 1);
}
