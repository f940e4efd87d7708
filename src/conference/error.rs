//! Errors of conference requests and replies: a command that the dialect lacks, an argument that it
//! can't carry, a reply that doesn't fit.

use core::fmt;

use crate::error::EncodeError;
use crate::kazoo;

/// Reports that a dialect has no request for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported {
    pub(super) command: &'static str,
    pub(super) dialect: &'static str,
    pub(super) hint: &'static str,
}

impl Unsupported {
    /// Returns the command's [name](super::Command::name).
    pub const fn command(&self) -> &'static str {
        self.command
    }

    /// Returns the dialect's [name](super::Dialect::name).
    pub const fn dialect(&self) -> &'static str {
        self.dialect
    }

    /// Returns what to do instead, in words.
    pub const fn hint(&self) -> &'static str {
        self.hint
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no such {}: {}", self.dialect, self.command, self.hint)
    }
}

impl core::error::Error for Unsupported {}

/// Reports why no request could be made for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The dialect has no request for the command.
    Unsupported(Unsupported),
    /// An argument would break the request, or the server would read it as something else. The
    /// error's field is the argument's name in the [`Command`](super::Command), or its name in the
    /// dialect's own command.
    Encode(EncodeError),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unsupported(error) => Some(error),
            Self::Encode(error) => Some(error),
        }
    }
}

impl From<EncodeError> for RequestError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// Reports why a reply can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyError {
    /// The reply is of another dialect's kind: frames, a text, or an HTTP response.
    Dialect,
    /// The reply does not answer this command: AMI frames that don't begin with a response, a text
    /// that isn't the requested list, or a page from a proxy in front of the service.
    Reply,
    /// The service of sipXecs has lost its FreeSWITCH, and sends an empty answer. The command may
    /// or may not have taken effect: list the participants, and send the command again.
    Lost,
    /// The list has no end: the rest of it is missing.
    Unfinished,
    /// `ConfBridge`: the frames lack the outcome of the call, the event `OriginateResponse`. The
    /// server sends it to sessions that have events of the class
    /// [`CALL`](crate::value::Classes::CALL).
    NoOutcome,
    /// The server broke the list off (`EventList: cancelled`).
    Cancelled,
    /// The end of the list gives another number of items (`ListItems`).
    Items {
        /// The number of items that came.
        came: usize,
    },
    /// Reading the reply needs this feature of the crate.
    Feature {
        /// The feature's name.
        name: &'static str,
    },
    /// The body is not valid JSON of the expected kind.
    Json(kazoo::JsonError),
    /// The response lacks a field that the command asks for.
    Field(kazoo::FieldError),
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialect => f.write_str("the reply is of another kind than the dialect's"),
            Self::Reply => f.write_str("the reply is not one to this command"),
            Self::Lost => f.write_str("the service has lost its FreeSWITCH and says nothing; ask again"),
            Self::Unfinished => f.write_str("the list has no end"),
            Self::NoOutcome => {
                f.write_str("the outcome of the call is missing: log in with events of the class call, and wait for it")
            }
            Self::Cancelled => f.write_str("the server broke the list off"),
            Self::Items { came } => write!(f, "{came} items of the list came, its end says another number"),
            Self::Feature { name } => write!(f, "the reply is read with the feature `{name}`; build with it"),
            Self::Json(error) => error.fmt(f),
            Self::Field(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ReplyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Field(error) => Some(error),
            _ => None,
        }
    }
}

impl From<kazoo::JsonError> for ReplyError {
    fn from(error: kazoo::JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<kazoo::FieldError> for ReplyError {
    fn from(error: kazoo::FieldError) -> Self {
        Self::Field(error)
    }
}
