//! The state of one connection: the state machine, the requests that it has open, those that wait,
//! and the readers of its events.

use std::collections::{HashMap, VecDeque};
use std::task::{Context, Waker};
use std::time::Instant;

use ami_proto::ConnectionError;
use ami_proto::conn::Id;

use crate::driver::Course;
use crate::error::{ConnectError, Error};
use crate::protocol::{HIDDEN, Happened, Protocol};
use crate::queue::Queue;
use crate::readers::Readers;

/// Frames of lists that may wait to be read, of one list and in bytes of all.
const MOST_PARTS: usize = 1 << 16;
const MOST_BYTES: usize = 1 << 23;

/// See the module.
pub(crate) struct State<P: Protocol> {
    pub(crate) machine: P,
    pub(crate) readers: Readers<P>,
    pub(crate) requests: HashMap<Id, Request<P>>,
    pub(crate) queue: Queue<P>,
    /// Bytes of the frames that wait in requests.
    pub(crate) waiting: usize,
    /// Set once the program has no use for the connection any more.
    pub(crate) closing: bool,
    stage: Stage,
    /// The reason why there is no connection at present, as far as that is known.
    pub(crate) down: Option<ConnectError>,
    /// Told when the driver has something to do.
    pub(crate) driver: Option<Waker>,
    /// Those who wait for the connection to stand or to be over, by their numbers.
    watchers: HashMap<u64, Waker>,
    watchers_so_far: u64,
    /// Set once the login of this connection was accepted: there may have been events and requests
    /// on it, also where it never came to stand.
    pub(crate) logged_in: bool,
    /// The server's words on the login that it has refused.
    pub(crate) refused: Option<String>,
    pub(crate) course: Course<P>,
}

/// The progress of the connection.
enum Stage {
    /// It has never stood.
    New,
    /// It stands, or has stood and is attempted again.
    Begun,
    Over(Over),
}

/// The end for good.
#[derive(Clone, Debug)]
pub(crate) enum Over {
    /// As the program has asked for.
    Closed,
    Lost(ConnectError),
}

impl Over {
    pub(crate) fn lost(&self) -> Option<&ConnectError> {
        if let Self::Lost(error) = self { Some(error) } else { None }
    }

    /// Returns the error of a request that was not sent because of it.
    fn not_sent<P: Protocol>(&self) -> Error<P> {
        match self {
            Self::Closed => Error::Closed,
            Self::Lost(error) => Error::NotConnected(error.clone()),
        }
    }
}

/// A request that was sent.
pub(crate) struct Request<P: Protocol> {
    /// The first answer, where more comes after it.
    pub(crate) first: Option<P::Frame>,
    /// Frames that wait to be read, with their sizes. `None`: they are passed over.
    pub(crate) parts: Option<VecDeque<(P::Frame, usize)>>,
    /// Set once one of them had no room.
    pub(crate) overran: bool,
    pub(crate) ending: Option<P::Ending>,
    pub(crate) waker: Option<Waker>,
}

/// One thing that a machine has told.
pub(crate) enum Told {
    /// Something, and there may be more.
    More,
    Nothing,
    /// Requests can be sent: the connection stands.
    Ready,
    Closed,
}

impl<P: Protocol> State<P> {
    pub(crate) fn new(machine: P, course: Course<P>) -> Self {
        Self {
            machine,
            readers: Readers::new(),
            requests: HashMap::new(),
            queue: Queue::new(),
            waiting: 0,
            closing: false,
            stage: Stage::New,
            down: None,
            driver: None,
            watchers: HashMap::new(),
            watchers_so_far: 0,
            logged_in: false,
            refused: None,
            course,
        }
    }

    pub(crate) fn over(&self) -> Option<&Over> {
        if let Stage::Over(over) = &self.stage { Some(over) } else { None }
    }

    pub(crate) fn wake_driver(&mut self) {
        if let Some(waker) = self.driver.take() {
            waker.wake();
        }
    }

    /// Has a waker told at the next change; returns the number by which it is forgotten.
    pub(crate) fn watch(&mut self, number: Option<u64>, cx: &Context<'_>) -> u64 {
        let number = number.unwrap_or_else(|| {
            self.watchers_so_far += 1;
            self.watchers_so_far
        });
        self.watchers.insert(number, cx.waker().clone());
        number
    }

    pub(crate) fn unwatch(&mut self, number: u64) {
        self.watchers.remove(&number);
    }

    fn tell_watchers(&mut self) {
        for (_, waker) in std::mem::take(&mut self.watchers) {
            waker.wake();
        }
    }

