//! What a client knows besides the bytes it has received: requests out, what time does, the end. What each frame is to whom is in `route.rs`.

mod route;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::Id;
use super::config::Config;
use super::credentials::{Credentials, wipe};
use super::keepalive::KeepAlive;
use super::list::{self, Collected, Plan, Subscribes};
use super::pending::{ActionId, Entry, InFlight, Phase, Prefix, Purpose};
use super::report::{Progress, Report, Unanswered};
use super::state::Stage;
use crate::action::{Action, Logoff, Ping};
use crate::error::{ConnectionError, EncodeError, LoginStage, SendError};
use crate::value::ToWire;

/// See the module.
pub(super) struct Session {
    pub(super) config: Arc<Config>,
    pub(super) stage: Stage,
    seed: u64,
    /// Connections before this one.
    number: u32,
    prefix: Prefix,
    next: u64,
    /// Requests; up to `handed` they have been transmitted.
    out: Vec<u8>,
    handed: usize,
    /// Bytes transmitted that are no longer in `out`.
    gone: u64,
    pub(super) in_flight: InFlight,
    /// Whether events may still come for a request that has ended, so that even with nothing in flight they have to be looked at.
    trailing: bool,
    pub(super) collected: Collected,
    keep_alive: KeepAlive,
    /// What has to be told and has no frame.
    notices: VecDeque<Notice>,
    /// First number of the server's release.
    release: Option<u32>,
    /// The time that was told last.
    now: Option<Instant>,
    /// Why the connection is over, unless it was closed on demand.
    pub(super) lost: Option<ConnectionError>,
    unanswered: Vec<Unanswered>,
    mask: Option<Box<[u8]>>,
    filters: Vec<Box<[u8]>>,
}

/// An event without a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    Ready,
    TimedOut(Id),
    Cancelled(Id),
    Lost(Id, Progress),
    Closed,
}

impl Session {
    pub(super) fn new(config: Arc<Config>, seed: u64) -> Self {
        Self {
            config,
            stage: Stage::New,
            seed,
            number: 0,
            prefix: Prefix::new(seed, 0),
            next: 1,
            out: Vec::new(),
            handed: 0,
            gone: 0,
            in_flight: InFlight::default(),
            trailing: false,
            collected: Collected::default(),
            keep_alive: KeepAlive::default(),
            notices: VecDeque::new(),
            release: None,
            now: None,
            lost: None,
            unanswered: Vec::new(),
            mask: None,
            filters: Vec::new(),
        }
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.seed = seed;
        self.prefix = Prefix::new(seed, self.number);
    }

    // Requests.

