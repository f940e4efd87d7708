//! Carries out what the table of stages asks for.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::{Notice, Session, TOLD};
use crate::action::{Action, Logoff};
use crate::client::action_id::Prefix;
use crate::client::credentials::Credentials;
use crate::client::keep_alive::KeepAlive;
use crate::client::reply_plan::Answers;
use crate::client::state::{Effect, Input, Waiting};
use crate::error::{ApiMisuse, ConnectionError, SendError};
use crate::value::{Classes, ToWire};
use crate::wiped::Wiped;

impl Session {
    /// Tells the stage what has happened: does what that leads to, and enters the stage that it
    /// leads to. The only place where the stage changes.
    ///
    /// # Errors
    /// Where it can't be done; the stage is then as it was.
    pub(super) fn step<'a>(&mut self, input: Input<'a>) -> Result<Effect<'a>, SendError> {
        let (stage, effect) = self.stage.next(input);
        if let Some(waiting) = self.carry_out(effect)? {
            self.waiting = waiting;
        }
        self.stage = stage;
        Ok(effect)
    }

    /// Tells the stage what has happened, where nothing can fail.
    pub(in crate::client) fn happened<'a>(&mut self, input: Input<'a>) -> Effect<'a> {
        self.step(input).unwrap_or(Effect::Nothing)
    }

    /// Does what the table asks for; returns what the stage that follows waits for, if it is a new
    /// one.
    fn carry_out(&mut self, effect: Effect<'_>) -> Result<Option<Waiting>, SendError> {
        Ok(Some(match effect {
            Effect::Nothing => return Ok(None),
            Effect::NotNew => return Err(ApiMisuse::NotNew.into()),
            Effect::NotOver => return Err(ApiMisuse::NotOver.into()),
            Effect::AskChallenge(credentials) => self.ask_challenge(credentials)?,
            Effect::LogIn { credentials, challenge } => self.log_in(credentials, challenge)?,
            Effect::Welcome => self.welcome(),
            Effect::Booted => Waiting::Nothing,
            Effect::Ready => {
                self.notices.push(Notice::Ready);
                Waiting::Nothing
            }
            Effect::SayGoodbye => self.say_goodbye(),
            Effect::Refuse(why) => self.end(Some(ConnectionError::LoginRefused(why))),
            Effect::Lose(error) => self.end(Some(error)),
            Effect::Close => self.end(None),
            Effect::Begin => self.begin(),
        }))
    }

    fn ask_challenge(&mut self, credentials: &Arc<Credentials>) -> Result<Waiting, SendError> {
        // What can't be written, or has no room, is refused now, not when the challenge is there.
        let mut trial = Wiped::default();
        let events = self.events();
        credentials.write_trial(events.as_deref(), self.prefix.id(self.next + 3).as_str(), trial.vec())?;
        // The request for the challenge may not have gone yet when the login is written.
        if trial.len() + 128 > self.room() {
            return Err(SendError::Ceiling { max: self.config.bytes });
        }
        let request = self.write(self.room(), Credentials::write_challenge)?;
        let credentials = Some(Arc::clone(credentials));
        Ok(Waiting::Answer { request, deadline: self.after(self.config.login), credentials })
    }

    fn log_in(&mut self, credentials: &Credentials, challenge: Option<&[u8]>) -> Result<Waiting, SendError> {
        let events = self.events();
        let write = |id: &str, out: &mut Vec<u8>| credentials.write_login(challenge, events.as_deref(), id, out);
        let request = self.write(self.room(), write)?;
        Ok(Waiting::Answer { request, deadline: self.after(self.config.login), credentials: None })
    }

    /// The event mask to ask for at login, where there is one.
    fn events(&self) -> Option<Vec<u8>> {
        let configured = || {
            let mut events = Vec::new();
            self.config.events?.to_wire(&mut events);
            Some(events)
        };
        self.subscription.mask().map(<[u8]>::to_vec).or_else(configured).filter(|events| !events.is_empty())
    }

    fn welcome(&mut self) -> Waiting {
        if let Some(now) = self.clock.told() {
            self.keep_alive.heard(now);
        }
        // Room for a ping is enough for a session that only listens.
        self.out.shrink_to(48);
        Waiting::Until(self.boot_wait().and_then(|wait| self.after(wait)))
    }

    /// How long the server's word that it is up is waited for. `None`: it isn't.
    pub(super) fn boot_wait(&self) -> Option<Duration> {
        let sees_system = self.config.events.is_none_or(|events| events.contains(Classes::SYSTEM));
        self.config.booted.filter(|_| sees_system)
    }

    fn say_goodbye(&mut self) -> Waiting {
        match self.write(self.left(TOLD), |id, out| Logoff::new().encode(Some(id), out)) {
            Ok(request) => Waiting::Answer { request, deadline: self.after(self.config.closing), credentials: None },
            // Nothing in it could be refused, and its room is reserved. What isn't said isn't
            // waited for.
            Err(_) => Waiting::Until(self.clock.told()),
        }
    }

    /// The time so long after the one that was told last.
    fn after(&self, wait: Duration) -> Option<Instant> {
        self.clock.told()?.checked_add(wait)
    }

    /// The connection is over: `None` as was asked for.
    fn end(&mut self, lost: Option<ConnectionError>) -> Waiting {
        self.clock.run();
        self.unanswered.clear();
        for request in self.in_flight.lose(self.out.transmitted()) {
            self.collected.end(request.id);
            self.notices.push(Notice::Lost(request.id, request.reached));
            self.unanswered.push(request);
        }
        // Where the one of an earlier connection waits still to be polled, that says it.
        if lost.is_none() && !matches!(self.notices.last(), Some(Notice::Closed)) {
            self.notices.push(Notice::Closed);
        }
        self.out.clear();
        // What more is received would be told after the end.
        self.eof = true;
        lost.map_or(Waiting::Nothing, Waiting::Lost)
    }

    fn begin(&mut self) -> Waiting {
        self.prefixes.advance();
        self.prefix = Prefix::new(&self.prefixes);
        self.keep_alive = KeepAlive::default();
        self.trailing = Answers::None;
        self.release = None;
        self.eof = false;
        self.parts = 0;
        self.subscription.begin_again();
        Waiting::Nothing
    }
}
