//! Timers of a client's session: deadlines, keep-alive, and the clock that stops with the reading.

use core::time::Duration;
use std::time::Instant;

use super::{Notice, Session, TOLD};
use crate::action::{Action, Ping};
use crate::client::Id;
use crate::client::entry::Purpose;
use crate::client::state::Input;

/// The clock of requests and keep-alive. It is stopped while reading is stopped at the ceiling,
/// since answers cannot be read then.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The time reported last.
    told: Option<Instant>,
    pause: Pause,
}

/// State of the clock: running, or stopped while reading is stopped.
#[derive(Clone, Copy, Debug, Default)]
enum Pause {
    #[default]
    None,
    /// Stopped at `since`; there is time to make room until `until`.
    Since { since: Instant, until: Option<Instant> },
    /// Stopped at this time, and the time to make room is up: the list fails at the next look.
    Expired(Instant),
    /// Stopped from this time until the next reported time.
    Over(Instant),
}

impl Clock {
    /// Returns the time reported last.
    pub(super) fn told(&self) -> Option<Instant> {
        self.told
    }

    /// Returns the time reported last. While the clock is stopped, and until the next time is
    /// reported, returns the time at which it stopped.
    pub(super) fn now(&self) -> Option<Instant> {
        match self.pause {
            Pause::None => self.told,
            Pause::Since { since, .. } | Pause::Expired(since) | Pause::Over(since) => Some(since),
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.pause, Pause::Since { .. } | Pause::Expired(_))
    }

    /// Returns whether the time to make room is up.
    pub(super) fn has_expired(&self) -> bool {
        matches!(self.pause, Pause::Expired(_))
    }

    /// Returns when the time to make room ends, unless it has ended.
    fn until(&self) -> Option<Instant> {
        if let Pause::Since { until, .. } = self.pause { until } else { None }
    }

    /// Records the current time. Returns the time since which the clock has been stopped, if it
    /// runs again now.
    fn tell(&mut self, now: Instant) -> Option<Instant> {
        self.told = Some(now);
        let Pause::Over(since) = self.pause else { return None };
        self.pause = Pause::None;
        Some(since)
    }

    /// Stops the clock for at most this time; `None` means without limit.
    fn stop(&mut self, at_most: Option<Duration>) {
        if let Some(since) = self.now() {
            let until = self.told.zip(at_most).and_then(|(told, at_most)| told.checked_add(at_most));
            self.pause = Pause::Since { since, until };
        }
    }

    /// Records that the time to make room is up.
    fn expire(&mut self) {
        if let Pause::Since { since, .. } = self.pause {
            self.pause = Pause::Expired(since);
        }
    }

    /// Lets the clock run again from the next reported time. Returns from when to when it has been
    /// stopped so far.
    fn go_on(&mut self) -> Option<(Instant, Instant)> {
        let (Pause::Since { since, .. } | Pause::Expired(since)) = self.pause else { return None };
        let told = self.told.map_or(since, |told| told.max(since));
        self.told = Some(told);
        self.pause = Pause::Over(told);
        Some((since, told))
    }

    /// Lets the clock run at once, since nothing waits any more.
    pub(super) fn run(&mut self) {
        self.pause = Pause::None;
    }
}

impl Session {
    /// Records the current time. The clock of requests and keep-alive stays still while reading is
    /// stopped.
    pub(in crate::client) fn tell(&mut self, now: Instant) {
        if let Some(since) = self.clock.tell(now) {
            self.stood_still(since, now);
        }
    }

    /// Moves the deadlines of requests and keep-alive, since their clock was stopped from `since`
    /// to `now`.
    fn stood_still(&mut self, since: Instant, now: Instant) {
        self.in_flight.put_off(now.saturating_duration_since(since));
        self.keep_alive.heard(now);
        self.overdue = false;
    }

    pub(in crate::client) fn heard(&mut self, now: Instant) {
        self.tell(now);
        self.keep_alive.heard(now);
        self.overdue = false;
    }

    /// Returns whether the server may be at work on a request, so that no ping is sent. `false`
    /// once a request has timed out without any input since, even if others have been sent after
    /// it, unless one of these blocks the server.
    fn is_busy(&self) -> bool {
        self.in_flight.is_due() && (!self.overdue || self.in_flight.blocked_until().is_some())
    }

    /// Stops the clock because an item of this list has no room. Also called while the clock is
    /// stopped, when room was made since and is not enough.
    pub(in crate::client) fn stop(&mut self, id: Id) {
        let step = self.in_flight.get(id.0).map(|entry| entry.step);
        self.clock.stop(step);
    }

    /// Lets the clock run again. It was stopped up to the time reported last, and from there to the
    /// one reported next.
    pub(in crate::client) fn go_on(&mut self) {
        if let Some((since, told)) = self.clock.go_on() {
            self.stood_still(since, told);
        }
    }

    pub(in crate::client) fn deadline(&self) -> Option<Instant> {
        let others = if self.clock.is_stopped() {
            [self.clock.until(), None]
        } else {
            let alive = self.config.keep_alive.filter(|_| self.stage.is_logged_in());
            let alive = alive.and_then(|times| self.keep_alive.deadline(times, self.is_busy()));
            [self.in_flight.deadline(), alive]
        };
        others.into_iter().chain([self.waiting.deadline()]).flatten().min()
    }

    pub(in crate::client) fn timeout(&mut self, now: Instant) {
        self.tell(now);
        if self.clock.until().is_some_and(|until| until <= now) {
            self.clock.expire();
        }
        if !self.clock.is_stopped() {
            self.expire(now);
            self.keep_alive(now);
        }
        if self.waiting.deadline().is_some_and(|deadline| deadline <= now) {
            let unsent = self.waiting.is_unsent(self.out.transmitted());
            self.happened(if unsent { Input::Unsent } else { Input::Deadline });
        }
    }

    fn expire(&mut self, now: Instant) {
        while let Some(entry) = self.in_flight.take_expired(now) {
            self.overdue |= entry.is_due();
            if entry.purpose == Purpose::Caller {
                self.ended(&entry, false);
                let reached = entry.reached(self.out.transmitted());
                self.ends(Notice::TimedOut(Id(entry.id), reached));
                self.given_up(entry, reached);
            }
        }
        // There may be room now to set the next filter again.
        self.restore();
    }

    fn keep_alive(&mut self, now: Instant) {
        let Some(times) = self.config.keep_alive.filter(|_| self.stage.is_logged_in()) else { return };
        if self.keep_alive.deadline(times, self.is_busy()).is_none_or(|due| due > now) {
            return;
        }
        let asked = if self.keep_alive.is_asked() {
            None
        } else {
            // No part of the ping can be refused, and its room is reserved: if it fails, the peer
            // does not read.
            self.write(self.left(TOLD), |id, out| Ping::new().encode(Some(id), out)).ok()
        };
        match asked {
            Some(id) => self.keep_alive.ask(id, now, self.out.written()),
            None => _ = self.happened(Input::Silence),
        }
    }
}
