//! What a connection knows besides the bytes it has received: requests out, what each frame is to
//! whom, the end. What time does is in `time.rs`.

mod oversized;
mod send;
mod time;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::time::Instant;

use super::config::Config;
use super::credentials::Credentials;
use super::event::{ReconnectReport, Unanswered};
use super::in_flight::{Entry, InFlight, Purpose};
use super::message::{Message, Written};
use super::replay::{Restore, Setting};
use super::state::Stage;
use super::{Id, Reached};
use crate::conn::id_prefix::Prefixes;
use crate::conn::keep_alive::KeepAlive;
use crate::conn::notices::Notices;
use crate::conn::send_buffer::SendBuffer;
use crate::conn::{Trace, Tracer, service};
use crate::error::{ConnectionError, EncodeError, LoginRefusal, SendError, Service};
use crate::freeswitch::event::Event;
use crate::freeswitch::{ContentType, Frame};
use crate::wiped::Wiped;
use crate::wire::Value;

/// The goodbye, and what asks for a sign of life; room for both is always kept free.
const EXIT: &str = "exit";
const NOOP: &str = "noop";

/// Bytes of these, each with the two line feeds that end it.
const RESERVED: usize = EXIT.len() + NOOP.len() + 4;

/// See the module.
pub(super) struct Session {
    pub(super) config: Arc<Config>,
    pub(super) stage: Stage,
    pub(super) prefixes: Prefixes,
    next: u64,
    out: SendBuffer,
    in_flight: InFlight,
    restore: Restore,
    keep_alive: KeepAlive,
    /// What has to be told and has no frame.
    notices: Notices<Notice>,
    /// The time that was told last.
    now: Option<Instant>,
    /// Since when the server owes the answer that it gives next; or, if that was later, since when
    /// no caller waits for that answer.
    owed: Option<Instant>,
    /// Until when the server may be busy with what was sent, and answer nothing else.
    busy: Option<Instant>,
    /// Whether the server has said that it is about to close.
    goodbye: bool,
    /// Why the connection is over, unless it was closed on demand.
    pub(super) lost: Option<ConnectionError>,
    unanswered: Vec<Unanswered>,
    pub(super) tracer: Tracer,
}

/// An event without a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    TimedOut(Id, Reached),
    Cancelled(Id),
    Lost(Id, Reached),
    Closed,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// It is told.
    Told(Told),
    /// It is not: it was between the server and us.
    Kept,
    /// The event that it carries decides.
    Event,
}

/// As what a frame is told, and to which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    LoggedIn,
    LoginRefused,
    Started(Id),
    Log,
    Lingering,
    Disconnecting,
    Reply(Id),
    Refused(Id),
    NotRestored,
    Unclaimed(Option<Id>),
}

impl Session {
    /// Bytes of a job's name at the most: its name is kept until the job ends.
    const JOB_NAME: usize = 255;

    pub(super) fn new(config: Arc<Config>) -> Self {
        let mut restore = Restore::new();
        if !config.events.is_empty() {
            if let Some(configured) = Setting::of(&config.format.subscribe(&config.events)) {
                restore.keep(&configured);
            }
        }
        Self {
            config,
            stage: Stage::New { greeted: false },
            prefixes: Prefixes::random(),
            next: 1,
            out: SendBuffer::default(),
            in_flight: InFlight::new(),
            restore,
            keep_alive: KeepAlive::default(),
            notices: Notices::new(),
            now: None,
            owed: None,
            busy: None,
            goodbye: false,
            lost: None,
            unanswered: Vec::new(),
            tracer: Tracer::default(),
        }
    }

    // Requests.

    /// What can't be written, or has no room, is refused now, not when the server asks for it.
    fn check(&self, credentials: Option<&Credentials>) -> Result<(), SendError> {
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

    pub(super) fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        self.now = Some(now);
        self.check(Some(&credentials))?;
        let deadline = now.checked_add(self.config.login);
        if matches!(self.stage, Stage::New { greeted: true }) {
            return Ok(self.show(&credentials, deadline)?);
        }
        self.enter(Stage::Greeting { credentials, deadline }, &"the program logs in");
        Ok(())
    }

    pub(super) fn connect(&mut self, now: Instant) -> Result<(), SendError> {
        self.now = Some(now);
        self.check(None)?;
        self.write(Purpose::Login, None, |out| Message::new("connect").encode(out))?;
        let deadline = now.checked_add(self.config.login);
        self.enter(Stage::Login { deadline }, &"the program asks for the call's data");
        Ok(())
    }

    fn show(&mut self, credentials: &Credentials, deadline: Option<Instant>) -> Result<(), EncodeError> {
        self.write(Purpose::Login, None, |out| credentials.encode(out))?;
        self.enter(Stage::Login { deadline }, &"the server asks for the password");
        Ok(())
    }

