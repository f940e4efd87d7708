//! Gives the values of header lines a meaning: one grammar a file, each read from bytes and written back.
//!
//! Nothing here knows about frames or events. A value is a slice of the frame's buffer; [`FromWire`] reads it and
//! borrows from it, [`ToWire`] writes it. Types for what the server may extend are **open**: they take any bytes and
//! print what they don't know as it came. Types with a closed grammar (numbers, times) answer with a [`ValueError`].
//!
//! Nearly everything here is `#[inline]`, so that programs compile what they use; it halves the compile time of the crate.
//!
//! Numbers, truth values and times may have blanks around them, as `MES:  0.0` does in RTCP events.
//!
//! | wire form | type |
//! |---|---|
//! | anything | `&[u8]` |
//! | `-1`, `18446744073709551615`, `0.0042` | the integers and `f64` |
//! | `0x2e635015` | [`Hex`] |
//! | `Yes`, `true`, `1`, `on` | `bool` |
//! | `3`, `0.5`; `00:00:03` | [`Seconds`], [`Milliseconds`]; [`ClockTime`] |
//! | `1795224741.137467`; `1795224741` | [`Timestamp`]; [`Epoch`] |
//! | `2026-11-21 01:40:26` | [`DateTime`], and its halves [`Date`] and [`TimeOfDay`] |
//! | `2026-11-21T01:47:13.937+0000` | [`SecurityTime`] |
//! | `PJSIP/100-0000002a` | [`ChannelName`] |
//! | `1795225161.570` | [`UniqueId`] |
//! | `Alice`, `<unknown>` | [`CallerIdPart`] |
//! | `16` | [`HangupCause`] |
//! | `6` | [`ChannelState`] |
//! | `INUSE`, `2`, `In use` | [`DeviceState`] |
//! | `9` | [`ExtensionState`] |
//! | `available` | [`PresenceState`] |
//! | `DOCUMENTATION` | [`AmaFlags`] |
//! | `0 (Presentation Allowed, Not Screened)` | [`Presentation`] |
//! | `call,all` | [`ClassSet`]; [`Classes`] for a mask to send |
//! | `SIP/100` | [`Peer`] |
//! | `IPV4/TCP/127.0.0.1/5038` | [`SecurityAddress`] |
//! | `(ulaw\|alaw)` | [`CodecList`] |
//! | `100/sip:100@127.0.0.1,` | [`ContactList`] |
//! | `a,"b,c",d\,e` | [`CommaList`]; [`Assignments`] to send |
//! | `NAME=value` | [`Assignment`] |
//! | `O\'Brien` | [`Escaped`] |
//! | `Caf%C3%A9` | [`Encoded`] |
//! | `10,+1,-1` | [`QueueRuleStep`] |
//! | `Asterisk Call Manager/11.0.0` | [`Banner`], [`AmiVersion`] |

use alloc::vec::Vec;
use core::fmt;

mod bytes;
mod nom;
mod open;

mod address;
mod ama_flags;
mod assignment;
mod assignments;
mod banner;
mod boolean;
mod caller_id;
mod cause;
mod channel;
mod channel_state;
mod class;
mod codecs;
mod comma_list;
mod contacts;
mod datetime;
mod device_state;
mod duration;
mod encoded;
mod escaped;
mod extension_state;
mod number;
mod peer;
mod presence;
mod presentation;
mod queue_rule;
mod security_time;
mod timestamp;
mod unique_id;

