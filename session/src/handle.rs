//! The handle of a connection, as far as it is the same for each protocol.

use std::fmt;
use std::time::Duration;

use ami_proto::client::Client;

use crate::error::ConnectError;
use crate::hold::Hold;
use crate::protocol::{HIDDEN, Protocol};
use crate::state::Held;

/// A connection, and the next one after it is lost: to Asterisk as [`Ami`](crate::Ami), to
/// FreeSWITCH as `freeswitch::Switch`.
///
/// It is a handle: clones of it, in any number of tasks, share the connection, which is driven
/// elsewhere. Once the last handle, stream and request is gone, the connection says goodbye and is
/// closed.
///
/// # Requests
///
/// Any number may be open at a time. Where there are as many as the connection
/// [allows](ami_proto::client::Config::max_in_flight), or there is no connection, a request waits,
/// and those that wait are sent in the order in which they came. It ends when it is answered or has
/// failed, see [`Error`](crate::Error); or its future is dropped, which cancels it: while it waits,
/// without a trace. From then on its bytes go out, also those that are still here, and the server
/// may do what was asked: the call of an `originate` that was dropped may ring.
pub struct Handle<P: Protocol = Client> {
    pub(crate) hold: Hold<P>,
    /// The time of each step of a request, where it isn't that of the configuration.
    pub(crate) within: Option<Duration>,
}

impl<P: Protocol> Handle<P> {
    pub(crate) fn new(hold: Hold<P>) -> Self {
        Self { hold, within: None }
    }

    /// Returns the handle whose requests have this time for each step, in place of that of the
    /// configuration. Of a job in the background of FreeSWITCH it is the time until the job
    /// is accepted; its output has `job_timeout`.
    #[must_use]
    pub fn within(&self, step: Duration) -> Self {
        Self { within: Some(step), ..self.clone() }
    }

    /// Returns whether the connection stands at present, and the login is done.
    pub fn is_connected(&self) -> bool {
        self.hold.lock().machine.accepts_requests(HIDDEN)
    }

    /// Waits until the connection stands, at once if it does.
    ///
    /// # Errors
    /// [`ConnectError`]: it is over for good.
    pub async fn connected(&self) -> Result<(), ConnectError> {
        self.hold.stands().await
    }

    /// Returns why there is no connection at present: the last loss or failed attempt, or the end
    /// for good. `None`: it stands, or none was lost and no attempt has failed so far.
    pub fn down(&self) -> Option<ConnectError> {
        self.hold.down()
    }

    /// Says goodbye to the server and waits until the connection is closed, which takes no longer
    /// than the [timeout](ami_proto::client::Config::close_timeout) of that and a second, in which
    /// the stream is shut down. Requests that are open
    /// by then end, in each handle, and streams of events end behind what waits in them.
    ///
    /// To drop the future changes nothing: the connection is closed all the same.
    pub async fn close(&self) {
        self.hold.close();
        self.hold.ends().await;
    }

    /// Returns what the connection holds at present.
    pub fn held(&self) -> Held {
        self.hold.lock().held()
    }
}

impl<P: Protocol> Clone for Handle<P> {
    fn clone(&self) -> Self {
        Self { hold: self.hold.clone(), within: self.within }
    }
}

impl<P: Protocol> fmt::Debug for Handle<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("held", &self.held()).finish_non_exhaustive()
    }
}
