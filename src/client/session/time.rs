//! What time does: deadlines, signs of life, and the clock that stops with the reading.

use std::time::Instant;

use super::{Notice, Session, TOLD};
use crate::action::{Action, Ping};
use crate::client::Id;
use crate::client::entry::Purpose;
use crate::client::state::Stage;
use crate::error::{ConnectionError, LoginStage};

/// Whether reading is stopped at the ceiling, which stops the clock too: nobody can answer who
/// isn't read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pause {
    None,
    /// Since then; `until` then there is time to make room.
    Since {
        since: Instant,
        until: Option<Instant>,
    },
    /// Since then, and the time to make room is up: the list fails at the next look.
    Expired(Instant),
    /// From then until the time that is told next.
    Over(Instant),
}

impl Session {
    /// The time is now, but for requests and signs of life while reading is stopped.
    pub(super) fn tell(&mut self, now: Instant) {
        self.told = Some(now);
        if let Pause::Over(since) = self.pause {
            self.stood_still(since, now);
            self.pause = Pause::None;
        }
    }

    /// The clock of requests and signs of life stood still from then until now.
    fn stood_still(&mut self, since: Instant, now: Instant) {
        self.in_flight.put_off(now.saturating_duration_since(since));
        self.keep_alive.heard(now);
    }

    /// The time that was told last. While reading is stopped, and from then until the next time is
    /// told, the time at which it stopped.
    pub(super) fn now(&self) -> Option<Instant> {
        match self.pause {
            Pause::None => self.told,
            Pause::Since { since, .. } | Pause::Expired(since) | Pause::Over(since) => Some(since),
        }
    }

    pub(in crate::client) fn heard(&mut self, now: Instant) {
        self.tell(now);
        self.keep_alive.heard(now);
    }

    /// Reading stops for want of room for an item of this list. `anew`: something else came between
    /// this item and the last that stopped it.
    pub(in crate::client) fn stop(&mut self, id: Id, anew: bool) {
        let step = self.in_flight.get(id.0).map(|entry| entry.step);
        let Some(since) = self.now().filter(|_| anew) else { return };
        let until = self.told.and_then(|told| told.checked_add(step?));
        self.pause = Pause::Since { since, until };
    }

    /// Reading goes on. The stop lasted up to the time that was told last, and from there to the one
    /// that is told next.
    pub(in crate::client) fn go_on(&mut self) {
        if let Pause::Since { since, .. } | Pause::Expired(since) = self.pause {
            let told = self.told.map_or(since, |told| told.max(since));
            self.told = Some(told);
            self.stood_still(since, told);
            self.pause = Pause::Over(told);
        }
    }

    pub(in crate::client) fn deadline(&self) -> Option<Instant> {
        let stage = self.stage.deadline();
        let others = match self.pause {
            Pause::Since { until, .. } => [until, None],
            Pause::Expired(_) => [None, None],
            Pause::None | Pause::Over(_) => {
                let alive = self.config.keep_alive.filter(|_| self.stage.is_logged_in());
                let alive = alive.and_then(|times| self.keep_alive.deadline(times, self.in_flight.is_due()));
                [self.in_flight.deadline(), alive]
            }
        };
        others.into_iter().chain([stage]).flatten().min()
    }

    pub(in crate::client) fn timeout(&mut self, now: Instant) {
        self.tell(now);
        match self.pause {
            Pause::Since { since, until } if until.is_some_and(|until| until <= now) => {
                self.pause = Pause::Expired(since);
            }
            Pause::Since { .. } | Pause::Expired(_) => {}
            Pause::None | Pause::Over(_) => {
                self.expire(now);
                self.keep_alive(now);
            }
        }
        if self.stage.deadline().is_some_and(|deadline| deadline <= now) {
            match self.stage {
                Stage::Challenge { .. } => self.end(Some(ConnectionError::LoginTimedOut(LoginStage::Challenge))),
                Stage::Login { .. } => self.end(Some(ConnectionError::LoginTimedOut(LoginStage::Login))),
                Stage::Booting { .. } => {
                    self.stage = Stage::Ready;
                    self.notices.push_back(Notice::Ready);
                }
                Stage::Closing { .. } => self.end(None),
                Stage::New | Stage::Ready | Stage::Over => {}
            }
        }
    }

    fn expire(&mut self, now: Instant) {
        while let Some(entry) = self.in_flight.take_expired(now) {
            if entry.purpose == Purpose::Caller {
                self.trailing = true;
                self.collected.end(Id(entry.id));
                self.notices.push_back(Notice::TimedOut(Id(entry.id)));
            }
        }
    }

    fn keep_alive(&mut self, now: Instant) {
        let Some(times) = self.config.keep_alive.filter(|_| self.stage.is_logged_in()) else { return };
        if self.keep_alive.deadline(times, self.in_flight.is_due()).is_none_or(|due| due > now) {
            return;
        }
        if self.keep_alive.is_asked() {
            return self.end(Some(ConnectionError::KeepAlive));
        }
        match self.write(self.left(TOLD), |id, out| Ping::new().encode(Some(id), out)) {
            Ok(id) => self.keep_alive.ask(id, now, self.out.written()),
            // Nothing in it could be refused and its room is reserved: the peer doesn't read.
            Err(_) => self.end(Some(ConnectionError::KeepAlive)),
        }
    }
}
