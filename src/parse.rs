//! Traits that read a value from bytes and write it back, and the error for a value that cannot be
//! read. Frames and values share them; users find them in [`value`](crate::value).

use alloc::vec::Vec;
use core::fmt;

/// A value read from its wire form; borrows from the frame's buffer.
///
/// ```
/// use ami_proto::value::{ChannelName, FromWire};
///
/// assert_eq!(u32::from_wire(b"300")?, 300);
/// let channel = ChannelName::from_wire(b"PJSIP/100-0000002a")?;
/// assert_eq!(channel.technology(), Some(&b"PJSIP"[..]));
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
pub trait FromWire<'a>: Sized {
    /// Reads the whole of `bytes`, which is a header's value without the blank after the colon and
    /// without the line end.
    ///
    /// # Errors
    /// A [`ValueError`] with the text that was expected and its offset. Open types never fail. The
    /// frame stays usable.
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError>;
}

/// A value that can be written in its wire form.
///
/// ```
/// use ami_proto::value::{HangupCause, ToWire};
///
/// let mut out = Vec::new();
/// HangupCause::USER_BUSY.to_wire(&mut out);
/// assert_eq!(out, b"17");
/// ```
pub trait ToWire {
    /// Appends the wire form to `out`.
    ///
    /// A value that was read from the wire is written so that it reads back as an equal value.
    /// Bytes that would break the framing (CR, LF, NUL) are passed on unchanged: the writer of
    /// frames refuses them.
    fn to_wire(&self, out: &mut Vec<u8>);
}

/// Reason why a value could not be read.
///
/// ```
/// use ami_proto::value::FromWire;
///
/// let error = u8::from_wire(b"2x").unwrap_err();
/// assert_eq!((error.expected(), error.at()), ("an unsigned 8-bit integer", 1));
/// assert_eq!(error.to_string(), "expected an unsigned 8-bit integer at byte 1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ValueError {
    expected: &'static str,
    at: usize,
}

impl ValueError {
    /// Creates the error that `expected` (lower case, with its article, no full stop) should stand
    /// at byte `at` of the value.
    #[must_use]
    #[inline]
    pub const fn new(expected: &'static str, at: usize) -> Self {
        Self { expected, at }
    }

    /// Returns the text that was expected, such as `a date`.
    #[must_use]
    #[inline]
    pub const fn expected(self) -> &'static str {
        self.expected
    }

    /// Returns the offset of the first byte that does not fit, counted from the start of the value.
    ///
    /// The offset is the value's length if the value ends too early.
    #[must_use]
    #[inline]
    pub const fn at(self) -> usize {
        self.at
    }
}

impl fmt::Display for ValueError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl core::error::Error for ValueError {}

impl<'a> FromWire<'a> for &'a [u8] {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(bytes)
    }
}

/// Fails at the first byte that is not UTF-8; servers pass other encodings on.
impl<'a> FromWire<'a> for &'a str {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        core::str::from_utf8(bytes).map_err(|e| ValueError::new("UTF-8 text", e.valid_up_to()))
    }
}

/// Returns the number at the beginning of a text, reading digits like C's `atoi`; a number that
/// does not fit becomes the largest one. Returns `None` if the text does not begin with a digit.
#[inline]
pub(crate) fn leading_number(text: &[u8]) -> Option<u64> {
    text.first().filter(|byte| byte.is_ascii_digit())?;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| u64::from(byte - b'0'));
    Some(digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(digit)))
}

impl ToWire for [u8] {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
}

impl ToWire for str {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<T: ToWire + ?Sized> ToWire for &T {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        (**self).to_wire(out);
    }
}
