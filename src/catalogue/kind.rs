//! The kinds of headers' values, made of the one table that the generator has of them.

use super::Datum;
use crate::value::{self, FromWire, ValueError};
use crate::wire::Value;

include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

impl Kind {
    /// Returns whether this value stands for none: servers write nothing, `(null)` or `N/A` where
    /// they have no number, time or state, -1 where they have no duration, and FreeSWITCH
    /// `_undef_`, or `none` for the number of a member. Text may be any of these.
    pub(crate) fn is_absent(self, value: &[u8]) -> bool {
        !self.is_open() && matches!(value, b"" | b"(null)" | b"N/A" | b"_undef_")
            || self == Self::Uint && value == b"none"
            || matches!(self, Self::Seconds | Self::Milliseconds) && value == b"-1"
    }
}
