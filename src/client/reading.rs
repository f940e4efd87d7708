//! How far what was received has been polled.

use alloc::boxed::Box;
use std::time::Instant;

use crate::conn::backlog::Backlog;
use crate::wire::FrameEnd;

/// How far what was received has been polled.
#[derive(Debug)]
pub(super) enum Reading {
    /// It goes on.
    Running(Backlog),
    /// Up to a frame whose item doesn't fit anywhere: nothing is read until it does.
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

    /// There is more to poll.
    #[inline]
    pub(super) fn received(&mut self) {
        if let Self::Running(backlog) = self {
            backlog.received();
        }
    }

    /// Returns the time, if it may do now what it does. Otherwise it waits for
    /// [`drained`](Self::drained). Nothing is polled while reading is stopped, so that none waits
    /// then.
    pub(super) fn tell(&mut self, now: Instant) -> Option<Instant> {
        match self {
            Self::Running(backlog) => backlog.tell(now),
            Self::Paused { .. } => Some(now),
        }
    }

    /// All has been polled. Returns the time that waits for that, if there is one.
    pub(super) fn drained(&mut self) -> Option<Instant> {
        let Self::Running(backlog) = self else { return None };
        let late = backlog.late();
        backlog.polled();
        late
    }

    /// Returns the frame that is the first to be looked at again.
    pub(super) fn held(&self) -> Option<FrameEnd> {
        if let Self::Paused { frame, .. } = self { Some(**frame) } else { None }
    }

    /// The item of this frame doesn't fit. Returns whether that has to be told, and a time that
    /// waits no longer.
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

    /// There is room again, so that another want of it is told anew.
    pub(super) fn made_room(&mut self) {
        if let Self::Paused { told, .. } = self {
            *told = false;
        }
    }

    /// The frame that was held has been dealt with.
    pub(super) fn go_on(&mut self) {
        if self.is_paused() {
            *self = Self::default();
            self.received();
        }
    }
}
