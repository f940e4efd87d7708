//! Carries out the effects of the stage table.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::{Notice, Session, TOLD};
use crate::action::{Action, Logoff};
use crate::client::action_id::Prefix;
use crate::client::credentials::Credentials;
use crate::client::entry::Entry;
use crate::client::reconnect::Unanswered;
use crate::client::state::{Effect, Input, Waiting};
use crate::client::{Id, Reached};
use crate::conn::keep_alive::KeepAlive;
use crate::error::{ApiMisuse, ConnectionError, LoginRefusal, SendError};
use crate::value::{Classes, ToWire};
use crate::wiped::Wiped;

impl Session {
    /// Applies an input: carries out the effect and enters the next stage. The only place where the
    /// stage changes.
    ///
    /// # Errors
    /// The effect cannot be carried out; the stage is then unchanged.
    pub(super) fn step<'a>(&mut self, input: Input<'a>) -> Result<Effect<'a>, SendError> {
        let (stage, effect) = self.stage.next(input);
        if let Some(waiting) = self.carry_out(effect)? {
            self.waiting = waiting;
        }
        let from = core::mem::replace(&mut self.stage, stage);
        if from != stage {
            self.tracer.stage(from.as_str(), stage.as_str(), effect.lost(), input.why());
        }
        Ok(effect)
    }

    /// Applies an input whose effect cannot fail.
    pub(in crate::client) fn happened<'a>(&mut self, input: Input<'a>) -> Effect<'a> {
        self.step(input).unwrap_or(Effect::Nothing)
    }

    /// Carries out an effect; returns the state of the next stage, if it is a new one.
    fn carry_out(&mut self, effect: Effect<'_>) -> Result<Option<Waiting>, SendError> {
        Ok(Some(match effect {
            Effect::Nothing => return Ok(None),
            Effect::NotNew => return Err(ApiMisuse::NotNew.into()),
            Effect::NotOver => return Err(ApiMisuse::NotOver.into()),
            Effect::NotBegun => return Err(ApiMisuse::NotBegun.into()),
            Effect::AwaitGreeting(credentials) => self.await_greeting(credentials)?,
            Effect::AskChallenge(credentials) => self.ask_challenge(credentials)?,
            Effect::LogIn { credentials, challenge } => self.log_in(credentials, challenge)?,
            Effect::Welcome => self.welcome(),
            Effect::Greeted | Effect::Booted => Waiting::Nothing,
            Effect::Ready => {
                self.notices.push(Notice::Ready);
                Waiting::Nothing
            }
            Effect::SayGoodbye => self.say_goodbye(),
            Effect::AwaitEnd => Waiting::Until(self.after(self.config.closing)),
            Effect::Refuse(_) | Effect::Lose(_) | Effect::Close => self.end(effect.lost()),
            Effect::Begin => self.begin(),
        }))
    }

    /// Keeps the credentials. A login that cannot be written, or does not fit, is refused now
    /// instead of after the greeting.
    fn await_greeting(&mut self, credentials: &Arc<Credentials>) -> Result<Waiting, SendError> {
        self.try_login(credentials)?;
        let (credentials, deadline) = (Arc::clone(credentials), self.after(self.config.login));
        Ok(Waiting::Greeting { credentials, deadline })
    }

    /// Checks that the login can be written, with or without a challenge.
    fn try_login(&self, credentials: &Credentials) -> Result<(), SendError> {
        let mut trial = Wiped::default();
        let events = self.events();
        credentials.write_trial(events.as_deref(), self.prefix.id(self.next + 3).as_str(), trial.vec())?;
        // The request for the challenge may still be in the buffer when the login is written.
        let before = if credentials.asks_challenge() { 128 } else { 0 };
        if trial.len() + before > self.room() { Err(SendError::Ceiling { max: self.config.bytes }) } else { Ok(()) }
    }

    /// Begins a login that waits for the greeting, once the server has greeted or need not.
    pub(super) fn greeted(&mut self) {
        let credentials = self.waiting.greeting();
        self.happened(Input::Greeted);
        if let Some(credentials) = credentials {
            // The login was tried before, and nothing else can have been sent; if it cannot be
            // written it has failed.
            if self.step(Input::log_in(&credentials)).is_err() {
                self.happened(Input::Refused(LoginRefusal::Credentials));
            }
        }
    }

    fn ask_challenge(&mut self, credentials: &Arc<Credentials>) -> Result<Waiting, SendError> {
        // A login that cannot be written, or does not fit, is refused now, not after the challenge.
        self.try_login(credentials)?;
        let request = self.write(self.room(), Credentials::write_challenge)?;
        Ok(self.await_answer(request, self.config.login, Some(Arc::clone(credentials))))
    }

    /// Waits for the answer to the last request written.
    fn await_answer(&self, request: u64, at_most: Duration, credentials: Option<Arc<Credentials>>) -> Waiting {
        Waiting::Answer { request, written: self.out.written(), deadline: self.after(at_most), credentials }
    }

    fn log_in(&mut self, credentials: &Credentials, challenge: Option<&[u8]>) -> Result<Waiting, SendError> {
        let events = self.events();
        let write = |id: &str, out: &mut Vec<u8>| credentials.write_login(challenge, events.as_deref(), id, out);
        let request = self.write(self.room(), write)?;
        Ok(self.await_answer(request, self.config.login, None))
    }

    /// Returns the event mask to ask for at login, if there is one.
    fn events(&self) -> Option<Vec<u8>> {
        let configured = || {
            let mut events = Vec::new();
            self.config.events?.to_wire(&mut events);
            Some(events)
        };
        self.subscription.mask().map(<[u8]>::to_vec).or_else(configured).filter(|events| !events.is_empty())
    }

    fn welcome(&mut self) -> Waiting {
        self.last.logged_in();
        // Room for a ping is enough for a session that only listens.
        self.out.shrink_to(48);
        Waiting::Until(self.boot_wait().and_then(|wait| self.after(wait)))
    }

    /// Returns how long to wait for the event that reports that the server has started, or `None`
    /// if it is not waited for.
    pub(super) fn boot_wait(&self) -> Option<Duration> {
        let sees_system = self.config.events.is_none_or(|events| events.contains(Classes::SYSTEM));
        self.config.booted.filter(|_| sees_system)
    }

    fn say_goodbye(&mut self) -> Waiting {
        match self.write(self.left(TOLD), |id, out| Logoff::new().encode(Some(id), out)) {
            Ok(request) => self.await_answer(request, self.config.closing, None),
            // No part of the goodbye can be refused, and its room is reserved. If it is not sent it
            // is not waited for.
            Err(_) => Waiting::Until(self.clock.told()),
        }
    }

    /// Returns the time `wait` after the last reported time.
    fn after(&self, wait: Duration) -> Option<Instant> {
        self.clock.told()?.checked_add(wait)
    }

    /// Ends the connection; `lost` is `None` if it was closed on demand.
    fn end(&mut self, lost: Option<ConnectionError>) -> Waiting {
        self.clock.run();
        self.last.over();
        for entry in self.in_flight.lose() {
            self.lose(entry);
        }
        // If the notice of an earlier connection is still to be polled, it is enough.
        if lost.is_none() && !matches!(self.notices.last(), Some(Notice::Closed)) {
            self.notices.push(Notice::Closed);
        }
        self.out.clear();
        // Later input would be given after the end.
        self.eof = true;
        lost.map_or(Waiting::Nothing, Waiting::Lost)
    }

    /// Ends a request of the caller that is open when the connection is over.
    fn lose(&mut self, entry: Entry) {
        let (id, reached) = (Id(entry.id), entry.reached(self.out.transmitted()));
        let action_id = entry.action_id(self.prefix);
        self.collected.end(id);
        self.ends(Notice::Lost(id, reached));
        let outcome = entry.plan.outcome.clone().filter(|_| reached != Reached::NotSent);
        self.last.push(Unanswered { id, action_id, action: entry.plan.action, reached }, outcome);
        self.given_up(entry, reached);
    }

    fn begin(&mut self) -> Waiting {
        self.prefixes.advance();
        self.prefix = Prefix::new(&self.prefixes);
        (self.keep_alive, self.overdue) = (KeepAlive::default(), false);
        self.trailing = self.last.answers();
        self.release = None;
        self.eof = false;
        self.parts = 0;
        self.subscription.begin_again();
        Waiting::Nothing
    }
}
