//! The server's side of a session: for mocks, tests, and the upstream half of a proxy. Like the
//! client, it does no I/O and has no clock.
//!
//! ```
//! use std::time::Instant;
//! use ami_proto::request::Request;
//! use ami_proto::server::{Config, Server, ServerEvent};
//! use ami_proto::value::Classes;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Instant::now();
//! let mut server = Server::new(now, Config::new().fully_booted(false));
//! let _ = server.handle_input(now, b"Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\n\r\nAction: CoreStatus\r\nActionID: 7\r\n\r\n");
//! let Some(ServerEvent::Login { id, attempt }) = server.poll_event()? else { panic!("no login") };
//! assert_eq!(attempt.username(), "admin");
//! # #[cfg(feature = "md5")]
//! assert!(attempt.verify("s3cret"));
//! server.accept(id, Classes::ALL)?;
//! match server.poll_event()? {
//!     Some(ServerEvent::Request { id, request: Request::CoreStatus(_) }) => server.respond(id, "Success", [("CoreCurrentCalls", "3")])?,
//!     other => panic!("{other:?}"),
//! }
//! server.event(Classes::CALL, "Hangup", [("Channel", "PJSIP/100-00000001"), ("Cause", "16")])?;
//! let expected = "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n\
//!     Response: Success\r\nActionID: 7\r\nCoreCurrentCalls: 3\r\n\r\n\
//!     Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/100-00000001\r\nCause: 16\r\n\r\n";
//! assert_eq!(server.poll_transmit(), Some(expected.as_bytes()));
//! # Ok(())
//! # }
//! ```
//!
//! # Testing
//!
//! With the feature `testing` a server meets a client in memory. In this test the program accepts
//! only `admin`:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "testing")] {
//! # use ami_proto::client::{self, Client, Credentials};
//! # use ami_proto::server::{Config, Server, ServerEvent};
//! # use ami_proto::value::Classes;
//! use ami_proto::testing::Link;
//!
//! for (user, expected) in [("admin", true), ("guest", false)] {
//!     let mut link = Link::new();
//!     let mut server = Server::new(link.now(), Config::new());
//!     let mut client = Client::new(client::Config::new().without_keep_alive());
//!     client.login(link.now(), Credentials::plain(user, "s3cret"))?;
//!     while link.turn(&mut server, &mut client) {
//!         while let Some(event) = server.poll_event()? {
//!             if let ServerEvent::Login { id, attempt } = event {
//!                 let known = attempt.username() == "admin";
//!                 if known { server.accept(id, Classes::ALL)? } else { server.refuse(link.now(), id)? }
//!             }
//!         }
//!         while client.poll_event().is_ok_and(|event| event.is_some()) {}
//!     }
//!     assert_eq!(client.is_logged_in(), expected);
//! }
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! `testing::ServerScript` is a server that answers by rules.

mod answer;
mod asterisk_rules;
mod config;
mod encoded_event;
mod event;
mod event_mask;
mod open;
mod state;
mod step;
mod verdict;

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{BuildHasher, Hasher};
use std::time::Instant;

#[cfg(doc)]
use crate::conn::Machine;
use crate::conn::backlog::Backlog;
use crate::conn::send_buffer::SendBuffer;
use crate::conn::{Trace, Tracer};
use crate::error::{ApiMisuse, ConnectionError, EncodeError, SendError};
use crate::request::{Request, SessionRequest};
use crate::value::Classes;
use crate::wire::{Decoder, FrameEnd, Framing};
use open::Opened;
use state::{Input, Stage, Waiting};
use verdict::Verdict;

pub use answer::List;
pub use asterisk_rules::Fault;
pub use config::Config;
pub use encoded_event::EncodedEvent;
pub use event::{LoginAttempt, RequestId, ServerEvent};

