//! Text kept beyond the buffer it was read from: bytes, since the servers promise no charset.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::str::Utf8Error;

use crate::wire::Value;

/// A value that owns its bytes. It may have been cut to a limit; what keeps it says where.
#[derive(Clone, Default, Eq, Hash)]
#[expect(clippy::derived_hash_with_manual_eq, reason = "both go by the bytes")]
pub struct OwnedValue(Box<[u8]>);

impl OwnedValue {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The text as a value, with all that a value can do.
    pub const fn value(&self) -> Value<'_> {
        Value::new(&self.0)
    }

    /// The bytes.
    #[cfg(not(test))]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes; counted, so that tests see how many texts something looks at.
    #[cfg(test)]
    pub fn as_bytes(&self) -> &[u8] {
        crate::steps::count(|steps| steps.texts += 1);
        &self.0
    }

    /// The text, as [`Value::as_str`] gives it.
    ///
    /// # Errors
    /// Where the bytes are no UTF-8; the value stays usable as bytes.
    pub fn as_str(&self) -> Result<&str, Utf8Error> {
        self.value().as_str()
    }

    /// The text, with U+FFFD for what is no UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        self.value().to_str_lossy()
    }

    /// Number of bytes.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }
}

impl PartialEq for OwnedValue {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for OwnedValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OwnedValue {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Borrow<[u8]> for OwnedValue {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl fmt::Debug for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl PartialEq<str> for OwnedValue {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for OwnedValue {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == *other.as_bytes()
    }
}
