//! Identifier of a request, and how far a request had come when it ended without an answer.

use core::fmt;

/// Identifies a request of a connection. Never used twice by one client or connection, not even
/// across `reconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u64);

/// Progress of a request when it timed out or its connection was lost.
///
/// Tells requests that never reached the server from those that the server may have carried out or
/// still carries out: an `Originate` that was [`Accepted`](Self::Accepted) may let a telephone ring
/// at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// The request had not been handed out completely for transmission, so the server has not acted
    /// on it.
    NotSent,
    /// The request had been handed out; no answer had come.
    Sent,
    /// The server had accepted the request; this many items of its list had come.
    Started {
        /// Number of items, or of paragraphs of text.
        items: u64,
    },
    /// The server had accepted the request, and the event that reports its outcome had not come: of
    /// an asynchronous `Originate`, or of a FreeSWITCH job.
    Accepted,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("before it was sent"),
            Self::Sent => f.write_str("before it was answered"),
            Self::Started { items } => write!(f, "after {items} items"),
            Self::Accepted => f.write_str("after it was accepted and before its outcome was seen"),
        }
    }
}
