//! Session state of a connection: the outgoing requests, and the routing of each frame. Stages
//! change in `step.rs`, timers are in `time.rs`.

mod oversized;
mod send;
mod step;
mod time;

use alloc::sync::Arc;
use alloc::vec::Vec;
use std::time::Instant;

use super::config::Config;
use super::credentials::Credentials;
use super::event::{ReconnectReport, Unanswered};
use super::in_flight::{Entry, InFlight, Purpose};
use super::message::{Message, Written};
use super::replay::{Restore, Setting};
use super::state::{Effect, Input, Stage, Waiting};
use super::{Id, Reached};
use crate::conn::id_prefix::Prefixes;
use crate::conn::keep_alive::KeepAlive;
use crate::conn::notices::Notices;
use crate::conn::send_buffer::SendBuffer;
use crate::conn::{Trace, Tracer, service};
use crate::error::{ApiMisuse, ConnectionError, EncodeError, LoginRefusal, SendError, Service};
use crate::freeswitch::event::Event;
use crate::freeswitch::{ContentType, Frame};
use crate::wire::Value;

/// The command that closes the connection. Space for it and for the keep-alive is always reserved.
const EXIT: &str = "exit";
const NOOP: &str = "noop";

/// Bytes of both commands, each with the two line feeds that end it.
const RESERVED: usize = EXIT.len() + NOOP.len() + 4;

/// Session state of a connection; see the module.
pub(super) struct Session {
    pub(super) config: Arc<Config>,
    pub(super) stage: Stage,
    waiting: Waiting,
    pub(super) prefixes: Prefixes,
    next: u64,
    out: SendBuffer,
    in_flight: InFlight,
    restore: Restore,
    keep_alive: KeepAlive,
    /// Notices without a frame that have to be reported.
    notices: Notices<Notice>,
    /// The time that the driver reported last.
    now: Option<Instant>,
    /// Time since which the server owes its next answer; or, if later, since which no caller waits
    /// for that answer.
    owed: Option<Instant>,
    /// Time until which the server may be busy with sent requests and answer no others.
    busy: Option<Instant>,
    /// `true` once the server has announced that it will close.
    goodbye: bool,
    unanswered: Vec<Unanswered>,
    pub(super) tracer: Tracer,
}

/// A notice that becomes an event without a frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    TimedOut(Id, Reached),
    Cancelled(Id),
    Lost(Id, Reached),
    Closed,
}

/// The fate of a received frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The frame is reported.
    Told(Told),
    /// The frame is consumed: it answers a request of the connection itself.
    Kept,
    /// The event in the frame decides.
    Event,
}

