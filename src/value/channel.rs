//! Splits channel names into technology, resource, sequence, half of a Local channel, and the
//! server's marks.

use super::bytes::{split_first, split_last};
use super::open::open_bytes;
use crate::range::part;
use crate::words::words;

const ZOMBIE: &[u8] = b"<ZOMBIE>";
const MASQ: &[u8] = b"<MASQ>";
/// Prefixes that the server puts before the name of a channel that stands in for another one.
const STAND_INS: [&[u8]; 5] = [b"AsyncGoto", b"Bridge", b"Parked", b"Surrogate", b"Transfered"];

open_bytes! {
    /// The name of a channel: `Technology/resource-sequence`, at most 79 bytes on the server.
    ///
    /// Takes any bytes; the getters find the parts. The resource may itself hold `-`, `/` and `@`,
    /// so the sequence is the part after the **last** `-`. Names compare byte for byte here, while
    /// the server ignores case (Asterisk `main/channel.c`).
    ///
    /// ```
    /// use ami_proto::value::{ChannelName, LocalHalf};
    ///
    /// let name = ChannelName::from("Local/100@from-inside-0000002a;2<ZOMBIE>");
    /// assert_eq!(name.technology(), Some(&b"Local"[..]));
    /// assert_eq!(name.resource(), Some(&b"100@from-inside"[..]));
    /// assert_eq!(name.sequence(), Some(0x2a));
    /// assert_eq!(name.half(), Some(LocalHalf::Second));
    /// assert!(name.is_zombie());
    /// assert_eq!(name.to_string(), "Local/100@from-inside-0000002a;2<ZOMBIE>");
    /// ```
    ChannelName
}

/// Half of a pair of Local channels: the one that the caller holds or the one that runs the
/// dialplan.
///
/// ```
/// use ami_proto::value::{ChannelName, LocalHalf};
///
/// let name = ChannelName::from("Local/100@inside-0000002a;1");
/// assert_eq!(name.half(), Some(LocalHalf::First));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a channel has two ends")]
pub enum LocalHalf {
    /// `;1`, the end that was asked for, as by Dial or Originate.
    First,
    /// `;2`, the end that runs the dialplan.
    Second,
}

words! { LocalHalf { First = "first", Second = "second", } }

/// Splits `;1` or `;2` off the end.
pub(super) fn split_half(bytes: &[u8]) -> (&[u8], Option<LocalHalf>) {
    match bytes {
        [base @ .., b';', b'1'] => (base, Some(LocalHalf::First)),
        [base @ .., b';', b'2'] => (base, Some(LocalHalf::Second)),
        _ => (bytes, None),
    }
}

impl<'a> ChannelName<'a> {
    /// Returns the channel's driver, such as `PJSIP`: the part before the first `/`.
    #[must_use]
    #[inline]
    pub fn technology(self) -> Option<&'a [u8]> {
        Some(split_first(self.0, b'/')?.0)
    }

    /// Returns the resource that the driver calls: an endpoint, a peer, a line or `exten@context`.
    /// It is the part between the first `/` and the last `-`, or the end if there is no `-`.
    #[must_use]
    #[inline]
    pub fn resource(self) -> Option<&'a [u8]> {
        let (_, rest) = split_first(self.unmarked().0, b'/')?;
        Some(split_last(rest, b'-').map_or(rest, |(resource, _)| resource))
    }

    /// Returns the part after the last `-`: eight hexadecimal digits in most technologies, a call
    /// number in IAX2, a line's subchannel in DAHDI.
    #[must_use]
    #[inline]
    pub fn suffix(self) -> Option<&'a [u8]> {
        let (_, rest) = split_first(self.unmarked().0, b'/')?;
        Some(split_last(rest, b'-')?.1)
    }

    /// Returns the number of the channel in its technology, if the [`suffix`](Self::suffix) is
    /// eight hexadecimal digits.
    #[must_use]
    #[inline]
    pub fn sequence(self) -> Option<u32> {
        let suffix = self.suffix()?;
        if suffix.len() != 8 {
            return None;
        }
        suffix.iter().try_fold(0_u32, |n, &b| Some(n << 4 | char::from(b).to_digit(16)?))
    }

    /// Returns technology and resource, such as `PJSIP/100`: the name without its unique part.
    #[must_use]
    #[inline]
    pub fn device(self) -> Option<&'a [u8]> {
        let (technology, resource) = (self.technology()?, self.resource()?);
        Some(part(self.0, ..technology.len() + 1 + resource.len()))
    }

    /// Returns the half of a pair, from `;1` or `;2` at the end. Local channels and announcers of
    /// conferences have it.
    #[must_use]
    #[inline]
    pub fn half(self) -> Option<LocalHalf> {
        self.unmarked().1
    }

    /// Returns whether the name ends in `<ZOMBIE>`: the channel has given its call to another one
    /// and is about to end.
    #[must_use]
    #[inline]
    pub fn is_zombie(self) -> bool {
        self.0.ends_with(ZOMBIE)
    }

    /// Returns whether the name ends in `<MASQ>`: the channel is taking the place of another one.
    #[must_use]
    #[inline]
    pub fn is_masquerading(self) -> bool {
        self.0.ends_with(MASQ)
    }

    /// Returns the name of the channel that this one stands in for: the part after `AsyncGoto/`,
    /// `Bridge/`, `Parked/`, `Surrogate/` or `Transfered/` (the server's spelling), if that part is
    /// a channel name too.
    ///
    /// ```
    /// use ami_proto::value::ChannelName;
    ///
    /// let name = ChannelName::from("AsyncGoto/Local/x@lab-00000016;1<ZOMBIE>");
    /// assert_eq!(name.stands_for(), Some(ChannelName::from("Local/x@lab-00000016;1<ZOMBIE>")));
    /// ```
    #[must_use]
    #[inline]
    pub fn stands_for(self) -> Option<Self> {
        let (before, rest) = split_first(self.0, b'/')?;
        (STAND_INS.contains(&before) && rest.contains(&b'/')).then_some(Self(rest))
    }

    /// Returns whether the value means that there is no channel: `VarSet` of a global variable says
    /// `none`.
    #[must_use]
    #[inline]
    pub fn is_none(self) -> bool {
        self.0 == b"none" || self.0.is_empty()
    }

    /// Returns the name without marks, and the half at its end.
    fn unmarked(self) -> (&'a [u8], Option<LocalHalf>) {
        let mut name = self.0;
        while let Some(base) = name.strip_suffix(ZOMBIE).or_else(|| name.strip_suffix(MASQ)) {
            name = base;
        }
        split_half(name)
    }
}
