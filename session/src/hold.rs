//! A share in a connection, behind one lock that is never held across an await, and the requests
//! that are made through it: each is cancelled when it is dropped.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ami_proto::conn::Id;
use ami_proto::error::{EncodeError, SendError};

use crate::error::{ConnectError, Error, Reason};
use crate::protocol::{HIDDEN, Protocol};
use crate::queue::{Send, Tried, Waiting};
use crate::state::{Over, Request, State};

/// The state that the handles, the streams and the driver of one connection share.
pub(crate) struct Shared<P: Protocol> {
    state: Mutex<State<P>>,
    /// Handles and streams: once there are none, the connection is closed.
    holds: AtomicUsize,
    address: Box<str>,
    /// The clock of the driver.
    clock: fn() -> Instant,
}

impl<P: Protocol> Shared<P> {
    pub(crate) fn new(state: State<P>, address: Box<str>, clock: fn() -> Instant) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), holds: AtomicUsize::new(0), address, clock })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the error of this connection with this reason.
    pub(crate) fn lost(&self, reason: Reason) -> ConnectError {
        ConnectError::new(&self.address, reason)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
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
        self.reaches(|state| state.machine.accepts_requests(HIDDEN)).await
    }

    /// Waits until the connection has stood once.
    pub(crate) async fn begins(&self) -> Result<(), ConnectError> {
        self.reaches(State::has_begun).await
    }

    /// Waits until the connection is over for good.
    pub(crate) async fn ends(&self) {
        Watch { hold: self, look: |state: &State<P>| state.over().map(drop), number: None }.until().await;
    }

    async fn reaches(&self, point: impl Fn(&State<P>) -> bool) -> Result<(), ConnectError> {
        let look = |state: &State<P>| match state.over() {
            Some(Over::Lost(error)) => Some(Err(error.clone())),
            Some(Over::Closed) => Some(Err(self.lost(Reason::Closed))),
            None => point(state).then_some(Ok(())),
        };
        Watch { hold: self, look, number: None }.until().await
    }

    /// Returns why there is no connection at present.
    pub(crate) fn down(&self) -> Option<ConnectError> {
        let state = self.lock();
        match state.over() {
            Some(Over::Lost(error)) => Some(error.clone()),
            Some(Over::Closed) => Some(self.lost(Reason::Closed)),
            None => state.down.clone(),
        }
    }

    /// Asks for the end of the connection.
    pub(crate) fn close(&self) {
        self.lock().close();
    }

    /// Has a request sent: `at_once`, where there is a connection with room for it and none waits;
    /// else by what `later` makes of it, which returns its size as well. The request is cancelled
    /// when what is returned is dropped.
    pub(crate) fn send(
        &self,
        keeps_parts: bool,
        at_once: impl FnOnce(&mut P, Instant) -> Result<Id, SendError>,
        later: impl FnOnce() -> Result<(Send<P>, usize), EncodeError>,
    ) -> Result<Pending<P>, Error<P>> {
        let mut state = self.lock();
        if let Some(error) = state.closed() {
            return Err(error);
        }
        let tried = if state.queue.is_empty() && state.machine.accepts_requests(HIDDEN) {
            let result = at_once(&mut state.machine, (self.0.clock)());
            Tried::of(result, None, &state.machine)
        } else {
            Tried::NotConnected
        };
        let at = match tried {
            Tried::Done(id) => {
                let id = id?;
                state.sent(id, keeps_parts);
                At::Sent(id)
            }
            Tried::NoRoom | Tried::NotConnected => {
                let (send, size) = later().map_err(|error| Error::NotSent(error.into()))?;
                At::Waits(state.queue.push(Waiting::new(send, size, keeps_parts)))
            }
        };
        state.wake_driver();
        drop(state);
        Ok(Pending { hold: self.clone(), at })
    }
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

/// A wait for something that the connection comes to.
struct Watch<'a, P: Protocol, F> {
    hold: &'a Hold<P>,
    look: F,
    number: Option<u64>,
}

impl<P: Protocol, T, F: Fn(&State<P>) -> Option<T>> Watch<'_, P, F> {
    async fn until(mut self) -> T {
        poll_fn(|cx| {
            let mut state = self.hold.lock();
            if let Some(found) = (self.look)(&state) {
                return Poll::Ready(found);
            }
            self.number = Some(state.watch(self.number, cx));
            Poll::Pending
        })
        .await
    }
}

impl<P: Protocol, F> Drop for Watch<'_, P, F> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.hold.lock().unwatch(number);
        }
    }
}