/// The event that reports a frame, with the request concerned.
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
    /// Longest job name in bytes: the name is kept until the job ends.
    const JOB_NAME: usize = 255;

    pub(super) fn new(config: Arc<Config>) -> Self {
        let mut restore = Restore::new();
        if !config.events.is_empty() {
            if let Some(configured) = Setting::of(&Message::subscribe(config.format, &config.events)) {
                restore.keep(&configured);
            }
        }
        Self {
            config,
            stage: Stage::New,
            waiting: Waiting::Nothing,
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
            unanswered: Vec::new(),
            tracer: Tracer::default(),
        }
    }

    // Requests.

    pub(super) fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        self.now = Some(now);
        self.step(Input::LogIn(&Arc::new(credentials))).map(drop)
    }

    pub(super) fn connect(&mut self, now: Instant) -> Result<(), SendError> {
        self.now = Some(now);
        self.step(Input::Connect).map(drop)
    }

    /// Records a written request.
    fn ask(&mut self, entry: Entry) {
        if let Some(setting) = &entry.setting {
            self.restore.ask(entry.id, setting, entry.purpose != Purpose::Caller);
        }
        if self.in_flight.owes_nothing() {
            self.owed = self.now;
        }
        self.in_flight.push(entry);
    }

    /// Writes a request of the connection itself, without a deadline. Space for it is reserved, see
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

    /// Returns the name of a job: sixteen unpredictable digits, so that another client's job can't
    /// have it, and a number.
    fn job_id(&self, id: u64) -> Vec<u8> {
        alloc::format!("{:016x}-{id}", self.prefixes.bits()).into_bytes()
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.now = Some(now);
        self.happened(Input::Close);
    }

    // Frames.

    /// Decides the fate of a frame.
    pub(super) fn route(&mut self, frame: Frame<'_>) -> Route {
        self.out.rest();
        match frame.content_type() {
            ContentType::CommandReply | ContentType::ApiResponse => self.answer(frame),
            ContentType::AuthRequest if self.stage.is_early() => {
                self.greeted();
                Route::Kept
            }
            ContentType::RudeRejection => match self.happened(Input::Rejected) {
                Effect::Refuse(_) => Route::Told(Told::LoginRefused),
                _ => Route::Event,
            },
            ContentType::DisconnectNotice => {
                let lingers = frame.get("Content-Disposition").is_some_and(|what| what.eq_ignore_case("linger"));
                self.goodbye |= !lingers;
                Route::Told(if lingers { Told::Lingering } else { Told::Disconnecting })
            }
            ContentType::LogData => Route::Told(Told::Log),
            _ => Route::Event,
        }
    }

    /// Returns the request that this event ends, if it is the outcome of a job.
    pub(super) fn ends_job(&mut self, event: Event<'_>) -> Option<Id> {
        let is_job = event.name().is_some_and(|name| name == "BACKGROUND_JOB");
        let uuid = event.get("Job-UUID").filter(|_| is_job)?;
        let id = self.in_flight.finish(&uuid.decode())?;
        self.abandoned(id);
        Some(Id(id))
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
                // The server may assign another name to the job. If that name is too long to be
                // kept, the connection's own name stays valid.
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
        let answer = frame.answer().unwrap_or_default();
        let input = match () {
            () if answer.starts_with(b"+OK") => Input::Accepted,
            () if answer.starts_with(b"-ERR invalid") => Input::Refused(LoginRefusal::Credentials),
            () => Input::Refused(LoginRefusal::Other),
        };
        match self.happened(input) {
            Effect::Welcome => {
                for message in self.restore.messages() {
                    // Encoding was tested before the login.
                    let _ = self.write(Purpose::Restore, Setting::of(&message), |out| message.encode(out));
                }
                Route::Told(Told::LoggedIn)
            }
            Effect::Refuse(_) => Route::Told(Told::LoginRefused),
            // The connection was closed in the meantime.
            _ => Route::Kept,
        }
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

    /// Returns the bytes of requests, of a login that waits for the greeting, and of settings to be
    /// restored.
    pub(super) fn held(&self) -> usize {
        self.waiting.held() + self.out.len() + self.restore.bytes()
    }

    /// Returns the bytes that would be held if all settings had to be restored now, and a
    /// keep-alive and a goodbye had to be sent.
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

    /// Returns the reason for which the connection is over; `None` if it was closed by request.
    pub(super) fn lost(&self) -> Option<ConnectionError> {
        self.waiting.lost()
    }

    /// Checks whether the first bytes of the peer, which may be no frame, come from another
    /// service.
    pub(super) fn look_at_first(&mut self, bytes: &[u8]) {
        if let Some(service) = service::named(bytes).filter(|service| *service != Service::FreeSwitch) {
            self.happened(Input::Stranger(service));
        }
    }

    /// Records the end of the stream, inside a frame of which `truncated` bytes had come.
    pub(super) fn ended(&mut self, truncated: usize) {
        self.happened(if self.goodbye { Input::Disconnected } else { Input::Ended { truncated } });
    }

    pub(super) fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        // This input sends nothing, so no other error is possible.
        self.step(Input::Reconnect).map_err(|error| match error {
            SendError::Misuse(misuse) => misuse,
            _ => ApiMisuse::NotOver,
        })?;
        Ok(ReconnectReport { unanswered: core::mem::take(&mut self.unanswered), restored: self.restore.count() })
    }

    /// Stops a debug build if the counters are inconsistent. Costs nothing in release builds.
    pub(super) fn check_books(&self) {
        if cfg!(debug_assertions) {
            self.in_flight.check(self.out.written(), self.restore.asked());
            debug_assert!(match &self.waiting {
                Waiting::Nothing => matches!(self.stage, Stage::New | Stage::Greeted | Stage::Ready | Stage::Over),
                Waiting::Greeting { .. } => self.stage == Stage::Greeting,
                Waiting::Until(_) => matches!(self.stage, Stage::Login | Stage::Closing),
                Waiting::Lost(_) => self.stage.is_over(),
            });
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
