//! Values of action parameters, on their way to the wire.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::range::part;
use crate::value::{
    AgiResultCode, AmaFlags, Assignment, CallerIdPart, ChannelName, ChannelState, ClassSet, Classes, ClockTime,
    CodecList, CommaList, Contact, ContactList, Date, DateTime, DeviceState, Encoded, Epoch, Escaped,
    EscapedAssignment, ExtensionState, HangupCause, Hex, Milliseconds, NumberPlan, OriginateReason, Peer,
    PresenceState, Presentation, QueueRuleStep, ReloadStatus, Seconds, SecurityAddress, SecurityTime, SoftHangup,
    TimeOfDay, Timestamp, ToWire, UniqueId, quote_into,
};
use crate::wiped::Wiped;
use crate::wire::Value;

/// Argument of a setter: text, bytes, numbers, truth values, and every value that a getter returns.
///
/// A value of a frame is sent unchanged, except that the escaped types [`Escaped`],
/// [`EscapedAssignment`] and [`Encoded`] are sent decoded, since servers decode no parameter. Bytes
/// that would break the framing, such as a line end, are refused when the action is encoded.
///
/// ```
/// use ami_proto::action::{Action, Originate};
/// use ami_proto::value::{CallerIdPart, Escaped};
///
/// let (number, name) = (CallerIdPart::from("100"), Escaped::from("O\\'Brien"));
/// let mut out = Vec::new();
/// Originate::new("PJSIP/101").caller_id(name).account(number).encode(None, &mut out)?;
/// assert_eq!(out, b"Action: Originate\r\nChannel: PJSIP/101\r\nCallerID: O'Brien\r\nAccount: 100\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
///
/// Owned bytes are overwritten when it is dropped. Two arguments are equal if they are written
/// alike.
#[derive(Clone)]
pub struct Arg<'a>(pub(super) Inner<'a>);

#[derive(Clone)]
pub(super) enum Inner<'a> {
    Borrowed(&'a [u8]),
    Owned(Wiped),
    Int(i64),
    Uint(u64),
}

impl<'a> Arg<'a> {
    /// Creates an argument from the wire form of a value.
    pub(crate) fn wire(value: &impl ToWire) -> Self {
        let mut bytes = Vec::new();
        value.to_wire(&mut bytes);
        bytes.into()
    }

    /// Creates a comma list of these items, each quoted for the server's rules.
    pub(crate) fn list(items: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut bytes = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                bytes.push(b',');
            }
            quote_into(item.as_ref(), &mut bytes);
        }
        bytes.into()
    }

    const fn borrowed(bytes: &'a [u8]) -> Self {
        Self(Inner::Borrowed(bytes))
    }

    /// Returns the length in bytes; for a number the longest possible one.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Inner::Borrowed(bytes) => bytes.len(),
            Inner::Owned(bytes) => bytes.len(),
            Inner::Int(_) | Inner::Uint(_) => 20,
        }
    }

    /// Returns the bytes; those of a number are written into `digits`.
    #[inline]
    pub(super) fn bytes<'b>(&'b self, digits: &'b mut [u8; 20]) -> &'b [u8] {
        match &self.0 {
            Inner::Borrowed(bytes) => bytes,
            Inner::Owned(bytes) => bytes,
            Inner::Int(value) => decimal(value.unsigned_abs(), *value < 0, digits),
            Inner::Uint(value) => decimal(*value, false, digits),
        }
    }
}

/// Writes decimal digits, without the formatting machinery: 20 bytes hold every `u64`, and every
/// `i64` with its sign.
fn decimal(mut value: u64, negative: bool, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
        start -= 1;
        if value == 0 {
            break;
        }
    }
    if negative {
        if let Some(sign) = start.checked_sub(1) {
            start = sign;
            digits[start] = b'-';
        }
    }
    part(digits, start..)
}

impl PartialEq for Arg<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes(&mut [0; 20]) == other.bytes(&mut [0; 20])
    }
}

