//! Messages to the server: a command with optional headers and body. Bytes that would end a line
//! are refused.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::error::{EncodeError, Refusal};
use crate::freeswitch::command::Line;
use crate::freeswitch::{Decoder, EventFormat, LIMITS, number};
use crate::range::part;
use crate::redact::event_socket::mask;
use crate::wiped::{Wiped, reserve};
use crate::wire::Value;

/// Size in bytes of the longest message that a server reads; it reads the excess as the next
/// command.
const SERVER_MESSAGE: usize = 10_485_760;

/// Time for which `dial` lets a phone ring (`conference_api.c`), unless the dial string sets
/// another.
const RINGS: Duration = Duration::from_secs(60);
const RING_TIME: &[u8] = b"originate_timeout=";

/// A command to the server.
///
/// The server would read the text after a CR, LF or NUL as another command, or drop it; such a line
/// is refused when it is sent.
///
/// ```
/// use ami_proto::freeswitch::Message;
///
/// let mut out = Vec::new();
/// Message::api("conference board list").encode(&mut out)?;
/// assert_eq!(out, b"api conference board list\n\n");
///
/// let notify = Message::new("sendevent CUSTOM").header("Event-Subclass", "lab::note").body("hello");
/// out.clear();
/// notify.encode(&mut out)?;
/// assert_eq!(out, b"sendevent CUSTOM\nEvent-Subclass: lab::note\nContent-Length: 5\n\nhello");
///
/// let refused = Message::api("conference board say hi\n\napi shutdown").encode(&mut out).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     r#"field "command" refused: byte 0x0a at 27 of its value would end the line; leave it out or send it encoded; a secret that has it must be changed"#,
/// );
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Message {
    line: Wiped,
    headers: Vec<(Wiped, Wiped)>,
    body: Option<Wiped>,
}

impl Message {
    /// Creates a command from its line, such as `event json ALL`, `sendmsg UUID` or `nolog`.
    pub fn new(line: impl AsRef<[u8]>) -> Self {
        Self::owned(line.as_ref().into())
    }

    /// Creates a command from its line without copying it.
    pub(super) fn owned(line: Vec<u8>) -> Self {
        Self { line: line.into(), headers: Vec::new(), body: None }
    }

    /// Creates an API command with its arguments, such as `conference board list`. Until it is
    /// answered, the server handles no other command of this connection.
    pub fn api(command: impl AsRef<[u8]>) -> Self {
        Self::owned([b"api ", command.as_ref()].concat())
    }

    /// Creates an API command that runs as a background job; an event brings its output.
    pub fn bgapi(command: impl AsRef<[u8]>) -> Self {
        Self::owned([b"bgapi ", command.as_ref()].concat())
    }

    /// Creates an [`api`](Self::api) message from a conference command.
    ///
    /// ```
    /// use ami_proto::freeswitch::Message;
    /// use ami_proto::freeswitch::command::{ConferenceCommand, Mute};
    ///
    /// let mut out = Vec::new();
    /// Message::api_command(Mute::new(7).to("board"))?.encode(&mut out)?;
    /// assert_eq!(out, b"api conference board mute 7\n\n");
    /// # Ok::<(), ami_proto::EncodeError>(())
    /// ```
    ///
    /// # Errors
    /// [`EncodeError`] if the server would read an argument as something else.
    pub fn api_command(line: Line<'_>) -> Result<Self, EncodeError> {
        Self::conference(b"api ", line)
    }

    /// Creates a [`bgapi`](Self::bgapi) message from a conference command.
    ///
    /// # Errors
    /// The errors of [`api_command`](Self::api_command).
    pub fn bgapi_command(line: Line<'_>) -> Result<Self, EncodeError> {
        Self::conference(b"bgapi ", line)
    }

    /// Creates the command that subscribes to events in this format:
    /// [`Events`](crate::freeswitch::Events), or names separated by blanks.
    pub fn subscribe(format: EventFormat, types: impl AsRef<[u8]>) -> Self {
        Self::owned([b"event ", format.as_str().as_bytes(), b" ", types.as_ref()].concat())
    }

    /// Creates the command that adds a filter: the server sends only events whose header has this
    /// value, or that match another filter.
    ///
    /// # Errors
    /// [`EncodeError`] if the header is empty, contains a blank or `[`, or is `add` or `delete`,
    /// which are commands to the server; and if the value is empty, which would remove all filters
    /// of the header.
    pub fn filter(header: &str, value: impl AsRef<[u8]>) -> Result<Self, EncodeError> {
        let value = value.as_ref();
        let is_command = ["add", "delete"].iter().any(|command| header.eq_ignore_ascii_case(command));
        let refusal = match header.bytes().zip(0..).find(|(byte, _)| matches!(byte, b' ' | b'[')) {
            _ if header.is_empty() => Some(Refusal::EmptyName),
            _ if is_command => Some(Refusal::Command),
            Some((byte, at)) => Some(Refusal::InName { byte, at }),
            None => value.is_empty().then_some(Refusal::EmptyValue),
        };
        if let Some(refusal) = refusal {
            return Err(EncodeError::new(header.as_bytes(), refusal));
        }
        Ok(Self::owned([b"filter ", header.as_bytes(), b" ", value].concat()))
    }

