//! Bytes that wait for transmission, of a client, a server, or a connection to `FreeSWITCH`. They are wiped once they
//! have gone: there may be a secret in them.

use alloc::vec::Vec;

use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::{Wiped, wipe};

/// See the module. The writer says how much room there is, since what else is held counts too.
#[derive(Default)]
pub(crate) struct SendBuffer {
    /// What waits; the first `handed` bytes have gone and are not moved away yet.
    bytes: Wiped,
    handed: usize,
    /// Bytes that have gone before those in `bytes`.
    gone: u64,
    recent: Recent,
}

impl SendBuffer {
    pub(crate) fn waiting(&self) -> Option<&[u8]> {
        Some(part(&self.bytes, self.handed..)).filter(|bytes| !bytes.is_empty())
    }

    /// Bytes that have not gone.
    pub(crate) fn unsent(&self) -> usize {
        self.bytes.len() - self.handed
    }

    /// Bytes written since the beginning, and how many of them have gone.
    pub(crate) fn written(&self) -> u64 {
        self.gone + self.bytes.len() as u64
    }

    pub(crate) fn handed(&self) -> u64 {
        self.gone + self.handed as u64
    }

    /// Has something written at the end: all of it, or nothing where it fails or would take more than `room` bytes
    /// (`Ok(None)`). Gives what was written. The writer makes room with [`reserve`](crate::wiped::reserve).
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

    /// So many bytes of what waits have gone.
    pub(crate) fn sent(&mut self, n: usize) {
        let end = self.handed.saturating_add(n).min(self.bytes.len());
        wipe(part_mut(&mut self.bytes, self.handed..end));
        self.handed = end;
        // Moving no more than has gone keeps it at one move a byte.
        if self.handed * 2 >= self.bytes.len() {
            self.bytes.copy_within(self.handed.., 0);
            let left = self.unsent();
            self.bytes.truncate(left);
            self.gone += self.handed as u64;
            self.handed = 0;
            self.rest();
        }
    }

    /// Gives back what one giant message made it grow by, where nothing waits: called as often as there is something to
    /// do, it does so at the pace of [`Recent`]. What was transmitted last need not be followed by anything.
    #[inline]
    pub(crate) fn rest(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > Recent::SMALL as usize {
            if let Some(size) = self.recent.round() {
                self.bytes.shrink_to(size);
            }
        }
    }

    /// Nothing of it will ever go. All memory is given back.
    pub(crate) fn clear(&mut self) {
        *self = Self { gone: self.written(), ..Self::default() };
    }

    pub(crate) fn shrink_to(&mut self, capacity: usize) {
        self.bytes.shrink_to(capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left moves to the front once as much has gone: each byte moves once at the most.
    #[test]
    fn no_more_is_moved_than_has_gone() {
        let mut outbox = SendBuffer::default();
        let digits = |out: &mut Vec<u8>| -> Result<(), ()> {
            out.extend_from_slice(b"0123456789");
            Ok(())
        };
        outbox.write(10, digits).unwrap();
        for (sent, front, left) in [(4, 4, 6), (1, 0, 5), (2, 2, 3), (1, 0, 2), (1, 0, 1), (1, 0, 0)] {
            outbox.sent(sent);
            assert_eq!((outbox.handed, outbox.unsent()), (front, left));
        }
    }

    #[test]
    fn all_or_nothing() {
        let mut outbox = SendBuffer::default();
        let hello = |out: &mut Vec<u8>| -> Result<(), ()> {
            out.extend_from_slice(b"hello");
            Ok(())
        };
        assert_eq!(outbox.write(5, hello).unwrap(), Some(&b"hello"[..]));
        assert_eq!(outbox.write(4, hello).unwrap(), None);
        let failed = outbox.write(9, |out| {
            out.extend_from_slice(b"half");
            Err(())
        });
        assert!(failed.is_err());
        assert_eq!(outbox.waiting(), Some(&b"hello"[..]));
        outbox.sent(2);
        assert_eq!((outbox.waiting(), outbox.unsent(), outbox.handed()), (Some(&b"llo"[..]), 3, 2));
        outbox.write(9, hello).unwrap();
        outbox.sent(usize::MAX);
        assert_eq!((outbox.waiting(), outbox.unsent(), outbox.handed(), outbox.written()), (None, 0, 10, 10));
        outbox.write(9, hello).unwrap();
        outbox.clear();
        assert_eq!((outbox.waiting(), outbox.unsent(), outbox.written()), (None, 0, 15));
    }
}
