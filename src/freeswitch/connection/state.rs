//! Where a connection stands: the table, and the stages it names.
//!
//! | stage | `login`, `connect` | `auth/request` | accepted | refused | rejected (ACL) | deadline | `close` | end of stream |
//! |---|---|---|---|---|---|---|---|---|
//! | New | waits → Greeting; greeted already, or `connect`: asks → Login | greeted | | | `LoginRefused` → Over | none | says goodbye → Closing | lost → Over |
//! | Greeting | misuse | asks → Login | | | `LoginRefused` → Over | lost → Over | → Closing | lost → Over |
//! | Login | misuse | | `LoggedIn` → Ready | `LoginRefused` → Over | `LoginRefused` → Over | lost → Over | → Closing | lost → Over |
//! | Ready | misuse | | | | | an answer is owed too long: lost → Over | → Closing | lost → Over |
//! | Closing | misuse | | | | | Closed → Over | nothing | Closed → Over |
//! | Over | misuse | | | | | none | nothing | nothing |
//!
//! "Accepted" and "refused" answer the stage's own request; all other frames are routed alike in
//! every stage (`session.rs`), and requests are taken in Ready alone. A disconnect notice changes
//! no stage: the end of the stream follows it, at once or, where it says `linger`, later. On the
//! way to Over every request in flight is lost, which is its ending. `reconnect` leads from Over
//! back to New. A breach of the limits is lost → Over everywhere.

use std::time::Instant;

use super::Credentials;

/// The stage of a connection, with what it waits for.
#[derive(Debug)]
pub(super) enum Stage {
    /// Connected; perhaps greeted.
    New { greeted: bool },
    /// Waits for the server to ask for a password.
    Greeting { credentials: Credentials, deadline: Option<Instant> },
    /// Has shown the password, or asked for the call's data.
    Login { deadline: Option<Instant> },
    /// Takes requests.
    Ready,
    /// Has said goodbye.
    Closing { deadline: Option<Instant> },
    /// Closed or lost.
    Over,
}

impl Stage {
    /// The time at which this stage has lasted too long.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Greeting { deadline, .. } | Self::Login { deadline } | Self::Closing { deadline } => *deadline,
            Self::New { .. } | Self::Ready | Self::Over => None,
        }
    }

    /// Bytes of a login that can't be shown yet.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Greeting { credentials, .. } => credentials.len(),
            _ => 0,
        }
    }

    /// Whether the server has not asked for a password.
    pub(super) fn awaits_greeting(&self) -> bool {
        matches!(self, Self::New { greeted: false } | Self::Greeting { .. })
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }

    /// Whether a frame that goes over a limit is skipped.
    pub(super) fn skips(&self) -> bool {
        matches!(self, Self::Ready | Self::Closing { .. })
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self, Self::Closing { .. })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }

    /// Whether no password has been accepted or refused.
    pub(super) fn is_early(&self) -> bool {
        matches!(self, Self::New { .. } | Self::Greeting { .. } | Self::Login { .. })
    }

    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Greeting { .. } => "greeting",
            Self::Login { .. } => "login",
            Self::Ready => "ready",
            Self::Closing { .. } => "closing",
            Self::Over => "over",
        }
    }
}
