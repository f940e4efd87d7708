//! A value of any kind, for those who read fields by the table instead of by name: JSON, coverage,
//! tools.

use super::Kind;
use crate::Value;
use crate::value::{
    AgiResult, AmaFlags, Assignment, ChannelState, ClockTime, Date, DateTime, DeviceState, Epoch, ExtensionState,
    FromWire, HangupCause, Hex, Milliseconds, OriginateReason, PresenceState, Seconds, SecurityTime, SoftHangup,
    TimeOfDay, Timestamp, ValueError,
};

/// A value read as its kind: numbers and truth values as such, all else as the text it is on the
/// wire.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Datum<'buf> {
    /// Text, or a value whose wire form is text.
    Text(Value<'buf>),
    /// A whole number: also causes, states and times in whole units.
    Int(i64),
    /// A whole number beyond that.
    Uint(u64),
    /// A number with a fraction.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

impl<'buf> Datum<'buf> {
    /// Reads a value as this kind. `None`: the value stands for none.
    ///
    /// # Errors
    /// When the value is not of this kind: where, and what was expected.
    pub fn read(kind: Kind, value: Value<'buf>) -> Result<Option<Self>, ValueError> {
        let bytes = value.as_bytes();
        if kind.is_absent(bytes) {
            return Ok(None);
        }
        let text = Self::Text(value);
        Ok(Some(match kind {
            Kind::Int => Self::Int(i64::from_wire(bytes)?),
            Kind::Uint => Self::uint(u64::from_wire(bytes)?),
            Kind::Float => Self::Float(f64::from_wire(bytes)?),
            Kind::Hex => Hex::from_wire(bytes).map(|_| text)?,
            Kind::Bool => Self::Bool(bool::from_wire(bytes)?),
            Kind::Cause => Self::Int(HangupCause::from_wire(bytes)?.get().into()),
            Kind::SoftHangup => Self::Int(SoftHangup::from_wire(bytes)?.get().into()),
            Kind::OriginateReason => Self::Int(OriginateReason::from_wire(bytes)?.get().into()),
            Kind::AgiResult => Self::Int(AgiResult::from_wire(bytes)?.get().into()),
            Kind::ChannelState => Self::Int(ChannelState::from_wire(bytes)?.get().into()),
            Kind::ExtensionState => Self::Int(ExtensionState::from_wire(bytes)?.get().into()),
            Kind::Seconds => Self::number(bytes, Seconds::from_wire(bytes)?.get().as_secs_f64()),
            Kind::Milliseconds => Self::number(bytes, Milliseconds::from_wire(bytes)?.get().as_secs_f64() * 1000.0),
            Kind::ClockTime => ClockTime::from_wire(bytes).map(|_| text)?,
            Kind::Timestamp => Timestamp::from_wire(bytes).map(|_| text)?,
            Kind::Epoch => Self::Int(Epoch::from_wire(bytes)?.get().seconds()),
            Kind::DateTime => DateTime::from_wire(bytes).map(|_| text)?,
            Kind::Date => Date::from_wire(bytes).map(|_| text)?,
            Kind::Time => TimeOfDay::from_wire(bytes).map(|_| text)?,
            Kind::SecurityTime => SecurityTime::from_wire(bytes).map(|_| text)?,
            Kind::Assignment | Kind::EscapedAssignment => Assignment::from_wire(bytes).map(|_| text)?,
            Kind::DeviceState => DeviceState::from_wire(bytes).map(|_| text)?,
            Kind::PresenceState => PresenceState::from_wire(bytes).map(|_| text)?,
            Kind::AmaFlags => AmaFlags::from_wire(bytes).map(|_| text)?,
            // Open: any bytes will do.
            Kind::Text
            | Kind::Escaped
            | Kind::Encoded
            | Kind::Channel
            | Kind::UniqueId
            | Kind::CallerId
            | Kind::Presentation
            | Kind::Classes
            | Kind::Peer
            | Kind::Address
            | Kind::Codecs
            | Kind::Contacts
            | Kind::List
            | Kind::Assignments => text,
        }))
    }

    fn uint(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Uint(value), Self::Int)
    }

    /// A duration in the unit it came in: whole where it came whole.
    fn number(bytes: &'buf [u8], value: f64) -> Self {
        u64::from_wire(bytes).map_or(Self::Float(value), Self::uint)
    }
}
