//! What time does: deadlines, signs of life, and the clock that stops with the reading.

use core::time::Duration;
use std::time::Instant;

use super::{Notice, Session, TOLD};
use crate::action::{Action, Ping};
use crate::client::Id;
use crate::client::entry::Purpose;
use crate::client::state::Input;

/// The clock of requests and signs of life. It stands still while reading is stopped at the
/// ceiling: nobody can answer who isn't read.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The time that was told last.
    told: Option<Instant>,
    pause: Pause,
}

/// Whether the clock stands still.
#[derive(Clone, Copy, Debug, Default)]
enum Pause {
    #[default]
    None,
    /// Since then; `until` then there is time to make room.
    Since { since: Instant, until: Option<Instant> },
    /// Since then, and the time to make room is up: the list fails at the next look.
    Expired(Instant),
    /// From then until the time that is told next.
    Over(Instant),
}

impl Clock {
    /// The time that was told last.
    pub(super) fn told(&self) -> Option<Instant> {
        self.told
    }

    /// The time that was told last. While the clock stands still, and from then until the next time
    /// is told, the time at which it stopped.
    pub(super) fn now(&self) -> Option<Instant> {
        match self.pause {
            Pause::None => self.told,
            Pause::Since { since, .. } | Pause::Expired(since) | Pause::Over(since) => Some(since),
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.pause, Pause::Since { .. } | Pause::Expired(_))
    }

    /// Whether the time to make room is up.
    pub(super) fn has_expired(&self) -> bool {
        matches!(self.pause, Pause::Expired(_))
    }

    /// When the time to make room is up, if it isn't.
    fn until(&self) -> Option<Instant> {
        if let Pause::Since { until, .. } = self.pause { until } else { None }
    }

    /// The time is now. Returns since when the clock has stood still and goes on now.
    fn tell(&mut self, now: Instant) -> Option<Instant> {
        self.told = Some(now);
        let Pause::Over(since) = self.pause else { return None };
        self.pause = Pause::None;
        Some(since)
    }

    /// Stops for so long at the most; `None`: without end.
    fn stop(&mut self, at_most: Option<Duration>) {
        if let Some(since) = self.now() {
            let until = self.told.zip(at_most).and_then(|(told, at_most)| told.checked_add(at_most));
            self.pause = Pause::Since { since, until };
        }
    }

    /// Takes note that the time to make room is up.
    fn expire(&mut self) {
        if let Pause::Since { since, .. } = self.pause {
            self.pause = Pause::Expired(since);
        }
    }

    /// Goes on with the time that is told next. Returns from when to when it has stood still so
    /// far.
    fn go_on(&mut self) -> Option<(Instant, Instant)> {
        let (Pause::Since { since, .. } | Pause::Expired(since)) = self.pause else { return None };
        let told = self.told.map_or(since, |told| told.max(since));
        self.told = Some(told);
        self.pause = Pause::Over(told);
        Some((since, told))
    }

    /// Goes on, whatever the time: nothing waits any more.
    pub(super) fn run(&mut self) {
        self.pause = Pause::None;
    }
}

impl Session {
    /// The time is now, but for requests and signs of life while reading is stopped.
    pub(in crate::client) fn tell(&mut self, now: Instant) {
        if let Some(since) = self.clock.tell(now) {
            self.stood_still(since, now);
        }
    }

    /// The clock of requests and signs of life stood still from then until now.
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

    /// Whether the server may be at work on a request, so that nothing else is asked of it. Not
    /// once it has let the time of one pass and said nothing, however many have been sent since;
    /// unless among these is one that it can't put aside.
    fn is_busy(&self) -> bool {
        self.in_flight.is_due() && (!self.overdue || self.in_flight.blocked_until().is_some())
    }

    /// Reading stops for want of room for an item of this list, with something else between it and
    /// the last that stopped it.
    pub(in crate::client) fn stop(&mut self, id: Id) {
        let step = self.in_flight.get(id.0).map(|entry| entry.step);
        self.clock.stop(step);
    }

    /// Reading goes on. The stop lasted up to the time that was told last, and from there to the
    /// one that is told next.
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
        // Of what waits to be set again, the next may have a place now.
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
            // Nothing in it could be refused and its room is reserved: else the peer doesn't read.
            self.write(self.left(TOLD), |id, out| Ping::new().encode(Some(id), out)).ok()
        };
        match asked {
            Some(id) => self.keep_alive.ask(id, now, self.out.written()),
            None => _ = self.happened(Input::Silence),
        }
    }
}
