//! Presentation of a caller's number: whether it may be shown and how it was verified.

use super::FromWire;
use super::bytes::{split_first, trim};
use super::open::open_bytes;
use crate::words::words;

/// Each presentation that the server knows, in the server's words (Asterisk `main/callerid.c`).
const KNOWN: [&str; 9] = [
    "0 (Presentation Allowed, Not Screened)",
    "1 (Presentation Allowed, Passed Screen)",
    "2 (Presentation Allowed, Failed Screen)",
    "3 (Presentation Allowed, Network Number)",
    "32 (Presentation Prohibited, Not Screened)",
    "33 (Presentation Prohibited, Passed Screen)",
    "34 (Presentation Prohibited, Failed Screen)",
    "35 (Presentation Prohibited, Network Number)",
    "67 (Number Unavailable)",
];

open_bytes! {
    /// Presentation of a caller's number, whether it may be shown and how it was verified:
    /// `0 (Presentation Allowed, Not Screened)`.
    ///
    /// Takes any bytes. Number with text, number alone and text alone all occur on the wire
    /// (`CID-CallingPres` of `NewCallerid` has been seen with and without the number).
    ///
    /// ```
    /// use ami_proto::value::{Presentation, Screening, Visibility};
    ///
    /// let p = Presentation::from("32 (Presentation Prohibited, Not Screened)");
    /// assert_eq!(p.number(), Some(32));
    /// assert_eq!(p.visibility(), Some(Visibility::Prohibited));
    /// assert_eq!(p.screening(), Some(Screening::NotScreened));
    /// ```
    Presentation
}

/// Permission to show a caller's number.
///
/// ```
/// use ami_proto::value::{Presentation, Visibility};
///
/// assert_eq!(Presentation::from("67 (Number Unavailable)").visibility(), Some(Visibility::Unavailable));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Visibility {
    /// The number may be shown.
    Allowed,
    /// The number must not be shown.
    Prohibited,
    /// There is no number.
    Unavailable,
}

words! { Visibility { Allowed = "allowed", Prohibited = "prohibited", Unavailable = "unavailable", } }

/// Verification of a caller's number.
///
/// ```
/// use ami_proto::value::{Presentation, Screening};
///
/// assert_eq!(Presentation::from("1").screening(), Some(Screening::Passed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Screening {
    /// The number is the caller's claim, and has not been verified.
    NotScreened,
    /// The network has verified the number.
    Passed,
    /// The network has found the number to be wrong.
    Failed,
    /// The network has provided the number.
    Network,
}

words! { Screening { NotScreened = "not-screened", Passed = "passed", Failed = "failed", Network = "network", } }

impl<'a> Presentation<'a> {
    /// Returns the presentation of a number in the server's words; `None` for a number for which
    /// the server has no text.
    ///
    /// ```
    /// use ami_proto::value::Presentation;
    ///
    /// let p = Presentation::known(67).unwrap();
    /// assert_eq!(p.to_string(), "67 (Number Unavailable)");
    /// ```
    #[must_use]
    #[inline]
    pub fn known(number: i32) -> Option<Presentation<'static>> {
        all_known().find(|known| known.leading_number() == Some(number))
    }

    /// Returns the number on the wire, or the one that belongs to the text if only the text came.
    #[must_use]
    #[inline]
    pub fn number(self) -> Option<i32> {
        self.leading_number().or_else(|| {
            let text = self.text()?;
            all_known().find(|known| known.text() == Some(text))?.leading_number()
        })
    }

    /// Returns the received words, without parentheses around them; `None` if only a number came.
    /// [`description`](Self::description) also has words for a number alone.
    #[must_use]
    #[inline]
    pub fn text(self) -> Option<&'a [u8]> {
        match split_first(self.0, b'(') {
            Some((_, rest)) => Some(rest.strip_suffix(b")").unwrap_or(rest)),
            None if self.leading_number().is_some() => None,
            None => Some(trim(self.0).1),
        }
    }

    /// Returns the presentation in the server's words; `None` for a number that is not listed.
    ///
    /// ```
    /// use ami_proto::value::Presentation;
    ///
    /// let words = Some("Presentation Allowed, Not Screened");
    /// assert_eq!(Presentation::from("0").description(), words);
    /// assert_eq!(Presentation::from("0 (Presentation Allowed, Not Screened)").description(), words);
    /// ```
    #[must_use]
    pub fn description(self) -> Option<&'static str> {
        let number = self.number()?;
        let known = all_known().find(|known| known.leading_number() == Some(number))?;
        core::str::from_utf8(known.text()?).ok()
    }

    /// Returns whether the number may be shown; `None` if that is unknown.
    #[must_use]
    #[inline]
    pub fn visibility(self) -> Option<Visibility> {
        match self.number()? & 0x60 {
            0 => Some(Visibility::Allowed),
            0x20 => Some(Visibility::Prohibited),
            0x40 => Some(Visibility::Unavailable),
            _ => None,
        }
    }

    /// Returns how the number was verified; `None` if that is unknown.
    #[must_use]
    #[inline]
    pub fn screening(self) -> Option<Screening> {
        Some(match self.number()? & 3 {
            0 => Screening::NotScreened,
            1 => Screening::Passed,
            2 => Screening::Failed,
            _ => Screening::Network,
        })
    }

    /// Returns the number before the text, or the number that is the whole value.
    fn leading_number(self) -> Option<i32> {
        let digits = split_first(self.0, b'(').map_or(self.0, |(digits, _)| digits);
        i32::from_wire(digits).ok()
    }
}

fn all_known() -> impl Iterator<Item = Presentation<'static>> {
    KNOWN.into_iter().map(Presentation::from)
}
