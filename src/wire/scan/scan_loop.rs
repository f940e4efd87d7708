//! The scan loop: indexes block after block, up to the end of a frame or a broken limit.

use super::block::Block;
use super::classify::{classify, follows_head};
use super::filter::Wanted;
use super::index::{Index, copy_places};
use super::{FrameEnd, Scanner, Stop};
use crate::error::Limit;
use crate::range::{part, part_mut};
use crate::steps::count;
use crate::wire::follows::{before_end, is_follows};
use crate::wire::frame::{Frame, FrameKind, Shape};
use crate::wire::header_index::HeaderIndex;
use crate::wire::kernel::{BLOCK, Job, Masks, Simd};

/// A call of [`Scanner::scan`], run by a kernel.
pub(super) struct ScanJob<'a> {
    pub(super) scanner: &'a mut Scanner,
    pub(super) buf: &'a [u8],
    pub(super) wanted: Option<Wanted<'a>>,
}

impl Job for ScanJob<'_> {
    type Output = Option<Stop>;

    #[inline(always)]
    fn run<L: Simd>(self, lanes: L) -> Option<Stop> {
        self.scanner.run(lanes, self.buf, self.wanted)
    }
}

impl Scanner {
    #[inline(always)]
    fn run<L: Simd>(&mut self, lanes: L, buf: &[u8], wanted: Option<Wanted<'_>>) -> Option<Stop> {
        loop {
            if self.skip(lanes, buf, wanted) {
                return self.wait(buf);
            }
            let rest = buf.get(self.masked..)?;
            let block = if rest.len() >= BLOCK {
                let Some(block) = self.cruise(lanes, buf) else { continue };
                block
            } else {
                let (masks, _) = masks(lanes, buf, self.masked);
                if masks.newlines == 0 {
                    return self.wait(buf);
                }
                let block;
                (block, self.pending) = Block::new(masks, self.masked, self.pending);
                self.masked = buf.len();
                block
            };
            match self.work_off(buf, block) {
                None => {}
                Some(Stop::Frame(end)) if wanted.is_some_and(|wanted| self.is_unwanted(buf, end, wanted)) => {
                    self.index.len = 0;
                }
                stop => return stop,
            }
        }
    }

    /// Records that all bytes were examined and more are needed.
    #[inline(always)]
    fn wait(&mut self, buf: &[u8]) -> Option<Stop> {
        self.searched = buf.len();
        let far = self.masked + BLOCK - 1;
        let room_left = far - self.start < self.limits.max_buffer() as usize;
        self.quiet = if room_left && self.within(far) { far + 1 } else { 0 };
        self.overlong(buf.len())
    }

    /// Returns whether the frame is an unwanted event, now that the index has its name.
    #[inline(never)]
    fn is_unwanted(&self, buf: &[u8], end: FrameEnd, wanted: Wanted<'_>) -> bool {
        let frame = self.frame(buf, end);
        frame.kind() == FrameKind::Event && !frame.name().is_some_and(wanted)
    }

    /// Moves the start of the frame, none of whose bytes has been masked, behind the blank lines at
    /// that position.
    #[inline(always)]
    pub(super) fn skip_blank_lines(&mut self, buf: &[u8]) {
        loop {
            let len = match buf.get(self.start..) {
                Some([b'\n', ..]) => 1,
                Some([b'\r', b'\n', ..]) if self.within(self.start + 1) => 2,
                _ => return,
            };
            self.start += len;
            self.blank_lines += 1;
            self.masked = self.start;
        }
    }

    /// Indexes whole blocks while no line in them has to be examined and no limit is near. Returns
    /// the first block that has to be examined.
    ///
    /// This is the inner loop of the crate: its state is in local variables, and only two
    /// comparisons can stop it.
    #[inline(always)]
    fn cruise<L: Simd>(&mut self, lanes: L, buf: &[u8]) -> Option<Block> {
        self.index.reserve();
        let far = self.watermark();
        // A block has at most 64 lines; if fewer are left before the limit, it has to be examined.
        let spare = (self.limits.max_lines() as usize + 1).saturating_sub(BLOCK);
        let room = (self.index.marks.len() - Index::ROOM + 1).min(2 * spare);
        let mut len = self.index.len;
        let (mut masked, mut pending) = (self.masked, self.pending);
        let mut from = self.offset_of(masked);
        let mut found = None;
        for bytes in part(buf, masked..).chunks_exact(BLOCK) {
            let Some(bytes) = bytes.first_chunk() else { break };
            let block;
            (block, pending) = Block::new(lanes.masks(bytes), masked, pending);
            masked += BLOCK;
            count(|steps| steps.blocks += 1);
            let to = self.index.marks.get_mut(len..);
            match to {
                Some(to) if block.odd == 0 && masked <= far && len < room => {
                    len += copy_places(block.marks, from, to);
                    from = from.wrapping_add(64);
                }
                _ => {
                    found = Some(block);
                    break;
                }
            }
        }
        self.index.len = len;
        self.masked = masked;
        self.pending = pending;
        found
    }