    /// Has the machine tell one thing, and passes it on to whom it concerns.
    pub(crate) fn poll(&mut self) -> Result<Told, ConnectionError> {
        let mut unread = None;
        match self.machine.next(HIDDEN)? {
            None => return Ok(Told::Nothing),
            Some(Happened::Event(event)) => self.readers.event(event),
            Some(Happened::Started(id, frame)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    request.first = Some(P::keep_frame(frame, HIDDEN));
                    request.wake();
                }
            }
            Some(Happened::Part(id, frame)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    if let Some(parts) = request.parts.as_mut().filter(|_| !request.overran) {
                        let size = P::frame_size(frame, HIDDEN);
                        if parts.len() >= MOST_PARTS || self.waiting + size > MOST_BYTES {
                            request.overran = true;
                            unread = Some(id);
                        } else {
                            self.waiting += size;
                            parts.push_back((P::keep_frame(frame, HIDDEN), size));
                        }
                    }
                    request.wake();
                }
            }
            Some(Happened::Full(id)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    request.overran = true;
                    request.wake();
                }
                unread = Some(id);
            }
            Some(Happened::Ended(id, ending)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    request.ending = Some(ending);
                    request.wake();
                }
            }
            Some(Happened::Notice(notice)) => self.readers.notice(notice),
            Some(Happened::Unclaimed(notice)) => self.readers.unclaimed(notice),
            Some(Happened::Refused(words)) => self.refused = words,
            Some(Happened::LoggedIn) => self.logged_in = true,
            Some(Happened::Ready) => {
                self.logged_in = true;
                return Ok(Told::Ready);
            }
            Some(Happened::Closed) => return Ok(Told::Closed),
            Some(Happened::Nothing) => {}
        }
        if let Some(id) = unread {
            self.machine.give_up(id, HIDDEN);
        }
        Ok(Told::More)
    }

    /// Notes a request that was sent.
    pub(crate) fn sent(&mut self, id: Id, keeps_parts: bool) {
        let parts = keeps_parts.then(VecDeque::new);
        let request = Request { first: None, parts, overran: false, ending: None, waker: None };
        self.requests.insert(id, request);
    }

    /// Sends those that wait, as far as there is room.
    pub(crate) fn serve(&mut self, now: Instant) {
        while let Some(sent) = self.queue.send_first(&mut self.machine, now) {
            if let Some(id) = sent.id {
                self.sent(id, sent.keeps_parts);
            }
        }
    }

    /// Forgets a request, which is cancelled where it hasn't ended.
    pub(crate) fn forget(&mut self, id: Id) {
        if let Some(request) = self.requests.remove(&id) {
            let parts = request.parts.iter().flatten();
            self.waiting -= parts.map(|(_, size)| size).sum::<usize>();
            if request.ending.is_none() && self.over().is_none() {
                self.machine.give_up(id, HIDDEN);
                self.wake_driver();
            }
        }
        if self.requests.is_empty() && self.requests.capacity() > 64 {
            self.requests.shrink_to(0);
        }
    }

    /// Asks for the end of the connection. Nothing more is sent.
    pub(crate) fn close(&mut self) {
        self.closing = true;
        self.queue.end(|| Error::Closed);
        self.wake_driver();
    }

    /// Says that the connection stands. Returns whether it is the first one that does.
    pub(crate) fn stands(&mut self) -> bool {
        self.down = None;
        let is_first = matches!(std::mem::replace(&mut self.stage, Stage::Begun), Stage::New);
        self.tell_watchers();
        is_first
    }

    /// Returns whether the connection has ever stood.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::New)
    }

    /// Says that the connection is over for good.
    pub(crate) fn end(&mut self, over: Over) {
        if self.over().is_none() {
            self.readers.end(over.lost());
            self.queue.end(|| over.not_sent());
            self.stage = Stage::Over(over);
            self.requests.values_mut().for_each(Request::wake);
            self.tell_watchers();
        }
    }

    /// Returns why no request can be sent any more.
    pub(crate) fn closed(&self) -> Option<Error<P>> {
        self.over().map(Over::not_sent).or_else(|| self.closing.then_some(Error::Closed))
    }

    /// Returns what is held for requests and readers: requests, of the machine and here, frames
    /// and events that wait to be read, readers.
    pub(crate) fn held(&self) -> Held {
        Held {
            requests: self.requests.len(),
            waiting: self.queue.len(),
            open: self.machine.open_requests(HIDDEN),
            bytes: self.machine.held_bytes(HIDDEN) + self.waiting,
            unread: self.readers.unread(),
            readers: self.readers.len(),
        }
    }
}

/// The amounts that a connection holds at present, to be watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// Requests that were sent, and whose futures or streams are there.
    pub requests: usize,
    /// Requests that wait for a connection, or for room on it.
    pub waiting: usize,
    /// Requests that the state machine has open.
    pub open: usize,
    /// Bytes that the state machine holds, and items of lists that wait to be read.
    pub bytes: usize,
    /// Items that wait in streams of events.
    pub unread: usize,
    /// Streams of events.
    pub readers: usize,
}

impl<P: Protocol> Request<P> {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
