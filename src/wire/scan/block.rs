//! One block's masks, and the arithmetic that finds first colons and odd lines.

use crate::wire::kernel::{BLOCK, Masks};

/// The marks that a block adds to the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// Position of bit 0 in the buffer.
    pub(super) at: usize,
    pub(super) newlines: u64,
    /// First colons of lines and all line feeds: they are copied into the index.
    pub(super) marks: u64,
    /// Line feeds of lines without a colon.
    pub(super) odd: u64,
}

impl Block {
    /// Computes the block at `at`, and whether its last line still has no stop, or the next line
    /// starts directly after it. `pending` is that result for the block before.
    #[inline(always)]
    pub(super) fn new(masks: Masks, at: usize, pending: bool) -> (Self, bool) {
        let Masks { newlines, colons } = masks;
        let starts = newlines << 1 | u64::from(pending);
        let stops = newlines | colons;
        let (sum, carry) = (!stops).overflowing_add(starts);
        let first = sum & stops;
        // There are no stops after the bytes of a short block, so a line that is open at its end
        // carries out as well.
        let pending = carry || newlines >> (BLOCK - 1) != 0;
        (Self { at, newlines, marks: first | newlines, odd: first & newlines }, pending)
    }
}
