//! Reads and writes moments as seconds since 1970, with microseconds or without.

use super::bytes::push_display;
use super::nom::{millionths, number, whole};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use nom::Parser;
use nom::character::complete::char;
use nom::combinator::{map_opt, opt};
use nom::sequence::preceded;

/// A moment as `sec.usec` since 1970-01-01 00:00:00 UTC, such as the `Timestamp` of an event or of
/// a Ping reply.
///
/// The server writes six digits after the point (Asterisk `main/manager.c`); zero to six digits are
/// read. In headers with whole seconds, 0 means never: see [`is_never`](Self::is_never) and
/// [`Epoch`].
///
/// ```
/// use ami_proto::value::{FromWire, Timestamp};
///
/// let at = Timestamp::from_wire(b"1795224741.137467")?;
/// assert_eq!((at.seconds(), at.micros()), (1_795_224_741, 137_467));
/// assert_eq!(at.to_string(), "1795224741.137467");
/// assert!(Timestamp::from_wire(b"0")?.is_never());
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    micros: u32,
}

impl Timestamp {
    /// Creates the moment `seconds` and `micros` after the beginning of 1970; `None` if `micros` is
    /// a million or more.
    #[must_use]
    #[inline]
    pub const fn new(seconds: i64, micros: u32) -> Option<Self> {
        if micros < 1_000_000 { Some(Self { seconds, micros }) } else { None }
    }

    /// Returns the whole seconds since 1970; negative for earlier moments.
    #[must_use]
    #[inline]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the microseconds after that second, 0 to 999999.
    #[must_use]
    #[inline]
    pub const fn micros(self) -> u32 {
        self.micros
    }

    /// Returns whether the value is the 0 that stands for "not yet" in headers such as `LastCall`.
    #[must_use]
    #[inline]
    pub const fn is_never(self) -> bool {
        self.seconds == 0 && self.micros == 0
    }

    /// Returns the time since the beginning of 1970, to be added to `std::time::UNIX_EPOCH`; `None`
    /// for earlier moments.
    #[must_use]
    #[inline]
    pub fn since_1970(self) -> Option<Duration> {
        let seconds = u64::try_from(self.seconds).ok()?;
        Some(Duration::new(seconds, self.micros * 1000))
    }
}

impl<'a> FromWire<'a> for Timestamp {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let seconds = map_opt((opt(char('-')), number::<u64>), |(minus, n)| match minus {
            Some(_) => 0_i64.checked_sub_unsigned(n),
            None => i64::try_from(n).ok(),
        });
        let parts = (seconds, opt(preceded(char('.'), millionths)));
        let moment = parts.map(|(seconds, micros)| Self { seconds, micros: micros.unwrap_or(0) });
        whole(bytes, "seconds since 1970", moment)
    }
}

impl ToWire for Timestamp {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

impl fmt::Display for Timestamp {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.seconds, self.micros)
    }
}

/// A [`Timestamp`] that is written as whole seconds, such as `LastCall` of a queue member.
///
/// ```
/// use ami_proto::value::{Epoch, FromWire};
///
/// let last_call = Epoch::from_wire(b"1795224493")?;
/// assert_eq!(last_call.get().seconds(), 1_795_224_493);
/// assert_eq!(last_call.to_string(), "1795224493");
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(Timestamp);

impl Epoch {
    /// Creates the moment `seconds` after the beginning of 1970.
    #[must_use]
    #[inline]
    pub const fn new(seconds: i64) -> Self {
        Self(Timestamp { seconds, micros: 0 })
    }

    /// Returns the moment as a [`Timestamp`].
    #[must_use]
    #[inline]
    pub const fn get(self) -> Timestamp {
        self.0
    }
}

impl From<Epoch> for Timestamp {
    #[inline]
    fn from(epoch: Epoch) -> Self {
        epoch.0
    }
}

/// Reads the forms that [`Timestamp`] reads, and drops the part below a second.
impl<'a> FromWire<'a> for Epoch {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Timestamp::from_wire(bytes).map(|moment| Self::new(moment.seconds))
    }
}

impl ToWire for Epoch {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

impl fmt::Display for Epoch {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.seconds)
    }
}
