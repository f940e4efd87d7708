//! States of presence.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// Presence of a person: whether that person wants to be called.
    ///
    /// Read in any case; an unknown word is kept as `Other` (Asterisk `main/presencestate.c`).
    ///
    /// ```
    /// use ami_proto::value::{FromWire, PresenceState};
    ///
    /// assert_eq!(PresenceState::from_wire(b"xa")?, PresenceState::ExtendedAway);
    /// assert_eq!(PresenceState::from_wire(b"lunch")?, PresenceState::Other(b"lunch"));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    PresenceState {
        /// No state has been set.
        NotSet = b"not_set",
        /// The person is not there.
        Unavailable = b"unavailable",
        /// The person is there and can be called.
        Available = b"available",
        /// The person is away for a while.
        Away = b"away",
        /// The person is away for longer.
        ExtendedAway = b"xa",
        /// The person is there and willing to chat.
        Chat = b"chat",
        /// The person does not want to be disturbed.
        DoNotDisturb = b"dnd",
    }
}

/// Never fails; ignores blanks around a known word.
impl<'a> FromWire<'a> for PresenceState<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(Self::known(trim(bytes).1).unwrap_or(Self::Other(bytes)))
    }
}
