//! One frame: borrowed bytes, and the index that makes its lines addressable.

use core::fmt;

use super::name::{fold, same_name};
use super::scan::Offset;
use super::{OwnedFrame, Value};
use crate::steps::count;

/// The end marker of a `Response: Follows` body.
pub(super) const END_MARKER: &[u8] = b"--END COMMAND--";

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

/// A frame in the buffer it was read into: from its first line to the end of the blank line that closes it.
///
/// It is two slices and a few numbers, `Copy`; what its getters return lives as long as the buffer, not as long as
/// the frame. Nothing on the wire is out of reach: headers keep their order, their duplicates and their bytes,
/// lines without a colon are kept as [`lines`](Self::lines).
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
    /// The frame and nothing else.
    bytes: &'buf [u8],
    /// A pair a line: offset of its first colon (of its line feed where it has none), offset of its line feed.
    index: &'buf [Offset],
    shape: Shape,
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
    pub(super) fn new(bytes: &'buf [u8], index: &'buf [Offset], shape: Shape, offset: u64) -> Self {
        Self { bytes, index, shape, offset }
    }

    /// The same with each line that has a colon as a header, whatever kind of frame it is: for protocols that know no kinds.
    #[cfg(feature = "freeswitch")]
    pub(crate) fn all_headers(self) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "two marks a line of at most 2^30 bytes")]
        let head = (self.index.len() / 2) as u32;
        Self { shape: Shape { head, ..self.shape }, ..self }
    }

    pub(super) fn parts(self) -> (&'buf [u8], &'buf [Offset], Shape) {
        (self.bytes, self.index, self.shape)
    }

    /// What it is.
    pub const fn kind(self) -> FrameKind {
        self.shape.kind
    }

    /// The value of the header that gives the kind: the event's or action's name, `Success`, `Error` … for a
    /// response; `None` for a banner and for text.
    #[inline]
    pub fn name(self) -> Option<Value<'buf>> {
        if matches!(self.shape.kind, FrameKind::Banner | FrameKind::Text) {
            return None;
        }
        let at = self.shape.kind_line as usize * 2;
        let start = if at == 0 { 0 } else { self.mark(at - 1)? + 1 };
        Some(self.header(start, self.mark(at)?, self.mark(at + 1)?).value)
    }

    /// Offset of the first byte from the start of the stream.
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// All its bytes, the closing blank line included.
    pub const fn as_bytes(self) -> &'buf [u8] {
        self.bytes
    }

    /// The first header of this name, the case of ASCII letters apart.
    #[inline]
    pub fn get(self, name: &str) -> Option<Value<'buf>> {
        self.first("", name)
    }

    /// The first header whose name is the prefix and this name, the case of ASCII letters apart. Every getter of the typed views comes down to it.
    #[inline]
    pub(crate) fn first(&self, prefix: &str, name: &str) -> Option<Value<'buf>> {
        // From the line feed before the name to the colon behind it.
        let step = u32::try_from(prefix.len() + name.len() + 1).ok()?;
        // Where a name is empty stands its colon.
        let letter = if prefix.is_empty() { name } else { prefix }.bytes().next().map_or(b':', fold);
        let lines = self.index.get(..2 * self.shape.head as usize).unwrap_or(self.index);
        // The line feed before the line; before the first there is none.
        let mut before = u32::MAX;
        for line in lines.chunks_exact(2) {
            let &[colon, newline] = line else { break };
            let colon = u32::from_le_bytes(colon);
            // The length and the first letter decide for nearly all.
            if colon.wrapping_sub(before) == step {
                let start = before.wrapping_add(1) as usize;
                if self.bytes.get(start).is_some_and(|byte| fold(*byte) == letter) {
                    let (colon, newline) = (colon as usize, u32::from_le_bytes(newline) as usize);
                    if colon != newline && is_named(self.slice(start, colon), prefix, name) {
                        return Some(self.header(start, colon, newline).value);
                    }
                }
            }
            before = u32::from_le_bytes(newline);
        }
        None
    }

    /// All headers of this name in their order, the case of ASCII letters apart.
    pub fn get_all<'name>(self, name: &'name str) -> GetAll<'buf, 'name> {
        GetAll { headers: self.headers(), name }
    }

    /// The headers in their order, duplicates kept. A banner and a text frame have none.
    pub fn headers(self) -> Headers<'buf> {
        Headers { lines: self.raw_lines(), head: self.shape.head }
    }

    /// What is no header, in order: lines without a colon; all lines of a banner or a text frame; the body of a
    /// `Response: Follows` without its end marker.
    pub fn lines(self) -> Lines<'buf> {
        let count = self.index.len() / 2;
        Lines {
            lines: self.raw_lines(),
            head: self.shape.head,
            count,
            // Only a `Follows` body leaves lines of a response out of the head.
            marked: self.shape.kind == FrameKind::Response && (self.shape.head as usize) < count,
        }
    }

    /// A copy with its own storage: one allocation.
    pub fn to_owned(self) -> OwnedFrame {
        OwnedFrame::new(self)
    }

    /// Bytes that a copy of it takes up, see [`to_owned`](Self::to_owned).
    #[cfg(feature = "std")]
    pub(crate) fn owned_size(self) -> usize {
        size_of::<OwnedFrame>() + size_of_val(self.index) + self.bytes.len().next_multiple_of(size_of::<Offset>())
    }

    fn raw_lines(self) -> RawLines<'buf> {
        RawLines { frame: self, next: 0, start: 0 }
    }

    fn mark(self, at: usize) -> Option<usize> {
        self.index.get(at).map(|mark| u32::from_le_bytes(*mark) as usize)
    }

    /// Empty where the scanner was asked for a frame over another buffer, see [`Scanner::frame`](super::Scanner::frame).
    fn slice(self, start: usize, end: usize) -> &'buf [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The line's end without its line feed and one CR before it.
    fn trim_end(self, start: usize, newline: usize) -> usize {
        let cr = newline > start && self.bytes.get(newline - 1) == Some(&b'\r');
        newline - usize::from(cr)
    }

    #[inline]
    fn header(self, start: usize, colon: usize, newline: usize) -> Header<'buf> {
        let end = self.trim_end(start, newline);
        let blank = self.bytes.get(colon + 1) == Some(&b' ');
        Header { name: self.slice(start, colon), value: Value::new(self.slice(colon + 1 + usize::from(blank), end)) }
    }
}

