//! One frame: borrowed bytes, and the index that makes its lines addressable.

use core::fmt;

use super::follows::before_end;
use super::header_index::{GetAll, HeaderIndex, Headers, RawLines};
use super::{OwnedFrame, Value};

/// What a frame is, told by its first line that isn't an `ActionID` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// The line that greets a new connection.
    Banner,
    /// `Response: …`: a server's answer.
    Response,
    /// `Event: …`: what a server tells, asked or not.
    Event,
    /// `Action: …`: a client's request.
    Action,
    /// Anything else: what some actions answer without any framing.
    Text,
}

impl FrameKind {
    /// The kind in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Response => "response",
            Self::Event => "event",
            Self::Action => "action",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for FrameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A frame in the buffer it was read into: from its first line to the end of the blank line that
/// closes it.
///
/// It is two slices and a few numbers, `Copy`; what its getters return lives as long as the buffer,
/// not as long as the frame. Nothing on the wire is out of reach: headers keep their order, their
/// duplicates and their bytes, lines without a colon are kept as [`lines`](Self::lines).
///
/// ```
/// use ami_proto::{Decoder, FrameKind, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Response: Success\r\nActionID: 7\r\nPing: Pong\r\n\r\n");
/// let frame = decoder.next_frame()?.expect("a whole frame");
/// assert_eq!(frame.kind(), FrameKind::Response);
/// assert_eq!(frame.name().unwrap(), "Success");
/// assert_eq!(frame.get("actionid").unwrap(), "7");
/// assert_eq!(frame.headers().count(), 3);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Frame<'buf> {
    /// The frame and nothing else, with its lines.
    headers: HeaderIndex<'buf>,
    kind: FrameKind,
    kind_line: u32,
    offset: u64,
}

/// What the scanner found out about a frame, beside its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: FrameKind,
    /// The line that gave the kind.
    pub(super) kind_line: u32,
    /// How many lines, from the first, can be headers; lines after them are text even with a colon.
    pub(super) head: u32,
}

impl<'buf> Frame<'buf> {
    /// Bytes without an index: no line of them can be looked at.
    #[cfg(feature = "std")]
    pub(crate) const fn bare(bytes: &'buf [u8]) -> Self {
        Self { headers: HeaderIndex::bare(bytes), kind: FrameKind::Text, kind_line: 0, offset: 0 }
    }

    #[inline]
    pub(super) fn new(headers: HeaderIndex<'buf>, Shape { kind, kind_line, head }: Shape, offset: u64) -> Self {
        Self { headers: headers.with_head(head), kind, kind_line, offset }
    }

    pub(super) fn header_index(self) -> HeaderIndex<'buf> {
        self.headers
    }

    pub(super) fn shape(self) -> Shape {
        Shape { kind: self.kind, kind_line: self.kind_line, head: self.headers.head() }
    }

    /// What it is.
    pub const fn kind(self) -> FrameKind {
        self.kind
    }

    /// The value of the header that gives the kind: the event's or action's name, `Success`,
    /// `Error` … for a response; `None` for a banner and for text.
    #[inline]
    pub fn name(self) -> Option<Value<'buf>> {
        if matches!(self.kind, FrameKind::Banner | FrameKind::Text) {
            return None;
        }
        let at = self.kind_line as usize * 2;
        let start = if at == 0 { 0 } else { self.headers.mark(at - 1)? + 1 };
        Some(self.headers.header(start, self.headers.mark(at)?, self.headers.mark(at + 1)?).value())
    }

    /// Offset of the first byte from the start of the stream.
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// All its bytes, the closing blank line included.
    pub const fn as_bytes(self) -> &'buf [u8] {
        self.headers.bytes()
    }

    /// The first header of this name, the case of ASCII letters apart.
    #[inline]
    pub fn get(self, name: &str) -> Option<Value<'buf>> {
        self.first("", name)
    }

    /// As [`get`](Self::get), of the name that a prefix and this name make together. Every getter
    /// of the typed views comes down to it.
    #[inline]
    pub(crate) fn first(&self, prefix: &str, name: &str) -> Option<Value<'buf>> {
        self.headers.first(prefix, name)
    }

    /// All headers of this name in their order, the case of ASCII letters apart.
    pub fn get_all<'name>(self, name: &'name str) -> GetAll<'buf, 'name> {
        self.headers.get_all(name)
    }

    /// The headers in their order, duplicates kept. A banner and a text frame have none.
    pub fn headers(self) -> Headers<'buf> {
        self.headers.headers()
    }

    /// What is no header, in order: lines without a colon; all lines of a banner or a text frame;
    /// the body of a `Response: Follows` without its end marker.
    pub fn lines(self) -> Lines<'buf> {
        let (head, count) = (self.headers.head(), self.headers.lines());
        Lines {
            lines: self.headers.raw_lines(),
            head,
            count,
            // Only a `Follows` body leaves lines of a response out of the head.
            marked: self.kind == FrameKind::Response && (head as usize) < count,
        }
    }

    /// A copy with its own storage: one allocation.
    pub fn to_owned(self) -> OwnedFrame {
        OwnedFrame::new(self)
    }

    /// Bytes that a copy of it takes up, see [`to_owned`](Self::to_owned).
    #[cfg(feature = "std")]
    pub(crate) fn owned_size(self) -> usize {
        size_of::<OwnedFrame>() + self.headers.owned_size()
    }
}

impl<'buf> AsRef<HeaderIndex<'buf>> for Frame<'buf> {
    #[inline]
    fn as_ref(&self) -> &HeaderIndex<'buf> {
        &self.headers
    }
}

/// See [`Frame::lines`].
#[derive(Clone)]
pub struct Lines<'buf> {
    lines: RawLines<'buf>,
    head: u32,
    count: usize,
    marked: bool,
}

impl<'buf> Iterator for Lines<'buf> {
    type Item = Value<'buf>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let number = self.lines.next;
            let (start, colon, newline) = self.lines.next()?;
            if number < self.head as usize && colon != newline {
                continue;
            }
            let headers = self.lines.headers;
            let line = headers.slice(start, headers.trim_end(start, newline));
            if self.marked && number + 1 == self.count {
                let text = before_end(line).unwrap_or(line);
                return (!text.is_empty()).then_some(Value::new(text));
            }
            return Some(Value::new(line));
        }
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("left", &(self.count - self.lines.next.min(self.count))).finish_non_exhaustive()
    }
}