pub use address::SecurityAddress;
pub use ama_flags::AmaFlags;
pub use assignment::Assignment;
pub use assignments::{AssignmentError, Assignments};
pub use banner::{AmiVersion, Banner};
pub use caller_id::CallerIdPart;
pub use cause::HangupCause;
pub use channel::{ChannelName, LocalHalf};
pub use channel_state::ChannelState;
pub use class::{ClassSet, Classes};
pub use codecs::CodecList;
pub use comma_list::{CommaList, Items, quote_into};
pub use contacts::{Contact, ContactList};
pub use datetime::{Date, DateTime, TimeOfDay};
pub use device_state::DeviceState;
pub use duration::{ClockTime, Milliseconds, Seconds};
pub use encoded::Encoded;
pub use escaped::Escaped;
pub use extension_state::ExtensionState;
pub use number::Hex;
pub use peer::Peer;
pub use presence::PresenceState;
pub use presentation::{Presentation, Screening, Visibility};
pub use queue_rule::{PenaltyChange, QueueRuleStep};
pub use security_time::SecurityTime;
pub use timestamp::{Epoch, Timestamp};
pub use unique_id::UniqueId;

/// A value read from its wire form; borrows from the frame's buffer.
///
/// ```
/// use ami_proto::value::{ChannelName, FromWire};
///
/// assert_eq!(u32::from_wire(b"300")?, 300);
/// let channel = ChannelName::from_wire(b"PJSIP/100-0000002a")?;
/// assert_eq!(channel.technology(), Some(&b"PJSIP"[..]));
/// # Ok::<(), ami_proto::value::ValueError>(())
/// ```
pub trait FromWire<'a>: Sized {
    /// Reads the whole of `bytes`, which is a header's value without the blank after the colon and without the line
    /// end.
    ///
    /// # Errors
    /// A [`ValueError`] that says what was expected and where. Open types never fail. The frame stays usable.
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError>;
}

/// A value that can be written in its wire form.
///
/// ```
/// use ami_proto::value::{HangupCause, ToWire};
///
/// let mut out = Vec::new();
/// HangupCause::USER_BUSY.to_wire(&mut out);
/// assert_eq!(out, b"17");
/// ```
pub trait ToWire {
    /// Appends the wire form to `out`.
    ///
    /// What was read from the wire is written so that it reads back as the same value. Bytes that would break the
    /// framing (CR, LF, NUL) are passed on as they are: the writer of frames is the one that refuses them.
    fn to_wire(&self, out: &mut Vec<u8>);
}

/// Why a value could not be read.
///
/// ```
/// use ami_proto::value::FromWire;
///
/// let error = u8::from_wire(b"2x").unwrap_err();
/// assert_eq!((error.expected(), error.at()), ("an unsigned 8-bit integer", 1));
/// assert_eq!(error.to_string(), "expected an unsigned 8-bit integer at byte 1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ValueError {
    expected: &'static str,
    at: usize,
}

impl ValueError {
    /// Says that `expected` (lower case, with its article, no full stop) should stand at byte `at` of the value.
    #[must_use]
    #[inline]
    pub const fn new(expected: &'static str, at: usize) -> Self {
        Self { expected, at }
    }

    /// What should have stood there, such as `a date`.
    #[must_use]
    #[inline]
    pub const fn expected(self) -> &'static str {
        self.expected
    }

    /// Offset of the first byte that doesn't fit, counted from the start of the value.
    ///
    /// It is the value's length when the value ends too early.
    #[must_use]
    #[inline]
    pub const fn at(self) -> usize {
        self.at
    }
}

impl fmt::Display for ValueError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl core::error::Error for ValueError {}

impl<'a> FromWire<'a> for &'a [u8] {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        Ok(bytes)
    }
}

/// Fails where the bytes stop being UTF-8; servers pass other encodings on.
impl<'a> FromWire<'a> for &'a str {
    #[inline]
    fn from_wire(bytes: &'a [u8]) -> Result<Self, ValueError> {
        core::str::from_utf8(bytes).map_err(|e| ValueError::new("UTF-8 text", e.valid_up_to()))
    }
}

impl ToWire for [u8] {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
}

impl ToWire for str {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<T: ToWire + ?Sized> ToWire for &T {
    #[inline]
    fn to_wire(&self, out: &mut Vec<u8>) {
        (**self).to_wire(out);
    }
}