    /// Converts a position in the buffer to an offset in the frame.
    #[expect(clippy::cast_possible_truncation, reason = "a frame is at most 2^30 bytes long, see Limits::frame")]
    #[inline]
    pub(super) fn offset_of(&self, place: usize) -> u32 {
        (place - self.start) as u32
    }

    /// Adds a block to the index, up to the end of the frame if the block contains it.
    #[inline(always)]
    fn work_off(&mut self, buf: &[u8], block: Block) -> Option<Stop> {
        let safe = self.within(self.masked) && self.index.len / 2 + BLOCK < self.limits.max_lines() as usize;
        if !safe {
            return self.work_off_checking(buf, block);
        }
        // No limit can be reached before the block ends: only lines without a colon have to be
        // examined.
        let from = self.offset_of(block.at);
        let Block { mut marks, mut odd, .. } = block;
        while odd != 0 {
            let newline = block.at + odd.trailing_zeros() as usize;
            let below = marks & (odd ^ (odd - 1)) >> 1;
            odd &= odd - 1;
            marks ^= below;
            self.index.extend(below, from);
            if let Some(shape) = self.closes(buf, newline) {
                return Some(self.deliver(newline + 1, shape));
            }
            // Takes the place of the missing colon.
            self.index.push(self.offset_of(newline));
        }
        self.index.extend(marks, from);
        None
    }

    /// Adds a block to the index, examining every line.
    #[cold]
    #[inline(never)]
    fn work_off_checking(&mut self, buf: &[u8], block: Block) -> Option<Stop> {
        let from = self.offset_of(block.at);
        let Block { mut marks, mut newlines, odd, .. } = block;
        while newlines != 0 {
            let bit = newlines & newlines.wrapping_neg();
            let newline = block.at + bit.trailing_zeros() as usize;
            let below = marks & (bit - 1);
            newlines ^= bit;
            marks &= !(below | bit);
            self.index.extend(below, from);
            if let Some(stop) = self.overlong(newline) {
                return Some(stop);
            }
            if odd & bit != 0 && self.is_blank(buf, newline) {
                if newline + 1 > self.start + self.limits.max_frame() as usize {
                    return Some(self.error(Limit::Frame, self.limits.max_frame(), newline));
                }
                if let Some(shape) = self.closes(buf, newline) {
                    return Some(self.deliver(newline + 1, shape));
                }
            }
            if self.index.len / 2 >= self.limits.max_lines() as usize {
                return Some(self.error(Limit::Lines, self.limits.max_lines(), self.line_start()));
            }
            let offset = self.offset_of(newline);
            if odd & bit != 0 {
                self.index.push(offset);
            }
            self.index.push(offset);
        }
        self.index.extend(marks, from);
        self.overlong(self.masked)
    }

    /// Returns whether the current line, which ends at `newline`, is blank.
    #[inline]
    fn is_blank(&self, buf: &[u8], newline: usize) -> bool {
        matches!(buf.get(self.line_start()..newline), Some(b"" | b"\r"))
    }

    /// Returns the shape of the frame if the line without a colon that ends at `newline` closes it.
    #[inline]
    fn closes(&mut self, buf: &[u8], newline: usize) -> Option<Shape> {
        if !self.is_blank(buf, newline) {
            return None;
        }
        let bytes = part(buf, self.start..self.line_start());
        let shape = match self.follows {
            Some(shape) => shape,
            None => classify(bytes, self.index.marks()),
        };
        if shape.kind == FrameKind::Response && self.framing.expects_follows() {
            return self.closes_response(bytes, shape);
        }
        Some(shape)
    }

    /// Returns that shape for a response, which may extend to its end marker.
    #[inline(never)]
    fn closes_response(&mut self, bytes: &[u8], mut shape: Shape) -> Option<Shape> {
        if self.follows.is_none() {
            let name = Frame::new(HeaderIndex::new(bytes, self.index.marks()), shape, 0).name();
            if !name.is_some_and(is_follows) {
                return Some(shape);
            }
            shape.head = follows_head(bytes, self.index.marks());
            self.follows = Some(shape);
        }
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        before_end(text).map(|_| shape)
    }
}

/// Returns the masks of the block that begins at `at`, and its length: fewer than 64 bytes at the
/// end of the buffer.
#[inline(always)]
pub(super) fn masks<L: Simd>(lanes: L, buf: &[u8], at: usize) -> (Masks, usize) {
    let rest = part(buf, at..);
    if let Some(block) = rest.first_chunk() {
        count(|steps| steps.blocks += 1);
        return (lanes.masks(block), BLOCK);
    }
    if rest.is_empty() {
        return (Masks::NONE, 0);
    }
    count(|steps| steps.blocks += 1);
    // The last bytes of the buffer, with the bytes before this block shifted out.
    let mut short = [0; BLOCK];
    let (block, surplus) = if let Some(block) = buf.last_chunk() {
        (block, BLOCK - rest.len())
    } else {
        part_mut(&mut short, ..rest.len()).copy_from_slice(rest);
        (&short, 0)
    };
    let Masks { newlines, colons } = lanes.masks(block);
    (Masks { newlines: newlines >> surplus, colons: colons >> surplus }, rest.len())
}
