//! Events that a connection reports: server events, exactly one ending for each request, and the
//! requests that a lost connection left unanswered.

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

/// An event of the connection. It borrows from the connection until the next call that takes the
/// connection mutably; [`to_owned`](Self::to_owned) keeps it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent<'buf> {
    /// The login was accepted; or, on a connection that the server opened, the data of the call
    /// arrived (an event, see [`Frame::event`]). Requests can be sent.
    LoggedIn(Frame<'buf>),
    /// The login was refused. The connection has failed with
    /// [`ConnectionError::LoginRefused`](crate::ConnectionError::LoginRefused).
    LoginRefused(Frame<'buf>),
    /// The job was accepted; its output comes later.
    Started {
        /// The job's request.
        id: Id,
        /// The answer, which has the `Job-UUID`.
        frame: Frame<'buf>,
    },
    /// An event of the server, except the output of a job of this connection.
    Event(Event<'buf>),
    /// An event that can't be read. It may be the output of a job: only the unreadable event names
    /// the job, so that job ends by its [timeout](super::Config::job_timeout).
    Unread {
        /// The frame that can't be read.
        frame: Frame<'buf>,
        /// The reason: the event is malformed, or it is in XML and the crate was built without the
        /// feature `xml`.
        error: EventError,
    },
    /// A line of the server's log.
    Log(Frame<'buf>),
    /// The call has ended, and the server keeps the connection open for the seconds in
    /// `Linger-Time`; -1 means for ever. Only on connections that the server opened.
    Lingering(Frame<'buf>),
    /// The server is about to close the connection.
    Disconnecting(Frame<'buf>),
    /// A request has ended. Comes exactly once for each request.
    Ended {
        /// The ended request.
        id: Id,
        /// The way it ended.
        ending: Ending<'buf>,
    },
    /// The server refused to restore a subscription or a filter after a reconnect.
    NotRestored(Frame<'buf>),
    /// A frame that no request in flight expects: a late answer, or a frame of a kind that the
    /// crate doesn't know.
    Unclaimed {
        /// The request that the frame answers, if it was one of this connection.
        id: Option<Id>,
        /// The frame.
        frame: Frame<'buf>,
    },
    /// A frame went over one of the [`Limits`](crate::Limits) and was skipped; it answered no
    /// request. The connection stays usable. It may be the output of a job: only the skipped event
    /// names the job, so that job ends by its [timeout](super::Config::job_timeout).
    Oversized {
        /// The frame's head, without the body.
        head: Frame<'buf>,
        /// The limit, its value, and the position in the stream where it was exceeded.
        error: FrameError,
    },
    /// The connection is closed, as requested by [`close`](super::Connection::close).
    Closed,
}

impl ConnectionEvent<'_> {
    /// Returns the kind of the event in lower case, such as `logged-in`.
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
    /// Returns the request that the event is about, if any.
    pub const fn id(self) -> Option<Id> {
        match self {
            Self::Started { id, .. } | Self::Ended { id, .. } => Some(id),
            Self::Unclaimed { id, .. } => id,
            _ => None,
        }
    }

    /// Returns the borrowed bytes as a frame.
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

    /// Returns the event with its frame replaced by this one, if it has a frame.
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
    /// A [`ConnectionEvent`] that outlives the buffer it was read from. It can be sent to another
    /// thread and read there like a polled event.
    OwnedConnectionEvent, ConnectionEvent, Frame, OwnedFrame
}

/// Writes one line for a log: the kind, the request's number, and the frame or event as their own
/// `Display` writes them, or the ending in words.
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

/// The ending of a request.
///
/// `Display` writes it in words. From an answer it writes only the first line, masked, if that is
/// the server's verdict (`+OK`, `-ERR`, `-USAGE`): `job done: -ERR NO_ANSWER`.
///
/// ```
/// use ami_proto::freeswitch::{Ending, Reached};
///
/// assert_eq!(Ending::TimedOut(Reached::Sent).to_string(), "timed out before it was answered");
/// ```
///
/// Whether to send a request again depends on its ending. A command that changes nothing, such as
/// `status`, may be repeated after any ending. For all others:
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
/// This example reads the outcome of a call that was requested by `bgapi`:
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
    /// The request was answered, see [`Frame::answer`]. For `api`, only the answer's text tells
    /// whether it succeeded.
    Reply(Frame<'buf>),
    /// The request was answered with `-ERR` in a `command/reply`: also for an `api` that the user
    /// may not use.
    Refused(Frame<'buf>),
    /// The job has ended, with the event that carries its output. Only the event's
    /// [`body`](Event::body) tells whether the job succeeded: `+OK` and the id of the call that an
    /// `originate` made, or `-ERR` and the cause. The example above reads both.
    Job(Event<'buf>),
    /// The answer went over one of the [`Limits`](crate::Limits) and was skipped. The connection
    /// stays usable, and the server has acted on the request.
    Oversized {
        /// The head of the answer, without the body.
        head: Frame<'buf>,
        /// The limit, its value, and the position in the stream where it was exceeded.
        error: FrameError,
    },
    /// The request timed out, in this state. A late answer is reported as
    /// [`Unclaimed`](ConnectionEvent::Unclaimed), late output of a job as an event.
    ///
    /// The server may have acted on it, unless it was never sent; a job that was
    /// [`Accepted`](Reached::Accepted) may still run.
    TimedOut(Reached),
    /// The request was cancelled by [`cancel`](super::Connection::cancel). A late answer is
    /// reported as [`Unclaimed`](ConnectionEvent::Unclaimed), late output of a job as an event.
    Cancelled,
    /// The connection was lost. Whether the server has acted on the request is unknown, unless it
    /// was never sent. A job continues on the server; [`Unanswered`] says how to find its output.
    Lost(Reached),
}

impl Ending<'_> {
    /// Returns whether the request can never reach the server: its connection was lost before all
    /// its bytes had left. It can be sent again without the risk that it is executed twice.
    ///
    /// A timed-out request never qualifies, in any state: while the connection stands, its
    /// remaining bytes may still be sent.
    pub const fn never_reached_server(self) -> bool {
        matches!(self, Self::Lost(Reached::NotSent))
    }
}

impl<'buf> Ending<'buf> {
    /// Returns the text that the server printed: the body of the answer to an `api`, the text of
    /// another answer or of a refusal, or the output of a job. `None` if the server has not
    /// answered, or if its answer was too large to be read.
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

    /// Returns the borrowed bytes as a frame.
    fn lent(self) -> Option<Frame<'buf>> {
        match self {
            Self::Reply(frame) | Self::Refused(frame) | Self::Oversized { head: frame, .. } => Some(frame),
            Self::Job(event) => Some(Frame::of(event)),
            Self::TimedOut(_) | Self::Cancelled | Self::Lost(_) => None,
        }
    }

    /// Returns the ending with its frame replaced by this one, if it has a frame.
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
    /// An [`Ending`] that outlives the buffer it was read from.
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

/// Returns the first line of an answer if it is the server's verdict on the command itself.
fn verdict(answer: &[u8]) -> &[u8] {
    let line = answer.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let is_one = [&b"+OK"[..], b"-ERR", b"-USAGE"].into_iter().any(|word| line.starts_with(word));
    if is_one { line } else { &[] }
}

/// Writes the ending, and the server's words masked, if there are any.
fn said(f: &mut fmt::Formatter<'_>, what: &str, words: &[u8]) -> fmt::Result {
    f.write_str(what)?;
    if words.is_empty() { Ok(()) } else { write!(f, ": {}", String::from_utf8_lossy(&mask(words))) }
}

/// A request that a lost connection left unanswered.
///
/// The server continues a job whose connection is lost, and sends its output to every connection
/// that receives `BACKGROUND_JOB`. If the next connection logs in before that, it receives the
/// output too, as a [`ConnectionEvent::Event`] with the [`job_uuid`](Self::job_uuid).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// The request.
    pub id: Id,
    /// The `Job-UUID` of a job, by which its output is found; `None` for a request that is not a
    /// job.
    pub job_uuid: Option<OwnedValue>,
    /// The state that the request had reached.
    pub reached: Reached,
}

impl Unanswered {
    /// Returns whether the request can never reach the server, like
    /// [`Ending::never_reached_server`]: it can be sent again without the risk that it is executed
    /// twice.
    pub const fn never_reached_server(&self) -> bool {
        matches!(self.reached, Reached::NotSent)
    }
}

/// The result of [`Connection::reconnect`](super::Connection::reconnect).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectReport {
    /// All unanswered requests, in the order of sending. For each of them, [`Ending::Lost`] has
    /// been or will be reported.
    pub unanswered: Vec<Unanswered>,
    /// Number of subscriptions and filters that will be restored once the login is accepted.
    pub restored: usize,
}

impl Notice {
    /// Converts the notice into an event without a frame.
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
    /// Converts the notice into an event that borrows the frame.
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