    /// Notes what was written.
    fn ask(&mut self, entry: Entry) {
        if let Some(setting) = &entry.setting {
            self.restore.ask(entry.id, setting, entry.purpose != Purpose::Caller);
        }
        if self.in_flight.owes_nothing() {
            self.owed = self.now;
        }
        self.in_flight.push(entry);
    }

    /// Writes a request of our own; it has no time of its own. Room for it is kept free, see
    /// [`reserved`](Self::reserved).
    fn write(
        &mut self,
        purpose: Purpose,
        setting: Option<Setting>,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        if let Some(written) = self.out.write(usize::MAX, write)? {
            self.tracer.tell(Trace::Sent(&Written(written)));
        }
        let (id, written) = (self.number(), self.out.written());
        self.ask(Entry { setting, ..Entry::own(id, purpose, written) });
        Ok(())
    }

    fn number(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// The name of a job: sixteen digits that nobody else can guess, so that no one else's job
    /// passes for it, and a number.
    fn job_id(&self, id: u64) -> Vec<u8> {
        alloc::format!("{:016x}-{id}", self.prefixes.bits()).into_bytes()
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.now = Some(now);
        if self.stage.is_over() || self.stage.is_closing() {
            return;
        }
        match self.write(Purpose::Exit, None, |out| Message::new(EXIT).encode(out)) {
            Ok(()) => {
                let deadline = now.checked_add(self.config.closing);
                self.enter(Stage::Closing { deadline }, &"the program closes");
            }
            // Nothing in it could be refused.
            Err(_) => self.end(None),
        }
    }

    // Frames.

    /// Decides what becomes of a frame.
    pub(super) fn route(&mut self, frame: Frame<'_>) -> Route {
        self.out.rest();
        match frame.content_type() {
            ContentType::CommandReply | ContentType::ApiResponse => self.answer(frame),
            ContentType::AuthRequest if self.stage.is_early() => {
                self.greeted();
                Route::Kept
            }
            ContentType::RudeRejection if self.stage.is_early() => {
                self.end(Some(ConnectionError::LoginRefused(LoginRefusal::Address)));
                Route::Told(Told::LoginRefused)
            }
            ContentType::DisconnectNotice => {
                let lingers = frame.get("Content-Disposition").is_some_and(|what| what.eq_ignore_case("linger"));
                self.goodbye |= !lingers;
                Route::Told(if lingers { Told::Lingering } else { Told::Disconnecting })
            }
            ContentType::LogData => Route::Told(Told::Log),
            _ => Route::Event,
        }
    }

    /// The request that this event ends, if it is the outcome of a job.
    pub(super) fn ends_job(&mut self, event: Event<'_>) -> Option<Id> {
        let is_job = event.name().is_some_and(|name| name == "BACKGROUND_JOB");
        let uuid = event.get("Job-UUID").filter(|_| is_job)?;
        let id = self.in_flight.finish(&uuid.decode())?;
        self.abandoned(id);
        Some(Id(id))
    }

    fn greeted(&mut self) {
        match &mut self.stage {
            Stage::New { greeted } => *greeted = true,
            Stage::Greeting { credentials, .. } => {
                let credentials = credentials.clone();
                let deadline = self.now.and_then(|now| now.checked_add(self.config.login));
                // It was tried when it was given.
                if self.show(&credentials, deadline).is_err() {
                    self.end(Some(ConnectionError::LoginRefused(LoginRefusal::Credentials)));
                }
            }
            _ => {}
        }
    }

    fn answer(&mut self, frame: Frame<'_>) -> Route {
        let handed = self.out.transmitted();
        let Some(entry) = self.in_flight.answered(handed) else { return Route::Told(Told::Unclaimed(None)) };
        self.owed = self.now;
        let refused = frame.is_refusal();
        if let Some(setting) = &entry.setting {
            self.restore.answered(entry.id, setting, !refused);
        }
        let id = Id(entry.id);
        match entry.purpose {
            Purpose::Login => self.logged_in(frame),
            Purpose::Restore if refused => Route::Told(Told::NotRestored),
            Purpose::Exit | Purpose::Restore => Route::Kept,
            Purpose::KeepAlive => {
                self.keep_alive.answered(entry.id, handed);
                Route::Kept
            }
            Purpose::Caller if entry.ended => Route::Told(Told::Unclaimed(Some(id))),
            Purpose::Caller if refused => Route::Told(Told::Refused(id)),
            Purpose::Caller => match entry.uuid {
                // The server may know better how it calls the job. Where it says more than is kept,
                // our name stands.
                Some(uuid) => {
                    let named = frame.get("Job-UUID").map(Value::as_bytes).filter(|name| name.len() <= Self::JOB_NAME);
                    let uuid = named.map_or(uuid, Into::into);
                    let time = self.config.job.saturating_add(entry.takes);
                    let deadline = self.now.and_then(|now| now.checked_add(time));
                    self.in_flight.start(entry.id, uuid, deadline);
                    Route::Told(Told::Started(id))
                }
                None => Route::Told(Told::Reply(id)),
            },
        }
    }

    fn logged_in(&mut self, frame: Frame<'_>) -> Route {
        // Closed meanwhile.
        if !matches!(self.stage, Stage::Login { .. }) {
            return Route::Kept;
        }
        let answer = frame.answer().unwrap_or_default();
        if answer.starts_with(b"+OK") {
            self.enter(Stage::Ready, &"the login was accepted");
            for message in self.restore.messages() {
                // It was tried before the login.
                let _ = self.write(Purpose::Restore, Setting::of(&message), |out| message.encode(out));
            }
            return Route::Told(Told::LoggedIn);
        }
        let why = if answer.starts_with(b"-ERR invalid") { LoginRefusal::Credentials } else { LoginRefusal::Other };
        self.end(Some(ConnectionError::LoginRefused(why)));
        Route::Told(Told::LoginRefused)
    }

    // Bytes out.

    pub(super) fn transmit(&self) -> Option<&[u8]> {
        if self.stage.is_over() {
            return None;
        }
        self.out.pending()
    }

    pub(super) fn transmitted(&mut self, n: usize) {
        self.out.advance(n);
    }

    /// Bytes that requests, a login that waits for the greeting, and what is to be restored take
    /// up.
    pub(super) fn held(&self) -> usize {
        self.stage.held() + self.out.len() + self.restore.bytes()
    }

    /// What would be held if all had to be restored now, a sign of life be asked for, and a goodbye
    /// be said.
    fn reserved(&self) -> usize {
        self.out.len() + Config::COPIES * self.restore.bytes() + RESERVED
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.unanswered()
    }

    pub(super) fn open(&self) -> usize {
        self.in_flight.unanswered() + self.in_flight.jobs()
    }

    // The end.

    fn enter(&mut self, stage: Stage, why: &dyn fmt::Display) {
        let from = core::mem::replace(&mut self.stage, stage).as_str();
        self.tracer.tell(Trace::Stage { from, to: self.stage.as_str(), why });
    }

    /// Looks whether the first bytes of the peer, which need not be a frame, are those of another
    /// service.
    pub(super) fn look_at_first(&mut self, bytes: &[u8]) {
        if let Some(service) = service::named(bytes).filter(|service| *service != Service::FreeSwitch) {
            self.end(Some(ConnectionError::WrongServer(service)));
        }
    }

    /// The stream has ended, inside a frame of which so many bytes had come.
    pub(super) fn ended(&mut self, truncated: usize) {
        self.end(match () {
            () if self.stage.is_closing() => None,
            () if self.goodbye => Some(ConnectionError::Disconnected),
            () => Some(ConnectionError::Closed { truncated }),
        });
    }

    /// The connection is over: `None` as was asked for.
    pub(super) fn end(&mut self, error: Option<ConnectionError>) {
        if self.stage.is_over() {
            return;
        }
        match error {
            Some(error) => self.enter(Stage::Over, &error),
            None => self.enter(Stage::Over, &"closed as the program has asked for"),
        }
        self.unanswered = self.in_flight.lose(self.out.transmitted());
        self.restore.lost();
        for Unanswered { id, reached, .. } in &self.unanswered {
            self.notices.push(Notice::Lost(*id, *reached));
        }
        self.lost = error;
        // Where the one of an earlier connection waits still to be polled, that says it.
        if error.is_none() && !matches!(self.notices.last(), Some(Notice::Closed)) {
            self.notices.push(Notice::Closed);
        }
        self.out.clear();
    }

    pub(super) fn reconnect(&mut self) -> ReconnectReport {
        self.enter(Stage::New { greeted: false }, &"the program connects again");
        self.prefixes.advance();
        self.keep_alive = KeepAlive::default();
        self.busy = None;
        self.goodbye = false;
        self.lost = None;
        ReconnectReport { unanswered: core::mem::take(&mut self.unanswered), restored: self.restore.count() }
    }

    /// Stops a debug build where the books don't agree. In others it costs nothing.
    pub(super) fn check_books(&self) {
        if cfg!(debug_assertions) {
            self.in_flight.check(self.out.written(), self.restore.asked());
            debug_assert!(self.lost.is_none() || self.stage.is_over());
            debug_assert!(self.held() <= self.config.most(), "{} held of {}", self.held(), self.config.most());
            debug_assert!(!self.stage.is_over() || self.open() == 0 && self.out.len() == 0);
        }
    }

    pub(super) fn notice(&mut self) -> Option<Notice> {
        self.notices.pop()
    }

    pub(super) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }
}
