//! Splits the name of a peer into technology and name.

use super::bytes::split_first;
use super::open::open_bytes;

open_bytes! {
    /// A peer, an endpoint or a device: `SIP/100`.
    ///
    /// Takes any bytes; some events of older servers leave the technology out.
    ///
    /// ```
    /// use ami_proto::value::Peer;
    ///
    /// let peer = Peer::from("PJSIP/100");
    /// assert_eq!((peer.technology(), peer.name()), (Some(&b"PJSIP"[..]), &b"100"[..]));
    /// assert_eq!(Peer::from("100").technology(), None);
    /// ```
    Peer
}

impl<'a> Peer<'a> {
    /// Returns the technology: the part before the first `/`.
    #[must_use]
    #[inline]
    pub fn technology(self) -> Option<&'a [u8]> {
        Some(split_first(self.0, b'/')?.0)
    }

    /// Returns the name: the part after the first `/`, or the whole value if there is no `/`.
    #[must_use]
    #[inline]
    pub fn name(self) -> &'a [u8] {
        split_first(self.0, b'/').map_or(self.0, |(_, name)| name)
    }
}
