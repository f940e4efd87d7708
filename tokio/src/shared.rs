//! The state that the handles, the streams and the task of one connection share: the state
//! machine, the requests that it has open, and the readers of its events, behind one lock that is
//! never held across an await.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::conn::Id;
use ami_proto::error::SendError;
use tokio::sync::Notify;

use crate::error::{ConnectError, Error, Reason};
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
    holds: AtomicUsize,
    /// Told to one who waits with a request, each time that there may be room for it.
    room: Notify,
    /// Told to all who wait, once the connection stands or is over.
    changed: Notify,
    /// The time that a request waits for a connection.
    wait: Duration,
    address: Box<str>,
}

/// The part behind the lock.
pub(crate) struct State<P: Protocol> {
    pub(crate) machine: P,
    pub(crate) readers: Readers<P>,
    requests: HashMap<Id, Request<P>>,
    /// Bytes of the frames that wait in them.
    waiting: usize,
    /// Set once the program has no use for the connection any more.
    pub(crate) closing: bool,
    stage: Stage,
    /// The reason why there is no connection at present, as far as that is known.
    pub(crate) down: Option<ConnectError>,
    driver: Option<Waker>,
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
struct Request<P: Protocol> {
    /// The first answer, where more comes after it.
    first: Option<P::Frame>,
    /// Frames that wait to be read, with their sizes. `None`: they are passed over.
    parts: Option<VecDeque<(P::Frame, usize)>>,
    /// Set once one of them had no room.
    overran: bool,
    ending: Option<P::Ending>,
    waker: Option<Waker>,
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
            Some(Happened::Ready) => return Ok(Told::Ready),
            Some(Happened::Closed) => return Ok(Told::Closed),
            Some(Happened::Nothing) => {}
        }
        if let Some(id) = unread {
            self.machine.give_up(id, HIDDEN);
        }
        Ok(Told::More)
    }

    /// Forgets a request, which is cancelled where it hasn't ended.
    fn forget(&mut self, id: Id) {
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
    pub(crate) fn new(machine: P, wait: Duration, address: &str) -> Arc<Self> {
        let state = State {
            machine,
            readers: Readers::new(),
            requests: HashMap::new(),
            waiting: 0,
            closing: false,
            stage: Stage::New,
            down: None,
            driver: None,
            refused: None,
        };
        let (state, holds) = (Mutex::new(state), AtomicUsize::new(0));
        Arc::new(Self { state, holds, room: Notify::new(), changed: Notify::new(), wait, address: address.into() })
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

/// A share in a connection: it stands as long as there is one.
pub(crate) struct Hold<P: Protocol>(Arc<Shared<P>>);

impl<P: Protocol> Hold<P> {
    pub(crate) fn new(shared: &Arc<Shared<P>>) -> Self {
        shared.holds.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }

    /// Waits until the connection stands.
    pub(crate) async fn stands(&self) -> Result<(), ConnectError> {
        let stands = |state: &State<P>| match state.over() {
            Some(Over::Lost(error)) => Some(Err(error.clone())),
            Some(Over::Closed) => Some(Err(self.lost(Reason::Closed))),
            None => state.machine.accepts_requests(HIDDEN).then_some(Ok(())),
        };
        self.until(stands).await
    }

    /// Asks for the end of the connection.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.wake_driver();
        drop(state);
        self.room.notify_waiters();
    }

    /// Has a request sent, once there is a connection and room for it. The request is cancelled
    /// when what is returned is dropped.
    pub(crate) async fn send(
        &self,
        keeps_parts: bool,
        mut send: impl FnMut(&mut P, Instant) -> Result<Id, SendError>,
    ) -> Result<Pending<P>, Error<P>> {
        let mut until = None;
        let mut is_late = false;
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            // What happens from here on is heard, also between the attempt and the wait.
            room.as_mut().enable();
            match self.try_send(keeps_parts, &mut send) {
                Tried::Done(done) => {
                    // What is left may do for the next who waits.
                    self.room.notify_one();
                    return done.map(|id| Pending { hold: self.clone(), id });
                }
                Tried::NoRoom => room.await,
                Tried::NotConnected(why) if is_late => return Err(Error::NotConnected(why)),
                Tried::NotConnected(_) => {
                    let until = *until.get_or_insert_with(|| tokio::time::Instant::now() + self.wait);
                    is_late = tokio::time::timeout_at(until, room).await.is_err();
                }
            }
        }
    }

    fn try_send(&self, keeps_parts: bool, send: &mut impl FnMut(&mut P, Instant) -> Result<Id, SendError>) -> Tried<P> {
        let mut state = self.lock();
        match state.over() {
            Some(Over::Lost(error)) => return Tried::Done(Err(Error::NotConnected(error.clone()))),
            Some(Over::Closed) => return Tried::Done(Err(Error::Closed)),
            None if state.closing => return Tried::Done(Err(Error::Closed)),
            None => {}
        }
        match send(&mut state.machine, now()) {
            Ok(id) => {
                let parts = keeps_parts.then(VecDeque::new);
                let request = Request { first: None, parts, overran: false, ending: None, waker: None };
                state.requests.insert(id, request);
                state.wake_driver();
                Tried::Done(Ok(id))
            }
            Err(SendError::NotLoggedIn) => {
                let waited = || self.lost(Reason::ConnectTimedOut(self.wait));
                Tried::NotConnected(state.down.clone().unwrap_or_else(waited))
            }
            Err(SendError::InFlight { .. } | SendError::Open { .. } | SendError::Ceiling { .. })
                if state.machine.may_make_room(HIDDEN) =>
            {
                Tried::NoRoom
            }
            Err(error) => Tried::Done(Err(Error::NotSent(error))),
        }
    }
}

