//! Carries out what the table of stages asks for.

use alloc::sync::Arc;
use core::time::Duration;
use std::time::Instant;

use super::{Config, EXIT, Notice, RESERVED, Session};
use crate::conn::keep_alive::KeepAlive;
use crate::error::{ApiMisuse, ConnectionError, LoginRefusal, SendError};
use crate::freeswitch::connection::credentials::Credentials;
use crate::freeswitch::connection::event::Unanswered;
use crate::freeswitch::connection::in_flight::Purpose;
use crate::freeswitch::connection::message::Message;
use crate::freeswitch::connection::state::{Effect, Input, Waiting};
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
        let from = core::mem::replace(&mut self.stage, stage);
        if from != stage {
            self.tracer.stage(from.as_str(), stage.as_str(), effect.lost(), input.why());
        }
        Ok(effect)
    }

    /// Tells the stage what has happened, where nothing can fail.
    pub(in crate::freeswitch::connection) fn happened<'a>(&mut self, input: Input<'a>) -> Effect<'a> {
        self.step(input).unwrap_or(Effect::Nothing)
    }

    /// Does what the table asks for; returns what the stage that follows waits for, if it is a new
    /// one.
    fn carry_out(&mut self, effect: Effect<'_>) -> Result<Option<Waiting>, SendError> {
        Ok(Some(match effect {
            Effect::Nothing => return Ok(None),
            Effect::NotNew => return Err(ApiMisuse::NotNew.into()),
            Effect::NotOver => return Err(ApiMisuse::NotOver.into()),
            Effect::NotBegun => return Err(ApiMisuse::NotBegun.into()),
            Effect::AwaitGreeting(credentials) => {
                self.try_login(Some(credentials))?;
                let (credentials, deadline) = (Arc::clone(credentials), self.after(self.config.login));
                Waiting::Greeting { credentials, deadline }
            }
            // What is set again is written once the stage takes it.
            Effect::Greeted | Effect::Welcome => Waiting::Nothing,
            Effect::LogIn(credentials) => {
                self.try_login(Some(credentials))?;
                self.write(Purpose::Login, None, |out| credentials.encode(out))?;
                Waiting::Until(self.after(self.config.login))
            }
            Effect::Connect => {
                self.try_login(None)?;
                self.write(Purpose::Login, None, |out| Message::new("connect").encode(out))?;
                Waiting::Until(self.after(self.config.login))
            }
            Effect::SayGoodbye => match self.write(Purpose::Exit, None, |out| Message::new(EXIT).encode(out)) {
                Ok(()) => Waiting::Until(self.after(self.config.closing)),
                // Nothing in it could be refused, and its room is reserved. What isn't said isn't
                // waited for.
                Err(_) => Waiting::Until(self.now),
            },
            Effect::Refuse(_) | Effect::Lose(_) | Effect::Close => self.end(effect.lost()),
            Effect::Begin => self.begin(),
        }))
    }

    /// Checks that the login can be written, and what is set again behind it: what can't be, or has
    /// no room, is refused now, not when the server asks for it.
    fn try_login(&self, credentials: Option<&Credentials>) -> Result<(), SendError> {
        let mut trial = Wiped::default();
        if let Some(credentials) = credentials {
            credentials.encode(trial.vec())?;
        }
        // What is set again takes up to a third; a login that has room once has it at each
        // reconnect.
        let total = self.config.most() - RESERVED;
        if trial.len() > total - total / Config::COPIES {
            return Err(SendError::Ceiling { max: self.config.most() });
        }
        for message in self.restore.messages() {
            trial.truncate(0);
            message.encode(trial.vec())?;
        }
        Ok(())
    }

    /// The server asks for a password: a login that waits for that begins.
    pub(super) fn greeted(&mut self) {
        let credentials = self.waiting.greeting();
        self.happened(Input::Greeted);
        if let Some(credentials) = credentials {
            // It was tried before, and nothing else can have been sent; where it can't be written
            // it has failed.
            if self.step(Input::LogIn(&credentials)).is_err() {
                self.happened(Input::Refused(LoginRefusal::Credentials));
            }
        }
    }

    /// The time so long after the one that was told last.
    fn after(&self, wait: Duration) -> Option<Instant> {
        self.now?.checked_add(wait)
    }

    /// The connection is over: `None` as was asked for.
    fn end(&mut self, lost: Option<ConnectionError>) -> Waiting {
        self.unanswered = self.in_flight.lose(self.out.transmitted());
        self.restore.lost();
        for Unanswered { id, reached, .. } in &self.unanswered {
            self.notices.push(Notice::Lost(*id, *reached));
        }
        // Where the one of an earlier connection waits still to be polled, that says it.
        if lost.is_none() && !matches!(self.notices.last(), Some(Notice::Closed)) {
            self.notices.push(Notice::Closed);
        }
        self.out.clear();
        lost.map_or(Waiting::Nothing, Waiting::Lost)
    }

    fn begin(&mut self) -> Waiting {
        self.prefixes.advance();
        self.keep_alive = KeepAlive::default();
        self.busy = None;
        self.goodbye = false;
        Waiting::Nothing
    }
}
