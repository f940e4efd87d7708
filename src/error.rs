//! Errors of the crate, named by who is to blame.
//!
//! `Display` of every error is one line in lower case without a full stop. It is complete: it ends
//! with the text of its cause. [`source`](core::error::Error::source) returns that cause as a
//! value, for programs that look for a type in the chain. A program that prints errors prints only
//! the first error of a chain.

mod limit;
mod refusal;

use core::fmt;

use crate::parse::ValueError;
pub(crate) use limit::limits;
pub use limit::{FrameError, Limit};
pub use refusal::{EncodeError, Refusal};

/// A field of a typed view has no value, or one that is not of its kind. Never fatal: the frame and
/// all its other fields stay readable.
///
/// An empty header is an empty text, since servers write some absent texts that way (`PausedReason`
/// from 13 on); an empty number, or any other kind, is [missing](Self::is_missing).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    prefix: &'static str,
    name: &'static str,
    invalid: Option<ValueError>,
}

impl FieldError {
    pub(crate) const fn missing(prefix: &'static str, name: &'static str) -> Self {
        Self { prefix, name, invalid: None }
    }

    pub(crate) const fn invalid(prefix: &'static str, name: &'static str, error: ValueError) -> Self {
        Self { prefix, name, invalid: Some(error) }
    }

    /// Returns the name of the header, without the prefix of its block.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the prefix of the block that holds the header, such as `Dest`; empty outside of
    /// blocks.
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Returns the fault of the value, or `None` if there is no value.
    pub const fn invalid_value(&self) -> Option<ValueError> {
        self.invalid
    }

    /// Returns whether there is no value.
    pub const fn is_missing(&self) -> bool {
        self.invalid.is_none()
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, name, invalid } = self;
        match invalid {
            Some(error) => write!(f, "header {prefix}{name}: {error}"),
            None => write!(f, "header {prefix}{name} is missing or has no value"),
        }
    }
}

impl core::error::Error for FieldError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.invalid.as_ref().map(|error| error as _)
    }
}

/// A connection is over.
///
/// The method that returned the error returns it again until the client is told to reconnect.
/// Everything received before has been handed out, and each request in flight has had its ending.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The peer's stream went over a limit.
    Frame(FrameError),
    /// The peer closed the stream without a goodbye, or the socket failed; in that case
    /// [`exchange`](crate::conn::Machine::exchange) has returned the socket's error. A server
    /// closes without a greeting if too many sessions wait to log in (Asterisk: `authlimit`).
    Closed {
        /// Number of bytes of an unfinished frame that had arrived.
        truncated: usize,
    },
    /// The peer's first bytes are those of another service. Nothing had been sent to it, unless the
    /// configuration does not wait for a greeting.
    WrongServer(Service),
    /// The login was refused.
    LoginRefused(LoginRefusal),
    /// A step of the login took too long.
    LoginTimedOut(LoginStage),
    /// The peer sent nothing after a keep-alive request.
    KeepAlive,
    /// The server has left a request without an answer, though it may send events. Returned by
    /// FreeSWITCH connections only, see `Config::silence_timeout`.
    NotAnswered,
    /// The peer does not read: more than `max` bytes wait for transmission to it. Returned by
    /// servers only.
    NotRead {
        /// Most bytes that may wait for transmission.
        max: usize,
    },
    /// The server said goodbye, as FreeSWITCH does when it shuts down or a call is over, and closed
    /// the stream.
    Disconnected,
}

#[cfg(feature = "std")]
impl ConnectionError {
    /// Returns whether a new connection may succeed. `false` only for the error of another service,
    /// and for a refused login that time does not mend. A user that is [logged in
    /// already](LoginRefusal::AlreadyInUse) may be free later: the server may not have noticed the
    /// loss of the last connection yet.
    ///
    /// [`Backoff`](crate::conn::Backoff) says when to try again.
    pub const fn is_temporary(self) -> bool {
        match self {
            Self::LoginRefused(why) => matches!(why, LoginRefusal::AlreadyInUse),
            Self::WrongServer(_) => false,
            _ => true,
        }
    }
}

/// Reason why a login was refused.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// User, secret or source address is wrong: the server does not say which.
    Credentials,
    /// The user is logged in already and may be so only once (Asterisk: `allowmultiplelogin`).
    /// Another attempt may succeed later.
    AlreadyInUse,
    /// The server gave no challenge, and the secret must not be sent without one.
    Challenge,
    /// The server takes no connections from this address, with any password.
    Address,
    /// The server gave another reason, which stands in its answer.
    Other,
}

/// A service, recognised by the first bytes that it sends.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// The manager interface of Asterisk.
    Manager,
    /// The event socket of FreeSWITCH.
    FreeSwitch,
    /// A secure shell.
    Ssh,
    /// A web server. The manager interface over HTTP is read by [`http`](crate::http).
    Http,
    /// A port that speaks TLS: the manager interface has one of its own (5039 unless configured).
    Tls,
    /// A mail or file server.
    Mail,
    /// A telephone, or a server's port for telephones.
    Sip,
    /// Another service.
    Unknown,
}

#[cfg(feature = "std")]
impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manager => "Asterisk's manager interface",
            Self::FreeSwitch => "FreeSWITCH's event socket",
            Self::Ssh => "SSH",
            Self::Http => "HTTP",
            Self::Tls => "TLS",
            Self::Mail => "SMTP or the like",
            Self::Sip => "SIP",
            Self::Unknown => "something else",
        })
    }
}

