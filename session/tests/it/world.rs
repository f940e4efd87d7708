//! A session and a server in one thread, without a stream between them.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ami_proto::conn::Machine as _;
use ami_proto::server::{Config, Server};
use ami_proto::testing::ServerScript;
use ami_proto::value::Classes;
use ami_session::client::{Client, Credentials};
use ami_session::{Ami, Driver, Opening, Reason, Settings, Step};

thread_local! {
    static NOW: Cell<Instant> = Cell::new(Instant::now());
}

pub(crate) fn now() -> Instant {
    NOW.get()
}

pub(crate) fn settings() -> Settings<Client> {
    Settings::new("pbx:5038", Credentials::plain("admin", "s3cret"), ami_session::client::Config::new())
}

/// A server that answers `CoreStatus`, and nothing else.
pub(crate) fn script() -> ServerScript {
    ServerScript::new(Server::new(now(), Config::new()))
        .secret("s3cret")
        .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]))
        .on("MailboxCount", |_| Ok(()))
}

/// See the module.
pub(crate) struct World {
    pub(crate) driver: Driver<Client>,
    pub(crate) server: Option<ServerScript>,
    /// Attempts that were made.
    pub(crate) dialled: usize,
    dials: bool,
}

impl World {
    pub(crate) fn new(settings: Settings<Client>, is_patient: bool) -> (Opening<Client>, Self) {
        let (opening, driver) = ami_session::open(settings, is_patient, now, None);
        (opening, Self { driver, server: None, dialled: 0, dials: false })
    }

    /// A connection that stands.
    pub(crate) fn standing(settings: Settings<Client>) -> (Ami, Self) {
        let (opening, mut world) = Self::new(settings, false);
        assert_eq!(world.run(), Step::Dial);
        world.connect(script());
        (world.wait(opening.begun()).unwrap(), world)
    }

    /// Has the attempt that is under way reach this server.
    pub(crate) fn connect(&mut self, server: ServerScript) {
        self.server = Some(server);
        self.driver.turn().dialled(now(), Ok(()));
        self.run();
    }

    pub(crate) fn refuse(&mut self) {
        let refused = std::io::ErrorKind::ConnectionRefused.into();
        self.driver.turn().dialled(now(), Err(Reason::Connect(refused)));
        self.run();
    }

    /// Breaks the connection off.
    pub(crate) fn cut(&mut self) {
        self.server = None;
        self.driver.turn().end_of_input(now(), None);
        self.run();
    }

    /// Moves bytes until nothing moves, and returns what is to be done then.
    pub(crate) fn run(&mut self) -> Step {
        loop {
            let mut turn = self.driver.turn();
            let step = turn.step(now(), Waker::noop());
            self.dialled += usize::from(step == Step::Dial && !self.dials);
            self.dials = step == Step::Dial;
            let moved = match (step, &mut self.server) {
                (Step::Drive, Some(server)) => {
                    let mut moved = false;
                    if let Some(bytes) = turn.output() {
                        let n = server.handle_input(now(), bytes);
                        turn.written(n);
                        moved |= n > 0;
                    }
                    while server.poll_event().is_ok_and(|event| event.is_some()) {}
                    if let Some(bytes) = server.poll_transmit() {
                        let n = turn.input(now(), bytes);
                        server.transmitted(n);
                        moved |= n > 0;
                    } else if server.is_over() {
                        turn.end_of_input(now(), None);
                        moved = true;
                    }
                    moved || turn.tell_time(now())
                }
                (Step::Drive, None) => turn.tell_time(now()),
                (Step::Again, _) => true,
                (Step::Shut, _) => {
                    turn.shut();
                    true
                }
                _ => false,
            };
            if !moved {
                return step;
            }
        }
    }

    /// Has time pass, and what is due meanwhile happen at its time.
    pub(crate) fn pass(&mut self, time: Duration) -> Step {
        let end = now() + time;
        loop {
            let step = self.run();
            let due = self.driver.turn().due().filter(|due| *due <= end);
            let Some(due) = due else {
                NOW.set(end);
                return step;
            };
            NOW.set(due);
        }
    }

    /// Has the connection run until the future is done.
    pub(crate) fn wait<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        for _ in 0..1000 {
            if let Poll::Ready(output) = poll(future.as_mut()) {
                return output;
            }
            self.run();
            if let Poll::Ready(output) = poll(future.as_mut()) {
                return output;
            }
            let due = self.driver.turn().due();
            NOW.set(due.expect("something is due").max(now()));
        }
        panic!("it has no end");
    }

    /// Has the server tell an event of the class `call`, with a channel of so many bytes.
    pub(crate) fn event(&mut self, bytes: usize) {
        let channel = "x".repeat(bytes);
        let server = &mut self.server.as_mut().expect("a connection").server;
        server.event(Classes::CALL, "Hangup", [("Channel", &*channel)]).unwrap();
        self.run();
    }
}

/// Looks once.
pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
