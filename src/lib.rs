//! The Asterisk Manager Interface (AMI) without I/O: bytes go in, frames come out.
//!
//! No socket, no runtime, no clock, no thread, no global: whoever embeds it owns the transport, be
//! it blocking `std`, `mio`, `tokio`, `smol`, `io_uring` or a test. It reads what real servers
//! send, from Asterisk 11 to 23, with all their irregularities; it loses no byte, allocates nothing
//! once warm, and gives up a stream that goes over its [`Limits`].
//!
//! ```
//! use std::io::Read;
//! use ami_proto::{Decoder, FrameKind, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut socket: &[u8] = b"Asterisk Call Manager/11.0.0\r\nEvent: Hangup\r\nChannel: PJSIP/100-00000001\r\nCause: 16\r\n\r\n";
//! let mut decoder = Decoder::new(Limits::new());
//! while let Some(space) = decoder.space(8192) {
//!     match socket.read(space)? {
//!         0 => break,
//!         n => decoder.advance(n),
//!     }
//!     while let Some(frame) = decoder.next_frame()? {
//!         if frame.kind() == FrameKind::Event && frame.name().is_some_and(|name| name == "Hangup") {
//!             println!("{} hung up: cause {}", frame.get("Channel").unwrap(), frame.get("Cause").unwrap());
//!         }
//!     }
//! }
//! if let Some(truncated) = decoder.finish() {
//!     eprintln!("{truncated}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The rooms
//!
//! - [`wire`]: bytes to frames, frames to bytes.
//! - [`value`]: what stands behind a header's colon: one grammar a file.
//! - [`event`], [`action`], [`request`], [`response`]: the typed catalogue.
//! - [`catalogue`]: the same at run time, for tools; [`describe`]: a frame by it.
//! - [`redact`]: which headers are secret.
//! - [`client`]: login, requests and their answers, lists, keep-alive, deadlines.
//! - [`server`]: the server's side of a session, for mocks, tests and proxies.
//! - [`conn`]: how these are driven: one trait for all that do no I/O.
//! - [`http`]: AMI over HTTP.
//! - `freeswitch`, `sipxecs`, `kazoo`: the event socket and the conference dialects of other
//!   servers.
//! - `conference`: one vocabulary over `ConfBridge` and these three.
//! - `testing`: a connection in memory, servers by script and a clock, for tests of all of these.
//! - [`calls`]: events folded into calls; [`state`]: a mirror of channels, bridges and queues.
//! - [`error`]: the errors, named by who is to blame.
//! - [`manual`]: why things are the way they are.
//!
//! # Features
//!
//! - `serde`: `Serialize` for frames, typed views, values, [`calls`], [`state`], what a
//!   [`client`] tells, and the data of the other servers; secrets are masked, but for what
//!   `redact::WithSecrets` wraps. `Deserialize` for [`OwnedFrame`]. `manual::json` has the forms.
//! - `std` (default): [`client`], [`server`], [`conn`], [`http`]; and lets `memchr` choose its
//!   routine at run time. Without it the crate needs `alloc` only.
//! - `simd` (default): frames are found with vector instructions, see [`wire::Kernel`]. The files
//!   that use them are the only ones with `unsafe`; without it the crate forbids it.
//! - `md5`: logging in without sending the password; brings `std`.
//! - `xml`: AMI over HTTP as `mxml`, FreeSWITCH's `xml_list` and its events in XML; brings `std`,
//!   which its parser needs.
//! - `kazoo`: the Conferences API of Kazoo; brings `serde` and `serde_json`.
//! - `freeswitch`: FreeSWITCH's event socket and conference commands; brings `serde` and
//!   `serde_json`.
//! - `sipxecs`: the REST conference service of sipXecs; brings `freeswitch`.
//! - `conference`: one vocabulary over the conferences of four servers; brings `freeswitch`,
//!   `sipxecs` and `kazoo`.
//! - `testing`: what tests of a program need, `testing`; brings `std`, and is not in `full`.
//! - `full`: all of these but `testing`.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "simd"), forbid(unsafe_code))]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

extern crate alloc;

#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod action;
mod byte_budget;
pub mod calls;
pub mod catalogue;
#[cfg(feature = "std")]
pub mod client;
#[cfg(feature = "conference")]
pub mod conference;
#[cfg(feature = "std")]
pub mod conn;
mod departed;
pub mod describe;
#[cfg(any(feature = "md5", feature = "sipxecs"))]
#[cfg_attr(not(feature = "sipxecs"), allow(unreachable_pub, reason = "only sipXecs shows its challenge"))]
mod digest;
pub mod error;
pub mod event;
mod facts;
#[cfg(feature = "freeswitch")]
pub mod freeswitch;
#[cfg(feature = "std")]
pub mod http;
#[cfg(any(feature = "std", feature = "kazoo", feature = "sipxecs"))]
mod http_request;
#[cfg(feature = "kazoo")]
pub mod kazoo;
pub mod manual;
mod owned_value;
#[cfg_attr(
    not(any(feature = "std", feature = "freeswitch")),
    allow(dead_code, reason = "no connection reads the numbers of a server's own")
)]
mod parse;
mod percent;
#[cfg(feature = "std")]
mod proxy;
mod range;
#[cfg_attr(
    not(any(feature = "std", feature = "freeswitch")),
    allow(dead_code, reason = "the decoder asks for less of it")
)]
mod recent;
pub mod redact;
pub mod request;
pub mod response;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(feature = "std")]
pub mod server;
#[cfg(feature = "sipxecs")]
pub mod sipxecs;
pub mod state;
mod steps;
#[cfg(feature = "testing")]
pub mod testing;
pub mod value;
mod wiped;
pub mod wire;
mod words;

#[cfg(feature = "std")]
pub use error::ConnectionError;
pub use error::{EncodeError, FrameError};
pub use wire::{Decoder, Frame, FrameKind, Framing, Limits, OwnedFrame, Value};

/// Holds the README's program to the compiler.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
