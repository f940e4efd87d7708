//! A header's value: the bytes after the colon.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

use crate::parse::{FromWire, ToWire, ValueError};

/// A header's value: bytes as the peer sent them, borrowed from the buffer.
///
/// The protocol guarantees no charset, and real servers pass on the bytes that a phone sent.
/// Therefore a value consists of bytes, and is converted to text on demand.
///
/// ```
/// use ami_proto::Value;
///
/// let value = Value::new(b"caf\xe9");
/// assert!(value.as_str().is_err());
/// assert_eq!(value.to_str_lossy(), "caf\u{fffd}");
/// assert_eq!(Value::new(b"16"), "16");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value<'buf>(&'buf [u8]);

impl<'buf> Value<'buf> {
    /// Creates a value from bytes.
    pub const fn new(bytes: &'buf [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, trailing blanks included.
    pub const fn as_bytes(self) -> &'buf [u8] {
        self.0
    }

    /// Returns the value as UTF-8 text.
    ///
    /// # Errors
    /// If the bytes are not UTF-8; the value stays usable as bytes.
    pub fn as_str(self) -> Result<&'buf str, Utf8Error> {
        core::str::from_utf8(self.0)
    }

    /// Returns the text, with U+FFFD for bytes that are not UTF-8; borrowed if no byte had to be
    /// replaced.
    pub fn to_str_lossy(self) -> Cow<'buf, str> {
        String::from_utf8_lossy(self.0)
    }

    /// Parses the value as another type, such as a number or one of the types in
    /// [`value`](crate::value).
    ///
    /// ```
    /// use ami_proto::Value;
    /// use ami_proto::value::HangupCause;
    ///
    /// assert_eq!(Value::new(b"16").parse::<u32>()?, 16);
    /// assert_eq!(Value::new(b"16").parse::<HangupCause>()?.description(), Some("Normal Clearing"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are not a value of that type: the expected type, and the position. The value
    /// stays usable.
    pub fn parse<T: FromWire<'buf>>(self) -> Result<T, ValueError> {
        T::from_wire(self.0)
    }

    /// Returns the number of bytes.
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Returns whether the value is empty: servers send `Name: ` for a value that they do not have.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the bytes equal this text, ignoring ASCII case.
    pub fn eq_ignore_case(self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.as_bytes())
    }
}

/// Never fails.
impl<'buf> FromWire<'buf> for Value<'buf> {
    fn from_wire(bytes: &'buf [u8]) -> Result<Self, ValueError> {
        Ok(Self(bytes))
    }
}

impl ToWire for Value<'_> {
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// Writes the text of [`Value::to_str_lossy`].
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

impl<'buf> From<&'buf [u8]> for Value<'buf> {
    fn from(bytes: &'buf [u8]) -> Self {
        Self(bytes)
    }
}

impl<'buf> From<&'buf str> for Value<'buf> {
    fn from(text: &'buf str) -> Self {
        Self(text.as_bytes())
    }
}

impl AsRef<[u8]> for Value<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl PartialEq<[u8]> for Value<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        self.0 == other
    }
}

impl PartialEq<str> for Value<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Value<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}
