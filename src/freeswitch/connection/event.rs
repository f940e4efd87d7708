//! What a connection tells: events, the one ending that every request has, and what a lost
//! connection left unanswered.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use super::session::{Notice, Told};
use crate::conn::{Id, Reached, owned};
use crate::error::FrameError;
use crate::freeswitch::{ContentType, Event, EventError, Frame, OwnedFrame, OwnedValue};
use crate::redact::event_socket::mask;
use crate::redact::{Escaped, log_line};
use crate::wire::Value;

/// What happened. What it lends is gone at the next call that takes the connection mutably;
/// [`to_owned`](Self::to_owned) keeps it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent<'buf> {
    /// The login was accepted, or the call's data has come (an event, see [`Frame::event`]);
    /// requests can be sent.
    LoggedIn(Frame<'buf>),
    /// The login was refused. The connection is over:
    /// [`ConnectionError::LoginRefused`](crate::ConnectionError::LoginRefused) says why.
    LoginRefused(Frame<'buf>),
    /// The job was accepted; its output comes later.
    Started {
        /// The request.
        id: Id,
        /// The answer, with the `Job-UUID`.
        frame: Frame<'buf>,
    },
    /// An event, but for the output of a job of ours.
    Event(Event<'buf>),
    /// An event that can't be read. The output of a job comes so, too: only its event says which,
    /// so that the job ends by its [time](super::Config::job_timeout).
    Unread {
        /// What came.
        frame: Frame<'buf>,
        /// Why it can't be read: it is malformed, or in XML, and the crate was built without the
        /// feature `xml`.
        error: EventError,
    },
    /// A line of the server's log.
    Log(Frame<'buf>),
    /// The call has ended, and the server keeps the connection for as long as `Linger-Time` says,
    /// in seconds; -1 is for ever. Only where the server has called us.
    Lingering(Frame<'buf>),
    /// The server is about to close the connection.
    Disconnecting(Frame<'buf>),
    /// The request is done with. Comes exactly once for each.
    Ended {
        /// The request.
        id: Id,
        /// How.
        ending: Ending<'buf>,
    },
    /// A subscription or a filter of before the connection was lost was refused.
    NotRestored(Frame<'buf>),
    /// What no request in flight claims: an answer that comes late, a frame of a kind that the crate
    /// doesn't know.
    Unclaimed {
        /// The request, where it was one of this connection.
        id: Option<Id>,
        /// What came.
        frame: Frame<'buf>,
    },
    /// A frame went over one of the [`Limits`](crate::Limits) and has been skipped; it answered no
    /// request. The connection stands. The output of a job comes so, too: only the event that is
    /// skipped says which, so that the job ends by its [time](super::Config::job_timeout).
    Oversized {
        /// Its head, without the body.
        head: Frame<'buf>,
        /// The limit, its value, and where in the stream it was exceeded.
        error: FrameError,
    },
    /// The connection is closed, as [`close`](super::Connection::close) had asked for.
    Closed,
}

impl ConnectionEvent<'_> {
    /// The kind of event in lower case, such as `logged-in`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::LoggedIn(_) => "logged-in",
            Self::LoginRefused(_) => "login-refused",
            Self::Started { .. } => "started",
            Self::Event(_) => "event",
            Self::Unread { .. } => "unread",
            Self::Log(_) => "log",
            Self::Lingering(_) => "lingering",
            Self::Disconnecting(_) => "disconnecting",
            Self::Ended { .. } => "ended",
            Self::NotRestored(_) => "not-restored",
            Self::Unclaimed { .. } => "unclaimed",
            Self::Oversized { .. } => "oversized",
            Self::Closed => "closed",
        }
    }
}

impl<'buf> ConnectionEvent<'buf> {
    /// The request that it is about, where it is about one.
    pub const fn id(self) -> Option<Id> {
        match self {
            Self::Started { id, .. } | Self::Ended { id, .. } => Some(id),
            Self::Unclaimed { id, .. } => id,
            _ => None,
        }
    }

    /// The bytes that it lends, as a frame.
    fn lent(self) -> Option<Frame<'buf>> {
        match self {
            Self::LoggedIn(frame)
            | Self::LoginRefused(frame)
            | Self::Started { frame, .. }
            | Self::Log(frame)
            | Self::Lingering(frame)
            | Self::Disconnecting(frame)
            | Self::NotRestored(frame)
            | Self::Unread { frame, .. }
            | Self::Unclaimed { frame, .. }
            | Self::Oversized { head: frame, .. } => Some(frame),
            Self::Event(event) => Some(Frame::of(event)),
            Self::Ended { ending, .. } => ending.lent(),
            Self::Closed => None,
        }
    }

    /// The same over this frame, where it lends one.
    fn over(self, frame: Frame<'_>) -> ConnectionEvent<'_> {
        match self {
            Self::LoggedIn(_) => ConnectionEvent::LoggedIn(frame),
            Self::LoginRefused(_) => ConnectionEvent::LoginRefused(frame),
            Self::Started { id, .. } => ConnectionEvent::Started { id, frame },
            Self::Event(_) => ConnectionEvent::Event(frame.event_or_none()),
            Self::Unread { error, .. } => ConnectionEvent::Unread { frame, error },
            Self::Log(_) => ConnectionEvent::Log(frame),
            Self::Lingering(_) => ConnectionEvent::Lingering(frame),
            Self::Disconnecting(_) => ConnectionEvent::Disconnecting(frame),
            Self::Ended { id, ending } => ConnectionEvent::Ended { id, ending: ending.over(frame) },
            Self::NotRestored(_) => ConnectionEvent::NotRestored(frame),
            Self::Unclaimed { id, .. } => ConnectionEvent::Unclaimed { id, frame },
            Self::Oversized { error, .. } => ConnectionEvent::Oversized { head: frame, error },
            Self::Closed => ConnectionEvent::Closed,
        }
    }
}

owned! {
    /// A [`ConnectionEvent`] kept beyond the buffer it was read from. It can be sent to another
    /// thread, which reads it as if it had just been polled.
    OwnedConnectionEvent, ConnectionEvent, Frame, OwnedFrame
}

/// One line for a log: the kind, the request by its number, and frame or event as its own `Display`
/// has it, or the ending in words.
impl fmt::Display for ConnectionEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| {
            line.write_str(self.kind())?;
            if let Some(Id(number)) = self.id() {
                write!(line, " {number}")?;
            }
            match self {
                Self::LoggedIn(frame)
                | Self::LoginRefused(frame)
                | Self::Started { frame, .. }
                | Self::Log(frame)
                | Self::Lingering(frame)
                | Self::Disconnecting(frame)
                | Self::NotRestored(frame)
                | Self::Unclaimed { frame, .. } => write!(line, ": {frame}"),
                Self::Event(event) => write!(line, ": {event}"),
                Self::Unread { error, .. } => write!(line, ": {error}"),
                Self::Ended { ending, .. } => write!(line, ": {}", Escaped(&mask(ending.to_string().as_bytes()))),
                Self::Oversized { error, .. } => write!(line, ": {error}"),
                Self::Closed => Ok(()),
            }
        })
    }
}

