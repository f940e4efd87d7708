//! Assigns frames to requests.

use super::{Notice, Session};
use crate::catalogue::Again;
use crate::client::collect::Collected;
use crate::client::config::AtCeiling;
use crate::client::entry::{Awaits, Entry, Phase, Purpose};
use crate::client::glued;
use crate::client::reply_plan::{self, Answers};
use crate::client::route::{End, Route, Told};
use crate::client::state::{Effect, Input};
use crate::client::{Credentials, Id, Reached};
use crate::conn::{Trace, service};
use crate::error::{FrameError, LoginRefusal, Service};
use crate::event::EventSet;
use crate::response::Response;
use crate::value::{AmiVersion, Banner, Classes, FromWire};
use crate::wire::{Frame, FrameKind, Value};

impl Session {
    /// Returns whether there is no notice, and no event that the session itself waits for.
    #[inline]
    pub(in crate::client) fn listens(&self) -> bool {
        self.notices.is_empty() && !self.stage.looks()
    }

    /// Returns whether a quick look shows that an event answers no request.
    #[inline]
    pub(in crate::client) fn is_unasked(&self, frame: Frame<'_>) -> bool {
        match self.answers() {
            Answers::None => true,
            Answers::Known => !reply_plan::is_answer(frame),
            Answers::Any => frame.get("ActionID").is_none() && frame.get("Privilege").is_some(),
        }
    }

    /// Returns which events may answer a request.
    #[inline]
    pub(in crate::client) fn answers(&self) -> Answers {
        if self.in_flight.is_empty() { self.trailing } else { Answers::Any }
    }

    /// Returns whether an event of this name has to be looked at: the configuration asks for it, or
    /// it may answer a request.
    pub(in crate::client) fn lets_in(&self, name: Value<'_>) -> bool {
        let wanted = |interest: &EventSet| interest.has_name(name);
        self.config.interest.as_ref().is_none_or(wanted)
            || match self.answers() {
                Answers::None => false,
                Answers::Known => reply_plan::names_answer(name),
                Answers::Any => true,
            }
    }

    /// Returns whether the configuration asks for this unsolicited event.
    #[inline]
    pub(in crate::client) fn is_wanted(&self, frame: Frame<'_>) -> bool {
        let interest = self.config.interest.as_ref();
        interest.is_none_or(|interest| frame.name().is_some_and(|name| interest.has_name(name)))
    }

