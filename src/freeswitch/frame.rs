//! A frame of the event socket: headers, an optional body, and the event in either of them.

use alloc::borrow::Cow;
use core::fmt::{self, Write as _};

use super::event::{Event, OwnedEvent};
use crate::error::FieldError;
use crate::range::part;
use crate::redact::event_socket::{mask, mask_header};
use crate::redact::{Escaped, log_line};
use crate::value::{Encoded, FromWire as _};
use crate::wiped::Wiped;
#[cfg(feature = "std")]
use crate::wire::HeaderIndex;
use crate::wire::{Value, same_name};

pub(super) const CONTENT_LENGTH: &str = "Content-Length";

/// The kind of a frame, given by its `Content-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentType<'buf> {
    /// `auth/request`: the server's first frame, which requests a password.
    AuthRequest,
    /// `command/reply`: the answer to a command, in `Reply-Text`.
    CommandReply,
    /// `api/response`: the answer to `api`, in the body.
    ApiResponse,
    /// `text/event-plain`: an event as header lines.
    EventPlain,
    /// `text/event-json`: an event as a JSON object.
    EventJson,
    /// `text/event-xml`: an event as an XML document.
    EventXml,
    /// `text/disconnect-notice`: the server is about to close the connection, or, with
    /// `Content-Disposition: linger`, will close it later.
    DisconnectNotice,
    /// `text/rude-rejection`: the server accepts no connections from this address.
    RudeRejection,
    /// `log/data`: a line of the server's log.
    LogData,
    /// Any other content type; empty for a frame without one, as clients send it.
    Other(Value<'buf>),
}

impl<'buf> ContentType<'buf> {
    /// The types with a variant of their own.
    const NAMED: [(&'static str, Self); 9] = [
        ("auth/request", Self::AuthRequest),
        ("command/reply", Self::CommandReply),
        ("api/response", Self::ApiResponse),
        ("text/event-plain", Self::EventPlain),
        ("text/event-json", Self::EventJson),
        ("text/event-xml", Self::EventXml),
        ("text/disconnect-notice", Self::DisconnectNotice),
        ("text/rude-rejection", Self::RudeRejection),
        ("log/data", Self::LogData),
    ];

    /// Returns the kind for a `Content-Type`; blanks around it are ignored.
    pub(super) fn of(value: Value<'buf>) -> Self {
        let value = Value::new(value.as_bytes().trim_ascii());
        let named = Self::NAMED.into_iter().find(|(name, _)| value.eq_ignore_case(name));
        named.map_or(Self::Other(value), |(_, content)| content)
    }
}

/// The reason for which an event can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventError {
    /// The JSON or XML is not well-formed, or not an event.
    Malformed,
    /// Reading the event needs a feature that the crate was built without.
    Feature {
        /// The feature's name.
        name: &'static str,
    },
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the event is not well-formed; look at the body of its frame"),
            Self::Feature { name } => write!(f, "the event is read with the feature `{name}`; build with it"),
        }
    }
}

impl core::error::Error for EventError {}

/// A frame, borrowed from the decoder's buffer.
///
/// Values of headers are as they came. If the headers themselves are an event (the answer to
/// `connect`), they are encoded: [`event`](Self::event) and [`answer`](Self::answer) decode them.
#[derive(Clone, Copy)]
pub struct Frame<'buf> {
    bytes: &'buf [u8],
    /// Length of the headers, their blank line included.
    head: usize,
    offset: u64,
    event: Option<Event<'buf>>,
}

impl<'buf> Frame<'buf> {
    pub(super) fn new(bytes: &'buf [u8], head: usize, offset: u64, event: Option<Event<'buf>>) -> Self {
        Self { bytes, head, offset, event }
    }

    /// Creates a frame of bytes without headers.
    #[cfg(feature = "std")]
    pub(super) const fn bare(bytes: &'buf [u8]) -> Self {
        Self { bytes, head: 0, offset: 0, event: None }
    }

    /// Creates a frame that holds only an event.
    #[cfg(feature = "std")]
    pub(super) const fn of(event: Event<'buf>) -> Self {
        Self { event: Some(event), ..Self::bare(&[]) }
    }

