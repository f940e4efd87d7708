//! The receive buffer of both protocols' decoders: it holds bytes without a complete frame, and the
//! frame that was returned last.

use crate::error::{FrameError, Limit};
use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::Wiped;

/// A queue of bytes in one contiguous allocation, with limited length.
///
/// Its user keeps count of the consumed bytes (`done`) at the front and passes it with each call;
/// [`Room`] tells when the front was dropped.
///
/// ```text
/// |--- done ---|------- held -------|--- space ---|
/// 0                              filled       bytes.len()
/// ```
#[derive(Clone)]
pub(crate) struct RecvBuffer {
    /// Initialised storage; the bytes beyond `filled` are scratch space.
    bytes: Wiped,
    filled: usize,
    max: u32,
    /// Position at which bytes had no room; set once.
    overflow: Option<FrameError>,
    recent: Recent,
}

/// Changes that making room caused.
#[must_use]
pub(crate) struct Room {
    /// `true` if the consumed bytes were dropped from the front.
    pub(crate) dropped: bool,
    /// Number of bytes needed lately, reported occasionally: structures that accompany the buffer
    /// can shrink accordingly.
    pub(crate) needed: Option<usize>,
}

impl RecvBuffer {
    /// Creates a buffer for `max` bytes that are not consumed.
    pub(crate) fn new(max: u32) -> Self {
        Self { bytes: Wiped::default(), filled: 0, max, overflow: None, recent: Recent::default() }
    }

    /// Returns the received bytes, with the consumed ones at the front.
    #[inline]
    pub(crate) fn filled(&self) -> &[u8] {
        part(&self.bytes, ..self.filled)
    }

    /// Returns how many more bytes may be received before further bytes are consumed.
    pub(crate) fn room(&self, done: usize) -> usize {
        if self.overflow.is_some() {
            return 0;
        }
        (self.max as usize).saturating_sub(self.filled - done)
    }

    /// Appends bytes if a copy is enough: no byte is consumed, and there is storage for them.
    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) -> bool {
        let end = self.filled + bytes.len();
        if end > self.max as usize || self.overflow.is_some() {
            return false;
        }
        match (self.bytes.get_mut(self.filled..end), bytes) {
            // Avoids a call for only three instructions.
            (Some([free]), [byte]) => *free = *byte,
            (Some(free), bytes) => free.copy_from_slice(bytes),
            (None, _) => return false,
        }
        self.filled = end;
        true
    }

    /// Appends as many bytes as there is room for; the rest is dropped. `offset`: the stream offset
    /// of the first byte that is not consumed.
    #[inline]
    pub(crate) fn push(&mut self, done: usize, offset: u64, bytes: &[u8]) -> Room {
        let taken = part(bytes, ..self.room(done).min(bytes.len()));
        let room = self.make_room(done, taken.len());
        part_mut(&mut self.bytes, self.filled..self.filled + taken.len()).copy_from_slice(taken);
        self.filled += taken.len();
        if taken.len() < bytes.len() {
            let done = if room.dropped { 0 } else { done };
            self.overflow(done, offset);
        }
        room
    }

    /// Makes room for at least `min` bytes, or for as many as the limit allows.
    #[inline]
    pub(crate) fn make_room(&mut self, done: usize, min: usize) -> Room {
        let held = self.filled - done;
        let min = min.min((self.max as usize).saturating_sub(held));
        // Dropping the front moves the rest. It is done when fewer bytes are moved than dropped, so
        // that each byte is moved once on average, for any sizes of the reads.
        let dropped = done >= held;
        let needed = if dropped && done > 0 { self.drop_front(done) } else { None };
        let least = self.filled + min;
        self.recent.need(least);
        if self.bytes.len() < least {
            // Doubles the storage, but not beyond the largest size that the limit can need.
            let most = (self.max as usize).saturating_mul(2);
            self.bytes.resize(least.next_power_of_two().min(most).max(least));
        }
        Room { dropped, needed }
    }

    /// Drops the consumed bytes, which ends a round: frames were taken, and the remaining bytes are
    /// the start of the next one. Occasionally releases storage of which less than a quarter was
    /// needed lately.
    #[inline]
    fn drop_front(&mut self, done: usize) -> Option<usize> {
        self.recent.need(self.filled);
        self.bytes.copy_within(done..self.filled, 0);
        self.filled -= done;
        let needed = self.recent.needed()?;
        if self.bytes.len() > Recent::SMALL as usize && needed < self.bytes.len() / 4 {
            self.shrink(needed);
        }
        Some(needed)
    }

    #[cold]
    fn shrink(&mut self, needed: usize) {
        // Twice the needed size, so that it does not grow again at once.
        let size = needed.saturating_mul(2);
        self.bytes.truncate(size);
        self.bytes.shrink_to(size);
    }

    /// Returns the room that [`make_room`](Self::make_room) has made.
    pub(crate) fn space(&mut self, done: usize) -> &mut [u8] {
        let end = self.filled + self.free(done);
        part_mut(&mut self.bytes, self.filled..end)
    }

    /// Counts `n` bytes of the space as received. A larger `n` is a bug.
    pub(crate) fn advance(&mut self, done: usize, n: usize) {
        let free = self.free(done);
        debug_assert!(n <= free, "{n} bytes received into a space of {free}");
        self.filled += n.min(free);
    }

    /// Returns the room behind the filled part: storage beyond the limit is not included.
    fn free(&self, done: usize) -> usize {
        self.room(done).min(self.bytes.len() - self.filled)
    }

    /// Records that more bytes would have to be received than there is room for, and returns the
    /// position; that error stays. `offset`: the stream offset of the first byte that is not
    /// consumed.
    #[cold]
    pub(crate) fn overflow(&mut self, done: usize, offset: u64) -> FrameError {
        let offset = offset + (self.filled - done) as u64;
        *self.overflow.get_or_insert(FrameError { limit: Limit::Buffer, max: self.max, offset })
    }
}
