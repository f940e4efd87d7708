//! A connection to the event socket: login, commands and their answers, jobs, subscriptions,
//! deadlines. No I/O and no clock: bytes and times come from whoever drives it.

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

/// One connection to a server's event socket, and the next one after it is lost.
///
/// Connect, then [`login`](Self::login); or accept the connection of a server that calls (its
/// application `socket`), then [`connect`](Self::connect). [`Machine`] says how it is driven, what
/// each call may change, and what happens at each of its ceilings.
///
/// An error of [`poll_event`](Self::poll_event) is the end of the connection.
/// [`reconnect`](Self::reconnect) begins anew.
///
/// # Its stages
///
/// Connected it is New; requests are taken in Ready; and once it is Over, `reconnect` begins anew.
/// A row is what happens, a column the stage that it happens in; an empty cell: nothing. `NotNew`,
/// `NotOver` and `NotBegun` are refused as [`ApiMisuse`](crate::error::ApiMisuse), what is "lost" is
/// an error of `poll_event`.
///
#[doc = include_str!("state.md")]
///
/// # What it holds
///
/// Bytes received and not polled, up to [`Limits::buffer`](crate::Limits::buffer); requests not
/// transmitted, up to [`Config::ceiling`]; a fixed size for each request that is open, up to
/// [`Config::max_open`]. Where the first runs out, [`space`](Self::space) gives no room: stop
/// reading until events have been taken.
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

/// What `poll_event` gives next.
enum Next {
    Notice(Notice),
    Frame(FrameFound, Told),
    /// An event, and the job that it ends.
    Event(EventFound, Option<Id>),
    /// A frame that went over a limit, and the request that it answered.
    Oversized(HeadFound, Option<Id>, FrameError),
}

