//! Accounting flags of call records.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// Purpose of a call record (AMA: automatic message accounting).
    ///
    /// Read in any case; an unknown word is kept as `Other` (Asterisk `main/channel.c`).
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
        /// The server's own default; servers accept the word and do not write it.
        Default = b"default",
        /// Word that the server writes for a number without a name.
        Unknown = b"Unknown",
    }
}

/// Never fails; ignores blanks around a known word.
impl<'a> FromWire<'a> for AmaFlags<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::known(trim(bytes).1).unwrap_or(Self::Other(bytes)))
    }
}
