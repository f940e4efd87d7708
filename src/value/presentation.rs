//! Reads how a caller's number may be shown and who has checked it.

use super::FromWire;
use super::bytes::{split_first, trim};
use super::open::open_bytes;
use crate::words::words;

/// Each presentation that the server knows, as it writes it (Asterisk `main/callerid.c`).
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
    /// Whether a caller's number may be shown, and who has checked it: `0 (Presentation Allowed,
    /// Not Screened)`.
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

/// Whether a number may be shown.
///
/// ```
/// use ami_proto::value::{Presentation, Visibility};
///
/// assert_eq!(Presentation::from("67 (Number Unavailable)").visibility(), Some(Visibility::Unavailable));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Visibility {
    /// It may be shown.
    Allowed,
    /// It is not to be shown.
    Prohibited,
    /// There is none.
    Unavailable,
}

words! { Visibility { Allowed = "allowed", Prohibited = "prohibited", Unavailable = "unavailable", } }

/// Who has checked a number.
///
/// ```
/// use ami_proto::value::{Presentation, Screening};
///
/// assert_eq!(Presentation::from("1").screening(), Some(Screening::Passed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Screening {
    /// Nobody: the caller says so.
    NotScreened,
    /// The network has found it right.
    Passed,
    /// The network has found it wrong.
    Failed,
    /// The network has provided it.
    Network,
}

words! { Screening { NotScreened = "not-screened", Passed = "passed", Failed = "failed", Network = "network", } }

impl<'a> Presentation<'a> {
    /// The presentation of that number as the server writes it; `None` for a number that it has no
    /// text for.
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

    /// The number on the wire, or the one that belongs to the text when only that came.
    #[must_use]
    #[inline]
    pub fn number(self) -> Option<i32> {
        self.leading_number().or_else(|| {
            let text = self.text()?;
            all_known().find(|known| known.text() == Some(text))?.leading_number()
        })
    }

    /// The words that came, without parentheses when they came in some; `None` when only a number
    /// came. [`description`](Self::description) has words for a number alone, too.
    #[must_use]
    #[inline]
    pub fn text(self) -> Option<&'a [u8]> {
        match split_first(self.0, b'(') {
            Some((_, rest)) => Some(rest.strip_suffix(b")").unwrap_or(rest)),
            None if self.leading_number().is_some() => None,
            None => Some(trim(self.0).1),
        }
    }

    /// The presentation in words, as the server writes it; `None` for a number that isn't listed.
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

    /// Whether the number may be shown; `None` when that can't be told.
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

    /// Who has checked the number; `None` when that can't be told.
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

    /// The number before the text, or all of the value.
    fn leading_number(self) -> Option<i32> {
        let digits = split_first(self.0, b'(').map_or(self.0, |(digits, _)| digits);
        i32::from_wire(digits).ok()
    }
}

fn all_known() -> impl Iterator<Item = Presentation<'static>> {
    KNOWN.into_iter().map(Presentation::from)
}
