//! States of a device, written on the wire as words, numbers or phrases.

use super::bytes::trim;
use super::open::open_words;
use super::{FromWire, ValueError};

open_words! {
    /// State of a device.
    ///
    /// `DeviceStateChange` has the word (`INUSE`), `QueueMember` the number (`2`), PJSIP lists the
    /// phrase (`In use`). All three are read, in any case, and the word is written. Any other text
    /// is kept as `Other`. (Asterisk `main/devicestate.c`.)
    ///
    /// ```
    /// use ami_proto::value::{DeviceState, FromWire};
    ///
    /// assert_eq!(DeviceState::from_wire(b"INUSE")?, DeviceState::InUse);
    /// assert_eq!(DeviceState::from_wire(b"2")?, DeviceState::InUse);
    /// assert_eq!(DeviceState::InUse.number(), Some(2));
    /// # Ok::<(), ami_proto::value::ValueError>(())
    /// ```
    DeviceState {
        /// 0: the device is known, its state is not.
        Unknown = b"UNKNOWN",
        /// 1: idle.
        NotInUse = b"NOT_INUSE",
        /// 2: in a call.
        InUse = b"INUSE",
        /// 3: busy.
        Busy = b"BUSY",
        /// 4: there is no such device.
        Invalid = b"INVALID",
        /// 5: not registered or not reachable.
        Unavailable = b"UNAVAILABLE",
        /// 6: being called.
        Ringing = b"RINGING",
        /// 7: in a call and being called.
        RingInUse = b"RINGINUSE",
        /// 8: in a call that is on hold.
        OnHold = b"ONHOLD",
    }
}

impl DeviceState<'_> {
    const ALL: [Self; 9] = [
        Self::Unknown,
        Self::NotInUse,
        Self::InUse,
        Self::Busy,
        Self::Invalid,
        Self::Unavailable,
        Self::Ringing,
        Self::RingInUse,
        Self::OnHold,
    ];

    /// Returns the state of this number; `None` for a number that isn't listed.
    ///
    /// ```
    /// use ami_proto::value::DeviceState;
    ///
    /// assert_eq!(DeviceState::from_number(6).and_then(DeviceState::description), Some("Ringing"));
    /// ```
    #[must_use]
    #[inline]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Returns the number on the wire, 0 to 8; `None` for `Other`.
    #[must_use]
    #[inline]
    pub const fn number(self) -> Option<u8> {
        Some(match self {
            Self::Unknown => 0,
            Self::NotInUse => 1,
            Self::InUse => 2,
            Self::Busy => 3,
            Self::Invalid => 4,
            Self::Unavailable => 5,
            Self::Ringing => 6,
            Self::RingInUse => 7,
            Self::OnHold => 8,
            Self::Other(_) => return None,
        })
    }

    /// Returns the phrase that lists and the server's console show; `None` for `Other`.
    #[must_use]
    #[inline]
    pub const fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => "Unknown",
            Self::NotInUse => "Not in use",
            Self::InUse => "In use",
            Self::Busy => "Busy",
            Self::Invalid => "Invalid",
            Self::Unavailable => "Unavailable",
            Self::Ringing => "Ringing",
            Self::RingInUse => "Ring+Inuse",
            Self::OnHold => "On Hold",
            Self::Other(_) => return None,
        })
    }
}

/// Never fails; ignores blanks around a known form.
impl<'a> FromWire<'a> for DeviceState<'a> {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let (_, word) = trim(bytes);
        let by_number = match word {
            [digit @ b'0'..=b'8'] => Self::from_number(digit - b'0'),
            _ => None,
        };
        let by_phrase = || {
            let says = |d: &str| word.eq_ignore_ascii_case(d.as_bytes());
            Self::ALL.into_iter().find(|state| state.description().is_some_and(says))
        };
        Ok(by_number.or_else(|| Self::known(word)).or_else(by_phrase).unwrap_or(Self::Other(bytes)))
    }
}
