//! Finds the two bytes that give AMI its structure, 64 bytes at a time.
//!
//! A kernel is the only thing that differs from one instruction set to the next: it turns a block into two bit
//! masks. All that follows (first colon of each line, blank lines, limits, the index) is the scanner's, written
//! once over masks.

mod portable;

pub(crate) use portable::Portable;

/// Bytes in a block: one bit of a mask each.
pub(crate) const BLOCK: usize = 64;

/// Where a block holds line feeds and colons: bit *n* stands for byte *n*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) newlines: u64,
    pub(crate) colons: u64,
}

/// One way to compute [`Masks`].
pub(crate) trait Kernel {
    fn masks(block: &[u8; BLOCK]) -> Masks;
}
