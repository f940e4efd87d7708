//! States of an extension's hint, a bit mask.

use super::open::{flags, open_number};

open_number! {
    /// Combined state of the devices behind an extension: the `Status` of `ExtensionStatus`.
    ///
    /// A bit mask if 0 or more; -1 and -2 are states of their own. Takes any number that fits a C
    /// `int` (Asterisk `include/asterisk/pbx.h`).
    ///
    /// ```
    /// use ami_proto::value::{ExtensionState, FromWire};
    ///
    /// let state = ExtensionState::from_wire(b"9")?;
    /// assert_eq!(state.description(), Some("InUse&Ringing"));
    /// assert!(state.contains(ExtensionState::RINGING));
    /// assert!(state.flags().eq([ExtensionState::IN_USE, ExtensionState::RINGING]));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    ExtensionState
}

impl ExtensionState {
    /// The extension has been removed from the dialplan.
    pub const REMOVED: Self = Self(-2);
    /// The hint has been removed, or there is no hint.
    pub const DEACTIVATED: Self = Self(-1);
    /// No device is in use.
    pub const IDLE: Self = Self(0);
    /// Flag: a device is in use.
    pub const IN_USE: Self = Self(1);
    /// Flag: all devices are busy.
    pub const BUSY: Self = Self(2);
    /// Flag: all devices are unreachable or not registered.
    pub const UNAVAILABLE: Self = Self(4);
    /// Flag: a device is ringing.
    pub const RINGING: Self = Self(8);
    /// Flag: all devices are on hold.
    pub const ON_HOLD: Self = Self(16);

    /// Returns the state in words, as the server writes `StatusText`; `None` where it writes
    /// `Unknown`.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "Idle",
            1 => "InUse",
            2 => "Busy",
            4 => "Unavailable",
            8 => "Ringing",
            9 => "InUse&Ringing",
            16 => "Hold",
            17 => "InUse&Hold",
            _ => return None,
        })
    }
}

flags!(ExtensionState: IN_USE, BUSY, UNAVAILABLE, RINGING, ON_HOLD);
