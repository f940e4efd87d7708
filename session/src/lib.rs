//! The part of a client of Asterisk's Manager Interface, or of FreeSWITCH's event socket, that all
//! clients share: it opens no socket, starts no thread, needs no runtime.
//!
//! Programs take a client: `ami-tokio` for tasks, `ami-blocking` for threads. Both are this crate
//! and a [`Driver`]'s loop.
//!
//! | part | for |
//! |---|---|
//! | [`Handle`], [`Events`], [`List`] | programs: requests and streams, as futures that any executor runs |
//! | [`open`], [`Driver`], [`Turn`] | a client: what is to be done next, and when |
//! | [`Settings`] | both: addresses, times, delays between attempts |
//!
//! The protocol is [`ami_proto`]'s. Above it, here, are the requests that wait for a connection or
//! for room, in the order in which they came; the queues of those who read events; the attempts,
//! the delays between them, and what is said of each loss.
//!
//! # Features
//!
//! `md5`, `freeswitch` and `serde` as in `ami-proto`; `stream` implements the `Stream` of
//! futures-core.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod ami;
mod driver;
mod error;
mod events;
#[cfg(feature = "freeswitch")]
pub mod freeswitch;
mod handle;
mod hold;
mod protocol;
mod queue;
mod readers;
mod settings;
mod state;

pub use ami::{Ami, List, ListItem, Outcome, Output, Reply, Text};
pub use ami_proto;
pub use ami_proto::client::Credentials;
pub use ami_proto::{action, client, conn, event, response, value};
pub use driver::{Driver, Failure, Opening, Step, Turn, open};
pub use error::{ConnectError, Ended, Error, Reason};
pub use events::{Disconnected, Events, EventsBuilder, Item, Lag};
pub use handle::Handle;
pub use protocol::{Hook, Protocol};
pub use settings::Settings;
pub use state::Held;

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
