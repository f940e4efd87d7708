//! Calls out of events: who called whom, when it rang, was answered, held, transferred, and how it
//! ended.
//!
//! A [`Tracker`] is told of events, one after the other, with the time of each; it reads no clock.
//! It works on a live connection and on a recording alike: there an [`EventClock`] finds the times.
//!
//! ```
//! use core::time::Duration;
//! use ami_proto::calls::{CallLimits, Tracker};
//! use ami_proto::event::Event;
//! use ami_proto::{Decoder, Limits};
//!
//! let mut decoder = Decoder::new(Limits::new());
//! decoder.push(b"Event: Newchannel\r\nChannel: PJSIP/100-01\r\nChannelState: 4\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n");
//! decoder.push(b"Event: Newstate\r\nChannel: PJSIP/100-01\r\nChannelState: 6\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n");
//! decoder.push(b"Event: Hangup\r\nChannel: PJSIP/100-01\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\nCause: 16\r\n\r\n");
//! let mut tracker = Tracker::new(CallLimits::new());
//! let mut seconds = 0;
//! while let Some(frame) = decoder.next_frame()? {
//!     seconds += 1;
//!     tracker.handle(&Event::from(frame), Duration::from_secs(seconds));
//! }
//! let call = tracker.poll_ended().expect("its only channel is gone");
//! assert_eq!(call.linked_id(), "1.1");
//! assert_eq!(call.legs()[0].answered, Some(Duration::from_secs(2)));
//! assert_eq!((call.start(), call.end()), (Duration::from_secs(1), Some(Duration::from_secs(3))));
//! assert_eq!(call.cause().unwrap().description(), Some("Normal Clearing"));
//! # Ok::<(), ami_proto::FrameError>(())
//! ```
//!
//! # What a call is
//!
//! All channels that share a `Linkedid` at any time, or that meet in a bridge between two: after a
//! transfer, a pick-up, a retrieval from a parking lot, or the action `Bridge` it is one, in any
//! order of the hang-ups. [`Call::former_linked_ids`] keeps the other ids. Up to 12 most events
//! have no `Linkedid`: there `Dial`, `Bridge`, `LocalBridge`, `Masquerade`, `Transfer` and CEL
//! tell. A call ends when the last of its channels is gone; if a channel with its `Linkedid`
//! appears after that, it is a new call. A conference makes no call of its own of those inside.
//!
//! The channel on which an agent of `app_agent_pool` has logged in lasts all day, and the server
//! gives its linked id to each caller. Here the login is a call of its own, and each caller's call
//! has the agent as a guest ([`Leg::guest`]) and the shared id among the former ones.
//!
//! # What the words mean
//!
//! An *end* is a channel, or a pair of Local channels: the pair is plumbing. Two ends in a mixing
//! bridge are a conversation. [`Call::answered_by_person`] is the first one, [`Call::talk`] the
//! time in which there was one, hold included, [`Call::to`] the last end that the caller talked to.
//! The dialplan, a queue, music and an announcement are no end, and a parking lot is no
//! conversation: such a call is an [`Application`](Disposition::Application), or
//! [`Abandoned`](Disposition::Abandoned) where the caller left. [`Disposition`] has the words in
//! the order in which they are asked.
//!
//! Where a login lacks the class `dialplan`, the server tells no variables: each wait in a queue
//! that ends without an answer is [`QueueOutcome::Abandoned`] then, a time-out too, and how a dial
//! ended is told by `DialEnd` alone.
//!
//! Of CEL only linked ids are read; up to 12 they say which calls belong together. Its events are
//! in no call: a program that wants them keeps them by their `LinkedID`, which is
//! [`Call::linked_id`] or one of [`Call::former_linked_ids`]. A detail record (`Cdr`) that comes
//! before the call ends is in [`Call::records`]; the server sends many after the hangup, and such a
//! one is the program's: its `UniqueID` is that of a leg of an ended call.
//!
//! A channel that was there before the tracker began to listen is taken up at the first event that
//! shows it alive; [`Leg::first_seen`] is no beginning then, and [`Leg::from_start`] says so.
//!
//! # Where times come from
//!
//! A program that is connected gives [`Tracker::handle`] its own clock. A recording may have the
//! times at which bytes were received; if not, its events tell them, some to the microsecond and
//! some to the second. [`EventClock`] finds the best that there is, and [`TimeSource`] has the
//! words for it, which each call keeps.
//!
//! # What is bounded
//!
//! Everything that events make it keep, in numbers, in bytes and in age: see [`CallLimits`]. At a
//! limit what is oldest makes room for what is new, and [`Losses`] counts it; nothing is ever an
//! error. Hangups that get lost would leave their calls behind for ever: call
//! [`Tracker::abandon`] where the connection broke, or [`Tracker::reconcile`] with the channels
//! that still live, once a list of them is there; [`Tracker::retain`] and [`Tracker::abandon_call`]
//! give up what the program knows better. Where `FullyBooted` follows a `Shutdown`, the calls from
//! before the `Shutdown` are given up by themselves.
//!
//! What an event costs grows with the logarithm of what is held: with a thousand live channels
//! 1.7 µs, with a hundred thousand 2.8 µs, and 2 kB of heap a channel, in `cargo bench -p
//! ami-benches --bench scaling -- live` on an Intel Xeon at 2.6 GHz. [`CallLimits::bytes`] counts a
//! channel higher, as it may be below the truth for no input.

mod apply;
mod apply_features;
mod call;
mod channel_index;
mod clock;
mod cost;
mod dialplan;
mod forget;
mod guests;
mod history;
mod limits;
mod linked;
mod list;
mod marks;
mod merge;
mod oldest;
mod source;
mod story;
#[cfg(test)]
mod tests;
mod tracker;

pub use crate::owned_value::OwnedValue;
pub use call::Call;
pub use clock::{EventClock, time_of};
pub use dialplan::DialplanPlace;
pub use history::{
    DetailRecord, Dial, Digit, Leg, Parking, ParkingEnd, QueueOutcome, QueueWait, Recording, RecordingKind, Room, Span,
    Stay, Transfer, TransferKind, Variable,
};
pub use limits::{CallLimits, Losses};
pub use source::TimeSource;
pub use story::{Direction, Disposition, Party};
pub use tracker::Tracker;
