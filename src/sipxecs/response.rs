//! What the service answers: two wrappers around FreeSWITCH's text, three kinds of refusal.

use core::fmt;

use crate::freeswitch::{self, command::Name};
use crate::wire::Value;

/// An answer of the service: the status of the HTTP response, and its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    status: u16,
    body: &'a [u8],
}

impl<'a> Response<'a> {
    /// This answer.
    pub const fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, body }
    }

    /// The status.
    pub const fn status(self) -> u16 {
        self.status
    }

    /// The body as it came.
    pub const fn body(self) -> &'a [u8] {
        self.body
    }

    /// What the command brought.
    ///
    /// The text between `<command-response>` and `</command-response>` is not escaped (that of
    /// `xml_list` is a whole XML document), so the wrapper is taken off as it stands, and whatever
    /// is inside is left alone. A body without a wrapper is taken whole: the service sends an empty
    /// one when it lost FreeSWITCH.
    ///
    /// ```
    /// use ami_proto::sipxecs::{Response, ServiceErrorKind};
    ///
    /// let reply = Response::new(200, b"<command-response>-ERR Conference command 'x' not found.\n</command-response>\n").reply()?;
    /// assert_eq!(reply.error().unwrap(), "Conference command 'x' not found.");
    ///
    /// let error = Response::new(404, b"<command-exception>Conference not found</command-exception>\n").reply().unwrap_err();
    /// assert_eq!(error.kind(), ServiceErrorKind::NotFound);
    /// # Ok::<(), ami_proto::sipxecs::ServiceError<'_>>(())
    /// ```
    ///
    /// # Errors
    /// When the status is no 2xx, or the body is wrapped in `<command-exception>`.
    pub fn reply(self) -> Result<Reply<'a>, ServiceError<'a>> {
        let exception = unwrap(self.body, b"<command-exception>", b"</command-exception>");
        if exception.is_some() || !(200..300).contains(&self.status) {
            let text = exception.or_else(|| unwrap(self.body, RESPONSE, RESPONSE_END)).unwrap_or(self.body);
            return Err(ServiceError { status: self.status, message: Value::new(text) });
        }
        let wrapped = unwrap(self.body, RESPONSE, RESPONSE_END);
        Ok(Reply { text: wrapped.unwrap_or(self.body), wrapped: wrapped.is_some() })
    }
}

const RESPONSE: &[u8] = b"<command-response>";
const RESPONSE_END: &[u8] = b"</command-response>";

fn unwrap<'a>(body: &'a [u8], start: &[u8], end: &[u8]) -> Option<&'a [u8]> {
    body.trim_ascii().strip_prefix(start)?.strip_suffix(end)
}

/// What a command brought: FreeSWITCH's text for its commands, the service's own for `invite` and
/// `record`.
///
/// A command that FreeSWITCH doesn't know, or can't do, brings a reply too; see
/// [`error`](Self::error).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    text: &'a [u8],
    wrapped: bool,
}

impl<'a> Reply<'a> {
    /// The text as it came, line ends included.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// Returns whether the text stood in `<command-response>`. What doesn't is none of the service's,
    /// but for `ERROR: …` and for what [`is_lost`](Self::is_lost) tells: a page of what stands before
    /// it, such as a log-in.
    pub const fn is_wrapped(self) -> bool {
        self.wrapped
    }

    /// Returns whether the service has lost its FreeSWITCH: the body is empty or `null`, or the
    /// wrapper is. FreeSWITCH has words where it prints nothing (`-ERR no reply`).
    pub fn is_lost(self) -> bool {
        matches!(self.text.trim_ascii(), b"" | b"null")
    }

