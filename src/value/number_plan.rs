//! Names the type and the numbering plan of a telephone number, which share one octet.

use super::open::open_number;

open_number! {
    /// The type of a telephone number and the plan that it is dialled by, as one octet: `33` is a
    /// national number of the telephone network, `17` an international one.
    ///
    /// As in the third octet of an ISDN party number (ITU-T Q.931, tables 4-9 and 4-10): three bits
    /// of type above four bits of plan. Takes any number that fits a C `int`.
    ///
    /// ```
    /// use ami_proto::value::{FromWire, NumberPlan};
    ///
    /// let plan = NumberPlan::from_wire(b"33")?;
    /// assert_eq!(plan.type_of_number(), Some("national"));
    /// assert_eq!(plan.numbering_plan(), Some("telephone (E.164)"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    NumberPlan
}

impl NumberPlan {
    /// Nothing is known of the type or of the plan.
    pub const UNKNOWN: Self = Self(0);

    /// Says the type of the number in words; `None` for a reserved type, and for what is no octet.
    #[must_use]
    #[inline]
    pub const fn type_of_number(self) -> Option<&'static str> {
        if self.0 < 0 || self.0 > 0xff {
            return None;
        }
        Some(match (self.0 >> 4) & 7 {
            0 => "unknown",
            1 => "international",
            2 => "national",
            3 => "network-specific",
            4 => "subscriber",
            6 => "abbreviated",
            _ => return None,
        })
    }

    /// Says the numbering plan in words; `None` for a reserved plan, and for what is no octet.
    #[must_use]
    #[inline]
    pub const fn numbering_plan(self) -> Option<&'static str> {
        if self.0 < 0 || self.0 > 0xff {
            return None;
        }
        Some(match self.0 & 15 {
            0 => "unknown",
            1 => "telephone (E.164)",
            3 => "data (X.121)",
            4 => "telex (F.69)",
            8 => "national",
            9 => "private",
            _ => return None,
        })
    }
}
