//! Where a connection stands: the table, and the stages it names.
//!
//! | stage | `login` | accepted | refused | `FullyBooted` | deadline | `close` | end of stream |
//! |---|---|---|---|---|---|---|---|
//! | New | asks the challenge → Challenge; or logs in → Login | | | | none | says goodbye → Closing | lost → Over |
//! | Challenge | misuse | logs in → Login | with `or_plain`: logs in → Login; else refused → Over | | lost → Over | → Closing | lost → Over |
//! | Login | misuse | `LoggedIn` → Booting, or Ready | `LoginRefused` → Over | | lost → Over | → Closing | lost → Over |
//! | Booting | misuse | | | Ready(it) → Ready | Ready(None) → Ready | → Closing | lost → Over |
//! | Ready | misuse | | | an event | sign of life missing: lost → Over | → Closing | lost → Over |
//! | Closing | misuse | goodbye: Closed → Over | the same | an event | Closed → Over | nothing | Closed → Over |
//! | Over | misuse | | | an event | none | nothing | nothing |
//!
//! "Accepted" and "refused" are responses to the stage's own request; all other frames are routed alike in every stage (`session/route.rs`), and requests are taken in Booting and Ready.
//! On the way to Over every request in flight is lost, which is its ending. `reconnect` leads from Over back to New. A breach of the limits is lost → Over everywhere.

use alloc::boxed::Box;
use core::fmt;
use std::time::Instant;

use super::Credentials;

/// The stage of a connection, with what it waits for.
#[derive(Debug)]
pub(super) enum Stage {
    /// Connected, perhaps greeted.
    New,
    /// Has asked for the challenge.
    Challenge { id: u64, deadline: Option<Instant>, credentials: Box<Credentials> },
    /// Has sent the login.
    Login { id: u64, deadline: Option<Instant> },
    /// Logged in, not known to be up.
    Booting { deadline: Option<Instant> },
    /// Logged in and up.
    Ready,
    /// Has said goodbye.
    Closing { id: u64, deadline: Option<Instant> },
    /// Closed or lost.
    Over,
}

impl Stage {
    /// The time at which this stage has lasted too long.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Challenge { deadline, .. }
            | Self::Login { deadline, .. }
            | Self::Booting { deadline }
            | Self::Closing { deadline, .. } => *deadline,
            Self::New | Self::Ready | Self::Over => None,
        }
    }

    /// The request that moves it on.
    pub(super) fn request(&self) -> Option<u64> {
        match self {
            Self::Challenge { id, .. } | Self::Login { id, .. } | Self::Closing { id, .. } => Some(*id),
            Self::New | Self::Booting { .. } | Self::Ready | Self::Over => None,
        }
    }

    /// Whether requests are taken.
    pub(super) fn is_logged_in(&self) -> bool {
        matches!(self, Self::Booting { .. } | Self::Ready)
    }

    pub(super) fn is_booting(&self) -> bool {
        matches!(self, Self::Booting { .. })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self, Self::Closing { .. })
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Challenge { .. } => "challenge",
            Self::Login { .. } => "login",
            Self::Booting { .. } => "booting",
            Self::Ready => "ready",
            Self::Closing { .. } => "closing",
            Self::Over => "over",
        })
    }
}
