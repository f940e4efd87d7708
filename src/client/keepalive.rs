//! Signs of life: asked for when nothing is heard, never while a request awaits its answer.

use core::time::Duration;
use std::time::Instant;

/// When something was heard last, and the ping that is out.
#[derive(Debug, Default)]
pub(super) struct KeepAlive {
    heard: Option<Instant>,
    asked: Option<Asked>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    id: u64,
    deadline: Option<Instant>,
}

impl KeepAlive {
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = Some(now);
    }

    /// When it has something to do next: give up, or ask. `busy`: a request awaits its answer.
    pub(super) fn deadline(&self, idle: Duration, busy: bool) -> Option<Instant> {
        match self.asked {
            Some(asked) => asked.deadline,
            None if busy => None,
            None => self.heard?.checked_add(idle),
        }
    }

    /// Whether the ping that is out has been waited for long enough.
    pub(super) fn is_lost(&self, now: Instant) -> bool {
        self.asked.is_some_and(|asked| asked.deadline.is_some_and(|deadline| deadline <= now))
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn ask(&mut self, id: u64, deadline: Option<Instant>) {
        self.asked = Some(Asked { id, deadline });
    }

    /// Whether the response to this request is the sign of life.
    pub(super) fn answered(&mut self, id: u64) -> bool {
        let ours = self.asked.is_some_and(|asked| asked.id == id);
        if ours {
            self.asked = None;
        }
        ours
    }
}