    /// Decides what becomes of a frame.
    #[inline]
    pub(in crate::client) fn route(&mut self, frame: Frame<'_>) -> Route {
        match frame.kind() {
            FrameKind::Event => self.route_event(frame),
            FrameKind::Response => self.route_response(frame),
            FrameKind::Banner => {
                let banner = frame.lines().next().and_then(|line| line.parse::<Banner<'_>>().ok());
                self.release = banner.and_then(Banner::version).and_then(AmiVersion::asterisk_major);
                self.route_banner(frame);
                Route::Told(Told::Connected)
            }
            FrameKind::Text | FrameKind::Action => Route::Told(self.route_text()),
        }
    }

    /// Handles the server's greeting, or the first line of another service.
    fn route_banner(&mut self, frame: Frame<'_>) {
        let line = frame.lines().next().unwrap_or_default();
        match service::named(line.as_bytes()) {
            Some(Service::Manager) => self.greeted(),
            Some(service) => _ = self.happened(Input::Stranger(service)),
            // If no greeting is waited for, any first line is accepted.
            None if self.stage.awaits_greeting() => _ = self.happened(Input::Stranger(Service::Unknown)),
            None => {}
        }
    }

    /// Checks whether the first bytes of the peer, before its first line is complete, are those of
    /// another service.
    pub(in crate::client) fn look_at_first(&mut self, bytes: &[u8]) {
        if let Some(service) = service::named(bytes).filter(|service| *service != Service::Manager) {
            self.happened(Input::Stranger(service));
        }
    }

    /// Returns the id of the request of this number, if it was sent for the caller.
    fn callers(&self, number: u64) -> Option<Id> {
        (number < self.next && number & 1 == 0).then_some(Id(number))
    }

    fn route_event(&mut self, frame: Frame<'_>) -> Route {
        if self.stage.is_booting() && reply_plan::is_ready(frame) {
            self.happened(Input::Booted);
            return Route::Told(Told::Ready);
        }
        let number = match frame.get("ActionID").map(Value::as_bytes) {
            Some(id) if !id.is_empty() => {
                if let Some(id) = self.last.take_outcome(id, frame) {
                    return Route::Told(Told::LateOutcome(id));
                }
                self.number(id)
            }
            // Items without ActionID have no privilege either; an event with a privilege is
            // unsolicited.
            _ if frame.get("Privilege").is_none() => {
                reply_plan::item(frame).and_then(|item| self.in_flight.oldest(Awaits::Item(item)))
            }
            _ => None,
        };
        let Some(number) = number else { return Route::Told(Told::Event) };
        let id = self.callers(number);
        let unclaimed = || Route::Told(if reply_plan::may_answer(frame) { Told::Unclaimed(id) } else { Told::Event });
        let Some(entry) = self.in_flight.get(number) else { return unclaimed() };
        if entry.plan.has_outcome(frame) {
            return self.finish(number, End::Outcome);
        }
        if !entry.awaits_items() {
            return unclaimed();
        }
        if entry.plan.glues && frame.get_all("Event").nth(1).is_some() {
            let size = glued::unglued_len(frame);
            return if self.holds_parts(size) { Route::Glued } else { self.full(Id(number), size) };
        }
        if let Some(cancelled) = entry.plan.ends_list(frame) {
            let items = entry.items;
            self.in_flight.worked(number, self.clock.now());
            if !reply_plan::is_answer(frame) {
                self.may_still_come(Answers::Any);
            }
            return self.finish(number, End::List { items, cancelled });
        }
        if !entry.plan.takes(frame) {
            return Route::Told(Told::Event);
        }
        let collects = entry.collects;
        if collects && !self.collect(Id(number), frame) {
            let least = if self.config.items == 0 { usize::MAX } else { Collected::first_size(frame) };
            return self.full(Id(number), least);
        }
        if let Some(entry) = self.in_flight.get(number) {
            entry.items += 1;
        }
        // The response may be late, or lost.
        self.in_flight.step(number, Phase::Items, self.clock.now());
        if collects { Route::Kept } else { Route::Told(Told::Item(Id(number))) }
    }

    /// Decides what becomes of a frame that went over a limit and is skipped, by its first lines.
    pub(in crate::client) fn route_oversized(&mut self, head: Frame<'_>, error: FrameError) -> Route {
        let named = head.get("ActionID").map(Value::as_bytes).filter(|id| !id.is_empty());
        let number = match (named, head.kind()) {
            (Some(id), _) => self.number(id),
            // Without a complete line the kind of the frame is unknown.
            (None, FrameKind::Text) if !head.as_bytes().is_empty() => {
                self.in_flight.oldest(Awaits::Text).map(|probe| probe - 1)
            }
            (None, _) if self.in_flight.is_empty() => None,
            (None, _) if head.get("Privilege").is_some() && !reply_plan::is_answer(head) => None,
            // The frame may be an item of a list, or any answer.
            (None, _) => {
                self.happened(Input::Breach(error));
                return Route::Kept;
            }
        };
        self.tracer.skipped(&head, error);
        let told = Route::Told(Told::Oversized(error));
        let Some(number) = number else { return told };
        let is_response = head.kind() == FrameKind::Response;
        if is_response && self.keep_alive.answered(number, self.out.transmitted()) {
            return told;
        }
        let entry = self.in_flight.look(number).filter(|entry| entry.is_answered_by(head));
        let Some(purpose) = entry.map(|entry| entry.purpose) else { return told };
        self.in_flight.worked(number, self.clock.now());
        match purpose {
            Purpose::Caller => self.finish(number, End::Oversized(error)),
            Purpose::Probe if is_response => self.end_text(number),
            Purpose::Restore if is_response => {
                self.restored(number);
                told
            }
            Purpose::Probe | Purpose::Restore => told,
        }
    }

    /// Handles the next item of a list, of `size` bytes, that does not fit under the ceiling. Waits
    /// for room if there can be some and the list may still wait.
    fn full(&mut self, id: Id, size: usize) -> Route {
        let waits = self.config.at_ceiling == AtCeiling::StopReading
            && !self.eof
            && !self.clock.has_expired()
            && size <= self.most_room(id);
        if waits {
            return Route::Full(id);
        }
        self.tracer.tell(Trace::Limit(&format_args!("no room for the next item of request {}, which fails", id.0)));
        self.finish(id.0, End::Overflowed)
    }

    /// Ends a request in this way.
    fn finish(&mut self, number: u64, end: End) -> Route {
        if let Some(entry) = self.remove(number, !matches!(end, End::Overflowed | End::Oversized(_))) {
            self.given_up(entry, if end == End::Refused { Reached::NotSent } else { Reached::Sent });
        }
        Route::Told(Told::Ended(Id(number), end))
    }

    /// Removes a request that has ended: `answered` in full, or given up.
    pub(super) fn remove(&mut self, number: u64, answered: bool) -> Option<Entry> {
        let entry = self.in_flight.remove(number)?;
        self.ended(&entry, answered);
        Some(entry)
    }

    /// Records that a request has ended, and what may still come for it.
    pub(super) fn ended(&mut self, entry: &Entry, answered: bool) {
        self.collected.end(Id(entry.id));
        self.may_still_come(entry.leaves(answered));
    }

    fn may_still_come(&mut self, answers: Answers) {
        self.trailing = self.trailing.max(answers);
    }

    fn collect(&mut self, id: Id, frame: Frame<'_>) -> bool {
        let room = self.room();
        self.collected.push(id, frame, room, self.config.items)
    }

    fn route_response(&mut self, frame: Frame<'_>) -> Route {
        let response = Response::from(frame);
        let unclaimed = |id| Route::Told(Told::Unclaimed(id));
        let number = match response.action_id() {
            Some(id) => self.number(id.as_bytes()),
            // During the login no other request can be answered.
            None => self.waiting.request().filter(|_| self.stage.is_logging_in()),
        };
        let Some(number) = number else { return unclaimed(None) };
        if self.waiting.is_for(number) {
            return self.route_stage(response);
        }
        if self.keep_alive.answered(number, self.out.transmitted()) {
            return Route::Kept;
        }
        let callers = self.callers(number);
        self.in_flight.worked(number, self.clock.now());
        let Some(entry) = self.in_flight.get(number) else { return unclaimed(callers) };
        match entry.purpose {
            Purpose::Caller if entry.phase == Phase::Response && entry.plan.says_none(response) => {
                self.finish(number, End::List { items: 0, cancelled: false })
            }
            Purpose::Caller if response.is_success() => self.route_success(number, response),
            Purpose::Caller => self.finish(number, End::Refused),
            Purpose::Restore => {
                self.restored(number);
                if response.is_success() { Route::Kept } else { Route::Told(Told::NotRestored) }
            }
            Purpose::Probe => self.end_text(number),
        }
    }

    /// Handles the answer to a request that sets a filter again.
    fn restored(&mut self, number: u64) {
        self.in_flight.remove(number);
        self.restore();
    }

    /// Handles the answer to a probe: the text before it is complete.
    fn end_text(&mut self, probe: u64) -> Route {
        self.in_flight.remove(probe);
        match self.in_flight.look(probe - 1).map(|entry| entry.items) {
            Some(paragraphs) => self.finish(probe - 1, End::Text { paragraphs }),
            None => Route::Kept,
        }
    }

    /// Handles a response to a request of the caller that is not an error.
    fn route_success(&mut self, number: u64, response: Response<'_>) -> Route {
        let id = Id(number);
        let unclaimed = Route::Told(Told::Unclaimed(Some(id)));
        let Some(entry) = self.in_flight.get(number) else { return unclaimed };
        let (phase, outcome) = (entry.phase, entry.plan.outcome_classes());
        if entry.announced || phase == Phase::Outcome {
            return unclaimed;
        }
        if entry.plan.starts_list(response) {
            entry.announced = true;
            self.in_flight.step(number, Phase::Items, self.clock.now());
            return Route::Told(Told::Started(id));
        }
        if phase == Phase::Items {
            // The list has begun before its response.
            return unclaimed;
        }
        if let Some(classes) = outcome {
            if self.mask().is_some_and(|mask| !mask.contains(classes)) {
                return self.finish(number, End::Unseen);
            }
            self.in_flight.step(number, Phase::Outcome, self.clock.now());
            return Route::Told(Told::Started(id));
        }
        if let Some(entry) = self.remove(number, true) {
            self.holds(entry);
        }
        if response.is_goodbye() {
            self.happened(Input::Goodbye);
        }
        Route::Told(Told::Ended(id, End::Reply))
    }

    /// Records that the server has carried out this request, as far as is known: its settings are
    /// set again on later connections.
    pub(super) fn holds(&mut self, entry: Entry) {
        match (entry.plan.again(), entry.restores, entry.plan.action) {
            (Some(Again::Value(_)), mask, _) => {
                if let Some(mask) = mask {
                    self.subscription.set_mask(entry.id, mask);
                }
                self.end_unseen();
            }
            (Some(Again::Request), Some(rest), Some(action)) => self.subscription.add_request(action, rest),
            _ => {}
        }
    }

    /// Handles a request whose acceptance the server has not confirmed. Some servers carry a
    /// request out and send no response (Asterisk with `brokeneventsaction`), so a mask that was
    /// asked for counts, and is set again, if the request has been sent.
    pub(super) fn given_up(&mut self, entry: Entry, reached: Reached) {
        match (entry.plan.sets_mask(), reached) {
            (false, _) => {}
            (true, Reached::NotSent) => self.end_unseen(),
            (true, _) => self.holds(entry),
        }
    }

    /// Returns the classes of events that the server sends, as far as this session has asked for
    /// them. `None` if it has not asked, so that they are those that its user may read, or if it is
    /// not known whether they have changed.
    fn mask(&self) -> Option<Classes> {
        if self.in_flight.oldest(Awaits::Mask).is_some() {
            return None;
        }
        self.subscription.mask().map_or(self.config.events, |mask| Classes::from_wire(mask).ok())
    }

    /// Ends requests whose outcome the server no longer sends.
    fn end_unseen(&mut self) {
        while let Some(number) = self.mask().and_then(|mask| self.in_flight.unseen(mask)) {
            self.remove(number, false);
            self.ends(Notice::Unseen(Id(number)));
        }
    }

    /// Handles the response to a request of the stage itself.
    fn route_stage(&mut self, response: Response<'_>) -> Route {
        let Some(credentials) = self.waiting.credentials() else {
            let refused = Input::Refused(refusal(response, LoginRefusal::Credentials));
            return self.route_answer(if response.is_success() { Input::Accepted } else { refused });
        };
        // With an empty challenge the key would be equal each time.
        let challenge = response.frame().get("Challenge").filter(|text| response.is_success() && !text.is_empty());
        let plain = Credentials::clone(&credentials).fall_back();
        self.route_answer(match (challenge, &plain) {
            (Some(challenge), _) => Input::Challenged { credentials: &credentials, challenge: challenge.as_bytes() },
            (None, Some(plain)) => Input::Unchallenged(plain),
            (None, None) => Input::Refused(refusal(response, LoginRefusal::Challenge)),
        })
    }

    /// Applies an answer to the stage. Returns what becomes of its frame.
    fn route_answer(&mut self, input: Input<'_>) -> Route {
        // The request after the challenge has been tried before; if it cannot be written the login
        // has failed.
        let effect = self.step(input).unwrap_or_else(|_| self.happened(Input::Refused(LoginRefusal::Credentials)));
        match effect {
            Effect::Welcome => {
                if self.boot_wait().is_none() {
                    self.happened(Input::Deadline);
                }
                self.restore();
                Route::Told(Told::LoggedIn)
            }
            Effect::Refuse(_) => Route::Told(Told::LoginRefused),
            _ => Route::Kept,
        }
    }

    /// Assigns text, which comes in order: it belongs to the request whose probe is answered next,
    /// or to no request if that request has ended before.
    fn route_text(&mut self) -> Told {
        let Some(probe) = self.in_flight.oldest(Awaits::Text) else { return Told::Unclaimed(None) };
        let number = probe - 1;
        let Some(entry) = self.in_flight.get(number) else { return Told::Unclaimed(Some(Id(number))) };
        entry.items += 1;
        self.in_flight.step(number, Phase::Response, self.clock.now());
        self.in_flight.step(probe, Phase::Response, self.clock.now());
        Told::Paragraph(Id(number))
    }
}

/// Returns why the server has refused the login.
fn refusal(response: Response<'_>, usually: LoginRefusal) -> LoginRefusal {
    let in_use = response.message().is_some_and(|message| holds(message.as_bytes(), b"already in use"));
    if in_use { LoginRefusal::AlreadyInUse } else { usually }
}

/// Returns whether the text contains these words, in any case.
fn holds(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part.eq_ignore_ascii_case(words))
}
