//! The servers: each connection has one, which lets everybody in and, when it is told to, tells
//! events of a recording at an even pace.

use std::sync::Arc;
use std::time::Duration;

use ami_proto::conn::Machine;
use ami_proto::server::{Config, Server};
use ami_proto::testing::ServerScript;
use ami_proto::{Decoder, FrameKind, Limits, OwnedFrame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

/// Serves until the process is ended, or its parent is gone. Prints the address.
pub(crate) fn run(events: u32, every: Duration) {
    let recorded: Arc<[OwnedFrame]> = recorded().into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (go, orders) = watch::channel(false);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let _ = line.map(|_| go.send(true));
        }
        std::process::exit(0);
    });
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("{}", listener.local_addr().expect("an address"));
        let mut number = 0;
        while let Ok((socket, _)) = listener.accept().await {
            // They begin at different places of the recording, and don't all speak at once.
            let from = 37 * number as usize;
            let telling = Telling { recorded: Arc::clone(&recorded), from, left: events, every, number };
            tokio::task::spawn_local(serve(socket, orders.clone(), telling));
            number += 1;
        }
    });
}

/// Real events, as a server has sent them.
fn recorded() -> Vec<OwnedFrame> {
    let (_, bytes) = ami_testkit::corpus("storm").into_iter().next().expect("a recording");
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(&bytes);
    let mut events = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("whole frames") {
        if frame.kind() == FrameKind::Event && frame.get("Privilege").is_some() {
            events.push(frame.to_owned());
        }
    }
    events
}

/// The events that are still to be told.
struct Telling {
    recorded: Arc<[OwnedFrame]>,
    from: usize,
    left: u32,
    every: Duration,
    number: u32,
}

impl Telling {
    fn next(&mut self) -> OwnedFrame {
        self.from += 1;
        self.left -= 1;
        self.recorded[self.from % self.recorded.len()].clone()
    }
}

async fn serve(mut socket: TcpStream, mut orders: watch::Receiver<bool>, mut telling: Telling) {
    socket.set_nodelay(true).expect("a socket");
    let now = || Instant::now().into_std();
    let config = Config::new().fully_booted(false);
    let mut server = ServerScript::new(Server::new(now(), config)).secret("s3cret");
    let mut pace: Option<tokio::time::Interval> = None;
    let mut space = [0; 2048];
    while !server.is_over() {
        while let Some(bytes) = server.poll_transmit() {
            match socket.write(bytes).await {
                Ok(n) => server.transmitted(n),
                Err(_) => return,
            }
        }
        let due = server.poll_timeout();
        let waits = pace.is_none();
        let tick = async {
            match &mut pace {
                Some(pace) if telling.left > 0 => pace.tick().await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tick => {
                assert!(server.server.forward(telling.next().view()), "the client reads all classes");
            }
            read = socket.read(&mut space) => match read {
                Ok(n) if n > 0 => _ = server.handle_input(now(), &space[..n]),
                _ => return,
            },
            () = async {
                match due {
                    Some(due) => sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            } => server.handle_timeout(now()),
            _ = orders.changed(), if waits => {
                let first = Instant::now() + telling.every * (telling.number % 200) / 200;
                let mut ticks = interval_at(first, telling.every);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                pace = Some(ticks);
            }
        }
        while server.poll_event().is_ok_and(|event| event.is_some()) {}
    }
}
