//! The state that the handles, the streams and the task of one connection share: the state
//! machine, the requests that it has open, and the readers of its events, behind one lock that is
//! never held across an await.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::conn::Id;
use tokio::sync::Notify;

use crate::error::{ConnectError, Reason};
use crate::events::Item;
use crate::protocol::{HIDDEN, Happened, Protocol};
use crate::readers::Readers;

/// Frames of lists that may wait to be read, of one list and in bytes of all.
const MOST_PARTS: usize = 1 << 16;
const MOST_BYTES: usize = 1 << 23;

/// See the module.
pub(crate) struct Shared<P: Protocol> {
    state: Mutex<State<P>>,
    /// Handles and streams: once there are none, the connection is closed.
    pub(crate) holds: AtomicUsize,
    /// Told to one who waits with a request, each time that there may be room for it.
    pub(crate) room: Notify,
    /// Told to all who wait, once the connection stands or is over.
    changed: Notify,
    /// The time that a request waits for a connection.
    pub(crate) wait: Duration,
    address: Box<str>,
    /// The runtime that drives the connection.
    pub(crate) runtime: tokio::runtime::Handle,
}

/// The part behind the lock.
pub(crate) struct State<P: Protocol> {
    pub(crate) machine: P,
    pub(crate) readers: Readers<P>,
    pub(crate) requests: HashMap<Id, Request<P>>,
    /// Bytes of the frames that wait in them.
    pub(crate) waiting: usize,
    /// Set once the program has no use for the connection any more.
    pub(crate) closing: bool,
    stage: Stage,
    /// The reason why there is no connection at present, as far as that is known.
    pub(crate) down: Option<ConnectError>,
    driver: Option<Waker>,
    /// Set once the login of this connection was accepted: there may have been events and requests
    /// on it, also where it never came to stand.
    pub(crate) logged_in: bool,
    /// The server's words on the login that it has refused.
    pub(crate) refused: Option<String>,
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
    pub(crate) fn over(&self) -> Option<&Over> {
        if let Stage::Over(over) = &self.stage { Some(over) } else { None }
    }

    pub(crate) fn wake_driver(&mut self) {
        if let Some(waker) = self.driver.take() {
            waker.wake();
        }
    }

    pub(crate) fn driven_by(&mut self, cx: &Context<'_>) {
        if self.driver.as_ref().is_none_or(|waker| !waker.will_wake(cx.waker())) {
            self.driver = Some(cx.waker().clone());
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
            Some(Happened::Notice(notice)) => {
                let notice = Arc::new(notice);
                self.readers.tell(|| Item::Notice(Arc::clone(&notice)));
            }
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

    /// Says that the connection stands. Returns whether it is the first one that does.
    pub(crate) fn stands(&mut self) -> bool {
        self.down = None;
        matches!(std::mem::replace(&mut self.stage, Stage::Begun), Stage::New)
    }

    /// Returns whether the connection has ever stood.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.stage, Stage::New)
    }

    /// Says that the connection is over for good.
    pub(crate) fn end(&mut self, over: Over) {
        if self.over().is_none() {
            self.readers.end(over.lost());
            self.stage = Stage::Over(over);
            self.requests.values_mut().for_each(Request::wake);
        }
    }

    /// Returns what is held for requests and readers: requests, of the machine and here, frames
    /// and events that wait to be read, readers.
    pub(crate) fn held(&self) -> Held {
        Held {
            requests: self.requests.len(),
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
    /// Requests whose futures or streams are there.
    pub requests: usize,
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

impl<P: Protocol> Shared<P> {
    pub(crate) fn new(machine: P, wait: Duration, address: &str, runtime: tokio::runtime::Handle) -> Arc<Self> {
        let state = State {
            machine,
            readers: Readers::new(),
            requests: HashMap::new(),
            waiting: 0,
            closing: false,
            stage: Stage::New,
            down: None,
            logged_in: false,
            driver: None,
            refused: None,
        };
        let (state, holds) = (Mutex::new(state), AtomicUsize::new(0));
        let (room, changed, address) = (Notify::new(), Notify::new(), address.into());
        Arc::new(Self { state, holds, room, changed, wait, address, runtime })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the error of this connection with this reason.
    pub(crate) fn lost(&self, reason: Reason) -> ConnectError {
        ConnectError::new(&self.address, reason)
    }

    /// Says to one who waits that there may be room.
    pub(crate) fn tell_room(&self) {
        self.room.notify_one();
    }

    /// Says to all who wait for room that there is no connection.
    pub(crate) fn tell_lost(&self) {
        self.room.notify_waiters();
    }

    /// Says to all who wait that the connection stands.
    pub(crate) fn tell_ready(&self) {
        self.changed.notify_waiters();
        self.room.notify_one();
    }

    /// Says to all who wait that it is over for good.
    pub(crate) fn tell_over(&self) {
        self.changed.notify_waiters();
        self.room.notify_waiters();
    }

    /// Waits until `look` has found something, which it does at each change.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut(&State<P>) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&self.lock()) {
                return found;
            }
            changed.await;
        }
    }
}

/// Returns the time by the clock of the runtime, which tests can pause.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
