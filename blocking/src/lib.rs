//! A client of Asterisk's Manager Interface, and of FreeSWITCH's event socket, for scripts and
//! threads.
//!
//! ```no_run
//! use ami_blocking::action::{CoreStatus, Originate};
//! use ami_blocking::event::Hangup;
//! use ami_blocking::Credentials;
//!
//! let ami = ami_blocking::connect("127.0.0.1:5038", Credentials::md5("admin", "s3cret"))?;
//! let hangups = ami.events().of::<Hangup>().start();
//!
//! let status = ami.request(CoreStatus::new())?;
//! println!("{} calls", status.view().core_current_calls()?);
//!
//! let outcome = ami.originate(Originate::new("PJSIP/100").application("Echo"))?;
//! println!("{outcome}"); // outcome OriginateResponse: Success; Answered
//!
//! for item in hangups {
//!     println!("{item}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The protocol is [`ami_proto`]'s, and what all clients share is `ami-session`'s: this crate has
//! two threads for each connection, one that reads and one that writes and keeps the time, and
//! waits. Nothing here needs a runtime. Actions, events and values are those of [`ami_proto`],
//! which is here as its own modules.
//!
//! | I want to | take |
//! |---|---|
//! | connect | [`connect`], or [`Connector`] for timeouts, event masks, reconnects, another transport |
//! | ask | [`Ami::request`], [`list`](Ami::list), [`command`](Ami::command), [`text`](Ami::text) |
//! | call | [`Ami::originate`] |
//! | listen | [`Ami::events`] |
//! | ask from several threads | clones of the handle |
//! | not wait for ever | [`Handle::within`], [`Events::next_timeout`], [`Handle::connected_within`] |
//! | know whether to try again | [`Error::is_safe_to_retry`] |
//! | stop | [`Handle::close`], or drop all handles |
//!
//! # Restarts
//!
//! A connection that is lost is made again, see [`Connector`]. Each request that was open ends
//! with an [`Error`] which says how far it had come; none is sent twice by this crate.
//!
//! # Features
//!
//! - `md5` (default): [`Credentials::md5`], a login that doesn't send the password.
//! - `freeswitch`: the same for FreeSWITCH, in `freeswitch`.
//! - `serde`: `Serialize` for what is read, as `ami-proto` has it.
//!
//! For TLS, put a tunnel in between, or give [`Connector::over`](ConnectorOf::over) the halves of a
//! stream that can be read and written at once.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod ami;
mod connector;
#[cfg(feature = "freeswitch")]
pub mod freeswitch;
mod handle;
mod reading;
mod threads;
mod wait;

pub use ami::{Ami, List};
pub use ami_proto;
pub use ami_proto::client::Credentials;
pub use ami_proto::{action, client, conn, event, response, value};
pub use ami_session::{
    ConnectError, Disconnected, Ended, Error, Held, Item, Lag, ListItem, Outcome, Output, Protocol, Reason, Reply, Text,
};
pub use connector::{Connector, ConnectorOf, Halves, connect};
pub use handle::{Events, EventsBuilder, Handle, TimedOut};

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
