//! Output buffer of a client, a server or a FreeSWITCH connection. Bytes are wiped once they have
//! been transmitted, since they may hold a secret.

use alloc::vec::Vec;

use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::{Wiped, wipe};

/// A queue of bytes in one piece of memory. Offsets count from the first byte ever written.
///
/// The writer passes how much room there is, since other memory counts against the same ceiling.
#[derive(Default)]
pub(crate) struct SendBuffer {
    bytes: Wiped,
    /// Number of bytes at the front that have been transmitted but not yet removed.
    done: usize,
    /// Offset of the first byte of `bytes`.
    base: u64,
    recent: Recent,
}

impl SendBuffer {
    /// Returns the bytes to transmit, or `None` if there are none.
    pub(crate) fn pending(&self) -> Option<&[u8]> {
        Some(part(&self.bytes, self.done..)).filter(|bytes| !bytes.is_empty())
    }

    /// Returns the number of bytes to transmit.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.done
    }

    /// Returns the offset behind the last byte written.
    pub(crate) fn written(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// Returns the offset behind the last byte transmitted.
    pub(crate) fn transmitted(&self) -> u64 {
        self.base + self.done as u64
    }

    /// Calls a writer that appends bytes. If it fails, or writes more than `room` bytes
    /// (`Ok(None)`), nothing is kept. Returns the bytes written. The writer reserves memory with
    /// [`reserve`](crate::wiped::reserve).
    pub(crate) fn write<E>(
        &mut self,
        room: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Option<&[u8]>, E> {
        let start = self.bytes.len();
        let written = write(self.bytes.vec());
        self.recent.need(self.bytes.len());
        if written.is_err() || self.bytes.len() - start > room {
            self.bytes.truncate(start);
            return written.map(|()| None);
        }
        Ok(Some(part(&self.bytes, start..)))
    }

    /// Counts `n` bytes of [`pending`](Self::pending) as transmitted. A larger `n` than its length
    /// is a bug.
    pub(crate) fn advance(&mut self, n: usize) {
        debug_assert!(n <= self.len(), "{n} bytes transmitted of {}", self.len());
        let end = self.done.saturating_add(n).min(self.bytes.len());
        wipe(part_mut(&mut self.bytes, self.done..end));
        self.done = end;
        // Moves no more bytes than were transmitted since the last move: at most one move per byte,
        // however long the queue is.
        if self.done >= self.len() {
            self.bytes.copy_within(self.done.., 0);
            let left = self.len();
            self.bytes.truncate(left);
            self.base += self.done as u64;
            self.done = 0;
            self.rest();
        }
    }

    /// Frees the memory that one giant message has claimed, even if the queue is never empty.
    ///
    /// It is called after each step of work and shrinks at the pace of [`Recent`]: it moves less
    /// than a quarter of the bytes that it frees. It works even if no write follows the last
    /// transmission.
    #[inline]
    pub(crate) fn rest(&mut self) {
        if self.bytes.capacity() > Recent::SMALL as usize {
            self.recent.need(self.bytes.len());
            if let Some(size) = self.recent.round() {
                self.bytes.shrink_to(size);
            }
        }
    }

    /// Drops all bytes, since none will be transmitted any more, and frees all memory.
    pub(crate) fn clear(&mut self) {
        *self = Self { base: self.written(), ..Self::default() };
    }

    pub(crate) fn shrink_to(&mut self, capacity: usize) {
        self.bytes.shrink_to(capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a writer of `n` bytes.
    fn bytes(n: usize) -> impl FnOnce(&mut Vec<u8>) -> Result<(), ()> {
        move |out| {
            crate::wiped::append(out, &alloc::vec![b'x'; n]);
            Ok(())
        }
    }

    /// The rest moves to the front once as many bytes have been transmitted: each byte moves at
    /// most once.
    #[test]
    fn no_more_is_moved_than_was_transmitted() {
        let mut buffer = SendBuffer::default();
        buffer.write(10, bytes(10)).unwrap();
        for (n, front, left) in [(4, 4, 6), (1, 0, 5), (2, 2, 3), (1, 0, 2), (1, 0, 1), (1, 0, 0)] {
            buffer.advance(n);
            assert_eq!((buffer.done, buffer.len()), (front, left));
        }
    }

    #[test]
    fn all_or_nothing() {
        let mut buffer = SendBuffer::default();
        let hello = |out: &mut Vec<u8>| -> Result<(), ()> {
            out.extend_from_slice(b"hello");
            Ok(())
        };
        assert_eq!(buffer.write(5, hello).unwrap(), Some(&b"hello"[..]));
        assert_eq!(buffer.write(4, hello).unwrap(), None);
        let failed = buffer.write(9, |out| {
            out.extend_from_slice(b"half");
            Err(())
        });
        assert!(failed.is_err());
        assert_eq!(buffer.pending(), Some(&b"hello"[..]));
        buffer.advance(2);
        assert_eq!((buffer.pending(), buffer.len(), buffer.transmitted()), (Some(&b"llo"[..]), 3, 2));
        buffer.write(9, hello).unwrap();
        buffer.advance(8);
        assert_eq!((buffer.pending(), buffer.len(), buffer.transmitted(), buffer.written()), (None, 0, 10, 10));
        buffer.write(9, hello).unwrap();
        buffer.clear();
        assert_eq!((buffer.pending(), buffer.len(), buffer.written()), (None, 0, 15));
    }

    /// A megabyte was sent once; since then the queue is short but never empty.
    #[test]
    fn memory_is_given_back_while_something_waits() {
        let mut buffer = SendBuffer::default();
        buffer.write(usize::MAX, bytes(1 << 20)).unwrap();
        buffer.write(usize::MAX, bytes(100)).unwrap();
        buffer.advance(1 << 20);
        for _ in 0..40 {
            assert_eq!(buffer.len(), 100);
            buffer.write(usize::MAX, bytes(100)).unwrap();
            buffer.advance(100);
        }
        assert!(buffer.bytes.capacity() <= 1 << 16, "{}", buffer.bytes.capacity());
        // A backlog of constant length is not moved, however often it is looked at.
        buffer.write(usize::MAX, bytes(1 << 20)).unwrap();
        let (place, capacity) = (buffer.bytes.as_ptr(), buffer.bytes.capacity());
        for _ in 0..1000 {
            buffer.advance(1);
            buffer.rest();
        }
        assert_eq!((buffer.bytes.as_ptr(), buffer.bytes.capacity()), (place, capacity));
    }

    #[test]
    #[cfg_attr(debug_assertions, should_panic = "2 bytes transmitted of 1")]
    fn more_than_there_is_counts_as_all() {
        let mut buffer = SendBuffer::default();
        buffer.write(1, bytes(1)).unwrap();
        buffer.advance(2);
        assert_eq!((buffer.len(), buffer.transmitted()), (0, 1));
    }
}
