//! A frame: borrowed bytes, with the index that makes its lines addressable.

use core::fmt;

use super::follows::before_end;
use super::header_index::{GetAll, HeaderIndex, Headers, RawLines};
use super::{OwnedFrame, Value};

/// The kind of a frame, given by its first line that isn't an `ActionID` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// The line that greets a new connection.
    Banner,
    /// `Response: …`: a server's response.
    Response,
    /// `Event: …`: a server's message, requested or not.
    Event,
    /// `Action: …`: a client's request.
    Action,
    /// Any other text: some actions answer without any framing.
    Text,
}

impl FrameKind {
    /// Returns the kind in lower case.
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
/// It consists of two slices and a few numbers, and is `Copy`; the values that its getters return
/// live as long as the buffer, not only as long as the frame. All bytes of the frame are
/// accessible: headers keep their order, their repetitions and their bytes, and lines without a
/// colon are returned by [`lines`](Self::lines).
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
    /// Exactly the frame's bytes, with its lines.
    headers: HeaderIndex<'buf>,
    kind: FrameKind,
    kind_line: u32,
    offset: u64,
}

/// Results of the scanner for a frame, in addition to its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: FrameKind,
    /// Number of the line that decided the kind.
    pub(super) kind_line: u32,
    /// Number of leading lines that can be headers; later lines are text even with a colon.
    pub(super) head: u32,
}

impl<'buf> Frame<'buf> {
    /// Creates a frame of bytes without an index: none of its lines is accessible.
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

    /// Returns the kind of the frame.
    pub const fn kind(self) -> FrameKind {
        self.kind
    }

    /// Returns the value of the header that decided the kind: the name of the event or action;
    /// `Success`, `Error` … for a response; `None` for a banner and for text.
    #[inline]
    pub fn name(self) -> Option<Value<'buf>> {
        if matches!(self.kind, FrameKind::Banner | FrameKind::Text) {
            return None;
        }
        let at = self.kind_line as usize * 2;
        let start = if at == 0 { 0 } else { self.headers.mark(at - 1)? + 1 };
        Some(self.headers.header(start, self.headers.mark(at)?, self.headers.mark(at + 1)?).value())
    }

    /// Returns the offset of the first byte from the start of the stream.
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// Returns all bytes, the closing blank line included.
    pub const fn as_bytes(self) -> &'buf [u8] {
        self.headers.bytes()
    }

    /// Returns the first header of this name, ignoring ASCII case.
    #[inline]
    pub fn get(self, name: &str) -> Option<Value<'buf>> {
        self.first("", name)
    }

    /// Returns the first header whose name is the prefix followed by this name, like
    /// [`get`](Self::get). Every getter of the typed views uses it.
    #[inline]
    pub(crate) fn first(&self, prefix: &str, name: &str) -> Option<Value<'buf>> {
        self.headers.first(prefix, name)
    }

    /// Yields all headers of this name in order, ignoring ASCII case.
    pub fn get_all<'name>(self, name: &'name str) -> GetAll<'buf, 'name> {
        self.headers.get_all(name)
    }

    /// Yields the headers in order, with repetitions. A banner and a text frame have none.
    pub fn headers(self) -> Headers<'buf> {
        self.headers.headers()
    }

    /// Yields the lines that are not headers, in order: lines without a colon; all lines of a
    /// banner or a text frame; the body of a `Response: Follows` without its end marker.
    pub fn lines(self) -> Lines<'buf> {
        let (head, count) = (self.headers.head(), self.headers.lines());
        Lines {
            lines: self.headers.raw_lines(),
            head,
            count,
            // Only a `Follows` response has lines after the head.
            marked: self.kind == FrameKind::Response && (head as usize) < count,
        }
    }

    /// Copies the frame into storage of its own: one allocation.
    pub fn to_owned(self) -> OwnedFrame {
        OwnedFrame::new(self)
    }

    /// Returns the bytes that a copy takes up, see [`to_owned`](Self::to_owned).
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

/// Iterator over lines, returned by [`Frame::lines`].
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
