//! The Asterisk Manager Interface (AMI) without I/O: bytes go in, frames come out.
//!
//! The crate has no socket, runtime, clock, thread or global: the program owns the transport, such
//! as blocking `std`, `mio`, `tokio`, `smol`, `io_uring` or a test. It reads the output of real
//! servers, from Asterisk 11 to 23, with all their irregularities; it loses no byte, allocates
//! nothing once warm, and gives up a stream that goes over its [`Limits`].
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
//! # Modules
//!
//! - [`wire`]: reads frames from bytes, and writes frames as bytes.
//! - [`value`]: the values of headers: one grammar per file.
//! - [`event`], [`action`], [`request`], [`response`]: typed frames, from the catalogue.
//! - [`catalogue`]: the catalogue as data, for tools; [`describe`]: explains a frame by it.
//! - [`redact`]: which headers are secret.
//! - [`client`]: login, requests and their answers, lists, keep-alive, deadlines.
//! - [`server`]: the server's side of a session, for mocks, tests and proxies.
//! - [`conn`]: one trait that drives each of these state machines.
//! - [`http`]: AMI over HTTP.
//! - `freeswitch`, `sipxecs`, `kazoo`: the event socket and the conference dialects of other
//!   servers.
//! - `conference`: one vocabulary over `ConfBridge` and these three.
//! - `testing`: a connection in memory, scripted servers and a clock, for tests of all of these.
//! - [`calls`]: events combined into calls; [`state`]: a mirror of channels, bridges and queues.
//! - [`error`]: the errors, named by who is to blame.
//! - [`manual`]: the design and its reasons.
//!
//! # Features
//!
//! - `serde`: `Serialize` for frames, typed views, values, [`calls`], [`state`], the events of a
//!   [`client`], and the data of the other servers; secrets are masked, except in
//!   `redact::WithSecrets`. `Deserialize` for [`OwnedFrame`]. `manual::json` describes the JSON.
//! - `std` (default): [`client`], [`server`], [`conn`], [`http`]; also lets `memchr` choose its
//!   routine at run time. Without it the crate needs only `alloc`.
//! - `simd` (default): finds frames with vector instructions, see [`wire::Kernel`]. The files that
//!   use them are the only ones with `unsafe`; without this feature the crate forbids `unsafe`.
//! - `md5`: login without sending the password; enables `std`.
//! - `xml`: AMI over HTTP as `mxml`, FreeSWITCH's `xml_list` and its events in XML; enables `std`,
//!   which its parser needs.
//! - `kazoo`: the Conferences API of Kazoo; enables `serde` and `serde_json`.
//! - `freeswitch`: FreeSWITCH's event socket and conference commands; enables `serde` and
//!   `serde_json`.
//! - `sipxecs`: the REST conference service of sipXecs; enables `freeswitch`.
//! - `conference`: one vocabulary over the conferences of four servers; enables `freeswitch`,
//!   `sipxecs` and `kazoo`.
//! - `testing`: the module `testing`, for tests of a program; enables `std`, and is not part of
//!   `full`.
//! - `full`: all of these except `testing`.

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

/// Compiles the README's program as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
