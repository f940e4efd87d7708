//! The client: login, requests and their answers, lists, keep-alive and deadlines. It does no I/O
//! and has no clock: its driver supplies bytes and times.
//!
//! ```
//! use std::time::Instant;
//! use ami_proto::action::CoreStatus;
//! use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = Instant::now();
//! let mut client = Client::new(Config::new()).seeded(1);
//! client.login(now, Credentials::plain("admin", "s3cret"))?;
//! let greeting = b"Asterisk Call Manager/11.0.0\r\n"; // from the socket
//! let taken = client.handle_input(now, greeting);
//! assert_eq!(taken, greeting.len()); // what was not taken is given again, once events have been polled
//! assert!(matches!(client.poll_event()?, Some(ClientEvent::Connected(banner)) if banner.product() == b"Asterisk Call Manager"));
//! let sent = client.poll_transmit().unwrap().to_vec(); // to the socket
//! client.transmitted(sent.len());
//! # let id = String::from_utf8_lossy(&sent).lines().find_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned)).unwrap();
//! # let answer = format!("Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\n");
//! assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
//! assert!(matches!(client.poll_event()?, Some(ClientEvent::LoggedIn(_))));
//! assert!(matches!(client.poll_event()?, Some(ClientEvent::Ready(None))));
//!
//! let status = client.send(now, &CoreStatus::new())?;
//! # let sent = client.poll_transmit().unwrap().to_vec();
//! # let id = String::from_utf8_lossy(&sent).lines().find_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned)).unwrap();
//! # let answer = format!("Response: Success\r\nActionID: {id}\r\nCoreCurrentCalls: 3\r\n\r\n");
//! assert_eq!(client.handle_input(now, answer.as_bytes()), answer.len());
//! match client.poll_event()? {
//!     Some(ClientEvent::Ended { id, ending: Ending::Reply(response) }) if id == status => {
//!         assert_eq!(status.view(response).core_current_calls()?, 3);
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # TLS
//!
//! For a server that wants TLS (`tlsenable`, port 5039 unless configured), pass the stream of a TLS
//! library in place of the socket: [`exchange`](crate::conn::Machine::exchange) takes any type with
//! `Read + Write`. A client without TLS on such a port waits for a greeting that never comes, and
//! has sent nothing.
//!
//! # Testing
//!
//! With the feature `testing` a program runs against a server in memory. The simulated link is slow
//! and splits what it carries, but the test takes no real time:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "testing")] {
//! # use std::time::Duration;
//! # use ami_proto::action::CoreStatus;
//! # use ami_proto::client::{Client, ClientEvent, Config, Credentials};
//! # use ami_proto::server::{self, Server};
//! use ami_proto::testing::{Link, ServerScript};
//!
//! let mut link = Link::new().latency(Duration::from_millis(50)).pieces(20).seeded(1);
//! let mut pbx = ServerScript::new(Server::new(link.now(), server::Config::new()))
//!     .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]));
//! let mut client = Client::new(Config::new());
//! client.login(link.now(), Credentials::plain("admin", "s3cret"))?;
//! let mut ended = None;
//! while link.turn(&mut client, &mut pbx) {
//!     while let Some(event) = client.poll_event()? {
//!         match event {
//!             ClientEvent::Ready(_) => _ = client.send(link.now(), &CoreStatus::new())?,
//!             ClientEvent::Ended { ending, .. } => ended = ending.frame().map(|frame| frame.to_owned()),
//!             _ => {}
//!         }
//!     }
//! }
//! assert_eq!(ended.unwrap().view().get("CoreCurrentCalls").unwrap(), "3");
//! # }
//! # Ok(())
//! # }
//! ```

mod action_id;
mod collect;
mod commands;
mod config;
mod credentials;
mod entry;
mod event;
mod glued;
mod handle;
mod in_flight;
mod last_connection;
mod reading;
mod reconnect;
mod reply_plan;
mod route;
mod session;
mod state;
mod subscription;

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use std::time::Instant;

#[cfg(doc)]
use crate::conn::Machine;
use crate::conn::{Trace, Tracer};
use crate::error::{ConnectionError, FrameError};
use crate::event::Event;
use crate::wire::{Decoder, Frame, FrameEnd, FrameKind, Framing, Limits};

