//! The bytes of a stream between a read and their frame, for the decoders of both protocols: what
//! has no frame yet, and the frame handed out last.

use crate::error::{FrameError, Limit};
use crate::range::{part, part_mut};
use crate::recent::Recent;
use crate::wiped::Wiped;

/// A queue of bytes in one piece of memory, of limited length.
///
/// Its user knows how many bytes at the front are done with, and says so at each call; where the
/// front was dropped, it is told.
///
/// ```text
/// |--- done ---|------- held -------|--- space ---|
/// 0                              filled       bytes.len()
/// ```
#[derive(Clone)]
pub(crate) struct RecvBuffer {
    /// Initialised storage; what is beyond `filled` is scratch.
    bytes: Wiped,
    filled: usize,
    max: u32,
    /// Where bytes that had no room would have begun; set once.
    overflow: Option<FrameError>,
    recent: Recent,
}

/// What has changed where room was made.
#[must_use]
pub(crate) struct Room {
    /// The bytes that were done with are gone from the front.
    pub(crate) dropped: bool,
    /// The bytes that were needed of late, once in a while: what goes with the buffer can shrink to
    /// that.
    pub(crate) needed: Option<usize>,
}

impl RecvBuffer {
    /// A buffer for `max` bytes that are not done with.
    pub(crate) fn new(max: u32) -> Self {
        Self { bytes: Wiped::default(), filled: 0, max, overflow: None, recent: Recent::default() }
    }

    /// Returns what was received, with what is done with at its front.
    #[inline]
    pub(crate) fn filled(&self) -> &[u8] {
        part(&self.bytes, ..self.filled)
    }

    /// Returns how many more bytes may be received before more is done with.
    pub(crate) fn room(&self, done: usize) -> usize {
        if self.overflow.is_some() {
            return 0;
        }
        (self.max as usize).saturating_sub(self.filled - done)
    }

    /// Appends bytes where that takes nothing but a copy: nothing is done with, and there is
    /// storage for them.
    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) -> bool {
        let end = self.filled + bytes.len();
        if end > self.max as usize || self.overflow.is_some() {
            return false;
        }
        match (self.bytes.get_mut(self.filled..end), bytes) {
            // Spares a call for what would be three instructions.
            (Some([free]), [byte]) => *free = *byte,
            (Some(free), bytes) => free.copy_from_slice(bytes),
            (None, _) => return false,
        }
        self.filled = end;
        true
    }

    /// Appends bytes, as many as there is room for; what has none is lost. `offset`: that of the
    /// first byte not done with.
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

    /// Makes room for at least `min` bytes, or what the limit allows.
    #[inline]
    pub(crate) fn make_room(&mut self, done: usize, min: usize) -> Room {
        let held = self.filled - done;
        let min = min.min((self.max as usize).saturating_sub(held));
        // Dropping the front moves the rest. That is done when less is moved than dropped, so that
        // a byte is moved once on average however the stream is cut up.
        let dropped = done >= held;
        let needed = if dropped && done > 0 { self.drop_front(done) } else { None };
        let least = self.filled + min;
        self.recent.need(least);
        if self.bytes.len() < least {
            // Doubling, but not beyond what the limit can ever need.
            let most = (self.max as usize).saturating_mul(2);
            self.bytes.resize(least.next_power_of_two().min(most).max(least));
        }
        Room { dropped, needed }
    }

    /// Drops what is done with, which ends a round: frames were taken, and of the next there is no
    /// more than that. Gives storage back, now and then, of which less than a quarter was needed of
    /// late.
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
        // Twice as much, so that it does not grow again at once.
        let size = needed.saturating_mul(2);
        self.bytes.truncate(size);
        self.bytes.shrink_to(size);
    }

    /// Returns the room that [`make_room`](Self::make_room) has made.
    pub(crate) fn space(&mut self, done: usize) -> &mut [u8] {
        let end = self.filled + self.free(done);
        part_mut(&mut self.bytes, self.filled..end)
    }

    /// Counts `n` bytes of the space as received. It is a bug to count more.
    pub(crate) fn advance(&mut self, done: usize, n: usize) {
        let free = self.free(done);
        debug_assert!(n <= free, "{n} bytes received into a space of {free}");
        self.filled += n.min(free);
    }

    /// More storage than the limit allows may be behind what is filled; it isn't shown.
    fn free(&self, done: usize) -> usize {
        self.room(done).min(self.bytes.len() - self.filled)
    }

    /// More would have to be received than there is room for. Returns where; that stays so.
    /// `offset`: that of the first byte not done with.
    #[cold]
    pub(crate) fn overflow(&mut self, done: usize, offset: u64) -> FrameError {
        let offset = offset + (self.filled - done) as u64;
        *self.overflow.get_or_insert(FrameError { limit: Limit::Buffer, max: self.max, offset })
    }
}
