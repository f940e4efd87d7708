//! From the bytes of a stream to frames.

use core::fmt;

#[cfg(feature = "std")]
use super::event::Event;
use super::event::{self, Encoding, Reader};
use super::frame::{CONTENT_LENGTH, Frame, headers};
use crate::error::{FrameError, Limit};
use crate::parse::leading_number;
use crate::range::part;
use crate::wire::{Limits, RecvBuffer, Room, Truncated, same_name};

/// Limits that fit the event socket: 1 MiB a line, 65,536 lines, 16 MiB a frame, 32 MiB of buffer.
///
/// A server reads commands of up to 10 MiB and some echo what they were given, so an answer may be
/// as long; the longest line recorded, an event's, has 2,062 bytes.
pub const LIMITS: Limits = Limits::new().frame(1 << 24).buffer(1 << 25);

/// Turns the bytes of a stream, in pieces of any size, into frames: header lines, a blank line, and
/// as many bytes as `Content-Length` says.
///
/// 1. Give it bytes: [`push`](Self::push) copies them in; [`space`](Self::space) and
///    [`advance`](Self::advance) let a `read` write right into its buffer.
/// 2. Take frames with [`next_frame`](Self::next_frame) until it gives `None`.
/// 3. At the end of the stream ask [`finish`](Self::finish) whether something was cut off.
///
/// What a client sends has the same form, and is read as well; see [`Frame::command`].
///
/// What it holds is bounded by [`Limits`]: those of lines count for a frame's headers, and that of
/// their number for an event's too. Memory for an event's index, and for an event in JSON or XML,
/// comes on top, in proportion to the frame. What one giant frame needed is given back after some
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
    /// Bytes at the front of the buffer that are done with.
    done: usize,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    head: Head,
    events: Reader,
    failed: Option<FrameError>,
    /// Bytes of a frame that is skipped, which come next.
    skipped: usize,
}

/// What is known of the frame that is being read. Places count from its first byte.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// Up to here there is no line feed that has not been seen.
    searched: usize,
    /// Where the current line begins.
    line: usize,
    /// Lines before it.
    lines: u32,
    /// Once the blank line has been seen.
    whole: Option<Whole>,
    /// The same of a frame that is too long.
    oversized: Option<HeadFound>,
}

/// The head of a frame that went over a limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadFound {
    len: usize,
    /// Length of head and body.
    total: usize,
}

/// A head that is whole.
#[derive(Clone, Copy, Debug)]
struct Whole {
    len: usize,
    /// Length of head and body.
    total: usize,
    /// Where there is an event.
    event: Option<(Encoding, usize)>,
}

/// A frame that was found, and is the last thing that was done with.
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
    /// Bytes of the frame.
    total: usize,
    event: event::Found,
}

#[cfg(feature = "std")]
impl FrameFound {
    /// The event that it carries.
    pub(super) fn event(self) -> Option<EventFound> {
        self.event.map(|event| EventFound { total: self.whole.total, event })
    }
}

impl Decoder {
    /// A decoder at the start of a stream; [`LIMITS`] are good ones.
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

