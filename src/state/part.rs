//! The parts of a mirror, and how far each can be trusted.

use core::fmt;

use crate::words::words;

/// Declares the parts.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $word:literal,)+) => {
        /// A part of the mirror that is seeded on its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Part {
            $($(#[$doc])* $part,)+
        }

        impl Part {
            /// All parts.
            pub const ALL: &'static [Self] = &[$(Self::$part),+];
            /// Number of parts.
            pub(super) const COUNT: usize = Self::ALL.len();
        }

        words! { Part { $($part = $word,)+ } }
    };
}

parts! {
    /// Channels, and which bridge each is in.
    Channels = "channels",
    /// Bridges.
    Bridges = "bridges",
    /// Queues, members and callers.
    Queues = "queues",
    /// Agents of `agents.conf`.
    Agents = "agents",
    /// Rooms of `ConfBridge`, and who is in them.
    Conferences = "conferences",
    /// Parked calls.
    Parking = "parking",
    /// Parking lots.
    ParkingLots = "parking_lots",
    /// Endpoints of PJSIP, peers of SIP and IAX2.
    Endpoints = "endpoints",
    /// Contacts of PJSIP.
    Contacts = "contacts",
    /// Registrations of the server with others.
    Registrations = "registrations",
    /// Device states.
    Devices = "devices",
    /// Extension states.
    Extensions = "extensions",
    /// Mailboxes and their messages.
    Mailboxes = "mailboxes",
}

/// The trust that a part deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Completeness {
    /// It has what events have shown since the mirror was made, and no list has said what was there
    /// before.
    #[default]
    Unseeded,
    /// A list is awaited or coming in.
    Seeding,
    /// It has all that the server has, as far as the events have come.
    Complete,
    /// Something may be missing, or there that is gone.
    /// [`Mirror::seed`](super::Mirror::seed) puts it right.
    MaybeStale(Stale),
}

impl Completeness {
    /// The word for it, in lower case: `unseeded`, `seeding`, `complete`; of a part that may be out
    /// of date that for the reason, see [`Stale::as_str`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unseeded => "unseeded",
            Self::Seeding => "seeding",
            Self::Complete => "complete",
            Self::MaybeStale(stale) => stale.as_str(),
        }
    }
}

/// As [`as_str`](Completeness::as_str), with `maybe stale: ` before a reason.
impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self, Self::MaybeStale(_)) {
            f.write_str("maybe stale: ")?;
        }
        f.write_str(self.as_str())
    }
}

/// The reason for which a part may be out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stale {
    /// The connection was lost: [`Mirror::lost`](super::Mirror::lost).
    Disconnected,
    /// The server says that it shuts down.
    Shutdown,
    /// A module was reloaded, loaded or unloaded that has things of the part in its configuration,
    /// which come and go unheard then. Servers tell it from 12 on, loading from 16 on; of a reload
    /// by a command of the module's own, `dialplan reload` say, they tell nothing: seed the part
    /// after one.
    Reloaded,
    /// A limit was reached; a new list helps only once there is room.
    Full,
    /// An event was about something that should have been known: events before it are missing, by a
    /// filter or an event mask.
    Unexpected,
    /// The list ended with another number of items than it had.
    Count,
    /// The server broke the list off.
    Cancelled,
    /// The server refused a list: [`Mirror::refused`](super::Mirror::refused).
    Refused,
}

words! {
    Stale {
        Disconnected = "disconnected",
        Shutdown = "shutdown",
        Reloaded = "reloaded",
        Full = "full",
        Unexpected = "unexpected",
        Count = "count",
        Cancelled = "cancelled",
        Refused = "refused",
    }
}
