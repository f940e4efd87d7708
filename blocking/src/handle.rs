//! The handle of a connection and the readers of its events, as far as they are the same for each
//! protocol.

use std::fmt;
use std::time::{Duration, Instant};

use ami_session::client::Client;
use ami_session::{ConnectError, Held, Item, Protocol};

use crate::wait::{wait, wait_until};

/// A connection, and the next one after it is lost: to Asterisk as [`Ami`](crate::Ami), to
/// FreeSWITCH as `freeswitch::Switch`.
///
/// It is a handle: clones of it, in any number of threads, share the connection, which two threads
/// of its own drive. Once the last handle, list and reader of events is gone, the connection says
/// goodbye and is closed, and its threads end.
///
/// # Requests
///
/// Any number may be open at a time, each in a thread. Where there are as many as the connection
/// [allows](ami_proto::client::Config::max_in_flight), or there is no connection, a request waits,
/// and those that wait are sent in the order in which they came. It ends when it is answered or has
/// failed, see [`Error`](crate::Error); at the latest with its [time](Self::within), and before it
/// is sent with the connection's
/// [`connection_wait`](crate::ConnectorOf::connection_wait).
pub struct Handle<P: Protocol = Client>(pub(crate) ami_session::Handle<P>);

impl<P: Protocol> Handle<P> {
    /// Returns the handle whose requests have this time for each step, in place of that of the
    /// configuration. Of a job in the background of FreeSWITCH it is the time until the job
    /// is accepted; its output has `job_timeout`.
    #[must_use]
    pub fn within(&self, step: Duration) -> Self {
        Self(self.0.within(step))
    }

    /// Returns whether the connection stands at present, and the login is done.
    pub fn is_connected(&self) -> bool {
        self.0.is_connected()
    }

    /// Waits until the connection stands, at once if it does.
    ///
    /// # Errors
    /// [`ConnectError`]: it is over for good.
    pub fn connected(&self) -> Result<(), ConnectError> {
        wait(self.0.connected())
    }

    /// Waits until the connection stands, for so long at the most. Returns whether it does.
    ///
    /// # Errors
    /// As [`connected`](Self::connected).
    pub fn connected_within(&self, timeout: Duration) -> Result<bool, ConnectError> {
        let stands = wait_until(self.0.connected(), Instant::now().checked_add(timeout));
        stands.map_or(Ok(false), |stands| stands.map(|()| true))
    }

    /// Returns why there is no connection at present: the last loss or failed attempt, or the end
    /// for good. `None`: it stands, or none was lost and no attempt has failed so far.
    pub fn down(&self) -> Option<ConnectError> {
        self.0.down()
    }

    /// Says goodbye to the server and waits until the connection is closed, which takes no longer
    /// than the [timeout](ami_proto::client::Config::close_timeout) of that and a second. Requests
    /// that are open by then end, in each handle, and readers of events come to their end behind
    /// what waits for them.
    pub fn close(&self) {
        wait(self.0.close());
    }

    /// Returns what the connection holds at present.
    pub fn held(&self) -> Held {
        self.0.held()
    }
}

impl<P: Protocol> Clone for Handle<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P: Protocol> fmt::Debug for Handle<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("held", &self.held()).finish_non_exhaustive()
    }
}

/// A reader of events that is yet to begin: which events, how many may wait, and what happens
/// beyond.
pub type EventsBuilder<P = Client> = ami_session::EventsBuilder<P, Events<P>>;

/// The events, over all connections that are made one after the other: an [`Iterator`] that waits
/// for each.
///
/// It ends once the connection is closed or lost for good. As long as it is there the connection
/// stands, even where no handle is left. To drop it loses nothing but what waits in it.
///
/// With [`Lag::Wait`](crate::Lag::Wait) read it in a thread of its own that makes no request: once
/// the queue is full nothing else comes from the connection, no answer either.
pub struct Events<P: Protocol = Client>(ami_session::Events<P>);

/// No item has come in this time; it may still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no event in this time")
    }
}

impl std::error::Error for TimedOut {}

impl<P: Protocol> Events<P> {
    /// Waits for the next item for so long at the most; with a time of zero it only looks. `None`:
    /// the connection is closed, or lost for good and that was told.
    ///
    /// # Errors
    /// [`TimedOut`]: none has come. None is lost by that.
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Item<P>>, TimedOut> {
        wait_until(self.0.next(), Instant::now().checked_add(timeout)).ok_or(TimedOut)
    }
}

impl<P: Protocol> Iterator for Events<P> {
    type Item = Item<P>;

    fn next(&mut self) -> Option<Item<P>> {
        wait(self.0.next())
    }
}

impl<P: Protocol> From<ami_session::Events<P>> for Events<P> {
    fn from(events: ami_session::Events<P>) -> Self {
        Self(events)
    }
}

impl<P: Protocol> fmt::Debug for Events<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
