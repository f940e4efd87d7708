//! What names a request, and how far one had come when its connection was lost.

use core::fmt;

/// Names a request of a connection. Never used twice by one, not even across `reconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u64);

/// How far a request had come when the connection was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// Not all of it had been handed out for transmission, so the server has not acted on it.
    NotSent,
    /// It had been handed out; no answer had come.
    Sent,
    /// The server had accepted it; this many items of its list had come, 0 where its outcome was
    /// awaited, as that of a job of FreeSWITCH's.
    Started {
        /// Items, or paragraphs of text.
        items: u64,
    },
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("before it was sent"),
            Self::Sent => f.write_str("before it was answered"),
            Self::Started { items } => write!(f, "after {items} items"),
        }
    }
}