    /// Returns the event in the frame, or an empty one.
    #[cfg(feature = "std")]
    pub(super) fn event_or_none(self) -> Event<'buf> {
        self.event.unwrap_or(Event::new(HeaderIndex::bare(&[]), &[]))
    }

    /// Returns the offset of the first byte from the start of the stream.
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// Returns the whole frame as it came.
    pub const fn as_bytes(self) -> &'buf [u8] {
        self.bytes
    }

    /// Returns the kind of the frame.
    pub fn content_type(self) -> ContentType<'buf> {
        ContentType::of(self.get("Content-Type").unwrap_or_default())
    }

    /// Returns the first header of this name, ignoring case.
    pub fn get(self, name: &str) -> Option<Value<'buf>> {
        self.headers().find(|(found, _)| same_name(found.as_bytes(), name.as_bytes())).map(|(_, value)| value)
    }

    /// Yields the headers in order, without those of an event in the body. Lines that are not
    /// headers are omitted.
    pub fn headers(self) -> impl Iterator<Item = (Value<'buf>, Value<'buf>)> + use<'buf> {
        headers(part(self.bytes, ..self.head))
    }

    /// Returns the first line if it is not a header: the command in a frame from a client.
    pub fn command(self) -> Option<Value<'buf>> {
        let line = head_lines(self.bytes).next()?;
        name_and_value(line).is_none().then(|| Value::new(line))
    }

    /// Returns the body's length according to `Content-Length`. `Ok(None)` means that the frame has
    /// no such header, and so no body.
    ///
    /// # Errors
    /// [`FieldError`] if the header is not a number. Leading digits count, as in the server's own
    /// reader. Without leading digits the frame has no body: if the peer sent one, it is read as
    /// frames.
    pub fn content_length(self) -> Result<Option<u64>, FieldError> {
        let Some(value) = self.get(CONTENT_LENGTH) else { return Ok(None) };
        match u64::from_wire(value.as_bytes().trim_ascii()) {
            Ok(length) => Ok(Some(length)),
            Err(error) => Err(FieldError::invalid("", CONTENT_LENGTH, error)),
        }
    }

    /// Returns the bytes after the headers; empty if the frame has no `Content-Length`.
    pub fn body(self) -> &'buf [u8] {
        part(self.bytes, self.head..)
    }

    /// Returns the event in the frame. `None` if there is none, or if it can't be read, see
    /// [`event_error`](Self::event_error).
    pub const fn event(self) -> Option<Event<'buf>> {
        self.event
    }

    /// Returns the reason for which the event in the frame can't be read. `None` if it can be read,
    /// or if the frame has no event, or is a head without its body.
    ///
    /// ```
    /// use ami_proto::freeswitch::{Decoder, EventError, LIMITS};
    ///
    /// let mut decoder = Decoder::new(LIMITS);
    /// decoder.push(b"Content-Type: text/event-json\nContent-Length: 5\n\n{\"a\":");
    /// assert_eq!(decoder.next_frame()?.unwrap().event_error(), Some(EventError::Malformed));
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn event_error(self) -> Option<EventError> {
        let is_whole = || self.content_length().is_ok_and(|len| len.is_none_or(|len| len == self.body().len() as u64));
        match self.content_type() {
            _ if self.event.is_some() || !is_whole() => None,
            ContentType::EventXml if !cfg!(feature = "xml") => Some(EventError::Feature { name: "xml" }),
            ContentType::EventPlain | ContentType::EventJson | ContentType::EventXml => Some(EventError::Malformed),
            _ => None,
        }
    }

    /// Returns whether the headers are encoded because they are an event: in the answer to
    /// `connect`.
    fn is_encoded(self) -> bool {
        self.event.is_some() && self.get("Event-Name").is_some()
    }

    /// Returns the answer to a command: the body of an `api/response`, or the `Reply-Text` of a
    /// `command/reply`, decoded if it is encoded. A server cuts a `Reply-Text` at 511 bytes.
    ///
    /// `None` for any other frame.
    pub fn answer(self) -> Option<Cow<'buf, [u8]>> {
        match self.content_type() {
            ContentType::ApiResponse => Some(Cow::Borrowed(self.body())),
            ContentType::CommandReply => {
                let text = self.get("Reply-Text")?;
                Some(decoded(text, self.is_encoded()))
            }
            _ => None,
        }
    }

    /// Returns whether the frame is a `command/reply` that begins with `-ERR`. Whether the answer
    /// to an `api` command is a refusal depends on that command.
    pub fn is_refusal(self) -> bool {
        self.content_type() == ContentType::CommandReply
            && self.answer().is_some_and(|answer| answer.trim_ascii_start().starts_with(b"-ERR"))
    }

    /// Copies the frame out of the buffer.
    pub fn to_owned(self) -> OwnedFrame {
        OwnedFrame {
            bytes: self.bytes.into(),
            head: self.head,
            offset: self.offset,
            event: self.event.map(Event::to_owned),
        }
    }
}

