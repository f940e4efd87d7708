//! Decodes and encodes percent signs in the values of FreeSWITCH events and of Asterisk's
//! asynchronous AGI.

use super::{FromWire, ToWire, ValueError};
use crate::percent;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A percent-encoded value: of a FreeSWITCH event, or `Env` and `Result` of Asterisk's asynchronous
/// AGI. `%` and two hexadecimal digits stand for a byte.
///
/// The decoded texts of asynchronous AGI have grammars of their own: [`AgiEnv`](super::AgiEnv)
/// reads the decoded `Env`, [`AgiAnswer`](super::AgiAnswer) the decoded `Result`.
/// [`items`](Self::items) is for the lists of FreeSWITCH only.
///
/// Asynchronous AGI encodes all bytes except letters, digits and a few signs, and always encodes
/// `%` (Asterisk `main/utils.c`).
///
/// FreeSWITCH encodes bytes up to 0x20, from 0x7f on, and ``"#%&+:;<=>?@[\]^`{|}``. It does not
/// encode a `%` before two hexadecimal digits, so the original of `100%20` may have been `100 ` or
/// `100%20`. `+` is a plus. An empty value may come as `_undef_`. (FreeSWITCH `switch_url_encode`,
/// 1.6 to 1.11.)
///
/// Comparison and `Display` use the decoded text.
///
/// ```
/// use ami_proto::value::Encoded;
///
/// let name = Encoded::new(b"Caf%C3%A9%20%26%20Co");
/// assert_eq!(name, "Café & Co");
/// assert_eq!(name.decode(), "Café & Co".as_bytes());
/// assert_eq!(Encoded::encode(b"100%"), b"100%25");
///
/// let several = Encoded::new(b"ARRAY%3A%3Aone%7C%3Atwo%20three");
/// assert_eq!(several.items().map(|item| item.to_string()).collect::<Vec<_>>(), ["one", "two three"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoded<'a>(&'a [u8]);

/// The server's form of an empty value.
const EMPTY: &[u8] = b"_undef_";

impl<'a> Encoded<'a> {
    /// Takes the bytes from the wire, still encoded.
    #[must_use]
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes from the wire, not decoded.
    #[must_use]
    #[inline]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Returns whether the text is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.is_empty() || self.0 == EMPTY
    }

    /// Returns the decoded text; borrowed if nothing is encoded. A `%` without two hexadecimal
    /// digits after it is kept.
    #[must_use]
    #[inline]
    pub fn decode(self) -> Cow<'a, [u8]> {
        if self.is_empty() {
            Cow::Borrowed(&[])
        } else if self.0.contains(&b'%') {
            Cow::Owned(self.bytes().collect())
        } else {
            Cow::Borrowed(self.0)
        }
    }

    /// Returns the decoded text, with U+FFFD in place of invalid UTF-8.
    #[must_use]
    #[inline]
    pub fn to_str_lossy(self) -> Cow<'a, str> {
        match self.decode() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Cow::Owned(text),
                Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()),
            },
        }
    }

    /// Returns the bytes of the decoded text, without allocating memory.
    #[inline]
    pub fn bytes(self) -> impl Iterator<Item = u8> + use<'a> {
        percent::decode(if self.is_empty() { &[] } else { self.0 })
    }

    /// Returns the values of a header that may have several: `ARRAY::` and the values with `|:`
    /// between them. Any other header gives its one value.
    ///
    /// If the prefix is encoded, the separators are encoded too.
    #[inline]
    pub fn items(self) -> impl Iterator<Item = Self> + use<'a> {
        let plain = self.0.strip_prefix(b"ARRAY::").map(|rest| (rest, &b"|:"[..]));
        let several = plain.or_else(|| self.0.strip_prefix(b"ARRAY%3A%3A").map(|rest| (rest, &b"%7C%3A"[..])));
        let (first, separator) = several.unwrap_or((self.0, b""));
        let mut rest = Some(first);
        core::iter::from_fn(move || {
            let text = rest.take()?;
            let at = if separator.is_empty() { None } else { memchr::memmem::find(text, separator) };
            let (item, after) = at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, &[]));
            rest = at.and_then(|_| after.get(separator.len()..));
            Some(Self(item))
        })
    }

    /// Appends `text` in the server's encoding, except that a `%` is always encoded, so that the
    /// result decodes to equal bytes.
    #[inline]
    pub fn encode_into(text: &[u8], out: &mut Vec<u8>) {
        out.reserve(text.len());
        percent::encode(text, stands_for_itself, |byte| out.push(byte));
    }

    /// Returns the encoded `text`, see [`encode_into`](Self::encode_into).
    #[must_use]
    #[inline]
    pub fn encode(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Self::encode_into(text, &mut out);
        out
    }
}

fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'!' | b'$' | b'\''..=b'*' | b','..=b'/' | b'_' | b'~')
}

/// Never fails.
impl<'a> FromWire<'a> for Encoded<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self(bytes))
    }
}

impl ToWire for Encoded<'_> {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
    }
}

impl PartialEq<[u8]> for Encoded<'_> {
    #[inline]
    fn eq(&self, other: &[u8]) -> bool {
        self.bytes().eq(other.iter().copied())
    }
}

impl PartialEq<str> for Encoded<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        *self == *other.as_bytes()
    }
}

impl PartialEq<&str> for Encoded<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        *self == *other.as_bytes()
    }
}

impl fmt::Debug for Encoded<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded(\"{}\")", self.0.escape_ascii())
    }
}

/// Writes the decoded text, with U+FFFD in place of invalid UTF-8.
impl fmt::Display for Encoded<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_str_lossy())
    }
}
