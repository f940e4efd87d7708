//! The decoder: a scanner with the buffer that it scans.

use core::fmt;

use super::frame::Frame;
use super::kernel::Kernel;
use super::limits::{Framing, Limits};
use super::recv_buffer::{RecvBuffer, Room};
use super::scan::{FrameEnd, Scanner, Wanted};
use super::value::Value;
use crate::error::FrameError;
use crate::range::part;
use crate::recent::Recent;

/// Decodes the bytes of a stream, in pieces of any size, into frames.
///
/// 1. Pass bytes in: [`push`](Self::push) copies them; [`space`](Self::space) and
///    [`advance`](Self::advance) let a `read` write directly into the buffer.
/// 2. Take frames with [`next_frame`](Self::next_frame) until it returns `None`.
/// 3. At the end of the stream, [`finish`](Self::finish) tells whether a frame was cut off.
///
/// Once its buffer has grown to the size that the traffic needs, the decoder allocates nothing.
/// [`Limits`] bound its memory; memory for a giant frame is released when later frames need far
/// less.
///
/// ```
/// use ami_proto::{Decoder, FrameKind, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// for piece in [&b"Asterisk Call Manager/11.0.0\r\nEvent: Ful"[..], b"lyBooted\r\n\r\n"] {
///     decoder.push(piece);
///     while let Some(frame) = decoder.next_frame()? {
///         match frame.kind() {
///             FrameKind::Banner => println!("talking to {}", frame.lines().next().unwrap()),
///             FrameKind::Event => println!("event {}", frame.name().unwrap()),
///             _ => {}
///         }
///     }
/// }
/// assert_eq!(decoder.finish(), None);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone)]
pub struct Decoder {
    scanner: Scanner,
    buffer: RecvBuffer,
}

/// Reports that the stream ended inside a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Truncated {
    /// Offset of the incomplete frame's first byte from the start of the stream.
    pub offset: u64,
    /// Number of its bytes that had arrived.
    pub len: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream ended inside a frame: {} bytes of it from stream offset {}", self.len, self.offset)
    }
}

impl core::error::Error for Truncated {}

impl Decoder {
    /// Creates a decoder for the start of a stream that a server sends.
    pub fn new(limits: Limits) -> Self {
        Self { scanner: Scanner::new(limits), buffer: RecvBuffer::new(limits.max_buffer()) }
    }

    /// Sets other framing rules; call it before the first byte.
    #[must_use]
    pub fn with_framing(mut self, framing: Framing) -> Self {
        self.scanner = self.scanner.with_framing(framing);
        self
    }

    /// Sets another instruction set than the machine's fastest one.
    #[must_use]
    pub fn with_kernel(mut self, kernel: Kernel) -> Self {
        self.scanner = self.scanner.with_kernel(kernel);
        self
    }