    /// Takes bytes of the stream. Frames handed out before are gone.
    ///
    /// Bytes beyond [`Limits::buffer`] are not taken, nor is anything after them: once the frames
    /// before them have been taken, [`next_frame`](Self::next_frame) fails with the place of the
    /// first one. Taking frames between pushes, or asking [`room`](Self::room) first, prevents it.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = self.buffer.push(self.done, self.offset(), bytes);
        self.has_room(&room);
    }

    /// Room in the buffer to read into: at least `min` bytes, or all that [`Limits::buffer`] still
    /// allows. Follow it with [`advance`](Self::advance). Frames handed out before are gone.
    ///
    /// `None`: there is no room until frames have been taken. It is never an empty slice, since a
    /// read into one gives 0 bytes, as the end of a stream does. The bytes in it are old ones, of
    /// no meaning.
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

    /// Says that `n` bytes of what [`space`](Self::space) gave hold bytes of the stream now.
    ///
    /// More than it gave is a bug of the caller: debug builds panic, others count what it gave.
    pub fn advance(&mut self, n: usize) {
        self.buffer.advance(self.done, n);
    }

    /// How many more bytes [`Limits::buffer`] allows before frames have to be taken.
    pub fn room(&self) -> usize {
        self.buffer.room(self.done)
    }

    /// The next frame. `Ok(None)`: more bytes are needed.
    ///
    /// # Errors
    /// When the stream goes over a limit. The error is sticky: every later call returns it, unless
    /// the frame is [skipped](Self::skip_frame).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(found) = self.next_found()? else { return Ok(None) };
        Ok(Some(self.frame(found)))
    }

    /// Gives up the frame that went over a limit, once [`next_frame`](Self::next_frame) has failed:
    /// what comes next are the frames behind it. Returns its head, without the body.
    ///
    /// The body goes by in no memory, as long as the head says it is, up to 1 GiB. `None`: nothing
    /// has failed; or where it ends can't be told: a head that is too long, bytes that had no room
    /// ([`Limits::buffer`]). Then the stream is to be given up.
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

    /// [`skip_frame`](Self::skip_frame) in two steps; the second is [`head`](Self::head).
    pub(super) fn skip_found(&mut self) -> Option<HeadFound> {
        self.failed.filter(|error| error.limit != Limit::Buffer)?;
        let whole = self.head.whole.map(|whole| HeadFound { len: whole.len, total: whole.total });
        let found = whole.or(self.head.oversized).filter(|found| found.total <= Limits::LONGEST_FRAME as usize)?;
        (self.failed, self.skipped) = (None, found.total);
        Some(found)
    }

    /// The head of a frame that is skipped, until the next one is looked for.
    pub(super) fn head(&self, found: HeadFound) -> Frame<'_> {
        Frame::new(part(self.pending(), ..found.len), found.len, self.offset(), None)
    }

    /// [`next_frame`](Self::next_frame) in two steps, for those who look at a frame before they
    /// decide whether to lend it: the second is [`frame`](Self::frame).
    pub(super) fn next_found(&mut self) -> Result<Option<FrameFound>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let found = self.search();
        self.failed = found.err();
        found
    }

    /// The frame that `next_found` has found, for as long as nothing is put into the buffer.
    pub(super) fn frame(&self, found: FrameFound) -> Frame<'_> {
        let bytes = self.last(found.whole.total);
        Frame::new(bytes, found.whole.len, found.offset, found.event.map(|event| self.events.event(bytes, event)))
    }

    /// The event of a frame that `next_found` has found, for as long as nothing is put into the
    /// buffer.
    #[cfg(feature = "std")]
    pub(super) fn event(&self, found: EventFound) -> Event<'_> {
        self.events.event(self.last(found.total), found.event)
    }

    /// Returns so many bytes before what comes next: the frame that was found last.
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

    /// No frame in the buffer: fine, unless bytes were lost or there is no room for the frame to
    /// grow.
    fn none(&mut self) -> Result<Option<FrameFound>, FrameError> {
        if self.room() > 0 {
            return Ok(None);
        }
        Err(self.buffer.overflow(self.done, self.offset()))
    }

    /// Goes on looking for the blank line. Each byte is looked at once.
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
                // Before a frame they mean nothing.
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

    /// Fails if the current line runs up to `end` and that is too far.
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

    /// What a head of this length says.
    fn whole(&mut self, len: usize) -> Result<Whole, FrameError> {
        let head = part(self.pending(), ..len);
        let (mut length, mut encoding, mut is_event) = (None, None, false);
        for (name, value) in headers(head) {
            let is = |known: &str| same_name(name.as_bytes(), known.as_bytes());
            if is(CONTENT_LENGTH) {
                // As the server's own `atoi` does.
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

    /// Offset in the stream of the first byte that belongs to no frame handed out and to no blank
    /// line skipped.
    pub fn offset(&self) -> u64 {
        self.base + self.done as u64
    }

    /// The bytes from [`offset`](Self::offset) on: an unfinished frame, or frames not taken yet.
    pub fn pending(&self) -> &[u8] {
        part(self.buffer.filled(), self.done..)
    }

    /// What the end of the stream cut off, to be asked when all frames have been taken. `None`:
    /// nothing.
    pub fn finish(&self) -> Option<Truncated> {
        let len = self.pending().len();
        (len > 0).then(|| Truncated { offset: self.offset(), len })
    }
}

impl fmt::Debug for Decoder {
    /// The state without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset())
            .field("pending", &self.pending().len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
