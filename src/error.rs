//! The errors, named by who is to blame.

use alloc::boxed::Box;
use core::fmt;

use crate::parse::ValueError;

/// Which of the [`Limits`](crate::Limits) was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Bytes in one line.
    Line,
    /// Lines in one frame.
    Headers,
    /// Bytes in one frame.
    Frame,
    /// Bytes held by a decoder.
    Buffer,
}

/// The peer's stream went over a limit; reading it cannot go on.
///
/// Sticky: whatever returned it returns it again, whatever is fed. Frames that were complete before it have been handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameError {
    /// The limit.
    pub limit: Limit,
    /// Its value.
    pub max: u32,
    /// Where, in bytes from the start of the stream: the first byte too many; for [`Limit::Headers`] the start of the first line too many.
    pub offset: u64,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, max, offset } = self;
        match limit {
            Limit::Line => write!(f, "line longer than the limit of {max} bytes")?,
            Limit::Headers => write!(f, "frame with more than the limit of {max} lines")?,
            Limit::Frame => write!(f, "frame longer than the limit of {max} bytes")?,
            Limit::Buffer => write!(f, "more than the limit of {max} bytes buffered")?,
        }
        write!(f, ", at stream offset {offset}")
    }
}

impl core::error::Error for FrameError {}

/// A message was not written because one of its fields would have broken the framing, or would not have been read by the server.
///
/// Nothing was written: the output is as it was before the message was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    field: Box<str>,
    refusal: Refusal,
}

impl EncodeError {
    /// The most bytes of a name that are kept.
    const SHOWN: usize = 64;

    pub(crate) fn new(field: &[u8], refusal: Refusal) -> Self {
        let shown = (0..=Self::SHOWN).rev().find(|at| field.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80));
        let (shown, rest) = field.split_at(shown.unwrap_or(Self::SHOWN).min(field.len()));
        let mut field = alloc::string::String::from_utf8_lossy(shown).into_owned();
        if !rest.is_empty() {
            field.push('…');
        }
        Self { field: field.into(), refusal }
    }

    /// Name of the field that was refused, as the caller gave it: bytes that are no UTF-8 replaced, and a name of more than
    /// 64 bytes cut, with `…` at its end.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Why.
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field {:?} refused: {}", self.field, self.refusal)
    }
}

impl core::error::Error for EncodeError {}

/// Why a field was refused. Values are never quoted here: they may be secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The name is empty.
    EmptyName,
    /// The name has a byte that cannot stand in one: a colon, CR, LF or NUL.
    InName {
        /// The byte.
        byte: u8,
        /// Its place in the name, from 0.
        at: usize,
    },
    /// The name begins or ends with a blank; the server would not recognise it.
    OuterBlank,
    /// The value has a CR, LF or NUL, which would end the line.
    InValue {
        /// The byte.
        byte: u8,
        /// Its place in the value, from 0.
        at: usize,
    },
    /// The line would be longer than a server reads (Asterisk `main/manager.c`: 1,022 bytes before CRLF, in every version).
    LineTooLong {
        /// Length of the line without its CRLF.
        len: usize,
        /// The most that is read.
        max: usize,
    },
    /// The message would have more header lines than a server reads (Asterisk `main/manager.c`: 128, in every version).
    TooManyHeaders {
        /// The most that is read.
        max: usize,
    },
    /// The value begins with a blank or a control byte. The server skips those, so it would arrive changed.
    LeadingBlank {
        /// The byte.
        byte: u8,
    },
    /// The value is empty where that means that there is none.
    EmptyValue,
    /// The `ActionID` is longer than the buffers that some modules of the server copy it into.
    ActionIdTooLong {
        /// Its length.
        len: usize,
        /// The longest that no module cuts.
        max: usize,
    },
    /// The name of a variable is empty or holds `=`, at which the server splits.
    VariableName,
    /// A line of text has a colon or is empty; it would be read back as something else.
    NotText,
    /// A header that is written where it is needed, and by nobody else: `Content-Length`.
    OwnHeader,
    /// The message has this header already: its library writes it from an argument.
    Given {
        /// The argument to give it by.
        by: &'static str,
    },
    /// The value has a byte at which the server ends it: what follows would be read as another value.
    Separator {
        /// The byte.
        byte: u8,
        /// Its place in the value, from 0.
        at: usize,
    },
    /// The value is longer than what is kept of such a value.
    ValueTooLong {
        /// Its length in bytes.
        len: usize,
        /// The most bytes that it may have.
        max: usize,
    },
    /// The name is a command to the server in this place: `filter delete` takes filters back.
    Command,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EmptyName => f.write_str("the name is empty; give the header's name"),
            Self::InName { byte, at } => write!(f, "byte {byte:#04x} at {at} of its name; leave it out"),
            Self::OuterBlank => f.write_str("the name begins or ends with a blank; trim it"),
            Self::InValue { byte, at } => {
                write!(f, "byte {byte:#04x} at {at} of its value would end the line; send it encoded or leave it out")
            }
            Self::LineTooLong { len, max } => {
                write!(f, "its line is {len} bytes long and a server reads {max}; shorten the value")
            }
            Self::TooManyHeaders { max } => {
                write!(f, "it is header {} and a server reads {max}; split the message", max + 1)
            }
            Self::LeadingBlank { byte } => {
                write!(f, "the value begins with byte {byte:#04x}, which the server skips; leave it out")
            }
            Self::EmptyValue => f.write_str("the value is empty; leave the header out"),
            Self::ActionIdTooLong { len, max } => {
                write!(f, "it is {len} bytes long and modules of the server cut it at {max}; shorten it")
            }
            Self::VariableName => f.write_str("the variable's name is empty or has a `=`; the server splits there"),
            Self::OwnHeader => f.write_str("this header is written with the body; leave it out"),
            Self::Given { by } => write!(f, "the message has this header already; leave it out and give {by}"),
            Self::Separator { byte, at } => {
                write!(f, "byte {byte:#04x} at {at} of its value is where the server ends it; use a name without it")
            }
            Self::ValueTooLong { len, max } => {
                write!(f, "it is {len} bytes long and may have {max}; shorten it")
            }
            Self::Command => f.write_str("the server takes this name for a command; send it as a message of its own"),
            Self::NotText => f.write_str("a line of text needs text, and no colon; write a header instead"),
        }
    }
}

