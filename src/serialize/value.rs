//! Values, each as the field of a typed view that is of its kind.

use alloc::vec::Vec;
use core::fmt;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{as_words, objects};
use crate::catalogue::{Datum, Kind};
use crate::owned_value::OwnedValue;
use crate::value::{self, ToWire};
use crate::wire::Value;

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = self.as_str() {
            return serializer.serialize_str(text);
        }
        let mut hex = serializer.serialize_map(Some(1))?;
        hex.serialize_entry("hex", &Hex(self.as_bytes()))?;
        hex.end()
    }
}

/// As [`Value`].
impl Serialize for OwnedValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Bytes in hexadecimal.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Datum<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(value) => value.serialize(serializer),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Uint(number) => serializer.serialize_u64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
        }
    }
}

/// Serialises a value as a field of this kind that holds it.
fn of_kind<S: Serializer>(kind: Kind, value: &impl ToWire, serializer: S) -> Result<S::Ok, S::Error> {
    let mut wire = Vec::new();
    value.to_wire(&mut wire);
    let wire = Value::new(&wire);
    let datum = Datum::read(kind, wire).ok().flatten();
    datum.unwrap_or(Datum::Text(wire)).serialize(serializer)
}

macro_rules! values {
    ($($kind:ident: $($name:ident $(<$lifetime:lifetime>)?),+;)+) => {$($(
        /// As a field that holds it: what [`ToWire`] writes, numbers as such.
        impl Serialize for value::$name $(<$lifetime>)? {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                of_kind(Kind::$kind, self, serializer)
            }
        }
    )+)+};
}

values! {
    AgiResultCode: AgiResultCode;
    Cause: HangupCause;
    ChannelState: ChannelState;
    Epoch: Epoch;
    ExtensionState: ExtensionState;
    Milliseconds: Milliseconds;
    NumberPlan: NumberPlan;
    OriginateReason: OriginateReason;
    Seconds: Seconds;
    SoftHangup: SoftHangup;
    Text:
        AmaFlags<'_>, AmiVersion, Assignment<'_>, Banner<'_>, CallerIdPart<'_>, ChannelName<'_>, ClassSet<'_>, Classes,
        ClockTime, CodecList<'_>, CommaList<'_>, Contact<'_>, ContactList<'_>, Date, DateTime, DeviceState<'_>,
        Encoded<'_>, Escaped<'_>, EscapedAssignment<'_>, Hex, Peer<'_>, PresenceState<'_>, Presentation<'_>,
        QueueRuleStep, ReloadStatus<'_>, SecurityAddress<'_>, SecurityTime, TimeOfDay, Timestamp, UniqueId<'_>;
}

/// As an array of `[name, value]`.
impl Serialize for value::AgiEnv<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(name, value)| (Value::new(name), Value::new(value))))
    }
}

objects! {
    value::AgiAnswer<'_> as "AgiAnswer", |answer| {
        "code": answer.code(),
        "result": answer.result().map(Value::new),
        "data": answer.data().map(Value::new),
        "end_position": answer.end_position(),
        "text": Value::new(answer.text()),
    }
}

as_words! { value::LocalHalf, value::Screening, value::Visibility, }