    pub(super) fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), EncodeError> {
        self.now = Some(now);
        let deadline = now.checked_add(self.config.login);
        if credentials.asks_challenge() {
            // What can't be written is refused now, not when the challenge is there.
            let mut trial = Vec::new();
            let refused = credentials.write_login(Some(b"0"), None, "0", &mut trial);
            wipe(&mut trial);
            refused?;
            let id = self.write(Credentials::write_challenge)?;
            self.stage = Stage::Challenge { id, deadline, credentials: Box::new(credentials) };
            return Ok(());
        }
        self.log_in(&credentials, None, deadline)
    }

    fn log_in(
        &mut self,
        credentials: &Credentials,
        challenge: Option<&[u8]>,
        deadline: Option<Instant>,
    ) -> Result<(), EncodeError> {
        let mut configured = Vec::new();
        if let Some(events) = self.config.events {
            events.to_wire(&mut configured);
        }
        let mask = self.mask.take();
        let events = mask.as_deref().or((!configured.is_empty()).then_some(&configured));
        let written = self.write(|id, out| credentials.write_login(challenge, events, id, out));
        self.mask = mask;
        self.stage = Stage::Login { id: written?, deadline };
        Ok(())
    }

    pub(super) fn send(
        &mut self,
        now: Instant,
        within: Option<Duration>,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<Id, SendError> {
        self.now = Some(now);
        if !self.stage.is_logged_in() {
            return Err(SendError::NotLoggedIn);
        }
        // A probe may come with it.
        if self.in_flight.len() + 2 > self.config.in_flight.max(2) {
            return Err(SendError::InFlight { max: self.config.in_flight });
        }
        let (start, next) = (self.out.len(), self.next);
        let id = self.write(write)?;
        let request = self.out.get(start..).unwrap_or_default();
        let plan = Plan::of(request, self.release);
        let restores = match plan.subscribes {
            Subscribes::Nothing => None,
            Subscribes::Mask => list::header(request, "EventMask").map(Into::into),
            // What follows Action and ActionID.
            Subscribes::Filter => request.splitn(3, |byte| *byte == b'\n').nth(2).map(Into::into),
        };
        let written = self.written();
        let probe = if plan.probes { Some(self.write(|id, out| Ping::new().encode(Some(id), out))?) } else { None };
        if self.room() == 0 {
            wipe(self.out.get_mut(start..).unwrap_or_default());
            self.out.truncate(start);
            self.next = next;
            return Err(SendError::Unsent { max: self.config.bytes });
        }
        let usual = within.unwrap_or(self.config.response);
        let longer = if within.is_some() { Some(Duration::ZERO) } else { plan.longer };
        let from = self.in_flight.blocked_until().map_or(now, |blocked| blocked.max(now));
        let deadline = longer.and_then(|longer| from.checked_add(usual.checked_add(longer)?));
        let mut entry = Entry {
            id,
            purpose: Purpose::Caller,
            phase: Phase::Response,
            plan,
            items: 0,
            deadline,
            step: Some(usual),
            written,
            collects: false,
            restores,
        };
        if let Some(number) = probe {
            self.in_flight.push(entry);
            let plan = Plan { probes: false, ..plan };
            entry = Entry {
                id: number,
                purpose: Purpose::Probe(id),
                phase: Phase::Response,
                plan,
                items: 0,
                deadline,
                step: None,
                written: self.written(),
                collects: false,
                restores: None,
            };
        }
        self.in_flight.push(entry);
        Ok(Id(id))
    }

    /// Writes a request under the next number.
    fn write(&mut self, write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>) -> Result<u64, EncodeError> {
        let number = self.next;
        let id: ActionId = self.prefix.id(number);
        write(id.as_str(), &mut self.out)?;
        self.next += 1;
        Ok(number)
    }

    pub(super) fn cancel(&mut self, id: Id) -> bool {
        let ours = self.in_flight.get(id.0).is_some_and(|entry| entry.purpose == Purpose::Caller);
        if ours {
            self.in_flight.remove(id.0);
            self.trailing = true;
            self.collected.end(id);
            self.notices.push_back(Notice::Cancelled(id));
        }
        ours
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.now = Some(now);
        if self.stage.is_over() || self.stage.is_closing() {
            return;
        }
        let deadline = now.checked_add(self.config.closing);
        match self.write(|id, out| Logoff::new().encode(Some(id), out)) {
            Ok(id) => self.stage = Stage::Closing { id, deadline },
            // Nothing in it could be refused.
            Err(_) => self.end(None),
        }
    }

    // Bytes out.

    pub(super) fn transmit(&self) -> Option<&[u8]> {
        if self.lost.is_some() {
            return None;
        }
        self.out.get(self.handed..).filter(|bytes| !bytes.is_empty())
    }

    pub(super) fn transmitted(&mut self, n: usize) {
        let end = self.handed.saturating_add(n).min(self.out.len());
        // There may be a secret in it.
        wipe(self.out.get_mut(self.handed..end).unwrap_or_default());
        self.handed = end;
        // Moving no more than was handed out keeps it at one move a byte.
        if self.handed * 2 >= self.out.len() {
            self.out.copy_within(self.handed.., 0);
            self.out.truncate(self.out.len() - self.handed);
            self.gone += self.handed as u64;
            self.handed = 0;
        }
    }

    /// Bytes written since the beginning.
    fn written(&self) -> u64 {
        self.gone + self.out.len() as u64
    }

    /// Bytes that requests, collected items and what is to be restored take up.
    pub(super) fn held(&self) -> usize {
        let restores = self.mask.iter().chain(&self.filters).map(|bytes| bytes.len()).sum::<usize>();
        self.out.len() - self.handed + self.collected.bytes() + restores
    }

    fn room(&self) -> usize {
        self.config.bytes.saturating_sub(self.held())
    }

    // Time.

    pub(super) fn heard(&mut self, now: Instant) {
        self.now = Some(now);
        self.keep_alive.heard(now);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.stage.is_over() {
            return None;
        }
        let alive = self.config.keep_alive.filter(|_| self.stage.is_logged_in());
        let alive = alive.and_then(|(idle, _)| self.keep_alive.deadline(idle, self.in_flight.is_due()));
        [self.stage.deadline(), self.in_flight.deadline(), alive].into_iter().flatten().min()
    }

    pub(super) fn timeout(&mut self, now: Instant) {
        self.now = Some(now);
        while let Some(entry) = self.in_flight.take_expired(now) {
            if entry.purpose == Purpose::Caller {
                self.trailing = true;
                self.collected.end(Id(entry.id));
                self.notices.push_back(Notice::TimedOut(Id(entry.id)));
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
        self.keep_alive(now);
    }

    fn keep_alive(&mut self, now: Instant) {
        let Some((idle, patience)) = self.config.keep_alive.filter(|_| self.stage.is_logged_in()) else { return };
        if self.keep_alive.is_lost(now) {
            return self.end(Some(ConnectionError::KeepAlive));
        }
        let due = self.keep_alive.deadline(idle, self.in_flight.is_due()).is_some_and(|due| due <= now);
        if due && !self.keep_alive.is_asked() {
            // Nothing in it could be refused.
            if let Ok(id) = self.write(|id, out| Ping::new().encode(Some(id), out)) {
                self.keep_alive.ask(id, now.checked_add(patience));
            }
        }
    }

    // The end.

    /// The connection is over: `None` as was asked for.
    pub(super) fn end(&mut self, error: Option<ConnectionError>) {
        if self.stage.is_over() {
            return;
        }
        self.stage = Stage::Over;
        let handed = self.gone + self.handed as u64;
        self.unanswered.clear();
        for request in self.in_flight.lose(handed) {
            self.collected.end(request.id);
            self.notices.push_back(Notice::Lost(request.id, request.progress));
            self.unanswered.push(request);
        }
        self.lost = error;
        if error.is_none() {
            self.notices.push_back(Notice::Closed);
        }
        wipe(&mut self.out);
        self.gone += self.out.len() as u64;
        self.out.clear();
        self.handed = 0;
    }

    pub(super) fn reconnect(&mut self) -> Report {
        self.stage = Stage::New;
        self.number = self.number.wrapping_add(1);
        self.prefix = Prefix::new(self.seed, self.number);
        self.keep_alive = KeepAlive::default();
        self.trailing = false;
        self.release = None;
        self.lost = None;
        Report {
            unanswered: core::mem::take(&mut self.unanswered),
            restored_mask: self.mask.is_some(),
            restored_filters: self.filters.len(),
        }
    }

    pub(super) fn notice(&mut self) -> Option<Notice> {
        let notice = self.notices.pop_front()?;
        if self.notices.is_empty() {
            // They are rare; idle sessions are many.
            self.notices = VecDeque::new();
        }
        Some(notice)
    }

    pub(super) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }
}
