//! A session with a server, and the book kept of it: what was asked, how each of it ended, what
//! came unasked, and what the crate could not make out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ami_proto::action::Action;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Id, Reached};
use ami_proto::describe::describe;
use ami_proto::error::SendError;
use ami_proto::event::Event;
use ami_proto::{ConnectionError, Frame, FrameKind, OwnedFrame};

use super::driver::Driver;

/// Nothing on loopback takes longer, a restart apart.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a request ended.
#[derive(Debug)]
pub(crate) enum How {
    Reply(OwnedFrame),
    List {
        end: OwnedFrame,
    },
    Outcome(OwnedFrame),
    Text,
    Refused(OwnedFrame),
    /// Accepted, and no class of the mask tells the outcome.
    Unseen,
    Lost(Reached),
    /// In none of the ways that a live server should lead to.
    Wrong(String),
}

/// A request.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) name: String,
    /// The response that announced more.
    pub(crate) started: Option<OwnedFrame>,
    pub(crate) items: Vec<OwnedFrame>,
    pub(crate) how: Option<How>,
}

impl Asked {
    /// The frame that it ended with.
    pub(crate) fn last(&self) -> Frame<'_> {
        match &self.how {
            Some(How::Reply(frame) | How::List { end: frame } | How::Outcome(frame) | How::Refused(frame)) => {
                frame.view()
            }
            other => panic!("{}: {other:?}", self.name),
        }
    }

    /// It has to have been accepted.
    pub(crate) fn accepted(&self) -> &Self {
        assert!(!matches!(self.how, Some(How::Refused(_))), "{}: {}", self.name, text(self.last()));
        let _ = self.last();
        self
    }

    /// Its items of this name.
    pub(crate) fn items_named(&self, name: &str) -> Vec<Frame<'_>> {
        let items = self.items.iter().map(OwnedFrame::view);
        items.filter(|item| item.name().is_some_and(|found| found == name)).collect()
    }
}

/// What has been seen.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) asked: BTreeMap<Id, Asked>,
    pub(crate) events: Vec<OwnedFrame>,
    /// Events that the crate has no type for, by name.
    other: BTreeMap<String, u64>,
    /// Headers that it doesn't know or can't read, by event.
    unread: BTreeMap<String, String>,
    /// What belongs to nobody.
    unclaimed: Vec<String>,
    /// The requests of the last connection whose outcome this one has told.
    pub(crate) late: Vec<Id>,
    typed: u64,
    ready: bool,
    closed: bool,
}

impl Book {
    fn enter(&mut self, event: ClientEvent<'_>) {
        match event {
            ClientEvent::Connected(_) | ClientEvent::LoggedIn(_) => {}
            ClientEvent::Started { id, response } => self.open(id).started = Some(response.frame().to_owned()),
            ClientEvent::Ready(_) => self.ready = true,
            ClientEvent::Closed => self.closed = true,
            ClientEvent::Event(event) => {
                self.check(event);
                self.events.push(event.frame().to_owned());
            }
            ClientEvent::Item { id, event } => {
                self.check(event);
                self.open(id).items.push(event.frame().to_owned());
            }
            ClientEvent::Text { id, frame } => self.open(id).items.push(frame.to_owned()),
            ClientEvent::Ended { id, ending } => self.ended(id, ending),
            ClientEvent::LateOutcome { id, event } => {
                self.check(event);
                self.late.push(id);
            }
            ClientEvent::Unclaimed { id, frame } => self.unclaimed.push(format!("{id:?}: {}", text(frame))),
            other => self.unclaimed.push(format!("{other:?}")),
        }
    }

