//! Names the kinds of values that headers have: a table of which each row is a kind, with its word
//! in the tables.

macro_rules! kinds {
    ($($kind:ident = $word:literal;)+) => {
        /// The kind of a header's value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is the type in `value` of that name, or the primitive")]
        pub enum Kind {
            $($kind,)+
        }

        impl Kind {
            /// Returns the kind of this word.
            pub(super) fn of(word: &str) -> Self {
                match word {
                    $($word => Self::$kind,)+
                    // The number of a device's state reads as the state.
                    "device-state-number" => Self::DeviceState,
                    _ => Self::Text,
                }
            }

            /// Returns the kind in lower case, as the tables write it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }
        }
    };
}

kinds! {
    Text = "text";
    Escaped = "escaped";
    Encoded = "encoded";
    Int = "int";
    Uint = "uint";
    Float = "float";
    Hex = "hex";
    Bool = "bool";
    Seconds = "seconds";
    Milliseconds = "ms";
    ClockTime = "hms";
    Timestamp = "timestamp";
    Epoch = "epoch";
    DateTime = "datetime";
    Date = "date";
    Time = "time";
    SecurityTime = "isotime";
    Channel = "channel";
    UniqueId = "uniqueid";
    CallerId = "callerid";
    Cause = "cause";
    SoftHangup = "soft-hangup";
    OriginateReason = "originate-reason";
    AgiResult = "agi-result";
    ChannelState = "channel-state";
    DeviceState = "device-state";
    ExtensionState = "extension-state";
    PresenceState = "presence-state";
    AmaFlags = "ama-flags";
    Presentation = "presentation";
    Classes = "classes";
    Peer = "peer";
    Address = "address";
    Codecs = "codecs";
    Contacts = "contacts";
    List = "list";
    Assignment = "assignment";
    EscapedAssignment = "escaped-assignment";
    Assignments = "assignments";
}

impl Kind {
    /// Returns whether this value stands for none: servers write nothing, `(null)` or `N/A` where
    /// they have no number, time or state, -1 where they have no duration, and FreeSWITCH
    /// `_undef_`, or `none` for the number of a member. Text may be any of these.
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
