//! Splits lists of media formats.

use super::bytes::{split_first, split_last, trim};
use super::open::open_bytes;

open_bytes! {
    /// Media formats: `(ulaw|alaw)`, or `ulaw,alaw` in the headers that have an order.
    ///
    /// Takes any bytes. `(nothing)` and an empty value have no formats. Very old servers put a mask
    /// before the parenthesis, `0x4 (ulaw)`, which is ignored. (Asterisk `main/format_cap.c`.)
    ///
    /// ```
    /// use ami_proto::value::CodecList;
    ///
    /// let codecs = CodecList::from("(ulaw|alaw)");
    /// assert!(codecs.iter().eq([b"ulaw", b"alaw"]));
    /// assert!(CodecList::from("(nothing)").is_empty());
    /// ```
    CodecList
}

impl<'a> CodecList<'a> {
    /// Returns the names of the formats, in the order of the wire.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let inside = split_first(self.0, b'(').and_then(|(_, rest)| Some(split_last(rest, b')')?.0));
        inside
            .unwrap_or(self.0)
            .split(|&b| b == b'|' || b == b',')
            .map(|name| trim(name).1)
            .filter(|name| !name.is_empty() && *name != b"nothing")
    }

    /// Returns whether the list is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// Returns whether the list contains this format; names are compared in any case.
    #[must_use]
    #[inline]
    pub fn contains(self, name: impl AsRef<[u8]>) -> bool {
        self.iter().any(|known| known.eq_ignore_ascii_case(name.as_ref()))
    }
}
