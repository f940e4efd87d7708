//! What a client knows besides the bytes it has received: requests out, what time does, the end.
//! What each frame is to whom is in `route.rs`, what time does in `time.rs`.

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

/// Bytes under the ceiling that nobody else may take: room for a ping, a goodbye, and to tell that
/// the client is ready and closed.
const RESERVED: usize = 2 * 64 + TOLD;

/// Of these what it takes to tell so.
const TOLD: usize = 3 * size_of::<Notice>();

const _: () = assert!(RESERVED <= Config::LEAST_CEILING);

// A request that has ended takes up no more than while it was in flight, but for an `ActionID` of
// the caller's, which is counted then and now.
const _: () = assert!(size_of::<Notice>() + LastConnection::EACH + 2 * ActionId::LEN <= Entry::SIZE);

/// How a request is to be sent, where not as usual.
#[derive(Clone, Copy, Default)]
pub(crate) struct How<'a> {
    /// Its own time for each step.
    pub(crate) within: Option<Duration>,
    /// An `ActionID` of the caller's.
    pub(crate) action_id: Option<&'a str>,
}

/// See the module.
pub(super) struct Session {
    pub(super) config: Arc<Config>,
    /// Changed by [`step`](Self::step) alone.
    pub(super) stage: Stage,
    waiting: Waiting,
    prefixes: Prefixes,
    prefix: Prefix,
    /// Number of the caller's next request: even, so that the odd ones are for requests of our own.
    /// The probe of a text has the number after it.
    next: u64,
    out: SendBuffer,
    pub(super) in_flight: InFlight,
    /// Which events may still come for requests that have ended, so that even with nothing in
    /// flight they have to be looked at.
    trailing: Answers,
    pub(super) collected: Collected,
    keep_alive: KeepAlive,
    /// Whether the time of a request was up since anything was heard.
    overdue: bool,
    /// What has to be told and has no frame.
    notices: Notices<Notice>,
    /// How many of these are endings.
    endings: usize,
    /// First number of the server's release.
    release: Option<u32>,
    clock: Clock,
    /// Whether nothing more will be received, so that nothing is gained by waiting for room.
    pub(super) eof: bool,
    last: LastConnection,
    subscription: Subscription,
    /// Bytes of the parts of a glued frame.
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

    /// Returns the plan of a request for this action, which is answered as the catalogue knows it
    /// or as the caller says.
    pub(super) fn plan(&self, action: Option<ActionType>, said: Option<&Answer<'_>>) -> Plan {
        Plan::of(action, said, self.release)
    }

    /// Sends a request of the caller's, in the words of `write`.
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
        // What has ended counts until that has been told.
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

    /// Writes a request, and its probe where the plan has one, if there is room for them and for
    /// what is to be known of them.
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

    /// Writes a request of our own under the next number, if there is room for it.
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

    /// The number of the request that has this `ActionID`.
    fn number(&self, action_id: &[u8]) -> Option<u64> {
        self.prefix.number(action_id).or_else(|| self.in_flight.named(action_id))
    }

    /// The `ActionID` of a request of this connection.
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

    /// Gives back memory that a giant request needed, see [`SendBuffer::rest`].
    pub(super) fn rest(&mut self) {
        self.out.rest();
    }

    pub(super) fn take_items(&mut self, id: Id) -> Vec<OwnedFrame> {
        let items = self.collected.take(id);
        self.restore();
        items
    }

    // The ceiling.

    /// Bytes held, but for those received and not polled.
    pub(super) fn held(&self) -> usize {
        self.out.len()
            + self.in_flight.held()
            + self.collected.bytes()
            + self.parts
            + self.subscription.held()
            + self.notices.len() * size_of::<Notice>()
            + self.last.held()
    }

    /// What more may be held by anything but a ping, a goodbye and a filter that is set again.
    fn room(&self) -> usize {
        self.left(RESERVED + self.longest_replay())
    }

    /// What more may be held if so much is to stay free.
    fn left(&self, free: usize) -> usize {
        self.config.bytes.saturating_sub(self.held() + free)
    }

    /// What it takes to set the longest of the filters again.
    fn longest_replay(&self) -> usize {
        self.subscription.longest().map_or(0, |longest| longest + 64 + Entry::SIZE)
    }

    /// What could be held of the next item of this list if the program had taken all items and all
    /// had been transmitted.
    fn most_room(&mut self, id: Id) -> usize {
        let entry = self.in_flight.get(id.0).map_or(0, |entry| entry.size());
        let beside = RESERVED + self.longest_replay() + self.subscription.held() + self.parts + entry;
        self.config.bytes.saturating_sub(beside)
    }

    /// Takes note that a glued frame is held a second time, in parts that take up so many bytes, if
    /// there is room for it.
    pub(super) fn holds_parts(&mut self, bytes: usize) -> bool {
        self.parts = 0;
        let fits = bytes <= self.room();
        if fits {
            self.parts = bytes;
        }
        fits
    }

    /// Debug builds stop where the books don't agree. Called at the end of each call from outside,
    /// but for those that bring bytes and change no books.
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

    /// Why the connection is over, unless it was closed on demand.
    pub(super) fn lost(&self) -> Option<ConnectionError> {
        self.waiting.lost()
    }

    pub(super) fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        // It sends nothing, so that nothing else can be refused.
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

    /// A request ends so, which has to be told.
    fn ends(&mut self, ending: Notice) {
        self.endings += 1;
        self.notices.push(ending);
    }

    pub(super) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }
}
