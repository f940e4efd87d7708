//! Signs of life: asked for when nothing is heard, never while a request awaits its answer and has
//! a deadline of its own. All that is heard is one.

use core::time::Duration;
use std::time::Instant;

/// The silence after which a sign of life is asked for, and how long that may take, unless
/// configured otherwise.
pub(crate) const DEFAULT: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30));

/// Returns the silence that counts: with none a peer would be asked as fast as it answers.
pub(crate) const fn at_least(idle: Duration) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(100);
    if idle.as_nanos() < SHORTEST.as_nanos() { SHORTEST } else { idle }
}

/// When something was heard last, and the ping that is out.
#[derive(Debug, Default)]
pub(crate) struct KeepAlive {
    /// When that was, or when the ping was sent if that was later.
    heard: Option<Instant>,
    /// Number of the ping that is out, and where its bytes end in all that was ever written.
    asked: Option<(u64, u64)>,
}

impl KeepAlive {
    /// Something was heard, or nothing could have been.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard = Some(now);
    }

    /// When it has something to do next: ask after `idle`, or give up `patience` after it has.
    /// `busy`: a request awaits its answer.
    pub(crate) fn deadline(&self, (idle, patience): (Duration, Duration), busy: bool) -> Option<Instant> {
        let heard = self.heard?;
        match self.asked {
            Some(_) => heard.checked_add(patience),
            None if busy => None,
            None => heard.checked_add(idle),
        }
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    pub(crate) fn ask(&mut self, id: u64, at: Instant, written: u64) {
        self.heard = Some(at);
        self.asked = Some((id, written));
    }

    /// Returns true if the response to this request is the sign of life. `handed`: how much of all
    /// that was ever written has been handed out, since what has not is not answered.
    pub(crate) fn answered(&mut self, id: u64, handed: u64) -> bool {
        let ours = self.asked.is_some_and(|(asked, written)| asked == id && written <= handed);
        if ours {
            self.asked = None;
        }
        ours
    }
}
