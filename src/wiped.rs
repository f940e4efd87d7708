//! Memory that may hold a secret: overwritten before it goes back to the allocator, also where it
//! grows or shrinks.
//!
//! Writers take a plain `Vec<u8>`. Those of this crate make room with [`reserve`] before they
//! write, and never let the vector grow by itself, which would leave a copy behind.

#[cfg(any(feature = "std", feature = "kazoo", feature = "sipxecs"))]
mod text;

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::range::part_mut;

#[cfg(any(feature = "std", feature = "kazoo", feature = "sipxecs"))]
pub(crate) use text::WipedText;

/// Overwrites what may hold a secret, in a way that the compiler takes for used.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    core::hint::black_box(bytes);
}

/// Makes room for so many more bytes. Where they have to move for it, none stay behind.
#[inline]
pub(crate) fn reserve(bytes: &mut Vec<u8>, more: usize) {
    if bytes.capacity() - bytes.len() < more {
        let capacity = bytes.len().saturating_add(more).max(bytes.capacity().saturating_mul(2));
        relocate(bytes, capacity);
    }
}

/// Appends bytes in room made for them.
#[cfg(any(feature = "std", feature = "freeswitch", feature = "serde"))]
pub(crate) fn append(bytes: &mut Vec<u8>, more: &[u8]) {
    reserve(bytes, more.len());
    bytes.extend_from_slice(more);
}

/// Cuts off what is behind the first `len` bytes.
pub(crate) fn truncate(bytes: &mut Vec<u8>, len: usize) {
    wipe(part_mut(bytes, len..));
    bytes.truncate(len);
}

#[cold]
fn relocate(bytes: &mut Vec<u8>, capacity: usize) {
    let mut moved = Vec::with_capacity(capacity);
    moved.extend_from_slice(bytes);
    wipe(bytes);
    *bytes = moved;
}

/// Bytes that are overwritten when they go.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wiped(Vec<u8>);

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Wiped {
    /// The vector, for a writer that makes room with [`reserve`].
    pub(crate) fn vec(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        truncate(&mut self.0, len);
    }

    #[cfg(feature = "std")]
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Has `len` bytes, those that are new being zeros.
    pub(crate) fn resize(&mut self, len: usize) {
        let more = len.saturating_sub(self.0.len());
        reserve(&mut self.0, more);
        self.0.resize(len, 0);
    }

    /// Gives back memory beyond this capacity that isn't needed.
    pub(crate) fn shrink_to(&mut self, capacity: usize) {
        let capacity = capacity.max(self.0.len());
        if capacity < self.0.capacity() {
            relocate(&mut self.0, capacity);
        }
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl Deref for Wiped {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Wiped {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl From<Vec<u8>> for Wiped {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Wiped {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_by_doubling_and_given_back() {
        let mut bytes = Wiped::default();
        append(bytes.vec(), b"abc");
        assert_eq!((bytes.vec().capacity(), &bytes[..]), (3, &b"abc"[..]));
        append(bytes.vec(), b"d");
        assert_eq!((bytes.vec().capacity(), &bytes[..]), (6, &b"abcd"[..]));
        append(bytes.vec(), b"ef");
        assert_eq!((bytes.vec().capacity(), &bytes[..]), (6, &b"abcdef"[..]));
        bytes.resize(8);
        assert_eq!(&bytes[..], b"abcdef\0\0");
        truncate(bytes.vec(), 1);
        bytes.resize(3);
        assert_eq!(&bytes[..], b"a\0\0");
        truncate(bytes.vec(), 2);
        bytes.shrink_to(1);
        assert_eq!((bytes.vec().capacity(), &bytes[..]), (2, &b"a\0"[..]));
        bytes.shrink_to(9);
        assert_eq!(bytes.vec().capacity(), 2);
    }
}
