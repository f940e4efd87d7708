//! The scanner: one pass over a growing buffer that finds lines, first colons, the end of each frame and any breach
//! of the limits.
//!
//! # How
//!
//! The buffer is taken in blocks of 64 bytes. A kernel gives two masks for a block, one bit a byte: line feeds and
//! colons. The rest is arithmetic on them.
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
//! Adding `starts` to `!stops` makes each start ripple upwards until the first stop of its line swallows the carry;
//! a line still looking for its stop at the end of the block carries into the next one. `first & colons` are the
//! colons that end names. `first & newlines` are lines without a colon: blank lines, which close frames, and odd
//! ones. Only those are looked at one by one. For all other lines `(first & colons) | newlines` is exactly colon,
//! line feed, colon, line feed …, and its set bits are copied out as they come: that list of offsets *is* the
//! frame's index.
//!
//! A piece shorter than a block is masked as soon as it has a line feed, which is when a frame could end in it, and
//! left alone until then. So every byte is masked once, whatever the sizes of the reads; what a frame that arrives a byte
//! at a time costs more is the calls.

use alloc::vec::Vec;

use super::frame::{END_MARKER, Frame, FrameKind, Shape};
use super::kernel::{BLOCK, Kernel, Masks, Portable};
use super::limits::{Framing, Limits};
use crate::error::{FrameError, Limit};

/// An offset inside a frame: a `u32` in native order. Without its alignment an index and the bytes it belongs to
/// can share one allocation (see `owned.rs`).
pub(super) type Mark = [u8; 4];

/// Finds frames in a buffer that the caller owns.
///
/// The caller appends to the buffer and calls [`scan`](Self::scan); what was scanned before is not looked at again.
/// Now and then it calls [`release`](Self::release) and drops that many bytes from the front.
/// [`Decoder`](crate::Decoder) is this and a buffer.
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
    phase: Phase,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    /// Where the frame being read starts in the buffer; blank lines before it are skipped.
    start: usize,
    /// Everything before this has been masked.
    masked: usize,
    /// Everything before this holds no line feed that isn't masked.
    searched: usize,
    /// A buffer of at most this length holds no whole block to mask, breaks no limit and has room left; 0 where that isn't
    /// known.
    quiet: usize,
    /// What is left of the last block masked.
    block: Block,
    /// Whether the line at the end of what was masked still looks for its first colon, or starts right there.
    pending: bool,
    /// The shape of the frame being read if it is a `Follows` one: known at its first blank line.
    follows: Option<Shape>,
    index: Index,
    /// Blank lines skipped between frames since the stream began.
    blank_lines: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first line of the stream has not been seen whole.
    First,
    Frames,
    /// A frame has been handed out; the index is still its.
    Delivered,
    Failed(FrameError),
}

/// The part of a block's masks that has not been worked off: bits below the current line are cleared.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    /// Place of bit 0 in the buffer; may lie before it once bytes were released, so all arithmetic on it wraps.
    at: usize,
    newlines: u64,
    /// First colons of lines.
    names: u64,
    /// Line feeds of lines without a colon.
    odd: u64,
}

impl Block {
    /// The block at `at`, and whether its last line is still looking for a stop, or the next line starts right
    /// behind it. `pending` is that of the block before.
    #[inline(always)]
    fn new(masks: Masks, at: usize, pending: bool) -> (Self, bool) {
        let Masks { newlines, colons } = masks;
        let starts = newlines << 1 | u64::from(pending);
        let stops = newlines | colons;
        let (sum, carry) = (!stops).overflowing_add(starts);
        let first = sum & stops;
        // Behind the bytes of a short block there are no stops, so a line that is open at its end carries out as well.
        let pending = carry || newlines >> (BLOCK - 1) != 0;
        (Self { at, newlines, names: first & colons, odd: first & newlines }, pending)
    }

    /// Offset of bit 0 from the start of the frame; wraps where the frame starts inside the block.
    #[expect(clippy::cast_possible_truncation, reason = "offsets in a frame fit; what is cut off wraps back")]
    fn from(&self, start: usize) -> u32 {
        self.at.wrapping_sub(start) as u32
    }

    fn place(&self, bit: u32) -> usize {
        self.at.wrapping_add(bit as usize)
    }
}