/// An attempt to send.
enum Tried<P: Protocol> {
    Done(Result<Id, Error<P>>),
    /// There will be room, once the server has answered or read something.
    NoRoom,
    NotConnected(ConnectError),
}

impl<P: Protocol> std::ops::Deref for Hold<P> {
    type Target = Shared<P>;

    fn deref(&self) -> &Shared<P> {
        &self.0
    }
}

impl<P: Protocol> Clone for Hold<P> {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl<P: Protocol> Drop for Hold<P> {
    fn drop(&mut self) {
        if self.0.holds.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.close();
        }
    }
}

/// A request that was sent. Dropped, it is cancelled.
pub(crate) struct Pending<P: Protocol> {
    hold: Hold<P>,
    id: Id,
}

/// The end of a request.
pub(crate) struct End<P: Protocol> {
    /// The first answer, where more came after it.
    pub(crate) first: Option<P::Frame>,
    pub(crate) ending: P::Ending,
}

impl<P: Protocol> Pending<P> {
    /// Waits for the end. To drop the future cancels the request.
    pub(crate) async fn end(self) -> End<P> {
        poll_fn(|cx| self.poll_end(cx)).await
    }

    fn poll_end(&self, cx: &Context<'_>) -> Poll<End<P>> {
        let mut state = self.hold.lock();
        let is_over = state.over().is_some();
        let Some(request) = state.requests.get_mut(&self.id) else {
            return Poll::Ready(End { first: None, ending: P::lost(HIDDEN) });
        };
        let Some(ending) = request.ending.take().or_else(|| is_over.then(|| P::lost(HIDDEN))) else {
            request.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        let first = request.first.take();
        // So that nothing is cancelled.
        request.ending = Some(P::lost(HIDDEN));
        Poll::Ready(End { first, ending })
    }

    /// Waits for the next frame of many, and then for the end. To drop the future loses nothing.
    pub(crate) async fn part(&self) -> Part<P> {
        poll_fn(|cx| self.poll_part(cx)).await
    }

    pub(crate) fn poll_part(&self, cx: &Context<'_>) -> Poll<Part<P>> {
        let mut state = self.hold.lock();
        let Some(request) = state.requests.get_mut(&self.id) else { return Poll::Ready(Part::Unread) };
        if let Some((frame, size)) = request.parts.as_mut().and_then(VecDeque::pop_front) {
            state.waiting -= size;
            return Poll::Ready(Part::Frame(frame));
        }
        if request.overran {
            return Poll::Ready(Part::Unread);
        }
        drop(state);
        self.poll_end(cx).map(Part::End)
    }
}

/// One of many frames that answer a request, or their end.
pub(crate) enum Part<P: Protocol> {
    Frame(P::Frame),
    End(End<P>),
    /// Frames came that had no room.
    Unread,
}

impl<P: Protocol> Drop for Pending<P> {
    fn drop(&mut self) {
        self.hold.lock().forget(self.id);
    }
}

/// Returns the time by the clock of the runtime, which tests can pause.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