    /// The same, to be read as something else.
    pub const fn value(self) -> Value<'a> {
        Value::new(self.text)
    }

    /// The text as FreeSWITCH's answer to this command; for lists see `freeswitch::list`.
    ///
    /// ```
    /// use ami_proto::freeswitch::command::Name;
    /// use ami_proto::freeswitch::reply::ServerRefusal;
    /// use ami_proto::sipxecs::Response;
    ///
    /// let reply = Response::new(200, b"<command-response>Non-Existant ID 9\n</command-response>\n").reply()?;
    /// assert_eq!(reply.to(Name::Mute).refusal(), Some(ServerRefusal::NoMember { member: Some("9".into()) }));
    /// # Ok::<(), ami_proto::sipxecs::ServiceError<'_>>(())
    /// ```
    pub const fn to(self, name: Name) -> freeswitch::reply::Reply<'a> {
        freeswitch::reply::Reply::new(name, self.text)
    }

    /// The first line behind `-ERR` (FreeSWITCH refuses), or behind `ERROR:` (the service lost
    /// FreeSWITCH, or its recorder refuses).
    ///
    /// FreeSWITCH before 1.8, which most services run, writes no `-ERR`: [`to`](Self::to) reads its
    /// refusals too.
    pub fn error(self) -> Option<Value<'a>> {
        let text = self.text.trim_ascii_start();
        let text = text.strip_prefix(b"-ERR").or_else(|| text.strip_prefix(b"ERROR:"))?;
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Some(Value::new(line.trim_ascii()))
    }

    /// Whether the service sent the invitation: its whole answer to `invite` and `inviteim`.
    pub fn invitation_sent(self) -> bool {
        self.text.trim_ascii() == b"Invitation sent"
    }

    /// What the recorder says, where it is its answer to `status` or `duration`.
    pub fn recorder(self) -> Option<Recorder> {
        match self.text.trim_ascii() {
            b"IN_PROGRESS" => Some(Recorder::InProgress),
            b"NO_RECORDING" => Some(Recorder::NoRecording),
            digits => Value::new(digits).parse().ok().map(Recorder::Duration),
        }
    }
}

/// The state of the service's recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorder {
    /// It records.
    InProgress,
    /// It doesn't.
    NoRecording,
    /// It has for so long: in seconds, it seems; the service doesn't say.
    Duration(u64),
}

/// The service refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceError<'a> {
    status: u16,
    message: Value<'a>,
}

impl<'a> ServiceError<'a> {
    /// Why, as the status has it.
    pub const fn kind(self) -> ServiceErrorKind {
        match self.status {
            400 => ServiceErrorKind::BadCommand,
            401 => ServiceErrorKind::NotAuthenticated,
            403 => ServiceErrorKind::NotOwner,
            404 => ServiceErrorKind::NotFound,
            405 => ServiceErrorKind::Method,
            406 => ServiceErrorKind::NotActive,
            _ => ServiceErrorKind::Other,
        }
    }

    /// The status of the HTTP response.
    pub const fn status(self) -> u16 {
        self.status
    }

    /// The message without its wrapper, such as `User is not owner of this conference`; the whole
    /// body where there is no wrapper, which then may be a page of the HTTP server.
    pub const fn message(self) -> Value<'a> {
        self.message
    }
}

impl fmt::Display for ServiceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind() {
            ServiceErrorKind::BadCommand => "no command, or not one user to invite",
            ServiceErrorKind::NotAuthenticated => "the service wants to know who asks",
            ServiceErrorKind::NotOwner => "the conference is another user's",
            ServiceErrorKind::NotFound => "there is no such conference",
            ServiceErrorKind::Method => "the service wants another method",
            ServiceErrorKind::NotActive => "the conference is not active",
            ServiceErrorKind::Other => "the service refuses",
        })?;
        write!(f, " (status {})", self.status)?;
        match self.message.as_bytes().trim_ascii() {
            // A page of the HTTP server's says less.
            b"" | b"null" | [b'<', ..] => Ok(()),
            message => write!(f, ": {}", message.escape_ascii()),
        }
    }
}

impl core::error::Error for ServiceError<'_> {}

/// Why the service refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceErrorKind {
    /// 400: there was no command; or an invitation without exactly one user. An unknown command is
    /// no such error, though the reference page says so: FreeSWITCH answers it.
    BadCommand,
    /// 401: the digest is missing or wrong.
    NotAuthenticated,
    /// 403: the conference is another user's, or nobody's.
    NotOwner,
    /// 404: there is no such conference.
    NotFound,
    /// 405: not by this method; see [`Conference::method`](super::Conference::method).
    Method,
    /// 406: it is not active; only for details.
    NotActive,
    /// Any other status.
    Other,
}