/// The index of the frame being read: offsets from its start, a pair a line. Storage is kept a block ahead of use
/// so that blocks are copied without checks.
#[derive(Clone, Debug, Default)]
struct Index {
    marks: Vec<Mark>,
    len: usize,
}

impl Index {
    /// Marks that are in a block at the most, rounded up to a group of copies.
    const ROOM: usize = BLOCK;

    fn get(&self, at: usize) -> usize {
        self.marks.get(at).map_or(0, |mark| u32::from_ne_bytes(*mark) as usize)
    }

    fn push(&mut self, offset: usize) {
        #[expect(clippy::cast_possible_truncation, reason = "a frame is at most 2^30 bytes long, see Limits::frame")]
        let mark = (offset as u32).to_ne_bytes();
        self.reserve();
        self.marks[self.len] = mark;
        self.len += 1;
    }

    fn reserve(&mut self) {
        if self.marks.len() < self.len + Self::ROOM {
            let more = self.marks.len().max(2 * Self::ROOM);
            self.marks.resize(self.marks.len() + more, Mark::default());
        }
    }

    /// Appends `from` plus the place of each set bit.
    fn extend(&mut self, bits: u64, from: u32) {
        self.reserve();
        if let Some(room) = self.marks.get_mut(self.len..) {
            self.len += copy_places(bits, from, room);
        }
    }
}

/// Writes `from` plus the place of each set bit, lowest first, and says how many these are. The sums wrap. `to` has
/// room for a block.
#[inline(always)]
fn copy_places(mut bits: u64, from: u32, to: &mut [Mark]) -> usize {
    const GROUP: usize = 8;
    let count = bits.count_ones() as usize;
    // By the group, past the last bit too: a branch a group instead of one a bit. The surplus is overwritten next time.
    for group in to.chunks_exact_mut(GROUP).take(count.div_ceil(GROUP)) {
        for mark in group {
            *mark = from.wrapping_add(bits.trailing_zeros()).to_ne_bytes();
            bits &= bits.wrapping_sub(1);
        }
    }
    count
}

/// The end of a frame in the buffer that was scanned. See [`Scanner::frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameEnd {
    start: usize,
    end: usize,
    offset: u64,
    shape: Shape,
}

impl FrameEnd {
    /// Where the frame lies in the buffer, its closing blank line included.
    pub fn range(&self) -> core::ops::Range<usize> {
        self.start..self.end
    }

    /// What the frame is.
    #[cfg(feature = "std")]
    pub(crate) fn kind(&self) -> FrameKind {
        self.shape.kind
    }
}

/// Why working off a block stopped.
enum Stop {
    Frame(FrameEnd),
    Failed(FrameError),
}

