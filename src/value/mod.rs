//! Gives the values of header lines a meaning: one grammar a file, each read from bytes and written
//! back.
//!
//! Nothing here knows about frames or events. A value is a slice of the frame's buffer;
//! [`FromWire`] reads it and borrows from it, [`ToWire`] writes it. Types for what the server may
//! extend are **open**: they take any bytes and print what they don't know as it came. Types with a
//! closed grammar (numbers, times) answer with a [`ValueError`].
//!
//! Nearly everything here is `#[inline]`, so that programs compile what they use; it halves the
//! compile time of the crate.
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
//! | `16` | [`HangupCause`], [`SoftHangup`] |
//! | `4` | [`OriginateReason`] |
//! | `200` | [`AgiResultCode`] |
//! | `33` | [`NumberPlan`] |
//! | `6` | [`ChannelState`] |
//! | `INUSE`, `2`, `In use` | [`DeviceState`] |
//! | `9` | [`ExtensionState`] |
//! | `available` | [`PresenceState`] |
//! | `0`, `Enabled` | [`ReloadStatus`] |
//! | `DOCUMENTATION` | [`AmaFlags`] |
//! | `0 (Presentation Allowed, Not Screened)` | [`Presentation`] |
//! | `call,all` | [`ClassSet`]; [`Classes`] for a mask to send |
//! | `SIP/100` | [`Peer`] |
//! | `IPV4/TCP/127.0.0.1/5038` | [`SecurityAddress`] |
//! | `(ulaw\|alaw)` | [`CodecList`] |
//! | `100/sip:100@127.0.0.1,` | [`ContactList`] |
//! | `a,"b,c",d\,e` | [`CommaList`]; [`Assignments`] to send |
//! | `NAME=value` | [`Assignment`], [`EscapedAssignment`] |
//! | `O\'Brien` | [`Escaped`] |
//! | `Caf%C3%A9` | [`Encoded`] |
//! | `200 result=1 (timeout)`; `agi_callerid: 100`, a line each | [`AgiAnswer`]; [`AgiEnv`] |
//! | `10,+1,-1` | [`QueueRuleStep`] |
//! | `Asterisk Call Manager/11.0.0` | [`Banner`], [`AmiVersion`] |

//!
//! What a number or a state is in words tells `description`, with `None` for what isn't listed:
//! [`HangupCause::description`], and the same of [`SoftHangup`], [`OriginateReason`],
//! [`AgiResultCode`], [`ChannelState`], [`DeviceState`], [`ExtensionState`], [`Presentation`] and
//! [`ReloadStatus`]. [`NumberPlan`] has words for each of its two parts.
//! The types of words, such as [`DeviceState`], give that on the wire by `word`.

mod bytes;
mod nom;
mod open;

mod address;
mod agi;
mod agi_result_code;
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
mod number_plan;
mod originate_reason;
mod peer;
mod presence;
mod presentation;
mod queue_rule;
mod reload_status;
mod security_time;
mod soft_hangup;
mod timestamp;
mod unique_id;

pub use address::SecurityAddress;
pub use agi::{AgiAnswer, AgiEnv};
pub use agi_result_code::AgiResultCode;
pub use ama_flags::AmaFlags;
pub use assignment::{Assignment, EscapedAssignment};
pub use assignments::Assignments;
pub use banner::{AmiVersion, Banner};
pub use caller_id::CallerIdPart;
pub use cause::HangupCause;
pub use channel::{ChannelName, LocalHalf};
pub use channel_state::ChannelState;
pub use class::{ClassSet, Classes};
pub use codecs::CodecList;
pub(crate) use comma_list::quote_into;
pub use comma_list::{CommaList, Items};
pub use contacts::{Contact, ContactList};
pub use datetime::{Date, DateTime, TimeOfDay};
pub use device_state::DeviceState;
pub use duration::{ClockTime, Milliseconds, Seconds};
pub use encoded::Encoded;
pub use escaped::Escaped;
pub use extension_state::ExtensionState;
pub use number::Hex;
pub use number_plan::NumberPlan;
pub use originate_reason::OriginateReason;
pub use peer::Peer;
pub use presence::PresenceState;
pub use presentation::{Presentation, Screening, Visibility};
pub use queue_rule::{PenaltyChange, QueueRuleStep};
pub use reload_status::ReloadStatus;
pub use security_time::SecurityTime;
pub use soft_hangup::SoftHangup;
pub use timestamp::{Epoch, Timestamp};
pub use unique_id::UniqueId;

pub use crate::parse::{FromWire, ToWire, ValueError};
