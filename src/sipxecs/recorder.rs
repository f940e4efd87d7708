//! What the service's own recorder is asked, instead of FreeSWITCH's `record`.

/// What the service's recorder is asked. Its answers: [`Reply::recorder`](super::Reply::recorder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordAction {
    /// Begin; the same as no action.
    Start,
    /// End.
    Stop,
    /// Whether it records.
    Status,
    /// For how long it has recorded.
    Duration,
}

impl RecordAction {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Status => "status",
            Self::Duration => "duration",
        }
    }
}
