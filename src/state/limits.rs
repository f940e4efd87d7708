//! Limits of a mirror: how many things, how long a text, how many bytes.

/// Ceilings on what a [`Mirror`](super::Mirror) keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MirrorLimits {
    things: usize,
    text: usize,
    bytes: usize,
}

impl MirrorLimits {
    /// The defaults: 100,000 things, 256 bytes of text, 64 MiB in all.
    pub const fn new() -> Self {
        Self { things: 100_000, text: 256, bytes: 64 << 20 }
    }

    /// Channels, bridges, queues, members, callers and all others together. One more, and the
    /// oldest of its kind goes, or of another where there is none: that counts, and makes the part
    /// [`Stale::Full`](super::Stale::Full). One that lives comes back when an event tells of it.
    /// Default 100,000.
    #[must_use]
    pub const fn things(mut self, things: usize) -> Self {
        self.things = things;
        self
    }

    /// Bytes of a text. A longer one is cut; a thing with a longer id or name by which it is found
    /// is left out, which counts as above. Default 256.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// Bytes of everything that the mirror holds, counted a little above the truth. Where something
    /// new or a longer text would go beyond, the oldest goes as above. Default 64 MiB: an ordinary
    /// channel, its share of a bridge of two included, counts about 1,250 bytes, so that they hold
    /// 45,000 to 50,000. For 100,000 set 160 MiB.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// The value set with [`things`](Self::things).
    pub const fn max_things(&self) -> usize {
        self.things
    }

    /// The value set with [`text`](Self::text).
    pub const fn max_text(&self) -> usize {
        self.text
    }

    /// The value set with [`bytes`](Self::bytes).
    pub const fn max_bytes(&self) -> usize {
        self.bytes
    }
}

impl Default for MirrorLimits {
    fn default() -> Self {
        Self::new()
    }
}
