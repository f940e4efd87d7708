//! Tells a caller's number or name from the words that stand for an absent one.

use super::open::open_bytes;

open_bytes! {
    /// A number, or a name that is not escaped, of a caller or a connected party.
    ///
    /// Takes any bytes. The server writes `<unknown>` where it has none (Asterisk
    /// `main/manager.c`), queues write `unknown`, older conferences `<no name>`. Names that are
    /// C-escaped from 13 on are [`Escaped`](super::Escaped).
    ///
    /// ```
    /// use ami_proto::value::CallerIdPart;
    ///
    /// assert_eq!(CallerIdPart::from("300").known(), Some(&b"300"[..]));
    /// assert_eq!(CallerIdPart::from("<unknown>").known(), None);
    /// ```
    CallerIdPart
}

impl<'a> CallerIdPart<'a> {
    /// The bytes, unless they are empty or a word for "there is none".
    #[must_use]
    #[inline]
    pub fn known(self) -> Option<&'a [u8]> {
        match self.0 {
            b"" | b"<unknown>" | b"unknown" | b"<no name>" => None,
            known => Some(known),
        }
    }
}
