//! Sources of the times that a tracker is given.

use core::time::Duration;

use crate::words::words;

/// Where the times of a call come from, and with it what they count from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TimeSource {
    /// `received`: the clock of the program that received the events, or recorded them. It counts
    /// from the moment that the program chose; a recording from its beginning.
    #[default]
    Received,
    /// `timestamp`: the events' own `Timestamp`, to the microsecond, since 1970.
    Timestamp,
    /// `cel`: `EventTime` of CEL, to the second, since 1970. Between CEL events time stands still.
    Cel,
    /// `unique-id`: the seconds in the unique ids of new channels, since 1970. Between new channels
    /// time stands still.
    UniqueId,
    /// `none`: nothing tells the time; all times are 0.
    None,
}

impl TimeSource {
    /// Returns the unit of the times: what is shorter can't be told. `None`: as fine as the clock
    /// of the program, or no time at all.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::calls::TimeSource;
    ///
    /// assert_eq!(TimeSource::UniqueId.resolution(), Some(Duration::from_secs(1)));
    /// ```
    #[must_use]
    pub const fn resolution(self) -> Option<Duration> {
        match self {
            Self::Timestamp => Some(Duration::from_micros(1)),
            Self::Cel | Self::UniqueId => Some(Duration::from_secs(1)),
            Self::Received | Self::None => None,
        }
    }
}

words! { TimeSource {
    Received = "received",
    Timestamp = "timestamp",
    Cel = "cel",
    UniqueId = "unique-id",
    None = "none",
} }
