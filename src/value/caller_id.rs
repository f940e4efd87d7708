//! Tells a caller's number or name from the words that stand for an absent one.

use super::Escaped;
use super::open::open_bytes;

open_bytes! {
    /// A number or a name of a caller or a connected party.
    ///
    /// Takes any bytes. The server writes `<unknown>` where it has none (Asterisk `main/manager.c`), queues write
    /// `unknown`, older conferences `<no name>`. From 13 on names are C-escaped and numbers are not:
    /// see [`escaped`](Self::escaped).
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

    /// The same as C-escaped text, which names of Asterisk 13 and later are.
    ///
    /// ```
    /// use ami_proto::value::CallerIdPart;
    ///
    /// let name = CallerIdPart::from(r"O\'Brien").escaped().unwrap();
    /// assert_eq!(name.decode(), &b"O'Brien"[..]);
    /// ```
    #[must_use]
    #[inline]
    pub fn escaped(self) -> Option<Escaped<'a>> {
        self.known().map(Escaped::new)
    }
}
