//! The index of a frame: a flat list of offsets, filled a block at a time.

use alloc::vec::Vec;

use crate::range::part;
use crate::steps::count;
use crate::wire::kernel::BLOCK;

/// An offset inside a frame: a `u32`, the lowest byte first. Without the alignment of one an index
/// and the bytes it belongs to can share one allocation (see `owned.rs`).
pub(in crate::wire) type Offset = [u8; 4];

/// The index of the frame being read: offsets from its start, a pair a line. Storage is kept a
/// block ahead of use so that blocks are copied without checks.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) marks: Vec<Offset>,
    pub(super) len: usize,
}

impl Index {
    /// Marks that a block can have.
    pub(super) const ROOM: usize = BLOCK;

    pub(super) fn get(&self, at: usize) -> usize {
        self.marks.get(at).map_or(0, |mark| u32::from_le_bytes(*mark) as usize)
    }

    #[inline]
    pub(super) fn marks(&self) -> &[Offset] {
        part(&self.marks, ..self.len)
    }

    #[inline]
    pub(super) fn push(&mut self, offset: u32) {
        self.reserve();
        if let Some(mark) = self.marks.get_mut(self.len) {
            *mark = offset.to_le_bytes();
            self.len += 1;
            count(|steps| steps.marks += 1);
        }
    }

    #[inline]
    pub(super) fn reserve(&mut self) {
        if self.marks.len() < self.len + Self::ROOM {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let needed = (self.len + Self::ROOM).next_multiple_of(Self::ROOM / 2);
        // Little at first: idle sessions, of which there are many, have short frames.
        let few = self.marks.len() < 4 * Self::ROOM;
        let len = if few { needed } else { needed.max(2 * self.marks.len()) };
        self.marks.reserve_exact(len - self.marks.len());
        self.marks.resize(len, Offset::default());
    }

    /// Gives back what is not in use.
    #[cold]
    pub(super) fn shrink(&mut self) {
        self.marks.truncate(self.len);
        self.marks.shrink_to_fit();
    }

    /// Appends `from` plus the place of each set bit.
    #[inline(always)]
    pub(super) fn extend(&mut self, bits: u64, from: u32) {
        self.reserve();
        if let Some(room) = self.marks.get_mut(self.len..) {
            self.len += copy_places(bits, from, room);
        }
    }
}

/// Writes `from` plus the place of each set bit, lowest first, and says how many these are. `to`
/// has room for a block.
#[inline(always)]
pub(super) fn copy_places(mut bits: u64, from: u32, to: &mut [Offset]) -> usize {
    // By the group, past the last bit too: a branch a group instead of one a bit. The surplus is
    // overwritten next time.
    const GROUP: usize = 8;
    let marks = bits.count_ones() as usize;
    count(|steps| steps.marks += marks);
    // By the pair, since compilers gather single ones in a vector, which takes longer than to write
    // them.
    let from = u64::from(from) << 32 | u64::from(from);
    for group in to.chunks_exact_mut(GROUP) {
        for pair in group.chunks_exact_mut(2) {
            let first = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            let second = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            let both = (u64::from(second) << 32 | u64::from(first)).wrapping_add(from);
            pair.as_flattened_mut().copy_from_slice(&both.to_le_bytes());
        }
        if bits == 0 {
            break;
        }
    }
    marks
}