impl Scanner {
    /// A scanner at the start of a stream that a server sends.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            framing: Framing::SERVER,
            phase: Phase::First,
            base: 0,
            start: 0,
            masked: 0,
            searched: 0,
            quiet: 0,
            block: Block::default(),
            pending: true,
            follows: None,
            index: Index::default(),
            blank_lines: 0,
        }
    }

    /// The same with other framing; to be chosen before the first byte is scanned.
    #[must_use]
    pub fn with_framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Forgets the stream and begins another, at this offset. The index keeps its memory.
    #[cfg(feature = "freeswitch")]
    pub(crate) fn restart(&mut self, offset: u64) {
        let index = Index { marks: core::mem::take(&mut self.index.marks), len: 0 };
        *self = Self { index, framing: self.framing, base: offset, ..Self::new(self.limits) };
    }

    /// The limits it was made with.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Looks for the end of the next frame. `Ok(None)`: more bytes are needed.
    ///
    /// `buf` is the buffer of the last call, possibly with more bytes at its end; after [`release`](Self::release)
    /// without the bytes released. A buffer shorter than the last one counts as nothing new. Call it again until it
    /// gives `None`: more frames may be in the buffer.
    ///
    /// # Errors
    /// When the stream goes over a limit. The error is sticky.
    #[inline]
    pub fn scan(&mut self, buf: &[u8]) -> Result<Option<FrameEnd>, FrameError> {
        if self.is_quiet(buf) { Ok(None) } else { self.scan_blocks(buf) }
    }

    /// Whether nothing can come of what is new: a few more bytes of a line, the commonest case by far where reads are small.
    #[inline]
    pub(super) fn is_quiet(&mut self, buf: &[u8]) -> bool {
        let quiet = buf.len() <= self.quiet && buf.get(self.searched..).is_some_and(|new| !has_newline(new));
        if quiet {
            self.searched = buf.len();
        }
        quiet
    }

    /// Has the next scan look at everything.
    pub(super) fn wake(&mut self) {
        self.quiet = 0;
    }

    #[inline(never)]
    fn scan_blocks(&mut self, buf: &[u8]) -> Result<Option<FrameEnd>, FrameError> {
        self.quiet = 0;
        let stop = match self.phase {
            Phase::Failed(error) => return Err(error),
            // What is left of the last block lies beyond its end.
            _ if buf.len() < self.masked => return Ok(None),
            Phase::First if self.framing.expects_banner() => self.first_line(buf),
            Phase::First | Phase::Frames => None,
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
        match stop.or_else(|| self.run::<Portable>(buf)) {
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
        }
    }

    /// The frame that [`scan`](Self::scan) has just found, over the same buffer.
    ///
    /// The index is valid until the next call of `scan`. With another buffer, or an `end` from an earlier call,
    /// lines and headers come out wrong, or empty.
    pub fn frame<'a>(&'a self, buf: &'a [u8], end: FrameEnd) -> Frame<'a> {
        let bytes = buf.get(end.range()).unwrap_or_default();
        let index = self.index.marks.get(..self.index.len).unwrap_or_default();
        Frame::new(bytes, index, end.shape, end.offset)
    }

    /// How many bytes at the front of the buffer are done with. The caller **must** drop exactly these before the
    /// next [`scan`](Self::scan): the scanner counts from behind them from now on. Ends the life of the frame
    /// handed out last.
    pub fn release(&mut self) -> usize {
        let done = core::mem::take(&mut self.start);
        self.base += done as u64;
        self.masked = self.masked.saturating_sub(done);
        self.searched = self.searched.saturating_sub(done);
        self.quiet = self.quiet.saturating_sub(done);
        self.block.at = self.block.at.wrapping_sub(done);
        done
    }

    /// Bytes at the front of the buffer that [`release`](Self::release) would give up.
    pub fn releasable(&self) -> usize {
        self.start
    }

    /// Offset in the stream of the first byte that belongs to no frame handed out and to no blank line skipped.
    pub fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Blank lines skipped between frames so far. A server answers each of them with an error, so the server role
    /// wants to know.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    fn error(&self, limit: Limit, max: u32, place: usize) -> Stop {
        Stop::Failed(FrameError { limit, max, offset: self.base.wrapping_add(place as u64) })
    }

    /// Where the line that is being read starts.
    fn line_start(&self) -> usize {
        // The last line feed is the last mark but where the current line has its colon in already.
        let ends = self.index.len & !1;
        if ends == 0 { self.start } else { self.start + self.index.get(ends - 1) + 1 }
    }

    /// Whether the current line can run up to `end` without going over a limit.
    #[inline]
    fn within(&self, end: usize) -> bool {
        // A line starts at the frame's start at the earliest, so this is right for nearly all without looking where.
        let near = self.limits.max_line().min(self.limits.max_frame()) as usize;
        end <= self.start.saturating_add(near) || end <= self.watermark()
    }

    /// Up to where the current line may run without going over a limit.
    fn watermark(&self) -> usize {
        let line = self.line_start().saturating_add(self.limits.max_line() as usize);
        line.min(self.start.saturating_add(self.limits.max_frame() as usize))
    }

    /// The first breach of the limits if the current line runs, without line feed, up to `end`.
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

    /// Reads the stream's first line and decides whether it is a banner. Leaves the phase as it is where the line
    /// isn't whole yet.
    fn first_line(&mut self, buf: &[u8]) -> Option<Stop> {
        loop {
            let new = buf.get(self.searched..)?;
            let Some(found) = memchr::memchr(b'\n', new) else {
                self.searched = buf.len();
                return self.overlong(buf.len());
            };
            let newline = self.searched + found;
            if let Some(stop) = self.overlong(newline) {
                return Some(stop);
            }
            let line = buf.get(self.start..newline).unwrap_or_default();
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
            let offset = newline - self.start;
            if offset + 1 > self.limits.max_frame() as usize {
                return Some(self.error(Limit::Frame, self.limits.max_frame(), newline));
            }
            self.index.push(offset);
            self.index.push(offset);
            self.masked = newline + 1;
            return Some(self.deliver(newline + 1, Shape { kind: FrameKind::Banner, kind_line: 0, head: 0 }));
        }
    }

    /// The frame from `start` to `end`; the next one starts behind it.
    fn deliver(&mut self, end: usize, shape: Shape) -> Stop {
        let start = core::mem::replace(&mut self.start, end);
        self.follows = None;
        Stop::Frame(FrameEnd { start, end, offset: self.base + start as u64, shape })
    }

    fn run<K: Kernel>(&mut self, buf: &[u8]) -> Option<Stop> {
        loop {
            if self.block.newlines | self.block.names != 0 {
                if let Some(stop) = self.work_off(buf) {
                    return Some(stop);
                }
            }
            let rest = buf.get(self.masked..)?;
            if rest.len() >= BLOCK {
                self.cruise::<K>(buf);
                continue;
            }
            let new = buf.get(self.searched..)?;
            self.searched = buf.len();
            if new.is_empty() || !has_newline(new) {
                let far = self.masked + BLOCK - 1;
                let room_left = far - self.start < self.limits.max_buffer() as usize;
                self.quiet = if room_left && self.within(far) { far } else { 0 };
                return self.overlong(buf.len());
            }
            let mut padded = [0; BLOCK];
            padded[..rest.len()].copy_from_slice(rest);
            (self.block, self.pending) = Block::new(K::masks(&padded), self.masked, self.pending);
            self.masked = buf.len();
        }
    }

    /// Indexes whole blocks for as long as nothing in them needs a look and no limit is near. Leaves the first
    /// block that does as the current one.
    ///
    /// This is the inner loop of the crate: what it keeps is in local variables, and all that can stop it is two
    /// comparisons.
    fn cruise<K: Kernel>(&mut self, buf: &[u8]) {
        self.index.reserve();
        let far = self.watermark();
        // A block has at most 64 lines; with fewer left to the limit it has to be looked at.
        let spare = (self.limits.max_headers() as usize + 1).saturating_sub(BLOCK);
        let room = (self.index.marks.len() - Index::ROOM + 1).min(2 * spare);
        let mut len = self.index.len;
        let (mut masked, mut pending) = (self.masked, self.pending);
        for bytes in buf.get(masked..).unwrap_or_default().chunks_exact(BLOCK) {
            let Some(bytes) = bytes.first_chunk() else { break };
            let block;
            (block, pending) = Block::new(K::masks(bytes), masked, pending);
            masked += BLOCK;
            let to = self.index.marks.get_mut(len..);
            match to {
                Some(to) if block.odd == 0 && masked <= far && len < room => {
                    len += copy_places(block.names | block.newlines, block.from(self.start), to);
                }
                _ => {
                    self.block = block;
                    break;
                }
            }
        }
        self.index.len = len;
        self.masked = masked;
        self.pending = pending;
        self.searched = self.searched.max(masked);
    }

    /// Moves the current block into the index, up to the first frame end in it.
    fn work_off(&mut self, buf: &[u8]) -> Option<Stop> {
        // Where no limit can be reached before the block ends, only lines without a colon need a look; else every
        // line does.
        let safe = self.within(self.masked) && self.index.len / 2 + BLOCK < self.limits.max_headers() as usize;
        let mut look_at = if safe { self.block.odd } else { self.block.newlines };
        while look_at != 0 {
            let bit = look_at.trailing_zeros();
            look_at &= look_at - 1;
            self.index_below(1 << bit);
            if let Some(stop) = self.end_line(buf, bit) {
                return Some(stop);
            }
        }
        self.index_below(0);
        if safe { None } else { self.overlong(self.masked) }
    }

    /// Indexes what the current block has below the lowest bit of `limit` (everything for 0).
    fn index_below(&mut self, limit: u64) {
        let below = limit.wrapping_sub(1);
        let bits = (self.block.names | self.block.newlines) & below;
        self.index.extend(bits, self.block.from(self.start));
        self.block.names &= !below;
        self.block.newlines &= !below;
    }

    /// Ends the current line at the line feed that is the lowest of the block, with all checks.
    fn end_line(&mut self, buf: &[u8], bit: u32) -> Option<Stop> {
        let newline = self.block.place(bit);
        let clear = !(1 << bit);
        self.block.newlines &= clear;
        self.block.odd &= clear;
        if let Some(stop) = self.overlong(newline) {
            return Some(stop);
        }
        let offset = newline - self.start;
        let start = self.line_start();
        let has_colon = self.index.len % 2 == 1;
        if !has_colon {
            let blank = matches!(buf.get(start..newline), Some(b"" | b"\r"));
            if blank && self.index.len == 0 {
                self.blank_lines += 1;
                self.start = newline + 1;
                return None;
            }
            if blank {
                if offset + 1 > self.limits.max_frame() as usize {
                    return Some(self.error(Limit::Frame, self.limits.max_frame(), newline));
                }
                if let Some(shape) = self.closes(buf, start) {
                    return Some(self.deliver(newline + 1, shape));
                }
            }
        }
        if self.index.len / 2 >= self.limits.max_headers() as usize {
            return Some(self.error(Limit::Headers, self.limits.max_headers(), start));
        }
        if !has_colon {
            self.index.push(offset);
        }
        self.index.push(offset);
        None
    }

    /// Whether the blank line that starts at `blank` closes the frame, and what the frame then is.
    fn closes(&mut self, buf: &[u8], blank: usize) -> Option<Shape> {
        let bytes = buf.get(self.start..blank).unwrap_or_default();
        let index = self.index.marks.get(..self.index.len).unwrap_or_default();
        let shape = if let Some(shape) = self.follows {
            shape
        } else {
            let shape = classify(bytes, index);
            let name = Frame::new(bytes, index, shape, 0).name();
            let follows = shape.kind == FrameKind::Response && name.is_some_and(|kind| kind.eq_ignore_case("Follows"));
            if !(follows && self.framing.expects_follows()) {
                return Some(shape);
            }
            let shape = Shape { head: follows_head(bytes, index), ..shape };
            self.follows = Some(shape);
            shape
        };
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        text.ends_with(END_MARKER).then_some(shape)
    }
}

