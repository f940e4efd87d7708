//! What a header's value is.

/// What a header's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the type in `value` of that name, or the primitive")]
pub enum Kind {
    Text,
    Escaped,
    Encoded,
    Int,
    Uint,
    Float,
    Hex,
    Bool,
    Seconds,
    Milliseconds,
    ClockTime,
    Timestamp,
    Epoch,
    DateTime,
    Date,
    Time,
    SecurityTime,
    Channel,
    UniqueId,
    CallerId,
    Cause,
    SoftHangup,
    OriginateReason,
    AgiResult,
    ChannelState,
    DeviceState,
    ExtensionState,
    PresenceState,
    AmaFlags,
    Presentation,
    Classes,
    Peer,
    Address,
    Codecs,
    Contacts,
    List,
    Assignment,
    EscapedAssignment,
    Assignments,
}

impl Kind {
    /// Every kind.
    const ALL: [Self; 39] = [
        Self::Text,
        Self::Escaped,
        Self::Encoded,
        Self::Int,
        Self::Uint,
        Self::Float,
        Self::Hex,
        Self::Bool,
        Self::Seconds,
        Self::Milliseconds,
        Self::ClockTime,
        Self::Timestamp,
        Self::Epoch,
        Self::DateTime,
        Self::Date,
        Self::Time,
        Self::SecurityTime,
        Self::Channel,
        Self::UniqueId,
        Self::CallerId,
        Self::Cause,
        Self::SoftHangup,
        Self::OriginateReason,
        Self::AgiResult,
        Self::ChannelState,
        Self::DeviceState,
        Self::ExtensionState,
        Self::PresenceState,
        Self::AmaFlags,
        Self::Presentation,
        Self::Classes,
        Self::Peer,
        Self::Address,
        Self::Codecs,
        Self::Contacts,
        Self::List,
        Self::Assignment,
        Self::EscapedAssignment,
        Self::Assignments,
    ];

    /// The kind of this word.
    pub(super) fn of(word: &str) -> Self {
        // The number of a device's state reads as the state.
        let word = if word == "device-state-number" { "device-state" } else { word };
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or(Self::Text)
    }

    /// The kind in lower case, as the tables write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Escaped => "escaped",
            Self::Encoded => "encoded",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Float => "float",
            Self::Hex => "hex",
            Self::Bool => "bool",
            Self::Seconds => "seconds",
            Self::Milliseconds => "ms",
            Self::ClockTime => "hms",
            Self::Timestamp => "timestamp",
            Self::Epoch => "epoch",
            Self::DateTime => "datetime",
            Self::Date => "date",
            Self::Time => "time",
            Self::SecurityTime => "isotime",
            Self::Channel => "channel",
            Self::UniqueId => "uniqueid",
            Self::CallerId => "callerid",
            Self::Cause => "cause",
            Self::SoftHangup => "soft-hangup",
            Self::OriginateReason => "originate-reason",
            Self::AgiResult => "agi-result",
            Self::ChannelState => "channel-state",
            Self::DeviceState => "device-state",
            Self::ExtensionState => "extension-state",
            Self::PresenceState => "presence-state",
            Self::AmaFlags => "ama-flags",
            Self::Presentation => "presentation",
            Self::Classes => "classes",
            Self::Peer => "peer",
            Self::Address => "address",
            Self::Codecs => "codecs",
            Self::Contacts => "contacts",
            Self::List => "list",
            Self::Assignment => "assignment",
            Self::EscapedAssignment => "escaped-assignment",
            Self::Assignments => "assignments",
        }
    }

    /// Whether this value stands for none: servers write nothing, `(null)` or `N/A` where they have
    /// no number, time or state, -1 where they have no duration, and FreeSWITCH `_undef_`, or
    /// `none` for the number of a member. Text may be any of these.
    pub(crate) fn is_absent(self, value: &[u8]) -> bool {
        let closed = !matches!(
            self,
            Self::Text
                | Self::Escaped
                | Self::Encoded
                | Self::Channel
                | Self::UniqueId
                | Self::CallerId
                | Self::Classes
                | Self::Peer
                | Self::Address
                | Self::Codecs
                | Self::Contacts
                | Self::List
                | Self::Assignments
        );
        closed && matches!(value, b"" | b"(null)" | b"N/A" | b"_undef_")
            || self == Self::Uint && value == b"none"
            || matches!(self, Self::Seconds | Self::Milliseconds) && value == b"-1"
    }
}
