//! What the session notes on a request, to know what its answer means.

use core::time::Duration;

use crate::wiped::WipedText;
use crate::wire::Frame;

/// Notes on a request.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct RequestContext {
    pub(super) purpose: Purpose,
    pub(crate) cookie: Option<WipedText>,
    pub(crate) authorization: Option<WipedText>,
    pub(crate) patience: Duration,
    /// Given by the session, from 1.
    pub(super) number: u64,
    /// Whether the session itself asked for it.
    pub(super) polled: bool,
    /// How often it has been sent again with another answer to a challenge.
    #[cfg(feature = "md5")]
    pub(super) attempt: u8,
}

/// What the session has to know about a request when its answer comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    Challenge,
    Login,
    Logoff,
    WaitEvent,
    #[default]
    Other,
}

impl Purpose {
    pub(super) fn of(frame: Frame<'_>) -> Self {
        let Some(name) = frame.name() else { return Self::Other };
        [
            ("Challenge", Self::Challenge),
            ("Login", Self::Login),
            ("Logoff", Self::Logoff),
            ("WaitEvent", Self::WaitEvent),
        ]
        .into_iter()
        .find_map(|(word, purpose)| name.eq_ignore_case(word).then_some(purpose))
        .unwrap_or(Self::Other)
    }
}