    /// Appends a conference command to this verb, which ends with a blank.
    fn conference(verb: &[u8], command: Line<'_>) -> Result<Self, EncodeError> {
        let mut line = Wiped::default();
        line.vec().extend_from_slice(verb);
        command.write(line.vec())?;
        Ok(Self { line, headers: Vec::new(), body: None })
    }

    /// Adds a header, for the commands that take some.
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// Sets the body, which may contain any bytes; its length is written before it.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().into());
        self
    }

    /// Appends the message to a buffer.
    ///
    /// # Errors
    /// If the command or a header contains bytes that would end its line, or if the message is
    /// longer than a server reads. The buffer is then unchanged.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        check(b"command", &self.line)?;
        if self.line.is_empty() {
            return Err(EncodeError::new(b"command", Refusal::EmptyValue));
        }
        for (name, value) in &self.headers {
            check_name(name).and_then(|()| check(name, value))?;
        }
        let body = self.body.as_deref().unwrap_or_default();
        let length = alloc::format!("Content-Length: {}\n", body.len());
        let length = if self.body.is_some() { length.as_bytes() } else { b"" };
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + ": \n".len()).sum();
        let len = self.line.len() + headers + length.len() + "\n\n".len() + body.len();
        if len > SERVER_MESSAGE {
            return Err(EncodeError::new(b"command", Refusal::LineTooLong { len, max: SERVER_MESSAGE }));
        }
        reserve(out, len);
        out.extend_from_slice(&self.line);
        out.push(b'\n');
        for (name, value) in &self.headers {
            for part in [name, &b": "[..], value, b"\n"] {
                out.extend_from_slice(part);
            }
        }
        for part in [length, b"\n", body] {
            out.extend_from_slice(part);
        }
        Ok(())
    }

    /// Returns the first word of the line in lower case: the server ignores case.
    pub(super) fn verb(&self) -> Vec<u8> {
        self.words().next().unwrap_or_default().to_ascii_lowercase()
    }

    /// Yields the words of the line.
    pub(super) fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.line.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
    }

    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Returns the time that the server needs for the command beyond the usual: `conference … dial`
    /// answers when the call is answered, or when the ringing time is over.
    pub(super) fn takes(&self) -> Duration {
        let mut words = Splitter(&self.line);
        let verb = words.next().unwrap_or_default();
        let is =
            |word: Option<&[u8]>, known: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(known.as_bytes()));
        let is_api = ["api", "bgapi"].iter().any(|known| is(Some(verb), known));
        if !is_api || !is(words.next(), "conference") || words.next().is_none() || !is(words.next(), "dial") {
            return Duration::ZERO;
        }
        let endpoint = words.next().unwrap_or_default();
        let rings = memchr::memmem::find(endpoint, RING_TIME).map(|at| part(endpoint, at + RING_TIME.len()..));
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rings = rings.and_then(|text| number::<u32>(part(text, ..digits(text)))).filter(|rings| *rings > 0);
        rings.map_or(RINGS, |rings| Duration::from_secs(rings.into()))
    }

    /// Returns the value of a header of the message.
    pub(super) fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..])
    }
}

/// Yields the words of a line as the conference module splits it, with quotes kept.
struct Splitter<'a>(&'a [u8]);

impl<'a> Iterator for Splitter<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.0.trim_ascii_start();
        let (mut at, mut quoted) = (0, false);
        while let Some(byte) = text.get(at).filter(|byte| quoted || **byte != b' ') {
            quoted ^= *byte == b'\'';
            at += if *byte == b'\\' { 2 } else { 1 };
        }
        let (word, rest) = text.split_at(at.min(text.len()));
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// A written message, to be shown as the frame that a reader would make of it.
pub(super) struct Written<'a>(pub(super) &'a [u8]);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut decoder = Decoder::new(LIMITS);
        decoder.push(self.0);
        match decoder.next_frame() {
            Ok(Some(frame)) => frame.fmt(f),
            _ => write!(f, "{} bytes", self.0.len()),
        }
    }
}

fn check(field: &[u8], value: &[u8]) -> Result<(), EncodeError> {
    match value.iter().enumerate().find(|(_, byte)| matches!(byte, b'\r' | b'\n' | 0)) {
        Some((at, byte)) => Err(EncodeError::new(field, Refusal::InValue { byte: *byte, at })),
        None => Ok(()),
    }
}

fn check_name(name: &[u8]) -> Result<(), EncodeError> {
    let refusal = match name.iter().enumerate().find(|(_, byte)| matches!(byte, b'\r' | b'\n' | 0 | b':')) {
        Some((at, byte)) => Refusal::InName { byte: *byte, at },
        None if name.is_empty() => Refusal::EmptyName,
        // The length is written from the actual body.
        None if name.eq_ignore_ascii_case(b"Content-Length") => Refusal::OwnHeader,
        None => return Ok(()),
    };
    Err(EncodeError::new(name, refusal))
}

impl fmt::Debug for Message {
    /// Shows the message with passwords and PINs masked, without the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("line", &Value::new(&mask(&self.line)))
            .field("headers", &self.headers.len())
            .field("body", &self.body.as_ref().map(|body| body.len()))
            .finish()
    }
}
