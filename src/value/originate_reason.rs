//! Reasons with which an asynchronous Originate ends.

use super::open::open_number;

open_number! {
    /// Result of an originated call: `Reason` of `OriginateResponse`.
    ///
    /// It is the number of the last control frame of the call. Takes any number that fits a C `int`
    /// (Asterisk `include/asterisk/frame.h`).
    ///
    /// ```
    /// use ami_proto::value::{FromWire, OriginateReason};
    ///
    /// let reason = OriginateReason::from_wire(b"5")?;
    /// assert_eq!(reason, OriginateReason::BUSY);
    /// assert_eq!(reason.description(), Some("Busy"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    OriginateReason
}

impl OriginateReason {
    /// The call could not be made: no such extension, channel technology or device, or it is not
    /// registered.
    pub const FAILED: Self = Self(0);
    /// The called party hung up, or refused the call.
    pub const HANGUP: Self = Self(1);
    /// The call was about to ring.
    pub const RING: Self = Self(2);
    /// The phone rang until the timeout without an answer.
    pub const RINGING: Self = Self(3);
    /// The call was answered.
    pub const ANSWERED: Self = Self(4);
    /// The called party is busy.
    pub const BUSY: Self = Self(5);
    /// There was no free line, or the network refused the call.
    pub const CONGESTION: Self = Self(8);

    /// Returns the reason in words; `None` for a number that is not listed.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::FAILED => "Failed",
            Self::HANGUP => "Hung up",
            Self::RING => "Ring",
            Self::RINGING => "No answer",
            Self::ANSWERED => "Answered",
            Self::BUSY => "Busy",
            Self::CONGESTION => "Congestion",
            _ => return None,
        })
    }
}
