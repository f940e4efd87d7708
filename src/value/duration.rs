//! Reads and writes lengths of time in the three forms of the protocol: seconds, milliseconds,
//! hours:minutes:seconds.

use super::bytes::{push_display, trim};
use super::nom::{digits, number, whole};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use nom::character::complete::char;
use nom::combinator::map_opt;

macro_rules! length_of_time {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(clippy::exhaustive_structs, reason = "a value in a type that says its unit")]
        pub struct $name(pub Duration);

        impl $name {
            /// The length of time.
            #[must_use]
            #[inline]
            pub const fn get(self) -> Duration {
                self.0
            }
        }

        impl From<Duration> for $name {
            #[inline]
            fn from(length: Duration) -> Self {
                Self(length)
            }
        }

        impl From<$name> for Duration {
            #[inline]
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ToWire for $name {
            #[inline]
            fn to_wire(&self, out: &mut Vec<u8>) {
                push_display(out, self);
            }
        }
    };
}

length_of_time! {
    /// A length of time written as a decimal number of seconds: `3`, `0.0042`.
    ///
    /// Blanks around it don't count. Digits below the nanosecond are cut. A negative number fails:
    /// headers where the server prints `-1` are plain numbers.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::value::{FromWire, Seconds};
    ///
    /// assert_eq!(Seconds::from_wire(b"74")?.get(), Duration::from_secs(74));
    /// assert_eq!(Seconds::from_wire(b"1.5")?.get(), Duration::from_millis(1500));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    Seconds
}

length_of_time! {
    /// A length of time written as a decimal number of milliseconds: `163`, `0.5`.
    ///
    /// Blanks around it don't count. Digits below the nanosecond are cut. A negative number fails.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::value::{FromWire, Milliseconds};
    ///
    /// assert_eq!(Milliseconds::from_wire(b"163")?.get(), Duration::from_millis(163));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    Milliseconds
}

length_of_time! {
    /// A length of time written as `HH:MM:SS`, where the hours may have more digits: `00:00:03`,
    /// `120:05:59`.
    ///
    /// `Duration` of `CoreShowChannel` is one (Asterisk `main/manager.c`). Blanks around it don't
    /// count. Written without the part below the second.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::value::{ClockTime, FromWire};
    ///
    /// assert_eq!(ClockTime::from_wire(b"01:00:03")?.get(), Duration::from_secs(3603));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    ClockTime
}

impl<'a> FromWire<'a> for Seconds {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        decimal_of(bytes, "a number of seconds", 9).map(Self)
    }
}

impl fmt::Display for Seconds {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_secs())?;
        fraction(f, self.0.subsec_nanos(), 9)
    }
}

impl<'a> FromWire<'a> for Milliseconds {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        decimal_of(bytes, "a number of milliseconds", 6).map(Self)
    }
}

impl fmt::Display for Milliseconds {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_millis())?;
        fraction(f, self.0.subsec_nanos() % 1_000_000, 6)
    }
}

impl<'a> FromWire<'a> for ClockTime {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let parts = (number::<u64>, char(':'), digits::<2, u64>(59), char(':'), digits::<2, u64>(59));
        let clock = map_opt(parts, |(h, _, m, _, s)| h.checked_mul(3600)?.checked_add(m * 60 + s));
        whole(bytes, "hours:minutes:seconds", clock).map(|s| Self(Duration::from_secs(s)))
    }
}

impl fmt::Display for ClockTime {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0.as_secs();
        write!(f, "{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

/// Reads a decimal number of a unit that is 10^`places` nanoseconds.
fn decimal_of(bytes: &[u8], expected: &'static str, places: usize) -> Result<Duration, ValueError> {
    let (skipped, body) = trim(bytes);
    let mut nanos = 0_u128;
    let mut digits = 0;
    // Digits after the point, once there is one.
    let mut after: Option<usize> = None;
    for (i, &b) in body.iter().enumerate() {
        let error = ValueError::new(expected, skipped + i);
        if b == b'.' && after.is_none() && digits > 0 {
            after = Some(0);
            continue;
        }
        let digit = char::from(b).to_digit(10).ok_or(error)?;
        digits += 1;
        match &mut after {
            Some(n) if *n == places => continue,
            Some(n) => *n += 1,
            None => {}
        }
        nanos = nanos.checked_mul(10).and_then(|n| n.checked_add(u128::from(digit))).ok_or(error)?;
    }
    let error = ValueError::new(expected, skipped + body.len());
    if digits == 0 {
        return Err(error);
    }
    for _ in after.unwrap_or(0)..places {
        nanos = nanos.checked_mul(10).ok_or(error)?;
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).map_err(|_| error)?;
    let below = u32::try_from(nanos % 1_000_000_000).map_err(|_| error)?;
    Ok(Duration::new(seconds, below))
}

/// Prints `.` and the digits of a fraction without its last zeros, or nothing.
fn fraction(f: &mut fmt::Formatter<'_>, mut value: u32, mut places: usize) -> fmt::Result {
    if value == 0 {
        return Ok(());
    }
    while value % 10 == 0 {
        value /= 10;
        places -= 1;
    }
    write!(f, ".{value:0places$}")
}
