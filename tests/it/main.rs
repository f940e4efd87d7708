//! All integration tests, a module a subject, in one program: what they share is compiled once.
#![allow(clippy::pedantic, clippy::type_complexity, clippy::case_sensitive_file_extension_comparisons)]

#[cfg(feature = "md5")]
mod both_sides;
mod calls;
#[cfg(feature = "std")]
mod client;
#[cfg(all(feature = "conference", feature = "xml"))]
mod conference;
#[cfg(all(feature = "conference", feature = "xml"))]
mod conference_answers;
mod corpus;
mod encode;
#[cfg(all(feature = "conference", feature = "std"))]
mod errors;
#[cfg(all(feature = "freeswitch", feature = "std"))]
mod esl;
mod event_sets;
mod facts;
mod floors;
mod framing;
#[cfg(feature = "freeswitch")]
mod fs_commands;
#[cfg(feature = "freeswitch")]
mod fs_list;
#[cfg(feature = "freeswitch")]
mod fs_replies;
mod generator;
mod heap;
#[cfg(feature = "std")]
mod http;
#[cfg(feature = "md5")]
mod idle;
#[cfg(all(feature = "md5", feature = "kazoo", feature = "sipxecs"))]
mod injection;
#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "kazoo")]
mod kazoo;
mod limits;
#[cfg(feature = "std")]
mod live;
#[cfg(feature = "xml")]
mod mxml;
#[cfg(feature = "md5")]
mod odd_headers;
#[cfg(feature = "std")]
mod pair;
#[cfg(feature = "std")]
mod peer;
mod properties;
#[cfg(feature = "std")]
mod recording;
#[cfg(feature = "md5")]
mod replay;
#[cfg(feature = "std")]
mod replaying;
mod secrets;
#[cfg(feature = "serde")]
mod serde;
#[cfg(feature = "md5")]
mod server;
#[cfg(feature = "md5")]
mod server_answers;
#[cfg(feature = "std")]
mod sessions;
#[cfg(feature = "sipxecs")]
mod sipxecs;
mod state;
mod typed;
mod value_roundtrip;
#[rustfmt::skip]
mod value_tables;
#[path = "../support/mod.rs"]
mod support;