    fn ended(&mut self, id: Id, ending: Ending<'_>) {
        let how = match ending {
            Ending::Reply(response) => How::Reply(response.frame().to_owned()),
            Ending::List { items, end, cancelled: false } => {
                // An empty list may end with the response that says so.
                if end.frame().kind() == FrameKind::Event {
                    self.check(end);
                }
                assert_eq!(items, self.open(id).items.len() as u64, "items of {}", self.open(id).name);
                How::List { end: end.frame().to_owned() }
            }
            Ending::Outcome(event) => {
                self.check(event);
                How::Outcome(event.frame().to_owned())
            }
            Ending::Text { .. } => How::Text,
            Ending::Refused(response) => How::Refused(response.frame().to_owned()),
            Ending::OutcomeUnseen(_) => How::Unseen,
            Ending::Lost(reached) => How::Lost(reached),
            other => How::Wrong(format!("{other:?}")),
        };
        self.open(id).how = Some(how);
    }

    /// A request that was sent and has not ended, which anything that is said of a request has to
    /// be about.
    fn open(&mut self, id: Id) -> &mut Asked {
        let asked = self.asked.get_mut(&id).unwrap_or_else(|| panic!("{id:?} was never sent"));
        assert!(asked.how.is_none(), "{} has ended before: {:?}", asked.name, asked.how);
        asked
    }

    /// Whether the crate knows the event and all its headers, and can read each.
    fn check(&mut self, event: Event<'_>) {
        let Some(described) = describe(event.frame()) else {
            let name = event.name().map(|name| name.to_string()).unwrap_or_default();
            *self.other.entry(name).or_default() += 1;
            return;
        };
        self.typed += 1;
        let name = described.type_name();
        let unknown = described.uncovered().map(|header| (header, "unknown".to_owned()));
        let invalid = described.invalid().map(|field| (field.header, format!("{}: {}", field.error, field.value)));
        self.unread.extend(unknown.chain(invalid).map(|(header, wrong)| (format!("{name}.{header}"), wrong)));
    }
}

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) driver: Driver,
    pub(crate) book: Book,
    /// Events before this one have been looked at.
    from: usize,
}

impl Session {
    /// Connects, logs in and waits until the server is up.
    pub(crate) fn login(address: SocketAddr, credentials: Credentials) -> Result<Self, ConnectionError> {
        Self::with(Config::new().await_booted(PATIENCE), address, credentials)
    }

    /// The same with a configuration of the test's.
    pub(crate) fn with(config: Config, address: SocketAddr, credentials: Credentials) -> Result<Self, ConnectionError> {
        let config = config.max_in_flight(1024).keep_alive(PATIENCE, PATIENCE);
        let mut driver =
            Driver::connect(Client::new(config), address).expect("the server listens: tests/live/README.md");
        driver.client.login(Instant::now(), credentials).expect("a new connection");
        let mut session = Self { driver, book: Book::default(), from: 0 };
        session.until_ready()?;
        Ok(session)
    }

    /// Logs in again on a new connection, however often a server that is going down or coming up
    /// closes it before.
    pub(crate) fn come_back(&mut self, address: SocketAddr, credentials: impl Fn() -> Credentials) {
        let deadline = Instant::now() + 3 * PATIENCE;
        loop {
            let tried = self.driver.connect_again(address).map_err(|error| error.to_string()).and_then(|()| {
                self.driver.client.login(Instant::now(), credentials()).expect("a new connection");
                self.until_ready().map_err(|error| error.to_string())
            });
            let Err(error) = tried else { return };
            assert!(Instant::now() < deadline, "{error}");
            std::thread::sleep(Duration::from_millis(100));
            if self.driver.client.is_over() {
                self.driver.client.reconnect().expect("over");
            }
        }
    }

    /// Drives until the server is up, as it has to be after each login.
    pub(crate) fn until_ready(&mut self) -> Result<(), ConnectionError> {
        self.book.ready = false;
        let deadline = Instant::now() + PATIENCE;
        while !self.book.ready {
            assert!(Instant::now() < deadline, "not ready");
            self.turn(deadline)?;
        }
        Ok(())
    }