/// A request that waits, or was sent. Dropped, it is cancelled.
pub(crate) struct Pending<P: Protocol> {
    hold: Hold<P>,
    at: At,
}

#[derive(Clone, Copy)]
enum At {
    Waits(u64),
    Sent(Id),
    /// It was refused, and that was told.
    Refused,
}

/// The end of a request.
pub(crate) struct End<P: Protocol> {
    /// The first answer, where more came after it.
    pub(crate) first: Option<P::Frame>,
    pub(crate) ending: P::Ending,
}

impl<P: Protocol> End<P> {
    fn lost() -> Self {
        Self { first: None, ending: P::lost(HIDDEN) }
    }
}

impl<P: Protocol> Pending<P> {
    /// Waits until it was sent. To drop the future loses nothing.
    pub(crate) async fn sent(&mut self) -> Result<(), Error<P>> {
        poll_fn(|cx| self.poll_sent(cx)).await.map(drop)
    }

    /// Waits for the end. To drop the future cancels the request.
    pub(crate) async fn end(mut self) -> Result<End<P>, Error<P>> {
        poll_fn(|cx| self.poll_end(cx)).await
    }

    /// Returns what it was sent as. `None`: it is known already that it wasn't.
    fn poll_sent(&mut self, cx: &Context<'_>) -> Poll<Result<Option<Id>, Error<P>>> {
        let number = match self.at {
            At::Waits(number) => number,
            At::Sent(id) => return Poll::Ready(Ok(Some(id))),
            At::Refused => return Poll::Ready(Ok(None)),
        };
        let sent = ready!(self.hold.lock().queue.poll(number, cx)).transpose();
        self.at = sent.as_ref().ok().copied().flatten().map_or(At::Refused, At::Sent);
        Poll::Ready(sent)
    }

    fn poll_end(&mut self, cx: &Context<'_>) -> Poll<Result<End<P>, Error<P>>> {
        let Some(id) = ready!(self.poll_sent(cx))? else { return Poll::Ready(Ok(End::lost())) };
        let mut state = self.hold.lock();
        let is_over = state.over().is_some();
        match state.requests.get_mut(&id) {
            Some(request) => request.poll_end(is_over, cx).map(Ok),
            None => Poll::Ready(Ok(End::lost())),
        }
    }

    /// Returns the next frame of many, and then the end.
    pub(crate) fn poll_part(&mut self, cx: &Context<'_>) -> Poll<Result<Part<P>, Error<P>>> {
        let Some(id) = ready!(self.poll_sent(cx))? else { return Poll::Ready(Ok(Part::Unread)) };
        let mut state = self.hold.lock();
        let is_over = state.over().is_some();
        let Some(request) = state.requests.get_mut(&id) else { return Poll::Ready(Ok(Part::Unread)) };
        if let Some((frame, size)) = request.parts.as_mut().and_then(VecDeque::pop_front) {
            state.waiting -= size;
            return Poll::Ready(Ok(Part::Frame(frame, size)));
        }
        if request.overran {
            return Poll::Ready(Ok(Part::Unread));
        }
        // Under the same lock: a part that comes with the end is before it.
        request.poll_end(is_over, cx).map(|end| Ok(Part::End(end)))
    }
}

impl<P: Protocol> Request<P> {
    /// Returns its end, once it has one or the connection is over.
    fn poll_end(&mut self, is_over: bool, cx: &Context<'_>) -> Poll<End<P>> {
        let Some(ending) = self.ending.take().or_else(|| is_over.then(|| P::lost(HIDDEN))) else {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        let first = self.first.take();
        // So that nothing is cancelled.
        self.ending = Some(P::lost(HIDDEN));
        Poll::Ready(End { first, ending })
    }
}

/// One of many frames that answer a request, or their end.
pub(crate) enum Part<P: Protocol> {
    /// With about the number of bytes that it takes up.
    Frame(P::Frame, usize),
    End(End<P>),
    /// Frames came that had no room.
    Unread,
}

impl<P: Protocol> Drop for Pending<P> {
    fn drop(&mut self) {
        let mut state = self.hold.lock();
        match self.at {
            At::Sent(id) => state.forget(id),
            At::Waits(number) => {
                if let Some(id) = state.queue.remove(number) {
                    state.forget(id);
                } else {
                    // The next one may be smaller, and have room.
                    state.wake_driver();
                }
            }
            At::Refused => {}
        }
    }
}
