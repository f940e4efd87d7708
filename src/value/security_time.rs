//! Reads and writes the time of a security event: ISO 8601 with milliseconds and an offset from
//! UTC.

use super::bytes::push_display;
use super::datetime::{clock, date};
use super::nom::{digits, whole};
use super::{DateTime, FromWire, TimeOfDay, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use nom::character::complete::{char, one_of};
use nom::combinator::map_opt;
use nom::{IResult, Parser};

/// Time of a security event: `2016-01-31T12:46:29.000-0500`, the `EventTV` of servers from 12 on.
///
/// Unlike the other dates of the protocol it includes the offset of the server's clock from UTC
/// (Asterisk `main/security_events.c`). Blanks around the value are ignored.
///
/// ```
/// use ami_proto::value::{FromWire, SecurityTime};
///
/// let at = SecurityTime::from_wire(b"2016-01-31T12:46:29.250-0500")?;
/// assert_eq!(at.local().time().hour(), 12);
/// assert_eq!(at.utc_offset_minutes(), -300);
/// assert_eq!(at.unix_millis(), 1_454_262_389_250);
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityTime {
    local: DateTime,
    offset: i16,
}

impl SecurityTime {
    /// Creates the time from a local time and its offset from UTC in minutes; the time is cut to
    /// the millisecond.
    ///
    /// Returns `None` if the offset is 100 hours or more in either direction, for which the wire
    /// has no digits.
    #[must_use]
    #[inline]
    pub fn new(local: DateTime, utc_offset_minutes: i16) -> Option<Self> {
        if utc_offset_minutes.unsigned_abs() >= 6000 {
            return None;
        }
        let time = local.time();
        let micros = time.micros() - time.micros() % 1000;
        let time = TimeOfDay::new(time.hour(), time.minute(), time.second(), micros)?;
        Some(Self { local: DateTime::new(local.date(), time), offset: utc_offset_minutes })
    }

    /// Returns date and time by the server's clock.
    #[must_use]
    #[inline]
    pub const fn local(self) -> DateTime {
        self.local
    }

    /// Returns the milliseconds after the second, 0 to 999.
    #[must_use]
    #[inline]
    pub const fn millis(self) -> u32 {
        self.local.time().micros() / 1000
    }

    /// Returns how far the server's clock is ahead of UTC; negative if it is behind.
    #[must_use]
    #[inline]
    pub const fn utc_offset_minutes(self) -> i16 {
        self.offset
    }

    /// Returns the milliseconds since 1970-01-01 00:00:00 UTC; equal for equal moments with
    /// different offsets.
    #[must_use]
    #[inline]
    pub fn unix_millis(self) -> i64 {
        self.local.unix_seconds(i32::from(self.offset) * 60) * 1000 + i64::from(self.millis())
    }
}

fn offset(input: &[u8]) -> IResult<&[u8], i16> {
    let parts = (one_of("+-"), digits::<2, i16>(99), digits::<2, i16>(59));
    parts.map(|(sign, h, m)| if sign == '-' { -(h * 60 + m) } else { h * 60 + m }).parse(input)
}

impl<'a> FromWire<'a> for SecurityTime {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let parts = (date, char('T'), clock, char('.'), digits::<3, u32>(999), offset);
        let time = map_opt(parts, |(date, _, (hour, minute, second), _, millis, offset)| {
            let time = TimeOfDay::new(hour, minute, second, millis * 1000)?;
            Self::new(DateTime::new(date, time), offset)
        });
        whole(bytes, "a time as YYYY-MM-DDTHH:MM:SS.mmm+hhmm", time)
    }
}

impl fmt::Display for SecurityTime {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.local.date(), self.local.time());
        let (sign, away) = (if self.offset < 0 { '-' } else { '+' }, self.offset.unsigned_abs());
        write!(f, "{date}T{:02}:{:02}:{:02}.{:03}", time.hour(), time.minute(), time.second(), self.millis())?;
        write!(f, "{sign}{:02}{:02}", away / 60, away % 60)
    }
}

impl ToWire for SecurityTime {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}
