//! Calls out of events: who called whom, when it rang, was answered, held, transferred, and how it
//! ended.
//!
//! A [`Tracker`] is told of events, one after the other, with the time of each; it reads no clock.
//! It works on a live connection and on a recording alike.
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
//! All channels with the same `Linkedid`. When a channel's `Linkedid` becomes that of another call,
//! the two calls are one from then on ([`Call::former_linked_ids`] keeps the other ids). Up to 12
//! most events have no `Linkedid`: there each channel begins a call of its own, and `Dial`,
//! `Bridge`, `LocalBridge`, `Masquerade`, `Transfer` and a bridge of the type `basic` make one of
//! those that they name. A call ends when the last of its channels is gone; if a channel with its
//! `Linkedid` appears after that, it is a new call.
//!
//! A channel that was there before the tracker began to listen is taken up at the first event that
//! shows it alive; [`Leg::first_seen`] is no beginning then, and [`Leg::from_start`] says so.
//!
//! # What is bounded
//!
//! Everything that events make it keep, in numbers and in bytes: see [`CallLimits`]. What doesn't
//! fit is left out and counted in [`Losses`]; nothing is ever an error. Hangups that get lost (a
//! connection that broke) would leave their calls behind for ever: call [`Tracker::abandon`] then.

mod apply;
mod books;
mod call;
mod limits;
mod marks;
mod merge;
#[cfg(test)]
mod tests;
mod tracker;

pub use crate::owned_value::OwnedValue;
pub use call::{Call, Dial, Leg, Parking, QueueOutcome, QueueWait, Span, Stay, Transfer, TransferKind};
pub use limits::{CallLimits, Losses};
pub use tracker::{Tracker, time_of};
