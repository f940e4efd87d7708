//! A connection to the event socket: login, commands and their answers, jobs, subscriptions,
//! deadlines. It does no I/O and has no clock: its driver supplies bytes and times.

mod asked;
mod config;
mod credentials;
mod event;
mod filters;
mod in_flight;
mod message;
mod replay;
mod session;
mod state;
mod subscription;
#[cfg(test)]
mod tests;

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use std::time::Instant;

use super::decoder::{Decoder, EventFound, FrameFound, HeadFound};
#[cfg(doc)]
use crate::conn::Machine;
use crate::conn::backlog::Backlog;
use crate::conn::id_prefix::Prefixes;
use crate::conn::{Trace, Tracer};
use crate::error::{ApiMisuse, ConnectionError, FrameError, SendError};
use crate::range::part;

pub use crate::conn::{Id, Reached};
pub use asked::Asked;
pub use config::{Config, EventFormat};
pub use credentials::Credentials;
pub use event::{ConnectionEvent, Ending, OwnedConnectionEvent, OwnedEnding, ReconnectReport, Unanswered};
pub use message::Message;
use session::{Notice, Route, Session, Told};
use state::Input;
pub use subscription::Events;

/// A connection to a server's event socket, and its successors after reconnects.
///
/// Connect to the server, then call [`login`](Self::login); or accept a connection that the server
/// opens (by its application `socket`), then call [`connect`](Self::connect). [`Machine`] describes
/// how to drive it, what each call may change, and what happens at each of its limits.
///
/// An error of [`poll_event`](Self::poll_event) ends the connection. [`reconnect`](Self::reconnect)
/// prepares a new one.
///
/// # Its stages
///
/// A new connection is in stage New; it accepts requests in Ready; once it is Over, `reconnect`
/// begins anew. Each row of the table is an input, each column a stage; an empty cell means no
/// effect. `NotNew`, `NotOver` and `NotBegun` are errors of kind
/// [`ApiMisuse`](crate::error::ApiMisuse); "lost" means an error of `poll_event`.
///
#[doc = include_str!("state.md")]
///
/// # Memory
///
/// The connection holds received bytes that have not been polled, up to
/// [`Limits::buffer`](crate::Limits::buffer); requests that have not been transmitted, up to
/// [`Config::ceiling`]; and a fixed size for each open request, up to [`Config::max_open`]. When
/// the first limit is reached, [`space`](Self::space) returns `None`: stop reading until events
/// have been polled.
///
/// ```
/// use std::time::Instant;
/// use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Ending};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Instant::now();
/// let mut connection = Connection::new(Config::new());
/// connection.login(now, Credentials::password("ClueCon"))?;
/// let _ = connection.handle_input(now, b"Content-Type: auth/request\n\n"); // from the socket
/// assert!(connection.poll_event()?.is_none());
/// assert_eq!(connection.poll_transmit(), Some(&b"auth ClueCon\n\n"[..])); // to the socket
/// connection.transmitted(14);
/// let _ = connection.handle_input(now, b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
/// assert!(matches!(connection.poll_event()?, Some(ConnectionEvent::LoggedIn(_))));
///
/// let asked = connection.api(now, "conference board lock")?;
/// assert_eq!(connection.poll_transmit(), Some(&b"api conference board lock\n\n"[..]));
/// connection.transmitted(27);
/// let _ = connection.handle_input(now, b"Content-Type: api/response\nContent-Length: 17\n\n+OK board locked\n");
/// match connection.poll_event()? {
///     Some(ConnectionEvent::Ended { id, ending: Ending::Reply(frame) }) if id == asked => {
///         assert_eq!(frame.body(), b"+OK board locked\n");
///     }
///     other => panic!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Connection {
    decoder: Decoder,
    eof: bool,
    backlog: Backlog,
    session: Session,
}

/// The next result of `poll_event`.
enum Next {
    Notice(Notice),
    Frame(FrameFound, Told),
    /// An event, and the job that it ends.
    Event(EventFound, Option<Id>),
    /// A frame that went over a limit, and the request that it answered.
    Oversized(HeadFound, Option<Id>, FrameError),
}

