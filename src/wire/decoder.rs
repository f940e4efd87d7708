//! The decoder: a scanner and the buffer it reads.

use core::fmt;

use super::frame::Frame;
use super::kernel::Kernel;
use super::limits::{Framing, Limits};
use super::scan::{FrameEnd, Scanner, Wanted};
use super::value::Value;
use crate::error::{FrameError, Limit};
use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::Wiped;

/// Turns the bytes of a stream, in pieces of any size, into frames.
///
/// 1. Give it bytes: [`push`](Self::push) copies them in; [`space`](Self::space) and [`advance`](Self::advance) let
///    a `read` write right into its buffer.
/// 2. Take frames with [`next_frame`](Self::next_frame) until it gives `None`.
/// 3. At the end of the stream ask [`finish`](Self::finish) whether something was cut off.
///
/// Once its buffer has grown to what the traffic needs it allocates nothing. What it holds is bounded by [`Limits`];
/// what a giant frame made it hold is given back when the frames after it need far less.
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
    /// Initialised storage; what is beyond `filled` is scratch.
    buf: Wiped,
    filled: usize,
    /// Where bytes that had no room would have begun; set once.
    overflow: Option<FrameError>,
    /// How much of the storage was filled of late.
    recent: Recent,
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
        let scanner = Scanner::new(limits);
        Self { scanner, buf: Wiped::default(), filled: 0, overflow: None, recent: Recent::default() }
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
    /// Bytes beyond [`Limits::buffer`] are not taken, nor is anything after them: once the frames before them have
    /// been taken, [`next_frame`](Self::next_frame) fails with the place of the first one. Taking frames between
    /// pushes, or asking [`room`](Self::room) first, prevents it.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if self.scanner.releasable() == 0
            && end <= self.scanner.limits().max_buffer() as usize
            && self.overflow.is_none()
        {
            match (self.buf.get_mut(self.filled..end), bytes) {
                // Spares a call for what would be three instructions.
                (Some([free]), [byte]) => *free = *byte,
                (Some(free), bytes) => free.copy_from_slice(bytes),
                (None, bytes) => return self.push_slow(bytes),
            }
            self.filled = end;
        } else {
            self.push_slow(bytes);
        }
    }

    #[inline(never)]
    fn push_slow(&mut self, bytes: &[u8]) {
        let room = self.room();
        let taken = bytes.get(..room).unwrap_or(bytes);
        if let Some(free) = self.make_room(taken.len()).get_mut(..taken.len()) {
            free.copy_from_slice(taken);
            self.filled += taken.len();
        }
        if taken.len() < bytes.len() && self.overflow.is_none() {
            let offset = self.scanner.offset() + (self.filled - self.scanner.releasable()) as u64;
            self.overflow = Some(FrameError { limit: Limit::Buffer, max: self.scanner.limits().max_buffer(), offset });
            self.scanner.wake();
        }
    }

    /// Room in the buffer to read into: at least `min` bytes, or all that [`Limits::buffer`] still allows. Follow
    /// it with [`advance`](Self::advance). Frames handed out before are gone.
    ///
    /// `None`: there is no room until frames have been taken. It is never an empty slice, since a read into one
    /// gives 0 bytes, as the end of a stream does. The bytes in it are old ones, of no meaning.
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
        if self.room() == 0 { None } else { Some(self.make_room(min.max(1))) }
    }

    /// The space, for at least `min` bytes or what the limit allows.
    fn make_room(&mut self, min: usize) -> &mut [u8] {
        let min = min.min(self.room());
        // Dropping what is done with from the front moves the rest. That is done when less is moved than dropped,
        // so that a byte is moved once on average however the stream is cut up.
        let done = self.scanner.releasable();
        let held = self.filled - done;
        self.recent.need(self.filled);
        if done >= held {
            self.buf.copy_within(done..self.filled, 0);
            self.scanner.release();
            self.filled = held;
        }
        if self.buf.len() - self.filled < min {
            // Doubling, but not beyond what the limit can ever need.
            let least = self.filled + min;
            let most = (self.scanner.limits().max_buffer() as usize).saturating_mul(2);
            self.buf.resize(least.next_power_of_two().min(most).max(least));
        }
        // More room than the limit allows may be behind; it isn't shown.
        let end = (self.filled + self.room()).min(self.buf.len());
        part_mut(&mut self.buf, self.filled..end)
    }

    /// Says that `n` bytes of what [`space`](Self::space) gave hold bytes of the stream now. More than it gave
    /// count as what it gave.
    pub fn advance(&mut self, n: usize) {
        let end = (self.filled + self.room()).min(self.buf.len());
        self.filled = self.filled.saturating_add(n).min(end);
    }

    /// How many more bytes [`Limits::buffer`] allows before frames have to be taken.
    pub fn room(&self) -> usize {
        if self.overflow.is_some() {
            return 0;
        }
        let held = self.filled - self.scanner.releasable();
        (self.scanner.limits().max_buffer() as usize).saturating_sub(held)
    }

    /// The next frame. `Ok(None)`: more bytes are needed.
    ///
    /// # Errors
    /// When the stream goes over a limit. The error is sticky: every later call returns it.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.next_end()? else { return Ok(None) };
        Ok(Some(self.frame(end)))
    }

    /// The next frame that is no event, or one that `wanted` says by its name it is. `Ok(None)`: more bytes are needed.
    ///
    /// For programs that follow a few kinds of events on a busy server. The others are read as any: where they end, and
    /// which limit they break, is the same. Only the index of their lines is spared, so that they cost about as much
    /// as to search for blank lines. An event's fate is decided by the call that comes upon its first line, or by
    /// one that follows: calls with and without a filter can be mixed.
    ///
    /// [`EventSet`](crate::event::EventSet) is a set of events by type, class or name, made at compile time where it has no names.
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

    /// [`next_frame`](Self::next_frame) in two steps, for those who look at a frame before they decide whether to lend it: the second is [`frame`](Self::frame).
    #[inline]
    pub(crate) fn next_end(&mut self) -> Result<Option<FrameEnd>, FrameError> {
        self.next_end_wanted(None)
    }

    /// The same of [`next_wanted`](Self::next_wanted).
    #[inline]
    pub(crate) fn next_end_wanted(&mut self, wanted: Option<Wanted<'_>>) -> Result<Option<FrameEnd>, FrameError> {
        if self.scanner.is_quiet(filled(&self.buf, self.filled)) {
            return Ok(None);
        }
        match self.scanner.scan_blocks(filled(&self.buf, self.filled), wanted)? {
            None => self.none().map(|()| None),
            end => Ok(end),
        }
    }

    /// The frame that `next_end` has found, for as long as nothing is taken from or put into the buffer.
    #[inline]
    pub(crate) fn frame(&self, end: FrameEnd) -> Frame<'_> {
        self.scanner.frame(filled(&self.buf, self.filled), end)
    }

    /// No frame in the buffer: fine, unless bytes were lost or there is no room for the frame to grow.
    ///
    /// Not inlined, so that the ways that give a frame are.
    #[inline(never)]
    fn none(&mut self) -> Result<(), FrameError> {
        if self.filled == self.scanner.releasable()
            && self.buf.len().max(self.scanner.index_size()) > Recent::SMALL as usize
        {
            self.rest();
        }
        if self.overflow.is_none() && self.room() == 0 {
            let max = self.scanner.limits().max_buffer();
            self.overflow =
                Some(FrameError { limit: Limit::Buffer, max, offset: self.scanner.offset() + u64::from(max) });
        }
        self.overflow.map_or(Ok(()), |error| {
            // The next look has to come here again.
            self.scanner.wake();
            Err(error)
        })
    }

    /// The buffer is empty: gives storage back, now and then, of which less than a quarter was needed.
    #[cold]
    #[inline(never)]
    fn rest(&mut self) {
        self.recent.need(self.filled);
        let Some(needed) = self.recent.needed() else { return };
        if needed < self.buf.len() / 4 {
            self.scanner.release();
            (self.buf, self.filled) = (Wiped::default(), 0);
        }
        // Two marks a line, which is two bytes at the least.
        self.scanner.shrink_index(4 * needed);
    }

    /// Offset in the stream of the first byte that belongs to no frame handed out and to no blank line skipped.
    pub fn offset(&self) -> u64 {
        self.scanner.offset()
    }

    /// The bytes from [`offset`](Self::offset) on: an unfinished frame, or frames not taken yet.
    pub fn pending(&self) -> &[u8] {
        part(&self.buf, self.scanner.releasable()..self.filled)
    }

    /// What the end of the stream cut off, to be asked when all frames have been taken. `None`: nothing.
    pub fn finish(&self) -> Option<Truncated> {
        let len = self.pending().len();
        (len > 0).then(|| Truncated { offset: self.offset(), len })
    }

    /// Blank lines skipped between frames so far. A server answers each of them with an error, so the server role
    /// wants to know.
    pub fn blank_lines(&self) -> u64 {
        self.scanner.blank_lines()
    }
}

fn filled(buf: &[u8], len: usize) -> &[u8] {
    part(buf, ..len)
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