pub use crate::conn::{Id, Reached};
pub use config::{AtCeiling, Config};
pub use credentials::Credentials;
pub use event::{ClientEvent, Ending, OwnedClientEvent, OwnedEnding};
pub(crate) use glued::lines_with_ends;
pub use handle::Handle;
use reading::Reading;
pub use reconnect::{ReconnectReport, Unanswered};
use reply_plan::{Answers, names_answer};
use route::{Route, Told};
use session::{How, Notice, Session};
use state::Input;

/// One connection to a server at a time; after its end the client can be used for the next one.
///
/// [`login`](Self::login) starts the session. [`Machine`] describes how to drive it, what each call
/// may change, and what happens at each limit.
///
/// An error of [`poll_event`](Self::poll_event) ends the connection. [`reconnect`](Self::reconnect)
/// prepares the client for a new one.
///
/// # Stages
///
/// A client starts as New. Requests can be sent in Booting and Ready. Once it is Over, `reconnect`
/// makes it New again. A row of the table is an input, a column the stage in which it happens; an
/// empty cell means no change. `NotNew`, `NotOver` and `NotBegun` are refused as
/// [`ApiMisuse`](crate::error::ApiMisuse); "lost" is an error of `poll_event`.
///
#[doc = include_str!("state.md")]
///
/// # Order
///
/// Events keep the order of the wire: responses, items, ends of lists, and unsolicited events, also
/// those that the server sent between the items of a list. There are two exceptions. The items of a
/// [collected](Self::collect) list are not events; they are taken in their own order, so an
/// unsolicited event from between two items is given before the list's end and no longer shows
/// between which items it came. And endings that no frame brings (timed out, cancelled, lost) are
/// given as soon as they are known, after everything that had been received before.
///
/// # Memory
///
/// The client holds bytes received and not polled, up to [`Limits::buffer`], and everything else up
/// to [`Config::ceiling`]: requests not transmitted or in flight, collected items, filters, and
/// events not polled. [`held`](Self::held) returns the sum. When the input buffer is full,
/// [`space`](Self::space) returns `None`: stop reading until events have been polled. No message is
/// dropped: one that belongs to no request is [`ClientEvent::Unclaimed`].
pub struct Client {
    decoder: Decoder,
    reading: Reading,
    /// The items of a frame that held several: while there are any, frames are read from here.
    parts: Option<Box<Decoder>>,
    session: Session,
}

/// A frame found in the stream.
#[derive(Clone, Copy)]
enum Found {
    Frame(FrameEnd),
    /// The first lines of a frame that went over a limit.
    Oversized(FrameEnd, FrameError),
}

/// Next event of `poll_event`.
enum Next {
    Notice(Notice),
    Full(Id),
    Frame(FrameEnd, Told),
}

