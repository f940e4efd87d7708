//! Names of the states of a channel.

use super::open::open_number;

open_number! {
    /// State of a channel: the number in `ChannelState`.
    ///
    /// Takes any number that fits a C `int` (Asterisk `include/asterisk/channelstate.h`).
    ///
    /// ```
    /// use ami_proto::value::{ChannelState, FromWire};
    ///
    /// let state = ChannelState::from_wire(b"5")?;
    /// assert_eq!(state, ChannelState::RINGING);
    /// assert_eq!(state.description(), Some("Ringing"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    ChannelState
}

impl ChannelState {
    /// Down and available.
    pub const DOWN: Self = Self(0);
    /// Down but reserved.
    pub const RESERVED: Self = Self(1);
    /// Off hook.
    pub const OFF_HOOK: Self = Self(2);
    /// Digits have been dialled.
    pub const DIALING: Self = Self(3);
    /// The remote end is ringing: this channel calls.
    pub const RING: Self = Self(4);
    /// This end is ringing: this channel is called.
    pub const RINGING: Self = Self(5);
    /// The call is answered.
    pub const UP: Self = Self(6);
    /// The line is busy.
    pub const BUSY: Self = Self(7);
    /// Digits have been dialled while off hook.
    pub const DIALING_OFF_HOOK: Self = Self(8);
    /// An incoming call has been detected and waits for its first ring.
    pub const PRE_RING: Self = Self(9);
    /// No sound is sent. Newer servers use 65536 as a flag on top of a state instead.
    pub const MUTE: Self = Self(10);

    /// Returns the text of `ChannelStateDesc`; `None` where the server writes `Unknown (n)`.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::DOWN => "Down",
            Self::RESERVED => "Rsrvd",
            Self::OFF_HOOK => "OffHook",
            Self::DIALING => "Dialing",
            Self::RING => "Ring",
            Self::RINGING => "Ringing",
            Self::UP => "Up",
            Self::BUSY => "Busy",
            Self::DIALING_OFF_HOOK => "Dialing Offhook",
            Self::PRE_RING => "Pre-ring",
            Self::MUTE => "Mute",
            _ => return None,
        })
    }
}
