//! Reads `NAME=value`, the form of channel variables in events.

use super::bytes::split_first;
use super::{Escaped, FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;

/// A channel variable and its value: `ChanVariable: LANG=en`.
///
/// Split at the first `=`. The name may be a function, `CHANNEL(language)`. In events of Asterisk 13 and later the value
/// is C-escaped, in `Status` and in older servers it isn't; a value may hold anything, `=` and `,` too.
///
/// ```
/// use ami_proto::value::{Assignment, FromWire};
///
/// let variable = Assignment::from_wire(b"CHANNEL(language)=en")?;
/// assert_eq!(variable.name(), b"CHANNEL(language)");
/// assert_eq!(variable.value(), b"en");
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl<'a> Assignment<'a> {
    /// A variable to write; `None` when the name has a `=`, which would end it.
    #[must_use]
    #[inline]
    pub fn new(name: &'a [u8], value: &'a [u8]) -> Option<Self> {
        (!name.contains(&b'=')).then_some(Self { name, value })
    }

    /// What stands before the first `=`; may be empty.
    #[must_use]
    #[inline]
    pub const fn name(self) -> &'a [u8] {
        self.name
    }

    /// What stands after it, as it came.
    #[must_use]
    #[inline]
    pub const fn value(self) -> &'a [u8] {
        self.value
    }

    /// The value as C-escaped text.
    #[must_use]
    #[inline]
    pub const fn escaped(self) -> Escaped<'a> {
        Escaped::new(self.value)
    }
}

/// Fails when there is no `=`.
impl<'a> FromWire<'a> for Assignment<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        split_first(bytes, b'=')
            .map(|(name, value)| Self { name, value })
            .ok_or(ValueError::new("an equals sign", bytes.len()))
    }
}

impl ToWire for Assignment<'_> {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name);
        out.push(b'=');
        out.extend_from_slice(self.value);
    }
}

impl fmt::Debug for Assignment<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assignment(\"{}={}\")", self.name.escape_ascii(), self.value.escape_ascii())
    }
}
