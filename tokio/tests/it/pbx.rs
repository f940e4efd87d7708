//! A server for the tests: the scripts of `ami-proto`, driven over a pipe in memory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use ami_proto::conn::Machine;
use ami_proto::server::{Config, Server};
use ami_proto::testing::{Asked, ServerScript};
use ami_proto::value::Classes;
use ami_tokio::{Connector, Credentials};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;

/// Has something done to a server while it runs. `false`: it breaks the connection off.
pub(crate) type Deed<M> = Box<dyn FnOnce(&mut M) -> bool + Send>;

/// A maker of a server for a connection.
pub(crate) type Script<M> = Box<dyn Fn() -> M + Send>;

/// A server that a connector reaches: each connection is the next of its scripts.
pub(crate) struct Peer<M: 'static> {
    /// To the connection that stands.
    deeds: Mutex<Option<mpsc::UnboundedSender<Deed<M>>>>,
    scripts: Mutex<VecDeque<Script<M>>>,
    /// Connections that were asked for.
    pub(crate) dialled: Mutex<usize>,
    /// Bytes that the pipe takes.
    pipe: usize,
}

impl<M: Machine + Send + 'static> Peer<M>
where
    for<'a> M::Event<'a>: Send,
{
    pub(crate) fn new(scripts: impl IntoIterator<Item = Script<M>>) -> Self {
        let scripts = Mutex::new(scripts.into_iter().collect());
        Self { deeds: Mutex::default(), scripts, dialled: Mutex::default(), pipe: 1 << 16 }
    }

    pub(crate) fn pipe(self, pipe: usize) -> Self {
        Self { pipe, ..self }
    }

    /// Makes a connection to the next of the scripts; without one it is refused.
    pub(crate) fn dial(&self) -> io::Result<DuplexStream> {
        *self.dialled.lock().unwrap() += 1;
        let script = self.scripts.lock().unwrap().pop_front().ok_or(io::ErrorKind::ConnectionRefused)?;
        let (near, far) = tokio::io::duplex(self.pipe);
        let (deeds, todo) = mpsc::unbounded_channel();
        *self.deeds.lock().unwrap() = Some(deeds);
        tokio::spawn(serve(script(), far, todo));
        Ok(near)
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

/// An input of a server.
enum Did<M> {
    Read(io::Result<usize>),
    Written(io::Result<usize>),
    Deed(Option<Deed<M>>),
    Clock,
}

/// Drives one side over a stream, and nothing is done to it.
pub(crate) async fn drive<M: Machine>(machine: M, far: impl AsyncRead + AsyncWrite + Unpin) {
    serve(machine, far, mpsc::unbounded_channel().1).await;
}

/// Drives one side over a stream.
async fn serve<M: Machine>(
    mut machine: M,
    mut far: impl AsyncRead + AsyncWrite + Unpin,
    mut todo: mpsc::UnboundedReceiver<Deed<M>>,
) {
    let now = || tokio::time::Instant::now().into_std();
    loop {
        while machine.poll_event().is_ok_and(|event| event.is_some()) {}
        let waiting = machine.poll_transmit().map(<[u8]>::to_vec);
        if machine.is_over() && waiting.is_none() {
            return;
        }
        let due = machine.poll_timeout();
        let clock = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        let (mut reader, mut writer) = tokio::io::split(&mut far);
        let mut space = [0; 4096];
        let reads = machine.wants_input();
        let read = async { if reads { reader.read(&mut space).await } else { std::future::pending().await } };
        let write = async {
            match &waiting {
                Some(bytes) => writer.write(bytes).await,
                None => std::future::pending().await,
            }
        };
        let did = tokio::select! {
            deed = todo.recv(), if !todo.is_closed() => Did::Deed(deed),
            written = write => Did::Written(written),
            read = read => Did::Read(read),
            () = clock => Did::Clock,
        };
        match did {
            Did::Deed(None) => todo.close(),
            Did::Deed(Some(deed)) => {
                if !deed(&mut machine) {
                    return;
                }
            }
            Did::Written(Ok(n)) => {
                machine.transmitted(n);
                if far.flush().await.is_err() {
                    return;
                }
            }
            Did::Written(Err(_)) => return,
            Did::Read(Ok(0) | Err(_)) => machine.handle_eof(now()),
            Did::Read(Ok(n)) => {
                let mut left = &space[..n];
                while !left.is_empty() {
                    let taken = machine.handle_input(now(), left);
                    left = &left[taken..];
                    while machine.poll_event().is_ok_and(|event| event.is_some()) {}
                }
            }
            Did::Clock => machine.handle_timeout(now()),
        }
    }
}

/// A PBX.
pub(crate) type Pbx = Peer<ServerScript>;

/// A script that knows what the tests ask for:
///
/// - `CoreStatus` has three calls; `MailboxCount` is never answered;
/// - `CoreShowChannels` lists two, `SIPpeers` begins a list and never ends it;
/// - `Originate` is accepted, and its outcome comes at once: busy where the channel says so, never
///   for `PJSIP/silent`;
/// - `Command` prints two lines, `Queues` a text, `QueuePause` is refused.
pub(crate) fn script() -> ServerScript {
    let server = Server::new(tokio::time::Instant::now().into_std(), Config::new());
    ServerScript::new(server)
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
        .on("Originate", |mut asked| originate(&mut asked))
        .on("Command", |asked| {
            let lines = [("Message", "Command output follows"), ("Output", "up"), ("Output", " 2 days")];
            asked.server.respond(asked.id, "Success", lines)
        })
        .on("QueuePause", |asked| asked.server.respond(asked.id, "Error", [("Message", "Interface not found")]))
}

fn originate(asked: &mut Asked<'_>) -> Result<(), ami_proto::error::SendError> {
    let get = |name| asked.request.get(name).unwrap_or_default().to_string();
    let (id, channel) = (get("ActionID"), get("Channel"));
    asked.server.respond(asked.id, "Success", [("Message", "Originate successfully queued")])?;
    let (response, reason) = if channel.contains("busy") { ("Failure", "5") } else { ("Success", "4") };
    if !channel.contains("silent") {
        let outcome = [("ActionID", id.as_str()), ("Response", response), ("Reason", reason)];
        asked.server.event(Classes::CALL, "OriginateResponse", outcome)?;
    }
    Ok(())
}

/// A PBX with that script for so many connections.
pub(crate) fn pbx(connections: usize) -> Arc<Pbx> {
    Arc::new(Pbx::new((0..connections).map(|_| Box::new(script) as Script<_>)))
}

/// A PBX with that script for one connection, over a pipe that takes so many bytes at a time.
pub(crate) fn narrow_pbx(pipe: usize) -> Arc<Pbx> {
    Arc::new(Pbx::new([Box::new(script) as Script<_>]).pipe(pipe))
}

/// A connector to it.
pub(crate) fn connector(pbx: &Arc<Pbx>) -> Connector {
    let pbx = Arc::clone(pbx);
    Connector::new("pbx:5038", Credentials::md5("admin", "s3cret")).over(move |_| std::future::ready(pbx.dial()))
}

/// Has the server tell an event of the class `call`.
pub(crate) fn event(pbx: &Pbx, name: &'static str, channel: impl Into<String>) {
    let channel = channel.into();
    pbx.deed(move |pbx| _ = pbx.server.event(Classes::CALL, name, [("Channel", &*channel)]).unwrap());
}
