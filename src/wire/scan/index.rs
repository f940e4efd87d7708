//! The index of a frame: a flat list of offsets, filled a block at a time.

use alloc::vec::Vec;

use crate::wire::kernel::BLOCK;

/// An offset inside a frame: a `u32` in native order. Without its alignment an index and the bytes it belongs to
/// can share one allocation (see `owned.rs`).
pub(in crate::wire) type Mark = [u8; 4];

/// The index of the frame being read: offsets from its start, a pair a line. Storage is kept a block ahead of use
/// so that blocks are copied without checks.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) marks: Vec<Mark>,
    pub(super) len: usize,
}

impl Index {
    /// Marks that are in a block at the most, rounded up to a group of copies.
    pub(super) const ROOM: usize = BLOCK;

    pub(super) fn get(&self, at: usize) -> usize {
        self.marks.get(at).map_or(0, |mark| u32::from_ne_bytes(*mark) as usize)
    }

    pub(super) fn push(&mut self, offset: usize) {
        #[expect(clippy::cast_possible_truncation, reason = "a frame is at most 2^30 bytes long, see Limits::frame")]
        let mark = (offset as u32).to_ne_bytes();
        self.reserve();
        self.marks[self.len] = mark;
        self.len += 1;
    }

    pub(super) fn reserve(&mut self) {
        if self.marks.len() < self.len + Self::ROOM {
            let more = self.marks.len().max(2 * Self::ROOM);
            self.marks.resize(self.marks.len() + more, Mark::default());
        }
    }

    /// Appends `from` plus the place of each set bit.
    pub(super) fn extend(&mut self, bits: u64, from: u32) {
        self.reserve();
        if let Some(room) = self.marks.get_mut(self.len..) {
            self.len += copy_places(bits, from, room);
        }
    }
}

/// Writes `from` plus the place of each set bit, lowest first, and says how many these are. The sums wrap. `to` has
/// room for a block.
#[inline(always)]
pub(super) fn copy_places(mut bits: u64, from: u32, to: &mut [Mark]) -> usize {
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
