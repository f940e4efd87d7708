//! The errors: of a connection that can't be made or was lost, and of a request that has no answer.

use std::fmt;
use std::io;
use std::sync::Arc;

use ami_proto::ConnectionError;
use ami_proto::client::Client;
use ami_proto::error::SendError;

use crate::protocol::Protocol;

/// There is no connection: the address, and why it could not be made or has been lost.
///
/// `Display` has all of it: `127.0.0.1:5038: login refused: wrong user, wrong secret, or the user
/// may not log in from this address`.
#[derive(Clone)]
pub struct ConnectError(Arc<Inner>);

struct Inner {
    address: Box<str>,
    reason: Reason,
}

/// The reason why there is no connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The socket could not be made, TLS over it, or a thread to drive it.
    Connect(io::Error),
    /// Neither success nor failure of that within this time.
    ConnectTimedOut(std::time::Duration),
    /// The login can't be sent, with this user or secret.
    Login(SendError),
    /// The server refuses the login, and says so in these words.
    Refused(ConnectionError, String),
    /// The connection was lost, or something else than a login came of it.
    Lost(ConnectionError),
    /// The socket failed, by which the connection was lost.
    Socket(io::Error),
    /// The connection was closed by this program before it stood.
    Closed,
    /// The task that drives the connection was ended: its runtime is shut down.
    Abandoned,
    /// The task or thread that drives the connection has panicked: in a transport of the program's
    /// own, or by a fault of these crates.
    Panicked,
}

impl ConnectError {
    pub(crate) fn new(address: &str, reason: Reason) -> Self {
        Self(Arc::new(Inner { address: address.into(), reason }))
    }

    /// Returns the address, as it was given.
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Returns the reason.
    pub fn reason(&self) -> &Reason {
        &self.0.reason
    }

    /// Returns whether another attempt may fare better: not after a wrong secret, another service,
    /// an address without a port (`InvalidInput`), or an end that this program has asked for.
    pub fn is_temporary(&self) -> bool {
        match &self.0.reason {
            Reason::Refused(error, _) | Reason::Lost(error) => error.is_temporary(),
            Reason::Connect(error) => error.kind() != io::ErrorKind::InvalidInput,
            Reason::ConnectTimedOut(_) | Reason::Socket(_) => true,
            Reason::Login(_) | Reason::Closed | Reason::Abandoned | Reason::Panicked => false,
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.address)?;
        match &self.0.reason {
            Reason::Connect(error) => error.fmt(f),
            Reason::ConnectTimedOut(after) => write!(f, "no connection within {after:?}"),
            Reason::Login(error) => error.fmt(f),
            Reason::Refused(error, words) => {
                // The peer may be anybody: no control character of it reaches a terminal.
                write!(f, "{error} (the server says: {})", words.escape_debug())
            }
            Reason::Lost(error) => error.fmt(f),
            Reason::Socket(error) => write!(f, "the connection was lost: {error}"),
            Reason::Closed => f.write_str("closed by this program"),
            Reason::Abandoned => f.write_str("the runtime of the connection is shut down"),
            Reason::Panicked => f.write_str("the task of the connection has panicked"),
        }
    }
}

/// As `Display`: it is what a `main` that returns the error prints.
impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.reason {
            Reason::Connect(error) | Reason::Socket(error) => Some(error),
            Reason::Login(error) => Some(error),
            Reason::Refused(error, _) | Reason::Lost(error) => Some(error),
            Reason::ConnectTimedOut(_) | Reason::Closed | Reason::Abandoned | Reason::Panicked => None,
        }
    }
}

/// A request that the server has not answered, or has refused; how far it had come is in it.
///
/// [`never_reached_server`](Self::never_reached_server) and
/// [`is_safe_to_retry`](Self::is_safe_to_retry) say whether it may be sent again.
#[non_exhaustive]
pub enum Error<P: Protocol = Client> {
    /// The request could not be sent as it is: a field of it is refused, or it never fits under the
    /// ceilings of the connection.
    NotSent(SendError),
    /// There was no connection within the time that a request
    /// waits for one, or there will be none: it wasn't sent.
    NotConnected(ConnectError),
    /// The connection was closed before it was sent.
    Closed,
    /// The request has ended, and not with what was asked for: refused by the server, its time was
    /// up, lost with the connection, too large.
    Ended(Box<Ended<P>>),
    /// More of the list or text has come than may wait for its reader: 65,536 items, or 8 MiB of
    /// all of the connection; or than is collected: 65,536 items, or 64 MiB. The server has done
    /// what was asked; what still comes is passed over.
    Unread,
}

/// The end of a request that has not been answered as it was meant to be.
#[non_exhaustive]
pub struct Ended<P: Protocol = Client> {
    /// The way it ended.
    pub ending: P::Ending,
    pub(crate) how: Failure,
    pub(crate) reads_only: bool,
}

/// The kind of an end that isn't as it was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    NeverReached,
    Refused,
    /// The server has answered, and not in the way that was asked for.
    OtherAnswer,
    Unanswered,
}

impl<P: Protocol> Error<P> {
    /// Returns whether the server has never had the request and never will: it can be sent again
    /// without the danger that it is carried out twice.
    pub fn never_reached_server(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::NotConnected(_) | Self::Closed => true,
            Self::Ended(ended) => ended.how == Failure::NeverReached,
            Self::Unread => false,
        }
    }

    /// Returns whether the request can be sent again without the danger that it is carried out
    /// twice: it has [never reached the server](Self::never_reached_server), or it changes nothing
    /// ([`ActionType::is_read_only`](ami_proto::catalogue::ActionType::is_read_only)).
    pub fn is_safe_to_retry(&self) -> bool {
        self.never_reached_server() || matches!(self, Self::Ended(ended) if ended.reads_only)
    }

    /// Returns whether the server has refused it, and so has not done it.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Ended(ended) if ended.how == Failure::Refused)
    }

    /// Returns how the request ended, if it was sent.
    pub fn ending(&self) -> Option<&P::Ending> {
        if let Self::Ended(ended) = self { Some(&ended.ending) } else { None }
    }
}

impl<P: Protocol> fmt::Display for Error<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(error) => write!(f, "not sent: {error}"),
            Self::NotConnected(error) => write!(f, "not sent, without a connection: {error}"),
            Self::Closed => f.write_str("not sent: the connection is closed"),
            Self::Ended(ended) if ended.how == Failure::OtherAnswer => {
                write!(f, "answered in another way than asked for: {}", ended.ending)
            }
            Self::Ended(ended) => ended.ending.fmt(f),
            Self::Unread => f.write_str("the list is longer than what may wait to be read; read it as it comes"),
        }
    }
}

/// As `Display`: it is what a `main` that returns the error prints.
impl<P: Protocol> fmt::Debug for Error<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<P: Protocol> fmt::Debug for Ended<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended").field("ending", &self.ending).finish_non_exhaustive()
    }
}

impl<P: Protocol> std::error::Error for Error<P> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotSent(error) => Some(error),
            Self::NotConnected(error) => Some(error),
            Self::Closed | Self::Ended(_) | Self::Unread => None,
        }
    }
}