/// A field of a typed view has no value, or one that is not of its kind. Never fatal: the frame and all its other fields stay readable.
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

impl core::error::Error for FieldError {}

/// A connection is over.
///
/// Sticky: whatever returned it returns it again, until the client is told to reconnect. All that had arrived before has been handed out, and each request in flight has had its ending.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The peer's stream went over a limit.
    Frame(FrameError),
    /// The peer closed the stream without a goodbye. A server does so without any greeting where too many sessions wait to log in (Asterisk: `authlimit`).
    Closed {
        /// Bytes of an unfinished frame that had arrived.
        truncated: usize,
    },
    /// The login was refused.
    LoginRefused(LoginRefusal),
    /// A step of the login took too long.
    LoginTimedOut(LoginStage),
    /// The peer gave no sign of life when asked for one.
    KeepAlive,
    /// The peer doesn't read: more than this waits for transmission to it. Of servers only.
    NotRead {
        /// The most bytes that may wait.
        max: usize,
    },
    /// The server said goodbye, as FreeSWITCH does when it shuts down or a call is over, and closed the stream.
    Disconnected,
}

/// Why a login was refused.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// The user, the secret, or the place that the connection comes from: the server doesn't say which.
    Credentials,
    /// The user is logged in already and may be so only once (Asterisk: `allowmultiplelogin`). Another attempt may succeed later.
    AlreadyInUse,
    /// The server gave no challenge, and the secret is not to be sent without.
    Challenge,
    /// The server takes no connections from this place, whatever the password.
    Address,
    /// The server gave another reason; the answer has it.
    Other,
}

/// A step of the login.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginStage {
    /// The server's own first words, which ask for a password.
    Greeting,
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
            Self::LoginRefused(LoginRefusal::Credentials) => f.write_str("login refused"),
            Self::LoginRefused(LoginRefusal::AlreadyInUse) => f.write_str("login refused: already in use"),
            Self::LoginRefused(LoginRefusal::Challenge) => f.write_str("login refused: no challenge was given"),
            Self::LoginRefused(LoginRefusal::Address) => {
                f.write_str("login refused: the server takes no connections from this address")
            }
            Self::LoginRefused(LoginRefusal::Other) => f.write_str("login refused: see the server's answer"),
            Self::LoginTimedOut(LoginStage::Greeting) => f.write_str("the server asked for no password"),
            Self::LoginTimedOut(LoginStage::Challenge) => f.write_str("no answer to the request for a challenge"),
            Self::LoginTimedOut(LoginStage::Login) => f.write_str("no answer to the login"),
            Self::KeepAlive => f.write_str("no sign of life from the peer"),
            Self::NotRead { max } => write!(f, "the peer leaves more than {max} bytes unread"),
            Self::Disconnected => f.write_str("the server said goodbye and closed the connection"),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for ConnectionError {}

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
    /// So many requests await their answers.
    InFlight {
        /// The most that may.
        max: usize,
    },
    /// What the client holds would go over the [ceiling](crate::client::Config::ceiling). Transmit, poll or take items first.
    Ceiling {
        /// The ceiling in bytes.
        max: usize,
    },
}

#[cfg(feature = "std")]
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::NotLoggedIn => f.write_str("not logged in"),
            Self::InFlight { max } => {
                write!(f, "no more than {max} requests may be in flight, one of them the client's own")
            }
            Self::Ceiling { max } => write!(f, "what is held would go over the ceiling of {max} bytes"),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for SendError {}

#[cfg(feature = "std")]
impl From<EncodeError> for SendError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// A call that makes no sense where things stand: a bug in the caller, never caused by the peer's data. Nothing was done.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// `login` on a connection that has begun to log in, or is over.
    NotNew,
    /// `reconnect` on a connection that isn't over.
    NotOver,
    /// A request that isn't open: it has ended, or there never was one.
    NotOpen,
    /// `collect` with room for no item.
    NoItems,
    /// A login for which the [ceiling](crate::client::Config::ceiling) leaves no room.
    Ceiling {
        /// The ceiling in bytes.
        max: usize,
    },
    /// A field that can't be written.
    Encode(EncodeError),
}

#[cfg(feature = "std")]
impl fmt::Display for ApiMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNew => f.write_str("the login has been started on this connection; reconnect first"),
            Self::NotOver => f.write_str("the connection isn't over; close it first"),
            Self::NotOpen => f.write_str("the request isn't open"),
            Self::NoItems => f.write_str("a list can't be collected with room for no item; allow for one at least"),
            Self::Ceiling { max } => write!(f, "the login doesn't fit under the ceiling of {max} bytes; raise it"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "std")]
impl core::error::Error for ApiMisuse {}

#[cfg(feature = "std")]
impl From<EncodeError> for ApiMisuse {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}
