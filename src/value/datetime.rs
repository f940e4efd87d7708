//! Reads and writes dates and times of day in the server's own time zone, which the wire doesn't
//! name.

use super::bytes::push_display;
use super::nom::{digits, millionths, whole};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use nom::character::complete::char;
use nom::combinator::{map_opt, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// A day as `YYYY-MM-DD`, such as `CoreStartupDate` of `CoreStatus`.
///
/// Years are 0 to 9999 in the calendar of today; blanks around it don't count.
///
/// ```
/// use ami_proto::value::{Date, FromWire};
///
/// let day = Date::from_wire(b"2026-11-21")?;
/// assert_eq!((day.year(), day.month(), day.day()), (2026, 11, 21));
/// assert!(Date::from_wire(b"2026-02-29").is_err());
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day of the calendar; `None` when there is no such day or the year has more than four
    /// digits.
    #[must_use]
    #[inline]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if year > 9999 || day == 0 || day > days_in(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The year, 0 to 9999.
    #[must_use]
    #[inline]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    #[inline]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    #[inline]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01; negative before.
    #[must_use]
    #[inline]
    pub fn days_since_1970(self) -> i64 {
        // Days from 0000-01-01 to 1970-01-01 with this calendar carried back.
        const TO_1970: i64 = 719_528;
        let year = i64::from(self.year);
        // The years before this one count, and year 0 is a leap year.
        let leap_days = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
        let months = (1..self.month).map(|m| i64::from(days_in(self.year, m))).sum::<i64>();
        year * 365 + leap_days + months + i64::from(self.day) - 1 - TO_1970
    }
}

/// Days of a month; 0 when there is no such month.
const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// A time of day as `HH:MM:SS`, with up to six digits of a fraction if it has one;
/// `CoreStartupTime` is one.
///
/// Second 60 is a leap second. Blanks around it don't count. Written with six digits of a fraction
/// unless it is 0.
///
/// ```
/// use ami_proto::value::{FromWire, TimeOfDay};
///
/// let time = TimeOfDay::from_wire(b"01:21:45")?;
/// assert_eq!((time.hour(), time.minute(), time.second()), (1, 21, 45));
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
    micros: u32,
}

impl TimeOfDay {
    /// A time of day; `None` when a part is out of its range.
    #[must_use]
    #[inline]
    pub const fn new(hour: u8, minute: u8, second: u8, micros: u32) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 60 || micros > 999_999 {
            return None;
        }
        Some(Self { hour, minute, second, micros })
    }

    /// The hour, 0 to 23.
    #[must_use]
    #[inline]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    #[must_use]
    #[inline]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 60.
    #[must_use]
    #[inline]
    pub const fn second(self) -> u8 {
        self.second
    }

    /// Microseconds after that second, 0 to 999999.
    #[must_use]
    #[inline]
    pub const fn micros(self) -> u32 {
        self.micros
    }

    /// The time since midnight, on a day without a change of clocks.
    #[must_use]
    #[inline]
    pub fn since_midnight(self) -> Duration {
        let minutes = u64::from(self.hour) * 60 + u64::from(self.minute);
        Duration::new(minutes * 60 + u64::from(self.second), self.micros * 1000)
    }
}

/// A date and a time of day as `YYYY-MM-DD HH:MM:SS`, with up to six digits of a fraction if it has
/// one.
///
/// The times of Cdr and CEL events are such (Asterisk `cdr/cdr_manager.c`, `cel/cel_manager.c`), in
/// the server's local time. Blanks around it don't count. Written with six digits of a fraction
/// unless it is 0.
///
/// ```
/// use ami_proto::value::{DateTime, FromWire};
///
/// let start = DateTime::from_wire(b"2026-11-21 01:40:26")?;
/// assert_eq!(start.date().year(), 2026);
/// assert_eq!(start.time().minute(), 40);
/// assert_eq!(start.unix_seconds(0), 1_795_225_226);
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    date: Date,
    time: TimeOfDay,
}

impl DateTime {
    /// A time of a day.
    #[must_use]
    #[inline]
    pub const fn new(date: Date, time: TimeOfDay) -> Self {
        Self { date, time }
    }

    /// The day.
    #[must_use]
    #[inline]
    pub const fn date(self) -> Date {
        self.date
    }

    /// The time of the day.
    #[must_use]
    #[inline]
    pub const fn time(self) -> TimeOfDay {
        self.time
    }

    /// Seconds since 1970-01-01 00:00:00 UTC, for a server whose clock is `utc_offset` seconds
    /// ahead of UTC.
    ///
    /// The offset is the caller's to know: 3600 for Berlin in winter, negative to the west of
    /// Greenwich.
    #[must_use]
    #[inline]
    pub fn unix_seconds(self, utc_offset: i32) -> i64 {
        let time = self.time;
        let minutes = i64::from(time.hour) * 60 + i64::from(time.minute);
        let of_day = minutes * 60 + i64::from(time.second);
        self.date.days_since_1970() * 86_400 + of_day - i64::from(utc_offset)
    }
}

pub(super) fn date(input: &[u8]) -> IResult<&[u8], Date> {
    let parts = (digits::<4, u16>(9999), char('-'), digits::<2, u8>(12), char('-'), digits::<2, u8>(31));
    map_opt(parts, |(year, _, month, _, day)| Date::new(year, month, day)).parse(input)
}

pub(super) fn clock(input: &[u8]) -> IResult<&[u8], (u8, u8, u8)> {
    let parts = (digits::<2, u8>(23), char(':'), digits::<2, u8>(59), char(':'), digits::<2, u8>(60));
    parts.map(|(hour, _, minute, _, second)| (hour, minute, second)).parse(input)
}

fn time(input: &[u8]) -> IResult<&[u8], TimeOfDay> {
    let parts = (clock, opt(preceded(char('.'), millionths)));
    map_opt(parts, |((hour, minute, second), micros)| TimeOfDay::new(hour, minute, second, micros.unwrap_or(0)))
        .parse(input)
}

impl<'a> FromWire<'a> for Date {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        whole(bytes, "a date as YYYY-MM-DD", date)
    }
}

impl<'a> FromWire<'a> for TimeOfDay {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        whole(bytes, "a time as HH:MM:SS", time)
    }
}

impl<'a> FromWire<'a> for DateTime {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let parts = (date, char(' '), time);
        whole(bytes, "a time as YYYY-MM-DD HH:MM:SS", parts.map(|(date, _, time)| Self { date, time }))
    }
}

impl fmt::Display for Date {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for TimeOfDay {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.micros > 0 { write!(f, ".{:06}", self.micros) } else { Ok(()) }
    }
}

impl fmt::Display for DateTime {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

impl ToWire for Date {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

impl ToWire for TimeOfDay {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

impl ToWire for DateTime {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}