    /// Copies bytes of the stream into the buffer. Frames returned before become invalid.
    ///
    /// Bytes beyond [`Limits::buffer`] are dropped, with all bytes after them: once the frames
    /// before them have been taken, [`next_frame`](Self::next_frame) fails with the offset of the
    /// first dropped byte. To prevent it, take frames between pushes, or check [`room`](Self::room)
    /// first.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        if self.scanner.releasable() > 0 || !self.buffer.append(bytes) {
            self.push_slow(bytes);
        }
    }

    #[inline(never)]
    fn push_slow(&mut self, bytes: &[u8]) {
        let room = self.buffer.push(self.scanner.releasable(), self.scanner.offset(), bytes);
        self.has_room(&room);
    }

    /// Returns space in the buffer to read into: at least `min` bytes, or all that
    /// [`Limits::buffer`] still allows. Call [`advance`](Self::advance) afterwards. Frames returned
    /// before become invalid.
    ///
    /// `None` means that there is no space until frames have been taken. The slice is never empty,
    /// since a read into an empty slice returns 0, like the end of a stream. Its bytes are old
    /// ones, without meaning.
    ///
    /// ```
    /// use std::io::Read;
    /// use ami_proto::{Decoder, Limits};
    ///
    /// let mut stream: &[u8] = b"Event: Hangup\r\n\r\n";
    /// let mut decoder = Decoder::new(Limits::new());
    /// while let Some(space) = decoder.space(8192) {
    ///     match stream.read(space)? {
    ///         0 => break,
    ///         n => decoder.advance(n),
    ///     }
    ///     assert!(decoder.next_frame()?.is_some());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.room() == 0 {
            return None;
        }
        let room = self.buffer.make_room(self.scanner.releasable(), min.max(1));
        self.has_room(&room);
        Some(self.buffer.space(self.scanner.releasable()))
    }

    /// Makes the scanner follow a change of the buffer.
    #[inline]
    fn has_room(&mut self, room: &Room) {
        if room.dropped {
            self.scanner.release();
        }
        if let Some(needed) = room.needed.filter(|_| self.scanner.index_size() > Recent::SMALL as usize) {
            // Each line has two marks and at least two bytes.
            self.scanner.shrink_index(4 * needed);
        }
    }

    /// Reports that the first `n` bytes of [`space`](Self::space) now hold bytes of the stream.
    ///
    /// A larger `n` is a bug of the caller: debug builds panic, release builds count the length of
    /// the space.
    pub fn advance(&mut self, n: usize) {
        self.buffer.advance(self.scanner.releasable(), n);
    }

    /// Returns how many more bytes [`Limits::buffer`] allows before frames have to be taken.
    pub fn room(&self) -> usize {
        self.buffer.room(self.scanner.releasable())
    }

    /// Returns the next frame, or `Ok(None)` if more bytes are needed.
    ///
    /// # Errors
    /// If the stream goes over a limit. The error is sticky: every later call returns it, unless
    /// the frame is [skipped](Self::skip_frame).
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.next_end()? else { return Ok(None) };
        Ok(Some(self.frame(end)))
    }

    /// Skips the frame that went over a limit, after [`next_frame`](Self::next_frame) has failed:
    /// decoding continues with the next frame. Returns the lines that had been read of the skipped
    /// frame, which usually tell its kind.
    ///
    /// The rest of it is discarded in no more memory than a line end takes, at any length. It ends
    /// where it would have ended without limits: at its blank line, or, for the output of a command
    /// up to Asterisk 13, at its end marker.
    ///
    /// `None` means that no error has occurred, or that the frame's end can't be found, since bytes
    /// were dropped ([`Limits::buffer`]) or the frame is longer than 1 GiB. Then give up the
    /// stream.
    ///
    /// ```
    /// use ami_proto::{Decoder, Limits};
    ///
    /// let mut decoder = Decoder::new(Limits::new().lines(3));
    /// decoder.push(b"Response: Success\r\nActionID: 7\r\nOutput: 1\r\nOutput: 2\r\nOutput: 3\r\n\r\nEvent: Hangup\r\n\r\n");
    /// let error = decoder.next_frame().unwrap_err();
    /// assert_eq!(error.to_string(), "frame with more than the limit of 3 lines, at stream offset 43");
    /// assert_eq!(decoder.skip_frame().unwrap().get("ActionID").unwrap(), "7");
    /// assert_eq!(decoder.next_frame()?.unwrap().name().unwrap(), "Hangup");
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn skip_frame(&mut self) -> Option<Frame<'_>> {
        let head = self.skip_end()?;
        Some(self.frame(head))
    }

    /// First step of [`skip_frame`](Self::skip_frame); the second is [`frame`](Self::frame).
    pub(crate) fn skip_end(&mut self) -> Option<FrameEnd> {
        self.scanner.skip_frame(self.buffer.filled())
    }

    /// Returns the next frame that is not an event, or an event whose name `wanted` accepts;
    /// `Ok(None)` if more bytes are needed.
    ///
    /// Use it to follow a few kinds of events on a busy server. The other events are still checked:
    /// they end at the same byte and break the same limits. Only the index of their lines is
    /// omitted, so they cost about as much as a search for blank lines. The call that reads the
    /// first line of an event, or a later one, decides whether the event is wanted: calls with and
    /// without a filter can be mixed.
    ///
    /// [`EventSet`](crate::event::EventSet) is a set of events by type, class or name, built at
    /// compile time if it has no names.
    ///
    /// ```
    /// use ami_proto::event::{EventSet, Hangup, Newchannel};
    /// use ami_proto::value::Classes;
    /// use ami_proto::{Decoder, Limits};
    ///
    /// static WANTED: EventSet = EventSet::of(&[Newchannel::TYPE, Hangup::TYPE]).with_classes(Classes::SECURITY);
    ///
    /// let mut decoder = Decoder::new(Limits::new());
    /// decoder.push(b"Event: VarSet\r\nVariable: A\r\n\r\nEvent: Hangup\r\nCause: 16\r\n\r\nEvent: QueueMemberPause\r\n\r\n");
    /// let wanted = |name: ami_proto::Value<'_>| WANTED.has_name(name) || name.as_bytes().starts_with(b"Queue");
    /// assert_eq!(decoder.next_wanted(wanted)?.unwrap().name().unwrap(), "Hangup");
    /// assert_eq!(decoder.next_wanted(wanted)?.unwrap().name().unwrap(), "QueueMemberPause");
    /// assert!(decoder.next_wanted(wanted)?.is_none());
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`next_frame`](Self::next_frame), also for events that are skipped.
    #[inline]
    pub fn next_wanted(&mut self, wanted: impl Fn(Value<'_>) -> bool) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.next_end_wanted(Some(&wanted))? else { return Ok(None) };
        Ok(Some(self.frame(end)))
    }

    /// First step of [`next_frame`](Self::next_frame), for callers that inspect a frame before they
    /// decide whether to return it; the second is [`frame`](Self::frame).
    #[inline]
    pub(crate) fn next_end(&mut self) -> Result<Option<FrameEnd>, FrameError> {
        self.next_end_wanted(None)
    }

    /// First step of [`next_wanted`](Self::next_wanted); the second is [`frame`](Self::frame).
    #[inline]
    pub(crate) fn next_end_wanted(&mut self, wanted: Option<Wanted<'_>>) -> Result<Option<FrameEnd>, FrameError> {
        if self.scanner.is_quiet(self.buffer.filled()) {
            return Ok(None);
        }
        match self.scanner.scan_blocks(self.buffer.filled(), wanted)? {
            None => self.none().map(|()| None),
            end => Ok(end),
        }
    }

    /// Returns the frame that `next_end` has found; valid until the buffer changes.
    #[inline]
    pub(crate) fn frame(&self, end: FrameEnd) -> Frame<'_> {
        self.scanner.frame(self.buffer.filled(), end)
    }

    /// Handles a buffer without a complete frame: an error if bytes were dropped, or if there is no
    /// space for the frame to grow.
    ///
    /// Not inlined, so that the paths which return a frame are.
    #[inline(never)]
    fn none(&mut self) -> Result<(), FrameError> {
        if self.room() > 0 {
            return Ok(());
        }
        // The next call has to come here again.
        self.scanner.wake();
        Err(self.buffer.overflow(self.scanner.releasable(), self.scanner.offset()))
    }

    /// Returns the offset in the stream of the first byte that belongs to no returned frame and to
    /// no skipped blank line.
    pub fn offset(&self) -> u64 {
        self.scanner.offset()
    }

    /// Returns the bytes from [`offset`](Self::offset) on: an incomplete frame, or frames not taken
    /// yet.
    pub fn pending(&self) -> &[u8] {
        part(self.buffer.filled(), self.scanner.releasable()..)
    }

    /// Returns the frame that the end of the stream cut off, or `None`. Call it when all frames
    /// have been taken.
    pub fn finish(&self) -> Option<Truncated> {
        let len = self.pending().len();
        (len > 0).then(|| Truncated { offset: self.offset(), len })
    }

    /// Returns the number of blank lines skipped between frames so far. A server answers each of
    /// them with an error, so the server role needs the number.
    pub fn blank_lines(&self) -> u64 {
        self.scanner.blank_lines()
    }
}

impl fmt::Debug for Decoder {
    /// Shows the state without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset())
            .field("pending", &self.pending().len())
            .field("limits", &self.scanner.limits())
            .finish_non_exhaustive()
    }
}
