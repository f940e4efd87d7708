//! One block's masks, and the arithmetic that tells first colons and odd lines.

use crate::wire::kernel::{BLOCK, Masks};

/// The part of a block's masks that has not been worked off: bits below the current line are cleared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    /// Place of bit 0 in the buffer; may lie before it once bytes were released, so all arithmetic on it wraps.
    pub(super) at: usize,
    pub(super) newlines: u64,
    /// First colons of lines.
    pub(super) names: u64,
    /// Line feeds of lines without a colon.
    pub(super) odd: u64,
}

impl Block {
    /// The block at `at`, and whether its last line is still looking for a stop, or the next line starts right
    /// behind it. `pending` is that of the block before.
    #[inline(always)]
    pub(super) fn new(masks: Masks, at: usize, pending: bool) -> (Self, bool) {
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
    pub(super) fn from(&self, start: usize) -> u32 {
        self.at.wrapping_sub(start) as u32
    }

    pub(super) fn place(&self, bit: u32) -> usize {
        self.at.wrapping_add(bit as usize)
    }
}
