//! Requests that have not been sent: they wait for a connection, or for room on it, and are sent in
//! the order in which they came. A request needs nothing of its caller meanwhile: whether that is
//! slow to look, or looks no more, holds up none behind it.

use std::collections::{BTreeMap, HashMap};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use ami_proto::conn::Id;
use ami_proto::error::SendError;

use crate::error::{ConnectError, Error};
use crate::protocol::{HIDDEN, Protocol};

/// Sends a request.
pub(crate) type Send<P> = Box<dyn FnMut(&mut P, Instant) -> Result<Id, SendError> + std::marker::Send>;

/// See the module.
pub(crate) struct Queue<P: Protocol> {
    next: u64,
    waiting: BTreeMap<u64, Waiting<P>>,
    /// All before this one know until when they wait for a connection.
    timed: u64,
    /// The requests that wait no more, until their callers look.
    done: HashMap<u64, Result<Id, Error<P>>>,
}

/// A request that waits.
pub(crate) struct Waiting<P: Protocol> {
    pub(crate) send: Send<P>,
    /// The number of its bytes.
    pub(crate) size: usize,
    pub(crate) keeps_parts: bool,
    /// The end of its wait for a connection, once it has begun.
    until: Option<Instant>,
    waker: Option<Waker>,
}

/// An attempt to send.
pub(crate) enum Tried<P: Protocol> {
    Done(Result<Id, Error<P>>),
    /// There will be room, once the server has answered or read something.
    NoRoom,
    NotConnected,
}

impl<P: Protocol> Tried<P> {
    /// Says what is to become of a request of so many bytes, where they are known. One that has no
    /// room while nothing is held will never have any.
    pub(crate) fn of(sent: Result<Id, SendError>, size: Option<usize>, machine: &P) -> Self {
        match sent {
            Err(SendError::NotLoggedIn) => Self::NotConnected,
            Err(SendError::Ceiling { max }) if size.is_some_and(|size| size > max) => {
                Self::Done(Err(Error::NotSent(SendError::Ceiling { max })))
            }
            Err(SendError::InFlight { .. } | SendError::Open { .. } | SendError::Ceiling { .. })
                if machine.may_make_room(HIDDEN) =>
            {
                Self::NoRoom
            }
            sent => Self::Done(sent.map_err(Error::NotSent)),
        }
    }
}

impl<P: Protocol> Waiting<P> {
    pub(crate) fn new(send: Send<P>, size: usize, keeps_parts: bool) -> Self {
        Self { send, size, keeps_parts, until: None, waker: None }
    }
}

impl<P: Protocol> Queue<P> {
    pub(crate) fn new() -> Self {
        Self { next: 0, waiting: BTreeMap::new(), timed: 0, done: HashMap::new() }
    }

    /// Returns whether none waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns how many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Puts a request behind the others, and returns the number by which its caller asks for it.
    pub(crate) fn push(&mut self, waiting: Waiting<P>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, waiting);
        number
    }

    /// Tries to send the first one. Returns what became of it, if it waits no more.
    pub(crate) fn send_first(&mut self, machine: &mut P, now: Instant) -> Option<Sent> {
        let mut first = self.waiting.first_entry()?;
        let waiting = first.get_mut();
        let Tried::Done(done) = Tried::of((waiting.send)(machine, now), Some(waiting.size), machine) else {
            return None;
        };
        let id = done.as_ref().ok().copied();
        let sent = Sent { id, keeps_parts: waiting.keeps_parts };
        let (number, waiting) = first.remove_entry();
        self.settle(number, waiting.waker, done);
        Some(sent)
    }

    /// Ends the wait of those that have waited for a connection for as long as they may.
    pub(crate) fn expire(&mut self, now: Instant, until: Option<Instant>, why: impl Fn() -> ConnectError) {
        if let Some(until) = until {
            for waiting in self.waiting.range_mut(self.timed..).map(|(_, waiting)| waiting) {
                waiting.until = Some(until);
            }
        }
        self.timed = self.next;
        while let Some(first) = self.waiting.first_entry().filter(|first| first.get().until.is_some_and(|at| at <= now))
        {
            let (number, waiting) = first.remove_entry();
            self.settle(number, waiting.waker, Err(Error::NotConnected(why())));
        }
    }

    /// Returns when the first wait for a connection ends. The times ascend with the numbers.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.waiting.first_key_value().and_then(|(_, waiting)| waiting.until)
    }

    /// Ends the wait of all.
    pub(crate) fn end(&mut self, why: impl Fn() -> Error<P>) {
        while let Some((number, waiting)) = self.waiting.pop_first() {
            self.settle(number, waiting.waker, Err(why()));
        }
    }

    fn settle(&mut self, number: u64, waker: Option<Waker>, done: Result<Id, Error<P>>) {
        self.done.insert(number, done);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Returns what became of a request, once it waits no more.
    pub(crate) fn poll(&mut self, number: u64, cx: &Context<'_>) -> Poll<Option<Result<Id, Error<P>>>> {
        if let Some(waiting) = self.waiting.get_mut(&number) {
            waiting.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(self.take(number))
    }

    /// Forgets a request. Returns what it was sent as, if it was.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Id> {
        self.waiting.remove(&number);
        self.take(number)?.ok()
    }

    fn take(&mut self, number: u64) -> Option<Result<Id, Error<P>>> {
        let done = self.done.remove(&number);
        if self.done.is_empty() && self.done.capacity() > 64 {
            self.done.shrink_to(0);
        }
        done
    }
}

/// A request that waits no more.
pub(crate) struct Sent {
    /// `None`: it was refused.
    pub(crate) id: Option<Id>,
    pub(crate) keeps_parts: bool,
}
