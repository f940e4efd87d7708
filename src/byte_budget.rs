//! Memory cost of kept values in bytes, and the ceiling on the sum of these costs.
//!
//! Costs are a little above what is allocated, so that no collection has to be asked for its
//! capacity: a list counts four times its elements, a map entry counts as if its node were half
//! full.

use crate::owned_value::OwnedValue;

/// Bytes that the allocator may need for a block, besides the block itself.
pub(crate) const BLOCK: usize = 16;

/// Counts the bytes in use, up to a ceiling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteBudget {
    used: usize,
    most: usize,
}

impl ByteBudget {
    pub(crate) const fn new(most: usize) -> Self {
        Self { used: 0, most }
    }

    pub(crate) const fn used(&self) -> usize {
        self.used
    }

    /// Returns whether this number of bytes can ever fit.
    pub(crate) const fn allows(&self, bytes: usize) -> bool {
        bytes <= self.most
    }

    /// Returns whether this number of additional bytes fits now.
    pub(crate) const fn has(&self, bytes: usize) -> bool {
        self.used.saturating_add(bytes) <= self.most
    }

    /// Counts bytes as used, whether they fit or not.
    pub(crate) const fn add(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes);
    }

    /// Counts bytes that were added before as no longer used.
    pub(crate) const fn give_back(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.used, "bytes given back that were never taken");
        self.used = self.used.saturating_sub(bytes);
    }
}

/// Returns the cost of a text: its bytes and their block.
pub(crate) const fn text(text: &OwnedValue) -> usize {
    text.len() + BLOCK
}

/// Returns the cost of a text with these bytes.
pub(crate) const fn bytes(bytes: &[u8]) -> usize {
    bytes.len() + BLOCK
}

/// Returns the cost of an element of a `Vec` that was grown by pushing: it has room for four
/// elements at first, then for twice as many as it holds.
pub(crate) const fn listed<T>() -> usize {
    4 * size_of::<T>() + BLOCK
}

/// Returns the cost of an entry of a `BTreeMap`: every node but the root has 5 entries of 11.
pub(crate) const fn mapped<K, V>() -> usize {
    5 * (size_of::<K>() + size_of::<V>()) / 2 + 2 * BLOCK
}

/// Returns the cost of a `BTreeMap`'s root, which may be all but empty.
pub(crate) const fn root<K, V>() -> usize {
    11 * (size_of::<K>() + size_of::<V>()) + 112 + BLOCK
}