impl Eq for Arg<'_> {}

impl fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::new(self.bytes(&mut [0; 20])).fmt(f)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::borrowed(text.as_bytes())
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    #[inline]
    fn from(text: &'a String) -> Self {
        Self::borrowed(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    #[inline]
    fn from(bytes: &'a [u8]) -> Self {
        Self::borrowed(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Arg<'a> {
    #[inline]
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::borrowed(bytes)
    }
}

impl From<String> for Arg<'_> {
    #[inline]
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Vec<u8>> for Arg<'_> {
    #[inline]
    fn from(bytes: Vec<u8>) -> Self {
        Self(Inner::Owned(bytes.into()))
    }
}

impl From<bool> for Arg<'_> {
    #[inline]
    fn from(value: bool) -> Self {
        (if value { "yes" } else { "no" }).into()
    }
}

impl From<Seconds> for Arg<'_> {
    #[inline]
    fn from(value: Seconds) -> Self {
        let length = value.get();
        if length.subsec_nanos() == 0 { length.as_secs().into() } else { Self::wire(&value) }
    }
}

impl From<Milliseconds> for Arg<'_> {
    #[inline]
    fn from(value: Milliseconds) -> Self {
        let length = value.get();
        match u64::try_from(length.as_millis()) {
            Ok(whole) if length.subsec_nanos() % 1_000_000 == 0 => whole.into(),
            _ => Self::wire(&value),
        }
    }
}

macro_rules! from_open {
    ($($name:ident: $bytes:ident),+) => {$(
        impl<'a> From<$name<'a>> for Arg<'a> {
            #[inline]
            fn from(value: $name<'a>) -> Self {
                Self::borrowed(value.$bytes())
            }
        }
    )+};
}

from_open!(Value: as_bytes, ChannelName: as_bytes, UniqueId: as_bytes, ClassSet: as_bytes, DeviceState: word, PresenceState: word, ReloadStatus: word, AmaFlags: word);
from_open!(CallerIdPart: as_bytes, Presentation: as_bytes, Peer: as_bytes, SecurityAddress: as_bytes);
from_open!(CodecList: as_bytes, ContactList: as_bytes, Contact: as_bytes, CommaList: as_bytes);

macro_rules! from_decoded {
    ($($name:ident),+) => {$(
        impl<'a> From<$name<'a>> for Arg<'a> {
            fn from(value: $name<'a>) -> Self {
                match value.decode() {
                    Cow::Borrowed(bytes) => Self::borrowed(bytes),
                    Cow::Owned(bytes) => bytes.into(),
                }
            }
        }
    )+};
}

from_decoded!(Escaped, Encoded);

impl<'a> From<EscapedAssignment<'a>> for Arg<'a> {
    fn from(value: EscapedAssignment<'a>) -> Self {
        [value.name(), b"=", &value.value().decode()].concat().into()
    }
}

macro_rules! from_written {
    ($($name:ty),+) => {$(
        impl From<$name> for Arg<'_> {
            fn from(value: $name) -> Self {
                Self::wire(&value)
            }
        }
    )+};
}

from_written!(f64, Hex, ClockTime, Timestamp, Epoch, DateTime, Date, TimeOfDay, SecurityTime, Classes, QueueRuleStep);
from_written!(HangupCause, SoftHangup, OriginateReason, AgiResultCode, ChannelState, ExtensionState, NumberPlan);
from_written!(Assignment<'_>);

macro_rules! from_number {
    ($($number:ty => $inner:ident),+) => {$(
        impl From<$number> for Arg<'_> {
            #[inline]
            fn from(value: $number) -> Self {
                Self(Inner::$inner(value.into()))
            }
        }
    )+};
}

from_number!(i8 => Int, i16 => Int, i32 => Int, i64 => Int, u8 => Uint, u16 => Uint, u32 => Uint, u64 => Uint);
