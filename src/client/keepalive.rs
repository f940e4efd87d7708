//! Signs of life: asked for when nothing is heard, never while a request awaits its answer. Whatever is heard is one.

use core::time::Duration;
use std::time::Instant;

/// When something was heard last, and the ping that is out.
#[derive(Debug, Default)]
pub(super) struct KeepAlive {
    heard: Option<Instant>,
    /// Number of the ping, and when it was sent.
    asked: Option<(u64, Instant)>,
}

impl KeepAlive {
    /// Something was heard, or nothing could have been.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = Some(now);
    }

    /// When it has something to do next: ask after `idle`, or give up `patience` after it has. `busy`: a request awaits its answer.
    pub(super) fn deadline(&self, (idle, patience): (Duration, Duration), busy: bool) -> Option<Instant> {
        let heard = self.heard?;
        match self.asked {
            Some((_, at)) => at.max(heard).checked_add(patience),
            None if busy => None,
            None => heard.checked_add(idle),
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn ask(&mut self, id: u64, now: Instant) {
        self.asked = Some((id, now));
    }

    /// Whether the response to this request is the sign of life.
    pub(super) fn answered(&mut self, id: u64) -> bool {
        let ours = self.asked.is_some_and(|(asked, _)| asked == id);
        if ours {
            self.asked = None;
        }
        ours
    }
}
