// What a header's value is.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// The kind of a header's value.
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
    NumberPlan,
    AgiResultCode,
    ChannelState,
    DeviceState,
    ExtensionState,
    PresenceState,
    ReloadStatus,
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
    /// Returns the kind of this word in the packed tables.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "escaped" => Self::Escaped,
            "encoded" => Self::Encoded,
            "int" => Self::Int,
            "uint" | "member" => Self::Uint,
            "float" => Self::Float,
            "hex" => Self::Hex,
            "bool" => Self::Bool,
            "seconds" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "hms" => Self::ClockTime,
            "timestamp" => Self::Timestamp,
            "epoch" => Self::Epoch,
            "datetime" => Self::DateTime,
            "date" => Self::Date,
            "time" => Self::Time,
            "isotime" => Self::SecurityTime,
            "channel" => Self::Channel,
            "uniqueid" => Self::UniqueId,
            "callerid" => Self::CallerId,
            "cause" => Self::Cause,
            "soft-hangup" => Self::SoftHangup,
            "originate-reason" => Self::OriginateReason,
            "number-plan" => Self::NumberPlan,
            "agi-result" => Self::AgiResultCode,
            "channel-state" => Self::ChannelState,
            "device-state" | "device-state-number" => Self::DeviceState,
            "extension-state" => Self::ExtensionState,
            "presence-state" => Self::PresenceState,
            "reload-status" => Self::ReloadStatus,
            "ama-flags" => Self::AmaFlags,
            "presentation" => Self::Presentation,
            "classes" => Self::Classes,
            "peer" => Self::Peer,
            "address" => Self::Address,
            "codecs" => Self::Codecs,
            "contacts" => Self::Contacts,
            "list" => Self::List,
            "assignment" => Self::Assignment,
            "escaped-assignment" => Self::EscapedAssignment,
            "assignments" => Self::Assignments,
            _ => return None,
        })
    }

    /// Returns the kind in lower case, as the tables write it.
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
            Self::NumberPlan => "number-plan",
            Self::AgiResultCode => "agi-result",
            Self::ChannelState => "channel-state",
            Self::DeviceState => "device-state",
            Self::ExtensionState => "extension-state",
            Self::PresenceState => "presence-state",
            Self::ReloadStatus => "reload-status",
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

    /// Whether any bytes are a value of it.
    const fn is_open(self) -> bool {
        matches!(
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
        )
    }

    /// Reads a value of it that stands for something.
    pub(super) fn read(self, value: Value<'_>) -> Result<Datum<'_>, ValueError> {
        let bytes = value.as_bytes();
        let text = Datum::Text(value);
        Ok(match self {
            Self::Int => Datum::Int(i64::from_wire(bytes)?),
            Self::Uint => Datum::uint(u64::from_wire(bytes)?),
            Self::Float => Datum::Float(f64::from_wire(bytes)?),
            Self::Hex => value::Hex::from_wire(bytes).map(|_| text)?,
            Self::Bool => Datum::Bool(bool::from_wire(bytes)?),
            Self::Seconds => Datum::seconds(bytes, value::Seconds::from_wire(bytes)?.get()),
            Self::Milliseconds => Datum::milliseconds(bytes, value::Milliseconds::from_wire(bytes)?.get()),
            Self::ClockTime => value::ClockTime::from_wire(bytes).map(|_| text)?,
            Self::Timestamp => value::Timestamp::from_wire(bytes).map(|_| text)?,
            Self::Epoch => Datum::Int(value::Epoch::from_wire(bytes)?.get().seconds()),
            Self::DateTime => value::DateTime::from_wire(bytes).map(|_| text)?,
            Self::Date => value::Date::from_wire(bytes).map(|_| text)?,
            Self::Time => value::TimeOfDay::from_wire(bytes).map(|_| text)?,
            Self::SecurityTime => value::SecurityTime::from_wire(bytes).map(|_| text)?,
            Self::Cause => Datum::Int(value::HangupCause::from_wire(bytes)?.get().into()),
            Self::SoftHangup => Datum::Int(value::SoftHangup::from_wire(bytes)?.get().into()),
            Self::OriginateReason => Datum::Int(value::OriginateReason::from_wire(bytes)?.get().into()),
            Self::NumberPlan => Datum::Int(value::NumberPlan::from_wire(bytes)?.get().into()),
            Self::AgiResultCode => Datum::Int(value::AgiResultCode::from_wire(bytes)?.get().into()),
            Self::ChannelState => Datum::Int(value::ChannelState::from_wire(bytes)?.get().into()),
            Self::DeviceState => value::DeviceState::from_wire(bytes).map(|_| text)?,
            Self::ExtensionState => Datum::Int(value::ExtensionState::from_wire(bytes)?.get().into()),
            Self::PresenceState => value::PresenceState::from_wire(bytes).map(|_| text)?,
            Self::ReloadStatus => value::ReloadStatus::from_wire(bytes).map(|_| text)?,
            Self::AmaFlags => value::AmaFlags::from_wire(bytes).map(|_| text)?,
            Self::Presentation => value::Presentation::from_wire(bytes).map(|_| text)?,
            Self::Assignment => value::Assignment::from_wire(bytes).map(|_| text)?,
            Self::EscapedAssignment => value::EscapedAssignment::from_wire(bytes).map(|_| text)?,
            _ => text,
        })
    }
}
