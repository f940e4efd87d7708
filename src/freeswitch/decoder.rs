//! Decodes the bytes of a stream into frames.

use core::fmt;

#[cfg(feature = "std")]
use super::event::Event;
use super::event::{self, Encoding, Reader};
use super::frame::{CONTENT_LENGTH, Frame, headers};
use crate::error::{FrameError, Limit};
use crate::parse::leading_number;
use crate::range::part;
use crate::wire::{Limits, RecvBuffer, Room, Truncated, same_name};

/// Limits that fit the event socket: 1 MiB per line, 65,536 lines, 16 MiB per frame, 32 MiB of
/// buffer.
///
/// A server reads commands of up to 10 MiB, and some commands echo their input, so an answer may be
/// as long; the longest recorded line, of an event, has 2,062 bytes.
pub const LIMITS: Limits = Limits::new().frame(1 << 24).buffer(1 << 25);

/// Decodes the bytes of a stream, in pieces of any size, into frames: header lines, a blank line,
/// and as many bytes as `Content-Length` says.
///
/// 1. Pass bytes in: [`push`](Self::push) copies them; [`space`](Self::space) and
///    [`advance`](Self::advance) let a `read` write directly into the buffer.
/// 2. Take frames with [`next_frame`](Self::next_frame) until it returns `None`.
/// 3. At the end of the stream, [`finish`](Self::finish) tells whether a frame was cut off.
///
/// Frames that a client sends have the same form and are decoded too; see [`Frame::command`].
///
/// [`Limits`] bound the memory: the limits of lines apply to a frame's headers, the number of lines
/// also to an event's headers. Memory for an event's index, and for an event in JSON or XML, is
/// additional, in proportion to the frame. Memory for a single giant frame is released after some
/// dozen frames of common size.
///
/// ```
/// use ami_proto::freeswitch::{ContentType, Decoder, LIMITS};
///
/// let mut decoder = Decoder::new(LIMITS);
/// for piece in [&b"Content-Type: api/response\nContent-Le"[..], b"ngth: 12\n\n+OK mute 3\n\n"] {
///     decoder.push(piece);
///     while let Some(frame) = decoder.next_frame()? {
///         assert_eq!(frame.content_type(), ContentType::ApiResponse);
///         assert_eq!(frame.body(), b"+OK mute 3\n\n");
///     }
/// }
/// assert_eq!(decoder.finish(), None);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone)]
pub struct Decoder {
    limits: Limits,
    buffer: RecvBuffer,
    /// Number of bytes at the front of the buffer that are consumed.
    done: usize,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    head: Head,
    events: Reader,
    failed: Option<FrameError>,
    /// Number of bytes of a skipped frame that come next.
    skipped: usize,
}

/// State of the frame that is being read. Offsets count from its first byte.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// All line feeds before this offset have been found.
    searched: usize,
    /// Start of the current line.
    line: usize,
    /// Number of lines before it.
    lines: u32,
    /// Set once the blank line has been found.
    whole: Option<Whole>,
    /// Set once the blank line of an oversized frame has been found.
    oversized: Option<HeadFound>,
}

/// The head of a frame that went over a limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadFound {
    len: usize,
    /// Length of head and body.
    total: usize,
}

/// A complete head.
#[derive(Clone, Copy, Debug)]
struct Whole {
    len: usize,
    /// Length of head and body.
    total: usize,
    /// Encoding and position of the event, if there is one.
    event: Option<(Encoding, usize)>,
}

/// A frame that was found: the most recently consumed bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameFound {
    whole: Whole,
    offset: u64,
    event: Option<event::Found>,
}

/// An event in a frame that was found.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub(super) struct EventFound {
    /// Length of the frame.
    total: usize,
    event: event::Found,
}

#[cfg(feature = "std")]
impl FrameFound {
    /// Returns the event in the frame.
    pub(super) fn event(self) -> Option<EventFound> {
        self.event.map(|event| EventFound { total: self.whole.total, event })
    }
}

