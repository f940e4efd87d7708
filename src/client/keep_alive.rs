//! Signs of life: asked for when nothing is heard, never while a request awaits its answer
//! and has a deadline of its own. Whatever is heard is one.

use core::time::Duration;
use std::time::Instant;

/// When something was heard last, and the ping that is out.
#[derive(Debug, Default)]
pub(super) struct KeepAlive {
    /// When that was, or when the ping was sent if that was later.
    heard: Option<Instant>,
    /// Number of the ping that is out, and where its bytes end in all that was ever written.
    asked: Option<(u64, u64)>,
}

impl KeepAlive {
    /// Something was heard, or nothing could have been.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = Some(now);
    }

    /// When it has something to do next: ask after `idle`, or give up `patience` after it has.
    /// `busy`: a request awaits its answer.
    pub(super) fn deadline(&self, (idle, patience): (Duration, Duration), busy: bool) -> Option<Instant> {
        let heard = self.heard?;
        match self.asked {
            Some(_) => heard.checked_add(patience),
            None if busy => None,
            None => heard.checked_add(idle),
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn ask(&mut self, id: u64, at: Instant, written: u64) {
        self.heard = Some(at);
        self.asked = Some((id, written));
    }

    /// Whether the response to this request is the sign of life. `handed`: how much of all that was
    /// ever written has been handed out, since nobody answers what has not.
    pub(super) fn answered(&mut self, id: u64, handed: u64) -> bool {
        let ours = self.asked.is_some_and(|(asked, written)| asked == id && written <= handed);
        if ours {
            self.asked = None;
        }
        ours
    }
}
