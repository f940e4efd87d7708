//! Decodes and encodes the C escapes in the values of a few headers.

use super::CallerIdPart;
use super::open::open_bytes;
use alloc::borrow::Cow;
use alloc::vec::Vec;

open_bytes! {
    /// Text with C escapes, as it stands on the wire.
    ///
    /// From Asterisk 13 (2015) on, BEL BS FF LF CR TAB VT `\` `'` `"` `?` are written as
    /// `\a \b \f \n \r \t \v \\ \' \" \?`. Earlier servers escape nothing: use
    /// [`as_bytes`](Self::as_bytes) for them, because decoding would remove backslashes. (Asterisk
    /// `main/utils.c`.)
    ///
    /// | header | up to 12 | from 13 on |
    /// |---|---|---|
    /// | `CallerIDName`, `ConnectedLineName` of a channel, with any prefix | as it is | escaped |
    /// | `ChanVariable`, with any prefix (since 12) | as it is | escaped |
    /// | `Value` of `VarSet` | as it is | escaped |
    /// | `Message`, `Subtype` of presence events | as it is | escaped |
    /// | `ChanVariable(CHANNEL)`; `Variable` of `Status`; caller ids of `OriginateResponse`, queue entries and `CEL` | as it is | as it is |
    ///
    /// The getters of the last row return types that cannot be decoded.
    ///
    /// ```
    /// use ami_proto::value::Escaped;
    ///
    /// assert_eq!(Escaped::from(r"O\'Brien").decode(), &b"O'Brien"[..]);
    /// assert_eq!(Escaped::encode(b"O'Brien"), br"O\'Brien");
    /// ```
    Escaped
}

/// Byte and letter of each escape.
const ESCAPES: [(u8, u8); 11] = [
    (0x07, b'a'),
    (0x08, b'b'),
    (0x0c, b'f'),
    (b'\n', b'n'),
    (b'\r', b'r'),
    (b'\t', b't'),
    (0x0b, b'v'),
    (b'\\', b'\\'),
    (b'\'', b'\''),
    (b'"', b'"'),
    (b'?', b'?'),
];

impl<'a> Escaped<'a> {
    /// Returns the text, unless it is empty or a word that stands for an absent caller's name.
    ///
    /// ```
    /// use ami_proto::value::Escaped;
    ///
    /// assert_eq!(Escaped::from("<unknown>").known(), None);
    /// assert_eq!(Escaped::from("Ann").known(), Some(Escaped::from("Ann")));
    /// ```
    #[must_use]
    #[inline]
    pub fn known(self) -> Option<Self> {
        CallerIdPart::new(self.0).known().map(Self)
    }

    /// Returns the text without escapes; borrowed if there are none.
    ///
    /// A backslash that begins none of the known escapes is kept, and so is the byte after it. The
    /// result may hold line ends.
    #[must_use]
    #[inline]
    pub fn decode(self) -> Cow<'a, [u8]> {
        if !self.0.contains(&b'\\') {
            return Cow::Borrowed(self.0);
        }
        let mut out = Vec::with_capacity(self.0.len());
        let mut rest = self.0;
        while let [first, after @ ..] = rest {
            let escape = match (first, after) {
                (b'\\', [letter, tail @ ..]) => {
                    let byte = ESCAPES.iter().find(|(_, known)| known == letter);
                    byte.map(|&(byte, _)| (byte, tail))
                }
                _ => None,
            };
            let (byte, tail) = escape.unwrap_or((*first, after));
            out.push(byte);
            rest = tail;
        }
        Cow::Owned(out)
    }

    /// Appends `text` with escapes, as the server writes it.
    #[inline]
    pub fn encode_into(text: &[u8], out: &mut Vec<u8>) {
        out.reserve(text.len());
        for &b in text {
            match ESCAPES.iter().find(|&&(byte, _)| byte == b) {
                Some(&(_, letter)) => out.extend_from_slice(&[b'\\', letter]),
                None => out.push(b),
            }
        }
    }

    /// Returns `text` with escapes, as the server writes it; it decodes to equal bytes.
    #[must_use]
    #[inline]
    pub fn encode(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Self::encode_into(text, &mut out);
        out
    }
}
