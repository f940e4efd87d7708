//! A share in a connection, and the requests that are sent through it: each is cancelled when it is
//! dropped.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Instant;

use ami_proto::conn::Id;
use ami_proto::error::SendError;

use crate::error::{ConnectError, Error, Reason};
use crate::protocol::{HIDDEN, Protocol};
use crate::shared::{Over, Request, Shared, State, now};

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
                    let until = *until.get_or_insert_with(|| now().checked_add(self.wait));
                    is_late = self.passes(until, room).await;
                }
            }
        }
    }

    /// Waits for news until this time, without a limit where there is none. Returns whether the
    /// time has come. The timer is that of the connection's runtime: the caller may have none.
    async fn passes(&self, until: Option<Instant>, news: impl Future<Output = ()>) -> bool {
        let Some(until) = until else {
            news.await;
            return false;
        };
        let timer = {
            let _entered = self.runtime.enter();
            tokio::time::timeout_at(until.into(), news)
        };
        timer.await.is_err()
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
        match state.requests.get_mut(&self.id) {
            Some(request) => request.poll_end(is_over, cx),
            None => Poll::Ready(End { first: None, ending: P::lost(HIDDEN) }),
        }
    }

    /// Waits for the next frame of many, and then for the end. To drop the future loses nothing.
    pub(crate) async fn part(&self) -> Part<P> {
        poll_fn(|cx| self.poll_part(cx)).await
    }

    pub(crate) fn poll_part(&self, cx: &Context<'_>) -> Poll<Part<P>> {
        let mut state = self.hold.lock();
        let is_over = state.over().is_some();
        let Some(request) = state.requests.get_mut(&self.id) else { return Poll::Ready(Part::Unread) };
        if let Some((frame, size)) = request.parts.as_mut().and_then(VecDeque::pop_front) {
            state.waiting -= size;
            return Poll::Ready(Part::Frame(frame));
        }
        if request.overran {
            return Poll::Ready(Part::Unread);
        }
        // Under the same lock: a part that comes with the end is before it.
        request.poll_end(is_over, cx).map(Part::End)
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