/// The end of a request.
///
/// `Display` says it in words. Of an answer it has the first line where that is the server's verdict
/// (`+OK`, `-ERR`, `-USAGE`), masked, and nothing else: `job done: -ERR NO_ANSWER`.
///
/// ```
/// use ami_proto::freeswitch::{Ending, Reached};
///
/// assert_eq!(Ending::TimedOut(Reached::Sent).to_string(), "timed out before it was answered");
/// ```
///
/// May I send it again, or dial again? A command that changes nothing, such as `status`: yes, after
/// any ending. Any other:
///
/// | ending | what has happened | again? |
/// |---|---|---|
/// | [`Reply`](Self::Reply), [`Job`](Self::Job) | the server has done it, and the text says how it went; an `originate` has ended or was answered | after a failure |
/// | [`Refused`](Self::Refused) | the server has not done it, and says why | once the reason is gone |
/// | [`Oversized`](Self::Oversized) | the server has done it, and said more than fits | no |
/// | [`TimedOut`](Self::TimedOut), [`Cancelled`](Self::Cancelled) | the server may have done it, or may do it yet, even where it was [`NotSent`](Reached::NotSent) by then | no |
/// | [`Lost`](Self::Lost) with [`NotSent`](Reached::NotSent) | the server has never had it | yes |
/// | [`Lost`](Self::Lost) with any other | the server may have done it: the phone may be ringing | no |
///
/// [`never_reached_server`](Self::never_reached_server) tells the last two apart.
///
/// What became of a call that `bgapi` was asked for:
///
/// ```
/// use ami_proto::freeswitch::Ending;
///
/// /// Says how `bgapi originate user/1000 &park()` went, and whether it may be sent again
/// /// without the danger that the phone rings twice.
/// fn call_ended(ending: Ending<'_>) -> (String, bool) {
///     let Ending::Job(job) = ending else { return (ending.to_string(), ending.never_reached_server()) };
///     let output = String::from_utf8_lossy(job.body());
///     match output.trim_end().strip_prefix("+OK ") {
///         Some(uuid) => (format!("made: call {uuid}"), false),
///         None => (output.trim_end().to_owned(), true), // -ERR USER_BUSY, say
///     }
/// }
/// # use ami_proto::freeswitch::{Decoder, LIMITS};
/// # for (output, made) in [("+OK 7f4d-e4bc\n", true), ("-ERR USER_BUSY\n", false)] {
/// #     let event = format!("Event-Name: BACKGROUND_JOB\nContent-Length: {}\n\n{output}", output.len());
/// #     let mut decoder = Decoder::new(LIMITS);
/// #     decoder.push(format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{event}", event.len()).as_bytes());
/// #     let (words, again) = call_ended(Ending::Job(decoder.next_frame()?.unwrap().event().unwrap()));
/// #     assert_eq!(words, if made { "made: call 7f4d-e4bc" } else { "-ERR USER_BUSY" });
/// #     assert_ne!(again, made);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ending<'buf> {
    /// With its answer, see [`Frame::answer`]. Whether the answer to `api` means success, its text
    /// alone says.
    Reply(Frame<'buf>),
    /// With `-ERR` in a `command/reply`: also for an `api` that the user may not use.
    Refused(Frame<'buf>),
    /// With the event that carries the job's output, its [`body`](Event::body), which alone says
    /// whether it went well: `+OK` and the id of the call that an `originate` has made, or `-ERR` and
    /// the cause. The example above reads both.
    Job(Event<'buf>),
    /// Its answer went over one of the [`Limits`](crate::Limits) and has been skipped. The
    /// connection stands, and the server has acted on it.
    Oversized {
        /// The head of the answer, without the body.
        head: Frame<'buf>,
        /// The limit, its value, and where in the stream it was exceeded.
        error: FrameError,
    },
    /// Its time was up: how far it had come by then. What still comes is
    /// [`Unclaimed`](ConnectionEvent::Unclaimed), or, for a job, an event.
    ///
    /// The server may have acted on it, unless it was never sent; a job that was
    /// [`Accepted`](Reached::Accepted) may still run.
    TimedOut(Reached),
    /// By [`cancel`](super::Connection::cancel). What still comes is
    /// [`Unclaimed`](ConnectionEvent::Unclaimed), or, for a job, an event.
    Cancelled,
    /// With the connection. Whether the server has acted on it can't be known, unless it was never
    /// sent. A job goes on; [`Unanswered`] says how its output is still found.
    Lost(Reached),
}

impl Ending<'_> {
    /// Returns whether the server has never had the request and never will: its connection was lost
    /// before all of it had left. It can be sent again without the danger that it is carried out
    /// twice.
    ///
    /// One whose time was up is not such a request, however far it had come: on a connection that
    /// stands what has not left may still do so.
    pub const fn never_reached_server(self) -> bool {
        matches!(self, Self::Lost(Reached::NotSent))
    }
}

impl<'buf> Ending<'buf> {
    /// Returns what the server printed: the body of an answer to `api` or the text of another, also
    /// of one that refuses, and the output of a job. `None`: it has not answered, or more than was
    /// read.
    pub fn output(self) -> Option<&'buf [u8]> {
        match self {
            Self::Reply(frame) | Self::Refused(frame) => match frame.content_type() {
                ContentType::CommandReply => frame.get("Reply-Text").map(Value::as_bytes),
                _ => Some(frame.body()),
            },
            Self::Job(event) => Some(event.body()),
            Self::Oversized { .. } | Self::TimedOut(_) | Self::Cancelled | Self::Lost(_) => None,
        }
    }

    /// The bytes that it lends, as a frame.
    fn lent(self) -> Option<Frame<'buf>> {
        match self {
            Self::Reply(frame) | Self::Refused(frame) | Self::Oversized { head: frame, .. } => Some(frame),
            Self::Job(event) => Some(Frame::of(event)),
            Self::TimedOut(_) | Self::Cancelled | Self::Lost(_) => None,
        }
    }

    /// The same over this frame, where it lends one.
    fn over(self, frame: Frame<'_>) -> Ending<'_> {
        match self {
            Self::Reply(_) => Ending::Reply(frame),
            Self::Refused(_) => Ending::Refused(frame),
            Self::Job(_) => Ending::Job(frame.event_or_none()),
            Self::Oversized { error, .. } => Ending::Oversized { head: frame, error },
            Self::TimedOut(reached) => Ending::TimedOut(reached),
            Self::Cancelled => Ending::Cancelled,
            Self::Lost(reached) => Ending::Lost(reached),
        }
    }
}