/// A server's session with one client.
///
/// [`Machine`] describes how to drive it, what each call may change, and what happens at each
/// limit.
///
/// The server greets, sends challenges, asks the program who may log in, keeps the event mask, says
/// goodbye, and refuses what Asterisk refuses. All other requests, including `Ping`, are a
/// [`ServerEvent::Request`], which the program answers in any order and at any time.
///
/// # Stages
///
/// A session begins as New, and takes requests in Ready. A row of the table is an input, a column
/// the stage in which it happens; an empty cell means no change. `NotOpen` is refused as
/// [`ApiMisuse`]; "lost" is an error of [`poll_event`](Self::poll_event).
///
#[doc = include_str!("state.md")]
///
/// # Memory
///
/// The server holds bytes received and not polled, up to [`Limits::buffer`](crate::Limits::buffer);
/// bytes not transmitted, up to [`Config::ceiling`]; and the `ActionID` of each open request, up to
/// [`Config::max_open`] requests. [`held`](Self::held) returns the sum, at most
/// [`Config::most_held`].
///
/// A client that does not read makes the untransmitted bytes grow. Above half of the ceiling no
/// request is handed out. Output that does not fit is not written, and the session is over with
/// [`ConnectionError::NotRead`]; Asterisk disconnects such a client, too. Answers after the end of
/// the session are dropped without an error.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Server {
    config: Arc<Config>,
    decoder: Decoder,
    /// The present request as Asterisk reads it, if it came in another form.
    tidied: Option<Box<Decoder>>,
    /// A frame that waits until the blank lines before it have been refused.
    behind_blanks: Option<FrameEnd>,
    blank_lines: u64,
    stage: Stage,
    waiting: Waiting,
    challenge: u32,
    challenged: bool,
    /// Classes that the user may read, and those of them that the client has asked for.
    readable: Classes,
    mask: Classes,
    open: Opened,
    out: SendBuffer,
    backlog: Backlog,
    eof: bool,
    told_closed: bool,
    tracer: Tracer,
    /// True once the limit that holds requests back has been traced.
    told_full: bool,
    /// The time reported last.
    now: Instant,
    /// Time at which the imitated server started.
    started: Instant,
}

impl Server {
    /// Creates a session on a connection that has just been accepted. The greeting is ready for
    /// transmission.
    pub fn new(now: Instant, config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let seed = std::hash::RandomState::new().build_hasher().finish();
        let mut new = Self {
            decoder: Decoder::new(config.limits).with_framing(Framing::PLAIN),
            tidied: None,
            behind_blanks: None,
            blank_lines: 0,
            stage: Stage::New,
            waiting: Waiting::Until(now.checked_add(config.auth)),
            challenge: (seed % 1_000_000_000) as u32,
            challenged: false,
            readable: Classes::NONE,
            mask: Classes::NONE,
            open: Opened::new(),
            out: SendBuffer::default(),
            backlog: Backlog::default(),
            eof: false,
            told_closed: false,
            tracer: Tracer::default(),
            told_full: false,
            now,
            started: config.started.unwrap_or(now),
            config: Arc::clone(&config),
        };
        if !config.banner.is_empty() {
            new.raw(config.banner.as_bytes());
            new.raw(b"\r\n");
        }
        new
    }

    /// Uses this number, of at most nine digits, as the challenge instead of a random one.
    #[must_use]
    pub fn with_challenge(mut self, challenge: u32) -> Self {
        self.challenge = challenge % 1_000_000_000;
        self
    }

    /// Passes each [`Trace`] to this hook, for a log: each frame received or sent after the
    /// greeting, each change of stage, each limit that is met.
    #[must_use]
    pub fn traced(mut self, hook: impl FnMut(Trace<'_>) + Send + Sync + 'static) -> Self {
        self.tracer = Tracer::new(hook);
        self
    }

    /// Takes received bytes, and returns how many: see [`Machine::handle_input`].
    ///
    /// The buffer can stay full: no request is handed out while a login waits for its verdict,
    /// [`Config::max_open`] requests are open, or too many bytes are unsent. A driver then stops
    /// reading until [`wants_input`](Self::wants_input) is true.
    #[must_use = "bytes that were not taken have to be given again"]
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        self.now = now;
        let room = if self.eof || self.behind_blanks.is_some() { 0 } else { self.decoder.room() };
        let taken = bytes.get(..room).unwrap_or(bytes);
        // A push of no bytes may also move the buffer, and with it the frame that waits.
        if !taken.is_empty() {
            self.backlog.received();
            self.decoder.push(taken);
        }
        taken.len()
    }

