//! Reads and writes numbers: the integers of Rust, `f64`, and hexadecimal ids.

use super::bytes::{push_display, trim};
use super::{FromWire, ToWire, ValueError};
use alloc::vec::Vec;
use core::fmt;

macro_rules! integers {
    ($($type:ty: $expected:literal,)+) => {$(
        /// Decimal digits with an optional sign; blanks around them don't count.
        ///
        /// Fails on anything else and on what doesn't fit the type.
        impl<'a> FromWire<'a> for $type {
            #[inline]
            fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
                let (skipped, body) = trim(bytes);
                let (negative, digits) = match body {
                    [b'-', digits @ ..] => (true, digits),
                    [b'+', digits @ ..] => (false, digits),
                    digits => (false, digits),
                };
                let start = skipped + body.len() - digits.len();
                if digits.is_empty() {
                    return Err(ValueError::new($expected, start));
                }
                let mut value: $type = 0;
                for (i, &b) in digits.iter().enumerate() {
                    let error = ValueError::new($expected, start + i);
                    if !b.is_ascii_digit() {
                        return Err(error);
                    }
                    let digit = <$type>::try_from(b - b'0').map_err(|_| error)?;
                    let tens = value.checked_mul(10).ok_or(error)?;
                    // Counting down from 0 reaches the smallest number of the type, which counting
                    // up can't.
                    let next = if negative { tens.checked_sub(digit) } else { tens.checked_add(digit) };
                    value = next.ok_or(error)?;
                }
                Ok(value)
            }
        }

        impl ToWire for $type {
            #[inline]
            fn to_wire(&self, out: &mut Vec<u8>) {
                push_display(out, self);
            }
        }
    )+};
}

integers! {
    i8: "a signed 8-bit integer",
    i16: "a signed 16-bit integer",
    i32: "a signed 32-bit integer",
    i64: "a signed 64-bit integer",
    u8: "an unsigned 8-bit integer",
    u16: "an unsigned 16-bit integer",
    u32: "an unsigned 32-bit integer",
    u64: "an unsigned 64-bit integer",
}

/// A decimal number with an optional sign, fraction and exponent, as `RTT: 0.0042` in RTCP events;
/// also `nan` and `inf`, which C prints for a division by zero. Blanks around it don't count.
impl<'a> FromWire<'a> for f64 {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let (skipped, body) = trim(bytes);
        let error = |at| ValueError::new("a decimal number", skipped + at);
        let text = core::str::from_utf8(body).map_err(|e| error(e.valid_up_to()))?;
        text.parse().map_err(|_| {
            let odd = |b: u8| !(b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
            error(body.iter().position(|&b| odd(b)).unwrap_or(body.len()))
        })
    }
}

/// Writes the shortest decimal form that reads back as the same number, without an exponent.
impl ToWire for f64 {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

/// An id that the server prints in hexadecimal, such as the `SSRC` of an RTP stream.
///
/// The wire form is `0x` and 1 to 16 digits; blanks around it don't count. It is written with 8
/// digits at least, as the server writes an SSRC (Asterisk `main/rtp_engine.c`).
///
/// ```
/// use ami_proto::value::{FromWire, Hex, ToWire};
///
/// let ssrc = Hex::from_wire(b"0x09cb2883")?;
/// assert_eq!(ssrc.get(), 0x09cb_2883);
/// assert_eq!(ssrc.to_string(), "0x09cb2883");
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a value in a type that says how it is written")]
pub struct Hex(pub u64);

impl Hex {
    /// The number.
    #[must_use]
    #[inline]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Hex {
    #[inline]
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<Hex> for u64 {
    #[inline]
    fn from(hex: Hex) -> Self {
        hex.0
    }
}

impl<'a> FromWire<'a> for Hex {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        const EXPECTED: &str = "a hexadecimal number with 0x";
        let (skipped, body) = trim(bytes);
        let ([b'0', b'x' | b'X', digits @ ..], start) = (body, skipped + 2) else {
            return Err(ValueError::new(EXPECTED, skipped));
        };
        if digits.is_empty() {
            return Err(ValueError::new(EXPECTED, start));
        }
        let mut value = 0_u64;
        for (i, &b) in digits.iter().enumerate() {
            let error = ValueError::new(EXPECTED, start + i);
            let digit = char::from(b).to_digit(16).ok_or(error)?;
            value = value.checked_mul(16).ok_or(error)? | u64::from(digit);
        }
        Ok(Self(value))
    }
}

impl ToWire for Hex {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
}

impl fmt::Display for Hex {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.0)
    }
}