impl Connection {
    /// Creates a connection from a [`Config`], or from an `Arc` of one that several connections
    /// share.
    ///
    /// The names of its jobs begin with unpredictable digits, drawn from the randomness that the
    /// standard library uses for its hash maps; see [`seeded`](Self::seeded).
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let decoder = Decoder::new(config.limits);
        let session = Session::new(config);
        Self { decoder, eof: false, backlog: Backlog::default(), session }
    }

    /// Draws the prefix of the jobs' names from this number instead: from a better source of
    /// randomness, or from a fixed number for reproducible bytes. Call it before anything is sent.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.session.prefixes = Prefixes::seeded(seed);
        self
    }

    /// Sets a hook that reports each received or sent frame, each change of the stage, and each
    /// limit that is reached, for a log. See [`Trace`].
    #[must_use]
    pub fn traced(mut self, hook: impl FnMut(Trace<'_>) + Send + Sync + 'static) -> Self {
        self.session.tracer = Tracer::new(hook);
        self
    }

    // Input.

    /// Takes received bytes and returns how many it took: see [`Machine::handle_input`].
    #[must_use = "bytes that were not taken have to be given again"]
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let room = if self.reads() { self.decoder.room() } else { 0 };
        let taken = part(bytes, ..room.min(bytes.len()));
        if !taken.is_empty() {
            self.session.heard(now);
            self.backlog.received();
            self.decoder.push(taken);
        }
        self.session.check_books();
        taken.len()
    }

    /// Returns free space to read into: see [`Machine::space`].
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.reads() { self.decoder.space(min) } else { None }
    }

    /// Returns whether there is space to read into: see [`Machine::wants_input`].
    pub fn wants_input(&self) -> bool {
        self.reads() && self.decoder.room() > 0
    }

    /// Returns whether input is still accepted: after the end no event would report it.
    fn reads(&self) -> bool {
        !self.eof && !self.is_over()
    }

    /// Reports that `n` bytes were read into [`space`](Self::space): see [`Machine::advance`].
    pub fn advance(&mut self, now: Instant, n: usize) {
        let reads = self.reads();
        debug_assert!(reads || n == 0, "{n} bytes received where there was no room");
        if n > 0 && reads {
            self.session.heard(now);
            self.backlog.received();
            self.decoder.advance(n);
        }
        self.session.check_books();
    }

    /// Reports that the stream has ended or failed: see [`Machine::handle_eof`].
    pub fn handle_eof(&mut self, now: Instant) {
        self.session.tell(now);
        self.eof = true;
    }

    /// Reports the current time: see [`Machine::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(now) = self.backlog.tell(now) {
            self.session.timeout(now);
        }
        self.session.check_books();
    }

    // Output.

    /// Returns bytes to transmit, which may contain a password: see [`Machine::poll_transmit`].
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.session.transmit()
    }

    /// Reports that `n` bytes of [`poll_transmit`](Self::poll_transmit) were transmitted: see
    /// [`Machine::transmitted`].
    pub fn transmitted(&mut self, n: usize) {
        if self.is_over() {
            return;
        }
        self.session.transmitted(n);
        self.session.check_books();
    }

    /// Returns the time for the next [`handle_timeout`](Self::handle_timeout): see
    /// [`Machine::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.session.deadline()
    }

    /// Returns the next event: see [`Machine::poll_event`].
    ///
    /// # Errors
    /// The reason for which the connection is over. All received events, and the ending of every
    /// request in flight, have been returned before. The error is sticky.
    pub fn poll_event(&mut self) -> Result<Option<ConnectionEvent<'_>>, ConnectionError> {
        let next = self.next();
        self.session.check_books();
        Ok(next?.map(|next| match next {
            Next::Notice(notice) => notice.tell(),
            Next::Frame(found, told) => told.lend(self.decoder.frame(found)),
            Next::Event(found, None) => ConnectionEvent::Event(self.decoder.event(found)),
            Next::Event(found, Some(id)) => {
                ConnectionEvent::Ended { id, ending: Ending::Job(self.decoder.event(found)) }
            }
            Next::Oversized(head, id, error) => {
                let head = self.decoder.head(head);
                match id {
                    Some(id) => ConnectionEvent::Ended { id, ending: Ending::Oversized { head, error } },
                    None => ConnectionEvent::Oversized { head, error },
                }
            }
        }))
    }

    fn next(&mut self) -> Result<Option<Next>, ConnectionError> {
        loop {
            if let Some(notice) = self.session.notice() {
                return Ok(Some(Next::Notice(notice)));
            }
            if self.session.stage.awaits_greeting() {
                self.session.look_at_first(self.decoder.pending());
            }
            match self.decoder.next_found() {
                Ok(Some(found)) => {
                    self.session.tracer.tell(Trace::Received(&self.decoder.frame(found)));
                    match (self.session.route(self.decoder.frame(found)), found.event()) {
                        (Route::Kept, _) => continue,
                        (Route::Told(told), _) => return Ok(Some(Next::Frame(found, told))),
                        (Route::Event, None) => return Ok(Some(Next::Frame(found, Told::Unclaimed(None)))),
                        (Route::Event, Some(event)) => {
                            let job = self.session.ends_job(self.decoder.event(event));
                            return Ok(Some(Next::Event(event, job)));
                        }
                    }
                }
                Ok(None) if self.eof => self.session.ended(self.decoder.pending().len()),
                Ok(None) => {}
                Err(error) => match self.session.stage.skips().then(|| self.decoder.skip_found()).flatten() {
                    Some(head) => {
                        let told = self.session.route_oversized(self.decoder.head(head), error);
                        return Ok(Some(Next::Oversized(head, told, error)));
                    }
                    None => _ = self.session.happened(Input::Breach(error)),
                },
            }
            let late = self.backlog.late();
            self.backlog.polled();
            if let Some(late) = late {
                self.session.timeout(late);
            }
            if !self.session.has_notices() {
                return self.session.lost().map_or(Ok(None), Err);
            }
        }
    }

    // Commands.

    /// Logs in, once the server asks for it. Commands have to wait for
    /// [`ConnectionEvent::LoggedIn`].
    ///
    /// The events of [`Config::events`], and the settings that an earlier connection made, are
    /// restored right after the login.
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotNew`] if the login was started before;
    /// [`SendError::Encode`] if the password or the configured events can't be sent unchanged;
    /// [`SendError::Ceiling`] if the login takes more than two thirds of [`Config::ceiling`].
    /// Nothing is sent then.
    pub fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        let started = self.session.login(now, credentials);
        self.session.tracer.refused(&started);
        self.session.check_books();
        started
    }

    /// Requests the call's data on a connection that the server opened, instead of a login:
    /// [`ConnectionEvent::LoggedIn`] brings it.
    ///
    /// # Errors
    /// The errors of [`login`](Self::login).
    pub fn connect(&mut self, now: Instant) -> Result<(), SendError> {
        let started = self.session.connect(now);
        self.session.tracer.refused(&started);
        self.session.check_books();
        started
    }

    /// Sends a command. [`ConnectionEvent::Ended`] reports its ending exactly once.
    ///
    /// Several commands can be sent before the first is answered, up to [`Config::max_in_flight`],
    /// and be open at a time, up to [`Config::max_open`].
    ///
    /// A job (`bgapi`) is given a `Job-UUID` if it has none. The events that bring its output are
    /// subscribed to if they aren't yet, and admitted if there are [filters](Self::filter). A job's
    /// name has at most 255 bytes: if the server assigns a longer one, it is ignored, so the job
    /// ends by its own name or by its timeout.
    ///
    /// A command that changes a setting (`event`, `nixevent`, `noevents`, `filter`, `log`, `nolog`)
    /// is repeated after a reconnect, if the server has accepted it.
    ///
    /// # Errors
    /// [`SendError`]; nothing was sent.
    pub fn send(&mut self, now: Instant, message: &Message) -> Result<Id, SendError> {
        self.send_in(now, message, None)
    }

    /// Sends a command like [`send`](Self::send), with its own time limit for the answer.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub fn send_within(&mut self, now: Instant, message: &Message, within: Duration) -> Result<Id, SendError> {
        self.send_in(now, message, Some(within))
    }

    fn send_in(&mut self, now: Instant, message: &Message, within: Option<Duration>) -> Result<Id, SendError> {
        let sent = self.session.send(now, message, within);
        self.session.tracer.refused(&sent);
        self.session.check_books();
        sent
    }

    /// Sends an API command, such as `conference board list`.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub fn api(&mut self, now: Instant, command: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::api(command))
    }

    /// Sends an API command that runs in the background: [`ConnectionEvent::Started`] reports that
    /// it was accepted, [`Ending::Job`] brings its output; [`Ending`] shows how to read the outcome
    /// of an `originate`.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub fn bgapi(&mut self, now: Instant, command: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::bgapi(command))
    }

    /// Subscribes to events: [`Events`], or names separated by blanks, with `CUSTOM` and its
    /// subclasses last. The format applies to all events from then on.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub fn subscribe(&mut self, now: Instant, format: EventFormat, types: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::subscribe(format, types))
    }

    /// Adds a filter: the server sends only events whose header has this value, or that match
    /// another filter. `/…/` is a regular expression.
    ///
    /// If there are other filters, the connection adds one for the output of jobs while any job
    /// runs, and removes it with the last of the others.
    ///
    /// A value that begins with `-` excludes events, and is compared literally, `/…/` too. Jobs are
    /// refused ([`ApiMisuse::JobsHidden`]) while a filter excludes `BACKGROUND_JOB`, or may exclude
    /// the output of a job: a filter on a header that begins with `Job-`, on one that identifies
    /// the server (`Core-UUID`, `FreeSWITCH-Hostname`), the time or the event's number, or on
    /// `_body`, which is the output.
    ///
    /// To remove filters, send `Message::new("filter delete all")`; in place of `all` it may name a
    /// header, with or without a value. Removed filters are not restored after a reconnect.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send). [`SendError::Encode`] if the header is empty, contains a
    /// blank or `[`, or is `add` or `delete`, which are commands to the server; and if the value is
    /// empty, which would remove all filters of the header.
    pub fn filter(&mut self, now: Instant, header: &str, value: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::filter(header, value)?)
    }

    /// Ends a request with [`Ending::Cancelled`]. The server is not informed. Returns `false` if
    /// the request had ended already.
    pub fn cancel(&mut self, id: Id) -> bool {
        let was_open = self.session.cancel(id);
        self.session.check_books();
        was_open
    }

    /// Starts an orderly close: the server answers earlier requests and then closes the connection.
    /// [`ConnectionEvent::Closed`] follows, at the latest after [`Config::close_timeout`]; requests
    /// that have not ended by then are lost.
    pub fn close(&mut self, now: Instant) {
        self.session.close(now);
        self.session.check_books();
    }

    /// Prepares a new connection, and reports the requests that the last one left unanswered. Log
    /// in next.
    ///
    /// The configuration, the settings, and unpolled events without a frame are kept. Received
    /// bytes that have not been polled are discarded, so poll first.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOver`] while the connection stands, [`ApiMisuse::NotBegun`] if no connection
    /// has begun.
    pub fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        let report = self.session.reconnect()?;
        self.decoder = Decoder::new(self.session.config.limits);
        self.eof = false;
        self.backlog = Backlog::default();
        self.session.check_books();
        Ok(report)
    }

    // What there is.

    /// Returns the bytes held: received and not polled, not transmitted, and settings to be
    /// restored. At most [`Config::most_held`].
    pub fn held(&self) -> usize {
        self.decoder.pending().len() + self.session.held()
    }

    /// Returns the number of requests that the server has not answered: at most
    /// [`Config::max_in_flight`].
    pub fn in_flight(&self) -> usize {
        self.session.in_flight()
    }

    /// Returns the number of open requests: those in flight, and running jobs. At most
    /// [`Config::max_open`].
    pub fn open(&self) -> usize {
        self.session.open()
    }

    /// Returns whether commands can be sent.
    pub fn is_logged_in(&self) -> bool {
        self.session.stage.is_ready()
    }

    /// Returns whether the connection is closed or lost.
    pub fn is_over(&self) -> bool {
        self.session.stage.is_over()
    }
}

crate::conn::machine!(Connection, ConnectionEvent);

impl fmt::Debug for Connection {
    /// Shows the state without any bytes of the stream.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("stage", &format_args!("{}", self.session.stage.as_str()))
            .field("in_flight", &self.in_flight())
            .field("held", &self.held())
            .field("lost", &self.session.lost())
            .finish_non_exhaustive()
    }
}
