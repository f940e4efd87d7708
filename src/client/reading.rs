//! How far what was received has been polled.

use alloc::boxed::Box;
use std::time::Instant;

use crate::wire::FrameEnd;

/// How far what was received has been polled.
#[derive(Debug, Default)]
pub(super) enum Reading {
    /// All of it.
    #[default]
    Drained,
    /// Not all of it. What time does waits until then: a time that was told meanwhile is `late`.
    Behind { late: Option<Instant> },
    /// Up to a frame whose item doesn't fit anywhere: nothing is read until it does.
    Paused { frame: Box<FrameEnd>, told: bool },
}

impl Reading {
    pub(super) fn is_paused(&self) -> bool {
        matches!(self, Self::Paused { .. })
    }

    /// There is more to poll.
    pub(super) fn received(&mut self) {
        if matches!(self, Self::Drained) {
            *self = Self::Behind { late: None };
        }
    }

    /// Whether time may do now what it does; if not, it waits for [`drained`](Self::drained).
    pub(super) fn is_time(&mut self, now: Instant) -> bool {
        if let Self::Behind { late } = self {
            *late = Some(now);
        }
        !matches!(self, Self::Behind { .. })
    }

    /// All has been polled. Returns the time that waits for that, if there is one.
    pub(super) fn drained(&mut self) -> Option<Instant> {
        let Self::Behind { late } = *self else { return None };
        *self = Self::Drained;
        late
    }

    /// The frame that is the first to be looked at again.
    pub(super) fn held(&self) -> Option<FrameEnd> {
        if let Self::Paused { frame, .. } = self { Some(**frame) } else { None }
    }

    /// The item of this frame doesn't fit. Returns whether that has to be told, and a time that
    /// waits no longer.
    pub(super) fn pause(&mut self, frame: FrameEnd) -> (bool, Option<Instant>) {
        let late = match self {
            Self::Paused { told, .. } => return (!core::mem::replace(told, true), None),
            Self::Behind { late } => *late,
            Self::Drained => None,
        };
        *self = Self::Paused { frame: Box::new(frame), told: true };
        (true, late)
    }

    /// There is room again, so that another want of it is told anew.
    pub(super) fn made_room(&mut self) {
        if let Self::Paused { told, .. } = self {
            *told = false;
        }
    }

    /// The frame that was held has been dealt with.
    pub(super) fn go_on(&mut self) {
        if self.is_paused() {
            *self = Self::Behind { late: None };
        }
    }
}
