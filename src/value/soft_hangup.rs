//! Reasons for a request to hang up a channel, as bits.

use super::open::{flags, open_number};

open_number! {
    /// Reason for a request to hang up a channel: `Cause` of `SoftHangupRequest`. It is a bit mask,
    /// not a Q.850 cause.
    ///
    /// Takes any number that fits a C `int` (Asterisk `include/asterisk/channel.h`).
    ///
    /// ```
    /// use ami_proto::value::{FromWire, SoftHangup};
    ///
    /// let asked = SoftHangup::from_wire(b"40")?;
    /// assert!(asked.flags().eq([SoftHangup::TIMEOUT, SoftHangup::EXPLICIT]));
    /// assert_eq!(SoftHangup::EXPLICIT.description(), Some("Asked for"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    SoftHangup
}

impl SoftHangup {
    /// Flag: the device or the far end hung up.
    pub const DEVICE: Self = Self(1);
    /// Flag: the channel continues elsewhere in the dialplan.
    pub const ASYNC_GOTO: Self = Self(2);
    /// Flag: the server shuts down.
    pub const SHUTDOWN: Self = Self(4);
    /// Flag: the call's time limit is reached.
    pub const TIMEOUT: Self = Self(8);
    /// Flag: the application that the channel runs is unloaded.
    pub const APP_UNLOAD: Self = Self(16);
    /// Flag: an action, a command or the dialplan asked for it.
    pub const EXPLICIT: Self = Self(32);
    /// Flag: the channel leaves its bridge; up to 11.
    pub const UNBRIDGE: Self = Self(64);
    /// Flag: the channel runs its hangup handlers.
    pub const HANGUP_EXEC: Self = Self(128);

    /// Returns the reason of one flag in words; `None` for several flags, no flag, and unlisted
    /// numbers.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::DEVICE => "Device",
            Self::ASYNC_GOTO => "Goes on elsewhere",
            Self::SHUTDOWN => "Shutdown",
            Self::TIMEOUT => "Timeout",
            Self::APP_UNLOAD => "Application unloaded",
            Self::EXPLICIT => "Asked for",
            Self::UNBRIDGE => "Leaves its bridge",
            Self::HANGUP_EXEC => "Runs hangup handlers",
            _ => return None,
        })
    }
}

flags!(SoftHangup: DEVICE, ASYNC_GOTO, SHUTDOWN, TIMEOUT, APP_UNLOAD, EXPLICIT, UNBRIDGE, HANGUP_EXEC);