fn is_action_id(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"ActionID")
}

/// The kind that a header of this name gives its frame.
fn kind_named(name: &[u8]) -> Option<FrameKind> {
    match name.len() {
        5 if name.eq_ignore_ascii_case(b"Event") => Some(FrameKind::Event),
        6 if name.eq_ignore_ascii_case(b"Action") => Some(FrameKind::Action),
        8 if name.eq_ignore_ascii_case(b"Response") => Some(FrameKind::Response),
        _ => None,
    }
}

#[inline]
fn has_newline(bytes: &[u8]) -> bool {
    match bytes {
        [byte] => *byte == b'\n',
        bytes => memchr::memchr(b'\n', bytes).is_some(),
    }
}

/// The names of a frame's lines: `None` for a line without a colon.
fn names<'a>(bytes: &'a [u8], index: &'a [Mark]) -> impl Iterator<Item = Option<&'a [u8]>> {
    let mut start = 0;
    index.chunks_exact(2).map(move |pair| {
        let [colon, newline] = [pair[0], pair[1]].map(|mark| u32::from_ne_bytes(mark) as usize);
        let start = core::mem::replace(&mut start, newline + 1);
        if colon == newline { None } else { bytes.get(start..colon) }
    })
}

/// What the frame is: told by its first line that isn't an `ActionID` header (the list items of
/// `VoicemailUsersList` begin with one on Asterisk 11 and 12).
fn classify(bytes: &[u8], index: &[Mark]) -> Shape {
    let telling = (0..).zip(names(bytes, index)).find(|(_, name)| !name.is_some_and(is_action_id));
    let Some((kind_line, Some(kind))) = telling.map(|(line, name)| (line, name.and_then(kind_named))) else {
        return Shape { kind: FrameKind::Text, kind_line: 0, head: 0 };
    };
    #[expect(clippy::cast_possible_truncation, reason = "two marks a line of at most 2^30 bytes")]
    let head = (index.len() / 2) as u32;
    Shape { kind, kind_line, head }
}

/// How many lines of a `Follows` frame are headers: `Response`, `Privilege` and `ActionID`, each once, in any
/// order; the text starts after them.
fn follows_head(bytes: &[u8], index: &[Mark]) -> u32 {
    let mut left: [Option<&[u8]>; 3] = [Some(b"Response"), Some(b"Privilege"), Some(b"ActionID")];
    let expected = |name: &&[u8]| {
        left.iter_mut().find(|one| one.is_some_and(|one| one.eq_ignore_ascii_case(name))).map(Option::take).is_some()
    };
    names(bytes, index).map_while(|name| name).take_while(expected).map(|_| 1).sum()
}
