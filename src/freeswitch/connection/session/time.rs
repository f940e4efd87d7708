//! Does what time asks of a connection: gives up requests, stages that last too long, and a server
//! that owes an answer or gives no sign of life.

use std::time::Instant;

use super::{NOOP, Notice, Session};
use crate::freeswitch::connection::Id;
use crate::freeswitch::connection::in_flight::Purpose;
use crate::freeswitch::connection::message::Message;
use crate::freeswitch::connection::state::Input;

impl Session {
    pub(in crate::freeswitch::connection) fn tell(&mut self, now: Instant) {
        self.now = Some(now);
    }

    pub(in crate::freeswitch::connection) fn heard(&mut self, now: Instant) {
        self.tell(now);
        self.keep_alive.heard(now);
    }

    pub(in crate::freeswitch::connection) fn cancel(&mut self, id: Id) -> bool {
        let open = self.in_flight.end(id.0);
        if open {
            self.abandoned(id.0);
            self.notices.push(Notice::Cancelled(id));
        }
        open
    }

    /// No caller waits for the answer to this request any more.
    pub(super) fn abandoned(&mut self, id: u64) {
        if self.in_flight.is_next(id) {
            self.owed = self.now;
        }
    }

    /// Returns when the server has owed an answer that no caller waits for too long, also
    /// where it sends other things: the places of its requests are never given back.
    fn silence(&self) -> Option<Instant> {
        let owed = self.owed.filter(|_| self.stage.is_ready() && self.in_flight.is_abandoned());
        owed.and_then(|since| since.checked_add(self.config.silence))
    }

    pub(in crate::freeswitch::connection) fn deadline(&self) -> Option<Instant> {
        if self.stage.is_over() {
            return None;
        }
        let alive = self.sign_of_life();
        [self.waiting.deadline(), self.in_flight.deadline(), self.silence(), alive].into_iter().flatten().min()
    }

    /// Returns when a sign of life is asked for, or is overdue.
    fn sign_of_life(&self) -> Option<Instant> {
        let times = self.config.keep_alive.filter(|_| self.stage.is_ready())?;
        self.keep_alive.deadline(times, self.in_flight.is_due())
    }

    fn keep_alive(&mut self, now: Instant) {
        if self.sign_of_life().is_none_or(|due| due > now) {
            return;
        }
        let id = self.next;
        // Nothing in it could be refused, and its room is kept free.
        let asked = !self.keep_alive.is_asked()
            && self.write(Purpose::KeepAlive, None, |out| Message::new(NOOP).encode(out)).is_ok();
        if asked {
            self.keep_alive.ask(id, now, self.out.written());
        } else {
            self.happened(Input::Silence);
        }
    }

    pub(in crate::freeswitch::connection) fn timeout(&mut self, now: Instant) {
        self.now = Some(now);
        while let Some((id, reached)) = self.in_flight.expire(now, self.out.transmitted()) {
            self.abandoned(id);
            self.notices.push(Notice::TimedOut(Id(id), reached));
        }
        if self.waiting.deadline().is_some_and(|deadline| deadline <= now) {
            let unsent = self.out.pending().is_some();
            self.happened(if unsent { Input::Unsent } else { Input::Deadline });
        }
        if self.silence().is_some_and(|due| due <= now) {
            self.happened(Input::Owing);
        }
        self.keep_alive(now);
    }
}