/// Whether a header's name is the prefix and the name. Kept apart so that the loop that asks stays tight.
#[inline(never)]
fn is_named(header: &[u8], prefix: &str, name: &str) -> bool {
    if prefix.is_empty() {
        return same_name(header, name.as_bytes());
    }
    let (before, after) = header.split_at_checked(prefix.len()).unwrap_or_default();
    same_name(after, name.as_bytes()) && same_name(before, prefix.as_bytes())
}

/// A line with a colon.
///
/// The name is what stands before the first colon, blanks and all. The value is what stands after it, without the
/// one blank that is syntax; further blanks, before or after, are part of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'buf> {
    name: &'buf [u8],
    value: Value<'buf>,
}

impl<'buf> Header<'buf> {
    /// The name as sent; never normalised, possibly empty, not always UTF-8.
    pub const fn name(self) -> &'buf [u8] {
        self.name
    }

    /// The value.
    pub const fn value(self) -> Value<'buf> {
        self.value
    }

    /// Whether it has this name, the case of ASCII letters apart, as the servers compare them.
    pub fn is(self, name: &str) -> bool {
        same_name(self.name, name.as_bytes())
    }
}

impl fmt::Debug for Header<'_> {
    /// Shows the name alone: whether the value is a secret depends on the frame.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("name", &Value::new(self.name)).finish_non_exhaustive()
    }
}

/// All lines of a frame as (start, colon or line feed, line feed).
#[derive(Clone)]
struct RawLines<'buf> {
    frame: Frame<'buf>,
    /// Number of the next line.
    next: usize,
    /// Where it starts.
    start: usize,
}

impl Iterator for RawLines<'_> {
    type Item = (usize, usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let colon = self.frame.mark(self.next * 2)?;
        let newline = self.frame.mark(self.next * 2 + 1)?;
        let start = core::mem::replace(&mut self.start, newline + 1);
        self.next += 1;
        count(|steps| steps.lines += 1);
        Some((start, colon, newline))
    }
}

/// See [`Frame::headers`].
#[derive(Clone)]
pub struct Headers<'buf> {
    lines: RawLines<'buf>,
    head: u32,
}

impl<'buf> Iterator for Headers<'buf> {
    type Item = Header<'buf>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.lines.next < self.head as usize {
            let (start, colon, newline) = self.lines.next()?;
            if colon != newline {
                return Some(self.lines.frame.header(start, colon, newline));
            }
        }
        None
    }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// See [`Frame::get_all`].
#[derive(Clone, Debug)]
pub struct GetAll<'buf, 'name> {
    headers: Headers<'buf>,
    name: &'name str,
}

impl<'buf> Iterator for GetAll<'buf, '_> {
    type Item = Value<'buf>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let lines = &mut self.headers.lines;
        while lines.next < self.headers.head as usize {
            let (start, colon, newline) = lines.next()?;
            // The length decides for nearly all; a line without a colon can't match since it would have to hold the
            // name and no colon at its end.
            if colon - start == self.name.len() && colon != newline {
                let header = lines.frame.header(start, colon, newline);
                if header.is(self.name) {
                    return Some(header.value);
                }
            }
        }
        None
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
            let frame = self.lines.frame;
            let line = frame.slice(start, frame.trim_end(start, newline));
            if self.marked && number + 1 == self.count {
                // The marker may be glued to the last line of text; alone it is no line of the text.
                let text = line.strip_suffix(END_MARKER).unwrap_or(line);
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