impl Decoder {
    /// Creates a decoder for the start of a stream; [`LIMITS`] are suitable limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: RecvBuffer::new(limits.max_buffer()),
            done: 0,
            base: 0,
            head: Head::default(),
            events: Reader::new(limits),
            failed: None,
            skipped: 0,
        }
    }

    /// Copies bytes of the stream into the buffer. Frames returned before become invalid.
    ///
    /// Bytes beyond [`Limits::buffer`] are dropped, with all bytes after them: once the frames
    /// before them have been taken, [`next_frame`](Self::next_frame) fails with the offset of the
    /// first dropped byte. To prevent it, take frames between pushes, or check [`room`](Self::room)
    /// first.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = self.buffer.push(self.done, self.offset(), bytes);
        self.has_room(&room);
    }

    /// Returns space in the buffer to read into: at least `min` bytes, or all that
    /// [`Limits::buffer`] still allows. Call [`advance`](Self::advance) afterwards. Frames returned
    /// before become invalid.
    ///
    /// `None` means that there is no space until frames have been taken. The slice is never empty,
    /// since a read into an empty slice returns 0, like the end of a stream. Its bytes are old
    /// ones, without meaning.
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.room() == 0 {
            return None;
        }
        let room = self.buffer.make_room(self.done, min.max(1));
        self.has_room(&room);
        Some(self.buffer.space(self.done))
    }

    fn has_room(&mut self, room: &Room) {
        if room.dropped {
            self.base += core::mem::take(&mut self.done) as u64;
        }
    }

    /// Reports that the first `n` bytes of [`space`](Self::space) now hold bytes of the stream.
    ///
    /// A larger `n` is a bug of the caller: debug builds panic, release builds count the length of
    /// the space.
    pub fn advance(&mut self, n: usize) {
        self.buffer.advance(self.done, n);
    }

    /// Returns how many more bytes [`Limits::buffer`] allows before frames have to be taken.
    pub fn room(&self) -> usize {
        self.buffer.room(self.done)
    }

    /// Returns the next frame, or `Ok(None)` if more bytes are needed.
    ///
    /// # Errors
    /// If the stream goes over a limit. The error is sticky: every later call returns it, unless
    /// the frame is [skipped](Self::skip_frame).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(found) = self.next_found()? else { return Ok(None) };
        Ok(Some(self.frame(found)))
    }

    /// Skips the frame that went over a limit, after [`next_frame`](Self::next_frame) has failed:
    /// decoding continues with the next frame. Returns the skipped frame's head, without the body.
    ///
    /// The body is discarded without being stored, in the length that the head declares, up to 1
    /// GiB. `None` means that no error has occurred, or that the frame's end can't be found: the
    /// head is too long, or bytes were dropped ([`Limits::buffer`]). Then give up the stream.
    ///
    /// ```
    /// use ami_proto::freeswitch::{ContentType, Decoder, LIMITS};
    ///
    /// let mut decoder = Decoder::new(LIMITS.frame(60));
    /// decoder.push(b"Content-Type: api/response\nContent-Length: 20\n\n01234567890123456789Content-Type: auth/request\n\n");
    /// assert!(decoder.next_frame().is_err());
    /// assert_eq!(decoder.skip_frame().unwrap().content_type(), ContentType::ApiResponse);
    /// assert_eq!(decoder.next_frame()?.unwrap().content_type(), ContentType::AuthRequest);
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn skip_frame(&mut self) -> Option<Frame<'_>> {
        let found = self.skip_found()?;
        Some(self.head(found))
    }

    /// First step of [`skip_frame`](Self::skip_frame); the second is [`head`](Self::head).
    pub(super) fn skip_found(&mut self) -> Option<HeadFound> {
        self.failed.filter(|error| error.limit != Limit::Buffer)?;
        let whole = self.head.whole.map(|whole| HeadFound { len: whole.len, total: whole.total });
        let found = whole.or(self.head.oversized).filter(|found| found.total <= Limits::LONGEST_FRAME as usize)?;
        (self.failed, self.skipped) = (None, found.total);
        Some(found)
    }

    /// Returns the head of a skipped frame; valid until the next frame is searched.
    pub(super) fn head(&self, found: HeadFound) -> Frame<'_> {
        Frame::new(part(self.pending(), ..found.len), found.len, self.offset(), None)
    }

    /// First step of [`next_frame`](Self::next_frame), for callers that inspect a frame before they
    /// decide whether to return it; the second is [`frame`](Self::frame).
    pub(super) fn next_found(&mut self) -> Result<Option<FrameFound>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let found = self.search();
        self.failed = found.err();
        found
    }

    /// Returns the frame that `next_found` has found; valid until the buffer changes.
    pub(super) fn frame(&self, found: FrameFound) -> Frame<'_> {
        let bytes = self.last(found.whole.total);
        Frame::new(bytes, found.whole.len, found.offset, found.event.map(|event| self.events.event(bytes, event)))
    }

    /// Returns the event of a frame that `next_found` has found; valid until the buffer changes.
    #[cfg(feature = "std")]
    pub(super) fn event(&self, found: EventFound) -> Event<'_> {
        self.events.event(self.last(found.total), found.event)
    }

    /// Returns the last `total` consumed bytes: the frame that was found last.
    fn last(&self, total: usize) -> &[u8] {
        part(self.buffer.filled(), self.done.saturating_sub(total)..self.done)
    }

    fn search(&mut self) -> Result<Option<FrameFound>, FrameError> {
        if self.skipped > 0 {
            let len = self.skipped.min(self.pending().len());
            self.skipped -= len;
            self.done += len;
            self.head = Head::default();
            if self.skipped > 0 {
                return Ok(None);
            }
        }
        let whole = match self.head.whole {
            Some(whole) => whole,
            None => match self.search_head()? {
                Some(whole) => *self.head.whole.insert(whole),
                None => return self.none(),
            },
        };
        let offset = self.offset();
        let Some(bytes) = part(self.buffer.filled(), self.done..).get(..whole.total) else { return self.none() };
        let event = match whole.event {
            Some((encoding, place)) => self.events.find(bytes, place, offset + place as u64, encoding)?,
            None => None,
        };
        self.done += whole.total;
        self.head = Head::default();
        Ok(Some(FrameFound { whole, offset, event }))
    }

    /// Handles a buffer without a complete frame: an error if bytes were dropped, or if there is no
    /// space for the frame to grow.
    fn none(&mut self) -> Result<Option<FrameFound>, FrameError> {
        if self.room() > 0 {
            return Ok(None);
        }
        Err(self.buffer.overflow(self.done, self.offset()))
    }

    /// Continues the search for the blank line. Each byte is examined once.
    fn search_head(&mut self) -> Result<Option<Whole>, FrameError> {
        loop {
            let held = self.pending();
            let new = part(held, self.head.searched..);
            let Some(at) = memchr::memchr(b'\n', new) else {
                self.head.searched = held.len();
                return self.check_line(self.head.searched).map(|()| None);
            };
            let end = self.head.searched + at;
            let line = part(held, self.head.line..end);
            let blank = matches!(line, b"" | b"\r");
            if blank && self.head.lines == 0 {
                // Line feeds before a frame have no meaning.
                self.done += end + 1;
                self.head = Head::default();
                continue;
            }
            self.check_line(end)?;
            if blank {
                return self.whole(end + 1).map(Some);
            }
            self.head.lines += 1;
            if self.head.lines > self.limits.max_lines() {
                return Err(self.error(Limit::Lines, self.limits.max_lines(), self.head.line));
            }
            (self.head.line, self.head.searched) = (end + 1, end + 1);
        }
    }

    /// Fails if the current line, running up to `end`, exceeds a limit.
    fn check_line(&self, end: usize) -> Result<(), FrameError> {
        let line = self.head.line.saturating_add(self.limits.max_line() as usize);
        let frame = self.limits.max_frame() as usize;
        match () {
            () if end <= line.min(frame) => Ok(()),
            () if line <= frame => Err(self.error(Limit::Line, self.limits.max_line(), line)),
            () => Err(self.error(Limit::Frame, self.limits.max_frame(), frame)),
        }
    }

    fn error(&self, limit: Limit, max: u32, place: usize) -> FrameError {
        FrameError { limit, max, offset: self.offset() + place as u64 }
    }

    /// Reads a complete head of this length.
    fn whole(&mut self, len: usize) -> Result<Whole, FrameError> {
        let head = part(self.pending(), ..len);
        let (mut length, mut encoding, mut is_event) = (None, None, false);
        for (name, value) in headers(head) {
            let is = |known: &str| same_name(name.as_bytes(), known.as_bytes());
            if is(CONTENT_LENGTH) {
                // The server's own reader uses `atoi`.
                length = length.or_else(|| leading_number(value.as_bytes().trim_ascii_start()));
            } else if is("Content-Type") {
                encoding = encoding.or_else(|| Encoding::of(value));
            } else {
                is_event |= is("Event-Name");
            }
        }
        let total = length.unwrap_or(0).saturating_add(len as u64);
        match usize::try_from(total) {
            Ok(total) if total <= self.limits.max_frame() as usize => {
                let event =
                    if is_event { Some((Encoding::Plain, 0)) } else { encoding.map(|encoding| (encoding, len)) };
                Ok(Whole { len, total, event })
            }
            total => {
                self.head.oversized = total.ok().map(|total| HeadFound { len, total });
                Err(self.error(Limit::Frame, self.limits.max_frame(), self.limits.max_frame() as usize))
            }
        }
    }

    /// Returns the offset in the stream of the first byte that belongs to no returned frame and to
    /// no skipped blank line.
    pub fn offset(&self) -> u64 {
        self.base + self.done as u64
    }

    /// Returns the bytes from [`offset`](Self::offset) on: an incomplete frame, or frames not taken
    /// yet.
    pub fn pending(&self) -> &[u8] {
        part(self.buffer.filled(), self.done..)
    }

    /// Returns the frame that the end of the stream cut off, or `None`. Call it when all frames
    /// have been taken.
    pub fn finish(&self) -> Option<Truncated> {
        let len = self.pending().len();
        (len > 0).then(|| Truncated { offset: self.offset(), len })
    }
}

impl fmt::Debug for Decoder {
    /// Shows the state without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset())
            .field("pending", &self.pending().len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
