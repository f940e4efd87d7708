//! The decoder: a scanner and the buffer it reads.

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

/// Turns the bytes of a stream, in pieces of any size, into frames.
///
/// 1. Give it bytes: [`push`](Self::push) copies them in; [`space`](Self::space) and
///    [`advance`](Self::advance) let a `read` write right into its buffer.
/// 2. Take frames with [`next_frame`](Self::next_frame) until it gives `None`.
/// 3. At the end of the stream ask [`finish`](Self::finish) whether something was cut off.
///
/// Once its buffer has grown to what the traffic needs it allocates nothing. What it holds is
/// bounded by [`Limits`]; what a giant frame made it hold is given back when the frames after it
/// need far less.
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

/// The stream ended inside a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Truncated {
    /// Offset of the unfinished frame's first byte from the start of the stream.
    pub offset: u64,
    /// Bytes of it that had arrived.
    pub len: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream ended inside a frame: {} bytes of it from stream offset {}", self.len, self.offset)
    }
}

impl core::error::Error for Truncated {}

impl Decoder {
    /// A decoder at the start of a stream that a server sends.
    pub fn new(limits: Limits) -> Self {
        Self { scanner: Scanner::new(limits), buffer: RecvBuffer::new(limits.max_buffer()) }
    }

    /// The same with other framing; to be chosen before the first byte.
    #[must_use]
    pub fn with_framing(mut self, framing: Framing) -> Self {
        self.scanner = self.scanner.with_framing(framing);
        self
    }

    /// The same with other instructions than the fastest that the machine has.
    #[must_use]
    pub fn with_kernel(mut self, kernel: Kernel) -> Self {
        self.scanner = self.scanner.with_kernel(kernel);
        self
    }

    /// Takes bytes of the stream. Frames handed out before are gone.
    ///
    /// Bytes beyond [`Limits::buffer`] are not taken, nor is anything after them: once the frames
    /// before them have been taken, [`next_frame`](Self::next_frame) fails with the place of the
    /// first one. Taking frames between pushes, or asking [`room`](Self::room) first, prevents it.
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

    /// Room in the buffer to read into: at least `min` bytes, or all that [`Limits::buffer`] still
    /// allows. Follow it with [`advance`](Self::advance). Frames handed out before are gone.
    ///
    /// `None`: there is no room until frames have been taken. It is never an empty slice, since a
    /// read into one gives 0 bytes, as the end of a stream does. The bytes in it are old ones, of
    /// no meaning.
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

    /// Has the scanner follow its buffer.
    #[inline]
    fn has_room(&mut self, room: &Room) {
        if room.dropped {
            self.scanner.release();
        }
        if let Some(needed) = room.needed.filter(|_| self.scanner.index_size() > Recent::SMALL as usize) {
            // Two marks a line, which is two bytes at the least.
            self.scanner.shrink_index(4 * needed);
        }
    }

    /// Says that `n` bytes of what [`space`](Self::space) gave hold bytes of the stream now.
    ///
    /// More than it gave is a bug of the caller: debug builds panic, others count what it gave.
    pub fn advance(&mut self, n: usize) {
        self.buffer.advance(self.scanner.releasable(), n);
    }

    /// How many more bytes [`Limits::buffer`] allows before frames have to be taken.
    pub fn room(&self) -> usize {
        self.buffer.room(self.scanner.releasable())
    }

    /// The next frame. `Ok(None)`: more bytes are needed.
    ///
    /// # Errors
    /// When the stream goes over a limit. The error is sticky: every later call returns it, unless
    /// the frame is [skipped](Self::skip_frame).
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.next_end()? else { return Ok(None) };
        Ok(Some(self.frame(end)))
    }

    /// Gives up the frame that went over a limit, once [`next_frame`](Self::next_frame) has failed:
    /// what comes next are the frames behind it. Returns what had been read of it, its first lines,
    /// which tell as a rule what it is.
    ///
    /// The rest of it goes by in no more memory than a line end takes, however long it is. It ends
    /// where it would have ended without limits: at its blank line, or, where it is the output of a
    /// command up to Asterisk 13, at its end marker.
    ///
    /// `None`: nothing has failed; or the end can't be looked for, since bytes had no room
    /// ([`Limits::buffer`]), or the frame is longer than 1 GiB. Then the stream is to be given up.
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

    /// [`skip_frame`](Self::skip_frame) in two steps; the second is [`frame`](Self::frame).
    pub(crate) fn skip_end(&mut self) -> Option<FrameEnd> {
        self.scanner.skip_frame(self.buffer.filled())
    }

    /// The next frame that is no event, or one that `wanted` says by its name it is. `Ok(None)`:
    /// more bytes are needed.
    ///
    /// For programs that follow a few kinds of events on a busy server. The others are read as any:
    /// where they end, and which limit they break, is the same. Only the index of their lines is
    /// spared, so that they cost about as much as to search for blank lines. An event's fate is
    /// decided by the call that comes upon its first line, or by one that follows: calls with and
    /// without a filter can be mixed.
    ///
    /// [`EventSet`](crate::event::EventSet) is a set of events by type, class or name, made at
    /// compile time where it has no names.
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
    /// As [`next_frame`](Self::next_frame), for events that go by as well.
    #[inline]
    pub fn next_wanted(&mut self, wanted: impl Fn(Value<'_>) -> bool) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.next_end_wanted(Some(&wanted))? else { return Ok(None) };
        Ok(Some(self.frame(end)))
    }

    /// [`next_frame`](Self::next_frame) in two steps, for those who look at a frame before they
    /// decide whether to lend it: the second is [`frame`](Self::frame).
    #[inline]
    pub(crate) fn next_end(&mut self) -> Result<Option<FrameEnd>, FrameError> {
        self.next_end_wanted(None)
    }

    /// The same of [`next_wanted`](Self::next_wanted).
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

    /// The frame that `next_end` has found, for as long as nothing is taken from or put into the
    /// buffer.
    #[inline]
    pub(crate) fn frame(&self, end: FrameEnd) -> Frame<'_> {
        self.scanner.frame(self.buffer.filled(), end)
    }

    /// No frame in the buffer: fine, unless bytes were lost or there is no room for the frame to
    /// grow.
    ///
    /// Not inlined, so that the ways that give a frame are.
    #[inline(never)]
    fn none(&mut self) -> Result<(), FrameError> {
        if self.room() > 0 {
            return Ok(());
        }
        // The next look has to come here again.
        self.scanner.wake();
        Err(self.buffer.overflow(self.scanner.releasable(), self.scanner.offset()))
    }

    /// Offset in the stream of the first byte that belongs to no frame handed out and to no blank
    /// line skipped.
    pub fn offset(&self) -> u64 {
        self.scanner.offset()
    }

    /// The bytes from [`offset`](Self::offset) on: an unfinished frame, or frames not taken yet.
    pub fn pending(&self) -> &[u8] {
        part(self.buffer.filled(), self.scanner.releasable()..)
    }

    /// What the end of the stream cut off, to be asked when all frames have been taken. `None`:
    /// nothing.
    pub fn finish(&self) -> Option<Truncated> {
        let len = self.pending().len();
        (len > 0).then(|| Truncated { offset: self.offset(), len })
    }

    /// Blank lines skipped between frames so far. A server answers each of them with an error, so
    /// the server role wants to know.
    pub fn blank_lines(&self) -> u64 {
        self.scanner.blank_lines()
    }
}

impl fmt::Debug for Decoder {
    /// The state without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset())
            .field("pending", &self.pending().len())
            .field("limits", &self.scanner.limits())
            .finish_non_exhaustive()
    }
}
