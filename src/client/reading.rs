//! Progress of polling through the received input.

use alloc::boxed::Box;
use std::time::Instant;

use crate::conn::backlog::Backlog;
use crate::wire::FrameEnd;

/// Progress of polling through the received input.
#[derive(Debug)]
pub(super) enum Reading {
    /// Frames are polled.
    Running(Backlog),
    /// Polling has stopped at a frame whose item does not fit, until there is room for it.
    Paused { frame: Box<FrameEnd>, told: bool },
}

impl Default for Reading {
    fn default() -> Self {
        Self::Running(Backlog::default())
    }
}

impl Reading {
    pub(super) fn is_paused(&self) -> bool {
        matches!(self, Self::Paused { .. })
    }

    /// Records that there is more to poll.
    #[inline]
    pub(super) fn received(&mut self) {
        if let Self::Running(backlog) = self {
            backlog.received();
        }
    }

    /// Returns the time if it can be handled now. Otherwise the time waits for
    /// [`drained`](Self::drained). While reading is stopped nothing is polled, so no time waits
    /// then.
    pub(super) fn tell(&mut self, now: Instant) -> Option<Instant> {
        match self {
            Self::Running(backlog) => backlog.tell(now),
            Self::Paused { .. } => Some(now),
        }
    }

    /// Records that everything has been polled. Returns the time that waited for that, if there is
    /// one.
    pub(super) fn drained(&mut self) -> Option<Instant> {
        let Self::Running(backlog) = self else { return None };
        let late = backlog.late();
        backlog.polled();
        late
    }

    /// Returns the frame that is looked at first when polling goes on.
    pub(super) fn held(&self) -> Option<FrameEnd> {
        if let Self::Paused { frame, .. } = self { Some(**frame) } else { None }
    }

    /// Stops polling at a frame whose item does not fit. Returns whether that has to be told, and a
    /// time that waits no longer.
    pub(super) fn pause(&mut self, frame: FrameEnd) -> (bool, Option<Instant>) {
        match self {
            Self::Paused { told, .. } => (!core::mem::replace(told, true), None),
            Self::Running(backlog) => {
                let late = backlog.late();
                *self = Self::Paused { frame: Box::new(frame), told: true };
                (true, late)
            }
        }
    }

    /// Records that there is room, so that the next lack of it is told again.
    pub(super) fn made_room(&mut self) {
        if let Self::Paused { told, .. } = self {
            *told = false;
        }
    }

    /// Lets polling go on after the held frame.
    pub(super) fn go_on(&mut self) {
        if self.is_paused() {
            *self = Self::default();
            self.received();
        }
    }
}
