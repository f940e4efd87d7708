//! Input that has not been polled, and the time that waits behind it: received input is handled
//! before the time.

use std::time::Instant;

#[derive(Debug, Default)]
pub(crate) enum Backlog {
    /// All received input has been polled.
    #[default]
    None,
    /// There may be something to poll.
    Unpolled,
    /// There may be something to poll, and this time was reported meanwhile. It is the latest one:
    /// everything that was due at earlier times is due at this one too.
    Late(Instant),
}

impl Backlog {
    /// Records that something was received.
    #[inline]
    pub(crate) fn received(&mut self) {
        if matches!(self, Self::None) {
            *self = Self::Unpolled;
        }
    }

    /// Records that all input has been polled; a waiting time stays.
    #[inline]
    pub(crate) fn polled(&mut self) {
        if matches!(self, Self::Unpolled) {
            *self = Self::None;
        }
    }

    /// Returns the reported time if it can be handled at once. Otherwise the time waits.
    pub(crate) fn tell(&mut self, now: Instant) -> Option<Instant> {
        if matches!(self, Self::None) {
            return Some(now);
        }
        *self = Self::Late(now);
        None
    }

    /// Removes and returns the time that waits.
    pub(crate) fn late(&mut self) -> Option<Instant> {
        let Self::Late(late) = *self else { return None };
        *self = Self::Unpolled;
        Some(late)
    }
}
