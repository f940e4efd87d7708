//! Names the states of presence.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// Whether somebody wants to be called.
    ///
    /// Read in any case; anything else survives as `Other` (Asterisk `main/presencestate.c`).
    ///
    /// ```
    /// use ami_proto::value::{FromWire, PresenceState};
    ///
    /// assert_eq!(PresenceState::from_wire(b"xa")?, PresenceState::ExtendedAway);
    /// assert_eq!(PresenceState::from_wire(b"lunch")?, PresenceState::Other(b"lunch"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    PresenceState {
        /// Nobody has set it.
        NotSet = b"not_set",
        /// Not there.
        Unavailable = b"unavailable",
        /// There and willing.
        Available = b"available",
        /// Away for a while.
        Away = b"away",
        /// Away for longer.
        ExtendedAway = b"xa",
        /// There and willing to chat.
        Chat = b"chat",
        /// Not to be disturbed.
        DoNotDisturb = b"dnd",
    }
}

/// Never fails; blanks around a known word don't count.
impl<'a> FromWire<'a> for PresenceState<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::known(trim(bytes).1).unwrap_or(Self::Other(bytes)))
    }
}