/// A step of the login.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginStage {
    /// Waiting for FreeSWITCH's request for a password.
    Greeting,
    /// Waiting for the greeting of a manager interface, before which nothing is sent.
    Banner,
    /// Transmission of the request: the program has not taken all of it from `poll_transmit`,
    /// perhaps because the peer does not read.
    Transmission,
    /// Waiting for the answer to the request for a challenge.
    Challenge,
    /// Waiting for the answer to the login.
    Login,
}

#[cfg(feature = "std")]
impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Closed { truncated: 0 } => f.write_str("the peer closed the connection"),
            Self::Closed { truncated } => {
                write!(f, "the peer closed the connection inside a frame, after {truncated} bytes of it")
            }
            Self::WrongServer(service) => write!(f, "the peer speaks {service}; look at the address and the port"),
            Self::LoginRefused(LoginRefusal::Credentials) => {
                f.write_str("login refused: wrong user, wrong secret, or the user may not log in from this address")
            }
            Self::LoginRefused(LoginRefusal::AlreadyInUse) => {
                f.write_str("login refused: the user is logged in already")
            }
            Self::LoginRefused(LoginRefusal::Challenge) => f.write_str("login refused: no challenge was given"),
            Self::LoginRefused(LoginRefusal::Address) => {
                f.write_str("login refused: the server takes no connections from this address")
            }
            Self::LoginRefused(LoginRefusal::Other) => f.write_str("login refused: see the server's answer"),
            Self::LoginTimedOut(LoginStage::Greeting) => {
                f.write_str("the server asked for no password: is this FreeSWITCH's event socket?")
            }
            Self::LoginTimedOut(LoginStage::Banner) => f.write_str(
                "the peer has not greeted: is this the port of a manager interface, and is TLS spoken on it?",
            ),
            Self::LoginTimedOut(LoginStage::Transmission) => f.write_str("the login was never transmitted"),
            Self::LoginTimedOut(LoginStage::Challenge) => f.write_str("no answer to the request for a challenge"),
            Self::LoginTimedOut(LoginStage::Login) => f.write_str("no answer to the login"),
            Self::KeepAlive => f.write_str("no sign of life from the peer"),
            Self::NotAnswered => f.write_str("the server has left a request without an answer"),
            Self::NotRead { max } => write!(f, "the peer leaves more than {max} bytes unread"),
            Self::Disconnected => f.write_str("the server said goodbye and closed the connection"),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Frame(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(feature = "std")]
impl From<FrameError> for ConnectionError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

/// A request was not sent. Nothing was written and there is no handle; the connection is unchanged.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// A field was refused.
    Encode(EncodeError),
    /// The session is not logged in, or no longer.
    NotLoggedIn,
    /// `max` requests await their responses.
    InFlight {
        /// Most requests that may await a response.
        max: usize,
    },
    /// `max` requests have not ended.
    Open {
        /// Most requests that may be open.
        max: usize,
    },
    /// The request would take the held bytes over the configured ceiling. Transmit, poll or take
    /// items first; a login that does not fit needs a higher ceiling.
    Ceiling {
        /// The ceiling in bytes.
        max: usize,
    },
    /// The call is not allowed in the present state.
    Misuse(ApiMisuse),
}

#[cfg(feature = "std")]
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::NotLoggedIn => f.write_str("not logged in; wait until the login is accepted"),
            Self::InFlight { max } => {
                write!(f, "no more than {max} requests may await their responses; wait for one, or raise max_in_flight")
            }
            Self::Open { max } => {
                write!(f, "no more than {max} requests may be open; wait for the end of one, or raise max_open")
            }
            Self::Ceiling { max } => {
                write!(f, "what is held would go over the ceiling of {max} bytes; transmit, poll or raise it")
            }
            Self::Misuse(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Misuse(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(feature = "std")]
impl From<EncodeError> for SendError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

#[cfg(feature = "std")]
impl From<ApiMisuse> for SendError {
    fn from(error: ApiMisuse) -> Self {
        Self::Misuse(error)
    }
}

/// A call that is not allowed in the present state: a bug in the caller, never caused by the peer's
/// data. The call had no effect.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// `login` on a connection that has begun to log in, or is over.
    NotNew,
    /// `reconnect` on a connection that is not over.
    NotOver,
    /// `reconnect` before the first connection.
    NotBegun,
    /// A request that is not open: it has ended, or never existed.
    NotOpen,
    /// `collect` with a limit of 0 items.
    NoItems,
    /// `send_as` with an `ActionID` of an open request, or of a request of the last connection
    /// whose outcome may still come, or one that the client made itself.
    ActionIdInUse,
    /// A job while a filter may hold back the events of jobs, so that its output would not come: a
    /// filter with `-` on `Event-Name` or on another header of these events.
    JobsHidden,
}

#[cfg(feature = "std")]
impl fmt::Display for ApiMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNew => f.write_str("the login has been started on this connection; reconnect first"),
            Self::NotOver => f.write_str("the connection isn't over; close it first"),
            Self::NotBegun => f.write_str("there has been no connection yet; log in on this one"),
            Self::NotOpen => f.write_str("the request isn't open; it is answered once"),
            Self::ActionIdInUse => f.write_str(
                "a request that is open, or whose outcome may still come, has this ActionID; choose another",
            ),
            Self::JobsHidden => f.write_str(
                "a filter, such as one of BACKGROUND_JOB with `-`, keeps the output of jobs away, or may; take it back, or send an `api` command",
            ),
            Self::NoItems => f.write_str("a list can't be collected with room for no item; allow for one at least"),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for ApiMisuse {}