owned! {
    /// An [`Ending`] kept beyond the buffer it was read from, for whoever has asked.
    OwnedEnding, Ending, Frame, OwnedFrame
}

impl fmt::Display for Ending<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Reply(frame) => said(f, "answered", verdict(&frame.answer().unwrap_or_default())),
            Self::Refused(frame) => said(f, "refused", &frame.answer().unwrap_or_default()),
            Self::Job(event) => said(f, "job done", verdict(event.body())),
            Self::Oversized { error, .. } => write!(f, "answer too large: {error}"),
            Self::TimedOut(reached) => write!(f, "timed out {reached}"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Lost(reached) => write!(f, "connection lost {reached}"),
        }
    }
}

/// Returns the first line of an answer where it is what the server says of the command itself.
fn verdict(answer: &[u8]) -> &[u8] {
    let line = answer.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let is_one = [&b"+OK"[..], b"-ERR", b"-USAGE"].into_iter().any(|word| line.starts_with(word));
    if is_one { line } else { &[] }
}

/// Writes what has become of it, and the server's words, if there are any, masked.
fn said(f: &mut fmt::Formatter<'_>, what: &str, words: &[u8]) -> fmt::Result {
    f.write_str(what)?;
    if words.is_empty() { Ok(()) } else { write!(f, ": {}", String::from_utf8_lossy(&mask(words))) }
}

