//! Skips filtered-out events to their closing blank line, without building the line index.
//!
//! The name in the first line decides. After that only line feeds matter: a blank line is one that
//! follows the last at a distance of one byte, or of two with a CR between. Lines and bytes are
//! counted; before either could reach a limit, the frame is read again from its start with an
//! index, so that the limit is broken at the same byte as without a filter.

use super::Scanner;
use super::classify::kind_named;
use super::scan_loop::masks;
use crate::range::part;
use crate::steps::count;
use crate::wire::Value;
use crate::wire::frame::FrameKind;
use crate::wire::kernel::{BLOCK, Simd};

/// Returns whether an event of this name is wanted.
pub(in crate::wire) type Wanted<'a> = &'a dyn Fn(Value<'_>) -> bool;

/// Result of the search for a frame's end.
enum Way {
    /// Position after its closing blank line.
    End(usize),
    /// All bytes were examined, and the end was not found.
    Open,
    /// A limit is near.
    Limit,
}

impl Scanner {
    /// Skips blank lines and unwanted frames. Returns whether the buffer ends inside a frame that
    /// has to be skipped further.
    #[inline(always)]
    pub(super) fn skip<L: Simd>(&mut self, lanes: L, buf: &[u8], wanted: Option<Wanted<'_>>) -> bool {
        // An earlier call may have begun to skip a frame that this call wants.
        let begun = self.skipped_lines.is_some() && self.masked > self.start;
        if begun && !wanted.is_some_and(|wanted| is_unwanted(lanes, buf, self.start, wanted)) {
            self.begin(self.start);
            return false;
        }
        loop {
            if self.masked == self.start {
                self.skip_blank_lines(buf);
                self.skipped_lines = None;
                if !wanted.is_some_and(|wanted| is_unwanted(lanes, buf, self.start, wanted)) {
                    return false;
                }
                self.skipped_lines = Some(0);
            }
            let Some(feeds) = self.skipped_lines else { return false };
            match self.skip_to_end(lanes, buf, feeds) {
                Way::End(end) => self.begin(end),
                Way::Open => return true,
                Way::Limit => {
                    self.begin(self.start);
                    return false;
                }
            }
        }
    }

    /// Searches for the blank line that closes the frame. `feeds`: number of line feeds before the
    /// masked position.
    #[inline(always)]
    fn skip_to_end<L: Simd>(&mut self, lanes: L, buf: &[u8], mut feeds: usize) -> Way {
        let near = self.limits.max_line().min(self.limits.max_frame()) as usize;
        let far = self.start.saturating_add(near);
        let most = (self.limits.max_lines() as usize).saturating_sub(BLOCK);
        let mut at = self.masked;
        let before = |distance: usize| at >= self.start + distance && buf.get(at - distance) == Some(&b'\n');
        // The relevant line feeds of the block before: the last two bits.
        let mut last = u64::from(before(1)) << 63 | u64::from(before(2)) << 62;
        loop {
            // Number of whole blocks that can't reach a limit, even if each of their bytes were a
            // line.
            let safe = far.min(buf.len()).saturating_sub(at).min(most.saturating_sub(feeds)) / BLOCK;
            if safe == 0 {
                break;
            }
            for bytes in part(buf, at..).chunks_exact(BLOCK).take(safe) {
                let Some(bytes) = bytes.first_chunk() else { break };
                let newlines = lanes.masks(bytes).newlines;
                count(|steps| steps.blocks += 1);
                if let Some(end) = blank_line(buf, at, newlines, last) {
                    return Way::End(end);
                }
                feeds += newlines.count_ones() as usize;
                last = newlines;
                at += BLOCK;
            }
        }
        // A short block at the end of the buffer is examined again once it is complete.
        self.masked = at;
        self.skipped_lines = Some(feeds);
        let (masks, len) = masks(lanes, buf, at);
        if len == BLOCK || at + len > far || feeds >= most {
            return Way::Limit;
        }
        blank_line(buf, at, masks.newlines, last).map_or(Way::Open, Way::End)
    }
}

/// Returns the end of the first blank line that ends in this block. `last`: the line feeds of the
/// block before.
#[inline(always)]
fn blank_line(buf: &[u8], at: usize, newlines: u64, last: u64) -> Option<usize> {
    let mut blank = newlines & (newlines << 1 | last >> 63 | newlines << 2 | last >> 62);
    while blank != 0 {
        let newline = at + blank.trailing_zeros() as usize;
        // The first line is not blank, so at least two bytes precede each of these.
        if matches!(buf.get(newline.saturating_sub(2)..newline), Some([_, b'\n'] | [b'\n', b'\r'])) {
            return Some(newline + 1);
        }
        blank &= blank - 1;
    }
    None
}

/// Returns whether the frame at `start` is an unwanted event, according to a first line that is
/// complete.
#[inline(always)]
fn is_unwanted<L: Simd>(lanes: L, buf: &[u8], start: usize, wanted: Wanted<'_>) -> bool {
    let (masks, _) = masks(lanes, buf, start);
    let line = buf.get(start..start + masks.newlines.trailing_zeros() as usize);
    // The end of the first line is searched in one block only: the line of an event is short.
    line.filter(|_| masks.newlines != 0).and_then(event_name).is_some_and(|name| !wanted(name))
}

/// Returns the event's name from its first line.
#[inline]
fn event_name(line: &[u8]) -> Option<Value<'_>> {
    let (name, value) = line.split_at_checked(5)?;
    let value = value.strip_prefix(b":").filter(|_| kind_named(name) == Some(FrameKind::Event))?;
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    Some(Value::new(value.strip_prefix(b" ").unwrap_or(value)))
}
