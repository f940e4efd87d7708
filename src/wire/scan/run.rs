//! The loop: block after block into the index, up to the end of a frame or a breach of the limits.

use super::block::Block;
use super::index::{Index, copy_places};
use super::shape::{classify, follows_head};
use super::{Scanner, Stop};
use crate::error::Limit;
use crate::wire::frame::{END_MARKER, Frame, FrameKind, Shape};
use crate::wire::kernel::{BLOCK, Lanes, Work};

/// One call of [`Scanner::scan`], to be run by a kernel.
pub(super) struct Pass<'a> {
    pub(super) scanner: &'a mut Scanner,
    pub(super) buf: &'a [u8],
}

impl Work for Pass<'_> {
    type Output = Option<Stop>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Option<Stop> {
        self.scanner.run(lanes, self.buf)
    }
}

impl Scanner {
    #[inline(always)]
    fn run<L: Lanes>(&mut self, lanes: L, buf: &[u8]) -> Option<Stop> {
        loop {
            if self.block.newlines | self.block.names != 0 {
                if let Some(stop) = self.work_off(buf) {
                    return Some(stop);
                }
            }
            let rest = buf.get(self.masked..)?;
            if rest.len() >= BLOCK {
                self.cruise(lanes, buf);
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
            (self.block, self.pending) = Block::new(lanes.masks(&padded), self.masked, self.pending);
            self.masked = buf.len();
        }
    }

    /// Indexes whole blocks for as long as nothing in them needs a look and no limit is near. Leaves the first
    /// block that does as the current one.
    ///
    /// This is the inner loop of the crate: what it keeps is in local variables, and all that can stop it is two
    /// comparisons.
    #[inline(always)]
    fn cruise<L: Lanes>(&mut self, lanes: L, buf: &[u8]) {
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
            (block, pending) = Block::new(lanes.masks(bytes), masked, pending);
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

#[inline]
pub(super) fn has_newline(bytes: &[u8]) -> bool {
    match bytes {
        [byte] => *byte == b'\n',
        bytes => memchr::memchr(b'\n', bytes).is_some(),
    }
}