    /// Returns room to read into: see [`Machine::space`].
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.eof || self.behind_blanks.is_some() { None } else { self.decoder.space(min) }
    }

    /// Reports that `n` bytes were read into [`space`](Self::space): see [`Machine::advance`].
    pub fn advance(&mut self, now: Instant, n: usize) {
        self.now = now;
        let reads = !self.eof && self.behind_blanks.is_none();
        debug_assert!(reads || n == 0, "{n} bytes received where there was no room");
        if n > 0 && reads {
            self.backlog.received();
            self.decoder.advance(n);
        }
    }

    /// Reports that the stream has ended: see [`Machine::handle_eof`]. Requests that had arrived
    /// come first, and the session is over once they are answered, as in Asterisk.
    pub fn handle_eof(&mut self, now: Instant) {
        self.now = now;
        self.eof = true;
    }

    /// Reports the current time: see [`Machine::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        // While requests are held back nothing is polled.
        if let Some(now) = if self.holds_back() { Some(now) } else { self.backlog.tell(now) } {
            self.time_out(now);
        }
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) has something to do: see
    /// [`Machine::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.waiting.deadline()
    }

    /// Returns bytes to transmit: see [`Machine::poll_transmit`].
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.out.pending()
    }

    /// Reports that `n` bytes of [`poll_transmit`](Self::poll_transmit) have been transmitted: see
    /// [`Machine::transmitted`].
    pub fn transmitted(&mut self, n: usize) {
        self.out.advance(n);
    }

    /// Returns the number of bytes that wait for transmission. At [`Config::ceiling`] the session
    /// ends, so check it before writing much.
    pub fn unsent(&self) -> usize {
        self.out.len()
    }

    /// Returns the number of bytes held for all purposes. At most [`Config::most_held`]; the
    /// allocations behind them can be up to twice as large.
    pub fn held(&self) -> usize {
        let tidied = self.tidied.as_ref().map_or(0, |tidied| usize::try_from(tidied.offset()).unwrap_or(usize::MAX));
        self.decoder.pending().len() + tidied + self.open.held() + self.unsent()
    }

    /// Returns whether there is room to read into: see [`Machine::wants_input`].
    pub fn wants_input(&self) -> bool {
        !self.eof && self.behind_blanks.is_none() && self.decoder.room() > 0
    }

    /// Returns whether the client is logged in.
    pub fn is_logged_in(&self) -> bool {
        self.stage == Stage::Ready
    }

    /// Returns whether the session is over; pending output is still to be transmitted.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Returns the classes whose events the session receives at present.
    pub fn mask(&self) -> Classes {
        self.mask & self.readable
    }

    /// Returns the next event: see [`Machine::poll_event`].
    ///
    /// # Errors
    /// The reason of an abnormal end: the client's stream went over a limit, or ended inside a
    /// request, or the client does not read. Later calls return it again.
    pub fn poll_event(&mut self) -> Result<Option<ServerEvent<'_>>, ConnectionError> {
        loop {
            self.check();
            if self.stage == Stage::Over {
                if !core::mem::replace(&mut self.told_closed, true) && self.waiting.lost().is_none() {
                    return Ok(Some(ServerEvent::Closed));
                }
                return self.waiting.lost().map_or(Ok(None), Err);
            }
            if self.holds_back() {
                self.tell_full();
                if self.was_late() {
                    continue;
                }
                return Ok(None);
            }
            self.told_full = false;
            let found = match self.behind_blanks.take() {
                Some(end) => Some(end),
                None => match self.decoder.next_end() {
                    Ok(found) => {
                        if let Some(end) = found {
                            self.tracer.tell(Trace::Received(&self.decoder.frame(end)));
                        }
                        found
                    }
                    Err(error) => {
                        self.step(Input::Breach(error));
                        continue;
                    }
                },
            };
            if self.blank_lines < self.decoder.blank_lines() {
                self.blank_lines += 1;
                self.behind_blanks = found;
                self.write_response("Error", &[], Fault::NoAction.message());
                return Ok(Some(ServerEvent::Malformed(Fault::NoAction)));
            }
            let Some(end) = found else {
                // After a half-close, pending responses are still sent.
                if self.was_late() {
                    continue;
                }
                if !self.eof || self.open.len() > 0 {
                    return Ok(None);
                }
                self.step(match self.decoder.pending().len() {
                    0 => Input::Ended,
                    truncated => Input::Cut { truncated },
                });
                continue;
            };
            let end = self.tidy(end);
            match self.judge(end) {
                Verdict::Done => {}
                Verdict::Malformed(fault) => return Ok(Some(ServerEvent::Malformed(fault))),
                Verdict::Asked(id) => {
                    let challenge = self.challenged.then_some(self.challenge);
                    let request = Request::from(self.frame(end));
                    return Ok(Some(match SessionRequest::of(request) {
                        Some(SessionRequest::Login(login)) => {
                            ServerEvent::Login { id, attempt: LoginAttempt { login, challenge } }
                        }
                        _ => ServerEvent::Request { id, request },
                    }));
                }
            }
        }
    }

    /// Returns whether no request is handed out at present, even if some have been received.
    fn holds_back(&self) -> bool {
        self.unsent() > self.config.unsent / 2
            || self.open.len() >= self.config.open.max(1)
            || matches!(self.stage, Stage::Refusing | Stage::Asked)
    }

    /// Handles a time that waited until all input was polled. Returns whether there was one.
    fn was_late(&mut self) -> bool {
        let late = self.backlog.late();
        self.backlog.polled();
        late.inspect(|late| self.time_out(*late)).is_some()
    }

    /// Calls a writer if there is room for its output; otherwise the session is over. Writes
    /// nothing after the end of the session.
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>) -> Result<(), EncodeError> {
        if self.stage == Stage::Over {
            return Ok(());
        }
        let max = self.config.unsent;
        match self.out.write(max.saturating_sub(self.unsent()), write)? {
            Some(written) => self.tracer.sent(written),
            None => _ = self.step(Input::NotRead { max }),
        }
        Ok(())
    }

    /// Calls a writer with the `ActionID` of an open request.
    pub(crate) fn write_to(
        &mut self,
        id: RequestId,
        write: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<(), SendError> {
        let open = self.open.get_mut(id).ok_or(ApiMisuse::NotOpen)?;
        let action_id = core::mem::take(&mut open.action_id);
        let written = self.write(|out| write(&action_id, out));
        if let Some(open) = self.open.get_mut(id) {
            open.action_id = action_id;
        }
        Ok(written?)
    }

    /// Checks in debug builds that the fields agree.
    fn check(&self) {
        debug_assert!(match self.waiting {
            Waiting::Nothing => matches!(self.stage, Stage::Ready | Stage::Over),
            Waiting::Until(_) => self.stage == Stage::New,
            Waiting::Verdict { .. } => self.stage == Stage::Asked,
            Waiting::Refusal { .. } => self.stage == Stage::Refusing,
            Waiting::Lost(_) => self.stage == Stage::Over,
        });
        debug_assert!(self.open.is_sound(), "{:?}", self.open);
        let open = match self.stage {
            Stage::New | Stage::Over => 0..=0,
            Stage::Asked | Stage::Refusing => 1..=1,
            Stage::Ready => 0..=self.config.open.max(1),
        };
        debug_assert!(open.contains(&self.open.len()), "{} open in {:?}", self.open.len(), self.stage);
        debug_assert!(self.unsent() <= self.config.unsent, "{} unsent", self.unsent());
    }
}

crate::conn::machine!(Server, ServerEvent);

impl fmt::Debug for Server {
    /// Shows the state without any bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("stage", &self.stage)
            .field("open", &self.open.len())
            .field("unsent", &self.unsent())
            .field("mask", &self.mask())
            .finish_non_exhaustive()
    }
}
