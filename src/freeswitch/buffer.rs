//! The bytes of a stream between a read and their frame: what has no frame yet, and the frame handed out last.

use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::Wiped;

/// A queue of bytes in one piece of memory, of limited length. What a giant frame has made it grow by is given back.
#[derive(Clone)]
pub(super) struct Buffer {
    /// Initialised storage; what is beyond `filled` is scratch.
    bytes: Wiped,
    /// Bytes at the front that are done with.
    done: usize,
    filled: usize,
    /// Offset in the stream of the first byte of the storage.
    base: u64,
    max: usize,
    recent: Recent,
}

impl Buffer {
    pub(super) fn new(max: u32) -> Self {
        Self { bytes: Wiped::default(), done: 0, filled: 0, base: 0, max: max as usize, recent: Recent::default() }
    }

    /// What is not done with.
    pub(super) fn held(&self) -> &[u8] {
        part(&self.bytes, self.done..self.filled)
    }

    /// The last `n` bytes that are done with, until there is room to be made.
    pub(super) fn last(&self, n: usize) -> &[u8] {
        part(&self.bytes, self.done.saturating_sub(n)..self.done)
    }

    /// Offset in the stream of the first byte that is not done with.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.done as u64
    }

    /// Is done with so many more.
    pub(super) fn consume(&mut self, n: usize) {
        self.done = self.done.saturating_add(n).min(self.filled);
    }

    /// How many more bytes fit.
    pub(super) fn room(&self) -> usize {
        self.max.saturating_sub(self.filled - self.done)
    }

    /// Takes bytes, as many as fit, and says how many.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        let taken = part(bytes, ..self.room().min(bytes.len()));
        part_mut(self.space(taken.len()), ..taken.len()).copy_from_slice(taken);
        self.advance(taken.len());
        taken.len()
    }

    /// Room for `min` bytes at least, or for what fits.
    pub(super) fn space(&mut self, min: usize) -> &mut [u8] {
        let min = min.min(self.room());
        let held = self.filled - self.done;
        // No more is moved than was dropped, so that a byte is moved once on average.
        if self.done >= held {
            self.bytes.copy_within(self.done..self.filled, 0);
            self.base += self.done as u64;
            self.done = 0;
            self.filled = held;
        }
        if self.filled == 0 {
            if let Some(size) = self.recent.round() {
                self.bytes.truncate(size);
                self.bytes.shrink_to(size);
            }
        }
        let needed = self.filled + min;
        self.recent.need(needed);
        if self.bytes.len() < needed {
            self.bytes.resize(needed.next_power_of_two().min(2 * self.max).max(needed));
        }
        let end = (self.filled + self.room()).min(self.bytes.len());
        part_mut(&mut self.bytes, self.filled..end)
    }

    /// Takes `n` bytes that were written to the space.
    pub(super) fn advance(&mut self, n: usize) {
        let end = (self.filled + self.room()).min(self.bytes.len());
        self.filled = self.filled.saturating_add(n).min(end);
        self.recent.need(self.filled);
    }
}
