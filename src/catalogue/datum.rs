//! A value of any kind, for those who read fields by the table instead of by name: JSON, coverage,
//! tools.

use super::Kind;
use crate::Value;
use crate::value::{FromWire, ValueError};
use core::time::Duration;

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
        if kind.is_absent(value.as_bytes()) { Ok(None) } else { kind.read(value).map(Some) }
    }

    pub(super) fn uint(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Uint(value), Self::Int)
    }

    pub(super) fn seconds(bytes: &'buf [u8], value: Duration) -> Self {
        Self::number(bytes, value.as_secs_f64())
    }

    pub(super) fn milliseconds(bytes: &'buf [u8], value: Duration) -> Self {
        Self::number(bytes, value.as_secs_f64() * 1000.0)
    }

    /// A duration in the unit it came in: whole where it came whole.
    fn number(bytes: &'buf [u8], value: f64) -> Self {
        u64::from_wire(bytes).map_or(Self::Float(value), Self::uint)
    }
}