/// A request that a lost connection left without an answer.
///
/// The server goes on with a job whose connection is lost, and tells its output to every connection
/// that receives `BACKGROUND_JOB`. Where the next one comes in time, it is told so too, as a
/// [`ConnectionEvent::Event`] with the [`job_uuid`](Self::job_uuid).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// The request.
    pub id: Id,
    /// The `Job-UUID` of a job, to find its output by; `None`: it is no job.
    pub job_uuid: Option<OwnedValue>,
    /// How far it had come.
    pub reached: Reached,
}

impl Unanswered {
    /// Returns whether the server has never had the request, as [`Ending::never_reached_server`]
    /// does: it can be sent again without the danger that it is carried out twice.
    pub const fn never_reached_server(&self) -> bool {
        matches!(self.reached, Reached::NotSent)
    }
}

/// What [`Connection::reconnect`](super::Connection::reconnect) found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectReport {
    /// Everything unanswered, in the order in which it was sent. Each has had, or is about to get,
    /// its [`Ending::Lost`].
    pub unanswered: Vec<Unanswered>,
    /// Subscriptions and filters that will be set again once the login is accepted.
    pub restored: usize,
}

impl Notice {
    /// Returns the event, which has no frame.
    pub(super) fn tell(self) -> ConnectionEvent<'static> {
        let (id, ending) = match self {
            Self::TimedOut(id, reached) => (id, Ending::TimedOut(reached)),
            Self::Cancelled(id) => (id, Ending::Cancelled),
            Self::Lost(id, reached) => (id, Ending::Lost(reached)),
            Self::Closed => return ConnectionEvent::Closed,
        };
        ConnectionEvent::Ended { id, ending }
    }
}

impl Told {
    /// Returns the event that lends the frame.
    pub(super) fn lend(self, frame: Frame<'_>) -> ConnectionEvent<'_> {
        match self {
            Self::LoggedIn => ConnectionEvent::LoggedIn(frame),
            Self::LoginRefused => ConnectionEvent::LoginRefused(frame),
            Self::Started(id) => ConnectionEvent::Started { id, frame },
            Self::Log => ConnectionEvent::Log(frame),
            Self::Lingering => ConnectionEvent::Lingering(frame),
            Self::Disconnecting => ConnectionEvent::Disconnecting(frame),
            Self::Reply(id) => ConnectionEvent::Ended { id, ending: Ending::Reply(frame) },
            Self::Refused(id) => ConnectionEvent::Ended { id, ending: Ending::Refused(frame) },
            Self::NotRestored => ConnectionEvent::NotRestored(frame),
            Self::Unclaimed(id) => match frame.event_error() {
                Some(error) => ConnectionEvent::Unread { frame, error },
                None => ConnectionEvent::Unclaimed { id, frame },
            },
        }
    }
}
