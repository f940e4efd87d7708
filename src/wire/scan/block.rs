//! One block's masks, and the arithmetic that tells first colons and odd lines.

use crate::wire::kernel::{BLOCK, Masks};

/// What a block adds to the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// Place of bit 0 in the buffer.
    pub(super) at: usize,
    pub(super) newlines: u64,
    /// First colons of lines and all line feeds: what goes into the index as it is.
    pub(super) marks: u64,
    /// Line feeds of lines without a colon.
    pub(super) odd: u64,
}

impl Block {
    /// The block at `at`, and whether its last line is still looking for a stop, or the next line
    /// starts right behind it. `pending` is that of the block before.
    #[inline(always)]
    pub(super) fn new(masks: Masks, at: usize, pending: bool) -> (Self, bool) {
        let Masks { newlines, colons } = masks;
        let starts = newlines << 1 | u64::from(pending);
        let stops = newlines | colons;
        let (sum, carry) = (!stops).overflowing_add(starts);
        let first = sum & stops;
        // Behind the bytes of a short block there are no stops, so a line that is open at its end
        // carries out as well.
        let pending = carry || newlines >> (BLOCK - 1) != 0;
        (Self { at, newlines, marks: first | newlines, odd: first & newlines }, pending)
    }
}
