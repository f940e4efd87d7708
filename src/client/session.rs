//! State of a client's session: open requests, timers and the end of the connection. `route.rs`
//! assigns frames to requests, `time.rs` handles timers.

mod route;
mod step;
mod time;

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::action_id::{ActionId, Prefix};
use super::collect::Collected;
use super::config::Config;
use super::credentials::Credentials;
use super::entry::{Entry, Purpose};
use super::in_flight::InFlight;
use super::last_connection::LastConnection;
use super::reconnect::ReconnectReport;
use super::reply_plan::{Answers, Plan};
use super::state::{Input, Stage, Waiting};
use super::subscription::Subscription;
use super::{Id, Reached};
use crate::action::{Action, Answer, Ping};
use crate::catalogue::ActionType;
use crate::conn::Tracer;
use crate::conn::id_prefix::Prefixes;
use crate::conn::keep_alive::KeepAlive;
use crate::conn::notices::Notices;
use crate::conn::send_buffer::SendBuffer;
use crate::error::{ApiMisuse, ConnectionError, EncodeError, SendError};
use crate::range::part;
use crate::wiped::append;
use crate::wire::OwnedFrame;
use time::Clock;

/// Bytes of the ceiling that are reserved: for a ping, a goodbye, and the notices that the client
/// is ready and closed.
const RESERVED: usize = 2 * 64 + TOLD;

/// Part of [`RESERVED`] for the notices.
const TOLD: usize = 3 * size_of::<Notice>();

const _: () = assert!(RESERVED <= Config::LEAST_CEILING);

// An ended request takes up no more memory than an open one, except for an `ActionID` chosen by the
// caller, which is counted in both states.
const _: () = assert!(size_of::<Notice>() + LastConnection::EACH + 2 * ActionId::LEN <= Entry::SIZE);

/// Options for sending a request.
#[derive(Clone, Copy, Default)]
pub(crate) struct How<'a> {
    /// Timeout of each step, instead of the configured one.
    pub(crate) within: Option<Duration>,
    /// `ActionID` chosen by the caller.
    pub(crate) action_id: Option<&'a str>,
}

/// State of a client's session, except for the received bytes.
pub(super) struct Session {
    pub(super) config: Arc<Config>,
    /// Changed only by [`step`](Self::step).
    pub(super) stage: Stage,
    waiting: Waiting,
    prefixes: Prefixes,
    prefix: Prefix,
    /// Number of the caller's next request. It is even; odd numbers are for the client's own
    /// requests. The probe of a text has the number after its request.
    next: u64,
    out: SendBuffer,
    pub(super) in_flight: InFlight,
    /// Events that may still come for ended requests, so that they have to be looked at even with
    /// nothing in flight.
    trailing: Answers,
    pub(super) collected: Collected,
    keep_alive: KeepAlive,
    /// True if a request has timed out since the last input.
    overdue: bool,
    /// Events to give that have no frame.
    notices: Notices<Notice>,
    /// Number of endings among the notices.
    endings: usize,
    /// Major version of the server's release.
    release: Option<u32>,
    clock: Clock,
    /// True if nothing more will be received, so that waiting for room is useless.
    pub(super) eof: bool,
    last: LastConnection,
    subscription: Subscription,
    /// Number of bytes of the parts of a glued frame.
    parts: usize,
    pub(super) tracer: Tracer,
}

/// An event without a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    Ready,
    TimedOut(Id, Reached),
    Unseen(Id),
    Cancelled(Id),
    Lost(Id, Reached),
    Closed,
}

impl Session {
    pub(super) fn new(config: Arc<Config>) -> Self {
        let prefixes = Prefixes::random();
        let stage = if config.awaits_greeting() { Stage::New } else { Stage::Greeted };
        Self {
            config,
            stage,
            waiting: Waiting::Nothing,
            prefix: Prefix::new(&prefixes),
            prefixes,
            next: 0,
            out: SendBuffer::default(),
            in_flight: InFlight::new(),
            trailing: Answers::None,
            collected: Collected::default(),
            keep_alive: KeepAlive::default(),
            overdue: false,
            notices: Notices::new(),
            endings: 0,
            release: None,
            clock: Clock::default(),
            eof: false,
            last: LastConnection::default(),
            subscription: Subscription::default(),
            parts: 0,
            tracer: Tracer::default(),
        }
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.prefixes = Prefixes::seeded(seed);
        self.prefix = Prefix::new(&self.prefixes);
    }

    // Requests.

