//! The scanner: one pass over a growing buffer that finds lines, first colons, the end of each
//! frame and any broken limit.
//!
//! # Algorithm
//!
//! The buffer is processed in blocks of 64 bytes. A kernel computes two masks for a block, with one
//! bit per byte: line feeds and colons. The rest is arithmetic on them.
//!
//! ```text
//! bytes      E v e n t : x y : z \n \r \n        (the line feed of a blank line has no colon before it)
//! newlines   . . . . . . . . . . 1  .  1
//! colons     . . . . . 1 . . 1 . .  .  .
//! starts     1 . . . . . . . . . .  1  .         bytes after a line feed
//! stops      . . . . . 1 . . 1 . 1  .  1         newlines | colons
//! first      . . . . . 1 . . . . .  .  1         (!stops + starts) & stops
//! ```
//!
//! Adding `starts` to `!stops` makes each start ripple upwards until the first stop of its line
//! absorbs the carry; a line without a stop at the end of the block carries into the next block.
//! `first & colons` are the colons that end names. `first & newlines` are lines without a colon:
//! blank lines, which close frames, and odd ones. Only those are examined one by one. For all other
//! lines `(first & colons) | newlines` is exactly colon, line feed, colon, line feed …, and its set
//! bits are copied in order: that list of offsets *is* the frame's index.
//!
//! A piece shorter than a block is masked as soon as it has a line feed, since a frame could end
//! there, and not before. So every byte is masked once, for any sizes of the reads, except the
//! bytes in a frame's last block that belong to the next frame, which begins a block of its own. A
//! frame that arrives a byte at a time only costs more calls.

mod block;
mod classify;
mod filter;
mod index;
mod oversized;
mod scan_loop;
#[cfg(test)]
mod tests;

use super::Value;
use super::frame::{Frame, FrameKind, Shape};
use super::header_index::HeaderIndex;
use super::kernel::{BLOCK, Kernel};
use super::limits::{Framing, Limits};
use crate::error::{FrameError, Limit};
use crate::range::part;
use crate::steps::count;
use classify::{is_action_id, kind_named};
pub(super) use filter::Wanted;
use index::Index;
pub(super) use index::Offset;
use oversized::Oversized;
use scan_loop::ScanJob;

/// Finds frames in a buffer that the caller owns.
///
/// The caller appends to the buffer and calls [`scan`](Self::scan); scanned bytes are not examined
/// again. From time to time it calls [`release`](Self::release) and drops that many bytes from the
/// front. [`Decoder`](crate::Decoder) combines a scanner with a buffer.
///
/// ```
/// use ami_proto::Limits;
/// use ami_proto::wire::Scanner;
///
/// let mut scanner = Scanner::new(Limits::new());
/// let mut buf = b"Event: Hangup\r\nCause: 1".to_vec();
/// assert_eq!(scanner.scan(&buf)?, None);
/// buf.extend(b"6\r\n\r\n");
/// let end = scanner.scan(&buf)?.expect("a whole frame");
/// assert_eq!(scanner.frame(&buf, end).get("Cause").unwrap(), "16");
/// buf.drain(..scanner.release());
/// assert!(buf.is_empty());
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scanner {
    limits: Limits,
    framing: Framing,
    kernel: Kernel,
    phase: Phase,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    /// Start in the buffer of the frame being read; blank lines before it are skipped.
    start: usize,
    /// All bytes before this position have been masked.
    masked: usize,
    /// All line feeds before this position have been masked.
    searched: usize,
    /// A buffer shorter than this has no whole block to mask, breaks no limit and has room left; 0
    /// if this is unknown.
    quiet: usize,
    /// `true` if the line at the end of the masked bytes still has no first colon, or starts at
    /// that position.
    pending: bool,
    /// Number of masked lines of the frame being read, if it is filtered out.
    skipped_lines: Option<usize>,
    /// Shape of the frame being read, if it is a `Follows` frame: known at its first blank line.
    follows: Option<Shape>,
    index: Index,
    /// Number of blank lines skipped between frames since the stream began.
    blank_lines: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first line of the stream is incomplete.
    First,
    Frames,
    /// A frame has been returned; the index still belongs to it.
    Delivered,
    Failed(FrameError),
    /// A frame over a limit has been given up, and its end is being searched.
    Skipping(Oversized),
}

