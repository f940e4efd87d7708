//! A client of Asterisk's Manager Interface, and of FreeSWITCH's event socket, on tokio.
//!
//! ```no_run
//! use ami_tokio::action::{CoreStatus, Originate};
//! use ami_tokio::event::Hangup;
//! use ami_tokio::Credentials;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let ami = ami_tokio::connect("127.0.0.1:5038", Credentials::md5("admin", "s3cret")).await?;
//! let mut hangups = ami.events().of::<Hangup>().start();
//!
//! let status = ami.request(CoreStatus::new()).await?;
//! println!("{} calls", status.view().core_current_calls()?);
//!
//! let outcome = ami.originate(Originate::new("PJSIP/100").application("Echo")).await?;
//! println!("{outcome}"); // outcome OriginateResponse: Success; Answered
//!
//! while let Some(item) = hangups.next().await {
//!     println!("{item}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The protocol is [`ami_proto`]'s, which does no I/O: this crate moves its bytes, in a task for
//! each connection, and gives each task of the program the answers and events that it waits for.
//! Actions, events and values are those of that crate, which is here as its own modules.
//!
//! | I want to | take |
//! |---|---|
//! | connect | [`connect`], or [`Connector`] for TLS, timeouts, event masks, reconnects |
//! | ask | [`Ami::request`], [`list`](Ami::list), [`command`](Ami::command), [`text`](Ami::text) |
//! | call | [`Ami::originate`] |
//! | listen | [`Ami::events`] |
//! | know whether to try again | [`Error::is_safe_to_retry`] |
//! | stop | [`Handle::close`], or drop all handles |
//!
//! # Dropping futures
//!
//! Every future of this crate can be dropped at any time, by a timeout or a `select!`. A request
//! whose future is dropped is cancelled: nothing is kept of it. Once it was sent, the server may do
//! what was asked all the same, see [`Handle`]. Of a stream whose `next` is dropped
//! no item is lost.
//!
//! # Restarts
//!
//! A connection that is lost is made again, see [`Connector`]. Each request that was open ends
//! with an [`Error`] which says how far it had come; none is sent twice by this crate.
//!
//! # Features
//!
//! - `md5` (default): [`Credentials::md5`], a login that doesn't send the password.
//! - `tls`: `Connector::tls`, by rustls.
//! - `freeswitch`: the same for FreeSWITCH, in `freeswitch`.
//! - `serde`: `Serialize` for what is read, as `ami-proto` has it.
//! - `tracing`: a span for each connection, and each frame, stage and limit as an event in it, with
//!   secrets masked: limits, losses and failed attempts to connect are warnings, stages `INFO`,
//!   what is sent `DEBUG`, what is received `TRACE`. Whether anybody listens at `INFO` is looked at
//!   once, when the connection is made.
//!
//! # The runtime
//!
//! All is spawned on the runtime of the task that connects. Its timer and I/O have to be enabled.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod connector;
mod driver;
#[cfg(feature = "freeswitch")]
pub mod freeswitch;
mod trace;
mod wire;

pub use ami_proto;
pub use ami_proto::client::Credentials;
pub use ami_proto::{action, client, conn, event, response, value};
pub use ami_session::{
    Ami, ConnectError, Disconnected, Ended, Error, Events, EventsBuilder, Handle, Held, Item, Lag, List, ListItem,
    Outcome, Output, Protocol, Reason, Reply, Text,
};
pub use connector::{Connector, ConnectorOf, connect};

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
