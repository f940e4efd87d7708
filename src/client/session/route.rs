//! What a frame is, and to which request.

use super::time::Pause;
use super::{Notice, Session};
use crate::client::collect::Collected;
use crate::client::config::AtCeiling;
use crate::client::entry::{Awaits, Phase, Purpose};
use crate::client::glued;
use crate::client::reply_plan::{self, Subscribes};
use crate::client::state::Stage;
use crate::client::{Id, Route};
use crate::error::{ConnectionError, LoginRefusal};
use crate::response::Response;
use crate::value::{AmiVersion, Banner};
use crate::wire::{Frame, FrameKind, Value};

impl Session {
    /// Whether there is nothing to tell and no event that the session itself waits for.
    #[inline]
    pub(in crate::client) fn listens(&self) -> bool {
        self.notices.is_empty() && !self.stage.is_booting()
    }

    /// Whether an event can be told at a glance to answer nothing.
    #[inline]
    pub(in crate::client) fn is_unasked(&self, frame: Frame<'_>) -> bool {
        self.awaits_nothing() || (frame.get("ActionID").is_none() && frame.get("Privilege").is_some())
    }

    /// Whether no event can answer anything.
    #[inline]
    pub(in crate::client) fn awaits_nothing(&self) -> bool {
        self.in_flight.is_empty() && !self.trailing
    }

    /// Whether an event that came unasked is to be told.
    #[inline]
    pub(in crate::client) fn is_wanted(&self, frame: Frame<'_>) -> bool {
        let interest = self.config.interest.as_ref();
        interest.is_none_or(|interest| frame.name().is_some_and(|name| interest.has_name(name)))
    }