/// The end of a frame in the scanned buffer. See [`Scanner::frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameEnd {
    start: usize,
    end: usize,
    offset: u64,
    shape: Shape,
}

impl FrameEnd {
    /// Returns the range of the frame in the buffer, its closing blank line included.
    pub fn range(&self) -> core::ops::Range<usize> {
        self.start..self.end
    }

    /// Returns the kind of the frame.
    #[cfg(feature = "std")]
    pub(crate) fn kind(&self) -> FrameKind {
        self.shape.kind
    }
}

/// Reason for which processing a block stopped.
enum Stop {
    Frame(FrameEnd),
    Failed(FrameError),
}

impl Scanner {
    /// Creates a scanner for the start of a stream that a server sends.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            framing: Framing::SERVER,
            kernel: Kernel::best(),
            phase: Phase::First,
            base: 0,
            start: 0,
            masked: 0,
            searched: 0,
            quiet: 0,
            pending: true,
            skipped_lines: None,
            follows: None,
            index: Index::default(),
            blank_lines: 0,
        }
    }

    /// Sets other framing rules; call it before the first byte is scanned.
    #[must_use]
    pub fn with_framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets another instruction set than the machine's fastest one.
    #[must_use]
    pub fn with_kernel(mut self, kernel: Kernel) -> Self {
        self.kernel = kernel;
        self
    }

    /// Discards the state and starts another stream at this offset. The index keeps its memory.
    pub fn restart(&mut self, offset: u64) {
        let index = Index { marks: core::mem::take(&mut self.index.marks), len: 0 };
        *self = Self { index, framing: self.framing, kernel: self.kernel, base: offset, ..Self::new(self.limits) };
    }

    /// Returns the bytes of the index.
    pub(super) fn index_size(&self) -> usize {
        size_of_val(&*self.index.marks)
    }

    /// Releases the index's storage, except for the marks of the frame being read, if `needed` is
    /// less than a quarter of it.
    pub(super) fn shrink_index(&mut self, needed: usize) {
        if needed < self.index_size() / 4 {
            self.index.shrink();
        }
    }

    /// Returns the scanner's limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Searches for the end of the next frame. `Ok(None)` means that more bytes are needed.
    ///
    /// `buf` is the buffer of the last call, possibly with more bytes at its end; after
    /// [`release`](Self::release) without the released bytes. A buffer shorter than the last one
    /// counts as unchanged. Call it again until it returns `None`: the buffer may contain more
    /// frames.
    ///
    /// # Errors
    /// If the stream goes over a limit. The error is sticky, unless the frame is
    /// [skipped](Self::skip_frame).
    #[inline]
    pub fn scan(&mut self, buf: &[u8]) -> Result<Option<FrameEnd>, FrameError> {
        if self.is_quiet(buf) { Ok(None) } else { self.scan_blocks(buf, None) }
    }

    /// Searches for the end of the next frame that is not an event, or of an event whose name
    /// `wanted` accepts.
    ///
    /// The other events are still checked: they end at the same byte and break the same limits.
    /// Only the index of their lines is omitted, so they cost about as much as a search for blank
    /// lines. See [`Decoder::next_wanted`](crate::Decoder::next_wanted).
    ///
    /// # Errors
    /// The errors of [`scan`](Self::scan).
    #[inline]
    pub fn scan_wanted(
        &mut self,
        buf: &[u8],
        wanted: impl Fn(Value<'_>) -> bool,
    ) -> Result<Option<FrameEnd>, FrameError> {
        if self.is_quiet(buf) { Ok(None) } else { self.scan_blocks(buf, Some(&wanted)) }
    }

    /// Fast path: returns whether the new bytes can have no effect, because they are a few more
    /// bytes of a line. This is by far the most common case with small reads.
    #[inline]
    pub(super) fn is_quiet(&mut self, buf: &[u8]) -> bool {
        let quiet = buf.len() < self.quiet && buf.get(self.searched..).is_some_and(is_without_newline);
        if quiet {
            self.searched = buf.len();
        }
        quiet
    }

    /// Makes the next scan examine the whole buffer.
    pub(super) fn wake(&mut self) {
        self.quiet = 0;
    }

    #[inline(never)]
    pub(super) fn scan_blocks(
        &mut self,
        buf: &[u8],
        wanted: Option<Wanted<'_>>,
    ) -> Result<Option<FrameEnd>, FrameError> {
        self.quiet = 0;
        count(|steps| steps.scans += 1);
        if let Phase::Skipping(oversized) = self.phase {
            if !self.skip_on(buf, oversized)? {
                self.check(buf);
                return Ok(None);
            }
        }
        let stop = match self.phase {
            Phase::Failed(error) => return Err(error),
            _ if buf.len() < self.masked => return Ok(None),
            Phase::First if self.framing.expects_banner() => self.first_line(buf),
            Phase::First | Phase::Frames | Phase::Skipping(_) => None,
            Phase::Delivered => {
                self.index.len = 0;
                None
            }
        };
        if stop.is_none() {
            if self.phase == Phase::First && self.framing.expects_banner() {
                return Ok(None);
            }
            self.phase = Phase::Frames;
        }
        let found = match stop.or_else(|| self.kernel.run(ScanJob { scanner: self, buf, wanted })) {
            None => Ok(None),
            Some(Stop::Frame(end)) => {
                self.phase = Phase::Delivered;
                Ok(Some(end))
            }
            Some(Stop::Failed(error)) => {
                self.quiet = 0;
                self.phase = Phase::Failed(error);
                Err(error)
            }
        };
        self.check(buf);
        found
    }

    /// Checks the invariants in debug builds. It examines only the ends of the index, so its cost
    /// doesn't depend on the frame.
    fn check(&self, buf: &[u8]) {
        let done = matches!(self.phase, Phase::Failed(_));
        if !cfg!(debug_assertions) || done {
            return;
        }
        let Self { start, masked, searched, .. } = *self;
        assert!(start <= masked && masked <= buf.len() && searched <= buf.len(), "places in the buffer: {self:?}");
        assert!(self.index.len <= self.index.marks.len(), "an index within its storage: {self:?}");
        let last = |back: usize| self.index.len.checked_sub(back).map(|at| self.index.get(at));
        if self.phase == Phase::Delivered {
            assert!(self.index.len % 2 == 0 && last(1) > last(3) && last(1) >= last(2), "pairs of marks: {self:?}");
            assert!(start == masked && self.pending && self.quiet == 0, "a new frame: {self:?}");
        } else {
            assert!(self.quiet == 0 || self.quiet == masked + BLOCK, "quiet up to the next block: {self:?}");
            assert!(last(1).is_none_or(|mark| start + mark < masked), "marks of what was masked: {self:?}");
            assert!(last(1) >= last(2) && last(2) >= last(3), "marks in order: {self:?}");
        }
        assert!(self.skipped_lines.is_none_or(|lines| self.index.len == 0 && lines <= masked - start), "{self:?}");
        assert!(self.follows.is_none_or(|shape| shape.kind == FrameKind::Response), "{self:?}");
    }

    /// Returns the frame that [`scan`](Self::scan) has just found, over the buffer that was
    /// scanned.
    ///
    /// The index is valid until the next call of `scan`. With another buffer, or an `end` from an
    /// earlier call, lines and headers are wrong or empty.
    #[inline]
    pub fn frame<'a>(&'a self, buf: &'a [u8], end: FrameEnd) -> Frame<'a> {
        Frame::new(self.header_index(buf, end), end.shape, end.offset)
    }

    /// Returns the lines of the frame that [`scan`](Self::scan) has just found. Each line with a
    /// colon is a header, in any kind of frame.
    #[inline]
    pub(crate) fn header_index<'a>(&'a self, buf: &'a [u8], end: FrameEnd) -> HeaderIndex<'a> {
        // The caller may pass another buffer.
        HeaderIndex::new(buf.get(end.range()).unwrap_or_default(), self.index.marks())
    }

    /// Returns the number of consumed bytes at the front of the buffer. The caller **must** drop
    /// exactly these before the next [`scan`](Self::scan): from now on the scanner counts positions
    /// without them. The frame returned last becomes invalid.
    pub fn release(&mut self) -> usize {
        let done = core::mem::take(&mut self.start);
        self.base += done as u64;
        self.masked = self.masked.saturating_sub(done);
        self.searched = self.searched.saturating_sub(done);
        self.quiet = self.quiet.saturating_sub(done);
        done
    }

    /// Returns the number of bytes at the front of the buffer that [`release`](Self::release) would
    /// release.
    pub fn releasable(&self) -> usize {
        self.start
    }

    /// Returns the offset in the stream of the first byte that belongs to no returned frame and to
    /// no skipped blank line.
    pub fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Returns the number of blank lines skipped between frames so far. A server answers each of
    /// them with an error, so the server role needs the number.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    fn error(&self, limit: Limit, max: u32, place: usize) -> Stop {
        Stop::Failed(FrameError { limit, max, offset: self.base.wrapping_add(place as u64) })
    }

    /// Returns the start of the line that is being read.
    fn line_start(&self) -> usize {
        // The last line feed is the last mark, unless the colon of the current line has been added
        // already.
        let ends = self.index.len & !1;
        if ends == 0 { self.start } else { self.start + self.index.get(ends - 1) + 1 }
    }

    /// Returns whether the current line can extend to `end` without breaking a limit.
    #[inline]
    fn within(&self, end: usize) -> bool {
        // A line starts at the frame's start at the earliest, so this test is enough for nearly all
        // lines, without finding the line's start.
        let near = self.limits.max_line().min(self.limits.max_frame()) as usize;
        end <= self.start.saturating_add(near) || end <= self.watermark()
    }

    /// Returns the position up to which the current line may extend without breaking a limit.
    fn watermark(&self) -> usize {
        let line = self.line_start().saturating_add(self.limits.max_line() as usize);
        line.min(self.start.saturating_add(self.limits.max_frame() as usize))
    }

    /// Returns the first limit that breaks if the current line extends, without line feed, up to
    /// `end`.
    fn overlong(&self, end: usize) -> Option<Stop> {
        if self.within(end) {
            return None;
        }
        let line = self.line_start().saturating_add(self.limits.max_line() as usize);
        let frame = self.start.saturating_add(self.limits.max_frame() as usize);
        Some(if line <= frame {
            self.error(Limit::Line, self.limits.max_line(), line)
        } else {
            self.error(Limit::Frame, self.limits.max_frame(), frame)
        })
    }

    /// Reads the stream's first line and decides whether it is a banner. Keeps the phase if the
    /// line isn't complete yet.
    fn first_line(&mut self, buf: &[u8]) -> Option<Stop> {
        loop {
            let new = buf.get(self.searched..)?;
            count(|steps| steps.searched += new.len());
            let Some(found) = memchr::memchr(b'\n', new) else {
                self.searched = buf.len();
                return self.overlong(buf.len());
            };
            let newline = self.searched + found;
            if let Some(stop) = self.overlong(newline) {
                return Some(stop);
            }
            let line = part(buf, self.start..newline);
            self.searched = newline + 1;
            if matches!(line, b"" | b"\r") {
                self.blank_lines += 1;
                self.start = newline + 1;
                continue;
            }
            self.masked = self.start;
            let name = memchr::memchr(b':', line).and_then(|colon| line.get(..colon));
            if name.is_some_and(|name| is_action_id(name) || kind_named(name).is_some()) {
                self.searched = self.start;
                self.phase = Phase::Frames;
                return None;
            }
            if newline + 1 > self.start + self.limits.max_frame() as usize {
                return Some(self.error(Limit::Frame, self.limits.max_frame(), newline));
            }
            let offset = self.offset_of(newline);
            self.index.push(offset);
            self.index.push(offset);
            return Some(self.deliver(newline + 1, Shape { kind: FrameKind::Banner, kind_line: 0, head: 0 }));
        }
    }

    /// Starts a frame at this position; none of its bytes has been masked.
    ///
    /// Its bytes in the last block are masked again: this is less work than keeping the rest of a
    /// block.
    #[inline]
    fn begin(&mut self, start: usize) {
        (self.start, self.masked, self.searched) = (start, start, start);
        self.pending = true;
        self.skipped_lines = None;
    }

    /// Delivers the frame from `start` to `end`; the next one starts after it.
    fn deliver(&mut self, end: usize, shape: Shape) -> Stop {
        let start = self.start;
        self.begin(end);
        self.follows = None;
        Stop::Frame(FrameEnd { start, end, offset: self.base + start as u64, shape })
    }
}

/// Returns whether the bytes contain no line feed. Only for a few bytes: it is done before a kernel
/// would have started.
#[inline]
fn is_without_newline(bytes: &[u8]) -> bool {
    if let [byte] = bytes { *byte != b'\n' } else { are_without_newline(bytes) }
}

#[inline(never)]
fn are_without_newline(bytes: &[u8]) -> bool {
    const FEW: usize = 16;
    bytes.len() < FEW && !bytes.contains(&b'\n')
}
