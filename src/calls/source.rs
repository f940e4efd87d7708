//! Sources of the times that a tracker is given.

use crate::words::words;

/// Where the times of a call come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeSource {
    /// The clock of the program that received the events.
    #[default]
    Received,
    /// The events' own `Timestamp`, in microseconds.
    Timestamp,
    /// `EventTime` of CEL, and the seconds in unique ids between them.
    Cel,
    /// The seconds in the unique ids of new channels.
    UniqueId,
    /// Nothing: the times are meaningless.
    None,
}

words! { TimeSource {
    Received = "received",
    Timestamp = "timestamp",
    Cel = "cel",
    UniqueId = "unique-id",
    None = "none",
} }
