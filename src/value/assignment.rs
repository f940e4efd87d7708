//! Reads `NAME=value`, the form of channel variables in events, with or without escapes in the
//! value.

use super::bytes::split_first;
use super::{Escaped, FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;

/// A variable and its unescaped value: `Variable: LANG=en`, `ChanVariable(SIP/100-1): LANG=en`.
///
/// Split at the first `=`. The name may be a function, `CHANNEL(language)`; the value may hold any
/// bytes, `=` and `,` too. Fields whose value the server escapes have an [`EscapedAssignment`]
/// instead.
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
    /// Creates a variable to write; `None` if the name contains a `=`, which would end it.
    #[must_use]
    #[inline]
    pub fn new(name: &'a [u8], value: &'a [u8]) -> Option<Self> {
        (!name.contains(&b'=')).then_some(Self { name, value })
    }

    /// Returns the name: the bytes before the first `=`; may be empty.
    #[must_use]
    #[inline]
    pub const fn name(self) -> &'a [u8] {
        self.name
    }

    /// Returns the value: the bytes after the first `=`, unchanged.
    #[must_use]
    #[inline]
    pub const fn value(self) -> &'a [u8] {
        self.value
    }
}

/// Fails if there is no `=`.
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

/// A channel variable whose value is C-escaped by Asterisk 13 and later: `ChanVariable: NOTE=a\nb`.
///
/// Only `ChanVariable` without a key is escaped, with any prefix (`DestChanVariable`).
/// `ChanVariable(CHANNEL)` and `Variable` never are, and those have an [`Assignment`]. Asterisk 12
/// escapes nothing: take [`Escaped::as_bytes`] there.
///
/// ```
/// use ami_proto::value::{EscapedAssignment, FromWire};
///
/// let variable = EscapedAssignment::from_wire(br#"NOTE=say \"hi\""#)?;
/// assert_eq!(variable.name(), b"NOTE");
/// assert_eq!(variable.value().decode(), &br#"say "hi""#[..]);
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EscapedAssignment<'a>(Assignment<'a>);

impl<'a> EscapedAssignment<'a> {
    /// Creates a variable to write; `None` if the name contains a `=`, which would end it.
    #[must_use]
    #[inline]
    pub fn new(name: &'a [u8], value: Escaped<'a>) -> Option<Self> {
        Assignment::new(name, value.as_bytes()).map(Self)
    }

    /// Returns the name: the bytes before the first `=`; may be empty.
    #[must_use]
    #[inline]
    pub const fn name(self) -> &'a [u8] {
        self.0.name
    }

    /// Returns the value: the text after the first `=`, still escaped.
    #[must_use]
    #[inline]
    pub const fn value(self) -> Escaped<'a> {
        Escaped::new(self.0.value)
    }
}

/// Fails if there is no `=`.
impl<'a> FromWire<'a> for EscapedAssignment<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Assignment::from_wire(bytes).map(Self)
    }
}

impl ToWire for EscapedAssignment<'_> {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        self.0.to_wire(out);
    }
}

impl fmt::Debug for EscapedAssignment<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Escaped{:?}", self.0)
    }
}
