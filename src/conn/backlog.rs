//! What has been received and not polled, and the time that waits behind it: what has arrived comes
//! before what time does.

use std::time::Instant;

#[derive(Debug, Default)]
pub(crate) enum Backlog {
    /// All that was received has been polled.
    #[default]
    None,
    /// There may be something to poll.
    Unpolled,
    /// There may be something to poll, and this time was told meanwhile: the last, since nothing
    /// was due before it that isn't then.
    Late(Instant),
}

impl Backlog {
    /// Notes that something was received.
    #[inline]
    pub(crate) fn received(&mut self) {
        if matches!(self, Self::None) {
            *self = Self::Unpolled;
        }
    }

    /// Notes that all that was received has been polled, but for a time that waits.
    #[inline]
    pub(crate) fn polled(&mut self) {
        if matches!(self, Self::Unpolled) {
            *self = Self::None;
        }
    }

    /// Returns the time that was told, if it is to be acted on at once. Otherwise it waits.
    pub(crate) fn tell(&mut self, now: Instant) -> Option<Instant> {
        if matches!(self, Self::None) {
            return Some(now);
        }
        *self = Self::Late(now);
        None
    }

    /// Takes out the time that waits.
    pub(crate) fn late(&mut self) -> Option<Instant> {
        let Self::Late(late) = *self else { return None };
        *self = Self::Unpolled;
        Some(late)
    }
}
