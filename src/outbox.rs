//! Bytes that wait for transmission, of a client, a server, or a connection to FreeSWITCH. They are wiped once they have gone: there may be a secret in them.

use alloc::vec::Vec;

/// See the module. Whoever writes says how much room there is, since what else is held counts too.
#[derive(Default)]
pub(crate) struct Outbox {
    /// What waits; the first `handed` bytes have gone and are not moved away yet.
    bytes: Vec<u8>,
    handed: usize,
    /// Bytes that have gone before those in `bytes`.
    gone: u64,
}

impl Outbox {
    pub(crate) fn waiting(&self) -> Option<&[u8]> {
        self.bytes.get(self.handed..).filter(|bytes| !bytes.is_empty())
    }

    /// Bytes held.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes held that have not gone.
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

    /// Has something written at the end: all of it, or nothing where it fails or would take more than `room` bytes (`Ok(None)`). Gives what was written.
    pub(crate) fn write<E>(
        &mut self,
        room: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Option<&[u8]>, E> {
        let start = self.bytes.len();
        let written = write(&mut self.bytes);
        if written.is_err() || self.bytes.len() - start > room {
            self.cut(start);
            return written.map(|()| None);
        }
        Ok(self.bytes.get(start..))
    }

    /// So many bytes of what waits have gone.
    pub(crate) fn sent(&mut self, n: usize) {
        let end = self.handed.saturating_add(n).min(self.bytes.len());
        wipe(self.bytes.get_mut(self.handed..end).unwrap_or_default());
        self.handed = end;
        // Moving no more than has gone keeps it at one move a byte.
        if self.handed * 2 >= self.bytes.len() {
            self.bytes.copy_within(self.handed.., 0);
            let left = self.unsent();
            self.cut(left);
            self.gone += self.handed as u64;
            self.handed = 0;
        }
    }

    /// Nothing of it will ever go.
    pub(crate) fn clear(&mut self) {
        self.gone += self.bytes.len() as u64;
        self.cut(0);
        self.handed = 0;
    }

    pub(crate) fn shrink_to(&mut self, capacity: usize) {
        self.bytes.shrink_to(capacity);
    }

    fn cut(&mut self, len: usize) {
        wipe(self.bytes.get_mut(len..).unwrap_or_default());
        self.bytes.truncate(len);
    }
}

/// Overwrites what may hold a secret, in a way that the compiler takes for used.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    core::hint::black_box(bytes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_or_nothing() {
        let mut outbox = Outbox::default();
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
        assert_eq!((outbox.waiting(), outbox.len(), outbox.handed(), outbox.written()), (None, 0, 10, 10));
        outbox.write(9, hello).unwrap();
        outbox.clear();
        assert_eq!((outbox.waiting(), outbox.len(), outbox.written()), (None, 0, 15));
    }
}
