//! The kernel for every machine: safe Rust in a form that compilers turn into vector instructions
//! where there are any.

use super::{BLOCK, Job, Masks, Simd};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Portable;

impl Simd for Portable {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        Masks { newlines: places(block, b'\n'), colons: places(block, b':') }
    }

    #[inline(never)]
    fn run<W: Job>(self, work: W) -> W::Output {
        work.run(self)
    }
}

/// The bit that stands for each byte's row, when a block is seen as eight rows of eight.
const ROW: [u8; BLOCK] = {
    let mut row = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK {
        row[i] = 1 << (i / 8);
        i += 1;
    }
    row
};

/// Bit *n* of the result is set where byte *n* of the block equals `byte`.
///
/// Each byte that matches leaves its row's bit, the rows are laid over one another, and what comes
/// out is the mask with rows and columns swapped. The first two steps have no branch and no order,
/// so they become a handful of vector instructions (SSE2: compare, and, or); the swap costs
/// eighteen scalar ones. Gathering the top bits of eight words by multiplication costs twice as
/// many in all.
#[inline(always)]
fn places(block: &[u8; BLOCK], byte: u8) -> u64 {
    let mut rows = [0; BLOCK];
    for i in 0..BLOCK {
        rows[i] = if block[i] == byte { ROW[i] } else { 0 };
    }
    let mut columns = 0;
    for row in rows.chunks_exact(8) {
        let mut word = [0; 8];
        word.copy_from_slice(row);
        columns |= u64::from_le_bytes(word);
    }
    transpose(columns)
}

/// Swaps rows and columns of an 8 × 8 matrix of bits: single bits within 2 × 2 squares, then pairs
/// within 4 × 4, then fours.
#[inline(always)]
fn transpose(mut bits: u64) -> u64 {
    for (shift, mask) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let swap = (bits ^ (bits >> shift)) & mask;
        bits ^= swap ^ (swap << shift);
    }
    bits
}