    /// One turn of the driver.
    pub(crate) fn turn(&mut self, until: Instant) -> Result<(), ConnectionError> {
        let Self { driver, book, .. } = self;
        driver.turn(until, |event| book.enter(event))
    }

    pub(crate) fn send<A: Action>(&mut self, action: &A) -> Id {
        let sent = self.driver.client.send(Instant::now(), action);
        self.sent(action, sent.map(|handle| handle.id()))
    }

    /// The same under an `ActionID` of the test's own.
    pub(crate) fn send_as<A: Action>(&mut self, action_id: &str, action: &A) -> Id {
        let sent = self.driver.client.send_as(Instant::now(), action_id, action);
        self.sent(action, sent.map(|handle| handle.id()))
    }

    fn sent<A: Action>(&mut self, action: &A, sent: Result<Id, SendError>) -> Id {
        let name = action.action_type().map_or("?", |action| action.name()).to_owned();
        let id = sent.unwrap_or_else(|error| panic!("{name}: {error}"));
        self.book.asked.insert(id, Asked { name, started: None, items: Vec::new(), how: None });
        id
    }

    /// Drives until the request has ended.
    pub(crate) fn ended(&mut self, id: Id) -> &Asked {
        let deadline = Instant::now() + PATIENCE;
        while self.book.asked[&id].how.is_none() {
            assert!(Instant::now() < deadline, "{} does not end", self.book.asked[&id].name);
            self.turn(deadline).unwrap_or_else(|error| panic!("{}: {error}", self.book.asked[&id].name));
        }
        &self.book.asked[&id]
    }

    pub(crate) fn ask<A: Action>(&mut self, action: &A) -> &Asked {
        let id = self.send(action);
        self.ended(id)
    }

    /// Drives until an event comes of which `wanted` makes something; those that came since the
    /// last [`mark`](Self::mark) count.
    #[track_caller]
    pub(crate) fn event<T>(&mut self, what: &str, mut wanted: impl FnMut(Event<'_>) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut at = self.from;
        loop {
            while let Some(frame) = self.book.events.get(at) {
                at += 1;
                if let Some(found) = wanted(Event::from(frame.view())) {
                    return found;
                }
            }
            assert!(Instant::now() < deadline, "no {what}");
            self.turn(deadline).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
    }

    /// Events so far no longer count.
    pub(crate) fn mark(&mut self) {
        self.from = self.book.events.len();
    }

    /// Says goodbye, then checks the book: every request ended as it should, every event was typed,
    /// nothing belonged to nobody.
    pub(crate) fn finish(mut self) {
        self.driver.client.close(Instant::now());
        let deadline = Instant::now() + PATIENCE;
        while !self.book.closed {
            assert!(Instant::now() < deadline, "no goodbye");
            self.turn(deadline).expect("a goodbye before the end");
        }
        self.check();
    }

    /// The same for a session that is over.
    pub(crate) fn check(&self) {
        let Self { driver, book, .. } = self;
        for (id, asked) in &book.asked {
            match &asked.how {
                None => panic!("{id:?} {} has not ended", asked.name),
                Some(How::Wrong(how)) => panic!("{id:?} {}: {how}", asked.name),
                Some(_) => {}
            }
        }
        assert_eq!(driver.client.in_flight(), 0, "{:?}", driver.client);
        assert!(book.other.is_empty(), "events without a type: {:?}", book.other);
        assert!(book.unread.is_empty(), "headers that can't be read: {:#?}", book.unread);
        assert!(book.unclaimed.is_empty(), "belongs to nobody: {:#?}", book.unclaimed);
        println!("  {} requests ended; {} events, all typed", book.asked.len(), book.typed);
    }
}

/// The frame as text, on one line.
pub(crate) fn text(frame: Frame<'_>) -> String {
    String::from_utf8_lossy(frame.as_bytes()).trim_end().replace("\r\n", " | ")
}
