//! What names a request, and how far one had come when it ended without an answer.

use core::fmt;

/// Names a request of a connection. Never used twice by one, not even across `reconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u64);

/// How far a request had come when its time was up or its connection was lost.
///
/// It tells apart what never reached the server from what the server may have done, or still does:
/// an `Originate` that was [`Accepted`](Self::Accepted) may let a telephone ring at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// Not all of it had been handed out for transmission, so the server has not acted on it.
    NotSent,
    /// It had been handed out; no answer had come.
    Sent,
    /// The server had accepted it; this many items of its list had come.
    Started {
        /// Items, or paragraphs of text.
        items: u64,
    },
    /// The server had accepted it, and the event that says how it went had not come: that of an
    /// asynchronous `Originate`, or of a job of FreeSWITCH's.
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