    /// What a frame is, and to whom. `None`: to nobody, it was between the server and us.
    #[inline]
    pub(in crate::client) fn route(&mut self, frame: Frame<'_>) -> Option<Route> {
        match frame.kind() {
            FrameKind::Event => Some(self.route_event(frame)),
            FrameKind::Response => self.route_response(frame),
            FrameKind::Banner => {
                let banner = frame.lines().next().and_then(|line| line.parse::<Banner<'_>>().ok());
                self.release = banner.and_then(Banner::version).and_then(AmiVersion::asterisk_major);
                Some(Route::Connected)
            }
            FrameKind::Text | FrameKind::Action => Some(self.route_text()),
        }
    }

    fn number(&self, frame: Frame<'_>) -> Option<u64> {
        frame.get("ActionID").and_then(|id| self.prefix.number(id.as_bytes()))
    }

    /// The name of the request of this number, if it was sent for the caller.
    fn callers(&self, number: u64) -> Option<Id> {
        (number < self.next && number & 1 == 0).then_some(Id(number))
    }

    fn route_event(&mut self, frame: Frame<'_>) -> Route {
        if self.stage.is_booting() && reply_plan::is_named(frame, Some("FullyBooted")) {
            self.stage = Stage::Ready;
            return Route::Ready;
        }
        let number = match frame.get("ActionID").map(Value::as_bytes) {
            Some(id) if !id.is_empty() => self.prefix.number(id),
            // Items without ActionID have no privilege either; what has is unsolicited.
            _ if frame.get("Privilege").is_none() => {
                reply_plan::item(frame).and_then(|item| self.in_flight.oldest(Awaits::Item(item)))
            }
            _ => None,
        };
        let Some(number) = number else { return Route::Event };
        let id = self.callers(number);
        let unclaimed = || if reply_plan::may_answer(frame) { Route::Unclaimed(id) } else { Route::Event };
        let Some(entry) = self.in_flight.get(number) else { return unclaimed() };
        if reply_plan::is_named(frame, entry.plan.outcome) {
            self.in_flight.remove(number);
            self.collected.end(Id(number));
            return Route::Outcome(Id(number));
        }
        let phase = entry.phase;
        if phase == Phase::Outcome || (phase == Phase::Response && entry.plan.end.is_none()) {
            return unclaimed();
        }
        if entry.plan.glues() && frame.get_all("Event").nth(1).is_some() {
            let size = glued::unglued_len(frame);
            return if self.holds_parts(size) { Route::Glued } else { self.full(Id(number), size) };
        }
        if let Some(cancelled) = entry.plan.ends_list(frame) {
            let items = entry.items;
            self.in_flight.worked(number, self.now());
            self.in_flight.remove(number);
            self.collected.end(Id(number));
            return Route::List { id: Id(number), items, cancelled };
        }
        if !reply_plan::may_answer(frame) && !entry.plan.has_item(frame) && entry.plan.end.is_some() {
            return Route::Event;
        }
        let collects = entry.collects;
        if collects && !self.collect(Id(number), frame) {
            let least = if self.config.items == 0 { usize::MAX } else { Collected::first_size(frame) };
            return self.full(Id(number), least);
        }
        if let Some(entry) = self.in_flight.get(number) {
            entry.items += 1;
        }
        // Its response may be late, or lost.
        self.in_flight.step(number, Phase::Items, self.now());
        if collects { Route::Collected } else { Route::Item(Id(number)) }
    }

    /// The next item of this list doesn't fit under the ceiling, and takes so many bytes. Waits for
    /// room where there can be some and the list is still given time to get it.
    fn full(&mut self, id: Id, size: usize) -> Route {
        let waits = self.config.at_ceiling == AtCeiling::StopReading
            && !self.eof
            && !matches!(self.pause, Pause::Expired(_))
            && size <= self.most_room(id);
        if waits {
            return Route::Full(id);
        }
        self.in_flight.remove(id.0);
        self.trailing = true;
        self.collected.end(id);
        Route::Overflowed(id)
    }

    fn collect(&mut self, id: Id, frame: Frame<'_>) -> bool {
        let room = self.room();
        self.collected.push(id, frame, room, self.config.items)
    }

    fn route_response(&mut self, frame: Frame<'_>) -> Option<Route> {
        let response = Response::from(frame);
        let Some(number) = self.number(frame) else { return Some(Route::Unclaimed(None)) };
        if self.stage.request() == Some(number) {
            return self.route_stage(response);
        }
        if self.keep_alive.answered(number, self.out.handed()) {
            return None;
        }
        let id = Id(number);
        let callers = self.callers(number);
        self.in_flight.worked(number, self.now());
        let Some(entry) = self.in_flight.get(number) else { return Some(Route::Unclaimed(callers)) };
        match entry.purpose {
            Purpose::Caller => {}
            Purpose::Restore => {
                self.in_flight.remove(number);
                self.restore();
                return (!response.is_success()).then_some(Route::NotRestored);
            }
            Purpose::Probe => {
                self.in_flight.remove(number);
                let entry = self.in_flight.remove(number - 1)?;
                let id = Id(entry.id);
                self.collected.end(id);
                return Some(Route::Text { id, paragraphs: entry.items });
            }
        }
        if !response.is_success() {
            self.trailing |= entry.phase != Phase::Response;
            self.in_flight.remove(number);
            self.collected.end(id);
            return Some(Route::Refused(id));
        }
        let (phase, plan) = (entry.phase, entry.plan);
        if entry.announced || phase == Phase::Outcome {
            return Some(Route::Unclaimed(Some(id)));
        }
        if plan.starts_list(response) {
            entry.announced = true;
            self.in_flight.step(number, Phase::Items, self.now());
            return Some(Route::Started(id));
        }
        if phase == Phase::Items {
            // Its list has begun without it.
            return Some(Route::Unclaimed(Some(id)));
        }
        if plan.outcome.is_some() {
            self.in_flight.step(number, Phase::Outcome, self.now());
            return Some(Route::Started(id));
        }
        let entry = self.in_flight.remove(number)?;
        self.collected.end(id);
        match (entry.plan.subscribes, entry.restores) {
            (Subscribes::Mask, Some(mask)) => self.subscription.set_mask(mask),
            (Subscribes::Filter, Some(filter)) => self.subscription.add_filter(filter),
            _ => {}
        }
        Some(Route::Reply(id))
    }

    /// The response to what the stage itself has asked.
    fn route_stage(&mut self, response: Response<'_>) -> Option<Route> {
        match core::mem::replace(&mut self.stage, Stage::Ready) {
            Stage::Challenge { deadline, credentials, .. } => {
                let challenge = if response.is_success() { response.frame().get("Challenge") } else { None };
                let deadline = self.now().and_then(|now| now.checked_add(self.config.login)).or(deadline);
                let written = match (challenge, credentials) {
                    (Some(challenge), credentials) => self.log_in(&credentials, Some(challenge.as_bytes()), deadline),
                    (None, credentials) => match credentials.fall_back() {
                        Some(credentials) => self.log_in(&credentials, None, deadline),
                        None => return Some(self.refuse(response, LoginRefusal::Challenge)),
                    },
                };
                match written {
                    Ok(()) => None,
                    // `login` has tried it before.
                    Err(_) => Some(self.refuse(response, LoginRefusal::Credentials)),
                }
            }
            Stage::Login { .. } if response.is_success() => {
                self.logged_in();
                Some(Route::LoggedIn)
            }
            Stage::Login { .. } => Some(self.refuse(response, LoginRefusal::Credentials)),
            Stage::Closing { .. } => {
                self.stage = Stage::New;
                self.end(None);
                None
            }
            stage => {
                self.stage = stage;
                None
            }
        }
    }

    fn refuse(&mut self, response: Response<'_>, usually: LoginRefusal) -> Route {
        let in_use = response.message().is_some_and(|message| holds(message.as_bytes(), b"already in use"));
        let refusal = if in_use { LoginRefusal::AlreadyInUse } else { usually };
        self.stage = Stage::New;
        self.end(Some(ConnectionError::LoginRefused(refusal)));
        Route::LoginRefused
    }

    fn logged_in(&mut self) {
        let sees_system = self.config.events.is_none_or(|events| events.contains(crate::value::Classes::SYSTEM));
        if let Some(wait) = self.config.booted.filter(|_| sees_system) {
            self.stage = Stage::Booting { deadline: self.now().and_then(|now| now.checked_add(wait)) };
        } else {
            self.stage = Stage::Ready;
            self.notices.push_back(Notice::Ready);
        }
        if let Some(now) = self.now() {
            self.keep_alive.heard(now);
        }
        // Room for a ping is enough for a session that only listens.
        self.out.shrink_to(48);
        self.restore();
    }

    /// Text comes in its turn: it belongs to the request whose probe is the next to be answered, or
    /// to nobody where that request has ended before.
    fn route_text(&mut self) -> Route {
        let Some(probe) = self.in_flight.oldest(Awaits::Text) else { return Route::Unclaimed(None) };
        let number = probe - 1;
        let Some(entry) = self.in_flight.get(number) else { return Route::Unclaimed(Some(Id(number))) };
        entry.items += 1;
        self.in_flight.step(number, Phase::Response, self.now());
        self.in_flight.step(probe, Phase::Response, self.now());
        Route::Paragraph(Id(number))
    }
}

/// Whether the text holds these words, in any case.
fn holds(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part.eq_ignore_ascii_case(words))
}