/// Yields the lines of a head, without their ends, up to the blank line.
pub(super) fn head_lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    core::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(end)?;
        rest = after.get(1..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (!line.is_empty()).then_some(line)
    })
}

/// Splits a header line into name and value; `None` for other lines: no name contains a blank.
fn name_and_value(line: &[u8]) -> Option<(Value<'_>, Value<'_>)> {
    let (name, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
    let value = value.get(1..)?;
    let value = value.strip_prefix(b" ").unwrap_or(value);
    (!name.is_empty() && !name.contains(&b' ')).then(|| (Value::new(name), Value::new(value)))
}

fn decoded(value: Value<'_>, encoded: bool) -> Cow<'_, [u8]> {
    if encoded { Encoded::new(value.as_bytes()).decode() } else { Cow::Borrowed(value.as_bytes()) }
}

pub(super) fn headers(head: &[u8]) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    head_lines(head).filter_map(name_and_value)
}

impl fmt::Debug for Frame<'_> {
    /// Shows the frame without its body, with passwords and PINs masked. Encoded values are shown
    /// decoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Masked<'a>(Frame<'a>);
        impl fmt::Debug for Masked<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let encoded = self.0.is_encoded();
                let masked = |(name, value): (Value<'_>, Value<'_>)| {
                    let value = decoded(value, encoded);
                    let value = mask_header(name.as_bytes(), &value);
                    (
                        Value::new(name.as_bytes()).to_str_lossy().into_owned(),
                        Value::new(&value).to_str_lossy().into_owned(),
                    )
                };
                f.debug_map().entries(self.0.headers().map(masked)).finish()
            }
        }
        f.debug_struct("Frame")
            .field("offset", &self.offset)
            .field("len", &self.bytes.len())
            .field("headers", &Masked(*self))
            .field("body", &self.body().len())
            .field("event", &self.event)
            .finish()
    }
}

/// Writes one line for a log: the content type, a client's command, the event's headers or else the
/// frame's own, and the length of a body that is not an event. Secrets are masked, and values are
/// escaped and cut as in AMI's [`Frame`](crate::Frame).
///
/// ```
/// use ami_proto::freeswitch::{Decoder, LIMITS};
///
/// let mut decoder = Decoder::new(LIMITS);
/// decoder.push(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
/// assert_eq!(decoder.next_frame()?.unwrap().to_string(), r#"command/reply Reply-Text="+OK accepted""#);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| {
            match self.command() {
                Some(command) => write!(line, "command {}", Escaped(&mask(command.as_bytes())))?,
                None => write!(line, "{}", Escaped(self.get("Content-Type").unwrap_or_default().as_bytes()))?,
            }
            if let Some(event) = self.event {
                write!(line, " ")?;
                return event.log(line);
            }
            for (name, value) in self.headers().filter(|(name, _)| !name.eq_ignore_case("Content-Type")) {
                line.pair(name, &mask_header(name.as_bytes(), value.as_bytes()))?;
            }
            match self.body().len() {
                0 => Ok(()),
                bytes => write!(line, " ({bytes} bytes)"),
            }
        })
    }
}

/// A [`Frame`] that outlives the buffer it was read from.
#[derive(Clone)]
pub struct OwnedFrame {
    bytes: Wiped,
    head: usize,
    offset: u64,
    event: Option<OwnedEvent>,
}

impl OwnedFrame {
    /// Returns the frame, borrowed from this copy.
    pub fn view(&self) -> Frame<'_> {
        Frame::new(&self.bytes, self.head, self.offset, self.event.as_ref().map(OwnedEvent::view))
    }
}

/// Writes the line of [`Frame`]'s `Display`.
impl fmt::Display for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl fmt::Debug for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
