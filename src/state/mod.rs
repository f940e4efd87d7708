//! A mirror of what the server has: channels, bridges, queues with their members and callers.
//! Seeded by lists, kept by events.
//!
//! A [`Mirror`] is told of events, those of lists included. It asks nothing itself: the caller
//! sends the list actions, says so with [`begin`](Mirror::begin), and the mirror says how far it
//! can be trusted.
//!
//! From a client it is given [`ClientEvent::Event`](crate::client::ClientEvent::Event), each
//! [`Item`](crate::client::ClientEvent::Item), and the `end` of
//! [`Ending::List`](crate::client::Ending::List): without that one the part stays
//! [`Seeding`](Completeness::Seeding). Channels and callers are known by their unique id, members
//! by their interface: what has none is passed over.
//!
//! | part | seeded by | kept by |
//! |---|---|---|
//! | [`Part::Channels`] | `CoreShowChannels` | `Newchannel`, `Newstate`, `Rename`, `Hangup`, whatever else describes a channel |
//! | [`Part::Bridges`] | `BridgeList`, and `BridgeInfo` for who is in one (12, which doesn't say so in `CoreShowChannels`) | `BridgeCreate`, `BridgeEnter`, `BridgeLeave`, `BridgeDestroy` |
//! | [`Part::Queues`] | `QueueStatus` without a filter | `QueueMember…`, `QueueCaller…`; `Join` and `Leave` up to 11 |
//!
//! ```
//! use ami_proto::event::Event;
//! use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
//! use ami_proto::{Decoder, Limits};
//!
//! let mut mirror = Mirror::new(MirrorLimits::new());
//! mirror.begin(Part::Channels); // and CoreShowChannels is sent
//! let mut decoder = Decoder::new(Limits::new());
//! decoder.push(b"Event: CoreShowChannel\r\nChannel: PJSIP/100-01\r\nChannelState: 6\r\nUniqueid: 1.1\r\n\r\n");
//! decoder.push(b"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\nListItems: 1\r\n\r\n");
//! decoder.push(b"Event: Newchannel\r\nChannel: PJSIP/200-02\r\nChannelState: 0\r\nUniqueid: 1.2\r\n\r\n");
//! decoder.push(b"Event: Hangup\r\nChannel: PJSIP/100-01\r\nUniqueid: 1.1\r\n\r\n");
//! while let Some(frame) = decoder.next_frame()? {
//!     mirror.handle(&Event::from(frame));
//! }
//! assert_eq!(mirror.completeness(Part::Channels), Completeness::Complete);
//! assert_eq!(mirror.channels().map(|channel| channel.name.to_string()).collect::<Vec<_>>(), ["PJSIP/200-02"]);
//! mirror.lost(); // the connection
//! assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(Stale::Disconnected));
//! # Ok::<(), ami_proto::FrameError>(())
//! ```
//!
//! # When a list and the events cross
//!
//! The server makes a list from what is true at that moment, and sends events that happened before
//! it after it. So while a list comes in, what events add stays; at its end, what neither it nor an
//! event has shown since [`begin`](Mirror::begin) is taken out; and stragglers about what was taken
//! out are passed over. Events have to be on, for all classes that the table's events are of
//! (`call` and `agent`), before the list is asked for.

mod apply;
mod completeness;
mod entities;
mod limits;
mod mirror;
#[cfg(test)]
mod tests;

pub use crate::owned_value::OwnedValue;
pub use completeness::{Completeness, Part, Stale};
pub use entities::{Bridge, Caller, Channel, Member, Queue};
pub use limits::MirrorLimits;
pub use mirror::Mirror;