    pub(super) fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        self.tell(now);
        self.step(Input::log_in(&Arc::new(credentials))).map(drop)
    }

    /// Returns the plan of a request for this action, whose answer is known from the catalogue or
    /// declared by the caller.
    pub(super) fn plan(&self, action: Option<ActionType>, said: Option<&Answer<'_>>) -> Plan {
        Plan::of(action, said, self.release)
    }

    /// Sends a request of the caller; `write` writes its bytes.
    pub(super) fn send(
        &mut self,
        now: Instant,
        how: How<'_>,
        plan: Plan,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<Id, SendError> {
        self.tell(now);
        if !self.stage.is_logged_in() {
            return Err(SendError::NotLoggedIn);
        }
        let max = self.config.in_flight;
        if self.in_flight.in_flight() >= max {
            return Err(SendError::InFlight { max });
        }
        // A request that has ended counts until its ending has been polled.
        let max = self.config.open;
        if self.in_flight.callers() + self.endings >= max {
            return Err(SendError::Open { max });
        }
        if how.action_id.is_some_and(|id| self.number(id.as_bytes()).is_some() || self.last.awaits(id)) {
            return Err(ApiMisuse::ActionIdInUse.into());
        }
        let number = self.next;
        let mut entry = self.write_request(number, plan, how, write)?;
        let now = self.clock.now().unwrap_or(now);
        let blocked = self.in_flight.blocked_until().map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        entry.allowed = entry.allowed.and_then(|allowed| allowed.checked_add(blocked));
        let probe = entry.plan.probes.then(|| Entry::probe(&entry, self.out.written()));
        self.in_flight.push(entry, Some(now));
        if let Some(probe) = probe {
            self.in_flight.push(probe, Some(now));
        }
        self.next += 2;
        Ok(Id(number))
    }

    /// Writes a request, and its probe if the plan has one, if there is room for the bytes and the
    /// state of both.
    fn write_request(
        &mut self,
        number: u64,
        plan: Plan,
        how: How<'_>,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<Entry, SendError> {
        let (room, before, step) = (self.room(), self.out.written(), how.within.unwrap_or(self.config.response));
        let [id, probe_id] = [number, number + 1].map(|number| self.prefix.id(number));
        let mut entry = Entry::new(number, Purpose::Caller, plan, before, step);
        entry.action_id = how.action_id.map(Into::into);
        let max = self.config.bytes;
        let written = self.out.write(room, |out| {
            let start = out.len();
            write(how.action_id.unwrap_or(id.as_str()), out)?;
            let request = part(out, start..);
            entry.plan.refine(request);
            entry.restores = entry.plan.restores(request);
            entry.written += request.len() as u64;
            if entry.plan.probes {
                Ping::new().encode(Some(probe_id.as_str()), out)?;
            }
            let entries = entry.size() + if entry.plan.probes { Entry::SIZE } else { 0 };
            if out.len() - start + entries > room { Err(SendError::Ceiling { max }) } else { Ok(()) }
        })?;
        let longer = if how.within.is_some() { Some(Duration::ZERO) } else { entry.plan.longer };
        entry.allowed = longer.and_then(|longer| step.checked_add(longer));
        self.tracer.sent(written.ok_or(SendError::Ceiling { max })?);
        Ok(entry)
    }

    /// Writes a request of the client itself under the next number, if there is room for it.
    fn write(
        &mut self,
        room: usize,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<u64, SendError> {
        let number = self.next + 1;
        let id = self.prefix.id(number);
        let written = self.out.write(room, |out| write(id.as_str(), out))?;
        self.tracer.sent(written.ok_or(SendError::Ceiling { max: self.config.bytes })?);
        self.next += 2;
        Ok(number)
    }

    /// Returns the number of the request that has this `ActionID`.
    fn number(&self, action_id: &[u8]) -> Option<u64> {
        self.prefix.number(action_id).or_else(|| self.in_flight.named(action_id))
    }

    /// Returns the `ActionID` of a request of this connection.
    pub(super) fn action_id(&self, id: Id) -> Option<Box<str>> {
        self.in_flight.look(id.0).filter(|entry| entry.is_callers()).map(|entry| entry.action_id(self.prefix))
    }

    pub(super) fn cancel(&mut self, id: Id) -> bool {
        if !self.in_flight.look(id.0).is_some_and(Entry::is_callers) {
            return false;
        }
        if let Some(entry) = self.remove(id.0, false) {
            let reached = entry.reached(self.out.transmitted());
            self.ends(Notice::Cancelled(id));
            self.given_up(entry, reached);
            self.restore();
        }
        true
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.tell(now);
        self.happened(Input::Close);
    }

    /// Sets filters of the last connection again, as many as there is room for at present.
    fn restore(&mut self) {
        while self.stage.is_logged_in() && self.in_flight.in_flight() < self.config.in_flight {
            let Some((action, rest)) = self.subscription.next() else { return };
            let number = self.next + 1;
            let id = self.prefix.id(number);
            let room = self.left(RESERVED + Entry::SIZE);
            let written = self.out.write::<EncodeError>(room, |out| {
                for part in ["Action: ", action.name(), "\r\nActionID: ", id.as_str(), "\r\n"] {
                    append(out, part.as_bytes());
                }
                append(out, rest);
                Ok(())
            });
            let Ok(Some(written)) = written else { return };
            self.tracer.sent(written);
            let plan = self.plan(Some(action), None);
            let entry = Entry::new(number, Purpose::Restore, plan, self.out.written(), self.config.response);
            self.in_flight.push(entry, self.clock.now());
            self.next += 2;
            self.subscription.advance();
        }
    }

    // Bytes out.

    pub(super) fn transmit(&self) -> Option<&[u8]> {
        self.out.pending()
    }

    pub(super) fn transmitted(&mut self, n: usize) {
        self.out.advance(n);
        self.restore();
    }

    /// Frees the memory that a giant request has claimed, see [`SendBuffer::rest`].
    pub(super) fn rest(&mut self) {
        self.out.rest();
    }

    pub(super) fn take_items(&mut self, id: Id) -> Vec<OwnedFrame> {
        let items = self.collected.take(id);
        self.restore();
        items
    }

    // The ceiling.

    /// Returns the number of bytes held, without those received and not polled.
    pub(super) fn held(&self) -> usize {
        self.out.len()
            + self.in_flight.held()
            + self.collected.bytes()
            + self.parts
            + self.subscription.held()
            + self.notices.len() * size_of::<Notice>()
            + self.last.held()
    }

    /// Returns the number of further bytes that may be held, without those reserved for a ping, a
    /// goodbye and a filter that is set again.
    fn room(&self) -> usize {
        self.left(RESERVED + self.longest_replay())
    }

    /// Returns the number of further bytes that may be held if `free` bytes are to stay free.
    fn left(&self, free: usize) -> usize {
        self.config.bytes.saturating_sub(self.held() + free)
    }

    /// Returns the bytes needed to set the longest of the filters again.
    fn longest_replay(&self) -> usize {
        self.subscription.longest().map_or(0, |longest| longest + 64 + Entry::SIZE)
    }

    /// Returns the room for the next item of this list if the program had taken all items and all
    /// output had been transmitted.
    fn most_room(&mut self, id: Id) -> usize {
        let entry = self.in_flight.get(id.0).map_or(0, |entry| entry.size());
        let beside = RESERVED + self.longest_replay() + self.subscription.held() + self.parts + entry;
        self.config.bytes.saturating_sub(beside)
    }

    /// Records that a glued frame is held a second time, in parts of `bytes` bytes, if there is
    /// room for it.
    pub(super) fn holds_parts(&mut self, bytes: usize) -> bool {
        self.parts = 0;
        let fits = bytes <= self.room();
        if fits {
            self.parts = bytes;
        }
        fits
    }

    /// Checks the counters in debug builds. Called at the end of each call from outside, except
    /// those that bring bytes and change no counter.
    #[inline]
    pub(super) fn check(&mut self) {
        #[cfg(debug_assertions)]
        {
            self.in_flight.check();
            let Self { in_flight, collected, .. } = self;
            collected.check(|id| in_flight.get(id.0).is_some_and(|entry| entry.collects));
            assert!(match &self.waiting {
                Waiting::Nothing => matches!(self.stage, Stage::New | Stage::Greeted | Stage::Ready | Stage::Over),
                Waiting::Greeting { .. } => self.stage == Stage::Greeting,
                Waiting::Until(_) => matches!(self.stage, Stage::Booting | Stage::Closing),
                Waiting::Answer { credentials: Some(_), .. } => self.stage == Stage::Challenge,
                Waiting::Answer { .. } => matches!(self.stage, Stage::Login | Stage::Closing),
                Waiting::Lost(_) => self.stage.is_over(),
            });
            assert!(!self.stage.is_over() || self.in_flight.is_empty());
            assert!(self.held() <= self.config.bytes, "{} held of {}", self.held(), self.config.bytes);
        }
    }

    // The end.

    /// Returns the reason of the connection's end, unless it was closed on demand.
    pub(super) fn lost(&self) -> Option<ConnectionError> {
        self.waiting.lost()
    }

    pub(super) fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        // The step sends nothing, so no other error is possible.
        self.step(Input::Reconnect).map_err(|error| match error {
            SendError::Misuse(misuse) => misuse,
            _ => ApiMisuse::NotOver,
        })?;
        if !self.config.awaits_greeting() {
            self.greeted();
        }
        Ok(ReconnectReport {
            unanswered: self.last.take_unanswered(),
            restored_mask: self.subscription.mask().is_some(),
            restored_filters: self.subscription.requests(),
        })
    }

    pub(super) fn notice(&mut self) -> Option<Notice> {
        let notice = self.notices.pop()?;
        self.endings -= usize::from(!matches!(notice, Notice::Ready | Notice::Closed));
        Some(notice)
    }

    /// Adds the ending of a request to the notices.
    fn ends(&mut self, ending: Notice) {
        self.endings += 1;
        self.notices.push(ending);
    }

    pub(super) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }
}
