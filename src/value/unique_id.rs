//! Splits the unique ids of channels.

use super::LocalHalf;
use super::bytes::{decimal, split_last};
use super::channel::split_half;
use super::open::open_bytes;

open_bytes! {
    /// The id of a channel: `epoch.sequence`, `system-epoch.sequence`, or any text that the program
    /// which made the call has chosen.
    ///
    /// Takes any bytes; the getters find the parts from the right, because a system's name may hold
    /// `-` and `.`. An id given by `ChannelId` of Originate has at most 149 bytes (Asterisk
    /// `main/channel.c`).
    ///
    /// ```
    /// use ami_proto::value::UniqueId;
    ///
    /// let id = UniqueId::from("pbx-2-1795225226.10");
    /// assert_eq!(id.system(), Some(&b"pbx-2"[..]));
    /// assert_eq!(id.epoch(), Some(1_795_225_226));
    /// assert_eq!(id.sequence(), Some(10));
    /// assert_eq!(UniqueId::from("my-own-id").epoch(), None);
    /// ```
    UniqueId
}

impl<'a> UniqueId<'a> {
    /// Returns the name of the server that made the id, if it has one (`systemname` in
    /// asterisk.conf).
    #[must_use]
    #[inline]
    pub fn system(self) -> Option<&'a [u8]> {
        self.parts()?.0
    }

    /// Returns when the channel was made, in seconds since 1970 by the server's clock.
    #[must_use]
    #[inline]
    pub fn epoch(self) -> Option<u64> {
        Some(self.parts()?.1)
    }

    /// Returns how many channels the server had made before.
    #[must_use]
    #[inline]
    pub fn sequence(self) -> Option<u64> {
        Some(self.parts()?.2)
    }

    /// Returns the half of a pair of Local channels, if the caller gave one id for both and the
    /// server appended `;2` to it.
    #[must_use]
    #[inline]
    pub fn half(self) -> Option<LocalHalf> {
        split_half(self.0).1
    }

    /// Returns whether the value means that there is no channel: `VarSet` of a global variable says
    /// `none`, other events say `<unknown>` or are empty.
    #[must_use]
    #[inline]
    pub fn is_none(self) -> bool {
        matches!(self.0, b"" | b"none" | b"<unknown>" | b"<null>")
    }

    fn parts(self) -> Option<(Option<&'a [u8]>, u64, u64)> {
        let (before, sequence) = split_last(split_half(self.0).0, b'.')?;
        let (system, epoch) = match split_last(before, b'-') {
            Some((system, epoch)) => (Some(system), epoch),
            None => (None, before),
        };
        Some((system, decimal(epoch)?, decimal(sequence)?))
    }
}
