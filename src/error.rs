//! The errors, named by who is to blame.
//!
//! `Display` of every error of the crate is one line in lower case without a full stop. It says
//! everything, also what the cause says, which it ends with; [`source`](core::error::Error::source)
//! gives that cause as a value, for programs that look for a type in the chain. Whoever prints a
//! chain prints the first error of it alone.

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
/// A header that is there and empty is a text of no bytes, since servers write some texts so where
/// there is none (`PausedReason` from 13 on); of a number or any other kind it is
/// [missing](Self::is_missing).
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

    /// Name of the header, without the prefix of its block.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Prefix of the block that the header stands in, such as `Dest`; empty outside of blocks.
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// What is wrong with the value. `None`: there is none.
    pub const fn invalid_value(&self) -> Option<ValueError> {
        self.invalid
    }

    /// Whether there is no value.
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
/// Sticky: whatever returned it returns it again, until the client is told to reconnect. All that
/// had arrived before has been handed out, and each request in flight has had its ending.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The peer's stream went over a limit.
    Frame(FrameError),
    /// The peer closed the stream without a goodbye, or the socket has failed; then what
    /// [`exchange`](crate::conn::Machine::exchange) returned says why. A server closes without any
    /// greeting where too many sessions wait to log in (Asterisk: `authlimit`).
    Closed {
        /// Bytes of an unfinished frame that had arrived.
        truncated: usize,
    },
    /// The peer's first words are those of another service. Nothing had been sent to it, unless the
    /// configuration doesn't wait for a greeting.
    WrongServer(Service),
    /// The login was refused.
    LoginRefused(LoginRefusal),
    /// A step of the login took too long.
    LoginTimedOut(LoginStage),
    /// The peer gave no sign of life when asked for one.
    KeepAlive,
    /// The server has left a request without an answer, though it may send events. Of FreeSWITCH
    /// only, see `Config::silence_timeout`.
    NotAnswered,
    /// The peer doesn't read: more than this waits for transmission to it. Of servers only.
    NotRead {
        /// The most bytes that may wait.
        max: usize,
    },
    /// The server said goodbye, as FreeSWITCH does when it shuts down or a call is over, and closed
    /// the stream.
    Disconnected,
}

#[cfg(feature = "std")]
impl ConnectionError {
    /// Returns whether a new connection may fare better: after all errors but that of another
    /// service, and a refused login that time doesn't mend. A user that is
    /// [logged in already](LoginRefusal::AlreadyInUse) may be free later, as after a connection that
    /// the server hasn't missed yet.
    ///
    /// [`Backoff`](crate::conn::Backoff) says when.
    pub const fn is_temporary(self) -> bool {
        match self {
            Self::LoginRefused(why) => matches!(why, LoginRefusal::AlreadyInUse),
            Self::WrongServer(_) => false,
            _ => true,
        }
    }
}

/// Why a login was refused.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// The user, the secret, or the place that the connection comes from: the server doesn't say
    /// which.
    Credentials,
    /// The user is logged in already and may be so only once (Asterisk: `allowmultiplelogin`).
    /// Another attempt may succeed later.
    AlreadyInUse,
    /// The server gave no challenge, and the secret is not to be sent without.
    Challenge,
    /// The server takes no connections from this place, whatever the password.
    Address,
    /// The server gave another reason; the answer has it.
    Other,
}

/// A service that its first words give away.
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
    /// A server of mail or files.
    Mail,
    /// A telephone, or the part of a server that speaks to them.
    Sip,
    /// Another one.
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
    /// The first words of a FreeSWITCH, which ask for a password.
    Greeting,
    /// The first words of a manager interface, before which nothing is sent.
    Banner,
    /// The transmission of the request: the program has not taken all of it from `poll_transmit`,
    /// perhaps because the peer doesn't read.
    Transmission,
    /// The answer to the request for a challenge.
    Challenge,
    /// The answer to the login.
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

/// A request was not sent. Nothing was written and there is no handle; the connection is as it was.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// A field was refused.
    Encode(EncodeError),
    /// The session isn't logged in, or no longer.
    NotLoggedIn,
    /// So many requests await their responses.
    InFlight {
        /// The most that may.
        max: usize,
    },
    /// So many requests have not ended, whatever they wait for.
    Open {
        /// The most that may be open.
        max: usize,
    },
    /// What is held would go over the ceiling that the configuration sets. Transmit, poll or take
    /// items first; a login that has no room needs a higher one.
    Ceiling {
        /// The ceiling in bytes.
        max: usize,
    },
    /// The call makes no sense where things stand.
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

/// A call that makes no sense where things stand: a bug in the caller, never caused by the peer's
/// data. Nothing was done.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// `login` on a connection that has begun to log in, or is over.
    NotNew,
    /// `reconnect` on a connection that isn't over.
    NotOver,
    /// `reconnect` where there has been no connection yet.
    NotBegun,
    /// A request that isn't open: it has ended, or there never was one.
    NotOpen,
    /// `collect` with room for no item.
    NoItems,
    /// `send_as` under an `ActionID` that an open request has, or one of the last connection whose
    /// outcome may still come, or that the client made itself.
    ActionIdInUse,
    /// A job while a filter keeps the events of jobs away, or may, so that its output would not
    /// come: one with `-` on `Event-Name` or on another header of theirs.
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
