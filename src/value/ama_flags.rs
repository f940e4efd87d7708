//! Names the accounting flags of call records.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// What a call record is for (AMA: automatic message accounting).
    ///
    /// Read in any case; anything else survives as `Other` (Asterisk `main/channel.c`).
    ///
    /// ```
    /// use ami_proto::value::{AmaFlags, FromWire};
    ///
    /// assert_eq!(AmaFlags::from_wire(b"DOCUMENTATION")?, AmaFlags::Documentation);
    /// assert_eq!(AmaFlags::from_wire(b"3")?, AmaFlags::Other(b"3"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    AmaFlags {
        /// The record is not to be kept.
        Omit = b"OMIT",
        /// The record is for billing.
        Billing = b"BILLING",
        /// The record is for documentation only.
        Documentation = b"DOCUMENTATION",
        /// The server's own default; servers take it and don't write it.
        Default = b"default",
        /// What the server writes for a number it has no word for.
        Unknown = b"Unknown",
    }
}

/// Never fails; blanks around a known word don't count.
impl<'a> FromWire<'a> for AmaFlags<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::known(trim(bytes).1).unwrap_or(Self::Other(bytes)))
    }
}
