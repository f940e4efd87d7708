//! Responses of the service: two wrappers around FreeSWITCH's text, and three kinds of refusal.

use core::fmt;

use crate::freeswitch::{self, command::Name};
use crate::wire::Value;

/// A response of the service: the status code of the HTTP response, and its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    status: u16,
    body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Creates a response from status code and body.
    pub const fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, body }
    }

    /// Returns the HTTP status code.
    pub const fn status(self) -> u16 {
        self.status
    }

    /// Returns the body as it came.
    pub const fn body(self) -> &'a [u8] {
        self.body
    }

    /// Returns the reply to the command.
    ///
    /// The text between `<command-response>` and `</command-response>` is not escaped (for
    /// `xml_list` it is a whole XML document), so only the wrapper is removed, and its content
    /// stays unchanged. A body without a wrapper is taken as a whole: the service sends an empty
    /// one when it has lost FreeSWITCH.
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
    /// If the status is not 2xx, or if the body is wrapped in `<command-exception>`.
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

/// The reply to a command: FreeSWITCH's text for FreeSWITCH's commands, the service's own text for
/// `invite` and `record`.
///
/// A command that FreeSWITCH doesn't know or can't perform has a reply too; see
/// [`error`](Self::error).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    text: &'a [u8],
    wrapped: bool,
}

impl<'a> Reply<'a> {
    /// Returns the text as it came, line ends included.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// Returns whether the text was wrapped in `<command-response>`. Other texts are not from the
    /// service, except `ERROR: …` and those for which [`is_lost`](Self::is_lost) is true: they are
    /// pages of a system in front of it, such as a login page.
    pub const fn is_wrapped(self) -> bool {
        self.wrapped
    }

    /// Returns whether the service has lost its FreeSWITCH: the body, or the content of the
    /// wrapper, is empty or `null`. A connected FreeSWITCH always sends text, even if a command
    /// prints nothing (`-ERR no reply`).
    pub fn is_lost(self) -> bool {
        matches!(self.text.trim_ascii(), b"" | b"null")
    }

    /// Returns the text as a [`Value`], which can be parsed.
    pub const fn value(self) -> Value<'a> {
        Value::new(self.text)
    }

    /// Returns the text as FreeSWITCH's answer to this command; for lists see `freeswitch::list`.
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

    /// Returns the first line after `-ERR` (FreeSWITCH refuses), or after `ERROR:` (the service has
    /// lost FreeSWITCH, or its recorder refuses).
    ///
    /// FreeSWITCH before 1.8, which most services run, writes no `-ERR`: [`to`](Self::to) reads its
    /// refusals too.
    pub fn error(self) -> Option<Value<'a>> {
        let text = self.text.trim_ascii_start();
        let text = text.strip_prefix(b"-ERR").or_else(|| text.strip_prefix(b"ERROR:"))?;
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Some(Value::new(line.trim_ascii()))
    }

    /// Returns whether the service sent the invitation, which is its whole answer to `invite` and
    /// `inviteim`.
    pub fn invitation_sent(self) -> bool {
        self.text.trim_ascii() == b"Invitation sent"
    }

    /// Returns the recorder's state, if this is its answer to `status` or `duration`.
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
    /// The conference is being recorded.
    InProgress,
    /// The conference is not being recorded.
    NoRecording,
    /// The duration of the recording, probably in seconds; the service doesn't name the unit.
    Duration(u64),
}

/// Reports that the service refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceError<'a> {
    status: u16,
    message: Value<'a>,
}

impl<'a> ServiceError<'a> {
    /// Returns the kind of the refusal, according to the status.
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

    /// Returns the HTTP status code.
    pub const fn status(self) -> u16 {
        self.status
    }

    /// Returns the message without its wrapper, such as `User is not owner of this conference`.
    /// Without a wrapper it is the whole body, which may be a page of the HTTP server.
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
            // A page of the HTTP server says less than the kind.
            b"" | b"null" | [b'<', ..] => Ok(()),
            message => write!(f, ": {}", message.escape_ascii()),
        }
    }
}

impl core::error::Error for ServiceError<'_> {}

/// The kind of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceErrorKind {
    /// 400: the command is missing, or an invitation doesn't name exactly one user. An unknown
    /// command does not cause this status, although the reference page says so: FreeSWITCH answers
    /// it.
    BadCommand,
    /// 401: the digest is missing or wrong.
    NotAuthenticated,
    /// 403: the conference has another owner, or none.
    NotOwner,
    /// 404: the conference doesn't exist.
    NotFound,
    /// 405: the service requires another method; see
    /// [`Conference::method`](super::Conference::method).
    Method,
    /// 406: the conference is not active; only for details.
    NotActive,
    /// Any other status.
    Other,
}
