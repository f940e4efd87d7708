//! Actions of the service's own recorder, which replaces FreeSWITCH's `record`.

/// An action of the service's recorder. [`Reply::recorder`](super::Reply::recorder) reads the
/// answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordAction {
    /// Starts recording, like a request without an action.
    Start,
    /// Stops recording.
    Stop,
    /// Asks whether the conference is being recorded.
    Status,
    /// Asks how long the conference has been recorded.
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