impl Client {
    /// Creates a client for a connection that has just been made. Takes a [`Config`], or an `Arc`
    /// of one that several clients share.
    ///
    /// Its `ActionID`s begin with letters that other sessions cannot guess. They are drawn anew for
    /// each connection, from the randomness of the standard library's hash maps. A server shows
    /// `ActionID`s to other sessions (`OriginateResponse`), and a session that could guess the next
    /// ones could make the server send forged answers. See
    /// [`manual::injection`](crate::manual::injection).
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let decoder = Decoder::new(config.limits).with_framing(config.framing);
        let session = Session::new(config);
        Self { decoder, reading: Reading::default(), parts: None, session }
    }

    /// Draws the prefix of the `ActionID`s from this number, so that each run writes the same
    /// bytes. For tests only: a 64-bit number that a person chose is no secret. Call it before
    /// anything is sent.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.session.seed(seed);
        self
    }

    /// Passes each [`Trace`] to this hook, for a log: each frame received or sent, each change of
    /// [stage](Self#stages), each limit that is met.
    ///
    /// With a hook the client looks at each frame, also at events that [`Config::interest`] leaves
    /// out and that are otherwise skipped at little cost.
    #[must_use]
    pub fn traced(mut self, hook: impl FnMut(Trace<'_>) + Send + Sync + 'static) -> Self {
        self.session.tracer = Tracer::new(hook);
        self
    }

    // Input.

    /// Returns whether the client takes input at present.
    fn reads(&self) -> bool {
        !self.reading.is_paused() && !self.session.eof
    }

    /// Takes received bytes, and returns how many: see [`Machine::handle_input`].
    #[must_use = "bytes that were not taken have to be given again"]
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let room = if self.reads() { self.decoder.room() } else { 0 };
        let taken = bytes.get(..room).unwrap_or(bytes);
        if !taken.is_empty() {
            self.session.heard(now);
            self.reading.received();
            self.decoder.push(taken);
        }
        taken.len()
    }

    /// Returns room to read into: see [`Machine::space`].
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.reads() { self.decoder.space(min) } else { None }
    }

    /// Returns whether there is room to read into: see [`Machine::wants_input`].
    pub fn wants_input(&self) -> bool {
        self.reads() && self.decoder.room() > 0
    }

    /// Reports that `n` bytes were read into [`space`](Self::space): see [`Machine::advance`].
    pub fn advance(&mut self, now: Instant, n: usize) {
        let reads = self.reads();
        debug_assert!(reads || n == 0, "{n} bytes received where there was no room");
        if n > 0 && reads {
            self.session.heard(now);
            self.reading.received();
            self.decoder.advance(n);
        }
    }

    /// Reports that the stream has ended or failed: see [`Machine::handle_eof`].
    ///
    /// From then on an item that does not fit under the [ceiling](Config::ceiling) ends its list
    /// with [`Ending::Overflowed`], as with [`AtCeiling::FailList`]. So every request gets its
    /// ending, and the end of the connection is given.
    pub fn handle_eof(&mut self, now: Instant) {
        self.session.tell(now);
        self.session.eof = true;
    }

    /// Reports the current time: see [`Machine::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(now) = self.reading.tell(now) {
            self.session.timeout(now);
        }
        self.session.check();
    }

    // Output.

    /// Returns bytes to transmit, which may hold a password: see [`Machine::poll_transmit`].
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.session.transmit()
    }

    /// Reports that `n` bytes of [`poll_transmit`](Self::poll_transmit) have been transmitted: see
    /// [`Machine::transmitted`].
    pub fn transmitted(&mut self, n: usize) {
        if self.is_over() {
            return;
        }
        self.session.transmitted(n);
        self.session.check();
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) has something to do: see
    /// [`Machine::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.session.deadline()
    }

    /// Returns the next event: see [`Machine::poll_event`].
    ///
    /// May run for as long as there is buffered input: collected items and answers to the client's
    /// own pings are processed before it returns.
    ///
    /// # Errors
    /// Returns the reason once the connection is over. All received events, and the ending of every
    /// request in flight, are returned before. Later calls return the same error.
    #[inline]
    pub fn poll_event(&mut self) -> Result<Option<ClientEvent<'_>>, ConnectionError> {
        let mut found = None;
        // Nearly all frames are unsolicited events: they take this short path.
        while self.session.listens() && !self.reading.is_paused() && self.parts.is_none() {
            let Ok(Some(end)) = self.next_end() else { break };
            if end.kind() != FrameKind::Event || !self.session.is_unasked(self.decoder.frame(end)) {
                found = Some(end);
                break;
            }
            if self.session.is_wanted(self.decoder.frame(end)) {
                return Ok(Some(ClientEvent::Event(Event::from(self.decoder.frame(end)))));
            }
        }
        self.poll_any(found)
    }

    /// Returns the end of the next frame. Skips events that the configuration leaves out and that
    /// answer no request, as far as that is known without a look at them.
    #[inline]
    fn next_end(&mut self) -> Result<Option<FrameEnd>, FrameError> {
        if self.session.tracer.is_set() {
            return self.next_told();
        }
        match (&self.session.config.interest, self.session.answers()) {
            (Some(interest), Answers::None) => self.decoder.next_end_wanted(Some(&|name| interest.has_name(name))),
            (Some(interest), Answers::Known) => {
                self.decoder.next_end_wanted(Some(&|name| interest.has_name(name) || names_answer(name)))
            }
            (None, _) | (_, Answers::Any) => self.decoder.next_end(),
        }
    }

    /// Works as `next_end`, and reports each frame to the hook, also the skipped ones.
    #[cold]
    fn next_told(&mut self) -> Result<Option<FrameEnd>, FrameError> {
        loop {
            let Some(end) = self.decoder.next_end()? else { return Ok(None) };
            let frame = self.decoder.frame(end);
            self.session.tracer.tell(Trace::Received(&frame));
            if frame.kind() != FrameKind::Event || frame.name().is_none_or(|name| self.session.lets_in(name)) {
                return Ok(Some(end));
            }
        }
    }

    #[inline(never)]
    fn poll_any(&mut self, found: Option<FrameEnd>) -> Result<Option<ClientEvent<'_>>, ConnectionError> {
        self.session.rest();
        let next = self.next(found);
        self.session.check();
        match next? {
            None => Ok(None),
            Some(Next::Notice(notice)) => Ok(Some(notice.tell())),
            Some(Next::Full(id)) => Ok(Some(ClientEvent::Full { id })),
            Some(Next::Frame(end, told)) => Ok(Some(told.lend(self.frame(end)))),
        }
    }

    /// Returns the next event, beginning with `found` if a frame has been found already.
    fn next(&mut self, found: Option<FrameEnd>) -> Result<Option<Next>, ConnectionError> {
        let mut found = found.map(Found::Frame);
        loop {
            if let Some(notice) = self.session.notice() {
                return Ok(Some(Next::Notice(notice)));
            }
            let next = found.take().or_else(|| self.reading.held().map(Found::Frame)).or_else(|| self.found());
            let Some(found) = next else {
                if self.session.has_notices() {
                    continue;
                }
                let Some(late) = self.reading.drained() else {
                    return self.session.lost().map_or(Ok(None), Err);
                };
                self.session.timeout(late);
                continue;
            };
            let frames = self.parts.as_deref().unwrap_or(&self.decoder);
            let (end, route) = match found {
                Found::Frame(end) => (end, self.session.route(frames.frame(end))),
                Found::Oversized(head, error) => (head, self.session.route_oversized(frames.frame(head), error)),
            };
            if let Route::Full(id) = route {
                return Ok(self.pause(end, id).then_some(Next::Full(id)));
            }
            self.reading.go_on();
            self.session.go_on();
            match route {
                Route::Told(Told::Event) if !self.session.is_wanted(self.frame(end)) => {}
                Route::Told(told) => return Ok(Some(Next::Frame(end, told))),
                Route::Glued => self.split(end),
                Route::Kept | Route::Full(_) => {}
            }
        }
    }

    /// Stops reading at the frame of an item that does not fit. Returns whether `Full` has to be
    /// given.
    fn pause(&mut self, end: FrameEnd, id: Id) -> bool {
        let (anew, late) = self.reading.pause(end);
        if anew {
            self.session.stop(id);
            self.session.tracer.tell(Trace::Limit(&format_args!(
                "no room for the next item of request {}: nothing is read until there is",
                id.0
            )));
        }
        // This time was reported before the clock of the requests stopped; reported after it goes
        // on, it would use up the time that the stop has saved.
        if let Some(late) = late {
            self.session.timeout(late);
        }
        anew
    }

    /// Finds the next frame. `None` if there is none yet; if there will be none, the session knows
    /// it.
    fn found(&mut self) -> Option<Found> {
        if let Some(parts) = &mut self.parts {
            if let Ok(Some(end)) = parts.next_end() {
                return Some(Found::Frame(end));
            }
            self.parts = None;
            self.session.holds_parts(0);
        }
        if self.session.stage.awaits_greeting() {
            self.session.look_at_first(self.decoder.pending());
        }
        match self.decoder.next_end() {
            Ok(Some(end)) => {
                self.session.tracer.tell(Trace::Received(&self.decoder.frame(end)));
                return Some(Found::Frame(end));
            }
            Ok(None) if self.session.eof => {
                let truncated = self.decoder.pending().len();
                self.session.happened(Input::Ended { truncated });
            }
            Ok(None) => {}
            Err(error) => {
                let head = if self.session.stage.skips() { self.decoder.skip_end() } else { None };
                if let Some(head) = head {
                    return Some(Found::Oversized(head, error));
                }
                self.session.happened(Input::Breach(error));
            }
        }
        None
    }

    fn frame(&self, end: FrameEnd) -> Frame<'_> {
        self.parts.as_deref().unwrap_or(&self.decoder).frame(end)
    }

    /// Reads the parts of a frame as frames.
    fn split(&mut self, end: FrameEnd) {
        let parts = glued::unglue(self.frame(end));
        // The parts have as many lines as the frame, of equal lengths: only the buffer must be
        // larger.
        let room = u32::try_from(2 * parts.len()).unwrap_or(u32::MAX);
        let limits: Limits = self.session.config.limits.frame(1 << 30).buffer(room);
        let mut decoder = Decoder::new(limits).with_framing(Framing::PLAIN);
        decoder.push(&parts);
        self.parts = Some(Box::new(decoder));
    }
}

crate::conn::machine!(Client, ClientEvent);

impl fmt::Debug for Client {
    /// Shows the state without any bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("stage", &format_args!("{}", self.session.stage.as_str()))
            .field("in_flight", &self.in_flight())
            .field("held", &self.held())
            .field("lost", &self.session.lost())
            .finish_non_exhaustive()
    }
}