impl Connection {
    /// A connection that has just been made. Give it a [`Config`], or an `Arc` of one that several
    /// share.
    ///
    /// The names of its jobs begin with digits that nobody can guess, drawn from the randomness
    /// that the standard library has for its hash maps; see [`seeded`](Self::seeded).
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let decoder = Decoder::new(config.limits);
        let session = Session::new(config);
        Self { decoder, eof: false, backlog: Backlog::default(), session }
    }

    /// Draws the beginning of its jobs' names from this number instead: from a better source, or
    /// from a fixed one to get the same bytes each time. To be called before anything is sent.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.session.prefixes = Prefixes::seeded(seed);
        self
    }

    /// Tells this hook what the connection does, for a log: each frame that comes or goes, each
    /// change of its stage, each limit that is met. See [`Trace`].
    #[must_use]
    pub fn traced(mut self, hook: impl FnMut(Trace<'_>) + Send + Sync + 'static) -> Self {
        self.session.tracer = Tracer::new(hook);
        self
    }

    // Input.

    /// Takes received bytes, and returns how many: see [`Machine::handle_input`].
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

    /// Returns room to read into: see [`Machine::space`].
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.reads() { self.decoder.space(min) } else { None }
    }

    /// Returns whether there is room to read into: see [`Machine::wants_input`].
    pub fn wants_input(&self) -> bool {
        self.reads() && self.decoder.room() > 0
    }

    /// Whether more is received: nothing would be told after the end.
    fn reads(&self) -> bool {
        !self.eof && !self.is_over()
    }

    /// Says that `n` bytes were read into [`space`](Self::space): see [`Machine::advance`].
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

    /// Says that the stream has ended, or has failed: see [`Machine::handle_eof`].
    pub fn handle_eof(&mut self, now: Instant) {
        self.session.tell(now);
        self.eof = true;
    }

    /// Says what time it is: see [`Machine::handle_timeout`].
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(now) = self.backlog.tell(now) {
            self.session.timeout(now);
        }
        self.session.check_books();
    }

    // Output.

    /// Returns bytes to transmit, which may hold a password: see [`Machine::poll_transmit`].
    pub fn poll_transmit(&self) -> Option<&[u8]> {
        self.session.transmit()
    }

    /// Says that `n` bytes of [`poll_transmit`](Self::poll_transmit) have been transmitted: see
    /// [`Machine::transmitted`].
    pub fn transmitted(&mut self, n: usize) {
        if self.is_over() {
            return;
        }
        self.session.transmitted(n);
        self.session.check_books();
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) has something to do: see
    /// [`Machine::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.session.deadline()
    }

    /// Returns what happened next: see [`Machine::poll_event`].
    ///
    /// # Errors
    /// When the connection is over: why. Everything that had arrived, and the ending of every
    /// request in flight, has been given before. Sticky.
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
    /// What [`Config::events`] says, and what was set on the connection before this one, is set
    /// right after.
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotNew`] where the login has been started before;
    /// [`SendError::Encode`] where the password, or the configured events, can't be sent as they
    /// are; [`SendError::Ceiling`] where the login takes more than two thirds of
    /// [`Config::ceiling`]. Nothing is sent then.
    pub fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        let started = self.session.login(now, credentials);
        self.session.tracer.refused(&started);
        self.session.check_books();
        started
    }

    /// Asks a server that has called us for the call's data, instead of logging in:
    /// [`ConnectionEvent::LoggedIn`] brings it.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub fn connect(&mut self, now: Instant) -> Result<(), SendError> {
        let started = self.session.connect(now);
        self.session.tracer.refused(&started);
        self.session.check_books();
        started
    }

    /// Sends a command. It ends with [`ConnectionEvent::Ended`], in whichever way, exactly once.
    ///
    /// Any number can be sent before the first is answered, up to [`Config::max_in_flight`], and be
    /// open at a time, up to [`Config::max_open`]. Jobs
    /// (`bgapi`) are given a `Job-UUID`, unless they have one, and the events that bring their
    /// output are subscribed to where they aren't yet, and let through where there are
    /// [filters](Self::filter).
    /// A job's name has 255 bytes at the most: a longer one of the server's is not taken, so that
    /// the job ends by its own name, or its time. What sets something (`event`, `nixevent`,
    /// `noevents`, `filter`, `log`, `nolog`) is said again after a reconnect, if the server has
    /// accepted it.
    ///
    /// # Errors
    /// [`SendError`]; nothing was sent.
    pub fn send(&mut self, now: Instant, message: &Message) -> Result<Id, SendError> {
        self.send_in(now, message, None)
    }

    /// The same with its own time for the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
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
    /// As [`send`](Self::send).
    pub fn api(&mut self, now: Instant, command: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::api(command))
    }

    /// Sends an API command to be run in the background: [`ConnectionEvent::Started`] when it was
    /// accepted, [`Ending::Job`] with its output; [`Ending`] shows how to read an `originate`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn bgapi(&mut self, now: Instant, command: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::bgapi(command))
    }

    /// Subscribes to events: [`Events`], or names with blanks between them, `CUSTOM` and subclasses
    /// last. The format is that of all events from then on.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn subscribe(&mut self, now: Instant, format: EventFormat, types: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::subscribe(format, types))
    }

    /// Lets only such events through whose header has this value, or one that another filter names:
    /// any filter is enough. `/…/` is a regular expression.
    ///
    /// Beside other filters the connection sets one for the output of jobs, while any runs, and takes
    /// it back with the last of the others. A value with `-` in front keeps events away, and is
    /// compared as it stands, `/…/` too. While one keeps away `BACKGROUND_JOB`, or may keep away the
    /// output of some job, jobs are refused ([`ApiMisuse::JobsHidden`]):
    /// one of a header that begins with `Job-`, that tells the server apart (`Core-UUID`,
    /// `FreeSWITCH-Hostname`), the time or the event's number, or of `_body`, which is the output.
    ///
    /// To take filters back, send `Message::new("filter delete all")`, or one with a header, and a
    /// value perhaps, in place of `all`. What was taken back is not set again after a reconnect.
    ///
    /// # Errors
    /// As [`send`](Self::send). A header that is empty, has a blank or `[` in it, or is `add` or
    /// `delete`, which are commands to the server, is [`SendError::Encode`]; and so is an empty
    /// value, which takes all filters of the header back.
    pub fn filter(&mut self, now: Instant, header: &str, value: impl AsRef<[u8]>) -> Result<Id, SendError> {
        self.send(now, &Message::filter(header, value)?)
    }

    /// Ends a request with [`Ending::Cancelled`]. The server knows nothing of that. `false`: it had
    /// ended already.
    pub fn cancel(&mut self, id: Id) -> bool {
        let was_open = self.session.cancel(id);
        self.session.check_books();
        was_open
    }

    /// Says goodbye to the server, which answers what was asked before and then closes the
    /// connection. [`ConnectionEvent::Closed`] comes when it has, or after
    /// [`Config::close_timeout`]; requests that have not ended then are lost.
    pub fn close(&mut self, now: Instant) {
        self.session.close(now);
        self.session.check_books();
    }

    /// Makes it ready for a new connection, and tells what the last one left unanswered. Log in
    /// next.
    ///
    /// Kept: the configuration, what was set, events not polled that have no frame. Bytes received
    /// and not polled are gone, so poll first.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOver`] while the connection stands, [`ApiMisuse::NotBegun`] where there has
    /// been none.
    pub fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        let report = self.session.reconnect()?;
        self.decoder = Decoder::new(self.session.config.limits);
        self.eof = false;
        self.backlog = Backlog::default();
        self.session.check_books();
        Ok(report)
    }

    // What there is.

    /// Bytes held: received and not polled, not transmitted, and what is to be restored. At most
    /// [`Config::most_held`].
    pub fn held(&self) -> usize {
        self.decoder.pending().len() + self.session.held()
    }

    /// Requests that the server has not answered: at most [`Config::max_in_flight`].
    pub fn in_flight(&self) -> usize {
        self.session.in_flight()
    }

    /// Requests that the server has not done with: those in flight, and jobs that run. At most
    /// [`Config::max_open`].
    pub fn open(&self) -> usize {
        self.session.open()
    }

    /// Whether commands can be sent.
    pub fn is_logged_in(&self) -> bool {
        self.session.stage.is_ready()
    }

    /// Whether the connection is closed or lost.
    pub fn is_over(&self) -> bool {
        self.session.stage.is_over()
    }
}

crate::conn::machine!(Connection, ConnectionEvent);

impl fmt::Debug for Connection {
    /// The state without any bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("stage", &format_args!("{}", self.session.stage.as_str()))
            .field("in_flight", &self.in_flight())
            .field("held", &self.held())
            .field("lost", &self.session.lost())
            .finish_non_exhaustive()
    }
}
